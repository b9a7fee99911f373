"""How the protocols that a proxy can stand in are cut into messages: requests, replies, and what a request calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from urllib.parse import unquote

from harness.errors import DecodeError, FramingError
from harness.messages.binding import Binding, Framer
from harness.messages.calls import CallBinding
from harness.messages.documents import DocumentBinding, UrlBinding
from harness.messages.http import HttpBinding
from harness.messages.lines import LineBinding
from harness.messages.packets import PacketBinding
from harness.messages.reply import Call
from harness.mutation.call_framing import call_parser
from harness.mutation.call_framing import untraced as untraced_of_calls
from harness.mutation.document_framing import document_parser, told, untraced
from harness.mutation.packet_framing import packet_parser, pushes
from harness.spec.model import System
from harness.wire.http1_framing import RequestReader, ResponseFramer
from harness.wire.lines import Quoting, split

Parse = Callable[[bytes], Call | None]
_HTTP = (HttpBinding, UrlBinding, CallBinding)


class Replies(Framer, Protocol):
    """Cuts replies; some protocols need to know what was asked, and that the connection has ended."""

    def expect(self, request: bytes) -> None:
        """A request is on its way to the device."""

    def eof(self) -> None:
        """The device has ended the connection."""


class _Plain:
    """The replies of a protocol whose messages end by themselves."""

    def __init__(self, framer: Framer) -> None:
        self._framer = framer

    @property
    def leftover(self) -> bytes:
        return self._framer.leftover

    def feed(self, data: bytes) -> None:
        self._framer.feed(data)

    def next_message(self) -> bytes | None:
        return self._framer.next_message()

    def expect(self, request: bytes) -> None:
        """Nothing has to be known."""

    def eof(self) -> None:
        """Nothing follows from it."""


class _HttpReplies:
    """HTTP responses; to HEAD they have no body."""

    def __init__(self) -> None:
        self._framer = ResponseFramer()

    @property
    def leftover(self) -> bytes:
        return self._framer.leftover

    def feed(self, data: bytes) -> None:
        self._framer.feed(data)

    def next_message(self) -> bytes | None:
        return self._framer.next_message()

    def expect(self, request: bytes) -> None:
        """See `Replies`."""
        self._framer.expect(request.lstrip(b"\r\n").partition(b" ")[0].decode("latin-1"))

    def eof(self) -> None:
        """See `Replies`."""
        self._framer.eof()


class _HttpRequests:
    """HTTP requests."""

    def __init__(self) -> None:
        self._reader = RequestReader()

    @property
    def leftover(self) -> bytes:
        return self._reader.leftover

    def feed(self, data: bytes) -> None:
        self._reader.feed(data)

    def next_message(self) -> bytes | None:
        found = self._reader.next_request()
        if found is None and (broken := self._reader.broken) is not None:
            raise FramingError(broken.rule, offset=0, expected=broken.expected, got=broken.got)
        return found.raw if found is not None else None


def requests_of(binding: Binding) -> Framer:
    """What cuts the requests of one connection."""
    return _HttpRequests() if isinstance(binding, _HTTP) else binding.framer()


def replies_of(binding: Binding) -> Replies:
    """What cuts the replies of one connection."""
    return _HttpReplies() if isinstance(binding, _HTTP) else _Plain(binding.framer())


def parser_of(binding: Binding) -> Parse:
    """How the requests of an interface are read."""
    if isinstance(binding, HttpBinding):
        return http_parser(binding.system)
    if isinstance(binding, PacketBinding):
        return packet_parser(binding)
    if isinstance(binding, (DocumentBinding, UrlBinding)):
        return document_parser(binding)
    if isinstance(binding, CallBinding):
        return call_parser(binding)
    assert isinstance(binding, LineBinding)
    return line_parser(binding.quoting)


def unasked_of(binding: Binding) -> Callable[[bytes], bool]:
    """Which messages of the device answer nothing, by themselves."""
    if isinstance(binding, DocumentBinding):
        return told(binding)
    return pushes(binding) if isinstance(binding, PacketBinding) else lambda _message: False


# Of the rules of XML messages in packets those whose checks leave no trace where they pass.
_UNTRACED = ("one-message", "value", "failure-everywhere", "indication-apart", "not-asked", "one-reply")


def rules_of(system: System) -> frozenset[str]:
    """The clauses of the protocol itself, which any reply may break."""
    found = [clause for syntax in (system.lines, system.http) if syntax for clause in syntax.rules.values()]
    if system.messages is not None:
        found += [system.messages.rules[rule] for rule in _UNTRACED if rule in system.messages.rules]
    if system.documents is not None:
        found += untraced(system.documents)
    if system.calls is not None:
        found += untraced_of_calls(system, system.calls)
    return frozenset(found)


def line_parser(quoting: Quoting) -> Parse:
    """How the requests of a line protocol are read: name, decoded values, and the values as they stand.

    A line that cannot be read is a call of nothing, so that its reply is still paired with it; a blank one is no request.
    """

    def parse(line: bytes) -> Call | None:
        body = line.rstrip(b"\r\n")
        if not body.strip():
            return None
        try:
            words = split(body.decode("utf-8", "replace"), quoting)
        except DecodeError:
            return Call(operation="")
        return Call(
            operation=words[0].value,
            values=tuple(word.value for word in words[1:]),
            typed=tuple(word.typed for word in words[1:]),
        )

    return parse


def http_parser(system: System) -> Parse:
    """How HTTP requests are read: the operation that path and selector name, and the other parameters as `name=value`.

    What is not asked with the system's method, or names no operation, is a call of nothing.
    """
    names: dict[tuple[str, str, str], str] = {}
    for name, operation in system.operations.items():
        if (known := operation.request) is not None:
            for value in known.values.values() or (known.value,):
                names.setdefault((known.path, known.selector, value), name)
    method = system.http.method if system.http is not None else ""

    def parse(request: bytes) -> Call | None:
        asked, target = method_and_target(request)
        path, _, query = target.partition("?")
        typed = tuple(part for part in query.split("&") if part) if query else ()
        values = [tuple(unquote(side) for side in part.split("=", 1)) for part in typed]
        for at, pair in enumerate(values):
            operation = names.get((path, pair[0], pair[-1]), "")
            if operation and asked == method:
                rest = (*values[:at], *values[at + 1 :])
                return Call(
                    operation=operation,
                    values=tuple("=".join(one) for one in rest),
                    typed=(*typed[:at], *typed[at + 1 :]),
                )
        return Call(operation="", values=tuple("=".join(one) for one in values), typed=typed)

    return parse


def method_and_target(request: bytes) -> tuple[str, str]:
    """The first two words of a request."""
    words = request.lstrip(b"\r\n").partition(b"\n")[0].decode("latin-1").split()
    return (words[0], words[1]) if len(words) > 1 else ("", "")
