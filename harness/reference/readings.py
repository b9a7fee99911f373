"""Which reading of each ambiguity a reference server follows."""

from __future__ import annotations

from collections.abc import Mapping

from harness.reference.faults import require_known
from harness.spec.model import System


class Readings:
    """The chosen readings; an ambiguity that was not chosen has the first reading that the spec lists.

    Args:
        system: the system whose ambiguities these are.
        chosen: ambiguity id -> reading.

    Raises:
        UsageError: an ambiguity or a reading is not known; the message names the nearest that is.
    """

    __slots__ = ("_readings",)

    def __init__(self, system: System, chosen: Mapping[str, str] | None = None) -> None:
        self._readings = {name: next(iter(ambiguity.readings)) for name, ambiguity in system.ambiguities.items()}
        for name, reading in (chosen or {}).items():
            require_known("ambiguity", name, system.ambiguities)
            require_known(f"reading of {name}", reading, system.ambiguities[name].readings)
            self._readings[name] = reading

    def of(self, ambiguity: str) -> str:
        """The reading followed.

        Raises:
            KeyError: the system has no such ambiguity.
        """
        return self._readings[ambiguity]
