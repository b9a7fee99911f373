"""Two clients in any order, one of them told of what the other does."""

from __future__ import annotations

import pytest
from hypothesis import seed
from hypothesis.stateful import run_state_machine_as_test

from fuzz.rss2000.machine import RssMachine
from harness.fuzzing.session import Session


def test_any_order_of_commands(fuzz_session: Session, pytestconfig: pytest.Config) -> None:
    """`--run-seed` makes the order of a run again."""
    if not fuzz_session.permit.allow.write:
        pytest.skip("[target.allow] write is false: everything here makes objects")
    RssMachine.session = fuzz_session
    number = pytestconfig.getoption("--run-seed")
    run_state_machine_as_test(seed(number)(RssMachine) if number else RssMachine)
