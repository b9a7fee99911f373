"""Calls as parts of a step: their XML around what is only known when they are played; and as one text, to be mutated."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from harness.fuzzing.script import Part, Slot
from harness.wire.xmlspelling import text_of

Parts = tuple[Part, ...]
USER, PASSWORD, LENGTH = Slot("login:user"), Slot("login:password"), Slot("body:0")
_MARK = re.compile(rb"\{\{([0-9]{1,4})\}\}")
DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>'


def packed(parts: Iterable[Part]) -> Parts:
    """The parts with neighbouring bytes in one; quick where there are many."""
    found: list[Part] = []
    run: list[bytes] = []
    for part in parts:
        if type(part) is bytes:
            run.append(part)
        else:
            if run:
                found.append(b"".join(run))
                run = []
            found.append(part)
    if run:
        found.append(b"".join(run))
    return tuple(found)


def value(plain: object) -> bytes:
    """A value of Python's types in its usual spelling.

    Raises:
        ValueError: it has none.
    """
    match plain:
        case bool():
            return b"<value><boolean>%d</boolean></value>" % plain
        case int():
            return b"<value><int>%d</int></value>" % plain
        case str():
            return f"<value><string>{text_of(plain)}</string></value>".encode("utf-8", "surrogateescape")
        case bytes():
            return b"<value><base64>" + base64.b64encode(plain) + b"</base64></value>"
        case datetime():
            return f"<value><dateTime.iso8601>{plain:%Y%m%dT%H:%M:%S}</dateTime.iso8601></value>".encode()
        case float():
            return f"<value><double>{plain:f}</double></value>".encode()
        case Mapping():
            inner = b"".join(member(name, value(one)) for name, one in plain.items())
            return b"<value><struct>" + inner + b"</struct></value>"
        case list() | tuple():
            return b"<value><array><data>" + b"".join(map(value, plain)) + b"</data></array></value>"
    raise ValueError(f"expected a value that a call can hold, got {type(plain).__name__}")


def member(name: str, written: bytes) -> bytes:
    """A member of a struct, its value written already."""
    return b"<member><name>" + text_of(name).encode() + b"</name>" + written + b"</member>"


def slotted(slot: Slot) -> Parts:
    """A text that is known when the script is played."""
    return b"<value><string>", slot, b"</string></value>"


def flat(parts: Sequence[Part]) -> tuple[bytes, list[Slot]]:
    """The parts as one text with marks for the slots."""
    slots: list[Slot] = []
    out: list[bytes] = []
    for part in parts:
        if isinstance(part, bytes):
            out.append(part)
        else:
            out.append(b"{{%d}}" % len(slots))
            slots.append(part)
    return b"".join(out), slots


def unflat(data: bytes, slots: Sequence[Slot]) -> Parts:
    """The reverse of `flat`, after whatever was done to the text."""
    found: list[Part] = []
    start = 0
    for mark in _MARK.finditer(data):
        number = int(mark[1])
        if number >= len(slots):
            continue
        found += (data[start : mark.start()], slots[number])
        start = mark.end()
    found.append(data[start:])
    return packed(one for one in found if one != b"")
