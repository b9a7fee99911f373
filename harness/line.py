"""One open connection of a case: bytes to messages, with a bound on how much and how long."""

from __future__ import annotations

from harness.ending import Ending
from harness.errors import FramingError
from harness.messages.binding import Binding, Framer, Settling
from harness.net import Deadline, Link

# Of what a device sends without an end of message so much is kept in the transcript; enough to see what it is.
KEPT_BYTES = 4096
# Bytes taken at most when a case ends and asks what is left on a connection.
REST_BYTES = 65536
# How long the terminator of a message that is whole without it is waited for.
SETTLE_S = 0.3


class Line:
    """One open connection with its decoder, and what was sent on it since the last end of a message."""

    def __init__(self, link: Link, binding: Binding) -> None:
        self.link = link
        self.binding = binding
        self.framer: Framer = binding.framer()
        self.settling = self.framer if isinstance(self.framer, Settling) else None
        self.unfinished = b""
        self.flooded = False

    def message(self, deadline: Deadline) -> tuple[bytes, Ending]:
        """The next message, or what came of it and how the wait for it ended."""
        if self.flooded:
            return b"", Ending.FLOODED
        try:
            while True:
                if (message := self.framer.next_message()) is not None:
                    return message, Ending.ANSWERED
                chunk = self.link.receive(self._patience(deadline))
                if chunk.ending is not Ending.ANSWERED and self.settling is not None:
                    whole = self.settling.take_pending()
                    if whole is not None:
                        return whole, Ending.ANSWERED
                if chunk.ending is not Ending.ANSWERED:
                    return self.framer.leftover[:KEPT_BYTES], chunk.ending
                self.framer.feed(chunk.data)
        except FramingError:
            self.flooded = True
            return self.framer.leftover[:KEPT_BYTES], Ending.FLOODED

    def _patience(self, deadline: Deadline) -> Deadline:
        """How long to wait for more: not long if only a terminator is missing."""
        if self.settling is None or not self.settling.pending:
            return deadline
        return min(deadline, Deadline.after(SETTLE_S), key=lambda one: one.at)

    def rest(self) -> tuple[bytes, Ending]:
        """Everything that is there now, complete or not."""
        taken, ending = bytearray(), Ending.SILENT
        try:
            while len(taken) < REST_BYTES and not self.flooded:
                if (message := self.framer.next_message()) is not None:
                    taken += message
                    continue
                chunk = self.link.poll()
                ending = chunk.ending
                if ending is not Ending.ANSWERED:
                    break
                self.framer.feed(chunk.data)
        except FramingError:
            self.flooded, ending = True, Ending.FLOODED
        taken += self.framer.leftover
        return bytes(taken[:KEPT_BYTES]), ending
