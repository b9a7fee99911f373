"""Runs of a suite against the independent servers under peers/, and what these tell of themselves."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from harness.certify import reference_clock
from harness.engine import Plan, Run
from harness.events import CaseFinished
from harness.spec.clauses import ClauseEntry, catalogue
from harness.spec.load import load_system
from harness.suite import load_suite
from harness.target import load_target
from harness.tests.thorough import some
from harness.verdict import CaseResult, Outcome, Severity

PEERS = Path(__file__).parent / "peers"


@dataclass(frozen=True, kw_only=True)
class Peer:
    """An independent server, and where the suite and its author see things differently.

    Attributes:
        questions: how it is asked for its conforming personalities and for its faults.
        little: personalities under which much cannot be tested.
        quarrel: personalities that the suite calls nonconforming, with the reason.
        warned: what it calls a fault and rests on no sentence, so that the suite only warns, with the reason.
        unseen: what the suite does not notice, with the reason.
        lines: of a fault, where the clauses stand that rule it out, if the peer cites others.
    """

    system: str
    name: str
    questions: tuple[str, str] = ("personalities", "faults")
    little: tuple[str, ...] = ()
    quarrel: Mapping[str, str] = field(default_factory=dict)
    warned: Mapping[str, str] = field(default_factory=dict)
    unseen: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name

    def personalities(self, step: int) -> list[str]:
        """Conforming ways to start it, one of `step` unless all are asked for."""
        names = [one["name"] for one in told(self.system, self.name, self.questions[0])]
        return [name for name in some(names, step) if name not in self.quarrel]

    def faults(self, step: int) -> list[dict[str, Any]]:
        """Single faults that the document rules out, one of `step` unless all are asked for."""
        return some(told(self.system, self.name, self.questions[1]), step)

    def failures(self, personality: str) -> list[str]:
        """What a run holds against a personality, and what it cannot conclude without a reason known here."""
        little = personality in self.little
        return [
            f"{result.id}: {result.message}"
            for result in run_against(self.system, self.name, ("--personality", personality))
            if result.outcome in (Outcome.FAILED, Outcome.ERROR)
            or (result.outcome is Outcome.INCONCLUSIVE and not little)
        ]

    def missed(self, fault: Mapping[str, Any]) -> str:
        """What the suite makes of a fault that it should not, "" where it fails or warns as is known here."""
        name, lines = fault["name"], self.lines.get(fault["name"], fault["lines"])
        quick = named(self.system, lines)  # a device on which every case waits takes minutes
        if name in self.unseen:
            return "noticed after all" if noticed(self.system, self.name, name, quick) else ""
        if name in self.warned:
            told_of = noticed(self.system, self.name, name, quick) or noticed(self.system, self.name, name)
            return "" if told_of is Outcome.WARNED else f"not told as a warning: {told_of}"
        return "" if caught(self.system, self.name, name, lines) else f"not caught for lines {lines}"


def run_against(
    name: str, peer: str, arguments: Sequence[str], select: Sequence[str] = (), *, clock: float | None = None
) -> Iterator[CaseResult]:
    """The results of a run of a system's suite against a peer, one after the other; the peer lives as long as the iterator."""
    system = load_system(name)
    with tempfile.TemporaryDirectory(prefix="clausewise-peer-") as folder:
        path = Path(folder) / "target.toml"
        script = str(PEERS / f"{name}_{peer}.py")
        command = [
            sys.executable,
            script,
            "--write-target",
            str(path),
            "--clock-scale",
            str(clock or reference_clock(system)),
            *arguments,
        ]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("READY")
            target = load_target(path, {name: system})
            plan = Plan(system=system, suite=load_suite(system), target=target, seed=1, select=tuple(select))
            for event in Run(plan, lambda _transcript: "").events():
                if isinstance(event, CaseFinished):
                    yield event.result
        finally:
            process.kill()
            process.communicate()


@lru_cache(maxsize=16)
def told(name: str, peer: str, question: str) -> Any:
    """What a peer says of itself, as JSON."""
    command = [sys.executable, str(PEERS / f"{name}_{peer}.py"), question]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


@lru_cache(maxsize=4)
def clauses(name: str) -> dict[str, ClauseEntry]:
    """The clause catalogue of a system."""
    return catalogue(load_system(name))


def cites(result: CaseResult, lines: Sequence[int]) -> bool:
    """Whether a failed case contradicts a clause that is stated in one of these lines."""
    known = clauses(result.system)
    found = result.broken if result.outcome is Outcome.FAILED else ()
    spans = [source.lines for name in found if name in known for source in known[name].sources]
    return any(first <= line <= last for first, last in spans for line in lines)


def named(name: str, lines: Sequence[int]) -> list[str]:
    """The clauses stated in one of these lines that a case names."""
    known = {clause for case in load_suite(load_system(name)).cases.values() for clause in case.clauses}
    return [
        clause
        for clause, entry in clauses(name).items()
        if clause in known
        and any(first <= line <= last for source in entry.sources for first, last in [source.lines] for line in lines)
    ]


def caught(name: str, peer: str, fault: str, lines: Sequence[int]) -> bool:
    """Whether a case contradicts a clause of these lines. The cases that name one come first, since they are quick; the whole suite decides."""
    quick = named(name, lines)
    for select in (quick, []) if quick else ([],):
        with closing(run_against(name, peer, ("--fault", fault), select)) as results:  # type: ignore[type-var]
            if any(cites(result, lines) for result in results):
                return True
    return False


def noticed(name: str, peer: str, fault: str, select: Sequence[str] = ()) -> Outcome | None:
    """What a run makes of a fault: the first failure, else a warning for a clause, else nothing."""
    told_of = None
    with closing(run_against(name, peer, ("--fault", fault), select)) as results:  # type: ignore[type-var]
        for result in results:
            if result.outcome is Outcome.FAILED:
                return Outcome.FAILED
            if any(not check.passed and check.severity is Severity.SHOULD for check in result.checks):
                told_of = Outcome.WARNED
    return told_of
