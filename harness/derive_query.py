"""The systematic cases of operations that are asked for with a query string: all but periods, and what the document leaves open.

Success, every parameter absent, empty and of the wrong type, every condition, names of no operation. Each negative case names the success
of its operation as its positive control and has one defect only. See `harness.derive_window` and `harness.derive_open`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from harness.case import Case
from harness.checks.http import HttpAnswer
from harness.datatypes import Probe, Side, probes
from harness.derive_base import OperationCases, documented, either, in_order, window_of
from harness.derive_window import WindowCases
from harness.flow import CaseInconclusive, CaseSkipped
from harness.httpdut import HttpDut, sample
from harness.spec.model import Base, Parameter, System
from harness.spec.xmlmodel import Condition, HttpRequest

# Values that are no numbers whatever a reader takes for one; spellings on which readers differ are not among them.
_NO_NUMBERS: dict[str, Callable[[str], str]] = {
    "word": lambda _valid: "yesterday",
    "number-and-letters": lambda valid: f"{valid}x",
    "letters-and-number": lambda valid: f"x{valid}",
    "two-numbers": lambda valid: f"{valid} {valid}",
    "date": lambda _valid: "2026-01-31",
    "markup": lambda valid: f"<{valid}>",
}
_NUMBERS = (Base.INT, Base.XS_INTEGER, Base.XS_NON_NEGATIVE)


def derive_queries(system: System, module: str) -> Iterator[Case]:
    """Every generated case of a system that is asked over HTTP.

    Args:
        module: the suite file that the cases stand in.
    """
    for name in system.operations:
        yield from _Deriver(system, name, module).cases()


class _Deriver(OperationCases):
    """The cases of one operation."""

    def cases(self) -> Iterator[Case]:
        row, parts = documented(self.system, self.name)
        rules = self.rules("framing", "one-reply", "status", "xml", "root", "extra", "media", "method")
        clauses = [*self._own(), *([] if row else parts), *rules]
        yield self.case("success", "asked for as documented", clauses, self._success, after=())
        if row:
            yield self.case("rows", f"every {row} is as documented", parts, partial(self._rows, row))
        if self.options():
            names = [f"{self.clause}.{name}" for name, _ in self.options()]
            yield self.case("options", "with all optional parameters", [self.clause, *names], self._optional)
        yield from self._selectors()
        for name, parameter in self.operation.parameters.items():
            yield from self._absent(name, parameter)
            yield from self._values(name, parameter)
        yield from self._bare()
        yield from WindowCases(self.system, self.name, self.module).cases()
        for condition in self.operation.conditions:
            yield from self._conditions(condition)

    def _own(self) -> list[str]:
        """What any success bears out: the operation, its parameters and the root of its document."""
        needed = [name for name, parameter in self.operation.parameters.items() if not parameter.optional]
        reply = [f"{self.clause}.reply"] if self.operation.reply is not None else []
        return [self.clause, *(f"{self.clause}.{name}" for name in needed), *reply]

    # success

    async def _success(self, dut: HttpDut) -> None:
        query = await sample(dut, self.name)
        reply = await dut.get(self.name, query, window=window_of(self.operation, query))
        dut.ok(reply, *self._own(), check="succeeds")
        dut.ok(await dut.get(self.name, query), self.clause, check="succeeds-again")

    async def _optional(self, dut: HttpDut) -> None:
        query = await sample(dut, self.name)
        reply = await dut.get(self.name, [*query, *self.options()], window=window_of(self.operation, query))
        dut.ok(reply, self.clause, *(f"{self.clause}.{name}" for name, _ in self.options()), check="succeeds")

    async def _rows(self, row: str, dut: HttpDut) -> None:
        query = await sample(dut, self.name)
        reply = dut.ok(await dut.get(self.name, query, window=window_of(self.operation, query)), check="succeeds")
        if reply.scan is None or reply.scan.rows == 0:
            raise CaseInconclusive(f"the reply has no {row}; the target file may name an hour with much data")

    # names of the operation

    def _selectors(self) -> Iterator[Case]:
        request = self.operation.request
        if request is None:
            return
        for part, spell in _MISNAMES.items():
            yield self.case(
                f"{request.selector}.unknown.{part}",
                f"an operation that there is not: {part}",
                [*self.errors([request.unknown], request.unknown_ambiguity), *self._unknown_rule(request)],
                partial(self._misnamed, request, spell),
            )
        if request.absent:
            yield self.case(
                f"{request.selector}.absent",
                f"without {request.selector}",
                self.errors(request.absent, request.absent_ambiguity),
                partial(self._unnamed, request),
            )

    def _unknown_rule(self, request: HttpRequest) -> list[str]:
        """The stated clause about names of no operation, where it holds for this one without an ambiguity."""
        return [] if request.unknown_ambiguity else self.rules("unknown-operation")

    async def _misnamed(self, request: HttpRequest, spell: Callable[[str], str], dut: HttpDut) -> None:
        name = spell(await dut.selector(self.name))
        query = [(request.selector, name), *await dut.spelled(self.name, await sample(dut, self.name))]
        answers = [HttpAnswer(error=request.unknown)]
        if request.unknown_ambiguity is not None:  # its readings are named after the errors
            readings = self.system.ambiguities[request.unknown_ambiguity].readings
            answers = [HttpAnswer(error=reading, reading=reading) for reading in readings]
        await self.refused(dut, query, answers, *self._unknown_rule(request), ambiguity=request.unknown_ambiguity)

    async def _unnamed(self, request: HttpRequest, dut: HttpDut) -> None:
        query = await dut.spelled(self.name, await sample(dut, self.name))
        answers = in_order(self.system, request.absent_ambiguity, request.absent)
        await self.refused(dut, query, answers, ambiguity=request.absent_ambiguity)

    def _bare(self) -> Iterator[Case]:
        """Where several parameters are needed: none of them."""
        needed = [p for p in self.operation.parameters.values() if p.missing and not p.missing_ambiguity]
        if len(needed) > 1:
            errors = list(dict.fromkeys(error for parameter in needed for error in parameter.missing))
            names = [name for name, parameter in self.operation.parameters.items() if parameter in needed]
            clauses = [*(f"{self.clause}.{name}.required" for name in names), *self.errors(errors, None)]
            yield self.case("bare", "without any parameter", clauses, partial(self._asked_bare, errors, names))

    async def _asked_bare(self, errors: Sequence[str], names: Sequence[str], dut: HttpDut) -> None:
        answers = [HttpAnswer(error=error) for error in errors]
        for _ in range(2):
            reply = await dut.get(self.name)
            dut.answers(reply, answers, *(f"{self.clause}.{name}.required" for name in names), check="refused")

    # parameters

    def _absent(self, name: str, parameter: Parameter) -> Iterator[Case]:
        if parameter.missing:
            clauses = [f"{self.clause}.{name}.required", *self.errors(parameter.missing, parameter.missing_ambiguity)]
            clauses += self.rules("incomplete")
            yield self.case(f"{name}.absent", f"without {name}", clauses, partial(self._without, name, parameter))
        if not parameter.optional:
            clauses = [] if parameter.empty else self.errors(parameter.missing, parameter.missing_ambiguity)
            yield self.case(f"{name}.empty", f"an empty {name}", clauses, partial(self._emptied, name, parameter))
        elif parameter.empty:
            yield self.case(
                f"{name}.open.empty", f"an empty {name}", [], partial(self._open_value, name, "", parameter.empty)
            )

    async def _without(self, name: str, parameter: Parameter, dut: HttpDut) -> None:
        query = [(key, value) for key, value in await sample(dut, self.name) if key != name]
        answers = in_order(self.system, parameter.missing_ambiguity, parameter.missing)
        clauses = (f"{self.clause}.{name}.required", *([] if parameter.missing_ambiguity else self.rules("incomplete")))
        for _ in range(2):
            dut.answers(
                await dut.get(self.name, query),
                answers,
                *clauses,
                ambiguity=parameter.missing_ambiguity,
                check="refused",
            )

    async def _emptied(self, name: str, parameter: Parameter, dut: HttpDut) -> None:
        query = [(key, "" if key == name else value) for key, value in await sample(dut, self.name)]
        reply = await dut.get(self.name, query)
        errors = list(dict.fromkeys((*parameter.invalid, *parameter.missing)))
        if parameter.empty is not None:
            dut.answers(reply, either(self.system, parameter.empty, ["*"]), ambiguity=parameter.empty, check="either")
            return
        clause = f"{self.clause}.{name}" + (".type" if parameter.invalid else ".required")
        dut.answers(reply, [HttpAnswer(error=error) for error in errors], clause, check="refused")

    def _values(self, name: str, parameter: Parameter) -> Iterator[Case]:
        kind, clause = self.system.types[parameter.type], f"{self.clause}.{name}"
        paging = self.operation.paging
        pages = paging is not None and name == paging.offset  # what an offset is, other cases find out
        if parameter.optional and parameter.object is not None and parameter.state is None and not pages:
            yield self.case(f"{name}.known", f"a {name} that there is", [clause], partial(self._known, name))
        for value in parameter.examples:
            yield self.case(
                f"{name}.inside.{_word(value)}", f"{name} {value}", [clause], partial(self._inside, name, value)
            )
        if kind.base is Base.ENUM:
            for choice in kind.choices:
                if choice not in parameter.examples:
                    yield self.case(
                        f"{name}.inside.{_word(choice)}",
                        f"{name} {choice}",
                        [clause],
                        partial(self._inside, name, choice),
                    )
            for word, ambiguity in kind.open_choices.items():
                yield self.case(
                    f"{name}.open.{_word(word)}", f"{name} {word}", [], partial(self._open_value, name, word, ambiguity)
                )
        # Where the document spells values in several ways its list of them is not closed.
        for probe in () if kind.open_choices else _wrong_probes(parameter, kind.base, list(probes(kind))):
            if not parameter.invalid:
                continue
            if parameter.invalid_ambiguity is not None:
                flow = partial(self._open_probe, name, parameter, probe)
                yield self.case(
                    f"{name}.open.{probe.name}", f"{name}: {probe.name}, left open", [f"{clause}.type"], flow
                )
            else:
                good = [f"{name}.inside.{_word(value)}" for value in parameter.examples[:1]]
                yield self.case(
                    f"{name}.outside.{probe.name}",
                    f"{name}: {probe.name}",
                    [f"{clause}.type", *self.errors(parameter.invalid[:1], None)],
                    partial(self._outside, name, parameter, probe),
                    after=good or ("success",),
                )

    async def _query_with(self, dut: HttpDut, name: str, make: Callable[[str], str]) -> list[tuple[str, str]]:
        """A good request in which this parameter has another value; conditions that the value brings along are met."""
        query = await sample(dut, self.name)
        known = dict(query)
        old = known.get(name) or self._usual(name)
        known[name] = make(old)
        for condition in self.operation.conditions:
            if condition.parameter == name and known[name] in condition.values and condition.needs not in known:
                known[condition.needs] = await self._object_of(dut, condition.needs)
        paging = self.operation.paging
        if paging is not None and name == paging.offset and paging.rows not in known:
            known[paging.rows] = self._usual(paging.rows)  # an offset alone may mean nothing
        needed = next((c for c in self.operation.conditions if c.needs == name and c.parameter not in known), None)
        if needed is not None:
            known[needed.parameter] = await self._taken(dut, needed, known)
        order = list(self.operation.parameters)  # that of the document: whether another one will do is open
        return sorted(known.items(), key=lambda pair: order.index(pair[0]))

    async def _taken(self, dut: HttpDut, condition: Condition, query: Mapping[str, str]) -> str:
        """Of the words that ask for the other parameter, the first that the device takes along with it.

        Raises:
            CaseInconclusive: it takes none.
        """
        complete = dict(query) | {condition.needs: await self._object_of(dut, condition.needs)}
        for word in condition.values:
            reply = await dut.get(self.name, complete | {condition.parameter: word}, judged=False)
            if reply.status == 200:
                return word
        raise CaseInconclusive(f"the device takes none of {condition.parameter}={' '.join(condition.values)}")

    def _usual(self, name: str) -> str:
        parameter = self.operation.parameters[name]
        kind = self.system.types[parameter.type]
        return (parameter.examples or kind.choices or ["1"])[0]

    async def _object_of(self, dut: HttpDut, name: str) -> str:
        parameter = self.operation.parameters[name]
        if parameter.object is not None:
            return await dut.shared(parameter.object, parameter.state or "any")
        return self._usual(name)

    async def _inside(self, name: str, value: str, dut: HttpDut) -> None:
        query = await self._query_with(dut, name, lambda _old: value)
        dut.ok(await dut.get(self.name, query), f"{self.clause}.{name}", self.clause, check="accepted")

    async def _known(self, name: str, dut: HttpDut) -> None:
        value = await self._object_of(dut, name)
        query = await self._query_with(dut, name, lambda _old: value)
        dut.ok(await dut.get(self.name, query), f"{self.clause}.{name}", self.clause, check="accepted")

    async def _open_value(self, name: str, value: str, ambiguity: str, dut: HttpDut) -> None:
        query = await self._query_with(dut, name, lambda _old: value)
        answers = either(self.system, ambiguity, [self.refusal])
        dut.answers(await dut.get(self.name, query), answers, ambiguity=ambiguity, check="either")

    async def _open_probe(self, name: str, parameter: Parameter, probe: Probe, dut: HttpDut) -> None:
        query = await self._query_with(dut, name, probe.make)
        answers = either(self.system, parameter.invalid_ambiguity or "", parameter.invalid)
        dut.answers(await dut.get(self.name, query), answers, ambiguity=parameter.invalid_ambiguity, check="either")

    async def _outside(self, name: str, parameter: Parameter, probe: Probe, dut: HttpDut) -> None:
        query = await self._query_with(dut, name, probe.make)
        answers = [HttpAnswer(error=error) for error in parameter.invalid]
        for _ in range(2):
            dut.answers(await dut.get(self.name, query), answers, f"{self.clause}.{name}.type", check="refused")

    # conditions

    def _conditions(self, condition: Condition) -> Iterator[Case]:
        for value in condition.values:
            yield self.case(
                f"{condition.needs}.needed.{_word(value)}",
                f"{condition.parameter} {value} without {condition.needs}",
                [condition.clause, *self.errors([condition.error], None)],
                partial(self._unmet, condition, value),
            )

    async def _unmet(self, condition: Condition, value: str, dut: HttpDut) -> None:
        query = dict(await sample(dut, self.name)) | {condition.parameter: value}
        complete = query | {condition.needs: await self._object_of(dut, condition.needs)}
        if (await dut.get(self.name, complete)).status != 200:
            raise CaseSkipped(f"the device does not take {condition.parameter}={value}")
        dut.refused(await dut.get(self.name, query), condition.error, condition.clause)


_MISNAMES: dict[str, Callable[[str], str]] = {
    "word": lambda _name: "NoSuchMessage",
    "cut-short": lambda name: name[:-1],
    "run-on": lambda name: f"{name}s" if not name.endswith("s") else f"{name}X",
    "two-names": lambda name: f"{name},{name}",
    "number": lambda _name: "1",
    "path": lambda name: f"../{name}",
}


def _wrong_probes(parameter: Parameter, base: Base, known: Sequence[Probe]) -> Iterator[Probe]:
    if base in _NUMBERS:
        for name, make in _NO_NUMBERS.items():
            yield Probe(name=name, side=Side.OUTSIDE, make=make)
    elif base is Base.ENUM and not parameter.examples:
        yield from (probe for probe in known if probe.name in ("other-word", "run-on", "list-of-choices"))


def _word(value: str) -> str:
    """A value as a part of a case id."""
    return "".join(char if char.isalnum() else "-" for char in value) or "empty"
