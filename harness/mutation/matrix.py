"""What became of each mutant, and the figures made of it: kill rates by mutant and by clause, and the kill matrix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from harness.mutation.mutant import Mutant, Operator
from harness.spec.clauses import ClauseEntry
from harness.spec.model import Level

# Issue 3: of the clauses that a mutant can break so many must have all their mutants killed.
WANTED_RATE = 0.95


class Fate(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"  # a case failed with a check that cites the broken clause
    SURVIVED = "survived"  # every case that probes the clause was run and none did
    IDLE = "idle"  # a survivor that never came to change anything
    UNPROBED = "unprobed"  # no case that passes without the mutant probes the clause
    UNHARMED = "unharmed"  # harmless, and no case failed
    ALARM = "false alarm"  # harmless, and a case failed
    LEFT = "not run"  # the time was up


# What never came up was not brought out by the suite, so it counts as not killed too.
SURVIVING = (Fate.SURVIVED, Fate.IDLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One mutant and what became of it.

    Attributes:
        case: the case that killed it, "" if none; check, expected and got are of its broken check.
        elsewhere: cases that failed without citing the clause.
        ran: how many cases were run.
        changes: how often the mutant changed something.
    """

    mutant: Mutant
    fate: Fate
    case: str = ""
    check: str = ""
    expected: str = ""
    got: str = ""
    elsewhere: tuple[str, ...] = ()
    ran: int = 0
    changes: int = 0
    duration_s: float = 0.0


class Standing(StrEnum):
    """How a clause stands."""

    KILLED = "killed"  # all its mutants were
    SURVIVED = "survived"  # one was not
    UNBROKEN = "unbroken"  # nothing could be shown; see the reason
    LEFT = "not run"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseRow:
    """One clause: its mutants that count, and why there are none if there are none."""

    entry: ClauseEntry
    standing: Standing
    killed: int = 0
    total: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MutationResult:
    """The whole result.

    Attributes:
        clauses: every clause of the system (or of the selection), those without a mutant too.
        notes: what a person should know, such as what could not be undone.
    """

    trials: tuple[Trial, ...]
    clauses: Mapping[str, ClauseRow]
    seed: int
    target: str
    control: Mapping[str, int]
    broken_controls: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    interrupted: bool = False
    duration_s: float = 0.0
    counts: Counter[Fate] = field(default_factory=Counter)

    @property
    def counted(self) -> tuple[int, int]:
        """Clauses killed, and clauses that count."""
        rows = [row for row in self.clauses.values() if row.standing in (Standing.KILLED, Standing.SURVIVED)]
        return sum(row.standing is Standing.KILLED for row in rows), len(rows)

    @property
    def rate(self) -> float:
        """Share of the clauses that count whose mutants were all killed; 0 if there is none."""
        killed, total = self.counted
        return killed / total if total else 0.0

    @property
    def mutants(self) -> tuple[int, int]:
        """Mutants killed, and mutants that count."""
        killed = self.counts[Fate.KILLED]
        return killed, killed + sum(self.counts[fate] for fate in SURVIVING)

    @property
    def exit_code(self) -> int:
        """130 interrupted; 5 a control failed; 1 too few killed; 3 not all were run; 0 enough killed."""
        if self.interrupted:
            return 130
        if self.broken_controls or self.counts[Fate.ALARM]:
            return 5
        killed, total = self.counted
        if self.counts[Fate.LEFT]:
            return 3
        return 0 if total and killed >= WANTED_RATE * total else 1


def clause_rows(catalogue: Mapping[str, ClauseEntry], trials: Iterable[Trial]) -> dict[str, ClauseRow]:
    """How each clause stands."""
    by_clause: dict[str, list[Trial]] = {}
    for trial in trials:
        if not trial.mutant.harmless:
            by_clause.setdefault(trial.mutant.clause, []).append(trial)
    return {name: _row(entry, by_clause.get(name, [])) for name, entry in catalogue.items()}


def _row(entry: ClauseEntry, trials: Sequence[Trial]) -> ClauseRow:
    if entry.level is Level.MAY or entry.untested:
        reason = entry.untested or "the document permits and does not demand"
        return ClauseRow(entry=entry, standing=Standing.UNBROKEN, reason=reason)
    fates = Counter(trial.fate for trial in trials)
    killed, survived = fates[Fate.KILLED], sum(fates[fate] for fate in SURVIVING)
    if survived or killed or fates[Fate.LEFT]:
        standing = Standing.SURVIVED if survived else Standing.LEFT if fates[Fate.LEFT] else Standing.KILLED
        reason = "the time was up" if standing is Standing.LEFT else ""
        return ClauseRow(entry=entry, standing=standing, killed=killed, total=killed + survived, reason=reason)
    reason = (
        "no case that passed without a mutant probes it"
        if fates[Fate.UNPROBED]
        else "no mutant is known that breaks it"
    )
    return ClauseRow(entry=entry, standing=Standing.UNBROKEN, reason=reason)


def matrix(trials: Iterable[Trial], clauses: Mapping[str, ClauseRow]) -> dict[str, dict[Operator, tuple[int, int]]]:
    """Chapter -> operator -> (killed, counted), in the order of the catalogue; the last row is the sum."""
    rows: dict[str, dict[Operator, tuple[int, int]]] = {row.entry.chapter: {} for row in clauses.values()}
    total: dict[Operator, tuple[int, int]] = {}
    for trial in trials:
        if trial.fate not in (Fate.KILLED, *SURVIVING) or trial.mutant.clause not in clauses:
            continue
        for cells in (rows[clauses[trial.mutant.clause].entry.chapter], total):
            killed, count = cells.get(trial.mutant.operator, (0, 0))
            cells[trial.mutant.operator] = (killed + (trial.fate is Fate.KILLED), count + 1)
    return {**{name: cells for name, cells in rows.items() if cells}, "total": total}
