"""Offline validation: a saved message against the spec, without a device (DESIGN.md, Contracts).

A file holds one message as on the wire. For a line protocol that is one command or one reply, with its line feed or
without; what stands behind the line feed is too much and breaks the clause that a line feed ends a message. For HTTP it
is one URL or request, or one reply, with its head or the XML document alone. For XML messages it is the document, with the
header of its packet or without; of functions on two roads it is the document, or the URL of a request. For calls with a struct
it is the document, with the head of its request or response or without, or a file that the device serves. What a reply owes to
its request (the value that it repeats, the numbers that it counts, the asked window) cannot be judged from the reply alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from harness.errors import UsageError
from harness.messages.book import ErrorBook
from harness.messages.lines import LineBinding
from harness.messages.reply import readable
from harness.spec.clauses import ClauseEntry, catalogue
from harness.spec.model import Level, LineSyntax, System
from harness.spec.xmlmodel import HttpSyntax
from harness.validate_call import Calls
from harness.validate_http import response_findings as http_response_findings
from harness.validate_lines import command_findings, response_findings
from harness.validate_message import Messages
from harness.validate_result import Functions
from harness.validate_url import is_request, request_findings
from harness.validation import Broken, Finding, Validation, nearest, one_of

__all__ = ["COMMAND", "REQUEST", "RESPONSE", "Broken", "Validation", "Validator", "nearest"]

COMMAND, REQUEST, RESPONSE = "command", "request", "response"
_CAPTURES = (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d", b"\x0a\x0d\x0d\x0a")
_PIECE_BYTES = 262_144
# Far more than any server takes of a request.
_REQUEST_BYTES = 4_194_304


class _Messages(Protocol):
    """The messages of one protocol."""

    kinds: tuple[str, ...]

    def kind(self, begin: bytes) -> str:
        """Which kind of message begins so."""

    def findings(self, kind: str, begin: bytes, pieces: Iterator[bytes], operation: str) -> Finding:
        """What is wrong with a message."""


class Validator:
    """Validates messages of one system.

    Args:
        version: of the API that the messages belong to, for a system that has several; None: the newest.

    Raises:
        UsageError: the system's messages cannot be validated yet, or it has no such version.
    """

    def __init__(self, system: System, version: str | None = None) -> None:
        self._messages: _Messages
        if version is not None:
            if system.calls is None:
                raise UsageError(f"--api-version {version}: the API of {system.system} has no versions")
            one_of("--api-version", version, system.calls.versions)
        if system.lines is not None:
            self._messages = _Lines(system, system.lines)
        elif system.http is not None:
            self._messages = _Http(system, system.http)
        elif system.messages is not None:
            self._messages = Messages(system, system.messages)
        elif system.documents is not None:
            self._messages = Functions(system, system.documents)
        elif system.calls is not None:
            self._messages = Calls(system, system.calls, version)
        else:
            raise UsageError(f"validate does not know the messages of {system.system} yet")
        self.system = system
        self.clauses: dict[str, ClauseEntry] = catalogue(system)

    def file(self, path: Path, *, operation: str = "", kind: str = "") -> Validation:
        """Validate one file, of any size; operation and kind are inferred where they are not given.

        Raises:
            UsageError: the file cannot be read or holds no message, or operation or kind are unknown.
        """
        try:
            with path.open("rb") as stream:
                begin = stream.read(_PIECE_BYTES)
                if path.suffix.lower() in (".pcap", ".pcapng") or begin[:4] in _CAPTURES:
                    raise UsageError(f"{path}: captures cannot be validated yet; save one message a file")
                if not begin:
                    raise UsageError(f"{path}: the file is empty; it must hold one message")
                return self._judged(begin, _pieces(stream), str(path), operation, kind)
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror}") from None

    def message(self, data: bytes, name: str, *, operation: str = "", kind: str = "") -> Validation:
        """Validate one message; see `file`."""
        return self._judged(data, iter(()), name, operation, kind)

    def _judged(self, begin: bytes, pieces: Iterator[bytes], name: str, operation: str, kind: str) -> Validation:
        one_of("--kind", kind, self._messages.kinds)
        one_of("--operation", operation, self.system.operations)
        kind = kind or self._messages.kind(begin)
        found = self._messages.findings(kind, begin, pieces, operation)
        binding = (index for index in range(len(found.broken)) if index not in found.lenient)
        return Validation(
            file=name,
            operation=found.operation or operation,
            kind=kind,
            conforming=not any(self._binds(found.broken[index]) for index in binding),
            broken=tuple(found.broken),
            readings=dict(sorted(found.readings.items())),
        )

    def _binds(self, broken: Broken) -> bool:
        entry = self.clauses.get(broken.clause)
        return entry is None or entry.level is Level.MUST


class _Lines:
    """Messages of a line protocol."""

    kinds: tuple[str, ...] = (COMMAND, RESPONSE)

    def __init__(self, system: System, syntax: LineSyntax) -> None:
        self._system = system
        self._syntax = syntax
        self._book = ErrorBook(system, syntax)
        self._binding = LineBinding(system, syntax)

    def kind(self, begin: bytes) -> str:
        """A reply begins with the word of a success or of an error, in any case, unless a command has that name."""
        syntax = self._syntax
        words = [syntax.success, *(form.partition("{")[0].rstrip(" |") for form in syntax.error.values())]
        text = begin.partition(b"\n")[0].decode("utf-8", "replace")
        begins = any(re.match(rf"{re.escape(word)}(?!\w)", text, re.IGNORECASE) for word in words)
        return RESPONSE if begins and text.split(syntax.separator)[0] not in self._system.operations else COMMAND

    def findings(self, kind: str, begin: bytes, pieces: Iterator[bytes], operation: str) -> Finding:
        """What is wrong with a command or a reply, and that more follows."""
        body, _, more = b"".join((begin, *pieces)).partition(b"\n")
        if kind == COMMAND:
            found = command_findings(self._system, self._syntax, self._binding.quoting, body, operation)
        else:
            found = response_findings(self._book, self._binding, body, operation)
        if more:
            clause = self._syntax.rules["command-end" if kind == COMMAND else "terminator"]
            message = f"one message per file, but after its line feed comes {readable(more, 60)}"
            found.breaks(clause, 1, message, line=2)
        return found


class _Http:
    """Messages of an HTTP interface."""

    kinds: tuple[str, ...] = (REQUEST, RESPONSE)

    def __init__(self, system: System, syntax: HttpSyntax) -> None:
        self._system = system
        self._syntax = syntax

    def kind(self, begin: bytes) -> str:
        """A request begins with a URL or with a method and a target."""
        return REQUEST if is_request(begin) else RESPONSE

    def findings(self, kind: str, begin: bytes, pieces: Iterator[bytes], operation: str) -> Finding:
        """What is wrong with a request or a reply."""
        if kind == RESPONSE:
            return http_response_findings(self._system, self._syntax, _both(begin, pieces), operation)
        parts, count = [begin], len(begin)
        while count <= _REQUEST_BYTES and (piece := next(pieces, None)) is not None:
            parts.append(piece)
            count += len(piece)
        return request_findings(self._system, self._syntax, b"".join(parts), operation)


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(_PIECE_BYTES):
        yield piece


def _both(begin: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield begin
    yield from pieces
