"""What the content of a call certainly means. Reads XML with expat and shares nothing with `harness.wire`.

A value is one of Python's, or a `Mark` where the document leaves open what it is, or rules it out. In doubt it is open.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from xml.parsers import expat

MOST_DEPTH = 60
_UTF8 = ("utf-8", "utf8")
_INT = re.compile(r"0|-?[1-9][0-9]{0,400}")
_WORD = re.compile(r"[a-z]{3,20}")
_YES = frozenset(("true", "false", "yes", "no", "on", "off", "nil", "null", "none", "nan", "inf", "infinity"))
_DATE = re.compile(r"\d{8}T\d\d:\d\d:\d\d", re.ASCII)
_METHOD = re.compile(r"[A-Za-z0-9_.:/]{1,200}")
_NAME = re.compile(r"[!-~]{1,200}")
# Nobody can take what they are found in for a whole document: unclosed tokens and elements, tags that cross, nothing at all.
_BROKEN = frozenset((3, 5, 7))


class Mark(Enum):
    """What is no value of Python's."""

    OPEN = "open"  # anything may become of it
    BAD = "bad"  # of no type at all: letters where a number is
    HUGE = "huge"  # a number that four bytes do not hold
    DOUBLE = "double"


Value = str | int | bool | bytes | datetime | Mark | dict[str, "Value"] | list["Value"]


@dataclass(slots=True)
class Call:
    """What was read.

    Attributes:
        method: None if it is open.
        value: the struct; `Mark.OPEN` if it is open.
        broken: it can be taken for no call.
        anything: nothing about it is certain.
    """

    method: str | None = None
    value: Value = Mark.OPEN
    broken: bool = False
    anything: bool = False


@dataclass(slots=True)
class _Node:
    tag: str
    inner: list[_Node] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    odd: bool = False

    @property
    def blank(self) -> bool:
        """Whether there is nothing but elements in it."""
        return not self.odd and not "".join(self.text).strip(" \t\r\n")

    def only(self, *tags: str) -> list[_Node] | None:
        """Its elements, if they are these and nothing else is there."""
        return self.inner if self.blank and [one.tag for one in self.inner] == list(tags) else None


class _OpenError(Exception):
    """Something in it is open."""


class _Reader:
    def __init__(self) -> None:
        self.root = _Node("")
        self._stack = [self.root]
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._open
        self.parser.ProcessingInstructionHandler = self._open
        self.parser.SkippedEntityHandler = self._open
        self.parser.XmlDeclHandler = self._declaration

    def _open(self, *_: object) -> None:
        raise _OpenError

    def _declaration(self, version: str, encoding: str | None, _standalone: int) -> None:
        if version != "1.0" or (encoding is not None and encoding.lower() not in _UTF8):
            raise _OpenError

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if len(self._stack) > MOST_DEPTH:
            raise _OpenError
        node = _Node(tag, odd=bool(attributes))
        self._stack[-1].inner.append(node)
        self._stack.append(node)

    def _end(self, _tag: str) -> None:
        self._stack.pop()

    def _characters(self, text: str) -> None:
        self._stack[-1].text.append(text)


def read(data: bytes) -> Call:
    """Read what stands in a request."""
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) or b"\0" in data:
        return Call(anything=True)
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)
    except _OpenError:
        return Call(anything=True)
    except expat.ExpatError as error:
        if error.code in _BROKEN and data.isascii():
            return Call(broken=True)
        return Call(anything=True)
    return _call(reader.root.inner[0])


def _call(root: _Node) -> Call:
    if root.tag != "methodCall":
        return Call(broken=True) if root.tag.lower() not in ("methodcall", "methodresponse") else Call(anything=True)
    if root.odd or not root.blank:
        return Call(anything=True)
    if not any(one.tag.lower() == "methodname" for one in root.inner):
        return Call(broken=True)
    parts = root.only("methodName", "params")
    if parts is None or parts[0].inner or parts[0].odd:
        return Call(anything=True)
    name = "".join(parts[0].text)
    if not _METHOD.fullmatch(name):
        return Call(anything=True)
    param = parts[1].only("param")
    value = param[0].only("value") if param else None
    if value is None:
        return Call(method=name)
    found = _value(value[0])
    return Call(method=name, value=found if isinstance(found, dict) else Mark.OPEN)


def _value(node: _Node) -> Value:
    """The value of an element `value`."""
    if len(node.inner) != 1 or not node.blank:
        return Mark.OPEN
    typed = node.inner[0]
    if typed.tag == "struct":
        return _struct(typed)
    if typed.tag == "array":
        data = typed.only("data")
        if data is None or not data[0].blank or any(one.tag != "value" for one in data[0].inner):
            return Mark.OPEN
        return [_value(one) for one in data[0].inner]
    if typed.inner or typed.odd:
        return Mark.OPEN
    text = "".join(typed.text)
    reader = _SCALARS.get(typed.tag)
    return Mark.OPEN if reader is None else reader(text)


def _struct(node: _Node) -> Value:
    found: dict[str, Value] = {}
    if not node.blank:
        return Mark.OPEN
    for one in node.inner:
        parts = one.only("name", "value") if one.tag == "member" else None
        if parts is None or parts[0].inner or parts[0].odd:
            return Mark.OPEN
        name = "".join(parts[0].text)
        if not _NAME.fullmatch(name) or name in found:
            return Mark.OPEN
        found[name] = _value(parts[1])
    return found


def _string(text: str) -> Value:
    """Texts with blanks at their ends, or that nobody can print, may be changed on their way."""
    return (
        text if text.isprintable() and text == text.strip() and "  " not in text and "\xa0" not in text else Mark.OPEN
    )


def _int(text: str) -> Value:
    if _INT.fullmatch(text):
        number = int(text)
        return number if -(2**31) <= number < 2**31 else Mark.HUGE
    return _bad(text)


def _boolean(text: str) -> Value:
    return text == "1" if text in ("0", "1") else _bad(text)


def _date(text: str) -> Value:
    if _DATE.fullmatch(text):
        try:
            return datetime.strptime(text, "%Y%m%dT%H:%M:%S")  # noqa: DTZ007  # the document's dates have no zone
        except ValueError:
            return Mark.OPEN
    return _bad(text)


def _base64(text: str) -> Value:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return Mark.OPEN
    return data if base64.b64encode(data).decode() == text else Mark.OPEN


def _bad(text: str) -> Mark:
    """Letters that mean nothing anybody could guess."""
    return Mark.BAD if _WORD.fullmatch(text) and text not in _YES else Mark.OPEN


_SCALARS: Mapping[str, Callable[[str], Value]] = {
    "string": _string,
    "int": _int,
    "boolean": _boolean,
    "dateTime.iso8601": _date,
    "base64": _base64,
    "double": lambda text: Mark.DOUBLE if re.fullmatch(r"-?[0-9]{1,9}\.[0-9]{1,9}", text) else Mark.OPEN,
}
