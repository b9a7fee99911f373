"""`clausewise mutate` whole: mistakes of the user, controls that fail, a clean device afterwards, and the suite's kill rate."""

from __future__ import annotations

import io
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from harness.certify import REFERENCE_CLOCK, reference_server
from harness.engine import Plan, Run
from harness.events import CaseFinished
from harness.messages.registry import binding_for
from harness.mutation.catalogue import mutants_of
from harness.mutation.command import ProgressLine
from harness.mutation.matrix import Fate, MutationResult, Standing, Trial
from harness.mutation.mutant import Behaviour, Mutant, Operator, Spoiler
from harness.mutation.run import MutateOptions, Mutation, Progress, behind_proxy
from harness.mutation.trial import Bench, Identity, MutantRun, clean, run_trial
from harness.net import Deadline, connect
from harness.permit import Permit
from harness.suite import load_suite
from harness.target import Target, load_target
from harness.tests.commands import clausewise, read_json
from harness.tests.devices import LATE_S, Recorder, answering, device, hmp, target_file
from harness.tests.thorough import takes_minutes
from harness.verdict import CaseResult, Outcome

SEED = 20260801


mutate = partial(clausewise, "mutate")


def report(out: Path) -> dict[str, Any]:
    return read_json(out / "mutate.json")


# Mistakes and controls, without a reference server


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("hpm",), "'hpm' is no system"),
        (("hmp", "--select", "HMP-NONE-*"), "no mutant and no clause has such a name"),
        (("hmp", "--max-time", "soon"), "--max-time soon"),
        (("hmp", "--target", "/nowhere/target.toml"), "/nowhere/target.toml"),
    ],
)
def test_a_mistake_is_one_message_and_exit_code_2(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert 2 == mutate(*arguments, "--out", str(tmp_path / "out"))
    assert message in capsys.readouterr().err


def test_a_folder_that_is_not_empty_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "old").touch()
    assert 2 == mutate("hmp", "--out", str(tmp_path))
    assert "not empty" in capsys.readouterr().err


def test_a_target_that_is_not_there_is_exit_code_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with device(answering(Recorder().answer)) as gone:
        port = gone.port
    (tmp_path / "target.toml").write_text(target_file(port), encoding="utf-8")
    assert 3 == mutate("hmp", "--target", str(tmp_path / "target.toml"), "--out", str(tmp_path / "out"))
    assert "cannot connect" in capsys.readouterr().err


def test_a_device_that_fails_without_any_mutant_is_exit_code_5(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its mutants would prove nothing."""
    with device(answering(Recorder().answer)) as forgiving:
        (tmp_path / "target.toml").write_text(target_file(forgiving.port), encoding="utf-8")
        code = mutate(
            "hmp", "--target", str(tmp_path / "target.toml"), "--select", "HMP-deleteSession.arity", "--out", str(tmp_path / "out")
        )  # fmt: skip
    assert 5 == code
    data = report(tmp_path / "out")
    assert ([], True) == (data["mutants"], bool(data["run"]["broken_controls"]))
    assert "hmp.deleteSession.arity" in capsys.readouterr().out


def test_a_permit_that_forbids_writing_leaves_nothing_to_try(tmp_path: Path) -> None:
    recorder = Recorder()
    with device(answering(recorder.answer)) as careful:
        (tmp_path / "target.toml").write_text(target_file(careful.port, write=False), encoding="utf-8")
        code = mutate(
            "hmp", "--target", str(tmp_path / "target.toml"), "--select", "HMP-deleteSession.arity", "--out", str(tmp_path / "out")
        )  # fmt: skip
        assert not [command for command in careful.commands if not command.startswith("getRecordingStatus")]
    assert 1 == code
    assert {"unprobed"} == {one["fate"] for one in report(tmp_path / "out")["mutants"]}


def test_progress_tells_survivors_and_leaves_no_half_line() -> None:
    mutant = Mutant(id="A-1:x", clause="A-1", operator=Operator.SWAP, about="It \x1b[31mlies.", make=Behaviour)
    survived = Trial(mutant=mutant, fate=Fate.SURVIVED)
    for terminal in (True, False):
        stream = io.StringIO()
        line = ProgressLine(stream, terminal=terminal)
        line.tell(Progress(done=1, total=0, killed=0, survived=0, what="x.case"))
        line.tell(Progress(done=1, total=2, killed=0, survived=1, what="A-1:x", trial=survived))
        line.close()
        text = stream.getvalue()
        assert "control run: 1 cases" in text
        assert "survived: A-1:x: It " in text
        assert text.endswith("\n")
        assert ("\r" in text, "\x1b" in text) == (terminal, False)


# Against the reference server


def run(*select: str, seed: int = SEED, max_time_s: float | None = None) -> MutationResult:
    told: list[Progress] = []
    options = MutateOptions(system="hmp", select=select, seed=seed, max_time_s=max_time_s)
    result = Mutation(options, told.append).run()
    assert [one.trial for one in told if one.trial is not None] == list(result.trials)
    return result


@contextmanager
def reference() -> Iterator[Target]:
    with tempfile.TemporaryDirectory(prefix="clausewise-test-") as folder:
        path = Path(folder) / "target.toml"
        with reference_server("hmp", ("--write-target", str(path), "--clock-scale", str(REFERENCE_CLOCK))):
            yield replace(load_target(path, {"hmp": hmp()}), timeout=1.0)


def verdicts(made: Run) -> dict[str, tuple[Outcome, tuple[str, ...]]]:
    results = [event.result for event in made.events() if isinstance(event, CaseFinished)]
    return {result.id: (result.outcome, result.broken) for result in results}


@pytest.mark.slow
def test_through_the_proxy_every_case_ends_as_it_does_without() -> None:
    """The control of the whole method: a proxy without a behaviour, and one whose behaviour changes nothing, are not there."""
    with reference() as target:
        plan = Plan(system=hmp(), suite=load_suite(hmp()), target=target, seed=SEED)
        direct = verdicts(Run(plan, lambda _: ""))
        assert {Outcome.PASSED} == {outcome for outcome, _ in direct.values()}
        with behind_proxy(hmp(), target) as (proxied, proxy, ledger):
            for behaviour in (None, Behaviour(), Identity()):
                proxy.mutate(behaviour)
                assert direct == verdicts(MutantRun(replace(plan, target=proxied), proxy))
                assert 0 == proxy.changes
            assert [] == ledger.journal.entries


@contextmanager
def bench_for(*select: str) -> Iterator[Bench]:
    with reference() as target, behind_proxy(hmp(), target) as (proxied, proxy, ledger):
        plan = Plan(system=hmp(), suite=load_suite(hmp()), target=proxied, seed=SEED, select=select)
        control: dict[str, CaseResult] = {}
        for event in MutantRun(plan, proxy).events():
            if isinstance(event, CaseFinished):
                control[event.result.id] = event.result
        yield Bench(
            plan=plan,
            proxy=proxy,
            ledger=ledger,
            control=control,
            permit=Permit.of(target),
            bindings={"cli": binding_for(hmp(), "cli")},
        )


def tried(bench: Bench, clause: str, make: Any) -> Trial:
    return run_trial(bench, Mutant(id=f"{clause}:x", clause=clause, operator=Operator.SWAP, about="", make=make))


@pytest.mark.slow
def test_a_mutant_is_killed_by_its_own_clause_only() -> None:
    """A deviation that fails many cases survives under the name of a clause that it does not break."""
    breaks_unknown = next(
        one for one in mutants_of(hmp()) if one.id == "HMP-deleteSession.sessionId.unknown:taken"
    ).make
    with bench_for("hmp.deleteSession.*", "hmp.session.deleted.*") as bench:
        right = tried(bench, "HMP-deleteSession.sessionId.unknown", breaks_unknown)
        wrong = tried(bench, "HMP-deleteSession.error.arity", breaks_unknown)
        everything = partial(Spoiler, lambda _: True, lambda _: b"nonsense\n")
        gross = tried(bench, "HMP-deleteSession.error.arity", everything)
        nothing = tried(bench, "HMP-deleteSession.sessionId", Behaviour)
        unprobed = tried(bench, "HMP-addHotmark.title", breaks_unknown)
    assert (Fate.KILLED, "hmp.deleteSession.sessionId.unknown") == (right.fate, right.case.rpartition(".")[0])
    # The first never touches what the cases of the clause send; the second fails their control, so they prove nothing about it.
    assert [Fate.IDLE, Fate.SURVIVED, Fate.IDLE, Fate.UNPROBED] == [
        one.fate for one in (wrong, gross, nothing, unprobed)
    ]
    assert "hmp.deleteSession.success" in gross.elsewhere


@pytest.mark.slow
def test_what_a_mutant_hides_from_the_suite_is_removed_all_the_same() -> None:
    hidden = next(one for one in mutants_of(hmp()) if one.id == "HMP-createSession.result:missing")
    with bench_for("hmp.createSession.*") as bench:
        true: list[str] = []
        see = bench.ledger.see

        def witness(reply: Any) -> None:
            if reply.call.operation == "createSession" and reply.ok:
                true.append(reply.value)
            see(reply)

        bench.proxy.witness = witness
        assert Fate.KILLED is run_trial(bench, hidden).fate
        assert true
        assert [] == bench.ledger.journal.entries == clean(bench)
        target = bench.plan.target
        with connect(target.host, target.ports["cli"], timeout_s=LATE_S) as link:
            for name in true:
                link.send([f"deleteSession {name}\n".encode()], deadline=Deadline.after(LATE_S))
                assert b"040006" in link.receive(Deadline.after(LATE_S)).data


@pytest.mark.slow
def test_a_harmless_mutant_that_a_case_fails_is_an_alarm() -> None:
    harmful = partial(Spoiler, lambda exchange: exchange.reply.ok is True, lambda _: b"OK|surplus\n")
    with bench_for("hmp.setLiveSession.*") as bench:
        mutant = Mutant(
            id="x", clause="HMP-setLiveSession", operator=Operator.SPLIT, about="", make=harmful, harmless=True
        )
        alarm = run_trial(bench, mutant)
        calm = run_trial(bench, replace(mutant, make=Identity))
    assert (Fate.ALARM, Fate.UNHARMED) == (alarm.fate, calm.fate)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_kills() -> None:
    first, second = (run("HMP-setLiveSession*", "HMP-SES-002") for _ in range(2))
    assert 0 == first.exit_code
    assert [(one.mutant.id, one.fate, one.case, one.check) for one in first.trials] == [
        (one.mutant.id, one.fate, one.case, one.check) for one in second.trials
    ]
    assert {row.entry.id for row in first.clauses.values()} == {one.mutant.clause for one in first.trials}


@pytest.mark.slow
def test_what_the_time_does_not_suffice_for_is_not_run() -> None:
    result = run("HMP-SES-*", max_time_s=0.001)
    assert (3, {Fate.LEFT}) == (result.exit_code, {one.fate for one in result.trials})


@pytest.mark.slow
def test_ctrl_c_ends_it_in_order(tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "harness", "mutate", "hmp", "--select", "HMP-s*", "--out", str(out)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    assert process.stdout is not None
    process.stdout.readline()  # the first sign of progress
    process.send_signal(signal.SIGINT)
    _, problems = process.communicate(timeout=60)
    assert (130, "") == (process.returncode, problems)
    assert 130 == report(out)["run"]["exit_code"]


@takes_minutes
def test_at_least_95_percent_of_the_clauses_are_killed_and_survivors_are_explained() -> None:
    """Issue 3, part 3; docs/read-a-kill-matrix.md explains each survivor."""
    result = run()
    assert (0, []) == (result.exit_code, [one.mutant.id for one in result.trials if one.fate is Fate.ALARM])
    assert result.rate >= 0.95
    explained = set(re.findall(r"`(HMP-[^`]+:[^`]+)`", Path("docs/read-a-kill-matrix.md").read_text(encoding="utf-8")))
    assert set() == {one.mutant.id for one in result.trials if one.fate is Fate.SURVIVED} - explained
    unbroken = [row for row in result.clauses.values() if row.standing is Standing.UNBROKEN]
    assert [] == [row.entry.id for row in unbroken if not (row.entry.untested or row.entry.level == "may")]
