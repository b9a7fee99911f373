"""How fast the load generator is over HTTP: 32 connections, one request at a time on each, beside wrk in the same rounds.

Against a responder in C that answers every request with one reply in which a number goes up, so that nothing can be known by its bytes
alone; the responder has one core, the generators the other. Three of ours: replies framed only; every reply validated, as `bench` does it
(a shape is learned first); every document parsed and its values checked by type, with nothing remembered of earlier ones. What counts is
requests by CPU second of the generator, as a ratio to wrk in the same round. Also what the reference server of cds does by itself.

    python suites/throughput/http_reach.py
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from load_reach import CONNECTIONS, CORES, ROUNDS, SECONDS, Rate, compiled

from harness.case import rng_for
from harness.certify import Options, target_for
from harness.load.httpvalidate import HttpValidator
from harness.load.loop import ClosedLoop
from harness.load.run import LoadPlan, LoadRun
from harness.load.scenario import LoadOperation, make_requests
from harness.load.speech import TargetBinding
from harness.load.verdicts import Level
from harness.net import connect
from harness.permit import Permit
from harness.spec.load import load_system
from harness.suite import load_suite
from harness.target import Allow, Target

OPERATION = "MaxStreamModifiedTime"
BODY = b"""<?xml version="1.0" encoding="UTF-8"?>
<MaxStreamModifiedTimeResponse xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:noNamespaceSchemaLocation="../../src/xsd/MaxStreamModifiedTime.xsd">
  <MaxStreamModifiedTime maxTime="1767607570" curTime="1800000000" />
</MaxStreamModifiedTimeResponse>
"""
HEAD = (
    b"HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 12:00:00 GMT\r\nServer: Apache\r\n"
    b"Content-Type: text/xml; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
)
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """Medians: requests by CPU second (wrk's own first), and the ratios to wrk within a round."""

    wrk: Rate | None
    ours: dict[str, Rate]
    ratios: dict[str, float]


@contextmanager
def responder(folder: Path) -> Iterator[int | None]:
    """The responder on the first core; gives its port, None without a C compiler."""
    program = compiled("http_responder", folder)
    if program is None:
        yield None
        return
    reply = HEAD % len(BODY) + BODY
    (folder / "reply").write_bytes(reply)
    place = reply.index(b"curTime=") + len(b'curTime="')
    process = subprocess.Popen(  # noqa: S603 - our own
        [str(program), str(folder / "reply"), str(place)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        if len(CORES) > 1:
            os.sched_setaffinity(process.pid, {CORES[0]})
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate()


def generator(port: int, level: Level, *, remember: bool = True, seconds: float = SECONDS) -> Rate:
    """One round of ours."""
    system = load_system("cds")
    target = Target(system="cds", name="responder", host="127.0.0.1", ports={"http": port}, allow=Allow(load=True))
    kind = LoadOperation(name="changes", weight=1, operation=OPERATION, values=lambda _values: ())
    validator = HttpValidator(system, level, remember=remember)
    requests = make_requests(
        [kind], {}, TargetBinding(system, target, "http"), Permit.of(target), rng_for(1, "reach"), CONNECTIONS
    )
    loop = ClosedLoop(
        open_link=lambda timeout_s: connect("127.0.0.1", port, timeout_s=timeout_s),
        framer=validator.framer,
        requests=requests,
        validator=validator,
        connections=CONNECTIONS,
        timeout_s=5.0,
    )
    loop.open()
    loop.run(0.3)
    began = time.process_time()
    recorder = loop.run(seconds)
    cpu_s = time.process_time() - began
    loop.drain()
    loop.close()
    assert validator.violation_count == 0, validator.violations
    assert validator.parsed < 0.01 * loop.answered + CONNECTIONS, (validator.parsed, loop.answered)
    return Rate(recorder.replies / recorder.length_s, recorder.replies / cpu_s)


def wrk(port: int, path: str, seconds: float = SECONDS, connections: int = CONNECTIONS) -> Rate | None:
    """One round of wrk, one thread; None where there is no wrk."""
    program = shutil.which("wrk")
    if program is None:
        return None
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [program, "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", f"http://127.0.0.1:{port}{path}"]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    count = re.search(r"(\d+) requests in ([\d.]+)s", out)
    assert count is not None, out
    assert "Non-2xx" not in out, out
    return Rate(int(count[1]) / float(count[2]), int(count[1]) / cpu_s)


PATH = f"/everstream/api.php?messageType={OPERATION}"
OURS: dict[str, Callable[[int], Rate]] = {
    "framed": lambda port: generator(port, Level.FRAMING),
    "validated": lambda port: generator(port, Level.FULL),
    "typed": lambda port: generator(port, Level.FULL, remember=False),
}


def beside_wrk(rounds: int = ROUNDS) -> Found | None:
    """Ours and wrk in turn; None without a C compiler."""
    with tempfile.TemporaryDirectory() as name, responder(Path(name)) as port:
        if port is None:
            return None
        try:
            if len(CORES) > 1:
                os.sched_setaffinity(0, {CORES[1]})  # wrk, a child of ours, inherits it
            found = [(wrk(port, PATH), {key: measure(port) for key, measure in OURS.items()}) for _ in range(rounds)]
        finally:
            os.sched_setaffinity(0, CORES)
    theirs = [other for other, _ in found if other is not None]
    middle = {key: _middle([ours[key] for _, ours in found]) for key in OURS}
    ratios = {
        key: statistics.median(ours[key].cpu / other.cpu for other, ours in found if other is not None) for key in OURS
    }
    return Found(_middle(theirs) if theirs else None, middle, ratios if theirs else {})


def _middle(rates: list[Rate]) -> Rate:
    return Rate(*(statistics.median(getattr(one, key) for one in rates) for key in ("wall", "cpu")))


def against_reference_server(scenario: str = "monitor", seconds: float = 3.0) -> dict[str, float]:
    """The whole of `bench cds` but its files, against the reference server."""
    system = load_system("cds")
    suite = load_suite(system)
    with target_for(Options(system="cds")) as target:
        plan = LoadPlan(
            system=system,
            suite=suite,
            target=target,
            scenario=suite.loads[scenario],
            seed=1,
            connections=CONNECTIONS,
            duration_s=seconds,
        )
        figures = LoadRun(plan).figures()
    assert figures["run"]["exit_code"] == 0, figures["validation"]
    measured, own = figures["measured"], figures["generator"]
    return {
        "rate": measured["replies_per_s"],
        "waited": own["waited_share"],
        "p99_us": measured["latency_us"]["percentiles"]["99"],
    }


@contextmanager
def served(*options: str) -> Iterator[tuple[int, int, dict[str, object]]]:
    """The reference server of cds on the first core; gives its port, its process, its fixtures."""
    with tempfile.TemporaryDirectory() as name:
        written = Path(name) / "target.toml"
        command = [
            sys.executable,
            "-m",
            "harness",
            "serve",
            "cds",
            "--port",
            "http=0",
            "--write-target",
            str(written),
            *options,
        ]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
        try:
            if len(CORES) > 1:
                os.sched_setaffinity(process.pid, {CORES[0]})
            assert process.stdout is not None
            port = json.loads(process.stdout.readline().removeprefix("READY "))["ports"]["http"]
            yield port, process.pid, tomllib.loads(written.read_text("utf-8"))["target"]["fixtures"]
        finally:
            process.terminate()
            process.communicate()


def small_requests(seconds: float = 3.0) -> tuple[Rate, float] | None:
    """Small requests a second that the reference server answers wrk on the other core, and by CPU second of the server; None without wrk."""
    with served() as (port, process, _):
        before = _cpu_of(process)
        rate = wrk(port, PATH, seconds)
        if rate is None:
            return None
        return rate, rate.wall * max(1, round(seconds)) / (_cpu_of(process) - before)


def million_rows(rows: int = MILLION) -> dict[str, float]:
    """The whole hour of a world of so many rows, received and dropped: MB, seconds, CPU seconds of the server."""
    with served("--rows", str(rows)) as (port, process, fixtures):
        first, last = fixtures["busy_hour_from"], fixtures["busy_hour_to"]
        target = f"/everstream/api.php?messageType=StreamHistory&fromDate={first}&toDate={last}"
        before, began, size = _cpu_of(process), time.perf_counter(), 0
        with socket.create_connection(("127.0.0.1", port), 60) as link:
            link.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            while chunk := link.recv(262_144):
                size += len(chunk)
        return {"mb": size / 1e6, "s": time.perf_counter() - began, "cpu_s": _cpu_of(process) - before}


def _cpu_of(process: int) -> float:
    """CPU seconds that a process has used."""
    words = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def show() -> None:
    """Everything, one line a figure."""
    found = beside_wrk()
    if found is not None:
        print(f"wrk: {found.wrk}")  # noqa: T201
        for key, rate in found.ours.items():
            print(f"{key}: {rate.wall:,.0f}/s, {rate.cpu:,.0f} a CPU second, {found.ratios.get(key, 0):.2f} of wrk")  # noqa: T201
    print("reference server, small requests:", small_requests())  # noqa: T201
    print("million rows:", million_rows())  # noqa: T201


if __name__ == "__main__":
    show()
