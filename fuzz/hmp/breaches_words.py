"""Deviations in how a command line is read: quotes, escapes, characters. The proxy rewrites the command into what the device understands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from harness.errors import DecodeError
from harness.messages.book import ErrorBook
from harness.messages.lines import LineBinding
from harness.messages.reply import Call
from harness.mutation.mutant import Behaviour, Mutant, Operator
from harness.wire.lines import Argument, Quoting, argument, quote, split

Rewrite = Callable[[str, Quoting], str]


class Misreader(Behaviour):
    """Understands each command line as `rewrite` gives it."""

    rewrites = True

    def __init__(self, quoting: Quoting, rewrite: Rewrite) -> None:
        self._quoting, self._rewrite = quoting, rewrite

    def request(self, connection: int, call: Call, line: bytes) -> Sequence[bytes]:  # noqa: ARG002
        """See `Behaviour`; what is not UTF-8 or has an open quote is left alone."""
        try:
            text = line.decode().removesuffix("\n")
            return (self._rewrite(text, self._quoting).encode() + b"\n",)
        except (UnicodeDecodeError, DecodeError):
            return (line,)


def _each(change: Callable[[Argument, Quoting], str]) -> Rewrite:
    """Rewrites each argument by itself; the name stays."""

    def rewrite(text: str, quoting: Quoting) -> str:
        words = split(text, quoting)
        if not words:
            return text
        return " ".join([words[0].typed, *(change(word, quoting) for word in words[1:])])

    return rewrite


def _quoted_value(change: Callable[[str], str]) -> Rewrite:
    """Rewrites what quoted strings stand for."""

    def one(word: Argument, quoting: Quoting) -> str:
        return quote(change(word.value), quoting) if word.quoted else word.typed

    return _each(one)


def _inside(change: Callable[[str], str]) -> Rewrite:
    """Rewrites what stands between quotes, escapes unread."""

    def one(word: Argument, _quoting: Quoting) -> str:
        return f'"{change(word.typed[1:-1])}"' if word.quoted and word.typed[-1] == '"' else word.typed

    return _each(one)


def _plain(change: Callable[[str], str]) -> Rewrite:
    """Rewrites what unquoted words stand for."""

    def one(word: Argument, quoting: Quoting) -> str:
        return word.typed if word.quoted else argument(change(word.value), quoting)

    return _each(one)


def _value(change: Callable[[str], str]) -> Rewrite:
    """Rewrites what every argument stands for."""

    def one(word: Argument, quoting: Quoting) -> str:
        return (quote if word.quoted else argument)(change(word.value), quoting)

    return _each(one)


def _split_at_quote(word: Argument, quoting: Quoting) -> str:
    """An escaped quote ends the string."""
    if not word.quoted or '\\"' not in word.typed:
        return word.typed
    head, _, tail = word.value.partition('"')
    return f"{quote(head, quoting)} {argument(tail, quoting)}" if tail else quote(head, quoting)


def _grouped(text: str, _quoting: Quoting) -> str:
    """Apostrophes delimit arguments too."""
    return re.sub(r"(?<= )'([^'\"]*)'(?= |$)", r'"\1"', text)


def _split_at(characters: str) -> Rewrite:
    """Characters that separate words besides the space."""
    pattern = re.compile(f"[{characters}] ?")
    return _each(
        lambda word, _quoting: word.typed if word.quoted else pattern.sub(" ", word.typed).strip() or word.typed
    )


def _glued(text: str, quoting: Quoting) -> str:
    """All behind the first argument is one argument."""
    words = split(text, quoting)
    if len(words) < 3:
        return text
    return " ".join([words[0].typed, quote(" ".join(word.value for word in words[1:]), quoting)])


_OP = Operator
_ROWS: dict[str, tuple[tuple[str, Operator, str, Rewrite], ...]] = {
    "SYN-003": (
        ("composed", _OP.MISREAD, "Text is brought to Unicode's composed form.", _value(partial(unicodedata.normalize, "NFC"))),
        ("decomposed", _OP.MISREAD, "Text is brought to Unicode's decomposed form.", _value(partial(unicodedata.normalize, "NFD"))),
        ("basic-plane", _OP.MISREAD, "Characters above U+FFFF become question marks.", _value(lambda text: re.sub("[^\0-\uffff]", "?", text))),
        ("latin-1", _OP.MISREAD, "Characters above U+00FF become question marks.", _value(lambda text: re.sub("[^\0-\xff]", "?", text))),
        ("ascii", _OP.DROP, "Characters above U+007F are dropped.", _value(lambda text: text.encode("ascii", "ignore").decode() or text)),
        ("no-accents", _OP.MISREAD, "Accents are dropped.",
         _value(lambda text: "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)))),
    ),
    "SYN-005": (
        ("apostrophes", _OP.MISREAD, "Apostrophes delimit an argument too.", _grouped),
        ("commas", _OP.SPLIT, "Commas separate arguments too.", _split_at(",")),
        ("rest-is-one", _OP.MISREAD, "All that follows the name is one argument.", _glued),
    ),
    "SYN-006": (
        ("collapsed", _OP.DROP, "Several spaces within quotes become one.", _quoted_value(lambda text: re.sub(" +", " ", text))),
        ("tab-to-space", _OP.MISREAD, "A tab within quotes becomes a space.", _quoted_value(lambda text: text.replace("\t", " "))),
        ("trimmed", _OP.DROP, "Spaces at the ends of a quoted string are dropped.", _quoted_value(lambda text: text.strip(" ") or text)),
        ("split", _OP.SPLIT, "Spaces separate within quotes too.",
         _each(lambda word, _: " ".join(word.value.split()) if word.quoted and word.value.replace(" ", "").isalnum() else word.typed)),
        ("upper-case", _OP.MISREAD, "Quoted text is brought to capitals.", _quoted_value(str.upper)),
    ),
    "SYN-007": (
        ("kept", _OP.OVERFLOW, "Quotes stay part of the value.", _quoted_value(lambda text: f'"{text}"')),
        ("kept-without-spaces", _OP.OVERFLOW, "Quotes around a value without a space stay part of it.",
         _quoted_value(lambda text: text if " " in text else f'"{text}"')),
        ("empty-dropped", _OP.DROP, "An empty quoted string is no argument.",
         _each(lambda word, _: "" if word.quoted and not word.value else word.typed)),
    ),
    "SYN-008": (
        ("letter", _OP.MISREAD, "Backslash n in quotes stands for the letter n.", _inside(lambda text: re.sub(r"(?<!\\)\\n", "n", text))),
        ("kept", _OP.MISREAD, "Backslash n in quotes stands for itself.", _inside(lambda text: re.sub(r"(?<!\\)\\n", r"\\\\n", text))),
        ("space", _OP.MISREAD, "Backslash n in quotes stands for a space.", _inside(lambda text: re.sub(r"(?<!\\)\\n", " ", text))),
        ("dropped", _OP.DROP, "Backslash n in quotes is read over.", _inside(lambda text: re.sub(r"(?<!\\)\\n", "", text))),
    ),
    "SYN-009": (
        ("ends", _OP.MISREAD, "An escaped quote ends the string.", _each(_split_at_quote)),
        ("dropped", _OP.DROP, "An escaped quote is read over.", _inside(lambda text: re.sub(r'(?<!\\)\\"', "", text))),
    ),
    "SYN-010": (
        ("kept-double", _OP.MISREAD, "Two backslashes in quotes stay two.", _inside(lambda text: text.replace("\\\\", "\\\\\\\\"))),
        ("dropped", _OP.DROP, "Two backslashes in quotes stand for nothing.", _inside(lambda text: text.replace("\\\\", "") or text)),
        ("then-n", _OP.MISREAD, "Two backslashes and an n stand for a backslash and a line feed.",
         _inside(lambda text: text.replace("\\\\n", "\\\\\\n"))),
        ("escapes-the-end", _OP.MISREAD, "A quote behind two backslashes does not end the string.",
         lambda text, _quoting: re.sub(r'(\\\\)"', r"\1" + r'\\"', text)),
    ),
    "SYN-011": (
        ("dropped", _OP.DROP, "A backslash outside of quotes is dropped.", _plain(lambda text: text.replace("\\", "") or text)),
        ("escape", _OP.MISREAD, "Outside of quotes backslash n stands for a line feed too.", _plain(lambda text: text.replace("\\n", "\n"))),
        ("one-of-two", _OP.MISREAD, "Outside of quotes two backslashes stand for one.", _plain(lambda text: text.replace("\\\\", "\\"))),
        ("joins", _OP.MISREAD, "Outside of quotes a backslash takes the space behind it into the argument.",
         lambda text, _quoting: re.sub(r'(?<= )([^ "\\]*)\\ ([^ "]+)', r'"\1 \2"', text)),
    ),
}  # fmt: skip


def word_mutants(book: ErrorBook) -> Iterator[Mutant]:
    """The mutants that read the words of a line otherwise."""
    quoting = LineBinding(book.system, book.syntax).quoting
    for clause, rows in _ROWS.items():
        for name, operator, about, rewrite in rows:
            yield Mutant(
                id=f"HMP-{clause}:{name}",
                clause=f"HMP-{clause}",
                operator=operator,
                about=about,
                make=partial(Misreader, quoting, rewrite),
            )
