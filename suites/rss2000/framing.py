"""TPKT: commands however their packets are cut, joined or padded, several on a connection, and headers that break a rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from harness.checks.message import merge
from harness.checks.packets import comes, message_checks, reply_checks
from harness.ending import Ending
from harness.messages.packetreply import Packet
from harness.messages.packets import operation_of
from harness.packetdut import MAIN, PacketDut
from harness.packetsample import fresh
from harness.verdict import Severity
from harness.wire.tpkt import HEADER_BYTES
from harness.wire.xmlmessage import Spelling
from suites.rss2000 import SUITE
from suites.rss2000.access import QUIET, left_open, serves, works

CHAPTER = "Packets"
_AFTER = ("LOGIN.success", "GETDEVINFO.success")
# Commands whose answers have one confirm each, and a name that no other has.
_SINGLE = ("GETDEVINFO", "REFRESHSTATUS", "GETGK", "GETLANG", "GETSTORAGE", "GETSP")
_PAUSE_S = 0.5


async def _cut(dut: PacketDut, positions: Iterable[Sequence[int]], pause_s: float, *, count: int = 1) -> None:
    """Send a command in pieces of these lengths, for each of them; each time it is taken."""
    fields = {"LANG": "en", "SEARCH": "Gr\u00f6\u00dfe \u6f22 \U0001f600", "LIBMEDIA": "1"}
    control = await dut.command("GETLISTINFO", fields, judged=False)
    operation, given = ("GETLISTINFO", fields) if control.ok else (QUIET, {})
    data = await dut.written(operation, given)
    for pieces in positions:
        for _ in range(count):
            await dut.send(data, pieces=[one if one > 0 else len(data) + one for one in pieces], pause_s=pause_s)
            dut.ok(await dut.answer(operation, given), "RSS-TPK-005", "RSS-TPK-007", check="taken")


@SUITE.scenario("packet.split.header", "RSS-TPK-005", "RSS-TPK-007", chapter=CHAPTER, after=_AFTER, patient=True)
async def split_header(dut: PacketDut) -> None:
    """A command whose header comes in two segments, at any of its bytes, is taken."""
    await _cut(dut, [(1,), (2,), (3,), (4,), (5,), (1, 1), (1, 2), (2, 1), (3, 1), (1, 1, 1), (1, 1, 1, 1)], 0.02)


@SUITE.scenario("packet.split.anywhere", "RSS-TPK-005", "RSS-TPK-007", chapter=CHAPTER, after=_AFTER, patient=True)
async def split_anywhere(dut: PacketDut) -> None:
    """A command in two segments is taken wherever it is cut, within a character too."""
    await _cut(dut, [(at,) for at in range(6, 290, 7)], 0.002)
    await _cut(dut, [(-at,) for at in (1, 2, 3, 12, 25)], 0.002)


@SUITE.scenario("packet.split.bytes", "RSS-TPK-005", "RSS-TPK-007", chapter=CHAPTER, after=_AFTER, patient=True)
async def split_bytes(dut: PacketDut) -> None:
    """A command byte by byte is taken, at once or slowly, and so is the next one."""
    await _cut(dut, [(1,) * 400], 0.0, count=2)
    await _cut(dut, [(1,) * 400, (3,) * 100], 0.001)


@SUITE.scenario("packet.split.slowly", "RSS-TPK-005", "RSS-TPK-007", chapter=CHAPTER, after=_AFTER, patient=True)
async def split_slowly(dut: PacketDut) -> None:
    """A command whose parts come half a second apart is taken: after the header, after half of it, and near its end."""
    await _cut(dut, [(HEADER_BYTES,), (2, 60), (-10,)], _PAUSE_S)


async def _answered(dut: PacketDut, operations: Sequence[str], link: str = MAIN) -> None:
    """Each of these commands, which were sent one behind the other, is answered, and so in their order."""
    got: list[Packet] = []
    for operation in operations:
        got.append(await dut.answer(operation, link=link, judged=False))
        merge(dut.checks, comes(got[-1]))
        if not got[-1].came:
            break
    left = list(got)
    for number, operation in enumerate(operations):
        own = next((one for one in left if operation in _names(dut, one)), None)
        dut.check(
            "answered",
            own is not None and own.ok is True,
            "RSS-TPK-007",
            "RSS-TPK-005",
            expected=f"{operation}, number {number + 1} of {len(operations)}, to succeed",
            got="" if own is not None and own.ok else "; ".join(one.describe()[:200] for one in left[:3]),
            step=got[-1].step,
        )
        if own is not None:
            left.remove(own)
            merge(dut.checks, reply_checks(dut.model, _as(dut, own, operation)))
    order = [operation in _names(dut, one) for operation, one in zip(operations, got, strict=False)]
    dut.check("order", all(order), "RSS-TPK-008", expected="the order of the commands", got=str(order))


def _names(dut: PacketDut, packet: Packet) -> set[str]:
    return {name for part in packet.confirms for name in operation_of(dut.model, part, "confirm")}


def _as(dut: PacketDut, packet: Packet, operation: str) -> Packet:
    return dut.binding.packet(packet.raw, packet.ending, packet.step, operation=operation)


def _register_joined(name: str, operations: Sequence[str], times: int) -> None:
    @SUITE.scenario(f"packet.joined.{name}", "RSS-TPK-005", "RSS-TPK-007", "RSS-TPK-008", "RSS-TPK-004",
                    chapter=CHAPTER, after=_AFTER)  # fmt: skip
    async def joined(dut: PacketDut) -> None:
        """Commands that come in one segment are all answered, each with its own packet, and the next one too."""
        for _ in range(times):
            await dut.send(b"".join([await dut.written(one) for one in operations]))
            await _answered(dut, operations)
        await works(dut, MAIN, check="next")


_register_joined("two", _SINGLE[:2], 3)
_register_joined("three", _SINGLE[2:5], 2)
_register_joined("same", ("GETLANG",) * 4, 1)
_register_joined("burst", _SINGLE * 4, 1)


@SUITE.scenario("packet.joined.partly", "RSS-TPK-005", "RSS-TPK-007", chapter=CHAPTER, after=_AFTER)
async def partly(dut: PacketDut) -> None:
    """A command is answered though only part of the next one has come with it; that is answered once it is whole."""
    first, second = await dut.written("GETDEVINFO"), await dut.written("GETLANG")
    for at in (1, 3, HEADER_BYTES, 50, len(second) - 1):
        await dut.send(first + second[:at])
        dut.ok(await dut.answer("GETDEVINFO"), "RSS-TPK-005", "RSS-TPK-007", check="first")
        await dut.send(second[at:])
        dut.ok(await dut.answer("GETLANG"), "RSS-TPK-005", "RSS-TPK-007", check="second")


@SUITE.scenario("packet.neighbours", "RSS-TPK-007", "RSS-TPK-005", "RSS-SES-013", chapter=CHAPTER, after=_AFTER)
async def neighbours(dut: PacketDut) -> None:
    """A connection on which half a command has come, or nothing at all, keeps no other one waiting."""
    data = await dut.written(QUIET)
    for number, at in enumerate((2, HEADER_BYTES, 70)):
        await dut.connect(f"nothing-{number}")
        link = f"half-{number}"
        await dut.login(link=link)
        data = await dut.written(QUIET, link=link)
        await dut.send(data[:at], link=link)
        await serves(dut, "others")
        await works(dut, MAIN, "RSS-TPK-007", check="other")
        await dut.send(data[at:], link=link)
        dut.ok(await dut.answer(QUIET, link=link), "RSS-TPK-005", "RSS-TPK-007", check="whole")


async def _padded(dut: PacketDut, size: int) -> bytes:
    """A command of about so many bytes, most of them line ends between its tags."""
    short, longer = [await dut.written(QUIET, spelling=Spelling(line_end="\n" * number)) for number in (1, 2)]
    count = 1 + (size - len(short)) // (len(longer) - len(short))
    return await dut.written(QUIET, spelling=Spelling(line_end="\n" * count))


def _register_long(size: int, severity: Severity) -> None:
    @SUITE.scenario(f"packet.long.{size}", "RSS-TPK-005", "RSS-TPK-003", chapter=CHAPTER, after=_AFTER, loose=True)
    async def long(dut: PacketDut) -> None:
        """A command with much white space between its tags is taken, whole or in pieces, and the next one too."""
        for number, pieces in enumerate(((), (1460,) * (size // 1460))):
            link = f"long-{number}"
            await dut.login(link=link)
            dut.sessions[MAIN] = dut.sessions[link]
            await dut.send(await _padded(dut, size), link=link, pieces=pieces)
            packet = await dut.answer(QUIET, link=link, judged=severity is Severity.MUST)
            dut.check(
                "taken",
                packet.ok is True,
                "RSS-TPK-005",
                expected=f"a command of {size} bytes to succeed",
                got="" if packet.ok else packet.describe(),
                severity=severity,
                step=packet.step,
            )
            if packet.ok:
                await works(dut, link, "RSS-TPK-005", check="next")
        await serves(dut)


for _size in (1500, 4200, 9000):
    _register_long(_size, Severity.MUST)
for _size in (33_000, 65_000):
    _register_long(_size, Severity.SHOULD)


@SUITE.scenario("packet.long-answers", "RSS-TPK-003", "RSS-TPK-001", "RSS-XML-002", chapter=CHAPTER,
                after=("ADDGROUP.success", "GETGROUP.success"))  # fmt: skip
async def long_answers(dut: PacketDut) -> None:
    """Long answers, with characters of several bytes too, come in packets whose length is right."""
    for size in (1600, 4200, 5000):
        fields = dict(await fresh(dut, "ADDGROUP"))
        fields["DESCRIPTION"] = "".join(f"{number:04d}\u00e9\u6f22 " for number in range(size // 7))
        packet = await dut.command("ADDGROUP", fields, judged=False)
        merge(dut.checks, comes(packet))
        if packet.came:
            merge(dut.checks, message_checks(packet, dut.syntax.confirm))
        kept = packet.first.get("DESCRIPTION") == fields["DESCRIPTION"]
        left_open(dut, packet, "RSS-AMB-052", accepted="accepted" if kept else "", check=f"long-{size}")
        if packet.ending is not Ending.ANSWERED:
            await dut.close()
            dut.sessions.pop(MAIN)
        for operation in ("GETGROUP", "GETALLGROUP"):
            dut.ok(await dut.command(operation), "RSS-TPK-003", check=f"lists.{operation}")
    # As many as are sure to fit into a packet.
    page = {"CATALOG": "0", "START": "0", "END": "59", "SORT": "0"}
    for _ in range(2):
        dut.ok(await dut.command("GETMEDIAINFO", page), "RSS-TPK-004", "RSS-TPK-007", check="lists.archives")
