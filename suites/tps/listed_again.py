"""What is told again by a list that goes on: whatever has changed about a conference, a participant or its media."""

from __future__ import annotations

from typing import Any

from harness.calldut import CallDut
from harness.checks.callfaults import expected_use
from suites.tps import SUITE
from suites.tps.live import AFTER, CHANGE, LIST, begun, change, joined, leaves, structs, texts, waiting
from suites.tps.told import LISTS
from suites.tps.world import Members, conference, resources

CHAPTER = "lists"
_PAGES = 200
GONE = "flex.participant.deletions.enumerate"
_ARRAYS = {LIST: ("conferences", "conferenceID")} | {
    method: ("participantMediaInfo" if method == LISTS[2] else "participants", "participantID") for method in LISTS
}


class Following:
    """A list that is read to its end, and then goes on from there.

    Args:
        dut: the device.
        method: of the list.
        first: members of the first call.
        beside: members beside the cookie of all others.
    """

    def __init__(self, dut: CallDut, method: str, first: Members | None = None, beside: Members | None = None) -> None:
        self._dut, self._method, self._first, self._beside = dut, method, first or {}, beside or {}
        self._cookie: Any = None

    async def more(self) -> dict[str, dict[str, Any]]:
        """What it tells up to its end: by id, what came last."""
        array, key = _ARRAYS[self._method]
        found: dict[str, dict[str, Any]] = {}
        for _ in range(_PAGES):
            known = self._cookie is not None
            members = {"cookie": self._cookie, **self._beside} if known else self._first
            reply = self._dut.ok(await self._dut.call(self._method, members), check="goes-on")
            self._cookie = reply.value("cookie")
            told = reply.value(array)
            for one in told if isinstance(told, list) else ():
                if isinstance(one, dict):
                    found[str(one.get(key))] = dict(one)
            if reply.value("moreAvailable") is not True:
                break
        return found


async def begin_deletions(dut: CallDut, *, extended: bool) -> Any:
    """Begin a list of participants that have gone, whether at length or not; gives its cookie."""
    reply = await dut.setup(GONE, {"extended": extended})
    while reply.value("moreAvailable") is True:
        again: Members = {"extended": extended, "cookie": reply.value("cookie")}
        reply = await dut.setup(GONE, again)
    return reply.value("cookie")


_OF_CONFERENCE = "TPS-struct.conferenceInfo.returned"
_COUNT = f"{_OF_CONFERENCE}.numParticipants"


@SUITE.scenario(
    "again.conferences", "TPS-CON-056", "TPS-ENM-002", "TPS-CON-083", "TPS-CON-057", _COUNT,
    *(f"{_OF_CONFERENCE}.{one}" for one in ("conferenceName", "conferenceReference", "locked")), chapter=CHAPTER, after=AFTER,
)  # fmt: skip
async def conferences(dut: CallDut) -> None:
    """A list of conferences that goes on tells each that is new, and each whose name, reference, lock or numbers have changed."""
    follow = Following(dut, LIST)
    await follow.more()
    where, later = await begun(dut, conferenceName="First"), await conference(dut)
    found = await follow.more()
    for check, one, active in (("new", where, True), ("later", later, False)):
        got = found.get(one, {}).get("active")
        dut.check(
            check, got is active, "TPS-CON-056", "TPS-CON-083", expected=f"active: {active}", got=repr(found.get(one))
        )
    for check, members, name, value in (
        ("name", {"conferenceName": "Second"}, "conferenceName", "Second"), ("lock", {"locked": True}, "locked", True),
        ("reference", {"conferenceReference": "again"}, "conferenceReference", "again"), ("unlock", {"locked": False}, "locked", False),
    ):  # fmt: skip
        await change(dut, where, **members)
        got = (await follow.more()).get(where, {}).get(name)
        clauses = ("TPS-CON-056", "TPS-ENM-002", f"{_OF_CONFERENCE}.{name}")
        dut.check(check, got == value, *clauses, expected=f"{name}: {value}", got=repr(got))
    who = await waiting(dut, where)
    for check, count in (("more", 1), ("fewer", 0)):
        if not count:
            await leaves(dut, who)
        got = (await follow.more()).get(where, {}).get("numParticipants")
        dut.check(
            check,
            got == count,
            "TPS-CON-056",
            "TPS-ENM-002",
            _COUNT,
            expected=f"numParticipants: {count}",
            got=repr(got),
        )


@SUITE.scenario("again.participants", "TPS-PRT-054", "TPS-PRT-055", "TPS-ENM-002", chapter=CHAPTER, after=AFTER)
async def participants(dut: CallDut) -> None:
    """Lists of participants that go on tell each whose name, state, calls or level has changed, that of media whose tokens have."""
    where = await begun(dut, waitForChair=False)
    lists = {method: Following(dut, method, {"conferenceID": where}) for method in LISTS}
    who = await waiting(dut, where, displayName="First")
    for one in lists.values():
        await one.more()
    dut.ok(await dut.call(CHANGE, {"participantID": who, "displayName": "Second"}), check="renamed")
    for method in LISTS[:2]:
        got = (await lists[method].more()).get(who, {}).get("displayName")
        dut.check(f"{method}.name", got == "Second", "TPS-PRT-054", expected="Second", got=repr(got))
    given = await resources(dut, 7)
    dut.ok(await dut.call(CHANGE, {"participantID": who, "participantMediaResources": given}), check="resources")
    item = (await lists[LISTS[2]].more()).get(who, {})
    got = (item.get("audioTokenInfo") or {}).get("maxTokensConfigured")
    dut.check("media", got == 7, "TPS-PRT-055", "TPS-ENM-002", expected="7", got=repr(got))
    if dut.target.fixture_texts("answering_addresses"):
        far = await joined(dut, where, callAttributes={"accessLevel": "guest"})
        for method in LISTS[:2]:
            item = (await lists[method].more()).get(far, {})
            got = (item.get("connectionState"), item.get("accessLevel"))
            expected = ("connected", "guest")
            dut.check(f"{method}.state", got == expected, "TPS-PRT-054", expected=repr(expected), got=repr(got))


@SUITE.scenario("again.one-conference", "TPS-PRT-048", "TPS-PRT-049", "TPS-PRT-083", chapter=CHAPTER, after=AFTER)
async def one_conference(dut: CallDut) -> None:
    """A list that was asked for one conference goes on with the participants of that one alone, and one for all with all."""
    where, other = await begun(dut), await begun(dut)
    for method in LISTS:
        narrow, wide = Following(dut, method, {"conferenceID": where}), Following(dut, method)
        mine, stranger = await waiting(dut, where), await waiting(dut, other)
        for turn in ("begins", "goes-on"):
            ours, everyone = await narrow.more(), await wide.more()
            got = repr(sorted(ours))
            passed = mine in ours and stranger not in ours
            dut.check(f"{turn}.narrow", passed, "TPS-PRT-048", "TPS-PRT-049", expected="its participants", got=got)
            passed = {mine, stranger} <= everyone.keys()
            dut.check(f"{turn}.wide", passed, "TPS-PRT-048", expected="all participants", got=repr(sorted(everyone)))
            mine, stranger = await waiting(dut, where), await waiting(dut, other)
        first = await dut.setup(method, {"conferenceID": where})
        mine, stranger = await waiting(dut, where), await waiting(dut, other)
        beside: Members = {"cookie": first.value("cookie"), "conferenceID": other}
        reply = await dut.call(method, beside, judged=False)
        use = expected_use(dut.model, method, "conference-beside-cookie")
        if dut.fault(reply, use, "TPS-PRT-049", "TPS-PRT-083", check="beside") and reply.ok:
            array, key = _ARRAYS[method]
            found = [str(one.get(key)) for one in structs(reply.value(array))]
            passed = mine in found and stranger not in found
            dut.check("beside.same", passed, "TPS-PRT-049", expected="its participants", got=repr(found))


@SUITE.scenario("again.extended", "TPS-PRT-050", "TPS-PRT-051", chapter=CHAPTER, after=AFTER)
async def extended(dut: CallDut) -> None:
    """Whether deletions are told at length is settled by the first call: later ones change nothing about it."""
    for first, then in ((True, False), (False, True), (True, None)):
        cookie = await begin_deletions(dut, extended=first)
        where = await begun(dut)
        who = await waiting(dut, where)
        await leaves(dut, who)
        beside: Members = {"cookie": cookie, **({} if then is None else {"extended": then})}
        # The reply is as the first call had it, which only this case knows.
        reply = await dut.call(GONE, beside, judged=False)
        dut.ok(reply, "TPS-PRT-050", check="goes-on")
        at_length, plain = structs(reply.value("IDs")), texts(reply.value("participantIDs"))
        homes = {one.get("participantID"): one.get("conferenceID") for one in at_length}
        passed = (homes.get(who) == where and not plain) if first else (who in plain and not at_length)
        expected = f"{who} {'at length' if first else 'as an id'}"
        dut.check(f"{first}.{then}", passed, "TPS-PRT-050", expected=expected, got=reply.describe(), step=reply.step)
