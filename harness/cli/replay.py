"""`clausewise replay`."""

from __future__ import annotations

from pathlib import Path

import click

from harness.fuzzing.finding import read_finding
from harness.fuzzing.replay import Fate, replay


@click.command("replay")
@click.argument("finding", type=click.Path(path_type=Path), metavar="FINDING-FILE")
@click.option(
    "--target", type=click.Path(path_type=Path), help="Target file; without it the bundled reference server answers."
)
def command(finding: Path, target: Path | None) -> int:
    """Send a finding again and say for each step whether it is the same, has changed, or is gone.

    Exit codes: 1 reproduced, 0 not, 2 usage, 3 not reachable.
    """
    known = read_finding(finding)
    replayed = replay(known, target)
    print(f"{known.id}: {known.script.name}, found with seed {known.seed} in case {known.number}")
    for number, step in enumerate(replayed.steps, 1):
        print(f"{number:4} {step.action:8} {step.fate.value:8} {step.then}")
        if step.fate is not Fate.SAME:
            print(f"{'':4} {'':8} {'now':8} {step.now or '(nothing)'}")
    if replayed.broken is not None:
        broken = replayed.broken
        print(f"Reproduced: {broken.id}: expected {broken.expected}, got {broken.got}")
        print(
            f"Contradicts {', '.join(broken.clauses)}; `clausewise spec show {next(iter(broken.clauses), '')}` says more"
        )
        return 1
    print(f"Not reproduced: {known.check} holds now.")
    for check in replayed.others:
        print(f"But {check.id}: expected {check.expected}, got {check.got} ({', '.join(check.clauses)})")
    return 0
