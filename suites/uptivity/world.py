"""What cases need on a device: names that nobody else uses, calls, chats, agents, phones and roles of their own."""

from __future__ import annotations

from contextlib import suppress

from harness.documentdut import DocumentDut
from harness.flow import CaseInconclusive

Fields = dict[str, str]


# names


def device(dut: DocumentDut, index: int | None = None) -> str:
    """A device that an agent has, any of them or the one of a place in the list."""
    never = dut.target.fixture_texts("device_ids_never_recorded")  # and so they shall stay
    known = dut.target.fixture_texts("agent_device_ids") or [
        one for one in dut.fixtures("device_ids") if one not in never
    ]
    if not known:
        dut.fixtures("agent_device_ids")
    return known[index % len(known)] if index is not None else dut.rng.choice(known)


def fresh(dut: DocumentDut, most: int = 9) -> str:
    """Digits that nobody else uses, at most so many."""
    return str(dut.rng.randrange(10 ** (most - 1), 10**most))


def agent_of(dut: DocumentDut, index: int = 0) -> Fields:
    """What the target file says of an agent."""
    keys = {
        "id": "agent_ids", "first": "agent_first_names", "last": "agent_last_names", "device": "agent_device_ids",
        "employee": "employee_ids", "sys": "sys_users", "crm": "crm_users", "user": "usernames",
    }  # fmt: skip
    found = {name: dut.target.fixture_texts(key) for name, key in keys.items()}
    return {name: values[index] for name, values in found.items() if len(values) > index}


# calls


async def call(dut: DocumentDut, device_id: str | None = None, **fields: str) -> Fields:
    """Start a call in an instance of its own; gives what names it.

    Raises:
        CaseInconclusive: it did not start.
    """
    named = {"DEVICEID": device_id or device(dut), "CALLINSTANCE": fresh(dut, 5)}
    await dut.setup("CALLSTART", {**named, **fields})
    return named


async def new_agent(dut: DocumentDut, **fields: str) -> Fields:
    """Add an agent of our own; gives its values, with its id as AGENT_ID.

    Raises:
        CaseInconclusive: it was not added.
    """
    await spelled_agents(dut)
    values = {**person(dut), **fields}
    result = await dut.setup("IMPORTUSER", {"ACTION": "ADD", **values})
    found = result.get("AGENTID", "AGENT_ID")
    if not found:
        raise CaseInconclusive(f"IMPORTUSER gave no AGENTID: {result.describe()}")
    return {**values, "AGENT_ID": found}


async def spelled_agents(dut: DocumentDut) -> None:
    """Find out how the device spells an agent's identifier, so that who is added can be deleted again."""
    with suppress(CaseInconclusive):
        await dut.spelled("IMPORTUSER", [("AGENT_ID", "0")])


def person(dut: DocumentDut) -> Fields:
    """Values of somebody whom no device knows."""
    word = f"{dut.rng.getrandbits(36):09x}"
    return {
        "EMPLOYEEID": f"e{word}",
        "FIRSTNAME": f"Clause{word[:6]}",
        "LASTNAME": f"Wise{word}",
        "STATUS": "A",
        "SYS_USER": f"cw.{word}",
        "DOMAIN": "clausewise",
        "EMAIL": f"{word}@example.com",
        "CRM_USER": f"CW{word}",
        "PASSWORD": f"Pw-{word}",
        "SITEID": next(iter(dut.target.fixture_texts("site_ids")), "1"),
        "USERNAME": f"cw{word}",
    }


async def new_phone(dut: DocumentDut, agent: Fields) -> str:
    """Give an agent a phone of its own; gives the phone.

    Raises:
        CaseInconclusive: it did not get it.
    """
    phone = fresh(dut)
    await dut.setup("IMPORTAGENTPHONE", {"ACTION": "ADD", "PHONEID": phone, "AGENTID": agent["AGENT_ID"]})
    return phone


async def new_role(dut: DocumentDut) -> str:
    """Add a role of our own; gives its name.

    Raises:
        CaseInconclusive: it was not added.
    """
    name = f"Clausewise {fresh(dut)}"
    await dut.setup("MODIFYROLE", {"ACTION": "ADD", "ROLENAME": name, "DESCRIPTION": "for a test"})
    return name


async def chat(dut: DocumentDut) -> str:
    """Start a chat; gives its session.

    Raises:
        CaseInconclusive: it did not start.
    """
    session = fresh(dut)
    await dut.setup("CHATSTART", {"SESSIONID": session, "AGENTID": dut.fixture("agent_ids")})
    return session


def media_format(dut: DocumentDut) -> str:
    """A format in which the device can export, WAV if it can, for a library here opens that."""
    known = dut.fixtures("media_formats")
    return next((one for one in known if one.upper() == "WAV"), known[0])
