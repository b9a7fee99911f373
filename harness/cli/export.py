"""`clausewise export`."""

from __future__ import annotations

from pathlib import Path

import click

from harness.errors import UsageError
from harness.fuzzing.export import module_name, to_pytest
from harness.fuzzing.finding import read_finding


@click.group("export")
def command() -> None:
    """Write a finding in another form."""


@command.command("pytest")
@click.argument("finding", type=click.Path(path_type=Path), metavar="FINDING-FILE")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="File to write, or a folder that gets one; standard output if absent.",
)
def pytest_(finding: Path, out: Path | None) -> int:
    """Write a finding as a pytest module that fails as long as it can be reproduced."""
    known = read_finding(finding)
    text = to_pytest(known)
    if out is None:
        click.echo(text, nl=False)
        return 0
    path = out / module_name(known) if out.is_dir() else out
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--out {path}: {error.strerror}; name a file that can be written") from None
    click.echo(f"Wrote {path}; run it with: pytest -p harness.pytest_plugin {path} --target FILE")
    return 0
