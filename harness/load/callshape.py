"""Shapes of replies to calls, learned from such as passed every check: the same members in the same order, with other values of their types.

A shape covers no more than the checks would accept: what other members depend on stands as it was, and so do counts of elements. What repeats a
member of the call is a group that is compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from harness.checks.calltaken import best_struct
from harness.spec.callmodel import Kind, Member, Scalar
from harness.spec.model import System
from harness.spec.xsd_parts import integers
from harness.wire import xmlrpc
from harness.wire.xmlrpc import Message, Value
from harness.wire.xmlrpc_values import Path

# Of one reply; what has more values is compared as a whole, or parsed.
MOST_VALUES = 600
_MOST_DIGITS = 9  # of a number that is in range whatever the digits
_MOST = 10**_MOST_DIGITS - 1
_TYPES = rb"string|int|i4|boolean|double|dateTime\.iso8601|base64"
_SCALAR = re.compile(rb"<value>[ \t\r\n]*<(" + _TYPES + rb")>([^<]*)</\1>[ \t\r\n]*</value>|<value>([^<]*)</value>")
_DATE = rb"[0-9]{4}(?:0[1-9]|1[0-2])(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"


class Shape(NamedTuple):
    """A pattern of documents, and for each of its groups the member of the call that it repeats."""

    pattern: re.Pattern[bytes]
    echoes: tuple[str, ...]


def learn(system: System, method: str, message: Message) -> Shape | None:
    """The shape of a success that passed; None if it is not spelled plainly."""
    body, call = message.data, system.operations[method].call
    scalars = [
        (path, one) for path, one in message.struct.walk() if one.kind not in (xmlrpc.Kind.STRUCT, xmlrpc.Kind.ARRAY)
    ]
    found = list(_SCALAR.finditer(body))
    if (
        call is None
        or len(found) != len(scalars)
        or len(found) > MOST_VALUES
        or message.struct.kind is not xmlrpc.Kind.STRUCT
    ):
        return None
    known = dict(_members(system, call.returns, message.struct, ()))
    parts: list[bytes] = []
    echoes: list[str] = []
    at = 0
    for one, (path, value) in zip(found, scalars, strict=True):
        group = 2 if one[1] is not None else 3
        parts.append(re.escape(body[at : one.start(group)]))
        at = one.end(group)
        member, free = known.get(path, (None, False))
        if member is not None and member.echo is not None:
            parts.append(b"([^<]*)")
            echoes.append(member.echo)
            continue
        free = free and one[group] == value.text.encode()
        pattern = typed(system, member, value) if member is not None and free else b""
        parts.append(pattern or re.escape(one[group]))
    parts.append(re.escape(body[at:]))
    return Shape(re.compile(b"".join(parts)), tuple(echoes))


def _members(
    system: System, known: Mapping[str, Member], struct: Value, path: Path
) -> Iterator[tuple[Path, tuple[Member, bool]]]:
    """The single values in a struct: path -> what is known of it, and whether it may change without anything else."""
    watched = {name for one in known.values() if one.present is not None for name in one.present.beside}
    for name, member in known.items():
        spelled = next((one for one in (name, *member.names.values()) if one in struct), name)
        value = struct.get(spelled)
        if value is None:
            continue
        items = enumerate(value.items) if member.array else ((None, value),)
        for number, item in items:
            place: Path = (*path, spelled) if number is None else (*path, spelled, number)
            inner = best_struct(system, member, item)
            if inner is None:
                yield place, (member, name not in watched and spelled not in watched)
            elif item.kind is xmlrpc.Kind.STRUCT:
                yield from _members(system, inner[1].members, item, place)


def typed(system: System, member: Member, value: Value) -> bytes:
    """The values that may stand where one stands, some of them; b"" for none but that."""
    if member.always is not None or member.types or member.changed or member.type is None:
        return b""
    kind, text = system.scalars[member.type], value.text
    if text in member.open_values or text in kind.open_choices or kind.gaps:
        return b""
    return _typed(kind, value)


def _typed(kind: Scalar, value: Value) -> bytes:
    match kind.base:
        case Kind.BOOLEAN:
            return (
                b"[01]" if value.text in ("0", "1") else b"(?:true|false)" if value.text in ("true", "false") else b""
            )
        case Kind.DATE_TIME:
            return _DATE
        case Kind.INT:
            if kind.choices or kind.open:
                return b""
            low = kind.minimum if kind.minimum is not None and kind.minimum > -_MOST else None
            high = kind.maximum if kind.maximum is not None and kind.maximum < _MOST else None
            return b"(?:" + "|".join(integers(low, high, _MOST_DIGITS)).replace("(", "(?:").encode() + b")"
        case Kind.STRING if kind.choices:
            return b"(?:" + b"|".join(re.escape(word.encode()) for word in kind.choices) + b")"
        case Kind.STRING:
            return _text(kind, value.text)
    return b""


def _text(kind: Scalar, text: str) -> bytes:
    """Texts of printable ASCII without markup. An empty one is not the same as others to some members, so it stays."""
    if not text or kind.form is not None or kind.open:
        return b""
    letters = rb"[ -%'-;=?-~]"
    if kind.alphabet:
        letters = b"[" + b"".join(re.escape(one.encode()) for one in kind.alphabet if one not in "<>&") + b"]"
    most = b"" if kind.maximum is None else b"%d" % kind.maximum
    return letters + b"{%d,%s}" % (max(kind.minimum or 0, 1), most)
