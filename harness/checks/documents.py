"""Checks of results and events that are XML documents: form, head, code and label, sections, and of files in place of a result.

Pure functions of model and result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harness.checks.files import kind_of, problem_of
from harness.checks.sections import section_checks, value_checks
from harness.messages.documentreply import STREAM, Result
from harness.spec.documentmodel import DocumentSyntax
from harness.spec.model import ErrorCode, System
from harness.usual import unusual_checks
from harness.verdict import Check

OK = 200


def result_checks(system: System, result: Result, *, told: bool = True) -> Iterator[Check]:
    """What every result of a documented function must be.

    Not `told`, a value that is as it must be gives no check: an earlier result of the function has told that.
    """
    syntax = result.syntax
    yield from _comes(syntax, result)
    if not result.came:
        return
    operation = system.operations.get(result.function)
    if operation is not None and operation.body is not None and result.road != STREAM and not result.is_xml:
        return  # a file, which who asked for it looks into
    yield from form_checks(system, result, syntax.result, "reply")
    if result.root.name != syntax.result:
        return
    yield from _head(system, result)
    done = result.code == system.errors[syntax.success].code or (not result.code and result.function in syntax.headless)
    if operation is not None and operation.answer is not None and done:
        base = f"{system.prefix}-{result.function}.answer"
        yield from section_checks(system, base, operation.answer, result.root, result.sent, step=result.step, told=told)


def _comes(syntax: DocumentSyntax, result: Result) -> Iterator[Check]:
    partly = not result.came and bool(result.raw)
    yield Check(
        id="reply.comes",
        clauses=(syntax.rules["one-result"], *((syntax.rules["whole"], syntax.rules["well-formed"]) if partly else ())),
        passed=result.came,
        expected="a whole result" if partly else "a result",
        got="" if result.came else result.describe(),
        step=result.step,
    )
    for oddity in result.exchanged.oddities if result.exchanged is not None else ():
        yield Check(
            id=f"reply.{oddity.rule}",
            clauses=(syntax.rules["url-form"],),
            passed=False,
            expected=oddity.expected,
            got=oddity.got,
            step=result.step,
        )


def form_checks(system: System, result: Result, root: str, check: str) -> Iterator[Check]:
    """It is a well-formed document with the documented root and, on the stream, a terminator."""
    syntax, document = result.syntax, result.document
    yield Check(
        id=f"{check}.well-formed",
        clauses=(syntax.rules["well-formed"], *((syntax.rules["body"],) if result.road != STREAM else ())),
        passed=document.root is not None,
        expected="a well-formed XML document",
        got="" if document.root is not None else f"{document.problem}; {result.describe()}",
        step=result.step,
    )
    if document.root is None:
        return
    if document.bare:
        yield from _reading(system, syntax.bare_ampersand, "bare", f"{check}.ampersand", "well-formed", result)
    yield Check(
        id=f"{check}.root",
        clauses=(syntax.rules["root"],),
        passed=document.root.name == root,
        expected=root,
        got="" if document.root.name == root else document.root.name,
        step=result.step,
    )
    inner = [one.name for one in document.root.children if one.name in (syntax.result, syntax.event)]
    if inner:
        yield Check(
            id=f"{check}.apart",
            clauses=(syntax.rules["one-result"], *((syntax.rules["event-apart"],) if syntax.event in inner else ())),
            passed=False,
            expected="a document of its own for each result and each event",
            got=", ".join(inner),
            step=result.step,
        )
    if result.road == STREAM:
        reading = _terminator(result.raw)
        if reading:
            yield from _reading(system, syntax.terminator, reading, f"{check}.terminator", "terminator", result)


def _terminator(raw: bytes) -> str:
    """The reading of what ends a document; "" behind a carriage return, for the line feed may come later."""
    for end, reading in ((b"\r\n", "crlf"), (b"\n", "lf"), (b"\r", "")):
        if raw.endswith(end):
            return reading
    return "none"


def _reading(system: System, ambiguity: str, reading: str, check: str, rule: str, result: Result) -> Iterator[Check]:
    """What was seen fits one reading of an ambiguity; a failure if the document knows no such reading."""
    clauses = (result.syntax.rules[rule],)
    known = system.ambiguities[ambiguity].readings
    fits = frozenset((reading,) if reading in known else ())
    yield Check(
        id=check,
        clauses=clauses,
        passed=bool(fits),
        expected=" or ".join(known),
        got="" if fits else result.describe(),
        step=result.step,
        readings={ambiguity: fits} if fits else {},
    )
    yield from unusual_checks(system, ambiguity, fits, check=check, clauses=clauses, got=reading, step=result.step)


def _head(system: System, result: Result) -> Iterator[Check]:
    """Each value of the head stands there once; number and function are those of the request; code and label belong together."""
    syntax, rules = result.syntax, result.syntax.rules
    bare = result.function in syntax.headless and not result.code and not result.label
    open_point = syntax.open_points.get("head-missing")
    if bare and open_point is not None:
        yield from _reading(system, open_point, "absent", "reply.headless", "head", result)
    for name, value in syntax.head.items():
        if bare and name in (syntax.code, syntax.label, syntax.text):
            continue
        known = result.root.all(name, *value.names.values())
        # What a section of its own is called like is no head.
        own = [one for one in known if not one.children]
        for check in value_checks(system, rules["head"], name, value, own, step=result.step):
            # A function whose example has another head says nothing of how others spell theirs.
            yield replace(check, readings={}) if result.function in syntax.headless else check
    yield from _repeated(system, result)
    rows = _rows(system).get(result.code, []) if result.code else []
    yield Check(
        id="reply.code",
        clauses=(rules["code-table"],),
        passed=bool(rows) or not result.code,
        expected="a code of the table",
        got="" if rows else f"{result.code!r} in {result.describe()}",
        step=result.step,
    )
    if rows:
        yield from _label(system, result, rows)


def _repeated(system: System, result: Result) -> Iterator[Check]:
    syntax, rules = result.syntax, result.syntax.rules
    number = result.root.get(syntax.number)
    if result.number is not None and number is not None:
        refused = result.code == system.errors[syntax.number_error].code
        sent = result.number.strip()
        same = number == sent or (number.isdecimal() and sent.isdecimal() and int(number) == int(sent))
        if same or not refused:  # a number that is refused need not be repeated
            yield Check(
                id="reply.number",
                clauses=(rules["number-repeated"],),
                passed=same,
                expected=result.number,
                got="" if same else repr(number),
                step=result.step,
            )
    answered = result.root.get(syntax.answered, *syntax.head[syntax.answered].names.values())
    if answered and result.function:
        own, ambiguity = _repeats(system, result)
        fits = frozenset(reading for reading, name in own.items() if name.casefold() == answered.casefold())
        yield Check(
            id="reply.function",
            clauses=(rules["function-repeated"],),
            passed=bool(fits),
            expected=" or ".join(own.values()),
            got="" if fits else repr(answered),
            step=result.step,
            readings={ambiguity: fits} if ambiguity and fits else {},
        )
        if ambiguity:
            yield from unusual_checks(
                system, ambiguity, fits, check="reply.function", clauses=(rules["function-repeated"],), got=answered,
                step=result.step,
            )  # fmt: skip


def _repeats(system: System, result: Result) -> tuple[dict[str, str], str | None]:
    """By which names a result may repeat its function, and the ambiguity whose readings they are by."""
    own = result.syntax.repeated_for.get(result.function, {})
    if own:
        return own, result.syntax.repeated_ambiguity if len(own) > 1 else None
    operation = system.operations.get(result.function)
    if operation is not None and operation.names and not result.called:
        return operation.names, operation.name_ambiguity
    return {"": (result.called or result.function).strip()}, None


_ROWS: dict[int, tuple[System, dict[str, list[ErrorCode]]]] = {}  # the system is held, so that its id stays its own


def _rows(system: System) -> dict[str, list[ErrorCode]]:
    """Code -> the rows of the table that have it under some reading."""
    if id(system) not in _ROWS:
        found: dict[str, list[ErrorCode]] = {}
        for row in system.errors.values():
            for code in codes_of(row):
                found.setdefault(code, []).append(row)
        _ROWS[id(system)] = (system, found)
    return _ROWS[id(system)][1]


def codes_of(row: ErrorCode) -> set[str]:
    """The codes of a row under all readings."""
    return set(row.codes.values()) or {row.code}


def labels_of(row: ErrorCode) -> set[str]:
    """The labels of a row under all readings."""
    return set(row.texts.values()) or {row.text}


def _label(system: System, result: Result, rows: list[ErrorCode]) -> Iterator[Check]:
    syntax = result.syntax
    good = {system.errors[name].code for name in (syntax.success, *syntax.successes)}
    labels = {label for row in rows for label in labels_of(row)}
    fits = set[str]()
    if result.label in labels:
        fits.add("label")
    if result.code not in good and result.label == syntax.error_label:
        fits.add("word")
    if not result.label:
        return  # the check of the head has told
    rule = syntax.rules["label" if result.code in good else "error-label"]
    readings = {syntax.label_ambiguity: frozenset(fits)} if fits and result.code not in good else {}
    yield Check(
        id="reply.label",
        clauses=(rule, syntax.rules["label"]),
        passed=bool(fits),
        expected=" or ".join(sorted(labels | ({syntax.error_label} if result.code not in good else set()))),
        got="" if fits else result.label,
        step=result.step,
        readings=readings,
    )


def event_checks(system: System, event: Result) -> Iterator[Check]:
    """What every event must be: of a known type, in that type's class, with its values."""
    syntax, rules = event.syntax, event.syntax.rules
    yield from form_checks(system, event, syntax.event, "event")
    for name, value in syntax.event_head.items():
        yield from value_checks(
            system, rules["event-data"], name, value, event.root.all(name, *value.names.values()), step=event.step, check="event"
        )  # fmt: skip
    known = next(
        (name for name, one in system.events.items() if event.event_type in spellings(name, one.type_names)), None
    )
    yield Check(
        id="event.type",
        clauses=(rules["event-type"],),
        passed=known is not None,
        expected=" or ".join(system.events),
        got="" if known is not None else repr(event.event_type),
        step=event.step,
    )
    if known is None:
        return
    message = system.events[known]
    own = event.root.get(syntax.event_class)
    yield Check(
        id="event.class",
        clauses=(rules["event-class"],),
        passed=own == message.event_class,
        expected=f"class {message.event_class} of {known}",
        got="" if own == message.event_class else repr(own),
        step=event.step,
    )
    for name, value in message.values.items():
        yield from value_checks(
            system, f"{system.prefix}-event.{known}.{name}", name, value, event.data.all(name, *value.names.values()),
            step=event.step, check="event",
        )  # fmt: skip


def spellings(name: str, names: dict[str, str]) -> set[str]:
    """Every way to write the type of an event, without the blanks around it."""
    return {one.strip() for one in names.values()} or {name}


def unasked_check(event: Result, asked: set[str]) -> Check | None:
    """An event of a class that its connection has not asked for."""
    syntax = event.syntax
    own = event.root.get(syntax.event_class) or ""
    if syntax.every_class in asked or own in asked:
        return None
    return Check(
        id="event.not-asked",
        clauses=(syntax.rules["not-subscribed"],),
        passed=False,
        expected=f"no event of a class other than {', '.join(sorted(asked)) or 'none, for nothing was asked for'}",
        got=event.describe(),
        step=event.step,
    )


def body_checks(system: System, result: Result) -> Iterator[Check]:
    """The content of a response is a file of the format that was asked for."""
    operation = system.operations[result.function]
    body = operation.body
    if body is None:
        return
    if not result.road or result.is_xml:
        problem = f"no file: {result.describe()}"
    else:
        wanted = "zip" if body.archive else dict(result.sent).get(body.choice or "", "")
        problem = problem_of(wanted, result.body)
        # Where the format that was asked for may not count, another one will do; a damaged file of any will not.
        if (
            problem
            and body.ignored is not None
            and not body.archive
            and not problem_of(kind_of(result.body), result.body)
        ):
            yield from _reading(system, body.ignored, "ignored", "reply.file", "body", result)
            return
    yield Check(
        id="reply.file",
        clauses=(body.clause,),
        passed=not problem,
        expected="a file of the format",
        got=problem,
        step=result.step,
    )
