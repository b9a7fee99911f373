"""Clients that read lists page by page, judged against all that the case has made: nothing is lost, told wrongly, or told of what is gone."""

from __future__ import annotations

from typing import Any

from harness.calldut import CallDut
from harness.checks.listed import NOTHING, Key, Page, Things, lists_of, page_of
from harness.checks.listings import Breach, Listings, clauses_of, refusals
from harness.flow import CaseInconclusive
from harness.messages.callreply import CallReply
from harness.view import MAIN
from suites.tps.live import AFTER, LIST, begun, change, leaves, waiting
from suites.tps.talk import destroy
from suites.tps.told import LISTS
from suites.tps.world import FAR_S, Members, conference

CHAPTER = "lists"
ENDS, GONE = "flex.conference.deletions.enumerate", "flex.participant.deletions.enumerate"
LIVE = (LIST, *LISTS)
ENDED = (*AFTER, "flex.conference.destroy.success", "flex.participant.destroy.success")
PAGES = 200
FORGETFUL = "the device forgets what its cookies stand for too soon to read a list to its end"
BEGINS, GOES_ON, NONE_YET, ENDS_TOLD, MORE, QUIET, HEARS = (f"TPS-ENM-00{number}" for number in (1, 2, 3, 4, 6, 7, 8))
# check -> what it probes; a breach of it contradicts what `clauses_of` says, and what stands here.
_LIVE_CHECKS = {
    "gone": (BEGINS, GOES_ON), "lost": (BEGINS, GOES_ON), "stale": (GOES_ON,), "again": (GOES_ON, QUIET), "max": (), "other": (),
    "hollow": (MORE,),
}  # fmt: skip
_END_CHECKS = {
    "first": (NONE_YET,), "unsaid": (ENDS_TOLD, HEARS), "twice": (ENDS_TOLD,), "old": (ENDS_TOLD,), "alive": (ENDS_TOLD,), "max": (),
    "other": (), "home": (), "form": (), "hollow": (MORE,),
}  # fmt: skip
_OF = {
    "conference": {"lost": "TPS-CON-056", "stale": "TPS-CON-056"},
    "participant": {"lost": "TPS-PRT-054", "stale": "TPS-PRT-054"},
}
_OF_PARTICIPANTS = {"other": ("TPS-PRT-048",), "home": ("TPS-PRT-051",), "form": ("TPS-PRT-050",)}
_BESIDES = {"unsaid": (HEARS,), "again": (QUIET,), **_OF_PARTICIPANTS}


def kind_of(method: str) -> str:
    """What a list is of."""
    return method.split(".")[1]


def ends_of(method: str) -> str:
    """The list of ends beside a list of what lives."""
    return ENDS if kind_of(method) == "conference" else GONE


def short(method: str) -> str:
    """The name of a list in ids of cases: `conferences`, `participants`, `advanced`, `media`; `conference-ends`, `participant-ends`."""
    parts = method.split(".")
    if method in (ENDS, GONE):
        return f"{parts[1]}-ends"
    return f"{parts[1]}s" if len(parts) == 3 else parts[2]


class Watch:
    """What a case has made, and what its clients have been told of it."""

    def __init__(self, dut: CallDut) -> None:
        self.dut, self.things = dut, Things()
        self.lists = Listings(dut.model, self.things)
        self._broken: set[tuple[str, str]] = set()
        self._read: dict[str, None] = {}

    # what is done

    async def conference(self, *, active: bool = False, **members: Any) -> str:
        """Make one."""
        make = begun if active else conference
        name = await make(self.dut, **members)
        values = {"conferenceName": members.get("conferenceName", ""), "locked": False}
        return self._made("conference", name, NOTHING, values)

    async def participant(self, where: str, display: str = "") -> str:
        """Make one that waits for a call."""
        members: dict[str, Any] = {"displayName": display} if display else {}
        name = await waiting(self.dut, where, **members)
        return self._made("participant", name, ("conference", where), members)

    def _made(self, kind: str, name: str, home: Key, values: Members) -> str:
        self.things.made((kind, name), home, values)
        if self.things.get((kind, name)) is None:
            raise CaseInconclusive(f"the device gives the id {name} to one {kind} after the other")
        return name

    async def rename(self, kind: str, name: str, value: str) -> None:
        """Give an object another name."""
        member = "conferenceName" if kind == "conference" else "displayName"
        if kind == "conference":
            await change(self.dut, name, conferenceName=value)
        else:
            members: Members = {"participantID": name, "displayName": value}
            self.dut.ok(await self.dut.call("flex.participant.modify", members), check="renamed")
        self.things.changed((kind, name), {member: value})

    async def lock(self, name: str) -> None:
        """Lock a conference that is open, or open one that is locked."""
        found = self.things.get(("conference", name))
        locked = found is not None and found.values.get("locked") is not True
        await change(self.dut, name, locked=locked)
        self.things.changed(("conference", name), {"locked": locked})

    async def end(self, kind: str, name: str) -> None:
        """End an object, and what is in it."""
        await (destroy if kind == "conference" else leaves)(self.dut, name, check="ended")
        self.things.ended((kind, name))

    # what is told

    def heard(self, method: str, sent: Members, reply: CallReply) -> Page:
        """A page of a list has come; what is wrong with it is told."""
        page = page_of(lists_of(self.dut.model)[method], reply.members)
        self._read[method] = None
        for breach in self.lists.answered(method, sent, page):
            self.breach(method, breach, reply)
        return page

    def breach(self, method: str, breach: Breach, reply: CallReply) -> None:
        """Tell what is wrong, each kind once."""
        if (method, breach.name) in self._broken:
            return
        self._broken.add((method, breach.name))
        extra = _OF[kind_of(method)].get(breach.name, "")
        clauses = [*clauses_of(self.dut.model, method, breach), *([extra] if extra and method != LISTS[2] else [])]
        clauses += _BESIDES.get(breach.name, ())
        name = f"{short(method)}.{breach.name}"
        self.dut.check(name, False, *dict.fromkeys(clauses), expected=breach.expected, got=breach.got, step=reply.step)

    def done(self) -> None:
        """Tell what was right."""
        for method in self._read:
            for name in _END_CHECKS if method in (ENDS, GONE) else _LIVE_CHECKS:
                if (method, name) not in self._broken and (
                    kind_of(method) == "participant" or name not in _OF_PARTICIPANTS
                ):
                    clauses = _probed(method, name) or (MORE,)
                    self.dut.check(f"{short(method)}.{name}", True, *clauses, expected="", got="")


def _probed(method: str, name: str) -> tuple[str, ...]:
    if name == "max":
        return (f"TPS-{method}.max",)
    if name in _OF_PARTICIPANTS:
        return _OF_PARTICIPANTS[name]
    return (_END_CHECKS if method in (ENDS, GONE) else _LIVE_CHECKS)[name]


class Reader:
    """A client that reads one list.

    Args:
        watch: what the case knows.
        first: members of the first call.
        link: its connection.
        beside: members of each call.
    """

    def __init__(
        self, watch: Watch, method: str, first: Members | None = None, link: str = MAIN, beside: Members | None = None
    ) -> None:
        self._watch, self.method, self._first, self._link, self._beside = watch, method, first or {}, link, beside or {}
        self.cookie: Any = None
        self.reply: CallReply | None = None

    async def page(self, most: int | None = None) -> Page:
        """The next page.

        Raises:
            CaseInconclusive: its cookie is too old already.
        """
        sent: Members = {**(self._first if self.cookie is None else {"cookie": self.cookie}), **self._beside}
        if most is not None:
            sent["max"] = most
        dut = self._watch.dut
        clause = ENDS_TOLD if self.method in (ENDS, GONE) else GOES_ON if self.cookie is not None else BEGINS
        reply = await dut.call(self.method, sent, link=self._link)
        old = self.cookie is not None and reply.code in refusals(dut.model)
        if old and self._watch.lists.refused(self.method, self.cookie) is None:
            raise CaseInconclusive(FORGETFUL)
        self.reply = dut.ok(reply, clause, check="page")
        page = self._watch.heard(self.method, sent, self.reply)
        self.cookie = page.cookie
        return page

    async def rest(self, most: int | None = None) -> list[Page]:
        """All pages up to the end.

        Raises:
            CaseInconclusive: there is no end.
        """
        found: list[Page] = []
        empty = 0
        for _ in range(PAGES):
            found.append(await self.page(most))
            if not found[-1].more:
                return found
            empty = 0 if found[-1].items else empty + 1
            if empty > 2:
                self.endless()
                return found
        raise CaseInconclusive(f"{self.method} has more than {PAGES} pages")

    def endless(self) -> None:
        """There should be more, and nothing comes."""
        clauses = (MORE, f"TPS-{self.method}.returned.moreAvailable")
        step = self.reply.step if self.reply is not None else -1
        self._watch.dut.check(
            f"{short(self.method)}.more", False, *clauses, expected="the pages that there should be", got="empty ones", step=step
        )  # fmt: skip


def names(pages: list[Page]) -> list[str]:
    """The ids on pages."""
    return [name for page in pages for name, _ in page.items]


async def several(watch: Watch, method: str, count: int = 6) -> tuple[str, list[str]]:
    """Objects for a list, and where they are: conferences, some of which are on, or participants of one conference. Gives the place and the ids."""
    if kind_of(method) == "conference":
        made = [
            await watch.conference(active=bool(number % 2), conferenceName=f"List {number}") for number in range(count)
        ]
        return "", made
    where = await watch.conference(active=True)
    return where, [await watch.participant(where, f"Wise {number}") for number in range(count)]


async def another(watch: Watch, method: str, where: str, name: str = "Another") -> str:
    """One more object for a list."""
    if kind_of(method) == "conference":
        return await watch.conference(conferenceName=name, startTime=FAR_S)
    return await watch.participant(where, name)
