"""The suite against its own reference server: every seeded fault is caught, no reading that the document supports is called a fault."""

from __future__ import annotations

from functools import partial

import pytest

from harness.reference.faults import Fault
from harness.reference.server import faults_of
from harness.tests import suite_runs
from harness.tests.thorough import first, some

SYSTEM = "tps"
TIMEOUT_S = 3.0
catches = partial(suite_runs.catches, SYSTEM, timeout_s=TIMEOUT_S)
blamed = partial(suite_runs.blamed, SYSTEM, timeout_s=TIMEOUT_S)
# What the suite does not see, with the reason.
BEYOND: dict[str, str] = {}
FAULTS = faults_of(SYSTEM)
COMBINATIONS = first(suite_runs.combinations(SYSTEM), 2)


def test_what_the_suite_does_not_see_is_known_and_little() -> None:
    known = {fault.name for fault in faults_of(SYSTEM)}
    assert known >= set(BEYOND)
    assert len(FAULTS) >= 300
    assert len(BEYOND) < 5


@pytest.mark.slow
@pytest.mark.parametrize("fault", some(FAULTS, 8), ids=lambda fault: fault.name)
def test_each_seeded_fault_is_blamed_on_a_clause_of_it(fault: Fault) -> None:
    """STYLE.md R19. The cases that name the clause come first, since they are quick; the whole suite decides."""
    quick = suite_runs.named(SYSTEM, fault.clauses)
    found = (quick and catches(fault, quick)) or catches(fault)
    assert bool(found) is (fault.name not in BEYOND), (
        f"{fault.name}: {fault.about} ({' '.join(fault.clauses)}): {found}"
    )


@pytest.mark.slow
@pytest.mark.parametrize("readings", COMBINATIONS, ids=range(len(COMBINATIONS)))
def test_no_reading_that_the_document_supports_fails_or_breaks_a_case(readings: tuple[str, ...]) -> None:
    """DESIGN.md, Vocabulary: a device that follows any reading the document supports conforms."""
    assert [] == blamed(readings)
