"""Conferences and participants for the probes, gone when they are over."""

from __future__ import annotations

from typing import Any

from harness.tests.probes.tps_wire import World, fresh, need

RESOURCES: dict[str, Any] = {  # the example of the document, lines 3704 to 3800
    "mediaTokensMainVideo": {"total": 1920},
    "mediaTokensExtendedVideo": {"total": 1920},
    "mediaTokensAudio": {"total": 96},
    "numMediaCredits": 5040,
}
SMALL: dict[str, Any] = {
    "mediaTokensMainVideo": {"total": 240},
    "mediaTokensExtendedVideo": {"total": 30},
    "mediaTokensAudio": {"total": 30},
    "numMediaCredits": 315,
}
NOBODY = "no-such-identifier"


def conference(world: World, /, **members: Any) -> str:
    """A new conference."""
    given = {"participantMediaResources": RESOURCES, **members}
    got = world.call("flex.conference.create", **given)
    ident = got.get("conferenceID")
    need(isinstance(ident, str) and 0 < len(ident) <= 50, f"flex.conference.create: {got!r}")
    world.later("flex.conference.destroy", conferenceID=ident)
    return str(ident)


def query(world: World, ident: str) -> dict[str, Any]:
    """What a conference is."""
    return world.call("flex.conference.query", conferenceID=ident)


def bandwidth(world: World) -> int:
    """One that is accepted."""
    got = world.call("flex.resource.query")
    return int(min(max(2_000_000, got["minCallBandwidth"]), got["maxCallBandwidth"]))


def uri() -> str:
    """One that nothing has."""
    return f"{fresh('probe_')}@example.com"


def incoming(world: World, /, **members: Any) -> dict[str, Any]:
    """The definition of an incoming call."""
    return {"URI": uri(), "callBandwidth": bandwidth(world), **members}


def outgoing(world: World, address: str = "", /, **members: Any) -> dict[str, Any]:
    """The definition of an outgoing call."""
    address = address or world.some("answering_addresses")[0]
    return {"remoteAddress": address, "protocol": "sip", "callBandwidth": bandwidth(world), **members}


def participant(world: World, room: str, /, **members: Any) -> str:
    """A new participant, with an incoming call if none is given."""
    given = {"calls": [incoming(world)], "participantMediaResources": SMALL, **members}
    got = world.call("flex.participant.create", conferenceID=room, **given)
    ident = got.get("participantID")
    need(isinstance(ident, str) and 0 < len(ident) <= 50, f"flex.participant.create: {got!r}")
    world.later("flex.participant.destroy", participantID=ident)
    return str(ident)


def status(world: World, ident: str) -> dict[str, Any]:
    """How a participant is."""
    return world.call("flex.participant.status", participantID=ident)


def asked(world: World, ident: str) -> dict[str, Any]:
    """What a participant is."""
    return world.call("flex.participant.query", participantID=ident)


def connected(world: World, room: str, address: str = "", /, **members: Any) -> str:
    """A participant whose outgoing call is connected."""
    ident = participant(world, room, calls=[outgoing(world, address)], **members)

    def done() -> bool:
        calls = status(world, ident)["calls"]
        return bool(calls) and calls[0].get("callState") == "callStateConnected"

    world.wait(done, "a call to an endpoint that answers is connected")
    return ident
