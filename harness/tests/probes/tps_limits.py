"""Probes of sizes and numbers that a device may not exceed, and of changes that enumerations tell."""

from __future__ import annotations

import time
import xmlrpc.client
from typing import Any

from harness.tests.probes.tps_async import REMOVE
from harness.tests.probes.tps_calls import DELETIONS, rest
from harness.tests.probes.tps_conferences import ENUMERATE
from harness.tests.probes.tps_conferences import rest as rest_conferences
from harness.tests.probes.tps_members import STRINGS
from harness.tests.probes.tps_objects import (
    RESOURCES,
    SMALL,
    asked,
    conference,
    connected,
    incoming,
    outgoing,
    participant,
    query,
    status,
)
from harness.tests.probes.tps_users import user, users
from harness.tests.probes.tps_wire import INVALID, LONG, MALFORMED, World, each, fresh, need, probe

MANY = 320


@probe("large-enumeration", "an answer of over 32 KB is split", 361, 649, 1979)
def enumeration(world: World) -> None:
    mine = {conference(world, conferenceName="&" * 80, conferenceReference="<" * 50) for _turn in range(30)}
    found = {one["conferenceID"] for one in rest_conferences(world, ENUMERATE)[0]}
    need(mine <= found, f"{len(mine - found)} are missing")


@probe("large-participants", "an answer of over 32 KB is split", 361, 2346)
def participants(world: World) -> None:
    room = conference(world)
    mine = {participant(world, room, displayName="&" * 80, participantReference="<" * 50) for _turn in range(15)}
    for method in (
        "flex.participant.enumerate",
        "flex.participant.advanced.enumerate",
        "flex.participant.media.enumerate",
    ):
        need(set(rest(world, method, conferenceID=room)[0]) == mine, method)


@probe("large-users", "an answer of over 32 KB is split", 361, 3449)
def many_users(world: World) -> None:
    mine = {user(world, newUserId=fresh("&").ljust(64, "&"), name="<" * 31) for _turn in range(40)}
    need(mine <= set(users(world)), "some are missing")


def within(world: World, method: str, **members: Any) -> None:
    """An answer that fits, or a fault."""
    try:
        world.ask(method, {**world.auth, **members})
    except xmlrpc.client.Fault as error:
        need(error.faultCode not in (1, 14), f"{error}")


@probe("large-query", "what cannot be split and is over 32 KB is a fault", 361)
def large_query(world: World) -> None:
    ident = conference(world)
    for name, (size, _line) in STRINGS.items():
        world.done("flex.conference.modify", conferenceID=ident, **{name: "&" * size})
        within(world, "flex.conference.query", conferenceID=ident)


@probe("large-receivers", "what cannot be split and is over 32 KB is a fault", 361)
def large_receivers(world: World) -> None:
    for _turn in range(20):
        given = {"receiverURI": "http://tms1/?".ljust(255, "&"), "sourceIdentifier": "<" * 255, "receiverIndex": -1}
        try:
            got = world.ask("feedbackReceiver.configure", {**world.auth, **given})
        except xmlrpc.client.Fault:
            break
        world.later(REMOVE, receiverIndex=got["receiverIndex"])
    within(world, "feedbackReceiver.query")


@probe("many-users", "at most 200 users", 3381)
def two_hundred(world: World) -> None:
    for _turn in range(200 - len(users(world))):
        user(world)
    need(len(users(world)) == 200, f"{len(users(world))}")
    world.fault("user.create", newUserId=fresh("probe."), password="Secret-1", accessRights="none")


@probe("many-conferences", "no more conferences than flex.resource.query says", 3183, 3658)
def conferences(world: World) -> None:
    most = world.call("flex.resource.query")["maxConferences"]
    now = world.call("flex.resource.status")["numConferences"]
    if most > MANY:
        return
    for _turn in range(most - now):
        conference(world)
    world.fault("flex.conference.create", 6, participantMediaResources=RESOURCES)


@probe("many-credits", "what a conference may use is less than what a participant is to have", 604, 632, 1842, 3673)
def credits_limit(world: World) -> None:
    room = conference(world, conferenceMediaCredits=315)
    given = {"conferenceID": room, "participantMediaResources": {**SMALL, "numMediaCredits": 630}}
    try:  # refused at once, or when a call connects
        world.ask("flex.participant.create", {**world.auth, **given, "calls": [incoming(world)]})
    except xmlrpc.client.Fault as error:
        need(error.faultCode in (53, 17, INVALID), f"{error}")
    participant(world, conference(world, conferenceMediaCredits=315))


@probe("credits-reserved", "participants cannot reserve more credits than the device has", 552, 636, 2448, 3187, 3673)
def reserved(world: World) -> None:
    got = world.call("flex.resource.query")
    big, most = got["mediaCreditTokenRanges"][-1], got["maxMediaCredits"]
    if most // big > MANY:
        return
    room = conference(world)
    given = {
        name: {"total": big if name == "mediaTokensMainVideo" else 0} for name in SMALL if name != "numMediaCredits"
    }
    wanted = {"conferenceID": room, "participantMediaResources": {**given, "numMediaCredits": big}}
    for _turn in range(most // big + 2):
        try:
            world.ask("flex.participant.create", {**world.auth, **wanted, "calls": [incoming(world)]})
        except xmlrpc.client.Fault as error:
            need(error.faultCode in (53, 17, 7), f"{error}")
            return
    used = world.call("flex.resource.status")
    need(False, f"{used['configuredMediaCredits']} credits are reserved of {most}")


@probe("credits-of-conference", "a call that finds too few credits is rejected", 632, 1842)
def of_conference(world: World) -> None:
    room = conference(world, conferenceMediaCredits=315, welcomeScreen=False, waitForChair=False)
    connected(world, room)
    given = {"conferenceID": room, "participantMediaResources": SMALL}
    calls = [outgoing(world, world.some("answering_addresses", 2)[1])]
    try:
        got = world.ask("flex.participant.create", {**world.auth, **given, "calls": calls})
    except xmlrpc.client.Fault as error:
        need(error.faultCode in (53, 17), f"{error}")
        return
    time.sleep(0.8)
    call = status(world, got["participantID"])["calls"][0]
    need(call.get("callState") != "callStateConnected", f"{call}")


@probe("credits-in-use", "a participant cannot get less than its calls use", 3677, 630)
def in_use(world: World) -> None:
    ident = connected(world, conference(world, welcomeScreen=False, waitForChair=False))
    none = {name: {"total": 0} if isinstance(value, dict) else 0 for name, value in SMALL.items()}
    try:  # taken away from the calls, or refused
        world.ask("flex.participant.modify", {**world.auth, "participantID": ident, "participantMediaResources": none})
    except xmlrpc.client.Fault as error:
        need(error.faultCode in (58, 53), f"{error}")
        return
    need(asked(world, ident)["participantMediaResources"]["numMediaCredits"] == 0, "not changed")


@probe("cookie-of-another", "a cookie of one enumeration is none of another", 647, 3674)
def cookies(world: World) -> None:
    cookie = world.call(ENUMERATE)["cookie"]
    for method in ("flex.participant.enumerate", DELETIONS, "flex.participant.media.enumerate"):
        world.fault(method, (55, INVALID), cookie=cookie)


@probe("changes-participant", "a participant whose name changes is enumerated again", 660, 717)
def changes(world: World) -> None:
    room = conference(world)
    first, second = participant(world, room), participant(world, room)
    _found, cookie = rest(world, "flex.participant.enumerate")
    world.done("flex.participant.modify", participantID=first, displayName="new")
    found, cookie = rest(world, "flex.participant.enumerate", cookie=cookie)
    need(list(found) == [first] and found[first]["displayName"] == "new", f"{found}")
    world.done("flex.participant.setMute", participantID=second, audioRxMute=True)
    need(first not in rest(world, "flex.participant.enumerate", cookie=cookie)[0], "not changed again")


@probe("changes-media", "a participant whose resources change is enumerated again", 660, 718, 2585)
def media(world: World) -> None:
    method, ident = "flex.participant.media.enumerate", participant(world, conference(world))
    _found, cookie = rest(world, method)
    world.done(
        "flex.participant.modify", participantID=ident, participantMediaResources={**SMALL, "numMediaCredits": 630}
    )
    found, _cookie = rest(world, method, cookie=cookie)
    need(list(found) == [ident] and found[ident]["creditsConfigured"] == 630, f"{found}")


@probe(
    "changes-conference-numbers",
    "a conference that gets a participant is enumerated again, with its sums",
    660,
    2005,
    2015,
)
def numbers(world: World) -> None:
    room = conference(world)
    _found, cookie = rest_conferences(world, ENUMERATE)
    participant(world, room)
    found, _cookie = rest_conferences(world, ENUMERATE, cookie=cookie)
    mine = [one for one in found if one["conferenceID"] == room]
    need(len(mine) == 1 and mine[0]["numParticipants"] == 1, f"{mine}")
    need(mine[0]["creditsConfigured"] == 315 and mine[0]["callTokensConfiguredMainVideo"] == 240, f"{mine}")
    need((mine[0]["callTokensConfiguredExtendedVideo"], mine[0]["callTokensConfiguredAudio"]) == (30, 30), f"{mine}")


@probe("changes-deletions", "participants of a conference that is destroyed are deleted", 560, 671)
def deleted(world: World) -> None:
    room = conference(world)
    ident = participant(world, room)
    _found, cookie = rest(world, DELETIONS, extended=True)
    world.done("flex.conference.destroy", conferenceID=room)
    found, _cookie = rest(world, DELETIONS, cookie=cookie)
    need(found.get(ident, {}).get("conferenceID") == room, f"{found}")


@probe("emptied", "a reference or name that is emptied is not returned", 449, 2146, 2153, 2671)
def emptied(world: World) -> None:
    names = ("conferenceReference", "conferenceName")
    ident = conference(world, **dict.fromkeys(names, "x"))
    for name in names:
        world.done("flex.conference.modify", conferenceID=ident, **{name: ""})
        need(name not in query(world, ident), f"{name}: {query(world, ident).get(name)!r}")
    one = participant(world, ident, displayName="x")
    world.done("flex.participant.modify", participantID=one, displayName="")
    need("displayName" not in asked(world, one) and "displayName" not in status(world, one), "displayName")


@probe("zero-limits", "0 is inside the ranges that begin at 0", 1840, 1842, 1857)
def zero(world: World) -> None:
    names = ("conferenceMediaTokens", "conferenceMediaCredits", "maxParticipants")
    got = query(world, conference(world, **dict.fromkeys(names, 0)))
    need(all(got.get(name) == 0 for name in names), f"{ {name: got.get(name) for name in names} }")


@probe("other-types", "doubles, times, base64 and nil are no strings and no integers", 365, 3690)
def other_types(world: World) -> None:
    for bad in each(1.5, xmlrpc.client.DateTime("20130218T10:45:00"), xmlrpc.client.Binary(b"x"), [1], {}):
        given = {"participantMediaResources": RESOURCES}
        for name in ("conferenceName", "duration", "locked"):
            world.garbled("flex.conference.create", name, **given, **{name: bad})
    world.fault("flex.conference.create", (MALFORMED,), participantMediaResources=RESOURCES, metadata="eA==")


@probe("long-default", "strings without a length take 31 characters", 368, 3668)
def default_length(world: World) -> None:
    for name in ("guestControlLevel", "chairControlLevel", "optimizationProfile"):
        world.fault("flex.conference.create", LONG, participantMediaResources=RESOURCES, **{name: "x" * 40})
