"""Numbers of any length compared without being read, and the orders that `alphabetically` may mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

_SPACE = " \t\r\n"
_DIGITS = re.compile(r"([0-9]+)")
_NO_LETTER = re.compile(r"[\W_]+")

Number = tuple[int, int, str]


def number(text: str) -> Number | None:
    """An integer in any lexical form of XML Schema as a key that compares like it; None: it is none.

    The key takes time and memory in proportion to the text, also for a million digits, which `int` refuses.
    """
    if text.isdigit() and text.isascii() and text[0] != "0":
        return (1, len(text), text)
    text = text.strip(_SPACE)
    sign = 1
    if text[:1] in ("+", "-"):
        sign = -1 if text[0] == "-" else 1
        text = text[1:]
    if not (text.isascii() and text.isdigit()):
        return None
    text = text.lstrip("0")
    if not text:
        return (0, 0, "")
    if sign > 0:
        return (1, len(text), text)
    return (-1, -len(text), text.translate(_MIRROR))


_MIRROR = str.maketrans("0123456789", "9876543210")


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-be", "surrogatepass")


def _accents(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return "".join(one for one in plain if not unicodedata.combining(one)).upper()


def _letters(text: str) -> str:
    return _NO_LETTER.sub("", _accents(text))


def _natural(text: str) -> list[tuple[int, int, str]]:
    parts = _DIGITS.split(text.casefold())
    return [(1, len(part.lstrip("0")), part.lstrip("0")) if at % 2 else (0, 0, part) for at, part in enumerate(parts)]


def _dictionary(text: str) -> list[tuple[int, str]]:
    return [(2 if one.isalpha() else 1 if one.isdigit() else 0, one) for one in _accents(text)]


# Order -> the key by which it sorts; names with the same key may stand in any order. `lower` and `upper` differ in what
# stands between the two alphabets, such as the underscore. The spec's readings of a collation go by these names.
COLLATIONS: dict[str, Callable[[str], Any]] = {
    "code-point": str,  # that of the bytes of UTF-8 too
    "utf-16": _utf16,
    "lower": str.lower,
    "upper": str.upper,
    "accents": _accents,
    "dictionary": _dictionary,
    "letters": _letters,
    "natural": _natural,
}
