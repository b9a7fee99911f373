"""Probes of the device: health, network, time, features, Call Home, and system.xml."""

from __future__ import annotations

import datetime as dt
import re
import time
import xml.etree.ElementTree as ET
import xmlrpc.client
from typing import Any

from harness.tests.probes.tps_shapes import EXPERIMENTAL, REASONS, STATUS, fit
from harness.tests.probes.tps_wire import INVALID, World, need, probe, register

HEALTH = {
    "cpuLoad": "int:0:100",
    "fanStatus?": ("ok", "outOfSpec"),
    "fanStatusWorst?": ("ok", "outOfSpec"),
    **{f"{name}Status{worst}": STATUS for name in ("temperature", "rtcBattery", "voltages") for worst in ("", "Worst")},
    "operationalStatus": ("active", "shuttingDown", "shutDown", "unknown"),
}
DEVICE = {
    "currentTime": "time",
    "restartTime": "time",
    "uptime": "int:0",
    "serial": "string",
    "apiVersion": "string",
    "activatedFeatures": [{"feature": "string", "key": "string", "expiry?": "time"}],
    "activatedLicenses": [{"license": "string", "ports": "int", "key": "string", "expiry?": "time"}],
    "shutdownStatus": ("notShutdown", "shutdownInProgress", "shutdown", "error"),
    "mediaResourceRestarts": "int",
}
COUNTS = (
    "packetsSent packetsReceived multicastPacketsSent multicastPacketsReceived bytesSent bytesReceived queueDrops"
    " collisions transmitErrors receiveErrors"
)
PORT = {
    **dict.fromkeys(("enabled", "linkStatus", "fullDuplex"), "bool"),
    **dict.fromkeys(("ipv4Enabled?", "ipv6Enabled?", "dhcpv4?"), "bool"),
    "speed": "int",
    "macAddress": "string:12",
    **dict.fromkeys(COUNTS.split(), "int"),
    **dict.fromkeys(("bytesSent64", "bytesReceived64"), "string"),
    **dict.fromkeys(("ipv4Address?", "ipv4SubnetMask?", "defaultIpv4Gateway?"), "string"),
    **dict.fromkeys(("ipv6Address?", "defaultIpv6Gateway?", "linkLocalIpv6Address?"), "string"),
    "ipv6Conf?": ("automatic", "manual"),
    "ipv6PrefixLength?": "int:0:128",
    "linkLocalIpv6PrefixLength?": "int:0:128",
}
DNS = {
    "dnsConfiguration?": ("portAIPv4", "portAIPv6", "manual"),
    **dict.fromkeys(("hostName?", "nameServer?", "nameServerSecondary?", "domainName?"), "string"),
}
ZERO = [f"ports{kind}{what}" for kind in ("Video", "Audio", "Content") for what in ("Total", "Free")]
ZERO += [f"maxConferenceSize{kind}" for kind in ("Video", "Audio", "Content")]
INFO = {
    "platform": "string",
    "cpuModel?": "string",
    "cpuCount?": "int:1",
    "cpuAvx?": "int",
    "operationMode": ("standalone", "flexible", "slave"),
    "licenseMode?": ("HD", "fullHD", "flexible", "trust"),
    "numControlledServers": "int",
    "clusterType": ("master", "slave", "unclustered"),
    **dict.fromkeys(("depHash", "tpdVersion", "tpdName", "tpdSerial", "softwareVersion"), "string"),
    **dict.fromkeys(("gateKeeperOK", "makeCallsOK"), "bool"),
    **dict.fromkeys(("tpsNumberOK", "tpdUptime"), "int"),
    **dict.fromkeys(ZERO, "int"),
}
LEVEL = {"numMediaTokens": "int:0", "maxVideoArea": "int:1", "maxMBps": "int:0"}
RESOURCE = {
    **dict.fromkeys(("maxCalls", "maxCallsPerParticipant", "maxParticipants", "maxParticipantsPerConference"), "int:0"),
    **dict.fromkeys(("maxConferences", "mediaTokensLimit", "mediaTokensAvailable", "maxMediaCredits"), "int:0"),
    **dict.fromkeys(("maxMediaTokensPerChannel", "minCallBandwidth", "maxCallBandwidth"), "int:1"),
    "mediaTokenLevelsMainVideo": [LEVEL],
    "mediaTokenLevelsExtendedVideo": [LEVEL],
    "mediaTokenLevelsAudio": [{"numMediaTokens": "int:0", "stereo": "bool"}],
    "mediaCreditTokenRanges": ["int:0"],
}
USE = {
    **dict.fromkeys(("numCalls", "numParticipants", "numConferences"), "int:0"),
    **{f"{how}Media{what}": "int:0" for how in ("configured", "allocated") for what in ("Tokens", "Credits")},
    **EXPERIMENTAL,
}
TIME = {
    "currentTime": "time",
    "ntpEnabled": "bool",
    "utcOffsetHours": "int:-12:14",
    "utcOffsetMinutes": "int:0:59",
    "ntpHost": "string",
    "ntpStatus": ("disabled", "synchronizing", "synchronized", "error"),
}
SHAPES: dict[str, dict[str, Any]] = {
    "callHome.query": {"mode": ("disabled", "anonymous"), "automatic": "bool"},
    "cdrlog.query": {"firstIndex": "int", "numEvents": "int:0:2000"},
    "device.health.query": HEALTH,
    "device.network.query": {"portA": PORT, "dns": [DNS]},
    "device.query": DEVICE,
    "device.restartlog.query": {"log": [{"time": "time", "reason": REASONS}]},
    "device.time.query": TIME,
    "flex.resource.query": RESOURCE,
    "flex.resource.status": USE,
    "system.info": INFO,
}


def shape(world: World, method: str) -> None:
    fit(world.call(method), SHAPES[method], method)


for _name in SHAPES:
    register(f"{_name}-shape", "every member of its table, with its type", (412, 829, 1403, 3340), shape, _name)


def when(value: xmlrpc.client.DateTime) -> dt.datetime:
    """A time of the device."""
    return dt.datetime.strptime(str(value), "%Y%m%dT%H:%M:%S")  # noqa: DTZ007


@probe("device-times", "uptime is what lies between the times", 1610, 1611, 1616)
def times(world: World) -> None:
    got = world.call("device.query")
    span = (when(got["currentTime"]) - when(got["restartTime"])).total_seconds()
    need(abs(span - got["uptime"]) <= 2 + world.scale / 10, f"{span} s and uptime {got['uptime']}")
    time.sleep(3 / world.scale if world.scale > 3 else 1.1)
    need(world.call("device.query")["uptime"] > got["uptime"], "uptime stands still")


@probe("device-versions", "versions and serial agree", 1617, 1618, 3357, 3360, 3375)
def versions(world: World) -> None:
    device, info = world.call("device.query"), world.call("system.info")
    need(re.match(r"\d+\.\d+", device["apiVersion"]), f"apiVersion {device['apiVersion']!r}")
    need(device["serial"] == info["tpdSerial"], f"{device['serial']!r} and {info['tpdSerial']!r}")


@probe("system-info-flexible", "what is always so in remotely managed mode", 3350, 3351, 3361, 3369)
def flexible(world: World) -> None:
    got = world.call("system.info")
    need(got["operationMode"] == "flexible" and got["licenseMode"] in ("flexible", "trust"), f"{got}")
    need(got["makeCallsOK"] is False, "makeCallsOK")
    need(not [name for name in ZERO if got[name]], f"{[name for name in ZERO if got[name]]}")


@probe("device-resource-levels", "levels and ranges rise", 606, 610, 3174, 3191)
def levels(world: World) -> None:
    got = world.call("flex.resource.query")
    ranges = got["mediaCreditTokenRanges"]
    need(ranges == sorted(set(ranges)) and ranges, f"{ranges}")
    for name in ("mediaTokenLevelsMainVideo", "mediaTokenLevelsExtendedVideo", "mediaTokenLevelsAudio"):
        need(got[name], f"{name} is empty")
    need(got["minCallBandwidth"] <= got["maxCallBandwidth"], "bandwidths")
    need(got["mediaTokensAvailable"] <= got["mediaTokensLimit"], "tokens")


@probe("device-ports", "speed, MAC address and 64-bit counts of port A", 1562, 1564, 1566, 1577)
def ports(world: World) -> None:
    got = world.call("device.network.query")["portA"]
    need(got["speed"] in (10, 100, 1000) or not got["linkStatus"], f"speed {got['speed']}")
    need(re.fullmatch(r"[0-9A-Fa-f]{12}", got["macAddress"]), f"{got['macAddress']!r}")
    for name in ("bytesSent64", "bytesReceived64"):
        need(re.fullmatch(r"-?\d+", got[name]), f"{name} {got[name]!r}")
    need("ipv4Enabled" in got and "ipv6Enabled" in got, "interfaces that are enabled")
    if got["ipv4Enabled"]:
        need(re.fullmatch(r"\d+\.\d+\.\d+\.\d+|-*", got.get("ipv4Address", "")), f"{got.get('ipv4Address')!r}")


@probe("system-xml", "one of three forms of system.xml", 3468, 3512, 3576, 3623)
def system_xml(world: World) -> None:
    code, data = world.get("/system.xml")
    need(code == 200, f"status {code}")
    try:
        root = ET.fromstring(data)
    except ET.ParseError as error:
        need(False, f"not well-formed: {error}")
        return
    need(root.tag == "system", root.tag)
    got = {item.tag: (item.text or "").strip() for item in root}
    need(len(got) == len(root), "an element twice")
    base = (
        "manufacturer model product platform productDisplayName platformDisplayName serial softwareVersion buildVersion"
    )
    need(
        not [name for name in f"{base} hostName ipAddress macAddress clusterType".split() if name not in got], f"{got}"
    )
    info = world.call("system.info")
    need(got["product"] == "TS" and got["platform"] == info["platform"], f"{got['platform']} and {info['platform']}")
    need(got["clusterType"] == info["clusterType"] and got["serial"] == info["tpdSerial"], f"{got}")
    virtual = "Virtual Machine" in got["platform"] or "cpuModel" in got
    need(({"cpuModel", "cpuCount", "cpuAvx"} <= set(got)) == virtual, f"{got}")
    if virtual:
        need(got["cpuModel"] == info.get("cpuModel") and got["cpuCount"] == str(info.get("cpuCount")), f"{info}")
        need(got["cpuAvx"] in ("0", "1") and got["clusterType"] == "unclustered", f"{got}")
    if got["platform"] in ("8710", "7010"):
        need(got["manufacturer"] == "TANDBERG", got["manufacturer"])
        for name in ("totalVideoPorts", "totalContentPorts", "totalAudioOnlyPorts"):
            need(got.get(name) == "0", f"{name} {got.get(name)!r}")
        for name in ("sipRegistrarAddress", "sipRegistrarDomain"):
            need(got.get(name) == "", f"{name} {got.get(name)!r}")
        need(got.get("sipRegistrarUsage", "").lower() == "no" and got.get("isMaster") in ("Yes", "No"), f"{got}")
        need(got.get("uptimeSeconds", "").isdigit(), f"{got.get('uptimeSeconds')!r}")
    else:
        need(got["manufacturer"] == "Cisco", got["manufacturer"])
        need(got["model"] == f"TelePresence Server on {got['platform']}", got["model"])


@probe("callhome", "what is left out stays; anonymous or disabled", 1389, 1394, 1405)
def callhome(world: World) -> None:
    before = world.call("callHome.query")
    world.later("callHome.configure", **before)
    for mode, automatic in (("anonymous", True), ("disabled", False), ("anonymous", False)):
        world.done("callHome.configure", mode=mode, automatic=automatic)
        need(world.call("callHome.query") == {"mode": mode, "automatic": automatic}, f"{mode} {automatic}")
    world.done("callHome.configure", automatic=True)
    need(world.call("callHome.query") == {"mode": "anonymous", "automatic": True}, "automatic alone")
    world.done("callHome.configure", mode="disabled")
    need(world.call("callHome.query")["mode"] == "disabled", "mode alone")
    world.done("callHome.configure")
    for bad in ("named", "Anonymous", ""):
        world.fault("callHome.configure", INVALID, mode=bad)
    world.garbled("callHome.configure", "mode", mode=True)
    world.garbled("callHome.configure", "automatic", automatic="true")
