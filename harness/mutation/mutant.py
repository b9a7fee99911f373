"""A mutant: one deviation from one clause, and what it does to the traffic of a device.

A `Behaviour` sees what a client asks and what the device answers and may put something else in its place. By default it changes
nothing, so each mutant states its deviation only. It lives as long as one trial, so its attributes are the memory of the device that
it pretends to be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from harness.messages.reply import Call, Reply


class Operator(StrEnum):
    """What is done to the traffic; the columns of the kill matrix."""

    DROP = "drop"  # a part is missing
    RENAME = "rename"  # another word
    RETYPE = "retype"  # a value of another type
    OVERFLOW = "overflow"  # too much
    REORDER = "reorder"
    SWAP = "swap"  # another error of the tables
    ACCEPT = "accept"  # a success where an error belongs
    REFUSE = "refuse"  # an error where a success belongs
    DELAY = "delay"
    SPLIT = "split"
    LOSE = "lose"
    DOUBLE = "double"
    STALE = "stale"  # what was true before
    MISREAD = "misread"  # the device understands another request than it was sent


class End(StrEnum):
    """How the proxy ends a connection in the device's name."""

    CLOSE = "close"
    RESET = "reset"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Bytes for the client, `delay_s` wall seconds after the piece before; then the end of the connection, if `end` is set."""

    data: bytes = b""
    delay_s: float = 0.0
    end: End | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One reply of the device with the request that it answers.

    Attributes:
        connection: number of the client's connection, unique within the proxy.
        call: the request as the client meant it, operation "" if it names none or cannot be read.
        line: the request as the client sent it, terminator included; empty if nobody asked.
        reply: the device's reply, read.
    """

    connection: int
    call: Call
    line: bytes
    reply: Reply

    @property
    def raw(self) -> bytes:
        """The reply as it stood on the wire."""
        return self.reply.raw


class Behaviour:
    """What a mutated device does; this one does nothing wrong.

    Attributes:
        rewrites: it changes requests too; else they are forwarded as they come, cut as they were.
    """

    rewrites = False

    def source(self, peer: str) -> str:
        """The address from which the device sees a client that comes from `peer`."""
        return peer

    def opened(self, connection: int) -> Sequence[Piece]:  # noqa: ARG002 - for those that override it
        """What a client is sent when its connection opens, before anything of the device's."""
        return ()

    def received(self, connection: int, data: bytes) -> bytes:  # noqa: ARG002
        """Bytes of a client as they come, cut anywhere; gives what the device is to see. Asked if it `rewrites`."""
        return data

    def request(self, connection: int, call: Call, line: bytes) -> Sequence[bytes]:  # noqa: ARG002
        """One whole request, terminator included; asked if it `rewrites`.

        Returns:
            What the device is sent instead. Of several requests only the reply to the first reaches the client.
        """
        return (line,)

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:  # noqa: ARG002
        """One reply, also one that nobody asked for; gives what the client is sent instead, None: the reply as it is."""
        return None

    def ended(self, connection: int) -> bool:  # noqa: ARG002
        """The device ends a connection; gives whether the client may see it."""
        return True

    def left(self, connection: int) -> None:
        """A client's connection is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One deviation.

    Attributes:
        id: stable, the clause and a name: `HMP-SES-002.still-found`.
        clause: the clause that it breaks; one of harmless mutants is what they come nearest to breaking.
        about: what the device does, one sentence.
        make: a new behaviour for one trial.
        harmless: it breaks nothing; a suite that fails it is wrong.
        near: patterns of the cases that probably notice it, which are run first.
    """

    id: str
    clause: str
    operator: Operator
    about: str
    make: Callable[[], Behaviour]
    harmless: bool = False
    near: tuple[str, ...] = ()


Say = Callable[[Exchange], bytes | Sequence[Piece] | None]


class Spoiler(Behaviour):
    """Says something else wherever a condition on one exchange holds."""

    def __init__(self, when: Callable[[Exchange], bool], say: Say) -> None:
        self._when = when
        self._say = say

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        return pieces(self._say(exchange)) if self._when(exchange) else None


def pieces(said: bytes | Sequence[Piece] | None) -> Sequence[Piece] | None:
    """What was said as pieces; bytes are one piece, sent at once."""
    return (Piece(data=said),) if isinstance(said, bytes) else said
