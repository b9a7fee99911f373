"""Checks, outcomes and findings: how what a case observed becomes a verdict.

A check is atomic: it passed or it is broken, and it names the clauses it rests on. A case begins with nothing learned
(`inconclusive`), never with `passed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """What a case taught us."""

    PASSED = "passed"
    FAILED = "failed"  # a must clause is contradicted
    WARNED = "warned"  # a should clause is contradicted, or an unusual reading is followed
    SKIPPED = "skipped"  # not permitted or not applicable
    INCONCLUSIVE = "inconclusive"  # a precondition could not be set up
    ERROR = "error"  # the harness's own fault
    WAIVED = "waived"  # failed, and a waiver covers it


class Severity(StrEnum):
    """What a broken check means for its case."""

    MUST = "must"
    SHOULD = "should"
    READING = "reading"  # conforms, by a reading that few would choose


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One observation.

    Attributes:
        id: stable name within the case, the same whether it passed or broke.
        clauses: the clauses it rests on.
        step: index of the transcript step that decided it, -1 for none.
        readings: ambiguity -> the readings that this observation fits.
    """

    id: str
    clauses: tuple[str, ...]
    passed: bool
    severity: Severity = Severity.MUST
    expected: str = ""
    got: str = ""
    step: int = -1
    readings: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What is kept of a case once it has ended; one line of the run record.

    Attributes:
        clauses: clauses probed; broken: clauses that a broken check contradicts.
        transcript: path of the transcript below the run's folder, "" if nothing was sent.
        replay: command that runs this case alone.
    """

    id: str
    system: str
    title: str
    chapter: str
    outcome: Outcome
    clauses: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    message: str = ""
    expected: str = ""
    got: str = ""
    duration_s: float = 0.0
    transcript: str = ""
    replay: str = ""


def outcome_of(checks: Sequence[Check]) -> Outcome:
    """The outcome of a case that ran to its end; without any check nothing was learned."""
    if not checks:
        return Outcome.INCONCLUSIVE
    broken = {check.severity for check in checks if not check.passed}
    if Severity.MUST in broken:
        return Outcome.FAILED
    return Outcome.WARNED if broken else Outcome.PASSED


def broken_clauses(checks: Iterable[Check]) -> tuple[str, ...]:
    """Clauses that broken checks contradict, each once, in order. A reading contradicts none."""
    return tuple(
        dict.fromkeys(
            clause
            for check in checks
            if not check.passed and check.severity is not Severity.READING
            for clause in check.clauses
        )
    )


def worst(checks: Sequence[Check]) -> Check | None:
    """The broken check that a person should read first."""
    order = (Severity.MUST, Severity.SHOULD, Severity.READING)
    broken = [check for check in checks if not check.passed]
    return min(broken, key=lambda check: order.index(check.severity), default=None)


def exit_code(
    outcomes: Iterable[Outcome], *, interrupted: bool = False, unreachable: bool = False, incomplete: bool = False
) -> int:
    """The exit code of a run, the first that applies: 130, 5, 1, 3, 0 (DESIGN.md, Contracts)."""
    seen = set(outcomes)
    if interrupted:
        return 130
    if Outcome.ERROR in seen:
        return 5
    if Outcome.FAILED in seen:
        return 1
    if unreachable or incomplete or Outcome.INCONCLUSIVE in seen:
        return 3
    return 0
