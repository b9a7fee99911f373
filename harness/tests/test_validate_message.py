"""Offline validation of XML messages: kind and operation inferred, clauses with their places, readings, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.spec.load import load_system
from harness.tests.commands import clausewise
from harness.tests.messages_made import made
from harness.tests.rss2000_scene import Scene
from harness.validate import Validation, Validator
from harness.wire.tpkt import encode, split

SYSTEM = load_system("rss2000")
VALIDATOR = Validator(SYSTEM)
GUID = "4e9b070b-60a5-4430-820bab0afe6384d8"
DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'


def message(kind: str, name: str, *lines: str, root: str = "DVCRMAGER", more: str = "") -> bytes:
    """A message with each field on a line of its own, the first on line 4."""
    inner = "".join(f"\n    {line}" for line in lines)
    start = f'{DECLARATION}<{root} version="1.0.0.0">\n  <{kind} xmlid="{name}">{inner}\n  </{kind}>{more}\n</{root}>\n'
    return start.encode()


def found(data: bytes, **options: str) -> Validation:
    return VALIDATOR.message(data, "file", **options)


def places(told: Validation) -> list[tuple[str, int, int]]:
    return [(one.clause, one.line, one.column) for one in told.broken]


LOGIN = ('<USERNAME value="a"/>', '<PASSWORD value=""/>', '<LANG value="0"/>')
SUCCESS = ('<RESULT value="0"/>', '<PRIVILEGE value="0"/>', f'<SESSIONID value="{GUID}"/>')
SESSION = f'<SESSIONID value="{GUID}"/>'


@pytest.mark.parametrize(
    ("data", "operation", "kind"),
    [
        (message("COMMAND", "login", *LOGIN), "LOGIN", "command"),
        (message("CONFIRM", "login", *SUCCESS), "LOGIN", "confirm"),
        (message("CONFIRM", "login", '<RESULT value="1"/>'), "LOGIN", "confirm"),
        (message("CONFIRM", " LOGIN", *SUCCESS, root="DVCRMANGER"), "LOGIN", "confirm"),
        (message("INDICATION", "hangup", '<INDEX value="1024"/>'), "HANGUP", "indication"),
        (message("COMMAND", "getivr", SESSION, '<INDEX value="0"/>', '<LANGUAGE value="0"/>'), "GETIVR", "command"),
        (f'{DECLARATION}<DVCRMAGER version="1.0.0.0"/>'.encode(), "", "confirm"),
        (message("CONFIRM", "getsysoption", '<RESULT value="1"/>'), "", "confirm"),
    ],
)
def test_kind_and_operation_are_inferred(data: bytes, operation: str, kind: str) -> None:
    told = found(data)
    assert told.conforming, told
    assert (operation, kind) == (told.operation, told.kind)
    assert told == found(data, kind=kind)


@pytest.mark.parametrize(
    ("data", "broken"),
    [
        (message("CONFIRM", "login", *SUCCESS[:2]), [("RSS-LOGIN.confirm.SESSIONID", 3, 3)]),
        (message("CONFIRM", "login", *SUCCESS[:2], '<SESSIONID value=""/>'), [("RSS-LOGIN.confirm.SESSIONID", 6, 5)]),
        (message("CONFIRM", "login", *SUCCESS, SUCCESS[1]), [("RSS-LOGIN.confirm.PRIVILEGE", 7, 5)]),
        (
            message("CONFIRM", "login", SUCCESS[0], '<PRIVILEGE value="7"/>', SUCCESS[2]),
            [("RSS-LOGIN.confirm.PRIVILEGE", 5, 5)],
        ),
        (message("CONFIRM", "login", *SUCCESS, '<NEW value=""/>'), [("RSS-XML-012", 7, 5)]),
        (message("CONFIRM", "login", '<RESULT value="2"/>'), [("RSS-XML-008", 4, 5)]),
        (message("CONFIRM", "login", *SUCCESS, root="DVR"), [("RSS-XML-003", 2, 1)]),
        (message("CONFIRM", "login", *SUCCESS, more="\n<INDICATION/>"), [("RSS-IND-007", 8, 1)]),
        (message("CONFIRM", "lgin", *SUCCESS), [("RSS-XML-006", 3, 3)]),
        (message("CONFIRM", "login", *SUCCESS, more="<"), [("RSS-XML-002", 7, 14)]),
        (message("INDICATION", "hangup", '<INDEX value="x"/>'), [("RSS-HANGUP.indication.INDEX", 4, 5)]),
        (message("COMMAND", "login", *LOGIN[1:]), [("RSS-LOGIN.USERNAME", 3, 3)]),
        (message("COMMAND", "login", *LOGIN[:2], '<LANG value="7"/>'), [("RSS-LOGIN.LANG", 6, 5)]),
        (message("COMMAND", "login", "<USERNAME/>", *LOGIN[1:]), [("RSS-XML-007", 4, 5)]),
        (message("COMMAND", "getdevinfo"), [("RSS-SES-003", 3, 3)]),
        (message("COMMAND", "getdevinfo", '<SESSIONID value=" "/>'), [("RSS-SES-003", 4, 5)]),
        (message("COMMAND", "getdevinf", SESSION), [("RSS-XML-006", 3, 3)]),
        (b'<DVCRMAGER version="1.0.0.0"/>', []),
        (
            message("COMMAND", "addendpoint", SESSION, '<SOURCENAME value="x"/>', '<SOURCEIP value=""/>', '<E164 value=""/>',
                    '<H323 value=""/>', '<FLAG value="0"/>'),
            [("RSS-ADDENDPOINT.SOURCEIP.not-empty", 6, 5)],
        ),
    ],
)  # fmt: skip
def test_a_broken_clause_has_its_place(data: bytes, broken: list[tuple[str, int, int]]) -> None:
    told = found(data)
    assert broken == places(told), told
    assert told.conforming == all(clause == "RSS-XML-012" for clause, _, _ in broken)


def test_readings_are_told() -> None:
    lines = ('<RESULT value="0"/>', f'<CONF_ID value="{GUID}"/>', '<TYPE value="0"/>')
    told = found(message("CONFIRM", "delmediainfo", *lines, root="DVCRMANAGER"))
    assert {"RSS-AMB-001": "dvcrmanager", "RSS-AMB-017": "type"} == told.readings
    told = found(message("COMMAND", "Logout", SESSION, '<LANG value="en"/>', '<OTHER value=""/>'))
    assert told.conforming
    assert {"RSS-AMB-001", "RSS-AMB-003", "RSS-AMB-046", "RSS-AMB-047"} == set(told.readings)


def test_a_page_or_one_object_is_asked_for() -> None:
    common = (SESSION, '<CATALOG value="0"/>')
    page = ('<START value="0"/>', '<END value="9"/>', '<SORT value="0"/>')
    assert found(message("COMMAND", "getmediainfo", *common, *page)).conforming
    assert found(message("COMMAND", "getmediainfo", *common, f'<CONF_ID value="{GUID}"/>')).conforming
    assert [("RSS-GETMEDIAINFO.SORT", 3, 3)] == places(found(message("COMMAND", "getmediainfo", *common, *page[:2])))


def test_a_name_that_several_have_is_that_of_the_one_it_fits() -> None:
    own = found(message("COMMAND", "getivr", SESSION, '<LANGUAGE value="0"/>'))
    assert ("GETBANNER", True) == (own.operation, own.conforming)
    asked = found(message("COMMAND", "getivr", SESSION, '<LANGUAGE value="0"/>'), operation="GETIVR")
    assert ("GETIVR", False) == (asked.operation, asked.conforming)


def test_what_shall_be_another_operation_is_not() -> None:
    told = found(message("CONFIRM", "login", *SUCCESS), operation="LOGOUT")
    assert "RSS-LOGOUT.confirm" in {one.clause for one in told.broken}
    told = found(message("COMMAND", "login", *LOGIN), operation="GETDEVINFO")
    assert "RSS-GETDEVINFO" in {one.clause for one in told.broken}
    told = found(message("CONFIRM", "login", *SUCCESS), kind="indication")
    assert not told.conforming


@pytest.mark.parametrize(
    ("data", "clauses"),
    [
        (encode(message("CONFIRM", "login", *SUCCESS)), []),
        (encode(message("CONFIRM", "login", *SUCCESS)) + b"x", ["RSS-TPK-003"]),
        (encode(message("CONFIRM", "login", *SUCCESS) + b" " * 9)[:-9], ["RSS-TPK-003"]),
        (b"\x03\x00\x00\x01" + message("CONFIRM", "login", *SUCCESS), ["RSS-TPK-003"]),
    ],
)
def test_a_header_may_stand_before_the_document(data: bytes, clauses: list[str]) -> None:
    assert clauses == [one.clause for one in found(data).broken]


@pytest.mark.parametrize(
    "data", [b"\x00", b"\xff\xfe<\x00", b"<", b"<a>" * 5000, b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"x" * 70_000]
)
def test_anything_is_judged(data: bytes) -> None:
    told = found(data)
    assert not told.conforming
    assert all(one.clause in VALIDATOR.clauses and one.line >= 1 and one.column >= 1 for one in told.broken)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.booleans().flatmap(lambda defective: made(SYSTEM, defective=defective)))
def test_made_messages_are_judged_as_they_were_made(case: tuple[str, str, str, bytes]) -> None:
    name, kind, defect, data = case
    told = found(data, operation=name)
    taken = defect in ("", "unknown") or (kind == "command" and defect in ("version", "twice"))
    if defect not in ("name", "result", "kind"):
        assert told.conforming == taken, (defect, told, data.decode())
    elif defect == "kind":
        assert not told.conforming
    assert all(one.clause in VALIDATOR.clauses for one in told.broken)


def test_what_the_reference_server_says_conforms() -> None:
    scene = Scene()
    watcher, client = scene.client(listens=True), scene.client()
    fields = [("SOURCENAME", "x<&>ü"), ("SOURCEIP", "10.0.0.1"), ("E164", ""), ("H323", ""), ("FLAG", "1")]
    sent = [client.bytes_of("addendpoint", fields), client.bytes_of("getendpoint"), client.bytes_of("getdevinfo")]
    said = [client.send(data) for data in sent]
    for data in (*sent, *said, watcher.told):
        assert found(split(data)[0][0]).conforming


# The command line.


def test_exit_codes_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_bytes(message("CONFIRM", "login", *SUCCESS))
    bad.write_bytes(message("CONFIRM", "login", *SUCCESS[:2]))
    assert 0 == clausewise("validate", "rss2000", str(good))
    assert "good.xml: conforming (LOGIN confirm)" in capsys.readouterr().out
    assert 1 == clausewise("validate", "rss2000", "--json", str(good), str(bad))
    first, second = json.loads(capsys.readouterr().out)
    assert (True, False) == (first["conforming"], second["conforming"])
    assert {"clause": "RSS-LOGIN.confirm.SESSIONID", "line": 3, "column": 3}.items() <= second["broken"][0].items()
    assert 2 == clausewise("validate", "rss2000", "--kind", "response", str(good))
    assert 2 == clausewise("validate", "rss2000", "--operation", "LOGN", str(good))
    assert 2 == clausewise("validate", "rss2000", str(tmp_path))
    assert "did you mean 'LOGIN'" in capsys.readouterr().err
