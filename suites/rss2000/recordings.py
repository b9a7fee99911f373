"""Recordings of several connections, what watchers are told of them, and the list of connections."""

from __future__ import annotations

from harness.flow import CaseInconclusive
from harness.messages.packetreply import Packet, spelled
from harness.packetdut import PacketDut
from suites.rss2000 import SUITE
from suites.rss2000.links import (
    AFTER,
    CONTINUE,
    MENU,
    PAUSE,
    RUNNING,
    START,
    STEPS,
    STOP,
    STREAMING,
    all_links,
    begin,
    calm,
    does,
    end,
    reaches,
    states,
    step,
)  # fmt: skip
from suites.rss2000.rights import one_told

CHAPTER = "H.323 Connections"
_SUCCESSES = tuple(f"{one}.success" for one in (*STEPS, "GETEPLINK"))
_STATED = {START: ("RSS-CON-003",), PAUSE: ("RSS-CON-004",), CONTINUE: ("RSS-CON-005",), STOP: ("RSS-CON-006",)}
_WAYS = (START, PAUSE, CONTINUE, PAUSE, CONTINUE, STOP)


@SUITE.scenario("record.others", "RSS-CON-009", "RSS-CON-003", "RSS-CON-006", chapter=CHAPTER, after=_SUCCESSES)
async def others(dut: PacketDut) -> None:
    """Two connections are recorded at the same time: each step changes the one that it names, all others stay."""
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
        for operation, index in (
            (STOP, two),
            (START, two),
            (PAUSE, one),
            (PAUSE, two),
            (CONTINUE, one),
            (PAUSE, one),
            (CONTINUE, two),
            (CONTINUE, one),
            (PAUSE, two),
            (STOP, one),
            (CONTINUE, two),
            (START, one),
            (STOP, one),
            (STOP, two),
        ):
            await dut.setup(operation, {"LANG": "en", "INDEX": index})
            wanted[index] = AFTER[operation]
            await _others_stay(dut, wanted, index, operation)
    finally:
        await end(dut, one, two)


async def _others_stay(dut: PacketDut, wanted: dict[str, str | None], index: str, operation: str) -> None:
    own = (MENU, STREAMING) if wanted[index] == MENU else (wanted[index],)
    state, _ = await reaches(dut, index, *own)
    dut.check(
        "named",
        state in own,
        "RSS-CON-009",
        *_STATED.get(operation, ()),
        f"RSS-{operation}",
        f"RSS-{operation}.INDEX",
        expected=f"{index} in state {wanted[index]}",
        got=str(state),
    )
    now = states(dut, await all_links(dut), list(wanted))
    wrong = [f"{one} in state {now[one]}, not {state}" for one, state in wanted.items() if one != index and now[one] != state]  # fmt: skip
    dut.check(
        "others",
        not wrong,
        "RSS-CON-009",
        f"RSS-{operation}",
        f"RSS-{operation}.INDEX",
        expected=f"the others as before {operation} of {index}",
        got="; ".join(wrong),
    )


def _tells(dut: PacketDut, operation: str, packet: Packet, index: str) -> bool:
    message = dut.model.operations[operation].indication
    names = spelled(message.fields["INDEX"].names, "INDEX") if message is not None else ("INDEX",)
    return any(part.get(*names) == index for part in packet.parts)


@SUITE.scenario(
    "record.told",
    *(f"RSS-{one}.indication.INDEX" for one in STEPS),
    "RSS-IND-001",
    "RSS-IND-003",
    "RSS-IND-005",
    chapter=CHAPTER,
    after=_SUCCESSES,
)
async def watched_steps(dut: PacketDut) -> None:
    """A watcher is told of each step once, with the index of its connection, and of no step that is refused."""
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
            dut.check(
                f"told.{operation}",
                len(mine) == 1,
                clause,
                f"{clause}.INDEX",
                "RSS-IND-001",
                "RSS-IND-003",
                expected=f"one indication of {index}",
                got="; ".join(one.describe() for one in told) or "none",
            )
            for packet in mine[:1]:
                dut.judge(operation, packet, [("INDEX", index)])
            wrong = [packet for packet in told if _tells(dut, operation, packet, strange)]
            dut.check(
                f"refused.{operation}",
                not wrong,
                "RSS-IND-005",
                expected="no indication of what was refused",
                got=str(len(wrong)),
            )
    finally:
        await end(dut, index)


@SUITE.scenario(
    "record.listed",
    "RSS-CON-001",
    "RSS-CON-016",
    "RSS-CON-017",
    "RSS-CON-002",
    chapter=CHAPTER,
    after=("GETEPLINK.success",),
)
async def listed(dut: PacketDut) -> None:
    """Each connection is listed once, with plausible values, while it records and before and after it."""
    packet = dut.ok(await dut.command("GETEPLINK", {"LANG": "en"}), "RSS-GETEPLINK", check="links")
    indexes = [one_told(dut, "GETEPLINK", part, "INDEX") for part in packet.listed()]
    dut.check("once", len(set(indexes)) == len(indexes), "RSS-CON-001", expected="each index once", got=str(indexes), step=packet.step)  # fmt: skip
    rooms = {one_told(dut, "GETROOM", part, "ROOM_ID") for part in (await dut.setup("GETROOM")).listed()}
    for part in packet.listed():
        lost = (one_told(dut, "GETEPLINK", part, "NETWORK") or "").strip().removesuffix("%").strip()
        number = lost.replace(".", "", 1)
        dut.check(
            "network", number.isdecimal() and float(lost) <= 100, "RSS-CON-016", expected="a percentage", got=lost
        )
        room = one_told(dut, "GETEPLINK", part, "MEETINGROOM") or ""
        dut.check("room", room in ("", "N/A") or room in rooms, "RSS-CON-017", expected="a room, N/A or nothing", got=room)  # fmt: skip
    (index,) = await calm(dut)
    named = [one for one in dut.fixtures("h323_links") if one in indexes]
    absent = [one for one in dut.fixtures("h323_links") if one not in indexes]
    try:
        for one in absent[:2]:  # one that records is a connection, so it was one before
            before = await step(dut, START, one, judged=False)
            seen = one in await all_links(dut)
            dut.check(
                "current",
                before.ok is not True or not seen,
                "RSS-CON-001",
                "RSS-GETEPLINK",
                expected=f"connection {one} listed before it records",
                got="only while it records",
            )
            if before.ok:
                await step(dut, STOP, one, judged=False)
        await begin(dut, index)
        now = await all_links(dut)
        lost_links = [one for one in named if one not in now]
        dut.check(
            "still",
            len(lost_links) < len(named),
            "RSS-CON-001",
            expected="connections that stay listed",
            got=", ".join(lost_links),
        )
        await does(dut, STOP, index)
    finally:
        await end(dut, index, *absent[:2])
