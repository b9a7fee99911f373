"""The parser: every token of a document, from its declaration to what stands behind its root.

Expat reads. It gets UTF-8 only, never anything behind the start of a DOCTYPE, and knows no entities but the five of XML.
"""

from __future__ import annotations

import re
from typing import NoReturn
from xml.parsers import expat

from harness.rows.check import Checker
from harness.rows.content import Content, Stopped
from harness.rows.places import Places
from harness.rows.result import MOST_NAMES, Kind, Rule, Tally
from harness.rows.shape import Shape
from harness.verdict import Severity

PIECE = 131_072  # bytes that expat gets at a time; what it does after a stop is bounded by that
MOST_TOKEN = 262_144
_TEXT_BUFFER = 262_144
_PROLOG_PIECE = re.compile(rb"[^>\[]*[>\[]?")
# Expat's numbers of: no element found, unclosed token, partial character, unclosed CDATA section.
_MIDDLE = frozenset({3, 5, 6, 20})


class Exact:
    """Reads a document, or all of it but rows that were checked elsewhere."""

    def __init__(self, shape: Shape, tally: Tally, checker: Checker) -> None:
        self.places = Places()
        self.content = Content(shape, tally, checker, self.places, self.at)
        self._tally = tally
        self._clause = shape.rules.get("xml", "")
        self._shift = 0  # bytes of the document that expat did not get
        self._default = ""  # namespace of names without a prefix
        self._in_cdata = False  # of which expat gives what has come of it
        self._spaced = False  # whether namespaces are declared below the root
        self._parser = self._connected()

    def _connected(self) -> expat.XMLParserType:
        parser = expat.ParserCreate("utf-8", " ")
        content = self.content
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.buffer_size = _TEXT_BUFFER
        parser.StartElementHandler = content.start
        parser.EndElementHandler = content.end
        parser.CharacterDataHandler = content.text
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartNamespaceDeclHandler = self._namespace
        parser.CommentHandler = content.nothing
        parser.ProcessingInstructionHandler = content.nothing
        parser.StartCdataSectionHandler = self._cdata
        parser.EndCdataSectionHandler = self._cdata_ends
        if hasattr(parser, "SetReparseDeferralEnabled"):
            parser.SetReparseDeferralEnabled(False)  # a token is read as soon as it is whole
        return parser

    def feed(self, data: bytes) -> None:
        """The next bytes: UTF-8, whole characters.

        Raises:
            Stopped: nothing more can be learned.
        """
        at = 0
        while at < len(data) and not self.content.depth:
            piece = _PROLOG_PIECE.match(data, at, at + PIECE)
            at += self._parse(piece[0] if piece is not None else data[at:])
        while at < len(data):
            at += self._parse(data[at : at + PIECE])

    def skip(self, data: bytes, rows: int) -> None:
        """Pass over rows that are in order. They begin where the last token that was fed ends."""
        self.places.add(data)
        self.places.drop(self.places.end)
        self._shift += len(data)
        self.content.passed(rows)

    def finish(self, *, complete: bool) -> None:
        """Nothing more comes.

        Raises:
            Stopped: that is too early.
        """
        if not complete and not self.content.ended:
            self._broken(Rule.WELL_FORMED, self.places.end, "a whole document", "it ends in the middle")
        self._read(b"", final=True)

    @property
    def between_rows(self) -> bool:
        """Whether rows without a prefix may follow what was fed, and nothing of it is still to be read."""
        content = self.content
        plain = not self._spaced and content.space == self._default
        return plain and not self._in_cdata and content.holds_rows and self.at() == self.places.end

    def at(self) -> int:
        """Where the token begins that expat tells of, or the first that it has not read."""
        return max(self._parser.CurrentByteIndex, 0) + self._shift

    def _parse(self, piece: bytes) -> int:
        self.places.add(piece)
        self._read(piece, final=False)
        at = self.at()
        self.places.drop(at)
        if self.places.end - at > MOST_TOKEN:
            self.content.limit(f"a tag, a value or a comment of at most {MOST_TOKEN} bytes")
        if self._tally.overflow:
            self.content.limit(f"at most {MOST_NAMES} names that the document does not have")
        return len(piece)

    def _read(self, piece: bytes, *, final: bool) -> None:
        parser = self._parser
        try:
            parser.Parse(piece, final)
        except expat.ExpatError as error:
            parser.buffer_text = False  # text in front of the error has not been told of yet
            message = expat.ErrorString(error.code)
            if error.code in _MIDDLE:
                self._broken(Rule.WELL_FORMED, self.places.end, "a whole document", f"it ends in the middle: {message}")
            offset = max(parser.ErrorByteIndex, 0) + self._shift
            self._broken(Rule.WELL_FORMED, offset, "a well-formed document", str(message))

    def broken(self, rule: Rule, expected: str, got: str) -> NoReturn:
        """Note what is wrong at the end of what was fed, and stop."""
        self._broken(rule, self.places.end, expected, got)

    def _broken(self, rule: Rule, offset: int, expected: str, got: str) -> NoReturn:
        kind = Kind(rule, Severity.MUST, "", "", "reply", self._clause)
        if self._tally.count(kind):
            self._tally.keep(kind, self.content.place(offset), expected, got)
        raise Stopped

    def _doctype(self, name: str, *_ignored: object) -> None:
        self._broken(Rule.WELL_FORMED, self.at(), "a document without a DOCTYPE", f"<!DOCTYPE {name}")

    def _cdata(self) -> None:
        self._in_cdata = True

    def _cdata_ends(self) -> None:
        self._in_cdata = False

    def _namespace(self, prefix: str | None, uri: str | None) -> None:
        if self.content.depth:
            self._spaced = True
        elif prefix is None:
            self._default = uri or ""
        self._tally.strange(f"xmlns:{prefix}={uri}")
