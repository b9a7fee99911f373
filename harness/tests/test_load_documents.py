"""Load over documents and URLs: what a validator takes for known, which numbers requests have, and whole runs against the reference server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.case import rng_for
from harness.ending import Ending
from harness.load.documents import LoadDocuments, LoadUrls, number_of
from harness.load.documentvalidate import DocumentValidator
from harness.load.scenario import LoadOperation, Request, make_requests
from harness.load.verdicts import Level
from harness.messages.documents import DocumentBinding
from harness.permit import Permit
from harness.spec.load import load_system
from harness.target import Allow, Target
from harness.tests.commands import clausewise
from harness.wire.xmltree import write_document

MODEL = load_system("uptivity")
ALL = Allow(write=True, disruptive=True, destructive=True, slow=True, load=True)
TARGET = Target(system="uptivity", name="toy", host="127.0.0.1", ports={"api": 1, "web": 2}, allow=ALL)


def binding(road: str = "api") -> LoadDocuments | LoadUrls:
    assert MODEL.documents is not None
    if road == "api":
        return LoadDocuments(MODEL, MODEL.documents)
    return LoadUrls(MODEL, MODEL.documents, TARGET, "web")


def requests(function: str, *values: str, road: str = "api", count: int = 2) -> list[Request]:
    kind = LoadOperation(name=function.lower(), weight=1, operation=function, values=lambda _values: values)
    return make_requests([kind], {}, binding(road), Permit.of(TARGET), rng_for(1, "test"), count)


def validator(level: Level = Level.FULL, road: str = "api") -> DocumentValidator:
    return DocumentValidator(binding(road), level, TARGET)


def result(request: Request, *more: tuple[str, str], **changed: str) -> bytes:
    head = {
        "REQUESTTYPE": request.kind.operation,
        "REQUESTID": number_of(request.call),
        "RESULTTYPE": "API_OK",
        "RESULTCODE": "20",
        "RESULTMSG": "API_OK",
    }
    return write_document("RESULT", [*{**head, **changed}.items(), *more])


SPACE: dict[str, str] = {
    "RECORDINGPATH": "C:\\Recordings",
    "RECORDINGSPACEINFO": "12 GB free of 40 GB",
    "RECORDINGTOTALDISKCAPACITY": "40.5",
    "RECORDINGTOTALDISKFREE": "12.1",
    "RECORDINGTOTALDISKFREEPCT": "30",
    "SYSTEMUPTIME": "1 days 2 hours 3 minutes 4 seconds",
    "SYSTEMRAMTOTAL": "4096",
    "SYSTEMRAMFREE": "1024",
    "SYSTEMRAMUSED": "3072",
    "SYSTEMRAMUSEDPCT": "75",
}


def status(request: Request, **changed: str) -> bytes:
    inner = b"<PROCESSOR0><SYSTEMPROCESSORSPEED>2400MHz</SYSTEMPROCESSORSPEED><SYSTEMPROCESSORTYPE>x</SYSTEMPROCESSORTYPE></PROCESSOR0>"
    made = result(request, *((name, changed.get(name, value)) for name, value in SPACE.items()))
    return made.replace(b"</RESULT>", inner + b"</RESULT>")


def test_each_request_of_the_round_has_a_number_of_its_own() -> None:
    made = requests("TEST", count=50)
    assert 50 == len({number_of(one.call) for one in made})
    assert all(f"<REQUESTID>{number_of(one.call)}</REQUESTID>".encode() in one.data for one in made)
    urls = requests("TEST", road="web", count=5)
    assert all(f"requestid={number_of(one.call)} ".encode() in one.data for one in urls)


@pytest.mark.parametrize(("road", "wanted"), [("api", b"<TYPE>COMBINEEXPORT<"), ("web", b"type=COMBINEEXPORT&")])
def test_a_function_is_called_as_the_device_calls_it(road: str, wanted: bytes) -> None:
    speaks = binding(road)
    speaks.spellings.learn("COMBINEDEXPORT", lambda _kind, _what: "COMBINEEXPORT")
    call, data = speaks.call("COMBINEDEXPORT", ["IDENT=1,2"])
    assert wanted in data
    assert call.operation == "COMBINEDEXPORT"
    speaks.spellings.learn("TEST", lambda _kind, _what: "OTHER")
    assert b"OTHER" not in speaks.call("TEST", [])[1]


def test_a_result_that_passed_is_known_for_every_number_and_no_other() -> None:
    own, (first, second) = validator(), requests("TEST")
    known, other = own.known(first), own.known(second)
    assert not known(result(first))
    assert own.slow(first, result(first), Ending.ANSWERED)
    assert known(result(first))
    assert other(result(second))
    assert not known(result(second))
    assert not other(result(first))
    assert 1 == own.parsed


def test_values_of_the_types_are_known_and_others_are_not() -> None:
    own, (asked, _) = validator(), requests("SYSTEMSTATUS")
    assert own.slow(asked, status(asked), Ending.ANSWERED), own.violations
    known = own.known(asked)
    assert known(status(asked, SYSTEMRAMFREE="1000", SYSTEMUPTIME="9 days", RECORDINGTOTALDISKFREE="0.5"))
    for wrong in (
        {"SYSTEMRAMFREE": "-1"},
        {"SYSTEMRAMTOTAL": "much"},
        {"SYSTEMUPTIME": ""},
        {"RECORDINGPATH": "a & b"},
    ):
        assert not known(status(asked, **wrong))


@pytest.mark.parametrize(
    "change",
    [
        {"REQUESTID": "999999"},
        {"REQUESTTYPE": "DEVICELIST"},
        {"RESULTCODE": "999"},
        {"RESULTCODE": "9", "RESULTTYPE": "ERROR"},
        {"RESULTTYPE": "DONE"},
    ],
)
def test_a_wrong_head_is_a_violation_on_either_road(change: dict[str, str]) -> None:
    for road in ("api", "web"):
        own, (asked, _) = validator(road=road), requests("TEST", road=road)
        raw = result(asked, **change)
        good = result(asked)
        if road == "web":
            raw, good = (
                b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s" % (len(one), one)
                for one in (raw, good)
            )
        assert own.slow(asked, good, Ending.ANSWERED)
        assert own.known(asked)(good)
        assert not own.known(asked)(raw)
        assert not own.slow(asked, raw, Ending.ANSWERED)
        assert 1 == own.violation_count


def test_framing_looks_for_one_document_and_no_more() -> None:
    own, (asked, _) = validator(Level.FRAMING), requests("TEST")
    known = own.known(asked)
    assert known(result(asked, RESULTCODE="999"))
    assert not known(result(asked) * 2)
    assert not known(result(asked)[:-3])


def test_the_binding_of_a_load_frames_as_any_other() -> None:
    own = binding()
    assert isinstance(own, DocumentBinding)
    framer = own.framer()
    framer.feed(result(requests("TEST")[0]))
    assert framer.next_message() is not None


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["monitor", "web", "calls"])
def test_every_scenario_runs_against_the_reference_server_without_a_violation(tmp_path: Path, scenario: str) -> None:
    arguments = ("--scenario", scenario, "--connections", "4", "--duration", "1s", "--out", str(tmp_path / "out"))
    assert 0 == clausewise("bench", "uptivity", *arguments)
    figures: dict[str, Any] = json.loads((tmp_path / "out" / "bench.json").read_text())
    assert figures["measured"]["replies"] > 50
    assert 0 == figures["validation"]["violations"]
    assert figures["validation"]["parsed_in_full"] < figures["validation"]["replies"]
