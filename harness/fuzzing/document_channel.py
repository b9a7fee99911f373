"""One connection for documents: bytes out as they are given, documents in, under the permit and the target's rate."""

from __future__ import annotations

import time
from collections.abc import Sequence

from harness.ending import Ending
from harness.errors import FramingError
from harness.messages.documents import DocumentBinding
from harness.net import Deadline, Link, connect
from harness.permit import Permit
from harness.target import Target

KEPT_BYTES = 65_536
TERMINATOR_S = 0.05  # so long the line end of a document is waited for, where the device sends one at all


class DocumentChannel:
    """A connection that is opened when it is needed.

    Attributes:
        tail: what was sent of a document that is not whole.
    """

    def __init__(self, target: Target, binding: DocumentBinding, permit: Permit, interface: str) -> None:
        self._target = target
        self._binding = binding
        self._permit = permit
        self._port = target.ports[interface]
        self._link: Link | None = None
        self._framer = binding.framer()
        self._unfinished = b""
        self._next_send = 0.0
        self.tail = b""
        self.ended: Ending | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is a connection, as far as is known."""
        return self._link is not None and self.ended is None

    def close(self, how: str = "close") -> None:
        """End the connection: `close`, `reset`, or `half-close`, which ends our side only."""
        if self._link is None:
            return
        if how == "half-close":
            self._link.half_close()
            return
        if how == "reset":
            self._link.reset()
        self._link.close()
        self._link = None
        self._unfinished, self.tail, self.ended = b"", b"", None

    def send(self, data: bytes, *, pieces: Sequence[bytes] = (), pause_s: float = 0.0) -> Ending | None:
        """Send bytes, in these pieces if there are any; gives None, or how the connection ended instead.

        Raises:
            PermitError: the permit does not cover what the bytes may do.
            TransportError: the connection could not be opened.
        """
        if not self._permit.everything:
            self._permit.check(self._binding, self._unfinished + data)
            self._unfinished = self._binding.unfinished(self._unfinished + data)[-KEPT_BYTES:]
        if self._link is None:
            self._link = connect(self._target.host, self._port, timeout_s=self._target.timeout)
            self._framer, self.ended = self._binding.framer(), None
        self._keep_rate(data)
        deadline = Deadline.after(self._target.timeout + pause_s * len(pieces))
        sent = self._link.send(pieces or (data,), pause_s=pause_s, deadline=deadline)
        ending = sent.ending or (None if sent.count == len(data) else Ending.SILENT)
        if ending in (Ending.CLOSED, Ending.RESET):
            self.ended = ending
        return ending

    def receive(self, wait_s: float) -> tuple[bytes, Ending]:
        """One document, or what came of it; with no time to wait, what is there now."""
        if self._link is None:
            return b"", Ending.CLOSED
        deadline = Deadline.after(wait_s)
        late: Deadline | None = None
        try:
            while True:
                if (document := self._framer.next_message()) is not None:
                    return document, Ending.ANSWERED
                if self._framer.pending and late is None:
                    late = Deadline.after(TERMINATOR_S)
                chunk = self._link.receive(late or deadline)
                if chunk.data:
                    self._framer.feed(chunk.data)
                    continue
                if (document := self._framer.take_pending()) is not None:
                    return document, Ending.ANSWERED
                if chunk.ending is not Ending.SILENT:
                    self.ended = chunk.ending
                return self._framer.leftover[:KEPT_BYTES], chunk.ending
        except FramingError:
            self.ended = Ending.FLOODED
            return self._framer.leftover[:KEPT_BYTES], Ending.FLOODED

    def _keep_rate(self, data: bytes) -> None:
        if self._target.rate <= 0:
            return
        now = time.monotonic()
        if now < self._next_send:
            time.sleep(self._next_send - now)
        self._next_send = max(now, self._next_send) + max(self._binding.requests(data), 1) / self._target.rate
