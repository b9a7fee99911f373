"""Replies as text: codes, messages and forms from the model, under the readings that the device follows."""

from __future__ import annotations

from harness.errors import InternalError
from harness.reference.faults import FaultSet
from harness.reference.hmp.words import typed_inside
from harness.reference.system import Setup
from harness.spec.clauses import resolve_error
from harness.spec.model import ErrorCode, LineSyntax, System
from harness.wire.lines import Argument

# Reading of a text or code ambiguity that stands for "as this command's own table prints it".
OWN_TABLE = "table"


def line_syntax(system: System) -> LineSyntax:
    """The line protocol of the system.

    Raises:
        InternalError: the spec has none.
    """
    if system.lines is None:
        raise InternalError(f"{system.system}: expected a line protocol in the spec, got none")
    return system.lines


class Replies:
    """Makes replies.

    Args:
        setup: model, readings and faults.
    """

    def __init__(self, setup: Setup) -> None:
        self._system, self._readings, self._faults = setup.model, setup.readings, setup.faults
        self._lines = line_syntax(setup.model)
        self._value_form = self._lines.success_value[self._readings.of(self._lines.success_ambiguity)]
        self._templates: dict[tuple[str, str], str] = {}
        self._echo = self._readings.of(self._lines.echo_ambiguity)
        self._escape_echo = self._readings.of("HMP-AMB-063") == "escaped"
        if self._faults.on("lower-case-ok"):
            self._value_form = self._value_form.replace(self._lines.success, self._lines.success.lower())

    @property
    def faults(self) -> FaultSet:
        """The faults that are on."""
        return self._faults

    def success(self, value: str | None = None) -> str:
        """The reply to a command that succeeded."""
        if value is not None:
            return self._value_form.replace("{value}", value)
        reply = self._lines.success
        if self._faults.on("lower-case-ok"):
            reply = reply.lower()
        return reply

    def error(self, operation: str, name: str, *, value: str = "", wanted: int = 0, got: int = 0) -> str:
        """The reply to a command that failed.

        Args:
            operation: the command, or nothing where it is not known.
            name: of the error in the model.
            value: what the message repeats.
            wanted: parameters expected.
            got: parameters given.
        """
        key = (operation, name)
        template = self._templates.get(key)
        if template is None:
            template = self._templates[key] = self._template(operation, name)
        if "{" not in template:
            return template
        return template.format(value=value, wanted=wanted, got=got)

    def echo(self, argument: Argument) -> str:
        """A wrong value as a message repeats it."""
        match self._echo:
            case "typed":
                value = argument.typed
            case "unquoted":
                value = typed_inside(argument, self._lines.quote)
            case "escaped":
                letters = {char: self._lines.escape + letter for letter, char in self._lines.escapes.items()}
                value = "".join(letters.get(char, char) for char in argument.value)
            case _:
                value = argument.value
        if self._escape_echo:
            value = value.replace("\n", "\\n")
        if self._faults.on("echo-lower-cased"):
            value = value.lower()
        if self._faults.on("echo-truncated"):
            value = value[:32]
        return value

    def _template(self, operation: str, name: str) -> str:
        key = (operation, name)
        row = self._row(operation, name)
        code, text = self._code(row), self._text(row)
        if key == ("addSourceToSession", "source-not-found") and self._faults.on("source-with-session-code"):
            code = self._code(self._row(operation, "session-not-found"))
        if key == ("shareSessionWithGroup", "group-not-found") and self._faults.on("group-with-user-text"):
            text = self._text(self._row("shareSessionWithUser", "user-not-found"))
        if key == ("setLiveSession", "session-not-found") and self._faults.on("full-stop-in-text"):
            text += "."
        if self._faults.on("five-digit-code") and operation == "deleteSession":
            code = code[1:]
        form = self._form(name)
        if self._faults.on("no-source-without-code") and name == "no-source":
            form = form.replace("{code}", "").replace("||", "|").replace("  ", " ")
        return form.replace("{code}", code).replace("{message}", text)

    def _form(self, name: str) -> str:
        """The reply form of the reading; where that is only for other errors, the first form that is for all."""
        forms, only = self._lines.error, self._lines.only
        reading = self._readings.of(self._lines.error_ambiguity)
        if reading in only and name not in only[reading]:
            reading = next(form for form in forms if form not in only)
        return forms[reading]

    def _row(self, operation: str, name: str) -> ErrorCode:
        """The error as the command's own table has it, else the general one, else another command's."""
        found = self._system.operations[operation].errors.get(name) if operation else None
        if found is None:
            found = self._system.errors.get(name)
        if found is None:  # a reading may answer with an error that only other commands list
            found = next(other.errors[name] for other in self._system.operations.values() if name in other.errors)
        return resolve_error(self._system, found)

    def _text(self, row: ErrorCode) -> str:
        if row.text or row.ambiguity is None:
            return row.text
        return row.texts.get(self._readings.of(row.ambiguity), row.texts[OWN_TABLE])

    def _code(self, row: ErrorCode) -> str:
        if row.code or row.code_ambiguity is None:
            return row.code
        return row.codes.get(self._readings.of(row.code_ambiguity), row.codes[OWN_TABLE])
