"""Agents as LIST shows them: looks at the list, what it must show, and changes of agents."""

from __future__ import annotations

from collections.abc import Iterable

from harness.documentdut import DocumentDut
from harness.flow import CaseSkipped
from harness.messages.documentreply import Result
from harness.wire.xmltree import Element
from suites.uptivity.seen import begin, record, until
from suites.uptivity.world import Fields

CHAPTER = "Import Functions"
# What the list shows of an agent, by the names that requests have, with every spelling that it may have there.
SHOWN = {
    "EMPLOYEEID": ("EMPLOYEEID", "EMPLOYEE_ID"),
    "FIRSTNAME": ("FIRSTNAME", "FIRST_NAME"),
    "LASTNAME": ("LASTNAME", "LAST_NAME"),
    "STATUS": ("STATUS",),
    "SYS_USER": ("SYS_USER",),
    "DOMAIN": ("DOMAIN",),
    "EMAIL": ("EMAIL",),
    "CRM_USER": ("CRM_USER",),
    "PHONES": ("PHONES",),
}
_IDS = ("AGENT_ID", "AGENTID")
GIVEN = tuple(f"UPT-IMPORTUSER.{name}" for name in SHOWN if name != "PHONES")
# So often we look for a change that may take a moment, and so long we wait in between, in device seconds.
_LOOKS, _PAUSE_S = 5, 1.0
_LONGEST_PHONE = 10  # the sizes have char(10) for PHONEID

Agents = dict[str, Fields]


# looks


def agent_id(result: Result) -> str:
    """The identifier in a result of an import, "" without."""
    return result.get(*_IDS) or ""


def phones_of(agent: Fields | None) -> list[str]:
    """The phones that the list shows of an agent."""
    return [one.strip() for one in (agent or {}).get("PHONES", "").split(",") if one.strip()]


def not_listing(dut: DocumentDut, result: Result) -> bool:
    """Whether a device says that LIST is no action."""
    said = result.code == dut.model.errors["invalid-action"].code
    if said:
        dut.observe("list", "UPT-AMB-149", "three", got=result.describe(), step=result.step)
    return said


async def listing(dut: DocumentDut, road: str | None = None) -> list[Element]:
    """The agents in the list, in its order."""
    result = await dut.call("IMPORTUSER", {"ACTION": "LIST"}, road=road)
    if not_listing(dut, result):
        raise CaseSkipped("LIST is no action: UPT-AMB-149")
    dut.ok(result, "UPT-USR-013", "UPT-USR-001", check="list")
    found = result.sections("AGENTS", "AGENT")
    told = next((one.get("COUNT") for one in result.sections("AGENTS")), None)
    if told is not None:
        dut.check(
            "list.count", told == str(len(found)), "UPT-USR-012", expected=f"{len(found)}, as many as follow", got=told
        )
    return found


async def agents(dut: DocumentDut, road: str | None = None) -> Agents:
    """What the list shows of each agent, by identifier; each must be there once."""
    found: Agents = {}
    twice: list[str] = []
    for one in await listing(dut, road):
        number = one.get(*_IDS) or ""
        if number in found:
            twice.append(number)
        found[number] = {name: value for name, names in SHOWN.items() if (value := one.get(*names)) is not None}
    dut.check("list.once", not twice, "UPT-USR-012", expected="every agent once", got=f"{', '.join(twice)} twice")
    return found


def active(agent: Fields | None) -> bool:
    """Whether the list shows somebody who is not deleted."""
    return agent is not None and agent.get("STATUS", "A").upper() in ("A", "ACTIVE")


async def shown(
    dut: DocumentDut, number: str, wanted: Fields, *clauses: str, road: str | None = None, check: str = "shown"
) -> Agents:
    """The list must come to show these values of an agent; gives the list."""
    for look in range(_LOOKS):
        found = await agents(dut, road)
        odd = odd_of(found.get(number), wanted)
        if not odd:
            break
        if look < _LOOKS - 1:
            await dut.wait(_PAUSE_S)
    dut.check(check, not odd, *clauses, expected=f"agent {number} with {wanted}", got=odd)
    return found


def odd_of(agent: Fields | None, wanted: Fields) -> str:
    """How what the list shows of an agent differs from these values, "" if it does not."""
    if agent is None:
        return "it is not in the list"
    for name, value in wanted.items():
        got = agent.get(name)
        if name == "PHONES":
            if sorted(phones_of(agent)) != sorted(one for one in value.split(",") if one):
                return f"PHONES {got!r}"
        elif got is None:
            if value and name != "DOMAIN":
                return f"no {name}"
        elif got != value:
            return f"{name} {got!r}"
    return ""


def unchanged(
    dut: DocumentDut, before: Agents, after: Agents, *clauses: str, but: Iterable[str] = (), check: str = "others"
) -> None:
    """All agents but these are as they were: none is gone, none is new, no value is another."""
    skipped = set(but)
    odd = [one for one in before.keys() | after.keys() if one not in skipped and before.get(one) != after.get(one)]
    told = [f"{one}: {before.get(one)} and then {after.get(one)}" for one in sorted(odd)[:2]]
    dut.check(check, not odd, *clauses, expected="all other agents as they were", got="; ".join(told))


def seen_of(values: Fields, *phones: str) -> Fields:
    """What the list must show of an agent that was added with these values."""
    return {**{name: values[name] for name in SHOWN if name in values}, "PHONES": ",".join(phones)}


def other_road(dut: DocumentDut, road: str) -> str:
    """Another road than this, if there is one."""
    return next((one for one in dut.roads if one != road), road)


async def modify(dut: DocumentDut, made: Fields, road: str | None = None, **values: str) -> Result:
    """Change values of an agent, and keep them in `made` if they were taken."""
    result = await dut.call("IMPORTUSER", {"ACTION": "MODIFY", **_keys(made), **values}, road=road)
    if dut.succeeded(result):
        made.update(values)
    return result


async def delete(dut: DocumentDut, made: Fields, road: str | None = None) -> Result:
    """Delete an agent."""
    return await dut.call("IMPORTUSER", {"ACTION": "DELETE", **_keys(made)}, road=road)


def _keys(made: Fields) -> Fields:
    """What names an agent; the command is said to require a password."""
    return {"AGENT_ID": made["AGENT_ID"], "PASSWORD": made.get("PASSWORD", "Pw-clausewise")}


async def gone(dut: DocumentDut, number: str, road: str | None = None) -> Agents:
    """The list must come to show no such active agent; gives the list."""
    for look in range(_LOOKS):
        found = await agents(dut, road)
        if not active(found.get(number)):
            break
        if look < _LOOKS - 1:
            await dut.wait(_PAUSE_S)
    told = str(found.get(number))
    dut.check("gone", not active(found.get(number)), "UPT-USR-014", expected=f"no active agent {number}", got=told)
    return found


def same_id(dut: DocumentDut, result: Result, number: str) -> None:
    """The result of a change carries the identifier of the agent."""
    told = agent_id(result)
    dut.check(
        "same-id", told == number, "UPT-USR-022", expected=f"AGENTID {number}", got=told or "none", step=result.step
    )


async def spoken(dut: DocumentDut, agent: Fields) -> tuple[str, str]:
    """A recording by an agent of ours, on a device that nobody else has; gives device and value of USER2.

    Raises:
        CaseSkipped: there is no such device, or it is not recorded, or recordings do not name the agent of a phone.
    """
    on = next(one for one in dut.fixtures("device_ids_without_agent") if len(one) <= _LONGEST_PHONE)
    await dut.setup("IMPORTAGENTPHONE", {"ACTION": "ADD", "PHONEID": on, "AGENTID": agent["AGENT_ID"]})
    call = await begin(dut, on)
    await dut.wait(2.0)
    await dut.setup("CALLSTOP", call.named)
    user2 = call.given["USER2"]
    odd = await until(dut, lambda: unnamed(dut, on, user2, agent))
    if odd:
        raise CaseSkipped(f"no recording names the agent who has the phone: {odd}")
    return on, user2


async def unnamed(dut: DocumentDut, on: str, user2: str, agent: Fields) -> str:
    """What is wrong with a recording that must name an agent, "" if nothing is."""
    found = await record(dut, on, user2)
    if found is None:
        return "the recording is not in the list"
    told = [found.get(name) or "" for name in ("AGENTFIRSTNAME", "AGENTLASTNAME")]
    return "" if told == [agent["FIRSTNAME"], agent["LASTNAME"]] else f"it names {' '.join(told) or 'nobody'}"
