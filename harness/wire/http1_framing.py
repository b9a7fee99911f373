"""Whole HTTP/1 messages out of a stream of bytes: responses for the engine, requests for whoever stands in between.

`ResponseFramer` follows the framers' protocol (`feed`, `next_message`, `leftover`); `RequestReader` cuts requests, and
`read_requests` does so at once for bytes that are all there. Both are bounded and keep their bytes as they came.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass

from harness.errors import FramingError
from harness.wire.http1 import MAX_HEAD_BYTES, Oddity, Request, ResponseReader
from harness.wire.http1_body import Body
from harness.wire.http1_head import Headers, Length, Oddities, headers, lines, request_extent, request_line

MAX_MESSAGE_BYTES = 16_777_216  # one small message; larger replies are read by a sink as they come
# Fed to a reader at a time, so that many small messages in one large piece are not copied again for each of them.
WINDOW_BYTES = 16_384

_HEAD_END = re.compile(rb"\n\r?\n")
_EMPTY_LINES = re.compile(rb"(?:\r?\n)+")


class ResponseFramer:
    """Whole responses as they stood on the wire, 1xx responses before them included.

    Args:
        limit_bytes: bytes of one response.
    """

    __slots__ = ("_buffer", "_ended", "_fed", "_limit", "_methods", "_offset", "_reader")

    def __init__(self, limit_bytes: int = MAX_MESSAGE_BYTES) -> None:
        self._limit = limit_bytes
        self._methods: deque[str] = deque()
        self._buffer = bytearray()
        self._fed = 0  # bytes of the buffer that the reader has seen
        self._offset = 0  # bytes of the stream before the buffer
        self._reader: ResponseReader | None = None
        self._ended = False

    @property
    def leftover(self) -> bytes:
        """What has come since the last whole response."""
        return bytes(self._buffer)

    def expect(self, method: str) -> None:
        """Tell the method of the next request that was sent; without it a response answers a GET."""
        self._methods.append(method)

    def feed(self, data: bytes) -> None:
        """Take more bytes."""
        self._buffer += data

    def eof(self) -> None:
        """The connection has ended; a response without a length is whole then."""
        self._ended = True

    def next_message(self) -> bytes | None:
        """The next whole response; None asks for more bytes.

        Raises:
            FramingError: it is no HTTP, its end cannot be found, or it is longer than may be.
        """
        if not self._buffer:
            return None
        if self._reader is None:
            self._reader = ResponseReader(self._methods.popleft() if self._methods else "GET")
        reader = self._reader
        while not reader.over and self._fed < len(self._buffer) and self._fed <= self._limit:
            piece = bytes(self._buffer[self._fed : self._fed + WINDOW_BYTES])
            reader.feed(piece)
            reader.take()
            self._fed += len(piece)
        if self._ended and not reader.over:
            reader.eof()
        if reader.done and reader.consumed <= self._limit:
            message = bytes(self._buffer[: reader.consumed])
            del self._buffer[: reader.consumed]
            self._offset += len(message)
            self._reader, self._fed = None, 0
            return message
        if reader.broken:
            last = reader.oddities[-1]
            raise FramingError(last.rule, offset=self._offset, expected=last.expected, got=last.got)
        if reader.flooded or self._fed > self._limit:
            raise FramingError(
                "response length",
                offset=self._offset,
                expected=f"a head of at most {MAX_HEAD_BYTES} bytes and a response of at most {self._limit}",
                got=f"more, beginning with {bytes(self._buffer[:32])!r}",
            )
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRequest:
    """One whole request that came.

    Args:
        request: its parts, Latin-1; the body without transfer coding.
        raw: its bytes.
        oddities: what is wrong with it.
        trailers: the headers behind the last chunk.
    """

    request: Request
    raw: bytes
    oddities: tuple[Oddity, ...]
    trailers: Headers = ()


class RequestReader:
    """Whole requests out of what came on one connection; never raises.

    Args:
        limit_bytes: bytes of one request.

    Attributes:
        broken: why the next request can never be whole; its bytes stay in `leftover`.
        head: of the next request, without its body, once it is there.
    """

    __slots__ = ("_buffer", "_searched", "_waits", "broken", "head", "limit_bytes")

    def __init__(self, limit_bytes: int = MAX_MESSAGE_BYTES) -> None:
        self.limit_bytes = limit_bytes
        self.broken: Oddity | None = None
        self.head: Request | None = None
        self._buffer = bytearray()
        self._searched = 0
        self._waits: tuple[int, Body, Oddities, Request] | None = None  # bytes read, and what of the request is known

    @property
    def leftover(self) -> bytes:
        """What has come since the last whole request."""
        return bytes(self._buffer)

    @property
    def held(self) -> int:
        """How many bytes that is."""
        return len(self._buffer)

    def feed(self, data: bytes) -> None:
        """Take more bytes; those beyond the limit of a request that cannot be read are dropped."""
        if self.broken is None:
            self._buffer += data

    def next_request(self) -> ReadRequest | None:
        """The next whole request; None asks for more bytes."""
        if self.broken is not None:
            return None
        if self._waits is None:
            self._waits = self._head()
            if self._waits is None:
                return None
        at, body, odd, head = self._waits
        while not body.over and at < len(self._buffer) and at <= self.limit_bytes:
            at += body.feed(bytes(self._buffer[at : at + WINDOW_BYTES]))
        self._waits = (at, body, odd, head)
        if body.broken or body.flooded or at > self.limit_bytes:
            last = odd.kept[-1] if body.broken else self._too_long()
            self.broken = last
            return None
        if not body.done:
            return None
        raw = bytes(self._buffer[:at])
        del self._buffer[:at]
        self._waits, self._searched, self.head = None, 0, None
        request = Request(head.method, head.target, head.headers, b"".join(body.pieces), head.version)
        return ReadRequest(request=request, raw=raw, oddities=tuple(odd.kept), trailers=body.trailers)

    def _head(self) -> tuple[int, Body, Oddities, Request] | None:
        odd = Oddities()
        empty = _EMPTY_LINES.match(self._buffer)  # RFC 9112 2.2: a server passes over at least one
        start = empty.end() if empty is not None else 0
        found = _HEAD_END.search(self._buffer, max(self._searched - 2, start))
        self._searched = len(self._buffer)
        end = found.end() if found is not None else len(self._buffer) + 1
        if end > MAX_HEAD_BYTES:
            self.broken = self._too_long()
            return None
        if found is None:
            return None
        if start:
            odd.add("empty-line", "a request line", bytes(self._buffer[:start]))
        block = lines(bytes(self._buffer[start:end]), odd)
        method, target, version = request_line(block[0], odd)
        fields = headers(block[1:-1], odd)
        self.head = Request(method, target, fields, b"", version)
        extent = request_extent(fields, version, odd)
        if extent.length is Length.CLOSE:  # a length that is no number, a coding that is not chunked: nobody knows
            self.broken = odd.kept[-1]
            return None
        return end, Body(extent, odd, MAX_HEAD_BYTES), odd, self.head

    def _too_long(self) -> Oddity:
        most = f"a head of at most {MAX_HEAD_BYTES} bytes and a request of at most {self.limit_bytes}"
        return Oddity("request length", most, "more")


def read_requests(data: bytes) -> tuple[list[ReadRequest], bytes]:
    """All whole requests of some bytes, and the rest."""
    reader = RequestReader()
    reader.feed(data)
    found = []
    while (one := reader.next_request()) is not None:
        found.append(one)
    return found, reader.leftover
