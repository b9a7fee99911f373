"""What the fuzzer of a system of XML messages in packets consists of: an independent reading of commands, and rules about several answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from harness.fuzzing.kit import AnyKit
from harness.messages.packetreply import Packet
from harness.spec.model import System
from harness.target import Target
from harness.verdict import Check

SUCCESS, FAILURE, NOTHING, CLOSED = "success", "failure", "nothing", "closed"
ANY = frozenset((SUCCESS, FAILURE, NOTHING, CLOSED))
NOT_DONE = ANY - {SUCCESS}
ANSWERED = frozenset((SUCCESS, FAILURE))
DONE = frozenset((SUCCESS,))


@dataclass(slots=True)
class Facts:
    """What the player knows when bytes are read.

    Attributes:
        root: how the device wants the root spelled.
        names: operation -> how the device wants it spelled, where the document has several spellings.
        sessions: ids that are of a session now -> the connection of its login.
        ended: texts that are of no session, however a device reads them.
        open: texts that may be the id of a session to a lenient device.
        odd: values that were sent in this script and that are none of their type; a device may show them again.
        known: ids of objects that answers have told in this script.
        logins: connections on which somebody has logged in.
        user: of the target file, with which a login succeeds; password: its stand-in.
    """

    root: str = ""
    names: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    open: set[str] = field(default_factory=set)
    odd: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    logins: set[str] = field(default_factory=set)
    user: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One packet as a conforming device may take it, and what it may answer.

    Attributes:
        raw: the packet.
        outcomes: what conforms; see the constants above.
        clauses: cited where it is something else.
        operation: the documented command that it certainly is, "" if that is not certain.
        fields: its parameters by their names in the spec; without the session.
        echoed: those of them whose value must come back as it was sent, if the command succeeds.
        session: the text of its session, None if it has none.
        whole: packet and header are right. If not, nothing on this connection is certain any more.
        may_close: the connection may end behind the answer.
    """

    raw: bytes
    outcomes: frozenset[str] = ANY
    clauses: tuple[str, ...] = ()
    operation: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    echoed: tuple[tuple[str, str], ...] = ()
    session: str | None = None
    whole: bool = True
    may_close: bool = False

    @property
    def certain(self) -> bool:
        """Whether it is known which command this is, so that one answer comes or the connection ends."""
        return bool(self.operation) and NOTHING not in self.outcomes

    def value(self, name: str) -> str | None:
        """The value of a parameter; None if there is none."""
        return next((value for known, value in self.fields if known == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketTurn:
    """One command of a script and what answered it.

    Attributes:
        packet: what came.
        link: the connection.
        broken: whether it broke a check.
    """

    asked: Asked
    packet: Packet
    link: str
    broken: bool = False


class ReadsPackets(Protocol):
    """The grammar of commands."""

    def packets(self, data: bytes) -> tuple[list[bytes], bytes, bool]:
        """The whole packets in what was sent on a connection, what is not whole yet, and whether it can become whole. Never raises."""

    def read(self, packet: bytes, facts: Facts, link: str) -> Asked:
        """One packet. Never raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketKit(AnyKit):
    """The fuzzer of one such system.

    Attributes:
        reader: from a system and a target, the grammar of commands.
        rules: broken checks of what the answers of one script say together.
        may_be_quiet: whether a command that succeeded behind these may have changed nothing, so that nobody need be told.
        probe: command that any device answers and that needs nothing but a session.
        markers: two such commands of other names, one of which is sent behind what may not be answered.
        reads: command that only reads -> parameters with which it is answered by any device.
        keeps: kind of object -> the parameters whose values are made up; `name` among them names the object.
    """

    reader: Callable[[System, Target], ReadsPackets]
    rules: Callable[[System, Sequence[PacketTurn]], list[Check]]
    may_be_quiet: Callable[[Sequence[PacketTurn], PacketTurn], bool]
    probe: str
    markers: tuple[str, str]
    reads: Mapping[str, Sequence[tuple[tuple[str, str], ...]]]
    kinds: Mapping[str, Kind] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Objects that scripts make.

    Attributes:
        add, list, remove: commands; modify: None if scripts do not change one.
        name: the field with which a script knows its object again.
        key: the field that the removing command wants.
        plain: parameters with values that any device takes, but for the name and `texts`.
        texts: parameters that take any text.
        numbers: parameters of other types, whose values may be bent.
        by: read by this command with (name, id) too, where there is one.
    """

    add: str
    list: str
    remove: str
    name: str
    key: str
    id: str
    modify: str | None = None
    plain: tuple[tuple[str, str], ...] = ()
    texts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    by: tuple[str, str, str] | None = None
