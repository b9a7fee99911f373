"""Probes of CALLLIST."""

from __future__ import annotations

from harness.tests.probes.uptivity_wire import World, fresh, need, probe, text

FIELDS = (
    *("CALLNUMBER", "DEVICEID", "DEVICEALIAS", "ANI", "DNIS", "CALLDIRECTION", "GROUP", "GATE"),
    *(f"USER{number}" for number in range(1, 16)),
    *("RECORDID", "RECORDINGTIME", "DURATION", "AGENTFIRSTNAME", "AGENTLASTNAME", "CRM_USER", "SYS_USER"),
)


def records(world: World) -> list[tuple[str, str, str, int]]:
    """Id, USER2, device and time of finished recordings."""
    keys = ("recording_ids", "recording_user2", "recording_device_ids", "recording_times")
    rows = zip(*(world.some(key) for key in keys), strict=True)
    return [(str(one), str(user), str(device), int(at)) for one, user, device, at in rows]


@probe("calllist-user2", "one filter, one recording, with all its information", 1135, 1157, 1203)
def by_user(world: World) -> None:
    client = world.client()
    for record, user, device, at in records(world)[:5]:
        rows = client.calls(USER2=user)
        need(len(rows) == 1, f"{len(rows)} for USER2 {user!r}")
        missing = [tag for tag in FIELDS if rows[0].find(tag) is None]
        need(not missing, f"no {missing}")
        wanted = {"RECORDID": record, "DEVICEID": device, "USER2": user, "RECORDINGTIME": str(at), "CALLNUMBER": "1"}
        for tag, value in wanted.items():
            need(text(rows[0], tag) == value, f"{tag} {text(rows[0], tag)!r}, not {value!r}")


@probe("calllist-device", "all recordings of a device, and no other", 1140, 1153)
def by_device(world: World) -> None:
    device = records(world)[0][2]
    rows = world.client().calls(DEVICEID=device)
    need(all(text(one, "DEVICEID") == device for one in rows), "of another device")
    wanted = {one[0] for one in records(world) if one[2] == device}
    need(wanted <= {text(one, "RECORDID") for one in rows}, f"not all of {wanted}")


def make_agents() -> None:
    keys = (("DEVICEALIAS", "device_aliases"), ("CRM_USER", "crm_users"), ("SYS_USER", "sys_users"))
    for tag, key in keys:

        @probe(f"calllist-{tag.lower()}", "recordings of this agent only", 1141, 1142, 1143, 1153)
        def by_agent(world: World, tag: str = tag, key: str = key) -> None:
            value, device = world.some(key)[0], world.some("agent_device_ids")[0]
            rows = world.client().calls(**{tag: value})
            need(all(text(one, tag) == value for one in rows), f"another {tag}")
            wanted = {one[0] for one in records(world) if one[2] == device}
            need(wanted <= {text(one, "RECORDID") for one in rows}, f"not all of {wanted}")
            first, last = world.some("agent_first_names")[0], world.some("agent_last_names")[0]
            names = {(text(one, "AGENTFIRSTNAME"), text(one, "AGENTLASTNAME")) for one in rows}
            need(names == {(first, last)}, f"names {names}")


make_agents()


@probe("calllist-and", "filters are combined as AND", 1153)
def both(world: World) -> None:
    client = world.client()
    first = records(world)[0]
    other = next(one for one in records(world) if one[2] != first[2])
    need(len(client.calls(DEVICEID=first[2], USER2=first[1])) == 1, "both of one recording")
    need(not client.calls(DEVICEID=other[2], USER2=first[1]), "DEVICEID of another recording")
    need(not client.calls(USER2=first[1], CALLDATESTART=first[3] + 10), "a later time")


@probe("calllist-count", "CALLCOUNT is the number of calls that will be returned; they are numbered", 1149, 1179)
def limited(world: World) -> None:
    client = world.client()
    for number in (1, 2, min(7, len(records(world)))):
        rows = client.calls(CALLCOUNT=number)
        need(len(rows) == number, f"{len(rows)} for CALLCOUNT {number}")
        numbers = [text(one, "CALLNUMBER") for one in rows]
        need(numbers == [str(at + 1) for at in range(number)], f"CALLNUMBER {numbers}")


@probe("calllist-dates", "the beginning and the end of the filter, in UNIX time", 1150, 1151)
def dated(world: World) -> None:
    client, times = world.client(), sorted(records(world), key=lambda one: one[3])
    middle = times[len(times) // 3 : 2 * len(times) // 3]
    first, last = middle[0][3] - 1, middle[-1][3] + 1
    rows = client.calls(CALLDATESTART=first, CALLDATEEND=last)
    need(all(first <= int(text(one, "RECORDINGTIME") or 0) <= last for one in rows), "outside of the range")
    need({one[0] for one in middle} <= {text(one, "RECORDID") for one in rows}, "not all")
    later = client.calls(CALLDATESTART=first)
    need({one[0] for one in times if one[3] > first} <= {text(one, "RECORDID") for one in later}, "start alone")
    need(all(int(text(one, "RECORDINGTIME") or 0) >= first for one in later), "before the start")
    before = client.calls(CALLDATEEND=last)
    need({one[0] for one in times if one[3] < last} <= {text(one, "RECORDID") for one in before}, "end alone")
    need(all(int(text(one, "RECORDINGTIME") or 0) <= last for one in before), "after the end")


@probe("calllist-count-dates", "CALLCOUNT limits to the top N within the range", 1155)
def top(world: World) -> None:
    client, times = world.client(), sorted(one[3] for one in records(world))
    rows = client.calls(CALLCOUNT=2, CALLDATESTART=times[0] - 1, CALLDATEEND=times[3] + 1)
    need(len(rows) == 2, f"{len(rows)} calls")
    need(all(times[0] <= int(text(one, "RECORDINGTIME") or 0) <= times[3] for one in rows), "outside of the range")


@probe("calllist-nothing", "nothing matches, nothing is returned", 1135)
def nothing(world: World) -> None:
    client = world.client()
    for tag in ("DEVICEID", "CRM_USER", "SYS_USER", "DEVICEALIAS", "GROUP", "GATE", "ANI", "DNIS", "USER1", "USER15"):
        need(not client.calls(**{tag: fresh("none")}), f"calls for an unknown {tag}")


@probe("post-recording", "CALLUPDATE with RECORDID changes that record, and only what was given", 362, 367, 375)
def post(world: World) -> None:
    client = world.client()
    record, user, device, at = records(world)[1]
    mark = fresh("mark")
    client.ok("CALLUPDATE", RECORDID=record, USER4=mark, USER15="the last", ANI="6145559999", CALLDIRECTION="O")
    rows = client.calls(USER4=mark)
    need([text(one, "RECORDID") for one in rows] == [record], f"{len(rows)} rows with USER4 {mark}")
    wanted = {"USER2": user, "DEVICEID": device, "RECORDINGTIME": str(at), "USER15": "the last", "ANI": "6145559999"}
    for tag, value in {**wanted, "CALLDIRECTION": "O"}.items():
        need(text(rows[0], tag) == value, f"{tag} {text(rows[0], tag)!r}, not {value!r}")
    again = fresh("mark")
    client.ok("CALLUPDATE", RECORDID=record, USER4=again)
    need(not client.calls(USER4=mark) and len(client.calls(USER4=again)) == 1, "the second update")


@probe("post-unknown", "a record that is not there: one of two errors", 384, 2169)
def post_unknown(world: World) -> None:
    world.client().refused("CALLUPDATE", 23, 40, RECORDID=987654321, USER4="x")
