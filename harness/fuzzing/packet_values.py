"""Values of fields of XML messages: ordinary ones, ones that are hard to carry, and ones at the limits of a type or outside."""

from __future__ import annotations

from random import Random

from harness.datatypes import probes
from harness.spec.model import Base, DataType

_PLAIN = "abcdefghijklmnopqrstuvwxyz0123456789 "
_HARD = (
    "a&b", "a<b>c", "<b/>", "&amp;", "&#65;", "]]>", "<!-- x -->", "<![CDATA[x]]>", 'say "so"', "it's", "'\"'\"",
    "a  b", "a   b", "x  y  z", "two  blanks", "%s%n", "\\", "\\\\x\\",
    "ä", "ÄÖÜß€", "é", "e\u0301", "日本語", "кириллица", "ελληνικά", "עברית", "😀", "a😀b", "𝄞𝄞", "👩\u200d👩", "İı", "ﬁ", "\u00a0", "a\u00a0b",
    "tab\there", "line\nbreak", "cr\rhere", "\u0085", "\u2028", "\ufeff", "\u202e", " lead", "trail ", "  both  ", "",
    " ", "NULL", "null", "0", "-1", "true",
    "a;b", "a,b", "a=b", "a|b", "../../x", "C:\\x\\y", "' OR '1'='1", "$(x)", "`x`", "{0}", "a/b?c#d",
    "x" * 30, "x" * 31, "x" * 63, "x" * 64, "é" * 30,
)  # fmt: skip
_NOT_XML = ("\x00", "a\x01b", "\x0b", "\x1f", "\x7f", "\ufffe", "\uffff")
_LONG = (65, 127, 128, 255, 256, 257, 1000, 4096, 30_000)
_ALPHABET = "   &<>\"' abcxyz019-_.äß日😀"
_GUIDS = (
    "",
    "0",
    "x",
    "00000000-0000-0000-0000-000000000000",
    "{00000000-0000-0000-0000000000000000}",
    "zzzzzzzz-0000-0000-0000000000000000",
)


def plain_text(rng: Random) -> str:
    """A short text that no device has a reason to refuse."""
    return "x" + "".join(rng.choices(_PLAIN, k=int(rng.random() * 12))) + "z"


def hard_text(rng: Random) -> str:
    """A text that is hard to carry."""
    choice = rng.random()
    if choice < 0.62:
        return _HARD[int(rng.random() * len(_HARD))]
    if choice < 0.9:
        return "x" + "".join(rng.choices(_ALPHABET, k=int(rng.random() * 30))) + "z"
    if choice < 0.95:
        return _NOT_XML[int(rng.random() * len(_NOT_XML))]
    return "x" * _LONG[int(rng.random() * len(_LONG))]


def odd_value(kind: DataType, rng: Random) -> str:
    """A text at the limits of a type or outside of it."""
    if kind.base in (Base.TEXT, Base.WORD):
        return hard_text(rng)
    if kind.base is Base.GUID:
        return _GUIDS[int(rng.random() * len(_GUIDS))]
    known = list(probes(kind))
    if rng.random() < 0.2 or not known:
        return hard_text(rng)
    valid = kind.choices[0] if kind.choices else "192.0.2.1" if kind.base is Base.IPV4 else str(kind.minimum or 1)
    return known[int(rng.random() * len(known))].make(valid)
