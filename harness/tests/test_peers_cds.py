"""The suite against another server of the same document, written by someone who saw only the document.

It behaves in many ways that the document permits, and has single faults, each with the lines of the document that it breaks. Suite and
reference server come from one spec and would share a misreading; this one does not.
"""

from __future__ import annotations

import os
from contextlib import closing
from typing import Any

import pytest

from harness.tests.peer_runs import caught, run_against, told
from harness.verdict import Outcome

PEER = "birch"
# Ways to behave under which much cannot be tested: a device without data, or one whose data changes while it is looked at.
LITTLE_TO_SEE = ("fresh", "fresh-blank", "growing", "growing-live")
# What the peer calls a fault and a reading permits, with the reason. It may warn and must not fail.
PERMITTED: dict[str, str] = {}
# Faults whose peer cites a heading or a neighbouring line instead of the statement.
LINES: dict[str, list[int]] = {}


def conforming() -> list[str]:
    """Conforming ways to start the peer: every third one, all of them where CLAUSEWISE_THOROUGH is set, which takes ten minutes."""
    names = [one["name"] for one in told("cds", PEER, "--list-personalities")]
    return names if os.environ.get("CLAUSEWISE_THOROUGH") else names[::3]


def faults() -> list[dict[str, Any]]:
    """Every single fault that the document rules out."""
    found: list[dict[str, Any]] = told("cds", PEER, "--list-faults")
    return found


def strains() -> list[dict[str, Any]]:
    """Every deviation that only strains belief."""
    found: list[dict[str, Any]] = told("cds", PEER, "--list-should")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("personality", conforming())
def test_no_conforming_peer_fails(personality: str) -> None:
    """A device whose choices differ wherever the document leaves one conforms."""
    little = personality in LITTLE_TO_SEE
    assert [] == [
        f"{result.id}: {result.message}"
        for result in run_against("cds", PEER, ("--personality", personality))
        if result.outcome in (Outcome.FAILED, Outcome.ERROR) or (result.outcome is Outcome.INCONCLUSIVE and not little)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault["name"])
def test_each_fault_of_the_peer_is_caught_and_its_clause_named(fault: dict[str, Any]) -> None:
    """Or, where a reading permits what the peer calls a fault, nothing fails."""
    lines = LINES.get(fault["name"], fault["lines"])
    if fault["name"] in PERMITTED:
        with closing(run_against("cds", PEER, ("--fault", fault["name"]))) as results:  # type: ignore[type-var]
            assert not any(result.outcome is Outcome.FAILED for result in results)
    else:
        assert caught("cds", PEER, fault["name"], lines), f"{fault} is not caught"


@pytest.mark.slow
@pytest.mark.parametrize("fault", strains(), ids=lambda fault: fault["name"])
def test_what_strains_belief_is_told(fault: dict[str, Any]) -> None:
    """Nothing fails for it that a clause does not bind, and something says so."""
    assert caught("cds", PEER, fault["name"], fault["lines"], should=True), f"{fault} is not told"
