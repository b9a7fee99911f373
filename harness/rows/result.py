"""What a scan found: violations with their places, the readings that fit, what was kept of the rows."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from harness.rows.shape import Shape
from harness.verdict import Severity

MOST_KEPT = 1_000
MOST_KINDS = 2_000  # of violations that are counted apart
MOST_TEXT = 200
MOST_NAMES = 1_000
MOST_NAME_SIZE = 1_048_576


class Rule(StrEnum):
    """What was broken."""

    WELL_FORMED = "well-formed"
    ENCODING = "encoding"
    LIMIT = "limit"  # more than is ever needed of something: a value, the depth, the number of names
    ROOT = "root"
    ELEMENT = "element"  # a known element in another namespace, or in a wrong place
    MISSING = "missing"
    UNKNOWN = "unknown"
    TYPE = "type"
    ORDER = "order"
    WINDOW = "window"
    TEXT = "text"
    COUNT = "count"


class Place(NamedTuple):
    """A place in a document; rows, lines and columns count from 1, row 0 is outside of rows. Columns count characters."""

    row: int
    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One place that is not as the document says.

    Attributes:
        element, attribute: as the spec calls them; what it does not know, as spelled in the document.
        part: what follows the operation in the id of the structural clause: `reply.Stream.startTime`.
        clause: the stated clause that is broken, "" if the structural clause is all there is.
        expected, got: for people, at most 200 characters each.
    """

    rule: Rule
    severity: Severity
    row: int
    line: int
    column: int
    element: str = ""
    attribute: str = ""
    expected: str = ""
    got: str = ""
    part: str = "reply"
    clause: str = ""


class Kind(NamedTuple):
    """Violations that differ only in their place and in the value; they are counted together."""

    rule: Rule
    severity: Severity
    element: str
    attribute: str
    part: str
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How a document bears on one ambiguity.

    Attributes:
        readings: those that all of the document fits. Empty: rows disagree, each fits a reading but all fit none.
        against: reading -> the first place that does not fit it.
        seen: whether anything in the document bore on it at all.
    """

    readings: frozenset[str]
    against: Mapping[str, Place]
    seen: bool


class Row(NamedTuple):
    """One row for a visitor. Attributes by the name in the spec; unknown ones are left out."""

    number: int
    line: int
    attributes: Mapping[str, str]
    children: Sequence[tuple[str, Mapping[str, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What is known of a document when it has ended, or when reading on would teach nothing more.

    Attributes:
        violations: the first 1,000 in the order in which they were noticed; counts: all, by kind.
        complete: whether the document came to its end.
        rows, size: rows seen, bytes seen.
        encoding: name of the encoding that was used.
        root: attributes of the root by their spelling, namespace names left out of it; root_name: as spelled.
        singles: element -> attributes of its first 100, for elements that are no rows.
        fits: ambiguity -> how the document bears on it.
        orders: collations (`harness.rows.order.COLLATIONS`) by which all rows stand in order of the name that pages go by.
        kept: the values asked for with `keep`, one tuple a row, None for what is not there.
        digests: one hash a row, equal for rows that say the same, where they were asked for.
    """

    violations: tuple[Violation, ...]
    counts: Mapping[Kind, int]
    complete: bool
    rows: int
    size: int
    encoding: str
    root_name: str
    root: Mapping[str, str]
    singles: Mapping[str, Sequence[Mapping[str, str]]]
    fits: Mapping[str, Fit]
    orders: frozenset[str] = frozenset()
    kept: Sequence[tuple[object, ...]] = ()
    digests: array[int] = field(default_factory=lambda: array("Q"))

    @property
    def total(self) -> int:
        """How many violations there are."""
        return sum(self.counts.values())

    @property
    def broken(self) -> bool:
        """Whether a `must` is broken."""
        return any(kind.severity is Severity.MUST for kind in self.counts)


class Tally:
    """Violations and readings as they are noticed."""

    def __init__(self, shape: Shape) -> None:
        self.violations: list[Violation] = []
        self._cells: dict[Kind, list[int]] = {}
        self.live: dict[str, frozenset[str]] = dict(shape.ambiguities)
        self.against: dict[str, dict[str, Place]] = {name: {} for name in shape.ambiguities}
        self.seen: set[str] = set()
        self.changes = 0  # how often `live` has changed
        self.overflow = False  # more unknown names than ever are needed
        self._all = shape.ambiguities
        self._strange: set[int] = set()
        self._strange_size = 0

    def strange(self, name: str) -> None:
        """Note a name that the spec does not know: the parser keeps each in its tables."""
        known = hash(name)  # the name itself may be long
        if known not in self._strange:
            self._strange.add(known)
            self._strange_size += len(name)
            self.overflow = len(self._strange) > MOST_NAMES or self._strange_size > MOST_NAME_SIZE

    def cell(self, kind: Kind) -> list[int]:
        """The number of violations of a kind, to be added to."""
        found = self._cells.get(kind)
        if found is None:
            if len(self._cells) >= MOST_KINDS:
                kind = kind._replace(element="", attribute="", part="reply")
            found = self._cells.setdefault(kind, [0])
        return found

    def count(self, kind: Kind) -> bool:
        """Count one violation; gives whether it is to be kept as well."""
        self.cell(kind)[0] += 1
        return len(self.violations) < MOST_KEPT

    @property
    def counts(self) -> dict[Kind, int]:
        """How many violations there are of each kind."""
        return {kind: cell[0] for kind, cell in self._cells.items()}

    def keep(self, kind: Kind, place: Place, expected: str, got: str) -> None:
        """Keep one that was counted."""
        self.violations.append(
            Violation(
                rule=kind.rule,
                severity=kind.severity,
                row=place.row,
                line=place.line,
                column=place.column,
                element=bounded(kind.element),
                attribute=bounded(kind.attribute),
                expected=bounded(expected),
                got=bounded(got),
                part=kind.part,
                clause=kind.clause,
            )
        )

    def narrows(self, ambiguity: str, readings: frozenset[str]) -> bool:
        """Whether an observation that fits only these readings changes what is known; it counts as seen."""
        self.seen.add(ambiguity)
        return not (self._all[ambiguity] - readings <= self.against[ambiguity].keys())

    def settled(self, ambiguity: str, readings: frozenset[str]) -> bool:
        """Whether noting such an observation once more would change nothing."""
        return ambiguity in self.seen and self._all[ambiguity] - readings <= self.against[ambiguity].keys()

    def narrow(self, ambiguity: str, readings: frozenset[str], place: Place) -> None:
        """Note an observation that fits only these readings."""
        for reading in self._all[ambiguity] - readings:
            self.against[ambiguity].setdefault(reading, place)
        self.live[ambiguity] &= readings
        self.changes += 1

    def fits(self) -> dict[str, Fit]:
        """What is known of each ambiguity."""
        return {
            name: Fit(readings=self.live[name], against=dict(self.against[name]), seen=name in self.seen)
            for name in self._all
        }


def bounded(text: str) -> str:
    """The text, or its beginning if it is long."""
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 3] + "..."
