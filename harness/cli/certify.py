"""`clausewise certify`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from harness.certify import PROFILES, Options, certify
from harness.cli.main import heaviest
from harness.errors import UsageError
from harness.spec.load import system_names

_SECONDS = {"s": 1, "m": 60, "h": 3600}


def duration(text: str | None) -> float | None:
    """Seconds from `90s`, `15m`, `2h` or a plain number.

    Raises:
        UsageError: it is neither.
    """
    if text is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text)
    if match is None or float(match[1]) == 0:
        raise UsageError(f"--max-time {text}: write a time such as 90s, 15m or 2h")
    return float(match[1]) * _SECONDS[match[2] or "s"]


@click.command("certify")
@click.argument("systems", nargs=-1, required=True, metavar="SYSTEM...")
@click.option("--target", type=click.Path(path_type=Path), help="Target file; without it the bundled reference server is tested.")
@click.option("--profile", type=click.Choice(PROFILES), default="certification", show_default=True, help="acceptance only reads.")
@click.option("--strict", is_flag=True, help="Warnings make the run nonconforming too.")
@click.option("--select", multiple=True, metavar="CLAUSE|CASE-GLOB", help="Only these cases, or those that probe these clauses; repeatable.")
@click.option("--seed", type=click.IntRange(min=0), help="Of all random values; printed by every run.")
@click.option("--max-time", metavar="15m", help="What is left after it is inconclusive.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the record and the reports; must be empty.")
@click.option("--fault", multiple=True, metavar="NAME", help="Switch on a seeded fault of the reference server (see serve --list-faults).")
@click.option("--reading", multiple=True, metavar="AMBIGUITY=READING", help="Let the reference server follow this reading.")
def command(
    systems: tuple[str, ...],
    target: Path | None,
    profile: str,
    strict: bool,
    select: tuple[str, ...],
    seed: int | None,
    max_time: str | None,
    out: Path | None,
    fault: tuple[str, ...],
    reading: tuple[str, ...],
) -> int:
    """Run the conformance suite of SYSTEM and write record and reports.

    Exit codes: 0 conforming, 1 nonconforming, 2 usage, 3 not reachable or inconclusive, 5 the harness failed, 130 interrupted.
    """
    known = system_names()
    for name in systems:
        if name not in known:
            raise UsageError(f"{name!r} is no system; the known ones are {', '.join(known)}")
    if target is not None and len(systems) != 1:
        raise UsageError("--target goes with exactly one SYSTEM")
    if target is not None and (fault or reading):
        raise UsageError("--fault and --reading are for the reference server and do not go with --target")
    serve = tuple(part for name in fault for part in ("--fault", name)) + tuple(part for name in reading for part in ("--reading", name))
    codes = []
    for name in systems:
        options = Options(
            system=name,
            target=target,
            profile=profile,
            strict=strict,
            select=select,
            seed=seed,
            max_time_s=duration(max_time),
            out=out / name if out is not None and len(systems) > 1 else out,
            serve_options=serve,
        )
        codes.append(certify(options, sys.stdout, terminal=sys.stdout.isatty()))
    return heaviest(codes)
