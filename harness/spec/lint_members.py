"""Mistakes in the members of calls, replies and structs, and in the scalar types that they have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.spec.callmodel import Bound, Direction, Ignored, Kind, Member, Method, Presence, Scalar, Slip, Wrong
from harness.spec.callvalues import FORMS, fits
from harness.spec.clauses_calls import slips
from harness.spec.lint_sections import ambiguity_of
from harness.spec.mistake import Keys, Mistake, known
from harness.spec.model import System

Members = Mapping[str, Member]


def scalar_mistakes(system: System) -> Iterator[Mistake]:
    """Every mistake in `scalars`."""
    for name, kind in system.scalars.items():
        place: Keys = ("scalars", name)
        yield from _limits(place, kind)
        for key in ("since", "experimental"):
            for word in getattr(kind, key):
                yield from known((*place, key, word), word, kind.choices, "one of its choices")
        for word, version in kind.since.items():
            yield from version_mistakes(system, (*place, "since", word), version)
        for word, ambiguity in kind.open_choices.items():
            yield from ambiguity_of(system, (*place, "open_choices", word), ambiguity)
            if word in kind.choices:
                yield Mistake((*place, "open_choices", word), "a word that is no choice already", word)
        for slip, ambiguity in kind.open.items():
            yield from ambiguity_of(system, (*place, "open", slip), ambiguity)
        for index, example in enumerate(kind.examples):
            if not fits(kind, example):
                yield Mistake((*place, "examples", str(index)), "a value of the type", repr(example))


def _limits(place: Keys, kind: Scalar) -> Iterator[Mistake]:
    if len(kind.choices) != len(set(kind.choices)):
        yield Mistake((*place, "choices"), "each choice once", ", ".join(kind.choices))
    if kind.choices and kind.base not in (Kind.STRING, Kind.INT):
        yield Mistake((*place, "choices"), f"no choices, for it is {kind.base}", ", ".join(kind.choices))
    if kind.minimum is not None and kind.maximum is not None and kind.minimum > kind.maximum:
        yield Mistake((*place, "maximum"), f"{kind.minimum} or more", str(kind.maximum))
    if kind.base in (Kind.BOOLEAN, Kind.DATE_TIME) and (kind.minimum is not None or kind.maximum is not None):
        yield Mistake(place, f"no limits, for it is {kind.base}", "some")
    if kind.base is not Kind.STRING and (kind.ascii or kind.alphabet or kind.form):
        yield Mistake(place, f"neither characters nor form, for it is {kind.base}", "some")
    if kind.base is not Kind.INT and kind.gaps:
        yield Mistake((*place, "gaps"), f"none, for it is {kind.base}", str(kind.gaps))
    yield from known((*place, "form"), kind.form, FORMS, "a form that is known")


def version_mistakes(system: System, keys: Keys, version: str | None) -> Iterator[Mistake]:
    """Nothing if it is one of the versions of the API."""
    if system.calls is not None:
        yield from known(keys, version, system.calls.versions, "a version of the API")


def span_mistakes(system: System, place: Keys, since: str | None, until: str | None) -> Iterator[Mistake]:
    """Mistakes in the versions that have a part."""
    yield from version_mistakes(system, (*place, "since"), since)
    yield from version_mistakes(system, (*place, "until"), until)
    versions = system.calls.versions if system.calls is not None else []
    if since in versions and until in versions and versions.index(since) >= versions.index(until):
        yield Mistake((*place, "until"), f"a later version than {since}", until)


def wrong_mistakes(system: System, place: Keys, wrong: Wrong, *, clause: bool = False) -> Iterator[Mistake]:
    """Mistakes in what answers a wrong member."""
    if bool(wrong.fault) == bool(wrong.faults):
        yield Mistake(place, "either `fault` or `faults`", "both" if wrong.fault else "neither")
    yield from known((*place, "fault"), wrong.fault or None, system.errors, "an error of the catalogue")
    for reading, fault in wrong.faults.items():
        yield from known((*place, "faults", reading), fault, system.errors, "an error of the catalogue")
    yield from readings_mistakes(system, place, "faults", wrong.faults, wrong.ambiguity, "ambiguity")
    yield from known((*place, "clause"), wrong.clause, system.clauses, "the id of a stated clause")
    if clause and wrong.clause is None:
        yield Mistake((*place, "clause"), "the clause that says so", "none")


def readings_mistakes(
    system: System, place: Keys, key: str, named: Mapping[str, str], ambiguity: str | None, own: str
) -> Iterator[Mistake]:
    """Mistakes in a table by reading: each is one of its ambiguity's."""
    yield from known((*place, own), ambiguity, system.ambiguities, "the id of an ambiguity")
    if named and ambiguity is None:
        yield Mistake((*place, key), f"`{own}`, whose readings name them", "none")
    if ambiguity in system.ambiguities:
        for reading in named:
            yield from known(
                (*place, key, reading), reading, system.ambiguities[ambiguity].readings, f"a reading of {ambiguity}"
            )


def member_mistakes(
    system: System, place: Keys, members: Members, direction: Direction, method: Method | None = None
) -> Iterator[Mistake]:
    """Every mistake in the members of one struct; `method` is the one whose call or reply it is."""
    for name, member in members.items():
        here: Keys = (*place, name)
        yield from _what(system, here, member)
        yield from span_mistakes(system, here, member.since, member.until)
        yield from _changes(system, here, member)
        yield from known((*here, "object"), member.object, system.objects, "an object")
        for key in (
            "required_ambiguity",
            "default_ambiguity",
            "hidden_ambiguity",
            "absent",
            "partial",
            "any_value",
            "left_out",
        ):
            yield from ambiguity_of(
                system, (*here, key), getattr(member, key), *(("absent",) if key == "absent" else ())
            )
        for key in ("open_values", "open_taken"):
            for value, ambiguity in getattr(member, key).items():
                yield from ambiguity_of(system, (*here, key, value), ambiguity)
        yield from readings_mistakes(system, here, "names", member.names, member.ambiguity, "ambiguity")
        yield from readings_mistakes(system, here, "types", member.types, member.type_ambiguity, "type_ambiguity")
        yield from readings_mistakes(
            system, here, "defaults", member.defaults, member.default_ambiguity, "default_ambiguity"
        )
        yield from _values(system, here, member)
        if direction is Direction.TAKEN:
            yield from _taken(system, here, member, members)
        if member.present is not None:
            yield from presence_mistakes(system, (*here, "present"), member.present, members, method)


def _what(system: System, here: Keys, member: Member) -> Iterator[Mistake]:
    """A member has one type, or one struct."""
    given = [key for key in ("type", "struct", "types") if getattr(member, key)]
    if len(given) != 1:
        yield Mistake(here, "one of `type`, `types` and `struct`", " and ".join(given) or "none")
    yield from known((*here, "type"), member.type, system.scalars, "a type of `scalars`")
    for reading, kind in member.types.items():
        yield from known((*here, "types", reading), kind, system.scalars, "a type of `scalars`")
    for key, struct in (("struct", member.struct), *(("other_structs", one) for one in member.other_structs)):
        yield from known((*here, key), struct, system.structs, "a struct of `structs`")
    if member.other_structs and member.struct is None:
        yield Mistake((*here, "other_structs"), "`struct` beside them", "none")
    if not member.array and (member.least is not None or member.most is not None or member.blank):
        yield Mistake(here, "`array`, for it has numbers of elements", "none")
    if member.least is not None and member.most is not None and member.least > member.most:
        yield Mistake((*here, "most"), f"{member.least} or more", str(member.most))
    if member.struct is not None and member.default is not None:
        yield Mistake((*here, "default"), "none, for it is a struct", repr(member.default))


def _changes(system: System, here: Keys, member: Member) -> Iterator[Mistake]:
    for index, change in enumerate(member.changed):
        place = (*here, "changed", str(index))
        yield from version_mistakes(system, (*place, "version"), change.version)
        yield from known((*place, "type"), change.type, system.scalars, "a type of `scalars`")
        if change.default is None and change.type is None and not change.about:
            yield Mistake(place, "`default`, `type` or `about`: what it was before", "none")


def _values(system: System, here: Keys, member: Member) -> Iterator[Mistake]:
    """Values that the spec gives are values of the type."""
    kind = system.scalars.get(member.type or "")
    told = [("default", member.default), ("always", member.always)]
    told += [(f"defaults.{reading}", value) for reading, value in member.defaults.items()]
    told += [(f"changed.{index}.default", change.default) for index, change in enumerate(member.changed)]
    for key, value in told:
        if value is not None and kind is not None and not member.array and not fits(kind, value) and value != "":
            yield Mistake((*here, *key.split(".")), f"a value of type {member.type}", repr(value))


def _taken(system: System, here: Keys, member: Member, members: Members) -> Iterator[Mistake]:
    if member.required and (member.default is not None or member.defaults):
        yield Mistake((*here, "default"), "none, for it is required", repr(member.default))
    yield from known((*here, "unlimited"), member.unlimited, members, "a member beside it")
    partner = members.get(member.unlimited or "")
    half = system.scalars.get((partner.type if partner is not None else None) or "")
    if half is not None and half.base is not Kind.BOOLEAN:
        yield Mistake((*here, "unlimited"), "a boolean beside it", f"{member.unlimited}, which is {half.base}")
    for key in ("at_least", "at_most"):
        yield from _bound(system, (*here, key), getattr(member, key), members)
    if member.ignored is not None:
        yield from _ignored(system, (*here, "ignored"), member.ignored, members)
    if member.rounded is not None:
        yield from reply_path(system, (*here, "rounded", "member"), member.rounded.method, member.rounded.member)
        yield from known(
            (*here, "rounded", "clause"), member.rounded.clause, system.clauses, "the id of a stated clause"
        )
        yield from ambiguity_of(system, (*here, "rounded", "ambiguity"), member.rounded.ambiguity)
        yield from ambiguity_of(system, (*here, "rounded", "above"), member.rounded.above)
    if member.inherits is not None:
        method, _, path = member.inherits.partition(":")
        yield from reply_path(system, (*here, "inherits"), method, path)
    possible = {Slip.MISSING, Slip.EMPTY, Slip.OVERFLOW, *slips(system, member)}
    for slip, wrong in member.wrong.items():
        yield from known((*here, "wrong", slip), slip, possible, "a slip that its type can have")
        yield from wrong_mistakes(system, (*here, "wrong", slip), wrong)


def _bound(system: System, place: Keys, bound: Bound | None, members: Members) -> Iterator[Mistake]:
    if bound is None:
        return
    if bound.method is not None:
        yield from reply_path(system, (*place, "member"), bound.method, bound.member)
    else:
        yield from known((*place, "member"), bound.member, members, "a member beside it")
    yield from ambiguity_of(system, (*place, "ambiguity"), bound.ambiguity, *([bound.strict] if bound.strict else []))
    yield from known((*place, "clause"), bound.clause, system.clauses, "the id of a stated clause")


def _ignored(system: System, place: Keys, ignored: Ignored, members: Members) -> Iterator[Mistake]:
    for key in ("when", "unless"):
        for name, values in getattr(ignored, key).items():
            here = (*place, key, name)
            beside = name.removesuffix(".length")
            yield from known(here, beside, members, "a member beside it")
            if beside != name and beside in members and not members[beside].array:
                yield Mistake(here, "an array", beside)
            if beside == name and beside in members:
                yield from values_mistakes(system, here, members[beside], values)
    if not (ignored.when or ignored.unless or ignored.without or ignored.state):
        yield Mistake(place, "`when`, `unless`, `without` or `state`", "none")
    yield from known((*place, "without"), ignored.without, members, "a member beside it")
    yield from known((*place, "state"), ignored.state, system.circumstances, "a circumstance")
    yield from ambiguity_of(system, (*place, "ambiguity"), ignored.ambiguity)
    yield from known((*place, "clause"), ignored.clause, system.clauses, "the id of a stated clause")


def presence_mistakes(
    system: System, place: Keys, present: Presence, members: Members | None, method: Method | None
) -> Iterator[Mistake]:
    """Mistakes in what says when a member is there."""
    if members is not None:
        for name, values in present.beside.items():
            yield from known((*place, "beside", name), name, members, "a member beside it")
            if name in members:
                yield from values_mistakes(system, (*place, "beside", name), members[name], values)
        yield from known((*place, "lacks"), present.lacks, members, "a member beside it")
    if method is not None:
        for path, values in present.asked.items():
            found = member_at(system, method.takes, path)
            if found is None:
                yield Mistake((*place, "asked", path), "a member of the call", path)
            else:
                yield from values_mistakes(system, (*place, "asked", path), found, values)
    if not (present.filled or present.beside or present.asked or present.lacks or present.state):
        yield Mistake(place, "when it is there", "nothing")
    yield from known((*place, "state"), present.state, system.circumstances, "a circumstance")
    yield from ambiguity_of(system, (*place, "ambiguity"), present.ambiguity)


def values_mistakes(system: System, place: Keys, member: Member, values: list[str]) -> Iterator[Mistake]:
    """Values in a condition are such as the member can have."""
    kind = system.scalars.get(member.type or "")
    for index, value in enumerate(values):
        if kind is not None and not fits(kind, value):
            yield Mistake((*place, str(index)), f"a value of type {member.type}", repr(value))


def member_at(system: System, members: Members, path: str) -> Member | None:
    """The member that a path such as `portA.dhcpv4` leads to, through structs and the elements of arrays."""
    name, _, rest = path.partition(".")
    member = members.get(name)
    if member is None or not rest:
        return member
    for struct in (member.struct, *member.other_structs):
        below = system.structs.get(struct or "")
        found = member_at(system, below.members, rest) if below is not None else None
        if found is not None:
            return found
    return None


def reply_path(system: System, keys: Keys, method: str, path: str) -> Iterator[Mistake]:
    """Nothing if the reply of that method has that member."""
    operation = system.operations.get(method)
    if operation is None or operation.call is None:
        yield from known(
            keys, method, [name for name, one in system.operations.items() if one.call is not None], "a method"
        )
    elif member_at(system, operation.call.returns, path) is None:
        yield from known(keys, path, operation.call.returns, f"a member of the reply of {method}")
