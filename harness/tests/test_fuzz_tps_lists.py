"""The state machine of lists against devices that conform, each in its own way, and against those with one fault in their lists."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from fuzz.tps.lists_machine import ListsMachine
from harness.certify import reference_server
from harness.fuzzing.finding import read_finding
from harness.fuzzing.replay import replay_on
from harness.fuzzing.session import Session, session_on
from harness.fuzzing.testing import FINDINGS, listening
from harness.reference.tps.faults_lists import TEXT
from harness.spec.load import load_system
from harness.target import load_target
from harness.tests.peer_runs import told
from harness.tests.test_fuzz_tps_machine import peer, reference

# Every list tells the old value, whether it begins or goes on, so that only what was set says that it is old: the suite sees it.
UNSEEN = frozenset(("media-change-unlisted",))
FAULTS = [line.partition("*:")[0].strip() for text in TEXT.values() for line in text.strip().splitlines()]
READINGS = ("TPS-AMB-082=expired", "TPS-AMB-083=begins", "TPS-AMB-084=read", "TPS-AMB-085=again", "TPS-AMB-153=unknown")
PERSONALITIES = (
    ("birch", "small-pages"),
    ("birch", "lists-backwards"),
    ("birch", "ids-numbers"),
    ("birch", "deletions-forgotten"),
    ("alder", ""),
)


def trouble(session: Session, *, examples: int = 100, seeds: range = range(1, 4)) -> str:
    """What the machine finds on a target; "" if nothing."""
    ListsMachine.session = session
    how = settings(
        max_examples=examples, stateful_step_count=50, deadline=None, database=None, phases=[Phase.generate], report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    with listening() as heard:
        try:
            for number in seeds:
                run_state_machine_as_test(seed(number)(ListsMachine), settings=how)
        except (AssertionError, Flaky) as error:  # flaky: the device does not fail each time
            return "\n".join(heard.first.values()) or repr(error)
    assert session.undo() == []
    return ""


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in FAULTS if name not in UNSEEN])
def test_faults_in_lists_are_found(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with reference("--fault", name) as session:
        monkeypatch.chdir(tmp_path)  # findings are written there
        assert trouble(session)


@pytest.mark.slow
@pytest.mark.parametrize("reading", ["", *READINGS])
def test_no_reading_that_the_document_supports_is_called_a_fault(reading: str) -> None:
    with reference(*(("--reading", reading) if reading else ())) as session:
        assert "" == trouble(session, examples=20, seeds=range(1, 2))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "personality"), PERSONALITIES, ids=str)
def test_no_conforming_peer_is_blamed(name: str, personality: str, tmp_path: Path) -> None:
    known = [one["name"] for one in told("tps", name, "personalities")]
    assert not personality or personality in known
    with peer(name, tmp_path / "t.toml", *(("--personality", personality) if personality else ())) as session:
        assert "" == trouble(session, examples=20, seeds=range(1, 2))


@pytest.mark.slow
def test_what_is_found_can_be_played_again_on_a_device_of_somebody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "target.toml"
    with reference_server("tps", ("--write-target", str(path), "--fault", "page-border-skipped")):
        target = load_target(path, {"tps": load_system("tps")})
        monkeypatch.chdir(tmp_path)
        with session_on(target, seed=0, ours=False) as session:
            assert trouble(session)
        (written,) = list((tmp_path / FINDINGS).glob("*.json"))[:1]
        with session_on(target, seed=0, ours=False) as session:
            assert replay_on(session, read_finding(written)).broken is not None
