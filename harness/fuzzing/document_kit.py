"""What the fuzzer of functions that are called with documents or URLs consists of: an independent reading of bytes, and a model of the device."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from harness.fuzzing.kit import AnyKit
from harness.messages.documentreply import STREAM, Fields, Result
from harness.spec.model import System
from harness.target import Target
from harness.verdict import Check

SUCCESS, FAILURE = "success", "failure"
EITHER = frozenset((SUCCESS, FAILURE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as a conforming device may take it.

    Attributes:
        function: the one that it certainly names, "" if that is open.
        fields: its parameters by their documented names; empty where they are open.
        number: of the request where it is a valid one, so that it must come back; None otherwise.
        comes: exactly one result comes. If not, nothing on this connection is certain any more.
        outcomes: of `SUCCESS` and `FAILURE`, those that conform.
        code: name of the error that must answer it, "" for any.
        clauses: cited where the answer is none of these.
        plain: nothing in it is open, so that what it does is known.
        method: of HTTP.
    """

    raw: bytes
    function: str = ""
    fields: Fields = ()
    number: str | None = None
    comes: bool = True
    outcomes: frozenset[str] = EITHER
    code: str = ""
    clauses: tuple[str, ...] = ()
    plain: bool = False
    road: str = STREAM
    method: str = "GET"

    def value(self, name: str) -> str | None:
        """The value of a parameter; None if there is none."""
        return next((value for known, value in self.fields if known == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTurn:
    """One request of a script and what answered it.

    Attributes:
        outcome: `SUCCESS`, `FAILURE`, or "" where neither came.
        sure: the result is certainly that of this request.
    """

    asked: Asked
    result: Result
    link: str
    outcome: str = ""
    sure: bool = True


class Reads(Protocol):
    """The grammar of requests."""

    def stream(self, data: bytes) -> tuple[list[Asked], bytes, bool]:
        """The documents in what was sent on a connection, what is not whole yet, and whether what follows is certain."""

    def urls(self, data: bytes) -> tuple[list[Asked], bytes, bool]:
        """The same of requests over HTTP."""


class Model(Protocol):
    """What must be so after what was done, under every reading."""

    def see(self, turn: DocumentTurn) -> list[Check]:
        """Take note of an exchange; gives the broken checks of what it says."""

    def wrong(self, turn: DocumentTurn) -> list[Check]:
        """The broken checks of an exchange that only reads; a device that lags is asked again before they count."""

    def told(self, event: Result, link: str) -> list[Check]:
        """Take note of an event."""

    def ended(self, link: str) -> None:
        """A connection has ended: it is told of nothing any more."""

    def missing(self) -> list[Check]:
        """Broken checks of events that should have come by now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKit(AnyKit):
    """The fuzzer of one system whose functions are called with documents and URLs.

    Attributes:
        reader: the grammar of requests.
        model: a fresh model, for one script.
        probe: function that any device answers with a success and that changes nothing.
        reads: functions that only read, and parameters; a value that begins with `@` is one of that fixture.
        begins, ends, updates, shows: functions that start a call, stop it, change it, and show it.
        devices: fixtures with devices whose calls may be used, the first that a target file has.
        device, instance, names: parameters that say which call, and those whose values must come back whatever is in them.
        rooms: parameter -> how long plain text may be that must come back.
    """

    reader: Callable[[System, Target], Reads]
    model: Callable[[System, Target], Model]
    probe: str
    reads: Sequence[tuple[str, Fields]]
    begins: str
    ends: str
    updates: str
    shows: Sequence[str]
    devices: Sequence[str]
    device: str
    instance: str
    names: Sequence[str]
    rooms: Fields


def devices_of(kit: DocumentKit, target: Target) -> tuple[str, ...]:
    """The devices whose calls a script may begin and end."""
    return next((found for key in kit.devices if (found := target.fixture_texts(key))), ())
