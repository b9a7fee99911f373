"""What must be so after what was done: conferences, participants and users of a script, under every reading of the document.

What readings leave open is not known here: objects that may end by themselves, streams of participants without calls, and whatever a call that
is not plain may have done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fuzz.tps.state_meetings import Meetings
from fuzz.tps.state_users import Users
from fuzz.tps.walks import CONFERENCE, DELETIONS, LISTS, PARTICIPANT, USER, Walks, broken, name_of
from harness.fuzzing.call_kit import CallTurn
from harness.spec.model import Effect, System
from harness.verdict import Check


class StateModel:
    """See `harness.fuzzing.call_kit.Model`."""

    def __init__(self, system: System) -> None:
        self._system = system
        unknown = system.calls.unknown if system.calls is not None else {}
        self._codes = {kind: system.errors[unknown[kind].fault].code for kind in (CONFERENCE, PARTICIPANT)}
        self._users = Users()
        self._gone: dict[str, set[str]] = {CONFERENCE: set(), PARTICIPANT: set(), USER: self._users.gone}
        self._walks = Walks(self._there, self._gone.__getitem__)
        self._meetings = Meetings(self._gone, self._walks)
        self._does = {**self._meetings.does, **self._users.does}

    def begin(self) -> None:
        """See `harness.fuzzing.call_kit.Model`."""
        self._forget()
        self._walks.begin()
        for one in self._gone.values():
            one.clear()

    def _forget(self) -> None:
        self._meetings.forget()
        self._users.forget()

    def _there(self, kind: str, conference: str) -> Iterable[str]:
        """What is certainly there of a kind."""
        if kind == CONFERENCE:
            return (name for name, one in self._meetings.rooms.items() if one.sure)
        if kind == USER:
            return self._users.there
        return (name for name, one in self._meetings.people.items() if one.sure and conference in ("", one.room))

    # what comes

    def see(self, turn: CallTurn) -> list[Check]:
        """See `harness.fuzzing.call_kit.Model`."""
        asked, reply = turn.asked, turn.reply
        operation = self._system.operations.get(asked.method)
        sent = asked.members
        call = operation.call if operation is not None else None
        if reply.ok is True and sent is not None and call is not None and call.listing is None:
            wrong = self._spoken_of(sent, turn)  # whatever else of it is open
            if wrong:
                return wrong
        if operation is None or operation.effect is not Effect.READ:
            if reply.ok is True and asked.plain and sent is not None:
                if (does := self._does.get(asked.method)) is not None:
                    self._walks.changes += asked.method in self._users.does
                    does(sent, turn)
                return []
            if reply.ok is not False:
                self._forget()
            elif asked.plain and sent is not None:
                return self._denied(sent, turn)
            return []
        if not asked.plain:
            return self._users.logged_in(turn) if self._users.there or self._users.gone else []
        if sent is None or reply.ok is None:
            return []
        if reply.ok is False:
            return self._denied(sent, turn)
        if asked.method in LISTS:
            return [*self._walks.page(turn), *self._rows(turn)]
        if asked.method in DELETIONS:
            return self._walks.deletions(turn)
        tells = self._meetings.tells.get(asked.method)
        return list(tells(sent, turn)) if tells is not None else []

    def _spoken_of(self, sent: Mapping[str, object], turn: CallTurn) -> list[Check]:
        """A success about what is gone."""
        for member, kind, clauses in (
            ("conferenceID", CONFERENCE, ("TPS-CON-009",)),
            ("participantID", PARTICIPANT, ("TPS-PRT-003", "TPS-CON-010")),
        ):
            if sent.get(member) in self._gone[kind]:
                return [
                    broken("gone", clauses, f"fault {self._codes[kind]}, for the {kind} is gone", "a success", turn)
                ]
        return []

    def _denied(self, sent: Mapping[str, object], turn: CallTurn) -> list[Check]:
        """What is there is said not to be there."""
        person = self._meetings.people.get(str(sent.get("participantID")))
        if person is not None and person.sure and turn.reply.code == self._codes[PARTICIPANT]:
            return [
                broken(
                    "there", ("TPS-PRT-021",), "the participant, which nothing has ended", turn.reply.describe(), turn
                )
            ]
        room = self._meetings.rooms.get(str(sent.get("conferenceID")))
        if room is not None and room.sure and turn.reply.code == self._codes[CONFERENCE]:
            return [
                broken(
                    "there", ("TPS-ENM-001",), "the conference, which nothing has ended", turn.reply.describe(), turn
                )
            ]
        return []

    def _rows(self, turn: CallTurn) -> Iterable[Check]:
        """What the rows of a list tell of what is ours."""
        kind, _, keys, *_ = LISTS[turn.asked.method]
        for row in self._walks.rows(turn):
            name = name_of(row, keys)
            yield from self._users.row(name, row, turn) if kind == USER else self._meetings.row(kind, name, row, turn)
