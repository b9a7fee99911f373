"""The fuzzer of rss2000: what the engine asks of a system, answered."""

from __future__ import annotations

from collections.abc import Sequence

from fuzz.rss2000.grammar import READS, Grammar
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


KIT = PacketKit(
    system="rss2000",
    cut=cut,
    strains=strains,
    end=END,
    reader=Grammar,
    rules=_rules,
    probe="GETDEVINFO",
    markers=("REFRESHSTATUS", "GETDEVINFO"),
    reads=READS,
    kinds=KINDS,
)
