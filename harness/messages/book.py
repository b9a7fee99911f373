"""The errors of a system by operation, with codes and texts filled in, and how a reply is recognised as one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from harness.messages.reply import Call, Reply
from harness.spec.clauses import resolve_error
from harness.spec.model import ErrorCode, LineSyntax, System


class ErrorBook:
    """Every error that each operation may answer; made once for a system."""

    def __init__(self, system: System, syntax: LineSyntax) -> None:
        self.system = system
        self.syntax = syntax
        general = {name: row for name, row in system.errors.items() if row.anywhere}
        self._general = general
        self._rows = {
            name: {**general, **{error: resolve_error(system, row) for error, row in operation.errors.items()}}
            for name, operation in system.operations.items()
        }

        self._coded = {name: _by_code(rows) for name, rows in self._rows.items()}
        self._anywhere = _by_code(
            {f"{own}.{name}": row for own, rows in self._rows.items() for name, row in rows.items()}
        )

    def rows(self, operation: str) -> dict[str, ErrorCode]:
        """The errors of an operation by name, general ones included; only the general ones for what is no operation."""
        return self._rows.get(operation, self._general)

    def named(self, reply: Reply) -> str | None:
        """The error of the reply's own operation that it is, whatever was filled in; the first that fits."""
        operation = reply.call.operation
        if reply.form in self.syntax.only or operation not in self._coded:
            return next((name for name, row in self.rows(operation).items() if self.fits(row, reply)), None)
        rows = self._coded[operation].get(reply.code, ())
        return next((name for name, row in rows if self.fits(row, reply)), None)

    def everywhere(self) -> Iterator[ErrorCode]:
        """Every error of every operation."""
        for rows in self._rows.values():
            yield from rows.values()

    def known(self, reply: Reply) -> bool:
        """Whether the reply is an error of any operation."""
        if reply.form in self.syntax.only:
            return any(self.fits(row, reply) for row in self.everywhere())
        return any(self.fits(row, reply) for _, row in self._anywhere.get(reply.code, ()))

    def fits(self, row: ErrorCode, reply: Reply) -> bool:
        """Whether a reply is this error, whatever was filled in. A form without a code is known by its text."""
        if reply.form not in self.syntax.only and reply.code not in codes_of(row):
            return False
        return any(text_pattern(text).fullmatch(reply.message) for text in texts_of(row))


def _by_code(rows: Mapping[str, ErrorCode]) -> dict[str, list[tuple[str, ErrorCode]]]:
    found: dict[str, list[tuple[str, ErrorCode]]] = {}
    for name, row in rows.items():
        for code in dict.fromkeys(codes_of(row)):
            found.setdefault(code, []).append((name, row))
    return found


def codes_of(row: ErrorCode) -> tuple[str, ...]:
    """The spellings of an error's code."""
    return tuple(row.codes.values()) or (row.code,)


def texts_of(row: ErrorCode) -> tuple[str, ...]:
    """The templates of an error's text, each once."""
    return tuple(dict.fromkeys(row.texts.values())) or (row.text,)


@lru_cache(maxsize=1024)
def text_pattern(text: str) -> re.Pattern[str]:
    """A template of an error's text as a pattern; `value`, `wanted` and `got` are groups."""
    parts = {"{value}": r"(?P<value>.*)", "{wanted}": r"(?P<wanted>\d+)", "{got}": r"(?P<got>\d+)"}
    return re.compile("".join(parts.get(piece, re.escape(piece)) for piece in re.split(r"(\{\w+\})", text)), re.DOTALL)


# The value looks the same under every reading, so its repetition tells none.
_ALL_THE_SAME = frozenset(("",))


def echo_forms(value: str, typed: str, syntax: LineSyntax) -> dict[str, str]:
    """Reading -> how a message repeats a value that stood as `typed` on the line."""
    quoted = len(typed) >= 2 and typed != value and typed[0] == typed[-1] == syntax.quote
    letters = {char: syntax.escape + letter for letter, char in syntax.escapes.items()}
    escaped = "".join(letters.get(char, char) for char in value)
    return {"decoded": value, "typed": typed, "unquoted": typed[1:-1] if quoted else typed, "escaped": escaped}


def echo_readings(call: Call, index: int, echoed: str, syntax: LineSyntax) -> frozenset[str]:
    """The readings under which `echoed` repeats value number `index` of a call; empty if it does not, `{""}` if it tells none.

    A value with control characters or escapes cannot be printed as it is; devices escape, drop or replace such characters, so only
    the rest is compared.
    """
    value = call.values[index]
    typed = call.typed[index] if call.typed else value
    forms = echo_forms(value, typed, syntax)
    fits = frozenset(name for name, form in forms.items() if form == echoed)
    if len(fits) == len(forms):
        return _ALL_THE_SAME
    if fits or (value.isprintable() and value == forms["unquoted"]):
        return fits
    return frozenset(name for name, form in forms.items() if _printable(form) == _printable(echoed))


def _printable(text: str) -> str:
    return "".join(char for char in text if char.isprintable() and char not in "\\\ufffd")
