"""Objects on the device that a whole run shares: made on first use by the suite's providers, removed when the run ends."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from harness.exchange import Live
from harness.flow import Action, CaseEnd, CaseInconclusive, CaseSkipped, Undo, play
from harness.judge import Judge
from harness.net import Deadline
from harness.permit import Journal, Permit
from harness.suite import Suite
from harness.target import Target
from harness.transcript import Transcript

Key = tuple[str, str]  # kind and state


class Pool:
    """The shared objects of one run, and what makes and removes them.

    `keep` receives the transcript of each making.
    """

    def __init__(
        self,
        *,
        suite: Suite,
        target: Target,
        judge: Judge,
        permit: Permit,
        limit: Deadline | None = None,
        keep: Callable[[Transcript], object] = lambda _transcript: None,
    ) -> None:
        self._suite = suite
        self._target = target
        self._judge = judge
        self._keep = keep
        self._journal = Journal()
        self._new_live = partial(Live, target, permit, judge.bindings, self._journal, self.get, limit)
        self._undoer = self._new_live()
        self._known: dict[Key, str | CaseEnd] = {}
        self._makings: dict[Key, int] = {}

    def get(self, kind: str, state: str) -> str:
        """The id of an object of this kind in this state, made now if there is none yet; else one of the target file's.

        Raises:
            CaseSkipped: it may not be made here, or needs what the target file lacks.
            CaseInconclusive: the device did not make it.
        """
        known = self._known.get((kind, state))
        if known is None:
            known = self._known[kind, state] = self._made(kind, state)
        if isinstance(known, CaseSkipped):
            known_kind = self._judge.system.objects.get(kind)
            fixtures = known_kind.fixtures if known_kind is not None else {}
            if found := self._target.fixture_texts(fixtures.get(state, fixtures.get("any", ""))):
                return found[0]
        if isinstance(known, CaseEnd):
            raise known
        return known

    def put(self, key: Key, flow: Callable[[Any], Coroutine[Action[Any], Any, str]]) -> None:
        """Make what is no object of the device, such as a look at its state, and share it under `key`."""
        self._known[key] = self._play(key, flow)

    def drop(self, kind: str, state: str) -> None:
        """Use the object no more; the next `get` makes another.

        What was found out and is no object, such as the name of an operation, is not worn out, and is kept.
        """
        if kind in self._judge.system.objects or isinstance(self._known.get((kind, state)), CaseEnd):
            self._known.pop((kind, state), None)

    def forget(self) -> None:
        """Use none of the objects any more; what was made is removed at the end all the same."""
        self._known.clear()

    def undo(self) -> list[Undo]:
        """Remove what was made; gives what could not be."""
        return self._undoer.undo()

    def close(self) -> None:
        """Close the connection."""
        self._undoer.close()

    def _made(self, kind: str, state: str) -> str | CaseEnd:
        provider = self._suite.providers.get(kind)
        if provider is None:  # nothing makes it: the target file must name one
            known = self._judge.system.objects[kind].fixtures
            return CaseSkipped(f"needs the fixture {known.get(state) or known.get('any', kind)}")
        return self._play((kind, state), lambda dut: provider(dut, state))

    def _play(self, key: Key, make: Callable[[Any], Coroutine[Action[Any], Any, str]]) -> str | CaseEnd:
        kind, state = key
        number = self._makings[key] = self._makings.get(key, 0) + 1
        name = f"{self._judge.system.system}.setup.{kind}.{state}"
        name += f".{number}" if number > 1 else ""  # what it calls its objects is not what the one before called them
        made: list[str] = []
        dut = self._judge.dut(name, lasting=True)

        async def flow() -> None:
            made.append(await make(dut))

        live = self._new_live()  # of its own: a provider may ask for another shared object
        live.begin(name)
        try:
            play(flow(), live)
        except (CaseSkipped, CaseInconclusive) as end:
            return type(end)(f"{kind} {state}: {end}" if isinstance(end, CaseInconclusive) else str(end))
        finally:
            live.close()
            self._keep(live.transcript)
        return made[0]
