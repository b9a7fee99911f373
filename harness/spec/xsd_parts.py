"""What every XML Schema that is made from a spec consists of: annotations, named simple types, patterns of numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

_NOT_IN_PATTERNS = re.compile(r"([\\.?*+{}()\[\]|^-])")


def identifier(text: str) -> str:
    """A text as part of the name of a type."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", text) or "empty"


def restriction(name: str, base: str, facets: Iterable[str], notes: Iterable[str]) -> list[str]:
    """The lines of a named simple type, with an empty one behind it."""
    return [
        f'  <xs:simpleType name="{name}">',
        *annotation(2, notes),
        f'    <xs:restriction base="{base}">',
        *(f"      {facet}" for facet in facets),
        "    </xs:restriction>",
        "  </xs:simpleType>",
        "",
    ]


def annotation(depth: int, notes: Iterable[str]) -> Iterator[str]:
    """The lines of an annotation; none without notes."""
    lines = [escape(note) for note in notes]
    if not lines:
        return
    space = "  " * depth
    if len(lines) == 1:
        yield f"{space}<xs:annotation><xs:documentation>{lines[0]}</xs:documentation></xs:annotation>"
        return
    yield f"{space}<xs:annotation>"
    yield f"{space}  <xs:documentation>"
    yield from (f"{space}    {line}" for line in lines)
    yield f"{space}  </xs:documentation>"
    yield f"{space}</xs:annotation>"


def literally(text: str) -> str:
    """A pattern that only this text fits."""
    return _NOT_IN_PATTERNS.sub(r"\\\1", text)


def in_any_case(text: str) -> str:
    """A pattern that a text fits, whatever the case of its ASCII letters."""
    return "".join(
        f"[{one.upper()}{one.lower()}]" if one.isascii() and one.isalpha() else literally(one) for one in text
    )


def integers(minimum: int | None, maximum: int | None, digits: int) -> list[str]:
    """Patterns of the integers within limits, without leading zeros; `digits` are the most that one may have.

    A pattern, and not limits of xs:integer, since that lets blanks stand around a number and in Python's reading more than those.
    """
    found = []
    if minimum is None or minimum < 0:
        least = 1 if maximum is None or maximum >= 0 else -maximum
        found += [f"-({one})" for one in _naturals(least, None if minimum is None else -minimum, digits - 1)]
    if maximum is None or maximum >= 0:
        found += _naturals(max(minimum or 0, 0), maximum, digits)
    return found


def _naturals(low: int, high: int | None, digits: int) -> list[str]:
    if high is not None and high < low:
        return []
    found = ["0"] if low == 0 else []
    low = max(low, 1)
    if high is None:
        size = len(str(low))
        return [*found, *_naturals_between(low, 10**size - 1), f"[1-9][0-9]{{{size},{digits - 1}}}"]
    return [*found, *_naturals_between(low, high)]


def _naturals_between(low: int, high: int) -> Iterator[str]:
    """Patterns of the numbers from `low` to `high`, both 1 or more, each for those of which the last digits are free."""
    while low <= high:
        step = 1
        while low % (step * 10) == 0 and low + step * 10 - 1 <= high:
            step *= 10
        # As many numbers that follow and differ in the digit before the free ones only.
        last = low // step % 10
        count = min(9 - last, (high - low + 1) // step - 1)
        head, free = str(low // step)[:-1], len(str(step)) - 1
        digit = str(last) if not count else f"[{last}-{last + count}]"
        yield head + digit + ("" if not free else "[0-9]" if free == 1 else f"[0-9]{{{free}}}")
        low += step * (count + 1)
