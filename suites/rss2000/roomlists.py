"""The list of rooms: one of them asked for, many added, some deleted, and names that are used twice."""

from __future__ import annotations

from collections.abc import Sequence

from harness.flow import CaseInconclusive, Note
from harness.messages.packetreply import Part
from harness.packetdut import PacketDut
from harness.packetsample import Values, add_record
from suites.rss2000 import SUITE
from suites.rss2000.rights import number, one_told
from suites.rss2000.rooms import PLAIN, modify, plain_values, room_fields, room_of, rooms, same_values

CHAPTER = "Point to Point Settings"
MODIFIED = ("GETROOM.success", "MODROOM.success")
_MOST = 6


async def _remove_all(dut: PacketDut, made: Sequence[Values]) -> None:
    """Delete rooms of our own wherever they stand now; what the journal has of them is of no use where indexes have moved."""
    names = {one["ROOM_ID"] for one in made}
    found = [
        one_told(dut, "GETROOM", part, "INDEX")
        for part in await rooms(dut)
        if one_told(dut, "GETROOM", part, "ROOM_ID") in names
    ]
    for index in sorted((one for one in found if one), key=lambda one: -(number(one) or 0)):
        dut.ok(await dut.command("DELROOM", {"INDEX": index}), "RSS-DELROOM", check="remove")
    for one in made:
        await Note("gone", arguments=(f"INDEX={one['INDEX']}",))


@SUITE.scenario(
    "room.asked-for",
    "RSS-ROO-006",
    "RSS-ROO-014",
    "RSS-ROO-005",
    "RSS-ROO-007",
    "RSS-ROO-010",
    "RSS-ROO-011",
    chapter=CHAPTER,
    after=("GETROOM.success",),
)
async def asked_for(dut: PacketDut) -> None:
    """A room that is asked for by its index is that of the list, and that one alone."""
    made = [await add_record(dut, "room", {"DUALVIDEO": flag, "BROADCAST": flag}) for flag in ("1", "0", "1")]
    listed = await rooms(dut)
    indexes = [one_told(dut, "GETROOM", part, "INDEX") or "" for part in listed]
    twice = sorted({one for one in indexes if indexes.count(one) > 1})
    dut.check("index", not twice, "RSS-ROO-007", expected="an index for each room", got=", ".join(twice))
    ours = {one["INDEX"]: one for one in made}
    chosen = [index for index in indexes if index in ours] + [index for index in indexes if index not in ours]
    for index in chosen[:_MOST]:
        part, entry = await room_of(dut, index), listed[indexes.index(index)]
        if index in ours:
            sent = {name: ours[index][name] for name in PLAIN if name in ours[index]}
            same_values(dut, "own", part, sent, "RSS-ROO-006")
        same_values(dut, "entry", part, plain_values(dut, entry), "RSS-ROO-014") if index in ours else None
    states: dict[str, set[str]] = {}
    for part in listed:
        judge_content(dut, part)
        state, text = one_told(dut, "GETROOM", part, "STATUS_INDEX"), one_told(dut, "GETROOM", part, "STATUS")
        states.setdefault(state or "", set()).add(text or "")
        now, most = one_told(dut, "GETROOM", part, "PARTINOW") or "", one_told(dut, "GETROOM", part, "PARTIMAX") or ""
        ended, least = number(most), number(now)
        dut.check("parties", not ended or least is None or least <= ended, "RSS-ROO-011", expected=f"{most} at most", got=now)  # fmt: skip
    mixed = [f"{state}: {', '.join(sorted(texts))}" for state, texts in states.items() if len(texts) > 1]
    dut.check("texts", not mixed, "RSS-ROO-010", expected="one text for each state", got="; ".join(mixed))


def judge_content(dut: PacketDut, part: Part) -> None:
    """H239 has the value of DUALVIDEO."""
    content, dual = one_told(dut, "GETROOM", part, "H239"), one_told(dut, "GETROOM", part, "DUALVIDEO")
    dut.check("content", content in (dual, None), "RSS-ROO-005", expected=f"H239 {dual!r}", got=str(content))


@SUITE.scenario("room.content", "RSS-ROO-005", "RSS-MODROOM.DUALVIDEO", chapter=CHAPTER, after=MODIFIED)
async def content(dut: PacketDut) -> None:
    """H239 follows DUALVIDEO each time that it changes, in the list and where the room is asked for."""
    made = await add_record(dut, "room")
    for flag in ("1", "0", "0", "1", "0"):
        part = await modify(dut, made, {"DUALVIDEO": flag, "BROADCAST": "1" if flag == "0" else "0"})
        same_values(
            dut, "asked-for", part, {"DUALVIDEO": flag, "BROADCAST": "1" if flag == "0" else "0"}, "RSS-ROO-002"
        )
        judge_content(dut, part)
        for entry in await rooms(dut):
            if one_told(dut, "GETROOM", entry, "INDEX") == made["INDEX"]:
                judge_content(dut, entry)


@SUITE.scenario("room.unknown", "RSS-ROO-006", chapter=CHAPTER, after=("GETROOM.success",))
async def unknown(dut: PacketDut) -> None:
    """No room is told where the index asked for is that of none, or of one that was deleted."""
    made = await add_record(dut, "room")
    dut.ok(await dut.command("DELROOM", {"INDEX": made["INDEX"]}), "RSS-DELROOM", check="remove")
    taken = {one_told(dut, "GETROOM", part, "INDEX") for part in await rooms(dut)}
    for index in (made["INDEX"], str(100_000 + dut.rng.randrange(900_000))):
        if index in taken:
            continue
        packet = await dut.command("GETROOM", {"INDEX": index}, judged=False)
        dut.either(packet, "RSS-AMB-073", "RSS-ROO-006")
        seen = [one_told(dut, "GETROOM", part, "ROOM_ID") for part in packet.listed()]
        other = packet.ok is True and any(seen)
        dut.check("none", not other, "RSS-ROO-006", "RSS-GETROOM.INDEX", expected="no room", got=str(seen), step=packet.step)  # fmt: skip


@SUITE.scenario(
    "room.many",
    "RSS-ROO-001",
    "RSS-ROO-003",
    "RSS-ROO-007",
    "RSS-ROO-013",
    "RSS-ROO-016",
    chapter=CHAPTER,
    after=("ADDROOM.success", "DELROOM.success"),
)
async def many(dut: PacketDut) -> None:
    """Many rooms are all listed once, and when some in the middle are deleted the others stay what they are."""
    before = {one_told(dut, "GETROOM", part, "ROOM_ID") for part in await rooms(dut)}
    made: list[Values] = []
    for turn in range(8):
        try:
            values = {
                "RATE": ("384", "768")[turn % 2],
                "DUALVIDEO": str(turn // 2 % 2),
                "BROADCAST": str(turn // 4),
            }
            made.append(await add_record(dut, "room", values))
        except CaseInconclusive:
            break  # a device may have room for so many only
    if len(made) < 3:
        raise CaseInconclusive(f"only {len(made)} rooms could be added")
    await _all_there(dut, made, "RSS-ROO-001", "RSS-ROO-016")
    names = [one_told(dut, "GETROOM", part, "ROOM_ID") for part in await rooms(dut)]
    lost = sorted(str(one) for one in before if one not in names)
    dut.check("kept", not lost, "RSS-ROO-016", "RSS-ADDROOM", expected="the rooms that were there before", got=", ".join(lost))  # fmt: skip
    left = list(made)
    for _ in range(2):
        gone = left.pop(len(left) // 2 - 1)
        listed = {one_told(dut, "GETROOM", part, "ROOM_ID"): part for part in await rooms(dut)}
        index = one_told(dut, "GETROOM", listed[gone["ROOM_ID"]], "INDEX") if gone["ROOM_ID"] in listed else None
        if index is None:
            break
        dut.ok(await dut.command("DELROOM", {"INDEX": index}), "RSS-DELROOM", check="remove")
        parts = await rooms(dut)
        still = any(one_told(dut, "GETROOM", part, "ROOM_ID") == gone["ROOM_ID"] for part in parts)
        dut.check(
            "gone",
            not still,
            "RSS-ROO-003",
            "RSS-DELROOM.INDEX",
            expected=f"no room {gone['ROOM_ID']!r}",
            got="it is listed" if still else "",
        )
        await _all_there(dut, left, "RSS-ROO-003", "RSS-ROO-016", "RSS-DELROOM.INDEX")
        indexes = {one_told(dut, "GETROOM", part, "ROOM_ID"): one_told(dut, "GETROOM", part, "INDEX") for part in parts}
        moved = any(indexes.get(one["ROOM_ID"]) != one["INDEX"] for one in left)
        dut.observe("indexes", "RSS-AMB-075", "moved" if moved else "kept")
        if moved:
            break
    await _remove_all(dut, made)
    names = [one_told(dut, "GETROOM", part, "ROOM_ID") for part in await rooms(dut)]
    rest = [one["ROOM_ID"] for one in made if one["ROOM_ID"] in names]
    dut.check("all-gone", not rest, "RSS-ROO-003", expected="none of the rooms that were deleted", got=", ".join(rest))


async def _all_there(dut: PacketDut, made: Sequence[Values], *clauses: str) -> None:
    listed = await rooms(dut)
    for one in made:
        found = [part for part in listed if one_told(dut, "GETROOM", part, "ROOM_ID") == one["ROOM_ID"]]
        dut.check("once", len(found) == 1, *clauses, expected=f"the room {one['ROOM_ID']!r} once", got=f"{len(found)}")
        for part in found[:1]:
            same_values(dut, "stays", part, {name: one[name] for name in ("RATE", "DUALVIDEO", "BROADCAST")}, *clauses)


@SUITE.scenario("room.same-name", "RSS-ROO-007", "RSS-ROO-016", chapter=CHAPTER, after=("ADDROOM.success",))
async def same_name(dut: PacketDut) -> None:
    """A name that another room has: refused, or there are two rooms."""
    made = await add_record(dut, "room")
    part = await room_of(dut, made["INDEX"])
    fields = [(name, value) for name, value in room_fields(dut, part, "", {}) if name != "INDEX"]
    packet = await dut.command("ADDROOM", fields)
    accepted = dut.either(packet, "RSS-AMB-083", "RSS-ROO-016")
    same = [one for one in await rooms(dut) if one_told(dut, "GETROOM", one, "ROOM_ID") == made["ROOM_ID"]]
    wanted = 2 if accepted else 1
    dut.check("listed", len(same) == wanted, "RSS-ROO-016", expected=f"{wanted} of the name", got=str(len(same)))
    indexes = {one_told(dut, "GETROOM", one, "INDEX") for one in same}
    dut.check("index", len(indexes) == len(same), "RSS-ROO-007", expected="an index for each", got=str(indexes))
    if accepted:
        other = next((one for one in indexes if one and one != made["INDEX"]), None)
        if other is not None:
            await dut.setup("DELROOM", {"INDEX": other})
