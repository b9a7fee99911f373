"""Load over calls with structs: what a validator takes for known, what stands in place of marks, and whole runs against the reference server."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from harness.case import rng_for
from harness.checks.answer import Answer
from harness.ending import Ending
from harness.load.calls import LoadCalls, Marks, given, kept, mark
from harness.load.callvalidate import CallValidator
from harness.load.connections import Connection
from harness.load.scenario import LoadOperation, Request, make_requests
from harness.load.verdicts import Level
from harness.mutation.call_speech import fault, members, success
from harness.permit import Permit
from harness.spec.load import load_system
from harness.target import Allow, Target
from harness.tests.commands import clausewise
from harness.wire.http1_framing import read_requests
from harness.wire.xmlrpc import read
from harness.wire.xmlrpc_write import encode_response

MODEL = load_system("tps")
assert MODEL.calls is not None
SYNTAX = MODEL.calls
ALL = Allow(write=True, disruptive=True, destructive=True, slow=True, load=True)
SECRET = "Zx-9 & more"
TARGET = Target(
    system="tps",
    name="toy",
    host="127.0.0.1",
    ports={"http": 1},
    allow=ALL,
    credentials={"user": "admin", "password": SECRET},
)
STATUS = "flex.conference.status"


def binding() -> LoadCalls:
    return LoadCalls(MODEL, SYNTAX, TARGET, "http")


def requests(
    own: LoadCalls, method: str, *sets: Sequence[str], answers: tuple[Answer, ...] = (Answer(),)
) -> list[Request]:
    """A request for each set of values."""
    each = iter(sets)
    kind = LoadOperation(name=method, weight=1, operation=method, values=lambda _values: next(each), answers=answers)
    return [make_requests([kind], {}, own, Permit.of(TARGET), rng_for(1, "test"), 1)[0] for _ in sets]


def response(body: bytes, *more: bytes) -> bytes:
    lines = [b"HTTP/1.1 200 OK", b"Content-Type: text/xml", *more, b"Content-Length: %d" % len(body), b"", body]
    return b"\r\n".join(lines)


def body_of(data: bytes) -> bytes:
    return read_requests(data)[0][0].request.body


def info(method: str, **changed: Any) -> bytes:
    """A success with these members, besides those that must be there."""
    call = MODEL.operations[method].call
    assert call is not None
    return encode_response({**members(MODEL, call.returns, {}), **changed})


def judged(own: CallValidator, request: Request, body: bytes) -> bool:
    raw = response(body)
    return own.known(request)(raw) or own.slow(request, raw, Ending.ANSWERED)


# requests


def test_a_request_has_the_devices_name_and_the_real_password() -> None:
    (asked,) = requests(binding(), "device.query", [])
    (one,), rest = read_requests(asked.data)
    assert rest == b""
    assert dict(one.request.headers)["Host"] == "127.0.0.1:1"
    assert read(one.request.body).struct.plain() == {"authenticationUser": "admin", "authenticationPassword": SECRET}


def test_what_an_earlier_reply_gave_stands_in_place_of_its_mark() -> None:
    own = binding()
    (asked,) = requests(own, STATUS, given({"conferenceID": mark(7)}))
    marks, connection = Marks(own), Connection(0, 0)
    assert marks.dress(connection, asked.data) == asked.data
    for told in (b"a", b"a-much-longer-id-than-the-mark-ever-is", b"x&amp;y"):
        own.held[mark(7).encode()] = told
        (one,), rest = read_requests(marks.dress(connection, asked.data))
        assert (rest, b"~" in one.request.body) == (b"", False)
        found = read(one.request.body).struct.plain()
        assert isinstance(found, dict)
        assert found["conferenceID"] == told.decode().replace("&amp;", "&")
    (plain,) = requests(own, "device.query", [])
    assert marks.dress(connection, plain.data) is plain.data


def test_marks_of_other_numbers_stay() -> None:
    own = binding()
    (asked,) = requests(own, STATUS, given({"conferenceID": mark(17)}))
    own.held[mark(1).encode()] = b"one"
    assert Marks(own).dress(Connection(0, 0), asked.data) == asked.data


# replies


def test_a_reply_that_passed_is_known_with_other_values_of_its_types() -> None:
    own = CallValidator(binding(), Level.FULL, TARGET)
    (asked,) = requests(binding(), "device.query", [])
    assert judged(own, asked, info("device.query")), own.violations
    quick = own.known(asked)
    assert quick(response(info("device.query")))
    later = info("device.query", uptime=77, currentTime=datetime(2020, 2, 28, 23, 59, 59))  # noqa: DTZ001 - no zones here
    assert quick(response(later, b"Date: Sat, 21 Nov 2026 19:11:49 GMT")) is False  # another head
    assert quick(response(later))
    assert own.parsed == 1
    for wrong in ({"uptime": "77"}, {"apiVersion": 4}, {"currentTime": "now"}):
        assert not quick(response(info("device.query", **wrong)))
        assert not judged(own, asked, info("device.query", **wrong))
    assert own.violation_count == 3


def test_what_a_reply_repeats_is_compared_with_its_own_call() -> None:
    load = binding()
    own = CallValidator(load, Level.FULL, TARGET)
    first, second = requests(load, STATUS, given({"conferenceID": "one"}), given({"conferenceID": "two"}))
    assert judged(own, first, success(MODEL, STATUS, {"conferenceID": "one"})), own.violations
    assert own.known(second)(response(success(MODEL, STATUS, {"conferenceID": "two"})))
    assert own.parsed == 1
    assert not judged(own, second, success(MODEL, STATUS, {"conferenceID": "one"}))
    assert f"TPS-{STATUS}.returned.conferenceID:echo" in own.by_clause


def test_what_was_kept_is_compared_and_renewed() -> None:
    load = binding()
    own = CallValidator(load, Level.FULL, TARGET)
    create = "flex.conference.create"
    resources = members(MODEL, MODEL.structs["participantMediaResources"].members, {})
    (made,) = requests(load, create, [*given({"participantMediaResources": resources}), *kept("conferenceID", mark(1))])
    (asked,) = requests(load, STATUS, given({"conferenceID": mark(1)}))
    for number in range(3):
        assert judged(own, made, encode_response({"conferenceID": f"id-{number}"})), own.violations
        assert load.held == {mark(1).encode(): f"id-{number}".encode()}
        assert judged(own, asked, success(MODEL, STATUS, {"conferenceID": f"id-{number}"})), own.violations
    assert own.parsed == 2
    assert not judged(own, asked, success(MODEL, STATUS, {"conferenceID": "id-0"}))


@pytest.mark.parametrize("level", list(Level))
def test_levels(level: Level) -> None:
    own = CallValidator(binding(), level, TARGET)
    (asked,) = requests(binding(), "device.query", [])
    other, wrong = fault(MODEL, "operation-failed"), info("device.query", uptime=True)
    assert judged(own, asked, info("device.query"))
    assert judged(own, asked, other) is (level is not Level.FULL)
    assert judged(own, asked, wrong) is (level is Level.FRAMING)
    assert not own.slow(asked, b"HTTP/1.1 200 OK\r\n", Ending.CLOSED)
    assert not own.slow(asked, b"", Ending.SILENT)
    assert not own.slow(asked, b"no HTTP\r\n\r\n", Ending.ANSWERED)


def test_a_fault_that_is_asked_for_is_the_only_answer() -> None:
    own = CallValidator(binding(), Level.FULL, TARGET)
    (asked,) = requests(
        binding(), STATUS, given({"conferenceID": "none"}), answers=(Answer(error="no-such-conference"),)
    )
    assert judged(own, asked, fault(MODEL, "no-such-conference")), own.violations
    assert own.known(asked)(response(fault(MODEL, "no-such-conference")))
    assert not judged(own, asked, success(MODEL, STATUS, {"conferenceID": "none"}))
    assert not judged(own, asked, fault(MODEL, "no-such-participant"))


def test_no_reply_is_longer_than_it_may_be() -> None:
    own = CallValidator(binding(), Level.FULL, TARGET)
    (asked,) = requests(binding(), "device.query", [])
    assert judged(own, asked, info("device.query"))
    long = info("device.query").replace(b"<value>", b"<value>" + b" " * 4000)
    assert not judged(own, asked, long)
    assert "TPS-SIZ-004" in own.by_clause


def test_violations_show_no_password() -> None:
    own = CallValidator(binding(), Level.FULL, TARGET)
    (asked,) = requests(binding(), "device.query", [])
    assert not judged(own, asked, fault(MODEL, "operation-failed"))
    assert "Zx-9" in body_of(asked.data).decode()
    assert "Zx-9" not in own.violations[0].sent


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["monitor", "conferences", "lists"])
def test_every_scenario_runs_against_the_reference_server_without_a_violation(tmp_path: Path, scenario: str) -> None:
    arguments = ("--scenario", scenario, "--connections", "4", "--duration", "1s", "--out", str(tmp_path / "out"))
    assert clausewise("bench", "tps", *arguments) == 0
    figures: dict[str, Any] = json.loads((tmp_path / "out" / "bench.json").read_text())
    assert figures["measured"]["replies"] > 50
    assert figures["validation"]["violations"] == 0
    assert figures["validation"]["parsed_in_full"] < figures["validation"]["replies"] / 4
