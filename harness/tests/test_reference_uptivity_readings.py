"""The Uptivity reference server under the readings of its spec."""

from __future__ import annotations

import asyncio
import ssl
import tomllib
from pathlib import Path

import pytest

from harness.checks.documents import event_checks, result_checks
from harness.ending import Ending
from harness.messages.documentreply import Result
from harness.reference.server import ServeOptions, serve
from harness.reference.uptivity.choices import NAMES
from harness.reference.uptivity.device import INERT
from harness.tests.uptivity_scene import MODEL, Scene, code, deep, documents
from harness.wire.documents import DocumentDecoder

SHAPING = [
    (name, reading)
    for name, one in MODEL.ambiguities.items()
    for reading in list(one.readings)[1:]
    if name not in INERT and (name, reading) != ("UPT-AMB-103", "outside")  # its count is of what stands beside it
]


def conversation(scene: Scene) -> list[tuple[str, bytes]]:
    """What is sent in a dialogue that calls most functions."""
    seen = []
    for function, values in (
        ("EVENTS", {"EVENTCLASS": "ALL"}),
        ("DEVICELIST", {}), ("CHANNELS", {}), ("STATIONS", {}), ("FETCHTERMINOLOGY", {}), ("SYSTEMSTATUS", {}),
        ("CALLSTART", {"DEVICEID": "1111", "USER1": "a", "CALLDIRECTION": "I"}),
        ("DEVICESTATUS", {"DEVICEID": "1111"}), ("DEVICERECORDINGSTATUS", {"DEVICEID": "1111"}),
        ("BLACKOUTSTART", {"DEVICEID": "1111"}), ("BLACKOUTSTOP", {"DEVICEID": "1111"}),
        ("RECORDSTART", {"DEVICEID": "1111"}), ("CALLSTOP", {"DEVICEID": "1111"}), ("CALLSTOP", {}),
        ("CALLLIST", {}), ("IMPORTUSER", {"ACTION": "LIST"}), ("AGENTWINDOW", {"USERNAME": "jsmith1"}),
        ("MODIFYROLE", {"ACTION": "ADD", "ROLENAME": "New"}), ("NOTHING", {}), ("MODECHANGE", {}),
        ("MODIFYGROUPPERMISSION", {"ACTION": "ADD", "GROUPNAME": "Support", "AGENTID": "1"}),
    ):  # fmt: skip
        seen.append((function, scene.raw(function, **values)))
    return seen


def failures(seen: list[tuple[str, bytes]], known: set[bytes]) -> list[str]:
    """The checks that fail, of what is not known to be right."""
    syntax, failed = MODEL.documents, []
    assert syntax is not None
    for function, sent in seen:
        decoder = DocumentDecoder()
        decoder.feed(b"" if sent in known else sent + b"\r\n")
        while (one := decoder.next_message()) is not None:
            result = Result(syntax=syntax, function=function, ending=Ending.ANSWERED, raw=one)
            checks = event_checks(MODEL, result) if result.is_event else result_checks(MODEL, result)
            failed += [check.id for check in checks if not check.passed and not check.id.endswith(".usual")]
    return failed


USUAL = {sent for _, sent in conversation(Scene())}


def test_the_first_readings_conform() -> None:
    assert failures(conversation(Scene()), set()) == []


@pytest.mark.parametrize(("ambiguity", "reading"), SHAPING)
@pytest.mark.slow
def test_every_reading_conforms(ambiguity: str, reading: str) -> None:
    assert failures(conversation(Scene(readings={ambiguity: reading})), USUAL) == []


def test_every_ambiguity_is_asked_for_or_inert() -> None:
    scene = Scene()
    for function in MODEL.operations:
        scene.call(function)
        scene.call(function, **dict.fromkeys(MODEL.operations[function].parameters, "1"))
    conversation(scene)
    asked = scene.device.choices.asked | {one.ambiguity for o in MODEL.operations.values() for one in o.needs}
    asked |= {one.unknown_ambiguity for o in MODEL.operations.values() for one in o.parameters.values()}
    assert set(MODEL.ambiguities) - asked - set(INERT) == set()
    assert set(NAMES.values()) - set(MODEL.ambiguities) == set()


@pytest.mark.parametrize(
    ("readings", "function", "values", "wanted"),
    [
        ({"UPT-AMB-060": "accepted"}, "CALLSTART", {"DEVICEID": "nobody"}, "20"),
        ({"UPT-AMB-013": "seventeen"}, "CALLSTART", {}, "17"),
        ({"UPT-AMB-205": "blank-required-value"}, "CALLSTART", {}, "26"),
        ({"UPT-AMB-007": "blank-required-value"}, "ADDGROUP", {}, "26"),
        ({"UPT-AMB-080": "table"}, "CALLUPDATE", {"RECORDID": "1"}, "40"),
        ({"UPT-AMB-074": "accepted"}, "CALLUPDATE", {"DEVICEID": "1111"}, "20"),
        ({"UPT-AMB-066": "refused"}, "CALLSTOP", {"DEVICEID": "1111"}, "7"),
        ({"UPT-AMB-133": "refused"}, "BLACKOUTSTOP", {"DEVICEID": "1111"}, "38"),
        ({"UPT-AMB-004": "refused"}, "TEST", {"OTHER": "1"}, "16"),
        ({"UPT-AMB-005": "ignored"}, "CALLSTART", {"DEVICEID": "1111", "PRIORITY": "x"}, "20"),
        ({"UPT-AMB-032": "invalid-request-type"}, "NOTHING", {}, "15"),
        ({"UPT-AMB-050": "unknown-message-type"}, "MODECHANGE", {}, "10"),
        ({"UPT-AMB-119": "refused"}, "DEVICESTATUS", {"DEVICEID": "8001"}, "7"),
        ({"UPT-AMB-177": "role-already-exists"}, "MODIFYROLE", {"ACTION": "ADD", "ROLENAME": "Auditor"}, "50"),
    ],
)  # fmt: skip
def test_readings_of_errors(readings: dict[str, str], function: str, values: dict[str, str], wanted: str) -> None:
    assert code(Scene(readings=readings).call(function, **values)) == wanted


def test_readings_of_shape() -> None:
    assert Scene(readings={"UPT-AMB-003": "label"}).call("CALLSTOP").get("RESULTTYPE") == "API_INVALID_MESSAGE_FORMAT"
    assert Scene(readings={"UPT-AMB-100": "inside"}).call("CHANNELS").get("COUNT") is None
    assert Scene(readings={"UPT-AMB-095": "outside"}).call("DEVICESTATUS", DEVICEID="1111").all("DEVICE")
    assert Scene(readings={"UPT-AMB-105": "example"}).call("SYSTEMSTATUS").get("RECORDINGSPEACEINFO")
    assert Scene(readings={"UPT-AMB-037": "absent"}).call("CALLLIST").get("RESULTCODE") is None
    assert Scene(readings={"UPT-AMB-001": "lf"}).raw("TEST")[-2:] == b">\n"
    assert b"Sales & M" in Scene(readings={"UPT-AMB-002": "bare"}).raw("ADDGROUP", GROUPNAME="Sales & Marketing")


def test_events_before_the_result() -> None:
    scene = Scene(readings={"UPT-AMB-044": "before", "UPT-AMB-051": "blank"})
    scene.call("EVENTS", EVENTCLASS="ALL")
    assert [one.name for one in documents(scene.raw("CALLSTART", DEVICEID="1111"))][-1] == "RESULT"
    assert b"> RECORDINGPAUSED<" in scene.raw("BLACKOUTSTART", DEVICEID="1111")


def test_the_second_call_behind_the_device() -> None:
    scene = Scene(readings={"UPT-AMB-099": "outside"})
    for instance in "12":
        scene.call("CALLSTART", DEVICEID="1111", CALLINSTANCE=instance)
    result = scene.call("DEVICERECORDINGSTATUS", DEVICEID="1111")
    assert (len(deep(result, "DEVICE", "RECORDING")), len(result.all("RECORDING"))) == (1, 1)


def test_one_system_on_three_interfaces(tmp_path: Path) -> None:
    path = tmp_path / "target.toml"

    async def run() -> tuple[bytes, bytes, bytes]:
        ready: asyncio.Future[dict[str, object]] = asyncio.get_running_loop().create_future()
        options = ServeOptions(
            system="uptivity", ports={"api": 0, "web": 0, "websecure": 0}, write_target=path, clock_scale=60
        )
        server = asyncio.create_task(serve(options, ready.set_result))
        ports = (await ready)["ports"]
        assert isinstance(ports, dict)
        assert set(ports) == {"api", "web", "websecure"}
        reader, writer = await asyncio.open_connection("127.0.0.1", ports["api"])
        writer.write(b"<REQUEST><TYPE>EVENTS</TYPE><REQUESTID>1</REQUESTID><EVENTCLASS>ALL</EVENTCLASS></REQUEST>\r\n")
        await reader.readuntil(b"</RESULT>\r\n")
        asking, asked = await asyncio.open_connection("127.0.0.1", ports["web"])
        asked.write(
            b"GET /webAPI.php?type=callstart&requestid=1&deviceid=1111&maxrecordtime=3 HTTP/1.1\r\nHost: x\r\n\r\n"
        )
        answer = await asking.readuntil(b"</RESULT>")
        told = await asyncio.wait_for(reader.readuntil(b"RECORDINGUPDATE"), 5)
        trusted = ssl.create_default_context(cafile=tmp_path / "target.ca.pem")
        secure, secured = await asyncio.open_connection("127.0.0.1", ports["websecure"], ssl=trusted)
        secured.write(b"GET /webAPI.php?type=test&requestid=2 HTTP/1.1\r\nHost: x\r\n\r\n")
        tested = await secure.readuntil(b"</RESULT>")
        for one in (writer, asked, secured):
            one.close()
        server.cancel()
        await asyncio.gather(server, return_exceptions=True)
        return answer, told, tested

    answer, told, tested = asyncio.run(run())
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"<EVENTTYPE>CALLSTART</EVENTTYPE>" in told
    assert tested.startswith(b"HTTP/1.1 200")
    assert b"<REQUESTID>2<" in tested
    target = tomllib.loads(path.read_text())["target"]
    assert set(target["fixtures"]) == set(MODEL.fixtures)
