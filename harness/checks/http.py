"""Checks of HTTP replies: what every reply must be, and whether it is one of the answers that conform to what was asked.

Pure functions of model and reply.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.checks.rows import scan_checks
from harness.messages.httpreply import HttpReply
from harness.spec.clauses import resolve_error
from harness.spec.model import ErrorCode, Operation, System
from harness.spec.xmlmodel import HttpSyntax
from harness.usual import unusual_checks
from harness.verdict import Check, Severity

OK = 200
# What a message got wrong and every reader passes over; all else leaves open where the message ends or what it says.
_HARMLESS = {
    "line-end",
    "empty-line",
    "reason",
    "header-fold",
    "header-value",
    "content-length-twice",
    "length-without-body",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """One answer that conforms.

    Attributes:
        error: name of the operation's error; None for a success; "*" for any refusal, that is any status from 400 to 499.
        reading: reading of the check's ambiguity to which it belongs.
    """

    error: str | None = None
    reading: str = ""


def reply_checks(system: System, reply: HttpReply) -> Iterator[Check]:
    """What every reply to a documented request must be: it comes, it is HTTP, its status is listed, its document is as documented."""
    syntax = _syntax(system)
    yield from framing_checks(system, reply)
    if not reply.came or reply.method != syntax.method:
        return
    operation = system.operations.get(reply.operation)
    listed = sorted(statuses_of(system, operation))
    yield Check(
        id="reply.status",
        clauses=(syntax.rules["status"],),
        passed=reply.status in listed,
        expected="one of the status codes " + ", ".join(map(str, listed)),
        got=reply.describe(),
        step=reply.step,
    )
    if reply.status == OK:
        yield from _success(system, syntax, reply)


def framing_checks(system: System, reply: HttpReply) -> Iterator[Check]:
    """A reply comes and is an HTTP message, whatever was asked for."""
    rules, came = _syntax(system).rules, reply.came
    partly = not came and bool(reply.exchanged.raw)
    yield Check(
        id="reply.comes",
        clauses=(rules["framing"] if partly else rules["one-reply"],),
        passed=came,
        expected="a whole reply" if partly else "a reply",
        got="" if came else reply.describe(),
        step=reply.step,
    )
    for oddity in reply.exchanged.oddities:
        yield Check(
            id=f"reply.{oddity.rule}",
            clauses=(rules["framing"],),
            passed=False,
            severity=Severity.SHOULD if oddity.rule in _HARMLESS else Severity.MUST,
            expected=oddity.expected,
            got=oddity.got,
            step=reply.step,
        )


def _success(system: System, syntax: HttpSyntax, reply: HttpReply) -> Iterator[Check]:
    media = (reply.header("content-type") or "").partition(";")[0].strip().lower()
    yield Check(
        id="reply.media",
        clauses=(syntax.rules["media"],),
        passed=media in syntax.media or media.endswith("+xml"),
        severity=Severity.SHOULD,
        expected="a Content-Type of " + " or ".join(syntax.media),
        got=media or "no Content-Type",
        step=reply.step,
    )
    if reply.scan is not None:
        yield from scan_checks(system, reply.operation, reply.scan, step=reply.step)


def _carries(system: System, row: ErrorCode, reply: HttpReply) -> bool:
    """Whether the body is the document of this error; any body is that of an error whose document is not shown."""
    if row.reply is None:
        return True
    root = system.replies[row.reply].root
    return reply.root is not None and reply.root[0] == root and row.attributes.items() <= reply.root[1].items()


def _shown(row: ErrorCode) -> str:
    return " ".join(
        (f"{row.code} {row.text}".strip(), *(f'{name}="{value}"' for name, value in row.attributes.items()))
    )


def answer_checks(
    system: System,
    reply: HttpReply,
    answers: Sequence[HttpAnswer],
    *,
    check: str,
    clauses: tuple[str, ...],
    ambiguity: str | None = None,
) -> list[Check]:
    """Whether the reply is one of the answers; for one of an unusual reading, a second check says so."""
    operation = system.operations.get(reply.operation)
    fitting = [answer for answer in answers if _fits(system, operation, reply, answer)]
    own = f"{system.prefix}-{reply.operation}"
    named = tuple(f"{own}.error.{answer.error}" for answer in answers if answer.error not in (None, "*"))
    claimed = (
        (own,) if not fitting and operation is not None and any(answer.error is None for answer in answers) else ()
    )
    readings = frozenset(answer.reading for answer in fitting if answer.reading)
    found = [
        Check(
            id=check,
            clauses=tuple(dict.fromkeys((*clauses, *named, *claimed))),
            passed=bool(fitting),
            expected=""
            if fitting
            else " or ".join(dict.fromkeys(_describe(system, operation, one) for one in answers)),
            got="" if fitting else reply.describe(),
            step=reply.step,
            readings={ambiguity: readings} if ambiguity and readings else {},
        )
    ]
    chosen = {answer.reading for answer in fitting}
    got = reply.describe() if fitting else ""
    found += unusual_checks(system, ambiguity, chosen, check=check, clauses=clauses, got=got, step=reply.step)
    return found


def rows_of(system: System, operation: Operation) -> dict[str, ErrorCode]:
    """The errors of an operation with what they restate filled in, and those that any operation may answer."""
    general = {name: row for name, row in system.errors.items() if row.anywhere}
    return {**general, **{name: resolve_error(system, row) for name, row in operation.errors.items()}}


def statuses_of(system: System, operation: Operation | None) -> set[int]:
    """The status codes that may answer a request for an operation; all of the system's where it names none."""
    operations = [operation] if operation is not None else list(system.operations.values())
    return {OK, *(int(row.code) for one in operations for row in rows_of(system, one).values() if row.code)}


def _fits(system: System, operation: Operation | None, reply: HttpReply, answer: HttpAnswer) -> bool:
    if not reply.came:
        return False
    if answer.error is None:
        return reply.status == OK
    if answer.error == "*":
        return 400 <= reply.status < 500
    row = (rows_of(system, operation) if operation is not None else system.errors)[answer.error]
    return str(reply.status) == row.code and _carries(system, row, reply)


def _describe(system: System, operation: Operation | None, answer: HttpAnswer) -> str:
    if answer.error is None:
        return f"{OK} with the document" if operation is not None and operation.reply else str(OK)
    if answer.error == "*":
        return "a status from 400 to 499"
    return _shown((rows_of(system, operation) if operation is not None else system.errors)[answer.error])


def _syntax(system: System) -> HttpSyntax:
    if system.http is None:
        raise ValueError(f"{system.system} has no HTTP interface")
    return system.http
