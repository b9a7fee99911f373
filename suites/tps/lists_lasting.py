"""Ends that come of themselves: a conference whose time is over is told as one that is destroyed is, and so is who was in it."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.flow import CaseInconclusive, CaseSkipped
from harness.messages.callreply import CallReply
from suites.tps import SUITE
from suites.tps.lists import CHAPTER, ENDED, ENDS, ENDS_TOLD, GONE, HEARS, Reader, Watch, names
from suites.tps.live import LIST, MODIFY, PATIENCE_S, STATUS, slack, until
from suites.tps.told import LISTS

_MORE_S = 5


@SUITE.scenario(
    "lists.conference-ends.by-itself", ENDS_TOLD, HEARS, "TPS-PRT-052", chapter=CHAPTER,
    after=(*ENDED, f"{ENDS}.success", f"{GONE}.success"), device_s=_MORE_S + 9.0, patient=True,
)  # fmt: skip
async def by_itself(dut: CallDut) -> None:
    """The ends of a conference that is over and of its participant are told, as is that of another one which is destroyed later."""
    watch = Watch(dut)
    began = await dut.clock()
    where, other = await watch.conference(active=True), await watch.conference(active=True)
    who = await watch.participant(where)
    live, ends = [Reader(watch, one) for one in (LIST, LISTS[0])], [Reader(watch, one) for one in (ENDS, GONE)]
    for reader in (*ends, *live):
        await reader.rest()
    await _over(dut, where, int(await dut.clock() - began + slack(dut)) + _MORE_S)
    watch.things.ended(("conference", where))
    for reader, one in zip(ends, (where, who), strict=True):
        await _told(dut, reader, one, "over")
    for reader in live:
        await reader.rest()
    await watch.end("conference", other)
    await _told(dut, ends[0], other, "later")
    watch.done()


async def _over(dut: CallDut, where: str, duration: int) -> None:
    """Have a conference end by itself.

    Raises:
        CaseInconclusive: it goes on.
        CaseSkipped: it is over, and stays.
    """
    taken = await dut.call(MODIFY, {"conferenceID": where, "duration": duration})
    if not taken.ok:
        raise CaseInconclusive(f"a duration of {duration} s is not taken: {taken.describe()}")

    async def look() -> CallReply:
        return await dut.call(STATUS, {"conferenceID": where}, undo=False)

    found = await until(dut, look, lambda reply: reply.value("active") is not True, duration + PATIENCE_S)
    if found.value("active") is False:
        raise CaseSkipped("a conference whose time is over is not destroyed")
    if found.ok is not False:
        raise CaseInconclusive(f"the conference is there after {duration} s: {found.describe()}")


async def _told(dut: CallDut, reader: Reader, one: str, check: str) -> None:
    found = names(await reader.rest())
    dut.check(f"{check}.{reader.method}", one in found, ENDS_TOLD, HEARS, expected=one, got=repr(found))
