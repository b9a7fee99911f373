"""Checks of what was asked for: the reply is one of the answers that conform here.

Each answer may belong to a reading of an ambiguity; the check then tells which readings the device can be following.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from harness.messages.book import ErrorBook, codes_of, echo_readings, text_pattern, texts_of
from harness.messages.reply import Reply
from harness.spec.model import ErrorCode
from harness.usual import unusual_checks
from harness.verdict import Check


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer that conforms.

    Attributes:
        error: name of the error; None for a success; "*" for any error of the document, this operation's or another's.
        about: index of the value that the message must repeat; None for any.
        reading: reading of the check's ambiguity to which it belongs.
        value: what a success must carry; None for anything of its type.
    """

    error: str | None = None
    about: int | None = None
    reading: str = ""
    value: str | None = None


def answer_checks(
    book: ErrorBook,
    reply: Reply,
    answers: Sequence[Answer],
    *,
    check: str,
    clauses: tuple[str, ...],
    ambiguity: str | None = None,
) -> list[Check]:
    """Whether the reply is one of the answers; for one of an unusual reading, a second check says so."""
    fitting = [(answer, found) for answer in answers if (found := _fits(book, reply, answer)) is not None]
    rows = book.rows(reply.call.operation)
    own = f"{book.system.prefix}-{reply.call.operation}.error."
    named = tuple(own + answer.error for answer in answers if answer.error in rows and not rows[answer.error].anywhere)
    readings: dict[str, set[str]] = {}
    for answer, found in fitting:
        for name, names in found.items():
            readings.setdefault(name, set()).update(names)
        if ambiguity and answer.reading:
            readings.setdefault(ambiguity, set()).add(answer.reading)
    claimed = () if fitting else _claimed(book, reply, rows, own, {answer.error for answer in answers})
    if not fitting and ambiguity is None and any(answer.error is None for answer in answers):
        claimed = (own.removesuffix(".error."), *claimed) if reply.call.operation in book.system.operations else claimed
    result = [
        Check(
            id=check,
            clauses=tuple(dict.fromkeys((*clauses, *named, *claimed))),
            passed=bool(fitting),
            expected=""
            if fitting
            else " or ".join(dict.fromkeys(_describe(book, reply, answer) for answer in answers)),
            got="" if fitting else reply.describe(),
            step=reply.step,
            readings={name: frozenset(fits) for name, fits in readings.items()},
        )
    ]
    chosen = {answer.reading for answer, _ in fitting}
    got = reply.describe() if fitting else ""
    result += unusual_checks(book.system, ambiguity, chosen, check=check, clauses=clauses, got=got, step=reply.step)
    return result


def _claimed(
    book: ErrorBook, reply: Reply, rows: Mapping[str, ErrorCode], own: str, expected: Set[str | None]
) -> tuple[str, ...]:
    """The clauses of the error that the device gives instead: it says that their condition holds, which it does not.

    If it is an error that conforms, then only the repeated value is wrong: that is the rule about repeating it.
    """
    if reply.ok is not False:
        return ()
    names = [name for name, row in rows.items() if book.fits(row, reply)]
    echo = (book.syntax.rules["echo"],) if expected & set(names) else ()
    return (*(own + name for name in names if not rows[name].anywhere), *echo)


def _fits(book: ErrorBook, reply: Reply, answer: Answer) -> dict[str, frozenset[str]] | None:
    """The readings under which a reply is this answer, by ambiguity; None if it is not."""
    if reply.ok is None:
        return None
    if answer.error is None:
        return {} if reply.ok and (answer.value is None or reply.value == answer.value) else None
    if reply.ok:
        return None
    rows = book.rows(reply.call.operation)
    if answer.error == "*":
        return {} if book.known(reply) else None
    row = rows[answer.error]
    return _fits_row(book, reply, row, answer.about) if book.fits(row, reply) else None


def _fits_row(book: ErrorBook, reply: Reply, row: ErrorCode, about: int | None) -> dict[str, frozenset[str]] | None:
    readings: dict[str, frozenset[str]] = {}
    texts = [text for text in texts_of(row) if text_pattern(text).fullmatch(reply.message)]
    if row.ambiguity:
        readings[row.ambiguity] = frozenset(name for name, text in row.texts.items() if text in texts)
    if row.code_ambiguity and reply.code:
        readings[row.code_ambiguity] = frozenset(name for name, code in row.codes.items() if code == reply.code)
    match = text_pattern(texts[0]).fullmatch(reply.message)
    value = match.groupdict().get("value") if match else None
    if about is not None and value is not None:
        echoed = echo_readings(reply.call, about, value, book.syntax)
        if not echoed:
            return None
        if "" not in echoed:
            readings[book.syntax.echo_ambiguity] = echoed
    return readings


def _describe(book: ErrorBook, reply: Reply, answer: Answer) -> str:
    operation = book.system.operations.get(reply.call.operation)
    if answer.error is None:
        if operation is None or operation.result is None:
            return book.syntax.success
        return f"{book.syntax.success} with {answer.value or operation.result.name}"
    if answer.error == "*":
        return "a documented error"
    row = book.rows(reply.call.operation)[answer.error]
    text = texts_of(row)[0]
    if answer.about is not None and answer.about < len(reply.call.values):
        text = text.replace("{value}", reply.call.values[answer.about])
    if operation is not None:
        text = text.replace("{wanted}", str(len(operation.parameters))).replace("{got}", str(len(reply.call.values)))
    form = next(iter(book.syntax.error.values()))
    return form.replace("{code}", codes_of(row)[0]).replace("{message}", text)
