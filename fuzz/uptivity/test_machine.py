"""Calls, recordings, blackouts, chats and events in any order."""

from __future__ import annotations

import pytest
from hypothesis import seed
from hypothesis.stateful import run_state_machine_as_test

from fuzz.uptivity.kit import KIT
from fuzz.uptivity.machine import UptivityMachine
from harness.fuzzing.document_kit import devices_of
from harness.fuzzing.session import Session


def test_any_order_of_calls(fuzz_session: Session, pytestconfig: pytest.Config) -> None:
    """`--run-seed` makes the order of a run again."""
    if not fuzz_session.permit.allow.write:
        pytest.skip("[target.allow] write is false: everything here begins calls")
    if not devices_of(KIT, fuzz_session.target):
        pytest.skip("the target file names no devices")
    UptivityMachine.session = fuzz_session
    number = pytestconfig.getoption("--run-seed")
    run_state_machine_as_test(seed(number)(UptivityMachine) if number else UptivityMachine)
