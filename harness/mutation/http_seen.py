"""One HTTP exchange as mutants look at it, and the replies that they make of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

from harness.messages.http import query_of
from harness.mutation.framing import method_and_target
from harness.mutation.http_document import Document, Edit, Element
from harness.mutation.http_message import Answer, read_answer, with_target
from harness.mutation.mutant import Behaviour, Exchange, Mutant, Operator, Piece, pieces
from harness.spec.model import Operation, System
from harness.spec.xmlmodel import XmlDocument

Said = bytes | Sequence[Piece] | None
Changes = Mapping[str, str | None]


class Asked:
    """A request: the operation and the parameters by their names in the spec, the selector left out."""

    def __init__(self, system: System, operation: str, values: Sequence[str], raw: bytes) -> None:
        self.system, self.operation, self.raw = system, operation, raw
        self.query = self._named(values)

    def _named(self, values: Sequence[str]) -> dict[str, str]:
        known = self.known
        spelled = {
            spelling: name
            for name, parameter in (known.parameters.items() if known is not None else ())
            for spelling in parameter.names.values()
        }
        pairs = [one.partition("=") for one in values]
        return {spelled.get(name, name): value for name, _, value in pairs}

    @property
    def known(self) -> Operation | None:
        """The operation, None if it names none."""
        return self.system.operations.get(self.operation)

    @cached_property
    def method(self) -> str:
        """Of the request."""
        return method_and_target(self.raw)[0]

    @cached_property
    def target(self) -> str:
        """Of the request."""
        return method_and_target(self.raw)[1]

    @property
    def path(self) -> str:
        """Of the target."""
        return self.target.partition("?")[0]

    def number(self, name: str) -> int | None:
        """A parameter as a number; None if it is none or not there."""
        value = self.query.get(name, "")
        return int(value) if value.lstrip("-").isdecimal() and value.isascii() and len(value) < 19 else None

    @property
    def window(self) -> tuple[int, int] | None:
        """First and last second that are asked for."""
        window = self.known.window if self.known is not None else None
        if window is None:
            return None
        first, last = self.number(window.start), self.number(window.end)
        return None if first is None or last is None else (first, last)

    def asking(self, **changes: str | None) -> bytes:
        """The request with other values of parameters that it has; None: without it."""
        path, _, query = self.target.partition("?")
        known = self.known
        spellings = {
            name: (name, *(known.parameters[name].names.values() if known and name in known.parameters else ()))
            for name in changes
        }
        kept, left = [], dict(changes)
        for part in query.split("&"):
            named = next((name for name in changes if part.partition("=")[0] in spellings[name]), None)
            if named is None:
                kept.append(part)
            elif (value := left.pop(named, None)) is not None:
                kept.append(query_of([(part.partition("=")[0], value)]))
        kept += [query_of([(name, value)]) for name, value in left.items() if value is not None]
        return with_target(self.raw, f"{path}?{'&'.join(kept)}")


class Seen(Asked):
    """An exchange: what was asked and what the device has answered."""

    def __init__(self, system: System, exchange: Exchange) -> None:
        super().__init__(system, exchange.call.operation, exchange.call.values, exchange.line)
        self.exchange = exchange
        self.connection = exchange.connection

    @cached_property
    def answer(self) -> Answer:
        """The reply, taken apart; status 0 if it is none."""
        return read_answer(self.exchange.raw, self.method or "GET") or Answer(status=0)

    @property
    def status(self) -> int:
        """Of the reply."""
        code = self.exchange.reply.code
        return int(code) if code.isdecimal() else 0

    @property
    def ok(self) -> bool:
        """A success of a documented request."""
        return bool(self.operation) and self.exchange.reply.ok is True

    def is_ok(self, *operations: str) -> bool:
        """A success of one of these, or of any."""
        return self.ok and (not operations or self.operation in operations)

    @property
    def shape(self) -> XmlDocument | None:
        """The document that answers, by the spec."""
        return self.system.replies.get(self.known.reply or "") if self.known is not None else None

    @cached_property
    def document(self) -> Document:
        """The document that came."""
        return Document(self.answer.body)

    @cached_property
    def rows(self) -> list[Element]:
        """The repeated elements of a success, in their order."""
        shape = self.shape
        return self.elements(shape.row) if self.ok and shape is not None and shape.row is not None else []

    def elements(self, name: str) -> list[Element]:
        """Elements by their name in the spec; the root too."""
        shape, document = self.shape, self.document
        if shape is None or not document.elements:
            return []
        spellings = (name, *shape.elements[name].names.values()) if name in shape.elements else (name,)
        if name == shape.root:
            root = document.elements[0]
            return [root] if root.name in spellings else []
        return document.named(*spellings)

    def spelling(self, one: Element, name: str) -> str:
        """How the device calls an attribute of the spec."""
        shape = self.shape
        for key, element in (shape.elements if shape is not None else {}).items():
            if one.name in (key, *element.names.values()) and name in element.attributes:
                for spelled in element.attributes[name].names.values():
                    if self.document.attribute(one, spelled) is not None:
                        return spelled
        return name

    def values(self, one: Element) -> dict[str, str]:
        """The attributes of an element, by their names in the document."""
        return self.document.values(one)

    def value(self, one: Element, name: str) -> str:
        """An attribute by its name in the spec; empty if it is not there."""
        return self.values(one).get(self.spelling(one, name), "")

    def integer(self, one: Element, name: str) -> int | None:
        """An attribute that is a number."""
        value = self.value(one, name)
        return int(value) if value.lstrip("-").isdecimal() else None

    # replies

    def body(self, body: bytes) -> bytes | None:
        """The reply with another body; None if it is the same."""
        return None if body == self.answer.body else self.answer.with_(body=body).raw()

    def edited(self, edits: Iterable[Edit]) -> bytes | None:
        """The reply with changes to its document; None if there are none."""
        return self.body(self.document.with_(edits))

    def set(self, one: Element, changes: Changes) -> list[Edit]:
        """Other values of attributes, by their names in the spec."""
        return self.document.set(one, {self.spelling(one, name): value for name, value in changes.items()})

    def each(
        self, change: Callable[[Element], Changes | None], elements: Sequence[Element] | None = None
    ) -> bytes | None:
        """The reply with other values in its rows, or in these elements."""
        edits: list[Edit] = []
        for one in self.rows if elements is None else elements:
            edits += self.set(one, change(one) or {})
        return self.edited(edits)

    def only(self, rows: Sequence[Element]) -> bytes | None:
        """The reply with these of its rows, in this order."""
        return self.body(self.document.in_order(self.rows, rows)) if self.rows else None

    def refused(self, status: int = 400) -> bytes:
        """A refusal without a document."""
        return bare(status)


def bare(status: int) -> bytes:
    """A reply with this status and without a document."""
    length = status != 204
    return Answer(status=status).head(length=length)


class Pretending(Behaviour):
    """A device that goes wrong as functions of what was seen say.

    Args:
        say: the reply in place of the device's; None: as it is.
        ask: the request that the device is taken to have read; None: as it is.
    """

    def __init__(
        self,
        system: System,
        say: Callable[[Seen], Said] | None = None,
        ask: Callable[[Asked], bytes | None] | None = None,
    ) -> None:
        self._system, self._say, self._ask = system, say, ask
        self.rewrites = ask is not None

    def request(self, connection: int, call: object, line: bytes) -> Sequence[bytes]:  # noqa: ARG002
        """See `Behaviour`."""
        operation, values = getattr(call, "operation", ""), getattr(call, "values", ())
        found = self._ask(Asked(self._system, operation, values, line)) if self._ask is not None else None
        return (line if found is None else found,)

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        if self._say is None or not exchange.line:
            return None
        return pieces(self._say(Seen(self._system, exchange)))


Change = Callable[[Seen], Said]
Rows = Sequence[tuple[str, Operator, str, Change]]  # name, what is done, in words, the reply


class Maker:
    """Makes the mutants of one system."""

    def __init__(self, system: System) -> None:
        self.system = system

    def says(
        self,
        clause: str,
        name: str,
        operator: Operator,
        about: str,
        say: Callable[[Seen], Said],
        *,
        harmless: bool = False,
    ) -> Mutant:
        """A mutant that answers otherwise and remembers nothing."""
        return Mutant(
            id=f"{clause}:{name}",
            clause=clause,
            operator=operator,
            about=about,
            make=lambda: Pretending(self.system, say),
            harmless=harmless,
        )

    def asks(
        self, clause: str, name: str, operator: Operator, about: str, ask: Callable[[Asked], bytes | None]
    ) -> Mutant:
        """A mutant that understands another request."""
        return Mutant(
            id=f"{clause}:{name}",
            clause=clause,
            operator=operator,
            about=about,
            make=lambda: Pretending(self.system, ask=ask),
        )
