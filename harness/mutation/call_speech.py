"""Replies as a device of methods with structs would give them, for mutants that say something else than the device did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from harness.spec.callmodel import Kind, Member, Scalar
from harness.spec.callvalues import INT_LOWEST, exists, typed
from harness.spec.model import ErrorCode, System
from harness.wire.xmlrpc_write import encode_fault, encode_response

# Well-formed and of nobody: no device gives it.
NOBODY = "5eed5eed-5eed-45ee-85ee-5eed5eed5eed"
_WHEN = datetime(2014, 1, 7, 13, 31, 26)  # noqa: DTZ001 - the document's dates have no zone
_FORMS = {
    "http-uri": "http://192.0.2.1/", "conference-uri": "5eed", "ipv4": "192.0.2.1", "ipv6": "2001:db8::1", "ip": "192.0.2.1",
    "mac": "000D7C000001", "host": "a.example.com", "decimal": "1",
}  # fmt: skip
Sent = Mapping[str, Any]


def success(system: System, method: str, sent: Sent | None = None) -> bytes:
    """A success with nothing but what must be there.

    Args:
        sent: members of the call, which some members of the reply repeat or depend on.
    """
    call = system.operations[method].call
    assert call is not None
    assert system.calls is not None
    if not call.returns:
        return encode_response({system.calls.status: system.calls.success})
    return encode_response(members(system, call.returns, sent or {}, call.takes))


def fault(system: System, name: str, member: str = "") -> bytes:
    """A fault of the catalogue."""
    row = system.errors[name]
    return encode_fault(int(row.code), text_of(row, member))


def text_of(row: ErrorCode, member: str = "") -> str:
    """What a fault says."""
    return row.text.replace("{member}", member or "something").replace("{message}", "Not done")


def members(
    system: System, known: Mapping[str, Member], sent: Sent, taken: Mapping[str, Member] | None = None
) -> dict[str, Any]:
    """The members of a struct that must be there."""
    made: dict[str, Any] = {}
    for name, member in known.items():
        if system.calls is None or not exists(system.calls.versions, None, member):
            continue
        if member.optional or member.experimental or not _due(member, made, sent, taken or {}):
            continue
        spelled = next(iter(member.names.values()), name)
        made[spelled] = _echoed(system, member, sent)
    return made


def _due(member: Member, made: Mapping[str, Any], sent: Sent, taken: Mapping[str, Member]) -> bool:
    present = member.present
    if present is None:
        return True
    if present.only or present.state is not None:
        return False
    if present.filled and not (member.echo and sent.get(member.echo)):
        return False
    if present.lacks is not None and present.lacks in made:
        return False
    if not all(name in made and _text(made[name]) in values for name, values in present.beside.items()):
        return False
    return all(_asked(name, values, sent, taken) for name, values in present.asked.items())


def _asked(name: str, values: list[str], sent: Sent, taken: Mapping[str, Member]) -> bool:
    if not values:
        return name in sent
    default = taken[name].default if name in taken else None
    return (_text(sent[name]) if name in sent else default) in values


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _echoed(system: System, member: Member, sent: Sent) -> Any:
    if member.echo is not None and member.echo in sent:
        return sent[member.echo]
    return example(system, member)


def example(system: System, member: Member) -> Any:
    """A value that no device has given, with nothing in it but what must be there."""
    if member.array:
        return [_one(system, member) for _ in range(member.least or 0)]
    return _one(system, member)


def _one(system: System, member: Member) -> Any:
    if member.struct is not None:
        return members(system, system.structs[member.struct].members, {})
    kind = system.scalars[member.type or next(iter(member.types.values()))]
    return typed(kind, member.always) if member.always is not None else value_of(kind)


def value_of(kind: Scalar) -> Any:
    """A value of a type."""
    match kind.base:
        case Kind.BOOLEAN:
            return False
        case Kind.INT:
            if kind.choices:
                return int(kind.choices[0])
            low = INT_LOWEST if kind.minimum is None else kind.minimum
            high = low if kind.maximum is None else kind.maximum
            number = min(max(0, low), max(high, low))
            return number if number not in kind.gaps else number + 1
        case Kind.DOUBLE:
            return 1.5
        case Kind.DATE_TIME:
            return _WHEN
        case Kind.BASE64:
            return b"a" * max(kind.minimum or 0, 1)
    if kind.choices:
        return kind.choices[0]
    if kind.form is not None:
        return kind.examples[0] if kind.examples else _FORMS[kind.form]
    letters = kind.alphabet[:1] or "a"
    return NOBODY if (kind.maximum or 0) >= len(NOBODY) and not kind.alphabet else letters * max(kind.minimum or 0, 1)
