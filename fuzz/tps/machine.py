"""A rule-based state machine over conferences, participants and users: calls in any order, and lists and deletions that are walked through meanwhile.

Each step is sent through the player, which judges every reply; `fuzz.tps.state` knows what must be so behind it. A step that breaks something
is played again with all before it as one script, so that it can be replayed and made smaller.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.stateful import rule

from fuzz.tps.calling import CallMachine, Written, id_of
from fuzz.tps.walks import DELETIONS
from harness.fuzzing.call_parts import member, value

MOST_ROOMS, MOST_PEOPLE, MOST_USERS = 2, 3, 4  # that are there at a time in one run of steps, people in each conference
_AT = st.integers(0, 255)  # which of them
TEXTS = ("a", "two words", "a & b <c>", 'say "so"', "Gr\u00f6\u00dfe", "x" * 50, "0", "")
RIGHTS = ("apiOnly", "administrator", "none")
_NOTHING = {"total": 0}
_MEDIA = value({
    "mediaTokensMainVideo": _NOTHING, "mediaTokensExtendedVideo": _NOTHING, "mediaTokensAudio": _NOTHING, "numMediaCredits": 0,
})  # fmt: skip
_NAMES = random.Random(20261122)
_LISTS = ("flex.conference.enumerate", "flex.participant.enumerate", "flex.participant.media.enumerate")


class TpsMachine(CallMachine):
    """Set `session` before it is run."""

    def __init__(self) -> None:
        super().__init__()
        self._rooms: list[int] = []  # that are there: numbers of the replies that told their ids
        self._old_rooms: list[int] = []
        self._people: dict[int, int] = {}  # that are there -> conference
        self._old_people: list[int] = []
        self._users: dict[str, str] = {}  # that are there -> password
        self._old_users: dict[str, str] = {}
        self._cookies: dict[str, int] = {}  # method of deletions -> number of the reply with its last cookie
        answering = self.session.target.fixture_texts("answering_addresses")
        self._address = answering[0] if answering and self.session.permit.allow.write else ""

    # conferences

    def _room(self, at: int) -> int:
        """A conference: one that is there, sometimes one that was; made if there is none."""
        if not self._rooms:
            self._open(at)
        known = self._old_rooms if self._old_rooms and (at % 8 == 0 or not self._rooms) else self._rooms
        return known[at // 8 % len(known)] if known else -1

    def _open(self, text: int) -> None:
        more = {} if text % 2 else {
            "conferenceName": value(TEXTS[text % len(TEXTS)]), "conferenceReference": value(TEXTS[text // 8 % len(TEXTS)]),
            "metadata": value(TEXTS[text % 5].encode()), "locked": value(text % 3 == 0),
        }  # fmt: skip
        number = self._call(
            "flex.conference.create", {"participantMediaResources": _MEDIA, "startTime": value(0), **more}
        )
        if number is not None:
            self._rooms.append(number)

    @rule(text=st.integers(0, 63))
    def open_room(self, text: int) -> None:
        """A conference is made, or of too many the first one ends."""
        if len(self._rooms) < MOST_ROOMS:
            self._open(text)
        elif text % 4 == 0:
            self._end_room(self._rooms[0])

    @rule(at=_AT, text=st.integers(0, 63))
    def change_room(self, at: int, text: int) -> None:
        """One or two things about a conference change, whether it is there or not; then it is asked for."""
        room = self._room(at)
        data = b"" if text % 3 else TEXTS[text % len(TEXTS)].encode()
        changes: Sequence[dict[str, Written]] = (
            {"conferenceName": value(TEXTS[text % len(TEXTS)])}, {"conferenceReference": value(TEXTS[text % len(TEXTS)])},
            {"locked": value(text % 2 == 0)}, {"metadata": value(data)},
        )  # fmt: skip
        change = changes[text % 4] | (changes[text // 4 % 4] if text & 32 else {})
        self._call("flex.conference.modify", {"conferenceID": id_of(room), **change})
        what = "getMetadata" if "metadata" in change and text & 4 else "query"
        self._call(f"flex.conference.{what}", {"conferenceID": id_of(room)})

    @rule(at=_AT)
    def close_room(self, at: int) -> None:
        """A conference ends, and its participants with it, or it is asked for."""
        room = self._room(at)
        if at % 4:
            self._call("flex.conference.status", {"conferenceID": id_of(room)})
        else:
            self._end_room(room)

    def _end_room(self, room: int) -> None:
        self._call("flex.conference.destroy", {"conferenceID": id_of(room), "allowExitScreen": value(False)})
        if room in self._rooms:
            self._rooms.remove(room)
            self._old_rooms.append(room)
            for person in [one for one, where in self._people.items() if where == room]:
                self._leave(person)

    # participants

    def _leave(self, person: int) -> None:
        del self._people[person]
        self._old_people.append(person)

    def _person(self, at: int) -> int:
        """A participant: one that is there, sometimes one that was; made if there is none."""
        if not self._people:
            self._invite(self._room(1 | at), at, out=False)
        there = list(self._people)
        known = self._old_people if self._old_people and (at % 8 == 0 or not there) else there
        return known[at // 8 % len(known)] if known else -1

    def _invite(self, room: int, text: int, *, out: bool) -> None:
        call: dict[str, object] = {"URI": str(_NAMES.randrange(10**11, 10**12)), "callBandwidth": 1_000_000}
        if out and self._address:
            call = {"remoteAddress": self._address, "protocol": "sip", "callBandwidth": 1_000_000}
        members: dict[str, Written] = {"conferenceID": id_of(room), "calls": value([call])}
        if text % 2:
            members["displayName"] = value(TEXTS[text % len(TEXTS)])
        number = self._call("flex.participant.create", members)
        if number is not None:
            self._people[number] = room

    @rule(at=_AT, text=st.integers(0, 63), out=st.sampled_from((False, False, False, True)))
    def invite(self, at: int, text: int, out: bool) -> None:
        """A participant is made that waits for a call, or is dialled out to; of too many the first one goes."""
        room = self._room(at)
        there = self._near(room)
        if len(there) >= MOST_PEOPLE:
            self._dismiss(there[0])
        for number in range(1 if there else 2):
            self._invite(room, text + number, out=out and not number)

    def _near(self, room: int | None) -> list[int]:
        return [one for one, where in self._people.items() if where == room]

    @rule(at=_AT, text=st.integers(0, 7))
    def rename(self, at: int, text: int) -> None:
        """A participant gets another name to be shown, and is asked for."""
        person = {"participantID": id_of(self._person(at))}
        self._call("flex.participant.modify", {**person, "displayName": value(TEXTS[text])})
        self._call("flex.participant.query", person)

    @rule(at=_AT, what=st.sampled_from(("set", "turn", "clear", "other")), listed=st.booleans())
    def weigh(self, at: int, what: str, listed: bool) -> None:
        """A participant becomes important or ordinary, or another one is made ordinary; who is important is looked at, or listed."""
        person = self._person(at)
        near = [one for one in self._near(self._people.get(person)) if one != person]
        if what == "turn" and near:  # one after the other
            self._call("flex.participant.setImportant", {"participantID": id_of(near[0])})
        if what != "clear":
            self._call("flex.participant.setImportant", {"participantID": id_of(person)})
        if what in ("clear", "other"):
            chosen = near[-1] if what == "other" and near else person
            self._call("flex.participant.clearImportant", {"participantID": id_of(chosen)})
        if listed:
            self._walk(_LISTS[0], "cookie", {})
            return
        for one in (person, *near[:1]):
            self._call("flex.participant.status", {"participantID": id_of(one)})

    @rule(at=_AT, streams=st.integers(0, 80))
    def mute(self, at: int, streams: int) -> None:
        """Streams of a participant are muted, or no longer; it is looked at behind, and perhaps before."""
        person = self._person(at)
        looked = {"participantID": id_of(person)}
        if streams % 2:  # whether it is connected decides what must be told
            self._call("flex.participant.status", looked)
        names = ("audioRxMute", "videoRxMute", "audioTxMute", "videoTxMute")
        chosen = {name: value(streams // 3**at_ % 3 == 1) for at_, name in enumerate(names) if streams // 3**at_ % 3}
        self._call("flex.participant.setMute", {**looked, **(chosen or {names[0]: value(streams % 2 == 0)})})
        self._call("flex.participant.status", looked)

    @rule(at=_AT)
    def dismiss(self, at: int) -> None:
        """A participant goes, an important one perhaps; the conferences are listed."""
        person = self._person(at)
        if at % 2:
            self._call("flex.participant.setImportant", {"participantID": id_of(person)})
        self._dismiss(person)
        if at % 2:
            self._walk(_LISTS[0], "cookie", {})

    def _dismiss(self, person: int) -> None:
        self._call("flex.participant.destroy", {"participantID": id_of(person)})
        if person in self._people:
            self._leave(person)

    # users

    def _user(self, at: int) -> str:
        """A user: one that is there, sometimes one that was; made if there is none."""
        if not self._users:
            self._hire(at)
        there = list(self._users)
        known = list(self._old_users) if self._old_users and (at % 8 == 0 or not there) else there
        return known[at // 8 % len(known)] if known else "fz.nobody.machine"

    def _hire(self, number: int) -> None:
        name, password = f"fz.{_NAMES.getrandbits(40):010x}.machine", f"Pass-{_NAMES.getrandbits(24):06x}"
        members = {"newUserId": value(name), "password": value(password), "accessRights": value(RIGHTS[number % 3])}
        if number % 2:
            members["name"] = value("Clause Wise")
        if self._call("user.create", members) is not None:
            self._users[name] = password

    @rule(number=st.integers(0, 5))
    def hire(self, number: int) -> None:
        """A user is made; of too many the first one goes."""
        if len(self._users) >= MOST_USERS:
            self._fire(next(iter(self._users)))
        self._hire(number)

    @rule(at=_AT, what=st.integers(0, 11))
    def change_user(self, at: int, what: int) -> None:
        """Rights, password, name or id of a user change; it calls as it is now, and as it was."""
        name = self._user(at)
        before = self._users.get(name, self._old_users.get(name, "nothing"))
        new, word = f"fz.{_NAMES.getrandbits(40):010x}.machine", f"Pass-{_NAMES.getrandbits(24):06x}"
        changes: Sequence[dict[str, str]] = (
            {"accessRights": RIGHTS[what // 4 % 3]}, {"password": word}, {"newUserId": new}, {"name": TEXTS[what % 3]},
        )  # fmt: skip
        change = changes[what % 4]
        sent = {member: value(text) for member, text in change.items()}
        if name in self._users and self._call("user.modify", {"currentUserId": value(name), **sent}) is not None:
            del self._users[name]
            self._users[change.get("newUserId", name)] = change.get("password", before)
            if "newUserId" in change:
                self._old_users[name] = before
            self._login_as(change.get("newUserId", name), change.get("password", before))
        if "accessRights" not in change:
            self._login_as(name, before)

    def _login_as(self, name: str, password: str) -> None:
        head = (member("authenticationUser", value(name)), member("authenticationPassword", value(password)))
        self._call("device.query", {}, head)

    @rule(at=_AT)
    def fire(self, at: int) -> None:
        """A user goes, if it is there; somebody calls under its name."""
        name = self._user(at)
        password = self._users.get(name, self._old_users.get(name, "nothing"))
        if name in self._users:
            self._fire(name)
        self._login_as(name, password)

    def _fire(self, name: str) -> None:
        self._old_users[name] = self._users.pop(name)
        self._call("user.destroy", {"currentUserId": value(name)})

    # what is seen

    @rule(at=_AT, what=st.sampled_from(("query", "status", "getMetadata")))
    def look_at_room(self, at: int, what: str) -> None:
        """A conference is asked for."""
        self._call(f"flex.conference.{what}", {"conferenceID": id_of(self._room(at))})

    @rule(at=_AT, what=st.sampled_from(("query", "status", "status")))
    def look_at_person(self, at: int, what: str) -> None:
        """A participant is asked for."""
        self._call(f"flex.participant.{what}", {"participantID": id_of(self._person(at))})

    @rule(method=st.sampled_from(_LISTS), most=st.sampled_from((0, 0, 2, 7)))
    def list_all(self, method: str, most: int) -> None:
        """A list is walked through."""
        self._walk(method, "cookie", {"max": value(most)} if most else {})

    @rule(at=_AT)
    def list_room(self, at: int) -> None:
        """The participants of a conference are listed."""
        self._walk("flex.participant.enumerate", "cookie", {"conferenceID": id_of(self._room(at))}, pages=1)

    @rule(most=st.sampled_from((0, 2, 5)))
    def list_users(self, most: int) -> None:
        """The users are listed."""
        self._walk("user.enumerate", "enumerateID", {"max": value(most)} if most else {})

    def _walk(self, method: str, cookie: str, members: dict[str, Written], pages: int = 12) -> None:
        asked = dict(members)
        for _ in range(pages):
            if (number := self._call(method, asked)) is None:
                return
            if self._player.turns[number].reply.members.get("moreAvailable") is not True:
                return
            asked = {**members, cookie: id_of(number)}

    @rule(method=st.sampled_from(sorted(DELETIONS)), again=st.booleans())
    def list_deletions(self, method: str, again: bool) -> None:
        """What has gone since the last time is listed, or an enumeration begins."""
        since = self._cookies.pop(method, None)
        members: dict[str, Written] = {} if since is None or (again and since % 5 == 0) else {"cookie": id_of(since)}
        for _ in range(8):
            number = self._call(method, members)
            if number is None:
                return
            self._cookies[method] = number
            if self._player.turns[number].reply.members.get("moreAvailable") is not True:
                return
            members = {"cookie": id_of(number)}
