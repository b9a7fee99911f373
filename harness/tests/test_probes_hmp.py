"""The independent probes, run against the reference server without sockets: two readers of one document must agree."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.reference.hmp.device import Device
from harness.reference.server import ServeOptions, start_system

PROBES = json.loads((Path(__file__).parent / "probes" / "hmp.json").read_text(encoding="utf-8"))

# Readings of a dialect each; every alternative that one device can have together, spread over a few devices.
DIALECTS: dict[str, dict[str, str]] = {
    "default": {},
    "space": {
        "HMP-AMB-001": "space",
        "HMP-AMB-002": "space",
        "HMP-AMB-004": "table",
        "HMP-AMB-005": "absent",
        "HMP-AMB-007": "sessions-too",
        "HMP-AMB-008": "present",
        "HMP-AMB-009": "active",
        "HMP-AMB-010": "status-not-found",
        "HMP-AMB-014": "both",
        "HMP-AMB-018": "accepted",
        "HMP-AMB-020": "not-a-uuid",
        "HMP-AMB-042": "typed",
    },
    "table": {
        "HMP-AMB-001": "spaced-pipe",
        "HMP-AMB-002": "bare",
        "HMP-AMB-003": "table",
        "HMP-AMB-004": "at-least",
        "HMP-AMB-006": "title",
        "HMP-AMB-009": "table",
        "HMP-AMB-017": "not-active",
        "HMP-AMB-043": "refused",
        "HMP-AMB-044": "refused",
        "HMP-AMB-045": "accepted",
    },
    "strict": {
        "HMP-AMB-030": "refused",
        "HMP-AMB-031": "answered",
        "HMP-AMB-032": "refused",
        "HMP-AMB-033": "empty",
        "HMP-AMB-034": "empty",
        "HMP-AMB-035": "refused",
        "HMP-AMB-036": "refused",
        "HMP-AMB-037": "refused",
        "HMP-AMB-040": "unknown",
        "HMP-AMB-041": "refused",
        "HMP-AMB-046": "refused",
        "HMP-AMB-047": "closed",
        "HMP-AMB-051": "other",
        "HMP-AMB-061": "at-command",
        "HMP-AMB-062": "deleted",
    },
    "lenient": {
        "HMP-AMB-030": "literal",
        "HMP-AMB-032": "literal",
        "HMP-AMB-035": "literal",
        "HMP-AMB-036": "separate",
        "HMP-AMB-037": "dropped",
        "HMP-AMB-038": "insensitive",
        "HMP-AMB-039": "insensitive",
        "HMP-AMB-040": "accepted",
        "HMP-AMB-055": "white-space",
        "HMP-AMB-063": "escaped",
    },
}

# Probe -> why it is wrong. None is: under the default readings the server satisfies them all.
WRONG: dict[str, str] = {}
# (probe, dialect) -> why it is wrong there.
WRONG_IN: dict[tuple[str, str], str] = {}
# Readings that the spec lists and that the probes, which read the document more narrowly, refuse. Not played.
NARROWER = {
    "HMP-AMB-003=lower": "the probes take `uuid` only where the command's own table prints it (the reading `table`)",
    "HMP-AMB-014=createdBy": "the probes want `createdby`, and take `createdBy` at most besides (the reading `both`)",
    "HMP-AMB-042=unquoted": "the probes take the value itself or what stood on the line with its quotes",
    "HMP-AMB-053=accepted": "the probes refuse a permission id that nobody defined",
}


class Player:
    """Plays probes against one device."""

    def __init__(self, readings: Mapping[str, str], faults: tuple[str, ...] = ()) -> None:
        device = start_system(ServeOptions(system="hmp", readings=readings, faults=faults))
        assert isinstance(device, Device)
        self.device = device
        self.open()

    def open(self) -> None:
        """A new connection."""
        self.conversation = self.device.open_connection("127.0.0.1")
        assert self.conversation.greet() == b""

    def replies(self, lines: list[str]) -> list[str]:
        """Send lines in one segment."""
        data = self.conversation.receive("".join(line + "\n" for line in lines).encode())
        return data.decode().split("\n")[:-1]


def slots_of(fixtures: Mapping[str, Any]) -> dict[str, str]:
    """The slots that every probe may use."""
    slots = {
        "user": fixtures["user_names"][0],
        "user_no_roles": fixtures["user_names_no_roles"][0],
        "user_via_group": fixtures["user_names_role_via_group"][0],
        "group": fixtures["group_names"][0],
        "group_no_roles": fixtures["group_names_no_roles"][0],
        "category_id": fixtures["category_ids"][0],
        "permission_id": fixtures["permission_ids"][0],
        "permission_id_cannot_share": fixtures["permission_ids_cannot_share"][0],
        "restream_ip": fixtures["restream_ips"][0],
        "restream_port": str(fixtures["restream_ports"][0]),
        "unknown_uuid": "0d3c7a52-6a6f-4b0e-9a55-c0ffee000001",
        "unknown_uuid_2": "0d3c7a52-6a6f-4b0e-9a55-c0ffee000002",
    }
    for key, name in (
        ("source_ids", "source_id"),
        ("restream_ips", "restream_ip"),
        ("restream_ports", "restream_port"),
    ):
        for number, value in enumerate(fixtures[key], 1):
            slots[f"{name}_{number}"] = str(value)
    slots["source_id"] = slots["source_id_1"]
    return slots


def fill(text: str, slots: Mapping[str, str], *, escape: bool = False) -> str:
    """Replace the slots of a line or pattern."""
    return re.sub(
        r"\{(\w*[A-Za-z_]\w*)\}",
        lambda found: (re.escape(slots[found[1]]) if escape else slots[found[1]]) if found[1] in slots else found[0],
        text,
    )


def exchanges(step: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """What a step sends, and what may answer each line."""
    if "send" in step:
        return [step["send"]], [step["accept"]]
    return step["pipeline"], step["accept"]


def play(probe: Mapping[str, Any], player: Player) -> Iterator[str]:
    """The disagreements of one probe."""
    slots = slots_of(player.device.fixtures())
    for step in probe["steps"]:
        if step.get("reconnect"):
            player.conversation.eof()
            player.conversation.closed()
            player.open()
            continue
        lines, accepted = exchanges(step)
        sent = [fill(line, slots) for line in lines]
        replies = player.replies(sent)
        if len(replies) != len(sent):
            yield f"{sent}: {len(replies)} replies: {replies}"
            return
        for line, reply, patterns in zip(sent, replies, accepted, strict=True):
            matches = (re.fullmatch(fill(pattern, slots, escape=True), reply) for pattern in patterns)
            match = next((found for found in matches if found is not None), None)
            if match is None:
                yield f"{line!r} got {reply!r}, expected one of {patterns}"
                return
            for slot, group in step.get("bind", {}).items():
                if match.groupdict().get(group) is not None:
                    slots[slot] = match[group]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe["name"])
def test_probe_accepts_the_server(probe: Mapping[str, Any], dialect: str) -> None:
    reason = WRONG.get(probe["name"]) or WRONG_IN.get((probe["name"], dialect))
    broken = list(play(probe, Player(DIALECTS[dialect])))
    assert bool(reason) == bool(broken), broken or f"the probe holds now: {reason}"


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe["name"])
def test_probe_accepts_a_server_whose_fault_it_does_not_meet(probe: Mapping[str, Any]) -> None:
    """Under a fault every line is read the slow way; that way must read the same."""
    assert list(play(probe, Player({}, ("deaf-after-30-unknown",)))) == []
