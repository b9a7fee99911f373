"""What is wrong with a saved request, result or event of functions on two roads, and at which line and column.

A file holds one XML document, with its line end or without, or one URL of a request. Results and events are judged by the functions that
judge live ones (`harness.checks.documents`). What a result owes to its request (its number, values that it repeats, a file in its place)
cannot be judged from the result alone; of a result that says that the function failed, only its code and label are judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from harness.checks.documents import event_checks, result_checks, spellings
from harness.checks.sections import section_checks
from harness.ending import Ending
from harness.messages.documentreply import URL, Result
from harness.messages.reply import readable
from harness.spec.documentmodel import DocumentSyntax, Section, Value
from harness.spec.functions import functions_by_name
from harness.spec.model import System
from harness.validate_function import FunctionJudge, Given, number_point
from harness.validate_functionurl import is_url, url_findings
from harness.validation import Finding, conclude, nearest
from harness.verdict import Check, Severity
from harness.wire.documents import LONGEST, DocumentDecoder
from harness.wire.xmlplaces import Lines, Place, bare_place, places
from harness.wire.xmltree import Document, Element, read_document

REQUEST, RESULT, EVENT = "request", "result", "event"
_ROOT = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t\r\n]++|<!--(?s:.*?)-->|<\?(?s:.*?)\?>)*+<([^\s<>/?!&]{1,256})")
_AT = re.compile(r"(?:, )?line (\d+), column (\d+)")


class Functions:
    """Messages of one system; see `harness.validate`."""

    kinds: tuple[str, ...] = (REQUEST, RESULT, EVENT)

    def __init__(self, system: System, syntax: DocumentSyntax) -> None:
        self._system = system
        self._syntax = syntax

    def kind(self, begin: bytes) -> str:
        """The kind that the root has; a root that is named like a function may be one of a request."""
        if is_url(self._syntax, begin):
            return REQUEST
        found = _ROOT.match(begin)
        root = found[1].decode("utf-8", "replace") if found is not None else ""
        for kind in self.kinds:
            if root.casefold() == getattr(self._syntax, kind).casefold():
                return kind
        return REQUEST if root.casefold() in functions_by_name(self._system) else RESULT

    def findings(self, kind: str, begin: bytes, pieces: Iterator[bytes], operation: str) -> Finding:
        """What is wrong with a message."""
        parts, count = [begin], len(begin)
        while count <= LONGEST and (piece := next(pieces, None)) is not None:
            parts.append(piece)
            count += len(piece)
        data = b"".join(parts)
        if kind == REQUEST and is_url(self._syntax, data):
            return url_findings(self._system, self._syntax, data, operation)
        return _Judge(self._system, self._syntax, kind, data, operation).found


@dataclass(frozen=True, kw_only=True)
class _Saved(Result):
    """A result whose document was read already, so that its elements have places."""

    read: Document

    @cached_property
    def document(self) -> Document:
        """The document in it."""
        return self.read

    def describe(self) -> str:
        """See `Result`."""
        return readable(self.raw, 60)


class _Judge:
    """Judges one document."""

    def __init__(self, system: System, syntax: DocumentSyntax, kind: str, data: bytes, operation: str) -> None:
        self.system = system
        self.syntax = syntax
        self.found = Finding(operation=operation)
        self._fits: dict[str, list[frozenset[str]]] = {}
        start = len(data) - len(data.lstrip(b" \t\r\n"))
        self._before = data[:start].decode().replace("\r\n", "\n").replace("\r", "\n")
        text, behind = _first(data)
        self._text = text
        self.document = read_document(text)
        self._places = places(text, self.document.root) if self.document.root is not None else {}
        if kind == REQUEST:
            self._request()
        else:
            self._answer(kind)
        if behind:
            line, column = Lines(data).place(len(data.rstrip(b" \t\r\n")) - len(behind))
            message = f"expected one message in a file, got behind its end {readable(behind, 60)}"
            self.found.breaks(syntax.rules["whole" if kind == REQUEST else "terminator"], column, message, line=line)
        conclude(system, self.found, self._fits, self._place(self.document.root))

    # places

    def _moved(self, line: int, column: int) -> Place:
        """A place of the document as one of the file, which may have blank lines before it."""
        last = self._before.rpartition("\n")[2]
        return line + self._before.count("\n"), column + (len(last) if line == 1 else 0)

    def _place(self, element: Element | None) -> Place:
        return self._moved(*self._places.get(id(element), (1, 1)))

    def _problem(self) -> Place:
        found = _AT.search(self.document.problem)
        return self._moved(max(int(found[1]), 1), max(int(found[2]), 1)) if found is not None else self._moved(1, 1)

    # requests

    def _request(self) -> None:
        syntax, root = self.syntax, self.document.root
        if root is None:
            line, column = self._problem()
            message = f"expected a well-formed XML document, got {_AT.sub('', self.document.problem)}"
            self.found.breaks(syntax.rules["whole"], column, message, line=line)
            return
        judge = FunctionJudge(self.system, syntax, self.found, loose=False)
        whole = self._given(root)
        if self.document.bare:
            self.found.depends(self.system, syntax.bare_ampersand)
            self.found.readings[syntax.bare_ampersand] = "bare"
            line, column = self._moved(*bare_place(self._text))
            message = "expected &amp; for an ampersand, got a bare one"
            self.found.breaks(syntax.rules["well-formed"], column, message, line=line, binding=False)
        named = functions_by_name(self.system).get(root.name.casefold(), "")
        if root.name != syntax.request and not (named and judge.open("root")):
            self.found.breaks(
                syntax.rules["whole"], whole.column, f"expected the root {syntax.request}, got {root.name[:60]}", line=whole.line
            )  # fmt: skip
        head = {one.casefold() for one in (syntax.function, *syntax.function_names.values())}
        has_function = any(one.name.casefold() in head for one in root.children)
        judge.judge([self._given(one) for one in root.children], whole, "" if has_function else named)

    def _given(self, element: Element) -> Given:
        line, column = self._place(element)
        return Given(name=element.name, values=(element.text,), line=line, column=column, nested=bool(element.children))

    # results and events

    def _answer(self, kind: str) -> None:
        function = self.found.operation or (self._answered() if kind == RESULT else "")
        result = _Saved(
            syntax=self.syntax, function=function, ending=Ending.ANSWERED, raw=self._text, body=b"<", road=URL, read=self.document
        )  # fmt: skip
        if kind == EVENT:
            self._add(event_checks(self.system, result), self._named(result.root, result.data))
            own = (
                one for name, one in self.system.events.items() if result.event_type in spellings(name, one.type_names)
            )
            known = next(own, None)
            if known is not None:
                self._extra(result.root, self.syntax.event_head, {})
                self._extra(result.data, known.values, {})
            return
        self.found.operation = function
        failed = bool(result.code) and result.code not in self._good()
        operation = self.system.operations.get(function)
        answer = operation.answer if operation is not None and not failed else None
        base = f"{self.system.prefix}-{function}.answer"
        checks = [
            one
            for one in result_checks(self.system, result)
            if not any(clause.startswith(f"{base}.") for clause in one.clauses)
        ]
        checks = list(self._unsure(checks) if failed else self._numbered(checks))
        self._add(checks, self._named(result.root))
        if result.root.name != self.syntax.result or self.document.root is None:
            return
        if answer is not None and (result.code == self.system.errors[self.syntax.success].code or not result.code):
            elements = [result.root]
            steps: dict[int, int] = {}

            def at(element: Element) -> int:
                elements.append(element)
                return steps.setdefault(id(element), len(elements) - 1)

            found = list(section_checks(self.system, base, answer, result.root, at=at))
            self._add(found, lambda check: self._place(elements[check.step]))
            self._extra(result.root, {**self.syntax.head, **answer.values}, answer.sections)
        if operation is None and function and not failed:
            self._unknown(result.root, function)

    def _answered(self) -> str:
        """The function that a result says it answers, as the spec has it; "" where it does not say."""
        root, value = self.document.root, self.syntax.head[self.syntax.answered]
        told = root.get(self.syntax.answered, *value.names.values()) if root is not None else None
        if not told and root is not None and root.first(self.syntax.code, self.syntax.label) is None:
            answers = {name: self.system.operations[name].answer for name in self.syntax.headless}
            fits = (name for name, one in answers.items() if one is not None and root.all(*one.sections))
            return next(fits, next(iter(answers), ""))
        names = {one.casefold(): name for name, own in self.syntax.repeated_for.items() for one in own.values()}
        names |= functions_by_name(self.system)
        return names.get((told or "").casefold(), told or "")

    def _good(self) -> set[str]:
        return {self.system.errors[name].code for name in (self.syntax.success, *self.syntax.successes)}

    def _unsure(self, checks: Iterable[Check]) -> Iterator[Check]:
        """Leave out what a failure need not have, since its request may have been no such thing: a number, a function."""
        open_point = self.syntax.open_points.get("malformed")
        names = (self.syntax.number, self.syntax.answered)
        for check in checks:
            if not check.passed and open_point is not None and check.id.rpartition(".")[2] in names:
                self.found.depends(self.system, open_point)
            else:
                yield check

    def _numbered(self, checks: Iterable[Check]) -> Iterator[Check]:
        """A number that is none of its type may be that of the request, where the document leaves open what becomes of it."""
        syntax, told = self.syntax, self.document.root
        for check in checks:
            value = (told.get(syntax.number) if told is not None else None) or ""
            wrong = not check.passed and check.id.endswith(f".type.{syntax.number}") and value
            point = number_point(self.system.types[syntax.number_type], value) if wrong else None
            ambiguity = syntax.open_points.get(point or "")
            if ambiguity is not None:
                self.found.depends(self.system, ambiguity)
            else:
                yield check

    def _unknown(self, root: Element, function: str) -> None:
        line, column = self._place(root.first(self.syntax.answered) or root)
        message = f"no function is named {readable(function.encode(), 60)!r}; {nearest(function.upper(), list(self.system.operations))}"
        self.found.breaks(self.syntax.rules["function-repeated"], column, message, line=line)

    def _named(self, *roots: Element) -> Callable[[Check], Place]:
        """Finds the place of what a check is about by the name at the end of its id."""
        own = {
            "number": self.syntax.number,
            "function": self.syntax.answered,
            "code": self.syntax.code,
            "label": self.syntax.label,
        }
        own |= {"class": self.syntax.event_class} if roots[0].name == self.syntax.event else {}

        def place(check: Check) -> Place:
            name = check.id.rpartition(".")[2]
            if name == "well-formed":
                return self._problem()
            if ".ampersand" in check.id:
                return self._moved(*bare_place(self._text))
            for root in reversed(roots):
                named = root.all(own.get(name, name), *([self.syntax.event_type] if check.id == "event.type" else []))
                if named:
                    return self._place(named[-1])
            inner = roots[-1] if check.clauses[0].startswith(f"{self.system.prefix}-event.") else roots[0]
            return self._place(inner if id(inner) in self._places else self.document.root)

        return place

    def _extra(self, element: Element, values: Mapping[str, Value], sections: Mapping[str, Section]) -> None:
        """Elements that the document does not show are open, in results and in events."""
        syntax = self.syntax
        known = {syntax.event_data, *values, *(spelled for one in values.values() for spelled in one.names.values())}
        for name, section in sections.items():
            known |= {name, *section.names.values(), *section.sections, *section.values}
        is_event = self.document.root is not None and self.document.root.name == syntax.event
        ambiguity = syntax.open_points.get("event-extra" if is_event else "extra-element")
        plain = (one.name for one in element.children)
        if ambiguity is not None and any(
            name not in known and name.rstrip("0123456789") not in known for name in plain
        ):
            self.found.depends(self.system, ambiguity)

    def _add(self, checks: Iterable[Check], place: Callable[[Check], Place]) -> None:
        for check in checks:
            if check.passed:
                for ambiguity, readings in check.readings.items():
                    self._fits.setdefault(ambiguity, []).append(readings)
                continue
            line, column = place(check)
            got = _AT.sub("", check.got) if check.id.endswith("well-formed") else check.got
            message = f"expected {check.expected}, got {got or 'none'}"
            self.found.breaks(check.clauses[0], column, message, line=line, binding=check.severity is Severity.MUST)


def _first(data: bytes) -> tuple[bytes, bytes]:
    """The document at the beginning of a file, and what stands behind it."""
    data = data.lstrip(b" \t\r\n")
    decoder = DocumentDecoder(len(data) + 1)
    decoder.feed(data)
    first = decoder.next_message() if data.startswith(b"<") else None
    if first is None:
        return data.rstrip(b" \t\r\n"), b""
    return first.rstrip(b" \t\r\n"), data[len(first) :].strip(b" \t\r\n")
