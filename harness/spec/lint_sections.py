"""Mistakes in values and sections of documents: names that lead nowhere, readings that are lacking, spellings that collide."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from harness.datatypes import is_value
from harness.spec.documentmodel import Section, Value
from harness.spec.lint_messages import LENIENT
from harness.spec.mistake import Keys, Mistake, known
from harness.spec.model import Base, Operation, System


def ambiguity_of(system: System, keys: Keys, name: str | None, *readings: str) -> Iterator[Mistake]:
    """The ambiguity must be there, with readings of these names."""
    yield from known(keys, name, system.ambiguities, "the id of an ambiguity")
    if name not in system.ambiguities:
        return
    there = system.ambiguities[name].readings
    for reading in readings:
        if reading not in there:
            yield Mistake(keys, f"an ambiguity with a reading {reading!r}", f"{name} ({', '.join(there)})")


def spelling_mistakes(
    system: System, place: Keys, key: str, names: Mapping[str, str], ambiguity: str | None, own: str
) -> Iterator[Mistake]:
    """Spellings by reading, and the ambiguity whose readings they are."""
    yield from ambiguity_of(system, (*place, own), ambiguity)
    if names and ambiguity is None:
        yield Mistake((*place, key), f"{own}, whose readings name them", "none")
    if ambiguity is not None and not names:
        yield Mistake((*place, own), f"{key}, one for each reading", "none")
    if ambiguity in system.ambiguities:
        for reading in names:
            yield from known(
                (*place, key, reading), reading, system.ambiguities[ambiguity].readings, f"a reading of {ambiguity}"
            )


def twice(keys: Keys, expected: str, *names: str) -> Iterator[Mistake]:
    """Names that must differ."""
    if len(set(names)) < len(names):
        yield Mistake(keys, expected, ", ".join(names))


def section_mistakes(
    system: System,
    place: Keys,
    values: Mapping[str, Value],
    sections: Mapping[str, Section],
    operation: Operation | None,
    *,
    of: Section | None = None,
    taken: Collection[str] = (),
) -> Iterator[Mistake]:
    """What stands in one element. `of` is the section whose element it is, `taken` are names of others that stand there."""
    owners = dict.fromkeys(taken, "the head")
    # A table of values has them directly; sections and events have them under `values`.
    inner = (*place, "values") if of is not None or place[0] == "events" else place
    for name, value in values.items():
        yield from value_mistakes(system, operation, (*inner, name), value)
        yield from _own(owners, (*inner, name), name, value.names)
    for name, section in sections.items():
        here = (*place, "sections", name)
        yield from _section(system, here, section)
        yield from _own(owners, here, name, section.names)
        yield from section_mistakes(system, here, section.values, section.sections, operation, of=section)
    if of is not None:
        yield from _count(system, place, of)


def _own(owners: dict[str, str], place: Keys, name: str, names: Mapping[str, str]) -> Iterator[Mistake]:
    for spelling in dict.fromkeys(names.values() or (name,)):
        if spelling in owners:
            yield Mistake(place, "a spelling of its own", f"{spelling}, as {owners[spelling]} may be spelled")
        owners.setdefault(spelling, name)


def value_mistakes(system: System, operation: Operation | None, place: Keys, value: Value) -> Iterator[Mistake]:
    """What one value may get wrong; `operation` is the one whose parameters it may repeat."""
    yield from known((*place, "type"), value.type, system.types, "a type")
    yield from known((*place, "object"), value.object, system.objects, "an object")
    yield from spelling_mistakes(system, place, "names", value.names, value.ambiguity, "ambiguity")
    for key, reading in LENIENT.items():
        yield from ambiguity_of(system, (*place, key), getattr(value, key), reading)
    if value.optional and value.absent is not None:
        yield Mistake((*place, "absent"), "either `optional` or `absent`", "both")
    kind = system.types.get(value.type)
    for word, ambiguity in value.open_values.items():
        yield from ambiguity_of(system, (*place, "open_values", word), ambiguity)
        if kind is not None and is_value(kind, word):
            yield Mistake((*place, "open_values", word), f"what is no value of type {value.type}", repr(word))
    if value.echo is not None:
        parameters = operation.parameters if operation is not None else {}
        yield from known((*place, "echo"), value.echo, parameters, "one of the request's parameters")


def _section(system: System, place: Keys, section: Section) -> Iterator[Mistake]:
    yield from spelling_mistakes(system, place, "names", section.names, section.ambiguity, "ambiguity")
    for key in ("absent", "outside"):
        yield from ambiguity_of(system, (*place, key), getattr(section, key), key)
    lenient = [key for key in ("optional", "absent") if getattr(section, key)]
    if len(lenient) > 1:
        yield Mistake((*place, "absent"), "either `optional` or `absent`", "both")
    if section.repeated and lenient:
        yield Mistake((*place, lenient[0]), "nothing, for there may be none of what is `repeated`", lenient[0])
    if not section.values and not section.sections:
        yield Mistake(place, "`values` or `sections` in it", "neither")


def _count(system: System, place: Keys, section: Section) -> Iterator[Mistake]:
    yield from ambiguity_of(system, (*place, "count_outside"), section.count_outside)
    if section.count is None:
        if section.count_outside is not None:
            yield Mistake((*place, "count_outside"), "`count`, which may stand outside", "none")
        return
    yield from known((*place, "count"), section.count, section.values, "one of the section's values")
    value = section.values.get(section.count)
    kind = system.types.get(value.type) if value is not None else None
    if kind is not None and kind.base is not Base.INT:
        yield Mistake((*place, "count"), "a value whose type is of base int", f"{kind.base}")
    if not any(one.repeated for one in section.sections.values()):
        yield Mistake((*place, "count"), "a section in it that is `repeated`", "none")
