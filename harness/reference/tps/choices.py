"""Which reading of each ambiguity the server follows, under names that say what is open."""

from __future__ import annotations

from harness.reference.system import Setup
from harness.reference.tps.choices_meetings import NAMES as MEETING_NAMES

# What is open -> the ambiguity. Those of single members and faults stand in the model, and are asked for by their ids.
NAMES = {
    "near-type": "TPS-AMB-007", "limited-false": "TPS-AMB-010", "lone-false": "TPS-AMB-011",
    "fault-name": "TPS-AMB-019", "extra-member": "TPS-AMB-020", "packet-sizes": "TPS-AMB-027",
    "yes-no": "TPS-AMB-030", "fault-text": "TPS-AMB-031", "size-border": "TPS-AMB-036", "malformed": "TPS-AMB-037",
    "status": "TPS-AMB-038", "media": "TPS-AMB-039", "media-sent": "TPS-AMB-040", "page": "TPS-AMB-041",
    "i4": "TPS-AMB-042", "int-spelling": "TPS-AMB-043", "untyped": "TPS-AMB-044", "boolean-words": "TPS-AMB-045",
    "boolean-written": "TPS-AMB-046", "space-written": "TPS-AMB-047", "space": "TPS-AMB-048",
    "encoding": "TPS-AMB-049", "broken": "TPS-AMB-050", "doctype": "TPS-AMB-051", "nesting": "TPS-AMB-052",
    "extra-returned": "TPS-AMB-053", "empty": "TPS-AMB-054", "kept": "TPS-AMB-055", "announced": "TPS-AMB-056",
    "old-http": "TPS-AMB-057", "pipelined": "TPS-AMB-058", "chunked": "TPS-AMB-059", "length": "TPS-AMB-061",
    "too-large": "TPS-AMB-087", "experimental": "TPS-AMB-088",
    "letter-case": "TPS-AMB-089", "parameters": "TPS-AMB-090", "double": "TPS-AMB-091", "nil": "TPS-AMB-092",
    "base64": "TPS-AMB-093", "dates": "TPS-AMB-094", "unknown-both": "TPS-AMB-097", "version": "TPS-AMB-098",
    "first-mistake": "TPS-AMB-099", "undelivered": "TPS-AMB-241", "certificate": "TPS-AMB-350",
}  # fmt: skip

# Ambiguities that do not show in this server's behaviour, whatever the reading, and why. `choices_meetings` has its own.
INERT = {
    "TPS-AMB-029": "there are no records of other types",
    "TPS-AMB-035": "the device has no reservations",
    "TPS-AMB-086": "all that is long is told in pages",
    "TPS-AMB-248": "the device has no reservations",
    "TPS-AMB-249": "the device has no reservations",
    "TPS-AMB-256": "the device has no reservations",
    "TPS-AMB-257": "the device has no reservations",
    "TPS-AMB-258": "several servers cannot have one address beside them",
}


class Choices:
    """The readings.

    Args:
        setup: model and readings.
    """

    def __init__(self, setup: Setup) -> None:
        self._model, self._readings = setup.model, setup.readings
        self._chosen = {name: self._readings.of(one) for name, one in (NAMES | MEETING_NAMES).items()}
        self.asked = {*NAMES.values(), *MEETING_NAMES.values()}

    def __call__(self, name: str) -> str:
        """The reading of what is open under a name of `NAMES`, or of those of `choices_meetings`."""
        return self._chosen[name]

    def of(self, ambiguity: str | None) -> str:
        """The reading of an ambiguity by its id; "" where there is none of it."""
        if ambiguity is None or ambiguity not in self._model.ambiguities:
            return ""
        self.asked.add(ambiguity)
        return self._readings.of(ambiguity)

    def accepts(self, ambiguity: str | None) -> bool:
        """Whether the reading is the one that takes what another one refuses."""
        known = self._model.ambiguities.get(ambiguity or "")
        return known is not None and known.accepted is not None and self.of(ambiguity) == known.accepted
