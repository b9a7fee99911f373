"""How fast the load generator is: lines, 32 connections, one request at a time on each, every reply validated.

Against a responder that does next to nothing, beside a C loop that checks nothing, in turn; the responder has one core, the generator
the other. And against the reference server, which is the bottleneck there. Without a C compiler the responder is Python, which then
is the bottleneck, and there is no ratio.
"""

from __future__ import annotations

import os
import select
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.case import rng_for
from harness.certify import Options, target_for
from harness.judge import Judge
from harness.load.loop import ClosedLoop
from harness.load.run import LoadPlan, LoadRun
from harness.load.scenario import LoadOperation, Values, make_requests
from harness.load.validate import Validator
from harness.net import connect
from harness.permit import Permit
from harness.spec.load import load_system
from harness.suite import load_suite
from harness.target import Allow, Target

HERE = Path(__file__).parent
CORES = sorted(os.sched_getaffinity(0))
CONNECTIONS = 32
SECONDS = 2.0
ROUNDS = 5
REPLY = "OK"
SESSION = "9eed71ca-d567-4a16-9d9c-26c6c5ad282e"


@dataclass(frozen=True, slots=True)
class Rate:
    """Of one round: replies a second, and replies a second of the generator's CPU."""

    wall: float
    cpu: float


def compiled(name: str, folder: Path) -> Path | None:
    """A C program of this folder, if there is a compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    subprocess.run([compiler, "-O2", "-o", str(folder / name), str(HERE / f"{name}.c")], check=True)  # noqa: S603 - our own source
    return folder / name


@contextmanager
def responder(program: Path | None) -> Iterator[int]:
    """A responder on the first core; gives its port."""
    command = [str(program), REPLY] if program is not None else [sys.executable, str(HERE / "load_reach.py"), "respond"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
    try:
        if len(CORES) > 1:
            os.sched_setaffinity(process.pid, {CORES[0]})
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate()


def respond() -> None:
    """The responder where there is no C compiler."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    print(listening.getsockname()[1], flush=True)  # noqa: T201 - for who started it
    polls, open_ = select.epoll(), {}
    polls.register(listening.fileno(), select.EPOLLIN)
    while True:
        for fd, _ in polls.poll():
            if fd == listening.fileno():
                made, _ = listening.accept()
                made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                open_[made.fileno()] = made
                polls.register(made.fileno(), select.EPOLLIN)
            elif data := os.read(fd, 16384):
                os.write(fd, f"{REPLY}\n".encode() * data.count(b"\n"))
            else:
                polls.unregister(fd)
                open_.pop(fd).close()


def titled(values: Values) -> tuple[str, ...]:
    """A title as editors give it."""
    return (SESSION, "title", f"Lecture {values.rng.randrange(1000)}")


def generator(port: int) -> Rate:
    """One round of ours: requests that differ, each reply validated in full."""
    system = load_system("hmp")
    target = Target(
        system="hmp", name="responder", host="127.0.0.1", ports={"cli": port}, allow=Allow(write=True, load=True)
    )
    judge = Judge(system, target, 1)
    binding = judge.bindings["cli"]
    kind = LoadOperation(name="title", weight=1, operation="updateSessionMetadata", values=titled)
    requests = make_requests([kind], {}, binding, Permit.of(target), rng_for(1, "reach"))
    validator = Validator(judge.book, binding)
    loop = ClosedLoop(
        open_link=lambda timeout_s: connect("127.0.0.1", port, timeout_s=timeout_s),
        framer=binding.framer,
        requests=requests,
        validator=validator,
        connections=CONNECTIONS,
        timeout_s=5.0,
    )
    loop.open()
    loop.run(0.3)
    began = time.process_time()
    recorder = loop.run(SECONDS)
    cpu_s = time.process_time() - began
    loop.drain()
    loop.close()
    assert validator.violation_count == 0, validator.violations
    return Rate(recorder.replies / recorder.length_s, recorder.replies / cpu_s)


def reference(client: Path, port: int) -> Rate:
    """One round of the C loop, which checks nothing."""
    line = f'updateSessionMetadata {SESSION} title "Lecture 123"'
    command = [str(client), str(port), str(CONNECTIONS), str(SECONDS), line]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own
    replies, wall_s, cpu_s = (float(word) for word in out.split())
    return Rate(replies / wall_s, replies / cpu_s)


def against_responder() -> tuple[Rate, Rate | None, float | None, float | None]:
    """Medians of ours and of C, and the medians of their ratios within a round, by wall and by CPU."""
    with tempfile.TemporaryDirectory() as name:
        client, served = compiled("line_client", Path(name)), compiled("line_responder", Path(name))
        try:
            if len(CORES) > 1:
                os.sched_setaffinity(0, {CORES[1]})  # the C loop, a child of ours, inherits it
            with responder(served) as port:
                rounds = [(generator(port), reference(client, port) if client else None) for _ in range(ROUNDS)]
        finally:
            os.sched_setaffinity(0, CORES)
    ours = Rate(*(statistics.median(getattr(one, key) for one, _ in rounds) for key in ("wall", "cpu")))
    theirs = [other for _, other in rounds if other is not None]
    if not theirs:
        return ours, None, None, None
    c = Rate(*(statistics.median(getattr(one, key) for one in theirs) for key in ("wall", "cpu")))
    by_wall = statistics.median(one.wall / other.wall for one, other in rounds if other is not None)
    by_cpu = statistics.median(one.cpu / other.cpu for one, other in rounds if other is not None)
    return ours, c, by_wall, by_cpu


def against_reference_server(scenario: str = "mixed", seconds: float = 3.0) -> dict[str, float]:
    """The whole of `bench` but its files, against the reference server."""
    system = load_system("hmp")
    suite = load_suite(system)
    with target_for(Options(system="hmp")) as target:
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
        "per_cpu": measured["replies_per_s"] / own["cpu_share"],
        "waited": own["waited_share"],
        "p99_us": measured["latency_us"]["percentiles"]["99"],
    }


if __name__ == "__main__" and sys.argv[1:] == ["respond"]:
    respond()
