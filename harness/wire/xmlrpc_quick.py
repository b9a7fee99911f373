"""Reads XML-RPC that is spelled as usual and breaks no rule, several times faster than the full way.

Usual is: UTF-8 without a mark, tags without blanks and attributes, no comments, sections and instructions, names of letters, digits,
`_`, `.` and `-`, one parameter that is a struct. White space may stand wherever XML-RPC has elements alone. Whatever else comes is left
to `xmlrpc_full`, which reads the same message from what is read here.
"""

from __future__ import annotations

import re

from harness.wire.xmlrpc_message import Limits, Message, MessageKind
from harness.wire.xmlrpc_scalars import READERS
from harness.wire.xmlrpc_values import KINDS, Kind, Member, Value

_B = r"[ \t\r\n]*+"
_SCALAR = r"<(string|int|i4|boolean|double|dateTime\.iso8601|base64)>"
# What may stand in <value> behind its tag, with how it ends: a scalar, a bare string, or the beginning of a struct or array. To fill in:
# the number of the scalar's group, and what follows behind the end of a scalar.
_HELD = rf"(?:(?:{_B}{_SCALAR}([^<]*+)</\{{0}}>{_B}</value>|([^<]*+)</value>){{1}}{_B}|{_B}<(struct|array)>{_B})"
_DECLARATION = r"(?:<\?xml version=[\"']1\.0[\"'](?: encoding=([\"'])([Uu][Tt][Ff]-8)\1)? ?\?>)?+"
_HEAD = re.compile(
    rf"{_DECLARATION}{_B}(?:<methodCall>{_B}(<methodName>)([A-Za-z0-9_.:/]+)</methodName>{_B}<params>{_B}<param>"
    rf"|<methodResponse>{_B}(?:<params>{_B}<param>|(<fault>))){_B}(<value>){_B}<struct>{_B}"
)
_TAILS = {
    MessageKind.CALL: re.compile(rf"{_B}</value>{_B}</param>{_B}</params>{_B}</methodCall>{_B}"),
    MessageKind.RESPONSE: re.compile(rf"{_B}</value>{_B}</param>{_B}</params>{_B}</methodResponse>{_B}"),
    MessageKind.FAULT: re.compile(rf"{_B}</value>{_B}</fault>{_B}</methodResponse>{_B}"),
}
_MEMBER = re.compile(rf"<member>{_B}<name>([A-Za-z0-9_.-]+)</name>{_B}(<value>){_HELD.format(3, f'{_B}</member>')}")
_MEMBER_END = re.compile(rf"{_B}</value>{_B}</member>{_B}")
_ITEM = re.compile(rf"<value>{_HELD.format(1, '')}")
_ITEM_END = re.compile(rf"{_B}</value>{_B}")
_DATA = re.compile(rf"<data>{_B}")
_DATA_END = re.compile(rf"</data>{_B}</array>")
_STRUCT_END = "</struct>"
# Beyond what XML 1.0 can hold: 5.1's other characters take more than one byte, and are looked for where there are such.
_NEVER = bytes(code for code in range(32) if code not in (9, 10, 13))
_NO_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)")
_STRING = Kind.STRING
_MOST_DIGITS = 9  # of a number that is in range whatever the digits
# By element: its kind and how it is read. Enums are slow keys.
_READERS = {tag: (kind, READERS[kind]) for tag, kind in KINDS.items() if kind in READERS}


class _Unusual(Exception):  # noqa: N818 - not an error: the full way reads it
    pass


def read_quickly(data: bytes, limits: Limits) -> Message | None:
    """Read a message of the usual spelling; None if it is none, or one that breaks a rule. Its length is not looked at."""
    if b"&" in data and _NO_REFERENCE.search(data.decode("iso-8859-1")):
        return None
    ascii_only = data.isascii()
    if not ascii_only:
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            return None
        if b"\xef\xbf\xbe" in data or b"\xef\xbf\xbf" in data:
            return None
    if b"]]>" in data or len(data.translate(None, _NEVER)) != len(data):
        return None
    text = data.decode("iso-8859-1")  # a character a byte, so that places are those of bytes
    head = _HEAD.match(text)
    if head is None:
        return None
    reader = _Reader(text, limits, plain=ascii_only and b"&" not in data and b"\r" not in data)
    _, encoding, called, method, faulty, _ = head.groups()
    kind = MessageKind.CALL if called else MessageKind.FAULT if faulty else MessageKind.RESPONSE
    try:
        members, end = reader.members(head.end(), 1)
    except _Unusual:
        return None
    if _TAILS[kind].fullmatch(text, end) is None:
        return None
    value = Value(Kind.STRUCT, "struct", "", None, head.start(6), members)
    if kind is MessageKind.FAULT and not _is_fault(members):
        return None
    return Message(
        kind=kind,
        method=method or "",
        params=() if faulty else (value,),
        fault=value if faulty else None,
        method_at=head.start(3),
        data=data,
        declared=encoding,
        declaration=text.startswith("<?"),
    )


def _is_fault(members: tuple[Member, ...]) -> bool:
    return {member.name: member.value.kind for member in members} == {"faultCode": Kind.INT, "faultString": _STRING}


class _Reader:
    """Reads structs and arrays from a place of the text on."""

    __slots__ = ("_depth", "_left", "_plain", "_text")

    def __init__(self, text: str, limits: Limits, *, plain: bool) -> None:
        self._text = text
        self._depth = limits.depth
        self._left = limits.values - 1
        self._plain = plain  # texts stand for themselves

    def members(self, at: int, depth: int) -> tuple[tuple[Member, ...], int]:
        """The members from behind `<struct>`, and where the struct has ended."""
        text, match, plain = self._text, _MEMBER.match, self._plain
        found = dict[str, Member]()
        count = 0
        while (one := match(text, at)) is not None:
            name, _, tag, held, bare, inner = one.groups()
            if inner is None:
                value, end = self._scalar(tag, held if bare is None else bare, one.start(2), plain=plain), one.end()
            else:
                value, end = self._nested(inner, one.start(2), one.end(), depth)
                closed = _MEMBER_END.match(text, end)
                if closed is None:
                    raise _Unusual
                end = closed.end()
            found[name] = Member(name, value, at, name)
            count += 1
            at = end
        self._left -= count
        if self._left < 0 or not text.startswith(_STRUCT_END, at) or len(found) != count:
            raise _Unusual
        return tuple(found.values()), at + len(_STRUCT_END)

    def _items(self, at: int, depth: int) -> tuple[tuple[Value, ...], int]:
        """The items from behind `<array>`, and where the array has ended."""
        text, match = self._text, _ITEM.match
        data = _DATA.match(text, at)
        if data is None:
            raise _Unusual
        at = data.end()
        found: list[Value] = []
        while (one := match(text, at)) is not None:
            tag, held, bare, inner = one.groups()
            if inner is None:
                found.append(self._scalar(tag, held if bare is None else bare, at, plain=self._plain))
                end = one.end()
            else:
                value, end = self._nested(inner, at, one.end(), depth)
                found.append(value)
                closed = _ITEM_END.match(text, end)
                if closed is None:
                    raise _Unusual
                end = closed.end()
            at = end
        ended = _DATA_END.match(text, at)
        self._left -= len(found)
        if self._left < 0 or ended is None:
            raise _Unusual
        return tuple(found), ended.end()

    def _nested(self, tag: str, value_at: int, at: int, depth: int) -> tuple[Value, int]:
        if depth >= self._depth:
            raise _Unusual
        if tag == "struct":
            members, end = self.members(at, depth + 1)
            return Value(Kind.STRUCT, tag, "", None, value_at, members), end
        items, end = self._items(at, depth + 1)
        return Value(Kind.ARRAY, tag, "", None, value_at, (), items), end

    def _scalar(self, tag: str | None, text: str, at: int, *, plain: bool) -> Value:
        """A scalar; a bare string has no tag."""
        if not plain and ("&" in text or "\r" in text or not text.isascii()):
            text = _resolved(text)
        if tag == "string":
            return Value(_STRING, tag, text, text, at)
        if tag is None:
            return Value(_STRING, "", text, text, at)
        kind, reader = _READERS[tag]
        if kind is Kind.INT and len(text) <= _MOST_DIGITS and text.isascii() and text.isdecimal():
            return Value(kind, tag, text, int(text), at)
        scalar, rule = reader(text)
        if rule:
            raise _Unusual
        return Value(kind, tag, text, scalar, at)


def _resolved(text: str) -> str:
    """The text that stands between two tags, read a character a byte."""
    if not text.isascii():
        text = text.encode("iso-8859-1").decode("utf-8")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "&" in text:
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&apos;", "'")
        text = text.replace("&amp;", "&")
    return text
