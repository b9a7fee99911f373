"""The log of call detail records: pages by index and number, and what they say of what is left."""

from __future__ import annotations

from itertools import pairwise

from harness.calldut import CallDut
from harness.flow import CaseInconclusive
from harness.messages.callreply import CallReply
from harness.verdict import Severity
from suites.tps import SUITE
from suites.tps.cdr_log import AFTER, CHAPTER, MOST, PAGE, events_of, log_state, number, page_of, walk, whole_log

_FEW_PAGES = 8


@SUITE.scenario(
    "cdr.pages", "TPS-CDR-006", "TPS-CDR-007", "TPS-CDR-008", "TPS-CDR-013", "TPS-CDR-012", "TPS-CDR-014", "TPS-CDR-016", "TPS-CDR-021",
    chapter=CHAPTER, after=AFTER,
)  # fmt: skip
async def pages(dut: CallDut) -> None:
    """Over all pages each record is told once, in the order of the indexes; first index and number are those that cdrlog.query tells."""
    await dut.shared("records", "any")
    before = await log_state(dut)
    log = await whole_log(dut)
    after = await log_state(dut)
    indexes = log.indexes
    for place, page in enumerate(log.pages, 1):
        _bounds(dut, page, first=place == 1, last=place == len(log.pages))
    await _nothing_left(dut, log.pages[-1])
    dut.check(
        "rise",
        indexes == sorted(set(indexes)),
        "TPS-CDR-006",
        "TPS-CDR-007",
        expected="indexes that rise",
        got=str(indexes[:40]),
    )
    apart = [other - one for one, other in pairwise(indexes)]
    dut.check(
        "gaps",
        set(apart) <= {1},
        "TPS-CDR-014",
        expected="no gaps",
        got=str(sorted(set(apart))),
        severity=Severity.SHOULD,
    )
    if before == after:
        got = (indexes[0] if indexes else before[0], len(indexes))
        dut.check(
            "query",
            got == before,
            "TPS-CDR-013",
            "TPS-CDR-006",
            expected=f"first {before[0]}, {before[1]} records",
            got=f"first {got[0]}, {got[1]} records",
        )
        again = await walk(dut, pages=2)
        same = [one.get("index") for one in again.events] == indexes[: len(again.events)]
        dut.check("again", same, "TPS-CDR-021", expected="the same records", got=str(again.indexes[:9]))
    dut.check("most", after[1] <= MOST, "TPS-CDR-012", expected=f"{MOST} records at most", got=str(after[1]))
    times = [one.get("time") for one in log.events]
    dut.check(
        "times",
        times == sorted(times, key=str),
        "TPS-CDR-016",
        expected="times that rise",
        got="other ones",
        severity=Severity.SHOULD,
    )


async def _nothing_left(dut: CallDut, page: CallReply) -> None:
    """Behind the page that says that nothing is left there is nothing."""
    behind, state = page.value("nextIndex"), await log_state(dut)
    if page.value("eventsRemaining") is not False or not isinstance(behind, int):
        return
    more = [number(one.get("index")) for one in events_of(await page_of(dut, {"index": behind}))]
    new = [one for one in more if one >= behind]
    if state == await log_state(dut):
        dut.check(
            "left",
            not new,
            "TPS-CDR-008",
            expected="eventsRemaining true",
            got=f"false before {new[:9]}",
            step=page.step,
        )


def _bounds(dut: CallDut, page: CallReply, *, first: bool, last: bool) -> None:
    """Start, end and whether more is left, of one page of several."""
    start, behind = number(page.value("startIndex")), number(page.value("nextIndex"))
    indexes = [number(one.get("index")) for one in events_of(page)]
    inside = all(start <= one < behind for one in indexes) and indexes == sorted(set(indexes))
    dut.check(
        "inside",
        inside,
        "TPS-CDR-007",
        expected=f"indexes from {start} to below {behind}",
        got=str(indexes[:25]),
        step=page.step,
    )
    if last:
        left = page.value("eventsRemaining")
        dut.check(
            "end",
            left is False,
            "TPS-CDR-008",
            expected="eventsRemaining false at the end",
            got=repr(left),
            step=page.step,
        )
    if not first:
        dut.check(
            "goes-on",
            bool(indexes),
            "TPS-CDR-008",
            "TPS-CDR-006",
            expected="events, as the page before said",
            got="none",
            step=page.step,
        )


@SUITE.scenario(
    "cdr.sizes",
    "TPS-CDR-001",
    "TPS-CDR-002",
    "TPS-CDR-006",
    "TPS-CDR-008",
    "TPS-CDR-015",
    chapter=CHAPTER,
    after=("cdr.pages",),
)
async def sizes(dut: CallDut) -> None:
    """A page has no more records than asked for, 20 if that is no number from 1 to 20; by any size the same records are told."""
    whole = await whole_log(dut)
    for size in (1, 2, 7, 19, 20):
        log = await walk(dut, size, _FEW_PAGES)
        counts = [len(events_of(page)) for page in log.pages]
        dut.check(f"size.{size}", max(counts) <= size, "TPS-CDR-001", expected=f"{size} at most", got=str(counts))
        begun = whole.indexes[: len(log.events)]
        dut.check(
            f"same.{size}", log.indexes == begun, "TPS-CDR-006", expected=str(begun[:20]), got=str(log.indexes[:20])
        )
        dut.check(
            f"told.{size}", log.events == whole.events[: len(log.events)], "TPS-CDR-015", expected="the same records", got="other members",
            severity=Severity.SHOULD,
        )  # fmt: skip
        left = log.pages[-1].value("eventsRemaining")
        more = len(log.events) < len(whole.events)
        dut.check(
            f"left.{size}",
            left is True or not more,
            "TPS-CDR-008",
            expected="eventsRemaining true",
            got=repr(left),
            step=log.pages[-1].step,
        )
    first = whole.indexes[:PAGE]
    odd: tuple[int | None, ...] = (None, 0, -1, 21, 100, 2**31 - 1, -(2**31))
    for most in odd:
        page = await page_of(dut, {} if most is None else {"numEvents": most})
        got = [number(one.get("index")) for one in events_of(page)]
        clauses = ("TPS-CDR-002",)
        dut.check("twenty", len(got) <= PAGE, *clauses, expected="20 at most", got=str(len(got)), step=page.step)
        dut.check(
            "begun", got == first[: len(got)] and bool(got), *clauses, expected=str(first), got=str(got), step=page.step
        )


@SUITE.scenario(
    "cdr.index",
    "TPS-CDR-003",
    "TPS-CDR-004",
    "TPS-CDR-005",
    "TPS-CDR-011",
    "TPS-CDR-020",
    chapter=CHAPTER,
    after=("cdr.pages",),
)
async def index(dut: CallDut) -> None:
    """An index that is negative, left out or too high begins at the first record; the one behind the last has none; others begin with theirs."""
    whole = await whole_log(dut)
    first, last = whole.indexes[0], whole.indexes[-1]
    cases: list[tuple[int | None, str]] = [
        (None, "TPS-CDR-003"), (-1, "TPS-CDR-003"), (-(2**31), "TPS-CDR-003"),
        (last + 50, "TPS-CDR-004"), (last + 5000, "TPS-CDR-004"), (2**31 - 1, "TPS-CDR-004"), (last + 2, "TPS-CDR-004"),
    ]  # fmt: skip
    for asked, clause in cases:
        page = await page_of(dut, {"numEvents": 3, **({} if asked is None else {"index": asked})})
        start, got = page.value("startIndex"), [number(one.get("index")) for one in events_of(page)]
        if asked == last + 2 and (await log_state(dut))[1] != len(whole.events):
            continue  # a record has come meanwhile
        dut.check(
            "first",
            got[:1] == [first] and start == first,
            clause,
            expected=f"records from {first} on",
            got=f"{start!r}: {got}",
            step=page.step,
        )
    for asked in dict.fromkeys((first, first + 1, whole.indexes[len(whole.indexes) // 2], last)):
        page = await page_of(dut, {"index": asked, "numEvents": 3})
        start, got = page.value("startIndex"), [number(one.get("index")) for one in events_of(page)]
        wanted = [one for one in whole.indexes if one >= asked][:3]
        passed = start == asked and got[: len(wanted)] == wanted[: len(got)] and bool(got)
        dut.check(
            "asked", passed, "TPS-CDR-005", expected=f"{asked}: {wanted}", got=f"{start!r}: {got}", step=page.step
        )
    if first > 0:
        page = await page_of(dut, {"index": 0, "numEvents": 1})
        dut.check(
            "dropped",
            page.value("startIndex") == first,
            "TPS-CDR-005",
            expected=str(first),
            got=repr(page.value("startIndex")),
            step=page.step,
        )
    await _behind(dut, last)


async def _behind(dut: CallDut, last: int) -> None:
    """The index that follows the highest, unless a record comes meanwhile."""
    before = await log_state(dut)
    page = await page_of(dut, {"index": last + 1})
    if before != await log_state(dut):
        raise CaseInconclusive("records come all the time")
    found = page.value("events")
    dut.check(
        "empty",
        found == [],
        "TPS-CDR-020",
        "TPS-CDR-011",
        expected="an empty array of events",
        got=repr(found)[:80],
        step=page.step,
    )
    start = page.value("startIndex")
    dut.check("start", start == last + 1, "TPS-CDR-020", expected=str(last + 1), got=repr(start), step=page.step)
    left = page.value("eventsRemaining")
    dut.check(
        "nothing-left", left is False, "TPS-CDR-008", expected="eventsRemaining false", got=repr(left), step=page.step
    )
