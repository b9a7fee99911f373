"""Finds what a spec says under an id, a name or a glob, and tells it to a person."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from harness.errors import UsageError
from harness.spec.clauses import catalogue, resolve_error
from harness.spec.functions import names_of
from harness.spec.model import Ambiguity, ErrorCode, Operation, Parameter, Source, System


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One clause, ambiguity, erratum, operation or error.

    Attributes:
        kind: which of these it is.
        id: its id, for operations and errors their name.
        facts: lines for people.
        sources: where the document says it.
        clauses: the clauses whose cases probe it.
    """

    kind: str
    id: str
    system: str
    facts: tuple[str, ...]
    sources: tuple[Source, ...]
    clauses: tuple[str, ...] = ()


def find(systems: Sequence[System], pattern: str) -> list[Entry]:
    """What is called so, in the order of the specs; letter case does not matter.

    Raises:
        UsageError: nothing is; the message has the nearest name.
    """
    entries = [entry for system in systems for entry in entries_of(system)]
    wanted = pattern.lower()
    found = [entry for entry in entries if entry.id.lower() == wanted] or [
        entry for entry in entries if fnmatchcase(entry.id.lower(), wanted)
    ]
    if not found:
        names = {entry.id.lower(): entry.id for entry in entries}
        close = [names[name] for name in difflib.get_close_matches(wanted, names, n=3)]
        hint = f"did you mean {' or '.join(close)}?" if close else "try a glob such as '*-AMB-*'"
        raise UsageError(f"{pattern!r} is no clause, ambiguity, operation or error; {hint}")
    return found


def entries_of(system: System) -> Iterator[Entry]:
    """Everything in a spec that has a name of its own."""
    for name, clause in catalogue(system).items():
        facts = [clause.text, f"level: {clause.level.value}", f"chapter: {clause.chapter}"]
        facts += [f"untested: {clause.untested}"] if clause.untested else []
        yield Entry(
            kind="clause", id=name, system=system.system, facts=tuple(facts), sources=clause.sources, clauses=(name,)
        )
    for name, ambiguity in system.ambiguities.items():
        yield _ambiguity(system, name, ambiguity)
    for name, erratum in system.errata.items():
        yield Entry(kind="erratum", id=name, system=system.system, facts=(erratum.about,), sources=(erratum.source,))
    for name, operation in system.operations.items():
        yield _operation(system, name, operation)
    for name, row in system.errors.items():
        users = [
            own
            for own, operation in system.operations.items()
            if any(used.use == name for used in operation.errors.values())
        ]
        facts = [*_error(row), *([f"used by: {', '.join(users)}"] if users else [])]
        clauses = tuple(
            f"{system.prefix}-{own}.error.{error}"
            for own in users
            for error, used in system.operations[own].errors.items()
            if used.use == name
        )
        yield Entry(
            kind="error", id=name, system=system.system, facts=tuple(facts), sources=(row.source,), clauses=clauses
        )


def _ambiguity(system: System, name: str, ambiguity: Ambiguity) -> Entry:
    facts = [f"Open: {ambiguity.about}."]
    for reading, meaning in ambiguity.readings.items():
        notes = [
            note
            for note, holds in (("unusual", meaning.unusual), ("the document is silent", meaning.source is None))
            if holds
        ]
        facts.append(f"reading {reading}: {meaning.text}" + (f" ({', '.join(notes)})" if notes else ""))
    if ambiguity.uniform is not None:
        facts.append(f"decided once by a device: {ambiguity.uniform.value}")
    if ambiguity.clauses:
        facts.append(f"concerns: {', '.join(ambiguity.clauses)}")
    sources = tuple(reading.source for reading in ambiguity.readings.values() if reading.source is not None)
    return Entry(
        kind="ambiguity",
        id=name,
        system=system.system,
        facts=tuple(facts),
        sources=sources,
        clauses=tuple(ambiguity.clauses),
    )


def _operation(system: System, name: str, operation: Operation) -> Entry:
    words = " ".join(f"{own}..." if parameter.repeated else own for own, parameter in operation.parameters.items())
    facts = [
        f"{name} {words}".strip(),
        f"effect: {operation.effect.value}",
        *([f"also called: {', '.join(names_of(name, operation)[1:])}"] if operation.names else []),
        *([operation.about] if operation.about else []),
    ]
    facts += [f"parameter {own}: {_parameter(parameter)}" for own, parameter in operation.parameters.items()]
    if operation.result is not None:
        facts.append(f"result {operation.result.name}: {operation.result.type}")
    for own, row in operation.errors.items():
        facts.append(f"error {own}: {'; '.join(_error(resolve_error(system, row)))}")
    base = f"{system.prefix}-{name}"
    clauses = tuple(clause for clause in catalogue(system) if clause == base or clause.startswith(f"{base}."))
    sources = (operation.source, *(parameter.source for parameter in operation.parameters.values()), operation.success)
    return Entry(kind="operation", id=name, system=system.system, facts=tuple(facts), sources=sources, clauses=clauses)


def _parameter(parameter: Parameter) -> str:
    parts = [parameter.type, *([f"names a {parameter.object}"] if parameter.object else [])]
    parts += [f"in state {parameter.state}"] if parameter.state else []
    parts += [constraint.rule.value for constraint in parameter.constraints]
    return ", ".join(parts) + (f"; {parameter.about}" if parameter.about else "")


def _error(row: ErrorCode) -> list[str]:
    codes = "/".join(dict.fromkeys(row.codes.values())) or row.code
    texts = " or ".join(dict.fromkeys(row.texts.values())) or row.text
    facts = [f"{codes} {texts}"]
    facts += [f"not tested, {row.internal}"] if row.internal else []
    return facts + (["any operation may answer it"] if row.anywhere else [])


def cited(source: Source) -> str:
    """A citation in one line."""
    first, last = source.lines
    lines = f"line {first}" if first == last else f"lines {first}-{last}"
    return f'section "{source.section}"' + (f", table {source.table}" if source.table else "") + f", {lines}"
