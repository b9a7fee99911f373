"""The clauses that follow from the structure of functions and events that are XML documents, by the form of their ids.

Such as:

    UPT-DEVICELIST.answer                         a success carries what is documented
    UPT-DEVICELIST.answer.DEVICES.DEVICE.ANI      the value is there and has its type
    UPT-event.CALLSTART.DEVICEID                  the same of an event
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.spec.clauses_xml import Derived
from harness.spec.documentmodel import Section, Value
from harness.spec.model import Operation, System
from harness.spec.parts import Level


def document_clauses(operation: Operation) -> Iterator[Derived]:
    """The clauses of one function."""
    if operation.answer is not None:
        yield from _section(".answer", operation.answer, "what a success carries")


def event_clauses(system: System) -> Iterator[tuple[str, Derived]]:
    """The clauses of events, each with the event that it belongs to."""
    for name, event in system.events.items():
        for value_name, value in event.values.items():
            yield name, _value(f"event.{name}.{value_name}", value_name, value)


def _section(part: str, section: Section, what: str) -> Iterator[Derived]:
    names = tuple(dict.fromkeys((part.rpartition(".")[2], *section.names.values(), section.source.word)))
    if part != ".answer":
        often = (
            "as often as there are such"
            if section.repeated
            else "with numbers from 0 on"
            if section.numbered
            else "once"
        )
        level = Level.MAY if section.optional or section.absent or section.outside else Level.MUST
        yield Derived(part, f"{what} has the section {names[0]}, {often}.", (section.source,), _told(names), level)
    for name, value in section.values.items():
        yield _value(f"{part}.{name}", name, value)
    for name, below in section.sections.items():
        yield from _section(f"{part}.{name}", below, what)


def _value(part: str, name: str, value: Value) -> Derived:
    there = "may be left out" if value.optional or value.absent else "is there"
    echoed = f", and carries what the request's {value.echo} did" if value.echo else ""
    names = tuple(dict.fromkeys((name, *value.names.values())))
    level = Level.MAY if value.any_value and (value.absent or value.optional) else Level.MUST
    return Derived(part, f"{name} {there} and is of type {value.type}{echoed}.", (value.source,), names, level)


def _told(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one for one in names if one)
