"""`clausewise report`."""

from __future__ import annotations

from pathlib import Path

import click

from harness.errors import UsageError
from harness.events import read_record
from harness.report import write_reports
from harness.report.html import render
from harness.report.summary import summarise
from harness.spec.load import load_system, system_names


@click.command("report")
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN-DIR")
@click.option("--html", is_flag=True, help="Only report.html.")
def command(run: Path, html: bool) -> int:
    """Write the reports of the run in RUN-DIR again from its record."""
    record = read_record(run)
    systems = {name: load_system(name) for name in record.started.systems if name in system_names()}
    try:
        written = [render(run, summarise(record, systems))] if html else write_reports(run, record, systems)
    except OSError as error:
        raise UsageError(f"{error.filename or run}: {error.strerror}; the folder of the run must be writable") from None
    for path in written:
        print(path)
    if not record.intact:
        print("the record is incomplete or was changed after the run")
    return 0
