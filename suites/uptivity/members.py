"""Who is in a group and who may see it: every way to name the group and the agent, and who or what is not there.

No function tells who has a permission, so what is seen is that requests succeed, what their results carry, and what is refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.documentdut import DocumentDut
from harness.messages.documentreply import Result
from suites.uptivity import SUITE
from suites.uptivity.groups import KEPT, add_group, grant, known_groups, member, permit
from suites.uptivity.openusers import errors_of, names_of
from suites.uptivity.world import Fields, agent_of, device, fresh, new_agent, person

CHAPTER = "User, Group, and Role Functions"
_GRANT, _PERMIT = "MODIFYGROUPPERMISSION", "MODIFYUSERGROUPPERMISSION"
_AFTER = (f"{_GRANT}.success", f"{_PERMIT}.success", "ADDGROUP.success")
# Spellings of values of a result, where it has several.
_SPELLED = {"GROUPLD": ("GROUPLD", "GROUPID"), "GROUPID": ("GROUPID", "GROUPLD"), "PHONEID": ("PHONEID", "DEVICEID")}
NO_ACTIONS = ("ADDED", "DELETED", "A", "REMOVE", "INSERT")


def carries(dut: DocumentDut, result: Result, sent: Fields, *clauses: str) -> None:
    """The result has the parameters that were sent, with their values."""
    odd = []
    for name, value in sent.items():
        got = result.get(*_SPELLED.get(name, (name,)))
        if got != value:
            odd.append(f"{name} {got!r}")
    dut.check("sent", not odd, *clauses, expected=f"{sent} in the result", got=", ".join(odd), step=result.step)


def _ways(group: tuple[str, str], agent: Fields) -> Iterator[Fields]:
    """Every way to name a group, by name or number, with every way to name an agent."""
    name, number = group
    for one in ({"GROUPNAME": name}, {"GROUPLD": number}, {"GROUPNAME": name, "GROUPLD": number}):
        for who in ({"AGENTID": agent["AGENT_ID"]}, names_of(agent), {**names_of(agent), "AGENTID": agent["AGENT_ID"]}):
            yield {**one, **who}


@SUITE.scenario(
    "members.ways", "UPT-GRP-011", "UPT-GRP-012", "UPT-GRP-014", "UPT-GRP-018", "UPT-GRP-019", "UPT-GRP-021",
    *(f"UPT-{_GRANT}.{name}" for name in ("ACTION", "GROUPNAME", "GROUPLD", "PHONEID", "FIRSTNAME", "LASTNAME", "AGENTID")),
    chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def ways(dut: DocumentDut) -> None:
    """Group and agent are found by name and by number; the result tells both numbers and what was sent."""
    await new_agent(dut)
    made = await member(dut)
    name, number = next(iter(known_groups(dut).items()))
    for road in dut.roads:
        for way in _ways((name, number), made):
            sent = {**way, "PHONEID": made["PHONEID"]}
            for action in ("ADD", "DELETE"):
                result = dut.ok(
                    await grant(dut, action, road, **sent),
                    f"UPT-{_GRANT}",
                    "UPT-GRP-018",
                    "UPT-GRP-021",
                    check=f"{action}.{road}",
                )
                carries(dut, result, sent, "UPT-GRP-019")
                told = (result.get("GROUPLD", "GROUPID"), result.get("AGENTID", "AGENT_ID"))
                wanted = (number, made["AGENT_ID"])
                dut.check("numbers", told == wanted, "UPT-GRP-014", expected=f"group and agent {wanted}", got=str(told))


@SUITE.scenario(
    "members.users", "UPT-GRP-011", "UPT-GRP-018", "UPT-GRP-019",
    *(f"UPT-{_PERMIT}.{name}" for name in ("ACTION", "GROUPNAME", "GROUPID", "USERNAME")),
    chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def users(dut: DocumentDut) -> None:
    """A user may see a group and no longer, and again, by the group's name and number; the result tells what was sent."""
    made = await new_agent(dut)
    name, number = next(iter(known_groups(dut).items()))
    for road in dut.roads:
        for group in ({"GROUPNAME": name}, {"GROUPID": number}, {"GROUPNAME": name, "GROUPID": number}):
            sent = {**group, "USERNAME": made["USERNAME"]}
            for action in ("ADD", "DELETE", "ADD", "DELETE"):
                result = dut.ok(
                    await permit(dut, action, road, **sent), f"UPT-{_PERMIT}", "UPT-GRP-018", check=f"{action}.{road}"
                )
                carries(dut, result, sent, "UPT-GRP-019")


@SUITE.scenario("members.all-groups", "UPT-GRP-014", "UPT-GRP-011", chapter=CHAPTER, after=_AFTER)
async def all_groups(dut: DocumentDut) -> None:
    """Each known group is found by its name and its number, and each agent of two is told as itself."""
    made = [await member(dut), await member(dut)]
    for name, number in known_groups(dut).items():
        for one in made:
            for group in ({"GROUPNAME": name}, {"GROUPLD": number}):
                for action in ("ADD", "DELETE"):
                    result = dut.ok(
                        await grant(dut, action, **group, **names_of(one), PHONEID=one["PHONEID"]), "UPT-GRP-011"
                    )
                    told = (result.get("GROUPLD", "GROUPID"), result.get("AGENTID", "AGENT_ID"))
                    wanted = (number, one["AGENT_ID"])
                    dut.check("numbers", told == wanted, "UPT-GRP-014", expected=str(wanted), got=str(told))


@SUITE.scenario(
    "members.nobody", "UPT-GRP-015", "UPT-GRP-016", "UPT-GRP-017", f"UPT-{_GRANT}.GROUPNAME.unknown",
    f"UPT-{_GRANT}.AGENTID.unknown", f"UPT-{_PERMIT}.GROUPID.unknown", f"UPT-{_PERMIT}.USERNAME.unknown",
    chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def nobody(dut: DocumentDut) -> None:
    """Groups, agents and users that there are none of are refused, by name and by number, to add and to delete."""
    made, other = await member(dut), await new_agent(dut)
    name = next(iter(known_groups(dut)))
    far = str(1_900_000_000 + dut.rng.randrange(1_000_000))
    strange = person(dut)
    by_number, own = {"AGENTID": made["AGENT_ID"]}, {"PHONEID": made["PHONEID"]}
    agents: tuple[Fields, ...] = (
        {"AGENTID": far},
        names_of(strange),
        {"FIRSTNAME": made["FIRSTNAME"], "LASTNAME": other["LASTNAME"]},
        {"FIRSTNAME": strange["FIRSTNAME"], "LASTNAME": made["LASTNAME"]},
    )
    for road in dut.roads:
        for action in ("ADD", "DELETE"):
            for group in ({"GROUPNAME": f"none {fresh(dut)}"}, {"GROUPLD": far}):
                dut.refused(
                    await grant(dut, action, road, **group, **by_number, **own), "UPT-GRP-015", check=f"group.{road}"
                )
            for group in ({"GROUPNAME": f"none {fresh(dut)}"}, {"GROUPID": far}):
                result = await permit(dut, action, road, **group, USERNAME=made["USERNAME"])
                dut.refused(result, "UPT-GRP-015", check=f"group.{road}")
            for one in agents:
                result = await grant(dut, action, road, GROUPNAME=name, **one, **own)
                dut.refused(result, "UPT-GRP-016", check=f"agent.{road}")
            result = await permit(dut, action, road, GROUPNAME=name, USERNAME=strange["USERNAME"])
            dut.refused(result, "UPT-GRP-017", check=f"user.{road}")


@SUITE.scenario(
    "members.lacking", "UPT-GRP-010", "UPT-GRP-011", "UPT-GRP-012", "UPT-GRP-013", chapter=CHAPTER, after=_AFTER
)
async def lacking(dut: DocumentDut) -> None:
    """Requests that lack the group, the agent or the user are refused, also with half of the names."""
    made = await member(dut)
    name = next(iter(known_groups(dut)))
    own, who = {"PHONEID": made["PHONEID"]}, {"AGENTID": made["AGENT_ID"]}
    for road in dut.roads:
        for action in ("ADD", "DELETE"):
            dut.refused(await grant(dut, action, road, **who, **own), "UPT-GRP-011", check=f"no-group.{road}")
            for half in ({}, {"FIRSTNAME": made["FIRSTNAME"]}, {"LASTNAME": made["LASTNAME"]}):
                result = await grant(dut, action, road, GROUPNAME=name, **half, **own)
                dut.refused(result, "UPT-GRP-012", check=f"no-agent.{road}")
            result = await permit(dut, action, road, USERNAME=made["USERNAME"])
            dut.refused(result, "UPT-GRP-011", check=f"user.no-group.{road}")
            dut.refused(await permit(dut, action, road, GROUPNAME=name), "UPT-GRP-013", check=f"no-user.{road}")


@SUITE.scenario(
    "members.no-action", "UPT-GRP-010", "UPT-ROL-010", f"UPT-{_PERMIT}.ACTION.type", chapter=CHAPTER, after=_AFTER
)
async def no_action(dut: DocumentDut) -> None:
    """What is neither ADD nor DELETE is refused, and so is a request without."""
    made = await member(dut)
    name = next(iter(known_groups(dut)))
    fields = {"GROUPNAME": name, "AGENTID": made["AGENT_ID"], "PHONEID": made["PHONEID"]}
    user = {"GROUPNAME": name, "USERNAME": made["USERNAME"]}
    for road in dut.roads:
        for action in NO_ACTIONS:
            dut.refused(await grant(dut, action, road, **fields), "UPT-GRP-010", check=f"{action}.{road}")
            errors = errors_of(dut, "invalid-action")
            result = await permit(dut, action, road, **user)
            dut.refused(result, "UPT-GRP-010", "UPT-ROL-010", errors=errors, check=f"user.{action}.{road}")
        for function, given in ((_GRANT, fields), (_PERMIT, user)):
            result = await dut.call(function, given, road=road)
            dut.either(result, "UPT-AMB-147", "UPT-GRP-010", check=f"none.{road}")


# what the document leaves open


@SUITE.scenario("members.open.again", "UPT-GRP-018", chapter=CHAPTER, after=_AFTER)
async def again(dut: DocumentDut) -> None:
    """Adding what is there and deleting what is not is open; afterwards it can be deleted and added."""
    made = await member(dut)
    name = next(iter(known_groups(dut)))
    fields = {"GROUPNAME": name, "AGENTID": made["AGENT_ID"], "PHONEID": made["PHONEID"]}
    user = {"GROUPNAME": name, "USERNAME": made["USERNAME"]}
    for change, given in ((grant, fields), (permit, user)):
        for action, open_point in (
            ("DELETE", True),
            ("ADD", False),
            ("ADD", True),
            ("DELETE", False),
            ("DELETE", True),
        ):
            result = await change(dut, action, **given)
            if open_point:
                dut.either(result, "UPT-AMB-170", check=f"{change.__name__}.{action}")
            else:
                dut.ok(result, "UPT-GRP-018", check=f"{change.__name__}.{action}")


@SUITE.scenario("members.open.phones", chapter=CHAPTER, after=_AFTER)
async def phones(dut: DocumentDut) -> None:
    """Whether a phone is needed, and whether it must be the agent's, is open."""
    made, other = await member(dut), await member(dut)
    fields = {"GROUPNAME": next(iter(known_groups(dut))), "AGENTID": made["AGENT_ID"]}
    for phone in ({}, {"PHONEID": other["PHONEID"]}, {"PHONEID": fresh(dut)}):
        dut.either(await grant(dut, "ADD", **fields, **phone), "UPT-AMB-169")
    user = {"GROUPNAME": fields["GROUPNAME"], "USERNAME": made["USERNAME"]}
    for on in (fresh(dut), agent_of(dut).get("device") or made["PHONEID"]):
        dut.either(await permit(dut, "ADD", **user, DEVICEID=on), "UPT-AMB-179")


@SUITE.scenario("members.open.two-groups", chapter=CHAPTER, after=_AFTER)
async def two_groups(dut: DocumentDut) -> None:
    """Which of two groups counts is open; the result names one of them."""
    made = await member(dut)
    name, number = next(iter(known_groups(dut).items()))
    other = await add_group(dut, KEPT)
    given = {"GROUPNAME": name, "GROUPLD": other, "AGENTID": made["AGENT_ID"], "PHONEID": made["PHONEID"]}
    result = await dut.call("MODIFYGROUPPERMISSION", {"ACTION": "ADD", **given}, judged=False)
    if dut.either(result, "UPT-AMB-164"):
        told = result.get("GROUPLD", "GROUPID")
        one = told in (number, other)
        dut.check("one", one, "UPT-GRP-014", expected=f"group {number} or {other}", got=str(told))


@SUITE.scenario("members.open.modify", chapter=CHAPTER, after=_AFTER)
async def modify_action(dut: DocumentDut) -> None:
    """Whether MODIFY is an action of permissions is open."""
    made = await member(dut)
    name = next(iter(known_groups(dut)))
    given = {"GROUPNAME": name, "AGENTID": made["AGENT_ID"], "PHONEID": made["PHONEID"]}
    dut.either(await grant(dut, "MODIFY", **given), "UPT-AMB-195")
    dut.either(await permit(dut, "MODIFY", GROUPNAME=name, USERNAME=made["USERNAME"]), "UPT-AMB-195")


@SUITE.scenario(
    "members.user-device",
    "UPT-MODIFYUSERGROUPPERMISSION.DEVICEID",
    chapter=CHAPTER,
    after=("MODIFYUSERGROUPPERMISSION.success",),
)
async def user_device(dut: DocumentDut) -> None:
    """A permission of a user may be given with DEVICEID, of which the document does not say what it is for."""
    agent = await new_agent(dut)
    fields = {"ACTION": "ADD", "GROUPNAME": dut.fixture("group_names"), "USERNAME": agent["USERNAME"]}
    for road in dut.roads:
        result = await dut.call("MODIFYUSERGROUPPERMISSION", {**fields, "DEVICEID": device(dut, 0)}, road=road)
        dut.ok(result, "UPT-MODIFYUSERGROUPPERMISSION.DEVICEID", check=f"accepted.{road}")
        await dut.call("MODIFYUSERGROUPPERMISSION", {**fields, "ACTION": "DELETE"}, road=road, judged=False)
