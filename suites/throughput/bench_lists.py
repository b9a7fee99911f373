"""The speed of the state machine of lists against the bundled server: steps sent and judged a second.

    python suites/throughput/bench_lists.py [EXAMPLES [STEPS]] [--json]

The server runs on another core, so a machine with other work shows less: then the processor time is what to compare.
"""

import json
import sys
import time

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from fuzz.tps.lists_machine import ListsMachine
from harness.certify import Options, target_for
from harness.fuzzing.session import session_on

EXAMPLES, STEPS = 40, 60
WANTED = 300  # a second


def main(examples: int, steps: int, *, as_json: bool) -> None:
    """Measure and print."""
    how = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    with target_for(Options(system="tps")) as target, session_on(target, seed=1, ours=True) as session:
        ListsMachine.session, ListsMachine.sent = session, 0
        began, busy = time.perf_counter(), time.process_time()
        run_state_machine_as_test(seed(1)(ListsMachine), settings=how)
        took, busy = time.perf_counter() - began, time.process_time() - busy
    figures = {"steps": ListsMachine.sent / took, "cpu_us": busy / ListsMachine.sent * 1e6}
    said = (
        f"lists, state machine  {figures['steps']:10.0f} steps/s      ({WANTED}), {ListsMachine.sent} steps\n"
        f"CPU of a step         {figures['cpu_us']:10.0f} us"
    )
    sys.stdout.write((json.dumps(figures) if as_json else said) + "\n")


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:] if text.isdecimal()]
    main(*(given + [EXAMPLES, STEPS][len(given) :]), as_json="--json" in sys.argv)
