"""The rules of an element's attributes as regular expressions, for elements that are as they should be and teach nothing new.

What matches needs no other look: it breaks no rule, and it fits every reading that is still open. What does not match may be
in order all the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from harness.rows.ranges import NOTHING, between
from harness.rows.result import Tally
from harness.rows.shape import ANY_TEXT, INTEGERS, AttributeShape, ElementShape, Open, OrderShape, Shape
from harness.spec.model import Base
from harness.spec.xmlmodel import Membership

SEPARATOR = "\x1f"  # no XML document can hold it
_TEXT = r"[^\x1f]*+"
_END = r"(?:\x1f|\Z)"
_BLANKS = r"[ \t\r\n]*+"


class Bounds(NamedTuple):
    """The least and the greatest value that a number may have, None for none."""

    low: int | None = None
    high: int | None = None

    def tightened(self, low: int | None, high: int | None) -> Bounds:
        """Both these bounds and those."""
        lows = [one for one in (self.low, low) if one is not None]
        highs = [one for one in (self.high, high) if one is not None]
        return Bounds(max(lows, default=None), min(highs, default=None))


class Plan(NamedTuple):
    """The check of an element with certain attributes in a certain order: a pattern of the values that matter, then pairs in order.

    Attributes:
        names: the element's name, and those of its attributes.
        each: place, pattern and shape of each value that matters; parts: place -> pattern, as text.
        compared: places of values that are compared, with one another or with the window.
        unknown: places of attributes that are not known; missing: attributes that are not there.
    """

    names: tuple[str, ...]
    values: Callable[[Sequence[str]], Sequence[str]]
    match: Callable[[str], object]
    pairs: tuple[tuple[int, int, OrderShape], ...]
    each: tuple[tuple[int, Callable[[str], object], AttributeShape], ...]
    parts: Mapping[int, str]
    compared: frozenset[int]
    unknown: tuple[int, ...]
    missing: tuple[AttributeShape, ...]


class Patterns:
    """Makes patterns for what is known now; when the tally changes they have to be made again.

    Attributes:
        compared: attributes that decide whether a row belongs to the window.
        last_fitting: readings of the window that the last row checked each by each fits.
    """

    def __init__(self, shape: Shape, tally: Tally, window: tuple[int, int] | None) -> None:
        self.membership: Mapping[str, Membership] = shape.membership if window is not None and shape.belongs else {}
        rules = self.membership.values()
        names = [name for rule in rules for name in (rule.not_before, rule.not_after) if name is not None]
        self.compared = tuple(dict.fromkeys(names))
        self.last_fitting: frozenset[str] = frozenset()
        self._shape, self._tally = shape, tally
        self._low, self._high = window or (0, 0)

    def plan(self, element: ElementShape, names: Sequence[str]) -> Plan | None:
        """How to check elements with attributes of these names quickly; None where each teaches something."""
        found = [element.by_spelling.get(name) for name in names]
        known = {2 * at + 1: one for at, one in enumerate(found) if one is not None}
        present = {one.name: at for at, one in known.items()}
        if len(present) < len(known):
            return None
        if not all(self.settled(one.spellings[names[at // 2]]) for at, one in known.items()):
            return None
        absent = [one for one in element.attributes.values() if one.required and one.name not in present]
        if not all(one.absent is None or self.settled(one.absent) for one in absent):
            return None
        bounds = self.bounds(element)
        parts = {at: self.pattern(one, bounds.get(one.name)) for at, one in known.items()}
        parts = {at: part for at, part in parts.items() if part != _TEXT}
        return Plan(
            names=(element.name, *names),
            values=itemgetter(*parts) if len(parts) > 1 else _none if not parts else _one(*parts),
            match=re.compile(SEPARATOR.join(parts.values())).fullmatch,
            pairs=tuple((present[one.first], present[one.then], one) for one in orders(element, present)),
            each=tuple((at, re.compile(part).fullmatch, known[at]) for at, part in parts.items()),
            parts=parts,
            compared=frozenset(at for at, one in known.items() if one.name in bounds),
            unknown=tuple(2 * at + 1 for at, one in enumerate(found) if one is None),
            missing=tuple(one for one in absent if one.absent is None),
        )

    def usable(self, element: ElementShape, names: Sequence[str]) -> list[AttributeShape] | None:
        """The attributes of these names, if with them an element is complete, has none twice, and teaches nothing new."""
        found = [element.by_spelling.get(name) for name in names]
        known = [one for one in found if one is not None]
        present = {one.name for one in known}
        if len(known) < len(found) or len(present) < len(known):
            return None
        if not all(self.settled(one.spellings[name]) for name, one in zip(names, known, strict=True)):
            return None
        for one in element.attributes.values():
            if one.required and one.name not in present and (one.absent is None or not self.settled(one.absent)):
                return None
        return known

    def settled(self, point: Open | None) -> bool:
        """Whether noting the point again would change nothing."""
        return point is None or self._tally.settled(point.ambiguity, point.readings)

    def bounds(self, element: ElementShape) -> dict[str, Bounds]:
        """Attributes of which values are compared -> the bounds within which a row teaches nothing new of the window."""
        found = {name: Bounds() for order in element.orders for name in (order.first, order.then)}
        if not self.membership or element.name != self._shape.row:
            return found
        needed = frozenset(self.membership) - self._tally.against[self._shape.belongs].keys() or self.last_fitting
        for reading in needed:
            rule = self.membership[reading]
            if rule.not_before is not None:
                found[rule.not_before] = found.get(rule.not_before, Bounds()).tightened(self._low, None)
            if rule.not_after is not None:
                found[rule.not_after] = found.get(rule.not_after, Bounds()).tightened(None, self._high)
        return found

    def pattern(
        self,
        one: AttributeShape,
        bounds: Bounds | None,
        text: str = _TEXT,
        end: str = _END,
        *,
        capture: bool = False,
        wide: bool = False,
    ) -> str:
        """The values of an attribute that are in order.

        Args:
            bounds: of numbers that are compared.
            text: the pattern of any text; end: of what follows a value.
            capture: make a group of a number that is compared.
            wide: let it have a sign, leading zeros and white space, which are outside of the group.
        """
        special = {**one.words, **one.none_values}
        if one.empty is not None:
            special[""] = one.empty
        wrong = [word for word, point in special.items() if not self.settled(point)]
        refused = f"(?!(?:{'|'.join(map(re.escape, wrong))}){end})" if wrong else ""
        found = [re.escape(word) for word in special if word not in wrong and (bounds is None or not word)]
        base, any_text = one.kind.base, one.kind.or_object is not None or one.kind.base in ANY_TEXT
        free = any_text or (one.other is not None and self.settled(one.other))
        if one.fixed is not None:
            found.append(re.escape(one.fixed))
        elif bounds is not None:
            number = f"({between(*bounds)})" if capture else between(*bounds)
            if wide and base in (Base.XS_INTEGER, Base.XS_NON_NEGATIVE):
                number = rf"{_BLANKS}\+?0*+{number}{_BLANKS}"
            found.append(number if any_text or base in INTEGERS else NOTHING)
        elif free:
            return refused + text if not any(wrong) else NOTHING
        elif base is Base.ENUM:
            found += [re.escape(word) for word in one.kind.choices if word not in special]
        elif base is Base.XS_INTEGER:
            found.append(f"{_BLANKS}[+-]?[0-9]++{_BLANKS}")
        elif base is Base.XS_NON_NEGATIVE:
            found.append(rf"{_BLANKS}\+?[0-9]++{_BLANKS}")
        elif base is Base.INT and (one.kind.minimum or -1) >= 0:
            found.append(between(one.kind.minimum, one.kind.maximum))
        return f"{refused}(?:{'|'.join(found) or NOTHING})"


def but_for(plan: Plan, wrong: Sequence[int]) -> Callable[[str], object]:
    """The pattern of a plan with any text in some places."""
    parts = (_TEXT if at in wrong else part for at, part in plan.parts.items())
    return re.compile(SEPARATOR.join(parts)).fullmatch


def orders(element: ElementShape, present: Mapping[str, int]) -> list[OrderShape]:
    """The rules of order of which both attributes are there."""
    return [one for one in element.orders if one.first in present and one.then in present]


def _none(_pairs: Sequence[str]) -> Sequence[str]:
    return ()


def _one(at: int) -> Callable[[Sequence[str]], Sequence[str]]:
    return lambda pairs: (pairs[at],)
