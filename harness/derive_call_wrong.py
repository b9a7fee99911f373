"""The cases in which one thing of a call is wrong: a member's value or absence, who calls, and how large the call is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from msgspec import structs

from harness.calldut import CallDut
from harness.case import Case
from harness.checks.callfaults import (
    Expected,
    aspect_of,
    expected_of,
    expected_use,
    expected_wrong,
    opened_by,
)
from harness.derive_call_base import MethodCases
from harness.derive_call_places import Place, Tree, get, put, without
from harness.derive_call_values import Probe, plain, scalar_of, wrongs
from harness.flow import CaseSkipped
from harness.messages.callreply import CallReply
from harness.spec.callmodel import Bound, Slip
from harness.spec.callvalues import type_at
from harness.wire.xmlrpc_writing import Writing

_LARGE = 33_000  # characters of a comment that stands before every member, more than a call may have


class WrongCases(MethodCases):
    """Negative cases of one method."""

    def wrong(self) -> Iterator[Case]:
        """Every slip of every place, and what is wrong with the call as a whole."""
        for place in self.places:
            if place.member.required:
                clauses = [place.aspect("required"), *self._fault_clauses(place, Slip.MISSING, "missing-name")]
                yield self.bad(place, "required", f"without {place.label}", clauses, partial(self._missing, place))
            for slip, part, probes in wrongs(self.system, place.member):
                clauses = [self._aspect(place, slip), *self._fault_clauses(place, slip, "")]
                yield self.bad(
                    place, part, f"{place.label}: {part}", clauses, partial(self._wrong, place, slip, probes)
                )
            yield from self._special(place)
        yield from self._caller()

    def bad(self, place: Place, part: str, title: str, clauses: Sequence[str], flow: object) -> Case:
        """A negative case of a place."""
        return self.made(f"{place.label}.{part}", title, clauses, flow, after=self.controls(place))  # type: ignore[arg-type]  # partials of flows

    def _aspect(self, place: Place, slip: Slip) -> str:
        return self.syntax.rules["int-size"] if slip is Slip.OVERFLOW else place.aspect(aspect_of(slip))

    def _fault_clauses(self, place: Place, slip: Slip, naming: str) -> list[str]:
        """The rule that says which fault answers a slip, and the one that the fault names the member."""
        expected = self.expected(place, slip)
        rule = naming or ("malformed-name" if slip is Slip.MALFORMED else "")
        return [*expected.clauses, *([self.syntax.rules[rule]] if rule else [])]

    def expected(self, place: Place, slip: Slip, bound: Bound | None = None) -> Expected:
        """What answers a slip at a place."""
        instead = self.world.instead.get(f"{place.key}:{aspect_of(slip)}")
        if instead is not None:
            return expected_use(self.system, self.name, instead)
        expected = expected_of(self.system, self.name, place.at, slip)
        if bound is not None and bound.ambiguity is not None and bound.strict is None:
            expected = opened_by(self.system, expected, bound.ambiguity)
        also = (
            *self.world.also.get(f"{place.key}:{aspect_of(slip)}", ()),
            *self.world.anyway.get(self.name, ()),
        )
        return replace(expected, outcomes={**{name: {} for name in also}, **expected.outcomes})

    # members

    async def _missing(self, place: Place, dut: CallDut) -> None:
        members = without(await self.tree(dut, place), place)
        reply = await self.ask(dut, members)
        dut.fault(reply, self.expected(place, Slip.MISSING), place.aspect("required"), check="absent")

    async def _wrong(self, place: Place, slip: Slip, probes: Sequence[Probe], dut: CallDut) -> None:
        then = structs.replace(place.member, type=type_at(self.syntax, place.member, dut.version))
        if then.type != place.member.type and slip not in {one for one, *_ in wrongs(self.system, then)}:
            raise CaseSkipped(f"API {dut.version} has no such rule for {place.label}")
        tree = await self.tree(dut, place)
        for probe in probes:
            value = await self.probe(dut, probe, place, tree)
            drop = tuple(
                name
                for name, one in place.beside.items()
                if one.unlimited == place.name or name == place.member.unlimited
            )
            reply = await self.ask(dut, put(tree, place, value, drop=drop))
            dut.fault(reply, self.expected(place, slip, probe.bound), self._aspect(place, slip), check=probe.name)

    def _special(self, place: Place) -> Iterator[Case]:
        """What takes more than another value."""
        member = place.member
        if member.object is not None:
            clauses = [place.aspect("unknown"), *self._fault_clauses(place, Slip.UNKNOWN, "")]
            yield self.bad(
                place, "unknown", f"{place.label} of no {member.object}", clauses, partial(self._unknown, place)
            )
            kind = scalar_of(self.system, member)
            if kind is not None and kind.base == "string":
                yield self.bad(
                    place,
                    "unknown.empty",
                    f"{place.label} is empty",
                    [place.aspect("unknown")],
                    partial(self._empty, place),
                )
        if member.array and member.most is not None:
            clauses = [place.aspect("many"), *self._fault_clauses(place, Slip.MANY, "")]
            yield self.bad(place, "many", f"{place.label}: too many", clauses, partial(self._many, place))
        if member.unlimited is not None:
            clauses = [place.aspect("both"), *self._fault_clauses(place, Slip.BOTH, "")]
            yield self.bad(
                place, "both", f"{place.label} beside {member.unlimited}", clauses, partial(self._both, place)
            )
            yield self.bad(
                place,
                "open.not-unlimited",
                f"{place.label} and {member.unlimited} false",
                [],
                partial(self._not_unlimited, place),
            )

    async def _unknown(self, place: Place, dut: CallDut) -> None:
        tree = await self.tree(dut, place)
        value = await self.world.unknown(dut, place.member.object or "")
        reply = await self.ask(dut, put(tree, place, value))
        dut.fault(reply, self.expected(place, Slip.UNKNOWN), place.aspect("unknown"), check="unknown")

    async def _empty(self, place: Place, dut: CallDut) -> None:
        reply = await self.ask(dut, put(await self.tree(dut, place), place, ""))
        dut.fault(reply, self.expected(place, Slip.EMPTY), place.aspect("unknown"), check="empty")

    async def _many(self, place: Place, dut: CallDut) -> None:
        tree = await self.tree(dut, place)
        many = []
        for _ in range((place.member.most or 0) + 1):
            struct = place.member.struct
            one = await self.world.fill(dut, struct) if struct else plain(self.system, place.member)[0].make(dut.rng)
            many.append(one)
        reply = await self.ask(dut, put(tree, place, many))
        dut.fault(reply, self.expected(place, Slip.MANY), place.aspect("many"), check="many")

    async def _pair(self, place: Place, dut: CallDut, flag: bool) -> CallReply:
        tree = await self.tree(dut, place)
        number = get(tree, place)
        if number is None:
            (probe,) = plain(self.system, place.member)[:1]
            values = self.world.values.get(place.key)
            number = (await values(dut, place, tree))[0][1] if values is not None else probe.make(dut.rng)
        both: Tree = put(tree, place, number)
        partner = self.by_path[(*place.path[:-1], place.member.unlimited or "")]
        return await self.ask(dut, put(both, partner, flag))

    async def _both(self, place: Place, dut: CallDut) -> None:
        reply = await self._pair(place, dut, flag=True)
        dut.fault(reply, self.expected(place, Slip.BOTH), place.aspect("both"), check="both")

    async def _not_unlimited(self, place: Place, dut: CallDut) -> None:
        reply = await self._pair(place, dut, flag=False)
        dut.either(reply, dut.open_point("unlimited-false"), check="not-unlimited")

    # the call as a whole

    def _caller(self) -> Iterator[Case]:
        rules = self.syntax.rules
        wrong = [rules["authentication"], *expected_wrong(self.system, self.syntax.unauthorized).clauses]
        yield self.made("unauthorized", "called by nobody that is known", wrong, self._unauthorized)
        less = [rules["privileges"], *expected_wrong(self.system, self.syntax.unprivileged).clauses]
        yield self.made("unprivileged", "called by a user without rights", less, self._unprivileged)
        yield self.made("too-large", "more than a call may have", [rules["request-size"]], self._too_large)

    async def _unauthorized(self, dut: CallDut) -> None:
        tree = await self.tree(dut)
        expected = expected_wrong(self.system, self.syntax.unauthorized)
        for name, user in (
            ("user", (dut.unique("nobody").replace(" ", "-"), None)),
            ("password", (None, dut.unique("no")[:20])),
        ):
            known = dut.binding.user
            given = (user[0] or known[0], user[1] or known[1])
            reply = await dut.call(self.name, tree, user=given, undo=False)
            dut.fault(reply, expected, self.syntax.rules["authentication"], check=f"wrong-{name}")

    async def _unprivileged(self, dut: CallDut) -> None:
        user = dut.user("disabled")
        expected = expected_wrong(self.system, self.syntax.unprivileged)
        reply = await dut.call(self.name, await self.tree(dut), user=user, undo=False)
        dut.fault(reply, expected, self.syntax.rules["privileges"], check="disabled")

    async def _too_large(self, dut: CallDut) -> None:
        members = await self.tree(dut)
        writing = Writing(comment="x" * _LARGE)
        reply = await dut.call(self.name, members, writing=writing, judged=False, undo=False)
        rule = self.syntax.rules["request-size"]
        if reply.ok is False:
            dut.observe("too-large", self.syntax.open_points["size-answer"], "fault", step=reply.step)
            dut.fault(reply, expected_wrong(self.system, self.syntax.too_large), rule, check="too-large")
        else:
            dut.refused(reply, rule, ambiguity="size-answer", check="too-large")
