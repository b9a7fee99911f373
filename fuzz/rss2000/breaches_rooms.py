"""Deviations of rooms and single-point settings: ROO, SPT."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from msgspec import structs

from fuzz.rss2000.breaches_accounts import rows
from harness.mutation.mutant import Operator as Op
from harness.mutation.packet_pretend import Register
from harness.mutation.packet_seen import Said, Seen
from harness.wire.xmlmessage import Element, Field

breach = Register()
ROOMS = ("GETROOM", "ADDROOM", "MODROOM")
SINGLE = ("GETSP", "SETSP")
Edit = Callable[[Seen, Element], Element]


def edited(
    breach: Register,
    near: tuple[str, ...],
    clause: str,
    name: str,
    operator: Op,
    about: str,
    change: Edit,
    *operations: str,
) -> None:
    """Register a device that answers some commands with changed elements."""

    @breach(clause, name, operator, f"{about}.", *near)
    def _say(seen: Seen) -> Said:
        return seen.each(lambda one: [change(seen, one)]) if seen.is_ok(*operations) else None


def fields(change: Callable[[Field], Sequence[Field]]) -> Edit:
    """An element with other fields."""
    return lambda _seen, one: structs.replace(one, fields=tuple(made for field in one.fields for made in change(field)))


def without(*names: str) -> Edit:
    """Without some fields."""
    return fields(lambda field: [] if field.name in names else [field])


def first_lost(name: str, _seen: Seen, one: Element) -> Element:
    """Without the first field of a name."""
    first = next((field for field in one.fields if field.name == name), None)
    return structs.replace(one, fields=tuple(field for field in one.fields if field is not first))


def last_lost(name: str, _seen: Seen, one: Element) -> Element:
    """Without the last field of a name, which is that of the newest object."""
    last = next((field for field in reversed(one.fields) if field.name == name), None)
    return structs.replace(one, fields=tuple(field for field in one.fields if field is not last))


def named(*names: str) -> Edit:
    """With another name beside."""
    return fields(
        lambda field: (
            [structs.replace(field, attributes={**field.attributes, "name": "somebody else"})]
            if field.name in names and "name" in field.attributes
            else [field]
        )
    )


def also(source: str, target: str) -> Edit:
    """What stands in one field stands in another one too."""

    def change(_seen: Seen, one: Element) -> Element:
        more = [structs.replace(field, name=target) for field in one.fields if field.name == source]
        return structs.replace(one, fields=(*one.fields, *more))

    return change


def flipped(name: str, seen: Seen, one: Element) -> Element:
    """A flag that is the other way round."""
    value = seen.value(name, one)
    return seen.set(one, **{name: "0" if value == "1" else "1"}) if value else one


def one_more(name: str, seen: Seen, one: Element) -> Element:
    """A number that is one more."""
    value = seen.value(name, one)
    return seen.set(one, **{name: str(int(value) + 1)}) if value.isdecimal() else one


# rooms

_ROOM = ("room.*", "ADDROOM.*", "MODROOM.*", "GETROOM.*")
_room = partial(edited, breach, _ROOM)


def _detail(change: Edit) -> Edit:
    """Only where one is asked for."""
    return lambda seen, one: change(seen, one) if seen.given("INDEX") is not None else one


def _listed(change: Edit) -> Edit:
    """Only in the list."""
    return lambda seen, one: one if seen.sent else change(seen, one)


_room("ROO-005", "other", Op.SWAP, "H239 of rooms is the other way round", partial(flipped, "H239"), *ROOMS)
_room(
    "ROO-005",
    "listed",
    Op.SWAP,
    "H239 is the other way round in the list",
    _listed(partial(flipped, "H239")),
    "GETROOM",
)
_room("ROO-005", "always-0", Op.STALE, "H239 is always 0", lambda seen, one: seen.set(one, H239="0"), *ROOMS)


@breach("ROO-006", "all", Op.OVERFLOW, "GETROOM with INDEX tells of all rooms.", *_ROOM)
def _all_rooms(seen: Seen) -> Said:
    if seen.is_ok("GETROOM") and not seen.sent:
        seen.notes["all"] = seen.elements
    return seen.with_([*seen.elements, *seen.notes.get("all", ())]) if seen.is_ok("GETROOM") and seen.sent else None


_room(
    "ROO-006",
    "another",
    Op.SWAP,
    "GETROOM with INDEX tells of another room",
    _detail(partial(one_more, "INDEX")),
    "GETROOM",
)
_room(
    "ROO-006",
    "no-groups",
    Op.DROP,
    "GETROOM with INDEX tells no groups",
    _detail(without("RECORDID", "VIEWID", "RECORDIDEXT", "VIEWIDEXT")),
    "GETROOM",
)
for _id, _ext, _not in (("RECORDID", "RECORDIDEXT", "NOTIN_REC"), ("VIEWID", "VIEWIDEXT", "NOTIN_VIEW")):
    _room("ROO-008", f"{_ext}-names", Op.SWAP, f"The names in {_ext} are others", named(_ext), *ROOMS)
    _room("ROO-008", f"{_ext}-lost", Op.DROP, f"The first {_ext} is missing", partial(first_lost, _ext), *ROOMS)
    _room(
        "ROO-008",
        f"{_ext}-read-lost",
        Op.DROP,
        f"The first {_ext} is missing where a room is read",
        partial(first_lost, _ext),
        "GETROOM",
    )
    _room("ROO-009", f"{_not}-lost", Op.DROP, f"The last {_not} is missing", partial(last_lost, _not), *ROOMS)
    _room("ROO-009", f"{_not}-both", Op.OVERFLOW, f"Groups stand in {_id} and {_not}", also(_ext, _not), *ROOMS)
    _room(
        "ROO-015",
        f"{_id}-lost",
        Op.DROP,
        f"The first {_id} is not stored",
        lambda seen, one, group=_id, ext=_ext: first_lost(ext, seen, first_lost(group, seen, one)),  # type: ignore[misc]
        "GETROOM",
    )
    _room("ROO-015", f"{_id}-none", Op.DROP, f"No {_id} is stored", without(_id, _ext), "GETROOM")


@breach("ROO-015", "kept", Op.STALE, "MODROOM leaves the groups as they were.", *_ROOM)
def _groups_kept(seen: Seen) -> Said:
    if not seen.is_ok("GETROOM") or not seen.sent:
        return None
    index = seen.given("INDEX")

    def change(one: Element) -> list[Element]:
        first = seen.notes.setdefault(index, (seen.values(one, "RECORDID"), seen.values(one, "VIEWID")))
        return [seen.set(one, RECORDID=first[0], VIEWID=first[1])]

    return seen.each(change)


_room(
    "ROO-010",
    "texts",
    Op.RETYPE,
    "Rooms have texts of STATUS of their own",
    lambda seen, one: seen.set(one, STATUS=f"state of {seen.value('INDEX', one)}"),
    "GETROOM",
)


@breach("ROO-010", "one", Op.RETYPE, "The last room of the list has another text of STATUS.", *_ROOM)
def _one_text(seen: Seen) -> Said:
    wanted = seen.is_ok("GETROOM") and len(seen.elements) > 1
    return seen.each(lambda one: [seen.set(one, STATUS="other")], "last") if wanted else None


_room(
    "ROO-011",
    "too-many",
    Op.OVERFLOW,
    "More endpoints are in rooms than may join",
    lambda seen, one: seen.set(one, PARTIMAX="2", PARTINOW="3"),
    "GETROOM",
)


def _new_room(seen: Seen) -> list[str]:
    found: list[str] = seen.notes.setdefault("new", [])
    if seen.is_ok("ADDROOM"):
        found.append(seen.value("INDEX"))
    return found


@breach("ROO-012", "busy", Op.STALE, "A new room is recording.", *_ROOM)
def _busy(seen: Seen) -> Said:
    new = _new_room(seen)
    if seen.is_ok("ADDROOM"):
        return seen.setting(STATUS_INDEX="1", STATUS="recording")
    return rows(
        seen,
        "GETROOM",
        lambda one: [seen.set(one, STATUS_INDEX="1", STATUS="recording") if seen.value("INDEX", one) in new else one],
    )


@breach("ROO-012", "full", Op.STALE, "There is an endpoint in a new room.", *_ROOM)
def _occupied(seen: Seen) -> Said:
    new = _new_room(seen)
    if seen.is_ok("ADDROOM"):
        return seen.setting(PARTINOW="1", PARTIMAX="4")
    return rows(
        seen,
        "GETROOM",
        lambda one: [seen.set(one, PARTINOW="1", PARTIMAX="4") if seen.value("INDEX", one) in new else one],
    )


for _operation in ("ADDROOM", "MODROOM", "DELROOM"):

    @breach("ROO-013", f"after-{_operation}", Op.OVERFLOW, f"{_operation} changes another room.", *_ROOM)
    def _other_room(seen: Seen, operation: str = _operation) -> Said:
        if seen.is_ok(operation):
            seen.notes["by"] = seen.given("INDEX") or seen.value("INDEX")
        by = seen.notes.get("by")
        if by is None or not seen.is_ok("GETROOM"):
            return None
        other = next((seen.value("INDEX", one) for one in seen.elements if seen.value("INDEX", one) != by), None)
        return seen.each(lambda one: [one_more("RATE", seen, one) if seen.value("INDEX", one) == other else one])


for _field in ("RATE", "ROOM_ID", "IFRAMEINTERVAL", "PARTIMAX"):
    _room(
        "ROO-014", f"other-{_field}", Op.SWAP, f"The list tells another {_field} than where a room is asked for",
        _listed(lambda seen, one, name=_field: seen.set(one, **{name: seen.value(name, one) + "1"})), "GETROOM",  # type: ignore[misc]
    )  # fmt: skip


@breach("ROO-016", "last-lost", Op.LOSE, "The last room is not listed.", *_ROOM)
def _last_room(seen: Seen) -> Said:
    return (
        seen.with_(seen.elements[:-1]) if seen.is_ok("GETROOM") and not seen.sent and len(seen.elements) > 1 else None
    )


@breach("ROO-016", "first-twice", Op.DOUBLE, "The first room is listed twice.", *_ROOM)
def _first_room(seen: Seen) -> Said:
    return (
        seen.with_([*seen.elements, seen.elements[0]])
        if seen.is_ok("GETROOM") and not seen.sent and seen.elements
        else None
    )


@breach("ROO-016", "ghost", Op.OVERFLOW, "A room is listed that is not there.", *_ROOM)
def _ghost(seen: Seen) -> Said:
    if not seen.is_ok("GETROOM") or seen.sent or not seen.elements:
        return None
    return seen.with_([*seen.elements, seen.set(seen.elements[-1], INDEX="777777", ROOM_ID="nobody")])


# single-point settings

_single = partial(edited, breach, ("single-point.*", "SETSP.*", "GETSP.*"))
_single(
    "SPT-002",
    "first-lost",
    Op.DROP,
    "The first group of RECORDID is lost",
    lambda seen, one: first_lost("RECORDIDEXT", seen, first_lost("RECORDID", seen, one)),
    "GETSP",
)
_single("SPT-002", "none", Op.DROP, "Groups are not stored", without("RECORDID", "RECORDIDEXT"), "GETSP")
_single("SPT-002", "ext-lost", Op.DROP, "The first RECORDIDEXT is missing", partial(first_lost, "RECORDIDEXT"), *SINGLE)
_single("SPT-003", "first-lost", Op.DROP, "The last NOTIN is missing", partial(last_lost, "NOTIN"), *SINGLE)
_single("SPT-003", "both", Op.OVERFLOW, "Groups stand in RECORDID and NOTIN", also("RECORDIDEXT", "NOTIN"), *SINGLE)
_single("SPT-004", "names", Op.SWAP, "The names of groups are others", named("RECORDIDEXT", "NOTIN"), *SINGLE)
_single(
    "SPT-004",
    "names-read",
    Op.SWAP,
    "The names of groups are others where they are read",
    named("NOTIN", "RECORDIDEXT"),
    "GETSP",
)
