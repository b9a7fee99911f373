"""Values that are hard to carry through XML and URLs, and the ways to write them that mean the same."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

# Every printable character of ASCII, those that something marks up with several times.
_SIGNS = "&<>\"'%+#=;?/&<>%+=" + "".join(chr(code) for code in range(0x21, 0x7F))
_PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_TRAPS = (
    "&amp;", "&lt;b&gt;", "%41%26", "a+b", "a%2Bb", "&#38;", "&#x26;", "<GATE>x</GATE>", "]]>", "x&gate=y", "a=b", "100%", "%%", "%zz",
    "</REQUEST>", "a#b", "a;b", "'a'", '"a"', "<!--", "-->", "<![CDATA[x", "&;", "a&b;c", "<", ">", "&", "%", "+", "\\n", "\\", "{0}", "$1",
)  # fmt: skip
_SAFE = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
_MARKED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_NAMED = _MARKED | {'"': "&quot;", "'": "&apos;"}

Spell = Callable[[str, Random], str]


def pick(rng: Random, choices: str | tuple[str, ...] | list[str]) -> str:
    """One of them."""
    return choices[int(rng.random() * len(choices))]


def token(rng: Random) -> str:
    """Digits that nobody else uses."""
    return str(10**8 + int(rng.random() * 9 * 10**8))


def number(rng: Random) -> str:
    """A number of a request: any, mostly far apart."""
    if rng.random() < 0.1:
        return pick(
            rng, ("1", "9", "255", "256", "32767", "32768", "65535", "65536", "16777217", "2147483646", "2147483647")
        )
    return str(1 + int(rng.random() * (2147483647 if rng.random() < 0.5 else 100000)))


def hard_text(rng: Random, most: int = 20) -> str:
    """Printable ASCII with signs that mark something up; no blank at its ends and no two together."""
    if rng.random() < 0.5:
        text = pick(rng, _TRAPS)
        if rng.random() < 0.5:
            text = f"{pick(rng, _PLAIN)}{text}{pick(rng, _PLAIN)}"
    else:
        text = "".join(pick(rng, _SIGNS) for _ in range(1 + int(rng.random() * most)))
        if rng.random() < 0.3:
            text = " ".join((text[:5], text[5:]))
    return " ".join(text[:most].split(" ")).strip() or "x"


def plain_text(rng: Random, most: int) -> str:
    """Letters and digits, perhaps as long as there is room."""
    size = most if rng.random() < 0.3 else 1 + int(rng.random() * min(most, 24))
    text = "".join(pick(rng, _PLAIN) for _ in range(size))
    return f"{text[:3]} {text[4:]}" if size > 6 and rng.random() < 0.3 else text


def as_text(value: str, rng: Random) -> str:
    """A value as the text of an element, in one of the legal ways."""
    style = int(rng.random() * 6)
    if style == 0:
        return "".join(_NAMED.get(sign, sign) for sign in value)
    if style == 1:
        return "".join(f"&#{ord(sign)};" for sign in value)
    if style == 2:
        return "".join(f"&#x{ord(sign):{'X' if rng.random() < 0.5 else 'x'}};" for sign in value)
    if style == 3:
        return "".join(f"&#{ord(sign):04d};" if sign in _MARKED or rng.random() < 0.3 else sign for sign in value)
    return "".join(_MARKED.get(sign, sign) for sign in value)


def plain_xml(value: str, _rng: Random) -> str:
    """A value as the text of an element, in the usual way."""
    return "".join(_MARKED.get(sign, sign) for sign in value)


def as_query(value: str, rng: Random) -> str:
    """A value of a query, in one of the legal ways; a blank is never a plus sign."""
    style = int(rng.random() * 4)
    found = []
    for byte in value.encode("utf-8", "replace"):
        keep = byte in _SAFE and style and (style > 1 or rng.random() < 0.7)
        found.append(chr(byte) if keep else f"%{byte:02x}" if style == 3 else f"%{byte:02X}")
    return "".join(found)
