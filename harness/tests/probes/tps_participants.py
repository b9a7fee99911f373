"""Probes of participants: how they are created, queried, modified, enumerated."""

from __future__ import annotations

from typing import Any

from harness.tests.probes.tps_objects import (
    NOBODY,
    SMALL,
    asked,
    conference,
    incoming,
    outgoing,
    participant,
    status,
)
from harness.tests.probes.tps_shapes import (
    ATTRIBUTES,
    CASCADE,
    PARTIAL,
    PARTICIPANT_STATUS,
    PROTOCOL,
    RESOURCES,
    fit,
)
from harness.tests.probes.tps_wire import (
    INVALID,
    LONG,
    MARKUP,
    NO_PARTICIPANT,
    World,
    need,
    probe,
    register,
)

CREATE = "flex.participant.create"
MODIFY = "flex.participant.modify"
STREAM = {"streamIdentifier": "rxMainVideo", "position": 0}
NEEDS: dict[str, dict[str, Any]] = {
    "flex.participant.call.disconnect": {"position": 0},
    "flex.participant.clearImportant": {},
    "flex.participant.destroy": {},
    "flex.participant.modify": {"displayName": "x"},
    "flex.participant.query": {},
    "flex.participant.requestDiagnostics": {"receiverURI": "http://127.0.0.1:9/RPC2"},
    "flex.participant.requestPreview": {"receiverURI": "http://127.0.0.1:9/RPC2", "streams": [STREAM]},
    "flex.participant.sendDTMF": {"dtmf": "1"},
    "flex.participant.sendUserMessage": {"message": "x"},
    "flex.participant.setImportant": {},
    "flex.participant.setMute": {},
    "flex.participant.status": {},
}
DEFINITION = {
    "URI?": "string:80",
    "callBandwidth": "int:1",
    "disconnectOnIncoming?": "bool",
    "remoteAddress?": "string:80",
    "protocol?": PROTOCOL,
    "toOverride?": "string:80",
}
QUERY = {
    "participantID": "string:50",
    "conferenceID": "string:50",
    "PIN?": "string:40",
    "PINs?": [{"PIN": "string:40", "callAttributes?": PARTIAL}],
    "callAttributes": ATTRIBUTES,
    "participantMediaResources": RESOURCES,
    "calls": [DEFINITION],
    "camerasCrossed": "bool",
    "audioIndex": "int:0:3",
    "contentIndex": "int:0:3",
    "cascadeRole": CASCADE,
    "participantReference?": "string:50",
    "displayName?": "string:80",
    "dtmf?": "string:127",
    "callerName?": "string:80",
    "callerAddress?": "string:80",
}
STRINGS = {
    "participantReference": (50, 2463),
    "displayName": (80, 2475),
    "dtmf": (127, 2476),
    "callerName": (80, 2477),
    "callerAddress": (80, 2478),
}


def identified(world: World, method: str) -> None:
    """A method of a participant."""
    more = NEEDS[method]
    world.lacks(method, "participantID", **more)
    world.garbled(method, "participantID", participantID=7, **more)
    world.fault(method, NO_PARTICIPANT, participantID=NOBODY, **more)
    world.fault(method, (NO_PARTICIPANT, *LONG), participantID="x" * 51, **more)
    ident = participant(world, conference(world))
    for name in more:
        less = {key: value for key, value in more.items() if key != name}
        if method != MODIFY:
            world.lacks(method, name, participantID=ident, **less)


for _method in NEEDS:
    _lines = (554, 3654, 3688, 3690)
    register(f"{_method}-participantID", "participantID is required, and must be known", _lines, identified, _method)


@probe("participant-create-returns", "create returns an identifier, and the reference if there is one", 2484, 2485)
def created(world: World) -> None:
    room = conference(world)
    given = {"conferenceID": room, "calls": [incoming(world)], "participantMediaResources": SMALL}
    fit(world.call(CREATE, **given), {"participantID": "string:50"}, "without a reference")
    given["calls"] = [incoming(world)]
    got = world.call(CREATE, **given, participantReference="mine é")
    fit(got, {"participantID": "string:50", "participantReference": "string:50"}, "with a reference")
    need(got["participantReference"] == "mine é", f"{got}")


@probe("participant-query", "every member of Table 119, with the defaults", 2659, 2472, 2473, 2479)
def queried(world: World) -> None:
    room, call = conference(world), incoming(world)
    ident = participant(world, room, calls=[call])
    got = asked(world, ident)
    fit(got, QUERY, "query")
    need(got["participantID"] == ident and got["conferenceID"] == room, f"{got}")
    need((got["audioIndex"], got["contentIndex"], got["camerasCrossed"]) == (0, 0, False), f"{got}")
    need(got["cascadeRole"] == "cascadeNone", f"{got['cascadeRole']}")
    need(not any(got.get(name) for name in STRINGS), f"{got}")
    need(not {"participantReference", "displayName", "callerName", "callerAddress"} & set(got), f"{got}")
    need(got["calls"][0].get("disconnectOnIncoming") is False, f"{got['calls']}")
    need({**call, "disconnectOnIncoming": False} == got["calls"][0], f"{got['calls']}")
    need(got["participantMediaResources"]["numMediaCredits"] == 315, f"{got['participantMediaResources']}")


@probe("participant-inherits-resources", "without its own resources it has those of the conference", 2471, 1118)
def inherits(world: World) -> None:
    room = conference(world, participantMediaResources=SMALL)
    ident = world.call(CREATE, conferenceID=room, calls=[incoming(world)])["participantID"]
    got = asked(world, ident)["participantMediaResources"]
    need({name: got[name]["total"] for name in got if name != "numMediaCredits"} == TOTALS, f"{got}")


TOTALS = {name: inner["total"] for name, inner in SMALL.items() if name != "numMediaCredits"}


@probe("participant-status", "every member of Table 139, for a call that does not exist yet", 2998, 3010)
def told(world: World) -> None:
    room = conference(world)
    got = status(world, participant(world, room))
    fit(got, PARTICIPANT_STATUS, "status")
    need(got["calls"] == [{}] and got["conferenceID"] == room, f"{got}")
    need(got["important"] is False and "layout" not in got, f"{got}")
    need("participantReference" not in got and "displayName" not in got, f"{got}")
    media = got["participantMediaInfo"]
    need(media["creditsConfigured"] == 315 and "creditsFarEnd" not in media, f"{media}")
    for name in ("mainVideoTokenInfo", "extendedVideoTokenInfo", "audioTokenInfo"):
        need(media[name].get("maxTokensPerChannelConfiguredUnlimited") is True, f"{media[name]}")
        need(not {key for key in media[name] if key.endswith(("FarEnd", "NearEnd"))}, f"{media[name]}")
        need("maxTokensPerChannelConfigured" not in media[name], f"{media[name]}")
    need(media["mainVideoTokenInfo"]["maxTokensConfigured"] == 240, f"{media}")


def written(world: World, name: str, size: int) -> None:
    """A string of create."""
    value = "1*#A," * 26 if name == "dtmf" else "é & <b> " * 20
    value = value[: size - 1] + "9"
    room = conference(world)
    kind = outgoing if name in ("dtmf", "callerName", "callerAddress") else incoming
    got = asked(world, participant(world, room, calls=[kind(world)], **{name: value}))
    fit(got, QUERY, "query")
    need(got.get(name) == value, f"{name}: {got.get(name)!r}")
    given = {"conferenceID": room, "calls": [kind(world)], "participantMediaResources": SMALL}
    world.fault(CREATE, LONG, **given, **{name: "1" * (size + 1)})
    world.garbled(CREATE, name, **given, **{name: 5})


for _name, (_size, _line) in STRINGS.items():
    register(f"participant-{_name}", "a string with its length", (_line, 3668, 3690), written, _name, _size)


@probe("participant-modify", "display name, call attributes and resources change; nothing else", 2633, 544)
def modified(world: World) -> None:
    ident = participant(world, conference(world), displayName="before", participantReference="r")
    before = asked(world, ident)
    world.done(MODIFY, participantID=ident, displayName=MARKUP)
    after = asked(world, ident)
    need(after == {**before, "displayName": MARKUP}, f"{after}")
    need(status(world, ident).get("displayName") == MARKUP, "status")
    world.done(MODIFY, participantID=ident, callAttributes={"displaySelfView": True, "videoTxFormat": "PAL"})
    after = asked(world, ident)
    wanted = {**before["callAttributes"], "displaySelfView": True, "videoTxFormat": "PAL"}
    need(after["callAttributes"] == wanted, f"{after['callAttributes']}")
    other = {**SMALL, "numMediaCredits": 630}
    world.done(MODIFY, participantID=ident, participantMediaResources=other)
    need(asked(world, ident)["participantMediaResources"]["numMediaCredits"] == 630, "resources")
    need(asked(world, ident)["displayName"] == MARKUP, "kept")


@probe("participant-modify-refused", "what modify does not take", 2643, 2645, 1099)
def modify_refused(world: World) -> None:
    ident = participant(world, conference(world))
    world.fault(MODIFY, LONG, participantID=ident, displayName="x" * 81)
    world.garbled(MODIFY, "displayName", participantID=ident, displayName=1)
    world.fault(MODIFY, INVALID, participantID=ident, callAttributes={"encryption": "maybe"})
    less = {name: value for name, value in SMALL.items() if name != "mediaTokensAudio"}
    world.lacks(MODIFY, "mediaTokensAudio", participantID=ident, participantMediaResources=less)
    poor = {**SMALL, "numMediaCredits": 48}
    world.fault(MODIFY, participantID=ident, participantMediaResources=poor)


@probe("participant-destroy", "a participant that is destroyed is gone", 2518, 3654)
def destroyed(world: World) -> None:
    room = conference(world)
    for more in ({}, {"allowExitScreen": False}):
        ident = participant(world, room)
        world.done("flex.participant.destroy", participantID=ident, **more)
        for method in ("flex.participant.query", "flex.participant.status", "flex.participant.destroy"):
            world.fault(method, NO_PARTICIPANT, participantID=ident)
    world.garbled(
        "flex.participant.destroy", "allowExitScreen", participantID=participant(world, room), allowExitScreen=1
    )


@probe("participant-with-its-conference", "a participant does not outlive its conference", 560)
def outlive(world: World) -> None:
    room = conference(world)
    ident = participant(world, room)
    world.done("flex.conference.destroy", conferenceID=room)
    world.fault("flex.participant.query", NO_PARTICIPANT, participantID=ident)


@probe("participant-number", "conferences count their participants", 2290, 2292, 3216, 3218)
def number(world: World) -> None:
    room = conference(world)
    before = world.call("flex.resource.status")
    for _turn in range(2):
        participant(world, room)
    got = world.call("flex.conference.status", conferenceID=room)
    need(got["numParticipants"] == 2 and got["configuredMediaCredits"] == 630, f"{got}")
    need(got["configuredMediaTokens"] == 600, f"{got}")
    after = world.call("flex.resource.status")
    need(after["configuredMediaCredits"] - before["configuredMediaCredits"] == 630, f"{before} {after}")


@probe("participant-limit", "no more participants than the conference may have", 1857, 3659, 3665)
def limit(world: World) -> None:
    room = conference(world, maxParticipants=2)
    for _turn in range(2):
        participant(world, room)
    given = {"conferenceID": room, "calls": [incoming(world)], "participantMediaResources": SMALL}
    world.fault(CREATE, (7, 17), **given)
    world.fault("flex.conference.modify", 25, conferenceID=room, maxParticipants=1)
    world.done("flex.conference.modify", conferenceID=room, maxParticipants=3)
    participant(world, room)


@probe("participant-important", "one participant of a conference is important", 2966, 2437, 2022, 3005)
def important(world: World) -> None:
    room = conference(world)
    first, second = participant(world, room), participant(world, room)
    for one, other in ((first, second), (second, first)):
        world.done("flex.participant.setImportant", participantID=one)
        need(status(world, one)["important"] is True and status(world, other)["important"] is False, "taken away")
        found = world.call("flex.conference.enumerate")["conferences"]
        mine = [item.get("importantID") for item in found if item["conferenceID"] == room]
        need(mine in ([one], []), f"importantID {mine}")
    world.done("flex.participant.clearImportant", participantID=second)
    need(status(world, second)["important"] is False, "cleared")


@probe("participant-mute", "only what is named changes", 2975, 2981, 3011)
def mute(world: World) -> None:
    ident = participant(world, conference(world))
    names = [f"{kind}{way}Mute" for kind in ("audio", "video") for way in ("Rx", "Tx")]
    need(not any(status(world, ident)[name] for name in names), "muted at first")
    state = dict.fromkeys(names, False)
    for name, value in [*((name, True) for name in names), *((name, False) for name in names)]:
        world.done("flex.participant.setMute", participantID=ident, **{name: value})
        state[name] = value
        got = status(world, ident)
        need({key: got[key] for key in names} == state, f"{name} {value}: {got}")
        world.garbled("flex.participant.setMute", name, participantID=ident, **{name: "true"})
    world.done("flex.participant.setMute", participantID=ident)
