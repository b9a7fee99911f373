"""Feedback: which receiver is to be told of which events, by the readings. `courier` sends what waits here; nothing here knows a socket."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from harness.reference.tps.asking import Values
from harness.reference.tps.choices import Choices
from harness.reference.tps.common import Common
from harness.reference.tps.world import MAC, Receiver
from harness.wire.xmlrpc_write import encode_call, encode_response

NOTIFICATION = "eventNotification"
ACK, MODIFIED, DELETED, ALIVE, USAGE = (
    "configureAck", "receiverModified", "receiverDeleted", "flexAlive", "flexResourceStatus",
)  # fmt: skip
_OWN = (ACK, MODIFIED, DELETED)
ALIVE_S = 10.0  # device seconds from one flexAlive to the next
_LATE_ALIVE_S = 25.0  # by a fault
_WAITING = 64  # messages that wait for one address; the oldest goes first
_FIGURES = (
    "numCalls", "numParticipants", "numConferences", "configuredMediaTokens", "allocatedMediaTokens",
    "configuredMediaCredits", "allocatedMediaCredits",
)  # fmt: skip


def _nothing() -> None:
    """Nobody waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message.

    Attributes:
        uri: where it goes.
        body: the XML.
        done: called once, when it has been delivered or given up.
    """

    uri: str
    body: bytes = field(repr=False)
    done: Callable[[], None] = _nothing


@dataclass(slots=True, eq=False)
class Lane:
    """What waits for one address, in the order in which it goes. Events that follow one another go together: each waits once at most.

    Attributes:
        uri: where it goes.
        source: what the device calls itself there.
        events: those that wait.
        letters: messages that wait, before the events.
        busy: a message of it is on its way, or has just been sent.
        deaf: by a fault, nothing is sent any more.
    """

    uri: str
    source: str = ""
    events: dict[str, None] = field(default_factory=dict)
    letters: deque[Letter] = field(default_factory=lambda: deque(maxlen=_WAITING))
    busy: bool = False
    deaf: bool = False


def mac_of(choices: Choices) -> str:
    """The MAC address of port A, as a source identifier has it."""
    match choices.of("TPS-AMB-235"):
        case "small":
            return MAC.lower()
        case "colons":
            return ":".join(MAC[place : place + 2] for place in range(0, 12, 2))
    return MAC


class Notifier:
    """Tells receivers.

    Attributes:
        woken: called with a lane when something waits in it.

    Args:
        common: world, readings, faults.
    """

    def __init__(self, common: Common) -> None:
        self._common, self._world, self._choices, self.on = common, common.world, common.choices, common.on
        self.woken: Callable[[Lane], None] = lambda _lane: None
        self.lanes: deque[Lane] = deque(maxlen=4 * _WAITING)  # those in which something waits, for who has no courier
        self._always = self._choices.of("TPS-AMB-236") == "always"
        self._ack_to_all = self._choices.of("TPS-AMB-237") == "all"
        self._taken_over = self._choices.of("TPS-AMB-238")
        self._moved = self._choices.of("TPS-AMB-239")
        self._call = self._choices.of("TPS-AMB-240") != "response"
        self._own_time = self._choices.of("TPS-AMB-242") == "own"
        self.loose = self._choices.of("TPS-AMB-247") == "some"
        self._figures: dict[str, int] | None = None
        self._counts: dict[str, int] = {}
        self._ghosts: list[Receiver] = []  # who was removed, by a fault
        self._world.happened, self._world.used = self.happened, self.used

    @cached_property
    def known(self) -> list[str]:
        """The events that the version has."""
        kind = self._common.model.scalars["feedback-event"]
        return [one for one in kind.choices if one not in kind.since or self._common.at_least(kind.since[one])]

    # events

    def happened(self, event: str) -> None:
        """A feedback event occurs: it waits for each receiver that subscribes to it."""
        if event not in self.known or self._kept_quiet(event):
            return
        slots = sorted(self._world.receivers)
        for place, slot in enumerate(slots):
            receiver = self._world.receivers[slot]
            if self._subscribed(receiver, event):
                if self.on("event-to-next-slot") and len(slots) > 1:
                    receiver = self._world.receivers[slots[(place + 1) % len(slots)]]
                self._add(self._lane(receiver), [event])
        for receiver in self._ghosts:
            if self._subscribed(receiver, event):
                self._add(self._lane(receiver), [event])

    def _kept_quiet(self, event: str) -> bool:
        """Whether a fault keeps an event from everyone."""
        count = self._counts[event] = self._counts.get(event, 0) + 1
        return (event == "cdrAdded" and count > 1 and self.on("records-told-once")) or (
            event == "flexConferenceDeletionsEnum" and count % 2 == 0 and self.on("second-end-untold")
        )

    def _subscribed(self, receiver: Receiver, event: str) -> bool:
        if event == ALIVE and self.on("alive-to-everyone"):
            return True
        events = receiver.first_events if self.on("first-subscription-holds") else receiver.events
        return events is None or event in events

    def _add(self, lane: Lane, events: list[str]) -> None:
        if not events or lane.deaf or (lane.busy and self.on("lost-while-busy")):
            return
        lane.events.update(dict.fromkeys(events))
        self.wake(lane)

    def wake(self, lane: Lane) -> None:
        """Something waits in a lane."""
        if lane not in self.lanes:
            self.lanes.append(lane)
        self.woken(lane)

    def used(self) -> None:
        """Resources may be used otherwise than before."""
        if not self._world.receivers:
            self._figures = None
            return
        now = self._usage()
        if self._figures is not None and (now != self._figures or self.loose):
            self.happened(USAGE)
        self._figures = now

    def _usage(self) -> dict[str, int]:
        figures = self._world.meetings.figures()
        if self.on("participants-use-nothing"):
            return {"numConferences": figures["numConferences"]}
        return {name: figures[name] for name in _FIGURES}

    # time

    def due(self) -> float:
        """The device time at which a flexAlive comes next."""
        return min((one.alive for one in self._world.receivers.values()), default=float("inf"))

    def tick(self, now: float) -> None:
        """Send the flexAlive that are due at a device time."""
        for receiver in self._world.receivers.values():
            if receiver.alive > now:
                continue
            every = _LATE_ALIVE_S if self.on("alive-every-25-seconds") else ALIVE_S
            receiver.alive += every * ((now - receiver.alive) // every + 1)
            receiver.beats += 1
            if self._subscribed(receiver, ALIVE) and (receiver.beats < 3 or not self.on("two-alives")):
                self._add(self._lane(receiver), [ALIVE])

    # receivers

    def added(self, receiver: Receiver, replaced: Receiver | None) -> None:
        """A receiver has been configured, in the place of another one or in a free slot."""
        now = self._world.clock()
        receiver.first_events = receiver.events
        receiver.alive = now + ALIVE_S if self._own_time else ALIVE_S * (now // ALIVE_S + 1)
        if self._figures is None:
            self._figures = self._usage()
        if replaced is not None:
            words = {"deleted": [DELETED], "modified": [MODIFIED, DELETED]}.get(self._taken_over, [])
            self._tell(self._lane(replaced), words, replaced.events)
            replaced.lane = None
            if self.on("overwritten-still-told"):
                self._ghosts.append(replaced)
        if self.on("adding-told-as-change"):
            self._tell(self._lane(receiver), [MODIFIED], receiver.events)
        if not self.on("adding-unacknowledged"):
            self._acknowledge(receiver)

    def reconfigured(self, receiver: Receiver, before: Receiver) -> None:
        """A receiver has been changed.

        Args:
            receiver: as it is.
            before: as it was; its lane is that of both.
        """
        if receiver.uri == before.uri:
            lane = self._lane(receiver)
            if not self.on("source-of-before"):
                lane.source = self._source(receiver)
            for event in [one for one in lane.events if one not in _OWN and not self._subscribed(receiver, one)]:
                del lane.events[event]
            if not self.on("change-untold"):
                self._tell(lane, [MODIFIED], receiver.events)
            if self.on("change-told-as-end"):
                self._tell(lane, [DELETED], receiver.events)
            self._modified_to_all(receiver)
            if not self.on("change-unacknowledged"):
                self._acknowledge(receiver)
            return
        old = self._lane(before)
        receiver.lane = None
        if self.on("old-address-told"):
            receiver.lane, old = old, Lane(old.uri, old.source)
        words = [MODIFIED] if self.on("old-address-not-told-of-end") else [MODIFIED, DELETED]
        self._tell(old, words, before.events)
        if self.on("new-address-told-of-end"):
            self._tell(self._lane(receiver), [DELETED], receiver.events)
        if self.on("change-unacknowledged"):
            return
        if self._moved == "nothing":
            self._tell(old, [ACK], before.events)
            return
        if self._moved == "modified":
            self._tell(self._lane(receiver), [MODIFIED], receiver.events)
        self._acknowledge(receiver)

    def _modified_to_all(self, receiver: Receiver) -> None:
        if self.on("change-told-to-all"):
            for other in self._world.receivers.values():
                if other is not receiver:
                    self._tell(self._lane(other), [MODIFIED], other.events)

    def removed(self, receiver: Receiver) -> None:
        """A receiver has been removed."""
        lane = self._lane(receiver)
        receiver.lane = None
        if self.on("removed-still-told"):
            self._ghosts.append(receiver)
        if not self.on("removal-untold"):
            self._tell(lane, [ACK, DELETED], receiver.events)
        if self.on("removal-told-to-all"):
            self.happened(DELETED)
        if self._ack_to_all:
            self.happened(ACK)

    def _acknowledge(self, receiver: Receiver) -> None:
        if self._ack_to_all:
            self.happened(ACK)
        if not self._ack_to_all or self._always:
            self._tell(self._lane(receiver), [ACK], receiver.events)

    def _tell(self, lane: Lane, words: list[str], subscribed: list[str] | None) -> None:
        """Tell a receiver of what was done to itself."""
        self._add(lane, [one for one in words if self._always or subscribed is None or one in subscribed])

    def _lane(self, receiver: Receiver) -> Lane:
        lane: Lane | None = receiver.lane
        if lane is None:
            lane = receiver.lane = Lane(receiver.uri, self._source(receiver))
        return lane

    def _source(self, receiver: Receiver) -> str:
        if self.on("source-of-first-receiver") and self._world.receivers:
            receiver = self._world.receivers[min(self._world.receivers)]
        if self.on("mac-of-port-b") and not receiver.source:
            return f"{MAC[:-1]}2"
        return receiver.source or mac_of(self._choices)

    # messages

    def take(self, lane: Lane) -> Letter | None:
        """The next message of a lane; None where nothing waits."""
        if lane.letters:
            return lane.letters.popleft()
        if not lane.events:
            return None
        events: Any = list(lane.events)
        lane.events.clear()
        if self.on("first-of-several"):
            events = events[:1]
        if self.on("events-misspelled"):
            events = [one.replace("Deletions", "Deletion") for one in events]
        if self.on("one-event-as-text") and len(events) == 1:
            events = events[0]
        return Letter(
            uri=self._address(lane.uri), body=self._written(NOTIFICATION, {"sourceIdentifier": lane.source, "events": events})
        )  # fmt: skip

    def _address(self, uri: str) -> str:
        scheme, _, rest = uri.partition("://")
        return f"{scheme}://{rest.partition('/')[0]}/" if self.on("path-lost") else uri

    def _written(self, name: str, told: Values) -> bytes:
        if self.on("two-parameters") and name == NOTIFICATION:
            return encode_call(name, *told.values(), writing=self._common.writing)
        shaped = self._common.teller.callback(name, told)
        if not self._call and name == NOTIFICATION:
            return encode_response(shaped, writing=self._common.writing)
        return encode_call(name, shaped, writing=self._common.writing)

    def reply(self, name: str, uri: str, told: Mapping[str, Any], done: Callable[[], None] = _nothing) -> None:
        """Answer a request that named where to: one message, in a lane of its own."""
        lane = Lane(uri)
        lane.letters.append(Letter(uri=uri, body=self._written(name, dict(told)), done=done))
        self.wake(lane)

    def letters(self) -> list[Letter]:
        """All messages that wait, which counts as their delivery: for who has no courier."""
        taken: list[Letter] = []
        while self.lanes:
            lane = self.lanes.popleft()
            while (letter := self.take(lane)) is not None:
                taken.append(letter)
                letter.done()
        return taken
