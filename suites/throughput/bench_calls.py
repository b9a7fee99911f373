"""Benchmarks of single calls against a target: what a person waits for, and what the harness adds.

    pytest suites/throughput/bench_calls.py --target FILE

Without `--target` the reference server is called. Only a command that reads is sent, so any target file will do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from harness.certify import Options, target_for
from harness.dut import Dut
from harness.ending import Ending
from harness.exchange import Live
from harness.flow import play
from harness.judge import Judge
from harness.net import Deadline, connect
from harness.permit import Journal, Permit
from harness.spec.load import load_system, system_names
from harness.target import Target, load_target

OPERATION = "getRecordingStatus"
NOTHING = "9eed71ca-d567-4a16-9d9c-26c6c5ad282e"


@pytest.fixture(scope="module")
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """The target of `--target`, else a reference server."""
    given = request.config.getoption("--target", default=None)
    if given is not None:
        found = load_target(Path(given), {name: load_system(name) for name in system_names()})
        if found.system != "hmp":
            pytest.skip(f"{given} is a target of {found.system}; these calls are of hmp")
    with target_for(Options(system="hmp", target=Path(given) if given is not None else None)) as found:
        yield found


@pytest.fixture
def judge(target: Target) -> Judge:
    """Bindings and checks for the target."""
    return Judge(load_system("hmp"), target, 1)


def test_connect(benchmark: BenchmarkFixture, target: Target) -> None:
    """A connection made and closed."""
    benchmark(lambda: connect(target.host, target.ports["cli"], timeout_s=target.timeout).close())


def test_bare_call(benchmark: BenchmarkFixture, target: Target, judge: Judge) -> None:
    """One command and its reply on a plain connection, nothing checked."""
    _, data = judge.bindings["cli"].call(OPERATION, (NOTHING,))
    with connect(target.host, target.ports["cli"], timeout_s=target.timeout) as link:

        def call() -> bytes:
            deadline = Deadline.after(target.timeout)
            link.send([data], deadline=deadline)
            got = b""
            while not got.endswith(b"\n"):
                chunk = link.receive(deadline)
                assert chunk.ending is Ending.ANSWERED, chunk
                got += chunk.data
            return got

        assert benchmark(call)


def test_checked_call(benchmark: BenchmarkFixture, target: Target, judge: Judge) -> None:
    """The same as a case does it: permit, transcript, reply read under every reading, and what any reply must be checked."""
    live = Live(target, Permit.of(target), judge.bindings, Journal())
    calls = checked(judge.dut("bench"), live)
    try:
        benchmark(calls)
    finally:
        live.close()


def checked(dut: Dut, live: Live) -> Callable[[], None]:
    """A function that makes one checked call, all on one connection; the transcript is begun anew each time."""

    async def call() -> None:
        reply = await dut.call(OPERATION, NOTHING)
        assert reply.ok is not None, reply.describe()

    def once() -> None:
        live.begin("bench")
        play(call(), live)
        assert all(check.passed for check in dut.checks)

    return once
