"""Checks of packets with XML messages: framing, XML, root and kind, whose answer it is, result, and the fields.

Pure functions of model and packet.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.checks.fields import field_checks
from harness.ending import Ending
from harness.messages.packetreply import Fields, Packet, Part
from harness.messages.packets import names_of
from harness.spec.messagemodel import Message, MessageSyntax
from harness.spec.model import System
from harness.usual import unusual_checks
from harness.verdict import Check, Severity
from harness.wire.tpkt import HEADER_BYTES


def reply_checks(system: System, packet: Packet) -> Iterator[Check]:
    """What every answer to a documented command must be."""
    silence = silence_of(system, packet.operation)
    if silence is not None and packet.ending is Ending.SILENT and not packet.raw:
        yield Check(
            id="reply.silence", clauses=(), passed=True, step=packet.step, readings={silence: frozenset(("none",))}
        )
        return
    yield from comes(packet)
    if not packet.came:
        return
    yield from message_checks(packet, packet.syntax.confirm)
    operation = system.operations.get(packet.operation)
    message = operation.confirm if operation is not None else None
    for part in packet.confirms:
        yield from _result(packet, part)
        if message is not None:
            yield from name_checks(system, packet.operation, message, part, packet, "confirm")
    if packet.confirms:
        yield from _agree(packet)
    elif not packet.document.problems:
        yield from _none(system, packet, message)
    if packet.ok and message is not None:
        base = f"{system.prefix}-{packet.operation}.confirm"
        parts = packet.listed() if message.several else packet.confirms
        for part in parts:
            yield from field_checks(system, base, message, part, packet.sent, step=packet.step)
        if message.several and len(parts) < len(packet.confirms) and len(packet.confirms) > 1:
            yield Check(
                id="reply.empty-confirm",
                clauses=(base,),
                passed=False,
                expected="an object in each of several confirms",
                got=f"{len(packet.confirms) - len(parts)} without one",
                step=packet.step,
            )
    elif packet.ok is False:
        yield Check(
            id="reply.reason",
            clauses=(packet.syntax.rules["reason"],),
            passed=True,
            step=packet.step,
            readings=_failed(system, packet),
        )


def silence_of(system: System, operation: str) -> str | None:
    """The ambiguity one reading of which has no answer to a command, since the document shows none."""
    known = system.operations.get(operation)
    ambiguity = known.confirm.undocumented if known is not None and known.confirm is not None else None
    return ambiguity if ambiguity and "none" in system.ambiguities[ambiguity].readings else None


def indication_checks(system: System, operation: str, packet: Packet, sent: Fields) -> Iterator[Check]:
    """What an indication that tells of a command must be."""
    message = system.operations[operation].indication
    yield from message_checks(packet, packet.syntax.indication, "indication")
    for part in packet.parts:
        if message is not None:
            yield from name_checks(system, operation, message, part, packet, "indication")
            base = f"{system.prefix}-{operation}.indication"
            yield from field_checks(system, base, message, part, sent, step=packet.step, check="indication")


def comes(packet: Packet) -> Iterator[Check]:
    """Something came, in packets."""
    rules = packet.syntax.rules
    broken = packet.framing if packet.ending is Ending.FLOODED else None
    partly = not packet.came and broken is None and bool(packet.raw)
    if broken is not None or partly:
        rule = broken.rule if broken is not None else "length"
        yield Check(
            id=f"reply.{rule}",
            clauses=(rules.get(rule, rules["length"]), *((rules["one-message"],) if broken is not None else ())),
            passed=False,
            expected="a packet whose header is right" if broken is not None else f"a packet of {_length(packet)} bytes",
            got=packet.describe() if broken is not None else f"{len(packet.raw)} bytes, then {packet.describe()}",
            step=packet.step,
        )
        return
    yield Check(
        id="reply.comes",
        clauses=(rules["one-reply"],),
        passed=packet.came,
        expected="an answer",
        got="" if packet.came else packet.describe(),
        step=packet.step,
    )


def message_checks(packet: Packet, kind: str, check: str = "reply") -> Iterator[Check]:
    """The packet holds one XML document with the documented root, and in it elements of one kind."""
    syntax, document = packet.syntax, packet.document
    for problem in document.problems:
        rule = problem.rule if problem.rule in syntax.rules else "well-formed"
        yield Check(
            id=f"{check}.{problem.rule}",
            clauses=(syntax.rules[rule], syntax.rules["one-message"], *_cut_off(packet)),
            passed=False,
            expected="a well-formed XML document in UTF-8",
            got=f"line {problem.line}, column {problem.column}: {problem.message}; {packet.describe()}",
            step=packet.step,
        )
    if any(problem.rule != "encoding" for problem in document.problems):
        return
    yield Check(id=f"{check}.xml", clauses=_xml(syntax), passed=True, step=packet.step)
    fits = frozenset(reading for reading, name in syntax.roots.items() if name == document.root)
    yield Check(
        id=f"{check}.root",
        clauses=(syntax.rules["root"],),
        passed=bool(fits),
        expected="one of the roots " + ", ".join(dict.fromkeys(syntax.roots.values())),
        got="" if fits else document.root,
        step=packet.step,
        readings={syntax.root_ambiguity: fits} if fits and syntax.root_ambiguity else {},
    )
    lacking = {name: value for name, value in syntax.root_attributes.items() if document.attributes.get(name) != value}
    yield Check(
        id=f"{check}.root-version",
        clauses=(syntax.rules["root-version"],),
        passed=not lacking,
        expected=" ".join(f'{name}="{value}"' for name, value in syntax.root_attributes.items()),
        got="" if not lacking else str(document.attributes),
        step=packet.step,
    )
    others = [one for one in document.elements if one.name != kind]
    apart = kind == syntax.confirm and any(one.name == syntax.indication for one in others)
    yield Check(
        id=f"{check}.kind",
        clauses=(syntax.rules["indication-apart" if apart else "kind"],),
        passed=not others and not document.text,
        expected=f"elements {kind} only",
        got=", ".join(f"{one.name} (line {one.line})" for one in others) or document.text[:100],
        step=packet.step,
    )


def name_checks(
    system: System, operation: str, message: Message, part: Part, packet: Packet, kind: str
) -> Iterator[Check]:
    """The part names the operation; other letters and blanks around it are no other name, which some documents show."""
    names = names_of(message, operation)
    written = part.name
    if written is None and packet.ok is False and (nameless := _nameless(system, packet)):
        yield Check(id="reply.name", clauses=(), passed=True, step=packet.step, readings=nameless)
        return
    exact = frozenset(reading for reading, name in names.items() if name == written)
    plain = (written or "").strip().lower()
    near = frozenset(reading for reading, name in names.items() if name.strip().lower() == plain)
    readings = {message.ambiguity: exact or near} if message.ambiguity and (exact or near) else {}
    clauses = (f"{system.prefix}-{operation}.{kind}", packet.syntax.rules["name"])
    check = "reply.name" if kind == "confirm" else "indication.name"
    yield Check(
        id=check,
        clauses=clauses,
        passed=bool(near),
        expected=" or ".join(dict.fromkeys(names.values())),
        got="" if near else repr(written),
        step=packet.step,
        readings=readings,
    )
    for other, ambiguity in packet.syntax.other_names.items():
        if other in part.element.attributes:
            fits = frozenset((other,))
            yield Check(
                id=f"{check}.{other}", clauses=clauses, passed=True, step=packet.step, readings={ambiguity: fits}
            )
            yield from unusual_checks(
                system, ambiguity, fits, check=f"{check}.{other}", clauses=clauses, got=repr(written), step=packet.step
            )
    if near and not exact:
        yield Check(
            id=f"{check}.usual",
            clauses=clauses,
            passed=False,
            severity=Severity.READING,
            expected=" or ".join(dict.fromkeys(names.values())),
            got=repr(written),
            step=packet.step,
        )


def _cut_off(packet: Packet) -> tuple[str, ...]:
    """The rule of the length, where a message ends as if the packet were too short for it."""
    return () if packet.raw.rstrip().endswith(b">") else (packet.syntax.rules["length"],)


def _nameless(system: System, packet: Packet) -> dict[str, frozenset[str]]:
    """Under one reading the failure of a missing session names no command."""
    ambiguity = packet.syntax.open_points.get("failed-confirm")
    if ambiguity is None or "session" not in system.ambiguities[ambiguity].readings:
        return {}
    return {ambiguity: frozenset(("session",))}


def _xml(syntax: MessageSyntax) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(syntax.rules[rule] for rule in ("well-formed", "encoding", "version", "reserved", "length"))
    )


def _length(packet: Packet) -> int:
    return int.from_bytes(packet.raw[2:HEADER_BYTES], "big") if len(packet.raw) >= HEADER_BYTES else HEADER_BYTES


def _result(packet: Packet, part: Part) -> Iterator[Check]:
    syntax = packet.syntax
    results = part.all(syntax.result)
    passed = len(results) == 1 and results[0] in (syntax.success, syntax.failure)
    yield Check(
        id="reply.result",
        clauses=(syntax.rules["result"],),
        passed=passed,
        expected=f"one {syntax.result}, {syntax.success} or {syntax.failure}",
        got="" if passed else ", ".join(map(repr, results)) or f"no {syntax.result} in {packet.describe()}",
        step=packet.step,
    )
    odd = [one for one in part.fields if one.name in (syntax.result, syntax.reason) and (one.text or one.nested)]
    yield Check(
        id="reply.value",
        clauses=(syntax.rules["value"],),
        passed=not odd,
        expected="fields without text or elements in them",
        got=", ".join(f"{one.name} (line {one.line})" for one in odd),
        step=packet.step,
    )


def _agree(packet: Packet) -> Iterator[Check]:
    rules = packet.syntax.rules
    results = {part.get(packet.syntax.result) for part in packet.confirms}
    yield Check(
        id="reply.agree",
        clauses=(rules.get("failure-everywhere", rules["result"]),),
        passed=len(results) == 1,
        severity=Severity.SHOULD,
        expected="the same result in all confirms",
        got="" if len(results) == 1 else ", ".join(map(str, sorted(results, key=str))),
        step=packet.step,
    )


def _none(system: System, packet: Packet, message: Message | None) -> Iterator[Check]:
    """A message without a confirm: an empty list, where a list was asked for."""
    ambiguity = packet.syntax.open_points.get("empty-list")
    several = message is not None and message.several
    lenient = several and ambiguity is not None and "none" in system.ambiguities[ambiguity].readings
    yield Check(
        id="reply.confirm",
        clauses=(packet.syntax.rules["one-reply"], f"{system.prefix}-{packet.operation}.confirm"),
        passed=lenient,
        expected=f"a {packet.syntax.confirm}",
        got="" if lenient else packet.describe(),
        step=packet.step,
        readings={ambiguity: frozenset(("none",))} if lenient and ambiguity else {},
    )


def _failed(system: System, packet: Packet) -> dict[str, frozenset[str]]:
    """The reading of what a failure looks like."""
    ambiguity = packet.syntax.open_points.get("failed-confirm")
    if ambiguity is None:
        return {}
    names = {one.name for one in packet.first.fields} - {packet.syntax.result}
    seen = "bare" if not names else "reason" if names == {packet.syntax.reason} else "full"
    return {ambiguity: frozenset((seen,))} if seen in system.ambiguities[ambiguity].readings else {}
