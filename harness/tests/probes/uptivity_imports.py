"""Probes of imports: users, their phones, workstations."""

from __future__ import annotations

from harness.tests.probes.uptivity_wire import (
    BAD_ACTION,
    FORMAT,
    NO_AGENT,
    NO_USER,
    QUERY,
    USER_EXISTS,
    Client,
    Value,
    World,
    fresh,
    need,
    probe,
    text,
)

LISTED = (
    *("FIRSTNAME", "LASTNAME", "STATUS", "ADD_TIME", "MOD_TIME", "SYS_USER", "EMAIL", "CRM_USER", "PHONES"),
    "EMPLOYEEID",
)
SPELLED = {"EMPLOYEEID": "EMPLOYEE_ID", "FIRSTNAME": "FIRST_NAME", "LASTNAME": "LAST_NAME"}


def add(client: Client, world: World, **more: Value) -> tuple[str, dict[str, Value]]:
    """A new user: id and what was sent."""
    word = fresh("u")
    fields: dict[str, Value] = {
        "EMPLOYEEID": fresh("7"),
        "FIRSTNAME": "Ann",
        "LASTNAME": f"Probe {word}",
        "STATUS": "A",
        "ADD_TIME": "",
        "MOD_TIME": "",
        "SYS_USER": f"sys.{word}",
        "DOMAIN": "somecompany",
        "EMAIL": f"{word}@somecompany.com",
        "CRM_USER": f"CRM{word}",
        "PASSWORD": "Password",
        "SITEID": world.some("site_ids")[0],
        "USERNAME": f"name{word}",
        **more,
    }
    got = client.ok("IMPORTUSER", ACTION="ADD", **fields)
    number = got.must("AGENTID", "AGENT_ID")
    need(number.isdigit(), f"AGENTID {number!r}")
    return number, fields


def listed(client: Client, number: str) -> dict[str, str] | None:
    """The row of an agent in LIST, as the text or the example spells its elements."""
    got = client.ok("IMPORTUSER", ACTION="LIST")
    rows = got.all("AGENT")
    need(got.must("COUNT") == str(len(rows)), f"COUNT {got.get('COUNT')} of {len(rows)}")
    for one in rows:
        if (text(one, "AGENT_ID") or text(one, "AGENTID")) == number:
            row = {item.tag: (item.text or "").strip() for item in one}
            return {**{tag: row[other] for tag, other in SPELLED.items() if other in row}, **row}
    return None


def phones(client: Client, number: str) -> set[str]:
    """Phones of an agent."""
    row = listed(client, number)
    return {one.strip() for one in (row or {}).get("PHONES", "").split(",") if one.strip()}


@probe("user-add", "ADD returns the id; LIST has what was given", 1472, 1496, 1573)
def added(world: World) -> None:
    client = world.client()
    number, fields = add(client, world)
    row = listed(client, number) or {}
    missing = [tag for tag in LISTED if tag not in row]
    need(row and not missing, f"LIST lacks {missing or number}")
    for tag in ("EMPLOYEEID", "FIRSTNAME", "LASTNAME", "STATUS", "SYS_USER", "EMAIL", "CRM_USER"):
        need(row[tag] == fields[tag], f"{tag} {row[tag]!r}, not {fields[tag]!r}")


@probe("user-list", "LIST has all agents and needs no other parameter", 1573)
def everybody(world: World) -> None:
    client = world.client()
    for at, number in enumerate(world.some("agent_ids")):
        row = listed(client, str(number))
        need(row is not None and row.get("LASTNAME") == world.some("agent_last_names")[at], f"agent {number}: {row}")


@probe("user-add-id", "AGENTID is ignored when the action is ADD", 1563)
def own_id(world: World) -> None:
    client = world.client()
    first = str(world.some("agent_ids")[0])
    before = listed(client, first)
    number, _fields = add(client, world, AGENT_ID=first)
    need(number != first and listed(client, first) == before, "an agent is overwritten")


@probe("user-add-twice", "the same first and last name: an error, and nothing changes", 1571)
def twice(world: World) -> None:
    client = world.client()
    number, fields = add(client, world)
    before = listed(client, number)
    more = {**fields, "USERNAME": fresh("name"), "SYS_USER": fresh("sys"), "EMAIL": "other@somecompany.com"}
    client.refused("IMPORTUSER", ACTION="ADD", **more)
    need(listed(client, number) == before, "values changed")


@probe("user-same-username", "API_USER_ALREADY_EXIST for the same username", 1580)
def same_name(world: World) -> None:
    client = world.client()
    _number, fields = add(client, world)
    more = {**fields, "LASTNAME": fresh("Other "), "SYS_USER": fresh("sys"), "EMPLOYEEID": fresh("8")}
    client.refused("IMPORTUSER", USER_EXISTS, ACTION="ADD", **more)


@probe("user-modify", "MODIFY adds information or changes the name of the same employee", 1569)
def modified(world: World) -> None:
    client = world.client()
    number, fields = add(client, world)
    change: dict[str, Value] = {"LASTNAME": fresh("Married "), "EMAIL": "new@somecompany.com", "CRM_USER": fresh("CRM")}
    # AGENT_ID in the parameters, AGENTID in the text: both at once
    client.ok("IMPORTUSER", **{**fields, **change}, ACTION="MODIFY", AGENT_ID=number, AGENTID=number)
    row = listed(client, number) or {}
    for tag, value in change.items():
        need(row.get(tag) == value, f"{tag} {row.get(tag)!r}, not {value!r}")
    need(row.get("FIRSTNAME") == fields["FIRSTNAME"], "FIRSTNAME")


@probe("user-unknown", "API_USER_NOT_FOUND for an agent that is not there", 1571, 1581)
def unknown(world: World) -> None:
    client = world.client()
    fields: dict[str, Value] = {"FIRSTNAME": "No", "LASTNAME": fresh("Body "), "PASSWORD": "p", "USERNAME": fresh("n")}
    for action in ("MODIFY", "DELETE"):
        client.refused("IMPORTUSER", NO_USER, ACTION=action, AGENT_ID=9988776, AGENTID=9988776, **fields)


@probe("user-delete", "DELETE changes the status and frees the phones; the name can still be found in old calls", 1567)
def deleted(world: World) -> None:
    client, phone = world.client(), fresh("49")
    number, _fields = add(client, world)
    other, _more = add(client, world)
    client.ok("IMPORTAGENTPHONE", ACTION="ADD", PHONEID=phone, AGENTID=number)
    client.ok("IMPORTUSER", ACTION="DELETE", AGENT_ID=number, AGENTID=number)
    row = listed(client, number)
    need(row is None or (row["STATUS"] != "A" and not row["PHONES"]), f"after DELETE: {row}")
    client.ok("IMPORTAGENTPHONE", ACTION="ADD", PHONEID=phone, AGENTID=other)
    need(phone in phones(client, other), "the phone was not free")


@probe("user-bad-action", "API_ERROR_INVALID_ACTION", 1561, 1578)
def bad_action(world: World) -> None:
    world.client().refused("IMPORTUSER", BAD_ACTION, ACTION="REPLACE", AGENT_ID=1, AGENTID=1)


@probe("user-missing", "API_INVALID_MESSAGE_FORMAT if parameters are missing", 1579)
def missing(world: World) -> None:
    world.client().refused("IMPORTUSER", *FORMAT, ACTION="ADD")


@probe("phone-add-delete", "a phone of an agent, by id; deleting it leaves the agent", 1585, 1615, 1619)
def phone(world: World) -> None:
    client, number = world.client(), fresh("41")
    agent, _fields = add(client, world)
    got = client.ok("IMPORTAGENTPHONE", ACTION="ADD", PHONEID=number, AGENTID=agent)
    need(got.must("AGENTID", "AGENT_ID") == agent, f"AGENTID {got.get('AGENTID')}")
    need(phones(client, agent) == {number}, f"phones {phones(client, agent)}")
    second = fresh("41")
    client.ok("IMPORTAGENTPHONE", ACTION="ADD", PHONEID=second, AGENTID=agent)
    need(phones(client, agent) == {number, second}, f"phones {phones(client, agent)}")
    before = listed(client, agent) or {}
    client.ok("IMPORTAGENTPHONE", ACTION="DELETE", PHONEID=number, AGENTID=agent)
    after = listed(client, agent) or {}
    need(phones(client, agent) == {second}, f"phones {phones(client, agent)}")
    changed = {tag for tag in before if before[tag] != after.get(tag)} - {"PHONES", "MOD_TIME"}
    need(not changed, f"the agent's {changed} changed")


@probe("phone-by-names", "by FIRSTNAME and LASTNAME; with AGENTID they are ignored", 1617)
def names(world: World) -> None:
    client, first, second = world.client(), fresh("42"), fresh("42")
    agent, fields = add(client, world)
    who = {tag: fields[tag] for tag in ("FIRSTNAME", "LASTNAME")}
    got = client.ok("IMPORTAGENTPHONE", ACTION="ADD", PHONEID=first, **who)
    need(got.must("AGENTID", "AGENT_ID") == agent, f"AGENTID {got.get('AGENTID')}")
    client.ok("IMPORTAGENTPHONE", ACTION="ADD", PHONEID=second, AGENTID=agent, FIRSTNAME="No", LASTNAME="Body")
    need(phones(client, agent) == {first, second}, f"phones {phones(client, agent)}")


@probe("phone-example", "AGENTID 0 with names, as the example has it", 1608, 1609, 1610)
def zero(world: World) -> None:
    client, number = world.client(), fresh("43")
    agent, fields = add(client, world)
    got = client.ask(
        "IMPORTAGENTPHONE",
        ACTION="ADD",
        PHONEID=number,
        AGENTID=0,
        **{tag: fields[tag] for tag in ("FIRSTNAME", "LASTNAME")},
    )
    need(got.code == NO_AGENT or phones(client, agent) == {number}, f"{got.code}, not with that agent")


@probe("phone-of-another", "an error for a phone that is already assigned to another agent", 1623)
def taken(world: World) -> None:
    client, number = world.client(), fresh("44")
    one, _fields = add(client, world)
    other, _more = add(client, world)
    client.ok("IMPORTAGENTPHONE", ACTION="ADD", PHONEID=number, AGENTID=one)
    client.refused("IMPORTAGENTPHONE", ACTION="ADD", PHONEID=number, AGENTID=other)
    need(number in phones(client, one) and number not in phones(client, other), "the phone moved")


@probe("phone-unknown-agent", "API_AGENT_NOT_FOUND", 1623, 1627)
def no_agent(world: World) -> None:
    client = world.client()
    client.refused("IMPORTAGENTPHONE", NO_AGENT, ACTION="ADD", PHONEID=fresh("45"), AGENTID=9988776)
    who = {"FIRSTNAME": "No", "LASTNAME": fresh("Body ")}
    client.refused("IMPORTAGENTPHONE", NO_AGENT, ACTION="ADD", PHONEID=fresh("45"), **who)


@probe("phone-keeps-calls", "deleting a phone does not remove its call records", 1621)
def keeps(world: World) -> None:
    client, agent, device = world.client(), world.some("agent_ids", 6)[5], world.some("agent_device_ids", 6)[5]
    before = len(client.calls(DEVICEID=device))
    client.ok("IMPORTAGENTPHONE", ACTION="DELETE", PHONEID=device, AGENTID=agent)
    after = len(client.calls(DEVICEID=device))
    client.ok("IMPORTAGENTPHONE", ACTION="ADD", PHONEID=device, AGENTID=agent)
    need(before == after, f"{before} calls, then {after}")


@probe("phone-used", "a phone that is assigned identifies its agent from then on", 184, 192, 1472)
def used(world: World) -> None:
    client, device = world.client(), fresh("46")
    agent, fields = add(client, world)
    client.ok("IMPORTAGENTPHONE", ACTION="ADD", PHONEID=device, AGENTID=agent)
    client.ok("CALLSTART", SYS_USER=fields["SYS_USER"], CALLINSTANCE="1", ANI="6145554321")
    need(text(client.device(DEVICEID=device), "ANI") == "6145554321", "not the agent's device")
    client.ok("CALLSTOP", DEVICEID=device, CALLINSTANCE="1")


def mapped(client: Client) -> set[tuple[str | None, str | None]]:
    """Station and device."""
    found = client.ok("STATIONS").all("STATION")
    return {(text(one, "STATIONNAME"), text(one, "DEVICEID")) for one in found if one.find("STATIONNAME") is not None}


@probe("workstation", "a new mapping, which replaces those of the device and of the station", 1631, 1658, 1660)
def workstation(world: World) -> None:
    client, place = world.client(), world.some("location_ids")[0]
    station, other = fresh("PC-P"), fresh("PC-P")
    device, second = world.some("device_ids_without_agent", 2)[:2]
    got = client.ok("IMPORTWORKSTATION", DEVICEID=device, STATIONNAME=station, LOCATIONID=place)
    need(got.must("DEVICEID") == device and got.must("STATIONNAME") == station, "DEVICEID and STATIONNAME")
    need((station, device) in mapped(client), "not in STATIONS")
    client.ok("IMPORTWORKSTATION", DEVICEID=second, STATIONNAME=station, LOCATIONID=place)
    rows = mapped(client)
    need((station, second) in rows and (station, device) not in rows, "the same station twice")
    client.ok("IMPORTWORKSTATION", DEVICEID=second, STATIONNAME=other, LOCATIONID=place)
    rows = mapped(client)
    need((other, second) in rows and (station, second) not in rows, "the same device twice")


@probe("workstation-missing", "three parameters are required", 1636, 1637, 1638, 1665)
def incomplete(world: World) -> None:
    fields = {
        "DEVICEID": world.some("device_ids_without_agent")[0],
        "STATIONNAME": fresh("PC-P"),
        "LOCATIONID": world.some("location_ids")[0],
    }
    for gone in fields:
        client = world.client()
        rest = {tag: value for tag, value in fields.items() if tag != gone}
        client.refused("IMPORTWORKSTATION", *FORMAT, QUERY, **rest)
