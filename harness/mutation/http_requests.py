"""Mutants of how requests are answered: what an operation takes and refuses, and with which status and error document.

Each is wrong under every reading of the spec's ambiguities: where one leaves an answer open, none is put in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from harness.mutation.http_seen import Asked, Maker, Pretending, Said, Seen, bare
from harness.mutation.http_speech import failure, success
from harness.mutation.mutant import Exchange, Mutant, Operator, Piece
from harness.spec.clauses import resolve_error
from harness.spec.model import Base, Operation, Parameter, System
from harness.spec.xmlmodel import Condition, HttpRequest, Window

When = Callable[[Seen], bool]
# More rows than this are many: the cases look at parts of a list with fewer, and at whole lists.
MANY_ROWS = 45
_NUMBERS = (Base.INT, Base.XS_INTEGER, Base.XS_NON_NEGATIVE)
# What careless readers of numbers take, and readers of words.
_NO_NUMBERS: dict[str, Callable[[str], bool]] = {
    "letters": str.isalpha,
    "number-and-letters": lambda value: value[:1].isdigit() and value[-1:].isalpha(),
    "two-numbers": lambda value: " " in value.strip(),
    "date": lambda value: "-" in value[1:],
    "markup": lambda value: "<" in value,
}
_NO_WORDS: dict[str, Callable[[str], bool]] = {
    "other-word": lambda value: value == "Unlisted",
    "run-on": lambda value: value.endswith("s"),
    "list": lambda value: "," in value,
}


class Repeating(Pretending):
    """Goes wrong from the second time on that the same is asked."""

    def __init__(self, system: System, say: Callable[[Seen], Said], when: When) -> None:
        super().__init__(system, say)
        self._when = when
        self._asked: set[bytes] = set()

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        if not self._when(Seen(self._system, exchange)):
            return None
        again = exchange.line in self._asked
        self._asked.add(exchange.line)
        return super().reply(exchange) if again else None


def request_mutants(system: System) -> Iterator[Mutant]:
    """Every such mutant of every operation that is asked for over HTTP."""
    for name, operation in system.operations.items():
        if operation.request is not None:
            yield from _Deriver(system, name, operation).mutants(operation.request)


class _Deriver(Maker):
    """The mutants of one operation."""

    def __init__(self, system: System, name: str, operation: Operation) -> None:
        super().__init__(system)
        self._name, self._operation = name, operation
        self._clause = f"{system.prefix}-{name}"
        self._good = success(system, name)

    def mutants(self, request: HttpRequest) -> Iterator[Mutant]:
        yield from self._whole()
        for name, parameter in self._operation.parameters.items():
            yield from self._values(name, parameter)
            yield from self._types(name, parameter)
            yield from self._required(name, parameter)
        if self._operation.window is not None and self._operation.window.longer is None:
            yield from self._window(self._operation.window)
        yield from self._conditions()
        for error in self._operation.errors:
            yield from self._error(error, request)

    def _one(
        self, part: str, name: str, operator: Operator, about: str, when: When, said: bytes | Callable[[Seen], Said]
    ) -> Mutant:
        def say(seen: Seen) -> Said:
            if not when(seen):
                return None
            return said if isinstance(said, bytes) else said(seen)

        clause = part if part.startswith(f"{self.system.prefix}-") else self._clause + part
        own = f"{self._name}." if clause == part else ""
        return self.says(clause, own + name, operator, f"{self._name} {about}", say)

    def _refusal(self, part: str, what: str, when: When, *, other: int | None) -> Iterator[Mutant]:
        """Ways not to refuse what is to be refused."""
        yield self._one(part, "taken", Operator.ACCEPT, f"takes {what}", when, self._good)
        yield self._forgotten(part, what, when)
        for status in (other, 500):
            if status is not None:
                yield self._one(
                    part, f"status-{status}", Operator.SWAP, f"answers {what} with {status}", when, bare(status)
                )

    def _forgotten(self, part: str, what: str, when: When) -> Mutant:
        made = self._one(
            part, "forgotten", Operator.STALE, f"refuses {what} once and takes it the next time", when, self._good
        )
        return Mutant(
            id=made.id,
            clause=made.clause,
            operator=made.operator,
            about=made.about,
            make=lambda: Repeating(self.system, lambda _seen: self._good, when),
        )

    def _succeeds(self, seen: Seen) -> bool:
        """A success; where the operation has several names one with rows, since a name that is refused is not tried again."""
        several = self._operation.request is not None and len(self._operation.request.values) > 1
        return seen.is_ok(self._name) and (bool(seen.rows) or not several)

    def _refused(self, seen: Seen) -> bool:
        return seen.operation == self._name and 400 <= seen.status < 500

    # the operation as a whole

    def _whole(self) -> Iterator[Mutant]:
        for name, status in (("refused", 400), ("not-found", 404), ("fails-inside", 500), ("empty", 204)):
            yield self._one("", name, Operator.REFUSE, f"is answered with {status}", self._succeeds, bare(status))
        yield Mutant(
            id=f"{self._clause}:only-once",
            clause=self._clause,
            operator=Operator.REFUSE,
            about=f"{self._name} is refused when it is asked for in the same way once more",
            make=lambda: Repeating(self.system, lambda seen: seen.refused(), self._succeeds),
        )
        if self._operation.window is not None and self._operation.paging is not None:
            yield self._one(
                "", "many-refused", Operator.REFUSE, "fails where there are many rows",
                lambda seen: len(seen.rows) > MANY_ROWS, bare(500),
            )  # fmt: skip

    # parameters

    def _values(self, name: str, parameter: Parameter) -> Iterator[Mutant]:
        kind = self.system.types[parameter.type]
        wanted = dict.fromkeys((*parameter.examples, *(kind.choices if kind.base is Base.ENUM else ())))
        for value in wanted:
            yield self._one(
                f".{name}", f"refuses-{value}", Operator.REFUSE, f"refuses {name}={value}",
                partial(self._with_value, name, value), bare(400),
            )  # fmt: skip
        if not wanted:
            yield self._one(
                f".{name}", "refuses-all", Operator.REFUSE, f"refuses every {name}",
                lambda seen: self._succeeds(seen) and bool(seen.query.get(name)), bare(400),
            )  # fmt: skip

    def _with_value(self, name: str, value: str, seen: Seen) -> bool:
        return self._succeeds(seen) and seen.query.get(name) == value

    def _types(self, name: str, parameter: Parameter) -> Iterator[Mutant]:
        open_list = bool(self.system.types[parameter.type].open_choices)
        if not parameter.invalid or parameter.invalid_ambiguity is not None or open_list:
            return
        kind = self.system.types[parameter.type]
        tests = _NO_NUMBERS if kind.base in _NUMBERS else _NO_WORDS

        def when(test: Callable[[str], bool], seen: Seen) -> bool:
            return self._refused(seen) and name in seen.query and test(seen.query[name])

        part = f".{name}.type"
        for word, test in tests.items():
            yield self._one(
                part,
                f"takes-{word}",
                Operator.ACCEPT,
                f"takes what is no {name} ({word})",
                partial(when, test),
                self._good,
            )
        if not parameter.optional and parameter.empty is None:
            yield self._one(
                part,
                "takes-empty",
                Operator.ACCEPT,
                f"takes an empty {name}",
                partial(when, lambda value: not value),
                self._good,
            )
        wrong = partial(when, lambda value: any(test(value) for test in tests.values()))
        yield from list(self._refusal(part, f"what is no {name}", wrong, other=404))[1:]

    def _required(self, name: str, parameter: Parameter) -> Iterator[Mutant]:
        if parameter.missing and parameter.missing_ambiguity is None:
            yield from self._refusal(
                f".{name}.required", f"a request without {name}",
                lambda seen: self._refused(seen) and name not in seen.query, other=404,
            )  # fmt: skip

    def _window(self, window: Window) -> Iterator[Mutant]:
        longest, part = window.longest_s, ".window"

        # A name that is refused is not tried again, and it is tried with a period like the second one.
        several = self._operation.request is not None and len(self._operation.request.values) > 1
        for word, seconds in (
            ("longest", longest),
            ("almost-longest", longest - 1),
            ("half", longest // 2),
            ("shortest", 1),
        ):
            if word != "almost-longest" or not several:
                yield self._one(
                    part, f"refuses-{word}", Operator.REFUSE, f"refuses a period that is allowed ({word})",
                    partial(self._short, seconds), bare(400),
                )  # fmt: skip
        for word, test in (
            ("one-second-more", lambda seconds: seconds == longest + 1),
            ("some-hours", lambda seconds: longest + 1 < seconds < 24 * longest),
            ("a-day", lambda seconds: seconds == 24 * longest),
            ("years", lambda seconds: seconds > 24 * longest),
        ):  # fmt: skip
            yield self._one(
                part, f"takes-{word}", Operator.ACCEPT, f"takes a period that is too long ({word})",
                partial(self._long, test), self._good,
            )  # fmt: skip
        longer = partial(self._long, lambda seconds: seconds > longest)
        yield from list(self._refusal(part, "a period that is too long", longer, other=404))[1:]
        yield self.asks(
            self._clause + part, "cut-off", Operator.MISREAD, f"{self._name} takes of a period that is too long its first part",
            lambda asked: (
                asked.asking(**{window.end: str(asked.window[0] + longest)})
                if asked.operation == self._name and asked.window is not None and _length(asked) > longest
                else None
            ),
        )  # fmt: skip

    def _conditions(self) -> Iterator[Mutant]:
        for condition in self._operation.conditions:
            what = f"{condition.parameter}={condition.values[0]} without {condition.needs}"
            yield from self._refusal(condition.clause, what, partial(self._unmet, condition), other=404)

    def _unmet(self, condition: Condition, seen: Seen) -> bool:
        given = seen.query.get(condition.parameter) in condition.values
        return self._refused(seen) and given and condition.needs not in seen.query

    def _short(self, seconds: int, seen: Seen) -> bool:
        """A period of this length; of those that the control asks for too, only ones without rows."""
        window = self._operation.window
        usual = window is not None and seconds == window.longest_s - 1
        return seen.is_ok(self._name) and _length(seen) == seconds and not (usual and seen.rows)

    def _long(self, test: Callable[[int], bool], seen: Seen) -> bool:
        return self._refused(seen) and test(_length(seen))

    # errors

    def _error(self, error: str, request: HttpRequest) -> Iterator[Mutant]:
        row = resolve_error(self.system, self._operation.errors[error])
        if row.internal or not row.code.isdecimal():
            return
        part, code = f".error.{error}", int(row.code)
        if self._operation.errors[error].reply is not None:
            yield from self._documents(error, part)
            return

        needed = any(one.missing or one.invalid for one in self._operation.parameters.values())

        def gives(seen: Seen) -> bool:
            if seen.status != code or seen.path != request.path:
                return False
            if error == request.unknown:
                return not seen.operation and bool(seen.query.get(request.selector))
            return seen.operation == self._name if needed else not seen.operation

        # What is refused for want of a name may have the error of a wrong name.
        other = 400 if error == request.unknown else 404 if needed else None
        yield self._one(part, "taken", Operator.ACCEPT, f"succeeds instead of {error}", gives, self._good)
        yield self._forgotten(part, f"what {error} answers", gives)
        for status in (other, 500, 403, 302):
            if status is not None:
                yield self._one(
                    part,
                    f"status-{status}",
                    Operator.SWAP,
                    f"answers with {status} instead of {code}",
                    gives,
                    bare(status),
                )

    def _documents(self, error: str, part: str) -> Iterator[Mutant]:
        row = self._operation.errors[error]
        code = row.code
        shape = self.system.replies[row.reply or ""]

        def gives(seen: Seen) -> bool:
            if str(seen.status) != code:
                return False
            root = seen.document.root
            return root is not None and root.name == shape.root and row.attributes.items() <= seen.values(root).items()

        others = [one for one, other in self._operation.errors.items() if one != error and other.reply == row.reply]
        yield self._one(part, "taken", Operator.ACCEPT, f"succeeds instead of {error}", gives, self._good)
        yield self._forgotten(part, f"what {error} answers", gives)
        for status in (200, 500):
            yield self._one(
                part, f"status-{status}", Operator.SWAP, f"gives {error} with the status {status}", gives,
                failure(self.system, self._name, error, status=status),
            )  # fmt: skip
        for other in others:
            yield self._one(
                part,
                f"as-{other}",
                Operator.SWAP,
                f"gives {other} for {error}",
                gives,
                failure(self.system, self._name, other),
            )
        yield self._one(
            part, "no-document", Operator.DROP, f"gives {error} without its document", gives, bare(int(code))
        )
        yield self._one(
            part, "plain-text", Operator.RETYPE, f"gives {error} as plain text", gives,
            lambda seen: seen.answer.with_(body=row.text.encode()).raw(),
        )  # fmt: skip
        changes: tuple[tuple[str, Operator, Callable[[Seen], bytes | None]], ...] = (
            (
                "root",
                Operator.RENAME,
                lambda seen: seen.edited(seen.document.rename(seen.document.elements[0], "Fault")),
            ),
            (
                "filled",
                Operator.OVERFLOW,
                lambda seen: seen.edited(seen.document.put_in(seen.document.elements[0], b"More")),
            ),
            ("surplus", Operator.OVERFLOW, lambda seen: _changed(seen, {"reason": "none"})),
            *(
                (f"{name}-{word}", operator, partial(_changed, changes={name: new}))
                for name, value in row.attributes.items()
                for word, operator, new in (
                    ("missing", Operator.DROP, None),
                    ("other", Operator.SWAP, f"{value}1"),
                    ("cut-short", Operator.DROP, value[:-1]),
                )
            ),
        )
        for name, operator, say in changes:
            yield self._one(part, name, operator, f"spoils the document of {error} ({name})", gives, say)


def _length(asked: Asked) -> int:
    """Seconds of the period that is asked for; -1 if there is none."""
    return asked.window[1] - asked.window[0] if asked.window is not None else -1


def _changed(seen: Seen, changes: dict[str, str | None]) -> bytes | None:
    return seen.edited(seen.document.set(seen.document.elements[0], changes))
