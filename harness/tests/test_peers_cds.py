"""The suite against other servers of the same document, written by people who saw only the document.

They behave in many ways that the document permits, and have single faults, each with the lines of the document that it breaks. Suite and
reference server come from one spec and would share a misreading; these do not.
"""

from __future__ import annotations

from typing import Any

import pytest

from harness.tests.peer_runs import Peer, noticed, told
from harness.tests.thorough import some

PEERS = (
    Peer(
        system="cds",
        name="birch",
        questions=("--list-personalities", "--list-faults"),
        little=("fresh", "fresh-blank", "growing", "growing-live"),
        warned={
            "capacity-hd-negative": "xs:integer has negative numbers",
            "content-attributes-on-stream": "one stream without a content; no sentence says that each has one",
            "counter-high": "follows from what a peak is, not from a sentence",
            "counter-low": "follows from what a peak is, not from a sentence",
            "events-empty": "a stream without events is possible; only the other message tells otherwise",
            "events-npt-pause": "a player may have jumped behind the pause",
            "events-npt-start": "a stream may begin in the middle",
            "group-above-all": "follows from what a peak is, not from a sentence",
            "list-content-differs": "that two messages agree rests on no sentence",
            "list-group-differs": "that two messages agree rests on no sentence",
            "npt-start": "a stream may begin in the middle",
            "range-content-missing": "that two messages agree rests on no sentence",
        },
        unseen={
            "events-active": "what answers for a stream that still runs is CDS-AMB-065",
            "play-servers-lack": "a session without play servers cannot be told from one that had none",
            "bitrates-differ": "nothing says that rates agree",
            "content-not-in-state": "a content may have been removed",
            "db-before-end": "nothing says when a stream comes into the database",
            "file-size-zero": "a file may be empty",
            "ingested-in-future": "nothing says that the clocks agree",
        },
        lines={
            "events-extra": [1236],
            "list-start-differs": [233],
            "range-closing-tag": [37],
            "range-long-name-cut": [1034],
            "stale-after-error": [37, 58],
        },
    ),
)


def conforming() -> list[tuple[Peer, str]]:
    """Conforming ways to start the peers, some of them."""
    return [(peer, name) for peer in PEERS for name in peer.personalities(5)]


def faults() -> list[tuple[Peer, dict[str, Any]]]:
    """Single faults that the document rules out, some of them."""
    return [(peer, one) for peer in PEERS for one in peer.faults(3)]


@pytest.mark.slow
@pytest.mark.parametrize(("peer", "personality"), conforming(), ids=str)
def test_no_conforming_peer_fails(peer: Peer, personality: str) -> None:
    """A device whose choices differ wherever the document leaves one conforms."""
    assert [] == peer.failures(personality)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("peer", "fault"), faults(), ids=lambda one: one["name"] if isinstance(one, dict) else str(one)
)
def test_each_fault_of_a_peer_is_caught_and_its_clause_named(peer: Peer, fault: dict[str, Any]) -> None:
    """As a failure, or, where no sentence is contradicted, as a warning."""
    assert not peer.missed(fault), f"{fault['name']}: {fault}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("peer", "strain"),
    [(peer, one["name"]) for peer in PEERS for one in some(told(peer.system, peer.name, "--list-should"), 5)],
    ids=str,
)
def test_what_strains_belief_is_told(peer: Peer, strain: str) -> None:
    """Something says so, where a clause is about it at all."""
    assert bool(noticed(peer.system, peer.name, strain)) is (strain not in peer.unseen)
