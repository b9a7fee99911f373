"""TPKT: headers that break a rule, packets that never end, and connections that do; the device serves on after each."""

from __future__ import annotations

from harness.checks.message import merge
from harness.checks.packets import reply_checks
from harness.ending import Ending
from harness.packetdut import PacketDut
from harness.verdict import Severity
from harness.wire.tpkt import HEADER_BYTES, encode, header
from suites.rss2000 import SUITE
from suites.rss2000.access import PATIENCE_S, QUIET, SHORT_S, fate, logged_in, serves, taken, works

CHAPTER = "Packets"
_AFTER = ("LOGIN.success", "GETDEVINFO.success")
# Headers that break a rule: version, reserved byte, and a length in place of the right one (None) or beside it.
_HEADERS: dict[str, tuple[int, int, int | None]] = {
    "version-0": (0, 0, None),
    "version-2": (2, 0, None),
    "version-4": (4, 0, None),
    "version-131": (131, 0, None),
    "version-255": (255, 0, None),
    "reserved-1": (3, 1, None),
    "reserved-255": (3, 255, None),
    "length-0": (3, 0, 0),
    "length-1": (3, 0, 1),
    "length-2": (3, 0, 2),
    "length-3": (3, 0, 3),
    "length-4": (3, 0, 4),
    "length-50": (3, 0, 50),
    "xml": (0x3C, 0x3F, 0x786D),
}


def _register_header(name: str, version: int, reserved: int, length: int | None) -> None:
    @SUITE.scenario(f"packet.header.{name}", "RSS-TPK-007", chapter=CHAPTER, after=_AFTER, loose=True)
    async def wrong_header(dut: PacketDut) -> None:
        """What follows a header that breaks a rule is open; the device serves others, and new connections."""
        await dut.login(link="other")
        patience = PATIENCE_S
        for number in (1, 2):
            link = f"wrong-{number}"
            await logged_in(dut, link)
            data = await dut.written(QUIET, link=link)
            start = header(len(data) if length is None else length, version=version, reserved=reserved)
            await dut.send(start + data[HEADER_BYTES:], link=link)
            packet = await taken(dut, link, patience)
            patience = SHORT_S if packet.ending is Ending.SILENT else patience
            reading = "taken" if packet.ok else fate(packet)
            if packet.ok and length is not None:
                expected = "no success, for the header's length is not that of a command"
                severity = Severity.SHOULD
                dut.check("length", False, "RSS-TPK-003", expected=expected, got=packet.describe(), severity=severity)
            dut.observe(f"wrong-{number}", "RSS-AMB-033", reading, got=packet.describe(), step=packet.step)
            await dut.close(link)
            await works(dut, "other", "RSS-SES-012", check="other")
            await serves(dut)


for _name, (_version, _reserved, _length) in _HEADERS.items():
    _register_header(_name, _version, _reserved, _length)


@SUITE.scenario("packet.empty", "RSS-TPK-007", chapter=CHAPTER, after=_AFTER, loose=True)
async def empty(dut: PacketDut) -> None:
    """After empty packets the connection goes on or is closed; the device serves on."""
    for number, count in enumerate((1, 3)):
        link = f"empty-{number}"
        await logged_in(dut, link)
        await dut.send(encode(b"") * count, link=link)
        packet = await taken(dut, link)
        dut.observe(f"empty-{number}", "RSS-AMB-033", fate(packet), got=packet.describe(), step=packet.step)
        await dut.close(link)
        await serves(dut)


def _register_cut_off(how: str) -> None:
    @SUITE.scenario(f"packet.cut-off.{how}", "RSS-TPK-007", chapter=CHAPTER, after=_AFTER, loose=True)
    async def cut_off(dut: PacketDut) -> None:
        """Connections that end within a packet, or where one was announced that never comes, do no harm."""
        await dut.login(link="other")
        data = await dut.written(QUIET, link="other")
        long = header(0xFFFF) + data[HEADER_BYTES:]
        for number, part in enumerate((b"", data[:1], data[:3], data[:HEADER_BYTES], data[:-1], long, header(0xFFFF))):
            link = f"cut-{number}"
            await dut.connect(link)
            await dut.send(part, link=link)
            await dut.close(link, how)
            await works(dut, "other", "RSS-SES-012", check="other")
        await serves(dut)


for _how in ("close", "half-close", "reset"):
    _register_cut_off(_how)


@SUITE.scenario("packet.half-close", "RSS-TPK-007", chapter=CHAPTER, after=_AFTER, loose=True)
async def half_close(dut: PacketDut) -> None:
    """A client that closes its direction behind a command gets the answer or the end, and leaves the device as it was."""
    await dut.login(link="other")
    for number in (1, 2):
        link = f"half-{number}"
        await dut.login(link=link)
        await dut.send(await dut.written(QUIET, link=link), link=link)
        await dut.close(link, "half-close")
        packet = await taken(dut, link)
        if packet.came:
            merge(dut.checks, reply_checks(dut.model, packet))
        await works(dut, "other", "RSS-SES-012", check="other")
    await serves(dut)


@SUITE.scenario("packet.connections", "RSS-TPK-007", chapter=CHAPTER, after=_AFTER)
async def connections(dut: PacketDut) -> None:
    """Connections that come and go in a row, with nothing, a login or a reset on them, leave the device serving."""
    for number in range(24):
        link = f"row-{number}"
        if number % 3:
            await dut.login(link=link)
        else:
            await dut.connect(link)
        await dut.close(link, "reset" if number % 2 else "close")
    await serves(dut)
