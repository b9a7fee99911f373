"""The cases in which a member is given and taken: every kind of value, and those at its limits; and that a query shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from harness.calldut import CallDut
from harness.case import Case
from harness.derive_call_defaults import DefaultCases
from harness.derive_call_places import Place, Tree, get, partners, put
from harness.derive_call_shown import Look
from harness.derive_call_values import Probe, limits, plain
from harness.derive_call_world import BETWEEN
from harness.messages.callreply import CallReply
from harness.spec.callmodel import Bound, Member, Rounded, Shown
from harness.spec.model import System
from harness.wire.xmlrpc_values import Value


class GivenCases(DefaultCases):
    """Positive cases of one method."""

    def given(self) -> Iterator[Case]:
        """Every place with its values, those at the limits apart."""
        for place in self.places:
            if place.member.object is not None and place.member.required and not place.above:
                continue  # it is what the call is about: every success has it
            if not self._has_values(place):
                continue
            clauses = [place.clause, *self._inside(place), *self._shown_clauses(place)]
            title = f"{place.label} is taken"
            yield self.made(
                f"{place.label}.given", title, clauses, partial(self._given, place), after=self._after(place)
            )
            special = place.key in self.world.values or place.member.object is not None
            for probe in () if special or place.member.array else limits(self.system, place.member):
                if probe.bound is not None and self._open(probe.bound):
                    continue
                flow = partial(self._limit, place, probe)
                yield self.made(
                    f"{place.label}.{probe.name}",
                    f"{place.label}: {probe.name}",
                    clauses,
                    flow,
                    after=self._after(place),
                )

    def _inside(self, place: Place) -> list[str]:
        """The clauses of what a struct at a place always has in it."""
        size = len(place.line)
        return [one.clause for one in self._below(place) if all(each.required for each in one.line[size:])]

    def _below(self, place: Place) -> list[Place]:
        """The places in a struct at a place."""
        size = len(place.line)
        return [
            one
            for one in self.places
            if one.line[:size] == place.line and len(one.line) > size and one.path[: len(place.path)] == place.path
        ]

    def _has_values(self, place: Place) -> bool:
        """Whether there is something to try: all words of an enumeration may be experimental."""
        known = place.member.struct is not None or place.member.object is not None or place.key in self.world.values
        return known or bool(plain(self.system, place.member))

    def _after(self, place: Place) -> tuple[str, ...]:
        return self.controls(place)

    @staticmethod
    def _open(bound: Bound) -> bool:
        """Whether a reading excludes the limit itself."""
        return bound.strict is not None

    def _shown_clauses(self, place: Place) -> list[str]:
        shown = self.shower.of(place)
        if shown is None:
            return []
        top = self.by_path[place.path[:1]]
        found = [top.aspect("shown")] if top.member.object is None else []
        if place.member.rounded is not None:
            found += [place.aspect("rounded"), place.member.rounded.clause]
        kept = [self.syntax.rules["unspecified-kept"]] if shown.kept else []
        return [*found, *([shown.clause] if shown.clause else []), *kept]

    # values

    async def _given(self, place: Place, dut: CallDut) -> None:
        tree = await self.tree(dut, place)
        if (special := self.world.values.get(place.key)) is not None:
            values = await special(dut, place, tree)
        elif place.member.struct is not None:
            structs = [one for one in (place.member.struct, *place.member.other_structs) if one]
            values = [(one, await self.container(dut, place, one)) for one in structs]
        elif place.member.object is not None:
            values = [("known", await dut.shared(place.member.object, "any"))]
        else:
            probes = plain(self.system, place.member)  # where the version has none of them, it does not have the member
            probes = [one for one in probes if self.has(dut, place, one)] or probes
            values = [(one.name, await self.probe(dut, one, place, tree)) for one in probes]
            values = values[:1] if self._is_flag(place) else values
            values = self._in_array(place, values)
        if self._again(place) and place.key not in self.world.values and not place.member.array:
            values = [one for one in values if str(one[1]).lower() != place.member.default][:1] or values[:1]
        before: Look | None = None
        for number, (name, value) in enumerate(values):
            if number and not self.changes:
                tree = await self.tree(dut, place)  # a new object has names of its own
            before = await self._taken(dut, place, put(tree, place, value, drop=partners(place)), name, before)
        if not self._again(place):
            await self._doubtful(dut, place)

    async def _doubtful(self, dut: CallDut, place: Place) -> None:
        """Values of its type that one reading refuses."""
        for text, ambiguity in place.member.open_taken.items():
            members = put(await self.tree(dut, place), place, text, drop=partners(place))
            dut.either(await self.ask(dut, members), ambiguity, place.clause, check=f"taken.{text}")

    def _again(self, place: Place) -> bool:
        """Whether the struct that it stands in stood at another place of the call before, where every value is tried."""
        if not place.structs:
            return False
        first = next(one for one in self.places if one.structs and one.structs[-1] == place.structs[-1])
        return first.path[:-1] != place.path[:-1]

    def _is_flag(self, place: Place) -> bool:
        """Whether it is the boolean of an 'unlimited' pair: alone and false it says nothing."""
        return any(one.unlimited == place.name for one in place.beside.values())

    @staticmethod
    def _in_array(place: Place, values: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
        if not place.member.array:
            return values
        whole = [value for _, value in values][: place.member.most]
        return [*((name, [value]) for name, value in values), *([("several", whole)] if len(whole) > 1 else [])]

    async def _limit(self, place: Place, probe: Probe, dut: CallDut) -> None:
        tree = await self.tree(dut, place)
        value = await self.probe(dut, probe, place, tree)
        await self._taken(dut, place, put(tree, place, value, drop=partners(place)), probe.name)

    async def _taken(
        self, dut: CallDut, place: Place, members: Tree, name: str, before: Look | None = None
    ) -> Look | None:
        """The call succeeds, and where a query shows the member it shows what was sent, and all else as it was before.

        Args:
            before: what the query showed last, if that was in this case.
        """
        shown = self.shower.of(place)
        if shown is not None and shown.kept and before is None:
            before = await self.shower.look(dut, shown, members, judged=False)
        inside = [one.clause for one in self._below(place) if get(members, one) is not None]
        reply = dut.ok(await self.ask(dut, members), place.clause, *dict.fromkeys(inside), check=f"taken.{name}")
        if shown is None:
            return None
        clauses = [*self._shown_clauses(place)[:1], *([place.clause] if place.structs else [])]
        if place.member.rounded is not None and name == BETWEEN:
            clauses += [place.aspect("rounded"), place.member.rounded.clause]
        look = await self.compared(dut, shown, members, [place.path[0]], reply, clauses, name)
        if before is not None and shown.kept:
            self._kept(dut, shown, before, look, place, members, name)
        return look if shown.kept and self.name in self.world.ours else None

    async def compared(
        self,
        dut: CallDut,
        shown: Shown,
        members: Tree,
        names: Sequence[str],
        made: CallReply,
        clauses: Sequence[str],
        name: str,
    ) -> Look:
        """The query shows these members of the call as they were sent; gives what it shows."""
        look = await self.shower.look(dut, shown, members, made)
        odd = self.shower.odd(look, shown, members, names, await levels(dut, self.call.takes, members, self.system))
        rest = [shown.clause] if shown.clause else []
        dut.check(
            f"shown.{name}",
            not odd,
            *dict.fromkeys((*clauses, *rest)),
            expected="; ".join(f"{one.path} {one.expected}" for one in odd[:3]),
            got="; ".join(f"{one.path} {one.got}" for one in odd[:3]),
            step=look.reply.step,
        )
        for ambiguity, reading in dict.fromkeys(look.readings):
            dut.observe(f"shown.{name}", ambiguity, reading, step=look.reply.step)
        return look

    def _kept(
        self, dut: CallDut, shown: Shown, before: Look, after: Look, place: Place, members: Tree, name: str
    ) -> None:
        """What the call did not name is told as before."""
        if before.struct is None or after.struct is None:
            return
        mine = {place.path[0], self.call.takes[place.path[0]].shown or "", *partners(self.by_path[place.path[:1]])}
        mine |= {*members, *self.world.volatile.get(shown.method, ()), *self._implied(shown, place.path[0])}
        old, new = plain_of(before.struct), plain_of(after.struct)
        odd = [one for one in dict.fromkeys([*old, *new]) if one not in mine and old.get(one) != new.get(one)]
        dut.check(
            f"kept.{name}",
            not odd,
            *([shown.clause] if shown.clause else []),
            self.syntax.rules["unspecified-kept"],
            expected="; ".join(f"{one} {old.get(one)!r}"[:200] for one in odd[:3]),
            got="; ".join(f"{one} {new.get(one)!r}"[:200] for one in odd[:3]),
            step=after.reply.step,
        )

    def _implied(self, shown: Shown, name: str) -> frozenset[str]:
        """Members of the query's reply in which something stands that goes with a member of the call where it was not set."""
        query = self.system.operations[shown.method].call
        assert query is not None
        return frozenset(
            told
            for told, member in query.returns.items()
            if member.struct is not None
            for one in self.system.structs[member.struct].members.values()
            if one.inherits is not None and one.inherits.endswith(f":{name}")
        )


def plain_of(struct: Value) -> dict[str, Any]:
    """A struct of a reply in Python's types."""
    found = struct.plain()
    return found if isinstance(found, dict) else {}


async def levels(dut: CallDut, takes: Mapping[str, Member], members: Tree, system: System) -> list[int]:
    """The levels that numbers are taken down to, asked of the device if a call has such a number."""
    for name, member in takes.items():
        if name not in members:
            continue
        if member.rounded is not None:
            return await _levels(dut, member.rounded)
        for struct in (member.struct, *member.other_structs):
            value = members[name][0] if isinstance(members[name], list) and members[name] else members[name]
            if struct and isinstance(value, dict):
                found = await levels(dut, system.structs[struct].members, value, system)
                if found:
                    return found
    return []


async def _levels(dut: CallDut, rounded: Rounded) -> list[int]:
    told = await dut.told(f"{rounded.method}:{rounded.member}")
    return [one for one in told if isinstance(one, int)] if isinstance(told, list) else []
