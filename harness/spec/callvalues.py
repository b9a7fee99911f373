"""Values and versions of methods that are called with structs: which texts are values of a scalar type, what a version has."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from harness.spec.callmodel import CallStruct, CallSyntax, Change, Kind, Member, Method, Scalar

INT_LOWEST, INT_HIGHEST = -(2**31), 2**31 - 1
_INT = re.compile(r"0|-?[1-9][0-9]{0,18}")
_DATE = "%Y%m%dT%H:%M:%S"
_MAC = re.compile(r"[0-9A-Fa-f]{12}|[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:-]*[A-Za-z0-9])?")

Value = bool | int | str | bytes | float | datetime


def typed(kind: Scalar, text: str) -> Value:
    """The value that a text of a spec stands for; binary data is written in base64.

    Raises:
        ValueError: it stands for none.
    """
    match kind.base:
        case Kind.STRING:
            return text
        case Kind.BOOLEAN:
            if text not in ("true", "false"):
                raise ValueError(text)
            return text == "true"
        case Kind.INT:
            if not _INT.fullmatch(text):
                raise ValueError(text)
            return int(text)
        case Kind.DOUBLE:
            return float(text)
        case Kind.BASE64:
            try:
                return base64.b64decode(text, validate=True)
            except binascii.Error as error:
                raise ValueError(text) from error
        case Kind.DATE_TIME:
            return datetime.strptime(text, _DATE)  # noqa: DTZ007  # the document's dates have no zone


def fits(kind: Scalar, text: str) -> bool:
    """Whether a text of a spec stands for a value of the type, within its limits."""
    try:
        return is_value(kind, typed(kind, text))
    except ValueError:
        return False


def is_value(kind: Scalar, value: Value) -> bool:
    """Whether a value is one of the type, within its limits and of its form; open choices count as none."""
    if kind.choices and str(value) not in kind.choices:
        return False
    match kind.base, value:
        case Kind.BOOLEAN, bool():
            return True
        case Kind.INT, int() if not isinstance(value, bool):
            low = INT_LOWEST if kind.minimum is None else kind.minimum
            high = INT_HIGHEST if kind.maximum is None else kind.maximum
            return low <= value <= high and value not in kind.gaps
        case Kind.STRING, str():
            return (
                _length(kind, value) and _characters(kind, value) and (kind.form is None or has_form(kind.form, value))
            )
        case Kind.BASE64, bytes():
            return _length(kind, value)
        case Kind.DATE_TIME, datetime():
            return True
        case Kind.DOUBLE, float():
            return True
    return False


def _length(kind: Scalar, value: str | bytes) -> bool:
    return (kind.minimum or 0) <= len(value) and (kind.maximum is None or len(value) <= kind.maximum)


def _characters(kind: Scalar, value: str) -> bool:
    if kind.ascii and not value.isascii():
        return False
    return not kind.alphabet or set(value) <= set(kind.alphabet)


FORMS = ("http-uri", "conference-uri", "ipv4", "ipv6", "ip", "mac", "host", "decimal")


def has_form(form: str, text: str) -> bool:
    """Whether a text has one of `FORMS`."""
    match form:
        case "http-uri":
            try:
                parts = urlsplit(text)
                return (
                    parts.scheme in ("http", "https")
                    and bool(parts.hostname)
                    and (parts.port is None or parts.port > 0)
                )
            except ValueError:
                return False
        case "conference-uri":
            return text != "" and text.count("@") <= 1
        case "ipv4" | "ipv6" | "ip":
            return _is_address(form, text)
        case "mac":
            return _MAC.fullmatch(text) is not None
        case "host":
            return _is_address("ip", text) or _HOST.fullmatch(text) is not None
        case "decimal":
            return text.isascii() and text.isdecimal()
    raise ValueError(form)


def _is_address(form: str, text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return form == "ip" or address.version == int(form[-1])


def exists(versions: Sequence[str], version: str | None, part: Member | Method | CallStruct) -> bool:
    """Whether an API version has the part; without a version the newest counts."""
    at = len(versions) - 1 if version is None else versions.index(version)
    since = getattr(part, "since", None)
    until = getattr(part, "until", None)
    return (since is None or versions.index(since) <= at) and (until is None or at < versions.index(until))


def members_at(syntax: CallSyntax, members: Mapping[str, Member], version: str | None) -> dict[str, Member]:
    """The members that an API version has, in their order."""
    return {name: one for name, one in members.items() if exists(syntax.versions, version, one)}


def choices_at(syntax: CallSyntax, kind: Scalar, version: str | None) -> list[str]:
    """The words of an enumeration that an API version has."""
    at = len(syntax.versions) - 1 if version is None else syntax.versions.index(version)
    return [word for word in kind.choices if word not in kind.since or syntax.versions.index(kind.since[word]) <= at]


def default_at(syntax: CallSyntax, member: Member, version: str | None) -> str | None:
    """The default in an API version: before a change it was what the change says."""
    at = len(syntax.versions) - 1 if version is None else syntax.versions.index(version)
    for change in sorted(member.changed, key=lambda one: syntax.versions.index(one.version)):
        if at < syntax.versions.index(change.version) and change.default is not None:
            return change.default
    return member.default


def same_word(kind: Scalar | None, one: object, other: object) -> bool:
    """Whether two values are one word of an enumeration, which some readings spell in other letter case."""
    if kind is None or not isinstance(one, str) or not isinstance(other, str) or one.casefold() != other.casefold():
        return False
    return {one, other} <= {*kind.choices, *kind.open_choices}


def unsure_default(syntax: CallSyntax, member: Member, version: str | None) -> Change | None:
    """A change after an API version of which it is open whether it changed the device, or the document alone."""
    at = len(syntax.versions) - 1 if version is None else syntax.versions.index(version)
    later = (one for one in member.changed if at < syntax.versions.index(one.version))
    return next((one for one in later if one.ambiguity is not None and one.default is not None), None)


def type_at(syntax: CallSyntax, member: Member, version: str | None) -> str | None:
    """The type in an API version: before a change it was what the change says."""
    at = len(syntax.versions) - 1 if version is None else syntax.versions.index(version)
    for change in sorted(member.changed, key=lambda one: syntax.versions.index(one.version)):
        if at < syntax.versions.index(change.version) and change.type is not None:
            return change.type
    return member.type
