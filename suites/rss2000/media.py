"""One archive: what is told of it, and what SETMEDIAINFO changes of it and of nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.flow import CaseInconclusive, CaseSkipped, CaseStopped, Note
from harness.messages.packetreply import Part
from harness.packetdut import PacketDut
from harness.packetsample import FieldList
from suites.rss2000 import SUITE
from suites.rss2000.cited import asked
from suites.rss2000.listing import ARCHIVES, GET, told_ids, whole
from suites.rss2000.rights import ACCESS, all_groups, judge_lists, lasting, one_told, own, own_groups, stored, told

CHAPTER = "Archives / Live Streaming"
SET = "SETMEDIAINFO"
_KEPT = ("NAME", "DESCRIPTION", "ACCESSTYPE", "DENY_AUTO_DELETE", "PIN")
TEXTS = ("a<b>&c;\"d'e", "Übung 日本 ñ", "two  blanks", "𝄞😀", "&amp;lt;&#65;", "plain")


async def archive_of(dut: PacketDut, guid: str, catalog: str = ARCHIVES) -> Part:
    """What is told of one archive that is asked for.

    Raises:
        CaseStopped: it is not told of exactly this one.
    """
    packet = await dut.command(GET, {"CATALOG": catalog, "CONF_ID": guid})
    dut.ok(packet, *asked(packet), "RSS-ARC-014", check="asked-for")
    seen = [one_told(dut, GET, part, "CONF_ID") for part in packet.listed()]
    alone = seen == [guid]
    dut.check(
        "alone",
        alone,
        "RSS-ARC-014",
        "RSS-GETMEDIAINFO.CONF_ID",
        expected=f"{guid} and no other",
        got=", ".join(map(str, seen[:3])) or "none",
        step=packet.step,
    )
    if not alone:
        raise CaseStopped("it told of others")
    return packet.listed()[0]


def other_guid(dut: PacketDut, guid: str, *, near: bool) -> str:
    """A GUID of the same shape that is another one, in its last character or in all but its first ones."""
    digits = [place for place, one in enumerate(guid) if one.isalnum()]
    changed = list(guid)
    for place in digits[-1:] if near else digits[2:]:
        changed[place] = dut.rng.choice([one for one in "0123456789" if one != guid[place]])
    return "".join(changed)


@dataclass(slots=True)
class Own:
    """An archive that a case may change: it is set back when the case has ended."""

    guid: str
    fields: dict[str, str]
    groups: list[str]
    pins: set[str] = field(default_factory=set)

    def sent(self, changes: Mapping[str, str], groups: Sequence[str] | None = None) -> FieldList:
        """Fields of SETMEDIAINFO that leave it as it was, but for changes."""
        viewers = self.groups if groups is None else groups
        return [
            ("CONF_ID", self.guid),
            *{**self.fields, "CATALOG": ARCHIVES, **changes}.items(),
            *(("ACCESSID", one) for one in viewers),
        ]


async def changeable(dut: PacketDut, but: str = "") -> Own:
    """An archive of the target file that can be set back, PIN and all; not the one of a GUID.

    Raises:
        CaseSkipped: there is none.
    """
    for guid in reversed(dut.fixtures("archive_ids")):
        packet = await dut.command(GET, {"CATALOG": ARCHIVES, "CONF_ID": guid}, judged=False)
        if guid == but or not packet.ok or not packet.listed():
            continue
        part = packet.listed()[0]
        known = {name: told(dut, GET, part, name) for name in _KEPT}
        if any(not values for name, values in known.items() if name != "DESCRIPTION") or known["PIN"][0]:
            continue  # a PIN that is hidden could not be set back
        fields = {name: values[-1] if values else "" for name, values in known.items()}
        mine = Own(guid, fields, told(dut, GET, part, "ACCESSID"))
        await Note("add", SET, tuple(f"{name}={value}" for name, value in mine.sent({})))
        return mine
    raise CaseSkipped("needs in the fixture archive_ids an archive without a PIN whose rights are told")


async def _change(dut: PacketDut, mine: Own, changes: Mapping[str, str], groups: Sequence[str] | None = None) -> Part:
    """Change an archive and look at it."""
    packet = await dut.command(SET, mine.sent(changes, groups))
    dut.ok(packet, *asked(packet), "RSS-ARC-019", check="set")
    mine.fields.update(changes)
    part = await archive_of(dut, mine.guid)
    for name in _KEPT:
        got, wanted = told(dut, GET, part, name), mine.fields[name]
        masked = name == "PIN" and bool(got) and not got[0].strip("*") and got[0] != ""
        dut.check(
            f"read.{name}",
            not got or wanted in got or masked,
            "RSS-ARC-019",
            f"RSS-SETMEDIAINFO.{name}",
            f"RSS-GETMEDIAINFO.confirm.{name}",
            expected=f"{name} {wanted!r}",
            got=", ".join(got),
        )
    return part


async def blank_pin(dut: PacketDut, mine: Own) -> None:
    """Leave the archive as it is, which has no PIN.

    Raises:
        CaseInconclusive: what has no PIN cannot be set so (RSS-AMB-066).
    """
    packet = await dut.command(SET, mine.sent({}), judged=False)
    if not dut.either(packet, "RSS-AMB-066", "RSS-SETMEDIAINFO", check="as-it-is"):
        raise CaseInconclusive(f"{SET} does not take an archive as it is: {packet.describe()}")


def _register_texts(name: str) -> None:
    @SUITE.scenario(
        f"media.{name.lower()}",
        "RSS-ARC-019",
        "RSS-XML-011",
        f"RSS-SETMEDIAINFO.{name}",
        chapter=CHAPTER,
        after=("SETMEDIAINFO.success",),
    )
    async def texts(dut: PacketDut) -> None:
        """Texts of any characters come back as they were sent, in the list and where the archive is asked for."""
        mine = await changeable(dut)
        await blank_pin(dut, mine)
        for text in TEXTS:
            await _change(dut, mine, {name: f"{text} {name.lower()}"})
        listed = [row for row in await whole(dut) if row.get("CONF_ID") == mine.guid]
        for row in listed[:1]:
            got = row.get(name, "")
            dut.check(
                "listed",
                got == mine.fields[name] or name == "DESCRIPTION",
                "RSS-ARC-019",
                f"RSS-SETMEDIAINFO.{name}",
                expected=mine.fields[name],
                got=got,
            )


for _name in ("NAME", "DESCRIPTION"):
    _register_texts(_name)


@SUITE.scenario(
    "media.rights",
    "RSS-ARC-019",
    "RSS-SETMEDIAINFO.ACCESSTYPE",
    "RSS-SETMEDIAINFO.DENY_AUTO_DELETE",
    "RSS-SETMEDIAINFO.PIN",
    chapter=CHAPTER,
    after=("SETMEDIAINFO.success",),
)
async def rights(dut: PacketDut) -> None:
    """View right, PIN and protection are changed again and again, each alone and all together."""
    mine = await changeable(dut)
    await blank_pin(dut, mine)
    group = own(await own_groups(dut, 1))
    for access, deny in (
        ("1", "0"),
        ("2", "0"),
        ("0", "1"),
        ("2", "1"),
        ("1", "1"),
        ("1", "0"),
        ("2", "1"),
        ("0", "0"),
    ):
        changes = {"ACCESSTYPE": access, "DENY_AUTO_DELETE": deny}
        await _change(dut, mine, changes, group if access == "2" else [])
    for access in ("1", "2"):
        for pin in ("1234", "5678", ""):
            await _change(dut, mine, {"ACCESSTYPE": access, "PIN": pin}, group if access == "2" else [])


@SUITE.scenario(
    "media.groups",
    "RSS-ARC-020",
    "RSS-ARC-021",
    "RSS-SETMEDIAINFO.ACCESSID",
    chapter=CHAPTER,
    after=("SETMEDIAINFO.success",),
)
async def groups(dut: PacketDut) -> None:
    """The groups that may view an archive are those that were sent last, and all others are told as others."""
    one, two, three = own(await own_groups(dut))
    before = await all_groups(dut)
    mine = await changeable(dut)
    await blank_pin(dut, mine)
    for wanted in ([one], [two, three], [three, one], [two], [one, two, three]):
        part = await _change(dut, mine, {"ACCESSTYPE": "2"}, wanted)
        got = told(dut, GET, part, "ACCESSID")
        stored(dut, "groups", got, wanted, "RSS-ARC-020", "RSS-SETMEDIAINFO.ACCESSID", "RSS-GETMEDIAINFO.confirm.ACCESSID", step=-1)  # fmt: skip
        judge_lists(
            dut, GET, part, ACCESS, await lasting(dut, before),
            same=("RSS-ARC-020",), apart=("RSS-ARC-021", "RSS-GETMEDIAINFO.confirm.NOTIN"),
        )  # fmt: skip


@SUITE.scenario("media.others", "RSS-ARC-022", "RSS-SETMEDIAINFO.CONF_ID", chapter=CHAPTER, after=("SETMEDIAINFO.success",))  # fmt: skip
async def others(dut: PacketDut) -> None:
    """A change of one archive changes no other of the target file."""
    known = dut.fixtures("archive_ids", count=2)
    mine = await changeable(dut)
    place = known.index(mine.guid)
    listed = told_ids(await whole(dut))
    near = [*known[:2], *known[max(place - 1, 0) : place + 2], *listed[:1]]
    watched = [one for one in dict.fromkeys(near) if one in known and one != mine.guid]
    before = {guid: _kept(dut, await archive_of(dut, guid)) for guid in watched}
    await blank_pin(dut, mine)
    group = own(await own_groups(dut, 1))
    for changes in (
        {"NAME": "clausewise", "DESCRIPTION": "clausewise 2"},
        {"ACCESSTYPE": "2", "DENY_AUTO_DELETE": "1", "PIN": "4711"},
        {"ACCESSTYPE": "0", "DENY_AUTO_DELETE": "0", "PIN": ""},
    ):
        await _change(dut, mine, changes, group if changes.get("ACCESSTYPE") == "2" else [])
        for guid in watched:
            now = _kept(dut, await archive_of(dut, guid))
            wrong = [name for name in now if now[name] != before[guid].get(name)]
            dut.check(
                "others",
                not wrong,
                "RSS-ARC-022",
                "RSS-SETMEDIAINFO.CONF_ID",
                *(f"RSS-SETMEDIAINFO.{name}" for name in wrong if name in changes),
                expected=f"{guid} as it was",
                got=", ".join(f"{name} {now[name]}" for name in wrong),
            )


@SUITE.scenario("media.in-turn", "RSS-ARC-022", "RSS-ARC-019", chapter=CHAPTER, after=("SETMEDIAINFO.success",))
async def in_turn(dut: PacketDut) -> None:
    """Two archives are changed in turn, and each keeps what it was given last."""
    one = await changeable(dut)
    two = await changeable(dut, but=one.guid)
    for mine in (one, two):
        await blank_pin(dut, mine)
    for turn in range(2):
        for mine, other in ((one, two), (two, one)):
            changes = {"DESCRIPTION": dut.unique(f"turn {turn}"), "DENY_AUTO_DELETE": str(turn)}
            await _change(dut, mine, changes, [])
            beside = await archive_of(dut, other.guid)
            for name in ("NAME", "DESCRIPTION", "DENY_AUTO_DELETE") if turn or mine is two else ():
                got, wanted = told(dut, GET, beside, name), other.fields[name]
                dut.check(
                    "other",
                    not got or wanted in got,
                    "RSS-ARC-022",
                    "RSS-SETMEDIAINFO.CONF_ID",
                    expected=f"{name} {wanted!r} of {other.guid}",
                    got=", ".join(got),
                )


def _kept(dut: PacketDut, part: Part) -> dict[str, list[str]]:
    return {name: sorted(told(dut, GET, part, name)) for name in (*_KEPT, "ACCESSID", "SIZE")}
