"""What is wrong with the XML document of a saved reply, and which operation's it is, read piece by piece.

What a scan finds becomes clauses by the functions that judge live replies (`harness.checks.rows`). Where several
operations have the same root, all are tried at once and the one that fits is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple
from xml.parsers import expat

from harness.checks.rows import clause_of, error_rows, fits_row, scan_checks, text_of
from harness.rows import Result, Rule, Scan, Violation, compile_shape
from harness.spec.model import Level, System
from harness.spec.xmlmodel import HttpSyntax, XmlDocument
from harness.validation import Finding, nearest
from harness.verdict import Severity

# What stands before the root element (comments) is no longer than this.
PROLOG_BYTES = 8_388_608
_PROBE_BYTES = 65_536
_OK = 200
_NAMES = (Rule.UNKNOWN, Rule.MISSING, Rule.ELEMENT, Rule.COUNT)
_XML = (Rule.WELL_FORMED, Rule.ENCODING, Rule.LIMIT)


class Root(NamedTuple):
    """The name of a document's first element, without its namespace, and where it begins (from 1)."""

    name: str
    line: int
    column: int


class _Found(Exception):  # noqa: N818 - no error
    """Ends the parser once the root is known."""


@dataclass(slots=True)
class _Candidate:
    """One way to take a document: as what the successes of an operation carry, or, without one, as an error's document."""

    operation: str
    reply: str
    scan: Scan
    more: bool = True
    result: Result | None = None


class DocumentJudge:
    """Judges one XML document; `found` gathers what is wrong.

    Attributes:
        line: lines of the file before the document.
        where: what follows a message whose line is not one of the file.
        result: what was found in it, once it is judged.
    """

    def __init__(self, system: System, syntax: HttpSyntax, operation: str, charset: str | None = None) -> None:
        self.system = system
        self.charset = charset
        self.syntax = syntax
        self.wanted = operation
        self.found = Finding(operation=operation)
        self.line = 0
        self.where = ""  # behind a message whose line is not one of the file
        self.result: Result | None = None

    def judge(self, pieces: Iterator[bytes], *, status: int, complete: Callable[[], bool] = lambda: True) -> Finding:
        """Judge a document; of a status other than 200 it is one of an error, of 0 it is either."""
        root, begin = root_of(pieces)
        begin += at_least(pieces, _PROBE_BYTES - len(begin))
        candidates = self._promising(self._candidates(root, status), begin)
        known = bool(candidates)
        if not known and status not in (0, _OK):
            self._other_error(root, status)
            return self.found
        if not known:  # any shape tells whether it is XML, and where it begins to be none
            first = next(iter(self.system.replies))
            candidates = [_Candidate("", first, self._scan(first))]
        for piece in chain(begin, pieces):
            for one in candidates:
                one.more = one.more and one.scan.feed(piece)
            if not any(one.more for one in candidates):
                break
        whole = complete()
        for one in candidates:
            one.result = one.scan.finish(complete=whole)
        if known:
            self._known(candidates, root, status)
        else:
            self._unknown(candidates[0], root)
        return self.found

    def _candidates(self, root: Root | None, status: int) -> list[_Candidate]:
        """What a document with this root may be; without a root, what the operation asked for carries."""
        found = []
        asked = self.system.operations.items() if status in (0, _OK) else ()
        for name, one in asked:
            wanted = self.wanted == name and status == _OK
            if one.reply is not None and (wanted or (self.wanted in ("", name) and self._fits(one.reply, root))):
                found.append(_Candidate(name, one.reply, self._scan(one.reply, name)))
        if status != _OK:
            replies = {row.reply: None for _, _, row in error_rows(self.system, self.wanted, status) if row.reply}
            found += [_Candidate("", reply, self._scan(reply)) for reply in replies if self._fits(reply, root)]
        if not found and self.wanted and status in (0, _OK) and (reply := self.system.operations[self.wanted].reply):
            found.append(_Candidate(self.wanted, reply, self._scan(reply, self.wanted)))
        return found

    def _promising(self, candidates: list[_Candidate], begin: bytes) -> list[_Candidate]:
        """Those whose names the first rows have, so that a million rows are not read twice."""
        if len(candidates) < 2:
            return candidates
        misfits = []
        for one in candidates:
            probe = self._scan(one.reply)
            probe.feed(begin)
            misfits.append(_weight(probe.finish(complete=False))[0])
        return [one for one, count in zip(candidates, misfits, strict=True) if count == min(misfits)]

    def _scan(self, reply: str, operation: str | None = None) -> Scan:
        return Scan(compile_shape(self.system, reply, operation=operation), charset=self.charset)

    def _fits(self, reply: str, root: Root | None) -> bool:
        """Whether a root is that of a reply; a wrong namespace is a matter for the scan."""
        return root is not None and root.name in _roots(self.system.replies[reply])

    def _known(self, candidates: list[_Candidate], root: Root | None, status: int) -> None:
        """Take the candidate that fits best; where several fit alike, the document does not tell the operation."""
        best = min(candidates, key=lambda one: _weight(one.result))
        fitting = [one for one in candidates if _weight(one.result) == _weight(best.result)]
        result = best.result
        if result is None:
            return
        self.result = result
        if not best.operation:
            self._error(best, result, root, status)
            return
        self.found.operation = best.operation if len(fitting) < 2 or result.violations else self.wanted
        self._violations(best.operation, result, result.violations)
        for check in scan_checks(self.system, best.operation, result):
            for ambiguity, readings in check.readings.items():
                if readings:
                    self.found.readings[ambiguity] = " or ".join(sorted(readings))
        self._disagreeing(result)

    def _violations(self, operation: str, result: Result, violations: Iterable[Violation]) -> None:
        left = result.total - len(result.violations)
        shown = list(violations)
        for index, one in enumerate(shown):
            row = f" (row {one.row})" if one.row else ""
            more = f"; {left} more such places are not listed" if left and index == len(shown) - 1 else ""
            self._breaks(
                clause_of(self.system, operation, one),
                text_of(one) + row + more,
                line=one.line,
                column=one.column,
                binds=one.severity is Severity.MUST,
            )

    def _disagreeing(self, result: Result) -> None:
        """Where a device decides once, all of a document fits one reading."""
        for name, fit in result.fits.items():
            ambiguity = self.system.ambiguities[name]
            if fit.seen and not fit.readings and ambiguity.uniform is not None:
                place = max(fit.against.values())
                for clause in ambiguity.clauses:
                    self._breaks(
                        clause,
                        f"expected one reading of {name} throughout ({ambiguity.about})",
                        line=place.line,
                        column=place.column,
                        binds=ambiguity.uniform is Level.MUST,
                    )

    def _error(self, best: _Candidate, result: Result, root: Root | None, status: int) -> None:
        """The document of an error must be one that is shown; which operation's it is may stay open."""
        rows = [one for one in error_rows(self.system, self.wanted, status) if one[2].reply == best.reply]
        fitting = [one for one in rows if fits_row(one[2], result)] or rows
        names = list(dict.fromkeys(name for name, _, _ in fitting))
        self.found.operation = names[0] if len(names) == 1 else self.wanted
        clause = f"{self.system.prefix}-{fitting[0][0]}.error.{fitting[0][1]}"
        for one in result.violations:
            self._breaks(clause, text_of(one), line=one.line, column=one.column, binds=one.rule in _XML)
        if not any(fits_row(row, result) for _, _, row in rows):
            shown = [" ".join(f'{key}="{value}"' for key, value in row.attributes.items()) for _, _, row in rows]
            got = " ".join(f'{key}="{value}"' for key, value in result.root.items())
            place = root or Root("", 1, 1)
            self._breaks(
                clause, f"expected {' or '.join(dict.fromkeys(shown))}, got {got}", line=place.line, column=place.column
            )

    def _other_error(self, root: Root | None, status: int) -> None:
        """The body of an error is free, unless the operation's errors of this status have documents."""
        if not self.wanted:
            return
        rows = [one for one in error_rows(self.system, self.wanted, status) if one[2].reply is not None]
        for name, error, row in rows[:1]:
            clause = f"{self.system.prefix}-{name}.error.{error}"
            got = root.name[:60] if root is not None else "no XML"
            wanted = " or ".join(_roots(self.system.replies[row.reply or ""]))
            place = root or Root("", 1, 1)
            self._breaks(clause, f"expected the root {wanted}, got {got}", line=place.line, column=place.column)

    def _unknown(self, candidate: _Candidate, root: Root | None) -> None:
        """No reply has this root, or there is none."""
        result = candidate.result
        if result is None:
            return
        self.result = result
        for one in result.violations:
            if one.rule in _XML:
                clause = one.clause or self.syntax.rules["xml"]
                self._breaks(clause, text_of(one), line=one.line, column=one.column)
        if root is None and not self.found.broken:
            message = f"expected a root element in the first {PROLOG_BYTES} bytes, got none"
            self._breaks(self.syntax.rules["xml"], message, line=1, column=1)
        if root is not None:
            names = [spelling for one in self.system.replies.values() for spelling in _roots(one)]
            hint = nearest(root.name, list(dict.fromkeys(names)))
            message = f"no reply has the root {root.name[:60]}; {hint}"
            self._breaks(self.syntax.rules["root"], message, line=root.line, column=root.column)

    def _breaks(self, clause: str, message: str, *, line: int, column: int, binds: bool = True) -> None:
        self.found.breaks(clause, column, message + self.where, line=line + self.line, binding=binds)


def root_of(pieces: Iterator[bytes]) -> tuple[Root | None, bytes]:
    """The root element, if it stands near the beginning, and the bytes that were taken; nothing is expanded on the way."""
    parser = expat.ParserCreate(namespace_separator=" ")
    found: list[Root] = []
    taken: list[bytes] = []

    def start(name: str, _attributes: object) -> None:
        found.append(Root(name.rpartition(" ")[2], parser.CurrentLineNumber, parser.CurrentColumnNumber + 1))
        raise _Found

    def doctype(*_: object) -> None:
        raise _Found

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = doctype
    with suppress(_Found, expat.ExpatError, LookupError, ValueError):
        while sum(map(len, taken)) < PROLOG_BYTES and (piece := next(pieces, None)) is not None:
            taken.append(piece)
            parser.Parse(piece, False)
    return (found[0] if found else None), b"".join(taken)


def at_least(pieces: Iterator[bytes], size: int) -> bytes:
    """Take pieces until there are so many bytes, or no more."""
    taken, count = [], 0
    while count < size and (piece := next(pieces, None)) is not None:
        taken.append(piece)
        count += len(piece)
    return b"".join(taken)


def chain(begin: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """These bytes, then the pieces."""
    if begin:
        yield begin
    yield from pieces


def _roots(document: XmlDocument) -> list[str]:
    return list(document.elements[document.root].names.values()) or [document.root]


def _weight(result: Result | None) -> tuple[int, int, int]:
    """How badly a document fits: by the names in it first, for wrong values do not make it another reply."""
    if result is None:
        return 0, 0, 0
    names = sum(count for kind, count in result.counts.items() if kind.rule in _NAMES)
    must = sum(count for kind, count in result.counts.items() if kind.severity is Severity.MUST)
    return names, must, result.total
