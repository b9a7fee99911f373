"""All that is remembered of a script: what must be shown as it was set, and what must be so after what was done."""

from __future__ import annotations

from fuzz.tps.shown import ShownModel
from fuzz.tps.state import StateModel
from harness.fuzzing.call_kit import CallTurn
from harness.spec.model import System
from harness.verdict import Check


class Models:
    """See `harness.fuzzing.call_kit.Model`."""

    def __init__(self, system: System) -> None:
        self._shown, self._state = ShownModel(system), StateModel(system)

    def begin(self) -> None:
        """See `harness.fuzzing.call_kit.Model`."""
        self._shown.begin()
        self._state.begin()

    def see(self, turn: CallTurn) -> list[Check]:
        """See `harness.fuzzing.call_kit.Model`."""
        return [*self._shown.see(turn), *self._state.see(turn)]
