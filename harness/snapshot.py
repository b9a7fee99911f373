"""The state of the target file's objects before and after a run: a run leaves them as it found them."""

from __future__ import annotations

import json

from harness.case import Case
from harness.flow import CaseSkipped
from harness.spec.model import Effect, System
from harness.verdict import Severity
from harness.view import View

START = ("snapshot", "start")


def has_states(system: System) -> bool:
    """Whether the system has objects whose state an operation reads."""
    return any(kind.status is not None for kind in system.objects.values())


async def read_states(dut: View) -> str:
    """What the device says of each object that the target file names and whose state can be read, as JSON."""
    states: dict[str, str] = {}
    for kind in dut.model.objects.values():
        if kind.status is None or dut.model.operations[kind.status].effect is not Effect.READ:
            continue
        for key in kind.fixtures.values():
            for name in dut.target.fixture_texts(key):
                if name not in states:
                    states[name] = await dut.state_of(kind.status, name)
    return json.dumps(states)


def end_state_case(system: str) -> Case:
    """Compares the states with those that the engine read at the start."""

    async def end_state(dut: View) -> None:
        if dut.upset:
            raise CaseSkipped(f"{dut.upset}, and objects may have gone with it")
        before = json.loads(await dut.shared(*START))
        after = json.loads(await read_states(dut))
        changed = [
            f"{name}: {before.get(name)} before, {state} after"
            for name, state in after.items()
            if before.get(name) != state
        ]
        dut.check(
            "unchanged",
            not changed,
            expected="the objects of the target file in the states that they had at the start",
            got="; ".join(changed),
            severity=Severity.SHOULD,
        )

    return Case(
        id=f"{system}.end-state",
        system=system,
        title="The objects of the target file are as they were before the run",
        chapter="known-good exchange",
        clauses=(),
        flow=end_state,
    )
