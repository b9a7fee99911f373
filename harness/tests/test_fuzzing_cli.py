"""`clausewise fuzz`, `replay` and `export` as a user meets them: exit codes, one message for a mistake, files, secrets."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from harness.certify import reference_server
from harness.events import read_record
from harness.fuzzing.finding import finding_to_json, read_finding
from harness.tests.commands import clausewise, footer, written
from harness.tests.devices import LATE_S, device, silent, target_file
from harness.tests.fuzz_device import FuzzToy, Phoenix, lines
from harness.tests.test_fuzzing_finding import finding

# Mistakes of the user


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("fuzz", "hpm"), "'hpm' is no system"),
        (("fuzz",), "SYSTEM"),
        (("fuzz", "hmp", "--time", "soon"), "--time soon"),
        (("fuzz", "hmp", "--time", "0s"), "--time 0s"),
        (("fuzz", "hmp", "--time", "1s", "--cases", "1"), "--time and --cases"),
        (("fuzz", "hmp", "--cases", "0"), "--cases"),
        (("fuzz", "hmp", "--seed", "-1"), "--seed"),
        (("fuzz", "hmp", "--only", "everything"), "--only"),
        (("fuzz", "hmp", "--patience", "long"), "--patience long"),
        (("fuzz", "hmp", "--target", "nowhere.toml"), "nowhere.toml: file: expected a readable TOML file"),
        (("fuzz", "hmp", "--target", "a.toml", "--fault", "x"), "--fault"),
        (("fuzz", "hmp", "--target", "a.toml", "--reading", "x=y"), "--reading"),
        (("fuzz", "hmp", "--fault", "no-such-fault"), "no-such-fault"),
        (("fuzz", "hmp", "--out", "kept"), "not empty"),
        (("replay",), "FINDING-FILE"),
        (("replay", "nowhere.json"), "nowhere.json"),
        (("replay", "kept/odd.json"), "kept/odd.json: expected JSON"),
        (("replay", "kept/other.json"), "got hpm"),
        (("export", "pytest"), "FINDING-FILE"),
        (("export", "pytest", "nowhere.json"), "nowhere.json"),
        (("export", "junit", "nowhere.json"), "junit"),
        (("export", "pytest", "kept/title.json", "--out", "kept/odd.json/x"), "--out kept/odd.json/x"),
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
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    kept = tmp_path / "kept"
    kept.mkdir()
    written(kept / "odd.json", "{")
    written(kept / "other.json", json.dumps(finding_to_json(finding(system="hpm"))))
    written(kept / "title.json", json.dumps(finding_to_json(finding(script=lines("deleteSession Demo")))))
    assert clausewise(*arguments) == 2
    told = capfd.readouterr()
    assert message in told.err
    assert "Traceback" not in told.err + told.out


# Runs


@contextmanager
def toy_target(tmp_path: Path, toy: FuzzToy, **options: Any) -> Iterator[str]:
    with device(toy.handle) as made:
        yield written(tmp_path / "t.toml", target_file(made.port, **options))


@pytest.mark.slow
def test_nothing_found_is_exit_code_0_and_the_seed_gives_the_run_again(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert clausewise("fuzz", "hmp", "--cases", "60", "--out", str(tmp_path / "one")) == 0
    told = capfd.readouterr().out
    seed = re.search(r"seed (\d+)", told)
    assert seed is not None
    assert "Nothing found. (exit 0)" in told
    assert clausewise("fuzz", "hmp", "--cases", "60", "--seed", seed[1], "--out", str(tmp_path / "two")) == 0
    one, two = (footer(tmp_path / name) for name in ("one", "two"))
    assert one["totals"] == two["totals"]
    assert one["exit_code"] == 0
    assert read_record(tmp_path / "one").intact
    results = json.loads((tmp_path / "one" / "results.json").read_text())
    assert results["run"]["exit_code"] == 0
    assert {case["outcome"] for case in results["cases"]} == {"passed"}
    assert len(results["cases"]) > 5
    assert list((tmp_path / "one" / "findings").iterdir()) == []


@pytest.mark.slow
def test_a_fault_is_found_replayed_and_exported(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    fault = "value-on-live"
    assert clausewise("fuzz", "hmp", "--cases", "400", "--seed", "5", "--fault", fault, "--out", str(out)) == 1
    told = capfd.readouterr().out
    (path, *_) = sorted((out / "findings").iterdir())
    assert f"FINDING {path.name}" in told
    assert f"clausewise replay {path}" in told
    made = read_finding(path)
    assert made.reproduced
    assert "HMP-RSP-001" in made.clauses
    assert made.script.size < 120
    case = next(one for one in json.loads((out / "results.json").read_text())["cases"] if one["outcome"] == "failed")
    assert "HMP-RSP-001" in case["broken"]
    assert case["replay"] == f"clausewise replay findings/{path.name}"
    target = tmp_path / "t.toml"
    with reference_server("hmp", ("--write-target", str(target), "--fault", fault)):
        assert clausewise("replay", str(path), "--target", str(target)) == 1
        told = capfd.readouterr().out
        assert "Reproduced: " in told
        assert "HMP-RSP-001" in told
        assert not re.search(r"changed|gone", told)
    assert clausewise("replay", str(path)) == 0
    told = capfd.readouterr().out
    assert "Not reproduced" in told
    assert re.search(r"receive +changed", told)
    monkeypatch.chdir(tmp_path)
    assert clausewise("export", "pytest", str(path), "--out", ".") == 0
    module = next(tmp_path.glob("test_*.py"))
    assert capfd.readouterr().out.startswith(f"Wrote {module.name}")
    assert clausewise("export", "pytest", str(path)) == 0
    assert capfd.readouterr().out == module.read_text()


@pytest.mark.slow
def test_a_device_that_is_gone_for_good_is_exit_code_1_with_the_last_inputs(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    phoenix = Phoenix(lambda memory: len(memory) > 40, down_s=None)
    try:
        target, out = written(tmp_path / "t.toml", target_file(phoenix.port)), tmp_path / "out"
        arguments = ("--target", target, "--time", "30s", "--seed", "1", "--patience", "0.1s", "--out", str(out))
        began = time.monotonic()
        assert clausewise("fuzz", "hmp", *arguments) == 1
        assert time.monotonic() - began < 20
    finally:
        phoenix.stop()
    assert "the device was gone after" in capfd.readouterr().out
    found = [read_finding(path) for path in (out / "findings").iterdir()]
    assert "device.alive" in [one.check for one in found]
    assert footer(out)["exit_code"] == 1


@pytest.mark.slow
def test_a_device_that_accepts_connections_and_answers_nothing_is_nonconforming(tmp_path: Path) -> None:
    with device(silent) as made:
        target, out = written(tmp_path / "t.toml", target_file(made.port, timeout_s=0.1)), tmp_path / "out"
        assert (
            clausewise("fuzz", "hmp", "--target", target, "--cases", "9", "--patience", "0.1s", "--out", str(out)) == 1
        )


def test_a_target_that_cannot_be_reached_is_exit_code_3(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    target = written(tmp_path / "t.toml", target_file(port))
    path = written(tmp_path / "f.json", json.dumps(finding_to_json(finding())))
    assert clausewise("fuzz", "hmp", "--target", target, "--cases", "1", "--out", str(tmp_path / "out")) == 3
    assert clausewise("replay", path, "--target", target) == 3
    told = capfd.readouterr()
    assert told.err.count(f"127.0.0.1:{port}") == 2
    assert "Traceback" not in told.err


def test_nothing_that_may_be_played_is_exit_code_3(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    toy = FuzzToy()
    with toy_target(tmp_path, toy, write=False) as target:
        arguments = ("--target", target, "--cases", "20", "--only", "escaping", "--out", str(tmp_path / "out"))
        assert clausewise("fuzz", "hmp", *arguments) == 3
    told = capfd.readouterr().out
    assert "which [target.allow] does not permit" in told
    assert "Nothing was learned. (exit 3)" in told
    assert not any(line.startswith((b"create", b"add", b"update")) for line in toy.lines)


@pytest.mark.slow
def test_secrets_are_in_no_file_and_not_on_the_screen(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    secret = "hunter2hunter2"
    toy = FuzzToy(lambda _toy, _line, _reply, _link: f"DONE {secret}\n".encode())
    extra = f'[target.credentials]\nuser = "ann"\npassword = "{secret}"\n'
    out = tmp_path / "out"
    with toy_target(tmp_path, toy, extra=extra) as target:
        assert clausewise("fuzz", "hmp", "--target", target, "--cases", "40", "--seed", "1", "--out", str(out)) == 1
    files = [path for path in out.rglob("*") if path.is_file()]
    assert any(path.parent.name == "findings" for path in files)
    assert [path for path in files if secret.encode() in path.read_bytes()] == []
    told = capfd.readouterr()
    assert secret not in told.out + told.err
    assert "[password-1]" in told.out


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_in_order(number: signal.Signals, tmp_path: Path) -> None:
    """DESIGN.md: exit code 130, a footer on every ending, what was made is removed."""
    toy, out = FuzzToy(), tmp_path / "out"
    with toy_target(tmp_path, toy, timeout_s=2.0) as target:
        command = [
            sys.executable,
            "-m",
            "harness",
            "fuzz",
            "hmp",
            "--target",
            target,
            "--time",
            "60s",
            "--out",
            str(out),
        ]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            deadline = time.monotonic() + LATE_S
            while len(toy.lines) < 50 and time.monotonic() < deadline:
                time.sleep(0.02)
            process.send_signal(number)
            told, _ = process.communicate(timeout=3 * LATE_S)
        finally:
            process.kill()
            process.wait()
    assert process.returncode == 130
    assert "Traceback" not in told
    assert "Interrupted. (exit 130)" in told
    end = footer(out)
    assert (end["exit_code"], end["interrupted"]) == (130, True)
    assert json.loads((out / "results.json").read_text())["run"]["exit_code"] == 130
    assert toy.world.sessions == set()
