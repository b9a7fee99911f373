r"""Quoted strings and their escapes under the readings of HMP-AMB-013 and 037, and under the escaping faults."""

from __future__ import annotations

import re

from harness.errors import DecodeError
from harness.reference.faults import FaultSet
from harness.reference.readings import Readings
from harness.spec.model import LineSyntax


class QuotedStrings:
    """Reads quoted strings.

    Args:
        syntax: characters of the line protocol, from the model.
        readings: what to do where the document is silent.
        faults: those that are on.
    """

    def __init__(self, syntax: LineSyntax, readings: Readings, faults: FaultSet) -> None:
        self._faults = faults
        self._escape, self._quote = syntax.escape, syntax.quote
        self._escapes = dict(syntax.escapes)
        if readings.of("HMP-AMB-013") == "space":
            self._escapes[syntax.quote] = " "
        if faults.on("escaped-quote-dropped"):
            self._escapes[syntax.quote] = ""
        if faults.on("line-feed-escape-is-n"):
            self._escapes["n"] = "n"
        self._unknown = readings.of("HMP-AMB-037")
        quote, escape = re.escape(syntax.quote), re.escape(syntax.escape)
        self._string = re.compile(rf"{quote}((?:[^{quote}{escape}]++|{escape}.)*+){quote}", re.DOTALL)
        if faults.on("backslash-pair-then-quote"):
            self._string = re.compile(rf"{quote}((?:[^{quote}]|(?<={escape}){quote})*)(?<!{escape}){quote}", re.DOTALL)
        self._sequence = re.compile(rf"{escape}(.)", re.DOTALL)
        self._apostrophes = re.compile("'([^']*)'")

    def read(self, line: str, start: int) -> tuple[str, int]:
        """The value of the string that begins at `start`, and where it ends.

        Raises:
            DecodeError: it is not closed, or holds an escape that a reading refuses.
        """
        if line[start] != self._quote:  # only under the fault single-quotes-group
            found = self._apostrophes.match(line, start)
            return (found[1], found.end()) if found else (line[start], start + 1)
        match = self._string.match(line, start)
        if match is None:
            raise DecodeError("balanced quotes", offset=start, expected="a closing quote", got="none")
        return self._unescape(match[1], start), match.end()

    def _unescape(self, text: str, start: int) -> str:
        if self._escape not in text:
            return text
        if self._faults.on("backslash-pair-then-n"):  # one replacement after the other instead of one pass
            for letter, value in self._escapes.items():
                text = text.replace(self._escape + letter, value)
            return text
        if self._unknown == "refused":
            for letter in self._sequence.findall(text):
                if letter not in self._escapes:
                    raise DecodeError("escape", offset=start, expected="a known one", got=letter)
        return self._sequence.sub(self._one, text)

    def _one(self, found: re.Match[str]) -> str:
        value = self._escapes.get(found[1])
        if value is not None:
            return value
        return found[1] if self._unknown == "dropped" else found[0]
