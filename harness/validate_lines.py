"""What is wrong with one line of a line protocol, a command or a reply, and at which character."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from harness.checks.message import message_checks
from harness.datatypes import is_value
from harness.ending import Ending
from harness.errors import DecodeError
from harness.messages.book import ErrorBook, codes_of, text_pattern, texts_of
from harness.messages.lines import LineBinding
from harness.messages.reply import Call, Reply, readable
from harness.openforms import value_readings
from harness.spec.model import LineSyntax, Operation, Parameter, Rule, System
from harness.validation import OPEN, Finding, mismatch
from harness.verdict import Check
from harness.wire.lines import Argument, Quoting, decode_text, open_points, split

# Where the first word stands in quotes; a point of the spec's `open_points` beside those of `harness.wire.lines`.
QUOTED_NAME = "quoted-name"
# What a reply owes to its request, which is not at hand.
_OF_THE_REQUEST = ("reply.echo", "reply.counts")


def command_findings(system: System, syntax: LineSyntax, quoting: Quoting, body: bytes, operation: str) -> Finding:
    """What is wrong with a command line, without its line feed; `operation` is what it shall be, "" for any."""
    found = Finding()
    try:
        text = decode_text(body)
    except DecodeError as error:
        column = len(body[: error.offset].decode("utf-8")) + 1
        found.breaks(syntax.rules["command-encoding"], column, f"expected {error.expected}, got {error.got}")
        return found
    for point in open_points(text, quoting):
        if point in syntax.open_points:
            found.readings[syntax.open_points[point]] = OPEN
    try:
        words = split(text.removesuffix("\r"), quoting)
    except DecodeError as error:
        column = len(body[: error.offset].decode("utf-8")) + 1
        found.breaks(syntax.rules["balanced"], column, f"expected {error.expected}, got {error.got}")
        return found
    if words:
        _named(system, syntax, found, words, text.removesuffix("\r"), operation)
    return found


def _named(
    system: System, syntax: LineSyntax, found: Finding, words: Sequence[Argument], text: str, operation: str
) -> None:
    """Look up the name, then judge the arguments."""
    first = words[0]
    name = first.value
    if first.quoted and QUOTED_NAME in syntax.open_points:
        found.readings[syntax.open_points[QUOTED_NAME]] = OPEN
    if name not in system.operations and syntax.name_case_ambiguity is not None:
        spelled = next((known for known in system.operations if known.lower() == name.lower()), None)
        if spelled is not None:
            found.depends(system, syntax.name_case_ambiguity)
            name = spelled
    found.operation = name if name in system.operations else ""
    if operation and operation != found.operation:
        found.breaks(
            f"{system.prefix}-{operation}", first.start + 1, f"expected the command {operation}, got {first.value}"
        )
    elif name in syntax.open_commands:
        found.depends(system, syntax.open_commands[name])
    elif not found.operation:
        found.breaks(
            syntax.rules["command-name"], first.start + 1, f"there is no command {readable(name.encode(), 60)}"
        )
    if found.operation:
        _arguments(system, found, words[1:], text)


def _arguments(system: System, found: Finding, words: Sequence[Argument], text: str) -> None:
    operation = system.operations[found.operation]
    base = f"{system.prefix}-{found.operation}"
    parameters = list(operation.parameters.items())
    variadic = bool(parameters) and parameters[-1][1].repeated
    if len(words) < len(parameters) or (len(words) > len(parameters) and not variadic):
        column = words[len(parameters)].start + 1 if len(words) > len(parameters) else len(text) + 1
        wanted = f"{len(parameters)} parameter{'' if len(parameters) == 1 else 's'}" + (" or more" if variadic else "")
        clause = base if operation.arity is None or operation.arity_open else f"{base}.arity"
        names = " ".join(f"{name}..." if parameter.repeated else name for name, parameter in parameters)
        found.breaks(clause, column, f"expected {wanted} ({names}), got {len(words)}")
    for index, (name, parameter) in enumerate(parameters):
        own = words[index:] if parameter.repeated else words[index : index + 1]
        for word in own:
            _value(system, operation, found, f"{base}.{name}", parameter, word)
        _constraints(found, f"{base}.{name}", parameter, own)


def _value(
    system: System, operation: Operation, found: Finding, clause: str, parameter: Parameter, word: Argument
) -> None:
    readings = value_readings(system, system.types[parameter.type], word.value)
    if readings is None and parameter.any_text is not None:
        readings = (parameter.any_text,)
    for ambiguity in readings or ():
        found.depends(system, ambiguity)
    if readings is None:
        refused = any(error in operation.errors for error in parameter.invalid)
        found.breaks(f"{clause}.type" if refused else clause, word.start + 1, mismatch(system, parameter, word.value))


def _constraints(found: Finding, clause: str, parameter: Parameter, words: Sequence[Argument]) -> None:
    for constraint in parameter.constraints:
        for word, problem in _violations(constraint.rule, words):
            found.breaks(f"{clause}.{constraint.rule}", word.start + 1, problem)


def _violations(rule: Rule, words: Sequence[Argument]) -> Iterator[tuple[Argument, str]]:
    seen: set[str] = set()
    for word in words:
        shown = readable(word.value.encode(), 60)
        if rule is Rule.NOT_EMPTY and not word.value:
            yield word, "expected a text that is not empty"
        elif rule is Rule.TRIMMED and word.value != word.value.strip(" "):
            yield word, f"expected a text without a space at its ends, got {shown!r}"
        elif rule is Rule.UNIQUE and word.value in seen:
            yield word, f"expected each value once, got {shown} again"
        seen.add(word.value)


def response_findings(book: ErrorBook, binding: LineBinding, body: bytes, operation: str) -> Finding:
    """What is wrong with a reply, without its line feed; of any operation if none is named."""
    found = Finding(operation=operation)
    reply = binding.reply(Call(operation=operation), body + b"\n", Ending.ANSWERED, -1)
    for check in message_checks(book, reply):
        for ambiguity, readings in check.readings.items():
            found.readings[ambiguity] = " or ".join(sorted(readings))
        if not check.passed and check.id not in _OF_THE_REQUEST:
            clause = next((name for name in check.clauses if name.endswith(".result")), check.clauses[0])
            expected = _anyones_error(book, reply) if check.id == "reply.listed" and not operation else check.expected
            column = _column(reply, replace(check, expected=expected))
            found.breaks(clause, column, f"expected {expected}, got {check.got}")
    if reply.ok is False:
        found.readings |= _text_readings(book, reply)
    elif not operation and reply.ok and reply.value is not None and not _anyones(book.system, reply.value):
        column = len(reply.text) - len(reply.value) + 1
        found.breaks(
            book.syntax.rules["success-value"],
            column,
            f"no operation has a result such as {readable(reply.value.encode(), 60)}",
        )
    return found


def _anyones(system: System, value: str) -> bool:
    results = (operation.result for operation in system.operations.values())
    return any(result is not None and is_value(system.types[result.type], value) for result in results)


def _anyones_error(book: ErrorBook, reply: Reply) -> str:
    """The documented errors with the code of a reply, whatever operation has them; all errors would be too many."""
    rows = [row for row in book.everywhere() if reply.code in codes_of(row)]
    known = dict.fromkeys(f"{reply.code} {text}" for row in rows for text in texts_of(row))
    return " or ".join(known) or "the code and text of a documented error"


def _text_readings(book: ErrorBook, reply: Reply) -> dict[str, str]:
    """Which reading of an error's wording the reply follows, where the document has several."""
    rows = book.rows(reply.call.operation).values() if reply.call.operation else book.everywhere()
    fits: dict[str, set[str]] = {}
    for row in rows:
        if row.ambiguity is not None and book.fits(row, reply):
            names = {name for name, text in row.texts.items() if text_pattern(text).fullmatch(reply.message)}
            fits.setdefault(row.ambiguity, set()).update(names)
    return {ambiguity: " or ".join(sorted(names)) for ambiguity, names in fits.items()}


def _column(reply: Reply, check: Check) -> int:
    """The first character of the part that is wrong."""
    text = reply.text
    match check.id:
        case "reply.terminator":
            return len(text) + 1
        case "reply.encoding":
            return next((index for index, char in enumerate(text) if char == "\ufffd"), 0) + 1
        case "reply.error-code":
            return text.find(reply.code) + 1
        case "reply.listed":
            code_is_known = bool(reply.code) and f"{reply.code} " in check.expected
            return len(text) - len(reply.message) + 1 if code_is_known or not reply.code else text.find(reply.code) + 1
        case "reply.result":
            return len(text) - len(reply.value or "") + 1 if reply.value is not None else len(text) + 1
    return 1
