"""Agents: what LIST shows of who was added, changed and deleted, and what refusals leave as it was."""

from __future__ import annotations

from harness.documentdut import DocumentDut
from suites.uptivity import SUITE
from suites.uptivity.agents import (
    GIVEN,
    active,
    agent_id,
    agents,
    delete,
    gone,
    modify,
    odd_of,
    other_road,
    phones_of,
    same_id,
    seen_of,
    shown,
    unchanged,
)  # fmt: skip
from suites.uptivity.world import fresh, new_agent, new_phone, person, spelled_agents

CHAPTER = "Import Functions"


@SUITE.scenario(
    "users.added", "UPT-USR-004", "UPT-USR-005", "UPT-USR-011", "UPT-USR-012", "UPT-USR-013", *GIVEN,
    chapter=CHAPTER, after=("IMPORTUSER.success",),
)  # fmt: skip
async def added(dut: DocumentDut) -> None:
    """Who is added on one road is in the list on every road, once, with an identifier and the values of its own."""
    await spelled_agents(dut)
    for road in dut.roads:
        before = await agents(dut, road)
        values = person(dut)
        result = dut.ok(
            await dut.call("IMPORTUSER", {"ACTION": "ADD", **values}, road=road), "UPT-USR-001", check=f"add.{road}"
        )
        number = agent_id(result)
        dut.check(
            "new",
            number not in before and bool(number),
            "UPT-USR-004",
            expected="an AGENTID that nobody has",
            got=number,
        )
        for look in (road, other_road(dut, road)):
            after = await shown(
                dut, number, seen_of(values), "UPT-USR-005", *GIVEN, road=look, check=f"shown.{road}.{look}"
            )
            unchanged(dut, before, after, "UPT-USR-011", "UPT-USR-012", but=[number])


@SUITE.scenario(
    "users.inactive", "UPT-USR-005", "UPT-IMPORTUSER.STATUS", chapter=CHAPTER, after=("IMPORTUSER.success",)
)
async def inactive(dut: DocumentDut) -> None:
    """Who is added as inactive is not shown as active, whatever road was taken."""
    await spelled_agents(dut)
    for road in dut.roads:
        result = dut.ok(await dut.call("IMPORTUSER", {"ACTION": "ADD", **person(dut), "STATUS": "I"}, road=road))
        one = (await agents(dut, road)).get(agent_id(result))
        status = (one or {}).get("STATUS", "")
        dut.check("inactive", not active(one), "UPT-USR-005", "UPT-IMPORTUSER.STATUS", expected="STATUS I", got=status)


@SUITE.scenario("users.fixtures", "UPT-USR-012", "UPT-USR-005", chapter=CHAPTER, after=("IMPORTUSER.success",))
async def fixtures(dut: DocumentDut) -> None:
    """Agents that are known to be there are in the list, with their own values."""
    numbers = dut.fixtures("agent_ids")
    keys = {
        "agent_first_names": "FIRSTNAME", "agent_last_names": "LASTNAME", "employee_ids": "EMPLOYEEID",
        "sys_users": "SYS_USER", "crm_users": "CRM_USER",
    }  # fmt: skip
    for road in dut.roads:
        found = await agents(dut, road)
        for place, number in enumerate(numbers):
            texts = {name: dut.target.fixture_texts(key) for key, name in keys.items()}
            wanted = {name: values[place] for name, values in texts.items() if len(values) > place}
            odd = odd_of(found.get(number), wanted)
            dut.check(f"known.{road}", not odd, "UPT-USR-012", expected=f"agent {number} with {wanted}", got=odd)


@SUITE.scenario(
    "users.names-taken", "UPT-USR-006", "UPT-USR-007", "UPT-USR-011", chapter=CHAPTER, after=("IMPORTUSER.success",)
)
async def names_taken(dut: DocumentDut) -> None:
    """Adding names that an agent has is refused however often, and changes nothing of anybody."""
    made = await new_agent(dut)
    phone = await new_phone(dut, made)
    before = await shown(dut, made["AGENT_ID"], seen_of(made, phone), "UPT-USR-005")
    names = {"FIRSTNAME": made["FIRSTNAME"], "LASTNAME": made["LASTNAME"]}
    given = {name: made[name] for name in person(dut)}
    for road in dut.roads:
        for number, fields in enumerate(
            ({**person(dut), **names}, given, {**person(dut), **names, "STATUS": "I"}, {**person(dut), **names})
        ):
            result = await dut.call("IMPORTUSER", {"ACTION": "ADD", **fields}, road=road)
            dut.refused(result, "UPT-USR-006", check=f"again.{road}.{number}")
        unchanged(dut, before, await agents(dut, road), "UPT-USR-007", check="same")


@SUITE.scenario("users.username-taken", "UPT-USR-008", chapter=CHAPTER, after=("IMPORTUSER.success",))
async def username_taken(dut: DocumentDut) -> None:
    """Adding somebody with the USERNAME of another is refused, and adds nobody."""
    made = await new_agent(dut)
    before = await agents(dut)
    for road in dut.roads:
        result = await dut.call("IMPORTUSER", {"ACTION": "ADD", **person(dut), "USERNAME": made["USERNAME"]}, road=road)
        dut.refused(result, "UPT-USR-008", check=f"taken.{road}")
        unchanged(dut, before, await agents(dut, road), "UPT-USR-008", check="same")


@SUITE.scenario(
    "users.modified", "UPT-USR-009", "UPT-USR-011", "UPT-USR-022", "UPT-IMPORTUSER.AGENT_ID", *GIVEN,
    chapter=CHAPTER, after=("IMPORTUSER.success",),
)  # fmt: skip
async def modified(dut: DocumentDut) -> None:
    """A change of one value changes it and no other, and nobody else; the phones stay."""
    made, other = await new_agent(dut), await new_agent(dut)
    phones = [await new_phone(dut, made) for _ in range(2)]
    number = made["AGENT_ID"]
    before = await shown(dut, number, seen_of(made, *phones), "UPT-USR-005")
    for road in dut.roads:
        new = person(dut)
        for name in ("EMAIL", "EMPLOYEEID", "CRM_USER", "SYS_USER", "DOMAIN"):
            value = f"cw{fresh(dut, 5)}" if name == "DOMAIN" else new[name]
            result = dut.ok(
                await modify(dut, made, road, **{name: value}), "UPT-USR-009", check=f"modify.{road}.{name}"
            )
            same_id(dut, result, number)
            after = await shown(
                dut, number, seen_of(made, *phones), "UPT-USR-009", f"UPT-IMPORTUSER.{name}", road=other_road(dut, road)
            )
            unchanged(dut, before, after, "UPT-USR-011", but=[number])
    dut.check("kept", other["AGENT_ID"] in after, "UPT-USR-011", expected="the other agent", got="it is gone")


@SUITE.scenario(
    "users.renamed", "UPT-USR-010", "UPT-USR-009", "UPT-USR-011", "UPT-IMPORTUSER.FIRSTNAME", "UPT-IMPORTUSER.LASTNAME",
    chapter=CHAPTER, after=("IMPORTUSER.success", "IMPORTAGENTPHONE.success"),
)  # fmt: skip
async def renamed(dut: DocumentDut) -> None:
    """An agent takes another name, keeps identifier and phones, and is found by the new name and not by the old one."""
    made = await new_agent(dut)
    near = await new_agent(dut, LASTNAME=made["LASTNAME"])
    number, phone = made["AGENT_ID"], await new_phone(dut, made)
    phones = [phone]
    before = await shown(dut, number, seen_of(made, phone), "UPT-USR-005")
    for road in dut.roads:
        old, new = dict(made), person(dut)
        for names in ({"LASTNAME": new["LASTNAME"]}, {"FIRSTNAME": new["FIRSTNAME"]}):
            dut.ok(await modify(dut, made, road, **names), "UPT-USR-010", check=f"rename.{road}")
            after = await shown(dut, number, seen_of(made, *phones), "UPT-USR-010", "UPT-USR-009")
            unchanged(dut, before, after, "UPT-USR-011", but=[number])
        given = {"ACTION": "ADD", "PHONEID": fresh(dut)}
        lost = {"FIRSTNAME": old["FIRSTNAME"], "LASTNAME": old["LASTNAME"]}
        dut.refused(await dut.call("IMPORTAGENTPHONE", {**given, **lost}, road=road), "UPT-USR-010", check="old-name")
        found = {"FIRSTNAME": made["FIRSTNAME"], "LASTNAME": made["LASTNAME"]}
        result = dut.ok(
            await dut.call("IMPORTAGENTPHONE", {**given, **found}, road=road), "UPT-USR-010", check="new-name"
        )
        dut.check("found", agent_id(result) == number, "UPT-USR-010", expected=number, got=agent_id(result))
        phones.append(given["PHONEID"])
    dut.check("near", near["AGENT_ID"] in after, "UPT-USR-011", expected="the agent of the same last name", got="")


@SUITE.scenario(
    "users.deleted", "UPT-USR-014", "UPT-USR-015", "UPT-USR-011", "UPT-USR-022",
    chapter=CHAPTER, after=("IMPORTUSER.success", "IMPORTAGENTPHONE.success"),
)  # fmt: skip
async def deleted(dut: DocumentDut) -> None:
    """Who was deleted is no longer listed as active; all phones are free for another at once, and nobody else changes."""
    for road in dut.roads:
        first, made, last = await new_agent(dut), await new_agent(dut), await new_agent(dut)
        phones = [await new_phone(dut, made) for _ in range(3)]
        kept = await new_phone(dut, last)
        number = made["AGENT_ID"]
        before = await shown(dut, number, seen_of(made, *phones), "UPT-USR-005")
        same_id(dut, dut.ok(await delete(dut, made, road), "UPT-USR-014", check=f"delete.{road}"), number)
        after = await gone(dut, number, other_road(dut, road))
        unchanged(dut, before, after, "UPT-USR-011", but=[number])
        one = after.get(number)
        dut.observe("deleted", "UPT-AMB-146", "hidden" if one is None else "any")
        dut.check("no-phones", not phones_of(one), "UPT-USR-015", expected="no phones", got=str(phones_of(one)))
        for phone in phones:
            given = {"ACTION": "ADD", "PHONEID": phone, "AGENTID": first["AGENT_ID"]}
            dut.ok(await dut.call("IMPORTAGENTPHONE", given, road=road), "UPT-USR-015", check=f"free.{road}")
        await shown(dut, first["AGENT_ID"], seen_of(first, *phones), "UPT-USR-015", "UPT-PHN-004")
        await shown(dut, last["AGENT_ID"], seen_of(last, kept), "UPT-USR-011")
