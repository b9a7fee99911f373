"""What the fuzz tests of uptivity run against: the session of the plugin, on the device of `--target FILE` or a reference server."""

from __future__ import annotations

import pytest

from harness.fuzzing.document_kit import DocumentKit
from harness.fuzzing.session import Session
from harness.strategies import DocumentStrategies


@pytest.fixture
def strategies(fuzz_session: Session) -> DocumentStrategies:
    """Strategies for this target."""
    assert isinstance(fuzz_session.kit, DocumentKit)
    return DocumentStrategies(fuzz_session.system, fuzz_session.target, fuzz_session.kit)
