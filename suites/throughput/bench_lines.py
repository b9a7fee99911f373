"""Benchmark of `harness.wire.lines`: line commands written, framed and read again on one core.

Each round takes `COMMANDS` commands through join and encode_line, feeds the bytes in `FEED_BYTES` pieces to a
LineDecoder, and takes each line through decode_text and split. The rate is that of the median round.

    pytest suites/throughput/bench_lines.py
"""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from harness.wire.lines import Argument, LineDecoder, Quoting, decode_text, encode_line, join, split

QUOTING = Quoting(escapes={"n": "\n", '"': '"', "\\": "\\"})
NAME = "updateMetadata"
UUID = "9eed71ca-d567-4a16-9d9c-26c6c5ad282e"
COMMANDS = 5_000
FEED_BYTES = 65_536  # what one read of a socket gives at most

VALUES = {
    "plain": (UUID, "title", "Jan01"),  # no argument needs quotes
    "quoted": (UUID, "title", "Jan 1"),  # one does
    "escaped": (UUID, "title", 'a "b" \\'),  # and one has three escape sequences
}


def encode_decode(values: tuple[str, ...]) -> list[Argument]:
    """Write, frame and read `COMMANDS` commands; returns the words of the last."""
    wire = b"".join([encode_line(join(NAME, values, QUOTING)) for _ in range(COMMANDS)])
    decoder = LineDecoder(4096)
    count, words = 0, []
    for start in range(0, len(wire), FEED_BYTES):
        decoder.feed(wire[start : start + FEED_BYTES])
        while (line := decoder.next_line()) is not None:
            words = split(decode_text(line.data), QUOTING)
            count += 1
    assert count == COMMANDS
    return words


@pytest.mark.parametrize("kind", VALUES)
def test_encode_decode_command(benchmark: BenchmarkFixture, kind: str) -> None:
    """Commands a second; `commands_per_second` stands in the extra info."""
    words = benchmark(encode_decode, VALUES[kind])
    assert [word.value for word in words] == [NAME, *VALUES[kind]]
    if benchmark.stats is not None:  # None with --benchmark-disable
        benchmark.extra_info["line_bytes"] = len(encode_line(join(NAME, VALUES[kind], QUOTING)))
        benchmark.extra_info["commands_per_second"] = round(COMMANDS / benchmark.stats.stats.median)
        print(f"{kind}: {benchmark.extra_info['commands_per_second']:,} commands/s")  # noqa: T201
