"""Requests as they come on either road, as one kind of call."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from harness.reference.faults import FaultSet
from harness.reference.uptivity.choices import Choices
from harness.spec.documentmodel import DocumentSyntax
from harness.wire.xmltree import Element, read_document

# A request as nearly all clients write it: elements with plain texts, and white space between them.
_TEXT = rb"[\t\n\x20-\x25\x27-\x3b\x3d-\x7e]*"
_BETWEEN = rb"[ \t\r\n]*"
_ELEMENT = rb"<([A-Z][A-Z0-9_]*)>(" + _TEXT + rb")</\1>"
_PLAIN = re.compile(rb"<REQUEST>(?:" + _BETWEEN + _ELEMENT + rb")*" + _BETWEEN + rb"</REQUEST>")
_PAIRS = re.compile(_ELEMENT)
_EXTRAS = (b"<!--", b"<![CDATA[", b"<?")
_BLANKS = re.compile(r"[ \t\r\n]+")
_NOT_XML = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff\\ufffe\\uffff]")
STREAM, URL = "stream", "url"


class MalformedError(Exception):
    """What came is no request."""


@dataclass(slots=True, kw_only=True)
class Asked:
    """A request: the function as it was named, the number as sent, parameters in their order as they were spelled."""

    function: str
    number: str | None
    given: list[tuple[str, str]] = field(default_factory=list)
    road: str = STREAM


class Reader:
    """Reads requests.

    Args:
        syntax: names of elements.
        choices: readings.
        faults: those that are on.
    """

    def __init__(self, syntax: DocumentSyntax, choices: Choices, faults: FaultSet) -> None:
        self._syntax, self._choices, self._on = syntax, choices, faults.on
        self._functions = {syntax.function}
        if choices("function-element") == "requesttype":
            self._functions |= set(syntax.function_names.values())
        self._folded = choices("name-case") != "refused"
        self._spaces = choices("white-space")

    def document(self, data: bytes) -> Asked:
        """A request on the stream.

        Raises:
            MalformedError: it is none.
        """
        data = data.strip(b" \t\r\n")
        if _PLAIN.fullmatch(data) and b"]]>" not in data:
            return self._asked(
                [(name.decode(), text.decode("utf-8", "replace")) for name, text in _PAIRS.findall(data)], STREAM
            )
        document = read_document(data)
        root = document.root
        served = self._choices("malformed") == "served"
        if root is None:
            if not served:
                raise MalformedError(document.problem)
            pairs = [(name.decode(), text.decode("utf-8", "replace")) for name, text in _PAIRS.findall(data)]
            return self._asked(pairs, STREAM)
        if document.bare and self._choices("ampersand") == "escaped" and not served:
            raise MalformedError("a bare ampersand")
        extras = document.declared or document.attributes or any(one in data for one in _EXTRAS)
        if extras and self._choices("declaration") == "refused":
            raise MalformedError("more than elements")
        return self._tree(root, served=served)

    def _tree(self, root: Element, *, served: bool) -> Asked:
        pairs = [(one.name, one.text) for one in root.children]
        named = root.name.upper() if self._folded else root.name
        if named != self._syntax.request:
            if self._choices("root") == "request" and not served:
                raise MalformedError(f"the root is {root.name}")
            if not any(name in self._functions for name, _ in pairs):
                pairs.insert(0, (self._syntax.function, root.name))
        return self._asked(pairs, STREAM)

    def query(self, query: bytes) -> Asked:
        """A request as the part of a URL behind the question mark."""
        pairs = []
        if self._on("encoded-ampersand-splits"):
            query = query.replace(b"%26", b"&")
        for one in query.split(b"&"):
            name, _, value = one.partition(b"=")
            if name:
                pairs.append((self._decoded(name), self._decoded(value)))
        return self._asked(pairs, URL)

    def _decoded(self, data: bytes) -> str:
        if self._choices("plus") == "blank":
            data = data.replace(b"+", b" ")
        decoded = unquote_to_bytes(data)
        if self._on("url-decoded-twice"):
            decoded = unquote_to_bytes(decoded)
        if self._on("encoded-plus-lost"):
            decoded = decoded.replace(b"+", b" ")
        return _NOT_XML.sub("?", decoded.decode("utf-8", "replace"))

    def _asked(self, pairs: Iterable[tuple[str, str]], road: str) -> Asked:
        syntax, folded = self._syntax, self._folded or road == URL
        functions: list[str] = []
        numbers: list[str] = []
        given: list[tuple[str, str]] = []
        lower_only = road == URL and self._on("url-names-lower-only")
        for spelled, text in pairs:
            name = spelled.upper() if folded else spelled
            if lower_only and spelled != spelled.lower() and name not in (*self._functions, syntax.number):
                continue
            if name in self._functions:
                functions.append(text)
            elif name == syntax.number:
                numbers.append(text)
            else:
                given.append((name, self._spaced(text)))
        last = self._choices("repeated") != "first"
        function = functions[-1 if last else 0] if functions else ""
        number = (numbers[-1 if last else 0]) if numbers else None
        return Asked(function=function.strip(), number=number, given=given, road=road)

    def _spaced(self, text: str) -> str:
        if self._spaces == "kept":
            return text
        return _BLANKS.sub(" ", text).strip(" ") if self._spaces == "collapsed" else text.strip(" \t\r\n")
