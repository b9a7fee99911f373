"""The fuzzer of rss2000 on whole devices: nothing on conforming ones, the fault on one that has it."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from fuzz.rss2000.machine import RssMachine
from harness.certify import Options, target_for
from harness.fuzzing.build import rng_of
from harness.fuzzing.script import Script
from harness.fuzzing.session import Session, session_on
from harness.fuzzing.testing import FindingError
from harness.spec.load import load_system
from harness.target import load_target
from harness.tests.commands import clausewise
from harness.tests.peer_runs import PEERS
from harness.verdict import Check

SYSTEM = load_system("rss2000")
FAULT_S = 20.0


def first_broken(
    session: Session, cases: int, only: tuple[str, ...] = (), seed: int = 5, limit_s: float = 60.0
) -> list[Check]:
    """What the first case breaks that breaks anything."""
    builder, end = session.builder(only), time.monotonic() + limit_s
    for number in range(cases):
        played = session.player.play(builder.script(rng_of(seed, number)))
        if played.broken or time.monotonic() > end:
            return played.broken
    return []


@contextmanager
def reference(*options: str) -> Iterator[Session]:
    with (
        target_for(Options(system="rss2000", serve_options=options)) as target,
        session_on(target, seed=0, ours=True) as session,
    ):
        yield session


@pytest.mark.slow
@pytest.mark.parametrize(
    "personality",
    [
        "default",
        "root-manger-untold",
        "xml-bom",
        "empty-nothing",
        "session-of-connection",
        "packets-crumbs",
        "strict",
        "lax",
    ],
)
def test_an_independent_device_breaks_nothing(personality: str, tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    command = [sys.executable, str(PEERS / "rss2000_birch.py"), "--write-target", str(path), "--clock-scale", "60"]
    process = subprocess.Popen([*command, "--personality", personality], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("READY")
        with session_on(load_target(path, {"rss2000": SYSTEM}), seed=0, ours=True) as session:
            assert first_broken(session, 80) == []
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "only", "clause"),
    [
        ("burst-in-one-packet", "framing", "RSS-TPK-004"),
        ("header-not-joined", "framing", "RSS-TPK-007"),
        ("indication-version-4", "framing", "RSS-TPK-001"),
        ("second-document", "framing", "RSS-TPK-004"),
        ("quote-unescaped", "xml", "RSS-XML-002"),
        ("failure-without-version", "sessions", "RSS-XML-004"),
        ("letters-lost", "values", "RSS-XML-011"),
        ("astral-lost", "values", "RSS-XML-011"),
        ("changed-as-added", "values", "RSS-XML-006"),
        ("logout-forgotten", "sessions", "RSS-SES-008"),
        ("any-id-accepted", "sessions", "RSS-SES-004"),
    ],
)
def test_a_fault_is_found(fault: str, only: str, clause: str) -> None:
    with reference("--fault", fault) as session:
        broken = first_broken(session, 3000, (only,), limit_s=FAULT_S)
    assert broken
    assert clause in [name for check in broken for name in check.clauses] or only == "sessions"


@pytest.mark.slow
@pytest.mark.parametrize("number", range(4))
def test_the_reference_server_breaks_nothing_under_other_readings(number: int) -> None:
    rng = random.Random(number + 11)
    readings = {name: rng.choice(list(one.readings)) for name, one in SYSTEM.ambiguities.items()}
    options = [text for name, reading in readings.items() for text in ("--reading", f"{name}={reading}")]
    with reference(*options) as session:
        assert first_broken(session, 100, seed=number) == []


def run_machine(session: Session, examples: int, limit_s: float) -> str:
    """What the state machine finds within some time; "" for nothing."""
    found: list[str] = []
    end = time.monotonic() + limit_s

    class Machine(RssMachine):
        def _do(self, *steps: object) -> int:
            if found or time.monotonic() > end:
                pytest.skip("enough")
            try:
                return super()._do(*steps)  # type: ignore[arg-type]
            except FindingError as error:
                found.append(str(error))
                pytest.skip("found")

    Machine.session = session
    few = settings(
        max_examples=examples, stateful_step_count=30, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    with suppress(pytest.skip.Exception):
        run_state_machine_as_test(seed(3)(Machine), settings=few)
    return "".join(found)


@pytest.mark.slow
def test_the_state_machine_finds_nothing_on_the_reference_server() -> None:
    with reference() as session:
        assert run_machine(session, 8, 30.0) == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault", ["paused-index", "deny-delete-once", "video-format-not-changed", "old-values-indicated"]
)
def test_the_state_machine_finds_a_fault(fault: str) -> None:
    with reference("--fault", fault) as session:
        assert run_machine(session, 300, 40.0)


@pytest.mark.slow
@pytest.mark.parametrize("category", ["values", "xml"])
def test_nothing_stays_behind(category: str) -> None:
    """Objects are removed, also those whose names were written as character references, and sessions ended."""
    with reference() as session:
        builder = session.builder((category,))
        scripts: list[Script] = [builder.script(rng_of(2, number)) for number in range(150)]
        played = session.player.play_all(scripts)
        assert not any(one.broken for one in played)
        assert session.undo() == []
        for kind, name in (("GETENDPOINT", "SOURCENAME"), ("GETROOM", "ROOM_ID"), ("GETGROUP", "GROUPNAME")):
            listed = session.player.sessions.ask(kind).confirms  # type: ignore[attr-defined]
            assert not [value for part in listed for value in part.all(name) if value.startswith("cw-")], kind


@pytest.mark.slow
def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A finding is written without secrets, replayed and exported."""
    out = tmp_path / "out"
    arguments = ("fuzz", "rss2000", "--cases", "60", "--seed", "4", "--only", "sessions", "--fault", "any-id-accepted")
    assert clausewise(*arguments, "--out", str(out)) == 1
    paths = sorted((out / "findings").glob("*.json"))
    texts = [path.read_text("utf-8") for path in paths]
    assert any(
        "RSS-SES-004" in json.loads(text)["clauses"] or "RSS-SES-008" in json.loads(text)["clauses"] for text in texts
    )
    assert not any("rss-2000 admin" in text for text in texts)
    assert clausewise("replay", str(paths[0])) == 0  # the bundled server without the fault
    capsys.readouterr()
    assert clausewise("export", "pytest", str(paths[0])) == 0
    compile(capsys.readouterr().out, "exported", "exec")
