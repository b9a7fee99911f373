"""The reference server that is called with structs: validated calls a second that it answers on one core.

    pytest suites/throughput/bench_calls_server.py --benchmark-only -s

The server runs in a process of its own; the rate is calls by CPU second of that process, which is what it does on one core whatever else
runs on the machine. Each kind of call goes over one connection that stays open, several calls under way at a time.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from harness.wire.xmlrpc import read
from harness.wire.xmlrpc_write import encode_call

REACH = 1500  # calls a second
CALLS, DEEP = 1500, 8  # calls a round; calls under way
LATE_S = 20.0
TICKS = os.sysconf("SC_CLK_TCK")
TOKENS = {"total": 100, "maxPerChannel": 100}
RESOURCES = {
    "mediaTokensMainVideo": TOKENS, "mediaTokensExtendedVideo": TOKENS, "mediaTokensAudio": TOKENS, "numMediaCredits": 315,
}  # fmt: skip
CREATE = {
    "participantMediaResources": RESOURCES, "conferenceName": "Board", "waitForChair": True, "duration": 3600,
    "voiceSwitchingSensitivity": 60, "welcomeScreenMessage": "Welcome & good morning", "metadata": b"abc", "locked": False,
}  # fmt: skip


class Server:
    """A running reference server."""

    def __init__(self, folder: Path) -> None:
        file = folder / "target.toml"
        words = [
            sys.executable,
            "-m",
            "harness",
            "serve",
            "tps",
            "--port",
            "http=0",
            "--port",
            "https=0",
            "--write-target",
            str(file),
        ]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)  # noqa: S603  our own
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.port = int(json.loads(line.removeprefix("READY "))["ports"]["http"])
        credentials = tomllib.loads(file.read_text())["target"]["credentials"]
        self.login = {"authenticationUser": credentials["user"], "authenticationPassword": credentials["password"]}

    def cpu_s(self) -> float:
        """CPU seconds that it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def request(self, method: str, members: dict[str, Any]) -> bytes:
        """A call as it is sent."""
        body = encode_call(method, {**self.login, **members})
        return b"POST /RPC2 HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s" % (
            len(body),
            body,
        )

    def ask(self, request: bytes, count: int) -> bytes:
        """Send a call so many times; the last reply."""
        last, left, under_way = b"", count, 0
        with socket.create_connection(("127.0.0.1", self.port), timeout=LATE_S) as link:
            data = b""
            while left or under_way:
                if left and under_way < DEEP:
                    sent = min(left, DEEP - under_way)
                    link.sendall(request * sent)
                    left, under_way = left - sent, under_way + sent
                while (end := data.find(b"</methodResponse>")) < 0:
                    piece = link.recv(262_144)
                    assert piece, "the server closed the connection"
                    data += piece
                last, data = data[:end], data[end + 17 :]
                under_way -= 1
        return last[last.index(b"<?xml") :] + b"</methodResponse>"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A reference server, ended with the tests."""
    found = Server(tmp_path_factory.mktemp("server"))
    yield found
    found.process.terminate()
    found.process.communicate(timeout=LATE_S)


@pytest.mark.parametrize(
    ("method", "members", "fault"),
    [
        ("device.query", {}, None),
        ("logs.syslog.modify", {"servers": [{"address": "192.0.2.1"}], "facilityValue": 3}, None),
        ("services.query", {}, None),
        ("user.create", {"newUserId": "a", "password": "b", "accessRights": "chief"}, 102),
        ("flex.conference.create", {**CREATE, "locked": 3}, 103),
        ("flex.conference.query", {}, None),
    ],
)
def test_calls_a_second(
    benchmark: BenchmarkFixture, server: Server, method: str, members: dict[str, Any], fault: int | None
) -> None:
    """Calls of one kind; the last one of each round is read and must be what was expected."""
    if method == "flex.conference.query":
        made = read(server.ask(server.request("flex.conference.create", CREATE), 1))
        members = {"conferenceID": made.struct.plain()["conferenceID"]}  # type: ignore[index,call-overload]
    request = server.request(method, members)
    rates: list[float] = []

    def round_of_calls() -> None:
        before = server.cpu_s()
        found = read(server.ask(request, CALLS))
        rates.append(CALLS / max(server.cpu_s() - before, 1 / TICKS))
        assert found.fault_code == fault, found.fault_string

    benchmark.pedantic(round_of_calls, rounds=2, warmup_rounds=1)  # type: ignore[no-untyped-call]
    best = max(rates)
    benchmark.extra_info["calls_per_cpu_second"] = round(best)
    print(f"\n{method}: {best:,.0f} calls a CPU second ({best / REACH:.2f} of {REACH:,})")  # noqa: T201  it is a benchmark
    assert best >= REACH
