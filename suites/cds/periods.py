"""Periods that begin late in an hour: what ended before is not in them."""

from functools import partial

from harness.flow import CaseInconclusive
from harness.httpdut import HttpDut
from suites.cds import SUITE
from suites.cds.history import first_few, values
from suites.cds.paging import BELONGS
from suites.cds.tricks import TRICKS, number
from suites.cds.world import HOUR, history, period

_LATE_S = 600


async def late_minutes(operation: str, dut: HttpDut) -> None:
    """The last minutes of an hour with much data have the rows that belong to them, and no row of before."""
    _, last = await period(dut, "busy")
    reply = await history(dut, operation, last - _LATE_S + 1, last)
    if reply.scan is None or not reply.scan.rows:
        raise CaseInconclusive(f"{operation} has no row in the last {_LATE_S} s of the busy hour")


for _operation, _clause in BELONGS.items():
    _bound = partial(late_minutes, _operation)
    _bound.__doc__ = f"{_operation}: {late_minutes.__doc__}"
    _bound.__module__ = __name__
    SUITE.scenario(f"{_operation}.late-minutes", _clause, chapter=_operation, after=(f"{_operation}.success",))(_bound)


@SUITE.scenario(
    "StreamHistory.window.after-many", "CDS-StreamHistory.window", "CDS-StreamHistory.error.bad-request",
    chapter="StreamHistory", after=("StreamHistory.success",),
)  # fmt: skip
async def after_many(dut: HttpDut) -> None:
    """After many requests on a connection a period that is too long is still refused."""
    first, _ = await period(dut, "quiet")
    for _ in range(30):
        await dut.setup("StreamHistory", {"fromDate": str(first), "toDate": str(first + 59)})
    query = {"fromDate": str(first), "toDate": str(first + 3601)}
    dut.refused(await dut.get("StreamHistory", query), "bad-request", "CDS-StreamHistory.window")


async def one_reading(operation: str, dut: HttpDut) -> None:
    """What lies outside the period is there because all of its session is, or it is not there."""
    first, last = await period(dut, operation)
    keep = ("sessionID", "eventTime", "NPT", "scale")
    reply = await history(dut, operation, first, last, keep=keep)
    rows = values(reply)
    outside = {row[0] for row in rows if not first <= (number(row[1]) or 0) <= last}
    known = set(rows)
    missing = []
    for start, end in ((first - HOUR, first - 1), (last + 1, last + HOUR)) if outside else ():
        others = values(await history(dut, operation, start, end, keep=keep))
        missing += [row for row in others if row[0] in outside and row not in known]
    dut.check(
        "whole-sessions",
        not missing,
        BELONGS[operation],
        expected="either no row outside the period, or all rows of each session that has one",
        got=f"rows outside the period, but not {first_few(missing)}",
        step=reply.step,
    )


for _operation in TRICKS:
    _bound = partial(one_reading, _operation)
    _bound.__doc__ = f"{_operation}: {one_reading.__doc__}"
    _bound.__module__ = __name__
    SUITE.scenario(f"{_operation}.one-reading", BELONGS[_operation], chapter=_operation, after=(f"{_operation}.rows",))(
        _bound
    )
