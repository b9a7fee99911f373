"""What the document leaves open about members of groups, and what holds whatever a device does there."""

from __future__ import annotations

from harness.packetdut import PacketDut
from suites.rss2000 import SUITE
from suites.rss2000.groups import guid_of, guids, people
from suites.rss2000.people import absent, change, described, endpoint, group, plain, specific, with_members

CHAPTER = "Groups"


@SUITE.scenario(
    "group.open.unknown-member",
    "RSS-GRP-007",
    "RSS-XML-013",
    chapter=CHAPTER,
    after=("ADDGROUP.success", "MODGROUP.success"),
)
async def unknown_member(dut: PacketDut) -> None:
    """A GUID that is of nobody is no member: the command fails and changes nothing, or it is passed over."""
    known = await people(dut)
    nobody = dut.unknown_id()
    gone = await endpoint(dut)
    dut.ok(await dut.command("DELENDPOINT", {"SOURCENAME": gone["SOURCENAME"]}), "RSS-DELENDPOINT")
    made, _ = await group(dut, guids(known[:2]))
    for wrong in (nobody, guid_of(gone), made["GROUPID"]):
        new = {"GROUPNAME": dut.unique("clausewise"), "DESCRIPTION": "unknown"}
        packet = await dut.command("ADDGROUP", with_members(new, [guid_of(known[0]), wrong]), judged=False)
        if dut.either(packet, "RSS-AMB-067", "RSS-GRP-002"):
            new["GROUPID"] = packet.first.get("GROUPID") or ""
            await described(dut, new, known[:1], "RSS-GRP-007", gone=[wrong])
        else:
            await absent(dut, "group", new["GROUPNAME"], "RSS-XML-013")
        changed = {**made, "DESCRIPTION": f"with {wrong[:4]}"}
        packet = await dut.command("MODGROUP", with_members(changed, [wrong, guid_of(known[2])]), judged=False)
        if dut.either(packet, "RSS-AMB-067", "RSS-GRP-011"):
            await described(dut, changed, known[2:3], "RSS-GRP-007", gone=[wrong])
        else:
            await described(dut, made, known[:2], "RSS-XML-013")
        await change(dut, made, guids(known[:2]))


@SUITE.scenario("group.open.member-twice", chapter=CHAPTER, after=("ADDGROUP.success",))
async def member_twice(dut: PacketDut) -> None:
    """A member that is sent twice counts once, comes back twice, or is refused; the device then takes groups as before."""
    known = await people(dut)
    sent = [guid_of(known[0]), guid_of(known[2]), guid_of(known[0])]
    new = {"GROUPNAME": dut.unique("clausewise"), "DESCRIPTION": "twice"}
    packet = await dut.command("ADDGROUP", with_members(new, sent), judged=False)
    inside = [known[0], known[2]]
    if packet.ok:
        new["GROUPID"] = packet.first.get("GROUPID") or ""
        part = await specific(dut, new, "RSS-GRP-002")
        times = [plain(guid) for guid in part.all("MEMBER")].count(plain(sent[0]))
        dut.observe("twice", "RSS-AMB-068", "twice" if times > 1 else "once", clauses=("RSS-GRP-006",))
        if times <= 1:
            await described(dut, new, inside, "RSS-GRP-006")
    else:
        dut.either(packet, "RSS-AMB-068", "RSS-GRP-006")
        await absent(dut, "group", new["GROUPNAME"], "RSS-XML-013")
    made, _ = await group(dut, guids(inside))
    await described(dut, made, inside, "RSS-GRP-002")


@SUITE.scenario("group.open.no-member", chapter=CHAPTER, after=("ADDGROUP.success", "MODGROUP.success"))
async def no_member(dut: PacketDut) -> None:
    """Whether a command without a MEMBER makes an empty group is open; numbers and lists agree with the answers."""
    known = await people(dut)
    new = {"GROUPNAME": dut.unique("clausewise"), "DESCRIPTION": "nobody"}
    packet = await dut.command("ADDGROUP", with_members(new, []), judged=False)
    if dut.either(packet, "RSS-AMB-040"):
        new["GROUPID"] = packet.first.get("GROUPID") or ""
        await described(dut, new, [], "RSS-GRP-002")
        everything = dut.ok(await dut.command("GETALLGROUP"), "RSS-GETALLGROUP").first.all("GROUP")
        there = plain(new["GROUPID"]) in map(plain, everything)
        dut.check(
            "all", there, "RSS-GRP-014", expected="the empty group in GETALLGROUP", got="" if there else "not there"
        )
        await change(dut, new, guids(known))
        await described(dut, new, known, "RSS-GRP-011")
    else:
        await absent(dut, "group", new["GROUPNAME"], "RSS-XML-013")
    made, _ = await group(dut, guids(known[:2]))
    packet = await dut.command("MODGROUP", with_members(made, []), judged=False)
    if dut.either(packet, "RSS-AMB-040"):
        part = await specific(dut, made, "RSS-GRP-011")
        kept = part.get("MEMBER_COUNT") != "0"
        dut.observe("emptied", "RSS-AMB-040", "kept" if kept else "blank")
        await described(dut, made, known[:2] if kept else [], "RSS-GRP-006")
    else:
        await described(dut, made, known[:2], "RSS-XML-013")
