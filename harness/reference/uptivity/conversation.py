"""One connection of the stream: bytes to documents to results, and events in between."""

from __future__ import annotations

from dataclasses import dataclass

from harness.errors import FramingError
from harness.reference.faults import FaultSet
from harness.reference.system import Outlet
from harness.reference.uptivity.choices import Choices
from harness.reference.uptivity.functions import Functions, Reply
from harness.reference.uptivity.spoil import Spoiler
from harness.reference.uptivity.telling import Telling
from harness.wire.documents import DocumentDecoder

_LONGEST = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What all connections share."""

    functions: Functions
    telling: Telling
    choices: Choices
    spoiler: Spoiler
    faults: FaultSet
    end: str


class StreamConversation:
    """One connection.

    Args:
        shared: what all connections share.
    """

    def __init__(self, shared: Shared) -> None:
        self._shared, self._on, self._faulty = shared, shared.faults.on, bool(shared.faults)
        self._decoder = DocumentDecoder(_LONGEST)
        self._outlet: Outlet | None = None
        self._busy = False
        self._told: list[bytes] = []  # events that come while a request of this connection is carried out
        self._end = shared.end.encode()
        self._time = shared.choices("event-time")
        self._turn = False
        self.closing = False
        self.dropped = False

    def attach(self, outlet: Outlet) -> None:
        """The connection is made."""
        self._outlet = outlet

    def greet(self) -> bytes:
        """The server waits for the client."""
        return b""

    def tell(self, data: bytes) -> None:
        """Send an event."""
        if self._busy:
            self._told.append(data)
        elif self._outlet is not None and not self.closing:
            self._outlet.push(data)

    def receive(self, data: bytes) -> bytes:
        """Bytes came, cut anywhere; returns the bytes to send."""
        if self.closing:
            return b""
        if self._faulty:
            data = self._shared.spoiler.received(self, data, fresh=not self._decoder.leftover)
        self._decoder.feed(data)
        sent: list[bytes] = []
        self._busy = True
        served = 0
        try:
            while not self.closing:
                document = self._next()
                if document is None:
                    break
                served += 1
                if served > 1 and self._shared.choices("burst") == "one":
                    continue
                self._serve(document, sent)
        finally:
            self._busy = False
        if self._faulty:
            sent = self._shared.spoiler.sent(sent)
        return b"".join(sent)

    def _next(self) -> bytes | None:
        try:
            document = self._decoder.next_message()
        except FramingError:
            self.closing = True
            return None
        if document is None and self._shared.choices("no-terminator") == "answered":
            return self._decoder.take_pending()
        return document

    def _serve(self, document: bytes, sent: list[bytes]) -> None:
        reply = self._shared.functions.document(document, self)
        if self._faulty and self._shared.spoiler.forgets(reply.function):
            self._shared.telling.gone(self)
        self._shared.telling.flush()
        told, self._told = self._told, []
        self._turn = not self._turn
        before = self._time == "before" or (self._time == "either" and self._turn)
        result = self._result(reply, told)
        sent += [*told, *result] if before else [*result, *told]
        if reply.closes:
            self.closing = True

    def _result(self, reply: Reply, told: list[bytes]) -> list[bytes]:
        if reply.silent:
            return []
        if reply.file is not None:
            return [reply.file.data + self._end]
        data = reply.document.encode() + self._end
        return [self._shared.spoiler.framed(self, reply.function, data, told)] if self._faulty else [data]

    def eof(self) -> bytes:
        """The peer sends no more."""
        self.closing = True
        return b""

    def closed(self) -> None:
        """The connection is gone."""
        self._outlet = None
        self._shared.spoiler.clients.pop(self, None)
        self._shared.telling.gone(self)
