"""One load run: leave, objects, requests, the load itself, and everything taken back again; its figures as plain data.

`docs/load-a-device.md` and `reports/schemas/bench.schema.json` say what the figures mean.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from harness import __version__
from harness.case import rng_for
from harness.ending import Ending
from harness.errors import UsageError
from harness.exchange import Live
from harness.flow import CaseInconclusive, CaseSkipped
from harness.judge import Judge
from harness.load.figures import operation_figures
from harness.load.loop import ClosedLoop
from harness.load.process import allow_files, no_collection
from harness.load.record import Recorder, Second
from harness.load.scenario import LoadOperation, LoadScenario, Request, make_requests, make_sequences, not_permitted
from harness.load.speech import speech_for
from harness.load.verdicts import Level
from harness.net import Link, connect
from harness.permit import Journal, Permit
from harness.pool import Pool
from harness.spec.model import System
from harness.suite import Suite
from harness.target import Target
from harness.verdict import Outcome

FORMAT = 1
# Before anything counts: a tenth of the duration, between these. Shapes are learned and connections have their buffers then.
WARM_UP_SHARE, LEAST_WARM_UP_S, MOST_WARM_UP_S = 0.1, 0.1, 2.0
# A generator that waited for less than this share of the time was the bottleneck itself.
BUSY_SHARE = 0.05
# Where working and waiting together are less than this share of the time, the machine gave the rest to something else.
OWN_SHARE = 0.85
SPARE_FILES = 64  # of the process, beside one a connection


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPlan:
    """What a run is to do.

    Attributes:
        connections: 1 or more.
        duration_s: of the measured part.
    """

    system: System
    suite: Suite
    target: Target
    scenario: LoadScenario
    seed: int
    connections: int = 32
    duration_s: float = 30.0
    level: Level = Level.FULL


OnSecond = Callable[[str, Second, Recorder], None]


def _interface_of(plan: LoadPlan) -> str:
    """The interface that is loaded: without TLS.

    Raises:
        UsageError: the target file names no port of it.
    """
    known = plan.system.interfaces
    name = plan.scenario.interface or next((one for one in plan.target.ports if known[one].transport != "https"), "")
    if not name or known[name].transport == "https":
        raise UsageError(f"{plan.target.name}: load has no TLS, and [target.ports] names no interface without it")
    if name not in plan.target.ports:
        raise UsageError(
            f"the scenario {plan.scenario.name} loads the interface {name}, and the target file has no port of it; add "
            f"`{name} = PORT` under [target.ports], or name another --scenario"
        )
    return name


class LoadRun:
    """One run; `interrupt` ends it in order, also from a signal handler.

    Args:
        plan: what to do.
        on_second: told the part (`warm-up`, `load`) and each second of it as it ends.
    """

    def __init__(self, plan: LoadPlan, on_second: OnSecond = lambda _part, _second, _recorder: None) -> None:
        self._plan = plan
        self._on_second = on_second
        self._judge = Judge(plan.system, plan.target, plan.seed)
        self._permit = Permit.of(plan.target)
        self._pool = Pool(suite=plan.suite, target=plan.target, judge=self._judge, permit=self._permit)
        self._interface = _interface_of(plan)
        operations = [one.operation for one in plan.scenario.operations]
        self._speech = speech_for(plan.system, plan.target, self._interface, self._judge, plan.level, operations)
        self._validator = self._speech.validator
        self._loop: ClosedLoop | None = None
        self._left_out: dict[str, str] = {}
        self._notes: list[str] = []
        self._incomplete = self._healthy = False
        self._nonconforming = False
        self._stopped = False
        self._generator: dict[str, Any] = {}
        self._parts: dict[str, Recorder] = {}

    def interrupt(self) -> None:
        """Stop loading; what was created is removed and the figures so far are given."""
        self._stopped = True
        if self._loop is not None:
            self._loop.stop()

    def figures(self) -> dict[str, Any]:
        """Run everything; gives the content of bench.json.

        Raises:
            UsageError: the target file does not permit the load, or a part of the scenario.
            TransportError: the target cannot be connected.
        """
        self._ask_leave()
        allow_files(self._plan.connections + SPARE_FILES)
        self._connect(self._plan.target.timeout).close()
        started = datetime.now(UTC)
        try:
            self._check_health()
            requests = self._prepare() if self._healthy else []
            if requests and not self._stopped:
                try:
                    self._load(requests)
                finally:
                    self._tidy()
        finally:
            self._notes += [
                f"could not undo with {entry.operation} {' '.join(entry.arguments)}" for entry in self._pool.undo()
            ]
            self._pool.close()
        return self._figures(started)

    def _connect(self, timeout_s: float) -> Link:
        target = self._plan.target
        return connect(target.host, target.ports[self._interface], timeout_s=timeout_s)

    def _ask_leave(self) -> None:
        target, scenario = self._plan.target, self._plan.scenario
        if not target.allow.load:
            raise UsageError(
                f"{target.name}: its target file does not permit load; write `load = true` under [target.allow] if the device "
                "may be loaded, and only if nobody depends on it"
            )
        for kind in scenario.operations:
            effect = self._plan.system.operations[kind.operation].effect
            if not target.allow.covers(effect):
                raise not_permitted(kind, f"{kind.operation} is {effect.value}, which [target.allow] does not permit")

    def _check_health(self) -> None:
        """The known-good exchange: a device that does not even answer that is not loaded."""
        if self._plan.suite.known_good is None:
            self._healthy = True
            return
        case = self._plan.suite.around(self._plan.system, [])[0]
        live = Live(self._plan.target, self._permit, self._judge.bindings, Journal(), self._pool.get)
        live.begin(case.id)
        try:
            result = self._judge.run(case, live)
        finally:
            live.close()
        self._healthy = result.outcome in (Outcome.PASSED, Outcome.WARNED)
        if not self._healthy:
            self._nonconforming = result.outcome is Outcome.FAILED
            self._incomplete = True
            self._notes.append(f"nothing was loaded: {case.title.lower()}, but here: {result.message}")

    def _prepare(self) -> list[Request]:
        """Make the objects, and the requests of all operations that have theirs."""
        plan, objects = self._plan, dict[str, str]()
        missing: dict[str, CaseSkipped | CaseInconclusive] = {}
        for name, (kind, state) in plan.scenario.objects.items():
            if self._stopped:
                return []
            try:
                objects[name] = self._pool.get(kind, state)
            except (CaseSkipped, CaseInconclusive) as end:
                missing[name] = end
        kept: list[LoadOperation] = []
        for operation in plan.scenario.operations:
            lacks = [missing[name] for name in operation.objects if name in missing]
            try:
                self._speech.learn(operation.operation, self._pool.get)
            except (CaseSkipped, CaseInconclusive) as end:
                lacks.append(end)
            if lacks:
                self._left_out[operation.name] = str(lacks[0])
                self._incomplete |= any(isinstance(end, CaseInconclusive) for end in lacks)
            else:
                kept.append(operation)
        if not kept and not self._incomplete:
            raise UsageError(
                f"the scenario {plan.scenario.name}: {next(iter(self._left_out.values()))}; see [target.fixtures]"
            )
        if plan.scenario.sequence and len(kept) < len(plan.scenario.operations):
            return []
        rng = rng_for(plan.seed, f"{plan.system.system}.load.{plan.scenario.name}")
        given = (kept, objects, self._speech.binding, self._permit, rng)
        if plan.scenario.sequence:
            return make_sequences(*given, plan.connections)
        return make_requests(*given) if kept else []

    def _tidy(self) -> None:
        """Remove what sequences have left."""
        scenario = self._plan.scenario
        if scenario.tidy is None:
            return
        key = ("tidy", scenario.name)
        self._pool.put(key, scenario.tidy)
        try:
            self._pool.get(*key)
        except (CaseSkipped, CaseInconclusive) as end:
            self._notes.append(f"what the load left could not be removed: {end}")

    def _load(self, requests: Sequence[Request]) -> None:
        plan = self._plan
        self._loop = loop = ClosedLoop(
            open_link=self._connect,
            framer=self._speech.framer,
            requests=requests,
            validator=self._validator,
            connections=plan.connections,
            timeout_s=plan.target.timeout,
            rate=plan.target.rate,
            manners=self._speech.manners() if self._speech.manners is not None else None,
            steps=len(plan.scenario.operations) if plan.scenario.sequence else 1,
        )
        if self._stopped:
            loop.stop()
        warm_up_s = min(max(plan.duration_s * WARM_UP_SHARE, LEAST_WARM_UP_S), MOST_WARM_UP_S)
        try:
            with no_collection():
                loop.open()
                self._parts["warm-up"] = loop.run(warm_up_s, lambda *told: self._on_second("warm-up", *told))
                cpu_s, wall_s = time.process_time(), time.perf_counter()
                self._parts["load"] = loop.run(plan.duration_s, lambda *told: self._on_second("load", *told))
                self._note_generator(loop, time.process_time() - cpu_s, time.perf_counter() - wall_s)
                self._parts["drain"] = loop.drain()
        finally:
            loop.close()
        self._look_back(loop, requests)

    def _look_back(self, loop: ClosedLoop, requests: Sequence[Request]) -> None:
        if not loop.answered and not loop.stopped:
            self._validator.slow(requests[0], b"", Ending.SILENT)
            self._notes.append("the device accepted connections and answered nothing")
        elif loop.turned_away:
            self._incomplete = True
            self._notes.append(
                f"{loop.turned_away} times a connection ended or stayed silent before its first reply: the device may limit the "
                "connections that it serves, and fewer were loaded than asked for"
            )
        if early := sum(part.errors.get("closed before a reply", 0) for part in self._parts.values()):
            self._notes.append(
                f"{early} times the device closed a connection in use without having said so, and without a byte of the reply; "
                "the request was sent once more on a new connection"
            )
        if sum(part.errors.get("not connected", 0) for part in self._parts.values()):
            self._incomplete = True
            self._notes.append("some connections could not be made, so fewer were loaded than asked for")

    def _note_generator(self, loop: ClosedLoop, cpu_s: float, wall_s: float) -> None:
        waited = loop.waited_ns / 1e9 / wall_s if wall_s else 0.0
        cpu = cpu_s / wall_s if wall_s else 0.0
        if waited < BUSY_SHARE:
            bound = "generator"
        else:
            bound = "rate" if self._plan.target.rate > 0 else "device"
        self._generator = {
            "bound_by": bound,
            "cpu_share": round(cpu, 4),
            "waited_share": round(waited, 4),
            "lag_mean_us": round(loop.lag_sum_ns / max(1, loop.turns) / 1000, 1),
            "lag_max_us": round(loop.lag_max_ns / 1000, 1),
            "connected_at_end": len(loop.connections.open),
            "reopened": loop.reopened,
            "turned_away": loop.turned_away,
            "cpus": os.cpu_count() or 1,
            "python": platform.python_version(),
        }
        if cpu + waited < OWN_SHARE:
            self._notes.append(
                f"the machine gave the generator only {100 * (cpu + waited):.0f} % of the time; latencies contain what it was kept waiting"
            )

    def _figures(self, started: datetime) -> dict[str, Any]:
        load = self._parts.get("load") or Recorder((), 0)
        code = self._exit_code()
        return {
            "format": FORMAT,
            "run": self._described(started, code),
            "measured": {
                "length_s": round(load.length_s, 6),
                "replies": load.replies,
                "replies_per_s": round(load.replies / load.length_s, 3) if load.length_s else 0.0,
                "violations": load.violations,
                "errors": dict(sorted(load.errors.items())),
                "bytes_sent": load.bytes_sent,
                "bytes_received": load.bytes_received,
                **operation_figures(load, [kind.name for kind in self._plan.scenario.operations]),
            },
            "series": [{key: round(value, 6) for key, value in asdict(second).items()} for second in load.seconds],
            "validation": self._validation(),
            "generator": self._generator,
        }

    def _exit_code(self) -> int:
        if self._stopped:
            return 130
        if self._validator.violation_count or self._nonconforming:
            return 1
        return 3 if self._incomplete else 0

    def _validation(self) -> dict[str, Any]:
        validator = self._validator
        errors: dict[str, int] = {}
        for part in self._parts.values():
            for kind, count in part.errors.items():
                errors[kind] = errors.get(kind, 0) + count
        return {
            "level": validator.level.value,
            "replies": sum(part.replies for part in self._parts.values()),
            "parsed_in_full": validator.parsed,
            "violations": validator.violation_count,
            "by_clause": dict(sorted(validator.by_clause.items())),
            "errors": dict(sorted(errors.items())),
            "kept": [
                {**asdict(one), "at_s": round(one.at_s, 6), "clauses": list(one.clauses)}
                for one in validator.violations
            ],
            "unusual": dict(sorted(validator.unusual.items())),
        }

    def _described(self, started: datetime, code: int) -> dict[str, Any]:
        plan, target = self._plan, self._plan.target
        total = sum(kind.weight for kind in plan.scenario.operations)
        return {
            "tool": f"clausewise {__version__}",
            "started": started.isoformat(timespec="seconds"),
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            "system": plan.system.system,
            "spec": {
                "title": plan.system.title,
                "document": plan.system.document.file,
                "sha256": plan.system.document.sha256,
            },
            "target": {
                "name": target.name,
                "host": target.host,
                "ports": dict(target.ports),
                "timeout": target.timeout,
                "rate": target.rate,
                "clock_scale": target.clock_scale,
            },
            "permit": asdict(target.allow),
            "scenario": {
                "name": plan.scenario.name,
                "about": plan.scenario.about,
                "operations": [
                    {"name": kind.name, "operation": kind.operation, "share": round(kind.weight / total, 6)}
                    for kind in plan.scenario.operations
                ],
                "left_out": [{"name": name, "why": why} for name, why in self._left_out.items()],
            },
            "loop": "closed",
            "connections": plan.connections,
            "depth": 1,
            "duration_s": plan.duration_s,
            "warm_up_s": round(self._parts["warm-up"].length_s, 6) if "warm-up" in self._parts else 0.0,
            "validate": plan.level.value,
            "seed": plan.seed,
            "interrupted": self._stopped,
            "exit_code": code,
            "notes": self._notes,
        }
