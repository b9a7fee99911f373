"""`clausewise mutate`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from harness.cli.options import duration, known_system
from harness.mutation.command import mutate
from harness.mutation.run import MutateOptions


@click.command("mutate")
@click.argument("system")
@click.option(
    "--target", type=click.Path(path_type=Path), help="Target file; without it the bundled reference server is mutated."
)
@click.option(
    "--select",
    multiple=True,
    metavar="CLAUSE|GLOB",
    help="Only mutants of these clauses; repeatable.",
)
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="Only so many mutants, chosen by the seed.")
@click.option("--seed", type=click.IntRange(min=0), help="Of all random values; printed by every run.")
@click.option("--max-time", metavar="15m", help="What is left after it is not run.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for mutate.json and mutate.html; must be empty.")
def command(
    system: str,
    target: Path | None,
    select: tuple[str, ...],
    sample: int | None,
    seed: int | None,
    max_time: str | None,
    out: Path | None,
) -> int:
    """Test the suite of SYSTEM: break one clause at a time in the replies of a device that conforms, and see whether a case fails.

    The device is reached through a proxy, which spoils its replies. Exit codes: 0 at least 95 % of the clauses are killed, 1 fewer, 2 usage,
    3 not reachable or not all mutants run, 5 a control failed, 130 interrupted.
    """
    options = MutateOptions(
        system=known_system(system),
        target=target,
        select=select,
        sample=sample,
        seed=seed,
        max_time_s=duration(max_time),
        out=out,
    )
    return mutate(options, sys.stdout, terminal=sys.stdout.isatty())
