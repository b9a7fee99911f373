"""Deletion of archives: of such as the run itself has recorded, or with leave to destroy of the last one of the target file."""

from __future__ import annotations

from harness.flow import CaseInconclusive, CaseSkipped
from harness.messages.packetreply import spelled
from harness.packetdut import PacketDut
from suites.rss2000 import SUITE
from suites.rss2000.cited import asked
from suites.rss2000.listing import ARCHIVES, GET, MOST, count, ids, told_ids, whole
from suites.rss2000.media import SET, archive_of, other_guid
from suites.rss2000.recorded import of_call
from suites.rss2000.rights import one_told, told

CHAPTER = "Archives / Live Streaming"
DELETE = "DELMEDIAINFO"
_CONTROL = ("GETMEDIAINFO.success", "GETLISTINFO.success")


async def _doomed(dut: PacketDut) -> str:
    """An archive that may be deleted.

    Raises:
        CaseSkipped: there is none, or the target file does not allow it.
    """
    if not dut.target.allow.destructive:
        raise CaseSkipped("needs destructive = true in [target.allow]")
    reference = dut.unique("del")[:28]
    try:
        made = told_ids([row for row in await of_call(dut, reference) if row.get("REFERENCEID") == reference])
    except (CaseInconclusive, CaseSkipped):
        made = []
    if made:
        return made[0]
    there = set(ids(await whole(dut)))
    known = [one for one in dut.target.fixture_texts("archive_ids")[1:] if one in there]
    if not known:
        raise CaseSkipped("needs an archive that may be deleted: a recording of the run, or the fixture archive_ids")
    return known[-1]


@SUITE.scenario(
    "deletion.gone",
    "RSS-ARC-017",
    "RSS-ARC-018",
    "RSS-ARC-022",
    "RSS-DELMEDIAINFO",
    "RSS-DELMEDIAINFO.CONF_ID",
    "RSS-DELMEDIAINFO.TYPE",
    "RSS-DELMEDIAINFO.confirm",
    "RSS-DELMEDIAINFO.confirm.CONF_ID",
    "RSS-DELMEDIAINFO.confirm.CATALOG",
    "RSS-DELMEDIAINFO.indication",
    "RSS-DELMEDIAINFO.indication.CONF_ID",
    "RSS-DELMEDIAINFO.indication.CATALOG",
    chapter=CHAPTER,
    after=_CONTROL,
)
async def gone(dut: PacketDut) -> None:
    """An archive that was deleted is on no page, not counted, not told of and not deleted again; all others stay; watchers know."""
    guid = await _doomed(dut)
    await dut.login(link="watcher", indications=True)
    before = ids(await whole(dut))
    _, total, _ = await count(dut)
    sent = {"CONF_ID": guid, "TYPE": ARCHIVES}
    packet = await dut.command(DELETE, sent)
    if packet.ok is False:  # a device may know the other spelling only (RSS-AMB-017)
        dut.spell(f"{DELETE}.TYPE", "CATALOG")
        again = await dut.command(DELETE, sent, judged=False)
        packet = again if again.ok else packet
    dut.ok(packet, *asked(packet), check="delete")
    await dut.wait_for("watcher", DELETE)
    await dut.settle("watcher")
    message = dut.model.operations[DELETE].indication
    names = message.fields if message is not None else {}
    mine = [one for one in dut.told("watcher", DELETE) if guid in one.parts[0].all(*spelled(names["CONF_ID"].names, "CONF_ID"))]  # fmt: skip
    times = sum(len(one.parts) for one in mine)  # a packet may hold more than one
    dut.check(
        "told-once",
        len(mine) == times == 1,
        "RSS-DELMEDIAINFO.indication",
        "RSS-DELMEDIAINFO.indication.CONF_ID",
        "RSS-IND-001",
        expected="one indication",
        got=f"{times} in {len(mine)} packets",
    )
    for packet in mine[:1]:
        dut.judge(DELETE, packet, list(sent.items()))
    await _is_gone(dut, guid, before, total)
    for _ in range(2):
        dut.refused(await dut.command(DELETE, sent), "RSS-ARC-018", "RSS-DELMEDIAINFO.CONF_ID.unknown", check="twice")
    fields = {
        "CONF_ID": guid,
        "NAME": "clausewise",
        "DESCRIPTION": "",
        "ACCESSTYPE": "1",
        "DENY_AUTO_DELETE": "0",
        "PIN": "",
        "CATALOG": ARCHIVES,
    }
    dut.refused(await dut.command(SET, fields), "RSS-ARC-018", "RSS-SETMEDIAINFO.CONF_ID.unknown", check="changed")
    await _is_gone(dut, guid, before, total)


async def _is_gone(dut: PacketDut, guid: str, before: list[str], total: int) -> None:
    after = ids(await whole(dut))
    dut.check(
        "unlisted",
        guid not in after,
        "RSS-ARC-017",
        "RSS-DELMEDIAINFO",
        expected=f"no page with {guid}",
        got="it is listed" if guid in after else "",
    )
    lost = [one for one in before if one not in after and one != guid] if len(before) < MOST else []
    dut.check(
        "others",
        not lost,
        "RSS-ARC-022",
        "RSS-DELMEDIAINFO.CONF_ID",
        expected="all others",
        got=f"without {', '.join(lost[:3])}" if lost else "",
    )
    packet, left, _ = await count(dut)
    new = len([one for one in after if one not in before])
    if total == len(before):
        dut.check(
            "count",
            left == total - 1 + new,
            "RSS-ARC-017",
            "RSS-ARC-001",
            "RSS-GETLISTINFO.confirm.LIBLIST",
            expected=f"LIBLIST {total - 1 + new}",
            got=str(left),
            step=packet.step,
        )
    packet = await dut.command(GET, {"CATALOG": ARCHIVES, "CONF_ID": guid}, judged=False)
    dut.either(packet, "RSS-AMB-073", "RSS-ARC-017")
    seen = [one_told(dut, GET, part, "NAME") for part in packet.listed() if one_told(dut, GET, part, "NAME")]
    dut.check(
        "untold",
        packet.ok is not True or not seen,
        "RSS-ARC-017",
        "RSS-DELMEDIAINFO",
        expected="nothing of it",
        got=str(seen),
        step=packet.step,
    )


@SUITE.scenario("deletion.protected", "RSS-ARC-017", "RSS-DELMEDIAINFO", chapter=CHAPTER, after=_CONTROL)
async def protected(dut: PacketDut) -> None:
    """An archive that is not to be cleaned up by itself can be deleted by hand; a success means that it is gone."""
    guid = await _doomed(dut)
    part = await archive_of(dut, guid)
    plain = {name: (told(dut, GET, part, name) or [""])[-1] for name in ("NAME", "DESCRIPTION")}
    fields = {"CONF_ID": guid, **plain, "ACCESSTYPE": "1", "DENY_AUTO_DELETE": "1", "PIN": "", "CATALOG": ARCHIVES}
    await dut.setup(SET, fields)
    before = ids(await whole(dut))
    _, total, _ = await count(dut)
    packet = await dut.command(DELETE, {"CONF_ID": guid, "TYPE": ARCHIVES})
    if not packet.ok:
        raise CaseInconclusive(f"it is refused, which may be what protects it: {packet.describe()}")
    await _is_gone(dut, guid, before, total)


@SUITE.scenario("deletion.unknown", "RSS-ARC-018", "RSS-DELMEDIAINFO.CONF_ID.unknown", chapter=CHAPTER, after=_CONTROL)
async def unknown(dut: PacketDut) -> None:
    """The GUID of no archive is refused each time, near to that of one too, and nothing is deleted."""
    before = told_ids(await whole(dut))
    if not before:
        raise CaseSkipped("needs archives")
    guids = [other_guid(dut, before[-1], near=near) for near in (True, False)]
    for guid in (*guids, guids[0]):
        if guid not in before:
            packet = await dut.command(DELETE, {"CONF_ID": guid, "TYPE": ARCHIVES})
            dut.refused(packet, "RSS-ARC-018", "RSS-DELMEDIAINFO.CONF_ID.unknown")
    after = ids(await whole(dut))
    lost = [one for one in before if one not in after]
    dut.check("nothing-lost", not lost, "RSS-ARC-018", "RSS-XML-013", expected="all archives", got=", ".join(lost[:3]))
