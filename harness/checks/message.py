"""Checks that every reply must pass, whatever was asked: it comes, it has a documented form, its error is listed, its value has its type.

Pure functions of model and reply.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from harness.datatypes import is_value
from harness.ending import Ending
from harness.messages.book import ErrorBook, codes_of, echo_readings, text_pattern, texts_of
from harness.messages.reply import Reply
from harness.spec.model import ErrorCode, Operation
from harness.verdict import Check

_Observation = tuple[str, frozenset[tuple[str, frozenset[str]]]]


def message_checks(book: ErrorBook, reply: Reply) -> Iterator[Check]:
    """Every check of one reply."""
    rules = book.syntax.rules
    came = reply.ending is Ending.ANSWERED
    yield Check(
        id="reply.comes",
        clauses=(rules["one-reply"],),
        passed=came,
        expected="one reply",
        got="" if came else reply.describe(),
        step=reply.step,
    )
    if not came:
        if reply.raw:
            yield Check(
                id="reply.terminator",
                clauses=(rules["terminator"],),
                passed=False,
                expected="a reply that ends",
                got=reply.describe(),
                step=reply.step,
            )
        return
    for problem in reply.problems:
        yield Check(
            id=f"reply.{problem.rule}",
            clauses=_of_problem(book, reply, problem.rule),
            passed=False,
            expected=problem.expected,
            got=problem.got,
            step=reply.step,
        )
    if reply.ok is None:
        return
    yield Check(
        id="reply.form",
        clauses=(rules["success" if reply.ok else "error"],),
        passed=True,
        step=reply.step,
        readings=_form(book, reply),
    )
    operation = book.system.operations.get(reply.call.operation)
    if reply.ok and operation is not None:
        yield _result(book, operation, reply)
    elif not reply.ok:
        yield from _error(book, operation, reply)


def merge(checks: list[Check], new: Iterable[Check]) -> None:
    """Add the checks of one more reply: one that passed is kept once, a broken one each time, what tells a reading always."""
    known = {(old.id, old.clauses) for old in checks}
    plain = {old.id for old in checks if old.passed and not old.readings}
    told: set[_Observation] | None = None  # made when it is needed: most replies tell no reading
    for check in new:
        if check.passed and not check.readings:
            if check.id in plain or (check.id, check.clauses) in known:
                continue
            plain.add(check.id)
        elif check.passed:
            if told is None:
                told = {_observation(old) for old in checks if old.passed and old.readings}
            seen = _observation(check)
            if seen in told:
                continue
            told.add(seen)
        else:
            checks[:] = [old for old in checks if old.id != check.id or not old.passed or old.readings]
        known.add((check.id, check.clauses))
        checks.append(check)


def _observation(check: Check) -> _Observation:
    """The readings that a check that passed has shown."""
    return check.id, frozenset([(name, frozenset(fits)) for name, fits in check.readings.items()])


def _of_problem(book: ErrorBook, reply: Reply, rule: str) -> tuple[str, ...]:
    """The clauses that a problem of form breaks. What is like neither a success nor an error is a wrong form of either."""
    rules = book.syntax.rules
    error_word = next(iter(book.syntax.error.values())).partition("{")[0].rstrip("| ")
    if rule == "success" or (rule == "error" and not reply.text.lower().startswith(error_word.lower())):
        return tuple(dict.fromkeys((rules[rule], rules["success"], rules["success-value"])))
    return (rules[rule],)


def _form(book: ErrorBook, reply: Reply) -> dict[str, frozenset[str]]:
    if not reply.form:
        return {}
    return {book.syntax.success_ambiguity if reply.ok else book.syntax.error_ambiguity: frozenset((reply.form,))}


def _result(book: ErrorBook, operation: Operation, reply: Reply) -> Check:
    rules, syntax = book.syntax.rules, book.syntax
    name = f"{book.system.prefix}-{reply.call.operation}"
    if operation.result is None:
        clauses, passed, expected = (rules["success"], name), reply.value is None, syntax.success
    else:
        kind = book.system.types[operation.result.type]
        clauses = (rules["success-value"], f"{name}.result")
        passed = reply.value is not None and is_value(kind, reply.value)
        expected = f"{syntax.success} with {operation.result.name}, a value of type {operation.result.type}"
    return Check(
        id="reply.result",
        clauses=clauses,
        passed=passed,
        expected=expected,
        got="" if passed else reply.describe(),
        step=reply.step,
    )


def _error(book: ErrorBook, operation: Operation | None, reply: Reply) -> Iterator[Check]:
    """The error is one of the operation's own or of the general table, with its text, and what was filled in is right."""
    rows = book.rows(reply.call.operation)
    fits = book.named(reply)
    own = f"{book.system.prefix}-{reply.call.operation}.error."
    rule = book.syntax.rules["error-text"]
    if fits is not None:
        yield Check(id="reply.listed", clauses=(rule,), passed=True, step=reply.step)
        yield from _filled(book, operation, own, fits, rows[fits], reply)
        return
    if book.known(reply):  # where no error is documented, a device borrows one
        yield Check(id="reply.listed", clauses=(rule,), passed=True, step=reply.step)
        return
    same_code = {name: row for name, row in rows.items() if reply.code in codes_of(row)}
    texts = [text for row in same_code.values() for text in texts_of(row)]
    closest = difflib.get_close_matches(reply.message, texts, n=1, cutoff=0.0)
    clauses = (
        rule,
        *(own + name for name, row in same_code.items() if not row.anywhere and closest[0] in texts_of(row)),
    )
    expected = " or ".join(
        dict.fromkeys(
            f"{'/'.join(codes_of(row))} {text}" for row in (same_code or rows).values() for text in texts_of(row)
        )
    )
    yield Check(
        id="reply.listed", clauses=clauses, passed=False, expected=expected, got=reply.describe(), step=reply.step
    )


def _filled(
    book: ErrorBook, operation: Operation | None, own: str, name: str, row: ErrorCode, reply: Reply
) -> Iterator[Check]:
    """The value that the device complains about is one that was sent; the numbers of parameters are right."""
    text, match = next(
        (text, match) for text in texts_of(row) if (match := text_pattern(text).fullmatch(reply.message))
    )
    parts = match.groupdict()
    call = reply.call
    if "value" in parts:
        missing = operation is not None and len(call.values) < len(operation.parameters)
        fits = any(echo_readings(call, index, parts["value"], book.syntax) for index in range(len(call.values)))
        fits = fits or (missing and parts["value"] == "")
        yield Check(
            id="reply.echo",
            clauses=(book.syntax.rules["echo"], own + name),
            passed=fits,
            expected="the wrong value as it was sent: " + " or ".join(call.values),
            got="" if fits else reply.describe(),
            step=reply.step,
        )
    elif "got" in parts and operation is not None and operation.arity == name:
        wanted, got = str(len(operation.parameters)), str(len(call.values))
        yield Check(
            id="reply.counts",
            clauses=(book.syntax.rules["counts"], own.removesuffix("error.") + "arity"),
            passed=parts.get("wanted", wanted) == wanted and parts["got"] == got,
            expected=text.replace("{wanted}", wanted).replace("{got}", got),
            got=reply.describe(),
            step=reply.step,
        )
