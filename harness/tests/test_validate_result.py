"""Offline validation of functions that are documents: kind and function inferred, clauses with their places, readings, exit codes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.spec.load import load_system
from harness.tests.commands import clausewise
from harness.tests.documents_made import made
from harness.tests.test_citations import lines_of, needs_documents
from harness.tests.uptivity_tour import Tour
from harness.validate import Validation, Validator

SYSTEM = load_system("uptivity")
VALIDATOR = Validator(SYSTEM)
HEAD = ("<REQUESTID>7</REQUESTID>", "<RESULTTYPE>API_OK</RESULTTYPE>", "<RESULTCODE>20</RESULTCODE>", "<RESULTMSG/>")


def found(data: bytes | str, **options: str) -> Validation:
    return VALIDATOR.message(data if isinstance(data, bytes) else data.encode(), "file", **options)


def places(told: Validation) -> list[tuple[str, int, int]]:
    return [(one.clause, one.line, one.column) for one in told.broken]


def request(function: str, *lines: str, head: str = "<REQUESTID>7</REQUESTID>") -> str:
    """A request with each parameter on a line of its own, the first on line 4."""
    inner = "".join(f"\n  {line}" for line in lines)
    return f"<REQUEST>\n  <TYPE>{function}</TYPE>\n  {head}{inner}\n</REQUEST>\r\n"


def result(function: str, *lines: str, head: tuple[str, ...] = HEAD) -> str:
    """A result with its head on line 1, and each value on a line of its own."""
    inner = "".join(f"\n  {line}" for line in lines)
    return f"<RESULT><REQUESTTYPE>{function}</REQUESTTYPE>{''.join(head)}{inner}\n</RESULT>\r\n"


UPDATE = "http://host:2012/webAPI.aspx?type=callupdate&requestid=7&deviceid=200"
CHANNEL = "<CHANNEL><ID>1</ID><STATE>0</STATE></CHANNEL>"
EVENT = (
    "<CALLCOPYEVENT>\n  <EVENTCLASS>RECORD</EVENTCLASS>\n  <EVENTTYPE>RECORDINGUPDATE</EVENTTYPE><MODULE/>"
    "<EVENTXREF>1</EVENTXREF>\n  <EVENTDATA><GLOBALCALLID/><DEVICEID>1</DEVICEID><KEEPDAYS>-1</KEEPDAYS><FILENAME/>"
    "<RECORDID>2</RECORDID><COREIDENT>1</COREIDENT></EVENTDATA>\n</CALLCOPYEVENT>"
)


@pytest.mark.parametrize(
    ("data", "operation", "kind"),
    [
        (request("TEST"), "TEST", "request"),
        (f"\n {request('TEST')}", "TEST", "request"),
        (request("TEST").replace("\r\n", ""), "TEST", "request"),
        ("<?xml version='1.0'?><!-- a -->" + request("TEST"), "TEST", "request"),
        ("<TEST><REQUESTID>7</REQUESTID></TEST>", "TEST", "request"),
        (result("TEST"), "TEST", "result"),
        (result("test"), "TEST", "result"),
        ("/webAPI.aspx?type=combineexport&requestid=1&ident=1,2", "COMBINEDEXPORT", "request"),
        (result("CHANNELS", f"<CHANNELS><COUNT>1</COUNT>{CHANNEL}</CHANNELS>"), "CHANNELS", "result"),
        (result("CHANNELS", "<COUNT>1</COUNT>", f"<CHANNELS>{CHANNEL}</CHANNELS>"), "CHANNELS", "result"),
        (EVENT, "", "event"),
        (UPDATE, "CALLUPDATE", "request"),
        (f"  {UPDATE}\r\n", "CALLUPDATE", "request"),
        ("https://host/webAPI.php?REQUESTID=7&Type=Test", "TEST", "request"),
        ("/webAPI.php?requestid=7&type=test", "TEST", "request"),
        ("GET /webAPI.php?requestid=7&type=test HTTP/1.1\r\nHost: h\r\n\r\n", "TEST", "request"),
    ],
)
def test_kind_and_operation_are_inferred(data: str, operation: str, kind: str) -> None:
    told = found(data)
    assert told.conforming, told
    assert (operation, kind) == (told.operation, told.kind)


@pytest.mark.parametrize(
    ("data", "broken"),
    [
        # requests
        (request("TST"), [("UPT-RES-006", 2, 3)]),
        (request("IMPORTAGENT"), [("UPT-RES-007", 2, 3)]),
        ("<REQUEST>\n<REQUESTID>1</REQUESTID></REQUEST>", [("UPT-RES-006", 1, 1)]),
        (request("TEST", head="<REQUESTID>2147483648</REQUESTID>"), [("UPT-NUM-003", 3, 3)]),
        (request("TEST", head=""), [("UPT-NUM-002", 1, 1)]),
        (request("CALLSTART", "<ANI>1</ANI>"), [("UPT-CAL-001", 1, 1)]),
        (request("CALLSTART", "<DEVICEID></DEVICEID>"), [("UPT-CAL-001", 1, 1)]),
        (request("CHATSTART", "<SESSIONID>1</SESSIONID>", "<KEYNAME>USERNAME</KEYNAME>"), [("UPT-CHT-002", 1, 1)]),
        (request("CALLSTART", "<DEVICEID>1</DEVICEID>", "<PRIORITY>x</PRIORITY>"), [("UPT-CALLSTART.PRIORITY", 5, 3)]),
        (request("CALLSTART", "<DEVICEID><A/></DEVICEID>"), [("UPT-CALLSTART.DEVICEID", 4, 3), ("UPT-CAL-001", 1, 1)]),
        (request("CALLSTART", "<DEVICEID>1</DEVICEIX>"), [("UPT-MSG-002", 4, 25)]),
        (request("TEST") + "<REQUEST/>", [("UPT-MSG-002", 5, 1)]),
        # URLs
        ("http://h/webAPI.asp?type=test&requestid=1", [("UPT-WEB-002", 1, 9)]),
        ("http://h/webAPI.aspx", [("UPT-WEB-001", 1, 21)]),
        ("/webAPI.aspx?type=test&requestid=1&user1", [("UPT-WEB-001", 1, 36)]),
        ("/webAPI.aspx?type=test&requestid=%4", [("UPT-WEB-001", 1, 34)]),
        ("/webAPI.aspx?type=test&requestid=1 2", [("UPT-WEB-001", 1, 35)]),
        ("/webAPI.aspx?type=test&requestid=1#x", [("UPT-WEB-001", 1, 35)]),
        ("/webAPI.aspx?type=tst&requestid=1", [("UPT-RES-006", 1, 14)]),
        (f"{UPDATE}&keepdays=x", [("UPT-CALLUPDATE.KEEP_DAYS", 1, len(UPDATE) + 2)]),
        (f"{UPDATE}\n{UPDATE}", [("UPT-WEB-001", 2, 1)]),
        # results and events
        (result("TEST", head=HEAD[1:]), [("UPT-RES-001", 1, 1)]),
        (result("TEST", head=(*HEAD, HEAD[0])), [("UPT-RES-001", 1, 134)]),
        (result("TEST").replace(">20<", ">21<"), [("UPT-RES-005", 1, 64)]),
        (result("TEST").replace(">20<", ">56<"), [("UPT-RES-001", 1, 95), ("UPT-RES-003", 1, 95)]),
        (result("TEST").replace("RESULT>", "RESULTS>"), [("UPT-MSG-007", 1, 1)]),
        (result("FOO"), [("UPT-RES-002", 1, 9)]),
        (result("ADDGROUP", "<GROUPID>x</GROUPID>", "<GROUPNAME>a</GROUPNAME>"), [("UPT-ADDGROUP.answer.GROUPID", 2, 3)]),
        (result("ADDGROUP", "<GROUPNAME>a</GROUPNAME>"), [("UPT-ADDGROUP.answer.GROUPID", 1, 1)]),
        (
            result("CHANNELS", "<CHANNELS>", "<COUNT>3</COUNT>", CHANNEL, CHANNEL.replace(">1<", ">x<"), "</CHANNELS>"),
            [("UPT-CHANNELS.answer.CHANNELS.CHANNEL.ID", 5, 12), ("UPT-CHANNELS.answer.CHANNELS.CHANNEL", 2, 3)],
        ),
        (result("TEST") + result("TEST"), [("UPT-MSG-001", 3, 1)]),
        (EVENT.replace("RECORD<", "CALL<"), [("UPT-EVT-002", 2, 3)]),
        (EVENT.replace(">-1<", ">x<"), [("UPT-event.RECORDINGUPDATE.KEEPDAYS", 4, 51)]),
        (EVENT.replace("<FILENAME/>", ""), [("UPT-event.RECORDINGUPDATE.FILENAME", 4, 3)]),
        (EVENT.replace("UPDATE<", "UPDATED<"), [("UPT-EVT-004", 3, 3), ("UPT-EVT-003", 3, 3)]),
    ],
)  # fmt: skip
def test_a_broken_clause_has_its_place(data: str, broken: list[tuple[str, int, int]]) -> None:
    told = found(data)
    assert broken == places(told), told
    assert told.conforming == all(clause == "UPT-NUM-002" for clause, _, _ in broken)


@pytest.mark.parametrize(
    ("data", "readings"),
    [
        (request("callstart", "<deviceid>1</deviceid>"), {"UPT-AMB-029", "UPT-AMB-030"}),
        (request("TEST", "<FOO>1</FOO>"), {"UPT-AMB-004"}),
        (request("TEST", head="<REQUESTID>0</REQUESTID>"), {"UPT-AMB-023"}),
        (request("TEST", head="<REQUESTID>abc</REQUESTID>"), {"UPT-AMB-024"}),
        (request("TEST", head="<REQUESTID>007</REQUESTID>"), {"UPT-AMB-027"}),
        (request("CALLUPDATE", "<DEVICEID>1</DEVICEID>", "<KEEPDAYS>3</KEEPDAYS>"), {"UPT-AMB-081"}),
        (request("CALLSTART", "<DEVICEID>1</DEVICEID>", "<CALLDIRECTION>i</CALLDIRECTION>"), {"UPT-AMB-019"}),
        (f"{UPDATE}&user1=a+b", {"UPT-AMB-056"}),
        ("/webAPI.aspx?type=combineexport&requestid=1&ident=1,2", {"UPT-AMB-183"}),
        (request("COMBINEEXPORT", "<IDENT>1,2</IDENT>"), {"UPT-AMB-183"}),
        (request("CALLSTART", "<DEVICEID></DEVICEID>", "<STATIONNAME>BOB</STATIONNAME>"), set()),
        ("/WebAPI.aspx?type=test&requestid=1", {"UPT-AMB-041"}),
        (result("TEST", "<MORE/>", head=HEAD), {"UPT-AMB-059"}),
    ],
)
def test_readings_are_told(data: str, readings: set[str]) -> None:
    told = found(data)
    assert told.conforming, told
    assert readings <= set(told.readings)


def test_a_bare_ampersand_is_a_warning_at_its_place() -> None:
    told = found(request("ADDGROUP", "<GROUPNAME>Ä &amp; B & C</GROUPNAME>"))
    assert (True, [("UPT-MSG-006", 4, 24)]) == (told.conforming, places(told))
    assert "bare" == told.readings["UPT-AMB-002"]
    told = found(result("ADDGROUP", "<GROUPNAME>A & B</GROUPNAME>", "<GROUPID>x</GROUPID>"))
    assert [("UPT-MSG-006", 2, 16), ("UPT-ADDGROUP.answer.GROUPID", 3, 3)] == places(told)
    assert not told.conforming


def test_a_failure_may_lack_the_number_and_the_function() -> None:
    told = found("<RESULT><REQUESTID/><RESULTTYPE>ERROR</RESULTTYPE><RESULTCODE>10</RESULTCODE><RESULTMSG/></RESULT>")
    assert told.conforming
    assert {"UPT-AMB-003", "UPT-AMB-020", "UPT-AMB-059"} == set(told.readings)


def test_what_shall_be_another_operation_is_not() -> None:
    assert "UPT-CALLSTART" in {one.clause for one in found(request("TEST"), operation="CALLSTART").broken}
    assert "UPT-RES-002" in {one.clause for one in found(result("TEST"), operation="CALLSTART").broken}
    assert not found(request("TEST"), kind="event").conforming
    other = found(request("TEST").replace("REQUEST>", "REQ>"), kind="request")
    assert [("UPT-MSG-002", 1, 1)] == places(other)


@pytest.mark.parametrize(
    "data", [b"\x00", b"\xff\xfe<\x00", b"<", b"<a>" * 5000, b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"x" * 70_000, b"http://", b"/webAPI"]
)  # fmt: skip
def test_anything_is_judged(data: bytes) -> None:
    told = found(data)
    assert not told.conforming
    assert all(one.clause in VALIDATOR.clauses and one.line >= 1 and one.column >= 1 for one in told.broken)


NUMBERS = {"UPT-AMB-023", "UPT-AMB-024", "UPT-AMB-027"}


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.booleans().flatmap(lambda defective: made(SYSTEM, defective=defective)))
def test_made_documents_are_judged_as_they_were_made(case: tuple[str, str, str, bytes]) -> None:
    _, kind, defect, data = case
    told = found(data)
    if kind != "request":
        # A number that is none may be that of the request.
        open_number = defect == "type" and not NUMBERS.isdisjoint(told.readings)
        assert told.conforming == (defect in ("", "unknown") or open_number), (defect, told, data.decode())
    elif defect == "root":
        assert not told.conforming
    assert all(one.clause in VALIDATOR.clauses for one in told.broken)


def test_what_the_reference_server_says_conforms() -> None:
    for data in Tour([]).seen():
        for one in re.findall(rb"<(?:RESULT|CALLCOPYEVENT)>(?s:.*?)</(?:RESULT|CALLCOPYEVENT)>", data):
            told = found(one)
            assert told.conforming, (told, one)


DAMAGED = {772, 895, 1082, 1176}


@needs_documents
def test_examples_of_the_document_conform() -> None:
    text = "\n".join("" if line.startswith("```") else line for line in lines_of("uptivity"))
    wrong = set()
    for one in re.finditer(r"<(REQUEST|RESULT|CALLCOPYEVENT)>(?s:.*?)</\1>|^http:\S+", text, re.MULTILINE):
        if not found(one[0]).conforming:
            wrong.add(text.count("\n", 0, one.start()) + 1)
    assert wrong == DAMAGED


# The command line.


def test_exit_codes_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_text(request("TEST"), newline="")
    bad.write_text(result("TEST", head=HEAD[1:]), newline="")
    assert 0 == clausewise("validate", "uptivity", str(good))
    assert "good.xml: conforming (TEST request)" in capsys.readouterr().out
    assert 1 == clausewise("validate", "uptivity", "--json", str(good), str(bad))
    first, second = json.loads(capsys.readouterr().out)
    assert (True, False) == (first["conforming"], second["conforming"])
    assert {"clause": "UPT-RES-001", "line": 1, "column": 1}.items() <= second["broken"][0].items()
    assert 2 == clausewise("validate", "uptivity", "--kind", "response", str(good))
    assert 2 == clausewise("validate", "uptivity", "--operation", "TST", str(good))
    assert "did you mean 'TEST'" in capsys.readouterr().err
