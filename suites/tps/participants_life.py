"""How participants come and go, what the lists tell of them meanwhile, and what limits how many there are."""

from __future__ import annotations

from typing import Any

from harness.calldut import CallDut
from harness.flow import CaseInconclusive
from suites.tps import SUITE
from suites.tps.live import (
    AFTER,
    JOIN,
    PATIENCE_S,
    QUIET_S,
    STATE,
    addresses,
    begun,
    calls_of,
    change,
    dialled,
    entry,
    inside,
    joined,
    joins,
    leaves,
    listed,
    slack,
    state,
    status,
    unknown_participant,
    until,
    up,
    waiting,
)
from suites.tps.world import conference, digits, figure, outgoing, participant

CHAPTER = "participants"
_ID = "participantID"


@SUITE.scenario(
    "participant.destroyed", "TPS-PRT-003", "TPS-PRT-004", "TPS-PRT-069", "TPS-PRT-021", "TPS-CON-036", chapter=CHAPTER, after=AFTER
)  # fmt: skip
async def destroyed(dut: CallDut) -> None:
    """A participant that is destroyed is gone with its calls, it alone, and counts no more."""
    where = await begun(dut)
    people = [await waiting(dut, where) for _ in range(4)]
    calls: list[object] = []
    if dut.target.fixture_texts("answering_addresses"):
        people.insert(1, await joined(dut, where))
        calls.append((await state(dut, people[1])).value("calls[0].callID"))
    for number, who in enumerate(tuple(people[:3])):
        await leaves(dut, who)
        await unknown_participant(dut, who, "TPS-PRT-003")
        people.remove(who)
        for other in people:
            reply = await dut.call(STATE, {_ID: other})
            stays = ("TPS-PRT-069", "TPS-PRT-021")
            dut.check("stays", reply.ok is True, *stays, expected="to be there", got=reply.describe(), step=reply.step)
        await _counted(dut, where, len(people), "TPS-CON-036", check=f"count.{number}")
    for call in calls:
        if isinstance(call, str):
            reply = await dut.call("flex.call.status", {"callID": call})
            dut.refused(reply, "TPS-PRT-004", check="call")


async def _counted(dut: CallDut, where: str, wanted: int, *clauses: str, check: str) -> None:
    """Status and list of a conference tell this number of participants."""
    reply = await status(dut, where)
    _, item = await listed(dut, where)
    told = reply.value("numParticipants")
    got = (told, item.get("numParticipants"))
    cited = ("TPS-CON-037", *clauses)
    dut.check(check, got == (wanted, wanted), *cited, expected=repr((wanted, wanted)), got=repr(got), step=reply.step)


@SUITE.scenario(
    "participant.counted", "TPS-CON-036", "TPS-CON-037", "TPS-CON-082", "TPS-CON-071", chapter=CHAPTER, after=AFTER
)
async def counted(dut: CallDut) -> None:
    """Those who are connected and those who wait for calls are counted, and the screens of those who are connected."""
    where = await begun(dut)
    await _counted(dut, where, 0, "TPS-CON-036", check="none")
    people = [await waiting(dut, where), await waiting(dut, where, 2)]
    await _counted(dut, where, 2, "TPS-CON-036", check="waiting")
    first, second = addresses(dut, 2)
    before = (await status(dut, where)).value("numScreens")
    people.append(await joined(dut, where, first))
    await _counted(dut, where, 3, "TPS-CON-036", check="one")
    reply = await status(dut, where)
    one = reply.value("numScreens")
    people.append(await joined(dut, where, second))
    reply = await status(dut, where)
    two = reply.value("numScreens")
    rises = isinstance(one, int) and isinstance(two, int) and before == 0 and one >= 1 and two >= one + 1
    got = repr((before, one, two))
    dut.check("screens", rises, "TPS-CON-082", expected="0, then one more for each", got=got, step=reply.step)
    await _counted(dut, where, 4, "TPS-CON-036", check="two")
    for number, who in enumerate(people):
        await leaves(dut, who)
        await _counted(dut, where, 3 - number, "TPS-CON-036", check="left")
    reply = await status(dut, where)
    got = repr(reply.value("numScreens"))
    dut.check("no-screens", got == "0", "TPS-CON-082", expected="0", got=got, step=reply.step)


@SUITE.scenario("participant.limit", "TPS-PRT-014", "TPS-CON-020", chapter=CHAPTER, after=AFTER, device_s=10.0)
async def limit(dut: CallDut) -> None:
    """As many as a conference may have are connected, and not one more, until there is room again."""
    known = addresses(dut, 3)
    where = await begun(dut, maxParticipants=2)
    for address in known[:2]:
        calls: list[Any] = [await outgoing(dut, address)]
        reply = dut.ok(await dut.call(JOIN, {"conferenceID": where, "calls": calls}), "TPS-PRT-014", check="fits")
        await joins(dut, str(reply.value(_ID)), "TPS-PRT-014")
    out = await outgoing(dut, known[2])
    reply = await dut.call(JOIN, {"conferenceID": where, "calls": [out]})
    if dut.either(reply, "TPS-AMB-128", "TPS-PRT-014", check="third"):
        third = str(reply.value(_ID))
        await dut.wait(QUIET_S + slack(dut))
        reply = await state(dut, third)
        passed = not inside(reply)
        dut.check("not-in", passed, "TPS-PRT-014", expected="no call in it", got=reply.describe(), step=reply.step)
        await leaves(dut, third)
    await change(dut, where, maxParticipants=3)
    await joins(dut, await dialled(dut, where, known[2]), "TPS-PRT-014")


@SUITE.scenario(
    "participant.dialled", "TPS-PRT-015", "TPS-PRT-017", "TPS-PRT-018", "TPS-PRT-044", "TPS-PRT-046", "TPS-PRT-047",
    chapter=CHAPTER, after=AFTER, device_s=14.0,
)  # fmt: skip
async def dialled_when(dut: CallDut) -> None:
    """Outgoing calls alone are made at once, beside incoming ones not before those; nobody is in before the conference begins."""
    first, second = addresses(dut, 2)
    where = await begun(dut)
    who = await dialled(dut, where, first)
    reply = await until(dut, lambda: state(dut, who), lambda one: bool(calls_of(one) and calls_of(one)[0]), slack(dut))
    passed = bool(calls_of(reply) and calls_of(reply)[0])
    dut.check("at-once", passed, "TPS-PRT-015", expected="a call", got=reply.describe(), step=reply.step)
    low = await figure(dut, "minCallBandwidth")
    mixed: list[Any] = [{"URI": digits(dut), "callBandwidth": low}, await outgoing(dut, second)]
    both = await participant(dut, where, calls=mixed)
    wait = 4 + int(slack(dut))
    began = await dut.clock()
    later = await conference(dut, startTime=wait, welcomeScreen=False)
    early = await dialled(dut, later, first)
    while await dut.clock() < began + wait - 1.5:
        await dut.wait(0.8)
        reply, item = await state(dut, early), await entry(dut, later, early)
        if await dut.clock() < began + wait - 1:
            passed = not inside(reply) and item.get("connectionState") != "connected"
            dut.check("early", passed, "TPS-PRT-018", expected="not in it", got=reply.describe(), step=reply.step)
    reply = await until(dut, lambda: state(dut, early), inside, PATIENCE_S)
    dut.check("in", inside(reply), "TPS-PRT-018", expected="in it", got=reply.describe(), step=reply.step)
    reply, item = await state(dut, both), await entry(dut, where, both)
    calls = calls_of(reply)
    passed = len(calls) == 2 and not any(calls)
    clauses = ("TPS-PRT-017", "TPS-PRT-044")
    dut.check("mixed", passed, *clauses, expected="two empty structs", got=repr(calls), step=reply.step)
    got = repr(item.get("connectionState"))
    fits = got in ("'neverConnected'", "'disconnected'")
    dut.check("never", fits, "TPS-PRT-046", expected="neverConnected", got=got)
    if fits:
        dut.observe("state", "TPS-AMB-144", got.strip("'"))


@SUITE.scenario("participant.lobby", "TPS-PRT-036", "TPS-PRT-003", chapter=CHAPTER, after=AFTER, device_s=14.0)
async def lobby(dut: CallDut) -> None:
    """One who is destroyed with leave for an exit lobby is disconnecting first; without leave gone at once."""
    where = await begun(dut, exitScreen=True)
    await leaves(dut, who := await joined(dut, where))
    dut.fault(await dut.call(STATE, {_ID: who}), "no-such-participant", "TPS-PRT-003", check="at-once")
    who = await joined(dut, where)
    dut.ok(await dut.call("flex.participant.destroy", {_ID: who, "allowExitScreen": True}), check="with-lobby")
    reply = await dut.call(STATE, {_ID: who})
    there = reply.ok is True
    if there:
        try:
            word = (await entry(dut, where, who)).get("connectionState")
        except CaseInconclusive:
            word = None
        passed = word in (None, "disconnecting", "disconnected")
        dut.check("disconnecting", passed, "TPS-PRT-036", expected="disconnecting", got=repr(word), step=reply.step)

        async def left() -> bool:
            return (await dut.call(STATE, {_ID: who}, undo=False)).ok is True

        gone = not await until(dut, left, lambda one: not one, 20.0)
        dut.check("gone", gone, "TPS-PRT-003", expected="gone after its exit lobby", got="there")
    dut.observe("lobby", "TPS-AMB-126", "lobby" if there else "gone", step=reply.step)


@SUITE.scenario("participant.established", "TPS-PRT-047", "TPS-PRT-041", chapter=CHAPTER, after=AFTER)
async def established(dut: CallDut) -> None:
    """A participant is connected once all its calls are complete, and not before."""
    first, second = addresses(dut, 2)
    where = await begun(dut)
    for who in (await dialled(dut, where, first), await dialled(dut, where, first, second)):
        for _ in range(200):
            before = inside(await state(dut, who))
            item = await entry(dut, where, who)
            after = inside(await state(dut, who))
            word = item.get("connectionState")
            passed = (word == "connected") is before if before == after else True
            if not passed or before:
                got = f"{word} with calls {'complete' if before else 'not complete'}"
                dut.check("agrees", passed, "TPS-PRT-047", expected="connected when complete", got=got)
                break
            await dut.wait(0.1)
        else:
            raise CaseInconclusive("the endpoint did not come into the conference in time")
        if not up(await state(dut, who)):
            return
