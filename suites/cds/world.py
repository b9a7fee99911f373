"""Where in a device's data the cases look: windows with much data, few and none, ids, and the exchange that a healthy device always answers."""

from collections.abc import Sequence

from harness.checks.http import HttpAnswer
from harness.flow import CaseInconclusive, CaseSkipped
from harness.httpdut import HttpDut, find_parameter, find_selector
from harness.messages.http import selector_value
from harness.messages.httpreply import HttpReply
from suites.cds import SUITE

HOUR = 3600
# An hour of the second day of the epoch: older than any device.
OLD = 86_400
# Rows that a case looks at one by one; windows are chosen so that there are about so many.
FEW, MANY = 30, 5000
# What a window with data is looked for in, first to last: seconds from the start of the busy hour.
_LENGTHS = (59, 299, 899, HOUR - 1)


@SUITE.provides("selector")
async def selector(dut: HttpDut, operation: str) -> str:
    """How the device calls a message; where it takes none of its names the first one, so that the message's own cases fail."""
    try:
        return await find_selector(dut, operation)
    except CaseInconclusive:
        return selector_value(dut.model.operations[operation], operation)


@SUITE.provides("parameter")
async def parameter(dut: HttpDut, place: str) -> str:
    """How the device spells a parameter; where it answers none of the spellings as it should the first one, for the same reason."""
    operation, _, name = place.rpartition(".")
    try:
        return await find_parameter(dut, place)
    except CaseInconclusive:
        return next(iter(dut.model.operations[operation].parameters[name].names.values()), name)


def busy_hour(dut: HttpDut) -> tuple[int, int] | None:
    """First and last second of an hour with much data, as the target file has it."""
    start, end = (dut.target.fixtures.get(key) for key in ("busy_hour_from", "busy_hour_to"))
    return (int(start), int(end)) if isinstance(start, int) and isinstance(end, int) else None


async def _latest_hour(dut: HttpDut) -> tuple[int, int]:
    """The hour that ends with the last stream that the device knows."""
    reply = await dut.get("MaxStreamModifiedTime")
    found = reply.scan.singles.get("MaxStreamModifiedTime", ()) if reply.scan is not None else ()
    last_change = found[0].get("maxTime", "") if found else ""
    last = int(last_change) if last_change.strip().isdecimal() else 0
    if last < HOUR:  # the device has no streams yet
        return OLD, OLD + HOUR - 1
    return last - HOUR + 1, last


@SUITE.provides("window")
async def window(dut: HttpDut, state: str) -> str:
    """First and last second of a period, as two numbers.

    `busy` is an hour with much data, `quiet` one without, the name of an operation a period in the busy hour in which it has rows.
    """
    if state == "quiet":
        start = dut.target.fixtures.get("quiet_from")
        if isinstance(start, int):
            return f"{start} {start + HOUR - 1}"
        return f"{OLD} {OLD + HOUR - 1}"
    first, last = busy_hour(dut) or await _latest_hour(dut)
    if state == "busy":
        return f"{first} {last}"
    known = dut.model.operations[state].window
    if known is None:
        raise CaseSkipped(f"{state} asks for no period")
    for length in _LENGTHS:
        end = min(first + length, last)
        query = {known.start: str(first), known.end: str(end)}
        reply = await dut.get(state, query, judged=False)
        if reply.scan is not None and reply.scan.rows >= FEW:
            return f"{first} {end}"
    return f"{first} {last}"


async def period(dut: HttpDut, state: str) -> tuple[int, int]:
    """See `window`."""
    first, _, last = (await dut.shared("window", state)).partition(" ")
    return int(first), int(last)


async def history(
    dut: HttpDut, operation: str, first: int, last: int, *, keep: Sequence[str] = (), digests: bool = False, **more: str
) -> HttpReply:
    """The rows of one message in a period, which must be there to be compared.

    Raises:
        CaseInconclusive: the device refuses a request that it should take.
    """
    query = {"fromDate": str(first), "toDate": str(last), **more}
    return await dut.setup(operation, query, window=(first, last), keep=keep, digests=digests)


async def some_rows(dut: HttpDut, operation: str, keep: Sequence[str], *, most: int = MANY) -> HttpReply:
    """Rows of a message in a part of the busy hour, at least one.

    Raises:
        CaseInconclusive: there is none.
    """
    first, last = await period(dut, operation)
    reply = await history(dut, operation, first, last, keep=keep)
    if reply.scan is None or not reply.scan.rows:
        raise CaseInconclusive(f"{operation} has no row from {first} to {last}")
    if reply.scan.rows > most:
        raise CaseInconclusive(
            f"{operation} has {reply.scan.rows} rows from {first} to {last}, too many to compare one by one"
        )
    return reply


async def known_good(dut: HttpDut) -> None:
    """A request that changes nothing; a healthy device answers it whatever else happened."""
    reply = await dut.get("Version")
    dut.answers(reply, [HttpAnswer()], "CDS-Version", check="answers")


SUITE.known_good = known_good
