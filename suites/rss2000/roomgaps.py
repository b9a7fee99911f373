"""Rooms after one in the middle was deleted: new ones get places of their own, and a deletion meets the room that it names."""

from __future__ import annotations

from collections.abc import Sequence

from harness.flow import CaseInconclusive
from harness.packetdut import PacketDut
from harness.packetsample import Values, add_record
from suites.rss2000 import SUITE
from suites.rss2000.rights import one_told
from suites.rss2000.rooms import rooms

CHAPTER = "Point to Point Settings"


async def _places(dut: PacketDut, made: Sequence[Values], *clauses: str) -> dict[str, str]:
    """The index of each of our rooms, which are all listed once, each at an index of its own."""
    listed = await rooms(dut)
    found = {}
    for one in made:
        own = [part for part in listed if one_told(dut, "GETROOM", part, "ROOM_ID") == one["ROOM_ID"]]
        dut.check("once", len(own) == 1, *clauses, expected=f"the room {one['ROOM_ID']!r} once", got=str(len(own)))
        for part in own[:1]:
            found[one["ROOM_ID"]] = one_told(dut, "GETROOM", part, "INDEX") or ""
    all_indexes = [one_told(dut, "GETROOM", part, "INDEX") for part in listed]
    twice = sorted({str(one) for one in all_indexes if all_indexes.count(one) > 1})
    dut.check("apart", not twice, "RSS-ROO-007", expected="an index for each room", got=", ".join(twice))
    return found


@SUITE.scenario(
    "room.gap",
    "RSS-ROO-001",
    "RSS-ROO-003",
    "RSS-ROO-016",
    chapter=CHAPTER,
    after=("ADDROOM.success", "DELROOM.success"),
)
async def gap(dut: PacketDut) -> None:
    """After a room in the middle is gone a new one takes nobody's place, and each deletion takes the room of its index."""
    before = {one_told(dut, "GETROOM", part, "ROOM_ID") for part in await rooms(dut)}
    made = [await add_record(dut, "room") for _ in range(4)]
    for _ in range(2):
        places = await _places(dut, made, "RSS-ROO-001", "RSS-ROO-016")
        gone = made.pop(1)
        index = places.get(gone["ROOM_ID"])
        if not index:
            raise CaseInconclusive("a room of ours is not listed")
        dut.ok(await dut.command("DELROOM", {"INDEX": index}), "RSS-ROO-003", check="delete")
        await _places(dut, made, "RSS-ROO-003", "RSS-ROO-016")
        made.append(await add_record(dut, "room"))
        await _places(dut, made, "RSS-ROO-001", "RSS-ROO-016")
    for one in list(made):
        places = await _places(dut, made, "RSS-ROO-003")
        made.remove(one)
        if places.get(one["ROOM_ID"]):
            dut.ok(await dut.command("DELROOM", {"INDEX": places[one["ROOM_ID"]]}), "RSS-ROO-003", check="clean")
    after = {one_told(dut, "GETROOM", part, "ROOM_ID") for part in await rooms(dut)}
    lost = sorted(str(one) for one in before - after)
    dut.check("others", not lost, "RSS-ROO-003", "RSS-ROO-016", expected="the other rooms", got=", ".join(lost))
