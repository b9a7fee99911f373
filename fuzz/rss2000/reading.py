"""Packets and XML, read a second time: nothing here is shared with the harness's codec."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

_MARK = b"\xef\xbb\xbf"
_TEXT = frozenset(
    (
        "Lu",
        "Ll",
        "Lt",
        "Lm",
        "Lo",
        "Mn",
        "Mc",
        "Me",
        "Nd",
        "Nl",
        "No",
        "Pc",
        "Pd",
        "Ps",
        "Pe",
        "Pi",
        "Pf",
        "Po",
        "Sm",
        "Sc",
        "Sk",
        "So",
    )
)
# categories of visible characters
SAFE_LENGTH = 64


@dataclass(slots=True)
class Node:
    """An element: its name, its attributes in order, its children, and whether other text than blanks stands in it."""

    name: str
    attributes: list[tuple[str, str]]
    children: list[Node] = field(default_factory=list)
    text: bool = False


@dataclass(slots=True)
class Tree:
    """A well-formed document. `odd` says that it has what simple readers of XML may not expect, though XML has it."""

    root: Node
    odd: bool


def packets(data: bytes) -> tuple[list[bytes], bytes, bool]:
    """The whole packets at the beginning, headers included; what follows them; whether more bytes can make that a packet.

    Lines 124-128: 03, 00, and the length with these four bytes, the higher one first.
    """
    found: list[bytes] = []
    while data:
        head = data[:2]
        if head != b"\x03\x00"[: len(head)]:
            return found, data, False
        if len(data) < 4:
            return found, data, True
        length = data[2] * 256 + data[3]
        if length < 4:
            return found, data, False
        if len(data) < length:
            return found, data, True
        found.append(data[:length])
        data = data[length:]
    return found, b"", True


def tree(payload: bytes) -> Tree | None:
    """The document in a packet; None if it is not well-formed, or has a document type declaration."""
    if b"<!DOCTYPE" in payload:
        return None
    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.buffer_text = True
    stack: list[Node] = []
    roots: list[Node] = []
    odd = payload.startswith(_MARK)

    def start(name: str, given: list[str]) -> None:
        node = Node(name, list(zip(given[::2], given[1::2], strict=True)))
        (stack[-1].children if stack else roots).append(node)
        stack.append(node)

    def end(_name: str) -> None:
        stack.pop()

    def text(data: str) -> None:
        if data.strip(" \t\r\n"):
            stack[-1].text = True

    def strange(*_what: object) -> None:
        nonlocal odd
        odd = True

    def declared(version: str, encoding: str | None, standalone: int) -> None:
        if version != "1.0" or (encoding or "utf-8").lower() != "utf-8" or standalone != -1:
            strange()

    handlers: dict[str, Callable[..., None]] = {
        "StartElementHandler": start, "EndElementHandler": end, "CharacterDataHandler": text, "CommentHandler": strange,
        "ProcessingInstructionHandler": strange, "StartCdataSectionHandler": strange, "XmlDeclHandler": declared,
    }  # fmt: skip
    for name, handler in handlers.items():
        setattr(parser, name, handler)
    try:
        parser.Parse(payload, True)
        payload.decode("utf-8")
    except (expat.ExpatError, UnicodeDecodeError, LookupError, ValueError):
        return None
    return Tree(roots[0], odd) if roots else None


def is_safe(text: str) -> bool:
    """Whether no device has a reason to change this text: not long, no blanks at its ends, no controls and no format characters."""
    return (
        len(text) <= SAFE_LENGTH
        and text == text.strip()
        and all(char == " " or unicodedata.category(char) in _TEXT for char in text)
    )


def same(one: str, other: str) -> bool:
    """Whether two texts are the same to Unicode."""
    return one == other or unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
