"""What every answer and every indication must be, and which clause is blamed for what it is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.checks.plainfields import Plan
from harness.ending import Ending
from harness.tests.packets_made import GUID, broken, confirm, element, indication, judged, message, packet, told
from harness.verdict import Outcome, Severity, outcome_of
from harness.wire.tpkt import encode

ENDPOINT = [
    ("SOURCEID", GUID), ("SOURCENAME", "lab"), ("SOURCEIP", "10.0.0.1"), ("FLAG", "1"), ("E164", ""), ("H323", ""), ("TITLE", ""),
]  # fmt: skip
SENT = [("SOURCENAME", "lab"), ("SOURCEIP", "10.0.0.1"), ("FLAG", "1"), ("E164", ""), ("H323", "")]


def changed(name: str, value: str | None) -> list[tuple[str, str]]:
    return [
        (field, text if field != name else value or "")
        for field, text in ENDPOINT
        if field != name or value is not None
    ]


def test_a_documented_success_breaks_nothing() -> None:
    checks = judged(confirm("addendpoint", ENDPOINT), "ADDENDPOINT", SENT)
    assert outcome_of(checks) is Outcome.PASSED
    assert {
        "reply.comes",
        "reply.xml",
        "reply.root",
        "reply.name",
        "reply.result",
        "reply.SOURCEID",
        "reply.SOURCEIP.echo",
    } <= {check.id for check in checks}
    assert {check.step for check in checks} == {3, -1}  # a plain field that passes is not placed


@given(st.data())
def test_the_quick_way_through_the_fields_gives_the_same_checks(data: st.DataObject) -> None:
    fields = list(ENDPOINT)
    for _ in range(data.draw(st.integers(0, 3))):
        name = data.draw(st.sampled_from([*(field for field, _ in ENDPOINT), "COLOUR"]))
        value = data.draw(st.sampled_from(["", "0", "7", "lab", "lab ", GUID, "10.0.0.1", "a<b>"]))
        change = data.draw(st.sampled_from(["add", "set", "drop"]))
        fields = [
            (field, value if field == name and change == "set" else text)
            for field, text in fields
            if field != name or change != "drop"
        ]
        fields += [(name, value)] if change == "add" else []
    for raw, operation in (
        (confirm("addendpoint", fields), "ADDENDPOINT"),
        (confirm("getendpoint", fields), "GETENDPOINT"),
    ):
        quick = judged(raw, operation, SENT)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Plan, "passed", lambda *_: None)
            slow = judged(raw, operation, SENT)
        assert [(one.id, one.clauses, one.passed, one.got) for one in quick] == [
            (one.id, one.clauses, one.passed, one.got) for one in slow
        ]


@pytest.mark.parametrize(
    ("raw", "ending", "clause"),
    [
        (b"", Ending.SILENT, "RSS-TPK-007"),
        (b"", Ending.CLOSED, "RSS-TPK-007"),
        (confirm("addendpoint")[:-3], Ending.CLOSED, "RSS-TPK-003"),
        (b"\x04" + confirm("addendpoint")[1:], Ending.FLOODED, "RSS-TPK-001"),
        (b"\x03\x01" + confirm("addendpoint")[2:], Ending.FLOODED, "RSS-TPK-002"),
        (b"\x03\x00\x00\x02", Ending.FLOODED, "RSS-TPK-003"),
    ],
)
def test_what_does_not_come_whole_is_told_by_its_clause(raw: bytes, ending: Ending, clause: str) -> None:
    checks = judged(raw, "ADDENDPOINT", SENT, ending)
    assert len(broken(checks)) == 1
    assert clause in next(iter(broken(checks).values()))


@pytest.mark.parametrize(
    ("raw", "check", "clause"),
    [
        (encode(b"<DVCRMAGER"), "reply.well-formed", "RSS-XML-002"),
        (encode("<DVCRMAGER version='1.0.0.0'>ü</DVCRMAGER>".encode("latin-1")), "reply.encoding", "RSS-XML-001"),
        (message(element("CONFIRM", "addendpoint", [("RESULT", "0"), *ENDPOINT]), root="OTHER"), "reply.root", "RSS-XML-003"),
        (message(element("CONFIRM", "addendpoint", [("RESULT", "0"), *ENDPOINT]), version="2"), "reply.root-version", "RSS-XML-004"),
        (confirm("delendpoint", ENDPOINT), "reply.name", "RSS-XML-006"),
        (confirm("addendpoint", ENDPOINT, result="2"), "reply.result", "RSS-XML-008"),
        (message(element("CONFIRM", "addendpoint", ENDPOINT)), "reply.result", "RSS-XML-008"),
        (message(), "reply.confirm", "RSS-ADDENDPOINT.confirm"),
        (
            message(element("CONFIRM", "addendpoint", [("RESULT", "0"), *ENDPOINT]), element("INDICATION", "addendpoint", ENDPOINT)),
            "reply.kind",
            "RSS-IND-007",
        ),
    ],
)  # fmt: skip
def test_each_rule_of_the_message_is_blamed_for_its_breach(raw: bytes, check: str, clause: str) -> None:
    found = broken(judged(raw, "ADDENDPOINT", SENT))
    assert clause in found[check]


@pytest.mark.parametrize(
    ("fields", "check", "clause"),
    [
        (changed("SOURCEID", None), "reply.SOURCEID", "RSS-ADDENDPOINT.confirm.SOURCEID"),
        (changed("SOURCEID", "no guid"), "reply.SOURCEID", "RSS-ADDENDPOINT.confirm.SOURCEID"),
        (changed("FLAG", "2"), "reply.FLAG", "RSS-ADDENDPOINT.confirm.FLAG"),
        (changed("FLAG", "0"), "reply.FLAG.echo", "RSS-ADDENDPOINT.confirm.FLAG"),
        (changed("SOURCENAME", "lab "), "reply.SOURCENAME.echo", "RSS-ADDENDPOINT.confirm.SOURCENAME"),
        ([*ENDPOINT, ("FLAG", "1")], "reply.FLAG.once", "RSS-ADDENDPOINT.confirm.FLAG"),
    ],
)
def test_each_field_is_there_once_with_its_type_and_what_was_sent(
    fields: list[tuple[str, str]], check: str, clause: str
) -> None:
    assert clause in broken(judged(confirm("addendpoint", fields), "ADDENDPOINT", SENT))[check]


def test_a_value_of_no_documented_kind_may_come_back_as_it_was_sent() -> None:
    odd = [(field, "7" if field == "FLAG" else text) for field, text in SENT]
    checks = judged(confirm("addendpoint", changed("FLAG", "7")), "ADDENDPOINT", odd)
    assert broken(checks) == {}
    assert {"RSS-AMB-050": frozenset({"stored"})} in [check.readings for check in checks]
    assert "reply.FLAG" in broken(judged(confirm("addendpoint", changed("FLAG", "8")), "ADDENDPOINT", odd))


def test_a_field_of_no_table_is_a_warning() -> None:
    checks = judged(confirm("addendpoint", [*ENDPOINT, ("COLOUR", "red")]), "ADDENDPOINT", SENT)
    assert broken(checks) == {}
    assert broken(checks, Severity.SHOULD) == {"reply.extra": ("RSS-XML-012",)}


def test_a_failure_needs_no_fields() -> None:
    for fields in ([], [("DESCRIPTION", "The name is in use")], ENDPOINT):
        checks = judged(confirm("addendpoint", fields, result="1"), "ADDENDPOINT", SENT)
        assert outcome_of(checks) is Outcome.PASSED
    assert packet(confirm("addendpoint", result="1"), "ADDENDPOINT").ok is False


def test_an_empty_list_is_a_bare_confirm_or_none() -> None:
    for raw in (confirm("getendpoint"), message()):
        assert outcome_of(judged(raw, "GETENDPOINT")) is Outcome.PASSED
        assert packet(raw, "GETENDPOINT").ok is True
        assert packet(raw, "GETENDPOINT").listed() == []


def test_each_confirm_of_a_list_is_looked_at() -> None:
    good, bad = ([("RESULT", "0"), *fields] for fields in (ENDPOINT, changed("FLAG", "7")))
    raw = message(*(element("CONFIRM", "getendpoint", fields) for fields in (good, good, bad)))
    assert broken(judged(raw, "GETENDPOINT")) == {"reply.FLAG": ("RSS-GETENDPOINT.confirm.FLAG",)}
    assert len(packet(raw, "GETENDPOINT").listed()) == 3


def test_a_spelling_of_a_reading_tells_the_reading() -> None:
    checks = judged(confirm(" pauseroomrecord", [("INDEX", "1024")]), "PAUSEROOMRECORD", [("INDEX", "1024")])
    assert outcome_of(checks) is Outcome.PASSED
    readings = {name: fits for check in checks for name, fits in check.readings.items()}
    assert readings["RSS-AMB-001"] == {"dvcrmager"}
    assert readings["RSS-AMB-019"] == {"spaced"}


def test_a_password_may_be_told_blanked_or_starred_but_not_changed() -> None:
    known = [("USERID", GUID), ("USERNAME", "u"), ("FULLNAME", ""), ("EMAIL", ""), ("PRIVILEGE", "1"), ("OPTIONS", "0")]
    sent = [("USERNAME", "u"), ("FULLNAME", ""), ("EMAIL", ""), ("PASSWORD", "abc"), ("PRIVILEGE", "1")]
    for shown in ("abc", "", "***"):
        assert broken(judged(confirm("adddevuser", [*known, ("PASSWORD", shown)]), "ADDDEVUSER", sent)) == {}
    found = broken(judged(confirm("adddevuser", [*known, ("PASSWORD", "abd")]), "ADDDEVUSER", sent))
    assert found == {"reply.PASSWORD.echo": ("RSS-ADDDEVUSER.confirm.PASSWORD",)}


def test_an_indication_is_checked_by_its_own_clauses() -> None:
    assert broken(told(indication("addendpoint", ENDPOINT), "ADDENDPOINT", SENT)) == {}
    found = broken(told(indication("addendpoint", changed("SOURCEIP", None)), "ADDENDPOINT", SENT))
    assert found == {"indication.SOURCEIP": ("RSS-ADDENDPOINT.indication.SOURCEIP",)}
    assert (
        "RSS-ADDENDPOINT.indication"
        in broken(told(indication("moveendpoint", ENDPOINT), "ADDENDPOINT"))["indication.name"]
    )
