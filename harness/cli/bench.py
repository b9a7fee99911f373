"""`clausewise bench`."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import click

from harness.errors import UsageError
from harness.load.bench import BenchOptions, bench
from harness.load.validate import Level
from harness.spec.load import system_names

_SECONDS = {"s": 1, "m": 60, "h": 3600}
# Above it a machine runs out of local ports; more load comes from more machines.
MAX_CONNECTIONS = 20_000


def _duration(text: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text)
    if match is None or float(match[1]) == 0:
        raise UsageError(f"--duration {text}: write a time such as 30s, 5m or 1h")
    return float(match[1]) * _SECONDS[match[2] or "s"]


@click.command("bench")
@click.argument("system")
@click.option(
    "--target", type=click.Path(path_type=Path), help="Target file; without it the bundled reference server is loaded."
)
@click.option("--scenario", default="", metavar="NAME", help="What is sent; without it the system's default scenario.")
@click.option(
    "--connections",
    type=click.IntRange(1, MAX_CONNECTIONS),
    default=32,
    show_default=True,
    help="Connections, with one request at a time on each.",
)
@click.option("--duration", default="30s", show_default=True, metavar="30s", help="Length of the measured part.")
@click.option(
    "--validate",
    "level",
    type=click.Choice([level.value for level in Level]),
    default=Level.FULL.value,
    show_default=True,
    help="full: the reply that this request must get; shape: any documented reply of the operation; framing: one message.",
)
@click.option("--seed", type=click.IntRange(min=0), help="Of values and their order; printed by every run.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for bench.json and the report; must be empty.")
@click.option(
    "--fault",
    multiple=True,
    metavar="NAME",
    help="Switch on a seeded fault of the reference server (see serve --list-faults).",
)
@click.option(
    "--reading", multiple=True, metavar="AMBIGUITY=READING", help="Let the reference server follow this reading."
)
def command(
    system: str,
    target: Path | None,
    duration: str,
    level: str,
    fault: tuple[str, ...],
    reading: tuple[str, ...],
    **rest: Any,
) -> int:
    """Load SYSTEM in a closed loop, validate every reply, and write figures and report.

    Exit codes: 0 every reply conformed, 1 violations, 2 usage, 3 not reachable or not the load asked for, 5 the harness failed, 130 interrupted.
    """
    if system not in system_names():
        raise UsageError(f"{system!r} is no system; the known ones are {', '.join(system_names())}")
    if target is not None and (fault or reading):
        raise UsageError("--fault and --reading are for the reference server and do not go with --target")
    serve = [part for name in fault for part in ("--fault", name)]
    serve += [part for name in reading for part in ("--reading", name)]
    options = BenchOptions(
        system=system,
        target=target,
        duration_s=_duration(duration),
        level=Level(level),
        serve_options=tuple(serve),
        **rest,
    )
    return bench(options, sys.stdout, terminal=sys.stdout.isatty())
