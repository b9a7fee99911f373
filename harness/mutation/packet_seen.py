"""One exchange of XML messages in packets as mutants look at it, and the packets that they make of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from msgspec import structs

from harness.ending import Ending
from harness.messages.packetreply import Packet, spelled
from harness.messages.packets import names_of, operation_of
from harness.mutation.mutant import Exchange, Piece
from harness.mutation.packet_framing import read_command
from harness.spec.messagemodel import Message, MessageSyntax
from harness.spec.model import Operation, System
from harness.wire.tpkt import HEADER_BYTES, encode
from harness.wire.xmlmessage import Document, Element, Field, encode_document, read_message

Said = bytes | Sequence[Piece] | None
Notes = dict[Any, Any]  # what a pretended device remembers
EachElement = Callable[[Element], Iterable[Element]]
EachField = Callable[[Field], Iterable[Field]]
PLACES = {"each": slice(None), "first": slice(1), "last": slice(-1, None), "later": slice(1, None)}


def syntax_of(system: System) -> MessageSyntax:
    """The rules of the protocol."""
    assert system.messages is not None
    return system.messages


def packed(document: Document, elements: Sequence[Element] | None = None) -> bytes:
    """A document as a packet, with these elements."""
    return encode(
        encode_document(document.root, document.attributes, document.elements if elements is None else elements)
    )


class Asked:
    """A command: its operation and its fields, by their names in the spec.

    Attributes:
        sent: fields and values, without the session.
        session: the id that it carries; None if it has none.
        notes: what the pretended device remembers.
        met: sessions that the device has made, the newest last -> whether they were not logged out.
    """

    def __init__(self, system: System, raw: bytes, notes: Notes, met: dict[str, bool]) -> None:
        self.system, self.raw, self.notes, self.met = system, raw, notes, met
        self.syntax = syntax_of(system)
        self.operation, self.sent, self.session = read_command(system, raw)

    @property
    def live(self) -> list[str]:
        """Sessions that were not logged out, the newest last."""
        return [session for session, there in self.met.items() if there]

    @property
    def ended(self) -> list[str]:
        """Sessions that were logged out."""
        return [session for session, there in self.met.items() if not there]

    @cached_property
    def document(self) -> Document:
        """What was asked."""
        return read_message(self.raw[HEADER_BYTES:])

    @property
    def known(self) -> Operation | None:
        """The operation, None if it names none."""
        return self.system.operations.get(self.operation)

    def given(self, name: str) -> str | None:
        """The first value of a field of the command; None if there is none."""
        return next((value for field, value in self.sent if field == name), None)

    def asking(self, changes: dict[str, str | None], *, session: str | None = "") -> bytes:
        """The command with other values of fields, by their names in the spec; None: without the field.

        Args:
            session: another session; "" leaves it as it is, None takes it away.
        """
        if session != "":
            changes = {self.syntax.session: session, **changes}
        known = self.known
        parameters = known.parameters if known is not None else {}
        command = self.document.elements[0]
        fields = list(command.fields)
        for name, value in changes.items():
            names = (name, *(parameters[name].names.values() if name in parameters else ()))
            at = [number for number, one in enumerate(fields) if one.name in names]
            made = [] if value is None else [Field(name=names[-1], attributes={self.syntax.value: value})]
            if at:
                made = [] if value is None else [Field(name=fields[at[0]].name, attributes={self.syntax.value: value})]
                fields[at[0] : at[0] + 1] = made
            else:
                fields[:0] = made
        return packed(self.document, [structs.replace(command, fields=tuple(fields)), *self.document.elements[1:]])


class Seen(Asked):
    """A packet of the device with the command that it answers; an indication answers none, and its operation is that which it tells of."""

    def __init__(self, system: System, exchange: Exchange, notes: Notes, met: dict[str, bool]) -> None:
        super().__init__(system, exchange.line, notes, met)
        self.exchange = exchange
        self.connection = exchange.connection
        if self.indicates:
            part = next(iter(self.packet.parts))
            self.operation = next(iter(operation_of(system, part, "indication")), "")

    @cached_property
    def packet(self) -> Packet:
        """What came."""
        known = self.known
        several = known is not None and known.confirm is not None and known.confirm.several
        return Packet(
            syntax=self.syntax,
            operation=self.operation,
            ending=Ending.ANSWERED,
            raw=self.exchange.raw,
            sent=self.sent,
            several=several,
        )

    @cached_property
    def answer(self) -> Document:
        """The document that came."""
        return self.packet.document

    @property
    def elements(self) -> tuple[Element, ...]:
        """What stands in it."""
        return self.answer.elements

    @cached_property
    def indicates(self) -> bool:
        """An indication."""
        return not self.exchange.line and self.packet.indicates

    def is_told(self, *operations: str) -> bool:
        """An indication of one of these, or any."""
        return self.indicates and (not operations or self.operation in operations)

    @property
    def ok(self) -> bool:
        """A success of a documented command."""
        return bool(self.operation) and not self.indicates and self.packet.ok is True

    def is_ok(self, *operations: str) -> bool:
        """A success of one of these, or of any."""
        return self.ok and (not operations or self.operation in operations)

    def is_refused(self, *operations: str) -> bool:
        """A failure of one of these, or of any documented command."""
        wanted = bool(self.operation) and (not operations or self.operation in operations)
        return wanted and not self.indicates and self.packet.ok is False

    @property
    def message(self) -> Message | None:
        """What the spec says of such a message."""
        known = self.known
        if known is None:
            return None
        return known.indication if self.indicates else known.confirm

    def names(self, name: str) -> tuple[str, ...]:
        """How a field may be spelled."""
        message = self.message
        field = message.fields.get(name) if message is not None else None
        return spelled(field.names, name) if field is not None else (name,)

    def values(self, one: Element, name: str) -> list[str]:
        """The values of a field in a confirm or an indication."""
        names = self.names(name)
        return [field.attributes.get(self.syntax.value, "") for field in one.fields if field.name in names]

    def value(self, name: str, one: Element | None = None) -> str:
        """The first value of a field, in the first element or this one; "" if it is not there."""
        part = one or next(iter(self.elements), None)
        return next(iter(self.values(part, name)), "") if part is not None else ""

    # other packets

    def with_(self, elements: Sequence[Element]) -> bytes | None:
        """The packet with these elements; None if they are the same."""
        if tuple(elements) == self.elements:
            return None
        made = packed(
            self.answer, elements
        )  # what is written anew has no place in the document, and may yet be the same
        return None if made == packed(self.answer) else made

    def each(self, change: EachElement, place: str = "each") -> bytes | None:
        """The packet with something else in place of its elements, or of those of a place."""
        at = set(range(len(self.elements))[PLACES[place]])
        made: list[Element] = []
        for number, one in enumerate(self.elements):
            made += change(one) if number in at else [one]
        return self.with_(made)

    def fields(
        self, name: str, change: EachField, place: str = "each", *, lacking: Sequence[Field] = ()
    ) -> bytes | None:
        """The packet with something else in place of a field, wherever it stands; of what is `lacking` where it does not stand."""
        names = self.names(name)

        def changed(one: Element) -> Iterator[Element]:
            there = any(field.name in names for field in one.fields)
            made: list[Field] = []
            for field in one.fields if there else (*one.fields, *lacking):
                made += change(field) if field.name in names else [field]
            yield structs.replace(one, fields=tuple(made))

        return self.each(changed, place)

    def set(self, one: Element, **changes: str | Sequence[str] | None) -> Element:
        """An element with other values of fields, by their names in the spec: None is without it, a list several of it."""
        fields = list(one.fields)
        for name, value in changes.items():
            names = self.names(name)
            at = next((number for number, field in enumerate(fields) if field.name in names), len(fields))
            spelling = fields[at].name if at < len(fields) else names[0]
            rest = [field for field in fields if field.name not in names]
            new = [] if value is None else [value] if isinstance(value, str) else list(value)
            made = [Field(name=spelling, attributes={self.syntax.value: text}) for text in new]
            fields = [*rest[:at], *made, *rest[at:]]
        return structs.replace(one, fields=tuple(fields))

    def setting(self, **changes: str | None) -> bytes | None:
        """The packet with other values in each element."""
        return self.each(lambda one: [self.set(one, **changes)])

    def refused(self, reason: str = "Command failed") -> bytes:
        """A failure of the command."""
        names = names_of(self.known.confirm if self.known is not None else None, self.operation)
        fields = ((self.syntax.result, self.syntax.failure), (self.syntax.reason, reason))
        made = tuple(Field(name=name, attributes={self.syntax.value: value}) for name, value in fields)
        name = next((one.attributes.get(self.syntax.name) for one in self.elements), None) or next(iter(names.values()))
        return packed(
            self.answer, [Element(name=self.syntax.confirm, attributes={self.syntax.name: name}, fields=made)]
        )

    def accepted(self, **values: str) -> bytes | None:
        """The same packet as a success, with these values besides."""
        return self.each(
            lambda one: [self.set(one, **{self.syntax.result: self.syntax.success, self.syntax.reason: None}, **values)]
        )

    def without_header(self) -> bytes:
        """The payload."""
        return self.exchange.raw[HEADER_BYTES:]

    def respelled(self, change: Callable[[bytes], bytes]) -> bytes | None:
        """The packet with other bytes in it; None if they are the same."""
        made = change(self.without_header())
        return None if made == self.without_header() else encode(made)
