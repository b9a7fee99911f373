"""Network settings: what is told, and changes that leave the device where it is."""

from __future__ import annotations

import ipaddress
from typing import Any

from harness.calldut import CallDut
from harness.flow import CaseInconclusive, CaseSkipped
from harness.messages.callreply import CallReply
from harness.verdict import Severity
from suites.tps import SUITE
from suites.tps.admin import Row, destructive
from suites.tps.talk import PROBE

CHAPTER = "network"
_METHOD, _QUERY = "device.network.modify", "device.network.query"
_AFTER = (f"{_QUERY}.success",)
_WHY = "it changes network settings for a moment"
_EFFECT = "TPS-AMB-218"
_PORT, _DNS = "TPS-struct.networkPortTaken", "TPS-struct.dnsTaken"
_NAMES = ("hostName", "domainName", "nameServer", "nameServerSecondary", "dnsConfiguration")
_WORD = 2**32
_TURNS = 5


async def _network(dut: CallDut) -> tuple[CallReply, Row, Row]:
    """The reply, port A and the first set of DNS parameters."""
    reply = dut.ok(await dut.call(_QUERY), check="query")
    port, servers = reply.members.get("portA"), reply.members.get("dns")
    first = servers[0] if isinstance(servers, list) and servers else {}
    return reply, port if isinstance(port, dict) else {}, first if isinstance(first, dict) else {}


def _unlike(wanted: Row, got: Row) -> dict[str, Any]:
    """Members that are told otherwise; an address that is none may be told as dashes, or not at all."""
    return {name: got.get(name) for name, value in wanted.items() if not _same(value, got.get(name))}


def _same(wanted: Any, got: Any) -> bool:
    if isinstance(wanted, str) and wanted and isinstance(got, str):
        return wanted == got or (_address(wanted) is not None and _address(wanted) == _address(got))
    if wanted in (None, "") or set(str(wanted)) <= set("-:. "):
        return got in (None, "") or set(str(got)) <= set("-:. ") or got == wanted
    return bool(wanted == got)


def _address(text: str) -> object:
    try:
        return ipaddress.ip_address(text.partition("/")[0])
    except ValueError:
        return None


async def _told(dut: CallDut, port: Row, servers: Row, *clauses: str, check: str) -> None:
    """These are told at once or within seconds; a device that uses them after a restart alone may tell them then alone."""
    odd: dict[str, Any] = {}
    for turn in range(_TURNS):
        if turn:
            await dut.wait(1.0)
        _, got, dns = await _network(dut)
        odd = {**_unlike(port, got), **_unlike(servers, dns)}
        if not odd:
            dut.observe(f"{check}.when", _EFFECT, "at-once", "restart")
            break
    wanted = {name: (port | servers)[name] for name in odd}
    dut.check(check, not odd, *clauses, expected=str(wanted), got=str(odd))


async def _told_at_once(dut: CallDut, host: str) -> bool:
    """Whether a host name that is set now is told within seconds; else network settings are told when they are in use."""
    dut.ok(await dut.call(_METHOD, {"dns": [{"hostName": host}]}, must=True), "TPS-device.network.modify", check="set")
    for _ in range(_TURNS):
        _, _, dns = await _network(dut)
        if dns.get("hostName") == host:
            return True
        await dut.wait(1.0)
    dut.observe("when", _EFFECT, "later", clauses=("TPS-NET-008",), got="a host name that was set is not told")
    return False


@SUITE.scenario("network.told", "TPS-NET-012", "TPS-NET-014", "TPS-NET-013", chapter=CHAPTER, after=_AFTER)
async def as_told(dut: CallDut) -> None:
    """The short counts are the lower halves of the long ones, which rise; which protocols are enabled is told."""
    seen: list[Row] = []
    for _ in range(3):
        reply, port, _ = await _network(dut)
        both = [name in port for name in ("ipv4Enabled", "ipv6Enabled")]
        dut.check(
            "enabled",
            all(both),
            "TPS-NET-014",
            expected="ipv4Enabled and ipv6Enabled on the port that we call",
            got=str(sorted(port)),
            step=reply.step,
        )
        seen.append(port)
    for name in ("bytesSent", "bytesReceived"):
        longs = [int(str(one.get(f"{name}64"))) for one in seen if str(one.get(f"{name}64")).isdecimal()]
        shorts = [one.get(name) for one in seen]
        if len(longs) < len(seen) or not all(isinstance(one, int) for one in shorts):
            raise CaseInconclusive(f"{name} or {name}64 is no number")
        dut.check(
            "rises",
            longs == sorted(longs),
            "TPS-NET-013",
            expected="counts that do not fall",
            got=str(longs),
            severity=Severity.SHOULD,
        )
        near = max(longs[-1] - longs[0], 0) + 65_536  # what may go by between two looks
        apart = [
            min((one - int(str(short))) % _WORD, (int(str(short)) - one) % _WORD)
            for one, short in zip(longs, shorts, strict=True)
        ]
        dut.check(
            name, max(apart) <= near, "TPS-NET-012", expected=f"the lower 32 bits of {longs[0]}", got=str(shorts[0])
        )


def _port_again(port: Row) -> Row:
    """Port A as it is, in the form of a call; its IPv4 part."""
    enabled, dynamic = port.get("ipv4Enabled"), port.get("dhcpv4")
    if enabled is not True or not isinstance(dynamic, bool):
        raise CaseSkipped("IPv4 is not enabled on port A")
    found = {"ipv4Enabled": True, "dhcpv4": dynamic}
    if not dynamic:
        found |= {name: port[name] for name in ("ipv4Address", "ipv4SubnetMask") if port.get(name)}
    return found


@SUITE.scenario(
    "network.names", "TPS-NET-008", "TPS-device.network.modify", "TPS-device.network.modify.dns", "TPS-device.network.modify.dns:shown",
    "TPS-device.network.modify:status", *(f"{_DNS}.{name}" for name in _NAMES),
    chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def names(dut: CallDut) -> None:
    """Host name, domain and name servers are set each alone; the others, and the port, stay."""
    destructive(dut, _WHY)
    _, port, dns = await _network(dut)
    word = f"cw{dut.rng.getrandbits(24):06x}"
    steps: list[Row] = [
        {"hostName": word}, {"domainName": f"{word}.example"}, {"hostName": f"{word}b", "domainName": "example.org"},
        {"dnsConfiguration": "manual", "nameServer": "192.0.2.53", "nameServerSecondary": "192.0.2.54"},
        {"dnsConfiguration": "manual", "nameServer": "192.0.2.55", "nameServerSecondary": "192.0.2.54"},
    ]  # fmt: skip
    stays = {
        name: port.get(name)
        for name in ("ipv4Enabled", "ipv6Enabled", "dhcpv4", "ipv4Address", "ipv4SubnetMask", "ipv6Conf")
    }
    wanted = {name: value for name, value in dns.items() if name in _NAMES}
    if not await _told_at_once(dut, word):
        return
    for change in steps:
        reply = await dut.call(_METHOD, {"dns": [change]}, must=True)
        clauses = ("TPS-device.network.modify", "TPS-device.network.modify.dns", *(f"{_DNS}.{name}" for name in change))
        dut.ok(reply, *clauses, check="set")
        wanted = {**wanted, **change}
        shown = ("TPS-NET-008", "TPS-device.network.modify.dns:shown", *(f"{_DNS}.{name}" for name in change))
        await _told(dut, stays, wanted, *shown, check=".".join(change))


@SUITE.scenario(
    "network.port", "TPS-NET-008", "TPS-NET-094", "TPS-NET-009", "TPS-NET-011", "TPS-device.network.modify.portA",
    "TPS-device.network.modify.portA:shown",
    *(f"{_PORT}.{name}" for name in ("ipv4Enabled", "dhcpv4", "ipv4Address", "ipv4SubnetMask", "defaultIpv4Gateway", "ipv6Enabled", "ipv6Address",
      "ipv6Conf", "ipv6PrefixLength", "defaultIpv6Gateway", "dhcpv4:ignored", "ipv6Conf:ignored")),
    chapter=CHAPTER, after=("network.names",),
)  # fmt: skip
async def port_settings(dut: CallDut) -> None:
    """What a call of IPv4 names of IPv6 is set; dhcpv4 and ipv6Conf alone do nothing; settings that were there can be set again."""
    destructive(dut, _WHY)
    if _address(dut.target.host) is None or ":" in dut.target.host:
        raise CaseSkipped("only a device that is called over IPv4 may have its IPv6 settings changed")
    _, before, _ = await _network(dut)
    again = _port_again(before)
    if not await _told_at_once(dut, f"cw{dut.rng.getrandbits(24):06x}"):
        return
    four = {
        name: before.get(name)
        for name in ("ipv4Enabled", "dhcpv4", "ipv4Address", "ipv4SubnetMask", "defaultIpv4Gateway")
    }
    dynamic, automatic = before.get("dhcpv4"), before.get("ipv6Conf")
    ignored: list[Row] = [{"dhcpv4": not dynamic}]
    if before.get("ipv6Enabled") is True and automatic:
        ignored.append({"ipv6Conf": "automatic" if automatic == "manual" else "manual"})
    for change in ignored:
        name = next(iter(change))
        dut.ok(
            await dut.call(_METHOD, {"portA": change}, undo=False),
            "TPS-NET-094",
            f"{_PORT}.{name}:ignored",
            check="ignored",
        )
        await _told(
            dut, {name: before.get(name)}, {}, "TPS-NET-094", f"{_PORT}.{name}:ignored", check=f"ignored.{name}"
        )
    six: Row = {"ipv6Enabled": True, "ipv6Conf": "manual", "ipv6Address": "2001:db8::cafe", "ipv6PrefixLength": 56}
    gateway: Row = {"defaultIpv6Gateway": "2001:db8::1"}
    steps: list[Row] = [
        again,
        six,
        {**six, **gateway},
        {**six, "ipv6Address": "2001:db8::beef", "ipv6PrefixLength": 64},
    ]
    if before.get("defaultIpv4Gateway") and not dynamic:
        other = str(
            _address(str(before["ipv4Address"])) or "192.0.2.1"
        )  # a gateway that leads nowhere: for simulations alone
        steps += [{"defaultIpv4Gateway": other}] if dut.target.clock_scale > 1 else []
        steps.append({"defaultIpv4Gateway": before["defaultIpv4Gateway"]})
    for change in steps:
        clauses = ("TPS-NET-008", "TPS-device.network.modify.portA", *(f"{_PORT}.{name}" for name in change))
        dut.ok(await dut.call(_METHOD, {"portA": change}, must=True), *clauses, check="set")
        await _told(
            dut, {**four, **change}, {}, *clauses, "TPS-device.network.modify.portA:shown", check=next(iter(change))
        )
        dut.ok(await dut.call(PROBE, link="still"), "TPS-NET-011", check="still-there")
    await _addresses_under_dhcp(dut, again)


async def _addresses_under_dhcp(dut: CallDut, again: Row) -> None:
    """Where DHCP is used, addresses are taken, and the device stays where it is."""
    if not again["dhcpv4"]:
        if dut.target.clock_scale <= 1:
            return  # a device that is none of a simulation may get another address
        await dut.setup(_METHOD, {"portA": {"ipv4Enabled": True, "dhcpv4": True}})
    change: Row = {"ipv4Enabled": True, "dhcpv4": True, "ipv4Address": "192.0.2.99", "ipv4SubnetMask": "255.255.255.0"}
    dut.ok(await dut.call(_METHOD, {"portA": change}), "TPS-NET-009", check="dhcp")
    reply = dut.ok(await dut.call(PROBE, link="dhcp"), "TPS-NET-009", check="dhcp.still-there")
    _, after, _ = await _network(dut)
    dut.check(
        "dhcp.on",
        after.get("dhcpv4") is True,
        "TPS-NET-009",
        expected="dhcpv4 true",
        got=str(after.get("dhcpv4")),
        step=reply.step,
    )


@SUITE.scenario(
    "network.refused",
    "TPS-NET-010",
    "TPS-NET-095",
    "TPS-device.network.modify:fault.disables-interface",
    chapter=CHAPTER,
    after=("network.names",),
)
async def refused(dut: CallDut) -> None:
    """A device is not left without any interface, nor with name servers that are none; what is refused changes nothing."""
    destructive(dut, _WHY)
    _, before, dns = await _network(dut)
    none: Row = {"ipv4Enabled": False, "ipv6Enabled": False}
    reply = await dut.call(_METHOD, {"portA": none}, undo=False)
    clauses = ("TPS-NET-010", "TPS-device.network.modify:fault.disables-interface")
    dut.fault(reply, "disables-interface", *clauses, check="both")
    _, after, _ = await _network(dut)
    enabled = {name: before.get(name) for name in none}
    dut.check(
        "kept", not _unlike(enabled, after), "TPS-NET-010", expected=str(enabled), got=str(_unlike(enabled, after))
    )
    blank: Row = {"dnsConfiguration": "manual", "nameServer": "", "nameServerSecondary": ""}
    reply = await dut.call(_METHOD, {"dns": [blank]})
    _, _, told = await _network(dut)
    servers = [told.get(name) for name in ("nameServer", "nameServerSecondary") if not _same("", told.get(name))]
    passed = reply.ok is False or bool(servers) or told.get("dnsConfiguration") != "manual"
    dut.check(
        "servers",
        passed,
        "TPS-NET-095",
        expected="a refusal, or a name server of before",
        got=f"{reply.describe()}; {told}",
        severity=Severity.SHOULD,  # a device may take any text for an address (TPS-AMB-014), an empty one too
        step=reply.step,
    )
    if reply.ok is False:
        odd = _unlike(dns, told)
        dut.check(
            "servers.kept", not odd, "TPS-NET-095", expected="what was there before", got=str(odd), step=reply.step
        )
