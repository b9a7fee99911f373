"""All mutants of a system: those that follow from its spec, and those that a person wrote under fuzz/ for what no structure says."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from harness.errors import InternalError, UsageError
from harness.messages.book import ErrorBook
from harness.mutation.derive import derived_mutants
from harness.mutation.mutant import Mutant
from harness.mutation.syntax import syntax_mutants
from harness.resources import data_folder, import_package
from harness.spec.clauses import catalogue
from harness.spec.model import System


def mutants_of(system: System) -> list[Mutant]:
    """Every mutant of a system.

    Raises:
        UsageError: the system's protocol has none yet.
        InternalError: two have one id, or one breaks a clause that there is not.
    """
    if system.lines is None:
        raise UsageError(f"{system.system}: there are no mutants for its protocol yet; mutate knows line protocols")
    book = ErrorBook(system, system.lines)
    found = [*derived_mutants(book), *syntax_mutants(book), *_written(system)]
    known = catalogue(system)
    seen: set[str] = set()
    for mutant in found:
        if mutant.id in seen or mutant.clause not in known:
            raise InternalError(f"mutant {mutant.id}: its id is taken, or {mutant.clause} is no clause")
        seen.add(mutant.id)
    return found


def _written(system: System) -> Sequence[Mutant]:
    """The mutants of `fuzz/<system>/mutants.py`, if there is such a file."""
    folder = data_folder("fuzz")
    if not (folder / system.system / "mutants.py").is_file():
        return ()
    import_package("fuzz", folder)
    made: Sequence[Mutant] = importlib.import_module(f"fuzz.{system.system}.mutants").mutants(system)
    return made


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
