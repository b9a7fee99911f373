"""Writes the members of calls, from the model and what a fuzzer's kit says of them: compiled once, then written quickly and at random."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from harness.fuzzing.call_kit import CallKit
from harness.fuzzing.call_parts import Parts, member, slotted, value
from harness.fuzzing.call_values import ALIENS, valid, wrong
from harness.fuzzing.script import Part, Slot
from harness.spec.callmodel import Kind, Member, Scalar, Slip
from harness.spec.callvalues import exists, members_at, type_at
from harness.spec.model import System
from harness.target import Target

Path = tuple[str, ...]
Ids = Mapping[str, Parts]  # kind of object -> the value that names one
Write = Callable[[list[Part], Random, Ids], None]
_HEX = "0123456789abcdef"
# In what share of the calls of one method an optional member is there.
_RATES = (0.0, 0.03, 0.08, 0.2, 0.5)
_MOST_ELEMENTS = 2


@dataclass(slots=True)
class Shape:
    """One member as it is written.

    Attributes:
        begin: what stands before its value.
        write: writes its value.
        inner: the members of its struct, by name.
        partner: the member beside which it may not stand.
        usable: valid calls may have it.
    """

    name: str
    member: Member
    begin: bytes
    write: Write
    inner: Shapes = field(default_factory=lambda: Shapes())
    partner: str = ""
    usable: bool = True


class Shapes(dict[str, Shape]):
    """The members of a call or struct by name; `required` are those that must be there."""

    required: Sequence[Shape] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A member of a call, nested or not, and what is wrong there."""

    path: Path
    slip: Slip
    parts: Parts | None  # what stands there; None: nothing
    beside: bytes = b""  # what stands beside it


class Members:
    """Writes the members of every method."""

    def __init__(self, system: System, target: Target, kit: CallKit, version: str | None) -> None:
        assert system.calls is not None
        self._system, self._target, self._kit, self._version = system, target, kit, version
        self._syntax = system.calls
        self._pools: dict[str, tuple[bytes, ...]] = {}
        self._wrong: dict[str, Sequence[tuple[Slip, bytes]]] = {}
        self._structs: dict[str, Shapes] = {}
        self.shapes = {
            name: self._shapes(one.call.takes)
            for name, one in system.operations.items()
            if one.call is not None and exists(self._syntax.versions, version, one.call)
        }
        self.places = {name: tuple(self._places(shapes, (), set())) for name, shapes in self.shapes.items()}

    def kinds(self, method: str) -> list[str]:
        """The kinds of objects that a method must be told."""
        return [one.member.object for one in self.shapes[method].values() if one.member.required and one.member.object]

    def write(
        self, method: str, rng: Random, ids: Ids, place: Place | None = None, rate: float | None = None
    ) -> list[Part]:
        """The members of a call; wrong at one place."""
        out: list[Part] = []
        self._members(out, self.shapes[method], rng, ids, place, place.path if place is not None else (), rate)
        return out

    # compiled

    def _shapes(self, members: Mapping[str, Member]) -> Shapes:
        now = members_at(self._syntax, members, self._version)
        partners = {one.unlimited: name for name, one in now.items() if one.unlimited}
        found = Shapes()
        for name, one in now.items():
            spelled = next(iter(one.names.values())) if one.names else name
            shape = Shape(name, one, b"<member><name>" + spelled.encode() + b"</name>", _nothing)
            shape.partner = one.unlimited or partners.get(name, "")
            shape.usable = not (name in self._kit.left or one.experimental or one.names or one.types) or one.required
            shape.write = self._writer(name, one, shape)
            found[name] = shape
        found.required = [shape for shape in found.values() if shape.member.required]
        return found

    def _struct(self, name: str) -> Shapes:
        if name not in self._structs:
            self._structs[name] = self._shapes(self._system.structs[name].members)
        return self._structs[name]

    def _writer(self, name: str, one: Member, shape: Shape) -> Write:
        kit = self._kit
        if one.object:
            shape.usable = shape.usable and one.required
            return _named(one.object)
        if name in kit.unique:
            return _unique(kit.unique[name])
        if name in kit.fixtures:
            texts = self._target.fixture_texts(kit.fixtures[name])
            shape.usable = shape.usable and bool(texts)
            slots = [slotted(Slot(f"fixture:{kit.fixtures[name]}:{index}")) for index in range(len(texts))]
            return _one_of_parts(slots or [(value("nobody.invalid"),)])
        if name in kit.usual:
            return _one_of([value(one_value) for one_value in kit.usual[name]])
        if one.struct:
            names = [one.struct, *one.other_structs]
            shape.inner = self._struct(one.struct)
            structs = [self._struct(each) for each in names]
            fitting = [
                each for each in structs if all(inner.usable for inner in each.values() if inner.member.required)
            ] or structs[:1]
            return self._array(one, fitting) if one.array else self._struct_writer(fitting)
        kind = type_at(self._syntax, one, self._version) or next(iter(one.types.values()))
        pool = self.pool(kind)
        shape.usable = shape.usable and bool(pool)
        return _elements(pool, one) if one.array else _one_of(pool or (value(""),))

    def pool(self, kind: str) -> tuple[bytes, ...]:
        """Valid values of a type, written."""
        if kind not in self._pools:
            self._pools[kind] = tuple(value(one) for one in valid(self._system.scalars[kind]))
        return self._pools[kind]

    def _struct_writer(self, structs: Sequence[Shapes]) -> Write:
        def write(out: list[Part], rng: Random, ids: Ids) -> None:
            out.append(b"<value><struct>")
            self._members(out, structs[int(rng.random() * len(structs))], rng, ids, None, (), 0.05)
            out.append(b"</struct></value>")

        return write

    def _array(self, one: Member, structs: Sequence[Shapes]) -> Write:
        inner = self._struct_writer(structs)
        least, most = max(one.least or 0, 1), min(one.most or _MOST_ELEMENTS, _MOST_ELEMENTS)

        def write(out: list[Part], rng: Random, ids: Ids) -> None:
            out.append(b"<value><array><data>")
            for _ in range(least + (int(rng.random() * 1.3) if most > least else 0)):
                inner(out, rng, ids)
            out.append(b"</data></array></value>")

        return write

    # written

    def _members(
        self,
        out: list[Part],
        shapes: Shapes,
        rng: Random,
        ids: Ids,
        place: Place | None,
        path: Path,
        rate: float | None,
    ) -> None:
        random = rng.random
        rate = _RATES[int(random() * 5)] if rate is None else rate
        at = path[0] if path else ""
        if rate == 0.0:
            for shape in shapes.required:
                if shape.name != at:
                    out.append(shape.begin)
                    shape.write(out, rng, ids)
                    out.append(b"</member>")
            if at:
                self._at(out, shapes[at], rng, ids, place, path)
            if place is not None and len(path) <= 1 and place.beside:
                out.append(place.beside)
            return
        there: set[str] = {shapes[at].partner} if at and shapes[at].partner and len(path) == 1 else set()
        for name, shape in shapes.items():
            if name == at:
                self._at(out, shape, rng, ids, place, path)
                continue
            if not shape.member.required:
                if not shape.usable or random() >= rate or name in there:
                    continue
                if shape.partner:
                    there.add(shape.partner)
                    if name.endswith("Unlimited"):
                        out.append(shape.begin + b"<value><boolean>1</boolean></value></member>")
                        continue
            out.append(shape.begin)
            shape.write(out, rng, ids)
            out.append(b"</member>")
        if place is not None and len(path) <= 1 and place.beside:
            out.append(place.beside)

    def _at(self, out: list[Part], shape: Shape, rng: Random, ids: Ids, place: Place | None, path: Path) -> None:
        assert place is not None
        if len(path) == 1:
            if place.parts is not None:
                out += (shape.begin, *place.parts, b"</member>")
            return
        out.append(shape.begin)
        if shape.member.array:
            out.append(b"<value><array><data>")
        out.append(b"<value><struct>")
        self._members(out, shape.inner, rng, ids, place, path[1:], 0.0)
        out.append(b"</struct></value>")
        if shape.member.array:
            out.append(b"</data></array></value>")
        out.append(b"</member>")

    # wrong

    def _places(self, shapes: Mapping[str, Shape], path: Path, within: set[str]) -> list[Place]:
        found: list[Place] = []
        for name, shape in shapes.items():
            here, one = (*path, name), shape.member
            if one.required:
                found.append(Place(here, Slip.MISSING, None))
            found += [Place(here, Slip.MALFORMED, (each,)) for each in self._aliens(one)]
            if one.object:
                found.append(Place(here, Slip.UNKNOWN, (_UNKNOWN,)))
            elif one.struct is None:
                found += self._values(here, one)
            if one.array:
                found += self._counts(here, one, shape)
            if one.unlimited:
                both = member(one.unlimited, value(True))
                found.append(Place(here, Slip.BOTH, (value(5),), both))
            if one.struct and one.struct not in within and len(here) < 4:
                found += self._places(shape.inner, here, within | {one.struct})
        return found

    def _aliens(self, one: Member) -> list[bytes]:
        own: list[Kind | str] = []
        if one.array:
            own = ["array"]
        elif one.struct:
            own = ["struct"]
        else:
            kind = self._kind(one)
            own = [kind.base] if kind is not None else []
        found = [each for kind, values in ALIENS.items() if kind not in own for each in values]
        if one.array and one.struct:
            found += [value(["a"]), value([5]), value([[{}]])]
        return found

    def _kind(self, one: Member) -> Scalar | None:
        named = type_at(self._syntax, one, self._version) or next(iter(one.types.values()), "")
        return self._system.scalars.get(named)

    def _values(self, here: Path, one: Member) -> list[Place]:
        kind = self._kind(one)
        if kind is None:
            return []
        around = (b"<value><array><data>", b"</data></array></value>") if one.array else (b"", b"")
        found = [Place(here, slip, (around[0] + each + around[1],)) for slip, each in wrong(kind)]
        if one.at_most is not None and one.at_most.method is None:
            found.append(Place(here, Slip.RANGE, (value(10**6),)))
        if one.at_least is not None and one.at_least.method is not None:
            found += [Place(here, Slip.RANGE, (value(each),)) for each in (1, 2**31 - 1)]
        return found

    def _counts(self, here: Path, one: Member, shape: Shape) -> list[Place]:
        found = []
        out: list[Part] = []
        rng = Random(3)  # noqa: S311  # not for secrets
        ids: Ids = {}
        if one.struct:
            self._struct_writer([shape.inner])(out, rng, ids)
        if one.most is not None and out and all(isinstance(part, bytes) for part in out):
            each = b"".join(part for part in out if isinstance(part, bytes))
            found += [
                Place(here, Slip.MANY, (b"<value><array><data>" + each * count + b"</data></array></value>",))
                for count in (one.most + 1, one.most * 4)
            ]
        if one.least:
            found.append(Place(here, Slip.FEW, (value([]),)))
        return found


_UNKNOWN = value("0f0e0d0c-1111-4222-8333-444455556666")


def token(rng: Random, size: int = 12) -> str:
    """A word that nobody else uses."""
    return f"{int(rng.random() * 16**size):0{size}x}"


def _nothing(out: list[Part], rng: Random, ids: Ids) -> None:
    """Writes nothing."""


def _one_of(pool: Sequence[bytes]) -> Write:
    count = len(pool)
    return lambda out, rng, _ids: out.append(pool[int(rng.random() * count)])


def _one_of_parts(pool: Sequence[Parts]) -> Write:
    return lambda out, rng, _ids: out.extend(pool[int(rng.random() * len(pool))])


def _unique(forms: Sequence[str]) -> Write:
    def write(out: list[Part], rng: Random, _ids: Ids) -> None:
        form = forms[int(rng.random() * len(forms))]
        out.append(b"<value><string>" + form.replace("{}", token(rng)).encode() + b"</string></value>")

    return write


def _named(kind: str) -> Write:
    return lambda out, _rng, ids: out.extend(ids.get(kind, (_UNKNOWN,)))


def _elements(pool: Sequence[bytes], one: Member) -> Write:
    def write(out: list[Part], rng: Random, _ids: Ids) -> None:
        count = max(one.least or 0, 1) + int(rng.random() * min((one.most or 3) - 1, 3))
        chosen = dict.fromkeys(pool[int(rng.random() * len(pool))] for _ in range(count))
        out.append(b"<value><array><data>" + b"".join(chosen) + b"</data></array></value>")

    return write
