"""The archives that come of recordings, of calls and of others."""

from __future__ import annotations

from collections.abc import Sequence

from harness.flow import CaseInconclusive
from harness.packetdut import PacketDut
from suites.rss2000 import SUITE
from suites.rss2000.links import (
    MENU,
    RUNNING,
    SOON,
    STOP,
    all_links,
    begin,
    calm,
    end,
    patiently,
    reaches,
    step,
)  # fmt: skip
from suites.rss2000.listing import ARCHIVES, GET, Row, count, ids, row_of, told_ids, whole
from suites.rss2000.media import archive_of
from suites.rss2000.quick import call, connection, ring_off
from suites.rss2000.rights import one_told, own, own_groups, stored, told

CHAPTER = "Dial out and Record"
_CONTROL = ("GETEPLINK.success",)
_MOST_CALLS = 3


async def recorded(dut: PacketDut) -> str | None:
    """The GUID of the one archive that is new after a recording; None where there is none, or others are new too."""
    before = set(ids(await whole(dut)))
    (index,) = await calm(dut)
    await begin(dut, index)
    await dut.wait(5)
    await step(dut, STOP, index, judged=False)
    await end(dut, index)
    for turn in range(len(SOON) + 1):
        new = [one for one in told_ids(await whole(dut)) if one not in before]
        if new:
            return new[0] if len(new) == 1 else None
        if turn < len(SOON):
            await patiently(dut, turn)
    return None


@SUITE.scenario(
    "record.archive",
    "RSS-CON-014",
    "RSS-ARC-001",
    chapter="H.323 Connections",
    after=("STARTROOMRECORD.success", "STOPROOMRECORD.success", "GETMEDIAINFO.success"),
)
async def archived(dut: PacketDut) -> None:
    """A recording that was stopped is one more archive, counted and listed."""
    _, total, _ = await count(dut)
    guid = await recorded(dut)
    dut.check("archive", guid is not None, "RSS-CON-014", expected="one more archive", got="none, or several")
    if guid is not None:
        packet, after, _ = await count(dut)
        dut.check("count", after == total + 1, "RSS-CON-014", expected=f"LIBLIST {total + 1}", got=str(after), step=packet.step)  # fmt: skip
        part = await archive_of(dut, guid)
        kind = one_told(dut, GET, part, "CATALOG")
        dut.check("kind", kind in (ARCHIVES, None), "RSS-ARC-016", expected="CATALOG 0", got=str(kind))


async def of_call(dut: PacketDut, reference: str, view: str = "1", groups: Sequence[str] = ()) -> list[Row]:
    """Archives that are new after a call was recorded and hung up; one with our reference is ours without a doubt.

    Raises:
        CaseInconclusive: the call was not recorded, or nothing has come of it yet.
    """
    links, before = list(await all_links(dut)), set(ids(await whole(dut)))
    _, address, _ = await call(dut, reference, view=view, groups=groups)
    index = await connection(dut, links, address)
    if index is None:
        raise CaseInconclusive("the call is not among the connections")
    if (await reaches(dut, index, RUNNING))[0] != RUNNING:
        raise CaseInconclusive("the call does not record")
    await dut.wait(5)
    await step(dut, STOP, index, judged=False)
    await reaches(dut, index, MENU, None)
    await ring_off(dut, index)
    for turn in range(len(SOON)):
        new = [row for row in await whole(dut) if row.get("CONF_ID", "") not in {"", *before}]
        if new:
            return new
        await patiently(dut, turn)
    raise CaseInconclusive("no archive has come of the call yet")


@SUITE.scenario("quick.archive", "RSS-QRC-006", "RSS-QRC-007", chapter=CHAPTER, after=(*_CONTROL, "GETMEDIAINFO.success"))  # fmt: skip
async def quick_archive(dut: PacketDut) -> None:
    """The archive of a call has its reference, its view right and its groups."""
    group = own(await own_groups(dut, 1))
    reference = dut.unique("ref")[:28]
    new = await of_call(dut, reference, "2", group)
    mine = [row for row in new if row.get("REFERENCEID") == reference]
    dut.check(
        "reference",
        bool(mine),
        "RSS-QRC-006",
        expected=f"REFERENCEID {reference!r}",
        got=", ".join(row.get("REFERENCEID", "") for row in new),
    )
    for row in mine[:1]:
        part = await archive_of(dut, row.get("CONF_ID", ""))
        access = row_of(dut, part).get("ACCESSTYPE", "2")
        dut.check("right", access == "2", "RSS-QRC-007", expected="ACCESSTYPE 2", got=access)
        if told(dut, GET, part, "ACCESSTYPE"):
            stored(dut, "groups", told(dut, GET, part, "ACCESSID"), group, "RSS-QRC-007", step=-1)
