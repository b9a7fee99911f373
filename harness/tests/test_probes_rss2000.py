"""The independent probes of the RSS 2000, played against the reference server: two readers of one document must agree."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.certify import reference_server
from harness.tests.probes.rss2000_probes import PROBES, Probe
from harness.tests.probes.rss2000_run import run_one

CLOCK = (
    500.0  # a session is over after less than four seconds; a client that only watches must not be while a probe lasts
)
# Probes that the server disagrees with although the document is on its side: what they say then, and why.
NARROWER = {
    "settings-ldap": (
        "LANG is missing",
        "the table of the command has LANG (line 3914), which the probe leaves out (RSS-AMB-040)",
    ),
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The target table of a reference server."""
    path = tmp_path_factory.mktemp("rss2000") / "target.toml"
    with reference_server("rss2000", ("--write-target", str(path), "--clock-scale", str(CLOCK))):
        yield tomllib.loads(Path(path).read_text(encoding="utf-8"))["target"]


@pytest.mark.slow
@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_the_server_gets_through(probe: Probe, served: dict[str, Any]) -> None:
    """Both were made from the document alone."""
    disagreement = run_one(probe, served)
    if probe.name in NARROWER:
        known, reason = NARROWER[probe.name]
        assert known in str(disagreement), f"not what was marked: {reason}"
    else:
        assert not disagreement, f"{probe.why}, lines {probe.lines}"


def test_names_are_used_once() -> None:
    """So that a mark means one probe."""
    names = [probe.name for probe in PROBES]
    assert len(names) == len(set(names)) > 80
    assert NARROWER.keys() <= set(names)
