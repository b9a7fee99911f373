"""What the device knows of conferences, participants and calls, and what of it has changed since when."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from harness.reference.tps.endpoints import Endpoint
from harness.reference.tps.media import Resources
from harness.reference.tps.world import World

Struct = dict[str, Any]
# Views of objects that are listed, each with its own changes.
CONFERENCE, PLAIN, ADVANCED, MEDIA = "conference", "participant", "advanced", "media"
VIEWS = (PLAIN, ADVANCED, MEDIA)
# The feedback event that tells of a change in a view.
EVENTS = {
    CONFERENCE: "flexConferenceEnum",
    PLAIN: "flexParticipantEnum",
    ADVANCED: "flexParticipantAdvancedEnum",
    MEDIA: "flexParticipantMediaEnum",
}
STREAMS = ("audioRxMute", "videoRxMute", "audioTxMute", "videoTxMute")
INCOMING, OUTGOING = "URI", "remoteAddress"


@dataclass(slots=True, eq=False, kw_only=True)
class Call:
    """A call that exists."""

    id: str
    participant: Participant
    position: int
    definition: Struct
    endpoint: Endpoint
    state: str = "callStateAlerting"
    place: str = "idle"  # its conferenceState
    since: float | None = None  # established
    tries: int = 1
    added: bool = False  # negotiated by the endpoint, not defined

    @property
    def established(self) -> bool:
        """Whether the endpoint has answered."""
        return self.since is not None

    @property
    def complete(self) -> bool:
        """Whether it is in the conference, past all lobbies."""
        return self.place == "complete"


@dataclass(slots=True, eq=False, kw_only=True)
class Participant:
    """Somebody in a conference, or to be."""

    id: str
    conference: Conference
    settings: Struct  # what was given, by the names of flex.participant.create
    definitions: list[Struct]
    own: Struct  # call attributes that were given, by itself or its conference
    resources: Resources
    calls: list[Call | None]
    more: list[Call] = field(default_factory=list)  # that its endpoint added
    mutes: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(STREAMS, False))
    failed: set[int] = field(default_factory=set)
    exiting: bool = False
    unconnected: bool = False  # beyond the limit of its conference
    important: bool = False
    joined: bool = False  # it has been in the conference

    @property
    def live(self) -> list[Call]:
        """Its calls that exist, in their order, those that were added last."""
        return [call for call in self.calls if call is not None] + self.more

    @property
    def waits(self) -> bool:
        """Whether a call is to come in."""
        return any(INCOMING in one for one in self.definitions)

    @property
    def established(self) -> bool:
        """Whether all its calls have been answered."""
        return bool(self.calls) and all(call is not None and call.established for call in self.calls)

    @property
    def connected(self) -> bool:
        """Whether all its calls are in the conference."""
        return bool(self.calls) and all(call is not None and call.complete for call in self.calls)


@dataclass(slots=True, eq=False, kw_only=True)
class Conference:
    """A conference, begun or to begin."""

    id: str
    settings: Struct  # what was given, by the names of flex.conference.create
    uris: list[Struct]
    own: Struct  # call attributes that were given
    resources: Resources
    start: float
    made: float
    duration: int | None = None  # device seconds
    participants: dict[str, Participant] = field(default_factory=dict)
    important: Participant | None = None
    presenter: Participant | None = None
    active: bool = False
    terminating: bool = False
    joined: bool = False  # somebody has been in it

    @property
    def end(self) -> float:
        """When it is to end."""
        return float("inf") if self.duration is None else self.start + self.duration

    def setting(self, name: str, default: Any = None) -> Any:
        """What was given, or what stands for it."""
        return self.settings.get(name, default)


@dataclass(slots=True, eq=False)
class _Seen:
    """What was told of an object last, and when that changed."""

    revision: int = 0
    told: Struct = field(default_factory=dict)


class MeetingWorld:
    """All conferences, participants and calls.

    Attributes:
        world: the rest of the device; set before anything else is done.
        tell: how an object is told in a view; set by who can.
        again: objects count as changed although nothing about them is told otherwise.
        totals: the figures of flex.resource.status; furnish: makes what there is at the start; clear: ends all; set by who can.
        fixed: what `fixtures` tells.
    """

    world: World

    def __init__(self) -> None:
        self.conferences: dict[str, Conference] = {}
        self.participants: dict[str, Participant] = {}
        self.calls: dict[str, Call] = {}
        self.deleted: dict[str, list[tuple[int, str, str]]] = {CONFERENCE: [], PLAIN: []}
        self.revision = 0
        self.tell: Callable[[Any, str], Struct] = lambda _one, _view: {}
        self.totals: Callable[[], dict[str, int]] = dict
        self.furnish: Callable[[], None] = lambda: None
        self.clear: Callable[[], None] = lambda: None
        self.fixed: dict[str, Any] = {}
        self.again = False
        self._changed: dict[Any, None] = {}
        self._seen: dict[str, dict[str, _Seen]] = {view: {} for view in (CONFERENCE, *VIEWS)}
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._moment: float | None = None
        self._serial = count()

    # what the rest of the device asks

    def settle(self, _now: float) -> None:
        """Do what is due, each at its own time."""
        while self._due and self._due[0][0] <= self.world.clock():
            self._moment, _, what = heapq.heappop(self._due)
            what()
        self._moment = None
        if self._changed:
            self.flush()

    def knows(self, kind: str, name: str) -> bool:
        """Whether a conference, participant or call of this id exists."""
        match kind:
            case "conference":
                return name in self.conferences
            case "participant":
                return name in self.participants
        return kind == "call" and name in self.calls

    def figures(self) -> dict[str, int]:
        """What flex.resource.status tells."""
        return self.totals()

    def restart(self) -> None:
        """All conferences end with the device."""
        self.clear()

    def fill(self) -> None:
        """Make what there is at the start."""
        self.furnish()

    def fixtures(self) -> dict[str, Any]:
        """What there is at the start, and who can be dialled."""
        return self.fixed

    # time

    def now(self) -> float:
        """Device seconds; while something is done that was due, the time at which it was."""
        return self.world.clock() if self._moment is None else self._moment

    def at(self, when: float, what: Callable[[], None]) -> None:
        """Do something at a device time."""
        heapq.heappush(self._due, (when, next(self._serial), what))

    # changes

    def touch(self, *ones: Conference | Participant) -> None:
        """Something about them may be told otherwise from now on."""
        for one in ones:
            self._changed[one] = None

    def flush(self) -> None:
        """Take note of what has changed."""
        while self._changed:
            one = next(iter(self._changed))
            del self._changed[one]
            if one.id in self.conferences:
                self._note(one, CONFERENCE)
            elif one.id in self.participants:
                for view in VIEWS:
                    self._note(one, view)

    def _note(self, one: Conference | Participant, view: str) -> None:
        seen, told = self._seen[view].setdefault(one.id, _Seen()), self.tell(one, view)
        if not seen.revision or self.again or seen.told != told:
            self.revision += 1
            seen.revision, seen.told = self.revision, told
            self.world.happened(EVENTS[view])

    def changes(self, view: str, since: int) -> list[tuple[int, str]]:
        """Revisions and ids of objects that changed after a revision, the oldest change first."""
        self.flush()
        return sorted((seen.revision, name) for name, seen in self._seen[view].items() if seen.revision > since)

    def told(self, view: str, name: str) -> Struct:
        """What is told of an object in a view."""
        return self._seen[view][name].told

    def forget(self, one: Conference | Participant) -> None:
        """An object is gone."""
        self.revision += 1
        self._changed.pop(one, None)
        if isinstance(one, Conference):
            del self.conferences[one.id]
            self._seen[CONFERENCE].pop(one.id, None)
            self.deleted[CONFERENCE].append((self.revision, one.id, one.id))
            self.world.happened("flexConferenceDeletionsEnum")
            return
        del self.participants[one.id]
        one.conference.participants.pop(one.id, None)
        for view in VIEWS:
            self._seen[view].pop(one.id, None)
        self.deleted[PLAIN].append((self.revision, one.id, one.conference.id))
        self.world.happened("flexParticipantDeletionsEnum")

    # figures

    def connected(self, conference: Conference) -> Iterator[Participant]:
        """The participants that are in a conference."""
        return (one for one in conference.participants.values() if one.connected)

    def calls_in(self, ones: Iterable[Participant]) -> Iterator[Call]:
        """The calls of participants that are in their conference."""
        return (call for one in ones for call in one.live if call.complete)
