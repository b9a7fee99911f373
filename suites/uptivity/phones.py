"""Phones of agents: by number and by names, phones of others, what deleting leaves, and recordings."""

from __future__ import annotations

from harness.documentdut import DocumentDut
from harness.messages.documentreply import Result
from suites.uptivity import SUITE
from suites.uptivity.agents import (
    agent_id,
    agents,
    delete,
    other_road,
    phones_of,
    seen_of,
    shown,
    spoken,
    unchanged,
    unnamed,
)
from suites.uptivity.openusers import errors_of, names_of
from suites.uptivity.seen import until
from suites.uptivity.world import Fields, fresh, new_agent, new_phone, person

CHAPTER = "Import Functions"
_AFTER = ("IMPORTUSER.success", "IMPORTAGENTPHONE.success")


async def phone(dut: DocumentDut, action: str, number: str, road: str | None = None, **agent: str) -> Result:
    """Add or delete a phone."""
    return await dut.call("IMPORTAGENTPHONE", {"ACTION": action, "PHONEID": number, **agent}, road=road)


def _same(dut: DocumentDut, result: Result, agent: Fields) -> None:
    wanted, told = agent["AGENT_ID"], agent_id(result)
    dut.check(
        "agent", told == wanted, "UPT-PHN-010", expected=f"AGENTID {wanted}", got=told or "none", step=result.step
    )


@SUITE.scenario(
    "phones.added", "UPT-PHN-004", "UPT-PHN-010", "UPT-PHN-002", "UPT-IMPORTAGENTPHONE.PHONEID",
    "UPT-IMPORTAGENTPHONE.AGENTID", "UPT-IMPORTAGENTPHONE.FIRSTNAME", "UPT-IMPORTAGENTPHONE.LASTNAME",
    chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def added(dut: DocumentDut) -> None:
    """Phones are added by number and by names; all of them are their agent's, and nobody else's."""
    near = await new_agent(dut)
    made = await new_agent(dut, LASTNAME=near["LASTNAME"])
    await new_agent(dut, FIRSTNAME=made["FIRSTNAME"])
    number = made["AGENT_ID"]
    before = await agents(dut)
    had: list[str] = []
    for road in dut.roads:
        for way in ({"AGENTID": number}, names_of(made)):
            had.append(fresh(dut))
            result = dut.ok(await phone(dut, "ADD", had[-1], road, **way), "UPT-PHN-002", check=f"add.{road}")
            _same(dut, result, made)
            after = await shown(dut, number, seen_of(made, *had), "UPT-PHN-004", road=other_road(dut, road))
            unchanged(dut, before, after, "UPT-PHN-004", but=[number])


@SUITE.scenario("phones.all-three", "UPT-PHN-003", "UPT-PHN-010", chapter=CHAPTER, after=_AFTER)
async def all_three(dut: DocumentDut) -> None:
    """With a number of an agent the names are of no account, be they those of nobody or of another."""
    made, other = await new_agent(dut), await new_agent(dut)
    had: list[str] = []
    for road in dut.roads:
        for names in (names_of(made), names_of(other), names_of(person(dut))):
            had.append(fresh(dut))
            given = {**names, "AGENTID": made["AGENT_ID"]}
            result = dut.ok(await phone(dut, "ADD", had[-1], road, **given), "UPT-PHN-003", check=f"add.{road}")
            _same(dut, result, made)
    await shown(dut, made["AGENT_ID"], seen_of(made, *had), "UPT-PHN-003")
    await shown(dut, other["AGENT_ID"], seen_of(other), "UPT-PHN-003")


@SUITE.scenario("phones.taken", "UPT-PHN-008", chapter=CHAPTER, after=_AFTER)
async def taken(dut: DocumentDut) -> None:
    """A phone that another agent has is refused, by number and by names, and stays where it is."""
    made, other = await new_agent(dut), await new_agent(dut)
    had = [await new_phone(dut, made) for _ in range(2)]
    before = await shown(dut, made["AGENT_ID"], seen_of(made, *had), "UPT-PHN-004")
    for road in dut.roads:
        for way in ({"AGENTID": other["AGENT_ID"]}, names_of(other)):
            dut.refused(await phone(dut, "ADD", had[0], road, **way), "UPT-PHN-008", check=f"taken.{road}")
        unchanged(dut, before, await agents(dut, road), "UPT-PHN-008", check="stays")


@SUITE.scenario(
    "phones.deleted", "UPT-PHN-005", "UPT-PHN-006", "UPT-PHN-010", "UPT-PHN-011", "UPT-PHN-001",
    chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def deleted(dut: DocumentDut) -> None:
    """A phone that was deleted is its agent's no more and may be another's; the agent and the other phones stay."""
    made, other = await new_agent(dut), await new_agent(dut)
    had = [await new_phone(dut, made) for _ in range(4 + len(dut.roads))]
    moved: list[str] = []
    await shown(dut, made["AGENT_ID"], seen_of(made, *had), "UPT-PHN-004")
    before = await agents(dut)
    ids = [made["AGENT_ID"], other["AGENT_ID"]]
    for road in dut.roads:
        for way in ({"AGENTID": made["AGENT_ID"]}, names_of(made)):
            moved.append(had.pop(len(had) // 2))
            _same(dut, dut.ok(await phone(dut, "DELETE", moved[-1], road, **way), "UPT-PHN-005", check=road), made)
            await shown(dut, made["AGENT_ID"], seen_of(made, *had), "UPT-PHN-005", "UPT-PHN-006")
            again = {"AGENTID": other["AGENT_ID"]}
            dut.ok(await phone(dut, "ADD", moved[-1], road, **again), "UPT-PHN-011", check=f"moved.{road}")
            after = await shown(dut, other["AGENT_ID"], seen_of(other, *moved), "UPT-PHN-011")
            unchanged(dut, before, after, "UPT-PHN-006", but=ids)
            await shown(dut, made["AGENT_ID"], seen_of(made, *had), "UPT-PHN-006")


@SUITE.scenario("phones.recordings-stay", "UPT-PHN-007", chapter=CHAPTER, after=_AFTER)
async def recordings_stay(dut: DocumentDut) -> None:
    """A recording stays in the list when its phone is deleted, and still names the agent."""
    made = await new_agent(dut)
    on, user2 = await spoken(dut, made)
    dut.ok(await phone(dut, "DELETE", on, AGENTID=made["AGENT_ID"]), "UPT-PHN-005", check="delete")
    await shown(dut, made["AGENT_ID"], seen_of(made), "UPT-PHN-005")
    odd = await until(dut, lambda: unnamed(dut, on, user2, made))
    missing = "not in the list" in odd
    dut.check("stays", not missing, "UPT-PHN-007", expected="the recording, as before", got=odd)


@SUITE.scenario(
    "phones.nobody", "UPT-PHN-009", "UPT-PHN-002", "UPT-IMPORTAGENTPHONE.AGENTID.unknown",
    "UPT-IMPORTAGENTPHONE.FIRSTNAME.unknown", "UPT-IMPORTAGENTPHONE.LASTNAME.unknown", chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def nobody(dut: DocumentDut) -> None:
    """A phone for nobody, or for half a name, is refused each time, and becomes nobody's."""
    made, other = await new_agent(dut), await new_agent(dut)
    before = await agents(dut)
    first, last = made["FIRSTNAME"], made["LASTNAME"]
    strange = person(dut)
    for road in dut.roads:
        one = fresh(dut)
        ways: tuple[Fields, ...] = (
            {"AGENTID": str(1_900_000_000 + dut.rng.randrange(1_000_000))},
            names_of(strange),
            {"FIRSTNAME": first, "LASTNAME": other["LASTNAME"]},
            {"FIRSTNAME": strange["FIRSTNAME"], "LASTNAME": last},
            {"FIRSTNAME": last, "LASTNAME": first},
            {"FIRSTNAME": first},
            {"LASTNAME": last},
            {},
        )
        for number, way in enumerate(ways):
            rule = "UPT-PHN-009" if number == 0 else "UPT-PHN-002"
            dut.refused(await phone(dut, "ADD", one, road, **way), rule, check=f"nobody.{road}.{number}")
        unchanged(dut, before, await agents(dut, road), "UPT-PHN-009", "UPT-PHN-002", check="nobody")


@SUITE.scenario(
    "phones.no-action", "UPT-PHN-001", "UPT-PHN-012", "UPT-IMPORTAGENTPHONE.ACTION", chapter=CHAPTER, after=_AFTER
)
async def no_action(dut: DocumentDut) -> None:
    """What is no action, or lacks the phone, is refused and does nothing."""
    made = await new_agent(dut)
    had = await new_phone(dut, made)
    before = await shown(dut, made["AGENT_ID"], seen_of(made, had), "UPT-PHN-004")
    errors = errors_of(dut, "invalid-action", "invalid-message-format", "database-query", "agent-not-found")
    for road in dut.roads:
        for action in ("ADDED", "INSERT", "DELETED", "D", "REMOVE", "LIST"):
            for one in (had, fresh(dut)):
                result = await phone(dut, action, one, road, AGENTID=made["AGENT_ID"])
                dut.refused(result, "UPT-PHN-001", errors=errors, check=f"{action}.{road}")
        for action in ("ADD", "DELETE"):
            fields = {"ACTION": action, "AGENTID": made["AGENT_ID"]}
            result = await dut.call("IMPORTAGENTPHONE", fields, road=road)
            dut.refused(result, "UPT-PHN-012", check=f"no-phone.{road}")
        unchanged(dut, before, await agents(dut, road), "UPT-PHN-001", "UPT-PHN-012", check="nothing")


# what the document leaves open


@SUITE.scenario("phones.open.again", chapter=CHAPTER, after=_AFTER)
async def again(dut: DocumentDut) -> None:
    """Adding what the agent has and deleting what it has not is open; the phones stay as they are."""
    made, other = await new_agent(dut), await new_agent(dut)
    had, others = await new_phone(dut, made), await new_phone(dut, other)
    own = {"AGENTID": made["AGENT_ID"]}
    await shown(dut, made["AGENT_ID"], seen_of(made, had), "UPT-PHN-004")
    dut.either(await phone(dut, "ADD", had, **own), "UPT-AMB-157", check="add")
    for one in (fresh(dut), others):
        dut.either(await phone(dut, "DELETE", one, **own), "UPT-AMB-157", check="delete")
    await shown(dut, made["AGENT_ID"], seen_of(made, had), "UPT-PHN-004", "UPT-PHN-006")
    await shown(dut, other["AGENT_ID"], seen_of(other, others), "UPT-PHN-008")


@SUITE.scenario("phones.open.number-of-nobody", chapter=CHAPTER, after=_AFTER)
async def number_of_nobody(dut: DocumentDut) -> None:
    """Whether names count beside a number of nobody, such as 0, is open; the list agrees with the answer."""
    made = await new_agent(dut)
    had: list[str] = []
    for number in ("0", str(1_900_000_000 + dut.rng.randrange(1_000_000))):
        one = fresh(dut)
        result = await phone(dut, "ADD", one, AGENTID=number, **names_of(made))
        if dut.either(result, "UPT-AMB-150"):
            _same(dut, result, made)
            had.append(one)
    await shown(dut, made["AGENT_ID"], seen_of(made, *had), "UPT-PHN-004")


@SUITE.scenario("phones.open.inactive", chapter=CHAPTER, after=_AFTER)
async def inactive(dut: DocumentDut) -> None:
    """Whether who is inactive or was deleted may have a phone is open; the list agrees with the answer."""
    idle, left = await new_agent(dut, STATUS="I"), await new_agent(dut)
    dut.ok(await delete(dut, left), "UPT-USR-014", check="delete")
    for one in (idle, left):
        number = fresh(dut)
        done = dut.either(await phone(dut, "ADD", number, AGENTID=one["AGENT_ID"]), "UPT-AMB-157")
        seen = (await agents(dut)).get(one["AGENT_ID"])
        has = number in phones_of(seen)
        dut.check("has", done or not has, "UPT-PHN-004", expected="no phone, for it was refused", got=str(seen))


@SUITE.scenario("phones.open.modify", chapter=CHAPTER, after=_AFTER)
async def modify_phone(dut: DocumentDut) -> None:
    """Whether MODIFY is an action of phones is open; another agent's phone stays where it is."""
    made, other = await new_agent(dut), await new_agent(dut)
    had = await new_phone(dut, made)
    dut.either(await phone(dut, "MODIFY", had, AGENTID=other["AGENT_ID"]), "UPT-AMB-195")
    found = await agents(dut)
    owners = [one for one, seen in found.items() if had in phones_of(seen)]
    dut.check("one", len(owners) <= 1, "UPT-PHN-004", expected="one agent who has the phone", got=str(owners))
