"""What the fuzz tests of tps run against: the session of the plugin, on the device of `--target FILE` or a reference server."""

from __future__ import annotations

import pytest

from harness.fuzzing.call_kit import CallKit
from harness.fuzzing.session import Session
from harness.strategies_calls import CallStrategies


@pytest.fixture
def strategies(fuzz_session: Session) -> CallStrategies:
    """Strategies for this target."""
    assert isinstance(fuzz_session.kit, CallKit)
    return CallStrategies(fuzz_session.system, fuzz_session.target, fuzz_session.kit)
