"""Allure's results of a run: what its readers demand, what they show, and histories that go on from run to run."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import attr
import jsonschema
import pytest
from allure_commons import model2
from allure_commons.types import Severity as Importance
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.events import RunRecord
from harness.report.allure import _property, categories, write_allure
from harness.report.allure_case import MAX_STORIES, STATUS, Origin, allure_result, encode_result
from harness.report.readable import visible
from harness.report.summary import summarise
from harness.spec.clauses import catalogue
from harness.tests.report_run import EVIL, all_outcomes, case, check, footer, many, systems, write_run
from harness.verdict import CaseResult, Check, Outcome, Severity

ALL = {result.id: result.outcome for result in all_outcomes()}
TITLE = "Haivision Media Platform 3.2"
PARTS = {
    "labels": model2.Label,
    "links": model2.Link,
    "steps": model2.TestStepResult,
    "attachments": model2.Attachment,
    "parameters": model2.Parameter,
}


def schema_of(model: Any, *, required: tuple[str, ...] = ()) -> dict[str, Any]:
    """The members that the model class has, and nothing empty, as Allure's own writer leaves it out."""
    text: dict[str, Any] = {"type": "string", "minLength": 1}
    members: dict[str, Any] = {field.name: text for field in attr.fields(model)}
    members |= {name: {"type": "integer", "minimum": 1} for name in ("start", "stop") if name in members}
    members |= {name: {"const": True} for name in ("known", "flaky") if name in members}
    if "titlePath" in members:
        members["titlePath"] = {"type": "array", "items": text, "minItems": 1}
    if "status" in members:
        members["status"] = {"enum": ["passed", "failed", "broken", "skipped"]}
        members["stage"] = {"const": "finished"}
        members["statusDetails"] = schema_of(model2.StatusDetails, required=("message",))
    for name, part in PARTS.items():
        if name == "steps" and name in members:
            flat = schema_of(part, required=("name", "status")) if model is model2.TestResult else {"maxItems": 0}
            members[name] = {"type": "array", "items": flat, "minItems": 1}
        elif name in members:
            whole = ("name", "value") if name in ("labels", "parameters") else ("name", "source", "type")
            members[name] = {"type": "array", "items": schema_of(part, required=whole), "minItems": 1}
    return {"type": "object", "properties": members, "additionalProperties": False, "required": list(required)}


NEEDED = ("uuid", "historyId", "testCaseId", "fullName", "name", "status", "stage", "labels", "start", "stop")
RESULT = jsonschema.Draft202012Validator(schema_of(model2.TestResult, required=NEEDED))
CASE = jsonschema.Draft202012Validator(schema_of(model2.TestResult))


def written(folder: Path, record: RunRecord) -> dict[str, dict[str, Any]]:
    """Write the results and read them back, by case."""
    out = write_allure(folder, summarise(record, systems()))
    assert out == folder / "allure-results"
    return read(out)


def read(out: Path) -> dict[str, dict[str, Any]]:
    found = {}
    for path in out.glob("*-result.json"):
        row = json.loads(path.read_bytes())
        assert path.name == f"{row['uuid']}-result.json"
        RESULT.validate(row)
        found[row["fullName"]] = row
    assert len(found) == len(list(out.glob("*-result.json")))
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with every outcome, and its results."""
    made = tmp_path_factory.mktemp("allure") / "run"
    results = all_outcomes()
    written(made, write_run(made, results, finished=footer(results)))
    return made


@pytest.fixture(scope="module")
def rows(folder: Path) -> dict[str, dict[str, Any]]:
    return read(folder / "allure-results")


def label(row: dict[str, Any], name: str) -> list[str]:
    return [label["value"] for label in row["labels"] if label["name"] == name]


def test_every_case_has_one_result_with_its_status_and_its_outcome_as_tag(rows: dict[str, dict[str, Any]]) -> None:
    assert rows.keys() == ALL.keys()
    assert {name: STATUS[outcome] for name, outcome in ALL.items()} == {
        name: row["status"] for name, row in rows.items()
    }
    assert {name: [outcome.value] for name, outcome in ALL.items()} == {
        name: label(row, "tag") for name, row in rows.items()
    }
    assert set(ALL.values()) == set(Outcome)


def test_the_message_says_which_outcome_it_is(rows: dict[str, dict[str, Any]]) -> None:
    assert rows["hmp.access.other"]["statusDetails"]["message"] == (
        "skipped: needs [target.fixtures] unauthorised_client"
    )
    assert rows["hmp.recordings.pause"]["statusDetails"]["message"] == "inconclusive: its positive control was refused"
    assert rows["hmp.sharing.case"]["statusDetails"]["message"].startswith("waived: ")
    assert rows["hmp.sharing.case"]["statusDetails"]["known"] is True
    assert rows["hmp.syntax.quotes"]["statusDetails"]["message"] == "warned: the echo differs"
    assert rows["hmp.recordings.stop"]["statusDetails"]["message"].startswith("error: KeyError")
    assert "statusDetails" not in rows["hmp.createSession.valid"]
    failed = rows["hmp.createSession.arity.too-few"]["statusDetails"]
    assert failed["message"].startswith("createSession without parameters was accepted")
    for part in (
        "expected: ERROR|010003",
        "got: OK|9eed71ca",
        "clause: HMP-createSession.arity (must): ",
        "run it again: clausewise certify hmp",
    ):
        assert part in failed["trace"]
    assert not re.search("[\x00\x1b\u202e\udcff]", failed["message"] + failed["trace"])


def test_each_outcome_falls_into_its_own_category(rows: dict[str, dict[str, Any]]) -> None:
    told = categories()
    for name, row in rows.items():
        fits = [
            entry["name"].partition(":")[0].lower()
            for entry in told
            if row["status"] in entry["matchedStatuses"]
            and re.fullmatch(entry.get("messageRegex", r"[\s\S]*"), row.get("statusDetails", {}).get("message", ""))
        ]
        words = {"failed": "nonconforming", "error": "error of the harness", "passed": ""}
        assert "".join(fits) == words.get(ALL[name].value, ALL[name].value)


def test_labels_place_a_case_in_every_tree(rows: dict[str, dict[str, Any]]) -> None:
    row = rows["hmp.createSession.arity.too-few"]
    expected = {
        "epic": [TITLE],
        "feature": ["Create a Session"],
        "story": ["HMP-createSession.arity", "HMP-RSP-005", "HMP-SYN-002"],  # contradicted ones first
        "parentSuite": [TITLE],
        "suite": ["Create a Session"],
        "package": ["hmp.createSession.arity"],
        "severity": ["critical"],
        "tag": ["failed"],
        "host": ["lab-hmp-1"],
        "framework": ["clausewise"],
        "language": ["cpython3"],
    }
    assert expected == {name: label(row, name) for name in dict.fromkeys(each["name"] for each in row["labels"])}
    assert row["name"] == "createSession without its title is refused"
    assert row["titlePath"] == [TITLE, "Create a Session"]


def test_severity_is_that_of_the_strictest_clause() -> None:
    levels = {"must": Importance.CRITICAL.value, "should": Importance.NORMAL.value, "may": Importance.MINOR.value}
    entries = catalogue(systems()["hmp"])
    origin = Origin(target="t", titles={}, clauses=entries)
    seen = Counter[str]()
    for name, entry in entries.items():
        made = allure_result(case("hmp.x", Outcome.PASSED, check("a", name)), origin)
        assert [levels[entry.level.value]] == [each.value for each in made.labels if each.name == "severity"]
        seen[entry.level.value] += 1
    assert {"must", "may"} <= seen.keys()
    may = next(name for name, entry in entries.items() if entry.level.value == "may")
    must = next(name for name, entry in entries.items() if entry.level.value == "must")
    for names, word in (((may, must), "critical"), ((), "normal"), (("HMP-NOT-KNOWN",), "normal")):
        made = allure_result(case("hmp.x", Outcome.PASSED, *(check("a", name) for name in names)), origin)
        assert [word] == [each.value for each in made.labels if each.name == "severity"]


def test_a_case_that_cites_very_many_clauses_is_listed_under_some() -> None:
    names = [f"HMP-X-{number:03}" for number in range(200)]
    broken = check("b", names[-1], passed=False)
    made = allure_result(
        case("hmp.x", Outcome.FAILED, *(check("a", name) for name in names[:-1]), broken),
        Origin(target="t", titles={}, clauses={}),
    )
    told = [each.value for each in made.labels if each.name == "story"]
    assert told == [names[-1], *names[: MAX_STORIES - 1]]


def test_broken_checks_are_steps(rows: dict[str, dict[str, Any]]) -> None:
    steps = rows["hmp.createSession.arity.too-few"]["steps"]
    assert [("reply.error (must)", "failed"), ("reply.wording (should)", "failed")] == [
        (step["name"], step["status"]) for step in steps
    ]
    assert steps[0]["parameters"] == [{"name": "clauses", "value": "HMP-createSession.arity"}]
    assert steps[1]["statusDetails"]["message"] == (
        "expected ERROR|010003|Expected 1 parameter(s), got 0, got expected 1 parameter"
    )
    assert "steps" not in rows["hmp.createSession.valid"]
    made = allure_result(
        case("hmp.x", Outcome.WARNED, check("r", passed=False, severity=Severity.READING)),
        Origin(target="t", titles={}, clauses={}),
    )
    assert [step.status for step in made.steps] == ["passed"]  # an unusual reading contradicts nothing


def test_failed_and_warned_cases_have_their_transcript_within_the_results(
    folder: Path, rows: dict[str, dict[str, Any]]
) -> None:
    attached = {name: row["attachments"] for name, row in rows.items() if "attachments" in row}
    assert attached.keys() == {name for name, outcome in ALL.items() if outcome in (Outcome.FAILED, Outcome.WARNED)}
    for name, entries in attached.items():
        (entry,) = entries
        assert (entry["name"], entry["type"], Path(entry["source"]).name) == (
            "transcript",
            "application/json",
            entry["source"],
        )
        attachment = folder / "allure-results" / entry["source"]
        assert attachment.read_bytes() == (folder / "transcripts" / f"{name}.json").read_bytes()
        assert not attachment.is_symlink()
    assert len(list((folder / "allure-results").glob("*-attachment.*"))) == len(attached)


def test_a_file_system_without_links_gets_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = write_run(tmp_path, [case("hmp.x", Outcome.FAILED, check("a", passed=False))])

    def refused(source: str, goal: str) -> None:
        raise FileExistsError if Path(goal).exists() else PermissionError

    monkeypatch.setattr("os.link", refused)
    for _ in range(2):
        (entry,) = written(tmp_path, record)["hmp.x"]["attachments"]
        copy = tmp_path / "allure-results" / entry["source"]
        assert copy.read_bytes() == (tmp_path / "transcripts" / "hmp.x.json").read_bytes()
        assert copy.stat().st_nlink == 1


@pytest.mark.parametrize("place", ["", "transcripts/gone.json", "../secret.json", "/etc/hostname", "link.json", "."])
def test_what_is_no_transcript_of_the_run_is_not_attached(tmp_path: Path, place: str) -> None:
    run = tmp_path / "run"
    record = write_run(run, [case("hmp.x", Outcome.FAILED, check("a", passed=False))])
    (tmp_path / "secret.json").write_text("secret")
    (run / "link.json").symlink_to(tmp_path / "secret.json")
    (result,) = record.results
    rows = written(run, replace(record, results=(replace(result, transcript=place),)))
    assert "attachments" not in rows["hmp.x"]
    assert [] == list((run / "allure-results").glob("*-attachment.*"))


def test_cases_follow_each_other_from_the_start_of_the_run(rows: dict[str, dict[str, Any]]) -> None:
    at = 1795204800000  # 2026-11-20T20:00:00Z
    times = [(rows[name]["start"], rows[name]["stop"]) for name in ALL]
    assert times[0] == (at, at + 12)
    assert all(before[1] == after[0] for before, after in pairwise(times))
    assert times[-1][1] == at + round(12.3 * len(ALL))


def test_a_start_that_is_no_time_costs_the_times_only(tmp_path: Path) -> None:
    record = write_run(tmp_path, [case("hmp.x", Outcome.PASSED, check("a"))])
    out = write_allure(tmp_path, summarise(replace(record, started=replace(record.started, started="soon")), systems()))
    (path,) = out.glob("*-result.json")
    row = json.loads(path.read_bytes())
    CASE.validate(row)
    assert {"start", "stop"} & row.keys() == set()


def test_a_history_goes_on_whatever_the_seed_the_port_and_the_day_but_not_on_another_device(tmp_path: Path) -> None:
    results = all_outcomes()
    record = write_run(tmp_path / "a", results, finished=footer(results))
    before = written(tmp_path / "a", record)
    target = {**record.started.target, "host": "10.0.0.9", "ports": {"cli": 4711}}
    later = replace(record.started, seed=7, started="2027-01-01T00:00:00Z", target=target, tool="clausewise 9")
    (tmp_path / "b").mkdir()
    after = written(tmp_path / "b", replace(record, started=later, results=record.results[::-1]))
    (tmp_path / "c").mkdir()
    other = replace(record.started, target={**record.started.target, "name": "lab-hmp-2"})
    elsewhere = written(tmp_path / "c", replace(record, started=other))

    def ids(rows: dict[str, dict[str, Any]], name: str) -> dict[str, str]:
        return {case: row[name] for case, row in rows.items()}

    assert ids(before, "historyId") == ids(after, "historyId")
    assert ids(before, "testCaseId") == ids(after, "testCaseId") == ids(elsewhere, "testCaseId")
    histories = [*ids(before, "historyId").values(), *ids(elsewhere, "historyId").values()]
    assert len(set(histories)) == 2 * len(ALL)
    uuids = [*ids(before, "uuid").values(), *ids(after, "uuid").values(), *ids(elsewhere, "uuid").values()]
    assert len(set(uuids)) == 3 * len(ALL)
    assert all(re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}", one) for one in uuids)


def test_the_ids_are_the_same_on_every_machine(rows: dict[str, dict[str, Any]]) -> None:
    """DESIGN.md, Determinism: BLAKE2b, never hash() (b2sum -l 128 gives the same). Changing them would end every history that someone keeps."""
    row = rows["hmp.createSession.valid"]
    assert (row["testCaseId"], row["historyId"]) == (
        "160c6917a98b121a9a124c47268288ea",
        "00b28727d8e26bc20105635ab5f70a7d",
    )


def test_a_run_that_was_cut_off_has_results_of_what_ended(tmp_path: Path) -> None:
    results = all_outcomes()
    rows = written(tmp_path, write_run(tmp_path, results, planned=99))
    assert rows.keys() == ALL.keys()
    assert properties(tmp_path)["complete"] == "false"
    empty = tmp_path / "empty"
    assert written(empty, write_run(empty, [], planned=99)) == {}
    assert properties(empty)["verdict"] == "Inconclusive"


def test_writing_again_replaces_what_was_there_and_keeps_a_trend(tmp_path: Path) -> None:
    results = all_outcomes()
    record = write_run(tmp_path, results, finished=footer(results))
    written(tmp_path, record)
    out = tmp_path / "allure-results"
    (out / "history").mkdir()
    (out / "history" / "history.json").write_text("{}")
    before = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    written(tmp_path, record)
    assert before == {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    rows = written(tmp_path, replace(record, results=record.results[:1]))
    assert list(rows) == [results[0].id]
    assert [] == list(out.glob("*-attachment.*"))
    assert (out / "history" / "history.json").is_file()


def test_a_link_in_the_way_is_not_written_through(tmp_path: Path) -> None:
    results = [case("hmp.x", Outcome.PASSED, check("a"))]
    record = write_run(tmp_path, results)
    (path,) = write_allure(tmp_path, summarise(record, systems())).glob("*-result.json")
    (tmp_path / "victim").write_text("untouched")
    path.unlink()
    path.symlink_to(tmp_path / "victim")
    with pytest.raises(OSError, match="symbolic"):
        write_allure(tmp_path, summarise(record, systems()))
    assert (tmp_path / "victim").read_text() == "untouched"


def properties(folder: Path) -> dict[str, str]:
    """`environment.properties` as Java reads it."""
    found = {}
    for line in (folder / "allure-results" / "environment.properties").read_bytes().decode("ascii").splitlines():
        name, value = parse_property(line)
        found[name] = value
    return found


def parse_property(line: str) -> tuple[str, str]:
    """One line of a Java properties file: java.util.Properties.load."""
    parts, at, seen = [""], 0, False
    while at < len(line):
        char = line[at]
        if char == "\\":
            at += 1
            if line[at] == "u":
                parts[-1] += chr(int(line[at + 1 : at + 5], 16))
                at += 4
            else:
                parts[-1] += line[at]
        elif char in "=: " and not seen:
            parts.append("")
            seen = True
        else:
            parts[-1] += char
        at += 1
    name, value = (part.encode("utf-16", "surrogatepass").decode("utf-16") for part in parts)
    return name, value


def test_the_environment_tells_what_was_run(tmp_path: Path) -> None:
    results = all_outcomes()
    record = write_run(tmp_path, results, finished=footer(results))
    hostile = replace(record.started, target={"name": "lab \\ = é \U0001f4f9\n#: x"})
    written(tmp_path, replace(record, started=hostile))
    assert properties(tmp_path) == {
        "target": "lab \\ = é \U0001f4f9␊#: x",
        "tool": "clausewise 0.1.0",
        "profile": "certification",
        "seed": "20261120",
        "verdict": "Invalid run",
        "complete": "true",
        "started": "2026-11-20T20:00:00Z",
        "spec.hmp.title": TITLE,
        "spec.hmp.document": "haivision-hmp-3.2.txt",
        "spec.hmp.digest": "ab" * 32,
    }


@settings(max_examples=30)
@given(st.text(), st.text())
def test_any_name_and_value_is_one_property(name: str, value: str) -> None:
    line = f"x{_property(name, ' :=#!')}={_property(value)}"
    assert line.isascii()
    assert len(line.splitlines()) == 1
    assert parse_property(line) == (f"x{visible(name).strip()}", visible(value).strip())


TEXT = st.text(st.characters(), max_size=40)  # lone surrogates too


@st.composite
def cases(draw: st.DrawFn) -> CaseResult:
    made = draw(
        st.lists(
            st.builds(
                Check,
                id=TEXT,
                clauses=st.lists(TEXT.filter(bool), max_size=3).map(tuple),
                passed=st.booleans(),
                severity=st.sampled_from(Severity),
                expected=TEXT,
                got=TEXT,
            ),
            max_size=4,
        )
    )
    return case(
        draw(TEXT.filter(bool)),
        draw(st.sampled_from(Outcome)),
        *made,
        message=draw(TEXT),
        title=draw(TEXT),
        chapter=draw(TEXT.filter(bool)),
    )


@settings(max_examples=12)
@given(cases(), TEXT)
def test_any_case_becomes_a_result_that_readers_accept(made: CaseResult, target: str) -> None:
    row = json.loads(encode_result(allure_result(made, Origin(target=target, titles={}, clauses={}))))
    CASE.validate(row)
    assert row["status"] == STATUS[made.outcome]
    assert not list(empties(row))


def empties(value: Any, place: str = "$") -> Iterator[str]:
    """Members that are null, empty or blank."""
    if value is None or value in ("", [], {}):
        yield place
    for name, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from empties(part, f"{place}.{name}")


def test_bytes_that_are_no_text_are_written(tmp_path: Path) -> None:
    rows = written(tmp_path, write_run(tmp_path, [case("hmp.x", Outcome.FAILED, title=EVIL, message="m")]))
    assert "\\xff" in rows["hmp.x"]["name"]


@pytest.mark.slow
def test_a_result_costs_a_tenth_of_a_millisecond_at_most(tmp_path: Path) -> None:
    """Making and encoding it, without the file, whose cost is the file system's; suites/throughput/bench_allure.py has both."""
    results = many(2000)
    origin = Origin(target="t", titles={}, clauses=catalogue(systems()["hmp"]))
    begun = time.process_time()
    for result in results:
        encode_result(allure_result(result, origin))
    assert (time.process_time() - begun) / len(results) < 100e-6
