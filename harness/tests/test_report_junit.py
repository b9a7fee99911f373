from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import xmlschema

from harness.report.junit import write_junit
from harness.report.summary import summarise
from harness.tests.report_run import all_outcomes, footer, systems, write_run

XSD = Path(__file__).parent / "data" / "junit.xsd"


def junit(folder: Path) -> ET.Element:
    results = all_outcomes()
    path = write_junit(folder, summarise(write_run(folder, results, finished=footer(results)), systems()))
    xmlschema.XMLSchema(str(XSD)).validate(str(path))
    return ET.parse(path).getroot()


def test_every_outcome_has_its_element(tmp_path: Path) -> None:
    cases = {node.get("name"): node for node in junit(tmp_path).iter("testcase")}
    expected = {
        "hmp.createSession.valid": [],
        "hmp.createSession.arity.too-few": ["failure"],
        "hmp.syntax.quotes": ["system-out"],
        "hmp.access.other": ["skipped"],
        "hmp.recordings.pause": ["skipped"],
        "hmp.recordings.stop": ["error"],
        "hmp.sharing.case": ["skipped"],
    }
    assert expected == {name: [child.tag for child in cases[name]] for name in expected}
    kinds = {name: node[0].get("type") for name, node in cases.items() if len(node) and node[0].tag == "skipped"}
    assert (
        kinds["hmp.access.other"],
        kinds["hmp.recordings.pause"],
        kinds["hmp.sharing.case"],
    ) == ("skipped", "inconclusive", "waived")


def test_a_failure_tells_what_a_person_needs(tmp_path: Path) -> None:
    failure = next(junit(tmp_path).iter("failure"))
    text = failure.text or ""
    assert failure.get("type") == "HMP-createSession.arity"
    for part in (
        "expected: ERROR|010003",
        "got: OK|9eed71ca",
        "clauses: HMP-createSession.arity",
        "run it again: clausewise",
    ):
        assert part in text


def test_forbidden_characters_are_shown(tmp_path: Path) -> None:
    message = next(junit(tmp_path).iter("failure")).get("message", "")
    for part in ("␀␛[31m", "\\u202eevil", "\\xff", "</script>", "שלום"):
        assert part in message


def test_counts_and_properties(tmp_path: Path) -> None:
    root = junit(tmp_path)
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("9", "1", "1")
    assert sum(int(suite.get("skipped", "")) for suite in root) == 5
    values = {node.get("name"): node.get("value") for node in root[0].iter("property")}
    assert (values["seed"], values["target"]) == ("20261120", "lab-hmp-1")


def test_a_run_without_cases_is_still_valid(tmp_path: Path) -> None:
    path = write_junit(tmp_path, summarise(write_run(tmp_path, []), systems()))
    xmlschema.XMLSchema(str(XSD)).validate(str(path))
