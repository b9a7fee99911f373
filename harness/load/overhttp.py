"""What every validator of replies over HTTP has: heads that are known, and what the loop asks of its framers."""

from __future__ import annotations

from collections.abc import Callable

from harness.ending import Ending
from harness.load.http import HttpFramer, Incoming
from harness.load.scenario import Request
from harness.load.shapes import HeadShape
from harness.load.verdicts import AnyValidator, Level
from harness.messages.binding import Framer

# Heads of responses that are known; a device has one or two, but for the values of fields that no check looks at.
MAX_HEADS = 8


class OverHttp(AnyValidator):
    """Validates what comes over HTTP, and may validate what comes on another road with another framer."""

    def __init__(self, level: Level, one_reply: str) -> None:
        super().__init__(level, one_reply)
        self._heads: list[HeadShape] = []

    def expect(self, framer: Framer, request: Request) -> None:
        """See `AnyValidator`."""
        if isinstance(framer, HttpFramer):
            framer.expect(request)

    def ended(self, framer: Framer) -> bytes | None:
        """See `AnyValidator`."""
        return framer.end() if isinstance(framer, HttpFramer) else None

    def closes(self, framer: Framer) -> bool:
        """See `AnyValidator`."""
        return isinstance(framer, HttpFramer) and framer.closes

    def incoming(self, framer: Framer | None, ending: Ending, raw: bytes, fresh: Callable[[], Incoming]) -> Incoming:
        """What the framer has read of a response that ended rightly; else what a fresh one reads of the bytes."""
        if isinstance(framer, HttpFramer) and ending is Ending.ANSWERED and framer.last is not None:
            return framer.last
        incoming = fresh()
        incoming.feed(raw)
        return incoming

    def remember(self, head: HeadShape) -> None:
        """Keep the head of a response that conforms."""
        if all(one.pattern != head.pattern for one in self._heads) and len(self._heads) < MAX_HEADS:
            self._heads.append(head)
