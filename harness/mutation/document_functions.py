"""Mutants of functions: refused although the call is right, taken although it is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from harness.datatypes import is_value
from harness.mutation.document_seen import Maker, Said, Seen
from harness.mutation.mutant import Mutant, Operator
from harness.spec.documentmodel import Requirement
from harness.spec.model import DataType, Operation, Parameter, System


def function_mutants(system: System) -> Iterator[Mutant]:
    """Every mutant of every function."""
    for name in system.operations:
        yield from _Function(system, name).mutants()


class _Function(Maker):
    """The mutants of one function."""

    def __init__(self, system: System, name: str) -> None:
        super().__init__(system)
        self._name = name
        self._operation: Operation = system.operations[name]
        self._clause = f"{system.prefix}-{name}"

    def mutants(self) -> Iterator[Mutant]:
        """See the module."""
        yield self._refuses("", "refused", "is refused", lambda _seen: True, "success")
        for name, parameter in self._operation.parameters.items():
            yield from self._parameter(name, parameter)
        for number, need in enumerate(self._operation.needs):
            if need.errors:
                yield self.says(
                    need.clause, f"{self._name}.{number}.taken", Operator.ACCEPT, f"{self._name} does without what it needs.",
                    partial(self._lacking, need), near=self._near(f"need.{number}*"),
                )  # fmt: skip

    def _near(self, *parts: str) -> tuple[str, ...]:
        return tuple(f"{self.system.system}.{self._name}.{part}" for part in parts)

    def _refuses(self, part: str, word: str, about: str, test: Callable[[Seen], bool], *near: str) -> Mutant:
        return self.says(
            f"{self._clause}{part}",
            word,
            Operator.REFUSE,
            f"{self._name} {about}.",
            lambda seen: seen.refused() if seen.does(self._name) and test(seen) else None,
            near=self._near(*near),
        )

    def _parameter(self, name: str, parameter: Parameter) -> Iterator[Mutant]:
        kind = self.system.types[parameter.type]
        near = (f"{name}.given", "success")
        for choice in kind.choices or [""]:
            word = f"refused-{choice}" if choice else "refused"
            yield self._refuses(
                f".{name}", word, f"is refused with {name} {choice}".rstrip(), partial(_has, name, choice), *near
            )
        if parameter.unknown and parameter.object is not None:
            yield self._takes(
                f".{name}.unknown", f"takes a {name} that there is none of", partial(_has, name, ""), f"{name}.unknown"
            )
        if parameter.invalid:
            yield self._takes(
                f".{name}.type", f"takes what is no {name}", partial(_odd, name, kind), f"{name}.outside*"
            )

    def _takes(self, part: str, about: str, test: Callable[[Seen], bool], near: str) -> Mutant:
        return self.says(
            f"{self._clause}{part}",
            "taken",
            Operator.ACCEPT,
            f"{self._name} {about}.",
            lambda seen: seen.accepted() if seen.fails(self._name) and test(seen) else None,
            near=self._near(near),
        )

    def _lacking(self, need: Requirement, seen: Seen) -> Said:
        if not seen.fails(self._name):
            return None
        applies = all(seen.sent.get(name, "").upper() in values for name, values in need.when.items())
        whole = any(all(seen.sent.get(name) for name in group) for group in need.groups)
        return seen.accepted() if applies and not whole else None


def _has(name: str, value: str, seen: Seen) -> bool:
    given = seen.sent.get(name)
    return bool(given) and (not value or given == value)


def _odd(name: str, kind: DataType, seen: Seen) -> bool:
    return name in seen.sent and not is_value(kind, seen.sent[name])
