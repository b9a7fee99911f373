"""Calls on devices that are named by a station, an alias or a user instead of DEVICEID."""

from __future__ import annotations

from harness.documentdut import DocumentDut
from harness.flow import CaseSkipped
from suites.uptivity import SUITE
from suites.uptivity.seen import Call, begin, is_over, listed, shows, status, until, value_of
from suites.uptivity.world import Fields, agent_of, fresh

CHAPTER = "Call Handling Functions"
_BEGUN, _ENDED = "CALLSTART.success", "CALLSTOP.success"


def _stations(dut: DocumentDut) -> list[tuple[str, str]]:
    names, devices = dut.fixtures("station_names"), dut.fixtures("station_device_ids")
    return list(zip(names, devices, strict=False))


@SUITE.scenario(
    "calls.station", "UPT-CAL-006", "UPT-CALLSTART.STATIONNAME", chapter=CHAPTER, after=(_BEGUN, "STATIONS.success")
)
async def station(dut: DocumentDut) -> None:
    """The name of a station stands for its device where DEVICEID is blank or not there."""
    clauses = ("UPT-CAL-006", "UPT-CALLSTART.STATIONNAME")
    for name, on in _stations(dut)[:2]:
        for road in dut.roads:
            for part, before in (("none", {}), ("blank", {"DEVICEID": ""})):
                call = Call(named={"DEVICEID": on, "CALLINSTANCE": fresh(dut, 6)}, given={"USER2": f"T{fresh(dut)}"})
                sent = {**before, "STATIONNAME": name, "CALLINSTANCE": call.instance, **call.given}
                dut.ok(await dut.call("CALLSTART", sent, road=road), *clauses)
                await shows(dut, call, call.given, *clauses, check=f"{part}.{road}")
                await dut.setup("CALLSTOP", call.named, road=road)


@SUITE.scenario(
    "calls.station-later",
    "UPT-CALLUPDATE.STATIONNAME",
    "UPT-CALLSTOP.STATIONNAME",
    chapter=CHAPTER,
    after=(_BEGUN, _ENDED),
)
async def station_later(dut: DocumentDut) -> None:
    """A call is updated and ended where the name of a station stands in place of its device."""
    for name, on in _stations(dut)[:1]:
        for road in dut.roads:
            call = await begin(dut, on, road=road)
            sent = {"STATIONNAME": name, "CALLINSTANCE": call.instance}
            if await dut.shared("changed", on) == "yes":
                updated = await dut.call("CALLUPDATE", {**sent, "USER3": "by station"}, road=road)
                dut.either(updated, "UPT-AMB-077", "UPT-CALLUPDATE.STATIONNAME", check=f"updated.{road}")
            dut.ok(await dut.call("CALLSTOP", sent, road=road), "UPT-CALLSTOP.STATIONNAME", check=f"ended.{road}")
            await dut.call("CALLSTOP", call.named, road=road, judged=False)


@SUITE.scenario("calls.station-beside", "UPT-CAL-007", "UPT-CAL-008", chapter=CHAPTER, after=(_BEGUN,))
async def station_beside(dut: DocumentDut) -> None:
    """The name of another station beside DEVICEID is taken, and shown as the station; the device is the one that was named."""
    stations = _stations(dut)
    if len(stations) < 2:
        raise CaseSkipped("needs the fixture station_names with 2 entries")
    for road in dut.roads:
        (own, on), (other, _) = stations[:2]
        call = Call(named={"DEVICEID": on, "CALLINSTANCE": fresh(dut, 6)}, given={"USER2": f"T{fresh(dut)}"})
        fields = {**call.named, **call.given, "STATIONNAME": other}
        dut.ok(await dut.call("CALLSTART", fields, road=road), "UPT-CAL-007", check=f"begins.{road}")
        wanted = {"USER2": call.given["USER2"]}
        await shows(dut, call, wanted, "UPT-CAL-007", check=f"device.{road}")
        one = await status(dut, on)
        got = value_of(one, "STATION", "STATIONNAME") if one is not None else ""
        reading = {other: "given", own: "mapped"}.get(got)
        dut.observe(f"station.{road}", "UPT-AMB-113", reading or "", clauses=("UPT-CAL-008",), got=got)
        dut.check(
            f"overridden.{road}",
            reading is not None,
            "UPT-CAL-008",
            expected=f"the station {other}, or {own} to which it is mapped",
            got=got,
        )
        await dut.setup("CALLSTOP", call.named, road=road)


async def alias_of(dut: DocumentDut, on: str) -> str:
    """The alias of a device, "" if none is known for sure."""
    one = await status(dut, on)
    found = value_of(one, "DEVICEALIAS") if one is not None else ""
    return found if found in dut.target.fixture_texts("device_aliases") else ""


async def names_of(dut: DocumentDut, index: int) -> tuple[str, Fields]:
    """A device that an agent has, and the names other than DEVICEID by which it is found."""
    agent = agent_of(dut, index)
    on = agent.get("device", "")
    if not on:
        raise CaseSkipped("needs the fixture agent_device_ids")
    found = {"DEVICEALIAS": await alias_of(dut, on), "SYS_USER": agent.get("sys", ""), "CRM_USER": agent.get("crm", "")}
    return on, {name: value for name, value in found.items() if value}


async def where(dut: DocumentDut, user2: str, *, patient: bool = True) -> list[str]:
    """The devices whose status has a value of USER2."""
    found: list[str] = []

    async def look() -> str:
        found[:] = [value_of(one, "DEVICEID") for one in await listed(dut) if value_of(one, "USER2") == user2]
        return "" if found else "nowhere"

    await until(dut, look, patient=patient)
    return found


async def on_the_device(dut: DocumentDut, on: str, name: str, value: str, user2: str, *clauses: str, check: str) -> str:
    """A call that was named otherwise must be on the device, or on another one of the same agent; gives which."""
    found = await where(dut, user2)
    there = on in found
    same = []
    for one in found if name != "DEVICEALIAS" else ():
        other = await status(dut, one)
        if one != on and other is not None and value_of(other, name) == value:
            same.append(one)
    passed = there or (bool(found) and same == found)
    dut.check(check, passed, *clauses, expected=f"the call on {on}", got=", ".join(found) or "on no device")
    return on if there else next(iter(found), on)


@SUITE.scenario(
    "calls.by-name",
    "UPT-CAL-009",
    "UPT-CAL-017",
    "UPT-CAL-044",
    *(f"UPT-{function}.{name}" for function in ("CALLSTART", "CALLSTOP") for name in ("DEVICEALIAS", "SYS_USER", "CRM_USER")),
    chapter=CHAPTER,
    after=(_BEGUN, _ENDED, "DEVICELIST.success"),
)  # fmt: skip
async def by_name(dut: DocumentDut) -> None:
    """A call begins and ends on the device that an alias or a user stands for, with a blank DEVICEID or none."""
    on, names = await names_of(dut, min(1, len(dut.fixtures("agent_device_ids")) - 1))
    for road in dut.roads:
        for name, value in names.items():
            for part, before in (("none", {}), ("blank", {"DEVICEID": ""})):
                mark, instance = f"T{fresh(dut)}", fresh(dut, 6)
                sent = {**before, name: value, "CALLINSTANCE": instance}
                check = f"{road}.{name}.{part}"
                started = await dut.call("CALLSTART", {**sent, "USER2": mark}, road=road)
                dut.ok(started, "UPT-CAL-009", f"UPT-CALLSTART.{name}", check=f"begins.{check}")
                found = await on_the_device(dut, on, name, value, mark, "UPT-CAL-009", f"UPT-CALLSTART.{name}", check=f"there.{check}")  # fmt: skip
                clauses = ("UPT-CAL-044" if name == "DEVICEALIAS" else "UPT-CAL-017", f"UPT-CALLSTOP.{name}")
                dut.ok(await dut.call("CALLSTOP", sent, road=road), *clauses, check=f"ends.{check}")
                call = Call(named={"DEVICEID": found, "CALLINSTANCE": instance})
                await is_over(dut, call, *clauses, check=f"over.{check}")
