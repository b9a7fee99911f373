"""How checks become an outcome and outcomes an exit code."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.verdict import Check, Outcome, Severity, broken_clauses, exit_code, outcome_of, worst


def check(severity: Severity = Severity.MUST, *clauses: str, passed: bool = False) -> Check:
    return Check(id="c", clauses=clauses, passed=passed, severity=severity)


GOOD = check(passed=True)


@pytest.mark.parametrize(
    ("checks", "outcome"),
    [
        ([], Outcome.INCONCLUSIVE),
        ([GOOD], Outcome.PASSED),
        ([GOOD, check()], Outcome.FAILED),
        ([check(Severity.SHOULD)], Outcome.WARNED),
        ([check(Severity.READING), GOOD], Outcome.WARNED),
        ([check(Severity.SHOULD), check(Severity.MUST)], Outcome.FAILED),
        ([check(Severity.SHOULD, passed=True)], Outcome.PASSED),
    ],
)
def test_the_outcome_of_checks(checks: list[Check], outcome: Outcome) -> None:
    """DESIGN.md, Vocabulary: outcome."""
    assert outcome_of(checks) is outcome


def test_broken_clauses_come_once_and_in_order_and_a_reading_breaks_none() -> None:
    checks = [
        check(Severity.MUST, "B", "A"),
        check(Severity.READING, "R"),
        check(Severity.SHOULD, "A", "C"),
        check(Severity.MUST, "P", passed=True),
    ]
    assert broken_clauses(checks) == ("B", "A", "C")


def test_the_worst_check_is_the_first_of_the_heaviest() -> None:
    must, should, reading = check(Severity.MUST, "1"), check(Severity.SHOULD), check(Severity.READING)
    assert worst([reading, should, must, check(Severity.MUST, "2")]) is must
    assert worst([reading, should, GOOD]) is should
    assert worst([GOOD]) is None


P, F, W, S, U, E, V = (
    Outcome.PASSED, Outcome.FAILED, Outcome.WARNED, Outcome.SKIPPED, Outcome.INCONCLUSIVE, Outcome.ERROR, Outcome.WAIVED,
)  # fmt: skip


@pytest.mark.parametrize(
    ("outcomes", "ways", "code"),
    [
        ([], {}, 0),
        ([P], {}, 0),
        ([P, W, S, V], {}, 0),
        ([P, U], {}, 3),
        ([P, F], {}, 1),
        ([P, E], {}, 5),
        ([U, F], {}, 1),
        ([U, E], {}, 5),
        ([F, E], {}, 5),
        ([F, E, U], {"interrupted": True}, 130),
        ([P], {"interrupted": True}, 130),
        ([P], {"unreachable": True}, 3),
        ([P], {"incomplete": True}, 3),
        ([F], {"unreachable": True, "incomplete": True}, 1),
        ([E], {"unreachable": True}, 5),
    ],
)
def test_the_exit_code_is_the_first_that_applies(outcomes: list[Outcome], ways: dict[str, bool], code: int) -> None:
    """DESIGN.md, Contracts: exit codes 130, 5, 1, 3, 0 in this order."""
    for order in itertools.permutations(outcomes):
        assert exit_code(order, **ways) == code


@given(st.lists(st.sampled_from(Outcome)), st.sampled_from(Outcome))
def test_one_more_outcome_never_makes_the_verdict_lighter(outcomes: list[Outcome], more: Outcome) -> None:
    order = [0, 3, 1, 5, 130]
    assert order.index(exit_code([*outcomes, more])) >= order.index(exit_code(outcomes))
