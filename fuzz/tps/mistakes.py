"""What is wrong with the members of a call, and which faults may answer it, by the model of the spec and all readings.

A mistake is certain if no reading takes it; whatever a reading takes only adds to what may answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from fuzz.tps.known import Known
from fuzz.tps.xml import Mark, Value
from harness.spec.callmodel import Bound, Kind, Member, Scalar, Slip, Wrong
from harness.spec.callvalues import choices_at, exists, has_form, is_value, members_at, type_at
from harness.spec.clauses_calls import wrong_of
from harness.spec.model import System

_ASPECTS = {Slip.MISSING: "required", Slip.MALFORMED: "type", Slip.OVERFLOW: "range"}
_TYPES: Mapping[Kind, type] = {
    Kind.STRING: str, Kind.INT: int, Kind.BOOLEAN: bool, Kind.BASE64: bytes, Kind.DATE_TIME: datetime,
}  # fmt: skip
# Types that a device may read for others, as it plainly sees what is meant (TPS-AMB-007); what is not here nobody can.
_NEAR = frozenset(
    ((Kind.INT, bool), (Kind.BOOLEAN, int), (Kind.STRING, int), (Kind.STRING, bool), (Kind.STRING, bytes), (Kind.STRING, datetime),
     (Kind.BASE64, str), (Kind.DATE_TIME, str))
)  # fmt: skip
_LONGEST_ID = 50


@dataclass(slots=True)
class Found:
    """What was found wrong.

    Attributes:
        certain: the call is refused under every reading.
        open: something may be taken in several ways, so that what a success does is not known.
        anything: every fault may answer.
        codes: of faults that may.
        names: what the text of a fault may name; None if that is open.
        slips: how many mistakes there are.
    """

    certain: bool = False
    open: bool = False
    anything: bool = False
    codes: set[str] = field(default_factory=set)
    clauses: set[str] = field(default_factory=set)
    names: list[tuple[str, ...]] = field(default_factory=list)


class Mistakes:
    """Looks for mistakes."""

    def __init__(self, system: System, known: Known, version: str | None) -> None:
        assert system.calls is not None
        self._system = system
        self._syntax = system.calls
        self._known = known
        self._version = version
        self._codes = {name: row.code for name, row in system.errors.items()}

    def of(self, method: str, members: Mapping[str, Value]) -> Found:
        """What is wrong with the members of a call of a method that is known, apart from user and password."""
        found = Found()
        call = self._system.operations[method].call
        assert call is not None
        self._members(call.takes, members, f"{method}.", (), found)
        for need in call.needs:
            self._need(need.when, members, found)
        return found

    def head(self, name: str, value: Value | None, found: Found) -> None:
        """The same of a member that every call has."""
        member = self._syntax.head[name]
        if value is None:
            self._wrong(member, Slip.MISSING, "", (name,), found)
        else:
            self._one(member, value, "", (name,), {}, found)

    def codes(self, wrong: Wrong) -> set[str]:
        """The codes of the faults that may answer."""
        return {self._codes[name] for name in (wrong.faults.values() if wrong.faults else (wrong.fault,))}

    def rule(self, wrong: Wrong, found: Found) -> None:
        """A mistake that is none of a member."""
        found.codes |= self.codes(wrong)
        if self._accepted(wrong):
            found.open = True
        else:
            found.certain = True
            found.clauses |= {wrong.clause} if wrong.clause else set()

    # members

    def _members(
        self, known: Mapping[str, Member], given: Mapping[str, Value], base: str, path: tuple[str, ...], found: Found
    ) -> None:
        now = members_at(self._syntax, known, self._version)
        spelled = {
            spelling: name for name, one in now.items() for spelling in (one.names.values() if one.names else (name,))
        }
        for name, value in given.items():
            if name not in spelled:  # TPS-AMB-020
                found.open, found.anything = True, True
                continue
            member = now[spelled[name]]
            if member.names or member.experimental:
                found.open, found.anything = True, True
            self._one(member, value, base, (*path, name), given, found)
        for name, member in now.items():
            if (member.required or member.required_ambiguity) and not any(
                one in given for one in (member.names.values() if member.names else (name,))
            ):
                self._wrong(member, Slip.MISSING, base, (*path, name), found)

    def _need(self, when: Mapping[str, list[str]], given: Mapping[str, Value], found: Found) -> None:
        """What belongs together is for cases to tell; here anything may become of it where it may matter."""
        if not when or all(name in given for name in when):
            found.open, found.anything = True, True

    def _one(
        self, member: Member, value: Value, base: str, path: tuple[str, ...], beside: Mapping[str, Value], found: Found
    ) -> None:
        if value is Mark.OPEN:
            found.open, found.anything = True, True
        elif value is Mark.BAD:
            self._wrong(member, Slip.MALFORMED, base, path, found)
        elif member.array:
            self._array(member, value, base, path, found)
        elif member.struct:
            self._struct(member, value, base, path, found)
        else:
            self._scalar(member, value, base, path, beside, found)

    def _array(self, member: Member, value: Value, base: str, path: tuple[str, ...], found: Found) -> None:
        if not isinstance(value, list):
            self._wrong(member, Slip.MALFORMED, base, path, found)
            return
        if member.most is not None and len(value) > member.most:
            self._wrong(member, Slip.MANY, base, path, found)
        if len(value) < (member.least or 0):
            self._wrong(member, Slip.FEW, base, path, found)
        if not value:
            found.open = True  # whether it takes something away or nothing
        for one in value:
            if isinstance(one, list):
                self._wrong(member, Slip.MALFORMED, base, path, found)
            elif one is Mark.OPEN:
                found.open, found.anything = True, True
            elif one is Mark.BAD:
                self._wrong(member, Slip.MALFORMED, base, path, found)
            elif member.struct:
                self._struct(member, one, base, path, found)
            else:
                self._scalar(member, one, base, path, {}, found)

    def _struct(self, member: Member, value: Value, base: str, path: tuple[str, ...], found: Found) -> None:
        if not isinstance(value, dict):
            self._wrong(member, Slip.MALFORMED, base, path, found)
            return
        name = self._which(member, value)
        struct = self._system.structs[name] if name else None
        if struct is None or not exists(self._syntax.versions, self._version, struct):
            found.open, found.anything = True, True
            return
        self._members(struct.members, value, f"struct.{name}.", path, found)
        for need in struct.needs:
            self._need(need.when, value, found)

    def _which(self, member: Member, value: Mapping[str, Value]) -> str:
        """The one of several structs whose own members are there; "" where that is open."""
        if not member.other_structs:
            return member.struct or ""
        names = [member.struct or "", *member.other_structs]
        own = {
            one: [
                inner
                for inner in self._system.structs[one].members
                if not any(inner in self._system.structs[other].members for other in names if other != one)
            ]
            for one in names
        }
        there = [one for one in names if any(inner in value for inner in own[one])]
        return there[0] if len(there) == 1 else ""

    # values

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
        if (kind.base, type(value)) in _NEAR or (
            isinstance(value, str) and kind.base in (Kind.INT, Kind.BOOLEAN) and not _is_word(value)
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

    # what answers

    def _slip(self, kind: Scalar, member: Member, slip: Slip, base: str, path: tuple[str, ...], found: Found) -> None:
        if slip in kind.open and slip not in member.wrong:
            found.open, found.anything = True, True
        else:
            self._wrong(member, slip, base, path, found)

    def _accepted(self, wrong: Wrong) -> bool:
        ambiguity = self._system.ambiguities.get(wrong.ambiguity or "")
        return ambiguity is not None and ambiguity.accepted is not None

    def _wrong(
        self, member: Member, slip: Slip, base: str, path: tuple[str, ...], found: Found, *, certain: bool = True
    ) -> None:
        wrong = wrong_of(self._system, member, slip)
        if wrong is None:
            found.open, found.anything = True, True
            return
        found.codes |= self.codes(wrong)
        found.names.append(path)
        if (
            not certain
            or self._accepted(wrong)
            or (slip is Slip.MISSING and member.required_ambiguity is not None)
            or member.experimental
        ):
            found.open = True
            found.anything = found.anything or member.experimental
            return
        found.certain = True
        found.clauses.add(f"{self._system.prefix}-{base}{path[-1]}:{_ASPECTS.get(slip, str(slip))}")
        if wrong.clause:
            found.clauses.add(wrong.clause)


def _is_word(value: str) -> bool:
    """Letters that stand for no number and no truth."""
    return value.isalpha() and value.isascii() and value.islower() and len(value) > 8


def codes_of(system: System, names: Iterable[str]) -> set[str]:
    """The codes of faults by name."""
    return {system.errors[name].code for name in names}
