"""Mutants of the rules that hold for every HTTP reply: framing, one reply for each request, status, XML, media type; and harmless ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from harness.mutation.http_framing import FRAMING, FRAMING_SOME, HARMLESS, REFUSALS, STATUS
from harness.mutation.http_message import Answer
from harness.mutation.http_respelled import SPELLINGS
from harness.mutation.http_seen import Change, Maker, Pretending, Rows, Said, Seen
from harness.mutation.http_xml import EXTRA, MEDIA, ROOT, XML
from harness.mutation.mutant import Behaviour, End, Exchange, Mutant, Operator, Piece
from harness.spec.model import System
from harness.spec.xmlmodel import HttpSyntax

# Longer than the time for one reply of the bundled server; see `harness.mutation.run`.
_TOO_LATE_S = 0.8


class Behind(Behaviour):
    """From the second reply of a connection on, each is the one before."""

    def __init__(self) -> None:
        self._before: dict[int, bytes] = {}

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        key = exchange.connection
        before, self._before[key] = self._before.get(key), exchange.raw
        return None if before is None else (Piece(data=before),)


class Ending(Behaviour):
    """Ends a connection after so many replies, in each case or where the client could expect more."""

    def __init__(self, *, after: int, mute: bool = False) -> None:
        self._after, self._mute = after, mute
        self._counts: dict[int, int] = {}

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        count = self._counts[exchange.connection] = self._counts.get(exchange.connection, 0) + 1
        if self._mute:
            return () if count > self._after else None
        return (Piece(data=exchange.raw, end=End.CLOSE),) if count >= self._after else None


def rule_mutants(system: System, syntax: HttpSyntax) -> Iterator[Mutant]:
    """Every such mutant of a system."""
    yield from _Rules(system, syntax).mutants()


class _Rules(Maker):
    def __init__(self, system: System, syntax: HttpSyntax) -> None:
        super().__init__(system)
        self._rules = syntax.rules

    def _all(self, rule: str, rows: Rows, *, successes: bool, harmless: bool = False) -> Iterator[Mutant]:
        if rule not in self._rules:
            return
        for name, operator, about, change in rows:

            def say(seen: Seen, change: Change = change) -> Said:
                if not seen.answer.status or seen.method == "HEAD" or (successes and not seen.ok):
                    return None
                return change(seen)

            yield self.says(self._rules[rule], name, operator, about, say, harmless=harmless)

    def _behaves(
        self, rule: str, name: str, operator: Operator, about: str, make: Callable[[], Behaviour]
    ) -> Iterator[Mutant]:
        if rule in self._rules:
            clause = self._rules[rule]
            yield Mutant(id=f"{clause}:{name}", clause=clause, operator=operator, about=about, make=make)

    def mutants(self) -> Iterator[Mutant]:
        yield from self._one_reply()
        yield from self._all("framing", FRAMING, successes=False)
        yield from self._all("framing", FRAMING_SOME, successes=True)
        yield from self._all("status", STATUS, successes=True)
        yield from self._all("status", REFUSALS, successes=False)
        yield from self._all("xml", XML, successes=True)
        yield from self._all("root", ROOT, successes=True)
        yield from self._all("extra", EXTRA, successes=True)
        yield from self._all("media", MEDIA, successes=True)
        yield from self._all(
            "method",
            (("refused", Operator.REFUSE, "GET is answered with 405.", lambda _: Answer(status=405).raw()),),
            successes=True,
        )
        yield from self._all("framing", HARMLESS, successes=False, harmless=True)
        yield from self._all("xml", SPELLINGS, successes=True, harmless=True)

    def _one_reply(self) -> Iterator[Mutant]:
        rule = "one-reply"
        close, reset = End.CLOSE, End.RESET
        rows: Rows = (
            ("lost", Operator.LOSE, "Requests are not answered.", lambda _: ()),
            ("closed", Operator.LOSE, "Connections are closed instead of a reply.", lambda _: (Piece(end=close),)),
            ("reset", Operator.LOSE, "Connections are reset instead of a reply.", lambda _: (Piece(end=reset),)),
            (
                "too-late",
                Operator.DELAY,
                "Replies come after the time for them.",
                lambda seen: (Piece(data=seen.exchange.raw, delay_s=_TOO_LATE_S),),
            ),
        )
        yield from self._all(rule, rows, successes=False)
        refusals: Rows = (
            (
                "refusals-lost",
                Operator.LOSE,
                "What is refused is not answered.",
                lambda seen: None if seen.exchange.reply.ok else (),
            ),
            (
                "refusals-closed",
                Operator.LOSE,
                "What is refused ends the connection without a reply.",
                lambda seen: None if seen.exchange.reply.ok else (Piece(end=close),),
            ),
        )
        yield from self._all(rule, refusals, successes=False)
        for name, about, make in (
            ("behind", "Each reply is that of the request before.", Behind),
            ("mute-after-three", "After three replies a connection is silent.", lambda: Ending(after=3, mute=True)),
        ):
            yield from self._behaves(rule, name, Operator.STALE if "mute" not in name else Operator.LOSE, about, make)
        for name, about, behaviour in (
            ("hasty", "Each piece of a request is taken for a whole one.", Hasty),
            ("leaking", "What one connection left unfinished comes before the next one's request.", Leaking),
        ):
            yield from self._behaves(rule, name, Operator.MISREAD, about, behaviour)


class Hasty(Pretending):
    """Ends each piece of a request that comes as if it were all of it."""

    def __init__(self) -> None:
        self.rewrites = True

    def received(self, connection: int, data: bytes) -> bytes:  # noqa: ARG002
        """See `Behaviour`."""
        return data if data.endswith(b"\r\n\r\n") else data.rstrip(b"\r\n") + b"\r\n\r\n"

    def request(self, connection: int, call: object, line: bytes) -> Sequence[bytes]:  # noqa: ARG002
        """See `Behaviour`."""
        return (line,)

    def reply(self, exchange: Exchange) -> None:  # noqa: ARG002
        """See `Behaviour`."""
        return


class Leaking(Hasty):
    """What a connection leaves unfinished comes before the first bytes of the next one."""

    def __init__(self) -> None:
        super().__init__()
        self._rest: dict[int, bytes] = {}
        self._left = b""

    def received(self, connection: int, data: bytes) -> bytes:
        """See `Behaviour`."""
        if connection not in self._rest:
            data, self._left = self._left + data, b""
        whole, end, rest = (self._rest.get(connection, b"") + data).rpartition(b"\r\n\r\n")
        self._rest[connection] = rest if end else whole + rest
        return data

    def left(self, connection: int) -> None:
        """See `Behaviour`."""
        self._left = self._rest.pop(connection, b"") or self._left
