"""Conferences, participants and users in any order."""

from __future__ import annotations

import pytest
from hypothesis import seed
from hypothesis.stateful import run_state_machine_as_test

from fuzz.tps.machine import TpsMachine
from harness.fuzzing.session import Session


def test_any_order_of_calls(fuzz_session: Session, pytestconfig: pytest.Config) -> None:
    """`--run-seed` makes the order of a run again."""
    if not fuzz_session.permit.allow.write:
        pytest.skip("[target.allow] write is false: everything here makes conferences, participants and users")
    TpsMachine.session = fuzz_session
    number = pytestconfig.getoption("--run-seed")
    run_state_machine_as_test(seed(number)(TpsMachine) if number else TpsMachine)
