"""Mutants of the head of results, of numbers, codes and labels, and of what must be refused whatever the function."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import structs

from harness.mutation.document_asked import is_well_formed
from harness.mutation.document_seen import Maker, Said, Seen
from harness.mutation.mutant import Operator
from harness.wire.xmltree import Element, read_document

Row = tuple[str, str, Operator, str, Callable[[Seen], Said]]


def put(seen: Seen, name: str, change: Callable[[Element], Sequence[Element]]) -> Said:
    """A result with something else for each element of a name right below its root."""
    children = [new for one in seen.root.children for new in (change(one) if one.name == name else [one])]
    return seen.with_root(structs.replace(seen.root, children=tuple(children)))


def text(value: str) -> Callable[[Element], Sequence[Element]]:
    """An element with another text."""
    return lambda one: [structs.replace(one, text=value)]


class HeadRules(Maker):
    """Rows of rule, name, operator, what is wrong, and what is said instead."""

    def results(self) -> Iterator[Row]:
        """Of results whatever they are."""
        yield from self._heads()
        yield from self._labels()
        syntax = self.syntax

        def result(say: Callable[[Seen], Said]) -> Callable[[Seen], Said]:
            return lambda seen: say(seen) if seen.is_result else None

        yield (
            "one-result",
            "silent",
            Operator.LOSE,
            "Results are not sent.",
            result(lambda seen: None if seen.url or not seen.ok else ()),
        )
        yield (
            "one-result",
            "twice",
            Operator.DOUBLE,
            "Results come twice.",
            result(lambda seen: None if seen.url else seen.raw * 2),
        )
        yield (
            "well-formed",
            "end-tag",
            Operator.RENAME,
            "An end tag has another name.",
            result(
                lambda seen: (
                    seen.raw.replace(f"</{syntax.code}>".encode(), f"</{syntax.code[:-1]}>".encode())
                    if not seen.url
                    else None
                )
            ),
        )
        yield (
            "well-formed",
            "bare-less",
            Operator.RENAME,
            "Values have a bare <.",
            result(
                lambda seen: (
                    seen.raw.replace(f"<{syntax.text}>".encode(), f"<{syntax.text}>1 < 2 ".encode())
                    if not seen.url
                    else None
                )
            ),
        )
        yield (
            "root",
            "other",
            Operator.RENAME,
            "Results have another root.",
            result(lambda seen: seen.with_root(structs.replace(seen.root, name="RESPONSE"))),
        )

    def _heads(self) -> Iterator[Row]:
        syntax = self.syntax

        def result(say: Callable[[Seen], Said]) -> Callable[[Seen], Said]:
            return lambda seen: say(seen) if seen.is_result else None

        yield (
            "root",
            "event",
            Operator.RENAME,
            "Events have another root.",
            lambda seen: seen.with_root(structs.replace(seen.root, name="EVENT")) if seen.event else None,
        )
        yield (
            "number-repeated",
            "next",
            Operator.RETYPE,
            "Results have the next number.",
            result(lambda seen: put(seen, syntax.number, lambda one: [structs.replace(one, text=_next(one.text))])),
        )
        yield (
            "number-repeated",
            "in-errors",
            Operator.RETYPE,
            "Errors have number 1.",
            lambda seen: (
                put(seen, syntax.number, text("1")) if seen.is_result and seen.failed and seen.function else None
            ),
        )
        for name in (syntax.number, syntax.label, syntax.code, syntax.text):
            yield (
                "head",
                f"no-{name}",
                Operator.DROP,
                f"Results have no {name}.",
                result(
                    lambda seen, name=name: put(seen, name, lambda _: [])  # type: ignore[misc]
                ),
            )
        yield (
            "head",
            "twice",
            Operator.DOUBLE,
            "Results have their code twice.",
            result(lambda seen: put(seen, syntax.code, lambda one: [one, one])),
        )
        yield (
            "function-repeated",
            "other",
            Operator.SWAP,
            "Results name another function.",
            result(lambda seen: put(seen, syntax.answered, text(self._other(seen.function)))),
        )

    def _labels(self) -> Iterator[Row]:
        syntax = self.syntax
        yield (
            "code-table",
            "unlisted",
            Operator.RETYPE,
            "Errors have a code that is in no table.",
            lambda seen: put(seen, syntax.code, text("54321")) if seen.is_result and seen.failed else None,
        )
        yield (
            "label",
            "other",
            Operator.RENAME,
            "Successes have another label.",
            lambda seen: put(seen, syntax.label, text("DONE")) if seen.is_result and seen.ok else None,
        )
        yield (
            "label",
            "of-error",
            Operator.SWAP,
            "Successes have the label of an error.",
            lambda seen: put(seen, syntax.label, text(syntax.error_label)) if seen.is_result and seen.ok else None,
        )
        yield (
            "error-label",
            "other",
            Operator.RENAME,
            "Errors have another label.",
            lambda seen: put(seen, syntax.label, text("FAILURE")) if seen.is_result and seen.failed else None,
        )
        yield (
            "error-label",
            "of-success",
            Operator.SWAP,
            "Errors have the label of a success.",
            lambda seen: (
                put(seen, syntax.label, text(self.system.errors[syntax.success].text))
                if seen.is_result and seen.failed
                else None
            ),
        )

    def _other(self, function: str) -> str:
        return next(name for name in self.system.operations if name != function)

    def refusals(self) -> Iterator[Row]:
        """Of what must be refused."""
        yield from self._nobody()
        _syntax, most = self.syntax, self.system.types[self.syntax.number_type].maximum or 0

        def above(seen: Seen) -> bool:
            return seen.failed and seen.is_result and seen.number.isdecimal() and int(seen.number) > most

        yield (
            "number-maximum",
            "taken",
            Operator.ACCEPT,
            "Numbers that are too great are taken.",
            lambda seen: seen.accepted() if above(seen) else None,
        )
        yield (
            "number-maximum",
            "other-error",
            Operator.SWAP,
            "Numbers that are too great have another error.",
            lambda seen: seen.refused() if above(seen) else None,
        )
        yield (
            "number-required",
            "taken",
            Operator.ACCEPT,
            "Requests without number are taken.",
            lambda seen: (
                seen.accepted() if seen.function and seen.is_result and seen.failed and not seen.number else None
            ),
        )

    def _nobody(self) -> Iterator[Row]:
        syntax = self.syntax
        yield (
            "malformed",
            "taken",
            Operator.ACCEPT,
            "What is not well-formed is taken.",
            lambda seen: (
                seen.accepted()
                if seen.is_result and seen.failed and not seen.url and not is_well_formed(seen.exchange.line or b"<x/>")
                else None
            ),
        )
        yield (
            "unknown-function",
            "taken",
            Operator.ACCEPT,
            "Functions that there are none of succeed.",
            lambda seen: (
                seen.accepted() if self._nameless(seen) and self._asked(seen) not in syntax.deprecated else None
            ),
        )
        yield (
            "deprecated",
            "taken",
            Operator.ACCEPT,
            "Functions that are no longer there succeed.",
            lambda seen: seen.accepted() if self._nameless(seen) and self._asked(seen) in syntax.deprecated else None,
        )
        yield (
            "white-space",
            "refused",
            Operator.REFUSE,
            "White space between elements is not taken.",
            lambda seen: seen.refused() if seen.ok and re.search(rb">\s+<[A-Za-z]", seen.exchange.line) else None,
        )

    def _nameless(self, seen: Seen) -> bool:
        return seen.is_result and seen.failed and not seen.function and bool(seen.exchange.line)

    def _asked(self, seen: Seen) -> str:
        """The function that a request names, which is none of the spec."""
        line = seen.exchange.line
        if seen.url:
            found = re.search(rb"[?&](?:type|requesttype)=([^& ]*)", line, re.IGNORECASE)
            return found[1].decode("latin-1").upper() if found is not None else ""
        root = read_document(line).root
        names = (self.syntax.function, *self.syntax.function_names.values())
        return (root.get(*names) or "").upper() if root is not None else ""


def _next(value: str) -> str:
    return str(int(value) + 1) if value.isdecimal() else "1"
