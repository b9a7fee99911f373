"""The systematic cases of a spec: success, every arity, every constraint just inside and outside, unknown ids, every state, letter case.

Each negative case names the success of its operation as its positive control and has one defect only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from harness.case import Case
from harness.checks.answer import Answer
from harness.datatypes import Probe, Side, probes
from harness.dut import Dut
from harness.errors import InternalError
from harness.messages.reply import Call, Reply
from harness.spec.model import Base, Operation, Parameter, Rule, StateRule, System
from harness.suite import Suite

# An empty parameter and one of two words count as one each.
_TOO_MANY: dict[str, tuple[str, ...]] = {
    "one-too-many": ("extra",),
    "one-too-many-empty": ("",),
    "one-too-many-quoted": ("two words",),
    "two-too-many": ("extra", "two words"),
}
# Enough good values before a bad one to pass the small limits that a device might have for its lists.
_FILLERS = tuple(f"value-{number}" for number in range(24))


def derive(system: System, suite: Suite, module: str) -> Iterator[Case]:
    """Every generated case of a system.

    Args:
        suite: provides the objects that calls need.
        module: the suite file that the cases stand in.
    """
    for name in system.operations:
        yield from _Deriver(system, suite, name, module).cases()


class _Deriver:
    """The cases of one operation."""

    def __init__(self, system: System, suite: Suite, name: str, module: str) -> None:
        self._system = system
        self._suite = suite
        self._name = name
        self._operation: Operation = system.operations[name]
        self._module = module
        self._clause = f"{system.prefix}-{name}"
        self._parameters = list(self._operation.parameters.items())

    def cases(self) -> Iterator[Case]:
        own = [self._clause, *(f"{self._clause}.{name}" for name, _ in self._parameters)]
        if self._operation.result is not None:
            own.append(f"{self._clause}.result")
        yield self._case("success", "called as documented", own, self._success, control=False)
        yield self._case(
            "quoted", "every argument in quotes", [*own, *self._rules("quoting")], partial(self._success, quoted=True)
        )
        yield from self._arities()
        yield from self._letter_cases()
        for index, (name, parameter) in enumerate(self._parameters):
            yield from self._values(index, name, parameter)
            yield from self._constraints(index, name, parameter)
            yield from self._unknown(index, name, parameter)
            for state, rule in parameter.states.items():
                yield self._case(
                    f"state.{state}",
                    f"{parameter.object} in state {state}",
                    [
                        rule.clause,
                        *(
                            f"{self._clause}.error.{error}"
                            for error in rule.errors
                            if not rule.ambiguity or len(rule.errors) == 1
                        ),
                    ],
                    partial(self._in_state, index, parameter, state, rule),
                )

    def _rules(self, *names: str) -> list[str]:
        rules = self._system.lines.rules if self._system.lines is not None else {}
        return [rules[name] for name in names if name in rules]

    def _case(
        self, part: str, title: str, clauses: Sequence[str], flow: Callable[[Dut], object], *, control: bool = True
    ) -> Case:
        return Case(
            id=f"{self._system.system}.{self._name}.{part}",
            system=self._system.system,
            title=f"{self._name}: {title}",
            chapter=self._operation.section,
            clauses=tuple(clauses),
            flow=flow,  # type: ignore[arg-type]  # partial hides the coroutine's type
            after=(f"{self._system.system}.{self._name}.success",) if control else (),
            module=self._module,
        )

    # values for a call

    async def _arguments(self, dut: Dut, *, fresh: bool, without: int | None = None) -> list[str]:
        """Valid values for every parameter; `fresh` makes objects that the call may change. `without` is not needed: a placeholder."""
        return [
            "" if index == without else await self._valid(dut, name, parameter, fresh=fresh)
            for index, (name, parameter) in enumerate(self._parameters)
        ]

    async def _valid(self, dut: Dut, name: str, parameter: Parameter, *, fresh: bool) -> str:
        kind = self._system.types[parameter.type]
        if parameter.object is not None:
            if self._may_share(parameter, fresh=fresh):
                return await dut.shared(parameter.object, parameter.state or "any")
            provider = self._suite.providers.get(parameter.object)
            if provider is None:
                raise InternalError(f"suite {self._system.system}: nothing provides a {parameter.object}")
            return await provider(dut, parameter.state or "any")
        if kind.base is Base.ENUM:
            return kind.choices[0]
        if kind.base is Base.TEXT:
            return dut.unique(f"clausewise {name}")
        if kind.base is Base.INT:
            return str((kind.minimum or 0) + 1)
        raise InternalError(f"{self._clause}.{name}: no valid value of type {parameter.type}")

    def _may_share(self, parameter: Parameter, *, fresh: bool) -> bool:
        """Objects that no command removes are made once for all calls that leave them as they are."""
        kind = self._system.objects[parameter.object or ""]
        changes = parameter.exclusive or any(transition.operation == self._name for transition in kind.transitions)
        return kind.status is not None and not (fresh and changes)

    # flows

    async def _success(self, dut: Dut, *, quoted: bool = False) -> None:
        values = await self._arguments(dut, fresh=True)
        dut.ok(await dut.call(self._name, *values, quoted=quoted), *self._own(), check="succeeds")

    def _own(self) -> list[str]:
        return [self._clause, *(f"{self._clause}.{name}" for name, _ in self._parameters)]

    def _arities(self) -> Iterator[Case]:
        error = self._operation.arity
        if error is None:
            return
        names = [name for name, _ in self._parameters]
        variadic = bool(self._parameters) and self._parameters[-1][1].repeated
        wrong: dict[str, tuple[int, tuple[str, ...]]] = {
            "none" if count == 0 else f"missing-{names[count]}": (count, ()) for count in range(len(names))
        }
        if not variadic:
            wrong |= {part: (len(names), extra) for part, extra in _TOO_MANY.items()}
        clauses = [] if self._operation.arity_open else [f"{self._clause}.arity", f"{self._clause}.error.{error}"]
        for part, (count, extra) in wrong.items():
            yield self._case(
                f"arity.{part}",
                f"{count + len(extra)} instead of {len(names)} parameters",
                [*clauses, *self._rules("counts")],
                partial(self._arity, count, extra, error),
            )

    async def _arity(self, count: int, extra: tuple[str, ...], error: str, dut: Dut) -> None:
        values = [*(await self._arguments(dut, fresh=False))[:count], *extra]
        if (ambiguity := self._operation.arity_open) is None:
            clauses = (f"{self._clause}.arity", *self._rules("counts"))
            await self._refused(dut, values, [Answer(error=error)], *clauses)
            return
        answers = [Answer(error=error, reading="general"), Answer(error="*", reading="absent")]
        reply = await dut.call(self._name, *values)
        answers += [Answer(reading="absent")] * bool(extra)
        dut.answers(reply, answers, *self._rules("counts"), ambiguity=ambiguity, check="refused")

    async def _refused(
        self, dut: Dut, values: Sequence[str], answers: Sequence[Answer], *clauses: str, ambiguity: str | None = None
    ) -> None:
        """What is refused is refused when it is asked for once more."""
        for _ in range(2):
            dut.answers(await dut.call(self._name, *values), answers, *clauses, ambiguity=ambiguity, check="refused")

    def _letter_cases(self) -> Iterator[Case]:
        ambiguity = self._system.lines.name_case_ambiguity if self._system.lines is not None else None
        if ambiguity is None:
            return
        for part, name in (("upper", self._name.upper()), ("lower", self._name.lower())):
            if name != self._name:
                yield self._case(
                    f"letter-case.{part}", f"the name in {part} case", [], partial(self._letter_case, name, ambiguity)
                )

    async def _letter_case(self, spelled: str, ambiguity: str, dut: Dut) -> None:
        values = await self._arguments(dut, fresh=True)
        _, data = dut.binding.call(spelled, values)
        await dut.send(data)
        reply = await dut.receive(Call(operation=self._name, values=tuple(values)))
        answers = _open_answers(self._system, ambiguity, [dut.book.syntax.unknown_command])
        dut.answers(reply, answers, ambiguity=ambiguity, check="either")

    def _values(self, index: int, name: str, parameter: Parameter) -> Iterator[Case]:
        kind = self._system.types[parameter.type]
        clause = f"{self._clause}.{name}"
        names_object = kind.base is Base.TEXT and parameter.object is not None
        for probe in probes(kind):
            part = f"{name}.{probe.side}.{probe.name}"
            if names_object or (probe.side is Side.OUTSIDE and not parameter.invalid):
                continue
            if probe.side is Side.INSIDE:
                yield self._case(part, f"{name}: {probe.name}", [clause], partial(self._inside, index, probe))
            elif probe.side is Side.OUTSIDE:
                errors = [f"{self._clause}.error.{error}" for error in parameter.invalid[:1]]
                yield self._case(
                    part,
                    f"{name}: {probe.name}",
                    [f"{clause}.type", *errors],
                    partial(self._outside, index, name, parameter, probe),
                )
            else:
                yield self._case(
                    part,
                    f"{name}: {probe.name}, which the document leaves open",
                    [],
                    partial(self._open, index, parameter, probe),
                )

    async def _probed(self, dut: Dut, index: int, probe: Probe, *, fresh: bool) -> list[str]:
        values = await self._arguments(dut, fresh=fresh)
        values[index] = probe.make(values[index])
        return values

    async def _probe(self, dut: Dut, index: int, probe: Probe, *, fresh: bool) -> Reply:
        return await dut.call(self._name, *await self._probed(dut, index, probe, fresh=fresh))

    async def _inside(self, index: int, probe: Probe, dut: Dut) -> None:
        name = self._parameters[index][0]
        dut.ok(
            await self._probe(dut, index, probe, fresh=True), f"{self._clause}.{name}", self._clause, check="accepted"
        )

    async def _outside(self, index: int, name: str, parameter: Parameter, probe: Probe, dut: Dut) -> None:
        values = await self._probed(dut, index, probe, fresh=False)
        readings = _in_order(self._system, parameter.invalid_ambiguity, parameter.invalid)
        pairs = zip(parameter.invalid, readings, strict=True)
        answers = [Answer(error=error, about=index, reading=reading) for error, reading in pairs]
        clause = f"{self._clause}.{name}.type"
        await self._refused(dut, values, answers, clause, ambiguity=parameter.invalid_ambiguity)

    async def _open(self, index: int, parameter: Parameter, probe: Probe, dut: Dut) -> None:
        reply = await self._probe(dut, index, probe, fresh=True)
        ambiguity = probe.ambiguity or ""
        answers = _open_answers(self._system, ambiguity, [*parameter.invalid, *parameter.unknown])
        dut.answers(reply, answers, f"{self._clause}.{self._parameters[index][0]}", ambiguity=ambiguity, check="either")

    def _constraints(self, index: int, name: str, parameter: Parameter) -> Iterator[Case]:
        for constraint in parameter.constraints:
            stated = (f"{self._clause}.{name}.{constraint.rule}", *constraint.clauses)
            clauses = [*stated, f"{self._clause}.error.{constraint.error}"]
            for part, bad in _violations(constraint.rule, repeated=parameter.repeated):
                yield self._case(
                    f"{name}.{constraint.rule}.{part}",
                    f"{name} not {constraint.rule}: {part}",
                    clauses,
                    partial(self._violation, index, constraint.error, stated, bad),
                )

    async def _violation(
        self, index: int, error: str, clauses: tuple[str, ...], bad: tuple[str, ...], dut: Dut
    ) -> None:
        values = await self._arguments(dut, fresh=False)
        await self._refused(dut, [*values[:index], *bad, *values[index + 1 :]], [Answer(error=error)], *clauses)

    def _unknown(self, index: int, name: str, parameter: Parameter) -> Iterator[Case]:
        if not parameter.unknown or parameter.object is None:
            return
        clauses = [f"{self._clause}.{name}.unknown", *(f"{self._clause}.error.{error}" for error in parameter.unknown)]
        kind = self._system.objects[parameter.object]
        ways = ("random", "last-group", "first-group", "other-kind") if kind.unknown == "uuid" else ("random", "run-on")
        for way in ways:
            if way == "other-kind" and parameter.other_kind is not None:
                yield self._case(
                    f"{name}.open.other-kind",
                    f"{name}: the id of another kind of object",
                    [],
                    partial(self._other_kind, index, parameter),
                )
            else:
                yield self._case(
                    f"{name}.unknown.{way}",
                    f"{name} unknown: {way}",
                    clauses,
                    partial(self._unknown_flow, index, parameter, way),
                )

    async def _unknown_flow(self, index: int, parameter: Parameter, way: str, dut: Dut) -> None:
        values = await self._arguments(dut, fresh=False)
        values[index] = await self._missing(dut, parameter, values[index], way)
        readings = _in_order(self._system, parameter.unknown_ambiguity, parameter.unknown)
        pairs = zip(parameter.unknown, readings, strict=True)
        answers = [Answer(error=error, reading=reading) for error, reading in pairs]
        clause = f"{self._clause}.{self._parameters[index][0]}.unknown"
        await self._refused(dut, values, answers, clause, ambiguity=parameter.unknown_ambiguity)

    async def _missing(self, dut: Dut, parameter: Parameter, known: str, way: str) -> str:
        match way:
            case "other-kind":
                return await self._of_other_kind(dut, parameter)
            case "last-group":  # its first digit: a device that counts ids up does not get there
                return _other_digit(known, known.rfind("-") + 1)
            case "first-group":
                return _other_digit(known, 0)
            case "run-on":
                return known + "-nobody"
        return (
            dut.unknown_id()
            if self._system.objects[parameter.object or ""].unknown == "uuid"
            else dut.unique("nobody").replace(" ", "-")
        )

    async def _of_other_kind(self, dut: Dut, parameter: Parameter) -> str:
        other = next(
            name for name, kind in self._system.objects.items() if kind.created_by and name != parameter.object
        )
        return await self._suite.providers[other](dut, "busy")

    async def _other_kind(self, index: int, parameter: Parameter, dut: Dut) -> None:
        values = await self._arguments(dut, fresh=False)
        values[index] = await self._of_other_kind(dut, parameter)
        ambiguity = parameter.other_kind or ""
        answers = [Answer(error="*", reading=self._system.ambiguities[ambiguity].refused or "")]
        if (accepted := self._system.ambiguities[ambiguity].accepted) is not None:
            answers.append(Answer(reading=accepted))
        dut.answers(await dut.call(self._name, *values), answers, ambiguity=ambiguity, check="either")

    async def _in_state(self, index: int, parameter: Parameter, state: str, rule: StateRule, dut: Dut) -> None:
        values = await self._arguments(dut, fresh=True, without=index)
        values[index] = await self._suite.providers[parameter.object or ""](dut, state)
        refused = [Answer(error=error, about=index) for error in rule.errors]
        answers = (
            _open_answers(self._system, rule.ambiguity, rule.errors or ["*"], about=index)
            if rule.ambiguity
            else refused + [Answer()] * rule.ok
        )
        for _ in range(1 if rule.ok else 2):  # as in `_refused`
            reply = await dut.call(self._name, *values)
            dut.answers(reply, answers, rule.clause, ambiguity=rule.ambiguity, check="answer")
        status = self._system.objects[parameter.object or ""].status
        if reply.ok is False and status is not None and state in self._status_words(status):
            after = await dut.call(status, values[index])
            if after.ok:
                dut.answers(after, [Answer(value=state)], *self._rules("failure-changes-nothing"), check="unchanged")

    def _status_words(self, status: str) -> list[str]:
        result = self._system.operations[status].result
        return self._system.types[result.type].choices if result is not None else []


def _other_digit(known: str, index: int) -> str:
    return known[:index] + ("e" if known[index] in "fF" else "f") + known[index + 1 :]


def _open_answers(system: System, ambiguity: str, errors: Sequence[str], *, about: int | None = None) -> list[Answer]:
    """Success or one of these errors, each with the reading that it shows."""
    known = system.ambiguities[ambiguity]
    return [
        Answer(reading=known.accepted or ""),
        *(Answer(error=error, about=about, reading=known.refused or "") for error in errors),
    ]


def _in_order(system: System, ambiguity: str | None, errors: Sequence[str]) -> list[str]:
    """The reading that each error shows: they stand in the same order."""
    if ambiguity is None:
        return [""] * len(errors)
    return list(system.ambiguities[ambiguity].readings)[: len(errors)]


def _violations(rule: Rule, *, repeated: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Ways to break a constraint, at every place of a repeated parameter."""
    if not repeated:
        bad = {Rule.NOT_EMPTY: {"empty": ""}, Rule.TRIMMED: {"leading": " x", "trailing": "x "}, Rule.UNIQUE: {}}[rule]
        yield from ((name, (value,)) for name, value in bad.items())
        return
    if rule is Rule.UNIQUE:
        yield "pair", ("same", "same")
        yield "first-and-last", ("same", "b", "c", "same")
        yield "last-two", ("a", "b", "same", "same")
        yield "middle", ("a", "same", "b", "same", "c")
        yield "two-words", ("two words", "b", "two words")
        yield "far-apart", ("same", *_FILLERS, "same")
        return
    ways = (
        {"empty": ""}
        if rule is Rule.NOT_EMPTY
        else {"leading": " x", "trailing": "x ", "both": " x ", "two-spaces": "x  "}
    )
    for name, value in ways.items():
        yield f"{name}.alone", (value,)
        yield f"{name}.first", (value, "b", "c")
        yield f"{name}.second", ("a", value, "c")
        yield f"{name}.third", ("a", "b", value, "d")
        yield f"{name}.last", ("a", "b", "c", "d", value)
        yield f"{name}.far", (*_FILLERS, value)
