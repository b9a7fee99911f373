"""All mutants of a system: those that follow from its spec, and those that a person wrote under fuzz/ for what no structure says."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from hashlib import blake2b
from types import ModuleType

from harness.errors import InternalError, UsageError
from harness.messages.book import ErrorBook
from harness.mutation.call_returned import returned_mutants
from harness.mutation.call_rules import call_rule_mutants
from harness.mutation.call_shown import shown_mutants
from harness.mutation.call_taken import taken_mutants
from harness.mutation.derive import derived_mutants
from harness.mutation.document_answers import answer_mutants
from harness.mutation.document_functions import function_mutants
from harness.mutation.document_rules import document_rule_mutants
from harness.mutation.http_documents import document_mutants
from harness.mutation.http_requests import request_mutants
from harness.mutation.http_rules import rule_mutants
from harness.mutation.mutant import Mutant
from harness.mutation.packet_fields import field_mutants
from harness.mutation.packet_operations import operation_mutants
from harness.mutation.packet_records import record_mutants
from harness.mutation.packet_rules import packet_rule_mutants
from harness.mutation.packet_settings import setting_mutants
from harness.mutation.syntax import syntax_mutants
from harness.resources import data_folder, import_package
from harness.spec.clauses import ClauseEntry, catalogue
from harness.spec.model import Level, System


def mutants_of(system: System) -> list[Mutant]:
    """Every mutant of a system; `ALLOWED` of its file names those that follow from the spec and yet break nothing, with the reason.

    Raises:
        UsageError: the system's protocol has none yet.
        InternalError: two have one id, or one breaks a clause that there is not.
    """
    allowed = getattr(_module(system), "ALLOWED", {})
    found = [*(mutant for mutant in _derived(system) if mutant.id not in allowed), *_written(system)]
    known = catalogue(system)
    if system.documents is not None or system.calls is not None:  # many clauses permit and do not demand
        found = [one for one in found if one.clause not in known or _counts(known[one.clause])]
    seen: set[str] = set()
    for mutant in found:
        if mutant.id in seen or mutant.clause not in known:
            raise InternalError(f"mutant {mutant.id}: its id is taken, or {mutant.clause} is no clause")
        seen.add(mutant.id)
    return found


def _counts(entry: ClauseEntry) -> bool:
    return entry.level is not Level.MAY and not entry.untested


def _derived(system: System) -> Iterator[Mutant]:
    """The mutants that follow from the spec."""
    if system.lines is not None:
        book = ErrorBook(system, system.lines)
        yield from derived_mutants(book)
        yield from syntax_mutants(book)
    elif system.http is not None:
        yield from request_mutants(system)
        yield from document_mutants(system)
        yield from rule_mutants(system, system.http)
    elif system.messages is not None:
        yield from operation_mutants(system)
        yield from field_mutants(system)
        yield from record_mutants(system)
        yield from setting_mutants(system)
        yield from packet_rule_mutants(system)
    elif system.documents is not None:
        yield from document_rule_mutants(system)
        yield from function_mutants(system)
        yield from answer_mutants(system)
    elif system.calls is not None:
        yield from call_rule_mutants(system)
        yield from taken_mutants(system)
        yield from returned_mutants(system)
        yield from shown_mutants(system)
    else:
        raise UsageError(
            f"{system.system}: there are no mutants for its protocol yet; mutate knows line protocols, HTTP, XML messages in packets, "
            "functions called with XML documents and methods called with structs"
        )


def _module(system: System) -> ModuleType | None:
    """`fuzz/<system>/mutants.py`, if there is such a file."""
    folder = data_folder("fuzz")
    if not (folder / system.system / "mutants.py").is_file():
        return None
    import_package("fuzz", folder)
    return importlib.import_module(f"fuzz.{system.system}.mutants")


def _written(system: System) -> Sequence[Mutant]:
    """The mutants that a person wrote."""
    module = _module(system)
    made: Sequence[Mutant] = module.mutants(system) if module is not None else ()
    return made


def serve_options(system: System) -> tuple[str, ...]:
    """How the reference server is started to be mutated, `SERVE` of that file: with a world that is small and has everything."""
    return tuple(getattr(_module(system), "SERVE", ()))


def sample_of(mutants: Sequence[Mutant], count: int | None, seed: int) -> list[Mutant]:
    """So many of them, chosen by the seed, in their order; all without a count."""
    if count is None or count >= len(mutants):
        return list(mutants)

    def lot(mutant: Mutant) -> bytes:
        return blake2b(f"{seed} {mutant.id}".encode()).digest()

    chosen = {mutant.id for mutant in sorted(mutants, key=lot)[:count]}
    return [mutant for mutant in mutants if mutant.id in chosen]


def select_mutants(mutants: Iterable[Mutant], patterns: Sequence[str]) -> list[Mutant]:
    """Those whose clause or id matches a pattern; all without a pattern.

    Raises:
        UsageError: nothing matches.
    """
    found = [
        mutant
        for mutant in mutants
        if not patterns or any(fnmatchcase(name, one) for one in patterns for name in (mutant.id, mutant.clause))
    ]
    if not found:
        raise UsageError(f"--select {' '.join(patterns)}: no mutant and no clause has such a name; try '*-SES-*'")
    return found
