"""Behaviours that remember, or change what a device is asked: requests rewritten, results out of order, events where they do not belong."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import structs

from harness.messages.reply import Call
from harness.mutation.document_seen import Pairs, Said, Seen, rewritten
from harness.mutation.mutant import Behaviour, Exchange, Piece, pieces
from harness.spec.model import System
from harness.wire.xmltree import Element, read_document

# Rewrites the parameters of a call; None: as they are.
Ask = Callable[[Call, Pairs], Pairs | None]


class Asker(Behaviour):
    """Has the device asked something else, and may say something else of the answer."""

    rewrites = True

    def __init__(self, system: System, ask: Ask, say: Callable[[Seen], Said] | None = None) -> None:
        assert system.documents is not None
        self._system, self._syntax, self._ask, self._say = system, system.documents, ask, say

    def request(self, connection: int, call: Call, line: bytes) -> Sequence[bytes]:  # noqa: ARG002
        """See `Behaviour`."""
        return (rewritten(self._syntax, line, lambda old: new if (new := self._ask(call, old)) is not None else old),)

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        return pieces(self._say(Seen(self._system, exchange))) if self._say is not None else None


class LineAsker(Behaviour):
    """Has the device sent other bytes for each request."""

    rewrites = True

    def __init__(self, change: Callable[[bytes], bytes]) -> None:
        self._change = change

    def request(self, connection: int, call: Call, line: bytes) -> Sequence[bytes]:  # noqa: ARG002
        """See `Behaviour`."""
        return (self._change(line),)


class Fragments(Behaviour):
    """Forgets what came of a request when the rest comes in another segment."""

    rewrites = True

    def __init__(self, end: bytes) -> None:
        self._end = end

    def received(self, connection: int, data: bytes) -> bytes:  # noqa: ARG002
        """See `Behaviour`."""
        whole = data.rstrip().endswith(self._end) or not data.lstrip().startswith(b"<")
        return data if whole or data.startswith((b"GET", b"POST", b"HEAD")) else b""


class Swapped(Behaviour):
    """Answers the first of two requests that are under way after the second."""

    rewrites = True

    def __init__(self, system: System) -> None:
        self._system = system
        self._asked: dict[int, int] = {}
        self._held: dict[int, bytes] = {}

    def request(self, connection: int, call: Call, line: bytes) -> Sequence[bytes]:  # noqa: ARG002
        """See `Behaviour`."""
        self._asked[connection] = self._asked.get(connection, 0) + 1
        return (line,)

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        own = exchange.connection
        if not exchange.line or exchange.raw.startswith(b"HTTP/"):
            return None
        self._asked[own] = self._asked.get(own, 1) - 1
        held = self._held.pop(own, b"")
        if held:
            return (Piece(data=exchange.raw + held),)
        if self._asked[own] > 0:
            self._held[own] = exchange.raw
            return ()
        return None


class Strays(Behaviour):
    """Tells every connection of what one has asked to be told.

    Args:
        within: as an element of the next result, of the very connection, instead of a document of its own.
    """

    def __init__(self, system: System, *, within: bool = False) -> None:
        self._system, self._within = system, within
        self._last: tuple[int, Seen] | None = None

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        seen = Seen(self._system, exchange)
        if seen.url:
            return None
        if seen.event:
            self._last = (exchange.connection, seen)
            return () if self._within else None
        if self._last is None:
            return None
        own, event = self._last
        if self._within and own == exchange.connection:
            self._last = None
            return pieces(seen.with_root(structs.replace(seen.root, children=(*seen.root.children, event.root))))
        if not self._within and own != exchange.connection:
            return pieces(event.raw + exchange.raw)
        return None


class OnlyFirst(Behaviour):
    """Tells events to the first connection alone."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._first: int | None = None

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        seen = Seen(self._system, exchange)
        if not seen.event:
            return None
        if self._first is None:
            self._first = exchange.connection
        return None if self._first == exchange.connection else ()

    def left(self, connection: int) -> None:
        """See `Behaviour`."""
        self._first = None if self._first == connection else self._first


class Stale(Behaviour):
    """Answers a function again and again with what it answered first, but for the number of the request.

    Args:
        functions: those that do.
        key: a parameter of which each value has an answer of its own.
        anew: functions after which it looks again.
    """

    def __init__(
        self,
        system: System,
        functions: Sequence[str],
        key: str = "",
        names: Sequence[str] = (),
        anew: Sequence[str] = (),
    ) -> None:
        self._system, self._functions, self._key, self._names, self._anew = system, functions, key, names, anew
        self._first: dict[tuple[str, str], Element] = {}

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        seen = Seen(self._system, exchange)
        if seen.does(*self._anew):
            self._first.clear()
        if not seen.does(*self._functions):
            return None
        known = self._first.setdefault((seen.function, seen.sent.get(self._key, "")), seen.root)
        if not self._names:
            head = {*seen.syntax.head}
            kept = [one for one in known.children if one.name not in head]
            now = [one for one in seen.root.children if one.name in head]
            return pieces(seen.with_root(structs.replace(seen.root, children=(*now, *kept))))
        old = {name: [one.value for one in _all(known, name)] for name in self._names}
        said = None
        for name, values in old.items():
            if values:
                said = seen.put(name, values[0])
        return pieces(said)


def _all(element: Element, name: str) -> list[Element]:
    found = [one for one in element.children if one.name == name]
    for one in element.children:
        found += _all(one, name)
    return found


def cut_at_line_end(line: bytes) -> bytes:
    """A request as one reads it who takes the first line end for its end."""
    inner = line.lstrip()
    head, end, rest = inner.rstrip(b"\r\n").partition(b"\n")
    return head.rstrip(b"\r") + b"\r\n" if end and rest and inner.startswith(b"<") else line


def escaped_twice(line: bytes) -> bytes:
    """A request over HTTP whose escapes are taken literally."""
    head, blank, rest = line.partition(b" ")
    target, more, tail = rest.partition(b" ")
    plain = inner if (inner := line.lstrip()).startswith(b"<") else b""
    return line if plain else head + blank + target.replace(b"%", b"%25") + more + tail


def is_well_formed(line: bytes) -> bool:
    """Whether a request on the stream is an XML document."""
    return read_document(line).root is not None
