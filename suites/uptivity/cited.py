"""The clauses of what events carry, taken from the spec."""

from __future__ import annotations

from harness.spec.load import load_system

_MODEL = load_system("uptivity")


def event_clauses(*types: str) -> tuple[str, ...]:
    """The clauses of every value of events of these types; each event that comes is checked for them."""
    return tuple(f"{_MODEL.prefix}-event.{kind}.{name}" for kind in types for name in _MODEL.events[kind].values)
