"""What is wrong with the struct that a call carries, member by member: pure functions of model and value.

What only a device can know (whether an id names something, limits that another method tells) is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from harness.checks.callfaults import aspect_of, syntax_of
from harness.checks.callvalues import text_of
from harness.spec import callmodel
from harness.spec.callmodel import Bound, CallStruct, Member, Scalar, Slip
from harness.spec.callvalues import INT_HIGHEST, INT_LOWEST, exists, has_form, type_at
from harness.spec.clauses_calls import wrong_of
from harness.spec.documentmodel import Requirement
from harness.spec.model import System
from harness.wire.xmlrpc import Kind, Value
from harness.wire.xmlrpc_values import Path

# Types of the spec -> of the encoding; they differ in one name.
KINDS = {kind: Kind.DATETIME if kind is callmodel.Kind.DATE_TIME else Kind(kind.value) for kind in callmodel.Kind}
_MOST_SHOWN = 120  # characters of a value
_LENGTH = ".length"  # in conditions: how many elements an array has


@dataclass(frozen=True, slots=True, kw_only=True)
class Slipped:
    """One thing that is wrong with a call.

    Attributes:
        path: of the member; it need not be there.
        clause: that says so.
        member: what the document says of it; None for what members need together.
        expected, got: for people.
        open: ambiguities, a reading of each of which takes it all the same.
    """

    slip: Slip
    path: Path
    clause: str
    member: Member | None
    expected: str
    got: str
    open: tuple[str, ...] = ()


def taken_slips(system: System, method: str, struct: Value, *, version: str | None = None) -> Iterator[Slipped]:
    """Everything that is wrong with the struct of a call, user and password not looked at.

    Args:
        version: of the API; None: members of every version are known, and those of the newest are required.
    """
    call = system.operations[method].call
    if call is not None:
        walk = _Walk(system, version)
        yield from walk.members(f"{system.prefix}-{method}", call.takes, call.needs, struct, ())


def head_slips(system: System, struct: Value) -> Iterator[Slipped]:
    """What is wrong with the members that every call carries."""
    syntax = syntax_of(system)
    for name, member in syntax.head.items():
        found = struct.get(name)
        if found is None and member.required:
            clause = syntax.rules["authentication-required"]
            yield Slipped(slip=Slip.MISSING, path=(name,), clause=clause, member=member, expected=name, got="none")
        elif found is not None:
            for one in _Walk(system, None).value("", member, found, (name,)):
                known = system.ambiguities.get(
                    (member.wrong[one.slip].ambiguity or "") if one.slip in member.wrong else ""
                )
                taken = () if known is None or known.accepted is None else one.open
                yield Slipped(
                    slip=one.slip, path=one.path, clause=syntax.rules["authentication"], member=member, expected=one.expected,
                    got=one.got, open=taken,
                )  # fmt: skip


def best_struct(system: System, member: Member, value: Value) -> tuple[str, CallStruct] | None:
    """The struct that a value is: of several the one whose members it has most of; None for a member that is none."""
    names = [*([member.struct] if member.struct else []), *member.other_structs]
    if not names:
        return None
    given = set(value.names)
    best = max(names, key=lambda name: len(given & system.structs[name].members.keys()))
    return best, system.structs[best]


def spelled_in(name: str, member: Member, struct: Value) -> str:
    """How a member is spelled in a struct: of several names the one that is there, else the first."""
    known = (name, *member.names.values())
    return next((one for one in known if one in struct), next(iter(member.names.values()), name))


class _Walk:
    def __init__(self, system: System, version: str | None) -> None:
        self._system = system
        self._syntax = syntax_of(system)
        self._version = version

    def members(
        self, base: str, known: Mapping[str, Member], needs: Sequence[Requirement], struct: Value, path: Path
    ) -> Iterator[Slipped]:
        """What is wrong with the members of one struct."""
        for name, member in known.items():
            there = exists(self._syntax.versions, self._version, member)
            spelled = spelled_in(name, member, struct)
            found, place, clause = struct.get(spelled), (*path, spelled), f"{base}.{name}"
            if found is None:
                if member.required and there:
                    yield self._one(Slip.MISSING, clause, member, place, f"{spelled}, which must be there", "none")
                continue
            if not there and self._version is not None:
                continue  # unknown to that version, as any other name is
            other = struct.get(member.unlimited) if member.unlimited is not None else None
            if other is not None and other.scalar is True:
                told = f"one of {name} and {member.unlimited}"
                yield self._one(Slip.BOTH, clause, member, place, told, "both")
            yield from self.value(clause, member, found, place)
            yield from self._bounds(clause, member, found, struct, place)
        for need in needs:
            yield from self._need(need, known, struct, path)

    def value(self, clause: str, member: Member, found: Value, place: Path) -> Iterator[Slipped]:
        """What is wrong with the value of a member."""
        if not member.array:
            yield from self._item(clause, member, found, place)
            return
        if found.kind is not Kind.ARRAY:
            yield self._one(Slip.MALFORMED, clause, member, place, "an array", shown(found))
            return
        count = len(found.items)
        if count < (member.least or 0):
            yield self._one(Slip.FEW, clause, member, place, f"{member.least} elements or more", f"{count}")
        if member.most is not None and count > member.most:
            yield self._one(Slip.MANY, clause, member, place, f"{member.most} elements at most", f"{count}")
        for number, item in enumerate(found.items):
            yield from self._item(clause, member, item, (*place, number))

    def _item(self, clause: str, member: Member, found: Value, place: Path) -> Iterator[Slipped]:
        inner = best_struct(self._system, member, found)
        if inner is not None:
            name, struct = inner
            if found.kind is not Kind.STRUCT:
                yield self._one(Slip.MALFORMED, clause, member, place, f"a struct ({name})", shown(found))
                return
            base = f"{self._system.prefix}-struct.{name}"
            yield from self.members(base, struct.members, struct.needs, found, place)
            return
        kinds = list(member.types.values()) or [type_at(self._syntax, member, self._version) or ""]
        problems = [scalar_slip(self._system.scalars[kind], found) for kind in kinds if kind]
        if not problems or any(problem is None for problem in problems):
            return
        problem = problems[0]
        assert problem is not None
        slip, expected = problem
        text = text_of(found)
        if slip is not Slip.MALFORMED and member.default is not None and text == member.default:
            return
        kind = self._system.scalars[kinds[0]]
        doubt = member.open_taken.get(text) or kind.open_choices.get(text)
        yield self._one(slip, clause, member, place, expected, shown(found), doubt)

    def _bounds(self, clause: str, member: Member, found: Value, struct: Value, place: Path) -> Iterator[Slipped]:
        if not isinstance(found.scalar, int) or isinstance(found.scalar, bool):
            return
        for bound, low in ((member.at_least, True), (member.at_most, False)):
            other = self._limit(bound, struct)
            if other is None or bound is None:
                continue
            if found.scalar < other if low else found.scalar > other:
                expected = f"{'at least' if low else 'at most'} {bound.member}, which is {other}"
                yield self._one(Slip.RANGE, clause, member, place, expected, shown(found), bound.ambiguity)

    @staticmethod
    def _limit(bound: Bound | None, struct: Value) -> int | None:
        other = struct.get(bound.member) if bound is not None and bound.method is None else None
        return other.scalar if other is not None and isinstance(other.scalar, int) else None

    def _need(self, need: Requirement, known: Mapping[str, Member], struct: Value, path: Path) -> Iterator[Slipped]:
        def there(name: str) -> bool:
            return (spelled_in(name, known[name], struct) if name in known else name) in struct

        if not all(holds(struct, name, values) for name, values in need.when.items()):
            return
        if any(all(there(name) for name in group) for group in need.groups):
            return
        lacking = [name for name in need.groups[0] if not there(name)]
        taken = need.ambiguity is not None and self._accepted(need.ambiguity)
        yield Slipped(
            slip=Slip.MISSING,
            path=(*path, lacking[0]),
            clause=need.clause,
            member=None,
            expected=" or ".join(" and ".join(group) for group in need.groups),
            got="neither" if len(need.groups) > 1 else "none",
            open=(need.ambiguity,) if need.ambiguity is not None and taken else (),
        )

    def _accepted(self, ambiguity: str) -> bool:
        return self._system.ambiguities[ambiguity].accepted is not None

    def _one(
        self, slip: Slip, clause: str, member: Member, place: Path, expected: str, got: str, doubt: str | None = None
    ) -> Slipped:
        kind = self._system.scalars.get(member.type or next(iter(member.types.values()), ""))
        doubts = [doubt, kind.open.get(slip) if kind is not None else None]
        if slip is Slip.MISSING:
            doubts.append(member.required_ambiguity)
        wrong = wrong_of(self._system, member, slip)
        if wrong is not None and wrong.ambiguity is not None and self._accepted(wrong.ambiguity):
            doubts.append(wrong.ambiguity)
        own = self._syntax.rules["int-size"] if slip is Slip.OVERFLOW else f"{clause}:{aspect_of(slip)}"
        return Slipped(
            slip=slip, path=place, clause=own, member=member, expected=expected, got=got,
            open=tuple(dict.fromkeys(one for one in doubts if one is not None)),
        )  # fmt: skip


def holds(struct: Value, name: str, values: Sequence[str]) -> bool:
    """Whether a member of a struct has one of these values; with none named, whether it is there."""
    if name.endswith(_LENGTH):
        array = struct.get(name.removesuffix(_LENGTH))
        return array is not None and str(len(array.items)) in values
    found = struct.get(name)
    return found is not None and (not values or text_of(found) in values)


def scalar_slip(kind: Scalar, value: Value) -> tuple[Slip, str] | None:
    """What is wrong with a single value, and what it should be, for people; None if it is one of the type."""
    if value.kind is not KINDS[kind.base]:
        return Slip.MALFORMED, f"a value of type {KINDS[kind.base]}"
    found = value.scalar
    if found is None:
        if value.kind is Kind.INT and value.text.strip().lstrip("+-").isdecimal():
            return Slip.OVERFLOW, "an integer of four bytes"
        return Slip.MALFORMED, f"a value of type {KINDS[kind.base]}"
    if kind.choices:
        return None if text_of(value) in kind.choices else (Slip.CHOICE, f"one of {', '.join(kind.choices)}")
    if isinstance(found, bool | datetime | float):
        return None
    if isinstance(found, int):
        low = INT_LOWEST if kind.minimum is None else kind.minimum
        high = INT_HIGHEST if kind.maximum is None else kind.maximum
        fits = low <= found <= high and found not in kind.gaps
        return None if fits else (Slip.RANGE, f"a number from {low} to {high}")
    return _text_slip(kind, found)


def _text_slip(kind: Scalar, found: str | bytes) -> tuple[Slip, str] | None:
    unit = "bytes" if isinstance(found, bytes) else "characters"
    if kind.maximum is not None and len(found) > kind.maximum:
        slip = Slip.BYTES if isinstance(found, bytes) else Slip.LENGTH
        return slip, f"{kind.maximum} {unit} at most"
    if not found:
        return (Slip.EMPTY, "not to be empty") if kind.minimum or kind.form is not None else None
    if len(found) < (kind.minimum or 0):
        return Slip.LENGTH, f"{kind.minimum} {unit} or more"
    if isinstance(found, bytes):
        return None
    if (kind.ascii and not found.isascii()) or (kind.alphabet and not set(found) <= set(kind.alphabet)):
        return Slip.CHARACTERS, f"only {kind.alphabet or 'ASCII characters'}"
    if kind.form is not None and not has_form(kind.form, found):
        return Slip.FORM, f"the form of {kind.form}"
    return None


def shown(value: Value) -> str:
    """A value for people."""
    if value.kind in (Kind.STRUCT, Kind.ARRAY):
        return f"{value.kind} of {len(value.members) or len(value.items)}"
    text = repr(value.text)
    return f"{value.tag or 'text'} {text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + '...'}"
