"""Play probes over sockets: `python -m harness.tests.probes.uptivity_run TARGET_FILE [NAME...]` prints what disagrees."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.tests.probes.uptivity_probes import PROBES, NotHere, Probe, World, play


def run(path: Path, names: Sequence[str] = ()) -> dict[str, str | None]:
    """What disagrees by probe; nothing where the device has nothing to ask for."""
    target = tomllib.loads(path.read_text(encoding="utf-8"))["target"]
    return {one.name: run_one(one, target) for one in PROBES if not names or one.name in names}


def run_one(one: Probe, target: dict[str, Any]) -> str | None:
    """One probe on connections of its own."""
    ports = target["ports"]
    try:
        return play(one, World(target["host"], ports["api"], ports["web"], target.get("fixtures", {})))
    except NotHere:
        return None


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(Path(sys.argv[1]), sys.argv[2:]), indent=1) + "\n")
