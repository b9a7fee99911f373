"""Benchmark of `harness.wire.tpkt` and `harness.wire.xmlmessage`: packets framed, and messages in them read and written, on one core.

*Framed*: `PACKETS` packets of about 500 bytes go to a TpktDecoder in pieces of `FEED_BYTES`, and each payload is taken. *Rebuilt*: the
same for `MESSAGES` packets, and each payload is also read by `read_message` and written again by `encode_document` and `encode`. Each
kind of message is of another size and another share of values to escape. Rates are those of the median round, by wall and by
CPU time of the process.

    pytest suites/throughput/bench_packets.py
    python suites/throughput/bench_packets.py [--json]
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from harness.wire.tpkt import TpktDecoder, encode
from harness.wire.xmlmessage import encode_document, encode_message, read_message

PACKETS = 20_000
MESSAGES = 2_000
FEED_BYTES = 65_536  # what one read of a socket gives at most
ROUNDS = 7
TARGETS = {"framed": 200_000, "rebuilt plain": 12_000, "rebuilt escaped": 12_000}


def confirm(more: tuple[tuple[str, str], ...] = ()) -> bytes:
    """An answer of about 500 bytes and some more fields."""
    fields = (
        ("RESULT", "0"),
        ("PRODUCTNAME", "Recording and Streaming Server"),
        ("VERSION", "1.0.0.004, Build: May 19 2006 15:03:01"),
        ("TYPE", "Server 2000"),
        ("H323COUNT", "10"),
        ("VODCOUNT", "100"),
        ("RECABILITY", "2"),
        ("ACTIVATED", "1"),
        ("SESSIONID", "7e76c583-2215-4c89-9a1af7a6c4ed8f11"),
        *more,
    )
    root = {"version": "1.0.0.0"}
    return encode_message("MANAGER", root, "CONFIRM", "xmlid", "getdevinfo", [(*one, {}) for one in fields], "value")


KINDS = {
    "plain": confirm(),
    "escaped": confirm((("DESCRIPTION", 'a "b" & <c>\n'),)),  # one value has markup
    "long": confirm(tuple((f"MEMBER{number}", f"member {number}") for number in range(50))),
}


def framed(payload: bytes = KINDS["plain"]) -> int:
    """Take `PACKETS` payloads from their packets; returns their bytes."""
    wire = STREAMS.get(payload) or STREAMS.setdefault(payload, encode(payload) * PACKETS)
    decoder = TpktDecoder()
    count = total = 0
    for start in range(0, len(wire), FEED_BYTES):
        decoder.feed(wire[start : start + FEED_BYTES])
        while (packet := decoder.next_packet()) is not None:
            count += 1
            total += len(packet)
    assert (count, decoder.leftover) == (PACKETS, b"")
    return total


def rebuilt(payload: bytes = KINDS["plain"]) -> bytes:
    """Take `MESSAGES` payloads, read and write each; returns the last packet."""
    wire = encode(payload) * MESSAGES
    decoder = TpktDecoder()
    count, packet = 0, b""
    for start in range(0, len(wire), FEED_BYTES):
        decoder.feed(wire[start : start + FEED_BYTES])
        while (found := decoder.next_packet()) is not None:
            document = read_message(found)
            packet = encode(encode_document(document.root, document.attributes, document.elements))
            count += 1
    assert count == MESSAGES
    return packet


STREAMS: dict[bytes, bytes] = {}


def rates(work: Callable[[], object], count: int) -> tuple[float, float]:
    """How many a second, by wall and by CPU time; medians."""
    walls, cpus = [], []
    for _ in range(ROUNDS):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return count / statistics.median(walls), count / statistics.median(cpus)


def measure() -> dict[str, tuple[float, float]]:
    """Rates of framing and of rebuilding, by wall and by CPU time."""
    found = {"framed": rates(framed, PACKETS)}
    for kind, payload in KINDS.items():
        found[f"rebuilt {kind}"] = rates(lambda payload=payload: rebuilt(payload), MESSAGES)  # type: ignore[misc]
    return found


def size(name: str) -> int:
    """Bytes of a packet of what `measure` names so."""
    return len(encode(KINDS[name.partition(" ")[2] or "plain"]))


def test_frame_packets(benchmark: BenchmarkFixture) -> None:
    """Packets a second; `packets_per_second` stands in the extra info."""
    assert benchmark(framed) == PACKETS * len(KINDS["plain"])
    if benchmark.stats is not None:  # None with --benchmark-disable
        benchmark.extra_info["packets_per_second"] = round(PACKETS / benchmark.stats.stats.median)
        print(f"framed: {benchmark.extra_info['packets_per_second']:,} packets/s")  # noqa: T201


@pytest.mark.parametrize("kind", KINDS)
def test_rebuild_messages(benchmark: BenchmarkFixture, kind: str) -> None:
    """Messages a second; `messages_per_second` stands in the extra info."""
    assert benchmark(rebuilt, KINDS[kind]) == encode(KINDS[kind])
    if benchmark.stats is not None:
        benchmark.extra_info["message_bytes"] = len(KINDS[kind])
        benchmark.extra_info["messages_per_second"] = round(MESSAGES / benchmark.stats.stats.median)
        print(f"{kind}: {benchmark.extra_info['messages_per_second']:,} messages/s")  # noqa: T201


def main() -> None:
    """Measure and print one line a figure, or one JSON object."""
    found = measure()
    if "--json" in sys.argv[1:]:
        print(json.dumps(found))  # noqa: T201
        return
    for name, (wall, cpu) in found.items():
        target = f"target {TARGETS[name]:,}" if name in TARGETS else ""
        print(f"{name:16} {wall:10,.0f}/s  {cpu:10,.0f} a CPU second  {size(name)} bytes  {target}".rstrip())  # noqa: T201


if __name__ == "__main__":
    main()
