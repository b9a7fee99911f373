"""Elements of an XML document as nodes with their places, as many as could be read.

Entities and the network are out of reach: nothing is read of a document with a document type declaration. Elements are bounded in
number and depth; where a bound is reached, or the document is not well-formed, the nodes read so far are given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.parsers import expat

from harness.wire.xmlrpc_text import Source, two_marks

_BLANKS = " \t\r\n"
# What XML allows before a document type declaration; possessive, so that finding none takes linear time.
_DOCTYPE = re.compile(rb"(?:[ \t\r\n]++|<!--(?s:.*?)-->|<\?(?s:.*?)\?>)*+(?=<!DOCTYPE)")
_UNDEFINED_ENTITY = expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]


class Node:
    """One element.

    Attributes:
        name: of the element.
        at: where its `<` stands.
        children: elements in it.
        texts: pieces of the text in it, but not of that in its children.
        text_at: where the first character stands that is not blank; -1 if there is none.
        attributes: whether it has any.
        closed: its end was read.
    """

    __slots__ = ("at", "attributes", "children", "closed", "name", "text_at", "texts")

    def __init__(self, name: str, at: int, *, attributes: bool) -> None:
        self.name = name
        self.at = at
        self.attributes = attributes
        self.children: list[Node] = []
        self.texts: list[str] = []
        self.text_at = -1
        self.closed = False

    @property
    def text(self) -> str:
        """The text in it, but not in its children."""
        texts = self.texts
        return texts[0] if len(texts) == 1 else "".join(texts)

    def whole_text(self) -> str:
        """The text in it and in all that it holds."""
        parts, waiting = [], [self]
        while waiting:
            node = waiting.pop()
            parts.append(node.text)
            waiting += reversed(node.children)
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class Nodes:
    """What could be read of a document.

    Attributes:
        root: None where there is none.
        declared: it begins with an XML declaration.
        rule: of `xmlrpc_rules`, why the rest was not read; "" if all was.
        message: the same for people.
        at: where.
    """

    root: Node | None
    declared: bool = False
    rule: str = ""
    message: str = ""
    at: int = 0


class _Stop(Exception):  # noqa: N818 - a bound is reached
    pass


def read_nodes(source: Source, *, most_depth: int, most_nodes: int) -> Nodes:
    """Read a document; it never raises.

    Args:
        source: the document.
        most_depth: elements in elements.
        most_nodes: elements in all.
    """
    data = source.utf8
    if source.encoding == "utf-32":
        return Nodes(None, rule="encoding-unread", message=source.problem)
    if not data.strip(b" \t\r\n"):
        return Nodes(None, rule="empty", message="no document: nothing but blanks")
    if two_marks(source):
        return Nodes(None, rule="well-formed", message="no well-formed XML: two byte order marks")
    if b"<!DOCTYPE" in data and (found := _DOCTYPE.match(data)) is not None:
        message = "a document type declaration, behind which nothing is read"
        return Nodes(None, data.startswith(b"<?xml"), "doctype", message, found.end())
    return _Reader(most_depth, most_nodes).read(data)


class _Reader:
    """Builds the nodes of one document from what expat tells."""

    __slots__ = ("_declared", "_left", "_most_depth", "_open", "_parser", "_root", "_stopped")

    def __init__(self, most_depth: int, most_nodes: int) -> None:
        self._parser: expat.XMLParserType | None = expat.ParserCreate("utf-8")  # whatever is declared
        self._root: Node | None = None
        self._open: list[Node] = []
        self._left = most_nodes
        self._most_depth = most_depth
        self._declared = False
        self._stopped = ("", "", 0)

    def read(self, data: bytes) -> Nodes:
        """Read a document as UTF-8. To be called once."""
        parser = self._parser
        assert parser is not None
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        try:
            parser.Parse(data, True)
        except expat.ExpatError as error:
            rule = "entity" if error.code == _UNDEFINED_ENTITY else "well-formed"
            message = f"no well-formed XML: {expat.ErrorString(error.code).removeprefix('not well-formed ')}"
            self._stopped = (rule, message, parser.ErrorByteIndex)
        except _Stop:
            pass
        finally:
            self._parser = None  # each holds the other, and would wait for the garbage collector
        return Nodes(self._root, self._declared, *self._stopped)

    def _stop(self, rule: str, message: str) -> _Stop:
        self._stopped = (rule, message, self._parser.CurrentByteIndex)  # type: ignore[union-attr]
        return _Stop()

    def _declaration(self, _version: str, _encoding: str | None, _standalone: int) -> None:
        self._declared = True

    def _doctype(self, *_told: object) -> None:
        raise self._stop("doctype", "a document type declaration, behind which nothing is read")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        node = Node(name, self._parser.CurrentByteIndex, attributes=bool(attributes))  # type: ignore[union-attr]
        opened = self._open
        if opened:
            opened[-1].children.append(node)
        else:
            self._root = node
        opened.append(node)
        self._left -= 1
        if len(opened) > self._most_depth:
            raise self._stop("depth", f"elements in elements, more than {self._most_depth} deep")
        if self._left < 0:
            raise self._stop("values", "more elements than a message may have")

    def _end(self, _name: str) -> None:
        self._open.pop().closed = True

    def _characters(self, text: str) -> None:
        node = self._open[-1]
        node.texts.append(text)
        if node.text_at < 0 and (kept := text.lstrip(_BLANKS)):
            before = len(text) - len(kept)
            node.text_at = self._parser.CurrentByteIndex + before  # type: ignore[union-attr]
