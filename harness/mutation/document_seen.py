"""One exchange of functions and documents as mutants look at it, and the documents that they make of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from urllib.parse import quote, unquote_plus

from msgspec import structs

from harness.messages.documentreply import Result
from harness.mutation.document_framing import result_of
from harness.mutation.http_message import Answer, read_answer
from harness.mutation.mutant import Behaviour, Exchange, Mutant, Operator, Piece, pieces
from harness.mutation.speech import example
from harness.spec.documentmodel import DocumentSyntax, Section
from harness.spec.model import Base, ErrorCode, System
from harness.wire.xmltree import Element, read_document, write_document

Said = bytes | Sequence[Piece] | None
Change = Callable[[Element], Iterable[Element]]
Pairs = list[tuple[str, str]]


class Seen:
    """One reply or event, with the request that it answers."""

    def __init__(self, system: System, exchange: Exchange) -> None:
        assert system.documents is not None
        self.system, self.syntax, self.exchange = system, system.documents, exchange
        self.function = exchange.call.operation
        self.connection = exchange.connection
        self.raw = exchange.raw
        self.url = self.raw.startswith(b"HTTP/")

    @cached_property
    def sent(self) -> dict[str, str]:
        """The parameters of the request."""
        return {name: value for name, _, value in (one.partition("=") for one in self.exchange.call.values)}

    @property
    def number(self) -> str:
        """The number of the request, "" without."""
        return next(iter(self.exchange.call.typed), "")

    @cached_property
    def answer(self) -> Answer | None:
        """The response, on the road of URLs."""
        return read_answer(self.raw) if self.url else None

    @cached_property
    def result(self) -> Result:
        """What came, read."""
        found = result_of(self.syntax, self.exchange.reply)
        return found if self.answer is None else replace(found, body=self.answer.body)

    @property
    def root(self) -> Element:
        """The root; an empty one for a file."""
        return self.result.root

    @property
    def event(self) -> str:
        """The type of the event that it is, by its name in the spec; "" for none."""
        if self.root.name != self.syntax.event:
            return ""
        own = self.result.event_type
        known = self.system.events
        return next(
            (name for name, one in known.items() if own in {name, *map(str.strip, one.type_names.values())}), own
        )

    @property
    def is_result(self) -> bool:
        """Whether it is a result."""
        return self.root.name == self.syntax.result

    @cached_property
    def ok(self) -> bool:
        """Whether it is a success, with a result or with a file."""
        if self.exchange.reply.raw and self.event:
            return False
        rows = (self.syntax.success, *self.syntax.successes)
        if self.is_result:
            code = self.result.code
            return code in {self.system.errors[name].code for name in rows} or (
                not code and self.function in self.syntax.headless
            )
        return self.url and self.answer is not None and self.answer.status == 200 and bool(self.answer.body)

    @property
    def failed(self) -> bool:
        """Whether it is an error."""
        return not self.event and bool(self.function or self.is_result) and not self.ok

    def does(self, *functions: str) -> bool:
        """Whether it is a success of one of these functions."""
        return self.function in functions and self.ok

    def fails(self, *functions: str) -> bool:
        """Whether it is an error of one of these functions."""
        return self.function in functions and self.failed

    # what is said instead

    def with_root(self, root: Element) -> bytes:
        """The same with another document."""
        made = write_document(root.name, [(one.name, one if one.children else one.text) for one in root.children])
        return self.with_document(made)

    def with_document(self, made: bytes) -> bytes:
        """The same with other bytes for its document."""
        if not self.url:
            return made
        answer = self.answer or Answer(status=200)
        return answer.with_(status=200, reason="", body=made).with_field("Content-Type", "text/xml").raw()

    def each(self, names: Iterable[str], change: Change, *, within: Sequence[str] | None = None) -> bytes | None:
        """The document with other elements in the place of those of a name; None if there are none.

        Args:
            within: the elements between them and the root; None: wherever they stand.
        """
        wanted, found = set(names), [False]

        def walk(element: Element, left: Sequence[str] | None) -> Element:
            children: list[Element] = []
            for one in element.children:
                if not left and one.name in wanted:
                    found[0] = True
                    children += change(one)
                elif left is None:
                    children.append(walk(one, None))
                elif left and one.name == left[0]:
                    children.append(walk(one, left[1:]))
                else:
                    children.append(one)
            return structs.replace(element, children=tuple(children))

        made = walk(self.root, within)
        return self.with_root(made) if found[0] else None

    def put(self, name: str, value: str) -> bytes | None:
        """The document with another value of each element of a name."""
        return self.each([name], lambda one: [structs.replace(one, text=value, children=())])

    def everywhere(self, *names: str) -> list[Element]:
        """Every element of these names."""
        return self.result.everywhere(*names)

    def plain(self, row: ErrorCode, more: Sequence[Element] = (), *, label: str = "") -> bytes:
        """A result with the code and label of a row."""
        syntax = self.syntax
        fields: list[tuple[str, str | Element]] = [
            (syntax.answered, self.function),
            (syntax.number, self.number or "0"),
        ]
        fields += [(syntax.label, label or row.text), (syntax.code, row.code), (syntax.text, row.text)]
        return self.with_document(
            write_document(syntax.result, [*fields, *((one.name, one if one.children else one.text) for one in more)])
        )

    def refused(self, error: str = "") -> bytes:
        """An error in its place: the one that is named, else one that any request may have."""
        return self.plain(self.system.errors[error or other_error(self.system)])

    def accepted(self) -> bytes:
        """A success in its place, with what it must carry."""
        operation = self.system.operations.get(self.function)
        if operation is not None and operation.body is not None and self.url:
            return self.with_document(b"").partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        more = (
            list(_needed(self.system, operation.answer, self.sent))
            if operation is not None and operation.answer
            else []
        )
        return self.plain(self.system.errors[self.syntax.success], more)


def other_error(system: System) -> str:
    """An error that no case expects: one of the whole system that belongs to no parameter."""
    syntax = system.documents
    assert syntax is not None
    known = {
        name for one in system.operations.values() for p in one.parameters.values() for name in (*p.unknown, *p.invalid)
    }
    known |= {name for one in system.operations.values() for need in one.needs for name in need.errors}
    taken = {*known, *syntax.refused, *syntax.unknown, syntax.number_error, syntax.success, *syntax.successes}
    free = [name for name, row in system.errors.items() if name not in taken and not row.anywhere]
    return (free or list(system.errors))[-1]


def _needed(system: System, section: Section, sent: dict[str, str]) -> Iterator[Element]:
    for name, value in section.values.items():
        if not value.optional and value.absent is None:
            kind = system.types[value.type]
            text = sent.get(value.echo or "") or ("0" if kind.base is Base.INT else example(kind))
            yield Element(name, "0" if name == section.count else text)
    for name, below in section.sections.items():
        if not below.repeated and not below.optional and below.absent is None:
            yield Element(f"{name}0" if below.numbered else name, "", tuple(_needed(system, below, sent)))


# requests


def rewritten(syntax: DocumentSyntax, line: bytes, change: Callable[[Pairs], Pairs]) -> bytes:
    """A request with other parameters, on either road; names are those that it has, in upper case on the road of URLs."""
    if line.lstrip().startswith(b"<"):
        root = read_document(line).root
        if root is None:
            return line
        old = [(one.name, one.value) for one in root.children]
        made = change(list(old))
        return line if made == old else write_document(root.name, made)
    head, _, rest = line.partition(b" ")
    target, _, tail = rest.partition(b" ")
    path, _, query = target.decode("latin-1").partition("?")
    parts = [part.partition("=") for part in query.split("&") if part]
    old = [(unquote_plus(name).upper(), unquote_plus(value)) for name, _, value in parts]
    old = [(syntax.function if name in ("TYPE", syntax.function) else name, value) for name, value in old]
    made = change(list(old))
    if made == old:
        return line
    pairs = [("type" if name == syntax.function else name.lower(), value) for name, value in made]
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
    return head + b" " + f"{path}?{query}".encode("latin-1") + b" " + tail


class Teller(Behaviour):
    """Says something else in the place of replies and events; one that returns None lets it be."""

    def __init__(self, system: System, say: Callable[[Seen], Said]) -> None:
        self._system, self._say = system, say

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        return pieces(self._say(Seen(self._system, exchange)))


class Maker:
    """Makes mutants of one system."""

    def __init__(self, system: System) -> None:
        assert system.documents is not None
        self.system, self.syntax = system, system.documents

    def says(
        self,
        clause: str,
        name: str,
        operator: Operator,
        about: str,
        say: Callable[[Seen], Said],
        *,
        near: tuple[str, ...] = (),
        harmless: bool = False,
    ) -> Mutant:
        """A mutant that says something else."""
        return Mutant(
            id=f"{clause}:{name}",
            clause=clause,
            operator=operator,
            about=about,
            make=lambda: Teller(self.system, say),
            near=near,
            harmless=harmless,
        )
