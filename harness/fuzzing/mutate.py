"""Named mutations of one request of a line protocol, each with the rule of the syntax that it strains.

A mutation takes the bytes of a command without its terminator and gives others. What a conforming device must then answer is not decided
here: the independent grammar reads the bytes again. Fast on purpose: hundreds of thousands a second.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from harness.spec.model import LineSyntax

Pick = Callable[[], float]  # a number from 0 up to but not 1
Change = Callable[[bytes, Pick], bytes]

# Not UTF-8: a lone lead byte, a lone continuation, overlong slash, surrogate, past U+10FFFF, cut short, never legal.
_NOT_UTF8 = (b"\xc3", b"\xa9", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\xff")
_CONTROLS = bytes((*range(1, 9), *range(14, 32), 0x7F))
# UTF-8 whose characters trip up code that counts, folds, normalises or displays them.
_CHARACTERS = tuple(
    text.encode()
    for text in (
        "é",
        "e\u0301",
        "ß",
        "İ",
        "\u200b",
        "\u202e",
        "\u2028",
        "日本",
        "😀",
        "👩‍👩‍👧",
        "\ufffd",
        "\uffff",
        "\U0010ffff",
    )
)


@dataclass(frozen=True, slots=True)
class Mutation:
    """One way to change a request. `rule` is a key of the syntax' rules."""

    name: str
    rule: str
    change: Change


def mutations(syntax: LineSyntax) -> Mapping[str, tuple[Mutation, ...]]:
    """The mutations of a line protocol by group: `escaping` those of quotes, escapes and separators, `bytes` all others."""
    quote, escape, separator = (char.encode() for char in (syntax.quote, syntax.escape, syntax.separator))
    return {"escaping": _escaping(quote, escape, separator), "bytes": (*_characters(separator), *BYTES)}


def _escaping(quote: bytes, escape: bytes, separator: bytes) -> tuple[Mutation, ...]:
    def drop_closing(data: bytes, _pick: Pick) -> bytes:
        at = data.rfind(quote)
        return data if at < 0 else data[:at] + data[at + 1 :]

    def drop_opening(data: bytes, _pick: Pick) -> bytes:
        return data.replace(quote, b"", 1)

    def escape_closing(data: bytes, _pick: Pick) -> bytes:
        at = data.rfind(quote)
        return data if at < 0 else data[:at] + escape + data[at:]

    def escape_something(data: bytes, pick: Pick) -> bytes:
        at = data.find(quote) + 1 + int(pick() * (len(data) - data.find(quote)))
        return data[:at] + escape + data[at:]

    def double_escape(data: bytes, _pick: Pick) -> bytes:
        return data.replace(escape, escape + escape, 1)

    def no_escape(data: bytes, _pick: Pick) -> bytes:
        return data.replace(escape, b"", 1)

    def quote_all(data: bytes, _pick: Pick) -> bytes:
        return quote + data + quote

    def text_behind(data: bytes, pick: Pick) -> bytes:
        at = data.rfind(quote)
        return data if at < 0 else data[: at + 1] + data[int(pick() * at) :][:5] + data[at + 1 :]

    def odd_space(data: bytes, pick: Pick) -> bytes:
        spaces = (b"\t", b"\x0b", b"\xc2\xa0", b"\xe3\x80\x80", b"\r", separator * 2)
        return _replaced(data, separator, spaces[int(pick() * len(spaces))], pick)

    return (
        Mutation("open-quote", "balanced", drop_closing),
        Mutation("no-opening-quote", "balanced", drop_opening),
        Mutation("lone-quote", "balanced", lambda data, _pick: data + separator + quote),
        Mutation("escaped-closing-quote", "balanced", escape_closing),
        Mutation("stray-quote", "quoting", lambda data, pick: _inserted(data, quote, pick)),
        Mutation("stray-escape", "quoting", escape_something),
        Mutation("doubled-escape", "quoting", double_escape),
        Mutation("lost-escape", "quoting", no_escape),
        Mutation("quoted-whole", "quoting", quote_all),
        Mutation("text-behind-quote", "quoting", text_behind),
        Mutation("empty-argument", "quoting", lambda data, _pick: data + separator + quote * 2),
        Mutation("single-quotes", "quoting", lambda data, _pick: data.replace(quote, b"'")),
        Mutation("odd-space", "quoting", odd_space),
        Mutation("space-before", "quoting", lambda data, _pick: separator + data),
        Mutation("space-behind", "quoting", lambda data, _pick: data + separator),
    )


def _characters(separator: bytes) -> tuple[Mutation, ...]:
    def name_case(data: bytes, _pick: Pick) -> bytes:
        name, rest, values = data.partition(separator)
        return name.swapcase() + rest + values

    def name_cut(data: bytes, pick: Pick) -> bytes:
        name, rest, values = data.partition(separator)
        return name[: int(pick() * len(name))] + rest + values

    return (
        Mutation("not-utf8", "command-encoding", lambda data, pick: _inserted(data, _one(_NOT_UTF8, pick), pick)),
        Mutation("character", "command-encoding", lambda data, pick: _inserted(data, _one(_CHARACTERS, pick), pick)),
        Mutation("byte-order-mark", "command-encoding", lambda data, _pick: b"\xef\xbb\xbf" + data),
        Mutation("nul", "command-encoding", lambda data, pick: _inserted(data, b"\0", pick)),
        Mutation("control", "command-encoding", lambda data, pick: _inserted(data, _byte(_CONTROLS, pick), pick)),
        Mutation("line-feed", "command-end", lambda data, pick: _inserted(data, b"\n", pick)),
        Mutation("carriage-return", "command-end", lambda data, _pick: data + b"\r"),
        Mutation("name-in-other-case", "command-name", name_case),
        Mutation("name-cut-short", "command-name", name_cut),
        Mutation("name-run-on", "command-name", lambda data, _pick: data.replace(separator, b"s" + separator, 1)),
        Mutation("argument-too-many", "counts", lambda data, _pick: data + separator + b"more"),
        Mutation("last-argument-lost", "counts", lambda data, _pick: data.rpartition(separator)[0] or data),
    )


def _bit(data: bytes, pick: Pick) -> bytes:
    at = int(pick() * len(data))
    return data[:at] + bytes((data[at] ^ (1 << int(pick() * 8)),)) + data[at + 1 :] if data else data


def _deleted(data: bytes, pick: Pick) -> bytes:
    at = int(pick() * len(data))
    return data[:at] + data[at + 1 + int(pick() * 4) :]


def _doubled(data: bytes, pick: Pick) -> bytes:
    at = int(pick() * len(data))
    end = at + 1 + int(pick() * 16)
    return data[:end] + data[at:end] + data[end:]


def _swapped(data: bytes, pick: Pick) -> bytes:
    at = int(pick() * len(data))
    middle = at + 1 + int(pick() * 8)
    end = middle + 1 + int(pick() * 8)
    return data[:at] + data[middle:end] + data[at:middle] + data[end:]


def _cut_short(data: bytes, pick: Pick) -> bytes:
    return data[: int(pick() * len(data))]


def _overwritten(data: bytes, pick: Pick) -> bytes:
    at = int(pick() * len(data))
    return data[:at] + bytes((int(pick() * 256),)) + data[at + 1 :]


BYTES = (
    Mutation("bit-flipped", "one-reply", _bit),
    Mutation("bytes-deleted", "one-reply", _deleted),
    Mutation("bytes-doubled", "one-reply", _doubled),
    Mutation("bytes-swapped", "one-reply", _swapped),
    Mutation("byte-overwritten", "one-reply", _overwritten),
    Mutation("cut-short", "one-reply", _cut_short),
)


def _one(texts: tuple[bytes, ...], pick: Pick) -> bytes:
    return texts[int(pick() * len(texts))]


def _byte(texts: bytes, pick: Pick) -> bytes:
    at = int(pick() * len(texts))
    return texts[at : at + 1]


def _inserted(data: bytes, new: bytes, pick: Pick) -> bytes:
    at = int(pick() * (len(data) + 1))
    return data[:at] + new + data[at:]


def _replaced(data: bytes, old: bytes, new: bytes, pick: Pick) -> bytes:
    """One occurrence, whichever is next from a random place on."""
    at = data.find(old, int(pick() * len(data)))
    return data if at < 0 else data[:at] + new + data[at + len(old) :]
