"""Small documents parsed and checked by type, quickly: what passes here breaks no rule and shows nothing that was not accepted before.

The full check (`harness.rows.Scan`) finds and places whatever is wrong, for which it makes some hundred microseconds of preparations a
document. Here the patterns that it makes are kept from document to document, together with what documents that passed have shown of
the readings. Whatever is not plain (comments, DOCTYPE, other encodings, names that the spec does not know, a reading not seen before)
is left to the full check. `None` of this ever says that something is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import NoReturn
from xml.parsers import expat

from harness.rows import Place, Shape
from harness.rows.check import Checker, Locate
from harness.rows.content import Stopped
from harness.rows.exact import Exact
from harness.rows.patterns import Patterns
from harness.rows.result import Tally
from harness.rows.shape import ChildShape, ElementShape, Open

_PROLOG = re.compile(
    rb"""(?:<\?xml[ ]version=(?:"1\.0"|'1\.0')(?:[ ]encoding=(?:"(?:utf|UTF)-8"|'(?:utf|UTF)-8'))?[ ]?\?>[ \t\r\n]*+)?<[A-Za-z_]"""
)
_BLANK = " \t\r\n"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance "
MOST_BYTES = 65_536
Window = tuple[int, int] | None


class _NotPlain(Exception):  # noqa: N818 - no error: the full check decides
    """This is not known to be in order."""


class Seen:
    """What documents of one kind that passed have shown.

    Args:
        shape: of the document.
    """

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.tally = Tally(shape)
        space = f"{shape.namespace} " if shape.namespace else ""
        self.roots = {space + name: shape.root for name, point in shape.root.spellings.items() if point is None}
        self.children = {
            element.name: {space + name: child for name, child in element.children.items()}
            for element in shape.elements.values()
        }

    def learn(self, body: bytes, window: Window) -> None:
        """Note what a document shows that has passed the full check, without as much as a warning."""
        patterns = Patterns(self.shape, self.tally, window)
        exact = Exact(self.shape, self.tally, Checker(self.shape, self.tally, patterns, window))
        with suppress(Stopped):
            exact.feed(body)
            exact.finish(complete=True)


class _Quick(Checker):
    """Passes attributes that are in order and show nothing new; all that a checker has to say goes through these two."""

    def open(self, point: Open, locate: Locate, spelled: str = "") -> None:  # noqa: ARG002
        """See `Checker`; a reading that was not seen before is not plain."""
        if not self._tally.settled(point.ambiguity, point.readings):
            raise _NotPlain

    def report(self, *_what: object, **_more: object) -> NoReturn:
        """See `Checker`."""
        raise _NotPlain


class Typed:
    """Checks documents of one kind and one window.

    Args:
        seen: what documents have shown so far; shared by all windows.
        window: first and last second that rows belong to.
        most_rows: more rows are not in order; None for no limit.
    """

    def __init__(self, seen: Seen, window: Window, most_rows: int | None = None) -> None:
        shape = seen.shape
        self._shape, self._seen, self._most = shape, seen, most_rows
        patterns = Patterns(shape, seen.tally, window)
        self._windowed = bool(patterns.membership)
        self._patterns = patterns
        self._attributes = _Quick(shape, seen.tally, patterns, window).attributes
        self._roots, self._children = seen.roots, seen.children
        self._begin()

    def _begin(self) -> None:
        self._stack: list[ElementShape] = []
        self._entries: list[Mapping[str, ChildShape]] = []
        self._counts: list[dict[str, int]] = []
        self._rows = 0

    def fits(self, body: bytes) -> bool:
        """Whether a document, in UTF-8, is known to be in order."""
        if len(body) > MOST_BYTES or self._shape.by_name or b"<!" in body or _PROLOG.match(body) is None:
            return False
        if self._windowed and not self._window_is_known():
            return False
        self._begin()
        parser = expat.ParserCreate("utf-8", " ")
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.ProcessingInstructionHandler = self._other
        try:
            parser.Parse(body, True)
        except (expat.ExpatError, _NotPlain):
            return False
        return self._most is None or self._rows <= self._most

    def _window_is_known(self) -> bool:
        """Whether some reading of the window still holds: otherwise the patterns have no bounds."""
        return bool(frozenset(self._patterns.membership) - self._seen.tally.against[self._shape.belongs].keys())

    def _start(self, name: str, pairs: list[str]) -> None:
        if self._stack:
            entries = self._entries[-1]
            child = entries.get(name)
            if child is None or not self._patterns.settled(child.spelling):
                raise _NotPlain
            shape, counts = child.element, self._counts[-1]
            often = counts[shape.name] = counts.get(shape.name, 0) + 1
            if len(entries) > 1 and any(
                other.at > child.at and counts.get(other.element.name) for other in entries.values()
            ):
                raise _NotPlain
            if child.maximum is not None and often > child.maximum:
                raise _NotPlain
            self._rows += shape.name == self._shape.row
        else:
            root = self._roots.get(name)
            if root is None:
                raise _NotPlain
            shape = root
            pairs = [
                one
                for at in range(0, len(pairs), 2)
                if not pairs[at].startswith(_INSTANCE)
                for one in pairs[at : at + 2]
            ]
        self._attributes(shape, pairs, _nowhere)
        self._stack.append(shape)
        self._entries.append(self._children[shape.name])
        self._counts.append({})

    def _end(self, _name: str) -> None:
        self._stack.pop()
        entries, counts = self._entries.pop(), self._counts.pop()
        for child in entries.values():
            if child.minimum and counts.get(child.element.name, 0) < child.minimum:
                raise _NotPlain

    def _text(self, text: str) -> None:
        if text.strip(_BLANK):
            raise _NotPlain

    def _other(self, *_ignored: object) -> NoReturn:
        raise _NotPlain


def _nowhere(_spelled: str) -> Place:
    return Place(0, 0, 0)
