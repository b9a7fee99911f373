"""The cases in which members are lacking that others need beside them, in the call itself and in its structs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from functools import partial
from typing import Any

from harness.calldut import CallDut
from harness.case import Case
from harness.checks.callfaults import Expected
from harness.derive_call_base import MethodCases
from harness.derive_call_places import Path, Place, Tree, struct_of
from harness.derive_call_values import plain, scalar_of
from harness.spec.callmodel import Member
from harness.spec.callvalues import exists, typed
from harness.spec.documentmodel import Requirement


def _lacks(need: Requirement) -> Iterator[tuple[str, frozenset[str]]]:
    """What a call leaves out that needs it: all of it, and where only one group will do each of its members alone."""
    yield "lacking", frozenset(name for group in need.groups for name in group)
    if len(need.groups) == 1 and len(need.groups[0]) > 1:
        for name in need.groups[0]:
            yield f"lacking.{name}", frozenset((name,))


class NeedCases(MethodCases):
    """What must stand together, for one method."""

    def needs(self) -> Iterator[Case]:
        """Every need of the call and of the structs in it."""
        yield from self._of((), None, self.call.needs)
        for place in self.places:
            several = [one for one in (place.member.struct, *place.member.other_structs) if one]
            for struct in several:
                path = (*place.path, struct) if len(several) > 1 else place.path
                below = next((one for one in self.places if one.path[:-1] == path), None)
                yield from self._of(path, below, self.system.structs[struct].needs)

    def _of(self, path: Path, below: Place | None, needs: Sequence[Requirement]) -> Iterator[Case]:
        for number, need in enumerate(needs):
            part = ".".join((*path, "needs", str(number)))
            title = (
                f"{' and '.join(need.when) or 'a call'} without {' or '.join('/'.join(group) for group in need.groups)}"
            )
            after = self.controls(below) if below is not None else ("success",)
            yield self.made(part, title, [need.clause], partial(self._lacking, below, need), after=after)

    async def _lacking(self, below: Place | None, need: Requirement, dut: CallDut) -> None:
        members = deepcopy(await self.tree(dut, below))
        known: Mapping[str, Member] = self.call.takes if below is None else below.beside
        struct: Tree | None = members if below is None else struct_of(members, below)
        assert struct is not None
        for name, values in need.when.items():
            if not values and name in struct:
                continue
            struct[name] = await self._needed(dut, known[name], values)
        if not all(exists(self.syntax.versions, dut.version, known[name]) for name in need.when):
            return
        for check, lacking in _lacks(need):
            alone = {name: await self._needed(dut, known[name], ()) for group in need.groups for name in group}
            for name in alone:
                struct.pop(name, None)
            struct |= {name: value for name, value in alone.items() if name not in lacking}
            reply = await self.ask(dut, members)
            dut.fault(reply, self._expected(need), need.clause, check=check)

    async def _needed(self, dut: CallDut, member: Member, values: Sequence[str]) -> Any:
        kind = scalar_of(self.system, member)
        if kind is not None and values:
            return typed(kind, values[0])
        return plain(self.system, member)[0].make(dut.rng)

    def _expected(self, need: Requirement) -> Expected:
        """One of the errors of the need, or a success where a reading has that."""
        ambiguity = self.system.ambiguities.get(need.ambiguity or "")
        accepted = ambiguity.accepted if ambiguity is not None else None
        return Expected(
            outcomes={name: {} for name in (*need.errors, *self.world.anyway.get(self.name, ()))},
            accepted={need.ambiguity: accepted} if need.ambiguity is not None and accepted is not None else None,
            clauses=(need.clause,),
        )
