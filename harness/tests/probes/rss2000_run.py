"""Play probes over sockets: `python -m harness.tests.probes.rss2000_run TARGET_FILE [NAME...]` prints what disagrees."""

from __future__ import annotations

import contextlib
import json
import socket
import sys
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.tests.probes.rss2000_probes import PROBES, NotHere, Probe, play
from harness.tests.probes.rss2000_wire import Heard, Step


@dataclass
class Wires:
    """Connections of one probe. `play` takes it as its `wire`."""

    host: str
    port: int
    links: dict[str, socket.socket] = field(default_factory=dict)
    kept: dict[str, bytearray] = field(default_factory=dict)

    def __call__(self, step: Step) -> Heard:
        """Do a step."""
        if step.link not in self.links:
            self.links[step.link] = socket.create_connection((self.host, self.port), 5.0)
            self.links[step.link].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.kept[step.link] = bytearray()
        link, kept = self.links[step.link], self.kept[step.link]
        closed = False
        with contextlib.suppress(OSError):
            if step.pause_s:
                for at, data in ((0, step.data[:7]), (1, step.data[7:])):
                    time.sleep(step.pause_s * at)
                    link.sendall(data)
            elif step.data:
                link.sendall(step.data)
        until = time.monotonic() + step.wait_s
        found: list[bytes] = []
        while not closed:
            while (
                len(found) < step.packets
                and len(kept) >= 4
                and len(kept) >= (length := max(4, kept[2] * 256 + kept[3]))
            ):
                found.append(bytes(kept[:length]))
                del kept[:length]
            left = until - time.monotonic()
            if len(found) >= step.packets or left <= 0:
                break
            link.settimeout(left)
            try:
                data = link.recv(1 << 16)
            except TimeoutError:
                break
            except OSError:
                data = b""
            closed = not data
            kept += data
        return Heard(packets=found, rest=b"" if len(found) >= step.packets else bytes(kept), closed=closed)

    def close(self) -> None:
        """End all connections."""
        for link in self.links.values():
            link.close()


def world_of(target: dict[str, Any]) -> dict[str, Any]:
    """Fixtures and credentials of a target file's table."""
    credentials = {name: target["credentials"][name] for name in ("user", "password")}
    return {**target.get("fixtures", {}), **credentials, "clock_scale": target.get("clock_scale", 1.0)}


def run(path: Path, names: Sequence[str] = ()) -> dict[str, str | None]:
    """What disagrees by probe; nothing where the device has nothing to ask for."""
    target = tomllib.loads(path.read_text(encoding="utf-8"))["target"]
    made: dict[str, str | None] = {}
    for one in PROBES:
        if not names or one.name in names:
            made[one.name] = run_one(one, target)
    return made


def run_one(one: Probe, target: dict[str, Any]) -> str | None:
    """One probe on connections of its own."""
    wires = Wires(target["host"], next(iter(target["ports"].values())))
    try:
        return play(one, world_of(target), wires)
    except NotHere:
        return None
    finally:
        wires.close()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(Path(sys.argv[1]), sys.argv[2:]), indent=1) + "\n")
