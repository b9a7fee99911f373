"""Connections of H.323 as cases see them: their states, steps of recordings, and what is left as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.flow import CaseInconclusive, Note
from harness.messages.packetreply import Packet, Part
from harness.packetdut import MAIN, PacketDut
from suites.rss2000.rights import one_told

MENU, RUNNING, PAUSED, STREAMING = "0", "1", "2", "3"
START, PAUSE, CONTINUE, STOP = "STARTROOMRECORD", "PAUSEROOMRECORD", "CONTINUEROOMRECORD", "STOPROOMRECORD"
STEPS = (START, PAUSE, CONTINUE, STOP)
AFTER = {START: RUNNING, PAUSE: PAUSED, CONTINUE: RUNNING, STOP: MENU}
STATES = {START: "RSS-CON-003", PAUSE: "RSS-CON-004", CONTINUE: "RSS-CON-005", STOP: "RSS-CON-006"}
# A new state may show a little later (RSS-AMB-103): seconds on the wall between looks.
SOON = (0.02, 0.05, 0.1, 0.3, 0.6, 1.0, 1.5)
_WORDS = {RUNNING: ("running", "recording"), PAUSED: ("paused", "recording pause")}


async def all_links(dut: PacketDut) -> dict[str, Part]:
    """Every connection by its index."""
    packet = dut.ok(await dut.command("GETEPLINK", {"LANG": "en"}), "RSS-GETEPLINK", check="links")
    return {one_told(dut, "GETEPLINK", part, "INDEX") or "": part for part in packet.listed()}


def state_of(dut: PacketDut, part: Part | None) -> str | None:
    """The number of a connection's state; None if it is not there."""
    return None if part is None else one_told(dut, "GETEPLINK", part, "STATUS_INDEX")


async def patiently(dut: PacketDut, turn: int) -> None:
    """Wait a little before the next look."""
    most = dut.syntax.idle_s / 4  # of the device's time: on a fast clock no session may end between two looks
    await dut.wait(min(SOON[turn] * dut.target.clock_scale, most))


async def reaches(dut: PacketDut, index: str, *wanted: str | None) -> tuple[str | None, Part | None]:
    """The state of a connection and what is told of it, when it has come to one of these, or when patience ends."""
    for turn in range(len(SOON) + 1):
        part = (await all_links(dut)).get(index)
        state = state_of(dut, part)
        if state in wanted or turn == len(SOON):
            return state, part
        await patiently(dut, turn)
    return None, None


async def step(dut: PacketDut, operation: str, index: str, *, judged: bool = True, link: str = MAIN) -> Packet:
    """One step of a recording."""
    return await dut.command(operation, {"LANG": "en", "INDEX": index}, judged=judged, link=link)


async def does(dut: PacketDut, operation: str, index: str, *clauses: str) -> Packet:
    """A step that must succeed and lead to its state."""
    packet = dut.ok(await step(dut, operation, index), f"RSS-{operation}", *clauses, check=operation)
    await shows(dut, index, AFTER[operation], STATES[operation], *clauses, check=f"after.{operation}")
    return packet


async def shows(dut: PacketDut, index: str, wanted: str, *clauses: str, check: str) -> None:
    """A connection comes to a state, soon."""
    fits = (MENU, STREAMING) if wanted == MENU else (wanted,)
    state, part = await reaches(dut, index, *fits)
    name = "RSS-GETEPLINK.confirm.STATUS_INDEX"
    if state is None:
        dut.check(check, False, *clauses, "RSS-CON-001", "RSS-GETEPLINK", expected=f"state {wanted}", got="it is not listed")  # fmt: skip
        return
    dut.check(check, state in fits, *clauses, name, expected=f"state {wanted}", got=state)
    text = (one_told(dut, "GETEPLINK", part, "STATUS") or "").strip().lower() if part is not None else ""
    others = [word for known, words in _WORDS.items() if known != state for word in words]
    dut.check(
        f"{check}.text",
        text in _WORDS.get(state, (text,)) and text not in others,
        "RSS-CON-002",
        "RSS-GETEPLINK.confirm.STATUS",
        expected=f"the text of state {state}",
        got=text,
    )


async def calm(dut: PacketDut, count: int = 1, *, last: bool = False) -> list[str]:
    """Connections of the target file that are in the state Menu, in different rooms; they are stopped when the case has ended.

    Raises:
        CaseSkipped: the target file names fewer.
        CaseInconclusive: fewer are there and idle.
    """
    named = dut.fixtures("h323_links", count=count)
    now = await all_links(dut)
    idle = [one for one in named if state_of(dut, now.get(one)) == MENU]
    chosen: dict[str, str] = {}
    for one in reversed(idle) if last else idle:
        room = one_told(dut, "GETEPLINK", now[one], "MEETINGROOM") or "N/A"
        chosen.setdefault(f"{room} {one}" if room in ("N/A", "") else room, one)
    if len(chosen) < count:
        raise CaseInconclusive(f"{len(chosen)} of the connections {', '.join(named)} are there and idle, not {count}")
    return list(chosen.values())[:count]


async def begin(dut: PacketDut, index: str) -> None:
    """Start a recording before the case can go on.

    Raises:
        CaseInconclusive: it did not start.
    """
    await dut.setup(START, {"LANG": "en", "INDEX": index})
    state, _ = await reaches(dut, index, RUNNING)
    if state != RUNNING:
        raise CaseInconclusive(f"connection {index} is in state {state} after {START}")


async def end(dut: PacketDut, *indexes: str) -> None:
    """Stop what still records, without a check: it may be over."""
    now = await all_links(dut)
    for index in indexes:
        if state_of(dut, now.get(index)) in (RUNNING, PAUSED):
            await step(dut, STOP, index, judged=False)
        for operation in (STOP, CONTINUE):
            await Note("drop", operation, (f"INDEX={index}",))


def states(dut: PacketDut, links: Mapping[str, Part], indexes: Sequence[str]) -> dict[str, str | None]:
    """The states of connections."""
    return {one: state_of(dut, links.get(one)) for one in indexes}
