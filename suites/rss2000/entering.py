"""Logins that must succeed or fail, on connections of their own."""

from __future__ import annotations

from harness.packetdut import PacketDut


async def enters(dut: PacketDut, link: str, name: str, password: str, *clauses: str, privilege: str = "") -> None:
    """A login that must succeed, on a connection of its own, and be of this privilege."""
    packet = dut.ok(await dut.try_login(link=link, user=name, password=password), *clauses, check="enters")
    if privilege:
        told = packet.first.get("PRIVILEGE")
        rule = "RSS-SES-011"
        dut.check("privilege", told == privilege, rule, expected=privilege, got=str(told), step=packet.step)
    await dut.close(link)
    dut.sessions.pop(link, None)


async def stays_out(dut: PacketDut, link: str, name: str, password: str, *clauses: str) -> None:
    """A login that must fail, twice: some refuse only once."""
    for number in (1, 2):
        packet = await dut.try_login(link=f"{link}-{number}", user=name, password=password)
        dut.refused(packet, *clauses, check="stays-out")
        await dut.close(f"{link}-{number}")
        dut.sessions.pop(f"{link}-{number}", None)
