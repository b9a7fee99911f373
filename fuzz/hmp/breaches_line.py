"""Deviations of connections: where a command ends, whom a reply goes to, who is let in, and ids that can be foretold."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence

from harness.messages.book import ErrorBook
from harness.messages.reply import Call
from harness.mutation.mutant import Behaviour, End, Exchange, Mutant, Operator, Piece
from harness.mutation.speech import Speech

_ALLOWED = "127.0.0.1"
_LONGEST = 1000  # bytes of a line that a careless device looks at


class Hasty(Behaviour):
    """Takes what it has for a command, without waiting for the line feed."""

    rewrites = True

    def received(self, connection: int, data: bytes) -> bytes:  # noqa: ARG002
        """See `Behaviour`."""
        return data if data.endswith(b"\n") else data + b"\n"


class Leaking(Behaviour):
    """What one connection leaves unfinished comes before the first line of the next one."""

    rewrites = True

    def __init__(self) -> None:
        self._rest: dict[int, bytes] = {}
        self._left = b""

    def received(self, connection: int, data: bytes) -> bytes:
        """See `Behaviour`."""
        if connection not in self._rest:
            data, self._left = self._left + data, b""
        self._rest[connection] = (self._rest.get(connection, b"") + data).rpartition(b"\n")[2]
        return data

    def left(self, connection: int) -> None:
        """See `Behaviour`."""
        self._left = self._rest.pop(connection, b"") or self._left


class Shortening(Behaviour):
    """Drops what a line has beyond some bytes."""

    rewrites = True

    def request(self, connection: int, call: Call, line: bytes) -> Sequence[bytes]:  # noqa: ARG002
        """See `Behaviour`."""
        return (line[:-1][:_LONGEST] + b"\n",)


class Corrupting(Behaviour):
    """Decodes each segment by itself, so that a character that is cut between two is lost."""

    rewrites = True

    def received(self, connection: int, data: bytes) -> bytes:  # noqa: ARG002
        """See `Behaviour`."""
        return data.decode("utf-8", "replace").encode()


class Ending(Behaviour):
    """Ends the connection, or answers no more, after so many replies for which a condition holds."""

    def __init__(self, when: Callable[[Exchange], bool], *, after: int, mute: bool = False) -> None:
        self._when, self._after, self._mute = when, after, mute
        self._counts: dict[int, int] = {}

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        count = self._counts.get(exchange.connection, 0)
        if self._mute and count >= self._after:
            return ()
        if not exchange.line or not self._when(exchange):
            return None
        self._counts[exchange.connection] = count + 1
        if self._mute or count + 1 < self._after:
            return None
        return (Piece(data=exchange.raw, end=End.CLOSE),)


class Mixing(Behaviour):
    """Right after another connection's command a connection gets that one's reply once more."""

    def __init__(self, *, error_only: bool = False) -> None:
        self._last: tuple[int, bytes] | None = None
        self._error_only = error_only

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        last, self._last = self._last, (exchange.connection, exchange.raw)
        if last is None or last[0] == exchange.connection or not exchange.line:
            return None
        return (Piece(data=last[1]),) if not self._error_only or exchange.reply.ok is False else None


class Telling(Behaviour):
    """Says something else to whoever connects: first of all, or in place of what the device says unasked."""

    def __init__(self, *, first: bytes = b"", unasked: bytes | None = None) -> None:
        self._first, self._unasked = first, unasked

    def opened(self, connection: int) -> Sequence[Piece]:  # noqa: ARG002
        """See `Behaviour`."""
        return (Piece(data=self._first),) if self._first else ()

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        if exchange.line or self._unasked is None:
            return None
        return (Piece(data=self._unasked),) if self._unasked else ()


class Open(Behaviour):
    """Serves clients that are not on its list."""

    def source(self, peer: str) -> str:  # noqa: ARG002
        """See `Behaviour`."""
        return _ALLOWED


class Staying(Behaviour):
    """Leaves the connection of a client open that it has refused."""

    def ended(self, connection: int) -> bool:  # noqa: ARG002
        """See `Behaviour`."""
        return False


class Asking(Behaviour):
    """Refuses the first command of each connection, as if a password had to come first."""

    def __init__(self, refusal: bytes) -> None:
        self._refusal = refusal
        self._known: set[int] = set()

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        if exchange.connection in self._known:
            return None
        self._known.add(exchange.connection)
        return (Piece(data=self._refusal),)


class Counting(Behaviour):
    """Gives new objects ids that follow from each other; knows what they stand for."""

    rewrites = True

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._real: dict[bytes, bytes] = {}

    def request(self, connection: int, call: Call, line: bytes) -> Sequence[bytes]:  # noqa: ARG002
        """See `Behaviour`."""
        for shown, real in self._real.items():
            line = line.replace(shown, real)
        return (line,)

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        reply = exchange.reply
        if exchange.call.operation in ("createSession", "startRecording", "startRestreamRecording") and reply.ok:
            shown = str(uuid.UUID(int=(0x5EED << 112) + len(self._real)))
            self._real[shown.encode()] = (reply.value or "").encode()
            return (Piece(data=self._speech.ok(shown, reply.form)),)
        raw = reply.raw
        for shown_id, real in self._real.items():
            raw = raw.replace(real, shown_id)
        return None if raw == reply.raw else (Piece(data=raw),)


def line_mutants(book: ErrorBook) -> Iterator[Mutant]:
    """The mutants of connections."""
    speech, nobody = Speech(book), Call(operation="")
    syntax, unknown = book.syntax.syntax_error, book.syntax.unknown_command

    def is_error(exchange: Exchange) -> bool:
        return exchange.reply.ok is False

    def is_syntax(exchange: Exchange) -> bool:
        return speech.is_error(exchange, syntax)

    def is_unknown(exchange: Exchange) -> bool:
        return speech.is_error(exchange, unknown)

    refusal = speech.error(nobody, book.syntax.refused)
    op = Operator
    rows: tuple[tuple[str, str, Operator, str, Callable[[], Behaviour]], ...] = (
        ("SYN-001", "hasty", op.MISREAD, "A command counts as complete without its line feed.", Hasty),
        ("SYN-001", "leaking", op.STALE, "What one connection left unfinished comes before the next one's first line.", Leaking),
        ("SYN-001", "shortening", op.DROP, "What a line has beyond 1,000 bytes is dropped.", Shortening),
        ("SYN-003", "cut-characters", op.SPLIT, "A character cut between two segments is lost.", Corrupting),
        ("EXE-006", "ends", op.DROP, "An error ends the connection.", lambda: Ending(is_error, after=1)),
        ("EXE-006", "ends-after-syntax", op.DROP, "A syntax error ends the connection.", lambda: Ending(is_syntax, after=1)),
        ("EXE-006", "ends-after-ten", op.DROP, "The tenth error of a connection ends it.", lambda: Ending(is_error, after=10)),
        ("EXE-006", "ends-after-hundred", op.DROP, "The hundredth error of a connection ends it.", lambda: Ending(is_error, after=100)),
        ("EXE-006", "mute", op.LOSE, "After an unknown command nothing is answered.", lambda: Ending(is_unknown, after=1, mute=True)),
        ("EXE-006", "mute-after-thirty", op.LOSE, "After thirty unknown commands all is silent.", lambda: Ending(is_unknown, after=30, mute=True)),
        ("EXE-007", "mixing", op.SWAP, "Right after another connection's command its reply is sent.", Mixing),
        ("EXE-007", "mixing-errors", op.SWAP, "An error after another connection's command is its reply.", lambda: Mixing(error_only=True)),
        ("ACC-001", "silent", op.LOSE, "An unauthorised client is told nothing.", lambda: Telling(unasked=b"")),
        ("ACC-001", "other-error", op.SWAP, "An unauthorised client is told another error.", lambda: Telling(unasked=speech.error(nobody, unknown))),
        ("ACC-001", "other-text", op.RENAME, "An unauthorised client is told so in other words.",
         lambda: Telling(unasked=speech.failure("020000", "Forbidden"))),
        ("ACC-001", "served", op.ACCEPT, "An unauthorised client is served.", Open),
        ("ACC-002", "stays-open", op.DELAY, "The connection of an unauthorised client stays open.", Staying),
        ("ACC-002", "served", op.ACCEPT, "An unauthorised client is told so and served all the same.", lambda: Warned(refusal)),
        ("ACC-003", "asks", op.REFUSE, "The first command of each connection is refused.", lambda: Asking(refusal)),
        ("ACC-003", "refused", op.REFUSE, "A client on the list is told that it is not.", lambda: Telling(first=refusal)),
        ("OBJ-002", "counting", op.STALE, "Ids follow from each other.", lambda: Counting(speech)),
    )  # fmt: skip
    for clause, name, operator, about, make in rows:
        yield Mutant(id=f"HMP-{clause}:{name}", clause=f"HMP-{clause}", operator=operator, about=about, make=make)


class Warned(Behaviour):
    """Tells strange clients that they may not connect, and serves them."""

    def __init__(self, refusal: bytes) -> None:
        self._refusal = refusal
        self._strange: list[bool] = []

    def source(self, peer: str) -> str:
        """See `Behaviour`; asked right before `opened`."""
        self._strange.append(peer != _ALLOWED)
        return _ALLOWED

    def opened(self, connection: int) -> Sequence[Piece]:  # noqa: ARG002
        """See `Behaviour`."""
        return (Piece(data=self._refusal),) if self._strange.pop(0) else ()
