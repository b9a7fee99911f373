"""The same cases under pytest: `pytest suites/hmp --target FILE`, with -k, -n, --lf and --alluredir.

Cases are custom items, the cheapest kind. One run (connection settings, permit, shared objects) serves a whole pytest session, or one xdist worker.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from harness.case import Case
from harness.certify import Options, redactor_for, target_for
from harness.engine import Plan, Run
from harness.errors import HarnessError, TransportError
from harness.report.failure import describe_failure
from harness.spec.clauses import ClauseEntry, catalogue
from harness.spec.load import load_system, system_names
from harness.suite import Suite, load_suite, suites_folder
from harness.transcript import Transcript
from harness.verdict import CaseResult, Outcome, Severity

if TYPE_CHECKING:
    from harness.fuzzing.session import Session as FuzzSession
    from harness.pytest_allure import AllureCases

# Options of allure-pytest that select cases by their labels.
_SELECT_BY_LABEL = ("epics", "features", "stories", "severities", "labels")
T = TypeVar("T")
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


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Label the cases where Allure's options select by labels; else nobody asks before a case has run."""
    if any(config.getoption(f"allure_{kind}", default=None) for kind in _SELECT_BY_LABEL):
        _label([item for item in items if isinstance(item, CaseItem)], config.stash[_SESSION])


@pytest.fixture
def fuzz_session(request: pytest.FixtureRequest) -> FuzzSession:
    """A target made ready for scripts, one for the whole run; of the finding's system, or of that whose folder the test stands in."""
    finding = getattr(request.module, "FINDING", {})
    system = finding["system"] if finding else request.path.parent.name
    return request.config.stash[_SESSION].fuzz(system)


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
        session.tell_allure(self.case, result)
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
        self._fuzz: dict[str, FuzzSession] = {}
        self._contexts: list[AbstractContextManager[Any]] = []
        self._allure = _allure_cases(config)
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

    def tell_allure(self, case: Case, result: CaseResult) -> None:
        if self._allure is not None:
            self._allure.add(result, self.transcript(case))

    def fuzz(self, system: str) -> FuzzSession:
        """The fuzzer's session on the target."""
        if system not in self._fuzz:
            # Only here: nobody who runs a suite needs the fuzzer.
            from harness.fuzzing.session import session_on

            try:
                target = self._entered(target_for(self._options(system)))
                self._fuzz[system] = self._entered(session_on(target, seed=self._seed, ours=self._target is None))
            except HarnessError as error:
                pytest.exit(f"clausewise: {error}", returncode=3 if isinstance(error, TransportError) else 2)
        return self._fuzz[system]

    def _options(self, system: str) -> Options:
        return Options(system=system, target=Path(self._target) if self._target else None)

    def _entered(self, context: AbstractContextManager[T]) -> T:
        """Begin something that ends with the session."""
        entered = context.__enter__()
        self._contexts.append(context)
        return entered

    def _run_of(self, system: str) -> Run:
        if system not in self._runs:
            try:
                self._runs[system] = self._start(system)
            except HarnessError as error:
                pytest.exit(f"clausewise: {error}", returncode=3 if isinstance(error, TransportError) else 2)
        return self._runs[system]

    def _start(self, system: str) -> Run:
        target = self._entered(target_for(self._options(system)))
        if self._allure is not None:
            self._allure.start(load_system(system), self.clauses(system), target.name, redactor_for(target))
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
        while self._contexts:
            self._contexts.pop().__exit__(None, None, None)


_SESSION = pytest.StashKey[_Session]()


def _allure_cases(config: pytest.Config) -> AllureCases | None:
    if not config.getoption("allure_report_dir", default=None):
        return None
    from harness.pytest_allure import AllureCases  # only here: without the option, nothing of Allure is imported

    cases = AllureCases()
    config.add_cleanup(cases.register())
    return cases


def _label(items: list[CaseItem], session: _Session) -> None:
    from harness.pytest_allure import case_labels, origin_of  # as above

    names = {item.case.system for item in items}
    origins = {name: origin_of(load_system(name), session.clauses(name)) for name in names}
    for item in items:
        for label in case_labels(item.case, origins[item.case.system]):
            item.add_marker(pytest.mark.allure_label(label.value, label_type=label.name))
