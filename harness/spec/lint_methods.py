"""Mistakes in methods that are called with structs: what they need, show, list, undo, and which faults they give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from harness.spec.callmodel import Direction, FaultUse, Listing, Member, Method, Shown
from harness.spec.documentmodel import Requirement
from harness.spec.lint_members import (
    Members,
    member_at,
    member_mistakes,
    readings_mistakes,
    span_mistakes,
    values_mistakes,
)
from harness.spec.lint_sections import ambiguity_of
from harness.spec.mistake import Keys, Mistake, known
from harness.spec.model import Operation, System

_SLOT = re.compile(r"(?P<name>[^=]+)=\{(?P<from>taken|returned|before)\.(?P<path>[^{}]+)\}")


def method_mistakes(system: System, name: str, operation: Operation, method: Method) -> Iterator[Mistake]:
    """Every mistake in one method."""
    place: Keys = ("operations", name, "call")
    yield from span_mistakes(system, place, method.since, method.until)
    yield from member_mistakes(system, (*place, "takes"), method.takes, Direction.TAKEN)
    yield from member_mistakes(system, (*place, "returns"), method.returns, Direction.RETURNED, method)
    for path, member in method.returns.items():
        if member.echo is not None and member_at(system, method.takes, member.echo) is None:
            yield from known((*place, "returns", path, "echo"), member.echo, method.takes, "a member of the call")
    if system.calls is not None:
        for taken in system.calls.head:
            if taken in method.takes:
                yield Mistake((*place, "takes", taken), "no member of the head of every call", taken)
    yield from _objects(place, method)
    for index, need in enumerate(method.needs):
        yield from need_mistakes(system, (*place, "needs", str(index)), need, method.takes)
    for fault, use in method.faults.items():
        yield from _fault(system, (*place, "faults", fault), fault, use)
    for index, shown in enumerate(method.shown):
        yield from _shown(system, (*place, "shown", str(index)), method, shown)
    if method.listing is not None:
        yield from _listing(system, (*place, "listing"), method, method.listing)
    yield from known((*place, "callback"), method.callback, system.callbacks, "a call that the device makes")
    yield from ambiguity_of(system, (*place, "optional"), method.optional)
    if method.rights is not None and method.rights not in system.clauses:
        yield from ambiguity_of(system, (*place, "rights"), method.rights)
    yield from _undo(system, name, operation, method)


def _objects(place: Keys, method: Method) -> Iterator[Mistake]:
    """What a method makes and ends."""
    for key, members, what in (("makes", method.returns, "returned"), ("ends", method.takes, "taken")):
        name = getattr(method, key)
        yield from known((*place, key), name, members, f"a {what} member")
        if name in members and members[name].object is None:
            yield Mistake((*place, key), "a member that identifies an object", name)


def need_mistakes(system: System, place: Keys, need: Requirement, members: Members) -> Iterator[Mistake]:
    """Mistakes in a rule on which members there must be together."""
    if not need.groups or not all(need.groups):
        yield Mistake((*place, "groups"), "groups of members, none of them empty", str(need.groups))
    for index, group in enumerate(need.groups):
        for at, path in enumerate(group):
            if member_at(system, members, path) is None:
                yield from known((*place, "groups", str(index), str(at)), path, members, "a member of the call")
    for index, error in enumerate(need.errors):
        yield from known((*place, "errors", str(index)), error, system.errors, "an error of the catalogue")
    for key in ("surplus", "ambiguity"):
        yield from ambiguity_of(system, (*place, key), getattr(need, key))
    if len(need.errors) > 1 and need.ambiguity is None:
        yield Mistake((*place, "errors"), "`ambiguity`, for there are several errors", ", ".join(need.errors))
    if not need.errors and need.ambiguity is None:
        yield Mistake(place, "`errors` or `ambiguity`", "an answer that nothing gives")
    for path, values in need.when.items():
        found = member_at(system, members, path)
        if found is None:
            yield from known((*place, "when", path), path, members, "a member of the call")
        else:
            yield from values_mistakes(system, (*place, "when", path), found, values)
    yield from known((*place, "clause"), need.clause, system.clauses, "the id of a stated clause")


def _fault(system: System, place: Keys, name: str, use: FaultUse) -> Iterator[Mistake]:
    if use.faults:
        for reading, fault in use.faults.items():
            yield from known((*place, "faults", reading), fault, system.errors, "an error of the catalogue")
    else:
        yield from known(place, name, system.errors, "an error of the catalogue, or `faults`")
    if name not in system.errors and not use.source.word:
        yield Mistake((*place, "source", "word"), "a word that stands in the cited lines", "none")
    yield from readings_mistakes(system, place, "faults", use.faults, use.ambiguity, "ambiguity")
    yield from known((*place, "clause"), use.clause, system.clauses, "the id of a stated clause")
    yield from known((*place, "state"), use.state, system.circumstances, "a circumstance")


def _shown(system: System, place: Keys, method: Method, shown: Shown) -> Iterator[Mistake]:
    other = system.operations.get(shown.method)
    if other is None or other.call is None:
        yield from known((*place, "method"), shown.method, _methods(system), "a method")
        return
    replied = other.call.returns
    if shown.within is not None:
        inside = member_at(system, replied, shown.within)
        struct = system.structs.get((inside.struct if inside is not None else None) or "")
        if inside is None or not inside.array or struct is None:
            yield Mistake((*place, "within"), f"an array of structs in the reply of {shown.method}", shown.within)
            return
        replied = struct.members
    for key, table, members in (("by", shown.by, other.call.takes), ("key", shown.key, replied)):
        for name, path in table.items():
            yield from known((*place, key, name), name, members, f"a member of {shown.method}")
            yield from _source_path(system, (*place, key, name), method, path)
    for name, member in method.takes.items():
        if member.hidden or member.object is not None:
            continue
        path = member.shown or name
        if member_at(system, replied, path) is None and len(method.shown) == 1:
            yield Mistake(
                ("operations", place[1], "call", "takes", name),
                f"`hidden`, or `shown`: where {shown.method} shows it",
                f"{path}, which is not in its reply",
            )


def _source_path(system: System, keys: Keys, method: Method, path: str) -> Iterator[Mistake]:
    """`taken.PATH` or `returned.PATH` of a call."""
    side, _, rest = path.partition(".")
    members: Mapping[str, Member] | None = {"taken": method.takes, "returned": method.returns}.get(side)
    if members is None:
        yield Mistake(keys, "taken.MEMBER or returned.MEMBER", path)
    elif member_at(system, members, rest) is None:
        yield from known(keys, rest, members, f"a {side} member")


def _listing(system: System, place: Keys, method: Method, listing: Listing) -> Iterator[Mistake]:
    for key, members, what in (
        ("cookie", method.takes, "taken"),
        ("cookie", method.returns, "returned"),
        ("more", method.returns, "returned"),
        ("limit", method.takes, "taken"),
    ):
        yield from known((*place, key), getattr(listing, key), members, f"a {what} member")
    for key, names, table in (
        ("items", listing.items, method.returns),
        ("first_only", listing.first_only, method.takes),
        ("fixed", listing.fixed, method.takes),
    ):
        for index, name in enumerate(names):
            yield from known((*place, key, str(index)), name, table, "a member of the method")
    for name in listing.items:
        items = method.returns.get(name)
        if items is not None and not items.array:
            yield Mistake((*place, "items"), "arrays", name)
        struct = system.structs.get((items.struct if items is not None else None) or "")
        if listing.key is not None and struct is not None:
            yield from known((*place, "key"), listing.key, struct.members, f"a member of {name}")
    yield from known((*place, "object"), listing.object, system.objects, "an object")
    yield from known((*place, "deletions"), listing.deletions, _methods(system), "a method")


def _undo(system: System, name: str, operation: Operation, method: Method) -> Iterator[Mistake]:
    undo = operation.undo
    if undo is None:
        return
    place: Keys = ("operations", name, "undo")
    other = system.operations.get(undo.operation)
    takes = other.call.takes if other is not None and other.call is not None else {}
    for index, argument in enumerate(undo.arguments):
        here = (*place, "arguments", str(index))
        match = _SLOT.fullmatch(argument)
        literal = "=" in argument and not argument.endswith("}")
        if argument == "{before}" or literal:
            if literal:
                yield from known(here, argument.partition("=")[0], takes, f"a member of {undo.operation}")
            elif not method.shown:
                yield Mistake(here, "`shown`, which tells what was before", "none")
        elif match is None:
            yield Mistake(here, "NAME={taken.PATH}, NAME={returned.PATH}, NAME=TEXT or {before}", argument)
        else:
            yield from known(here, match["name"], takes, f"a member of {undo.operation}")
            if match["from"] != "before":
                yield from _source_path(system, here, method, f"{match['from']}.{match['path']}")


def _methods(system: System) -> list[str]:
    return [name for name, operation in system.operations.items() if operation.call is not None]
