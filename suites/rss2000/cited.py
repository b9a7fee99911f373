"""The clauses that the structure of a command gives, for cases that are about all of it."""

from __future__ import annotations

from harness.derive_packets import documented
from harness.spec.load import load_system

_MODEL = load_system("rss2000")


def cited(name: str, *kinds: str) -> list[str]:
    """The clauses of a command, its parameters, and of its confirm or what `kinds` name."""
    return documented(_MODEL, name, *kinds)
