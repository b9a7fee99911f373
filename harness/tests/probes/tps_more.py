"""Probes of what the platform decides, of calls that fail, of ends of conferences, and of other encodings."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
import xmlrpc.client
from pathlib import Path
from typing import Any

from harness.tests.probes.tps_calls import rest
from harness.tests.probes.tps_conferences import DELETIONS, ENUMERATE
from harness.tests.probes.tps_conferences import rest as rest_conferences
from harness.tests.probes.tps_network import port
from harness.tests.probes.tps_objects import conference, connected, incoming, outgoing, participant, query, status
from harness.tests.probes.tps_services import trunk
from harness.tests.probes.tps_states import ALL, full, room
from harness.tests.probes.tps_values import text
from harness.tests.probes.tps_wire import NO_CONFERENCE, NO_PARTICIPANT, World, need, probe

HARDWARE = ("8710", "7010")


def system(world: World) -> dict[str, str]:
    """What system.xml says."""
    root = ET.fromstring(world.get("/system.xml")[1])
    return {item.tag: (item.text or "").strip() for item in root}


@probe("platform-members", "members that only some platforms return", 1485, 3334, 3344, 3345)
def members(world: World) -> None:
    info = world.call("system.info")
    health, sip = world.call("device.health.query"), world.call("sip.query")
    if info["platform"] == "8710":
        need(not {"fanStatus", "fanStatusWorst"} & set(health), f"fans of a blade: {health}")
    need(("useLocalCertificate" in sip) == (info["platform"] in HARDWARE), f"useLocalCertificate on {info['platform']}")
    virtual = "Virtual Machine" in info["platform"]
    need(("cpuModel" in info, "cpuCount" in info) == (virtual, virtual), f"{info}")


@probe("system-xml-network", "addresses and name are those of the network settings", 3524, 3527, 3586, 3591)
def xml_network(world: World) -> None:
    got, ports = system(world), world.call("device.network.query")
    need(got["ipAddress"] == ports["portA"].get("ipv4Address", ""), f"{got['ipAddress']}")
    need(got["macAddress"].replace(":", "").upper() == ports["portA"]["macAddress"].upper(), f"{got['macAddress']}")
    need(got["hostName"] == ports["dns"][0].get("hostName"), f"{got['hostName']} and {ports['dns']}")
    if "6" in str(port(world).get("ipv6Address")):
        need(got["ipAddressV6"].lower() == ports["portA"]["ipv6Address"].lower(), f"{got['ipAddressV6']}")


@probe("system-xml-trunk", "the trunk of sip.modify is in system.xml, where that has one", 3538, 3540)
def xml_trunk(world: World) -> None:
    if "sipTrunkUsage" not in system(world):
        return
    trunk(world)
    got = system(world)
    need(got["sipTrunkUsage"] == "Yes" and got["sipTrunkAddress"] == "sip.example.com", f"{got}")
    need(got["sipTrunkDomain"] == "example.com", f"{got['sipTrunkDomain']}")
    world.done("sip.modify", callConfiguration="callDirect")
    need(system(world)["sipTrunkUsage"] == "No", f"{system(world)}")


@probe(
    "call-audio-fails",
    "when the audio receiver call has failed, all calls are destroyed, with their states",
    943,
    945,
    990,
)
def audio_fails(world: World) -> None:
    here = room(world)
    addresses = [world.some("unanswered_addresses")[0], world.some("answering_addresses")[0]]
    ident = participant(world, here, calls=[outgoing(world, one) for one in addresses])

    def failed() -> bool:
        return bool(rest(world, ALL, conferenceID=here)[0][ident]["connectionState"] == "audioReceiverFailed")

    world.wait(failed, "audioReceiverFailed")
    got = status(world, ident)["calls"]
    need(got == [{}, {}], f"calls still have a state: {got}")


@probe("call-other-fails", "when another call has failed, it is told", 943, 989)
def other_fails(world: World) -> None:
    here = room(world)
    addresses = [world.some("answering_addresses")[0], world.some("unanswered_addresses")[0]]
    ident = participant(world, here, calls=[outgoing(world, one) for one in addresses])
    world.wait(lambda: status(world, ident)["calls"][1].get("callState") == "callStateFailed", "callStateFailed")
    need(status(world, ident)["calls"][0]["callState"] == "callStateConnected", "the audio receiver call")
    state = rest(world, ALL, conferenceID=here)[0][ident]["connectionState"]
    need(state == "partiallyFailed", state)


@probe("call-recording", "a recording device has its video muted", 1220, 1221)
def recording(world: World) -> None:
    here = room(world)
    for name, muted in (("recordingDevice", True), ("recordingDeviceIndicateOnly", False)):
        got = full(world, here, connected(world, here, callAttributes={name: True}))["mediaStatus"]
        need((got["videoRx"] == "muted") is muted, f"{name}: {got}")


@probe("conference-start-told", "a conference that starts has changed", 660, 712, 2003)
def start_told(world: World) -> None:
    _found, cookie = rest_conferences(world, ENUMERATE)
    ident = conference(world, startTime=max(2, int(world.scale)))
    found, cookie = rest_conferences(world, ENUMERATE, cookie=cookie)
    need([(one["conferenceID"], one["active"]) for one in found] == [(ident, False)], f"{found}")
    world.wait(lambda: world.call("flex.conference.status", conferenceID=ident)["active"], "active")
    found, _cookie = rest_conferences(world, ENUMERATE, cookie=cookie)
    need([(one["conferenceID"], one["active"]) for one in found] == [(ident, True)], f"{found}")


@probe("conference-end-told", "a conference that ends is among the deletions", 671, 713, 1853)
def end_told(world: World) -> None:
    cookie = rest_conferences(world, DELETIONS)[1]
    ident = conference(world, duration=max(1, int(world.scale / 4)))
    found: list[Any] = []

    def told() -> bool:
        nonlocal cookie
        new, cookie = rest_conferences(world, DELETIONS, cookie=cookie)
        found.extend(new)
        return ident in found

    world.wait(told, "among the deletions")


@probe("conference-exit-screen", "with allowExitScreen, a conference may go on for the exit lobby", 986, 1960, 2004)
def exit_screen(world: World) -> None:
    here = room(world)
    full(world, here, connected(world, here))
    world.done("flex.conference.destroy", conferenceID=here, allowExitScreen=True)
    rows = world.call("flex.conference.enumerate")["conferences"]
    need(all(one["terminating"] for one in rows if one["conferenceID"] == here), "live, but not terminating")

    def over() -> bool:
        return here not in [one["conferenceID"] for one in world.call("flex.conference.enumerate")["conferences"]]

    world.wait(over, "gone after the lobby")
    world.fault("flex.conference.query", NO_CONFERENCE, conferenceID=here)


@probe("conference-no-exit-screen", "without allowExitScreen, calls are disconnected immediately", 1960, 2524)
def no_exit_screen(world: World) -> None:
    here = room(world)
    first, second = connected(world, here), connected(world, here, world.some("answering_addresses")[1])
    full(world, here, first)
    world.done("flex.participant.destroy", participantID=first)
    world.fault("flex.participant.status", NO_PARTICIPANT, participantID=first)
    world.done("flex.conference.destroy", conferenceID=here)
    world.fault("flex.conference.status", NO_CONFERENCE, conferenceID=here)
    world.fault("flex.participant.status", NO_PARTICIPANT, participantID=second)


@probe("conference-active-count", "resource usage counts what is active", 3217)
def active_count(world: World) -> None:
    before = world.call("flex.resource.status")["numConferences"]
    conference(world)
    need(world.call("flex.resource.status")["numConferences"] == before + 1, "an active one more")


@probe("message-characters", "a length is of characters", 367, 2248)
def characters(world: World) -> None:
    for one in ("é", "漢", "🎥", "&"):
        world.done("flex.conference.sendUserMessage", conferenceID=conference(world), message=one * 100)


def latin(world: World, encoding: str) -> None:
    """A name in another encoding comes back right, if it is taken at all."""
    ident = conference(world)
    more = f"<member><name>conferenceID</name><value>{ident}</value></member>"
    more += "<member><name>conferenceName</name><value>Zürich</value></member>"
    data = text(world, "flex.conference.modify", more, f'<?xml version="1.0" encoding="{encoding}"?>')
    code, _headers, got = world.post(data.decode().encode(encoding))
    refused = code >= 400 or b"<fault>" in got
    name = query(world, ident).get("conferenceName")
    need(name is None if refused else name == "Zürich", f"{encoding}: {name!r}")


@probe("xml-other-encodings", "other encodings are read as they say, or refused", 193)
def encodings(world: World) -> None:
    for one in ("ISO-8859-1", "UTF-16", "windows-1252"):
        latin(world, one)


@probe("xml-byte-order-mark", "UTF-8 with a byte order mark is UTF-8", 193)
def mark(world: World) -> None:
    got = world.raw(b"\xef\xbb\xbf" + text(world, "device.query"), "with a byte order mark")
    need("apiVersion" in got, f"{got}")


@probe("xml-external-entity", "no file of the device is read for a client", 299)
def external(world: World) -> None:
    ident = conference(world)
    head = '<?xml version="1.0"?><!DOCTYPE m [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
    more = f"<member><name>conferenceID</name><value>{ident}</value></member>"
    more += "<member><name>conferenceName</name><value>-&f;-</value></member>"
    world.post(text(world, "flex.conference.modify", more, head))
    secret = Path("/etc/hostname").read_text(encoding="utf-8").strip() if Path("/etc/hostname").exists() else "root"
    need(secret not in query(world, ident).get("conferenceName", ""), "the file is in the name")


@probe("http-other-methods", "PUT, DELETE and others are no calls", 185)
def other_methods(world: World) -> None:
    for one in ("PUT", "DELETE", "OPTIONS", "PATCH", "HEAD"):
        link = world.connect()
        link.request(one, "/RPC2", text(world, "device.query") if one in ("PUT", "PATCH") else None)
        answer = link.getresponse()
        need(b"apiVersion" not in answer.read() and answer.status < 600, f"{one}: {answer.status}")
        link.close()


@probe("calls-incoming-rejoin", "a participant with incoming calls stays for the life of its conference", 562)
def stays(world: World) -> None:
    here = room(world)
    ident = participant(world, here, calls=[incoming(world)])
    time.sleep(0.3)
    need(status(world, ident)["conferenceID"] == here, "gone")
    world.done("flex.conference.destroy", conferenceID=here)
    try:
        world.ask("flex.participant.status", {**world.auth, "participantID": ident})
    except xmlrpc.client.Fault as error:
        need(error.faultCode == NO_PARTICIPANT, f"{error}")
        return
    need(False, "outlives its conference")
