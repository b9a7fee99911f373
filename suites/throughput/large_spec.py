"""A spec of any length: the operations of hmp again and again under new names. Text in, text out; for benchmarks only."""

from __future__ import annotations

import re
from pathlib import Path

from harness.resources import data_folder

_OPERATION = re.compile(r"^  (?=[A-Za-z])", re.MULTILINE)
FILES = ("sessions.yaml", "recordings.yaml")


def write_large_spec(specs: Path, lines: int) -> int:
    """Write `specs`/hmp, the spec of hmp with its operations multiplied until it has at least so many lines; gives how many it has."""
    folder = specs / "hmp"
    folder.mkdir(parents=True)
    texts = {
        path.name: path.read_text(encoding="utf-8") for path in sorted((data_folder("specs") / "hmp").glob("*.yaml"))
    }
    blocks = [block for name in FILES for block in _OPERATION.split(texts[name].partition("operations:\n")[2])[1:]]
    count = sum(text.count("\n") for text in texts.values())
    copies: list[str] = ["operations:\n"]
    number = 0
    while count < lines:
        number += 1
        for block in blocks:
            name, _, rest = block.partition(":")
            copies.append(f"  {name}{number}:{rest.rstrip()}\n")
        count += sum(block.rstrip().count("\n") + 1 for block in blocks)
    for name, text in {**texts, "copies.yaml": "".join(copies)}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return count
