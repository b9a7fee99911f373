from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from harness.events import RunFinished
from harness.report import write_reports
from harness.report.dialect import dialect_toml
from harness.report.summary import summarise
from harness.resources import data_folder
from harness.tests.report_run import EVIL, all_outcomes, footer, many, systems, write_run
from harness.verdict import CaseResult


def schema(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((data_folder("reports/schemas") / f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(data)
    return data


def written(
    folder: Path, results: list[CaseResult], *, finished: RunFinished | None = None, planned: int | None = None
) -> dict[str, Any]:
    record = write_run(folder, results, finished=finished, planned=planned)
    write_reports(folder, record, systems())
    data: dict[str, Any] = json.loads((folder / "results.json").read_bytes())
    return data


@pytest.mark.parametrize("ending", ["footer", "interrupted", "cut off", "empty dialect", "no case"])
def test_results_conform_to_their_schema(tmp_path: Path, ending: str) -> None:
    results = [] if ending == "no case" else all_outcomes()
    end = footer(results, dialect=ending != "empty dialect", interrupted=ending == "interrupted")
    data = written(tmp_path, results, finished=None if ending == "cut off" else end, planned=9)
    Draft202012Validator(schema("results")).validate(data)
    run = data["run"]
    assert (ending in ("footer", "empty dialect"), ending == "interrupted") == (run["complete"], run["interrupted"])
    assert {"interrupted": 130, "no case": 3}.get(ending, 5) == run["exit_code"]
    assert len(results) == len(data["cases"])


def test_the_record_conforms_to_its_schema(tmp_path: Path) -> None:
    results = all_outcomes()
    write_run(tmp_path, results, finished=footer(results))
    validator = Draft202012Validator(schema("run-record"))
    for line in (tmp_path / "run.jsonl").read_bytes().splitlines():
        validator.validate(json.loads(line))


def test_both_schemas_agree_on_what_a_case_is() -> None:
    one, other = schema("results")["$defs"], schema("run-record")["$defs"]
    assert {name: one[name] for name in ("case", "check", "outcome")} == {
        name: other[name] for name in ("case", "check", "outcome")
    }


def test_clauses_carry_what_the_contract_names(tmp_path: Path) -> None:
    data = written(tmp_path, [])
    assert data["clauses"]["HMP-createSession.arity"] == {
        "level": "must",
        "section": "Create a Session",
        "lines": [531, 531],
        "text": "createSession with a wrong number of parameters is refused.",
        "chapter": "Create a Session",
        "untested": "",
    }


def test_hostile_text_comes_back_as_it_was(tmp_path: Path) -> None:
    data = written(tmp_path, all_outcomes())
    assert data["cases"][1]["message"] == "createSession without parameters was accepted " + EVIL


def test_dialect_pins_what_is_decided(tmp_path: Path) -> None:
    results = all_outcomes()
    written(tmp_path, results, finished=footer(results))
    text = (tmp_path / "dialect.toml").read_text("utf-8")
    assert tomllib.loads(text) == {"target": {"dialect": {"HMP-AMB-001": "pipe", "HMP-AMB-010": "not-known"}}}
    assert "# HMP-AMB-002: how the parts of an error reply are separated: still open: bare, pipe" in text
    assert "the answers fit no single reading" in text
    assert "not observed" in text


def test_an_empty_dialect_and_two_systems_are_toml(tmp_path: Path) -> None:
    summary = summarise(write_run(tmp_path, []), systems())
    assert tomllib.loads(dialect_toml(summary.dialect, ["hmp"])) == {"target": {"dialect": {}}}
    both = tomllib.loads(dialect_toml(summary.dialect, ["hmp", "cds"]))
    assert both == {"hmp": {"target": {"dialect": {}}}, "cds": {"target": {"dialect": {}}}}


@pytest.mark.slow
def test_two_thousand_cases_are_reported_at_once(tmp_path: Path) -> None:
    results = many(2000)
    record = write_run(tmp_path, results, finished=footer(results))
    specs = systems()
    begun = os.times().user  # without the system's share: what thousands of files cost depends on the disk
    paths = write_reports(tmp_path, record, specs)
    assert os.times().user - begun < 1.4  # the aim is 0.7 s; twice that, since machines differ
    assert [path.name for path in paths] == [
        "results.json",
        "dialect.toml",
        "junit.xml",
        "report.html",
        "allure-results",
    ]
    assert (tmp_path / "report.html").stat().st_size < 6_000_000
