"""Deviations of the figures of capacity: CAP."""

from __future__ import annotations

from collections.abc import Callable

from fuzz.cds.pretend import HOUR, Notes, Register
from harness.mutation.http_document import Element
from harness.mutation.http_message import read_answer
from harness.mutation.http_seen import Said, Seen
from harness.mutation.http_speech import success
from harness.mutation.mutant import Operator as Op

breach = Register()
_DAY = 24 * HOUR
_CAPACITY = "CapacityPlanning"


def _peaks(
    clause: str,
    name: str,
    operator: Op,
    about: str,
    change: Callable[[Seen, Element], dict[str, str]],
    *,
    unit: bool = False,
) -> None:
    @breach(clause, name, operator, f"CapacityPlanning: {about}.")
    def _spoilt(_notes: Notes, seen: Seen) -> Said:
        wanted = seen.is_ok(_CAPACITY) and ("timeType" in seen.query or not unit)
        return seen.each(lambda one: change(seen, one)) if wanted else None


def _number(seen: Seen, one: Element, name: str) -> int:
    return seen.integer(one, name) or 0


_peaks(
    "CAP-003",
    "ends-before",
    Op.REORDER,
    "an interval ends before it begins",
    lambda seen, one: {"endtime": str(_number(seen, one, "starttime") - 1)},
)
_peaks(
    "CAP-004",
    "above-the-sum",
    Op.OVERFLOW,
    "the peak is one more than the sum",
    lambda seen, one: {"counter": str(_number(seen, one, "hdstremas") + _number(seen, one, "sdstreams") + 1)},
)
_peaks(
    "CAP-004",
    "below-a-part",
    Op.DROP,
    "the peak is one less than that of a definition",
    lambda seen, one: {"counter": str(max(_number(seen, one, "hdstremas"), _number(seen, one, "sdstreams")) - 1)},
)
_peaks(
    "CAP-009",
    "idle",
    Op.SWAP,
    "bandwidth without streams",
    lambda _seen, _one: {"hdstremas": "0", "sdstreams": "0", "counter": "0", "bandwdith": "18"},
)
_peaks(
    "CAP-008",
    "too-many",
    Op.OVERFLOW,
    "a hundred times as many streams as there are",
    lambda seen, one: {name: str(_number(seen, one, name) * 100) for name in ("hdstremas", "sdstreams", "counter")},
)
_peaks(
    "CAP-008",
    "none",
    Op.DROP,
    "no streams at any time",
    lambda _seen, _one: {"hdstremas": "0", "sdstreams": "0", "counter": "0", "bandwdith": "0"},
)
_peaks("RSP-007", "negative-peak", Op.RETYPE, "a negative bandwidth", lambda _seen, _one: {"bandwdith": "-1"})
_peaks(
    "CAP-006",
    "two-weeks",
    Op.OVERFLOW,
    "intervals of two weeks",
    lambda seen, one: {"starttime": str(_number(seen, one, "endtime") - 14 * _DAY)},
    unit=True,
)


@breach("CAP-006", "hour-is-day", Op.OVERFLOW, "Figures by the hour come in one interval of two hours.")
def _hour_is_day(_notes: Notes, seen: Seen) -> Said:
    if not seen.is_ok(_CAPACITY) or not seen.query.get("timeType", "").startswith("HOUR"):
        return None
    return seen.each(lambda one: {"starttime": str(_number(seen, one, "endtime") - 2 * HOUR)})


@breach("CAP-005", "twice", Op.DOUBLE, "An interval stands there twice.")
def _interval_twice(_notes: Notes, seen: Seen) -> Said:
    return seen.only([seen.rows[0], *seen.rows]) if seen.is_ok(_CAPACITY) and seen.rows else None


@breach("CAP-005", "overlap", Op.OVERFLOW, "The second half of an interval is told once more.")
def _overlap(_notes: Notes, seen: Seen) -> Said:
    if not seen.is_ok(_CAPACITY) or not seen.rows:
        return None
    last = seen.rows[-1]
    start, end = _number(seen, last, "starttime"), _number(seen, last, "endtime")
    text = seen.document.text(last).replace(f'"{start}"'.encode(), f'"{(start + end) // 2}"'.encode())
    return seen.edited([(last.end, last.end, text)])


@breach("CAP-007", "group-more", Op.OVERFLOW, "A service group has more streams than all together.")
def _group_more(_notes: Notes, seen: Seen) -> Said:
    return _part_more(seen, "serviceGroup")


@breach("CAP-007", "server-more", Op.OVERFLOW, "A server has more streams than all together.")
def _server_more(_notes: Notes, seen: Seen) -> Said:
    return _part_more(seen, "serverID")


def _part_more(seen: Seen, key: str) -> Said:
    if not seen.is_ok(_CAPACITY) or key not in seen.query:
        return None
    return seen.each(lambda _: {"hdstremas": "900000", "sdstreams": "900000", "counter": "1800000"})


@breach("CAP-008", "unknown-group", Op.STALE, "A service group that there is not has streams.")
def _unknown_has(_notes: Notes, seen: Seen) -> Said:
    return _busy(seen, "serviceGroup") if seen.query.get("action") == "SERVICEGROUP" else None


@breach("CAP-008", "unknown-server", Op.STALE, "A server that there is not has streams.")
def _unknown_server_has(_notes: Notes, seen: Seen) -> Said:
    return _busy(seen, "serverID")


def _busy(seen: Seen, key: str) -> Said:
    """An interval with streams where there are none."""
    if seen.operation != _CAPACITY or key not in seen.query or seen.window is None or seen.status not in (200, 400):
        return None
    if any(_number(seen, one, "counter") for one in seen.rows):
        return None
    first, last = seen.window
    row = f'<Interval starttime="{first}" endtime="{last}" hdstremas="1" sdstreams="1" bandwdith="6" counter="2"/>'
    answer = read_answer(success(seen.system, _CAPACITY))
    return (
        answer.with_(body=f"<CapacityPlanning>{row}</CapacityPlanning>".encode()).raw() if answer is not None else None
    )


@breach("CAP-008", "quiet-hour", Op.STALE, "An hour without streams has peaks.")
def _quiet(_notes: Notes, seen: Seen) -> Said:
    return _busy(seen, "fromDate") if seen.ok and not {"serviceGroup", "serverID"} & seen.query.keys() else None
