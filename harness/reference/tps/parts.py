"""What the methods of conferences, participants and calls share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.reference.tps.attributes import Attribution
    from harness.reference.tps.calling import Calling
    from harness.reference.tps.common import Common
    from harness.reference.tps.figures import Figures
    from harness.reference.tps.leaving import Leaving
    from harness.reference.tps.media import Media
    from harness.reference.tps.meetings import MeetingWorld
    from harness.reference.tps.uris import Uris

On = Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """All of it; `on` says whether a fault is on."""

    common: Common
    all: MeetingWorld
    attribution: Attribution
    media: Media
    uris: Uris
    calling: Calling
    leaving: Leaving
    figures: Figures
    on: On
