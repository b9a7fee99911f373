"""The faults of methods about the device itself, its services and its users: one mistake or one state at a time."""

from __future__ import annotations

from typing import Any

from harness.calldut import CallDut
from harness.flow import CaseInconclusive, CaseSkipped
from suites.tps.mistakes import register as _case
from suites.tps.world import PASSWORD, Members, user


async def _no_encryption(dut: CallDut) -> None:
    if await dut.shared("encryption", "") == "yes":
        raise CaseSkipped("the feature key for encryption is there")


async def _anonymous(dut: CallDut) -> Members:
    await _no_encryption(dut)
    return {"mode": "anonymous"}


async def _tls(dut: CallDut) -> Members:
    await _no_encryption(dut)
    return {"outboundTransport": "tls"}


async def _wrong_key(dut: CallDut) -> Members:
    await dut.wait(6)  # wrong ones shortly before may have blocked it
    return {"key": f"CW{dut.rng.getrandbits(40):010X}"}


_case("callHome.configure", "encryption-missing", "anonymous without encryption", _anonymous)
_case("sip.modify", "encryption-missing", "tls without encryption", _tls)
_case("device.feature.add", "invalid-key", "a key that is none", _wrong_key)


async def _no_address(_dut: CallDut) -> Members:
    port = {"ipv4Enabled": True, "dhcpv4": False, "ipv4Address": "300.1.2.3", "ipv4SubnetMask": "255.255.255.0"}
    return {"portA": port}


async def _small_range(dut: CallDut) -> Members:
    low = (await dut.setup("services.query")).value("ephemeralPortRangeMin")
    if not isinstance(low, int):
        raise CaseInconclusive("services.query tells no ephemeralPortRangeMin")
    return {"ephemeralPortRangeMin": max(low, 10_100), "ephemeralPortRangeMax": max(low, 10_100) + 4_900}


async def _listed(dut: CallDut) -> list[Members]:
    """The services of the device, each with where it is."""
    told: Any = (await dut.setup("services.query")).value("ports")
    return [
        {"ethernetPort": port["ethernetPort"], "protocolVersion": port["protocolVersion"], "service": one}
        for port in (told if isinstance(told, list) else ())
        if isinstance(port, dict)
        for one in port.get("services", ())
    ]


def _service(one: Members, **members: Any) -> Members:
    kept = {name: one["service"][name] for name in ("serviceName", "connectionType")}
    where = {name: one[name] for name in ("ethernetPort", "protocolVersion")}
    return {"ports": [{**where, "services": [{**kept, **members}]}]}


async def _conflict(dut: CallDut) -> Members:
    known = [one for one in await _listed(dut) if one["service"].get("enabled") and one["service"].get("portNumber")]
    for one in known:
        for other in known:
            same = all(one[name] == other[name] for name in ("ethernetPort", "protocolVersion"))
            alike = one["service"]["connectionType"] == other["service"]["connectionType"]
            apart = one["service"]["portNumber"] != other["service"]["portNumber"]
            if same and alike and apart:
                return _service(one, portNumber=other["service"]["portNumber"])
    raise CaseSkipped("services.query tells no two services that could conflict")


async def _own_service(dut: CallDut) -> Members:
    port = dut.target.ports[dut.interface]
    for one in await _listed(dut):
        service = one["service"]
        if service.get("portNumber") == port and service.get("enabled") and service["connectionType"] == "tcp":
            return _service(one, setting=False)
    raise CaseSkipped("services.query does not tell the service by which the calls come in")


_case("device.network.modify", "ip-invalid", "an address that is none", _no_address)
_case("services.modify", "range-too-small", "fewer than 5000 ports", _small_range)
_case("services.modify", "port-conflict", "a port that another service has", _conflict)
_case("services.modify", "disables-interface", "the service by which the call came in", _own_service)


# users


async def _again(dut: CallDut) -> Members:
    return {"newUserId": await dut.shared("user", "any"), "password": PASSWORD, "accessRights": "apiOnly"}


async def _renamed(dut: CallDut) -> Members:
    return {"currentUserId": await user(dut), "newUserId": await dut.shared("user", "any")}


async def _immortal(dut: CallDut) -> str:
    told = (await dut.setup("user.enumerate")).value("users")
    for one in told if isinstance(told, list) else ():
        if isinstance(one, dict) and one.get("immortal") is True:
            return str(one.get("currentUserid") or one.get("currentUserId"))
    raise CaseSkipped("the first page of user.enumerate has no immortal user")


async def _immortal_gone(dut: CallDut) -> Members:
    return {"currentUserId": await _immortal(dut)}


async def _immortal_less(dut: CallDut) -> Members:
    return {"currentUserId": await _immortal(dut), "accessRights": "apiOnly"}


async def _administrator(dut: CallDut) -> Members:
    return {"currentUserId": await user(dut, accessRights="administrator")}


async def _administrator_named(dut: CallDut) -> Members:
    return {**await _administrator(dut), "name": "Clausewise"}


_UNSERVED = ("authorization-failed",)  # of a user who may not call these methods at all: TPS-AMB-023


def _api_only(dut: CallDut) -> tuple[str, str]:
    return dut.user("api_only")


_case("user.create", "duplicate-user", "a user id that is there", _again)
_case("user.modify", "duplicate-user", "the id of another user", _renamed)
_case("user.destroy", "immortal-user", "the immortal user", _immortal_gone)
_case("user.modify", "immortal-user", "other rights for the immortal user", _immortal_less)
_case(
    "user.destroy",
    "beyond-rights",
    "an administrator, by a user with fewer rights",
    _administrator,
    caller=_api_only,
    also=_UNSERVED,
)
_case(
    "user.modify",
    "beyond-rights",
    "an administrator, by a user with fewer rights",
    _administrator_named,
    caller=_api_only,
    also=_UNSERVED,
)
