"""XML Schemas of functions that are documents: current, equal in verdict in two implementations, and as open as the checks of live results."""

from __future__ import annotations

import os
import re
from functools import cache

import pytest
import xmlschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from harness.checks.documents import event_checks, result_checks
from harness.ending import Ending
from harness.messages.documentreply import URL, Result
from harness.spec.load import load_system
from harness.spec.xsd import xsd_problems, xsd_texts
from harness.spec.xsd_documents import FAILURE
from harness.tests.documents_made import documents_of, made
from harness.tests.test_citations import lines_of, needs_documents
from harness.verdict import Severity

SYSTEM = load_system("uptivity")
SYNTAX = SYSTEM.documents
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
DOCUMENTS = documents_of(SYSTEM)


@cache
def texts() -> dict[str, str]:
    return xsd_texts(SYSTEM)


@cache
def schemas(name: str) -> tuple[etree.XMLSchema, xmlschema.XMLSchema]:
    text = texts()[f"{name}.xsd"]
    return etree.XMLSchema(etree.fromstring(text.encode(), PARSER)), xmlschema.XMLSchema(text)


def verdict(name: str, data: bytes) -> bool:
    """Whether both implementations find the document valid; they must agree."""
    ours, other = schemas(name)
    one = ours.validate(etree.fromstring(data.strip(), PARSER))
    two = other.is_valid(data.decode().strip(), use_location_hints=False)
    assert one == two, f"{name}: libxml2 says {one} ({ours.error_log}), xmlschema {two}:\n{data.decode()}"
    return bool(one)


def judged(name: str, kind: str, data: bytes) -> list[str]:
    """What the checks of live results fail."""
    assert SYNTAX is not None
    function = name if kind == "result" else ""
    result = Result(syntax=SYNTAX, function=function, ending=Ending.ANSWERED, raw=data, body=data, road=URL)
    checks = result_checks(SYSTEM, result) if kind == "result" else event_checks(SYSTEM, result)
    return [one.id for one in checks if not one.passed and one.severity is Severity.MUST]


def agree(case: tuple[str, str, str, bytes]) -> None:
    name, kind, defect, data = case
    told = (defect, name, kind, data.decode())
    assert verdict(f"{name}.{kind}", data) == (defect == ""), told
    if kind != "request":
        assert (judged(name, kind, data) == []) == (defect in ("", "unknown")), (judged(name, kind, data), told)


QUICKLY = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=int(os.environ.get("MANY", "600")), deadline=None, suppress_health_check=list(HealthCheck))


@QUICKLY
@given(made(SYSTEM, defective=False))
def test_a_document_under_any_reading_is_valid_and_passes_the_checks(case: tuple[str, str, str, bytes]) -> None:
    agree(case)


@QUICKLY
@given(made(SYSTEM, defective=True))
def test_one_defect_is_seen_by_both_schemas_and_by_the_checks(case: tuple[str, str, str, bytes]) -> None:
    agree(case)


@pytest.mark.slow
@LONG
@given(st.booleans().flatmap(lambda defective: made(SYSTEM, defective=defective)))
def test_many_documents(case: tuple[str, str, str, bytes]) -> None:
    agree(case)


def test_the_files_are_what_the_spec_says() -> None:
    assert [] == xsd_problems(SYSTEM), "run `clausewise spec xsd uptivity`"


def test_there_is_a_schema_of_every_document_and_one_of_failures() -> None:
    assert {f"{name}.{kind}.xsd" for name, kind in DOCUMENTS} | {f"{FAILURE}.xsd"} == set(texts())


@pytest.mark.slow
@pytest.mark.parametrize(("name", "kind"), DOCUMENTS)
def test_every_schema_is_valid_in_both(name: str, kind: str) -> None:
    schemas(f"{name}.{kind}")


HEAD = "<REQUESTID>1</REQUESTID><REQUESTTYPE>TEST</REQUESTTYPE><RESULTMSG>no</RESULTMSG>"


@pytest.mark.parametrize(
    ("inner", "valid"),
    [
        ("<RESULTTYPE>ERROR</RESULTTYPE><RESULTCODE>8</RESULTCODE>", True),
        ("<RESULTTYPE>API_DEVICE_INVALID</RESULTTYPE><RESULTCODE> 8 </RESULTCODE>", True),
        ("<RESULTCODE>8</RESULTCODE><OTHER><A/></OTHER><RESULTTYPE>ERROR</RESULTTYPE>", True),
        ("<RESULTTYPE>ERROR</RESULTTYPE><RESULTCODE>20</RESULTCODE>", False),
        ("<RESULTTYPE>ERROR</RESULTTYPE><RESULTCODE>19</RESULTCODE>", False),
        ("<RESULTTYPE>API_OK</RESULTTYPE><RESULTCODE>8</RESULTCODE>", False),
        ("<RESULTCODE>8</RESULTCODE>", False),
        ("<RESULTTYPE>ERROR</RESULTTYPE><RESULTCODE>8</RESULTCODE><RESULTCODE>8</RESULTCODE>", False),
        ("", False),
    ],
)
def test_a_failure_has_its_code_and_label_and_whatever_else(inner: str, *, valid: bool) -> None:
    assert verdict(FAILURE, f"<RESULT>{HEAD}{inner}</RESULT>".encode()) == valid
    assert not verdict("TEST.result", f"<RESULT>{HEAD}{inner}</RESULT>".encode())


def test_schemas_say_what_they_cannot() -> None:
    assert "Not said, UPT-BLK-001: it has DEVICEID or DEVICEALIAS" in texts()["BLACKOUTSTART.request.xsd"]
    assert "where ENCRYPT is Y" in texts()["EXPORT.request.xsd"]
    assert (
        "Not said: that one of DOMAIN, Domain is there" not in texts()["AGENTWINDOW.result.xsd"]
    )  # it may be left out
    assert (
        "Not said: that one of RECORDINGSPACEINFO, RECORDINGSPEACEINFO is there" in texts()["SYSTEMSTATUS.result.xsd"]
    )
    assert "how often these sections stand in RESULT: CHANNELS" in texts()["CHANNELS.result.xsd"]


# What no schema takes: the example has a field that its function has not, is damaged or cut short, or has a bare ampersand.
ODD = {506, 772, 895, 1082, 1176, 1689, 1695, 1735, 1784}


@needs_documents
def test_examples_of_the_document_are_valid() -> None:
    # An example may go on behind the end of a page.
    text = "\n".join("" if line.startswith("```") else line for line in lines_of("uptivity"))
    wrong, count = set[int](), 0
    for found in re.finditer(r"<(REQUEST|RESULT|CALLCOPYEVENT)>(?s:.*?)</\1>", text):
        line = text.count("\n", 0, found.start()) + 1
        kind = {"REQUEST": "request", "RESULT": "result", "CALLCOPYEVENT": "event"}[found[1]]
        name = re.search(r"<(?:REQUESTTYPE|EVENTTYPE|TYPE)>\s*(\w+)", found[0])
        code = re.search(r"<RESULTCODE>(\d+)", found[0])
        schema = f"{name[1] if name else ''}.{kind}"
        if kind == "result" and code is not None and code[1] not in ("0", "13", "20", "37", "43"):
            schema = FAILURE
        count += 1
        try:
            if not verdict(schema, found[0].encode()):
                wrong.add(line)
        except (KeyError, etree.XMLSyntaxError):
            wrong.add(line)
    assert count > 60
    assert {line for line in wrong if line not in ODD and not 2100 < line < 2125} == set()
