"""Writes XML-RPC: values of Python, or trees of `Value`, to bytes, in any of the ways that mean the same.

    encode_call("device.query", {"authenticationUser": "admin", "authenticationPassword": ""}) --> bytes

A `Raw` stands for itself wherever a value, a member or a parameter may: that, and `Members` with a name twice, is how what XML-RPC does
not allow is written on purpose (`xmlrpc_wrong` has a list). Of a `Value` its element and its text are written as they stand in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from harness.wire.xmlrpc_message import Message, MessageKind
from harness.wire.xmlrpc_scalars import READERS, base64_text, date_text, double_text
from harness.wire.xmlrpc_values import KINDS, LEAST_INT, MOST_INT, Kind, Value
from harness.wire.xmlrpc_writing import CODECS, INTS, MARKS, USUAL, Members, Raw, Writable, Writing
from harness.wire.xmlspelling import text_of

_SPECIAL = re.compile(r"[^ !-%'-;=?-~]")  # what may have to be written in another way


def encode_call(method: str, *params: Writable, writing: Writing = USUAL) -> bytes:
    """A call with its parameters; the protocols here have one, a struct.

    Raises:
        ValueError: a value that XML-RPC has no way to write; the message begins with its path.
    """
    return _writer(writing).document("methodCall", params, method)


def encode_response(*params: Writable, writing: Writing = USUAL) -> bytes:
    """A response that is no fault. Raises as `encode_call`."""
    return _writer(writing).document("methodResponse", params)


def encode_fault(code: Writable, string: Writable, *, writing: Writing = USUAL) -> bytes:
    """A fault. Raises as `encode_call`."""
    return encode_fault_value({"faultCode": code, "faultString": string}, writing=writing)


def encode_fault_value(value: Writable, *, writing: Writing = USUAL) -> bytes:
    """A fault that carries any value. Raises as `encode_call`."""
    return _writer(writing).document("methodResponse", (), fault=value)


def encode_message(message: Message, *, writing: Writing = USUAL) -> bytes:
    """A message that was read, in another spelling; what XML-RPC does not have is left out. Raises as `encode_call`."""
    if message.kind is MessageKind.CALL:
        return encode_call(message.method, *message.params, writing=writing)
    if message.kind is MessageKind.FAULT and message.fault is not None:
        return encode_fault_value(message.fault, writing=writing)
    return encode_response(*message.params, writing=writing)


def typed(tag: str, text: str) -> Value:
    """A value with an element and a text, right or wrong; with the tag "" a bare string."""
    kind = KINDS.get(tag, Kind.NONE) if tag else Kind.STRING
    scalar = READERS[kind](text)[0] if kind in READERS else None
    return Value(kind, tag, text, scalar)


class _Level:
    """What stands around the values of one level."""

    __slots__ = ("between", "inner", "member", "member_end", "name_end", "own", "scalars", "split", "value")

    def __init__(self, writing: Writing, level: int) -> None:
        gap = self.own = _gap(writing, level)
        self.split = _gap(writing, level + 1) if writing.split else ""
        self.inner = level + (2 if writing.split else 1)
        noted = f"{gap}<!--{writing.comment}-->" if writing.comment else ""
        self.between = noted + gap
        self.member = f"{self.between}<member>{_gap(writing, level + 1)}<name>{writing.padding}"
        self.name_end = f"{writing.padding}</name>"
        self.value = _gap(writing, level + 1)  # before a member's value
        self.member_end = f"{gap}</member>"
        self.scalars: dict[
            str, tuple[str, str]
        ] = {}  # by element: what stands between name and text, and behind the text


def _gap(writing: Writing, level: int) -> str:
    return writing.line_end + writing.indent * level if writing.line_end or writing.indent else ""


class _Writer:
    """Writes messages of one writing."""

    def __init__(self, writing: Writing) -> None:
        self._writing = writing
        self._levels: list[_Level] = []
        self._makers: dict[type, Callable[..., tuple[str, str]]] = {
            str: self._string,
            bool: lambda value: ("boolean", ("true" if value else "false") if writing.words else "1" if value else "0"),
            int: self._int,
            float: lambda value: ("double", double_text(value)),
            datetime: lambda value: ("dateTime.iso8601", date_text(value)),
            bytes: lambda value: ("base64", base64_text(value)),
            bytearray: lambda value: ("base64", base64_text(value)),
        }
        self._plain = not (writing.references or writing.sections)
        self._int_form = INTS[writing.ints]

    def document(
        self, root: str, params: Iterable[Writable], method: str | None = None, fault: Writable | None = None
    ) -> bytes:
        """A whole message."""
        writing = self._writing
        out = [self._declaration(), f"<{root}>"]
        if method is not None:
            out.append(f"{_gap(writing, 1)}<methodName>{self._text(method, name=True)}</methodName>")
        if fault is not None:
            out += (_gap(writing, 1), "<fault>")
            self._value(fault, 2, out)
            out += (_gap(writing, 1), "</fault>")
        else:
            out += (_gap(writing, 1), "<params>")
            for number, param in enumerate(params):
                if isinstance(param, Raw):
                    out += (_gap(writing, 2), param.text)
                    continue
                out += (_gap(writing, 2), "<param>")
                try:
                    self._value(param, 3, out)
                except ValueError as error:
                    raise ValueError(f"params[{number}]{error}" if number else str(error).lstrip(".")) from None
                out += (_gap(writing, 2), "</param>")
            out += (_gap(writing, 1), "</params>")
        out += (_gap(writing, 0), f"</{root}>", writing.line_end)
        text = "".join(out)
        if writing.encoding == "utf-8":
            data = text.encode("utf-8", "surrogateescape")
            return MARKS["utf-8"] + data if writing.mark else data
        return MARKS[writing.encoding] + text.encode(CODECS[writing.encoding], "xmlcharrefreplace")

    def _declaration(self) -> str:
        writing = self._writing
        if not writing.declaration:
            return ""
        quote, named = writing.quote, writing.declared
        if named is None:
            named = writing.encoding.upper()
        encoding = f" encoding={quote}{named}{quote}" if named else ""
        return f"<?xml version={quote}1.0{quote}{encoding}?>{writing.line_end}"

    def _level(self, level: int) -> _Level:
        levels = self._levels
        while len(levels) <= level:
            levels.append(_Level(self._writing, len(levels)))
        return levels[level]

    def _value(self, value: Writable, level: int, out: list[str]) -> None:
        """A value behind white space, unless it is raw."""
        around = self._level(level)
        maker = self._makers.get(type(value)) or self._maker(value)
        if maker is not None:
            tag, text = maker(value)
            out.append(f"{around.between}{self._held(tag, text, level)}")
        elif isinstance(value, Raw):
            out += (around.own, value.text)
        elif isinstance(value, Value) and value.kind is Kind.NONE and not value.tag:
            return  # no value stood there
        else:
            out.append(around.between)
            self._structure(value, level, around, out)

    def _maker(self, value: object) -> Callable[..., tuple[str, str]] | None:
        """How a value is written whose type is made of one of Python's."""
        return next((maker for known, maker in self._makers.items() if isinstance(value, known)), None)

    def _held(self, tag: str, text: str, level: int) -> str:
        """A scalar with all that stands around it."""
        if not text and tag and self._writing.short:
            around = self._level(level)
            return f"<value>{around.split}<{tag}{self._writing.attribute}/>{around.own if around.split else ''}</value>"
        begin, end = self._tags(tag, level)
        return f"{begin}{text}{end}"

    def _tags(self, tag: str, level: int) -> tuple[str, str]:
        if not tag:
            return "<value>", "</value>"
        around, writing = self._level(level), self._writing
        padding = writing.padding if KINDS.get(tag) not in (Kind.STRING, None) else ""
        begin = f"<value>{around.split}<{tag}{writing.attribute}>{padding}"
        return begin, f"{padding}</{tag.partition(' ')[0]}>{around.own if around.split else ''}</value>"

    def _structure(self, value: Writable, level: int, around: _Level, out: list[str]) -> None:
        pairs: Iterable[tuple[str, Writable] | Raw]
        if isinstance(value, Value) and value.kind is not Kind.STRUCT and value.kind is not Kind.ARRAY:
            out.append(self._held(value.tag, self._text(value.text), level))
            return
        if isinstance(value, Value) and value.kind is Kind.STRUCT:
            pairs = [(member.name, member.value) for member in value.members]
        elif isinstance(value, Mapping):
            pairs = value.items()
        elif isinstance(value, Members):
            pairs = value.pairs
        else:
            self._array(value.items if isinstance(value, Value) else value, around, out)
            return
        out.append(f"<value>{around.split}<struct{self._writing.attribute}>")
        self._members(pairs, around.inner, out)
        out.append(f"{around.split or around.own}</struct>{around.own if around.split else ''}</value>")

    def _members(self, pairs: Iterable[tuple[str, Writable] | Raw], level: int, out: list[str]) -> None:
        if self._writing.order != "given":
            pairs = self._ordered(list(pairs))
        around, makers, append = self._level(level), self._makers, out.append
        scalars, begun, short, plain = around.scalars, around.member, self._writing.short, not self._writing.references
        name = ""
        try:
            for pair in pairs:
                if isinstance(pair, Raw):
                    out += (around.own, pair.text)
                    continue
                name, value = pair
                maker = makers.get(type(value))
                written = _escaped(name) if plain else self._text(name, name=True)
                if maker is not None:
                    tag, text = maker(value)
                    if text or not short:
                        begin, end = scalars.get(tag) or self._scalar(tag, level)
                        append(f"{begun}{written}{begin}{text}{end}")
                        continue
                append(f"{begun}{written}{around.name_end}")
                self._value(value, level + 1, out)
                append(around.member_end)
        except ValueError as error:
            raise ValueError(f".{name}{error}" if str(error)[:1] in ".[" else f".{name}: {error}") from None

    def _array(self, items: object, around: _Level, out: list[str]) -> None:
        if not isinstance(items, Sequence):
            raise ValueError(f"expected a value that XML-RPC can hold, got {type(items).__name__}")
        attribute, inner = self._writing.attribute, self._level(around.inner)
        out.append(f"<value>{around.split}<array{attribute}>{inner.own}<data{attribute}>")
        for number, item in enumerate(items):
            try:
                self._value(item, around.inner + 1, out)
            except ValueError as error:
                raise ValueError(f"[{number}]{error}" if str(error)[:1] in ".[" else f"[{number}]: {error}") from None
        out.append(
            f"{inner.own}</data>{around.split or around.own}</array>{around.own if around.split else ''}</value>"
        )

    def _ordered(self, pairs: list[tuple[str, Writable] | Raw]) -> list[tuple[str, Writable] | Raw]:
        if self._writing.order == "reversed":
            return pairs[::-1]
        return sorted(pairs, key=lambda pair: "" if isinstance(pair, Raw) else pair[0])

    def _string(self, value: str) -> tuple[str, str]:
        return "string" if self._writing.string_tag else "", self._text(value)

    def _int(self, value: int) -> tuple[str, str]:
        if not LEAST_INT <= value <= MOST_INT:
            raise ValueError(
                f"expected a number of four bytes, got {value:.3e}" if abs(value) < 10**300 else "too large"
            )
        return self._writing.int_tag, self._int_form.format(value)

    def _scalar(self, tag: str, level: int) -> tuple[str, str]:
        """What stands around a scalar that is a member of this level."""
        around = self._level(level)
        begin, end = self._tags(tag, level + 1)
        found = around.scalars[tag] = around.name_end + around.value + begin, end + around.member_end
        return found

    def _text(self, text: str, *, name: bool = False) -> str:
        if self._plain:
            return text if _SPECIAL.search(text) is None else text_of(text)
        escaped, codec = text_of(text), CODECS[self._writing.encoding]  # tells what XML cannot hold, too
        if self._writing.references:
            return "".join([f"&#x{ord(char):x};" for char in text])
        held = text and "\r" not in text and text.encode(codec, "replace").decode(codec) == text
        if not name and held and self._writing.sections:
            return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"
        return escaped


_escaped = lru_cache(maxsize=4096)(text_of)


@lru_cache(maxsize=64)
def _writer(writing: Writing) -> _Writer:
    return _Writer(writing)
