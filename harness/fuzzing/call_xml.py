"""Other spellings of a call: those that XML gives to everybody, and odd ones; of values, members, whole messages and encodings.

A bend takes the text of a call, with marks in place of what is only known when it is played, and gives another one. What a conforming device
must then answer is not decided here: the independent grammar reads the bytes again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from random import Random

from harness.fuzzing.call_parts import DECLARATION
from harness.fuzzing.document_values import pick
from harness.wire.xmlrpc_values import Value
from harness.wire.xmlrpc_writing import Raw, Writable
from harness.wire.xmlrpc_wrong import (
    WRONG_MEMBERS,
    WRONG_MESSAGES,
    WRONG_VALUES,
    wrong_member,
    wrong_message,
    wrong_value,
)

Bend = Callable[[bytes, Random], bytes]
_TEXT = re.compile(rb"(?<=<string>)[^<&{}]+(?=</string>)")
_VALUE = re.compile(rb"<value>(?:(?!<value>|\{\{).)*?</value>", re.DOTALL)
_LEAF = re.compile(rb"<value><(\w[\w.]*)>([^<{}]*)</\1></value>")
_BETWEEN = re.compile(
    rb"(?<=</member>)(?=<member>)|(?<=<struct>)(?=<member>)|(?<=<params>)|(?<=</methodName>)|(?<=</name>)|(?<=<param>)"
)
_MEMBER = re.compile(
    rb"<member><name>(?!authentication)([^<]*)</name>((?:(?!<member>|\{\{|</member>).)*)</member>", re.DOTALL
)
_EMPTY = re.compile(rb"<(string|data|base64|struct)></\1>")
_BLANKS = (b" ", b"\n", b"\t", b"\r\n", b"\n  ", b"   ")
_NEVER = frozenset(("laughs", "two-roots"))  # a second root is another call to some


def _one(pattern: re.Pattern[bytes], data: bytes, rng: Random) -> re.Match[bytes] | None:
    """One of the places that a pattern has."""
    found = list(pattern.finditer(data))
    return found[int(rng.random() * len(found))] if found else None


def _changed(pattern: re.Pattern[bytes], data: bytes, rng: Random, change: Callable[[bytes], bytes]) -> bytes:
    found = _one(pattern, data, rng)
    return data if found is None else data[: found.start()] + change(found[0]) + data[found.end() :]


# what means the same


def _references(data: bytes, rng: Random) -> bytes:
    form = pick(rng, ("&#{};", "&#x{:x};", "&#x{:X};", "&#{:05d};"))

    def change(text: bytes) -> bytes:
        return "".join(
            form.format(ord(sign)) if rng.random() < 0.5 else sign for sign in text.decode("utf-8", "replace")
        ).encode()

    return _changed(_TEXT, data, rng, change)


def _section(data: bytes, rng: Random) -> bytes:
    def change(text: bytes) -> bytes:
        cut = int(rng.random() * (len(text) + 1)) if text.isascii() else 0
        return text[:cut] + b"<![CDATA[" + text[cut:] + b"]]>" if b"]]>" not in text else text

    return _changed(_TEXT, data, rng, change)


def _named(data: bytes, rng: Random) -> bytes:
    return _changed(_TEXT, data, rng, lambda text: text.replace(b"'", b"&apos;").replace(b'"', b"&quot;"))


def _comments(data: bytes, rng: Random) -> bytes:
    text = pick(rng, ("c", " a - b ", "<member>", "</methodCall", "&", "]]>", "", " x " * 20)).encode()
    return _BETWEEN.sub(lambda _found: b"<!--" + text + b"-->" if rng.random() < 0.3 else b"", data)


def _blanks(data: bytes, rng: Random) -> bytes:
    gap = _BLANKS[int(rng.random() * len(_BLANKS))]
    return _BETWEEN.sub(lambda _found: gap if rng.random() < 0.7 else b"", data)


def _declaration(data: bytes, rng: Random) -> bytes:
    new = pick(
        rng,
        ("", "<?xml version='1.0'?>", '<?xml version="1.0" encoding="utf-8"?>\n', "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>",
         '<?xml version = "1.0"\nencoding = "UTF-8" ?>\r\n'),
    )  # fmt: skip
    return new.encode() + data.removeprefix(DECLARATION)


def _short(data: bytes, _rng: Random) -> bytes:
    return _EMPTY.sub(rb"<\1/>", data)


def _order(data: bytes, rng: Random) -> bytes:
    """Members that follow each other in turned order."""
    found = _one(_TWO, data, rng)
    return data if found is None else data[: found.start()] + found[2] + found[1] + data[found.end() :]


_PLAIN_MEMBER = rb"<member><name>[^<{]*</name><value><\w[\w.]*>[^<{]*</\w[\w.]*></value></member>"
_TWO = re.compile(rb"(" + _PLAIN_MEMBER + rb")(" + _PLAIN_MEMBER + rb")")


# what is odd


def _spoiled_value(data: bytes, rng: Random) -> bytes:
    new = pick(rng, _ODD_VALUES)
    return _changed(_VALUE, data, rng, lambda _old: _bytes(wrong_value(new).text))


def _spoiled_member(data: bytes, rng: Random) -> bytes:
    found = _one(_MEMBER, data, rng)
    if found is None:
        return data
    old = Raw(found[2].decode("utf-8", "surrogateescape"))
    written = wrong_member(pick(rng, _ODD_MEMBERS), found[1].decode("utf-8", "replace"), old)
    new = b"".join(_bytes(pair.text) if isinstance(pair, Raw) else _pair(*pair) for pair in written)
    return data[: found.start()] + new + data[found.end() :]


def _pair(name: str, value: Writable) -> bytes:
    written = (
        value.text
        if isinstance(value, Raw)
        else f"<value><string>{value.text if isinstance(value, Value) else value}</string></value>"
    )
    return _bytes(f"<member><name>{name}</name>{written}</member>")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _spoiled_message(data: bytes, rng: Random) -> bytes:
    try:
        return wrong_message(pick(rng, _ODD_MESSAGES), data)
    except ValueError:
        return data


def _retyped(data: bytes, rng: Random) -> bytes:
    """A value with the element of another type, or none, around its text."""
    tag = pick(
        rng,
        (
            "string",
            "int",
            "i4",
            "i8",
            "boolean",
            "double",
            "base64",
            "dateTime.iso8601",
            "nil",
            "struct",
            "array",
            "ex:i4",
            "",
            "String",
        ),
    )

    def change(old: bytes) -> bytes:
        found = _LEAF.fullmatch(old)
        text = found[2] if found is not None else b""
        return (
            b"<value><%s>%s</%s></value>" % (tag.encode(), text, tag.encode()) if tag else b"<value>%s</value>" % text
        )

    return _changed(_LEAF, data, rng, change)


def _respelled(data: bytes, rng: Random) -> bytes:
    """The text of a value in another spelling."""
    new = _SPELLINGS[int(rng.random() * len(_SPELLINGS))]

    def change(old: bytes) -> bytes:
        found = _LEAF.fullmatch(old)
        if found is None:
            return old
        return b"<value><%s>%s</%s></value>" % (found[1], new.replace(b"@", found[2]), found[1])

    return _changed(_LEAF, data, rng, change)


_SPELLINGS = (
    b" @ ", b"\n@\n", b"+@", b"00@", b"@.0", b"@e0", b"0x@", b"-@", b"", b" ", b"@@", b"true", b"false", b"TRUE", b"yes", b"nothing", b"2",
    b"2147483648", b"-2147483649", b"9" * 400, b"1,000", b"@%00", b"@\xc2\xa0", b"20140107", b"2014-01-07T13:31:26", b"20140107T13:31:26Z",
    b"20141307T13:31:26", b"@@@@", b"QUJD=", b"QUJD\nQUJD", b"QQ", b"NaN", b"&#48;", b"<!-- -->@", b"@<b/>",
)  # fmt: skip


def _letters(data: bytes, rng: Random) -> bytes:
    """Names of elements in other letters."""
    tag = pick(
        rng,
        (
            "methodCall",
            "methodName",
            "params",
            "param",
            "value",
            "struct",
            "member",
            "name",
            "string",
            "int",
            "boolean",
        ),
    ).encode()
    change = (bytes.lower, bytes.upper, bytes.swapcase)[int(rng.random() * 3)]
    return data.replace(b"<" + tag + b">", b"<" + change(tag) + b">").replace(
        b"</" + tag + b">", b"</" + change(tag) + b">"
    )


def _unclosed(data: bytes, rng: Random) -> bytes:
    tags = list(re.finditer(rb"</?[A-Za-z0-9.]+>", data))
    found = tags[int(rng.random() * len(tags))] if tags else None
    return data if found is None else data[: found.start()] + data[found.end() :]


def _doubled(data: bytes, rng: Random) -> bytes:
    return _changed(_MEMBER, data, rng, lambda old: old * (2 + int(rng.random() * 3)))


def _attributes(data: bytes, rng: Random) -> bytes:
    return _changed(
        re.compile(rb"<(?:value|struct|string|int|member|methodCall|params)>"),
        data,
        rng,
        lambda old: old[:-1] + b' a="b">',
    )


def _elements(data: bytes, rng: Random) -> bytes:
    new = pick(
        rng, ("<x/>", "<x>y</x>", "text", "<member/>", "<value/>", "<param/>", "<?pi x?>", "&amp;", "<struct/>")
    ).encode()
    return _changed(_BETWEEN, data, rng, lambda _old: new)


def _doctype(data: bytes, rng: Random) -> bytes:
    new = pick(
        rng,
        ("<!DOCTYPE methodCall>", '<!DOCTYPE methodCall [<!ENTITY a "b">]>', '<!DOCTYPE methodCall [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>',
         '<!DOCTYPE methodCall [<!ENTITY a SYSTEM "file:///nonexistent">]>', "<!DOCTYPE methodCall [<!ELEMENT x ANY>]>"),
    ).encode()  # fmt: skip
    text = data.replace(b"<methodCall>", new + b"<methodCall>", 1)
    return _changed(_TEXT, text, rng, lambda _old: b"&a;") if rng.random() < 0.6 else text


def _deep(data: bytes, rng: Random) -> bytes:
    depth = int(10 ** (1 + rng.random() * 1.6))
    begin, end = (
        (b"<value><struct><member><name>a</name>", b"</member></struct></value>") if rng.random() < 0.5
        else (b"<value><array><data>", b"</data></array></value>")
    )  # fmt: skip
    new = begin * depth + b"<value><int>1</int></value>" + end * depth
    if rng.random() < 0.5:
        return data.replace(
            b"</struct></value></param>", b"<member><name>deep</name>" + new + b"</member></struct></value></param>"
        )
    return _changed(_LEAF, data, rng, lambda _old: new)


# encodings

_HOSTILE = (
    b"\xff", b"\xc3", b"\xa9", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\x00", b"\x01", b"\x0b", b"\x7f", b"\xc2\x85",
    b"\xef\xbf\xbf", b"\xef\xb7\x90", "\u202e".encode(), "\u2028".encode(), "e\u0301".encode(), "\U0001f600".encode(), b"&#0;", b"&#xD800;",
    b"&#x10FFFF;", b"&#x110000;", b"&nbsp;", b"&", b"&#;", b"]]>", b"&#x1F600;", b"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa9",
)  # fmt: skip


def _hostile(data: bytes, rng: Random) -> bytes:
    new = _HOSTILE[int(rng.random() * len(_HOSTILE))]

    def change(text: bytes) -> bytes:
        at = int(rng.random() * (len(text) + 1)) if text.isascii() else 0
        return text[:at] + new + text[at:]

    return _changed(_TEXT, data, rng, change)


def _characters(data: bytes, rng: Random) -> bytes:
    """Characters that every device must keep."""
    text = pick(rng, ("é", "日本語", "Ω≈ç", "ßøå", "кириллица", "עברית", "한국어", "naïve café", "€")).encode()
    return _changed(_TEXT, data, rng, lambda _old: text)


def _encoded(data: bytes, rng: Random) -> bytes:
    text = data.removeprefix(DECLARATION).decode("utf-8", "replace")
    name, codec, mark = _CODECS[int(rng.random() * len(_CODECS))]
    declared = f'<?xml version="1.0" encoding="{name}"?>' if name else ""
    return mark + (declared + text).encode(codec, "xmlcharrefreplace")


# Slots are filled in ASCII: codecs in which that is another text are for calls without them.
_CODECS = (
    ("UTF-8", "utf-8", b"\xef\xbb\xbf"), ("", "utf-8", b"\xef\xbb\xbf"), ("ISO-8859-1", "iso-8859-1", b""), ("US-ASCII", "ascii", b""),
    ("windows-1252", "cp1252", b""), ("UTF-16", "utf-8", b""), ("ISO-8859-1", "utf-8", b""), ("EBCDIC-X", "utf-8", b""), ("UTF-8", "iso-8859-1", b""),
    ("Shift_JIS", "shift_jis", b""), ("UTF-7", "utf-7", b""), ("UTF-32", "utf-8", b""), ("", "iso-8859-1", b""),
)  # fmt: skip

LEGAL: Mapping[str, Bend] = {
    "references": _references, "section": _section, "named": _named, "comments": _comments, "blanks": _blanks, "declaration": _declaration,
    "short": _short, "order": _order,
}  # fmt: skip
ODD: Mapping[str, Bend] = {
    "value": _spoiled_value, "member": _spoiled_member, "message": _spoiled_message, "letters": _letters, "unclosed": _unclosed,
    "doubled": _doubled, "attributes": _attributes, "elements": _elements, "doctype": _doctype, "deep": _deep,
}  # fmt: skip
TYPES: Mapping[str, Bend] = {"retyped": _retyped, "respelled": _respelled}
ENCODINGS: Mapping[str, Bend] = {"hostile": _hostile, "characters": _characters, "encoded": _encoded}
_ODD_VALUES = tuple(WRONG_VALUES)
_ODD_MEMBERS = tuple(WRONG_MEMBERS)
_ODD_MESSAGES = tuple(name for name in WRONG_MESSAGES if name not in _NEVER)
