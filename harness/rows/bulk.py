"""Values and digests of rows that were passed over in bulk, taken from their bytes.

Such rows are known to be in order, to have no comments among them and no attributes but those of the shape, so little of XML is left
to be read. A property test holds it equal to what the parser gives.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple

from harness.rows.shape import Shape

_NAME = re.compile(rb"[^ \t\r\n/>]++").match
_ATTRIBUTES = re.compile(rb"([^ \t\r\n=\"'/>]++)[ \t\r\n]*+=[ \t\r\n]*+(?:\"([^\"]*+)\"|'([^']*+)')").findall
_INDENT = re.compile(rb"(?<=>)[ \r\n]*+|[ \r\n]++(?=<)")
_SINGLE = re.compile(rb"=[ \t\r\n]*+'").search
_ODD = re.compile(rb"[&\t\r\n]").search
_BLANK = bytes.maketrans(b"\t\r\n", b"   ")
_REFERENCE = re.compile(rb"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(\w+));")
_ENTITIES = {b"lt": b"<", b"gt": b">", b"amp": b"&", b"quot": b'"', b"apos": b"'"}

MOST_LAYOUTS = 64


class _Layout(NamedTuple):
    """Elements of one name with the same attributes in the same order."""

    is_row: bool
    element: str
    head: bytes
    order: list[int]  # places of the attributes by their names
    known: list[str]  # their names in the spec


_Element = tuple[_Layout, Sequence[bytes]]


class Bulk:
    """What someone wants to know of rows, from stretches of a document.

    Args:
        keep: attributes of which the values are kept, as `harness.rows.scan.Scan` has them.
        kept: where they go, as many as `most`.
        digests: where digests go, None if none are wanted.
    """

    def __init__(
        self, shape: Shape, keep: Sequence[str], kept: list[tuple[object, ...]], most: int, digests: array[int] | None
    ) -> None:
        self._row = shape.elements[shape.row]
        self._elements = {name.encode(): self._row for name in self._row.spellings}
        self._below = {name.encode(): child.element for name, child in self._row.children.items()}
        self._elements |= self._below
        self._layouts: dict[tuple[bytes, tuple[bytes, ...]], _Layout] = {}
        self._keep = [tuple(name.rpartition(".")[::2]) for name in keep]
        self._kept, self._most, self._digests = kept, most, digests

    def take(self, span: bytes, rows: int) -> None:
        """Read whole rows, so many."""
        if self._digests is None and (columns := self._columns(span, rows)) is not None:
            self._kept.extend(islice(zip(*columns, strict=True), self._most - len(self._kept)))
            return
        row: list[_Element] = []
        for piece in span.split(b"<")[1:]:
            if piece[:1] == b"/":
                continue
            found = _ATTRIBUTES(piece)
            names, doubles, singles = zip(*found, strict=True) if found else ((), (), ())
            values = [one or other for one, other in zip(doubles, singles, strict=True)] if any(singles) else doubles
            if _ODD(piece.rstrip()) is not None:
                values = [_plain(value) for value in values]
            word = _NAME(piece)[0]  # type: ignore[index]
            layout = self._layouts.get((word, names)) or self._layout(word, names)
            if layout.is_row:
                if row:
                    self._tell(row)
                row = [(layout, values)]
            else:
                row.append((layout, values))
        if row:
            self._tell(row)

    def _columns(self, span: bytes, rows: int) -> list[list[object]] | None:
        """The values that are wanted, without a look at the others; None if that cannot be said of this spelling."""
        if b"\t" in span or _SINGLE(span) is not None:  # in single quotes may stand what looks like an attribute
            return None
        columns: list[list[object]] = []
        for element, name in self._keep:
            found = self._below_each(span, element, name) if element else self._of_rows(span, name, rows)
            if found is None or len(found) != rows:
                return None
            columns.append(found)
        return columns

    def _of_rows(self, span: bytes, name: str, rows: int) -> list[object] | None:
        known = self._row.attributes.get(name)
        for spelled in known.spellings if known is not None else ():
            values = _attribute(spelled)(span)
            if len(values) == rows:
                return [_text(value) for value in values]
        return None

    def _below_each(self, span: bytes, element: str, name: str) -> list[object] | None:
        """The values of children, a tuple for each row; only for rows with one kind of children, spelled in one way."""
        if len(self._below) != 1 or len(self._row.spellings) != 1:
            return None
        ((child, shape),) = self._below.items()
        known = shape.attributes.get(name)
        if known is None or shape.name != element or len(known.spellings) != 1 or b"\n" in _without_indents(span):
            return None
        find, start = _attribute(next(iter(known.spellings))), b"<" + child
        (word,) = self._row.spellings
        found: list[object] = []
        for piece in span.split(b"<" + word.encode() + b" ")[1:]:
            children = piece.partition(b"<")[2]
            values = find(children)
            if len(values) != (b"<" + children).count(start):
                return None
            found.append(tuple(map(_text, values)))
        return found

    def _layout(self, word: bytes, names: tuple[bytes, ...]) -> _Layout:
        """What elements of this name with these attributes in this order have in common."""
        shape = self._elements[word]
        order = sorted(range(len(names)), key=names.__getitem__)
        spelled = [name.decode() for name in names]
        known = [shape.by_spelling[name].name if name in shape.by_spelling else name for name in spelled]
        layout = _Layout(shape is self._row, shape.name, head(shape.name, [names[one] for one in order]), order, known)
        if len(self._layouts) < MOST_LAYOUTS:
            self._layouts[word, names] = layout
        return layout

    def _tell(self, row: Sequence[_Element]) -> None:
        if self._digests is not None:
            self._digests.append(
                digest(
                    [part for layout, values in row for part in (layout.head, *map(values.__getitem__, layout.order))]
                )
            )
        if len(self._kept) < self._most:
            self._kept.append(tuple(self._value(row, element, name) for element, name in self._keep))

    def _value(self, row: Sequence[_Element], element: str, name: str) -> object:
        if not element:
            return _named(*row[0], name)
        return tuple(_named(layout, values, name) for layout, values in row[1:] if layout.element == element)


@lru_cache(maxsize=256)
def _attribute(name: str) -> Callable[[bytes], list[bytes]]:
    """Finds the values of an attribute in its usual spelling."""
    return re.compile(b' %b="([^"\\n\\r]*+)"' % re.escape(name).encode()).findall


def _text(value: bytes) -> str:
    return (_plain(value) if b"&" in value else value).decode("utf-8", "surrogatepass")


def _without_indents(span: bytes) -> bytes:
    """A stretch without the line ends behind and before tags."""
    return _INDENT.sub(b"", span)


def head(element: str, names: Sequence[bytes]) -> bytes:
    """What stands before an element's values in the text of a digest."""
    return b"\x1e" + b"\x1f".join((element.encode(), *names))


def digest(parts: Sequence[bytes]) -> int:
    """A hash of what a row says, the same for another order of its attributes.

    Args:
        parts: for the row and each of its children a head and the values in the order of the names in it.
    """
    return int.from_bytes(blake2b(b"\x1f".join(parts), digest_size=8).digest(), "big")


def _named(layout: _Layout, values: Sequence[bytes], name: str) -> str | None:
    """The value of an attribute by its name in the spec."""
    return values[layout.known.index(name)].decode("utf-8", "surrogatepass") if name in layout.known else None


def _plain(value: bytes) -> bytes:
    """A value as a parser gives it: blanks are spaces, references are what they stand for (XML 1.0, 3.3.3)."""
    return _REFERENCE.sub(_meant, value.replace(b"\r\n", b"\n").translate(_BLANK))


def _meant(found: re.Match[bytes]) -> bytes:
    if found[3] is not None:
        return _ENTITIES.get(found[3], found[0])
    return chr(int(found[1], 16) if found[1] is not None else int(found[2])).encode("utf-8", "surrogatepass")
