"""Harmless mutants of XML: other spellings of the same document, which nobody may hold against a device."""

from __future__ import annotations

import re
from collections.abc import Callable

from harness.mutation.http_seen import Said, Seen
from harness.mutation.mutant import Operator

_VALUE = re.compile(rb"=\s*\"([^\"<]*)\"")
_START = re.compile(rb"<([A-Za-z_][^\s/>]*)((?:\s+[^\s=]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))+)(\s*/?)>")
_ATTRIBUTE = re.compile(rb"\s+[^\s=]+\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_EMPTY = re.compile(rb"<([A-Za-z_][^\s/>]*)((?:\s[^<>]*?)?)\s*/>")
_BETWEEN = re.compile(rb">\s+<")


def _respelled(change: Callable[[bytes], bytes]) -> Callable[[Seen], Said]:
    return lambda seen: seen.body(change(seen.answer.body)) if seen.answer.body else None


def _behind_declaration(body: bytes) -> tuple[bytes, bytes]:
    """The XML declaration, and the rest."""
    if not body.startswith(b"<?xml"):
        return b"", body
    head, end, rest = body.partition(b"?>")
    return head + end, rest


def _single_quotes(body: bytes) -> bytes:
    head, rest = _behind_declaration(body)
    return head + _VALUE.sub(lambda found: b"='" + found[1].replace(b"'", b"&apos;") + b"'", rest)


def _backwards(body: bytes) -> bytes:
    head, rest = _behind_declaration(body)
    return head + _START.sub(
        lambda one: b"<" + one[1] + b"".join(reversed(_ATTRIBUTE.findall(one[2]))) + one[3] + b">", rest
    )


def _comments(body: bytes) -> bytes:
    head, rest = _behind_declaration(body)
    return head + b"<!-- a -->" + _BETWEEN.sub(b"><!-- of no account --><", rest) + b"<!-- z -->"


def _references(body: bytes) -> bytes:
    head, rest = _behind_declaration(body)
    return head + _VALUE.sub(lambda found: b'="' + _as_reference(found[1]) + b'"', rest)


def _as_reference(value: bytes) -> bytes:
    """Its first character as a character reference, if it is a letter or digit."""
    return b"&#x%x;" % value[0] + value[1:] if value[:1].isalnum() and value[0] < 128 else value


def _spaces(body: bytes) -> bytes:
    head, rest = _behind_declaration(body)
    return (
        head
        + b"\n\n"
        + _START.sub(lambda one: b"<" + one[1] + one[2].replace(b'="', b' = "') + b"\n " + one[3].strip() + b">", rest)
        + b"\n\n"
    )


def _pairs(body: bytes) -> bytes:
    head, rest = _behind_declaration(body)
    return head + _EMPTY.sub(lambda one: b"<" + one[1] + one[2] + b"></" + one[1] + b">", rest)


SPELLINGS: tuple[tuple[str, Operator, str, Callable[[Seen], Said]], ...] = tuple(
    (f"harmless-{name}", operator, f"The XML {about}, which is the same.", _respelled(change))
    for name, operator, about, change in (
        ("quotes", Operator.RENAME, "has single quotes", _single_quotes),
        ("attribute-order", Operator.REORDER, "has its attributes in another order", _backwards),
        ("comments", Operator.OVERFLOW, "has comments", _comments),
        ("references", Operator.RENAME, "has character references", _references),
        ("spaces", Operator.OVERFLOW, "has more white space", _spaces),
        ("one-line", Operator.DROP, "stands on one line", lambda body: _BETWEEN.sub(b"><", body)),
        ("line-ends", Operator.RENAME, "has line ends of CR LF", lambda body: body.replace(b"\n", b"\r\n")),
        ("pairs", Operator.SPLIT, "has an end tag for each element", _pairs),
        ("no-declaration", Operator.DROP, "has no declaration", lambda body: _behind_declaration(body)[1].lstrip()),
        ("byte-order-mark", Operator.OVERFLOW, "begins with a byte order mark", lambda body: b"\xef\xbb\xbf" + body),
        (
            "instruction",
            Operator.OVERFLOW,
            "has a processing instruction",
            lambda body: body.rstrip() + b"\n<?clausewise of no account?>",
        ),
    )
)
