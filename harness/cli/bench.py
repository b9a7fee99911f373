"""`clausewise bench`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from harness.cli.options import duration, known_system, reference_options, serve_options
from harness.load.bench import BenchOptions, bench
from harness.load.validate import Level

# Above it a machine runs out of local ports; more load comes from more machines.
MAX_CONNECTIONS = 20_000


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
@click.option(
    "--duration", "length", default="30s", show_default=True, metavar="30s", help="Length of the measured part."
)
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
@reference_options
def command(
    system: str,
    target: Path | None,
    length: str,
    level: str,
    fault: tuple[str, ...],
    reading: tuple[str, ...],
    **rest: Any,
) -> int:
    """Load SYSTEM in a closed loop, validate every reply, and write figures and report.

    Exit codes: 0 every reply conformed, 1 violations, 2 usage, 3 not reachable or not the load asked for, 5 the harness failed, 130 interrupted.
    """
    options = BenchOptions(
        system=known_system(system),
        target=target,
        duration_s=duration(length, "--duration"),
        level=Level(level),
        serve_options=serve_options(fault, reading, with_target=target is not None),
        **rest,
    )
    return bench(options, sys.stdout, terminal=sys.stdout.isatty())
