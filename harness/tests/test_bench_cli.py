"""`clausewise bench` as a user meets it: mistakes, exit codes, files, interruption."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from harness.tests.commands import clausewise, read_json
from harness.tests.devices import device, target_file
from harness.tests.load_device import SOURCES, Toy

FIXTURES = f"load = true\n[target.fixtures]\nsource_ids = {json.dumps(list(SOURCES))}\n"


bench = partial(clausewise, "bench")


def figures(out: Path) -> dict[str, Any]:
    return read_json(out / "bench.json")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("hpm",), "'hpm' is no system"),
        ((), "SYSTEM"),
        (("hmp", "--duration", "soon"), "--duration soon"),
        (("hmp", "--duration", "0s"), "--duration 0s"),
        (("hmp", "--connections", "0"), "--connections"),
        (("hmp", "--validate", "most"), "--validate"),
        (("hmp", "--scenario", "monitr"), "the nearest is 'monitor'"),
        (("hmp", "--rate", "5"), "--rate"),
        (("hmp", "--find-max", "p99<5ms"), "--find-max"),
        (("hmp", "--gate", "p99<5ms"), "--gate"),
        (("hmp", "--scheduler", "a:1"), "--scheduler"),
        (("hmp", "--target", "x.toml", "--fault", "crlf-on-status"), "--fault"),
        (("hmp", "--target", "there-is-none.toml"), "there-is-none.toml"),
    ],
)
def test_a_mistake_is_one_message_and_exit_code_2(
    arguments: tuple[str, ...],
    message: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert 2 == bench(*arguments)
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error


def test_a_run_writes_figures_and_report_and_tells_where(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "run"
    with device(Toy().handle) as made:
        (tmp_path / "target.toml").write_text(target_file(made.port, extra=FIXTURES, timeout_s=2.0), encoding="utf-8")
        code = bench(
            "hmp", "--target", str(tmp_path / "target.toml"), "--duration", "0.2s", "--out", str(out), "--seed", "3"
        )
    assert 0 == code
    assert {"bench.json", "report.html"} == {path.name for path in out.iterdir()}
    told = capsys.readouterr().out
    data = figures(out)
    assert f"{data['measured']['replies']:,} replies" in told
    assert "Every reply conformed (exit 0), seed 3" in told
    assert "A closed loop hides queueing" in told
    assert ("mixed", 3, 32, "full") == (
        data["run"]["scenario"]["name"], data["run"]["seed"], data["run"]["connections"], data["run"]["validate"],
    )  # fmt: skip


def test_a_target_that_cannot_be_reached_is_exit_code_3(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with device(Toy().handle) as made:
        port = made.port
    (tmp_path / "target.toml").write_text(target_file(port, extra=FIXTURES), encoding="utf-8")
    assert 3 == bench("hmp", "--target", str(tmp_path / "target.toml"), "--out", str(tmp_path / "run"))
    assert f"127.0.0.1:{port}" in capsys.readouterr().err


def test_without_leave_for_load_nothing_is_sent(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with device(Toy().handle) as made:
        (tmp_path / "target.toml").write_text(target_file(made.port), encoding="utf-8")
        assert 2 == bench("hmp", "--target", str(tmp_path / "target.toml"), "--out", str(tmp_path / "run"))
        assert b"" == made.received
    assert "load = true" in capsys.readouterr().err


def test_secrets_are_in_no_file(tmp_path: Path) -> None:
    secret = "correct-horse-battery"
    toy = Toy(lambda words, reply: f"OK|{secret}\n".encode() if reply == b"OK|PAUSED\n" else reply)
    credentials = f'{FIXTURES}[target.credentials]\nuser = "u"\npassword = "{secret}"\n'
    out = tmp_path / "run"
    with device(toy.handle) as made:
        (tmp_path / "t.toml").write_text(target_file(made.port, extra=credentials, timeout_s=2.0), encoding="utf-8")
        assert 1 == bench("hmp", "--target", str(tmp_path / "t.toml"), "--duration", "0.2s", "--out", str(out))
    assert figures(out)["validation"]["violations"] > 0
    assert [] == [path.name for path in out.iterdir() if secret in path.read_text(encoding="utf-8")]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run_with_130_its_figures_and_nothing_left_behind(number: int, tmp_path: Path) -> None:
    toy, out = Toy(), tmp_path / "run"
    with device(toy.handle) as made:
        (tmp_path / "target.toml").write_text(target_file(made.port, extra=FIXTURES, timeout_s=2.0), encoding="utf-8")
        command = [sys.executable, "-m", "harness", "bench", "hmp", "--target", str(tmp_path / "target.toml")]
        process = subprocess.Popen(
            [*command, "--duration", "60s", "--out", str(out)], stdout=subprocess.PIPE, text=True
        )
        deadline = time.monotonic() + 20
        while len(made.commands) < 500 and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(number)
        told, _ = process.communicate(timeout=20)
    assert 130 == process.returncode
    assert "Interrupted" in told
    assert figures(out)["run"]["interrupted"]
    assert toy.made > 0
    assert set() == toy.sessions


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 0),
        (("--scenario", "monitor"), 0),
        (("--scenario", "edit", "--validate", "shape"), 0),
        (
            ("--reading", "HMP-AMB-001=space", "--reading", "HMP-AMB-002=space", "--reading", "HMP-AMB-017=not-active"),
            0,
        ),
        (("--reading", "HMP-AMB-064=limited", "--connections", "40"), 3),
        (("--fault", "every-25th-reply-lost", "--connections", "4"), 1),
        (("--fault", "status-resumes"), 1),
        (("--fault", "reply-of-another"), 1),
        (("--fault", "echo-stale"), 1),
        (("--fault", "value-on-live"), 1),
        (("--fault", "closes-after-50-errors", "--scenario", "edit", "--connections", "4", "--duration", "3s"), 1),
    ],
)
def test_the_reference_server_under_load(arguments: tuple[str, ...], code: int, tmp_path: Path) -> None:
    duration = () if "--duration" in arguments else ("--duration", "1s")
    assert code == bench("hmp", "--out", str(tmp_path / "run"), "--seed", "1", *duration, *arguments)
