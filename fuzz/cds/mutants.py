"""The mutants of what no structure of the spec says: periods, pages, how messages go together."""

from __future__ import annotations

from collections.abc import Sequence

from fuzz.cds import (
    breaches_capacity,
    breaches_events,
    breaches_messages,
    breaches_periods,
    breaches_requests,
    breaches_tricks,
    breaches_values,
)
from harness.mutation.mutant import Mutant
from harness.spec.model import System

# A world that has everything and is soon told.
SERVE = ("--rows", "1500")


def mutants(system: System) -> Sequence[Mutant]:
    """Every mutant that a person wrote."""
    modules = (
        breaches_requests,
        breaches_values,
        breaches_periods,
        breaches_messages,
        breaches_tricks,
        breaches_capacity,
        breaches_events,
    )
    return [mutant for module in modules for mutant in module.breach.mutants(system)]
