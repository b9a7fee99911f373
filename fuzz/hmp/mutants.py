"""The mutants of what no structure of the spec says: states, access, escapes, connections."""

from __future__ import annotations

from collections.abc import Sequence

from fuzz.hmp import breaches_describe, breaches_record, breaches_session
from fuzz.hmp.breaches_line import line_mutants
from fuzz.hmp.breaches_words import word_mutants
from harness.errors import InternalError
from harness.messages.book import ErrorBook
from harness.mutation.mutant import Mutant
from harness.spec.model import System


def mutants(system: System) -> Sequence[Mutant]:
    """Every mutant that a person wrote."""
    if system.lines is None:
        raise InternalError(f"{system.system}: the spec has no line syntax")
    book = ErrorBook(system, system.lines)
    return [
        *breaches_session.breach.mutants(book),
        *breaches_record.breach.mutants(book),
        *breaches_describe.breach.mutants(book),
        *word_mutants(book),
        *line_mutants(book),
    ]
