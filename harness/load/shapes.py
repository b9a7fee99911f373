"""Shapes of HTTP responses, learned from such as passed every check: heads, and documents in which only numbers change.

A shape covers no more than the checks would accept. A head is the same bytes but for the length, which must be that of what follows, and for
the values of fields that no check looks at, such as Date. A document is the same bytes but for integers that were seen to change, each
still an integer, in the order with others that the document asks for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from harness.rows import Shape
from harness.rows.shape import INTEGERS, AttributeShape, ElementShape
from harness.spec.model import Base
from harness.wire.http1 import ResponseReader

# Fields on which it depends where the message ends and what it says.
_LITERAL = (b"content-type", b"content-encoding", b"transfer-encoding", b"connection")
_LENGTH = b"content-length"
_LINE = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([ \t]*)(.*?)[ \t]*", re.DOTALL)
_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s;\"]*)", re.IGNORECASE)
_ANYTHING = rb"[\t\x20-\x7e\x80-\xff]*+"  # no control character, so no oddity and no other line

_TAG = re.compile(rb"<([A-Za-z_][\w.\-]*)((?:[ \t\r\n]+[\w:.\-]+=(?:\"[^\"<&]*\"|'[^'<&]*'))*)[ \t\r\n]*/?>")
_ATTRIBUTE = re.compile(rb"[ \t\r\n]+([\w:.\-]+)=(?:\"([^\"]*)\"|'([^']*)')")
_NUMBER = re.compile(rb"0|[1-9][0-9]{0,17}")


class HeadShape:
    """A head.

    Attributes:
        match: finds it at the beginning of a response; group 1 is the length of the body.
        plain: it is that of a success whose document says itself, in UTF-8, how it is encoded.
    """

    __slots__ = ("match", "pattern", "plain")

    def __init__(self, pattern: bytes, *, plain: bool) -> None:
        self.pattern = pattern
        self.match = re.compile(pattern).match
        self.plain = plain


def learn_head(raw: bytes, reader: ResponseReader) -> HeadShape | None:
    """The shape of the head of a response that conforms; None where there is more to it than a known length.

    Args:
        raw: the whole response.
        reader: has read it.
    """
    head = reader.head
    odd = reader.oddities or reader.interim or reader.closes or not reader.reusable
    if head is None or odd or reader.announced is None or len(raw) != reader.consumed:
        return None
    size = len(raw) - reader.body_size
    first, *lines = raw[:size].split(b"\r\n")
    parts = [re.escape(first)]
    for line in lines[:-2]:
        found = _LINE.fullmatch(line)
        if found is None:
            return None
        name = found[1].lower()
        if name == _LENGTH:
            parts.append(re.escape(found[1] + b":" + found[2]) + rb"(0|[1-9][0-9]{0,8}+)")
        elif name in _LITERAL:
            parts.append(re.escape(line))
        else:
            parts.append(re.escape(found[1] + b":") + _ANYTHING)
    charset = _CHARSET.search(head.get("content-type") or "")
    plain = (
        head.status == 200
        and head.get("content-encoding") is None
        and (charset is None or charset[1].lower() == "utf-8")
    )
    shape = HeadShape(rb"\r\n".join(parts) + rb"\r\n\r\n", plain=plain)
    known = shape.match(raw)
    return shape if known is not None and known.end() == size else None


class _Value(NamedTuple):
    """An attribute in a document: where it stands, in which element (by its place among all tags), and what is known of it."""

    start: int
    end: int
    tag: int
    element: ElementShape
    attribute: AttributeShape
    text: bytes


class Changing:
    """A whole response in whose document some integers change.

    Args:
        head: its head.
        body: pattern of the document, with a group for each integer that changes or is compared.
        pairs: groups of which the first must not be the greater; plain digits.
    """

    __slots__ = ("_match", "_pairs")

    def __init__(self, head: HeadShape, body: bytes, pairs: Sequence[tuple[int, int]]) -> None:
        self._match = re.compile(head.pattern + b"()" + body).fullmatch
        self._pairs = tuple((low + 2, high + 2) for low, high in pairs)

    def fits(self, raw: bytes) -> bool:
        """Whether a response is of this shape."""
        found = self._match(raw)
        if found is None or len(raw) - found.end(2) != int(found[1]):
            return False
        for pair in self._pairs:
            low, high = found.group(*pair)
            if low > high if len(low) == len(high) else len(low) > len(high):
                return False
        return True


def learn_changing(
    head: HeadShape, shape: Shape, one: bytes, other: bytes, window: tuple[int, int] | None
) -> Changing | None:
    """What two responses that conform have in common; None if they differ in more than integers that may be any.

    Args:
        head: of both.
        shape: of the document.
        one, other: the documents.
        window: that their rows belong to.
    """
    values, others = _values(shape, one), _values(shape, other)
    if values is None or others is None or len(values) != len(others):
        return None
    changing: set[int] = set()
    at = at_other = 0
    for index, (mine, its) in enumerate(zip(values, others, strict=True)):
        if one[at : mine.start] != other[at_other : its.start] or mine.attribute is not its.attribute:
            return None
        at, at_other = mine.end, its.end
        if mine.text != its.text:
            if not _free(shape, mine, window) or not _NUMBER.fullmatch(mine.text) or not _NUMBER.fullmatch(its.text):
                return None
            changing.add(index)
    if one[at:] != other[at_other:] or not changing:
        return None
    pairs = _pairs(values, changing)
    return _compiled(head, one, values, changing, pairs) if pairs is not None else None


def _values(shape: Shape, body: bytes) -> list[_Value] | None:
    """The attributes of a plain document in order; None if it is not plain."""
    if b"<!" in body or body.count(b"<?") > 1 or shape.namespace:
        return None
    elements = {spelled: element for element in shape.elements.values() for spelled in element.spellings}
    found = []
    for number, tag in enumerate(_TAG.finditer(body)):
        element = elements.get(tag[1].decode())
        if element is None:
            return None
        for attribute in _ATTRIBUTE.finditer(body, tag.start(2), tag.end(2)):
            known = element.by_spelling.get(attribute[1].decode("latin-1"))
            if known is not None:
                group = 2 if attribute[2] is not None else 3
                start, end = attribute.span(group)
                found.append(_Value(start, end, number, element, known, attribute[group]))
    return found


def _free(shape: Shape, value: _Value, window: tuple[int, int] | None) -> bool:
    """Whether the attribute may be any integer as far as it alone is concerned, under every reading."""
    one = value.attribute
    if one.kind.base not in INTEGERS or one.kind.base is Base.INT or one.fixed is not None:
        return False
    if one.words or any(_NUMBER.fullmatch(word.encode()) for word in one.none_values):
        return False
    if value.element.name == shape.row and one.name == shape.by_name:
        return False  # rows stand in its order
    if window is not None and value.element.name == shape.row:
        return all(one.name not in (rule.not_before, rule.not_after) for rule in shape.membership.values())
    return True


def _pairs(values: Sequence[_Value], changing: set[int]) -> list[tuple[int, int]] | None:
    """The pairs of values that are compared and of which one changes; None if one of them is no plain number."""
    by_place: Mapping[tuple[int, str], int] = {(one.tag, one.attribute.name): at for at, one in enumerate(values)}
    found = []
    for place, value in enumerate(values):
        for order in value.element.orders:
            then = by_place.get((value.tag, order.then))
            if order.first != value.attribute.name or then is None or not {place, then} & changing:
                continue
            if not _NUMBER.fullmatch(value.text) or not _NUMBER.fullmatch(values[then].text):
                return None
            found.append((place, then))
    return found


def _compiled(
    head: HeadShape, body: bytes, values: Sequence[_Value], changing: set[int], pairs: Sequence[tuple[int, int]]
) -> Changing:
    groups: dict[int, int] = {}
    parts, at = [], 0
    for index in sorted(changing | {one for pair in pairs for one in pair}):
        value = values[index]
        groups[index] = len(groups) + 1
        number = rb"0|[1-9][0-9]{0,17}+" if index in changing else re.escape(value.text)
        parts += [re.escape(body[at : value.start]), b"(", number, b")"]
        at = value.end
    parts.append(re.escape(body[at:]))
    return Changing(head, b"".join(parts), [(groups[low], groups[high]) for low, high in pairs])
