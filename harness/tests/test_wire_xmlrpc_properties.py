from __future__ import annotations

import itertools
import re
import xmlrpc.client
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.wire.xmlrpc import LIMITS, Kind, Member, Message, MessageKind, Value, Weight, XmlRpcError, decode, read
from harness.wire.xmlrpc_full import read_fully
from harness.wire.xmlrpc_quick import read_quickly
from harness.wire.xmlrpc_text import source_of
from harness.wire.xmlrpc_write import encode_call, encode_fault, encode_message, encode_response
from harness.wire.xmlrpc_writing import Writing

# Lists of code points, not st.text(): that builds tables of all characters first, which takes seconds on a fresh checkout.
CHARS = st.sampled_from("<>&\"'\t\n\r ;#x]-\x7f\x85\xa0\u2028\ufffd\U0001f600\U0010ffff") | st.integers(
    0x20, 0x2FFF
).map(chr)
TEXTS = st.lists(CHARS, max_size=12).map("".join)
NAMES = st.sampled_from(["a", "conferenceID", "x.y", "_", "A-1"]) | TEXTS.map(lambda text: f"n{text}.")
DATES = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(lambda date: date.replace(microsecond=0))  # noqa: DTZ001
SCALARS = (
    TEXTS | st.booleans() | st.integers(-(2**31), 2**31 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.binary(max_size=60) | DATES
)  # fmt: skip
STRUCTS: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    NAMES,
    st.recursive(
        SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
    ),
    max_size=5,
)
SPACE = st.sampled_from(["", " ", "\n", "\t \r\n"])
WRITINGS = st.builds(
    Writing,
    declaration=st.booleans(),
    quote=st.sampled_from("\"'"),
    mark=st.booleans(),
    int_tag=st.sampled_from(["int", "i4"]),
    ints=st.sampled_from(["plain", "plus", "zeros"]),
    string_tag=st.booleans(),
    words=st.booleans(),
    line_end=SPACE,
    indent=SPACE,
    split=st.booleans(),
    order=st.sampled_from(["given", "sorted", "reversed"]),
    references=st.booleans(),
    sections=st.booleans(),
    comment=st.sampled_from(["", " <value> & ' "]),
    short=st.booleans(),
    encoding=st.just("utf-8"),
)
# What needs its declaration to be read.
DECLARED = st.builds(Writing, encoding=st.sampled_from(["utf-16", "iso-8859-1", "us-ascii"]), sections=st.booleans())
METHODS = st.sampled_from(["a", "flex.conference.create", "A_1/b:c"])


def plain(value: object) -> object:
    """What is written, as it is read: keeps apart what Python holds for equal."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return type(value).__name__, value


def client_value(value: Any) -> Any:
    """What xmlrpc.client makes of a value, in Python's own types."""
    if isinstance(value, dict):
        return {name: client_value(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [client_value(one) for one in value]
    if isinstance(value, xmlrpc.client.DateTime):
        return datetime.strptime(value.value, "%Y%m%dT%H:%M:%S")  # noqa: DTZ007
    return value.data if isinstance(value, xmlrpc.client.Binary) else value


def for_client(value: Any) -> Any:
    """A value as xmlrpc.client takes it; it writes dates before the year 1000 without zeros in front."""
    if isinstance(value, dict):
        return {name: for_client(one) for name, one in value.items()}
    if isinstance(value, list):
        return [for_client(one) for one in value]
    if isinstance(value, datetime):
        return xmlrpc.client.DateTime(f"{value:%Y%m%dT%H:%M:%S}".rjust(17, "0"))
    return value


def unplaced(value: Value) -> object:
    """A value without its places."""
    members = [(member.name, unplaced(member.value)) for member in value.members]
    return value.kind, value.tag, value.text, value.scalar, members, [unplaced(item) for item in value.items]


def both(data: bytes) -> Message:
    """A message by the quick way, if that takes it, and by the full one: they are the same."""
    full = read_fully(source_of(data), LIMITS)
    quick = read_quickly(data, LIMITS)
    assert quick is None or quick == full
    assert full == read(data)
    return full


@given(METHODS, STRUCTS, WRITINGS | DECLARED)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_written_is_read_again_in_any_spelling(method: str, struct: dict[str, Any], writing: Writing) -> None:
    message = both(encode_call(method, struct, writing=writing))
    assert () == message.deviations
    assert (MessageKind.CALL, method, writing.encoding) == (message.kind, message.method, message.encoding)
    assert plain(struct) == plain(message.struct.plain())
    if writing.order == "given":
        assert list(struct) == message.struct.names


@given(STRUCTS, WRITINGS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_message_that_was_read_is_written_as_it_was(struct: dict[str, Any], writing: Writing) -> None:
    writing = Writing(**{name: getattr(writing, name) for name in ("int_tag", "ints", "string_tag", "words")})
    for data in (
        encode_response(struct, writing=writing),
        encode_call("m", struct, writing=writing),
        encode_fault(4, "x"),
    ):
        message = both(data)
        again = read(encode_message(message, writing=Writing(line_end="\n", indent=" ")))
        assert unplaced(message.struct) == unplaced(again.struct)
        assert (message.kind, message.method) == (again.kind, again.method)


@given(STRUCTS)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_python_s_own_client_reads_what_is_written(struct: dict[str, Any]) -> None:
    (found,), method = xmlrpc.client.loads(encode_call("flex.x", struct))
    assert "flex.x" == method
    assert plain(struct) == plain(client_value(found))
    (found,), method = xmlrpc.client.loads(encode_response(struct))
    assert method is None
    assert plain(struct) == plain(client_value(found))


@given(STRUCTS)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_python_s_own_client_writes_is_read(struct: dict[str, Any]) -> None:
    """It writes carriage returns as they are, which XML reads as line ends, and doubles with an exponent."""
    struct = _without_returns(struct)
    for data in (
        xmlrpc.client.dumps((for_client(struct),), "flex.x"),
        xmlrpc.client.dumps((for_client(struct),), methodresponse=True),
    ):
        message = both(data.encode())
        assert {"double-exponent"} >= set(message.rules)
        assert plain(struct) == plain(message.struct.plain())


def _without_returns(value: Any) -> Any:
    if isinstance(value, dict):
        return {_without_returns(name): _without_returns(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_without_returns(one) for one in value]
    return value.replace("\r", "") if isinstance(value, str) else value


@given(st.integers(-(2**31), 2**31 - 1), TEXTS.map(lambda text: text.replace("\r", "")))
@settings(max_examples=60, deadline=None)
def test_faults_are_the_same_to_python_s_own_client(code: int, text: str) -> None:
    with pytest.raises(xmlrpc.client.Fault) as caught:
        xmlrpc.client.loads(encode_fault(code, text))
    assert (code, text) == (caught.value.faultCode, caught.value.faultString)
    message = both(xmlrpc.client.dumps(xmlrpc.client.Fault(code, text)).encode())
    assert (MessageKind.FAULT, code, text, ()) == (
        message.kind, message.fault_code, message.fault_string, message.deviations,
    )  # fmt: skip


PIECES = st.sampled_from([
    b"<", b">", b"</", b"&", b"&amp;", b"&#0;", b"&#x110000;", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?xml version='1.0'?>",
    b"<!DOCTYPE a [", b"\0",
    b"\xff",
    b"\xc3", b"\xef\xbf\xbf", b"\xef\xbb\xbf", b"<value>", b"</value>", b"<struct>", b"<member>", b"<name>a</name>", b"<int>", b"</int>",
    b"<nil/>", b"<array>",
    b"</data>", b"<params>", b"<fault>", b"</methodCall>", b"9" * 50, b" ", b"\r", b"\xc2\x85", b"\xc2\xb2", b"_",
])  # fmt: skip
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), PIECES | st.binary(max_size=3)), max_size=4)


@given(STRUCTS, WRITINGS | DECLARED, EDITS)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_spoiled_bytes_are_read_without_raising_and_both_ways_agree(
    struct: dict[str, Any], writing: Writing, edits: list[tuple[float, int, bytes]]
) -> None:
    check_any(spoiled(struct, writing, edits))


@given(st.lists(PIECES | st.binary(max_size=8) | st.just(encode_call("m", {"a": 1})), max_size=12).map(b"".join))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_read_without_raising(data: bytes) -> None:
    check_any(data)


@pytest.mark.slow
@given(STRUCTS, WRITINGS | DECLARED, EDITS)
@settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_many_spoiled_bytes_are_read_without_raising(
    struct: dict[str, Any], writing: Writing, edits: list[tuple[float, int, bytes]]
) -> None:
    check_any(spoiled(struct, writing, edits))


def spoiled(struct: dict[str, Any], writing: Writing, edits: list[tuple[float, int, bytes]]) -> bytes:
    """A call with some of its bytes changed."""
    data = encode_call("flex.x", struct, writing=writing)
    for where, gone, new in edits:
        at = int(where * len(data))
        data = data[:at] + new + data[at + gone :]
    return data


def check_any(data: bytes) -> None:
    """What holds of any bytes."""
    message = both(data)
    lines = data.count(b"\n") + data.count(b"\r") + data.count(b"\x00") + 1
    for one in message.deviations:
        assert 0 <= one.byte <= len(data)
        assert 1 <= one.line <= lines
        assert 1 <= one.column <= len(data) + 1
        assert one.message
    if message.kind is MessageKind.NONE:
        assert message.lost
    heavy = [one for one in message.deviations if one.weight is not Weight.LOOSE]
    if not heavy:
        assert message == decode(data)
        return
    with pytest.raises(XmlRpcError) as caught:
        decode(data)
    assert heavy[0] == caught.value.deviation


WHOLE: dict[str, Any] = {"a": 1, "b": "x", "c": {"d": True, "e": {}}, "f": [1, {"g": "y"}, []], "h": {"i": [2]}, "j": 3}
MESSAGES = {
    "call": encode_call("m", WHOLE),
    "bare": encode_call("m", WHOLE, writing=Writing(string_tag=False)),
    "lines": encode_call("m", WHOLE, writing=Writing(line_end="\n", indent=" ")),
    "response": encode_response(WHOLE),
    "fault": encode_fault(4, "x"),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_no_tag_may_be_lost_doubled_or_out_of_place(name: str) -> None:
    data = MESSAGES[name]
    assert read(data).deviations == ()
    tags = [(one.start(), one.end()) for one in re.finditer(rb"<[^?>]+>", data)]
    wrong = {
        **{f"lost {data[at:end]!r} at {at}": data[:at] + data[end:] for at, end in tags},
        **{f"doubled {data[at:end]!r} at {at}": data[:end] + data[at:] for at, end in tags},
        **{
            f"{data[at:end]!r} at {at} exchanged": data[:at] + data[end:more] + data[at:end] + data[more:]
            for (at, end), (_, more) in itertools.pairwise(tags)
            if data[at:end] != data[more - (end - at) : more]
        },
    }
    assert [what for what, spoiled in wrong.items() if not read(spoiled).deviations] == []


def test_the_quick_way_takes_the_usual_spellings() -> None:
    """Else the property above would compare nothing, and every reader would be slow."""
    struct: dict[str, Any] = {"a": "x&<é", "b": 5, "c": [1, {"d": True}], "e": "", "f": 1.5, "g": b"abc"}
    for writing in (
        Writing(),
        Writing(line_end="\r\n", indent="\t", split=True),
        Writing(string_tag=False, words=True),
        Writing(declaration=False),
    ):
        for data in (
            encode_call("a.b", struct, writing=writing),
            encode_response(struct, writing=writing),
            encode_fault(1, "", writing=writing),
        ):
            assert read_quickly(data, LIMITS) is not None
    assert read_quickly(xmlrpc.client.dumps(({"a": "x", "b": 5},), "a.b").encode(), LIMITS) is not None


def test_places_of_the_quick_way_are_those_of_bytes() -> None:
    data = encode_call("m", {"a": "ü", "b": 1})
    member: Member = both(data).struct.members[1]
    assert (data.index(b"<member><name>b"), data.index(b"<value><int>")) == (member.at, member.value.at)
    assert Kind.INT is member.value.kind
