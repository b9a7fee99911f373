"""Deviations of what groups hold: GRP."""

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
NOBODY = "5eed5eed-5eed-45ee-85ee5eed5eed5eed"

# groups

_GROUPS = ("GETGROUP", "ADDGROUP", "MODGROUP")
_NEAR = ("group*", "*GROUP.*", "member*")


def _in_groups(
    clause: str, name: str, operator: Op, about: str, change: Callable[[Seen, Element], Element], *operations: str
) -> None:
    @breach(clause, name, operator, f"Groups: {about}.", *_NEAR)
    def _say(seen: Seen) -> Said:
        return seen.each(lambda one: [change(seen, one)]) if seen.is_ok(*(operations or _GROUPS)) else None


def _with_fields(change: Callable[[Field], Sequence[Field]], _seen: Seen, one: Element) -> Element:
    return structs.replace(one, fields=tuple(made for field in one.fields for made in change(field)))


def _counted(by: int, seen: Seen, one: Element) -> Element:
    count = seen.value("MEMBER_COUNT", one)
    return seen.set(one, MEMBER_COUNT=str(max(0, int(count) + by))) if count.isdecimal() else one


def _both(word: str, _seen: Seen, one: Element) -> Element:
    """Members stand among the others too."""
    members = [field for field in one.fields if field.name == word.replace("NOTIN", "MEMBER")]
    return structs.replace(one, fields=(*one.fields, *(structs.replace(field, name=word) for field in members)))


_in_groups("GRP-006", "one-more", Op.OVERFLOW, "MEMBER_COUNT is one more", partial(_counted, 1))
_in_groups("GRP-006", "one-less", Op.DROP, "MEMBER_COUNT is one less", partial(_counted, -1))
_in_groups(
    "GRP-006",
    "one-more-in-list",
    Op.OVERFLOW,
    "MEMBER_COUNT is one more in the list",
    lambda seen, one: one if seen.sent else _counted(1, seen, one),
    "GETGROUP",
)
_in_groups(
    "GRP-006",
    "always-none",
    Op.STALE,
    "MEMBER_COUNT is 0 in the list",
    lambda seen, one: one if seen.sent else seen.set(one, MEMBER_COUNT="0"),
    "GETGROUP",
)


def _renamed(old: str, new: str) -> Callable[[Seen, Element], Element]:
    return partial(_with_fields, lambda field: [structs.replace(field, name=new) if field.name == old else field])


def _without(name: str) -> Callable[[Seen, Element], Element]:
    return partial(_with_fields, lambda field: [] if field.name == name else [field])


def _first_lost(name: str, _seen: Seen, one: Element) -> Element:
    values = [field for field in one.fields if field.name == name]
    return structs.replace(one, fields=tuple(field for field in one.fields if not values or field is not values[0]))


def _named(names: Sequence[str], seen: Seen, one: Element) -> Element:
    def change(field: Field) -> Sequence[Field]:
        wanted = field.name in names and "name" in field.attributes
        return [structs.replace(field, attributes={**field.attributes, "name": "somebody else"}) if wanted else field]

    return _with_fields(change, seen, one)


_in_groups(
    "GRP-007", "users-as-endpoints", Op.SWAP, "users are told as endpoints", _renamed("MEMBER_USER", "MEMBER_EP")
)
_in_groups(
    "GRP-007", "endpoints-as-users", Op.SWAP, "endpoints are told as users", _renamed("MEMBER_EP", "MEMBER_USER")
)
_in_groups("GRP-007", "users-once", Op.DROP, "users are not told again", _without("MEMBER_USER"))
_in_groups("GRP-007", "endpoints-once", Op.DROP, "endpoints are not told again", _without("MEMBER_EP"))
_in_groups(
    "GRP-007",
    "first-lost",
    Op.DROP,
    "the first user is not told again",
    partial(_first_lost, "MEMBER_USER"),
    "GETGROUP",
)
for _word in ("NOTIN_USER", "NOTIN_EP"):
    _in_groups("GRP-008", f"first-{_word}", Op.DROP, f"the first {_word} is missing", partial(_first_lost, _word))
    _in_groups(
        "GRP-008",
        f"first-{_word}-read",
        Op.DROP,
        f"the first {_word} is missing where a group is read",
        partial(_first_lost, _word),
        "GETGROUP",
    )
    _in_groups("GRP-008", f"member-{_word}", Op.OVERFLOW, f"members are in {_word} too", partial(_both, _word))
_in_groups(
    "GRP-009",
    "members",
    Op.SWAP,
    "the name beside a member is that of another",
    partial(_named, ("MEMBER_USER", "MEMBER_EP")),
)
_in_groups(
    "GRP-009",
    "users",
    Op.SWAP,
    "the name beside a user is that of another",
    partial(_named, ("MEMBER_USER", "NOTIN_USER")),
    "GETGROUP",
)
_in_groups(
    "GRP-009",
    "endpoints",
    Op.SWAP,
    "the name beside an endpoint is that of another",
    partial(_named, ("MEMBER_EP", "NOTIN_EP")),
    "GETGROUP",
)
_in_groups(
    "GRP-013",
    "names",
    Op.SWAP,
    "GETMEMBER tells other names",
    partial(_named, ("MEMBER_USER", "MEMBER_EP")),
    "GETMEMBER",
)
_in_groups(
    "GRP-013",
    "user-lost",
    Op.LOSE,
    "GETMEMBER leaves out two users",
    lambda seen, one: _first_lost("MEMBER_USER", seen, _first_lost("MEMBER_USER", seen, one)),
    "GETMEMBER",
)
_in_groups(
    "GRP-013",
    "endpoint-lost",
    Op.LOSE,
    "GETMEMBER leaves out an endpoint",
    partial(_first_lost, "MEMBER_EP"),
    "GETMEMBER",
)
_in_groups(
    "GRP-013",
    "twice",
    Op.DOUBLE,
    "GETMEMBER tells each twice",
    partial(_with_fields, lambda field: [field, field] if field.name.startswith("MEMBER") else [field]),
    "GETMEMBER",
)
_in_groups("GRP-014", "lost", Op.LOSE, "GETALLGROUP leaves out the first", partial(_first_lost, "GROUP"), "GETALLGROUP")
_in_groups(
    "GRP-014",
    "twice",
    Op.DOUBLE,
    "GETALLGROUP tells each twice",
    partial(_with_fields, lambda field: [field, field] if field.name == "GROUP" else [field]),
    "GETALLGROUP",
)
_in_groups("GRP-014", "names", Op.SWAP, "GETALLGROUP tells other names", partial(_named, ("GROUP",)), "GETALLGROUP")


@breach("GRP-010", "all", Op.OVERFLOW, "GETGROUP with name and GUID tells of all groups.", *_NEAR)
def _all_groups(seen: Seen) -> Said:
    if seen.is_ok("GETGROUP") and not seen.sent:
        seen.notes["all"] = seen.elements
    return (
        seen.with_([*seen.elements, *seen.notes.get("all", ())])
        if seen.is_ok("GETGROUP") and len(seen.sent) == 2
        else None
    )


@breach("GRP-010", "another", Op.SWAP, "GETGROUP with name and GUID tells of another group.", *_NEAR)
def _another_group(seen: Seen) -> Said:
    if not seen.is_ok("GETGROUP") or len(seen.sent) != 2:
        return None
    return seen.setting(GROUPNAME="another", GROUPID=NOBODY)


@breach("GRP-010", "no-members", Op.DROP, "GETGROUP with name and GUID tells no members.", *_NEAR)
def _no_members(seen: Seen) -> Said:
    if not seen.is_ok("GETGROUP") or len(seen.sent) != 2:
        return None
    return seen.each(
        lambda one: [
            structs.replace(
                one,
                fields=tuple(field for field in one.fields if field.name not in ("MEMBER", "MEMBER_USER", "MEMBER_EP")),
            )
        ]
    )


def _members_of(seen: Seen) -> None:
    """The members of each group as they were first sent."""
    if seen.is_ok("ADDGROUP"):
        seen.notes[seen.given("GROUPNAME")] = [value for name, value in seen.sent if name == "MEMBER"]
    elif seen.is_ok("MODGROUP"):
        seen.notes.setdefault("modified", set()).add(seen.given("GROUPNAME"))


@breach("GRP-011", "kept", Op.STALE, "MODGROUP leaves the members as they were.", *_NEAR)
def _members_kept(seen: Seen) -> Said:
    _members_of(seen)
    modified = seen.notes.get("modified", ())

    def change(one: Element) -> list[Element]:
        name = seen.value("GROUPNAME", one)
        first = seen.notes.get(name, [])
        return [seen.set(one, MEMBER=first, MEMBER_COUNT=str(len(first))) if name in modified and seen.sent else one]

    return rows(seen, "GETGROUP", change)


@breach("GRP-011", "joined", Op.OVERFLOW, "MODGROUP adds members and takes none away.", *_NEAR)
def _members_joined(seen: Seen) -> Said:
    _members_of(seen)
    modified = seen.notes.get("modified", ())

    def change(one: Element) -> list[Element]:
        name = seen.value("GROUPNAME", one)
        both = list(dict.fromkeys([*seen.values(one, "MEMBER"), *seen.notes.get(name, [])]))
        return [seen.set(one, MEMBER=both, MEMBER_COUNT=str(len(both))) if name in modified and seen.sent else one]

    return rows(seen, "GETGROUP", change)


@breach("GRP-016", "kept", Op.STALE, "A removed account stays a member.", *_NEAR, "account*")
def _removed_member(seen: Seen) -> Said:
    if seen.is_ok("DELDEVUSER", "DELENDPOINT"):
        seen.notes.setdefault("gone", []).append(seen.value("USERID") or seen.value("SOURCEID"))
    if seen.is_ok("ADDGROUP", "MODGROUP"):
        seen.notes.setdefault("members", {})[seen.given("GROUPNAME")] = [
            value for name, value in seen.sent if name == "MEMBER"
        ]
    gone = seen.notes.get("gone", ())

    def change(one: Element) -> list[Element]:
        lost = [value for value in seen.notes.get("members", {}).get(seen.value("GROUPNAME", one), []) if value in gone]
        there = seen.values(one, "MEMBER")
        return [
            seen.set(one, MEMBER=[*there, *lost], MEMBER_COUNT=str(len(there) + len(lost)))
            if lost and seen.sent
            else one
        ]

    return rows(seen, "GETGROUP", change)


for _field, _value in (("DESCRIPTION", "as it is in the list"), ("MEMBER_COUNT", "99"), ("GROUPNAME", "listed so")):
    breach(
        "GRP-018",
        f"other-{_field}",
        Op.SWAP,
        f"The list tells another {_field} than where one group is asked for.",
        *_NEAR,
    )(
        lambda seen, field=_field, value=_value: (
            seen.setting(**{field: value}) if seen.is_ok("GETGROUP") and not seen.sent else None
        )  # type: ignore[misc]
    )
