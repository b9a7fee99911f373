"""What a campaign needs of whoever plays scripts, cleans up after them and builds them, whatever the protocol."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Protocol

from harness.flow import Undo
from harness.fuzzing.receive import Played
from harness.fuzzing.script import Script


class Cleans(Protocol):
    """Undoes what scripts made."""

    @property
    def leftovers(self) -> int:
        """Objects that were made and that nothing removes."""

    @property
    def left(self) -> Sequence[Undo]:
        """What should have been undone and was not."""

    def clean(self, *, last: bool = False) -> None:
        """Undo everything; `last` tries again what failed before."""


class Plays(Protocol):
    """Plays scripts on one target."""

    @property
    def cleaner(self) -> Cleans:
        """Undoes what they made."""

    def play(self, script: Script, *, careful: bool = False) -> Played:
        """Play one script; never raises for what a device does."""

    def play_all(self, scripts: Sequence[Script], meanwhile: Callable[[], object] = bool) -> list[Played]:
        """Play several quickly; `meanwhile` is called once while the device is at work."""

    def is_alive(self) -> bool:
        """Whether the device answers a valid request on a new connection."""

    def forget(self) -> None:
        """The device began anew: expect nothing of what was there."""

    def close(self) -> None:
        """Close the connections."""


class Builds(Protocol):
    """Builds scripts."""

    def script(self, rng: Random) -> Script:
        """One script, the same for a generator in the same state."""
