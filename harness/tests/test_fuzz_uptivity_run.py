"""The fuzzer of uptivity: what it builds and reads, nothing on conforming devices, the fault on one that has it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from fuzz.uptivity.grammar import Grammar
from fuzz.uptivity.kit import KIT
from fuzz.uptivity.machine import UptivityMachine
from harness.certify import Options, target_for
from harness.errors import UsageError
from harness.fuzzing.build import rng_of
from harness.fuzzing.document_build import DOCUMENT_CATEGORIES, DocumentBuilder
from harness.fuzzing.document_kit import FAILURE, SUCCESS
from harness.fuzzing.script import script_from_json, script_to_json
from harness.fuzzing.session import Session, session_on
from harness.fuzzing.testing import FindingError
from harness.spec.clauses import catalogue
from harness.spec.load import load_system
from harness.target import Allow, Target, load_target
from harness.tests.commands import clausewise
from harness.tests.peer_runs import PEERS
from harness.verdict import Check

SYSTEM = load_system("uptivity")
TARGET = Target(
    system="uptivity", name="t", host="h", ports={"api": 1, "web": 2}, allow=Allow(write=True),
    fixtures={"device_ids": ["1111"], "agent_device_ids": ["1111"]},
)  # fmt: skip
READER = Grammar(SYSTEM, TARGET)


def test_the_same_seed_builds_the_same_scripts_of_every_category() -> None:
    one, other = (DocumentBuilder(SYSTEM, TARGET, KIT) for _ in range(2))
    scripts = [one.script(rng_of(7, number)) for number in range(200)]
    assert scripts == [other.script(rng_of(7, number)) for number in range(200)]
    assert {script.name.partition(".")[0] for script in scripts} == set(DOCUMENT_CATEGORIES)
    known = catalogue(SYSTEM)
    assert all(clause in known for script in scripts for clause in script.clauses)
    assert [script_from_json(script_to_json(script)) for script in scripts] == scripts


def test_a_target_that_may_not_be_written_gets_requests_that_read() -> None:
    builder = DocumentBuilder(SYSTEM, Target(system="uptivity", name="t", host="h", ports={"web": 2}), KIT)
    literals = [builder.script(rng_of(3, number)).literal.upper() for number in range(150)]
    assert not any(b"CALL" in one.replace(b"CALLLIST", b"") for one in literals)


def test_an_unknown_category_is_refused() -> None:
    with pytest.raises(UsageError, match="framing, xml, urls"):
        DocumentBuilder(SYSTEM, TARGET, KIT, ("paging",))


def document(*pairs: tuple[str, str]) -> bytes:
    return f"<REQUEST>{''.join(f'<{name}>{text}</{name}>' for name, text in pairs)}</REQUEST>\r\n".encode()


def test_a_usual_request_is_certain() -> None:
    asked, rest, whole = READER.stream(document(("TYPE", "TEST"), ("REQUESTID", "7")) * 2 + b"<REQ")
    assert (len(asked), rest, whole) == (2, b"<REQ", True)
    assert (asked[0].function, asked[0].number, asked[0].outcomes) == ("TEST", "7", frozenset((SUCCESS,)))


@pytest.mark.parametrize(
    ("number", "expected"),
    [("2147483647", {SUCCESS}), ("2147483648", {FAILURE}), ("0", {SUCCESS, FAILURE}), ("x", {SUCCESS, FAILURE})],
)
def test_numbers(number: str, expected: set[str]) -> None:
    asked, _, _ = READER.stream(document(("TYPE", "TEST"), ("REQUESTID", number)))
    assert asked[0].outcomes == expected


@pytest.mark.parametrize(
    "data",
    [
        b"<REQUEST><TYPE>TEST</TYPE></REQUEST>\n", b"x\r\n", b"<R/>\r\n", b"<REQUEST a='b'></REQUEST>\r\n", b"<REQUEST>&</REQUEST>\r\n",
        document(("TYPE", "&#0;")), document(("TYPE", "<![CDATA[TEST]]>")), document(("TYPE", "")),
    ],
)  # fmt: skip
def test_what_is_open_on_the_stream(data: bytes) -> None:
    asked, _, whole = READER.stream(data)
    assert not whole
    assert not asked[-1].comes


def test_urls() -> None:
    def read(query: str) -> tuple[bool, str | None]:
        asked, _, _ = READER.urls(f"GET /webAPI.php?{query} HTTP/1.1\r\nHost: h:2\r\n\r\n".encode())
        return asked[0].plain, asked[0].value("GROUP")

    assert read("Type=callstart&REQUESTID=1&deviceid=1111&group=a%26b%2Bc") == (True, "a&b+c")
    assert read("type=callstart&requestid=1&group=a+b") == (False, "a+b")
    assert read("type=callstart&requestid=1&group=%zz") == (False, None)
    assert read("type=callstart&requestid=1&group=%FF") == (False, None)


# whole devices


def first_broken(session: Session, cases: int, only: tuple[str, ...] = (), limit_s: float = 20.0) -> list[Check]:
    """What the first case breaks that breaks anything."""
    builder, end = session.builder(only), time.monotonic() + limit_s
    for number in range(cases):
        played = session.player.play(builder.script(rng_of(5, number)))
        if played.broken or time.monotonic() > end:
            return played.broken
    return []


@contextmanager
def reference(*options: str) -> Iterator[Session]:
    with (
        target_for(Options(system="uptivity", serve_options=options)) as target,
        session_on(target, seed=0, ours=True) as session,
    ):
        yield session


@contextmanager
def peer(name: str, personality: str, path: Path) -> Iterator[Session]:
    command = [sys.executable, str(PEERS / f"uptivity_{name}.py"), "--write-target", str(path), "--clock-scale", "60"]
    process = subprocess.Popen([*command, "--personality", personality], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("READY")
        with session_on(load_target(path, {"uptivity": SYSTEM}), seed=0, ours=True) as session:
            yield session
    finally:
        process.kill()
        process.communicate()


def run_machine(session: Session, examples: int) -> str:
    """What the state machine finds; "" for nothing."""
    UptivityMachine.session = session
    few = settings(
        max_examples=examples, stateful_step_count=30, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    try:
        run_state_machine_as_test(seed(3)(UptivityMachine), settings=few)
    except FindingError as error:
        return str(error)
    return ""


def test_the_reference_server_breaks_nothing() -> None:
    with reference() as session:
        assert first_broken(session, 80) == []
        assert session.undo() == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["alder", "birch"])
@pytest.mark.parametrize("personality", ["default", "error-word"])
def test_an_independent_device_breaks_nothing(name: str, personality: str, tmp_path: Path) -> None:
    if (name, personality) == ("alder", "error-word"):
        personality = "requestid-zero"
    with peer(name, personality, tmp_path / "t.toml") as session:
        assert first_broken(session, 120) == []
        assert run_machine(session, 5) == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "only"),
    [
        ("short-segment-lost", "framing"), ("number-as-float", "numbers"), ("number-limit-off-by-one", "numbers"), ("url-decoded-twice", "values"),
        ("encoded-plus-lost", "values"), ("web-value-cut", "values"), ("update-clears-others", "values"), ("second-instance-missing", "values"),
    ],
)  # fmt: skip
def test_a_fault_is_found(fault: str, only: str) -> None:
    with reference("--fault", fault) as session:
        assert first_broken(session, 3000, (only,))


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["stop-ends-all", "calls-told-of-records", "busy-device-twice"])
def test_the_state_machine_finds_a_fault(fault: str) -> None:
    with reference("--fault", fault) as session:
        assert run_machine(session, 100)


@pytest.mark.slow
def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A finding is written, replayed and exported."""
    out = tmp_path / "out"
    arguments = ("fuzz", "uptivity", "--cases", "30", "--seed", "4", "--only", "numbers", "--fault", "number-as-float")
    assert clausewise(*arguments, "--out", str(out)) == 1
    path = sorted((out / "findings").glob("*.json"))[0]
    assert "UPT-NUM-001" in json.loads(path.read_text("utf-8"))["clauses"]
    assert clausewise("replay", str(path)) == 0  # the bundled server without the fault
    capsys.readouterr()
    assert clausewise("export", "pytest", str(path)) == 0
    compile(capsys.readouterr().out, "exported", "exec")
