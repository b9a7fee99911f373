"""One mutant against the cases that probe its clause, until one kills it.

A kill counts if a case failed with a broken check that cites the mutant's clause, if the mutant has changed something by then, and if the
same case passed without a mutant and cited no breach of the clause there. For a clause that says what should be, a warning is enough.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from harness.case import Case
from harness.ending import Ending
from harness.engine import Plan, Run
from harness.exchange import Live
from harness.flow import CaseEnd, Connect, Note, Receive, Send, Undo, play
from harness.messages.binding import Binding
from harness.messages.packets import PacketBinding
from harness.mutation.framing import rules_of
from harness.mutation.ledger import Fields, Ledger, PacketLedger
from harness.mutation.matrix import Fate, Trial
from harness.mutation.mutant import Behaviour, Mutant
from harness.mutation.proxy import Proxy
from harness.permit import Journal, Permit
from harness.spec.messagemodel import Records
from harness.transcript import Transcript
from harness.verdict import CaseResult, Check, Outcome, Severity

_GOOD = (Outcome.PASSED, Outcome.WARNED)
# Cases that take longer without a mutant wait on purpose; they come last. Others take a tenth, so a stall hardly changes the order.
WAITS_S = 0.5
# A harmless mutant slows every reply down, so it is tried on so many cases only.
HARMLESS_CASES = 30
# A mutant that names the cases which probably notice it is tried on so many, those first.
NEAR_CASES = 80
_LOOK = "look"


class Identity(Behaviour):
    """Changes nothing and looks at everything: what the control run goes through."""

    rewrites = True


class _Quiet(Live):
    """Undoes with the mutant switched off, so that a device that lies about it does not stay changed."""

    proxy: Proxy

    def undo(self) -> list[Undo]:
        """See `Live`."""
        with self.proxy.pause():
            return super().undo()


class MutantRun(Run):
    """A run through the proxy; single cases are run on demand."""

    def __init__(self, plan: Plan, proxy: Proxy) -> None:
        super().__init__(plan, _forget)
        live = _Quiet(plan.target, self._permit, self._judge.bindings, Journal(), self._pool.get, self._limit)
        live.proxy = self._proxy = proxy
        self._live = live

    def close(self) -> None:
        """See `Run`; with the mutant switched off."""
        with self._proxy.pause():
            super().close()

    @property
    def bindings(self) -> Mapping[str, Binding]:
        """How the device is spoken to, as far as the run has found it out."""
        return self._judge.bindings

    @property
    def notes(self) -> Sequence[str]:
        """What could not be undone."""
        return self._notes


def _forget(_transcript: Transcript) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What all trials share: the plan of a run through the proxy, and what the cases do without a mutant.

    `shoulds` are the clauses whose breach is no more than a warning.
    """

    plan: Plan
    proxy: Proxy
    ledger: Ledger
    control: Mapping[str, CaseResult]
    permit: Permit
    bindings: Mapping[str, Binding]
    stopped: Callable[[], bool] = field(default=lambda: False)
    shoulds: frozenset[str] = frozenset()

    def probing(self, clause: str, near: Sequence[str] = ()) -> list[Case]:
        """The cases that passed without a mutant and cite the clause: those `near` it or that declare it first, those that wait last.

        Cases without a control, and those that probe little else, come before others: they end sooner.

        A rule of the protocol may be broken by any reply, and a check of it that passes leaves no trace: every case probes it.
        """
        anywhere = clause in rules_of(self.plan.system)
        found = [
            case
            for case in self.plan.suite.cases.values()
            if (known := self.control.get(case.id)) is not None
            and known.outcome in _GOOD
            and (anywhere or clause in known.clauses)
            and clause not in known.broken
        ]

        def rank(case: Case) -> tuple[bool, bool, bool, bool, int]:
            waits = self.control[case.id].duration_s >= WAITS_S
            declares = clause in case.clauses
            far = not declares and not any(fnmatchcase(case.id, pattern) for pattern in near)
            return far, waits, not declares, bool(case.after), len(case.clauses)

        return sorted(found, key=rank)

    def with_controls(self, case: Case) -> list[Case]:
        """A case behind its positive controls."""
        cases = self.plan.suite.cases
        return [*(one for name in case.after for one in self.with_controls(cases[name])), case]


def run_trial(bench: Bench, mutant: Mutant) -> Trial:
    """Try one mutant; what it made the device create is removed with the mutant switched off."""
    began = time.monotonic()
    cases = bench.probing(mutant.clause, mutant.near)
    if not cases:
        return Trial(mutant=mutant, fate=Fate.UNPROBED)
    bench.proxy.mutate(mutant.make())
    run = MutantRun(bench.plan, bench.proxy)
    try:
        most = HARMLESS_CASES if mutant.harmless else NEAR_CASES if mutant.near else len(cases)
        trial = _until_killed(bench, run, mutant, cases[:most])
    finally:
        run.close()
        bench.proxy.mutate(None)
        clean(bench)
    return replace(trial, duration_s=time.monotonic() - began)


def clean(bench: Bench) -> list[Undo]:
    """Remove what the device has created and the suite does not know of, and put back what was changed; gives what could not be."""
    bench.ledger.restore()
    strays = bench.ledger.strays
    if not bench.ledger.journal.entries and not strays:
        return []
    live = Live(bench.plan.target, bench.permit, bench.bindings, bench.ledger.journal)
    try:
        for record, fields in strays:
            _find(bench, live, record, fields)
        return live.undo()
    finally:
        live.close()


def _find(bench: Bench, live: Live, record: Records, fields: Fields) -> None:
    """Add an object to the journal whose key the device has chosen, if its list has it: one that has what the command gave, and it alone."""
    binding = next(iter(bench.bindings.values()))
    if not isinstance(bench.ledger, PacketLedger) or not isinstance(binding, PacketBinding):
        return
    own = bench.ledger.own(fields, record)
    found: list[str | None] = []

    async def look() -> None:
        if await Connect(_LOOK, next(iter(bench.plan.target.ports))) is not Ending.ANSWERED:
            return
        await binding.prepare(_LOOK)
        await Send(_LOOK, binding.call(record.list, ())[1])
        got = await Receive(_LOOK)
        packet = binding.packet(got.raw, got.ending, got.step, operation=record.list)
        found.extend(
            part.get(record.key)
            for part in packet.listed()
            if all(value in part.all(name) for name, value in own.items())
        )

    with suppress(CaseEnd):
        play(look(), live)
    live.finish()
    if own and len(found) == 1 and found[0]:
        live.journal.note(Note("add", record.remove, (f"{record.key}={found[0]}",)), "mutant")


def _until_killed(bench: Bench, run: MutantRun, mutant: Mutant, cases: Sequence[Case]) -> Trial:
    done: set[str] = set()
    elsewhere: list[str] = []
    for wanted in cases:
        for case in bench.with_controls(wanted):
            if case.id in done:
                continue
            if bench.stopped():
                return Trial(mutant=mutant, fate=Fate.LEFT, ran=len(done))
            done.add(case.id)
            result = run.run_case(case)
            if result.outcome in (Outcome.INCONCLUSIVE, Outcome.SKIPPED) and not bench.proxy.changes:
                bench.ledger.worn = True  # a case that was good cannot do its work, and the mutant has done nothing yet
            if result.outcome is Outcome.ERROR:
                elsewhere.append(f"{case.id} (a mistake of ours: {result.message.strip().splitlines()[-1]})")
            if result.outcome not in (Outcome.FAILED, Outcome.WARNED):
                continue
            changes, control = bench.proxy.changes, bench.control.get(case.id)
            if mutant.harmless:
                if alarms(result, control):
                    return _ended(mutant, Fate.ALARM, result, len(done), changes)
            elif counts(mutant, result, control, changes, should=mutant.clause in bench.shoulds):
                return _ended(mutant, Fate.KILLED, result, len(done), changes)
            elif result.outcome is Outcome.FAILED:
                elsewhere.append(case.id)
    changes = bench.proxy.changes
    fate = Fate.UNHARMED if mutant.harmless else Fate.SURVIVED if changes else Fate.IDLE
    return Trial(mutant=mutant, fate=fate, elsewhere=tuple(elsewhere[:10]), ran=len(done), changes=changes)


def alarms(result: CaseResult, control: CaseResult | None) -> bool:
    """Whether a case that was good without a harmless mutant now blames the device for something."""
    if control is None or control.outcome not in _GOOD:
        return False
    return result.outcome is Outcome.FAILED or bool(set(result.broken) - set(control.broken))


def counts(
    mutant: Mutant, result: CaseResult, control: CaseResult | None, changes: int, *, should: bool = False
) -> bool:
    """Whether a failed case is a kill: it cites the clause, the mutant has acted, and the case is good without it.

    Args:
        should: a warning is enough.
    """
    return (
        (result.outcome is Outcome.FAILED or (should and result.outcome is Outcome.WARNED))
        and mutant.clause in result.broken
        and changes > 0
        and control is not None
        and control.outcome in _GOOD
        and mutant.clause not in control.broken
    )


def _ended(mutant: Mutant, fate: Fate, result: CaseResult, ran: int, changes: int) -> Trial:
    broken = _telling(result, mutant.clause)
    return Trial(
        mutant=mutant,
        fate=fate,
        case=result.id,
        check=broken.id if broken is not None else "",
        expected=broken.expected if broken is not None else result.expected,
        got=broken.got if broken is not None else result.got,
        ran=ran,
        changes=changes,
    )


def _telling(result: CaseResult, clause: str) -> Check | None:
    """The broken check that cites the clause, else the first broken one."""
    broken = [check for check in result.checks if not check.passed and check.severity is not Severity.READING]
    return next((check for check in broken if clause in check.clauses), broken[0] if broken else None)
