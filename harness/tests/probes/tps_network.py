"""Probes of network settings, of the CDR log, and of methods that a device need not have."""

from __future__ import annotations

import xmlrpc.client
from typing import Any

from harness.tests.probes.tps_device import DNS, PORT
from harness.tests.probes.tps_objects import conference, participant
from harness.tests.probes.tps_shapes import CDR, fit
from harness.tests.probes.tps_wire import INVALID, RANGE, World, each, need, probe, register

MODIFY = "device.network.modify"
IP = (60, *RANGE)


def network(world: World) -> dict[str, Any]:
    """The network settings."""
    got = world.call("device.network.query")
    fit(got, {"portA": PORT, "dns": [DNS]}, "device.network.query")
    return got


def port(world: World) -> dict[str, Any]:
    """Settings of port A that modify takes, without those that are blank."""
    got = network(world)["portA"]
    names = (
        "ipv4Enabled dhcpv4 ipv4Address ipv4SubnetMask defaultIpv4Gateway ipv6Enabled ipv6Conf ipv6Address"
        " ipv6PrefixLength defaultIpv6Gateway"
    )
    return {name: got[name] for name in names.split() if name in got and got[name] not in ("", "-", "--")}


@probe("network-nothing", "a modify that names nothing changes nothing", 1508, 1509)
def no_change(world: World) -> None:
    before = port(world)
    world.done(MODIFY)
    world.done(MODIFY, portA={})
    need(port(world) == before, f"{port(world)}")


@probe("network-ipv4-together", "what ipv4Enabled requires", 1515, 1516)
def ipv4_together(world: World) -> None:
    world.lacks(MODIFY, "dhcpv4", portA={"ipv4Enabled": True})
    static = {"ipv4Enabled": True, "dhcpv4": False, "ipv4Address": "198.51.100.14", "ipv4SubnetMask": "255.255.255.0"}
    for name in ("ipv4Address", "ipv4SubnetMask"):
        world.lacks(MODIFY, name, portA={key: value for key, value in static.items() if key != name})


@probe("network-ipv6-together", "what ipv6Enabled requires", 1517, 1518)
def ipv6_together(world: World) -> None:
    world.lacks(MODIFY, "ipv6Conf", portA={"ipv6Enabled": True})
    manual = {"ipv6Enabled": True, "ipv6Conf": "manual", "ipv6Address": "2001:db8::14", "ipv6PrefixLength": 64}
    for name in ("ipv6Address", "ipv6PrefixLength"):
        world.lacks(MODIFY, name, portA={key: value for key, value in manual.items() if key != name})


@probe("network-ignored", "dhcpv4 and ipv6Conf alone are ignored", 1513, 1514)
def ignored(world: World) -> None:
    before = port(world)
    world.done(MODIFY, portA={"dhcpv4": not before.get("dhcpv4", False)})
    for conf in ("automatic", "manual"):
        world.done(MODIFY, portA={"ipv6Conf": conf})
    need(port(world) == before, f"{port(world)}, not {before}")


@probe("network-ipv4-static", "a static address comes back", 1525, 1527, 1584)
def static(world: World) -> None:
    before = port(world)
    world.later(MODIFY, portA=before)
    given = {"ipv4Address": "198.51.100.77", "ipv4SubnetMask": "255.255.255.0", "defaultIpv4Gateway": "198.51.100.1"}
    world.done(MODIFY, portA={"ipv4Enabled": True, "dhcpv4": False, **given})
    got = port(world)
    need({name: got.get(name) for name in given} == given and got["dhcpv4"] is False, f"{got}")
    kept = [name for name in before if "6" in name and before[name] != got.get(name)]
    need(not kept, f"changed {kept}")


@probe("network-ipv6-manual", "a manual IPv6 address comes back", 1529, 1532, 1587)
def manual(world: World) -> None:
    before = port(world)
    world.later(MODIFY, portA=before)
    given = {"ipv6Enabled": True, "ipv6Conf": "manual", "ipv6Address": "2001:db8::77", "ipv6PrefixLength": 56}
    world.done(MODIFY, portA=given)
    got = port(world)
    need(got["ipv6Address"].lower().split("/")[0] == "2001:db8::77", f"{got}")
    need((got["ipv6Enabled"], got["ipv6Conf"], got["ipv6PrefixLength"]) == (True, "manual", 56), f"{got}")
    need(got["ipv4Enabled"] == before["ipv4Enabled"] and got.get("ipv4Address") == before.get("ipv4Address"), f"{got}")


@probe("network-invalid", "addresses, masks and prefixes that are none", 1525, 1531, 3678)
def invalid(world: World) -> None:
    before = port(world)
    good4 = {"ipv4Enabled": True, "dhcpv4": False, "ipv4Address": "198.51.100.14", "ipv4SubnetMask": "255.255.255.0"}
    for name in ("ipv4Address", "ipv4SubnetMask", "defaultIpv4Gateway"):
        for bad in ("300.1.1.1", "1.2.3", "host", "1.2.3.4.5"):
            world.fault(MODIFY, (*IP, 35), portA={**good4, name: bad})
    good6 = {"ipv6Enabled": True, "ipv6Conf": "manual", "ipv6Address": "2001:db8::14", "ipv6PrefixLength": 64}
    for name, bad6 in (
        ("ipv6Address", "1::2::3"),
        ("ipv6Address", "g::1"),
        ("ipv6Conf", "dhcp"),
        ("ipv6PrefixLength", 129),
    ):
        world.fault(MODIFY, IP, portA={**good6, name: bad6})
    world.fault(MODIFY, IP, portA={**good6, "ipv6PrefixLength": -1})
    need(port(world) == before, "changed all the same")


@probe("network-types", "wrong types are malformed", 3690)
def types(world: World) -> None:
    good = {"ipv4Enabled": True, "dhcpv4": True, "ipv6Enabled": True, "ipv6Conf": "automatic"}
    wrong = {"ipv4Enabled": "true", "dhcpv4": "true", "ipv6Enabled": "yes", "ipv6Conf": 5, "ipv4Address": 5}
    for name, bad in wrong.items():
        world.garbled(MODIFY, name, portA={**good, name: bad})
    world.garbled(MODIFY, "portA", portA="x")
    world.garbled(MODIFY, "dns", dns={})
    world.garbled(MODIFY, "hostName", dns=[{"hostName": 5}])


@probe("network-active", "the interface that is in use cannot be disabled", 3670)
def active(world: World) -> None:
    before = port(world)
    world.later(MODIFY, portA=before)
    world.fault(MODIFY, 49, portA={"ipv4Enabled": False, "ipv6Enabled": False})
    need(port(world) == before, f"{port(world)}")


@probe("network-dns", "manual needs a name server; what is left out stays", 1537, 1541)
def dns(world: World) -> None:
    before = network(world)["dns"]
    world.later(MODIFY, dns=[{name: value for name, value in before[0].items() if value not in ("", "-")}])
    given = {"dnsConfiguration": "manual", "nameServer": "198.51.100.53", "nameServerSecondary": "2001:db8::53"}
    world.done(MODIFY, dns=[{**given, "hostName": "probe-host", "domainName": "probe.example"}])
    got = network(world)["dns"][0]
    need(got == {**given, "hostName": "probe-host", "domainName": "probe.example"}, f"{got}")
    world.done(MODIFY, dns=[{"hostName": "other-host"}])
    need(network(world)["dns"][0].get("hostName") == "other-host", f"{network(world)['dns']}")
    world.done(MODIFY, dns=[{"domainName": "other.example"}])
    wanted = {**given, "hostName": "other-host", "domainName": "other.example"}
    need(network(world)["dns"][0] == wanted, f"{network(world)['dns']}")
    world.fault(MODIFY, INVALID, dns=[{"dnsConfiguration": "portB"}])
    world.fault(MODIFY, IP, dns=[{**given, "nameServer": "no address"}])


def cdr(world: World, **more: Any) -> dict[str, Any]:
    """A part of the CDR log."""
    got = world.call("cdrlog.enumerate", **more)
    for one in got.get("events", []):
        known = {name: one.get(name) for name in ("time", "type", "index")}
        fit(known, {"time": "time", "type": "string", "index": "int:0"}, "event")
    head = {"startIndex": "int", "nextIndex": "int", "eventsRemaining": "bool", "currentTime": "time"}
    fit({name: value for name, value in got.items() if name != "events"}, head, "cdrlog.enumerate")
    need(len(got["events"]) <= 20, f"{len(got['events'])} events")
    return got


def logged(world: World, number: int = 3) -> None:
    """Have something in the log."""
    for _turn in range(number):
        world.done("flex.conference.destroy", conferenceID=conference(world))


def latest(world: World, **more: Any) -> list[dict[str, Any]]:
    """All events, to the end."""
    found: list[dict[str, Any]] = []
    index: dict[str, Any] = {}
    for _turn in range(200):
        got = cdr(world, **more, **index)
        found += got["events"]
        if not got["eventsRemaining"]:
            return found
        need(got["events"] or got["nextIndex"] > got["startIndex"], "no progress")
        index = {"index": got["nextIndex"]}
    need(False, "eventsRemaining for ever")
    return found


@probe("cdr-events", "events have a time, a type, and an index that rises", 1428, 1432, 1443, 1445)
def cdr_events(world: World) -> None:
    logged(world)
    found = latest(world)
    rows = [one["index"] for one in found]
    need(rows == sorted(set(rows)) and rows, f"{rows}")
    kinds = [one["type"] for one in found]
    need({"conferenceStarted", "conferenceFinished"} <= set(kinds), f"{set(kinds)}")
    need(not [one for one in kinds if "_" in one], f"{set(kinds)}")
    query = world.call("cdrlog.query")
    need(query["numEvents"] == len(found) and query["firstIndex"] == rows[0], f"{query} of {len(found)}")


@probe("cdr-index", "index is where to go on; beyond the end, or below 0, from the beginning", 1417, 1428, 1429)
def cdr_index(world: World) -> None:
    logged(world)
    rows = [one["index"] for one in latest(world)]
    got = cdr(world, index=rows[-2])
    need([one["index"] for one in got["events"]] == rows[-2:] and got["startIndex"] == rows[-2], f"{got}")
    need(got["eventsRemaining"] is False, "eventsRemaining at the end")
    end = cdr(world, index=got["nextIndex"])
    need(end["events"] == [] and end["eventsRemaining"] is False, f"at the end: {end}")
    for beyond in (-1, rows[-1] + 2, rows[-1] + 1000):
        need(cdr(world, index=beyond)["events"][0]["index"] == rows[0], f"index {beyond}")
    world.garbled("cdrlog.enumerate", "index", index="0")


@probe("cdr-numEvents", "1 to 20; 20 for what is not between", 1418, 1430)
def cdr_number(world: World) -> None:
    logged(world, 12)
    rows = [one["index"] for one in latest(world)]
    need(len(rows) > 20, f"{len(rows)} events")
    for number in (1, 7, 20):
        got = cdr(world, numEvents=number)
        need(
            len(got["events"]) <= number and got["events"] and got["eventsRemaining"], f"{number}: {len(got['events'])}"
        )
        need(got["nextIndex"] == got["events"][-1]["index"] + 1, f"nextIndex {got['nextIndex']}")
    for number in (0, -1, 21, 1000):
        need(0 < len(cdr(world, numEvents=number)["events"]) <= 20, f"numEvents {number}")
    world.garbled("cdrlog.enumerate", "numEvents", numEvents="1")


@probe("cdr-filter", "only the events that are named", 1423, 1438)
def cdr_filter(world: World) -> None:
    logged(world)
    for one in CDR:
        need({row["type"] for row in latest(world, filter=[one])} <= {one}, one)
    both = {row["type"] for row in latest(world, filter=["conferenceStarted", "conferenceFinished"])}
    need(both == {"conferenceStarted", "conferenceFinished"}, f"{both}")
    for bad in each("conferenceStarted", {}, [5]):
        world.garbled("cdrlog.enumerate", "filter", filter=bad)


@probe("cdr-participants", "a participant that connects is in the log", 1423, 1432)
def cdr_participants(world: World) -> None:
    from_here = cdr(world, index=world.call("cdrlog.query")["firstIndex"])
    need("nextIndex" in from_here, "nextIndex")
    room = conference(world)
    participant(world, room)
    world.done("flex.conference.destroy", conferenceID=room)
    need(latest(world)[-1]["type"] in CDR, f"{latest(world)[-1]}")


@probe("license-mode", "only in Multiparty licensed mode", 2307, 2312, 2324)
def license_mode(world: World) -> None:
    mode = world.call("system.info").get("licenseMode")
    try:
        got = world.ask("flex.licenseMode.verify", world.auth)
        need(got == {"status": "operation successful"}, f"{got}")
    except xmlrpc.client.Fault:
        need(mode != "trust", "verify fails in Multiparty licensed mode")
    world.fault("flex.licenseMode.modify", newLicenseMode="other", version=1)


RESERVATIONS = {
    "create": {},
    "query": {"reservationId": "none"},
    "modify": {"reservationId": "none"},
    "status": {"reservationID": "none"},
    "destroy": {"reservationId": "none"},
    "enumerate": {"cookie": "rubbish"},
    "deletions.enumerate": {"cookie": "rubbish"},
}


def reservation(world: World, name: str) -> None:
    """It is experimental, and what it is asked is wrong."""
    world.fault(f"flex.reservation.{name}", **RESERVATIONS[name])


for _name in RESERVATIONS:
    register(f"reservation-{_name}", "not supported, or no such reservation", (3076, 3652), reservation, _name)
