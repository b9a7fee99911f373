"""XML documents as trees: any text comes back whatever way it is written, and what is no document is told and never raised."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.wire.xmlplaces import Lines, bare_place, places
from harness.wire.xmltree import MOST_DEPTH, Element, Writing, mended, read_document, write_document

# What XML 1.0 can hold (2.2), but for CR, which only a reference keeps.
CHARACTERS = st.characters(
    codec="utf-8", exclude_categories=["Cs"], exclude_characters=[chr(n) for n in range(32) if n not in (9, 10)] + ["\ufffe", "\uffff"]
)  # fmt: skip
TEXTS = st.text(CHARACTERS, max_size=30) | st.sampled_from(["", " ", "a<b>&\"c'", "]]>", "&amp;", "日本😀", "\ta \n"])
BLANKS = st.sampled_from(["", "\n", "\r\n", "\r"])
WRITINGS = st.builds(
    Writing,
    line_end=BLANKS,
    indent=st.sampled_from(["", "  ", "\t"]),
    declaration=st.booleans(),
    references=st.booleans(),
    sections=st.booleans(),
    comment=st.sampled_from(["", " a ", "</A>"]),
    short=st.booleans(),
    terminator=BLANKS,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(TEXTS, max_size=5), WRITINGS)
def test_any_text_comes_back(values: list[str], writing: Writing) -> None:
    document = read_document(write_document("R", [("A", value) for value in values], writing))
    assert document.problem == ""
    assert document.root is not None
    assert values == [one.text for one in document.root.all("A")]
    assert (False, writing.declaration, False) == (document.bare, document.declared, document.attributes)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4), WRITINGS)
def test_sections_come_back(rows: list[tuple[str, str]], writing: Writing) -> None:
    wanted = [Element("ROW", children=(Element("A", one), Element("B", two))) for one, two in rows]
    tree = Element("ROWS", children=tuple(wanted))
    root = read_document(write_document("R", [("COUNT", "1"), ("ROWS", tree)], writing)).root
    assert root is not None
    assert (root.get("COUNT"), root.first("ROWS")) == ("1", tree)


@pytest.mark.parametrize("text", ["\r", "a\r\nb"])
def test_a_carriage_return_comes_back_as_a_reference(text: str) -> None:
    root = read_document(write_document("R", [("A", text)], Writing(references=True))).root
    assert root is not None
    assert text == root.children[0].text


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"<R><A>B & C</A></R>", "B & C"),
        (b"<R><A>B &amp; C & D&E;</A></R>", "B & C & D&E;"),
        (b"<R><A>&#38;&</A></R>", "&&"),
        (b"<R><A><![CDATA[1 & 2]]> & 3</A></R>", "1 & 2 & 3"),
        (b"<R><!-- & --><A>&</A></R>", "&"),
        ("<R><A>ä & ö</A></R>".encode(), "ä & ö"),
    ],
)
def test_a_bare_ampersand_is_read_and_told(data: bytes, value: str) -> None:
    document = read_document(data)
    assert document.root is not None
    assert (document.bare, document.problem, document.root.get("A")) == (True, "", value)


@pytest.mark.parametrize(
    "data", [b"<R><A>&amp;&#x41;&lt;</A></R>", b"<R><A><![CDATA[ & ]]></A></R>", b"<R><!-- & --><A/></R>"]
)
def test_an_ampersand_that_may_stand_there_is_none(data: bytes) -> None:
    document = read_document(data)
    assert document.root is not None
    assert not document.bare


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE R [<!ENTITY e 'x'>]><R>&e;</R>", b" <?xml version='1.0'?>\n<!-- a --><!DOCTYPE R><R/>", b"\xef\xbb\xbf<!DOCTYPE R><R/>",
    ],
)  # fmt: skip
def test_a_document_type_is_refused(data: bytes) -> None:
    document = read_document(data)
    assert (document.root, "document type" in document.problem) == (None, True)


def test_depth_has_a_bound() -> None:
    within, beyond = MOST_DEPTH + 1, MOST_DEPTH + 2
    assert read_document(b"<a>" * within + b"</a>" * within).root is not None
    assert f"more than {MOST_DEPTH} deep" in read_document(b"<a>" * beyond + b"</a>" * beyond).problem
    assert read_document(b"<a>" * 100_000 + b"</a>" * 100_000).root is None


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.text("<>/&;#![]CDATA-x =\"'", max_size=80).map(str.encode))
def test_anything_is_read(data: bytes) -> None:
    document = read_document(data)
    assert (document.root is None) == (document.problem != "")


@pytest.mark.parametrize(
    "data", [b"", b"x", b"<R>", b"<R/><R/>", b"<R></S>", b"<R a=1/>", b"<R>\xff</R>", b"<R>\x01</R>"]
)
def test_what_is_no_document_is_told_with_its_place(data: bytes) -> None:
    problem = read_document(data).problem
    assert problem
    assert "<string>" not in problem


def test_what_stands_beside_elements_is_kept() -> None:
    root = read_document(b"<R a='1'> x <A> 1 </A>y<A>2</A>\n</R>").root
    assert root is not None
    assert ("x y", [("A", "1"), ("A", "2")]) == (root.value, root.pairs())
    assert read_document(b"<R a='1'/>").attributes


# Places


def test_elements_have_places() -> None:
    data = "\r\n<R>ä<A>&é &amp; & <B/></A>\r<C>\n\n<B>1</B></C></R>".encode()
    root = read_document(data).root
    assert root is not None
    found = places(data.lstrip(), root)
    a, c = root.children
    assert [(1, 1), (1, 5), (1, 19), (2, 1), (4, 1)] == [
        found[id(one)] for one in (root, a, a.children[0], c, c.children[0])
    ]
    assert (1, 8) == bare_place(data.lstrip())
    assert {} == places(b"<R>", Element("R"))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(TEXTS.filter(lambda text: "&" not in text and "<" not in text and "]" not in text), max_size=5),
    st.booleans(),
)
def test_places_are_those_of_the_tags(values: list[str], bare: bool) -> None:
    mark = "&" if bare else ""
    text = "<R>" + "".join(f"{value}{mark}<A>1</A>" for value in values) + "</R>"
    root = read_document(text.encode()).root
    assert root is not None
    found = places(text.encode(), root)
    lines = Lines(text.encode())
    at = [lines.place(len(text[:one].encode())) for one in range(len(text)) if text.startswith("<A>", one)]
    assert at == [found[id(one)] for one in root.children]


def test_references_take_the_place_of_bare_ampersands() -> None:
    assert (b"&amp;x&amp;&lt;<![CDATA[&]]>&amp;", [0, 6, 28]) == mended(b"&x&&lt;<![CDATA[&]]>&")
