"""What the replies of one script say together: a period and its parts, a list and its pages, the latest of all.

A device's world goes on while it is asked. A rule is only applied to rows that the same request has given before and after: whatever was there
both times was there in between as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from fuzz.cds.verdict import HISTORIES, RANGE, RECONCILIATION
from harness.fuzzing.http_kit import Turn
from harness.verdict import Check

_ALL = 1_000_000
# Of so long lists a device may give a part only (CDS-AMB-073).
_LONG = 1_000
_STREAMS = ("sessionID", "startTime", "endTime", "dbTime")
_EVENTS = ("sessionID", "eventTime")
KEEPS: dict[str, tuple[str, ...]] = {
    "StreamHistory": _STREAMS,
    "StreamListHistory": _STREAMS,
    "TrickModeHistory": _EVENTS,
    "TrickModeListHistory": _EVENTS,
    "PlayServerHistory": _EVENTS,
    "Errors": ("macAddress", "errorTime"),
    RANGE: ("Name",),
}
_LATEST = {
    "MaxStreamModifiedTime": (("StreamHistory", "StreamListHistory"), 3, "CDS-CON-002"),
    "MaxErrorModifiedTime": (("Errors",), 1, "CDS-CON-003"),
}

# Roots of the documents of successes.
_ROOTS = frozenset(
    [
        "MaxErrorModifiedTimeResponse",
        "MaxStreamModifiedTimeResponse",
        "StreamsResponse",
        "TrickModesResponse",
        "PlayServerResponse",
        "ErrorsResponse",
        "DevicesResponse",
        "ServiceGroupsResponse",
        "ContentStateResponse",
        "APIVersionResponse",
        "ContentRangeResponse",
        "CapacityPlanning",
        "TrickmodeEventResponse",
    ]
)

Rows = Counter[int]


def rules(turns: Sequence[Turn]) -> list[Check]:
    """The broken checks of one script's replies."""
    if refused := list(_about_refusals(turns)):
        return refused[:1]
    if len(turns) < 2:
        return []
    return [
        *_about_periods(turns),
        *_about_numbers(turns),
        *_about_names(turns),
        *_about_latest(turns),
        *_about_events(turns),
    ][:1]


def _broken(check: str, turn: Turn, expected: str, got: str, *clauses: str) -> Check:
    return Check(
        id=check,
        clauses=(f"CDS-{turn.asked.operation}", *clauses),
        passed=False,
        expected=expected,
        got=got,
        step=turn.step,
    )


def _period(turn: Turn) -> tuple[str, int, int] | None:
    """Message and period of a request that is certain in all that matters."""
    asked = turn.asked
    if asked.operation not in HISTORIES or asked.window is None or asked.value("dateFormat") not in (None, "sec"):
        return None
    return asked.operation, *asked.window


def _page(turn: Turn) -> tuple[int, int] | None:
    """Offset and number of rows that were asked for."""
    rows, offset = turn.asked.value("maxRows"), turn.asked.value("fromOffset") or "0"
    if (
        rows is None
        or not (rows.isascii() and rows.isdecimal() and offset.isascii() and offset.isdecimal())
        or len(rows + offset) > 16
    ):
        return None
    return int(offset), int(rows)


def _rows(turn: Turn) -> Rows | None:
    """The rows of a success, alike ones counted."""
    return (
        Counter(turn.result.digests)
        if turn.status == 200 and turn.result is not None and turn.result.complete
        else None
    )


def _wholes(turns: Sequence[Turn]) -> dict[tuple[str, int, int], list[tuple[int, Turn, Rows]]]:
    """The requests for whole lists by message and period, with their place among all."""
    found: dict[tuple[str, int, int], list[tuple[int, Turn, Rows]]] = {}
    for index, turn in enumerate(turns):
        period, rows = _period(turn), _rows(turn)
        if period is not None and rows is not None and _page(turn) == (0, _ALL):
            found.setdefault(period, []).append((index, turn, rows))
    return found


def _about_refusals(turns: Sequence[Turn]) -> Iterator[Check]:
    """A refusal has not the document of a success."""
    for turn in turns:
        if turn.status in (400, 404) and turn.root in _ROOTS and turn.asked.operation:
            yield _broken(
                "refusal.document", turn, "a refusal without the document of a success", turn.root, "CDS-STA-003"
            )


# periods


def _about_periods(turns: Sequence[Turn]) -> Iterator[Check]:
    wholes = _wholes(turns)
    for (name, start, end), asked in wholes.items():
        for (before, first, rows), (after, _, again) in combinations(asked, 2):
            there = rows & again
            for (other, since, until), parts in wholes.items():
                if other != name or since < start or until > end:
                    continue
                sure = there if (since, until) == (start, end) else _inside(first, there, since, until)
                for place, part, found in parts:
                    if not before < place < after:
                        continue
                    yield from _lost(part, sure, found, start, end)
                    if rows == again and rows.total() < _LONG:
                        yield from _more(part, rows, found, start, end)


def _lost(part: Turn, sure: Rows, found: Rows, start: int, end: int) -> Iterator[Check]:
    """Rows of a period that the part in which they lie does not have."""
    missing = sure - found
    if missing and found.total() < _LONG:
        yield _broken(
            "period.part", part, f"{sure.total()} rows that it had before and after, asked for {start} to {end}",
            f"{missing.total()} of them not among {found.total()}", "CDS-TIM-008",
        )  # fmt: skip


def _more(part: Turn, rows: Rows, found: Rows, start: int, end: int) -> Iterator[Check]:
    """Rows of a part that the whole period has neither before nor after."""
    surplus = found - rows
    if surplus:
        yield _broken(
            "period.whole", part, f"rows that are there as well when {start} to {end} is asked for, before and after",
            f"{surplus.total()} others or more often", "CDS-TIM-008",
        )  # fmt: skip


def _inside(turn: Turn, rows: Rows, since: int, until: int) -> Rows:
    """Those that belong to a period under every reading; nothing of a session of which something lies elsewhere."""
    assert turn.result is not None
    elsewhere: set[object] = set()
    inside: Rows = Counter()
    sessions = turn.asked.operation not in ("Errors", "StreamHistory", "StreamListHistory")
    pairs = list(zip(turn.result.digests, turn.result.kept, strict=False))
    for digest, kept in pairs:
        if all(_lies(time, since, until) for time in kept[1:]):
            inside[digest] += 1
        else:
            elsewhere.add(kept[0])
    if sessions:
        for digest, kept in pairs:
            if kept[0] in elsewhere:
                inside.pop(digest, None)
    return inside & rows


def _lies(time: object, since: int, until: int) -> bool:
    return isinstance(time, str) and time.isascii() and time.isdecimal() and since <= int(time) < until


# pages by number


def _about_numbers(turns: Sequence[Turn]) -> Iterator[Check]:
    for period, asked in _wholes(turns).items():
        (before, _, rows), (after, _, again) = asked[0], asked[-1]
        if before == after or rows != again:
            continue  # it has changed meanwhile
        pages = [
            (place, turn)
            for place, turn in ((_page(turn), turn) for turn in turns[before + 1 : after])
            if place is not None and _period(turn) == period and place != (0, _ALL)
        ]
        if pages and not all(_rows(turn) == rows for _, turn in pages):  # else they change nothing (CDS-AMB-019)
            yield from _pages(pages, rows)


def _pages(pages: Sequence[tuple[tuple[int, int], Turn]], rows: Rows) -> Iterator[Check]:
    count = rows.total()
    together: Rows = Counter()
    reached = 0
    for (offset, size), turn in pages:
        wanted = max(min(size, count - offset), 0)
        found = _rows(turn)
        if found is None:
            if turn.status == 400 and wanted:
                yield _broken("page.refused", turn, f"{wanted} of {count} rows", "400", "CDS-PAG-002")
            if turn.status != 400:
                return
            found = Counter()
        if found.total() > size:
            yield _broken("page.size", turn, f"at most {size} rows", f"{found.total()}", "CDS-PAG-001")
        if found - rows:
            yield _broken(
                "page.rows", turn, "rows of the list", f"{(found - rows).total()} others or more often", "CDS-PAG-002"
            )
        if offset == reached:
            together += found
            reached += size
    if reached >= count and together != rows:
        expected = f"each of the {count} rows once in the pages together"
        got = f"{(rows - together).total()} missing, {(together - rows).total()} too many"
        yield _broken("page.all", pages[-1][1], expected, got, "CDS-PAG-002")


# pages by name


def _about_names(turns: Sequence[Turn]) -> Iterator[Check]:
    asked = [(index, _names(turn)) for index, turn in enumerate(turns) if _is_whole_range(turn)]
    asked = [(index, names) for index, names in asked if names is not None]
    if len(asked) < 2 or asked[0][1] != asked[-1][1]:
        return
    names = asked[0][1]
    assert names is not None
    places = {name: index for index, name in enumerate(names)}
    between = [turn for turn in turns[asked[0][0] + 1 : asked[-1][0]] if turn.asked.operation == RANGE]
    by_name = [turn for turn in between if turn.asked.value("fromOffset") in places and not _is_number(turn)]
    if by_name and all(turn.status == 400 for turn in by_name):
        return  # the offset is a number (CDS-AMB-011)
    for turn in between:
        yield from _part(turn, names, places)


def _part(turn: Turn, names: Sequence[str], places: dict[str, int]) -> Iterator[Check]:
    offset, most = turn.asked.value("fromOffset"), turn.asked.most_rows
    if most is None or _is_number(turn) or (offset is not None and (offset not in places or "+" in offset)):
        return
    first = 0 if offset is None else places[offset] + 1
    wanted = list(names[first : first + most[0]])
    got = _names(turn)
    if got is None:
        if turn.status == 400 and wanted:
            yield _broken("range.refused", turn, f"{len(wanted)} contents", "400", "CDS-CNT-005")
    elif got != wanted:
        place = next(
            (n for n, (a, b) in enumerate(zip(wanted, got, strict=False)) if a != b), min(len(wanted), len(got))
        )
        told = [f"{len(one)} contents, number {place + 1} {one[place : place + 1]}" for one in (wanted, got)]
        clauses = ("CDS-CNT-003",) if offset is None else ("CDS-CNT-002", "CDS-CNT-003")
        yield _broken("range.part", turn, *told, *clauses)


def _is_number(turn: Turn) -> bool:
    """Whether a content's name may be taken for a number of rows (CDS-AMB-011)."""
    offset = turn.asked.value("fromOffset")
    return offset is not None and offset.lstrip("+-").isdecimal()


def _is_whole_range(turn: Turn) -> bool:
    return (
        turn.asked.operation == RANGE
        and turn.asked.value("fromOffset") is None
        and turn.asked.value("maxRows") == str(_ALL)
    )


def _names(turn: Turn) -> list[str] | None:
    result = turn.result
    if turn.status != 200 or result is None or not result.complete or len(result.kept) != result.rows:
        return None
    return [str(row[0]) for row in result.kept]


# the latest


def _about_latest(turns: Sequence[Turn]) -> Iterator[Check]:
    for index, turn in enumerate(turns):
        known = _LATEST.get(turn.asked.operation)
        if known is None or turn.result is None:
            continue
        messages, column, clause = known
        found = turn.result.singles.get(turn.asked.operation, ())
        latest = found[0].get("maxTime", "") if found else ""
        times = [
            int(str(kept[column]))
            for other in turns[:index]
            if other.asked.operation in messages
            and other.result is not None
            and other.asked.value("dateFormat") in (None, "sec")
            for kept in other.result.kept
            if str(kept[column]).isdecimal()
        ]
        if times and latest.isdecimal() and int(latest) < max(times):
            yield _broken("latest", turn, f"{max(times)} or later, which a row has", latest, clause)


# reconciliation


def _about_events(turns: Sequence[Turn]) -> Iterator[Check]:
    """A device that has taken a messageType does not call it invalid where only the stream is missing."""
    asked = [turn for turn in turns if turn.asked.operation == RECONCILIATION]
    taken = {turn.asked.value("messageType") for turn in asked if turn.status == 200 and turn.asked.value("StreamID")}
    for turn in asked:
        if (
            set(dict(turn.asked.values)) == {"messageType"}
            and turn.asked.value("messageType") in taken
            and turn.code == "102"
        ):
            clause = f"CDS-{RECONCILIATION}.error.missing-stream"
            yield _broken(
                "events.missing-stream",
                turn,
                'code="101", as the messageType is one that it has taken',
                'code="102"',
                clause,
            )
