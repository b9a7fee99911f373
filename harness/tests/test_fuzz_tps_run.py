"""The fuzzer of calls: what it builds and plays, nothing on conforming devices, the fault on one that has it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from fuzz.tps.grammar import Grammar
from fuzz.tps.kit import KIT
from harness.certify import Options, target_for
from harness.errors import UsageError
from harness.fuzzing.build import rng_of
from harness.fuzzing.call_build import CALL_CATEGORIES, CallBuilder
from harness.fuzzing.call_members import Members
from harness.fuzzing.call_parts import flat, unflat
from harness.fuzzing.call_player import CallPlayer
from harness.fuzzing.call_slots import CallSlots
from harness.fuzzing.script import Slot, script_from_json, script_to_json
from harness.fuzzing.session import Session, session_on
from harness.spec.clauses import catalogue
from harness.spec.load import load_system
from harness.target import Allow, Target, load_target
from harness.tests.commands import clausewise
from harness.tests.peer_runs import PEERS
from harness.verdict import Check

SYSTEM = load_system("tps")
TARGET = Target(
    system="tps", name="t", host="h", ports={"http": 1}, allow=Allow(write=True), credentials={"user": "u", "password": "secret-7"},
    fixtures={"answering_addresses": ["a@example.com"]},
)  # fmt: skip
READ_ONLY = Target(system="tps", name="t", host="h", ports={"http": 1})
# Device, its fault, where it is looked for, and a clause that it breaks.
FOUND = (
    ("alder", "message-optional", "wrong", "TPS-flex.conference.sendUserMessage.message:required"),
    ("alder", "control-any", "wrong", "TPS-STR-010"),
    ("birch", "long-dtmf-ok", "wrong", "TPS-FLT-008"),
    ("alder", "xml-cdata-lost", "xml", "TPS-ENC-002"),
    ("birch", "reply-create-no-reference", "values", "TPS-flex.conference.create.returned.conferenceReference"),
    ("birch", "status-of-modify", "values", "TPS-ENC-007"),
)
# Seeded faults of the reference server: where they are looked for, and a clause that they break.
SEEDED = (
    ("long-message-sent", "wrong", "TPS-flex.conference.sendUserMessage.message:length"),
    ("nested-missing-unnamed", "wrong", "TPS-FLT-004"),
    ("locked-as-int", "values", "TPS-struct.conferenceInfo.returned.locked:type"),
)
MEMBERS = Members(SYSTEM, TARGET, KIT, None)


def builder(*only: str, target: Target = TARGET) -> CallBuilder:
    return CallBuilder(SYSTEM, target, KIT, only, members=MEMBERS)


def test_the_same_seed_builds_the_same_scripts_of_every_category() -> None:
    one, other = builder(), builder()
    scripts = [one.script(rng_of(7, number)) for number in range(150)]
    assert scripts == [other.script(rng_of(7, number)) for number in range(150)]
    assert {script.name.partition(".")[0] for script in scripts} == set(CALL_CATEGORIES)
    known = catalogue(SYSTEM)
    assert all(clause in known for script in scripts for clause in script.clauses)
    assert [script_from_json(script_to_json(script)) for script in scripts] == scripts


def test_a_target_that_may_not_be_written_gets_calls_that_read() -> None:
    reading = builder(target=READ_ONLY)
    writing = [name.encode() for name, one in SYSTEM.operations.items() if one.effect.value != "read"]
    for number in range(200):
        literal = reading.script(rng_of(3, number)).literal
        assert not any(b"<methodName>" + name + b"<" in literal for name in writing)


def test_what_is_disruptive_or_destructive_is_only_sent_where_it_may_be() -> None:
    wrong = builder("wrong")
    harmful = [
        name.encode() for name, one in SYSTEM.operations.items() if one.effect.value in ("disruptive", "destructive")
    ]
    for number in range(200):
        literal = wrong.script(rng_of(4, number)).literal
        assert not any(name in literal for name in harmful)


@pytest.mark.slow
def test_every_method_that_may_be_called_is_called() -> None:
    everything = Target(
        system="tps",
        name="t",
        host="h",
        ports={"http": 1},
        allow=Allow(write=True, disruptive=True, destructive=True),
        fixtures=TARGET.fixtures,
    )
    both = (builder("wrong", target=everything), builder("values", target=everything))
    literal = b"".join(one.script(rng_of(9, number)).literal for one in both for number in range(1500))
    wanted = [
        name
        for name, one in SYSTEM.operations.items()
        if one.call and not one.call.optional and not one.call.experimental
    ]
    few = {name for name in wanted if not MEMBERS.places[name]} & KIT.few
    few |= {"device.feature.remove"}  # tries with keys that are none would lock out those that are some
    assert [name for name in wanted if f"<methodName>{name}<".encode() not in literal and name not in few] == []


def test_an_unknown_category_is_refused() -> None:
    with pytest.raises(UsageError, match="framing, headers, xml"):
        builder("paging")


def test_a_device_without_http_is_refused() -> None:
    target = Target(system="tps", name="t", host="h", ports={"https": 1})
    with pytest.raises(UsageError), session_on(Target(system="tps", name="t", host="h", ports={}), seed=0):
        pass
    assert builder(target=target)


def test_slots() -> None:
    slots = CallSlots(TARGET, ("a&b", "p"))
    body = (b"<methodCall>", Slot("login:user"), Slot("value:0:"), b"</methodCall>")
    sent = slots.bytes_of((b"Content-Length: ", Slot("body:0"), b"\r\n\r\n", *body), ["7<"])
    assert sent == b"Content-Length: 37\r\n\r\n<methodCall>a&amp;b7&lt;</methodCall>"
    assert slots.bytes_of((Slot("body:-3"), b"\r\n\r\n", b"abcdef"), ()).startswith(b"3\r\n")
    assert slots.bytes_of((Slot("body:0"), b"\r\n\r\nab", Slot("fill:9"), b"c"), ()) == b"9\r\n\r\nabxxxxxxc"


def test_pipelined_calls_have_a_length_each() -> None:
    one = (b"POST\r\nContent-Length: ", Slot("body:0"), b"\r\n\r\n<methodCall>aa</methodCall>")
    sent = CallSlots(TARGET, ("a", "b")).bytes_of((*one, *one), ())
    assert sent.count(b"Content-Length: 27\r\n") == 2


def test_parts_as_one_text_and_back() -> None:
    parts = (b"a", Slot("login:user"), b"b", Slot("body:0"), b"c")
    data, slots = flat(parts)
    assert unflat(data, slots) == parts
    assert unflat(data.replace(b"{{0}}", b""), slots) == (b"ab", Slot("body:0"), b"c")


# whole devices


def first_broken(session: Session, cases: int, only: tuple[str, ...] = (), limit_s: float = 40.0) -> list[Check]:
    """What the first case breaks that breaks anything."""
    scripts, end = session.builder(only), time.monotonic() + limit_s
    for number in range(cases):
        played = session.player.play(scripts.script(rng_of(5, number)))
        if played.broken or time.monotonic() > end:
            return played.broken
    return []


@contextmanager
def reference(*options: str) -> Iterator[Session]:
    with (
        target_for(Options(system="tps", serve_options=options)) as target,
        session_on(target, seed=0, ours=True) as session,
    ):
        yield session


@contextmanager
def peer(name: str, path: Path, *options: str, ours: bool = True) -> Iterator[Session]:
    command = [
        sys.executable,
        str(PEERS / f"tps_{name}.py"),
        "--write-target",
        str(path),
        "--clock-scale",
        "60",
        *options,
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("READY")
        with session_on(load_target(path, {"tps": SYSTEM}), seed=0, ours=ours) as session:
            yield session
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["alder", "birch"])
def test_an_independent_device_breaks_nothing_and_keeps_nothing(name: str, tmp_path: Path) -> None:
    with peer(name, tmp_path / "t.toml", ours=False) as session:
        player = session.player
        assert isinstance(player, CallPlayer)
        before: Any = player.ask("flex.conference.enumerate", {}).members.get("conferences")
        assert first_broken(session, 250) == []
        assert session.undo() == []
        after: Any = player.ask("flex.conference.enumerate", {}).members.get("conferences")
        assert isinstance(before, list)
        assert isinstance(after, list)
        assert [one["conferenceID"] for one in before] == [one["conferenceID"] for one in after]
        users: Any = player.ask("user.enumerate", {}).members["users"]
        assert not any(str(one["currentUserid"]).startswith("fz") for one in users)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "fault", "only", "clause"), FOUND, ids=[row[1] for row in FOUND])
def test_a_fault_is_found(name: str, fault: str, only: str, clause: str, tmp_path: Path) -> None:
    with peer(name, tmp_path / "t.toml", "--fault", fault) as session:
        broken = first_broken(session, 6000, (only,), limit_s=60.0)
        assert broken
        assert clause in broken[0].clauses


@pytest.mark.slow
@pytest.mark.parametrize(("fault", "only", "clause"), SEEDED, ids=[row[0] for row in SEEDED])
def test_a_seeded_fault_is_found(fault: str, only: str, clause: str) -> None:
    with reference("--fault", fault) as session:
        broken = first_broken(session, 6000, (only,), limit_s=60.0)
        assert broken
        assert clause in broken[0].clauses


@pytest.mark.slow
def test_the_reference_server_breaks_nothing() -> None:
    with reference() as session:
        assert first_broken(session, 250) == []
        assert session.undo() == []


def test_the_grammar_needs_a_system_of_calls() -> None:
    with pytest.raises(AssertionError):
        Grammar(load_system("hmp"), TARGET, ("a", "b"))


@pytest.mark.slow
def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A finding is written, made small, replayed and exported."""
    path = tmp_path / "t.toml"
    with peer("alder", path, "--fault", FOUND[0][1]):
        out = tmp_path / "out"
        arguments = ("fuzz", "tps", "--target", str(path), "--cases", "400", "--seed", "4", "--only", FOUND[0][2])
        assert clausewise(*arguments, "--out", str(out)) == 1
        found = sorted((out / "findings").glob("*.json"))[0]
        row = json.loads(found.read_text("utf-8"))
        assert row["reproduced"]
        assert clausewise("replay", str(found), "--target", str(path)) == 1
    with peer("alder", path):
        assert clausewise("replay", str(found), "--target", str(path)) == 0
    capsys.readouterr()
    assert clausewise("export", "pytest", str(found)) == 0
    compile(capsys.readouterr().out, "exported", "exec")
