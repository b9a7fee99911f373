"""Objects that a run shares."""

from __future__ import annotations

from harness.judge import Judge
from harness.permit import Permit
from harness.pool import Pool
from harness.suite import Suite
from harness.tests.calls_scene import MODEL, target
from harness.view import View


def test_an_object_that_is_made_again_gets_another_name() -> None:
    suite, known = Suite("tps"), target()

    @suite.provides("conference")
    async def made(dut: View, state: str) -> str:
        return dut.unique(state)

    pools = [Pool(suite=suite, target=known, judge=Judge(MODEL, known, 1), permit=Permit.of(known)) for _ in range(2)]
    names = []
    for pool in pools:
        first = pool.get("conference", "any")
        assert first == pool.get("conference", "any")
        pool.drop("conference", "any")
        names.append((first, pool.get("conference", "any")))
        pool.close()
    assert names[0][0] != names[0][1]
    assert names[0] == names[1]  # the same in every run
