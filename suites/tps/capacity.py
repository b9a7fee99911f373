"""As many conferences and participants as the device takes, and not one more, until there is room again."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.checks.callfaults import expected_use
from harness.flow import CaseInconclusive, CaseSkipped
from harness.messages.callreply import CallReply
from suites.tps import SUITE
from suites.tps.live import AFTER, JOIN, begun, leaves
from suites.tps.metadata import names_of, people_of
from suites.tps.talk import destroy
from suites.tps.world import FAR_S, Members, digits, figure, resources

_CREATE = "flex.conference.create"
_LARGE = 500  # more of them take too long


async def _most(dut: CallDut, name: str) -> int:
    """How many the device takes.

    Raises:
        CaseSkipped: they are too many, or it may not be filled.
    """
    if not dut.target.allow.load:
        raise CaseSkipped("the target file does not permit load: nobody else could use the device meanwhile")
    most = await figure(dut, name)
    if most > _LARGE:
        raise CaseSkipped(f"{name} is {most}, which takes too long")
    return most


_FULL_OF_CONFERENCES = "TPS-flex.conference.create:fault.too-many-conferences"
_FULL_OF_PARTICIPANTS = "TPS-flex.participant.create:fault.too-many"


@SUITE.scenario(
    "conference.too-many", "TPS-CON-059", "TPS-CON-054", _FULL_OF_CONFERENCES, chapter="conferences", after=AFTER[:1]
)
async def conferences(dut: CallDut) -> None:
    """So many conferences are made as the device says that it takes; the next one is refused, until one has gone."""
    most = await _most(dut, "maxConferences")
    wanted: Members = {"participantMediaResources": await resources(dut), "startTime": FAR_S}
    made: list[str] = []
    reply = await dut.call(_CREATE, wanted)
    while reply.ok and len(made) < most + 1:
        made.append(str(reply.value("conferenceID")))
        reply = await dut.call(_CREATE, wanted)
    dut.fault(reply, "too-many-conferences", "TPS-CON-059", _FULL_OF_CONFERENCES, check="next")
    there = len(await names_of(dut))
    dut.check("all", there == most, "TPS-CON-059", "TPS-CON-054", expected=f"{most} conferences", got=str(there))
    if not made:
        raise CaseInconclusive("there are as many conferences as the device takes, and none of them is ours")
    await destroy(dut, made.pop())
    reply = dut.ok(await dut.call(_CREATE, wanted), "TPS-CON-059", check="room")
    made.append(str(reply.value("conferenceID")))
    for where in made:
        await destroy(dut, where)


@SUITE.scenario(
    "participant.too-many", "TPS-PRT-013", "TPS-PRT-058", _FULL_OF_PARTICIPANTS, chapter="participants", after=AFTER
)
async def participants(dut: CallDut) -> None:
    """So many participants are made as the device says that it takes; the next one is refused, until one has gone."""
    most, each = await _most(dut, "maxParticipants"), await figure(dut, "maxParticipantsPerConference")
    low = await figure(dut, "minCallBandwidth")
    made: list[str] = []
    rooms = [await begun(dut)]
    full = expected_use(dut.model, JOIN, "too-many")

    async def join() -> CallReply:
        where = rooms[-1]
        return await dut.call(JOIN, {"conferenceID": where, "calls": [{"URI": digits(dut, 14), "callBandwidth": low}]})

    reply = await join()
    inside = 0
    while reply.ok and len(made) < most + 1:
        made.append(str(reply.value("participantID")))
        inside += 1
        if inside == each:
            rooms.append(await begun(dut))
            inside = 0
        reply = await join()
    dut.fault(reply, full, "TPS-PRT-013", _FULL_OF_PARTICIPANTS, check="next")
    there = sum([len(await people_of(dut, where)) for where in rooms])
    everyone = len(await people_of(dut))
    got = f"{everyone} of {most}"
    dut.check("no-more", everyone <= most, "TPS-PRT-013", expected=f"{most} participants at most", got=got)
    passed = there == len(made)
    dut.check("none-more", passed, "TPS-PRT-058", expected=f"{len(made)} participants", got=str(there))
    if not made:
        raise CaseInconclusive("there are as many participants as the device takes, and none of them is ours")
    await leaves(dut, made.pop())
    dut.ok(await join(), "TPS-PRT-013", check="room")
    for where in rooms:
        await destroy(dut, where)
