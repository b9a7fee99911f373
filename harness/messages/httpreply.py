"""What a device answered over HTTP, as values. Nothing here is judged yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from harness.ending import Ending
from harness.http.exchanged import Exchanged
from harness.messages.reply import readable
from harness.rows import Result

Pairs = Sequence[tuple[str, str]]
# An attacker's idea of a header must not fill a report.
_SHOWN = 300
# No entities, no DTD, nothing from the network, and nothing that grows beyond the bytes that came.
_PARSER = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)


@dataclass(frozen=True, kw_only=True)  # no slots: `root` is read once
class HttpReply:
    """One response, or the way in which none came.

    Attributes:
        operation: name of the operation that was asked for, "" for none.
        query: the query parameters as they were meant, selector included.
        method: of the request.
        scan: what was found in the XML of a success, None where there was none to look into.
        body: the beginning of the body, decoded from its content coding.
        step: index of the transcript step that holds it.
        enough: the body was found wrong before its end, so that no more of it was read.
    """

    operation: str
    query: Pairs
    method: str
    exchanged: Exchanged
    scan: Result | None = None
    body: bytes = b""
    step: int = -1
    enough: bool = False

    @property
    def came(self) -> bool:
        """Whether there is a reply that can be judged: a whole one, or as much as was wanted of it."""
        return self.ending is Ending.ANSWERED or (self.ending is Ending.FLOODED and self.enough)

    @property
    def ending(self) -> Ending:
        """How the wait for it ended."""
        return self.exchanged.ending

    @property
    def status(self) -> int:
        """The status code; 0 where none came."""
        return self.exchanged.head.status if self.exchanged.head is not None else 0

    def header(self, name: str) -> str | None:
        """The value of a header field, the first of several; None if there is none."""
        if self.exchanged.head is None:
            return None
        wanted = name.lower()
        return next((value for field, value in self.exchanged.head.headers if field.lower() == wanted), None)

    @cached_property
    def root(self) -> tuple[str, Mapping[str, str]] | None:
        """Local name and attributes of the root of a small XML body; None if the body is no XML document."""
        try:
            root = etree.fromstring(self.body, _PARSER)
        except (etree.XMLSyntaxError, ValueError):
            return None
        return etree.QName(root).localname, {str(name): str(value) for name, value in root.attrib.items()}

    def describe(self) -> str:
        """What came, for people, in one line."""
        if not self.came:
            rest = f" after {readable(self.exchanged.raw)}" if self.exchanged.raw else ""
            return {
                Ending.SILENT: "no whole reply before the deadline",
                Ending.CLOSED: "the connection closed",
                Ending.RESET: "the connection was reset",
                Ending.FLOODED: "more bytes than a reply may have, without an end",
            }[self.ending] + rest
        head = self.exchanged.head
        first = f"{head.status} {head.reason}".strip() if head is not None else "no status line"
        rows = f", {self.scan.rows} rows" if self.scan is not None else ""
        return f"{first}{rows}: {readable(self.body, _SHOWN)}" if self.body else f"{first}{rows}"
