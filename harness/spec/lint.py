"""Mistakes in a spec that its schema cannot see: names that lead nowhere, wrong ids, citations that cite nothing.

Every mistake is found in one go. Each is a `SpecError` that was not raised: file, line, column, what to write and what
stands there.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.errors import SpecError, UsageError
from harness.resources import data_folder
from harness.spec.clauses import catalogue
from harness.spec.lint_calls import call_mistakes
from harness.spec.lint_documents import document_mistakes
from harness.spec.lint_http import http_mistakes
from harness.spec.lint_messages import message_mistakes
from harness.spec.lint_objects import object_mistakes
from harness.spec.lint_operations import operation_mistakes
from harness.spec.lint_sources import source_mistakes
from harness.spec.lint_syntax import syntax_mistakes
from harness.spec.load import node_places, parse_system, system_names
from harness.spec.mistake import Keys, Mistake, known
from harness.spec.model import System
from harness.spec.schema import EDITOR_LINE, schema_file, schema_is_current

_Places = Mapping[Keys, tuple[Path, int, int]]


def lint(name: str, *, specs: Path | None = None) -> list[SpecError]:
    """Every mistake in the spec of one system, in the order of the files.

    Raises:
        UsageError: there is no such spec, or a file cannot be read.
    """
    folder = (specs or data_folder("specs")) / name
    files = sorted(folder.glob("*.yaml"))
    if not files:
        names = system_names(specs)
        close = difflib.get_close_matches(name, names, n=1)
        raise UsageError(
            f"{name!r} is no system" + (f" (did you mean {close[0]!r}?)" if close else f"; known: {', '.join(names)}")
        )
    try:
        texts = {path: path.read_bytes() for path in files}
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}") from None
    headless = [_headless(path) for path, text in texts.items() if not text.startswith(EDITOR_LINE.encode() + b"\n")]
    try:
        system = parse_system(texts)
    except SpecError as error:
        return [*headless, error]
    places: dict[Keys, tuple[Path, int, int]] = {}
    for keys, path, line, column in node_places(texts):
        places.setdefault(keys, (path, line, column))
    found = [_placed(mistake, places, files[0]) for mistake in mistakes(system, name)]
    return sorted([*headless, *found], key=lambda error: (error.file, error.line or 0, error.column or 0))


def lint_schema(specs: Path | None = None) -> list[SpecError]:
    """Whether specs/schema.json is what the model says."""
    if schema_is_current(specs):
        return []
    return [
        SpecError(
            schema_file(specs),
            "file",
            expected="what `clausewise spec schema` writes",
            got="something else",
            line=1,
            column=1,
        )
    ]


def mistakes(system: System, folder: str) -> Iterator[Mistake]:
    """Every mistake of a system that was read from the folder of this name."""
    yield from operation_mistakes(system)
    yield from object_mistakes(system)
    yield from syntax_mistakes(system)
    yield from http_mistakes(system)
    yield from message_mistakes(system)
    yield from document_mistakes(system)
    yield from call_mistakes(system)
    yield from source_mistakes(system)
    if system.system != folder:
        yield Mistake(("system",), f"the name of its folder, {folder!r}", system.system)
    yield from _ambiguities(system)
    yield from _prefixes(system)


def _ambiguities(system: System) -> Iterator[Mistake]:
    clauses = _clause_ids(system)
    for name, ambiguity in system.ambiguities.items():
        place: Keys = ("ambiguities", name)
        if len(ambiguity.readings) < 2:
            yield Mistake((*place, "readings"), "two readings at least", ", ".join(ambiguity.readings) or "none")
        for key, reading in (("accepted", ambiguity.accepted), ("refused", ambiguity.refused)):
            yield from known((*place, key), reading, ambiguity.readings, "one of its readings")
        for index, clause in enumerate(ambiguity.clauses):
            yield from known((*place, "clauses", str(index)), clause, clauses, "the id of a clause")


def _clause_ids(system: System) -> Collection[str]:
    """Ids of all clauses; of the stated ones alone while the errors that derived ones rest on are wrong."""
    try:
        return catalogue(system).keys()
    except KeyError:
        return [*system.clauses, *(f"{system.prefix}-{name}" for name in system.operations)]


@dataclass(frozen=True, slots=True)
class _Family:
    """How the ids of one table are made: `area` stands between prefix and number, `reserved` are those of others."""

    table: str
    area: str = ""
    reserved: tuple[str, ...] = ()


_FAMILIES = (_Family("clauses", reserved=("AMB", "ERR")), _Family("ambiguities", "AMB"), _Family("errata", "ERR"))


def _prefixes(system: System) -> Iterator[Mistake]:
    for family in _FAMILIES:
        for name in getattr(system, family.table):
            prefix, area, number = name.split("-")
            if prefix != system.prefix:
                yield Mistake((family.table, name), f"{system.prefix}-{area}-{number}, with the system's prefix", name)
            elif (family.area and area != family.area) or area in family.reserved:
                wanted = f"{prefix}-{family.area}-{number}" if family.area else "letters that name a chapter"
                yield Mistake((family.table, name), wanted, name)


def _placed(mistake: Mistake, places: _Places, first: Path) -> SpecError:
    """The mistake at the deepest of its keys that stands in a file."""
    keys = mistake.keys
    while keys and keys not in places:
        keys = keys[:-1]
    path, line, column = places.get(keys, (first, 1, 1))
    return SpecError(path, ".".join(mistake.keys), expected=mistake.expected, got=mistake.got, line=line, column=column)


def _headless(path: Path) -> SpecError:
    return SpecError(path, "file", expected=f"{EDITOR_LINE!r} as its first line", got="another one", line=1, column=1)
