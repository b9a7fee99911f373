"""Whether a reply is what its very call must get: first one that was seen to conform, on a miss the full parse and every check.

The head of a response is a shape as for any other HTTP interface; its body is one that passed before, byte for byte, or of a shape that was learned
(`harness.load.callshape`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from xml.sax.saxutils import escape, unescape

from harness.callroad import API_VERSION
from harness.checks.calls import http_checks, reply_checks
from harness.ending import Ending
from harness.http.exchanged import Exchanged
from harness.judge import pinned
from harness.load.calls import LoadCalls, keeps, marks_in
from harness.load.callshape import Shape, learn
from harness.load.http import HttpFramer, Incoming
from harness.load.overhttp import OverHttp
from harness.load.scenario import Request
from harness.load.shapes import learn_head
from harness.load.verdicts import MAX_SHAPES, Level, Quick
from harness.messages.binding import Framer
from harness.messages.callreply import CallReply
from harness.messages.calltexts import value_of_text
from harness.spec.callmodel import CallSyntax, Member
from harness.spec.model import System
from harness.target import Target
from harness.verdict import Check
from harness.wire.xmlrpc_writing import Writable

_SUCCESS = "a success"
_DEEPEST = 4  # structs do not stand deeper in each other


class _Kind:
    """What is known of the replies to calls that are alike."""

    def __init__(self) -> None:
        self.literals: set[bytes] = set()
        self.shapes: list[Shape] = []


class CallValidator(OverHttp):
    """Validates the replies of methods.

    Args:
        binding: of the load.
        level: how much is looked at.
        target: pins readings.
        version: of the API; None: the newest.
    """

    repeats = True

    def __init__(self, binding: LoadCalls, level: Level, target: Target, version: str | None = None) -> None:
        super().__init__(level, binding.syntax.rules["reply"])
        self._system: System = binding.system
        self._syntax = binding.syntax
        self._binding = binding
        self._target = target
        self._version = version
        self._kinds: dict[str, _Kind] = {}
        self._watched: dict[str, frozenset[str]] = {}

    # what the loop asks

    def framer(self) -> Framer:
        """A framer for a new connection."""
        return HttpFramer(self._heads, lambda _request: Incoming(None, self._keep))

    @property
    def _keep(self) -> int:
        """Bytes that are kept of a reply: one that is too long is read to the end of what tells so."""
        return 2 * self._syntax.longest

    def known(self, request: Request) -> Quick:
        """See `AnyValidator`."""
        heads, most, keeping = self._heads, self._syntax.longest, list(keeps(request.call))
        inner = (lambda _body: True) if self.level is Level.FRAMING else self._known(request)

        def quick(raw: bytes) -> bool:
            for head in heads:
                if (found := head.match(raw)) is not None:
                    at = found.end()
                    if len(raw) - at != int(found[1]) or len(raw) - at > most:
                        return False
                    body = raw[at:]
                    if not inner(body):
                        return False
                    if keeping:
                        self._keep_of(keeping, body)
                    return True
            return False

        return quick

    def _known(self, request: Request) -> Quick:
        kind = self._kinds.setdefault(self._key(request), _Kind())
        literals, shapes, held = kind.literals, kind.shapes, self._binding.held
        sent = {name: _written(text) for name, text in _texts(request).items()}
        marked = any(marks_in(sent[name]) for name in self._echoed(request) if name in sent)

        def wanted(name: str) -> bytes:
            text = sent.get(name, b"")
            return held.get(text, text)

        def quick(body: bytes) -> bool:
            if not marked and body in literals:
                return True
            for pattern, echoes in shapes:
                found = pattern.fullmatch(body)
                if found is not None and all(found[at] == wanted(name) for at, name in enumerate(echoes, 1)):
                    return True
            return False

        return quick

    def _keep_of(self, keeping: list[tuple[re.Pattern[bytes], bytes]], body: bytes) -> None:
        for pattern, under in keeping:
            if (found := pattern.search(body)) is not None:
                self._binding.held[under] = found[1]

    # which replies are alike

    def _key(self, request: Request) -> str:
        """Calls whose replies are alike: those that differ in nothing that a reply depends on; what it repeats is compared."""
        values = _texts(request)
        watched = self._depends(request.kind.operation)
        told = [
            f"{name}={values[name] if name in self._asked_of(request) else ''}"
            for name in sorted(watched & values.keys())
        ]
        return "\n".join((request.kind.name, *told))

    def _depends(self, method: str) -> frozenset[str]:
        """The members of a call on which its reply depends."""
        if method not in self._watched:
            call = self._system.operations[method].call
            found = set(self._echoed_by(call.returns) | self._asked_by(call.returns)) if call is not None else set()
            self._watched[method] = frozenset(found)
        return self._watched[method]

    @staticmethod
    def _echoed_by(members: Mapping[str, Member]) -> set[str]:
        return {one.echo.partition(".")[0] for one in members.values() if one.echo is not None}

    def _asked_by(self, members: Mapping[str, Member], depth: int = 0) -> set[str]:
        """Of nested structs, too."""
        found: set[str] = set()
        for one in members.values():
            if one.present is not None:
                found |= {name.partition(".")[0] for name in one.present.asked}
            for struct in (one.struct, *one.other_structs):
                if struct is not None and depth < _DEEPEST:
                    found |= self._asked_by(self._system.structs[struct].members, depth + 1)
        return found

    def _asked_of(self, request: Request) -> set[str]:
        call = self._system.operations[request.kind.operation].call
        return self._asked_by(call.returns) if call is not None else set()

    def _echoed(self, request: Request) -> set[str]:
        call = self._system.operations[request.kind.operation].call
        return self._echoed_by(call.returns) if call is not None else set()

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
        incoming = self.incoming(framer, ending, raw, lambda: Incoming(None, self._keep))
        reply = self._reply(request, incoming, ending)
        hidden = replace(request, data=self._binding.hide(request.data))
        passed, _ = self.passes(hidden, self._checks(request, reply), reply, at_s, connection)
        if not passed:
            return False
        if ending is Ending.ANSWERED:
            self._keep_of(list(keeps(request.call)), reply.body)
            self._learn(request, reply, incoming)
        return True

    def _reply(self, request: Request, incoming: Incoming, ending: Ending) -> CallReply:
        reader = incoming.reader
        if ending is Ending.CLOSED and not reader.done:
            incoming.eof()
        body = bytes(incoming.body.kept)
        exchanged = Exchanged(
            sent=b"", raw=incoming.raw, received=incoming.count, ending=ending, head=reader.head, interim=tuple(reader.interim),
            trailers=reader.trailers, body=body, body_size=reader.body_size, body_complete=reader.done,
            oddities=tuple(one for one in reader.oddities if one.rule != "leftover"), readable=not reader.broken,
        )  # fmt: skip
        return CallReply(
            syntax=self._syntax, method=request.kind.operation, ending=ending, sent=self._sent(request), raw=incoming.raw, body=body,
            exchanged=exchanged,
        )  # fmt: skip

    def _sent(self, request: Request) -> dict[str, Writable]:
        """The members of the call, as they left."""
        held = self._binding.held
        found: dict[str, Writable] = {}
        for name, text in _texts(request).items():
            value = value_of_text(text)
            if isinstance(value, str) and (written := held.get(value.encode())) is not None:
                value = unescape(written.decode("utf-8", "replace"), {"&quot;": '"', "&apos;": "'"})
            found[name] = value
        return found

    def _checks(self, request: Request, reply: CallReply) -> list[Check]:
        if self.level is Level.FRAMING:
            return list(http_checks(self._system, reply))
        checks = list(reply_checks(self._system, reply, self._version))
        if self.level is Level.FULL and reply.came:
            kind = request.kind
            wanted = [_SUCCESS if one.error is None else self._system.errors[one.error].code for one in kind.answers]
            came = _SUCCESS if reply.ok else reply.code
            checks.append(
                Check(
                    id="answer",
                    clauses=kind.clauses or (self._default(kind.operation),),
                    passed=came in wanted,
                    expected=" or ".join(one if one == _SUCCESS else f"fault {one}" for one in wanted),
                    got="" if came in wanted else reply.describe(),
                )
            )
        return pinned(checks, self._target.dialect)

    def _default(self, method: str) -> str:
        """The clause that a wrong answer contradicts where a scenario names none."""
        call = self._system.operations[method].call
        base = f"{self._system.prefix}-{method}"
        if call is None or not call.returns:
            return f"{base}:status"
        return f"{base}.returned.{next(iter(call.returns))}"

    def _learn(self, request: Request, reply: CallReply, incoming: Incoming) -> None:
        """Remember a reply that conforms."""
        head = learn_head(incoming.raw, incoming.reader)
        if head is None or reply.header("content-encoding"):
            return
        self.remember(head)
        if self.level is Level.FRAMING:
            return
        kind = self._kinds.setdefault(self._key(request), _Kind())
        if (not self._echoed(request) or reply.ok is False) and len(kind.literals) < MAX_SHAPES:
            kind.literals.add(reply.body)
        if not reply.ok or len(kind.shapes) >= MAX_SHAPES or reply.message.deviations:
            return
        shape = learn(self._system, request.kind.operation, reply.message)
        if shape is not None and shape not in kind.shapes and shape.pattern.fullmatch(reply.body) is not None:
            kind.shapes.append(shape)


def api_version(syntax: CallSyntax, target: Target) -> str | None:
    """The version of the API that a target file claims; None: the newest."""
    claimed = str(target.claims.get(API_VERSION))
    return claimed if claimed in syntax.versions else None


def _texts(request: Request) -> dict[str, str]:
    """The members of a call by name, as texts of a scenario."""
    return {name: text for name, _, text in (one.partition("=") for one in request.call.values)}


def _written(text: str) -> bytes:
    """A value of a scenario as it stands in a reply that repeats it."""
    value = value_of_text(text)
    return escape(value).encode() if isinstance(value, str) else str(value).encode()
