"""Shapes of results, learned from such as passed every check: the same elements in the same order, with other values of the same types.

A shape covers no more than the checks would accept. The number of the request is compared; code, label and function stand as they were,
as do counts of sections and whatever repeats a parameter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from harness.datatypes import MOST_DIGITS
from harness.spec.documentmodel import DocumentSyntax, Section, Value
from harness.spec.model import Base, DataType, System
from harness.spec.xsd_parts import integers

# Text that needs no second look: printable ASCII without markup, and no blanks at its ends.
_INNER, _OUTER = rb"[ -%'-;=?-~]", rb"[!-%'-;=?-~]"
# Of one document; what has more elements is compared as a whole, or parsed.
_MOST_TOKENS = 600
_TOKEN = re.compile(rb"<(/?)([A-Za-z_][\w.\-]*)>|([^<&]+)")


class Literal(NamedTuple):
    """A result in two parts, between which the number of its request stands."""

    before: bytes
    after: bytes


def literal(syntax: DocumentSyntax, raw: bytes, number: str) -> Literal | None:
    """A result as it stands, but for the number; None where that does not stand there once, plainly."""
    name = syntax.number.encode()
    mark = b"<" + name + b">" + number.encode() + b"</" + name + b">"
    before, found, after = raw.partition(mark)
    if not found or mark in after:
        return None
    return Literal(before + b"<" + name + b">", b"</" + name + b">" + after)


def learn(system: System, syntax: DocumentSyntax, function: str, raw: bytes) -> re.Pattern[bytes] | None:
    """The shape of a result that passed, with one group for the number of its request; None if it is not spelled plainly.

    Args:
        raw: the document, with what stands before and behind its root.
    """
    operation = system.operations[function]
    tokens = list(_TOKEN.finditer(raw))
    if len(tokens) > _MOST_TOKENS or b"".join(one[0] for one in tokens) != raw:
        return None
    parts: list[bytes] = []
    open_: list[tuple[bytes, Section | None]] = []
    numbers = 0
    for place, token in enumerate(tokens):
        name = token[2]
        if name is None:
            kind = _kind_of(tokens, place, open_, syntax)
            if kind == "number":
                numbers += 1
                parts.append(b"([0-9]+)")
            else:
                parts.append(_pattern(system, kind) or re.escape(token[3]))
            continue
        parts.append(re.escape(token[0]))
        if token[1]:
            if not open_ or open_.pop()[0] != name:
                return None
        else:
            above = open_[-1][1] if open_ else None
            open_.append((name, operation.answer if not open_ else _below(above, name.decode())))
    return re.compile(b"".join(parts)) if numbers == 1 and not open_ else None


def _kind_of(
    tokens: list[re.Match[bytes]], place: int, open_: list[tuple[bytes, Section | None]], syntax: DocumentSyntax
) -> str | Value | None:
    """What the text at a place is: the number, a value whose type is known, or something that stays as it is."""
    whole = 0 < place < len(tokens) - 1 and not tokens[place - 1][1] and tokens[place + 1][1] == b"/"
    if not whole or len(open_) < 2 or tokens[place - 1][2] is None or tokens[place - 1][2] != tokens[place + 1][2]:
        return None
    name, section = open_[-1][0].decode(), open_[-2][1]
    if len(open_) == 2:
        if name == syntax.number:
            return "number"
        if name == syntax.text:
            return syntax.head[name]
        if name in syntax.head or any(name in one.names.values() for one in syntax.head.values()):
            return None
    if section is None:
        return None
    known = next((one for key, one in section.values.items() if name in (key, *one.names.values())), None)
    counts = section.count is not None and known is section.values.get(section.count)
    return None if known is None or known.echo is not None or counts else known


def _below(section: Section | None, name: str) -> Section | None:
    """The section of this name in another."""
    known: Mapping[str, Section] = section.sections if section is not None else {}
    return next((one for key, one in known.items() if _is_called(key, one, name)), None)


def _is_called(key: str, section: Section, name: str) -> bool:
    names = {key, *section.names.values()}
    return name in names or (section.numbered and name.rstrip("0123456789") in names)


def _pattern(system: System, kind: str | Value | None) -> bytes:
    """The values that need no second look; b"" for none but the one that stands there."""
    return typed(system.types[kind.type]) if isinstance(kind, Value) else b""


def typed(kind: DataType) -> bytes:
    """The values of a type under every reading, some of them; b"" for none."""
    return b"".join(_typed(kind))


def _typed(kind: DataType) -> Iterator[bytes]:
    match kind.base:
        case Base.TEXT | Base.WORD:
            rest = b"*" if kind.maximum is None else b"{0,%d}" % max(kind.maximum - 2, 0)
            if kind.maximum is None or kind.maximum > 1:
                yield b"(?:" + _OUTER + b"(?:" + _INNER + rest + _OUTER + b")?)"
        case Base.ENUM:
            yield b"(?:" + b"|".join(re.escape(word.encode()) for word in kind.choices) + b")"
        case Base.INT:
            known = "|".join(integers(kind.minimum, kind.maximum, MOST_DIGITS)).replace("(", "(?:")
            yield b"(?:" + known.encode() + b")"
        case Base.NUMBER:
            yield rb"(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,6})?"
