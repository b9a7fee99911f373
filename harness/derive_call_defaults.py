"""The cases in which a member is left out: it has its default, as the query tells."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, partial
from typing import Any

from harness.calldut import CallDut
from harness.case import Case
from harness.derive_call_base import MethodCases
from harness.derive_call_places import Place, Tree
from harness.derive_call_shown import Look, named
from harness.spec.callmodel import Member
from harness.spec.callvalues import default_at, exists, same_word, typed, unsure_default
from harness.wire.xmlrpc_values import Value


class DefaultCases(MethodCases):
    """What a call of one method leaves out."""

    def defaults(self) -> Iterator[Case]:
        """What a call leaves out has its default: one case for the call itself, and one for each of its structs."""
        groups: dict[tuple[str, ...], list[Place]] = {}
        for place in self.places:
            member = place.member
            told = member.default is not None or bool(member.defaults) or member.inherits is not None
            if told and not member.required and self.shower.of(place) is not None:
                groups.setdefault(place.path[:-1], []).append(place)
        for path, found in groups.items():
            if self.call.shown[0].kept and not path:
                continue  # a change leaves alone what it does not name
            above = self.above(found[0])
            if self.call.shown[0].kept and above is not None and not self._whole(above):
                continue
            name = ".".join((*path, "defaults"))
            clauses = [one.aspect("default") for one in found]
            wholes = {struct.whole for name in found[0].structs[-1:] if (struct := self.system.structs[name]).whole}
            clauses += sorted(one for one in wholes if one is not None)
            yield self.made(
                name,
                f"what {'.'.join(path) or 'a call'} leaves out",
                clauses,
                partial(self._defaults, found),
                after=self.controls(found[0]),
            )

    def _whole(self, place: Place) -> bool:
        return any(self.system.structs[one].whole for one in (place.member.struct, *place.member.other_structs) if one)

    async def _defaults(self, found: list[Place], dut: CallDut) -> None:
        first = found[0]
        shown = self.shower.of(first)
        assert shown is not None
        tree = await self.tree(dut, first)
        reply = dut.ok(await self.ask(dut, tree), check="taken")
        looks: dict[str, Look] = {}
        for place in found:
            one = self.shower.of(place)
            if one is None or not exists(self.syntax.versions, dut.version, place.member):
                continue
            if one.method not in looks:
                looks[one.method] = await self.shower.look(dut, one, tree, reply)
            await self._default(dut, place, looks[one.method], tree)

    async def _default(self, dut: CallDut, place: Place, look: Look, tree: Tree) -> None:
        """The default is told, or nothing: what was never set may be left out where the query says so."""
        struct = find(look.struct, place)
        value = None if struct is None else named(struct, place.name, place.beside)
        if value is None:
            return  # whether it may be absent is checked of every reply
        member, told = place.member, value.plain()
        if member.inherits is not None:
            wanted = await self._inherited(dut, member, look, tree)
            fits = wanted is None or self._agree(told, wanted)
            expected = repr(wanted)
        else:
            kind = self.system.scalars[member.type or next(iter(member.types.values()))]
            known = {reading: typed(kind, text) for reading, text in member.defaults.items()}
            default = default_at(self.syntax, member, dut.version)
            change = unsure_default(self.syntax, member, dut.version)
            if default is not None:
                known["" if change is None else default] = typed(kind, default)
            if change is not None and member.default is not None:
                known[member.default] = typed(kind, member.default)
            readings = [reading for reading, one in known.items() if one == told or same_word(kind, one, told)]
            fits, expected = bool(readings), " or ".join(repr(one) for one in dict.fromkeys(known.values()))
            open_point = member.default_ambiguity if change is None else change.ambiguity
            if fits and open_point is not None and readings != [""]:
                dut.observe(f"default.{place.name}", open_point, *readings, step=look.reply.step)
        dut.check(
            f"default.{place.name}",
            fits,
            place.aspect("default"),
            expected=f"{place.label} {expected}",
            got=repr(told)[:300],
            step=look.reply.step,
        )

    async def _inherited(self, dut: CallDut, member: Member, look: Look, tree: Tree) -> Any:
        method, _, name = (member.inherits or "").partition(":")
        if look.reply.method == method:
            return look.reply.value(name)
        query = self.system.operations[method].call
        assert query is not None
        asked = {one: tree[one] for one in query.takes if one in tree}
        return (await dut.setup(method, asked)).value(name)

    def _agree(self, told: Any, wanted: Any) -> bool:
        """Whether two structs say the same where both say something; other values are the same."""
        if isinstance(told, dict) and isinstance(wanted, dict):
            return all(self._agree(told[name], wanted[name]) for name in set(told) & set(wanted) - self._open_members)
        return bool(told == wanted)

    @cached_property
    def _open_members(self) -> frozenset[str]:
        """Members of structs of which it is open how they are told."""
        structs = self.system.structs.values()
        return frozenset(name for one in structs for name, member in one.members.items() if member.hidden_ambiguity)


def find(struct: Value | None, place: Place) -> Value | None:
    """The struct of a reply in which a place's member stands, under the names of the call."""
    found = struct
    for step in place.steps[:-1]:
        if found is None:
            return None
        if isinstance(step, int):
            found = found.items[step] if step < len(found.items) else None
        else:
            found = found.get(step)
    return found
