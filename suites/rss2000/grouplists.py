"""Groups as they are listed and asked for: one of them, all of them, their names and ids; and what removals and refusals leave."""

from __future__ import annotations

from harness.messages.packetreply import Packet
from harness.packetdut import PacketDut
from suites.rss2000 import SUITE
from suites.rss2000.groups import guid_of, guids, people
from suites.rss2000.people import (
    LISTS,
    absent,
    between,
    both,
    change,
    described,
    endpoint,
    entries,
    entry,
    few,
    group,
    known,
    listed,
    pairs,
    plain,
    same,
    user,
    with_members,
)

CHAPTER = "Groups"
_MANY = 12


@SUITE.scenario(
    "group.specific",
    "RSS-GETGROUP.GROUPNAME",
    "RSS-GETGROUP.GROUPID",
    "RSS-GRP-010",
    "RSS-GRP-018",
    "RSS-GRP-019",
    chapter=CHAPTER,
    after=("GETGROUP.success",),
)
async def one_of_several(dut: PacketDut) -> None:
    """Of several groups with names that begin alike GETGROUP tells of the one that was asked for."""
    found = await people(dut)
    name = dut.unique("clausewise")
    sets = {name: found[:1], f"{name}2": found[1:3], f"{name} 2": found, f"2{name}": found[3:], name[:-2]: found[:2]}
    made = {one: (await group(dut, guids(inside), GROUPNAME=one))[0] for one, inside in sets.items()}
    for one in (*reversed(sets), *sets):
        await described(dut, made[one], sets[one], "RSS-GRP-010", others=False)


@SUITE.scenario("group.open.specific-half", chapter=CHAPTER, after=("GETGROUP.success",))
async def half(dut: PacketDut) -> None:
    """With a name or an id alone, or those of two groups, GETGROUP tells of one of them, of none, of all, or fails."""
    found = await people(dut)
    made = [(await group(dut, guids(found[number : number + 1])))[0] for number in range(3)]
    one, two = made[1], made[2]
    asked = [
        ({"GROUPNAME": one["GROUPNAME"]}, [one]),
        ({"GROUPID": one["GROUPID"]}, [one]),
        ({"GROUPNAME": one["GROUPNAME"], "GROUPID": two["GROUPID"]}, [one, two]),
        ({"GROUPNAME": one["GROUPNAME"], "GROUPID": dut.unknown_id()}, [one]),
        ({"GROUPNAME": dut.unique("nobody"), "GROUPID": two["GROUPID"]}, [two]),
    ]
    for fields, allowed in asked:
        packet = await dut.command("GETGROUP", fields, judged=False)
        told = [plain(part.get("GROUPID")) for part in packet.listed()]
        ids = {plain(group_["GROUPID"]) for group_ in made}
        every = ids <= {*told}
        own = {plain(group_["GROUPID"]) for group_ in allowed}
        if packet.ok is not True:
            dut.either(packet, "RSS-AMB-069", "RSS-GRP-010")
            continue
        reading = "all" if every else "either" if told else "nothing"
        good = every or {*told} <= own
        dut.check("group", good, "RSS-GRP-010", expected="groups that were asked for", got=few(told), step=packet.step)
        if good:
            dut.observe("told", "RSS-AMB-069", reading, clauses=("RSS-GRP-010",), step=packet.step)


@SUITE.scenario("group.open.specific-unknown", "RSS-GRP-010", chapter=CHAPTER, after=("GETGROUP.success",))
async def unknown(dut: PacketDut) -> None:
    """Name and id of a group that is not there, or no longer, bring no group."""
    found = await people(dut)
    await group(dut, guids(found[:1]))
    gone, _ = await group(dut, guids(found))
    dut.ok(await dut.command("DELGROUP", {"GROUPNAME": gone["GROUPNAME"]}), "RSS-DELGROUP")
    for name, guid in ((gone["GROUPNAME"], gone["GROUPID"]), (dut.unique("nobody"), dut.unknown_id())):
        for _ in range(2):
            packet = await dut.command("GETGROUP", {"GROUPNAME": name, "GROUPID": guid}, judged=False)
            told = [str(part.get("GROUPNAME")) for part in packet.listed()] if packet.ok else []
            dut.check("none", not told, "RSS-GRP-010", expected="no group", got=few(told), step=packet.step)
            if not told:
                _unknown_one(dut, packet)


def _unknown_one(dut: PacketDut, packet: Packet) -> None:
    if packet.ok is not True:
        dut.either(packet, "RSS-AMB-073")
    else:
        dut.observe("answer", "RSS-AMB-073", "nothing" if packet.confirms else "none", step=packet.step)


@SUITE.scenario("group.open.details-in-list", "RSS-GRP-007", chapter=CHAPTER, after=("GETGROUP.success",))
async def details_in_list(dut: PacketDut) -> None:
    """The list of groups has no members, or has those of each group."""
    found = await people(dut)
    sets = [found[:2], found[2:], found]
    for inside in sets:
        made, _ = await group(dut, guids(inside))
        part = await entry(dut, "group", made["GROUPNAME"], "RSS-GRP-019")
        told = {plain(guid) for guid in part.all("MEMBER")}
        dut.observe("list", "RSS-AMB-062", *(("always",) if told else ("details", "absent")), clauses=("RSS-GRP-010",))
        right = not told or told == {plain(guid) for guid in guids(inside)}
        dut.check("members", right, "RSS-GRP-007", expected=f"{len(inside)} members or none", got=few(told))


@SUITE.scenario(
    "group.many",
    "RSS-GRP-019",
    "RSS-GRP-014",
    "RSS-GRP-004",
    "RSS-GRP-012",
    chapter=CHAPTER,
    after=("ADDGROUP.success", "DELGROUP.success"),
)
async def many(dut: PacketDut) -> None:
    """Of many groups both lists have each once, under its name, with and without members, and after removals those that are left."""
    found = await people(dut)
    made = [(await group(dut, guids(found[: 1 + number % 4])))[0] for number in range(_MANY)]
    await _lists_agree(dut, [one["GROUPID"] for one in made], [])
    gone = made[::3] + made[-1:]
    for one in gone:
        dut.ok(await dut.command("DELGROUP", {"GROUPNAME": one["GROUPNAME"]}), "RSS-DELGROUP")
    left = [one for one in made if one not in gone]
    await change(dut, left[0], guids(found))
    await _lists_agree(dut, [one["GROUPID"] for one in left], [one["GROUPID"] for one in gone])
    for one in left:
        part = await entry(dut, "group", one["GROUPNAME"], "RSS-GRP-019")
        same(dut, part, {name: one[name] for name in ("GROUPID", "DESCRIPTION")}, "RSS-GRP-015")


async def _lists_agree(dut: PacketDut, own: list[str], gone: list[str]) -> None:
    before = await listed(dut, "group")
    packet = dut.ok(await dut.command("GETALLGROUP"), "RSS-GETALLGROUP")
    there = known(before, await listed(dut, "group"))
    told = pairs(packet.first, "GROUP")
    ids = [guid for guid, _ in told]
    for name, seen, clause in (("GETALLGROUP", ids, "RSS-GRP-014"), ("GETGROUP", [*before], "RSS-GRP-019")):
        lacking = {plain(one) for one in own} - {*seen}
        dut.check("there", not lacking, clause, expected=f"all groups in {name}", got=few(lacking))
        left = {plain(one) for one in gone} & {*seen}
        dut.check("gone", not left, clause, "RSS-GRP-004", expected=f"no deleted group in {name}", got=few(left))
    lacking, twice = {*there.steady} - {*ids}, {one for one in ids if ids.count(one) > 1}
    rows = [plain(part.get("GROUPID")) for part in await entries(dut, "group")]
    doubled = {guid for guid in rows if rows.count(guid) > 1}
    dut.check("once", not doubled, "RSS-GRP-019", expected="each group of GETGROUP once", got=few(doubled))
    clauses = ("RSS-GRP-014", *(("RSS-GRP-019",) if lacking else ()))  # which of the lists is wrong nobody can tell
    dut.check("all", not lacking and not twice, *clauses, expected="each group of GETGROUP once", got=few(lacking | twice))  # fmt: skip
    wrong = [f"{guid} {name!r}" for guid, name in told if guid in there.steady and name not in there.steady[guid]]
    dut.check("names", not wrong, "RSS-GRP-014", expected="the names of GETGROUP", got=few(wrong))


@SUITE.scenario("group.everybody", "RSS-GRP-013", "RSS-GRP-009", chapter=CHAPTER, after=("GETMEMBER.success",))
async def everybody(dut: PacketDut) -> None:
    """GETMEMBER has every user and every endpoint of the lists once, those that were added too, and none that was removed."""
    made, gone = await people(dut, 3, 3), await people(dut, 1, 1)
    await _members_agree(dut, [*made, *gone], [])
    dut.ok(await dut.command("DELENDPOINT", {"SOURCENAME": gone[1]["SOURCENAME"]}), "RSS-DELENDPOINT")
    await _members_agree(dut, [*made, gone[0]], gone[1:])
    dut.ok(await dut.command("DELDEVUSER", {"USERNAME": gone[0]["USERNAME"]}), "RSS-DELDEVUSER")
    made += [await user(dut), await endpoint(dut)]
    await _members_agree(dut, made, gone)


async def _members_agree(dut: PacketDut, own: list[dict[str, str]], gone: list[dict[str, str]]) -> None:
    before = await both(dut)
    packet = dut.ok(await dut.command("GETMEMBER"), "RSS-GETMEMBER")
    accounts = between(before, await both(dut))
    added = {plain(guid_of(one)) for one in own}
    removed = {plain(guid_of(one)) for one in gone}
    for kind, there in accounts.items():
        told = pairs(packet.first, LISTS[kind][3])
        ids = [guid for guid, _ in told]
        lacking = {*there.steady} - {*ids}
        if kind == "user" and len(lacking) == 1 and not lacking & added:  # it may be the one from the beginning
            dut.observe("administrator", "RSS-AMB-064", "others", step=packet.step)
            lacking = set()
        elif kind == "user" and not lacking:
            dut.observe("administrator", "RSS-AMB-064", "all", step=packet.step)
        twice = {one for one in ids if ids.count(one) > 1}
        others = {guid for other, one in accounts.items() if other != kind for guid in one.steady}
        wrong = {*ids} & (removed | others)
        clauses = ("RSS-GRP-013", f"RSS-GETMEMBER.confirm.{LISTS[kind][3]}")
        dut.check(f"{kind}.all", not lacking, *clauses, expected=f"every {kind}", got=few(lacking), step=packet.step)
        dut.check(f"{kind}.once", not twice, *clauses, expected=f"every {kind} once", got=few(twice), step=packet.step)
        dut.check(f"{kind}.only", not wrong, *clauses, expected=f"{kind}s that are there", got=few(wrong))
        misnamed = [
            f"{guid} {name!r}" for guid, name in told if guid in there.steady and name not in there.steady[guid]
        ]
        dut.check(f"{kind}.names", not misnamed, *clauses, "RSS-GRP-009", expected="their names", got=few(misnamed))


@SUITE.scenario(
    "group.refused-again",
    "RSS-GRP-001",
    "RSS-GRP-020",
    "RSS-XML-013",
    chapter=CHAPTER,
    after=("ADDGROUP.success", "MODGROUP.success"),
)
async def refused_again(dut: PacketDut) -> None:
    """A name is there once however often it is added; what is refused changes nothing, and the next new group is taken."""
    found = await people(dut)
    made, inside = (await group(dut, guids(found[:2]), "first"))[0], found[:2]
    for number in range(4):
        if number == 2:
            inside = found[1:]
            await change(dut, made, guids(inside), DESCRIPTION="second")
        new = {**made, "DESCRIPTION": f"new {number}"}
        packet = await dut.command("ADDGROUP", with_members(new, guids(found[:1])), judged=False)
        if dut.either(packet, "RSS-AMB-070", "RSS-GRP-020"):
            parts = [one for one in await entries(dut, "group") if one.get("GROUPNAME") == made["GROUPNAME"]]
            dut.check("once", len(parts) == 1, "RSS-GRP-001", expected="one group of the name", got=f"{len(parts)}")
            texts = [text for one in await entries(dut, "group") for text in one.all("DESCRIPTION")]
            there = new["DESCRIPTION"] in texts  # under its name, or under one that the device has made
            dut.check("taken", there, "RSS-GRP-002", "RSS-GRP-020", expected="the group that was taken", got="none")
            return
        await described(dut, made, inside, "RSS-XML-013", "RSS-GRP-001", others=False)
    other, _ = await group(dut, guids(found))
    await described(dut, other, found, "RSS-GRP-002")


@SUITE.scenario(
    "group.refused-unknown",
    "RSS-GRP-005",
    "RSS-XML-013",
    chapter=CHAPTER,
    after=("MODGROUP.success", "DELGROUP.success"),
)
async def refused_unknown(dut: PacketDut) -> None:
    """Changing or removing a group that is not there adds none, changes none and removes none, each time."""
    found = await people(dut)
    made, _ = await group(dut, guids(found[:2]))
    removed, _ = await group(dut, guids(found))
    dut.ok(await dut.command("DELGROUP", {"GROUPNAME": removed["GROUPNAME"]}), "RSS-DELGROUP")
    for name in (removed["GROUPNAME"], dut.unique("nobody"), made["GROUPNAME"] + "x", made["GROUPNAME"][:-1]):
        fields = with_members({"GROUPNAME": name, "DESCRIPTION": "nobody"}, guids(found[2:]))
        for operation, sent in (("MODGROUP", fields), ("DELGROUP", [("GROUPNAME", name)]), ("MODGROUP", fields)):
            dut.refused(await dut.command(operation, sent), "RSS-GRP-005")
        await absent(dut, "group", name, "RSS-XML-013", "RSS-GRP-004")
    await described(dut, made, found[:2], "RSS-XML-013")


@SUITE.scenario(
    "group.removed",
    "RSS-GRP-004",
    "RSS-GRP-017",
    "RSS-GRP-021",
    "RSS-GRP-015",
    chapter=CHAPTER,
    after=("DELGROUP.success",),
)
async def removed_and_again(dut: PacketDut) -> None:
    """The answer to a removal tells what the group was at the end; its name is free, and a new group has nothing of the old one."""
    found = await people(dut)
    other, _ = await group(dut, guids(found[1:]))
    made, _ = await group(dut, guids(found[:1]), "first")
    for text, inside in (("", found[:1]), ("changed", found), ("again", found[2:]), ("last", found[:3])):
        if text:
            await change(dut, made, guids(inside), DESCRIPTION=text)
        packet = dut.ok(await dut.command("DELGROUP", {"GROUPNAME": made["GROUPNAME"]}), "RSS-DELGROUP")
        wanted = {**made, "MEMBER_COUNT": str(len(inside))}
        same(dut, packet.first, {name: value for name, value in wanted.items() if name != "GROUPID"}, "RSS-GRP-017")
        told = plain(packet.first.get("GROUPID"))
        dut.check(
            "id", told == plain(made["GROUPID"]), "RSS-GRP-017", "RSS-GRP-012", expected=made["GROUPID"], got=told
        )
        await absent(dut, "group", made["GROUPNAME"], "RSS-GRP-004")
        made, packet = await group(dut, guids(found[1:2]), f"after {text}".strip(), GROUPNAME=made["GROUPNAME"])
        await described(dut, made, found[1:2], "RSS-GRP-021", "RSS-GRP-002")
        await described(dut, other, found[1:], "RSS-GRP-015", others=False)


@SUITE.scenario("group.open.blank", chapter=CHAPTER, after=("ADDGROUP.success", "MODGROUP.success"))
async def blank(dut: PacketDut) -> None:
    """Whether a description or a name may be blank is open; the list agrees with the answer."""
    found = await people(dut, 1, 1)
    new = {"GROUPNAME": dut.unique("clausewise"), "DESCRIPTION": ""}
    packet = await dut.command("ADDGROUP", with_members(new, guids(found)), judged=False)
    if dut.either(packet, "RSS-AMB-066"):
        new["GROUPID"] = packet.first.get("GROUPID") or ""
        await described(dut, new, found, "RSS-GRP-002")
    else:
        await absent(dut, "group", new["GROUPNAME"], "RSS-XML-013")
    made, _ = await group(dut, guids(found), "before")
    packet = await dut.command("MODGROUP", with_members({**made, "DESCRIPTION": ""}, guids(found)), judged=False)
    if dut.either(packet, "RSS-AMB-066"):
        made["DESCRIPTION"] = ""
    await described(dut, made, found, "RSS-GRP-003" if not made["DESCRIPTION"] else "RSS-XML-013")
