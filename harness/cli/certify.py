"""`clausewise certify`."""

from __future__ import annotations

import re
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import click

from harness.certify import PROFILES, Options, certify
from harness.cli.main import heaviest
from harness.errors import UsageError
from harness.spec.load import system_names

_SECONDS = {"s": 1, "m": 60, "h": 3600}


def duration(text: str | None, option: str = "--max-time") -> float | None:
    """Seconds from `90s`, `15m`, `2h` or a plain number.

    Raises:
        UsageError: it is neither.
    """
    if text is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text)
    if match is None or float(match[1]) == 0:
        raise UsageError(f"{option} {text}: write a time such as 90s, 15m or 2h")
    return float(match[1]) * _SECONDS[match[2] or "s"]


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
    known = system_names()
    for name in systems:
        if name not in known:
            raise UsageError(f"{name!r} is no system; the known ones are {', '.join(known)}")
    if (target is not None or fleet is not None) and (len(systems) != 1 or (target is not None and fleet is not None)):
        raise UsageError("--target or --fleet, one of them, goes with exactly one SYSTEM")
    if (target is not None or fleet is not None) and (fault or reading):
        raise UsageError("--fault and --reading are for the reference server and do not go with --target or --fleet")
    serve = tuple(part for name in fault for part in ("--fault", name)) + tuple(
        part for name in reading for part in ("--reading", name)
    )
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
