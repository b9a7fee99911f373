"""Where the elements of a document stand: line and column of each start tag, in the order of the document."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from xml.parsers import expat

from harness.wire.xmltree import Element, mended

Place = tuple[int, int]  # line and column, in characters, from 1


class Lines:
    """Lines and columns of the bytes of a text."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._starts = [0]
        for at, byte in enumerate(data):
            if byte == 0x0A or (byte == 0x0D and data[at + 1 : at + 2] != b"\n"):
                self._starts.append(at + 1)

    def place(self, at: int) -> Place:
        """Line and column of a byte."""
        line = bisect_right(self._starts, at) - 1
        return line + 1, len(self._data[self._starts[line] : at].decode("utf-8", "replace")) + 1


def places(data: bytes, root: Element) -> dict[int, Place]:
    """The places of the elements of a document that was read, by the identity of each; empty if they cannot be told."""
    text, moved = mended(data)
    offsets: list[int] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda _name, _attributes: offsets.append(parser.CurrentByteIndex)
    try:
        parser.Parse(text, True)
    except (expat.ExpatError, ValueError, LookupError):
        return {}
    elements = list(_within(root))
    if len(elements) != len(offsets):
        return {}
    lines = Lines(data)
    # What was put in before a byte moves it: each bare ampersand by as much as its reference is longer.
    own = (offset - 4 * bisect_right(moved, offset) for offset in offsets)
    return {id(element): lines.place(at) for element, at in zip(elements, own, strict=True)}


def bare_place(data: bytes) -> Place:
    """Where the first bare `&` stands."""
    moved = mended(data)[1]
    return Lines(data).place(moved[0]) if moved else (1, 1)


def _within(element: Element) -> Iterator[Element]:
    yield element
    for child in element.children:
        yield from _within(child)
