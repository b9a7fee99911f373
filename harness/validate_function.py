"""What is wrong with one request of a function, an XML document or a URL, for offline validation: its function, number and parameters."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from harness.datatypes import MOST_DIGITS
from harness.messages.reply import readable
from harness.openforms import value_readings
from harness.spec.documentmodel import DocumentSyntax, Requirement
from harness.spec.functions import functions_by_name, names_of
from harness.spec.model import Base, DataType, Operation, Parameter, System
from harness.validation import Finding, mismatch, nearest

_BLANKS = " \t\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One name and value of a request; several values where it can be read in several ways."""

    name: str
    values: tuple[str, ...]
    line: int
    column: int
    nested: bool = False  # it has elements in it

    @property
    def value(self) -> str:
        """The first value, without the blanks around it."""
        return self.values[0].strip(_BLANKS)


class FunctionJudge:
    """Judges requests of one function.

    Args:
        found: what is found is added there; its operation is what the request must be, "" for any.
        loose: names and the function may be in any letters, as in URLs.
    """

    def __init__(self, system: System, syntax: DocumentSyntax, found: Finding, *, loose: bool) -> None:
        self.system = system
        self.syntax = syntax
        self.found = found
        self._loose = loose

    def open(self, point: str) -> bool:
        """Note that something rests on an open point; False if nothing is open there."""
        ambiguity = self.syntax.open_points.get(point)
        if ambiguity is not None:
            self.found.depends(self.system, ambiguity)
        return ambiguity is not None

    def breaks(self, clause: str, one: Given, message: str) -> None:
        """Note a broken clause at a place."""
        self.found.breaks(clause, one.column, message, line=one.line)

    def judge(self, given: Sequence[Given], whole: Given, function: str = "") -> None:
        """Judge all that a request has; `whole` is its place, `function` one that is named elsewhere."""
        left = list(given)
        name = function or self._function(left, whole)
        self._number(left, whole)
        operation = self.system.operations.get(name)
        if operation is None:
            return
        wanted = self.found.operation
        if wanted and wanted != name:
            self.breaks(f"{self.system.prefix}-{wanted}", whole, f"expected a request of {wanted}, got one of {name}")
        self.found.operation = name
        self._parameters(name, operation, left, whole)

    # head

    def _take(self, left: list[Given], names: Collection[str]) -> list[Given]:
        """The entries of these names, which are taken out of `left`."""
        lower = {name.lower() for name in names}
        here = [one for one in left if one.name in names or one.name.lower() in lower]
        for one in here:
            left.remove(one)
            if one.name not in names and not self._loose:
                self.open("parameter-case")
        if len(here) > 1:
            self.open("repeated-parameter")
        return here

    def _function(self, left: list[Given], whole: Given) -> str:
        syntax, operations = self.syntax, self.system.operations
        names = tuple(dict.fromkeys((syntax.function, *syntax.function_names.values())))
        here = self._take(left, names)
        rule = syntax.rules["unknown-function"]
        if not here or not here[0].value:
            self.open("function-missing")
            self.breaks(
                rule, here[0] if here else whole, f"expected {syntax.function}, which names the function, got none"
            )
            return ""
        one = here[0]
        if one.name.lower() != syntax.function.lower() and syntax.function_ambiguity is not None:
            self.found.depends(self.system, syntax.function_ambiguity)
        name = functions_by_name(self.system).get(one.value.casefold(), "")
        if name:
            self._called(name, operations[name], one.value)
        if not name:
            old = next((old for old in syntax.deprecated if old.lower() == one.value.lower()), "")
            told = (
                f"{old} is no longer supported"
                if old
                else f"no function is named {readable(one.value.encode(), 60)!r}; "
            )
            clause = syntax.rules["deprecated"] if old else rule
            self.breaks(clause, one, told if old else told + nearest(one.value.upper(), list(operations)))
        return name

    def _called(self, name: str, operation: Operation, text: str) -> None:
        """Note by which of its names a function is called, and in which letters."""
        if text not in names_of(name, operation) and not self._loose:
            self.open("function-case")
        if operation.name_ambiguity is not None:
            fits = [reading for reading, one in operation.names.items() if one.casefold() == text.casefold()]
            self.found.readings[operation.name_ambiguity] = " or ".join(fits)

    def _number(self, left: list[Given], whole: Given) -> None:
        syntax = self.syntax
        here = self._take(left, (syntax.number,))
        kind = self.system.types[syntax.number_type]
        if not here or not here[0].value:
            self.open("number-blank" if here else "no-number")
            self.breaks(
                syntax.rules["number-required"], here[0] if here else whole, f"expected {syntax.number} with a number"
            )
            return
        point = number_point(kind, here[0].value)
        if point is None:
            message = f"expected {syntax.number} up to {kind.maximum}, got {here[0].value[:60]}"
            self.breaks(syntax.rules["number-maximum"], here[0], message)
        elif point:
            self.open(point)

    # parameters

    def _parameters(self, name: str, operation: Operation, left: list[Given], whole: Given) -> None:
        base = f"{self.system.prefix}-{name}"
        values: dict[str, str] = {}
        for key, parameter in operation.parameters.items():
            here = self._take(left, tuple(dict.fromkeys(parameter.names.values())) or (key,))
            if not here:
                continue
            if parameter.name_ambiguity is not None:
                fits = [reading for reading, name_ in parameter.names.items() if name_.lower() == here[0].name.lower()]
                self.found.readings[parameter.name_ambiguity] = " or ".join(fits)
            values[key] = here[0].value
            for one in here:
                self._value(f"{base}.{key}", parameter, one)
        for one in left:
            if not self.open("unknown-parameter"):
                self.breaks(base, one, f"{name} has no parameter {one.name[:60]}")
        for need in operation.needs:
            self._need(operation, need, values, whole)

    def _value(self, clause: str, parameter: Parameter, one: Given) -> None:
        if one.nested:
            self.breaks(clause, one, f"expected {one.name} with a text, got elements in it")
            return
        kind = self.system.types[parameter.type]
        texts = [text.strip(_BLANKS) for text in one.values]
        if not any(texts) and not (parameter.blank or kind.base is Base.TEXT):
            if parameter.empty is not None:
                self.found.depends(self.system, parameter.empty)
            elif not self.open("empty-value"):
                self.breaks(clause, one, f"expected {one.name} not to be blank")
            return
        fits = [readings for text in texts if (readings := value_readings(self.system, kind, text)) is not None]
        if fits:
            for ambiguity in min(fits, key=len):
                self.found.depends(self.system, ambiguity)
            if kind.base in (Base.TEXT, Base.WORD) and kind.maximum is not None and len(texts[0]) > kind.maximum:
                self.open("long-value")
        elif parameter.any_text is not None:
            self.found.depends(self.system, parameter.any_text)
        elif parameter.invalid_ambiguity is not None and self.system.ambiguities[parameter.invalid_ambiguity].accepted:
            self.found.depends(self.system, parameter.invalid_ambiguity)
        elif texts[0] or not parameter.blank:
            ending = ".type" if parameter.invalid and parameter.invalid_ambiguity is None else ""
            self.breaks(clause + ending, one, f"{one.name}: {mismatch(self.system, parameter, texts[0])}")

    def _need(self, operation: Operation, need: Requirement, values: dict[str, str], whole: Given) -> None:
        if not all(values.get(name, "").upper() in wanted for name, wanted in need.when.items()):
            return
        # Of several ways to name something one that is blank names nothing.
        blank = len(need.groups) == 1
        there = [
            group for group in need.groups if all(self._there(operation, name, values, blank=blank) for name in group)
        ]
        if len(there) > 1:
            if need.surplus is not None:
                self.found.depends(self.system, need.surplus)
            elif need.only_one:
                told = ", ".join("+".join(group) for group in there)
                self.breaks(need.clause, whole, f"expected one of {_groups(need)}, got {told}")
        if there:
            return
        known = self.system.ambiguities.get(need.ambiguity or "")
        reading = known.readings.get(known.accepted or "") if known is not None else None
        if need.ambiguity is not None and reading is not None and not reading.unusual:
            self.found.depends(self.system, need.ambiguity)
            return
        when = " and ".join(f"{name} is {values[name]}" for name in need.when)
        self.breaks(need.clause, whole, f"expected {_groups(need)}" + (f" where {when}" if when else "") + ", got none")

    def _there(self, operation: Operation, name: str, values: dict[str, str], *, blank: bool) -> bool:
        return bool(values.get(name)) or (blank and name in values and operation.parameters[name].blank)


def number_point(kind: DataType, text: str) -> str | None:
    """What a document leaves open of such a number of a request, "" if it is a proper one, None if it is too high."""
    number = text.removeprefix("+").removeprefix("-")
    if not (number.isascii() and number.isdecimal()):
        return "number-word"
    size = int(number) if len(number) < MOST_DIGITS else 10**MOST_DIGITS
    if text.startswith("-") or size == 0:
        return "number-negative" if size else "number-zero"
    if kind.maximum is not None and size > kind.maximum:
        return None
    return "" if text == str(size) else "number-spelling"


def _groups(need: Requirement) -> str:
    return " or ".join(" and ".join(group) for group in need.groups)
