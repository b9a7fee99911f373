"""What the tests of XML messages share: the rules of a system that speaks them, packets, and a device of a few lines."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from functools import lru_cache
from typing import Any

from harness.case import rng_for
from harness.checks.packets import indication_checks, reply_checks
from harness.ending import Ending
from harness.flow import Action, CaseEnd, Clock, Close, Connect, Note, Provide, Receive, Received, Send, Wait, play
from harness.messages.packetreply import Packet
from harness.messages.packets import PacketBinding
from harness.packetdut import PacketDut
from harness.spec.load import load_system
from harness.spec.messagemodel import MessageSyntax
from harness.spec.model import System
from harness.target import Allow, Target
from harness.verdict import Check, Severity
from harness.wire.tpkt import encode, split
from harness.wire.xmlmessage import Document, Element, Field, encode_document, read_message

ROOT = "DVCRMAGER"
GUID = "7e76c583-2215-4c89-9a1af7a6c4ed8f11"
TARGET = Target(
    system="rss2000",
    name="made",
    host="127.0.0.1",
    ports={"xml": 81},
    credentials={"user": "admin", "password": "secret words"},
    allow=Allow(write=True, disruptive=True, destructive=True, slow=True),
)
Given = Sequence[tuple[str, str]]


@lru_cache(maxsize=1)
def system() -> System:
    return load_system("rss2000")


def syntax() -> MessageSyntax:
    found = system().messages
    assert found is not None
    return found


def element(kind: str, name: str, fields: Given) -> Element:
    made = tuple(Field(name=field, attributes={"value": value}) for field, value in fields)
    return Element(name=kind, attributes={"xmlid": name}, fields=made)


def message(*elements: Element, root: str = ROOT, version: str = "1.0.0.0") -> bytes:
    """A packet."""
    return encode(encode_document(root, {"version": version}, elements))


def confirm(name: str, fields: Given = (), *, result: str = "0") -> bytes:
    return message(element("CONFIRM", name, [("RESULT", result), *fields]))


def indication(name: str, fields: Given = ()) -> bytes:
    return message(element("INDICATION", name, fields))


def packet(raw: bytes, operation: str = "", sent: Given = (), ending: Ending = Ending.ANSWERED) -> Packet:
    return PacketBinding(system(), syntax(), TARGET).packet(raw, ending, 3, operation=operation, sent=sent)


def judged(raw: bytes, operation: str, sent: Given = (), ending: Ending = Ending.ANSWERED) -> list[Check]:
    """The checks of an answer."""
    return list(reply_checks(system(), packet(raw, operation, sent, ending)))


def told(raw: bytes, operation: str, sent: Given = ()) -> list[Check]:
    """The checks of an indication."""
    return list(indication_checks(system(), operation, packet(raw), sent))


def broken(checks: Sequence[Check], severity: Severity = Severity.MUST) -> dict[str, tuple[str, ...]]:
    return {check.id: check.clauses for check in checks if not check.passed and check.severity is severity}


Answers = Callable[[Document, str], list[tuple[str, bytes]]]


class Made:
    """Performs the actions of a flow on a device that is a function: of a command and its connection to (connection, packet) pairs."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self.waiting: dict[str, list[bytes]] = {}
        self.sent: list[Document] = []
        self.notes: list[Note] = []
        self.now_s = 0.0

    def perform(self, action: Action[Any]) -> Any:
        """See `harness.flow.Driver`."""
        match action:
            case Connect():
                self.waiting[action.link] = []
                return Ending.ANSWERED
            case Send():
                for payload in split(action.data)[0]:
                    self.sent.append(read_message(payload))
                    for link, raw in self._answers(self.sent[-1], action.link):
                        self.waiting[link].append(raw)
                return None
            case Receive():
                queue = self.waiting[action.link]
                if action.rest:
                    rest, queue[:] = b"".join(queue), []
                    return Received(rest, Ending.SILENT, -1)
                return Received(queue.pop(0), Ending.ANSWERED, -1) if queue else Received(b"", Ending.SILENT, -1)
            case Provide():
                known = {"root": ROOT, "login": "plain"} if action.kind == "spelling" else {}
                return known.get(action.state, f"{action.kind}-{action.state}")
            case Clock():
                return self.now_s
            case Wait():
                self.now_s += action.device_s
            case Note():
                self.notes.append(action)
            case Close():
                self.waiting.pop(action.link, None)
        return None


def run(
    flow: Callable[[PacketDut], Coroutine[Action[Any], Any, None]], answers: Answers
) -> tuple[PacketDut, Made, str]:
    """Play a flow; gives its view, the device, and what ended it early."""
    binding = PacketBinding(system(), syntax(), TARGET)
    dut = PacketDut(system=system(), binding=binding, target=TARGET, rng=rng_for(1, "made"), interface="xml")
    made = Made(answers)
    try:
        play(flow(dut), made)
    except CaseEnd as end:
        return dut, made, str(end)
    return dut, made, ""


def polite(document: Document, link: str) -> list[tuple[str, bytes]]:
    """A device that lets everybody in and succeeds at everything, without saying more than that."""
    name = document.elements[0].attributes["xmlid"]
    if name == "login":
        fields = [("PRIVILEGE", "0"), ("SESSIONID", f"{GUID[:-4]}{abs(hash(link)) % 10000:04d}")]
        return [(link, confirm("login", fields))]
    return [(link, confirm(name))]
