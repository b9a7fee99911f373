"""`clausewise certify` as a user meets it: exit codes, one message for a mistake, interruption, secrets."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from harness.certify import reference_server
from harness.events import read_record
from harness.tests.commands import clausewise, footer, written
from harness.tests.devices import LATE_S, Device, answering, device, silent, target_file

ONE = ("--select", "hmp.deleteSession.arity.none")


certify = partial(clausewise, "certify")


# Mistakes of the user


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("hpm",), "'hpm' is no system"),
        ((), "SYSTEM"),
        (("hmp", "--max-time", "soon"), "--max-time soon"),
        (("hmp", "--max-time", "0s"), "--max-time 0s"),
        (("hmp", "--max-time", "-5m"), "--max-time -5m"),
        (("hmp", "--seed", "-1"), "--seed"),
        (("hmp", "--profile", "quick"), "--profile"),
        (("hmp", "--no-such-option"), "--no-such-option"),
        (("hmp", "--target", "nowhere.toml"), "nowhere.toml: file: expected a readable TOML file"),
        (("hmp", "--target", "a.toml", "--fault", "x"), "--fault"),
        (("hmp", "--fault", "no-such-fault", *ONE), "no-such-fault"),
        (("hmp", "--reading", "HMP-AMB-999=x", *ONE), "HMP-AMB-999"),
        (("hmp", "--select", "no-such-case"), "no-such-case"),
        (("hmp", "--waivers", "nowhere.toml", *ONE), "nowhere.toml"),
        (("hmp", "--baseline", "nowhere", *ONE), "nowhere"),
        (("hmp", "--fleet", "nowhere", *ONE), "nowhere"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else None,
)
def test_a_mistake_on_the_command_line_is_one_message_and_exit_code_2(
    arguments: tuple[str, ...],
    message: str,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DESIGN.md, Contracts: exit codes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    assert certify(*arguments, "--out", str(tmp_path / "out")) == 2
    told = capfd.readouterr()
    assert message in told.err
    assert "Traceback" not in told.err + told.out
    assert not (tmp_path / "out" / "run.jsonl").exists() or "--select" in arguments


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[target]\nsystem = 'hmp'\nhst = 'h'\n",
            r"t\.toml:3: target\.hst: expected a known key \(the nearest is 'host'\)",
        ),
        ("[target]\nsystem = 'hmq'\nhost = 'h'\n", r"t\.toml:2: target\.system: expected one of .*hmp"),
        ("[target\n", r"t\.toml:1:8: TOML: "),
        ("", r"t\.toml: target: expected a table"),
    ],
)
def test_a_wrong_target_file_is_told_with_its_line(
    text: str, message: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    target = written(tmp_path / "t.toml", text)
    assert certify("hmp", "--target", target, "--out", str(tmp_path / "out")) == 2
    told = capfd.readouterr().err
    assert re.search(message, told)
    assert told.count("\n") == 1


def test_a_folder_that_holds_something_is_never_written_to(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "kept.txt"
    written(kept, "mine")
    assert certify("hmp", *ONE, "--out", str(tmp_path)) == 2
    assert "not empty" in capfd.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]
    assert certify("hmp", *ONE, "--out", str(kept)) == 2


def test_a_target_goes_with_one_system(tmp_path: Path) -> None:
    target = written(tmp_path / "t.toml", target_file(1))
    assert certify("hmp", "hmp", "--target", target, "--out", str(tmp_path / "out")) == 2


# Devices


def test_a_target_that_cannot_be_reached_is_exit_code_3_with_its_address(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    target, out = written(tmp_path / "t.toml", target_file(port)), tmp_path / "out"
    assert certify("hmp", "--target", target, "--out", str(out), *ONE) == 3
    told = capfd.readouterr()
    assert f"127.0.0.1:{port}" in told.out + told.err
    assert "Traceback" not in told.err + told.out
    assert footer(out)["exit_code"] == 3
    assert json.loads((out / "results.json").read_bytes())["run"]["exit_code"] == 3


def test_a_device_that_answers_nothing_is_nonconforming_and_that_is_known_soon(tmp_path: Path) -> None:
    """DESIGN.md, Contracts: a device that accepts connections and answers nothing is nonconforming. The whole suite is selected."""
    with device(silent) as made:
        target, out = written(tmp_path / "t.toml", target_file(made.port)), tmp_path / "out"
        began = time.monotonic()
        assert certify("hmp", "--target", target, "--out", str(out)) == 1
        assert time.monotonic() - began < LATE_S
    assert footer(out)["exit_code"] == 1
    assert {path.name for path in out.iterdir()} >= {
        "run.jsonl",
        "results.json",
        "dialect.toml",
        "junit.xml",
        "report.html",
        "transcripts",
    }


@pytest.mark.parametrize("write", [False, True])
def test_secrets_appear_in_no_file_and_on_no_screen(
    write: bool, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """DESIGN.md, Run record. The device repeats the password in every reply, and what it created cannot be removed."""
    secret = "s3cret-Pass\u00fc"
    replies = iter(range(10**9))

    def answer(line: str) -> bytes:
        if line.startswith("createSession"):
            return f"OK|{secret}\n".encode()
        return f"ERROR|010001|'{secret}' is not a UUID {next(replies)}\n".encode()

    with device(answering(answer)) as made:
        extra = f'[target.credentials]\nuser = "admin"\npassword = "{secret}"\n'
        target, out = written(tmp_path / "t.toml", target_file(made.port, write=write, extra=extra)), tmp_path / "out"
        assert (
            certify(
                "hmp",
                "--target",
                target,
                "--out",
                str(out),
                "--select",
                "hmp.deleteSession.*",
                "--select",
                "hmp.session.*",
            )
            == 1
        )
        assert secret.encode() not in bytes(made.received) or write
    told = capfd.readouterr()
    shapes = [
        secret,
        secret.replace("ü", "\\u00fc"),
        secret.replace("ü", "&#252;"),
        secret.replace("ü", "&#xfc;"),
        "s3cret",
    ]
    holding = [
        path.name
        for path in out.rglob("*")
        if path.is_file() and any(shape.encode() in path.read_bytes() for shape in shapes)
    ]
    assert holding == []
    assert "s3cret" not in told.out + told.err
    assert read_record(out).intact


# Interruption


class Proxy:
    """Passes everything on to a device and keeps the commands with their replies."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.log: list[tuple[str, str]] = []
        self.busy = threading.Event()

    def handle(self, _device: Device, connection: socket.socket) -> None:
        source = (connection.getpeername()[0], 0)  # the device knows its clients by their address
        with socket.create_connection(("127.0.0.1", self._port), source_address=source) as upstream:
            pending: list[str] = []
            rest = {connection: b"", upstream: b""}
            while rest:
                for one in select.select(list(rest), [], [], LATE_S)[0]:
                    other = upstream if one is connection else connection
                    if not (chunk := one.recv(65536)):
                        del rest[one]
                        other.shutdown(socket.SHUT_WR)
                        continue
                    *lines, rest[one] = (rest[one] + chunk).split(b"\n")
                    for line in (raw.decode("utf-8", "replace") for raw in lines):
                        if one is connection:
                            pending.append(line)
                        elif pending:
                            self.log.append((pending.pop(0), line))
                    other.sendall(chunk)
                if len(self.log) > 300:
                    self.busy.set()

    def left(self) -> set[str]:
        """Ids that were created and neither deleted nor stopped."""
        made: set[str] = set()
        for command, reply in list(self.log):
            name, *words = command.replace('"', "").split(" ")
            if name in ("createSession", "startRecording", "startRestreamRecording") and reply.startswith("OK|"):
                made.add(reply[3:])
            elif name in ("deleteSession", "stopRecording", "stopRestreamRecording") and reply == "OK":
                made -= set(words)
        return made


@contextmanager
def proxied(tmp_path: Path) -> Iterator[tuple[Proxy, Path]]:
    """A reference server behind a proxy, and the target file for the proxy."""
    direct, path = tmp_path / "direct.toml", tmp_path / "t.toml"
    with reference_server("hmp", ("--write-target", str(direct))):
        text = direct.read_text(encoding="utf-8")
        port = int(re.search(r"cli = (\d+)", text)[1])  # type: ignore[index]  # it is there
        proxy = Proxy(port)
        with device(proxy.handle) as made:
            written(path, text.replace(f"cli = {port}", f"cli = {made.port}"))
            yield proxy, path


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_in_order_and_removes_what_it_created(number: signal.Signals, tmp_path: Path) -> None:
    """DESIGN.md: exit code 130, a footer on every ending, the journal is undone also after Ctrl-C."""
    out = tmp_path / "out"
    with proxied(tmp_path) as (proxy, target):
        command = [sys.executable, "-m", "harness", "certify", "hmp", "--target", str(target), "--out", str(out)]
        with (tmp_path / "output").open("wb") as output:
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        try:
            assert proxy.busy.wait(LATE_S)
            process.send_signal(number)
            with suppress(ProcessLookupError):
                os.kill(process.pid, 0)
            assert process.wait(3 * LATE_S) == 130
        finally:
            process.kill()
            process.wait()
        assert proxy.left() == set()
        assert len(proxy.log) > 300
    text = (tmp_path / "output").read_text()
    assert "Traceback" not in text
    end = footer(out)
    assert (end["exit_code"], end["interrupted"]) == (130, True)
    assert [note for note in end["notes"] if "could not undo" in note] == []
    record = read_record(out)
    assert record.intact
    assert 0 < len(record.results) < record.started.planned
    assert json.loads((out / "results.json").read_bytes())["run"]["exit_code"] == 130


@pytest.mark.slow
def test_a_whole_run_on_the_reference_server_conforms_and_leaves_nothing_behind(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with proxied(tmp_path) as (proxy, target):
        assert certify("hmp", "--target", str(target), "--out", str(out), "--seed", "7") == 0
        assert proxy.left() == set()
    end = footer(out)
    assert (end["totals"]["failed"], end["totals"]["error"], end["totals"]["inconclusive"]) == (0, 0, 0)
    assert [note for note in end["notes"] if "could not undo" in note] == []
