"""Checks of the fields of a confirm or an indication: there, once, of their type, spelled as documented, and what they repeat.

Pure functions of model and message.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from harness.checks.plainfields import Plan
from harness.datatypes import is_value
from harness.messages.packetreply import Fields, Part
from harness.spec.messagemodel import Message, MessageField
from harness.spec.model import Base, System
from harness.usual import unusual_checks
from harness.verdict import Check, Severity
from harness.wire.xmlmessage import Field

_SHOWN = 120


def field_checks(
    system: System, base: str, message: Message, part: Part, sent: Fields, *, step: int, check: str = "reply"
) -> Iterator[Check]:
    """Every check of the fields of one part.

    Args:
        base: id of the clause of the message, such as `RSS-GETIP.confirm`.
        sent: the fields of the command that it answers or tells of, by their names in the spec.
        check: beginning of the checks' ids.
    """
    asked = dict(sent)
    plan = Plan.of(system, base, message, part.syntax, check)
    there: dict[str, list[Field]] = {}
    for one in part.fields:
        there.setdefault(one.name, []).append(one)
    for plain in plan.fields:
        name, known = plain.name, plain.known
        found = [one for written in plain.names for one in there.get(written, ())]
        passed = plan.passed(plain, found, asked)
        if passed is not None:
            yield from passed
        elif found or known.needs is None or known.needs in asked:
            yield from _field(system, f"{base}.{name}", name, known, part, sent, step, check, found)
    yield from _others(plan, part, step, check)


def value_fits(system: System, known: MessageField, value: str) -> tuple[bool, dict[str, frozenset[str]]]:
    """Whether a field may have this value, and the readings under which it may, where it is not so under all."""
    kind = system.types[known.type]
    if is_value(kind, value):
        return True, {}
    if value in kind.open_choices:
        ambiguity = kind.open_choices[value]
        return True, _readings_of(system, ambiguity, value)
    if value in known.open_values:
        return True, _readings_of(system, known.open_values[value], value)
    if value == "" and known.empty is not None:
        return True, {known.empty: frozenset(("empty",))}
    if known.any_value is not None:
        return True, {known.any_value: frozenset(("any",))}
    if kind.base is Base.INT and kind.open_forms and value.strip().lstrip("+").isdecimal():
        return True, {}  # a spelling on which the document is silent
    return False, {}


def _readings_of(system: System, ambiguity: str, value: str) -> dict[str, frozenset[str]]:
    """The readings that name the value in their text; nothing is learnt where none does."""
    found = frozenset(name for name, one in system.ambiguities[ambiguity].readings.items() if name == value)
    return {ambiguity: found} if found else {}


def _field(
    system: System,
    clause: str,
    name: str,
    known: MessageField,
    part: Part,
    sent: Fields,
    step: int,
    check: str,
    found: Sequence[Field],
) -> Iterator[Check]:
    rules = part.syntax.rules
    own = (clause,)
    if not found:
        yield from _left_out(system, clause, name, known, step, check)
        return
    most = 2 if name == part.syntax.reason else 1  # where it is also a field of the object, each may stand there
    if not known.repeated:
        yield Check(
            id=f"{check}.{name}.once",
            clauses=(clause, rules["once"]),
            passed=len(found) <= most,
            expected="the field once",
            got="" if len(found) <= most else f"{len(found)} times",
            step=step,
        )
    wrong = [one for one in found if not _valid(system, known, one, part)]
    readings = _spelling(known, found)
    outside = part.syntax.open_points.get("value-outside")
    if wrong and outside and all(_stored(known, one, part, sent) for one in wrong):
        wrong, readings[outside] = [], frozenset(("stored",))
    for one in found:
        for ambiguity, fits in value_fits(system, known, one.attributes.get(part.syntax.value, ""))[1].items():
            readings[ambiguity] = readings.get(ambiguity, fits) & fits or fits
    yield Check(
        id=f"{check}.{name}",
        clauses=own
        if not any(part.syntax.value not in one.attributes or one.text or one.nested for one in wrong)
        else (clause, rules["value"]),
        passed=not wrong,
        expected=_expected(system, known),
        got="; ".join(_place(one, part) for one in wrong[:3]),
        step=step,
        readings=readings,
    )
    for ambiguity, fits in readings.items():
        yield from unusual_checks(
            system, ambiguity, fits, check=f"{check}.{name}.{ambiguity}", clauses=own, got=_place(found[0], part), step=step
        )  # fmt: skip
    if known.echo is not None:
        yield from _echo(clause, name, known, part, found, sent, step, check)


def _left_out(system: System, clause: str, name: str, known: MessageField, step: int, check: str) -> Iterator[Check]:
    """A field that is not there may have to be, or shows a reading."""
    own = (clause,)
    lenient = known.optional or known.repeated or known.needs is not None
    readings = {known.absent: frozenset(("absent",))} if known.absent and not lenient else {}
    passed = lenient or known.absent is not None
    got = "" if passed else "no such field"
    yield Check(
        id=f"{check}.{name}",
        clauses=own,
        passed=passed,
        expected=f"a field {name}",
        got=got,
        step=step,
        readings=readings,
    )
    yield from unusual_checks(
        system, known.absent if readings else None, ("absent",), check=f"{check}.{name}", clauses=own, got="left out", step=step
    )  # fmt: skip


def _valid(system: System, known: MessageField, one: Field, part: Part) -> bool:
    value = one.attributes.get(part.syntax.value)
    if value is None or one.text or one.nested:
        return False
    return value_fits(system, known, value)[0] and all(
        beside in one.attributes and is_value(system.types[kind], one.attributes[beside])
        for beside, kind in known.attributes.items()
    )


def _stored(known: MessageField, one: Field, part: Part, sent: Fields) -> bool:
    """Whether a value is what the command has, which need not be one that is documented."""
    value = one.attributes.get(part.syntax.value)
    return not one.text and not one.nested and (known.echo or one.name, value) in sent


def _spelling(known: MessageField, found: Sequence[Field]) -> dict[str, frozenset[str]]:
    """The readings under which the field is spelled so."""
    if known.ambiguity is None or not known.names:
        return {}
    written = {one.name for one in found}
    return {known.ambiguity: frozenset(reading for reading, name in known.names.items() if name in written)}


def _echo(
    clause: str, name: str, known: MessageField, part: Part, found: Sequence[Field], sent: Fields, step: int, check: str
) -> Iterator[Check]:
    """A success repeats what the command said; a secret may be repeated, left blank or masked."""
    wanted = [value for field, value in sent if field == known.echo]
    if not wanted:
        return
    got = [one.attributes.get(part.syntax.value, "") for one in found]
    if name in part.syntax.secrets:
        passed = all(value in wanted or not value.strip("*•") for value in got)
    elif known.repeated:
        passed = Counter(got) == Counter(dict.fromkeys(wanted, 1)) or Counter(got) == Counter(wanted)
    else:  # some devices take blanks at the ends off
        passed = any(value in wanted or value in [one.strip() for one in wanted] for value in got)
    yield Check(
        id=f"{check}.{name}.echo",
        clauses=(clause,) if passed or not any(map(_odd, wanted)) else (clause, part.syntax.rules["characters"]),
        passed=passed,
        expected=f"{name} {', '.join(wanted)[:_SHOWN]!r}, as the command has it",
        got="" if passed else ", ".join(got)[:_SHOWN],
        step=step,
    )


def _odd(text: str) -> bool:
    """Whether a text has characters that XML marks up, or that are not ASCII."""
    return not text.isascii() or any(mark in text for mark in "&<>\"'")


def _others(plan: Plan, part: Part, step: int, check: str) -> Iterator[Check]:
    """Fields that neither a table nor an example has."""
    extra = [one for one in part.fields if one.name not in plan.documented]
    yield Check(
        id=f"{check}.extra",
        clauses=(part.syntax.rules["extra"],),
        passed=not extra,
        severity=Severity.SHOULD,
        expected="fields that the document names",
        got=", ".join(_place(one, part) for one in extra[:5]),
        step=step,
    )


def _expected(system: System, known: MessageField) -> str:
    kind = system.types[known.type]
    choices = f" ({', '.join(kind.choices)})" if kind.choices else ""
    beside = f", with {', '.join(known.attributes)}" if known.attributes else ""
    return f"a value of type {known.type}{choices}{beside}"


def _place(one: Field, part: Part) -> str:
    value = one.attributes.get(part.syntax.value)
    shown = "without a value" if value is None else repr(value[:_SHOWN])
    inside = " with text or elements in it" if one.text or one.nested else ""
    return f"{one.name} {shown}{inside} (line {one.line}, column {one.column})"
