"""Commands as they come: which operation a message asks for, and the parameters that it gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.datatypes import is_value
from harness.reference.rss2000.call import RefusedError
from harness.reference.rss2000.choices import Choices
from harness.reference.rss2000.messages import message_syntax
from harness.reference.system import Setup
from harness.spec.model import Base, DataType, Operation, Parameter, Rule, System
from harness.wire.xmlmessage import Document, Element, Field

_ACCOUNT_NAMES, _NAMES = ("SOURCENAME", "USERNAME"), ("GROUPNAME", "ROOM_ID", "NAME", "IP_NUM")
_TEXTS = ("DESCRIPTION", "PIN", "ROOM_NUM")
# Numbers to dial: zeros in front count.
_NUMBERS_AS_TEXT = ("PIN", "ROOM_NUM")
# A second address is a rate, as in the example of CALLANDPLAY.
_SECOND = ("ADDR", "RATE")
# What this device can do at most, under readings that ask.
_AMOUNTS = {"RATE": 4096, "IFRAMEINTERVAL": 60}


@dataclass(frozen=True, slots=True)
class _Plan:
    """One operation, ready to read its parameters."""

    name: str
    operation: Operation
    spellings: Mapping[str, str]  # of a parameter -> its key
    required: frozenset[str]
    checked: tuple[tuple[str, Parameter, DataType, bool], ...]  # key, parameter, type, whether it cannot be blank


class NoCommandError(Exception):
    """What came is no command at all."""


class UnknownCommandError(Exception):
    """What came is a command of no documented name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Asked:
    """What a message asks for. `given` has every known parameter, in the order in which they came."""

    operation: str
    given: dict[str, list[str]]
    session: str
    unknown: bool  # it has a field that the command does not have, or one twice that is no list


class Reader:
    """Reads commands.

    Args:
        setup: model and readings.
        choices: the readings that matter here.
    """

    def __init__(self, setup: Setup, choices: Choices) -> None:
        self._syntax, self._choices = message_syntax(setup.model), choices
        self._exact = not choices.any_case
        self._plans: dict[str, list[_Plan]] = {}
        self._by_name: dict[str, _Plan] = {}
        self._roots = frozenset(self._syntax.roots.values())
        for name, operation in setup.model.operations.items():
            if operation.unimplemented is not None and choices.without_logos:
                continue
            self._add(setup.model, name, operation)

    def _add(self, model: System, name: str, operation: Operation) -> None:
        spellings: dict[str, str] = {}
        for key, parameter in operation.parameters.items():
            for spelling in (*parameter.names.values(), key):
                spellings.setdefault(spelling if self._exact else spelling.upper(), key)
        other = {"GETIVR": ("INDEX", "TYPE"), "SETIVR": ("TYPE", "INDEX")}.get(name)
        if other is not None:  # which field says which message is meant is open
            reading = self._choices.prompt_field
            if reading not in ("own", other[0].lower()):
                del spellings[other[0]]
            spellings[other[1]] = other[0]
        required = frozenset(
            key for key, parameter in operation.parameters.items() if not (parameter.optional or parameter.repeated)
        )
        checked = tuple(
            (key, parameter, model.types[parameter.type], _not_empty(parameter))
            for key, parameter in operation.parameters.items()
        )
        plan = _Plan(name, operation, spellings, required, checked)
        self._by_name[name] = plan
        for one in self._names(name, operation):
            self._plans.setdefault(one, []).append(plan)

    def _names(self, name: str, operation: Operation) -> Iterable[str]:
        """Every spelling of its xmlid."""
        command = operation.command
        found = [command.name, *command.names.values()] if command is not None else []
        found = [one for one in found if one] or [name.lower()]
        return dict.fromkeys(found if self._exact else (one.strip().lower() for one in found))

    def read(self, document: Document) -> Asked:
        """What a message asks for.

        Raises:
            NoCommandError: it is no command.
            UnknownCommandError: no operation has that name.
        """
        syntax = self._syntax
        if document.problems or document.root not in self._roots or len(document.elements) != 1:
            raise NoCommandError
        element = document.elements[0]
        if element.name != syntax.command:
            raise NoCommandError
        if self._choices.strict_version and document.attributes != syntax.root_attributes:
            raise NoCommandError
        name = element.attributes.get(syntax.name, "")
        plans = self._plans.get(name if self._exact else name.strip().lower())
        if not plans:
            raise UnknownCommandError(name)
        plan = plans[0] if len(plans) == 1 else self._fitting(plans, element)
        given: dict[str, list[str]] = {}
        session, unknown = "", False
        for field in element.fields:
            value = field.attributes.get(syntax.value, "")
            spelled = field.name if self._exact else field.name.upper()
            if spelled == syntax.session:
                session = value
                continue
            key = plan.spellings.get(spelled)
            if key is None:
                unknown = True
            elif key not in given:
                given[key] = [value]
            elif plan.operation.parameters[key].repeated:
                given[key].append(value)
            elif key == _SECOND[0] and _SECOND[1] in plan.spellings.values() and _SECOND[1] not in given:
                given[_SECOND[1]] = [value]
            else:
                unknown = True
                if self._choices.last_counts:
                    given[key] = [value]
        return Asked(plan.name, given, session, unknown)

    def _fitting(self, plans: list[_Plan], element: Element) -> _Plan:
        """Of several operations under one name the one whose parameters these are; where several fit, the name's own one."""

        def names(fields: Iterable[Field]) -> set[str]:
            return {field.name if self._exact else field.name.upper() for field in fields} - {self._syntax.session}

        fields, own = names(element.fields), element.attributes.get(self._syntax.name, "").strip().lower()

        def misfit(plan: _Plan) -> tuple[int, int, bool]:
            keys = {plan.spellings[one] for one in fields if one in plan.spellings}
            return (
                sum(one not in plan.spellings for one in fields),
                len(plan.required - keys),
                plan.name.lower() != own,
            )

        return min(plans, key=misfit)

    def check(self, asked: Asked) -> None:
        """Look at the values of a command, and fill what is missing where a reading says so.

        Raises:
            RefusedError: one is none of its type, is blank and must not be, or is missing.
        """
        plan, choices = self._by_name[asked.operation], self._choices
        if asked.unknown and choices.strict_fields:
            raise RefusedError("Unknown field")
        for key, parameter, kind, not_empty in plan.checked:
            values = asked.given.get(key)
            if values is None:
                if key in plan.required and parameter.unless not in asked.given:
                    self._missing(asked, key, not_empty, kind)
                continue
            if choices.bends_values:
                asked.given[key] = values = [self._bent(key, kind, value) for value in values]
            for value in values:
                if value == "":
                    if not_empty or not self._may_be_blank(asked.operation, key, parameter, kind):
                        raise RefusedError(f"{key} cannot be blank")
                elif not self._is_value(key, parameter, kind, value):
                    self._outside(asked, key)
                    break
                elif choices.short_values and len(value) > choices.short_values:
                    raise RefusedError(f"{key} is too long")

    def _bent(self, key: str, kind: DataType, value: str) -> str:
        """A value as readings about long texts, blanks at the ends and amounts leave it."""
        choices = self._choices
        if kind.base in (Base.TEXT, Base.WORD) and value != value.strip(" "):
            if choices.blanks == "refused":
                raise RefusedError(f"{key} has blanks at its ends")
            value = value.strip(" ") if choices.blanks == "trimmed" else value
        if key in _AMOUNTS and value.isdecimal() and int(value[:9]) > _AMOUNTS[key] and choices.amounts != "stored":
            if choices.amounts == "refused":
                raise RefusedError(f"{key} is out of range")
            value = str(_AMOUNTS[key])
        return value[: choices.cut_values] if choices.cut_values else value

    def _missing(self, asked: Asked, key: str, not_empty: bool, kind: DataType) -> None:
        match self._choices.missing:
            case "refused":
                raise RefusedError(f"{key} is missing")
            case "blank" if not_empty:
                raise RefusedError(f"{key} cannot be blank")
            case "blank" if kind.base is Base.TEXT:
                asked.given[key] = [""]
            case _:
                pass

    def _outside(self, asked: Asked, key: str) -> None:
        """A value that is none of its type."""
        if key == "LANG" and asked.operation != "SETLANG" and self._choices.any_language:
            return
        match self._choices.outside:
            case "refused":
                raise RefusedError(f"{key} has a wrong value")
            case "ignored":
                del asked.given[key]
            case _:
                pass

    def _may_be_blank(self, operation: str, key: str, parameter: Parameter, kind: DataType) -> bool:
        choices = self._choices
        if parameter.blank or parameter.optional or parameter.repeated:
            return True
        if kind.base is Base.WORD:
            names = choices.blank_account if key in _ACCOUNT_NAMES else key in _NAMES and choices.blank_name
            return names or operation == "LOGIN"
        if key in _TEXTS:
            return choices.blank_text
        return kind.base is Base.TEXT or choices.outside != "refused"

    def _is_value(self, key: str, parameter: Parameter, kind: DataType, value: str) -> bool:
        if key in _NUMBERS_AS_TEXT and value.isascii() and value.isdecimal():
            return True
        return is_value(kind, value) or value in kind.open_choices or parameter.any_text is not None


def _not_empty(parameter: Parameter) -> bool:
    return any(constraint.rule is Rule.NOT_EMPTY for constraint in parameter.constraints)
