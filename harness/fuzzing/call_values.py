"""Values of the types of a spec, and values just outside of them, written beforehand: what is built of them is built quickly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from random import Random

from harness.fuzzing.call_parts import value
from harness.fuzzing.document_values import hard_text, pick
from harness.spec.callmodel import Kind, Scalar, Slip
from harness.spec.callvalues import INT_HIGHEST, INT_LOWEST, is_value

_MANY = 48  # values of a type that are made beforehand
_PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_WIDE = ("é", "日本語", "Ωß", "Привет", "ñandú", "한국어", "€5")
_DATES = (datetime(2014, 1, 7, 13, 31, 26), datetime(2024, 2, 29, 23, 59, 59), datetime(2030, 12, 31, 0, 0, 0))  # noqa: DTZ001  # the protocol's dates have no zone
_FORMS: Mapping[str, Sequence[str]] = {
    "http-uri": ("http://192.0.2.1/a", "https://192.0.2.2:8443/x?y=z"),
    "ipv4": ("192.0.2.7", "198.51.100.250"),
    "ipv6": ("2001:db8::1", "2001:db8:1:2:3:4:5:6"),
    "ip": ("192.0.2.8", "2001:db8::2"),
    "host": ("host.example.com", "192.0.2.9"),
    "mac": ("00:0d:7c:10:a1:de",),
    "decimal": ("0", "12345678901"),
    "conference-uri": ("fz-1@example.com", "fz.2"),
}


def valid(kind: Scalar, seed: int = 1) -> list[object]:
    """Values of a type that every device takes, edges among them; the same ones each time."""
    rng = Random(seed)  # noqa: S311  # not for secrets
    found = [one for one in _valid(kind, rng) if kind.base is Kind.DOUBLE or is_value(kind, one)]  # type: ignore[arg-type]  # of its type
    return found or [value for value in kind.examples if is_value(kind, value)]


def _valid(kind: Scalar, rng: Random) -> list[object]:
    if kind.choices and kind.base is Kind.INT:
        return [int(one) for one in kind.choices]
    if kind.choices:
        return [one for one in kind.choices if one not in kind.experimental and one not in kind.since] or list(
            kind.choices
        )
    match kind.base:
        case Kind.BOOLEAN:
            return [True, False]
        case Kind.INT:
            return _numbers(kind, rng)
        case Kind.BASE64:
            most = kind.maximum or 512
            sizes = (0, 1, 2, 3, most, most - 1, 100)
            return [bytes(int(rng.random() * 256) for _ in range(size)) for size in sizes if size <= most]
        case Kind.DATE_TIME:
            return list(_DATES)
        case Kind.DOUBLE:
            return [0.5]
        case Kind.STRING:
            return _texts(kind, rng)


def _numbers(kind: Scalar, rng: Random) -> list[object]:
    low = INT_LOWEST if kind.minimum is None else kind.minimum
    high = INT_HIGHEST if kind.maximum is None else kind.maximum
    near = [low, low + 1, high, high - 1, (low + high) // 2, 0, 1, 2, 5, 10, 100]
    return [one for one in (*near, *(low + int(rng.random() * (high - low)) for _ in range(8))) if low <= one <= high]


def _texts(kind: Scalar, rng: Random) -> list[object]:
    if kind.form is not None:
        return [*kind.examples, *_FORMS.get(kind.form, ())]
    most = kind.maximum or 31
    if kind.alphabet:
        return [
            *kind.examples,
            *("".join(pick(rng, kind.alphabet) for _ in range(size)) for size in (1, 3, most, most - 1) if size > 0),
        ]
    found: list[object] = []
    while len(found) < _MANY:
        way = rng.random()
        if way < 0.4:
            text = hard_text(rng, most)
        elif way < 0.6 and not kind.ascii:
            text = pick(rng, _WIDE)
        else:
            size = most if rng.random() < 0.4 else 1 + int(rng.random() * min(most, 40))
            text = "".join(pick(rng, _PLAIN) for _ in range(size))
        if len(text.encode()) <= most and text == " ".join(text.split()) and "{{" not in text:
            found.append(text)
    return found


def wrong(kind: Scalar) -> list[tuple[Slip, bytes]]:
    """Values just outside of a type, written, with what is wrong about each."""
    found: list[tuple[Slip, object]] = []
    if kind.choices and kind.base is Kind.STRING:
        first = kind.choices[0]
        found += [
            (Slip.CHOICE, one) for one in ("nothing-of-the-kind", first + "x", "x" + first, first[:-1] + "q", first * 2)
        ]
    elif kind.base is Kind.INT:
        low, high = kind.minimum, kind.maximum
        found += (
            [(Slip.RANGE, one) for one in (low - 1, low - 1000, INT_LOWEST) if low is not None and low > INT_LOWEST]
            if low is not None
            else []
        )
        found += (
            [(Slip.RANGE, one) for one in (high + 1, high + 1000, INT_HIGHEST) if high < INT_HIGHEST]
            if high is not None
            else []
        )
    elif kind.base is Kind.BASE64 and kind.maximum is not None:
        found += [(Slip.BYTES, bytes(kind.maximum + more)) for more in (1, 2, 300)]
    elif kind.base is Kind.STRING:
        found += _wrong_texts(kind)
    found = [(slip, one) for slip, one in found if not isinstance(one, (str, int, bytes)) or not is_value(kind, one)]
    written = [
        (slip, value(one)) for slip, one in found if not isinstance(one, int) or INT_LOWEST <= one <= INT_HIGHEST
    ]
    if kind.base is Kind.INT:
        written += [
            (Slip.OVERFLOW, b"<value><int>%s</int></value>" % one) for one in (b"2147483648", b"-2147483649", b"9" * 20)
        ]
    return written


def _wrong_texts(kind: Scalar) -> list[tuple[Slip, object]]:
    found: list[tuple[Slip, object]] = []
    if kind.maximum is not None:
        sign = kind.alphabet[0] if kind.alphabet else "x"
        found += [(Slip.LENGTH, sign * (kind.maximum + more)) for more in (1, 2, 500, 4000)]
        if not kind.ascii and not kind.alphabet:
            found.append((Slip.LENGTH, "é" * (kind.maximum + 1)))
    if kind.ascii:
        found += [(Slip.CHARACTERS, one) for one in ("é", "1é2", "日本", "a\u0301")]
    if kind.alphabet:
        found += [(Slip.CHARACTERS, kind.alphabet[0] + one) for one in "!$%*?#<>&\"'=+é/\\" if one not in kind.alphabet]
    if kind.form:
        found += [(Slip.FORM, one) for one in ("nothing", "a b", "::::", "1.2.3", "256.1.1.1", "ftp://x/")]
    return found


# Values of each type of the encoding, to stand where another one should.
ALIENS: Mapping[Kind | str, Sequence[bytes]] = {
    Kind.STRING: (value("nothingatall"), value("5"), value(""), value("true")),
    Kind.INT: (value(5), value(0), value(-1)),
    Kind.BOOLEAN: (value(True), value(False)),
    Kind.BASE64: (value(b"abc"),),
    Kind.DATE_TIME: (value(_DATES[0]),),
    Kind.DOUBLE: (value(1.5),),
    "struct": (value({}), value({"a": 1})),
    "array": (value([]), value(["a"]), value([{}])),
}
