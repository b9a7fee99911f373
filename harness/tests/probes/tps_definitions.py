"""Probes of the calls and PINs that define a participant."""

from __future__ import annotations

from typing import Any

from harness.tests.probes.tps_objects import SMALL, asked, bandwidth, conference, incoming, outgoing, participant, uri
from harness.tests.probes.tps_participants import CREATE, QUERY
from harness.tests.probes.tps_shapes import CASCADE, fit
from harness.tests.probes.tps_wire import DUPLICATE, INVALID, LONG, RANGE, World, each, need, probe


def given(world: World, **more: Any) -> dict[str, Any]:
    """What create needs, but its calls."""
    return {"conferenceID": conference(world), "participantMediaResources": SMALL, **more}


@probe("calls-number", "one to four calls", 2462, 2665)
def calls(world: World) -> None:
    room = given(world)
    world.lacks(CREATE, "calls", **room)
    world.fault(CREATE, **room, calls=[])
    world.fault(CREATE, **room, calls=[incoming(world) for _turn in range(5)])
    for bad in each("x", {}, 4):
        world.garbled(CREATE, "calls", **room, calls=bad)
    for number in (1, 2, 3, 4):
        mine = [incoming(world) for _turn in range(number)]
        got = asked(world, participant(world, room["conferenceID"], calls=mine))
        fit(got, QUERY, "query")
        need([one.get("URI") for one in got["calls"]] == [one["URI"] for one in mine], f"{got['calls']}")


@probe("calls-either", "a call is incoming or outgoing, but not both", 1256, 2455)
def either(world: World) -> None:
    room = given(world)
    world.fault(CREATE, **room, calls=[{**outgoing(world), "URI": uri()}])
    world.fault(CREATE, **room, calls=[{"callBandwidth": bandwidth(world)}])


@probe("calls-incoming-required", "URI and callBandwidth", 1261, 1262)
def in_required(world: World) -> None:
    room = given(world)
    world.lacks(CREATE, "callBandwidth", **room, calls=[{"URI": uri()}])
    for name, bad in (("URI", 1), ("callBandwidth", "1"), ("disconnectOnIncoming", "no")):
        world.garbled(CREATE, name, **room, calls=[incoming(world, **{name: bad})])


@probe("calls-outgoing-required", "remoteAddress, protocol and callBandwidth", 1268, 1275, 1276)
def out_required(world: World) -> None:
    room, call = given(world), outgoing(world)
    for name in ("protocol", "callBandwidth"):
        world.lacks(CREATE, name, **room, calls=[{key: value for key, value in call.items() if key != name}])
    for name, bad in (("remoteAddress", 1), ("protocol", False), ("callBandwidth", "1"), ("toOverride", 5)):
        world.garbled(CREATE, name, **room, calls=[{**call, name: bad}])
    for bad_protocol in ("SIP", "h.323", "", "tcp"):
        world.fault(CREATE, INVALID, **room, calls=[{**call, "protocol": bad_protocol}])


@probe("calls-lengths", "80 characters of URI, address and toOverride", 1261, 1268, 1277)
def lengths(world: World) -> None:
    room = given(world)
    world.fault(CREATE, LONG, **room, calls=[incoming(world, URI="x" * 81)])
    world.fault(CREATE, LONG, **room, calls=[outgoing(world, "x" * 81)])
    world.fault(CREATE, LONG, **room, calls=[outgoing(world, toOverride="x" * 81)])
    longest = uri().ljust(80, "x")
    got = asked(world, participant(world, room["conferenceID"], calls=[incoming(world, URI=longest)]))
    need(got["calls"][0]["URI"] == longest, f"{got['calls']}")
    address = uri().ljust(80, "x")
    got = asked(world, participant(world, room["conferenceID"], calls=[outgoing(world, address, toOverride="y" * 80)]))
    need(got["calls"][0]["remoteAddress"] == address, f"{got['calls']}")
    need(got["calls"][0].get("toOverride") == "y" * 80, f"{got['calls']}")


@probe("calls-bandwidth", "within the limits of flex.resource.query", 1262, 1276)
def band(world: World) -> None:
    room, limits = given(world), world.call("flex.resource.query")
    for kind in (incoming, outgoing):
        for bad in (limits["minCallBandwidth"] - 1, limits["maxCallBandwidth"] + 1, -1):
            world.fault(CREATE, RANGE, **room, calls=[{**kind(world), "callBandwidth": bad}])
        for good in (limits["minCallBandwidth"], limits["maxCallBandwidth"]):
            ident = participant(world, room["conferenceID"], calls=[{**kind(world), "callBandwidth": good}])
            need(asked(world, ident)["calls"][0]["callBandwidth"] == good, f"{good}")


@probe("calls-both-kinds", "incoming and outgoing calls may be combined", 522)
def mixed(world: World) -> None:
    mine = [incoming(world, disconnectOnIncoming=True), outgoing(world)]
    got = asked(world, participant(world, conference(world), calls=mine))
    fit(got, QUERY, "query")
    need(got["calls"][0].get("disconnectOnIncoming") is True and "remoteAddress" in got["calls"][1], f"{got['calls']}")


@probe(
    "calls-index",
    "audioIndex and contentIndex are positions among the calls; with one call they are ignored",
    2454,
    2473,
)
def index(world: World) -> None:
    room = given(world)
    two = [incoming(world), incoming(world)]
    for name in ("audioIndex", "contentIndex"):
        for bad in (2, -1):
            world.fault(CREATE, **room, calls=two, **{name: bad})
        world.garbled(CREATE, name, **room, calls=two, **{name: "0"})
    got = asked(
        world, participant(world, room["conferenceID"], calls=two, audioIndex=1, contentIndex=1, camerasCrossed=True)
    )
    need((got["audioIndex"], got["contentIndex"], got["camerasCrossed"]) == (1, 1, True), f"{got}")
    participant(world, room["conferenceID"], audioIndex=3, contentIndex=3, camerasCrossed=True)
    world.garbled(CREATE, "camerasCrossed", **room, calls=two, camerasCrossed="x")


@probe("calls-cascade", "cascadeRole is one of three; a cascade link has one call", 2456, 2479)
def cascade(world: World) -> None:
    room = given(world)
    for value in CASCADE:
        got = asked(world, participant(world, room["conferenceID"], cascadeRole=value))
        need(got["cascadeRole"] == value, f"{got['cascadeRole']}")
    for value in CASCADE[1:]:
        world.fault(CREATE, **room, calls=[incoming(world), incoming(world)], cascadeRole=value)
    world.fault(CREATE, INVALID, **room, calls=[incoming(world)], cascadeRole="master")
    world.garbled(CREATE, "cascadeRole", **room, calls=[incoming(world)], cascadeRole=1)


@probe("pin-outgoing", "a PIN is refused where all calls are outgoing", 538, 2468)
def pin_outgoing(world: World) -> None:
    world.fault(CREATE, INVALID, **given(world), calls=[outgoing(world)], PIN="123")
    mine = [incoming(world), outgoing(world)]
    participant(world, conference(world), calls=mine, PIN="123")


@probe("pins-outgoing", "PINs are refused where all calls are outgoing", 538, 1281, 2469)
def pins_outgoing(world: World) -> None:
    world.fault(CREATE, INVALID, **given(world), calls=[outgoing(world)], PINs=[{"PIN": "123"}])


@probe("pin-back", "a PIN comes back, up to 40 digits", 2468, 2661, 2662)
def pin(world: World) -> None:
    room = given(world)
    for value in ("1", "7" * 40):
        got = asked(world, participant(world, room["conferenceID"], PIN=value))
        fit(got, QUERY, "query")
        need(value in (got.get("PIN"), *(one["PIN"] for one in got.get("PINs", []))), f"{got}")
    world.fault(CREATE, LONG, **room, calls=[incoming(world)], PIN="7" * 41)
    world.garbled(CREATE, "PIN", **room, calls=[incoming(world)], PIN=7)


@probe("pins-back", "two PINs with their attributes come back", 1286, 1287, 2469, 2662)
def pins(world: World) -> None:
    room = given(world)
    mine = [{"PIN": "11", "callAttributes": {"accessLevel": "guest"}}, {"PIN": "2" * 40}]
    got = asked(world, participant(world, room["conferenceID"], PINs=mine))
    fit(got, QUERY, "query")
    need([one["PIN"] for one in got.get("PINs", [])] == ["11", "2" * 40], f"{got.get('PINs')}")
    need(got["PINs"][0].get("callAttributes", {}).get("accessLevel") == "guest", f"{got['PINs']}")
    calls = [incoming(world)]
    world.fault(CREATE, **room, calls=calls, PINs=[{"PIN": one} for one in "123"])
    world.fault(CREATE, LONG, **room, calls=calls, PINs=[{"PIN": "2" * 41}])
    world.lacks(CREATE, "PIN", **room, calls=calls, PINs=[{"callAttributes": {}}])
    world.garbled(CREATE, "PIN", **room, calls=calls, PINs=[{"PIN": 5}])
    world.garbled(CREATE, "PINs", **room, calls=calls, PINs="5")


@probe("dtmf-ascii", "other ASCII is ignored, what is not ASCII is a fault", 725, 729, 731)
def dtmf(world: World) -> None:
    room = given(world)
    participant(world, room["conferenceID"], calls=[outgoing(world)], dtmf="*#0123456789ABCD, xyz!")
    world.fault(CREATE, **room, calls=[outgoing(world)], dtmf="12é")


@probe("calls-taken-uri", "a URI that is in use is a duplicate", 509, 3663)
def taken(world: World) -> None:
    width, name = bandwidth(world), uri()
    conference(world, URIs=[{"URI": name, "callBandwidth": width}])
    world.fault(CREATE, DUPLICATE, **given(world), calls=[incoming(world, URI=name)])


@probe("calls-main-video-presentation", "always false for participants of several calls", 1185)
def presentation(world: World) -> None:
    name = "videoTxPresentationMainVideoAllowed"
    mine = [incoming(world), incoming(world)]
    got = asked(world, participant(world, conference(world), calls=mine, callAttributes={name: True}))
    need(got["callAttributes"][name] is False, f"{got['callAttributes'][name]}")


@probe("calls-refused-leaves-nothing", "what is refused creates no participant", 299)
def nothing(world: World) -> None:
    room = given(world)
    name = uri()
    world.fault(CREATE, **room, calls=[incoming(world, URI=name)], displayName="x" * 81)
    got = world.call("flex.conference.status", conferenceID=room["conferenceID"])
    need(got["numParticipants"] == 0, f"{got}")
    participant(world, room["conferenceID"], calls=[incoming(world, URI=name)])
