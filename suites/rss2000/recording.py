"""Recordings of H.323 connections step by step: legal and idle steps, twice, on others' connections, and what watchers are told."""

from __future__ import annotations

from harness.messages.packetreply import Part
from harness.packetdut import PacketDut
from suites.rss2000 import SUITE
from suites.rss2000.links import (
    CONTINUE,
    MENU,
    PAUSE,
    PAUSED,
    RUNNING,
    START,
    STEPS,
    STOP,
    all_links,
    begin,
    calm,
    does,
    end,
    reaches,
    shows,
    state_of,
    step,
)  # fmt: skip
from suites.rss2000.rights import number, one_told

CHAPTER = "H.323 Connections"
_SUCCESSES = tuple(f"{one}.success" for one in (*STEPS, "GETEPLINK"))
_WAYS = (START, PAUSE, CONTINUE, PAUSE, CONTINUE, STOP)


@SUITE.scenario(
    "record.cycle",
    "RSS-CON-002",
    "RSS-CON-003",
    "RSS-CON-004",
    "RSS-CON-005",
    "RSS-CON-006",
    "RSS-CON-013",
    chapter=CHAPTER,
    after=_SUCCESSES,
)
async def cycle(dut: PacketDut) -> None:
    """Start, pause, continue, pause, continue, stop, and all of it again: the list tells each state."""
    (index,) = await calm(dut, last=True)
    before = (await all_links(dut)).get(index)
    try:
        for _ in range(2):
            for operation in _WAYS:
                await does(dut, operation, index)
                _lasts(dut, before, (await all_links(dut)).get(index))
    finally:
        await end(dut, index)


def _lasts(dut: PacketDut, before: Part | None, now: Part | None) -> None:
    """A connection is the same as before a step."""
    for name in ("IP", "STARTTIME") if before is not None else ():
        was = one_told(dut, "GETEPLINK", before, name) if before is not None else None
        got = one_told(dut, "GETEPLINK", now, name) if now is not None else None
        dut.check(f"lasting.{name}", was == got, "RSS-CON-013", expected=f"{name} {was!r}", got=str(got))


@SUITE.scenario("record.stop-paused", "RSS-CON-006", "RSS-CON-007", chapter=CHAPTER, after=("GETEPLINK.success",))
async def stop_paused(dut: PacketDut) -> None:
    """A paused recording is stopped, each time, and a new one can begin."""
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
    """Steps that follow each other without a look at the list lead to the same states."""
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
    """A step that finds nothing to do, in each state and more than once, leaves the state as it was."""
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
    """A start of what is paused is refused, or leaves it paused, or goes on with it."""
    (index,) = await calm(dut)
    try:
        await begin(dut, index)
        await does(dut, PAUSE, index)
        packet = await step(dut, START, index)
        accepted = dut.either(packet, "RSS-AMB-101", "RSS-CON-011")
        wanted = (RUNNING, PAUSED) if accepted else (PAUSED,)
        state, _ = await reaches(dut, index, *wanted)
        dut.check(
            "state",
            state in wanted,
            "RSS-CON-011",
            "RSS-GETEPLINK.confirm.STATUS_INDEX",
            expected=" or ".join(wanted),
            got=str(state),
        )
        if accepted and state in wanted:
            dut.observe("resumed", "RSS-AMB-101", "resumed" if state == RUNNING else "unchanged")
    finally:
        await end(dut, index)


def _register_unknown(operation: str) -> None:
    @SUITE.scenario(
        f"record.unknown.{operation}",
        f"RSS-{operation}.INDEX.unknown",
        "RSS-CON-009",
        chapter=CHAPTER,
        after=(f"{operation}.success",),
    )
    async def unknown(dut: PacketDut) -> None:
        """The index of no connection is refused each time, and no connection changes."""
        mine = await calm(dut)
        links = await all_links(dut)
        free = [str(60_000 + dut.rng.randrange(900_000)), str(max(number(one) or 0 for one in (*links, "1024")) + 7)]
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
                dut.refused(packet, f"RSS-{operation}.INDEX.unknown")
                now = state_of(dut, (await all_links(dut)).get(mine[0]))
                dut.check("others", now == wanted, "RSS-CON-009", expected=f"state {wanted}", got=str(now))
        finally:
            await end(dut, *mine)


for _operation in STEPS:
    _register_unknown(_operation)


@SUITE.scenario(
    "record.unknown.HANGUP", "RSS-CON-009", "RSS-HANGUP.INDEX.type", chapter=CHAPTER, after=("GETEPLINK.success",)
)
async def hang_up_nobody(dut: PacketDut) -> None:
    """A connection that is not there is hung up: either way, those that are there stay."""
    before = [one for one in dut.fixtures("h323_links") if one in await all_links(dut)]
    gone = False
    for _ in range(2):
        packet = await step(dut, "HANGUP", str(60_000 + dut.rng.randrange(900_000)))
        gone |= dut.either(packet, "RSS-AMB-108", "RSS-HANGUP")
    for word in ("word", "-1", "1.5"):
        packet = await dut.command("HANGUP", {"LANG": "en", "INDEX": word}, judged=False)
        if gone:  # to such a device a connection that cannot be is one that is not there
            dut.either(packet, "RSS-AMB-108", "RSS-HANGUP")
        else:
            dut.refused(packet, "RSS-HANGUP.INDEX.type")
    now = await all_links(dut)
    lost = [one for one in before if one not in now]
    dut.check(
        "stay",
        len(lost) < len(before) or not before,
        "RSS-CON-009",
        "RSS-HANGUP.INDEX",
        expected="connections that stay",
        got=", ".join(lost),
    )
