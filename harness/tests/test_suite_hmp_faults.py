"""The suite against its own reference server: every seeded fault is caught, no reading that the document supports is called a fault."""

from __future__ import annotations

from functools import partial

import pytest

from harness.reference.faults import Fault
from harness.reference.server import faults_of
from harness.spec.load import load_system
from harness.tests import suite_runs

SYSTEM = "hmp"
# The server answers at once, so a second is room enough even on a busy machine; every lost reply costs this much.
TIMEOUT_S = 1.0
catches = partial(suite_runs.catches, SYSTEM, timeout_s=TIMEOUT_S)
blamed = partial(suite_runs.blamed, SYSTEM, timeout_s=TIMEOUT_S)


def other_readings() -> list[str]:
    """Every reading but the one that the server follows unasked, as `serve --reading` takes it."""
    return [
        f"{name}={reading}"
        for name, ambiguity in load_system(SYSTEM).ambiguities.items()
        for reading in list(ambiguity.readings)[1:]
    ]


@pytest.mark.slow
@pytest.mark.parametrize("fault", faults_of(SYSTEM), ids=lambda fault: fault.name)
def test_each_seeded_fault_fails_a_case_that_cites_a_clause_of_it(fault: Fault) -> None:
    """STYLE.md R19. The cases that name the clause come first, since they are quick; the whole suite decides."""
    quick = suite_runs.named(SYSTEM, fault.clauses)
    found = (quick and catches(fault, quick)) or catches(fault)
    assert found, f"{fault.name} survives: {fault.about} ({' '.join(fault.clauses)})"


@pytest.mark.slow
@pytest.mark.parametrize("reading", ["", *other_readings()])
def test_no_reading_that_the_document_supports_fails_or_breaks_a_case(reading: str) -> None:
    """DESIGN.md, Vocabulary: a device that follows any reading the document supports conforms."""
    assert [] == blamed(("--reading", reading) if reading else ())
