"""The clauses that the structure of a command gives, for cases that are about all of it."""

from __future__ import annotations

from harness.derive_told import documented
from harness.messages.packetreply import Packet
from harness.spec.load import load_system

_MODEL = load_system("rss2000")


def asked(packet: Packet) -> list[str]:
    """The clauses of a command that was sent, and of each parameter that it had: a refusal breaks one of them."""
    own = f"{_MODEL.prefix}-{packet.operation}"
    known = _MODEL.operations[packet.operation].parameters
    return [own, *dict.fromkeys(f"{own}.{name}" for name, _ in packet.sent if name in known)]


def cited(name: str, *kinds: str) -> list[str]:
    """The clauses of a command, its parameters, and of its confirm or what `kinds` name."""
    return documented(_MODEL, name, *kinds)
