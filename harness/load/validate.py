"""Whether a reply is what its very request must get: first a shape that was seen to conform, on a miss the full parse and every check.

A shape is the exact bytes of a reply that passed, or a pattern of one whose value may differ each time. It is learned from the first
reply that passes, so a device that follows another reading than the last one is read in full once, and only once. What a shape covers is
no more than what the checks would accept:

    a success                       for every request of its kind, since the answers of a kind do not depend on the values
    an error whose text is fixed    likewise
    an error that repeats a value   for that request alone
    a success with a new id         as a pattern: the same bytes around any id, where the kind takes any id
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from harness.checks.answer import answer_checks
from harness.checks.message import message_checks
from harness.datatypes import UUID
from harness.ending import Ending
from harness.judge import pinned
from harness.load.scenario import LoadOperation, Request
from harness.load.verdicts import MAX_SHAPES, MAX_VIOLATIONS, SHOWN_CHARACTERS, AnyValidator, Level, Quick, Violation
from harness.messages.binding import Binding, Framer
from harness.messages.book import ErrorBook, texts_of
from harness.messages.reply import Reply
from harness.spec.model import Base
from harness.verdict import Check, Severity

__all__ = ["MAX_SHAPES", "MAX_VIOLATIONS", "Level", "Shapes", "Validator", "Violation"]


class Shapes:
    """What is known to conform to one kind of request."""

    __slots__ = ("exact", "kind", "own", "patterns")

    def __init__(self, kind: LoadOperation) -> None:
        self.kind = kind
        self.exact: set[bytes] = set()
        self.patterns: list[re.Pattern[bytes]] = []
        self.own: dict[bytes, set[bytes]] = {}  # request -> replies, where they repeat its values


class Validator(AnyValidator):
    """Validates the replies of a line protocol.

    Args:
        book: the errors of the system.
        binding: reads replies.
        level: how much is looked at.
        dialect: ambiguity -> the reading that the target file pins.
    """

    def __init__(
        self, book: ErrorBook, binding: Binding, level: Level = Level.FULL, dialect: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(level, book.syntax.rules["one-reply"])
        self._book = book
        self._binding = binding
        self._dialect = dialect or {}
        self._shapes: dict[str, Shapes] = {}

    def shapes(self, kind: LoadOperation) -> Shapes:
        """The shapes of a kind; a reply that is in `exact` needs no further look."""
        known = self._shapes.get(kind.name)
        if known is None:
            known = self._shapes[kind.name] = Shapes(kind)
        return known

    def known(self, request: Request) -> Quick:
        """See `AnyValidator`; one set for all requests of a kind."""
        return self.shapes(request.kind).exact.__contains__

    def slow(
        self,
        request: Request,
        raw: bytes,
        ending: Ending,
        *,
        at_s: float = 0.0,
        connection: int = 0,
        framer: Framer | None = None,  # noqa: ARG002 - a line is all there is
    ) -> bool:
        """See `AnyValidator`."""
        shapes = self.shapes(request.kind)
        if ending is Ending.ANSWERED:
            if self.level is Level.FRAMING:
                if len(shapes.exact) < MAX_SHAPES:
                    shapes.exact.add(raw)
                return True
            if raw in shapes.own.get(request.data, ()) or any(pattern.fullmatch(raw) for pattern in shapes.patterns):
                return True
        self.parsed += 1
        reply = self._binding.reply(request.call, raw, ending, -1)
        checks = self._checks(request, reply)
        broken = [check for check in checks if not check.passed]
        if not any(check.severity is Severity.MUST for check in broken):
            for check in broken:
                self.unusual.setdefault(check.id, reply.describe()[:SHOWN_CHARACTERS])
            self._learn(shapes, request, reply)
            return True
        self.note(request, [check for check in broken if check.severity is Severity.MUST], at_s, connection)
        return False

    def _checks(self, request: Request, reply: Reply) -> list[Check]:
        checks = list(message_checks(self._book, reply))
        if self.level is Level.FULL and reply.ending is Ending.ANSWERED:
            kind = request.kind
            checks += answer_checks(
                self._book,
                reply,
                kind.answers,
                check="answer",
                clauses=kind.clauses or (f"{self._book.system.prefix}-{kind.operation}",),
                ambiguity=kind.ambiguity,
            )
        return pinned(checks, self._dialect)

    def _learn(self, shapes: Shapes, request: Request, reply: Reply) -> None:
        if len(shapes.exact) + len(shapes.patterns) >= MAX_SHAPES:
            return
        if not reply.ok and not self._is_fixed(reply):
            own = shapes.own.setdefault(request.data, set())
            if len(own) < MAX_SHAPES:
                own.add(reply.raw)
        elif pattern := self._pattern(shapes.kind, reply):
            shapes.patterns.append(pattern)
        else:
            shapes.exact.add(reply.raw)

    def _is_fixed(self, reply: Reply) -> bool:
        """Whether the error has a text in which nothing is filled in, so that it suits each request of the kind."""
        rows = self._book.rows(reply.call.operation).values()
        fitting = [row for row in rows if self._book.fits(row, reply)]
        return bool(fitting) and all("{" not in text for row in fitting for text in texts_of(row))

    def _pattern(self, kind: LoadOperation, reply: Reply) -> re.Pattern[bytes] | None:
        """The reply with any id in the place of its value; None if its value is no id or only one value conforms."""
        operation = self._book.system.operations.get(kind.operation)
        if not reply.ok or not reply.value or operation is None or operation.result is None:
            return None
        free = self.level is not Level.FULL or any(one.error is None and one.value is None for one in kind.answers)
        value = reply.value.encode()
        if (
            not free
            or self._book.system.types[operation.result.type].base is not Base.UUID
            or reply.raw.count(value) != 1
        ):
            return None
        before, _, after = reply.raw.partition(value)
        return re.compile(re.escape(before) + UUID.pattern.encode() + re.escape(after))
