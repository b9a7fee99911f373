"""Probes of the URIs of conferences."""

from __future__ import annotations

from harness.tests.probes.tps_objects import RESOURCES, SMALL, bandwidth, conference, query, uri
from harness.tests.probes.tps_shapes import URI, fit
from harness.tests.probes.tps_wire import DUPLICATE, INVALID, LONG, RANGE, World, each, fresh, need, probe

CREATE = "flex.conference.create"
MODIFY = "flex.conference.modify"


@probe("uri-back", "URIs of create come back from query", 1239, 1839, 2145)
def back(world: World) -> None:
    width = bandwidth(world)
    given = [
        {"URI": uri(), "callBandwidth": width, "PIN": "123456", "callAttributes": {"accessLevel": "guest"}},
        {"URI": fresh("123-ABC_"), "callBandwidth": width + 1, "participantMediaResources": SMALL},
    ]
    got = query(world, conference(world, URIs=given))["URIs"]
    fit(got, [URI], "URIs")
    need([one["URI"] for one in got] == [one["URI"] for one in given], f"{got}")
    need([one["callBandwidth"] for one in got] == [width, width + 1], f"{got}")
    need(got[0].get("PIN") == "123456" and not got[1].get("PIN"), f"PINs of {got}")
    need(got[0]["callAttributes"]["accessLevel"] == "guest", f"{got[0]}")
    need(got[1].get("participantMediaResources", {}).get("numMediaCredits") == 315, f"{got[1]}")


@probe("uri-replaced", "modify replaces all URIs; an empty array deletes them", 2062)
def replaced(world: World) -> None:
    width, first, second = bandwidth(world), uri(), uri()
    ident = conference(world, URIs=[{"URI": first, "callBandwidth": width, "PIN": "1"}])
    world.done(MODIFY, conferenceID=ident, URIs=[{"URI": second, "callBandwidth": width}])
    got = query(world, ident)["URIs"]
    need([one["URI"] for one in got] == [second] and not got[0].get("PIN"), f"{got}")
    world.done(MODIFY, conferenceID=ident, conferenceName="kept")
    need([one["URI"] for one in query(world, ident)["URIs"]] == [second], "changed by another member")
    world.done(MODIFY, conferenceID=ident, URIs=[])
    need(query(world, ident)["URIs"] == [], "not deleted")
    conference(world, URIs=[{"URI": second, "callBandwidth": width}])


@probe("uri-required", "URI and callBandwidth are required", 1242, 1247, 3688)
def required(world: World) -> None:
    width = bandwidth(world)
    world.lacks(CREATE, "URI", participantMediaResources=RESOURCES, URIs=[{"callBandwidth": width}])
    world.lacks(CREATE, "callBandwidth", participantMediaResources=RESOURCES, URIs=[{"URI": uri()}])
    ident = conference(world)
    world.lacks(MODIFY, "URI", conferenceID=ident, URIs=[{"callBandwidth": width}])
    world.lacks(MODIFY, "callBandwidth", conferenceID=ident, URIs=[{"URI": uri()}])


@probe("uri-types", "wrong types are malformed", 3690)
def types(world: World) -> None:
    width = bandwidth(world)
    for name, bad in (("URI", 5), ("callBandwidth", "64000"), ("PIN", 12), ("callAttributes", "x")):
        one = {"URI": uri(), "callBandwidth": width, name: bad}
        world.garbled(CREATE, name, participantMediaResources=RESOURCES, URIs=[one])
    for bad_list in each("x", {}, 4):
        world.garbled(CREATE, "URIs", participantMediaResources=RESOURCES, URIs=bad_list)


@probe("uri-lengths", "a URI has up to 80 characters, a PIN up to 40", 1242, 1248, 3668)
def lengths(world: World) -> None:
    width = bandwidth(world)
    longest = uri().ljust(80, "x")
    got = query(world, conference(world, URIs=[{"URI": longest, "callBandwidth": width, "PIN": "7" * 40}]))["URIs"][0]
    need(got["URI"] == longest and got.get("PIN") == "7" * 40, f"{got}")
    given = {"participantMediaResources": RESOURCES}
    world.fault(CREATE, LONG, **given, URIs=[{"URI": uri().ljust(81, "x"), "callBandwidth": width}])
    world.fault(CREATE, LONG, **given, URIs=[{"URI": uri(), "callBandwidth": width, "PIN": "7" * 41}])


@probe("uri-characters", "digits, letters and ._-@, one @ at most", 453, 458, 463)
def characters(world: World) -> None:
    width = bandwidth(world)
    for good in (fresh("123-ABC_example.com"), f"{fresh('A.b_c-')}@Example.com", fresh("9")):
        conference(world, URIs=[{"URI": good, "callBandwidth": width}])
    for bad in ("a b", "a@b@c", "a/b", "a:b", "sip:a@b", "é@b", "a+b", "a%b", ""):
        given = [{"URI": bad and fresh(bad), "callBandwidth": width}]
        world.fault(CREATE, INVALID, participantMediaResources=RESOURCES, URIs=given)


@probe("uri-bandwidth", "within the limits of flex.resource.query", 1247, 3192, 3193)
def band(world: World) -> None:
    got = world.call("flex.resource.query")
    for good in (got["minCallBandwidth"], got["maxCallBandwidth"]):
        conference(world, URIs=[{"URI": uri(), "callBandwidth": good}])
    for bad in (got["minCallBandwidth"] - 1, got["maxCallBandwidth"] + 1, 0, -1):
        given = [{"URI": uri(), "callBandwidth": bad}]
        world.fault(CREATE, RANGE, participantMediaResources=RESOURCES, URIs=given)


@probe("uri-two", "at most two URIs", 1839, 2062)
def two(world: World) -> None:
    width = bandwidth(world)
    given = [{"URI": uri(), "callBandwidth": width} for _turn in range(3)]
    conference(world, URIs=given[:2])
    many = [{"URI": uri(), "callBandwidth": width} for _turn in range(3)]
    world.fault(CREATE, participantMediaResources=RESOURCES, URIs=many)
    world.fault(MODIFY, conferenceID=conference(world), URIs=many)


@probe("uri-unique", "a URI that another conference has is a duplicate", 507, 3663)
def unique(world: World) -> None:
    one = {"URI": uri(), "callBandwidth": bandwidth(world)}
    first = conference(world, URIs=[one])
    world.fault(CREATE, DUPLICATE, participantMediaResources=RESOURCES, URIs=[one])
    other = conference(world)
    world.fault(MODIFY, DUPLICATE, conferenceID=other, URIs=[{**one, "PIN": "5"}])
    world.done(MODIFY, conferenceID=first, URIs=[one])
    world.done("flex.conference.destroy", conferenceID=first)
    world.wait(lambda: free(world, other, one), "free once its conference is gone")


def free(world: World, ident: str, one: dict[str, object]) -> bool:
    """Whether a conference may have a URI."""
    try:
        return "status" in world.call(MODIFY, conferenceID=ident, URIs=[one])
    except AssertionError:
        return False


@probe("uri-twice", "the same URI twice in one conference needs different PINs", 505, 507, 508, 510)
def twice(world: World) -> None:
    width, name = bandwidth(world), uri()
    conference(world, URIs=[{"URI": name, "callBandwidth": width, "PIN": pin} for pin in ("1", "2")])
    name = uri()
    conference(world, URIs=[{"URI": name, "callBandwidth": width}, {"URI": name, "callBandwidth": width, "PIN": "2"}])
    name = uri()
    for pins in (("3", "3"), ("", "")):
        same = [{"URI": name, "callBandwidth": width, "PIN": pin} for pin in pins]
        world.fault(CREATE, (DUPLICATE, INVALID), participantMediaResources=RESOURCES, URIs=same)


@probe("uri-domains", "the same user at different domains are different URIs", 494)
def domains(world: World) -> None:
    width, name = bandwidth(world), fresh("789")
    for one in (name, f"{name}@tower.example.com", f"{name}@example.com"):
        conference(world, URIs=[{"URI": one, "callBandwidth": width}])


@probe("uri-keeps-nothing", "what is refused creates no conference", 296, 299)
def nothing(world: World) -> None:
    before = world.call("flex.resource.status")["numConferences"]
    world.fault(CREATE, participantMediaResources=RESOURCES, URIs=[{"URI": uri()}])
    world.fault(CREATE, participantMediaResources=RESOURCES, conferenceName=5)
    need(world.call("flex.resource.status")["numConferences"] == before, "a conference more")
