"""What a device sent as an XML document, on either road, as values. Nothing here is judged yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from harness.ending import Ending
from harness.http.exchanged import Exchanged
from harness.messages.reply import readable
from harness.spec.documentmodel import DocumentSyntax
from harness.wire.xmltree import Document, Element, read_document

Fields = Sequence[tuple[str, str]]
STREAM, URL = "stream", "url"  # the roads
_NONE = Element("")


@dataclass(frozen=True, kw_only=True)  # no slots: the document is read once
class Result:
    """One result of a function, or one event, or the way in which none came.

    Attributes:
        function: name of the function that it answers, "" where it answers none.
        called: what the request called it, where the function has several names; "" where that is not known.
        sent: the parameters of the request, by their names in the spec.
        number: of the request, as sent; None if it had none.
        road: on which it came.
        body: of the response, on the road of URLs.
        exchanged: the response, on the road of URLs.
        step: index of the transcript step that holds it.
    """

    syntax: DocumentSyntax
    function: str
    ending: Ending
    raw: bytes = b""
    sent: Fields = ()
    number: str | None = None
    road: str = STREAM
    body: bytes = b""
    called: str = ""
    exchanged: Exchanged | None = None
    step: int = -1

    @property
    def came(self) -> bool:
        """Whether something whole came."""
        return self.ending is Ending.ANSWERED

    @property
    def status(self) -> int:
        """The status of the response; 0 on the other road, or where none came."""
        head = self.exchanged.head if self.exchanged is not None else None
        return head.status if head is not None else 0

    def header(self, name: str) -> str:
        """The value of a header field of the response, "" without."""
        head = self.exchanged.head if self.exchanged is not None else None
        wanted = name.lower()
        return next((value for field, value in head.headers if field.lower() == wanted), "") if head is not None else ""

    @cached_property
    def document(self) -> Document:
        """The XML document in it."""
        return read_document(self.raw if self.road == STREAM else self.body)

    @property
    def is_xml(self) -> bool:
        """Whether it looks like an XML document, not like a file."""
        data = (self.raw if self.road == STREAM else self.body).lstrip(b"\xef\xbb\xbf \t\r\n")
        return data.startswith(b"<")

    @cached_property
    def root(self) -> Element:
        """The root; an empty one where nothing came, or no XML."""
        return (self.document.root if self.came else None) or _NONE

    @property
    def is_event(self) -> bool:
        """Whether it is an event."""
        return self.root.name == self.syntax.event

    @cached_property
    def code(self) -> str:
        """The result code, "" without."""
        return self.root.get(self.syntax.code) or ""

    @cached_property
    def label(self) -> str:
        """The result's label, "" without."""
        return self.root.get(self.syntax.label) or ""

    @property
    def text(self) -> str:
        """What the result says to people, "" without."""
        return self.root.get(self.syntax.text) or ""

    @property
    def event_type(self) -> str:
        """The type of an event, "" without."""
        return self.root.get(self.syntax.event_type) or ""

    @property
    def data(self) -> Element:
        """What an event tells."""
        return self.root.first(self.syntax.event_data) or _NONE

    def get(self, *names: str) -> str | None:
        """The value of the first element of these names beside the result's head; None without."""
        return self.root.get(*names)

    def sections(self, *path: str) -> list[Element]:
        """Every element at the end of a path of names from the root on."""
        found = [self.root]
        for name in path:
            found = [child for one in found for child in one.all(name)]
        return found

    def everywhere(self, *names: str) -> list[Element]:
        """Every element of these names at any depth, the upper ones first."""
        found: list[Element] = []
        level = [self.root]
        while level:
            below = [child for one in level for child in one.children]
            found += [child for child in below if child.name in names]
            level = [one for one in below if one.children]
        return found

    def describe(self) -> str:
        """What came, for people, in one line."""
        if self.came:
            if self.road == STREAM:
                return readable(self.raw)
            return f"{self.status}: {readable(self.body)}" if self.body else f"{self.status} without content"
        rest = f" after {readable(self.raw)}" if self.raw else ""
        return {
            Ending.SILENT: "no whole result before the deadline",
            Ending.CLOSED: "the connection closed",
            Ending.RESET: "the connection was reset",
            Ending.FLOODED: "more bytes than a result may have, without an end",
        }.get(self.ending, "nothing") + rest
