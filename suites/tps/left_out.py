"""Defaults that no query need tell as they were set: each is seen where the device tells of it."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.flow import CaseSkipped
from harness.messages.callreply import CallReply
from suites.tps import SUITE
from suites.tps.told import CHAPTER
from suites.tps.world import Members, incoming, resources

_CREATE, _QUERY, _STATUS = "flex.conference.create", "flex.conference.query", "flex.conference.status"
_JOIN = "flex.participant.create"
_AFTER = (f"{_CREATE}.success", f"{_QUERY}.success")
_TRIES, _PAUSE_S = 20, 0.1


async def _plain(dut: CallDut) -> str:
    """A conference that was given what it needs alone."""
    made = dut.ok(await dut.call(_CREATE, {"participantMediaResources": await resources(dut)}), check="made")
    return str(made.value("conferenceID"))


def _default(dut: CallDut, reply: CallReply, path: str, wanted: str, clause: str) -> None:
    """A member that may be left out is told with its default, if it is told."""
    if not reply.has(path):
        raise CaseSkipped(f"{reply.method} does not tell {path}")
    told = reply.value(path)
    dut.check("default", told == wanted, clause, expected=f"{path} {wanted!r}", got=repr(told)[:200], step=reply.step)


@SUITE.scenario(
    "left-out.startTime", f"TPS-{_CREATE}.startTime:default", chapter=CHAPTER, after=(*_AFTER, f"{_STATUS}.success")
)
async def start(dut: CallDut) -> None:
    """A conference that is not told when to start has started as soon as it is there."""
    name = await _plain(dut)
    for _ in range(_TRIES):
        reply = dut.ok(await dut.call(_STATUS, {"conferenceID": name}), check="asked")
        if reply.value("active") is True:
            break
        await dut.wait(_PAUSE_S)
    dut.check(
        "started",
        reply.value("active") is True,
        f"TPS-{_CREATE}.startTime:default",
        expected="a conference that has started",
        got=f"active: {reply.value('active')!r}, startTime: {reply.value('startTime')!r}",
        step=reply.step,
    )


@SUITE.scenario(
    "left-out.resourceOptimizationMode",
    f"TPS-{_CREATE}.resourceOptimizationMode:default",
    chapter=CHAPTER,
    after=_AFTER,
)
async def optimized(dut: CallDut) -> None:
    """Resources are optimized for each participant unless something else was asked for, where the query tells of it."""
    reply = dut.ok(await dut.call(_QUERY, {"conferenceID": await _plain(dut)}), check="asked")
    clause = f"TPS-{_CREATE}.resourceOptimizationMode:default"
    _default(dut, reply, "resourceOptimizationMode", "byParticipant", clause)


@SUITE.scenario("left-out.accessLevel", "TPS-struct.callAttributes.accessLevel:default", chapter=CHAPTER, after=_AFTER)
async def level(dut: CallDut) -> None:
    """The call attributes of a conference that was given none make chairs."""
    reply = dut.ok(await dut.call(_QUERY, {"conferenceID": await _plain(dut)}), check="asked")
    _default(dut, reply, "callAttributes.accessLevel", "chair", "TPS-struct.callAttributes.accessLevel:default")


@SUITE.scenario(
    "left-out.dtmf",
    f"TPS-{_JOIN}.dtmf:default",
    chapter=CHAPTER,
    after=(f"{_JOIN}.success", "flex.participant.query.success"),
)
async def tones(dut: CallDut) -> None:
    """A participant that was given no tones has none."""
    wanted: Members = {"conferenceID": await dut.shared("conference", "hall"), "calls": [await incoming(dut)]}
    made = dut.ok(await dut.call(_JOIN, wanted), check="made")
    reply = dut.ok(
        await dut.call("flex.participant.query", {"participantID": str(made.value("participantID"))}), check="asked"
    )
    told = reply.value("dtmf", "")
    dut.check("default", told == "", f"TPS-{_JOIN}.dtmf:default", expected="no dtmf", got=repr(told), step=reply.step)
