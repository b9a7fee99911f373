"""Settings of single-point recordings: their groups, and that rooms stay as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.messages.packetreply import Packet
from harness.packetdut import PacketDut
from harness.packetsample import FieldList, add_record, as_it_is
from suites.rss2000 import SUITE
from suites.rss2000.cited import asked
from suites.rss2000.rights import SINGLE, all_groups, judge_lists, lasting, one_told, own, own_groups, stored, told

CHAPTER = "Single Point Settings"
_FLAGS = ("DUALVIDEO", "BROADCAST")
_ROOM = ("DUALVIDEO", "BROADCAST", "RECORDRIGHT", "VIEWRIGHT", "IFRAMEINTERVAL")


async def _set(dut: PacketDut, fields: FieldList, changes: Mapping[str, str], groups: Sequence[str]) -> Packet:
    plain = [(name, changes.get(name, value)) for name, value in fields if name != "RECORDID"]
    packet = await dut.command("SETSP", [*plain, *(("RECORDID", one) for one in groups)])
    return dut.ok(packet, *asked(packet), "RSS-SPT-001", check="set")


@SUITE.scenario(
    "single-point.groups",
    "RSS-SPT-001",
    "RSS-SPT-002",
    "RSS-SPT-003",
    "RSS-SPT-004",
    "RSS-SETSP.RECORDID",
    chapter=CHAPTER,
    after=("SETSP.success", "GETSP.success"),
)
async def groups(dut: PacketDut) -> None:
    """The groups that may record are those that were sent last, and all others are told as others."""
    one, two, three = own(await own_groups(dut))
    before = await all_groups(dut)
    fields = await as_it_is(dut, dut.model.settings["single-point"])
    for wanted in ([one], [two, three], [three], [one, two, three], [two]):
        packet = await _set(dut, fields, {"RECORDRIGHT": "1"}, wanted)
        read = dut.ok(await dut.command("GETSP"), "RSS-GETSP", check="read")
        mine = await lasting(dut, before)
        for operation, part, step in (("GETSP", read.first, read.step), ("SETSP", packet.first, packet.step)):
            clauses = ("RSS-SPT-002", "RSS-SETSP.RECORDID", f"RSS-{operation}.confirm.RECORDID")
            stored(dut, operation, told(dut, operation, part, "RECORDID"), wanted, *clauses, step=step)
            judge_lists(
                dut, operation, part, SINGLE, mine, step=step, names=("RSS-SPT-004",),
                same=("RSS-SPT-002",), apart=("RSS-SPT-003", f"RSS-{operation}.confirm.NOTIN"),
            )  # fmt: skip


@SUITE.scenario(
    "single-point.rights",
    "RSS-SPT-001",
    "RSS-SETSP.VIEWRIGHT",
    "RSS-SETSP.RECORDRIGHT",
    chapter=CHAPTER,
    after=("SETSP.success",),
)
async def rights(dut: PacketDut) -> None:
    """All values of both rights and of the options go together, for another session too."""
    group = own(await own_groups(dut, 1))
    fields = await as_it_is(dut, dut.model.settings["single-point"])
    await dut.login(link="other")
    for number, (record, view) in enumerate((("1", "2"), ("0", "2"), ("1", "0"), ("0", "1"), ("1", "2"), ("0", "0"))):
        changes = {"RECORDRIGHT": record, "VIEWRIGHT": view, "DUALVIDEO": str(number % 2), "BROADCAST": str(number // 2 % 2)}  # fmt: skip
        await _set(dut, fields, changes, group)
        read = dut.ok(await dut.command("GETSP", link="other"), "RSS-GETSP", check="read")
        for name, value in changes.items():
            got = one_told(dut, "GETSP", read.first, name)
            dut.check(
                f"read.{name}",
                got == value,
                "RSS-SPT-001",
                f"RSS-SETSP.{name}",
                f"RSS-GETSP.confirm.{name}",
                expected=f"{name} {value}",
                got=str(got),
                step=read.step,
            )


@SUITE.scenario("single-point.rooms", "RSS-SPT-001", "RSS-SET-008", chapter=CHAPTER, after=("SETSP.success", "GETROOM.success"))  # fmt: skip
async def rooms_apart(dut: PacketDut) -> None:
    """Rooms keep what they have when the settings of single-point recordings change."""
    group = own(await own_groups(dut, 1))
    made = [await add_record(dut, "room", {"DUALVIDEO": flag, "BROADCAST": flag}) for flag in ("0", "1")]
    fields = await as_it_is(dut, dut.model.settings["single-point"])
    before = await _rooms(dut, [one["ROOM_ID"] for one in made])
    for number, record in enumerate(("1", "0", "1")):
        changes = {"RECORDRIGHT": record, "VIEWRIGHT": str(number), "IFRAMEINTERVAL": str(2 + number)}
        await _set(dut, fields, {**changes, **dict.fromkeys(_FLAGS, record)}, group)
        after = await _rooms(dut, [one["ROOM_ID"] for one in made])
        changed = [f"{name}: {after.get(name)}" for name, values in before.items() if after.get(name) != values]
        fields_changed = sorted(
            {
                field
                for name, values in before.items()
                for field in _ROOM
                if after.get(name, {}).get(field) != values.get(field)
            }
        )
        dut.check(
            "rooms",
            not changed,
            "RSS-SPT-001",
            "RSS-SET-008",
            *(f"RSS-{operation}{field}" for field in fields_changed for operation in ("SETSP.", "GETROOM.confirm.")),
            expected=f"rooms as before: {before}",
            got="; ".join(changed),
        )


async def _rooms(dut: PacketDut, names: Sequence[str]) -> dict[str, dict[str, str | None]]:
    packet = await dut.setup("GETROOM")
    return {
        name: {field: one_told(dut, "GETROOM", part, field) for field in _ROOM}
        for part in packet.listed()
        if (name := one_told(dut, "GETROOM", part, "ROOM_ID") or "") in names
    }
