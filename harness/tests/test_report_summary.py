from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import InternalError
from harness.events import CaseFinished, CaseStarted, read_record
from harness.report.dialect import observed
from harness.report.gaps import Want
from harness.report.summary import ClauseStatus, Fold, Summary, summarise
from harness.tests.report_run import all_outcomes, case, check, footer, header, systems, write_run
from harness.verdict import CaseResult, Outcome, Severity


def fold(results: list[CaseResult], *, planned: int | None = None, finished: bool = True) -> Summary:
    consumer = Fold(systems())
    consumer.write(header(len(results) if planned is None else planned))
    for number, result in enumerate(results):
        consumer.write(CaseStarted(id=result.id, number=number))
        consumer.write(CaseFinished(result=result))
    if finished:
        consumer.write(footer(results))
    return consumer.summary()


def test_events_and_record_give_the_same_summary(tmp_path: Path) -> None:
    results = all_outcomes()
    record = write_run(tmp_path, results, finished=footer(results))
    from_events, from_record = fold(results), summarise(record, systems())
    assert from_events.totals == from_record.totals
    assert from_events.clauses == from_record.clauses
    assert from_events.gaps == from_record.gaps
    assert [row.left for row in from_events.dialect] == [row.left for row in from_record.dialect]
    assert from_record.complete


def test_totals_and_chapters_count_every_case_once() -> None:
    summary = fold(all_outcomes())
    assert {outcome: (2 if outcome is Outcome.SKIPPED else 1) for outcome in Outcome} | {
        Outcome.SKIPPED: 3
    } == summary.totals
    assert sum(summary.totals.values()) == sum(sum(chapter.outcomes.values()) for chapter in summary.chapters)
    assert len(summary.clauses) == sum(len(chapter.clauses) for chapter in summary.chapters)


def test_standing_of_clauses() -> None:
    clauses = fold(all_outcomes()).clauses
    expected = {
        "HMP-createSession": ClauseStatus.UPHELD,
        "HMP-createSession.arity": ClauseStatus.CONTRADICTED,
        "HMP-SYN-002": ClauseStatus.UPHELD,  # a failed case upholds what its passed checks name
        "HMP-RSP-005": ClauseStatus.WARNED,
        "HMP-RSP-006": ClauseStatus.WARNED,
        "HMP-SHR-001": ClauseStatus.WAIVED,
        "HMP-REC-003": ClauseStatus.NOT_TESTED,  # its case was inconclusive, although the check passed
        "HMP-REC-004": ClauseStatus.NOT_TESTED,
    }
    assert expected == {name: clauses[name].status for name in expected}
    assert clauses["HMP-REC-003"].why == "inconclusive: its positive control was refused"
    assert clauses["HMP-REC-004"].why == "no case probes it"
    assert clauses["HMP-createSession.arity"].cases == ("hmp.createSession.arity.too-few",)


def test_a_clause_that_no_check_names_is_not_upheld() -> None:
    passed = replace(case("a", Outcome.PASSED, check("x", "HMP-RSP-001")), clauses=("HMP-RSP-001", "HMP-RSP-002"))
    clause = fold([passed]).clauses["HMP-RSP-002"]
    assert (clause.status, clause.why) == (ClauseStatus.NOT_TESTED, "no check of a came to it")


def test_an_unusual_reading_warns_and_contradicts_nothing() -> None:
    warned = case("a", Outcome.WARNED, check("x", "HMP-RSP-001", passed=False, severity=Severity.READING))
    assert fold([warned]).clauses["HMP-RSP-001"].status is ClauseStatus.WARNED


def test_a_reason_for_not_testing_comes_from_the_spec_first() -> None:
    summary = fold([])
    untested = [clause for clause in summary.clauses.values() if clause.entry.untested]
    assert untested
    assert all(clause.why == clause.entry.untested for clause in untested)


def test_gaps_are_grouped_by_fixture_and_permit() -> None:
    summary = fold(all_outcomes())
    fixtures = {gap.key: gap.cases for gap in summary.wanting(Want.FIXTURE)}
    assert fixtures == {
        "unauthorised_client": ("hmp.access.other",),
        "recording_active": ("hmp.hotmark.add",),
        "recording_paused": ("hmp.hotmark.add",),
    }
    assert [(gap.key, gap.cases) for gap in summary.wanting(Want.PERMIT)] == [
        ("destructive", ("hmp.deleteSession.valid",))
    ]
    assert [gap.key for gap in summary.wanting(Want.OTHER)] == ["its positive control was refused"]
    assert all(gap.about for gap in summary.wanting(Want.FIXTURE))


def test_without_a_footer_the_run_is_incomplete_and_never_green() -> None:
    passed = [case("a", Outcome.PASSED, check("x", "HMP-RSP-001"))]
    summary = fold(passed, planned=3, finished=False)
    assert (summary.complete, summary.exit_code, summary.verdict) == (False, 3, "Inconclusive")
    assert "no footer" in summary.notes[0]
    assert summary.clauses["HMP-REC-004"].why == "the run ended before a case that probes it"


def test_fewer_cases_than_planned_is_incomplete() -> None:
    summary = fold([case("a", Outcome.PASSED, check("x", "HMP-RSP-001"))], planned=2)
    assert (summary.complete, summary.exit_code) == (False, 3)
    assert summary.notes[0] == "Only 1 of 2 planned cases have ended."


def test_a_changed_record_says_so(tmp_path: Path) -> None:
    results = all_outcomes()
    write_run(tmp_path, results, finished=footer(results))
    path = tmp_path / "run.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"outcome":"failed"', b'"outcome":"passed"'))
    summary = summarise(read_record(tmp_path), systems())
    assert not summary.complete
    assert "digest" in summary.notes[0]


def test_a_changed_record_is_never_conforming(tmp_path: Path) -> None:
    results = [case("a", Outcome.PASSED, check("x", "HMP-RSP-001"))]
    record = write_run(tmp_path, results, finished=footer(results))
    assert summarise(record, systems()).exit_code == 0
    assert summarise(replace(record, intact=False), systems()).exit_code == 3


def test_dialect_without_a_footer_is_what_conclusive_checks_leave() -> None:
    def fits(*readings: str) -> CaseResult:
        one = replace(check("x", "HMP-RSP-001"), readings={"HMP-AMB-001": frozenset(readings)})
        return case("a", Outcome.PASSED, one)

    other = replace(fits("space"), outcome=Outcome.INCONCLUSIVE)
    assert observed([fits("pipe", "space"), fits("pipe"), other]) == {"hmp": {"HMP-AMB-001": ("pipe",)}}
    row = next(row for row in fold([fits("pipe"), fits("space")], finished=False).dialect if row.left is not None)
    assert (row.left, row.state, row.reading) == ((), "mixed", "")


def test_a_summary_needs_a_header() -> None:
    with pytest.raises(InternalError, match="before it has started"):
        Fold({}).summary()


def test_a_missing_spec_costs_texts_only() -> None:
    consumer = Fold({})
    consumer.write(header(1))
    consumer.write(CaseFinished(result=all_outcomes()[1]))
    summary = consumer.summary()
    assert not summary.clauses
    assert [chapter.name for chapter in summary.chapters] == ["Create a Session"]
