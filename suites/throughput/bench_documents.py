"""Benchmark of `harness.wire.documents` and `harness.wire.xmltree`: documents framed, and read and written again, on one core.

*Framed*: `DOCUMENTS` documents go to a DocumentDecoder in pieces of `FEED_BYTES`, and each is taken. *Rebuilt*: the same for `MESSAGES`
documents, and each is also read by `read_document` and written by `write_document`. Each kind is of another size. Rates are those
of the median round, by wall and by CPU time of the process.

    pytest suites/throughput/bench_documents.py
    python suites/throughput/bench_documents.py [--json]
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from harness.wire.documents import DocumentDecoder
from harness.wire.xmltree import Element, read_document, write_document

DOCUMENTS = 20_000
MESSAGES = 2_000
FEED_BYTES = 65_536  # what one read of a socket gives at most
ROUNDS = 7
TARGETS = {"framed": 60_000, "rebuilt result": 12_000, "rebuilt escaped": 12_000}

_HEAD = (
    ("REQUESTTYPE", "CALLSTART"),
    ("REQUESTID", "2147483647"),
    ("RESULTTYPE", "API_OK"),
    ("RESULTCODE", "20"),
    ("RESULTMSG", "CALLSTART sent to cores 1,2"),
)


def _call(number: int) -> Element:
    leaves = (("DEVICEID", str(2800 + number)), ("ANI", "8005551212"), ("DNIS", "2010"), ("CALLINSTANCE", str(number)))
    return Element("DEVICE", "", tuple(Element(name, text) for name, text in leaves))


KINDS = {
    "result": write_document("RESULT", _HEAD),
    "escaped": write_document("RESULT", (*_HEAD[:-1], ("RESULTMSG", 'no "group" & no <gate>'))),
    "list": write_document(
        "RESULT",
        [
            *_HEAD,
            ("DEVICES", Element("DEVICES", "", (Element("COUNT", "10"), *(_call(number) for number in range(10))))),
        ],
    ),
}
STREAMS = {kind: document * DOCUMENTS for kind, document in KINDS.items() if kind == "result"}


def framed() -> int:
    """Take `DOCUMENTS` documents from their stream; returns their bytes."""
    wire, decoder = STREAMS["result"], DocumentDecoder()
    count = total = 0
    for start in range(0, len(wire), FEED_BYTES):
        decoder.feed(wire[start : start + FEED_BYTES])
        while (document := decoder.next_message()) is not None:
            count += 1
            total += len(document)
    assert (count, decoder.leftover) == (DOCUMENTS, b"")
    return total


def rebuilt(document: bytes = KINDS["result"]) -> bytes:
    """Take `MESSAGES` documents, read and write each; returns the last one."""
    wire, decoder = document * MESSAGES, DocumentDecoder()
    count, made = 0, b""
    for start in range(0, len(wire), FEED_BYTES):
        decoder.feed(wire[start : start + FEED_BYTES])
        while (found := decoder.next_message()) is not None:
            root = read_document(found).root
            assert root is not None
            made = write_document(root.name, [(one.name, one if one.children else one.text) for one in root.children])
            count += 1
    assert count == MESSAGES
    return made


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
    found = {"framed": rates(framed, DOCUMENTS)}
    for kind, document in KINDS.items():
        found[f"rebuilt {kind}"] = rates(lambda document=document: rebuilt(document), MESSAGES)  # type: ignore[misc]
    return found


def size(name: str) -> int:
    """Bytes of a document of what `measure` names so."""
    return len(KINDS[name.partition(" ")[2] or "result"])


def test_frame_documents(benchmark: BenchmarkFixture) -> None:
    """Documents a second; `documents_per_second` stands in the extra info."""
    assert benchmark(framed) == len(STREAMS["result"])
    if benchmark.stats is not None:  # None with --benchmark-disable
        benchmark.extra_info["documents_per_second"] = round(DOCUMENTS / benchmark.stats.stats.median)
        print(f"framed: {benchmark.extra_info['documents_per_second']:,} documents/s")  # noqa: T201


@pytest.mark.parametrize("kind", KINDS)
def test_rebuild_documents(benchmark: BenchmarkFixture, kind: str) -> None:
    """Documents a second; `documents_per_second` stands in the extra info."""
    assert benchmark(rebuilt, KINDS[kind]) == KINDS[kind]
    if benchmark.stats is not None:
        benchmark.extra_info["document_bytes"] = len(KINDS[kind])
        benchmark.extra_info["documents_per_second"] = round(MESSAGES / benchmark.stats.stats.median)
        print(f"{kind}: {benchmark.extra_info['documents_per_second']:,} documents/s")  # noqa: T201


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
