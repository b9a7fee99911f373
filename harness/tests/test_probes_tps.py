"""The independent probes of the TelePresence Server, played against the bundled server: two readers of one document must agree."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.certify import reference_server
from harness.tests.probes.tps_probes import PROBES, Probe
from harness.tests.probes.tps_run import run_one

CLOCK = 20.0
LAST = 4038  # line of the document
LATER = "the bundled server sends no asynchronous message yet"
WRONG = {
    "credits-reserved": "participants may reserve more than maxMediaCredits, lines 552, 636 and 2448",
    "call-audio-fails": "shows callStateFailed for an audio receiver call that has failed, lines 943 and 945",
    **dict.fromkeys(("event-notification", "event-source", "event-alive"), LATER),
    **dict.fromkeys(("diagnostics", "preview", "preview-no-presentation", "preview-audio-only"), LATER),
}


def marked(one: Probe) -> Any:
    """A parameter, marked where the server is known to be wrong."""
    marks = (pytest.mark.xfail(strict=True, reason=WRONG[one.name]),) if one.name in WRONG else ()
    return pytest.param(one, id=one.name, marks=marks)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The target table of a bundled server."""
    path = tmp_path_factory.mktemp("tps") / "target.toml"
    with reference_server("tps", ("--write-target", str(path), "--clock-scale", str(CLOCK))):
        yield tomllib.loads(Path(path).read_text(encoding="utf-8"))["target"]


@pytest.mark.slow
@pytest.mark.parametrize("probe", [marked(one) for one in PROBES])
def test_the_server_gets_through(probe: Probe, served: dict[str, Any]) -> None:
    """Both were made from the document alone; the server has all that the probes ask for."""
    assert run_one(probe, served) == "", f"{probe.why}, lines {probe.lines}"


def test_names_are_used_once() -> None:
    """So that a mark means one probe."""
    names = [probe.name for probe in PROBES]
    assert len(names) == len(set(names)) > 200
    assert set(WRONG) <= set(names)
    assert all(probe.lines and all(1 <= line <= LAST for line in probe.lines) for probe in PROBES)
