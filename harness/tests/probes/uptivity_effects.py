"""Probes of what a function must leave alone, and of what it must keep."""

from __future__ import annotations

from harness.tests.probes.uptivity_imports import add, listed, phones
from harness.tests.probes.uptivity_wire import World, fresh, need, probe, request, text

USERS = {f"USER{number}": f"value {number}" for number in range(1, 16)}


@probe("all-users", "USER1 to USER15 are kept, each by itself; an update changes only what it has", 177, 284, 2349)
def all_users(world: World) -> None:
    client, device, call = world.client(), world.some("device_ids", 9)[8], fresh("i")
    client.ok("CALLSTART", DEVICEID=device, CALLINSTANCE=call, **USERS)
    wanted = dict(USERS)
    for number in range(1, 16, 2):
        wanted[f"USER{number}"] = f"changed {number}"
        client.ok("CALLUPDATE", DEVICEID=device, CALLINSTANCE=call, **{f"USER{number}": f"changed {number}"})
    one = client.device(DEVICEID=device)
    got = {tag: text(one, tag) for tag in wanted}
    client.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE=call)
    need(got == wanted, f"{got}")


@probe("all-users-stored", "a record is found by each of its fields", 1148, 1153, 2349)
def stored(world: World) -> None:
    client, record = world.client(), str(world.some("recording_ids", 4)[3])
    marks = {tag: fresh("v") for tag in (*USERS, "GROUP", "GATE", "ANI", "DNIS") if tag != "USER2"}
    client.ok("CALLUPDATE", RECORDID=record, **marks)
    for tag, value in marks.items():
        rows = client.calls(**{tag: value})
        need([text(one, "RECORDID") for one in rows] == [record], f"{len(rows)} rows for {tag}")
    got = {tag: text(rows[0], tag) for tag in marks}
    need(got == marks, f"{got}")


@probe("modify-keeps", "MODIFY adds information: what it does not carry stays, and so do the phones", 1569)
def keeps(world: World) -> None:
    client, phone = world.client(), fresh("40")
    number, fields = add(client, world)
    add(client, world)
    client.ok("IMPORTAGENTPHONE", ACTION="ADD", PHONEID=phone, AGENTID=number)
    before, count = listed(client, number) or {}, len(client.ok("IMPORTUSER", ACTION="LIST").all("AGENT"))
    more = {tag: fields[tag] for tag in ("FIRSTNAME", "PASSWORD", "USERNAME")}
    client.ok("IMPORTUSER", ACTION="MODIFY", AGENT_ID=number, AGENTID=number, LASTNAME="Renamed " + phone, **more)
    after = listed(client, number) or {}
    changed = {tag for tag in before if before[tag] != after.get(tag)} - {"MOD_TIME"}
    need(changed <= {"LASTNAME", "LAST_NAME"} and changed, f"{changed} changed")
    need(phones(client, number) == {phone}, f"phones {phones(client, number)}")
    need(len(client.ok("IMPORTUSER", ACTION="LIST").all("AGENT")) == count, "another agent")


@probe("chat-and-call", "a chat has no audio: the agent's call goes on as it was", 1253, 1299)
def chat_and_call(world: World) -> None:
    client, session, call = world.client(), fresh("s"), fresh("i")
    device, agent = world.some("agent_device_ids")[0], world.some("agent_ids")[0]
    client.ok("CALLSTART", DEVICEID=device, CALLINSTANCE=call, USER1="of the call")
    client.ok("CHATSTART", SESSIONID=session, AGENTID=agent)
    client.ok("CHATUPDATE", SESSIONID=session, USER1="of the chat")
    client.ok("CHATSTOP", SESSIONID=session)
    rows = client.ok("DEVICERECORDINGSTATUS", DEVICEID=device).all("RECORDING")
    mine = [one for one in rows if text(one, "CALLINSTANCE") == call]
    client.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE=call)
    need(len(mine) == 1 and not text(mine[0], "STOPTIME"), "the call ended with the chat")
    need(text(mine[0], "USER1") == "of the call", f"USER1 {text(mine[0], 'USER1')!r}")


@probe("blackout-keeps", "a blackout is a period of a recording: values and call stay", 1381, 1383)
def blackout_keeps(world: World) -> None:
    client, call, device = world.client(), fresh("i"), world.some("agent_device_ids", 2)[1]
    client.ok("CALLSTART", DEVICEID=device, CALLINSTANCE=call, **USERS)
    before = next(client.device(DEVICEID=device).iter("FILENAME")).text
    for name in ("BLACKOUTSTART", "BLACKOUTSTOP"):
        client.ok(name, DEVICEID=device, CALLINSTANCE=call)
        one = client.device(DEVICEID=device)
        got = {tag: text(one, tag) for tag in USERS}
        need(got == USERS and not text(one, "STOPTIME"), f"after {name}: {got}")
        need(next(one.iter("FILENAME")).text == before, f"another file after {name}")
    client.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE=call)


@probe("delete-keeps-names", "past records still identify the agent, though the phone is another's now", 1567)
def old_names(world: World) -> None:
    client, device, mark = world.client(), fresh("39"), fresh("m")
    number, fields = add(client, world)
    client.ok("IMPORTAGENTPHONE", ACTION="ADD", PHONEID=device, AGENTID=number)
    client.ok("CALLSTART", DEVICEID=device, CALLINSTANCE="1", USER5=mark)
    client.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE="1")
    if not client.calls(USER5=mark):
        return  # a schedule decides what is recorded
    client.ok("IMPORTUSER", ACTION="DELETE", AGENT_ID=number, AGENTID=number)
    other, _more = add(client, world)
    client.ok("IMPORTAGENTPHONE", ACTION="ADD", PHONEID=device, AGENTID=other)
    rows = client.calls(USER5=mark)
    need(len(rows) == 1, f"{len(rows)} records")
    got = text(rows[0], "AGENTFIRSTNAME"), text(rows[0], "AGENTLASTNAME")
    need(got == (fields["FIRSTNAME"], fields["LASTNAME"]), f"{got}")


@probe("recorded", "the record of a call has the values that it had at the end, and is listed once", 177, 284, 1157)
def recorded(world: World) -> None:
    client, device, mark, call = world.client(), world.some("device_ids")[0], fresh("m"), fresh("i")
    client.ok("CALLSTART", DEVICEID=device, CALLINSTANCE=call, **USERS, ANI="6145550011")
    client.ok("CALLUPDATE", DEVICEID=device, CALLINSTANCE=call, USER5=mark, ANI="6145550012")
    client.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE=call)
    rows = client.calls(USER5=mark)
    if not rows:
        return  # a schedule decides what is recorded
    need(len(rows) == 1, f"{len(rows)} records of one call")
    wanted = {**USERS, "USER5": mark, "ANI": "6145550012", "DEVICEID": device}
    got = {tag: text(rows[0], tag) for tag in wanted}
    need(got == wanted, f"{got}")


@probe("refused-changes-nothing", "a request whose REQUESTID is refused does not take place", 2285)
def refused(world: World) -> None:
    client, device, call, mark = world.client(), world.some("device_ids")[0], fresh("i"), fresh("m")
    client.send(request("CALLSTART", {"REQUESTID": 2147483648, "DEVICEID": device, "CALLINSTANCE": call, "ANI": mark}))
    raw = client.message() or b""
    need(b"<RESULTCODE>14<" in raw, f"{raw!r}")
    need(text(client.device(DEVICEID=device), "ANI") != mark, "the call began")


@probe("blank-again", "a call begins without the values of an earlier one of the same instance", 165, 216)
def blank_again(world: World) -> None:
    client, device, call = world.client(), world.some("device_ids")[0], fresh("i")
    client.ok("CALLSTART", DEVICEID=device, CALLINSTANCE=call, **USERS)
    client.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE=call)
    client.ok("CALLSTART", DEVICEID=device, CALLINSTANCE=call, USER1="new")
    one = client.device(DEVICEID=device)
    got = {tag: text(one, tag) for tag in USERS}
    client.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE=call)
    need(got == {**dict.fromkeys(USERS, ""), "USER1": "new"}, f"{got}")


@probe("long-session", "a connection may stay for many requests", 110)
def long_session(world: World) -> None:
    client = world.client()
    for turn in range(120):
        client.ok("TEST", REQUESTID=20_000_001 + turn)
    rows = client.calls(CALLCOUNT=10_000)
    need([text(one, "CALLNUMBER") for one in rows] == [str(at + 1) for at in range(len(rows))], "CALLNUMBER")
    need(all(one.find("SYS_USER") is not None for one in rows), "a row is cut")


@probe("count-in-call", "COUNT of DEVICELIST, each device once, while some are in several calls", 536, 573)
def count_in_call(world: World) -> None:
    client, devices, calls = world.client(), world.some("device_ids", 2)[:2], [fresh("i") for _ in range(2)]
    for device in devices:
        for call in calls:
            client.ok("CALLSTART", DEVICEID=device, CALLINSTANCE=call)
    got = client.ok("DEVICELIST")
    for device in devices:
        for call in calls:
            client.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE=call)
    ids = [text(one, "DEVICEID") for one in got.all("DEVICE")]
    need(got.must("COUNT") == str(len(ids)), f"COUNT {got.get('COUNT')} of {len(ids)}")
    need(all(ids.count(device) == 1 for device in devices), f"devices {ids}")


@probe(
    "url-long-value",
    "a value of 255 characters by URL, as long as its field, with all its blanks and signs",
    2370,
    2596,
)
def long_value(world: World) -> None:
    client, device, value = world.client(), world.some("device_ids")[0], ("a b=c&d+e%f/" * 22)[:255]
    need(world.told("callstart", deviceid=device, callinstance="long", user4=value).code == 20, "callstart")
    got = text(client.device(DEVICEID=device), "USER4")
    client.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE="long")
    need(got == value, f"{got!r}")


@probe(
    "partial-ends", "what RECORDSTART began is over when the call is, and the first recording goes on with it", 398, 476
)
def partial(world: World) -> None:
    client, device, call = world.client(), world.some("device_ids")[0], fresh("i")
    client.ok("CALLSTART", DEVICEID=device, CALLINSTANCE=call)
    client.ok("RECORDSTART", DEVICEID=device, CALLINSTANCE=call)
    client.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE=call)
    rows = client.ok("DEVICERECORDINGSTATUS", DEVICEID=device).all("RECORDING")
    left = [one for one in rows if text(one, "CALLINSTANCE") == call and text(one, "ISRECORDING") == "Y"]
    need(not left, f"{len(left)} still recording after CALLSTOP")
