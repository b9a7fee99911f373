"""Runs of a suite against its own reference server, and what they notice."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from harness.certify import reference_clock, reference_server
from harness.engine import Plan, Run
from harness.events import CaseFinished
from harness.reference.faults import Fault
from harness.spec.load import load_system
from harness.suite import load_suite
from harness.target import load_target
from harness.transcript import Transcript
from harness.verdict import CaseResult, Outcome, Severity

SEED = 20260801


def run_against_the_reference_server(
    name: str, arguments: Sequence[str], select: Sequence[str] = (), *, timeout_s: float
) -> Iterator[CaseResult]:
    """The results of a run, as `certify` would make it, one after the other; the server lives as long as the iterator."""
    system = load_system(name)
    with tempfile.TemporaryDirectory(prefix="clausewise-test-") as folder:
        path = Path(folder) / "target.toml"
        with reference_server(
            name, ("--write-target", str(path), "--clock-scale", str(reference_clock(system)), *arguments)
        ):
            target = replace(load_target(path, {name: system}), timeout=timeout_s)
            plan = Plan(system=system, suite=load_suite(system), target=target, seed=SEED, select=tuple(select))
            for event in Run(plan, _forget).events():
                if isinstance(event, CaseFinished):
                    yield event.result


def _forget(_transcript: Transcript) -> str:
    return ""


def blames(result: CaseResult, clauses: Sequence[str]) -> bool:
    """Whether a case says that one of the clauses is contradicted: failed for one that binds, warned for one that only should hold."""
    broken = set(result.broken) if result.outcome is Outcome.FAILED else set()
    for check in result.checks:
        if not check.passed and check.severity is Severity.SHOULD:
            broken |= set(check.clauses)
    return bool(broken & set(clauses))


def catches(
    name: str, fault: Fault, select: Sequence[str] = (), *, timeout_s: float, arguments: Sequence[str] = ()
) -> str:
    """The first case that blames a clause of the fault, "" if none does."""
    results = run_against_the_reference_server(name, ("--fault", fault.name, *arguments), select, timeout_s=timeout_s)
    with closing(results):  # type: ignore[type-var]
        return next((result.id for result in results if blames(result, fault.clauses)), "")


def named(name: str, clauses: Sequence[str]) -> list[str]:
    """Those of the clauses that a case names; the others are only seen in passing."""
    known = {clause for case in load_suite(load_system(name)).cases.values() for clause in case.clauses}
    return [clause for clause in clauses if clause in known]


def blamed(name: str, arguments: Sequence[str], *, timeout_s: float) -> list[str]:
    """What a run calls failed or an error of the harness; nothing may be."""
    return [
        f"{result.id}: {result.message}"
        for result in run_against_the_reference_server(name, arguments, timeout_s=timeout_s)
        if result.outcome in (Outcome.FAILED, Outcome.ERROR)
    ]


def combinations(name: str) -> list[tuple[str, ...]]:
    """Readings as `serve --reading` takes them, one of each ambiguity, so that together each reading is followed once."""
    known = {one: list(ambiguity.readings) for one, ambiguity in load_system(name).ambiguities.items()}
    return [
        tuple(
            argument
            for one, readings in known.items()
            for argument in ("--reading", f"{one}={readings[number % len(readings)]}")
        )
        for number in range(max(map(len, known.values())))
    ]
