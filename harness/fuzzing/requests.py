"""What was sent, taken apart by the independent grammar: how many replies each request must get, and which conform.

Pure: bytes to requests, replies to broken checks.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from harness.checks.answer import Answer, answer_checks
from harness.checks.message import message_checks
from harness.ending import Ending
from harness.fuzzing.expect import Expectation, World
from harness.fuzzing.kit import Kit
from harness.fuzzing.quick import Acceptor
from harness.messages.book import ErrorBook
from harness.messages.reply import Call, Reply
from harness.verdict import Check, Severity

# Replies that one request with an open end of message may get; a device that finds more in it has lost count.
MOST_REPLIES = 64
KEPT = 2000  # conforming replies that are remembered


@dataclass(frozen=True, slots=True)
class Request:
    """One request as a conforming device may take it.

    Attributes:
        calls: what it may mean, the plain reading first; empty for a malformed one.
        least, most: replies that it may get.
        breaks: whether a value holds an end of message, so that a message which repeats it as it is falls apart.
        open: whether the document leaves open what it means, so that any documented reply conforms.
        may_close: whether the device may end the connection instead.
        others: what an open one may mean besides to a lenient device; what it must answer does not follow from them, what it may have done does.
    """

    raw: bytes
    calls: tuple[Call, ...]
    least: int = 1
    most: int = 1
    breaks: bool = False
    open: bool = False
    may_close: bool = False
    others: tuple[Call, ...] = ()

    def perhaps(self, *, refused: bool) -> tuple[Call, ...]:
        """What the device may have executed; of the other readings none if it has refused the request."""
        return self.calls if refused else (*self.calls, *self.others)

    @property
    def unclear(self) -> bool:
        """Whether the number of replies is not certain."""
        return self.open or self.breaks


_NO_CALL = Call(operation="")


class Own(Enum):
    """The calls of the player itself."""

    PROBE = "probe"
    MARKER = "marker"


class Requests:
    """Reads requests and judges their replies, with one model of the device."""

    def __init__(self, kit: Kit, book: ErrorBook, world: World) -> None:
        self._kit = kit
        self._book = book
        self.world = world
        self.rules = book.syntax.rules
        self._syntax = Expectation(answers=(Answer(error=book.syntax.syntax_error),), clauses=(self.rules["balanced"],))
        self._quick = Acceptor(book)
        self._accepted: dict[tuple[int, str, bytes, int], Expectation] = {}
        self._own: dict[Own, Expectation] = {}

    def read(self, raw: bytes) -> Request:
        """One request, without its terminator."""
        parsed = self._kit.parse(raw)
        points = parsed.open
        if not points:
            if not parsed.balanced:
                return Request(raw, ())
            return self._known(raw, Call(operation=parsed.words[0], values=parsed.words[1:], typed=parsed.typed[1:]))
        calls = (
            [Call(operation=parsed.words[0], values=parsed.words[1:], typed=parsed.typed[1:])] if parsed.words else []
        )
        if calls and parsed.balanced and points <= self._kit.twins.keys():
            values = calls[0].values
            for point in sorted(points):
                plain, instead = self._kit.twins[point]
                values = tuple(
                    value.replace(plain, instead) if typed != value else value
                    for value, typed in zip(values, calls[0].typed, strict=True)
                )
            other = Call(operation=calls[0].operation, values=values, typed=calls[0].typed)
            return self._known(raw, calls[0], other)
        return Request(
            raw,
            tuple(calls),
            least=0 if points & self._kit.may_ignore else 1,
            most=MOST_REPLIES if points & self._kit.may_split else 1,
            open=True,
            may_close=bool(points & self._kit.may_close),
            others=tuple(
                Call(operation=words[0], values=words[1:])
                for words in self._kit.others(raw, points)
                if words != parsed.words
            ),
        )

    def _known(self, raw: bytes, *calls: Call) -> Request:
        """A request whose meaning is clear, but perhaps for one character of its values."""
        ends = len(self._kit.cut("\0".join(calls[0].values).encode("utf-8", "replace"))[0])
        return Request(raw, calls, most=1 + ends, breaks=ends > 0)

    def judge(self, request: Request, reply: Reply) -> list[Check]:
        """The broken checks of the one reply to a request, in the order of requests; the model of the device takes note."""
        if request.open:
            return self._judge_open(request, reply)
        if not request.calls:
            return self._broken(reply, self._syntax)
        call = request.calls[0]
        expectation = self.world.expect(call)
        broken = self._broken(reply, expectation)
        for other in request.calls[1:]:
            if not broken:
                break
            other_reply = _as_call(reply, other)
            if not self._broken(other_reply, self.world.expect(other)):
                broken = []
        if reply.ok:
            broken += self.world.further(call, reply)
        self.world.note(call, reply)
        return broken

    def judge_own(self, own: Own, reply: Reply) -> list[Check]:
        """The broken checks of the reply to a call of the player's own, which depends on nothing and changes nothing."""
        expectation = self._own.get(own)
        if expectation is None:
            expectation = self._own[own] = self.world.expect(reply.call)
        return self._broken(reply, expectation)

    def blur(self, request: Request, *, refused: bool = False) -> None:
        """The request may have been executed, or not, or as something else."""
        for call in request.perhaps(refused=refused):
            self.world.blur(call)

    def _judge_open(self, request: Request, reply: Reply) -> list[Check]:
        """The request may mean several things: only the reply's form is judged."""
        self.blur(request, refused=reply.ok is False)
        return [check for check in message_checks(self._book, _as_call(reply, _NO_CALL)) if _counts(check)]

    def _broken(self, reply: Reply, expectation: Expectation) -> list[Check]:
        # An error that repeats no value is as right the next time that the same is expected of as many values.
        key = (id(expectation), reply.call.operation, reply.raw, len(reply.call.values))
        if key in self._accepted:
            return []
        if self._quick.accepts(reply, expectation):
            if reply.value is None and b"'" not in reply.raw:
                if len(self._accepted) >= KEPT:
                    self._accepted.clear()
                self._accepted[key] = expectation  # kept, so that its id stays its own
            return []
        found = [check for check in message_checks(self._book, reply) if _counts(check)]
        if reply.ending is Ending.ANSWERED:
            answers = answer_checks(
                self._book,
                reply,
                expectation.answers,
                check="answer",
                clauses=expectation.clauses,
                ambiguity=expectation.ambiguity,
            )
            found += [check for check in answers if _counts(check)]
        return found


def _counts(check: Check) -> bool:
    return not check.passed and check.severity is Severity.MUST


def _as_call(reply: Reply, call: Call) -> Reply:
    """The same bytes as the answer to another call."""
    return Reply(
        call=call,
        ending=reply.ending,
        raw=reply.raw,
        text=reply.text,
        ok=reply.ok,
        value=reply.value,
        code=reply.code,
        message=reply.message,
        form=reply.form,
        problems=reply.problems,
        step=reply.step,
    )
