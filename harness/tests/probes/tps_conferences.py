"""Probes of conferences: their life, status, messages, and enumeration."""

from __future__ import annotations

import xmlrpc.client
from typing import Any

from harness.tests.probes.tps_objects import NOBODY, RESOURCES, conference, participant, query
from harness.tests.probes.tps_shapes import CONFERENCE_INFO, EXPERIMENTAL, fit
from harness.tests.probes.tps_wire import INVALID, LONG, NO_CONFERENCE, RANGE, World, fresh, need, probe, register

ENUMERATE = "flex.conference.enumerate"
DELETIONS = "flex.conference.deletions.enumerate"
NEEDS: dict[str, dict[str, Any]] = {
    "flex.conference.destroy": {},
    "flex.conference.getMetadata": {},
    "flex.conference.modify": {},
    "flex.conference.query": {},
    "flex.conference.sendUserMessage": {"message": "hello"},
    "flex.conference.sendWarning": {},
    "flex.conference.status": {},
    "flex.participant.create": {"calls": [{"remoteAddress": "a@b", "protocol": "sip", "callBandwidth": 2_000_000}]},
}
STATUS = {
    "conferenceID": "string:50",
    "locked": "bool",
    "numParticipants": "int:0",
    "numScreens": "int:0",
    "configuredMediaTokens": "int",
    "configuredMediaCredits": "int",
    "startTime": "int",
    "active": "bool",
    "presenterID?": "string:50",
    "conferenceReference?": "string:50",
    "endTime?": "int",
    **EXPERIMENTAL,
}


def identified(world: World, method: str) -> None:
    """A method of a conference."""
    more = NEEDS[method]
    world.lacks(method, "conferenceID", **more)
    world.garbled(method, "conferenceID", conferenceID=7, **more)
    world.fault(method, NO_CONFERENCE, conferenceID=NOBODY, **more)
    world.fault(method, (NO_CONFERENCE, *LONG), conferenceID="x" * 51, **more)
    world.fault(method, (NO_CONFERENCE, INVALID), conferenceID="", **more)


for _method in NEEDS:
    _lines = (428, 3653, 3688, 3690)
    register(f"{_method}-conferenceID", "conferenceID is required, and must be known", _lines, identified, _method)


def of(world: World, ident: str) -> dict[str, Any]:
    """The status of a conference."""
    return world.call("flex.conference.status", conferenceID=ident)


@probe("conference-create-returns", "create returns an identifier, and the reference if there is one", 1932, 1933, 449)
def created(world: World) -> None:
    got = world.call("flex.conference.create", participantMediaResources=RESOURCES)
    world.later("flex.conference.destroy", conferenceID=got.get("conferenceID"))
    fit(got, {"conferenceID": "string:50"}, "without a reference")
    mine = fresh("reference ")
    got = world.call("flex.conference.create", participantMediaResources=RESOURCES, conferenceReference=mine)
    world.later("flex.conference.destroy", conferenceID=got.get("conferenceID"))
    fit(got, {"conferenceID": "string:50", "conferenceReference": "string:50"}, "with a reference")
    need(got["conferenceReference"] == mine, f"{got}")


@probe("conference-same-reference", "references are the client's and need not be unique", 436, 440)
def same(world: World) -> None:
    idents = {conference(world, conferenceReference="mine", conferenceName="mine") for _turn in range(3)}
    need(len(idents) == 3, f"{idents}")


@probe("conference-destroy", "a conference that is destroyed is gone", 1954, 298, 3653)
def destroyed(world: World) -> None:
    for more in ({}, {"allowExitScreen": False}):
        ident = conference(world)
        world.done("flex.conference.destroy", conferenceID=ident, **more)
        for method in ("flex.conference.query", "flex.conference.status", "flex.conference.destroy"):
            world.fault(method, NO_CONFERENCE, conferenceID=ident)
    world.garbled("flex.conference.destroy", "allowExitScreen", conferenceID=conference(world), allowExitScreen="no")


@probe("conference-status", "the status of a conference without participants", 2288, 2298)
def status(world: World) -> None:
    got = of(world, conference(world))
    fit(got, STATUS, "status")
    need(got["active"] is True and got["startTime"] <= 0, f"active: {got}")
    need(got["numParticipants"] == got["numScreens"] == got["configuredMediaTokens"] == 0, f"{got}")
    for name in ("endTime", "conferenceReference", "presenterID"):
        need(name not in got, f"{name}: {got.get(name)!r}")


@probe("conference-status-locked", "status tells whether it is locked, and its reference", 2289, 2297)
def status_locked(world: World) -> None:
    ident = conference(world, locked=True, conferenceReference="r")
    got = of(world, ident)
    need(got["locked"] is True and got["conferenceReference"] == "r", f"{got}")
    world.done("flex.conference.modify", conferenceID=ident, locked=False)
    need(of(world, ident)["locked"] is False, "unlocked")


@probe("conference-startTime", "a conference may start later", 1852, 2172, 2294, 2295)
def start(world: World) -> None:
    ident = conference(world, startTime=100_000)
    got = of(world, ident)
    fit(got, STATUS, "status")
    need(got["active"] is False and 50_000 < got["startTime"] <= 100_000, f"{got}")
    need(0 < query(world, ident)["startTime"] <= 100_000, f"{query(world, ident)['startTime']}")
    given = {"participantMediaResources": RESOURCES}
    world.fault("flex.conference.create", RANGE, **given, startTime=-1)
    world.garbled("flex.conference.create", "startTime", **given, startTime="0")


@probe("conference-starts", "after startTime seconds it is active", 1852, 2295)
def starts(world: World) -> None:
    seconds = max(2, int(world.scale / 2))
    ident = conference(world, startTime=seconds)
    need(of(world, ident)["active"] is False, "active at once")
    world.wait(lambda: of(world, ident)["active"], "it becomes active")
    need(of(world, ident)["startTime"] <= 0, "startTime of an active conference")


@probe("conference-ends", "after its duration a conference ends", 1853, 2298)
def ends(world: World) -> None:
    ident = conference(world, duration=max(1, int(world.scale / 2)))

    def over() -> bool:
        try:
            world.ask("flex.conference.status", {**world.auth, "conferenceID": ident})
        except xmlrpc.client.Fault as error:
            return error.faultCode == NO_CONFERENCE
        return False

    world.wait(over, "it ends")


@probe("conference-endTime", "endTime only where the duration is limited", 2298, 2042)
def end(world: World) -> None:
    ident = conference(world, duration=100_000)
    got = of(world, ident)
    fit(got, STATUS, "status")
    need(50_000 < got.get("endTime", 0) <= 100_000, f"{got.get('endTime')}")
    world.done("flex.conference.modify", conferenceID=ident, durationUnlimited=True)
    need("endTime" not in of(world, ident), "endTime though unlimited")
    world.done("flex.conference.modify", conferenceID=ident, duration=50_000)
    need(0 < of(world, ident).get("endTime", 0) <= 50_000, "limited again")
    other = query(world, conference(world, startTime=1000, duration=2000))
    need(other["duration"] == 2000, "measured from the start time")


@probe("conference-ended-in-the-past", "a duration that has passed already is an error", 2075)
def past(world: World) -> None:
    ident = conference(world, duration=100_000)
    world.wait(lambda: of(world, ident)["startTime"] < -2, "time goes by")
    world.fault("flex.conference.modify", conferenceID=ident, duration=1)
    need(query(world, ident)["duration"] == 100_000, "kept")


def message(world: World, method: str, ident: str) -> None:
    """What sendUserMessage of both kinds takes."""
    name = "conferenceID" if "conference" in method else "participantID"
    world.done(method, **{name: ident}, message="x" * 100)
    for duration in (0, 1, 30, 2147483647):
        world.done(method, **{name: ident}, message="hello ü", duration=duration)
    world.lacks(method, "message", **{name: ident})
    world.fault(method, LONG, **{name: ident}, message="x" * 101)
    world.fault(method, RANGE, **{name: ident}, message="x", duration=-1)
    world.garbled(method, "message", **{name: ident}, message=5)
    world.garbled(method, "duration", **{name: ident}, message="x", duration="5")


@probe("conference-sendUserMessage", "up to 100 characters, any duration from 0", 2248, 2249, 3845)
def user_message(world: World) -> None:
    message(world, "flex.conference.sendUserMessage", conference(world))


@probe("participant-sendUserMessage", "up to 100 characters, any duration from 0", 2961, 2962, 3847)
def participant_message(world: World) -> None:
    message(world, "flex.participant.sendUserMessage", participant(world, conference(world)))


@probe("conference-sendWarning", "secondsRemaining has a default where the conference does not end", 2274)
def warning(world: World) -> None:
    method, ident = "flex.conference.sendWarning", conference(world)
    world.done(method, conferenceID=ident)
    for seconds in (0, 120, 2147483647):
        world.done(method, conferenceID=ident, secondsRemaining=seconds)
    world.fault(method, RANGE, conferenceID=ident, secondsRemaining=-1)
    world.garbled(method, "secondsRemaining", conferenceID=ident, secondsRemaining="1")
    world.done(method, conferenceID=conference(world, duration=100_000), secondsRemaining=60)
    need(of(world, ident)["active"] is True, "a warning does not end it")


def page(world: World, method: str, **more: Any) -> dict[str, Any]:
    """One answer of an enumeration, which must have its members."""
    got = world.call(method, **more)
    inside = (
        {"conferenceIDs": ["string:50"]} if method == DELETIONS else {"conferences": [CONFERENCE_INFO], **EXPERIMENTAL}
    )
    fit(got, {"moreAvailable": "bool", "cookie": "string:150", **inside}, method)
    return got


def rest(world: World, method: str, **more: Any) -> tuple[list[Any], str]:
    """All that an enumeration still has, and its cookie."""
    found: list[Any] = []
    for _turn in range(200):
        got = page(world, method, **more)
        found += got["conferenceIDs"] if method == DELETIONS else got["conferences"]
        if not got["moreAvailable"]:
            return found, got["cookie"]
        more = {**{key: value for key, value in more.items() if key == "max"}, "cookie": got["cookie"]}
    need(False, f"{method}: moreAvailable for ever")
    raise AssertionError


@probe("conference-enumerate", "first all live conferences, then what is new or changed, then nothing", 659, 660, 677)
def enumerated(world: World) -> None:
    first = conference(world, conferenceName="n", conferenceReference="r")
    found, cookie = rest(world, ENUMERATE)
    mine = next((one for one in found if one["conferenceID"] == first), None)
    need(mine is not None, "not among the live ones")
    need(mine and mine.get("conferenceName") == "n" and mine.get("conferenceReference") == "r", f"{mine}")
    need(mine and mine["active"] and not mine["terminating"] and not mine["locked"], f"{mine}")
    need(mine and "presenterID" not in mine and "importantID" not in mine, f"{mine}")
    second = conference(world)
    found, cookie = rest(world, ENUMERATE, cookie=cookie)
    need([one["conferenceID"] for one in found] == [second], f"not just the new one: {found}")
    need("conferenceName" not in found[0] and "conferenceReference" not in found[0], f"{found[0]}")
    world.done("flex.conference.modify", conferenceID=first, locked=True)
    found, cookie = rest(world, ENUMERATE, cookie=cookie)
    need(
        [(one["conferenceID"], one["locked"]) for one in found] == [(first, True)], f"not just the changed one: {found}"
    )
    need(rest(world, ENUMERATE, cookie=cookie)[0] == [], "nothing has changed")


@probe("conference-enumerate-max", "max limits an answer; the cookie goes on", 649, 1979, 1984)
def limited(world: World) -> None:
    mine = {conference(world) for _turn in range(4)}
    got = page(world, ENUMERATE, max=1)
    need(len(got["conferences"]) == 1 and got["moreAvailable"] is True, f"{got!r:.300}")
    found, _cookie = rest(world, ENUMERATE, max=2)
    idents = [one["conferenceID"] for one in found]
    need(mine <= set(idents), "all are found")
    need(len(idents) == len(set(idents)), "none twice")


def arguments(world: World, method: str) -> None:
    """What cookie and max may be."""
    for bad in (0, -1):
        world.fault(method, RANGE, max=bad)
    world.garbled(method, "max", max="1")
    world.garbled(method, "cookie", cookie=1)
    for cookie in ("rubbish", "1", "é"):
        world.fault(method, (55, INVALID), cookie=cookie)
    world.fault(method, (55, *LONG), cookie="x" * 151)


PLURAL = [
    ENUMERATE,
    DELETIONS,
    *(f"flex.participant.{kind}enumerate" for kind in ("", "advanced.", "media.", "deletions.")),
]
for _method in PLURAL:
    _why = "max is over 0; a cookie is one that was returned"
    register(f"{_method}-arguments", _why, (662, 673, 1943, 1979, 3674), arguments, _method)


@probe("conference-deletions", "first no identifiers, then those that were deleted since", 670, 671, 1950)
def deletions(world: World) -> None:
    first, second = conference(world), conference(world)
    got = page(world, DELETIONS)
    need(got["conferenceIDs"] == [] and got["moreAvailable"] is False, f"at first: {got}")
    cookie = got["cookie"]
    need(rest(world, DELETIONS, cookie=cookie)[0] == [], "before any is deleted")
    for ident in (first, second):
        world.done("flex.conference.destroy", conferenceID=ident)
    got = page(world, DELETIONS, cookie=cookie, max=1)
    need(len(got["conferenceIDs"]) == 1 and got["moreAvailable"] is True, f"of two: {got}")
    found, cookie = rest(world, DELETIONS, cookie=got["cookie"])
    need({*found, *got["conferenceIDs"]} == {first, second}, f"{found}")
    need(rest(world, DELETIONS, cookie=cookie)[0] == [], "told once")
    found, _cookie = rest(world, ENUMERATE)
    need(not {first, second} & {one["conferenceID"] for one in found}, "still live")
