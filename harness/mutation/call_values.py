"""Values that a member has under no reading, and others that it may well have; for mutants."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.checks.calltaken import KINDS
from harness.mutation.mutant import Operator
from harness.spec.callmodel import Kind, Member, Scalar, Slip
from harness.spec.callvalues import INT_HIGHEST, INT_LOWEST
from harness.spec.model import System
from harness.wire import xmlrpc
from harness.wire.xmlrpc import Value
from harness.wire.xmlrpc_writing import Members, Writable

_WORD = "clausewise"


def other_type(system: System, member: Member) -> Any:
    """A value of another type of the encoding."""
    if member.array or member.struct is not None:
        return _WORD
    kind = system.scalars[member.type or next(iter(member.types.values()))]
    return 7 if kind.base in (Kind.STRING, Kind.BOOLEAN) else _WORD


def outside(system: System, member: Member) -> Iterator[tuple[str, Operator, Any]]:
    """The aspect of the clause, and a value of the type of the encoding that is none of the member's."""
    kind = system.scalars.get(member.type or "")
    if kind is None or member.any_value is not None or member.open_values:
        return
    if kind.choices:
        if Slip.CHOICE not in kind.open:
            yield "choice", Operator.RENAME, _WORD if kind.base is Kind.STRING else max(map(int, kind.choices)) + 1
    elif kind.base is Kind.INT:
        number = _beyond(kind)
        if number is not None and Slip.RANGE not in kind.open:
            yield "range", Operator.RETYPE, number
    elif kind.maximum is not None and kind.base is Kind.STRING and Slip.LENGTH not in kind.open:
        yield "length", Operator.OVERFLOW, "1" * (kind.maximum + 1)
    elif kind.maximum is not None and kind.base is Kind.BASE64 and Slip.BYTES not in kind.open:
        yield "bytes", Operator.OVERFLOW, b"a" * (kind.maximum + 1)


def _beyond(kind: Scalar) -> int | None:
    if kind.maximum is not None and kind.maximum < INT_HIGHEST:
        return kind.maximum + 1
    if kind.minimum is not None and kind.minimum > INT_LOWEST:
        return kind.minimum - 1
    return None


def other(system: System, member: Member, value: Value) -> Writable:
    """Another value that the member may have, with all that stands in it; the same one where there is none."""
    if value.kind is xmlrpc.Kind.ARRAY:
        return [other(system, member, item) for item in value.items] or list(value.items)
    if value.kind is xmlrpc.Kind.STRUCT:
        return Members(tuple((one.name, _any_other(one.value)) for one in value.members))
    kind = system.scalars.get(member.type or next(iter(member.types.values()), ""))
    return value if kind is None or value.kind is not KINDS[kind.base] else _of_kind(kind, value)


def _of_kind(kind: Scalar, value: Value) -> Writable:
    words = [word for word in kind.choices if word not in kind.experimental]
    if words:
        word = next((one for one in words if one != value.text), value.text)
        return int(word) if kind.base is Kind.INT else word
    found = value.scalar
    if isinstance(found, int) and not isinstance(found, bool):
        least = INT_LOWEST if kind.minimum is None else kind.minimum
        return found - 1 if found > least else found + 1
    if isinstance(found, str) and kind.form is not None:
        return next((one for one in kind.examples if one != found), found)
    if isinstance(found, str) and kind.maximum is not None and len(found) >= kind.maximum:
        return found[:-1] + ("0" if found[-1:] != "0" else "1")
    return _any_other(value)


def _any_other(value: Value) -> Writable:
    match value.scalar:
        case bool() as found:
            return not found
        case int() as found:
            return found + 1
        case str() as found:
            return found + "0"
        case bytes() as found:
            return found + b"0"
    return value
