"""Probes of groups, roles and mail."""

from __future__ import annotations

from harness.tests.probes.uptivity_wire import (
    BAD_ACTION,
    BAD_MAIL,
    FORMAT,
    NO_AGENT,
    NO_FILE,
    NO_ROLE,
    NO_USER,
    World,
    fresh,
    need,
    probe,
)


@probe("group-add", "GROUPNAME and GROUPID of the new group; the same name again changes nothing", 1673, 1706)
def group(world: World) -> None:
    client, name = world.client(), fresh("Group & Co ")
    got = client.ok("ADDGROUP", GROUPNAME=name)
    number = got.must("GROUPID")
    need(number.isdigit() and got.must("GROUPNAME") == name, f"{number} {got.get('GROUPNAME')!r}")
    again = client.ok("ADDGROUP", GROUPNAME=name)
    need(again.must("GROUPID") == number, f"GROUPID {again.get('GROUPID')} for the same name")
    need(client.ok("ADDGROUP", GROUPNAME=fresh("Group ")).must("GROUPID") != number, "an id twice")


@probe("group-known", "a group that is there already has its id", 1706)
def known(world: World) -> None:
    for name, number in zip(world.some("group_names"), world.some("group_ids"), strict=True):
        got = world.client().ok("ADDGROUP", GROUPNAME=name)
        need(got.must("GROUPID") == str(number), f"{name}: {got.get('GROUPID')}")


@probe("group-missing", "API_INVALID_MESSAGE_FORMAT without GROUPNAME", 1678, 1710)
def no_name(world: World) -> None:
    world.client().refused("ADDGROUP", *FORMAT)


@probe("group-agents", "by names or by ids; the result has the ids", 1714, 1746, 1748, 1750, 1756)
def agents(world: World) -> None:
    client = world.client()
    name, number = world.some("group_names")[0], str(world.some("group_ids")[0])
    agent, device = str(world.some("agent_ids")[0]), world.some("agent_device_ids")[0]
    first, last = world.some("agent_first_names")[0], world.some("agent_last_names")[0]
    by_name = {"GROUPNAME": name, "FIRSTNAME": first, "LASTNAME": last, "DEVICEID": device}
    by_id = {"GROUPLD": number, "GROUPID": number, "AGENTID": agent, "PHONEID": device, "DEVICEID": device}
    for fields in (by_name, by_id):
        for action in ("ADD", "DELETE"):
            got = client.ok("MODIFYGROUPPERMISSION", ACTION=action, **fields)
            need(got.must("GROUPID", "GROUPLD") == number, f"GROUPID {got.get('GROUPID')}")
            need(got.must("AGENTID") == agent, f"AGENTID {got.get('AGENTID')}")


@probe("group-agents-unknown", "API_AGENT_NOT_FOUND; another action is an error", 1746, 1760)
def no_agent(world: World) -> None:
    client, name = world.client(), world.some("group_names")[0]
    device, agent = world.some("agent_device_ids")[0], world.some("agent_ids")[0]
    client.refused("MODIFYGROUPPERMISSION", NO_AGENT, ACTION="ADD", GROUPNAME=name, AGENTID=9988776, DEVICEID=device)
    client.refused("MODIFYGROUPPERMISSION", ACTION="REPLACE", GROUPNAME=name, AGENTID=agent, DEVICEID=device)
    client.refused("MODIFYGROUPPERMISSION", ACTION="ADD", GROUPNAME=fresh("none"), AGENTID=agent, DEVICEID=device)


@probe("group-users", "a user may view a group, by its name or id", 1765, 1793, 1795, 1797)
def users(world: World) -> None:
    client, user = world.client(), world.some("usernames")[0]
    for fields in ({"GROUPNAME": world.some("group_names")[1]}, {"GROUPID": world.some("group_ids")[1]}):
        for action in ("ADD", "DELETE"):
            client.ok("MODIFYUSERGROUPPERMISSION", ACTION=action, USERNAME=user, **fields)


@probe("group-users-unknown", "API_USER_NOT_FOUND, API_ERROR_INVALID_ACTION", 1802, 1803)
def no_user(world: World) -> None:
    client, name, user = world.client(), world.some("group_names")[0], world.some("usernames")[0]
    client.refused("MODIFYUSERGROUPPERMISSION", NO_USER, ACTION="ADD", GROUPNAME=name, USERNAME=fresh("none"))
    client.refused("MODIFYUSERGROUPPERMISSION", BAD_ACTION, ACTION="REPLACE", GROUPNAME=name, USERNAME=user)
    client.refused("MODIFYUSERGROUPPERMISSION", ACTION="ADD", GROUPNAME=fresh("none"), USERNAME=user)


@probe("role", "ADD, MODIFY, DELETE; afterwards it is not found", 1807, 1841, 1845, 1852, 1853)
def role(world: World) -> None:
    client, name = world.client(), fresh("Role ")
    client.ok("MODIFYROLE", ACTION="ADD", ROLENAME=name, DESCRIPTION="one")
    again = client.ask("MODIFYROLE", ACTION="ADD", ROLENAME=name, DESCRIPTION="two")
    need(again.code in (20, 50), f"the same name again: {again.code}")
    client.ok("MODIFYROLE", ACTION="MODIFY", ROLENAME=name, DESCRIPTION="three")
    client.ok("MODIFYROLE", ACTION="DELETE", ROLENAME=name)
    for action in ("MODIFY", "DELETE"):
        client.refused("MODIFYROLE", NO_ROLE, ACTION=action, ROLENAME=name, DESCRIPTION="x")


@probe("role-errors", "API_ERROR_INVALID_ACTION, API_INVALID_MESSAGE_FORMAT", 1850, 1851)
def role_errors(world: World) -> None:
    client = world.client()
    client.refused("MODIFYROLE", BAD_ACTION, ACTION="LIST", ROLENAME=fresh("Role "), DESCRIPTION="x")
    client.refused("MODIFYROLE", *FORMAT, ACTION="ADD")


@probe("role-group", "a group of a role, by the name or the id of the role", 1857, 1892, 1894, 1896)
def role_group(world: World) -> None:
    client, group = world.client(), world.some("group_names")[0]
    for who in ({"ROLENAME": world.some("role_names")[1]}, {"ROLEID": world.some("role_ids")[1]}):
        for action in ("ADD", "DELETE"):
            client.ok("MODIFYROLEGROUPPERMISSION", ACTION=action, GROUPNAME=group, **who)
    client.refused("MODIFYROLEGROUPPERMISSION", BAD_ACTION, ACTION="MODIFYX", GROUPNAME=group, **who)
    client.refused("MODIFYROLEGROUPPERMISSION", *FORMAT, ACTION="ADD", **who)


def make_users() -> None:
    keys = {
        "username": {"USERNAME": "usernames"},
        "systemusername": {"SYSTEMUSERNAME": "sys_users"},
        "names": {"FIRSTNAME": "agent_first_names", "LASTNAME": "agent_last_names"},
        "userid": {"USERID": "agent_ids"},
    }
    for word, tags in keys.items():

        @probe(f"role-user-{word}", "a role of a user, whom any of these identifies", 1906, 1909, 1945)
        def role_user(world: World, tags: dict[str, str] = tags) -> None:
            client = world.client()
            who = {tag: world.some(key, 3)[2] for tag, key in tags.items()}
            for named in ({"ROLENAME": world.some("role_names")[2]}, {"ROLEID": world.some("role_ids")[2]}):
                for action in ("ADD", "DELETE"):
                    client.ok("MODIFYUSERROLE", ACTION=action, **named, **who)
            client.refused("MODIFYUSERROLE", NO_ROLE, ACTION="ADD", ROLENAME=fresh("none"), **who)


make_users()


@probe("role-user-unknown", "API_USER_NOT_FOUND, API_ERROR_INVALID_ACTION", 1950, 1953)
def role_no_user(world: World) -> None:
    client, name = world.client(), world.some("role_names")[0]
    client.refused("MODIFYUSERROLE", NO_USER, ACTION="ADD", ROLENAME=name, USERNAME=fresh("none"))
    client.refused("MODIFYUSERROLE", BAD_ACTION, ACTION="REPLACE", ROLENAME=name, USERNAME=world.some("usernames")[0])


@probe("email", "a recording to an address, by each way of naming it", 1957, 1962, 1965, 2332)
def email(world: World) -> None:
    client = world.client()
    record, user = world.some("recording_ids")[0], world.some("recording_user2")[0]
    for kind, value in (("ident", record), ("user2", user)):
        for form in world.some("media_formats"):
            fields = {"UNIQUEFIELD": kind, "UNIQUEID": value, "MEDIA_FORMAT": form.lower()}
            client.ok("EMAIL", TOADDRESS="jdoe@uptivity.com", **fields)
    if "CAV" in world.some("media_formats"):
        fields = {"MEDIA_FORMAT": "CAV", "ENCRYPT": "Y", "PASSWORD": "test", "UNIQUEFIELD": "ident"}
        client.ok("EMAIL", TOADDRESS="jdoe@uptivity.com", UNIQUEID=record, **fields)


@probe("email-errors", "address not valid, file not found, parameters missing", 1998, 2000, 2001)
def email_errors(world: World) -> None:
    client = world.client()
    fields = {"UNIQUEFIELD": "ident", "UNIQUEID": world.some("recording_ids")[0], "MEDIA_FORMAT": "wav"}
    client.refused("EMAIL", BAD_MAIL, TOADDRESS="no address", **fields)
    client.refused("EMAIL", NO_FILE, TOADDRESS="jdoe@uptivity.com", **{**fields, "UNIQUEID": 98765432})
    client.refused("EMAIL", *FORMAT, **fields)
    client.refused("EMAIL", *FORMAT, TOADDRESS="jdoe@uptivity.com")


@probe("combinedemail", "one or more recordings, separated by a comma", 2005, 2014, 2046, 2048, 2049)
def combined(world: World) -> None:
    client, ids = world.client(), [str(one) for one in world.some("recording_ids", 3)[:3]]
    people = {"TONAME": "jane", "FROMADDRESS": "jane.doe@uptivity.com", "FROMNAME": "jane", "UNIQUEID": "IDENT"}
    to = "jane.doe@uptivity.com"
    for some in (ids[:1], ids):
        client.ok("COMBINEDEMAIL", TOADDRESS=to, IDENT=",".join(some), **people)
    client.refused("COMBINEDEMAIL", NO_FILE, TOADDRESS=to, IDENT="98765432", **people)
    client.refused("COMBINEDEMAIL", BAD_MAIL, TOADDRESS="no address", IDENT=ids[0], **people)
    client.refused("COMBINEDEMAIL", *FORMAT, TOADDRESS=to, **people)
