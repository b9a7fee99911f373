"""From a case and whoever performs its actions to a result: live or from a transcript, the same way."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import replace

from harness.calldut import CallDut
from harness.case import Case, rng_for
from harness.documentdut import DocumentDut
from harness.dut import Dut
from harness.ending import Ending
from harness.errors import InternalError
from harness.flow import CaseEnd, CaseInconclusive, CaseSkipped, CaseStopped, Driver, at_once, play, turns
from harness.httpdut import HttpDut
from harness.messages.book import ErrorBook
from harness.messages.packets import PacketBinding
from harness.messages.registry import binding_for
from harness.packetdut import PacketDut
from harness.spec.model import Level, System
from harness.target import Target
from harness.verdict import CaseResult, Check, Outcome, Severity, broken_clauses, outcome_of, worst
from harness.view import View

_GOOD = (Outcome.PASSED, Outcome.WARNED)


class Judge:
    """Judges the cases of one system on one target."""

    def __init__(self, system: System, target: Target, seed: int) -> None:
        self.system = system
        self._book = ErrorBook(system, system.lines) if system.lines is not None else None
        self.bindings = {name: binding_for(system, name, target) for name in target.ports}
        self._target = target
        self._seed = seed

    @property
    def book(self) -> ErrorBook:
        """The errors of a line protocol.

        Raises:
            InternalError: the system speaks another one.
        """
        if self._book is None:
            raise InternalError(f"{self.system.system} has no line protocol")
        return self._book

    def dut(self, name: str, *, lasting: bool = False) -> View:
        """A fresh view of the device for the case `name`, or for making what lasts for the whole run."""
        rng, target, main = rng_for(self._seed, name), self._target, next(iter(self._target.ports))
        binding = self.bindings[main]
        if isinstance(binding, PacketBinding):
            return PacketDut(
                system=self.system, binding=binding, target=target, rng=rng, interface=main, lasting=lasting
            )
        if self.system.calls is not None:
            return CallDut(
                system=self.system, bindings=self.bindings, target=target, rng=rng, interface=main, lasting=lasting
            )
        if self.system.documents is not None:
            return DocumentDut(
                system=self.system, bindings=self.bindings, target=target, rng=rng, interface=main, lasting=lasting
            )
        if self._book is None:
            return HttpDut(system=self.system, target=target, rng=rng, interface=main, lasting=lasting)
        return Dut(book=self._book, binding=binding, target=target, rng=rng, interface=main, lasting=lasting)

    def run(self, case: Case, driver: Driver, after_flow: Callable[[], None] = lambda: None) -> CaseResult:
        """Run or replay a case; never raises for what a device or a suite does.

        Args:
            after_flow: called between the flow and the look at what is left on the connections.
        """
        return at_once(self.turns(case, driver, after_flow))

    def turns(
        self, case: Case, driver: Driver, after_flow: Callable[[], None] = lambda: None
    ) -> Generator[float, None, CaseResult]:
        """As `run`, for a driver that leaves waits to the caller; see `harness.flow.turns`."""
        dut = self.dut(case.id)
        outcome, message = None, ""
        try:
            yield from turns(case.flow(dut), driver)
        except CaseSkipped as end:
            outcome, message = Outcome.SKIPPED, str(end)
        except CaseInconclusive as end:
            outcome, message = Outcome.INCONCLUSIVE, str(end)
        except CaseStopped:
            pass
        except Exception:  # noqa: BLE001 - a mistake of ours must not end the run
            outcome, message = Outcome.ERROR, traceback.format_exc(limit=-4)
        else:
            dut.upheld(case.clauses)
        after_flow()
        # Where a flow ended early, an answer may still be on its way.
        self._look_at_the_rest(dut, driver, loose=case.loose or outcome in (Outcome.SKIPPED, Outcome.INCONCLUSIVE))
        return self._result(case, dut.checks, outcome, message)

    def _look_at_the_rest(self, dut: View, driver: Driver, *, loose: bool) -> None:
        """What a device sends that nobody asked for is a reply too many."""

        async def rest() -> None:
            for link, ending in dut.links.items():
                if ending is not Ending.ANSWERED:
                    continue
                got = await dut.rest(link=link)
                dut.see_rest(link, got, loose=loose)

        try:
            play(rest(), driver)
            play(dut.leave(), driver)
        except CaseEnd:
            return

    def _result(self, case: Case, checks: list[Check], outcome: Outcome | None, message: str) -> CaseResult:
        checks = pinned(checks, self._target.dialect)
        seen = outcome_of(checks)
        only_rest = all(check.id.startswith("reply.unasked") for check in checks)
        if outcome is None or (outcome in (Outcome.SKIPPED, Outcome.INCONCLUSIVE) and seen is Outcome.FAILED):
            outcome = Outcome.INCONCLUSIVE if only_rest and seen is not Outcome.FAILED else seen
        read = worst(checks)
        return CaseResult(
            id=case.id,
            system=case.system,
            title=case.title,
            chapter=case.chapter,
            outcome=outcome,
            clauses=tuple(dict.fromkeys((*case.clauses, *(clause for check in checks for clause in check.clauses)))),
            broken=broken_clauses(checks),
            checks=tuple(checks),
            message=message or (f"{read.id}: expected {read.expected}, got {read.got}" if read else ""),
            expected=read.expected if read else "",
            got=read.got if read else "",
        )


def without_control(result: CaseResult, case: Case, outcomes: Mapping[str, Outcome]) -> CaseResult:
    """A case whose positive control did not pass teaches nothing, whatever it saw."""
    missing = [control for control in case.after if control in outcomes and outcomes[control] not in _GOOD]
    if not missing or result.outcome not in (*_GOOD, Outcome.FAILED):
        return result
    why = f"its control {missing[0]} is {outcomes[missing[0]].value}"
    outcome = (
        Outcome.SKIPPED if all(outcomes[control] is Outcome.SKIPPED for control in missing) else Outcome.INCONCLUSIVE
    )
    return replace(
        result, outcome=outcome, message=f"{why}; seen without it: {result.message or 'nothing broken'}", broken=()
    )


def with_failure(result: CaseResult, check: Check) -> CaseResult:
    """The result with one more check, a broken one that a person should read first."""
    checks = (*result.checks, check)
    return replace(
        result,
        outcome=Outcome.FAILED,
        checks=checks,
        broken=broken_clauses(checks),
        message=f"{check.id}: expected {check.expected}, got {check.got}",
        expected=check.expected,
        got=check.got,
    )


def pinned(checks: Iterable[Check], dialect: Mapping[str, str]) -> list[Check]:
    """Where the target file pins a reading, an observation that fits only others is broken."""
    if not dialect:
        return list(checks)
    result = []
    for check in checks:
        for ambiguity, readings in check.readings.items():
            wanted = dialect.get(ambiguity)
            if check.passed and wanted is not None and wanted not in readings:
                check = replace(
                    check,
                    passed=False,
                    expected=f"the pinned reading {wanted} of {ambiguity}",
                    got=check.got or " or ".join(readings),
                )
        result.append(check)
    return result


class Dialect:
    """Which reading of each ambiguity fits everything that was seen."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._fits: dict[str, list[frozenset[str]]] = {}
        self._where: dict[str, list[str]] = {}

    def see(self, result: CaseResult) -> None:
        """Take note of a case's observations."""
        for check in result.checks:
            if check.passed:
                for ambiguity, readings in check.readings.items():
                    seen = self._fits.setdefault(ambiguity, [])
                    if readings not in seen:
                        seen.append(readings)
                        self._where.setdefault(ambiguity, []).append(f"{' or '.join(sorted(readings))} in {result.id}")

    def readings(self) -> dict[str, tuple[str, ...]]:
        """Ambiguity -> the readings that fit all observations, else all that were seen."""
        result = {}
        for ambiguity, seen in sorted(self._fits.items()):
            common = frozenset.intersection(*seen)
            result[ambiguity] = tuple(sorted(common or frozenset().union(*seen)))
        return result

    def decided_once(self) -> list[str]:
        """The ambiguities that a device decides once, so that one reading must fit everything."""
        return sorted(name for name, ambiguity in self._system.ambiguities.items() if ambiguity.uniform is not None)

    def _unseen(self, name: str, about: str) -> CaseResult:
        return CaseResult(
            id=f"{self._system.system}.dialect.{name}",
            system=self._system.system,
            title=f"One reading throughout: {about}",
            chapter="dialect",
            outcome=Outcome.SKIPPED,
            message="nothing that was seen tells the readings apart",
        )

    def results(self) -> list[CaseResult]:
        """A case for each ambiguity that a device decides once: passed if one reading fits everything."""
        found = []
        for name in self.decided_once():
            ambiguity, seen = self._system.ambiguities[name], self._fits.get(name)
            if seen is None:
                found.append(self._unseen(name, ambiguity.about))
                continue
            common = frozenset.intersection(*seen)
            check = Check(
                id="dialect",
                clauses=tuple(ambiguity.clauses),
                passed=bool(common),
                severity=Severity.MUST if ambiguity.uniform is Level.MUST else Severity.READING,
                expected=f"one reading throughout: {ambiguity.about}",
                got="; ".join(self._where[name]),
            )
            found.append(
                CaseResult(
                    id=f"{self._system.system}.dialect.{name}",
                    system=self._system.system,
                    title=f"One reading throughout: {ambiguity.about}",
                    chapter="dialect",
                    outcome=outcome_of([check]),
                    clauses=check.clauses,
                    broken=broken_clauses([check]),
                    checks=(check,),
                    message="" if common else f"expected {check.expected}, got {check.got}",
                    expected="" if common else check.expected,
                    got="" if common else check.got,
                )
            )
        return found
