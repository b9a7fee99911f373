"""The suite against other servers of the same document, written by people who saw only the document.

They behave in many ways that the document permits, and have single faults, each with the lines of the document that it breaks. Suite and
reference server come from one spec and would share a misreading; these do not.
"""

from __future__ import annotations

from typing import Any

import pytest

from harness.tests.peer_runs import Peer

#: Faults of what no issue so far has cases for are not played.
HANDLED = 9

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
            "http-bare-lf": "RFC 2616 asks its readers to take lines that end so (19.3)",
            "chair-exit-ignored": _CHAIR,
            "status-tokens-zero": _SUMS,
            "system-xml-uptime": _FILE,
            "system-xml-trunk-stale": _FILE,
        },
        unseen={
            "device-expiry-permanent": "nothing else tells which keys are permanent",
            "info-make-calls": "told as an unusual reading of TPS-AMB-271: 'always false and should be ignored' (3361)",
            "info-ports": "told as an unusual reading of TPS-AMB-271: 'always 0 and should be ignored' (3362)",
            "remove-empty-ok": "a success is a reading: TPS-AMB-231",
            "network-speed": "told as an unusual reading of TPS-AMB-028: hosts have other speeds than those listed (1564)",
            "xml-boolean-words-refused": "told as an unusual reading of TPS-AMB-045: '1 or 0, true or false' (370) may say what 1 and 0 are",
        },
        lines={
            "credits-code": [630],
            "dtmf-non-ascii": [2476, 2947],
            "media-per-channel-both": [2620, 2621],
            "pair-duration-both": [598],
            "pair-tokens-both": [1068],
            "per-channel-both-shown": [1069],
            "per-channel-default-limited": [1069],
            "profile-set-less": [1890],
            "query-multistream-missing": [2470],
            "receiver-status-events-missing": [1719],
            "xml-ampersand-twice": [254],
            "xml-cdata-lost": [254],
            "xml-member-unnamed-tag": [227],
            "deletion-first-lists": (670,),
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
            "enumerate-resurrects": (2005,),
        },
    ),
    Peer(
        system="tps",
        name="birch",
        warned={"chair-exit-ignored": _CHAIR},
        unseen={
            "enum-licence-any": _STANDING,
            "reply-licence-secret-text": _STANDING,
            "event-as-response": "told as an unusual reading of TPS-AMB-240: the text speaks of responses (751), the example is a call",
            "disconnect-destroys": "no method of the API has an endpoint call in",
            "http-close-never-announced": "told as an unusual reading of TPS-AMB-056: 'never assume' that a connection is kept (400)",
            "http-close-unannounced": "told as an unusual reading of TPS-AMB-056: 'never assume' that a connection is kept (400)",
            "reply-info-make-calls": "told as an unusual reading of TPS-AMB-271: 'always false and should be ignored' (3361)",
            "reply-info-ports": "told as an unusual reading of TPS-AMB-271: 'always 0 and should be ignored' (3362)",
            "user-apionly-creates-administrators": _RAISED,
            "user-apionly-raises": _RAISED,
            "services-unknown-ok": "a service that there is none of may be passed over: TPS-AMB-262",
        },
        lines={
            "dtmf-letters-refused": [2476, 2947],
            "dtmf-not-ascii-ok": [2476, 2947],
            "dtmf-others-refused": [2476, 2947],
            "modify-empty-ignored": [2042],
            "modify-false-ignored": [2042],
            "store-name-latin": [254],
            "system-root": [3474],
            "uri-any-characters": [1242, 1261],
            "xml-escaped-twice": [254],
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
