"""The systematic cases of functions on two roads: success, parameters, what must stand together, what is unknown, numbers, and agreement.

Each negative case names the success of its function as its positive control and has one defect only. Every case runs on every road that
the target offers; `harness.derive_roads` compares the roads.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from functools import partial

from harness.case import Case
from harness.datatypes import Side, probes
from harness.derive_base import CaseMaker
from harness.documentdut import DocumentDut
from harness.messages.documentreply import Result
from harness.spec.documentmodel import DocumentSyntax, Requirement, Section
from harness.spec.model import Base, Parameter, System
from harness.view import MAIN

# Makes the parameters of a call that must succeed, and whatever they need, by the name of the function. The second name is that of a
# parameter which the case will make wrong, "" for none: what the function does must then depend on it.
Sample = Callable[[DocumentDut, str, str], Awaitable[dict[str, str]]]
_ALWAYS = (
    "one-result",
    "well-formed",
    "root",
    "head",
    "number-repeated",
    "function-repeated",
    "code-table",
    "label",
    "whole",
)
# Wrong values that are tried of each parameter: those that no reader takes for another spelling of a right one.
_PROBES = 3
_SPELLINGS = {
    "empty", "leading-zeros", "plus-sign", "padded", "upper-case", "lower-case", "capitalised", "number", "zero", "first-letter", "yes",
    "trailing-letter", "two-numbers", "fraction", "negative",
}  # fmt: skip


def derive_documents(
    system: System,
    module: str,
    sample: Sample,
    *,
    without: Collection[str] = (),
    sampled: Mapping[str, Sequence[str]] | None = None,
) -> Iterator[Case]:
    """Every such case of a system of functions.

    Args:
        module: the suite file that the cases stand in.
        sample: see `Sample`.
        without: functions whose success depends on more than the device; the suite has cases of its own for them.
        sampled: parameters that the samples of a function have for sure, besides those that it needs.
    """
    assert system.documents is not None
    for name in system.operations:
        if name not in without:
            names = (sampled or {}).get(name, ())
            yield from _Deriver(system, name, module, system.documents, sample, names).cases()


class FunctionCases(CaseMaker):
    """Makes the cases of one function."""

    def __init__(self, system: System, name: str, module: str, syntax: DocumentSyntax, sample: Sample) -> None:
        super().__init__(system, name, module)
        self.syntax = syntax
        self._sample = sample

    async def sample(self, dut: DocumentDut, wrong: str = "") -> dict[str, str]:
        """The parameters of a call that must succeed; see `Sample`."""
        return await self._sample(dut, self.name, wrong)

    def answer_clauses(self) -> list[str]:
        """The clauses of what a success carries, but for sections and values that depend on what there is."""
        if self.operation.answer is None:
            return []
        return list(_clauses_of(f"{self.clause}.answer", self.operation.answer))

    def done(self, dut: DocumentDut, result: Result, *clauses: str, check: str = "") -> Result:
        """It must have succeeded, with a file where one is due."""
        if self.operation.body is not None:
            return dut.file(result, *clauses)
        return dut.ok(result, *clauses, check=check)

    def nobody(self, parameter: Parameter, dut: DocumentDut) -> str:
        """A value that names nothing on the device."""
        kind = self.system.types[parameter.type]
        if kind.base is Base.INT:
            most = kind.maximum or 2_000_000_000
            return str(most - 1 - dut.rng.randrange(min(most // 4, 400_000_000)))
        return dut.unique("no")[: kind.maximum or 40].replace(" ", "")


class _Deriver(FunctionCases):
    def __init__(
        self, system: System, name: str, module: str, syntax: DocumentSyntax, sample: Sample, sampled: Sequence[str]
    ) -> None:
        super().__init__(system, name, module, syntax, sample)
        self._sampled = sampled

    def cases(self) -> Iterator[Case]:
        rules = [self.syntax.rules[rule] for rule in _ALWAYS]
        needed = self._needed()
        made = [f"{self.clause}.result"] if self.operation.result is not None else []
        named = dict.fromkeys((*needed, *self._sampled))
        clauses = [self.clause, *self.answer_clauses(), *made, *rules, *(f"{self.clause}.{name}" for name in named)]
        yield self.case("success", "called as documented", clauses, self._success, after=())
        for name, parameter in self.operation.parameters.items():
            yield from self._parameter(name, parameter)
        for index, need in enumerate(self.operation.needs):
            yield from self._need(index, need)

    def _needed(self) -> list[str]:
        return [name for name, one in self.operation.parameters.items() if not one.optional]

    async def _success(self, dut: DocumentDut) -> None:
        for road in self.roads(dut):
            fields = await self.sample(dut)
            given = [f"{self.clause}.{name}" for name in fields if name in self.operation.parameters]
            url_form = [self.syntax.rules["url-form"]] if road in dut.url_roads else []
            result = await dut.call(self.name, fields, road=road)
            self.done(dut, result, self.clause, *given, *url_form, check=f"succeeds.{road}")

    def roads(self, dut: DocumentDut) -> tuple[str, ...]:
        """The roads on which the function can do what it is for: files come as the content of a response only."""
        if self.name == self.syntax.subscribe:
            return (dut.stream,)
        return dut.url_roads if self.operation.body is not None else dut.roads

    def open_point(self, ambiguity: str | None) -> bool:
        """Whether a request with a defect may succeed; else only the error is open."""
        known = self.system.ambiguities.get(ambiguity or "")
        return known is not None and (known.accepted or known.refused) is not None

    # parameters

    def _parameter(self, name: str, parameter: Parameter) -> Iterator[Case]:
        clause = f"{self.clause}.{name}"
        values = self._values(parameter)
        if values and parameter.object is None and name not in self._grouped():
            yield self.case(f"{name}.given", f"with {name}", [clause], partial(self._given, name, values))
        if parameter.unknown and parameter.object is not None:
            open_point = self.open_point(parameter.unknown_ambiguity)
            part = f"{name}.open.unknown" if open_point else f"{name}.unknown"
            clauses = [] if open_point else [f"{clause}.unknown"]
            yield self.case(part, f"{name} of no {parameter.object}", clauses, partial(self._unknown, name, parameter))
        if parameter.invalid:
            kind, open_point = self.system.types[parameter.type], self.open_point(parameter.invalid_ambiguity)
            wrong = [one for one in probes(kind) if one.side is Side.OUTSIDE and one.name not in _SPELLINGS]
            for probe in wrong[:_PROBES]:
                part = f"{name}.open.{probe.name}" if open_point else f"{name}.outside.{probe.name}"
                clauses = [] if open_point else [f"{clause}.type"]
                flow = partial(self._wrong, name, parameter, probe.make)
                yield self.case(part, f"{name}: {probe.name}", clauses, flow)

    def _grouped(self) -> set[str]:
        """Parameters that name what the call is about; one more of them could contradict the sample's."""
        return {name for need in self.operation.needs for group in need.groups for name in group}

    def _values(self, parameter: Parameter) -> list[str]:
        kind = self.system.types[parameter.type]
        if kind.base is Base.ENUM:
            return list(kind.choices)
        plain = str(max(kind.minimum or 1, 1)) if kind.base in (Base.INT, Base.NUMBER) else "Wise 1"[: kind.maximum]
        known = [one for one in parameter.examples if one]
        return known or ([""] if parameter.blank and parameter.examples else [plain])

    async def _given(self, name: str, values: list[str], dut: DocumentDut) -> None:
        for road in self.roads(dut):
            for value in values:
                # What the sample has names what the call is about, or decides what it does.
                fields = {name: value, **self._with(name, value), **await self.sample(dut)}
                # A connection that is told of events already may be refused.
                own = road == dut.stream and self.name == dut.syntax.subscribe
                result = await dut.call(self.name, fields, road=road, link=f"given {value}" if own else MAIN)
                self.done(dut, result, f"{self.clause}.{name}", check=f"accepted.{road}.{value or 'blank'}")

    def _with(self, name: str, value: str) -> dict[str, str]:
        """What a value of a parameter needs beside it."""
        needs = [need for need in self.operation.needs if value in need.when.get(name, ())]
        names = [other for need in needs for other in need.groups[0]]
        return {other: next(iter(self._values(self.operation.parameters[other])), "1") for other in names}

    async def _unknown(self, name: str, parameter: Parameter, dut: DocumentDut) -> None:
        for road in self.roads(dut):
            fields = {**self._beside(name), **self._only(await self.sample(dut, name), name)}
            fields[name] = self.nobody(parameter, dut)
            result = await dut.call(
                self.name, fields, road=road, judged=not self.open_point(parameter.unknown_ambiguity)
            )
            self._refusal(dut, result, parameter.unknown, parameter.unknown_ambiguity, f"{self.clause}.{name}.unknown")

    def _only(self, fields: Mapping[str, str], name: str) -> dict[str, str]:
        """The sample without what names the same thing in another way."""
        rivals: set[str] = set()
        for need in self.operation.needs:
            own = [group for group in need.groups if name in group]
            if own and len(need.groups) > 1:
                rivals |= {other for group in need.groups if name not in group for other in group}
        return {one: value for one, value in fields.items() if one not in rivals}

    def _beside(self, name: str) -> dict[str, str]:
        """What names something only together with a parameter; without it a request would lack that."""
        groups = [group for need in self.operation.needs for group in need.groups if name in group]
        others = dict.fromkeys(other for group in groups for other in group if other != name)
        return {other: next(iter(self._values(self.operation.parameters[other])), "1") for other in others}

    async def _wrong(self, name: str, parameter: Parameter, make: Callable[[str], str], dut: DocumentDut) -> None:
        for road in self.roads(dut):
            fields = await self.sample(dut, name)
            value = make(fields.get(name) or next(iter(self._values(parameter)), "1"))
            result = await dut.call(
                self.name, {**fields, name: value}, road=road, judged=not self.open_point(parameter.invalid_ambiguity)
            )
            self._refusal(dut, result, parameter.invalid, parameter.invalid_ambiguity, f"{self.clause}.{name}.type")

    def _refusal(
        self, dut: DocumentDut, result: Result, errors: list[str], ambiguity: str | None, *clauses: str
    ) -> None:
        """What the document leaves open may succeed; what it does not is refused with one of its errors, or one that any request may have."""
        if ambiguity is not None and self.open_point(ambiguity):
            dut.either(result, ambiguity)
            return
        wanted = list(dict.fromkeys((*errors, *self.syntax.refused, *self._anywhere())))
        dut.refused(result, *clauses, errors=[] if ambiguity else wanted)

    def _anywhere(self) -> list[str]:
        return [name for name, row in self.system.errors.items() if row.anywhere]

    # what must stand together

    def _need(self, index: int, need: Requirement) -> Iterator[Case]:
        part = f"need.{index}"
        if self.open_point(need.ambiguity) or not need.errors:
            yield self.case(f"{part}.open.none", "without what it needs", [], partial(self._without, need))
        else:
            yield self.case(f"{part}.none", "without what it needs", [need.clause], partial(self._without, need))
        if need.only_one and len(need.groups) > 1 and need.surplus is not None:
            yield self.case(f"{part}.open.both", "with more than it needs", [], partial(self._both, need))

    async def _without(self, need: Requirement, dut: DocumentDut) -> None:
        names = {name for group in need.groups for name in group}
        for road in self.roads(dut):
            sample = {**await self.sample(dut), **{name: values[0] for name, values in need.when.items()}}
            fields = {name: value for name, value in sample.items() if name not in names}
            result = await dut.call(self.name, fields, road=road, judged=not self.open_point(need.ambiguity))
            self._refusal(dut, result, need.errors, need.ambiguity, need.clause)

    async def _both(self, need: Requirement, dut: DocumentDut) -> None:
        for road in self.roads(dut):
            fields = await self.sample(dut)
            for group in need.groups:
                for name in group:
                    parameter = self.operation.parameters[name]
                    fields.setdefault(name, next(iter(parameter.examples), "1"))
            result = await dut.call(self.name, fields, road=road, judged=False)
            dut.either(result, need.surplus or "")


def _clauses_of(base: str, section: Section) -> Iterator[str]:
    """The clauses of a section that is there in any success, and of its values."""
    for name in section.values:
        yield f"{base}.{name}"
    for name, below in section.sections.items():
        yield f"{base}.{name}"
        yield from _clauses_of(f"{base}.{name}", below)
