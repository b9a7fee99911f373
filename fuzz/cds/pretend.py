"""What deviations of one module are registered with, and what they have in common: names of messages, times of rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from harness.mutation.http_document import Element
from harness.mutation.http_seen import Asked, Pretending, Said, Seen
from harness.mutation.mutant import Mutant, Operator
from harness.spec.model import System

Notes = dict[Any, Any]  # what a pretended device remembers
Saying = Callable[[Notes, Seen], Said]
Asking = Callable[[Asked], bytes | None]

STREAMS = ("StreamHistory", "StreamListHistory")
TRICKS = ("TrickModeHistory", "TrickModeListHistory", "PlayServerHistory")
HISTORIES = (*STREAMS, *TRICKS, "Errors")
EVENTS = "TrickmodeEvents"
# The times of a row, by message.
TIMES = {
    **dict.fromkeys(STREAMS, ("startTime", "endTime", "dbTime")),
    **dict.fromkeys(TRICKS, ("eventTime",)),
    "Errors": ("errorTime",),
}
API = "/everstream/api.php"
HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One registered deviation."""

    clause: str
    name: str
    operator: Operator
    about: str
    say: Saying | None = None
    ask: Asking | None = None


class Register:
    """Collects the deviations of one module; clauses are named without the system's prefix."""

    def __init__(self) -> None:
        self._rows: list[Row] = []

    def __call__(self, clause: str, name: str, operator: Operator, about: str) -> Callable[[Saying], Saying]:
        """Register a device that answers otherwise; it remembers what it puts in its notes."""

        def add(say: Saying) -> Saying:
            self._rows.append(Row(clause=clause, name=name, operator=operator, about=about, say=say))
            return say

        return add

    def asked(self, clause: str, name: str, about: str) -> Callable[[Asking], Asking]:
        """Register a device that understands another request."""

        def add(ask: Asking) -> Asking:
            self._rows.append(Row(clause=clause, name=name, operator=Operator.MISREAD, about=about, ask=ask))
            return ask

        return add

    def mutants(self, system: System) -> list[Mutant]:
        """A mutant for each."""
        return [
            Mutant(
                id=f"{system.prefix}-{row.clause}:{row.name}",
                clause=f"{system.prefix}-{row.clause}",
                operator=row.operator,
                about=row.about,
                make=partial(_pretender, system, row),
            )
            for row in self._rows
        ]


def _pretender(system: System, row: Row) -> Pretending:
    notes: Notes = {}
    return Pretending(system, partial(row.say, notes) if row.say is not None else None, row.ask)


def picked(rows: Sequence[Element], place: str) -> Sequence[Element]:
    """The first, the middle or the last row, or each."""
    if not rows or place == "each":
        return rows
    at = {"first": 0, "middle": len(rows) // 2, "last": len(rows) - 1}[place]
    return rows[at : at + 1]


def changed(seen: Seen, place: str, **changes: str | None) -> bytes | None:
    """Other values in the rows of a place."""
    return seen.each(lambda _: changes, picked(seen.rows, place))


def moved(seen: Seen, one: Element, by: int, *names: str) -> dict[str, str]:
    """Numbers of a row, so much greater."""
    found = {name: seen.integer(one, name) for name in names}
    return {name: str(value + by) for name, value in found.items() if value is not None}
