"""Probes of what calls that are connected show, and of what conferences do to them."""

from __future__ import annotations

import time
import xmlrpc.client
from functools import partial
from typing import Any

from harness.tests.probes.tps_calls import rest
from harness.tests.probes.tps_network import latest
from harness.tests.probes.tps_objects import (
    NOBODY,
    asked,
    conference,
    connected,
    incoming,
    outgoing,
    participant,
    query,
    status,
)
from harness.tests.probes.tps_shapes import ADVANCED, fit
from harness.tests.probes.tps_wire import NO_CONFERENCE, NO_PARTICIPANT, World, need, probe

ALL = "flex.participant.advanced.enumerate"


def room(world: World, **more: Any) -> str:
    """A conference whose calls are connected at once."""
    return conference(world, welcomeScreen=False, waitForChair=False, **more)


def full(world: World, here: str, ident: str) -> dict[str, Any]:
    """What is told of a participant, once it is fully connected."""

    def one() -> dict[str, Any]:
        return dict(rest(world, ALL, conferenceID=here)[0][ident])

    world.wait(lambda: one()["connectionState"] == "connected", "connectionState connected")
    return one()


@probe("state-h323", "a call by H.323", 896, 1801, 2383)
def h323(world: World) -> None:
    here = room(world)
    ident = participant(world, here, calls=[outgoing(world, protocol="h323")])
    world.wait(lambda: status(world, ident)["calls"][0].get("callState") == "callStateConnected", "connected")
    need(status(world, ident)["calls"][0]["protocol"] == "h323", "status")
    need(full(world, here, ident)["calls"][0]["protocol"] == "h323", "enumeration")


@probe("state-media", "channels are in use or not, and muted if muted", 1005, 1008, 2410, 2415)
def media(world: World) -> None:
    here = room(world)
    ident = connected(world, here)
    first = full(world, here, ident)
    fit(first, ADVANCED, ALL)
    need(first["mediaStatus"]["audioRx"] in ("inUse", "notInUse"), f"{first['mediaStatus']}")
    for name in ("audioRx", "audioTx", "videoRx", "videoTx"):
        for value in (True, False):
            world.done("flex.participant.setMute", participantID=ident, **{f"{name}Mute": value})
            shown(world, here, ident, name, value)


def shown(world: World, here: str, ident: str, name: str, value: bool) -> None:
    """Wait until a channel is muted or not."""
    world.wait(lambda: (full(world, here, ident)["mediaStatus"][name] == "muted") is value, f"{name} muted: {value}")


@probe("state-layout", "no layout where no video is transmitted", 2374, 3016)
def layout(world: World) -> None:
    here = room(world)
    ident = connected(world, here)
    full(world, here, ident)
    need("layout" in status(world, ident), "no layout")
    world.done("flex.participant.setMute", participantID=ident, videoTxMute=True)
    need("layout" not in status(world, ident), "a layout though video is muted")
    world.done("flex.participant.setMute", participantID=ident, videoTxMute=False)
    need("layout" in status(world, ident), "no layout again")


@probe("state-forced-layout", "a layout that is forced is shown", 1203, 1205, 3016)
def forced(world: World) -> None:
    here = room(world)
    for one in ("layoutSingle", "layoutEqual"):
        given = {"displayDefaultLayoutSingleScreen": one, "displayForceDefaultLayout": True}
        ident = connected(world, here, callAttributes=given)
        full(world, here, ident)
        need(status(world, ident)["layout"] == one, f"{status(world, ident)['layout']}, not {one}")


@probe("state-audio-only", "an endpoint without video", 1005, 2412, 3016)
def audio_only(world: World) -> None:
    here = room(world)
    ident = connected(world, here, world.some("audio_only_addresses")[1])
    got = full(world, here, ident)["mediaStatus"]
    need(got["videoRx"] == got["videoTx"] == "notNegotiated", f"{got}")
    need(got["audioRx"] != "notNegotiated" and "layout" not in status(world, ident), f"{status(world, ident)}")


@probe("state-encryption", "encryption that is forbidden or required", 908, 909, 998, 1000, 2396)
def encryption(world: World) -> None:
    here = room(world)
    for setting, wrong in (("forbidden", ("encrypted", "mixed")), ("required", ("unencrypted", "mixed"))):
        ident = connected(world, here, callAttributes={"encryption": setting})
        got = full(world, here, ident)["encryptionStatus"]
        need(got["audio"] not in wrong and got["mainVideo"] not in wrong, f"{setting}: {got}")


@probe("state-presenter", "who presents to the conference", 2021, 2296)
def presenter(world: World) -> None:
    here = room(world)
    ident = connected(world, here, world.some("presenting_addresses")[0])

    def shown() -> bool:
        return bool(world.call("flex.conference.status", conferenceID=here).get("presenterID") == ident)

    world.wait(shown, "presenterID")
    found = [one for one in world.call("flex.conference.enumerate")["conferences"] if one["conferenceID"] == here]
    need([one.get("presenterID") for one in found] in ([ident], []), f"{found}")
    world.done("flex.participant.destroy", participantID=ident)
    need("presenterID" not in world.call("flex.conference.status", conferenceID=here), "still presents")


@probe("state-presentation-forbidden", "an endpoint that may not contribute does not present", 1182)
def no_presentation(world: World) -> None:
    here, address = room(world), world.some("presenting_addresses")[1]
    full(world, here, connected(world, here, address, callAttributes={"presentationContributionAllowed": False}))
    time.sleep(0.2)
    need("presenterID" not in world.call("flex.conference.status", conferenceID=here), "presents")


@probe("state-two-calls", "a participant of two outgoing calls", 536, 2367, 3010)
def two(world: World) -> None:
    here, addresses = room(world), world.some("answering_addresses", 2)
    ident = participant(world, here, calls=[outgoing(world, one) for one in addresses[:2]])

    def done() -> bool:
        return all(one.get("callState") == "callStateConnected" for one in status(world, ident)["calls"])

    world.wait(done, "both calls are connected")
    got = status(world, ident)["calls"]
    need([one["address"] for one in got] == addresses[:2] and got[0]["callID"] != got[1]["callID"], f"{got}")
    one = full(world, here, ident)
    need([call["address"] for call in one["calls"]] == addresses[:2], f"{one['calls']}")
    need(one["addresses"] == [{"remoteAddress": address} for address in addresses[:2]], f"{one['addresses']}")


@probe("state-incoming-first", "outgoing calls are created after all incoming calls have connected", 537)
def incoming_first(world: World) -> None:
    ident = participant(world, room(world), calls=[incoming(world), outgoing(world)])
    time.sleep(0.4)
    got = status(world, ident)["calls"]
    need(len(got) == 2 and got[0] == {} and got[1].get("callState") != "callStateConnected", f"{got}")


@probe("state-not-started", "a participant is not called before its conference starts", 560, 1852)
def not_started(world: World) -> None:
    ident = participant(world, room(world, startTime=100_000), calls=[outgoing(world)])
    time.sleep(0.4)
    need(status(world, ident)["calls"][0].get("callState") != "callStateConnected", f"{status(world, ident)['calls']}")


@probe("state-end", "the end of a conference is the end of its participants", 560, 1853)
def end(world: World) -> None:
    here = room(world, duration=max(2, int(world.scale)), exitScreen=False)
    ident = connected(world, here)

    def over() -> bool:
        try:
            world.ask("flex.participant.status", {**world.auth, "participantID": ident})
        except xmlrpc.client.Fault as error:
            return error.faultCode == NO_PARTICIPANT
        return False

    world.wait(over, "gone")


@probe("state-cdr", "a participant that comes and goes is in the log", 1423)
def cdr(world: World) -> None:
    here = room(world)
    before = latest(world)[-1]["index"]
    ident = connected(world, here)
    full(world, here, ident)
    world.wait(lambda: {"participantConnected", "participantJoined"} & kinds(world, before), "connected or joined")
    last = latest(world)[-1]["index"]
    world.done("flex.participant.destroy", participantID=ident)
    world.wait(lambda: {"participantLeft", "participantDisconnected"} & kinds(world, last), "left or disconnected")


def kinds(world: World, last: int) -> set[str]:
    """Types of what was logged after this."""
    return {one["type"] for one in latest(world) if one["index"] > last}


@probe("state-unlock", "a conference is unlocked when the last participant leaves", 1887, 2195)
def unlock(world: World) -> None:
    for setting in (True, False):
        here = room(world, locked=True, unlockWithLastCall=setting)
        ident = connected(world, here)
        world.done("flex.participant.destroy", participantID=ident)
        world.wait(partial(open_or_not, world, here, setting), f"unlocked: {setting}")
        time.sleep(0.1)
        need(open_or_not(world, here, setting), f"unlocked: {not setting}")


def open_or_not(world: World, here: str, unlocked: bool) -> bool:
    """Whether it is unlocked as it should be."""
    return query(world, here)["locked"] is not unlocked


@probe("state-auto-disconnect", "a call disconnects when only such calls are left", 1172)
def auto(world: World) -> None:
    here, addresses = room(world, exitScreen=False), world.some("answering_addresses", 2)
    other = connected(world, here, addresses[0])
    ident = connected(world, here, addresses[1], callAttributes={"autoDisconnect": True})
    full(world, here, ident)
    full(world, here, other)
    world.done("flex.participant.destroy", participantID=other)

    def gone() -> bool:
        return bool(world.call("flex.conference.status", conferenceID=here)["numScreens"] == 0)

    world.wait(gone, "disconnected")


@probe("state-chair-exit", "callers are disconnected when the last chair leaves", 1849)
def chair_exit(world: World) -> None:
    here, addresses = room(world, disconnectOnChairExit=True, exitScreen=False), world.some("answering_addresses", 2)
    chair = connected(world, here, addresses[0])
    guest = connected(world, here, addresses[1], callAttributes={"accessLevel": "guest"})
    need(full(world, here, guest)["accessLevel"] == "guest", "accessLevel")
    full(world, here, chair)
    world.done("flex.participant.destroy", participantID=chair)
    world.wait(lambda: world.call("flex.conference.status", conferenceID=here)["numScreens"] == 0, "disconnected")


@probe("state-wait-for-chair", "a guest waits for a chair", 926, 1844)
def wait_for_chair(world: World) -> None:
    here, addresses = conference(world, welcomeScreen=False), world.some("answering_addresses", 2)
    guest = connected(world, here, addresses[0], callAttributes={"accessLevel": "guest"})
    world.wait(lambda: status(world, guest)["calls"][0]["conferenceState"] == "awaitingChair", "awaitingChair")
    need(rest(world, ALL, conferenceID=here)[0][guest]["connectionState"] == "connecting", "at the lobby: connecting")
    connected(world, here, addresses[1])
    world.wait(lambda: status(world, guest)["calls"][0]["conferenceState"] == "complete", "complete")


@probe("attribute-modify-keeps", "attributes that are not named stay", 2042, 2633)
def keeps(world: World) -> None:
    here = conference(world, callAttributes={"displaySelfView": True, "encryption": "required"})
    world.done("flex.conference.modify", conferenceID=here, callAttributes={"videoTxFormat": "PAL"})
    got = query(world, here)["callAttributes"]
    need((got["displaySelfView"], got["encryption"], got["videoTxFormat"]) == (True, "required", "PAL"), f"{got}")
    ident = participant(world, here)
    for given in ({"iXEnabled": False}, {"forceTIP": True}):
        world.done("flex.participant.modify", participantID=ident, callAttributes=given)
    got = asked(world, ident)["callAttributes"]
    need((got["displaySelfView"], got["iXEnabled"], got["forceTIP"]) == (True, False, True), f"{got}")


@probe("fault-strings", "what is not there is said in the words of the table", 349, 3653, 3654)
def strings(world: World) -> None:
    got = world.fault("flex.conference.query", NO_CONFERENCE, conferenceID=NOBODY)
    need("no such conference" in got.faultString, got.faultString)
    got = world.fault("flex.participant.query", NO_PARTICIPANT, participantID=NOBODY)
    need("no such participant" in got.faultString, got.faultString)
