"""Whole load runs against a small device that conforms: leave, objects made and removed, figures that add up."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hdrh.histogram import HdrHistogram  # type: ignore[import-untyped]
from jsonschema import Draft202012Validator

from harness.case import rng_for
from harness.errors import InternalError, TransportError, UsageError
from harness.load.record import Recorder, Second
from harness.load.run import LoadRun
from harness.load.scenario import ROUND, LoadOperation, LoadScenario, make_requests, together
from harness.permit import Permit
from harness.resources import data_folder
from harness.suite import load_suite
from harness.target import Allow
from harness.tests.devices import device, hmp, silent
from harness.tests.load_device import ALL, ID, Toy, binding, kind, load_target, plan_for


def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((data_folder("reports/schemas") / "bench.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(found)
    return found


@pytest.fixture(scope="module")
def run() -> Iterator[tuple[dict[str, Any], Toy, Sequence[str]]]:
    """The figures of one run of the default scenario, the device's world afterwards, and every command that it got."""
    toy = Toy()
    with device(toy.handle) as made:
        figures = LoadRun(plan_for(load_target(made.port), duration_s=0.3)).figures()
        yield json.loads(json.dumps(figures)), toy, list(made.commands)


def test_a_device_that_conforms_is_conforming(run: tuple[dict[str, Any], Toy, Sequence[str]]) -> None:
    figures, _, _ = run
    assert (0, 0, {}) == (
        figures["run"]["exit_code"], figures["validation"]["violations"], figures["validation"]["errors"],
    )  # fmt: skip
    assert [] == figures["run"]["scenario"]["left_out"]
    assert figures["measured"]["replies"] > 100


def test_figures_have_the_documented_format(run: tuple[dict[str, Any], Toy, Sequence[str]]) -> None:
    Draft202012Validator(schema()).validate(run[0])


def test_figures_add_up(run: tuple[dict[str, Any], Toy, Sequence[str]]) -> None:
    figures, _, commands = run
    measured, series = figures["measured"], figures["series"]
    assert measured["replies"] == sum(second["replies"] for second in series)
    assert measured["replies"] == sum(row["replies"] for row in measured["operations"].values())
    assert measured["replies"] == measured["latency_us"]["count"]
    assert measured["length_s"] == pytest.approx(sum(second["length_s"] for second in series), abs=1e-4)
    assert measured["replies_per_s"] == pytest.approx(measured["replies"] / measured["length_s"], rel=1e-3)
    assert figures["validation"]["replies"] <= len(commands)
    whole = HdrHistogram.decode(measured["latency_us"]["histogram"])
    parts = [HdrHistogram.decode(row["latency_us"]["histogram"]) for row in measured["operations"].values()]
    assert whole.get_total_count() == sum(part.get_total_count() for part in parts) == measured["replies"]
    for name, value in measured["latency_us"]["percentiles"].items():
        assert value == whole.get_value_at_percentile(float(name))
    assert list(measured["latency_us"]["percentiles"].values()) == sorted(
        measured["latency_us"]["percentiles"].values()
    )


def test_what_the_run_made_is_removed_again(run: tuple[dict[str, Any], Toy, Sequence[str]]) -> None:
    _, toy, commands = run
    assert toy.made == 4
    assert set() == toy.sessions
    assert {"FINISHED"} == set(toy.recordings.values())
    assert 4 == sum(command.startswith("createSession") for command in commands)
    assert sum(command.startswith("startRecording") for command in commands) == 3


def test_a_wrong_reply_under_load_is_exit_code_1_with_clause_and_bytes() -> None:
    def spoil(words: Sequence[str], reply: bytes) -> bytes:
        return b"OK|PAUSED\n" if reply == b"OK|RECORDING\n" else reply

    with device(Toy(spoil).handle) as made:
        figures = LoadRun(plan_for(load_target(made.port), "monitor")).figures()
    Draft202012Validator(schema()).validate(figures)
    assert 1 == figures["run"]["exit_code"]
    assert figures["measured"]["violations"] == sum(second["violations"] for second in figures["series"]) > 0
    assert figures["validation"]["violations"] == figures["validation"]["by_clause"]["HMP-REC-010"]
    first = figures["validation"]["kept"][0]
    assert ("monitor", "OK|PAUSED\\n") == (figures["run"]["scenario"]["name"], first["got"])
    assert "RECORDING" in first["expected"]


# Leave


def refused(**changes: object) -> str:
    """What a run says that may not begin; nothing may have been sent."""
    scenario = str(changes.pop("scenario", "mixed"))
    with device(Toy().handle) as made:
        with pytest.raises(UsageError) as caught:
            LoadRun(plan_for(load_target(made.port, **changes), scenario)).figures()
        assert b"" == made.received
    return str(caught.value)


def test_load_needs_leave() -> None:
    assert "load = true" in refused(allow=Allow(write=True))


def test_an_operation_needs_leave() -> None:
    message = refused(allow=Allow(load=True))
    assert "edit.session-plain" in message
    assert "updateSessionMetadata is write" in message
    assert "--scenario" in message


def test_no_bytes_are_sent_that_the_permit_does_not_cover() -> None:
    """Asked for each request, since a value may look like a command to a lenient device."""
    sly = LoadOperation(name="sly", weight=1, operation="getRecordingStatus", values=lambda _values: ("deleteSession",))
    with pytest.raises(UsageError, match="deleteSession is write"):
        make_requests([sly], {}, binding(), Permit(Allow(load=True), 1.0), rng_for(1, "sly"))


def test_a_scenario_that_reads_does_with_objects_of_the_target_file() -> None:
    toy = Toy()
    toy.recordings = dict(zip(("RECORDING", "PAUSED", "FINISHED"), ("RECORDING", "PAUSED", "FINISHED"), strict=True))
    fixtures = {"recording_active": "RECORDING", "recording_paused": "PAUSED", "recording_finished": "FINISHED"}
    with device(toy.handle) as made:
        target = load_target(made.port, allow=Allow(load=True), fixtures=fixtures)
        figures = LoadRun(plan_for(target, "monitor")).figures()
        assert {"getRecordingStatus"} == {command.partition(" ")[0] for command in made.commands}
    assert 0 == figures["run"]["exit_code"]
    assert figures["measured"]["replies"] > 10


def test_an_operation_without_its_object_is_left_out_and_told() -> None:
    toy = Toy()
    toy.recordings["FINISHED"] = "FINISHED"
    with device(toy.handle) as made:
        target = load_target(made.port, allow=Allow(load=True), fixtures={"recording_finished": "FINISHED"})
        figures = LoadRun(plan_for(target, "monitor")).figures()
    assert ["active", "paused"] == [left["name"] for left in figures["run"]["scenario"]["left_out"]]
    assert {"finished", "gone"} == set(figures["measured"]["operations"])
    assert 0 == figures["run"]["exit_code"]


def test_a_scenario_none_of_whose_objects_can_be_had_is_refused() -> None:
    only = LoadScenario(
        name="only", about="", operations=(kind("active", "monitor"),), objects={"active": ("recording", "RECORDING")}
    )
    with device(Toy().handle) as made:
        plan = plan_for(load_target(made.port, allow=Allow(load=True), fixtures={}))
        with pytest.raises(UsageError, match="fixture"):
            LoadRun(type(plan)(**{name: getattr(plan, name) for name in plan.__slots__} | {"scenario": only})).figures()


# Endings


def test_a_target_that_cannot_be_reached_is_no_run() -> None:
    with device(silent) as made:
        port = made.port
    with pytest.raises(TransportError, match="cannot connect"):
        LoadRun(plan_for(load_target(port))).figures()


def test_a_device_that_answers_nothing_is_nonconforming() -> None:
    with device(silent) as made:
        figures = LoadRun(plan_for(load_target(made.port, timeout=0.05))).figures()
    Draft202012Validator(schema()).validate(figures)
    assert 1 == figures["run"]["exit_code"]
    assert "nothing was loaded" in figures["run"]["notes"][0]


def test_a_device_that_falls_silent_once_it_is_loaded_is_nonconforming() -> None:
    lines = 0

    def spoil(_words: Sequence[str], reply: bytes) -> bytes:
        nonlocal lines
        lines += 1
        return reply if lines <= 13 else b""

    with device(Toy(spoil).handle) as made:
        figures = LoadRun(plan_for(load_target(made.port, timeout=0.05), "monitor")).figures()
    assert (1, 0) == (figures["run"]["exit_code"], figures["validation"]["replies"])
    assert "no reply" in figures["validation"]["kept"][0]["got"]


def test_fewer_connections_than_asked_for_make_the_run_incomplete() -> None:
    served = threading.BoundedSemaphore(2)

    def handle(made: Any, connection: Any) -> None:
        if served.acquire(blocking=False):
            try:
                toy.handle(made, connection)
            finally:
                served.release()

    toy = Toy()
    with device(handle) as made:
        figures = LoadRun(plan_for(load_target(made.port), "monitor", connections=5)).figures()
    assert (3, 0) == (figures["run"]["exit_code"], figures["validation"]["violations"])
    assert figures["generator"]["turned_away"] > 0
    assert set() == toy.sessions


def test_an_interrupted_run_removes_what_it_made_and_gives_the_figures_so_far() -> None:
    toy = Toy()
    with device(toy.handle) as made:
        plan = plan_for(load_target(made.port), duration_s=5.0)
        seen: list[str] = []

        def on_second(part: str, _second: Second, _recorder: Recorder) -> None:
            seen.append(part)
            if part == "warm-up":
                threading.Timer(0.1, loading.interrupt).start()

        loading = LoadRun(plan, on_second)
        figures = loading.figures()
    Draft202012Validator(schema()).validate(figures)
    assert (130, True) == (figures["run"]["exit_code"], figures["run"]["interrupted"])
    assert set() == toy.sessions
    assert figures["measured"]["replies"] == sum(second["replies"] for second in figures["series"]) > 0
    assert ["warm-up", "load"] == seen
    assert figures["measured"]["length_s"] < 2.0


# Scenarios


def test_the_round_has_each_operation_by_its_weight_and_repeats_with_the_seed() -> None:
    scenario = load_suite(hmp()).loads["mixed"]
    objects = dict.fromkeys(scenario.objects, ID)
    rounds = [
        make_requests(scenario.operations, objects, binding(), Permit(ALL, 1.0), rng_for(seed, "round"))
        for seed in (1, 1, 2)
    ]
    assert [request.data for request in rounds[0]] == [request.data for request in rounds[1]]
    assert [request.data for request in rounds[0]] != [request.data for request in rounds[2]]
    total = sum(one.weight for one in scenario.operations)
    for operation in scenario.operations:
        got = sum(request.kind is operation for request in rounds[0])
        assert abs(got - operation.weight * ROUND / total) <= 1
    assert 1 < len({request.call.values for request in rounds[0] if request.kind.name == "monitor.gone"})


def test_every_scenario_of_a_suite_leaves_nothing_behind() -> None:
    """What creates something may not be an operation of a scenario: it would pile up."""
    system = hmp()
    for scenario in load_suite(system).loads.values():
        for operation in scenario.operations:
            assert system.operations[operation.operation].undo is None, (scenario.name, operation.name)
            assert system.operations[operation.operation].result is None or operation.operation == "getRecordingStatus"


def test_parts_of_a_scenario_keep_their_shares() -> None:
    one = LoadScenario(
        name="one", about="", operations=(kind("active", "monitor"),), objects={"active": ("recording", "RECORDING")}
    )
    scenario = together("both", "", (3, one), (1, load_suite(hmp()).loads["edit"]))
    total = sum(operation.weight for operation in scenario.operations)
    assert 0.75 == scenario.operations[0].weight / total
    assert "one.active" == scenario.operations[0].name


@pytest.mark.parametrize("operations", [(), (kind("active", "monitor"),) * 2, (kind("live", "edit"),)])
def test_a_scenario_that_makes_no_sense_is_a_mistake_of_ours(operations: tuple[LoadOperation, ...]) -> None:
    with pytest.raises(InternalError, match="scenario wrong"):
        LoadScenario(name="wrong", about="", operations=operations, objects={"active": ("recording", "RECORDING")})
