"""Commands: looked up, counted, checked and carried out. Order: name, arity, types, existence, state.

Everything a command may take and answer is read from the model when the device starts; what it does is in
`harness.reference.hmp.operations`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.reference.hmp.constraints import Constraints
from harness.reference.hmp.lookup import Found, Lookup
from harness.reference.hmp.operations import Dialogue, Operations
from harness.reference.hmp.refusal import Refusal
from harness.reference.hmp.replies import Replies, line_syntax
from harness.reference.hmp.state import World
from harness.reference.hmp.values import Checker, Values
from harness.reference.system import Setup
from harness.spec.model import Operation
from harness.wire.lines import Argument

# Enough for every command; a missing value under the reading that there is no arity error.
_MISSING = Argument(value="", typed="", start=0, quoted=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to one command, as text without its line feed."""

    text: str
    operation: str  # empty where the command is not known
    error: str = ""  # name in the model; empty for a success


@dataclass(frozen=True, slots=True)
class _Plan:
    """One operation, ready to check arguments."""

    name: str
    operation: Operation
    count: int
    variadic: bool
    checkers: tuple[Checker, ...]
    has_arity: bool


class Commands:
    """Carries out commands on a world.

    Args:
        setup: model, readings and faults.
        world: the objects.
        replies: makes the replies.
    """

    def __init__(self, setup: Setup, world: World, replies: Replies) -> None:
        self._faults, self._replies, self._world = setup.faults, replies, world
        self._lines = line_syntax(setup.model)
        self._constraints = Constraints(setup.readings, setup.faults)
        self._operations = Operations(setup, world)
        self._lookup = Lookup(setup, world)
        values = Values(setup)
        no_arity = setup.readings.of("HMP-AMB-005") == "absent"
        self._plans: dict[str, _Plan] = {}
        for name, operation in setup.model.operations.items():
            self._plans[name] = _Plan(
                name,
                operation,
                len(operation.parameters),
                any(parameter.repeated for parameter in operation.parameters.values()),
                tuple(values.checker(name, parameter) for parameter in operation.parameters.values()),
                not (operation.arity_open and no_arity),
            )
        if setup.readings.of("HMP-AMB-008") == "present":  # the overview's name for the command
            self._plans["shareRecording"] = self._plans["shareRecordingWithUser"]
        self._any_case = setup.readings.of("HMP-AMB-038") == "insensitive"
        if self._any_case:
            self._plans |= {name.lower(): plan for name, plan in self._plans.items()}
        self._quoted_names = setup.readings.of("HMP-AMB-057") == "accepted"

    def execute(self, words: Sequence[Argument], dialogue: Dialogue) -> Reply:
        """Carry out one command; `words` is not empty."""
        dialogue.commands += 1
        if dialogue.late:
            self._come_late(dialogue)
        plan = self._find(words[0])
        if plan is None:
            error = self._lines.unknown_command
            if self._faults.on("unknown-command-as-syntax"):
                error = self._lines.syntax_error
            return Reply(text=self._replies.error("", error), operation="", error=error)
        arguments = words[1:]
        if plan.has_arity and not self._arity_fits(plan, len(arguments)):
            return self._wrong_arity(plan, arguments)
        try:
            found = self._check(plan, arguments)
            value = self._operations.run(plan.name, found, dialogue)
        except Refusal as refusal:
            return self._refused(plan, refusal, arguments, dialogue)
        if self._faults.on("value-on-live") and plan.name == "setLiveSession":
            value = found.value("active")
        return Reply(text=self._replies.success(value), operation=plan.name)

    def _find(self, word: Argument) -> _Plan | None:
        if word.quoted and not self._quoted_names:
            return None
        return self._plans.get(word.value.lower() if self._any_case else word.value)

    def _arity_fits(self, plan: _Plan, count: int) -> bool:
        if count == plan.count or (plan.variadic and count > plan.count):
            return True
        return self._faults.on("surplus-ignored") and plan.name == "pauseRecording" and count > plan.count

    def _wrong_arity(self, plan: _Plan, arguments: Sequence[Argument]) -> Reply:
        if self._faults.on("failed-stop-stops") and plan.name == "stopRecording" and arguments:
            recording = self._world.recordings.get(arguments[0].value)
            if recording is not None:
                self._world.move(recording, plan.name)
        error = plan.operation.arity or ""
        got = len(arguments) + (1 if self._faults.on("arity-counts-name") else 0)
        text = self._replies.error(plan.name, error, wanted=plan.count, got=got)
        return Reply(text=text, operation=plan.name, error=error)

    def _check(self, plan: _Plan, arguments: Sequence[Argument]) -> Found:
        """The values by parameter, each of its type and within its rules, and the objects they name."""
        found = Found()
        # Fewer arguments than parameters come here only without an arity error (HMP-AMB-005).
        given = [*arguments, *([_MISSING] * (plan.count - len(arguments)))]
        for index, (name, parameter) in enumerate(plan.operation.parameters.items()):
            checker = plan.checkers[index]
            taken = given[index:] if parameter.repeated else given[index : index + 1]
            try:
                values = [checker(argument) for argument in taken]
            except Refusal as refusal:
                self._lookup.take_otherwise(plan.name, refusal, found, name)
                values = [""]
            for constraint in parameter.constraints:
                self._constraints.apply(constraint, values)
            found.add(name, taken[0], values)
        self._lookup.find_objects(plan.name, plan.operation, found)
        self._lookup.check_states(plan.name, plan.operation, found)
        return found

    def _refused(self, plan: _Plan, refusal: Refusal, arguments: Sequence[Argument], dialogue: Dialogue) -> Reply:
        value = ""
        if refusal.argument is not None:
            wrong = refusal.argument
            if self._faults.on("echo-first-parameter") and arguments:
                wrong = arguments[0]
            value = self._replies.echo(wrong)
            if self._faults.on("echo-stale"):
                value = dialogue.first_echo = dialogue.first_echo if dialogue.first_echo is not None else value
        text = self._replies.error(plan.name, refusal.error, value=value)
        return Reply(text=text, operation=plan.name, error=refusal.error)

    def _come_late(self, dialogue: Dialogue) -> None:
        """Fault pause-comes-late: what was put off and is due."""
        for due, recording in list(dialogue.late):
            if due <= dialogue.commands:
                self._world.move(recording, "pauseRecording")
                dialogue.late.remove((due, recording))
