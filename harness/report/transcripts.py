"""Transcripts of a run read back from its folder; a damaged one is a remark in the report, never the end of it."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Any

from harness.transcript import Transcript, transcript_from_json

# A transcript above this is named in reports and not read: no page or terminal shows that much.
MAX_READ_BYTES = 16 * 1024 * 1024


def load_rows(folder: Path, name: str) -> tuple[dict[str, Any] | None, int, str]:
    """The transcript file `name` below the run's folder as (plain data, its size in bytes, why there is none)."""
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts:
        return None, 0, f"the record names a place outside the run's folder: {name}" if name else ""
    try:
        with (folder / path).open("rb") as file:
            raw = file.read(MAX_READ_BYTES + 1)
        if len(raw) > MAX_READ_BYTES:
            return None, len(raw), f"too long to show; see {name}"
        data = json.loads(raw)
        if not isinstance(data, dict) or not all(isinstance(row, dict) for row in data["steps"]):
            raise ValueError
    except OSError as error:
        return None, 0, f"{name} cannot be read: {error.strerror}"
    except (ValueError, KeyError, TypeError, RecursionError):
        return None, 0, f"{name} is not a transcript"
    return data, len(raw), ""


def load_transcript(folder: Path, name: str) -> Transcript | None:
    """The transcript file `name` below the run's folder; None if there is none that can be read."""
    data, _, _ = load_rows(folder, name)
    try:
        return transcript_from_json(data) if data is not None else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
