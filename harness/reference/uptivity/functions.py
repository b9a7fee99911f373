"""Every function, from a request to its result: what all have in common, and which part carries each out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from harness.reference.system import Setup
from harness.reference.uptivity.asking import Ask, File, Handler, Outcome, RefusedError
from harness.reference.uptivity.choices import Choices
from harness.reference.uptivity.parameters import Parameters
from harness.reference.uptivity.reading import STREAM, URL, Asked, MalformedError, Reader
from harness.reference.uptivity.spoil import Spoiler
from harness.reference.uptivity.state import World
from harness.reference.uptivity.writing import Writer
from harness.spec.documentmodel import Requirement
from harness.spec.functions import names_of
from harness.spec.model import Operation

_NUMBER = re.compile(r"[+-]?[0-9]{1,40}")
_MAXIMUM = 2_147_483_647
_OTHER = "processing-message"


@dataclass(slots=True, kw_only=True)
class Reply:
    """What answers a request: a document without its end, or a file."""

    document: str = ""
    file: File | None = None
    failed: bool = False
    function: str = ""
    silent: bool = False
    closes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What all parts of the server share."""

    setup: Setup
    world: World
    choices: Choices
    writer: Writer
    spoiler: Spoiler


class Functions:
    """Answers requests.

    Args:
        common: what all parts share.
        handlers: function -> what carries it out.
    """

    def __init__(self, common: Common, handlers: Mapping[str, Handler]) -> None:
        self._model, self._world, self._choices = common.setup.model, common.world, common.choices
        self._writer, self._handlers, self._on = common.writer, handlers, common.setup.faults.on
        self._spoiler, self._faulty = common.spoiler, bool(common.setup.faults)
        self.reader = Reader(common.writer.syntax, common.choices, common.setup.faults)
        self._parameters = Parameters(common.setup, common.choices)
        self._syntax = common.writer.syntax
        self._names = {
            called: name for name, known in self._model.operations.items() for called in self._called(name, known)
        }

    # requests

    def document(self, data: bytes, client: object) -> Reply:
        """What answers a document on the stream."""
        try:
            asked = self.reader.document(data)
        except MalformedError as error:
            return self._malformed(str(error))
        return self.answer(asked, client)

    def _malformed(self, problem: str) -> Reply:
        match self._choices("malformed"):
            case "ignored":
                return Reply(silent=True)
            case "closed":
                return Reply(closes=True, silent=True)
        error = self._choices("wrong-number")
        number = {"absent": None, "other": "0"}.get(error, "")
        text = self._writer.result("", number, "invalid-message-format", f"The request is not well-formed: {problem}")
        return Reply(document=text, failed=True)

    def answer(self, asked: Asked, client: object = None) -> Reply:
        """What answers a request."""
        self._world.tick()
        name, shown = self._function(asked)
        number: str | None = asked.number
        operation: Operation | None = None
        try:
            number, error = self._number(asked.number, client)
            if error:
                if self._on("refused-start-begins") and name == "CALLSTART":
                    self._handlers[name](self._ask(name, self._model.operations[name], asked, client))
                raise RefusedError(error, "REQUESTID is not valid")
            if self._faulty and name and self._spoiler.no_function(name, asked):
                raise RefusedError(self._unknown(name))
            if not name:
                raise RefusedError(self._unknown(shown), f"The function {shown or 'of the request'} is not supported")
            operation = self._model.operations[name]
            ask = self._ask(name, operation, asked, client)
            outcome = self._handlers[name](ask)
        except RefusedError as refused:
            return self._refused(name, shown, number, refused, asked)
        return self._success(name, shown, number, outcome, operation, asked)

    def _success(
        self, name: str, shown: str, number: str | None, outcome: Outcome, operation: Operation, asked: Asked
    ) -> Reply:
        if outcome.file is not None:
            return Reply(file=outcome.file, function=name)
        values = outcome.values
        if self._faulty:
            values = self._spoiler.values(name, values, asked)
        body = self._writer.section(operation.answer, values) if operation.answer is not None else ""
        bare = name in self._syntax.headless and self._choices("headless") == "absent"
        if self._faulty:
            shown = self._spoiler.function(name, shown)
            number = self._spoiler.number(name, number, failed=False)
        text = self._writer.result(shown, number, "", outcome.text, body, bare=bare)
        if self._faulty:
            text = self._spoiler.result(name, text, asked)
        return Reply(document=text, function=name)

    def _refused(self, name: str, shown: str, number: str | None, refused: RefusedError, asked: Asked) -> Reply:
        label = self._model.errors[refused.error].text
        told = f"{label}: {refused.text}" if refused.text else label
        if self._faulty:
            self._spoiler.refused(name)
            number = self._spoiler.number(name, number, failed=True)
        text = self._writer.result(shown, number, refused.error, told)
        if self._faulty:
            text = self._spoiler.refusal(name, text, refused.error, asked)
        return Reply(document=text, failed=True, function=name)

    # functions

    def _function(self, asked: Asked) -> tuple[str, str]:
        """The name of the function, "" if there is none of it, and how results repeat it."""
        named = asked.function
        if named in self._names:
            known = named
        elif asked.road == URL or self._choices("function-case") != "refused":
            known = named.upper()
        else:
            known = named
        if known not in self._names or known in self._syntax.deprecated:
            return "", known if known in self._syntax.deprecated else named
        return self._names[known], known

    def _called(self, name: str, operation: Operation) -> tuple[str, ...]:
        """What a function is called: each name of it by default, else the one of the reading."""
        if not operation.names or self._choices.first(operation.name_ambiguity):
            return names_of(name, operation)
        return (operation.names[self._choices.of(operation.name_ambiguity)],)

    def _unknown(self, shown: str) -> str:
        what = "deprecated" if shown in self._syntax.deprecated else "unknown-function" if shown else "no-function"
        error = self._choices(what)
        return error if error in self._model.errors else _OTHER

    # numbers

    def _number(self, text: str | None, client: object) -> tuple[str | None, str]:
        """The number as the result repeats it, and the error of one that is refused, "" if it is not."""
        choices, wrong = self._choices, self._syntax.number_error
        if text is None:
            refused = "invalid-message-format" if choices("no-number") == "refused" else ""
            return self._shown(None), refused
        plain = text.strip()
        if not plain:
            return self._shown(""), wrong if choices("blank-number") == "refused" else ""
        if not _NUMBER.fullmatch(plain):
            return self._shown(plain), wrong if choices("word-number") == "refused" else ""
        value = int(plain)
        if value > _MAXIMUM:
            edge = value == _MAXIMUM + 1 and self._on("number-limit-off-by-one")
            return self._shown(plain), "" if edge else wrong
        if value <= 0:
            return self._shown(plain), wrong if choices("low-number") == "refused" else ""
        if str(value) != text and choices("number-spelling") == "refused":
            return self._shown(plain), wrong
        if self._faulty and self._spoiler.number_refused(plain, client):
            return plain, wrong
        return (plain if choices("number-spelling") == "served" else str(value)), ""

    def _shown(self, given: str | None) -> str | None:
        """What a result repeats of a number that is none."""
        match self._choices("wrong-number"):
            case "repeated":
                return given
            case "absent":
                return None
            case "other":
                return "0"
        return ""

    # parameters

    def _ask(self, name: str, operation: Operation, asked: Asked, client: object) -> Ask:
        """The call, if its form is right.

        Raises:
            RefusedError: it is not.
        """
        if operation.body is not None and asked.road == STREAM and self._choices("file-over-stream") == "refused":
            raise RefusedError("command-not-allowed", "files are exported over HTTP")
        given = self._spoiler.given(name, asked) if self._faulty else asked.given
        values = self._parameters.read(name, given, asked.road)
        ask = Ask(function=name, operation=operation, values=values, road=asked.road, client=client, order=asked.given)
        for need in operation.needs:
            self._need(name, need, values)
        return ask

    def _need(self, function: str, need: Requirement, values: Mapping[str, str]) -> None:
        for name, wanted in need.when.items():
            if values.get(name, "").upper() not in wanted:
                return
        there = sum(all(values.get(name) for name in group) for group in need.groups)
        if there == 1 or (there and not need.only_one):
            return  # where the ways name different things, what carries the function out looks further
        if there and (not need.only_one or self._choices.of(need.surplus) in ("accepted", "agentid", "one")):
            return
        if there:
            raise RefusedError("invalid-message-format", "It is named in more than one way")
        if self._faulty and self._spoiler.not_needed(function, need, values):
            return
        reading = self._choices.of(need.ambiguity)
        if reading in ("served", "accepted", "all", "none", "found", "ignored"):
            return
        error = reading if reading in need.errors or reading in self._model.errors else ""
        if reading == "other":
            error = "blank-required-value"
        options = " or ".join(" and ".join(group) for group in need.groups)
        raise RefusedError(
            error or (need.errors[0] if need.errors else "invalid-message-format"), f"{options} is missing"
        )
