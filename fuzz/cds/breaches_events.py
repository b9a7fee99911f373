"""Deviations of the events of a stream: REC."""

from __future__ import annotations

from collections.abc import Callable

from fuzz.cds.pretend import EVENTS, Notes, Register, moved, picked
from harness.mutation.http_document import Element
from harness.mutation.http_seen import Changes, Said, Seen, bare
from harness.mutation.mutant import Operator as Op

breach = Register()


def _list(clause: str, name: str, operator: Op, about: str, change: Callable[[Seen, Element], Changes]) -> None:
    @breach(clause, name, operator, about)
    def _spoilt(_notes: Notes, seen: Seen) -> Said:
        return (
            seen.each(lambda one: change(seen, one), seen.elements("TrickmodeEventList"))
            if seen.is_ok(EVENTS)
            else None
        )


def _events(
    clause: str,
    name: str,
    operator: Op,
    about: str,
    change: Callable[[Seen, Element], Changes],
    place: str = "each",
) -> None:
    @breach(clause, name, operator, about)
    def _spoilt(_notes: Notes, seen: Seen) -> Said:
        return seen.each(lambda one: change(seen, one), picked(seen.rows, place)) if seen.is_ok(EVENTS) else None


_list(
    "REC-002",
    "run-on",
    Op.OVERFLOW,
    "The StreamID of the reply goes on.",
    lambda seen, one: {"StreamID": seen.value(one, "StreamID") + "1"},
)
_list(
    "REC-002",
    "cut-short",
    Op.DROP,
    "The StreamID of the reply is cut at its first bar.",
    lambda seen, one: {"StreamID": seen.value(one, "StreamID").partition("|")[0]},
)
_list("REC-002", "empty", Op.DROP, "The StreamID of the reply is empty.", lambda _seen, _one: {"StreamID": ""})
_list(
    "REC-002",
    "lower-case",
    Op.RENAME,
    "The StreamID of the reply is in lower case.",
    lambda seen, one: {"StreamID": seen.value(one, "StreamID").lower()},
)
_list(
    "REC-003",
    "one-more",
    Op.OVERFLOW,
    "Size is one more than there are events.",
    lambda seen, one: moved(seen, one, 1, "Size"),
)
_list(
    "REC-003",
    "one-less",
    Op.DROP,
    "Size is one less than there are events.",
    lambda seen, one: {"Size": str(max(0, (seen.integer(one, "Size") or 0) - 1))},
)


@breach("REC-002", "first-again", Op.STALE, "Each reply is that about the first stream.")
def _first_again(notes: Notes, seen: Seen) -> Said:
    return notes.setdefault("first", seen.exchange.raw) if seen.is_ok(EVENTS) and seen.rows else None


@breach("REC-003", "event-lost", Op.LOSE, "The second event of a list is missing.")
def _event_lost(_notes: Notes, seen: Seen) -> Said:
    return seen.only([seen.rows[0], *seen.rows[2:]]) if seen.is_ok(EVENTS) and len(seen.rows) > 2 else None


@breach("REC-003", "event-twice", Op.DOUBLE, "The last event of a list stands there twice.")
def _event_twice(_notes: Notes, seen: Seen) -> Said:
    return seen.only([*seen.rows, seen.rows[-1]]) if seen.is_ok(EVENTS) and len(seen.rows) > 2 else None


@breach("REC-001", "fails-inside", Op.SWAP, "A stream that has not been destroyed makes the device fail.")
def _fails_inside(_notes: Notes, seen: Seen) -> Said:
    return _active(seen, bare(500))


@breach("REC-001", "forbidden", Op.SWAP, "A stream that has not been destroyed is forbidden.")
def _forbidden(_notes: Notes, seen: Seen) -> Said:
    return _active(seen, bare(403))


def _active(seen: Seen, said: bytes) -> Said:
    """Instead of the answer about a stream that is known and goes on."""
    about = seen.operation == EVENTS and bool(seen.query.get("StreamID"))
    stopped = any(seen.value(one, "EventMode") == "TM_STOP" for one in seen.rows)
    return said if about and not stopped else None


_events(
    "REC-004",
    "from-0",
    Op.SWAP,
    "Segments are numbered from 0.",
    lambda seen, one: {"SegmentId": str((seen.integer(one, "SegmentId") or 1) - 1)},
)
_events(
    "REC-004",
    "first-0",
    Op.SWAP,
    "The segment of the first event is 0.",
    lambda _seen, _one: {"SegmentId": "0"},
    "first",
)
_events(
    "REC-005", "date", Op.RETYPE, "Times of events are dates.", lambda _seen, _one: {"EventTime": "2026-01-05 08:00:15"}
)
_events(
    "REC-005",
    "fraction",
    Op.RETYPE,
    "Times of events have fractions.",
    lambda seen, one: {"EventTime": seen.value(one, "EventTime") + ".5"},
)
_events(
    "REC-005",
    "microseconds",
    Op.RETYPE,
    "Times of events are microseconds.",
    lambda seen, one: {"EventTime": seen.value(one, "EventTime") + "000"},
)
_events(
    "REC-005",
    "last-in-seconds",
    Op.RETYPE,
    "The time of the last event is in seconds, the others in milliseconds.",
    lambda seen, one: {"EventTime": seen.value(one, "EventTime")[:-3]},
    "last",
)
_events("REC-005", "empty", Op.DROP, "The time of an event is empty.", lambda _seen, _one: {"EventTime": ""}, "middle")
_events(
    "REC-006",
    "clock",
    Op.RETYPE,
    "Play times are hours, minutes and seconds.",
    lambda _seen, _one: {"CurrentNPT": "00:07:47"},
)
_events(
    "REC-006", "empty", Op.DROP, "The play time of an event is empty.", lambda _seen, _one: {"CurrentNPT": ""}, "middle"
)
_events(
    "REC-006",
    "unit",
    Op.OVERFLOW,
    "Play times have a unit.",
    lambda seen, one: {"CurrentNPT": seen.value(one, "CurrentNPT") + "ms"},
    "last",
)
_events(
    "REC-007",
    "pause-plays",
    Op.SWAP,
    "A pause has the speed 1.",
    lambda seen, one: {"ModeScaleNum": "1"} if seen.value(one, "EventMode") == "TM_PAUSE" else {},
)
_events(
    "REC-009",
    "word",
    Op.RETYPE,
    "The speed of the last event is a word.",
    lambda _seen, _one: {"ModeScaleNum": "normal"},
    "last",
)
_events(
    "REC-009",
    "empty",
    Op.DROP,
    "The speed of the last event is empty.",
    lambda _seen, _one: {"ModeScaleNum": ""},
    "last",
)
_events(
    "REC-010",
    "late",
    Op.SWAP,
    "The last event comes an hour later.",
    lambda seen, one: moved(seen, one, 3_600_000, "EventTime"),
    "last",
)
_events(
    "REC-010",
    "early",
    Op.SWAP,
    "All events come an hour earlier.",
    lambda seen, one: moved(seen, one, -3_600_000, "EventTime"),
)
_events(
    "REC-010",
    "no-stop",
    Op.RENAME,
    "A stream ends without a stop.",
    lambda _seen, _one: {"EventMode": "TM_PAUSE", "ModeScaleNum": "0"},
    "last",
)


@breach("REC-008", "backwards", Op.REORDER, "Events stand from the last to the first.")
def _backwards(_notes: Notes, seen: Seen) -> Said:
    return seen.only(seen.rows[::-1]) if seen.is_ok(EVENTS) and len(seen.rows) > 1 else None


@breach("REC-008", "last-two", Op.REORDER, "The last two events have changed places.")
def _last_two(_notes: Notes, seen: Seen) -> Said:
    rows = seen.rows
    return seen.only([*rows[:-2], rows[-1], rows[-2]]) if seen.is_ok(EVENTS) and len(rows) > 2 else None
