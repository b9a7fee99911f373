"""What the fuzz tests of cds run against: the session of the plugin, on the device of `--target FILE` or a reference server."""

from __future__ import annotations

import pytest

from harness.fuzzing.http_kit import HttpKit
from harness.fuzzing.session import Session
from harness.strategies import HttpStrategies


@pytest.fixture
def strategies(fuzz_session: Session) -> HttpStrategies:
    """Strategies for this target."""
    assert isinstance(fuzz_session.kit, HttpKit)
    return HttpStrategies(fuzz_session.system, fuzz_session.target, fuzz_session.kit)
