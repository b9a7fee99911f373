"""One connection for very many small exchanges, under the permit and the target's rate. It keeps no transcript and judges nothing."""

from __future__ import annotations

import time
from collections.abc import Sequence

from harness.ending import Ending
from harness.errors import FramingError
from harness.messages.binding import Binding, Framer
from harness.net import Deadline, Link, connect
from harness.permit import Permit
from harness.target import Target

# Of what a device sends without an end of message so much is kept; enough to see what it is.
KEPT_BYTES = 4096
# Bytes taken at most by one look at what is there.
REST_BYTES = 64 * 1024


class Channel:
    """A connection that is opened when it is needed and opened again when it has ended."""

    def __init__(self, target: Target, binding: Binding, permit: Permit, interface: str) -> None:
        self.binding = binding
        self._target = target
        self._permit = permit
        self._port = target.ports[interface]
        self._link: Link | None = None
        self._framer: Framer = binding.framer()
        self._unfinished = b""
        self._flooded = False
        self._half_closed = False
        self._next_send = 0.0

    def open(self) -> None:
        """Open the connection if it is not.

        Raises:
            TransportError: the device does not accept it.
        """
        if self._half_closed:
            self.close()  # nothing can be sent on it any more
        if self._link is None:
            self._link = connect(self._target.host, self._port, timeout_s=self._target.timeout)
            self._framer = self.binding.framer()
            self._unfinished, self._flooded, self._half_closed = b"", False, False

    def close(self, how: str = "close") -> None:
        """End it: `close`, `half-close` (only our side) or `reset`."""
        if self._link is None:
            return
        self._unfinished = b""
        if how == "half-close":
            self._link.half_close()
            self._half_closed = True
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
        self._permit.check(self.binding, self._unfinished + data)
        self.open()
        assert self._link is not None
        self._unfinished = self.binding.unfinished(self._unfinished + data)
        self._keep_rate(data)
        deadline = Deadline.after(self._target.timeout + pause_s * len(pieces))
        sent = self._link.send(pieces or (data,), pause_s=pause_s, deadline=deadline)
        return sent.ending or (None if sent.count == len(data) else Ending.SILENT)

    def receive(self, deadline_s: float | None = None, *, extra_s: float = 0.0) -> tuple[bytes, Ending]:
        """One message with its terminator, or what came before the end.

        Args:
            deadline_s: how long to wait; the target's timeout if None.
            extra_s: seconds on top.
        """
        message = self._next()
        if message is not None:
            return message, Ending.ANSWERED
        if self._link is None:
            return b"", Ending.CLOSED
        deadline = Deadline.after((self._target.timeout if deadline_s is None else deadline_s) + extra_s)
        while not self._flooded:
            chunk = self._link.receive(deadline)
            if chunk.ending is not Ending.ANSWERED:
                return self._framer.leftover[:KEPT_BYTES], chunk.ending
            self._feed(chunk.data)
            if (message := self._next()) is not None:
                return message, Ending.ANSWERED
        return self._framer.leftover[:KEPT_BYTES], Ending.FLOODED

    def rest(self) -> bytes:
        """What is there now and has not been taken, whole messages or not, without waiting."""
        taken = bytearray()
        while len(taken) < REST_BYTES:
            if (message := self._next()) is not None:
                taken += message
                continue
            if self._link is None or self._flooded:
                break
            chunk = self._link.poll()
            if chunk.ending is not Ending.ANSWERED:
                break
            self._feed(chunk.data)
        return bytes(taken) + self._framer.leftover

    def _feed(self, data: bytes) -> None:
        try:
            self._framer.feed(data)
        except FramingError:
            self._flooded = True

    def _next(self) -> bytes | None:
        try:
            return self._framer.next_message()
        except FramingError:
            self._flooded = True
            return None

    def _keep_rate(self, data: bytes) -> None:
        if self._target.rate <= 0:
            return
        now = time.monotonic()
        if now < self._next_send:
            time.sleep(self._next_send - now)
        self._next_send = max(now, self._next_send) + max(self.binding.requests(data), 1) / self._target.rate
