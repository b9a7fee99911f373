"""What each member of a call may be, made ready for checking: compiled once from the model, for one version and one set of readings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.reference.tps.common import Common
from harness.spec import callmodel
from harness.spec.callmodel import Member, Scalar, Slip
from harness.spec.callvalues import choices_at, exists, has_form, members_at
from harness.spec.documentmodel import Requirement
from harness.wire.xmlrpc_values import Kind

_KINDS = {
    callmodel.Kind.STRING: Kind.STRING,
    callmodel.Kind.INT: Kind.INT,
    callmodel.Kind.BOOLEAN: Kind.BOOLEAN,
    callmodel.Kind.BASE64: Kind.BASE64,
    callmodel.Kind.DOUBLE: Kind.DOUBLE,
    callmodel.Kind.DATE_TIME: Kind.DATETIME,
}
_LEAST, _MOST = -(2**31), 2**31 - 1
Check = Callable[[Any], Slip | None]


@dataclass(slots=True, eq=False)
class Slot:
    """One member of a struct that is taken.

    Attributes:
        name: in the document, and in what a handler is given.
        spelled: in a call, by the reading.
        member: in the model.
        kind: of the encoding; `STRUCT` where it is one, whatever the array around it.
        scalar: its type, None for structs.
        check: what is wrong with a value of the right kind; None where nothing can be.
        structs: one, or those of which an element is one.
        required: the call fails without it.
        needed: it is a text in which something has to stand, as far as nothing else is said of an empty one.
    """

    name: str
    spelled: str
    member: Member
    kind: Kind
    scalar: Scalar | None
    check: Check | None
    structs: tuple[str, ...]
    required: bool
    needed: bool = False


@dataclass(slots=True, eq=False)
class Shape:
    """A struct that is taken, or the members of a method.

    Attributes:
        slots: in the order of the document.
        pairs: names of integers and of the booleans that stand for no limit.
        bounded: slots whose limit is another value.
        objects: slots that name an object.
        needs: what must be there together.
    """

    slots: list[Slot] = field(default_factory=list)
    pairs: list[tuple[Slot, str]] = field(default_factory=list)
    bounded: list[Slot] = field(default_factory=list)
    objects: list[Slot] = field(default_factory=list)
    needs: list[Requirement] = field(default_factory=list)
    folded: dict[str, str] = field(default_factory=dict)  # spelling in small letters -> spelling


class Shapes:
    """All shapes, made when they are asked for.

    Args:
        common: model, version, readings.
    """

    def __init__(self, common: Common) -> None:
        self._common = common
        self._made: dict[str, Shape] = {}

    def method(self, name: str) -> Shape:
        """The members of a method, those apart that every call carries."""
        shape = self._made.get(name)
        if shape is None:
            method = self._common.methods[name]
            shape = self._made[name] = self._shape(method.takes, method.needs, method.makes)
        return shape

    def struct(self, name: str) -> Shape:
        """A struct."""
        shape = self._made.get(f"struct {name}")
        if shape is None:
            struct = self._common.model.structs[name]
            shape = self._made[f"struct {name}"] = self._shape(struct.members, struct.needs, None)
        return shape

    def head(self) -> Shape:
        """The members that every call carries."""
        return self._shape(self._common.syntax.head, [], None)

    def _shape(self, members: Mapping[str, Member], needs: list[Requirement], makes: str | None) -> Shape:
        common, shape = self._common, Shape(needs=list(needs))
        here = members_at(common.syntax, members, common.version)
        for name, member in here.items():
            slot = self._slot(name, member)
            if slot is None:
                continue
            shape.slots.append(slot)
            shape.folded[slot.spelled.lower()] = slot.spelled
            if member.unlimited is not None:
                shape.pairs.append((slot, member.unlimited))
            if member.at_least is not None or member.at_most is not None:
                shape.bounded.append(slot)
            if member.object is not None and name != makes:
                shape.objects.append(slot)
        return shape

    def _slot(self, name: str, member: Member) -> Slot | None:
        common = self._common
        structs = (*((member.struct,) if member.struct else ()), *member.other_structs)
        structs = tuple(
            one for one in structs if exists(common.syntax.versions, common.version, common.model.structs[one])
        )
        kind, scalar, check = Kind.STRUCT, None, None
        if not structs:
            scalar = common.model.scalars.get(common.type_of(member))
            if scalar is None:
                return None
            kind, check = _KINDS[scalar.base], self._check(scalar)
        required = member.required and not common.choices.accepts(member.required_ambiguity)
        spelled = member.names.get(common.choices.of(member.ambiguity), name) if member.names else name
        free = kind is Kind.STRING and scalar is not None and not scalar.choices and scalar.form is None
        needed = required and free and member.object is None and not member.secret and member.type != "user-id"
        return Slot(name, spelled, member, kind, scalar, check, structs, required, needed)

    def _open(self, scalar: Scalar, slip: Slip) -> bool:
        """Whether the reading takes what breaks a rule of the type."""
        return slip in scalar.open and self._common.choices.accepts(scalar.open[slip])

    def _check(self, scalar: Scalar) -> Check | None:
        match scalar.base:
            case callmodel.Kind.STRING:
                return self._check_text(scalar)
            case callmodel.Kind.INT:
                return self._check_number(scalar)
            case callmodel.Kind.BASE64 if scalar.maximum is not None:
                most = scalar.maximum
                return lambda value: Slip.BYTES if len(value) > most else None
        return None

    def _check_number(self, scalar: Scalar) -> Check | None:
        low = _LEAST if scalar.minimum is None else scalar.minimum
        high = _MOST if scalar.maximum is None else scalar.maximum
        gaps = frozenset(scalar.gaps)
        words = frozenset(int(word) for word in scalar.choices)
        open_range = self._open(scalar, Slip.RANGE)
        open_words = self._open(scalar, Slip.CHOICE)

        def check(value: int) -> Slip | None:
            if words and value not in words and not open_words:
                return Slip.CHOICE
            if (not low <= value <= high or value in gaps) and not (open_range and value >= 0):
                return Slip.RANGE
            return None

        return check if (low, high) != (_LEAST, _MOST) or gaps or words else None

    def _check_text(self, scalar: Scalar) -> Check | None:
        common = self._common
        if scalar.choices:
            words = {*choices_at(common.syntax, scalar, common.version)}
            words |= {word for word, one in scalar.open_choices.items() if self._takes_word(one)}
            if self._open(scalar, Slip.CHOICE):
                return None
            return lambda value: None if value in words else Slip.CHOICE
        rules: list[Check] = []
        most, least = scalar.maximum, scalar.minimum or 0
        if most is not None and not self._open(scalar, Slip.LENGTH):
            limit = most
            if common.choices("length") == "units":
                rules.append(lambda value: Slip.LENGTH if len(value.encode()) > limit else None)
            else:
                rules.append(lambda value: Slip.LENGTH if len(value) > limit else None)
        if least:
            rules.append(lambda value: Slip.LENGTH if len(value) < least else None)
        if (scalar.ascii or scalar.alphabet) and not self._open(scalar, Slip.CHARACTERS):
            alphabet = frozenset(scalar.alphabet)
            if alphabet:
                rules.append(lambda value: None if alphabet.issuperset(value) else Slip.CHARACTERS)
            else:
                rules.append(lambda value: None if value.isascii() else Slip.CHARACTERS)
        form = scalar.form
        if form is not None and not self._open(scalar, Slip.FORM):
            prefixed = Slip.FORM in scalar.open and common.choices.of(scalar.open[Slip.FORM]) == "prefix"
            rules.append(lambda value: None if _fits(form, value, prefixed=prefixed) else Slip.FORM)
        return _all_of(rules)

    def _takes_word(self, ambiguity: str) -> bool:
        """Whether a word is taken that one reading alone has: the device that tells one spelling takes that, and the listed one."""
        known = self._common.model.ambiguities.get(ambiguity)
        return known is not None and self._common.choices.of(ambiguity) != next(iter(known.readings))


def _all_of(rules: list[Check]) -> Check | None:
    if len(rules) < 2:
        return rules[0] if rules else None

    def check(value: str) -> Slip | None:
        for rule in rules:
            found = rule(value)
            if found is not None:
                return found
        return None

    return check


def _fits(form: str, text: str, *, prefixed: bool) -> bool:
    if prefixed:
        address, slash, length = text.partition("/")
        if slash:
            return length.isascii() and length.isdecimal() and int(length) <= 128 and has_form(form, address)
    return has_form(form, text)
