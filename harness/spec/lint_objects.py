"""Mistakes in types, objects and fixtures."""

from __future__ import annotations

from collections.abc import Iterator

from harness.datatypes import probes
from harness.spec.lint_operations import states_of
from harness.spec.mistake import Keys, Mistake, known
from harness.spec.model import Base, DataType, FixtureKind, ObjectKind, System


def object_mistakes(system: System) -> Iterator[Mistake]:
    """Every mistake in `types`, `objects` and `fixtures`."""
    for name, kind in system.types.items():
        yield from _type(system, ("types", name), kind)
    for name, thing in system.objects.items():
        yield from _object(system, ("objects", name), thing)
    yield from _parallel(system)


def _type(system: System, place: Keys, kind: DataType) -> Iterator[Mistake]:
    yield from known((*place, "or_object"), kind.or_object, system.objects, "an object")
    if kind.base is Base.ENUM and len(kind.choices) < 2:
        yield Mistake((*place, "choices"), "two choices at least", ", ".join(kind.choices) or "none")
        return
    if kind.base is not Base.ENUM and kind.choices:
        yield Mistake((*place, "choices"), f"no choices, for it is {kind.base.value}", ", ".join(kind.choices))
    if kind.minimum is not None and kind.maximum is not None and kind.minimum > kind.maximum:
        yield Mistake((*place, "maximum"), f"{kind.minimum} or more", str(kind.maximum))
    names = {probe.name for probe in probes(kind)}
    for form, ambiguity in kind.open_forms.items():
        yield from known((*place, "open_forms", form), form, names, f"a probe of {kind.base.value}")
        yield from known((*place, "open_forms", form), ambiguity, system.ambiguities, "the id of an ambiguity")
    for word, ambiguity in kind.open_choices.items():
        yield from known((*place, "open_choices", word), ambiguity, system.ambiguities, "the id of an ambiguity")


def _object(system: System, place: Keys, thing: ObjectKind) -> Iterator[Mistake]:
    yield from known((*place, "created_by"), thing.created_by, system.operations, "an operation")
    yield from known((*place, "status"), thing.status, system.operations, "an operation")
    told = system.operations.get(thing.status or "")
    if told is not None and told.result is None and (told.call is None or not told.call.returns):
        yield Mistake((*place, "status"), "an operation with a result", str(thing.status))
    if thing.unknown not in ("", "uuid", "name"):
        yield Mistake((*place, "unknown"), "uuid or name", thing.unknown)
    for state, fixture in thing.fixtures.items():
        yield from known((*place, "fixtures", state), fixture, system.fixtures, "a fixture")
    for index, move in enumerate(thing.transitions):
        here = (*place, "transitions", str(index))
        yield from known((*here, "operation"), move.operation, system.operations, "an operation")
        if move.start != "none" and move.start not in {other.end for other in thing.transitions} | {thing.initial}:
            yield from known(
                (*here, "start"), move.start, states_of(thing) - {move.start}, "a state that something leads to"
            )


def _parallel(system: System) -> Iterator[Mistake]:
    """Lists that run parallel are lists, and there are several of a group."""
    groups: dict[str, list[str]] = {}
    for name, fixture in system.fixtures.items():
        if fixture.parallel:
            groups.setdefault(fixture.parallel, []).append(name)
            if fixture.type not in (FixtureKind.TEXTS, FixtureKind.INTS):
                yield Mistake(("fixtures", name, "type"), "a list, for it runs parallel to others", fixture.type.value)
    for group, names in groups.items():
        if len(names) < 2:
            others = [other for other in groups if other != group]
            yield from known(("fixtures", names[0], "parallel"), group, others, "a group with another fixture in it")
