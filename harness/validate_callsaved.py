"""One saved message of methods that are called with a struct: its document, with or without the head of a request or response, and its places."""

from __future__ import annotations

import re
from functools import cached_property

from harness.ending import Ending
from harness.http.exchanged import Exchanged, read_again
from harness.spec.callmodel import CallSyntax
from harness.spec.model import System
from harness.validation import Finding
from harness.wire.http1_framing import read_requests
from harness.wire.xmlplaces import Place
from harness.wire.xmlrpc import Message, Value, read
from harness.wire.xmlrpc_values import Path

HTTP = b"HTTP/"
REQUEST = re.compile(rb"\s*[A-Z]{3,10} +\S+ +HTTP/1")


class Saved:
    """One message, what is found of it, and where.

    Attributes:
        found: what was found so far.
    """

    def __init__(self, system: System, syntax: CallSyntax, data: bytes, operation: str, version: str | None) -> None:
        self.system = system
        self.syntax = syntax
        self.version = version
        self.found = Finding(operation=operation)
        self._fits: dict[str, list[frozenset[str]]] = {}
        self._exchanged: Exchanged | None = None
        self._path = ""
        self._body = self._unpacked(data)
        # Tools write a line end behind a document; a message has none of its own.
        start = data.find(self._body) if self._body else len(data)
        self._lines = data[: max(start, 0)].count(b"\n")

    def _unpacked(self, data: bytes) -> bytes:
        """The document, without the head of a request or response before it."""
        if data.startswith(HTTP):
            self._exchanged = read_again(b"", data, "POST", Ending.ANSWERED)
            return self._exchanged.body if self._exchanged.head is not None else data
        if REQUEST.match(data):
            requests, rest = read_requests(data.lstrip())
            if requests:
                self._path = requests[0].request.target
                return requests[0].request.body
            return data.partition(b"\r\n\r\n")[2] or rest
        return data

    @cached_property
    def message(self) -> Message:
        """The document as XML-RPC."""
        return read(self._body)

    # places

    def _moved(self, line: int, column: int) -> Place:
        return line + self._lines, column

    def _place(self, path: Path, struct: Value | None = None) -> Place:
        """Where a value stands, or what it should stand in."""
        root = self.message.struct if struct is None else struct
        for end in range(len(path), -1, -1):
            value = root.find(path[:end])
            if value is not None and value.at >= 0:
                return self._moved(*self.message.place(value)[:2])
        return self._moved(1, 1)

    def _breaks(self, clause: str, place: Place, message: str, *, binding: bool = True) -> None:
        self.found.breaks(clause, place[1], message, line=place[0], binding=binding)

    def _open(self, point: str) -> bool:
        """Note that something rests on an open point; False if nothing is open there, or nothing takes it."""
        ambiguity = self.syntax.open_points.get(point)
        if ambiguity is None or self.system.ambiguities[ambiguity].accepted is None:
            return False
        self.found.depends(self.system, ambiguity)
        return True
