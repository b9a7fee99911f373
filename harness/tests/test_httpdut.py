"""The view of flows over HTTP: requests, names that a device has, checks of what was asked for."""

from __future__ import annotations

import gzip
import random
from collections.abc import Coroutine
from typing import Any
from urllib.parse import parse_qsl

import pytest
from msgspec.structs import replace as struct_replace

from harness.ending import Ending
from harness.errors import InternalError
from harness.flow import CaseEnd, CaseInconclusive, CaseSkipped, CaseStopped, play
from harness.httpdut import HttpDut, find_parameter, find_selector, sample
from harness.messages.httpreply import HttpReply
from harness.snapshot import has_states
from harness.spec.load import load_system
from harness.spec.model import System
from harness.tests.http_made import SYSTEM, Canned, Tides, always, dut, response, target
from harness.verdict import Severity
from harness.wire.http1 import Request

LEVELS = b'<Levels><Level time="86400" depth="2"/></Levels>'
SHARED = {"window": "86400 86999", "selector": "Levels", "gauge": "pier"}


# Requests


def run(flow: Coroutine[Any, Any, Any], driver: Canned) -> Any:
    """What a flow returns."""
    found: list[Any] = []

    async def outer() -> None:
        found.append(await flow)

    play(outer(), driver)
    return found[0]


def outcome(view: HttpDut) -> dict[str, Severity]:
    return {check.id: check.severity for check in view.checks if not check.passed}


def targets(driver: Canned) -> list[str]:
    return [request.target for request in driver.requests]


def test_a_request_has_the_name_and_the_parameters_and_its_reply_is_judged() -> None:
    view, driver = dut(), Canned(lambda _: response(200, LEVELS), SHARED)
    reply = run(view.get("Levels", {"gauge": "the pier", "from": "86400"}, keep=["depth"], digests=True), driver)
    assert targets(driver) == ["/tides/ask?what=Levels&gauge=the%20pier&from=86400"]
    assert driver.requests[0].headers[0] == ("Host", "127.0.0.1")
    assert reply.scan is not None
    assert (list(reply.scan.kept), len(reply.scan.digests)) == ([("2",)], 1)
    assert outcome(view) == {}
    assert {"reply.comes", "reply.Level.depth"} <= {check.id for check in view.checks}


@pytest.mark.parametrize(
    ("host", "port", "shown"),
    [("a", 80, "a"), ("a", 8080, "a:8080"), ("::1", 80, "[::1]"), ("::1", 81, "[::1]:81")],
)
def test_the_host_field(host: str, port: int, shown: str) -> None:
    assert dut(host=host, ports={"web": port}).host == shown


def test_a_document_of_another_kind_is_judged_as_such_and_not_as_a_flood() -> None:
    """Its reading stops early, and what is wrong with it is told."""
    view = dut()
    driver = Canned(lambda _: response(200, b"<html><body></html>" + b"x" * 5000), SHARED, piece=19)
    reply = run(view.get("Levels", ()), driver)
    assert reply.enough
    assert {"reply.root", "reply.xml"} <= outcome(view).keys()
    assert "reply.comes" not in outcome(view)


def test_a_broken_coding_is_told_of_the_framing() -> None:
    view = dut()
    driver = Canned(lambda _: response(200, gzip.compress(LEVELS)[:-20], "Content-Encoding: gzip"), SHARED)
    reply = run(view.get("Levels", ()), driver)
    assert "reply.content-encoding" in outcome(view)
    assert next(check for check in view.checks if check.id == "reply.content-encoding").clauses == ("TID-WEB-001",)
    assert reply.scan is not None
    assert not reply.scan.complete


def test_head_has_no_document() -> None:
    view = dut()
    driver = Canned(lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 44\r\n\r\n", SHARED)
    reply = run(view.get("Levels", (), method="HEAD"), driver)
    assert driver.requests[0].method == "HEAD"
    assert (reply.status, reply.body) == (200, b"")
    assert outcome(view) == {}


def test_without_judging_only_the_message_is_looked_at() -> None:
    view = dut()
    run(view.get("Levels", (), judged=False), Canned(lambda _: response(599, b""), SHARED))
    assert [check.id for check in view.checks] == ["reply.comes"]


# Names


def selecting(names: list[str], **more: Any) -> tuple[Any, Canned, HttpDut]:
    """What `find_selector` finds on a device that takes these names."""
    tides, view = Tides(names=names), dut(**more)
    driver = Canned(tides.answer, SHARED)
    try:
        return run(find_selector(view, "Levels"), driver), driver, view
    except CaseEnd as end:
        return end, driver, view


@pytest.mark.parametrize(
    ("names", "found", "requests"),
    [(["Levels"], "Levels", 1), (["LevelList"], "LevelList", 2), (["Levels", "LevelList"], "Levels", 1)],
)
def test_the_name_that_the_device_takes_is_found(names: list[str], found: str, requests: int) -> None:
    got, driver, view = selecting(names)
    assert got == found
    assert len(driver.requests) == requests
    assert outcome(view) == {}


@pytest.mark.parametrize("names", [["Levels"], ["LevelList"], ["Levels", "LevelList"]])
def test_a_pinned_name_is_the_only_one_that_is_tried(names: list[str]) -> None:
    got, driver, _ = selecting(names, dialect={"TID-AMB-001": "long"})
    assert got == "LevelList"
    assert len(driver.requests) == 1
    assert "what=LevelList&" in targets(driver)[0]


def test_a_device_that_refuses_all_names_is_asked_by_the_first() -> None:
    """So the success of the operation fails, instead of all its cases teaching nothing."""
    assert selecting([])[0] == "Levels"


@pytest.mark.parametrize("answer", [Ending.SILENT, response(500, b""), response(302, b"")])
def test_a_device_that_answers_nothing_useful_has_no_name(answer: bytes | Ending) -> None:
    view = dut()
    with pytest.raises(CaseInconclusive, match="Levels, LevelList"):
        run(find_selector(view, "Levels"), Canned(always(answer), SHARED))


def test_an_operation_with_one_name_asks_nobody() -> None:
    driver = Canned(lambda _: response(200, b""))
    assert run(find_selector(dut(), "Gauges"), driver) == "Gauges"
    assert run(dut().selector("Gauges"), driver) == "Gauges"
    assert (driver.requests, driver.asked) == ([], [])


def test_parameters_are_spelled_as_the_device_has_them() -> None:
    """Only those of which the document has several spellings are asked for."""
    driver = Canned(always(Ending.SILENT), SHARED | {"parameter Levels.datum": "datumLevel"})
    view = dut()
    assert run(view.spelled("Levels", [("datum", "1"), ("datum", "2"), ("x", "3")]), driver) == [
        ("datumLevel", "1"),
        ("datumLevel", "2"),
        ("x", "3"),
    ]
    assert driver.asked == ["parameter Levels.datum"]
    assert run(view.spelled("Levels", {"gauge": "1"}), Canned(always(b""))) == [("gauge", "1")]


@pytest.mark.parametrize(
    ("taken", "dialect", "found", "requests"),
    [
        ("datum", {}, "datum", 1),
        ("datumLevel", {}, "datumLevel", 2),
        ("datumLevel", {"TID-AMB-001": "long"}, "datumLevel", 1),
        ("datum", {"TID-AMB-001": "long"}, "datumLevel", 2),
        ("nothing", {}, "datum", 4),
    ],
)
def test_the_spelling_that_the_device_takes_is_found(
    taken: str, dialect: dict[str, str], found: str, requests: int
) -> None:
    """With either name of the operation; a pinned spelling is the only one that is tried."""

    def answer(request: Request) -> bytes:
        asked = dict(parse_qsl(request.target.partition("?")[2]))
        return response(200 if taken in asked else 400, LEVELS)

    system = needing_datum()
    driver = Canned(answer, SHARED)
    assert run(find_parameter(dut(system, dialect=dialect), "Levels.datum"), driver) == found
    assert len(driver.requests) == requests


def needing_datum() -> System:
    """The made-up system, but that a request cannot do without the parameter of two spellings."""
    levels = SYSTEM.operations["Levels"]
    parameters = {**levels.parameters, "datum": struct_replace(levels.parameters["datum"], optional=False)}
    changed = struct_replace(levels, parameters=parameters)
    return struct_replace(SYSTEM, operations={**SYSTEM.operations, "Levels": changed})


def test_a_sample_has_what_a_request_cannot_do_without() -> None:
    found = run(sample(dut(), "Levels"), driver := Canned(lambda _: b"", SHARED))
    assert found == [("gauge", "pier"), ("from", "86400"), ("to", "86999")]
    assert driver.asked == ["gauge any", "window Levels", "window Levels"]
    assert run(sample(dut(), "Gauges"), driver) == []
    quiet = Canned(lambda _: b"", SHARED)
    run(sample(dut(), "Levels", period="quiet"), quiet)
    assert quiet.asked[1:] == ["window quiet"] * 2
    with pytest.raises(CaseSkipped):
        run(sample(dut(), "Levels"), Canned(lambda _: b"", {"window": "1 2"}))


# Checks


def test_a_success_that_fails_stops_the_case() -> None:
    async def flow(view: HttpDut, reply: bytes | Ending) -> HttpReply:
        return view.ok(await view.get("Levels", (), judged=False), check="works")

    fine = dut()
    assert run(flow(fine, b""), Canned(lambda _: response(200, LEVELS), SHARED)).status == 200
    assert [check.clauses for check in fine.checks if check.id == "works"] == [("TID-Levels",)]
    for answer in (response(400, b""), Ending.SILENT):
        view = dut()
        with pytest.raises(CaseStopped):
            run(flow(view, answer), Canned(always(answer), SHARED))
        assert "works" in outcome(view)


def test_a_refusal_that_does_not_come_is_broken_and_the_case_goes_on() -> None:
    async def flow(view: HttpDut) -> None:
        view.refused(await view.get("Levels"), "bad", "TID-LEV-001")
        view.refused(await view.get("Levels"), "bad", "TID-LEV-001")

    view = dut()
    answers = iter([response(200, LEVELS), response(400, b"")])
    run(flow(view), Canned(lambda _: next(answers), SHARED))
    told = {check.id: check.passed for check in view.checks if check.id.startswith("refused")}
    assert told == {"refused": False, "refused.2": True}


def test_a_precondition_that_fails_teaches_nothing() -> None:
    assert run(dut().setup("Gauges"), Canned(lambda _: response(200, b"<Gauges/>"))).status == 200
    for answer in (response(503, b""), Ending.CLOSED):
        with pytest.raises(CaseInconclusive, match="Gauges did not succeed"):
            run(dut().setup("Gauges"), Canned(always(answer)))


def test_what_is_no_http_interface_is_our_mistake() -> None:
    view = HttpDut(system=struct_replace(SYSTEM, http=None), target=target(), rng=random.Random(1), interface="web")
    with pytest.raises(InternalError):
        _ = view.one_reply


# What any view has


def test_checks_of_one_name_are_told_apart_in_their_order() -> None:
    view = dut()
    for passed in (True, False, True):
        view.check("same", passed, expected="a", got="b")
    view.check("other", True, expected="a", got="b")
    assert [(check.id, check.passed) for check in view.checks] == [
        ("same", True), ("same.2", False), ("same.3", True), ("other", True),
    ]  # fmt: skip


def test_an_observation_that_fits_nothing_is_none() -> None:
    view = dut()
    view.observe("seen", "TID-AMB-001", "")
    view.observe("seen", "TID-AMB-001", "short", "")
    assert [check.readings for check in view.checks] == [{"TID-AMB-001": frozenset({"short"})}]
    assert view.checks[0].passed


def test_fixtures_come_in_the_order_of_their_keys_once_each() -> None:
    view = dut(fixtures={"gauges": ["a", "b"], "dry_gauges": ["b", "c"], "one": 5})
    assert view.fixtures("dry_gauges", "gauges") == ("b", "c", "a")
    assert view.fixture("one") == "5"
    with pytest.raises(CaseSkipped, match="needs the fixture dry_gauges with 4 entries"):
        view.fixtures("dry_gauges", "gauges", count=4)
    with pytest.raises(CaseSkipped, match=r"needs the fixture absent$"):
        view.fixture("absent")


def test_only_a_system_with_states_is_looked_at_before_and_after() -> None:
    """`harness.snapshot`: there is nothing to compare on a device of which no state can be read."""
    assert not has_states(SYSTEM)
    assert has_states(load_system("hmp"))
