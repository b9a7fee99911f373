"""The suite against its own reference server: every seeded fault is caught, no reading that the document supports is called a fault."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from harness.certify import REFERENCE_CLOCK, reference_server
from harness.engine import Plan, Run
from harness.events import CaseFinished
from harness.reference.faults import Fault
from harness.reference.server import faults_of
from harness.spec.load import load_system
from harness.suite import load_suite
from harness.target import load_target
from harness.transcript import Transcript
from harness.verdict import CaseResult, Outcome

SYSTEM = "hmp"
SEED = 20260801
# The server answers at once, so a second is room enough even on a busy machine; every lost reply costs this much.
TIMEOUT_S = 1.0


def run_against_the_reference_server(arguments: Sequence[str], select: Sequence[str] = ()) -> Iterator[CaseResult]:
    """The results of a run, as `certify` would make it, one after the other; the server lives as long as the iterator."""
    system = load_system(SYSTEM)
    with tempfile.TemporaryDirectory(prefix="clausewise-test-") as folder:
        path = Path(folder) / "target.toml"
        with reference_server(SYSTEM, ("--write-target", str(path), "--clock-scale", str(REFERENCE_CLOCK), *arguments)):
            target = replace(load_target(path, {SYSTEM: system}), timeout=TIMEOUT_S)
            plan = Plan(system=system, suite=load_suite(system), target=target, seed=SEED, select=tuple(select))
            for event in Run(plan, _forget).events():
                if isinstance(event, CaseFinished):
                    yield event.result


def _forget(_transcript: Transcript) -> str:
    return ""


def catches(fault: Fault, select: Sequence[str] = ()) -> list[str]:
    """Cases that failed and contradict a clause of the fault; the run stops at the first one."""
    results = run_against_the_reference_server(("--fault", fault.name), select)
    try:
        return next(
            (
                [result.id]
                for result in results
                if result.outcome is Outcome.FAILED and set(result.broken) & set(fault.clauses)
            ),
            [],
        )
    finally:
        results.close()  # type: ignore[attr-defined]  # a generator


def named(clauses: Sequence[str]) -> list[str]:
    """Those of the clauses that a case names; the others are only seen in passing."""
    known = {clause for case in load_suite(load_system(SYSTEM)).cases.values() for clause in case.clauses}
    return [clause for clause in clauses if clause in known]


def blamed(reading: Sequence[str]) -> list[str]:
    """What a run calls failed or an error of the harness; nothing may be."""
    return [
        f"{result.id}: {result.message}"
        for result in run_against_the_reference_server(reading)
        if result.outcome in (Outcome.FAILED, Outcome.ERROR)
    ]


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
    quick = named(fault.clauses)
    found = (quick and catches(fault, quick)) or catches(fault)
    assert found, f"{fault.name} survives: {fault.about} ({' '.join(fault.clauses)})"


@pytest.mark.slow
@pytest.mark.parametrize("reading", ["", *other_readings()])
def test_no_reading_that_the_document_supports_fails_or_breaks_a_case(reading: str) -> None:
    """DESIGN.md, Vocabulary: a device that follows any reading the document supports conforms."""
    assert [] == blamed(("--reading", reading) if reading else ())
