"""Seeded faults of trick modes: another play time, segment or time of the end than what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from harness.reference.cds.tricks import Action

_HOUR_MS = 3_600_000


def bent(actions: Sequence[Action], contents: int, on: Callable[[str], bool]) -> Iterator[Action]:
    """The actions of one stream of so many contents, with the faults that are on."""
    npt, before = 0, actions[0]
    for action in actions:
        elapsed = action.at_ms - before.at_ms
        moved = action.npt - before.npt
        if before.scale == 0 and not before.setup and on("paused-moves"):
            moved = elapsed
        elif before.scale == 1 and on("play-stands"):
            moved = 0
        elif before.scale < 0 and on("reverse-advances"):
            moved = -before.scale * elapsed
        elif before.scale < 0 and on("npt-below-0"):
            moved = before.scale * elapsed
        elif before.scale > 1 and on("forward-goes-back"):
            moved = -min(npt, before.scale * elapsed)
        npt += moved
        before = action
        changed = replace(action, npt=npt)
        if action.end:
            if contents == 1 and on("segment-of-single"):
                changed = replace(changed, segment=1)
            if contents > 1 and on("segment-beyond"):
                changed = replace(changed, segment=contents)
            if on("trick-after-end"):
                changed = replace(changed, at_ms=action.at_ms + _HOUR_MS)
        yield changed


# Those that `bent` looks at.
BENT = (
    "paused-moves", "play-stands", "reverse-advances", "npt-below-0", "forward-goes-back", "segment-of-single", "segment-beyond",
    "trick-after-end",
)  # fmt: skip
