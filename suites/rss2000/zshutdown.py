"""A restart of the device. The name of this module is the last of the suite, so that its case is the last one too."""

from __future__ import annotations

from harness.ending import Ending
from harness.flow import CaseInconclusive, CaseSkipped
from harness.packetdut import PacketDut
from harness.packetsample import add_record, read_setting
from suites.rss2000 import SUITE
from suites.rss2000.rights import one_told

_WALL_S = 10.0
_LOOK_S = 0.25


@SUITE.scenario(
    "shutdown.restart",
    "RSS-SHUTDOWN",
    "RSS-SHUTDOWN.POWEROFF",
    "RSS-SYS-004",
    "RSS-SYS-006",
    chapter="Upgrade/Reset System",
)
async def restart(dut: PacketDut) -> None:
    """A restart may be answered or not; then the device serves again, with its accounts and settings."""
    if dut.target.clock_scale <= 1:
        raise CaseSkipped("needs clock_scale above 1: a restart of minutes would leave nothing to the cases after it")
    if not dut.target.allow.destructive:
        raise CaseSkipped("needs destructive = true in [target.allow]")
    setting = dut.model.settings["gatekeeper"]
    before = await read_setting(dut, setting)
    user = await add_record(dut, "user")
    packet = await dut.command("SHUTDOWN", {"POWEROFF": "0"}, judged=False)
    if packet.ok is False:
        dut.ok(packet, "RSS-SHUTDOWN", "RSS-SHUTDOWN.POWEROFF", check="shutdown")
    if packet.ending in (Ending.CLOSED, Ending.RESET, Ending.ANSWERED):
        dut.observe("answer", "RSS-AMB-007", "confirm" if packet.came else "none", step=packet.step)
    link = await _again(dut)
    dut.check(
        "back",
        link is not None,
        "RSS-SYS-004",
        "RSS-SHUTDOWN.POWEROFF",
        expected="the device back",
        got=f"no login within {_WALL_S} s",
    )
    if link is None:
        return
    listed = dut.ok(await dut.command("GETDEVUSER", link=link), "RSS-SYS-004", check="serves").listed()
    names = [one_told(dut, "GETDEVUSER", part, "USERNAME") for part in listed]
    dut.check(
        "accounts",
        user["USERNAME"] in names,
        "RSS-SYS-006",
        expected=f"the user {user['USERNAME']!r}",
        got=f"{len(names)} others",
    )
    dut.sessions["main"] = dut.sessions[link]
    if await dut.connect("main") is Ending.ANSWERED:
        await dut.login()
        after = await read_setting(dut, setting)
        dut.check("settings", after == before, "RSS-SYS-006", expected="the gatekeeper's settings", got=str(after))


async def _again(dut: PacketDut) -> str | None:
    """A connection on which a login succeeds again; None if there is none in time."""
    for turn in range(int(_WALL_S / _LOOK_S)):
        link = f"again-{turn}"
        await dut.wait(_LOOK_S * dut.target.clock_scale)
        if await dut.connect(link) is not Ending.ANSWERED:
            continue
        try:
            packet = await dut.try_login(link=link, judged=False)
        except CaseInconclusive:
            continue
        if packet.ok:
            return link
        await dut.close(link)
    return None
