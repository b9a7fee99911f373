"""The clause catalogue of a system: what its spec states, and what follows from its structure.

A structural clause has an id made of the names in the spec, so it is as stable as they are:

    HMP-createSession                          the operation exists and succeeds when called as documented
    HMP-createSession.arity                    a wrong number of parameters is refused
    HMP-createSession.result                   what a success carries
    HMP-setLiveSession.active                  the documented values of the parameter are accepted
    HMP-setLiveSession.active.type             anything else is refused
    HMP-setLiveSession.sessionId.unknown       an id that names nothing is refused
    HMP-createSession.sessionTitle.not-empty   a constraint
    HMP-setLiveSession.error.not-a-boolean     code and text of an error
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.spec.clauses_calls import call_clauses, part_clauses
from harness.spec.clauses_documents import document_clauses, event_clauses
from harness.spec.clauses_messages import message_clauses
from harness.spec.clauses_xml import Derived, http_clauses
from harness.spec.model import ErrorCode, Level, Operation, Parameter, Source, System


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseEntry:
    """One clause of a system, stated or derived."""

    id: str
    text: str
    level: Level
    chapter: str
    sources: tuple[Source, ...]
    names: tuple[str, ...] = ()  # words of which one must stand in the cited lines
    untested: str = ""

    @property
    def section(self) -> str:
        """Chapter heading of the first place that states it."""
        return self.sources[0].section

    @property
    def lines(self) -> tuple[int, int]:
        """First and last line of the first place that states it."""
        first, last = self.sources[0].lines
        return first, last


def catalogue(system: System) -> dict[str, ClauseEntry]:
    """Every clause of a system by id, stated ones first."""
    entries = {
        name: ClauseEntry(
            id=name,
            text=clause.text,
            level=clause.level,
            chapter=clause.chapter,
            sources=(clause.source, *clause.also),
            names=(clause.source.word,) if clause.source.word else (),
            untested=clause.untested,
        )
        for name, clause in system.clauses.items()
    }
    for name, operation in system.operations.items():
        for entry in _operation(system, name, operation):
            entries[entry.id] = entry
    for event, one in event_clauses(system):
        name = f"{system.prefix}-{one.part}"
        entries[name] = _entry(name, f"event {event}", one)
    for chapter, one in part_clauses(system):
        name = f"{system.prefix}-{one.part}"
        entries[name] = _entry(name, chapter, one)
    return entries


def _entry(name: str, chapter: str, one: Derived) -> ClauseEntry:
    return ClauseEntry(
        id=name,
        text=one.text,
        level=one.level,
        chapter=chapter,
        sources=one.sources,
        names=one.names,
        untested=one.untested,
    )


def _operation(system: System, name: str, operation: Operation) -> Iterator[ClauseEntry]:
    base = f"{system.prefix}-{name}"
    chapter = operation.section

    def entry(
        part: str, text: str, *sources: Source, names: tuple[str, ...], level: Level = Level.MUST, untested: str = ""
    ) -> ClauseEntry:
        return ClauseEntry(
            id=base + part, text=text, level=level, chapter=chapter, sources=sources, names=names, untested=untested
        )

    told = (
        (operation.source.word, operation.success.word) if operation.call is not None else ()
    )  # its name is a heading
    words = (name, *(word for word in told if word))
    untested = operation.call.untested if operation.call is not None else ""
    sources = (operation.source, operation.success)
    yield entry("", f"{name} called as documented succeeds.", *sources, names=words, untested=untested)
    if operation.arity is not None and operation.arity in operation.errors:
        row = operation.errors[operation.arity]
        level = Level.MAY if operation.arity_open else Level.MUST
        yield entry(
            ".arity",
            f"{name} with a wrong number of parameters is refused.",
            row.source,
            names=_codes(system, row),
            level=level,
        )
    if operation.result is not None:
        result = operation.result
        yield entry(
            ".result",
            f"A success of {name} carries {result.name}, of type {result.type}.",
            result.source,
            names=(result.name,),
        )
    for parameter_name, parameter in operation.parameters.items():
        yield from _parameter(system, operation, base, chapter, parameter_name, parameter)
    for one in (
        *http_clauses(system, name, operation), *message_clauses(name, operation), *document_clauses(operation),
        *call_clauses(system, name, operation),
    ):  # fmt: skip
        yield _entry(base + one.part, chapter, one)
    named = operation.command is None and system.documents is None  # else their code and label are a rule of the checks
    for error_name, row in operation.errors.items() if named else ():
        if error_name == operation.arity and operation.arity_open:
            continue
        resolved = resolve_error(system, row)
        yield entry(
            f".error.{error_name}",
            f"{name} reports {error_name} with code {resolved.code or '/'.join(resolved.codes.values())} and its text.",
            row.source,
            names=_codes(system, row),
            level=Level.MAY if resolved.internal else Level.MUST,
            untested=resolved.internal,
        )


def _parameter(
    system: System, operation: Operation, base: str, chapter: str, name: str, parameter: Parameter
) -> Iterator[ClauseEntry]:
    def entry(part: str, text: str, *sources: Source, names: tuple[str, ...], level: Level = Level.MUST) -> ClauseEntry:
        return ClauseEntry(
            id=f"{base}.{name}{part}", text=text, level=level, chapter=chapter, sources=sources, names=names
        )

    spelled = (name, *parameter.names.values(), *([parameter.source.word] if parameter.source.word else []))
    yield entry("", f"{name} takes every documented value.", parameter.source, names=spelled)
    for part, errors, text in (
        (".type", parameter.invalid, f"{name} refuses what is not of type {parameter.type}."),
        (".unknown", parameter.unknown, f"{name} refuses what names no {parameter.object}."),
    ):
        if errors:
            unsure = parameter.invalid_ambiguity is not None or bool(system.types[parameter.type].open_choices)
            open_point = operation.request is not None and part == ".type" and unsure
            ambiguity = parameter.invalid_ambiguity if part == ".type" else parameter.unknown_ambiguity
            if operation.command is not None:
                open_point = ambiguity is not None
            elif system.documents is not None:  # where a success is no reading, only the error is open
                known = system.ambiguities.get(ambiguity or "")
                open_point = known is not None and (known.accepted or known.refused) is not None
            rows = [operation.errors[error] for error in errors if error in operation.errors]
            yield entry(
                part,
                text,
                *(row.source for row in rows),
                parameter.source,
                names=tuple(n for row in rows for n in _codes(system, row)),
                level=Level.MAY if open_point else Level.MUST,
            )
    for constraint in parameter.constraints:
        row = operation.errors[constraint.error]
        yield entry(
            f".{constraint.rule}", f"{name} is {constraint.rule}.", constraint.source, names=_codes(system, row)
        )


def resolve_error(system: System, row: ErrorCode) -> ErrorCode:
    """A row of an operation's error table with the code and text of the catalogue entry that it restates."""
    if row.use is None:
        return row
    shared = system.errors[row.use]
    return ErrorCode(
        source=row.source,
        code=shared.code,
        text=shared.text,
        texts=shared.texts,
        codes=shared.codes,
        ambiguity=shared.ambiguity,
        code_ambiguity=shared.code_ambiguity,
        internal=row.internal or shared.internal,
        anywhere=shared.anywhere,
    )


def _codes(system: System, row: ErrorCode) -> tuple[str, ...]:
    resolved = resolve_error(system, row)
    codes = (resolved.code,) if resolved.code else tuple(resolved.codes.values())
    return (*codes, resolved.text) if resolved.text and system.documents is not None else codes
