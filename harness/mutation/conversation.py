"""One proxied connection without its sockets: pairs replies with requests and lets a behaviour change either.

Without a behaviour, or while it is paused, bytes pass as they come. With one, a reply is held until it is whole; requests are held only
for behaviours that rewrite them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from harness.ending import Ending
from harness.errors import FramingError
from harness.messages.binding import Binding, Framer
from harness.messages.reply import Call, Reply
from harness.mutation.framing import Parse, Replies, replies_of, requests_of, unasked_of
from harness.mutation.mutant import Behaviour, Exchange, Piece

# Called with each true reply, which holds what the device was really asked.
Witness = Callable[[Reply], None]
# Requests without a reply that are remembered for one connection; the longest burst of a suite is a fraction of it.
MAX_PENDING = 10_000


@dataclass(frozen=True, slots=True)
class _Pending:
    """A request under way: as the client sent it, as the device got it, and whether the client waits for its reply."""

    line: bytes
    meant: Call
    sent: Call
    answered: bool


class Conversation:
    """One connection.

    Args:
        number: of the connection, for the behaviour.
        parse: a request's bytes to a call; None for a line that devices may leave unanswered.
        paused: whether the behaviour is switched off now.
        witness: told of each true exchange.
    """

    def __init__(
        self,
        number: int,
        binding: Binding,
        parse: Parse,
        behaviour: Behaviour | None,
        paused: Callable[[], bool],
        witness: Witness,
    ) -> None:
        self.number = number
        self.changes = 0  # how often the behaviour changed something
        self._binding, self._parse = binding, parse
        self._behaviour, self._paused, self._witness = behaviour, paused, witness
        self._asked: Framer = requests_of(binding)
        self._told: Replies = replies_of(binding)
        self._unasked = unasked_of(binding)
        self._pending: deque[_Pending] = deque(maxlen=MAX_PENDING)
        self._forwarded = 0  # bytes of the unfinished request that the device has already
        self._passed = 0  # bytes of the unfinished reply that the client has already
        self._lost = False  # the framing is lost: bytes pass

    def _acting(self) -> Behaviour | None:
        return None if self._lost or self._behaviour is None or self._paused() else self._behaviour

    def opened(self) -> Sequence[Piece]:
        """The connection is open; gives what the client is sent first."""
        behaviour = self._acting()
        first = behaviour.opened(self.number) if behaviour is not None else ()
        self.changes += bool(first)
        return first

    def from_client(self, data: bytes) -> list[bytes]:
        """Bytes of the client; gives what the device is sent, each item with a write of its own."""
        if self._lost:
            return [data]
        behaviour = self._acting()
        rewriter = behaviour if behaviour is not None and behaviour.rewrites else None
        if rewriter is not None:
            spoilt = rewriter.received(self.number, data)
            self.changes += spoilt != data
            data = spoilt
        held = self._asked.leftover[self._forwarded :]
        out: list[bytes] = []
        try:
            self._asked.feed(data)
            while (line := self._asked.next_message()) is not None:
                out += self._ask(rewriter, line)
        except FramingError:
            self._lost = True
            return [*out, self._asked.leftover[self._forwarded :]]
        if rewriter is None:
            self._forwarded = len(self._asked.leftover)
            return [held + data]
        return out

    def _ask(self, rewriter: Behaviour | None, line: bytes) -> list[bytes]:
        """One whole request is under way; gives what the device is sent of it yet."""
        forwarded, self._forwarded = self._forwarded, 0
        meant = self._parse(line)
        if meant is None or rewriter is None or forwarded:
            if meant is not None:
                self._expect(_Pending(line, meant, meant, answered=True), line)
            return [line[forwarded:]]
        lines = list(rewriter.request(self.number, meant, line))
        self.changes += lines != [line]
        for index, sent in enumerate(lines):
            call = meant if sent == line else self._parse(sent)
            if call is not None:
                self._expect(_Pending(line, meant, call, answered=index == 0), sent)
        return lines

    def _expect(self, pending: _Pending, sent: bytes) -> None:
        self._pending.append(pending)
        self._told.expect(sent)

    def client_ended(self) -> bytes:
        """The client sends no more; gives what was held of its last request."""
        return b"" if self._lost else self._asked.leftover[self._forwarded :]

    def from_device(self, data: bytes) -> list[Piece]:
        """Bytes of the device; gives what the client is sent."""
        if self._lost:
            return [Piece(data=data)]
        acting = self._acting()
        before = self._told.leftover[self._passed :] if acting is None else b""
        out: list[Piece] = []
        try:
            self._told.feed(data)
            while (message := self._told.next_message()) is not None:
                out += self._answer(message)
        except FramingError:
            self._lost = True
            return [*out, Piece(data=self._told.leftover[self._passed :])]
        if acting is None and not self._hides():
            self._passed = len(self._told.leftover)
            return [Piece(data=before + data)]
        return out

    def _hides(self) -> bool:
        """Whether a reply is on its way that the client must not see."""
        return any(not one.answered for one in self._pending)

    def _answer(self, message: bytes) -> Sequence[Piece]:
        pending = self._pending.popleft() if self._pending and not self._unasked(message) else None
        nobody = Call(operation="")
        sent = pending.sent if pending is not None else nobody
        self._witness(self._binding.reply(sent, message, Ending.ANSWERED, -1))
        if pending is not None and not pending.answered:
            return ()
        passed, self._passed = self._passed, 0
        behaviour = self._acting()
        if passed or behaviour is None:
            return (Piece(data=message[passed:]),)
        call = pending.meant if pending is not None else nobody
        reply = self._binding.reply(call, message, Ending.ANSWERED, -1)
        line = pending.line if pending is not None else b""
        said = behaviour.reply(Exchange(connection=self.number, call=call, line=line, reply=reply))
        if said is None or list(said) == [Piece(data=message)]:
            return (Piece(data=message),)
        self.changes += 1
        return said

    def device_ended(self) -> tuple[list[Piece], bool]:
        """The device sends no more; gives what was held of its last reply, and whether the client may see the end."""
        behaviour = self._acting()
        out: list[Piece] = []
        if not self._lost:
            self._told.eof()
            with suppress(FramingError):
                while (message := self._told.next_message()) is not None:
                    out += self._answer(message)
            if held := self._told.leftover[self._passed :]:
                out.append(Piece(data=held))
        if behaviour is None or behaviour.ended(self.number):
            return out, True
        self.changes += 1
        return out, False

    def gone(self) -> None:
        """The client's connection is gone."""
        if self._behaviour is not None:
            self._behaviour.left(self.number)
