"""Probes of diagnostics and previews, which are sent to a listener later."""

from __future__ import annotations

import time
import xmlrpc.client
from typing import Any

from harness.tests.probes.tps_async import NOWHERE, WAIT_S, listening, mac
from harness.tests.probes.tps_objects import conference, connected, participant
from harness.tests.probes.tps_shapes import fit
from harness.tests.probes.tps_wire import INVALID, LONG, MISSING, RANGE, World, need, probe

DIAGNOSTICS = "flex.participant.requestDiagnostics"
PREVIEW = "flex.participant.requestPreview"


def ints(names: str) -> dict[str, str]:
    """Members that are integers."""
    return dict.fromkeys(names.split(), "int")


BASE = {"codec": "string", "encrypted": "bool", "channelBitRate": "int"}
PATH = ints("clearPathOverhead? clearPathRecovered?")
RX = {
    **BASE,
    **ints("jitter energy packetsReceived packetErrors packetsMissing framesReceived frameErrors"),
    "muted": "bool",
}
TX = {**BASE, "packetsSent": "int", "muted": "bool"}
SIZE = ints("height width actualBitRate frameRate")
IN = {
    **BASE,
    **SIZE,
    **PATH,
    **ints("expectedBitRate jitter packetsReceived packetErrors framesReceived frameErrors fastUpdateRequestsSent"),
    "expectedBitRateReason": ("viewedSize", "errorPackets", "notLimited"),
    "clearPathLTRFRepaired?": "int",
}
OUT = {
    **BASE,
    **SIZE,
    **PATH,
    **ints("configuredBitRate packetsSent fastUpdateRequestsReceived packetsLost"),
    "configuredBitRateReason": ("aggregateBandwidth", "flowControl", "notLimited"),
    "clearPathLTRF?": "bool",
}
MAIN = {"streamType": ("transcoded", "multistream"), "muted": "bool"}
ANSWER: dict[str, Any] = {
    "participantID": "string:50",
    "sourceIdentifier": "string:255",
    "audioRx": [{**RX, **PATH}],
    "audioTx": [{**TX, "packetsLost": "int", **PATH}],
    "auxiliaryAudioRx": [RX],
    "auxiliaryAudioTx": [TX],
    "videoRx": [{**IN, **MAIN}],
    "videoTx": [{**OUT, **MAIN}],
    "contentVideoRx": [{**IN, "streamType": ("transcoded",)}],
    "contentVideoTx": [{**OUT, "streamType": ("transcoded",)}],
}
SHOWN = {
    "participantID": "string:50",
    "sourceIdentifier": "string:255",
    "streams": [
        {
            "status": ("ok", "audioOnly", "noCurrentPresentation", "contentInMain", "internalError"),
            "direction": ("rx", "tx"),
            "context": ("main", "extended"),
            "position?": "int:0:3",
            "preview?": "bytes",
        }
    ],
}


def room(world: World) -> str:
    """A conference whose calls are connected at once."""
    return conference(world, welcomeScreen=False, waitForChair=False)


@probe("diagnostics", "participantDiagnosticsResponse with all arrays", 2693, 2699, 2717, 2869)
def diagnostics(world: World) -> None:
    ident = connected(world, room(world), world.some("answering_addresses")[4])
    with listening(world) as (uri, heard):
        world.done(DIAGNOSTICS, participantID=ident, receiverURI=uri, sourceIdentifier="mine")
        world.wait(lambda: heard, "participantDiagnosticsResponse", WAIT_S)
        world.done(DIAGNOSTICS, participantID=ident, receiverURI=uri)
        world.wait(lambda: len(heard) > 1, "the second", WAIT_S)
    need([method for method, _got in heard] == ["participantDiagnosticsResponse"] * 2, f"{[m for m, _g in heard]}")
    for _method, got in heard:
        fit(got, ANSWER, "participantDiagnosticsResponse")
        need(got["participantID"] == ident, f"{got['participantID']}")
    need(heard[0][1]["sourceIdentifier"] == "mine", f"{heard[0][1]['sourceIdentifier']}")
    need(heard[1][1]["sourceIdentifier"].upper() == mac(world).upper(), f"{heard[1][1]['sourceIdentifier']}")


@probe("diagnostics-refused", "no active call is fault 56; the URI is http or https", 2682, 2688, 2689)
def refused(world: World) -> None:
    here = room(world)
    world.fault(DIAGNOSTICS, 56, participantID=participant(world, here), receiverURI=NOWHERE)
    ident = connected(world, here, world.some("answering_addresses")[4])
    for bad in ("ftp://a/", "a", ""):
        world.fault(DIAGNOSTICS, INVALID, participantID=ident, receiverURI=bad)
    world.fault(DIAGNOSTICS, LONG, participantID=ident, receiverURI="http://a/".ljust(256, "x"))
    world.fault(DIAGNOSTICS, LONG, participantID=ident, receiverURI=NOWHERE, sourceIdentifier="x" * 256)
    world.fault(DIAGNOSTICS, participantID=ident, receiverURI=NOWHERE, sourceIdentifier="é")
    world.garbled(DIAGNOSTICS, "receiverURI", participantID=ident, receiverURI=5)


def seen(world: World, ident: str, *streams: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    """The previews that are sent for these streams."""
    with listening(world) as (uri, heard):
        world.done(PREVIEW, participantID=ident, receiverURI=uri, streams=list(streams), **more)
        world.wait(lambda: heard, "participantPreviewResponse", WAIT_S)
        time.sleep(0.05)
    need(len(heard) == 1 and heard[0][0] == "participantPreviewResponse", f"{heard!r:.300}")
    got = heard[0][1]
    fit(got, SHOWN, "participantPreviewResponse")
    need(got["participantID"] == ident and len(got["streams"]) == len(streams), f"{got!r:.300}")
    need(
        got["sourceIdentifier"].upper() == more.get("sourceIdentifier", mac(world)).upper(),
        f"{got['sourceIdentifier']}",
    )
    return list(got["streams"])


@probe("preview", "participantPreviewResponse with a JPEG for each stream", 2893, 2921, 2934, 2937)
def preview(world: World) -> None:
    ident = connected(world, room(world), world.some("answering_addresses")[5])
    both = [{"streamIdentifier": "rxMainVideo", "position": 0}, {"streamIdentifier": "txMainVideo", "position": 0}]
    got = seen(world, ident, *both, sourceIdentifier="MINE")
    need([one["direction"] for one in got] == ["rx", "tx"], f"{got!r:.300}")
    for one in got:
        need(one["context"] == "main" and one.get("position") == 0, f"{one!r:.300}")
        if one["status"] == "ok":
            need(isinstance(one.get("preview"), xmlrpc.client.Binary), "no preview")
            need(one["preview"].data[:2] == b"\xff\xd8", f"no JPEG: {one['preview'].data[:20]!r}")
    got = seen(world, ident, {**both[0], "maxWidth": 1000, "maxHeight": 72})
    need(len(got) == 1, f"{got!r:.300}")


@probe("preview-no-presentation", "extended video without a presentation", 2894, 2933)
def no_presentation(world: World) -> None:
    ident = connected(world, room(world), world.some("answering_addresses")[5])
    got = seen(world, ident, {"streamIdentifier": "extendedVideo"})[0]
    need(got["status"] == "noCurrentPresentation" and got["context"] == "extended", f"{got!r:.300}")


@probe("preview-audio-only", "an endpoint without video has no preview", 2933)
def audio_only(world: World) -> None:
    ident = connected(world, room(world), world.some("audio_only_addresses")[0])
    got = seen(world, ident, {"streamIdentifier": "rxMainVideo", "position": 0})[0]
    need(got["status"] == "audioOnly", f"{got!r:.300}")


@probe("preview-refused", "what requestPreview does not take", 2893, 2895, 2900, 2907)
def preview_refused(world: World) -> None:
    here = room(world)
    ident = connected(world, here, world.some("answering_addresses")[5])
    good = {"streamIdentifier": "rxMainVideo", "position": 0}
    to = {"participantID": ident, "receiverURI": NOWHERE}
    world.fault(PREVIEW, 56, participantID=participant(world, here), receiverURI=NOWHERE, streams=[good])
    world.fault(PREVIEW, INVALID, **{**to, "receiverURI": "tms"}, streams=[good])
    world.fault(PREVIEW, INVALID, **to, streams=[])
    world.fault(PREVIEW, INVALID, **to, streams=[{**good, "streamIdentifier": "mainVideo"}])
    for bad in ({"position": -1}, {"position": 3}, {"position": 4}, {"maxWidth": 87}, {"maxHeight": 71}):
        world.fault(PREVIEW, (56, *RANGE) if bad == {"position": 3} else RANGE, **to, streams=[{**good, **bad}])
    world.lacks(PREVIEW, "streamIdentifier", **to, streams=[{"position": 0}])
    world.fault(PREVIEW, (MISSING, INVALID), **to, streams=[{"streamIdentifier": "rxMainVideo"}])
    for name, wrong in (("streamIdentifier", 1), ("position", "0"), ("maxWidth", "88"), ("maxHeight", True)):
        world.garbled(PREVIEW, name, **to, streams=[{**good, name: wrong}])


@probe("async-many", "ten requests at once, or fault 203", 2695, 2903, 3694)
def many(world: World) -> None:
    ident = connected(world, room(world), world.some("answering_addresses")[5])
    for _turn in range(30):
        try:
            world.ask(DIAGNOSTICS, {**world.auth, "participantID": ident, "receiverURI": NOWHERE})
        except xmlrpc.client.Fault as error:
            need(error.faultCode == 203, f"{error}")
            need(_turn >= 10, f"fault 203 for request {_turn + 1}")
            return
