"""Periods, pages and names in any order."""

from __future__ import annotations

import pytest
from hypothesis import seed
from hypothesis.stateful import run_state_machine_as_test

from fuzz.cds.machine import CdsMachine
from harness.fuzzing.session import Session


def test_any_order_of_requests(fuzz_session: Session, pytestconfig: pytest.Config) -> None:
    """`--run-seed` makes the order of a run again."""
    CdsMachine.session = fuzz_session
    number = pytestconfig.getoption("--run-seed")
    run_state_machine_as_test(seed(number)(CdsMachine) if number else CdsMachine)
