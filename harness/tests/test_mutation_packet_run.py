"""`clausewise mutate rss2000` whole: the control of the method on XML messages in packets, a clean device afterwards, and the kill rate."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from harness.certify import reference_server
from harness.engine import Plan, Run
from harness.events import CaseFinished
from harness.mutation.matrix import Fate
from harness.mutation.mutant import Behaviour
from harness.mutation.run import MutateOptions, Mutation, behind_proxy
from harness.mutation.trial import Identity, MutantRun
from harness.spec.load import load_system
from harness.suite import load_suite
from harness.target import Target, load_target
from harness.tests.thorough import takes_minutes
from harness.verdict import Outcome

SYSTEM = load_system("rss2000")
SEED = 20260801
# Cases of every kind: pieces, joined packets, indications, sessions, pages, what is no command.
SELECT = (
    "rss2000.packet.split.*",
    "rss2000.packet.joined.*",
    "rss2000.ADDGROUP.*",
    "rss2000.session.several",
    "rss2000.SETLANG.*",
    "rss2000.archive.count",
)


@contextmanager
def reference() -> Iterator[Target]:
    with tempfile.TemporaryDirectory(prefix="clausewise-test-") as folder:
        path = Path(folder) / "target.toml"
        with reference_server("rss2000", ("--write-target", str(path))):
            yield load_target(path, {"rss2000": SYSTEM})


def verdicts(made: Run) -> dict[str, tuple[Outcome, tuple[str, ...]]]:
    results = [event.result for event in made.events() if isinstance(event, CaseFinished)]
    return {result.id: (result.outcome, result.broken) for result in results}


@pytest.mark.slow
def test_through_the_proxy_every_case_ends_as_it_does_without() -> None:
    """The control of the whole method: a proxy without a behaviour, and one whose behaviour changes nothing, are not there."""
    with reference() as target:
        plan = Plan(system=SYSTEM, suite=load_suite(SYSTEM), target=target, seed=SEED, select=SELECT)
        direct = verdicts(Run(plan, lambda _: ""))
        assert {Outcome.PASSED, Outcome.WARNED, Outcome.SKIPPED} >= {outcome for outcome, _ in direct.values()}
        with behind_proxy(SYSTEM, target) as (proxied, proxy, _ledger):
            for behaviour in (None, Behaviour(), Identity()):
                proxy.mutate(behaviour)
                assert direct == verdicts(MutantRun(replace(plan, target=proxied), proxy))
                assert 0 == proxy.changes


@pytest.mark.slow
def test_mutants_of_some_clauses_are_killed_and_leave_the_device_as_it_was() -> None:
    """Adding that is hidden, refused or told otherwise, and a setting that is told wrongly while it is saved to be put back."""
    options = MutateOptions(system="rss2000", select=("RSS-ADDGROUP.confirm*", "RSS-GETLANG.confirm.LANG"), seed=SEED)
    result = Mutation(options, lambda _: None).run()
    assert (0, (), []) == (
        result.exit_code,
        result.notes,
        [one.mutant.id for one in result.trials if one.fate is not Fate.KILLED],
    )
    assert result.mutants[1] > 20


@takes_minutes
def test_at_least_95_percent_of_the_clauses_are_killed_and_survivors_are_explained() -> None:
    """docs/read-a-kill-matrix.md explains each survivor."""
    result = Mutation(MutateOptions(system="rss2000", seed=SEED), lambda _: None).run()
    assert (0, []) == (result.exit_code, [one.mutant.id for one in result.trials if one.fate is Fate.ALARM])
    assert result.rate >= 0.95
    page = Path("docs/read-a-kill-matrix.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"`(RSS-[^`]+:[^`]+)`", page))
    assert set() == {one.mutant.id for one in result.trials if one.fate in (Fate.SURVIVED, Fate.IDLE)} - explained
