r"""Lines of UTF-8 text that end in LF, and the words of a line: separated, quoted, escaped.

Which characters separate, quote and escape is given by a `Quoting`; nothing here knows a vendor. Framing, text and
words are three steps, so that a tester sees a line that is not UTF-8 and a text whose quotes do not match:

    bytes --LineDecoder--> Line.data --decode_text--> str --split--> list[Argument]
    name and values --join--> str --encode_line--> bytes

A word is an argument as it stands, or a quoted string: a quote character first, a quote character last, and in between
escape sequences (the escape character and one letter). Outside of quotes the escape character stands for itself.

Such a grammar leaves some lines open. `open_points` names what is open about a line; `split` takes one behaviour for
each, by the table below, and a caller that must not depend on that choice asks `open_points` first.

    mid-word-quote      a"b         the quote stands for itself; the word ends at the next separator
    text-after-quote    "a b"c"     the text, quotes included, is added as it stands up to the next separator: `a bc"`
    unquoted-tab        a<TAB>b     whitespace other than the separator is part of the word
    repeated-separator  a  b        separators in a row count as one
    edge-separator      <SP>a<SP>   separators before the first word and after the last are passed over
    unknown-escape      "a\qb"      escape character and letter both stand for themselves
    trailing-cr         a<CR>       the CR is part of the last word
    control-character   a<BEL>b     it is part of the word, quoted or not
    empty-line          <SP>        no arguments (a CR alone is one word)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from msgspec import Struct

from harness.errors import DecodeError
from harness.wire.buffer import ReceiveBuffer

OPEN_POINTS = (
    "mid-word-quote", "text-after-quote", "unquoted-tab", "repeated-separator", "edge-separator", "unknown-escape",
    "trailing-cr", "control-character", "empty-line",
)  # fmt: skip

_SPACE = re.compile(r"\s")
# Unicode category Cc without the tab, which `unquoted-tab` covers and a quoted string may hold.
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoting:
    """The characters of one word grammar.

    Args:
        separator: stands between words, one character.
        quote: begins and ends a quoted string, one character.
        escape: begins an escape sequence within a quoted string, one character.
        escapes: escape letter -> character it stands for, one character each; the quote and the escape character must
            be among the characters.

    Raises:
        ValueError: one of these is not so.
    """

    separator: str = " "
    quote: str = '"'
    escape: str = "\\"
    escapes: Mapping[str, str] = field(hash=False)
    written: Mapping[int, str] = field(init=False, repr=False, compare=False)  # character -> its escape sequence
    needs_escape: re.Pattern[str] = field(init=False, repr=False, compare=False)  # a character that has a sequence
    needs_quotes: re.Pattern[str] = field(init=False, repr=False, compare=False)  # a character that must be quoted
    word: re.Pattern[str] = field(init=False, repr=False, compare=False)  # groups: quoted, text after it, plain
    sequence: re.Pattern[str] = field(init=False, repr=False, compare=False)  # group: escape letter

    def __post_init__(self) -> None:
        special = (self.separator, self.quote, self.escape)
        if len(set(special)) != 3 or any(len(one) != 1 for one in (*special, *self.escapes, *self.escapes.values())):
            raise ValueError(f"separator, quote, escape, escapes: expected single, different characters, got {self}")
        if not {self.quote, self.escape} <= set(self.escapes.values()):
            raise ValueError(f"escapes: expected sequences for {self.quote} and {self.escape}, got {self.escapes}")
        separator, quote, escape = map(re.escape, special)
        escaped = "".join(map(re.escape, self.escapes.values()))
        quoted = "".join(map(re.escape, {self.separator, self.quote, *self.escapes.values()} - {self.escape}))
        for name, value in {
            "escapes": dict(self.escapes),  # a copy: the caller's may change
            "written": {ord(self.escapes[one]): self.escape + one for one in reversed(list(self.escapes))},
            "needs_escape": re.compile(f"[{escaped}]"),
            "needs_quotes": re.compile(rf"[\s{quoted}]"),
            # The last branch is a quote that is never closed; the possessive repeats keep finding that linear.
            "word": re.compile(
                rf"{quote}((?:[^{quote}{escape}]++|{escape}.)*+){quote}([^{separator}]*+)"
                rf"|([^{separator}{quote}][^{separator}]*+)|{quote}",
                re.DOTALL,
            ),
            "sequence": re.compile(rf"{escape}(.)", re.DOTALL),
        }.items():
            object.__setattr__(self, name, value)


class Line(Struct, frozen=True, kw_only=True, gc=False):
    """One line as it came.

    Args:
        data: its bytes without the LF; a CR before the LF is kept.
        offset: bytes from the start of the stream to its first byte.
    """

    data: bytes
    offset: int


class Argument(Struct, frozen=True, kw_only=True, gc=False):
    """One word of a line; the command's name is a word too.

    Args:
        value: what it stands for, quotes and escapes resolved.
        typed: what stands on the line.
        start: characters of the line before it.
        quoted: whether it begins with a quoted string.
    """

    value: str
    typed: str
    start: int
    quoted: bool


class LineDecoder:
    """Bytes to lines; any split of the bytes gives the same lines.

    Args:
        limit_bytes: bytes of a line without its LF, 1 or more. A caller that takes all lines after each `feed` makes
            the decoder hold at most this many and what it fed last.
    """

    __slots__ = ("_buffer", "_failed")

    def __init__(self, limit_bytes: int) -> None:
        self._buffer = ReceiveBuffer(limit_bytes)
        self._failed = False

    @property
    def leftover(self) -> bytes:
        """Bytes held of lines not yet taken."""
        return self._buffer.peek(len(self._buffer))

    def feed(self, data: bytes) -> None:
        """Add received bytes.

        Raises:
            FramingError: `next_line` has raised it before; the bytes are dropped.
        """
        if self._failed:
            self._buffer.check_size("line length")
        self._buffer.append(data)

    def next_line(self) -> Line | None:
        """Take the first whole line; None asks for more bytes.

        Raises:
            FramingError: the next line is longer than the limit, whether or not its LF is there. Lines before it are
                given first; after it the decoder stays failed.
        """
        buffer = self._buffer
        size = buffer.find(b"\n")
        if (size if size >= 0 else len(buffer)) > buffer.limit:
            self._failed = True
            buffer.check_size("line length")
        if size < 0:
            return None
        offset = buffer.offset
        return Line(data=buffer.take(size, skip=1), offset=offset)


def decode_text(data: bytes) -> str:
    """Bytes of a line to text, strictly: no overlong forms, no surrogates (RFC 3629). A byte order mark is kept.

    Raises:
        DecodeError: not UTF-8; the offset is that of the first byte of the first wrong sequence.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        wrong = data[error.start : max(error.end, error.start + 1)]
        raise DecodeError(
            "UTF-8", offset=error.start, expected="a UTF-8 sequence", got=f"{wrong.hex(' ')} ({error.reason})"
        ) from error


def encode_line(text: str) -> bytes:
    """Text to a line with its LF.

    Raises:
        ValueError: the text holds an LF, or a lone surrogate (UnicodeEncodeError).
    """
    if "\n" in text:
        raise ValueError(f"text: expected no LF, got one at character {text.index(chr(10))}")
    return text.encode("utf-8") + b"\n"


def quote(value: str, quoting: Quoting) -> str:
    """Write a value as a quoted string, escaped where an escape sequence exists; the first listed is used."""
    if quoting.needs_escape.search(value) is not None:  # translate costs six times as much as this search
        value = value.translate(quoting.written)
    return f"{quoting.quote}{value}{quoting.quote}"


def argument(value: str, quoting: Quoting) -> str:
    """Write a value as one word, in quotes only where it needs them.

    It does if it is empty or holds whitespace, the separator, the quote or another character that has an escape
    sequence; the escape character alone does not, for outside of quotes it stands for itself.
    """
    if value and quoting.needs_quotes.search(value) is None:
        return value
    return quote(value, quoting)


def join(name: str, values: Iterable[str], quoting: Quoting) -> str:
    """Write a name as it stands and values as arguments, with one separator between words.

    Raises:
        ValueError: the name is not one plain word; a caller that wants another first word writes it with `quote`.
    """
    if not name or quoting.needs_quotes.search(name) is not None:
        raise ValueError(f"name: expected one word that needs no quotes, got {name!r}")
    return quoting.separator.join([name, *(argument(value, quoting) for value in values)])


def split(line: str, quoting: Quoting) -> list[Argument]:
    """Read the words of a line. Where the grammar is open, the module's table says what is done.

    Args:
        line: the text without its LF.
        quoting: the grammar.

    Raises:
        DecodeError: a quoted string is not closed; the offset is that of its first quote, in UTF-8 bytes.
    """
    words = []
    if quoting.quote not in line:
        start = 0
        for typed in line.split(quoting.separator):
            if typed:
                words.append(Argument(value=typed, typed=typed, start=start, quoted=False))
            start += len(typed) + 1
        return words
    escapes = quoting.escapes
    for match in quoting.word.finditer(line):
        quoted, after, plain = match.groups()
        start = match.start()
        if plain is not None:
            words.append(Argument(value=plain, typed=plain, start=start, quoted=False))
        elif quoted is not None:
            if quoting.escape in quoted:
                quoted = quoting.sequence.sub(lambda found: escapes.get(found[1], found[0]), quoted)
            words.append(Argument(value=quoted + after, typed=match[0], start=start, quoted=True))
        else:
            offset, got = len(line[:start].encode("utf-8", "surrogatepass")), line[start : start + 40]
            raise DecodeError("balanced quotes", offset=offset, expected="a closing quote", got=f"none after {got!r}")
    return words


def open_points(line: str, quoting: Quoting) -> tuple[str, ...]:
    """Name what the grammar leaves open about a line, in the order of `OPEN_POINTS`; nothing for a plain one.

    A CR at the very end counts as `trailing-cr` only. Behind a quote that is never closed, where `split` refuses the
    line, only control characters are looked for.

    Args:
        line: the text without its LF.
        quoting: the grammar.
    """
    body = line.removesuffix("\r")
    found = {"trailing-cr"} if body != line else set()
    if _CONTROL.search(body.replace(quoting.separator, "")):
        found.add("control-character")
    if not body.strip(quoting.separator):
        found.add("empty-line")
    gaps: list[int] = []  # separators before, between and after the words
    end = 0
    for match in quoting.word.finditer(body):
        gaps.append(match.start() - end)
        end = match.end()
        quoted, after, plain = match.groups()
        if plain is None and quoted is None:  # never closed: all the rest is in quotes
            end = len(body)
            break
        if _SPACE.search(plain or after):
            found.add("unquoted-tab")
        if plain and quoting.quote in plain:
            found.add("mid-word-quote")
        if after:
            found.add("text-after-quote")
        if quoted and not quoting.escapes.keys() >= set(quoting.sequence.findall(quoted)):
            found.add("unknown-escape")
    gaps.append(len(body) - end)
    if gaps[0] or gaps[-1]:
        found.add("edge-separator")
    if max(gaps) > 1:
        found.add("repeated-separator")
    return tuple(point for point in OPEN_POINTS if point in found)
