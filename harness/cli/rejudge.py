"""`clausewise rejudge`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from harness.rejudge import rejudge


@click.command("rejudge")
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN-DIR")
def command(run: Path) -> int:
    """Judge the transcripts of the run in RUN-DIR again, with the checks and the spec of today and without the device.

    Writes RUN-DIR/rejudged/ and says which verdicts have changed. Exit codes: as certify.
    """
    return rejudge(run, sys.stdout, terminal=sys.stdout.isatty())
