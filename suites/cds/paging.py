"""Lists in parts: pages put together are the whole list, parts of a period together have the rows of the whole period."""

from collections import Counter
from collections.abc import Sequence
from functools import partial

from harness.flow import CaseInconclusive
from harness.httpdut import HttpDut
from harness.messages.httpreply import HttpReply
from harness.verdict import Severity
from suites.cds import SUITE
from suites.cds.world import history, period

# The clause that says what belongs to a period, by message.
BELONGS = {
    "StreamHistory": "CDS-TIM-001",
    "StreamListHistory": "CDS-TIM-001",
    "TrickModeHistory": "CDS-TIM-002",
    "TrickModeListHistory": "CDS-TIM-002",
    "PlayServerHistory": "CDS-TIM-003",
    "Errors": "CDS-TIM-004",
}

HISTORIES = tuple(BELONGS)
# More pages than this are not fetched; a list of a million rows has pages of 100,000.
_PAGES = 10


def difference(whole: Sequence[int], parts: Sequence[int]) -> str:
    """How two lists of row digests differ, in words; empty if they do not."""
    if list(whole) == list(parts):
        return ""
    lost, added = Counter(whole) - Counter(parts), Counter(parts) - Counter(whole)
    first = next(
        (n for n, (a, b) in enumerate(zip(whole, parts, strict=False), 1) if a != b), min(len(whole), len(parts)) + 1
    )
    if not lost and not added:
        return f"the same rows in another order from row {first} on"
    doubled = sum(1 for row in added if row in set(whole))
    return (
        f"{len(parts)} rows instead of {len(whole)}, {lost.total()} missing, {added.total()} too many"
        f" ({doubled} of them twice); the first difference is row {first}"
    )


def digests(reply: HttpReply) -> Sequence[int]:
    """The digests of a reply's rows."""
    if reply.scan is None:
        raise CaseInconclusive(f"no rows: {reply.describe()}")
    return reply.scan.digests


async def unpaged(dut: HttpDut, operation: str, first: int, last: int) -> Sequence[int]:
    """The whole list of a period, at least two rows."""
    rows = digests(await history(dut, operation, first, last, digests=True))
    if len(rows) < 2:
        raise CaseInconclusive(f"{operation} has {len(rows)} rows from {first} to {last}; pages need two")
    return rows


async def page(dut: HttpDut, operation: str, first: int, last: int, count: int, offset: int) -> Sequence[int]:
    """One page of a list."""
    more = {"maxRows": str(count), "fromOffset": str(offset)}
    return digests(await history(dut, operation, first, last, digests=True, **more))


async def _short(dut: HttpDut, operation: str) -> Sequence[int]:
    """The list of a part of the busy hour."""
    return await unpaged(dut, operation, *await period(dut, operation))


async def pages_are_served(dut: HttpDut, operation: str, first: int, last: int, whole: Sequence[int]) -> bool:
    """Whether the device looks at maxRows and fromOffset at all, which the document leaves open; two pages tell."""
    half = len(whole) // 2
    ignored = all([list(await page(dut, operation, first, last, half, offset)) == list(whole) for offset in (0, half)])
    dut.observe("paging", "CDS-AMB-019", "ignored" if ignored else "rows", clauses=("CDS-PAG-001",))
    return not ignored


async def whole_list(operation: str, dut: HttpDut) -> None:
    """The pages of a list, one after the other, are the list without pages."""
    first, last = await period(dut, "busy")
    whole = await unpaged(dut, operation, first, last)
    if not await pages_are_served(dut, operation, *await period(dut, operation), await _short(dut, operation)):
        return
    # An odd size, so that borders fall on no round numbers.
    size = max(1, -(-len(whole) // (_PAGES - 1))) | 1
    together: list[int] = []
    largest, short = 0, 0
    for number in range(_PAGES + 1):
        rows = await page(dut, operation, first, last, size, number * size)
        largest = max(largest, len(rows))
        together += rows
        if len(rows) < size:
            short = len(rows) if len(together) < len(whole) else 0
            break
    dut.check(
        "size",
        largest <= size,
        "CDS-PAG-001",
        expected=f"at most {size} rows in a page",
        got=f"a page of {largest} rows",
    )
    late = ""
    for offset in (len(whole) * 19 // 20, len(whole) - 2):
        rows = await page(dut, operation, first, last, 40, offset)
        late = late or difference(whole[offset : offset + 40], rows)
    dut.check(
        "full",
        not short,
        "CDS-PAG-004",
        severity=Severity.SHOULD,
        expected=f"{size} rows in every page but the last",
        got=f"a page of {short} rows in the middle of the list",
    )
    if late or list(whole) != together:
        again = await unpaged(dut, operation, first, last)
        if sorted(again) != sorted(whole):
            raise CaseInconclusive("the list has changed while its pages were fetched")
    dut.check("late-pages", not late, "CDS-PAG-002", expected="the rows near the end of the list in pages", got=late)
    wrong = difference(sorted(whole), sorted(together))
    dut.check("pages", not wrong, "CDS-PAG-002", expected=f"the {len(whole)} rows of the list without pages", got=wrong)
    moved = "" if wrong else difference(whole, together)
    dut.check(
        "pages-in-order",
        not moved,
        "CDS-PAG-003",
        severity=Severity.SHOULD,
        expected="the rows in the order of the list without pages",
        got=moved,
    )


async def borders(operation: str, dut: HttpDut) -> None:
    """Single rows, the last row, and pages that begin behind the end."""
    first, last = await period(dut, operation)
    whole = list(await unpaged(dut, operation, first, last))
    if not await pages_are_served(dut, operation, first, last, whole):
        return
    count = len(whole)
    wanted = [
        (1, 0),
        (1, 1),
        (1, count - 1),
        (2, count - 1),
        (count, 0),
        (count - 1, 0),
        (count + 1, 0),
        (count, 1),
        (5, count),
    ]
    for size, offset in wanted:
        rows = list(await page(dut, operation, first, last, size, offset))
        part = whole[offset : offset + size]
        name = f"rows-{size if size <= 5 else f'all{size - count:+d}'}-from-{offset if offset <= 1 else f'end{offset - count:+d}'}"
        dut.check(
            name,
            rows == part,
            "CDS-PAG-001",
            "CDS-PAG-002",
            expected=f"{len(part)} rows for maxRows={size} and fromOffset={offset} of {count} rows",
            got=difference(part, rows),
        )
    for size in (65_536, 65_537, 1_000_000):  # the largest is the one that the document shows
        if count <= size:
            rows = list(await page(dut, operation, first, last, size, 0))
            wrong = difference(whole, rows)
            dut.check(f"rows-{size}", not wrong, "CDS-PAG-002", "CDS-PAG-004", expected=f"all {count} rows", got=wrong)
    if list(await unpaged(dut, operation, first, last)) != whole:
        raise CaseInconclusive("the list has changed while its pages were fetched")


async def repeated(operation: str, dut: HttpDut) -> None:
    """A past period has the same rows in the same order whenever it is asked for."""
    first, last = await period(dut, operation)
    first += 1  # a period that no other case has asked for
    before = list(await unpaged(dut, operation, first, last))
    seen = [list(await unpaged(dut, operation, first, last)) for _ in range(3)]
    if len({len(rows) for rows in (before, *seen)}) > 1 and len(before) <= len(seen[0]) <= len(seen[1]) <= len(seen[2]):
        raise CaseInconclusive("the list grows; the target file may name an hour in the past with busy_hour_from")
    wrong = next((text for rows in seen if (text := difference(before, rows))), "")
    dut.check(
        "same", not wrong, "CDS-CON-011", severity=Severity.SHOULD, expected=f"the same {len(before)} rows", got=wrong
    )


async def divided(operation: str, dut: HttpDut) -> None:
    """A row of a period is a row of one of its halves, and what a half has the whole has too."""
    first, last = await period(dut, operation)
    whole = set(await unpaged(dut, operation, first, last))
    middle = (first + last) // 2
    halves: set[int] = set()
    for start, end in ((first, middle), (middle, last)):
        halves |= set(digests(await history(dut, operation, start, end, digests=True)))
    if set(digests(await history(dut, operation, first, last, digests=True))) != whole:
        raise CaseInconclusive("the list has changed while its parts were fetched")
    dut.check(
        "whole",
        whole <= halves,
        BELONGS[operation],
        "CDS-TIM-008",
        expected="every row in a half",
        got=f"{len(whole - halves)} rows in no half of the period",
    )
    dut.check(
        "halves",
        halves <= whole,
        BELONGS[operation],
        "CDS-TIM-008",
        expected="no other rows in a half",
        got=f"{len(halves - whole)} rows only in a half",
    )


for _operation in HISTORIES:
    _own = (f"CDS-{_operation}",)
    _after = (f"{_operation}.success",)
    for _name, _flow, _clauses in (
        ("whole-list", whole_list, ("CDS-PAG-001", "CDS-PAG-002", "CDS-PAG-003", "CDS-PAG-004")),
        ("borders", borders, ("CDS-PAG-001", "CDS-PAG-002", "CDS-PAG-004")),
        ("repeated", repeated, ("CDS-CON-011",)),
        ("divided", divided, (BELONGS[_operation], "CDS-TIM-008")),
    ):
        _bound = partial(_flow, _operation)
        _bound.__doc__ = f"{_operation}: {_flow.__doc__}"
        _bound.__module__ = __name__
        SUITE.scenario(f"{_operation}.{_name}", *_clauses, chapter=_operation, after=_after)(_bound)
