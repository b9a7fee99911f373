"""The loop against HTTP devices that behave, each in its own way, and devices that do not. Short, loopback only."""

from __future__ import annotations

import json
import socket
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from harness.load.httpvalidate import HttpValidator
from harness.load.loop import ClosedLoop
from harness.load.record import Recorder
from harness.load.run import LoadPlan, LoadRun
from harness.load.speech import TargetBinding
from harness.load.verdicts import Level
from harness.resources import data_folder
from harness.spec.model import Effect
from harness.suite import load_suite
from harness.target import Target
from harness.tests.cds_scene import MODEL
from harness.tests.commands import clausewise, read_json
from harness.tests.devices import Device, Handler, device
from harness.tests.load_http import answered, answering, kind, loop_on, reply_of, requests_of, scene, target, with_body

SECONDS = 0.1


def told(out: Path) -> str:
    """What the figures of a run say of its replies, for the message of a failed test."""
    return str(read_json(out / "bench.json")["validation"])


VERSION = answered(requests_of([kind("Version")])[0])
HEAD, _, BODY = VERSION.partition(b"\r\n\r\n")


@dataclass
class Load:
    """What came of loading a device."""

    measured: Recorder
    drained: Recorder
    loop: ClosedLoop
    judge: HttpValidator
    device: Device

    @property
    def errors(self) -> dict[str, int]:
        both = (*self.measured.errors, *self.drained.errors)
        return {kind: self.measured.errors.get(kind, 0) + self.drained.errors.get(kind, 0) for kind in both}


def load(
    handler: Handler,
    *,
    seconds: float = SECONDS,
    connections: int = 2,
    timeout_s: float = 0.3,
    level: Level = Level.FULL,
) -> Load:
    with device(handler) as made:
        loop, judge = loop_on(made.port, kind("Version"), connections=connections, timeout_s=timeout_s, level=level)
        try:
            loop.open()
            return Load(loop.run(seconds), loop.drain(), loop, judge, made)
        finally:
            loop.close()


def headed(*lines: bytes, body: bytes = BODY) -> bytes:
    """A reply with these header lines instead of a length."""
    kept = [line for line in HEAD.split(b"\r\n") if not line.startswith(b"content-length")]
    return b"\r\n".join([*kept, *lines, b"", body])


def in_pieces(reply: bytes, *cuts: int) -> Handler:
    """Answers with one reply that leaves in pieces."""

    def handle(device: Device, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while data := connection.recv(65536):
            device.received += data
            at = 0
            for cut in (*cuts, len(reply)):
                connection.sendall(reply[at:cut])
                at = cut
                time.sleep(0.001)

    return handle


_CHUNKED = b"Transfer-Encoding: chunked"
_ONE_CHUNK = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
_TWO_CHUNKS = b"5\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (BODY[:5], len(BODY) - 5, BODY[5:])

CONFORMING: dict[str, Handler] = {
    "whole": answering(lambda _number, _raw: VERSION),
    "head first": in_pieces(VERSION, len(HEAD) + 4),
    "in small pieces": in_pieces(VERSION, 1, 9, 40, len(HEAD) + 2, len(HEAD) + 10),
    "chunked": answering(lambda _number, _raw: headed(_CHUNKED, body=_ONE_CHUNK)),
    "in some chunks": in_pieces(headed(_CHUNKED, body=_TWO_CHUNKS), 30, len(HEAD) + 9),
    "another Date": answering(lambda number, _raw: VERSION.replace(b"19:11:49", b"19:%02d:49" % (number % 60))),
    "another field": answering(lambda number, _raw: VERSION.replace(b"date:", b"X-Id: %d\r\ndate:" % number)),
    "after a 1xx": answering(lambda _number, _raw: b"HTTP/1.1 102 Processing\r\n\r\n" + VERSION),
}


@pytest.mark.parametrize("name", CONFORMING)
@pytest.mark.parametrize("level", [Level.FULL, Level.FRAMING])
def test_a_device_that_conforms_is_conforming(name: str, level: Level) -> None:
    found = load(CONFORMING[name], level=level)
    assert 0 == found.judge.violation_count, found.judge.violations
    assert {} == found.errors
    assert found.loop.answered == found.measured.replies + found.drained.replies > 5
    assert bytes(found.device.received).count(b"GET /everstream") == found.loop.answered
    assert 2 == found.device.connections


def once(reply: bytes) -> Handler:
    """Answers once on each connection and closes it."""

    def handle(device: Device, connection: socket.socket) -> None:
        device.received += connection.recv(65536)
        connection.sendall(reply)

    return handle


@pytest.mark.parametrize(
    "reply",
    [VERSION.replace(b"date:", b"Connection: close\r\ndate:"), headed(), VERSION.replace(b"HTTP/1.1", b"HTTP/1.0")],
)
def test_a_connection_that_ends_as_announced_is_made_again_at_once(reply: bytes) -> None:
    found = load(once(reply))
    assert (0, {}) == (found.judge.violation_count, found.errors)
    assert found.loop.answered > 5
    assert found.loop.reopened >= found.loop.answered - 4


def test_a_connection_that_ends_without_a_word_costs_no_verdict() -> None:
    """A device may close at any time between two replies; the request is sent once more."""
    found = load(answering(lambda number, _raw: VERSION if number <= 3 else None))
    assert 0 == found.judge.violation_count, found.judge.violations
    assert {"closed before a reply"} == set(found.errors)
    assert found.loop.answered > 9


def test_a_request_that_is_never_answered_is_a_violation() -> None:
    """The device dies of the fourth request, on the new connection too."""
    count = 0

    def reply(_number: int, _raw: bytes) -> bytes | None:
        nonlocal count
        count += 1
        return VERSION if count <= 3 else None

    found = load(answering(reply), connections=1)
    assert found.judge.violation_count >= 1
    assert "CDS-REQ-001" in found.judge.violations[0].clauses


BROKEN = {
    "truncated": (once(VERSION[:-10]), "closed"),
    "head truncated": (once(VERSION[:40]), "closed"),
    "truncated chunks": (once(headed(b"Transfer-Encoding: chunked", body=b"%x\r\n%s" % (len(BODY), BODY))), "closed"),
    "too long a length": (in_pieces(VERSION.replace(b"content-length: ", b"content-length: 9")), "silent"),
    "no HTTP": (answering(lambda _number, _raw: b"+OK Version 1.3, and so on and on and on and on and on and on and on and on\r\n"), "flooded"),
    "bytes behind": (answering(lambda _number, _raw: VERSION + b"x"), "unasked"),
    "two replies": (answering(lambda _number, _raw: VERSION * 2), "unasked"),
    "head without end": (answering(lambda _number, _raw: b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 20_000), "flooded"),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
@pytest.mark.parametrize("level", [Level.FULL, Level.FRAMING])
def test_what_is_no_whole_reply_is_a_violation_at_every_level(what: str, level: Level) -> None:
    handler, error = BROKEN[what]
    found = load(handler, level=level, timeout_s=0.05)
    assert found.judge.violation_count > 0
    assert found.errors.get(error)
    assert {"CDS-REQ-001", "CDS-HTT-001"} & set(found.judge.violations[0].clauses)


def test_a_wrong_reply_after_many_right_ones_is_found() -> None:
    wrong = with_body(VERSION, lambda body: body.replace(b'major="1"', b'major="one"'))
    found = load(answering(lambda number, _raw: wrong if number == 20 else VERSION), seconds=0.2)
    assert found.judge.violation_count == found.measured.violations + found.drained.violations == 2
    assert "CDS-Version.reply.APIVersionResponse.major" in found.judge.violations[0].clauses


def test_a_reply_that_drips_is_overdue_and_one_that_is_long_is_not() -> None:
    def drip(_device: Device, connection: socket.socket) -> None:
        connection.recv(65536)
        for number in range(len(VERSION)):
            connection.sendall(VERSION[number : number + 1])
            time.sleep(0.01)

    found = load(drip, seconds=0.8, connections=1, timeout_s=0.03)
    assert found.errors.get("silent")
    assert found.judge.violation_count > 0


@pytest.mark.slow
def test_a_long_reply_is_scanned_as_it_comes_and_not_held() -> None:
    """30 MB in a window; one row is outside of it, far behind what is kept."""
    begin, end = b"<StreamsResponse>\n", b"</StreamsResponse>\n"
    first = scene().fixtures["busy_hour_from"]
    row = next(line for line in answered(requests_of([kind("StreamHistory")])[0]).split(b"\n") if b"<Stream " in line)

    def at(second: int) -> bytes:
        parts = row.split(b'"')
        parts[1], parts[3], parts[5] = (b"%d" % (second + more) for more in (0, 60, 61))
        return b'"'.join(parts) + b"\n"

    rows = 80_000
    body = begin + b"".join(at(first + number % 3600) for number in range(rows)) + at(first + 500_000) + end
    reply = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(body) + body

    def handle(device: Device, connection: socket.socket) -> None:
        device.received += connection.recv(65536)
        connection.sendall(reply)
        connection.recv(65536)

    with device(handle) as made:
        loop, judge = loop_on(made.port, kind("StreamHistory", "heavy"), connections=1, timeout_s=1.0)
        loop.open()
        loop.run(0.05)
        drained = loop.drain()
        loop.close()
    assert 1 == loop.answered, drained.errors
    (found,) = judge.violations
    assert "CDS-TIM-001" in found.clauses
    assert f"row {rows + 1}" in found.got


# Whole runs


def plan_for(made: Target, scenario: str, *, connections: int = 4, duration_s: float = 0.3) -> LoadPlan:
    suite = load_suite(MODEL)
    return LoadPlan(
        system=MODEL,
        suite=suite,
        target=made,
        scenario=suite.loads[scenario],
        seed=7,
        connections=connections,
        duration_s=duration_s,
    )


def test_scenarios_only_read() -> None:
    """`load = true` is all the leave that they need."""
    suite = load_suite(MODEL)
    assert {"monitor", "pages", "heavy"} == set(suite.loads)
    assert "monitor" == suite.default_load
    for one in suite.loads.values():
        assert {Effect.READ} == {MODEL.operations[kind.operation].effect for kind in one.operations}
        known = {*MODEL.clauses, *(f"CDS-{name}" for name in MODEL.operations), "CDS-StreamHistory.fromDate.missing"}
        assert {clause for kind in one.operations for clause in kind.clauses} <= known
    for request in requests_of(suite.loads["monitor"].operations, 60):
        assert request.data.startswith(b"GET /")
        assert b"\r\nHost: 127.0.0.1:1\r\n" in request.data


def test_the_request_names_the_host_and_follows_a_pinned_spelling() -> None:
    pinned = Target(system="cds", name="x", host="::1", ports={"http": 80}, dialect={"CDS-AMB-039": "streamID"})
    binding = TargetBinding(MODEL, pinned, "http")
    asked: list[tuple[str, str]] = []

    def get(kind: str, state: str) -> str:
        asked.append((kind, state))
        return "GetTrickmodeEventsList"

    for operation in ("TrickmodeEvents", "TrickmodeEvents", "Version"):
        binding.learn(operation, get)
    _, data = binding.call("TrickmodeEvents", ["StreamID=a b|c"])
    assert data.startswith(
        b"GET /apis/TrickmodeEvents.php?messageType=GetTrickmodeEventsList&streamID=a%20b%7Cc HTTP/1.1\r\n"
    )
    assert b"Host: [::1]\r\n" in data
    assert [("selector", "TrickmodeEvents")] == asked


@pytest.mark.slow
def test_a_run_against_a_device_without_fixtures_finds_its_windows_itself() -> None:
    """A target file need not name an hour; figures have the documented format."""

    def reply(_number: int, raw: bytes) -> bytes:
        query = raw.split(b" ")[1].partition(b"?")[2]
        path = raw.split(b" ")[1].partition(b"?")[0].decode()
        return reply_of(scene().ask(query, path))

    with device(answering(reply)) as made:
        figures = LoadRun(plan_for(target(made.port), "monitor")).figures()
    schema = json.loads((data_folder("reports/schemas") / "bench.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(figures)
    assert (0, 0, []) == (
        figures["run"]["exit_code"],
        figures["validation"]["violations"],
        figures["run"]["scenario"]["left_out"],
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--scenario", "monitor"), 0),
        (("--scenario", "pages"), 0),
        (("--scenario", "heavy", "--connections", "4"), 0),
        (("--reading", "CDS-AMB-004=copied"), 0),
        (("--reading", "CDS-AMB-011=number", "--scenario", "pages"), 0),
        (("--reading", "CDS-AMB-019=ignored", "--scenario", "pages"), 0),
        (("--reading", "CDS-AMB-001=tsidOutput", "--validate", "shape"), 0),
    ],
)
def test_the_reference_server_under_load(arguments: tuple[str, ...], code: int, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert code == clausewise("bench", "cds", "--out", str(out), "--seed", "1", "--duration", "1s", *arguments), (
        read_json(out / "bench.json")["validation"]
    )
