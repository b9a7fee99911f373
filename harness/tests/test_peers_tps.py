"""The suite against other servers of the same document, written by people who saw only the document.

They behave in many ways that the document permits, and have single faults, each with the lines of the document that it breaks. Suite and
reference server come from one spec and would share a misreading; these do not.
"""

from __future__ import annotations

from typing import Any

import pytest

from harness.tests.peer_runs import Peer

#: Faults of behaviour across calls are for the cases of that.
HANDLED = 7

_CHAIR = "callers may be those who called in alone: TPS-AMB-116"
_FILE = "the document only gives what the element stands for: TPS-XML-005, TPS-XML-009"
_RAISED = "a success is a reading, though an unusual one: TPS-AMB-298"
_SUMS = "the status may sum up otherwise than the list: TPS-AMB-171"
_STANDING = "there are conferences, because of which the licence mode is not changed at all"

PEERS = (
    Peer(
        system="tps",
        name="alder",
        warned={
            "chair-exit-ignored": _CHAIR,
            "status-tokens-zero": _SUMS,
            "system-xml-uptime": _FILE,
            "system-xml-trunk-stale": _FILE,
        },
        lines={
            "port-conflict-ignored": (3669,),
            "port-conflict-code": (3669,),
            "shutdown-unseen": (3698,),
            "attributes-not-inherited": (1138,),
            "addresses-reversed": (2367, 2578),
            "status-credits-stale": (2619,),
            "metadata-padded": (2026,),
            "metadata-stale": (2026,),
            "pin-not-kept": (1839, 507),
            "uri-lower": (455,),
            "participant-query-audio-index": (2649,),
            "destroy-keeps-uris": (3663,),
            "duration-modify-ignored": (1853, 2298),
            "advanced-conference-wrong": (560,),
        },
    ),
    Peer(
        system="tps",
        name="birch",
        warned={"chair-exit-ignored": _CHAIR},
        unseen={
            "enum-licence-any": _STANDING,
            "reply-licence-secret-text": _STANDING,
            "disconnect-destroys": "no method of the API has an endpoint call in",
            "user-apionly-creates-administrators": _RAISED,
            "user-apionly-raises": _RAISED,
            "services-unknown-ok": "a service that there is none of may be passed over: TPS-AMB-262",
        },
        lines={
            "key-any-ok": (3683,),
            "key-invalid-code": (3683,),
            "addresses-backwards": (2367, 2578),
            "metadata-shared": (2040,),
            "mute-status-swapped": (2975,),
        },
    ),
)


def conforming() -> list[tuple[Peer, str]]:
    """Conforming ways to start the peers, some of them."""
    return [(peer, name) for peer in PEERS for name in peer.personalities(40)]


def faults() -> list[tuple[Peer, dict[str, Any]]]:
    """Single faults that the document rules out, some of them."""
    return [(peer, one) for peer in PEERS for one in peer.faults(12) if one["issue"] <= HANDLED]


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
