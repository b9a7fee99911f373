"""Reports of a run. Everything here is derived from the event stream or the run record and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.events import RunRecord
from harness.report.html import render
from harness.report.junit import write_junit
from harness.report.results import write_dialect, write_results
from harness.report.summary import summarise
from harness.spec.model import System


def write_reports(folder: Path, record: RunRecord, systems: Mapping[str, System]) -> list[Path]:
    """Write results.json, dialect.toml, junit.xml, report.html and allure-results/ into a run's folder; their paths.

    Args:
        folder: the run's folder; transcripts are read from below it.
        record: the record as `read_record` gives it, so that secrets are already replaced.
        systems: the specs of the run's systems; one that is missing costs its clause texts.
    """
    # Here, since it takes a twentieth of a second, and pytest and validation import this package for other parts of it.
    from harness.report.allure import write_allure

    summary = summarise(record, systems)
    return [
        write_results(folder, summary),
        write_dialect(folder, summary),
        write_junit(folder, summary),
        render(folder, summary),
        write_allure(folder, summary),
    ]
