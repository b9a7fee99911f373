"""Probes of calls that a device makes, and of the enumerations of participants."""

from __future__ import annotations

import time
from typing import Any

from harness.tests.probes.tps_objects import (
    NOBODY,
    SMALL,
    conference,
    connected,
    incoming,
    outgoing,
    participant,
    status,
)
from harness.tests.probes.tps_shapes import ADVANCED, CALL, LINE, MEDIA_INFO, PARTICIPANT_STATUS, fit
from harness.tests.probes.tps_wire import LONG, World, need, probe, register

KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "flex.participant.enumerate": ("participants", LINE),
    "flex.participant.advanced.enumerate": ("participants", ADVANCED),
    "flex.participant.media.enumerate": (
        "participantMediaInfo",
        {"participantID": "string:50", "conferenceID": "string:50", "participantReference?": "string:50", **MEDIA_INFO},
    ),
}
DELETIONS = "flex.participant.deletions.enumerate"
ENDED = {"participantID": "string:50", "conferenceID": "string:50", "sipReasonHeader?": "string:63"}


def page(world: World, method: str, **more: Any) -> dict[str, Any]:
    """One answer of an enumeration, which must have its members."""
    got = world.call(method, **more)
    if method == DELETIONS:
        need(("IDs" in got) != ("participantIDs" in got), f"one of both arrays: {sorted(got)}")
        inside: dict[str, Any] = {"IDs": [ENDED]} if "IDs" in got else {"participantIDs": ["string:50"]}
    else:
        inside = {KINDS[method][0]: [KINDS[method][1]]}
    fit(got, {"moreAvailable": "bool", "cookie": "string:150", **inside}, method)
    return got


def rest(world: World, method: str, **more: Any) -> tuple[dict[str, Any], str]:
    """All that an enumeration still has, by identifier, and its cookie."""
    found: dict[str, Any] = {}
    for _turn in range(200):
        got = page(world, method, **more)
        for one in next(value for value in got.values() if isinstance(value, list)):
            found[one if isinstance(one, str) else one["participantID"]] = one
        if not got["moreAvailable"]:
            return found, got["cookie"]
        more = {**{key: value for key, value in more.items() if key == "max"}, "cookie": got["cookie"]}
    need(False, f"{method}: moreAvailable for ever")
    raise AssertionError


def enumerated(world: World, method: str) -> None:
    """First all, then what is new, then nothing; by conference too."""
    room, other = conference(world), conference(world)
    first = participant(world, room, participantReference="r")
    second = participant(world, other)
    found, cookie = rest(world, method)
    need({first, second} <= set(found), "not all live ones")
    need(found[first]["conferenceID"] == room and found[first].get("participantReference") == "r", f"{found[first]}")
    need("participantReference" not in found[second], f"{found[second]}")
    third = participant(world, room)
    found, cookie = rest(world, method, cookie=cookie)
    need(list(found) == [third], f"not just the new one: {found}")
    need(rest(world, method, cookie=cookie)[0] == {}, "nothing has changed")
    need(set(rest(world, method, conferenceID=room, max=1)[0]) == {first, third}, "of one conference")
    got = page(world, method, conferenceID=room, max=1)
    need(got["moreAvailable"] is True and len(got[KINDS[method][0]]) == 1, f"max 1: {got}")
    world.fault(method, conferenceID=NOBODY)
    world.garbled(method, "conferenceID", conferenceID=5)


for _method in KINDS:
    _lines = (659, 660, 2346, 2347, 2537, 2594)
    register(f"{_method}-cookies", "live participants, then changes", _lines, enumerated, _method)


@probe("participant-enumerate-idle", "an incoming participant that was never called", 987, 2367, 2390)
def never(world: World) -> None:
    room, call = conference(world), incoming(world)
    ident = participant(world, room, calls=[call], displayName="d")
    for method in ("flex.participant.enumerate", "flex.participant.advanced.enumerate"):
        one = rest(world, method, conferenceID=room)[0][ident]
        need(one["connectionState"] in ("neverConnected", "disconnected"), f"{one['connectionState']}")
        need(one["calls"] == [{}] and one["addresses"] == [{"URI": call["URI"]}], f"{one}")
        need(one.get("displayName") == "d" and "layout" not in one, f"{one}")


@probe("participant-media-idle", "nothing of the far end is known before a call", 2613, 2620, 2622)
def media(world: World) -> None:
    room = conference(world)
    limited = {**SMALL, "mediaTokensMainVideo": {"total": 200, "maxPerChannel": 100}}
    ident = participant(world, room, participantMediaResources=limited)
    one = rest(world, "flex.participant.media.enumerate", conferenceID=room)[0][ident]
    need(one["creditsConfigured"] == 315 and "creditsFarEnd" not in one and "creditsNearEnd" not in one, f"{one}")
    main, audio = one["mainVideoTokenInfo"], one["audioTokenInfo"]
    need(main == {"maxTokensConfigured": 200, "maxTokensPerChannelConfigured": 100}, f"{main}")
    need(audio == {"maxTokensConfigured": 30, "maxTokensPerChannelConfiguredUnlimited": True}, f"{audio}")


@probe(
    "participant-deletions",
    "first nothing, then what was deleted since, with or without the conference",
    670,
    2491,
    2499,
)
def deletions(world: World) -> None:
    room = conference(world)
    first, second = participant(world, room), participant(world, room)
    plain, wide = page(world, DELETIONS), page(world, DELETIONS, extended=True)
    need(plain.get("participantIDs") == [] and wide.get("IDs") == [], f"at first: {plain} {wide}")
    for ident in (first, second):
        world.done("flex.participant.destroy", participantID=ident)
    found, cookie = rest(world, DELETIONS, cookie=plain["cookie"], extended=True)
    need(set(found) == {first, second} and found[first] == first, f"extended is ignored later: {found}")
    need(rest(world, DELETIONS, cookie=cookie)[0] == {}, "told once")
    found, _cookie = rest(world, DELETIONS, cookie=wide["cookie"])
    need({key: one["conferenceID"] for key, one in found.items()} == {first: room, second: room}, f"{found}")
    world.garbled(DELETIONS, "extended", extended="true")
    world.fault(DELETIONS, conferenceID=NOBODY)


@probe("call-connected", "an endpoint that answers is connected", 536, 937, 1803, 3057)
def answered(world: World) -> None:
    room = conference(world, welcomeScreen=False, waitForChair=False)
    address = world.some("answering_addresses")[0]
    ident = connected(world, room, address)
    world.wait(lambda: status(world, ident)["calls"][0]["conferenceState"] == "complete", "it is fully connected")
    got = status(world, ident)
    fit(got, PARTICIPANT_STATUS, "status")
    call = got["calls"][0]
    need(call["address"] == address and call["incoming"] is False and call["protocol"] == "sip", f"{call}")
    need(call["conferenceID"] == room and {"duration", "rxBandwidth", "txBandwidth"} <= set(call), f"{call}")
    need("creditsFarEnd" in got["participantMediaInfo"], f"{got['participantMediaInfo']}")
    one = world.call("flex.call.status", callID=call["callID"])
    fit(one, {**CALL, "participantID?": "string:50"}, "flex.call.status")
    need(one.get("participantID") == ident and one["callState"] == "callStateConnected", f"{one}")
    need(
        {key: one[key] for key in ("address", "incoming", "protocol")}
        == {key: call[key] for key in ("address", "incoming", "protocol")},
        f"{one}",
    )


@probe("call-unanswered", "an endpoint that does not answer is not connected", 932, 1804, 2622)
def unanswered(world: World) -> None:
    ident = participant(world, conference(world), calls=[outgoing(world, world.some("unanswered_addresses")[0])])
    got = status(world, ident)
    fit(got, PARTICIPANT_STATUS, "status")
    if call := got["calls"][0]:
        need(call["callState"] != "callStateConnected" and "duration" not in call, f"{call}")
        need("rxBandwidth" not in call and "layout" not in got, f"{got}")
    need("creditsFarEnd" not in got["participantMediaInfo"], f"{got['participantMediaInfo']}")


@probe("call-enumerated", "a connected call in both enumerations", 2380, 2385, 2565, 2573)
def listed(world: World) -> None:
    room, address = conference(world, welcomeScreen=False, waitForChair=False), world.some("answering_addresses")[1]
    ident = connected(world, room, address)

    def over() -> bool:
        found = rest(world, "flex.participant.enumerate", conferenceID=room)[0]
        return bool(found[ident]["connectionState"] == "connected")

    world.wait(over, "connectionState connected")
    for method in ("flex.participant.enumerate", "flex.participant.advanced.enumerate"):
        one = rest(world, method, conferenceID=room)[0][ident]
        call = one["calls"][0]
        need(call.get("address") == address and call.get("incoming") is False and "callID" in call, f"{one}")
        need(one["addresses"] == [{"remoteAddress": address}], f"{one['addresses']}")
        need(one["accessLevel"] == "chair", f"{one['accessLevel']}")
    need({"protocol", "rxBandwidth", "txBandwidth"} <= set(call) and "layout" in one, f"{one}")


@probe("call-status-argument", "callID is required, and must be known", 1791)
def call_argument(world: World) -> None:
    world.lacks("flex.call.status", "callID")
    world.garbled("flex.call.status", "callID", callID=5)
    world.fault("flex.call.status", callID=NOBODY)
    world.fault("flex.call.status", callID="x" * 51)


@probe("call-hangs-up-with-participant", "calls of a participant that is destroyed are destroyed", 2518)
def hang_up(world: World) -> None:
    ident = connected(world, conference(world))
    call = status(world, ident)["calls"][0]["callID"]
    world.done("flex.participant.destroy", participantID=ident)
    world.fault("flex.call.status", callID=call)


@probe("call-several-screens", "endpoints with several screens have one call each or a grouped one", 2291, 3003)
def screens(world: World) -> None:
    room = conference(world, welcomeScreen=False, waitForChair=False)
    ident = connected(world, room, world.some("multiscreen_addresses")[0])
    fit(status(world, ident), PARTICIPANT_STATUS, "status")
    world.wait(lambda: world.call("flex.conference.status", conferenceID=room)["numScreens"] > 1, "screens")


@probe("call-start-muted", "what the attributes mute at the start of a call is muted", 1215, 1218, 3011)
def muted(world: World) -> None:
    names = {"audioRxStartMuted": "audioRxMute", "videoTxStartMuted": "videoTxMute"}
    ident = connected(world, conference(world), callAttributes=dict.fromkeys(names, True))
    got = status(world, ident)
    need(all(got[name] for name in names.values()) and not got["audioTxMute"] and not got["videoRxMute"], f"{got}")


@probe(
    "call-disconnect-refused", "only calls through a participant conference URI can be disconnected", 2421, 2431, 2433
)
def disconnect(world: World) -> None:
    method, room = "flex.participant.call.disconnect", conference(world)
    world.fault(method, participantID=connected(world, room), position=0)
    ident = participant(world, room)
    for bad in (0, 1, 4, -1):
        world.fault(method, participantID=ident, position=bad)
    world.garbled(method, "position", participantID=ident, position="0")


@probe("call-defer", "deferConnect waits for another call", 988, 1222)
def deferred(world: World) -> None:
    room = conference(world, welcomeScreen=False, waitForChair=False)
    addresses = world.some("answering_addresses", 4)
    ident = participant(world, room, calls=[outgoing(world, addresses[2])], callAttributes={"deferConnect": True})
    time.sleep(0.3)
    got = status(world, ident)
    need(not got["calls"][0] or got["calls"][0]["callState"] != "callStateConnected", f"{got['calls']}")
    one = rest(world, "flex.participant.enumerate", conferenceID=room)[0][ident]
    need(one["connectionState"] == "deferred", f"{one['connectionState']}")
    connected(world, room, addresses[3])
    world.wait(lambda: status(world, ident)["calls"][0].get("callState") == "callStateConnected", "connected then")


@probe("dtmf-send", "tones to a call; a fault without one", 2947, 2949, 725, 731)
def tones(world: World) -> None:
    method, room = "flex.participant.sendDTMF", conference(world)
    ident = connected(world, room)
    for good in ("*#0123456789ABCD,", "1" * 127, "hello 5!"):
        world.done(method, participantID=ident, dtmf=good)
    world.fault(method, LONG, participantID=ident, dtmf="1" * 128)
    world.fault(method, participantID=ident, dtmf="1é")
    world.garbled(method, "dtmf", participantID=ident, dtmf=5)
    world.fault(method, 56, participantID=participant(world, room), dtmf="1")


@probe("call-terminateWithLastCall", "the conference is destroyed with its last call", 1850)
def terminate(world: World) -> None:
    room = conference(world, terminateWithLastCall=True, welcomeScreen=False, waitForChair=False, exitScreen=False)
    ident = connected(world, room)
    world.done("flex.participant.destroy", participantID=ident)

    def over() -> bool:
        found = world.call("flex.conference.enumerate")["conferences"]
        return room not in [one["conferenceID"] for one in found]

    world.wait(over, "it is gone")


@probe("call-resource-status", "calls are counted", 3215, 3219, 3221)
def counted(world: World) -> None:
    before = world.call("flex.resource.status")
    connected(world, conference(world))
    after = world.call("flex.resource.status")
    need(after["numCalls"] >= before["numCalls"] + 1, f"{before['numCalls']} {after['numCalls']}")
    need(after["numConferences"] > 0 and after["allocatedMediaTokens"] > 0, f"{after}")
