"""Agents: who is not there, what is no action, recordings of those who left, and what the document leaves open."""

from __future__ import annotations

from harness.documentdut import DocumentDut
from harness.messages.documentreply import Result
from suites.uptivity import SUITE
from suites.uptivity.agents import (
    Agents,
    agent_id,
    agents,
    delete,
    gone,
    modify,
    seen_of,
    shown,
    spoken,
    unchanged,
    unnamed,
)
from suites.uptivity.seen import until
from suites.uptivity.world import Fields, fresh, new_agent, new_phone, new_role, person, spelled_agents

CHAPTER = "Import Functions"
# No actions, though they begin or end as one does.
NO_ACTIONS = ("ADDED", "ADVISE", "UPDATE", "DEL", "DELETES", "LISTING", "MODIFIED", "M", "REMOVE")
_NAMES = ("FIRSTNAME", "LASTNAME")


def errors_of(dut: DocumentDut, *errors: str) -> list[str]:
    """These errors, and those that any request which is not as it must be may be answered with."""
    anywhere = [name for name, row in dut.model.errors.items() if row.anywhere]
    return list(dict.fromkeys((*errors, *dut.syntax.refused, *anywhere)))


def names_of(agent: Fields) -> Fields:
    """Both names of an agent."""
    return {name: agent[name] for name in _NAMES}


async def _add(dut: DocumentDut, fields: Fields, road: str | None = None) -> Result:
    return await dut.call("IMPORTUSER", {"ACTION": "ADD", **fields}, road=road)


@SUITE.scenario(
    "users.unknown", "UPT-USR-003", "UPT-USR-018", "UPT-IMPORTUSER.AGENT_ID.unknown",
    chapter=CHAPTER, after=("IMPORTUSER.success",),
)  # fmt: skip
async def unknown(dut: DocumentDut) -> None:
    """Changing and deleting nobody is refused each time, on each road, and leaves everybody as they are."""
    await new_agent(dut)
    before = await agents(dut)
    nobody = str(1_900_000_000 + dut.rng.randrange(1_000_000))
    for road in dut.roads:
        new = person(dut)
        for fields in ({"EMAIL": new["EMAIL"]}, names_of(new), new, {"EMAIL": new["EMAIL"]}):
            result = await modify(dut, {"AGENT_ID": nobody}, road, **fields)
            dut.refused(result, "UPT-USR-003", check=f"modify.{road}")
        for _ in range(2):
            dut.refused(await delete(dut, {"AGENT_ID": nobody}, road), "UPT-USR-003", check=f"delete.{road}")
        unchanged(dut, before, await agents(dut, road), "UPT-USR-018")


@SUITE.scenario(
    "users.no-action", "UPT-USR-017", "UPT-USR-001", "UPT-IMPORTUSER.ACTION.type",
    chapter=CHAPTER, after=("IMPORTUSER.success",),
)  # fmt: skip
async def no_action(dut: DocumentDut) -> None:
    """What is none of the four actions is refused, whatever it begins with, and does nothing."""
    made = await new_agent(dut)
    before = await agents(dut)
    for road in dut.roads:
        for action in NO_ACTIONS:
            fields = {**person(dut), **({"AGENT_ID": made["AGENT_ID"]} if action[0] in "DMUR" else {})}
            result = await dut.call("IMPORTUSER", {"ACTION": action, **fields}, road=road)
            dut.refused(result, "UPT-USR-017", errors=errors_of(dut, "invalid-action"), check=f"{action}.{road}")
        unchanged(dut, before, await agents(dut, road), "UPT-USR-017", check="nothing")


@SUITE.scenario("users.no-names", "UPT-USR-002", chapter=CHAPTER, after=("IMPORTUSER.success",))
async def no_names(dut: DocumentDut) -> None:
    """Adding somebody without one of the names should be refused; the list agrees with the answer."""
    await spelled_agents(dut)
    for road in dut.roads:
        for name in _NAMES:
            before = await agents(dut, road)
            fields = {one: value for one, value in person(dut).items() if one != name}
            result = await _add(dut, fields, road)
            done = dut.either(result, "UPT-AMB-142", check=f"without.{name}")
            dut.check("refused", not done, "UPT-USR-002", expected=f"an error without {name}", got=result.describe())
            unchanged(dut, before, await agents(dut, road), "UPT-USR-005", but=[agent_id(result)] if done else [])


@SUITE.scenario(
    "users.own-number", "UPT-USR-019", "UPT-USR-004", "UPT-USR-011", chapter=CHAPTER, after=("IMPORTUSER.success",)
)
async def own_number(dut: DocumentDut) -> None:
    """An identifier in a request to add is of no account; that of an agent is never given twice."""
    made = await new_agent(dut)
    for road in dut.roads:
        free = str(1_800_000_000 + dut.rng.randrange(1_000_000))
        for wanted in (made["AGENT_ID"], free):
            before = await agents(dut, road)
            values = person(dut)
            result = await _add(dut, {"AGENT_ID": wanted, **values}, road)
            dut.ok(result, "UPT-USR-019", check=f"add.{road}")
            got = agent_id(result)
            dut.check("new", got not in before, "UPT-USR-004", expected="an AGENTID that nobody has", got=got)
            unchanged(dut, before, await agents(dut, road), "UPT-USR-004", "UPT-USR-011", but=[got])
            await shown(dut, got, seen_of(values), "UPT-USR-005")
            if wanted == free:
                taken = got == free
                dut.observe("own", "UPT-AMB-154", "taken" if taken else "ignored", clauses=["UPT-USR-019"], got=got)


@SUITE.scenario(
    "users.recordings-stay", "UPT-USR-016", chapter=CHAPTER, after=("IMPORTUSER.success", "IMPORTAGENTPHONE.success")
)
async def recordings_stay(dut: DocumentDut) -> None:
    """A recording names the agent who spoke, also when the agent is deleted and the phone is another's."""
    made, heir = await new_agent(dut), await new_agent(dut)
    on, user2 = await spoken(dut, made)
    dut.ok(await delete(dut, made), "UPT-USR-014", check="delete")
    for check in ("deleted", "inherited"):
        odd = await until(dut, lambda: unnamed(dut, on, user2, made))
        dut.check(check, not odd, "UPT-USR-016", expected=f"a recording by {made['LASTNAME']}", got=odd)
        if check == "deleted":
            given = {"ACTION": "ADD", "PHONEID": on, "AGENTID": heir["AGENT_ID"]}
            dut.ok(await dut.call("IMPORTAGENTPHONE", given), "UPT-USR-015", check="free")
    await shown(dut, heir["AGENT_ID"], seen_of(heir, on), "UPT-PHN-004")


@SUITE.scenario(
    "users.found", "UPT-USR-020", "UPT-IMPORTUSER.SYS_USER", "UPT-IMPORTUSER.CRM_USER", "UPT-IMPORTUSER.USERNAME",
    chapter=CHAPTER, after=("IMPORTUSER.success", "MODIFYUSERROLE.success"),
)  # fmt: skip
async def found(dut: DocumentDut) -> None:
    """Who was just added is found by SYS_USER, CRM_USER, USERNAME and names, before and after a change."""
    role = await new_role(dut)
    made = await new_agent(dut)
    await _by_values(dut, made, role, "added")
    new = person(dut)
    fields = {name: new[name] for name in ("SYS_USER", "CRM_USER", *_NAMES)}
    dut.ok(await modify(dut, made, **fields), "UPT-USR-009", check="modify")
    await _by_values(dut, made, role, "changed")


async def _by_values(dut: DocumentDut, made: Fields, role: str, check: str) -> None:
    for ways in ({"SYSTEMUSERNAME": made["SYS_USER"]}, {"USERNAME": made["USERNAME"]}, names_of(made)):
        for action in ("ADD", "DELETE"):
            result = await dut.call("MODIFYUSERROLE", {"ACTION": action, "ROLENAME": role, **ways})
            done = dut.succeeded(result)
            dut.check(f"role.{check}", done, "UPT-USR-020", expected=f"a user by {ways}", got=result.describe())
    for name in ("", "SYS_USER", "CRM_USER"):
        session = {"SESSIONID": fresh(dut)}
        way = {"KEYNAME": name, "KEYVALUE": made[name]} if name else {"AGENTID": made["AGENT_ID"]}
        result = await dut.call("CHATSTART", {**session, **way})
        done = dut.succeeded(result)
        if not name and not done:
            return  # there is no screen to record
        dut.check(f"chat.{check}", done, "UPT-USR-020", expected=f"an agent by {way}", got=result.describe())
        if done:
            await dut.call("CHATSTOP", session)


# what the document leaves open


@SUITE.scenario("users.open.deleted-names", chapter=CHAPTER, after=("IMPORTUSER.success",))
async def deleted_names(dut: DocumentDut) -> None:
    """Whether the names of who was deleted may be used again is open; the list agrees with the answer."""
    made = await new_agent(dut)
    old = made["AGENT_ID"]
    dut.ok(await delete(dut, made), "UPT-USR-014", check="delete")
    before = await gone(dut, old)
    result = await _add(dut, {**person(dut), **names_of(made)})
    if not dut.either(result, "UPT-AMB-153"):
        unchanged(dut, before, await agents(dut), "UPT-USR-018")
        return
    number = agent_id(result)
    dut.observe("again", "UPT-AMB-153", "revived" if number == old else "new")
    after = await shown(dut, number, names_of(made), "UPT-USR-005")
    unchanged(dut, before, after, "UPT-USR-011", but=[number])


@SUITE.scenario("users.open.left", chapter=CHAPTER, after=("IMPORTUSER.success",))
async def left(dut: DocumentDut) -> None:
    """What follows when a deleted agent is changed or deleted again is open; who is there stays as it is."""
    made = await new_agent(dut)
    number = made["AGENT_ID"]
    dut.ok(await delete(dut, made), "UPT-USR-014", check="delete")
    before = await gone(dut, number)
    dut.either(await delete(dut, made), "UPT-AMB-156")
    await gone(dut, number)
    dut.either(await modify(dut, made, EMAIL="left@example.com"), "UPT-AMB-156")
    unchanged(dut, before, await agents(dut), "UPT-USR-011", but=[number])


@SUITE.scenario("users.open.modify-taken", chapter=CHAPTER, after=("IMPORTUSER.success",))
async def modify_taken(dut: DocumentDut) -> None:
    """Whether a change may give an agent the names or USERNAME of another is open; the list agrees with the answer."""
    made, other = await new_agent(dut), await new_agent(dut)
    before = await agents(dut)
    done = dut.either(await modify(dut, made, **names_of(other)), "UPT-AMB-156", check="names")
    after = await shown(dut, made["AGENT_ID"], seen_of(made), "UPT-USR-010" if done else "UPT-USR-018")
    unchanged(dut, before, after, "UPT-USR-011", but=[made["AGENT_ID"]])
    dut.either(await modify(dut, made, USERNAME=other["USERNAME"]), "UPT-AMB-156", check="username")
    unchanged(dut, after, await agents(dut), "UPT-USR-011", "UPT-USR-009")


@SUITE.scenario("users.open.filter", "UPT-USR-013", chapter=CHAPTER, after=("IMPORTUSER.success",))
async def list_filter(dut: DocumentDut) -> None:
    """What other parameters of LIST do is open; whoever is shown is shown as in the whole list."""
    made = await new_agent(dut)
    whole = await agents(dut)
    for fields in ({"AGENT_ID": made["AGENT_ID"]}, {"STATUS": "A"}, names_of(made)):
        result = await dut.call("IMPORTUSER", {"ACTION": "LIST", **fields})
        if not dut.either(result, "UPT-AMB-194"):
            dut.observe("filter", "UPT-AMB-194", "refused")
            continue
        part = [one.get("AGENT_ID", "AGENTID") or "" for one in result.sections("AGENTS", "AGENT")]
        dut.check("known", set(part) <= set(whole), "UPT-USR-012", expected="agents of the list", got=str(part))
        if "STATUS" not in fields:
            dut.observe("filter", "UPT-AMB-194", "all" if len(part) == len(whole) else "some")


@SUITE.scenario("users.open.letters", chapter=CHAPTER, after=("IMPORTUSER.success",))
async def letters(dut: DocumentDut) -> None:
    """Whether actions and names may be in other letters is open; the list agrees with the answer."""
    made = await new_agent(dut)
    before: Agents = await agents(dut)
    for action in ("list", "List"):
        result = await dut.call("IMPORTUSER", {"ACTION": action}, judged=False)
        if dut.either(result, "UPT-AMB-019", check=action):
            count = len(result.sections("AGENTS", "AGENT"))
            dut.check("same", count == len(before), "UPT-USR-012", expected=f"{len(before)} agents", got=str(count))
    phone = await new_phone(dut, made)
    before = await shown(dut, made["AGENT_ID"], seen_of(made, phone), "UPT-PHN-004")
    names = {name: value.swapcase() for name, value in names_of(made).items()}
    result = await _add(dut, {**person(dut), **names})
    distinct = dut.either(result, "UPT-AMB-196", check="names")
    unchanged(dut, before, await agents(dut), "UPT-USR-011", but=[agent_id(result)] if distinct else [])


@SUITE.scenario(
    "users.open.times", "UPT-IMPORTUSER.ADD_TIME", "UPT-IMPORTUSER.MOD_TIME", chapter=CHAPTER,
    after=("IMPORTUSER.success",),
)  # fmt: skip
async def times(dut: DocumentDut) -> None:
    """Blank times, as in the example, are taken; what others do is open."""
    await spelled_agents(dut)
    values = person(dut)
    result = dut.ok(
        await _add(dut, {**values, "ADD_TIME": "", "MOD_TIME": ""}), "UPT-IMPORTUSER.ADD_TIME", check="blank"
    )
    await shown(dut, agent_id(result), seen_of(values), "UPT-USR-005")
    values = person(dut)
    result = await _add(dut, {**values, "ADD_TIME": "10/30/2006 4:05:38 PM", "MOD_TIME": "3/27/2008 3:34:43 PM"})
    if dut.either(result, "UPT-AMB-193"):
        await shown(dut, agent_id(result), seen_of(values), "UPT-USR-005")
