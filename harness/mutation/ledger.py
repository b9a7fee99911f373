"""What a device was really asked to create, so that it can be taken back when a mutant has hidden it from the suite."""

from __future__ import annotations

from harness.messages.reply import Reply
from harness.permit import Journal, notes
from harness.spec.model import System


class Ledger:
    """Fills a journal with what the device itself has answered; `see` is called from the proxy's thread."""

    def __init__(self, system: System) -> None:
        self._system = system
        self.journal = Journal()

    def see(self, reply: Reply) -> None:
        """Take note of one true reply, which holds the request that it answers."""
        for note in notes(self._system, reply):
            self.journal.note(note, "mutant")
