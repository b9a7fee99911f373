"""A run folded from its events into plain data; every writer starts from this and from nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from harness.errors import InternalError
from harness.events import CaseFinished, Event, RunFinished, RunRecord, RunStarted
from harness.report.dialect import CONCLUSIVE, DialectEntry, entries, observed
from harness.report.gaps import Gap, Want, gaps
from harness.spec.clauses import ClauseEntry, catalogue
from harness.spec.model import System
from harness.verdict import CaseResult, Outcome, Severity, exit_code

# What an exit code says, as a word and as a sentence (DESIGN.md, Contracts).
VERDICTS: Mapping[int, tuple[str, str]] = {
    0: ("Conforming", "Nothing that was tested contradicts the document."),
    1: ("Nonconforming", "The target contradicts at least one must clause of the document."),
    2: ("Not run", "The command line or a configuration file is wrong."),
    3: ("Inconclusive", "The target could not be connected, the run is incomplete, or a case came to no conclusion."),
    4: ("Gate missed", "A load gate was missed."),
    5: ("Invalid run", "The harness or its own controls failed; nothing is said about the target."),
    130: ("Interrupted", "The run was interrupted before its end; only finished cases are reported."),
}

# Which outcome a person should read first.
WORST_FIRST = (
    Outcome.FAILED,
    Outcome.ERROR,
    Outcome.WARNED,
    Outcome.INCONCLUSIVE,
    Outcome.WAIVED,
    Outcome.SKIPPED,
    Outcome.PASSED,
)


class ClauseStatus(StrEnum):
    """What the run says about a clause, worst first."""

    CONTRADICTED = "contradicted"
    WAIVED = "waived"  # contradicted in waived cases only
    WARNED = "warned"
    UPHELD = "upheld"
    NOT_TESTED = "not tested"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseSummary:
    """One clause and the cases that probe it; `why` says why it was not tested."""

    entry: ClauseEntry
    system: str
    status: ClauseStatus
    cases: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterSummary:
    """One group of clauses: the outcomes of its cases and the standing of its clauses."""

    system: str
    name: str
    outcomes: Mapping[Outcome, int]
    clauses: tuple[ClauseSummary, ...]
    statuses: Mapping[ClauseStatus, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Everything that reports say about a run.

    Attributes:
        complete: the footer stands, nothing was cut off or changed, and every planned case has ended.
        clauses: of all systems of the run, by id.
        gaps: what was not tested and why.
    """

    started: RunStarted
    finished: RunFinished | None
    intact: bool
    results: tuple[CaseResult, ...]
    totals: Mapping[Outcome, int]
    chapters: tuple[ChapterSummary, ...]
    clauses: Mapping[str, ClauseSummary]
    gaps: tuple[Gap, ...]
    dialect: tuple[DialectEntry, ...]
    exit_code: int
    complete: bool

    @property
    def interrupted(self) -> bool:
        """Whether someone stopped the run."""
        return self.finished is not None and self.finished.interrupted

    @property
    def verdict(self) -> str:
        """The exit code as a word or two."""
        return VERDICTS.get(self.exit_code, (f"Exit {self.exit_code}", ""))[0]

    @property
    def meaning(self) -> str:
        """The exit code as a sentence."""
        return VERDICTS.get(self.exit_code, ("", ""))[1]

    @property
    def failures(self) -> tuple[CaseResult, ...]:
        """Cases that contradict a must clause."""
        return self.of(Outcome.FAILED)

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for people, the record's own state first."""
        notes = self.finished.notes if self.finished is not None else ()
        if self.finished is None:
            return ("The record has no footer: the run was cut off; only finished cases are reported.", *notes)
        if not self.intact:
            return ("The record's digest does not match: it was changed or cut after it was written.", *notes)
        if len(self.results) < self.started.planned:
            return (f"Only {len(self.results)} of {self.started.planned} planned cases have ended.", *notes)
        return notes

    def of(self, outcome: Outcome) -> tuple[CaseResult, ...]:
        """Cases with that outcome, in the order of the run."""
        return tuple(result for result in self.results if result.outcome is outcome)

    def wanting(self, want: Want) -> tuple[Gap, ...]:
        """What was not tested for want of that."""
        return tuple(gap for gap in self.gaps if gap.want is want)

    def entries(self) -> dict[str, ClauseEntry]:
        """The clause catalogue."""
        return {name: clause.entry for name, clause in self.clauses.items()}


@dataclass(slots=True)
class Fold:
    """A consumer of the event stream; what it has seen so far can be asked for at any time."""

    systems: Mapping[str, System]
    started: RunStarted | None = None
    finished: RunFinished | None = None
    results: list[CaseResult] = field(default_factory=list)

    def write(self, event: Event) -> None:
        """Take one event."""
        if isinstance(event, RunStarted):
            self.started = event
        elif isinstance(event, CaseFinished):
            self.results.append(event.result)
        elif isinstance(event, RunFinished):
            self.finished = event

    def summary(self, *, intact: bool = True) -> Summary:
        """What the events so far amount to.

        Raises:
            InternalError: no `RunStarted` came.
        """
        if self.started is None:
            raise InternalError("a run is summarised before it has started")
        started, finished, results = self.started, self.finished, tuple(self.results)
        counts = Counter(result.outcome for result in results)
        ended = finished is not None and intact and not finished.interrupted and len(results) >= started.planned
        clauses = _clauses(started, results, self.systems, ended=ended)
        seen = finished.dialect if finished is not None else observed(results)
        return Summary(
            started=started,
            finished=finished,
            intact=intact,
            results=results,
            totals={outcome: counts[outcome] for outcome in Outcome},
            chapters=_chapters(results, clauses),
            clauses=clauses,
            gaps=gaps(results, self.systems),
            dialect=entries(seen, self.systems, started.systems),
            exit_code=_exit_code(finished, counts, complete=ended),
            complete=ended,
        )


def summarise(record: RunRecord, systems: Mapping[str, System]) -> Summary:
    """The summary of a record that was read back."""
    fold = Fold(systems, started=record.started, finished=record.finished, results=list(record.results))
    return fold.summary(intact=record.intact or record.finished is None)


def _exit_code(finished: RunFinished | None, outcomes: Iterable[Outcome], *, complete: bool) -> int:
    """The footer's exit code; a record that is cut off, changed or short of cases is never conforming."""
    if finished is None or (finished.exit_code == 0 and not complete):
        return exit_code(outcomes, incomplete=True)
    return finished.exit_code


def _clauses(
    started: RunStarted, results: Iterable[CaseResult], systems: Mapping[str, System], *, ended: bool
) -> dict[str, ClauseSummary]:
    standing: dict[str, set[ClauseStatus]] = {}
    probes: dict[str, list[CaseResult]] = {}
    for result in results:
        for name in dict.fromkeys((*result.clauses, *result.broken)):
            probes.setdefault(name, []).append(result)
        for name, status in _observations(result):
            standing.setdefault(name, set()).add(status)
    found: dict[str, ClauseSummary] = {}
    for system in started.systems:
        for name, entry in catalogue(systems[system]).items() if system in systems else ():
            cases = probes.get(name, [])
            status = min(standing.get(name, ()), key=list(ClauseStatus).index, default=ClauseStatus.NOT_TESTED)
            why = _why(entry, cases, started, ended=ended) if status is ClauseStatus.NOT_TESTED else ""
            found[name] = ClauseSummary(
                entry=entry, system=system, status=status, cases=tuple(case.id for case in cases), why=why
            )
    return found


def _observations(result: CaseResult) -> Iterator[tuple[str, ClauseStatus]]:
    """What a conclusive case says about clauses; one is upheld only by a passed check that names it."""
    if result.outcome not in CONCLUSIVE:
        return
    contradicted = ClauseStatus.WAIVED if result.outcome is Outcome.WAIVED else ClauseStatus.CONTRADICTED
    named: set[str] = set()
    for check in result.checks:
        named.update(check.clauses)
        if check.passed:
            status = ClauseStatus.UPHELD
        else:
            status = contradicted if check.severity is Severity.MUST else ClauseStatus.WARNED
        for name in check.clauses:
            yield name, status
    for name in result.broken:
        if name not in named:
            yield name, ClauseStatus.WARNED if result.outcome is Outcome.WARNED else contradicted


def _why(entry: ClauseEntry, cases: Iterable[CaseResult], started: RunStarted, *, ended: bool) -> str:
    if entry.untested:
        return entry.untested
    for case in sorted(cases, key=lambda case: WORST_FIRST.index(case.outcome)):
        if case.outcome in CONCLUSIVE:
            return f"no check of {case.id} came to it"
        return f"{case.outcome.value}: {case.message}" if case.message else case.outcome.value
    if not ended:
        return "the run ended before a case that probes it"
    return "no selected case probes it" if started.select else "no case probes it"


def _chapters(results: Iterable[CaseResult], clauses: Mapping[str, ClauseSummary]) -> tuple[ChapterSummary, ...]:
    grouped: dict[tuple[str, str], list[ClauseSummary]] = {}
    outcomes: dict[tuple[str, str], Counter[Outcome]] = {}
    for clause in clauses.values():
        grouped.setdefault((clause.system, clause.entry.chapter), []).append(clause)
    for result in results:
        outcomes.setdefault((result.system, result.chapter), Counter())[result.outcome] += 1
    rows = []
    for key in dict.fromkeys((*grouped, *outcomes)):
        members = grouped.get(key, [])
        counts, statuses = outcomes.get(key, Counter()), Counter(clause.status for clause in members)
        rows.append(
            ChapterSummary(
                system=key[0],
                name=key[1],
                outcomes={outcome: counts[outcome] for outcome in WORST_FIRST},
                clauses=tuple(members),
                statuses={status: statuses[status] for status in ClauseStatus},
            )
        )
    return tuple(rows)
