"""The scalars of XML-RPC: what a text of each type means, and how a value is written.

Reading tells what is meant even where the form is wrong, if that is clear, and the name of the rule (`xmlrpc_rules`) that is broken.
Whole numbers may have a sign and zeros in front, as XML-RPC has it; booleans are 1, 0, true and false. A date has no time zone.
"""

from __future__ import annotations

import binascii
import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime

from harness.wire.xmlrpc_values import LEAST_INT, MOST_INT, Kind, Scalar

Reading = tuple[Scalar | None, str]  # what it means, and the rule that is broken: "" for none

BLANKS = " \t\r\n"
_INT = re.compile(r"[+-]?[0-9]+")
_MOST_DIGITS = 40  # of a number that is converted although it is out of range
_DOUBLE = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_EXPONENT = re.compile(rf"{_DOUBLE.pattern}[eE][+-]?[0-9]+")
_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})")
_OTHER_DATE = re.compile(
    r"([0-9]{4})(-?)([0-9]{2})\2([0-9]{2})[Tt ]([0-9]{2})(:?)([0-9]{2})\6([0-9]{2})(?:[.,][0-9]{1,9})?"
    r"(Z|z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_WORDS: Mapping[str, Reading] = {"1": (True, ""), "0": (False, ""), "true": (True, ""), "false": (False, "")}
_BLANKED = str.maketrans("", "", BLANKS)


def _read_int(text: str) -> Reading:
    if _INT.fullmatch(text) is None:
        return None, "int-form"
    sign = text[:1].strip("0123456789")
    if len(text) > _MOST_DIGITS and len(text := sign + text[len(sign) :].lstrip("0")) > _MOST_DIGITS:
        return None, "int-range"
    number = int(text) if text.lstrip("+-") else 0
    return number, "" if LEAST_INT <= number <= MOST_INT else "int-range"


def _read_boolean(text: str) -> Reading:
    if (found := _WORDS.get(text)) is not None:
        return found
    if (found := _WORDS.get(text.lower())) is not None:
        return found[0], "boolean-case"
    return None, "boolean-form"


def _read_double(text: str) -> Reading:
    plain = _DOUBLE.fullmatch(text) is not None
    if not plain and _EXPONENT.fullmatch(text) is None:
        return None, "double-form"
    number = float(text)
    if math.isinf(number):
        return None, "double-range"
    return number, "" if plain else "double-exponent"


def _read_date(text: str) -> Reading:
    if (found := _DATE.fullmatch(text)) is not None:
        rule, parts = "", found.groups()
    elif (found := _OTHER_DATE.fullmatch(text)) is not None:
        rule = "dateTime-zone" if found[9] else "dateTime-form"
        parts = found.group(1, 3, 4, 5, 7, 8)
    else:
        return None, "dateTime-form"
    try:
        return datetime(*map(int, parts)), rule  # type: ignore[arg-type] # noqa: DTZ001 - XML-RPC's dates have no zone
    except ValueError:
        return None, "dateTime-value"


def _read_base64(text: str) -> Reading:
    packed = text.translate(_BLANKED)
    try:
        return binascii.a2b_base64(packed, strict_mode=True), ""
    except ValueError:  # characters beyond ASCII, or what is none of base64
        return None, "base64-form"


def _read_string(text: str) -> Reading:
    return text, ""


READERS: Mapping[Kind, Callable[[str], Reading]] = {
    Kind.INT: _read_int,
    Kind.BOOLEAN: _read_boolean,
    Kind.STRING: _read_string,
    Kind.DOUBLE: _read_double,
    Kind.DATETIME: _read_date,
    Kind.BASE64: _read_base64,
}


def double_text(value: float) -> str:
    """A number as XML-RPC writes it, without exponent, and read again as the same.

    Raises:
        ValueError: it is no finite number.
    """
    if not math.isfinite(value):
        raise ValueError(f"double: expected a finite number, got {value}")
    text = repr(value)
    mantissa, found, exponent = text.partition("e")
    if not found:
        return text
    sign = mantissa[:1] if mantissa[0] == "-" else ""
    whole, _, part = mantissa.lstrip("-").partition(".")
    shift = int(exponent)
    if shift < 0:
        return f"{sign}0.{'0' * (-shift - len(whole))}{whole}{part}"
    return f"{sign}{whole}{part.rstrip('0').ljust(shift, '0')}.0"


def date_text(value: datetime) -> str:
    """A date as XML-RPC writes it.

    Raises:
        ValueError: it has a time zone or parts of seconds, which XML-RPC has no way to write.
    """
    if value.tzinfo is not None or value.microsecond:
        raise ValueError(f"dateTime: expected a time without zone and parts of seconds, got {value.isoformat()}")
    return f"{value:%Y%m%dT%H:%M:%S}".rjust(17, "0")


def base64_text(value: bytes) -> str:
    """Bytes as base64 on one line."""
    return binascii.b2a_base64(value, newline=False).decode("ascii")
