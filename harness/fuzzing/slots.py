"""What stands in the slots of a script: objects that a run shares, fixtures of the target file, values of earlier replies."""

from __future__ import annotations

from collections.abc import Sequence

from harness.flow import CaseInconclusive, CaseSkipped
from harness.fuzzing.expect import World
from harness.fuzzing.requests import Request
from harness.fuzzing.script import Slot
from harness.pool import Pool
from harness.spec.model import System
from harness.target import Target


class NoValue(Exception):  # noqa: N818 - an ending, not an error
    """The reply that a slot refers to carried no value; the script ends there."""


class Slots:
    """The slots of one run."""

    def __init__(self, system: System, target: Target, pool: Pool, world: World) -> None:
        self._target = target
        self._pool = pool
        self._world = world
        self._kinds = {name for name, known in system.objects.items() if known.created_by is not None}
        self._made: dict[str, tuple[str, str]] = {}  # id of a shared object -> kind and state that it was made in
        self._enders = {name.casefold() for name, operation in system.operations.items() if operation.ends is not None}

    def text(self, slot: Slot, values: Sequence[str]) -> bytes:
        """What stands in a slot now.

        Args:
            values: what the reply to each request of the script carried.

        Raises:
            CaseEnd: the target has no such object.
            NoValue: there is no such value.
        """
        kind, _, rest = slot.name.partition(":")
        name, _, state = rest.partition(":")
        if kind == "object":
            if name not in self._kinds:
                raise CaseSkipped(f"there are no objects of the kind {name}")
            try:
                known = self._pool.get(name, state)
            except CaseInconclusive:
                self._pool.drop(name, state)  # what hindered it now may be gone when it is asked for again
                raise
            if known not in self._made:  # later the model knows better what has become of it
                self._made[known] = (name, state)
                self._world.adopt(name, state, known)
            return known.encode()
        if kind == "fixture":
            texts = self._target.fixture_texts(name)
            if len(texts) <= int(state):
                more = f" with {int(state) + 1} entries" if state != "0" else ""
                raise CaseSkipped(f"needs the fixture {name}{more}")
            return texts[int(state)].encode()
        if int(name) >= len(values) or not values[int(name)]:
            raise NoValue
        return values[int(name)].encode()

    def forget(self, world: World) -> None:
        """The device began anew: nobody knows what became of its objects. `world` is the model of it from now on."""
        self._world = world
        self._made.clear()
        self._pool.forget()

    def may_have_ended(self, request: Request, *, refused: bool = False) -> None:
        """A shared object that this request may have ended is used no more."""
        for call in request.perhaps(refused=refused):
            if call.operation.casefold() in self._enders:  # a lenient device may not look at the case
                for value in call.values:
                    if value in self._made:
                        self._pool.drop(*self._made[value])
