"""How fast the load generator is over packets with XML messages: 32 connections, one command at a time on each, beside a C loop that checks nothing.

Against a responder in C that answers every packet with one reply in which a number goes up, so that nothing can be known by its bytes alone;
the responder has one core, the generators the other. Two of ours: every reply validated, as `bench` does it (a shape is learned
first); and besides, every reply parsed by libxml2. Also many sessions at a time on the reference server.

    python suites/throughput/packet_reach.py
"""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from load_reach import CONNECTIONS, CORES, ROUNDS, SECONDS, Rate, compiled
from lxml import etree

from harness.case import rng_for
from harness.certify import Options, target_for
from harness.load.bench import WALL_CLOCK
from harness.load.loop import ClosedLoop
from harness.load.packets import LoadBinding, Sessions
from harness.load.packetvalidate import PacketValidator
from harness.load.run import LoadPlan, LoadRun
from harness.load.scenario import LoadOperation, Request, make_requests
from harness.load.verdicts import Level, Quick
from harness.net import Deadline, Link, connect
from harness.permit import Permit
from harness.spec.load import load_system
from harness.suite import load_suite
from harness.target import Allow, Target
from harness.wire.tpkt import HEADER_BYTES, encode

OPERATION = "REFRESHSTATUS"
SESSION = b"7e76c583-2215-4c89-9a1af7a6c4ed8f11"
REPLY = encode(
    b"""<?xml version="1.0" encoding="UTF-8" ?>
<DVCRMAGER version="1.0.0.0">
  <CONFIRM xmlid="refreshstatus">
    <RESULT value="0" />
    <DESCRIPTION value="Succeeded" />
    <DISK value="23" />
    <CPU value="7" />
    <TIME value="03-24-2006 21:27:47" />
    <TIMEVALUE value="123456789" />
    <TIMEZONE value="-8" />
  </CONFIRM>
</DVCRMAGER>
"""
)
SESSIONS = 2000
SHARE = 0.005  # of replies that may be read in full


@dataclass(frozen=True, slots=True)
class Found:
    """Medians, and the ratios to C within a round, by wall and by CPU."""

    c: Rate
    ours: dict[str, Rate]
    by_wall: dict[str, float]
    by_cpu: dict[str, float]


class Parsing(PacketValidator):
    """Parses each reply before its shape is looked for."""

    def known(self, request: Request) -> Quick:
        """See `PacketValidator`."""
        fits = super().known(request)

        def quick(raw: bytes) -> bool:
            return etree.fromstring(raw[HEADER_BYTES:]) is not None and fits(raw)

        return quick


class Given(Sessions):
    """Sessions that nobody has opened."""

    def enter(self, link: Link, timeout_s: float) -> bytes:  # noqa: ARG002
        """See `Sessions`."""
        return SESSION

    def leave(self, connection: object, deadline: Deadline) -> None:
        """See `Sessions`."""


@contextmanager
def responder(program: Path, folder: Path) -> Iterator[int]:
    """The responder on the first core; gives its port."""
    (folder / "reply").write_bytes(REPLY)
    place = REPLY.index(b'TIMEVALUE value="') + len(b'TIMEVALUE value="')
    command = [str(program), str(folder / "reply"), str(place)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
    try:
        if len(CORES) > 1:
            os.sched_setaffinity(process.pid, {CORES[0]})
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate()


def generator(port: int, validating: type[PacketValidator], folder: Path) -> Rate:
    """One round of ours; writes one command for the round of C."""
    system = load_system("rss2000")
    assert system.messages is not None
    target = Target(system="rss2000", name="responder", host="127.0.0.1", ports={"xml": port}, allow=Allow(load=True))
    binding = LoadBinding(system, system.messages, target)
    kind = LoadOperation(name="status", weight=1, operation=OPERATION, values=lambda _values: ())
    requests = make_requests([kind], {}, binding, Permit.of(target), rng_for(1, "reach"))
    (folder / "command").write_bytes(requests[0].data)
    validator = validating(binding, Level.FULL, target)
    loop = ClosedLoop(
        open_link=lambda timeout_s: connect("127.0.0.1", port, timeout_s=timeout_s),
        framer=binding.framer,
        requests=requests,
        validator=validator,
        connections=CONNECTIONS,
        timeout_s=5.0,
        manners=Given(binding, logs_in=False),
    )
    loop.open()
    loop.run(0.3)
    began = time.process_time()
    recorder = loop.run(SECONDS)
    cpu_s = time.process_time() - began
    loop.drain()
    loop.close()
    assert validator.violation_count == 0, validator.violations
    assert validator.parsed < SHARE * loop.answered + CONNECTIONS, (validator.parsed, loop.answered)
    return Rate(recorder.replies / recorder.length_s, recorder.replies / cpu_s)


def reference(client: Path, port: int, folder: Path) -> Rate:
    """One round of the C loop, which checks nothing."""
    command = [str(client), str(port), str(CONNECTIONS), str(SECONDS), str(folder / "command")]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own
    replies, wall_s, cpu_s = (float(word) for word in out.split())
    return Rate(replies / wall_s, replies / cpu_s)


OURS: dict[str, type[PacketValidator]] = {"validated": PacketValidator, "parsed": Parsing}


def beside_c(rounds: int = ROUNDS) -> Found | None:
    """Ours and C in turn; None without a C compiler."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        client, served = compiled("packet_client", folder), compiled("packet_responder", folder)
        if client is None or served is None:
            return None
        try:
            if len(CORES) > 1:
                os.sched_setaffinity(0, {CORES[1]})  # the C loop, a child of ours, inherits it
            with responder(served, folder) as port:
                found = [
                    ({key: generator(port, one, folder) for key, one in OURS.items()}, reference(client, port, folder))
                    for _ in range(rounds)
                ]
        finally:
            os.sched_setaffinity(0, CORES)
    ours = {key: _middle([one[key] for one, _ in found]) for key in OURS}
    by_wall = {key: statistics.median(one[key].wall / c.wall for one, c in found) for key in OURS}
    by_cpu = {key: statistics.median(one[key].cpu / c.cpu for one, c in found) for key in OURS}
    return Found(_middle([c for _, c in found]), ours, by_wall, by_cpu)


def _middle(rates: list[Rate]) -> Rate:
    return Rate(*(statistics.median(getattr(one, key) for one in rates) for key in ("wall", "cpu")))


def against_reference_server(
    scenario: str = "monitor", seconds: float = 3.0, connections: int = CONNECTIONS
) -> dict[str, float]:
    """The whole of `bench rss2000` but its files, against the reference server; every connection has a session of its own."""
    system = load_system("rss2000")
    suite = load_suite(system)
    with target_for(Options(system="rss2000", serve_options=WALL_CLOCK)) as target:
        plan = LoadPlan(
            system=system,
            suite=suite,
            target=target,
            scenario=suite.loads[scenario],
            seed=1,
            connections=connections,
            duration_s=seconds,
        )
        figures = LoadRun(plan).figures()
    assert figures["run"]["exit_code"] == 0, (
        figures["validation"]["by_clause"],
        figures["validation"]["errors"],
        figures["run"]["notes"],
    )
    measured, own = figures["measured"], figures["generator"]
    return {
        "rate": measured["replies_per_s"],
        "waited": own["waited_share"],
        "connected": own["connected_at_end"],
        "errors": sum(figures["validation"]["errors"].values()),
        "p99_us": measured["latency_us"]["percentiles"]["99"],
    }


def show() -> None:
    """Everything, one line a figure."""
    found = beside_c()
    if found is not None:
        print(f"C: {found.c}")  # noqa: T201
        for key, rate in found.ours.items():
            ratios = f"{found.by_wall[key]:.2f} of C by wall, {found.by_cpu[key]:.2f} by CPU"
            print(f"{key}: {rate.wall:,.0f}/s, {rate.cpu:,.0f} a CPU second, {ratios}")  # noqa: T201
    print("reference server:", against_reference_server())  # noqa: T201
    print(f"{SESSIONS} sessions:", against_reference_server(seconds=5.0, connections=SESSIONS))  # noqa: T201


if __name__ == "__main__":
    show()
