"""Calls that must succeed, by method, and structs and values that hold on the device: what the generated cases need to know."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from harness.calldut import CallDut
from harness.derive_call_places import Place, Tree
from harness.flow import CaseInconclusive, CaseSkipped
from harness.spec.callvalues import exists
from suites.tps import SUITE
from suites.tps.world import (
    FAR_S,
    PASSWORD,
    TOTAL,
    Members,
    conference,
    digits,
    high_receiver,
    incoming,
    outgoing,
    participant,
    receiver,
    receiver_uri,
    resources,
    uri,
    user,
)

Make = Callable[[CallDut], Awaitable[Members]]


async def known_good(dut: CallDut) -> None:
    """A call that needs nothing and changes nothing."""
    if dut.binding.down:
        raise CaseSkipped(dut.binding.down)
    dut.ok(await dut.call("device.query"), check="succeeds")


SUITE.known_good = known_good


async def sample(dut: CallDut, method: str, place: Place | None) -> Tree:
    """See `harness.derive_call_world.Sample`."""
    if (by_place := _BY_PLACE.get(method)) is not None:
        return await by_place(dut, place)
    make = _SAMPLES.get(method)
    return await make(dut) if make is not None else await dut.sample(method)


# what there must be


def _shared(member: str, kind: str, state: str = "any", **more: Any) -> Make:
    """A call about an object that cases share."""

    async def made(dut: CallDut) -> Members:
        return {member: await dut.shared(kind, state), **more}

    return made


def _own(member: str, make: Callable[[CallDut], Awaitable[Any]]) -> Make:
    """A call about an object of this case's own."""

    async def made(dut: CallDut) -> Members:
        return {member: await make(dut)}

    return made


async def _hall(dut: CallDut) -> str:
    """A participant of its own in the conference for such."""
    return await participant(dut)


async def _in_slot(dut: CallDut) -> Members:
    """A receiver of its own: where changes go back to what was first, one that others have changed would be told otherwise (TPS-AMB-345)."""
    return {"receiverIndex": await high_receiver(dut), "sourceIdentifier": "clausewise"}


async def _asked_slot(dut: CallDut) -> Members:
    return {"receiverIndex": int(await dut.shared("receiver", "any"))}


async def _configured(dut: CallDut) -> Members:
    return {"receiverURI": receiver_uri(dut), "receiverIndex": -1}


async def _created(dut: CallDut) -> Members:
    return {"participantMediaResources": await resources(dut), "startTime": FAR_S}


async def _person(dut: CallDut) -> Members:
    return {"newUserId": f"cw{dut.rng.getrandbits(48):012x}", "password": PASSWORD, "accessRights": "apiOnly"}


async def _key(dut: CallDut) -> Members:
    return {"key": dut.fixture("addable_feature_keys")}


async def _added_key(dut: CallDut) -> Members:
    key = dut.fixture("addable_feature_keys")
    await dut.setup("device.feature.add", {"key": key})
    return {"key": key}


async def _asked(dut: CallDut) -> Members:
    """Diagnostics of a participant that is connected; where nobody listens."""
    return {"participantID": await dut.shared("participant", "connected"), "receiverURI": receiver_uri(dut)}


async def _preview(dut: CallDut) -> Members:
    return {**await _asked(dut), "streams": [{"streamIdentifier": "rxMainVideo", "position": 0}]}


async def _offset(dut: CallDut) -> Members:
    """The offset to UTC as it is."""
    told = await dut.setup("device.time.query")
    return {name: told.value(name, 0) for name in ("utcOffsetHours", "utcOffsetMinutes")}


async def _users_listed(dut: CallDut) -> Members:
    await dut.shared("user", "any")
    return {}


async def _receivers_listed(dut: CallDut) -> Members:
    await dut.shared("receiver", "any")
    return {}


def _listed(kind: str) -> Make:
    """A list in which there is something."""

    async def made(dut: CallDut) -> Members:
        await dut.shared(kind, "any")
        return {}

    return made


async def _no_members(_dut: CallDut) -> Members:
    return {}


async def _important(dut: CallDut) -> Members:
    who = await dut.shared("participant", "connected")
    await dut.setup("flex.participant.setImportant", {"participantID": who})
    return {"participantID": who}


_SAMPLES: dict[str, Make] = {
    "flex.conference.create": _created,
    "flex.conference.query": _shared("conferenceID", "conference"),
    "flex.conference.getMetadata": _shared("conferenceID", "conference"),
    "flex.conference.status": _shared("conferenceID", "conference"),
    "flex.conference.destroy": _own("conferenceID", conference),
    "flex.conference.enumerate": _listed("conference"),
    "flex.conference.deletions.enumerate": _no_members,
    "flex.conference.sendUserMessage": _shared("conferenceID", "conference", "busy", message="Clausewise"),
    "flex.conference.sendWarning": _shared("conferenceID", "conference", "busy", secondsRemaining=60),
    "flex.participant.destroy": _own("participantID", _hall),
    "flex.participant.query": _shared("participantID", "participant"),
    "flex.participant.status": _shared("participantID", "participant"),
    "flex.participant.enumerate": _listed("participant"),
    "flex.participant.advanced.enumerate": _listed("participant"),
    "flex.participant.media.enumerate": _listed("participant"),
    "flex.participant.deletions.enumerate": _no_members,
    "flex.participant.setMute": _shared("participantID", "participant", "connected", audioRxMute=False),
    "flex.participant.setImportant": _shared("participantID", "participant", "connected"),
    "flex.participant.clearImportant": _important,
    "flex.participant.sendDTMF": _shared("participantID", "participant", "connected", dtmf="12"),
    "flex.participant.sendUserMessage": _shared("participantID", "participant", "connected", message="Clausewise"),
    "flex.participant.requestDiagnostics": _asked,
    "flex.participant.requestPreview": _preview,
    "flex.participant.call.disconnect": _shared("participantID", "participant", position=0),
    "flex.call.status": _shared("callID", "call"),
    "feedbackReceiver.configure": _configured,
    "feedbackReceiver.reconfigure": _in_slot,
    "feedbackReceiver.remove": _own("receiverIndex", receiver),
    "feedbackReceiver.status": _asked_slot,
    "feedbackReceiver.query": _receivers_listed,
    "user.create": _person,
    "user.destroy": _own("currentUserId", user),
    "user.enumerate": _users_listed,
    "device.feature.add": _key,
    "device.feature.remove": _added_key,
    "device.time.modify": _offset,
    "callHome.configure": _no_members,
    "device.network.modify": _no_members,
    "device.restart": _no_members,
    "services.modify": _no_members,
}


async def _participant_created(dut: CallDut, place: Place | None) -> Members:
    """One call that comes in; one that goes out, or two that come in, where the place needs that."""
    path = place.path if place is not None else ()
    out = "outgoingCall" in path
    calls = [await outgoing(dut, "192.0.2.77") if out else await incoming(dut)]
    if path[:1] in (("camerasCrossed",), ("audioIndex",), ("contentIndex",)):
        calls.append(await incoming(dut))
    return {"conferenceID": await dut.shared("conference", "hall"), "calls": calls}


async def _user_modified(dut: CallDut, place: Place | None) -> Members:
    """The shared user, or one of the case's own where it gets another name."""
    if place is not None and place.path == ("newUserId",):
        return {"currentUserId": await user(dut), "name": "Clausewise"}
    return {"currentUserId": await dut.shared("user", "any"), "name": "Clausewise"}


def _changed(member: str, kind: str, name: str, value: Any) -> Callable[[CallDut, Place | None], Awaitable[Members]]:
    """A change of an object that cases share: of what is at the place alone, or of one member where there is no place."""

    async def made(dut: CallDut, place: Place | None) -> Members:
        thing: Members = {member: await dut.shared(kind, "any")}
        return thing if place is not None and place.path != (member,) else {**thing, name: value}

    return made


async def _sip(_dut: CallDut, place: Place | None) -> Members:
    return {} if place is not None and place.path == ("username",) else {"username": "clausewise"}


async def _home(_dut: CallDut, place: Place | None) -> Members:
    return {} if place is not None and place.path == ("mode",) else {"mode": "disabled"}


async def _syslog(dut: CallDut, place: Place | None) -> Members:
    told = (await dut.setup("logs.syslog.query")).value("facilityValue", 0)
    return {} if place is not None and place.path == ("facilityValue",) else {"facilityValue": told}


_BY_PLACE: dict[str, Callable[[CallDut, Place | None], Awaitable[Members]]] = {
    "flex.participant.create": _participant_created,
    "flex.conference.modify": _changed("conferenceID", "conference", "welcomeScreen", True),
    "flex.participant.modify": _changed("participantID", "participant", "displayName", "Clausewise"),
    "user.modify": _user_modified,
    "sip.modify": _sip,
    "callHome.configure": _home,
    "logs.syslog.modify": _syslog,
}


# structs


async def fill(dut: CallDut, struct: str) -> Tree:
    """See `harness.derive_call_world.Fill`."""
    make = _STRUCTS.get(struct)
    found = await make(dut) if make is not None else await dut.valid(struct)
    assert isinstance(found, dict)
    return found


async def _tokens(_dut: CallDut) -> Members:
    return {"total": TOTAL}


async def _attributes(_dut: CallDut) -> Members:
    return {"forceTIP": False}


async def _pin(dut: CallDut) -> Members:
    return {"PIN": digits(dut, 8)}


async def _stream(_dut: CallDut) -> Members:
    return {"streamIdentifier": "rxMainVideo", "position": 0}


async def _server(dut: CallDut) -> Members:
    return {"address": f"192.0.2.{dut.rng.randint(1, 254)}"}


async def _port(dut: CallDut) -> Members:
    return dict(json.loads(await dut.shared("service", "any")))


async def _service(dut: CallDut) -> Members:
    return dict(json.loads(await dut.shared("service", "any"))["services"][0])


async def _nothing(_dut: CallDut) -> Members:
    return {}


_STRUCTS: dict[str, Make] = {
    "participantMediaResources": resources,
    "mediaTokens": _tokens,
    "callAttributes": _attributes,
    "conferenceURI": uri,
    "incomingCall": incoming,
    "outgoingCall": outgoing,
    "participantPIN": _pin,
    "previewRequest": _stream,
    "syslogServer": _server,
    "servicePortTaken": _port,
    "serviceTaken": _service,
    "networkPortTaken": _nothing,
    "dnsTaken": _nothing,
}


async def unknown(dut: CallDut, kind: str) -> Any:
    """An id of no object of a kind."""
    if kind == "receiver":
        told = (await dut.setup("feedbackReceiver.query")).value("receivers")
        taken = {one.get("index") for one in told if isinstance(one, dict)} if isinstance(told, list) else set()
        return next((slot for slot in range(20, 0, -1) if slot not in taken), 20)
    if kind in ("user", "feature-key"):
        return f"no{dut.rng.getrandbits(48):012x}"
    return dut.unknown_id()


@SUITE.provides("spelling")
async def spelling(dut: CallDut, what: str) -> str:
    """How the device spells a member of a method as `method:member`: the first spelling whose value the query shows.

    Raises:
        CaseInconclusive: it shows none.
    """
    method, _, name = what.partition(":")
    call = dut.model.operations[method].call
    assert call is not None
    member = call.takes[name]
    if not exists(dut.syntax.versions, dut.version, member):
        return name  # no call with it is made
    pinned = dut.target.dialect.get(member.ambiguity or "")
    if pinned in member.names:
        return member.names[pinned]
    for spelled in dict.fromkeys((name, *member.names.values())):
        value = await dut.valid(member)
        reply = await dut.call(method, {**await sample(dut, method, None), spelled: value}, judged=False)
        if reply.ok is not True:
            continue
        told = (await dut.shows(reply))[0].reply
        if any(told.value(one) == value for one in (name, *member.names.values())):
            return spelled
    raise CaseInconclusive(f"{method} takes {name} in no spelling, or its query does not show it")


async def spelled(dut: CallDut, method: str, name: str) -> str:
    """See `harness.derive_call_world.CallWorld`; found out once a run."""
    return await dut.shared("spelling", f"{method}:{name}")
