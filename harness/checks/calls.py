"""Checks of replies to calls with a struct: the response, its encoding, its members or its fault. Pure functions of model and reply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.checks.callfaults import syntax_of
from harness.checks.callfound import Held, Setting
from harness.checks.callmembers import Members
from harness.messages.callreply import CallReply
from harness.spec.callmodel import CallSyntax
from harness.spec.model import System
from harness.usual import unusual_checks
from harness.verdict import Check, Severity
from harness.wire.http1_head import keeps_open
from harness.wire.xmlrpc import Deviation, Kind, MessageKind, Weight

OK = 200
# What a response got wrong and every reader passes over; all else leaves open where it ends or what it says.
_HARMLESS = {
    "line-end", "empty-line", "reason", "header-fold", "header-value", "content-length-twice", "length-without-body",
}  # fmt: skip
_MEDIA = {"text/xml": "text", "application/xml": "application"}  # media type -> reading
# Rule of XML-RPC that a reply breaks -> rules of the spec; all others: the form of the reply as a whole.
_RULES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("length", "encoding-unread", "doctype", "entity", "well-formed", "empty", "depth", "values"), ("well-formed", "reply"),
    ),
    "encoding": ("well-formed", "encoding"),
    "param-type": ("reply-struct",),
    "param-count": ("reply-struct", "reply"),
    "fault-form": ("fault",),
    **dict.fromkeys(("missing-name", "repeated-name", "empty-name"), ("reply-struct",)),
    "duplicate-member": ("names-unique",),
    **dict.fromkeys(
        (
            "type", "repeated-type", "nested-element", "int-form", "double-form", "double-range", "base64-form", "missing-data",
            "repeated-data", "missing-value", "repeated-value",
        ),
        ("reply-types",),
    ),
    "int-range": ("reply-types", "int-size"),
    **dict.fromkeys(("boolean-form", "boolean-case"), ("boolean-form", "reply-types")),
    **dict.fromkeys(("dateTime-form", "dateTime-value", "dateTime-zone"), ("date-form", "reply-types")),
}  # fmt: skip


def reply_checks(
    system: System, reply: CallReply, version: str | None = None, held: Held | None = None
) -> Iterator[Check]:
    """What every reply to a call must be: a response of HTTP with XML-RPC, a success as documented or a fault of the table.

    Args:
        version: of the API that the device has; None: the newest.
        held: takes the members that are as they must be, which give no checks of their own.
    """
    syntax = syntax_of(system)
    yield from http_checks(system, reply)
    if not reply.came:
        return
    yield from message_checks(system, reply)
    if reply.ok is False:
        yield from _fault(system, syntax, reply)
    elif reply.ok:
        yield from _success(system, syntax, reply, version, held or Held())


def http_checks(system: System, reply: CallReply) -> Iterator[Check]:
    """A response comes and is HTTP, whatever was asked for."""
    syntax = syntax_of(system)
    rules = syntax.rules
    partly = not reply.came and bool(reply.raw)
    yield Check(
        id="reply.comes",
        clauses=(rules["http"], rules["reply"]) if partly else (rules["reply"], rules["path"]),
        passed=reply.came,
        expected="a whole reply" if partly else "a reply",
        got="" if reply.came else reply.describe(),
        step=reply.step,
    )
    exchanged = reply.exchanged
    if exchanged is None:
        return
    for oddity in exchanged.oddities:
        yield Check(
            id=f"reply.{oddity.rule}",
            clauses=(rules["http"],),
            passed=False,
            severity=Severity.SHOULD if oddity.rule in _HARMLESS else Severity.MUST,
            expected=oddity.expected,
            got=oddity.got,
            step=reply.step,
        )
    head = exchanged.head
    if reply.came and head is not None and exchanged.closed and keeps_open(head.version, head.headers):
        yield from _seen(
            system, "close-announced", "unsaid", "reply.close", ("close-announced",), reply, "an end that was not told"
        )


def message_checks(system: System, reply: CallReply) -> Iterator[Check]:
    """The content of a response is XML-RPC, whatever it says."""
    syntax, message = syntax_of(system), reply.message
    rules = syntax.rules
    wanted = message.kind in (MessageKind.RESPONSE, MessageKind.FAULT)
    yield Check(
        id="reply.form",
        clauses=(rules["reply"],),
        passed=wanted,
        expected="a methodResponse",
        got="" if wanted else reply.describe(),
        step=reply.step,
    )
    if wanted:
        wrong = not OK <= reply.status < 300
        fits = ("error" if reply.ok is False else "") if wrong else "ok"
        yield from _seen(system, "http-status", fits, "reply.status", ("http", "reply"), reply, f"{reply.status}")
        media = reply.media
        yield from _seen(
            system, "http-media", _MEDIA.get(media, "other"), "reply.media", ("http",), reply, media or "none"
        )
    size = len(reply.body)
    if size > syntax.longest:
        yield Check(
            id="reply.size",
            clauses=(rules["reply-size"],),
            passed=False,
            expected=f"at most {syntax.longest} bytes",
            got=f"{size} bytes",
            step=reply.step,
        )
    yield from _deviations(system, syntax, reply)


def _seen(
    system: System, point: str, reading: str, check: str, rules: tuple[str, ...], reply: CallReply, got: str
) -> Iterator[Check]:
    """What was seen fits a reading of an open point; a failure if there is none such."""
    syntax = syntax_of(system)
    ambiguity = syntax.open_points.get(point)
    if ambiguity is None:
        return
    known = system.ambiguities[ambiguity]
    clauses = tuple(syntax.rules[rule] for rule in rules)
    fits = frozenset((reading,)) if reading in known.readings else frozenset[str]()
    yield Check(
        id=check,
        clauses=clauses,
        passed=bool(fits),
        expected="" if fits else known.about,
        got="" if fits else got,
        step=reply.step,
        readings={ambiguity: fits} if fits else {},
    )
    yield from unusual_checks(system, ambiguity, fits, check=check, clauses=clauses, got=got, step=reply.step)


def _deviations(system: System, syntax: CallSyntax, reply: CallReply) -> Iterator[Check]:
    """Each rule of XML-RPC that the reply breaks, once. Loose ones fail nothing."""
    told: set[str] = set()
    for one in reply.message.deviations:
        if one.rule in told:
            continue
        if one.weight is Weight.LOOSE:
            if one.rule == "padding":
                told.add(one.rule)
                yield from _seen(
                    system, "white-space-replied", "around", "reply.padding", ("reply-types",), reply, str(one)
                )
            continue
        if one.rule == "duplicate-member" and _doubled(system, syntax, reply, one):
            told.add(one.rule)
            yield from _seen(system, "double-returned", "twice", "reply.doubled", ("names-unique",), reply, str(one))
            continue
        if one.rule in ("type", "misplaced-text", "unknown-element") and reply.message.kind is MessageKind.NONE:
            continue  # it is no XML-RPC at all, which has been told
        told.add(one.rule)
        yield Check(
            id=f"reply.{one.rule}",
            clauses=tuple(syntax.rules[rule] for rule in _RULES.get(one.rule, ("reply",))),
            passed=False,
            expected="XML-RPC",
            got=str(one),
            step=reply.step,
        )


def _doubled(system: System, syntax: CallSyntax, reply: CallReply, one: Deviation) -> bool:
    """Whether it is the member that the document lists twice, both times with the same value."""
    known = system.ambiguities.get(syntax.open_points.get("double-returned", ""))
    operation = system.operations.get(reply.method)
    if known is None or operation is None:
        return False
    listed = {
        reading.source.word
        for reading in known.readings.values()
        if reading.source is not None and reading.source.section == operation.source.section
    }
    values = [value.plain() for value in reply.struct.all(one.path)]
    return one.path in listed and len(values) == 2 and values[0] == values[1]


def _fault(system: System, syntax: CallSyntax, reply: CallReply) -> Iterator[Check]:
    """A fault has a code of the table; its text is the table's or another one."""
    rows = [row for row in system.errors.values() if row.code == reply.code]
    yield Check(
        id="reply.fault",
        clauses=(syntax.rules["fault-code"], syntax.rules["fault"]),
        passed=bool(rows),
        expected="a fault of the table",
        got="" if rows else reply.describe(),
        step=reply.step,
    )
    ambiguity = syntax.open_points.get("fault-text")
    if rows and ambiguity is not None:
        text = reply.text.casefold()
        table = any(_table_text(row.text) in text for row in rows)
        yield Check(
            id="reply.fault-text",
            clauses=(syntax.rules["fault"],),
            passed=True,
            step=reply.step,
            readings={ambiguity: frozenset(("table",) if table else ("own",))},
        )


def _table_text(text: str) -> str:
    return text.partition("{")[0].strip(" :").casefold()


def _success(system: System, syntax: CallSyntax, reply: CallReply, version: str | None, held: Held) -> Iterator[Check]:
    operation = system.operations.get(reply.method)
    if operation is None or operation.call is None or reply.struct.kind is not Kind.STRUCT:
        return
    method, base = operation.call, f"{system.prefix}-{reply.method}"
    yield from _booleans(system, syntax, reply)
    if not method.returns:
        yield from _status(system, syntax, reply, base)
        return
    yield Check(
        id="reply.struct", clauses=(syntax.rules["reply-struct"],), passed=True, step=reply.step
    )  # what is wrong with it follows
    listing = method.listing
    settled = frozenset(listing.fixed) if listing is not None and listing.cookie in reply.sent else frozenset[str]()
    setting = Setting(
        system=system, sent=reply.sent, taken=method.takes, settled=settled, version=version, step=reply.step, held=held
    )
    judge = Members(setting)
    judge.struct(f"{base}.returned", method.returns, reply.struct)
    yield from judge.checks()


def _status(system: System, syntax: CallSyntax, reply: CallReply, base: str) -> Iterator[Check]:
    """A method that returns nothing says only that it succeeded."""
    found = reply.struct.get(syntax.status)
    passed = found is not None and found.kind is Kind.STRING and found.scalar == syntax.success
    yield Check(
        id="reply.status-member",
        clauses=(syntax.rules["status"], f"{base}:status"),
        passed=passed,
        expected=f"{syntax.status} {syntax.success!r}",
        got="" if passed else (repr(found.text) if found is not None else reply.describe()),
        step=reply.step,
    )
    if set(reply.struct.names) - {syntax.status}:
        yield from _seen(
            system, "extra-returned", "more", "reply.extra", ("status",), reply, ", ".join(reply.struct.names)
        )


def _booleans(system: System, syntax: CallSyntax, reply: CallReply) -> Iterator[Check]:
    """How the first boolean of the reply is written."""
    ambiguity = syntax.open_points.get("boolean-spelling")
    for member in reply.struct.members if ambiguity is not None else ():
        if member.value.kind is Kind.BOOLEAN and member.value.scalar is not None:
            reading = "digit" if member.value.text.strip() in ("0", "1") else "word"
            if reading in system.ambiguities[ambiguity or ""].readings:
                yield Check(
                    id="reply.booleans", clauses=(syntax.rules["boolean-form"],), passed=True, step=reply.step,
                    readings={ambiguity or "": frozenset((reading,))},
                )  # fmt: skip
            return
