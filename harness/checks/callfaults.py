"""Which fault answers which mistake in a call, by every reading; the clauses of members by path; and whether a reply is such a fault.

Pure functions of model and reply. Paths are those of `harness.wire.xmlrpc_values`: URIs[0].callBandwidth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from harness.messages.callreply import CallReply
from harness.spec.callmodel import CallSyntax, FaultUse, Member, Scalar, Slip, Wrong
from harness.spec.clauses_calls import wrong_of
from harness.spec.model import System
from harness.usual import unusual_checks
from harness.verdict import Check
from harness.wire.xmlrpc_values import format_path, parse_path

_ASPECTS = {
    Slip.MISSING: "required",
    Slip.MALFORMED: "type",
    Slip.OVERFLOW: "range",
    Slip.EMPTY: "form",
}  # clause of a slip whose name is another one
_NAMED = ("missing-name", "malformed-name")  # rules of a fault whose text names a member
Readings = Mapping[str, str]  # ambiguity -> reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What answers a mistake.

    Attributes:
        outcomes: fault of the catalogue -> the readings that it belongs to.
        accepted: the readings by which the call succeeds; None if it never does.
        member: path of what is wrong, which some faults name; "" if they name nothing.
        clauses: that say so, besides those of the case.
    """

    outcomes: Mapping[str, Readings]
    accepted: Readings | None = None
    member: str = ""
    clauses: tuple[str, ...] = ()


def syntax_of(system: System) -> CallSyntax:
    """The rules of calls.

    Raises:
        ValueError: the system has none.
    """
    if system.calls is None:
        raise ValueError(f"{system.system} has no methods that are called with structs")
    return system.calls


# members by path


def members_of(system: System, member: Member) -> dict[str, Member]:
    """The members of the structs that a member may be, the first struct's first."""
    found: dict[str, Member] = {}
    for name in (*([member.struct] if member.struct else []), *member.other_structs):
        for inner, one in system.structs[name].members.items():
            found.setdefault(inner, one)
    return found


def member_at(system: System, method: str, path: str) -> Member:
    """The taken member of a method at a path.

    Raises:
        KeyError: there is none.
    """
    return _walk(system, method, path)[0]


def _walk(system: System, method: str, path: str) -> tuple[Member, str]:
    """The member, and the clause of its place."""
    call = system.operations[method].call
    known = {**syntax_of(system).head, **(call.takes if call is not None else {})}
    base, member, first = f"{system.prefix}-{method}", None, True
    for step in parse_path(path):
        if isinstance(step, int):
            continue
        if not first:
            assert member is not None
            struct = next(
                one
                for one in (*([member.struct] if member.struct else []), *member.other_structs)
                if step in system.structs[one].members
            )
            base, known = f"{system.prefix}-struct.{struct}", dict(system.structs[struct].members)
        member, first = known[step], False
    if member is None:
        raise KeyError(path)
    return member, f"{base}.{[step for step in parse_path(path) if isinstance(step, str)][-1]}"


def clause_of(system: System, method: str, path: str, aspect: str = "") -> str:
    """The clause of a taken member: that it is taken, or with an aspect such as `length` or `required` what else holds.

    Raises:
        KeyError: there is no such member.
    """
    if path in syntax_of(system).head:
        rule = "authentication-required" if aspect == "required" else "authentication"
        return syntax_of(system).rules[rule]
    place = _walk(system, method, path)[1]
    return f"{place}:{aspect}" if aspect else place


def aspect_of(slip: Slip) -> str:
    """The part of a clause's name that stands for a slip."""
    return _ASPECTS.get(slip, str(slip))


# what answers a mistake


def expected_of(system: System, method: str, path: str, slip: Slip, *, opened: bool = True) -> Expected:
    """What answers a slip in a member of a call, as the member, its type, its object or the system have it.

    Args:
        opened: the value is one of those of which the type leaves open whether they are taken.

    Raises:
        KeyError: there is no such member.
        ValueError: nothing is said of such a slip.
    """
    syntax, member = syntax_of(system), member_at(system, method, path)
    kind = system.scalars.get(member.type or next(iter(member.types.values()), ""))
    wrong = wrong_of(system, member, slip)
    if member.object is not None and slip not in member.wrong:
        special = {Slip.LENGTH: syntax.unknown_long, Slip.EMPTY: syntax.unknown_empty}.get(slip, {})
        wrong = special.get(member.object, wrong)
    if wrong is None:
        raise ValueError(f"{method}.{path}: nothing is said of what is {slip}")
    doubts = [kind.open[slip]] if opened and kind is not None and slip in kind.open else []
    if slip is Slip.MISSING and member.required_ambiguity is not None:
        doubts.append(member.required_ambiguity)
    if member.type_ambiguity is not None and any(_lacks(system.scalars[one], slip) for one in member.types.values()):
        doubts.append(member.type_ambiguity)
    expected = expected_wrong(system, wrong, member="" if slip is Slip.BOTH else path)  # of two either may be named
    other = wrong_of(system, member, Slip.UNKNOWN) if member.object is not None else None
    if slip in (Slip.LENGTH, Slip.EMPTY) and other is not None:
        found = expected_wrong(system, other)  # such an id is unknown as well
        accepted = expected.accepted if expected.accepted is not None else found.accepted
        expected = replace(expected, outcomes={**found.outcomes, **expected.outcomes}, accepted=accepted)
    for ambiguity in doubts:
        expected = opened_by(system, expected, ambiguity)
    return expected


def _lacks(kind: Scalar, slip: Slip) -> bool:
    """Whether one of several types has no limit to the length."""
    return slip is Slip.LENGTH and kind.maximum is None


def expected_wrong(system: System, wrong: Wrong, *, member: str = "") -> Expected:
    """What a rule of the spec says of a mistake."""
    found = _by_reading(system, wrong.faults, wrong.fault, wrong.ambiguity)
    clauses = (wrong.clause,) if wrong.clause is not None else ()
    return Expected(outcomes=found, accepted=_accepted(system, wrong.ambiguity), member=member, clauses=clauses)


def expected_use(system: System, method: str, name: str) -> Expected:
    """What answers a mistake or a state that is named among the faults of a method.

    Raises:
        KeyError: it is not.
    """
    call = system.operations[method].call
    if call is None:
        raise KeyError(name)
    use: FaultUse = call.faults[name]
    found = _by_reading(system, use.faults, name, use.ambiguity)
    clauses = (f"{system.prefix}-{method}:fault.{name}", *((use.clause,) if use.clause is not None else ()))
    return Expected(outcomes=found, accepted=_accepted(system, use.ambiguity), clauses=clauses)


def expected_named(system: System, *names: str) -> Expected:
    """One of these faults of the catalogue, whatever the reading.

    Raises:
        KeyError: there is no such fault.
    """
    return Expected(outcomes={name: {} for name in names if system.errors[name]})


def opened_by(system: System, expected: Expected, ambiguity: str) -> Expected:
    """The same where another ambiguity leaves open whether the call is refused at all."""
    known = system.ambiguities[ambiguity]
    own = {ambiguity: known.refused} if known.refused is not None else {}
    return Expected(
        outcomes={fault: {**readings, **own} for fault, readings in expected.outcomes.items()},
        # where several may be the reason, it is this one that is nearest
        accepted={ambiguity: known.accepted} if known.accepted is not None else expected.accepted or {},
        member=expected.member,
        clauses=expected.clauses,
    )


def _by_reading(system: System, faults: Mapping[str, str], fault: str, ambiguity: str | None) -> dict[str, Readings]:
    if not faults:
        return {fault: {}}
    found: dict[str, Readings] = {}
    for reading, name in faults.items():  # the first reading of a fault counts
        known = ambiguity is not None and reading in system.ambiguities[ambiguity].readings
        found.setdefault(name, {ambiguity: reading} if known and ambiguity is not None else {})
    return found


def _accepted(system: System, ambiguity: str | None) -> Readings | None:
    known = system.ambiguities.get(ambiguity or "")
    return {ambiguity: known.accepted} if ambiguity and known is not None and known.accepted is not None else None


def demanded(system: System, reply: CallReply) -> tuple[str, ...]:
    """The clauses of members that a call left out, as it may, and that its fault misses."""
    missing = syntax_of(system).wrong[Slip.MISSING]
    codes = {system.errors[name].code for name in (missing.fault, *missing.faults.values()) if name}
    operation = system.operations.get(reply.method)
    if reply.ok is not False or reply.code not in codes or operation is None or operation.call is None:
        return ()
    words = set(re.findall(r"\w+", reply.text))
    takes = operation.call.takes
    return tuple(
        f"{system.prefix}-{reply.method}.{name}"
        for name, member in takes.items()
        if name in words and not member.required and name not in reply.sent
    )


# whether a reply is it


def fault_checks(
    system: System, reply: CallReply, expected: Expected, *clauses: str, check: str = "fault"
) -> Iterator[Check]:
    """Whether a reply is one of the expected outcomes, and names what is wrong where the document says that it does."""
    expected = _overlong(system, reply, expected)
    fits = next(
        (name for name in expected.outcomes if reply.ok is False and system.errors[name].code == reply.code), None
    )
    readings: Readings | None = expected.outcomes[fits] if fits is not None else None
    if reply.ok is True and expected.accepted is not None:
        readings = expected.accepted
    passed = readings is not None
    cited = tuple(dict.fromkeys((*clauses, *expected.clauses)))
    got = reply.describe() if not (reply.ok and not passed) else f"a success of {reply.method or 'the call'}"
    yield Check(
        id=check,
        clauses=cited,
        passed=passed,
        expected="" if passed else f"{_told(system, expected)} for {expected.member or reply.method or 'the call'}",
        got="" if passed else got,
        step=reply.step,
        readings={name: frozenset((reading,)) for name, reading in (readings or {}).items()},
    )
    for ambiguity, reading in (readings or {}).items():
        yield from unusual_checks(system, ambiguity, (reading,), check=check, clauses=cited, got=got, step=reply.step)
    if fits is not None and expected.member:
        yield from _naming(system, reply, fits, expected.member, cited, check)


def _overlong(system: System, reply: CallReply, expected: Expected) -> Expected:
    """The same with the faults of texts that are too long where a text is longer than any word of its enumeration."""
    try:
        member = member_at(system, reply.method, expected.member)
    except (KeyError, StopIteration):
        return expected
    kind = system.scalars.get(member.type or "")
    sent: object = reply.sent
    for step in parse_path(expected.member):
        if isinstance(sent, Mapping):
            sent = sent.get(step)
        else:
            sent = sent[step] if isinstance(sent, list) and isinstance(step, int) and step < len(sent) else None
    texts = [one for one in (sent if isinstance(sent, list) else [sent]) if isinstance(one, str)]
    if kind is None or not kind.choices or not texts or len(max(texts, key=len)) <= max(map(len, kind.choices)):
        return expected
    long = expected_wrong(system, syntax_of(system).wrong[Slip.LENGTH])
    return replace(expected, outcomes={**long.outcomes, **expected.outcomes})


def _told(system: System, expected: Expected) -> str:
    words = [f"fault {system.errors[name].code} ({name})" for name in expected.outcomes]
    return " or ".join([*words, *(["a success"] if expected.accepted is not None else [])])


def _naming(
    system: System, reply: CallReply, fault: str, path: str, clauses: tuple[str, ...], check: str
) -> Iterator[Check]:
    """The fault's text names the member: by its own name, by the path to it, or by what it is in."""
    syntax = syntax_of(system)
    if "{member}" not in system.errors[fault].text:
        return
    rule = syntax.rules[_NAMED[0] if fault == syntax.wrong[Slip.MISSING].fault else _NAMED[1]]
    names = [step for step in parse_path(path) if isinstance(step, str)]
    text = reply.text.casefold()
    there = [_holds(text, name.casefold()) for name in names]
    reading = "path" if all(there) and len(there) > 1 else "bare" if there[-1] else "above" if any(there) else ""
    ambiguity = syntax.open_points.get("fault-name") if len(names) > 1 else None
    passed = reading in ("bare", "path") or (reading == "above" and ambiguity is not None)
    readings = {ambiguity: frozenset((reading,))} if ambiguity and passed else {}
    yield Check(
        id=f"{check}.names",
        clauses=(*clauses, rule),
        passed=passed,
        expected="" if passed else f"a text that names {format_path(parse_path(path))}",
        got="" if passed else repr(reply.text),
        step=reply.step,
        readings=readings,
    )
    if ambiguity and passed:
        yield from unusual_checks(
            system, ambiguity, (reading,), check=f"{check}.names", clauses=(rule,), got=reply.text, step=reply.step
        )


def _holds(text: str, name: str) -> bool:
    """Whether a text has the name as a word of its own."""
    return re.search(rf"(?<![a-z0-9_]){re.escape(name)}(?![a-z0-9_])", text) is not None
