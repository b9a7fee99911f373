"""The speed of the state machine of tps against the reference server: steps and calls a second, and the processor time of a call.

    python suites/throughput/bench_machine_calls.py [EXAMPLES [STEPS]] [--json]

A step is one rule: one call or several, each judged. The server runs on another core, so a machine with other work shows less: then the
processor time is what to compare.
"""

import json
import sys
import time
from typing import ClassVar

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from fuzz.tps.machine import TpsMachine
from harness.certify import Options, target_for
from harness.fuzzing.session import session_on

EXAMPLES, STEPS = 60, 80
WANTED = 300  # steps a second, what issue 8 promises


class CountedMachine(TpsMachine):
    """Counts its steps."""

    steps: ClassVar[int] = 0

    @invariant()
    def count(self) -> None:
        """One more."""
        type(self).steps += 1


def main(examples: int, steps: int, *, as_json: bool) -> None:
    """Measure and print."""
    how = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    with target_for(Options(system="tps")) as target, session_on(target, seed=0, ours=True) as session:
        CountedMachine.session = session
        run_state_machine_as_test(seed(2)(CountedMachine), settings=settings(how, max_examples=2))  # what is done once
        CountedMachine.steps = CountedMachine.calls = 0
        began, busy = time.perf_counter(), time.process_time()
        run_state_machine_as_test(seed(1)(CountedMachine), settings=how)
        took, busy = time.perf_counter() - began, time.process_time() - busy
    figures = {
        "steps": CountedMachine.steps / took,
        "calls": CountedMachine.calls / took,
        "cpu_us": busy / CountedMachine.calls * 1e6,
        "cpu_of_step_us": busy / CountedMachine.steps * 1e6,
    }
    said = (
        f"state machine of tps  {figures['steps']:10.0f} steps/s      ({WANTED}), of {figures['calls']:.0f} calls/s\n"
        f"CPU of a step         {figures['cpu_of_step_us']:10.0f} us           of a call {figures['cpu_us']:.0f} us"
    )
    sys.stdout.write((json.dumps(figures) if as_json else said) + "\n")


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:] if text.isdecimal()]
    main(*(given + [EXAMPLES, STEPS][len(given) :]), as_json="--json" in sys.argv)
