"""Values of parameters that the generated cases cannot try, because each needs something to be there first; found by `clausewise mutate`."""

from __future__ import annotations

from collections.abc import Sequence

from harness.documentdut import DocumentDut
from suites.uptivity import SUITE
from suites.uptivity.agents import not_listing
from suites.uptivity.changing import changing
from suites.uptivity.groups import known_groups
from suites.uptivity.samples import sample
from suites.uptivity.world import Fields, call, new_agent, new_phone, new_role, person

_GROUP, _USER_GROUP = "MODIFYGROUPPERMISSION", "MODIFYUSERGROUPPERMISSION"
_ROLE, _ROLE_GROUP, _ROLE_USER = "MODIFYROLE", "MODIFYROLEGROUPPERMISSION", "MODIFYUSERROLE"
_GROUPS, _RECORDINGS = "User, Group, and Role Functions", "Example WebAPI Calls"


def _clauses(function: str, *names: str) -> list[str]:
    return [f"UPT-{function}.{name}" for name in names]


async def _steps(dut: DocumentDut, function: str, steps: Sequence[tuple[Fields, Sequence[str]]]) -> None:
    """Call a function again and again, on every road; each call must succeed, for the sake of these parameters."""
    for road in dut.roads:
        for number, (fields, names) in enumerate(steps):
            result = await dut.call(function, fields, road=road)
            dut.ok(result, *_clauses(function, *names), check=f"{number}.{road}")


@SUITE.scenario(
    "gaps.group-permissions", *_clauses(_GROUP, "ACTION", "GROUPLD", "FIRSTNAME", "LASTNAME"), chapter=_GROUPS,
    after=(f"{_GROUP}.success", "IMPORTUSER.success", "IMPORTAGENTPHONE.success"),
)  # fmt: skip
async def group_permissions(dut: DocumentDut) -> None:
    """MODIFYGROUPPERMISSION takes the group's number, the agent's names, and both actions."""
    made = await new_agent(dut)
    own: Fields = {"PHONEID": await new_phone(dut, made)}
    name, number = next(iter(known_groups(dut).items()))
    plain = {**own, "GROUPNAME": name, "AGENTID": made["AGENT_ID"]}
    numbered = {**own, "GROUPLD": number, "AGENTID": made["AGENT_ID"]}
    named = {**own, "GROUPNAME": name, "FIRSTNAME": made["FIRSTNAME"], "LASTNAME": made["LASTNAME"]}
    steps: list[tuple[Fields, Sequence[str]]] = []
    for fields, names in ((plain, ()), (numbered, ("GROUPLD",)), (named, ("FIRSTNAME", "LASTNAME"))):
        steps += [
            ({**fields, "ACTION": "ADD"}, names or ("ACTION",)),
            ({**fields, "ACTION": "DELETE"}, names or ("ACTION",)),
        ]
    await _steps(dut, _GROUP, steps)


@SUITE.scenario(
    "gaps.user-permissions", *_clauses(_USER_GROUP, "ACTION", "GROUPID"), chapter=_GROUPS,
    after=(f"{_USER_GROUP}.success", "IMPORTUSER.success"),
)  # fmt: skip
async def user_permissions(dut: DocumentDut) -> None:
    """MODIFYUSERGROUPPERMISSION takes the group's number, and both actions."""
    made = await new_agent(dut)
    name, number = next(iter(known_groups(dut).items()))
    steps: list[tuple[Fields, Sequence[str]]] = []
    for group, names in (({"GROUPNAME": name}, ["ACTION"]), ({"GROUPID": number}, ["GROUPID"])):
        fields = {**group, "USERNAME": made["USERNAME"]}
        steps += [({**fields, "ACTION": "ADD"}, names), ({**fields, "ACTION": "DELETE"}, names)]
    await _steps(dut, _USER_GROUP, steps)


@SUITE.scenario("gaps.roles", *_clauses(_ROLE, "ACTION"), chapter=_GROUPS, after=(f"{_ROLE}.success",))
async def roles(dut: DocumentDut) -> None:
    """MODIFYROLE takes each of its actions for a role that is there."""
    for road in dut.roads:
        name = await new_role(dut)
        for action in ("MODIFY", "DELETE"):
            fields = {"ACTION": action, "ROLENAME": name, "DESCRIPTION": "for a test"}
            dut.ok(await dut.call(_ROLE, fields, road=road), f"UPT-{_ROLE}.ACTION", check=f"{action}.{road}")


@SUITE.scenario(
    "gaps.roles-given",
    *_clauses(_ROLE_GROUP, "ACTION", "ROLEID"),
    *_clauses(_ROLE_USER, "ACTION", "ROLEID", "USERID", "SYSTEMUSERNAME", "USERNAME", "FIRSTNAME", "LASTNAME"),
    chapter=_GROUPS, after=(f"{_ROLE_GROUP}.success", f"{_ROLE_USER}.success", "IMPORTUSER.success"),
)  # fmt: skip
async def roles_given(dut: DocumentDut) -> None:
    """Roles are given and taken back by name and number, to each way to name a user, and to a group."""
    made, role = await new_agent(dut), dut.fixture("role_ids")
    group = {"ACTION": "ADD", **await sample(dut, _ROLE_GROUP)}
    name, numbered = group.pop("ROLENAME"), {**group, "ROLEID": role}
    del numbered["ACTION"]
    named = {**group, "ROLENAME": name}
    given: tuple[tuple[Fields, Sequence[str]], ...] = ((named, ["ACTION"]), (numbered, ["ROLEID"]))
    # On each road it is given and taken back, for adding what is there may be refused: UPT-AMB-170.
    steps = [({**fields, "ACTION": action}, names) for action in ("ADD", "DELETE") for fields, names in given]
    await _steps(dut, _ROLE_GROUP, steps)
    ways: tuple[tuple[Fields, Sequence[str]], ...] = (
        ({"USERID": made["AGENT_ID"]}, ("USERID",)),
        ({"SYSTEMUSERNAME": made["SYS_USER"]}, ("SYSTEMUSERNAME",)),
        ({"USERNAME": made["USERNAME"]}, ("USERNAME",)),
        ({"FIRSTNAME": made["FIRSTNAME"], "LASTNAME": made["LASTNAME"]}, ("FIRSTNAME", "LASTNAME")),
    )
    for way, names in ways:
        steps = [({**way, "ROLENAME": name, "ACTION": action}, (*names, "ACTION")) for action in ("ADD", "DELETE")]
        await _steps(dut, _ROLE_USER, steps)
    by_number = {"USERNAME": made["USERNAME"], "ROLEID": role}
    await _steps(dut, _ROLE_USER, [({**by_number, "ACTION": action}, ["ROLEID"]) for action in ("ADD", "DELETE")])


@SUITE.scenario(
    "gaps.classes", "UPT-EVENTS.EVENTCLASS", chapter="Event Interface", after=("EVENTS.success",)
)  # fmt: skip
async def classes(dut: DocumentDut) -> None:
    """EVENTS takes each of its classes, on a connection that asked for none before."""
    for number, one in enumerate(("CALL", "RECORD", "ALL")):
        link = f"watcher{number}"
        await dut.connect(link)
        dut.ok(await dut.subscribe(one, link=link), "UPT-EVENTS.EVENTCLASS", check=one)


@SUITE.scenario(
    "gaps.formats",
    *(f"UPT-{function}.MEDIA_FORMAT" for function in ("EXPORT", "COMBINEDEXPORT", "MULTIEXPORT")),
    chapter=_RECORDINGS, after=("EXPORT.success", "COMBINEDEXPORT.success", "MULTIEXPORT.success"),
)  # fmt: skip
async def formats(dut: DocumentDut) -> None:
    """Each format that the device writes may be asked for."""
    for function in ("EXPORT", "COMBINEDEXPORT", "MULTIEXPORT"):
        fields = await sample(dut, function)
        for one in dut.fixtures("media_formats"):
            result = await dut.call(function, {**fields, "MEDIA_FORMAT": one}, road=dut.url_road())
            dut.ok(result, f"UPT-{function}.MEDIA_FORMAT", check=f"{function}.{one}")


@SUITE.scenario(
    "gaps.update-by-alias", "UPT-CALLUPDATE.DEVICEALIAS", chapter="Call Handling Functions",
    after=("CALLUPDATE.success", "CALLSTART.success"),
)  # fmt: skip
async def update_by_alias(dut: DocumentDut) -> None:
    """CALLUPDATE finds the device of a call by its alias, if it looks aliases up at all."""
    known = dict(zip(dut.fixtures("device_ids"), dut.fixtures("device_aliases"), strict=False))
    own = await changing(dut)
    named = await call(dut, own)
    for road in dut.roads:
        fields = {"DEVICEALIAS": known.get(own, ""), "CALLINSTANCE": named["CALLINSTANCE"], "USER3": "by alias"}
        dut.either(
            await dut.call("CALLUPDATE", fields, road=road), "UPT-AMB-077", "UPT-CALLUPDATE.DEVICEALIAS", check=road
        )


@SUITE.scenario(
    "gaps.agents", *_clauses("IMPORTUSER", "ACTION", "AGENT_ID", "STATUS"), chapter="Import Functions", after=("IMPORTUSER.success",)
)  # fmt: skip
async def agents(dut: DocumentDut) -> None:
    """IMPORTUSER takes each of its actions, agents that are not active, and the number of an agent."""
    made = await new_agent(dut)
    own = {"AGENT_ID": made["AGENT_ID"], "FIRSTNAME": made["FIRSTNAME"], "LASTNAME": made["LASTNAME"]}
    for road in dut.roads:
        for fields, names in (
            ({"ACTION": "ADD", **person(dut), "STATUS": "I"}, ("STATUS",)),
            ({"ACTION": "LIST"}, ("ACTION",)),
            ({"ACTION": "MODIFY", **own}, ("ACTION", "AGENT_ID")),
        ):
            result = await dut.call("IMPORTUSER", fields, road=road)
            if fields["ACTION"] == "LIST" and not_listing(dut, result):
                continue
            dut.ok(result, *_clauses("IMPORTUSER", *names), check=f"{fields['ACTION']}.{road}")
        gone = {"ACTION": "DELETE", "AGENT_ID": (await new_agent(dut))["AGENT_ID"]}
        result = await dut.call("IMPORTUSER", gone, road=road)
        dut.ok(result, *_clauses("IMPORTUSER", "ACTION", "AGENT_ID"), check=f"DELETE.{road}")


@SUITE.scenario(
    "gaps.phones", *_clauses("IMPORTAGENTPHONE", "ACTION", "FIRSTNAME", "LASTNAME"), chapter="Import Functions",
    after=("IMPORTUSER.success", "IMPORTAGENTPHONE.success"),
)  # fmt: skip
async def phones(dut: DocumentDut) -> None:
    """IMPORTAGENTPHONE takes both actions, and an agent by names."""
    made = await new_agent(dut)
    named = {"FIRSTNAME": made["FIRSTNAME"], "LASTNAME": made["LASTNAME"]}
    for road in dut.roads:
        phone = await new_phone(dut, made)
        for action, agent in (("DELETE", {"AGENTID": made["AGENT_ID"]}), ("ADD", named)):
            fields = {"ACTION": action, "PHONEID": phone, **agent}
            names = ("ACTION", *(agent if action == "ADD" else ()))
            result = await dut.call("IMPORTAGENTPHONE", fields, road=road)
            dut.ok(result, *_clauses("IMPORTAGENTPHONE", *names), check=f"{action}.{road}")
