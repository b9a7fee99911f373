"""The faults that belong to methods: each where the document has it, one mistake or one state at a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from harness.calldut import CallDut
from harness.case import Case
from harness.checks.callfaults import expected_use, expected_wrong
from harness.checks.listed import lists_of
from harness.flow import CaseInconclusive
from harness.spec.load import load_system
from suites.tps import SUITE
from suites.tps.generated import REFUSED_ONLY
from suites.tps.world import (
    FAR_S,
    Members,
    conference,
    connected,
    resources,
    uri,
)

_MODEL = load_system("tps")
Make = Callable[[CallDut], Awaitable[Members]]
_CREATE, _MODIFY = "flex.conference.create", "flex.conference.modify"


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


async def short(dut: CallDut) -> Members:
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
    return await _create(dut, participantMediaResources=await short(dut))


async def _change_short(dut: CallDut) -> Members:
    return await _change(dut, participantMediaResources=await short(dut))


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


for _method in lists_of(_MODEL):
    _bad_cookie(_method)
