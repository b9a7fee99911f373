"""The methods of conferences, participants and calls."""

from __future__ import annotations

from harness.reference.tps.actions import Actions
from harness.reference.tps.asking import Handler
from harness.reference.tps.attributes import Attribution
from harness.reference.tps.calling import Calling
from harness.reference.tps.common import Common
from harness.reference.tps.conferences import CREATE as CREATE_CONFERENCE
from harness.reference.tps.conferences import Conferences
from harness.reference.tps.figures import Figures
from harness.reference.tps.leaving import Leaving
from harness.reference.tps.lists import Lists
from harness.reference.tps.media import Media
from harness.reference.tps.meetings import MeetingWorld
from harness.reference.tps.meetings_start import Start
from harness.reference.tps.participants import CREATE as CREATE_PARTICIPANT
from harness.reference.tps.participants import Participants
from harness.reference.tps.parts import On, Parts
from harness.reference.tps.tell_conference import ConferenceTelling
from harness.reference.tps.tell_participant import ParticipantTelling
from harness.reference.tps.uris import Uris


def _no_fault(_name: str) -> bool:
    """No fault is on."""
    return False


def methods(common: Common, meetings: MeetingWorld) -> dict[str, Handler]:
    """All of them by name."""
    parts_of_faults = getattr(common.spoiler, "parts", ())
    on: On = parts_of_faults[0].on if parts_of_faults else _no_fault
    choices = common.choices
    attribution = Attribution(common)
    calling = Calling(meetings, attribution, choices, on)
    parts = Parts(
        common=common,
        all=meetings,
        attribution=attribution,
        media=Media(choices, on),
        uris=Uris(common, meetings, on),
        calling=calling,
        leaving=Leaving(meetings, calling, choices, on),
        figures=Figures(meetings, choices),
        on=on,
    )
    conferences, participants = ConferenceTelling(parts), ParticipantTelling(parts)
    handlers = {
        **Conferences(parts).methods(),
        **conferences.methods(),
        **Participants(parts).methods(),
        **participants.methods(),
        **Actions(parts).methods(),
        **Lists(parts, conferences, participants).methods(),
    }
    Start(meetings, handlers[CREATE_CONFERENCE], handlers[CREATE_PARTICIPANT])
    return {name: handler for name, handler in handlers.items() if name in common.methods}
