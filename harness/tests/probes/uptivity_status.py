"""Probes of status functions and the window of an agent."""

from __future__ import annotations

import re

from harness.tests.probes.uptivity_wire import NO_AGENT, World, fresh, need, probe, text

USERS = tuple(f"USER{number}" for number in range(1, 16))
DEVICE = (
    *("DEVICEID", "DEVICEALIAS", "SYS_USER", "CRM_USER", "GROUP", "GATE", "ANI", "DNIS", *USERS),
    *("CALLDIRECTION", "ISTRUNK", "STARTTIME", "STOPTIME", "COREIDENT"),
    *("ISRECORDING", "ISRECORDINGVIDEO", "FILENAME", "CALLID", "SESSIONID", "CALLINSTANCE"),
)
RECORDING = (
    *("GROUP", "GATE", "ANI", "DNIS", *USERS, "CALLDIRECTION", "ISTRUNK", "STATION", "STARTTIME", "STOPTIME"),
    *("ISRECORDING", "ISRECORDINGVIDEO", "FILENAME", "CALLID", "SESSIONID", "CALLINSTANCE"),
)
KEYS = (
    ("DEVICEID", "agent_device_ids"),
    ("DEVICEALIAS", "device_aliases"),
    ("CRM_USER", "crm_users"),
    ("SYS_USER", "sys_users"),
)


def moment(said: str) -> None:
    """A time as all examples have it."""
    need(re.fullmatch(r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d:\d\d [AP]M", said), f"time {said!r}")


@probe("devicelist", "every device that Discover is aware of, with all its elements, and their number", 536, 543, 573)
def devicelist(world: World) -> None:
    got = world.client().ok("DEVICELIST")
    found = got.all("DEVICE")
    need(got.must("COUNT") == str(len(found)), f"COUNT {got.get('COUNT')} of {len(found)}")
    for one in found:
        missing = [tag for tag in DEVICE if next(one.iter(tag), None) is None]
        need(not missing, f"DEVICE without {missing}")
        need(one.find("STATION") is not None or one.find("STATIONNAME") is not None, "DEVICE without STATION")
    ids = [text(one, "DEVICEID") for one in found]
    need(len(set(ids)) == len(ids), "a device twice: only one instance on a device is returned")
    need(set(world.some("device_ids")) <= set(ids), f"devices {ids}")


def make_keys() -> None:
    for tag, key in KEYS:

        @probe(f"devicestatus-{tag.lower()}", "the device that this identifies", 626, 631, 681)
        def status(world: World, tag: str = tag, key: str = key) -> None:
            for value, wanted in list(zip(world.some(key), world.some("agent_device_ids"), strict=False))[:3]:
                one = world.client().device(**{tag: value})
                need(text(one, "DEVICEID") == wanted, f"{tag} {value}: {text(one, 'DEVICEID')}, not {wanted}")
                need(text(one, tag) == value, f"{tag} {value}: {text(one, tag)}")
                missing = [name for name in DEVICE if next(one.iter(name), None) is None]
                need(not missing, f"DEVICE without {missing}")

        @probe(f"devicerecordingstatus-{tag.lower()}", "all instances of the device that this identifies", 727, 732)
        def instances(world: World, tag: str = tag, key: str = key) -> None:
            client, call = world.client(), fresh("i")
            value, device = world.some(key)[0], world.some("agent_device_ids")[0]
            client.ok("CALLSTART", DEVICEID=device, CALLINSTANCE=call)
            try:
                got = client.ok("DEVICERECORDINGSTATUS", **{tag: value})
                need(got.must("DEVICEID") == device, f"DEVICEID {got.get('DEVICEID')}")
                found = [one for one in got.all("RECORDING") if text(one, "CALLINSTANCE") == call]
                need(len(found) == 1, f"{len(found)} instances {call}")
                missing = [name for name in RECORDING if found[0].find(name) is None]
                need(not missing, f"RECORDING without {missing}")
            finally:
                client.ask("CALLSTOP", DEVICEID=device, CALLINSTANCE=call)


make_keys()


@probe("devicestatus-unknown", "no device that is not there", 626)
def unknown(world: World) -> None:
    for tag, _key in KEYS:
        got = world.client().ask("DEVICESTATUS", **{tag: fresh("nobody")})
        need(got.code != 20 or not got.all("DEVICE"), f"a device for an unknown {tag}")


@probe("one-instance", "DEVICESTATUS gives the most recently active instance only, the other function all", 626, 727)
def one_instance(world: World) -> None:
    client, device = world.client(), world.some("device_ids", 2)[1]
    first, second = fresh("i"), fresh("i")
    client.ok("CALLSTART", DEVICEID=device, CALLINSTANCE=first, ANI="6145550001")
    client.ok("CALLSTART", DEVICEID=device, CALLINSTANCE=second, ANI="6145550002")
    one = client.device(DEVICEID=device)
    seen = [(item.text or "").strip() for item in one.iter("CALLINSTANCE")]
    need(seen == [second], f"instances {seen}, not {[second]}")
    need(text(one, "ANI") == "6145550002", f"ANI {text(one, 'ANI')}")
    rows = client.ok("DEVICERECORDINGSTATUS", DEVICEID=device).all("RECORDING")
    anis = {text(row, "CALLINSTANCE"): text(row, "ANI") for row in rows}
    need(anis.get(first) == "6145550001" and anis.get(second) == "6145550002", f"instances {anis}")
    listed = [text(row, "ANI") for row in client.ok("DEVICELIST").all("DEVICE") if text(row, "DEVICEID") == device]
    need(listed == ["6145550002"], f"DEVICELIST {listed}")
    for call in (first, second):
        client.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE=call)


@probe(
    "times",
    "STARTTIME as in the example, and a STOPTIME once the call is over: the last call is returned",
    626,
    710,
    711,
)
def times(world: World) -> None:
    client, device, call = world.client(), world.some("device_ids", 3)[2], fresh("i")
    client.ok("CALLSTART", DEVICEID=device, CALLINSTANCE=call, ANI="6145550003")
    during = client.device(DEVICEID=device)
    moment(text(during, "STARTTIME") or "")
    need(not text(during, "STOPTIME"), f"STOPTIME {text(during, 'STOPTIME')} during the call")
    client.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE=call)
    after = client.device(DEVICEID=device)
    need(text(after, "ANI") == "6145550003", f"ANI {text(after, 'ANI')} after the call")
    moment(text(after, "STOPTIME") or "")
    need(next(after.iter("ISRECORDING")).text in ("N", "0", "false", "False"), "recording after the call")


@probe("systemstatus", "figures that agree with each other", 864, 870, 2277, 2279, 2281, 2283, 2411)
def systemstatus(world: World) -> None:
    got = world.client().ok("SYSTEMSTATUS")
    need(got.must("RECORDINGPATH"), "no path")
    space = got.must("RECORDINGSPACEINFO", "RECORDINGSPEACEINFO")
    need(re.fullmatch(r"[\d.]+ ?[KMGT]?B of [\d.]+ ?[KMGT]?B", space), f"space {space!r}")
    total, free = float(got.must("RECORDINGTOTALDISKCAPACITY")), float(got.must("RECORDINGTOTALDISKFREE"))
    part = float(got.must("RECORDINGTOTALDISKFREEPCT"))
    need(0 <= free <= total and abs(free * 100 / total - part) < 0.1, f"{free} of {total} is {part} %")
    need(re.fullmatch(r"\d+ days?, \d+ hours?, \d+ minutes?, \d+ seconds?\.?", got.must("SYSTEMUPTIME")), "uptime")
    ram = [int(got.must(f"SYSTEMRAM{name}")) for name in ("TOTAL", "FREE", "USED", "USEDPCT")]
    need(ram[1] + ram[2] == ram[0] and abs(ram[2] * 100 / ram[0] - ram[3]) <= 1, f"memory {ram}")


@probe("processors", "a PROCESSOR# each, from 0 on, with its speed in MHz and its type", 879, 2314, 2316)
def processors(world: World) -> None:
    found = [one for one in world.client().ok("SYSTEMSTATUS").item if re.fullmatch(r"PROCESSOR\d+", one.tag)]
    need([one.tag for one in found] == [f"PROCESSOR{at}" for at in range(len(found))] and found, "numbers")
    for one in found:
        need(re.search(r"\d+ ?MHz", text(one, "SYSTEMPROCESSORSPEED") or ""), "speed in MHz")
        need(text(one, "SYSTEMPROCESSORTYPE"), "no type")


@probe("channels", "COUNT of channels, each with its elements; the number of IDs is the COUNT", 933, 943, 945)
def channels(world: World) -> None:
    got = world.client().ok("CHANNELS")
    ids = [text(one, "ID") or "" for one in got.all("CHANNEL")]
    need(got.must("COUNT") == str(len(ids)) == str(len(set(ids))), f"COUNT {got.get('COUNT')}, IDs {ids}")
    for one in got.all("CHANNEL"):
        need((text(one, "ID") or "").isdigit() and text(one, "STATE"), "ID and STATE")
        moment(text(one, "LASTSTATECHANGE") or "")
        need((text(one, "LASTSTATECHANGEUNIXTIME") or "").isdigit(), "UNIX time")


@probe("stations", "COUNT of stations, and which device each has", 1014, 1024, 1026)
def stations(world: World) -> None:
    got = world.client().ok("STATIONS")
    rows = [one for one in got.all("STATION") if one.find("STATIONNAME") is not None]
    need(got.must("COUNT") == str(len(rows)), f"COUNT {got.get('COUNT')} of {len(rows)}")
    pairs = {(text(one, "STATIONNAME"), text(one, "DEVICEID")) for one in rows}
    wanted = set(zip(world.some("station_names")[:2], world.some("station_device_ids")[:2], strict=True))
    need(wanted <= pairs, f"{wanted - pairs} missing")


@probe("terminology", "COUNT of TERMINOLOGY sections, each with NAME and VALUE", 1059, 1065, 1067)
def terminology(world: World) -> None:
    got = world.client().ask("FETCHTERMINOLOGY")
    rows = got.all("TERMINOLOGY")
    need(got.must("COUNT") == str(len(rows)) and rows, f"COUNT {got.get('COUNT')} of {len(rows)}")
    need(all(text(one, "NAME") and one.find("VALUE") is not None for one in rows), "NAME or VALUE missing")


def make_windows() -> None:
    for tag, key in (("COMPUTERNAME", "computer_names"), ("USERNAME", "usernames")):

        @probe(f"agentwindow-{tag.lower()}", "the latest of the agent's window", 2053, 2058, 2064)
        def window(world: World, tag: str = tag, key: str = key) -> None:
            client = world.client()
            got = client.ok("AGENTWINDOW", **{tag: world.some(key)[0]})
            for name in ("DOMAIN", "IPADDRESS", "STATUS", "APPLICATIONTITLE", "LASTUPDATE"):
                got.must(name)
            client.refused("AGENTWINDOW", NO_AGENT, **{tag: fresh("nobody")})


make_windows()
