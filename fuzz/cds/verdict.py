"""The messages of the document as the fuzzer reads it, and how what is known of one request is put together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from fuzz.cds.bytes import Line, Pair
from harness.fuzzing.http_kit import Asked, Refusal

API: Final = "/everstream/api.php"
EVENTS: Final = "/apis/TrickmodeEvents.php"
HOUR: Final = 3600
MANY: Final = 100  # parts of a query from which on a device may refuse it

# Message types of the API by their parameters: required ones, then optional ones, in the order of the examples.
PERIOD: Final = ("fromDate", "toDate")
PAGES: Final = ("maxRows", "fromOffset", "dateFormat")
HISTORIES: Final = (
    "StreamHistory", "StreamListHistory", "TrickModeHistory", "TrickModeListHistory", "PlayServerHistory", "Errors",
)  # fmt: skip
PLAIN: Final = ("MaxErrorModifiedTime", "MaxStreamModifiedTime", "Devices", "ServiceGroups", "ContentState", "Version")
CAPACITY: Final = "CapacityPlanning"
RANGE: Final = "ContentRange"
MESSAGES: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(HISTORIES, (*PERIOD, *PAGES)),
    **dict.fromkeys(PLAIN, ()),
    RANGE: ("maxRows", "fromOffset"),
    CAPACITY: (*PERIOD, "action", "timeType", "serviceGroup", "serverID"),
}
RECONCILIATION: Final = "TrickmodeEvents"
EVENT_TYPES: Final = ("GetTrickmodeEventList", "GetTrickmodeEventsList")
KNOWN_NAMES: Final = frozenset(
    name.lower() for name in ("messageType", "StreamID", *(own for names in MESSAGES.values() for own in names))
)
FOLDED: Final = {name.lower(): name for name in MESSAGES}

BAD: Final = Refusal(400)
NOT_FOUND: Final = Refusal(404)
NO_STREAM: Final = Refusal(400, (("code", "101"),))
NO_MESSAGE: Final = Refusal(400, (("code", "102"),))


@dataclass(slots=True)
class Verdict:
    """What is known of one request."""

    sure: list[Refusal] = field(default_factory=list)  # it is refused with one of these
    maybe: list[Refusal] = field(default_factory=list)  # it may be
    clauses: list[str] = field(default_factory=list)

    def refuse(self, clause: str, *refusals: Refusal) -> None:
        """There is a reason for which no reading takes the request."""
        self.sure += refusals or (BAD,)
        self.clauses.append(clause)

    def doubt(self, *refusals: Refusal) -> None:
        """There is a reason for which some reading does not take it."""
        self.maybe += refusals or (BAD,)


def finished(line: Line, operations: Sequence[str], verdict: Verdict, values: dict[str, str], **more: object) -> Asked:
    """Put together; `line.open` says that HTTP leaves more open."""
    certain = operations[0] if 0 < len(operations) <= 2 else ""
    clauses = verdict.clauses if verdict.sure else [f"CDS-{operations[0]}"] if operations else []
    return Asked(
        raw=line.raw,
        method=line.method,
        may_close=line.may_close,
        any_error=line.any_error,
        anything=line.anything,
        success=not verdict.sure,
        documents=tuple(operations),
        refusals=tuple(dict.fromkeys((*verdict.sure, *verdict.maybe))),
        clauses=tuple(dict.fromkeys(clauses)) or ("CDS-STA-001",),
        operation=certain,
        values=tuple(values.items()),
        **more,  # type: ignore[arg-type]
    )


def may_be(pair: Pair, name: str) -> bool:
    """Whether some reading finds this name in a part of a query."""
    return pair.name == name or name.lower() in pair.folded


def lenient(text: str) -> str:
    """Without what a lenient reader may drop."""
    return re.sub(r"[^A-Za-z0-9]", "", text)
