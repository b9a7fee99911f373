"""Whole runs against tiny devices: good, bad, silent, dying; what a run may send, and that it removes what it created."""

from __future__ import annotations

import itertools
import socket
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import ClassVar

import pytest

from harness.engine import Plan, Run
from harness.errors import UsageError
from harness.events import CaseFinished, CaseStarted, Event, RunFinished, RunStarted
from harness.spec.model import Effect
from harness.suite import load_suite
from harness.target import Allow, Target
from harness.tests.devices import Device, Handler, Recorder, answering, device, hmp, silent, target_of, tear_down
from harness.transcript import Transcript
from harness.verdict import CaseResult, Outcome

SOME = ("hmp.deleteSession.*",)
FIXTURES = {
    "source_ids": ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"],
    "user_names": ["Viewer"],
    "group_names": ["Viewers"],
    "category_ids": ["33333333-3333-4333-8333-333333333333"],
    "restream_ips": ["127.0.0.1"],
    "restream_ports": ["5000", "5001", "5002"],
}


def plan_of(target: Target, select: tuple[str, ...] = SOME, **more: object) -> Plan:
    system = hmp()
    return replace(Plan(system=system, suite=load_suite(system), target=target, seed=1, select=select), **more)  # type: ignore[arg-type]


def events_of(plan: Plan, transcripts: list[Transcript] | None = None) -> list[Event]:
    def keep(transcript: Transcript) -> str:
        if transcripts is not None:
            transcripts.append(transcript)
        return f"{transcript.case}.json"

    return list(Run(plan, keep).events())


def finished(events: list[Event]) -> RunFinished:
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunFinished)
    return events[-1]


def results(events: list[Event]) -> list[CaseResult]:
    return [event.result for event in events if isinstance(event, CaseFinished)]


def cases(found: list[CaseResult]) -> list[CaseResult]:
    """Without what is told of the dialect at the end."""
    return [result for result in found if ".dialect." not in result.id]


def run_on(
    handler: Handler, select: tuple[str, ...] = SOME, **changes: object
) -> tuple[RunFinished, list[CaseResult], Device]:
    """A run on a device that lives as long as the run."""
    with device(handler) as made:
        target = target_of(made.port, fixtures=FIXTURES, **changes)  # type: ignore[arg-type]  # by name
        events = events_of(plan_of(target, select))
        return finished(events), results(events), made


# The order of things


def test_the_known_good_exchange_comes_first_and_last_and_each_case_begins_and_ends() -> None:
    """STYLE.md, R19."""
    with device(answering(Recorder().answer)) as made:
        events = events_of(plan_of(target_of(made.port)))
    ran = [event.id for event in events if isinstance(event, CaseStarted)]
    assert (ran[0], ran[-1]) == ("hmp.known-good.first", "hmp.known-good.last")
    done = [result.id for result in results(events)]
    assert done[: len(ran)] == ran
    assert all(".dialect." in name for name in done[len(ran) :])
    assert events[0].planned == len(done)  # type: ignore[union-attr]  # the header
    assert sum(finished(events).totals.values()) == len(done)


def test_every_case_that_sent_something_has_a_transcript_of_its_own() -> None:
    transcripts: list[Transcript] = []
    with device(answering(Recorder().answer)) as made:
        events = events_of(plan_of(target_of(made.port)), transcripts)
    kept = {transcript.case for transcript in transcripts}
    assert {result.id for result in results(events) if result.transcript} <= kept
    assert all(result.transcript == f"{result.id}.json" for result in results(events) if result.transcript)


def test_a_run_with_the_same_seed_sends_the_same_bytes() -> None:
    sent = []
    for _ in range(2):
        with device(answering(Recorder().answer)) as made:
            events_of(plan_of(target_of(made.port)))
            sent.append(list(made.commands))
    assert sent[0] == sent[1]


def test_an_empty_selection_is_refused_before_anything_is_sent() -> None:
    with device(silent) as made:
        with pytest.raises(UsageError, match="nothing-like-this"):
            events_of(plan_of(target_of(made.port), ("nothing-like-this",)))
        assert made.connections == 0


def test_a_target_that_cannot_be_connected_is_exit_code_3_with_its_address() -> None:
    """DESIGN.md, Contracts: exit codes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    events = events_of(plan_of(target_of(port)))
    end = finished(events)
    assert end.exit_code == 3
    assert {result.outcome for result in results(events)} <= {Outcome.SKIPPED}
    assert f"127.0.0.1:{port}" in end.notes[0]


# Devices that behave badly


def garbage(_line: str) -> bytes:
    return bytes(range(256)) + b"\n"


def endless(device: Device, connection: socket.socket) -> None:
    for _ in device.lines(connection):
        while True:
            connection.sendall(b"x" * 65536)


def chattering(device: Device, connection: socket.socket) -> None:
    for _ in device.lines(connection):
        while True:
            connection.sendall(b"OK\n" * 10_000)


def closing(_device: Device, _connection: socket.socket) -> None:
    """Closes each connection at once."""


def resetting(device: Device, connection: socket.socket) -> None:
    for _ in device.lines(connection):
        tear_down(connection)
        return


def closing_after(count: int) -> Handler:
    def handle(device: Device, connection: socket.socket) -> None:
        answer = Recorder().answer
        for line in itertools.islice(device.lines(connection), count):
            connection.sendall(answer(line))

    return handle


BAD: dict[str, Handler] = {
    "garbage": answering(garbage),
    "half-lines": answering(lambda _: b"OK|ha"),
    "endless-line": endless,
    "endless-lines": chattering,
    "closes-at-once": closing,
    "resets": resetting,
    "empty-lines": answering(lambda _: b"\n"),
    "silent": silent,
}


@pytest.mark.parametrize("name", BAD)
def test_a_run_on_a_device_that_behaves_badly_ends_in_order_with_findings(name: str) -> None:
    """DESIGN.md, Contracts: a device that accepts connections and answers nothing is nonconforming."""
    end, found, _ = run_on(BAD[name], timeout=0.05)
    assert end.exit_code == 1
    assert found[0].outcome is Outcome.FAILED
    assert Outcome.ERROR not in {result.outcome for result in found}
    assert found[0].broken
    assert found[0].message


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_device_that_closes_after_some_commands_is_told_apart_from_one_that_answers(count: int) -> None:
    end, found, _ = run_on(closing_after(count), timeout=0.1)
    assert end.exit_code == 1
    assert Outcome.ERROR not in {result.outcome for result in found}


def test_after_a_device_that_answers_nothing_hardly_anything_is_sent() -> None:
    end, found, made = run_on(silent, ("hmp.*",), timeout=0.1)
    assert end.exit_code == 1
    assert [result.outcome for result in found[:1]] == [Outcome.FAILED]
    assert {result.outcome for result in cases(found)[1:]} == {Outcome.INCONCLUSIVE}
    assert len(made.commands) <= 3
    assert "does not answer the known-good exchange" in found[1].message


def test_a_device_that_dies_is_a_finding_and_the_rest_is_inconclusive(monkeypatch: pytest.MonkeyPatch) -> None:
    """DESIGN.md, Contracts: a device that dies after an input is nonconforming."""
    monkeypatch.setattr("harness.engine.REVIVAL_S", 0.2)
    recorder = Recorder()

    def handle(device: Device, connection: socket.socket) -> None:
        for line in device.lines(connection):
            if len(device.commands) > 20:
                device.stop()
                return
            connection.sendall(recorder.answer(line))

    end, found, _ = run_on(handle, timeout=0.1)
    dead = [result for result in found if any(check.id == "device.alive" for check in result.checks)]
    assert len(dead) == 1
    assert dead[0].outcome is Outcome.FAILED
    after = cases(found[found.index(dead[0]) + 1 :])
    assert {result.outcome for result in after} == {Outcome.INCONCLUSIVE}
    assert all(dead[0].id in result.message for result in after)
    assert end.exit_code == 1


def test_what_is_left_after_the_time_of_the_run_is_inconclusive() -> None:
    """DESIGN.md, Contracts: --max-time."""
    with device(answering(Recorder().answer)) as made:
        events = events_of(plan_of(target_of(made.port), max_time_s=1e-6))
    found = cases(results(events))
    assert {result.outcome for result in found} == {Outcome.INCONCLUSIVE}
    assert all("--max-time" in result.message for result in found)
    assert finished(events).exit_code == 3


# What a run may send

WRITES = [name.lower().encode() for name, operation in hmp().operations.items() if operation.effect is not Effect.READ]


def wrote(received: bytes) -> list[bytes]:
    """Names of write commands that a lenient device could find in what it received, line by line."""
    lines = [bytes(byte for byte in line.lower() if bytes([byte]).isalnum()) for line in received.split(b"\n")]
    return [name for name in WRITES if any(name in line for line in lines)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("allow", "profile"),
    [(Allow(), "certification"), (Allow(write=True, disruptive=True, destructive=True), "acceptance")],
)
@pytest.mark.parametrize("fixtures", [{}, FIXTURES], ids=["no-fixtures", "fixtures"])
def test_a_run_that_may_only_read_sends_no_write_command(
    allow: Allow, profile: str, fixtures: dict[str, object]
) -> None:
    """DESIGN.md, Vocabulary: permit. The whole suite, every byte of every connection."""
    with device(answering(Recorder().answer)) as made:
        target = target_of(made.port, allow=allow, fixtures=fixtures, clock_scale=100.0)
        events = events_of(plan_of(target, (), profile=profile))
        assert len(made.commands) > 50
        assert wrote(bytes(made.received)) == []
    assert Outcome.SKIPPED in {result.outcome for result in results(events)}
    assert Outcome.ERROR not in {result.outcome for result in results(events)}


# What a run removes


class Ledger:
    """A device that takes command names in any letter case, and what it has been told to create and to end."""

    CREATES: ClassVar = {"createsession": "session", "startrecording": "recording", "startrestreamrecording": "stream"}
    ENDS: ClassVar = {"deletesession", "stoprecording", "stoprestreamrecording"}

    def __init__(self) -> None:
        self.made: Counter[str] = Counter()
        self.left: dict[str, str] = {}

    def answer(self, line: str) -> bytes:
        name, *words = line.replace('"', "").lower().split() or [""]
        if name in self.CREATES:
            self.made[self.CREATES[name]] += 1
            made = str(uuid.UUID(int=sum(self.made.values()) << 64 | 7))
            self.left[made] = f"{self.CREATES[name]} of {line!r}"
            return f"OK|{made}\n".encode()
        if name in self.ENDS:  # however the id is spelled
            self.left = {
                made: how
                for made, how in self.left.items()
                if made.replace("-", "") not in "".join(words).replace("-", "")
            }
        return b"OK\n"


@pytest.mark.slow
def test_everything_that_a_whole_run_created_is_removed() -> None:
    """DESIGN.md, Vocabulary: journal. Sessions deleted, recordings and streams stopped, although nearly every case fails here."""
    ledger = Ledger()
    end, found, _ = run_on(answering(ledger.answer), ("hmp.*",), clock_scale=100.0)
    assert {"session", "recording", "stream"} <= set(ledger.made)
    assert ledger.made["session"] > 100
    assert ledger.left == {}
    assert [note for note in end.notes if "could not undo" in note] == []
    assert Outcome.ERROR not in {result.outcome for result in found}


@pytest.mark.parametrize("stop_at", [2, 10, 30])
def test_what_an_interrupted_run_created_is_removed(stop_at: int) -> None:
    ledger = Ledger()
    with device(answering(ledger.answer)) as made:
        run = Run(plan_of(target_of(made.port, fixtures=FIXTURES)), lambda _: "")
        events: list[Event] = []
        for event in run.events():
            events.append(event)
            if isinstance(event, CaseStarted) and event.number == stop_at:
                with suppress(KeyboardInterrupt):
                    run.interrupt()
        end = finished(events)
    assert (end.exit_code, end.interrupted) == (130, True)
    assert len(results(events)) == stop_at - 1
    assert ledger.left == {}


@pytest.mark.parametrize("number", [3, 17, 40, 77])
def test_what_a_run_created_is_removed_also_if_ctrl_c_comes_within_a_case(number: int) -> None:
    """The interrupt strikes while the run waits for a reply."""
    ledger = Ledger()
    stop: list[Callable[[], None]] = []

    def keep(_transcript: Transcript) -> str:
        return ""

    with device(answering(ledger.answer)) as made:
        run = Run(plan_of(target_of(made.port, fixtures=FIXTURES)), keep)
        perform, count = run._live.perform, itertools.count(1)

        def interrupted(action: object) -> object:
            if next(count) == number:
                stop[0]()
            return perform(action)  # type: ignore[arg-type]  # any action

        run._live.perform = interrupted  # type: ignore[method-assign]  # the place where a signal strikes
        stop.append(run.interrupt)
        events = list(run.events())
    assert (finished(events).exit_code, ledger.left) == (130, {})
