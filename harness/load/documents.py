"""How a load calls functions with documents or with URLs: each request of the round with a number of its own, spelled as the device wants it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.messages.documents import DocumentBinding, UrlBinding
from harness.messages.reply import Call
from harness.spec.documentmodel import DocumentSyntax
from harness.spec.model import System
from harness.target import Target
from harness.wire.http1 import encode
from harness.wire.xmltree import USUAL, Writing

Get = Callable[[str, str], str]
# Stands before the number of a request in what a call has typed; no parameter is called so.
NUMBER = "\0number"


class Spellings:
    """The functions and parameters that a document spells in several ways, as one device takes them."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._chosen: dict[str, dict[str, str]] = {}
        self._called: dict[str, str] = {}

    def learn(self, operation: str, get: Get) -> None:
        """Find out how the device spells a function and its parameters.

        Raises:
            CaseSkipped, CaseInconclusive: in no way of the document.
        """
        known = self._system.operations[operation]
        several = [name for name, one in known.parameters.items() if one.names]
        if operation not in self._chosen:
            self._called[operation] = get("spelling", operation) if known.names else ""
            self._chosen[operation] = {name: get("spelling", f"{operation}.{name}") for name in several}

    def of(self, operation: str) -> dict[str, str]:
        """Name -> spelling."""
        return self._chosen.get(operation, {})

    def called(self, operation: str) -> str:
        """What the device calls a function that has several names; "" for the one name of another."""
        return self._called.get(operation, "")


class LoadDocuments(DocumentBinding):
    """Requests on a stream."""

    def __init__(self, system: System, syntax: DocumentSyntax) -> None:
        super().__init__(system, syntax)
        self.spellings = Spellings(system)
        self._last = 0

    def call(self, operation: str, values: Sequence[str], *, quoted: bool = False) -> tuple[Call, bytes]:
        """A request with the next number; quoted, every character of a value is a reference."""
        self._last += 1
        number, names = str(self._last), self.spellings.of(operation)
        writing = Writing(references=True) if quoted else USUAL
        called = self.spellings.called(operation)
        data = self.request(operation, pairs(values), number=number, writing=writing, names=names, called=called)
        return _call(operation, values, number), data


class LoadUrls(UrlBinding):
    """Requests over HTTP."""

    def __init__(self, system: System, syntax: DocumentSyntax, target: Target, interface: str) -> None:
        host, port = f"[{target.host}]" if ":" in target.host else target.host, target.ports[interface]
        super().__init__(system, syntax, host if port == 80 else f"{host}:{port}")
        self.spellings = Spellings(system)
        self._last = 0

    def call(self, operation: str, values: Sequence[str], *, quoted: bool = False) -> tuple[Call, bytes]:  # noqa: ARG002
        """A request with the next number; every character of a value that could be escaped is."""
        self._last += 1
        number, names = str(self._last), self.spellings.of(operation)
        called = self.spellings.called(operation)
        data = encode(self.request(operation, pairs(values), number=number, names=names, called=called))
        return _call(operation, values, number), data


def _call(operation: str, values: Sequence[str], number: str) -> Call:
    return Call(operation=operation, values=tuple(values), typed=(f"{NUMBER}={number}", *values))


def pairs(values: Sequence[str]) -> list[tuple[str, str]]:
    """Values of a call, each `name=value`."""
    return [(name, value) for name, _, value in (one.partition("=") for one in values)]


def number_of(call: Call) -> str:
    """The number of a request that was made here."""
    return next(value for name, value in pairs(call.typed) if name == NUMBER)
