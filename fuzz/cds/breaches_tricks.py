"""Deviations of trick modes and their play time: TRK."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from fuzz.cds.pretend import EVENTS, TRICKS, Notes, Register, changed, moved
from harness.mutation.http_document import Element
from harness.mutation.http_seen import Said, Seen
from harness.mutation.mutant import Operator as Op

breach = Register()
# How a row tells its time, its play time and its speed.
_HISTORY = ("eventTime", "NPT", "scale")
_EVENT = ("EventTime", "CurrentNPT", "ModeScaleNum")
_JUMP_MS = 40_000
Pair = tuple[Element, Element]


def _names(operation: str) -> tuple[str, str, str]:
    return _EVENT if operation == EVENTS else _HISTORY


def _pairs(seen: Seen, wanted: Callable[[float, float], bool]) -> list[Pair]:
    """Neighbours of one session, alone in their seconds, of whose speeds this holds."""
    at, npt, scale = _names(seen.operation)
    sessions: dict[str, list[Element]] = {}
    for one in seen.rows:
        sessions.setdefault(seen.value(one, "sessionID"), []).append(one)
    found: list[Pair] = []
    for rows in sessions.values():
        times = [seen.value(one, at) for one in rows]
        for before, after in pairwise(sorted(rows, key=lambda one: seen.integer(one, at) or 0)):
            speeds = [_speed(seen.value(one, scale)) for one in (before, after)]
            ends = any((seen.integer(one, npt) or 0) == 0 for one in (before, after))
            alone = all(times.count(seen.value(one, at)) == 1 for one in (before, after))
            same = seen.value(before, "segmentIndex") == seen.value(after, "segmentIndex")
            if None not in speeds and alone and same and not ends and wanted(speeds[0] or 0.0, speeds[1] or 0.0):
                found.append((before, after))
    return found


def _speed(text: str) -> float | None:
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leap:
    """What is wrong with the second of two neighbours: how far its play time is from that of the first, and the speeds of both."""

    clause: str
    name: str
    about: str
    wanted: Callable[[float, float], bool]
    by: int
    speeds: tuple[str, str] | None = None  # None: as they are


def _leap(operation: str, leap: Leap) -> None:
    @breach(leap.clause, f"{operation}.{leap.name}", Op.SWAP, f"{operation}: {leap.about}.")
    def _elsewhere(_notes: Notes, seen: Seen) -> Said:
        if not seen.is_ok(operation):
            return None
        _, npt, scale = _names(operation)
        changes: dict[int, dict[str, str]] = {}
        for before, after in _pairs(seen, leap.wanted):
            if before.start in changes:
                continue
            begin = seen.integer(before, npt) or 0
            changes[after.start] = {npt: str(max(1, begin + leap.by))}
            if leap.speeds is not None:
                changes[before.start] = {scale: leap.speeds[0]}
                changes[after.start][scale] = leap.speeds[1]
        return seen.each(lambda one: changes.get(one.start))


def _any(_before: float, _after: float) -> bool:
    return True


_ALL = (*TRICKS, EVENTS)
for _one in (
    Leap(
        clause="TRK-001",
        name="goes-on",
        about="play time goes on in a pause",
        wanted=_any,
        by=_JUMP_MS,
        speeds=("0", "0"),
    ),
    Leap(
        clause="TRK-001",
        name="goes-back",
        about="play time goes back in a pause",
        wanted=_any,
        by=-_JUMP_MS,
        speeds=("0", "0"),
    ),
    Leap(
        clause="TRK-002",
        name="goes-back",
        about="play time goes back in play",
        wanted=_any,
        by=-_JUMP_MS,
        speeds=("1", "0"),
    ),
    Leap(
        clause="TRK-003",
        name="goes-on",
        about="play time goes on in reverse",
        wanted=_any,
        by=_JUMP_MS,
        speeds=("-2", "0"),
    ),
):
    for _operation in _ALL:
        _leap(_operation, _one)
for _operation in TRICKS:
    _leap(
        _operation,
        Leap(
            clause="TRK-008",
            name="goes-back",
            about="play time goes back in fast forward",
            wanted=lambda before, after: before > 1 and after > 0,
            by=-100 * _JUMP_MS,
        ),
    )


def _negative(operation: str, place: str) -> None:
    @breach("TRK-004", f"{operation}.negative-{place}", Op.RETYPE, f"A play time of {operation} is negative ({place}).")
    def _below(_notes: Notes, seen: Seen) -> Said:
        return changed(seen, place, **{_names(operation)[1]: "-1"}) if seen.is_ok(operation) else None


for _operation in _ALL:
    for _place in ("first", "last"):
        _negative(_operation, _place)


def _word(operation: str) -> None:
    @breach("TRK-005", f"{operation}.word", Op.RETYPE, f"A scale of {operation} is a word.")
    def _paused(_notes: Notes, seen: Seen) -> Said:
        return (
            seen.each(lambda one: {"scale": "pause"} if seen.value(one, "scale") == "0" else {})
            if seen.is_ok(operation)
            else None
        )


for _operation in TRICKS:
    _word(_operation)


def _segments(clause: str, name: str, about: str, change: Callable[[Seen, Element], dict[str, str]]) -> None:
    @breach(clause, name, Op.SWAP, f"segmentIndex of TrickModeListHistory: {about}.")
    def _other(_notes: Notes, seen: Seen) -> Said:
        return seen.each(lambda one: change(seen, one)) if seen.is_ok("TrickModeListHistory") else None


_segments("TRK-006", "from-1", "counted from 1", lambda seen, one: moved(seen, one, 1, "segmentIndex"))
_segments(
    "TRK-006",
    "minus-1",
    "-1 for sessions of one content",
    lambda seen, one: {"segmentIndex": "-1"} if seen.value(one, "segmentIndex") == "0" else {},
)
_segments(
    "TRK-007",
    "beyond",
    "behind the last of the playlist",
    lambda _seen, _one: {"segmentIndex": "99"},
)


@breach("TRK-009", "an-hour-later", Op.SWAP, "The trick modes of sessions come an hour after their end.")
def _an_hour_later(_notes: Notes, seen: Seen) -> Said:
    return seen.each(lambda one: moved(seen, one, 30 * 3600, "eventTime")) if seen.is_ok(*TRICKS) else None
