"""The suites under pytest with `--alluredir`: a case has the labels and the history that `certify` gives it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allure_commons import hookimpl, model2, plugin_manager
from allure_commons.model2 import Label, Status, StatusDetails

from harness.case import Case
from harness.cli.main import main
from harness.dut import Dut
from harness.pytest_allure import AllureCases, case_labels, origin_of
from harness.spec.clauses import catalogue
from harness.spec.load import load_system
from harness.tests.devices import Recorder, answering, device, target_file
from harness.tests.report_run import case, check, transcript
from harness.transcript import Redactor
from harness.verdict import CaseResult, Outcome, Severity

ROOT = Path(__file__).resolve().parents[2]
OWN = {"uuid", "start", "stop", "fullName", "titlePath", "labels", "attachments", "statusDetails"}  # of each way to run


class Written:
    """Stands where allure-python-commons writes files."""

    def __init__(self) -> None:
        self.results: list[model2.TestResult] = []
        self.attached: dict[str, bytes] = {}

    @hookimpl
    def report_result(self, result: model2.TestResult) -> None:
        self.results.append(result)

    @hookimpl
    def report_attached_data(self, body: bytes, file_name: str) -> None:
        self.attached[file_name] = body


@pytest.fixture
def files() -> Iterator[Written]:
    made = Written()
    plugin_manager.register(made)
    yield made
    plugin_manager.unregister(made)


@pytest.fixture
def cases() -> Iterator[tuple[AllureCases, Redactor]]:
    """Our plugin, for a target with a password."""
    made, redactor, system = AllureCases(), Redactor(), load_system("hmp")
    redactor.add("s3cret", "password")
    end = made.register()
    made.start(system, catalogue(system), "lab-hmp-1", redactor)
    yield made, redactor
    end()


def through_allure(name: str, status: str) -> None:
    """A test of that name ends, as allure-pytest tells it."""
    result = model2.TestResult(name=name, uuid="u", fullName=f"suites.hmp.x#{name}", status=status, start=1, stop=2)
    result.statusDetails = StatusDetails(message="pytest's", trace="s3cret")
    result.labels = [
        Label("host", "vm"),
        Label("thread", "1-Main"),
        Label("framework", "pytest"),
        Label("suite", "sessions"),
        Label("tag", "own"),
    ]
    plugin_manager.hook.report_result(result=result)


FAILED = case(
    "hmp.a",
    Outcome.FAILED,
    check("reply", "HMP-SYN-002", passed=False, got="s3cret"),
    message="got s3cret",
)


@pytest.mark.parametrize(
    ("result", "pytests", "status", "message"),
    [
        (FAILED, Status.BROKEN, "failed", "got [password-1]"),
        (case("hmp.a", Outcome.PASSED, check("reply")), Status.PASSED, "passed", None),
        (case("hmp.a", Outcome.PASSED, check("reply")), Status.BROKEN, "broken", "pytest's"),  # an error at teardown
        (case("hmp.a", Outcome.SKIPPED, message="no"), Status.SKIPPED, "skipped", "skipped: no"),
        (case("hmp.a", Outcome.INCONCLUSIVE, message="no"), Status.BROKEN, "skipped", "inconclusive: no"),
        (case("hmp.a", Outcome.ERROR, message="no"), Status.BROKEN, "broken", "error: no"),
        (
            case("hmp.a", Outcome.WARNED, check("r", passed=False, severity=Severity.SHOULD), message="no"),
            Status.PASSED,
            "passed",
            "warned: no",
        ),
    ],
)
def test_a_result_of_pytest_becomes_ours(
    files: Written,
    cases: tuple[AllureCases, Redactor],
    result: CaseResult,
    pytests: str,
    status: str,
    message: str | None,
) -> None:
    cases[0].add(result, transcript("hmp.a", b"OK|s3cret\n"))
    through_allure("hmp.a", pytests)
    (made,) = files.results
    assert (made.status, made.statusDetails and made.statusDetails.message) == (status, message)
    assert (made.name, made.fullName, made.uuid, made.start) == (result.title, "suites.hmp.x#hmp.a", "u", 1)
    told = Counter(label.name for label in made.labels)
    assert all(told[name] == 1 for name in ("epic", "feature", "suite", "host", "thread", "framework", "tag"))
    assert {"vm", "pytest", result.outcome.value} <= {label.value for label in made.labels}
    attached = result.outcome in (Outcome.FAILED, Outcome.WARNED)
    assert len(made.attachments) == len(files.attached) == attached
    assert len(made.steps) == attached
    if attached:
        body = files.attached[made.attachments[0].source]
        assert b"OK|[password-1]" in body
    if message != "pytest's":
        assert "s3cret" not in repr(made) + repr(files.attached)


def test_a_test_that_is_no_case_stays_as_it_is(files: Written, cases: tuple[AllureCases, Redactor]) -> None:
    cases[0].add(FAILED, None)
    through_allure("test_other", Status.PASSED)
    (made,) = files.results
    assert (made.name, made.historyId, [label.value for label in made.labels][-1]) == ("test_other", None, "own")


async def nothing(_dut: Dut) -> None:
    """A flow that does nothing."""


def test_a_case_that_has_not_run_has_its_labels_for_selections() -> None:
    system = load_system("hmp")
    one = Case(id="hmp.x.y", system="hmp", title="t", chapter="Chapter", clauses=("HMP-SYN-002",), flow=nothing)
    told = {(label.name, label.value) for label in case_labels(one, origin_of(system, catalogue(system)))}
    assert {("epic", system.title), ("feature", "Chapter"), ("story", "HMP-SYN-002"), ("severity", "critical")} <= told


# Through the command lines


def results(folder: Path) -> dict[str, dict[str, Any]]:
    """Results by case, whoever wrote them."""
    found = {}
    for path in folder.glob("*-result.json"):
        row = json.loads(path.read_bytes())
        found[row["fullName"].rpartition("#")[2]] = row
    return found


def labels(row: dict[str, Any]) -> set[tuple[str, str]]:
    who = ("host", "thread", "framework", "language")
    return {(label["name"], label["value"]) for label in row["labels"] if label["name"] not in who}


def message(row: dict[str, Any]) -> str:
    """The message, without the ids that the device made up."""
    return re.sub("[0-9a-f]{8}-[0-9a-f-]{27}", "ID", row.get("statusDetails", {}).get("message", ""))


def run_pytest(*arguments: str, path: str = "") -> subprocess.CompletedProcess[str]:
    """Run the suite in a process of its own; modules of `path` can be named as plugins."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "suites/hmp", *arguments]
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.slow
def test_certify_and_pytest_write_the_same_of_the_same_cases(tmp_path: Path) -> None:
    """Against a device that refuses nothing, so that there are passed, failed and inconclusive cases."""
    path, out, allure = tmp_path / "t.toml", tmp_path / "run", tmp_path / "allure"
    with device(answering(Recorder().answer)) as made:
        path.write_text(target_file(made.port), encoding="utf-8")
        with pytest.raises(SystemExit) as end:
            main(["certify", "hmp", "--target", str(path), "--out", str(out), "--select", "hmp.*Session.arity.*"])
        assert end.value.code == 1
        ended = run_pytest("--target", str(path), "--alluredir", str(allure), "-k", "Session.arity", "--run-seed", "3")
    assert ended.returncode == 1, ended.stdout + ended.stderr
    ours, theirs = results(out / "allure-results"), results(allure)
    both = ours.keys() & theirs.keys()
    assert both == {name for name in ours if "Session.arity" in name}
    assert len(both) >= 6
    statuses = Counter[str]()
    for name in both:
        one, other = ours[name], theirs[name]
        assert {key: one[key] for key in one if key not in OWN | {"steps"}} == {
            key: other[key] for key in other if key not in OWN | {"steps"}
        }
        assert labels(one) == labels(other)
        assert message(one) == message(other)
        assert len(one.get("attachments", ())) == len(other.get("attachments", ()))
        assert all((allure / each["source"]).is_file() for each in other.get("attachments", ()))
        statuses[one["status"]] += 1
    assert statuses["failed"]


@pytest.mark.slow
def test_allures_options_select_cases() -> None:
    ended = run_pytest("--collect-only", "--allure-stories", "HMP-createSession.arity")
    found = [line for line in ended.stdout.splitlines() if "::" in line]
    assert found
    assert all("::hmp.createSession.arity." in line for line in found)


@pytest.mark.slow
@pytest.mark.parametrize(("option", "imported"), [((), False), (("--alluredir", "DIR"), True)])
def test_without_the_option_nothing_of_ours_is_loaded_for_allure(
    tmp_path: Path, option: tuple[str, ...], imported: bool
) -> None:
    (tmp_path / "tell.py").write_text(
        "import sys\n"
        "def pytest_collection_finish(session):\n"
        "    print('loaded', *sorted(name for name in sys.modules if name.startswith('harness.') and 'allure' in name))\n"
    )
    arguments = [part.replace("DIR", str(tmp_path / "results")) for part in option]
    ended = run_pytest("-s", "-p", "tell", "--collect-only", *arguments, path=str(tmp_path))
    (line,) = [line for line in ended.stdout.splitlines() if line.startswith("loaded")]
    assert ("harness.pytest_allure" in line) == imported
    assert ("harness.report.allure_case" in line) == imported
