"""The grammar of calls, stated apart from the codec: what is certain, what is open, and what may answer it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.tps import http, xml
from fuzz.tps.grammar import Grammar
from fuzz.tps.kit import KIT
from harness.ending import Ending
from harness.fuzzing.build import rng_of
from harness.fuzzing.call_build import CALL_CATEGORIES, CallBuilder
from harness.fuzzing.call_kit import Asked, CallTurn
from harness.fuzzing.call_members import Members
from harness.fuzzing.call_parts import DECLARATION, member, value
from harness.fuzzing.call_slots import CallSlots
from harness.fuzzing.call_values import valid, wrong
from harness.fuzzing.mutate import BYTES
from harness.fuzzing.script import Slot
from harness.messages.calls import CallBinding
from harness.spec.callvalues import is_value
from harness.spec.clauses import catalogue
from harness.spec.load import load_system
from harness.strategies_calls import CallStrategies, call_values
from harness.target import Allow, Target
from harness.wire.xmlrpc import MessageKind, read
from harness.wire.xmlrpc_write import encode_response

SYSTEM = load_system("tps")
USER = ("admin", "secret-7")
TARGET = Target(
    system="tps", name="t", host="h", ports={"http": 1}, allow=Allow(write=True), credentials={"user": USER[0], "password": USER[1]},
    fixtures={"answering_addresses": ["a@example.com"], "api_only_user": "caller"},
)  # fmt: skip
NOTHING = {
    "mediaTokensMainVideo": {"total": 0},
    "mediaTokensExtendedVideo": {"total": 0},
    "mediaTokensAudio": {"total": 0},
    "numMediaCredits": 0,
}
ID = "00000000-1111-4222-8333-444455556666"

READER = Grammar(SYSTEM, TARGET, USER)


def grammar() -> Grammar:
    READER.begin()
    return READER


def document(method: str, members: dict[str, object] | bytes = b"", head: bytes | None = None) -> bytes:
    login = member("authenticationUser", value(USER[0])) + member("authenticationPassword", value(USER[1]))
    inner = (
        members if isinstance(members, bytes) else b"".join(member(name, value(one)) for name, one in members.items())
    )
    begin = f"<methodCall><methodName>{method}</methodName><params><param><value><struct>".encode()
    return (
        DECLARATION
        + begin
        + (login if head is None else head)
        + inner
        + b"</struct></value></param></params></methodCall>"
    )


def request(body: bytes, head: bytes = b"Content-Type: text/xml\r\n") -> bytes:
    return b"POST /RPC2 HTTP/1.1\r\nHost: h\r\n%sContent-Length: %d\r\n\r\n%s" % (head, len(body), body)


def asked(
    method: str, members: dict[str, object] | bytes = b"", reader: Grammar | None = None, head: bytes | None = None
) -> Asked:
    found, rest, whole = (reader or grammar()).read(request(document(method, members, head)))
    assert (len(found), rest, whole) == (1, b"", True)
    return found[0]


def answered(reader: Grammar, method: str, members: dict[str, object], returned: dict[str, object]) -> None:
    one = asked(method, members, reader)
    body = encode_response(returned)  # type: ignore[arg-type]  # values that can be written
    raw = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    assert SYSTEM.calls is not None
    reply = CallBinding(SYSTEM, SYSTEM.calls, TARGET).read(raw, Ending.ANSWERED, method=method)
    reader.learn(CallTurn(asked=one, reply=reply))


def test_a_usual_call_is_certain() -> None:
    one = asked("device.query")
    assert (one.method, one.plain, one.success, one.faults, one.http) == (
        "device.query",
        True,
        True,
        frozenset(),
        False,
    )


@pytest.mark.parametrize(
    ("method", "members", "codes", "names"),
    [
        ("clausewise.nothing", {}, {"1"}, ()),
        ("flex.conference.query", {}, {"101"}, ("conferenceID",)),
        ("flex.conference.query", {"conferenceID": ["a"]}, {"103"}, ("conferenceID",)),
        ("flex.conference.query", {"conferenceID": ID}, {"4"}, ()),
        ("flex.participant.query", {"participantID": ID}, {"5"}, ()),
        ("flex.conference.enumerate", {"max": "nothingatall"}, {"103"}, ("max",)),
        ("flex.conference.enumerate", {"cookie": "no-such-cookie"}, {"55", "102"}, ()),
        ("flex.conference.enumerate", {"max": -1}, {"33", "102"}, ()),
    ],
)
def test_what_must_be_refused(
    method: str, members: dict[str, object], codes: frozenset[str], names: tuple[str, ...]
) -> None:
    one = asked(method, members)
    assert not one.success
    assert one.faults == codes
    assert one.names[-1:] == names or not names
    assert set(one.clauses) <= set(catalogue(SYSTEM))


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"conferenceName": "x" * 81}, {"35", "102"}), ({"metadata": bytes(513)}, {"50", "102"}), ({"guestControlLevel": "nothing"}, {"102"}),
        ({"participantMediaResources": {**NOTHING, "numMediaCredits": {}}}, {"103"}),
        ({"participantMediaResources": {"numMediaCredits": 0}}, {"101"}), ({"locked": "nothingatall"}, {"103"}),
    ],
)  # fmt: skip
def test_a_wrong_member_of_a_new_conference(change: dict[str, object], codes: frozenset[str]) -> None:
    reader = grammar()
    answered(reader, "flex.conference.create", {"participantMediaResources": NOTHING}, {"conferenceID": ID})
    one = asked("flex.conference.create", {"participantMediaResources": NOTHING, **change}, reader)
    assert (one.success, one.faults) == (False, codes)


@pytest.mark.parametrize(
    "members",
    [
        {"conferenceName": " x"}, {"waitForChair": 1}, {"startTime": True}, {"extra": 1},
        {"conferenceMediaTokens": 5, "conferenceMediaTokensUnlimited": False},
        {"conferenceMediaCreditsUnlimited": False}, {"conferenceName": "é" * 41}, {"URIs": []},
    ],
)  # fmt: skip
def test_what_is_open(members: dict[str, object]) -> None:
    one = asked("flex.conference.create", {"participantMediaResources": NOTHING, **members})
    assert one.success
    assert not one.plain


def test_an_array_that_is_none_may_spoil_the_whole_call() -> None:
    name = b"<value><array><data><value><array>a</array></value></data></array></value>"
    one = asked(
        "flex.conference.create", member("participantMediaResources", value(NOTHING)) + member("conferenceName", name)
    )
    assert (None, ()) == (one.faults, one.names)


def test_both_halves_of_a_pair_are_refused() -> None:
    one = asked(
        "flex.conference.create",
        {"participantMediaResources": NOTHING, "maxParticipantsUnlimited": True, "maxParticipants": 5},
    )
    assert not one.success
    assert "4" not in (one.faults or ())


def test_ids_that_a_script_has_made_and_ended() -> None:
    reader = grammar()
    query: dict[str, object] = {"conferenceID": ID}
    answered(reader, "flex.conference.create", {"participantMediaResources": NOTHING}, {"conferenceID": ID})
    assert asked("flex.conference.query", query, reader).plain
    answered(reader, "flex.conference.destroy", query, {"status": "operation successful"})
    assert asked("flex.conference.query", query, reader).faults == frozenset({"4"})
    reader.begin()
    assert asked("flex.conference.query", {"conferenceID": "7"}, reader).success


@pytest.mark.parametrize(
    ("user", "password", "codes"),
    [
        (value("nobody-1"), value(USER[1]), {"14", "15"}), (value(USER[0]), value("wrong"), {"14", "15"}), (value(USER[0]), b"", {"101", "14"}),
        (b"", value(USER[1]), {"101", "14"}), (value(["a"]), value(USER[1]), {"103", "14"}),
    ],
)  # fmt: skip
def test_users(user: bytes, password: bytes, codes: frozenset[str]) -> None:
    head = b"".join(
        member(name, one) for name, one in (("authenticationUser", user), ("authenticationPassword", password)) if one
    )
    one = asked("device.query", head=head)
    assert (one.success, one.faults) == (False, codes)


def test_another_user_that_the_device_may_know_is_open() -> None:
    head = member("authenticationUser", value("caller")) + member("authenticationPassword", value("x"))
    assert asked("device.query", head=head).success


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (request(document("device.query"))[:-5], "rest"), (request(document("device.query"))[:30], "rest"), (b"POS", "rest"),
        (b"GET / HTTP/1.1\r\n", "open"), (b"x", "open"), (request(b"", b"Content-Type: text/plain\r\n"), "open"),
        (request(b"", b"Transfer-Encoding: chunked\r\n"), "open"), (request(b"") + b"\r\n", "open"),
    ],
)  # fmt: skip
def test_requests(data: bytes, expected: str) -> None:
    found, rest, odd = http.read(data)
    assert ("rest" if rest else "open" if odd else "whole") == expected
    assert b"".join((*(one.raw for one in found), rest, odd)) == data


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("<string>a</string>", "a"), ("<string>&#97;<![CDATA[<]]><!-- x --></string>", "a<"), ("<int>-5</int>", -5), ("<boolean>1</boolean>", True),
        ("<base64>YQ==</base64>", b"a"), ("a", xml.Mark.OPEN), ("<int>+5</int>", xml.Mark.OPEN), ("<i4>5</i4>", xml.Mark.OPEN),
        ("<nil/>", xml.Mark.OPEN), ("<string> a</string>", xml.Mark.OPEN), ("<boolean>true</boolean>", xml.Mark.OPEN),
        ("<int>five</int>", xml.Mark.BAD), ("<int>2147483648</int>", xml.Mark.HUGE), ("<string a='b'>a</string>", xml.Mark.OPEN),
    ],
)  # fmt: skip
def test_values(inner: str, expected: object) -> None:
    call = xml.read(document("a", f"<member><name>x</name><value>{inner}</value></member>".encode(), b""))
    assert isinstance(call.value, dict)
    assert call.value["x"] == expected
    assert type(call.value["x"]) is type(expected)


@pytest.mark.parametrize(
    ("data", "broken"),
    [
        (b"", True), (b"<methodCall>", True), (b"<a></b>", True), (b"<call/>", True),
        (b"<!DOCTYPE a><methodCall/>", False), (b"\xef\xbb\xbf<methodCall/>", False),
        (b"<methodCall></methodCall>", True), (b'<?xml version="1.0" encoding="UTF-16"?><methodCall/>', False),
        (b"<methodCall>&nbsp;</methodCall>", False),
    ],
)  # fmt: skip
def test_what_is_no_call(data: bytes, broken: bool) -> None:
    call = xml.read(data)
    assert (call.broken, call.anything) == (broken, not broken)


def test_sizes() -> None:
    def padded(size: int) -> Asked:
        body = document("device.query")
        return grammar().read(
            request(body.replace(b"<params>", b"<!--" + b"x" * (size - len(body) - 7) + b"--><params>"))
        )[0][0]

    assert padded(31_000).plain
    assert padded(32_500).success
    assert not padded(32_500).plain
    assert (padded(32_769).success, padded(32_769).faults) == (False, frozenset({"105"}))


@pytest.mark.slow
@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_what_the_codec_reads_the_grammar_reads_alike(data: st.DataObject) -> None:
    """They were written apart. Where the grammar is certain, the codec finds the same values and nothing wrong."""
    builder = BUILDERS[data.draw(st.sampled_from(CALL_CATEGORIES))]
    script = builder.script(data.draw(st.randoms(use_true_random=False)))
    slots = CallSlots(TARGET, USER)
    for step in script.steps:
        parts = [b"7" if isinstance(part, Slot) and part.name.startswith("value:") else part for part in step.parts]
        for one in http.read(slots.bytes_of(parts, ()))[0]:
            call, message = xml.read(one.body), read(one.body)
            if call.broken:
                assert message.deviations
            if isinstance(call.value, dict) and call.method is not None:
                assert (message.kind, message.method) == (MessageKind.CALL, call.method)
                plain = message.struct.plain()
                assert isinstance(plain, dict)
                for name, found in call.value.items():
                    if not isinstance(found, (xml.Mark, dict, list)):
                        assert (plain[name], type(plain[name])) == (found, type(found))


MEMBERS = Members(SYSTEM, TARGET, KIT, None)
BUILDERS = {name: CallBuilder(SYSTEM, TARGET, KIT, (name,), members=MEMBERS) for name in CALL_CATEGORIES}
STRATEGIES = CallStrategies(SYSTEM, TARGET, KIT)


@given(seed=st.integers(0, 10**6), data=st.data())
@settings(max_examples=60, deadline=None)
def test_the_grammar_never_raises(seed: int, data: st.DataObject) -> None:
    raw = request(document("flex.conference.create", {"participantMediaResources": NOTHING, "conferenceName": "a"}))
    rng = rng_of(seed, 1)
    for _ in range(data.draw(st.integers(1, 4))):
        raw = BYTES[data.draw(st.integers(0, len(BYTES) - 1))].change(raw, rng.random) or b"x"
    found, _, _ = grammar().read(raw)
    assert all(one.success or one.faults is None or one.faults for one in found)


@pytest.mark.parametrize("name", sorted(SYSTEM.scalars))
def test_values_of_a_type_are_inside_of_it_and_wrong_ones_outside(name: str) -> None:
    kind = SYSTEM.scalars[name]
    assert valid(kind)
    assert all(is_value(kind, one) for one in valid(kind))  # type: ignore[arg-type]  # of its type
    for slip, written in wrong(kind):
        call = xml.read(document("a", b"<member><name>x</name>" + written + b"</member>", b""))
        assert isinstance(call.value, dict)
        one = call.value["x"]
        assert isinstance(one, (xml.Mark, dict, list)) or not is_value(kind, one), (slip, one)


@pytest.mark.slow
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_strategies_of_every_method(data: st.DataObject) -> None:
    strategies = STRATEGIES
    method = data.draw(st.sampled_from(strategies.methods))
    members = data.draw(strategies.members(method))
    call = SYSTEM.operations[method].call
    assert call is not None
    assert set(members) <= set(call.takes)
    assert all(name in members for name, one in call.takes.items() if one.required)
    kind = SYSTEM.scalars[data.draw(st.sampled_from(sorted(SYSTEM.scalars)))]
    assert is_value(kind, data.draw(call_values(kind)))
