from __future__ import annotations

import time
from datetime import datetime

import pytest

from harness.errors import DecodeError
from harness.wire.xmlrpc import (
    LIMITS,
    RULES,
    Kind,
    Limits,
    MessageKind,
    Value,
    Weight,
    XmlRpcError,
    decode,
    format_path,
    parse_path,
    read,
)
from harness.wire.xmlrpc_message import MOST_DEVIATIONS

# The document's example of a command, as it stands there (Example Command), and of a fault, with its second </member> taken out.
COMMAND = b"""<?xml version='1.0' encoding='UTF-8'?>
  <methodCall>
    <methodName>flex.conference.destroy</methodName>
    <params>
      <param>
<value>
  <struct>
    <member>
      <name>authenticationPassword</name>
      <value><string></string></value>
    </member>
    <member>
      <name>conferenceID</name>
      <value><string>6f030fa0-08c4-11e2-a57e-000d07100000</string></value>
    </member>
    <member>
      <name>authenticationUser</name>
      <value><string>admin</string></value>
    </member>
  </struct>
</value>
</param>
</params>
</methodCall>
"""
FAULT = b"""<?xml version="1.0" encoding="UTF-8"?>
<methodResponse>
  <fault>
    <value>
      <struct>
        <member>
          <name>faultCode</name>
    <value>
      <int>4</int>
    </value>
  </member>
<member>
  <name>faultString</name>
  <value>
    <string>conferenceID: no such conference</string>
  </value>
</member>
</struct>
</value>
</fault>
</methodResponse>
"""
PADDED = b"""<member>
  <name>
    currentTime
  </name>
  <value>
    <dateTime.iso8601>
      20130218T10:45:00
    </dateTime.iso8601>
  </value>
</member>"""


def call(members: bytes = b"", head: bytes = b"") -> bytes:
    return (
        head
        + b"<methodCall><methodName>m</methodName><params><param><value><struct>"
        + members
        + b"</struct></value></param></params></methodCall>"
    )


def member(value: bytes, name: bytes = b"a") -> bytes:
    return b"<member><name>" + name + b"</name>" + value + b"</member>"


def one(value: bytes) -> tuple[Value, list[str]]:
    """The value of a call's only member, and the rules that are broken."""
    message = read(call(member(value)))
    (found,) = message.struct.members
    return found.value, message.rules


def told(data: bytes) -> list[tuple[str, str, int, int]]:
    return [(item.rule, item.path, item.line, item.column) for item in read(data).deviations]


# The document's examples


def test_the_example_command_is_read() -> None:
    message = read(COMMAND)
    assert (MessageKind.CALL, "flex.conference.destroy", ()) == (message.kind, message.method, message.deviations)
    assert ["authenticationPassword", "conferenceID", "authenticationUser"] == message.struct.names
    assert {
        "authenticationPassword": "",
        "conferenceID": "6f030fa0-08c4-11e2-a57e-000d07100000",
        "authenticationUser": "admin",
    } == message.struct.plain()
    assert (True, "UTF-8", "utf-8") == (message.declaration, message.declared, message.encoding)
    found = message.find("conferenceID")
    assert found is not None
    assert (14, 7, COMMAND.index(b"<value><string>6f")) == message.place(found)


def test_the_example_fault_is_read_once_its_second_end_tag_is_gone() -> None:
    message = read(FAULT)
    assert (MessageKind.FAULT, 4, "conferenceID: no such conference") == (
        message.kind, message.fault_code, message.fault_string,
    )  # fmt: skip
    assert () == message.deviations


def test_the_example_fault_as_it_stands_is_read_up_to_where_it_breaks() -> None:
    broken = FAULT.replace(b"  </member>\n<member>", b"  </member>\n</member>\n<member>")
    message = read(broken)
    assert (MessageKind.FAULT, 4, None) == (message.kind, message.fault_code, message.fault_string)
    assert [("well-formed", "", 12, 3)] == told(broken)
    assert message.lost


def test_the_example_with_blanks_around_name_and_date_is_read_and_told() -> None:
    message = read(call(PADDED))
    assert {"currentTime": datetime(2013, 2, 18, 10, 45)} == message.struct.plain()  # noqa: DTZ001
    assert ["padding"] == message.rules
    assert {Weight.LOOSE} == {deviation.weight for deviation in message.deviations}
    (found,) = message.struct.members
    assert ("currentTime", "\n    currentTime\n  ") == (found.name, found.written)


# Values


@pytest.mark.parametrize(
    ("value", "kind", "tag", "text", "scalar"),
    [
        (b"<value><int>5</int></value>", Kind.INT, "int", "5", 5),
        (b"<value><i4>-5</i4></value>", Kind.INT, "i4", "-5", -5),
        (b"<value><int>+007</int></value>", Kind.INT, "int", "+007", 7),
        (b"<value><int>2147483647</int></value>", Kind.INT, "int", "2147483647", 2**31 - 1),
        (b"<value><int>-2147483648</int></value>", Kind.INT, "int", "-2147483648", -(2**31)),
        (b"<value><int>" + b"0" * 60 + b"7</int></value>", Kind.INT, "int", "0" * 60 + "7", 7),
        (b"<value><int>-" + b"0" * 60 + b"</int></value>", Kind.INT, "int", "-" + "0" * 60, 0),
        (b"<value><boolean>1</boolean></value>", Kind.BOOLEAN, "boolean", "1", True),
        (b"<value><boolean>0</boolean></value>", Kind.BOOLEAN, "boolean", "0", False),
        (b"<value><boolean>true</boolean></value>", Kind.BOOLEAN, "boolean", "true", True),
        (b"<value><boolean>false</boolean></value>", Kind.BOOLEAN, "boolean", "false", False),
        (b"<value><string> a\n</string></value>", Kind.STRING, "string", " a\n", " a\n"),
        (b"<value><string/></value>", Kind.STRING, "string", "", ""),
        (b"<value>a &lt;&amp;&#65;</value>", Kind.STRING, "", "a <&A", "a <&A"),
        (b"<value> \n </value>", Kind.STRING, "", " \n ", " \n "),
        (b"<value/>", Kind.STRING, "", "", ""),
        (b"<value><![CDATA[<int>]]>5</value>", Kind.STRING, "", "<int>5", "<int>5"),
        (b"<value><!-- x -->5<?pi x?>6</value>", Kind.STRING, "", "56", "56"),
        (b"<value><double>-1.5</double></value>", Kind.DOUBLE, "double", "-1.5", -1.5),
        (b"<value><double>.5</double></value>", Kind.DOUBLE, "double", ".5", 0.5),
        (
            b"<value><dateTime.iso8601>20140107T13:31:26</dateTime.iso8601></value>", Kind.DATETIME,
            "dateTime.iso8601", "20140107T13:31:26", datetime(2014, 1, 7, 13, 31, 26),  # noqa: DTZ001
        ),
        (b"<value><base64>YW Jj\n</base64></value>", Kind.BASE64, "base64", "YW Jj\n", b"abc"),
        (b"<value><base64></base64></value>", Kind.BASE64, "base64", "", b""),
    ],
)  # fmt: skip
def test_a_value_keeps_its_element_and_text_and_says_what_it_means(
    value: bytes, kind: Kind, tag: str, text: str, scalar: object
) -> None:
    found, rules = one(value)
    assert [] == rules
    assert (kind, tag, text, scalar) == (found.kind, found.tag, found.text, found.scalar)


@pytest.mark.parametrize(
    ("value", "scalar", "rule"),
    [
        (b"<value><int>2147483648</int></value>", 2**31, "int-range"),
        (b"<value><int>" + b"9" * 5000 + b"</int></value>", None, "int-range"),
        (b"<value><int>1" + b"0" * 400 + b"</int></value>", None, "int-range"),
        (b"<value><boolean>True</boolean></value>", True, "boolean-case"),
        (b"<value><double>1e3</double></value>", 1000.0, "double-exponent"),
        (b"<value><dateTime.iso8601>2014-01-07T13:31:26</dateTime.iso8601></value>", datetime(2014, 1, 7, 13, 31, 26), "dateTime-form"),  # noqa: DTZ001
        (b"<value><dateTime.iso8601>20140107T13:31:26+0100</dateTime.iso8601></value>", datetime(2014, 1, 7, 13, 31, 26), "dateTime-zone"),  # noqa: DTZ001
        (b"<value><dateTime.iso8601>20140107T13:31:60</dateTime.iso8601></value>", None, "dateTime-value"),
        (b"<value><dateTime.iso8601>00000107T13:31:00</dateTime.iso8601></value>", None, "dateTime-value"),
    ],
)  # fmt: skip
def test_what_is_clear_is_read_although_its_form_is_wrong(value: bytes, scalar: object, rule: str) -> None:
    found, rules = one(value)
    assert ([rule], scalar) == (rules, found.scalar)


def test_what_is_unknown_or_repeated_is_kept() -> None:
    data = call(
        member(b"<value><i8>5</i8></value>")
        + b"<x>1</x>"
        + member(b"<value><int>1</int><b>2</b></value>")
        + member(b"<value><int>3</int></value>", b"c")
    )
    message = read(data)
    struct = message.struct
    assert [("type", "a"), ("unknown-element", ""), ("duplicate-member", "a"), ("unknown-element", "a")] == [
        (item.rule, item.path) for item in message.deviations
    ]
    assert [("x", "1")] == [(item.name, item.text) for item in struct.unknown]
    first, second = struct.all("a")
    assert (Kind.NONE, "i8", "5", None) == (first.kind, first.tag, first.text, first.scalar)
    assert [("b", "2")] == [(item.name, item.text) for item in second.unknown]
    assert second is struct.get("a")
    assert {"a": 1, "c": 3} == struct.plain()


def test_a_deviation_has_line_column_byte_and_path() -> None:
    data = b"<methodCall>\n<methodName>m</methodName><params><param><value><struct>\r\n<member><name>p</name>\r<value><array><data>"
    data += '<value>é</value><value><struct><member><name>é"</name> <value>é<nil/></value></member></struct></value>'.encode()
    data += b"</data></array></value></member></struct></value></param></params></methodCall>"
    text, kind = read(data).deviations
    assert ("misplaced-text", 'p[1]["é\\""]', 4) == (text.rule, text.path, text.line)
    assert (data.index(b"<nil/>") - 2, data.index(b"<nil/>")) == (text.byte, kind.byte)
    assert kind.column == text.column + 1
    line = data.decode().splitlines()[3]
    assert line.index("<nil/>") + 1 == kind.column
    assert str(kind) == f'line 4, column {kind.column}: p[1]["é\\""]: <nil>, a type that XML-RPC does not have (type)'


def test_paths_find_what_they_name() -> None:
    inner = b"<value><struct>" + member(b"<value>y</value>", b"b.c") + b"</struct></value>"
    struct = read(call(member(b"<value><array><data><value>x</value>" + inner + b"</data></array></value>"))).struct
    assert ["", "a", "a[0]", "a[1]", 'a[1]["b.c"]'] == [format_path(path) for path, _ in struct.walk()]
    for path, value in struct.walk():
        assert value is struct.find(path)
        assert value is struct.find(format_path(path))
    assert None is struct.find("a[2]")
    assert None is struct.find("a[0].b")


@pytest.mark.parametrize("text", [".a", "a.", "a b", "a[", "a[x]", "[1", 'a["x]', "a..b", 'a["\\q"]'])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="path"):
        parse_path(text)


# Spellings of XML


@pytest.mark.parametrize(
    ("codec", "mark", "declared", "encoding"),
    [
        ("utf-8", b"", None, "utf-8"), ("utf-8", b"", "uTf-8", "utf-8"), ("utf-8", b"\xef\xbb\xbf", "UTF-8", "utf-8"),
        ("utf-16-le", b"\xff\xfe", "UTF-16", "utf-16"), ("utf-16-be", b"\xfe\xff", None, "utf-16"),
        ("utf-16-le", b"", "UTF-16LE", "utf-16"), ("iso-8859-1", b"", "ISO-8859-1", "iso-8859-1"),
    ],
)  # fmt: skip
def test_each_encoding_is_read_with_its_places(codec: str, mark: bytes, declared: str | None, encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>\n' if declared else "\n" if not mark else ""
    text = head + call(member("<value>éß</value>".encode()) + member(b"<value><nil/></value>", b"b")).decode()
    message = read(mark + text.encode(codec))
    assert ("éß", encoding, declared) == (message.struct.plain()["a"], message.encoding, declared)  # type: ignore[index,call-overload]
    (deviation,) = message.deviations
    at = text.index("<nil/>")
    assert len(mark + text[:at].encode(codec)) == deviation.byte
    assert (at - text.rfind("\n", 0, at), 1 + head.count("\n")) == (deviation.column, deviation.line)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (call(member(b"<value>\xff</value>")), ("encoding", call(member(b"<value>\xff</value>")).index(b"\xff"))),
        (call(head=b'<?xml version="1.0" encoding="UTF-16"?>'), ("encoding", 0)),
        (call(head=b'<?xml version="1.0" encoding="x-none"?>'), ("encoding", 0)),
        (
            call(member(b"<value>\xc3\xa9</value>"), b'<?xml version="1.0" encoding="US-ASCII"?>'),
            ("encoding", 41 + call(member(b"<value>|")).index(b"|")),
        ),
        (call(head=b'\xef\xbb\xbf<?xml version="1.0" encoding="ISO-8859-1"?>'), ("encoding", 3)),
        (call(head=b'<?xml version="1.0" encoding="UTF-8"?>').decode().encode("utf-16"), ("encoding", 2)),
        (call().decode().encode("utf-16-le"), ("encoding", 0)),
        (b"\xff\xfe" + call().decode().encode("utf-16-le") + b"\x00", ("encoding", 2 + 2 * len(call()))),
        (call().decode().encode("utf-32"), ("encoding-unread", 4)),
        (b"\xef\xbb\xbf\xef\xbb\xbf" + call(), ("well-formed", 3)),
        (b" \n", ("empty", 0)),
        (call(head=b"<!-- <!DOCTYPE x> -->\n<!DOCTYPE x>"), ("doctype", 22)),
        (call(member(b"<value>&x;</value>")), ("entity", call(member(b"<value>")).index(b"</member>"))),
        (b"<params/>", ("root", 0)),
        (b"<methodCall", ("well-formed", 0)),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_xml_is_told_at_its_byte(data: bytes, expected: tuple[str, int]) -> None:
    found = [(item.rule, item.byte) for item in read(data).deviations]
    assert expected == found[0]
    assert {"encoding", "well-formed"} >= {rule for rule, _ in found[1:]}


def test_bytes_that_are_none_in_utf_8_leave_the_rest_readable() -> None:
    data = call(member(b"<value>a\xffb\xc3</value>") + member(b"<value><nil/></value>", b"n"))
    message = read(data)
    assert "a\ufffdb\ufffd" == message.struct.all("a")[0].text
    assert [("encoding", data.index(b"\xff")), ("type", data.index(b"<nil/>"))] == [
        (item.rule, item.byte) for item in message.deviations
    ]


# Responses


@pytest.mark.parametrize(
    ("inner", "kind", "deviations"),
    [
        (b"<params><param><value><struct/></value></param></params>", "response", []),
        (b"", "response", [("missing-result", "")]),
        (b"<params/>", "response", [("param-count", "")]),
        (b"<fault/>", "fault", [("missing-value", "")]),
        (b"<fault><value>a</value></fault>", "fault", [("fault-form", "")]),
        (b"<fault><value><struct/></value></fault>", "fault", [("fault-form", "faultCode"), ("fault-form", "faultString")]),
        (
            b"<fault><value><struct>" + member(b"<value>4</value>", b"faultCode") + member(b"<value>x</value>", b"faultString")
            + member(b"<value>y</value>", b"more") + b"</struct></value></fault>",
            "fault", [("fault-form", "faultCode"), ("fault-form", "more")],
        ),
        (
            b"<params><param><value><struct/></value></param></params><fault><value><struct>"
            + member(b"<value><i4>4</i4></value>", b"faultCode") + member(b"<value>x</value>", b"faultString") + b"</struct></value></fault>",
            "fault", [("params-and-fault", "")],
        ),
    ],
)  # fmt: skip
def test_a_response_has_one_parameter_or_a_fault(inner: bytes, kind: str, deviations: list[tuple[str, str]]) -> None:
    message = read(b"<methodResponse>" + inner + b"</methodResponse>")
    assert (kind, deviations) == (str(message.kind), [(item.rule, item.path) for item in message.deviations])


# Bounds


def test_length_depth_and_number_are_bounded() -> None:
    limits = Limits(length=2000, depth=2, values=6)
    two = member(b"<value><struct>" + member(b"<value>x</value>") + b"</struct></value>")
    assert () == read(call(two), limits).deviations
    three = member(b"<value><struct>" + two + b"</struct></value>")
    assert ["depth"] == read(call(three), limits).rules
    assert ["length"] == read(call() + b" " * 2000, limits).rules
    many = b"".join(member(b"<value/>", b"n%d" % number) for number in range(6))
    assert ["values"] == read(call(many), limits).rules
    assert () == read(call(many[: many.index(b"<member><name>n5")]), limits).deviations


@pytest.mark.parametrize(
    "data",
    [
        b"<a>" * 300_000,
        b"<methodCall>" + b"<params>" * 100_000,
        call(b"<x/>" * 250_000),
        call(member(b"<value>" + b"&lt;" * 250_000 + b"</value>")),
        call(member(b"<value>a</value>") * 20_000),
        b"<!--" * 250_000,
        b"<?" * 400_000,
        b"<methodCall><methodName>" + b" " * 1_000_000,
        call(b"\n" * 1_000_000),
    ],
)  # fmt: skip
def test_hostile_documents_take_no_longer_than_long_ones(data: bytes) -> None:
    began = time.process_time()
    message = read(data)
    assert time.process_time() - began < 5
    assert len(message.deviations) <= MOST_DEVIATIONS


def test_more_deviations_than_are_listed_are_counted() -> None:
    message = read(call(b"<x/>" * (MOST_DEVIATIONS + 7)))
    assert (MOST_DEVIATIONS, 7) == (len(message.deviations), message.more)


# What raises


def test_decode_raises_for_what_is_wrong_and_says_where() -> None:
    data = call(member(b"<value><nil/></value>"))
    with pytest.raises(XmlRpcError, match=r"byte \d+: type: .*line 1, column .* a: <nil>") as caught:
        decode(data)
    assert isinstance(caught.value, DecodeError)
    assert (data.index(b"<nil/>"), "type", "m") == (caught.value.offset, caught.value.rule, caught.value.message.method)


def test_decode_lets_loose_ones_pass_unless_told_otherwise() -> None:
    data = call(member(b"<value><int> 5 </int></value>"))
    assert {"a": 5} == decode(data).struct.plain()
    with pytest.raises(XmlRpcError, match="padding"):
        decode(data, LIMITS, loose=False)


def test_each_rule_has_a_weight() -> None:
    assert set(Weight) == set(RULES.values())
