"""`clausewise fuzz`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from harness.cli.options import duration, known_system, reference_options, serve_options
from harness.errors import UsageError
from harness.fuzzing.build import CATEGORIES
from harness.fuzzing.call_build import CALL_CATEGORIES
from harness.fuzzing.document_build import DOCUMENT_CATEGORIES
from harness.fuzzing.http_build import HTTP_CATEGORIES
from harness.fuzzing.packet_build import PACKET_CATEGORIES
from harness.fuzzing.progress import FuzzProgress, print_fuzz_summary
from harness.fuzzing.run import REVIVAL_S, Options, fuzz

DEFAULT_TIME_S = 60.0
# Of all protocols; a system has those of its own.
_ALL = (*CATEGORIES, *HTTP_CATEGORIES, *PACKET_CATEGORIES, *DOCUMENT_CATEGORIES, *CALL_CATEGORIES)
_CATEGORIES = tuple(dict.fromkeys(_ALL))


@click.command("fuzz")
@click.argument("system")
@click.option(
    "--target", type=click.Path(path_type=Path), help="Target file; without it the bundled reference server is fuzzed."
)
@click.option("--time", "time_", metavar="60s", help="How long to fuzz, such as 90s, 15m or 8h; the default is 60s.")
@click.option("--cases", type=click.IntRange(min=1), help="How many cases to play instead.")
@click.option("--seed", type=click.IntRange(min=0), help="The same seed builds the same cases; printed by every run.")
@click.option("--only", multiple=True, type=click.Choice(_CATEGORIES), help="Only cases of this category; repeatable.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for results and findings; must be empty.")
@click.option(
    "--patience",
    metavar="5s",
    help=f"How long a device that accepts no connection is waited for; the default is {REVIVAL_S:g}s.",
)
@reference_options
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
    known_system(system)
    if time_ is not None and cases is not None:
        raise UsageError("--time and --cases exclude each other; give one of them")
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
        serve_options=serve_options(fault, reading, with_target=target is not None),
    )
    progress = FuzzProgress(sys.stdout, terminal=sys.stdout.isatty())
    try:
        result = fuzz(options, progress)
    finally:
        progress.close()
    print_fuzz_summary(result, sys.stdout)
    return result.exit_code
