from __future__ import annotations

import gc
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from harness.wire.xmlmessage import (
    LONGEST,
    RULES,
    USUAL,
    Document,
    Element,
    Field,
    Spelling,
    encode_document,
    encode_message,
    read_message,
)

# General Information, item 5, as it stands there.
COMMAND = b"""<?xml version="1.0" encoding="utf-8" ?>
<DVCRMAGER version="1.0.0.0">
    <COMMAND xmlid="login">
        <USERNAME value="Administrator"/>
        <PASSWORD value="" />
        <LANG value="0"/>
    </COMMAND>
</DVCRMAGER>
"""
# Lists of code points, not st.text(): that builds tables of all characters first, which takes seconds on a fresh checkout.
LEGAL = st.sampled_from("<>&\"'\t\n\r ;#x]-\x7f\x85\xa0\u2028\ufffd\U0001f600\U0010ffff") | st.integers(
    0x20, 0x2FFF
).map(chr)
VALUES = st.lists(LEGAL, max_size=12).map("".join)
NAMES = st.sampled_from(["value", "name", "xmlid", "A", "a.b-c_1", "H.239", "_x"])
ATTRIBUTES = st.dictionaries(NAMES, VALUES, max_size=3)
TEXTS = VALUES.map(lambda text: text.strip(" \t\r\n"))
FIELDS = st.builds(lambda name, attributes, text: Field(name=name, attributes=attributes, text=text), NAMES, ATTRIBUTES, TEXTS)  # fmt: skip
ELEMENTS = st.builds(
    lambda name, attributes, fields, text: Element(name=name, attributes=attributes, fields=tuple(fields), text=text),
    NAMES,
    ATTRIBUTES,
    st.lists(FIELDS, max_size=4),
    TEXTS,
)
SPACE = st.sampled_from(["", " ", "\n", "\t \r\n"])
SPELLINGS = st.builds(
    Spelling,
    declaration=st.booleans(),
    encoding=st.sampled_from(["utf-8", "UTF-8", "Utf-8", ""]),
    quote=st.sampled_from("\"'"),
    blank=SPACE,
    pair=st.booleans(),
    equals=st.sampled_from(["=", " = ", "\n="]),
    line_end=SPACE,
    indent=SPACE,
    attribute_space=st.sampled_from([" ", "\n\t"]),
    comment=st.sampled_from(["", " <A> & > 'x' ", "<!DOCTYPE a>"]),
    references=st.booleans(),
    mark=st.booleans(),
)


def message(value: str = "0", spelling: Spelling = USUAL) -> bytes:
    return encode_message("R", {"version": "1"}, "COMMAND", "xmlid", "login", [("LANG", value, {})], "value", spelling)


def unplaced(document: Document) -> tuple[object, ...]:
    """What a document says, without places and spelling."""
    elements = [
        (one.name, one.attributes, one.text, [(each.name, each.attributes, each.text) for each in one.fields])
        for one in document.elements
    ]
    return document.root, document.attributes, elements


def rules(data: bytes) -> list[str]:
    return [problem.rule for problem in read_message(data).problems]


def only_problem(data: bytes) -> tuple[str, int, int]:
    (problem,) = read_message(data).problems
    return problem.rule, problem.line, problem.column


# Writing


def test_a_command_is_written_as_in_the_document() -> None:
    fields: list[tuple[str, str, dict[str, str]]] = [("USERNAME", "Administrator", {}), ("PASSWORD", "", {}), ("LANG", "0", {})]  # fmt: skip
    spelling = Spelling(indent="    ", line_end="\n")
    data = encode_message("DVCRMAGER", {"version": "1.0.0.0"}, "COMMAND", "xmlid", "login", fields, "value", spelling)
    assert COMMAND.replace(b'"/>', b'" />') == data


def test_values_are_escaped_so_that_they_survive() -> None:
    """Tabs and line ends would become spaces in a value (XML 1.0, 3.3.3)."""
    assert b'value="&amp;&lt;&gt;&quot;\'&#9;&#10;&#13;"' in message("&<>\"'\t\n\r")
    assert b"value='&amp;&lt;&gt;\"&apos;&#9;&#10;&#13;'" in message("&<>\"'\t\n\r", Spelling(quote="'"))
    assert b'value="&#x41;&#x1f600;"' in message("A\U0001f600", Spelling(references=True))
    assert 'value="é\U0001f600"'.encode() in message("é\U0001f600")


@pytest.mark.parametrize("char", ["\0", "\x08", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
@pytest.mark.parametrize("spelling", [USUAL, Spelling(quote="'"), Spelling(references=True)])
def test_what_xml_cannot_hold_is_refused(char: str, spelling: Spelling) -> None:
    with pytest.raises(ValueError, match=rf"U\+{ord(char):04X} at character 1"):
        message(f"a{char}", spelling)
    with pytest.raises(ValueError, match=r"XML 1\.0 can hold"):
        encode_document("R", {}, [Element(name="A", attributes={}, text=char)])


@pytest.mark.parametrize("name", ["", " A", "A B", "1A", "-A", "A<", "A=", "A/", "\xd7"])
def test_what_is_no_name_is_refused(name: str) -> None:
    field = Field(name=name, attributes={})
    for root, attributes, elements in (
        (name, {}, []),
        ("R", {name: ""}, []),
        ("R", {}, [Element(name=name, attributes={})]),
        ("R", {}, [Element(name="A", attributes={}, fields=(field,))]),
    ):
        with pytest.raises(ValueError, match="XML name"):
            encode_document(root, attributes, elements)


def test_a_field_has_its_attributes_beside_its_value_and_may_have_none() -> None:
    fields = [("MEMBER", "1", {"name": "a"}), ("MEMBER", None, {"name": "b"}), ("NONE", None, {})]
    data = encode_message("R", {}, "CONFIRM", "xmlid", None, fields, "value")
    assert b'<MEMBER value="1" name="a" />\n    <MEMBER name="b" />\n    <NONE />' in data
    assert b"<CONFIRM>" in data
    with pytest.raises(ValueError, match="another value"):
        encode_message("R", {}, "CONFIRM", "xmlid", None, [("MEMBER", "1", {"value": "b"})], "value")


@pytest.mark.parametrize(
    "wrong",
    [
        {"quote": "`"}, {"blank": "x"}, {"line_end": "\xa0"}, {"indent": "-"}, {"attribute_space": ""}, {"equals": "=="}, {"equals": ""},
        {"encoding": "latin-1"}, {"comment": "a--b"}, {"comment": "a-"}, {"comment": "\0"},
    ],
)  # fmt: skip
def test_a_spelling_that_would_mean_something_else_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Spelling(**wrong)  # type: ignore[arg-type]


# Reading


def test_a_command_of_the_document_is_read_with_its_places() -> None:
    document = read_message(COMMAND)
    assert ("DVCRMAGER", {"version": "1.0.0.0"}, "utf-8", "1.0", 2, 1, "", ()) == (
        document.root, document.attributes, document.encoding, document.version, document.line, document.column, document.text, document.problems,
    )  # fmt: skip
    (command,) = document.elements
    assert ("COMMAND", {"xmlid": "login"}, 3, 5) == (command.name, command.attributes, command.line, command.column)
    assert command.fields == (
        Field(name="USERNAME", attributes={"value": "Administrator"}, line=4, column=9),
        Field(name="PASSWORD", attributes={"value": ""}, line=5, column=9),
        Field(name="LANG", attributes={"value": "0"}, line=6, column=9),
    )


def test_repeated_elements_and_fields_stay_in_their_order() -> None:
    document = read_message(b'<R><A i="1"><M v="1"/><N/><M v="2"/><M v="1"/></A><B/><A i="2"><M v="3"/></A></R>')
    assert [("A", "1"), ("B", None), ("A", "2")] == [(one.name, one.attributes.get("i")) for one in document.elements]
    assert ["1", None, "2", "1"] == [field.attributes.get("v") for field in document.elements[0].fields]
    assert ["3"] == [field.attributes["v"] for field in document.elements[2].fields]


def test_what_xml_allows_anywhere_is_no_problem() -> None:
    data = (
        b"\xef\xbb\xbf<?xml version=\"1.0\"?><!-- <!DOCTYPE x> --><?pi <!DOCTYPE x>?>\r\n<R\n a = '1'><!-- a > b --><A >\r<?pi ?>"
        b'<M v="&#x41;&lt;&#10;\n"></M ><![CDATA[ \n]]></A></R> <!-- end --> '
    )
    document = read_message(data)
    assert () == document.problems
    assert ("R", {"a": "1"}, [("A", {}, "", [("M", {"v": "A<\n "}, "")])]) == unplaced(document)
    assert (None, "1.0") == (document.encoding, document.version)
    assert (2, 1, 4, 8) == (
        document.line, document.column, document.elements[0].fields[0].line, document.elements[0].fields[0].column,
    )  # fmt: skip


def test_columns_count_characters_from_one_and_a_mark_is_none() -> None:
    document = read_message('\ufeff<R a="é\U0001f600"><A/></R>'.encode())
    assert (1, 1, 1, 11) == (document.line, document.column, document.elements[0].line, document.elements[0].column)


def test_text_and_what_is_nested_are_told_where_they_stand() -> None:
    document = read_message(b"<R> r <A>a<M>\n one <X>two<Y/></X>&amp;<![CDATA[<]]> </M><N> &#32; </N></A></R>")
    assert ("r", "a") == (document.text, document.elements[0].text)
    first, second = document.elements[0].fields
    assert ("one two&<", 2) == (first.text, first.nested)
    assert ("", 0) == (second.text, second.nested)


@pytest.mark.parametrize("data", [b"<R><A><![CDATA[x]]></A></R>", b"<R><A>&#120;</A></R>", b"<R><A><!----> x</A></R>"])
def test_no_text_is_missed(data: bytes) -> None:
    assert "x" == read_message(data).elements[0].text


def test_other_names_and_kinds_are_read_as_any() -> None:
    document = read_message('<ä:b xmlns="u" x:y="1"><é é="é"/></ä:b>'.encode())
    assert ("ä:b", {"xmlns": "u", "x:y": "1"}, [("é", {"é": "é"}, "", [])]) == unplaced(document)


# Problems


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", ("well-formed", 1, 1)),
        (b"<R>", ("well-formed", 1, 4)),
        (b"<R>\n  <A></R>", ("well-formed", 2, 8)),
        (b"<R/>\n<R/>", ("well-formed", 2, 1)),
        (b"<R/>\0", ("well-formed", 1, 5)),
        (b"\0", ("well-formed", 1, 1)),
        (b'<R a="1" a="2"/>', ("well-formed", 1, 10)),
        (b'<R a=" \x01"/>', ("well-formed", 1, 8)),
        (b'<R a="&#0;"/>', ("well-formed", 1, 7)),
        (b"<R>&foo;</R>", ("well-formed", 1, 4)),
        (b"<R><ST =0/></R>", ("well-formed", 1, 8)),
        (b' <?xml version="1.0"?><R/>', ("well-formed", 1, 2)),
        (b"text", ("well-formed", 1, 1)),
        (b"\xef\xbb\xbf\xef\xbb\xbf<R/>", ("well-formed", 1, 1)),
        (b"<R/><!DOCTYPE R>", ("well-formed", 1, 5)),
        (b"<!DOCTYPE R><R/>", ("doctype", 1, 1)),
        (b'<?xml version="1.0"?>\n<!-- <!DOCTYPE -->\n  <!DOCTYPE R SYSTEM "file:///etc/passwd"><R/>', ("doctype", 3, 3)),
        (b'<R>\r\n<A v="\xc3"/></R>', ("encoding", 2, 7)),
        (b'<R v="\xed\xa0\x80"/>', ("encoding", 1, 7)),
        (b'<R v="\xc0\x80"/>', ("encoding", 1, 7)),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><R/>', ("encoding", 1, 1)),
        (b'<?xml version="1.0" encoding="UTF-16"?><R/>', ("encoding", 1, 1)),
        (b'<?xml version="1.0" encoding="no-such"?><R/>', ("encoding", 1, 1)),
        ('<?xml version="1.0" encoding="UTF-16"?><R/>'.encode("utf-16"), ("encoding", 1, 1)),
        ('<?xml version="1.0" encoding="UTF-16"?><R/>'.encode("utf-16-be"), ("encoding", 1, 1)),
        ("<R/>".encode("utf-32"), ("encoding", 1, 1)),
        (b"<R/>" + b" " * LONGEST, ("length", 1, 1)),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_problem_with_its_place(data: bytes, problem: tuple[str, int, int]) -> None:
    assert problem == only_problem(data)


def test_bytes_that_are_not_utf_8_within_a_name_leave_no_name() -> None:
    assert [("encoding", 1, 3), ("well-formed", 1, 3)] == [
        (problem.rule, problem.line, problem.column) for problem in read_message(b'<R\xe9="1"/>').problems
    ]


def test_what_came_before_the_end_of_a_broken_document_is_given() -> None:
    document = read_message(b'<R v="1"><A><M v="1"/><M v="2"/></A><B i="2"><N v="3"/>\n<P v="4">x<Q></B>')
    assert ["well-formed"] == [problem.rule for problem in document.problems]
    assert (
        "R",
        {"v": "1"},
        [("A", {}, "", [("M", {"v": "1"}, ""), ("M", {"v": "2"}, "")]), ("B", {"i": "2"}, "", [("N", {"v": "3"}, ""), ("P", {"v": "4"}, "x")])],
    ) == unplaced(document)  # fmt: skip
    assert 1 == document.elements[1].fields[1].nested


def test_bytes_that_are_not_utf_8_and_another_encoding_are_read_on() -> None:
    assert {"v": "a\ufffdb"} == read_message(b'<R v="a\xe9b"/>').attributes
    other = read_message('<?xml version="1.0" encoding="Latin-1" ?><R v="é"/>'.encode())
    assert ({"v": "é"}, "Latin-1") == (other.attributes, other.encoding)
    assert ["encoding", "well-formed"] == rules(b'<R v="\xff">')


def test_a_problem_shows_no_value() -> None:
    for data in (b'<R><PASSWORD value="hush" value="hush"/></R>', b'<R><PASSWORD value="hush\xff"/></R>'):
        assert "hush" not in str(read_message(data).problems)


def test_the_longest_message_is_read() -> None:
    data = b"<R>" + b" " * (LONGEST - 7) + b"</R>"
    assert (LONGEST, ()) == (len(data), read_message(data).problems)
    assert ("length",) == tuple(rules(data + b" "))
    assert () == read_message(data + b" ", longest=LONGEST + 1).problems


# Any input


@pytest.mark.slow
@given(ATTRIBUTES, st.lists(ELEMENTS, max_size=3), SPELLINGS)
def test_any_message_in_any_spelling_is_read_as_it_was_written(
    attributes: dict[str, str], elements: list[Element], spelling: Spelling
) -> None:
    data = encode_document("ROOT", attributes, elements, spelling)
    document = read_message(data)
    assert () == document.problems
    assert unplaced(Document(root="ROOT", attributes=attributes, elements=tuple(elements))) == unplaced(document)
    assert ((spelling.encoding or None) if spelling.declaration else None) == document.encoding
    # Another parser, so that writer and reader do not just agree with each other.
    root = etree.fromstring(data)
    assert attributes == dict(root.attrib.items())
    assert [one.attributes for one in elements] == [
        dict(one.attrib.items()) for one in root.iterchildren(tag=etree.Element)
    ]
    places = [(one.line, one.column, one.name) for one in document.elements]
    lines = data.decode().replace("\r\n", "\n").replace("\r", "\n").split("\n")
    mark = int(spelling.mark)
    assert all(
        lines[line - 1][column - 1 + mark * (line == 1) :].startswith(f"<{name}") for line, column, name in places
    )


@given(st.lists(st.integers(0, 0x10FFFF).map(chr), max_size=6).map("".join))
def test_any_text_is_either_refused_or_survives(value: str) -> None:
    try:
        data = message(value)
    except ValueError:
        assert rules(f'<R v="{value}"/>'.encode("utf-8", "surrogatepass"))
        return
    assert {"value": value} == read_message(data).elements[0].fields[0].attributes


PEER = etree.XMLParser(resolve_entities=False, no_network=True)
PIECES = [
    b"<", b">", b"/", b"</R>", b"<R>", b"<A>", b"</A>", b"<R ", b'v="1"', b"&", b";", b"&#", b"<!--", b"-->", b"<?", b"?>", b"<![CDATA[", b"]]>",
    b"<!DOCTYPE", b"x", b" ", b"\0", b"\xff", b"\xc3", b"\xa9", b"\xef\xbb\xbf", b'<?xml version="1.0" encoding="a"?>',
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=14).map(b"".join) | st.binary(max_size=40))
def test_any_bytes_are_read_without_an_exception_and_judged_as_by_another_parser(data: bytes) -> None:
    document = read_message(data)
    found = [problem.rule for problem in document.problems]
    assert sorted(found, key=RULES.index) == found
    assert len(set(found)) == len(found)
    try:
        root = etree.fromstring(data, PEER)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if not found:
        assert root is not None
        assert root.tag == document.root
    elif root is not None:
        assert "well-formed" not in found


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_changed_byte_raises_nothing(place: int, byte: int) -> None:
    data = bytearray(message("é<\U0001f600"))
    data[place % len(data)] = byte
    document = read_message(bytes(data))
    assert document.problems or document.root


FULL = LONGEST - 30
HOSTILE = {
    "depth": (b"<a>" * (LONGEST // 3), ["well-formed"]),
    "closed depth": (b"<a>" * (LONGEST // 8) + b"</a>" * (LONGEST // 8), []),
    "many fields": (b"<R><A>" + b"<a/>" * (FULL // 4) + b"</A></R>", []),
    "many elements": (b"<R>" + b"<a/>" * (FULL // 4) + b"</R>", []),
    "long value": (b'<R a="' + b"x" * FULL + b'"/>', []),
    "long name": (b"<" + b"x" * FULL + b"/>", []),
    "many references": (b'<R a="' + b"&lt;" * (FULL // 4) + b'"/>', []),
    "many attributes": (b"<R " + b" ".join(b'a%d=""' % number for number in range(FULL // 10)) + b"/>", []),
    "mixed text": (b"<R><A><M>" + b"a<x/>" * (FULL // 5) + b"</M></A></R>", []),
    "open comments": (b"<!--" * (FULL // 4) + b"<!DOCTYPE", ["well-formed"]),
    "many comments": (b"<!---->" * (FULL // 7) + b"<!DOCTYPE", ["doctype"]),
    "many instructions": (b"<?a?>" * (FULL // 5) + b"<R/>", []),
    "nuls": (bytes(LONGEST), ["well-formed"]),
    "cut": (("<R>" + "é" * (FULL // 2)).encode()[:-1], ["encoding", "well-formed"]),
    "no utf-8": (b"\xc3" * LONGEST, ["encoding", "well-formed"]),
    "laughs": (
        b'<!DOCTYPE R [<!ENTITY a0 "ha">'
        + b"".join(b'<!ENTITY a%d "%s">' % (number + 1, b"&a%d;" % number * 10) for number in range(30))
        + b"]><R>&a30;</R>",
        ["doctype"],
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_messages_are_read_quickly(kind: str) -> None:
    data, expected = HOSTILE[kind]
    assert len(data) <= LONGEST
    began = time.process_time()
    found = rules(data)
    taken = time.process_time() - began
    assert expected == found
    assert taken < 0.25, "30 ms at most were measured"


def test_reading_leaves_nothing_for_the_garbage_collector() -> None:
    """Parser and handlers know each other; a server that reads thousands of messages a second must not wait for a collection."""
    gc.collect()
    gc.disable()
    try:
        for data in (COMMAND, b"<R>text</R>", b"<R>", b"<!DOCTYPE R><R/>"):
            read_message(data)
        assert 0 == gc.collect()
    finally:
        gc.enable()
