"""XML documents whose values are the texts of elements, as a tree.

    Element --write_document--> bytes --read_document--> Document

What stands in a document is read as it is, in its order; which elements there may be is for others to judge. What makes it no XML
document is listed as a problem and never raised. A bare `&`, which documents of vendors print, is read as the character it is meant to
be, and told. Entities and the network are out of reach: a document type declaration is a problem, and nothing behind it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree
from msgspec import Struct

from harness.wire.xmlspelling import text_of

__all__ = ("Document", "Element", "Writing", "read_document", "write_document")

# No entities, no document type, nothing from the network, and nothing that grows beyond the bytes that came.
_PARSER = etree.XMLParser(
    resolve_entities=False, load_dtd=False, no_network=True, huge_tree=True, remove_comments=True, remove_pis=True
)
_BARE = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);)")
_HIDDEN = re.compile(rb"<!\[CDATA\[(?s:.*?)\]\]>|<!--(?s:.*?)-->|&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);)")
# What XML allows before a document type declaration; possessive, so that finding none takes linear time.
_DOCTYPE = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t\r\n]++|<!--(?s:.*?)-->|<\?(?s:.*?)\?>)*+<!DOCTYPE")
MOST_DEPTH = 64  # of elements in elements; a document of any vendor has a tenth of it


class Element(Struct, frozen=True, gc=False):
    """One element: its name, its text as it stands, and what stands in it."""

    name: str
    text: str = ""
    children: tuple[Element, ...] = ()

    @property
    def value(self) -> str:
        """The text without the white space at its ends."""
        return self.text.strip(" \t\r\n")

    def all(self, *names: str) -> list[Element]:
        """The children of these names."""
        return [one for one in self.children if one.name in names]

    def first(self, *names: str) -> Element | None:
        """The first child of these names."""
        return next((one for one in self.children if one.name in names), None)

    def get(self, *names: str) -> str | None:
        """The value of the first child of these names; None if there is none."""
        found = self.first(*names)
        return found.value if found is not None else None

    def pairs(self) -> list[tuple[str, str]]:
        """Name and value of the children that have no children."""
        return [(one.name, one.value) for one in self.children if not one.children]


@dataclass(frozen=True, slots=True)
class Document:
    """A document that came.

    Attributes:
        root: None where it is not well-formed.
        problem: why it is not, with line and column; "" if it is.
        bare: `&` stood in it where a reference should.
        declared: it began with an XML declaration.
        attributes: some element has attributes.
    """

    root: Element | None
    problem: str = ""
    bare: bool = False
    declared: bool = False
    attributes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """One of the ways to write the same document.

    Attributes:
        line_end, indent: white space before each tag, `indent` once a level.
        declaration: begin with an XML declaration.
        references: write each character of values as `&#x...;`.
        sections: write values as CDATA sections.
        comment: put before each element of the second level; "" for none.
        padding: white space around values.
        short: write empty elements as `<A/>`.
        terminator: behind the root.
    """

    line_end: str = ""
    indent: str = ""
    declaration: bool = False
    references: bool = False
    sections: bool = False
    comment: str = ""
    padding: str = ""
    short: bool = False
    terminator: str = "\r\n"


USUAL = Writing()


def read_document(data: bytes) -> Document:
    """Read one document; never raises for what stands in it."""
    data = data.strip(b" \t\r\n")
    declared = data.removeprefix(b"\xef\xbb\xbf").startswith(b"<?xml")
    if b"<!" in data and _DOCTYPE.match(data):
        return Document(None, "a document type declaration, behind which nothing is read", declared=declared)
    bare = b"&" in data and _BARE.search(data) is not None
    problem = ""
    try:
        tree = etree.fromstring(data, _PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        problem = _told(error)
        if not bare:
            return Document(None, problem, declared=declared)
        try:
            tree = etree.fromstring(mended(data)[0], _PARSER)
        except (etree.XMLSyntaxError, ValueError) as second:
            return Document(None, _told(second), declared=declared)
    else:
        bare = False
    told: list[bool] = []
    try:
        root = _element(tree, told, 0)
    except RecursionError:
        return Document(None, f"elements in elements, more than {MOST_DEPTH} deep", declared=declared)
    return Document(root, bare=bare, declared=declared, attributes=bool(told))


def _told(error: Exception) -> str:
    return getattr(error, "msg", None) or str(error) or type(error).__name__


def mended(data: bytes) -> tuple[bytes, list[int]]:
    """A document with a reference for each bare `&`, and where these stand in it."""
    parts, places, end, size = list[bytes](), list[int](), 0, 0
    for found in _HIDDEN.finditer(data):
        if found[0] == b"&":
            parts += (data[end : found.start()], b"&amp;")
            places.append(size + found.start() - end)
            size = places[-1] + 5
            end = found.end()
    return b"".join((*parts, data[end:])), places


def _element(node: etree._Element, told: list[bool], depth: int) -> Element:
    if depth > MOST_DEPTH:
        raise RecursionError
    if node.attrib:
        told.append(True)
    text = node.text or ""
    if not len(node):
        return Element(str(node.tag), text)
    children = []
    for child in node:
        children.append(_element(child, told, depth + 1))
        if child.tail and not child.tail.isspace():
            text += child.tail
    return Element(str(node.tag), text if not text.isspace() else "", tuple(children))


def write_document(root: str, fields: Sequence[tuple[str, str | Element]], writing: Writing = USUAL) -> bytes:
    """A document of one level, or with sections where a field is an Element.

    Raises:
        ValueError: a value has a character that XML 1.0 cannot hold.
    """
    parts = ['<?xml version="1.0" encoding="utf-8"?>', writing.line_end] if writing.declaration else []
    parts.append(f"<{root}>")
    for name, value in fields:
        parts.append(writing.line_end + writing.indent)
        if writing.comment:
            parts.append(f"<!--{writing.comment}-->")
        parts += _written(name, value, writing, 2) if isinstance(value, Element) else _leaf(name, value, writing)
    parts.append(f"{writing.line_end}</{root}>{writing.terminator}")
    return "".join(parts).encode("utf-8")


def _leaf(name: str, value: str, writing: Writing) -> Iterator[str]:
    if not value and writing.short:
        yield f"<{name}/>"
        return
    if writing.references:
        text = "".join([f"&#x{ord(char):x};" for char in value])
    elif writing.sections and value:
        text = "<![CDATA[" + value.replace("]]>", "]]]]><![CDATA[>") + "]]>"
    else:
        text = text_of(value) if value else ""
    yield f"<{name}>{writing.padding}{text}{writing.padding}</{name}>"


def _written(name: str, one: Element, writing: Writing, level: int) -> Iterator[str]:
    if not one.children:
        yield from _leaf(name, one.text, writing)
        return
    yield f"<{name}>"
    for child in one.children:
        yield writing.line_end + writing.indent * level
        yield from _written(child.name, child, writing, level + 1)
    yield f"{writing.line_end}{writing.indent * (level - 1)}</{name}>"
