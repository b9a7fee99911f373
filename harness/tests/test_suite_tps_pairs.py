"""Combinations of members on a device that has a fault where two of them come together: the finding names these two."""

from __future__ import annotations

import pytest

from harness.tests.suite_runs import run_against_the_reference_server
from harness.verdict import Outcome

FAULT = "lobbies-not-both-off"
TWO = ("welcomeScreen", "exitScreen")


@pytest.mark.slow
def test_a_combination_that_fails_is_reduced_to_the_two_members_that_matter() -> None:
    """Each of them alone is taken and shown; of the combinations those fail that have both, and tell no other member."""
    select = ["tps.flex.conference.create.pairs.*", *(f"tps.flex.conference.create.{name}.given" for name in TWO)]
    results = list(run_against_the_reference_server("tps", ("--fault", FAULT), select, timeout_s=5.0))
    outcomes = {one.id: one.outcome for one in results}
    assert [outcomes[one] for one in select[1:]] == [Outcome.PASSED] * 2
    failed = [one for one in results if one.outcome is Outcome.FAILED]
    assert failed
    for one in failed:
        assert ".pairs." in one.id
        (check,) = (check for check in one.checks if not check.passed)
        assert check.expected == "welcomeScreen=False, exitScreen=False to be taken together and shown"
        assert check.got == "exitScreen: False set, True shown"
        assert set(one.broken) == {"TPS-CON-001", *(f"TPS-flex.conference.create.{name}:shown" for name in TWO)}
