"""The query string of a request taken apart, strictly and by the readings of what the document leaves open."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from harness.reference.cds.choices import Choices

# What no XML document can hold (XML 1.0, 2.2), and so no reply can repeat.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Characters that a URL may not have as they are (RFC 3986, 2).
_UNWISE = frozenset(b'"<>\\^`{|} ')


class Refused(Exception):  # noqa: N818  an answer, not a mistake of this program
    """A request that is answered with an error of the model, by its name."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class Query:
    """Reads query strings.

    Args:
        choices: the readings.
    """

    def __init__(self, choices: Choices) -> None:
        self._plus, self._latin = choices.plus_is_space, choices.latin
        self._literal_names, self._backslashes = choices.literal_names, choices.backslashes

    def pairs(self, raw: bytes) -> list[tuple[str, str]]:
        """Names and values in their order; a name without an equals sign has an empty value."""
        found = []
        for piece in raw.split(b"&"):
            if self._backslashes:
                piece = piece.rstrip(b"\\")
            if piece:
                name, _, value = piece.partition(b"=")
                spelled = name.decode("latin-1") if self._literal_names else self.text(name)
                found.append((spelled, self.text(value)))
        return found

    def text(self, raw: bytes) -> str:
        """A name or value with its escapes undone; bytes that are not UTF-8 stay apart from all text."""
        if self._plus and b"+" in raw:
            raw = raw.replace(b"+", b" ")
        if b"%" in raw:
            raw = unquote_to_bytes(raw)
        return raw.decode("latin-1") if self._latin else raw.decode("utf-8", "surrogateescape")


def repeatable(text: str) -> bool:
    """Whether a reply can repeat a text."""
    return _NOT_XML.search(text) is None


def unescaped(raw: bytes) -> bool:
    """Whether a query has characters that it should have escaped."""
    return not _UNWISE.isdisjoint(raw)
