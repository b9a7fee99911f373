"""The fuzzer of rss2000: what the engine asks of a system, answered."""

from __future__ import annotations

from collections.abc import Sequence

from fuzz.rss2000.grammar import READS, Grammar
from fuzz.rss2000.recording import STEPS
from fuzz.rss2000.rules import rules
from harness.fuzzing.packet_kit import Kind, PacketKit, PacketTurn
from harness.spec.model import System
from harness.verdict import Check

END = b">\n"

KINDS = {
    "endpoint": Kind(
        add="ADDENDPOINT", list="GETENDPOINT", modify="MODENDPOINT", remove="DELENDPOINT", name="SOURCENAME", key="SOURCENAME",
        id="SOURCEID", plain=(("SOURCEIP", "10.1.2.3"), ("E164", "4711"), ("H323", "alias"), ("FLAG", "1")),
        texts=("E164", "H323"), numbers=("FLAG", "SOURCEIP"),
    ),
    "user": Kind(
        add="ADDDEVUSER", list="GETDEVUSER", modify="MODDEVUSER", remove="DELDEVUSER", name="USERNAME", key="USERNAME",
        id="USERID", plain=(("FULLNAME", "Some One"), ("EMAIL", "a@example.org"), ("PASSWORD", "clausewise"), ("PRIVILEGE", "0")),
        texts=("FULLNAME", "EMAIL"), numbers=("PRIVILEGE",),
    ),
    "group": Kind(
        add="ADDGROUP", list="GETGROUP", modify="MODGROUP", remove="DELGROUP", name="GROUPNAME", key="GROUPNAME", id="GROUPID",
        plain=(("DESCRIPTION", "a group"),), texts=("DESCRIPTION",), by=("GETGROUP", "GROUPNAME", "GROUPID"),
    ),
    "room": Kind(
        add="ADDROOM", list="GETROOM", modify="MODROOM", remove="DELROOM", name="ROOM_ID", key="INDEX", id="INDEX",
        plain=(
            ("RATE", "384"), ("VIDEO_FORMAT", "3"), ("ROOM_NUM", "{digits}"), ("DUALVIDEO", "1"), ("IFRAMEINTERVAL", "5"), ("BROADCAST", "0"),
            ("VIEWRIGHT", "1"), ("RECORDRIGHT", "0"),
        ),
        numbers=("VIDEO_FORMAT", "VIEWRIGHT", "BROADCAST", "ROOM_NUM"),
    ),
}  # fmt: skip


def cut(data: bytes) -> tuple[list[bytes], bytes]:
    """Documents as they stand in what was sent; nothing is unfinished, for the next one begins with a header of its own."""
    return [one for one in data.split(END) if one], b""


def strains(data: bytes) -> tuple[str, ...]:
    """The clauses about commands that these bytes put to use."""
    found = {"RSS-XML-011"} if b"&" in data or any(byte > 127 for byte in data) else set()
    return tuple(sorted(found))


def _rules(system: System, turns: Sequence[PacketTurn]) -> list[Check]:
    return rules(system, turns, list(KINDS.values()))


def may_be_quiet(before: Sequence[PacketTurn], turn: PacketTurn) -> bool:
    """A step of a recording with nothing to do (RSS-AMB-100), or values that were there before."""
    asked = turn.asked
    if asked.operation in STEPS:
        return True
    kind = next((one for one in KINDS.values() if one.modify == asked.operation), None)
    if kind is None:
        return asked.operation == "SETMEDIAINFO"
    name = asked.value(kind.name)
    last = next(
        (
            one.asked
            for one in reversed(before)
            if one.asked.operation in (kind.add, kind.modify) and one.asked.value(kind.name) == name and one.packet.ok
        ),
        None,
    )
    return last is None or {*last.fields} >= {
        one for one in asked.fields if one[0] != kind.key or kind.key == kind.name
    }


KIT = PacketKit(
    system="rss2000",
    cut=cut,
    strains=strains,
    end=END,
    reader=Grammar,
    rules=_rules,
    may_be_quiet=may_be_quiet,
    probe="GETDEVINFO",
    markers=("REFRESHSTATUS", "GETDEVINFO"),
    reads=READS,
    kinds=KINDS,
)
