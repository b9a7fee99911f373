"""One connection of a listener: its bytes to requests, with or without TLS, and what is to be answered. It reads no socket and judges nothing."""

from __future__ import annotations

import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from harness.wire.http1 import Request
from harness.wire.http1_framing import ReadRequest, RequestReader
from harness.wire.http1_head import keeps_open, values

MAX_REQUEST_BYTES = 1024 * 1024  # of one message; the largest has a few small pictures
MAX_DUE = 1000  # answers that wait on one connection
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_HANDSHAKE = 0x16  # the first byte of a client that speaks TLS (RFC 8446 5.1); no request begins so
_OPENING_BYTES = 1024  # of the first that such a client has sent; all of what it offers, as a rule


class Veil:
    """The server's side of TLS: bytes of the wire to bytes of the client and back.

    Attributes:
        over: the client has ended it, or it cannot go on.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_side=True)
        self.over = False

    def opened(self, data: bytes) -> bytes:
        """What the client has sent, out of what has come."""
        self._in.write(data)
        pieces: list[bytes] = []
        try:
            while piece := self._tls.read(len(data) + 1):  # the first one shakes hands
                pieces.append(piece)
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError:
            self.over = True
        else:
            self.over = True
        return b"".join(pieces)

    def closed(self, data: bytes) -> bytes:
        """What must leave for the client to get these bytes; what the handshake itself has to say comes first."""
        if data and not self.over:
            try:
                self._tls.write(data)
            except ssl.SSLError:
                self.over = True
        return self._out.read()


@dataclass(slots=True)
class Talk:
    """One connection.

    Args:
        context: to speak TLS with who begins so; None: nobody may.

    Attributes:
        due: answers, and when they are to leave.
        hung: nothing is answered any more.
        last: it ends with the last answer.
        moved: when something came last.
        until: when it is closed at the latest, though its client has not done so after the last answer.
        broken: nothing that comes can be read any more.
        opening: the first bytes of a client that speaks TLS and has not sent a request yet.
    """

    context: ssl.SSLContext | None = None
    due: deque[tuple[float, bytes]] = field(default_factory=deque)
    hung: bool = False
    last: bool = False
    moved: float = 0.0
    until: float | None = None
    broken: bool = False
    opening: bytes = b""
    _reader: RequestReader = field(default_factory=lambda: RequestReader(MAX_REQUEST_BYTES))
    _veil: Veil | None = None
    _begun: bool = False
    _told: bool = False  # that its body may come

    @property
    def secure(self) -> bool:
        """Whether it speaks TLS."""
        return self._veil is not None

    @property
    def ended(self) -> bool:
        """Whether the client has ended TLS, in order or not."""
        return self._veil is not None and self._veil.over

    @property
    def held(self) -> int:
        """Bytes of a request that is not whole yet."""
        return self._reader.held

    @property
    def leftover(self) -> bytes:
        """What has come of a request that is not whole; of one that never began, how the client came."""
        return self._reader.leftover or self.opening

    @property
    def head(self) -> Request | None:
        """The head of the request that is coming."""
        return self._reader.head

    def take(self, data: bytes, each: Callable[[ReadRequest], None], now: float) -> None:
        """Take bytes that have come; `each` gets every request that is whole by them, in order."""
        self.moved = now
        if data and not self._begun:
            self._begin(data)
        if self._veil is not None:
            data = self._veil.opened(data)
        self._reader.feed(data)
        while (found := self._reader.next_request()) is not None:
            self.opening, self._told = b"", False
            self.last = (
                self.last or found.request.version != "HTTP/1.1" or not keeps_open("HTTP/1.1", found.request.headers)
            )
            each(found)
        self.broken = self.broken or self._reader.broken is not None or len(self.due) > MAX_DUE
        self._invite(now)

    def _begin(self, data: bytes) -> None:
        self._begun = True
        if data[0] == _HANDSHAKE:
            self.opening = data[:_OPENING_BYTES]
            self.broken = self.context is None
            self._veil = Veil(self.context) if self.context is not None else None

    def _invite(self, now: float) -> None:
        """Say once that the body may come to a client that waits for that (RFC 9110 10.1.1)."""
        head = self.head
        if head is None or self._told or self.broken or head.version != "HTTP/1.1":
            return
        self._told = True
        if "100-continue" in (one.lower() for one in values(head.headers, "expect")):
            self.due.append((now, _CONTINUE))

    def leaving(self, now: float) -> bytes:
        """The bytes that are to leave by now."""
        data = b""
        while self.due and self.due[0][0] <= now:
            data += self.due.popleft()[1]
        return data if self._veil is None else self._veil.closed(data)

    @property
    def over(self) -> bool:
        """Whether all is answered and nothing more is to come."""
        return self.last and not self.due and not self.hung
