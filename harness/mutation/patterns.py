"""Ways in which replies go wrong, for any protocol: every n-th, swapped, one behind, with parts of an earlier one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.messages.book import ErrorBook, codes_of, text_pattern, texts_of
from harness.mutation.mutant import Behaviour, Exchange, Piece, Say, Spoiler, pieces
from harness.mutation.speech import Speech

When = Callable[[Exchange], bool]


def any_reply(exchange: Exchange) -> bool:
    """Every reply to a request."""
    return bool(exchange.line)


def any_success(exchange: Exchange) -> bool:
    """Successes."""
    return any_reply(exchange) and exchange.reply.ok is True


def any_error(exchange: Exchange) -> bool:
    """Errors."""
    return any_reply(exchange) and exchange.reply.ok is False


def plain_success(exchange: Exchange) -> bool:
    """Successes without a value."""
    return any_success(exchange) and exchange.reply.value is None


def with_value(exchange: Exchange) -> bool:
    """Successes with a value."""
    return any_success(exchange) and exchange.reply.value is not None


class Each(Spoiler):
    """Goes wrong with every n-th reply of a connection for which the condition holds."""

    def __init__(self, when: When, say: Say, *, every: int) -> None:
        super().__init__(self._due, say)
        self._holds, self._every = when, every
        self._counts: dict[int, int] = {}

    def _due(self, exchange: Exchange) -> bool:
        if not self._holds(exchange):
            return False
        count = self._counts[exchange.connection] = self._counts.get(exchange.connection, 0) + 1
        return count % self._every == 0


class Forgetful(Behaviour):
    """Says something else where a condition holds, from the second time on that the same is asked."""

    def __init__(self, when: When, say: Say) -> None:
        self._when, self._say = when, say
        self._asked: set[bytes] = set()

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        if not self._when(exchange):
            return None
        again = exchange.line in self._asked
        self._asked.add(exchange.line)
        return pieces(self._say(exchange)) if again else None


class Swapped(Behaviour):
    """Of two replies that are under way together the later one goes first."""

    def __init__(self) -> None:
        self._held: dict[int, bytes] = {}
        self._asked: dict[int, int] = {}

    rewrites = True

    def received(self, connection: int, data: bytes) -> bytes:
        """Count what is under way."""
        self._asked[connection] = self._asked.get(connection, 0) + data.count(b"\n")
        return data

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """Hold a reply if another one follows."""
        left = self._asked[exchange.connection] = max(0, self._asked.get(exchange.connection, 0) - 1)
        held = self._held.pop(exchange.connection, None)
        if held is not None:
            return (Piece(data=exchange.raw + held),)
        if left:
            self._held[exchange.connection] = exchange.raw
            return ()
        return None


class Late(Behaviour):
    """Each reply of one kind comes with the next one only."""

    def __init__(self, when: When, part: Callable[[bytes], int]) -> None:
        self._when, self._part = when, part
        self._held: dict[int, bytes] = {}

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """Keep the end of the reply back, and send what was kept of the one before."""
        before = self._held.pop(exchange.connection, b"")
        raw = exchange.raw
        if self._when(exchange):
            cut = self._part(raw)
            self._held[exchange.connection] = raw[cut:]
            raw = raw[:cut]
        return None if before + raw == exchange.raw else (Piece(data=before + raw),)


class Behind(Behaviour):
    """From the second reply of a connection on, each is the one before."""

    def __init__(self) -> None:
        self._before: dict[int, bytes] = {}

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """Send the one before."""
        before, self._before[exchange.connection] = self._before.get(exchange.connection), exchange.raw
        return pieces(before)


class Stale(Behaviour):
    """A part of each error message is that of the first such error on the connection."""

    def __init__(self, speech: Speech, group: str) -> None:
        self._speech, self._group = speech, group
        self._first: dict[tuple[int, str], str] = {}

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """Repeat the first."""
        part = filled(self._speech.book, exchange, self._group)
        if part is None:
            return None
        text, start, end = part
        first = self._first.setdefault((exchange.connection, exchange.call.operation), text[start:end])
        if first == text[start:end]:
            return None
        return pieces(reworded(self._speech, exchange, text[:start] + first + text[end:]))


def filled(book: ErrorBook, exchange: Exchange, group: str) -> tuple[str, int, int] | None:
    """The message of an error and where in it stands what the device filled in for `group` (`value`, `got` ...)."""
    reply = exchange.reply
    if reply.ok is not False:
        return None
    for row in book.rows(exchange.call.operation).values():
        for text in texts_of(row):
            if f"{{{group}}}" in text and reply.code in codes_of(row):
                match = text_pattern(text).fullmatch(reply.message)
                if match is not None:
                    return reply.message, match.start(group), match.end(group)
    return None


def reworded(speech: Speech, exchange: Exchange, message: str) -> bytes:
    """The error with another message."""
    return speech.failure(exchange.reply.code, message, like=exchange.reply)
