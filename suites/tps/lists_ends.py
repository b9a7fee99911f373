"""Lists of what has ended: nothing at first, then each end once, to each client, whatever the pages are, and whoever ended it."""

from __future__ import annotations

from typing import Any

from harness.calldut import CallDut
from harness.case import Flow
from suites.tps import SUITE
from suites.tps.lists import (
    CHAPTER,
    ENDED,
    ENDS,
    ENDS_TOLD,
    GONE,
    HEARS,
    MORE,
    NONE_YET,
    QUIET,
    Reader,
    Watch,
    kind_of,
    names,
    several,
    short,
)  # fmt: skip
from suites.tps.live import LIST
from suites.tps.told import LISTS
from suites.tps.world import Members

_LIVE = {ENDS: LIST, GONE: LISTS[0]}
_COUNT = 7


def _case(method: str, name: str, flow: Flow, *clauses: str) -> None:
    SUITE.scenario(f"lists.{short(method)}.{name}", *clauses, chapter=CHAPTER, after=(*ENDED, f"{method}.success"))(
        flow
    )


async def _listed(watch: Watch, method: str, where: str) -> None:
    """Have a client read what lives: only of what was told the end has to be."""
    await Reader(watch, _LIVE[method], {"conferenceID": where} if where else {}).rest()


def _pages(method: str) -> None:
    async def pages(dut: CallDut) -> None:
        """By pages of any size each end is told once, the last page says that there is no more, and then there is nothing to tell."""
        watch, kind = Watch(dut), kind_of(method)
        where, made = await several(watch, method, 2)
        await _listed(watch, method, where)
        await watch.end(kind, made[0])  # before the lists begin, so that it is no news to them
        readers: dict[int | None, Reader] = {most: Reader(watch, method) for most in (None, 1, 2, 3, _COUNT)}
        for reader in readers.values():
            await reader.rest()
        for turn in range(2):
            where, made = await several(watch, method, _COUNT)
            await _listed(watch, method, where)
            for one in made:
                await watch.end(kind, one)
            for most, reader in readers.items():
                told = await reader.rest(most)
                got = names(told)
                clauses = (ENDS_TOLD, MORE, f"TPS-{method}.returned.moreAvailable")
                missing = [one for one in made if one not in got]
                dut.check(f"all.{turn}", not missing, *clauses, expected=repr(made), got=f"without {missing}")
                rest = [one for one in names(await reader.rest(most)) if watch.things.get((kind, one))]
                dut.check("nothing", not rest, QUIET, ENDS_TOLD, expected="none of ours", got=repr(rest))
        watch.done()

    clauses = (ENDS_TOLD, NONE_YET, MORE, f"TPS-{method}.max", f"TPS-{method}.returned.moreAvailable")
    _case(method, "pages", pages, *clauses)


def _clients(method: str) -> None:
    async def clients(dut: CallDut) -> None:
        """What one client has been told is told to every other, on its own connection, and to one that goes on from another's cookie."""
        watch, kind = Watch(dut), kind_of(method)
        where, made = await several(watch, method)
        await _listed(watch, method, where)
        one, two = Reader(watch, method, link="one"), Reader(watch, method, link="two")
        await one.page()
        await watch.end(kind, made[0])
        await one.rest(1)
        await two.page()
        for number in (1, 2):
            await watch.end(kind, made[number])
        await one.rest(1)
        await two.rest(1)
        await watch.end(kind, made[3])
        await two.rest()
        heir = Reader(watch, method, link="heir")
        heir.cookie = one.cookie
        await watch.end(kind, made[4])
        for name, reader, expected in (("heir", heir, made[3:5]), ("beside", two, made[4:5])):
            found = names(await reader.rest(1))
            missing = [one for one in expected if one not in found]
            dut.check(name, not missing, ENDS_TOLD, expected=repr(expected), got=repr(found))
        watch.done()

    _case(method, "clients", clients, ENDS_TOLD, NONE_YET)


@SUITE.scenario(
    "lists.participant-ends.conference", "TPS-PRT-052", ENDS_TOLD, HEARS, "TPS-PRT-048", "TPS-PRT-051", f"TPS-{GONE}.conferenceID",
    chapter=CHAPTER, after=(*ENDED, f"{GONE}.success"),
)  # fmt: skip
async def of_conference(dut: CallDut) -> None:
    """Participants that end with their conference are told by the list for all, and those of one conference alone by the list for that."""
    watch = Watch(dut)
    where, made = await several(watch, LISTS[0], 4)
    other, others = await several(watch, LISTS[0], 3)
    for one in LISTS:
        await Reader(watch, one).rest()
    at_length: Members = {"extended": True}
    wide, long = Reader(watch, GONE), Reader(watch, GONE, beside=at_length)
    narrow, narrow_long = (Reader(watch, GONE, {"conferenceID": where}, beside=one) for one in ({}, at_length))
    for reader in (wide, long, narrow, narrow_long):
        await reader.rest()
    await watch.end("participant", made[0])
    await watch.end("participant", others[0])
    for reader in (narrow, narrow_long):
        found = names(await reader.rest(1))
        passed = made[0] in found and others[0] not in found
        clauses = ("TPS-PRT-048", f"TPS-{GONE}.conferenceID")
        dut.check("narrow", passed, *clauses, expected=made[0], got=repr(found))
    for one in (where, other):
        await watch.end("conference", one)
    for name, reader in (("wide", wide), ("long", long)):
        found = names(await reader.rest(2))
        missing = [one for one in (*made, *others) if one not in found]
        dut.check(name, not missing, "TPS-PRT-052", ENDS_TOLD, expected="all of both", got=f"without {missing}")
    sent: Members = {"cookie": narrow.cookie}
    reply = await dut.call(GONE, sent)
    if dut.either(reply, "TPS-AMB-153", ENDS_TOLD, check="gone"):
        found = names([watch.heard(GONE, sent, reply)])
        strange = [one for one in others if one in found]
        dut.check(
            "gone.narrow", not strange, "TPS-PRT-048", f"TPS-{GONE}.conferenceID", expected="its own", got=repr(found)
        )
    watch.done()


@SUITE.scenario(
    "lists.participant-ends.extended",
    "TPS-PRT-050",
    "TPS-PRT-051",
    ENDS_TOLD,
    chapter=CHAPTER,
    after=(*ENDED, f"{GONE}.success"),
)
async def extended(dut: CallDut) -> None:
    """The first call settles the form of each page, whatever later calls say, and every end at length names its conference."""
    watch = Watch(dut)
    where, made = await several(watch, LISTS[0], 5)
    await _listed(watch, GONE, where)
    for first, then in ((True, False), (False, True)):
        reply = await dut.setup(GONE, {"extended": first})
        watch.heard(GONE, {"extended": first}, reply)
        for _ in range(2):
            await watch.end("participant", made.pop())
        more: Any = True
        while more is True:
            sent: Members = {"cookie": reply.value("cookie"), "extended": then, "max": 1}
            reply = await dut.call(GONE, sent, judged=False)
            dut.ok(reply, "TPS-PRT-050", check="goes-on")
            page = watch.heard(GONE, sent, reply)
            wrong = reply.members.get("participantIDs" if first else "IDs")
            passed = not wrong and (not page.items or all(bool(one) is first for _, one in page.items))
            expected = "structs" if first else "ids"
            dut.check(f"form.{first}", passed, "TPS-PRT-050", expected=expected, got=reply.describe(), step=reply.step)
            more = page.more
    watch.done()


for _method in (ENDS, GONE):
    _pages(_method)
    _clients(_method)
