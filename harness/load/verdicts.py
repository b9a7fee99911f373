"""What the loop asks of a validator, whatever the protocol, and the book in which a validator keeps what it found."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from harness.ending import Ending
from harness.load.scenario import Request
from harness.messages.binding import Framer
from harness.messages.reply import readable
from harness.verdict import Check, Severity

# Shapes kept of each kind of request, and of each request: a conforming device needs one or two. What is beyond is parsed in full.
MAX_SHAPES = 16
# Violations kept in full; all are counted.
MAX_VIOLATIONS = 100
# Bytes shown of a wrong reply.
SHOWN_CHARACTERS = 300

Quick = Callable[[bytes], bool]


class Level(StrEnum):
    """How much of each reply is looked at."""

    FULL = "full"  # it is one of the answers that this request must get
    SHAPE = "shape"  # it is a reply that the document has for the operation
    FRAMING = "framing"  # it is one message


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A reply that conforms under no reading, or the reply that did not come.

    Attributes:
        at_s: seconds since the load began, warm-up included.
        operation: name of the kind of request.
        check: id of the broken check.
    """

    at_s: float
    connection: int
    operation: str
    check: str
    clauses: tuple[str, ...]
    expected: str
    got: str
    sent: str


class Told(Protocol):
    """A reply that can be told in a line."""

    def describe(self) -> str:
        """What it is."""


class AnyValidator(ABC):
    """Validates the replies of a run; not thread-safe.

    Args:
        level: how much is looked at.
        one_reply: the clause that says that a request is answered, and answered once.

    Attributes:
        parsed: replies, and endings in their place, that were read in full.
        by_clause: violations by clause; one may break several.
        unusual: check that warns -> the first reply that it warned of.
        repeats: a request may be sent once more where a connection that had served ends before a byte of the reply; replies may
            be long, so a device is at work as long as bytes come.
    """

    repeats = False

    def __init__(self, level: Level, one_reply: str) -> None:
        self.level = level
        self.parsed = 0
        self.violations: list[Violation] = []
        self.violation_count = 0
        self.by_clause: dict[str, int] = {}
        self.unusual: dict[str, str] = {}
        self._one_reply = one_reply

    @abstractmethod
    def known(self, request: Request) -> Quick:
        """What tells of a whole reply to this request that it needs no further look; it learns while the load runs."""

    @abstractmethod
    def slow(
        self,
        request: Request,
        raw: bytes,
        ending: Ending,
        *,
        at_s: float = 0.0,
        connection: int = 0,
        framer: Framer | None = None,
    ) -> bool:
        """Judge one reply that no shape covers; gives whether it conforms.

        Args:
            request: what was asked.
            raw: one message as it came, of a long one its beginning; what came before the end, if `ending` is not ANSWERED.
            ending: how the wait ended.
            at_s: seconds since the load began, for the report.
            connection: its number, for the report.
            framer: what gave the message, if anything did.
        """

    def expect(self, framer: Framer, request: Request) -> None:  # noqa: B027 - most need not be told
        """The bytes that come next on a connection answer this request."""

    def ended(self, framer: Framer) -> bytes | None:  # noqa: ARG002
        """The message that the end of the connection completes, if it does."""
        return None

    def closes(self, framer: Framer) -> bool:  # noqa: ARG002
        """Whether the last message said that the connection ends behind it."""
        return False

    def unasked(self, request: Request, raw: bytes, *, at_s: float = 0.0, connection: int = 0) -> None:
        """Bytes came that belong to no request: a reply too many."""
        check = Check(
            id="reply.unasked",
            clauses=(self._one_reply,),
            passed=False,
            expected="nothing more after the reply",
            got=readable(raw[: 4 * SHOWN_CHARACTERS], SHOWN_CHARACTERS),
        )
        self.note(request, [check], at_s, connection)

    def passes(
        self, request: Request, checks: Iterable[Check], reply: Told, at_s: float, connection: int
    ) -> tuple[bool, bool]:
        """Count what is wrong, and keep what is unusual.

        Returns:
            Whether nothing contradicts a must clause, and whether nothing is unusual either.
        """
        broken = [check for check in checks if not check.passed]
        wrong = [check for check in broken if check.severity is Severity.MUST]
        if wrong:
            self.note(request, wrong, at_s, connection)
            return False, False
        for check in broken:
            self.unusual.setdefault(check.id, reply.describe()[:SHOWN_CHARACTERS])
        return True, not broken

    def note(self, request: Request, broken: Sequence[Check], at_s: float, connection: int) -> None:
        """Count a violation, and keep it if it is among the first."""
        self.violation_count += 1
        clauses = tuple(dict.fromkeys(clause for check in broken for clause in check.clauses))
        for clause in clauses:
            self.by_clause[clause] = self.by_clause.get(clause, 0) + 1
        if len(self.violations) < MAX_VIOLATIONS:
            first = broken[0]
            self.violations.append(
                Violation(
                    at_s=at_s,
                    connection=connection,
                    operation=request.kind.name,
                    check=first.id,
                    clauses=clauses,
                    expected=first.expected,
                    got=first.got,
                    sent=readable(request.data, SHOWN_CHARACTERS),
                )
            )
