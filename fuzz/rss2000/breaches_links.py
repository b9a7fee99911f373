"""Deviations of connections and quick records: CON, QRC."""

from __future__ import annotations

from functools import partial

from fuzz.rss2000.breaches_accounts import rows
from fuzz.rss2000.breaches_rooms import also, edited, first_lost, flipped, named
from harness.mutation.mutant import Operator as Op
from harness.mutation.packet_pretend import Register
from harness.mutation.packet_seen import Said, Seen
from harness.wire.xmlmessage import Element

breach = Register()
QUICK = "STARTQUICKRECORD"
LINKS = "GETEPLINK"
STEPS = {"STARTROOMRECORD": "1", "PAUSEROOMRECORD": "2", "CONTINUEROOMRECORD": "1", "STOPROOMRECORD": "0"}
_TEXT = {"0": "Menu", "1": "Running", "2": "Paused"}

# connections

_LINK = ("record.*", "quick.*", "GETEPLINK.*", "*ROOMRECORD.*")
_link = partial(edited, breach, _LINK)


def _states(seen: Seen) -> dict[str, str]:
    """The states to which successful steps should have led."""
    found: dict[str, str] = seen.notes.setdefault("states", {})
    if seen.ok and seen.operation in STEPS:
        found[seen.given("INDEX") or ""] = STEPS[seen.operation]
    return found


def _shown(seen: Seen, index: str, one: Element, state: str) -> Element:
    return seen.set(one, STATUS_INDEX=state, STATUS=_TEXT[state]) if seen.value("INDEX", one) == index else one


@breach("CON-001", "twice", Op.DOUBLE, "The first connection is listed twice.", *_LINK)
def _link_twice(seen: Seen) -> Said:
    return seen.with_([*seen.elements, seen.elements[0]]) if seen.is_ok(LINKS) and seen.elements else None


@breach("CON-001", "same-index", Op.DOUBLE, "The last connection has the index of the one before.", *_LINK)
def _same_index(seen: Seen) -> Said:
    if not seen.is_ok(LINKS) or len(seen.elements) < 2:
        return None
    index = seen.value("INDEX", seen.elements[-2])
    return seen.each(lambda one: [seen.set(one, INDEX=index)], "last")


for _state, _other in (("1", "Paused"), ("2", "Running"), ("1", "Menu")):
    _link(
        "CON-002", f"{_state}-is-{_other.lower()}", Op.SWAP, f"STATUS of the state {_state} is {_other}",
        lambda seen, one, state=_state, text=_other: seen.set(one, STATUS=text) if seen.value("STATUS_INDEX", one) == state else one, LINKS,  # type: ignore[misc]
    )  # fmt: skip
for _clause, _step, _wrong in (
    ("CON-003", "STARTROOMRECORD", "0"),
    ("CON-003", "STARTROOMRECORD", "2"),
    ("CON-004", "PAUSEROOMRECORD", "1"),
    ("CON-004", "PAUSEROOMRECORD", "0"),
    ("CON-005", "CONTINUEROOMRECORD", "2"),
    ("CON-005", "CONTINUEROOMRECORD", "0"),
    ("CON-006", "STOPROOMRECORD", "1"),
    ("CON-006", "STOPROOMRECORD", "2"),
):

    @breach(_clause, f"{_step}-{_wrong}", Op.STALE, f"{_step} leads to the state {_wrong}.", "record.cycle")
    def _wrong_state(seen: Seen, step: str = _step, wrong: str = _wrong) -> Said:
        if seen.ok and seen.operation in STEPS:
            seen.notes[seen.given("INDEX")] = seen.operation
        if not seen.is_ok(LINKS):
            return None
        by = [index for index, last in seen.notes.items() if last == step]
        return seen.each(
            lambda one: [_shown(seen, seen.value("INDEX", one), one, wrong) if seen.value("INDEX", one) in by else one]
        )


@breach("CON-005", "second", Op.STALE, "The second continuation has no effect.", "record.cycle")
def _second_continue(seen: Seen) -> Said:
    if seen.is_ok("CONTINUEROOMRECORD"):
        seen.notes["count"] = seen.notes.get("count", 0) + 1
        seen.notes["stuck"] = seen.given("INDEX") if seen.notes["count"] == 2 else None
    elif seen.ok and seen.operation in STEPS:
        seen.notes["stuck"] = None
    index = seen.notes.get("stuck")
    return rows(seen, LINKS, lambda one: [_shown(seen, index, one, "2") if index else one])


@breach("CON-007", "refused", Op.REFUSE, "A paused recording cannot be stopped.", "record.stop-paused")
def _stop_refused(seen: Seen) -> Said:
    paused = seen.notes.get(seen.given("INDEX")) == "PAUSEROOMRECORD"
    if seen.is_ok("STOPROOMRECORD") and paused:
        return seen.refused()
    if seen.ok and seen.operation in STEPS:
        seen.notes[seen.given("INDEX")] = seen.operation
    return None


@breach("CON-008", "still-there", Op.STALE, "A connection that was hung up is still listed.", "quick.*", "*hang*")
def _still_there(seen: Seen) -> Said:
    known = seen.notes.setdefault("links", {})
    if seen.is_ok("HANGUP"):
        seen.notes.setdefault("gone", []).append(seen.given("INDEX"))
    if not seen.is_ok(LINKS):
        return None
    gone = [known[index] for index in seen.notes.get("gone", ()) if index in known]
    for one in seen.elements:
        known[seen.value("INDEX", one)] = one
    return seen.with_([*seen.elements, *gone])


@breach("CON-009", "all", Op.OVERFLOW, "A pause pauses all connections.", "record.others")
def _all_paused(seen: Seen) -> Said:
    if seen.ok and seen.operation in STEPS:
        seen.notes["paused"] = seen.operation == "PAUSEROOMRECORD"
    change = seen.notes.get("paused")
    return rows(
        seen,
        LINKS,
        lambda one: [
            _shown(seen, seen.value("INDEX", one), one, "2")
            if change and seen.value("STATUS_INDEX", one) == "1"
            else one
        ],
    )


@breach("CON-009", "last", Op.SWAP, "A stop stops another connection too.", "record.others", *_LINK)
def _another(seen: Seen) -> Said:
    states = _states(seen)
    if seen.is_ok("STOPROOMRECORD"):
        seen.notes["over"] = next(
            (one for one, state in states.items() if state != "0" and one != seen.given("INDEX")), None
        )
    over = seen.notes.get("over")
    return rows(seen, LINKS, lambda one: [_shown(seen, over, one, "0") if over else one])


for _step, _wrong in (("PAUSEROOMRECORD", "2"), ("CONTINUEROOMRECORD", "1"), ("STARTROOMRECORD", "2")):

    @breach(
        "CON-010",
        f"{_step}-idle",
        Op.MISREAD,
        f"{_step} with nothing to do leads to the state {_wrong}.",
        "record.nothing-to-do",
    )
    def _idle_step(seen: Seen, step: str = _step, wrong: str = _wrong) -> Said:
        states, index = seen.notes.setdefault("now", {}), seen.given("INDEX")
        if seen.operation in STEPS and not seen.indicates:
            wanted = {"PAUSEROOMRECORD": "1", "CONTINUEROOMRECORD": "2", "STARTROOMRECORD": "0", "STOPROOMRECORD": ""}[
                seen.operation
            ]
            idle = states.get(index, "0") != wanted and seen.operation != "STOPROOMRECORD"
            if seen.ok and not idle:
                states[index] = STEPS[seen.operation]
                seen.notes.pop(("odd", index), None)
            elif seen.operation == step:
                seen.notes["odd", index] = True
        return rows(
            seen,
            LINKS,
            lambda one: [
                _shown(seen, seen.value("INDEX", one), one, wrong)
                if ("odd", seen.value("INDEX", one)) in seen.notes
                else one
            ],
        )


@breach("CON-011", "stopped", Op.MISREAD, "A start of a paused recording stops it.", "record.start-paused")
def _start_stops(seen: Seen) -> Said:
    index = seen.given("INDEX")
    if seen.operation == "STARTROOMRECORD" and not seen.indicates and seen.notes.get(index) == "PAUSEROOMRECORD":
        seen.notes["odd"] = index
    elif seen.ok and seen.operation in STEPS:
        seen.notes[index] = seen.operation
        seen.notes.pop("odd", None)
    odd = seen.notes.get("odd")
    return rows(seen, LINKS, lambda one: [_shown(seen, odd, one, "0") if odd else one])


@breach("CON-012", "lost", Op.LOSE, "A connection that streams is lost by a step.", *_LINK)
def _streaming_lost(seen: Seen) -> Said:
    if seen.operation in STEPS and not seen.indicates:
        seen.notes.setdefault("stepped", set()).add(seen.given("INDEX"))
    lost = seen.notes.get("stepped", ())
    return rows(
        seen,
        LINKS,
        lambda one: [] if seen.value("STATUS_INDEX", one) in ("3", "8") and seen.value("INDEX", one) in lost else [one],
    )


@breach("CON-013", "other-time", Op.SWAP, "The start time of a connection is that of its last step.", "record.cycle")
def _other_time(seen: Seen) -> Said:
    stepped = _states(seen)
    return rows(
        seen,
        LINKS,
        lambda one: [
            seen.set(one, STARTTIME=seen.value("STARTTIME", one) + "9") if seen.value("INDEX", one) in stepped else one
        ],
    )


@breach("CON-015", "goes-on", Op.STALE, "A connection that was hung up while it recorded goes on recording.", *_LINK)
def _goes_on(seen: Seen) -> Said:
    return _still_there(seen)


_link(
    "CON-016", "too-much", Op.OVERFLOW, "NETWORK is above 100", lambda seen, one: seen.set(one, NETWORK="101%"), LINKS
)
_link("CON-016", "word", Op.RETYPE, "NETWORK is a word", lambda seen, one: seen.set(one, NETWORK="good"), LINKS)
_link(
    "CON-017",
    "unknown",
    Op.SWAP,
    "MEETINGROOM is the name of no room",
    lambda seen, one: seen.set(one, MEETINGROOM="nowhere"),
    LINKS,
)


# quick records

_quick = partial(edited, breach, ("quick.*", f"{QUICK}.*"))
_quick(
    "QRC-001",
    "other",
    Op.SWAP,
    "ROOM_ID is another address",
    lambda seen, one: seen.set(one, ROOM_ID="192.0.2.99"),
    QUICK,
)
_quick(
    "QRC-001",
    "default",
    Op.STALE,
    "ROOM_ID is the name of the device",
    lambda seen, one: seen.set(one, ROOM_ID="quick record"),
    QUICK,
)
_quick(
    "QRC-002",
    "cut",
    Op.DROP,
    "REFERENCEID is cut to 29 characters",
    lambda seen, one: seen.set(one, REFERENCEID=seen.value("REFERENCEID", one)[:29]),
    QUICK,
)
_quick(
    "QRC-002",
    "long",
    Op.OVERFLOW,
    "REFERENCEID has more than 30 characters",
    lambda seen, one: seen.set(one, REFERENCEID=(seen.value("REFERENCEID", one) + "0" * 31)[:31]),
    QUICK,
)
_quick("QRC-003", "other", Op.SWAP, "H239 is the other way round", partial(flipped, "H239"), QUICK)
_quick("QRC-005", "names", Op.SWAP, "The names of groups are others", named("VIEWIDEXT", "NOTIN_VIEW"), QUICK)
_quick("QRC-005", "lost", Op.DROP, "The first VIEWIDEXT is missing", partial(first_lost, "VIEWIDEXT"), QUICK)
_quick(
    "QRC-005", "both", Op.OVERFLOW, "Groups stand in VIEWIDEXT and NOTIN_VIEW", also("VIEWIDEXT", "NOTIN_VIEW"), QUICK
)
_quick("QRC-005", "not-lost", Op.DROP, "The first NOTIN_VIEW is missing", partial(first_lost, "NOTIN_VIEW"), QUICK)


@breach("QRC-004", "no-connection", Op.LOSE, "A quick record makes no connection.", "quick.*")
def _no_connection(seen: Seen) -> Said:
    if seen.is_ok(QUICK):
        seen.notes.setdefault("calls", []).append(seen.given("IP_NUM"))
    calls = seen.notes.get("calls", ())
    return rows(
        seen,
        LINKS,
        lambda one: (
            [] if {seen.value("IP", one), seen.value("E164", one), seen.value("H323", one)} & set(calls) else [one]
        ),
    )


@breach("QRC-004", "idle", Op.STALE, "A quick record does not record.", "quick.*")
def _not_recording(seen: Seen) -> Said:
    if seen.is_ok(QUICK):
        seen.notes["called"] = True
    return rows(
        seen, LINKS, lambda one: [_shown(seen, seen.value("INDEX", one), one, "0") if seen.notes.get("called") else one]
    )


@breach("QRC-006", "lost", Op.DROP, "The archive of a quick record has no REFERENCEID.", "quick.*")
def _no_reference(seen: Seen) -> Said:
    return seen.setting(REFERENCEID="") if seen.is_ok("GETMEDIAINFO") else None


@breach("QRC-007", "right", Op.SWAP, "The archive of a quick record has another ACCESSTYPE.", "quick.*")
def _other_right(seen: Seen) -> Said:
    return (
        seen.setting(ACCESSTYPE="1" if seen.value("ACCESSTYPE") != "1" else "0")
        if seen.is_ok("GETMEDIAINFO") and seen.given("CONF_ID")
        else None
    )


@breach("QRC-007", "groups", Op.DROP, "The archive of a quick record has no groups.", "quick.*")
def _no_groups(seen: Seen) -> Said:
    return (
        seen.setting(ACCESSID=None, ACCESSIDEXT=None) if seen.is_ok("GETMEDIAINFO") and seen.given("CONF_ID") else None
    )


@breach(
    "QRC-008", "still-there", Op.STALE, "A connection of a quick record is still there when it is hung up.", "quick.*"
)
def _quick_stays(seen: Seen) -> Said:
    return _still_there(seen)
