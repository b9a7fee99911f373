"""The HMP reference server's dialogues, without sockets: documented behaviour, every reading, every fault."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

import pytest

from harness.reference.faults import FaultSet
from harness.reference.hmp.conversation import FEW_CONNECTIONS, LONG_LINE_BYTES, MAX_LINE_BYTES, HmpConversation
from harness.reference.hmp.device import INERT, Device
from harness.reference.hmp.faults import FAULTS
from harness.reference.hmp.operations import Operations
from harness.reference.readings import Readings
from harness.reference.system import Setup
from harness.spec.load import load_system

MODEL = load_system("hmp")
UNKNOWN = "0d3c7a52-6a6f-4b0e-9a55-c0ffee000001"


class Scene:
    """A device with a clock of its own, and scripts played on it.

    A script has a step a line: `name=COMMAND` keeps the result; `send BYTES` sends a literal; `burst A ;; B` sends
    lines in one segment; `@NAME [ADDRESS]` goes to another connection; `eof` ends the sending side; `close` ends the
    connection; `+SECONDS` moves the clock; anything else is a command. `{name}` stands for a kept result or fixture.
    """

    def __init__(self, *, faults: tuple[str, ...] = (), readings: Mapping[str, str] | None = None) -> None:
        self.now = 0.0
        setup = Setup(
            model=MODEL, faults=FaultSet(FAULTS, faults), readings=Readings(MODEL, readings), clock=lambda: self.now
        )
        self.device = Device(setup)
        self.slots: dict[str, str] = {}
        for key, value in self.device.fixtures().items():
            self.slots[key] = str(value[0] if isinstance(value, list) else value)
        self.slots |= {f"source{number}": name for number, name in enumerate(self.device.world.sources, 1)}
        self.slots["unknown"] = UNKNOWN
        self.connections: dict[str, HmpConversation] = {}
        self.transcript: list[bytes] = []
        self.go("1")

    def go(self, name: str, address: str = "127.0.0.1") -> None:
        if name not in self.connections:
            self.connections[name] = self.device.open_connection(address)
            self.transcript.append(self.connections[name].greet())
        self.conversation, self.name = self.connections[name], name

    def send(self, data: bytes) -> bytes:
        self.transcript.append(self.conversation.receive(data))
        return self.transcript[-1]

    def command(self, text: str) -> bytes:
        return self.send(self.fill(text).encode() + b"\n")

    def fill(self, text: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda found: self.slots[found[1]], text)

    def play(self, script: str) -> list[bytes]:
        for line in filter(None, map(str.strip, script.strip().splitlines())):
            self.step(line)
        self.transcript.append(b"closing" if self.conversation.closing else b"open")
        return self.transcript

    def step(self, line: str) -> None:
        if kept := re.match(r"(\w+)=(.*)", line):
            reply = self.command(kept[2]).decode()
            self.slots[kept[1]] = re.split(r"[| ]+", reply.strip())[-1]
        elif line.startswith("send "):
            self.send(ast.literal_eval(line[5:]))
        elif line.startswith("burst "):
            self.send("".join(self.fill(one) + "\n" for one in line[6:].split(" ;; ")).encode())
        elif line.startswith("@"):
            self.go(*line[1:].split())
        elif line == "eof":
            self.transcript.append(self.conversation.eof())
            self.transcript.append(b"dropped" if self.conversation.dropped else b"")
        elif line == "close":
            self.connections.pop(self.name).closed()
        elif line.startswith("+"):
            self.now += float(line)
        else:
            self.command(line)


def ask(line: str, **readings: str) -> bytes:
    """One command to a fresh device; `AMB_001="space"` chooses readings."""
    chosen = {f"HMP-{name.replace('_', '-')}": reading for name, reading in readings.items()}
    return Scene(readings=chosen).command(line)


# --- the document ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('undefinedCommand "Example of \\"Error\\""', b"ERROR|000002|Command not found\n"),
        ('createSession "asdf', b"ERROR|000001|Syntax Error\n"),
        ("createSession", b"ERROR|010003|Expected 1 parameter(s). Got 0 parameter(s)\n"),
        ('createSession ""', b"ERROR|010001|Session name must be at least 1 character\n"),
        ("setLiveSession nope true", b"ERROR|010001|'nope' is not a UUID\n"),
        ('setLiveSession {session_empty} "a \\"b\\" \\\\c"', b"ERROR|010001|'a \"b\" \\c' is not a boolean\n"),
        ("setLiveSession {unknown} true", b"ERROR|040006|Session not found\n"),
        ("deleteSession {session_paused_recording}", b"ERROR|060003|Recording currently in progress\n"),
        ("addSourceToSession {session_empty} {unknown}", b"ERROR|040009|Source not found\n"),
        ("addSourceToSession {session_with_source} {source1}", b"ERROR|060008|Source already added to this session\n"),
        (
            "shareSessionWithUser VIEWER viewer {session_empty}",
            b"ERROR|010001|Permission must be one of: WATCH, EDIT, RECORD, OWN\n",
        ),
        ("shareSessionWithUser vIEwer RECORD {session_empty}", b"OK\n"),
        (
            "shareRecordingWithUser Viewer {permission_ids_cannot_share} {recording_active}",
            b"ERROR|030003|Cannot share\n",
        ),
        ("shareRecordingWithGroup EmptyGroup OWN {recording_active}", b"ERROR|060002|Group has no roles assigned\n"),
        ("updateMetadata {recording_active} titel x", b"ERROR|010001|'titel' is an invalid field name\n"),
        ('setCategory {recording_active} {category_ids} a ""', b"ERROR|010001|Please provide non-empty values\n"),
        ("setCategory {recording_active} {category_ids} a b a", b"ERROR|010001|Please verify that values are unique\n"),
        ("startRecording {session_empty}", b"ERROR|060009|Session requires at least one source\n"),
        ("getRecordingStatus {recording_paused}", b"OK|PAUSED\n"),
        ("getRecordingStatus {recording_error}", b"OK|ERROR\n"),
        ("stopRecording {recording_finished}", b"ERROR|040001|Active recording not found\n"),
        ("addHotmark {recording_finished} x", b"ERROR|010004|'{recording_finished}' is not an active recording\n"),
        (
            "startRestreamRecording {recording_finished} 10.65.10.240 65536",
            b"ERROR|010001|'65536' is not a port number\n",
        ),
        ("startRestreamRecording {recording_finished} 10.65.10 222", b"ERROR|010001|'10.65.10' is not an ip address\n"),
        (
            "startRestreamRecording {recording_multi_source} 10.65.10.240 222",
            b"ERROR|010005|Only single source recordings can be streamed\n",
        ),
        ("stopRestreamRecording {unknown}", b"ERROR|040003|Stream not found\n"),
    ],
)
def test_a_command_is_answered_as_documented(line: str, expected: bytes) -> None:
    scene = Scene()
    assert scene.fill(expected.decode()).encode() == scene.command(line)


def test_hotmarks_of_one_device_second_collide() -> None:
    scene = Scene()
    scene.now = 10.2
    assert scene.command("addHotmark {recording_active} one") == b"OK\n"
    scene.now = 10.9
    assert scene.command("addHotmark {recording_active} two") == b"ERROR|060004|Hotmark already exists at this time\n"
    scene.now = 11.0
    assert scene.command("addHotmark {recording_active} three") == b"OK\n"


def test_bytes_may_be_cut_anywhere() -> None:
    wire = 'setLiveSession x "é\\n"\nfoo\n'.encode()
    whole, drip = Scene(), Scene()
    whole.send(wire)
    replies = b"".join(drip.send(bytes([byte])) for byte in wire)
    assert whole.transcript[-1] == replies == b"ERROR|010001|'x' is not a UUID\nERROR|000002|Command not found\n"


def test_an_unauthorised_client_is_told_and_the_connection_closed() -> None:
    scene = Scene()
    scene.go("2", "127.0.0.2")
    assert scene.transcript[-1] == b"ERROR|020000|Not Authorized\n"
    assert scene.conversation.closing


def test_an_endless_line_is_read_over_in_bounded_memory() -> None:
    scene = Scene()
    for _ in range(5):
        assert scene.send(b"x" * MAX_LINE_BYTES) == b""
    assert len(scene.conversation._decoder.leftover) <= MAX_LINE_BYTES
    assert scene.send(b"x\nfoo\n") == b"ERROR|000001|Syntax Error\nERROR|000002|Command not found\n"


def test_ids_differ_and_repeat_with_the_seed() -> None:
    one, other = Scene(), Scene()
    ids = [one.command("createSession a") for _ in range(100)]
    assert len(set(ids)) == 100
    assert ids == [other.command("createSession a") for _ in range(100)]


def test_operations_fixtures_and_entries_are_the_models() -> None:
    scene = Scene()
    setup = Setup(model=MODEL, faults=FaultSet(FAULTS), readings=Readings(MODEL), clock=lambda: 0.0)
    assert set(MODEL.operations) == set(Operations(setup, scene.device.world).runs)
    assert set(MODEL.fixtures) == set(scene.device.fixtures())


# --- readings ---------------------------------------------------------------------------------------------------------

READINGS = {
    1: "createSession a",
    2: "foo\nsetLiveSession",
    3: "setLiveSession x true\ndeleteSession x\nstartRecording x",
    4: "addHotmark x\nsetCategory x\nsetSessionCategory x",
    5: "stopRestreamRecording",
    6: 'createSession "T 1"\ndeleteSession "T 1"\ndeleteSession none',
    7: "updateMetadata {session_empty} title x",
    8: "shareRecording Viewer OWN {recording_active}",
    9: "deleteSession {session_recording}\naddSourceToSession {session_recording} {source2}",
    10: "getRecordingStatus {unknown}",
    13: 'setLiveSession {session_empty} "a\\"b"',
    14: "updateSessionMetadata {session_empty} createdby x\nupdateSessionMetadata {session_empty} createdBy x",
    15: "shareSessionWithUser Viewer RECORD {session_empty}",
    17: "getRecordingStatus {recording_finished}",
    18: "addHotmark {recording_paused} x",
    19: "startRestreamRecording {session_empty} 10.1.1.1 7",
    20: "shareSessionWithUser Viewer x {session_empty}",
    30: "send b'setLiveSession x y\\r\\n'\nsend b'getRecordingStatus x\\r\\n'",
    31: "send b'\\n'",
    32: "send b'setLiveSession\\tx\\ty\\n'\nsend b'setLiveSession x\\ty\\n'",
    33: "send b'setLiveSession x  y\\n'",
    34: "send b'setLiveSession x y \\n'",
    35: 'setLiveSession {session_empty} a"b c"',
    36: 'setLiveSession {session_empty} "a"b',
    37: 'setLiveSession {session_empty} "a\\qb"',
    38: "CREATESESSION",
    39: "setLiveSession {session_empty} TRUE",
    40: "setLiveSession {big} true",
    41: "startRestreamRecording {recording_finished} 10.1.1.1 007",
    42: 'setLiveSession {session_empty} "a\\\\b"',
    43: "pauseRecording {recording_paused}",
    44: "startRecording {session_recording}",
    45: "removeSourceFromSession {session_with_source} {source5}",
    46: "startRestreamRecording {recording_active} 10.1.1.1 7",
    47: "send b'setLiveSession {session_empty} \\xff\\n'",
    48: "send b'foo " + "x" * LONG_LINE_BYTES + "\\n'",
    49: "send b'createSession x'\neof",
    50: "eof",
    51: "".join(f"addSourceToSession {{session_empty}} {{source{number}}}\n" for number in range(1, 6)),
    52: "createSession a\ncreateSession a",
    53: "shareSessionWithUser Viewer {unknown} {session_empty}",
    54: "startRestreamRecording {recording_finished} 10.1.1.1 7\n"
    "startRestreamRecording {recording_finished} 10.1.1.1 8",
    55: 'setSessionCategory {session_empty} {category_ids} "a\t"',
    56: "setSessionCategory {session_empty} {category_ids} a A",
    57: '"createSession" a',
    58: 'updateSessionMetadata {session_empty} title ""',
    59: "startRestreamRecording {recording_finished} 10.1.1.1 65535",
    60: "startRestreamRecording {recording_finished} 239.10.0.1 5001",
    61: "@2 127.0.0.2\nfoo",
    62: "s=createSession a\naddSourceToSession {s} {source1}\nr=startRecording {s}\nstopRecording {r}\n"
    "deleteSession {s}\ngetRecordingStatus {r}",
    63: 'setLiveSession {session_empty} "a\\nb"',
    64: "".join(f"@{number}\nfoo\n" for number in range(2, FEW_CONNECTIONS + 2)),
    66: 'createSession "  "',
    67: "stopRecording {recording_finished}",
}
ALTERNATIVES = [
    (name, reading)
    for name, ambiguity in MODEL.ambiguities.items()
    for reading in list(ambiguity.readings)[1:]
    if name not in INERT
]


def dialogue_of(number: int, **setup: Mapping[str, str]) -> list[bytes]:
    scene = Scene(**setup)  # type: ignore[arg-type]
    scene.slots["big"] = scene.slots["session_empty"].upper()
    return scene.play(READINGS[number])


@pytest.mark.parametrize(("name", "reading"), ALTERNATIVES)
def test_each_reading_shows(name: str, reading: str) -> None:
    number = int(name.rsplit("-", 1)[1])
    assert dialogue_of(number) != dialogue_of(number, readings={name: reading})


def test_every_ambiguity_has_a_dialogue_or_a_reason() -> None:
    numbers = {int(name.rsplit("-", 1)[1]) for name in MODEL.ambiguities if name not in INERT}
    assert numbers == set(READINGS)


def test_readings_answer_as_they_say() -> None:
    assert ask("getRecordingStatus {recording_paused}", AMB_001="spaced-pipe") == b"OK | PAUSED\n"
    assert ask("foo", AMB_002="bare") == b"ERROR Command not found\n"
    assert ask("deleteSession x", AMB_002="space", AMB_003="table") == b"ERROR 010001 'x' is not a uuid\n"
    at_least = b"ERROR|010003|Expected at least 3 parameters. Got 1 parameter(s)\n"
    assert at_least == ask("setSessionCategory x", AMB_004="at-least")
    assert ask("getRecordingStatus {unknown}", AMB_010="status-not-found") == b"ERROR|070003|Recording not found\n"
    assert ask('setLiveSession "a b" true', AMB_042="typed") == b"ERROR|010001|'\"a b\"' is not a UUID\n"
    assert ask("setLiveSession a  b", AMB_033="empty") == b"ERROR|010003|Expected 2 parameter(s). Got 3 parameter(s)\n"
    assert ask("stopRestreamRecording", AMB_005="absent") == b"ERROR|010001|'' is not a UUID\n"
