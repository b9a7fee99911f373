"""The rules of one element's attributes, each by each: what is wrong is told, what only some readings permit is noted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from harness.rows.order import Number, number
from harness.rows.patterns import SEPARATOR, Patterns, Plan, but_for
from harness.rows.result import MOST_KEPT, MOST_KINDS, MOST_TEXT, Kind, Place, Rule, Tally
from harness.rows.shape import AttributeShape, ElementShape, Open, OrderShape, Shape
from harness.verdict import Severity

# Says where an attribute of the element being checked stands, or the element itself for "".
Locate = Callable[[str], Place]

MOST_PLANS = 64
# Places, patterns and shapes of values that are wrong.
Wrong = tuple[tuple[int, Callable[[str], object], AttributeShape], ...]
_SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance "


class Checker:
    """Checks elements of one shape, and notes in a tally what is wrong and which readings fit."""

    def __init__(self, shape: Shape, tally: Tally, patterns: Patterns, window: tuple[int, int] | None) -> None:
        self._shape = shape
        self._tally = tally
        self._patterns = patterns
        self._low, self._high = window or (0, 0)
        self._edges = (number(str(self._low)), number(str(self._high)))
        self._plans: dict[tuple[str, ...], Plan | None] = {}
        self._planned = -1  # state of the tally for which the plans hold
        self._element: ElementShape | None = None  # that the plan at hand is for, with attributes of these names
        self._names: Sequence[str] = ()
        self._plan: Plan | None = None
        self._last_wrong: tuple[Wrong, Callable[[str], object] | None] = ((), None)
        self._others: dict[
            tuple[tuple[str, ...], tuple[int, ...]], Callable[[str], object]
        ] = {}  # patterns of the rest, by what is wrong
        self._kinds: dict[tuple[str, str, str, str], tuple[Kind, list[int]]] = {}

    def attributes(self, element: ElementShape, pairs: Sequence[str], locate: Locate) -> None:
        """Check names and values, which alternate as the parser gives them."""
        names = pairs[::2]
        if names != self._names or element is not self._element or self._planned != self._tally.changes:
            self._choose(element, names)
        plan = self._plan
        if plan is None:
            self._each(element, pairs, locate)
            return
        wrong: Wrong = ()
        text = SEPARATOR.join(plan.values(pairs))
        if plan.match(text) is None:
            wrong = self._wrong(plan, pairs, text)
            if any(at in plan.compared for at, _, _ in wrong):
                self._each(element, pairs, locate)
                return
        for first, then, order in plan.pairs:
            low, high = pairs[first], pairs[then]
            if low > high if len(low) == len(high) else len(low) > len(high) > 0:
                both = {order.first: (pairs[first - 1], low), order.then: (pairs[then - 1], high)}
                self._order(element, order, both, locate)
        for at in plan.unknown:
            self._unknown(element, pairs[at - 1], pairs[at], locate)
        for at, _, one in wrong:
            self._value(element, one, pairs[at - 1], pairs[at], locate)
        for one in plan.missing:
            self._missing(element, one, locate)

    def _wrong(self, plan: Plan, pairs: Sequence[str], text: str) -> Wrong:
        """Which values are wrong: most likely those that were in the last element that had any."""
        last, rest = self._last_wrong
        if rest is not None and rest(text) is not None:
            for at, match, _ in last:
                if match(pairs[at]) is not None:
                    break
            else:
                return last
        found = tuple(each for each in plan.each if each[1](pairs[each[0]]) is None)
        places = tuple(at for at, _, _ in found)
        key = (plan.names, places)
        if key not in self._others and len(self._others) < MOST_PLANS:
            self._others[key] = but_for(plan, places)
        self._last_wrong = (found, self._others.get(key))
        return found

    def _choose(self, element: ElementShape, names: Sequence[str]) -> None:
        """Find the plan for an element with these attributes, which the next is likely to have too."""
        if self._planned != self._tally.changes:
            self._plans.clear()
            self._others.clear()
            self._planned = self._tally.changes
        self._element, self._names = element, names
        self._last_wrong = ((), None)
        key = (element.name, *names)
        if key not in self._plans and len(self._plans) < MOST_PLANS:
            self._plans[key] = self._patterns.plan(element, names)
        self._plan = self._plans.get(key)

    def _each(self, element: ElementShape, pairs: Sequence[str], locate: Locate) -> None:
        seen: dict[str, tuple[str, str]] = {}
        for at in range(0, len(pairs), 2):
            spelled, value = pairs[at], pairs[at + 1]
            one = element.by_spelling.get(spelled)
            if one is None or one.name in seen:
                self._unknown(element, spelled, value, locate)
                continue
            seen[one.name] = (spelled, value)
            if (reading := one.spellings[spelled]) is not None:
                self.open(reading, locate, spelled)
            self._value(element, one, spelled, value, locate)
        for one in element.attributes.values():
            if one.required and one.name not in seen:
                self._missing(element, one, locate)
        for order in element.orders:
            self._order(element, order, seen, locate)
        if self._patterns.membership and element.name == self._shape.row:
            self._window(element, seen, locate)

    def open(self, point: Open, locate: Locate, spelled: str = "") -> None:
        """Note what only some readings permit."""
        if self._tally.narrows(point.ambiguity, point.readings):
            self._tally.narrow(point.ambiguity, point.readings, locate(spelled))

    def _value(self, element: ElementShape, one: AttributeShape, spelled: str, value: str, locate: Locate) -> None:
        if not value and one.empty is not None:
            point: Open | None = one.empty
        elif one.valid(value):
            point = one.words.get(value) or one.none_values.get(value)
            if point is None:
                return
        else:
            point = one.words.get(value) or one.none_values.get(value) or one.other
        if point is not None:
            self.open(point, locate, spelled)
            return
        self.report(Rule.TYPE, element, one.name, locate, spelled, expected=one.expected, got=value)

    def _missing(self, element: ElementShape, one: AttributeShape, locate: Locate) -> None:
        if one.absent is not None:
            self.open(one.absent, locate)
            return
        expected = "an attribute " + " or ".join(one.spellings)
        self.report(Rule.MISSING, element, one.name, locate, expected=expected, got="it is not there")

    def _unknown(self, element: ElementShape, spelled: str, value: str, locate: Locate) -> None:
        if spelled.startswith(_SCHEMA_INSTANCE) and element is self._shape.root:
            return
        self._tally.strange(spelled)
        self.report(
            Rule.UNKNOWN,
            element,
            spelled.rpartition(" ")[2],
            locate,
            spelled,
            severity=Severity.SHOULD,
            expected="an attribute that the document names",
            got=value,
            clause=self._shape.rules.get("extra", ""),
        )

    def _order(
        self, element: ElementShape, order: OrderShape, seen: Mapping[str, tuple[str, str]], locate: Locate
    ) -> None:
        if order.first not in seen or order.then not in seen:
            return
        first, (spelled, then) = seen[order.first], seen[order.then]
        low, high = _number(element, order.first, first[1]), _number(element, order.then, then)
        if low is None or high is None or low <= high:
            return
        self.report(
            Rule.ORDER,
            element,
            order.then,
            locate,
            spelled,
            severity=order.severity,
            expected=f"{first[0]} {first[1]} or more",
            got=then,
            clause=order.clause,
        )

    def _window(self, element: ElementShape, seen: Mapping[str, tuple[str, str]], locate: Locate) -> None:
        """Which readings of the window the row fits. A value that is not there or is no number fits any."""
        low, high = self._edges
        patterns = self._patterns
        numbers: dict[str | None, Number | None] = {
            name: _number(element, name, seen[name][1]) for name in patterns.compared if name in seen
        }
        fitting = frozenset(
            reading
            for reading, rule in patterns.membership.items()
            if _at_least(numbers.get(rule.not_before), low) and _at_least(high, numbers.get(rule.not_after))
        )
        if fitting:
            patterns.last_fitting = fitting
            if len(fitting) < len(patterns.membership):
                self.open(Open(ambiguity=self._shape.belongs, readings=fitting), locate)
            return
        present = [name for name in patterns.compared if name in seen]
        self.report(
            Rule.WINDOW,
            element,
            patterns.compared[0] if patterns.compared else "",
            locate,
            seen[present[0]][0] if present else "",
            severity=self._shape.window_severity,
            expected=f"a row that belongs to {self._low} to {self._high}",
            got=", ".join(f"{name} {seen[name][1][:MOST_TEXT]}" for name in present),
            clause=self._shape.window_clause,
        )

    def report(
        self,
        rule: Rule,
        element: ElementShape,
        attribute: str,
        locate: Locate,
        spelled: str = "",
        *,
        severity: Severity = Severity.MUST,
        expected: str,
        got: str,
        clause: str = "",
    ) -> None:
        """Note a violation at an attribute, or at the element."""
        key = (rule.value, element.name, attribute, clause)
        known = self._kinds.get(key)
        if known is None:
            part = f"reply.{element.name}" if element is not self._shape.root or attribute else "reply"
            part = f"{part}.{attribute}" if attribute else part
            kind = Kind(rule, severity, element.name, attribute, part, clause)
            known = (kind, self._tally.cell(kind))
            if len(self._kinds) < MOST_KINDS:
                self._kinds[key] = known
        known[1][0] += 1
        if len(self._tally.violations) < MOST_KEPT:
            self._tally.keep(known[0], locate(spelled), expected, got)


def _number(element: ElementShape, name: str, value: str) -> Number | None:
    """A value to compare; None for what is no number, or stands for none."""
    return None if value in element.attributes[name].none_values else number(value)


def _at_least(value: Number | None, limit: Number | None) -> bool:
    return value is None or limit is None or value >= limit
