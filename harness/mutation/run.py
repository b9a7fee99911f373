"""`clausewise mutate`: a control run through the proxy, then every mutant, then what they came to."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Self

from harness.certify import Options, target_for
from harness.engine import Plan
from harness.errors import TransportError, UsageError
from harness.events import CaseFinished
from harness.messages.registry import binding_for
from harness.mutation.catalogue import mutants_of, sample_of, select_mutants, serve_options
from harness.mutation.framing import parser_of
from harness.mutation.ledger import Ledger, ledger_for
from harness.mutation.matrix import SURVIVING, Fate, MutationResult, Trial, clause_rows
from harness.mutation.proxy import HOST, Proxy, Upstream
from harness.mutation.trial import Bench, Identity, MutantRun, clean, run_trial
from harness.net import connect
from harness.permit import Permit
from harness.spec.clauses import catalogue
from harness.spec.load import load_system
from harness.spec.model import Level, System
from harness.suite import load_suite
from harness.target import Target
from harness.verdict import CaseResult, Outcome

# Seconds for one reply of the bundled server behind the proxy. Both answer within a millisecond; the rest is room for a busy machine,
# and what each lost reply costs.
REFERENCE_TIMEOUT_S = 0.5
# Of what could not be undone so much is told.
MAX_NOTES = 20
# So many controls that failed are run once more, with so much more time for each reply.
MOST_AGAIN = 20
PATIENCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class MutateOptions:
    """The options of one run."""

    system: str
    target: Path | None = None
    select: tuple[str, ...] = ()
    sample: int | None = None
    seed: int | None = None
    max_time_s: float | None = None
    out: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is: `total` 0 while the controls run."""

    done: int
    total: int
    killed: int
    survived: int
    what: str
    trial: Trial | None = None


class Mutation:
    """One run. `tell` is told of each step; `stop` may be called from a signal handler."""

    def __init__(self, options: MutateOptions, tell: Callable[[Progress], None]) -> None:
        self._options, self._tell = options, tell
        self._system = load_system(options.system)
        self._seed = secrets.randbits(32) if options.seed is None else options.seed
        self._mutants = sample_of(select_mutants(mutants_of(self._system), options.select), options.sample, self._seed)
        self._until = float("inf")
        self._stopped = False
        self._gone = ""  # after which mutant the device no longer accepted connections

    def stop(self) -> None:
        """End the run after the case that is running."""
        self._stopped = True

    def _out_of_time(self) -> bool:
        return self._stopped or bool(self._gone) or time.monotonic() > self._until

    def run(self) -> MutationResult:
        """Run everything.

        Raises:
            UsageError: the target file is wrong.
            TransportError: the target could never be connected.
        """
        began = time.monotonic()
        if self._options.max_time_s is not None:
            self._until = began + self._options.max_time_s
        options = Options(
            system=self._options.system, target=self._options.target, serve_options=serve_options(self._system)
        )
        with Device(options) as device:
            _try_to_connect(device.target)
            with behind_proxy(self._system, device.target) as (proxied, proxy, ledger):
                plan = Plan(system=self._system, suite=load_suite(self._system), target=proxied, seed=self._seed)
                return self._through(plan, proxy, ledger, began, device)

    def _through(self, plan: Plan, proxy: Proxy, ledger: Ledger, began: float, device: Device) -> MutationResult:
        known = catalogue(self._system)
        selection = self._case_selection(plan)
        control, run = self._control(plan, proxy, selection)
        notes, bindings = list(run.notes), run.bindings
        broken = [f"{name}: {result.message}" for name, result in control.items() if result.outcome in _BROKEN]
        bench = Bench(
            plan=plan,
            proxy=proxy,
            ledger=ledger,
            control=control,
            permit=Permit.of(plan.target),
            bindings=bindings,
            stopped=self._out_of_time,
            shoulds=frozenset(name for name, entry in known.items() if entry.level is Level.SHOULD),
        )
        trials = [] if broken else list(self._trials(bench, device, whole=not selection))
        notes += [f"the device was gone after {self._gone}"] if self._gone else []
        if left := clean(bench):
            notes += [f"could not undo with {entry.operation} {' '.join(entry.arguments)}" for entry in left]
        if self._options.select or self._options.sample is not None:
            wanted = {trial.mutant.clause for trial in trials}
            known = {name: entry for name, entry in known.items() if name in wanted}
        return MutationResult(
            trials=tuple(trials),
            clauses=clause_rows(known, trials),
            seed=self._seed,
            target=plan.target.name,
            control=Counter(result.outcome.value for result in control.values()),
            broken_controls=tuple(broken),
            notes=tuple(notes[:MAX_NOTES]),
            interrupted=self._stopped,
            duration_s=time.monotonic() - began,
            counts=Counter(trial.fate for trial in trials),
        )

    def _control(self, plan: Plan, proxy: Proxy, selection: tuple[str, ...]) -> tuple[dict[str, CaseResult], MutantRun]:
        """The selected cases, or all, through the proxy, with a behaviour that looks at everything and changes nothing."""
        proxy.mutate(Identity())
        run = MutantRun(replace(plan, select=selection), proxy)
        control: dict[str, CaseResult] = {}
        for event in run.events():
            if isinstance(event, CaseFinished):
                control[event.result.id] = event.result
                self._tell(Progress(done=len(control), total=0, killed=0, survived=0, what=event.result.id))
            if self._out_of_time():
                run.interrupt()
        again = [name for name, result in control.items() if result.outcome in _BROKEN and name in plan.suite.cases]
        if (
            0 < len(again) <= MOST_AGAIN and not self._out_of_time()
        ):  # a machine that was too busy for a moment is no defect
            patient = replace(plan.target, timeout=plan.target.timeout * PATIENCE)
            second = MutantRun(replace(plan, target=patient, select=tuple(again)), proxy)
            found = [event.result for event in second.events() if isinstance(event, CaseFinished)]
            control |= {result.id: result for result in found if result.id in again}
        proxy.mutate(None)
        return control, run

    def _case_selection(self, plan: Plan) -> tuple[str, ...]:
        """The clauses of the selected mutants, where each is declared by a case, or the cases that a mutant names as near are looked at.

        Else all cases, since some cite a clause in passing.
        """
        if not self._options.select:
            return ()
        declared = {clause for case in plan.suite.cases.values() for clause in case.clauses}
        wanted: dict[str, None] = {}
        for mutant in self._mutants:
            named = [one for one in mutant.near if any(fnmatchcase(case, one) for case in plan.suite.cases)]
            if mutant.clause in declared:
                wanted[mutant.clause] = None
            elif self._system.calls is not None and named:
                wanted |= dict.fromkeys(named)
            else:
                return ()
        return tuple(wanted)

    @staticmethod
    def _renew(bench: Bench, device: Device) -> bool:
        """Have the device anew if it is worn; gives whether it is another one now."""
        worn, bench.ledger.worn = bench.ledger.worn, False
        return worn and device.renew(bench.proxy)

    def _trials(self, bench: Bench, device: Device, *, whole: bool) -> Iterator[Trial]:
        counts: Counter[Fate] = Counter()
        for number, mutant in enumerate(self._mutants, 1):
            self._renew(bench, device)
            trial = Trial(mutant=mutant, fate=Fate.LEFT) if self._out_of_time() else run_trial(bench, mutant)
            if trial.fate in SURVIVING and self._renew(
                bench, device
            ):  # what an earlier one left may have been in the way
                trial = run_trial(bench, mutant)
            if (
                trial.fate in SURVIVING and not whole
            ):  # of a selection; now with the cases that cite the clause in passing
                whole, control = True, self._control(bench.plan, bench.proxy, ())[0]
                bench = replace(bench, control=control)
                trial = run_trial(bench, mutant)
            if trial.fate in SURVIVING:  # not if the device has died and no case could do its work
                try:
                    _try_to_connect(device.target)
                except TransportError:
                    self._gone, trial = mutant.id, Trial(mutant=mutant, fate=Fate.LEFT)
            counts[trial.fate] += 1
            self._tell(
                Progress(
                    done=number,
                    total=len(self._mutants),
                    killed=counts[Fate.KILLED],
                    survived=sum(counts[fate] for fate in SURVIVING),
                    what=mutant.id,
                    trial=trial,
                )
            )
            yield trial


class Device:
    """The target of a run. The bundled server can be had anew, when a case has used up what nothing can bring back."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _start(self) -> None:
        target = self._stack.enter_context(target_for(self._options))
        own = self._options.target is None
        self.target = replace(target, timeout=min(target.timeout, REFERENCE_TIMEOUT_S)) if own else target

    def renew(self, proxy: Proxy) -> bool:
        """Start another server in place of the bundled one, with the same world; a device of the user's stays as it is.

        Gives whether there is another.
        """
        if self._options.target is not None:
            return False
        self._stack.close()
        self._start()
        proxy.upstream = replace(proxy.upstream, port=next(iter(self.target.ports.values())))
        proxy.more = {name: replace(one, port=self.target.ports[name]) for name, one in proxy.more.items()}
        return True


def _try_to_connect(target: Target) -> None:
    """Raises TransportError if an interface of the device accepts no connection."""
    for port in target.ports.values():
        connect(target.host, port, timeout_s=target.timeout).close()


_BROKEN = (Outcome.FAILED, Outcome.ERROR)


@contextmanager
def behind_proxy(system: System, target: Target) -> Iterator[tuple[Target, Proxy, Ledger]]:
    """The target as it is seen through a proxy on its first interface, for as long as the block lasts.

    Where functions are called on several roads it is each of them, but for TLS, which is left out.

    Raises:
        UsageError: the target has no interface without TLS.
    """
    plain = [one for one in target.ports if system.interfaces[one].transport != "https"]
    if not plain:
        raise UsageError(f"{target.name}: mutants need an interface without TLS, and [target.ports] names none")
    name, *others = plain if system.documents is not None else plain[:1]
    if system.calls is not None or system.documents is not None:
        target = replace(target, ports={one: target.ports[one] for one in (name, *others)})
    first, *rest = (_upstream(system, target, one) for one in (name, *others))
    ledger = ledger_for(system, first.binding)
    with Proxy(first, ledger.see, dict(zip(others, rest, strict=True))) as proxy:
        yield replace(target, host=HOST, ports={**target.ports, name: proxy.port, **proxy.more_ports}), proxy, ledger


def _upstream(system: System, target: Target, name: str) -> Upstream:
    binding = binding_for(system, name)
    return Upstream(
        host=target.host,
        port=target.ports[name],
        binding=binding,
        parse=parser_of(binding),
        timeout_s=target.timeout,
    )
