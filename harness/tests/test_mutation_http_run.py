"""`clausewise mutate cds` whole: the control of the method over HTTP, and the suite's kill rate."""

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
from harness.mutation.matrix import Fate, Standing
from harness.mutation.mutant import Behaviour
from harness.mutation.run import MutateOptions, Mutation, behind_proxy
from harness.mutation.trial import Identity, MutantRun
from harness.spec.load import load_system
from harness.suite import load_suite
from harness.target import Target, load_target
from harness.tests.thorough import takes_minutes
from harness.verdict import Outcome

SYSTEM = load_system("cds")
SEED = 20260801
# Cases of every kind: bytes, pieces, HEAD, closed connections, pages, contents.
SELECT = ("cds.http.*", "cds.Errors.borders", "cds.ContentRange.*", "cds.TrickmodeEvents.*")


@contextmanager
def reference() -> Iterator[Target]:
    with tempfile.TemporaryDirectory(prefix="clausewise-test-") as folder:
        path = Path(folder) / "target.toml"
        with reference_server("cds", ("--write-target", str(path), "--rows", "1500")):
            yield load_target(path, {"cds": SYSTEM})


def verdicts(made: Run) -> dict[str, tuple[Outcome, tuple[str, ...]]]:
    results = [event.result for event in made.events() if isinstance(event, CaseFinished)]
    return {result.id: (result.outcome, result.broken) for result in results}


@pytest.mark.slow
def test_through_the_proxy_every_case_ends_as_it_does_without() -> None:
    """The control of the whole method: a proxy without a behaviour, and one whose behaviour changes nothing, are not there."""
    with reference() as target:
        plan = Plan(system=SYSTEM, suite=load_suite(SYSTEM), target=target, seed=SEED, select=SELECT)
        direct = verdicts(Run(plan, lambda _: ""))
        assert {Outcome.PASSED, Outcome.SKIPPED} >= {outcome for outcome, _ in direct.values()}
        with behind_proxy(SYSTEM, target) as (proxied, proxy, ledger):
            for behaviour in (None, Behaviour(), Identity()):
                proxy.mutate(behaviour)
                assert direct == verdicts(MutantRun(replace(plan, target=proxied), proxy))
                assert 0 == proxy.changes
            assert [] == ledger.journal.entries


@takes_minutes
def test_at_least_95_percent_of_the_clauses_are_killed_and_survivors_are_explained() -> None:
    """docs/read-a-kill-matrix.md explains each survivor."""
    result = Mutation(MutateOptions(system="cds", seed=SEED), lambda _: None).run()
    assert (0, []) == (result.exit_code, [one.mutant.id for one in result.trials if one.fate is Fate.ALARM])
    assert result.rate >= 0.95
    page = Path("docs/read-a-kill-matrix.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"`(CDS-[^`]+:[^`]+)`", page))
    assert set() == {one.mutant.id for one in result.trials if one.fate is Fate.SURVIVED} - explained
    untold = [row for row in result.clauses.values() if row.standing is Standing.UNBROKEN and not row.entry.untested]
    # What takes any text and may be left out cannot be wrong; the rest is named on the page.
    left = [row.entry.id for row in untold if row.entry.level != "may" and ".reply." not in row.entry.id]
    assert [] == [name for name in left if name not in page]
