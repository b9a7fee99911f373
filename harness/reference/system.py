"""What a reference server asks of a system, and what it hands to one: the seam between listeners and vendors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from harness.reference.faults import Fault, FaultSet
from harness.reference.readings import Readings
from harness.spec.model import System


class Conversation(Protocol):
    """One connection's dialogue, without its socket."""

    @property
    def closing(self) -> bool:
        """Whether the connection ends once what was returned is sent."""

    @property
    def dropped(self) -> bool:
        """Whether it ends at once instead, unsent bytes included."""

    def greet(self) -> bytes:
        """The connection is made; returns what the server says first."""

    def receive(self, data: bytes) -> bytes:
        """Bytes came, cut anywhere; returns the bytes to send."""

    def eof(self) -> bytes:
        """The peer sends no more; returns the bytes still to send."""

    def closed(self) -> None:
        """The connection is gone, whoever ended it. Called once."""


class Outlet(Protocol):
    """A connection as its conversation sees it, for what is sent unasked."""

    def push(self, data: bytes) -> None:
        """Send bytes now; nothing where the connection is ending."""

    def end(self) -> None:
        """Close the connection once what was sent has gone out."""


@runtime_checkable
class Pushing(Protocol):
    """A conversation that also sends what nobody on its connection asked for."""

    def attach(self, outlet: Outlet) -> None:
        """The connection is made; called once, before `greet`."""


class Listener(Protocol):
    """One listening socket."""

    @property
    def port(self) -> int:
        """The port it listens on."""

    async def close(self) -> None:
        """Stop listening and end its connections."""


class ReferenceSystem(Protocol):
    """One running system: its world, and the interfaces into it."""

    @property
    def model(self) -> System:
        """What its document says."""

    async def listen(self, interface: str, host: str, port: int) -> Listener | None:
        """Open one interface of the model, None if the system does not offer it; port 0 picks a free one.

        Raises:
            OSError: the address cannot be listened on.
            ValueError: no certificate can name the host.
        """

    def fixtures(self) -> Mapping[str, object]:
        """The objects of its world by fixture key, for a target file."""

    def credentials(self) -> Mapping[str, str]:
        """User and password for a target file; empty where the system asks for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a system is started with.

    Args:
        model: what its document says.
        faults: the faults that are on.
        readings: the readings it follows.
        clock: device seconds from some start; goes on at device speed.
        rows: size of the default world in the system's own terms; None is its default.
        seed: of everything random in it.
        clock_scale: device seconds over wall seconds, for what waits in wall time.
        version: of the API, for systems that have several; None is the newest.
    """

    model: System
    faults: FaultSet
    readings: Readings
    clock: Callable[[], float] = field(repr=False)
    rows: int | None = None
    seed: int = 0
    clock_scale: float = 1.0
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Implementation:
    """One entry of the registry.

    Args:
        faults: all seeded faults of the system.
        start: makes its world.
    """

    faults: tuple[Fault, ...]
    start: Callable[[Setup], ReferenceSystem]
