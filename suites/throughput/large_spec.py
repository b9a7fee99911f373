"""A spec of any length: the operations of hmp again and again under new names, in block style; for benchmarks only."""

from __future__ import annotations

from pathlib import Path

import yaml

from harness.resources import data_folder


def write_large_spec(specs: Path, lines: int) -> int:
    """Write `specs`/hmp, the spec of hmp with its operations multiplied until it has at least so many lines; gives how many it has."""
    folder = specs / "hmp"
    folder.mkdir(parents=True)
    count = 0
    operations: dict[str, object] = {}
    for path in sorted((data_folder("specs") / "hmp").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        operations.update(yaml.load(text, Loader=yaml.CSafeLoader).get("operations", {}))
        (folder / path.name).write_text(text, encoding="utf-8")
        count += text.count("\n")
    copies, number = ["operations:\n"], 0
    while count < lines:
        number += 1
        text = yaml.safe_dump(
            {f"{name}{number}": operation for name, operation in operations.items()}, sort_keys=False, indent=2
        )
        copies.append("".join(f"  {line}\n" for line in text.splitlines()))
        count += text.count("\n")
    (folder / "copies.yaml").write_text("".join(copies), encoding="utf-8")
    return count
