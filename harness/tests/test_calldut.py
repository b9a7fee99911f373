"""Flows of calls: what is sent, what is checked, what is taken back, and what becomes of a device that lacks a method."""

from __future__ import annotations

from typing import Any

import pytest

from harness.calldut import CallDut
from harness.certify import versioned
from harness.checks.callfaults import aspect_of, clause_of, expected_of, expected_use
from harness.ending import Ending
from harness.errors import UsageError
from harness.flow import CaseInconclusive, CaseSkipped, CaseStopped, Note
from harness.messages.calls import CallBinding
from harness.messages.calltexts import text_of_value, value_of_text
from harness.spec.callmodel import Slip
from harness.spec.clauses import catalogue
from harness.spec.model import Effect
from harness.tests.calls_scene import (
    DONE,
    MODEL,
    PASSWORD,
    USER,
    Device,
    Table,
    broken,
    by_table,
    dut_for,
    ended,
    readings,
    reply,
    target,
)
from harness.wire.http1 import encode
from harness.wire.xmlrpc_write import encode_fault, encode_response
from harness.wire.xmlrpc_writing import Members, Writing

CREATE, QUERY, DESTROY = "flex.conference.create", "flex.conference.query", "flex.conference.destroy"
MAKES: Table = {CREATE: {"conferenceID": "c1"}, DESTROY: DONE}


def device(**table: Any) -> Device:
    return Device(by_table({**MAKES, **{name.replace("_", "."): found for name, found in table.items()}}))


def binding(known: Any = None) -> CallBinding:
    return dut_for(known).binding


# what is sent


def test_a_call_has_user_and_password_first_and_the_flow_sees_a_stand_in() -> None:
    one, dut = device(), dut_for()
    assert ended(dut.call(DESTROY, {"conferenceID": "c1"}), one) is None
    assert [
        (DESTROY, {"authenticationUser": USER, "authenticationPassword": dut.password, "conferenceID": "c1"})
    ] == one.calls
    assert len(PASSWORD) == len(dut.password) != 0
    assert PASSWORD.encode() not in one.sent[0]
    assert f">{PASSWORD}<".encode() in dut.binding.reveal(one.sent[0])
    assert len(one.sent[0]) == len(dut.binding.reveal(one.sent[0]))


@pytest.mark.parametrize(
    "writing", [{"references": True}, {"sections": True}, {"encoding": "utf-16"}, {"string_tag": False}]
)
def test_the_password_is_put_in_whatever_the_spelling(writing: Any) -> None:
    one = binding()
    sent = one.reveal(one.document(DESTROY, {"conferenceID": "c1"}, writing=Writing(**writing)))
    codec = "utf-16-le" if writing.get("encoding") else "utf-8"
    assert f">{PASSWORD}<".encode(codec) in sent
    assert one.document(DESTROY, {"conferenceID": "c1"}, writing=Writing(**writing)) == one.hide(sent)


def test_a_device_that_repeats_the_password_is_not_quoted() -> None:
    one = binding()
    assert PASSWORD.encode() not in one.hide(encode_fault(14, f"no such user {PASSWORD}!"))


def test_users_are_left_out_in_part_or_of_the_fixtures() -> None:
    one, dut = device(), dut_for()
    ended(dut.call(DESTROY, user=(None, "x")), one)
    ended(dut.call(DESTROY, user=dut.user("disabled")), one)
    assert {"authenticationPassword": "x"} == one.calls[0][1]
    assert one.calls[1][1]["authenticationUser"] == "idle"
    assert one.calls[1][1]["authenticationPassword"] != "Idle-7-gate"
    with pytest.raises(CaseSkipped, match="api_only_user"):
        dut.user("api_only")


def test_a_password_that_was_never_right_says_nothing_of_the_device() -> None:
    nobody, dut = device(**{QUERY: (14, "authorization failed")}), dut_for()
    assert isinstance(found := ended(dut.call(QUERY, {"conferenceID": "c1"}), nobody), CaseInconclusive), found
    assert USER in str(found)
    assert ended(dut.call(QUERY, {"conferenceID": "c1"}, user=("other", "x")), nobody) is None
    assert ended(dut.call(DESTROY, {"conferenceID": "c1"}), nobody) is None  # now it has been right
    assert ended(dut.call(QUERY, {"conferenceID": "c1"}), nobody) is None


def test_a_request_is_as_it_is_wanted() -> None:
    one = binding()
    sent = encode(one.request(b"abcdefg", path="/x", chunks=[3], headers=[("Content-Type", None), ("X-A", "b")]))
    assert sent.startswith(b"POST /x HTTP/1.1\r\n")
    assert b"content-type" not in sent.lower()
    assert b"X-A: b\r\n" in sent
    assert sent.endswith(b"\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n1\r\ng\r\n0\r\n\r\n")
    assert b"Content-Length: 7\r\n" in encode(one.request(b"abcdefg"))


def test_entries_of_the_journal_are_calls_again() -> None:
    values: tuple[Any, ...] = ("a=b", 5, True, b"\x00", {"a": [1, {"b": "c"}]}, [])
    for value in values:
        assert value == value_of_text(text_of_value(value))
    one = binding()
    call, data = one.call("device.feature.remove", ('key="a=b"',))
    assert b"<string>a=b</string>" in data
    body = encode_response(DONE)
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    assert one.reply(call, raw, Ending.ANSWERED, 0).ok is True


# what bytes may do


@pytest.mark.parametrize(
    ("effect", "body"),
    [
        (Effect.READ, b"<methodName>flex.conference.query</methodName>"),
        (Effect.READ, b"<methodName>clausewise.nothing</methodName>"),
        (Effect.READ, b""),
        (Effect.WRITE, b"<methodName>flex.conference.destroy</methodName>"),
        (Effect.WRITE, b"<methodName>\n FLEX.conference.Destroy </methodName>"),
        (Effect.WRITE, b"<methodName>flex.conference.&#100;estroy</methodName>"),
        (Effect.WRITE, b"<methodName>flex.conference.<!-- a -->destroy</methodName>"),
        (Effect.WRITE, b"<methodName><![CDATA[flex.conference.]]>destroy</methodName>"),
        (Effect.WRITE, "<methodName>flex.conference.destroy</methodName>".encode("utf-16")),
        (Effect.WRITE, b"<methodName>flex.conference.nothing</methodName>"),
        (Effect.DESTRUCTIVE, b"<methodName>device.restart</methodName>"),
        (Effect.DESTRUCTIVE, b"<methodName>device.restarts</methodName>"),
        (Effect.DESTRUCTIVE, b"<methodName>x.restart</methodName>"),
    ],
)
def test_the_effect_of_a_call_is_that_of_its_method(effect: Effect, body: bytes) -> None:
    assert effect is binding().effect(encode(binding().request(body)))[0]


def test_other_http_methods_and_chunks_are_seen_through() -> None:
    one = binding()
    body = b"<methodName>device.restart</methodName>"
    assert Effect.DESTRUCTIVE is one.effect(encode(one.request(body, chunks=[5])))[0]
    assert Effect.DESTRUCTIVE is one.effect(encode(one.request(b"", method="DELETE")))[0]
    assert Effect.READ is one.effect(encode(one.request(b"", method="GET", path="/system.xml")))[0]
    assert Effect.WRITE is one.effect(encode(one.request(b"", method="PATCH")))[0]


# faults


@pytest.mark.parametrize(
    ("path", "slip", "code", "text", "passed"),
    [
        ("participantMediaResources", Slip.MISSING, 101, "missing parameter: participantMediaResources", True),
        ("participantMediaResources", Slip.MISSING, 101, "missing parameter: conferenceName", False),
        ("participantMediaResources", Slip.MISSING, 102, "invalid parameter", False),
        ("participantMediaResources.numMediaCredits", Slip.MISSING, 101, "Missing Parameter: numMediaCredits", True),
        ("URIs[0].URI", Slip.MISSING, 101, "missing parameter: URIs[0].URI", True),
        ("conferenceName", Slip.LENGTH, 35, "string is too long", True),
        ("conferenceName", Slip.LENGTH, 102, "invalid parameter", True),
        ("conferenceName", Slip.LENGTH, 33, "out of range", False),
        ("conferenceName", Slip.MALFORMED, 103, "malformed parameter: conferenceName", True),
        ("conferenceName", Slip.MALFORMED, 103, "malformed parameter: conferenceNames", False),
        ("maxParticipants", Slip.BOTH, 103, "malformed parameter: maxParticipantsUnlimited", True),
    ],
)
def test_a_fault_is_the_documented_one_and_names_the_member(
    path: str, slip: Slip, code: int, text: str, passed: bool
) -> None:
    dut = dut_for()
    assert passed is dut.fault(
        reply(encode_fault(code, text), CREATE), expected_of(MODEL, CREATE, path, slip), "TPS-FLT-003"
    )
    assert passed is not bool(broken(dut.checks))


def test_a_word_longer_than_any_choice_may_be_too_long() -> None:
    expected = expected_of(MODEL, "user.create", "accessRights", Slip.CHOICE)
    for word, passes in (("clausewise", False), ("administrators", True)):
        one, dut = device(user_create=(35, "string is too long")), dut_for()

        async def flow(word: str = word, dut: CallDut = dut) -> None:
            dut.fault(await dut.call("user.create", {"accessRights": word}), expected)

        ended(flow(), one)
        assert passes is (not broken(dut.checks))


def test_a_success_passes_only_where_a_reading_accepts_it() -> None:
    done, dut = reply(encode_response({"conferenceID": "a"}), CREATE), dut_for()
    expected = expected_of(MODEL, CREATE, "callAttributes.maxTransmitPacketSize", Slip.RANGE)
    assert dut.fault(done, expected)
    assert {"old"} == readings(dut.checks, "TPS-AMB-027")
    assert not dut.fault(
        done, expected_of(MODEL, CREATE, "callAttributes.maxTransmitPacketSize", Slip.RANGE, opened=False)
    )
    assert not dut.fault(done, expected_of(MODEL, CREATE, "conferenceName", Slip.LENGTH))


def test_faults_of_methods_and_rules() -> None:
    dut = dut_for()
    assert dut.fault(reply(encode_fault(18, "duplicate URI"), CREATE), "duplicate-uri")
    assert not dut.fault(reply(encode_fault(14, "x"), CREATE), dut.syntax.unknown_method)
    assert dut.fault(reply(encode_fault(4, "no such conference"), QUERY), ("no-such-conference", "invalid-parameter"))
    assert dut.fault(reply(encode_fault(53, "x"), CREATE), expected_use(MODEL, CREATE, "too-few-credits"))
    assert {"insufficient"} == readings(dut.checks, "TPS-AMB-065")
    silent = dut.binding.read(b"", Ending.SILENT, method=CREATE)
    with pytest.raises(CaseStopped):
        dut.fault(silent, "duplicate-uri")


def test_every_clause_of_a_member_is_in_the_catalogue() -> None:
    known = catalogue(MODEL)
    for path, slip in (
        ("conferenceName", Slip.LENGTH), ("URIs[0].callBandwidth", Slip.RANGE), ("URIs", Slip.MANY), ("metadata", Slip.BYTES),
        ("participantMediaResources.mediaTokensAudio.maxPerChannel", Slip.BOTH), ("participantMediaResources", Slip.MISSING),
        ("authenticationUser", Slip.MISSING),
    ):  # fmt: skip
        assert clause_of(MODEL, CREATE, path, aspect_of(slip)) in known
        assert clause_of(MODEL, CREATE, path) in known


def test_refusals_and_open_points() -> None:
    dut = dut_for()
    page = dut.binding.read(b"HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n", Ending.ANSWERED)
    assert dut.refused(page)
    assert dut.refused(dut.binding.read(b"", Ending.CLOSED))
    assert dut.refused(reply(encode_fault(103, "x")))
    assert {"http", "closed", "malformed"} == readings(dut.checks, "TPS-AMB-037")
    assert not dut.refused(reply(encode_response({"a": 1})))
    assert not dut.refused(reply(encode_fault(1, "x")), ambiguity="size-answer", faults=("request-too-large",))
    assert dut.either(reply(encode_response({"a": 1})), "http-chunked")
    assert not dut.either(reply(encode_fault(103, "x")), "http-chunked")
    assert {"read", "refused"} == readings(dut.checks, "TPS-AMB-059")
    with pytest.raises(CaseStopped):
        dut.either(dut.binding.read(b"", Ending.SILENT), "http-chunked")


# a device that lacks a method


async def _success(dut: CallDut) -> None:
    dut.ok(await dut.call("device.query", must=True))


async def _other(dut: CallDut) -> None:
    dut.fault(await dut.call("device.query", {"x": 1}), "invalid-parameter")


def test_a_missing_method_fails_its_own_case_and_skips_the_others() -> None:
    one, dut = Device(by_table({})), dut_for()
    assert isinstance(ended(_success(dut), one), CaseStopped)
    assert ["device.query"] == [check.id for check in dut.checks if not check.passed]
    assert isinstance(ended(_other(dut_for()), one), CaseSkipped)
    assert isinstance(ended(dut_for().setup("device.query"), one), CaseSkipped)


def test_a_method_that_has_answered_before_is_there() -> None:
    one, dut = Device(by_table({"device.query": (102, "invalid parameter")})), dut_for()
    assert ended(_other(dut), one) is None
    one.answer = by_table({})
    assert ended(_other(dut), one) is None
    assert "fault.2" in broken(dut.checks)


def test_who_may_not_call_says_nothing_of_what_there_is() -> None:
    one, dut = Device(by_table({"device.query": (14, "authorization failed")})), dut_for()
    ended(dut.call("device.query"), one)
    one.answer = by_table({})
    assert isinstance(ended(dut.call("device.query"), one), CaseSkipped)


def test_an_optional_method_is_skipped_even_by_its_own_case() -> None:
    dut = dut_for()

    async def flow() -> None:
        dut.ok(await dut.call("flex.reservation.enumerate", must=True))

    assert isinstance(ended(flow(), Device(by_table({}))), CaseSkipped)
    assert {"absent"} == readings(dut.checks, "TPS-AMB-256")


# versions


def test_what_a_version_does_not_have_is_not_asked_for() -> None:
    one, dut = device(), dut_for(target(claims={"api_version": "3.0"}))
    assert dut.version == "3.0"
    assert isinstance(ended(dut.call("user.create"), one), CaseSkipped)
    skipped = ended(dut.call(CREATE, {"conferenceName": "a", "guestControlLevel": "controlNone"}), one)
    assert "guestControlLevel" in str(skipped)
    assert "callAttributes.forceNothing" not in str(
        ended(dut.call(CREATE, {"callAttributes": {"forceNothing": 1}}), one)
    )
    assert "callAttributes.multistreamMode" in str(
        ended(dut.call(CREATE, {"callAttributes": {"multistreamMode": "multistreamOn"}}), one)
    )
    assert ended(dut.call(CREATE, {"guestControlLevel": "controlNone"}, judged=False), one) is None


def test_a_version_is_named_by_an_option_or_a_claim() -> None:
    assert "4.1" == versioned(MODEL, target(), "4.1").claims["api_version"]
    assert "4.1" == versioned(MODEL, target(claims={"api_version": "4.1"}), None).claims["api_version"]
    assert {} == versioned(MODEL, target(), None).claims
    with pytest.raises(UsageError, match=r"--api-version 9: expected one of 3\.0"):
        versioned(MODEL, target(), "9")


# what is taken back


def _notes(one: Device) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(note.what, note.operation, note.arguments) for note in one.notes]


def test_what_is_made_is_removed_and_what_is_removed_is_forgotten() -> None:
    one, dut = device(), dut_for()
    ended(dut.call(CREATE, {}), one)
    assert [("add", DESTROY, ('conferenceID="c1"',))] == _notes(one)
    ended(dut.call(DESTROY, {"conferenceID": "c1"}), one)
    assert [("drop", DESTROY, ('conferenceID="c1"',)), ("gone", "", ('conferenceID="c1"',))] == _notes(one)[1:]


def test_a_setting_is_asked_for_once_and_set_back() -> None:
    told = {"outboundDomain": "old.example", "outboundAddress": "a", "outboundTransport": "tcp"}
    one, dut = device(sip_query=told, sip_modify=DONE), dut_for()
    ended(dut.call("sip.modify", {"outboundDomain": "new.example"}), one)
    ended(dut.call("sip.modify", {"outboundTransport": "udp", "username": "u"}), one)
    assert ["sip.query", "sip.modify", "sip.modify"] == [name for name, _ in one.calls]
    assert [
        ("add", "sip.modify", ('outboundDomain="old.example"',)),
        ("add", "sip.modify", ('outboundTransport="tcp"', 'username=""')),
    ] == _notes(one)


def test_what_the_case_has_made_need_not_be_set_back() -> None:
    one, dut = (
        device(flex_conference_modify=DONE, flex_conference_query={"conferenceID": "c1", "conferenceName": "a"}),
        dut_for(),
    )
    ended(dut.call(CREATE, {}), one)
    ended(dut.call("flex.conference.modify", {"conferenceID": "c1", "conferenceName": "b"}), one)
    assert [CREATE, "flex.conference.modify"] == [name for name, _ in one.calls]
    other = dut_for()
    ended(other.call("flex.conference.modify", {"conferenceID": "c2", "maxParticipants": 5}), one)
    assert [("add", DESTROY)] == [
        note[:2] for note in _notes(one)
    ]  # it did not say how many there may be: nothing to set back
    one.answer = by_table({"flex.conference.modify": DONE, QUERY: {"maxParticipantsUnlimited": True}})
    ended(dut_for().call("flex.conference.modify", {"conferenceID": "c2", "maxParticipants": 5}), one)
    assert ("add", "flex.conference.modify", ('conferenceID="c2"', "maxParticipantsUnlimited=true")) == _notes(one)[-1]


def test_a_user_with_a_new_name_is_still_removed() -> None:
    one, dut = device(user_create=DONE, user_modify=DONE), dut_for()
    ended(dut.call("user.create", {"newUserId": "u1", "password": "p", "accessRights": "apiOnly"}), one)
    ended(dut.call("user.modify", {"currentUserId": "u1", "newUserId": "u2"}), one)
    assert [
        ("drop", "user.destroy", ('currentUserId="u1"',)),
        ("add", "user.destroy", ('currentUserId="u2"',)),
    ] == _notes(one)[1:]


def test_a_key_that_is_added_again_is_left() -> None:
    one, dut = device(device_feature_add=DONE, device_feature_remove=DONE), dut_for()
    ended(dut.call("device.feature.remove", {"key": "k"}), one)
    ended(dut.call("device.feature.add", {"key": "k"}), one)
    assert [("add", "device.feature.add", ('key="k"',)), ("drop", "device.feature.add", ('key="k"',))] == _notes(one)


# samples, queries, connections


def test_a_sample_has_what_is_required_and_no_more() -> None:
    one, dut = device(), dut_for()
    found: dict[str, Any] = {}

    async def flow() -> None:
        found.update(await dut.sample(CREATE), own=await dut.sample(DESTROY))

    assert ended(flow(), one) is None
    assert {"participantMediaResources", "own"} == found.keys()
    assert {"mediaTokensMainVideo", "mediaTokensExtendedVideo", "mediaTokensAudio", "numMediaCredits"} == found[
        "participantMediaResources"
    ].keys()
    assert {"conferenceID": "c1"} == found["own"]
    assert [CREATE] == [name for name, _ in one.calls]


def test_a_limit_is_asked_of_the_device() -> None:
    one, dut = device(), dut_for()
    found: dict[str, Any] = {}
    one.provided = {("told", "flex.resource.query:minCallBandwidth"): "64", ("conference", "any"): "c7"}

    async def flow() -> None:
        found.update(await dut.sample("flex.participant.create"))

    assert ended(flow(), one) is None
    assert found["conferenceID"] == "c7"
    assert found["calls"][0]["callBandwidth"] == 64


def test_queries_show_what_was_set() -> None:
    listed = {"users": [{"currentUserid": "u0"}, {"currentUserid": "u1", "name": "n"}], "moreAvailable": False}

    def pages(members: Any) -> Any:
        return listed if members.get("enumerateID") == "e" else {"users": [], "moreAvailable": True, "enumerateID": "e"}

    one, dut, found = device(user_create=DONE, user_enumerate=pages), dut_for(), []

    async def flow() -> None:
        found.extend(
            await dut.shows(await dut.call("user.create", {"newUserId": "u1", "password": "p", "accessRights": "none"}))
        )

    assert ended(flow(), one) is None
    (seen,) = found
    assert [value and value.scalar for value in map(seen.get, ("name", "newUserId"))] == ["n", "u1"]
    assert seen.get("accessRights") is None


def test_setup_is_inconclusive_where_it_fails() -> None:
    assert isinstance(
        ended(dut_for().setup(QUERY, {"conferenceID": "x"}), device(flex_conference_query=(4, "x"))), CaseInconclusive
    )


def test_a_call_is_sent_again_where_the_kept_connection_was_dead() -> None:
    one, dut = device(), dut_for()
    one.dead = 1
    assert ended(dut.call(DESTROY, {"conferenceID": "c1"}), one) is None
    assert set() == broken(dut.checks)
    assert len(one.sent) == 2
    one.dead = 2
    ended(dut.call(DESTROY, {"conferenceID": "c1"}), one)
    assert {"reply.comes"} == broken(dut.checks)


def test_a_connection_that_ends_long_after_a_call_has_left_it_unanswered() -> None:
    one, dut = device(), dut_for()
    one.dead, one.took_s = 1, 2.0
    ended(dut.call(DESTROY, {"conferenceID": "c1"}), one)
    assert {"reply.comes"} == broken(dut.checks)
    assert len(one.sent) == 1


@pytest.mark.parametrize(("refusals", "end"), [(2, type(None)), (99, CaseInconclusive)])
def test_answers_that_are_due_are_waited_for(refusals: int, end: type) -> None:
    answers = iter([(203, "too many asynchronous requests")] * refusals)
    one, dut = device(flex_participant_requestDiagnostics=lambda _: next(answers, DONE)), dut_for()
    members = {"participantID": "p", "receiverURI": "http://192.0.2.1/"}
    assert isinstance(ended(dut.call("flex.participant.requestDiagnostics", members), one), end)
    assert len(one.waited) == min(refusals, 11)
    ended(dut.call("flex.participant.requestDiagnostics", members, busy=True), one)
    assert len(one.waited) == min(refusals, 11)


def test_a_fault_that_misses_what_need_not_be_there_contradicts_its_clause() -> None:
    one, dut = device(flex_conference_create=(101, "missing parameter: conferenceName")), dut_for()

    async def flow() -> None:
        dut.ok(await dut.call(CREATE, {"startTime": 5}), "TPS-FLT-001")

    ended(flow(), one)
    (check,) = [one for one in dut.checks if not one.passed]
    assert check.clauses == ("TPS-FLT-001", f"TPS-{CREATE}.conferenceName")


def test_calls_on_a_connection_of_bytes_are_answered_in_turn() -> None:
    one, dut, found = device(), dut_for(), []

    async def flow() -> None:
        data = encode(dut.request(dut.document(DESTROY, Members((("conferenceID", "a"), ("conferenceID", "b"))))))
        await dut.send(data + data, link="a")
        found.append(await dut.answer(DESTROY, {"conferenceID": "b"}, link="a"))
        found.append(await dut.answer(DESTROY, link="a"))

    assert ended(flow(), one) is None
    assert [True, True] == [answer.ok for answer in found]
    assert [Note] == [type(note) for note in one.notes]
