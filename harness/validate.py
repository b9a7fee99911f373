"""Offline validation: a saved message against the spec, without a device (DESIGN.md, Contracts).

A file holds one message as on the wire. For a line protocol that is one command or one reply, with its line feed or
without; what stands behind the line feed is too much and breaks the clause that a line feed ends a message. What a
reply owes to its request (the value that it repeats, the numbers that it counts) cannot be judged from the reply alone.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import UsageError
from harness.messages.book import ErrorBook
from harness.messages.lines import LineBinding
from harness.messages.reply import readable
from harness.spec.clauses import ClauseEntry, catalogue
from harness.spec.model import Level, LineSyntax, System
from harness.validate_lines import Broken, Finding, command_findings, response_findings

COMMAND, RESPONSE = "command", "response"
_CAPTURES = (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d", b"\x0a\x0d\x0d\x0a")


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What was found in one file.

    Attributes:
        operation: name of the operation, "" where the message does not tell.
        conforming: no must clause is broken under some reading.
        readings: ambiguity -> the reading under which it conforms, `open` where any may do.
    """

    file: str
    operation: str
    kind: str
    conforming: bool
    broken: tuple[Broken, ...] = ()
    readings: Mapping[str, str] = field(default_factory=dict)


class Validator:
    """Validates messages of one system.

    Raises:
        UsageError: the system's messages cannot be validated yet.
    """

    def __init__(self, system: System) -> None:
        if system.lines is None:
            raise UsageError(f"validate does not know the messages of {system.system} yet")
        self.system = system
        self.syntax: LineSyntax = system.lines
        self.clauses: dict[str, ClauseEntry] = catalogue(system)
        self._book = ErrorBook(system, system.lines)
        self._binding = LineBinding(system, system.lines)

    def file(self, path: Path, *, operation: str = "", kind: str = "") -> Validation:
        """Validate one file; operation and kind are inferred where they are not given.

        Raises:
            UsageError: the file cannot be read or holds no message, or operation or kind are unknown.
        """
        try:
            data = path.read_bytes()
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror}") from None
        if path.suffix.lower() in (".pcap", ".pcapng") or data[:4] in _CAPTURES:
            raise UsageError(f"{path}: captures cannot be validated yet; save one message a file")
        if not data:
            raise UsageError(f"{path}: the file is empty; it must hold one message")
        return self.message(data, str(path), operation=operation, kind=kind)

    def message(self, data: bytes, name: str, *, operation: str = "", kind: str = "") -> Validation:
        """Validate one message; see `file`."""
        _one_of("--kind", kind, (COMMAND, RESPONSE))
        _one_of("--operation", operation, self.system.operations)
        body, _, more = data.partition(b"\n")
        kind = kind or self._kind(body)
        if kind == COMMAND:
            found = command_findings(self.system, self.syntax, self._binding.quoting, body, operation)
        else:
            found = response_findings(self._book, self._binding, body, operation)
        broken = list(found.broken)
        if more:
            broken.append(self._surplus(kind, more))
        return Validation(
            file=name,
            operation=found.operation or operation,
            kind=kind,
            conforming=not any(self._binds(entry) for entry in broken),
            broken=tuple(broken),
            readings=self._readings(found),
        )

    def _kind(self, body: bytes) -> str:
        """A reply begins with the word of a success or of an error, in any case, unless a command has that name."""
        words = [self.syntax.success, *(form.partition("{")[0].rstrip(" |") for form in self.syntax.error.values())]
        text = body.decode("utf-8", "replace")
        begins = any(re.match(rf"{re.escape(word)}(?!\w)", text, re.IGNORECASE) for word in words)
        return RESPONSE if begins and text.split(self.syntax.separator)[0] not in self.system.operations else COMMAND

    def _surplus(self, kind: str, more: bytes) -> Broken:
        clause = self.syntax.rules["command-end" if kind == COMMAND else "terminator"]
        return Broken(
            clause=clause,
            line=2,
            column=1,
            message=f"one message per file, but after its line feed comes {readable(more, 60)}",
        )

    def _binds(self, broken: Broken) -> bool:
        entry = self.clauses.get(broken.clause)
        return entry is None or entry.level is Level.MUST

    def _readings(self, found: Finding) -> dict[str, str]:
        return dict(sorted(found.readings.items()))


def nearest(name: str, names: Collection[str]) -> str:
    """What to write instead of an unknown name."""
    close = difflib.get_close_matches(name, list(names), n=1)
    if not close:
        lower = {each.lower(): each for each in names}
        close = [lower[each] for each in difflib.get_close_matches(name.lower(), lower, n=1)]
    return f"did you mean {close[0]!r}?" if close else f"the known ones are {', '.join(names)}"


def _one_of(option: str, name: str, names: Collection[str]) -> None:
    if name and name not in names:
        raise UsageError(f"{option} {name}: unknown; {nearest(name, names)}")
