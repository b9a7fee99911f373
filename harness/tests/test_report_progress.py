from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from harness.events import CaseFinished, CaseStarted
from harness.report import write_reports
from harness.report.progress import PlainProgress, Progress, encodable, format_summary, make_progress, print_summary
from harness.report.summary import Summary, summarise
from harness.report.terminal import RichProgress, print_coloured
from harness.tests.report_run import all_outcomes, footer, header, many, systems, write_run
from harness.verdict import CaseResult

RAW = {"\x00", "\u202e", "\u2028", "\udcff"}


def run_through(sink: Progress, results: list[CaseResult]) -> None:
    sink.write(header(len(results)))
    for number, result in enumerate(results):
        sink.write(CaseStarted(id=result.id, number=number))
        sink.write(CaseFinished(result=result))
    sink.write(footer(results))
    sink.close()


def summary_of(folder: Path) -> Summary:
    results = all_outcomes()
    record = write_run(folder, results, finished=footer(results))
    write_reports(folder, record, systems())
    return summarise(record, systems())


def test_plain_progress_tells_every_tenth_and_each_failure() -> None:
    stream = io.StringIO()
    sink = make_progress(stream, total=0, terminal=False)
    assert isinstance(sink, PlainProgress)
    run_through(sink, many(200))
    lines = stream.getvalue().splitlines()
    assert len([line for line in lines if "/200" in line]) == 10
    assert len([line for line in lines if line.startswith("FAILED")]) == 5
    assert lines[-1].startswith("200/200 (100 %)")


def test_plain_progress_tells_at_least_every_five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("harness.report.progress.time.monotonic", lambda: now[0])
    stream = io.StringIO()
    sink = PlainProgress(stream, total=1000)
    for result in many(12)[4:]:
        now[0] += 2.0
        sink.write(CaseFinished(result=result))
    assert [line.split("  ")[0] for line in stream.getvalue().splitlines()] == ["3/1000 (0 %)", "6/1000 (0 %)"]


def test_rich_progress_shows_failures_and_no_raw_control() -> None:
    stream = io.StringIO()
    sink = RichProgress(stream, total=9, force=True)
    run_through(sink, all_outcomes())
    sink.close()
    text = stream.getvalue()
    assert "FAILED hmp.createSession.arity.too-few" in text
    assert "9/9" in text
    assert not set(text) & RAW
    assert "\x1b[31m \\u202e" not in text


def test_the_summary_has_its_parts_in_order(tmp_path: Path) -> None:
    text = format_summary(summary_of(tmp_path), 100, folder=tmp_path)
    parts = [
        "inconclusive  error  waived",
        "total ",
        "FAILED hmp.createSession.arity.too-few",
        "sent      createSession",
        "again     clausewise certify",
        "ERROR hmp.recordings.stop",
        "Not tested",
        "recording_active (an active recording): 1 case",
        "for want of permission",
        "Note: The recording 7",
        "Invalid run (exit 5)",
        "report.html, junit.xml, results.json, dialect.toml, run.jsonl",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert not set(text) & (RAW | {"\x1b"})


def test_the_coloured_summary_says_the_same(tmp_path: Path) -> None:
    summary, stream = summary_of(tmp_path), io.StringIO()
    print_coloured(summary, stream, folder=tmp_path, force=False)
    for line in format_summary(summary, 80, folder=tmp_path).splitlines()[-12:]:
        assert line.strip() in stream.getvalue()
    assert not set(stream.getvalue()) & (RAW | {"\x1b"})


def test_a_stream_of_another_encoding_is_written_to(tmp_path: Path) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    print_summary(summary_of(tmp_path), stream, folder=tmp_path)
    assert b"\\u240a" in raw.getvalue()
    assert encodable("é", io.StringIO()) == "é"


def test_many_failures_are_counted(tmp_path: Path) -> None:
    results = many(1000)
    text = format_summary(summarise(write_run(tmp_path, results), systems()), 80)
    assert "and 5 more failures" in text
    assert "total" in text


@pytest.mark.slow
def test_the_reports_import_neither_rich_nor_jinja() -> None:
    code = "import sys, harness.report.progress; print({'rich', 'jinja2'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
