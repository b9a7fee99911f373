"""Probes of calls: who is meant, instances, updates, additional recordings."""

from __future__ import annotations

import re

from harness.tests.probes.uptivity_wire import (
    DEVICE_INVALID,
    NO_RECORD,
    Client,
    Disagreement,
    Result,
    World,
    fresh,
    need,
    probe,
    text,
)

SHOWN = {
    "GROUP": "12",
    "GATE": "80",
    "ANI": "6145551212",
    "DNIS": "8889225526",
    "CALLDIRECTION": "O",
    "USER1": "Gold Level",
    "USER2": "Customer 77",
    "USER8": "long " * 20 + "text",
    "USER15": "fifteen",
}


def cores(got: Result, *names: str) -> None:
    """The text that says to which cores a command went."""
    said = got.must("RESULTMSG")
    need(re.fullmatch(rf"({'|'.join(names)}) sent to all of the following cores: \d+(, ?\d+)*", said), f"{said!r}")


class Rows(dict[str, dict[str, str]]):
    """Values by instance."""

    def __missing__(self, call: str) -> dict[str, str]:
        raise Disagreement(f"no instance {call!r}")


def rows(client: Client, device: str) -> Rows:
    """What DEVICERECORDINGSTATUS says by instance."""
    found = client.ok("DEVICERECORDINGSTATUS", DEVICEID=device).all("RECORDING")
    return Rows(
        {(text(one, "CALLINSTANCE") or ""): {item.tag: (item.text or "").strip() for item in one} for one in found}
    )


def make_keys() -> None:
    keys = (
        ("DEVICEID", "agent_device_ids", "agent_device_ids"),
        ("DEVICEALIAS", "device_aliases", "agent_device_ids"),
        ("SYS_USER", "sys_users", "agent_device_ids"),
        ("CRM_USER", "crm_users", "agent_device_ids"),
        ("STATIONNAME", "station_names", "station_device_ids"),
    )
    for tag, key, devices in keys:

        @probe(
            f"call-by-{tag.lower()}",
            "start, update and stop by it; status shows the values",
            170,
            172,
            184,
            185,
            186,
            278,
        )
        def call(world: World, tag: str = tag, key: str = key, devices: str = devices) -> None:
            client, wanted = world.client(), world.some(devices, 2)[1]
            who, call = {tag: world.some(key, 2)[1]}, fresh("i")
            cores(client.ok("CALLSTART", **who, **SHOWN, CALLINSTANCE=call), "CALLSTART")
            one = client.device(DEVICEID=wanted)
            for name, value in {**SHOWN, "DEVICEID": wanted}.items():
                need(text(one, name) == value, f"{name} {text(one, name)!r}, not {value!r}")
            cores(client.ok("CALLUPDATE", **who, CALLINSTANCE=call, USER3="later"), "CALLUPDATE", "CALLSTART")
            one = client.device(DEVICEID=wanted)
            for name, value in {**SHOWN, "USER3": "later"}.items():
                need(text(one, name) == value, f"updated: {name} {text(one, name)!r}, not {value!r}")
            cores(client.ok("CALLSTOP", **who, CALLINSTANCE=call), "CALLSTOP")
            need(text(client.device(DEVICEID=wanted), "STOPTIME"), "no STOPTIME")

    for tag in ("DEVICEALIAS", "SYS_USER", "CRM_USER"):

        @probe(f"call-unknown-{tag.lower()}", "no device matches: API_DEVICE_INVALID", 200, 206, 433)
        def unknown(world: World, tag: str = tag) -> None:
            client = world.client()
            for name in ("CALLSTART", "RECORDSTART"):
                client.refused(name, DEVICE_INVALID, **{tag: fresh("nobody")})


make_keys()


@probe("call-by-nothing", "at least one of the parameters is required", 190, 256, 286, 423, 489)
def by_nothing(world: World) -> None:
    client = world.client()
    for name in ("CALLSTART", "CALLSTOP", "RECORDSTART", "RECORDSTOP"):
        client.refused(name, ANI="6145551212")
    client.refused("CALLUPDATE", DEVICE_INVALID, USER3="x")


@probe("blank-device", "a blank DEVICEID is looked up by STATIONNAME", 212)
def blank(world: World) -> None:
    client, call, ani = world.client(), fresh("i"), "6145557777"
    name, device = world.some("station_names")[0], world.some("station_device_ids")[0]
    client.ok("CALLSTART", DEVICEID="", STATIONNAME=name, CALLINSTANCE=call, ANI=ani)
    need(text(client.device(DEVICEID=device), "ANI") == ani, "not the device of the station")
    client.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE=call)


@probe("any-device", "a call on a device that no agent has", 165, 170)
def unowned(world: World) -> None:
    client, call = world.client(), fresh("i")
    device = world.some("device_ids_without_agent")[0]
    client.ok("CALLSTART", DEVICEID=device, CALLINSTANCE=call, ANI="6145558888")
    need(text(client.device(DEVICEID=device), "ANI") == "6145558888", "ANI")
    client.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE=call)


@probe("default-instance", "an instance that is not given is blank", 216)
def default(world: World) -> None:
    client, device = world.client(), world.some("device_ids_without_agent", 2)[1]
    client.ok("CALLSTART", DEVICEID=device, ANI="6145550101")
    found = rows(client, device)
    need(found.get("", {}).get("ANI") == "6145550101", f"instances {found.keys()}")
    client.ok("CALLSTOP", DEVICEID=device)


@probe("instances", "an instance tells the calls of a device apart; without it the last call is meant", 280, 358, 2209)
def instances(world: World) -> None:
    client, device = world.client(), world.some("device_ids", 4)[3]
    first, second = fresh("i"), fresh("i")
    for call in (first, second):
        client.ok("CALLSTART", DEVICEID=device, CALLINSTANCE=call, USER3="old")
    client.ok("CALLUPDATE", DEVICEID=device, CALLINSTANCE=first, USER3="first")
    found = rows(client, device)
    need((found[first]["USER3"], found[second]["USER3"]) == ("first", "old"), "update of the first")
    client.ok("CALLUPDATE", DEVICEID=device, USER4="last")
    found = rows(client, device)
    need((found[first]["USER4"], found[second]["USER4"]) == ("", "last"), "update of the last")
    client.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE=first)
    found = rows(client, device)
    need(second in found and not found[second]["STOPTIME"], "the second call ended with the first")
    need(first not in found or found[first]["STOPTIME"], "the first did not end")
    client.ok("CALLSTOP", DEVICEID=device)
    found = rows(client, device) if client.ask("DEVICERECORDINGSTATUS", DEVICEID=device).code == 20 else Rows()
    need(second not in found or found[second]["STOPTIME"], "the last call did not end")


@probe("stop-last", "CALLSTOP without an instance ends the last call only", 278, 280)
def stop_last(world: World) -> None:
    client, device = world.client(), world.some("device_ids", 5)[4]
    first, second = fresh("i"), fresh("i")
    for call in (first, second):
        client.ok("CALLSTART", DEVICEID=device, CALLINSTANCE=call)
    client.ok("CALLSTOP", DEVICEID=device)
    found = rows(client, device)
    need(first in found and not found[first]["STOPTIME"], "the first ended")
    need(second not in found or found[second]["STOPTIME"], "the last did not end")
    client.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE=first)


@probe("shared", "a call is that of the device, not of the connection", 284, 626)
def shared(world: World) -> None:
    one, other, device, call = world.client(), world.client(), world.some("device_ids", 6)[5], fresh("i")
    one.ok("CALLSTART", DEVICEID=device, CALLINSTANCE=call)
    one.link.close()
    other.ok("CALLUPDATE", DEVICEID=device, CALLINSTANCE=call, USER1="x")
    need(text(other.device(DEVICEID=device), "USER1") == "x", "USER1")
    other.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE=call)


@probe("update-last", "UPDATE_IF_NOT_RECORDING Y without a call: the last recorded call of the device", 284, 352, 2347)
def last(world: World) -> None:
    client, mark = world.client(), fresh("late")
    devices = world.some("recording_device_ids")
    device = next(one for one in devices if one in world.some("device_ids_without_agent"))
    got = client.ok("CALLUPDATE", DEVICEID=device, USER3=mark, UPDATE_IF_NOT_RECORDING="Y")
    need(got.get("RESULTMSG") == "Updated recording in database", f"{got.get('RESULTMSG')!r}")
    found = client.calls(USER3=mark)
    need(len(found) == 1 and text(found[0], "DEVICEID") == device, f"{len(found)} changed")
    newest = max(int(text(one, "RECORDINGTIME") or 0) for one in client.calls(DEVICEID=device))
    need(text(found[0], "RECORDINGTIME") == str(newest), "not the last call")


@probe("update-never", "UPDATE_IF_NOT_RECORDING without a previous call: API_RECORDID_INVALID", 318)
def never(world: World) -> None:
    device = world.some("device_ids_never_recorded")[0]
    world.client().refused("CALLUPDATE", NO_RECORD, DEVICEID=device, USER3="x", UPDATE_IF_NOT_RECORDING="Y")


@probe("update-in-call", "UPDATE_IF_NOT_RECORDING changes the call while there is one", 284, 2347)
def during(world: World) -> None:
    client, device, mark, call = world.client(), world.some("device_ids", 7)[6], fresh("now"), fresh("i")
    client.ok("CALLSTART", DEVICEID=device, CALLINSTANCE=call)
    one = next(client.device(DEVICEID=device).iter("ISRECORDING"))
    client.ok("CALLUPDATE", DEVICEID=device, USER3=mark, UPDATE_IF_NOT_RECORDING="Y")
    if (one.text or "").strip() == "Y":
        need(text(client.device(DEVICEID=device), "USER3") == mark, "the call is not changed")
    client.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE=call)


@probe("recordstart", "an additional recording of a call, and its end", 398, 469, 476, 520)
def additional(world: World) -> None:
    client, device, call = world.client(), world.some("device_ids", 8)[7], fresh("i")
    client.ok("CALLSTART", DEVICEID=device, CALLINSTANCE=call)
    cores(client.ok("RECORDSTART", DEVICEID=device, CALLINSTANCE=call, USER1="part"), "RECORDSTART", "CALLSTART")
    cores(client.ok("RECORDSTOP", DEVICEID=device, CALLINSTANCE=call), "RECORDSTOP", "CALLSTOP")
    client.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE=call)
