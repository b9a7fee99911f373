"""The log of call detail records as cases walk through it, and records for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.calldut import CallDut
from harness.flow import CaseSkipped
from harness.messages.callreply import CallReply
from harness.wire.xmlrpc_writing import Writable
from suites.tps import SUITE
from suites.tps.talk import destroy
from suites.tps.world import conference

CHAPTER = "call detail records"
METHOD, QUERY = "cdrlog.enumerate", "cdrlog.query"
AFTER = (f"{METHOD}.success", f"{QUERY}.success")
PAGE, MOST, _WANTED, _TURNS = 20, 2000, 45, 30


@dataclass(slots=True)
class Log:
    """What a walk through the log has told: its pages and their events."""

    pages: list[CallReply] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def indexes(self) -> list[int]:
        """Of the events, in their order."""
        return [number(one.get("index")) for one in self.events]


def number(value: object) -> int:
    """An index or a count as a number; -1 if it is none."""
    return value if isinstance(value, int) else -1


def events_of(reply: CallReply) -> list[dict[str, Any]]:
    """The events of a page."""
    found = reply.value("events")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


async def page_of(dut: CallDut, members: Mapping[str, Writable]) -> CallReply:
    """One page."""
    return dut.ok(await dut.call(METHOD, members), "TPS-CDR-001", "TPS-CDR-002", check="page")


async def walk(dut: CallDut, most: int = 0, pages: int = MOST, **members: Writable) -> Log:
    """Page by page from the first record on, as the pages say."""
    log = Log()
    asked: dict[str, Writable] = {**members, **({"numEvents": most} if most else {})}
    while len(log.pages) < pages:
        page = await page_of(dut, asked)
        log.pages.append(page)
        log.events += events_of(page)
        behind = page.value("nextIndex")
        if page.value("eventsRemaining") is not True or not isinstance(behind, int) or behind == asked.get("index"):
            break
        asked = {**asked, "index": behind}
    return log


async def log_state(dut: CallDut) -> tuple[int, int]:
    """The index of the first record, and how many there are."""
    reply = await dut.setup(QUERY)
    return number(reply.value("firstIndex")), number(reply.value("numEvents"))


@SUITE.provides("records")
async def records(dut: CallDut, _state: str) -> str:
    """So many records that they fill several pages, if conferences that begin and end leave any; gives their number."""
    for _ in range(_TURNS):
        count = (await log_state(dut))[1]
        if count >= _WANTED:
            break
        await destroy(dut, await conference(dut, startTime=0, conferenceName="Clausewise records"))
        await dut.wait(0.2)
    return str((await log_state(dut))[1])


async def whole_log(dut: CallDut, least: int = 3) -> Log:
    """All records by pages of the usual size.

    Raises:
        CaseSkipped: there are too few.
    """
    count = int(await dut.shared("records", "any"))
    if count < least:
        raise CaseSkipped(f"the log has {count} records, and conferences that begin and end add none")
    return await walk(dut)
