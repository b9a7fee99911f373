"""What the issues promise, measured: one line a figure, with its target. It prints and never fails; run it with `make bench`.

All figures come from one run on one machine; processes are started one after the other, and where a figure is a difference, in turn.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import bench_packets
import http_reach
import packet_reach
from bench_lines import COMMANDS, VALUES, encode_decode
from large_spec import write_large_spec
from load_reach import against_reference_server, against_responder

from harness.resources import data_folder
from harness.spec.load import load_system

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CASES = 20_000
LINES = 20_000
ROUNDS = 3

# Prints, after the command's own output, the wall seconds since the process began to import and its own peak memory.
_MEASURED = """
import json, resource, sys, time
began = time.monotonic()
from harness.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    code = end.code
print(json.dumps({"code": code, "kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))
"""

_BULK = """
from harness.case import Case
from harness.suite import Suite
SUITE = Suite("hmp")
async def flow(dut):
    return None
for number in range({count}):
    SUITE.add(Case(id=f"hmp.bulk.{{number}}", system="hmp", title="nothing", chapter="bulk", clauses=(), flow=flow, module="suites.hmp.bulk"))
"""


def main() -> None:
    """Measure everything; a few minutes."""
    certify_s, rss_mib, code = certify()
    tell("certify hmp, reference server, wall", "< 10 s", certify_s, "s", f"exit {code}")
    tell("certify hmp, peak memory of the process", "< 200 MiB", rss_mib, "MiB")
    per_case_ms, bare_ms = overhead()
    tell(
        "a case, over the bare exchange, CPU",
        "< 0.4 ms",
        per_case_ms,
        "ms",
        f"the bare exchange takes {bare_ms:.2f} ms",
    )
    allure = json.loads(run([sys.executable, str(HERE / "bench_allure.py")]))
    disk, memory = allure["disk"], allure["memory"]
    note = f"in memory; on disk {disk['written_us']:.0f} us, of which files alone {disk['files_us']:.0f} us"
    tell("Allure's result of a case with its file, CPU", "< 100 us", memory["written_us"], "us", note)
    tell(f"pytest collects {CASES:,} cases, over an empty run", "< 0.8 s", collection(), "s")
    tell("clausewise --help", "< 0.3 s", median(lambda: timed([sys.executable, "-m", "harness", "--help"]), 5), "s")
    lines, yaml_ms, cache_ms = spec_load()
    tell(f"spec of {lines:,} lines, from YAML", "< 200 ms", yaml_ms, "ms")
    tell(f"spec of {lines:,} lines, from the cache", "< 30 ms", cache_ms, "ms")
    for kind, values in VALUES.items():
        rate = COMMANDS / median(lambda values=values: clocked(lambda: encode_decode(values)), 7)  # type: ignore[misc]
        tell(f"line codec, {kind} values, one core", "> 150 k/s", rate / 1000, "k/s")
    packets()
    calls()
    fuzz()
    load()
    load_http()
    load_packets()
    serve_http()


def packets() -> None:
    """Packets of RFC 1006, and the messages of XML in them."""
    for kind, (wall, cpu) in bench_packets.measure().items():
        target = f"> {bench_packets.TARGETS[kind] // 1000} k/s" if kind in bench_packets.TARGETS else ""
        note = f"{cpu / 1000:.1f} k a CPU second"
        tell(f"packets of {bench_packets.size(kind)} bytes, {kind}, one core", target, wall / 1000, "k/s", note)


def calls() -> None:
    """Calls of XML-RPC, written and read again, beside Python's own package."""
    found = json.loads(run([sys.executable, str(HERE / "bench_xmlrpc.py"), "--json"]))
    (wall, cpu), (client, _) = found["rebuilt flat"], found["xmlrpc.client flat"]
    note = f"{cpu / 1000:.1f} k a CPU second; xmlrpc.client {client / 1000:.1f} k/s"
    tell("XML-RPC call of 20 members, written and read", "> 8 k/s", wall / 1000, "k/s", note)
    tell("the same read alone, in any spelling", "", found["read, any spelling"][0] / 1000, "k/s")


def fuzz() -> None:
    """The fast fuzzer and the state machine, each on one core with the reference server on the other."""
    found = json.loads(run([sys.executable, str(HERE / "bench_fuzz.py"), "--json"]))
    tell("fuzz cases built", "> 10 k/s", found["built"] / 1000, "k/s")
    tell("fuzz mutations", "> 200 k/s", found["mutated"] / 1000, "k/s")
    note = f"{found['harness_us']:.0f} us here, {found['server_us']:.0f} us there; a fixed loop {found['loop_us']:.0f} us (10-13 if quiet)"
    tell("fuzz cases executed and checked", "> 3 k/s", found["played"] / 1000, "k/s", note)
    machine = json.loads(run([sys.executable, str(HERE / "bench_machine.py"), "--json"]))
    note = f"{machine['steps']:.0f} rules/s of some commands each; judging an answer {machine['judging_us']:.0f} us"
    tell("state machine, commands", "> 3 k/s", machine["exchanges"] / 1000, "k/s", note)


def load() -> None:
    """The load generator: beside a C loop that checks nothing, and against the reference server."""
    ours, c, by_wall, by_cpu = against_responder()
    beside = (
        f"C {c.wall / 1000:.0f} k/s" if c is not None else "no C compiler: the responder is Python, and the bottleneck"
    )
    per_cpu = f"C {c.cpu / 1000:.0f} k" if c is not None else ""
    tell("load, 32 lines, every reply checked, fast responder", "", ours.wall / 1000, "k/s", beside)
    tell("the same, by CPU second of the generator", "", ours.cpu / 1000, "k", per_cpu)
    if by_wall is not None and by_cpu is not None:
        tell("the same over the C loop, wall", ">= 0.55", by_wall, "")
        tell("the same over the C loop, by CPU second", ">= 0.55", by_cpu, "")
    found = against_reference_server()
    note = f"generator waited {100 * found['waited']:.0f} %, p99 {found['p99_us'] / 1000:.1f} ms"
    tell("load, scenario mixed, reference server", "", found["rate"] / 1000, "k/s", note)
    tell("the same, by CPU second of the generator", "", found["per_cpu"] / 1000, "k")


def load_http() -> None:
    """The load generator over HTTP: beside wrk, and against the reference server."""
    found = http_reach.beside_wrk()
    if found is None:
        print("load over HTTP: no C compiler, so there is no responder that is fast enough")  # noqa: T201 - as tell
    else:
        beside = f"wrk {found.wrk.wall / 1000:.0f} k/s" if found.wrk is not None else "no wrk: apt install wrk"
        for key, what, target in (
            ("framed", "replies framed only", ">= 0.70"),
            ("validated", "every reply validated", ">= 0.50"),
            ("typed", "every document parsed, values by type", ">= 0.15"),
        ):
            rate = found.ours[key]
            tell(f"load over HTTP, 32 connections, {what}", "", rate.wall / 1000, "k/s", beside)
            by_cpu = f"wrk {found.wrk.cpu / 1000:.0f} k" if found.wrk is not None else ""
            tell("the same, by CPU second of the generator", "", rate.cpu / 1000, "k", by_cpu)
            if key in found.ratios:
                tell("the same over wrk, by CPU second", target, found.ratios[key], "")
    server = http_reach.against_reference_server()
    note = f"generator waited {100 * server['waited']:.0f} %, p99 {server['p99_us'] / 1000:.1f} ms"
    tell("load, scenario monitor, reference server of cds", "", server["rate"] / 1000, "k/s", note)


def load_packets() -> None:
    """The load generator over packets: beside a C loop, and against the reference server, also with many sessions."""
    found = packet_reach.beside_c()
    if found is None:
        print("load over packets: no C compiler, so there is no responder that is fast enough")  # noqa: T201 - as tell
    else:
        for key, what in (("validated", "every reply validated"), ("parsed", "every reply also parsed by libxml2")):
            rate = found.ours[key]
            target = ">= 0.35" if key == "validated" else ""
            tell(f"load, 32 packets, {what}", "", rate.wall / 1000, "k/s", f"C {found.c.wall / 1000:.0f} k/s")
            tell("the same over the C loop, wall", target, found.by_wall[key], "")
            tell("the same over the C loop, by CPU second", target, found.by_cpu[key], "")
    for connections in (packet_reach.CONNECTIONS, packet_reach.SESSIONS):
        server = packet_reach.against_reference_server(connections=connections)
        note = (
            f"{server['errors']:.0f} errors, {server['connected']:.0f} connected, p99 {server['p99_us'] / 1000:.1f} ms"
        )
        tell(f"load, {connections:,} sessions, reference server of rss2000", "", server["rate"] / 1000, "k/s", note)


def serve_http() -> None:
    """The reference server of cds by itself."""
    small = http_reach.small_requests()
    if small is not None:
        rate, per_cpu = small
        tell("cds server, small requests, asked by wrk", ">= 3 k/s", rate.wall / 1000, "k/s")
        tell("the same, by CPU second of the server", "", per_cpu / 1000, "k")
    found = http_reach.million_rows()
    note = f"{found['mb']:.0f} MB"
    tell("cds server, a million rows, received and dropped", ">= 30 MB/s", found["mb"] / found["s"], "MB/s", note)
    tell("the same, by CPU second of the server", "", found["mb"] / found["cpu_s"], "MB")


def tell(what: str, target: str, measured: float, unit: str, note: str = "") -> None:
    """One line."""
    print(f"{what:54} target {target:11} measured {measured:8.2f} {unit:4} {note}".rstrip(), flush=True)  # noqa: T201 - its purpose


def median(measure: Callable[[], float], rounds: int = ROUNDS) -> float:
    """The median of several rounds."""
    return statistics.median(measure() for _ in range(rounds))


def clocked(work: Callable[[], object]) -> float:
    """Seconds that the work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def timed(command: list[str], folder: Path = ROOT) -> float:
    """Seconds that a process takes, its start included. `folder` is its working folder and first on its path."""
    return clocked(lambda: run(command, folder))


def run(command: list[str], folder: Path = ROOT) -> str:
    """Run a process of ours; gives its standard output."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False).stdout  # noqa: S603 - our own


def certify() -> tuple[float, float, int]:
    """Wall seconds (median, the first one without a spec cache), the largest peak memory in MiB, exit code."""
    seconds, ends = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            output = run([sys.executable, "-c", _MEASURED, "certify", "hmp", "--seed", "0", "--out", f"{folder}/run"])
            seconds.append(time.perf_counter() - began)
            ends.append(json.loads(output.splitlines()[-1]))
    return statistics.median(seconds), max(end["kib"] for end in ends) / 1024, max(end["code"] for end in ends)


def overhead() -> tuple[float, float]:
    """Milliseconds of CPU a case takes beyond the bare exchange, and those of the bare exchange; see `bare_exchange`."""
    found = [json.loads(run([sys.executable, str(HERE / "bare_exchange.py")])) for _ in range(ROUNDS)]
    over = statistics.median((each["harness_s"] - each["bare_s"]) / each["cases"] for each in found)
    return over * 1000, statistics.median(each["bare_s"] / each["cases"] for each in found) * 1000


def collection() -> float:
    """Seconds that collecting a suite of many cases through the plugin takes, over collecting an empty folder."""
    with checkout() as folder:
        command = [sys.executable, "-m", "pytest", "--collect-only", "-qq", "-p", "no:cacheprovider"]
        pairs = [(timed([*command, "suites/hmp"], folder), timed([*command, "empty"], folder)) for _ in range(ROUNDS)]
    return statistics.median(full for full, _ in pairs) - statistics.median(empty for _, empty in pairs)


@contextmanager
def checkout() -> Iterator[Path]:
    """A folder like the repository, with the real harness and specs, but a suite of many cases that do nothing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("harness", "specs", "conftest.py", "pyproject.toml"):
            (folder / part).symlink_to(ROOT / part)
        for part in ("suites/hmp", "empty"):
            (folder / part).mkdir(parents=True)
        (folder / "suites" / "__init__.py").touch()
        (folder / "suites" / "hmp" / "__init__.py").write_text(_BULK.format(count=CASES), encoding="utf-8")
        (folder / "suites" / "hmp" / "bulk.py").touch()
        yield folder


def spec_load() -> tuple[int, float, float]:
    """Lines of a large spec, and milliseconds to load it from YAML with the place of each key, and from the cache."""
    assert data_folder("specs").is_dir()
    with tempfile.TemporaryDirectory() as name:
        lines = write_large_spec(Path(name) / "specs", LINES)
        os.environ["XDG_CACHE_HOME"] = f"{name}/cache"
        specs = Path(name) / "specs"
        from_yaml = median(lambda: clocked(lambda: load_system("hmp", specs=specs, cache=False)), 5)
        load_system("hmp", specs=specs)
        from_cache = median(lambda: clocked(lambda: load_system("hmp", specs=specs)), 5)
    return lines, from_yaml * 1000, from_cache * 1000


if __name__ == "__main__":
    main()
