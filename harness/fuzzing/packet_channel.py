"""One connection for packets: bytes out as they are given, packets in, under the permit and the target's rate, secrets kept out of sight."""

from __future__ import annotations

import time
from collections.abc import Sequence

from harness.ending import Ending
from harness.errors import FramingError
from harness.messages.packets import PacketBinding
from harness.net import Deadline, Link, connect
from harness.permit import Permit
from harness.target import Target

KEPT_BYTES = 65_536  # of what is no packet


class Rate:
    """Keeps the target's rate over all connections of a run."""

    def __init__(self, target: Target) -> None:
        self._rate = target.rate
        self._next_send = 0.0

    def keep(self, requests: int) -> None:
        """Wait until so many more may leave."""
        if self._rate <= 0:
            return
        now = time.monotonic()
        if now < self._next_send:
            time.sleep(self._next_send - now)
        self._next_send = max(now, self._next_send) + max(requests, 1) / self._rate


class PacketChannel:
    """A connection that is opened when it is needed.

    Attributes:
        tail: what was sent of a packet that is not whole.
        ended: how the device ended the connection, as far as is known.
    """

    def __init__(self, target: Target, binding: PacketBinding, permit: Permit, interface: str, rate: Rate) -> None:
        self._target = target
        self._binding = binding
        self._permit = permit
        self._port = target.ports[interface]
        self._rate = rate
        self._link: Link | None = None
        self._framer = binding.framer()
        self._unfinished = b""
        self.tail = b""
        self.ended: Ending | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is a connection, as far as is known."""
        return self._link is not None and self.ended is None

    def open(self) -> None:
        """A fresh connection.

        Raises:
            TransportError: it could not be opened.
        """
        self.close()
        self._link = connect(self._target.host, self._port, timeout_s=self._target.timeout)
        self._framer = self._binding.framer()

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

    def send(
        self, shown: bytes, sent: bytes | None = None, *, cuts: Sequence[int] = (), pause_s: float = 0.0
    ) -> Ending | None:
        """Send bytes; gives None, or how the connection ended instead.

        Args:
            shown: with stand-ins for secrets.
            sent: what leaves, where it is not what the disguise makes of `shown`.

        Raises:
            PermitError: the permit does not cover what the bytes may do.
            TransportError: the connection could not be opened.
        """
        if not self._permit.everything:
            self._permit.check(self._binding, self._unfinished + shown)
            self._unfinished = self._binding.unfinished(self._unfinished + shown)[-KEPT_BYTES:]
        if self._link is None:
            self.open()
        assert self._link is not None
        self._rate.keep(self._binding.requests(shown))
        data = self._binding.reveal(shown) if sent is None else sent
        pieces = _pieces(data, cuts)
        deadline = Deadline.after(self._target.timeout + pause_s * len(pieces))
        done = self._link.send(pieces, pause_s=pause_s, deadline=deadline)
        ending = done.ending or (None if done.count == len(data) else Ending.SILENT)
        if ending in (Ending.CLOSED, Ending.RESET):
            self.ended = ending
        return ending

    def receive(self, wait_s: float) -> tuple[bytes, Ending]:
        """One packet with its header and secrets hidden, or what came of it; with no time to wait, what is there now."""
        if self._link is None:
            return b"", Ending.CLOSED
        deadline = Deadline.after(wait_s)
        try:
            while True:
                if (message := self._framer.next_message()) is not None:
                    return self._binding.hide(message), Ending.ANSWERED
                chunk = self._link.receive(deadline)
                if chunk.data:
                    self._framer.feed(chunk.data)
                    continue
                if chunk.ending is not Ending.SILENT:
                    self.ended = chunk.ending
                return self._binding.hide(self._framer.leftover[:KEPT_BYTES]), chunk.ending
        except FramingError:
            self.ended = Ending.FLOODED
            return self._binding.hide(self._framer.leftover[:KEPT_BYTES]), Ending.FLOODED


def _pieces(data: bytes, cuts: Sequence[int]) -> list[bytes]:
    found, start = [], 0
    for length in cuts:
        found.append(data[start : start + length])
        start += length
    found.append(data[start:])
    return [one for one in found if one]
