"""What the cases of a run cost, and what the same bytes cost on plain sockets, in CPU seconds of this process.

CPU and not wall time, since both wait for the same device and the machine has other work. With the harness: everything
from the first to the last event of the run (choosing values, permit, journal, codec, clocks, checks, verdicts,
transcripts and the record on disk). Bare: the steps of the transcripts of that run, in order, on blocking sockets:
connect, sendall, recv up to the end of a line, close. What is done once a run (loading the spec, writing the reports)
is in the wall time of certify, not here.
"""

from __future__ import annotations

import json
import socket
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from harness.certify import Options, TranscriptFolder, target_for
from harness.ending import Ending
from harness.engine import Plan, Run
from harness.events import RecordWriter
from harness.spec.load import load_system
from harness.suite import load_suite
from harness.target import Target
from harness.transcript import Redactor, Step, Transcript

PATIENCE_S = 0.5  # of the bare exchange: an answer that a run got may be missing when its commands come again


def main() -> None:
    """Print one JSON object: cases, and CPU seconds with the harness and bare."""
    transcripts: list[Transcript] = []
    system = load_system("hmp")
    suite = load_suite(system)
    options = Options(system="hmp")
    with tempfile.TemporaryDirectory() as name, target_for(options) as target:
        redactor = Redactor()
        keeper = TranscriptFolder(Path(name), redactor)

        def keep(transcript: Transcript) -> str:
            transcripts.append(transcript)
            return keeper.keep(transcript)

        writer = RecordWriter(Path(name) / "run.jsonl", redactor)
        began = time.process_time()
        for event in Run(Plan(system=system, suite=suite, target=target, seed=0), keep).events():
            writer.write(event)
        harness_s = time.process_time() - began
    with target_for(options) as target:
        began = time.process_time()
        for transcript in transcripts:
            exchange(transcript, target)
        bare_s = time.process_time() - began
    json.dump({"cases": len(suite.cases), "harness_s": harness_s, "bare_s": bare_s}, sys.stdout)


class _Link:
    """One plain connection, and how many ends of line came that no receive has asked for yet."""

    def __init__(self, address: tuple[str, int], source: str) -> None:
        self.socket = socket.create_connection(address, PATIENCE_S, (source, 0) if source else None)
        self.ahead = 0


def exchange(transcript: Transcript, target: Target) -> None:
    """Send what the transcript sent, and read where it read."""
    links: dict[str, _Link] = {}
    for step in transcript.steps:
        with suppress(OSError):
            _perform(step, links, target)
    for link in links.values():
        link.socket.close()


def _perform(step: Step, links: dict[str, _Link], target: Target) -> None:
    if step.action == "connect" and step.ending is Ending.ANSWERED:
        links[step.link] = _Link((target.host, next(iter(target.ports.values()))), step.detail.partition(" from ")[2])
    elif step.link not in links:
        return
    elif step.action == "send":
        start = 0
        for length in (*step.pieces, len(step.data) - sum(step.pieces)):
            links[step.link].socket.sendall(step.data[start : start + length])
            start += length
    elif step.action == "receive":
        _receive(step, links[step.link])
    elif step.action == "half-close":
        links[step.link].socket.shutdown(socket.SHUT_WR)
    elif step.action in ("close", "reset"):
        links.pop(step.link).socket.close()


def _receive(step: Step, link: _Link) -> None:
    if step.detail == "rest":
        link.socket.setblocking(False)
        with suppress(BlockingIOError):
            link.socket.recv(65536)
        link.socket.settimeout(PATIENCE_S)
    elif step.ending in (Ending.ANSWERED, Ending.CLOSED):
        link.ahead -= step.data.count(b"\n")
        while (link.ahead < 0 or step.ending is Ending.CLOSED) and (chunk := link.socket.recv(65536)):
            link.ahead += chunk.count(b"\n")


if __name__ == "__main__":
    main()
