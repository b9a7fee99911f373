"""The part of the tour that is about participants and calls."""

from __future__ import annotations

from typing import Any

from harness.tests.tps_meetings_guide import CON, HERE, PRT, Guide, resources, uri


def refused(tour: Guide) -> None:
    """Participants that are refused, and some that are not."""
    one = tour.conference()
    out, line = tour.call("answering"), uri("line-1")
    attributes = {"displayDefaultLayoutMultiScreen": "layoutEqual"}
    pins = [{"PIN": "1", "callAttributes": {"forceTIP": True}}, {"PIN": "2"}]
    for more in (
        {"calls": [out, {**out, "callBandwidth": 1}]}, {"calls": [out] * 5}, {"calls": [out], "PIN": "1"},
        {"calls": [out], "PINs": [{"PIN": "1"}]}, {"calls": [line], "PINs": [{"PIN": "1"}, {"PIN": "1"}]},
        {"calls": [uri("line-2")], "PIN": "7", "PINs": pins}, {"calls": [uri("line-3")], "PIN": "7"},
        {"calls": [uri("line-4")], "PINs": [{"PIN": "5"}]}, {"calls": [out, out], "audioIndex": 2},
        {"calls": [out, out], "cascadeRole": "cascadeMaster"}, {"calls": [out], "participantReference": "r" * 51},
        {"calls": [out], "callAttributes": attributes}, {"calls": [{**out, "URI": "both"}]},
        {"calls": [{"callBandwidth": 70_000}]}, {"calls": [uri("a@b@c")]}, {"calls": [uri("twice"), uri("twice")]},
        {"calls": [{**out, "protocol": "h323", "toOverride": "sip:x@y"}]}, {"calls": [uri("line-3")]},
        {"calls": [uri("line_5")], "dtmf": "1x2,", "displayName": "Zoë" + "n" * 70},
    ):  # fmt: skip
        made = tour.do(f"{PRT}create", more, conferenceID=one)
        tour.ask(participant=str(made.get("participantID", "")))
    tour.do(f"{PRT}create", conferenceID="none", calls=[out])


def waiting(tour: Guide) -> None:
    """Those who wait for a call, or for a chair."""
    one = tour.conference(
        callAttributes={"accessLevel": "guest", "displayDefaultLayoutSingleScreen": "layoutActivePresence"}
    )
    mixed = tour.join(one, uri("wait"), "answering", camerasCrossed=True, participantReference="R")
    guest = tour.join(one, "answering:1", camerasCrossed=True, contentIndex=1)
    tour.ask(one, mixed)
    tour.look()
    tour.scene.wait(2)
    tour.ask(one, guest)
    tour.do(f"{CON}modify", conferenceID=one, callAttributes={"encryption": "required"})
    tour.ask(one, guest)
    chair = tour.join(one, "answering:2", callAttributes={"accessLevel": "chair"}, displayName="Chair")
    tour.do(f"{PRT}setMute", participantID=mixed, audioRxMute=True)
    tour.scene.wait(2)
    tour.ask(one, chair)
    tour.ask(one, guest)


def dialled(tour: Guide) -> None:
    """Each kind of endpoint that answers."""
    one, name = tour.conference(welcomeScreen=True), ""
    for kind in ("presenting", "multiscreen", "audio_only", "answering"):
        name = tour.join(one, kind, callAttributes={"videoTxStartMuted": kind == "answering"})
        tour.ask(one, name)
        tour.scene.wait(1)
        tour.ask(one, name)
        tour.look()
        tour.scene.wait(6)
        tour.ask(one, name)
    calls = tour.do(f"{PRT}status", participantID=name).get("calls", [{}])
    tour.do("flex.call.status", callID=calls[0].get("callID", ""))
    tour.do("flex.call.status", callID="none")
    tour.do(f"{CON}sendUserMessage", conferenceID=one, message="m" * 101)
    tour.do(f"{PRT}sendUserMessage", participantID=name, message="m" * 101)
    tour.do(f"{PRT}modify", participantID=name, participantMediaResources=resources(0, 0, 0, media_credits=0))
    tour.ask(one, name)


def unanswered(tour: Guide) -> None:
    """Nobody answers."""
    one = tour.conference()
    lost = tour.join(one, "unanswered")
    half = tour.join(one, "answering", "unanswered", audioIndex=0)
    for _ in range(4):
        tour.scene.wait(9)
        tour.ask(one, lost)
        tour.ask(one, half)
        tour.look()


def several(tour: Guide) -> None:
    """A participant of several calls."""
    one = tour.conference()
    given = {"videoTxPresentationMainVideoAllowed": True, "autoDisconnect": True}
    many = tour.join(one, *(f"answering:{place}" for place in range(3)), callAttributes=given, audioIndex=1)
    tour.scene.wait(2)
    tour.ask(one, many)
    tour.do(f"{PRT}modify", participantID=many, displayName="Renamed")
    tour.ask(one, many)
    tour.do(f"{PRT}modify", participantID=many, callAttributes={"forceTIP": True})
    tour.ask(one, many)


_ACTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("setImportant", {}), ("setMute", {"audioTxMute": True}), ("setMute", {"videoTxMute": True}), ("setMute", {}),
    ("sendDTMF", {"dtmf": "12"}), ("sendUserMessage", {"message": "x"}), ("call.disconnect", {"position": 0}),
    ("call.disconnect", {"position": 3}), ("requestDiagnostics", {"receiverURI": HERE}),
)  # fmt: skip


def actions(tour: Guide) -> None:
    """What is done to participants."""
    one = tour.conference()
    here = [tour.join(one, f"answering:{place}") for place in range(2)]
    there = tour.join(one, uri("later"))
    for _ in range(2):
        for name in (*here, there):
            for method, more in _ACTIONS:
                tour.do(f"{PRT}{method}", more, participantID=name)
                tour.ask(one, name)
        tour.look()
        tour.ask(participant=here[0])
        tour.do(f"{PRT}clearImportant", participantID=here[0])
        tour.ask(participant=there)
        tour.scene.wait(2)
    content, beyond = (
        {"streamIdentifier": "extendedVideo", "position": 3},
        {"streamIdentifier": "rxMainVideo", "position": 2},
    )
    good = {"streamIdentifier": "txMainVideo", "position": 0}
    for stream in (content, beyond, *[good] * 6):
        tour.do(f"{PRT}requestPreview", participantID=here[0], receiverURI=HERE, streams=[stream])
        tour.do(f"{PRT}requestDiagnostics", participantID=here[0], receiverURI=HERE)
    tour.do(f"{CON}sendUserMessage", conferenceID=tour.conference(), message="nobody")


def leaving(tour: Guide) -> None:
    """Chairs and the last ones leave."""
    one = tour.conference(locked=True, disconnectOnChairExit=True)
    guests = [tour.join(one, f"answering:{place}", callAttributes={"accessLevel": "guest"}) for place in range(2)]
    chair = tour.join(one, "answering:2")
    tour.scene.wait(2)
    tour.do(f"{PRT}destroy", participantID=guests[0])
    tour.ask(one, chair)
    tour.do(f"{PRT}destroy", participantID=chair)
    tour.ask(one, guests[1])
    last = tour.conference(terminateWithLastCall=True)
    name = tour.join(last, "answering")
    tour.scene.wait(2)
    tour.do(f"{PRT}destroy", participantID=name)
    tour.ask(last, name)


def deferred(tour: Guide) -> None:
    """Those who come when others do, and go when others go."""
    one = tour.conference()
    first = tour.join(one, "answering", callAttributes={"deferConnect": True})
    lone = tour.join(tour.conference(), "answering:1", callAttributes={"autoDisconnect": True})
    tour.scene.wait(2)
    tour.ask(one, first)
    tour.ask(participant=lone)
    other = tour.join(one, "answering:2")
    tour.scene.wait(2)
    tour.ask(one, first)
    tour.do(f"{PRT}destroy", participantID=other)
    tour.ask(one, first)


def exits(tour: Guide) -> None:
    """Lobbies at the end."""
    one = tour.conference()
    tour.join(one, "answering", "answering:1")
    tour.join(one, "answering:2", uri("exit"))
    name = tour.join(one, "answering:3")
    tour.scene.wait(2)
    tour.do(f"{PRT}destroy", participantID=name, allowExitScreen=True)
    tour.ask(one, name)
    tour.do(f"{CON}destroy", conferenceID=one, allowExitScreen=True)
    tour.look()
    tour.ask(one, name)
    tour.scene.wait(6)
    tour.ask(one, name)


PARTS = (refused, waiting, dialled, unanswered, several, actions, leaving, deferred, exits)
