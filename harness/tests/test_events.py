"""The run record: what is written is read back; what was cut off or changed shows it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.events import (
    CaseFinished,
    CaseStarted,
    RecordWriter,
    RunFinished,
    RunStarted,
    case_from_json,
    case_to_json,
    read_record,
)
from harness.transcript import Redactor
from harness.verdict import CaseResult, Check, Outcome, Severity

STARTED = RunStarted(
    tool="clausewise 0", started="2026-01-01T00:00:00+00:00", systems=("hmp",), specs={"hmp": {"sha256": "0"}}, target={"name": "lab"}, claims={},
    permit={"write": True}, profile="certification", seed=7, planned=2, select="a b",
)  # fmt: skip
FINISHED = RunFinished(
    finished="2026-01-01T00:00:01+00:00", totals={"passed": 1}, exit_code=0, dialect={"hmp": {"HMP-AMB-001": ("pipe",)}}, notes=("one", "two"),
)  # fmt: skip
RESULT = CaseResult(
    id="hmp.x", system="hmp", title="X", chapter="C", outcome=Outcome.FAILED, clauses=("A", "B"), broken=("B",),
    checks=(
        Check(id="c", clauses=("A",), passed=True, readings={"HMP-AMB-001": frozenset({"pipe", "space"})}, step=2),
        Check(id="d", clauses=("B",), passed=False, severity=Severity.SHOULD, expected="e", got="ü\n\x00"),
    ),
    message="m", expected="e", got="g", duration_s=0.25, transcript="transcripts/x.json", replay="again",
)  # fmt: skip


def write(
    folder: Path, *events: RunStarted | CaseStarted | CaseFinished | RunFinished, redactor: Redactor | None = None
) -> Path:
    writer = RecordWriter(folder / "run.jsonl", redactor or Redactor())
    for event in events:
        writer.write(event)
    writer.close()
    return folder / "run.jsonl"


def test_a_record_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    path = write(tmp_path, STARTED, CaseStarted(id="hmp.x", number=1), CaseFinished(result=RESULT), FINISHED)
    record = read_record(tmp_path)
    assert (record.started, record.results, record.intact) == (STARTED, (RESULT,), True)
    assert record.finished is not None
    assert record.finished.notes == FINISHED.notes
    assert {name: tuple(found) for name, found in record.finished.dialect["hmp"].items()} == FINISHED.dialect["hmp"]
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(row["seq"], row["type"]) for row in rows] == [
        (0, "run_started"),
        (1, "case_finished"),
        (2, "run_finished"),
    ]


@given(st.text(), st.text(), st.sampled_from(Outcome))
def test_a_case_is_the_same_after_a_round_trip(message: str, got: str, outcome: Outcome) -> None:
    result = CaseResult(id="x", system="s", title=message, chapter="c", outcome=outcome, message=message, got=got)
    assert case_from_json(json.loads(json.dumps(case_to_json(result)))) == result


def test_text_that_is_no_unicode_does_not_stop_the_record(tmp_path: Path) -> None:
    write(
        tmp_path,
        STARTED,
        CaseFinished(
            result=CaseResult(id="x", system="s", title="t", chapter="c", outcome=Outcome.PASSED, got="\udcff")
        ),
        FINISHED,
    )
    assert read_record(tmp_path).intact


def test_without_a_footer_a_record_is_incomplete(tmp_path: Path) -> None:
    """DESIGN.md, Run record: no footer means incomplete."""
    write(tmp_path, STARTED, CaseFinished(result=RESULT))
    record = read_record(tmp_path)
    assert (record.finished, record.intact, len(record.results)) == (None, False, 1)


@pytest.mark.parametrize("cut", [1, 10, 100])
def test_a_last_line_that_was_cut_off_is_left_out(tmp_path: Path, cut: int) -> None:
    path = write(tmp_path, STARTED, CaseFinished(result=RESULT), CaseFinished(result=RESULT))
    path.write_bytes(path.read_bytes()[:-cut])
    record = read_record(tmp_path)
    # Without its line feed alone the line is still whole.
    assert len(record.results) == (2 if cut == 1 else 1)
    assert (record.finished, record.intact) == (None, False)


def test_a_line_that_was_changed_shows_in_the_digest(tmp_path: Path) -> None:
    path = write(tmp_path, STARTED, CaseFinished(result=RESULT), FINISHED)
    path.write_bytes(path.read_bytes().replace(b'"outcome":"failed"', b'"outcome":"passed"'))
    record = read_record(tmp_path)
    assert (record.intact, record.results[0].outcome) == (False, Outcome.PASSED)


@pytest.mark.parametrize("line", [0, 1])
def test_a_line_that_was_taken_out_shows(tmp_path: Path, line: int) -> None:
    path = write(tmp_path, STARTED, CaseFinished(result=RESULT), FINISHED)
    lines = path.read_bytes().splitlines(keepends=True)
    del lines[line]
    path.write_bytes(b"".join(lines))
    if line == 0:
        with pytest.raises(UsageError, match=r"run\.jsonl:1: the record has no header"):
            read_record(tmp_path)
    else:
        assert not read_record(tmp_path).intact


@pytest.mark.parametrize(
    "text",
    ["not json\n", "[]\n", "{}\n", '{"type": "case_finished", "seq": 1}\n', '{"type": "run_finished", "seq": 1}\n'],
)
def test_a_line_that_is_none_is_refused_with_its_number(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, STARTED)
    path.write_bytes(path.read_bytes() + text.encode())
    with pytest.raises(UsageError, match=r"run\.jsonl:2: not a line of a run record"):
        read_record(tmp_path)


def test_a_folder_without_a_record_or_with_an_empty_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        read_record(tmp_path)
    (tmp_path / "run.jsonl").write_bytes(b"")
    with pytest.raises(UsageError, match="no header"):
        read_record(tmp_path)


def test_secrets_are_hidden_wherever_a_device_may_have_repeated_them(tmp_path: Path) -> None:
    redactor = Redactor()
    redactor.add("s3cret", "password")
    check = Check(id="c", clauses=(), passed=False, expected="not s3cret", got="s3cret")
    result = CaseResult(
        id="x",
        system="s",
        title="t",
        chapter="c",
        outcome=Outcome.FAILED,
        checks=(check,),
        message="s3cret",
        expected="s3cret",
        got="s3cret",
    )
    finished = RunFinished(finished="", totals={}, exit_code=1, notes=("could not undo with x s3cret",))
    path = write(tmp_path, STARTED, CaseFinished(result=result), finished, redactor=redactor)
    assert b"s3cret" not in path.read_bytes()
    assert read_record(tmp_path).intact


def test_what_was_written_is_there_before_the_run_ends(tmp_path: Path) -> None:
    writer = RecordWriter(tmp_path / "run.jsonl", Redactor())
    writer.write(STARTED)
    writer.write(CaseFinished(result=RESULT))
    assert len(read_record(tmp_path).results) == 1
    writer.close()
