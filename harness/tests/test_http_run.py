"""Runs of a made-up system over HTTP from end to end: the engine knows no vendor, catches faults and leaves good devices alone."""

from __future__ import annotations

from typing import Any

import pytest

from harness.derive_open import derive_open
from harness.derive_query import derive_queries
from harness.engine import Plan, Run
from harness.events import CaseFinished, RunFinished
from harness.suite import Suite
from harness.target import Allow
from harness.tests.devices import device
from harness.tests.http_made import LONGEST, SYSTEM, Tides, suite, target
from harness.verdict import CaseResult, Outcome
from harness.wire.http1 import Request


def made_suite() -> Suite:
    made = suite()
    for case in (*derive_queries(SYSTEM, "made"), *derive_open(SYSTEM, "made")):
        made.add(case)
    return made


def certified(
    tides: Tides, *select: str, allow: Allow | None = None, profile: str = "certification", **more: Any
) -> tuple[dict[str, CaseResult], RunFinished]:
    """The results of a run on a tiny server, and its footer."""
    with device(tides.handler()) as serving:
        aim = target(serving.port, allow=allow or Allow(), **more)
        plan = Plan(system=SYSTEM, suite=made_suite(), target=aim, seed=1, select=select, profile=profile)
        events = list(Run(plan, lambda transcript: transcript.case).events())
    end = events[-1]
    assert isinstance(end, RunFinished)
    return {event.result.id: event.result for event in events if isinstance(event, CaseFinished)}, end


@pytest.mark.slow
def test_a_device_that_does_as_its_document_says_passes() -> None:
    tides = Tides()
    results, end = certified(tides)
    assert {
        name: result.message
        for name, result in results.items()
        if result.outcome not in (Outcome.PASSED, Outcome.SKIPPED)
    } == {}
    skipped = {name for name, result in results.items() if result.outcome is Outcome.SKIPPED}
    assert all(".method." in name for name in skipped)  # they may change something, and nothing is permitted
    assert end.exit_code == 0
    assert end.dialect["tides"]["TID-AMB-004"] == ("not-given",)
    assert {request.method for request in tides.requests} <= {"GET", "OPTIONS", "TRACE"}


FAULTS = {
    "long-period": ("tides.Levels.window.one-second-outside", "TID-Levels.window"),
    "no-number": ("tides.Levels.from.outside.word", "TID-Levels.from.type"),
    "feet": ("tides.Levels.datum.needed.feet", "TID-LEV-001"),
    "other-error": ("tides.Levels.gauge.absent", "TID-Levels.gauge.required"),
    "stray": ("tides.Gauges.success", "TID-WEB-001"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_caught_and_its_clause_named(fault: str) -> None:
    case, clause = FAULTS[fault]
    assert certified(Tides(), case)[0][case].outcome is Outcome.PASSED
    results, end = certified(Tides(fault), case)
    assert results[case].outcome is Outcome.FAILED
    assert clause in results[case].broken
    assert end.exit_code == 1


def test_an_operation_that_is_not_there_fails() -> None:
    """Under none of its names: no case of it may only be inconclusive."""
    results, end = certified(Tides(names=()), "tides.Levels.success", "tides.Levels.from.absent")
    assert results["tides.Levels.success"].outcome is Outcome.FAILED
    assert "TID-Levels" in results["tides.Levels.success"].broken
    assert results["tides.Levels.from.absent"].outcome is Outcome.INCONCLUSIVE
    assert end.exit_code == 1


def test_names_are_tried_once_a_run() -> None:
    tides = Tides(names=["LevelList"])
    certified(tides, "tides.Levels.from.*", "tides.Levels.to.absent")
    asked = [request.target.partition("what=")[2].partition("&")[0] for request in tides.requests]
    assert asked.count("Levels") == 1
    assert asked.count("LevelList") > 10
    pinned = Tides(names=["Levels", "LevelList"])
    certified(pinned, "tides.Levels.from.*", dialect={"TID-AMB-001": "long"})
    assert not any("what=Levels" in request.target for request in pinned.requests)


def test_names_are_not_tried_again_after_a_case_that_failed() -> None:
    """What a failed case has touched may be broken; a name cannot be."""
    tides = Tides("no-number", names=["LevelList"])
    results, _ = certified(tides, "tides.Levels.from.*", "tides.Levels.to.*")
    assert sum(result.outcome is Outcome.FAILED for result in results.values()) > 5
    assert sum("what=Levels" in request.target for request in tides.requests) == 1


def test_the_acceptance_profile_only_reads_whatever_the_target_permits() -> None:
    everything = Allow(write=True, disruptive=True, destructive=True)
    tides = Tides()
    results, _ = certified(tides, "tides.*.open.method.*", allow=everything, profile="acceptance")
    assert {request.method for request in tides.requests} == {"GET", "OPTIONS", "TRACE"}
    assert results["tides.Gauges.open.method.DELETE"].outcome is Outcome.SKIPPED
    permitted = Tides()
    certified(permitted, "tides.*.open.method.*", allow=everything)
    assert {"DELETE", "PUT", "POST"} <= {request.method for request in permitted.requests}


def test_an_object_that_nothing_makes_is_one_of_the_target_file() -> None:
    """`harness.pool`: without a provider the fixtures name it."""
    case = "tides.Levels.success"
    tides = Tides()
    assert certified(tides, case, fixtures={"gauges": ["lock"]})[0][case].outcome is Outcome.PASSED
    assert all("gauge=lock" in request.target for request in tides.requests if "gauge=" in request.target)
    lacking = certified(Tides(), case, fixtures={})[0][case]
    assert lacking.outcome is Outcome.SKIPPED
    assert "gauges" in lacking.message


def test_methods_that_may_change_something_need_leave() -> None:
    select = "tides.Gauges.open.method.*"
    results, _ = certified(tides := Tides(), select)
    assert {name.rpartition(".")[2] for name, one in results.items() if one.outcome is Outcome.SKIPPED} >= {
        "POST", "PUT", "DELETE", "PATCH", "CLAUSEWISE",
    }  # fmt: skip
    assert {request.method for request in tides.requests} == {"GET", "OPTIONS", "TRACE"}
    allowed = Tides()
    certified(allowed, select, allow=Allow(write=True))
    assert {request.method for request in allowed.requests} == {
        "GET",
        "OPTIONS",
        "TRACE",
        "POST",
        "PATCH",
        "CLAUSEWISE",
    }


def test_periods_are_those_of_the_made_up_document() -> None:
    tides = Tides()
    certified(tides, "tides.Levels.window.longest", "tides.Levels.window.one-second-outside")
    spans = set()
    for request in tides.requests:
        asked = dict(pair.split("=") for pair in request.target.partition("?")[2].split("&"))
        if "to" in asked:
            spans.add(int(asked["to"]) - int(asked["from"]))
    assert {LONGEST, LONGEST + 1} <= spans


def test_a_device_that_sends_garbage_fails_in_order() -> None:
    class Garbage(Tides):
        def answer(self, request: Request) -> bytes:
            self.requests.append(request)
            return bytes(range(256))

    results, end = certified(Garbage(), "tides.Gauges.success", timeout=0.1)
    assert results["tides.Gauges.success"].outcome is Outcome.FAILED
    assert end.exit_code == 1
