"""The differential cases: each function is called over every road, every page and in every letter case of names, and says the same.

What changes by itself is found by asking twice over the same road, so that only what stays the same is compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from harness.case import Case
from harness.derive_documents import FunctionCases, Sample
from harness.documentdut import DocumentDut
from harness.flow import CaseSkipped
from harness.messages.documentreply import Result
from harness.spec.model import Effect, Parameter, System
from harness.wire.xmltree import Element

Places = dict[tuple[str, ...], str]


def derive_roads(system: System, module: str, sample: Sample, *, without: Collection[str] = ()) -> Iterator[Case]:
    """Every such case of a system of functions; see `derive_documents`."""
    assert system.documents is not None
    for name, operation in system.operations.items():
        if name not in without and operation.body is None and name != system.documents.subscribe:
            yield from _Deriver(system, name, module, system.documents, sample).cases()


class _Deriver(FunctionCases):
    def cases(self) -> Iterator[Case]:
        rules = self.syntax.rules
        yield self.case(
            "roads.success", "both roads give the same", [rules["roads-agree"], rules["url-form"]], self._same
        )
        yield self.case("roads.pages", "both pages serve it", [rules["pages"]], self._pages)
        yield self.case("roads.names", "names in any letters", [rules["url-case"]], self._letters)
        if any(one.object is not None and one.unknown for one in self.operation.parameters.values()):
            yield self.case("roads.refused", "both roads refuse the same", [rules["roads-agree"]], self._refused)

    async def _same(self, dut: DocumentDut) -> None:
        stream, urls = dut.stream, dut.url_roads
        if not urls:
            raise CaseSkipped("the target offers one road only")
        reads = self.operation.effect is Effect.READ
        fields = await self.sample(dut)
        first = dut.ok(await dut.call(self.name, fields, road=stream), check="first")
        for road in urls:
            given = fields if reads else await self.sample(dut)
            other = dut.ok(await dut.call(self.name, given, road=road), self.syntax.rules["roads-agree"], check=road)
            again = dut.ok(await dut.call(self.name, fields if reads else await self.sample(dut), road=stream))
            self._agree(dut, first, other, again, road, values=reads)

    def _agree(self, dut: DocumentDut, first: Result, other: Result, again: Result, what: str, *, values: bool) -> None:
        rule = self.syntax.rules["roads-agree"]
        told = {(one.code, one.label) for one in (first, again)}
        dut.check(
            f"agree.{what}.result",
            (other.code, other.label) in told,
            rule,
            expected=" ".join((first.code, first.label)),
            got=" ".join((other.code, other.label)),
            step=other.step,
        )
        one, two, three = (self._places(result) for result in (first, again, other))
        steady = {place for place, value in one.items() if two.get(place) == value}
        if values:
            odd = [place for place in sorted(steady) if three.get(place) != one[place]]
            more = sorted(three.keys() - one.keys() - two.keys())
        else:
            names = [Counter(place[-1].partition("#")[0] for place in found) for found in (one, two, three)]
            odd = [(name,) for name in names[0] if names[0][name] == names[1][name] != names[2][name]]
            more = [(name,) for name in names[2] if name not in names[0] and name not in names[1]]
        shown = [f"{'/'.join(place)} {one.get(place)!r} and {three.get(place)!r}" for place in (*odd, *more)[:3]]
        dut.check(
            f"agree.{what}.values",
            not odd and not more,
            rule,
            expected="the same elements with the same values on both roads"
            if values
            else "the same elements on both roads",
            got="; ".join(shown),
            step=other.step,
        )

    def _places(self, result: Result) -> Places:
        """The value at each place of a result, but for those of the head."""
        found: Places = {}
        _walk(result.root, (), found, skip={*self.syntax.head})
        return found

    async def _pages(self, dut: DocumentDut) -> None:
        for road in _urls(dut):
            for page in self.syntax.pages:
                fields = await self.sample(dut)
                result = await dut.call(self.name, fields, road=road, page=page)
                dut.ok(result, self.syntax.rules["pages"], check=f"{road}{page}")

    async def _letters(self, dut: DocumentDut) -> None:
        for road in _urls(dut):
            for letters, change in _LETTERS.items():
                fields = await self.sample(dut)
                names = {self.syntax.function, self.syntax.number, *fields}
                names |= {spelled for name in fields for spelled in self.operation.parameters[name].names.values()}
                spell = {name: change(name) for name in names}
                result = await dut.call(self.name, fields, road=road, spell=spell)
                dut.ok(result, self.syntax.rules["url-case"], check=f"{road}.{letters}")

    async def _refused(self, dut: DocumentDut) -> None:
        """What one road refuses the other does, with the same error."""
        stream, urls = dut.stream, _urls(dut)
        for name, parameter in self.operation.parameters.items():
            if parameter.object is not None and parameter.unknown:
                await self._compare(dut, stream, urls, name, parameter)

    async def _compare(
        self, dut: DocumentDut, stream: str, urls: tuple[str, ...], name: str, parameter: Parameter
    ) -> None:
        fields = {**await self.sample(dut, name), name: self.nobody(parameter, dut)}
        first = await dut.call(self.name, fields, road=stream, judged=False)
        for road in urls:
            if dut.succeeded(first):  # a reading of an ambiguity; somebody else may now be nobody no more
                fields = {**await self.sample(dut, name), name: self.nobody(parameter, dut)}
            other = await dut.call(self.name, fields, road=road, judged=False)
            dut.check(
                f"agree.{road}.{name}",
                (other.code, other.label) == (first.code, first.label),
                self.syntax.rules["roads-agree"],
                expected=first.describe(),
                got=other.describe(),
                step=other.step,
            )


def _urls(dut: DocumentDut) -> tuple[str, ...]:
    if not dut.url_roads:
        raise CaseSkipped("the target offers no road of URLs")
    return dut.url_roads


def _mixed(name: str) -> str:
    return "".join(char.lower() if index % 2 else char.upper() for index, char in enumerate(name))


_LETTERS = {"lower": str.lower, "upper": str.upper, "mixed": _mixed}


def _walk(element: Element, place: tuple[str, ...], found: Places, *, skip: Collection[str] = ()) -> None:
    counts: Mapping[str, int] = Counter(one.name for one in element.children)
    seen: Counter[str] = Counter()
    for one in element.children:
        if one.name in skip and not one.children:
            continue
        seen[one.name] += 1
        name = f"{one.name}#{seen[one.name]}" if counts[one.name] > 1 else one.name
        if one.children:
            _walk(one, (*place, name), found)
        else:
            found[(*place, name)] = one.value
