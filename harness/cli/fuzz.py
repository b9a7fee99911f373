"""`clausewise fuzz`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from harness.cli.certify import duration
from harness.errors import UsageError
from harness.fuzzing.build import CATEGORIES
from harness.fuzzing.progress import FuzzProgress, print_fuzz_summary
from harness.fuzzing.run import REVIVAL_S, Options, fuzz
from harness.spec.load import system_names

DEFAULT_TIME_S = 60.0


@click.command("fuzz")
@click.argument("system")
@click.option(
    "--target", type=click.Path(path_type=Path), help="Target file; without it the bundled reference server is fuzzed."
)
@click.option("--time", "time_", metavar="60s", help="How long to fuzz, such as 90s, 15m or 8h; the default is 60s.")
@click.option("--cases", type=click.IntRange(min=1), help="How many cases to play instead.")
@click.option("--seed", type=click.IntRange(min=0), help="The same seed builds the same cases; printed by every run.")
@click.option("--only", multiple=True, type=click.Choice(CATEGORIES), help="Only cases of this category; repeatable.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for results and findings; must be empty.")
@click.option(
    "--patience",
    metavar="5s",
    help=f"How long a device that accepts no connection is waited for; the default is {REVIVAL_S:g}s.",
)
@click.option("--fault", multiple=True, metavar="NAME", help="Switch on a seeded fault of the reference server.")
@click.option("--reading", multiple=True, metavar="AMBIGUITY=READING", help="Let the reference server follow it.")
def command(
    system: str,
    target: Path | None,
    time_: str | None,
    cases: int | None,
    seed: int | None,
    only: tuple[str, ...],
    out: Path | None,
    patience: str | None,
    fault: tuple[str, ...],
    reading: tuple[str, ...],
) -> int:
    """Fuzz SYSTEM: requests that are right, wrong and broken, each judged, and the device still alive after each.

    Exit codes: 0 nothing found, 1 findings, 2 usage, 3 not reachable or nothing could be played, 130 interrupted.
    """
    if system not in system_names():
        raise UsageError(f"{system!r} is no system; the known ones are {', '.join(system_names())}")
    if time_ is not None and cases is not None:
        raise UsageError("--time and --cases exclude each other; give one of them")
    if target is not None and (fault or reading):
        raise UsageError("--fault and --reading are for the reference server and do not go with --target")
    limit = duration(time_, "--time") if time_ is not None or cases is None else None
    options = Options(
        system=system,
        target=target,
        time_s=(limit or DEFAULT_TIME_S) if cases is None else None,
        cases=cases,
        seed=seed,
        only=only,
        out=out,
        patience_s=duration(patience, "--patience") or REVIVAL_S,
        serve_options=tuple(part for name in fault for part in ("--fault", name))
        + tuple(part for name in reading for part in ("--reading", name)),
    )
    progress = FuzzProgress(sys.stdout, terminal=sys.stdout.isatty())
    try:
        result = fuzz(options, progress)
    finally:
        progress.close()
    print_fuzz_summary(result, sys.stdout)
    return result.exit_code
