"""The suite against an emulator of the interface that has a handful of methods, and tells some members wrongly: issue 7, end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from harness.spec.load import load_system
from harness.tests.commands import clausewise, footer, read_json, written
from harness.tests.peers.tps_emulator import PASSWORD, RIGHT, USER, WRONG, emulator

SYSTEM = load_system("tps")
TARGET = """
[target]
system = "tps"
name = "emulated"
host = "127.0.0.1"
clock_scale = 20.0
timeout = 5.0
[target.ports]
http = {port}
[target.credentials]
user = "{user}"
password = "{password}"
[target.allow]
write = true
"""
# What is broken by a member that is wrong, by how it is.
ASPECTS = {
    "is missing": "returned.{}",
    "is a text": "returned.{}:type",
    "is an integer": "returned.{}:type",
    "is a word that is not listed": "returned.{}:choice",
    "is less than 0": "returned.{}:range",
}
SETTER = "flex.conference.create"
SET = {"is cut after 31 characters": "{}:shown", "has another default": "{}:default"}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """The results of a whole run."""
    folder = tmp_path_factory.mktemp("emulator")
    with emulator() as port:
        target = written(folder / "t.toml", TARGET.format(port=port, user=USER, password=PASSWORD))
        code = clausewise("certify", "tps", "--target", target, "--out", str(folder / "out"))
    assert code == 1
    assert footer(folder / "out")["exit_code"] == code
    return read_json(folder / "out" / "results.json")


def _broken(results: Mapping[str, Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for case in results["cases"]:
        for clause in case["broken"]:
            found.setdefault(clause, []).append(case)
    return found


@pytest.mark.slow
def test_the_run_ends_in_order(run: Mapping[str, Any]) -> None:
    """Every case has an outcome, and none is a mistake of the harness."""
    outcomes = {case["outcome"] for case in run["cases"]}
    assert outcomes == {"passed", "failed", "skipped", "inconclusive"}


@pytest.mark.slow
def test_methods_that_it_does_not_have_are_told_from_wrong_ones(run: Mapping[str, Any]) -> None:
    """That a method is lacking is said once, by the case that is about it; whatever else needs it is skipped."""
    broken = _broken(run)
    has = {*RIGHT, *WRONG}
    for name, operation in SYSTEM.operations.items():
        mine = {
            clause
            for clause in broken
            if clause == f"TPS-{name}" or clause.startswith((f"TPS-{name}.", f"TPS-{name}:"))
        }
        if name not in has:
            assert mine <= {f"TPS-{name}"}, name
            cases = [case for clause in mine for case in broken[clause]]
            assert all("method not supported" in case["message"] for case in cases)
        elif operation.call is not None:
            assert f"TPS-{name}" not in mine
    lacking = [case for case in run["cases"] if "does not have" in case["message"] and case["outcome"] == "skipped"]
    assert len(lacking) > 1000


@pytest.mark.slow
def test_each_wrong_member_is_named(run: Mapping[str, Any]) -> None:
    broken = _broken(run)
    for method, members in WRONG.items():
        for name, how in members.items():
            clause = (
                f"TPS-{SETTER}.{SET[how].format(name)}" if how in SET else f"TPS-{method}.{ASPECTS[how].format(name)}"
            )
            assert clause in broken, clause
            checks = [check for case in broken[clause] for check in case["checks"] if clause in check["clauses"]]
            assert any(name in f"{check['expected']} {check['got']} {check['id']}" for check in checks), clause


@pytest.mark.slow
def test_no_member_is_called_wrong_that_is_right(run: Mapping[str, Any]) -> None:
    """What its replies carry is wrong in these members alone."""
    named = {f"TPS-{method}.returned.{name}" for method, members in WRONG.items() for name in members}
    told = {one.partition(":")[0] for one in _broken(run) if ".returned." in one}
    unchecked = {f"TPS-{SETTER}.returned.conferenceReference", "TPS-flex.conference.query.returned.conferenceReference"}
    assert told <= named | unchecked  # it takes and repeats any reference
