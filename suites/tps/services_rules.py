"""Network services: what is told of them, and changes of single ones and of the range of media ports."""

from __future__ import annotations

from typing import Any

from harness.calldut import CallDut
from harness.flow import CaseInconclusive, CaseSkipped
from harness.messages.callreply import CallReply
from suites.tps import SUITE
from suites.tps.admin import Row, destructive, rows_of_services, services_of
from suites.tps.admin import ServiceKey as Key
from suites.tps.feature_keys import without_encryption

CHAPTER = "services"
_METHOD, _QUERY = "services.modify", "services.query"
_AFTER = (f"{_QUERY}.success",)
_LOW, _HIGH, _PORTS = "ephemeralPortRangeMin", "ephemeralPortRangeMax", 5000
_WHY = "it changes services for a moment"
_MANAGED = ("http", "ssh", "telnet", "ftp", "console")  # by which somebody may reach the device
_STRUCTS = (
    *(f"TPS-struct.servicePortTaken.{name}" for name in ("ethernetPort", "protocolVersion", "services")),
    *(f"TPS-struct.serviceTaken.{name}" for name in ("serviceName", "connectionType")),
)


async def _services(dut: CallDut) -> tuple[CallReply, dict[Key, Row]]:
    reply = dut.ok(await dut.call(_QUERY), check="query")
    return reply, services_of(reply.members)


def _change(key: Key, **members: Any) -> dict[str, Any]:
    service = {"serviceName": key[2], "connectionType": key[3], **members}
    return {"ethernetPort": key[0], "protocolVersion": key[1], "services": [service]}


def _movable(dut: CallDut, found: dict[Key, Row]) -> list[Key]:
    """Services that are enabled, and by which nobody reaches the device."""
    port = dut.target.ports[dut.interface]
    ones = [
        key for key, one in found.items()
        if one.get("enabled") is True and one.get("portNumber") != port and not any(word in key[2].lower() for word in _MANAGED)
    ]  # fmt: skip
    if not ones:
        raise CaseSkipped("services.query tells no enabled service that could be changed")
    return ones


def _free(found: dict[Key, Row], dut: CallDut, low: int) -> int:
    used = {one.get("portNumber") for one in found.values()}
    return next(one for one in range(low + dut.rng.randrange(500), 65_000) if one not in used and one + 1 not in used)


def _as_wanted(dut: CallDut, wanted: dict[Key, Row], got: dict[Key, Row], changed: list[Key], check: str) -> None:
    """The services that were changed are as they were set, all others as they were."""
    for key in changed:
        dut.check(
            f"{check}.own",
            got.get(key) == wanted[key],
            "TPS-SRV-001",
            "TPS-SRV-008",
            *_STRUCTS,
            expected=f"{key}: {wanted[key]}",
            got=str(got.get(key)),
        )
    odd = [key for key in {**wanted, **got} if key not in changed and wanted.get(key) != got.get(key)]
    told = "; ".join(f"{key}: {got.get(key)}" for key in odd[:2])
    dut.check(f"{check}.others", not odd, "TPS-SRV-001", expected="every other service as it was", got=told)


@SUITE.scenario("services.told", "TPS-SRV-006", "TPS-SRV-007", "TPS-SRV-010", chapter=CHAPTER, after=_AFTER)
async def told(dut: CallDut) -> None:
    """Each service is told once, enabled only if its setting is true; the range of media ports is wide enough."""
    reply, found = await _services(dut)
    keys = [key for key, _ in rows_of_services(reply.members)]
    twice = sorted({str(one) for one in keys if keys.count(one) > 1})
    dut.check("once", not twice, "TPS-SRV-007", expected="each service once", got=str(twice), step=reply.step)
    odd = [key for key, one in found.items() if one.get("enabled") is True and one.get("setting") is not True]
    dut.check("enabled", not odd, "TPS-SRV-006", expected="enabled only what is set so", got=str(odd), step=reply.step)
    low, high = reply.value(_LOW), reply.value(_HIGH)
    if isinstance(low, int) and isinstance(high, int):
        wide = high - low
        dut.check(
            "range", wide >= _PORTS - 1, "TPS-SRV-010", expected="5000 ports", got=f"{low} to {high}", step=reply.step
        )


@SUITE.scenario(
    "services.parts", "TPS-SRV-001", "TPS-SRV-006", "TPS-SRV-008", "TPS-services.modify", "TPS-services.modify.ports",
    "TPS-services.modify:status", *_STRUCTS, "TPS-struct.serviceTaken.setting", "TPS-struct.serviceTaken.portNumber",
    chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def parts(dut: CallDut) -> None:
    """Setting and port of a service are changed one without the other; other services, also of the same name over the other protocol, stay."""
    destructive(dut, _WHY)
    _, before = await _services(dut)
    keys = _movable(dut, before)
    chosen = [next((key for key in keys if key[1] == version), keys[0]) for version in ("IPv4", "IPv6")]
    first = {key: {name: before[key][name] for name in ("setting", "portNumber")} for key in dict.fromkeys(chosen)}
    try:
        for key, members in first.items():
            port = _free(before, dut, 7000)
            steps: tuple[Row, ...] = (
                {"portNumber": port}, {"setting": False}, {"portNumber": port + 1}, {"setting": True},
                {"setting": False, "portNumber": port}, members,
            )  # fmt: skip
            await _step_by_step(dut, key, steps)
    finally:
        await _back(dut, first)


async def _step_by_step(dut: CallDut, key: Key, steps: tuple[Row, ...]) -> None:
    _, wanted = await _services(dut)
    for change in steps:
        made = await dut.call(_METHOD, {"ports": [_change(key, **change)]}, must=True, undo=False)
        clauses = (
            *(f"TPS-struct.serviceTaken.{name}" for name in change),
            "TPS-services.modify",
            "TPS-services.modify.ports",
        )
        dut.ok(made, *clauses, check="set")
        wanted = {**wanted, key: {**wanted[key], **change}}
        reply, got = await _services(dut)
        enabled = got.get(key, {}).get("enabled")
        setting = wanted[key]["setting"]
        dut.check(
            "enabled",
            enabled is setting or setting,
            "TPS-SRV-006",
            expected=f"enabled {setting}",
            got=repr(enabled),
            step=reply.step,
        )
        wanted[key] = {**wanted[key], "enabled": enabled}
        _as_wanted(dut, wanted, got, [key], ".".join(change))


async def _back(dut: CallDut, first: dict[Key, Row]) -> None:
    """As it was."""
    for key, members in first.items():
        await dut.call(_METHOD, {"ports": [_change(key, **members)]}, undo=False, judged=False)


@SUITE.scenario(
    "services.several",
    "TPS-SRV-001",
    "TPS-struct.servicePortTaken.services",
    chapter=CHAPTER,
    after=("services.parts",),
)
async def several(dut: CallDut) -> None:
    """Several services in one call are set, over both protocols, and no other is."""
    destructive(dut, _WHY)
    _, before = await _services(dut)
    keys = _movable(dut, before)[:4]
    first = {key: {name: before[key][name] for name in ("setting", "portNumber")} for key in keys}
    try:
        await dut.setup(_METHOD, {"ports": [_change(key, setting=False) for key in keys]}, undo=False)
        _, got = await _services(dut)
        wanted = {**before, **{key: {**before[key], "setting": False, "enabled": False} for key in keys}}
        _as_wanted(dut, wanted, got, keys, "off")
    finally:
        await _back(dut, first)


@SUITE.scenario(
    "services.range", "TPS-SRV-002", "TPS-SRV-005", f"TPS-{_METHOD}.{_LOW}", f"TPS-{_METHOD}.{_LOW}:shown", f"TPS-{_METHOD}.{_HIGH}",
    f"TPS-{_METHOD}.{_HIGH}:shown", chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def port_range(dut: CallDut) -> None:
    """Each end of the range of media ports is set alone, and both together; a range that is too small is refused and changes nothing."""
    destructive(dut, "it changes the range of media ports for a moment")
    reply, _ = await _services(dut)
    ends = {name: reply.value(name) for name in (_LOW, _HIGH)}
    if not all(isinstance(one, int) for one in ends.values()):
        raise CaseInconclusive("services.query tells no range of media ports")
    for change in (
        {_LOW: 30_000, _HIGH: 50_000},
        {_LOW: 31_000},
        {_HIGH: 49_000},
        {_LOW: 10_000},
        {_LOW: 40_000, _HIGH: 45_100},
        {_HIGH: 65_535},
    ):
        dut.ok(
            await dut.call(_METHOD, change, must=True),
            "TPS-SRV-002",
            *(f"TPS-{_METHOD}.{name}" for name in change),
            check="set",
        )
        ends |= change
        await _ends(
            dut, ends, "TPS-SRV-002", *(f"TPS-{_METHOD}.{name}:shown" for name in change), check=".".join(change)
        )
    for change in ({_LOW: 61_000}, {_LOW: 20_000, _HIGH: 24_000}, {_HIGH: 44_000}):
        dut.fault(await dut.call(_METHOD, change), "range-too-small", "TPS-SRV-005", check="small")
        await _ends(dut, ends, "TPS-SRV-005", check="kept")


async def _ends(dut: CallDut, wanted: Row, *clauses: str, check: str) -> None:
    reply, _ = await _services(dut)
    got = {name: reply.value(name) for name in wanted}
    dut.check(check, got == wanted, *clauses, expected=str(wanted), got=str(got), step=reply.step)


@SUITE.scenario(
    "services.refused", "TPS-SRV-003", "TPS-SRV-004", chapter=CHAPTER, after=("services.parts",),
)  # fmt: skip
async def refused(dut: CallDut) -> None:
    """A port that another service has is refused with all that came in the call, and nothing is changed by it."""
    destructive(dut, _WHY)
    _, before = await _services(dut)
    keys = _movable(dut, before)
    pair = next(
        (
            (one, other) for one in keys for other in keys
            if one[:2] == other[:2] and one[3] == other[3] and before[one]["portNumber"] != before[other]["portNumber"]
        ), None,
    )  # fmt: skip
    if pair is None:
        raise CaseSkipped("no two services that could be changed would conflict")
    port, free = before[pair[1]]["portNumber"], _free(before, dut, 8000)
    first = {key: {name: before[key][name] for name in ("setting", "portNumber")} for key in pair}
    try:
        for ports in (
            [_change(pair[0], portNumber=port)], [_change(pair[1], portNumber=free), _change(pair[0], portNumber=free)],
            [_change(pair[0], portNumber=port, setting=True)],
        ):  # fmt: skip
            reply = await dut.call(_METHOD, {"ports": ports}, undo=False)
            dut.fault(reply, "port-conflict", "TPS-SRV-003", check="conflict")
            _, got = await _services(dut)
            _as_wanted(dut, before, got, [], "conflict")
    finally:
        await _back(dut, first)


@SUITE.scenario("services.keyless", "TPS-SRV-006", chapter=CHAPTER, after=_AFTER)
async def keyless(dut: CallDut) -> None:
    """Without the feature key for encryption settings stay as they are, and none is enabled that is not set so."""
    _, before = await _services(dut)
    await without_encryption(dut)
    reply, found = await _services(dut)
    odd = [key for key, one in found.items() if one.get("enabled") is True and one.get("setting") is not True]
    dut.check("enabled", not odd, "TPS-SRV-006", expected="enabled only what is set so", got=str(odd), step=reply.step)
    more = [
        key
        for key, one in found.items()
        if one.get("enabled") is True and before.get(key, {}).get("enabled") is not True
    ]
    dut.check(
        "none-more",
        not more,
        "TPS-SRV-006",
        expected="no service enabled by a key that is gone",
        got=str(more),
        step=reply.step,
    )
