"""Mutants of what a success carries: each member missing, of another type, out of its limits, there without need, not as it was sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from harness.mutation.call_seen import CallMaker, Place, Seen
from harness.mutation.call_speech import example
from harness.mutation.call_values import other, other_type, outside
from harness.mutation.http_seen import Said
from harness.mutation.mutant import Mutant, Operator
from harness.spec.callmodel import Direction, Kind, Member
from harness.spec.model import System
from harness.wire.xmlrpc import Value
from harness.wire.xmlrpc_edit import Pair, changed
from harness.wire.xmlrpc_writing import Members, Writable

_DEEPEST = 8  # structs in each other
Spoil = Callable[[str, Writable], tuple[Pair, ...]]


def returned_mutants(system: System) -> Iterator[Mutant]:
    """Every such mutant of every method and struct."""
    maker = _Returned(system)
    for name, operation in system.operations.items():
        if operation.call is None or operation.call.experimental:
            continue
        yield from maker.members(f"{system.prefix}-{name}.returned", operation.call.returns, name)
        if not operation.call.returns:
            yield from maker.status(name)
    for name, struct in system.structs.items():
        methods = givers(system, name)  # none: only calls that the device makes have it, which no proxy sees
        if Direction.RETURNED in struct.directions and not struct.experimental and methods:
            yield from maker.members(f"{system.prefix}-struct.{name}.returned", struct.members, "", methods)


def givers(system: System, struct: str) -> list[str]:
    """The methods whose replies have a struct somewhere."""

    def within(members: Mapping[str, Member], depth: int) -> bool:
        for member in members.values():
            for name in (member.struct, *member.other_structs):
                if name is None or depth >= _DEEPEST:
                    continue
                if name == struct or within(system.structs[name].members, depth + 1):
                    return True
        return False

    known = {name: one.call for name, one in system.operations.items() if one.call is not None}
    return [name for name, call in known.items() if not call.experimental and within(call.returns, 0)]


class _Returned(CallMaker):
    def __init__(self, system: System) -> None:
        super().__init__(system)
        holders = [one.members for one in system.structs.values()]
        holders += [one.call.returns for one in system.operations.values() if one.call is not None]
        found = [one for members in holders for one in members.values() if one.partial]
        self._partial = {name for one in found for name in (one.struct, *one.other_structs) if name is not None}

    def members(
        self, base: str, known: Mapping[str, Member], method: str, methods: Sequence[str] = ()
    ) -> Iterator[Mutant]:
        """The mutants of the members of a method's reply, or of a struct in replies of some methods."""
        loose = base.split(".")[1] in self._partial  # a reading lets members of it be left out
        own = (f"{method}.success", f"{method}.*") if method else tuple(f"{one}.success" for one in methods)
        for name, member in known.items():
            if member.experimental or member.until is not None:
                continue
            near = self.near(*own, *(() if method else (f"*.{name}.given",)))
            clause = f"{base}.{name}"
            for aspect, word, operator, about, spoil in self._changes(name, member):
                if loose and not aspect:
                    continue
                say = partial(self._say, clause, spoil)
                broken = f"{clause}:{aspect}" if aspect else clause
                yield self.says(broken, word, operator, f"{clause}: {about}.", say, near=near)
            if member.present is not None and (self._can_tell(member) or self._conditional(member)):
                say = partial(self._added, base, name, member)
                yield self.says(
                    f"{clause}:absent", "there", Operator.OVERFLOW, f"{clause} is always there.", say, near=near
                )

    def _changes(self, name: str, member: Member) -> Iterator[tuple[str, str, Operator, str, Spoil]]:
        if self._must_be(member):
            yield "", "missing", Operator.DROP, "it is missing", lambda _name, _value: ()
            yield "", "renamed", Operator.RENAME, "it has another name", lambda name, value: ((f"{name}X", value),)
        if not member.open_values and member.any_value is None:
            wrong = other_type(self.system, member)
            yield "type", "other-type", Operator.RETYPE, "it is of another type", lambda name, _value: ((name, wrong),)
        if not member.array:
            for aspect, operator, value in outside(self.system, member):
                yield aspect, "outside", operator, f"it is {value!r:.40}", partial(_put, value)
            if member.echo is not None:
                yield "echo", "other", Operator.SWAP, f"it is another {name}", partial(self._other, member)
            if member.always is not None and not member.ignore and not member.any_value:
                yield "always", "other", Operator.SWAP, "it is something else", partial(self._other, member)
        elif member.most is not None:
            yield "count", "many", Operator.OVERFLOW, "it has too many elements", partial(_repeated, member.most + 1)
        elif member.least and member.absent is None:
            yield "count", "few", Operator.DROP, "it has no elements", partial(_put, [])

    def _must_be(self, member: Member) -> bool:
        """Whether a reply without it is wrong under every reading, where a device that conforms has it."""
        if member.optional or member.absent or member.partial:
            return False
        if member.present is None or self._conditional(member):
            return True
        return self._can_tell(member) and member.present.ambiguity is None and not member.present.asked

    def _conditional(self, member: Member) -> bool:
        """Whether what has been set, or a state that cases bring about, decides alone."""
        present = member.present
        if present is None or present.only or present.ambiguity or present.asked or present.lacks or present.beside:
            return False
        state = self.system.circumstances[present.state] if present.state else None
        return (present.filled and state is None) or (state is not None and not state.platforms)

    @staticmethod
    def _can_tell(member: Member) -> bool:
        present = member.present
        return (
            present is not None
            and not (present.only or present.filled or present.state)
            and present.ambiguity is None
            and bool(present.lacks or present.beside)
        )

    def _other(self, member: Member, name: str, value: Writable) -> tuple[Pair, ...]:
        return ((name, other(self.system, member, value) if isinstance(value, Value) else value),)

    @staticmethod
    def _say(clause: str, spoil: Spoil, seen: Seen) -> Said:
        places = seen.at(clause)
        return seen.spoilt(places, spoil) if places else None

    def _added(self, base: str, name: str, member: Member, seen: Seen) -> Said:
        """The member wherever its condition does not hold, beside another one that is there."""
        anchors: dict[tuple[object, ...], Place] = {}
        for place in seen.returned:
            holder = place[0].rpartition(".")[0]
            if holder == base:
                anchors.setdefault(place[1][:-1], place)
        tree: Writable = seen.message.struct
        done = False
        for above, (_, path, _, _) in reversed(list(anchors.items())):
            struct = seen.message.struct.find(above)  # type: ignore[arg-type]  # a path without its last step
            if struct is None or name in struct or not (self._conditional(member) or self._not_due(member, struct)):
                continue
            done = True
            tree = changed(tree, path, lambda own, value: ((own, value), (name, self._idle(member))))
        return seen.tree(tree) if done else None

    def _idle(self, member: Member) -> Writable:
        """A value that a member should not be told with: an empty one, where it is told only if it is not empty."""
        kind = self.system.scalars.get(member.type or "")
        if member.present is None or not member.present.filled or (kind is None and not member.array):
            made: Writable = example(self.system, member)
            return made
        if member.array:
            return list[Writable]()
        return b"" if kind is not None and kind.base is Kind.BASE64 else ""

    @staticmethod
    def _not_due(member: Member, struct: Value) -> bool:
        present = member.present
        if present is None:
            return False
        if present.lacks is not None and present.lacks in struct:
            return True
        return any(
            (found := struct.get(one)) is not None and (str(found.scalar).lower() if isinstance(found.scalar, bool) else found.text) not in values
            for one, values in present.beside.items()
        )  # fmt: skip

    def status(self, method: str) -> Iterator[Mutant]:
        """The mutants of a success that carries nothing else."""
        clause, status, word = f"{self.system.prefix}-{method}:status", self.syntax.status, self.syntax.success
        near = self.near(f"{method}.success", f"{method}.*")
        for name, operator, tree in (
            ("other", Operator.RENAME, {status: "done"}),
            ("missing", Operator.DROP, Members(())),
            ("number", Operator.RETYPE, {status: 0}),
            ("renamed", Operator.RENAME, {f"{status}Code": word}),
        ):
            yield self.says(
                clause, name, operator, f"{method} says otherwise that it succeeded ({name}).",
                partial(_instead, method, tree), near=near,
            )  # fmt: skip


def _instead(method: str, tree: Writable, seen: Seen) -> Said:
    return seen.tree(tree) if seen.does(method) else None


def _put(value: Writable, name: str, _value: Writable) -> tuple[Pair, ...]:
    return ((name, value),)


def _repeated(count: int, name: str, value: Writable) -> tuple[Pair, ...]:
    """An array with so many elements, of which it has one at least."""
    items = list(value.items) if isinstance(value, Value) else []
    return ((name, (items * count)[:count] if items else list[Writable]()),)
