"""Judging a run again from its transcripts gives what the run gave, without the device."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from harness.certify import Options, certify
from harness.cli.main import main
from harness.errors import UsageError
from harness.events import CaseFinished, RecordWriter, RunRecord, case_to_json, read_record
from harness.rejudge import ALIVE, changes, rejudge
from harness.transcript import Redactor
from harness.verdict import CaseResult, Check, Outcome, exit_code

SELECT = (
    "hmp.session.*",
    "hmp.recording.lifecycle*",
    "hmp.source.*",
    "hmp.open.t*",
    "hmp.connection.half-closed",
    "hmp.hotmark.*",
    "hmp.access.*",
)
FAULTS = ("pause-spreads", "hotmark-twice", "delete-while-paused")


def run(folder: Path, *faults: str, select: tuple[str, ...] = SELECT) -> RunRecord:
    serve = tuple(part for fault in faults for part in ("--fault", fault))
    certify(
        Options(system="hmp", select=select, seed=11, out=folder, serve_options=serve), io.StringIO(), terminal=False
    )
    return read_record(folder)


def again(folder: Path) -> tuple[RunRecord, int, str]:
    stream = io.StringIO()
    code = rejudge(folder, stream, terminal=False)
    return read_record(folder / "rejudged"), code, stream.getvalue()


def rows(record: RunRecord) -> list[dict[str, object]]:
    return [case_to_json(result) for result in record.results]


def same(before: RunRecord, after: RunRecord) -> None:
    assert rows(before) == rows(after)
    assert before.finished is not None
    assert after.finished is not None
    assert (before.finished.exit_code, before.finished.totals) == (after.finished.exit_code, after.finished.totals)
    assert before.finished.dialect == after.finished.dialect
    assert after.intact


def sending(results: list[CaseResult]) -> list[int]:
    """Places of the cases of the suite that have a transcript."""
    return [place for place, each in enumerate(results) if each.transcript and "known-good" not in each.id]


def rewrite(folder: Path, record: RunRecord, results: list[CaseResult], *, footer: bool = True) -> None:
    writer = RecordWriter(folder / "run.jsonl", Redactor())
    writer.write(record.started)
    for result in results:
        writer.write(CaseFinished(result=result))
    if footer and record.finished is not None:
        writer.write(record.finished)
    writer.close()


@pytest.mark.slow
@pytest.mark.parametrize("faults", [(), FAULTS], ids=["no fault", "three faults"])
def test_a_run_judged_again_is_the_same(tmp_path: Path, faults: tuple[str, ...]) -> None:
    before = run(tmp_path / "run", *faults)
    assert any(result.outcome is Outcome.FAILED for result in before.results) == bool(faults)
    after, code, text = again(tmp_path / "run")
    same(before, after)
    assert code == (1 if faults else 0)
    assert "\n0 verdicts changed" in text


@pytest.mark.slow
def test_a_whole_run_with_faults_judged_again_is_the_same(tmp_path: Path) -> None:
    before = run(tmp_path / "run", "crlf-on-status", "second-error-doubled", "closes-after-50-errors", select=())
    after, _, _ = again(tmp_path / "run")
    same(before, after)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rejudge") / "run"
    run(folder, select=("hmp.createSession.arity.*", "hmp.setLiveSession.active.outside.*"))
    return folder


@pytest.fixture
def folder(finished: Path) -> Iterator[Path]:
    """The run; its record is as it was again after each test."""
    record = (finished / "run.jsonl").read_bytes()
    yield finished
    (finished / "run.jsonl").write_bytes(record)


@pytest.mark.slow
def test_reports_are_written_and_their_transcripts_are_there(folder: Path) -> None:
    record, _, text = again(folder)
    names = {path.name for path in (folder / "rejudged").iterdir()}
    assert {"run.jsonl", "results.json", "junit.xml", "report.html", "dialect.toml", "transcripts"} <= names
    for result in record.results:
        if result.transcript:
            assert json.loads((folder / "rejudged" / result.transcript).read_bytes())["case"] == result.id
    assert "Reports in" in text
    again(folder)  # what was judged again earlier is replaced


def test_a_verdict_that_changes_is_told(folder: Path) -> None:
    record = read_record(folder)
    old = next(result for result in record.results if result.outcome is Outcome.PASSED and result.transcript)
    rewrite(folder, record, [replace(each, outcome=Outcome.FAILED) if each is old else each for each in record.results])
    after, code, text = again(folder)
    assert [(change.case, change.before, change.after) for change in changes(read_record(folder), after)] == [
        (old.id, Outcome.FAILED, Outcome.PASSED)
    ]
    assert f"1 verdict changed\n  {old.id}: failed -> passed" in text
    assert code == 0


def test_what_the_engine_saw_is_kept(folder: Path) -> None:
    record = read_record(folder)
    gone = Check(
        id=ALIVE, clauses=("HMP-EXE-002",), passed=False, expected="the device accepts connections", got="refused"
    )
    results = list(record.results)
    number = next(index for index, each in enumerate(results) if each.id == "hmp.setLiveSession.active.outside.yes")
    results[number] = replace(
        results[number], outcome=Outcome.FAILED, checks=(*results[number].checks, gone), broken=gone.clauses
    )
    results[number + 1] = replace(
        results[number + 1], outcome=Outcome.INCONCLUSIVE, checks=(), transcript="", message="the device was gone"
    )
    rewrite(folder, record, results)
    after, code, _ = again(folder)
    assert after.results[number].checks[-1] == gone
    assert after.results[number].broken == gone.clauses
    assert after.results[number].message == "device.alive: expected the device accepts connections, got refused"
    assert after.results[number + 1] == results[number + 1]
    assert code == 1


def test_a_waived_failure_stays_waived(folder: Path) -> None:
    record = read_record(folder)
    gone = Check(id=ALIVE, clauses=("HMP-EXE-002",), passed=False, expected="x", got="y")
    results = list(record.results)
    last = sending(results)[-1]
    results[last] = replace(
        results[last], outcome=Outcome.WAIVED, checks=(*results[last].checks, gone), broken=gone.clauses,
        message="waived (ticket): device.alive: expected x, got y",
    )  # fmt: skip
    rewrite(folder, record, results)
    after, code, _ = again(folder)
    assert (after.results[last].outcome, after.results[last].message, code) == (
        Outcome.WAIVED,
        results[last].message,
        0,
    )


def test_cases_that_cannot_be_judged_are_inconclusive(folder: Path) -> None:
    record = read_record(folder)
    results = list(record.results)
    absent, outside, gone = sending(results)[-3:]
    results[gone] = replace(results[gone], id="hmp.gone.from-the-suite")
    results[absent] = replace(results[absent], transcript="transcripts/absent.json")
    results[outside] = replace(results[outside], transcript="../../etc/passwd")
    rewrite(folder, record, results)
    after, code, _ = again(folder)
    assert all(after.results[place].outcome is Outcome.INCONCLUSIVE for place in (absent, outside, gone))
    assert "no such case any more" in after.results[gone].message
    assert "absent.json cannot be read" in after.results[absent].message
    assert code == 3


def test_a_run_that_was_cut_off_is_incomplete(folder: Path) -> None:
    record = read_record(folder)
    rewrite(folder, record, list(record.results[:6]), footer=False)
    after, code, _ = again(folder)
    assert len(after.results) == 6
    assert code == exit_code([], incomplete=True) == 3


def test_no_record_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="give the folder of a run"):
        rejudge(tmp_path, io.StringIO(), terminal=False)


@pytest.mark.parametrize("option", [(), ("--html",)])
def test_reports_again(folder: Path, capsys: pytest.CaptureFixture[str], option: tuple[str, ...]) -> None:
    wanted = {"report.html", *(() if option else ("results.json", "junit.xml", "dialect.toml", "allure-results"))}
    for name in ("report.html", "results.json", "junit.xml", "dialect.toml"):
        (folder / name).unlink(missing_ok=True)
    with pytest.raises(SystemExit) as end:
        main(["report", str(folder), *option])
    assert end.value.code == 0
    assert {Path(line).name for line in capsys.readouterr().out.split()} == wanted
    assert all((folder / name).is_file() == (name in wanted) for name in ("report.html", "results.json", "junit.xml"))
