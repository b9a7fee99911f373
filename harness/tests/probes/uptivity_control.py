"""Probes of chats and blackouts."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from harness.tests.probes.uptivity_wire import DEVICE_INVALID, NO_AGENT, NO_SESSION, World, fresh, need, probe, text

KEYS = (
    ("USERNAME", "usernames"),
    ("SYS_USER", "sys_users"),
    ("EMPLOYEEID", "employee_ids"),
    ("CRM_USER", "crm_users"),
    ("DEVICEALIAS", "device_aliases"),
)


@probe("chat-agent", "start, update and stop a chat of an agent's id", 1253, 1259, 1337, 1299)
def chat(world: World) -> None:
    client, session = world.client(), fresh("s")
    for name, fields in (
        ("CHATSTART", {"AGENTID": world.some("agent_ids")[0]}),
        ("CHATUPDATE", {"GROUP": "53", "USER1": "one", "CALLDIRECTION": "I", "CALLID": "c1"}),
        ("CHATSTOP", {}),
    ):
        got = client.ok(name, SESSIONID=session, **fields)
        need(name in got.must("RESULTMSG"), f"{name}: {got.get('RESULTMSG')!r}")


def make_chats() -> None:
    for name, key in KEYS:

        @probe(f"chat-by-{name.lower()}", "the agent is looked up with KEYNAME and KEYVALUE", 1261, 1263, 1264)
        def by_key(world: World, name: str = name, key: str = key) -> None:
            client, session = world.client(), fresh("s")
            client.ok("CHATSTART", SESSIONID=session, KEYNAME=name, KEYVALUE=world.some(key, 2)[1])
            client.ok("CHATSTOP", SESSIONID=session)
            client.refused("CHATSTART", NO_AGENT, SESSIONID=fresh("s"), KEYNAME=name, KEYVALUE=fresh("nobody"))


make_chats()


@probe("chat-unknown-agent", "API_AGENT_NOT_FOUND", 1271)
def no_agent(world: World) -> None:
    world.client().refused("CHATSTART", NO_AGENT, SESSIONID=fresh("s"), AGENTID=99887766)


@probe("chat-without-session", "SESSIONID is required: API_SESSIONID_UNSPECIFIED", 1258, 1270, 1304, 1308, 1342)
def no_session(world: World) -> None:
    client = world.client()
    client.refused("CHATSTART", NO_SESSION, AGENTID=world.some("agent_ids")[0])
    client.refused("CHATUPDATE", NO_SESSION, GROUP="53")
    client.refused("CHATSTOP", NO_SESSION)


@probe("chats-together", "sessions of one agent at the same time, told apart by SESSIONID", 1253)
def together(world: World) -> None:
    client, sessions, agent = world.client(), [fresh("s") for _ in range(3)], world.some("agent_ids", 3)[2]
    for one in sessions:
        client.ok("CHATSTART", SESSIONID=one, AGENTID=agent)
    client.ok("CHATSTOP", SESSIONID=sessions[1])
    for one in (sessions[0], sessions[2]):
        client.ok("CHATUPDATE", SESSIONID=one, USER1="still there")
        client.ok("CHATSTOP", SESSIONID=one)


def make_blackouts() -> None:
    keys = (
        ("DEVICEID", "agent_device_ids"),
        ("DEVICEALIAS", "device_aliases"),
        ("CRM_USER", "crm_users"),
        ("SYS_USER", "sys_users"),
    )
    for prefix in ("", "AGENT"):
        for tag, key in keys:

            @probe(f"{prefix.lower()}blackout-by-{tag.lower()}", "start and stop, in a call", 1381, 1387, 1427)
            def blackout(world: World, prefix: str = prefix, tag: str = tag, key: str = key) -> None:
                client, call, device = world.client(), fresh("i"), world.some("agent_device_ids", 4)[3]
                client.ok("CALLSTART", DEVICEID=device, CALLINSTANCE=call)
                who = {tag: world.some(key, 4)[3]}
                for name in (f"{prefix}BLACKOUTSTART", f"{prefix}BLACKOUTSTOP"):
                    got = client.ok(name, **who)
                    need("BLACKOUT" in got.must("RESULTMSG") or got.get("RESULTMSG") == "API_OK", "RESULTMSG")
                client.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE=call)

        @probe(f"{prefix.lower()}blackout-unknown", "neither is found: one of two errors", 1419, 1420, 1455, 1456)
        def unknown(world: World, prefix: str = prefix) -> None:
            client = world.client()
            for name in (f"{prefix}BLACKOUTSTART", f"{prefix}BLACKOUTSTOP"):
                for tag, _key in keys:
                    if tag != "DEVICEID":
                        client.refused(name, NO_AGENT, DEVICE_INVALID, **{tag: fresh("nobody")})
                client.refused(name, NO_AGENT, DEVICE_INVALID, TIMEOFFSET=1)


make_blackouts()


@probe("blackout-offset", "TIMEOFFSET is a positive or negative integer; a stop before the start is none", 1463, 2330)
def offset(world: World) -> None:
    client, call, device = world.client(), fresh("i"), world.some("agent_device_ids", 5)[4]
    client.ok("CALLSTART", DEVICEID=device, CALLINSTANCE=call)
    client.ok("BLACKOUTSTART", DEVICEID=device, TIMEOFFSET=-5)
    client.ok("BLACKOUTSTOP", DEVICEID=device, TIMEOFFSET=-60)
    client.ok("BLACKOUTSTART", DEVICEID=device, TIMEOFFSET=1)
    client.ok("BLACKOUTSTOP", DEVICEID=device, TIMEOFFSET=5)
    client.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE=call)


@probe("blackout-instance", "with an instance, and the call goes on", 1383, 1464)
def instance(world: World) -> None:
    client, device = world.client(), world.some("agent_device_ids", 6)[5]
    first, second = fresh("i"), fresh("i")
    for call in (first, second):
        client.ok("CALLSTART", DEVICEID=device, CALLINSTANCE=call)
    client.ok("BLACKOUTSTART", DEVICEID=device, CALLINSTANCE=first)
    states = {text(one, "CALLINSTANCE"): text(one, "STATUS") for one in recordings(world, device)}
    need(states.get(first) is None or states[first] != states[second], f"STATUS of both: {states}")
    client.ok("BLACKOUTSTOP", DEVICEID=device, CALLINSTANCE=first)
    after = {text(one, "CALLINSTANCE"): text(one, "STATUS") for one in recordings(world, device)}
    need(after.get(first) == after.get(second), f"STATUS afterwards: {after}")
    for call in (first, second):
        client.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE=call)


def recordings(world: World, device: str) -> list[ET.Element]:
    """Instances of a device."""
    return world.client().ok("DEVICERECORDINGSTATUS", DEVICEID=device).all("RECORDING")
