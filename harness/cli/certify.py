"""`clausewise certify`."""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import click

from harness.certify import PROFILES, Options, certify
from harness.cli.main import heaviest
from harness.cli.options import duration, known_system, reference_options, serve_options
from harness.errors import UsageError


@click.command("certify")
@click.argument("systems", nargs=-1, required=True, metavar="SYSTEM...")
@click.option(
    "--target", type=click.Path(path_type=Path), help="Target file; without it the bundled reference server is tested."
)
@click.option(
    "--profile", type=click.Choice(PROFILES), default="certification", show_default=True, help="acceptance only reads."
)
@click.option("--strict", is_flag=True, help="Warnings make the run nonconforming too.")
@click.option(
    "--select",
    multiple=True,
    metavar="CLAUSE|CASE-GLOB",
    help="Only these cases, or those that probe these clauses; repeatable.",
)
@click.option("--seed", type=click.IntRange(min=0), help="Of all random values; printed by every run.")
@click.option(
    "--api-version", help="Of the device, where the API has several: what later ones brought is not asked for."
)
@click.option("--max-time", metavar="15m", help="What is left after it is inconclusive.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the record and the reports; must be empty.")
@click.option("--fleet", type=click.Path(path_type=Path), help="Folder of target files of SYSTEM; each is tested.")
@click.option("--waivers", type=click.Path(path_type=Path), help="File of accepted failures.")
@click.option(
    "--write-waivers", is_flag=True, help="Write a waivers file for this run's failures, to be looked through."
)
@click.option(
    "--baseline", type=click.Path(path_type=Path), help="Folder of an earlier run: what failed there too is waived."
)
@click.option(
    "-j",
    "jobs",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Systems or targets tested at the same time.",
)
@reference_options
def command(
    systems: tuple[str, ...],
    target: Path | None,
    fleet: Path | None,
    jobs: int,
    out: Path | None,
    max_time: str | None,
    fault: tuple[str, ...],
    reading: tuple[str, ...],
    **rest: Any,
) -> int:
    """Run the conformance suite of SYSTEM and write record and reports.

    Exit codes: 0 conforming, 1 nonconforming, 2 usage, 3 not reachable or inconclusive, 5 the harness failed, 130 interrupted.
    """
    for name in systems:
        known_system(name)
    with_target = target is not None or fleet is not None
    if with_target and (len(systems) != 1 or (target is not None and fleet is not None)):
        raise UsageError("--target or --fleet, one of them, goes with exactly one SYSTEM")
    serve = serve_options(fault, reading, with_target=with_target, options="--target or --fleet")
    targets = _fleet(fleet) if fleet is not None else [target]
    several = len(systems) * len(targets) > 1
    plans = [
        Options(
            system=name,
            target=path,
            out=out / (path.stem if path is not None else name) if out is not None and several else out,
            max_time_s=duration(max_time),
            serve_options=serve,
            **rest,
        )
        for name in systems
        for path in targets
    ]
    if jobs > 1 and several:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            return heaviest(list(pool.map(_certify_plainly, plans)))
    return heaviest([certify(options, sys.stdout, terminal=sys.stdout.isatty()) for options in plans])


def _certify_plainly(options: Options) -> int:
    """One of several runs at the same time; their lines are mixed, so there is no bar."""
    try:
        return certify(options, sys.stdout, terminal=False)
    except UsageError as error:
        print(f"clausewise: {error}", file=sys.stderr)
        return 2


def _fleet(folder: Path) -> list[Path | None]:
    found: list[Path | None] = [*sorted(folder.glob("*.toml"))]
    if not found:
        raise UsageError(f"--fleet {folder}: there is no target file (*.toml) in it")
    return found
