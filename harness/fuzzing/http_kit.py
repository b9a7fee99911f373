"""What the fuzzer of an HTTP system consists of: an independent reading of requests, and rules about several replies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from harness.fuzzing.kit import AnyKit
from harness.rows import Result
from harness.target import Target
from harness.verdict import Check


@dataclass(frozen=True, slots=True)
class Refusal:
    """One way to refuse a request.

    Attributes:
        status: the status code.
        attributes: what the root of the error's document carries, where the document shows one.
    """

    status: int
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as a conforming device may take it, and what it may answer.

    Attributes:
        method: as it stands there.
        whole: it is well-formed HTTP, so that exactly one response comes. If not, nothing on this connection is certain any more.
        may_close: the connection may end instead of a response.
        anything: any response conforms, whatever its status.
        any_error: any status from 400 to 499, 501 and 505 conform besides what else is said.
        success: a success conforms; its document is that of one of `documents`.
        refusals: these conform.
        clauses: cited where the answer is none of these.
        operation: which one it certainly names, "" if that is open.
        values: the parameters of a request in which nothing is open but what the rules about several replies know of; else empty.
        window: first and last second, where they are certain.
        most_rows: so many rows the document may have at most.
        echo: root element's child and attribute that repeat a value, and the values that conform.
    """

    raw: bytes
    method: str = "GET"
    whole: bool = True
    may_close: bool = False
    anything: bool = False
    any_error: bool = False
    success: bool = False
    documents: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    clauses: tuple[str, ...] = ()
    operation: str = ""
    values: tuple[tuple[str, str], ...] = ()
    window: tuple[int, int] | None = None
    most_rows: tuple[int, str] | None = None
    echo: tuple[str, str, tuple[str, ...], str] | None = None

    def value(self, name: str) -> str | None:
        """The value of a parameter; None if there is none."""
        return next((value for known, value in self.values if known == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One request of a script and what answered it.

    Attributes:
        status: the status code; 0 if no response came.
        result: what stands in the document of a success.
        document: the operation whose document that is.
        step: its place in the transcript.
        root: local name of the document's root, where a refusal has one; code: its attribute `code`.
    """

    asked: Asked
    status: int
    result: Result | None
    document: str
    step: int
    root: str = ""
    code: str = ""


class Reads(Protocol):
    """The grammar of requests, told what the target file knows."""

    def read(self, data: bytes) -> tuple[list[Asked], bytes]:
        """The requests in what was sent on a connection, and the beginning of one that is not whole. Never raises."""

    def learn(self, turn: Turn) -> None:
        """What a reply tells of the device, such as its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpKit(AnyKit):
    """The fuzzer of one HTTP system.

    Attributes:
        reader: from a target, the grammar of requests.
        rules: broken checks of what the replies of one script say together; never of what a world that goes on may change.
        keeps: operation -> attributes of its rows that the rules look at.
        probe: operation that any device answers.
        large: operations that are asked for seldom, as their replies are large.
    """

    reader: Callable[[Target], Reads]
    rules: Callable[[Sequence[Turn]], list[Check]]
    keeps: Mapping[str, tuple[str, ...]]
    probe: str
    large: frozenset[str] = frozenset()
