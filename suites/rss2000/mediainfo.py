"""One archive or stream that is asked for: it is that of the list; and what watchers are told of changes."""

from __future__ import annotations

from harness.flow import CaseSkipped
from harness.messages.packetreply import Part, spelled
from harness.packetdut import PacketDut
from suites.rss2000 import SUITE
from suites.rss2000.cited import asked
from suites.rss2000.listing import ARCHIVES, GET, STREAMS, row_of, told_ids, whole
from suites.rss2000.media import SET, archive_of, blank_pin, changeable, other_guid
from suites.rss2000.rights import one_told, own, own_groups, told

CHAPTER = "Archives / Live Streaming"
_CONTROL = ("GETMEDIAINFO.success",)
_STEADY = ("NAME", "SIZE", "H239", "RATE", "REC_TIME", "DURATION", "URL", "VIDEO_FORMAT", "UPLOAD", "REFERENCEID")
_CERTAIN = ("NAME", "SIZE", "H239", "REC_TIME")


@SUITE.scenario(
    "media.asked-for",
    "RSS-GETMEDIAINFO.CONF_ID",
    "RSS-ARC-014",
    "RSS-ARC-023",
    "RSS-ARC-024",
    "RSS-ARC-025",
    "RSS-ARC-026",
    "RSS-ARC-030",
    chapter=CHAPTER,
    after=_CONTROL,
)
async def asked_for(dut: PacketDut) -> None:
    """An archive that is asked for is that of the list, and that one alone."""
    rows = [row for row in await whole(dut) if row.get("CONF_ID")]
    if not rows:
        raise CaseSkipped("needs archives")
    step = max(len(rows) // 10, 1)
    for row in [*rows[::step], rows[-1]]:
        part = await archive_of(dut, row["CONF_ID"])
        own_row = row_of(dut, part)
        _with_rights(dut, part)
        size = own_row.get("SIZE", "")  # only a stream may say nothing of its size
        dut.check(
            "size", size != "", "RSS-GETMEDIAINFO.confirm.SIZE", expected="the size of an archive", got=repr(size)
        )
        for name in _STEADY:
            if name not in row or name not in own_row:
                continue
            certain = (f"RSS-GETMEDIAINFO.confirm.{name}",) if name in _CERTAIN else ()
            dut.check(
                f"same.{name}",
                own_row[name] == row[name],
                "RSS-ARC-023",
                *certain,
                expected=f"{name} {row[name]!r} as in the list",
                got=own_row[name],
            )
        told_of = told(dut, GET, part, "DESCRIPTION")
        dut.check(
            "same.DESCRIPTION",
            not told_of or row.get("DESCRIPTION", "") in told_of,
            "RSS-ARC-014",
            "RSS-ARC-023",
            "RSS-GETMEDIAINFO.confirm.DESCRIPTION",
            expected=row.get("DESCRIPTION", ""),
            got=", ".join(told_of),
        )
        code = own_row.get("QUICKCODE", "")
        dut.check(
            "code",
            not code or (len(code) == 6 and code.isdecimal()),
            "RSS-ARC-025",
            "RSS-GETMEDIAINFO.confirm.QUICKCODE",
            expected="six digits",
            got=code,
        )
        reference = own_row.get("REFERENCEID", "")
        dut.check("reference", len(reference) <= 30, "RSS-ARC-024", expected="30 characters at most", got=reference)
        dut.check("path", bool(own_row.get("URL", "-")), "RSS-ARC-030", expected="a path", got="none")
        parts = own_row.get("DURATION", "0:0:0").split(":")
        dut.check(
            "duration",
            len(parts) == 3 and all(one.isdecimal() for one in parts) and all(int(one) < 60 for one in parts[1:]),
            "RSS-ARC-026",
            expected="HH:MM:SS",
            got=own_row.get("DURATION", ""),
        )


def _with_rights(dut: PacketDut, part: Part) -> None:
    """An archive that is asked for has its view right, or no plain field of the optional ones (RSS-AMB-062); lists may stay."""
    kind = one_told(dut, GET, part, "ACCESSTYPE")
    beside = [name for name in ("DENY_AUTO_DELETE",) if told(dut, GET, part, name)]
    dut.check(
        "rights",
        kind is not None or not beside,
        "RSS-ARC-014",
        "RSS-GETMEDIAINFO.confirm.ACCESSTYPE",
        expected=f"ACCESSTYPE, as there is {', '.join(beside)}",
        got="none",
    )
    if kind is not None or not beside:
        dut.observe("details", "RSS-AMB-062", "absent" if kind is None else "details", clauses=("RSS-ARC-014",))


@SUITE.scenario("media.unknown", "RSS-ARC-014", "RSS-ARC-018", chapter=CHAPTER, after=("GETMEDIAINFO.success", "SETMEDIAINFO.success"))  # fmt: skip
async def unknown(dut: PacketDut) -> None:
    """The GUID of no archive, near to that of one: nothing is told of it, and it cannot be changed, each time."""
    rows = await whole(dut)
    names = {row["CONF_ID"]: row.get("NAME") for row in rows if row.get("CONF_ID")}
    if not names:
        raise CaseSkipped("needs archives")
    known = list(names)
    for near in (True, False):
        guid = other_guid(dut, known[len(known) // 2], near=near)
        if guid in names:
            continue
        packet = await dut.command(GET, {"CATALOG": ARCHIVES, "CONF_ID": guid}, judged=False)
        dut.either(packet, "RSS-AMB-073", "RSS-ARC-014", "RSS-GETMEDIAINFO.CONF_ID")
        seen = [one_told(dut, GET, part, "CONF_ID") for part in packet.listed()] if packet.ok else []
        wrong = [str(one) for one in seen if one in names]
        dut.check(
            "none",
            not wrong,
            "RSS-ARC-014",
            "RSS-GETMEDIAINFO.CONF_ID",
            expected="no archive",
            got=", ".join(wrong[:3]),
            step=packet.step,
        )
        fields = {
            "CONF_ID": guid,
            "NAME": "clausewise nobody",
            "DESCRIPTION": "",
            "ACCESSTYPE": "1",
            "DENY_AUTO_DELETE": "0",
            "PIN": "",
            "CATALOG": ARCHIVES,
        }
        for _ in range(2):
            dut.refused(await dut.command(SET, fields), "RSS-ARC-018", "RSS-SETMEDIAINFO.CONF_ID.unknown")
    after = {row.get("CONF_ID", ""): row.get("NAME") for row in await whole(dut)}
    wrong = [str(name) for guid, name in after.items() if name == "clausewise nobody" and guid in names]
    dut.check("unchanged", not wrong, "RSS-ARC-018", "RSS-XML-013", expected="no archive changed", got=", ".join(wrong))


@SUITE.scenario("media.other-kind", chapter=CHAPTER, after=_CONTROL)
async def other_kind(dut: PacketDut) -> None:
    """An archive that is asked for as a stream, and a stream as an archive: refused, told of, or nothing."""
    for catalog, other in ((ARCHIVES, STREAMS), (STREAMS, ARCHIVES)):
        known = told_ids(await whole(dut, catalog=catalog))
        if known:
            packet = await dut.command(GET, {"CATALOG": other, "CONF_ID": known[0]}, judged=False)
            if packet.ok is not None or packet.came:
                dut.either(packet, "RSS-AMB-089", "RSS-ARC-016")


@SUITE.scenario("media.streams", "RSS-ARC-014", "RSS-ARC-023", chapter=CHAPTER, after=_CONTROL)
async def one_stream(dut: PacketDut) -> None:
    """A stream that is asked for is that of the list, and that one alone."""
    rows = [row for row in await whole(dut, catalog=STREAMS) if row.get("CONF_ID")]
    if not rows:
        raise CaseSkipped("needs live streams")
    for row in rows[:4]:
        part = await archive_of(dut, row["CONF_ID"], STREAMS)
        name = one_told(dut, GET, part, "NAME")
        dut.check("same.NAME", name == row.get("NAME"), "RSS-ARC-023", expected=row.get("NAME", ""), got=str(name))


@SUITE.scenario(
    "media.told",
    "RSS-SETMEDIAINFO.indication.NAME",
    "RSS-SETMEDIAINFO.indication.DENY_AUTO_DELETE",
    "RSS-SETMEDIAINFO.indication.ACCESSID",
    "RSS-SETMEDIAINFO.indication.ACCESSIDEXT1",
    "RSS-IND-003",
    chapter=CHAPTER,
    after=("SETMEDIAINFO.success",),
)
async def watched(dut: PacketDut) -> None:
    """A watcher is told of each change of an archive once, with what it is now."""
    mine = await changeable(dut)
    await blank_pin(dut, mine)
    await dut.login(link="watcher", indications=True)
    message = dut.model.operations[SET].indication
    names = message.fields if message is not None else {}
    groups = own(await own_groups(dut, 2))
    for number, viewers in enumerate((None, groups, groups[1:])):
        dut.news.pop("watcher", None)
        changes = {"NAME": dut.unique("clausewise"), "DENY_AUTO_DELETE": str(number % 2), "DESCRIPTION": f"turn {number} <&>"}  # fmt: skip
        sent = mine.sent(changes if viewers is None else {**changes, "ACCESSTYPE": "2"}, viewers)
        packet = confirm = await dut.command(SET, sent)
        dut.ok(packet, *asked(packet), check="set")
        await dut.wait_for("watcher", SET)
        await dut.settle("watcher")
        told_of = [one for one in dut.told("watcher", SET) if mine.guid in one.parts[0].all(*spelled(names["CONF_ID"].names, "CONF_ID"))]  # fmt: skip
        dut.check(
            "told-once",
            len(told_of) == 1 == len(told_of[0].parts),
            "RSS-SETMEDIAINFO.indication",
            "RSS-IND-003",
            "RSS-IND-001",
            expected="one indication",
            got=str(len(told_of)),
        )
        for packet in told_of[:1]:
            part = dut.judge(SET, packet, sent)
            for name in ("ACCESSID", "ACCESSIDEXT1"):
                said, shown = sorted(told(dut, SET, confirm.first, name)), sorted(part.all(*spelled(names[name].names, name)))  # fmt: skip
                dut.check(
                    f"same.{name}",
                    said == shown or not (said and shown),
                    f"RSS-{SET}.indication.{name}",
                    "RSS-IND-004",
                    expected=f"{name} {', '.join(said)}, as the confirm has it",
                    got=", ".join(shown),
                    step=packet.step,
                )
