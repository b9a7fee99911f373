"""`clausewise fuzz`: target or reference server, campaign, findings and results, in one folder."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from harness.certify import Options as CertifyOptions
from harness.certify import interrupting, make_folder, redactor_for, target_for
from harness.events import CaseFinished, RecordWriter, RunFinished, read_record
from harness.fuzzing.campaign import Campaign, Found, Lost, Tally, Tick
from harness.fuzzing.finding import Finding, without_secrets, write_finding
from harness.fuzzing.session import Session, session_on
from harness.header import header
from harness.net import Deadline
from harness.report.results import write_results
from harness.report.summary import summarise
from harness.transcript import Redactor
from harness.verdict import CaseResult, Check, Outcome, exit_code

# How long a device that accepts no connection is waited for before it counts as gone for good.
REVIVAL_S = 5.0
# Cases that leave together where the target sets no limit to its rate.
BATCH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of one fuzz run. One of `time_s` and `cases` is set."""

    system: str
    target: Path | None = None
    time_s: float | None = None
    cases: int | None = None
    seed: int | None = None
    only: tuple[str, ...] = ()
    out: Path | None = None
    patience_s: float = REVIVAL_S
    serve_options: tuple[str, ...] = ()  # for the reference server


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a run ended."""

    folder: Path
    tally: Tally
    findings: list[Finding]
    exit_code: int
    notes: list[str] = field(default_factory=list)


class Watcher(Protocol):
    """Sees a run go on."""

    def began(self, options: Options, seed: int, target: str, folder: Path) -> None:
        """The first script is about to be sent."""

    def tick(self, tally: Tally) -> None:
        """Time for a sign of life."""

    def found(self, finding: Finding, path: Path) -> None:
        """A finding was written."""


def fuzz(options: Options, watcher: Watcher) -> Result:
    """One fuzz run; writes `run.jsonl`, `results.json` and `findings/`.

    Raises:
        UsageError: target file or folder are wrong.
        TransportError: the target could never be connected.
    """
    seed = secrets.randbits(32) if options.seed is None else options.seed
    folder = make_folder(options.out, options.system)
    wanted = CertifyOptions(system=options.system, target=options.target, serve_options=options.serve_options)
    with target_for(wanted) as target, session_on(target, seed=seed, ours=options.target is None) as session:
        return _Run(options, session, seed, folder, watcher).run()


class _Run:
    """One run on its way."""

    def __init__(self, options: Options, session: Session, seed: int, folder: Path, watcher: Watcher) -> None:
        self._options = options
        self._session = session
        self._seed = seed
        self._folder = folder
        self._watcher = watcher
        self._redactor: Redactor = redactor_for(session.target)
        self._campaign = Campaign(
            session.kit,
            session.builder(options.only),
            session.player,
            seed=seed,
            document=session.system.document.sha256,
            target=session.target.name,
            batch=1 if session.target.rate > 0 else BATCH,
            revive=lambda: session.revived(options.patience_s),
        )
        self._findings: list[Finding] = []
        self._notes: list[str] = []

    def run(self) -> Result:
        options, campaign = self._options, self._campaign
        (self._folder / "findings").mkdir()
        writer = RecordWriter(self._folder / "run.jsonl", self._redactor)
        interrupted = False
        try:
            writer.write(
                header(
                    self._session.system,
                    self._session.target,
                    self._session.permit,
                    profile="fuzz",
                    seed=self._seed,
                    select=" ".join(options.only),
                )
            )
            self._watcher.began(options, self._seed, self._session.target.name, self._folder)
            limit = Deadline.after(options.time_s) if options.time_s is not None else None
            try:
                with interrupting(self._interrupt):
                    for event in campaign.run(cases=options.cases, limit=limit):
                        self._take(event)
            except KeyboardInterrupt:
                campaign.stopped = True
            interrupted = campaign.stopped
            self._notes += [
                f"could not undo with {entry.operation} {' '.join(entry.arguments)}" for entry in self._session.undo()
            ]
            self._notes += [f"{times} cases not played: {why}" for why, times in campaign.tally.skipped.most_common(10)]
            if left := self._session.player.cleaner.leftovers:
                self._notes.append(f"{left} objects were left on the device that nothing can remove")
            self._notes = [self._redactor.clean_text(note) for note in self._notes]
            results = self._results()
            for result in results:
                writer.write(CaseFinished(result=result))
            code = exit_code((result.outcome for result in results), interrupted=interrupted, unreachable=False)
            writer.write(self._finished(results, code, interrupted=interrupted))
        finally:
            writer.close()
        systems = {self._session.system.system: self._session.system}
        write_results(self._folder, summarise(read_record(self._folder), systems))
        return Result(
            folder=self._folder, tally=campaign.tally, findings=self._findings, exit_code=code, notes=self._notes
        )

    def _interrupt(self) -> None:
        if self._campaign.stopped:
            raise KeyboardInterrupt
        self._campaign.stopped = True

    def _take(self, event: Tick | Found | Lost) -> None:
        if isinstance(event, Tick):
            self._watcher.tick(self._campaign.tally)
            return
        finding = without_secrets(event.finding, self._redactor)
        path = write_finding(self._folder / "findings", finding)
        self._findings.append(finding)
        self._watcher.found(finding, path)
        if isinstance(event, Lost):
            self._notes.append(f"the device was gone after {event.finding.id}, and the run ended with it")

    def _finished(self, results: list[CaseResult], code: int, *, interrupted: bool) -> RunFinished:
        totals = {outcome.value: 0 for outcome in Outcome}
        for result in results:
            totals[result.outcome.value] += 1
        tally = self._campaign.tally
        spent = f"{tally.cases} cases with {tally.requests} requests in {tally.elapsed_s:.1f} s"
        return RunFinished(
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
            totals=totals,
            exit_code=code,
            dialect={},
            notes=(spent, *self._notes),
            interrupted=interrupted,
        )

    def _results(self) -> list[CaseResult]:
        """One result for each kind of case: all cases of one name."""
        tally, system = self._campaign.tally, self._session.system.system
        found: Mapping[str, list[Finding]] = defaultdict(list)
        for finding in self._findings:
            found[finding.script.name].append(finding)
        names = sorted({*tally.played, *tally.broken, *found})
        return [_result(system, name, tally, found.get(name, [])) for name in names] or [
            CaseResult(
                id=f"{system}.fuzz",
                system=system,
                title="Fuzzing",
                chapter="fuzz",
                outcome=Outcome.INCONCLUSIVE,
                message="no case was played to its end",
            )
        ]


def _result(system: str, name: str, tally: Tally, findings: list[Finding]) -> CaseResult:
    checks = tuple(
        Check(id=one.check, clauses=one.clauses, passed=False, expected=one.expected, got=one.got) for one in findings
    )
    clauses = sorted(tally.clauses.get(name, set()))
    broken = tally.broken[name] > 0 or bool(findings)
    first = findings[0] if findings else None
    times = f"{tally.played[name]} cases, {tally.broken[name]} broken"
    return CaseResult(
        id=f"{system}.fuzz.{name}",
        system=system,
        title=f"Fuzzing: {name} ({times})",
        chapter=f"fuzz {name.partition('.')[0]}",
        outcome=Outcome.FAILED if broken else Outcome.PASSED,
        clauses=tuple(
            dict.fromkeys((*clauses, *(clause for one in findings for clause in (*one.clauses, *one.strains))))
        ),
        broken=tuple(dict.fromkeys(clause for one in findings for clause in one.clauses)),
        checks=checks,
        message=f"{first.check}: expected {first.expected}, got {first.got}"
        if first
        else ("as a finding of another kind of case" if broken else ""),
        expected=first.expected if first else "",
        got=first.got if first else "",
        replay=f"clausewise replay findings/{first.id}.json" if first else "",
    )


@contextmanager
def replaying(target: Path | None, system: str) -> Iterator[Session]:
    """A session for one finding.

    Raises:
        UsageError, TransportError: as `fuzz`.
    """
    with (
        target_for(CertifyOptions(system=system, target=target)) as known,
        session_on(known, seed=0, ours=target is None) as session,
    ):
        yield session
