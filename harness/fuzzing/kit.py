"""What the fuzzer of one system consists of, and where it is found: the package `fuzz.<system>`, its `KIT`."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from harness.errors import InternalError, UsageError
from harness.fuzzing.expect import World
from harness.messages.book import ErrorBook
from harness.resources import data_folder, import_package
from harness.target import Target


class Parsed(Protocol):
    """What a conforming device must take one request for, by a statement of the grammar that shares nothing with the codec."""

    @property
    def words(self) -> tuple[str, ...]:
        """Name and values, decoded."""

    @property
    def typed(self) -> tuple[str, ...]:
        """The same as they stand on the wire."""

    @property
    def balanced(self) -> bool:
        """Whether it is well-formed; if not, the answer is the system's syntax error."""

    @property
    def open(self) -> frozenset[str]:
        """What the document leaves open about it, so that more than one answer conforms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyKit:
    """What the engine asks of the fuzzer of any system, whatever its protocol.

    Attributes:
        system: its id.
        cut: sent bytes to the requests in them, and what is not a whole request yet.
        strains: the clauses of the grammar that these bytes put to use, so that a finding names them.
        end: what ends a request; a script is made smaller and put together there.
    """

    system: str
    cut: Callable[[bytes], tuple[list[bytes], bytes]]
    strains: Callable[[bytes], tuple[str, ...]]
    end: bytes = b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit(AnyKit):
    """The fuzzer of one system that speaks a line protocol.

    Attributes:
        parse: one request, without its terminator.
        others: the same and its open points to the words of other readings, in which a lenient device may have executed it.
        world: a fresh model of the device.
        probe: from a random UUID, a call that any device must answer and that changes nothing.
        marker: from a word, a call that changes nothing and whose answer repeats the word.
        twins: open points that leave one character of a quoted value open -> that character under the plain reading and the other one.
        may_close: open points for which a device may end the connection.
        may_ignore: open points for which it may give no reply.
        may_split: open points for which it may find more than one request, and give as many replies.
    """

    parse: Callable[[bytes], Parsed]
    others: Callable[[bytes, frozenset[str]], Sequence[tuple[str, ...]]]
    world: Callable[[ErrorBook, Target], World]
    probe: Callable[[str], Sequence[str]]
    marker: Callable[[str], Sequence[str]]
    twins: Mapping[str, tuple[str, str]]
    may_close: frozenset[str]
    may_ignore: frozenset[str]
    may_split: frozenset[str]


def load_any_kit(system: str) -> AnyKit:
    """The fuzzer of a system.

    Raises:
        UsageError: there is none.
    """
    folder = data_folder("fuzz")
    if not (folder / system / "__init__.py").is_file():
        raise UsageError(f"{folder / system}: there is no fuzzer for {system!r}")
    import_package("fuzz", folder)
    kit = importlib.import_module(f"fuzz.{system}.kit").KIT
    if not isinstance(kit, AnyKit):
        raise InternalError(f"fuzz.{system}.kit.KIT is not a kit")
    return kit


def load_kit(system: str) -> Kit:
    """The fuzzer of a system that speaks a line protocol.

    Raises:
        UsageError: there is none.
    """
    kit = load_any_kit(system)
    if not isinstance(kit, Kit):
        raise UsageError(f"{system}: it speaks no line protocol")
    return kit
