"""The suite against other servers of the same document, written by people who saw only the document.

They behave in many ways that the document permits, and have single faults, each with the lines of the document that it breaks. Suite and
reference server come from one spec and would share a misreading; these do not.
"""

from __future__ import annotations

from typing import Any

import pytest

from harness.tests.peer_runs import Peer

PEERS = (
    Peer(
        system="uptivity",
        name="alder",
        quarrel={
            "examples": "permissions of groups come back without what was sent: 'Parameters Sent' (1730, 1779), 'all data' (1756)",
            "no-parameters-back": "permissions of groups come back without what was sent: 'Parameters Sent' (1730, 1779), 'all data' (1756)",
        },
        warned={
            "window-no-title": "what a window has is listed in an example alone (2064-2069)",
        },
        unseen={
            "frame-event-glued": "told as an unusual reading of UPT-AMB-001: 'messages that are sent' may be those of clients alone",
        },
        lines={
            "stations-first-lost": [1045],
            "status-no-instance": [165],
            "type-status": [126],
            "web-names-lower": [2584],
        },
    ),
    Peer(
        system="uptivity",
        name="birch",
        quarrel={
            "no-device-format": "CALLUPDATE without a device gives 16: it 'will fail and return' API_DEVICE_INVALID (286)",
        },
        unseen={
            "frame-no-terminator": "told as an unusual reading of UPT-AMB-001: 'messages that are sent' may be those of clients alone",
            "export-field-optional": "told as an unusual reading of UPT-AMB-007, as is all that is served though something lacks",
            "web-latin": "the document names no encoding of what a URL has in percent signs",
            "window-of-next": "nothing in the result says whose window it is",
        },
        lines={
            "event-inside-reply": [104],
            "event-started-twice": [2710],
            "group-cut-at-ampersand": [1684],
            "ram-words": [924],
            "stations-last-missing": [1045],
            "web-instance-lost": [216],
            "xml-ampersand-dropped": [1684],
        },
    ),
)


def conforming() -> list[tuple[Peer, str]]:
    """Conforming ways to start the peers, some of them."""
    return [(peer, name) for peer in PEERS for name in peer.personalities(60)]


def faults() -> list[tuple[Peer, dict[str, Any]]]:
    """Single faults that the document rules out, some of them."""
    return [(peer, one) for peer in PEERS for one in peer.faults(100)]


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
