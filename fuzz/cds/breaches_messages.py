"""Deviations of how messages go together: CON, STR and CAP."""

from __future__ import annotations

from collections.abc import Callable

from fuzz.cds.pretend import HISTORIES, HOUR, STREAMS, TRICKS, Notes, Register, changed, moved, picked
from harness.mutation.http_document import Edit, Element
from harness.mutation.http_seen import Said, Seen
from harness.mutation.mutant import Operator as Op

breach = Register()
STREAM, ERROR = "MaxStreamModifiedTime", "MaxErrorModifiedTime"
_LIST = "StreamListHistory"
_DAY = 24 * HOUR


# the device's time


def _time(seen: Seen, operation: str, change: Callable[[int, int], dict[str, str]]) -> Said:
    """Other times in the one element of a message about the last change; `change` gets the last one and the current one."""
    found = seen.elements(operation) if seen.is_ok(operation) else []
    if not found:
        return None
    latest, now = seen.integer(found[0], "maxTime"), seen.integer(found[0], "curTime")
    return seen.each(lambda _: change(latest, now), found) if latest is not None and now is not None else None


def _clock(operation: str, last: str) -> None:
    own = f"{operation}."

    @breach(last, f"{own}back", Op.STALE, f"maxTime of {operation} is an hour too early.")
    def _back(_notes: Notes, seen: Seen) -> Said:
        return _time(seen, operation, lambda latest, _now: {"maxTime": str(latest - 4 * HOUR)})

    @breach(last, f"{own}zero", Op.STALE, f"maxTime of {operation} is 0.")
    def _zero(_notes: Notes, seen: Seen) -> Said:
        return _time(seen, operation, lambda _latest, _now: {"maxTime": "0"})

    @breach("CON-004", f"{own}later", Op.OVERFLOW, f"maxTime of {operation} is a day later than curTime.")
    def _later(_notes: Notes, seen: Seen) -> Said:
        return _time(seen, operation, lambda _latest, now: {"maxTime": str(now + _DAY)})

    @breach("CON-004", f"{own}digit-more", Op.OVERFLOW, f"maxTime of {operation} has more digits than curTime.")
    def _digit(_notes: Notes, seen: Seen) -> Said:
        return _time(seen, operation, lambda latest, _now: {"maxTime": f"{latest}0"})

    @breach("CON-010", f"{own}backwards", Op.STALE, f"curTime of {operation} runs backwards.")
    def _backwards(notes: Notes, seen: Seen) -> Said:
        notes[operation] = notes.get(operation, 0) + 3
        return _time(seen, operation, lambda _latest, now: {"curTime": str(now - notes[operation] * 10)})

    @breach("CON-010", f"{own}minutes", Op.RETYPE, f"curTime of {operation} goes on by a minute each time.")
    def _minutes(notes: Notes, seen: Seen) -> Said:
        notes[operation] = notes.get(operation, 0) + 60
        return _time(seen, operation, lambda _latest, now: {"curTime": str(now + notes[operation])})

    @breach("CON-014", f"{own}goes-back", Op.STALE, f"maxTime of {operation} is earlier each time.")
    def _goes_back(notes: Notes, seen: Seen) -> Said:
        notes[operation] = notes.get(operation, 0) + 1
        return _time(seen, operation, lambda latest, _now: {"maxTime": str(latest - notes[operation])})

    @breach("CON-015", f"{own}other-zone", Op.RETYPE, f"curTime of {operation} is that of another time zone.")
    def _zone(_notes: Notes, seen: Seen) -> Said:
        return _time(seen, operation, lambda _latest, now: {"curTime": str(now + 2 * HOUR)})

    element = f"{operation}.reply.{operation}.curTime"

    @breach(element, "stands-still", Op.STALE, f"curTime of {operation} stands still.")
    def _still(notes: Notes, seen: Seen) -> Said:
        return _time(seen, operation, lambda _latest, now: {"curTime": str(notes.setdefault(operation, now))})


_clock(STREAM, "CON-002")
_clock(ERROR, "CON-003")


# sessions and streams


def _other_session(operation: str, place: str) -> None:
    @breach(
        "CON-001", f"{operation}.{place}", Op.RENAME, f"The session in the {place} row of {operation} is in no history."
    )
    def _unknown(_notes: Notes, seen: Seen) -> Said:
        def change(one: Element) -> dict[str, str]:
            return {"sessionID": seen.value(one, "sessionID") + "0"}

        return seen.each(change, picked(seen.rows, place)) if seen.is_ok(operation) else None


for _operation in TRICKS:
    for _place in ("first", "middle", "last", "each"):
        _other_session(_operation, _place)


def _contents(seen: Seen, row: Element) -> list[Element]:
    return [one for one in seen.elements("Content") if one.parent is row]


def _missing(operation: str) -> None:
    @breach("CON-005", f"{operation}.missing", Op.LOSE, f"Every fifth stream of {operation} is missing.")
    def _lost(_notes: Notes, seen: Seen) -> Said:
        kept = [one for at, one in enumerate(seen.rows) if at % 5 != 3]
        return seen.only(kept) if seen.is_ok(operation) and len(kept) < len(seen.rows) else None

    @breach("CON-005", f"{operation}.recorded-later", Op.SWAP, f"dbTime of {operation} is a second later.")
    def _later(_notes: Notes, seen: Seen) -> Said:
        return seen.each(lambda one: moved(seen, one, 1, "dbTime")) if seen.is_ok(operation) else None


for _operation in STREAMS:
    _missing(_operation)


def _differs(name: str, value: str) -> None:
    @breach("CON-006", f"other-{name}", Op.SWAP, f"{name} of StreamListHistory is not that of StreamHistory.")
    def _other(_notes: Notes, seen: Seen) -> Said:
        return changed(seen, "each", **{name: value}) if seen.is_ok(_LIST) else None

    @breach("CON-006", f"one-{name}", Op.SWAP, f"{name} of one row of StreamListHistory is not that of StreamHistory.")
    def _one(_notes: Notes, seen: Seen) -> Said:
        return changed(seen, "middle", **{name: value}) if seen.is_ok(_LIST) else None


for _name, _value in (("macAddress", "C0A800000001"), ("serverIpAddress", "203.0.113.99"), ("serviceGroup", "7")):
    _differs(_name, _value)


@breach("CON-006", "other-content", Op.SWAP, "A session of one content has another one in StreamListHistory.")
def _other_content(_notes: Notes, seen: Seen) -> Said:
    return seen.each(lambda _: {"contentName": "other.mpg"}, seen.elements("Content")) if seen.is_ok(_LIST) else None


@breach("CON-007", "other-time", Op.SWAP, "NPT of play servers is not that of the trick modes.")
def _other_time(_notes: Notes, seen: Seen) -> Said:
    return seen.each(lambda one: moved(seen, one, 1, "NPT")) if seen.is_ok("PlayServerHistory") else None


@breach("CON-007", "one-time", Op.SWAP, "One play server tells another time than the trick mode.")
def _one_time(_notes: Notes, seen: Seen) -> Said:
    middle = picked(seen.rows, "middle")
    return seen.each(lambda one: moved(seen, one, 1, "eventTime"), middle) if seen.is_ok("PlayServerHistory") else None


@breach("CON-008", "lost", Op.LOSE, "Some trick modes are missing in TrickModeListHistory.")
def _trick_lost(_notes: Notes, seen: Seen) -> Said:
    rows = seen.rows
    return (
        seen.only([one for at, one in enumerate(rows) if at % 4 != 1])
        if seen.is_ok("TrickModeListHistory") and len(rows) > 4
        else None
    )


@breach("CON-008", "other-scale", Op.SWAP, "The scale of a trick mode is another one in TrickModeListHistory.")
def _other_scale(_notes: Notes, seen: Seen) -> Said:
    return changed(seen, "each", scale="77") if seen.is_ok("TrickModeListHistory") else None


@breach("CON-009", "other-state", Op.SWAP, "The state of a content is another one in ContentRange.")
def _other_state(_notes: Notes, seen: Seen) -> Said:
    return (
        changed(seen, "last", isaAdminState="Unprovisioned")
        if seen.is_ok("ContentRange") and (seen.number("maxRows") or 0) > 1000
        else None
    )


@breach("CON-009", "other-name", Op.RENAME, "A content has another name in ContentState.")
def _other_name(_notes: Notes, seen: Seen) -> Said:
    return changed(seen, "last", contentName="zzz-clausewise.mpg") if seen.is_ok("ContentState") else None


def _differs_each_time(operation: str) -> None:
    @breach(
        "CON-011",
        f"{operation}.turns",
        Op.REORDER,
        f"The rows of {operation} stand the other way round every second time.",
    )
    def _turns(notes: Notes, seen: Seen) -> Said:
        if not seen.is_ok(operation):
            return None
        notes["count"] = notes.get("count", 0) + 1
        return seen.only(seen.rows[::-1]) if notes["count"] % 2 and len(seen.rows) > 1 else None

    @breach("CON-011", f"{operation}.shrinks", Op.LOSE, f"The history of {operation} has a row less each time.")
    def _shrinks(notes: Notes, seen: Seen) -> Said:
        if not seen.is_ok(operation):
            return None
        notes["count"] = notes.get("count", 0) + 1
        return seen.only(seen.rows[: -notes["count"]]) if len(seen.rows) > notes["count"] else None


for _operation in HISTORIES:
    _differs_each_time(_operation)


@breach("CON-012", "unknown-group", Op.RENAME, "A stream has a service group that is not configured.")
def _unknown_group(_notes: Notes, seen: Seen) -> Said:
    return changed(seen, "middle", serviceGroup="64999") if seen.is_ok(*STREAMS) else None


@breach("CON-012", "group-missing", Op.LOSE, "A service group with streams is not in the list.")
def _group_missing(_notes: Notes, seen: Seen) -> Said:
    rows = [one for one in seen.rows if seen.value(one, "serviceGroup") != "200"]
    return seen.only(rows) if seen.is_ok("ServiceGroups") and len(rows) < len(seen.rows) else None


@breach("CON-012", "group-twice", Op.DOUBLE, "A service group stands twice in the list.")
def _group_twice(_notes: Notes, seen: Seen) -> Said:
    return seen.only([*seen.rows, seen.rows[0]]) if seen.is_ok("ServiceGroups") and seen.rows else None


def _unknown_server(operation: str) -> None:
    @breach("CON-013", f"{operation}.unknown-server", Op.RENAME, f"The server in a row of {operation} is no device.")
    def _unknown(_notes: Notes, seen: Seen) -> Said:
        return changed(seen, "middle", serverIpAddress="198.51.100.7") if seen.is_ok(operation) else None


for _operation in ("StreamHistory", "Errors"):
    _unknown_server(_operation)


@breach("CON-013", "device-twice", Op.DOUBLE, "A device stands twice in the list.")
def _device_twice(_notes: Notes, seen: Seen) -> Said:
    return seen.only([*seen.rows, seen.rows[0]]) if seen.is_ok("Devices") and seen.rows else None


@breach("CON-013", "device-comes-and-goes", Op.STALE, "A device is missing every second time.")
def _comes_and_goes(notes: Notes, seen: Seen) -> Said:
    if not seen.is_ok("Devices"):
        return None
    notes["count"] = notes.get("count", 0) + 1
    return seen.only(seen.rows[1:]) if notes["count"] % 2 else None


@breach("CON-016", "session-of-error", Op.RENAME, "The session of an error is in no history.")
def _session_of_error(_notes: Notes, seen: Seen) -> Said:
    named = [one for one in seen.rows if seen.value(one, "sessionId")] if seen.is_ok("Errors") else []
    return seen.each(lambda one: {"sessionId": seen.value(one, "sessionId") + "0"}, named)


# streams


def _backwards(operation: str, place: str) -> None:
    @breach("STR-001", f"{operation}.{place}", Op.REORDER, f"The {place} stream of {operation} ends before it begins.")
    def _ends_before(_notes: Notes, seen: Seen) -> Said:
        def change(one: Element) -> dict[str, str]:
            start = seen.integer(one, "startTime")
            return {"endTime": str(start - 1)} if start is not None else {}

        return seen.each(change, picked(seen.rows, place)) if seen.is_ok(operation) else None

    @breach(
        "STR-002",
        f"{operation}.{place}",
        Op.REORDER,
        f"The {place} stream of {operation} is recorded before it begins.",
    )
    def _recorded_before(_notes: Notes, seen: Seen) -> Said:
        def change(one: Element) -> dict[str, str]:
            start = seen.integer(one, "startTime")
            return {"dbTime": str(start - 1)} if start is not None else {}

        return seen.each(change, picked(seen.rows, place)) if seen.is_ok(operation) else None


for _operation in STREAMS:
    for _place in ("first", "middle", "last"):
        _backwards(_operation, _place)


def _numbers(name: str, about: str, change: Callable[[Seen, Element], dict[str, str]]) -> None:
    @breach("STR-003", name, Op.REORDER, f"segmentIndex in StreamListHistory: {about}.")
    def _numbered(_notes: Notes, seen: Seen) -> Said:
        return seen.each(lambda one: change(seen, one), seen.elements("Content")) if seen.is_ok(_LIST) else None


_numbers("from-1", "from 1", lambda seen, one: moved(seen, one, 1, "segmentIndex"))
_numbers(
    "gap",
    "a gap behind 0",
    lambda seen, one: moved(seen, one, 1, "segmentIndex") if seen.integer(one, "segmentIndex") else {},
)
_numbers("all-0", "always 0", lambda _seen, _one: {"segmentIndex": "0"})


@breach("STR-003", "backwards", Op.REORDER, "The contents of a playlist stand from the last to the first.")
def _from_the_last(_notes: Notes, seen: Seen) -> Said:
    edits: list[Edit] = []
    for row in seen.rows if seen.is_ok(_LIST) else []:
        contents = _contents(seen, row)
        if len(contents) > 1:
            edits.append((contents[0].start, contents[-1].end, b"".join(map(seen.document.text, reversed(contents)))))
    return seen.edited(edits)


@breach("STR-004", "no-content", Op.DROP, "A stream of StreamListHistory has no content.")
def _no_content(_notes: Notes, seen: Seen) -> Said:
    if not seen.is_ok(_LIST):
        return None
    return seen.edited(
        edit for row in picked(seen.rows, "middle") for one in _contents(seen, row) for edit in seen.document.drop(one)
    )


@breach("STR-005", "first-only", Op.DROP, "A playlist has its first content only.")
def _first_only(_notes: Notes, seen: Seen) -> Said:
    if not seen.is_ok(_LIST):
        return None
    return seen.edited(
        edit
        for one in seen.elements("Content")
        if seen.integer(one, "segmentIndex")
        for edit in seen.document.drop(one)
    )
