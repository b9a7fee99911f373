"""What the generated cases of one method have in common: its places, valid calls with a place in them, and controls."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from harness.calldut import CallDut
from harness.case import Case, Flow
from harness.derive_base import CaseMaker
from harness.derive_call_places import Place, Tree, places, put, struct_of
from harness.derive_call_shown import Shower
from harness.derive_call_values import Probe, scalar_of
from harness.derive_call_world import CallWorld, value_of
from harness.flow import CaseInconclusive
from harness.messages.callreply import CallReply
from harness.spec.callmodel import CallSyntax, Method
from harness.spec.callvalues import choices_at
from harness.spec.model import Effect, System


class MethodCases(CaseMaker):
    """Makes the cases of one method."""

    def __init__(self, system: System, name: str, module: str, world: CallWorld) -> None:
        super().__init__(system, name, module)
        assert self.operation.call is not None
        assert system.calls is not None
        self.call: Method = self.operation.call
        self.syntax: CallSyntax = system.calls
        self.world = world
        # What the history of changes tells of older versions only cannot be tried: nothing says of what type it is.
        self.places = [one for one in places(system, name) if not any(member.until for member in one.line)]
        self.by_path = {one.path: one for one in self.places}
        self.shower = Shower(system, name)
        self.refused_only = name in world.refused_only
        # It changes what is there, and may be called again about the same thing.
        self.changes = any(shown.kept for shown in self.call.shown) or self.operation.effect is Effect.READ

    # cases

    def made(
        self, part: str, title: str, clauses: Sequence[str], flow: Flow, *, after: Sequence[str] = ("success",)
    ) -> Case:
        """A case of the method; of methods that are never called so that they succeed another one's success is the control."""
        if not self.refused_only:
            return self.case(part, title, list(dict.fromkeys(clauses)), flow, after=after)
        own = self.case(part, title, list(dict.fromkeys(clauses)), flow, after=())
        control = f"{self.system.system}.{self.world.refused_only[self.name]}.success"
        return Case(
            id=own.id,
            system=own.system,
            title=own.title,
            chapter=own.chapter,
            clauses=own.clauses,
            flow=flow,
            after=(control,),
            module=own.module,
        )

    def controls(self, place: Place) -> tuple[str, ...]:
        """The method's success, and for what stands in a struct that it need not have, that the struct is taken."""
        above = self.above(place)
        if above is None or self.refused_only or self.required(above):
            return ("success",)
        return ("success", f"{above.label}.given")

    def above(self, place: Place) -> Place | None:
        """The place that a place stands in."""
        for length in range(len(place.path) - 1, 0, -1):
            if (found := self.by_path.get(place.path[:length])) is not None:
                return found
        return None

    @staticmethod
    def required(place: Place) -> bool:
        """Whether every call has it."""
        return all(one.required for one in place.line)

    # calls

    async def tree(self, dut: CallDut, place: Place | None = None) -> Tree:
        """A valid call; the struct that the place's member stands in is there."""
        tree = await self.world.sample(dut, self.name, place)
        if place is None:
            return tree
        line: list[Place] = []
        above = self.above(place)
        while above is not None:
            line.insert(0, above)
            above = self.above(above)
        for one, below in pairwise([*line, place]):
            if struct_of(tree, below) is None:
                tree = put(tree, one, await self.container(dut, one, below.structs[len(one.structs)]))
        beside = self.world.beside.get(place.key)
        return tree if beside is None else await beside(dut, place, tree)

    async def container(self, dut: CallDut, place: Place, struct: str) -> Any:
        """A valid struct of this name, or an array of one, for a place."""
        made = await self.world.fill(dut, struct)
        return [made] if place.member.array else made

    async def ask(self, dut: CallDut, members: Tree, *, must: bool = False) -> CallReply:
        """Call the method; what it changes of things that are made for the run need not be put back."""
        sent = {await self.spelling(dut, name): value for name, value in members.items()}
        return await dut.call(self.name, sent, must=must, undo=self.name not in self.world.ours)

    async def spelling(self, dut: CallDut, name: str) -> str:
        """How the device spells a member of the call."""
        member = self.call.takes.get(name)
        if member is None or not member.names or member.object is not None:
            return name
        return await self.world.spelled(dut, self.name, name)

    def has(self, dut: CallDut, place: Place, probe: Probe) -> bool:
        """Whether the API version that is tested has the word of a probe."""
        kind = scalar_of(self.system, place.member)
        return (
            kind is None or probe.name not in kind.choices or probe.name in choices_at(self.syntax, kind, dut.version)
        )

    async def probe(self, dut: CallDut, probe: Probe, place: Place, tree: Tree) -> Any:
        """The value of a probe.

        Raises:
            CaseInconclusive: the device does not tell the limit that it is about.
        """
        value = await value_of(dut, probe, place, tree)
        if value is None:
            raise CaseInconclusive(f"the device does not tell {probe.bound.member if probe.bound else probe.name}")
        return value
