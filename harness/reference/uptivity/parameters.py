"""Parameters of a request: how they may be spelled, and what their values may be."""

from __future__ import annotations

import re
from collections.abc import Sequence

from harness.datatypes import is_value
from harness.reference.system import Setup
from harness.reference.uptivity.asking import RefusedError
from harness.reference.uptivity.choices import Choices
from harness.reference.uptivity.reading import URL
from harness.reference.uptivity.state import USERS
from harness.spec.model import Base, DataType, Parameter

_USUAL = re.compile(r"[A-Za-z0-9 .,:;@()/_+#*!?=-]*")
_NUMBER = re.compile(r"[ \t\r\n]*\+?(-?)0*([0-9]+)[ \t\r\n]*")
# An unusual value of these is answered by what carries the function out.
_OWN = ("CALLCOUNT", "TIMEOFFSET", "EVENTCLASS", "ACTION", "MEDIA_FORMAT", "RECORDID", "KEYNAME")


class Parameters:
    """Reads parameters by the model.

    Args:
        setup: model, readings, faults.
        choices: readings.
    """

    def __init__(self, setup: Setup, choices: Choices) -> None:
        self._model, self._choices = setup.model, choices
        self._spelled: dict[str, dict[str, str]] = {}
        for function, operation in setup.model.operations.items():
            known = self._spelled[function] = {}
            for name, one in operation.parameters.items():
                if one.names and not choices.first(one.name_ambiguity):
                    known[one.names[choices.of(one.name_ambiguity)]] = name
                else:
                    known |= dict.fromkeys((name, *one.names.values()), name)

    def read(self, function: str, given: Sequence[tuple[str, str]], road: str) -> dict[str, str]:
        """The values by the names of the spec.

        Raises:
            RefusedError: one of them cannot be.
        """
        known, choices = self._spelled[function], self._choices
        parameters = self._model.operations[function].parameters
        values: dict[str, str] = {}
        for spelled, text in given:
            name = known.get(spelled.upper() if road == URL else spelled)
            if name is None:
                if choices("unknown-parameter") == "refused":
                    raise RefusedError("invalid-message-format", f"{spelled} is no parameter of {function}")
                continue
            if name in values:
                match choices("repeated"):
                    case "first":
                        continue
                    case "joined":
                        text = values[name] + text
                    case "refused":
                        raise RefusedError("invalid-message-format", f"{name} is there twice")
            values[name] = text
        for name, text in list(values.items()):
            self._check(name, parameters[name], text, values)
        return values

    def _check(self, name: str, parameter: Parameter, text: str, values: dict[str, str]) -> None:
        """Refuse a value, or put another in its place."""
        kind, choices = self._model.types[parameter.type], self._choices
        if not text:
            if choices("blank") == "refused" and not parameter.blank:
                raise RefusedError("blank-required-value", f"{name} is blank")
            return
        if kind.base in (Base.TEXT, Base.WORD):
            self._text(name, kind, text, values)
            return
        if kind.base is Base.ENUM and text.upper() in kind.choices and text not in kind.choices:
            if choices("word-case") == "accepted":
                values[name] = text.upper()
                return
        elif is_value(kind, text):
            return
        elif kind.base is Base.INT and (found := _NUMBER.fullmatch(text)) and is_value(kind, found[1] + found[2]):
            values[name] = found[1] + found[2]
            return
        if name in _OWN:
            return
        match choices("wrong-value"):
            case "refused":
                error = parameter.invalid[0] if parameter.invalid else "invalid-message-format"
                raise RefusedError(error, f"{name} cannot be {text[:40]!r}")
            case "ignored":
                del values[name]
            case "changed":
                values[name] = "0" if kind.base is Base.INT else kind.choices[0] if kind.choices else text

    def _text(self, name: str, kind: DataType, text: str, values: dict[str, str]) -> None:
        choices = self._choices
        if not text.isascii() and choices("letters") != "kept":
            if choices("letters") == "refused":
                raise RefusedError("invalid-message-format", f"{name} has letters beyond ASCII")
            values[name] = text = text.encode("ascii", "replace").decode()
        if name in USERS and not _USUAL.fullmatch(text):
            reading = choices("special")
            if reading == "refused":
                raise RefusedError("invalid-message-format", f"{name} has special characters")
            if reading == "changed":
                values[name] = text = re.sub(r"[^A-Za-z0-9 .,:;@()/_+#*!?=-]", "", text)
        if kind.maximum is not None and len(text) > kind.maximum:
            match choices("long-value"):
                case "cut":
                    values[name] = text[: kind.maximum]
                case "dropped":
                    del values[name]
                case "refused":
                    raise RefusedError("invalid-message-format", f"{name} is longer than {kind.maximum}")
