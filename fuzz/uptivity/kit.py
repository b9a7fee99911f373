"""The fuzzer of uptivity: what the engine asks of a system, answered."""

from __future__ import annotations

from fuzz.uptivity.grammar import Grammar
from fuzz.uptivity.model import Model
from harness.fuzzing.document_kit import DocumentKit

END = b"\r\n"
_USERS = tuple((f"USER{number}", "20" if number < 4 else "255" if number < 9 else "50") for number in range(1, 16))


def cut(data: bytes) -> tuple[list[bytes], bytes]:
    """Lines of what was sent; a document is one where nobody has spread it."""
    *whole, rest = data.split(END)
    return [one for one in whole if one], rest


def strains(data: bytes) -> tuple[str, ...]:
    """The clauses about characters that these bytes put to use."""
    found = {"UPT-MSG-015"} if b"&" in data and b"<" in data else set()
    return tuple(sorted(found | ({"UPT-WEB-004"} if b"%" in data and b"HTTP/" in data else set())))


KIT = DocumentKit(
    system="uptivity",
    cut=cut,
    strains=strains,
    end=END,
    reader=Grammar,
    model=Model,
    probe="TEST",
    reads=(
        ("TEST", ()), ("TEST", ()), ("TEST", ()), ("TEST", ()), ("DEVICELIST", ()), ("SYSTEMSTATUS", ()), ("CHANNELS", ()), ("STATIONS", ()),
        ("FETCHTERMINOLOGY", ()), ("DEVICESTATUS", (("DEVICEID", "@device_ids"),)), ("DEVICERECORDINGSTATUS", (("DEVICEID", "@device_ids"),)),
        ("CALLLIST", (("DEVICEID", "@recording_device_ids"), ("CALLCOUNT", "2"))),
    ),
    begins="CALLSTART",
    ends="CALLSTOP",
    updates="CALLUPDATE",
    shows=("DEVICESTATUS", "DEVICERECORDINGSTATUS"),
    devices=("agent_device_ids", "device_ids"),
    device="DEVICEID",
    instance="CALLINSTANCE",
    names=("GROUP", "GATE"),
    rooms=(("ANI", "20"), ("DNIS", "20"), *_USERS),
)  # fmt: skip
