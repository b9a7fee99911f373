"""What is wrong with single values in a call: of another type, beyond their limits, no word of the list, no id of anything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from fuzz.tps.slips import Found, Slips
from fuzz.tps.xml import Mark, Value
from harness.spec.callmodel import Bound, Kind, Member, Scalar, Slip
from harness.spec.callvalues import choices_at, has_form, is_value, type_at

_TYPES: Mapping[Kind, type] = {
    Kind.STRING: str, Kind.INT: int, Kind.BOOLEAN: bool, Kind.BASE64: bytes, Kind.DATE_TIME: datetime,
}  # fmt: skip
# Types that a device may read for others, as it plainly sees what is meant (TPS-AMB-007); what is not here nobody can.
_NEAR = frozenset(
    ((Kind.INT, bool), (Kind.BOOLEAN, int), (Kind.STRING, int), (Kind.STRING, bool), (Kind.STRING, bytes), (Kind.STRING, datetime),
     (Kind.BASE64, str), (Kind.DATE_TIME, str))
)  # fmt: skip
_LONGEST_ID = 50


class ValueMistakes(Slips):
    """Looks for mistakes in values."""

    def _scalar(
        self, member: Member, value: Value, base: str, path: tuple[str, ...], beside: Mapping[str, Value], found: Found
    ) -> None:
        named = type_at(self._syntax, member, self._version)
        kind = self._system.scalars[named] if named else None
        if kind is None:
            if not all(self._fits(self._system.scalars[one], value) for one in member.types.values()):
                found.open, found.anything = True, True
            return
        if not self._right_type(kind, member, value, base, path, found):
            return
        if isinstance(value, str):
            self._text(kind, member, value, base, path, found)
        elif isinstance(value, bytes):
            if kind.maximum is not None and len(value) > kind.maximum:
                self._slip(kind, member, Slip.BYTES, base, path, found)
        elif isinstance(value, bool):
            self._half(member, base, path, value, beside, found)
        elif isinstance(value, int):
            self._number(kind, member, value, base, path, beside, found)
        if str(value) in member.open_taken:
            found.open, found.anything = True, True

    def _fits(self, kind: Scalar, value: Value) -> bool:
        return isinstance(value, (str, int, bool, bytes, datetime)) and is_value(kind, value) and value not in ("", b"")

    def _right_type(
        self, kind: Scalar, member: Member, value: Value, base: str, path: tuple[str, ...], found: Found
    ) -> bool:
        if value is Mark.HUGE:
            if kind.base is Kind.INT:
                self._wrong(member, Slip.OVERFLOW, base, path, found)
            else:
                found.open, found.anything = True, True
            return False
        if kind.base is Kind.DOUBLE or value is Mark.DOUBLE:
            if kind.base in (Kind.INT, Kind.DOUBLE, Kind.STRING, Kind.BOOLEAN):
                found.open, found.anything = True, True
            else:
                self._wrong(member, Slip.MALFORMED, base, path, found)
            return False
        if type(value) is _TYPES[kind.base]:
            return True
        if (
            (kind.base, type(value)) in _NEAR
            or _holds_open(value)
            or (isinstance(value, str) and kind.base in (Kind.INT, Kind.BOOLEAN) and not _is_word(value))
        ):
            found.open, found.anything = True, True
        else:
            self._wrong(member, Slip.MALFORMED, base, path, found)
        return False

    def _text(self, kind: Scalar, member: Member, value: str, base: str, path: tuple[str, ...], found: Found) -> None:
        if member.object is not None:
            self._id(member, value, base, path, found)
            return
        if kind.choices:
            words = choices_at(self._syntax, kind, self._version)
            if value in words and value not in kind.experimental:
                return
            if value.lower() in {one.lower() for one in (*kind.choices, *kind.open_choices)} or not value:
                found.open, found.anything = True, True
            else:
                self._slip(kind, member, Slip.CHOICE, base, path, found)
                if len(value) > max(map(len, kind.choices)):  # it may be told as a text that is too long
                    found.codes |= self.codes(self._syntax.wrong[Slip.LENGTH])
            return
        if not value:  # what a text with nothing in it does is open wherever something is expected
            if kind.form or kind.minimum:
                found.anything = True
            found.open = True
        if kind.maximum is not None and len(value) > kind.maximum:
            self._slip(kind, member, Slip.LENGTH, base, path, found)
        elif kind.maximum is not None and len(value.encode()) > kind.maximum:  # TPS-AMB-061
            found.open, found.anything = True, True
        if (kind.ascii and not value.isascii()) or (kind.alphabet and not set(value) <= set(kind.alphabet)):
            self._slip(kind, member, Slip.CHARACTERS, base, path, found)
        elif kind.form and value and not has_form(kind.form, value):
            self._slip(kind, member, Slip.FORM, base, path, found)

    def _id(self, member: Member, value: str, base: str, path: tuple[str, ...], found: Found) -> None:
        state = self._known.state(member.object or "", value)
        if state == "there":
            return
        special = (
            self._syntax.unknown_long if len(value) > _LONGEST_ID else self._syntax.unknown_empty if not value else {}
        )
        wrong = special.get(member.object or "")
        if wrong is not None:
            found.codes |= self.codes(wrong)
        if state == "gone":
            self._wrong(member, Slip.UNKNOWN, base, path, found)
        else:
            self._wrong(member, Slip.UNKNOWN, base, path, found, certain=False)

    def _number(
        self, kind: Scalar, member: Member, value: int, base: str, path: tuple[str, ...], beside: Mapping[str, Value],
        found: Found,
    ) -> None:  # fmt: skip
        if member.object is not None:
            state = self._known.state(member.object, str(value))
            if state == "gone":
                self._wrong(member, Slip.UNKNOWN, base, path, found)
            elif state != "there":
                found.open, found.anything = True, True
            return
        if not is_value(kind, value):
            self._slip(kind, member, Slip.CHOICE if kind.choices else Slip.RANGE, base, path, found)
        for bound, low in ((member.at_least, True), (member.at_most, False)):
            if bound is not None:
                self._bound(bound, value, low, member, base, path, beside, found)
        if member.unlimited is not None and member.unlimited in beside:
            other = beside[member.unlimited]
            if other is True:
                self._wrong(member, Slip.BOTH, base, path, found)
                found.names.append(())
            else:  # TPS-AMB-010
                found.open, found.anything = True, True

    def _bound(
        self, bound: Bound, value: int, low: bool, member: Member, base: str, path: tuple[str, ...],
        beside: Mapping[str, Value], found: Found,
    ) -> None:  # fmt: skip
        limit = beside.get(bound.member) if bound.method is None else self._known.limit(bound.method, bound.member)
        if not isinstance(limit, int):
            found.open, found.anything = True, True
        elif (value < limit) if low else (value > limit):
            if bound.ambiguity is not None and bound.strict is None:
                found.open, found.anything = True, True
            else:
                self._wrong(member, Slip.RANGE, base, path, found)
        elif bound.strict is not None and value == limit and value != 0:
            found.open, found.anything = True, True

    def _half(
        self, member: Member, base: str, path: tuple[str, ...], value: bool, beside: Mapping[str, Value], found: Found
    ) -> None:
        """A boolean that says that there is no limit, with the value false (TPS-AMB-011)."""
        del member, base
        if not value and path[-1].endswith("Unlimited") and path[-1].removesuffix("Unlimited") not in beside:
            found.open, found.anything = True, True


def _is_word(value: str) -> bool:
    """Letters that stand for no number and no truth."""
    return value.isalpha() and value.isascii() and value.islower() and len(value) > 8


def _holds_open(value: Value) -> bool:
    """Whether something in a struct or an array is no XML-RPC, for which the whole call may be refused."""
    if isinstance(value, dict | list):
        return any(map(_holds_open, value.values() if isinstance(value, dict) else value))
    return value is Mark.OPEN
