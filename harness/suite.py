"""Finds the suites and what they register: cases, providers of objects, and the known-good case.

A suite is a package `suites.<system>`: beside the harness in a checkout, inside it in an installed wheel. Its modules register on one `Suite` object,
`suites.<system>.SUITE`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from harness.case import Case, Flow
from harness.errors import InternalError, UsageError
from harness.flow import Action
from harness.load.scenario import LoadScenario
from harness.resources import data_folder, import_package
from harness.snapshot import end_state_case, has_states
from harness.spec.model import System

# Its first argument is the protocol's view of the device (`harness.view.View`).
Provider = Callable[[Any, str], Coroutine[Action[Any], Any, str]]


class Suite:
    """What the suite of one system consists of."""

    def __init__(self, system: str) -> None:
        self.system = system
        self.cases: dict[str, Case] = {}
        self.providers: dict[str, Provider] = {}
        self.known_good: Flow | None = None
        self.loads: dict[str, LoadScenario] = {}
        self.default_load = ""
        self.later: dict[str, str] = {}  # pattern of clauses whose cases are to come -> with what

    def scenario(
        self,
        name: str,
        *clauses: str,
        chapter: str,
        after: Sequence[str] = (),
        loose: bool = False,
        device_s: float = 0.0,
        patient: bool = False,
    ) -> Callable[[Flow], Flow]:
        """Register a hand-written case; the id is the system's with `name`, the title the flow's first docstring line."""

        def register(flow: Flow) -> Flow:
            title = (flow.__doc__ or "").strip().splitlines()
            if not title:
                raise InternalError(f"{flow.__module__}.{flow.__name__}: a scenario needs a docstring")
            self.add(
                Case(
                    id=f"{self.system}.{name}",
                    system=self.system,
                    title=title[0],
                    chapter=chapter,
                    clauses=clauses,
                    flow=flow,
                    after=tuple(f"{self.system}.{other}" for other in after),
                    loose=loose,
                    device_s=device_s,
                    patient=patient,
                    module=flow.__module__,
                )
            )
            return flow

        return register

    def around(self, system: System, cases: Sequence[Case]) -> list[Case]:
        """The cases with the known-good exchange before and after them, where the suite has one, and a look at the end state."""
        if self.known_good is None:
            return list(cases)
        first = Case(
            id=f"{self.system}.known-good.first",
            system=self.system,
            title="A healthy device answers before anything else was sent",
            chapter="known-good exchange",
            clauses=(),
            flow=self.known_good,
        )
        last = replace(first, id=f"{self.system}.known-good.last", title="The device still answers at the end")
        return [first, *cases, *([end_state_case(self.system)] if has_states(system) else []), last]

    def add(self, case: Case) -> None:
        """Register a case; two of one id are a mistake in the suite."""
        if case.id in self.cases:
            raise InternalError(f"two cases are called {case.id}")
        self.cases[case.id] = case

    def provides(self, kind: str) -> Callable[[Provider], Provider]:
        """Register how to get an object of a kind in a state, as a flow that gives its id.

        Besides the states of the spec there are `any`, and `busy`: with as much attached to it as it can have.
        """

        def register(provider: Provider) -> Provider:
            self.providers[kind] = provider
            return provider

        return register

    def load_scenario(self, scenario: LoadScenario, *, default: bool = False) -> LoadScenario:
        """Register what `bench` may send; the default is what it sends where no scenario is named."""
        if scenario.name in self.loads:
            raise InternalError(f"two load scenarios are called {scenario.name}")
        self.loads[scenario.name] = scenario
        self.default_load = scenario.name if default else self.default_load
        return scenario


def suites_folder() -> Path:
    """Where the suites are."""
    return data_folder("suites")


def load_suite(system: System) -> Suite:
    """Import every module of a system's suite and give what they registered.

    Raises:
        UsageError: there is no suite for the system.
    """
    folder = suites_folder() / system.system
    if not (folder / "__init__.py").is_file():
        raise UsageError(f"{folder}: there is no suite for {system.system!r}")
    import_package("suites", suites_folder())
    for path in sorted(folder.glob("*.py")):
        name = f"suites.{system.system}" + ("" if path.stem == "__init__" else f".{path.stem}")
        importlib.import_module(name)
    suite = importlib.import_module(f"suites.{system.system}").SUITE
    if not isinstance(suite, Suite):
        raise InternalError(f"suites.{system.system}.SUITE is not a Suite")
    return suite


def select_cases(cases: Iterable[Case], patterns: Sequence[str]) -> list[Case]:
    """The cases whose id or one of whose clauses matches a pattern, with their controls, controls first.

    Raises:
        UsageError: nothing matches; an empty selection never counts as a pass.
    """
    known = {case.id: case for case in cases}
    wanted = [
        case
        for case in known.values()
        if not patterns or any(fnmatchcase(name, pattern) for pattern in patterns for name in (case.id, *case.clauses))
    ]
    if not wanted:
        raise UsageError(
            f"--select {' '.join(patterns)}: no case and no clause has such a name; try `clausewise spec coverage`"
        )
    ordered: dict[str, Case] = {}

    def add(case: Case) -> None:
        for control in case.after:
            if control not in known:
                raise InternalError(f"{case.id}: its control {control} does not exist")
            if control not in ordered:
                add(known[control])
        ordered.setdefault(case.id, case)

    for case in wanted:
        add(case)
    return list(ordered.values())
