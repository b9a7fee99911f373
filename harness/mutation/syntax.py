"""Mutants of a line protocol's own rules: how replies end and look, that there is one for each request, and in which order.

The harmless ones at the end come close to breaking a rule and do not: a suite that fails them is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from harness.messages.book import ErrorBook
from harness.mutation.mutant import Behaviour, Exchange, Mutant, Operator, Piece, Say, Spoiler
from harness.mutation.patterns import (
    Behind,
    Each,
    Late,
    Stale,
    Swapped,
    When,
    any_error,
    any_reply,
    any_success,
    filled,
    plain_success,
    reworded,
    with_value,
)
from harness.mutation.speech import Speech

# Longer than any target's timeout for one reply.
FOREVER_S = 30.0
# Every so many replies of a connection go wrong, where not all do.
EVERY = 10
_SHORT_PAUSE_S = 0.003
_MAX_DRIPS = 12  # pieces of a reply that comes in many
_CUT = re.compile(rb"([\xc2-\xf4])[\x80-\xbf]")


def _always(reply: bytes) -> Say:
    return lambda _exchange: reply


def _ending_in(tail: bytes) -> Say:
    return lambda exchange: exchange.raw[:-1] + tail + b"\n"


def _valued(head: str) -> Say:
    return lambda exchange: f"{head}{exchange.reply.value}\n".encode()


def syntax_mutants(book: ErrorBook) -> Iterator[Mutant]:
    """Every mutant of the rules that a spec of a line protocol names."""
    yield from _Rules(book).mutants()


class _Rules:
    """The mutants of one system's line syntax."""

    def __init__(self, book: ErrorBook) -> None:
        self._book, self._speech, self._rules = book, Speech(book), book.syntax.rules

    def mutants(self) -> Iterator[Mutant]:
        yield from self._terminator()
        yield from self._encoding()
        yield from self._one_reply()
        yield from self._forms()
        yield from self._errors()
        yield from self._filled_in()
        yield from self._commands()
        yield from self._harmless()

    def _mutant(
        self,
        rule: str,
        name: str,
        operator: Operator,
        about: str,
        make: Callable[[], Behaviour],
        *,
        harmless: bool = False,
    ) -> Iterator[Mutant]:
        clause = self._rules.get(rule)
        if clause is not None:
            yield Mutant(
                id=f"{clause}:{name}", clause=clause, operator=operator, about=about, make=make, harmless=harmless
            )

    def _says(
        self, rule: str, name: str, operator: Operator, about: str, when: When, say: Say, *, every: int = 1
    ) -> Iterator[Mutant]:
        yield from self._mutant(rule, name, operator, about, lambda: Each(when, say, every=every))

    def _terminator(self) -> Iterator[Mutant]:
        for word, when in (("errors", any_error), ("values", with_value), ("plain", plain_success)):
            yield from self._says(
                "terminator", f"crlf-{word}", Operator.OVERFLOW, f"CR LF ends replies ({word})", when,
                lambda exchange: exchange.raw[:-1] + b"\r\n",
            )  # fmt: skip
        yield from self._says(
            "terminator", "line-feed-missing", Operator.DROP, "every tenth reply has no line feed", any_reply,
            lambda exchange: exchange.raw[:-1], every=EVERY,
        )  # fmt: skip
        yield from self._mutant(
            "terminator", "line-feed-late", Operator.DELAY, "the line feed of an error comes with the next reply",
            lambda: Late(any_error, lambda raw: len(raw) - 1),
        )  # fmt: skip
        yield from self._says(
            "terminator", "carriage-return", Operator.RENAME, "a carriage return ends replies", any_reply,
            lambda exchange: exchange.raw[:-1] + b"\r",
        )  # fmt: skip

    def _encoding(self) -> Iterator[Mutant]:
        for name, wrong in (("latin-1", b"\xe9"), ("surrogate", b"\xed\xa0\x80"), ("overlong", b"\xc0\xaf")):
            yield from self._says(
                "encoding", name, Operator.RETYPE, f"messages hold bytes that are no UTF-8 ({name})", any_error,
                _ending_in(wrong),
            )  # fmt: skip
        yield from self._says(
            "encoding", "cut-characters", Operator.DROP, "the second byte of a character is lost",
            lambda exchange: not exchange.raw.isascii(), lambda exchange: _CUT.sub(rb"\1", exchange.raw, count=1),
        )  # fmt: skip

    def _one_reply(self) -> Iterator[Mutant]:
        for word, when, every in (
            ("every-tenth", any_reply, EVERY),
            ("every-error", any_error, 1),
            ("values", with_value, 1),
        ):
            yield from self._says(
                "one-reply",
                f"lost-{word}",
                Operator.LOSE,
                f"replies are lost ({word})",
                when,
                lambda _: (),
                every=every,
            )
            yield from self._says(
                "one-reply", f"doubled-{word}", Operator.DOUBLE, f"replies come twice ({word})", when,
                lambda exchange: exchange.raw * 2, every=every,
            )  # fmt: skip
        yield from self._says(
            "one-reply", "too-late", Operator.DELAY, "replies come after any patience", any_reply,
            lambda exchange: (Piece(data=exchange.raw, delay_s=FOREVER_S),),
        )  # fmt: skip
        yield from self._says(
            "one-reply", "empty-line", Operator.DOUBLE, "an empty line follows each success", any_success,
            lambda exchange: exchange.raw + b"\n",
        )  # fmt: skip
        yield from self._says(
            "one-reply", "unasked", Operator.DOUBLE, "a message that nobody asked for follows an error", any_error,
            lambda exchange: exchange.raw + self._speech.ok("ready"),
        )  # fmt: skip
        yield from self._mutant("order", "swapped", Operator.REORDER, "of two replies the later goes first", Swapped)
        yield from self._mutant(
            "order", "one-behind", Operator.STALE, "from the second on each reply is the one before", Behind
        )

    def _forms(self) -> Iterator[Mutant]:
        success = self._book.syntax.success.encode()

        def word(new: bytes) -> Say:
            return lambda exchange: new + exchange.raw.removeprefix(success)

        for rule, when in (("success", plain_success), ("success-value", with_value)):
            for name, operator, new in (
                ("lower-case", Operator.RENAME, success.lower()),
                ("longer-word", Operator.OVERFLOW, success + b"AY"),
                ("other-word", Operator.RENAME, b"DONE"),
            ):
                yield from self._says(rule, name, operator, f"successes begin with {new.decode()}", when, word(new))
        for name, tail in (("trailing-space", b" "), ("empty-value", b"|"), ("full-stop", b".")):
            yield from self._says(
                "success", name, Operator.OVERFLOW, f"something follows a success without a value ({name})", plain_success,
                _always(success + tail + b"\n"),
            )  # fmt: skip
        for name, separator in (("colon", ":"), ("tab", "\t"), ("nothing", ""), ("two-bars", "||")):
            yield from self._says(
                "success-value", name, Operator.RENAME, f"something else stands before a value ({name})", with_value,
                _valued(f"{success.decode()}{separator}"),
            )  # fmt: skip
        yield from self._says(
            "success-value", "value-first", Operator.REORDER, "the value stands first", with_value,
            lambda exchange: f"{exchange.reply.value}|".encode() + success + b"\n",
        )  # fmt: skip
        yield from self._says(
            "success-value",
            "value-missing",
            Operator.DROP,
            "the value is missing",
            with_value,
            lambda _: success + b"\n",
        )

    def _errors(self) -> Iterator[Mutant]:
        def shaped(form: str) -> Say:
            return lambda exchange: (
                form.replace("CODE", exchange.reply.code).replace("TEXT", exchange.reply.message).encode() + b"\n"
            )

        for name, operator, form in (
            ("lower-case", Operator.RENAME, "error|CODE|TEXT"),
            ("other-word", Operator.RENAME, "FAIL|CODE|TEXT"),
            ("colons", Operator.RENAME, "ERROR:CODE:TEXT"),
            ("text-first", Operator.REORDER, "ERROR|TEXT|CODE"),
            ("no-code", Operator.DROP, "ERROR|TEXT"),
            ("no-text", Operator.DROP, "ERROR|CODE"),
            ("nothing-else", Operator.DROP, "ERROR"),
        ):
            yield from self._says(
                "error", name, operator, f"errors have another form ({form})", any_error, shaped(form)
            )
        for name, operator, change in (
            ("five-digits", Operator.DROP, lambda code: code[1:]),
            ("seven-digits", Operator.OVERFLOW, lambda code: code + "0"),
            ("letter", Operator.RETYPE, lambda code: code[:-1] + "A"),
        ):
            yield from self._says(
                "error-code", name, operator, f"error codes have no six digits ({name})", any_error,
                partial(self._coded, change),
            )  # fmt: skip
        for name, operator, reword in (
            ("full-stop", Operator.OVERFLOW, lambda text: text + "."),
            ("cut-short", Operator.DROP, lambda text: text[: len(text) * 2 // 3]),
            ("empty", Operator.DROP, lambda _text: ""),
            ("other-words", Operator.RENAME, lambda _text: "Something went wrong"),
            ("lower-case", Operator.RENAME, str.swapcase),
        ):
            yield from self._says(
                "error-text", name, operator, f"messages are worded otherwise ({name})", any_error,
                partial(self._worded, reword),
            )  # fmt: skip

    def _filled_in(self) -> Iterator[Mutant]:
        """The parts of a message that the device fills in: the value complained about, and the numbers of parameters."""
        for name, operator, about, change in (
            ("lower-case", Operator.RENAME, "in lower case", lambda value, _: value.lower()),
            ("cut-short", Operator.DROP, "cut off after 32 characters", lambda value, _: value[:32]),
            ("missing", Operator.DROP, "left out", lambda _value, _call: ""),
            ("other-parameter", Operator.SWAP, "replaced by the first parameter", lambda value, call: (call.values or (value,))[0]),
            ("run-on", Operator.OVERFLOW, "with something behind it", lambda value, _: value + "?"),
            ("ascii", Operator.RETYPE, "with other characters for what is not ASCII",
             lambda value, _: value.encode("ascii", "replace").decode()),
        ):  # fmt: skip
            yield from self._fills("echo", name, operator, f"repeated values are {about}", "value", change)
        for group in ("got", "wanted"):
            for name, operator, step in (("one-more", Operator.OVERFLOW, 1), ("one-less", Operator.DROP, -1)):
                yield from self._fills(
                    "counts", f"{group}-{name}", operator, f"the number of parameters {group} is {name.replace('-', ' ')}",
                    group, lambda value, _, by=step: str(int(value) + by),
                )  # fmt: skip
        yield from self._mutant(
            "echo", "first-again", Operator.STALE, "the first wrong value of a connection is repeated ever after",
            lambda: Stale(self._speech, "value"),
        )  # fmt: skip
        yield from self._mutant(
            "counts", "first-again", Operator.STALE, "the first number of a connection is repeated ever after",
            lambda: Stale(self._speech, "got"),
        )  # fmt: skip

    def _fills(
        self, rule: str, name: str, operator: Operator, about: str, group: str, change: Callable[..., str]
    ) -> Iterator[Mutant]:
        def say(exchange: Exchange) -> bytes | None:
            part = filled(self._book, exchange, group)
            if part is None:
                return None
            text, start, end = part
            new = change(text[start:end], exchange.call)
            return None if new == text[start:end] else reworded(self._speech, exchange, text[:start] + new + text[end:])

        yield from self._says(rule, name, operator, about, any_error, say)

    def _commands(self) -> Iterator[Mutant]:
        """What is no command: unknown names and open quotes."""
        for rule, error in (
            ("command-name", self._book.syntax.unknown_command),
            ("balanced", self._book.syntax.syntax_error),
        ):
            refused = partial(self._is_error, error)
            other = self._speech.other("", [error])
            yield from self._says(
                rule, "taken", Operator.ACCEPT, f"{error} is answered with a success", refused,
                lambda exchange: self._speech.success(exchange.call.operation),
            )  # fmt: skip
            yield from self._says(
                rule, "other-error", Operator.SWAP, f"{error} is called {other}", refused,
                partial(self._instead, other),
            )  # fmt: skip
            yield from self._says(
                rule, "no-reply", Operator.LOSE, f"{error} is not answered at all", refused, lambda _: ()
            )

    def _is_error(self, name: str, exchange: Exchange) -> bool:
        return any_error(exchange) and self._speech.is_error(exchange, name)

    def _instead(self, name: str, exchange: Exchange) -> bytes:
        return self._speech.error(exchange.call, name, like=exchange.reply)

    def _coded(self, change: Callable[[str], str], exchange: Exchange) -> bytes:
        return self._speech.failure(change(exchange.reply.code), exchange.reply.message, like=exchange.reply)

    def _worded(self, change: Callable[[str], str], exchange: Exchange) -> bytes:
        return reworded(self._speech, exchange, change(exchange.reply.message))

    def _formed(self, form: str, exchange: Exchange) -> bytes:
        return self._speech.ok(exchange.reply.value, form)

    def _harmless(self) -> Iterator[Mutant]:
        def split(exchange: Exchange) -> Sequence[Piece]:
            half = len(exchange.raw) // 2
            return (Piece(data=exchange.raw[:half]), Piece(data=exchange.raw[half:], delay_s=_SHORT_PAUSE_S))

        def drip(exchange: Exchange) -> Sequence[Piece]:
            size = -(-len(exchange.raw) // _MAX_DRIPS)
            starts = range(0, len(exchange.raw), size)
            return [Piece(data=exchange.raw[start : start + size], delay_s=0.0001) for start in starts]

        def later(exchange: Exchange) -> Sequence[Piece]:
            return (Piece(data=exchange.raw, delay_s=_SHORT_PAUSE_S),)

        for rule in ("terminator", "one-reply", "order"):
            for name, operator, about, say in (
                ("split", Operator.SPLIT, "replies come in two pieces", split),
                ("drip", Operator.SPLIT, "replies come in many pieces", drip),
                ("delayed", Operator.DELAY, "replies take a moment", later),
            ):
                yield from self._mutant(
                    rule, f"harmless-{name}", operator, f"{about}, which is allowed",
                    partial(Spoiler, any_reply, say), harmless=True,
                )  # fmt: skip
        for form in list(self._book.syntax.success_value)[1:]:
            yield from self._mutant(
                "success-value", f"harmless-{form}", Operator.RENAME, f"values follow the reading {form}, which is allowed",
                partial(Spoiler, with_value, partial(self._formed, form)), harmless=True,
            )  # fmt: skip
