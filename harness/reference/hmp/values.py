"""Types of parameters: what an argument stands for, or that it is not of its type. All limits come from the model."""

from __future__ import annotations

import re
from collections.abc import Callable

from harness.reference.hmp.refusal import Refusal
from harness.reference.hmp.replies import line_syntax
from harness.reference.system import Setup
from harness.spec.model import Base, DataType, Parameter
from harness.wire.lines import Argument

# What a checker answers for an id that is well-formed but names nothing, whatever exists (HMP-AMB-040, `unknown`).
NAMELESS = ""

Checker = Callable[[Argument], str]

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OTHER_UUID = re.compile(
    r"(?:urn:uuid:)?(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}"
    r"|\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\})",
    re.IGNORECASE,
)
_OCTETS = re.compile(r"([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})")
_DIGITS = re.compile(r"[0-9]+")
_LONGEST_NUMBER = 20  # digits; beyond any limit of the model, and int() stays cheap


class Values:
    """Makes the checkers of parameters.

    Args:
        setup: model, readings and faults.
    """

    def __init__(self, setup: Setup) -> None:
        self._model, self._readings, self._faults = setup.model, setup.readings, setup.faults
        self._syntax_error = line_syntax(setup.model).syntax_error

    def checker(self, operation: str, parameter: Parameter) -> Checker:
        """The function that reads one parameter's arguments or raises `Refusal`."""
        kind = self._model.types[parameter.type]
        error = self._invalid(parameter)
        match kind.base:
            case Base.UUID:
                return self._uuid(operation, error)
            case Base.ENUM:
                return self._enum(operation, kind, error)
            case Base.IPV4:
                return self._ipv4(error)
            case Base.INT:
                return self._int(kind, error)
            case _:
                return self._text(parameter)

    def _invalid(self, parameter: Parameter) -> str:
        """The error for a value of the wrong type: the first listed, or the one that the reading names."""
        if not parameter.invalid:
            return ""
        if parameter.invalid_ambiguity is not None:
            reading = self._readings.of(parameter.invalid_ambiguity)
            if reading in parameter.invalid:
                return reading
        return parameter.invalid[0]

    def parse_uuid(self, value: str) -> str | None:
        """The UUID in its usual spelling, NAMELESS, or None where it is not one."""
        if UUID.fullmatch(value):
            return value
        reading = self._readings.of("HMP-AMB-040")
        if reading == "refused" or not _OTHER_UUID.fullmatch(value):
            return None
        if reading == "unknown":
            return NAMELESS
        digits = value.lower().removeprefix("urn:uuid:").strip("{}").replace("-", "")
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def _uuid(self, operation: str, error: str) -> Checker:
        lenient = operation == "setLiveSession" and self._faults.on("short-uuid")
        prefix = operation == "startRecording" and self._faults.on("long-uuid")

        def check(argument: Argument) -> str:
            value = argument.value
            parsed = self.parse_uuid(value)
            if parsed is None and lenient and len(value) == 35:
                parsed = self.parse_uuid(value + "0")
            if parsed is None and prefix:
                parsed = self.parse_uuid(value[:36])
            if parsed is None:
                raise Refusal(error, argument)
            return parsed

        return check

    def _enum(self, operation: str, kind: DataType, error: str) -> Checker:
        words = {choice: choice for choice in self._choices(kind)}
        insensitive = self._readings.of("HMP-AMB-039") == "insensitive"
        if insensitive:
            words.update({choice.lower(): choice for choice in words})
        anything = operation == "updateMetadata" and self._faults.on("any-field")
        if self._faults.on("numeric-boolean") and "true" in words:
            words |= {"1": "true", "0": "false"}

        def check(argument: Argument) -> str:
            word = words.get(argument.value.lower() if insensitive else argument.value)
            if word is None and insensitive:
                word = words.get(argument.value)
            if word is not None:
                return word
            if kind.or_object:
                parsed = self.parse_uuid(argument.value)
                if parsed is not None:
                    return parsed
            if anything:
                return argument.value
            raise Refusal(error, argument)

        return check

    def _choices(self, kind: DataType) -> list[str]:
        """The words of a type, under the readings about some of them (`choice-WORD` of its open forms)."""
        choices = list(kind.choices)
        for form, ambiguity in kind.open_forms.items():
            choice = form.removeprefix("choice-")
            if choice == form:
                continue
            reading = self._readings.of(ambiguity)
            readings = self._model.ambiguities[ambiguity].readings
            spellings = [other for other in readings if other.lower() == choice.lower()]
            if reading in spellings:  # the readings are the spellings of the word
                choices[choices.index(choice)] = reading
            elif spellings:
                choices += [other for other in spellings if other not in choices]
            elif reading == self._model.ambiguities[ambiguity].refused:
                choices.remove(choice)
        if kind.or_object and self._faults.on("record-on-recordings"):
            for other in self._model.types.values():
                choices += [word for word in other.choices if other.or_object and word not in choices]
        return choices

    def _ipv4(self, error: str) -> Checker:
        zeros = self._readings.of("HMP-AMB-041") == "accepted"
        highest = 256 if self._faults.on("octet-256") else 255

        def check(argument: Argument) -> str:
            value = argument.value
            if self._faults.on("three-octets") and value.count(".") == 2:
                value += ".0"
            match = _OCTETS.fullmatch(value)
            if match is None or any(int(part) > highest for part in match.groups()):
                raise Refusal(error, argument)
            if not zeros and any(len(part) > 1 and part[0] == "0" for part in match.groups()):
                raise Refusal(error, argument)
            return ".".join(str(int(part)) for part in match.groups())

        return check

    def _int(self, kind: DataType, error: str) -> Checker:
        lenient = self._readings.of("HMP-AMB-041") == "accepted"
        inclusive = self._readings.of("HMP-AMB-059") == "inclusive"
        minimum = (kind.minimum or 0) + (0 if inclusive else 1)
        maximum = (kind.maximum or 0) - (0 if inclusive else 1)
        if self._faults.on("port-65536"):
            maximum += 1

        def check(argument: Argument) -> str:
            value = argument.value
            if lenient:
                value = value.strip().removeprefix("+")
            if not _DIGITS.fullmatch(value) or len(value) > _LONGEST_NUMBER:
                raise Refusal(error, argument)
            if not lenient and len(value) > 1 and value[0] == "0":
                raise Refusal(error, argument)
            number = int(value)
            if not minimum <= number <= maximum:
                raise Refusal(error, argument)
            return str(number)

        return check

    def _text(self, parameter: Parameter) -> Checker:
        """Texts are all of their type; HMP-AMB-058 asks whether an empty one is, where no rule and no object decide."""
        bounded = parameter.repeated or parameter.object or parameter.constraints
        refuse_empty = self._readings.of("HMP-AMB-058") == "refused" and not bounded

        def check(argument: Argument) -> str:
            if refuse_empty and not argument.value:
                # No row of the command's table fits; of the general ones this comes nearest.
                raise Refusal(self._syntax_error, argument)
            return argument.value

        return check
