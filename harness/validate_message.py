"""What is wrong with a saved XML message, a command, a confirm or an indication, and at which line and column.

A file holds the XML alone; one that was saved with its packet's header is read, too. Confirms and indications are judged by the
functions that judge live ones (`harness.checks.packets`), each element alone, so that what is found has a place. What an answer owes
to its command (fields that repeat it, those that only some commands ask for) cannot be judged from the answer alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from msgspec import structs

from harness.checks.packets import indication_checks, message_checks, reply_checks
from harness.ending import Ending
from harness.errors import FramingError
from harness.messages.packetreply import Packet, Part
from harness.messages.packets import names_of
from harness.messages.reply import readable
from harness.spec.messagemodel import MessageSyntax
from harness.spec.model import System
from harness.validate_command import CommandJudge
from harness.validation import Finding, conclude, nearest
from harness.verdict import Check, Severity
from harness.wire.tpkt import HEADER_BYTES, LONGEST, VERSION, TpktDecoder
from harness.wire.xmlmessage import Document, Element, Field, read_message

COMMAND, CONFIRM, INDICATION = "command", "confirm", "indication"
_HEADER = bytes((VERSION, 0))
_Place = tuple[int, int]
# Checks of the message as a whole; the others are made of each element alone.
_WHOLE = ("xml", "root", "root-version", "kind", "confirm", "agree", "empty-confirm", "comes")
# What may stand in the place of an element's own fields, by the end of a check's id.
_OF_THE_ELEMENT = ("name", "result", "reason")


class Messages:
    """Messages of one system; see `harness.validate`."""

    kinds: tuple[str, ...] = (COMMAND, CONFIRM, INDICATION)

    def __init__(self, system: System, syntax: MessageSyntax) -> None:
        self._system = system
        self._syntax = syntax

    def kind(self, begin: bytes) -> str:
        """The kind of the first element; that of an answer where there is none."""
        elements = read_message(_payload(begin)[0]).elements
        for kind in self.kinds:
            if elements and elements[0].name == getattr(self._syntax, kind):
                return kind
        return CONFIRM

    def findings(self, kind: str, begin: bytes, pieces: Iterator[bytes], operation: str) -> Finding:
        """What is wrong with a message; of any operation that it may belong to if none is named."""
        parts, count = [begin], len(begin)
        while count <= LONGEST and (piece := next(pieces, None)) is not None:
            parts.append(piece)
            count += len(piece)
        payload, broken = _payload(b"".join(parts))
        document = read_message(payload)
        names = [operation] if operation else self._candidates(kind, document)
        found = [_Judge(self._system, self._syntax, kind, name, payload, document).found for name in names]
        least = min(map(_weight, found))
        alike = [one for one in found if _weight(one) == least]
        own = [one for one in alike if one.operation.lower() == _own(document, self._syntax)]
        fewest = min(len(one.readings) for one in alike)
        alike = own or [one for one in alike if len(one.readings) == fewest]
        best = alike[0]
        if len(alike) > 1:
            best.operation = ""  # it may be any of them
        for clause, message in broken(self._syntax):
            best.breaks(clause, 1, message)
        return best

    def _candidates(self, kind: str, document: Document) -> list[str]:
        """The operations that the first element may belong to, by its name under any reading; "" for none."""
        first = next((one for one in document.elements if one.name == getattr(self._syntax, kind)), None)
        if first is None and kind == CONFIRM and not document.problems:  # an empty list, of whatever
            return [
                key for key, one in self._system.operations.items() if one.confirm is not None and one.confirm.several
            ]
        name = Part(element=first, syntax=self._syntax).name if first is not None else None
        plain = (name or "").strip().lower()
        return [key for key, names in self._names(kind) if plain in {one.strip().lower() for one in names}] or [""]

    def _names(self, kind: str) -> Iterator[tuple[str, Iterable[str]]]:
        for key, operation in self._system.operations.items():
            message = getattr(operation, kind)
            if message is not None:
                yield key, names_of(message, key).values()


@dataclass(frozen=True, kw_only=True)
class _Saved(Packet):
    """A packet whose message was read already, or is a part of one."""

    read: Document

    @cached_property
    def document(self) -> Document:
        """The message in it."""
        return self.read


class _Judge:
    """Judges one message as that of one operation, "" for one that there is not."""

    def __init__(
        self, system: System, syntax: MessageSyntax, kind: str, operation: str, payload: bytes, document: Document
    ) -> None:
        self.system = system
        self.syntax = syntax
        self.kind = kind
        self.name = operation
        self.payload = payload
        self.document = document
        self.found = Finding(operation=operation)
        self._fits: dict[str, list[frozenset[str]]] = {}
        elements = [one for one in document.elements if one.name == getattr(syntax, kind)]
        whole = self._packet(document)
        checks = self._checks(whole)
        self._add((one for one in checks if self._is_whole(one)), self._whole_place)
        for element in elements:
            place = _in(element)
            if not self.name:
                self._nameless(element)
            elif self.kind == COMMAND:
                CommandJudge(system, syntax, operation, self.found, self._fits).judge(element)
            else:
                part = self._packet(structs.replace(document, elements=(element,), problems=(), text=""))
                own = [one for one in self._checks(part) if not self._is_whole(one)]
                if self.kind == CONFIRM and whole.ok is not True:
                    own = [one for one in own if _end(one).partition(".")[0] in _OF_THE_ELEMENT]
                self._add(own, place)
        if self.kind == COMMAND and not document.problems:
            self._count(elements)
        conclude(system, self.found, self._fits, (self.document.line or 1, self.document.column or 1))

    def _packet(self, document: Document) -> _Saved:
        operation = self.system.operations.get(self.name)
        several = operation is not None and operation.confirm is not None and operation.confirm.several
        return _Saved(
            syntax=self.syntax,
            operation=self.name,
            ending=Ending.ANSWERED,
            raw=bytes(HEADER_BYTES) + self.payload,
            several=several or (not self.name and self.kind == CONFIRM),
            read=document,
        )

    def _checks(self, packet: Packet) -> list[Check]:
        if self.kind == CONFIRM:
            return list(reply_checks(self.system, packet))
        if self.kind == INDICATION and self.name:
            return list(indication_checks(self.system, self.name, packet, ()))
        found = list(message_checks(packet, getattr(self.syntax, self.kind), self.kind))
        point = self.syntax.open_points.get("root-version") if self.kind == COMMAND else None
        if point is not None and any(not one.passed and _end(one) == "root-version" for one in found):
            self.found.depends(self.system, point)  # a device may take it all the same
            found = [one for one in found if _end(one) != "root-version"]
        return found

    def _is_whole(self, check: Check) -> bool:
        return _end(check) in _WHOLE or any(_end(check) == one.rule for one in self.document.problems)

    # places

    def _whole_place(self, check: Check) -> _Place:
        end, document = _end(check), self.document
        for problem in document.problems:
            if problem.rule == end:
                return problem.line, problem.column
        if end == "kind":
            other = next((one for one in document.elements if one.name != getattr(self.syntax, self.kind)), None)
            return (other.line, other.column) if other is not None else (document.line, document.column)
        if end in ("agree", "empty-confirm") and document.elements:
            return document.elements[-1].line, document.elements[-1].column
        return document.line or 1, document.column or 1

    # what is found

    def _add(self, checks: Iterable[Check], place: Callable[[Check], _Place]) -> None:
        for check in checks:
            if check.passed:
                for ambiguity, readings in check.readings.items():
                    self._fits.setdefault(ambiguity, []).append(readings)
                continue
            line, column = place(check)
            message = f"expected {check.expected}, got {check.got or 'none'}"
            self._breaks(check.clauses[0], line, column, message, binds=check.severity is Severity.MUST)

    def _breaks(self, clause: str, line: int, column: int, message: str, *, binds: bool = True) -> None:
        self.found.breaks(clause, column, message, line=line, binding=binds)

    def _count(self, elements: list[Element]) -> None:
        """A command is one element; several in one document may be open."""
        point = self.syntax.open_points.get("repeated-field")
        if len(elements) == 1 or (elements and point is not None):
            if len(elements) > 1 and point is not None:
                self.found.depends(self.system, point)
            return
        place = elements[1] if elements else self.document
        message = f"expected one {getattr(self.syntax, self.kind)}, got {len(elements) or 'none'}"
        self._breaks(self.syntax.rules["kind"], place.line or 1, place.column or 1, message)

    def _nameless(self, element: Element) -> None:
        """No operation has this name."""
        got = Part(element=element, syntax=self.syntax).name
        names = [
            name
            for key, one in self.system.operations.items()
            if getattr(one, self.kind) is not None
            for name in names_of(getattr(one, self.kind), key).values()
        ]
        known = nearest((got or "").strip().lower(), list(dict.fromkeys(names)))
        message = f"no {self.kind} is named {readable((got or '').encode(), 60)!r}; {known}"
        if got is None:
            message = f"expected the attribute {self.syntax.name}, which names the command"
        self._breaks(self.syntax.rules["name"], element.line, element.column, message)


def _end(check: Check) -> str:
    """A check's id without what it is a check of."""
    return check.id.partition(".")[2]


def _in(element: Element) -> Callable[[Check], _Place]:
    """Finds the place of what a check of an element is about: a field that it names with its place, or one of its name."""

    def place(check: Check) -> _Place:
        end = _end(check)
        named = [one for one in element.fields if _place_in(one) in check.got]
        own = [one for one in element.fields if one.name.lower() == end.partition(".")[0].lower()]
        found = named[:1] or own[1:2] or own if end.endswith(".once") or end == "result" else named or own
        return (found[0].line, found[0].column) if found else (element.line, element.column)

    return place


def _place_in(field: Field) -> str:
    return f"(line {field.line}, column {field.column})"


def _own(document: Document, syntax: MessageSyntax) -> str:
    """The name in the first element, plain."""
    first = next(iter(document.elements), None)
    return (Part(element=first, syntax=syntax).name or "").strip().lower() if first is not None else ""


def _weight(found: Finding) -> tuple[int, int]:
    """How badly a message fits."""
    return len(found.broken) - len(found.lenient), len(found.broken)


def _payload(data: bytes) -> tuple[bytes, Callable[[MessageSyntax], list[tuple[str, str]]]]:
    """The XML in a file, and what is wrong with the header before it, if there is one."""
    if not data.startswith(_HEADER):
        return data, lambda _syntax: []
    decoder = TpktDecoder()
    try:
        decoder.feed(data)
        payload = decoder.next_packet()
    except FramingError as error:
        rule, told = error.rule, str(error)
        return data[HEADER_BYTES:], lambda syntax: [(syntax.rules[rule], told)]
    left = len(decoder.leftover)
    if payload is None or left:
        length = int.from_bytes(data[2:HEADER_BYTES], "big")
        told = f"expected a packet of {length} bytes, as its header says, got {len(data)}"
        return payload if payload is not None else data[HEADER_BYTES:], lambda syntax: [(syntax.rules["length"], told)]
    return payload, lambda _syntax: []
