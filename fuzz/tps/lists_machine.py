"""A rule-based state machine over conferences, participants and their lists: two clients make, change, end and read, in any order.

Each step is one call, sent through the player, which judges every reply; `fuzz.tps.lists` knows what a list must tell behind it. Ids and cookies
stand in slots, so that a run that breaks something is played again as one script and can be replayed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from fuzz.tps.kit import KIT
from harness.checks.listed import lists_of
from harness.errors import InternalError
from harness.fuzzing import call_http
from harness.fuzzing.call_parts import DECLARATION, PASSWORD, USER, Parts, member, packed, slotted, value
from harness.fuzzing.call_player import CallPlayer
from harness.fuzzing.script import Part, Script, Slot, Step
from harness.fuzzing.session import Session
from harness.fuzzing.testing import FindingError, must_conform

MOST_CONFERENCES, MOST_PARTICIPANTS = 4, 5  # that live at a time
MOST_PAGES = 50
CLIENTS = ("", "two")
CONFERENCES, PARTICIPANTS = "flex.conference.enumerate", "flex.participant.enumerate"
_END = b"</struct></value></param></params></methodCall>"
_FAR_S, _STRANGE = 86_400, "clausewise.no.such.cookie"
_MARKS = random.Random(20261122)
_NAMES = ("", "First", "Second", "a & b <c>", "x" * 80, "0")
_WHO = st.sampled_from([(client, at) for client in (0, 1) for at in range(5)])  # client, and which of what lives
_NAMED = st.sampled_from([(client, at, name) for client in (0, 1) for at in range(5) for name in _NAMES])
# Client, list, most on a page, and the form of a list that begins: 1 at length, 2 of one conference, 3 both.
_READ = st.sampled_from(
    [(client, at, most, form) for client in (0, 1) for at in range(6) for most in (None, 1, 2) for form in (0, 1, 2, 3)]
)
Named = tuple[int, int, str]


@dataclass(slots=True)
class Reading:
    """How far a client is with a list: the call that gave its cookie, and whether it said that there is more."""

    turn: int
    more: bool


class ListsMachine(RuleBasedStateMachine):
    """Set `session` before it is run."""

    session: ClassVar[Session]
    sent: ClassVar[int] = 0  # calls of all runs, for those who measure

    def __init__(self) -> None:
        super().__init__()
        player = self.session.player
        if not isinstance(player, CallPlayer) or self.session.system.calls is None:
            raise InternalError("the lists of conferences and participants are read through calls")
        self._player, self._path = player, self.session.system.calls.path.encode()
        self._lists = list(lists_of(self.session.system))
        self._listings = lists_of(self.session.system)
        self._player.begin()
        self._steps: list[Step] = []
        self._conferences: list[int] = []  # the calls that made what lives
        self._participants: list[tuple[int, int]] = []  # and the conferences in which participants are
        self._locked: dict[int, bool] = {}
        self._readings: dict[tuple[int, str], Reading] = {}
        self._before: dict[tuple[int, str], int] = {}  # the calls that gave the cookies of the pages before

    # steps

    def _call(self, client: int, method: str, *members: Parts) -> int | None:
        """Call a method; gives the number of the call, None if it did not succeed. What is wrong fails the run."""
        body = packed((*_head(method), *(part for one in members for part in one), _END))
        step = Step(parts=call_http.usual(self._path, body), link=CLIENTS[client])
        self._steps.append(step)
        before = len(self._player.turns)
        played = self._player.go_on([step])
        ListsMachine.sent += 1
        if played.broken:
            self._found()
        if played.skipped or len(self._player.turns) == before:
            self._steps.pop()
            played.skipped = ""
            return None
        return before if self._player.turns[-1].reply.ok else None

    def _found(self) -> None:
        """Play all of it again as one script, which tells the finding."""
        broken = list(self._player.played.broken)
        self._player.end()
        must_conform(self.session, Script(name="lists.steps", clauses=broken[0].clauses, steps=tuple(self._steps)))
        told = "\n".join(
            f"{one.id}: expected {one.expected}, got {one.got} ({', '.join(one.clauses)})" for one in broken
        )
        raise FindingError(f"seen once, and not when the same was sent again:\n{told}")

    def teardown(self) -> None:
        """Read every list to its end, so that what was lost is seen; then remove what was made."""
        if not self._player.played.broken:
            for client in (0, 1):
                self.catch_up((client, None))
        self._player.end()

    # what is done

    # Few rules, each with one draw that says all: Hypothesis leaves out some rules of each run, and a draw costs as much as a call.

    @rule(what=st.sampled_from(("conference", "participant", "participant")), new=_NAMED)
    def make(self, what: str, new: Named) -> None:
        """Somebody makes a conference, or a participant of one."""
        if what == "conference" or not self._conferences:
            self._make_conference(new)
        else:
            self._make_participant(new)

    @rule(what=st.sampled_from(("name", "lock", "display", "media")), new=_NAMED)
    def change(self, what: str, new: Named) -> None:
        """A conference or a participant gets another name, a participant other resources, or a conference is locked or opened."""
        client, at, name = new
        of_participant = what in ("display", "media")
        if not (self._participants if of_participant else self._conferences):
            self.make("participant" if of_participant else "conference", new)
        elif of_participant:
            one = self._participants[at % len(self._participants)][0]
            member = _plain("displayName", name or "Third") if what == "display" else _media(len(name))
            self._call(client, "flex.participant.modify", _id("participantID", one), member)
        else:
            one = self._conferences[at % len(self._conferences)]
            self._locked[one] ^= what == "lock"
            member = _plain("locked", self._locked[one]) if what == "lock" else _plain("conferenceName", name)
            self._call(client, "flex.conference.modify", _id("conferenceID", one), member)

    @rule(what=st.sampled_from(("conference", "participant", "participant")), who=_WHO)
    def end(self, what: str, who: tuple[int, int]) -> None:
        """A conference ends, and who is in it; or a participant goes, if there are others."""
        if what == "conference" and len(self._conferences) > 1:
            self._end_conference(*who)
        elif what == "participant" and len(self._participants) > 1:
            self._end_participant(*who)
        else:
            self.make(what, (*who, ""))

    @rule(how=st.sampled_from(("page", "end", "end", "begin", "inherit", "again", "strange", "compare")), read=_READ)
    def read(self, how: str, read: tuple[int, int, int | None, int]) -> None:
        """A client reads a page of a list, or all of it, having begun anew or gone on from where the other one is, which does not go on.

        Or it first presents its last cookie but one again, or one that nobody gave it. Or it reads on between two lists that it begins.
        """
        client, which, most, form = read
        method = self._lists[which % len(self._lists)]
        begun = [one for who, one in self._readings if who == client and not self._listings[one].deleted]
        if how == "compare" and begun:
            self._compare(client, begun[which % len(begun)], most, which)
            return
        if how == "strange":
            self._call(client, method, _plain(self._listings[method].cookie, _STRANGE))
        elif how == "again" and (client, method) in self._before:
            self._call(client, method, _id(self._listings[method].cookie, self._before[client, method]))
        elif how == "inherit":
            known = self._readings.pop((1 - client, method), None)
            if known is not None:
                self._readings[client, method] = known
        if how == "begin" or (client, method) not in self._readings:
            self._begin_list(client, method, most, form, which)
        else:
            self._go_on(client, method, most)
        if how == "end":
            self._to_the_end(client, method, None)

    @rule(reader=st.sampled_from([(client, most) for client in (0, 1) for most in (None, 1, 1, 2)]))
    def catch_up(self, reader: tuple[int, int | None]) -> None:
        """A client reads all lists that it has begun to their end, by pages of any size."""
        client, most = reader
        for who, method in list(self._readings):
            if who == client:
                self._go_on(client, method, most)
                self._to_the_end(client, method, most)

    def _make_conference(self, new: Named) -> None:
        client, active, name = new
        if len(self._conferences) >= MOST_CONFERENCES:
            self._end_conference(client, 0)
        made = self._call(
            client, "flex.conference.create", _plain("participantMediaResources", KIT.usual["participantMediaResources"][0]),
            _plain("startTime", 0 if active % 2 else _FAR_S), *([_plain("conferenceName", name)] if name else []),
        )  # fmt: skip
        if made is not None:
            self._conferences.append(made)
            self._locked[made] = False

    def _make_participant(self, new: Named) -> None:
        client, at, name = new
        if len(self._participants) >= MOST_PARTICIPANTS:
            self._end_participant(client, 0)
        home = self._conferences[at % len(self._conferences)]
        uri = f"fz{_MARKS.randrange(10**12)}"
        calls = [{"URI": uri, "callBandwidth": KIT.usual["callBandwidth"][0]}]
        made = self._call(
            client, "flex.participant.create", _id("conferenceID", home), _plain("calls", calls),
            *([_plain("displayName", name)] if name else []),
        )  # fmt: skip
        if made is not None:
            self._participants.append((made, home))

    def _end_conference(self, client: int, at: int) -> None:
        homes = {home for _, home in self._participants}
        empty = [one for one in self._conferences if one not in homes]
        one = empty[0] if empty and at else self._conferences[at % len(self._conferences)]
        self._conferences.remove(one)
        self._participants = [kept for kept in self._participants if kept[1] != one]
        self._call(client, "flex.conference.destroy", _id("conferenceID", one))

    def _end_participant(self, client: int, at: int) -> None:
        one = self._participants.pop(at % len(self._participants))[0]
        self._call(client, "flex.participant.destroy", _id("participantID", one))

    # what is read

    def _begin_list(self, client: int, method: str, most: int | None, form: int, at: int) -> None:
        listing = self._listings[method]
        narrow: list[Parts] = []
        if (form & 2 or (form and listing.deleted)) and listing.first_only and self._conferences:
            place = (at + (most or 0)) % len(self._conferences)
            narrow.append(_id(listing.first_only[0], self._conferences[place]))
        self._page(client, method, most, bool(form & 1) and bool(listing.fixed), narrow)

    def _go_on(self, client: int, method: str, most: int | None) -> None:
        turn = self._readings[client, method].turn
        self._before[client, method] = turn
        # What the first call has settled stands here as it comes: it counts no more.
        self._page(client, method, most, turn % 2 == 0, [_id(self._listings[method].cookie, turn)])

    def _to_the_end(self, client: int, method: str, most: int | None) -> None:
        for _ in range(MOST_PAGES):
            known = self._readings.get((client, method))
            if known is None or not known.more:
                return
            self._go_on(client, method, most)

    def _compare(self, client: int, method: str, most: int | None, at: int) -> None:
        """A client reads on between two lists that the other one begins: all are told the same."""
        for who in (1 - client, client, 1 - client):
            if who == client:
                self._go_on(client, method, most)
            else:
                self._begin_list(who, method, None, 2, at)
            self._to_the_end(who, method, None)

    def _page(self, client: int, method: str, most: int | None, extended: bool, members: list[Parts]) -> None:
        listing = self._listings[method]
        limit = [_plain(listing.limit or "", most)] if most is not None else []
        form = [_plain(name, True) for name in listing.fixed] if extended else []
        turn = self._call(client, method, *members, *limit, *form)
        if turn is None:
            self._readings.pop((client, method), None)
            return
        more = self._player.turns[-1].reply.value(listing.more) is True
        self._readings[client, method] = Reading(turn=turn, more=more)


def _media(number: int) -> Parts:
    """Resources of a participant: few, with more than enough for them."""
    tokens = {
        name: {"total": number % 7} for name in ("mediaTokensMainVideo", "mediaTokensExtendedVideo", "mediaTokensAudio")
    }
    return _plain("participantMediaResources", {**tokens, "numMediaCredits": 200})


@cache
def _head(method: str) -> Parts:
    """A call up to its own members."""
    begin = DECLARATION + f"<methodCall><methodName>{method}</methodName><params><param><value><struct>".encode()
    return packed((begin, *_member("authenticationUser", USER), *_member("authenticationPassword", PASSWORD)))


def _member(name: str, part: Part) -> Parts:
    return (b"<member><name>" + name.encode() + b"</name>", *(slotted(part) if isinstance(part, Slot) else (part,)), b"</member>")  # fmt: skip


def _id(name: str, turn: int) -> Parts:
    """A member with what the reply to a call has given: an id or a cookie."""
    return _member(name, Slot(f"value:{turn}:"))


def _plain(name: str, plain: object) -> Parts:
    return (member(name, value(plain)),)
