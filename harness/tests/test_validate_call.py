"""Offline validation of calls with structs: kind and method inferred, clauses with their places, readings, heads of HTTP, files, exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.mutation.call_speech import fault, members, success
from harness.spec.load import load_system
from harness.tests.commands import clausewise
from harness.validate import Validation, Validator
from harness.wire.xmlrpc_write import encode_call, encode_response
from harness.wire.xmlrpc_writing import Members, Writing

SYSTEM = load_system("tps")
VALIDATOR = Validator(SYSTEM)
LINES = Writing(line_end="\n", indent=" ")
HEAD = {"authenticationUser": "admin", "authenticationPassword": ""}
METHODS = [name for name, one in SYSTEM.operations.items() if one.call is not None]
QUERY = {"conferenceID": "6f030fa0"}
CREATE: dict[str, Any] = {
    "participantMediaResources": members(SYSTEM, SYSTEM.structs["participantMediaResources"].members, {}),
    "conferenceName": "board",
}


def found(data: bytes | str, **options: str) -> Validation:
    return VALIDATOR.message(data if isinstance(data, bytes) else data.encode(), "file", **options)


def clauses(told: Validation) -> list[str]:
    return [one.clause for one in told.broken]


def call(method: str, tree: dict[str, Any], head: dict[str, str] = HEAD) -> bytes:
    return encode_call(method, {**head, **tree}, writing=LINES)


def file(form: str, **changed: str) -> str:
    """A system.xml of a form, an element a line from the third on."""
    known = SYSTEM.files["system.xml"].forms[form]
    values = {name: one.value or "" for name, one in known.elements.items()}
    values |= {
        "platform": known.platforms[0],
        "model": "Telepresence Server 8710",
        "uptimeSeconds": "12",
        "macAddress": "00:0D:7C:10:A1:DE",
    }
    values |= {
        "ipAddress": "192.0.2.1",
        "gatekeeperUsage": "No",
        "sipRegistrarUsage": "No",
        "sipTrunkUsage": "No",
        "isMaster": "Yes",
    }
    values |= {"clusterType": "unclustered", "serial": "A", "gatekeeperIds": "", **changed}
    inner = "".join(f"<{name}>{value}</{name}>\n" for name, value in values.items() if name in known.elements)
    return f"<?xml version='1.0'?>\n<system>\n{inner}</system>\n"


@pytest.mark.parametrize(
    ("data", "operation", "kind"),
    [
        (call("flex.conference.query", QUERY), "flex.conference.query", "call"),
        (b"\n<!-- a -->" + encode_call("device.query", HEAD)[38:], "device.query", "call"),
        (success(SYSTEM, "device.query"), "device.query", "response"),
        (success(SYSTEM, "flex.conference.destroy"), "", "response"),
        (fault(SYSTEM, "no-such-conference"), "", "fault"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s"
            % (len(one := fault(SYSTEM, "out-of-range")), one),
            "",
            "fault",
        ),
        (
            b"POST /RPC2 HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s"
            % (len(two := call("device.query", {})), two),
            "device.query",
            "call",
        ),
        (file("mse-8710-7010"), "", "system.xml"),
    ],
)
def test_kind_and_method_are_told_by_the_message(data: bytes | str, operation: str, kind: str) -> None:
    told = found(data)
    assert (told.operation, told.kind, told.broken) == (operation, kind, ())
    assert told.conforming


@pytest.mark.parametrize("method", METHODS)
def test_the_shortest_success_of_every_method_conforms(method: str) -> None:
    told = found(success(SYSTEM, method), operation=method)
    assert told.broken == ()
    assert told.conforming


@pytest.mark.parametrize("method", [name for name in METHODS if SYSTEM.operations[name].call.returns])  # type: ignore[union-attr]
def test_a_reply_that_answers_one_method_alone_is_told_to_be_of_that(method: str) -> None:
    assert found(success(SYSTEM, method)).operation in (method, "")


@pytest.mark.parametrize(
    ("method", "tree", "clause", "line"),
    [
        (
            "flex.conference.create",
            {"conferenceName": "a"},
            "TPS-flex.conference.create.participantMediaResources:required",
            6,
        ),
        (
            "flex.conference.create",
            {**CREATE, "conferenceName": "a" * 81},
            "TPS-flex.conference.create.conferenceName:length",
            0,
        ),
        ("flex.conference.create", {**CREATE, "startTime": "1"}, "TPS-flex.conference.create.startTime:type", 0),
        (
            "flex.conference.create",
            {**CREATE, "guestControlLevel": "all"},
            "TPS-flex.conference.create.guestControlLevel:choice",
            0,
        ),
        ("flex.conference.create", {**CREATE, "metadata": b"a" * 513}, "TPS-flex.conference.create.metadata:bytes", 0),
        (
            "flex.conference.create",
            {**CREATE, "URIs": [{"URI": "a"}]},
            "TPS-struct.conferenceURI.callBandwidth:required",
            0,
        ),
        (
            "flex.conference.create",
            {**CREATE, "maxParticipants": 5, "maxParticipantsUnlimited": True},
            "TPS-flex.conference.create.maxParticipants:both",
            0,
        ),
        ("device.network.modify", {"portA": {"ipv4Enabled": True}}, "", 0),
    ],
)
def test_what_is_wrong_with_a_call_is_told_with_its_place(
    method: str, tree: dict[str, Any], clause: str, line: int
) -> None:
    told = found(call(method, tree))
    if not clause:  # a reading takes it, or the clause of what members need together is broken
        assert told.broken or told.readings
        return
    assert clauses(told) == [clause]
    assert not told.conforming
    assert told.broken[0].line == line or not line
    assert told.broken[0].line > 5


def test_the_line_is_that_of_the_member() -> None:
    told = found(call("flex.conference.query", {"conferenceID": 5}))
    lines = call("flex.conference.query", {"conferenceID": 5}).decode().splitlines()
    assert [(one.clause, "<int>5" in lines[one.line - 1]) for one in told.broken] == [
        ("TPS-flex.conference.query.conferenceID:type", True)
    ]


def test_a_call_without_user_is_refused_by_every_reading() -> None:
    told = found(encode_call("device.query", {"authenticationPassword": ""}))
    assert clauses(told) == ["TPS-AUT-001"]
    assert "authenticationUser" in told.broken[0].message


def test_an_unknown_method_is_told_with_the_nearest_one() -> None:
    told = found(call("flex.conference.quary", QUERY))
    assert clauses(told) == ["TPS-FLT-002"]
    assert "'flex.conference.query'" in told.broken[0].message
    assert clauses(found(call("device.query", {}), operation="system.info")) == ["TPS-FLT-002"]


def test_both_halves_with_the_boolean_false_are_no_breach() -> None:
    tree = {**CREATE, "maxParticipants": 5, "maxParticipantsUnlimited": False}
    assert found(call("flex.conference.create", tree)).conforming


@pytest.mark.parametrize(
    ("change", "clause"),
    [
        ({"apiVersion": None}, "TPS-device.query.returned.apiVersion"),
        ({"apiVersion": 4}, "TPS-device.query.returned.apiVersion:type"),
        ({"restartTime": "now"}, "TPS-device.query.returned.restartTime:type"),
    ],
)
def test_what_is_wrong_with_a_response_is_told(change: dict[str, Any], clause: str) -> None:
    call = SYSTEM.operations["device.query"].call
    assert call is not None
    tree = {**members(SYSTEM, call.returns, {}), **change}
    raw = encode_response({name: value for name, value in tree.items() if value is not None}, writing=LINES)
    told = found(raw)
    assert clauses(told)[:1] == [clause]
    assert (told.operation, told.conforming) == ("device.query", False)


def test_what_depends_on_the_call_is_not_judged() -> None:
    """conferenceReference repeats what the call said, participantIDs is there only if the call asked for it."""
    raw = encode_response({"conferenceID": "a", "conferenceReference": "mine"})
    assert found(raw, operation="flex.conference.create").conforming


@pytest.mark.parametrize(
    ("raw", "clause"),
    [
        (b"<methodResponse><params><param><value><struct><member><name>status", "TPS-ENC-005"),
        (encode_response({"status": "done"}), "TPS-ENC-007"),
        (encode_response({"nobody": "knows"}), "TPS-ENC-003"),
        (
            encode_response(Members((("status", "operation successful"), ("status", "operation successful")))),
            "TPS-ENC-006",
        ),
        (fault(SYSTEM, "out-of-range").replace(b">33<", b">77<"), "TPS-FLT-013"),
        (fault(SYSTEM, "out-of-range").replace(b"<int>33</int>", b"<string>33</string>"), "TPS-FLT-001"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 9\r\n\r\n<nothing>", "TPS-ENC-002"),
    ],
)
def test_broken_replies(raw: bytes, clause: str) -> None:
    told = found(raw, kind="fault" if b"<fault>" in raw else "response")
    assert clause in clauses(told)
    assert not told.conforming
    assert all(1 <= one.line and 1 <= one.column for one in told.broken)


def test_a_kind_that_is_named_is_judged_as_such() -> None:
    assert not found(fault(SYSTEM, "out-of-range"), kind="response").conforming
    assert not found(success(SYSTEM, "device.query"), kind="fault").conforming


def test_a_notification_is_judged_by_the_calls_that_the_device_makes() -> None:
    takes = SYSTEM.callbacks["participantDiagnosticsResponse"].takes
    tree = members(SYSTEM, takes, {})
    good = found(encode_call("participantDiagnosticsResponse", tree))
    assert (good.kind, good.operation, good.broken) == ("notification", "participantDiagnosticsResponse", ())
    name = next(iter(tree))
    bad = found(encode_call("participantDiagnosticsResponse", {**tree, name: [1]}))
    assert clauses(bad) == [f"TPS-callback.participantDiagnosticsResponse.{name}:type"]
    assert not bad.conforming


def test_a_file_is_judged_by_the_form_for_its_platform() -> None:
    told = found(file("mse-8710-7010", manufacturer="Somebody"))
    assert clauses(told) == ["TPS-file.system.xml.mse-8710-7010.manufacturer"]
    assert told.broken[0].line == 3
    gone = file("mse-8710-7010").replace("<uptimeSeconds>12</uptimeSeconds>\n", "")
    assert clauses(found(gone)) == ["TPS-file.system.xml.mse-8710-7010.uptimeSeconds"]
    assert not found("<system><a></system>").conforming


def test_an_older_version_has_fewer_members() -> None:
    call = SYSTEM.operations["device.query"].call
    assert call is not None
    newer = [
        name
        for name, one in call.returns.items()
        if one.since and one.present is None and not one.optional and not one.absent
    ]
    query = SYSTEM.operations["flex.conference.query"].call
    assert query is not None
    late = {name for name, one in query.returns.items() if one.since == "4.3"}
    raw = encode_response(
        {name: value for name, value in members(SYSTEM, query.returns, {}).items() if name not in late}
    )
    old = Validator(SYSTEM, "4.1").message(raw, "file", operation="flex.conference.query")
    assert late or newer
    assert not {one.clause.rpartition(".")[2] for one in old.broken} & late


def test_the_command_tells_versions_that_there_are_none_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "reply.xml"
    path.write_bytes(success(SYSTEM, "device.query"))
    assert clausewise("validate", "tps", "--json", str(path)) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["operation"], told["kind"], told["conforming"]) == ("device.query", "response", True)
    path.write_bytes(fault(SYSTEM, "out-of-range").replace(b">33<", b">77<"))
    assert clausewise("validate", "tps", str(path)) == 1
    assert clausewise("validate", "tps", "--api-version", "4.9", str(path)) == 2
    assert clausewise("validate", "uptivity", "--api-version", "4.1", str(path)) == 2
