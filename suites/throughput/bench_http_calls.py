"""Benchmarks of single requests to a target over HTTP: what a person waits for, and what the harness adds.

    pytest suites/throughput/bench_http_calls.py --target FILE

Without `--target` the reference server is asked. All of it only reads, so any target file will do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from harness.certify import Options, target_for
from harness.ending import Ending
from harness.exchange import Live
from harness.flow import play
from harness.http.client import HttpClient
from harness.httpdut import HttpDut
from harness.judge import Judge
from harness.messages.http import request_to
from harness.net import Deadline, connect
from harness.permit import Journal, Permit
from harness.pool import Pool
from harness.spec.load import load_system, system_names
from harness.suite import load_suite
from harness.target import Target, load_target

PATH, QUERY = "/everstream/api.php", (("messageType", "Version"),)


@pytest.fixture(scope="module")
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """The target of `--target`, else a reference server."""
    given = request.config.getoption("--target", default=None)
    if given is not None:
        found = load_target(Path(given), {name: load_system(name) for name in system_names()})
        if found.system != "cds":
            pytest.skip(f"{given} is a target of {found.system}; these requests are of cds")
    with target_for(Options(system="cds", target=Path(given) if given is not None else None)) as found:
        yield found


def test_connect(benchmark: BenchmarkFixture, target: Target) -> None:
    """A connection made and closed."""
    benchmark(lambda: connect(target.host, target.ports["http"], timeout_s=target.timeout).close())


@pytest.mark.parametrize("plain", [True, False], ids=["bytes", "httpx"])
def test_bare_call(benchmark: BenchmarkFixture, target: Target, plain: bool) -> None:
    """One small request and its reply on a connection that stays open, recorded and not checked."""
    client = HttpClient(target.host, target.ports["http"], timeout_s=target.timeout)
    request = request_to(target.host, PATH, QUERY)

    def call() -> bool:
        got = client.exchange(request, deadline=Deadline.after(target.timeout), plain=plain)
        return got.ending is Ending.ANSWERED and got.status == 200

    try:
        assert benchmark(call)
    finally:
        client.close_all()


@pytest.mark.parametrize("operation", ["Version", "MaxStreamModifiedTime", "Devices", "StreamHistory"])
def test_checked_call(benchmark: BenchmarkFixture, target: Target, operation: str) -> None:
    """The same as a case does it: permit, transcript, the document scanned, and what any reply must be checked."""
    system = load_system("cds")
    judge, permit = Judge(system, target, 1), Permit.of(target)
    pool = Pool(suite=load_suite(system), target=target, judge=judge, permit=permit)
    live = Live(target, permit, judge.bindings, Journal(), pool.get)
    query = {}
    if system.operations[operation].window is not None:
        query = dict(zip(("fromDate", "toDate"), pool.get("window", operation).split(" "), strict=True))
    dut = judge.dut("bench")
    assert isinstance(dut, HttpDut)
    try:
        benchmark(checked(dut, live, operation, query))
    finally:
        live.close()
        pool.close()


def checked(dut: HttpDut, live: Live, operation: str, query: dict[str, str]) -> Callable[[], None]:
    """A function that makes one checked call, all on one connection; the transcript is begun anew each time."""

    async def call() -> None:
        window = (int(query["fromDate"]), int(query["toDate"])) if query else None
        reply = await dut.get(operation, query, window=window)
        assert reply.status == 200, reply.describe()

    def once() -> None:
        live.begin("bench")
        dut.checks.clear()
        play(call(), live)
        assert all(check.passed for check in dut.checks if check.severity.value == "must")

    return once
