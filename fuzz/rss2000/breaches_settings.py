"""Deviations of settings, storage and what the device says of itself: SET, STO, SYS."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from harness.mutation.mutant import Operator as Op
from harness.mutation.packet_pretend import Register
from harness.mutation.packet_seen import Asked, Said, Seen

breach = Register()


def reg(
    clause: str, name: str, operator: Op, about: str, operation: str, say: Callable[[Seen], Said], *near: str
) -> None:
    """Register a device that answers one command otherwise."""
    breach(clause, name, operator, f"{about}.", f"{operation}.*", *near)(
        lambda seen: say(seen) if seen.is_ok(operation) else None
    )


# of the device


@breach("SYS-001", "stands", Op.STALE, "TIMEVALUE stands still.", "device*", "REFRESHSTATUS.*")
def _stands(seen: Seen) -> Said:
    return (
        seen.setting(TIMEVALUE=seen.notes.setdefault("first", seen.value("TIMEVALUE")))
        if seen.is_ok("REFRESHSTATUS")
        else None
    )


@breach("SYS-001", "backwards", Op.REORDER, "TIMEVALUE goes backwards.", "device*", "REFRESHSTATUS.*")
def _backwards(seen: Seen) -> Said:
    if not seen.is_ok("REFRESHSTATUS"):
        return None
    first = seen.notes.setdefault("first", seen.value("TIMEVALUE"))
    return seen.setting(TIMEVALUE=str(2 * int(first) - int(seen.value("TIMEVALUE")) - 1))


def _another_time(name: str, seen: Seen) -> Said:
    seen.notes["count"] = seen.notes.get("count", 0) + 1
    return seen.setting(**{name: f"{seen.value(name)}{seen.notes['count']}"})


for _name in ("PRODUCTNAME", "VERSION", "TYPE", "H323COUNT", "RECABILITY"):
    reg(
        "SYS-002",
        _name,
        Op.SWAP,
        f"{_name} changes from one call to the next",
        "GETDEVINFO",
        partial(_another_time, _name),
        "device*",
    )
reg(
    "SYS-003",
    "other-day",
    Op.SWAP,
    "TIMEVALUE is four days later than TIME",
    "REFRESHSTATUS",
    lambda seen: seen.setting(TIMEVALUE=str(int(seen.value("TIMEVALUE")) + 4 * 86_400)),
    "device*",
)
reg(
    "SYS-003",
    "years",
    Op.SWAP,
    "TIMEVALUE counts from 1900",
    "REFRESHSTATUS",
    lambda seen: seen.setting(TIMEVALUE=str(int(seen.value("TIMEVALUE")) + 2_208_988_800)),
    "device*",
)


@breach("SYS-004", "gone", Op.LOSE, "After SHUTDOWN nobody can log in.", "*shutdown*", "SHUTDOWN*")
def _gone(seen: Seen) -> Said:
    if seen.operation == "SHUTDOWN" and not seen.is_refused():
        seen.notes["over"] = True
    return seen.refused() if seen.is_ok("LOGIN") and seen.notes.get("over") else None


@breach("SYS-006", "forgotten", Op.LOSE, "A restart takes accounts away.", "*shutdown*", "SHUTDOWN*")
def _forgotten(seen: Seen) -> Said:
    if seen.operation == "SHUTDOWN" and not seen.is_refused():
        seen.notes["over"] = True
    return seen.with_(seen.elements[:1]) if seen.is_ok("GETENDPOINT", "GETDEVUSER") and seen.notes.get("over") else None


# settings

reg(
    "SET-004",
    "twice",
    Op.DOUBLE,
    "GETIP tells the first port twice",
    "GETIP",
    lambda seen: seen.with_([*seen.elements, seen.elements[0]]) if not seen.sent else None,
    "settings*",
    "device*",
)
reg(
    "SET-004",
    "second",
    Op.SWAP,
    "GETIP tells the first port as the second",
    "GETIP",
    lambda seen: seen.each(lambda one: [seen.set(one, INDEX="1")], "first") if not seen.sent else None,
    "settings*",
    "device*",
)


@breach("SET-005", "all", Op.OVERFLOW, "GETIP with INDEX tells every port.", "GETIP.*", "settings*", "device*")
def _all_ports(seen: Seen) -> Said:
    if not seen.is_ok("GETIP") or not seen.sent:
        return None
    return seen.with_([*seen.elements, seen.set(seen.elements[0], INDEX="1" if seen.given("INDEX") == "0" else "0")])


reg(
    "SET-005",
    "other",
    Op.SWAP,
    "GETIP with INDEX tells another port",
    "GETIP",
    lambda seen: seen.setting(INDEX="1" if seen.given("INDEX") == "0" else "0") if seen.sent else None,
    "settings*",
    "device*",
)


def _without_language(asked: Asked, *operations: str) -> bytes | None:
    return (
        asked.asking({"LANGUAGE": "1"}) if asked.operation in operations and asked.given("LANGUAGE") is None else None
    )


breach.asked("SET-006", "one", Op.MISREAD, "GETIVR without LANGUAGE answers as with 1.", "GETIVR.*", "device*")(
    lambda asked: _without_language(asked, "GETIVR")
)
reg(
    "SET-006",
    "own",
    Op.SWAP,
    "GETIVR without LANGUAGE has a URL of its own",
    "GETIVR",
    lambda seen: seen.setting(PLAY_URL="/default/0.wav") if seen.given("LANGUAGE") is None else None,
    "device*",
)
reg("SET-007", "blank", Op.DROP, "PLAY_URL is blank", "GETIVR", lambda seen: seen.setting(PLAY_URL=""), "device*")

_SETTINGS = {
    "SETGK": ("GETSTORAGE", "PATH"), "SETLANG": ("GETGK", "E164"), "SETSTORAGE": ("GETGK", "H323"), "SETBANNER": ("GETSTORAGE", "USER"),
    "SETSP": ("GETGK", "GKPORT"), "SETLDAP": ("GETGK", "GKIP"), "SETOS": ("GETSP", "BROADCAST"),
}  # fmt: skip
for _set, (_get, _field) in _SETTINGS.items():

    @breach(
        "SET-008",
        f"{_set}-{_get}",
        Op.OVERFLOW,
        f"{_set} changes {_field} of {_get}.",
        f"{_set}.apart",
        "single-point.*",
    )
    def _apart(seen: Seen, changing: str = _set, get: str = _get, field: str = _field) -> Said:
        if seen.is_ok(changing):
            seen.notes["changed"] = True
        if not seen.is_ok(get) or not seen.notes.get("changed"):
            return None
        value = seen.value(field)
        return seen.setting(
            **{
                field: str(int(value) + 1)
                if value.isdecimal() and field != "BROADCAST"
                else "1"
                if value == "0"
                else "0"
                if value == "1"
                else f"{value}1"
            }
        )


@breach(
    "SET-009",
    "own-session",
    Op.STALE,
    "A setting is seen by the session alone that has set it.",
    "settings*",
    "setting*",
    "device*",
)
def _own_session(seen: Seen) -> Said:
    if seen.is_ok("SETGK", "SETLANG", "SETSTORAGE", "SETBANNER"):
        seen.notes[seen.operation.replace("SET", "GET"), "by"] = seen.session
    if not seen.is_ok("GETGK", "GETLANG", "GETSTORAGE", "GETBANNER"):
        return None
    by = seen.notes.get((seen.operation, "by"))
    first = seen.notes.setdefault((seen.operation, seen.given("LANGUAGE")), seen.elements)
    return seen.with_(first) if by is not None and seen.session != by else None


@breach(
    "SET-009",
    "with-session",
    Op.STALE,
    "A setting ends with the session that has set it.",
    "settings*",
    "setting*",
    "device*",
)
def _with_session(seen: Seen) -> Said:
    if seen.is_ok("SETGK", "SETLANG", "SETSTORAGE", "SETBANNER"):
        seen.notes[seen.operation.replace("SET", "GET"), "by"] = seen.session
    if not seen.is_ok("GETGK", "GETLANG", "GETSTORAGE", "GETBANNER"):
        return None
    by = seen.notes.get((seen.operation, "by"))
    first = seen.notes.setdefault((seen.operation, seen.given("LANGUAGE")), seen.elements)
    return seen.with_(first) if by is not None and by in seen.ended else None


@breach(
    "SET-010",
    "registered",
    Op.STALE,
    "A device that is not to register says that it is.",
    "SETGK.*",
    "settings*",
    "device*",
)
def _registered(seen: Seen) -> Said:
    if seen.is_ok("SETGK"):
        seen.notes["use"] = seen.given("USEGK")
    wanted = seen.is_ok("GETGK", "SETGK") and seen.notes.get("use") == "0"
    return seen.setting(GKSTATUS="Registered", USEGK="1") if wanted else None


for _operation in ("confirm", "indication"):

    def _stored(seen: Seen, part: str = _operation) -> bool:
        return seen.is_ok("SETSTORAGE") if part == "confirm" else seen.is_told("SETSTORAGE")

    @breach(
        "STO-002",
        f"other-{_operation}",
        Op.SWAP,
        f"AUTO_SAVE in the {_operation} of SETSTORAGE is the other one.",
        "SETSTORAGE.*",
        "storage*",
        "settings*",
    )
    def _auto_save(seen: Seen, wanted: Callable[[Seen], bool] = _stored) -> Said:
        return seen.setting(AUTO_SAVE="0" if seen.value("AUTO_SAVE") == "1" else "1") if wanted(seen) else None

    for _name in ("SAVE_INTERVAL", "DEL_INTERVAL"):

        @breach(
            "STO-003",
            f"{_name}-{_operation}",
            Op.SWAP,
            f"{_name} in the {_operation} of SETSTORAGE is one more.",
            "SETSTORAGE.*",
            "storage*",
            "settings*",
        )
        def _interval(seen: Seen, name: str = _name, wanted: Callable[[Seen], bool] = _stored) -> Said:
            value = seen.value(name)
            return seen.setting(**{name: str(int(value) + 1)}) if wanted(seen) and value.isdecimal() else None
