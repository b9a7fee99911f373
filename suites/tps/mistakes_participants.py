"""The faults of methods about participants and their calls: one mistake or one state at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.calldut import CallDut
from suites.tps.mistakes import Make, register, short
from suites.tps.world import (
    Members,
    conference,
    connected,
    digits,
    incoming,
    outgoing,
    participant,
    receiver_uri,
    resources,
)

_PARTICIPANT = "flex.participant.create"


async def _joined(dut: CallDut, *calls: Members, **members: Any) -> Members:
    return {"conferenceID": await dut.shared("conference", "hall"), "calls": list(calls), **members}


async def _far_index(dut: CallDut) -> Members:
    return await _joined(dut, await incoming(dut), await incoming(dut), audioIndex=2)


async def _cascade(dut: CallDut) -> Members:
    return await _joined(dut, await incoming(dut), await incoming(dut), cascadeRole="cascadeMaster")


async def _pin_out(dut: CallDut) -> Members:
    return await _joined(dut, await outgoing(dut, "192.0.2.77"), PIN=digits(dut, 6))


async def _pins_out(dut: CallDut) -> Members:
    return await _joined(dut, await outgoing(dut, "192.0.2.77"), PINs=[{"PIN": digits(dut, 6)}])


async def _participant_taken(dut: CallDut) -> Members:
    call = await incoming(dut)
    where = await conference(dut, startTime=0)
    await participant(dut, where, calls=[call])
    return {"conferenceID": where, "calls": [dict(call)]}


async def _participant_twice(dut: CallDut) -> Members:
    call = await incoming(dut)
    return await _joined(dut, call, dict(call))


async def _both_kinds(dut: CallDut) -> Members:
    return await _joined(dut, {**await incoming(dut), **await outgoing(dut, "192.0.2.77")})


async def _no_kind(dut: CallDut) -> Members:
    call = await incoming(dut)
    del call["URI"]
    return await _joined(dut, call)


async def _participant_short(dut: CallDut) -> Members:
    return await _joined(dut, await incoming(dut), participantMediaResources=await short(dut))


async def _changed_short(dut: CallDut) -> Members:
    return {"participantID": await participant(dut), "participantMediaResources": await short(dut)}


async def _changed_below(dut: CallDut) -> Members:
    none = await resources(dut, 0)
    return {"participantID": await connected(dut), "participantMediaResources": {**none, "numMediaCredits": 0}}


register(_PARTICIPANT, "audio-or-content-index", "an index of no call", _far_index)
register(_PARTICIPANT, "cascade-of-several-calls", "a cascade of two calls", _cascade)
register(_PARTICIPANT, "invalid-parameter", "a PIN although all calls go out", _pin_out)
register(_PARTICIPANT, "pins-not-wanted", "PINs although all calls go out", _pins_out)
register(_PARTICIPANT, "duplicate-uri", "a URI that another participant has", _participant_taken)
register(_PARTICIPANT, "same-uri-twice", "a URI twice", _participant_twice)
register(_PARTICIPANT, "call-of-both-kinds", "a call that comes in and goes out", _both_kinds)
register(_PARTICIPANT, "call-of-no-kind", "a call that neither comes in nor goes out", _no_kind)
register(_PARTICIPANT, "too-few-credits", "credits that do not cover the tokens", _participant_short)
register("flex.participant.modify", "too-few-credits", "credits that do not cover the tokens", _changed_short)
register("flex.participant.modify", "below-use", "fewer credits than are in use", _changed_below)


def _waiting(**members: Any) -> Make:
    """A participant without a call."""

    async def made(dut: CallDut) -> Members:
        return {"participantID": await participant(dut), **members}

    return made


def _talking(**members: Any) -> Make:
    """A participant with one call, which went out."""

    async def made(dut: CallDut) -> Members:
        return {"participantID": await dut.shared("participant", "connected"), **members}

    return made


def _to_nobody(make: Callable[..., Make], **members: Any) -> Make:
    async def made(dut: CallDut) -> Members:
        return {"receiverURI": receiver_uri(dut), **await make(**members)(dut)}

    return made


_DISCONNECT, _DIAGNOSTICS = "flex.participant.call.disconnect", "flex.participant.requestDiagnostics"
_PREVIEW = "flex.participant.requestPreview"
_STREAM, _FAR_STREAM = ([{"streamIdentifier": "rxMainVideo", "position": position}] for position in (0, 3))
register(_DISCONNECT, "not-incoming", "a call that went out", _talking(position=0))
register(_DISCONNECT, "no-such-position", "a position without a call", _talking(position=3))
register(_DISCONNECT, "no-active-call", "a call that has not come in", _waiting(position=0))
register(_DIAGNOSTICS, "no-active-call", "no call", _to_nobody(_waiting))
register(_PREVIEW, "no-active-call", "no call", _to_nobody(_waiting, streams=_STREAM))
register(_PREVIEW, "no-such-position", "a position without a call", _to_nobody(_talking, streams=_FAR_STREAM))
register(_PREVIEW, "invalid-parameter", "a receiver that is no URI", _talking(receiverURI="no uri", streams=_STREAM))
register("flex.participant.setImportant", "no-active-call", "no call", _waiting())
register("flex.participant.clearImportant", "not-important", "not important", _waiting())
register("flex.participant.setMute", "no-active-call", "no call", _waiting(audioRxMute=True))
register("flex.participant.setMute", "no-stream-named", "no stream", _talking())
register("flex.participant.sendDTMF", "no-active-call", "no call", _waiting(dtmf="12"))
register("flex.participant.sendUserMessage", "no-active-call", "no call", _waiting(message="Clausewise"))
