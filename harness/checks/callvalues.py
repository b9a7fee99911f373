"""Whether one value that a device has sent is one of its type, within its limits; pure functions of model and value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from harness.spec import callmodel
from harness.spec.callmodel import Scalar, Slip
from harness.spec.callvalues import INT_HIGHEST, INT_LOWEST, has_form
from harness.wire.xmlrpc import Kind, Value

_KINDS = {
    callmodel.Kind.STRING: Kind.STRING,
    callmodel.Kind.INT: Kind.INT,
    callmodel.Kind.BOOLEAN: Kind.BOOLEAN,
    callmodel.Kind.BASE64: Kind.BASE64,
    callmodel.Kind.DATE_TIME: Kind.DATETIME,
    callmodel.Kind.DOUBLE: Kind.DOUBLE,
}
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What a value is not: the aspect of the clause that says so, and the ambiguity by a reading of which it may be so all the same."""

    aspect: str
    expected: str
    ambiguity: str | None = None


def text_of(value: Value) -> str:
    """A single value as texts of a spec have it: true, 60, a word."""
    match value.scalar:
        case bool() as found:
            return "true" if found else "false"
        case datetime() as found:
            return found.strftime("%Y%m%dT%H:%M:%S")
        case None | bytes():
            return value.text
    return str(value.scalar)


def empty(value: Value) -> bool:
    """Whether there is nothing in a value: no text, no byte, no member, no element."""
    if value.kind is Kind.STRUCT:
        return not value.members
    if value.kind is Kind.ARRAY:
        return not value.items
    return (
        value.kind in (Kind.STRING, Kind.BASE64, Kind.NONE) and value.scalar in ("", b"", None) and value.tag != "nil"
    )


def value_problem(kind: Scalar, value: Value, *, open_values: Mapping[str, str] = _NONE) -> Problem | None:
    """The first thing that is wrong with a value, None if there is nothing.

    Args:
        open_values: values that only one reading of an ambiguity allows.
    """
    if open_values and text_of(value) in open_values:
        return Problem(aspect="type", expected="", ambiguity=open_values[text_of(value)])
    wanted = _KINDS[kind.base]
    if value.kind is not wanted:
        return Problem(aspect="type", expected=f"a value of type {wanted}")
    found = value.scalar
    if found is None:
        return None  # it cannot be read, which the checks of the encoding tell
    if kind.choices:
        return _choice(kind, text_of(value))
    if isinstance(found, int) and not isinstance(found, bool):
        return _range(kind, found)
    if isinstance(found, str | bytes):
        return _length(kind, found)
    return None


def _choice(kind: Scalar, word: str) -> Problem | None:
    if word in kind.choices:
        return None
    ambiguity = kind.open_choices.get(word) or kind.open.get(Slip.CHOICE)
    return Problem(aspect="choice", expected=" or ".join(kind.choices), ambiguity=ambiguity)


def _range(kind: Scalar, number: int) -> Problem | None:
    low = INT_LOWEST if kind.minimum is None else kind.minimum
    high = INT_HIGHEST if kind.maximum is None else kind.maximum
    if low <= number <= high and number not in kind.gaps:
        return None
    return Problem(aspect="range", expected=f"{low} to {high}", ambiguity=kind.open.get(Slip.RANGE))


def _length(kind: Scalar, found: str | bytes) -> Problem | None:
    what, slip = ("bytes", Slip.BYTES) if isinstance(found, bytes) else ("characters", Slip.LENGTH)
    if len(found) < (kind.minimum or 0) or (kind.maximum is not None and len(found) > kind.maximum):
        limits = f"{kind.minimum or 0} to {kind.maximum}" if kind.maximum is not None else f"{kind.minimum} or more"
        return Problem(aspect=str(slip), expected=f"{limits} {what}", ambiguity=kind.open.get(slip))
    if isinstance(found, bytes) or not found:
        return None
    if (kind.ascii and not found.isascii()) or (kind.alphabet and not set(found) <= set(kind.alphabet)):
        return Problem(aspect="type", expected="only its characters", ambiguity=kind.open.get(Slip.CHARACTERS))
    if kind.form is not None and not has_form(kind.form, found):
        return Problem(aspect="type", expected=f"the form of {kind.form}", ambiguity=kind.open.get(Slip.FORM))
    return None
