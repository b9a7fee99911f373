"""One HTTP response as a load takes it in: small ones are whole bytes, long ones are read as they come and never held."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.ending import Ending
from harness.errors import FramingError
from harness.http.exchanged import Exchanged
from harness.httpdut import Body
from harness.load.scenario import Request
from harness.load.shapes import HeadShape
from harness.messages.httpreply import HttpReply
from harness.rows import Scan
from harness.wire.http1 import ResponseReader

# Up to here a reply whose length is known is held whole before it is looked at; longer ones are scanned while they come.
SMALL_BYTES = 32_768
KEPT_BYTES = 65_536  # of a long one, for the report
# What never ends is given up here: three times the longest reply that the documents speak of.
MOST_REPLY_BYTES = 1 << 30

MakeScan = Callable[[str | None], Scan]


class Incoming:
    """One response while it comes.

    Args:
        make_scan: makes the scan of the document of a success for a charset; None where nothing is looked for in it.
        keep: so many bytes of the content are kept.
    """

    __slots__ = ("_deaf", "_keep", "_started", "body", "count", "kept", "reader")

    def __init__(self, make_scan: MakeScan | None, keep: int = 0) -> None:
        self.reader = ResponseReader("GET")
        self.body = Body(make_scan, keep=keep) if keep else Body(make_scan)
        self._keep = max(keep, KEPT_BYTES)
        self.kept = bytearray()
        self.count = 0
        self._started = self._deaf = False

    def feed(self, data: bytes) -> None:
        """Take more bytes."""
        if (room := self._keep - len(self.kept)) > 0:
            self.kept += data[:room]
        self.count += len(data)
        self.reader.feed(data)
        self._deliver()

    def eof(self) -> None:
        """The connection has ended."""
        self.reader.eof()
        self._deliver()

    def _deliver(self) -> None:
        if self.reader.head is None:
            return
        if not self._started:
            self._started = True
            self.body.start(self.reader.head)
        for piece in self.reader.take():
            if not self._deaf:
                self._deaf = not self.body.feed(piece)

    @property
    def raw(self) -> bytes:
        """The first bytes of the response, without what came behind it."""
        return bytes(self.kept[: self.reader.consumed]) if self.reader.done else bytes(self.kept)

    def reply(self, request: Request, query: Sequence[tuple[str, str]], ending: Ending) -> HttpReply:
        """What came; nothing may be fed any more."""
        reader, body = self.reader, self.body
        if ending is Ending.CLOSED and not reader.done:
            self.eof()
        body.end(ending, reader.done and not self._deaf)
        return HttpReply(
            operation=request.kind.operation,
            query=query,
            method="GET",
            exchanged=Exchanged(
                sent=request.data,
                raw=self.raw,
                received=self.count,
                ending=ending,
                head=reader.head,
                interim=tuple(reader.interim),
                trailers=reader.trailers,
                body_size=reader.body_size,
                body_complete=reader.done,
                # Bytes behind the response are a finding of their own.
                oddities=tuple(oddity for oddity in reader.oddities if oddity.rule != "leftover"),
                readable=not reader.broken,
            ),
            scan=body.scan.finish(complete=body.complete) if body.scan is not None else None,
            body=bytes(body.kept),
        )


class HttpFramer:
    """Cuts what comes on one connection into responses; see `harness.messages.binding.Framer`.

    Args:
        heads: heads that were seen to conform; where one of them stands at the beginning, nothing is read before the reply is whole.
        make: begins to read a response to a request.

    Attributes:
        last: the response of the last message, if it was read as it came.
        closes: it said that the connection ends behind it.
    """

    __slots__ = ("_buffer", "_heads", "_incoming", "_make", "_request", "_size", "closes", "last")

    def __init__(self, heads: Sequence[HeadShape], make: Callable[[Request], Incoming]) -> None:
        self._heads = heads
        self._make = make
        self._request: Request | None = None
        self._buffer = b""
        self._size = 0  # of the reply, once it is known
        self._incoming: Incoming | None = None
        self.last: Incoming | None = None
        self.closes = False

    @property
    def leftover(self) -> bytes:
        """What has come since the last whole response; of a long one the beginning."""
        return self._incoming.raw if self._incoming is not None else self._buffer

    def expect(self, request: Request) -> None:
        """What comes answers this request."""
        self._request = request

    def feed(self, data: bytes) -> None:
        """Take more bytes."""
        if self._incoming is not None:
            self._incoming.feed(data)
        else:
            self._buffer += data

    def next_message(self) -> bytes | None:
        """The next whole response, of a long one the beginning; None asks for more bytes.

        Raises:
            FramingError: it is no HTTP, its end cannot be found, or it is longer than may be.
        """
        if self._incoming is None:
            if not self._buffer or self._request is None:
                return None
            self._size = self._size or self._known_size()
            if self._size == len(self._buffer):
                return self._done(None, self._buffer, b"")
            if len(self._buffer) < self._size <= SMALL_BYTES:
                return None
            self._incoming = self._make(self._request)
            self._incoming.feed(self._buffer)
        incoming = self._incoming
        reader = incoming.reader
        if reader.done:
            return self._done(incoming, incoming.raw, reader.leftover)
        if reader.broken or reader.flooded or incoming.count > MOST_REPLY_BYTES:
            last = reader.oddities[-1] if reader.broken else None
            raise FramingError(
                last.rule if last else "response length",
                offset=0,
                expected=last.expected if last else f"a response of at most {MOST_REPLY_BYTES} bytes",
                got=last.got if last else "more",
            )
        return None

    def end(self) -> bytes | None:
        """The connection has ended: the response that is whole by that, if one is."""
        if self._incoming is None:
            return None
        self._incoming.eof()
        return self.next_message()

    def _known_size(self) -> int:
        for head in self._heads:
            if found := head.match(self._buffer):
                return found.end() + int(found[1])
        return 0

    def _done(self, incoming: Incoming | None, message: bytes, rest: bytes) -> bytes:
        self.last, self._incoming, self._request = incoming, None, None
        self.closes = incoming is not None and incoming.reader.closes
        self._buffer, self._size = rest, 0
        return message
