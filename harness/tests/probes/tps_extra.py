"""Probes of what members do together: modify that leaves others alone, rounding, refusals that leave nothing, paging of settings."""

from __future__ import annotations

import http.client
import xmlrpc.client
from typing import Any

from harness.tests.probes.tps_calls import rest
from harness.tests.probes.tps_features import CLOCK, clock, restore
from harness.tests.probes.tps_members import CREATE, DEFAULTS, ENUMS, MODIFY, SHIFTING, STRINGS
from harness.tests.probes.tps_objects import (
    RESOURCES,
    SMALL,
    asked,
    bandwidth,
    conference,
    incoming,
    participant,
    query,
    status,
    uri,
)
from harness.tests.probes.tps_services import services
from harness.tests.probes.tps_users import enters, user
from harness.tests.probes.tps_wire import INVALID, RANGE, World, body, fresh, need, probe

RANK = ("ok", "outOfSpec", "critical")


def unusual(world: World) -> dict[str, Any]:
    """Members of a conference, none as by default."""
    given: dict[str, Any] = {name: not default for name, (default, _line) in DEFAULTS.items()}
    given.update({name: f"my {name}"[:size] for name, (size, _line) in STRINGS.items()})
    given.update(
        {name: values[0] if values[0] != default else values[1] for name, (values, default, _l) in ENUMS.items()}
    )
    given.update(voiceSwitchingSensitivity=17, maxParticipants=9, conferenceMediaCredits=5040, duration=90_000)
    given["callAttributes"] = {"displaySelfView": True, "packetLossThreshold": 77, "audioTransmitGain": -5}
    given["URIs"] = [{"URI": uri(), "callBandwidth": bandwidth(world), "PIN": "9"}]
    return given


def settled(world: World, ident: str) -> dict[str, Any]:
    """What a conference is, but for what runs on."""
    return {name: value for name, value in query(world, ident).items() if name not in SHIFTING}


@probe("modify-leaves-unusual", "settings that are not specified remain as they were", 2042)
def leaves(world: World) -> None:
    given = unusual(world)
    ident = conference(world, **given)
    before = settled(world, ident)
    wrong = [
        name for name, value in given.items() if name not in ("callAttributes", "URIs") and before.get(name) != value
    ]
    need(not wrong, f"not as created: {wrong}")
    state = before
    for name, value in (
        ("conferenceName", "other"),
        ("locked", not given["locked"]),
        ("voiceSwitchingSensitivity", 18),
    ):
        world.done(MODIFY, conferenceID=ident, **{name: value})
        after = settled(world, ident)
        need(
            after == {**state, name: value}, f"{name} changed {[key for key in state if after.get(key) != state[key]]}"
        )
        state = after
    world.done(MODIFY, conferenceID=ident)
    need(settled(world, ident) == state, "a modify that names nothing")


@probe("modify-refused-whole", "a modify that fails has not been done", 296, 299)
def whole(world: World) -> None:
    ident = conference(world, conferenceName="before")
    bad = (
        {"voiceSwitchingSensitivity": 101},
        {"callAttributes": {"encryption": "x"}},
        {"duration": 1, "durationUnlimited": True},
    )
    for one in bad:
        world.fault(MODIFY, conferenceID=ident, conferenceName="after", **one)
        need(query(world, ident)["conferenceName"] == "before", f"changed with {one}")
    taken = {"URI": uri(), "callBandwidth": bandwidth(world)}
    conference(world, URIs=[taken])
    for _turn in range(2):
        participant(world, ident)
    for more in ({"URIs": [taken]}, {"maxParticipants": 1}):
        world.fault(MODIFY, conferenceID=ident, conferenceName="after", **more)
        need(query(world, ident)["conferenceName"] == "before", f"changed with {more}")


@probe("uri-same-replaced", "for URIs specified, all fields are set; what is left out is default", 2062)
def replaced(world: World) -> None:
    one = {"URI": uri(), "callBandwidth": bandwidth(world)}
    full = {**one, "PIN": "5", "callAttributes": {"accessLevel": "guest"}, "participantMediaResources": SMALL}
    ident = conference(world, URIs=[full])
    world.done(MODIFY, conferenceID=ident, URIs=[one])
    got = query(world, ident)["URIs"][0]
    need(not got.get("PIN"), f"PIN kept: {got}")
    need(got.get("callAttributes", {}).get("accessLevel", "chair") == "chair", f"attributes kept: {got}")
    kept = got.get("participantMediaResources", RESOURCES)["numMediaCredits"]
    need(kept == RESOURCES["numMediaCredits"], f"resources kept: {got}")


@probe("uri-attributes-checked", "attributes and resources of URIs are checked as others are", 1249, 1174, 3689)
def uri_checked(world: World) -> None:
    base, given = {"URI": uri(), "callBandwidth": bandwidth(world)}, {"participantMediaResources": RESOURCES}
    for attributes in ({"packetLossThreshold": 101}, {"audioTransmitGain": 12001}, {"maxTransmitPacketSize": 427}):
        world.fault(CREATE, RANGE, **given, URIs=[{**base, "callAttributes": attributes}])
    world.fault(CREATE, INVALID, **given, URIs=[{**base, "callAttributes": {"videoTxFormat": "SECAM"}}])
    world.garbled(CREATE, "forceTIP", **given, URIs=[{**base, "callAttributes": {"forceTIP": "no"}}])
    less = {name: value for name, value in SMALL.items() if name != "numMediaCredits"}
    world.lacks(CREATE, "numMediaCredits", **given, URIs=[{**base, "participantMediaResources": less}])


@probe("calls-each-checked", "each call is checked, not just the first", 1262, 1276)
def each_call(world: World) -> None:
    given = {"conferenceID": conference(world), "participantMediaResources": SMALL}
    good = incoming(world)
    for bad in ({"callBandwidth": 1}, {"callBandwidth": 2147483647}):
        world.fault("flex.participant.create", RANGE, **given, calls=[good, incoming(world, **bad)])
    world.fault("flex.participant.create", **given, calls=[good, incoming(world), good])
    world.lacks("flex.participant.create", "callBandwidth", **given, calls=[good, {"URI": uri()}])


@probe("attribute-multi-layout", "endpoints with several screens have two layouts only", 889, 1204)
def multi_layout(world: World) -> None:
    for bad in ("layoutProminent", "layoutEqual"):
        attributes = {"displayDefaultLayoutMultiScreen": bad}
        world.fault(CREATE, INVALID, participantMediaResources=RESOURCES, callAttributes=attributes)


@probe("credits-rounded", "rounded down before they are compared; below the first level they are 0", 628, 630, 1112)
def rounded(world: World) -> None:
    world.fault(CREATE, participantMediaResources={**RESOURCES, "numMediaCredits": 5039})
    levels = world.call("flex.resource.query")["mediaCreditTokenRanges"]

    def some(main: int, extended: int, audio: int, numbers: int) -> dict[str, Any]:
        kinds = ("mediaTokensMainVideo", "mediaTokensExtendedVideo", "mediaTokensAudio")
        totals = {name: {"total": total} for name, total in zip(kinds, (main, extended, audio), strict=True)}
        return {"participantMediaResources": {**totals, "numMediaCredits": numbers}}

    low, second = levels[0], levels[1]
    for bad in (
        some(10, 0, 0, low - 1),
        some(second, 0, 1, second),
        some(0, second, 1, second),
        some(second, 1, 0, second),
    ):
        world.fault(CREATE, **bad)
    for good in (some(0, 0, 0, 0), some(low, 0, 0, low), some(0, 0, low, low), some(second - 2, 1, 1, second)):
        conference(world, **good)


@probe("conference-lobbies-off", "both lobbies may be off", 1864, 1899)
def lobbies(world: World) -> None:
    got = query(world, conference(world, exitScreen=False, welcomeScreen=False))
    need((got["exitScreen"], got["welcomeScreen"]) == (False, False), f"{got['exitScreen']} {got['welcomeScreen']}")


@probe("texts-stay-texts", "a text of digits or of a boolean stays a text", 412, 1833)
def texts(world: World) -> None:
    for value in ("12345", "true", "1", " padded ", "20130218T10:45:00", "-", "0"):
        got = query(world, conference(world, conferenceName=value, billingCode=value))
        need(got["conferenceName"] == value and got["billingCode"] == value, f"{value!r}: {got['conferenceName']!r}")
        need(type(got["conferenceName"]) is str, f"{got['conferenceName']!r}")


@probe("participant-rename-keeps", "a new display name changes no attribute, and attributes no name", 2633)
def rename(world: World) -> None:
    given = {"callAttributes": {"displaySelfView": True, "accessLevel": "guest"}, "callerName": "c", "dtmf": "1"}
    ident = participant(world, conference(world), displayName="one", PIN="3", **given)
    before = asked(world, ident)
    world.done("flex.participant.modify", participantID=ident, displayName="two")
    need(asked(world, ident) == {**before, "displayName": "two"}, f"{asked(world, ident)}")
    world.done(
        "flex.participant.modify", participantID=ident, participantMediaResources={**SMALL, "numMediaCredits": 630}
    )
    after = asked(world, ident)
    need(after["callAttributes"] == before["callAttributes"] and after["displayName"] == "two", f"{after}")
    world.done("flex.participant.modify", participantID=ident)
    need(asked(world, ident) == after, "a modify that names nothing")


@probe("participant-clear-other", "clearing another participant does not clear the important one", 2437)
def clear_other(world: World) -> None:
    room = conference(world)
    first, second = participant(world, room), participant(world, room)
    world.done("flex.participant.setImportant", participantID=first)
    try:  # refused, or done
        world.ask("flex.participant.clearImportant", {**world.auth, "participantID": second})
    except xmlrpc.client.Fault as error:
        need(error.faultCode not in (1, 4, 5), f"{error}")
    need(status(world, first)["important"] is True, "cleared")
    other = participant(world, conference(world))
    world.done("flex.participant.setImportant", participantID=other)
    need(status(world, first)["important"] is True, "taken by another conference")


@probe("time-west", "minutes count west of Greenwich, too; each half stays by itself", 1687, 1688)
def west(world: World) -> None:
    restore(world)
    for hours, minutes in ((-3, 30), (-9, 30), (12, 45)):
        world.done(CLOCK, utcOffsetHours=hours, utcOffsetMinutes=minutes)
        got = clock(world)
        need((got["utcOffsetHours"], got["utcOffsetMinutes"]) == (hours, minutes), f"{got}")


@probe("time-ntp-refused", "setting the clock under NTP fails, and does nothing", 1685)
def ntp_refused(world: World) -> None:
    restore(world)
    world.done(CLOCK, ntpEnabled=True, ntpHost="ntp.example.com")
    world.fault(CLOCK, currentTime=xmlrpc.client.DateTime("20300101T00:00:00"))
    need(not str(clock(world)["currentTime"]).startswith("2030"), "set all the same")


@probe("services-range-half", "one end of the port range leaves the other", 3257, 3260, 3261)
def half(world: World) -> None:
    before = services(world)
    names = ("ephemeralPortRangeMin", "ephemeralPortRangeMax")
    world.later("services.modify", **{name: before[name] for name in names})
    world.done("services.modify", ephemeralPortRangeMin=20000, ephemeralPortRangeMax=40000)
    world.done("services.modify", ephemeralPortRangeMin=21000)
    need([services(world)[name] for name in names] == [21000, 40000], "the lowest moved the highest")
    world.done("services.modify", ephemeralPortRangeMax=50000)
    need([services(world)[name] for name in names] == [21000, 50000], "the highest moved the lowest")


@probe("callhome-halves", "mode and automatic leave each other alone", 1389, 1394)
def halves(world: World) -> None:
    world.later("callHome.configure", **world.call("callHome.query"))
    world.done("callHome.configure", mode="anonymous", automatic=True)
    for mode in ("disabled", "anonymous"):
        world.done("callHome.configure", mode=mode)
        need(world.call("callHome.query") == {"mode": mode, "automatic": True}, f"{world.call('callHome.query')}")


@probe("health-worst", "the worst is not better than what is now", 1486, 1492, 1496)
def worst(world: World) -> None:
    got = world.call("device.health.query")
    for name in ("temperatureStatus", "rtcBatteryStatus", "voltagesStatus", "fanStatus"):
        if name in got:
            need(RANK.index(got[f"{name}Worst"]) >= RANK.index(got[name]), f"{name}: {got}")


@probe("network-counts", "counts of 32 bits wrap; those of 64 do not", 1547, 1577)
def counts(world: World) -> None:
    got = world.call("device.network.query")["portA"]
    for name in ("bytesSent", "bytesReceived"):
        long = int(got[f"{name}64"])
        need((long - got[name]) % 2**32 == 0, f"{name}: {got[name]} and {long}")


@probe("user-old-id", "a user who is renamed is let in under the new id only", 3428)
def old_id(world: World) -> None:
    ident, other = user(world, name="kept"), fresh("probe.")
    world.later("user.destroy", currentUserId=other)
    world.done("user.modify", currentUserId=ident, newUserId=other)
    need(enters(world, other, "Secret-1") and not enters(world, ident, "Secret-1"), "under the old id")
    world.fault("user.modify", currentUserId=ident, name="x")


@probe("too-large-then-well", "after a call that is too large, the device goes on", 3691)
def then_well(world: World) -> None:
    link = world.connect()
    for size in (50_000, 0):
        data = body("device.query", {**world.auth, "filler": "x" * size} if size else world.auth)
        try:
            link.request("POST", "/RPC2", data, {"Content-Type": "text/xml"})
            got = link.getresponse().read()
        except (OSError, http.client.HTTPException):
            link.close()
            got = b"apiVersion" if "apiVersion" in world.call("device.query") else b""
    link.close()
    need(b"apiVersion" in got, f"{got[:200]!r}")


@probe("participant-token-limits", "of a limit per channel and its boolean, one is told", 581, 2587, 2620, 2621)
def token_limits(world: World) -> None:
    limited = {
        name: {"total": 90, "maxPerChannel": 30} if isinstance(value, dict) else 315 for name, value in SMALL.items()
    }
    room = conference(world, participantMediaResources=limited)
    for given in ({}, {"participantMediaResources": limited}):
        got = world.call("flex.participant.create", conferenceID=room, calls=[incoming(world)], **given)[
            "participantID"
        ]
        media = status(world, got)["participantMediaInfo"]
        for name in ("mainVideoTokenInfo", "extendedVideoTokenInfo", "audioTokenInfo"):
            need(
                media[name] == {"maxTokensConfigured": 90, "maxTokensPerChannelConfigured": 30},
                f"{name}: {media[name]}",
            )
        need(asked(world, got)["participantMediaResources"] == limited, "query")
        one = rest(world, "flex.participant.media.enumerate", conferenceID=room)[0][got]
        need({name: one[name] for name in media} == media, f"{one}")
