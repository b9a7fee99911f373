"""Periods that begin late in an hour: what ended before is not in them."""

from functools import partial

from harness.flow import CaseInconclusive
from harness.httpdut import HttpDut
from suites.cds import SUITE
from suites.cds.paging import BELONGS
from suites.cds.world import history, period

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
