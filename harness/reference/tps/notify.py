"""Feedback: which receiver is to be told of which events, by the readings. What it is told waits in `letters`."""

from __future__ import annotations

from functools import cached_property

from harness.reference.tps.common import Common
from harness.reference.tps.letters import Lane, Post, mac_of
from harness.reference.tps.world import MAC, Receiver

ACK, MODIFIED, DELETED, ALIVE, USAGE = (
    "configureAck", "receiverModified", "receiverDeleted", "flexAlive", "flexResourceStatus",
)  # fmt: skip
_OWN = (ACK, MODIFIED, DELETED)
ALIVE_S = 10.0  # device seconds from one flexAlive to the next
_LATE_ALIVE_S = 25.0  # by a fault
_FIGURES = (
    "numCalls", "numParticipants", "numConferences", "configuredMediaTokens", "allocatedMediaTokens",
    "configuredMediaCredits", "allocatedMediaCredits",
)  # fmt: skip


class Notifier:
    """Tells receivers.

    Attributes:
        post: where what they are told waits.

    Args:
        common: world, readings, faults.
    """

    def __init__(self, common: Common) -> None:
        self._common, self._world, self._choices, self._on = common, common.world, common.choices, common.on
        self.post = Post(common)
        self._always = self._choices.of("TPS-AMB-236") == "always"
        self._ack_to_all = self._choices.of("TPS-AMB-237") == "all"
        self._taken_over = self._choices.of("TPS-AMB-238")
        self._moved = self._choices.of("TPS-AMB-239")
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
                if self._on("event-to-next-slot") and len(slots) > 1:
                    receiver = self._world.receivers[slots[(place + 1) % len(slots)]]
                self._add(self._lane(receiver), [event])
        for receiver in self._ghosts:
            if self._subscribed(receiver, event):
                self._add(self._lane(receiver), [event])

    def _kept_quiet(self, event: str) -> bool:
        """Whether a fault keeps an event from everyone."""
        count = self._counts[event] = self._counts.get(event, 0) + 1
        return (event == "cdrAdded" and count > 1 and self._on("records-told-once")) or (
            event == "flexConferenceDeletionsEnum" and count % 2 == 0 and self._on("second-end-untold")
        )

    def _subscribed(self, receiver: Receiver, event: str) -> bool:
        if event == ALIVE and self._on("alive-to-everyone"):
            return True
        events = receiver.first_events if self._on("first-subscription-holds") else receiver.events
        return events is None or event in events or (not events and self._on("none-means-everything"))

    def _add(self, lane: Lane, events: list[str]) -> None:
        if not events or lane.deaf or (lane.busy and self._on("lost-while-busy")):
            return
        lane.events.update(dict.fromkeys(events))
        self.post.wake(lane)

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
        if self._on("participants-use-nothing"):
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
            every = _LATE_ALIVE_S if self._on("alive-every-25-seconds") else ALIVE_S
            receiver.alive += every * ((now - receiver.alive) // every + 1)
            receiver.beats += 1
            if self._subscribed(receiver, ALIVE) and (receiver.beats < 3 or not self._on("two-alives")):
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
            if self._on("overwritten-still-told"):
                self._ghosts.append(replaced)
        if self._on("adding-told-as-change"):
            self._tell(self._lane(receiver), [MODIFIED], receiver.events)
        if not self._on("adding-unacknowledged"):
            self._acknowledge(receiver)

    def reconfigured(self, receiver: Receiver, before: Receiver) -> None:
        """A receiver has been changed.

        Args:
            receiver: as it is.
            before: as it was; its lane is that of both.
        """
        if receiver.uri == before.uri:
            lane = self._lane(receiver)
            if not self._on("source-of-before"):
                lane.source = self._source(receiver)
            for event in [one for one in lane.events if one not in _OWN and not self._subscribed(receiver, one)]:
                del lane.events[event]
            if not self._on("change-untold"):
                self._tell(lane, [MODIFIED], receiver.events)
            if self._on("change-told-as-end"):
                self._tell(lane, [DELETED], receiver.events)
            self._modified_to_all(receiver)
            if not self._on("change-unacknowledged"):
                self._acknowledge(receiver)
            return
        old = self._lane(before)
        receiver.lane = None
        if self._on("old-address-told"):
            receiver.lane, old = old, Lane(old.uri, old.source)
        words = [MODIFIED] if self._on("old-address-not-told-of-end") else [MODIFIED, DELETED]
        self._tell(old, words, before.events)
        if self._on("new-address-told-of-end"):
            self._tell(self._lane(receiver), [DELETED], receiver.events)
        if self._on("change-unacknowledged"):
            return
        if self._moved == "nothing":
            self._tell(old, [ACK], before.events)
            return
        if self._moved == "modified":
            self._tell(self._lane(receiver), [MODIFIED], receiver.events)
        self._acknowledge(receiver)

    def _modified_to_all(self, receiver: Receiver) -> None:
        if self._on("change-told-to-all"):
            for other in self._world.receivers.values():
                if other is not receiver:
                    self._tell(self._lane(other), [MODIFIED], other.events)

    def removed(self, receiver: Receiver) -> None:
        """A receiver has been removed."""
        lane = self._lane(receiver)
        receiver.lane = None
        if self._on("removed-still-told"):
            self._ghosts.append(receiver)
        if not self._on("removal-untold"):
            self._tell(lane, [ACK, DELETED], receiver.events)
        if self._on("removal-told-to-all"):
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
        if self._on("source-of-first-receiver") and self._world.receivers:
            receiver = self._world.receivers[min(self._world.receivers)]
        if self._on("mac-of-port-b") and not receiver.source:
            return f"{MAC[:-1]}2"
        return receiver.source or mac_of(self._choices)
