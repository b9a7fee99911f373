"""The systematic cases of methods that are called with structs: success, members given, limits, defaults, combinations, and every mistake.

Each negative case names the success of its method as its positive control, and where what is wrong stands in a struct also that the
struct is taken; it has one defect only. What a suite must know is in `harness.derive_call_world`.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.calldut import CallDut
from harness.case import Case
from harness.derive_call_needs import NeedCases
from harness.derive_call_pairs import PairCases
from harness.derive_call_places import get
from harness.derive_call_told import TellsOf
from harness.derive_call_world import CallWorld
from harness.derive_call_wrong import WrongCases
from harness.spec.model import System

_ALWAYS = ("http", "encoding", "reply", "reply-struct", "reply-types", "well-formed", "names-unique", "reply-size")


def derive_calls(system: System, module: str, world: CallWorld) -> Iterator[Case]:
    """Every such case of a system.

    Args:
        module: the suite file that the cases stand in.
        world: what the suite knows.
    """
    tells = TellsOf(system)
    for name in system.operations:
        for case in _Deriver(system, name, module, world).cases(tells):
            if case.id.removeprefix(f"{system.system}.") not in world.without:
                yield case


class _Deriver(PairCases, WrongCases, NeedCases):
    """All cases of one method."""

    def cases(self, tells: TellsOf) -> Iterator[Case]:
        if not self.refused_only:
            yield self.case("success", "called as documented", self._success_clauses(tells), self._success, after=())
            yield from self.given()
            yield from self.defaults()
            yield from self.pairs()
        yield from self.wrong()
        yield from self.needs()

    def _success_clauses(self, tells: TellsOf) -> list[str]:
        rules = [self.syntax.rules[rule] for rule in _ALWAYS]
        taken = self._success_taken()
        if not self.call.returns:
            return [*taken, f"{self.clause}:status", self.syntax.rules["status"], *rules]
        always = tells.always(self.world.passive)
        return [*taken, *tells.clauses(self.name, always), *tells.absent(self.name, always), *rules]

    def _success_taken(self) -> list[str]:
        """What every success tests: the method, and each member that every call has."""
        return [self.clause, *dict.fromkeys(place.clause for place in self.places if self.required(place))]

    async def _success(self, dut: CallDut) -> None:
        tree = await self.tree(dut)
        reply = await self.ask(dut, tree, must=True)
        unknown = self.system.errors.get(self.syntax.unknown_method.fault or "")
        if unknown is not None and reply.code == unknown.code:  # the method itself is lacking, whatever was sent
            dut.ok(reply, self.clause, check="supported")
        sent = (place.clause for place in self.places if get(tree, place) is not None)
        dut.ok(reply, self.clause, *dict.fromkeys(sent), check="succeeds")
