"""`clausewise serve`."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import click

from harness.collecting import seldom_collected
from harness.errors import UsageError
from harness.reference.server import ServeOptions, faults_of, serve
from harness.spec.load import load_system, system_names


def _pairs(option: str, texts: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator:
            raise UsageError(f"{option} {text}: write NAME=VALUE")
        pairs[name] = value
    return pairs


def _ready(event: Mapping[str, object]) -> None:
    seldom_collected()
    print(f"READY {json.dumps(event)}", flush=True)


def _stop_with_parent() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


@click.command("serve")
@click.argument("system")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option(
    "--port",
    multiple=True,
    metavar="NAME=N",
    help="Port of an interface; 0 picks a free one, which is also the default.",
)
@click.option("--fault", multiple=True, metavar="NAME", help="Switch on a seeded fault; repeatable.")
@click.option("--list-faults", is_flag=True, help="List the seeded faults with the clauses that they break.")
@click.option(
    "--reading", multiple=True, metavar="AMBIGUITY=READING", help="Follow this reading of an ambiguity; repeatable."
)
@click.option("--api-version", help="Of the API that the server has, where there are several; the newest by itself.")
@click.option("--clock-scale", type=float, default=1.0, show_default=True, help="Device seconds in a wall second.")
@click.option("--rows", type=click.IntRange(min=0), help="Size of the world, where the system has rows.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of ids and whatever else is random."
)
@click.option(
    "--with-parent",
    is_flag=True,
    hidden=True,
    help="Stop when standard input ends, so that no server outlives who started it.",
)
@click.option("--write-target", type=click.Path(path_type=Path), help="Write a target file for this server.")
def command(
    system: str,
    host: str,
    port: tuple[str, ...],
    fault: tuple[str, ...],
    list_faults: bool,
    reading: tuple[str, ...],
    api_version: str | None,
    clock_scale: float,
    rows: int | None,
    seed: int,
    with_parent: bool,
    write_target: Path | None,
) -> int:
    """Run the bundled reference server of SYSTEM until it is told to stop.

    Prints one line `READY {"host": ..., "ports": {...}}` when all its sockets listen.
    """
    if system not in system_names():
        raise UsageError(f"{system!r} is no system; the known ones are {', '.join(system_names())}")
    if list_faults:
        for entry in faults_of(system):
            print(f"{entry.name:32} {entry.group:12} {' '.join(entry.clauses)}\n{'':32} {entry.about}")
        return 0
    ports = dict.fromkeys(load_system(system).interfaces, 0)
    for name, text in _pairs("--port", port).items():
        if not text.isdecimal() or int(text) > 65535:
            raise UsageError(f"--port {name}={text}: a port is a number from 0 to 65535")
        ports[name] = int(text)
    options = ServeOptions(
        system=system,
        host=host,
        ports=ports,
        faults=fault,
        readings=_pairs("--reading", reading),
        version=api_version,
        clock_scale=clock_scale,
        rows=rows,
        write_target=write_target,
        seed=seed,
    )
    if with_parent:
        threading.Thread(target=_stop_with_parent, daemon=True).start()
    asyncio.run(serve(options, _ready))
    return 0
