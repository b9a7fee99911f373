"""Recordings of H.323 connections step by step: legal and idle steps, twice, on others' connections, and what watchers are told."""

from __future__ import annotations

from harness.flow import CaseInconclusive
from harness.messages.packetreply import Packet, spelled
from harness.packetdut import PacketDut
from suites.rss2000 import SUITE
from suites.rss2000.links import (
    AFTER, CONTINUE, MENU, PAUSE, PAUSED, RUNNING, START, STEPS, STOP, STREAMING, all_links, begin, calm, does, end, reaches, shows, state_of, states, step,
)  # fmt: skip
from suites.rss2000.rights import one_told

CHAPTER = "H.323 Connections"
_SUCCESSES = tuple(f"{one}.success" for one in (*STEPS, "GETEPLINK"))
_WAYS = (START, PAUSE, CONTINUE, PAUSE, CONTINUE, STOP)


@SUITE.scenario("record.cycle", "RSS-CON-002", "RSS-CON-003", "RSS-CON-004", "RSS-CON-005", "RSS-CON-006", "RSS-CON-013", chapter=CHAPTER, after=_SUCCESSES)  # fmt: skip
async def cycle(dut: PacketDut) -> None:
    """Start, pause, continue, pause, continue, stop, and all of it again: the list tells each state"""
    (index,) = await calm(dut)
    before = (await all_links(dut))[index]
    try:
        for _ in range(2):
            for operation in _WAYS:
                await does(dut, operation, index)
    finally:
        await end(dut, index)
    after = (await all_links(dut)).get(index)
    for name in ("IP", "STARTTIME"):
        was = one_told(dut, "GETEPLINK", before, name)
        now = one_told(dut, "GETEPLINK", after, name) if after is not None else None
        dut.check(f"lasting.{name}", was == now, "RSS-CON-013", expected=f"{name} {was!r}", got=str(now))


@SUITE.scenario("record.stop-paused", "RSS-CON-006", "RSS-CON-007", chapter=CHAPTER, after=_SUCCESSES)
async def stop_paused(dut: PacketDut) -> None:
    """A paused recording is stopped, each time, and a new one can begin"""
    (index,) = await calm(dut, last=True)
    try:
        for _ in range(2):
            await does(dut, START, index)
            await does(dut, PAUSE, index)
            await does(dut, STOP, index, "RSS-CON-007", "RSS-STOPROOMRECORD.INDEX")
    finally:
        await end(dut, index)


@SUITE.scenario("record.unseen", "RSS-CON-004", "RSS-CON-006", chapter=CHAPTER, after=_SUCCESSES)
async def unseen(dut: PacketDut) -> None:
    """Steps that follow each other without a look at the list lead to the same states"""
    (index,) = await calm(dut)
    try:
        for operation in (START, PAUSE, CONTINUE, PAUSE):
            await dut.setup(operation, {"LANG": "en", "INDEX": index})
        await shows(dut, index, PAUSED, "RSS-CON-004", "RSS-PAUSEROOMRECORD", check="paused")
        for operation in (CONTINUE, PAUSE, CONTINUE, STOP):
            await dut.setup(operation, {"LANG": "en", "INDEX": index})
        await shows(dut, index, MENU, "RSS-CON-006", "RSS-STOPROOMRECORD", check="stopped")
    finally:
        await end(dut, index)


async def _again(dut: PacketDut, operation: str, index: str, state: str) -> None:
    """A step for which there is nothing to do, twice: whatever answers it, the state stays."""
    for _ in range(2):
        packet = await step(dut, operation, index)
        dut.either(packet, "RSS-AMB-100", "RSS-CON-010", f"RSS-{operation}", check=f"again.{operation}")
        await shows(dut, index, state, "RSS-CON-010", f"RSS-{operation}", check=f"stays.{operation}")


@SUITE.scenario("record.nothing-to-do", "RSS-CON-010", chapter=CHAPTER, after=_SUCCESSES)
async def nothing_to_do(dut: PacketDut) -> None:
    """A step that finds nothing to do, in each state and more than once, leaves the state as it was"""
    (index,) = await calm(dut)
    try:
        for operation in (PAUSE, CONTINUE, STOP):
            await _again(dut, operation, index, MENU)
        await begin(dut, index)
        for operation in (START, CONTINUE):
            await _again(dut, operation, index, RUNNING)
        await does(dut, PAUSE, index)
        await _again(dut, PAUSE, index, PAUSED)
        await does(dut, CONTINUE, index)
        await does(dut, STOP, index)
        for operation in (STOP, PAUSE, CONTINUE):
            await _again(dut, operation, index, MENU)
    finally:
        await end(dut, index)


@SUITE.scenario("record.start-paused", "RSS-CON-011", chapter=CHAPTER, after=_SUCCESSES)
async def start_paused(dut: PacketDut) -> None:
    """A start of what is paused is refused, or leaves it paused, or goes on with it"""
    (index,) = await calm(dut)
    try:
        await begin(dut, index)
        await does(dut, PAUSE, index)
        packet = await step(dut, START, index)
        accepted = dut.either(packet, "RSS-AMB-101", "RSS-CON-011")
        wanted = (RUNNING, PAUSED) if accepted else (PAUSED,)
        state, _ = await reaches(dut, index, *wanted)
        dut.check("state", state in wanted, "RSS-CON-011", "RSS-GETEPLINK.confirm.STATUS_INDEX", expected=" or ".join(wanted), got=str(state))  # fmt: skip
        if accepted and state in wanted:
            dut.observe("resumed", "RSS-AMB-101", "resumed" if state == RUNNING else "unchanged")
    finally:
        await end(dut, index)


def _register_unknown(operation: str) -> None:
    @SUITE.scenario(f"record.unknown.{operation}", f"RSS-{operation}.INDEX.unknown", "RSS-CON-009", chapter=CHAPTER, after=(f"{operation}.success",))  # fmt: skip
    async def unknown(dut: PacketDut) -> None:
        """The index of no connection is refused each time, and no connection changes"""
        mine = await calm(dut)
        links = await all_links(dut)
        free = [str(60_000 + dut.rng.randrange(900_000)), str(max(int(one) for one in links if one.isdecimal()) + 7)]
        try:
            if operation != START:
                await begin(dut, mine[0])
            if operation == CONTINUE:
                await does(dut, PAUSE, mine[0])
            wanted = state_of(dut, (await all_links(dut)).get(mine[0]))
            for index in (*free, free[0]):
                if index in await all_links(dut):
                    continue
                packet = await step(dut, operation, index)
                dut.refused(packet, f"RSS-{operation}.INDEX.unknown", f"RSS-{operation}.error.failed")
                now = state_of(dut, (await all_links(dut)).get(mine[0]))
                dut.check("others", now == wanted, "RSS-CON-009", expected=f"state {wanted}", got=str(now))
        finally:
            await end(dut, *mine)


for _operation in STEPS:
    _register_unknown(_operation)


@SUITE.scenario("record.unknown.HANGUP", "RSS-CON-009", chapter=CHAPTER, after=("GETEPLINK.success",))
async def hang_up_nobody(dut: PacketDut) -> None:
    """A connection that is not there is hung up: either way, those that are there stay"""
    before = [one for one in dut.fixtures("h323_links") if one in await all_links(dut)]
    for _ in range(2):
        packet = await step(dut, "HANGUP", str(60_000 + dut.rng.randrange(900_000)))
        dut.either(packet, "RSS-AMB-108", "RSS-HANGUP")
    now = await all_links(dut)
    lost = [one for one in before if one not in now]
    dut.check("stay", len(lost) < len(before) or not before, "RSS-CON-009", "RSS-HANGUP.INDEX", expected="connections that stay", got=", ".join(lost))  # fmt: skip


@SUITE.scenario("record.others", "RSS-CON-009", "RSS-CON-003", "RSS-CON-006", chapter=CHAPTER, after=_SUCCESSES)
async def others(dut: PacketDut) -> None:
    """Two connections are recorded at the same time: each step changes the one that it names, all others stay"""
    one, two = await calm(dut, 2)
    watched = [index for index in dut.fixtures("h323_links") if index in await all_links(dut)]
    wanted = states(dut, await all_links(dut), watched)
    try:
        await begin(dut, one)
        wanted[one] = RUNNING
        if (await step(dut, START, two, judged=False)).ok is not True:
            raise CaseInconclusive("the device does not record a second connection beside the first")
        wanted[two] = RUNNING
        await _others_stay(dut, wanted, two, START)
        for operation, index in ((PAUSE, one), (PAUSE, two), (CONTINUE, one), (PAUSE, one), (CONTINUE, two), (CONTINUE, one), (PAUSE, two), (STOP, one), (CONTINUE, two), (STOP, two)):  # fmt: skip
            await dut.setup(operation, {"LANG": "en", "INDEX": index})
            wanted[index] = AFTER[operation]
            await _others_stay(dut, wanted, index, operation)
    finally:
        await end(dut, one, two)


async def _others_stay(dut: PacketDut, wanted: dict[str, str | None], index: str, operation: str) -> None:
    own = (MENU, STREAMING) if wanted[index] == MENU else (wanted[index],)
    state, _ = await reaches(dut, index, *own)
    dut.check("named", state in own, "RSS-CON-009", f"RSS-{operation}", f"RSS-{operation}.INDEX", expected=f"{index} in state {wanted[index]}", got=str(state))  # fmt: skip
    now = states(dut, await all_links(dut), list(wanted))
    wrong = [f"{one} in state {now[one]}, not {state}" for one, state in wanted.items() if one != index and now[one] != state]  # fmt: skip
    dut.check("others", not wrong, "RSS-CON-009", f"RSS-{operation}", f"RSS-{operation}.INDEX", expected=f"the others as before {operation} of {index}", got="; ".join(wrong))  # fmt: skip


def _tells(dut: PacketDut, operation: str, packet: Packet, index: str) -> bool:
    message = dut.model.operations[operation].indication
    names = spelled(message.fields["INDEX"].names, "INDEX") if message is not None else ("INDEX",)
    return any(part.get(*names) == index for part in packet.parts)


@SUITE.scenario("record.told", *(f"RSS-{one}.indication.INDEX" for one in STEPS), "RSS-IND-001", "RSS-IND-003", "RSS-IND-005", chapter=CHAPTER, after=_SUCCESSES)  # fmt: skip
async def watched_steps(dut: PacketDut) -> None:
    """A watcher is told of each step once, with the index of its connection, and of no step that is refused"""
    (index,) = await calm(dut, last=True)
    await dut.login(link="watcher", indications=True)
    strange = str(60_000 + dut.rng.randrange(900_000))
    try:
        for operation in (START, PAUSE, STOP, START, PAUSE, CONTINUE, PAUSE, CONTINUE, STOP):
            dut.news.pop("watcher", None)
            await dut.setup(operation, {"LANG": "en", "INDEX": index})
            await step(dut, operation, strange, judged=False)
            await dut.wait_for("watcher", operation)
            await dut.settle("watcher")
            told = dut.told("watcher", operation)
            mine = [packet for packet in told if _tells(dut, operation, packet, index)]
            clause = f"RSS-{operation}.indication"
            dut.check(f"told.{operation}", len(mine) == 1, clause, f"{clause}.INDEX", "RSS-IND-001", "RSS-IND-003", expected=f"one indication of {index}", got="; ".join(one.describe() for one in told) or "none")  # fmt: skip
            for packet in mine[:1]:
                dut.judge(operation, packet, [("INDEX", index)])
            wrong = [packet for packet in told if _tells(dut, operation, packet, strange)]
            dut.check(f"refused.{operation}", not wrong, "RSS-IND-005", expected="no indication of what was refused", got=str(len(wrong)))  # fmt: skip
    finally:
        await end(dut, index)


@SUITE.scenario("record.listed", "RSS-CON-001", "RSS-CON-016", "RSS-CON-017", "RSS-CON-002", chapter=CHAPTER, after=("GETEPLINK.success",))  # fmt: skip
async def listed(dut: PacketDut) -> None:
    """Each connection is listed once, with plausible values, while it records and before and after it"""
    packet = dut.ok(await dut.command("GETEPLINK", {"LANG": "en"}), "RSS-GETEPLINK", check="links")
    indexes = [one_told(dut, "GETEPLINK", part, "INDEX") for part in packet.listed()]
    dut.check("once", len(set(indexes)) == len(indexes), "RSS-CON-001", expected="each index once", got=str(indexes), step=packet.step)  # fmt: skip
    rooms = {one_told(dut, "GETROOM", part, "ROOM_ID") for part in (await dut.setup("GETROOM")).listed()}
    for part in packet.listed():
        lost = (one_told(dut, "GETEPLINK", part, "NETWORK") or "").strip().removesuffix("%").strip()
        number = lost.replace(".", "", 1)
        dut.check("network", number.isdecimal() and float(lost) <= 100, "RSS-CON-016", expected="a percentage", got=lost)
        room = one_told(dut, "GETEPLINK", part, "MEETINGROOM") or ""
        dut.check("room", room in ("", "N/A") or room in rooms, "RSS-CON-017", expected="a room, N/A or nothing", got=room)  # fmt: skip
    (index,) = await calm(dut)
    named = [one for one in dut.fixtures("h323_links") if one in indexes]
    absent = [one for one in dut.fixtures("h323_links") if one not in indexes]
    try:
        for one in absent[:2]:  # one that records is a connection, so it was one before
            before = await step(dut, START, one, judged=False)
            seen = one in await all_links(dut)
            dut.check("current", before.ok is not True or not seen, "RSS-CON-001", "RSS-GETEPLINK", expected=f"connection {one} listed before it records", got="only while it records")  # fmt: skip
            if before.ok:
                await step(dut, STOP, one, judged=False)
        await begin(dut, index)
        now = await all_links(dut)
        lost_links = [one for one in named if one not in now]
        dut.check("still", len(lost_links) < len(named), "RSS-CON-001", expected="connections that stay listed", got=", ".join(lost_links))  # fmt: skip
        await does(dut, STOP, index)
    finally:
        await end(dut, index, *absent[:2])
