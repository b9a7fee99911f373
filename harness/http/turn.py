"""One request and its response on one connection: sends, receives, records the exact bytes, and reads as they come.

The response is read with `harness.wire.http1`, whoever asks for the bytes: httpx through `harness.http.backend`, or nobody
but the turn itself. So what is told of an exchange never depends on what httpx makes of it.
"""

from __future__ import annotations

import time
from typing import Protocol

from harness.ending import Ending
from harness.net import Chunk, Deadline, Sent
from harness.wire.http1 import Head, Piece, ResponseReader

KEPT_SENT_BYTES = 1_048_576
KEPT_RECEIVED_BYTES = 8_388_608
# Asked of one read. More does not make it faster (measured on loopback with a 350 MB body).
READ_BYTES = 131_072
# Reads of what lies there already when the deadline has passed: a whole response must not be lost because we were slow.
LATE_READS = 64
# How long what cannot be read as HTTP is collected for the record.
UNREADABLE_WAIT_S = 0.5


class Connection(Protocol):
    """What a turn needs of a link, with or without TLS; as `harness.net.Link`."""

    def send(self, pieces: list[bytes], *, deadline: Deadline) -> Sent:
        """Write bytes."""

    def receive(self, deadline: Deadline, max_bytes: int = READ_BYTES) -> Chunk:
        """Wait for bytes or the end."""

    def poll(self) -> Chunk:
        """Take what is there now."""

    def close(self) -> None:
        """Close in order."""


class Sink(Protocol):
    """Takes a response as it comes. `end` is called once behind each `start`, and also where no head came."""

    def start(self, head: Head) -> None:
        """The head is whole."""

    def feed(self, piece: Piece) -> bool:
        """A piece of content, transfer coding removed; False: no more is wanted."""

    def end(self, ending: Ending, complete: bool) -> None:
        """No more comes; `complete`: the whole response has come."""


class Recorder:
    """Exact bytes of one exchange: the first ones kept, all of them counted."""

    __slots__ = ("_kept_received", "_kept_sent", "_received", "_sent", "received_count", "sent_count")

    def __init__(self, kept_sent: int = KEPT_SENT_BYTES, kept_received: int = KEPT_RECEIVED_BYTES) -> None:
        self._kept_sent = kept_sent
        self._kept_received = kept_received
        self._sent = bytearray()
        self._received = bytearray()
        self.sent_count = 0
        self.received_count = 0

    @property
    def sent(self) -> bytes:
        """The first bytes that the kernel took."""
        return bytes(self._sent)

    @property
    def received(self) -> bytes:
        """The first bytes that came."""
        return bytes(self._received)

    def on_sent(self, data: bytes) -> None:
        """Bytes have left."""
        self.sent_count += len(data)
        if (room := self._kept_sent - len(self._sent)) > 0:
            self._sent += data[:room]

    def on_received(self, data: bytes) -> None:
        """Bytes have come."""
        self.received_count += len(data)
        if (room := self._kept_received - len(self._received)) > 0:
            self._received += data[:room] if len(data) > room else data


class Turn:
    """One request and its response on one connection.

    Args:
        connection: open; other turns may have used it before.
        method: that of the request.
        deadline: for all of it.
        sink: takes the content; without one it is collected.
        max_body: bytes of content that are collected.
        recorder: keeps the bytes.

    Attributes:
        ending: how reading ended, None while it goes on. ANSWERED: the whole response came.
        stopped: the sink wanted no more.
        body: content collected; empty with a sink.
        first_byte_s, took_s: seconds from the start to the first byte and to the end.
    """

    def __init__(
        self,
        connection: Connection,
        method: str,
        deadline: Deadline,
        *,
        sink: Sink | None,
        max_body: int,
        recorder: Recorder,
    ) -> None:
        self.connection = connection
        self.recorder = recorder
        self.reader = ResponseReader(method)
        self.ending: Ending | None = None
        self.stopped = False
        self.closed = False
        self.body = b""
        self.took_s = 0.0
        self.first_byte_s: float | None = None
        self._deadline = deadline
        self._sink = sink
        self._started = False
        self._room = max_body
        self._pieces: list[Piece] = []
        self._late_reads = 0
        self._began = time.monotonic()

    def send(self, data: bytes) -> Ending | None:
        """Write bytes of the request; None if all left. The response is read in any case: it may have come early."""
        sent = self.connection.send([data], deadline=self._deadline)
        self.recorder.on_sent(data[: sent.count])
        return sent.ending if sent.count < len(data) else None

    def pull(self) -> bytes:
        """Receive once, read it and give it on; no bytes once `ending` is set."""
        if self.ending is not None:
            return b""
        deadline = self._deadline
        if not deadline.remaining():
            self._late_reads += 1
            if self._late_reads > LATE_READS:
                self._end(Ending.SILENT)
                return b""
        chunk = self.connection.receive(deadline, READ_BYTES)
        data = chunk.data
        if not data:
            self.closed = chunk.ending is not Ending.SILENT
            if chunk.ending is Ending.CLOSED:
                self.reader.eof()
                self._deliver()
            self._end(Ending.ANSWERED if self.reader.done else chunk.ending)
            return b""
        if self.first_byte_s is None:
            self.first_byte_s = time.monotonic() - self._began
        self.recorder.on_received(data)
        reader = self.reader
        was_broken = reader.broken
        reader.feed(data)
        self._deliver()
        if reader.done:
            self._end(Ending.ANSWERED)
        elif reader.flooded:
            self._end(Ending.FLOODED)
        elif reader.broken and not was_broken:
            self._deadline = Deadline(min(deadline.at, time.monotonic() + UNREADABLE_WAIT_S))
        elif reader.broken and not self._deadline.remaining():
            self._end(Ending.SILENT)
        return data

    def finish(self) -> None:
        """Receive until there is an ending."""
        while self.ending is None:
            self.pull()

    def leave(self, wait_s: float) -> None:
        """See what comes behind a whole response: more bytes, the end of the connection, or nothing for so long."""
        until = Deadline(min(self._deadline.at, time.monotonic() + wait_s)) if wait_s else Deadline(0.0)
        while not self.closed:
            chunk = self.connection.receive(until, READ_BYTES)
            if not chunk.data:
                self.closed = chunk.ending is not Ending.SILENT
                return
            self.recorder.on_received(chunk.data)
            self.reader.feed(chunk.data)
            until = Deadline(0.0) if self.recorder.received_count > KEPT_RECEIVED_BYTES else until
            if not until.remaining():
                return

    def tell(self) -> None:
        """Tell the sink how it ended; once, when the turn is not played again on another connection."""
        if self._sink is not None and self.ending is not None:
            self._sink.end(self.ending, self.ending is Ending.ANSWERED)

    def _deliver(self) -> None:
        """Hand on content that has come."""
        reader = self.reader
        if reader.head is None:
            return
        if self._sink is not None and not self._started:
            self._started = True
            self._sink.start(reader.head)
        for piece in reader.take():
            if self._sink is None:
                kept = piece if len(piece) <= self._room else piece[: self._room]
                self._pieces.append(kept)
                self._room -= len(kept)
                if len(kept) < len(piece):
                    self._end(Ending.FLOODED)
                    return
            elif not self._sink.feed(piece):
                self.stopped = True
                self._end(Ending.FLOODED)
                return

    def _end(self, ending: Ending) -> None:
        if self.ending is not None:
            return
        self.ending = ending
        self.took_s = time.monotonic() - self._began
        self.body = b"".join(self._pieces)
        self._pieces.clear()
