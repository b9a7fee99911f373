"""Rules on values: not empty, trimmed, unique, each with the error that the model names."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from harness.reference.faults import FaultSet
from harness.reference.hmp.refusal import Refusal
from harness.reference.readings import Readings
from harness.spec.model import Constraint, Rule

# The 17th and later values: where the fault `values-beyond-16-ignored` stops looking.
_LOOKED_AT = 16


class Constraints:
    """Applies the constraints of parameters.

    Args:
        readings: HMP-AMB-055, 056 and 066.
        faults: those that are on.
    """

    def __init__(self, readings: Readings, faults: FaultSet) -> None:
        self._faults = faults
        self._white = None if readings.of("HMP-AMB-055") == "white-space" else " "
        self._blank_title_is_empty = readings.of("HMP-AMB-066") == "empty"
        self._fold = readings.of("HMP-AMB-056") == "same"

    def apply(self, constraint: Constraint, values: Sequence[str]) -> None:
        """Check the values of one parameter against one rule.

        Raises:
            Refusal: a value breaks it.
        """
        if self._faults.on("values-beyond-16-ignored"):
            values = values[:_LOOKED_AT]
        match constraint.rule:
            case Rule.NOT_EMPTY:
                blank = self._blank_title_is_empty if constraint.error == "empty-title" else self._white is None
                broken = self._empty(values, blank_is_empty=blank)
            case Rule.TRIMMED:
                broken = self._untrimmed(values)
            case Rule.UNIQUE:
                broken = self._duplicate(values)
        if broken:
            raise Refusal(constraint.error)

    def _empty(self, values: Sequence[str], *, blank_is_empty: bool) -> bool:
        if self._faults.on("last-value-may-be-empty") and len(values) > 1:
            values = values[:-1]
        return any(not (value.strip() if blank_is_empty else value) for value in values)

    def _untrimmed(self, values: Sequence[str]) -> bool:
        if self._faults.on("first-value-trimmed"):
            values = values[:1]
        if self._faults.on("trailing-space-only"):
            return any(value != value.rstrip(self._white) for value in values)
        return any(value != value.strip(self._white) for value in values)

    def _duplicate(self, values: Sequence[str]) -> bool:
        if self._fold:
            values = [value.casefold() for value in values]
        if self._faults.on("unique-among-neighbours"):
            return any(one == other for one, other in pairwise(values))
        if self._faults.on("unique-among-first-two"):
            values = values[:2]
        return len(set(values)) < len(values)
