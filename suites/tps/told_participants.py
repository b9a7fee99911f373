"""What replies tell of participants and calls in some state: each member is there then, and only then."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.flow import CaseInconclusive
from suites.tps import SUITE
from suites.tps.told import (
    CHAPTER,
    LISTS,
    TELLS,
    absent,
    depends,
    element,
    flag,
    limited,
    of_list,
    text_or_limit,
    there,
)
from suites.tps.world import Members, conference, connected, digits, incoming, outgoing, participant

_PARTICIPANT = ("flex.participant.create", "flex.participant.query", "flex.participant.status")
_ARRAYS = dict(zip(LISTS, ("participants", "participants", "participantMediaInfo"), strict=True))
_INCOMING = lambda told: (  # noqa: E731
    text_or_limit(told) and not flag(told) and told.path[-1] not in ("remoteName", "toOverride", "remoteAddress")
)
_BY_STATE = depends("call-established", "far-end-known", "video-sent")


@SUITE.scenario(
    "told.participant.full",
    *(clause for method in (*_PARTICIPANT, *LISTS) for clause in TELLS.clauses(method, _INCOMING)),
    *TELLS.clauses("flex.participant.query", lambda told: told.path[0] == "PINs"),
    *(clause for method in (*_PARTICIPANT, *LISTS) for clause in TELLS.absent(method, _BY_STATE)),
    chapter=CHAPTER,
    after=("flex.participant.create.success", "flex.participant.query.success"),
)
async def full_participant(dut: CallDut) -> None:
    """A participant that was given everything is told with everything, and without what calls would have."""
    hall = await dut.shared("conference", "hall")
    within = await limited(dut)
    wanted: Members = {
        "conferenceID": hall,
        "calls": [await incoming(dut)],
        "participantReference": "clausewise",
        "displayName": "Clausewise",
        "callerName": "Wise",
        "callerAddress": "wise@example.com",
        "dtmf": "12",
        "PINs": [{"PIN": digits(dut, 6)}],
        "participantMediaResources": within,
    }
    made = dut.ok(await dut.call("flex.participant.create", wanted), check="made")
    there(dut, made, made.struct, "flex.participant.create", _INCOMING)
    name = str(made.value("participantID"))
    for method in _PARTICIPANT[1:]:
        reply = dut.ok(await dut.call(method, {"participantID": name}), check=method)
        there(dut, reply, reply.struct, method, _INCOMING)
        absent(dut, reply, reply.struct, method, _BY_STATE)
    for method, array in _ARRAYS.items():
        reply, item = await element(dut, method, array, "participantID", name, {"conferenceID": hall})
        there(dut, reply, item, method, of_list(_INCOMING, array), skip=1)
        absent(dut, reply, item, method, of_list(_BY_STATE, array), skip=1)


_OWN_TEXTS = lambda told: (  # noqa: E731
    text_or_limit(told)
    and told.path[-1] in ("participantReference", "displayName", "callerName", "callerAddress", "dtmf", "PIN")
)
_NO_LIMIT = lambda told: text_or_limit(told) and flag(told)  # noqa: E731


@SUITE.scenario(
    "told.participant.plain",
    *(clause for method in (*_PARTICIPANT, *LISTS) for clause in TELLS.absent(method, _OWN_TEXTS)),
    *(clause for method in (*_PARTICIPANT[1:], *LISTS) for clause in TELLS.clauses(method, _NO_LIMIT)),
    *(f"TPS-struct.mediaTokens.returned.{name}:absent" for name in ("maxPerChannel", "maxPerChannelUnlimited")),
    *(
        f"TPS-struct.tokenInfo.returned.{name}:absent"
        for name in ("maxTokensPerChannelConfigured", "maxTokensPerChannelConfiguredUnlimited")
    ),
    *(
        f"TPS-struct.{name}.returned.remoteAddress:absent"
        for name in ("participantAddress", "advancedParticipantAddress")
    ),
    chapter=CHAPTER,
    after=("flex.participant.create.success", "flex.participant.query.success"),
)
async def plain_participant(dut: CallDut) -> None:
    """A participant that was given nothing is told without what it was not given, and with what stands for no limit."""
    hall = await dut.shared("conference", "hall")
    wanted: Members = {"conferenceID": hall, "calls": [await incoming(dut)]}
    made = dut.ok(await dut.call("flex.participant.create", wanted), check="made")
    absent(dut, made, made.struct, "flex.participant.create", _OWN_TEXTS)
    name = str(made.value("participantID"))
    for method in _PARTICIPANT[1:]:
        reply = dut.ok(await dut.call(method, {"participantID": name}), check=method)
        absent(dut, reply, reply.struct, method, _OWN_TEXTS)
        there(dut, reply, reply.struct, method, _NO_LIMIT)
    for method, array in _ARRAYS.items():
        reply, item = await element(dut, method, array, "participantID", name, {"conferenceID": hall})
        absent(dut, reply, item, method, of_list(_OWN_TEXTS, array), skip=1)
        there(dut, reply, item, method, of_list(_NO_LIMIT, array), skip=1)
        absent(dut, reply, item, method, lambda told: told.path[-1] == "remoteAddress" and text_or_limit(told), skip=1)


_ESTABLISHED = depends("call-established")
_NAMES = lambda told: (  # noqa: E731
    told.path[-1] in ("remoteName", "remoteAddress", "toOverride", "participantID") and text_or_limit(told)
)
_CONNECTED = ("flex.participant.status", *LISTS, "flex.call.status")
# What every call is told with; where there is none an empty struct stands.
_IN_CALLS = lambda told: "calls" in told.path[:-1] and all(one.present is None for one in told.line)  # noqa: E731


@SUITE.scenario(
    "told.participant.connected",
    *(clause for method in _CONNECTED for clause in TELLS.clauses(method, _BY_STATE)),
    *(clause for method in _CONNECTED for clause in TELLS.clauses(method, _IN_CALLS)),
    *(clause for method in (*_CONNECTED, "flex.participant.query") for clause in TELLS.clauses(method, _NAMES)),
    *(
        f"TPS-{method}.returned.{name}:absent"
        for method in ("struct.participantCallStatus", "flex.call.status")
        for name in ("remoteName",)
    ),
    *(f"TPS-struct.{name}.returned.URI:absent" for name in ("participantAddress", "advancedParticipantAddress")),
    "TPS-flex.call.status.returned.participantID:absent",
    chapter=CHAPTER,
    after=("flex.participant.create.success", "flex.participant.status.success"),
)
async def connected_participant(dut: CallDut) -> None:
    """A participant whose call is established is told with what only such calls have."""
    where = await conference(dut, startTime=0)
    name = await connected(dut, where, displayName="Clausewise")
    status = dut.ok(await dut.call("flex.participant.status", {"participantID": name}), check="status")
    there(dut, status, status.struct, "flex.participant.status", _ESTABLISHED)
    there(dut, status, status.struct, "flex.participant.status", _IN_CALLS)
    await dut.setup("flex.participant.query", {"participantID": name})
    for method, array in _ARRAYS.items():
        reply, item = await element(dut, method, array, "participantID", name, {"conferenceID": where})
        there(dut, reply, item, method, of_list(_ESTABLISHED, array), skip=1)
        there(dut, reply, item, method, of_list(_IN_CALLS, array), skip=1)
        remote = lambda told: told.path[-1] == "remoteAddress" and text_or_limit(told)  # noqa: E731
        there(dut, reply, item, method, of_list(remote, array), skip=1)
        local = lambda told: told.path[-1] == "URI" and text_or_limit(told)  # noqa: E731
        absent(dut, reply, item, method, of_list(local, array), skip=1)
    asked: Members = {"callID": status.value("calls[0].callID")}
    call = dut.ok(await dut.call("flex.call.status", asked), check="call")
    there(dut, call, call.struct, "flex.call.status", _ESTABLISHED)
    there(dut, call, call.struct, "flex.call.status", lambda told: told.label == "participantID")


@SUITE.scenario(
    "told.call.not-established",
    *(
        clause
        for method in ("flex.participant.status", "flex.call.status")
        for clause in TELLS.absent(method, _ESTABLISHED)
    ),
    chapter=CHAPTER,
    after=("flex.participant.create.success", "flex.participant.status.success"),
)
async def ringing(dut: CallDut) -> None:
    """A call that nobody has answered is told without what only established calls have."""
    address = dut.fixture("unanswered_addresses")
    where = await conference(dut, startTime=0)
    name = await participant(dut, where, calls=[await outgoing(dut, address)])
    status = dut.ok(await dut.call("flex.participant.status", {"participantID": name}), check="status")
    if status.value("calls[0].callState") == "callStateConnected":
        raise CaseInconclusive(f"{address} answered")
    absent(dut, status, status.struct, "flex.participant.status", _ESTABLISHED)
    known = status.value("calls[0].callID")
    if isinstance(known, str):
        call = await dut.call("flex.call.status", {"callID": known})
        if call.ok and call.value("callState") != "callStateConnected":
            absent(dut, call, call.struct, "flex.call.status", _ESTABLISHED)
