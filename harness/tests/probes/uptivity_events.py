"""Probes of events and subscribers."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET

from harness.tests.probes.uptivity_wire import QUIET_S, Client, NotHere, World, fresh, need, parsed, probe, text

USERS = tuple(f"USER{number}" for number in range(1, 16))
COMMON = ("GLOBALCALLID", "DEVICEID", "DEVICEALIAS", "GATE", "ANI", "DNIS", "AGENTID")
CALL = (*COMMON, *USERS, "SYS_USER", "CRM_USER", "GROUP", "CALLINSTANCE", "KEEPDAYS", "ARCHIVEACTION", "COREIDENT")
RECORD = (*COMMON, *USERS, "FILENAME", "CHANNEL", "ERRORREASON", "GROUP", "CALLINSTANCE", "KEEPDAYS", "COREIDENT")
FIELDS = {
    "CALLSTART": ("CALL", (*CALL, "CALLDIRECTION", "STATION", "ISTRUNK", "STARTTIME")),
    "CALLSTOP": ("CALL", CALL),
    "RECORDINGSTARTED": ("RECORD", (*RECORD, "ARCHIVEACTION")),
    "RECORDINGSTOPPED": ("RECORD", (*COMMON, *USERS[:5], "KEEPDAYS", "RECORDID", "COREIDENT")),
    "RECORDINGUPDATE": ("RECORD", ("GLOBALCALLID", "DEVICEID", "KEEPDAYS", "FILENAME", "RECORDID", "COREIDENT")),
    "RECORDINGPAUSED": ("RECORD", (*RECORD, "ARCHIVEACTION")),
    "RECORDINGRESUMED": ("RECORD", (*RECORD, "ARCHIVEACTION")),
}


def watch(world: World) -> Client:
    """A subscriber."""
    client = world.client()
    got = client.ok("EVENTS", EVENTCLASS="ALL", EVENTVALUE="")
    need(got.must("EVENTCLASS") == "ALL", f"EVENTCLASS {got.get('EVENTCLASS')!r}")
    got.must("EVENTXREF")
    got.must("EVENTTYPE", "EVENTVALUE")
    return client


def gathered(client: Client, device: str, until: str | None = None, wait_s: float = 4.0) -> list[ET.Element]:
    """Events of a device, up to a type or until nothing more comes."""
    found: list[ET.Element] = []
    end = time.monotonic() + wait_s
    while (left := end - time.monotonic()) > 0 and (raw := client.message(left if until else min(left, QUIET_S))):
        one = parsed(raw)
        need(one.tag == "CALLCOPYEVENT", f"{one.tag} that nobody asked for")
        if next((item.text for item in one.iter("DEVICEID")), "") == device:
            found.append(one)
            if kind(one) == until:
                break
    return found


def kind(one: ET.Element) -> str:
    """Type of an event."""
    return text(one, "EVENTTYPE") or ""


def data(one: ET.Element, tag: str) -> str:
    """A value of an event."""
    found = one.find("EVENTDATA")
    need(found is not None, "no EVENTDATA")
    return (found is not None and text(found, tag)) or ""


def life(world: World, device: str, call: str, **more: str) -> list[ET.Element]:
    """All events of a call with a blackout, as one subscriber gets them."""
    watcher, client = watch(world), world.client()
    client.ok("CALLSTART", DEVICEID=device, CALLINSTANCE=call, **more)
    found = gathered(watcher, device)
    client.ask("BLACKOUTSTART", DEVICEID=device, CALLINSTANCE=call)
    found += gathered(watcher, device)
    client.ask("BLACKOUTSTOP", DEVICEID=device, CALLINSTANCE=call)
    found += gathered(watcher, device)
    client.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE=call)
    return found + gathered(watcher, device)


@probe("subscribe", "the result repeats REQUESTID 0 too, with EVENTXREF and EVENTCLASS", 2718, 2722, 2739)
def subscribe(world: World) -> None:
    watch(world)
    client = world.client()
    got = client.ask("EVENTS", REQUESTID=0, EVENTCLASS="ALL", EVENTVALUE="")
    need(got.code in (20, 14), f"REQUESTID 0: {got.code}")


def make_types() -> None:
    for at, (name, (group, fields)) in enumerate(FIELDS.items()):

        @probe(f"event-{name.lower()}", "its class and its data", 2746, 2796, 2842, 2890, 2920, 2941, 2986)
        def event(
            world: World, at: int = at, name: str = name, group: str = group, fields: tuple[str, ...] = fields
        ) -> None:
            device, call = world.some("agent_device_ids", 8)[at], fresh("i")
            found = [
                one for one in life(world, device, call, ANI="6145550007", USER1="Gold Level") if kind(one) == name
            ]
            if not found and group == "RECORD":
                raise NotHere  # a schedule decides what is recorded; nothing says what pauses
            need(len(found) == 1, f"{len(found)} {name}")
            need(text(found[0], "EVENTCLASS") == group, f"EVENTCLASS {text(found[0], 'EVENTCLASS')!r}")
            for tag in ("MODULE", "EVENTXREF"):
                need(found[0].find(tag) is not None, f"no {tag}")
            part = found[0].find("EVENTDATA")
            missing = [tag for tag in fields if part is None or part.find(tag) is None]
            need(not missing, f"{name} without {missing}")
            wanted = {"ANI": "6145550007", "USER1": "Gold Level", "CALLINSTANCE": call, "DEVICEID": device}
            wanted["AGENTID"] = str(world.some("agent_ids", 8)[at])
            for tag in fields:
                need(tag not in wanted or data(found[0], tag) == wanted[tag], f"{tag} {data(found[0], tag)!r}")


make_types()


@probe("event-order", "each type once, in the order of what happens; the record is then in CALLLIST", 2842, 2890, 2920)
def order(world: World) -> None:
    device, call, mark = world.some("agent_device_ids", 8)[7], fresh("i"), fresh("m")
    found = life(world, device, call, USER5=mark)
    kinds = [kind(one) for one in found]
    need(len(kinds) == len(set(kinds)), f"{kinds}")
    for first, second in (
        ("CALLSTART", "CALLSTOP"),
        ("RECORDINGSTARTED", "RECORDINGSTOPPED"),
        ("RECORDINGSTARTED", "RECORDINGPAUSED"),
        ("RECORDINGPAUSED", "RECORDINGRESUMED"),
        ("RECORDINGSTOPPED", "RECORDINGUPDATE"),
    ):
        if first in kinds and second in kinds:
            need(kinds.index(first) < kinds.index(second), f"{kinds}")
    if "RECORDINGUPDATE" in kinds:
        record = data(found[kinds.index("RECORDINGUPDATE")], "RECORDID")
        need(data(found[kinds.index("RECORDINGSTOPPED")], "RECORDID") == record, "two RECORDIDs")
        rows = world.client().calls(USER5=mark)
        need([text(one, "RECORDID") for one in rows] == [record], f"{len(rows)} in CALLLIST, not {record}")


@probe("subscribers", "each subscriber gets the events, and nobody else", 2710)
def several(world: World) -> None:
    device, call, client = world.some("device_ids", 2)[0], fresh("i"), world.client()
    watchers = [watch(world) for _ in range(3)]
    client.ok("CALLSTART", DEVICEID=device, CALLINSTANCE=call)
    for one in watchers:
        need(gathered(one, device, "CALLSTART"), "a subscriber without the event")
    watchers[1].link.close()
    client.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE=call)
    for one in (watchers[0], watchers[2]):
        need(kind((gathered(one, device, "CALLSTOP") or [ET.Element("x")])[-1]) == "CALLSTOP", "no CALLSTOP")
    need(client.message(QUIET_S) is None, "an event for a client that did not subscribe")


@probe("event-by-url", "a call by URL gives events too", 2561, 2710, 2746)
def by_url(world: World) -> None:
    device, call, watcher = world.some("device_ids", 2)[1], fresh("i"), watch(world)
    for name in ("CALLSTART", "CALLSTOP"):
        need(world.told(name.lower(), deviceid=device, callinstance=call).code == 20, name)
        found = gathered(watcher, device, name)
        need(found and data(found[-1], "CALLINSTANCE") == call, f"no {name}")


@probe("event-asks", "a subscriber may stay and send other requests on its connection", 110, 2712)
def asks(world: World) -> None:
    device, call, watcher = world.some("device_ids", 3)[2], fresh("i"), watch(world)
    watcher.ok("TEST")
    watcher.ok("CALLSTART", DEVICEID=device, CALLINSTANCE=call)
    watcher.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE=call)


@probe("event-instances", "events of two calls on a device are told apart", 216, 2746)
def instances(world: World) -> None:
    device, first, second = world.some("device_ids", 4)[3], fresh("i"), fresh("i")
    watcher, client = watch(world), world.client()
    for call in (first, second):
        client.ok("CALLSTART", DEVICEID=device, CALLINSTANCE=call)
    for call in (first, second):
        client.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE=call)
    found = gathered(watcher, device)
    for name in ("CALLSTART", "CALLSTOP"):
        calls = [data(one, "CALLINSTANCE") for one in found if kind(one) == name]
        need(calls == [first, second], f"{name} {calls}")


@probe("event-refused", "a call that was refused gives no event", 200, 2746)
def refused(world: World) -> None:
    watcher, client = watch(world), world.client()
    client.refused("CALLSTART", 8, SYS_USER=fresh("nobody"))
    raw = watcher.message(QUIET_S)
    need(raw is None or b">CALLSTART<" not in raw, f"{raw!r}")
