"""Probes of SIP, services, syslog, the CDR log, network settings."""

from __future__ import annotations

from typing import Any

from harness.tests.probes.tps_shapes import fit
from harness.tests.probes.tps_wire import INVALID, LONG, RANGE, World, fresh, need, probe, register

SIP = {
    "callConfiguration": ("useTrunk", "callDirect"),
    "outboundAddress": "string:80",
    "outboundDomain": "string:80",
    "username": "string:80",
    "password": "string:63",
    "outboundTransport": ("udp", "tcp", "tls"),
    "advertiseDualIPVersions": ("disabled", "useANAT"),
    "negotiateSRTPUsingSDES?": ("TLS only", "always"),
    "useLocalCertificate?": "bool",
}
SERVICE = {
    "serviceName": "string:20",
    "connectionType": ("tcp", "udp"),
    "setting": "bool",
    "portNumber": "int:0:65535",
    "enabled": "bool",
}
SERVICES = {
    "ports": [{"ethernetPort": ("A", "B"), "protocolVersion": ("IPv4", "IPv6"), "services": [SERVICE]}],
    "ephemeralPortRangeMin": "int:10000:65535",
    "ephemeralPortRangeMax": "int:15000:65535",
}
SYSLOG = {"servers": [{"address": "string:255", "packetsSent": "int:0"}], "facilityValue": "int:0:23"}


def sip(world: World) -> dict[str, Any]:
    """The SIP settings."""
    got = world.call("sip.query")
    fit(got, SIP, "sip.query")
    return got


@probe("sip-query", "every member of Table 163, which modify takes back", 3326, 3334)
def sip_query(world: World) -> None:
    got = sip(world)
    need(got["callConfiguration"] != "useTrunk" or got["outboundAddress"], "a trunk without an address")
    world.done("sip.modify", **got)
    need(sip(world) == got, "changed")


def trunk(world: World) -> dict[str, Any]:
    """SIP settings of a trunk, since what it alone uses is ignored without one."""
    world.later("sip.modify", **sip(world))
    world.done(
        "sip.modify", callConfiguration="useTrunk", outboundAddress="sip.example.com", outboundDomain="example.com"
    )
    got = sip(world)
    need((got["callConfiguration"], got["outboundAddress"]) == ("useTrunk", "sip.example.com"), f"{got}")
    return got


def sip_text(world: World, name: str, size: int) -> None:
    before = trunk(world)
    for value in ("x" * size, "a & <b>" if name in ("username", "password") else "sip.example.org"):
        world.done("sip.modify", **{name: value})
        need(sip(world) == {**before, name: value}, f"{name}: {sip(world)}")
    world.fault("sip.modify", LONG, **{name: "x" * (size + 1)})
    world.garbled("sip.modify", name, **{name: 5})


for _name, _size in (("outboundAddress", 80), ("outboundDomain", 80), ("username", 80), ("password", 63)):
    register(f"sip-{_name}", f"up to {_size} characters", (3305, 3309, 3327), sip_text, _name, _size)


def sip_choice(world: World, name: str) -> None:
    before, values = trunk(world), SIP.get(name) or SIP[f"{name}?"]
    for value in (*values[1:], *values[:1]):
        world.done(
            "sip.modify", **{name: value}, **({"outboundAddress": "sip.example.com"} if value == "useTrunk" else {})
        )
        got = sip(world)
        need(name not in got or got == {**before, name: value}, f"{name} {value}: {got}")
    for bad in ("other", values[0].upper() + " "):
        world.fault("sip.modify", LONG, **{name: bad})
    world.garbled("sip.modify", name, **{name: True})


for _name in ("callConfiguration", "outboundTransport", "advertiseDualIPVersions", "negotiateSRTPUsingSDES"):
    register(f"sip-{_name}", "one of a list", (3305, 3314, 3316), sip_choice, _name)


@probe("sip-blank-trunk", "a trunk needs an address", 3306)
def blank(world: World) -> None:
    world.later("sip.modify", **sip(world))
    world.fault("sip.modify", callConfiguration="useTrunk", outboundAddress="")
    world.garbled("sip.modify", "useLocalCertificate", useLocalCertificate="true")


def services(world: World) -> dict[str, Any]:
    """The services."""
    got = world.call("services.query")
    fit(got, SERVICES, "services.query")
    return got


def service(port: dict[str, Any], one: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What modify takes of one service."""
    keys = {name: one[name] for name in ("serviceName", "connectionType")}
    place = {name: port[name] for name in ("ethernetPort", "protocolVersion")}
    return {"ports": [{**place, "services": [{**keys, **more}]}]}


@probe("services-query", "port ranges and services of port A", 3285, 3286, 3294)
def services_query(world: World) -> None:
    got = services(world)
    need({port["ethernetPort"] for port in got["ports"]} <= {"A"} and got["ports"], f"{got!r:.300}")
    need(got["ephemeralPortRangeMax"] - got["ephemeralPortRangeMin"] >= 4999, f"{got!r:.100}")
    need(all(port["services"] for port in got["ports"]), "without services")


@probe("services-range", "at least 5000 ports, from 10000", 3260, 3261)
def port_range(world: World) -> None:
    names, before = ("ephemeralPortRangeMin", "ephemeralPortRangeMax"), services(world)
    world.later("services.modify", **{name: before[name] for name in names})
    for pair in ((10000, 15000), (40000, 60000)):
        world.done("services.modify", **dict(zip(names, pair, strict=True)))
        got = services(world)
        need(tuple(got[name] for name in names) == pair and got["ports"] == before["ports"], f"{pair}: {got!r:.200}")
    for bad in ((9999, 20000), (20000, 24000), (20000, 19000), (20000, 65536), (20000, -1)):
        world.fault("services.modify", **dict(zip(names, bad, strict=True)))
    for name in names:
        world.garbled("services.modify", name, **{**dict(zip(names, (20000, 40000), strict=True)), name: "20000"})


@probe("services-port", "a service gets another port; the others stay", 3257, 3269, 3288, 3669)
def service_port(world: World) -> None:
    before = services(world)
    for port in before["ports"]:
        one = next(one for one in port["services"] if not one["serviceName"].upper().startswith("HTTP"))
        old = one["portNumber"]
        world.later("services.modify", **service(port, one, portNumber=old))
        world.done("services.modify", **service(port, one, portNumber=9123))
        one["portNumber"] = 9123
        need(services(world)["ports"] == before["ports"], f"{services(world)['ports']!r:.400}")
        for bad in (-1, 65536):
            world.fault("services.modify", RANGE, **service(port, one, portNumber=bad))
        world.garbled("services.modify", "portNumber", **service(port, one, portNumber="9123"))
        world.garbled("services.modify", "setting", **service(port, one, setting="true"))
        alike = [row for row in port["services"] if row["connectionType"] == one["connectionType"] and row is not one]
        for row in alike[:1]:
            world.fault("services.modify", 42, **service(port, one, portNumber=row["portNumber"]))
        world.done("services.modify", **service(port, one, portNumber=old))
        one["portNumber"] = old


@probe("services-setting", "a service is switched off and on", 3268, 3291, 3293)
def setting(world: World) -> None:
    before = services(world)
    port = before["ports"][0]
    one = next(row for row in port["services"] if not row["serviceName"].upper().startswith("HTTP"))
    world.later("services.modify", **service(port, one, setting=one["setting"]))
    for value in (not one["setting"], one["setting"]):
        world.done("services.modify", **service(port, one, setting=value))
        rows = services(world)["ports"][0]["services"]
        got = next(
            row
            for row in rows
            if row["serviceName"] == one["serviceName"] and row["connectionType"] == one["connectionType"]
        )
        need(got["setting"] is value and (value or not got["enabled"]), f"{got}")


@probe("services-required", "what every entry must have", 3263, 3267)
def services_required(world: World) -> None:
    port = services(world)["ports"][0]
    good = service(port, port["services"][0])["ports"][0]
    for name in good:
        world.lacks("services.modify", name, ports=[{key: value for key, value in good.items() if key != name}])
    inner = good["services"][0]
    for name in inner:
        less = {key: value for key, value in inner.items() if key != name}
        world.lacks("services.modify", name, ports=[{**good, "services": [less]}])
    for name, bad in (("ethernetPort", "C"), ("protocolVersion", "IPv5")):
        world.fault("services.modify", INVALID, ports=[{**good, name: bad}])
    world.fault("services.modify", INVALID, ports=[{**good, "services": [{**inner, "connectionType": "sctp"}]}])
    world.fault("services.modify", LONG, ports=[{**good, "services": [{**inner, "serviceName": "x" * 21}]}])
    world.garbled("services.modify", "ports", ports="A")


@probe("syslog", "up to four servers; what is left out stays", 3232, 3237, 3239, 3248)
def syslog(world: World) -> None:
    before = world.call("logs.syslog.query")
    fit(before, SYSLOG, "logs.syslog.query")
    old = [{"address": one["address"]} for one in before["servers"]]
    world.later("logs.syslog.modify", servers=old, facilityValue=before["facilityValue"])
    for number in (4, 1, 0):
        mine = [{"address": f"{fresh('log')}.example.com".ljust(255, "x")} for _turn in range(number)]
        world.done("logs.syslog.modify", servers=mine)
        got = world.call("logs.syslog.query")
        fit(got, SYSLOG, "logs.syslog.query")
        need([one["address"] for one in got["servers"]] == [one["address"] for one in mine], f"{got}")
        need(got["facilityValue"] == before["facilityValue"], "facilityValue")
    for value in (0, 23):
        world.done("logs.syslog.modify", facilityValue=value)
        need(world.call("logs.syslog.query") == {"servers": [], "facilityValue": value}, f"{value}")


@probe("syslog-refused", "what it does not take", 3237, 3238, 3239)
def syslog_refused(world: World) -> None:
    many = [{"address": f"log{number}.example.com"} for number in range(5)]
    world.fault("logs.syslog.modify", servers=many)
    world.fault("logs.syslog.modify", LONG, servers=[{"address": "x" * 256}])
    for bad in (-1, 24):
        world.fault("logs.syslog.modify", RANGE, facilityValue=bad)
    world.garbled("logs.syslog.modify", "facilityValue", facilityValue="1")
    world.garbled("logs.syslog.modify", "servers", servers="a")
    world.garbled("logs.syslog.modify", "address", servers=[{"address": 5}])
