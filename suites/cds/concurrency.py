"""CapacityPlanning against the stream histories: as many streams run at once as there are in that time."""

from harness.flow import CaseSkipped
from harness.httpdut import HttpDut
from suites.cds import SUITE
from suites.cds.capacity import OPERATION, capacity, intervals
from suites.cds.history import values
from suites.cds.seen import hold, integer
from suites.cds.world import HOUR, history, period

# Hours before and behind a period in which its streams are looked for.
_AROUND = 2


async def _lives(dut: HttpDut, first: int, last: int) -> set[tuple[str | None, int, int]]:
    """Sessions with their starts and ends, all that the device lists of those that run in a period."""
    found: set[tuple[str | None, int, int]] = set()
    keep = ("sessionID", "startTime", "endTime")
    now = await history(dut, "StreamListHistory", first, last, keep=keep)
    # Where streams that end later are listed already, those that end behind the period need not be looked for.
    here = any((integer(row[2]) or 0) > last for row in values(now))
    begin = dut.target.fixtures.get("data_from", 0)
    hours = [*range(-_AROUND, 0), *(() if here else range(1, _AROUND + 1))]
    replies = [now]
    for hour in hours:
        start, end = (first + hour * HOUR, first + (hour + 1) * HOUR - 1) if hour < 0 else _behind(last, hour)
        if end >= begin:
            replies.append(await history(dut, "StreamListHistory", start, end, keep=keep))
    for reply in replies:
        if reply.scan is not None and reply.scan.rows > len(reply.scan.kept):
            raise CaseSkipped(f"{reply.scan.rows} streams in an hour are too many to be counted")
        for session, start_time, end_time in values(reply):
            since = integer(start_time)
            if since is not None:
                found.add((session, since, integer(end_time) or last + 1))
    return found


def _behind(last: int, hour: int) -> tuple[int, int]:
    return last + (hour - 1) * HOUR + 1, last + hour * HOUR


@SUITE.scenario(
    "CapacityPlanning.and-streams",
    "CDS-CAP-008",
    chapter=OPERATION,
    after=("CapacityPlanning.success", "StreamListHistory.success"),
)
async def and_streams(dut: HttpDut) -> None:
    """No more streams run at once than the stream histories have in that time, and some where they have some."""
    first, last = await period(dut, "StreamListHistory")
    found = [one for one in intervals(dut.ok(await capacity(dut, "OVERALL", first, last))) if one.inside(first, last)]
    if not found:
        raise CaseSkipped("no interval lies in the period")
    lives = await _lives(dut, first, last)
    # Streams that are not destroyed may be counted and not listed.
    active = len(dut.target.fixture_texts("active_stream_ids"))
    for one in found:
        low, high = one.start or 0, one.end or 0
        overlapping = sum(since <= high and until >= low for _, since, until in lives)
        most = overlapping + active
        within = one.counter is None or one.counter <= most
        expected = f"at most {most} streams from {low} to {high}, as many as run in that time"
        hold(dut, "at-most", within, "CDS-CAP-008", expected=expected, got=f"{one.counter}")
        whole = sum(low <= since and until <= high for _, since, until in lives)
        fine = bool(one.counter) or not whole
        hold(
            dut, "some", fine, "CDS-CAP-008", expected=f"a peak with {whole} streams in that time", got=f"{one.counter}"
        )
