"""Locks, chairs and last calls: who lets whom in, and whose going ends what."""

from __future__ import annotations

from typing import Any

from harness.calldut import CallDut
from suites.tps import SUITE
from suites.tps.live import (
    AFTER,
    COMPLETE,
    QUIET_S,
    STATUS,
    addresses,
    asked,
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
    out,
    query,
    slack,
    state,
    status,
    there,
    until,
    up,
    waiting,
)
from suites.tps.told import LISTS

CHAPTER = "conferences"
GUEST, CHAIR = {"accessLevel": "guest"}, {"accessLevel": "chair"}
_LOBBY_S = 20.0


@SUITE.scenario(
    "conference.agrees",
    "TPS-CON-024",
    "TPS-CON-044",
    "TPS-flex.conference.modify.locked:shown",
    chapter=CHAPTER,
    after=AFTER[:1],
)
async def agrees(dut: CallDut) -> None:
    """Query, status and list tell the same name, reference, lock and activity, at first and after each change."""
    where = await begun(dut, conferenceName="First", conferenceReference="first", locked=False)
    steps: tuple[dict[str, Any], ...] = (
        {"locked": True}, {"conferenceName": "Second"}, {"locked": False, "conferenceReference": "second"},
        {"conferenceReference": ""}, {"locked": True, "conferenceName": "12345678", "conferenceReference": "third"},
    )  # fmt: skip
    wanted: dict[str, Any] = {"conferenceName": "First", "conferenceReference": "first", "locked": False}
    for members in ({}, *steps):
        if members:
            await change(dut, where, **members)
        wanted |= {name: value or None if value == "" else value for name, value in members.items()}
        page, item = await listed(dut, where)
        for check, names, reply, told in (
            ("query", ("conferenceName", "conferenceReference", "locked"), page, (await query(dut, where)).members),
            ("status", ("conferenceReference", "locked"), page, (await status(dut, where)).members),
            ("list", ("conferenceName", "conferenceReference", "locked"), page, item),
        ):
            got = {name: told.get(name) for name in names}
            expected = {name: wanted[name] for name in names}
            clauses = ("TPS-CON-024", *(("TPS-CON-044",) if wanted["conferenceReference"] is None else ()))
            dut.check(check, got == expected, *clauses, expected=repr(expected), got=repr(got), step=reply.step)
        reply = await status(dut, where)
        passed = item.get("active") == reply.value("active")
        dut.check("active", passed, "TPS-CON-024", expected="one activity", got=repr(item), step=reply.step)


@SUITE.scenario("conference.limits-kept", "TPS-CON-003", chapter=CHAPTER, after=AFTER[:1])
async def limits_kept(dut: CallDut) -> None:
    """A change of one limit leaves the others, whether they are numbers or there is none."""
    numbers = {"duration": 72_000, "maxParticipants": 7, "conferenceMediaTokens": 900}
    where = await begun(dut, **numbers)
    for name in (*numbers, *numbers):
        numbers[name] += 1
        await change(dut, where, **{name: numbers[name]})
        reply = await query(dut, where)
        got = {one: reply.value(one) for one in numbers}
        dut.check(name, got == numbers, "TPS-CON-003", expected=repr(numbers), got=repr(got), step=reply.step)
    await change(dut, where, maxParticipantsUnlimited=True)
    reply = await query(dut, where)
    got = {one: reply.value(one) for one in numbers}
    expected = {**numbers, "maxParticipants": None}
    dut.check("unlimited", got == expected, "TPS-CON-003", expected=repr(expected), got=repr(got), step=reply.step)


@SUITE.scenario(
    "conference.unlocked", "TPS-CON-025", "TPS-CON-027", "TPS-CON-028", chapter=CHAPTER, after=AFTER, device_s=10.0
)
async def unlocked(dut: CallDut) -> None:
    """A locked conference takes those who are dialled; where that is wanted it is unlocked when the last of them has left."""
    first, second = addresses(dut, 2)
    where = await begun(dut, locked=True, unlockWithLastCall=True)
    people = [await dialled(dut, where, address) for address in (first, second)]
    for who in people:
        await joins(dut, who, "TPS-CON-025")
    reply = await status(dut, where)
    got = reply.value("locked")
    dut.check("stays", got is True, "TPS-CON-025", "TPS-CON-028", expected="locked", got=repr(got), step=reply.step)
    await leaves(dut, people[0])
    await dut.wait(QUIET_S)
    reply = await status(dut, where)
    reading = "last" if reply.value("locked") is True else "any"
    dut.observe("unlocks", "TPS-AMB-115", reading, clauses=("TPS-CON-027",), step=reply.step)
    await leaves(dut, people[1])
    reply = await until(dut, lambda: status(dut, where), lambda one: one.value("locked") is False, slack(dut))
    got = reply.value("locked")
    dut.check("unlocked", got is False, "TPS-CON-027", expected="not locked", got=repr(got), step=reply.step)
    await _locked_on(dut, first)


async def _locked_on(dut: CallDut, address: str) -> None:
    """Where it is not wanted a conference stays locked; a change says so as well as its making."""
    where = await begun(dut, locked=True, unlockWithLastCall=True)
    await change(dut, where, unlockWithLastCall=False)
    await leaves(dut, await joined(dut, where, address))
    other = await begun(dut, locked=True, unlockWithLastCall=False)
    await leaves(dut, await joined(dut, other, address))
    await dut.wait(QUIET_S)
    for check, one in (("changed", where), ("made", other)):
        reply = await status(dut, one)
        got = reply.value("locked")
        dut.check(f"locked.{check}", got is True, "TPS-CON-028", expected="locked", got=repr(got), step=reply.step)


@SUITE.scenario(
    "conference.last-call", "TPS-CON-029", "TPS-CON-030", "TPS-CON-009", chapter=CHAPTER, after=AFTER, device_s=10.0
)
async def last_call(dut: CallDut) -> None:
    """Where that is wanted a conference is destroyed with its last call, and with none before; else it stays."""
    first, second = addresses(dut, 2)
    where = await begun(dut, terminateWithLastCall=True)
    other = await begun(dut, terminateWithLastCall=False)
    people = [await joined(dut, where, address) for address in (first, second)]
    lone = await joined(dut, other, first)
    await leaves(dut, people[0])
    await leaves(dut, lone)
    await dut.wait(QUIET_S)
    for check, one, clause in (("one-left", where, "TPS-CON-029"), ("stays", other, "TPS-CON-030")):
        reply = await dut.call(STATUS, {"conferenceID": one})
        dut.check(check, reply.ok is True, clause, expected="to be there", got=reply.describe(), step=reply.step)
    await leaves(dut, people[1])
    left = await until(dut, lambda: there(dut, where), lambda one: not one, _LOBBY_S)
    dut.check("gone", not left, "TPS-CON-029", expected="the conference to be gone with its last call", got="there")


@SUITE.scenario(
    "conference.chair.awaited", "TPS-CON-032", "TPS-CON-033", "TPS-PRT-047", "TPS-PRT-056", chapter=CHAPTER, after=AFTER, device_s=12.0
)  # fmt: skip
async def awaited(dut: CallDut) -> None:
    """Guests wait for a chair, and say so, where that is wanted, and come in with the first; else they need none."""
    first, second = addresses(dut, 2)
    where = await begun(dut, waitForChair=True)
    guest = await dialled(dut, where, first, callAttributes=GUEST)
    reply = await until(dut, lambda: state(dut, guest), lambda one: _waits(one.value("calls[0].conferenceState")))
    if up(reply):
        await dut.wait(QUIET_S)
        reply = await state(dut, guest)
    place = reply.value("calls[0].conferenceState")
    got = repr(place)
    dut.check("waits", place == "awaitingChair", "TPS-CON-032", expected="awaitingChair", got=got, step=reply.step)
    item = await entry(dut, where, guest)
    got = repr(item.get("connectionState"))
    dut.check("connecting", got == "'connecting'", "TPS-PRT-047", expected="connecting", got=got)
    chair = await joined(dut, where, second, callAttributes=CHAIR)
    await joins(dut, guest, "TPS-CON-032")
    for who, level in ((guest, "guest"), (chair, "chair")):
        for method in LISTS[:2]:
            item = await entry(dut, where, who, method)
            got = repr((item.get("connectionState"), item.get("accessLevel")))
            dut.check(
                f"{method}.{level}", got == repr(("connected", level)), "TPS-PRT-047", "TPS-PRT-056",
                expected=f"connected, {level}", got=got,
            )  # fmt: skip
    for members in ({"waitForChair": False}, {}):
        free = await begun(dut, **members)
        if not members:
            await change(dut, free, waitForChair=False)
        guest = await dialled(dut, free, first, callAttributes=GUEST)
        await joins(dut, guest, "TPS-CON-033")


def _waits(place: object) -> bool:
    return place in ("awaitingChair", COMPLETE)


@SUITE.scenario("conference.chair.exit", "TPS-CON-034", "TPS-CON-035", chapter=CHAPTER, after=AFTER, device_s=12.0)
async def chair_exit(dut: CallDut) -> None:
    """Where that is wanted nobody stays after the last chair, but all after the one before; else the calls go on."""
    first, second, third = addresses(dut, 3)
    where = await begun(dut, disconnectOnChairExit=True)
    chairs = [await joined(dut, where, address, callAttributes=CHAIR) for address in (first, second)]
    guest = await joined(dut, where, third, callAttributes=GUEST)
    other = await begun(dut, disconnectOnChairExit=False)
    lone = await joined(dut, other, first, callAttributes=CHAIR)
    stays = await joined(dut, other, second, callAttributes=GUEST)
    for who in (chairs[0], lone):
        await leaves(dut, who)
    await dut.wait(QUIET_S)
    for check, who, clause in (("one-left", guest, "TPS-CON-034"), ("stays", stays, "TPS-CON-035")):
        reply = await dut.call("flex.participant.status", {"participantID": who})
        passed = reply.ok is True and inside(reply)
        dut.check(check, passed, clause, expected="to be in it", got=reply.describe(), step=reply.step)
    await leaves(dut, chairs[1])
    gone = await out(dut, guest, _LOBBY_S)
    dut.observe("exit", "TPS-AMB-116", "all" if gone else "incoming", clauses=("TPS-CON-034",), got="it stays")


@SUITE.scenario("conference.auto-disconnect", "TPS-PRT-020", "TPS-PRT-021", chapter=CHAPTER, after=AFTER, device_s=12.0)
async def auto_disconnect(dut: CallDut) -> None:
    """Calls with autoDisconnect end when all others have left, and no sooner; calls without it do not, and who waits stays."""
    first, second, third = addresses(dut, 3)
    where, other = await begun(dut), await begun(dut)
    people = [await joined(dut, where, address) for address in (first, second)]
    auto = await joined(dut, where, third, callAttributes={"autoDisconnect": True})
    patient = await waiting(dut, where)
    lone, stays = await joined(dut, other, first), await joined(dut, other, second)
    await leaves(dut, people[0])
    await leaves(dut, lone)
    await dut.wait(QUIET_S)
    for check, who in (("not-yet", auto), ("stays", stays)):
        reply = await dut.call("flex.participant.status", {"participantID": who})
        passed = reply.ok is True and inside(reply)
        dut.check(check, passed, "TPS-PRT-020", expected="to be in it", got=reply.describe(), step=reply.step)
    await leaves(dut, people[1])
    gone = await out(dut, auto, _LOBBY_S)
    dut.check("ends", gone, "TPS-PRT-020", expected="its call to end with the last other one", got="it goes on")
    reply = await dut.call("flex.participant.query", {"participantID": patient})
    dut.check("waits", reply.ok is True, "TPS-PRT-021", expected="to be there", got=reply.describe(), step=reply.step)


@SUITE.scenario(
    "conference.deferred", "TPS-PRT-022", "TPS-PRT-023", "TPS-PRT-080", chapter=CHAPTER, after=AFTER, device_s=14.0
)
async def deferred(dut: CallDut) -> None:
    """A call with deferConnect waits until another one is connected; its participant outlives it, and is dialled again."""
    first, second = addresses(dut, 2)
    where = await begun(dut)
    both = {"deferConnect": True, "autoDisconnect": True}
    who = await dialled(dut, where, first, callAttributes=both)
    await dut.wait(QUIET_S + 2.0)
    reply = await state(dut, who)
    passed = not any(one.get("callState") == "callStateConnected" for one in calls_of(reply))
    dut.check("deferred", passed, "TPS-PRT-022", expected="no call", got=reply.describe(), step=reply.step)
    item = await entry(dut, where, who)
    got = repr(item.get("connectionState"))
    passed = got in ("'deferred'", "'disconnected'")
    dut.check("state", passed, "TPS-PRT-080", expected="deferred", got=got)
    if passed:
        dut.observe("states", "TPS-AMB-075", "nine" if got == "'deferred'" else "four")
    for turn in ("first", "again"):
        company = await joined(dut, where, second)
        await joins(dut, who, "TPS-PRT-022" if turn == "first" else "TPS-PRT-023")
        await leaves(dut, company)
        gone = await out(dut, who, _LOBBY_S)
        dut.check(f"ends.{turn}", gone, "TPS-PRT-020", expected="its call to end", got="it goes on")
        reply = (
            await asked(dut, who)
            if turn == "again"
            else await dut.call("flex.participant.query", {"participantID": who})
        )
        passed = reply.ok is True
        dut.check("there", passed, "TPS-PRT-023", expected="to be there", got=reply.describe(), step=reply.step)
