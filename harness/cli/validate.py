"""`clausewise validate`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from harness.errors import UsageError
from harness.spec.load import load_system, system_names
from harness.validate import Validation, Validator, nearest


@click.command("validate")
@click.argument("system")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "--operation", default="", metavar="OP", help="What the message belongs to; inferred where the message tells."
)
@click.option(
    "--kind",
    default="",
    metavar="KIND",
    help="command, confirm, indication, request, response, result, event, call, fault, notification or the name of a file, whatever "
    "the system has; inferred by default.",
)
@click.option(
    "--api-version",
    "version",
    metavar="V",
    help="Version of the API that the messages belong to; the newest by default.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list, one entry a file.")
def command(system: str, files: tuple[Path, ...], operation: str, kind: str, version: str | None, as_json: bool) -> int:
    """Check saved messages of SYSTEM, one a file as on the wire, against its spec.

    Exit codes: 0 no must clause is broken under some reading, 1 one is (of several files the worst decides), 2 a file,
    kind or operation is wrong.
    """
    names = system_names()
    if system not in names:
        raise UsageError(f"{system!r} is no system; {nearest(system, names)}")
    validator = Validator(load_system(system), version)
    found = [validator.file(path, operation=operation, kind=kind) for path in files]
    if as_json:
        print(json.dumps([asdict(each) for each in found], indent=1, ensure_ascii=False))
    else:
        print("\n".join(_text(validator, each) for each in found))
    return 0 if all(each.conforming for each in found) else 1


def _text(validator: Validator, found: Validation) -> str:
    what = f"{found.operation} {found.kind}".strip()
    lines = [f"{found.file}: {'conforming' if found.conforming else 'broken'} ({what})"]
    for broken in found.broken:
        lines.append(f"  {broken.line}:{broken.column}: {broken.message}")
        entry = validator.clauses.get(broken.clause)
        if entry is not None:
            first, last = entry.lines
            place = f"line {first}" if first == last else f"lines {first}-{last}"
            lines.append(f'      {broken.clause}: {entry.text} (section "{entry.section}", {place})')
    for ambiguity, reading in found.readings.items():
        lines.append(f"  reading {ambiguity}: {reading}, on {validator.system.ambiguities[ambiguity].about}")
    return "\n".join(lines)
