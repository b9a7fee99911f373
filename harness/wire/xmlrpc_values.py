"""The values of XML-RPC: a tree that keeps how each value was written, and paths to the values in it.

    participants[2].calls[0].address

A path names members by name and elements of arrays by number, from 0. A name that is not made of letters, digits, `_` and `-` stands
in brackets and quotes: `["a.b"]`. The struct that a message carries has the path "".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

Scalar = bool | int | str | float | bytes | datetime
Plain = Scalar | dict[str, "Plain"] | list["Plain"] | None
Step = str | int
Path = tuple[Step, ...]  # names of members and numbers of array elements

LEAST_INT, MOST_INT = -(2**31), 2**31 - 1
MOST_NAME = 80  # characters of a member's name that a path shows
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]+")
_STEP = re.compile(r'\.?(?:([A-Za-z0-9_-]+)|\[([0-9]{1,9})\]|\[("(?:[^"\\]|\\.)*+")\])')


class Kind(StrEnum):
    """The types of XML-RPC; `i4` is a spelling of `int`."""

    INT = "int"
    BOOLEAN = "boolean"
    STRING = "string"
    DOUBLE = "double"
    DATETIME = "dateTime.iso8601"
    BASE64 = "base64"
    STRUCT = "struct"
    ARRAY = "array"
    NONE = ""  # no value stands there, or one of a type that XML-RPC does not have


KINDS: Mapping[str, Kind] = {**{str(kind): kind for kind in Kind if kind}, "i4": Kind.INT}  # by element


class Unknown(Struct, frozen=True, gc=False):
    """An element that XML-RPC does not have at its place.

    Args:
        name: of the element.
        text: within it, and within what it holds.
        at: as in `Value`.
    """

    name: str
    text: str
    at: int


class Value(Struct, frozen=True, gc=False):
    """One value as it was written.

    Args:
        kind: its type.
        tag: the element of its type as written: "i4", "nil" ...; "" where there is none, which makes it a string.
        text: as written between the tags of a scalar, references resolved, blanks kept; "" for structs and arrays.
        scalar: what a scalar means: a datetime has no time zone; None where that cannot be told. Structs and arrays have None.
        at: where `<value` stands, in bytes of the document as UTF-8 without mark; `Message.place` makes a place of it. -1: not read.
        members: of a struct, in their order, repeated ones too.
        items: of an array.
        unknown: elements that have no business here; also more values, members or types than there may be.
    """

    kind: Kind
    tag: str = ""
    text: str = ""
    scalar: Scalar | None = None
    at: int = -1
    members: tuple[Member, ...] = ()
    items: tuple[Value, ...] = ()
    unknown: tuple[Unknown, ...] = ()

    def all(self, name: str) -> list[Value]:
        """The values of the members of a name."""
        return [member.value for member in self.members if member.name == name]

    def get(self, name: str) -> Value | None:
        """The value of the last member of a name, which most readers take; None if there is none."""
        return next((member.value for member in reversed(self.members) if member.name == name), None)

    def __contains__(self, name: str) -> bool:
        return any(member.name == name for member in self.members)

    @property
    def names(self) -> list[str]:
        """Names of the members in their order, each once."""
        return list(dict.fromkeys(member.name for member in self.members))

    def plain(self) -> Plain:
        """The value in Python's types; of members of one name the last counts, and what cannot be read is None."""
        if self.kind is Kind.STRUCT:
            return {member.name: member.value.plain() for member in self.members}
        if self.kind is Kind.ARRAY:
            return [item.plain() for item in self.items]
        return self.scalar

    def find(self, path: str | Path) -> Value | None:
        """The value at a path; None if nothing stands there."""
        found: Value | None = self
        for step in parse_path(path) if isinstance(path, str) else path:
            if found is None:
                return None
            if isinstance(step, str):
                found = found.get(step)
            else:
                found = found.items[step] if 0 <= step < len(found.items) else None
        return found

    def walk(self, path: Path = ()) -> Iterator[tuple[Path, Value]]:
        """This value and all in it, each with its path, in their order."""
        yield path, self
        for member in self.members:
            yield from member.value.walk((*path, member.name))
        for number, item in enumerate(self.items):
            yield from item.walk((*path, number))


class Member(Struct, frozen=True, gc=False):
    """One member of a struct.

    Args:
        name: without blanks at its ends; "" where it has none.
        value: of kind `NONE` where it has none.
        at: where `<member` stands, as in `Value`.
        written: the name with blanks, as written; "" if it has none.
        unknown: elements that have no business here.
    """

    name: str
    value: Value
    at: int = -1
    written: str = ""
    unknown: tuple[Unknown, ...] = ()


NOTHING = Value(Kind.NONE)


def format_path(path: Path) -> str:
    """A path as people read it, with long names cut."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
            continue
        name = step if len(step) <= MOST_NAME else step[:MOST_NAME] + "\u2026"
        if _PLAIN_NAME.fullmatch(name):
            text += f".{name}" if text else name
        else:
            text += f"[{json.dumps(name, ensure_ascii=False)}]"
    return text


def parse_path(text: str) -> Path:
    """The path that a text names.

    Raises:
        ValueError: it is no path.
    """
    path: list[Step] = []
    at = 0
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None or (found[1] is not None and (text[at] == ".") != bool(path)):
            raise ValueError(f"path: expected members and [numbers], as in a[2].b, got {text!r} at character {at}")
        try:
            path.append(found[1] if found[1] is not None else int(found[2]) if found[2] else json.loads(found[3]))
        except ValueError:
            raise ValueError(f"path: expected a quoted name, got {found[3]} at character {at}") from None
        at = found.end()
    return tuple(path)
