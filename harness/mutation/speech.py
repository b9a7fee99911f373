"""Replies as a device of a line protocol would write them, for mutants that say something else than the device did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from harness.datatypes import UUID
from harness.messages.book import ErrorBook, codes_of, texts_of
from harness.messages.reply import Call, Reply
from harness.mutation.mutant import Exchange
from harness.spec.model import Base, DataType, ErrorCode

# Well-formed and of nobody: no device gives it.
NOBODY = "5eed5eed-5eed-45ee-85ee-5eed5eed5eed"
END = b"\n"


class Speech:
    """Writes replies of one system, in the forms that its device uses."""

    def __init__(self, book: ErrorBook) -> None:
        self.book = book
        self._syntax = book.syntax

    def success(self, operation: str, value: str | None = None) -> bytes:
        """A success of an operation; with a value of the type of its result if it has one and none is given."""
        known = self.book.system.operations.get(operation)
        if value is None and known is not None and known.result is not None:
            value = example(self.book.system.types[known.result.type])
        return self.ok(value)

    def ok(self, value: str | None, form: str = "") -> bytes:
        """A success, with a value or without."""
        if value is None:
            return self._syntax.success.encode() + END
        forms = self._syntax.success_value
        return (forms.get(form) or next(iter(forms.values()))).replace("{value}", value).encode() + END

    def error(self, call: Call, name: str, *, about: int | None = None, like: Reply | None = None) -> bytes:
        """An error of an operation (or a general one), filled in for a call; `like` gives the form."""
        row = self.book.rows(call.operation).get(name) or self.book.system.errors[name]
        return self.row(call, row, about=about, like=like)

    def row(self, call: Call, row: ErrorCode, *, about: int | None = None, like: Reply | None = None) -> bytes:
        """As `error`, from a row of a table."""
        known = self.book.system.operations.get(call.operation)
        value = call.values[about] if about is not None and about < len(call.values) else "".join(call.values[:1])
        message = texts_of(row)[0].replace("{value}", value)
        message = message.replace("{wanted}", str(len(known.parameters) if known is not None else 0))
        return self.failure(codes_of(row)[0], message.replace("{got}", str(len(call.values))), like=like)

    def failure(self, code: str, message: str, *, like: Reply | None = None) -> bytes:
        """An error reply with any code and message."""
        forms = self._syntax.error
        form = forms.get(like.form if like is not None else "") or next(iter(forms.values()))
        if "{code}" not in form:
            form = next(iter(forms.values()))
        return form.replace("{code}", code).replace("{message}", message).encode() + END

    def is_error(self, exchange: Exchange, *names: str) -> bool:
        """Whether the reply is one of these errors of its operation."""
        reply = exchange.reply
        rows = self.book.rows(exchange.call.operation)
        return reply.ok is False and any(name in rows and self.book.fits(rows[name], reply) for name in names)

    def other(self, operation: str, besides: Iterable[str]) -> str:
        """An error of the operation's own table, or a general one, that is none of these and can be brought about."""
        left_out = set(besides)
        rows = self.book.rows(operation)
        left_out |= {same for same in rows if any(_alike(rows[same], rows[name]) for name in left_out if name in rows)}
        usable = [name for name, row in rows.items() if name not in left_out and not row.internal]
        own = [name for name in usable if not rows[name].anywhere]
        plain = [name for name in own if "{" not in texts_of(rows[name])[0]]
        return (plain or own or usable)[0]


def _alike(one: ErrorCode, other: ErrorCode) -> bool:
    """Whether a device might well mean the same by both: one code and texts that begin alike."""
    same = set(codes_of(one)) & set(codes_of(other))
    return bool(same) and any(a.startswith(b) or b.startswith(a) for a in texts_of(one) for b in texts_of(other))


def example(kind: DataType) -> str:
    """A value of a type that no device has given."""
    match kind.base:
        case Base.UUID:
            return NOBODY
        case Base.ENUM:
            return kind.choices[0]
        case Base.INT:
            return str(kind.minimum or 0)
        case Base.IPV4:
            return "192.0.2.1"
    return "text"


def wrong_values(kind: DataType, value: str) -> Sequence[tuple[str, str]]:
    """Values near `value` that are none of the type, each with the word for what is wrong."""
    if kind.base is Base.ENUM:
        return (("another-word", "UNLISTED"), ("cut-short", value[:-1]), ("run-on", value + "S"))
    if kind.base is Base.UUID:
        return (("number", "12345"), ("cut-short", value[:-1]), ("run-on", value + "0"))
    return (("word", "word"),)


def is_uuid_like(value: str) -> bool:
    """Whether it has the form of an id."""
    return UUID.fullmatch(value) is not None
