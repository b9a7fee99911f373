"""Mutants that follow from the structure of a spec: for every derived clause one or more that break it and, as far as possible, it alone.

Each is wrong under every reading of the spec's ambiguities: what another reading allows is never put in an answer's place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from harness.messages.book import ErrorBook, codes_of, texts_of
from harness.mutation.mutant import Exchange, Mutant, Operator, Say, Spoiler
from harness.mutation.near import missed, refusable, violated
from harness.mutation.patterns import Forgetful
from harness.mutation.speech import Speech, wrong_values
from harness.spec.model import DataType, ErrorCode, Operation, Parameter, Rule, StateRule

When = Callable[[Exchange], bool]


def derived_mutants(book: ErrorBook) -> Iterator[Mutant]:
    """Every mutant of every operation."""
    for name in book.system.operations:
        yield from _Deriver(book, name).mutants()


class _Deriver:
    """The mutants of one operation."""

    def __init__(self, book: ErrorBook, name: str) -> None:
        self._book, self._name = book, name
        self._speech = Speech(book)
        self._operation: Operation = book.system.operations[name]
        self._clause = f"{book.system.prefix}-{name}"
        self._parameters = list(self._operation.parameters.items())

    def mutants(self) -> Iterator[Mutant]:
        yield from self._whole()
        yield from self._arity()
        yield from self._result()
        for index, (name, parameter) in enumerate(self._parameters):
            yield from self._values(index, name, parameter)
            yield from self._types(index, name, parameter)
            yield from self._unknown(name, parameter)
            yield from self._constraints(index, name, parameter)
            for state, rule in parameter.states.items():
                yield from self._state(state, rule)
        for error, row in self._book.rows(self._name).items():
            if error in self._operation.errors and not row.internal:
                yield from self._error(error, row)

    def _mutant(self, part: str, name: str, operator: Operator, about: str, when: When, say: Say) -> Mutant:
        clause = part if part.startswith(f"{self._book.system.prefix}-") else f"{self._clause}{part}"
        own = f".{self._name}" if clause == part and not part.startswith(self._clause) else ""
        return Mutant(
            id=f"{clause}{own}:{name}",
            clause=clause,
            operator=operator,
            about=f"{self._name} {about}",
            make=lambda: Spoiler(when, say),
        )

    # what replies are looked for, and what is said instead

    def _is(self, exchange: Exchange) -> bool:
        return exchange.call.operation == self._name

    def _succeeds(self, exchange: Exchange) -> bool:
        return self._is(exchange) and exchange.reply.ok is True

    def _fails(self, *errors: str) -> When:
        return lambda exchange: self._is(exchange) and self._speech.is_error(exchange, *errors)

    def _accept(self, _exchange: Exchange) -> bytes:
        return self._speech.success(self._name)

    def _say_error(self, error: str, about: int | None = None) -> Say:
        return lambda exchange: self._speech.error(exchange.call, error, about=about, like=exchange.reply)

    def _other(self, *besides: str) -> str:
        return self._speech.other(self._name, besides)

    # the operation as a whole

    def _whole(self) -> Iterator[Mutant]:
        arity = self._operation.arity or ""
        yield self._mutant(
            "", "refused", Operator.REFUSE, "is refused", self._succeeds, self._say_error(self._other(arity))
        )
        yield self._mutant(
            "", "fails-inside", Operator.REFUSE, "fails for an internal reason", self._succeeds, self._internal
        )
        if self._operation.result is None:
            yield self._mutant(
                "", "value", Operator.OVERFLOW, "succeeds with a value, which it has not", self._succeeds,
                lambda _exchange: self._speech.ok("1"),
            )  # fmt: skip

    def _internal(self, exchange: Exchange) -> bytes:
        rows = self._book.rows(self._name)
        row = next((row for row in rows.values() if row.internal), next(iter(rows.values())))
        return self._speech.row(exchange.call, row, like=exchange.reply)

    def _arity(self) -> Iterator[Mutant]:
        error = self._operation.arity
        if error is None or self._operation.arity_open:
            return
        count = len(self._parameters)
        refused = self._fails(error)
        yield self._mutant(
            ".arity", "missing-taken", Operator.ACCEPT, "takes too few parameters",
            lambda exchange: refused(exchange) and len(exchange.call.values) < count, self._accept,
        )  # fmt: skip
        if not (self._parameters and self._parameters[-1][1].repeated):
            yield self._mutant(
                ".arity", "surplus-taken", Operator.ACCEPT, "passes over a surplus parameter",
                lambda exchange: refused(exchange) and len(exchange.call.values) > count, self._accept,
            )  # fmt: skip
        swapped = self._say_error(self._other(error))
        yield self._mutant(
            ".arity", "other-error", Operator.SWAP, "calls wrong numbers another error", refused, swapped
        )

    def _result(self) -> Iterator[Mutant]:
        result = self._operation.result
        if result is None:
            return
        kind = self._book.system.types[result.type]
        yield self._mutant(
            ".result", "missing", Operator.DROP, f"succeeds without its {result.name}", self._succeeds,
            lambda _exchange: self._speech.ok(None),
        )  # fmt: skip
        for index, (word, _) in enumerate(wrong_values(kind, "x")):
            yield self._mutant(
                ".result", word, Operator.OVERFLOW if word == "run-on" else Operator.RETYPE,
                f"gives a {result.name} that is none ({word})", self._succeeds,
                partial(self._wrong_value, kind, index),
            )  # fmt: skip

    def _wrong_value(self, kind: DataType, index: int, exchange: Exchange) -> bytes:
        return self._speech.ok(wrong_values(kind, exchange.reply.value or "x")[index][1], exchange.reply.form)

    # parameters

    def _values(self, index: int, name: str, parameter: Parameter) -> Iterator[Mutant]:
        kind = self._book.system.types[parameter.type]
        errors = [*parameter.invalid, *(c.error for c in parameter.constraints), *parameter.unknown]
        refuse = self._say_error(errors[0], index) if errors else self._internal
        for word, test in refusable(kind, parameter):
            yield self._mutant(
                f".{name}", f"refuses-{word}", Operator.REFUSE, f"refuses a documented {name} ({word})",
                partial(self._taken, index, test, parameter.repeated), refuse,
            )  # fmt: skip

    def _taken(self, index: int, test: Callable[[str], bool], repeated: bool, exchange: Exchange) -> bool:
        values = exchange.call.values[index:] if repeated else exchange.call.values[index : index + 1]
        return self._succeeds(exchange) and any(map(test, values))

    def _types(self, index: int, name: str, parameter: Parameter) -> Iterator[Mutant]:
        if not parameter.invalid:
            return
        kind = self._book.system.types[parameter.type]
        refused = self._fails(*parameter.invalid)
        part = f".{name}.type"

        def when(test: Callable[[str], bool]) -> When:
            return lambda exchange: (
                refused(exchange) and index < len(exchange.call.values) and test(exchange.call.values[index])
            )

        for word, test in missed(kind):
            yield self._mutant(
                part, f"takes-{word}", Operator.ACCEPT, f"takes what is no {name} ({word})", when(test), self._accept
            )
        wrong = when(lambda value: any(test(value) for _, test in missed(kind)))
        allowed = {*parameter.invalid, *parameter.unknown} if parameter.any_text else set(parameter.invalid)
        swapped = self._say_error(self._other(*allowed))
        yield self._mutant(
            part, "other-error", Operator.SWAP, f"calls a malformed {name} another error", wrong, swapped
        )
        if len(self._parameters) > 1 and "{value}" in texts_of(self._book.rows(self._name)[parameter.invalid[0]])[0]:
            yield self._mutant(
                part, "other-value", Operator.SWAP, f"complains about another value than the {name}", wrong,
                self._say_error(parameter.invalid[0], (index + 1) % len(self._parameters)),
            )  # fmt: skip

    def _unknown(self, name: str, parameter: Parameter) -> Iterator[Mutant]:
        if not parameter.unknown:
            return
        refused = self._fails(*parameter.unknown)
        part = f".{name}.unknown"
        yield self._mutant(part, "taken", Operator.ACCEPT, f"takes an unknown {name}", refused, self._accept)
        swapped = self._say_error(self._other(*parameter.unknown))
        yield self._mutant(
            part, "other-error", Operator.SWAP, f"calls an unknown {name} another error", refused, swapped
        )

    def _constraints(self, index: int, name: str, parameter: Parameter) -> Iterator[Mutant]:
        for constraint in parameter.constraints:
            refused = self._fails(constraint.error)
            swapped = self._say_error(self._other(constraint.error))
            for clause in (f".{name}.{constraint.rule}", *constraint.clauses):
                about = f"{name} that is not {constraint.rule}"
                yield self._mutant(clause, "taken", Operator.ACCEPT, f"takes a {about}", refused, self._accept)
                yield self._mutant(
                    clause, "other-error", Operator.SWAP, f"calls a {about} another error", refused, swapped
                )
                if parameter.repeated:
                    yield from self._positions(clause, index, about, constraint.rule, refused)

    def _positions(self, clause: str, index: int, about: str, rule: Rule, refused: When) -> Iterator[Mutant]:
        for word, looks in violated(rule):
            yield self._mutant(
                clause, f"taken-{word}", Operator.ACCEPT, f"takes a {about} ({word})",
                partial(self._overlooked, refused, looks, index), self._accept,
            )  # fmt: skip

    def _overlooked(
        self, refused: When, looks: Callable[[Sequence[str]], bool], index: int, exchange: Exchange
    ) -> bool:
        return refused(exchange) and not looks(exchange.call.values[index:])

    def _state(self, state: str, rule: StateRule) -> Iterator[Mutant]:
        if rule.ambiguity is not None or not rule.errors:
            return
        refused = self._fails(*rule.errors)
        yield self._mutant(
            rule.clause, f"{state}-taken", Operator.ACCEPT, f"succeeds in the state {state}", refused, self._accept
        )
        other = self._say_error(self._other(*rule.errors))
        yield self._mutant(
            rule.clause,
            f"{state}-other-error",
            Operator.SWAP,
            f"gives another error in the state {state}",
            refused,
            other,
        )

    # errors

    def _error(self, error: str, row: ErrorCode) -> Iterator[Mutant]:
        if error == self._operation.arity and self._operation.arity_open:
            return
        same = self._alternatives(error)
        gives = self._fails(*same)
        part = f".error.{error}"
        codes = codes_of(row)
        other = self._book.rows(self._name)[self._other(*same)]
        wrong_code = next(code for code in (*codes_of(other), "999999") if code not in codes)

        def say(code: str, change: Callable[[str], str]) -> Say:
            def said(exchange: Exchange) -> bytes:
                true = self._speech.is_error(exchange, error)
                made = self._speech.error(exchange.call, error, like=exchange.reply).decode().rstrip("\n")
                text = exchange.reply.message if true else made.rpartition(codes[0])[2].lstrip("| ")
                return self._speech.failure(code, change(text), like=exchange.reply)

            return said

        yield self._mutant(
            part, "other-error", Operator.SWAP, f"gives another error for {error}", gives,
            self._say_error(self._other(*same)),
        )  # fmt: skip
        yield self._mutant(
            part, "other-code", Operator.SWAP, f"gives {error} another code", gives, say(wrong_code, lambda text: text)
        )
        for word, operator, change in (
            ("full-stop", Operator.OVERFLOW, lambda text: f"{text}."),
            ("cut-short", Operator.DROP, lambda text: text[: -max(2, len(text) // 4)]),
            ("other-words", Operator.RENAME, lambda text: f"Failure: {text}"),
        ):
            yield self._mutant(part, word, operator, f"words {error} otherwise ({word})", gives, say(codes[0], change))
        if self._may_be_forgotten(error):
            return
        yield Mutant(
            id=f"{self._clause}{part}:forgotten",
            clause=f"{self._clause}{part}",
            operator=Operator.STALE,
            about=f"{self._name} gives {error} once and takes the same request the next time",
            make=partial(Forgetful, gives, self._accept),
        )

    def _may_be_forgotten(self, error: str) -> bool:
        """Whether the error is given only in states in which a success conforms too."""
        parameters = self._operation.parameters.values()
        rules = [rule for parameter in parameters for rule in parameter.states.values() if error in rule.errors]
        elsewhere = any(error in (*parameter.invalid, *parameter.unknown) for parameter in parameters)
        return not elsewhere and bool(rules) and all(rule.ok for rule in rules)

    def _alternatives(self, error: str) -> tuple[str, ...]:
        """The errors that may stand for each other: a device that follows the other reading gives them in its place."""
        for parameter in self._operation.parameters.values():
            for group in (parameter.invalid, parameter.unknown):
                if error in group and parameter.invalid_ambiguity is not None and group is parameter.invalid:
                    return tuple(group)
                if error in group and parameter.unknown_ambiguity is not None and group is parameter.unknown:
                    return tuple(group)
        return (error,)
