"""What replies tell of conferences that were given everything, or nothing, and of those in which something goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.calldut import CallDut
from harness.flow import CaseInconclusive
from harness.messages.callreply import CallReply
from harness.spec.callvalues import exists
from suites.tps import SUITE
from suites.tps.samples import fill
from suites.tps.talk import needs
from suites.tps.told import CHAPTER, TELLS, absent, depends, element, flag, limited, of_list, text_or_limit, there
from suites.tps.world import FAR_S, Members, conference, digits, figure, outgoing, participant, resources


async def _full(dut: CallDut) -> Members:
    """Everything that a conference may be given, but for the halves that stand for no limit."""
    call = dut.model.operations["flex.conference.create"].call
    assert call is not None
    flags = {one.unlimited for one in call.takes.values()}
    found: Members = {}
    for name, member in call.takes.items():
        known = exists(dut.syntax.versions, dut.version, member) and not member.names
        if known and name not in flags and member.struct is None and not member.types:
            found[name] = await dut.valid(member)
    within = await limited(dut)
    attributes = await fill(dut, "callAttributes")
    found |= {
        "participantMediaResources": within,
        "callAttributes": attributes,
        "URIs": [
            {
                **await fill(dut, "conferenceURI"),
                "PIN": digits(dut, 6),
                "callAttributes": attributes,
                "participantMediaResources": within,
            }
        ],
        "startTime": FAR_S,
        "duration": 3600,
        "conferenceMediaTokens": await figure(dut, "mediaTokensLimit"),
        "conferenceMediaCredits": await figure(dut, "maxMediaCredits"),
        "maxParticipants": 5,
    }
    found.pop("resourceOptimizationMode", None)
    return found


_FULL = lambda told: text_or_limit(told) and not flag(told)  # noqa: E731 - a choice, not a function of its own
_FLAGS = lambda told: text_or_limit(told) and flag(told) and len(told.path) == 1  # noqa: E731
_IN_CONFERENCES = of_list(text_or_limit, "conferences")
_CONFERENCE = ("flex.conference.create", "flex.conference.query", "flex.conference.status", "flex.conference.enumerate")


@SUITE.scenario(
    "told.conference.full",
    *(clause for method in _CONFERENCE for clause in TELLS.clauses(method, _FULL)),
    *TELLS.clauses("flex.conference.status", depends("duration-limited")),
    *(f"TPS-struct.conferenceURI.returned.{name}" for name in ("URI", "callBandwidth")),
    *TELLS.clauses("flex.conference.query", lambda told: told.path[0] == "URIs"),
    "TPS-struct.mediaTokens.returned.maxPerChannelUnlimited:absent",
    chapter=CHAPTER,
    after=("flex.conference.create.success", "flex.conference.query.success"),
)
async def full_conference(dut: CallDut) -> None:
    """A conference that was given everything is told with everything."""
    made = dut.ok(await dut.call("flex.conference.create", await _full(dut)), check="made")
    there(dut, made, made.struct, "flex.conference.create", _FULL)
    name = str(made.value("conferenceID"))
    for method in ("flex.conference.query", "flex.conference.status"):
        reply = dut.ok(await dut.call(method, {"conferenceID": name}), check=method)
        there(dut, reply, reply.struct, method, _FULL)
        there(dut, reply, reply.struct, method, depends("duration-limited"))
    reply, item = await element(dut, "flex.conference.enumerate", "conferences", "conferenceID", name, {})
    there(dut, reply, item, "flex.conference.enumerate", of_list(_FULL, "conferences"), skip=1)


@SUITE.scenario(
    "told.conference.plain",
    *(clause for method in _CONFERENCE for clause in TELLS.absent(method, text_or_limit)),
    *TELLS.clauses("flex.conference.query", _FLAGS),
    *(
        clause
        for method in _CONFERENCE[2:]
        for clause in TELLS.absent(method, depends("duration-limited", "presenting", "important-chosen"))
    ),
    chapter=CHAPTER,
    after=("flex.conference.create.success", "flex.conference.query.success"),
)
async def plain_conference(dut: CallDut) -> None:
    """A conference that was given nothing is told without what it was not given."""
    wanted: Members = {"participantMediaResources": await resources(dut), "startTime": FAR_S}
    made = dut.ok(await dut.call("flex.conference.create", wanted), check="made")
    absent(dut, made, made.struct, "flex.conference.create", text_or_limit)
    name = str(made.value("conferenceID"))
    nobody = depends("duration-limited", "presenting", "important-chosen")
    own = lambda told: text_or_limit(told) and not flag(told) and len(told.path) == 1  # noqa: E731
    for method in ("flex.conference.query", "flex.conference.status"):
        reply = dut.ok(await dut.call(method, {"conferenceID": name}), check=method)
        absent(dut, reply, reply.struct, method, own)
        absent(dut, reply, reply.struct, method, nobody)
    reply, item = await element(dut, "flex.conference.enumerate", "conferences", "conferenceID", name, {})
    absent(dut, reply, item, "flex.conference.enumerate", _IN_CONFERENCES, skip=1)
    absent(dut, reply, item, "flex.conference.enumerate", of_list(nobody, "conferences"), skip=1)


async def _until(dut: CallDut, told: Callable[[], Any], what: str) -> CallReply:
    for _ in range(40):
        reply, found = await told()
        if found:
            return reply  # type: ignore[no-any-return]  # of a call
        await dut.wait(0.05 * max(dut.target.clock_scale, 1.0))
    raise CaseInconclusive(f"{what} did not come about in time")


@SUITE.scenario(
    "told.conference.presenting",
    *(
        clause
        for method in _CONFERENCE[2:]
        for clause in TELLS.clauses(method, depends("presenting", "important-chosen"))
    ),
    "TPS-flex.conference.status.returned.presenterID",
    "TPS-struct.conferenceInfo.returned.importantID",
    chapter=CHAPTER,
    after=("flex.participant.create.success", "flex.conference.status.success"),
)
async def presenting(dut: CallDut) -> None:
    """A conference tells who presents and who is important."""
    needs(dut, "flex.conference.status", "presenterID")
    address = dut.fixture("presenting_addresses")
    where = await conference(dut, startTime=0)
    name = await participant(dut, where, calls=[await outgoing(dut, address)])

    async def presenter() -> tuple[CallReply, bool]:
        reply = await dut.setup("flex.conference.status", {"conferenceID": where})
        return reply, reply.has("presenterID")

    status = await _until(dut, presenter, "a presentation")
    there(dut, status, status.struct, "flex.conference.status", depends("presenting"))
    await dut.setup("flex.participant.setImportant", {"participantID": name})
    reply, item = await element(dut, "flex.conference.enumerate", "conferences", "conferenceID", where, {})
    chosen = of_list(depends("presenting", "important-chosen"), "conferences")
    there(dut, reply, item, "flex.conference.enumerate", chosen, skip=1)
