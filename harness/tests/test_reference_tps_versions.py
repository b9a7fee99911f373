"""The bundled server of an older version of the API, and the suite against it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from harness.certify import Options, reference_server, target_for
from harness.spec.callvalues import same_word, unsure_default
from harness.spec.load import load_system
from harness.target import load_target
from harness.tests import suite_runs
from harness.tests.commands import clausewise
from harness.tests.thorough import first
from harness.tests.tps_scene import FaultError, Scene
from harness.verdict import Outcome

MODEL = load_system("tps")
OLDER = first(("4.1", "4.2", "4.0", "3.1", "3.0", "4.0(2.8)", "4.1.2"), 1)


def test_a_server_of_an_older_version_lacks_what_came_later() -> None:
    scene = Scene(version="4.1")
    assert scene.call("device.query")["apiVersion"].startswith("4.1")
    with pytest.raises(FaultError) as told:
        scene.call("sip.query")
    assert told.value.code == 1


def test_a_server_is_started_with_a_version_and_its_target_file_claims_it(tmp_path: Path) -> None:
    path = tmp_path / "target.toml"
    with reference_server("tps", ("--api-version", "4.0", "--write-target", str(path))):
        assert {"api_version": "4.0"} == load_target(path, {"tps": MODEL}).claims


def test_a_run_of_an_older_version_starts_the_bundled_server_with_it() -> None:
    with target_for(Options(system="tps", api_version="3.1")) as target:
        assert {"api_version": "3.1"} == target.claims


@pytest.mark.parametrize(
    ("system", "version", "message"),
    [
        ("tps", "9", "--api-version 9: expected one of 3.0"),
        ("hmp", "4.1", "--api-version 4.1: hmp has no versions to choose from"),
    ],
)
def test_a_version_that_there_is_not_is_told_before_anything_is_made(
    system: str, version: str, message: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert clausewise("certify", system, "--api-version", version, "--out", str(out)) == 2
    assert message in capfd.readouterr().err
    assert not out.exists()
    assert clausewise("serve", system, "--api-version", version) == 2
    assert "API version" in capfd.readouterr().err


def test_a_default_that_a_version_corrected_may_have_been_either_before() -> None:
    assert MODEL.calls is not None
    member = MODEL.structs["callAttributes"].members["displayShowEndpointNames"]
    change = unsure_default(MODEL.calls, member, "4.1")
    assert change is not None
    assert change.default == "false"
    assert unsure_default(MODEL.calls, member, "4.2") is None
    assert unsure_default(MODEL.calls, member, None) is None


def test_a_word_that_a_reading_spells_otherwise_is_the_same_word_and_no_other_one_is() -> None:
    kind = MODEL.scalars["single-screen-layout"]
    assert same_word(kind, "layoutActivepresence", "layoutActivePresence")
    assert not same_word(kind, "layoutactivepresence", "layoutActivePresence")
    assert not same_word(kind, "layoutEqual", "layoutSingle")
    assert not same_word(None, "a", "A")


@pytest.mark.slow
@pytest.mark.parametrize("version", OLDER)
def test_no_case_is_broken_on_a_server_of_an_older_version(version: str) -> None:
    results = suite_runs.run_against_the_reference_server("tps", ("--api-version", version), timeout_s=3.0)
    with closing(results):  # type: ignore[type-var]
        wrong = (Outcome.FAILED, Outcome.ERROR, Outcome.INCONCLUSIVE)
        assert [] == [f"{one.id}: {one.message}" for one in results if one.outcome in wrong]
