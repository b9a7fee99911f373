"""Which reading of each ambiguity the server follows, under names that say what is open."""

from __future__ import annotations

from harness.reference.system import Setup

# What is open -> the ambiguity.
NAMES = {
    "terminator": "UPT-AMB-001", "ampersand": "UPT-AMB-002", "error-label": "UPT-AMB-003",
    "unknown-parameter": "UPT-AMB-004", "wrong-value": "UPT-AMB-005", "long-value": "UPT-AMB-006",
    "missing": "UPT-AMB-008", "date": "UPT-AMB-010", "state": "UPT-AMB-011", "function-element": "UPT-AMB-014",
    "direction": "UPT-AMB-017", "boolean": "UPT-AMB-018", "word-case": "UPT-AMB-019", "malformed": "UPT-AMB-020",
    "no-number": "UPT-AMB-021", "blank-number": "UPT-AMB-022", "low-number": "UPT-AMB-023",
    "word-number": "UPT-AMB-024", "special": "UPT-AMB-025", "wrong-number": "UPT-AMB-026",
    "number-spelling": "UPT-AMB-027", "repeated": "UPT-AMB-028", "name-case": "UPT-AMB-029",
    "function-case": "UPT-AMB-030", "no-function": "UPT-AMB-031", "unknown-function": "UPT-AMB-032",
    "letters": "UPT-AMB-033", "declaration": "UPT-AMB-034", "blank": "UPT-AMB-035", "extra": "UPT-AMB-036",
    "headless": "UPT-AMB-037", "status": "UPT-AMB-038", "media": "UPT-AMB-039", "method": "UPT-AMB-040",
    "page": "UPT-AMB-041", "second-subscription": "UPT-AMB-042", "wrong-class": "UPT-AMB-043",
    "event-time": "UPT-AMB-044", "event-order": "UPT-AMB-045", "more-events": "UPT-AMB-046",
    "no-terminator": "UPT-AMB-048", "burst": "UPT-AMB-049", "deprecated": "UPT-AMB-050",
    "pause-type": "UPT-AMB-051", "web-events": "UPT-AMB-053", "white-space": "UPT-AMB-054",
    "no-class": "UPT-AMB-055", "plus": "UPT-AMB-056", "root": "UPT-AMB-057", "event-value": "UPT-AMB-058",
    "answered": "UPT-AMB-059", "named-function": "UPT-AMB-061", "beside-device": "UPT-AMB-063",
    "agentless": "UPT-AMB-064", "second-start": "UPT-AMB-065", "idle-stop": "UPT-AMB-066", "last": "UPT-AMB-067",
    "recorded": "UPT-AMB-068", "idle-record": "UPT-AMB-069", "partial": "UPT-AMB-070",
    "record-stop": "UPT-AMB-071", "idle-record-stop": "UPT-AMB-072", "partial-values": "UPT-AMB-073",
    "idle-update": "UPT-AMB-074", "unrecorded-update": "UPT-AMB-075", "update-unrecorded": "UPT-AMB-076",
    "update-alias": "UPT-AMB-077", "beside-record": "UPT-AMB-079",
    "running-record": "UPT-AMB-082", "archive-action": "UPT-AMB-083",
    "padded": "UPT-AMB-087", "listed-devices": "UPT-AMB-091", "unknown-status": "UPT-AMB-092",
    "status-of-none": "UPT-AMB-093", "status-of-two": "UPT-AMB-094", "listed-calls": "UPT-AMB-097",
    "paused": "UPT-AMB-098", "second-call": "UPT-AMB-099",
    "order": "UPT-AMB-107", "bounds": "UPT-AMB-108", "no-recording": "UPT-AMB-109", "many": "UPT-AMB-110",
    "wrong-count": "UPT-AMB-111", "listed-when": "UPT-AMB-112", "station": "UPT-AMB-113",
    "blank-filter": "UPT-AMB-114", "compared": "UPT-AMB-115", "list-user": "UPT-AMB-116",
    "stations": "UPT-AMB-103", "call-state": "UPT-AMB-117", "times": "UPT-AMB-118", "never-called": "UPT-AMB-119",
    "chat-keys": "UPT-AMB-121", "no-chat": "UPT-AMB-122", "same-chat": "UPT-AMB-123", "no-agent": "UPT-AMB-124",
    "two-agents": "UPT-AMB-125", "inactive-chat": "UPT-AMB-126", "chat-seen": "UPT-AMB-127",
    "chat-stop": "UPT-AMB-128", "two-named": "UPT-AMB-130", "idle-blackout": "UPT-AMB-133",
    "offset": "UPT-AMB-134", "pause-shown": "UPT-AMB-135", "wrong-offset": "UPT-AMB-136", "kinds": "UPT-AMB-137",
    "agentless-blackout": "UPT-AMB-138", "blackout-end": "UPT-AMB-139", "unknown-agent": "UPT-AMB-141",
    "needed": "UPT-AMB-142", "no-agent-id": "UPT-AMB-143", "deleted": "UPT-AMB-146", "no-action": "UPT-AMB-147",
    "list-action": "UPT-AMB-149", "id-or-names": "UPT-AMB-150", "taken": "UPT-AMB-152",
    "deleted-names": "UPT-AMB-153", "given-id": "UPT-AMB-154", "changes": "UPT-AMB-156", "phones": "UPT-AMB-157",
    "offsets": "UPT-AMB-193", "list-values": "UPT-AMB-194",
    "other-action": "UPT-AMB-195", "people-case": "UPT-AMB-196", "two-ways": "UPT-AMB-164",
    "not-his-phone": "UPT-AMB-169", "there-already": "UPT-AMB-170", "half-name": "UPT-AMB-176",
    "role-there": "UPT-AMB-177", "role-used": "UPT-AMB-178", "permission-device": "UPT-AMB-179",
    "mail": "UPT-AMB-180", "no-format": "UPT-AMB-182", "fields": "UPT-AMB-184",
    "wrong-field": "UPT-AMB-185", "no-password": "UPT-AMB-186", "mail-needs": "UPT-AMB-187",
    "two-windows": "UPT-AMB-189", "formats-count": "UPT-AMB-197", "file-over-stream": "UPT-AMB-198",
    "several": "UPT-AMB-199", "combined-order": "UPT-AMB-200", "encrypted": "UPT-AMB-201",
    "blank-window": "UPT-AMB-202", "soundless": "UPT-AMB-203",
}  # fmt: skip


class Choices:
    """The readings.

    Args:
        setup: model and readings.
    """

    def __init__(self, setup: Setup) -> None:
        self._model, self._readings = setup.model, setup.readings
        self.asked = set(NAMES.values())
        self._chosen = {name: self.of(ambiguity) for name, ambiguity in NAMES.items()}

    def __call__(self, name: str) -> str:
        """The reading of what is open under a name of `NAMES`."""
        return self._chosen[name]

    def of(self, ambiguity: str | None) -> str:
        """The reading of an ambiguity; "" where there is none of it."""
        if ambiguity is None or ambiguity not in self._model.ambiguities:
            return ""
        self.asked.add(ambiguity)
        return self._readings.of(ambiguity)

    def first(self, ambiguity: str | None) -> bool:
        """Whether the reading is the one that is listed first."""
        if ambiguity is None or ambiguity not in self._model.ambiguities:
            return True
        return self.of(ambiguity) == next(iter(self._model.ambiguities[ambiguity].readings))
