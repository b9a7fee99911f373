"""Runs the cases of one system on one target and yields the events of the run.

Order: the known-good exchange first, then the cases with controls first, the known-good exchange last. Whatever happens, also an
interruption, what the run created is removed and the footer is written.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from harness.case import Case
from harness.ending import Ending
from harness.errors import TransportError
from harness.events import CaseFinished, CaseStarted, Event, RunFinished, RunStarted
from harness.exchange import Live
from harness.flow import Undo
from harness.header import header
from harness.judge import Dialect, Judge, with_failure, without_control
from harness.net import Deadline, connect
from harness.permit import Journal, Permit
from harness.pool import Pool
from harness.snapshot import START, has_states, read_states
from harness.spec.model import System
from harness.suite import Suite, select_cases
from harness.target import Target
from harness.together import play_together
from harness.transcript import Transcript
from harness.verdict import CaseResult, Check, Outcome, exit_code
from harness.waivers import Waivers

# How long a device that has stopped accepting connections is waited for before the run gives up on it.
REVIVAL_S = 5.0
_UNEXPECTED = (Ending.CLOSED, Ending.RESET, Ending.SILENT, Ending.FLOODED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run is to do."""

    system: System
    suite: Suite
    target: Target
    seed: int
    select: tuple[str, ...] = ()
    profile: str = "certification"
    strict: bool = False
    max_time_s: float | None = None
    waivers: Waivers = field(default_factory=Waivers)
    rerun: str = ""  # the command that runs this target again
    rerun_option: str = "--select"  # its option that names a case


class Run:
    """One run. `transcripts` receives each case's transcript as soon as it has ended."""

    def __init__(self, plan: Plan, transcripts: Callable[[Transcript], str]) -> None:
        self._plan = plan
        self._keep = transcripts
        self._judge = Judge(plan.system, plan.target, plan.seed)
        self._permit = Permit.of(plan.target, read_only=plan.profile == "acceptance")
        limit = Deadline.after(plan.max_time_s) if plan.max_time_s is not None else None
        self._limit = limit
        self._pool = Pool(
            suite=plan.suite, target=plan.target, judge=self._judge, permit=self._permit, limit=limit, keep=transcripts
        )
        self._live = Live(plan.target, self._permit, self._judge.bindings, Journal(), self._pool.get, limit)
        self._dialect = Dialect(plan.system)
        self._outcomes: dict[str, Outcome] = {}
        self._notes: list[str] = []
        self._gone = ""
        self._busy = False
        self._stopped = False
        self._sleeping = False  # while nothing is done but wait
        self._patient: dict[str, Live] = {}  # of the cases that are played side by side
        self._ready: dict[str, CaseResult] = {}  # of those that were, and are still to be told

    def events(self) -> Iterator[Event]:
        """Run everything. A target that cannot be connected is the end of the run, with exit code 3.

        Raises:
            UsageError: the selection is empty.
        """
        cases = self._plan.suite.around(
            self._plan.system, select_cases(self._plan.suite.cases.values(), self._plan.select)
        )
        try:
            yield from self._all(cases)
        finally:  # also when the consumer stops listening
            self._close_links()

    def _all(self, cases: Sequence[Case]) -> Iterator[Event]:
        cases, patient = self._gathered(cases)
        yield self._started(len(cases) + len(self._dialect.decided_once()))
        unreachable = False
        try:
            self.try_to_connect()
            if has_states(self._plan.system):
                self._pool.put(START, read_states)
            for number, case in enumerate(cases, 1):
                yield CaseStarted(id=case.id, number=number)
                if self._stopped:
                    raise KeyboardInterrupt
                if case in patient and case.id not in self._ready:
                    self._run_together(patient)
                ready = self._ready.pop(case.id, None)
                yield CaseFinished(result=self.run_case(case) if ready is None else ready)
        except KeyboardInterrupt:
            self._stopped = True
        except TransportError as error:
            unreachable = True
            self._notes.append(f"{error}; is the device on, and are host and port in the target file right?")
        with _uninterrupted():
            self.close()
            if not self._stopped and not unreachable:
                for result in self._dialect.results():
                    result = self._plan.waivers.apply(result)
                    self._outcomes[result.id] = result.outcome
                    yield CaseFinished(result=result)
            yield self._finished(unreachable)

    def interrupt(self) -> None:
        """Stop the run, undo and finish in order; for signal handlers.

        A case that is running gets to its end, but for its waits: what it has asked the device to create is only known once the reply is
        there. A second call ends it at once.

        Raises:
            KeyboardInterrupt: a case is running, which ends with it.
        """
        again, self._stopped = self._stopped, True
        if self._busy and (again or self._sleeping or self._live.waiting):
            raise KeyboardInterrupt

    def close(self) -> None:
        """Remove what the run created and close every connection."""
        for live in (*self._patient.values(), self._live):
            self._note_undone(live.undo())
        self._note_undone(self._pool.undo())
        self._close_links()

    def _close_links(self) -> None:
        for live in (*self._patient.values(), self._live):
            live.close()
        self._pool.close()

    def try_to_connect(self) -> None:
        """Raises TransportError if an interface of the target cannot be connected."""
        target = self._plan.target
        for port in target.ports.values():
            connect(target.host, port, timeout_s=target.timeout).close()

    def _started(self, planned: int) -> RunStarted:
        plan = self._plan
        return header(
            plan.system,
            plan.target,
            self._permit,
            profile=plan.profile,
            seed=plan.seed,
            planned=planned,
            select=" ".join(plan.select),
        )

    def _finished(self, unreachable: bool) -> RunFinished:
        totals = {outcome.value: 0 for outcome in Outcome}
        for outcome in self._outcomes.values():
            totals[outcome.value] += 1
        code = exit_code(self._outcomes.values(), interrupted=self._stopped, unreachable=unreachable)
        if code == 0 and self._plan.strict and totals[Outcome.WARNED.value]:
            code = 1
        return RunFinished(
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
            totals=totals,
            exit_code=code,
            dialect={self._plan.system.system: self._dialect.readings()},
            notes=tuple(self._notes),
            interrupted=self._stopped,
        )

    def run_case(self, case: Case) -> CaseResult:
        """Run one case now; its controls must have run before."""
        began = time.monotonic()
        if self._over:
            result = self._not_run(case, self._over)
        else:
            with self._being_busy(self._live):
                self._live.begin(case.id)
                result = self._judge.run(case, self._live, lambda: self._note_undone(self._live.undo()))
                result = self._ended(case, self._live, result)
        return self._told(case, result, began)

    def _gathered(self, cases: Sequence[Case]) -> tuple[list[Case], list[Case]]:
        """The cases with those that are played side by side moved to where the last of them stands, and those.

        One that is a control of others keeps its place. Where the target limits the rate of requests, there are none.
        """
        controls = {name for case in cases for name in case.after}
        patient = [case for case in cases if case.patient and case.id not in controls]
        if len(patient) < 2 or self._plan.target.rate > 0:
            return list(cases), []
        last = list(cases).index(patient[-1]) + 1
        before = [case for case in cases[:last] if case not in patient]
        return [*before, *patient, *cases[last:]], patient

    def _run_together(self, cases: Sequence[Case]) -> None:
        """Run patient cases side by side, each on connections of its own and with a journal of its own; their results are `_ready` then."""
        if self._over:
            return
        began = time.monotonic()
        plan = self._plan
        for case in cases:
            self._patient[case.id] = Live(
                plan.target, self._permit, self._judge.bindings, Journal(), self._pool.get, self._limit, patient=True
            )
        lives = list(self._patient.values())

        def turns_of(case: Case, live: Live) -> Generator[float, None, CaseResult]:
            live.begin(case.id)
            return (yield from self._judge.turns(case, live, lambda: self._note_undone(live.undo())))

        def ended(number: int, result: CaseResult) -> None:
            case, live = cases[number], lives[number]
            if self._gone:  # with another one of these
                self._keep(live.transcript)
                result = self._not_run(case, self._gone)
            else:
                result = self._ended(case, live, result)
            live.close()
            self._ready[case.id] = self._told(case, result, began)
            del self._patient[case.id]

        with self._being_busy(*lives):
            play_together(
                [turns_of(case, live) for case, live in zip(cases, lives, strict=True)],
                clock=time.monotonic,
                sleep=self._sleep,
                ended=ended,
            )

    def _sleep(self, wall_s: float) -> None:
        self._sleeping = True
        try:
            if self._stopped:
                raise KeyboardInterrupt
            time.sleep(wall_s)
        finally:
            self._sleeping = False

    @contextmanager
    def _being_busy(self, *lives: Live) -> Iterator[None]:
        """Cases are running on these; what they did is kept if they are interrupted."""
        self._busy = True
        try:
            yield
        except KeyboardInterrupt:
            self._busy = False
            for live in lives:
                if live.transcript.case:  # it had begun
                    self._keep(live.transcript)
            raise
        finally:
            self._busy = False

    @property
    def _over(self) -> str:
        """Why no case can be run any more, "" while it can."""
        if self._limit is not None and self._limit.remaining() <= 0:
            return self._gone or "the time of --max-time was up"
        return self._gone

    def _told(self, case: Case, result: CaseResult, began: float) -> CaseResult:
        """The result of a case as it is told."""
        if self._plan.rerun:
            result = replace(result, replay=f"{self._plan.rerun} {self._plan.rerun_option} '{case.id}'")
        result = self._plan.waivers.apply(result)
        self._outcomes[case.id] = result.outcome
        return replace(result, duration_s=time.monotonic() - began)

    def _ended(self, case: Case, live: Live, result: CaseResult) -> CaseResult:
        """What is to be done and known when a case has been played."""
        live.finish()
        if result.outcome is Outcome.FAILED:
            for step in live.transcript.steps:
                if step.action == "provide":  # what a failed case has touched is not used again
                    kind, _, state = step.detail.partition(" ")
                    self._pool.drop(kind, state)
        result = without_control(self._check_alive(case, live.transcript, result), case, self._outcomes)
        self._dialect.see(result)
        return replace(result, transcript=self._keep(live.transcript)) if live.transcript.steps else result

    def _check_alive(self, case: Case, transcript: Transcript, result: CaseResult) -> CaseResult:
        """After a connection ended or stayed silent where it should not: does the device still accept one?"""
        if not any(step.ending in _UNEXPECTED and step.detail != "rest" for step in transcript.steps):
            return result
        if case.id.endswith("known-good.first") and result.outcome is Outcome.FAILED:
            self._gone = "the device does not answer the known-good exchange, so nothing else was sent"
            return result
        try:
            self.try_to_connect()
            return result
        except TransportError as error:
            problem = str(error)
        revived = self._wait_for_revival()
        if not revived:
            self._gone = f"the device was gone after {case.id}"
        check = Check(
            id="device.alive",
            clauses=(self._judge.dut(case.id).one_reply,),
            passed=False,
            expected="the device accepts connections",
            got=f"{problem}; "
            + ("it came back later" if revived else f"and it did not come back within {REVIVAL_S:g} s"),
        )
        return with_failure(result, check)

    def _wait_for_revival(self) -> bool:
        deadline = Deadline.after(REVIVAL_S)
        while deadline.remaining() > 0:
            time.sleep(0.1)
            try:
                self.try_to_connect()
            except TransportError:
                continue
            return True
        return False

    def _not_run(self, case: Case, why: str) -> CaseResult:
        return CaseResult(
            id=case.id,
            system=case.system,
            title=case.title,
            chapter=case.chapter,
            outcome=Outcome.INCONCLUSIVE,
            clauses=case.clauses,
            message=why,
        )

    def _note_undone(self, left: Sequence[Undo]) -> None:
        self._notes += [
            f"{entry.case}: could not undo with {entry.operation} {' '.join(entry.arguments)}" for entry in left
        ]


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """A second Ctrl-C does not keep the run from removing what it created; every wait in it has a deadline."""
    try:
        before: Any = signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:  # not the main thread: there is no Ctrl-C to keep off
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
