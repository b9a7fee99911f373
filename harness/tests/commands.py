"""The command line in this process, and what it wrote, for tests that meet it as a user does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import main


def clausewise(*arguments: str) -> int:
    """Run a command in this process; gives its exit code."""
    with pytest.raises(SystemExit) as caught:
        main(list(arguments))
    assert isinstance(caught.value.code, int)
    return caught.value.code


def written(path: Path, text: str) -> str:
    """Write a file; gives its path for a command line."""
    path.write_text(text, encoding="utf-8")
    return str(path)


def read_json(path: Path) -> dict[str, Any]:
    """A file that a command wrote."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def footer(out: Path) -> dict[str, Any]:
    """The last line of a run record."""
    last: dict[str, Any] = json.loads((out / "run.jsonl").read_bytes().splitlines()[-1])
    assert last["type"] == "run_finished"
    return last
