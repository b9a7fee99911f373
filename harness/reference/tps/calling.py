"""How calls go: dialled, answered, past the lobbies, given up; and what that makes of participants and their conference."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from harness.reference.tps.attributes import Attribution
from harness.reference.tps.choices import Choices
from harness.reference.tps.endpoints import endpoint_at
from harness.reference.tps.media import LIMITS, credits_of, total
from harness.reference.tps.meetings import INCOMING, OUTGOING, Call, Conference, MeetingWorld, Participant
from harness.reference.tps.parts import On

# Device seconds.
ANSWER_S, ALERT_S, RETRY_S, WELCOME_S, EXIT_S, TRIES = 0.4, 8.0, 2.0, 5.0, 5.0, 3


class Calling:
    """The life of calls.

    Args:
        meetings: what there is.
        attribution: what holds for calls.
        choices: the readings.
        on: which fault is on.
    """

    def __init__(self, meetings: MeetingWorld, attribution: Attribution, choices: Choices, on: On) -> None:
        self._all, self._attribution, self._choices, self._on = meetings, attribution, choices, on
        # What is done when a participant is to go; set by who can.
        self.leave: Callable[[Participant], None] = lambda _one: None

    def holding(self, one: Participant, name: str) -> object:
        """A call attribute that holds for a participant."""
        value = one.own.get(name)
        return self._attribution.defaults.get(name) if value is None else value

    # the beginning

    def begin(self, conference: Conference) -> None:
        """A conference starts."""
        conference.active = True
        self._all.touch(conference)
        for one in list(conference.participants.values()):
            self.dial(one)

    def dial(self, one: Participant) -> None:
        """Make the calls of a participant that may be made now."""
        early = self._choices("dialled") == "creation"
        if one.waits or one.unconnected or one.live or not (one.conference.active or early):
            return
        if self.holding(one, "deferConnect") and not self._others(one) and not self._on("defer-ignored"):
            return
        for position, definition in enumerate(one.definitions):
            call = Call(
                id=self._all.world.new_id("call"),
                participant=one,
                position=position,
                definition=definition,
                endpoint=endpoint_at(definition[OUTGOING]),
            )
            one.calls[position] = self._all.calls[call.id] = call
            self._ring(call)
        self._all.touch(one, one.conference)

    def _others(self, one: Participant) -> list[Call]:
        return [
            call
            for other in one.conference.participants.values()
            if other is not one
            for call in other.live
            if call.complete
        ]

    def _ring(self, call: Call) -> None:
        answers = call.endpoint.answers and self._affordable(call.participant)
        later = ANSWER_S if answers else ALERT_S
        self._all.at(self._all.now() + later, partial(self._answered if answers else self._unanswered, call))

    def _affordable(self, one: Participant) -> bool:
        """Whether the limits of its conference leave enough for it."""
        settings, others = one.conference.settings, [*self._all.connected(one.conference), one]
        credit, tokens = settings.get("conferenceMediaCredits"), settings.get("conferenceMediaTokens")
        return (credit is None or sum(map(credits_of, (other.resources for other in others))) <= credit) and (
            tokens is None or sum(total(other.resources) for other in others) <= tokens
        )

    def _there(self, call: Call) -> bool:
        return self._all.calls.get(call.id) is call

    # no answer

    def _unanswered(self, call: Call) -> None:
        if not self._there(call):
            return
        if call.tries < TRIES:
            call.state = "callStateRetrying"
            self._all.at(self._all.now() + RETRY_S, partial(self._again, call))
        else:
            self._failed(call)
        self._all.touch(call.participant, call.participant.conference)

    def _again(self, call: Call) -> None:
        if self._there(call):
            call.state, call.tries = "callStateAlerting", call.tries + 1
            self._ring(call)
            self._all.touch(call.participant, call.participant.conference)

    def _failed(self, call: Call) -> None:
        one = call.participant
        call.state = "callStateFailed"
        one.failed.add(call.position)
        if call.position == self.audio(one):
            for other in list(one.live):
                if other is not call and not self._on("audio-fails-alone"):
                    self.end(other)
        if len(one.failed) == len(one.definitions) or call.position == self.audio(one):
            if self._choices("all-failed") == "gone":
                self.leave(one)
            else:
                self.ended(one.conference)

    @staticmethod
    def audio(one: Participant) -> int:
        """The position of the call that carries the sound."""
        return one.settings.get("audioIndex", 0) if len(one.definitions) > 1 else 0

    # an answer

    def _answered(self, call: Call) -> None:
        if not self._there(call):
            return
        one = call.participant
        call.state, call.since = "callStateConnected", self._all.now()
        if len(one.definitions) == 1 and call.endpoint.screens > 1:
            for extra in range(1, min(call.endpoint.screens, LIMITS["maxCallsPerParticipant"])):
                more = Call(
                    id=self._all.world.new_id("call"), participant=one, position=extra, definition=call.definition,
                    endpoint=call.endpoint, state=call.state, since=call.since, added=True,
                )  # fmt: skip
                one.more.append(more)
                self._all.calls[more.id] = more
        self._start_muted(one)
        if one.conference.settings.get("welcomeScreen", True):
            self._place(one, call, "welcome")
            self._all.at(self._all.now() + WELCOME_S, partial(self._welcomed, call))
        else:
            self._welcomed(call)
        self._all.touch(one, one.conference)

    def _start_muted(self, one: Participant) -> None:
        if any(call.complete for call in one.live) or self._on("start-muted-ignored"):
            return
        for stream in ("audioRx", "videoRx", "audioTx", "videoTx"):
            if self.holding(one, f"{stream}StartMuted"):
                one.mutes[f"{stream}Mute"] = True
        if self.holding(one, "recordingDevice") and not self.holding(one, "recordingDeviceIndicateOnly"):
            one.mutes["videoRxMute"] = True

    @staticmethod
    def _place(one: Participant, call: Call, place: str) -> None:
        call.place = place
        if call.position == 0:
            for more in one.more:
                more.place = place

    def _welcomed(self, call: Call) -> None:
        if not self._there(call):
            return
        one = call.participant
        conference = one.conference
        if not conference.active:
            self._place(one, call, "blank")
            self._all.at(conference.start, partial(self._welcomed, call))
        elif self._waits_for_chair(one):
            self._place(one, call, "awaitingChair")
        else:
            self._join(one, call)
        self._all.touch(one, conference)

    def _waits_for_chair(self, one: Participant) -> bool:
        if not one.conference.settings.get("waitForChair", True) or self._on("guests-do-not-wait"):
            return False
        return self.holding(one, "accessLevel") == "guest" and (
            self._on("chairs-let-nobody-in") or not self.chairs(one.conference)
        )

    def chairs(self, conference: Conference) -> list[Participant]:
        """The chairs that are in a conference."""
        return [
            one
            for one in conference.participants.values()
            if self.holding(one, "accessLevel") != "guest" and any(call.complete for call in one.live)
        ]

    def _join(self, one: Participant, call: Call) -> None:
        conference = one.conference
        self._place(one, call, "complete")
        if not one.joined:
            self._all.world.record("participantJoined")
        one.joined = conference.joined = True
        self._present(one, call)
        for other in list(conference.participants.values()):
            if other is one:
                continue
            for waiting in other.live:
                if waiting.place == "awaitingChair" and not self._waits_for_chair(other):
                    self._join(other, waiting)
            if not self._on("deferred-for-ever"):
                self.dial(other)
            self._all.touch(other)
        if self._choices("lone-disconnect") == "ends":
            self._see_to_the_rest(conference, None)

    def _present(self, one: Participant, call: Call) -> None:
        conference = one.conference
        if call.position != (one.settings.get("contentIndex", 0) if len(one.definitions) > 1 else 0):
            return
        allowed = self.holding(one, "presentationContributionAllowed") or self._on("contributes-unallowed")
        if not call.endpoint.presents or not allowed:
            return
        over = self.holding(one, "presentationTakeoverAllowed") or self._on("takes-over-unallowed")
        if conference.presenter is None or over:
            conference.presenter = one

    # the end

    def end(self, call: Call) -> None:
        """A call is over."""
        if not self._on("calls-outlive-participants"):
            self._all.calls.pop(call.id, None)
        one = call.participant
        if call.added:
            one.more.remove(call)
        else:
            one.calls[call.position] = None

    def hang_up(self, one: Participant) -> None:
        """End all calls of a participant, which stays."""
        for call in one.live:
            self.end(call)
        if one.conference.presenter is one and not self._on("presenter-outlives"):
            one.conference.presenter = None
        self._all.touch(one, one.conference)

    def ended(self, conference: Conference, left: Participant | None = None) -> None:
        """Calls of a conference have ended; see to those who go with the others."""
        self._all.touch(conference, *conference.participants.values())
        was_chair = left is not None and left.joined and self.holding(left, "accessLevel") != "guest"
        exits = conference.settings.get("disconnectOnChairExit", False) or self._on("chair-exit-unasked")
        if was_chair and exits and (self._on("any-chair-ends-all") or not self.chairs(conference)):
            for one in list(conference.participants.values()):
                if one.live and self._choices("chair-exit") == "all" and one.id in self._all.participants:
                    self.leave(one)
        self._see_to_the_rest(conference, left)

    def _see_to_the_rest(self, conference: Conference, left: Participant | None) -> None:
        here = [one for one in conference.participants.values() if any(call.complete for call in one.live)]
        for attribute in ("deferConnect", "autoDisconnect"):
            if not here or not all(self.holding(one, attribute) for one in here) or self._on("auto-disconnect-ignored"):
                continue
            if attribute == "autoDisconnect" and left is None and self._choices("lone-disconnect") == "stays":
                continue
            if attribute == "deferConnect" and len(here) > 1:
                continue
            for one in here:
                if self.holding(one, "deferConnect") and not self._on("deferred-gone-with-call"):
                    self.hang_up(one)
                elif one.id in self._all.participants:
                    self.leave(one)
            return

    def incoming(self, one: Participant, position: int) -> bool:
        """Whether the call at a position comes in."""
        return INCOMING in one.definitions[position]
