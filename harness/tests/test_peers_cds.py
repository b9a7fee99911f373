"""The suite against another server of the same document, written by someone who saw only the document.

It behaves in many ways that the document permits, and has single faults, each with the lines of the document that it breaks. Suite and
reference server come from one spec and would share a misreading; this one does not.
"""

from __future__ import annotations

from typing import Any

import pytest

from harness.tests.peer_runs import caught, noticed, run_against, some, told
from harness.verdict import Outcome

PEER = "birch"
# Ways to behave under which much cannot be tested: a device without data, or one whose data changes while it is looked at.
LITTLE_TO_SEE = ("fresh", "fresh-blank", "growing", "growing-live")
# What the peer calls a fault and rests on no sentence, so that the suite only warns, with the reason.
WARNED = {
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
}
# What the suite does not notice, with the reason.
UNSEEN = {
    "events-active": "what answers for a stream that still runs is CDS-AMB-065",
    "play-servers-lack": "a session without play servers cannot be told from one that had none",
    "bitrates-differ": "nothing says that rates agree",
    "content-not-in-state": "a content may have been removed",
    "db-before-end": "nothing says when a stream comes into the database",
    "file-size-zero": "a file may be empty",
    "ingested-in-future": "nothing says that the clocks agree",
}
# Faults whose peer cites another of the lines that rule them out.
LINES = {
    "events-extra": [1236],
    "list-start-differs": [233],
    "range-closing-tag": [37],
    "range-long-name-cut": [1034],
    "stale-after-error": [37, 58],
}


def conforming() -> list[str]:
    """Conforming ways to start the peer, some of them."""
    return some([one["name"] for one in told("cds", PEER, "--list-personalities")], 5)


def faults() -> list[dict[str, Any]]:
    """Single faults that the document rules out, some of them."""
    return some(told("cds", PEER, "--list-faults"), 3)


def strains() -> list[dict[str, Any]]:
    """Deviations that only strain belief, some of them."""
    return some(told("cds", PEER, "--list-should"), 5)


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
    """As a failure, or, where no sentence is contradicted, as a warning."""
    name, lines = fault["name"], LINES.get(fault["name"], fault["lines"])
    if name in UNSEEN:
        assert not noticed("cds", PEER, name), f"{name} is noticed after all"
    elif name in WARNED:
        assert noticed("cds", PEER, name) is Outcome.WARNED, f"{fault} is not told, or fails"
    else:
        assert caught("cds", PEER, name, lines), f"{fault} is not caught"


@pytest.mark.slow
@pytest.mark.parametrize("fault", strains(), ids=lambda fault: fault["name"])
def test_what_strains_belief_is_told(fault: dict[str, Any]) -> None:
    """Something says so, where a clause is about it at all."""
    assert bool(noticed("cds", PEER, fault["name"])) is (fault["name"] not in UNSEEN)
