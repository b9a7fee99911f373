"""Which clauses the cases of a suite declare to probe, and the list of cases that is kept beside the suite."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from harness.spec.clauses import ClauseEntry, catalogue
from harness.spec.model import Level, System
from harness.suite import Suite, suites_folder

# Of the must clauses of a document so many may stay without a case, each with a reason.
UNCOVERED_SHARE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The clauses of a system with the cases that declare them, and ids that cases declare but no clause has.

    Attributes:
        later: clause without a case -> what its case waits for. Only what `Suite.later` names counts as to come.
        idle: patterns of `Suite.later` that no such clause has.
    """

    system: str
    clauses: Mapping[str, ClauseEntry]
    cases: Mapping[str, tuple[str, ...]]
    unknown: Mapping[str, tuple[str, ...]]
    later: Mapping[str, str] = field(default_factory=dict)
    idle: tuple[str, ...] = ()

    def uncovered(self, level: Level | None = None) -> list[ClauseEntry]:
        """Clauses that no case declares."""
        return [entry for entry in self.clauses.values() if not self.cases[entry.id] and level in (None, entry.level)]

    def counts(self) -> dict[Level, tuple[int, int]]:
        """Level -> (clauses covered, clauses)."""
        result = {}
        for level in Level:
            names = [entry.id for entry in self.clauses.values() if entry.level is level]
            result[level] = (sum(bool(self.cases[name]) for name in names), len(names))
        return result

    def problems(self) -> list[str]:
        """Why the coverage is not good enough; empty if it is. What a document only permits needs no case."""
        found = [
            f"{case} declares {clause}, which is no clause" for clause, cases in self.unknown.items() for case in cases
        ]
        found += [
            f"{entry.id} has neither a case nor a reason (`untested`)"
            for entry in self.uncovered(Level.MUST)
            if not entry.untested and entry.id not in self.later
        ]
        found += [
            f"{pattern} is said to be to come (`later`), and every clause of it has a case" for pattern in self.idle
        ]
        missing = [entry for entry in self.uncovered(Level.MUST) if entry.id not in self.later]
        total = self.counts()[Level.MUST][1]
        if len(missing) > UNCOVERED_SHARE * total:
            found.append(f"{len(missing)} of {total} must clauses have no case; at most {UNCOVERED_SHARE:.0%} may")
        return found


def coverage(system: System, suite: Suite) -> Coverage:
    """What the suite covers of the system."""
    clauses = catalogue(system)
    cases: dict[str, list[str]] = {name: [] for name in clauses}
    unknown: dict[str, list[str]] = {}
    for case in suite.cases.values():
        for clause in dict.fromkeys(case.clauses):
            (cases if clause in cases else unknown).setdefault(clause, []).append(case.id)
    bare = [name for name, found in cases.items() if not found]
    waiting = {pattern: [name for name in bare if fnmatchcase(name, pattern)] for pattern in suite.later}
    return Coverage(
        system=system.system,
        clauses=clauses,
        cases={name: tuple(found) for name, found in cases.items()},
        unknown={name: tuple(found) for name, found in unknown.items()},
        later={name: suite.later[pattern] for pattern, names in waiting.items() for name in names},
        idle=tuple(pattern for pattern, names in waiting.items() if not names),
    )


def manifest_text(suite: Suite) -> str:
    """One line a case, sorted: its id and the clauses that it probes. A change of the suite shows in it."""
    return "".join(
        f"{'  '.join((case.id, ' '.join(sorted(set(case.clauses))))).rstrip()}\n"
        for _, case in sorted(suite.cases.items())
    )


def manifest_file(suite: Suite) -> Path:
    """Where the list of cases is."""
    return suites_folder() / suite.system / "cases.txt"


def manifest_diff(suite: Suite) -> list[str]:
    """What has to change in the list, as a unified diff; empty if it is current."""
    path = manifest_file(suite)
    old = path.read_text(encoding="utf-8") if path.is_file() else ""
    new = manifest_text(suite)
    return list(
        difflib.unified_diff(
            old.splitlines(), new.splitlines(), f"{path} (as it stands)", "the suite's cases", n=0, lineterm=""
        )
    )


def write_manifest(suite: Suite) -> Path:
    """Write the list; gives its path."""
    path = manifest_file(suite)
    path.write_text(manifest_text(suite), encoding="utf-8", newline="\n")
    return path
