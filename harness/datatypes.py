"""The scalar kinds that the documents use: which texts are values of them, and the probes just inside and just outside.

A probe makes a text from a valid value, so that probes of ids can be built on an id that exists.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from harness.spec.model import Base, DataType

UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
# 32 hexadecimal digits, in groups or not, in braces or not; some documents show one digit more or less.
_GUID = re.compile(r"\{?(?=(?:[^0-9a-fA-F]*[0-9a-fA-F]){30,34}[^0-9a-fA-F]*$)[0-9a-fA-F]+(?:-[0-9a-fA-F]+)*\}?")
_IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(?:\.(?!$)|$)){4}")
# Longer numbers are in no documented range, and Python refuses to read very long ones.
MOST_DIGITS = 100
_INT = re.compile(r"0|-?[1-9][0-9]*")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_US_TIME = re.compile(
    r"(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12][0-9]|3[01])/[0-9]{4} (?:0?[1-9]|1[0-2]):[0-5][0-9]:[0-5][0-9] [AP]M"
)
# XML Schema part 2, 3.3.13 and 3.3.20: a sign and leading zeros are allowed, white space around is collapsed.
XS_INTEGER = re.compile(r"[ \t\r\n]*[+-]?[0-9]+[ \t\r\n]*")
XS_NON_NEGATIVE = re.compile(r"[ \t\r\n]*(?:\+?[0-9]+|-0+)[ \t\r\n]*")


class Side(StrEnum):
    """Where a probe stands: a value, no value, or a spelling on which the document is silent."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One text to try. `make` builds it from a valid value; `ambiguity` is set for open spellings."""

    name: str
    side: Side
    make: Callable[[str], str]
    ambiguity: str | None = None


def is_value(kind: DataType, text: str) -> bool:
    """Whether `text` is a value of the type, in the spelling that the document uses."""
    match kind.base:
        case Base.TEXT | Base.XS_STRING:
            return True
        case Base.WORD:
            return text.strip() != ""
        case Base.GUID:
            return _GUID.fullmatch(text) is not None
        case Base.UUID:
            return UUID.fullmatch(text) is not None
        case Base.ENUM:
            return text in kind.choices
        case Base.IPV4:
            return _IPV4.fullmatch(text) is not None
        case Base.INT:
            return (
                len(text) <= MOST_DIGITS
                and _INT.fullmatch(text) is not None
                and (kind.minimum is None or int(text) >= kind.minimum)
                and (kind.maximum is None or int(text) <= kind.maximum)
            )
        case Base.NUMBER:
            return len(text) <= MOST_DIGITS and _NUMBER.fullmatch(text) is not None
        case Base.US_TIME:
            return _US_TIME.fullmatch(text) is not None
        case Base.XS_INTEGER:
            return XS_INTEGER.fullmatch(text) is not None
        case Base.XS_NON_NEGATIVE:
            return XS_NON_NEGATIVE.fullmatch(text) is not None


def probes(kind: DataType) -> Iterator[Probe]:
    """Every probe of a type, open spellings marked with their ambiguity."""
    for name, side, make in _PROBES[kind.base](kind):
        ambiguity = kind.open_forms.get(name)
        yield Probe(name=name, side=Side.OPEN if ambiguity else side, make=make, ambiguity=ambiguity)


_Row = tuple[str, Side, Callable[[str], str]]


def _fixed(text: str) -> Callable[[str], str]:
    return lambda _valid: text


def _uuid(_kind: DataType) -> Iterator[_Row]:
    yield "one-digit-short", Side.OUTSIDE, lambda valid: valid[:-1]
    yield "one-digit-long", Side.OUTSIDE, lambda valid: valid + "0"
    yield "not-hexadecimal", Side.OUTSIDE, lambda valid: valid[:-1] + "g"
    yield "not-hexadecimal-first", Side.OUTSIDE, lambda valid: "z" + valid[1:]
    yield "cut-in-half", Side.OUTSIDE, lambda valid: valid[:18]
    yield "trailing-text", Side.OUTSIDE, lambda valid: valid + "-x"
    yield "inner-space", Side.OUTSIDE, lambda valid: valid[:18] + " " + valid[18:]
    yield "word", Side.OUTSIDE, _fixed("not-a-uuid")
    yield "mixed-case-word", Side.OUTSIDE, _fixed("Not-A-Uuid")
    yield "number", Side.OUTSIDE, _fixed("12345")
    yield "empty", Side.OUTSIDE, _fixed("")
    yield "two-words", Side.OUTSIDE, _fixed("two words")
    yield "non-ascii", Side.OUTSIDE, _fixed("ünïcode-日本-😀")
    yield "upper-case", Side.INSIDE, lambda valid: valid.upper()
    yield "no-hyphens", Side.OUTSIDE, lambda valid: valid.replace("-", "")
    yield "braces", Side.OUTSIDE, lambda valid: "{" + valid + "}"
    yield "urn", Side.OUTSIDE, lambda valid: "urn:uuid:" + valid


def _guid(_kind: DataType) -> Iterator[_Row]:
    """Documents show them with a digit more or less and with hyphens at other places, so only what is no such thing is outside."""
    yield "word", Side.OUTSIDE, _fixed("not-a-guid")
    yield "not-hexadecimal", Side.OUTSIDE, lambda valid: valid[:-1] + "g"
    yield "cut-in-half", Side.OUTSIDE, lambda valid: valid[:18]
    yield "two-words", Side.OUTSIDE, _fixed("two words")
    yield "inner-space", Side.OUTSIDE, lambda valid: valid[:18] + " " + valid[18:]
    yield "non-ascii", Side.OUTSIDE, _fixed("ünïcode-日本-😀")
    yield "number", Side.OUTSIDE, _fixed("12345")
    yield "empty", Side.OUTSIDE, _fixed("")
    yield "upper-case", Side.INSIDE, lambda valid: valid.upper()


def _word(kind: DataType) -> Iterator[_Row]:
    yield from _text(kind)
    yield "empty", Side.OUTSIDE, _fixed("")
    yield "blank", Side.OUTSIDE, _fixed(" ")


def _enum(kind: DataType) -> Iterator[_Row]:
    for choice in kind.choices:
        yield f"choice-{choice}", Side.INSIDE, _fixed(choice)
    first = kind.choices[0]
    yield "other-word", Side.OUTSIDE, _fixed("Unlisted")
    yield "empty", Side.OUTSIDE, _fixed("")
    yield "number", Side.OUTSIDE, _fixed("1")
    yield "zero", Side.OUTSIDE, _fixed("0")
    yield "cut-short", Side.OUTSIDE, _fixed(first[:-1])
    yield "first-letter", Side.OUTSIDE, _fixed(first[0])
    yield "run-on", Side.OUTSIDE, _fixed(first + "s")
    yield "two-choices", Side.OUTSIDE, _fixed(f"{kind.choices[0]}{kind.choices[1]}")
    yield "list-of-choices", Side.OUTSIDE, _fixed(f"{kind.choices[0]},{kind.choices[1]}")
    yield "yes", Side.OUTSIDE, _fixed("yes")
    if first.lower() != first:
        yield "lower-case", Side.OUTSIDE, _fixed(first.lower())
    else:
        yield "upper-case", Side.OUTSIDE, _fixed(first.upper())
    yield "capitalised", Side.OUTSIDE, _fixed(first.capitalize())


def _int(kind: DataType) -> Iterator[_Row]:
    if kind.minimum is not None:
        yield "minimum", Side.INSIDE, _fixed(str(kind.minimum))
        yield "below-minimum", Side.OUTSIDE, _fixed(str(kind.minimum - 1))
    if kind.maximum is not None:
        yield "maximum", Side.INSIDE, _fixed(str(kind.maximum))
        yield "below-maximum", Side.INSIDE, _fixed(str(kind.maximum - 1))
        yield "above-maximum", Side.OUTSIDE, _fixed(str(kind.maximum + 1))
        yield "far-above-maximum", Side.OUTSIDE, _fixed("99999999999999999999")
        yield (
            "wrapped-around",
            Side.OUTSIDE,
            lambda valid: str(int(valid) + 2 ** kind.maximum.bit_length() if kind.maximum else valid),
        )
    yield "word", Side.OUTSIDE, _fixed("port")
    yield "empty", Side.OUTSIDE, _fixed("")
    yield "fraction", Side.OUTSIDE, lambda valid: valid + ".5"
    yield "trailing-letter", Side.OUTSIDE, lambda valid: valid + "x"
    yield "two-numbers", Side.OUTSIDE, lambda valid: f"{valid} {valid}"
    yield "negative", Side.OUTSIDE, lambda valid: "-" + valid
    yield "leading-zeros", Side.OUTSIDE, lambda valid: "00" + valid
    yield "plus-sign", Side.OUTSIDE, lambda valid: "+" + valid
    yield "padded", Side.OUTSIDE, lambda valid: f" {valid} "


def _ipv4(_kind: DataType) -> Iterator[_Row]:
    yield "three-octets", Side.OUTSIDE, lambda valid: valid.rpartition(".")[0]
    yield "five-octets", Side.OUTSIDE, lambda valid: valid + ".1"
    yield "octet-256", Side.OUTSIDE, lambda valid: valid.rpartition(".")[0] + ".256"
    yield "first-octet-256", Side.OUTSIDE, lambda valid: "256." + valid.partition(".")[2]
    yield "octet-999", Side.OUTSIDE, lambda valid: valid.rpartition(".")[0] + ".999"
    yield "negative-octet", Side.OUTSIDE, lambda valid: valid.rpartition(".")[0] + ".-1"
    yield "empty-octet", Side.OUTSIDE, lambda valid: valid.rpartition(".")[0].rpartition(".")[0] + "..1"
    yield "trailing-dot", Side.OUTSIDE, lambda valid: valid + "."
    yield "letters", Side.OUTSIDE, _fixed("a.b.c.d")
    yield "host-name", Side.OUTSIDE, _fixed("localhost")
    yield "empty", Side.OUTSIDE, _fixed("")
    yield "ipv6", Side.OUTSIDE, _fixed("::1")
    yield "with-port", Side.OUTSIDE, lambda valid: valid + ":80"
    yield "leading-zeros", Side.OUTSIDE, lambda valid: ".".join(octet.zfill(3) for octet in valid.split("."))


def _number(kind: DataType) -> Iterator[_Row]:
    yield "point", Side.INSIDE, lambda valid: valid.partition(".")[0] + ".5"
    for name, side, make in _int(kind):
        if name in ("word", "empty", "trailing-letter", "two-numbers"):
            yield name, side, make


def _us_time(_kind: DataType) -> Iterator[_Row]:
    yield "noon", Side.INSIDE, _fixed("12/31/2025 12:00:00 PM")
    yield "word", Side.OUTSIDE, _fixed("yesterday")
    yield "empty", Side.OUTSIDE, _fixed("")
    yield "iso", Side.OUTSIDE, _fixed("2025-12-31T12:00:00Z")
    yield "month-13", Side.OUTSIDE, _fixed("13/1/2025 1:00:00 AM")


def _text(_kind: DataType) -> Iterator[_Row]:
    yield "one-character", Side.INSIDE, _fixed("x")
    yield "two-words", Side.INSIDE, _fixed("two words")
    yield "inner-spaces", Side.INSIDE, _fixed("two   spaces")
    yield "tab", Side.INSIDE, _fixed("a\ttab")
    yield "digits", Side.INSIDE, _fixed("2026")
    yield "non-ascii", Side.INSIDE, _fixed("Übung 日本 😀")
    yield "punctuation", Side.INSIDE, _fixed("a|b,c;d'e%f&g<h>")
    yield "backslash", Side.INSIDE, _fixed("a\\b")
    yield "quote", Side.INSIDE, _fixed('say "hello" twice')
    yield "line-feed", Side.INSIDE, _fixed("first\nsecond")
    yield "escapes-in-a-row", Side.INSIDE, _fixed('\\"\\\\n\\')
    yield "like-a-command", Side.INSIDE, _fixed("OK|1")
    yield "100-characters", Side.INSIDE, _fixed("long-" * 20)


_PROBES: dict[Base, Callable[[DataType], Iterator[_Row]]] = {
    Base.UUID: _uuid,
    Base.ENUM: _enum,
    Base.INT: _int,
    Base.IPV4: _ipv4,
    Base.GUID: _guid,
    Base.TEXT: _text,
    Base.WORD: _word,
    Base.NUMBER: _number,
    Base.US_TIME: _us_time,
    Base.XS_STRING: _text,
    Base.XS_INTEGER: _int,
    Base.XS_NON_NEGATIVE: _int,
}
