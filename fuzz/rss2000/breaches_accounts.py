"""Deviations of accounts, and of groups where they are alike: ACC, GRP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from harness.mutation.mutant import Operator as Op
from harness.mutation.packet_pretend import Register
from harness.mutation.packet_seen import Said, Seen
from harness.wire.xmlmessage import Element

breach = Register()
# kind -> list, add, modify, remove, name, id, a text
KINDS = {
    "endpoint": ("GETENDPOINT", "ADDENDPOINT", "MODENDPOINT", "DELENDPOINT", "SOURCENAME", "SOURCEID", "H323"),
    "user": ("GETDEVUSER", "ADDDEVUSER", "MODDEVUSER", "DELDEVUSER", "USERNAME", "USERID", "EMAIL"),
    "group": ("GETGROUP", "ADDGROUP", "MODGROUP", "DELGROUP", "GROUPNAME", "GROUPID", "DESCRIPTION"),
}
NOBODY = "5eed5eed-5eed-45ee-85ee5eed5eed5eed"
Kind = tuple[str, ...]


def other_id(value: str) -> str:
    """Another GUID."""
    return value[:-1] + ("0" if value[-1:] != "0" else "1")


def rows(seen: Seen, operation: str, change: Callable[[Element], Sequence[Element]]) -> Said:
    """The list with something else in place of its entries."""
    return seen.each(change) if seen.is_ok(operation) else None


def added(seen: Seen, kind: Kind) -> list[str]:
    """Names of what was added and is there, the newest last."""
    found: list[str] = seen.notes.setdefault(("added", kind), [])
    name = seen.given(kind[4]) or ""
    if seen.is_ok(kind[1]) and name not in found:
        found.append(name)
    elif seen.is_ok(kind[3]) and name in found:
        found.remove(name)
        seen.notes.setdefault(("removed", kind), []).append(name)
    return found


def removed(seen: Seen, kind: Kind) -> list[str]:
    """Names of what was added and removed again."""
    added(seen, kind)
    gone: list[str] = seen.notes.setdefault(("removed", kind), [])
    return gone


def each(clause: str, name: str, operator: Op, about: str, say: Callable[[Kind, Seen], Said], *kinds: str) -> None:
    """A deviation for each of these kinds."""
    for kind in kinds or ("endpoint", "user"):
        near = (f"{KINDS[kind][1]}.*", f"{KINDS[kind][2]}.*", f"{kind}.*", "account*", "group*")
        breach(clause, f"{kind}.{name}", operator, f"{kind.capitalize()}s: {about}.", *near)(partial(say, KINDS[kind]))


# GUIDs


def _same_id(kind: Kind, seen: Seen) -> Said:
    names = added(seen, kind)
    if seen.is_ok(kind[1]):
        first = seen.notes.setdefault("id", seen.value(kind[5]))
        return seen.setting(**{kind[5]: first})
    first = seen.notes.get("id")
    return rows(
        seen,
        kind[0],
        lambda one: [seen.set(one, **{kind[5]: first}) if first and seen.value(kind[4], one) in names else one],
    )


each("ACC-011", "same-id", Op.DOUBLE, "a new one has the GUID of the one before", _same_id)
each("GRP-012", "same-id", Op.DOUBLE, "a new one has the GUID of the one before", _same_id, "group")


def _as_listed_first(kind: Kind, seen: Seen) -> Said:
    """The GUID of the first entry of the list is that of what is added."""
    if seen.is_ok(kind[0]):
        seen.notes["id"] = seen.value(kind[5])
    first, names = seen.notes.get("id"), added(seen, kind)
    if seen.is_ok(kind[1]) and first:
        return seen.setting(**{kind[5]: first})
    return rows(
        seen,
        kind[0],
        lambda one: [seen.set(one, **{kind[5]: first}) if first and seen.value(kind[4], one) in names else one],
    )


each("ACC-011", "of-the-first", Op.DOUBLE, "a new one has the GUID of the first of the list", _as_listed_first)


def _listed_otherwise(kind: Kind, seen: Seen) -> Said:
    names = added(seen, kind)
    return rows(
        seen,
        kind[0],
        lambda one: [
            seen.set(one, **{kind[5]: other_id(seen.value(kind[5], one))}) if seen.value(kind[4], one) in names else one
        ],
    )


def _modified_otherwise(kind: Kind, seen: Seen) -> Said:
    return seen.setting(**{kind[5]: other_id(seen.value(kind[5]))}) if seen.is_ok(kind[2]) else None


def _new_when_modified(kind: Kind, seen: Seen) -> Said:
    if seen.is_ok(kind[2]):
        seen.notes.setdefault("new", set()).add(seen.given(kind[4]))
        return seen.setting(**{kind[5]: other_id(seen.value(kind[5]))})
    new = seen.notes.get("new", ())
    return rows(
        seen,
        kind[0],
        lambda one: [
            seen.set(one, **{kind[5]: other_id(seen.value(kind[5], one))}) if seen.value(kind[4], one) in new else one
        ],
    )


def _removed_otherwise(kind: Kind, seen: Seen) -> Said:
    return seen.setting(**{kind[5]: other_id(seen.value(kind[5]))}) if seen.is_ok(kind[3]) else None


for _clause, _kinds in (("ACC-012", ("endpoint", "user")), ("GRP-012", ("group",))):
    each(
        _clause,
        "listed-otherwise",
        Op.SWAP,
        "the list tells another GUID than the confirm did",
        _listed_otherwise,
        *_kinds,
    )
    each(
        _clause,
        "modified-otherwise",
        Op.SWAP,
        "the confirm of a change tells another GUID",
        _modified_otherwise,
        *_kinds,
    )
    each(_clause, "new-when-modified", Op.SWAP, "a change brings a new GUID", _new_when_modified, *_kinds)
each("ACC-019", "other-id", Op.SWAP, "the confirm of a removal tells another GUID", _removed_otherwise)
each("GRP-017", "other-id", Op.SWAP, "the confirm of a removal tells another GUID", _removed_otherwise, "group")


@breach(
    "ACC-019",
    "other-address",
    Op.SWAP,
    "The confirm of a removal tells another address.",
    "DELENDPOINT.*",
    "ADDENDPOINT.*",
    "endpoint*",
)
def _other_address(seen: Seen) -> Said:
    return seen.setting(SOURCEIP="10.99.99.99", E164="1") if seen.is_ok("DELENDPOINT") else None


@breach(
    "GRP-017", "description", Op.STALE, "The confirm of a removal tells another description.", "group*", "DELGROUP.*"
)
def _other_description(seen: Seen) -> Said:
    return seen.setting(DESCRIPTION="gone") if seen.is_ok("DELGROUP") else None


@breach("GRP-017", "count", Op.SWAP, "The confirm of a removal counts one member more.", "group*", "DELGROUP.*")
def _other_count(seen: Seen) -> Said:
    return (
        seen.setting(MEMBER_COUNT=str(int(seen.value("MEMBER_COUNT") or "0") + 1)) if seen.is_ok("DELGROUP") else None
    )


# lists


def _first_twice(kind: Kind, seen: Seen) -> Said:
    return (
        seen.with_([*seen.elements, seen.elements[0]])
        if seen.is_ok(kind[0]) and seen.elements and not seen.sent
        else None
    )


def _last_lost(kind: Kind, seen: Seen) -> Said:
    return seen.with_(seen.elements[:-1]) if seen.is_ok(kind[0]) and len(seen.elements) > 1 else None


def _middle_lost(kind: Kind, seen: Seen) -> Said:
    at = len(seen.elements) // 2
    return (
        seen.with_([*seen.elements[:at], *seen.elements[at + 1 :]])
        if seen.is_ok(kind[0]) and len(seen.elements) > 2
        else None
    )


def _more(kind: Kind, seen: Seen) -> Said:
    if not seen.is_ok(kind[0]) or not seen.elements or seen.sent:
        return None
    return seen.with_(
        [*seen.elements, seen.set(seen.elements[-1], **{kind[4]: "nobody has added this", kind[5]: NOBODY})]
    )


for _clause, _kinds in (("ACC-013", ("endpoint", "user")), ("GRP-019", ("group",))):
    each(_clause, "first-twice", Op.DOUBLE, "the first of the list stands there twice", _first_twice, *_kinds)
    each(_clause, "last-lost", Op.LOSE, "the last of the list is lost", _last_lost, *_kinds)
    each(_clause, "middle-lost", Op.LOSE, "one in the middle of the list is lost", _middle_lost, *_kinds)
    each(_clause, "one-more", Op.OVERFLOW, "the list has one that is not there", _more, *_kinds)


def _other_changed(kind: Kind, after: int, seen: Seen) -> Said:
    """After a change of one, another one has another text."""
    names = added(seen, kind)
    if seen.is_ok(kind[after]):
        seen.notes["changed"] = seen.given(kind[4])
    by = seen.notes.get("changed")
    if by is None or not seen.is_ok(kind[0]):
        return None
    there = {seen.value(kind[4], one) for one in seen.elements}
    wanted = [name for name in names if name != by and name in there][:1]
    others = wanted or [name for one in seen.elements if (name := seen.value(kind[4], one)) != by][:1]
    return rows(
        seen,
        kind[0],
        lambda one: [seen.set(one, **{kind[6]: "changed by another"}) if seen.value(kind[4], one) in others else one],
    )


for _clause, _kinds in (("ACC-014", ("endpoint", "user")), ("GRP-015", ("group",))):
    for _after, _word in ((1, "adding"), (2, "modifying"), (3, "removing")):
        each(
            _clause,
            f"after-{_word}",
            Op.OVERFLOW,
            f"{_word} one changes another one",
            lambda kind, seen, after=_after: _other_changed(kind, after, seen),  # type: ignore[misc]
            *_kinds,
        )


# names


def _again_refused(kind: Kind, seen: Seen) -> Said:
    gone = list(removed(seen, kind)) if not seen.is_ok(kind[1]) else seen.notes.get(("removed", kind), [])
    return seen.refused("The name is in use") if seen.is_ok(kind[1]) and seen.given(kind[4]) in gone else None


def _twice_taken(kind: Kind, seen: Seen) -> Said:
    names = added(seen, kind)
    return seen.accepted() if seen.is_refused(kind[1]) and seen.given(kind[4]) in names else None


def _second_taken(kind: Kind, seen: Seen) -> Said:
    names = added(seen, kind)
    if not seen.is_refused(kind[1]) or seen.given(kind[4]) not in names:
        return None
    again = seen.given(kind[4]) in seen.notes
    seen.notes[seen.given(kind[4])] = True
    return seen.accepted() if again else None


each("ACC-020", "again-refused", Op.REFUSE, "what was removed cannot be added again", _again_refused)
each("GRP-021", "again-refused", Op.REFUSE, "what was removed cannot be added again", _again_refused, "group")
each("ACC-021", "taken", Op.ACCEPT, "a second one of the same name is taken", _twice_taken)
each(
    "ACC-021",
    "second-taken",
    Op.STALE,
    "a second one of the same name is taken when it is asked for again",
    _second_taken,
)
each("GRP-020", "taken", Op.ACCEPT, "a second one of the same name is taken", _twice_taken, "group")


def _blank_kept(kind: Kind, seen: Seen) -> Said:
    """A blank field leaves what was there."""
    texts = seen.notes.setdefault("texts", {})
    name = seen.given(kind[4])
    if seen.is_ok(kind[1], kind[2]) and name:
        if seen.given(kind[6]):
            texts[name] = seen.given(kind[6])
        elif name in texts:
            seen.notes.setdefault("blank", set()).add(name)
        if seen.given(kind[6]):
            seen.notes.setdefault("blank", set()).discard(name)
    blank = seen.notes.get("blank", ())
    return rows(
        seen,
        kind[0],
        lambda one: [
            seen.set(one, **{kind[6]: texts[seen.value(kind[4], one)]}) if seen.value(kind[4], one) in blank else one
        ],
    )


each("ACC-018", "kept", Op.STALE, "a blank text leaves what was there", _blank_kept)


# passwords


def _password(seen: Seen) -> None:
    """Who has which password, and had."""
    passwords = seen.notes.setdefault("passwords", {})
    name = seen.given("USERNAME")
    if seen.is_ok("ADDDEVUSER", "MODDEVUSER") and seen.given("PASSWORD") is not None:
        passwords.setdefault(name, []).append(seen.given("PASSWORD"))
    elif seen.is_ok("DELDEVUSER"):
        seen.notes.setdefault("gone", {})[name] = passwords.pop(name, [])


def _login(seen: Seen) -> Said:
    return seen.accepted(PRIVILEGE="1", SESSIONID=seen.live[-1]) if seen.live else None


@breach("ACC-015", "refused", Op.REFUSE, "A new user cannot log in.", "LOGIN.*", "user.*")
def _new_refused(seen: Seen) -> Said:
    _password(seen)
    return seen.refused() if seen.is_ok("LOGIN") and seen.given("USERNAME") in seen.notes["passwords"] else None


@breach("ACC-015", "blank-refused", Op.REFUSE, "A user with a blank password cannot log in.", "LOGIN.*", "user.*")
def _blank_refused(seen: Seen) -> Said:
    _password(seen)
    own = seen.is_ok("LOGIN") and seen.given("USERNAME") in seen.notes["passwords"]
    return seen.refused() if own and not seen.given("PASSWORD") else None


@breach("ACC-015", "any-password", Op.ACCEPT, "A new user may have any password.", "LOGIN.*", "user.*")
def _any_password(seen: Seen) -> Said:
    _password(seen)
    return _login(seen) if seen.is_refused("LOGIN") and seen.given("USERNAME") in seen.notes["passwords"] else None


@breach("ACC-015", "beyond-ascii", Op.REFUSE, "A password beyond ASCII is not taken.", "LOGIN.*", "user.*")
def _ascii_only(seen: Seen) -> Said:
    _password(seen)
    return seen.refused() if seen.is_ok("LOGIN") and not (seen.given("PASSWORD") or "").isascii() else None


@breach("ACC-016", "old-taken", Op.STALE, "The old password is still taken.", "user.password-changed")
def _old_taken(seen: Seen) -> Said:
    _password(seen)
    old = seen.notes["passwords"].get(seen.given("USERNAME"), [])[:-1]
    return _login(seen) if seen.is_refused("LOGIN") and seen.given("PASSWORD") in old else None


@breach("ACC-016", "new-refused", Op.STALE, "The new password is not taken.", "user.password-changed")
def _new_password_refused(seen: Seen) -> Said:
    _password(seen)
    known = seen.notes["passwords"].get(seen.given("USERNAME"), [])
    return seen.refused() if seen.is_ok("LOGIN") and len(known) > 1 and seen.given("PASSWORD") != known[0] else None


@breach("ACC-017", "still-there", Op.STALE, "A removed user can log in.", "user.deleted")
def _still_there(seen: Seen) -> Said:
    _password(seen)
    return _login(seen) if seen.is_refused("LOGIN") and seen.given("USERNAME") in seen.notes.get("gone", {}) else None
