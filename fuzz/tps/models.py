"""All that is remembered of a script: what must be shown as it was set, what must be so after what was done, and what must be listed."""

from __future__ import annotations

from fuzz.tps.lists import ListsModel
from fuzz.tps.shown import ShownModel
from fuzz.tps.state import StateModel
from harness.fuzzing.call_kit import CallTurn
from harness.spec.model import System
from harness.verdict import Check


class Models:
    """See `harness.fuzzing.call_kit.Model`."""

    def __init__(self, system: System) -> None:
        self._models = (ShownModel(system), StateModel(system), ListsModel(system))

    def begin(self) -> None:
        """See `harness.fuzzing.call_kit.Model`."""
        for one in self._models:
            one.begin()

    def see(self, turn: CallTurn) -> list[Check]:
        """See `harness.fuzzing.call_kit.Model`."""
        return [check for one in self._models for check in one.see(turn)]
