"""What the document says of single replies and calls, and no table has: lists at their full length, DTMF, PINs, levels and sensors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import pairwise

from harness.calldut import CallDut
from harness.checks.callfaults import expected_use
from harness.flow import CaseSkipped
from harness.spec.callvalues import exists
from suites.tps import SUITE
from suites.tps.platforms import on_platforms
from suites.tps.samples import fill
from suites.tps.talk import destroy, needs
from suites.tps.told import CHAPTER, TELLS, depends
from suites.tps.world import Members, conference, digits, incoming, participant, resources, uri

_CREATE, _PARTICIPANT = "flex.conference.create", "flex.participant.create"
_TURNS = 10  # pages, or seconds
_VALID, _OTHER = "*#0123456789ABCD,1,,2", "12 ab!-(5)~"


# lists at their full length


async def _uris(dut: CallDut) -> Members:
    return {"participantMediaResources": await resources(dut), "URIs": [await uri(dut), await uri(dut)]}


async def _calls(dut: CallDut) -> Members:
    return {"conferenceID": await dut.shared("conference", "hall"), "calls": [await incoming(dut) for _ in range(4)]}


async def _pins(dut: CallDut) -> Members:
    needs(dut, _PARTICIPANT, "PINs")
    pins = [{"PIN": digits(dut, 6)} for _ in range(2)]
    return {"conferenceID": await dut.shared("conference", "hall"), "calls": [await incoming(dut)], "PINs": pins}


async def _servers(dut: CallDut) -> Members:
    return {"servers": [await fill(dut, "syslogServer") for _ in range(4)]}


def _full(method: str, name: str, make: Callable[[CallDut], Awaitable[Members]]) -> None:
    clause = f"TPS-{method}.{name}"

    @SUITE.scenario(f"{method}.{name}.most", clause, chapter=CHAPTER, after=(f"{method}.success",))
    async def full(dut: CallDut) -> None:
        """A list may have as many elements as the document says."""
        dut.ok(await dut.call(method, await make(dut)), clause, check="taken")


_full(_CREATE, "URIs", _uris)
_full(_PARTICIPANT, "calls", _calls)
_full(_PARTICIPANT, "PINs", _pins)
_full("logs.syslog.modify", "servers", _servers)


# participants


@SUITE.scenario(
    "flex.participant.create.content-index",
    "TPS-PRT-008",
    chapter=CHAPTER,
    after=("flex.participant.create.fault.audio-or-content-index",),
)
async def content_index(dut: CallDut) -> None:
    """The call that receives content is one of those that there are, as is the one that receives audio."""
    where = await dut.shared("conference", "hall")
    expected = expected_use(dut.model, _PARTICIPANT, "audio-or-content-index")
    for name in ("contentIndex", "audioIndex"):
        calls = [await incoming(dut), await incoming(dut)]
        reply = await dut.call(_PARTICIPANT, {"conferenceID": where, "calls": calls, name: 2})
        dut.fault(reply, expected, "TPS-PRT-008", check=name)


@SUITE.scenario(
    "participant.dtmf",
    "TPS-PRT-094",
    "TPS-PRT-038",
    chapter=CHAPTER,
    after=("flex.participant.create.success", "flex.participant.sendDTMF.success"),
)
async def dtmf(dut: CallDut) -> None:
    """Texts with DTMF are taken with every character of DTMF, and with others of ASCII."""
    where = await dut.shared("conference", "hall")
    for name, text, clause in (("valid", _VALID, "TPS-PRT-094"), ("other", _OTHER, "TPS-PRT-038")):
        made: Members = {"conferenceID": where, "calls": [await incoming(dut)], "dtmf": text}
        dut.ok(await dut.call(_PARTICIPANT, made), clause, check=f"{name}.create")
    talking = await dut.shared("participant", "connected")
    for name, text, clause in (("valid", _VALID, "TPS-PRT-094"), ("other", _OTHER, "TPS-PRT-038")):
        reply = await dut.call("flex.participant.sendDTMF", {"participantID": talking, "dtmf": text})
        dut.ok(reply, clause, check=f"{name}.send")


@SUITE.scenario(
    "participant.pin",
    "TPS-PRT-095",
    chapter=CHAPTER,
    after=("flex.participant.create.success", "flex.participant.query.success"),
)
async def pin(dut: CallDut) -> None:
    """A PIN that was given is told, as PIN or as one of PINs."""
    given = digits(dut, 6)
    made = await participant(dut, PIN=given)
    reply = dut.ok(await dut.call("flex.participant.query", {"participantID": made}), check="asked")
    several = reply.value("PINs", [])
    listed = [one.get("PIN") for one in several if isinstance(one, dict)] if isinstance(several, list) else []
    told = [reply.value("PIN"), *listed]
    dut.check("told", given in told, "TPS-PRT-095", expected=repr(given), got=repr(told), step=reply.step)


# the device


@SUITE.scenario(
    "told.credit-ranges", "TPS-RES-002", "TPS-MED-001", chapter=CHAPTER, after=("flex.resource.query.success",)
)
async def ranges(dut: CallDut) -> None:
    """The ends of the ranges of credits rise from entry to entry."""
    reply = dut.ok(await dut.call("flex.resource.query"), check="asked")
    ends = reply.value("mediaCreditTokenRanges")
    found = [one for one in ends if isinstance(one, int)] if isinstance(ends, list) else []
    rises = bool(found) and all(low < high for low, high in pairwise(found))
    dut.check(
        "rise",
        rises,
        "TPS-RES-002",
        "TPS-MED-001",
        expected="one number at least, each above the one before",
        got=repr(ends)[:200],
        step=reply.step,
    )


@SUITE.scenario(
    "told.sensors",
    *TELLS.clauses("device.health.query", depends("sensors")),
    chapter=CHAPTER,
    after=("device.health.query.success", "system-xml.served"),
)
async def sensors(dut: CallDut) -> None:
    """A device that has sensors of its own tells of all of them."""
    if not await on_platforms(dut, "sensors"):
        raise CaseSkipped("the document does not say that a device of this platform has sensors")
    reply = dut.ok(await dut.call("device.health.query"), check="asked")
    for told in TELLS.members("device.health.query"):
        if depends("sensors")(told) and all(exists(dut.syntax.versions, dut.version, one) for one in told.line):
            found = reply.has(told.label)
            dut.check(
                told.label, found, told.clause, expected=f"{told.label} to be told", got="nothing", step=reply.step
            )


@SUITE.scenario(
    "told.conference.deletions",
    "TPS-flex.conference.deletions.enumerate.returned.conferenceIDs",
    chapter=CHAPTER,
    after=("flex.conference.deletions.enumerate.success", "flex.conference.destroy.success"),
)
async def deletions(dut: CallDut) -> None:
    """A conference that is gone is told by its id."""
    method = "flex.conference.deletions.enumerate"
    first = await dut.setup(method)
    gone = await conference(dut)
    await destroy(dut, gone)
    cookie, found = first.value("cookie"), list[object]()
    for _ in range(_TURNS):
        asked: Members = {"cookie": cookie}
        told = dut.ok(await dut.call(method, asked), check="asked")
        cookie, listed = told.value("cookie"), told.value("conferenceIDs", [])
        found += listed if isinstance(listed, list) else []
        if gone in found:
            break
        if told.value("moreAvailable") is not True:
            await dut.wait(1.0)  # it may end a little later
    dut.check(
        "told",
        gone in found,
        "TPS-flex.conference.deletions.enumerate.returned.conferenceIDs",
        expected=f"conferenceIDs with {gone}",
        got=repr(found)[:200],
        step=told.step,
    )
