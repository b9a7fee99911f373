"""What the fast fuzzer builds, mutates and plays a second: `python suites/throughput/bench_fuzz.py`, or with --json for one object.

Played: on one core against the reference server on the other, from the first script to the last verdict; machines are noisy, so
the CPU seconds of both sides stand beside the rate, and so does the time of a fixed loop that tells how busy the machine is.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from harness.certify import Options, target_for
from harness.fuzzing.build import Builder, rng_of
from harness.fuzzing.campaign import Campaign
from harness.fuzzing.mutate import mutations
from harness.fuzzing.run import BATCH
from harness.fuzzing.session import session_on
from harness.net import Deadline
from harness.spec.load import load_system
from harness.target import load_target

BUILT, MUTATED = 10_000, 200_000
PLAYED_S = 10.0
ROUNDS = 3
LINE = b'updateSessionMetadata 9eed71ca-d567-4a16-9d9c-26c6c5ad282e title "a \\"b\\" c"'


def main() -> None:
    """Measure and print."""
    figures = {"built": built(), "mutated": mutated(), **played()}
    lines = [
        f"built                 {figures['built']:10.0f} cases/s      (10,000)",
        f"mutated               {figures['mutated']:10.0f} mutations/s  (200,000)",
        f"executed and checked  {figures['played']:10.0f} cases/s      (3,000), {figures['requests']:.0f} requests/s",
        f"CPU of a case         {figures['harness_us']:10.0f} us harness, {figures['server_us']:.0f} us server",
        f"a fixed loop          {figures['loop_us']:10.0f} us           (10 to 13 on a quiet machine)",
    ]
    sys.stdout.write((json.dumps(figures) if "--json" in sys.argv else "\n".join(lines)) + "\n")


def best(measure: Callable[[], float]) -> float:
    """The best of some rounds: what disturbs only makes it slower."""
    return max(measure() for _ in range(ROUNDS))


def built() -> float:
    """Scripts built a second, all categories in their usual shares."""
    system = load_system("hmp")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "target.toml"
        path.write_text('[target]\nsystem = "hmp"\nhost = "127.0.0.1"\n', encoding="utf-8")
        builder = Builder(system, load_target(path, {"hmp": system}))

    def measure() -> float:
        began = time.perf_counter()
        for number in range(BUILT):
            builder.script(rng_of(1, number))
        return BUILT / (time.perf_counter() - began)

    return best(measure)


def mutated() -> float:
    """Mutations of one line a second, all of them in turn at random."""
    syntax = load_system("hmp").lines
    assert syntax is not None
    known = [mutation for group in mutations(syntax).values() for mutation in group]
    pick = Random(1).random  # noqa: S311 - test data, not secrets

    def measure() -> float:
        began = time.perf_counter()
        for _ in range(MUTATED):
            known[int(pick() * len(known))].change(LINE, pick)
        return MUTATED / (time.perf_counter() - began)

    return best(measure)


def played() -> dict[str, float]:
    """Cases played a second against the reference server, each side on a core of its own."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[0]})
    with target_for(Options(system="hmp")) as target:
        os.sched_setaffinity(0, {cores[-1]})
        with session_on(target, seed=1, ours=True) as session:
            campaign = Campaign(
                session.kit,
                Builder(session.system, session.target),
                session.player,
                seed=1,
                document="",
                target=target.name,
                revive=lambda: False,
                batch=BATCH,
            )
            for _ in campaign.run(cases=BATCH * 20):
                pass
            warm, requests = campaign.tally.cases, campaign.tally.requests
            server, own, began = _children_cpu_s(), time.process_time(), time.perf_counter()
            for _ in campaign.run(limit=Deadline.after(PLAYED_S)):
                pass
            span = time.perf_counter() - began
            cases = campaign.tally.cases - warm
            own_s, server_s = time.process_time() - own, _children_cpu_s() - server
    began = time.perf_counter()
    for _ in range(2000):
        sum(range(1000))
    return {
        "played": cases / span,
        "requests": (campaign.tally.requests - requests) / span,
        "harness_us": own_s / cases * 1e6,
        "server_us": server_s / cases * 1e6,
        "loop_us": (time.perf_counter() - began) / 2000 * 1e6,
        "findings": len(campaign.findings),
    }


def _children_cpu_s() -> float:
    """CPU seconds of the reference server, which is our only child, while it lives."""
    ticks = os.sysconf("SC_CLK_TCK")
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            return (int(fields[11]) + int(fields[12])) / ticks
    return 0.0


if __name__ == "__main__":
    main()
