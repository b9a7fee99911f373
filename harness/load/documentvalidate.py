"""Whether a result is what its very request must get: first one that was seen to conform, on a miss the full parse and every check.

On the road of URLs the head of the response is a shape as for any other HTTP interface, and its body a result.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from harness.checks.documents import codes_of, form_checks, result_checks
from harness.ending import Ending
from harness.judge import pinned
from harness.load.documents import LoadDocuments, LoadUrls, number_of, pairs
from harness.load.documentshape import Literal, learn, literal
from harness.load.http import HttpFramer, Incoming
from harness.load.overhttp import OverHttp
from harness.load.scenario import Request
from harness.load.shapes import learn_head
from harness.load.verdicts import MAX_SHAPES, Level, Quick
from harness.messages.binding import Framer
from harness.messages.documentreply import STREAM, URL, Result
from harness.spec.documentmodel import DocumentSyntax
from harness.spec.model import System
from harness.target import Target
from harness.verdict import Check
from harness.wire.documents import LONGEST

# Longer results are parsed each time.
LEARNT_BYTES = 1 << 20


class _Kind:
    """What is known of the results of requests that are alike."""

    def __init__(self) -> None:
        self.literals: list[Literal] = []
        self.patterns: list[re.Pattern[bytes]] = []


class DocumentValidator(OverHttp):
    """Validates the results of functions, on one road.

    Args:
        binding: of the road.
        level: how much is looked at.
        target: pins readings.
    """

    def __init__(self, binding: LoadDocuments | LoadUrls, level: Level, target: Target) -> None:
        super().__init__(level, binding.syntax.rules["one-result"])
        self._system: System = binding.system
        self._syntax: DocumentSyntax = binding.syntax
        self._binding = binding
        self._target = target
        self._road = URL if isinstance(binding, LoadUrls) else STREAM
        self._kinds: dict[str, _Kind] = {}
        self._end = b"</" + self._syntax.result.encode() + b">\r\n"
        self._start = b"<" + self._syntax.result.encode() + b">"
        self.repeats = self._road == URL

    # what the loop asks

    def framer(self) -> Framer:
        """A framer for a new connection."""
        if self._road == URL:
            return HttpFramer(self._heads, lambda _request: Incoming(None, LONGEST))
        return self._binding.framer()

    def known(self, request: Request) -> Quick:
        """See `AnyValidator`."""
        inner = self._framed if self.level is Level.FRAMING else self._known(request)
        if self._road == STREAM:
            return inner
        heads = self._heads

        def quick(raw: bytes) -> bool:
            for head in heads:
                if (found := head.match(raw)) is not None:
                    at = found.end()
                    return len(raw) - at == int(found[1]) and inner(raw[at:])
            return False

        return quick

    def _framed(self, document: bytes) -> bool:
        """Whether it is one document, as far as a look tells."""
        if self._road == URL:
            return True
        once = document.count(self._start) == 1 and document.count(self._end[:-2]) == 1
        return once and document.startswith(self._start) and document.endswith(self._end)

    def _known(self, request: Request) -> Quick:
        kind, number = self._kinds.setdefault(self._kind(request), _Kind()), number_of(request.call).encode()
        literals, patterns = kind.literals, kind.patterns
        whole: set[bytes] = set()
        seen = 0

        def quick(document: bytes) -> bool:
            nonlocal seen
            if seen != len(literals):
                seen = len(literals)
                whole.update(before + number + after for before, after in literals)
            if document in whole:
                return True
            return any(
                (found := pattern.fullmatch(document)) is not None and found[1] == number for pattern in patterns
            )

        return quick

    def _kind(self, request: Request) -> str:
        """Requests whose results are alike; where a result repeats parameters, only those with the same values."""
        answer = self._system.operations[request.kind.operation].answer
        echoes = answer is not None and any(value.echo for value in answer.values.values())
        return "\n".join((request.kind.name, *(request.call.values if echoes or answer is not None else ())))

    # what is not known

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
        """See `AnyValidator`."""
        self.parsed += 1
        incoming = None
        if self._road == URL:
            incoming = self.incoming(framer, ending, raw, lambda: Incoming(None, LONGEST))
        result = self._result(request, raw, ending, incoming)
        passed, _ = self.passes(request, self._checks(request, result), result, at_s, connection)
        if not passed:
            return False
        if ending is Ending.ANSWERED and len(raw) <= LEARNT_BYTES:
            self._learn(request, result, incoming)
        return True

    def _result(self, request: Request, raw: bytes, ending: Ending, incoming: Incoming | None) -> Result:
        sent = pairs(request.call.values)
        known = {"function": request.kind.operation, "sent": sent, "number": number_of(request.call)}
        if incoming is None:
            return Result(syntax=self._syntax, ending=ending, raw=raw, road=STREAM, **known)  # type: ignore[arg-type]
        reply = incoming.reply(request, sent, ending)
        return Result(
            syntax=self._syntax, ending=ending, raw=incoming.raw, road=URL, body=reply.body, exchanged=reply.exchanged,
            **known,  # type: ignore[arg-type]
        )  # fmt: skip

    def _checks(self, request: Request, result: Result) -> list[Check]:
        if self.level is Level.FRAMING:
            if not result.came:
                return list(result_checks(self._system, result))
            return [one for one in form_checks(self._system, result, self._syntax.result, "reply") if not one.readings]
        checks = list(result_checks(self._system, result))
        if self.level is Level.FULL and result.came:
            kind = request.kind
            wanted = [code for answer in kind.answers for code in self._codes(answer.error)]
            good = result.code in wanted or (not result.code and result.function in self._syntax.headless)
            checks.append(
                Check(
                    id="answer",
                    clauses=kind.clauses or (f"{self._system.prefix}-{kind.operation}",),
                    passed=good,
                    expected=f"code {' or '.join(wanted)}",
                    got="" if good else result.describe(),
                )
            )
        return pinned(checks, self._target.dialect)

    def _codes(self, error: str | None) -> Iterable[str]:
        rows = (self._syntax.success, *self._syntax.successes) if error is None else (error,)
        return [code for name in rows for code in sorted(codes_of(self._system.errors[name]))]

    def _learn(self, request: Request, result: Result, incoming: Incoming | None) -> None:
        """Remember a result that conforms."""
        if incoming is not None:
            head = learn_head(incoming.raw, incoming.reader)
            if head is None or result.header("content-encoding"):
                return
            self.remember(head)
        if self.level is Level.FRAMING:
            return
        kind = self._kinds.setdefault(self._kind(request), _Kind())
        document = result.raw if incoming is None else result.body
        found = literal(self._syntax, document, number_of(request.call))
        if found is not None and found not in kind.literals and len(kind.literals) < MAX_SHAPES:
            kind.literals.append(found)
        pattern = learn(self._system, self._syntax, request.kind.operation, document)
        if pattern is None or len(kind.patterns) >= MAX_SHAPES or pattern in kind.patterns:
            return
        if (known := pattern.fullmatch(document)) is not None and known[1].decode() == number_of(request.call):
            kind.patterns.append(pattern)
