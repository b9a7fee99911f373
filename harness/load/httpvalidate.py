"""Whether an HTTP reply is what its very request must get: a shape first, then a parse by type, on a miss the full parse and every check.

In this order, each no more than the checks would accept:

    the whole reply, byte for byte          passed before, for the same request
    a head that passed before (its length and the fields that nothing depends on may differ), and
        a body, byte for byte               passed before, for the same request and head
        a body in which integers change     `harness.load.shapes.Changing`, learned from two that passed
        a body that is in order by type     `harness.load.typed.Typed`
    everything                              the checks that `certify` has: status, framing, document, window, answer
"""

from __future__ import annotations

import gc
from collections.abc import Mapping

from harness.checks.answer import Answer
from harness.checks.http import OK, HttpAnswer, answer_checks, framing_checks, reply_checks
from harness.ending import Ending
from harness.errors import InternalError
from harness.judge import pinned
from harness.load.http import SMALL_BYTES, HttpFramer, Incoming, MakeScan
from harness.load.overhttp import OverHttp
from harness.load.scenario import Request
from harness.load.shapes import HeadShape, learn_changing, learn_head
from harness.load.typed import Seen, Typed, Window
from harness.load.verdicts import MAX_SHAPES, Level, Quick
from harness.messages.binding import Framer
from harness.messages.httpreply import HttpReply
from harness.rows import Scan, Shape, compile_shape
from harness.spec.model import System
from harness.verdict import Check, Severity

# Heads kept of an operation; those of one device differ in little.
MAX_HEADS = 8
# A scan of a document leaves circles of some 100 KB behind; after so many they are collected, if nobody else does.
COLLECT_AFTER = 64
# Documents that are compared with a new one to find what changes; then it is given up.
MAX_COMPARED = 8


class Known:
    """What is known to conform to one request.

    Args:
        heads: of the replies of its operation; grows while the load runs.
        shape: of the document of a success.
        window: that its rows belong to.
        remember: bodies, and not only their types, are learned.
    """

    __slots__ = (
        "_bodies",
        "_changing",
        "_compared",
        "_heads",
        "_remember",
        "_sample",
        "exact",
        "shape",
        "typed",
        "window",
    )

    def __init__(self, heads: list[HeadShape], shape: Shape | None, window: Window, *, remember: bool) -> None:
        self.exact: set[bytes] = set()
        self.shape = shape
        self.window = window
        self.typed: Typed | None = None
        self._heads = heads
        self._remember = remember
        self._bodies: dict[HeadShape, set[bytes]] = {}
        self._changing: list[Quick] = []
        self._compared = 0
        self._sample: tuple[HeadShape, bytes] | None = None

    def framed(self, raw: bytes) -> bool:
        """Whether a reply is whole and has a head that is known."""
        for head in self._heads:
            if (found := head.match(raw)) is not None:
                return len(raw) - found.end() == int(found[1])
        return False

    def fits(self, raw: bytes) -> bool:
        """Whether a whole reply is known to conform."""
        for changing in self._changing:
            if changing(raw):
                return True
        if raw in self.exact:
            return True
        for head in self._heads:
            found = head.match(raw)
            if found is not None:
                at = found.end()
                return len(raw) - at == int(found[1]) and self._known_body(head, raw[at:])
        return False

    def _known_body(self, head: HeadShape, body: bytes) -> bool:
        if body in self._bodies.get(head, ()):
            return True
        if not head.plain or self.typed is None or not self.typed.fits(body):
            return False
        self.learn(head, body)
        return True

    def learn(self, head: HeadShape, body: bytes) -> None:
        """Remember a body that conforms, and what of it changes."""
        if not self._remember:
            return
        bodies = self._bodies.setdefault(head, set())
        if len(bodies) < MAX_SHAPES:
            bodies.add(body)
        if self.shape is None or not head.plain or self._compared >= MAX_COMPARED:
            return
        if self._sample is not None and self._sample[0] is head:
            self._compared += 1
            found = learn_changing(head, self.shape, self._sample[1], body, self.window)
            if found is not None:
                self._changing.append(found.fits)
        self._sample = head, body


class _Operation:
    """What is known of the replies of one operation."""

    def __init__(self, system: System, name: str) -> None:
        self.heads: list[HeadShape] = []
        reply = system.operations[name].reply
        self.shape = compile_shape(system, reply, operation=name) if reply is not None else None
        self.seen = Seen(self.shape) if self.shape is not None else None
        self._typed: dict[tuple[Window, int | None], Typed] = {}

    def typed(self, window: Window, most_rows: int | None) -> Typed | None:
        """What checks its documents by type, for requests with this window and page."""
        if self.seen is None:
            return None
        key = (window, most_rows)
        if key not in self._typed:
            self._typed[key] = Typed(self.seen, window, most_rows)
        return self._typed[key]


class HttpValidator(OverHttp):
    """Validates the replies of an HTTP interface.

    Args:
        system: the spec.
        level: how much is looked at.
        dialect: ambiguity -> the reading that the target file pins.
        remember: False learns types only, so that every document is parsed; for measuring.
    """

    repeats = True

    def __init__(
        self,
        system: System,
        level: Level = Level.FULL,
        dialect: Mapping[str, str] | None = None,
        *,
        remember: bool = True,
    ) -> None:
        if system.http is None:
            raise InternalError(f"{system.system} has no HTTP interface")
        super().__init__(level, system.http.rules["one-reply"])
        self._system = system
        self._dialect = dialect or {}
        self._remember = remember
        self._operations: dict[str, _Operation] = {}
        self._known: dict[tuple[str, bytes], Known] = {}

    # what the loop asks

    def framer(self) -> HttpFramer:
        """A framer for a new connection."""
        return HttpFramer(self._heads, lambda request: Incoming(self._scan_of(request)))

    def known(self, request: Request) -> Quick:
        """See `AnyValidator`."""
        known = self.shapes(request)
        return known.framed if self.level is Level.FRAMING else known.fits

    def shapes(self, request: Request) -> Known:
        """What is known to conform to a request."""
        key = (request.kind.name, request.data)
        found = self._known.get(key)
        if found is None:
            own = self._operation(request)
            window = self._window(request)
            found = Known(own.heads, own.shape, window, remember=self._remember)
            # A refusal that is asked for has no document to be parsed, and a success would be wrong.
            wanted = self.level is not Level.FULL or any(answer.error is None for answer in request.kind.answers)
            if wanted and self.level is not Level.FRAMING:
                found.typed = own.typed(window, self._most_rows(request))
            self._known[key] = found
        return found

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
        if self.parsed % COLLECT_AFTER == 0 and not gc.isenabled():
            gc.collect()
        incoming = self.incoming(framer, ending, raw, lambda: Incoming(self._scan_of(request)))
        reply = incoming.reply(request, [_pair(value) for value in request.call.values], ending)
        passed, clean = self.passes(request, self._checks(request, reply), reply, at_s, connection)
        if not passed:
            return False
        if ending is Ending.ANSWERED:
            self._learn(request, incoming, reply, clean=clean)
        return True

    # what a reply must be

    def _checks(self, request: Request, reply: HttpReply) -> list[Check]:
        kind, system = request.kind, self._system
        if self.level is Level.FRAMING:
            return list(framing_checks(system, reply))
        checks = list(reply_checks(system, reply))
        if self.level is Level.FULL and reply.ending is Ending.ANSWERED:
            checks += answer_checks(
                system,
                reply,
                [_http_answer(answer) for answer in kind.answers],
                check="answer",
                clauses=kind.clauses or (f"{system.prefix}-{kind.operation}",),
                ambiguity=kind.ambiguity,
            )
            most = self._most_rows(request)
            if reply.status == OK and reply.scan is not None and most is not None and reply.scan.rows > most:
                # What maxRows and the like do may be open; then it is only told.
                open_point = self._paging_is_open(kind.operation)
                checks.append(
                    Check(
                        id="answer.rows",
                        severity=Severity.READING if open_point else Severity.MUST,
                        clauses=kind.clauses or (f"{system.prefix}-{kind.operation}",),
                        passed=False,
                        expected=f"at most {most} rows",
                        got=f"{reply.scan.rows} rows",
                    )
                )
        return pinned(checks, self._dialect)

    def _scan_of(self, request: Request) -> MakeScan | None:
        shape, window = self._operation(request).shape, self._window(request)
        if shape is None or self.level is Level.FRAMING:
            return None
        return lambda charset: Scan(shape, window=window, charset=charset)

    def _window(self, request: Request) -> Window:
        """The period that the request asks for, where its rows have to belong to one."""
        known = self._system.operations[request.kind.operation].window
        if known is None or self.level is not Level.FULL:
            return None
        values = dict(map(_pair, request.call.values))
        start, end = values.get(known.start, ""), values.get(known.end, "")
        return (int(start), int(end)) if start.isdecimal() and end.isdecimal() else None

    def _paging_is_open(self, operation: str) -> bool:
        """Whether a reading lets the number of rows change nothing; in lists by name what is open is the offset."""
        paging = self._system.operations[operation].paging
        if paging is None or paging.open is None or paging.by_name is not None:
            return False
        return self._dialect.get(paging.open) != next(iter(self._system.ambiguities[paging.open].readings))

    def _most_rows(self, request: Request) -> int | None:
        """How many rows the request asks for at most."""
        paging = self._system.operations[request.kind.operation].paging
        if paging is None or self.level is not Level.FULL:
            return None
        most = dict(map(_pair, request.call.values)).get(paging.rows, "")
        return int(most) if most.isdecimal() and int(most) > 0 else None

    # what is learned

    def _learn(self, request: Request, incoming: Incoming, reply: HttpReply, *, clean: bool) -> None:
        """Remember a reply that conforms, if it is small, whole, and its length stands in its head.

        Args:
            clean: there was not as much as a warning.
        """
        if incoming.count > SMALL_BYTES or reply.header("content-encoding") is not None:
            return
        raw, known, own = incoming.raw, self.shapes(request), self._operation(request)
        found = learn_head(raw, incoming.reader)
        if found is None:
            return
        head = self._shared(found, own)
        if self.level is Level.FRAMING or head is None:
            return
        if self._remember and len(known.exact) < MAX_SHAPES:
            known.exact.add(raw)
        body = bytes(incoming.body.kept)
        if clean and own.seen is not None and head.plain and known.typed is not None:
            own.seen.learn(body, known.window)
        known.learn(head, body)

    def _shared(self, found: HeadShape, own: _Operation) -> HeadShape | None:
        """The head as it is known already, or from now on; None if there are too many."""
        for heads in (self._heads, own.heads):
            known = next((one for one in heads if one.pattern == found.pattern), None)
            if known is None and len(heads) < MAX_HEADS:
                heads.append(found)
            found = known or found
        return found if any(one is found for one in own.heads) else None

    def _operation(self, request: Request) -> _Operation:
        name = request.kind.operation
        if name not in self._operations:
            self._operations[name] = _Operation(self._system, name)
        return self._operations[name]


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def _http_answer(answer: Answer) -> HttpAnswer:
    return HttpAnswer(error=answer.error, reading=answer.reading)
