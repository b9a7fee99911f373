"""The state machine of `fuzz/hmp` against devices that conform, each in its own way, and against devices with one fault in their state."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from fuzz.hmp.client import Clients
from fuzz.hmp.machine import HmpMachine
from fuzz.hmp.world import HmpWorld
from harness.certify import Options, reference_server, target_for
from harness.messages.book import ErrorBook
from harness.messages.registry import binding_for
from harness.permit import Permit
from harness.reference.server import faults_of
from harness.spec.load import load_system
from harness.target import Target, load_target

PEERS = Path(__file__).parent / "peers"
# So quick that HotMarks fall into one second and into several within a run of steps.
CLOCK = ("--clock-scale", "50")
SEEDS = range(1, 9)

READINGS = [
    "", "HMP-AMB-002=bare", "HMP-AMB-005=absent", "HMP-AMB-006=title", "HMP-AMB-007=sessions-too", "HMP-AMB-010=status-not-found",
    "HMP-AMB-014=createdBy", "HMP-AMB-015=without-record", "HMP-AMB-017=not-active", "HMP-AMB-018=accepted", "HMP-AMB-019=not-single-source",
    "HMP-AMB-020=not-a-uuid", "HMP-AMB-038=insensitive", "HMP-AMB-039=insensitive", "HMP-AMB-040=accepted", "HMP-AMB-040=unknown",
    "HMP-AMB-043=refused", "HMP-AMB-044=refused", "HMP-AMB-045=accepted", "HMP-AMB-046=refused", "HMP-AMB-051=other", "HMP-AMB-052=refused",
    "HMP-AMB-053=accepted", "HMP-AMB-054=refused", "HMP-AMB-055=white-space", "HMP-AMB-056=same", "HMP-AMB-058=refused",
    "HMP-AMB-059=exclusive", "HMP-AMB-060=plain", "HMP-AMB-062=deleted", "HMP-AMB-066=empty", "HMP-AMB-067=accepted",
]  # fmt: skip
CONFORMING = [
    ("alder", ()), ("alder", ("--choice", "hotmark-clock=elapsed-time")), ("alder", ("--choice", "check-order=shape-first-reversed")),
    ("birch", ("--profile", "literal")), ("birch", ("--profile", "terse")), ("birch", ("--profile", "strict")), ("birch", ("--profile", "lenient")),
    *(("cedar", ("--variant", name)) for name in ("idempotent", "refuse_internal", "one_recording", "small_disk", "exclusive_sources", "upper_ids",
      "odd_names", "sparse", "right_first", "unique_titles", "cascade", "fifty_sessions", "dest_by_session", "multi_by_session", "restream_active",
      "wall_marks", "lenient_uuid")),
]  # fmt: skip
# Faults that need several commands to show, and that a few runs of steps find again and again.
FAULTS = [
    "fifth-source", "readding-refused", "duplicate-source-last-only", "delete-while-paused", "delete-blocked-for-ever", "deleted-session-lives",
    "resume-keeps-status", "finished-paused", "paused-not-stopped", "status-resumes", "pause-comes-late", "stream-stopped-twice", "hotmark-twice",
    "second-recording-same-id", "sessions-die-with-connection", "every-25th-reply-lost",
]  # fmt: skip


def trouble(target: Target, *, examples: int, seeds: Sequence[int]) -> str:
    """What the machine finds on a target; "" if nothing."""
    system = load_system("hmp")
    assert system.lines is not None
    book = ErrorBook(system, system.lines)
    target = replace(target, timeout=1.0)
    clients = Clients(target, book, binding_for(system, "cli"), Permit.of(target), HmpWorld(book, target))
    HmpMachine.clients = clients
    how = settings(
        max_examples=examples,
        stateful_step_count=40,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    try:
        for number in seeds:
            run_state_machine_as_test(seed(number)(HmpMachine), settings=how)
    except (AssertionError, Flaky) as error:  # flaky: the device does not fail each time
        return clients.told or repr(error)
    finally:
        clients.close()
    assert clients.exchanges > 100
    return ""


@contextmanager
def peer(name: str, arguments: Sequence[str]) -> Iterator[Target]:
    """One of the independent servers."""
    with tempfile.TemporaryDirectory(prefix="clausewise-peer-") as folder:
        path = Path(folder) / "target.toml"
        command = [sys.executable, str(PEERS / f"hmp_{name}.py"), "--write-target", str(path), *CLOCK, *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("READY")
            yield load_target(path, {"hmp": load_system("hmp")})
        finally:
            process.kill()
            process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("reading", READINGS)
def test_no_reading_that_the_document_supports_is_called_a_fault(reading: str) -> None:
    options = (*CLOCK, *(("--reading", reading) if reading else ()))
    with target_for(Options(system="hmp", serve_options=options)) as target:
        assert "" == trouble(target, examples=15, seeds=(1,))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "arguments"),
    CONFORMING,
    ids=lambda value: value if isinstance(value, str) else " ".join(value[1:]) or "default",
)
def test_no_conforming_peer_is_blamed(name: str, arguments: tuple[str, ...]) -> None:
    with peer(name, arguments) as target:
        assert "" == trouble(target, examples=15, seeds=(1,))


@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTS)
def test_faults_in_the_state_are_found_and_a_clause_of_theirs_named(name: str) -> None:
    fault = next(fault for fault in faults_of("hmp") if fault.name == name)
    with target_for(Options(system="hmp", serve_options=(*CLOCK, "--fault", name))) as target:
        told = trouble(target, examples=25, seeds=SEEDS)
    assert any(clause in told for clause in fault.clauses), told or "nothing found"


@pytest.mark.slow
def test_the_machine_runs_under_pytest_and_keeps_to_the_permit(tmp_path: Path) -> None:
    """`pytest fuzz/hmp --target FILE`: it makes sessions, so it is skipped where nothing may be written."""
    path = tmp_path / "target.toml"
    with reference_server("hmp", ("--write-target", str(path), *CLOCK)):
        for allowed, said in ((True, "2 passed"), (False, "2 skipped")):
            path.write_text(path.read_text().replace("write = true", f"write = {str(allowed).lower()}"))
            command = [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:cacheprovider",
                "fuzz/hmp/test_machine.py",
                "--target",
                str(path),
            ]
            done = subprocess.run(
                [*command, "--hypothesis-profile", "quick"],
                capture_output=True,
                text=True,
                check=False,
                cwd=Path(__file__).parents[2],
            )
            assert said in done.stdout, done.stdout + done.stderr
