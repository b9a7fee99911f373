"""Settings: the same for every session, there after the one that set them is over, and storage's answers."""

from __future__ import annotations

from harness.packetdut import PacketDut
from harness.packetsample import FieldList, as_it_is, other_value, read_setting
from harness.spec.load import load_system
from suites.rss2000 import SUITE
from suites.rss2000.cited import asked
from suites.rss2000.rights import one_told

CHAPTER = "Settings"
_MODEL = load_system("rss2000")


def _changed(fields: FieldList, operation: str, name: str) -> FieldList:
    """The fields with another value of one of them."""
    kind = _MODEL.types[_MODEL.operations[operation].parameters[name].type]
    return [(one, other_value(kind, value) if one == name else value) for one, value in fields]


def _register(setting: str, field: str) -> None:
    known = _MODEL.settings[setting]

    @SUITE.scenario(
        f"setting.{setting}.sessions", "RSS-SET-009", known.clause, chapter=CHAPTER, after=(f"{known.set}.success",)
    )
    async def sessions(dut: PacketDut) -> None:
        """What one session sets another one reads, and it is there after the first has ended."""
        await dut.login(link="other")
        fields = _changed(await as_it_is(dut, known), known.set, field)
        wanted = dict(fields)[field]
        await dut.login(link="setter")
        dut.ok(await dut.command(known.set, fields, link="setter"), check="set")
        for when in ("while", "after"):
            packet = dut.ok(await dut.command(known.get, link="other"), check="read")
            got = packet.first.get(known.fields[field])
            dut.check(when, got == wanted, "RSS-SET-009", known.clause, expected=wanted, got=str(got), step=packet.step)
            if when == "while":
                dut.ok(await dut.log_out("setter"), check="logout")
        now = dict(await read_setting(dut, known))
        dut.check("main", now.get(field) == wanted, "RSS-SET-009", expected=wanted, got=str(now.get(field)))


for _setting, _field in (("gatekeeper", "H323"), ("language", "LANG"), ("single-point", "BROADCAST")):
    _register(_setting, _field)


@SUITE.scenario(
    "storage.answer",
    "RSS-STO-002",
    "RSS-STO-003",
    "RSS-SETSTORAGE.AUTO_SAVE",
    "RSS-SETSTORAGE.AUTO_DEL",
    chapter="Backup/Cleanup Settings",
    after=("SETSTORAGE.success",),
)
async def storage(dut: PacketDut) -> None:
    """The confirm and the indication of SETSTORAGE have the switches and intervals of the command."""
    fields = await as_it_is(dut, _MODEL.settings["storage"])
    await dut.login(link="watcher", indications=True)
    for save, erase in (("1", "1"), ("0", "1"), ("1", "0"), ("0", "0"), ("1", "1")):
        days = {"SAVE_INTERVAL": str(2 + dut.rng.randrange(5)), "DEL_INTERVAL": str(8 + dut.rng.randrange(20))}
        values = {"AUTO_SAVE": save, "AUTO_DEL": erase, **days}
        sent = [(name, values.get(name, value)) for name, value in fields]
        dut.news["watcher"] = []
        packet = await dut.command("SETSTORAGE", sent)
        dut.ok(packet, *asked(packet), check="set")
        told = await dut.wait_for("watcher", "SETSTORAGE")
        for part in (packet.first, *(one.parts[0] for one in told[:1])):
            got = part.get("AUTO_SAVE")
            dut.check(
                f"{part.kind}.AUTO_SAVE", got == save, "RSS-STO-002", expected=save, got=str(got), step=packet.step
            )
            for name, switch in (("SAVE_INTERVAL", save), ("DEL_INTERVAL", erase)):
                got = part.get(name)
                passed = switch != "1" or got == days[name]
                check = f"{part.kind}.{name}"
                dut.check(check, passed, "RSS-STO-003", expected=days[name], got=str(got), step=packet.step)


@SUITE.scenario(
    "gatekeeper.use",
    "RSS-SETGK.USEGK",
    "RSS-SETGK",
    "RSS-SET-002",
    chapter="Gatekeeper Settings",
    after=("SETGK.success",),
)
async def gatekeeper(dut: PacketDut) -> None:
    """The gatekeeper is used and not used in turn; whether the device gets registered shows later or never."""
    now = await as_it_is(dut, _MODEL.settings["gatekeeper"])
    known = _MODEL.operations["SETGK"].parameters
    fields = {name: value or next(iter(known[name].examples), "") for name, value in now if name in known}
    for use in ("0", "1", "0", "1"):
        packet = await dut.command("SETGK", {**fields, "USEGK": use})
        dut.ok(packet, *asked(packet), check=f"use.{use}")
        read = dut.ok(await dut.command("GETGK"), "RSS-GETGK", check="read").first
        for name in ("GKIP", "GKPORT", "E164", "H323"):
            got = one_told(dut, "GETGK", read, name)
            dut.check(name, got in (fields[name], None), "RSS-SET-002", expected=fields[name], got=str(got))
