"""Benchmark of the XML-RPC codec: calls encoded by `encode_call` and read by `read`, on one core.

*Rebuilt*: each call of a struct of 20 members is encoded and read again. *Written* and *read* are the halves of that. *Any
spelling*: the same call with comments in it, which takes the full way of reading. Beside them stands `xmlrpc.client`, `dumps` and `loads`, in the
same rounds. Rates are those of the median round, by wall and by CPU time of the process.

    pytest suites/throughput/bench_xmlrpc.py
    python suites/throughput/bench_xmlrpc.py [--json]
"""

from __future__ import annotations

import json
import statistics
import sys
import time
import xmlrpc.client
from collections.abc import Callable
from datetime import datetime

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from harness.wire.xmlrpc import read
from harness.wire.xmlrpc_write import encode_call
from harness.wire.xmlrpc_writing import Writable, Writing

CALLS = 1_000
ROUNDS = 7
TARGETS = {"rebuilt flat": 8_000}
METHOD = "flex.conference.create"
ANY = Writing(line_end="\n", indent="  ", comment=" of any kind ")

# 20 members as a client sends them: no two calls are the same, so that nothing can be kept.
FLAT: dict[str, Writable] = {
    "authenticationUser": "admin",
    "authenticationPassword": "a <secret> & more",
    "conferenceName": "Weekly meeting of the board",
    "conferenceReference": "6f030fa0-08c4-11e2-a57e-000d07100000",
    "startTime": 3600,
    "duration": 5400,
    "metadata": b"\x00\x01\x02\x03" * 16,
    "date": datetime(2014, 1, 7, 13, 31, 26),  # noqa: DTZ001 - XML-RPC has no time zones
    **{f"useCustomMessage{number}": number % 2 == 0 for number in range(4)},
    **{f"customMessage{number}": "Welcome to the conference" for number in range(4)},
    **{f"numberOfThings{number}": 1000 + number for number in range(4)},
}
NESTED: dict[str, Writable] = {
    "authenticationUser": "admin",
    "authenticationPassword": "",
    "participants": [
        {"participantReference": f"p{number}", "calls": [{"remoteAddress": "10.0.0.1", "audioOnly": True}]}
        for number in range(6)
    ],
}
KINDS = {"flat": FLAT, "nested": NESTED}
assert len(FLAT) == 20


def calls(struct: dict[str, Writable]) -> list[dict[str, Writable]]:
    """`CALLS` structs that differ in one member."""
    return [
        {**struct, "authenticationPassword": f"{struct['authenticationPassword']}{number}"} for number in range(CALLS)
    ]


STRUCTS = {kind: calls(struct) for kind, struct in KINDS.items()}
WRITTEN = {kind: [encode_call(METHOD, struct) for struct in structs] for kind, structs in STRUCTS.items()}
SPELLED = [encode_call(METHOD, struct, writing=ANY) for struct in STRUCTS["flat"]]


def rebuilt(kind: str) -> int:
    """Encode `CALLS` calls and read each again; returns their members."""
    return sum(len(read(encode_call(METHOD, struct)).struct.members) for struct in STRUCTS[kind])


def written(kind: str) -> int:
    """Encode `CALLS` calls; returns their bytes."""
    return sum(len(encode_call(METHOD, struct)) for struct in STRUCTS[kind])


def taken(documents: list[bytes]) -> int:
    """Read `CALLS` calls; returns their members."""
    return sum(len(read(document).struct.members) for document in documents)


def by_client(kind: str) -> int:
    """The same as `rebuilt` with Python's own package."""
    found = 0
    for struct in STRUCTS[kind]:
        (again,), _ = xmlrpc.client.loads(xmlrpc.client.dumps((struct,), METHOD))
        assert isinstance(again, dict)
        found += len(again)
    return found


def measure() -> dict[str, tuple[float, float]]:
    """Calls a second of each kind of work, by wall and by CPU time; medians of rounds in turn."""
    works: dict[str, Callable[[], int]] = {}
    for kind in KINDS:
        works[f"rebuilt {kind}"] = lambda kind=kind: rebuilt(kind)  # type: ignore[misc]
    works["written flat"] = lambda: written("flat")
    works["read flat"] = lambda: taken(WRITTEN["flat"])
    works["read, any spelling"] = lambda: taken(SPELLED)
    works["xmlrpc.client flat"] = lambda: by_client("flat")
    walls: dict[str, list[float]] = {name: [] for name in works}
    cpus: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            wall, cpu = time.perf_counter(), time.process_time()
            work()
            walls[name].append(time.perf_counter() - wall)
            cpus[name].append(time.process_time() - cpu)
    return {name: (CALLS / statistics.median(walls[name]), CALLS / statistics.median(cpus[name])) for name in works}


@pytest.mark.parametrize("kind", KINDS)
def test_rebuild_calls(benchmark: BenchmarkFixture, kind: str) -> None:
    """Calls a second; `calls_per_second` stands in the extra info."""
    assert benchmark(rebuilt, kind) == CALLS * len(KINDS[kind])
    if benchmark.stats is not None:  # None with --benchmark-disable
        benchmark.extra_info["call_bytes"] = len(WRITTEN[kind][0])
        benchmark.extra_info["calls_per_second"] = round(CALLS / benchmark.stats.stats.median)
        print(f"{kind}: {benchmark.extra_info['calls_per_second']:,} calls/s")  # noqa: T201


def test_read_any_spelling(benchmark: BenchmarkFixture) -> None:
    """Calls a second that take the full way; `calls_per_second` stands in the extra info."""
    assert benchmark(taken, SPELLED) == CALLS * len(FLAT)
    if benchmark.stats is not None:
        benchmark.extra_info["calls_per_second"] = round(CALLS / benchmark.stats.stats.median)
        print(f"any spelling: {benchmark.extra_info['calls_per_second']:,} calls/s")  # noqa: T201


def main() -> None:
    """Measure and print one line a figure, or one JSON object."""
    found = measure()
    if "--json" in sys.argv[1:]:
        print(json.dumps(found))  # noqa: T201
        return
    for name, (wall, cpu) in found.items():
        target = f"target {TARGETS[name]:,}" if name in TARGETS else ""
        print(f"{name:20} {wall:10,.0f}/s  {cpu:10,.0f} a CPU second  {target}".rstrip())  # noqa: T201


if __name__ == "__main__":
    main()
