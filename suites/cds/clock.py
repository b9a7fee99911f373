"""The device's own time, and the times of the last stream and the last error."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from harness.flow import CaseInconclusive, CaseSkipped
from harness.httpdut import HttpDut
from harness.messages.httpreply import HttpReply
from harness.rows.scan import KEPT_ROWS
from suites.cds import SUITE
from suites.cds.history import first_few
from suites.cds.seen import hold, integer, kept, single
from suites.cds.world import HOUR, history, period

STREAM, ERROR = "MaxStreamModifiedTime", "MaxErrorModifiedTime"
_CHAPTER = "consistency across messages"
_AFTER = (f"{STREAM}.success", f"{ERROR}.success")
# Both times of a difference are cut off to whole seconds, and a clock may be set right by a second meanwhile.
_ROUNDING_S = 2
_PACE = 0.1
# Above it a time is no number of seconds: it would be in the year 5138.
_FAR = 100_000_000_000
_WAIT_S = 1.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What one of the two messages told, between two times of the case in wall seconds. None: no number."""

    reply: HttpReply
    latest: int | None
    now: int | None
    since: float
    until: float


async def moment(dut: HttpDut, operation: str) -> Moment:
    """Ask for the device's time."""
    scale = dut.target.clock_scale
    since = await dut.clock() / scale
    reply = dut.ok(await dut.get(operation), check="served")
    until = await dut.clock() / scale
    told = single(reply, operation)
    return Moment(
        reply=reply, latest=integer(told.get("maxTime")), now=integer(told.get("curTime")), since=since, until=until
    )


def passed(dut: HttpDut, one: Moment, other: Moment) -> tuple[float, float]:
    """Least and most of the device's seconds from one moment to a later one, whichever clock the device's time goes by."""
    speed = dut.target.fixtures.get("clock_speed", 1.0)
    rates = [1.0, dut.target.clock_scale, float(speed) if isinstance(speed, (int, float)) else 1.0]
    least, most = max(0.0, other.since - one.until), other.until - one.since
    return least * min(rates) * (1 - _PACE) - _ROUNDING_S, most * max(rates) * (1 + _PACE) + _ROUNDING_S


def _wall_wait(dut: HttpDut) -> float:
    """Device seconds to wait so that more than a second passes on any clock."""
    return _WAIT_S * max(1.0, dut.target.clock_scale)


@SUITE.scenario(
    "clock.goes-on", *("CDS-TIM-006", "CDS-CON-010"), chapter=_CHAPTER, after=_AFTER, device_s=_WAIT_S
)  # fmt: skip
async def goes_on(dut: HttpDut) -> None:
    """The current time goes on as time does."""
    first = [await moment(dut, operation) for operation in (STREAM, ERROR)]
    await dut.wait(_wall_wait(dut))
    for before in first:
        operation = before.reply.operation
        after = await moment(dut, operation)
        if before.now is None or after.now is None:
            raise CaseInconclusive(f"{operation} has no current time")
        least, most = passed(dut, before, after)
        went, step = after.now - before.now, after.reply.step
        clause = f"CDS-{operation}.reply.{operation}.curTime"
        hold(dut, "moves", went != 0, clause, expected="another current time", got=f"{after.now} again", step=step)
        expected = f"a current time {least:.0f} to {most:.0f} s later"
        hold(dut, "pace", least <= went <= most, "CDS-CON-010", expected=expected, got=f"{went} s later", step=step)


@SUITE.scenario(
    "clock.one-clock", "CDS-CON-015", "CDS-CON-010", "CDS-CON-004", "CDS-TIM-006", chapter=_CHAPTER, after=_AFTER
)
async def one_clock(dut: HttpDut) -> None:
    """Both messages tell the same current time, which does not run backwards, and no time that is still to come."""
    moments = [await moment(dut, operation) for operation in (ERROR, STREAM, ERROR, STREAM, STREAM, ERROR)]
    for one, other in pairwise(moments):
        if one.now is None or other.now is None:
            continue
        least, most = passed(dut, one, other)
        went, step = other.now - one.now, other.reply.step
        expected, got = f"a current time {least:.0f} to {most:.0f} s later", f"{went} s later"
        hold(dut, "same-time", least <= went <= most, "CDS-CON-015", expected=expected, got=got, step=step)
        hold(dut, "not-back", went >= 0, "CDS-CON-010", expected="no earlier time", got=got, step=step)
    for one in moments:
        if one.now is None or one.latest is None:
            continue
        got = f"maxTime {one.latest}, curTime {one.now}"
        in_seconds = 0 <= one.latest < _FAR and 0 <= one.now < _FAR
        expected = "times in seconds since the beginning of 1970"
        hold(dut, "seconds", in_seconds, "CDS-TIM-006", expected=expected, got=got, step=one.reply.step)
        fine = one.latest <= one.now
        hold(dut, "past", fine, "CDS-CON-004", expected="maxTime up to curTime", got=got, step=one.reply.step)


@SUITE.scenario("clock.latest-do-not-go-back", "CDS-CON-014", chapter=_CHAPTER, after=_AFTER)
async def do_not_go_back(dut: HttpDut) -> None:
    """The times of the last stream and of the last error are never earlier than they were."""
    for operation in (STREAM, ERROR):
        before = await moment(dut, operation)
        for _ in range(3):
            after = await moment(dut, operation)
            if before.latest is not None and after.latest is not None:
                expected, got = f"{before.latest} or later", f"{after.latest}"
                fine = after.latest >= before.latest
                hold(dut, "not-back", fine, "CDS-CON-014", expected=expected, got=got, step=after.reply.step)
            before = after


async def _periods(dut: HttpDut, operation: str, last: Moment) -> list[tuple[int, int]]:
    """Where rows later than the last one that the device tells of would be: a part of the busy hour, and around that time."""
    found = [await period(dut, operation)]
    latest, now = last.latest, last.now
    if latest is not None and now is not None and HOUR < latest < _FAR:
        found += [(latest - HOUR + 1, latest), (latest + 1, min(latest + HOUR, now))]
    return [(start, end) for start, end in found if start < end]


def _rows_told(dut: HttpDut, operation: str) -> int:
    """Rows of the busy hour as the target file has them; 0 if it does not tell."""
    told = dut.target.fixtures.get("row_counts", {})
    count = told.get(operation, 0) if isinstance(told, Mapping) else 0
    return count if isinstance(count, int) else 0


async def _not_before(
    dut: HttpDut, message: str, operation: str, attribute: str, clause: str, *, whole: bool = False
) -> None:
    """No row of a history is later than the time of the last one, asked for afterwards."""
    first = await moment(dut, message)
    rows = 0
    looked_at = await _periods(dut, operation, first)
    if whole and _rows_told(dut, operation) <= KEPT_ROWS:
        looked_at.append(await period(dut, "busy"))
    for start, end in looked_at:
        reply = await history(dut, operation, start, end, keep=(attribute,))
        if reply.scan is None:
            continue
        told = [time for row in reply.scan.kept if (time := integer(row[0])) is not None]
        rows += len(told)
        last = await moment(dut, message)
        if last.latest is None:
            hold(dut, "told", not told, clause, expected="a time", got=last.reply.describe(), step=last.reply.step)
            continue
        later = sorted({time for time in told if time > last.latest}, reverse=True)
        expected = f"no {attribute} behind the maxTime {last.latest}"
        hold(dut, "latest", not later, clause, expected=expected, got=first_few(later), step=last.reply.step)
    if not rows:
        raise CaseSkipped(
            f"{operation} has no rows; the target file may name an hour with much data with busy_hour_from"
        )


@SUITE.scenario("clock.last-stream", "CDS-CON-002", chapter=_CHAPTER, after=(*_AFTER, "StreamHistory.success"))
async def last_stream(dut: HttpDut) -> None:
    """No stream came into the database after the time of the last change of a stream."""
    await _not_before(dut, STREAM, "StreamHistory", "dbTime", "CDS-CON-002", whole=True)


@SUITE.scenario(
    "clock.last-listed-stream", "CDS-CON-002", chapter=_CHAPTER, after=(*_AFTER, "StreamListHistory.success")
)
async def last_listed_stream(dut: HttpDut) -> None:
    """No stream of the other history came into the database after the time of the last change of a stream."""
    await _not_before(dut, STREAM, "StreamListHistory", "dbTime", "CDS-CON-002")


@SUITE.scenario("clock.last-error", "CDS-CON-003", chapter=_CHAPTER, after=(*_AFTER, "Errors.success"))
async def last_error(dut: HttpDut) -> None:
    """No error is later than the time of the last error."""
    await _not_before(dut, ERROR, "Errors", "errorTime", "CDS-CON-003", whole=True)


@SUITE.scenario("clock.last-error-is-one", "CDS-CON-003", chapter=_CHAPTER, after=(*_AFTER, "Errors.success"))
async def last_error_is_one(dut: HttpDut) -> None:
    """The time of the last error is that of an error."""
    latest = (await moment(dut, ERROR)).latest
    if latest is None or not HOUR < latest < _FAR:
        raise CaseSkipped("the device knows no error")
    rows = kept(await history(dut, "Errors", latest - 30, latest + 30, keep=("errorTime",)))
    if (await moment(dut, ERROR)).latest != latest:
        raise CaseInconclusive("an error has come meanwhile")
    there = latest in {integer(row[0]) for row in rows}
    got = first_few(row[0] for row in rows) or "none"
    hold(dut, "there", there, "CDS-CON-003", expected=f"an error of the time {latest}", got=got, least=True)
