from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from harness.events import RunFinished
from harness.report import html
from harness.report.html import Section, write_html
from harness.tests.report_run import EVIL, EVIL_BYTES, all_outcomes, footer, many, systems, write_run
from harness.verdict import CaseResult


class Page(HTMLParser):
    """Elements, ids and the text of scripts, as a browser would take them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: set[str] = set()
        self.addresses: list[str] = []
        self.scripts: list[str] = []
        self.text = ""
        self.policy = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        assert not [name for name in values if name.startswith("on")]
        self.tags.append(tag)
        self.ids.add(values.get("id", ""))
        self.addresses += [values[name] for name in ("href", "src", "data", "action", "srcset") if name in values]
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"]
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            self.scripts[-1] += data
        else:
            self.text += data

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.scripts[0])
        return found


def page(
    folder: Path,
    results: list[CaseResult] | None = None,
    *,
    finished: RunFinished | None = None,
    planned: int | None = None,
    sections: Sequence[Section] = (),
) -> Page:
    results = all_outcomes() if results is None else results
    record = write_run(folder, results, finished=finished, planned=planned)
    return Page(write_html(folder, record, systems(), sections=sections).read_text("utf-8"))


def test_nothing_is_loaded_and_no_device_text_becomes_markup(tmp_path: Path) -> None:
    results = all_outcomes()
    shown = page(tmp_path, results, finished=footer(results))
    assert [tag for tag in shown.tags if tag == "script"] == ["script", "script"]
    assert not {"img", "iframe", "object", "embed"} & set(shown.tags)
    assert [address for address in shown.addresses if not address.startswith(("#", "data:,"))] == []
    assert "</script><script>alert(1)</script>" in shown.text
    assert not set(shown.text) & {"\x00", "\x1b", "\u202e", "\u2028"}


def test_the_policy_admits_this_script_and_no_other(tmp_path: Path) -> None:
    shown = page(tmp_path)
    digest = base64.b64encode(hashlib.sha256(shown.scripts[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in shown.policy
    assert "default-src 'none'" in shown.policy


def test_the_embedded_data_cannot_end_its_element_and_loses_nothing(tmp_path: Path) -> None:
    shown = page(tmp_path)
    assert not set("<>&") & set(shown.scripts[0])
    rows = {row["i"]: row for row in shown.data["cases"]}
    failed = rows["hmp.createSession.arity.too-few"]
    assert failed["m"] == "createSession without parameters was accepted " + EVIL
    received = failed["x"][2]
    assert (received[5], base64.b64decode(received[4])) == (1, EVIL_BYTES)
    assert failed["x"][3][6] == "silent"


def test_clauses_and_cases_point_at_each_other(tmp_path: Path) -> None:
    shown = page(tmp_path)
    assert "HMP-createSession.arity" in shown.ids
    assert "#clause=HMP-createSession.arity" in shown.addresses
    assert "#case=hmp.createSession.arity.too-few" in shown.addresses
    assert {"run", "findings", "clauses", "cases", "dialect", "untested"} <= shown.ids
    assert {address[1:] for address in shown.addresses if address.startswith("#HMP")} <= shown.ids


def test_verdict_gaps_and_dialect_are_on_the_page(tmp_path: Path) -> None:
    results = all_outcomes()
    text = page(tmp_path, results, finished=footer(results)).text
    for part in (
        "Invalid run",
        "Exit code 5",
        "lab-hmp-1",
        "20261120",
        "a paused recording",
        "destructive",
        "a vertical bar",
    ):
        assert part in text


def test_a_long_transcript_is_cut_with_a_note(tmp_path: Path) -> None:
    row = next(row for row in page(tmp_path).data["cases"] if row["i"] == "hmp.syntax.quotes")
    assert "transcripts/hmp.syntax.quotes.json" in row["n"]
    assert len(json.dumps(row)) < 3 * html.MAX_TRANSCRIPT_BYTES
    assert row["x"][2][8] > 900_000


def test_all_transcripts_together_are_bounded_and_the_worst_come_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html, "MAX_TRANSCRIPTS_BYTES", 3000)
    rows = page(tmp_path, many(60)).data["cases"]
    assert {0} == {row["o"] for row in rows if "x" in row and row["o"] < 2}
    left_out = [row for row in rows if "x" not in row]
    assert left_out
    assert all("Left out" in row["n"] for row in left_out)


@pytest.mark.parametrize(
    ("name", "content", "note"),
    [
        ("../outside.json", None, "outside the run's folder"),
        ("/etc/hostname", None, "outside the run's folder"),
        ("transcripts/none.json", None, "cannot be read"),
        ("transcripts/bad.json", b'{"steps": [\xff]}', "is not a transcript"),
        ("transcripts/odd.json", b'{"steps": [1]}', "is not a transcript"),
    ],
)
def test_a_transcript_that_cannot_be_read_is_a_note(
    tmp_path: Path, name: str, content: bytes | None, note: str
) -> None:
    record = write_run(tmp_path, all_outcomes())
    if content is not None:
        (tmp_path / name).write_bytes(content)
    record = replace(record, results=(replace(record.results[0], transcript=name),))
    row = Page(write_html(tmp_path, record, systems()).read_text("utf-8")).data["cases"][0]
    assert note in row["n"]
    assert "x" not in row


def test_an_interrupted_run_and_one_without_anything(tmp_path: Path) -> None:
    assert "no footer" in page(tmp_path / "a", planned=20).text
    results = all_outcomes()
    end = footer(results, interrupted=True, dialect=False)
    assert "Interrupted" in page(tmp_path / "b", results, finished=end).text
    assert page(tmp_path / "c", []).data["cases"] == []


def test_further_sections_have_their_place(tmp_path: Path) -> None:
    shown = page(tmp_path, sections=[Section(anchor="bench", title="Load", body="<p>1,000 a second</p>")])
    assert "bench" in shown.ids
    assert "1,000 a second" in shown.text
    assert "#bench" in shown.addresses
