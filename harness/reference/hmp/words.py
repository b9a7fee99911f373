r"""Lines to words under the readings of what the document leaves open (HMP-AMB-030 to 037).

A line on which nothing is open is read by the codec of `harness.wire.lines`; only the others, and lines under an
escaping fault, take the slower way here: piece by piece, gap by gap.
"""

from __future__ import annotations

import re
import unicodedata

from harness.errors import DecodeError
from harness.reference.faults import FaultSet
from harness.reference.hmp.quoted import QuotedStrings
from harness.reference.readings import Readings
from harness.spec.model import LineSyntax
from harness.wire.lines import Argument, Quoting, split


def typed_inside(argument: Argument, quote: str) -> str:
    """What was typed between the quotes, escapes as they were."""
    typed = argument.typed
    return typed[1:-1] if len(typed) > 1 and typed.startswith(quote) and typed.endswith(quote) else typed


def refuse(rule: str, at: int) -> DecodeError:
    """The line is not taken."""
    return DecodeError(rule, offset=at, expected="a line without it", got="one with it")


class WordReader:
    """Reads lines.

    Args:
        syntax: characters of the line protocol, from the model.
        readings: what to do where the document is silent.
        faults: those that are on.
    """

    def __init__(self, syntax: LineSyntax, readings: Readings, faults: FaultSet) -> None:
        self._quoting = Quoting(
            separator=syntax.separator, quote=syntax.quote, escape=syntax.escape, escapes=syntax.escapes
        )
        self._quote, self._separator, self._escape = syntax.quote, syntax.separator, syntax.escape
        self._faults = faults
        self._slow = bool(faults)
        self._strings = QuotedStrings(syntax, readings, faults)
        self._cr = readings.of("HMP-AMB-030")
        self._tab = readings.of("HMP-AMB-032")
        self._several = readings.of("HMP-AMB-033")
        self._edges = readings.of("HMP-AMB-034")
        self._inner = readings.of("HMP-AMB-035")
        self._behind = readings.of("HMP-AMB-036")
        self._separators = self._separator + ("\t" if self._tab == "separator" else "")
        sep, quote = re.escape(self._separator), re.escape(self._quote)
        self._gap = re.compile(f"[{re.escape(self._separators)}]*")
        self._plain = re.compile(f"[^{re.escape(self._separators)}{quote}]+")
        one = rf"(?:[^{sep}{quote}\t]++|{quote}[^{quote}{re.escape(self._escape)}]*+{quote})"
        self._usual = re.compile(rf"{one}(?:{sep}{one})*+")  # nothing open about it, nothing escaped

    def read(self, line: str) -> list[Argument]:
        """The words of a line.

        Raises:
            DecodeError: the line is refused: a quote is not closed, or a reading refuses what it holds.
        """
        if line.endswith("\r"):
            if self._cr == "refused":
                raise refuse("CR before LF", len(line) - 1)
            if self._cr == "stripped":
                line = line[:-1]
        if not self._slow and self._usual.fullmatch(line):
            return split(line, self._quoting)
        if self._faults.on("text-normalised"):
            line = unicodedata.normalize("NFC", line)
        if self._faults.on("astral-replaced"):
            line = "".join("?" if character > "\uffff" else character for character in line)
        words = self._words(line)
        if self._faults:
            words = [word for word in map(self._spoiled, words) if word is not None]
        return words

    def _words(self, line: str) -> list[Argument]:
        words: list[Argument] = []
        position, joined = 0, True
        while True:
            gap = self._gap.match(line, position)
            width = len(gap[0]) if gap else 0
            end = position + width >= len(line)
            if width:
                words.extend(self._gap_words(line, position, width, edge=end or position == 0))
            position += width
            if end:
                return words
            word, position, joined = self._word(line, position)
            words.append(word)
            while not joined:  # HMP-AMB-036, separate: the next word begins without a gap
                word, position, joined = self._word(line, position)
                words.append(word)

    def _gap_words(self, line: str, start: int, width: int, *, edge: bool) -> list[Argument]:
        """The empty words that a gap encloses under the readings; between words one separator encloses none."""
        reading = self._edges if edge else self._several
        surplus = width if edge else width - 1
        if surplus and reading == "refused":
            raise refuse("surplus separator", start)
        if reading == "empty" and line.strip(self._separators):
            return [Argument(value="", typed="", start=start + index, quoted=False) for index in range(surplus)]
        return []

    def _word(self, line: str, start: int) -> tuple[Argument, int, bool]:
        """One word from `start`; the last part tells whether a gap or the end of the line follows."""
        parts: list[str] = []
        position, quoted = start, False
        ended = True
        while position < len(line) and line[position] not in self._separators:
            if line[position] == self._quote or (line[position] == "'" and self._faults.on("single-quotes-group")):
                if position > start and not quoted and self._inner != "quoting":
                    position = self._literal_quote(line, position, parts)
                    continue
                value, after = self._strings.read(line, position)
                quoted = quoted or position == start
                parts.append(value)
                position = after
                if position < len(line) and line[position] not in self._separators:
                    if self._behind == "refused":
                        raise refuse("text behind a closing quote", position)
                    if self._behind == "separate":
                        ended = False
                        break
                continue
            plain = self._plain.match(line, position)
            text = plain[0] if plain else line[position]
            if self._tab == "refused" and "\t" in text:
                raise refuse("tab outside of quotes", position)
            parts.append(text)
            position += len(text)
        typed = line[start:position]
        return Argument(value="".join(parts), typed=typed, start=start, quoted=quoted), position, ended

    def _literal_quote(self, line: str, position: int, parts: list[str]) -> int:
        """HMP-AMB-035, literal or refused: a quote in the middle of a plain word."""
        if self._inner == "refused":
            raise refuse("quote within a word", position)
        parts.append(line[position])
        return position + 1

    def _spoiled(self, word: Argument) -> Argument | None:
        """The word as the faults leave it; None drops it."""
        value = word.value
        if word.quoted:
            if self._faults.on("empty-argument-dropped") and not value:
                return None
            if self._faults.on("quoted-blanks-collapsed"):
                value = re.sub(" {2,}", " ", value)
            if self._faults.on("quoted-tab-to-space"):
                value = value.replace("\t", " ")
            if self._faults.on("plain-quotes-kept") and value and self._separator not in value:
                value = word.typed
        elif self._faults.on("unquoted-backslash-escapes"):
            value = re.sub(r"\\(.)", r"\1", value)
        return Argument(value=value, typed=word.typed, start=word.start, quoted=word.quoted)
