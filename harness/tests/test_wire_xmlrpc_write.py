from __future__ import annotations

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

import pytest

from harness.wire.xmlrpc import read
from harness.wire.xmlrpc_write import (
    encode_call,
    encode_fault,
    encode_fault_value,
    encode_response,
    typed,
)
from harness.wire.xmlrpc_writing import Members, Raw, Writable, Writing

# Examples


def test_a_call_is_written_as_xml_rpc_shows_it() -> None:
    writing = Writing(line_end="\n", indent="  ", split=True, quote="'")
    data = encode_call("flex.x", {"a": "b<", "n": 5, "l": [True, {"c": ""}]}, writing=writing)
    expected = """<?xml version='1.0' encoding='UTF-8'?>
<methodCall>
  <methodName>flex.x</methodName>
  <params>
    <param>
      <value>
        <struct>
          <member>
            <name>a</name>
            <value>
              <string>b&lt;</string>
            </value>
          </member>
          <member>
            <name>n</name>
            <value>
              <int>5</int>
            </value>
          </member>
          <member>
            <name>l</name>
            <value>
              <array>
                <data>
                  <value>
                    <boolean>1</boolean>
                  </value>
                  <value>
                    <struct>
                      <member>
                        <name>c</name>
                        <value>
                          <string></string>
                        </value>
                      </member>
                    </struct>
                  </value>
                </data>
              </array>
            </value>
          </member>
        </struct>
      </value>
    </param>
  </params>
</methodCall>
"""
    assert expected == data.decode()


def test_a_fault_and_a_response_are_written_without_white_space_by_default() -> None:
    assert (
        b'<?xml version="1.0" encoding="UTF-8"?><methodResponse><fault><value><struct><member><name>faultCode</name><value><int>4</int></value>'
        b"</member><member><name>faultString</name><value><string>no such conference</string></value></member></struct></value></fault>"
        b"</methodResponse>" == encode_fault(4, "no such conference")
    )
    assert (
        b"<methodResponse><params><param><value><struct><member><name>status</name><value>operation successful</value></member></struct>"
        b"</value></param></params></methodResponse>"
        == encode_response({"status": "operation successful"}, writing=Writing(declaration=False, string_tag=False))
    )


@pytest.mark.parametrize(
    ("value", "writing", "expected"),
    [
        (5, Writing(int_tag="i4"), "<value><i4>5</i4></value>"),
        (5, Writing(ints="plus"), "<value><int>+5</int></value>"),
        (-5, Writing(ints="zeros"), "<value><int>-005</int></value>"),
        (True, Writing(words=True), "<value><boolean>true</boolean></value>"),
        ("", Writing(short=True), "<value><string/></value>"),
        ("a]]>&\r", Writing(sections=True), "<value><string>a]]&gt;&amp;&#13;</string></value>"),
        ("a]]>&", Writing(sections=True), "<value><string><![CDATA[a]]]]><![CDATA[>&]]></string></value>"),
        ("a", Writing(references=True, string_tag=False), "<value>&#x61;</value>"),
        (5, Writing(padding="\n"), "<value><int>\n5\n</int></value>"),
        ("a", Writing(padding="\n"), "<value><string>a</string></value>"),
        ("a", Writing(attribute=' b="c"'), '<value><string b="c">a</string></value>'),
        (1e22, Writing(), "<value><double>10000000000000000000000.0</double></value>"),
        (-1.5e-7, Writing(), "<value><double>-0.00000015</double></value>"),
        (1.5e300, Writing(), f"<value><double>15{'0' * 299}.0</double></value>"),
        (b"\xff" * 3, Writing(), "<value><base64>////</base64></value>"),
        (datetime(14, 1, 7), Writing(), "<value><dateTime.iso8601>00140107T00:00:00</dateTime.iso8601></value>"),  # noqa: DTZ001
        (typed("i8", " 5"), Writing(int_tag="i4"), "<value><i8> 5</i8></value>"),
        (typed("", "x"), Writing(), "<value>x</value>"),
        (StrEnum("E", {"A": "a"}).A, Writing(), "<value><string>a</string></value>"),  # type: ignore[attr-defined]
        (IntEnum("I", {"A": 3}).A, Writing(), "<value><int>3</int></value>"),  # type: ignore[attr-defined]
        (bytearray(b"abc"), Writing(), "<value><base64>YWJj</base64></value>"),
    ],
)  # fmt: skip
def test_a_value_is_written_in_each_spelling(value: Writable, writing: Writing, expected: str) -> None:
    text = encode_call("m", {"v": value, "l": [value]}, writing=writing).decode()
    assert 2 == text.count(expected)


def test_raw_pieces_stand_as_they_are() -> None:
    struct = Members((("a", 1), Raw("<member/>"), ("a", Raw("<value>\udcff</value>")), ("l", [Raw("<x/>")])))
    data = encode_call("m", struct, Raw("<param/>"))
    assert b"</member><member/><member><name>a</name><value>\xff</value></member>" in data
    assert b"<data><x/></data>" in data
    assert b"</param><param/></params>" in data


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"a": {"b": [1, 2**31]}}, r"a\.b\[1\]: .*four bytes"), ({"a": [[{"c": "\0"}]]}, r"a\[0\]\[0\]\.c: .*U\+0000"),
        ({"a": None}, "a: .*NoneType"),
        ({"a": float("nan")}, "a: double"), ({"a": datetime(2014, 1, 7, microsecond=1)}, "a: dateTime"), ({"a": 10**400}, "a: "),  # noqa: DTZ001
        ({"a\x01": 1}, r"U\+0001"),
    ],
)  # fmt: skip
def test_what_xml_rpc_cannot_hold_is_refused_with_its_path(value: Any, place: str) -> None:
    with pytest.raises(ValueError, match=f"^{place}" if place[0] == "a" else place):
        encode_call("m", value)


@pytest.mark.parametrize(
    "wrong",
    [{"encoding": "utf-7"}, {"int_tag": "i8"}, {"order": ""}, {"ints": "hex"}, {"quote": "`"},
     {"padding": "x"}, {"comment": "--"}, {"line_end": "\xa0"}]
)  # fmt: skip
def test_a_writing_that_would_mean_something_else_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Writing(**wrong)  # type: ignore[arg-type]


def test_a_fault_may_carry_any_value() -> None:
    assert ["fault-form"] == read(encode_fault_value("x")).rules
    assert ["fault-form"] == read(encode_fault("4", "x")).rules
