"""The fuzzer of cds on whole devices: nothing on conforming ones, the fault on one that has it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harness.certify import Options, target_for
from harness.fuzzing.build import rng_of
from harness.fuzzing.session import Session, session_on
from harness.spec.load import load_system
from harness.target import load_target
from harness.tests.commands import clausewise
from harness.tests.peers import cds_birch
from harness.verdict import Check

SYSTEM = load_system("cds")


def first_broken(session: Session, cases: int, only: tuple[str, ...] = (), seed: int = 1) -> list[Check]:
    """What the first case breaks that breaks anything."""
    builder = session.builder(only)
    for number in range(cases):
        played = session.player.play(builder.script(rng_of(seed, number)))
        if played.broken:
            return played.broken
    return []


@contextmanager
def reference(*options: str) -> Iterator[Session]:
    with (
        target_for(Options(system="cds", serve_options=options)) as target,
        session_on(target, seed=0, ours=True) as session,
    ):
        yield session


@pytest.mark.slow
@pytest.mark.parametrize(
    "personality", ["default", "strict-requests", "lenient-requests", "growing", "http-1.0", "chunked-odd", "fresh"]
)
def test_an_independent_device_breaks_nothing(personality: str, tmp_path: Path) -> None:
    with cds_birch.start(personality) as device:
        path = tmp_path / "t.toml"
        path.write_text(device.target, "utf-8")
        target = load_target(path, {"cds": SYSTEM})
        with session_on(target, seed=0, ours=True) as session:
            assert first_broken(session, 150, ("query", "headers", "dates", "paging", "framing")) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "only", "clause"),
    [
        ("unknown-message-400", "query", "CDS-STA-002"),
        ("refusal-500", "query", "CDS-STA-001"),
        ("second-less", "dates", "CDS-PlayServerHistory"),
        ("one-is-all", "paging", "CDS-PAG-001"),
        ("range-more", "paging", "CDS-PAG-001"),
        ("page-drifts", "paging", "CDS-PAG-002"),
        ("head-with-body", "framing", "CDS-HTT-001"),
    ],
)
def test_a_fault_is_found(fault: str, only: str, clause: str) -> None:
    with reference("--fault", fault) as session:
        broken = first_broken(session, 1500, (only,))
    assert clause in [name for check in broken for name in check.clauses]


@pytest.mark.slow
@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_reference_server_breaks_nothing_under_any_reading(place: int) -> None:
    """All ambiguities at once, each by the reading of this place; but numbers as offsets where paging counts for nothing."""
    readings = {name: list(one.readings)[place % len(one.readings)] for name, one in SYSTEM.ambiguities.items()}
    if readings["CDS-AMB-011"] == "number":
        readings["CDS-AMB-019"] = "rows"
    options = [text for name, reading in readings.items() for text in ("--reading", f"{name}={reading}")]
    with reference(*options) as session:
        assert first_broken(session, 150, seed=place) == []


@pytest.mark.slow
def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A finding is written, replayed and exported."""
    out = tmp_path / "out"
    arguments = ("fuzz", "cds", "--cases", "150", "--seed", "4", "--only", "query", "--fault", "unknown-message-400")
    assert clausewise(*arguments, "--out", str(out)) == 1
    paths = sorted((out / "findings").glob("*.json"))
    assert "CDS-STA-002" in {clause for path in paths for clause in json.loads(path.read_text("utf-8"))["clauses"]}
    assert clausewise("replay", str(paths[0])) == 0  # the bundled server without the fault
    capsys.readouterr()
    assert clausewise("export", "pytest", str(paths[0])) == 0
    compile(capsys.readouterr().out, "exported", "exec")


@pytest.mark.slow
def test_a_category_of_another_protocol_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert clausewise("fuzz", "cds", "--cases", "1", "--only", "escaping") == 2
    assert "query" in capsys.readouterr().err
