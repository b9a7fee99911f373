"""From a path and a query string to an operation and its checked parameters, or to the error that answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from harness.datatypes import XS_INTEGER
from harness.reference.cds.choices import GREATEST, Choices
from harness.reference.cds.query import Query, Refused, unescaped
from harness.spec.model import Base, DataType, Operation, Parameter, System
from harness.spec.xmlmodel import HttpRequest, Window

Value = str | int
Check = Callable[[str], Value | None]

_PLAIN = re.compile(r"0|[1-9][0-9]{0,30}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that is complete and valid: the operation's name and the values given, by parameter."""

    operation: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What requests for one operation are held against."""

    name: str
    operation: Operation
    checks: Mapping[str, Check]
    names: Mapping[str, str]  # spelling -> parameter
    required: tuple[tuple[str, str], ...]  # parameter, error
    order: tuple[str, ...]  # selector and parameters as the document has them


class Requests:
    """Reads requests.

    Args:
        model: operations, types, limits.
        choices: the readings.
        now: the device's time in UNIX seconds.
    """

    def __init__(self, model: System, choices: Choices, now: Callable[[], int]) -> None:
        assert model.http is not None
        self._model, self._choices, self._now = model, choices, now
        self._refused = model.http.refused
        self._query = Query(choices)
        self._known: dict[str, dict[str, _Known]] = {}
        self._requests: dict[str, HttpRequest] = {}
        for name, operation in model.operations.items():
            self._add(name, operation)

    def _add(self, name: str, operation: Operation) -> None:
        request, choices = operation.request, self._choices
        assert request is not None, f"{name}: every message is an HTTP request"
        self._requests[request.path] = request
        names = {}
        for key, parameter in operation.parameters.items():
            names.update({choices.folded_name(one): key for one in choices.parameter_names(key, parameter)})
        known = _Known(
            name=name,
            operation=operation,
            checks={key: self._check(operation, key, parameter) for key, parameter in operation.parameters.items()},
            names=names,
            required=tuple((key, one.missing[0]) for key, one in operation.parameters.items() if one.missing),
            order=(request.selector, *operation.parameters),
        )
        for value in choices.selector_values(request):
            self._known.setdefault(request.path, {})[choices.folded_value(value)] = known

    def paths(self) -> frozenset[str]:
        """Paths that are served."""
        return frozenset(self._known)

    def read(self, path: str, query: bytes) -> Asked:
        """The operation and its values.

        Raises:
            Refused: with the name of the error that answers.
        """
        if self._choices.refuse_unescaped and unescaped(query):
            raise Refused(self._refused)
        return self._read(path, [(self._choices.folded_name(name), value) for name, value in self._query.pairs(query)])

    def _read(self, path: str, given: list[tuple[str, str]]) -> Asked:
        """The operation and its values, from names as they are compared and values."""
        choices, selector = self._choices, self._requests[path].selector
        name_of_selector = choices.folded_name(selector)
        known = self._chosen(path, [value for name, value in given if name == name_of_selector], given)
        texts: dict[str, str] = {}
        seen = []
        for name, text in given:
            key = selector if name == name_of_selector else known.names.get(name)
            if key is None:
                if choices.refuse_unknown:
                    raise Refused(self._refused)
                continue
            if key in seen and choices.refuse_duplicates:
                raise Refused(self._refused)
            seen.append(key)
            if key != selector:
                texts[key] = text
        # The examples of one message have its parameters in two orders.
        by_name = known.operation.paging is not None and known.operation.paging.by_name
        if choices.refuse_order and not by_name and seen != sorted(seen, key=known.order.index):
            raise Refused(self._refused)
        return Asked(operation=known.name, values=self._checked(known, texts))

    def _chosen(self, path: str, values: list[str], given: list[tuple[str, str]]) -> _Known:
        """The operation that the selector names."""
        choices, request, operations = self._choices, self._requests[path], self._known[path]
        if not values:
            if choices.version_parameter and (other := self._named(operations, given)):
                return other
            if len(operations) == 1 and not choices.both_missing_is_selector:
                # The one message of its path: what else is missing is told first.
                (known,) = operations.values()
                there = {known.names.get(name) for name, value in given if value}
                for key, error in known.required:
                    if key not in there:
                        raise Refused(error)
            raise Refused(choices.without_selector(request))
        value = choices.folded_value(values[-1])
        if not value and not choices.empty_selector_is_unknown:
            raise Refused(request.absent[0])
        if value not in operations:
            raise Refused(choices.unknown_selector(request))
        return operations[value]

    def _named(self, operations: Mapping[str, _Known], given: list[tuple[str, str]]) -> _Known | None:
        """The operation without parameters that a parameter has the name of."""
        found = (operations.get(self._choices.folded_value(name)) for name, _ in given)
        return next((one for one in found if one is not None and not one.operation.parameters), None)

    def _checked(self, known: _Known, texts: dict[str, str]) -> dict[str, Value]:
        """Values of their types; required ones are there, conditions hold, the period is one that may be asked for."""
        choices, parameters = self._choices, known.operation.parameters
        for key, text in tuple(texts.items()):
            ambiguity = parameters[key].empty
            if text or ambiguity is None or choices.takes(ambiguity, "unknown"):
                continue
            if choices.takes(ambiguity, "refused"):
                raise Refused(self._refused)
            del texts[key]
        for key, error in known.required:
            if key not in texts:
                raise Refused(error)
        values: dict[str, Value] = {}
        for key, text in texts.items():
            value = known.checks[key](text)
            if value is not None:
                values[key] = value
        for condition in known.operation.conditions:
            if values.get(condition.parameter) in condition.values and condition.needs not in values:
                raise Refused(condition.error)
        if known.operation.window is not None:
            self._window(known.name, known.operation.window, values)
        return values

    def _window(self, operation: str, window: Window, values: Mapping[str, Value]) -> None:  # noqa: ARG002
        """Refuse a period that may not be asked for of this operation."""
        begin, end = values[window.start], values[window.end]
        assert isinstance(begin, int)
        assert isinstance(end, int)
        choices = self._choices
        if (
            (begin > end and choices.takes(window.reversed, "refused"))
            or end - begin > choices.longest(window)
            or (choices.refuse_moment and begin == end)
            or (choices.refuse_epoch and min(begin, end) <= 0)
            or (choices.refuse_future and max(begin, end) > self._now())
        ):
            raise Refused(window.error)

    def _check(self, operation: Operation, name: str, parameter: Parameter) -> Check:
        """What reads one parameter's value; None: as if it were not given."""
        kind, choices = self._model.types[parameter.type], self._choices
        error = parameter.invalid[0] if parameter.invalid else self._refused
        ignored = choices.takes(parameter.invalid_ambiguity, "ignored")

        def wrong() -> Value | None:
            if not ignored:
                raise Refused(error)
            return None

        if kind.base is Base.ENUM:
            words = choices.request_words(kind)

            def enum(text: str) -> Value | None:
                word = words.get(choices.folded_word(text))
                return wrong() if word is None else word

            return enum
        if kind.base in (Base.XS_INTEGER, Base.XS_NON_NEGATIVE):
            return self._integer(operation, name, kind, wrong)
        strict = choices.takes(parameter.any_text, "refused")
        paging = operation.paging
        if paging is not None and name == paging.offset and choices.number_offset:
            return self._integer(operation, name, self._model.types[operation.parameters[paging.rows].type], wrong)

        def text_value(text: str) -> Value | None:
            return wrong() if strict and text not in parameter.examples else text

        return text_value

    def _integer(self, operation: Operation, name: str, kind: DataType, wrong: Callable[[], Value | None]) -> Check:
        choices, window = self._choices, operation.window
        refused = {form for form, ambiguity in kind.open_forms.items() if choices.takes(ambiguity, "refused")}
        ignored = {form for form, ambiguity in kind.open_forms.items() if choices.takes(ambiguity, "ignored")}
        is_time = window is not None and name in (window.start, window.end)
        refuse_huge = choices.refuse_future if is_time else choices.refuse_huge

        def integer(text: str) -> Value | None:
            if not _PLAIN.fullmatch(text):
                if not XS_INTEGER.fullmatch(text):
                    return wrong()
                forms = _forms(text)
                if not refused.isdisjoint(forms):
                    return wrong()
                if not ignored.isdisjoint(forms):
                    return None
                text = _shortened(text)
            value = int(text)
            return wrong() if refuse_huge and value > GREATEST else value

        return integer


def _shortened(text: str) -> str:
    """An integer of any length in a spelling that `int` takes quickly; what is longer is as great as matters."""
    text = text.strip(" \t\r\n")
    sign = "-" if text[0] == "-" else ""
    return sign + (text.lstrip("+-").lstrip("0")[:40] or "0")


def _forms(text: str) -> list[str]:
    """Names of the probes that a spelling of an integer is like."""
    found = []
    inner = text.strip(" \t\r\n")
    if inner != text:
        found.append("padded")
    if inner[0] == "+":
        found.append("plus-sign")
    digits = inner.lstrip("+-")
    if inner[0] == "-":
        found.append("negative")
    if len(digits) > 1 and digits[0] == "0":
        found.append("leading-zeros")
    return found
