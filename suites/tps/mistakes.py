"""The faults that belong to methods: each where the document has it, one mistake or one state at a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from harness.calldut import CallDut
from harness.case import Case
from harness.checks.callfaults import expected_use, expected_wrong
from harness.flow import CaseInconclusive
from harness.spec.load import load_system
from suites.tps import SUITE
from suites.tps.generated import REFUSED_ONLY
from suites.tps.world import (
    FAR_S,
    Members,
    conference,
    connected,
    digits,
    incoming,
    outgoing,
    participant,
    receiver_uri,
    resources,
    uri,
)

_MODEL = load_system("tps")
Make = Callable[[CallDut], Awaitable[Members]]
_CREATE, _MODIFY = "flex.conference.create", "flex.conference.modify"
_PARTICIPANT = "flex.participant.create"


def register(
    method: str,
    fault: str,
    title: str,
    make: Make,
    *,
    caller: Callable[[CallDut], tuple[str, str]] | None = None,
    also: tuple[str, ...] = (),
) -> None:
    """Register a case in which a call is answered with one of its method's faults.

    Args:
        caller: who calls instead of the target file's user.
        also: faults of the catalogue that will do too, where the document gives none.
    """
    expected = expected_use(_MODEL, method, fault)

    async def flow(dut: CallDut) -> None:
        members = await make(dut)
        reply = await dut.call(method, members, user=caller(dut) if caller is not None else None)
        dut.fault(reply, replace(expected, outcomes={**{one: {} for one in also}, **expected.outcomes}), check=fault)

    control = REFUSED_ONLY.get(method, method)
    SUITE.add(
        Case(
            id=f"tps.{method}.fault.{fault}",
            system="tps",
            title=f"{method}: {title}",
            chapter=_MODEL.operations[method].section,
            clauses=expected.clauses,
            flow=flow,
            after=(f"tps.{control}.success",),
            module=__name__,
        )
    )


# conferences


async def _short(dut: CallDut) -> Members:
    """Resources whose tokens the credits do not cover."""
    return {**await resources(dut), "numMediaCredits": 0}


async def _uri_taken(dut: CallDut) -> list[Members]:
    taken = [await uri(dut)]
    await conference(dut, URIs=taken, startTime=0)
    return taken


async def _create(dut: CallDut, **members: Any) -> Members:
    return {"participantMediaResources": await resources(dut), "startTime": FAR_S, **members}


async def _change(dut: CallDut, **members: Any) -> Members:
    return {"conferenceID": await conference(dut, startTime=0), **members}


async def _create_taken(dut: CallDut) -> Members:
    return await _create(dut, URIs=await _uri_taken(dut), startTime=0)


async def _change_taken(dut: CallDut) -> Members:
    return await _change(dut, URIs=await _uri_taken(dut))


async def _twice(dut: CallDut) -> list[Members]:
    one = await uri(dut)
    return [one, dict(one)]


async def _create_twice(dut: CallDut) -> Members:
    return await _create(dut, URIs=await _twice(dut))


async def _change_twice(dut: CallDut) -> Members:
    return await _change(dut, URIs=await _twice(dut))


async def _create_short(dut: CallDut) -> Members:
    return await _create(dut, participantMediaResources=await _short(dut))


async def _change_short(dut: CallDut) -> Members:
    return await _change(dut, participantMediaResources=await _short(dut))


async def _below_active(dut: CallDut) -> Members:
    where = await conference(dut, startTime=0)
    await connected(dut, where)
    for _ in range(40):
        if (await dut.setup("flex.conference.status", {"conferenceID": where})).value("numParticipants") == 1:
            return {"conferenceID": where, "maxParticipants": 0}
        await dut.wait(0.05 * max(dut.target.clock_scale, 1.0))
    raise CaseInconclusive("the status never counts the participant that is connected")


async def _below_use(dut: CallDut) -> Members:
    where = await conference(dut, startTime=0)
    await connected(dut, where)
    return {"conferenceID": where, "conferenceMediaCredits": 0}


async def _past(dut: CallDut) -> Members:
    where = await conference(dut, startTime=0, duration=3600)
    await dut.wait(3)
    return {"conferenceID": where, "duration": 1}


register(_CREATE, "duplicate-uri", "a URI that another conference has", _create_taken)
register(_CREATE, "same-uri-twice", "a URI twice", _create_twice)
register(_CREATE, "too-few-credits", "credits that do not cover the tokens", _create_short)
register(_MODIFY, "duplicate-uri", "a URI that another conference has", _change_taken)
register(_MODIFY, "same-uri-twice", "a URI twice", _change_twice)
register(_MODIFY, "too-few-credits", "credits that do not cover the tokens", _change_short)
register(_MODIFY, "limit-below-active", "fewer participants than there are", _below_active)
register(_MODIFY, "below-use", "fewer credits than are in use", _below_use)
register(_MODIFY, "ends-in-the-past", "a duration that is over", _past)


def _nobody(**members: Any) -> Make:
    async def made(dut: CallDut) -> Members:
        return {"conferenceID": await dut.shared("conference", "any"), **members}

    return made


register("flex.conference.sendUserMessage", "nobody-there", "nobody is connected", _nobody(message="Clausewise"))
register("flex.conference.sendWarning", "nobody-there", "nobody is connected", _nobody(secondsRemaining=60))


# participants


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
    return await _joined(dut, await incoming(dut), participantMediaResources=await _short(dut))


async def _changed_short(dut: CallDut) -> Members:
    return {"participantID": await participant(dut), "participantMediaResources": await _short(dut)}


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


# lists


def _beside_cookie(method: str) -> Make:
    async def made(dut: CallDut) -> Members:
        cookie = (await dut.setup(method)).value("cookie")
        return {"cookie": cookie, "conferenceID": await dut.shared("conference", "hall")}

    return made


for _name in ("enumerate", "advanced.enumerate", "media.enumerate", "deletions.enumerate"):
    _list = f"flex.participant.{_name}"
    register(
        _list,
        "conference-beside-cookie",
        "a conference beside a cookie",
        _beside_cookie(_list),
        also=("malformed-parameter", "missing-parameter"),
    )


async def _token(_dut: CallDut) -> Members:
    return {"enumerateID": "clausewise"}


register("user.enumerate", "bad-token", "a token that the device never gave", _token)


def _bad_cookie(method: str) -> None:
    expected = expected_wrong(_MODEL, _MODEL.calls.bad_cookie) if _MODEL.calls is not None else None
    assert expected is not None

    async def flow(dut: CallDut) -> None:
        for name, cookie in (("text", "clausewise"), ("number", "4294967295"), ("odd", "!?")):
            reply = await dut.call(method, {"cookie": cookie})
            dut.fault(reply, dut.syntax.bad_cookie, "TPS-ENM-005", check=f"cookie.{name}")

    SUITE.add(
        Case(
            id=f"tps.{method}.fault.cookie",
            system="tps",
            title=f"{method}: a cookie that the device never gave",
            chapter=_MODEL.operations[method].section,
            clauses=("TPS-ENM-005",),
            flow=flow,
            after=(f"tps.{method}.success",),
            module=__name__,
        )
    )


for _name in (
    "conference",
    "conference.deletions",
    "participant",
    "participant.advanced",
    "participant.media",
    "participant.deletions",
):
    _bad_cookie(f"flex.{_name}.enumerate")
