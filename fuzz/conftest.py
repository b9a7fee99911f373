"""Hypothesis profiles of the fuzz tests: `pytest fuzz/hmp --hypothesis-profile night`. Without one, `default` applies."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# A device answers in its own time, which says nothing about our generators.
_COMMON = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
settings.register_profile("quick", _COMMON, max_examples=20, stateful_step_count=30)
settings.register_profile("default", _COMMON, max_examples=100, stateful_step_count=50)
settings.register_profile("night", _COMMON, max_examples=5000, stateful_step_count=100)
settings.load_profile("default")
