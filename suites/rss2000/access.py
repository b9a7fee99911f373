"""What cases about sessions, packets and messages share: asking something harmless, logging out, and looking whether the device serves on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from harness.checks.message import merge
from harness.checks.packets import message_checks, reply_checks
from harness.ending import Ending
from harness.flow import CaseInconclusive, CaseStopped
from harness.messages.packetreply import Packet
from harness.packetdut import MAIN, OWN, PacketDut
from harness.packetsample import add_record
from harness.wire.tpkt import HEADER_BYTES

QUIET = "GETDEVINFO"
# Commands that only read, of several chapters of the document; each has one name, so an answer tells which of them it is about.
READS = ("GETDEVINFO", "GETENDPOINT", "GETDEVUSER", "GETALLGROUP", "GETROOM", "GETSP", "GETGK", "GETLANG", "GETSTORAGE")
ENDED = (Ending.CLOSED, Ending.RESET)
# A device may pass over what is no command: so long an answer is waited for. A second is much to a device, little to who waits often.
PATIENCE_S = 1.0
LATEST_S = 29.5 * 60  # device seconds; idle for longer, a session is not sure to be there
SHORT_S = 0.2  # for what was passed over before


async def ask(
    dut: PacketDut, operation: str, fields: Mapping[str, str] = MappingProxyType({}), *, link: str, session: str | None
) -> Packet:
    """A command whose session may be none, which a device answers or for which it closes the connection."""
    packet = await dut.command(operation, fields, link=link, session=session, judged=False)
    if packet.ending not in ENDED:
        merge(dut.checks, reply_checks(dut.model, packet))
    return packet


async def works(dut: PacketDut, link: str, *clauses: str, check: str, session: str | None = OWN) -> None:
    """A session is there: a command that only reads is taken.

    Raises:
        CaseInconclusive: it is not, but the case has lasted so long that it may have timed out; a device's clock may run fast.
    """
    packet = await dut.command(QUIET, link=link, session=session)
    if packet.ok is not True and await dut.clock() > LATEST_S:
        raise CaseInconclusive(
            "the case has lasted for so long on the device's clock that its sessions may have timed out"
        )
    dut.ok(packet, *dict.fromkeys((*clauses, "RSS-SES-002")), check=check)


async def fails(dut: PacketDut, link: str, session: str | None, *clauses: str, check: str, reads: int = 2) -> None:
    """No command is taken with this session, whichever it is, on this connection or, once it is closed, on others."""
    for number, operation in enumerate(READS[:reads]):
        packet = await ask(dut, operation, link=link if not number else f"{link}-{number}", session=session)
        dut.refused(packet, *clauses, check=check)
    if dut.links.get(link) is Ending.ANSWERED and reads > 1:
        packet = await dut.command(READS[reads - 1], link=link, session=session, judged=False)
        passed = packet.ok is not True
        got = "" if passed else packet.describe()
        dut.check(f"{check}.again", passed, *clauses, expected="no success", got=got, step=packet.step)


async def log_out(dut: PacketDut, link: str = MAIN, session: str | None = OWN) -> Packet:
    """End a session; a device may want the language in the other of the two documented forms."""
    if session == OWN:
        session = dut.sessions[link]
    packet = await ask(dut, "LOGOUT", {"LANG": "0"}, link=link, session=session)
    if packet.ok is False:
        again = await dut.command("LOGOUT", {"LANG": "en"}, link=link, session=session, judged=False)
        packet = again if again.ok else packet
    return packet


async def logged_out(dut: PacketDut, link: str) -> None:
    """End a session, which must succeed."""
    dut.ok(await log_out(dut, link), "RSS-LOGOUT", check="logout")


async def ended(dut: PacketDut, link: str) -> bool:
    """Whether the device has closed a connection of its own accord."""
    return (await dut.rest(link=link)).ending in ENDED


async def serves(dut: PacketDut, name: str = "serves") -> None:
    """The device takes a new connection, a login and a command on it."""
    link = f"{name}-{len(dut.links)}-{dut.rng.getrandbits(32):08x}"
    dut.ok(await dut.try_login(link=link), "RSS-LOGIN", "RSS-TPK-007", check=f"{name}.login")
    dut.ok(await dut.command(QUIET, link=link), "RSS-TPK-007", "RSS-SES-002", check=name)
    await dut.close(link)


async def own_user(dut: PacketDut, password: str, *, privilege: str = "1") -> str:
    """The name of a user with a known password, made for this case alone."""
    made = await add_record(dut, "user", {"PASSWORD": password, "PRIVILEGE": privilege})
    return made["USERNAME"]


def other_session(session: str) -> str:
    """Another id of the same shape."""
    return re.sub("[0-9A-Za-z]", lambda found: "f" if found[0] != "f" else "e", session, count=1)


async def payload_of(dut: PacketDut, operation: str, fields: dict[str, str], *, link: str = MAIN) -> bytes:
    """The XML of a command of the connection's session."""
    return (await dut.written(operation, fields, link=link))[HEADER_BYTES:]


async def taken(dut: PacketDut, link: str, deadline_s: float = PATIENCE_S) -> Packet:
    """What follows something that need not be answered; an answer must be a message all the same."""
    packet = await dut.answer(QUIET, link=link, judged=False, deadline_s=deadline_s)
    if packet.came:
        merge(dut.checks, message_checks(packet, dut.syntax.confirm))
    return packet


def left_open(
    dut: PacketDut, packet: Packet, ambiguity: str, *, accepted: str = "", refused: str = "", check: str = "open"
) -> bool:
    """Success, failure, the end of the connection and silence conform; gives whether it was a success."""
    known = dut.model.ambiguities[ambiguity]
    reading = (accepted or known.accepted) if packet.ok else (refused or known.refused)
    dut.observe(check, ambiguity, reading or "", got=packet.describe(), step=packet.step)
    return packet.ok is True


def fate(packet: Packet) -> str:
    """The reading of what followed a packet that was none."""
    if packet.ok is False:
        return "failed"
    if packet.ending in ENDED:
        return "closed"
    return "ignored" if packet.ending is Ending.SILENT else ""


async def logged_in(dut: PacketDut, link: str) -> str:
    """A session on a new connection, which the case needs; it is not judged here."""
    packet = await dut.try_login(link=link)
    if not packet.ok or link not in dut.sessions:
        raise CaseInconclusive(f"LOGIN did not succeed on {link}: {packet.describe()}")
    return dut.sessions[link]


def session_in(dut: PacketDut, packet: Packet) -> str:
    """The session of a login that must have made one.

    Raises:
        CaseStopped: there is none.
    """
    session = packet.first.get(dut.syntax.session) or ""
    if not session:
        raise CaseStopped("no session")
    return session
