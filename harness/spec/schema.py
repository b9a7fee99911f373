"""`specs/schema.json`, the JSON Schema of the spec files, made from the model.

A spec is several files that share one set of top-level keys, so no key is required of one file alone.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from harness.resources import data_folder
from harness.spec.model import System

# First line of every spec file: editors check the file against the schema while it is written.
EDITOR_LINE = "# yaml-language-server: $schema=../schema.json"


def schema_file(specs: Path | None = None) -> Path:
    """Where the schema is."""
    return (specs or data_folder("specs")) / "schema.json"


def schema_text() -> str:
    """The schema as it must stand in the file."""
    (_, parts) = msgspec.json.schema_components([System], ref_template="#/$defs/{name}")
    whole: dict[str, Any] = dict(parts.pop("System"))
    whole.pop("required", None)
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Clausewise spec: one file of specs/<system>/",
        **{key: value for key, value in whole.items() if key != "title"},
        "$defs": dict(sorted(parts.items())),
    }
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def schema_is_current(specs: Path | None = None) -> bool:
    """Whether the file says what the model says."""
    try:
        return schema_file(specs).read_text(encoding="utf-8") == schema_text()
    except (OSError, UnicodeDecodeError):
        return False


def write_schema(specs: Path | None = None) -> Path:
    """Write the schema; gives its path."""
    path = schema_file(specs)
    path.write_text(schema_text(), encoding="utf-8", newline="\n")
    return path
