"""Benchmarks of HTTP and its documents: requests written, replies framed, one page of rows scanned, one reply of a load validated.

pytest suites/throughput/bench_http.py
"""

from __future__ import annotations

from functools import lru_cache

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from harness.case import rng_for
from harness.ending import Ending
from harness.load.httpvalidate import HttpValidator
from harness.load.scenario import LoadOperation, Request, make_requests
from harness.load.speech import TargetBinding
from harness.permit import Permit
from harness.rows import Scan, compile_shape
from harness.spec.load import load_system
from harness.spec.model import System
from harness.target import Allow, Target
from harness.wire.http1 import ResponseReader, encode
from harness.wire.http1_framing import ResponseFramer, read_requests

MESSAGES = 1000
ROWS = 500  # of a page
FIRST, LAST = 1_233_856_800, 1_233_860_399
_ROW = (
    '  <Stream startTime="{0}" endTime="{1}" dbTime="{2}" tsidOutputs="1-1" macAddress="00:11:22:33:44:55" serverIpAddress="192.0.2.7" '
    'serviceGroup="200" sessionID="1::{0}::{3}" streamType="user" contentName="example.com::{3}::clip.mpg" assetIOR="" bitrate="3750000" '
    'assetName="clip {3}" />\n'
)


@lru_cache(maxsize=1)
def _model() -> System:
    return load_system("cds")


@lru_cache(maxsize=1)
def page() -> bytes:
    """One page of StreamHistory."""
    rows = (_ROW.format(start, start + 60, start + 61, start % 977) for start in range(FIRST, FIRST + ROWS))
    return (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<StreamsResponse>\n'
        + "".join(rows).encode()
        + b"</StreamsResponse>\n"
    )


def reply(body: bytes) -> bytes:
    """A success with this document."""
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s" % (
        len(body),
        body,
    )


def request() -> Request:
    """What the page answers."""
    values = (f"fromDate={FIRST}", f"toDate={LAST}", f"maxRows={ROWS}")
    kind = LoadOperation(name="page", weight=1, operation="StreamHistory", values=lambda _values: values)
    target = Target(system="cds", name="bench", host="127.0.0.1", ports={"http": 80}, allow=Allow(load=True))
    return make_requests(
        [kind], {}, TargetBinding(_model(), target, "http"), Permit.of(target), rng_for(1, "bench"), 1
    )[0]


def test_encode_and_read_requests(benchmark: BenchmarkFixture) -> None:
    """Requests made, written, and cut and read again as the proxy does it."""
    binding = TargetBinding(_model(), Target(system="cds", name="b", host="192.0.2.1", ports={"http": 80}), "http")
    values = (f"fromDate={FIRST}", f"toDate={LAST}")

    def work() -> int:
        data = b"".join(binding.call("StreamHistory", values)[1] for _ in range(MESSAGES))
        return len([encode(one.request) for one in read_requests(data)[0]])

    assert benchmark(work) == MESSAGES
    _rate(benchmark, MESSAGES, "requests")


def test_frame_responses(benchmark: BenchmarkFixture) -> None:
    """Small responses cut out of a stream, each head read in full."""
    data = reply(b"<a/>" * 50) * MESSAGES

    def work() -> int:
        framer, count = ResponseFramer(), 0
        for start in range(0, len(data), 65_536):
            framer.feed(data[start : start + 65_536])
            while framer.next_message() is not None:
                count += 1
        return count

    assert benchmark(work) == MESSAGES
    _rate(benchmark, MESSAGES, "responses")


def test_read_a_long_body(benchmark: BenchmarkFixture) -> None:
    """64 MiB of content in pieces, as a scan would get them."""
    piece = bytes(65_536)

    def work() -> int:
        reader = ResponseReader("GET")
        reader.feed(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (1024 * len(piece)))
        count = 0
        for _ in range(1024):
            reader.feed(piece)
            count += sum(map(len, reader.take()))
        return count

    assert benchmark(work) == 1024 * len(piece)
    _rate(benchmark, 64, "MiB")


def test_scan_a_page(benchmark: BenchmarkFixture) -> None:
    """One page of rows checked completely, shape compiled before."""
    shape = compile_shape(_model(), "streams", operation="StreamHistory")

    def work() -> int:
        scan = Scan(shape, window=(FIRST, LAST))
        scan.feed(page())
        result = scan.finish()
        assert not result.violations
        return result.rows

    assert benchmark(work) == ROWS
    _rate(benchmark, ROWS, "rows")


@pytest.mark.parametrize("how", ["in-full", "by-type", "by-shape"])
def test_validate_a_reply(benchmark: BenchmarkFixture, how: str) -> None:
    """One small reply of a load: every check, types alone, a known shape."""
    asked, small = request(), reply(page()[: page().index(b"/>\n", 2000) + 3] + b"</StreamsResponse>\n")
    judge = HttpValidator(_model(), remember=how == "by-shape")
    assert judge.slow(asked, small, Ending.ANSWERED)
    if how == "in-full":
        assert benchmark(lambda: judge.slow(asked, small, Ending.ANSWERED))
        return
    quick = judge.known(asked)
    assert benchmark(lambda: quick(small))


def _rate(benchmark: BenchmarkFixture, count: int, unit: str) -> None:
    if benchmark.stats is not None:  # None with --benchmark-disable
        benchmark.extra_info[f"{unit}_per_second"] = round(count / benchmark.stats.stats.median)
