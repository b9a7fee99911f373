"""Mutants of what results and events carry: each value and section missing, doubled, of another type or with something in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from msgspec import structs

from harness.datatypes import is_value
from harness.mutation.document_seen import Change, Maker, Said, Seen
from harness.mutation.mutant import Mutant, Operator
from harness.spec.documentmodel import Section, Value
from harness.spec.model import System
from harness.wire.xmltree import Element

_MOST_NUMBERED = 64
_ODD = ("Unlisted", "-7.5x", "")
_Row = tuple[str, Operator, str, Change]


def answer_mutants(system: System) -> Iterator[Mutant]:
    """Every mutant of every result and event."""
    maker = _Answers(system)
    for name, operation in system.operations.items():
        if operation.answer is not None:
            yield from maker.section(name, f"{system.prefix}-{name}.answer", operation.answer, ())
    for name, event in system.events.items():
        for value_name, value in event.values.items():
            clause = f"{system.prefix}-event.{name}.{value_name}"
            yield from maker.value(name, clause, value_name, value, (maker.syntax.event_data,), of_event=True)


class _Answers(Maker):
    def section(self, function: str, clause: str, known: Section, path: Sequence[str]) -> Iterator[Mutant]:
        """The mutants of what a section holds."""
        for name, value in known.values.items():
            yield from self.value(function, f"{clause}.{name}", name, value, path)
        for name, below in known.sections.items():
            names = [name, *below.names.values()]
            inside = f"{clause}.{name}"
            if not below.numbered:
                yield from self._sections(function, inside, name, below, names, known, path)
                yield from self.section(function, inside, below, (*path, name))
            else:
                yield from self._numbered(function, inside, name, below)

    def _sections(
        self,
        function: str,
        clause: str,
        name: str,
        below: Section,
        names: list[str],
        known: Section,
        path: Sequence[str],
    ) -> Iterator[Mutant]:
        if not below.repeated:
            yield self._mutant(
                function, clause, "twice", Operator.DOUBLE, f"has {name} twice", names, path, lambda one: [one, one]
            )
            if not (below.optional or below.absent or below.outside):
                yield self._mutant(
                    function, clause, "missing", Operator.DROP, f"has no {name}", names, path, lambda _: []
                )
        elif known.count is not None:
            count = known.count
            yield self._mutant(
                function, clause, "lost", Operator.DROP, f"counts one {name} more than there are", names, path, _without_one()
            )  # fmt: skip
            yield self._mutant(
                function, clause, "miscounted", Operator.RETYPE, f"miscounts {name}", [count], path, _one_more
            )  # fmt: skip

    def _numbered(self, function: str, clause: str, name: str, below: Section) -> Iterator[Mutant]:
        def say(change: Change, seen: Seen) -> Said:
            if not seen.does(function):
                return None
            return seen.each([f"{name}{number}" for number in range(_MOST_NUMBERED)], change)

        if not below.repeated:
            yield self.says(
                clause, "missing", Operator.DROP, f"{function} has no {name}.", partial(say, lambda _: []), near=self._near(function)
            )  # fmt: skip
        for value_name, value in below.values.items():
            for word, operator, about, change in self._changes(value_name, value):
                yield self.says(
                    f"{clause}.{value_name}", word, operator, f"{function} {about} in {name}.",
                    partial(say, partial(_within, value_name, change)), near=self._near(function),
                )  # fmt: skip

    def value(
        self, function: str, clause: str, name: str, value: Value, path: Sequence[str], *, of_event: bool = False
    ) -> Iterator[Mutant]:
        """The mutants of one value."""
        names = [name, *value.names.values()]
        for word, operator, about, change in self._changes(name, value):
            yield self._mutant(function, clause, word, operator, about, names, path, change, of_event=of_event)
        if value.echo is not None and not of_event:
            yield self.says(
                clause, "other", Operator.SWAP, f"{function} gives another {name} than the request has.",
                lambda seen: seen.put(name, f"{seen.sent[str(value.echo)]}0") if seen.does(function) and seen.sent.get(str(value.echo)) else None,
                near=self._near(function),
            )  # fmt: skip

    def _changes(self, name: str, value: Value) -> Iterator[_Row]:
        kind = self.system.types[value.type]
        if value.optional or value.absent is not None:
            yield "twice", Operator.DOUBLE, f"has {name} twice", lambda one: [one, one]
        else:
            yield "missing", Operator.DROP, f"has no {name}", lambda _: []
        lenient = {*value.open_values, *kind.open_choices}
        odd = next((text for text in _ODD if not is_value(kind, text) and text not in lenient), None)
        if odd is not None and value.any_value is None and (odd or value.empty is None):
            yield (
                "other-type",
                Operator.RETYPE,
                f"has a {name} that is none",
                lambda one: [structs.replace(one, text=odd)],
            )
        else:
            inner = (Element("X", "1"),)
            yield (
                "nested",
                Operator.OVERFLOW,
                f"has elements in {name}",
                lambda one: [structs.replace(one, text="", children=inner)],
            )

    def _mutant(
        self,
        function: str,
        clause: str,
        word: str,
        operator: Operator,
        about: str,
        names: list[str],
        path: Sequence[str],
        change: Change,
        *,
        of_event: bool = False,
    ) -> Mutant:
        def say(seen: Seen) -> Said:
            own = seen.event == function if of_event else seen.does(function) and seen.is_result
            if not own:
                return None
            # What counts sections may stand one level further up.
            return seen.each(names, change, within=path) or (
                seen.each(names, change, within=path[:-1]) if path else None
            )

        what = f"The event {function}" if of_event else function
        near = (f"{self.system.system}.*event*", f"{self.system.system}.told*") if of_event else self._near(function)
        return self.says(clause, word, operator, f"{what} {about}.", say, near=near)

    def _near(self, function: str) -> tuple[str, ...]:
        return (f"{self.system.system}.{function}.success",)


def _one_more(one: Element) -> Sequence[Element]:
    return [structs.replace(one, text=str(int(one.value) + 1 if one.value.isdecimal() else 99))]


def _within(name: str, change: Change, section: Element) -> Sequence[Element]:
    """A section with other elements in the place of those of a name."""
    children = [new for one in section.children for new in (change(one) if one.name == name else [one])]
    return [structs.replace(section, children=tuple(children))]


def _without_one() -> Callable[[Element], Sequence[Element]]:
    """Leave out every second element that it is asked about, the first one first."""
    calls = [0]

    def change(one: Element) -> Sequence[Element]:
        calls[0] += 1
        return [] if calls[0] % 2 else [one]

    return change
