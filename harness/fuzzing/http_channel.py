"""One HTTP connection for very many small exchanges: bytes out as they are given, responses in, under the permit and the target's rate."""

from __future__ import annotations

import time
from collections.abc import Sequence

from harness.ending import Ending
from harness.http.exchanged import Exchanged
from harness.messages.binding import Binding
from harness.net import Deadline, Link, connect
from harness.permit import Permit
from harness.target import Target
from harness.wire.http1 import ResponseReader

# A reply that is longer is not waited for.
MOST_BYTES = 16 * 1024 * 1024
READ_BYTES = 262_144


class HttpChannel:
    """A connection that is opened when it is needed.

    Attributes:
        served: responses that have come on it.
    """

    def __init__(self, target: Target, binding: Binding, permit: Permit, interface: str) -> None:
        self._target = target
        self._binding = binding
        self._permit = permit
        self._port = target.ports[interface]
        self._link: Link | None = None
        self._left = b""  # received, not yet taken
        self._ended: Ending | None = None
        self._unfinished = b""
        self._next_send = 0.0
        self.served = 0

    @property
    def is_open(self) -> bool:
        """Whether there is a connection, as far as is known."""
        return self._link is not None

    def close(self, how: str = "close") -> None:
        """End the connection: `close`, `reset`, or `half-close`, which ends our side only."""
        if self._link is None:
            return
        self._unfinished = b""
        if how == "half-close":
            self._link.half_close()
            return
        if how == "reset":
            self._link.reset()
        self._link.close()
        self._link = None

    def send(self, data: bytes, *, pieces: Sequence[bytes] = (), pause_s: float = 0.0) -> Ending | None:
        """Send bytes, in these pieces if there are any; gives None, or how the connection ended instead.

        Raises:
            PermitError: the permit does not cover what the bytes may do.
            TransportError: the connection could not be opened.
        """
        if not self._permit.everything:
            self._permit.check(self._binding, self._unfinished + data)
            self._unfinished = self._binding.unfinished(self._unfinished + data)
        if self._link is None:
            self._link = connect(self._target.host, self._port, timeout_s=self._target.timeout)
            self._left, self._ended, self.served = b"", None, 0
        self._keep_rate(data)
        deadline = Deadline.after(self._target.timeout + pause_s * len(pieces))
        sent = self._link.send(pieces or (data,), pause_s=pause_s, deadline=deadline)
        return sent.ending or (None if sent.count == len(data) else Ending.SILENT)

    def receive(self, method: str, wait_s: float) -> Exchanged:
        """One response, or what came of it; what follows it is kept for the next."""
        reader = ResponseReader(method)
        deadline = Deadline.after(wait_s)
        raw, body, ending = bytearray(), [], None
        data, self._left = self._left, b""
        while True:
            if data:
                raw += data
                reader.feed(data)
                body += reader.take()
            if reader.done:
                ending = Ending.ANSWERED
            elif reader.broken or reader.flooded or len(raw) > MOST_BYTES:
                ending = Ending.FLOODED
            elif self._ended is not None:
                reader.eof()
                body += reader.take()
                ending = Ending.ANSWERED if reader.done else self._ended
            if ending is not None:
                break
            if self._link is None:
                ending = Ending.CLOSED
                break
            chunk = self._link.receive(deadline, READ_BYTES)
            data = chunk.data
            if chunk.ending is Ending.SILENT:
                ending = Ending.SILENT
                break
            if not data:
                self._ended = chunk.ending
        if reader.done:
            self.served += 1
            self._left = bytes(raw[reader.consumed :])
            del raw[reader.consumed :]
        closes = reader.closes or self._ended is not None or not reader.done
        got = Exchanged(
            sent=b"",
            raw=bytes(raw),
            received=len(raw),
            ending=ending,
            head=reader.head,
            interim=tuple(reader.interim),
            trailers=reader.trailers,
            body=b"".join(body),
            body_size=reader.body_size,
            body_complete=ending is Ending.ANSWERED,
            oddities=tuple(one for one in reader.oddities if one.rule != "leftover"),
            readable=not reader.broken,
            closed=closes,
        )
        if closes and not self._left:
            self.close()
        return got

    def stray(self) -> bytes:
        """What is there now that no request has asked for; closes the connection if there is anything, or if it has ended."""
        taken = self._left
        self._left = b""
        if self._link is not None and not taken:
            chunk = self._link.poll()
            taken = chunk.data
            if chunk.ending is not Ending.SILENT:
                self.close()
        elif taken:
            self.close()
        return taken

    def _keep_rate(self, data: bytes) -> None:
        if self._target.rate <= 0:
            return
        now = time.monotonic()
        if now < self._next_send:
            time.sleep(self._next_send - now)
        self._next_send = max(now, self._next_send) + max(self._binding.requests(data), 1) / self._target.rate
