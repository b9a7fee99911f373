"""Rows that are in order, found in bulk: stretches of a document that need no parser.

What is passed over here is what the parser and the checks would find in order, and from which they would learn nothing; a
property test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import itemgetter, le
from typing import Any

from harness.rows.patterns import Patterns, orders
from harness.rows.result import Tally
from harness.rows.shape import ChildShape, ElementShape, Shape
from harness.rows.spelled import BLANKS, COMMENT, Tag, as_seen, compared_of, in_any_order, read_tag

MOST_LAYOUTS = 4
# A try to learn a spelling takes as long as some hundred rows: so many are free, then one for so many bytes.
FREE_TRIES, BYTES_A_TRY = 6, 8_388_608
_BLANK_BYTES = re.compile(rb"[ \t\r\n]*+")
_NOT_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")  # U+FFFE and U+FFFF
# References near the start of a value to what may be a letter or digit, which is put into the text instead. Only blanks
# stand in front of names, so behind a quote and what is no blank none of them is part of a name.
_IN_VALUE = "|".join(rf"(?<=[\"'][0-9A-Za-z&#;]{{{width}}}&)" for width in range(17))
_REFERENCE = re.compile(rf"&(?:{_IN_VALUE})#(?:x[3-7][0-9a-fA-F]|[0-9]{{2,3}});".encode())
_PLAIN = {
    form: bytes([code])
    for code in range(128)
    if chr(code).isalnum()
    for form in (b"&#%d;" % code, b"&#x%x;" % code, b"&#x%X;" % code)
}
_BETWEEN = f"(?:{BLANKS}++|{COMMENT})"

Pairs = Sequence[tuple[int, int]]


class Quick:
    """Finds how far rows in order reach, in one document: spelled like a row that was seen, or in any way."""

    def __init__(self, shape: Shape, tally: Tally, patterns: Patterns) -> None:
        self._row = shape.elements.get(shape.row)
        self._shape, self._tally, self._patterns = shape, tally, patterns
        self._samples: list[bytes] = []
        self._tries = self._passed = 0
        self._state = -1  # of the tally, for which the patterns were made
        self._parts: list[tuple[str, str]] | None = None  # patterns of a row, without references in its values and with
        self._matches: dict[bool, Any] = {}
        self._leaves = False  # whether each `<` is that of a row
        self._values: Any = None
        self._pairs: Pairs = ()
        self._name = b""
        self._tag: Tag | None = None  # of the last row that was looked at
        self._loose: Any = None
        self._loose_made = False
        self._there: Any = None
        self._full: tuple[bytes, ...] = ()
        self._loose_pairs: Sequence[tuple[tuple[int, int], tuple[int, int]]] = ()

    def alike(self, data: bytes, at: int, end: int) -> tuple[int, int]:
        """Where rows in order that are spelled like those seen end, from a place on, and how many they are."""
        if self._row is None:
            return at, 0
        self._passed += max(end - at, 0)
        if self._state != self._tally.changes:
            self._make()
        found = self._reach(data, at, end)
        if found == at:
            if not self._learn(data, at, end):
                return at, 0
            found = self._reach(data, at, end)
        span = data[at:found]
        rows = span.count(b"<" if self._leaves else self._name)
        if not _characters(span):
            return at, 0
        good = self._good(span, rows)
        if good < rows:
            found = at - 1
            for _ in range(good + 1):
                found = data.find(self._name, found + 1)
        return (found, good) if good else (at, 0)

    def _reach(self, data: bytes, at: int, end: int) -> int:
        """Where rows that are spelled like those seen end, from a place on."""
        if self._parts is None:
            return at
        references = data.find(b"&", at, end) >= 0
        match: Any = self._matches.get(references)
        if match is None:
            text = f"(?:{BLANKS}*+(?:{'|'.join(part[references] for part in self._parts)}))*+"
            match = self._matches[references] = _compiled(text).match
        return int(match(data, at, end).end())  # it matches nothing, if no row

    def _good(self, span: bytes, rows: int) -> int:
        """How many rows come before the first of which two values are in the wrong order."""
        if not self._pairs:
            return rows
        values = self._values(span)
        if len(values) != rows:
            return 0
        columns = list(zip(*values, strict=True)) if isinstance(values[0], tuple) else [values]
        return min(_ordered(columns[first], columns[then]) for first, then in self._pairs)

    def _learn(self, data: bytes, at: int, end: int) -> bool:
        """Take the row at a place as a sample of how rows are spelled; gives whether it and those like it match now."""
        start = _BLANK_BYTES.match(data, at).end()  # type: ignore[union-attr]
        last = self._end_of_row(data, start, end)
        if last is None or len(self._samples) >= MOST_LAYOUTS or self._tries > FREE_TRIES + self._passed // BYTES_A_TRY:
            return False
        before = (self._parts, self._matches, self._values, self._pairs, self._name, self._leaves)
        sample = data[start:last]
        tag = read_tag(sample, 0)
        if tag is None or self._layout(sample, tag) is None:
            return False
        self._tag, self._loose_made = tag, False
        self._tries += 1
        self._samples.append(sample)
        self._make()
        if self._reach(data, at, end) > at:
            return True
        self._samples.pop()
        self._parts, self._matches, self._values, self._pairs, self._name, self._leaves = before
        return False

    def _end_of_row(self, data: bytes, start: int, end: int) -> int | None:
        tag = read_tag(data, start)
        if tag is None or tag.end > end:
            return None
        if tag.empty:
            return tag.end
        closing = b"</" + tag.name.encode()
        found = data.find(closing, tag.end, end)
        last = data.find(b">", found, end) + 1 if found >= 0 else 0
        return last or None

    def _make(self) -> None:
        """Make the patterns anew: of the samples that still teach nothing."""
        self._state = self._tally.changes
        self._parts = self._values = self._loose = None
        self._matches = {}
        self._loose_made = False
        parts, values, pairs, names = [], [], [], set()
        group, leaves = 0, True
        for sample in self._samples:
            tag = read_tag(sample, 0)
            made = [self._layout(sample, tag, references=one) for one in (False, True)] if tag is not None else [None]
            if made[0] is None or made[-1] is None or tag is None or self._row is None:
                continue
            parts.append((made[0], made[-1]))
            leaves = leaves and tag.empty
            names.add(tag.name)
            known = self._patterns.usable(self._row, [one[1] for one in tag.attributes]) or []
            compared = compared_of(self._row, known)
            values.append(as_seen(self._patterns, self._row, tag, capture=True))
            for rule in orders(self._row, dict.fromkeys(compared, 0)):
                pairs.append((group + compared.index(rule.first), group + compared.index(rule.then)))
            group += len(compared)
        if not parts or len(names) > 1:
            return
        self._name = b"<" + names.pop().encode()
        self._parts, self._leaves = parts, leaves
        self._pairs = pairs
        self._values = _compiled("|".join(str(one) for one in values)).findall if pairs else None

    def _layout(self, sample: bytes, tag: Tag, *, references: bool = True) -> str | None:
        """The pattern of rows that are spelled like a sample."""
        row = self._row
        place = self._place(tag.name)
        start = (
            as_seen(self._patterns, row, tag, references=references) if row is not None and place is not None else None
        )
        if row is None or start is None:
            return None
        blank = tag.blank if tag.blank in ("", " ") else f"{BLANKS}*+"
        if tag.empty:
            return None if any(child.minimum for child in row.children.values()) else f"{start}{blank}/>"
        inner = self._inner(row, sample, tag)
        return None if inner is None else f"{start}{blank}>{inner}{BLANKS}*+</{re.escape(tag.name)}{BLANKS}*+>"

    def _inner(self, row: ElementShape, sample: bytes, tag: Tag) -> str | None:
        """The pattern of a row's children, which have none themselves and are spelled like the first."""
        at = _BLANK_BYTES.match(sample, tag.end).end()  # type: ignore[union-attr]
        first = read_tag(sample, at)
        if first is None:
            return "" if not any(child.minimum for child in row.children.values()) else None
        child = row.children.get(first.name)
        if child is None or len(row.children) > 1 or first.name.startswith(tag.name) or not first.empty:
            return None
        if child.element.children or child.element.orders or not self._patterns.settled(child.spelling):
            return None
        start = as_seen(self._patterns, child.element, first)
        most = "" if child.maximum is None else child.maximum
        return None if start is None else f"(?:{BLANKS}*+{start}{BLANKS}*+/>){{{child.minimum},{most}}}+"

    def _place(self, name: str) -> ChildShape | None:
        """What rows of this name are in their parent; None if that teaches something, or something else is to be counted."""
        found = [one.children for one in self._shape.elements.values() if name in one.children]
        if len(found) != 1 or len(found[0]) > 2:
            return None
        child = found[0][name]
        fine = child.element is self._row and not child.minimum and child.maximum is None and not child.at
        return child if fine and self._patterns.settled(child.spelling) else None

    # In any spelling

    def _make_loose(self) -> None:
        tag, row = self._tag, self._row
        if tag is None or row is None or row.children or self._place(tag.name) is None:
            return
        made = in_any_order(self._patterns, row, [one[1] for one in tag.attributes])
        if made is None:
            return
        name = re.escape(tag.name)
        text = f"{_BETWEEN}*+<{name}{made.pattern}{BLANKS}*+(?:/>|>{BLANKS}*+</{name}{BLANKS}*+>)|{_BETWEEN}++|([\\x00-\\xff]++)"
        self._loose = _compiled(text).findall
        self._there = itemgetter(*made.there, made.groups)
        self._full = (b"=",) * len(made.there) + (b"",)
        present = dict.fromkeys(made.values, 0)
        self._loose_pairs = [(made.values[rule.first], made.values[rule.then]) for rule in orders(row, present)]

    def last_start(self, data: bytes, at: int, end: int) -> int:
        """Where the last row of a stretch begins, so that those before it are whole; its end if that is not known."""
        found = data.rfind(b"<" + self._tag.name.encode(), at, end) if self._tag is not None else -1
        return found if found > at else end

    def anyhow(self, data: bytes) -> int:
        """How many rows a stretch is made of, in any spelling; 0 if something in it is not in order, or may not be."""
        if self._state != self._tally.changes:
            self._make()
        if not self._loose_made:
            self._loose_made = True
            self._make_loose()
        if self._loose is None or not _characters(data):
            return 0
        if b"&#" in data:
            data = _REFERENCE.sub(_plain, data)
        found = self._loose(data)
        kinds = set(map(self._there, found))
        if not kinds <= {self._full, (b"",) * len(self._full)}:
            return 0
        rows = [one for one in found if self._there(one) == self._full] if len(kinds) > 1 else found
        if self._full not in kinds:
            return 0
        columns = list(zip(*rows, strict=True))
        for first, then in self._loose_pairs:
            if _ordered(_either(columns, first), _either(columns, then)) < len(rows):
                return 0
        return len(rows)


def _either(columns: Sequence[Sequence[bytes]], groups: tuple[int, int]) -> Sequence[bytes]:
    """Values of which each stands in one of two columns."""
    one, other = columns[groups[0]], columns[groups[1]]
    if not any(other):
        return one
    return [first or second for first, second in zip(one, other, strict=True)]


def _ordered(low: Sequence[bytes], high: Sequence[bytes]) -> int:
    """How many pairs come before the first of which the first number is greater; there are no leading zeros, and b"" is none."""
    if len(set(map(len, low)) | set(map(len, high))) == 1 and all(map(le, low, high)):
        return len(low)
    for at, (one, other) in enumerate(zip(low, high, strict=True)):
        if one and other and (len(one), one) > (len(other), other):
            return at
    return len(low)


def _characters(data: bytes) -> bool:
    """Whether valid UTF-8 holds none of the two characters that no document may hold; patterns exclude the others."""
    return data.isascii() or not any(one in data for one in _NOT_CHARACTERS)


def _plain(found: re.Match[bytes]) -> bytes:
    """A letter or digit instead of a reference to it."""
    return _PLAIN.get(found[0], found[0])


def _compiled(text: str) -> re.Pattern[bytes]:
    return re.compile(text.encode("utf-8"))
