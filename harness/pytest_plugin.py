"""The same cases under pytest: `pytest suites/hmp --target FILE`, with -k, -n, --lf and --alluredir.

Cases are custom items, the cheapest kind. One run (connection settings, permit, shared objects) serves a whole pytest session, or one xdist worker.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.case import Case
from harness.certify import Options, target_for
from harness.engine import Plan, Run
from harness.errors import HarnessError, TransportError
from harness.report.failure import describe_failure
from harness.spec.clauses import ClauseEntry, catalogue
from harness.spec.load import load_system, system_names
from harness.suite import Suite, load_suite, suites_folder
from harness.transcript import Transcript
from harness.verdict import CaseResult, Outcome, Severity

_RESULT = pytest.StashKey[CaseResult]()


class CaseFailed(Exception):  # noqa: N818 - an outcome, not an error of ours
    """A case that found something; the message is the finding."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the suites."""
    group = parser.getgroup("clausewise")
    group.addoption(
        "--target", metavar="FILE", help="target file of the device; without it the bundled reference server is tested"
    )
    group.addoption("--run-seed", type=int, default=0, metavar="N", help="seed of all random values of the cases")


def pytest_configure(config: pytest.Config) -> None:
    """One session of runs for the whole of pytest, ended with it."""
    config.stash[_SESSION] = _Session(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove what the runs created and stop reference servers."""
    if _SESSION in config.stash:
        config.stash[_SESSION].close()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Modules of a suite hold cases, not test functions."""
    suites = suites_folder()
    if file_path.suffix != ".py" or file_path.parent.parent != suites or file_path.parent.name not in system_names():
        return None
    if file_path.stem in ("__init__", "world"):
        return None
    return CaseFile.from_parent(parent, path=file_path)


class CaseFile(pytest.File):
    """One module of a suite."""

    def collect(self) -> Iterator[pytest.Item]:
        """The cases that it registered, in order."""
        system = self.path.parent.name
        suite = self.config.stash[_SESSION].suite(system)
        module = f"suites.{system}.{self.path.stem}"
        for case in suite.cases.values():
            if case.module == module:
                yield CaseItem.from_parent(self, name=case.id, case=case)


class CaseItem(pytest.Item):
    """One case."""

    def __init__(self, *, case: Case, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.case = case

    def runtest(self) -> None:
        """Run it, with its controls if they have not run yet."""
        session = self.config.stash[_SESSION]
        result = session.run(self.case)
        self.stash[_RESULT] = result
        match result.outcome:
            case Outcome.PASSED | Outcome.WAIVED:
                return
            case Outcome.WARNED:
                self._warn(result)
            case Outcome.SKIPPED:
                pytest.skip(result.message)
            case Outcome.FAILED:
                raise CaseFailed(
                    describe_failure(result, session.transcript(self.case), session.clauses(self.case.system))
                )
            case _:
                raise CaseFailed(f"{result.outcome.value}: {result.message}")

    def _warn(self, result: CaseResult) -> None:
        unusual = [check for check in result.checks if not check.passed and check.severity is not Severity.MUST]
        self.add_report_section(
            "call", "warned", "\n".join(f"{check.id}: expected {check.expected}, got {check.got}" for check in unusual)
        )

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ARG002 - pytest's signature
        """What was sent, what came, what the document asks; a traceback only for mistakes of ours."""
        if isinstance(excinfo.value, (CaseFailed, TransportError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where it stands, for pytest's own reports."""
        return self.path, None, self.case.id


class _Session:
    """The runs of one pytest session, by system."""

    def __init__(self, config: pytest.Config) -> None:
        self._target: str | None = config.getoption("--target", default=None)
        self._seed: int = config.getoption("--run-seed", default=0)
        self._suites: dict[str, Suite] = {}
        self._runs: dict[str, Run] = {}
        self._targets: dict[str, Any] = {}
        self._results: dict[str, CaseResult] = {}
        self._transcripts: dict[str, Transcript] = {}
        self._clauses: dict[str, dict[str, ClauseEntry]] = {}
        self._owner = os.getpid()
        atexit.register(self.close)

    def suite(self, system: str) -> Suite:
        if system not in self._suites:
            self._suites[system] = load_suite(load_system(system))
        return self._suites[system]

    def clauses(self, system: str) -> dict[str, ClauseEntry]:
        if system not in self._clauses:
            self._clauses[system] = catalogue(load_system(system))
        return self._clauses[system]

    def transcript(self, case: Case) -> Transcript | None:
        return self._transcripts.get(case.id)

    def run(self, case: Case) -> CaseResult:
        """Run a case once, its controls before it."""
        run = self._run_of(case.system)
        known = self._suites[case.system].cases
        for name in (*case.after, case.id):
            if name not in self._results:
                self._results[name] = run.run_case(known[name])
        return self._results[case.id]

    def _run_of(self, system: str) -> Run:
        if system not in self._runs:
            try:
                self._runs[system] = self._start(system)
            except HarnessError as error:
                pytest.exit(f"clausewise: {error}", returncode=3 if isinstance(error, TransportError) else 2)
        return self._runs[system]

    def _start(self, system: str) -> Run:
        context = target_for(Options(system=system, target=Path(self._target) if self._target else None))
        target = context.__enter__()
        self._targets[system] = context
        rerun = f"pytest suites/{system}" + (f" --target {self._target}" if self._target else "")
        plan = Plan(
            system=load_system(system),
            suite=self.suite(system),
            target=target,
            seed=self._seed,
            rerun=rerun,
            rerun_option="-k",
        )
        run = Run(plan, self._keep)
        run.try_to_connect()
        return run

    def _keep(self, transcript: Transcript) -> str:
        self._transcripts[transcript.case] = transcript
        return ""

    def close(self) -> None:
        """Undo and stop; safe to call twice."""
        if os.getpid() != self._owner:
            return
        while self._runs:
            _, run = self._runs.popitem()
            run.close()
        while self._targets:
            _, context = self._targets.popitem()
            context.__exit__(None, None, None)


_SESSION = pytest.StashKey[_Session]()
