"""What the fuzz tests of rss2000 run against: the session of the plugin, on the device of `--target FILE` or a reference server."""

from __future__ import annotations

import pytest

from harness.fuzzing.packet_kit import PacketKit
from harness.fuzzing.session import Session
from harness.strategies import PacketStrategies


@pytest.fixture
def strategies(fuzz_session: Session) -> PacketStrategies:
    """Strategies for this target."""
    assert isinstance(fuzz_session.kit, PacketKit)
    return PacketStrategies(fuzz_session.system, fuzz_session.target, fuzz_session.kit)
