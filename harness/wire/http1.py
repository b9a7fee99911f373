"""HTTP/1 without sockets: requests to bytes, and bytes of a response to values (RFC 9112).

`encode` writes anything, right or wrong. `ResponseReader` raises for nothing that a device sends: what is wrong and can
still be read is an `Oddity`; where the rest cannot be read, `broken` or `flooded` says so.

    Request --encode--> bytes           bytes --ResponseReader.feed--> head, take(), done, oddities

`harness.wire.http1_framing` cuts whole messages, of both kinds, out of a stream.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.wire.http1_body import Body, Piece
from harness.wire.http1_head import (
    RULES,
    Extent,
    Head,
    Headers,
    Length,
    Oddities,
    Oddity,
    headers,
    keeps_open,
    lines,
    response_extent,
    shown,
    status_line,
)

__all__ = [
    "MAX_HEAD_BYTES",
    "RULES",
    "Head",
    "Headers",
    "Oddity",
    "Piece",
    "Request",
    "ResponseReader",
    "encode",
    "shown",
]

# Heads of real servers have some hundred bytes; the common servers themselves refuse more than 8 to 64 KiB.
MAX_HEAD_BYTES = 65_536
MAX_HEADERS = 1000
MAX_INTERIM = 16  # 1xx responses before the real one; more are a flood
# Of bytes behind the message so many are kept; they are all counted.
KEPT_LEFTOVER_BYTES = 65_536
# When so much has come and it does not begin like a status line, no more is waited for.
FIRST_LINE_BYTES = 80

_START = b"HTTP/"
_HEAD_END = re.compile(rb"\n\r?\n")


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it is to be written; nothing is checked and nothing is added.

    Args:
        method: e.g. `GET`.
        target: what stands behind the method, e.g. `/path?query`, escaped already where it is to be.
        headers: names and values in order, `Host` and `Content-Length` included.
        body: bytes behind the head as they stand on the wire.
        version: what stands behind the target; "" leaves it and the space before it out.
    """

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""
    version: str = "HTTP/1.1"


def encode(request: Request) -> bytes:
    """Write a request, right or wrong; each part is Latin-1 where it can be, else UTF-8."""
    first = [_bytes(request.method), _bytes(request.target)]
    if request.version:
        first.append(_bytes(request.version))
    parts = [b" ".join(first)]
    parts += [_bytes(name) + b": " + _bytes(value) for name, value in request.headers]
    return b"\r\n".join([*parts, b"", request.body])


def _bytes(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


class ResponseReader:
    """The bytes of one response, to values; any split of the bytes gives the same.

    Args:
        method: that of the request; a response to HEAD has no body.
        max_head: bytes of a head, the 1xx responses before it included, and of the trailers.

    Attributes:
        head: None until it is whole, and where there is none.
        interim: heads of the 1xx responses before it.
        done: the whole response has come.
        broken: what came cannot be read on; the reason is the last oddity.
        flooded: the head, the trailers or the 1xx responses are more than may be.
        leftover: the first bytes behind the response.
        consumed: bytes that belong to the response so far, its head and 1xx responses included.
    """

    __slots__ = (
        "_before", "_block", "_body", "_extent", "_max_head", "_method", "_odd", "_searched", "broken", "consumed", "flooded", "head",
        "interim", "leftover",
    )  # fmt: skip

    def __init__(self, method: str, *, max_head: int = MAX_HEAD_BYTES) -> None:
        self.head: Head | None = None
        self.interim: list[Head] = []
        self.broken = self.flooded = False
        self.leftover = b""
        self.consumed = 0
        self._method = method
        self._max_head = max_head
        self._odd = Oddities()
        self._block = bytearray()  # the head, as far as it has come
        self._searched = 0  # bytes of it in which it does not end
        self._before = 0  # bytes of empty lines and 1xx responses before it
        self._extent: Extent | None = None
        self._body: Body | None = None

    @property
    def oddities(self) -> tuple[Oddity, ...]:
        """What is wrong and can be read, in order; the first few of each rule."""
        return tuple(self._odd.kept)

    @property
    def done(self) -> bool:
        """Whether the whole response has come."""
        return self._body is not None and self._body.done

    @property
    def over(self) -> bool:
        """Whether more bytes change nothing but `leftover`."""
        return self.broken or self.flooded or self.done

    @property
    def until_close(self) -> bool:
        """Whether only the end of the connection ends the body."""
        return self._extent is not None and self._extent.length is Length.CLOSE

    @property
    def trailers(self) -> Headers:
        """The headers behind the last chunk."""
        return self._body.trailers if self._body is not None else ()

    @property
    def body_size(self) -> int:
        """Bytes of content so far."""
        return self._body.size if self._body is not None else 0

    @property
    def announced(self) -> int | None:
        """Bytes of content that Content-Length promises, where it is what counts."""
        counted = self._extent is not None and self._extent.length is Length.COUNTED
        return self._extent.size if self._extent is not None and counted else None

    @property
    def reusable(self) -> bool:
        """Whether another response can come on the connection, and both sides agree where this one ended."""
        if not self.done or self._extent is None or self.leftover:
            return False
        return self._extent.sure and not self.closes

    @property
    def closes(self) -> bool:
        """Whether the connection ends behind this response, by what its head says."""
        return self.head is not None and (self.until_close or not keeps_open(self.head.version, self.head.headers))

    def feed(self, data: bytes) -> None:
        """Take received bytes."""
        data = data if self._body is not None else self._feed_head(data)
        body = self._body
        if body is None or not data or self._stuck():
            return
        if not body.done:
            taken = body.feed(data)
            self.consumed += taken
            self.broken, self.flooded = body.broken, body.flooded
            if taken == len(data):
                return
            data = data[taken:]
        if body.done:
            self._beyond(data)

    def take(self) -> list[Piece]:
        """Take the content that has come since the last call, transfer coding removed; views of what was fed."""
        if self._body is None:
            return []
        pieces = self._body.pieces
        if pieces:
            self._body.pieces = []
        return pieces

    def eof(self) -> None:
        """The connection has ended."""
        if self.over:
            return
        if self._body is not None:
            self._body.eof()
        elif self._block or self._before:
            self._odd.add("head-truncated", "an empty line behind the head", bytes(self._block[:FIRST_LINE_BYTES]))

    def _stuck(self) -> bool:
        return self.broken or self.flooded

    def _beyond(self, data: bytes) -> None:
        if not self.leftover:
            self._odd.add("leftover", "nothing behind the response", data[:1])
        self.leftover += data[: KEPT_LEFTOVER_BYTES - len(self.leftover)]

    def _feed_head(self, data: bytes) -> bytes:
        """Take bytes of the head; returns those behind it, which are of the body."""
        if self.over:
            return b""
        self._block += data
        while self._body is None and not self._stuck():
            self._skip_empty_lines()
            if self._stuck():
                self._block.clear()
                break
            found = _HEAD_END.search(self._block, max(self._searched - 2, 0))
            self._searched = len(self._block)
            size = found.end() if found is not None else len(self._block) + 1
            if not self._check_first_line():
                break
            if self._before + size > self._max_head:
                self.flooded = True
                self._block.clear()
                break
            if found is None:
                break
            self._read_head(bytes(self._block[:size]))
            del self._block[:size]
            self.consumed += size
            self._searched = 0
        rest = bytes(self._block) if self._body is not None else b""
        if rest:
            self._block.clear()
        return rest

    def _skip_empty_lines(self) -> None:
        while (size := 1 if self._block[:1] == b"\n" else 2 if self._block[:2] == b"\r\n" else 0) > 0:
            self._odd.add("empty-line", "a status line", bytes(self._block[:size]))
            del self._block[:size]
            self._before += size
            self.consumed += size
            self._searched = 0
            if self._before > self._max_head:
                self.flooded = True
                return

    def _check_first_line(self) -> bool:
        """Give up early on what is no HTTP at all, for its end would never come; whether to go on."""
        end = self._block.find(b"\n", 0, FIRST_LINE_BYTES)
        if end < 0 and len(self._block) < FIRST_LINE_BYTES:
            return True
        if self._block[: len(_START)].upper() == _START:
            return True
        self.broken = True
        line = self._block[: end if end >= 0 else FIRST_LINE_BYTES]
        self._odd.add("status-line", "HTTP/1.1, status code, reason", bytes(line).removesuffix(b"\r"))
        return False

    def _read_head(self, block: bytes) -> None:
        odd = self._odd
        found = lines(block, odd)
        version, status, reason = status_line(found[0], odd)
        if len(found) > MAX_HEADERS:
            self.flooded = True
            return
        head = Head(version, status, reason, headers(found[1:-1], odd))
        if 100 <= status < 200 and status != 101:
            response_extent(head, self._method, odd)  # notes a length where there may be none
            self._before += len(block)
            self.interim.append(head)
            self.flooded = len(self.interim) > MAX_INTERIM
            return
        self.head = head
        self._extent = response_extent(head, self._method, odd)
        self._body = Body(self._extent, odd, self._max_head)
