"""The suite against other servers of the same document, written by people who saw only the document.

They behave in many ways that the document permits, and have single faults, each with the lines of the document that it breaks. Suite and
reference server come from one spec and would share a misreading; these do not.
"""

from __future__ import annotations

from typing import Any

import pytest

from harness.tests.peer_runs import caught, noticed, run_against, some, told
from harness.verdict import Outcome

PEERS = ("alder", "birch")
# Ways to behave under which much cannot be tested.
LITTLE_TO_SEE: dict[str, tuple[str, ...]] = {"alder": (), "birch": ()}
# Ways that the suite calls nonconforming, with the reason.
QUARREL: dict[str, dict[str, str]] = {"alder": {}, "birch": {}}
# What a peer calls a fault and rests on no sentence, so that the suite only warns, with the reason.
WARNED: dict[str, dict[str, str]] = {"alder": {}, "birch": {}}
# What the suite does not notice, with the reason.
UNSEEN: dict[str, dict[str, str]] = {"alder": {}, "birch": {}}
# Faults whose peer cites other lines than those that rule them out.
# Faults whose clause that the suite names first stands in other lines, too.
LINES: dict[str, dict[str, list[int]]] = {"alder": {}, "birch": {"sp-dualvideo-two": [2178, 2249]}}


def conforming() -> list[tuple[str, str]]:
    """Conforming ways to start the peers, some of them."""
    return [
        (peer, name)
        for peer in PEERS
        for name in some([one["name"] for one in told("rss2000", peer, "personalities")], 27)
        if name not in QUARREL[peer]
    ]


def faults() -> list[tuple[str, dict[str, Any]]]:
    """Single faults that the document rules out, some of them."""
    return [(peer, one) for peer in PEERS for one in some(told("rss2000", peer, "faults"), 45)]


@pytest.mark.slow
@pytest.mark.parametrize(("peer", "personality"), conforming())
def test_no_conforming_peer_fails(peer: str, personality: str) -> None:
    """A device whose choices differ wherever the document leaves one conforms."""
    little = personality in LITTLE_TO_SEE[peer]
    assert [] == [
        f"{result.id}: {result.message}"
        for result in run_against("rss2000", peer, ("--personality", personality))
        if result.outcome in (Outcome.FAILED, Outcome.ERROR) or (result.outcome is Outcome.INCONCLUSIVE and not little)
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("peer", "fault"), faults(), ids=lambda one: one if isinstance(one, str) else one["name"])
def test_each_fault_of_a_peer_is_caught_and_its_clause_named(peer: str, fault: dict[str, Any]) -> None:
    """As a failure, or, where no sentence is contradicted, as a warning."""
    name = fault["name"]
    lines = LINES[peer].get(name, fault["lines"])
    if name in UNSEEN[peer]:
        assert not noticed("rss2000", peer, name), f"{name} is noticed after all"
    elif name in WARNED[peer]:
        assert noticed("rss2000", peer, name) is Outcome.WARNED, f"{fault} is not told, or fails"
    else:
        assert caught("rss2000", peer, name, lines), f"{fault} is not caught"
