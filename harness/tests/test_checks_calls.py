"""Every check of replies to calls can pass and can fail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from harness.checks.callfaults import expected_of
from harness.checks.callfound import Held
from harness.checks.calls import reply_checks
from harness.checks.callvalues import value_problem
from harness.ending import Ending
from harness.messages.callreply import CallReply
from harness.spec.callmodel import Slip
from harness.tests.calls_scene import DONE, MODEL, broken, dut_for, readings, reply, response
from harness.verdict import Check
from harness.wire.xmlrpc import Value
from harness.wire.xmlrpc_write import encode_fault, encode_fault_value, encode_response, typed
from harness.wire.xmlrpc_writing import Members, Writing

TIME = {
    "currentTime": datetime(2024, 1, 2, 3, 4, 5),  # noqa: DTZ001  # dates of calls have no zone
    "utcOffsetHours": 1, "utcOffsetMinutes": 0, "ntpEnabled": True, "ntpHost": "a.example",
    "ntpStatus": "synchronized",
}  # fmt: skip
PAGE = {"cookie": "c", "moreAvailable": False}


def judged(one: CallReply, version: str | None = None) -> list[Check]:
    return list(reply_checks(MODEL, one, version))


def success(method: str, members: Any, sent: Any = None, **writing: Any) -> CallReply:
    return reply(encode_response(members, writing=Writing(**writing)), method, sent)


@pytest.mark.parametrize(
    ("method", "members", "sent"),
    [
        ("flex.conference.destroy", DONE, {}),
        ("flex.conference.destroy", {**DONE, "more": 1}, {}),
        ("flex.conference.create", {"conferenceID": "a"}, {}),
        ("flex.conference.create", {"conferenceID": "a", "conferenceReference": "b"}, {"conferenceReference": "b"}),
        ("callHome.query", {"mode": "disabled", "automatic": False}, {}),
        ("flex.conference.deletions.enumerate", {**PAGE, "conferenceIDs": ["a", "b"]}, {}),
        ("flex.participant.deletions.enumerate", {**PAGE, "participantIDs": []}, {}),
        ("flex.participant.deletions.enumerate", {**PAGE, "participantIDs": []}, {"extended": False}),
        ("clausewise.nothing", {"a": 1}, {}),
    ],
)
def test_a_right_reply_passes(method: str, members: Any, sent: Any) -> None:
    assert set() == broken(judged(success(method, members, sent)))


@pytest.mark.parametrize(
    ("check", "method", "members", "sent"),
    [
        ("reply.status-member", "flex.conference.destroy", {"status": "ok"}, {}),
        ("reply.status-member", "flex.conference.destroy", {}, {}),
        ("reply.conferenceID", "flex.conference.create", {}, {}),
        ("reply.conferenceID", "flex.conference.create", {"conferenceid": "a"}, {}),
        ("reply.conferenceID:type", "flex.conference.create", {"conferenceID": 5}, {}),
        ("reply.conferenceID:length", "flex.conference.create", {"conferenceID": "a" * 51}, {}),
        ("reply.conferenceReference:absent", "flex.conference.create", {"conferenceID": "a", "conferenceReference": ""}, {}),
        (
            "reply.conferenceReference:echo", "flex.conference.create", {"conferenceID": "a", "conferenceReference": "c"},
            {"conferenceReference": "b"},
        ),
        ("reply.mode:choice", "callHome.query", {"mode": "off", "automatic": False}, {}),
        ("reply.automatic:type", "callHome.query", {"mode": "disabled", "automatic": 0}, {}),
        ("reply.conferenceIDs:type", "flex.conference.deletions.enumerate", {**PAGE, "conferenceIDs": "a"}, {}),
        ("reply.conferenceIDs:type", "flex.conference.deletions.enumerate", {**PAGE, "conferenceIDs": ["a", 1]}, {}),
        ("reply.participantIDs:absent", "flex.participant.deletions.enumerate", {**PAGE, "participantIDs": [], "IDs": []}, {"extended": True}),
        ("reply.utcOffsetMinutes:range", "device.time.query", {**TIME, "utcOffsetMinutes": 60}, {}),
        ("reply.currentTime:type", "device.time.query", {**TIME, "currentTime": "20240102T03:04:05"}, {}),
        ("reply.size", "callHome.query", {"mode": "disabled", "automatic": False, "x": "a" * 33_000}, {}),
    ],
)  # fmt: skip
def test_a_wrong_reply_is_told_by_its_member(check: str, method: str, members: Any, sent: Any) -> None:
    assert check in broken(judged(success(method, members, sent)))


def test_what_is_as_it_must_be_is_held_and_nothing_else() -> None:
    at = "TPS-flex.conference.create.returned."
    members = "conferenceID conferenceID:type conferenceID:length conferenceReference conferenceReference:type"
    parts = [*members.split(), "conferenceReference:absent", "conferenceReference:echo"]
    clauses = [at + part for part in parts]

    def upheld(members: Any, sent: Any) -> list[str]:
        held = Held()
        list(reply_checks(MODEL, success("flex.conference.create", members, sent), held=held))
        return [one.removeprefix(at) for one in held.of(clauses)]

    assert upheld({"conferenceID": "a", "conferenceReference": "b"}, {"conferenceReference": "b"}) == parts
    assert upheld({"conferenceID": "a"}, {}) == parts[:3]
    assert upheld({"conferenceID": 5, "conferenceReference": "c"}, {"conferenceReference": "b"}) == [
        "conferenceID", "conferenceReference", "conferenceReference:type", "conferenceReference:absent",
    ]  # fmt: skip
    assert upheld({}, {}) == []


def test_a_check_cites_the_clause_and_the_path() -> None:
    members = {**PAGE, "conferenceIDs": ["a", "b" * 51, "c" * 51]}
    found = [one for one in judged(success("flex.conference.deletions.enumerate", members)) if not one.passed]
    assert [("TPS-flex.conference.deletions.enumerate.returned.conferenceIDs:length",)] == [
        one.clauses for one in found
    ]
    assert "conferenceIDs[1]" in found[0].got


@pytest.mark.parametrize(
    ("check", "body"),
    [
        ("reply.well-formed", b"<methodResponse>"),
        ("reply.form", b"hello"),
        ("reply.form", b"<methodCall><methodName>a</methodName><params/></methodCall>"),
        ("reply.param-count", b"<methodResponse><params></params></methodResponse>"),
        ("reply.param-type", b"<methodResponse><params><param><value>a</value></param></params></methodResponse>"),
        ("reply.duplicate-member", encode_response(Members((("mode", "disabled"), ("mode", "disabled"), ("automatic", False))))),
        ("reply.type", encode_response({"mode": "disabled", "automatic": typed("nil", "")})),
        ("reply.int-form", encode_response({"mode": "disabled", "automatic": False, "x": typed("int", "five")})),
        ("reply.boolean-case", encode_response({"mode": "disabled", "automatic": typed("boolean", "TRUE")})),
        ("reply.dateTime-form", encode_response({"mode": "disabled", "automatic": False, "x": typed("dateTime.iso8601", "2014-01-01")})),
        ("reply.fault-form", encode_fault_value({"faultCode": "1", "faultString": "a"})),
        ("reply.fault", encode_fault(999, "nothing that is known")),
    ],
)  # fmt: skip
def test_what_is_no_right_xml_rpc_is_told_by_its_rule(check: str, body: bytes) -> None:
    assert check in broken(judged(reply(body, "callHome.query")))


@pytest.mark.parametrize(
    "writing",
    [
        {"int_tag": "i4"}, {"string_tag": False}, {"words": True}, {"declaration": False}, {"line_end": "\n", "indent": "\t"},
        {"order": "reversed"}, {"comment": "a"}, {"sections": True}, {"references": True}, {"padding": " "}, {"encoding": "utf-16"},
    ],
)  # fmt: skip
def test_no_spelling_of_a_right_reply_fails(writing: Any) -> None:
    found = judged(success("device.time.query", TIME, **writing))
    assert set() == broken(found)


def test_spellings_are_told_as_readings() -> None:
    members = {"mode": "disabled", "automatic": False}
    assert {"digit"} == readings(judged(success("callHome.query", members)), "TPS-AMB-046")
    assert {"word"} == readings(judged(success("callHome.query", members, words=True)), "TPS-AMB-046")
    assert {"more"} == readings(judged(success("callHome.query", {**members, "x": 1})), "TPS-AMB-053")
    assert {"table"} == readings(judged(reply(encode_fault(14, "Authorization failed"))), "TPS-AMB-031")
    assert {"own"} == readings(judged(reply(encode_fault(14, "no"))), "TPS-AMB-031")


def test_a_media_type_and_a_status_are_readings_and_an_error_page_is_a_failure() -> None:
    body = encode_fault(14, "authorization failed")
    found = judged(reply(b"", raw=response(body, status="500 Bad", media="application/xml")))
    assert set() == broken(found)
    assert {"application"} == readings(found, "TPS-AMB-039")
    assert {"error"} == readings(found, "TPS-AMB-038")
    good = encode_response(DONE)
    assert "reply.status" in broken(judged(reply(b"", raw=response(good, status="500 Bad"))))
    assert "reply.form" in broken(judged(reply(b"", raw=response(b"<html/>", status="404 Not Found"))))


def test_a_reply_that_does_not_come_fails() -> None:
    one = dut_for().binding.read(b"HTTP/1.1 200 OK\r\nContent-Le", Ending.SILENT, method="callHome.query")
    assert {"reply.comes"} == broken(judged(one))


def test_a_response_without_length_ends_with_its_connection() -> None:
    raw = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/xml\r\n\r\n" + encode_response(DONE)
    one = dut_for().binding.read(raw, Ending.CLOSED, method="flex.conference.destroy")
    assert one.ok is True
    assert set() == broken(judged(one))


def test_an_older_api_is_not_asked_for_what_came_later() -> None:
    members = {"conferenceID": "a"}
    whole = {one.id for one in judged(success("flex.conference.query", members)) if not one.passed}
    older = {one.id for one in judged(success("flex.conference.query", members), "3.0") if not one.passed}
    assert "reply.guestControlLevel" in whole
    assert "reply.guestControlLevel" not in older
    assert "reply.waitForChair" in older


def test_of_both_halves_of_a_pair_one_comes_back() -> None:
    members = {"conferenceID": "a", "maxParticipants": 5, "maxParticipantsUnlimited": True}
    found = {one.id: one for one in judged(success("flex.conference.query", members)) if not one.passed}
    assert "TPS-UNL-002" in found["reply.maxParticipants:absent"].clauses


def test_a_member_that_the_document_lists_twice_may_come_twice() -> None:
    pairs = (("participantID", "a"), ("displayName", "b"), ("displayName", "b"))
    found = judged(reply(encode_response(Members(pairs)), "flex.participant.status"))
    assert "reply.duplicate-member" not in broken(found)
    assert {"twice"} == readings(found, "TPS-AMB-168")
    other = (("participantID", "a"), ("displayName", "b"), ("displayName", "c"))
    assert "reply.duplicate-member" in broken(judged(reply(encode_response(Members(other)), "flex.participant.status")))


@pytest.mark.parametrize(
    ("kind", "value", "aspect"),
    [
        ("identifier", typed("string", "a" * 50), None),
        ("identifier", typed("string", "a" * 51), "length"),
        ("base64-512", typed("base64", "YWJj"), None),
        ("count", typed("int", "-1"), "range"),
        ("receiver-choice", typed("int", "0"), "range"),
        ("call-protocol", typed("", "sip"), None),
        ("call-protocol", typed("", "SIP"), "choice"),
        ("ipv4", typed("string", "192.0.2.300"), "type"),
        ("boolean", typed("int", "1"), "type"),
    ],
)
def test_a_value_is_judged_by_its_type(kind: str, value: Value, aspect: str | None) -> None:
    problem = value_problem(MODEL.scalars[kind], value)
    assert aspect == (problem.aspect if problem is not None else None)


def test_a_call_of_two_kinds_at_once_is_told() -> None:
    both = {"URI": "1", "callBandwidth": 64000, "disconnectOnIncoming": False, "remoteAddress": "2"}
    assert "reply.calls:type" in broken(judged(success("flex.participant.query", {"calls": [both]})))
    one = {name: value for name, value in both.items() if name != "remoteAddress"}
    assert "reply.calls:type" not in broken(judged(success("flex.participant.query", {"calls": [one]})))


def test_what_is_no_array_is_none_of_the_listed_types() -> None:
    found = judged(success("flex.conference.deletions.enumerate", {**PAGE, "conferenceIDs": "a"}))
    assert ["TPS-ENC-004"] == [one.clauses[-1] for one in found if not one.passed]


def test_an_empty_id_is_an_unknown_one_too() -> None:
    assert "operation-failed" in expected_of(MODEL, "user.modify", "currentUserId", Slip.EMPTY).outcomes
    assert expected_of(MODEL, "flex.conference.query", "conferenceID", Slip.EMPTY).accepted is None
    assert expected_of(MODEL, "flex.reservation.enumerate", "conferenceID", Slip.EMPTY).accepted is not None
