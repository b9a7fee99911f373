"""Checks of the elements of a document: each value is there, once, and of its type; each section is there as often as may be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from harness.datatypes import is_value
from harness.spec.documentmodel import Section, Value
from harness.spec.model import System
from harness.usual import unusual_checks
from harness.verdict import Check
from harness.wire.xmltree import Element

At = Callable[[Element], int]


def section_checks(
    system: System,
    base: str,
    known: Section,
    element: Element,
    sent: Sequence[tuple[str, str]] = (),
    *,
    step: int = -1,
    above: Element | None = None,
    at: At | None = None,
    told: bool = True,
) -> Iterator[Check]:
    """What stands in one section; `base` is the clause of the section, `above` the element around it.

    Not `told`, a value that is as it must be gives no check: of many sections of a kind the first tells that.

    `at` gives the step of each element that is judged, for those who want to know where it stands; else it is `step`.
    """
    given = dict(sent)
    step = at(element) if at is not None else step
    named: dict[str, list[Element]] = {}
    for child in element.children:
        named.setdefault(child.name, []).append(child)
    for name, value in known.values.items():
        found = element.all(name, *value.names.values()) if value.names else named.get(name, [])
        if (
            not told
            and value.echo is None
            and not value.names
            and len(found) == 1
            and _plainly(system, value, found[0])
        ):
            continue
        clause = f"{base}.{name}"
        if name == known.count and known.count_outside is not None and not found and above is not None:
            found = above.all(name, *value.names.values())
        place = at(found[-1]) if at is not None and found else step
        yield from value_checks(system, clause, name, value, found, step=place)
        if value.echo is not None and value.echo in given and found and given[value.echo].strip():
            wanted, got = _plain(given[value.echo]), found[0].value
            yield Check(
                id=f"reply.echo.{name}",
                clauses=(clause,),
                passed=_plain(got) == wanted,
                expected=wanted,
                got="" if _plain(got) == wanted else repr(got),
                step=step,
            )
    for name, section in known.sections.items():
        yield from _within(system, base, known, name, section, element, sent, step=step, above=above, at=at, told=told)


def _within(
    system: System,
    base: str,
    known: Section,
    name: str,
    section: Section,
    element: Element,
    sent: Sequence[tuple[str, str]],
    *,
    step: int,
    above: Element | None,
    at: At | None,
    told: bool,
) -> Iterator[Check]:
    clause = f"{base}.{name}"
    found = sections_of(name, section, element)
    if not found and section.outside is not None:
        # What it would hold stands directly here.
        inner = [one for inside, below in section.sections.items() for one in sections_of(inside, below, element)] or [
            one for inside in section.values for one in element.all(inside)
        ]
        if inner:
            yield _fits(system, clause, section.outside, "outside", step)
            yield from section_checks(
                system, clause, section, element, sent, step=step, above=element, at=at, told=told
            )
            return
    least = 0 if section.repeated or section.optional else 1
    absent = section.absent if not found and least else None
    if absent is not None and "absent" in system.ambiguities[absent].readings:
        yield _fits(system, clause, absent, "absent", step)
        return
    passed = len(found) >= least and (section.repeated or section.numbered or len(found) <= 1)
    yield Check(
        id=f"reply.section.{name}",
        clauses=(clause,),
        passed=passed,
        expected=f"{'one or more' if section.numbered else 'one'} {name}",
        got="" if passed else f"{len(found)} in {element.name}",
        step=step,
    )
    for index, one in enumerate(found):
        yield from section_checks(
            system, clause, section, one, sent, step=step, above=element, at=at, told=told and index == 0
        )
    if section.repeated and known.count is not None:
        yield from _counted(clause, known, element, above, len(found), step)


def _counted(
    clause: str, known: Section, element: Element, above: Element | None, count: int, step: int
) -> Iterator[Check]:
    name = known.count or ""
    names = (name, *known.values[name].names.values()) if name in known.values else (name,)
    told = element.get(*names)
    if told is None and above is not None and known.count_outside is not None:
        told = above.get(*names)
        others = above.all(element.name)
        if len(others) > 1:  # one element around each of what is counted
            count = max(
                len(others), sum(len(one.children) for one in others if one.children and one.children[0].children)
            )
    if told is None or not told.isdecimal():
        return
    yield Check(
        id=f"reply.count.{name}",
        clauses=(clause,),
        passed=int(told) == count,
        expected=f"{name} {count}",
        got="" if int(told) == count else told,
        step=step,
    )


def sections_of(name: str, section: Section, element: Element) -> list[Element]:
    """The elements of a section in another, under every spelling."""
    names = {name, *section.names.values()}
    if not section.numbered:
        return element.all(*names)
    wanted = re.compile("(?:" + "|".join(map(re.escape, names)) + ")[0-9]+")
    return [one for one in element.children if wanted.fullmatch(one.name)]


def value_checks(
    system: System, clause: str, name: str, known: Value, found: Sequence[Element], *, step: int, check: str = "reply"
) -> Iterator[Check]:
    """One value: there, once, without elements in it, of its type."""
    readings: dict[str, frozenset[str]] = {}
    if known.names and known.ambiguity and found:
        fits = frozenset(reading for reading, spelled in known.names.items() if spelled == found[0].name)
        readings = {known.ambiguity: fits} if fits else {}
    if not found and known.absent is not None and "absent" in system.ambiguities[known.absent].readings:
        yield _fits(system, clause, known.absent, "absent", step, check)
        return
    alone = len({one.name for one in found}) == len(found)  # no spelling twice
    there = (alone and bool(found)) or (known.optional and not found)
    yield Check(
        id=f"{check}.value.{name}",
        clauses=(clause,),
        passed=there and not any(one.children for one in found),
        expected=f"one {name} with a text",
        got="" if there else f"{len(found)} of it",
        step=step,
        readings=readings,
    )
    for one in found[:1]:
        yield from _typed(system, clause, name, known, one.value, step, check)


def _typed(system: System, clause: str, name: str, known: Value, text: str, step: int, check: str) -> Iterator[Check]:
    kind = system.types[known.type]
    if is_value(kind, text):
        return
    lenient: Mapping[str, str | None] = {
        "empty": known.empty if not text else None,
        "any": known.any_value,
        text: known.open_values.get(text) or kind.open_choices.get(text),
    }
    for reading, ambiguity in lenient.items():
        if ambiguity is not None:
            readings = system.ambiguities[ambiguity].readings
            fits = reading if reading in readings else _word(reading)
            if fits in readings:
                yield _fits(system, clause, ambiguity, fits, step, check)
                yield from unusual_checks(
                    system, ambiguity, frozenset((fits,)), check=f"{check}.type.{name}", clauses=(clause,), got=repr(text), step=step
                )  # fmt: skip
            return
    yield Check(
        id=f"{check}.type.{name}",
        clauses=(clause,),
        passed=False,
        expected=f"{name} of type {known.type}",
        got=repr(text),
        step=step,
    )


def _word(text: str) -> str:
    """A value as the name of a reading."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _fits(system: System, clause: str, ambiguity: str, reading: str, step: int, check: str = "reply") -> Check:
    known = reading in system.ambiguities[ambiguity].readings
    return Check(
        id=f"{check}.{ambiguity}",
        clauses=(clause,),
        passed=True,
        step=step,
        readings={ambiguity: frozenset((reading,))} if known else {},
    )


def _plainly(system: System, known: Value, found: Element) -> bool:
    """Whether a value is as it must be under every reading."""
    return not found.children and is_value(system.types[known.type], found.value)


def _plain(text: str) -> str:
    """Text without the blanks at its ends, which some devices strip."""
    return text.strip(" \t\r\n")
