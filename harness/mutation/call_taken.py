"""Mutants of what methods take: refused although it is right, taken although it is wrong, refused for another reason or without a name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from harness.checks.callfaults import Expected, aspect_of, expected_use, expected_wrong, opened_by
from harness.checks.callvalues import text_of
from harness.mutation.call_seen import CallMaker, Seen
from harness.mutation.http_seen import Said
from harness.mutation.mutant import Mutant, Operator
from harness.spec.callmodel import Direction, Member, Slip
from harness.spec.clauses_calls import slips, wrong_of
from harness.spec.documentmodel import Requirement
from harness.spec.model import System

# Slips that a call alone does not show: what the device knows decides.
_HIDDEN = (Slip.UNKNOWN,)
_DEEPEST = 8  # structs in each other


def taken_mutants(system: System) -> Iterator[Mutant]:
    """Every such mutant of every method and struct."""
    maker = _Taken(system)
    yield from maker.rules()
    for name, operation in system.operations.items():
        call = operation.call
        if call is None or call.experimental:
            continue
        yield maker.method(name)
        yield from maker.members(name, f"{system.prefix}-{name}", call.takes)
        yield from maker.needs(name, call.needs)
        for fault in call.faults:
            yield from maker.fault(name, fault)
    for name, struct in system.structs.items():
        method = _user_of(system, name)
        if Direction.TAKEN in struct.directions and not struct.experimental and method:
            yield from maker.members("", f"{system.prefix}-struct.{name}", struct.members, user=method)
            yield from maker.needs("", struct.needs, struct=name)


def _user_of(system: System, struct: str) -> str:
    """A method that takes a struct, wherever it stands; "" for none."""
    for name, operation in system.operations.items():
        call = operation.call
        if call is not None and not call.experimental and struct in set(_within(system, call.takes, 0)):
            return name
    return ""


def _within(system: System, members: Mapping[str, Member], depth: int) -> Iterator[str]:
    for member in members.values():
        for name in (member.struct, *member.other_structs):
            if name is not None and depth < _DEEPEST:
                yield name
                yield from _within(system, system.structs[name].members, depth + 1)


class _Taken(CallMaker):
    def method(self, method: str) -> Mutant:
        """The mutant of a method as a whole."""
        return self.says(
            f"{self.system.prefix}-{method}", "refused", Operator.REFUSE, f"{method} is refused.",
            lambda seen: seen.faulted() if seen.does(method) else None, near=self.near(f"{method}.success"),
        )  # fmt: skip

    def rules(self) -> Iterator[Mutant]:
        """The mutants of the rules that say which fault answers what is wrong with any member."""
        rows = [(slip.value, aspect_of(slip), wrong) for slip, wrong in self.syntax.wrong.items()]
        rows += [
            (f"{kind}-{Slip.UNKNOWN}", aspect_of(Slip.UNKNOWN), wrong) for kind, wrong in self.syntax.unknown.items()
        ]
        for name, aspect, wrong in rows:
            expected = expected_wrong(self.system, wrong)
            if wrong.clause is None or expected.accepted is not None:
                continue
            swapped = self._other_fault(expected)
            for word, operator, other in (("taken", Operator.ACCEPT, ""), (f"as-{swapped}", Operator.SWAP, swapped)):
                yield self.says(
                    wrong.clause, f"{name}.{word}", operator, f"What is wrong with a member ({name}) is {word}.",
                    partial(self._by_rule, aspect, expected, other),
                )  # fmt: skip

    @staticmethod
    def _by_rule(aspect: str, expected: Expected, swapped: str, seen: Seen) -> Said:
        if not seen.fails("", *expected.outcomes) or seen.call is None:
            return None
        own = [one for one in seen.slips if one.endswith(f":{aspect}")]
        if len(own) != len(seen.slips) or not (own or aspect == aspect_of(Slip.UNKNOWN)):
            return None
        return seen.faulted(swapped, "somethingElse") if swapped else seen.accepted()

    def members(self, method: str, base: str, known: Mapping[str, Member], *, user: str = "") -> Iterator[Mutant]:
        """The mutants of the members of a method's call, or of a struct in the calls of `user` and others."""
        for name, member in known.items():
            if member.experimental or member.until is not None:
                continue
            clause = f"{base}.{name}"
            near = (
                self.near(f"{method}.*{name}*")
                if method
                else self.near(f"*{base.rpartition('.')[2]}*{name}*", f"{user}.*{name}*", f"*.{name}*")
            )
            yield from self._refused(clause, name, member, near)
            if member.required:
                yield from self._wrong(clause, name, member, Slip.MISSING, near)
            for slip in slips(self.system, member):
                yield from self._wrong(clause, name, member, slip, near)

    def _refused(self, clause: str, name: str, member: Member, near: tuple[str, ...]) -> Iterator[Mutant]:
        kind = self.system.scalars.get(member.type or "")
        doubtful = {*member.open_taken, *(kind.experimental if kind is not None else ())}
        words = [word for word in kind.choices if word not in doubtful] if kind is not None else []
        for word in words or [""]:
            yield self.says(
                clause, f"refused-{word}" if word else "refused", Operator.REFUSE, f"{clause} {word} is refused.".replace("  ", " "),
                partial(self._not_taken, clause, name, word), near=near,
            )  # fmt: skip

    @staticmethod
    def _not_taken(clause: str, name: str, word: str, seen: Seen) -> Said:
        if not seen.good:
            return None
        values = [
            value for _, _, member, value in seen.gave(clause) for value in (value.items if member.array else (value,))
        ]
        given = bool(seen.gave(clause)) if not word else any(text_of(value) == word for value in values)
        return seen.faulted("invalid-parameter", name) if given else None

    def _wrong(self, clause: str, name: str, member: Member, slip: Slip, near: tuple[str, ...]) -> Iterator[Mutant]:
        own = f"{clause}:{aspect_of(slip)}"
        expected = self._expected(member, name, slip)
        if expected is None or expected.accepted is not None:
            return  # a reading takes it
        what = f"{own.partition('-')[2]}"
        yield self.says(
            own, "taken", Operator.ACCEPT, f"A call that is wrong in {what} succeeds.", partial(self._accepts, own, clause, slip, expected), near=near
        )  # fmt: skip
        swapped = self._other_fault(expected)
        yield self.says(
            own, f"as-{swapped}", Operator.SWAP, f"A call that is wrong in {what} is refused with {swapped}.",
            partial(self._swaps, own, clause, slip, expected, swapped), near=near,
        )  # fmt: skip

    def _expected(self, member: Member, name: str, slip: Slip) -> Expected | None:
        """What answers a slip, wherever the member stands."""
        wrong = wrong_of(self.system, member, slip)
        if member.object is not None and slip is Slip.LENGTH and slip not in member.wrong:
            wrong = self.syntax.unknown_long.get(member.object, wrong)
        if wrong is None:
            return None
        expected = expected_wrong(self.system, wrong, member=name)
        kind = self.system.scalars.get(member.type or next(iter(member.types.values()), ""))
        doubts = [kind.open[slip]] if kind is not None and slip in kind.open else []
        doubts += [member.required_ambiguity] if slip is Slip.MISSING and member.required_ambiguity is not None else []
        doubts += [
            one.ambiguity
            for one in (member.at_least, member.at_most)
            if slip is Slip.RANGE and one is not None and one.ambiguity is not None
        ]
        for ambiguity in doubts:
            expected = opened_by(self.system, expected, ambiguity)
        return expected

    def _is(self, own: str, clause: str, slip: Slip, expected: Expected, seen: Seen) -> bool:
        """Whether a fault answers this slip and no other."""
        if not seen.fails("", *expected.outcomes):
            return False
        if own in seen.slips:
            return len(seen.slips) == 1
        bounded = any(member.at_least or member.at_most for _, _, member, _ in seen.gave(clause))
        hidden = slip in _HIDDEN or (slip is Slip.RANGE and bounded)
        return hidden and not seen.slips and bool(seen.gave(clause))

    def _accepts(self, own: str, clause: str, slip: Slip, expected: Expected, seen: Seen) -> Said:
        return seen.accepted() if self._is(own, clause, slip, expected, seen) else None

    def _swaps(self, own: str, clause: str, slip: Slip, expected: Expected, swapped: str, seen: Seen) -> Said:
        return seen.faulted(swapped, "somethingElse") if self._is(own, clause, slip, expected, seen) else None

    def _other_fault(self, expected: Expected) -> str:
        """A fault that no reading has here, and that is no general one."""
        usable = (
            name
            for name, row in self.system.errors.items()
            if name not in expected.outcomes and not row.anywhere and not row.internal
        )
        return next(usable)

    # what members need together, and the method's own faults

    def needs(self, method: str, needs: list[Requirement], struct: str = "") -> Iterator[Mutant]:
        """The mutants of what members need together."""
        for number, need in enumerate(needs):
            known = self.system.ambiguities.get(need.ambiguity or "")
            if not need.errors or (known is not None and known.accepted is not None):
                continue
            name = f"{method or struct}.{number}.taken"
            yield self.says(
                need.clause, name, Operator.ACCEPT, f"{method or struct} does without what it needs ({number}).",
                partial(self._lacking, need.clause), near=self.near(f"{method}.*need*", f"{method}.*") if method else (),
            )  # fmt: skip

    @staticmethod
    def _lacking(clause: str, seen: Seen) -> Said:
        return seen.accepted() if seen.faulty and clause in seen.slips and len(seen.slips) == 1 else None

    def fault(self, method: str, fault: str) -> Iterator[Mutant]:
        """The mutants of one of a method's own faults."""
        expected = expected_use(self.system, method, fault)
        if expected.accepted is not None:
            return
        clause = f"{self.system.prefix}-{method}:fault.{fault}"
        near = self.near(f"{method}.*{fault}*", f"{method}.*")
        swapped = self._other_fault(expected)
        yield self.says(
            clause, "taken", Operator.ACCEPT, f"{method} succeeds instead of {fault}.", partial(self._instead, method, expected, ""), near=near
        )  # fmt: skip
        yield self.says(
            clause, f"as-{swapped}", Operator.SWAP, f"{method} gives {swapped} for {fault}.",
            partial(self._instead, method, expected, swapped), near=near,
        )  # fmt: skip
        use = self.system.operations[method].call
        stated = use.faults[fault].clause if use is not None else None
        if stated is not None:
            yield self.says(
                stated, f"{method}.{fault}.taken", Operator.ACCEPT, f"{method} succeeds instead of {fault}.",
                partial(self._instead, method, expected, ""), near=near,
            )  # fmt: skip

    @staticmethod
    def _instead(method: str, expected: Expected, swapped: str, seen: Seen) -> Said:
        if not seen.fails(method, *expected.outcomes) or len(seen.slips) > 1:
            return None
        return seen.faulted(swapped) if swapped else seen.accepted()
