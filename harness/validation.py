"""What offline validation finds in a saved message, whatever its protocol."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from harness.errors import UsageError
from harness.messages.reply import readable
from harness.spec.model import Level, Parameter, System

OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A clause that a message breaks; line and column (characters) from 1."""

    clause: str
    line: int
    column: int
    message: str


@dataclass(slots=True)
class Finding:
    """What was found in one message.

    Attributes:
        operation: name of the operation, "" where the message does not tell.
        lenient: places in `broken` that no must clause depends on, whatever the level of the clause named there.
    """

    operation: str = ""
    broken: list[Broken] = field(default_factory=list)
    readings: dict[str, str] = field(default_factory=dict)
    lenient: set[int] = field(default_factory=set)

    def breaks(self, clause: str, column: int, message: str, *, line: int = 1, binding: bool = True) -> None:
        """Note a broken clause; not `binding`: the message conforms in spite of it."""
        if not binding:
            self.lenient.add(len(self.broken))
        self.broken.append(Broken(clause=clause, line=line, column=column, message=message))

    def depends(self, system: System, ambiguity: str) -> None:
        """Note that the message conforms under the reading that accepts such things; any, where the spec names none."""
        self.readings[ambiguity] = system.ambiguities[ambiguity].accepted or OPEN


def conclude(
    system: System, found: Finding, fits: Mapping[str, Sequence[frozenset[str]]], place: tuple[int, int]
) -> None:
    """Note the readings that all places of a message fit; where a device decides once, they fit one together.

    Args:
        fits: ambiguity -> the readings that each place fits.
        place: line and column of the message, for what no single place is to blame for.
    """
    for name, each in fits.items():
        ambiguity = system.ambiguities[name]
        all_of = frozenset.intersection(*each)
        if not all_of and ambiguity.uniform is not None:
            for clause in ambiguity.clauses:
                message = f"expected one reading of {name} throughout ({ambiguity.about})"
                found.breaks(clause, place[1], message, line=place[0], binding=ambiguity.uniform is Level.MUST)
        found.readings[name] = " or ".join(sorted(all_of or frozenset.union(*each)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What was found in one file.

    Attributes:
        operation: name of the operation, "" where the message does not tell.
        conforming: no must clause is broken under some reading.
        readings: ambiguity -> the reading under which it conforms, `open` where any may do.
    """

    file: str
    operation: str
    kind: str
    conforming: bool
    broken: tuple[Broken, ...] = ()
    readings: Mapping[str, str] = field(default_factory=dict)


def mismatch(system: System, parameter: Parameter, value: str) -> str:
    """That a value is not of its parameter's type, for people."""
    kind = system.types[parameter.type]
    wanted = f"a value of type {parameter.type}"
    if kind.choices:
        wanted = f"one of {', '.join(kind.choices)}" + (f" or the id of a {kind.or_object}" if kind.or_object else "")
    elif kind.minimum is not None or kind.maximum is not None:
        wanted = f"a number from {kind.minimum} to {kind.maximum}"
    return f"expected {wanted}, got {readable(value.encode(errors='replace'), 60) or 'an empty text'}"


def nearest(name: str, names: Collection[str]) -> str:
    """What to write instead of an unknown name."""
    close = difflib.get_close_matches(name, list(names), n=1)
    if not close:
        lower = {each.lower(): each for each in names}
        close = [lower[each] for each in difflib.get_close_matches(name.lower(), lower, n=1)]
    return f"did you mean {close[0]!r}?" if close else f"the known ones are {', '.join(names)}"


def one_of(option: str, name: str, names: Collection[str]) -> None:
    """Refuse a value of an option that is not one of these.

    Raises:
        UsageError: it is not; the message has the nearest name.
    """
    if name and name not in names:
        raise UsageError(f"{option} {name}: unknown; {nearest(name, names)}")
