"""The TelePresence Server reference server under the readings of its spec."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
import pytest

from harness.checks.calls import reply_checks
from harness.ending import Ending
from harness.messages.callreply import CallReply
from harness.reference.tps.asking import UnansweredError
from harness.reference.tps.beginning import ADDABLE_KEYS, API_PASSWORD, API_USER, ENCRYPTION_KEY
from harness.reference.tps.choices import NAMES
from harness.reference.tps.choices_meetings import NAMES as MEETING_NAMES
from harness.reference.tps.device import INERT
from harness.tests.tps_scene import MODEL, PASSWORD, SYNTAX, USER, Scene
from harness.wire.xmlrpc import read
from harness.wire.xmlrpc_write import encode_call, typed

URI = "http://192.0.2.7/x"
READINGS = [
    (name, reading)
    for name, one in MODEL.ambiguities.items()
    for reading in list(one.readings)[1:]
    if name not in INERT
]
SERVER = {"ethernetPort": "A", "protocolVersion": "IPv4", "services": [{"serviceName": "SIP", "connectionType": "tcp"}]}
UNKNOWN = [{"serviceName": "x", "connectionType": "tcp"}]
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("device.query", {}), ("system.info", {}), ("device.health.query", {}), ("device.restartlog.query", {}),
    ("device.network.modify", {"portA": {"ipv4Enabled": True, "dhcpv4": False, "ipv4Address": "192.0.2.1", "ipv4SubnetMask": "255.0.0.0"}}),
    ("device.network.query", {}), ("device.time.modify", {"utcOffsetHours": 5, "utcOffsetMinutes": 30}),
    ("device.time.query", {}), ("callHome.configure", {"automatic": True}), ("callHome.query", {}),
    ("services.modify", {"ports": [SERVER]}), ("services.query", {}),
    ("sip.modify", {"callConfiguration": "useTrunk", "outboundAddress": "vcs.example", "password": "p"}), ("sip.query", {}),
    ("logs.syslog.modify", {"servers": [{"address": "b"}, {"address": "a"}]}), ("logs.syslog.query", {}),
    ("user.create", {"newUserId": "new", "password": "p", "accessRights": "apiOnly"}), ("user.enumerate", {"max": 2}),
    ("user.modify", {"currentUserId": "new", "name": "N"}), ("user.destroy", {"currentUserId": "new"}),
    ("feedbackReceiver.configure", {"receiverURI": URI, "subscribedEvents": ["restart", "cdrAdded"]}),
    ("feedbackReceiver.status", {"receiverIndex": 1}), ("feedbackReceiver.query", {}),
    ("feedbackReceiver.reconfigure", {"receiverIndex": 1, "sourceIdentifier": "me"}),
    ("feedbackReceiver.remove", {"receiverIndex": 1}), ("cdrlog.enumerate", {}), ("cdrlog.query", {}),
    ("flex.resource.query", {}), ("flex.resource.status", {}), ("device.feature.add", {"key": ADDABLE_KEYS[1]}),
    ("device.feature.remove", {"key": ADDABLE_KEYS[1]}), ("flex.conference.explode", {}), ("user.create", {}),
    ("device.query", {USER: "nobody"}), ("user.create", {"newUserId": 3}), ("device.query", {"extra": 1}),
    ("flex.licenseMode.modify", {"newLicenseMode": "trust", "version": 1}), ("device.restart", {}),
]  # fmt: skip


def failures(scene: Scene) -> set[str]:
    """The checks that fail in a dialogue, those of HTTP and of unusual readings apart."""
    failed: set[str] = set()
    for method, members in CALLS:
        body = scene.raw(encode_call(method, {**scene.login, **members}))
        reply = CallReply(syntax=SYNTAX, method=method, ending=Ending.ANSWERED, sent=members, body=body)
        bad = [one for one in reply_checks(MODEL, reply) if not one.passed]
        failed |= {f"{method}: {one.id}: {one.expected}: {one.got}" for one in bad if not one.id.endswith(".usual")}
    return {one for one in failed if ": reply.status:" not in one and ": reply.media:" not in one}


@cache
def usual() -> frozenset[str]:
    """What fails under the first readings: nothing."""
    return frozenset(failures(Scene()))


def test_the_first_readings_conform() -> None:
    assert usual() == frozenset()


@pytest.mark.parametrize(("ambiguity", "reading"), READINGS)
@pytest.mark.slow
def test_every_reading_conforms(ambiguity: str, reading: str) -> None:
    assert failures(Scene(readings={ambiguity: reading}, seed=2 if ambiguity == "TPS-AMB-273" else 0)) == set()


@pytest.mark.slow
def test_every_ambiguity_is_asked_for_or_inert() -> None:
    asked = {*NAMES.values(), *MEETING_NAMES.values()}
    for seed in range(3):
        scene = Scene(seed=seed)
        failures(scene)
        scene.call("device.feature.remove", key=ENCRYPTION_KEY)
        for method, members in (
            ("callHome.configure", {"mode": "anonymous"}), ("sip.modify", {"outboundTransport": "tls", "negotiateSRTPUsingSDES": "always"}),
            ("cdrlog.enumerate", {"filter": []}), ("services.modify", {"ports": [{**SERVER, "services": UNKNOWN}]}),
            ("services.modify", {"ephemeralPortRangeMin": 65_000}), ("user.enumerate", {"enumerateID": "x"}),
            ("cdrlog.enumerate", {"filter": ["participantLeft"]}), ("user.modify", {"currentUserId": "admin", "accessRights": "none"}),
            ("feedbackReceiver.configure", {"receiverURI": URI, "subscribedEvents": []}), ("callHome.configure", {}),
            ("device.time.modify", {"ntpEnabled": True, "ntpHost": "a", "currentTime": scene.device.world.now()}),
            ("user.destroy", {"currentUserId": API_USER, USER: API_USER, PASSWORD: API_PASSWORD}),
        ):  # fmt: skip
            scene.code(method, members)
        scene.code("user.create", newUserId="", password="", accessRights="none")
        scene.call("device.network.modify", portA={"ipv6Enabled": False})
        scene.device.file.answer([])
        for number in range(6):
            scene.code("device.feature.add", key=f"wrong-{number}")
        scene.call("device.restart", shutdownOnly=True)
        asked |= scene.device.choices.asked
    asked |= {
        name
        for part in (MODEL.calls, *MODEL.operations.values(), *MODEL.structs.values(), *MODEL.scalars.values())
        for name in named(part)
    }
    assert sorted(set(MODEL.ambiguities) - asked - set(INERT)) == []
    assert sorted((set(NAMES.values()) | set(MEETING_NAMES.values()) | set(INERT)) - set(MODEL.ambiguities)) == []
    assert set(INERT).isdisjoint({*NAMES.values(), *MEETING_NAMES.values()})


def named(part: Any) -> list[str]:
    """The ambiguities that a part of the model names, which is followed where it says what is answered."""
    text = msgspec.json.encode(part).decode()
    return [name for name in MODEL.ambiguities if f'"{name}"' in text]


BOOLEAN = encode_call("callHome.configure", {**Scene().login, "automatic": True})


@pytest.mark.parametrize(
    ("readings", "method", "members", "wanted"),
    [
        ({"TPS-AMB-001": "invalid"}, "user.create", {"newUserId": "u", "password": "p" * 32, "accessRights": "none"}, 102),
        ({"TPS-AMB-002": "range"}, "logs.syslog.modify", {"facilityValue": 24}, 33),
        ({"TPS-AMB-005": "authorization"}, "device.query", {USER: None}, 14),
        ({"TPS-AMB-008": "invalid"}, "logs.syslog.modify", {"facilityValue": typed("int", "9" * 12)}, 102),
        ({"TPS-AMB-012": "long"}, "device.feature.add", {"key": "k" * 32}, 35),
        ({"TPS-AMB-012": "taken"}, "device.feature.add", {"key": "k" * 32}, 66),
        ({"TPS-AMB-014": "taken"}, "device.network.modify", {"portA": {"defaultIpv6Gateway": "x"}}, 0),
        ({"TPS-AMB-015": "missing"}, "logs.syslog.modify", {"servers": [{"address": ""}]}, 101),
        ({"TPS-AMB-017": "long"}, "user.destroy", {"currentUserId": "u" * 65}, 35),
        ({"TPS-AMB-018": "missing"}, "device.feature.remove", {"key": ""}, 101),
        ({"TPS-AMB-020": "refused"}, "device.query", {"more": 1}, 102),
        ({"TPS-AMB-021": "privileges"}, "device.query", {USER: "nobody"}, 15),
        ({"TPS-AMB-025": "prefix"}, "device.network.modify", {"portA": {"ipv6Address": "2001:db8::1/64"}}, 0),
        ({"TPS-AMB-025": "bare"}, "device.network.modify", {"portA": {"ipv6Address": "2001:db8::1/64"}}, 102),
        ({"TPS-AMB-028": "taken"}, "device.network.modify", {"portA": {"ipv6PrefixLength": 500}}, 0),
        ({"TPS-AMB-033": "failed"}, "user.modify", {"currentUserId": "nobody"}, 201),
        ({"TPS-AMB-042": "refused"}, "logs.syslog.modify", {"facilityValue": typed("i4", "3")}, 103),
        ({"TPS-AMB-043": "refused"}, "logs.syslog.modify", {"facilityValue": typed("int", "+3")}, 103),
        ({"TPS-AMB-043": "read"}, "logs.syslog.modify", {"facilityValue": typed("int", "003")}, 0),
        ({"TPS-AMB-044": "refused"}, "callHome.configure", {"mode": typed("", "disabled")}, 103),
        ({"TPS-AMB-045": "refused"}, "callHome.configure", {"automatic": typed("boolean", "true")}, 103),
        ({"TPS-AMB-045": "taken"}, "callHome.configure", {"automatic": typed("boolean", "true")}, 0),
        ({"TPS-AMB-007": "read"}, "callHome.configure", {"automatic": 1}, 0),
        ({"TPS-AMB-007": "read"}, "logs.syslog.modify", {"facilityValue": "3"}, 103),
        ({"TPS-AMB-077": "address"}, "device.network.modify", {"portA": {"ipv4Enabled": True}}, 60),
        ({"TPS-AMB-089": "same"}, "DEVICE.query", {}, 0),
        ({"TPS-AMB-089": "same"}, "logs.syslog.modify", {"FACILITYVALUE": 99}, 102),
        ({"TPS-AMB-092": "absent"}, "callHome.configure", {"mode": typed("nil", "")}, 0),
        ({"TPS-AMB-092": "read"}, "logs.syslog.modify", {"facilityValue": typed("i8", "99")}, 102),
        ({"TPS-AMB-094": "read"}, "device.time.modify", {"currentTime": typed("dateTime.iso8601", "2026-01-02T03:04:05Z")}, 0),
        ({"TPS-AMB-094": "refused"}, "device.time.modify", {"currentTime": typed("dateTime.iso8601", "2026-01-02T03:04:05Z")}, 103),
        ({"TPS-AMB-096": "authorization"}, "device.query", {USER: 3}, 14),
        ({"TPS-AMB-097": "authorization"}, "device.explode", {USER: "nobody"}, 14),
        ({"TPS-AMB-099": "call"}, "user.create", {USER: "nobody"}, 101),
        ({"TPS-AMB-201": "refused"}, "callHome.configure", {}, 101),
        ({"TPS-AMB-204": "refused"}, "cdrlog.enumerate", {"filter": []}, 102),
        ({"TPS-AMB-215": "refused"}, "device.network.modify", {"portA": {"speed": 10}}, 102),
        ({"TPS-AMB-226": "missing"}, "device.time.modify", {"utcOffsetHours": 3}, 101),
        ({"TPS-AMB-231": "range"}, "feedbackReceiver.remove", {"receiverIndex": 20}, 33),
        ({"TPS-AMB-231": "accepted"}, "feedbackReceiver.remove", {"receiverIndex": 20}, 0),
        ({"TPS-AMB-245": "accepted"}, "feedbackReceiver.configure", {"receiverURI": "x"}, 0),
        ({"TPS-AMB-253": "accepted", "TPS-AMB-246": "accepted"}, "flex.licenseMode.verify", {}, 0),
        ({"TPS-AMB-253": "privileges"}, "flex.licenseMode.verify", {}, 15),
        ({"TPS-AMB-260": "missing"}, "logs.syslog.modify", {"servers": [{}]}, 101),
        ({"TPS-AMB-260": "accepted"}, "logs.syslog.modify", {"servers": [{}]}, 0),
        ({"TPS-AMB-263": "accepted"}, "services.modify", {"ports": [{**SERVER, "ethernetPort": "B"}]}, 0),
        ({"TPS-AMB-267": "missing"}, "sip.modify", {"callConfiguration": "useTrunk"}, 101),
        ({"TPS-AMB-276": "one"}, "user.create", {"newUserId": "ADMIN", "password": "p", "accessRights": "none"}, 205),
        ({"TPS-AMB-286": "failed"}, "user.destroy", {"currentUserId": "admin"}, 63),
        ({"TPS-AMB-299": "immortal"}, "user.modify", {"currentUserId": "admin", "newUserId": "root"}, 63),
    ],
)  # fmt: skip
def test_readings_of_faults(readings: dict[str, str], method: str, members: dict[str, Any], wanted: int) -> None:
    scene = Scene(readings=readings)
    for name in [name for name, value in members.items() if value is None]:
        del scene.login[name]
    assert scene.code(method, {name: value for name, value in members.items() if value is not None}) == wanted


def test_readings_of_spelling() -> None:
    words = Scene(readings={"TPS-AMB-046": "word"})
    words.raw(BOOLEAN)
    assert b"<boolean>true</boolean>" in words.raw(encode_call("callHome.query", words.login))
    around = Scene(readings={"TPS-AMB-047": "around"})
    assert b"<name>\nmode" in around.raw(encode_call("callHome.query", around.login))
    assert "serverNote" in Scene(readings={"TPS-AMB-053": "more"}).call("device.query")
    assert "servers" not in Scene(readings={"TPS-AMB-054": "absent"}).call("logs.syslog.query")
    assert Scene(readings={"TPS-AMB-098": "longer"}).call("device.query")["apiVersion"] == "4.3(1.2)"
    assert Scene(readings={"TPS-AMB-207": "one"}).call("cdrlog.query")["firstIndex"] == 1
    assert "conferenceCreditsUsed" not in Scene(readings={"TPS-AMB-088": "absent"}).call("flex.resource.status")
    assert "currentUserId" in Scene(readings={"TPS-AMB-283": "large"}).call("user.enumerate")["users"][0]
    named_by_path = Scene(readings={"TPS-AMB-019": "path"}).message("device.network.modify", {"portA": {"dhcpv4": "x"}})
    assert named_by_path.fault_string == "malformed parameter: portA.dhcpv4"


def test_readings_of_encodings() -> None:
    call = encode_call("user.create", {**Scene().login, "newUserId": "ß", "password": "p", "accessRights": "none"})
    latin = call.decode().replace("UTF-8", "ISO-8859-1").encode("iso-8859-1")
    wide = b"\xff\xfe" + call.decode().replace("UTF-8", "UTF-16").encode("utf-16-le")
    broken = call.replace("ß".encode(), b"a\xff")
    doctype = call.replace(b"?>", b"?><!DOCTYPE methodCall [<!ENTITY p 'none'>]>", 1).replace(b">none<", b">&p;<")
    double = call.replace(b"</struct>", b"<member><name>password</name><value>q</value></member></struct>")
    for readings, body, wanted in (
        ({}, latin, None), ({}, wide, None), ({"TPS-AMB-049": "refused"}, latin, 103), ({"TPS-AMB-049": "refused"}, wide, 103),
        ({"TPS-AMB-049": "wrong"}, latin, 103), ({}, broken, 103), ({"TPS-AMB-050": "replaced"}, broken, None), ({}, doctype, 103),
        ({"TPS-AMB-051": "small"}, doctype, None), ({"TPS-AMB-051": "passed"}, doctype, 103), ({}, double, None),
        ({"TPS-AMB-091": "refused"}, double, 103), ({"TPS-AMB-037": "failed"}, broken, 201), ({"TPS-AMB-037": "other"}, broken, 301),
        ({"TPS-AMB-090": "first"}, call.replace(b"</param>", b"</param><param><value>x</value></param>"), None),
        ({"TPS-AMB-048": "refused"}, call.replace(b"<name>newUserId", b"<name> newUserId"), 103),
        ({"TPS-AMB-048": "ignored"}, call.replace(b"<name>newUserId", b"<name> newUserId"), None),
        ({"TPS-AMB-052": "refused"}, nested(call, 40), 103), ({"TPS-AMB-052": "ignored"}, nested(call, 80), None),
    ):  # fmt: skip
        scene = Scene(readings=readings)
        assert read(scene.raw(body)).fault_code == wanted, (readings, body[:80])
    for reading, password in (("first", "p"), ("last", "q")):
        scene = Scene(readings={"TPS-AMB-091": reading})
        scene.raw(double)
        assert scene.device.world.users["ß"].password == password
    with pytest.raises(UnansweredError):
        Scene(readings={"TPS-AMB-050": "closed"}).raw(broken)


def nested(call: bytes, depth: int) -> bytes:
    """A call with a member that no method has, of arrays in arrays."""
    inner = b"<array><data><value>" * depth + b"x" + b"</value></data></array>" * depth
    return call.replace(b"</struct>", b"<member><name>deep</name><value>" + inner + b"</value></member></struct>")


def test_a_network_change_may_wait_for_a_restart() -> None:
    scene = Scene(readings={"TPS-AMB-218": "later"})
    scene.call("device.network.modify", dns=[{"domainName": "example.org"}])
    assert scene.call("device.network.query")["dns"][0]["domainName"] == "example.com"
    scene.call("device.restart")
    assert scene.call("device.network.query")["dns"][0]["domainName"] == "example.org"
