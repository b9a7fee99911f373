"""How participants and conferences go, and what goes with them."""

from __future__ import annotations

from functools import partial

from harness.reference.tps.calling import EXIT_S, Calling
from harness.reference.tps.choices import Choices
from harness.reference.tps.meetings import PLAIN, Conference, MeetingWorld, Participant
from harness.reference.tps.parts import On


class Leaving:
    """The end of participants and conferences.

    Args:
        meetings: what there is.
        calling: the life of calls.
        choices: the readings.
        on: which fault is on.
    """

    def __init__(self, meetings: MeetingWorld, calling: Calling, choices: Choices, on: On) -> None:
        self._all, self._calling, self._choices, self._on = meetings, calling, choices, on
        self._lobby = choices("exit") == "lobby"
        calling.leave = self.gone
        meetings.clear = self._clear

    def _clear(self) -> None:
        """The device restarts."""
        kept = self._choices.of("TPS-AMB-223") == "kept"
        for conference in list(self._all.conferences.values()):
            if kept:
                for one in conference.participants.values():
                    self._calling.hang_up(one)
            else:
                self._conference_gone(conference)

    # participants

    def participant(self, one: Participant, *, lobby: bool) -> None:
        """A participant is destroyed. `lobby`: it may be shown the exit lobby."""
        if lobby and self._shown_out(one):
            self._all.at(self._all.now() + EXIT_S, partial(self.gone, one))
        else:
            self.gone(one)

    def _shown_out(self, one: Participant) -> bool:
        """Begin the exit lobby, if there is one for it."""
        complete = [call for call in one.live if call.complete]
        if one.exiting or not complete or not self._lobby or not one.conference.setting("exitScreen", True):
            return False
        one.exiting = True
        for call in complete:
            call.place = "disconnecting"
        self._all.touch(one, one.conference)
        return True

    def gone(self, one: Participant) -> None:
        """A participant is gone at once, and those who go with it."""
        conference = one.conference
        if self._all.participants.get(one.id) is not one:
            return
        self._drop(one)
        self._calling.ended(conference, one)
        if conference.id not in self._all.conferences:
            return
        left = list(conference.participants.values())
        alone = not any(other.live for other in left)
        self._unlock(conference, one, alone=alone)
        ends = conference.setting("terminateWithLastCall", False) or self._on("ends-with-any-last-call")
        if self._on("last-call-ends-nothing"):
            ends = False
        if conference.joined and (alone or self._on("ends-with-first-to-leave")) and ends:
            self._conference_gone(conference)

    def _unlock(self, conference: Conference, left: Participant, *, alone: bool) -> None:
        wanted = conference.setting("unlockWithLastCall", True) or self._on("unlocks-unasked")
        if self._on("lock-stays"):
            wanted = False
        if left.joined and wanted and (alone or self._choices("unlocks") == "any"):
            conference.settings["locked"] = False

    def _drop(self, one: Participant) -> None:
        conference = one.conference
        self._calling.hang_up(one)
        if conference.important is one and not self._on("importance-outlives"):
            conference.important = None
        self._all.forget(one)
        self._all.touch(conference)
        if one.joined:
            self._all.world.record("participantLeft")

    # conferences

    def conference(self, one: Conference, *, lobby: bool) -> None:
        """A conference is destroyed, or has come to its end. `lobby`: the exit lobby may be shown."""
        shown = [self._shown_out(other) for other in one.participants.values()] if lobby else []
        if any(shown):
            one.terminating = True
            self._all.touch(one)
            self._all.at(self._all.now() + EXIT_S, partial(self._conference_gone, one))
        else:
            self._conference_gone(one)

    def _conference_gone(self, one: Conference) -> None:
        if self._all.conferences.get(one.id) is not one:
            return
        for participant in list(one.participants.values()):
            self._drop(participant)
            if self._on("deletions-with-conference-lost"):
                self._all.deleted[PLAIN].pop()
        self._all.forget(one)
        self._all.world.record("conferenceFinished")

    # the clock

    def schedule(self, one: Conference) -> None:
        """See to the start and the end of a conference that is new or has been changed."""
        now = self._all.now()
        if not one.active and one.start <= now:
            self._begin(one)
        elif not one.active:
            self._all.at(one.start, partial(self._begin, one))
        if one.duration is not None:
            self._all.at(self._end(one), partial(self._over, one))

    def _end(self, one: Conference) -> float:
        if one.duration is not None and self._on("duration-from-making"):
            return one.made + one.duration
        return one.end

    def _begin(self, one: Conference) -> None:
        if self._all.conferences.get(one.id) is one and not one.active and one.end > one.start:
            self._calling.begin(one)
            self._all.world.record("conferenceStarted")

    def _over(self, one: Conference) -> None:
        if self._all.conferences.get(one.id) is not one or self._all.now() < self._end(one) or one.terminating:
            return
        if self._on("conference-never-ends"):
            return
        if self._choices("conference-end") == "inactive":
            for participant in list(one.participants.values()):
                self._drop(participant)
            one.active = False
            self._all.touch(one)
        else:
            self.conference(one, lobby=True)
