"""What the fuzzer of methods that are called with a struct consists of: an independent reading of calls, and what must be shown of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from harness.callroad import API_VERSION
from harness.fuzzing.kit import AnyKit
from harness.messages.callreply import CallReply
from harness.spec.model import System
from harness.target import Target
from harness.verdict import Check


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One call as a conforming device may take it, and what may answer it.

    Attributes:
        method: the one that it certainly names, "" if that is open.
        members: what it carries besides user and password, in Python's types; None where that is open.
        comes: exactly one HTTP response comes. If not, nothing on this connection is certain any more.
        may_close: the connection may end instead.
        http: an HTTP status of an error conforms.
        success: a success conforms.
        faults: codes of the faults that conform; None: any does.
        names: one of these stands in the text of a fault that names what is wrong; empty if that is open.
        clauses: cited where the answer is none of these.
        plain: nothing in it is open, so that what a success has done is known.
        closes: it asks for the end of the connection behind the answer.
    """

    raw: bytes
    method: str = ""
    members: Mapping[str, object] | None = None
    comes: bool = True
    may_close: bool = False
    http: bool = False
    success: bool = False
    faults: frozenset[str] | None = None
    names: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    plain: bool = False
    closes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTurn:
    """One call of a script and what answered it."""

    asked: Asked
    reply: CallReply
    link: str = ""


class Reads(Protocol):
    """The grammar of calls over HTTP, told what the target file knows and what replies have told."""

    def begin(self) -> None:
        """Another script begins: what the last one made is gone."""

    def read(self, data: bytes) -> tuple[list[Asked], bytes, bool]:
        """The calls in what was sent on a connection, what is not whole yet, and whether what follows is certain. Never raises."""

    def learn(self, turn: CallTurn) -> None:
        """What a reply tells: the ids of new objects, and limits of the device."""


class Model(Protocol):
    """What must be shown after what was done, under every reading."""

    def begin(self) -> None:
        """Another script begins."""

    def see(self, turn: CallTurn) -> list[Check]:
        """Take note of an exchange; gives the broken checks of what it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallKit(AnyKit):
    """The fuzzer of one system of methods.

    Attributes:
        reader: the grammar, from spec, target, and the user and password that calls carry.
        model: what is remembered of one script after the other.
        probe: a method without members that any device answers with a success.
        told: methods whose replies hold the limits of the device; asked once.
        never: methods that are only called with what must be refused.
        usual: member -> values that every device takes; of structs the whole struct.
        fixtures: member -> fixture that names its values; without it the member is left out.
        unique: members whose values nobody else may have -> their forms, with `{}` for a word.
        left: members that valid calls leave out.
        few: methods that are called seldom, for they are slow or have large replies.
    """

    reader: Callable[[System, Target, tuple[str, str]], Reads]
    model: Callable[[System], Model]
    probe: str
    told: Sequence[str] = ()
    never: frozenset[str] = frozenset()
    usual: Mapping[str, Sequence[object]] = field(default_factory=dict)
    fixtures: Mapping[str, str] = field(default_factory=dict)
    unique: Mapping[str, Sequence[str]] = field(default_factory=dict)
    left: frozenset[str] = frozenset()
    few: frozenset[str] = frozenset()


def version_of(system: System, target: Target) -> str | None:
    """The API version that the target file claims, if the document knows it; None for the newest."""
    known = system.calls.versions if system.calls is not None else ()
    claimed = str(target.claims.get(API_VERSION, ""))
    return claimed if claimed in known else None
