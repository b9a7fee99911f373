"""The TelePresence Server reference server: what its methods do, apart from conferences, participants and calls."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from harness.checks.calls import reply_checks
from harness.ending import Ending
from harness.messages.callreply import CallReply
from harness.reference.tps.beginning import ADDABLE_KEYS, API_PASSWORD, API_USER, ENCRYPTION_KEY
from harness.tests.tps_scene import MODEL, PASSWORD, SYNTAX, USER, Scene
from harness.wire.xmlrpc_write import encode_call

URI = "http://192.0.2.7:8080/RPC2"
RECEIVER = {
    "receiverURI": URI,
    "receiverIndex": 4,
    "sourceIdentifier": "lab",
    "subscribedEvents": ["restart", "flexAlive"],
}
READS = [
    name for name, one in MODEL.operations.items() if one.call is not None and not one.call.takes and one.call.returns
]


@pytest.fixture
def scene() -> Scene:
    """A device of version 4.3."""
    return Scene()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("method", READS)
def test_what_is_told_without_being_asked_more_is_as_documented(method: str, seed: int) -> None:
    scene = Scene(seed=seed)
    body = scene.raw(encode_call(method, scene.login))
    reply = CallReply(syntax=SYNTAX, method=method, ending=Ending.ANSWERED, body=body)
    if reply.code == "1":
        pytest.skip("the device does not have it")
    failed = [check.id for check in reply_checks(MODEL, reply) if not check.passed]
    assert [name for name in failed if not name.startswith(("reply.status", "reply.media"))] == []  # no HTTP here
    assert reply.ok


def test_settings_come_back_and_the_rest_stays(scene: Scene) -> None:
    for modify, query, first, second in (
        ("callHome.configure", "callHome.query", {"mode": "anonymous", "automatic": True}, {"automatic": False}),
        ("logs.syslog.modify", "logs.syslog.query", {"servers": [{"address": "192.0.2.9"}]}, {"facilityValue": 17}),
        ("services.modify", "services.query", {"ephemeralPortRangeMin": 20_000}, {"ephemeralPortRangeMax": 40_000}),
        ("sip.modify", "sip.query", {"username": "conf", "password": "Ünder & <over>"}, {"outboundTransport": "tls"}),
        ("device.time.modify", "device.time.query", {"utcOffsetHours": -3, "utcOffsetMinutes": 30}, {"ntpHost": "ntp.example"}),
    ):  # fmt: skip
        before: dict[str, Any] = scene.call(query)
        assert scene.call(modify, first) == {SYNTAX.status: SYNTAX.success}
        scene.call(modify, second)
        after = scene.call(query)
        changed = {name for name in after if after[name] != before[name]}
        assert changed == {*first, *second} - {name for name in second if second[name] == before[name]}, modify
        assert all(after[name] == value for name, value in {**first, **second}.items() if name != "servers")
    assert scene.call("logs.syslog.query")["servers"] == [{"address": "192.0.2.9", "packetsSent": 0}]


def test_network_settings(scene: Scene) -> None:
    scene.call("device.network.modify", portA={"ipv6Enabled": False}, dns=[{"domainName": "example.org"}])
    told = scene.call("device.network.query")
    assert told["portA"]["ipv6Enabled"] is False
    assert told["portA"]["ipv4Address"] == "198.51.100.14"
    assert (told["dns"][0]["domainName"], told["dns"][0]["hostName"]) == ("example.org", "tps-1")
    assert scene.code("device.network.modify", portA={"ipv4Enabled": True}) == 101
    assert scene.code("device.network.modify", portA={"ipv4Enabled": False}) == 49
    assert (
        scene.code("device.network.modify", portA={"ipv4Enabled": True, "dhcpv4": False, "ipv4Address": "192.0.2.1"})
        == 101
    )
    assert scene.code("device.network.modify", portA={"ipv4Address": "192.0.2.256"}) == 60


def test_the_clock_goes_on_from_where_it_is_set(scene: Scene) -> None:
    scene.call("device.time.modify", currentTime=datetime(2030, 1, 2, 3, 4, 5))  # noqa: DTZ001
    scene.wait(60)
    assert scene.call("device.time.query")["currentTime"] == datetime(2030, 1, 2, 3, 5, 5)  # noqa: DTZ001
    scene.call("device.time.modify", ntpEnabled=True, ntpHost="ntp.example")
    assert scene.code("device.time.modify", currentTime=datetime(2031, 1, 1)) == 102  # noqa: DTZ001
    assert scene.code("device.time.modify", ntpEnabled=True) == 101
    told = scene.call("device.query")
    assert (told["currentTime"] - told["restartTime"]).total_seconds() == told["uptime"]


def test_services_that_conflict_are_refused_and_nothing_changes(scene: Scene) -> None:
    before = scene.call("services.query")

    def change(**service: Any) -> int:
        port = {"ethernetPort": "A", "protocolVersion": "IPv4", "services": [{"connectionType": "tcp", **service}]}
        return scene.code("services.modify", ports=[port])

    assert change(serviceName="SIP", portNumber=80) == 42
    assert change(serviceName="HTTP", setting=False) == 49
    assert change(serviceName="Gopher", setting=False) == 102
    assert scene.code("services.modify", ephemeralPortRangeMin=60_000, ephemeralPortRangeMax=64_000) == 102
    assert scene.call("services.query") == before
    assert change(serviceName="SIP", portNumber=5070) == 0
    assert scene.call("services.query") != before


def test_what_needs_the_encryption_key_fails_without_it(scene: Scene) -> None:
    scene.call("device.feature.remove", key=ENCRYPTION_KEY)
    assert scene.code("device.feature.remove", key=ENCRYPTION_KEY) == 66
    assert scene.code("callHome.configure", mode="anonymous") == 202
    assert scene.code("sip.modify", outboundTransport="tls") == 202
    assert "negotiateSRTPUsingSDES" not in scene.call("sip.query")
    scene.call("device.feature.add", key=ENCRYPTION_KEY)
    assert scene.code("callHome.configure", mode="anonymous") == 0


def test_feature_keys(scene: Scene) -> None:
    for place, key in enumerate(ADDABLE_KEYS):
        scene.call("device.feature.add", key=key)
        told = scene.call("device.query")[("activatedFeatures", "activatedLicenses")[place]]
        assert key in [one["key"] for one in told]
    assert [scene.code("device.feature.add", key=f"wrong-{place}") for place in range(7)] == [66] * 5 + [204] * 2
    assert scene.code("device.feature.add", key=ADDABLE_KEYS[0]) == 204
    scene.wait(5.1)
    assert scene.code("device.feature.add", key=ADDABLE_KEYS[0]) == 0


def test_restarts(scene: Scene) -> None:
    before = scene.call("device.restartlog.query")["log"]
    scene.wait(500)
    scene.call("device.restart")
    scene.wait(3)
    assert scene.call("device.query")["uptime"] == 3
    log = scene.call("device.restartlog.query")["log"]
    assert (log[0]["reason"], log[1:]) == ("User requested reboot from API", before)
    scene.call("device.restart", shutdownOnly=True)
    assert scene.call("device.query")["shutdownStatus"] == "shutdown"


def test_users_come_and_go(scene: Scene) -> None:
    scene.call("user.create", newUserId="é" * 64, password="p" * 31, accessRights="apiOnly", name="n" * 31)
    listed = {one["currentUserid"]: one for one in scene.call("user.enumerate")["users"]}
    assert listed["é" * 64] == {
        "currentUserid": "é" * 64,
        "name": "n" * 31,
        "immortal": False,
        "accessRights": "apiOnly",
    }
    assert scene.code("user.create", newUserId="é" * 64, password="p", accessRights="none") == 205
    scene.login = {USER: "é" * 64, PASSWORD: "p" * 31}
    assert scene.code("device.query") == 0
    assert scene.code("user.enumerate") == 15


def test_users_are_changed_under_their_new_names(scene: Scene) -> None:
    scene.call("user.modify", currentUserId=API_USER, newUserId="renamed", accessRights="none")
    assert scene.code("user.modify", currentUserId=API_USER, name="x") == 64
    names = [one["currentUserid"] for one in scene.call("user.enumerate")["users"]]
    assert "renamed" in names
    assert API_USER not in names
    assert scene.code("user.modify", currentUserId="renamed", newUserId="admin") == 205
    assert scene.code("user.modify", currentUserId="admin", accessRights="none") == 63
    assert scene.code("user.destroy", currentUserId="admin") == 63
    assert scene.code("device.query", {USER: "renamed", PASSWORD: API_PASSWORD}) == 15
    scene.call("user.modify", currentUserId="admin", password="new")
    assert scene.code("device.query") == 14
    scene.login[PASSWORD] = "new"
    scene.call("user.destroy", currentUserId="renamed")
    assert scene.code("user.destroy", currentUserId="renamed") == 64


def test_two_hundred_users_are_listed_page_by_page(scene: Scene) -> None:
    for number in range(197):
        scene.call("user.create", newUserId=f"user-{number:03}-" + "u" * 50, password="p", accessRights="none")
    assert scene.code("user.create", newUserId="one more", password="p", accessRights="none") == 201
    seen: list[str] = []
    more: dict[str, Any] = {}
    pages = 0
    while True:
        page = scene.call("user.enumerate", more, max=150)
        pages += 1
        seen += [one["currentUserid"] for one in page["users"]]
        assert page["moreAvailable"] == ("enumerateID" in page)
        if not page["moreAvailable"]:
            break
        more = {"enumerateID": page["enumerateID"]}
    assert len(seen) == len(set(seen)) == 200
    assert pages == 3  # 32 KB, not max
    assert scene.code("user.enumerate", enumerateID="u1-2-3") == 102


def test_api_only_users_see_no_administrator() -> None:
    scene = Scene(readings={"TPS-AMB-274": "api-only"})
    scene.login = {USER: API_USER, PASSWORD: API_PASSWORD}
    assert {one["accessRights"] for one in scene.call("user.enumerate")["users"]} == {"apiOnly", "none"}
    assert scene.code("user.modify", currentUserId="admin", name="x") == 15
    assert scene.code("user.create", newUserId="boss", password="", accessRights="administrator") == 15
    assert scene.code("user.create", newUserId="peer", password="", accessRights="apiOnly") == 0


def test_receivers(scene: Scene) -> None:
    assert scene.call("feedbackReceiver.configure", RECEIVER) == {"receiverIndex": 4}
    assert scene.call("feedbackReceiver.configure", receiverURI=URI) == {"receiverIndex": 1}
    assert scene.call("feedbackReceiver.configure", receiverURI=URI, receiverIndex=-9) == {"receiverIndex": 2}
    scene.call("feedbackReceiver.reconfigure", receiverIndex=4, receiverURI="https://192.0.2.8/x")
    told = scene.call("feedbackReceiver.status", receiverIndex=4)
    assert told == {**RECEIVER, "receiverURI": "https://192.0.2.8/x"}
    assert len(scene.call("feedbackReceiver.status", receiverIndex=1)["subscribedEvents"]) == 15
    assert [one["index"] for one in scene.call("feedbackReceiver.query")["receivers"]] == [1, 2, 4]
    scene.call("feedbackReceiver.remove", receiverIndex=2)
    assert scene.code("feedbackReceiver.status", receiverIndex=2) == 102
    assert scene.code("feedbackReceiver.configure", receiverURI=URI, receiverIndex=0) == 102
    assert scene.code("feedbackReceiver.configure", receiverURI="nonsense") == 102


def test_all_slots_taken(scene: Scene) -> None:
    slots = [
        scene.call("feedbackReceiver.configure", receiverURI=URI, receiverIndex=-1)["receiverIndex"] for _ in range(20)
    ]
    assert sorted(slots) == list(range(1, 21))
    assert scene.code("feedbackReceiver.configure", receiverURI=URI, receiverIndex=-1) == 201


def test_records_are_paged(scene: Scene) -> None:
    world = scene.device.world
    world.records.clear()
    start = world.next_index
    for number in range(50):
        world.record("participantJoined" if number % 2 else "conferenceStarted", participantId=f"p{number}")
    seen: list[int] = []
    index = -5
    while True:
        page = scene.call("cdrlog.enumerate", index=index, numEvents=20)
        assert len(page["events"]) <= 20
        seen += [one["index"] for one in page["events"]]
        index = page["nextIndex"]
        if not page["eventsRemaining"]:
            break
    assert seen == list(range(start, start + 50))
    assert scene.call("cdrlog.enumerate", index=index)["startIndex"] == index
    assert scene.call("cdrlog.enumerate", index=index + 1)["startIndex"] == start
    page = scene.call("cdrlog.enumerate", filter=["participantJoined"])
    assert ({one["type"] for one in page["events"]}, len(page["events"])) == ({"participantJoined"}, 20)
    assert page["eventsRemaining"]
    page = scene.call("cdrlog.enumerate", filter=["participantJoined"], index=page["nextIndex"])
    assert (len(page["events"]), page["eventsRemaining"]) == (5, False)
    assert scene.call("cdrlog.query") == {"firstIndex": start, "numEvents": 50}


def test_older_versions_lack_what_came_later() -> None:
    scene = Scene(version="4.0")
    assert scene.call("device.query")["apiVersion"] == "4.0"
    assert scene.code("user.enumerate") == 1
    assert scene.code("feedbackReceiver.configure", receiverURI=URI) == 0
    assert "licenseMode" in scene.call("system.info")
    assert "key" in scene.call("device.query")["activatedFeatures"][0]
    old = Scene(version="3.0")
    assert "activatedLicenses" not in old.call("device.query")
    assert "clusterType" not in old.call("system.info")
    assert (
        old.code("feedbackReceiver.configure", receiverURI=URI, subscribedEvents=["flexParticipantAdvancedEnum"]) == 102
    )


@pytest.mark.parametrize("seed", range(3))
def test_system_xml_has_the_elements_of_its_platform(seed: int) -> None:
    scene = Scene(seed=seed)
    platform = scene.call("system.info")["platform"]
    form = next(one for one in MODEL.files["system.xml"].forms.values() if platform in one.platforms)
    text = scene.device.file.document()
    present = {name for name in form.elements if f"<{name}>" in text or f"<{name}/>" in text}
    assert present == set(form.elements)
    assert f"<platform>{platform}<" in text
    assert text.count("</") + text.count("/>") == len(present) + 1
