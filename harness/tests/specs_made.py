"""Copies of a spec with one mistake put in, for the tests of loading and linting."""

from __future__ import annotations

import shutil
from pathlib import Path

from harness.resources import data_folder


def copy_of(folder: Path, system: str = "hmp") -> Path:
    """A copy of all specs below `folder`; gives the folder of one system."""
    shutil.copytree(data_folder("specs"), folder / "specs")
    return folder / "specs" / system


def put(path: Path, old: str, new: str) -> tuple[int, int]:
    """Replace the first `old`; gives line and column of the first character that differs."""
    text = path.read_text(encoding="utf-8")
    at = text.index(old)
    same = next(
        (index for index, (one, two) in enumerate(zip(old, new, strict=False)) if one != two), min(len(old), len(new))
    )
    path.write_text(text[:at] + new + text[at + len(old) :], encoding="utf-8")
    before = text[: at + same]
    return before.count("\n") + 1, at + same - before.rfind("\n")


def find(path: Path, text: str, after: str = "") -> tuple[int, int]:
    """Line and column of `text`, the first one behind `after`."""
    whole = path.read_text(encoding="utf-8")
    at = whole.index(text, whole.index(after))
    return whole.count("\n", 0, at) + 1, at - whole.rfind("\n", 0, at)
