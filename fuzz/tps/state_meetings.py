"""The conferences and participants of a script: what was set of them, who is important, and what has ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fuzz.tps.walks import CONFERENCE, PARTICIPANT, Walks, broken
from harness.fuzzing.call_kit import CallTurn
from harness.verdict import Check

_STREAMS = ("audioRxMute", "videoRxMute", "audioTxMute", "videoTxMute")
_ENDING = frozenset(("duration", "terminateWithLastCall", "disconnectOnChairExit"))  # with these a conference may end


@dataclass(slots=True)
class _Room:
    """A conference; `sure`: nothing but a call can end it."""

    sure: bool
    name: object = None
    reference: object = None
    locked: object = None
    metadata: object = b""
    important: str | None = ""  # "": nobody is; None: not known
    people: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Person:
    """A participant."""

    room: str
    sure: bool
    name: object = None
    connected: bool = False
    mutes: dict[str, bool] = field(default_factory=dict)


class Meetings:
    """The conferences and participants of one script.

    Args:
        gone: ids of what is certainly gone, by kind.
        walks: are told of what ends.
    """

    def __init__(self, gone: Mapping[str, set[str]], walks: Walks) -> None:
        self._gone, self._walks = gone, walks
        self.rooms: dict[str, _Room] = {}
        self.people: dict[str, _Person] = {}
        self.does = {
            "flex.conference.create": self._room_made, "flex.conference.modify": self._room_changed, "flex.conference.destroy": self._room_ended,
            "flex.participant.create": self._person_made, "flex.participant.modify": self._person_changed,
            "flex.participant.destroy": self._person_ended, "flex.participant.setImportant": self._important,
            "flex.participant.clearImportant": self._ordinary, "flex.participant.setMute": self._muted,
        }  # fmt: skip
        self.tells = {
            "flex.conference.query": self._room_told, "flex.conference.getMetadata": self._metadata_told,
            "flex.participant.status": self._person_told, "flex.participant.query": self._belongs,
        }  # fmt: skip

    def forget(self) -> None:
        """Nothing is known any more, but for what is gone."""
        self.rooms.clear()
        self.people.clear()

    def row(self, kind: str, name: str, row: Mapping[str, object], turn: CallTurn) -> Iterable[Check]:
        """What a list tells of one of them."""
        if kind == CONFERENCE and (room := self.rooms.get(name)) is not None:
            yield from self._room_row(name, room, row, turn)
        elif kind == PARTICIPANT and (person := self.people.get(name)) is not None:
            yield from self._person_row(person, row, turn)

    # conferences

    def _room_made(self, sent: Mapping[str, object], turn: CallTurn) -> None:
        name = turn.reply.members.get("conferenceID")
        if isinstance(name, str):
            self._gone[CONFERENCE].discard(name)
            self.rooms[name] = _Room(sure=not _ENDING & sent.keys())
            self._set(self.rooms[name], {"conferenceName": "", "conferenceReference": "", "locked": False, **sent})

    @staticmethod
    def _set(room: _Room, sent: Mapping[str, object]) -> None:
        room.name = sent.get("conferenceName", room.name)
        room.reference = sent.get("conferenceReference", room.reference)
        room.locked = sent.get("locked", room.locked)
        room.metadata = sent.get("metadata", room.metadata)
        if "unlockWithLastCall" in sent:
            room.locked = None

    def _room_changed(self, sent: Mapping[str, object], _turn: CallTurn) -> None:
        room = self.rooms.get(str(sent.get("conferenceID")))
        if room is not None:
            room.sure = room.sure and not _ENDING & sent.keys()
            self._set(room, sent)

    def _room_ended(self, sent: Mapping[str, object], _turn: CallTurn) -> None:
        name = str(sent.get("conferenceID"))
        room = self.rooms.pop(name, None)
        if room is None:
            return
        people = [one for one in self.people if self.people[one].room == name]
        for one in people:
            del self.people[one]
        if sent.get("allowExitScreen") is not True:
            self._end(CONFERENCE, name)
            self._end(PARTICIPANT, *people)

    def _end(self, kind: str, *names: str) -> None:
        self._gone[kind].update(names)
        self._walks.ended(kind, names)

    def _room_told(self, sent: Mapping[str, object], turn: CallTurn) -> Iterable[Check]:
        room = self.rooms.get(str(sent.get("conferenceID")))
        if room is None or not isinstance(room.metadata, bytes):
            return
        got = turn.reply.members.get("hasMetadata")
        if isinstance(got, bool) and got is not bool(room.metadata):
            yield broken("metadata", ("TPS-CON-005",), f"hasMetadata {bool(room.metadata)}", str(got), turn)

    def _metadata_told(self, sent: Mapping[str, object], turn: CallTurn) -> Iterable[Check]:
        room = self.rooms.get(str(sent.get("conferenceID")))
        got = turn.reply.members.get("metadata")
        if room is not None and isinstance(room.metadata, bytes) and isinstance(got, bytes) and got != room.metadata:
            yield broken(
                "metadata",
                ("TPS-CON-002", "TPS-CON-004"),
                f"{len(room.metadata)} bytes that were set",
                f"{len(got)} others",
                turn,
            )

    # participants

    def _person_made(self, sent: Mapping[str, object], turn: CallTurn) -> None:
        name, where = turn.reply.members.get("participantID"), str(sent.get("conferenceID"))
        calls = sent.get("calls")
        if not isinstance(name, str) or not isinstance(calls, list):
            return
        self._gone[PARTICIPANT].discard(name)
        incoming = all(isinstance(one, Mapping) and "remoteAddress" not in one for one in calls)
        room = self.rooms.get(where)
        self.people[name] = _Person(
            where, sure=incoming and room is not None and room.sure, name=sent.get("displayName")
        )
        if room is not None:
            room.people.add(name)
            room.sure = room.sure and incoming  # its end may end the conference, or unlock it
            room.locked = room.locked if incoming else None

    def _person_changed(self, sent: Mapping[str, object], _turn: CallTurn) -> None:
        person = self.people.get(str(sent.get("participantID")))
        if person is not None:
            person.name = sent.get("displayName", person.name)

    def _person_ended(self, sent: Mapping[str, object], _turn: CallTurn) -> None:
        name = str(sent.get("participantID"))
        person = self.people.pop(name, None)
        if person is None:
            return
        if sent.get("allowExitScreen") is not True:
            self._end(PARTICIPANT, name)
        room = self.rooms.get(person.room)
        if room is not None:
            room.important = "" if room.important == name else room.important
            room.locked = None

    def _important(self, sent: Mapping[str, object], _turn: CallTurn) -> None:
        name = str(sent.get("participantID"))
        if (room := self._room_of(name)) is not None:
            room.important = name

    def _ordinary(self, sent: Mapping[str, object], _turn: CallTurn) -> None:
        name = str(sent.get("participantID"))
        room = self._room_of(name)
        if room is not None and room.important == name:
            room.important = ""

    def _room_of(self, participant: str) -> _Room | None:
        person = self.people.get(participant)
        return self.rooms.get(person.room) if person is not None else None

    def _muted(self, sent: Mapping[str, object], _turn: CallTurn) -> None:
        person = self.people.get(str(sent.get("participantID")))
        for stream in _STREAMS:
            value = sent.get(stream)
            if person is None or not isinstance(value, bool):
                continue
            if person.connected:  # else TPS-AMB-145
                person.mutes[stream] = value
            else:
                person.mutes.pop(stream, None)

    def _person_told(self, sent: Mapping[str, object], turn: CallTurn) -> Iterable[Check]:
        name, told = str(sent.get("participantID")), turn.reply.members
        person, room = self.people.get(name), self._room_of(name)
        if person is None:
            return
        yield from self._belongs(sent, turn)
        important = told.get("important")
        if room is not None and room.important is not None and isinstance(important, bool):
            wanted = room.important == name
            if important is not wanted:
                clauses = (
                    ("TPS-PRT-032", "TPS-PRT-034") if not room.important or wanted else ("TPS-PRT-033", "TPS-PRT-034")
                )
                yield broken("important", clauses, f"important {wanted}", str(important), turn)
        person.connected = told.get("connectionState") == "connected"
        for stream, value in person.mutes.items():
            got = told.get(stream)
            if person.connected and isinstance(got, bool) and got is not value:
                yield broken("mute", ("TPS-PRT-030", "TPS-PRT-031", "TPS-PRT-069"), f"{stream} {value}", str(got), turn)

    def _belongs(self, sent: Mapping[str, object], turn: CallTurn) -> Iterable[Check]:
        person = self.people.get(str(sent.get("participantID")))
        got = turn.reply.members.get("conferenceID")
        if person is not None and isinstance(got, str) and got != person.room:
            yield broken("belongs", ("TPS-PRT-005",), f"conferenceID {person.room}", got, turn)

    @staticmethod
    def _room_row(name: str, room: _Room, row: Mapping[str, object], turn: CallTurn) -> Iterable[Check]:
        for member, value in (
            ("conferenceName", room.name),
            ("conferenceReference", room.reference),
            ("locked", room.locked),
        ):
            if value is not None and (row.get(member) or value) and row.get(member, "") != value:
                yield broken("room", ("TPS-CON-024",), f"{member} {value!r} of {name}", repr(row.get(member)), turn)
        if room.important is not None and (row.get("importantID") or "") != room.important:
            wanted = f"importantID {room.important}" if room.important else "no importantID"
            yield broken(
                "important", ("TPS-CON-043", "TPS-PRT-032", "TPS-PRT-034"), wanted, repr(row.get("importantID")), turn
            )

    @staticmethod
    def _person_row(person: _Person, row: Mapping[str, object], turn: CallTurn) -> Iterable[Check]:
        where = row.get("conferenceID")
        if isinstance(where, str) and where != person.room:
            yield broken("belongs", ("TPS-PRT-005", "TPS-PRT-048"), f"conferenceID {person.room}", where, turn)
        name = row.get("displayName")
        if person.name and isinstance(name, str) and name != person.name:
            yield broken("name", ("TPS-PRT-039", "TPS-PRT-041"), repr(person.name), repr(name), turn)
