"""Two clients use one device in any order, and every answer is one that conforms then."""

from __future__ import annotations

import time

import pytest
from hypothesis import seed
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from fuzz.hmp.client import Clients, NonconformingError
from fuzz.hmp.machine import HmpMachine

# HotMarks so far apart lie in different seconds (HMP-HOT-002).
APART_S = 1.15


def test_any_order_of_commands(clients: Clients, pytestconfig: pytest.Config) -> None:
    """Sessions, sources, recordings, HotMarks and re-streams; `--run-seed` makes the order of a run again."""
    HmpMachine.clients = clients
    number = pytestconfig.getoption("--run-seed")
    try:
        run_state_machine_as_test(seed(number)(HmpMachine) if number else HmpMachine)
    except Flaky:  # the device does not do it each time, so Hypothesis cannot make it smaller
        if clients.told:
            raise NonconformingError(f"not each time, but once:\n{clients.told}") from None
        raise


def test_hotmarks_a_second_apart(clients: Clients) -> None:
    """On a device whose clock is no quicker than ours the machine never waits for the next second; this does, twice."""
    sources = clients.target.fixture_texts("source_ids")
    if not sources:
        pytest.skip("needs the fixture source_ids")
    made: list[list[str]] = [[], [], []]
    try:
        session = clients.made(0, "createSession", "hotmarks a second apart")
        if session is None:
            pytest.skip("no session could be made")
        made[0].append(session)
        clients.call(0, "addSourceToSession", session, sources[0])
        recording = clients.made(0, "startRecording", session)
        if recording is None:
            pytest.skip("the session could not be recorded")
        made[1].append(recording)
        for number in range(3):
            clients.call(number & 1, "addHotmark", recording, f"mark {number}")
            time.sleep(APART_S / clients.target.clock_scale)
    finally:
        clients.clean(*made)
