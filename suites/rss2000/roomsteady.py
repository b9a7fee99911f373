"""Rooms that nobody touches: each is listed once, is what the list says of it, and stays so while others come, change and go."""

from __future__ import annotations

from collections.abc import Sequence

from harness.messages.packetreply import Part
from harness.packetdut import PacketDut
from harness.packetsample import fresh
from suites.rss2000 import SUITE
from suites.rss2000.cited import asked
from suites.rss2000.rights import one_told
from suites.rss2000.rooms import PLAIN, plain_values, room_fields, rooms

CHAPTER = "Point to Point Settings"
_SHOWN = (*PLAIN, "PARTIMAX")
_ENDS = 4  # rooms at each end of the list that a case asks for


def _of(dut: PacketDut, part: Part, name: str) -> str:
    return one_told(dut, "GETROOM", part, name) or ""


def _named(dut: PacketDut, parts: Sequence[Part], name: str) -> list[Part]:
    return [part for part in parts if _of(dut, part, "ROOM_ID") == name]


async def _one(dut: PacketDut, index: str) -> Part | None:
    """What is told of the room of an index; None if nothing is."""
    packet = await dut.command("GETROOM", {"INDEX": index})
    return next((part for part in packet.listed() if _of(dut, part, "INDEX") == index), None) if packet.ok else None


async def _added(dut: PacketDut) -> str:
    """Add a room of this case's own; gives its name."""
    fields = await fresh(dut, "ADDROOM")
    await dut.setup("ADDROOM", fields)
    return dict(fields)["ROOM_ID"]


async def _removed(dut: PacketDut, *names: str) -> None:
    """Delete rooms, the last first: indexes of those before it stay as the journal knows them, even where others move up."""
    for name in reversed(names):
        for part in _named(dut, await rooms(dut), name)[:1]:
            packet = await dut.command("DELROOM", {"INDEX": _of(dut, part, "INDEX")})
            dut.ok(packet, *asked(packet), check="remove")


def _ends(parts: Sequence[Part]) -> list[Part]:
    return list(parts) if len(parts) <= 2 * _ENDS else [*parts[:_ENDS], *parts[-_ENDS:]]


@SUITE.scenario("room.each-once", "RSS-ROO-016", "RSS-ROO-001", "RSS-ROO-007", chapter=CHAPTER)
async def each_once(dut: PacketDut) -> None:
    """Rooms of our own and of others are listed once, the first and the last too, and what is listed can be asked for."""
    before = await rooms(dut)
    names = [await _added(dut) for _ in range(2)]
    parts = await rooms(dut)
    for name in names:
        found = len(_named(dut, parts, name))
        dut.check("once", found == 1, "RSS-ROO-016", "RSS-ROO-001", expected=f"the room {name!r} once", got=f"{found}")
    indexes = [_of(dut, part, "INDEX") for part in parts]
    twice = sorted({one for one in indexes if indexes.count(one) > 1})
    dut.check("twice", not twice, "RSS-ROO-016", "RSS-ROO-007", expected="each index once", got=", ".join(twice))
    for part in _ends(parts):
        index, name = _of(dut, part, "INDEX"), _of(dut, part, "ROOM_ID")
        for _ in range(2):  # somebody else may have deleted it
            there = await _one(dut, index) is not None
            still = any(_of(dut, one, "INDEX") == index for one in _named(dut, await rooms(dut), name))
            if there or not still:
                break
        dut.check("there", there or not still, "RSS-ROO-016", expected=f"the room {name!r}, for it is listed", got="none of that index")  # fmt: skip
    await _removed(dut, *names)
    after = [_of(dut, part, "ROOM_ID") for part in await rooms(dut)]
    seen = [_of(dut, part, "ROOM_ID") for part in parts]
    lost = [name for part in before if (name := _of(dut, part, "ROOM_ID")) in after and name not in seen]
    dut.check("kept", not lost, "RSS-ROO-016", expected="the rooms that were there before and after", got=", ".join(lost[:3]))  # fmt: skip


@SUITE.scenario("room.entries", "RSS-ROO-014", "RSS-ROO-006", chapter=CHAPTER)
async def entries(dut: PacketDut) -> None:
    """What the list tells of a room, before and after it is asked for, is what is told then."""
    name = await _added(dut)
    for entry in _ends(await rooms(dut)):
        index, wrong = _of(dut, entry, "INDEX"), ""
        for _ in range(3):  # somebody else may be changing it
            first = await _entry(dut, index)
            alone = await _one(dut, index)
            told = None if alone is None else _values(dut, alone)
            if first is None or told is None or first != await _entry(dut, index):
                continue
            wrong = ", ".join(f"{field} {first[field]!r} and {told[field]!r}" for field in first if first[field] != told[field])  # fmt: skip
            if not wrong:
                break
        dut.check("entry", not wrong, "RSS-ROO-014", expected=f"the room {index} as in the list", got=wrong)
    await _removed(dut, name)


def _values(dut: PacketDut, part: Part) -> dict[str, str]:
    return {field: _of(dut, part, field) for field in _SHOWN}


async def _entry(dut: PacketDut, index: str) -> dict[str, str] | None:
    found = [part for part in await rooms(dut) if _of(dut, part, "INDEX") == index]
    return _values(dut, found[0]) if len(found) == 1 else None


@SUITE.scenario("room.neighbours", "RSS-ROO-013", "RSS-ROO-002", "RSS-ROO-003", chapter=CHAPTER)
async def neighbours(dut: PacketDut) -> None:
    """All other rooms stay as they are when a room is added, modified and deleted."""
    before = await _steady(dut)
    one, two = await _added(dut), await _added(dut)
    await _stay(dut, before, "ADDROOM")
    before = await _steady(dut)
    for changes in ({"RATE": "384", "DUALVIDEO": "0"}, {"RATE": "768", "DUALVIDEO": "1"}):
        for part in _named(dut, await rooms(dut), one)[:1]:
            packet = await dut.command("MODROOM", room_fields(dut, part, _of(dut, part, "INDEX"), changes))
            dut.ok(packet, *asked(packet), "RSS-ROO-002", check="modify")
            await _stay(dut, before, "MODROOM", one)
    before = await _steady(dut)
    await _removed(dut, two)
    await _stay(dut, before, "DELROOM", two)
    await _removed(dut, one)


async def _steady(dut: PacketDut) -> dict[str, dict[str, str]]:
    """Rooms by name, where one has it alone and nobody is changing it."""
    looks = []
    for _ in range(2):
        parts = await rooms(dut)
        names = [_of(dut, part, "ROOM_ID") for part in parts]
        looks.append({name: plain_values(dut, part) for name, part in zip(names, parts, strict=True) if names.count(name) == 1})  # fmt: skip
    return {name: values for name, values in looks[0].items() if looks[1].get(name) == values}


async def _stay(dut: PacketDut, before: dict[str, dict[str, str]], operation: str, *but: str) -> None:
    after = await _steady(dut)
    changed = [name for name, values in before.items() if name not in but and after.get(name, values) != values]
    what = [
        f"{name} with {field} {after[name].get(field)!r}, not {value!r}"
        for name in changed
        for field, value in before[name].items()
        if after[name].get(field) != value
    ]
    wanted = f"other rooms as before {operation}"
    dut.check("others", not changed, "RSS-ROO-013", expected=wanted, got="; ".join(what[:3]))
