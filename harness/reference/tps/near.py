"""Values that are not written as usual, or are of a near type: what the readings make of them."""

from __future__ import annotations

import binascii
import re
from datetime import datetime

from harness.reference.tps.choices import Choices
from harness.wire.xmlrpc_scalars import READERS
from harness.wire.xmlrpc_values import KINDS, Kind, Scalar, Value

_BLANKS = " \t\r\n"
_PLAIN_INT = re.compile(r"0|-?[1-9][0-9]*")
_PLAIN_DATE = re.compile(r"[0-9]{8}T[0-9]{2}:[0-9]{2}:[0-9]{2}")
_ISO = re.compile(
    r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})[Tt ]([0-9]{2}):?([0-9]{2}):?([0-9]{2})(?:[.,][0-9]+)?(?:[Zz]|[+-][0-9:]{2,5})?"
)
_NO_SIGN = re.compile(r"[^A-Za-z0-9+/=]")


class Near:
    """Reads values by the readings.

    Attributes:
        picky: some reading refuses a spelling that is read as a matter of course.
    """

    def __init__(self, choices: Choices) -> None:
        self._nil, self._near = choices("nil"), choices("near-type") == "read"
        self._no_i4, self._untyped = choices("i4") == "refused", choices("untyped") == "refused"
        self._no_words, self._spelled = choices("boolean-words") == "refused", choices("int-spelling") == "refused"
        self._no_space = choices("space") == "refused"
        self._no_base64, self._no_dates = choices("base64") == "refused", choices("dates") == "refused"
        self.picky = (
            self._no_i4 or self._untyped or self._no_words or self._spelled or self._no_dates or self._no_base64
        )

    def absent(self, value: Value) -> bool:
        """Whether a value that XML-RPC has no type for is as if it was not there."""
        return self._nil == "absent" and value.tag.endswith("nil")

    def read(self, kind: Kind, value: Value) -> Scalar | None:
        """The value as one of a kind; None if it cannot be read as one."""
        if value.kind is Kind.NONE:
            if self._nil == "read" and kind is Kind.INT and value.tag.rpartition(":")[2] in ("i8", "i1", "i2", "long"):
                return READERS[Kind.INT](value.text.strip(_BLANKS))[0]
            return None
        if self._refused(value):
            return None
        if value.kind is kind:
            return value.scalar if value.scalar is not None else self._loose(kind, value.text)
        return self._as(kind, value) if self._near else None

    def _refused(self, value: Value) -> bool:
        """Whether a spelling is refused that another reading takes."""
        text = value.text.strip(_BLANKS)
        match value.kind:
            case Kind.INT:
                return (self._no_i4 and value.tag == "i4") or (self._spelled and _PLAIN_INT.fullmatch(text) is None)
            case Kind.STRING:
                return self._untyped and not value.tag
            case Kind.BOOLEAN:
                return self._no_words and text not in ("0", "1")
            case Kind.DATETIME:
                return self._no_dates and _PLAIN_DATE.fullmatch(text) is None
            case Kind.BASE64:
                return self._no_base64 and (value.scalar is None or any(blank in value.text for blank in _BLANKS))
        return False

    def _loose(self, kind: Kind, text: str) -> Scalar | None:
        """A value that is spelled otherwise than XML-RPC has it."""
        text = text.strip(_BLANKS)
        match kind:
            case Kind.INT:
                if text.lstrip("+-").isdecimal():
                    return 2**62  # so long that it was not read
                return 0 if not text and not self._spelled else None
            case Kind.DATETIME if not self._no_dates:
                found = _ISO.fullmatch(text)
                try:
                    return datetime(*map(int, found.groups())) if found is not None else None  # type: ignore[arg-type]  # noqa: DTZ001
                except ValueError:
                    return None
            case Kind.BASE64 if not self._no_base64:
                packed = _NO_SIGN.sub("", text).rstrip("=")
                try:
                    return binascii.a2b_base64(packed + "=" * (-len(packed) % 4))
                except ValueError:
                    return None
        return None

    @staticmethod
    def _as(kind: Kind, value: Value) -> Scalar | None:
        """A value of a near type."""
        scalar = value.scalar
        match kind:
            case Kind.BOOLEAN if value.kind is Kind.INT:
                return bool(scalar) if scalar in (0, 1) else None
            case Kind.INT if value.kind is Kind.BOOLEAN:
                return int(bool(scalar))
            case Kind.INT if isinstance(scalar, float):
                return int(scalar) if scalar.is_integer() else None
            case Kind.STRING if value.kind in KINDS.values() and value.kind not in (Kind.STRUCT, Kind.ARRAY):
                return value.text
            case Kind.DATETIME if value.kind is Kind.STRING:
                return READERS[kind](value.text.strip(_BLANKS))[0]
        return None
