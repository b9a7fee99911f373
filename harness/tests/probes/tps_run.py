"""Play probes over sockets: `python -m harness.tests.probes.tps_run TARGET_FILE [NAME...]` prints what disagrees."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.tests.probes.tps_probes import PROBES, NotHere, Probe, World, play


def run(path: Path, names: Sequence[str] = ()) -> dict[str, str | None]:
    """What disagrees by probe; nothing where the device has nothing to ask for."""
    target = tomllib.loads(path.read_text(encoding="utf-8"))["target"]
    chosen = [one for one in PROBES if not names or any(one.name.startswith(name) for name in names)]
    return {one.name: run_one(one, target) for one in chosen}


def run_one(one: Probe, target: dict[str, Any]) -> str | None:
    """One probe on connections of its own."""
    user, password = target["credentials"]["user"], target["credentials"]["password"]
    scale, fixtures = target.get("clock_scale", 1.0), target.get("fixtures", {})
    try:
        return play(one, World(target["host"], target["ports"]["http"], user, password, fixtures, scale))
    except NotHere:
        return None


if __name__ == "__main__":
    said = run(Path(sys.argv[1]), sys.argv[2:])
    wrong = {name: text for name, text in said.items() if text != ""}
    sys.stdout.write(json.dumps(wrong, indent=1, ensure_ascii=False) + f"\n{len(wrong)} of {len(said)} disagree\n")
