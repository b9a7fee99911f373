"""Functions that are called with documents or URLs as the proxy reads them: what a request calls, and which documents nobody asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from urllib.parse import parse_qsl

from harness.messages.documentreply import STREAM, URL, Result
from harness.messages.documents import DocumentBinding, UrlBinding
from harness.messages.reply import Call, Reply
from harness.spec.documentmodel import DocumentSyntax
from harness.spec.functions import functions_by_name
from harness.spec.model import System
from harness.wire.xmltree import read_document

_TARGET = re.compile(rb"\s*[A-Z]+ +([^ ?]*)\??([^ ]*) ")


def document_parser(binding: DocumentBinding | UrlBinding) -> Callable[[bytes], Call | None]:
    """How requests are read: the function, and the parameters as `name=value` by their names in the spec; a call of nothing else."""
    names = Names(binding.system, binding.syntax)
    return names.of_url if isinstance(binding, UrlBinding) else names.of_document


class Names:
    """Reads requests of one system."""

    def __init__(self, system: System, syntax: DocumentSyntax) -> None:
        self._system, self._syntax = system, syntax
        self._functions = functions_by_name(system)
        self._heads = {one.casefold() for one in (syntax.function, *syntax.function_names.values())}

    def of_document(self, line: bytes) -> Call | None:
        """A request on the stream; None for nothing but white space."""
        if not line.strip():
            return None
        root = read_document(line).root
        if root is None or root.name != self._syntax.request:
            return Call(operation="")
        return self._call([(one.name, one.value) for one in root.children])

    def of_url(self, line: bytes) -> Call | None:
        """A request over HTTP."""
        found = _TARGET.match(line)
        if found is None or found[1].decode("latin-1").casefold() not in map(str.casefold, self._syntax.pages):
            return Call(operation="")
        pairs = parse_qsl(found[2].decode("latin-1"), keep_blank_values=True)
        return self._call([(name.upper(), value) for name, value in pairs])

    def _call(self, pairs: Sequence[tuple[str, str]]) -> Call:
        heads = [value for name, value in pairs if name.casefold() in self._heads or name == "TYPE"]
        function = self._functions.get(heads[0].casefold(), "") if heads else ""
        known = self._system.operations[function].parameters if function else {}
        plain = {spelled.casefold(): name for name, one in known.items() for spelled in (name, *one.names.values())}
        rest = [(name, value) for name, value in pairs if name.casefold() in plain]
        number = [value for name, value in pairs if name.casefold() == self._syntax.number.casefold()]
        values = tuple(f"{plain[name.casefold()]}={value}" for name, value in rest)
        return Call(operation=function, values=values, typed=(number[0] if number else "", *values))


def told(binding: DocumentBinding) -> Callable[[bytes], bool]:
    """Which documents of a device are events."""
    root = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s|<\?[^>]*>)*<" + re.escape(binding.syntax.event.encode()) + rb"[\s>]")
    return lambda message: root.match(message) is not None


def result_of(syntax: DocumentSyntax, reply: Reply) -> Result:
    """What a reply carries, whichever road it came on."""
    url = reply.raw.startswith(b"HTTP/")
    body = reply.raw.partition(b"\r\n\r\n")[2] if url else b""
    sent = tuple((name, value) for name, _, value in (one.partition("=") for one in reply.call.values))
    return Result(
        syntax=syntax, function=reply.call.operation, ending=reply.ending, raw=reply.raw, sent=sent,
        number=next(iter(reply.call.typed), None), road=URL if url else STREAM, body=body,
    )  # fmt: skip


# Of the rules of documents those whose checks leave no trace where they pass.
_UNTRACED = (
    "one-result",
    "whole",
    "event-apart",
    "not-subscribed",
    "event-type",
    "event-class",
    "event-data",
    "url-form",
)


def untraced(syntax: DocumentSyntax) -> list[str]:
    """The clauses that any document may break and that no case cites where they hold."""
    return [syntax.rules[rule] for rule in _UNTRACED if rule in syntax.rules]
