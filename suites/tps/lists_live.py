"""Lists of what lives: all of it at first, by pages of any size, then what is new or has changed, to each client that reads."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.case import Flow
from harness.checks.callfaults import expected_of
from harness.spec.callmodel import Slip
from suites.tps import SUITE
from suites.tps.lists import (
    BEGINS,
    CHAPTER,
    ENDED,
    GOES_ON,
    LIVE,
    MORE,
    QUIET,
    Reader,
    Watch,
    another,
    kind_of,
    names,
    several,
    short,
)  # fmt: skip
from suites.tps.talk import destroy
from suites.tps.told import LISTS
from suites.tps.world import Members, conference

_TURNS = 3  # what a device changes by itself, or others do, is over by then


def _filters(where: str) -> Members:
    return {"conferenceID": where} if where else {}


def _case(method: str, name: str, flow: Flow, *clauses: str) -> None:
    """Register a case for a list, with the clauses of the other lists of its kind left out."""
    SUITE.scenario(f"lists.{short(method)}.{name}", *clauses, chapter=CHAPTER, after=(*ENDED, f"{method}.success"))(
        flow
    )


def _begins(method: str) -> None:
    async def begins(dut: CallDut) -> None:
        """Without a cookie a list tells all that lives, by pages of any size, none of them empty, and says at the last one that there is no more."""
        watch = Watch(dut)
        where, made = await several(watch, method)
        await watch.end(kind_of(method), made.pop(2))
        for most in (None, 1, 2, len(made), len(made) + 1):
            for turn in range(_TURNS):
                reader = Reader(watch, method, _filters(where))
                pages = await reader.rest(most)
                empty = [one for number, one in enumerate(pages) if number and not one.items]
                if not empty or turn + 1 == _TURNS:
                    break  # else somebody may have ended what was on that page
            got = f"{len(empty)} empty pages behind pages that say that there is more"
            told_more = f"TPS-{method}.returned.moreAvailable"
            dut.check("more", not empty, MORE, told_more, expected="something on each further page", got=got)
            missing = [one for one in made if one not in names(pages)]
            dut.check("all", not missing, BEGINS, MORE, told_more, expected=repr(made), got=f"without {missing}")
        watch.done()

    _case(method, "begins", begins, BEGINS, MORE, f"TPS-{method}.max")


def _quiet(method: str) -> None:
    async def quiet(dut: CallDut) -> None:
        """Where nothing has happened since, a list goes on with nothing, and then with what is new or has changed."""
        watch = Watch(dut)
        where, made = await several(watch, method)
        reader = Reader(watch, method, _filters(where))
        await reader.rest(2)
        media = method == LISTS[2]
        await _nothing(watch, reader, made)
        for turn in range(3):
            made.append(await another(watch, method, where, f"Later {turn}"))
            if not media:
                await watch.rename(kind_of(method), made[turn], f"Renamed {turn}")
            found = names(await reader.rest(1))
            expected = {made[-1]} if media else {made[-1], made[turn]}
            missing = expected - set(found)
            dut.check("news", not missing, GOES_ON, expected=repr(sorted(expected)), got=repr(found))
            await _nothing(watch, reader, made)
        watch.done()

    _case(method, "quiet", quiet, QUIET, GOES_ON)


async def _nothing(watch: Watch, reader: Reader, made: list[str]) -> None:
    """Going on tells nothing of these, at the third time at the latest."""
    again: list[str] = []
    for turn in range(_TURNS):
        if turn:
            await watch.dut.wait(0.5)
        again = [one for one in names(await reader.rest()) if one in made]
        if not again:
            break
    watch.dut.check("nothing", not again, QUIET, GOES_ON, expected="nothing of what has not changed", got=repr(again))


def _clients(method: str) -> None:
    async def clients(dut: CallDut) -> None:
        """Clients that read at the same time are told the same, whoever reads first, and one may go on from the cookie of another."""
        watch = Watch(dut)
        where, made = await several(watch, method)
        one, two = (Reader(watch, method, _filters(where), link) for link in ("one", "two"))
        await one.page(2)
        await two.page(1)
        await one.rest(1)
        await two.rest(3)
        for turn in range(3):
            made.append(await another(watch, method, where, f"Later {turn}"))
            if method != LISTS[2]:
                await watch.rename(kind_of(method), made[0], f"Renamed {turn}")
            for reader in (one, two) if turn % 2 else (two, one):
                found = names(await reader.rest(None if turn else 1))
                dut.check("each", made[-1] in found, GOES_ON, expected=made[-1], got=repr(found))
        heir = Reader(watch, method, link="heir")
        heir.cookie = one.cookie
        made.append(await another(watch, method, where, "Last"))
        found = names(await heir.rest(1))
        dut.check("heir", made[-1] in found, GOES_ON, expected=made[-1], got=repr(found))
        found = names(await two.rest())
        dut.check("beside", made[-1] in found, GOES_ON, expected=made[-1], got=repr(found))
        watch.done()

    _case(method, "clients", clients, GOES_ON, BEGINS)


def _changes(method: str) -> None:
    async def changes(dut: CallDut) -> None:
        """What begins, changes or ends between two pages is told as it is now, on a further page or not at all if it is gone."""
        watch = Watch(dut)
        where, made = await several(watch, method, 7)
        reader = Reader(watch, method, _filters(where))
        for turn in range(4):
            page = await reader.page(2)
            told = [one for one, _ in page.items if one in made]
            untold = [one for one in made if one not in told]
            for number, one in enumerate([*told[:1], *untold[-1:]]):
                await watch.rename(kind_of(method), one, f"Renamed {turn}{number}")
            ending = untold[0] if turn % 2 else made[-1]
            made.remove(ending)
            await watch.end(kind_of(method), ending)
            made.append(await another(watch, method, where, f"Between {turn}"))
        await reader.rest(1)
        watch.done()

    _case(method, "changes", changes, GOES_ON, BEGINS, MORE)


def _unknown(method: str) -> None:
    async def unknown(dut: CallDut) -> None:
        """A list of a conference that is not there, or no longer, cannot be begun."""
        expected = expected_of(dut.model, method, "conferenceID", Slip.UNKNOWN)
        gone = await conference(dut)
        dut.ok(await dut.call(method, {"conferenceID": gone}), check="empty")
        await destroy(dut, gone)
        for name in (gone, dut.unknown_id()):
            reply = await dut.call(method, {"conferenceID": name})
            dut.fault(reply, expected, f"TPS-{method}.conferenceID", check="unknown")

    _case(method, "unknown", unknown, f"TPS-{method}.conferenceID", "TPS-FLT-011")


for _method in LIVE:
    for _register in (_begins, _quiet, _clients, _changes):
        _register(_method)
    if kind_of(_method) == "participant":
        _unknown(_method)
_unknown("flex.participant.deletions.enumerate")
