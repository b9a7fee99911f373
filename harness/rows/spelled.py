"""How a row is spelled, as regular expressions over its bytes: names, quotes, white space and references.

Two ways: exactly as a row that was seen, with its order of attributes, or in any order and with any quotes. Only what
the parser would take as well matches; the text must be valid UTF-8 without U+FFFE and U+FFFF.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from harness.rows.patterns import Patterns, orders
from harness.rows.shape import AttributeShape, ElementShape

BLANKS = r"[ \t\r\n]"
# Characters of a value but its quote, `<` and `&`: those that are likely first. White space but the space would not stay as it is.
_DOUBLE = r"['-;=-\xff #-%!]"
_SINGLE = r"[(-;=-\xff #-%!\"]"
# References that stand for one character that a document may hold.
_REFERENCE = (
    r"&(?:amp|lt|gt|quot|apos|#0*+(?:9|10|13|3[2-9]|[4-9][0-9]|[1-9][0-9]{2,3})"
    r"|#x0*+(?:9|[aAdD]|[2-9a-fA-F][0-9a-fA-F]|[1-9a-fA-F][0-9a-fA-F]{2}));"
)
COMMENT = r"<!--(?:[^\x00-\x08\x0b\x0c\x0e-\x1f\-]++|-(?!-))*+-->"
_TAG = re.compile(
    rb"""<([^\s/>"'=<&]++)((?:[ \t\r\n]++[^\s/>"'=<&]++[ \t\r\n]*+=[ \t\r\n]*+(?:"[^"<]*+"|'[^'<]*+'))*+)([ \t\r\n]*+)(/?)>"""
)
_ATTRIBUTE = re.compile(rb"""([ \t\r\n]++)([^\s/>"'=<&]++)([ \t\r\n]*+=[ \t\r\n]*+)(?:"[^"]*+"|(')[^']*+')""")


class Tag(NamedTuple):
    """One start tag as it is spelled; `attributes` are white space, name, equals sign and quote of each."""

    name: str
    attributes: tuple[tuple[str, str, str, str], ...]
    blank: str  # before its end
    empty: bool  # it ends in `/>`
    end: int


def read_tag(text: bytes, at: int) -> Tag | None:
    """The start tag at a place, if there is one of the simple kind, in ASCII but for the values."""
    found = _TAG.match(text, at)
    if found is None or not found[1].isascii():
        return None
    attributes = []
    for one in _ATTRIBUTE.finditer(found[2]):
        if not one[2].isascii():
            return None
        attributes.append((one[1].decode(), one[2].decode(), one[3].decode(), "'" if one[4] else '"'))
    return Tag(found[1].decode(), tuple(attributes), found[3].decode(), bool(found[4]), found.end())


def text_in(quote: str, *, references: bool = True) -> str:
    """Any text between two such quotes."""
    one = _SINGLE if quote == "'" else _DOUBLE
    if not references:  # half as long to match
        return f"{one}*+"
    return f"{one}*+(?:{_REFERENCE}{one}*+)*+"


def as_seen(
    patterns: Patterns, element: ElementShape, tag: Tag, *, references: bool = True, capture: bool = False
) -> str | None:
    """The pattern of start tags that are spelled like one, up to the end of the last attribute; None if it can have none.

    With `capture` it is for tags that match without, ends behind the last value that is compared, and those values are groups.
    """
    names = [name for _, name, _, _ in tag.attributes]
    known = patterns.usable(element, names)
    if known is None:
        return None
    bounds = patterns.bounds(element)
    compared = compared_of(element, known)
    last = max((at for at, one in enumerate(known) if one.name in compared), default=-1)
    parts = [f"<{re.escape(tag.name)}"]
    for at, ((blank, name, equals, quote), one) in enumerate(zip(tag.attributes, known, strict=True)):
        if capture and at > last:
            break
        if capture:  # of tags that are known to match
            text = f"([^{quote}]*+)" if one.name in compared else f"[^{quote}]*+"
        else:
            text = patterns.pattern(one, bounds.get(one.name), text_in(quote, references=references), quote)
        parts.append(f"{_blank(blank)}{re.escape(name)}{_equals(equals)}{quote}{text}{quote}")
    return "".join(parts)


def compared_of(element: ElementShape, known: Sequence[AttributeShape]) -> list[str]:
    """The attributes that are compared with one another, in the order in which they stand."""
    wanted = {name for rule in orders(element, {one.name: 0 for one in known}) for name in (rule.first, rule.then)}
    return [one.name for one in known if one.name in wanted]


def _blank(seen: str) -> str:
    """The same white space if it is the usual, else any."""
    return " " if seen == " " else f"{BLANKS}++"


def _equals(seen: str) -> str:
    return "=" if seen == "=" else f"{BLANKS}*+={BLANKS}*+"


class Loose(NamedTuple):
    """The pattern of start tags with certain attributes in any order, and what its groups are, from 0.

    Each attribute that is there gives `=` for its group; a number that is compared is in one of two groups, by its quotes.
    """

    pattern: str
    there: tuple[int, ...]
    values: Mapping[str, tuple[int, int]]
    groups: int


def in_any_order(patterns: Patterns, element: ElementShape, names: Sequence[str]) -> Loose | None:
    """The pattern of what stands in start tags with attributes of these names; None if none can."""
    known = patterns.usable(element, names)
    if known is None or not names:
        return None
    bounds, compared = patterns.bounds(element), compared_of(element, known)
    group = 0
    there: list[int] = []
    values: dict[str, tuple[int, int]] = {}
    alternatives = []
    named = sorted(zip(names, known, strict=True), key=lambda pair: pair[0])
    for _, same in groupby(named, key=lambda pair: pair[0][0]):
        ones = list(same)
        prefix = _common(ones[0][0], ones[-1][0])
        inner = []
        for name, one in ones:
            capture = one.name in compared
            there.append(group)
            if capture:
                values[one.name] = (group + 1, group + 2)
            group += 3 if capture else 1
            both = [
                quote
                + patterns.pattern(one, bounds.get(one.name), text_in(quote), quote, capture=capture, wide=True)
                + quote
                for quote in "\"'"
            ]
            inner.append(f"{re.escape(name[len(prefix) :])}{BLANKS}*+(=){BLANKS}*+(?:{'|'.join(both)})")
        alternatives.append(f"{re.escape(prefix)}(?:{'|'.join(inner)})")
    pattern = f"(?:{BLANKS}++(?:{'|'.join(alternatives)})){{{len(names)}}}+"
    return Loose(pattern, tuple(there), values, group)


def _common(first: str, last: str) -> str:
    """What two names begin with, and so all between them in their order."""
    if first == last:
        return ""
    return first[
        : next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    ]
