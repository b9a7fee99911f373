"""Groups: adding one gives its number, adding it again the same, and other functions find it by both."""

from __future__ import annotations

from harness.documentdut import DocumentDut
from harness.flow import CaseStopped
from harness.messages.documentreply import Result
from suites.uptivity import SUITE
from suites.uptivity.agents import other_road
from suites.uptivity.world import Fields, fresh, new_agent, new_phone

CHAPTER = "User, Group, and Role Functions"
_AFTER = ("ADDGROUP.success",)
# Nothing removes a group, so names that need not be new are the same in each run.
KEPT = "Clausewise group"
_SIGNS = (
    "Clausewise & Sons",
    "Clausewise <and> others",
    "Clausewise \"quoted\" 'names'",
)


async def add_group(dut: DocumentDut, name: str, *clauses: str, road: str | None = None, check: str = "add") -> str:
    """Add a group, or ask for one that is there; gives its number.

    Raises:
        CaseStopped: the result has none.
    """
    result = dut.ok(await dut.call("ADDGROUP", {"GROUPNAME": name}, road=road), *clauses, check=check)
    number, told = result.get("GROUPID") or "", result.get("GROUPNAME")
    rule = clauses or ("UPT-GRP-002",)
    dut.check("name", told == name, "UPT-GRP-002", *clauses, expected=name, got=str(told), step=result.step)
    dut.check("number", number.isdecimal(), *rule, expected="a GROUPID", got=number or "none", step=result.step)
    if not number.isdecimal():
        raise CaseStopped(result.describe())
    return number


def known_groups(dut: DocumentDut) -> dict[str, str]:
    """The groups of the target file, name -> number."""
    names, numbers = dut.fixtures("group_names"), dut.fixtures("group_ids")
    return dict(zip(names, numbers, strict=False))


async def member(dut: DocumentDut) -> Fields:
    """An agent of our own with a phone, as PHONEID."""
    made = await new_agent(dut)
    return {**made, "PHONEID": await new_phone(dut, made)}


async def grant(dut: DocumentDut, action: str, road: str | None = None, **fields: str) -> Result:
    """Put an agent in a group, or take it out."""
    return await dut.call("MODIFYGROUPPERMISSION", {"ACTION": action, **fields}, road=road)


async def permit(dut: DocumentDut, action: str, road: str | None = None, **fields: str) -> Result:
    """Let a user see a group, or no longer."""
    return await dut.call("MODIFYUSERGROUPPERMISSION", {"ACTION": action, **fields}, road=road)


@SUITE.scenario(
    "groups.added", "UPT-GRP-002", "UPT-GRP-003", "UPT-GRP-004", "UPT-ADDGROUP.GROUPNAME", chapter=CHAPTER, after=_AFTER
)
async def added(dut: DocumentDut) -> None:
    """A new group has a number of its own, and keeps it however often and on whichever road it is added again."""
    numbers = dict(known_groups(dut)) if dut.target.fixture_texts("group_ids") else {}
    for road in dut.roads:
        name = f"Clausewise {fresh(dut)}"
        number = await add_group(dut, name, road=road, check=f"new.{road}")
        same = [one for one, other in numbers.items() if other == number]
        dut.check("own", not same, "UPT-GRP-004", expected="a GROUPID of its own", got=f"{number}, which {same} has")
        numbers[name] = number
        for again in (road, other_road(dut, road), road):
            got = await add_group(dut, name, "UPT-GRP-003", road=again, check=f"again.{again}")
            dut.check("same", got == number, "UPT-GRP-003", expected=f"GROUPID {number} of {name}", got=got)
    for name, number in numbers.items():
        got = await add_group(dut, name, "UPT-GRP-003", check="later")
        dut.check("later", got == number, "UPT-GRP-003", expected=f"GROUPID {number} of {name}", got=got)


@SUITE.scenario("groups.known", "UPT-GRP-003", "UPT-GRP-002", chapter=CHAPTER, after=_AFTER)
async def known(dut: DocumentDut) -> None:
    """Adding a group that was there before gives the number that it has."""
    for name, number in known_groups(dut).items():
        for road in dut.roads:
            got = await add_group(dut, name, "UPT-GRP-003", road=road, check=f"known.{road}")
            dut.check("same", got == number, "UPT-GRP-003", expected=f"GROUPID {number} of {name}", got=got)


@SUITE.scenario("groups.signs", "UPT-GRP-006", "UPT-GRP-003", "UPT-GRP-004", chapter=CHAPTER, after=_AFTER)
async def signs(dut: DocumentDut) -> None:
    """Names with signs of markup come back as they were sent, and each is another group."""
    numbers: dict[str, str] = {}
    for name in _SIGNS:
        for road in (*dut.roads, dut.roads[0]):
            got = await add_group(dut, name, "UPT-GRP-006", road=road, check=f"signs.{road}")
            wanted = numbers.setdefault(name, got)
            dut.check("same", got == wanted, "UPT-GRP-003", expected=f"GROUPID {wanted} of {name}", got=got)
    dut.check(
        "distinct", len(set(numbers.values())) == len(numbers), "UPT-GRP-004", expected="a number each",
        got=str(numbers),
    )  # fmt: skip


@SUITE.scenario(
    "groups.found", "UPT-GRP-005", "UPT-GRP-014", "UPT-GRP-011", chapter=CHAPTER,
    after=(*_AFTER, "MODIFYGROUPPERMISSION.success", "MODIFYUSERGROUPPERMISSION.success"),
)  # fmt: skip
async def found(dut: DocumentDut) -> None:
    """A group that was added is found by name and by number, for agents and for users."""
    made = await member(dut)
    for road in dut.roads:
        name = f"Clausewise {fresh(dut)}"
        number = await add_group(dut, name, road=other_road(dut, road))
        ways: tuple[tuple[Fields, Fields], ...] = (
            ({"GROUPNAME": name}, {"GROUPNAME": name}),
            ({"GROUPLD": number}, {"GROUPID": number}),
        )
        for agents, users in ways:
            for action in ("ADD", "DELETE"):
                given = {"AGENTID": made["AGENT_ID"], "PHONEID": made["PHONEID"]}
                result = dut.ok(await grant(dut, action, road, **agents, **given), "UPT-GRP-005", check=f"agent.{road}")
                told = result.get("GROUPLD", "GROUPID") or "none"
                dut.check("number", told == number, "UPT-GRP-014", expected=f"GROUPID {number}", got=told)
                result = await permit(dut, action, road, **users, USERNAME=made["USERNAME"])
                dut.ok(result, "UPT-GRP-005", check=f"user.{road}")


@SUITE.scenario("groups.no-name", "UPT-GRP-001", chapter=CHAPTER, after=_AFTER)
async def no_name(dut: DocumentDut) -> None:
    """A group without a name should be refused; one with a blank name may be."""
    for road in dut.roads:
        result = await dut.call("ADDGROUP", road=road, judged=False)
        dut.either(result, "UPT-AMB-007", "UPT-GRP-001", check=f"without.{road}")


@SUITE.scenario("groups.open.letters", "UPT-GRP-002", chapter=CHAPTER, after=_AFTER)
async def letters(dut: DocumentDut) -> None:
    """Whether names in other letters are another group is open; the name comes back as it was sent."""
    number = await add_group(dut, KEPT)
    result = dut.ok(await dut.call("ADDGROUP", {"GROUPNAME": KEPT.upper()}), "UPT-GRP-003", check="upper")
    told = result.get("GROUPNAME") or ""
    same = told.casefold() == KEPT.casefold()
    dut.check("name", same, "UPT-GRP-002", expected=KEPT.upper(), got=told)
    dut.observe("letters", "UPT-AMB-196", "same" if result.get("GROUPID") == number else "distinct")
