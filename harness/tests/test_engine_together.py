"""Cases that mostly wait are played side by side by a run, and all that holds for other cases holds for them."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from harness.case import Case
from harness.dut import Dut
from harness.ending import Ending
from harness.engine import Plan, Run
from harness.events import CaseFinished, CaseStarted, Event, RunFinished
from harness.flow import Receive
from harness.suite import Suite
from harness.tests.devices import Device, Handler, Recorder, answering, device, hmp, target_of
from harness.transcript import Transcript
from harness.verdict import CaseResult, Outcome

WAIT_S = 0.06


class Sessions:
    """A forgiving device that knows which sessions are left."""

    def __init__(self) -> None:
        self.left: set[str] = set()
        self._recorder = Recorder()

    def answer(self, line: str) -> bytes:
        reply = self._recorder.answer(line)
        if line.startswith("createSession"):
            self.left.add(reply.decode().strip().partition("|")[2])
        if line.startswith("deleteSession"):
            self.left.discard(line.split()[1].strip('"'))
        return reply


async def makes_and_waits(dut: Dut) -> None:
    for _ in range(2):
        await dut.setup("createSession", "a title")
        await dut.wait(WAIT_S)
    dut.check("done", True, expected="", got="")


async def goes_on(dut: Dut) -> None:
    await dut.setup("createSession", "another")
    dut.check("done", True, expected="", got="")


def suite_of(names: str, *, flow: Callable[[Dut], object] = makes_and_waits, control: str = "") -> Suite:
    """A case for each letter, a patient one for each capital; the last one has the control."""
    suite = Suite("hmp")
    for letter in names:
        after = (control,) if letter == names[-1] and control else ()
        made = Case(
            id=letter, system="hmp", title=letter, chapter="tests", clauses=(), after=after,
            flow=flow if letter.isupper() else goes_on, patient=letter.isupper(),  # type: ignore[arg-type]
        )  # fmt: skip
        suite.add(made)
    return suite


def plan_of(suite: Suite, port: int, **changes: Any) -> Plan:
    return Plan(system=hmp(), suite=suite, target=target_of(port, **changes), seed=1)


def ran(suite: Suite, handler: Handler, **changes: Any) -> tuple[list[Event], dict[str, CaseResult], list[Transcript]]:
    kept: list[Transcript] = []

    def keep(transcript: Transcript) -> str:
        kept.append(transcript)
        return f"{transcript.case}.json"

    with device(handler) as made:
        events = list(Run(plan_of(suite, made.port, **changes), keep).events())
    return events, {one.result.id: one.result for one in events if isinstance(one, CaseFinished)}, kept


def order_of(events: list[Event]) -> str:
    return "".join(event.id for event in events if isinstance(event, CaseStarted))


def test_patient_cases_share_their_time_and_each_has_its_own_transcript_and_undoes_its_own() -> None:
    sessions = Sessions()
    began = time.monotonic()
    events, results, kept = ran(suite_of("AbCDe"), answering(sessions.answer))
    assert time.monotonic() - began < 5 * WAIT_S  # one after the other their waits alone take 6
    assert order_of(events) == "bACDe"
    assert [event.result.id for event in events if isinstance(event, CaseFinished)][:5] == list("bACDe")
    assert {results[name].outcome for name in "AbCDe"} == {Outcome.PASSED}
    assert sessions.left == set()
    for transcript in kept:
        if transcript.case in "ACD":
            assert [step.action for step in transcript.steps].count("wait") == 2
            assert {step.link for step in transcript.steps if step.link} == {"main", "undo"}
            assert results[transcript.case].transcript == f"{transcript.case}.json"


@pytest.mark.parametrize(
    ("names", "control", "changes", "order"),
    [
        ("ABc", "A", {}, "ABc"),  # a control keeps its place
        ("AbC", "A", {}, "AbC"),
        ("AbC", "", {"rate": 1000.0}, "AbC"),  # a rate holds for all connections together
        ("Abc", "", {}, "Abc"),
    ],
)
def test_who_is_not_played_beside_others_keeps_its_place(
    names: str, control: str, changes: dict[str, Any], order: str
) -> None:
    events, results, _ = ran(suite_of(names, control=control), answering(Sessions().answer), **changes)
    assert order_of(events) == order
    assert {results[name].outcome for name in names} == {Outcome.PASSED}


def test_pieces_with_pauses_leave_as_they_do_alone() -> None:
    async def cut(dut: Dut) -> None:
        call, data = dut.binding.call("createSession", ("in pieces",))
        await dut.send(data, pieces=(1, 5, 0, 3), pause_s=WAIT_S / 3)
        dut.check("taken", (await dut.receive(call)).ok is True, expected="OK", got="")

    one, other = (ran(suite_of(names, flow=cut), answering(Sessions().answer)) for names in ("A", "AB"))
    for events, results, kept in (one, other):
        assert results["A"].outcome is Outcome.PASSED
        assert len(events) > 3
        (own,) = [transcript for transcript in kept if transcript.case == "A"]
        (sent,) = [step for step in own.steps if step.action == "send" and step.pieces]
        assert sent.took_s >= WAIT_S
        assert (sent.data[:13], sent.pieces, sent.ending) == (b"createSession", (1, 5, 0, 3), None)


def test_who_waits_for_what_does_not_come_keeps_nobody_waiting() -> None:
    """Silence in one case, and five waits of the other meanwhile, none much longer than asked for."""
    waited: list[float] = []

    async def listens(dut: Dut) -> None:
        await dut.connect()
        got = await Receive("main", 0.4)
        dut.check("silent", got.ending is Ending.SILENT, expected="nothing", got="")

    async def waits(dut: Dut) -> None:
        for _ in range(5):
            began = await dut.clock()
            await dut.wait(WAIT_S)
            waited.append(await dut.clock() - began)
        dut.check("done", True, expected="", got="")

    suite = suite_of("AB", flow=waits)
    suite.cases["A"] = replace(suite.cases["A"], flow=listens)
    _, results, _ = ran(suite, answering(Sessions().answer))
    assert {results[name].outcome for name in "AB"} == {Outcome.PASSED}
    assert results["A"].duration_s >= 0.4
    assert min(waited) >= WAIT_S
    assert sorted(waited)[2] < WAIT_S + 0.15  # of most of them, for the machine may be busy


@pytest.mark.parametrize("stop_s", [0.0, WAIT_S / 2, WAIT_S * 1.5])
def test_what_an_interrupted_run_made_side_by_side_is_removed_and_told(stop_s: float) -> None:
    sessions = Sessions()
    kept: list[str] = []

    def keep(transcript: Transcript) -> str:
        kept.append(transcript.case)
        return ""

    with device(answering(sessions.answer)) as made:
        run = Run(plan_of(suite_of("ABC"), made.port), keep)
        slept, events = [0.0], []
        sleep = run._sleep

        def interrupted(seconds: float) -> None:
            slept[0] += seconds
            if slept[0] >= stop_s and sessions.left:
                with suppress(KeyboardInterrupt):
                    run.interrupt()
            sleep(seconds)

        run._sleep = interrupted  # type: ignore[method-assign, assignment]  # the place where a signal strikes
        events = list(run.events())
    end = events[-1]
    assert isinstance(end, RunFinished)
    assert (end.exit_code, end.interrupted, sessions.left) == (130, True, set())
    begun = [name for name in kept if name in "ABC"]
    assert begun == (["A"] if not stop_s else ["A", "B", "C"])
    assert [event for event in events if isinstance(event, CaseFinished) and event.result.id in "ABC"] == []


def test_a_device_that_dies_beside_several_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.engine.REVIVAL_S", 0.1)
    answer = Recorder().answer

    def handle(made: Device, connection: object) -> None:
        for line in made.lines(connection):  # type: ignore[arg-type]  # a socket
            if len(made.commands) > 4:
                made.stop()
                return
            connection.sendall(answer(line))  # type: ignore[attr-defined]

    async def goes_wrong(dut: Dut) -> None:
        for _ in range(2):
            dut.ok(await dut.call("createSession", "a title"))
            await dut.wait(0.01)

    _, results, _ = ran(suite_of("ABC", flow=goes_wrong), handle, timeout=0.1)
    outcomes = sorted(results[name].outcome for name in "ABC")
    assert outcomes == [Outcome.FAILED, Outcome.INCONCLUSIVE, Outcome.INCONCLUSIVE]


def test_time_that_is_up_is_up_for_patient_cases_too() -> None:
    with device(answering(Recorder().answer)) as made:
        plan = replace(plan_of(suite_of("ABC"), made.port), max_time_s=1e-6)
        events = list(Run(plan, lambda _: "").events())
    found = {one.result.id: one.result for one in events if isinstance(one, CaseFinished)}
    assert {found[name].outcome for name in "ABC"} == {Outcome.INCONCLUSIVE}
