"""Pretended devices of XML messages: what they answer otherwise, what they understand otherwise, and what they remember."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from harness.messages.reply import Call
from harness.mutation.mutant import Behaviour, Exchange, Mutant, Operator, Piece, pieces
from harness.mutation.packet_seen import Asked, Notes, Said, Seen, syntax_of
from harness.spec.model import System

Change = Callable[[Seen], Said]
Asking = Callable[[Asked], bytes | None]


class Pretending(Behaviour):
    """A device that goes wrong as functions of what was seen say.

    Args:
        say: the packet in place of the device's; None: as it is.
        ask: the command that the device is taken to have read; None: as it is.
    """

    def __init__(self, system: System, say: Change | None = None, ask: Asking | None = None) -> None:
        self._system, self._say, self._ask = system, say, ask
        self._syntax = syntax_of(system)
        self._notes: Notes = {}
        self._met: dict[str, bool] = {}
        self.rewrites = ask is not None

    def request(self, connection: int, call: Call, line: bytes) -> Sequence[bytes]:  # noqa: ARG002
        """See `Behaviour`."""
        if self._ask is None or not call.operation:
            return (line,)
        found = self._ask(Asked(self._system, line, self._notes, self._met))
        return (line if found is None else found,)

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        seen = Seen(self._system, exchange, self._notes, self._met)
        if seen.is_ok(self._syntax.login):
            self._met[seen.value(self._syntax.session)] = True
        elif seen.is_ok(self._syntax.logout) and seen.session in self._met:
            self._met[seen.session] = False
        return pieces(self._say(seen)) if self._say is not None else None


class Maker:
    """Makes the mutants of one system."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.syntax = syntax_of(system)

    def clause(self, rule: str) -> str:
        """The clause of a rule of the protocol."""
        return self.syntax.rules[rule]

    def says(
        self,
        clause: str,
        name: str,
        operator: Operator,
        about: str,
        say: Change,
        *,
        harmless: bool = False,
        near: Sequence[str] = (),
    ) -> Mutant:
        """A mutant that answers otherwise."""
        return Mutant(
            id=f"{clause}:{name}",
            clause=clause,
            operator=operator,
            about=about,
            make=lambda: Pretending(self.system, say),
            harmless=harmless,
            near=tuple(near),
        )

    def asks(
        self,
        clause: str,
        name: str,
        about: str,
        ask: Asking,
        *,
        operator: Operator = Operator.MISREAD,
        say: Change | None = None,
        near: Sequence[str] = (),
    ) -> Mutant:
        """A mutant that understands another command, and may answer otherwise too."""
        return Mutant(
            id=f"{clause}:{name}",
            clause=clause,
            operator=operator,
            about=about,
            make=lambda: Pretending(self.system, say, ask),
            near=tuple(near),
        )


class Register:
    """Collects the deviations of one module; clauses are named without the system's prefix."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, str, Operator, str, Callable[[System], Behaviour], tuple[str, ...]]] = []

    def __call__(
        self, clause: str, name: str, operator: Operator, about: str, *near: str
    ) -> Callable[[Change], Change]:
        """Register a device that answers otherwise; it remembers what it puts in `notes`."""

        def add(say: Change) -> Change:
            self.device(clause, name, operator, about, lambda system: Pretending(system, say), *near)
            return say

        return add

    def asked(
        self, clause: str, name: str, operator: Operator, about: str, *near: str, say: Change | None = None
    ) -> Callable[[Asking], Asking]:
        """Register a device that understands another command."""

        def add(ask: Asking) -> Asking:
            self.device(clause, name, operator, about, lambda system: Pretending(system, say, ask), *near)
            return ask

        return add

    def device(
        self,
        clause: str,
        name: str,
        operator: Operator,
        about: str,
        make: Callable[[System], Behaviour],
        *near: str,
    ) -> None:
        """Register a device of its own kind."""
        self._rows.append((clause, name, operator, about, make, near))

    def mutants(self, system: System) -> list[Mutant]:
        """A mutant for each."""
        return [
            Mutant(
                id=f"{system.prefix}-{clause}:{name}",
                clause=f"{system.prefix}-{clause}",
                operator=operator,
                about=about,
                make=partial(make, system),
                near=tuple(f"{system.system}.{one}" for one in near),
            )
            for clause, name, operator, about, make, near in self._rows
        ]
