"""Lists that a script walks through: each must tell all that is certainly there, and nothing that is certainly gone; deletions what has gone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from harness.fuzzing.call_kit import CallTurn
from harness.verdict import Check

CONFERENCE, PARTICIPANT, USER = "conference", "participant", "user"
#: method -> kind, array, keys of a row, the member that goes on, clauses of what is missing, clauses of what is gone.
LISTS: Mapping[str, tuple[str, str, tuple[str, ...], str, tuple[str, ...], tuple[str, ...]]] = {
    "flex.conference.enumerate": (
        CONFERENCE, "conferences", ("conferenceID",), "cookie", ("TPS-ENM-001",), ("TPS-CON-009", "TPS-ENM-001"),
    ),
    "flex.participant.enumerate": (
        PARTICIPANT, "participants", ("participantID",), "cookie", ("TPS-ENM-001",), ("TPS-PRT-003", "TPS-CON-010", "TPS-ENM-001"),
    ),
    "flex.participant.media.enumerate": (
        PARTICIPANT, "participantMediaInfo", ("participantID",), "cookie", ("TPS-ENM-001",), ("TPS-PRT-003", "TPS-CON-010", "TPS-ENM-001"),
    ),
    "user.enumerate": (
        USER, "users", ("currentUserid", "currentUserId"), "enumerateID", ("TPS-USR-030",), ("TPS-USR-009", "TPS-USR-004"),
    ),
}  # fmt: skip
DELETIONS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "flex.conference.deletions.enumerate": (CONFERENCE, "conferenceIDs", ("TPS-ENM-004",)),
    "flex.participant.deletions.enumerate": (PARTICIPANT, "participantIDs", ("TPS-ENM-004", "TPS-PRT-052")),
}
_MOST = 64  # enumerations that are remembered
Rows = list[Mapping[str, object]]


@dataclass(slots=True)
class Walk:
    """An enumeration that is under way.

    Attributes:
        wanted: what was certainly there when it began, as far as it is listed.
        gone: what was certainly gone by then.
        changes: how often users had been changed by then.
    """

    wanted: set[str]
    gone: frozenset[str]
    seen: set[str] = field(default_factory=set)
    changes: int = 0


class Walks:
    """The enumerations of one script.

    Args:
        there: what is certainly there of a kind, in a conference if one is named.
        gone: what is certainly gone of a kind.
    """

    def __init__(self, there: Callable[[str, str], Iterable[str]], gone: Callable[[str], Collection[str]]) -> None:
        self._there, self._gone = there, gone
        self._walks: dict[tuple[str, str], Walk] = {}
        self._since: dict[tuple[str, str], int] = {}  # method and cookie -> how many had gone when it was given
        self._told: dict[tuple[str, str], tuple[int, set[str]]] = {}  # of deletions that are under way
        self.changes = 0  # of users
        self.order: dict[str, list[str]] = {CONFERENCE: [], PARTICIPANT: [], USER: []}  # what has gone, in turn

    def begin(self) -> None:
        """Another script begins."""
        self._walks.clear()
        self._since.clear()
        self._told.clear()
        for one in self.order.values():
            one.clear()

    def ended(self, kind: str, names: Iterable[str]) -> None:
        """These are certainly gone from now on."""
        self.order[kind] += names

    def rows(self, turn: CallTurn) -> Rows:
        """The rows of a page."""
        found = turn.reply.members.get(LISTS[turn.asked.method][1])
        return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []

    def page(self, turn: CallTurn) -> list[Check]:
        """A page of a list."""
        method, sent = turn.asked.method, turn.asked.members or {}
        kind, _, keys, cookie, missing, ended = LISTS[method]
        rows = self.rows(turn)
        ids = {name_of(one, keys) for one in rows}
        walk = self._walk(method, kind, str(sent.get("conferenceID", "")), sent.get(cookie))
        if walk is None:
            return []
        wrong: list[Check] = []
        steady = kind == USER and walk.changes == self.changes
        if steady and (twice := sorted(ids & walk.seen & walk.wanted)):
            wrong.append(broken("list.user.once", missing, f"{twice[0]} on one page of {method}", "it is on two", turn))
        walk.seen |= ids
        if old := sorted(ids & walk.gone & set(self._gone(kind))):
            wrong.append(broken(f"list.{kind}.gone", ended, "nothing that is gone", f"{old[0]} in {method}", turn))
        if turn.reply.members.get("moreAvailable") is True:
            going_on = turn.reply.members.get(cookie)
            if isinstance(going_on, str) and len(self._walks) < _MOST:
                self._walks[method, going_on] = walk
        elif lost := sorted(walk.wanted - walk.seen - set(self._gone(kind)) - self._doubtful(kind, walk)):
            wrong.append(broken(f"list.{kind}", missing, f"{lost[0]} in {method}", f"{len(walk.seen)} others", turn))
        return wrong

    def _doubtful(self, kind: str, walk: Walk) -> set[str]:
        """What was certain when the list began and is no more."""
        return walk.wanted - set(self._there(kind, ""))

    def _walk(self, method: str, kind: str, conference: str, cookie: object) -> Walk | None:
        if cookie is None:
            return Walk(set(self._there(kind, conference)), frozenset(self._gone(kind)), changes=self.changes)
        return self._walks.pop((method, str(cookie)), None)

    def deletions(self, turn: CallTurn) -> list[Check]:
        """A page of deletions."""
        method, sent, told = turn.asked.method, turn.asked.members or {}, turn.reply.members
        kind, array, clauses = DELETIONS[method]
        found = told.get(array)
        if not isinstance(found, list) or sent.get("extended") is True or "conferenceID" in sent:
            return []
        ids = {str(one) for one in found}
        cookie, going_on = sent.get("cookie"), told.get("cookie")
        wrong: list[Check] = []
        if cookie is None:
            if ids:
                wrong.append(broken(f"deletions.{kind}.first", ("TPS-ENM-003",), "nothing", str(sorted(ids)[0]), turn))
            since, seen = len(self.order[kind]), ids
        else:
            since, seen = self._told.pop((method, str(cookie)), (self._since.get((method, str(cookie)), -1), set()))
            seen = seen | ids
        if since < 0:
            return wrong
        if told.get("moreAvailable") is True:
            self._told[method, str(going_on)] = since, seen
            return wrong
        lost = [one for one in self.order[kind][since:] if one not in seen]
        if lost and cookie is not None:
            wrong.append(broken(f"deletions.{kind}", clauses, f"{lost[0]} in {method}", f"{len(seen)} others", turn))
        if len(self._since) < _MOST:
            self._since[method, str(going_on)] = len(self.order[kind])
        return wrong


def name_of(row: Mapping[str, object], keys: Iterable[str]) -> str:
    """The id of a row, in either spelling."""
    return next((str(row[key]) for key in keys if key in row), "")


def broken(name: str, clauses: tuple[str, ...], expected: str, got: str, turn: CallTurn) -> Check:
    """A broken check of what a reply says."""
    return Check(id=f"state.{name}", clauses=clauses, passed=False, expected=expected, got=got, step=turn.reply.step)
