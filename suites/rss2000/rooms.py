"""Point-to-point rooms: the groups beside their rights, one room asked for, many rooms, and what deletion leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.flow import CaseInconclusive, CaseStopped
from harness.messages.packetreply import Part
from harness.packetdut import PacketDut
from harness.packetsample import FieldList, Values, add_record
from suites.rss2000 import SUITE
from suites.rss2000.cited import asked
from suites.rss2000.rights import JOIN, VIEW, all_groups, judge_lists, lasting, one_told, own, own_groups, stored, told

CHAPTER = "Point to Point Settings"
PLAIN = ("ROOM_ID", "ROOM_NUM", "DUALVIDEO", "BROADCAST", "RATE", "RECORDRIGHT", "VIEWRIGHT", "IFRAMEINTERVAL", "VIDEO_FORMAT")  # fmt: skip
MODIFIED = ("GETROOM.success", "MODROOM.success")
_MOST = 6


async def rooms(dut: PacketDut) -> list[Part]:
    """The list of rooms."""
    return dut.ok(await dut.command("GETROOM"), "RSS-GETROOM", check="list").listed()


async def room_of(dut: PacketDut, index: str) -> Part:
    """What GETROOM tells of one room.

    Raises:
        CaseStopped: not of exactly this one.
    """
    packet = await dut.command("GETROOM", {"INDEX": index})
    parts = dut.ok(packet, *asked(packet), check="asked-for").listed()
    alone = [one_told(dut, "GETROOM", part, "INDEX") for part in parts] == [index]
    dut.check(
        "alone",
        alone,
        "RSS-ROO-006",
        "RSS-GETROOM.INDEX",
        expected=f"the room of index {index} and no other",
        got="" if alone else packet.describe(),
        step=packet.step,
    )
    if not alone:
        raise CaseStopped("it told of another room")
    return parts[0]


def room_fields(dut: PacketDut, part: Part, index: str, changes: Mapping[str, str]) -> FieldList:
    """Fields of MODROOM that leave a room as it is, but for changes."""
    known = {name: one_told(dut, "GETROOM", part, name) or "" for name in PLAIN}
    return [*{**known, "INDEX": index, **changes}.items()]


async def modify(
    dut: PacketDut, made: Values, changes: Mapping[str, str], join: Sequence[str] = (), view: Sequence[str] = ()
) -> Part:
    """Modify a room of our own and ask for it."""
    before = await room_of(dut, made["INDEX"])
    fields = room_fields(dut, before, made["INDEX"], changes)
    fields += [*(("RECORDID", one) for one in join), *(("VIEWID", one) for one in view)]
    packet = await dut.command("MODROOM", fields)
    dut.ok(packet, *asked(packet), "RSS-ROO-002", check="modify")
    return await room_of(dut, made["INDEX"])


def same_values(dut: PacketDut, name: str, part: Part, wanted: Mapping[str, str], *clauses: str) -> None:
    """What is told of a room is what was sent."""
    for field, value in wanted.items():
        got = told(dut, "GETROOM", part, field)
        dut.check(
            f"{name}.{field}",
            value in got,
            *clauses,
            f"RSS-GETROOM.confirm.{field}",
            expected=f"{field} {value!r}",
            got=", ".join(got) or "no such field",
        )


def plain_values(dut: PacketDut, part: Part) -> dict[str, str]:
    """What a room is, without its groups and its state."""
    values = {name: one_told(dut, "GETROOM", part, name) for name in PLAIN}
    return {name: value for name, value in values.items() if value is not None}


@SUITE.scenario(
    "room.groups",
    "RSS-ROO-002",
    "RSS-ROO-006",
    "RSS-ROO-008",
    "RSS-ROO-009",
    "RSS-ROO-015",
    "RSS-MODROOM.RECORDID",
    "RSS-MODROOM.VIEWID",
    chapter=CHAPTER,
    after=MODIFIED,
)
async def groups(dut: PacketDut) -> None:
    """The groups of both rights are those that were sent last, each right with its own, and all others are told as others."""
    one, two, three = own(await own_groups(dut))
    before = await all_groups(dut)
    made = await add_record(dut, "room")
    turns = (([one], [two, three]), ([two, three], [one]), ([one, two], [one, two]), ([three], [two]))
    for join, view in turns:
        part = await modify(dut, made, {"RECORDRIGHT": "1", "VIEWRIGHT": "2"}, join, view)
        mine = await lasting(dut, before)
        for lists, wanted in ((JOIN, join), (VIEW, view)):
            got = told(dut, "GETROOM", part, lists.ids)
            clauses = ["RSS-ROO-015", f"RSS-MODROOM.{lists.ids}", f"RSS-GETROOM.confirm.{lists.ids}"]
            clauses += [] if got else ["RSS-ROO-006"]
            stored(dut, lists.ids, got, wanted, *clauses, step=-1)
            judge_lists(
                dut, "GETROOM", part, lists, mine,
                same=("RSS-ROO-008",), apart=("RSS-ROO-009", f"RSS-GETROOM.confirm.{lists.others}"),
            )  # fmt: skip


@SUITE.scenario(
    "room.rights",
    "RSS-ROO-002",
    "RSS-GETROOM.INDEX",
    "RSS-MODROOM.RECORDRIGHT",
    "RSS-MODROOM.VIEWRIGHT",
    chapter=CHAPTER,
    after=MODIFIED,
)
async def rights(dut: PacketDut) -> None:
    """Each right takes each of its values and gives it up again, whatever the other one is."""
    group = own(await own_groups(dut, 1))
    before = await all_groups(dut)
    made = await add_record(dut, "room")
    other = await add_record(dut, "room", {"RECORDRIGHT": "0", "VIEWRIGHT": "1"})
    for record, view in (
        ("1", "2"),
        ("0", "2"),
        ("0", "0"),
        ("1", "0"),
        ("1", "1"),
        ("0", "1"),
        ("1", "2"),
        ("0", "0"),
    ):
        part = await modify(dut, made, {"RECORDRIGHT": record, "VIEWRIGHT": view}, group, group)
        wanted = {"RECORDRIGHT": record, "VIEWRIGHT": view}
        same_values(dut, "asked-for", part, wanted, "RSS-ROO-002")
        kept, beside = {"RECORDRIGHT": "0", "VIEWRIGHT": "1"}, await room_of(dut, other["INDEX"])
        same_values(dut, "other", beside, kept, "RSS-ROO-002", "RSS-MODROOM.INDEX")
        listed = [one for one in await rooms(dut) if one_told(dut, "GETROOM", one, "INDEX") == made["INDEX"]]
        for one in listed[:1]:
            same_values(dut, "listed", one, wanted, "RSS-ROO-002")
        mine = await lasting(dut, before)
        for lists, complete in ((JOIN, record == "1"), (VIEW, view == "2")):
            judge_lists(
                dut, "GETROOM", part, lists, mine, same=("RSS-ROO-008",), apart=("RSS-ROO-009",), complete=complete
            )


@SUITE.scenario(
    "room.added-groups",
    "RSS-ROO-001",
    "RSS-ADDROOM.RECORDID",
    "RSS-ADDROOM.VIEWID",
    chapter=CHAPTER,
    after=("ADDROOM.success",),
)
async def added_groups(dut: PacketDut) -> None:
    """A new room has the groups that were sent, each with its right, or as the example has it none at all."""
    one, two = own(await own_groups(dut, 2))
    values = {"RECORDRIGHT": "1", "VIEWRIGHT": "2", "RECORDID": one, "VIEWID": two}
    made = await add_record(dut, "room", values)
    part = await room_of(dut, made["INDEX"])
    same_values(dut, "added", part, {"RECORDRIGHT": "1", "VIEWRIGHT": "2"}, "RSS-ROO-001")
    seen = []
    for field, wanted in (("RECORDID", one), ("VIEWID", two)):
        got = told(dut, "GETROOM", part, field)
        seen.append(bool(got))
        dut.check(
            f"added.{field}",
            got in ([], [wanted]),
            "RSS-ROO-001",
            f"RSS-ADDROOM.{field}",
            expected=f"{field} {wanted}, or none",
            got=", ".join(got),
        )
    dut.observe("added", "RSS-AMB-080", *(("told", "absent") if all(seen) else ("dropped",)))


@SUITE.scenario("room.unknown-group", "RSS-ROO-015", chapter=CHAPTER, after=MODIFIED)
async def unknown_group(dut: PacketDut) -> None:
    """The GUID of no group, beside one that there is: refused, or passed over."""
    (group,) = own(await own_groups(dut, 1))
    made = await add_record(dut, "room")
    await modify(dut, made, {"RECORDRIGHT": "1", "VIEWRIGHT": "2"}, [group], [group])
    part = await room_of(dut, made["INDEX"])
    stranger = group[:-4] + "".join("0" if one != "0" else "1" for one in group[-4:])
    if stranger in await all_groups(dut):
        raise CaseInconclusive("there is a group of a GUID that was made up")
    fields = [
        *room_fields(dut, part, made["INDEX"], {}),
        ("RECORDID", stranger),
        ("RECORDID", group),
        ("VIEWID", group),
    ]
    dut.either(await dut.command("MODROOM", fields, judged=False), "RSS-AMB-067", "RSS-ROO-015")
    part = await room_of(dut, made["INDEX"])
    stored(dut, "left", told(dut, "GETROOM", part, "RECORDID"), [group], "RSS-ROO-015", step=-1)
