"""Seeded faults: single deviations that a reference server can be started with, each known by the clauses it breaks.

A fault is there to be caught: `clausewise mutate` starts the server with one and expects the suite to say so.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from harness.errors import UsageError


class Group(StrEnum):
    """Which part of a device a fault sits in."""

    FRAMING = "framing"
    ESCAPING = "escaping"
    SHAPE = "shape"
    TYPES = "types"
    ERRORS = "errors"
    STATE = "state"
    CONNECTION = "connection"
    ROBUSTNESS = "robustness"
    PAGING = "paging"
    WINDOW = "window"
    CONSISTENCY = "consistency"
    HTTP = "http"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One deviation.

    Args:
        name: kebab-case, unique within the system.
        clauses: ids of the clauses it breaks.
        about: what the server does, one sentence.
        group: the part of the device.
        stateful: it takes two requests or more to see it.
        gross: every reply, or nearly every one, is wrong.
    """

    name: str
    clauses: tuple[str, ...]
    about: str
    group: Group
    stateful: bool = False
    gross: bool = False


def read_faults(*texts: Mapping[Group, str]) -> tuple[Fault, ...]:
    """The faults of a system.

    Args:
        texts: group -> lines of `name: clauses: what the server does`; behind the name `*` for a stateful fault, `!` for a gross one.
    """
    return tuple(
        _read(group, line) for text in texts for group, lines in text.items() for line in lines.strip().splitlines()
    )


def _read(group: Group, line: str) -> Fault:
    name, clauses, about = line.strip().split(": ", 2)
    return Fault(
        name=name.rstrip("*!"),
        clauses=tuple(clauses.split()),
        about=about,
        group=group,
        stateful=name.endswith("*"),
        gross=name.endswith("!"),
    )


class FaultSet:
    """The faults that are switched on, out of a system's list.

    Args:
        known: every fault of the system.
        names: those to switch on.

    Raises:
        UsageError: a name is not on the list; the message names the nearest that is.
    """

    __slots__ = ("_known", "_on")

    def __init__(self, known: Sequence[Fault], names: Iterable[str] = ()) -> None:
        self._known = frozenset(fault.name for fault in known)
        self._on = frozenset(names)
        for name in sorted(self._on):
            require_known("fault", name, self._known)

    def __bool__(self) -> bool:
        """Whether any fault is on."""
        return bool(self._on)

    def on(self, name: str) -> bool:
        """Whether a fault is on. The tests compare the names asked for with the list."""
        return name in self._on


def require_known(what: str, name: str, known: Iterable[str]) -> None:
    """Refuse a name that is not known.

    Raises:
        UsageError: the message names the nearest known one, or all if none is near.
    """
    names = sorted(known)
    if name in names:
        return
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.4)
    hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(names) or 'none'}"
    raise UsageError(f"unknown {what} {name!r}; {hint}")
