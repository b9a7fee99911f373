"""The XML of a reply as mutants change it: elements and attributes by their places in the bytes, so that large replies stay cheap.

Only for documents of devices that conform: no DTD, and no markup in comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from xml.sax.saxutils import escape

_TAG = re.compile(rb"<(/?)([A-Za-z_][^\s/>]*)((?:[^>\"'/]|\"[^\"]*\"|'[^']*'|/(?!>))*)(/?)>")
_ATTRIBUTE = re.compile(rb"\s+([^\s=]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
Edit = tuple[int, int, bytes]  # first byte, the byte behind the last, what stands there instead


@dataclass(slots=True)
class Element:
    """One element: its local name, where its tags stand, and how deep it is; the root is at depth 0."""

    name: str
    qualified: bytes
    start: int
    inside: int  # behind the start tag
    end: int = 0  # behind the end tag
    closing: int = 0  # first byte of the end tag; the end where there is none
    depth: int = 0
    parent: Element | None = None

    @property
    def empty(self) -> bool:
        """Whether it is written as one tag."""
        return self.closing == self.end


class Document:
    """A document, to be read and to be written with changes."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    @cached_property
    def elements(self) -> list[Element]:
        """All elements in the order of their start tags; empty if the document is not well-formed."""
        found: list[Element] = []
        stack: list[Element] = []
        for tag in _TAG.finditer(self.body):
            if tag[1]:
                if not stack:
                    return []
                stack[-1].closing, stack[-1].end = tag.start(), tag.end()
                stack.pop()
                continue
            one = Element(
                name=tag[2].rpartition(b":")[2].decode("utf-8", "replace"),
                qualified=tag[2],
                start=tag.start(),
                inside=tag.end(),
                depth=len(stack),
                parent=stack[-1] if stack else None,
            )
            found.append(one)
            if tag[4]:
                one.closing = one.end = tag.end()
            else:
                stack.append(one)
        return [] if stack else found

    @property
    def root(self) -> Element | None:
        """The root."""
        return self.elements[0] if self.elements else None

    def named(self, *names: str) -> list[Element]:
        """Elements that are called one of these, the root not among them."""
        return [one for one in self.elements[1:] if one.name in names]

    def values(self, one: Element) -> dict[str, str]:
        """The attributes of an element."""
        return {
            name.decode("utf-8", "replace"): unescape(value[1:-1].decode("utf-8", "replace"))
            for name, value in _ATTRIBUTE.findall(self.body, one.start, one.inside)
        }

    def text(self, one: Element) -> bytes:
        """An element with all that is in it, as it is written."""
        return self.body[one.start : one.end]

    def attribute(self, one: Element, name: str) -> tuple[int, int] | None:
        """Where an attribute stands, the space before it included."""
        wanted = name.encode()
        for found in _ATTRIBUTE.finditer(self.body, one.start, one.inside):
            if found[1] == wanted:
                return found.span()
        return None

    # changes

    def with_(self, edits: Iterable[Edit]) -> bytes:
        """The document with these changes, of which no two overlap."""
        out, at = [], 0
        for start, end, new in sorted(edits):
            out += [self.body[at:start], new]
            at = end
        return b"".join([*out, self.body[at:]])

    def set(self, one: Element, changes: Mapping[str, str | None]) -> list[Edit]:
        """Other values of attributes; None: without it; of a name that is not there: a new one."""
        edits: list[Edit] = []
        for name, value in changes.items():
            place = self.attribute(one, name)
            new = b"" if value is None else attribute_text(name, value)
            if place is not None:
                edits.append((*place, new))
            elif new:
                at = one.start + 1 + len(one.qualified)
                edits.append((at, at, new))
        return edits

    def rename_attribute(self, one: Element, name: str, new: str) -> list[Edit]:
        """An attribute under another name."""
        place = self.attribute(one, name)
        if place is None:
            return []
        text = self.body[slice(*place)]
        return [(*place, text.replace(name.encode(), new.encode(), 1))]

    def rename(self, one: Element, new: str) -> list[Edit]:
        """An element under another name, in the same namespace."""
        old = one.qualified
        name = old[: len(old) - len(one.name.encode())] + new.encode()
        edits: list[Edit] = [(one.start + 1, one.start + 1 + len(old), name)]
        if not one.empty:
            edits.append((one.closing + 2, one.closing + 2 + len(old), name))
        return edits

    def drop(self, one: Element) -> list[Edit]:
        """Without an element."""
        return [(one.start, one.end, b"")]

    def double(self, one: Element) -> list[Edit]:
        """An element twice in a row."""
        return [(one.end, one.end, self.text(one))]

    def put_in(self, one: Element, inside: bytes) -> list[Edit]:
        """Something before all else in an element."""
        if not one.empty:
            return [(one.inside, one.inside, inside)]
        head = self.body[one.start : one.inside]
        return [(one.start, one.end, head[:-2].rstrip() + b">" + inside + b"</" + one.qualified + b">")]

    def in_order(self, rows: list[Element], order: Iterable[Element]) -> bytes:
        """The document with these elements in the places of `rows`, which stand side by side; some may be missing or come twice."""
        if not rows:
            return self.body
        texts = b"\n".join(self.text(one) for one in order)
        return self.body[: rows[0].start] + texts + self.body[rows[-1].end :]


def attribute_text(name: str, value: str) -> bytes:
    """An attribute as it is written, with a space before it."""
    return f' {name}="{escape(value, {chr(34): "&quot;"})}"'.encode()
