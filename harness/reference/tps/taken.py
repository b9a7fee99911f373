"""Checks the members of a call and makes values of them.

In this order, and the first mistake is the one that is told: each member in the order of the document, and within a struct its own members
likewise: it is missing, of another type, an integer that does not fit, then what its type and its array forbid; members that the method
does not have; both halves of a pair; limits that are other values; what is needed together; and, when all of that is right, ids
of nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.reference.tps.asking import Path, RefusedError, Values
from harness.reference.tps.common import FAULTS, Common
from harness.reference.tps.near import Near
from harness.reference.tps.slots import Shape, Shapes, Slot
from harness.spec.callmodel import Bound, Slip, Wrong
from harness.spec.documentmodel import Requirement
from harness.wire.xmlrpc_values import LEAST_INT, MOST_INT, Kind, Value

# Members of network settings that only the list of changes has.
_CHANGED_ONLY = frozenset({"ethernetAutomatic", "speed", "fullDuplex"})
_NO_FAULT = Wrong(fault="invalid-parameter")


class Taker:
    """Takes the members of calls.

    Args:
        common: model, readings, faults.
        exists: whether an object of a kind has a name.
    """

    def __init__(self, common: Common, exists: Callable[[str, Any], bool]) -> None:
        self._common, self._exists = common, exists
        self._spoiler = common.spoiler
        self._shapes = Shapes(common)
        self._head = self._shapes.head()
        self._names = frozenset(common.syntax.head)
        self._near = Near(common.choices)
        choices = common.choices
        self._folds = choices("letter-case") == "same"
        self._first = choices("double") == "first"
        self._extra = choices("extra-member") == "refused"
        self._false_taken = choices("limited-false") == "taken"
        self._lone = choices("lone-false")
        self._unlisted = _CHANGED_ONLY if choices.of("TPS-AMB-215") == "refused" else frozenset()
        self._empty = choices.of("TPS-AMB-015") in ("invalid", "missing")

    def head(self, struct: Value) -> Values:
        """The members that every call carries: checked, without regard to who it is."""
        return self._members("", self._head, self._given(struct, self._head), ())

    def members(self, method: str, struct: Value) -> Values:
        """All others.

        Raises:
            RefusedError: for the first mistake.
        """
        shape = self._shapes.method(method)
        given = self._given(struct, shape)
        for name in self._names:
            given.pop(name, None)
        if self._folds:
            given = {
                name: one for name, one in given.items() if name.lower() not in {head.lower() for head in self._names}
            }
        values = self._members(method, shape, given, ())
        if given and self._extra:
            raise RefusedError("invalid-parameter", (next(iter(given)),))
        self._objects(method, shape, values, ())
        return values

    def _given(self, struct: Value, shape: Shape) -> dict[str, Value]:
        members = reversed(struct.members) if self._first else struct.members
        if not self._folds:
            return {member.name: member.value for member in members}
        return {shape.folded.get(member.name.lower(), member.name): member.value for member in members}

    def _members(self, method: str, shape: Shape, given: dict[str, Value], path: Path) -> Values:
        values: Values = {}
        near = self._near
        for slot in shape.slots:
            value = given.pop(slot.spelled, None)
            if value is None or (value.kind is Kind.NONE and near.absent(value)):
                if slot.required and not self._passes(method, (*path, slot.name), Slip.MISSING, None):
                    self._missing(slot, path)
                continue
            values[slot.name] = self._value(method, slot, value, (*path, slot.spelled))
        if shape.pairs:
            self._pairs(method, shape, values, path)
        for slot in shape.bounded:
            if slot.name in values:
                self._bounds(method, slot, values, path)
        for need in shape.needs:
            self._need(method, need, values, path)
        return values

    def _passes(self, method: str, path: Path, slip: Slip, value: Any) -> bool:
        return self._spoiler is not None and self._spoiler.passes(method, path, slip, value)

    def _missing(self, slot: Slot, path: Path) -> None:
        member = slot.member
        reading = self._common.choices.of(member.required_ambiguity)
        if member.required_ambiguity is not None and reading in FAULTS and reading != "missing":
            raise RefusedError(FAULTS[reading], (*path, slot.spelled))
        self._wrong(slot, Slip.MISSING, (*path, slot.spelled))

    def _wrong(self, slot: Slot, slip: Slip, path: Path, value: Any = None) -> None:
        """Refuse for a slip; comes back where the reading takes it."""
        common, member, calls = self._common, slot.member, self._common.syntax
        if slip in member.wrong:
            common.wrong(member.wrong[slip], path)
            return
        if slip is Slip.LENGTH and member.object in calls.unknown_long:
            common.wrong(calls.unknown_long[member.object], path)
            return
        if slip is Slip.UNKNOWN:
            empty = calls.unknown_empty.get(member.object or "") if value == "" else None
            common.wrong(empty or calls.unknown.get(member.object or "", _NO_FAULT), path)
            return
        rule = calls.wrong.get(slip, _NO_FAULT)
        opened = slot.scalar.open.get(slip) if slot.scalar is not None else None
        reading = common.choices.of(opened)
        for faults in (rule.faults, FAULTS):
            if reading in faults and reading != "refused":
                raise RefusedError(faults[reading], path)
        common.wrong(rule, path)

    def _value(self, method: str, slot: Slot, value: Value, path: Path) -> Any:
        member = slot.member
        if not member.array:
            return self._one(method, slot, value, path)
        if value.kind is not Kind.ARRAY:
            if self._passes(method, path, Slip.MALFORMED, value):
                return []
            self._wrong(slot, Slip.MALFORMED, path)
        items = value.items
        for slip, wrong in (
            (Slip.FEW, len(items) < (member.least or 0)),
            (Slip.MANY, member.most is not None and len(items) > member.most),
        ):
            if wrong and not self._passes(method, path, slip, items):
                self._wrong(slot, slip, path)
        return [self._one(method, slot, item, (*path, place)) for place, item in enumerate(items)]

    def _one(self, method: str, slot: Slot, value: Value, path: Path) -> Any:
        if slot.structs:
            if value.kind is not Kind.STRUCT:
                if self._passes(method, path, Slip.MALFORMED, value):
                    return {}
                self._wrong(slot, Slip.MALFORMED, path)
            return self._struct(method, slot, value, path)
        scalar = value.scalar
        if value.kind is not slot.kind or scalar is None or self._near.picky:
            scalar = self._near.read(slot.kind, value)
            if scalar is None:
                if self._passes(method, path, Slip.MALFORMED, value):
                    return value.text
                self._wrong(slot, Slip.MALFORMED, path)
        if slot.kind is Kind.INT and not LEAST_INT <= scalar <= MOST_INT:  # type: ignore[operator]  # it is an int
            if self._passes(method, path, Slip.OVERFLOW, scalar):
                return (scalar + 2**31) % 2**32 - 2**31  # type: ignore[operator]
            self._wrong(slot, Slip.OVERFLOW, path)
        if slot.check is not None:
            slip = slot.check(scalar)
            if slip is not None and not self._passes(method, path, slip, scalar):
                self._wrong(slot, slip, path, scalar)
        if scalar == "" and self._empty and slot.needed:
            self._wrong(slot, Slip.EMPTY, path)
        opened = slot.member.open_taken.get(str(scalar)) if slot.member.open_taken else None
        if opened is not None and not self._common.choices.accepts(opened):
            self._wrong(slot, Slip.CHOICE, path)
        if self._spoiler is not None and (fault := self._spoiler.finds(method, path, scalar)) is not None:
            raise RefusedError(fault, path)
        return scalar

    def _struct(self, method: str, slot: Slot, value: Value, path: Path) -> Values:
        name = slot.structs[0] if len(slot.structs) == 1 else self._kind(method, slot, value, path)
        shape = self._shapes.struct(name)
        given = self._given(value, shape)
        values = self._members(method, shape, given, path)
        if given and (self._extra or not self._unlisted.isdisjoint(given)):
            raise RefusedError("invalid-parameter", (*path, next(iter(given))))
        return values

    def _kind(self, method: str, slot: Slot, value: Value, path: Path) -> str:
        """Which of several structs an element is: the one whose own required member it has."""
        names = {member.name for member in value.members}
        marks = [{one.spelled for one in self._shapes.struct(name).slots if one.required} for name in slot.structs]
        shared = set.intersection(*marks)
        found = [name for name, own in zip(slot.structs, marks, strict=True) if (own - shared) & names]
        if len(found) == 1:
            return found[0]
        both = len(found) > 1
        if not self._passes(method, path, Slip.MANY if both else Slip.MISSING, value):
            first = next(one.spelled for one in self._shapes.struct(slot.structs[0]).slots if one.required)
            self._common.fail(method, "call-of-both-kinds" if both else "call-of-no-kind", (*path, first))
        return (found or list(slot.structs))[0]

    # between members

    def _pairs(self, method: str, shape: Shape, values: Values, path: Path) -> None:
        for slot, unlimited in shape.pairs:
            said = values.get(unlimited)
            if said is None:
                continue
            here = (*path, slot.spelled)
            if slot.name in values:
                if (said or not self._false_taken) and not self._passes(method, here, Slip.BOTH, values):
                    self._wrong(slot, Slip.BOTH, here)
                if slot.name in values and not said:
                    del values[unlimited]
            elif not said and not self._passes(method, (*path, unlimited), Slip.BOTH, False):
                del values[unlimited]
                if self._lone == "refused":
                    raise RefusedError("invalid-parameter", (*path, unlimited))
                if self._lone in ("zero", "limited"):
                    values[slot.name] = 0 if self._lone == "zero" else 1

    def _bounds(self, method: str, slot: Slot, values: Values, path: Path) -> None:
        value, member = values[slot.name], slot.member
        for bound, low in ((member.at_least, True), (member.at_most, False)):
            if bound is None:
                continue
            limit = self._limit(bound, values)
            if limit is None or (low and value >= limit) or (not low and value < limit):
                continue
            strict = bound.strict is not None and self._common.choices.of(bound.ambiguity) == bound.strict
            if value == limit and not strict:
                continue
            if bound.ambiguity is not None and bound.strict is None and self._lenient(bound.ambiguity):
                continue
            here = (*path, slot.spelled)
            if not self._passes(method, here, Slip.RANGE, value):
                self._wrong(slot, Slip.RANGE, here)

    def _lenient(self, ambiguity: str) -> bool:
        """Whether a reading lets a limit be passed, whatever then becomes of the value."""
        known = self._common.model.ambiguities[ambiguity]
        return known.refused is None or self._common.choices.of(ambiguity) != known.refused

    def _limit(self, bound: Bound, values: Values) -> int | None:
        if bound.method is not None:
            return self._common.world.resources.figures.get(bound.member)
        found = values.get(bound.member)
        return found if isinstance(found, int) else None

    def _need(self, method: str, need: Requirement, values: Values, path: Path) -> None:
        for name, wanted in need.when.items():
            if name not in values or (wanted and _text(values[name]) not in wanted):
                return
        if any(all(one in values for one in group) for group in need.groups):
            return
        lacking = next(one for one in need.groups[0] if one not in values)
        if self._common.choices.accepts(need.ambiguity) or self._passes(method, (*path, lacking), Slip.MISSING, values):
            return
        fault = FAULTS.get(self._common.choices.of(need.ambiguity), "")
        raise RefusedError(fault if fault in need.errors else need.errors[0], (*path, lacking))

    def _objects(self, method: str, shape: Shape, values: Values, path: Path) -> None:
        for slot in shape.objects:
            value = values.get(slot.name)
            if value is not None and not self._exists(slot.member.object or "", value):
                here = (*path, slot.spelled)
                if not self._passes(method, here, Slip.UNKNOWN, value):
                    self._wrong(slot, Slip.UNKNOWN, here, value)


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
