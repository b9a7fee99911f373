"""Hypothesis profiles of the fuzz tests: `pytest fuzz/hmp --hypothesis-profile night`. Without one, `default` applies.

Every test here fails with what it found, also where Hypothesis only reports that the test is not the same each time.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

from harness.strategies import unmasked

# A device answers in its own time, which says nothing about our generators.
_COMMON = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
settings.register_profile("quick", _COMMON, max_examples=20, stateful_step_count=30)
settings.register_profile("default", _COMMON, max_examples=100, stateful_step_count=50)
settings.register_profile("night", _COMMON, max_examples=5000, stateful_step_count=100)
settings.load_profile("default")


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call() -> Generator[None, object, object]:
    """A finding is told as what it is, whatever Hypothesis makes of a device that does not fail each time."""
    with unmasked():
        return (yield)
