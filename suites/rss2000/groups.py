"""Groups: who is in them, who is not, how many, and what changes of members and accounts do to them."""

from __future__ import annotations

from harness.packetdut import PacketDut
from harness.packetsample import Values
from suites.rss2000 import SUITE
from suites.rss2000.people import (
    absent,
    between,
    both,
    change,
    complement_of,
    described,
    endpoint,
    entries,
    entry,
    group,
    members_of,
    modify,
    plain,
    same,
    specific,
    user,
)

CHAPTER = "Groups"
_AFTER = ("ADDGROUP.success", "GETGROUP.success")
_ALL = ("RSS-GRP-006", "RSS-GRP-007", "RSS-GRP-008", "RSS-GRP-009", "RSS-GRP-010", "RSS-GRP-018", "RSS-GRP-019")


def guid_of(one: Values) -> str:
    """The GUID of an account, as the device has written it."""
    return one["USERID"] if "USERID" in one else one["SOURCEID"]


def guids(people: list[Values]) -> list[str]:
    """The GUIDs of accounts."""
    return [guid_of(one) for one in people]


async def people(dut: PacketDut, users: int = 2, endpoints: int = 2) -> list[Values]:
    """New accounts, users first."""
    return [*[await user(dut) for _ in range(users)], *[await endpoint(dut) for _ in range(endpoints)]]


# What a group is made of -> places in the list of three users and three endpoints, in the order in which they are sent.
MEMBERS = {
    "one-user": (0,),
    "one-endpoint": (3,),
    "users": (1, 0),
    "endpoints": (5, 3, 4),
    "one-of-each": (4, 1),
    "mixed": (3, 0, 4, 1),
    "nearly-all": (5, 0, 4, 1, 3),
    "all": (0, 1, 2, 3, 4, 5),
}


def _register_members(name: str, places: tuple[int, ...]) -> None:
    @SUITE.scenario(f"group.members.{name}", *_ALL, "RSS-GRP-002", "RSS-ADDGROUP.MEMBER", chapter=CHAPTER, after=_AFTER)
    async def members(dut: PacketDut) -> None:
        """A new group has the members that were sent, and everybody else stands beside, in the confirm and when it is asked for."""
        known = await people(dut, 3, 3)
        inside = [known[place] for place in places]
        before = await both(dut)
        made, packet = await group(dut, guids(inside))
        members_of(dut, packet.first, inside, "RSS-GRP-002", step=packet.step)
        complement_of(dut, packet.first, between(before, await both(dut)), inside)
        for others in (True, False):
            await described(dut, made, inside, "RSS-GRP-002", others=others)


for _name, _places in MEMBERS.items():
    _register_members(_name, _places)


@SUITE.scenario(
    "group.members.changed",
    *_ALL,
    "RSS-GRP-003",
    "RSS-GRP-011",
    "RSS-GRP-012",
    "RSS-MODGROUP.MEMBER",
    chapter=CHAPTER,
    after=("MODGROUP.success",),
)
async def changed(dut: PacketDut) -> None:
    """After each change a group has the members that were sent and no others, the description that was sent and the same id."""
    known = await people(dut, 3, 3)
    inside = known[:1]
    made, _ = await group(dut, guids(inside))
    other, _ = await group(dut, guids(known[::2]))
    for number, places in enumerate(((3,), (0, 1, 3, 4), (1, 4), (1, 5, 2, 4, 3, 0), (2, 5), (2, 5), (0, 3))):
        inside = [known[place] for place in places]
        values = {} if number in (2, 5) else {"DESCRIPTION": f"change {number}"}
        before = await both(dut)
        packet = await change(dut, made, guids(inside), **values)
        members_of(dut, packet.first, inside, "RSS-GRP-011", step=packet.step)
        complement_of(dut, packet.first, between(before, await both(dut)), inside)
        await described(dut, made, inside, "RSS-GRP-011", "RSS-GRP-003", others=bool(number % 2))
        told = plain(packet.first.get("GROUPID"))
        dut.check("id", told == plain(made["GROUPID"]), "RSS-GRP-012", expected=made["GROUPID"], got=told)
    await described(dut, other, known[::2], "RSS-GRP-015")


@SUITE.scenario(
    "group.members.description-alone",
    "RSS-GRP-003",
    "RSS-GRP-011",
    "RSS-GRP-006",
    chapter=CHAPTER,
    after=("MODGROUP.success",),
)
async def description_alone(dut: PacketDut) -> None:
    """A description that changes leaves the members, and members that change leave the description."""
    known = await people(dut)
    made, _ = await group(dut, guids(known[1:3]), "first")
    for text in ("second", "Zweite <b>&amp;", "first"):
        await change(dut, made, guids(known[1:3]), DESCRIPTION=text)
        await described(dut, made, known[1:3], "RSS-GRP-003", others=False)
    for inside in (known[:1], known, known[2:]):
        await change(dut, made, guids(inside))
        await described(dut, made, inside, "RSS-GRP-011", "RSS-GRP-003", others=False)


@SUITE.scenario(
    "group.members.several-groups",
    "RSS-GRP-011",
    "RSS-GRP-008",
    "RSS-GRP-006",
    "RSS-GRP-015",
    chapter=CHAPTER,
    after=("MODGROUP.success", "DELGROUP.success"),
)
async def several_groups(dut: PacketDut) -> None:
    """Accounts are in several groups; a change or the end of one group leaves the others and the accounts as they are."""
    known = await people(dut)
    inside = [known[:3], known[1:], known]
    made = [(await group(dut, guids(one)))[0] for one in inside]
    await change(dut, made[1], guids(known[:1]))
    inside[1] = known[:1]
    for one, own in zip(made, inside, strict=True):
        await described(dut, one, own, "RSS-GRP-011", "RSS-GRP-015")
    dut.ok(await dut.command("DELGROUP", {"GROUPNAME": made[2]["GROUPNAME"]}), "RSS-DELGROUP")
    for one, own in zip(made[:2], inside, strict=False):
        await described(dut, one, own, "RSS-GRP-015", others=False)
    for kind, key, one in (("user", "USERNAME", known[0]), ("endpoint", "SOURCENAME", known[3])):
        await entry(dut, kind, one[key], "RSS-ACC-013", "RSS-GRP-015")


@SUITE.scenario("group.members.younger", "RSS-GRP-008", "RSS-GRP-011", chapter=CHAPTER, after=("MODGROUP.success",))
async def younger(dut: PacketDut) -> None:
    """Accounts that are younger than a group stand beside it, may become members, and stand beside it again."""
    known = await people(dut, 1, 1)
    made, _ = await group(dut, guids(known))
    new = await people(dut)
    await described(dut, made, known, "RSS-GRP-008")
    await change(dut, made, guids(new))
    await described(dut, made, new, "RSS-GRP-011")
    newest = await people(dut, 1, 1)
    await change(dut, made, guids(known))
    await described(dut, made, known, "RSS-GRP-011")
    await change(dut, made, guids([*newest, *known]))
    await described(dut, made, [*newest, *known], "RSS-GRP-011")


@SUITE.scenario(
    "group.members.account-changed",
    "RSS-GRP-006",
    "RSS-GRP-009",
    "RSS-ACC-012",
    chapter=CHAPTER,
    after=("MODDEVUSER.success", "MODENDPOINT.success"),
)
async def account_changed(dut: PacketDut) -> None:
    """A change of an account leaves it in its groups, and outside of the others."""
    known = await people(dut)
    made, _ = await group(dut, [guid_of(known[0]), guid_of(known[2])])
    inside = [known[0], known[2]]
    for one in known:
        values = {"PRIVILEGE": "0", "EMAIL": "x@example.com"} if "USERID" in one else {"FLAG": "0", "H323": "changed"}
        kind = "user" if "USERID" in one else "endpoint"
        dut.ok(await modify(dut, kind, one, **values), f"RSS-{dut.model.records[kind].modify}", check="modify")
    await described(dut, made, inside, "RSS-GRP-006")


def _register_account_deleted(kind: str, key: str, remove: str, clause: str) -> None:
    @SUITE.scenario(
        f"group.members.{kind}-deleted",
        "RSS-GRP-016",
        "RSS-GRP-006",
        "RSS-GRP-008",
        clause,
        chapter=CHAPTER,
        after=(f"{remove}.success",),
    )
    async def account_deleted(dut: PacketDut) -> None:
        """An account that is removed is in no group any more, or cannot be removed; the number of members agrees."""
        known = await people(dut, 3, 3)
        own = known[:3] if kind == "user" else known[3:]
        others = known[3:] if kind == "user" else known[:3]
        made, _ = await group(dut, guids([own[0], own[1], others[0]]))
        removed = dut.either(await dut.command(remove, {key: own[0][key]}), "RSS-AMB-072", "RSS-GRP-016")
        if not removed:
            await entry(dut, kind, own[0][key], "RSS-XML-013")
            await described(dut, made, [own[0], own[1], others[0]], "RSS-XML-013")
            return
        await absent(dut, kind, own[0][key], clause)
        part = await specific(dut, made, "RSS-GRP-016")
        told = [plain(guid) for guid in part.all("MEMBER")]
        count = part.get("MEMBER_COUNT") or ""
        if plain(guid_of(own[0])) in told:
            dut.observe("deleted", "RSS-AMB-072", "kept", clauses=("RSS-GRP-016",))
            agrees = count == str(len(told))
            dut.check("count", agrees, "RSS-GRP-006", expected=f"{len(told)} members", got=count)
        else:
            dut.observe("deleted", "RSS-AMB-072", "gone")
            await described(dut, made, [own[1], others[0]], "RSS-GRP-006", "RSS-GRP-016", gone=[guid_of(own[0])])
        # One that is no member can be removed under every reading of the above.
        dut.ok(await dut.command(remove, {key: own[2][key]}), clause, check="remove")
        gone = [guid_of(own[0]), guid_of(own[2])]
        await change(dut, made, guids([own[1], others[1]]))
        await described(dut, made, [own[1], others[1]], "RSS-GRP-011", gone=gone)
        before = await both(dut)
        _, packet = await group(dut, guids([others[2]]))
        members_of(dut, packet.first, [others[2]], "RSS-GRP-002", step=packet.step)
        complement_of(dut, packet.first, between(before, await both(dut)), [others[2]], gone)


_register_account_deleted("user", "USERNAME", "DELDEVUSER", "RSS-ACC-008")
_register_account_deleted("endpoint", "SOURCENAME", "DELENDPOINT", "RSS-ACC-007")


@SUITE.scenario("group.members.names", "RSS-GRP-009", "RSS-XML-011", "RSS-GRP-013", chapter=CHAPTER, after=_AFTER)
async def names(dut: PacketDut) -> None:
    """Odd names of members and of others come back beside their GUIDs as the accounts have them."""
    texts = ("a<b>&c;\"d'e", "&amp;lt;&#65;", "Übung 日本 ñ", "two  blanks", "Capital Letters", "0042")
    found = [
        await (user(dut, USERNAME=name) if number % 2 else endpoint(dut, SOURCENAME=name))
        for number, name in enumerate(f"{text} {dut.rng.getrandbits(32):08x}" for text in texts)
    ]
    for inside in (found[:3], found[3:]):
        made, packet = await group(
            dut, guids(inside), "über <groups> & 'more'", GROUPNAME=dut.unique("Clausewise Grüße & <Co>")
        )
        members_of(dut, packet.first, inside, "RSS-GRP-002", step=packet.step)
        await described(dut, made, inside, "RSS-GRP-002", "RSS-XML-011")
    packet = dut.ok(await dut.command("GETMEMBER"), "RSS-GETMEMBER")
    for one in found:
        field, key = ("MEMBER_USER", "USERNAME") if "USERID" in one else ("MEMBER_EP", "SOURCENAME")
        told = [name for guid, name in packet.first.pairs(field, "name") if plain(guid) == plain(guid_of(one))]
        dut.check("told", told == [one[key]], "RSS-GRP-013", "RSS-GRP-009", "RSS-XML-011", expected=repr(one[key]), got=repr(told))  # fmt: skip
    listed = {plain(part.get("GROUPID")): part for part in await entries(dut, "group")}
    part = listed.get(plain(made["GROUPID"]))
    dut.check(
        "listed", part is not None, "RSS-GRP-019", expected="the group in the list", got="" if part else "no entry"
    )
    if part is not None:
        same(dut, part, {name: made[name] for name in ("GROUPNAME", "DESCRIPTION")}, "RSS-GRP-002", "RSS-XML-011")
