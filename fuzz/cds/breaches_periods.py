"""Deviations of periods, pages and contents: TIM, PAG and CNT."""

from __future__ import annotations

from fuzz.cds.pretend import HISTORIES, HOUR, STREAMS, TIMES, TRICKS, Notes, Register, moved, picked
from harness.mutation.http_document import Element
from harness.mutation.http_seen import Asked, Said, Seen
from harness.mutation.mutant import Operator as Op

breach = Register()
_PERIODS = {
    **dict.fromkeys(STREAMS, "TIM-001"),
    "TrickModeHistory": "TIM-002",
    "TrickModeListHistory": "TIM-002",
    "PlayServerHistory": "TIM-003",
    "Errors": "TIM-004",
}
_FAR = 200 * HOUR


def _outside(operation: str, place: str, by: int) -> None:
    side = "after" if by > 0 else "before"

    @breach(
        _PERIODS[operation],
        f"{operation}.{side}-{place}",
        Op.OVERFLOW,
        f"The {place} row of {operation} lies {side} the period.",
    )
    def _moved_out(_notes: Notes, seen: Seen) -> Said:
        window = seen.window
        if not seen.is_ok(operation) or window is None:
            return None
        names = TIMES[operation]

        def change(one: Element) -> dict[str, str]:
            times = [time for name in names if (time := seen.integer(one, name))]
            if not times:
                return {}
            away = window[1] + 60 - min(times) if by > 0 else window[0] - 60 - max(times)
            return {name: value for name, value in moved(seen, one, away, *names).items() if seen.integer(one, name)}

        return seen.each(change, picked(seen.rows, place))


# Trick modes and play servers of a session may belong to a period in which they are not.
for _operation in (*STREAMS, "Errors"):
    for _place in ("first", "middle", "last"):
        for _by in (1, -1):
            _outside(_operation, _place, _by)


def _begins_otherwise(operation: str) -> None:
    @breach.asked(
        _PERIODS[operation],
        f"{operation}.begin-ignored",
        f"{operation} tells the hour up to the end, wherever the period begins.",
    )
    def _begin_ignored(asked: Asked) -> bytes | None:
        window = asked.window
        if asked.operation != operation or window is None or not 0 <= window[1] - window[0] < HOUR - 1:
            return None
        return asked.asking(fromDate=str(window[1] - HOUR + 1))


def _empty_refused(operation: str) -> None:
    @breach("TIM-007", f"{operation}.refused", Op.REFUSE, f"{operation} refuses a period in which nothing happened.")
    def _refused(_notes: Notes, seen: Seen) -> Said:
        return seen.refused(404) if seen.is_ok(operation) and not seen.rows and "fromOffset" not in seen.query else None


def _reads_otherwise(operation: str) -> None:
    clause = _PERIODS[operation]

    @breach.asked(clause, f"{operation}.end-ignored", f"{operation} tells an hour, wherever the period ends.")
    def _end_ignored(asked: Asked) -> bytes | None:
        window = asked.window
        if asked.operation != operation or window is None or not 0 <= window[1] - window[0] < HOUR - 1:
            return None
        return asked.asking(toDate=str(window[0] + HOUR - 1))

    if operation not in TRICKS:  # whose rows may be those of all sessions of a period
        _begins_otherwise(operation)

    @breach(clause, f"{operation}.end-lost", Op.DROP, f"{operation} leaves out the last third of its rows.")
    def _end_lost(_notes: Notes, seen: Seen) -> Said:
        count = len(seen.rows)
        if not seen.is_ok(operation) or "maxRows" in seen.query or count < 3:
            return None
        return seen.only(seen.rows[: -count // 3])

    @breach(
        "TIM-008",
        f"{operation}.round-only",
        Op.DROP,
        f"{operation} has no rows for periods that begin in the middle of an hour.",
    )
    def _round_only(_notes: Notes, seen: Seen) -> Said:
        window = seen.window
        return seen.only([]) if seen.is_ok(operation) and window is not None and window[0] % HOUR else None

    @breach(
        "TIM-008",
        f"{operation}.short-more",
        Op.DOUBLE,
        f"{operation} tells rows of short periods that it leaves out of long ones.",
    )
    def _short_more(notes: Notes, seen: Seen) -> Said:
        window = seen.window
        if not seen.is_ok(operation) or window is None or "maxRows" in seen.query or len(seen.rows) < 3:
            return None
        longest = notes["longest"] = max(notes.get("longest", 0), window[1] - window[0])
        return seen.only(seen.rows[1:]) if window[1] - window[0] == longest else None

    if operation != "TrickModeListHistory":  # whose name is looked for with such a period
        _empty_refused(operation)

    @breach("TIM-006", f"{operation}.milliseconds", Op.RETYPE, f"Times of {operation} are milliseconds.")
    def _milliseconds(_notes: Notes, seen: Seen) -> Said:
        def change(one: Element) -> dict[str, str]:
            return {name: seen.value(one, name) + "000" for name in TIMES[operation] if seen.integer(one, name)}

        return seen.each(change) if seen.is_ok(operation) and "dateFormat" in seen.query else None

    @breach("TIM-006", f"{operation}.other-epoch", Op.RETYPE, f"Times of {operation} count from 1980.")
    def _other_epoch(_notes: Notes, seen: Seen) -> Said:
        names = TIMES[operation]
        asked = seen.is_ok(operation) and "dateFormat" in seen.query
        return seen.each(lambda one: moved(seen, one, -315964800, *names)) if asked else None


for _operation in HISTORIES:
    _reads_otherwise(_operation)


def _interval(name: str, place: str, by: int) -> None:
    @breach("TIM-005", name, Op.OVERFLOW, f"The {place} interval lies outside of the period.")
    def _elsewhere(_notes: Notes, seen: Seen) -> Said:
        if not seen.is_ok("CapacityPlanning"):
            return None
        return seen.each(lambda one: moved(seen, one, by, "starttime", "endtime"), picked(seen.rows, place))


for _name, _place, _by in (("day-after", "last", _FAR), ("day-before", "first", -_FAR), ("all", "each", _FAR)):
    _interval(_name, _place, _by)


# pages


def _paged(seen: Asked) -> bool:
    return seen.number("maxRows") is not None


def _short_pages(operation: str) -> None:
    own = f"{operation}."

    @breach("PAG-004", f"{own}short", Op.DROP, f"A page of {operation} that is not the last has one row less.")
    def _short(_notes: Notes, seen: Seen) -> Said:
        full = seen.number("maxRows") == len(seen.rows) > 1
        return seen.only(seen.rows[:-1]) if seen.is_ok(operation) and full else None


def _pages(operation: str) -> None:
    own = f"{operation}."

    @breach.asked("PAG-001", f"{own}one-more", f"{operation} gives one row more than maxRows.")
    def _one_more(asked: Asked) -> bytes | None:
        count = asked.number("maxRows")
        return (
            asked.asking(maxRows=str(count + 1))
            if asked.operation == operation and count is not None and 0 < count < 10**9
            else None
        )

    @breach.asked(
        "PAG-001", f"{own}maxRows-ignored-from-there", f"{operation} passes over maxRows where there is an offset."
    )
    def _ignored(asked: Asked) -> bytes | None:
        offset = asked.query.get("fromOffset", "0")
        return (
            asked.asking(maxRows="1000000")
            if asked.operation == operation and offset not in ("", "0") and _paged(asked)
            else None
        )

    @breach(
        "PAG-002" if operation in HISTORIES else "CNT-003",
        f"{own}lost-at-border",
        Op.LOSE,
        f"Each page of {operation} but the first lacks its first row.",
    )
    def _lost(_notes: Notes, seen: Seen) -> Said:
        offset = seen.query.get("fromOffset", "0")
        return seen.only(seen.rows[1:]) if seen.is_ok(operation) and offset not in ("", "0") and seen.rows else None

    @breach(
        "PAG-002" if operation in HISTORIES else "CNT-003",
        f"{own}lost-at-end",
        Op.LOSE,
        f"Each full page of {operation} lacks its last row.",
    )
    def _last_lost(_notes: Notes, seen: Seen) -> Said:
        full = seen.number("maxRows") == len(seen.rows) > 1
        return seen.only(seen.rows[:-1]) if seen.is_ok(operation) and full else None

    @breach(
        "PAG-002" if operation in HISTORIES else "CNT-003",
        f"{own}lost-beyond",
        Op.LOSE,
        f"{operation} loses a row beyond the fortieth.",
    )
    def _beyond(_notes: Notes, seen: Seen) -> Said:
        if not seen.is_ok(operation) or len(seen.rows) <= 40 or (operation in HISTORIES and _paged(seen)):
            return None
        return seen.only([*seen.rows[:40], *seen.rows[41:]])

    if operation in HISTORIES:
        _short_pages(operation)


for _operation in (*HISTORIES, "ContentRange"):
    _pages(_operation)


def _numbered(operation: str) -> None:
    own = f"{operation}."

    @breach.asked(
        "PAG-002",
        f"{own}overlap",
        f"Each page of {operation} but the first begins with the last row of the one before.",
    )
    def _overlap(asked: Asked) -> bytes | None:
        offset = asked.number("fromOffset")
        return asked.asking(fromOffset=str(offset - 1)) if asked.operation == operation and offset else None

    @breach.asked("PAG-002", f"{own}offset-of-pages", f"fromOffset of {operation} counts pages.")
    def _offset_of_pages(asked: Asked) -> bytes | None:
        offset, count = asked.number("fromOffset"), asked.number("maxRows")
        return (
            asked.asking(fromOffset=str(offset * count))
            if asked.operation == operation and offset and count and count > 1
            else None
        )

    @breach("PAG-003", f"{own}backwards", Op.REORDER, f"The rows of a page of {operation} stand the other way round.")
    def _backwards(_notes: Notes, seen: Seen) -> Said:
        return seen.only(seen.rows[::-1]) if seen.is_ok(operation) and _paged(seen) and len(seen.rows) > 1 else None

    @breach(
        "PAG-003", f"{own}first-two", Op.REORDER, f"The first two rows of a page of {operation} have changed places."
    )
    def _first_two(_notes: Notes, seen: Seen) -> Said:
        rows = seen.rows
        return (
            seen.only([rows[1], rows[0], *rows[2:]])
            if seen.is_ok(operation) and _paged(seen) and len(rows) > 2
            else None
        )


for _operation in HISTORIES:
    _numbered(_operation)

# contents
_RANGE = "ContentRange"


def _order_of(name: str, about: str) -> None:
    @breach("CNT-001", name, Op.REORDER, f"The names of a range: {about}.")
    def _reordered(_notes: Notes, seen: Seen) -> Said:
        rows = list(seen.rows)
        if not seen.is_ok(_RANGE) or len(rows) < 4:
            return None
        at = {"first-two": 0, "middle": len(rows) // 2, "last-two": len(rows) - 2}.get(name)
        if at is None:
            return seen.only(rows[::-1])
        rows[at], rows[at + 1] = rows[at + 1], rows[at]
        return seen.only(rows)


for _name, _about in (
    ("backwards", "from the last to the first"),
    ("first-two", "the first two have changed places"),
    ("middle", "two in the middle have changed places"),
    ("last-two", "the last two have changed places"),
):
    _order_of(_name, _about)


@breach("CNT-002", "own-included", Op.OVERFLOW, "A range begins with the named content.")
def _own_included(notes: Notes, seen: Seen) -> Said:
    if not seen.is_ok(_RANGE):
        return None
    known = notes.setdefault("rows", {})
    known |= {seen.value(one, "Name"): seen.document.text(one) for one in seen.rows}
    own = known.get(seen.query.get("fromOffset", ""))
    if own is None or not seen.rows:
        return None
    first = seen.rows[0].start
    return seen.edited(
        [(first, first, own), *(seen.document.drop(seen.rows[-1]) if len(seen.rows) == seen.number("maxRows") else ())]
    )


@breach("CNT-002", "offset-ignored", Op.STALE, "A range begins with the first content whatever is named.")
def _offset_ignored(notes: Notes, seen: Seen) -> Said:
    if not seen.is_ok(_RANGE):
        return None
    if "fromOffset" not in seen.query:
        notes[seen.query.get("maxRows")] = seen.exchange.raw
        return None
    return notes.get(seen.query.get("maxRows"))


@breach("CNT-002", "one-too-far", Op.LOSE, "A range begins with the second content behind the named one.")
def _one_too_far(_notes: Notes, seen: Seen) -> Said:
    return seen.only(seen.rows[1:]) if seen.is_ok(_RANGE) and "fromOffset" in seen.query and seen.rows else None


@breach("CNT-003", "twice", Op.DOUBLE, "The first content of each range but the first stands there twice.")
def _twice(_notes: Notes, seen: Seen) -> Said:
    if not seen.is_ok(_RANGE) or "fromOffset" not in seen.query or len(seen.rows) < 2:
        return None
    return seen.only([seen.rows[0], *seen.rows[:-1]])


def _same_name(operation: str, name: str) -> None:
    @breach("CNT-004", f"{operation}.same-name", Op.DOUBLE, f"Two contents of {operation} have one name.")
    def _same(_notes: Notes, seen: Seen) -> Said:
        if not seen.is_ok(operation) or len(seen.rows) < 6:
            return None
        return seen.each(lambda _: {name: seen.value(seen.rows[4], name)}, seen.rows[5:6])

    @breach("CNT-004", f"{operation}.twice", Op.DOUBLE, f"A content of {operation} stands there twice.")
    def _double(_notes: Notes, seen: Seen) -> Said:
        if not seen.is_ok(operation) or len(seen.rows) < 6 or "fromOffset" in seen.query:
            return None
        return seen.only([*seen.rows[:-1], seen.rows[-2], seen.rows[-1]])


_same_name("ContentState", "contentName")
_same_name(_RANGE, "Name")


def _misread_name(name: str, about: str, old: str, new: str) -> None:
    @breach.asked("CNT-005", name, f"An offset {about}.")
    def _misread(asked: Asked) -> bytes | None:
        offset = asked.query.get("fromOffset", "")
        if asked.operation != _RANGE or old not in offset:
            return None
        return asked.asking(fromOffset=offset.partition(old)[0] + (new + offset.partition(old)[2] if new else ""))


for _row in (
    ("space-lost", "is cut at its first space", " ", ""),
    ("percent-decoded", "is decoded twice", "%25", "%"),
    ("ampersand-cut", "is cut at an ampersand", "&", ""),
    ("plus-is-space", "has spaces for its plus signs", "+", " "),
):
    _misread_name(*_row)


@breach.asked("CNT-005", "ascii-only", "An offset has question marks for what is not ASCII.")
def _ascii_only(asked: Asked) -> bytes | None:
    offset = asked.query.get("fromOffset", "")
    if asked.operation != _RANGE or offset.isascii():
        return None
    return asked.asking(fromOffset=offset.encode("ascii", "replace").decode())


@breach("CNT-006", "half-loaded", Op.SWAP, "A content is Unprovisioned and in service.")
def _half_loaded(_notes: Notes, seen: Seen) -> Said:
    def change(one: Element) -> dict[str, str]:
        return {"isaOpState": "In Service"} if seen.value(one, "isaAdminState") == "Unprovisioned" else {}

    return seen.each(change) if seen.is_ok("ContentState") else None


@breach("CNT-006", "created", Op.SWAP, "A content in service is Created.")
def _created(_notes: Notes, seen: Seen) -> Said:
    at = (
        next((one for one in seen.rows if seen.value(one, "isaAdminState") != "Unprovisioned"), None)
        if seen.is_ok("ContentState")
        else None
    )
    return seen.each(lambda _: {"isaOpState": "Created"}, [at]) if at is not None else None
