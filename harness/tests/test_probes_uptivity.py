"""The independent probes of Discover's API, played against the reference server: two readers of one document must agree."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.certify import reference_server
from harness.tests.probes.uptivity_probes import PROBES, Probe
from harness.tests.probes.uptivity_run import run_one

CLOCK = 60.0


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The target table of a reference server."""
    path = tmp_path_factory.mktemp("uptivity") / "target.toml"
    with reference_server("uptivity", ("--write-target", str(path), "--clock-scale", str(CLOCK))):
        yield tomllib.loads(Path(path).read_text(encoding="utf-8"))["target"]


@pytest.mark.slow
@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_the_server_gets_through(probe: Probe, served: dict[str, Any]) -> None:
    """Both were made from the document alone; the server has all that the probes ask for."""
    assert run_one(probe, served) == "", f"{probe.why}, lines {probe.lines}"


def test_names_are_used_once() -> None:
    """So that a mark means one probe."""
    names = [probe.name for probe in PROBES]
    assert len(names) == len(set(names)) > 150
    assert all(probe.lines and all(1 <= line <= 3032 for line in probe.lines) for probe in PROBES)
