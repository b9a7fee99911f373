"""Probes of callAttributes, of media tokens and of conference URIs, which conferences and participants share."""

from __future__ import annotations

from typing import Any

from harness.tests.probes.tps_objects import RESOURCES, SMALL, asked, conference, participant, query
from harness.tests.probes.tps_shapes import ATTRIBUTE_DEFAULTS, ATTRIBUTES, ENUMS, FLAGS, fit
from harness.tests.probes.tps_wire import INVALID, RANGE, World, each, need, probe, register

CREATE = "flex.conference.create"
MODIFY = "flex.conference.modify"
NUMBERS = {
    "maxTransmitPacketSize": (428, 1448, 1173),
    "packetLossThreshold": (0, 100, 1174),
    "audioTransmitGain": (-12000, 12000, 1213),
}


def of(world: World, ident: str) -> dict[str, Any]:
    """The attributes of a conference."""
    return dict(query(world, ident)["callAttributes"])


def refuse(world: World, ident: str, codes: tuple[int, ...], name: str, value: Any) -> None:
    """A value that no method takes."""
    given = {"callAttributes": {name: value}}
    if codes == (103,):
        world.garbled(CREATE, name, participantMediaResources=RESOURCES, **given)
        world.garbled(MODIFY, name, conferenceID=ident, **given)
        return
    world.fault(CREATE, codes, participantMediaResources=RESOURCES, **given)
    world.fault(MODIFY, codes, conferenceID=ident, **given)


def keep(world: World, name: str, value: Any) -> None:
    """What create and modify take comes back, and is what participants inherit."""
    ident = conference(world, callAttributes={name: value})
    got = of(world, ident)
    fit(got, ATTRIBUTES, "callAttributes")
    need(got[name] == value, f"{name} of create: {got[name]!r}, not {value!r}")
    wrong = [key for key, default in ATTRIBUTE_DEFAULTS.items() if key != name and got[key] != default]
    need(not wrong, f"not the default: {wrong}")
    other = conference(world)
    world.done(MODIFY, conferenceID=other, callAttributes={name: value})
    need(of(world, other)[name] == value, f"{name} of modify: {of(world, other)[name]!r}")


def flag(world: World, name: str) -> None:
    ident = conference(world)
    keep(world, name, not FLAGS[name])
    for bad in each("true", {}):
        refuse(world, ident, (103,), name, bad)
    if name == "videoTxPresentationMainVideoAllowed":
        return
    inherits = participant(world, conference(world, callAttributes={name: not FLAGS[name]}))
    need(asked(world, inherits)["callAttributes"].get(name) is not FLAGS[name], "a participant inherits it")
    own = participant(world, ident, callAttributes={name: not FLAGS[name]})
    need(asked(world, own)["callAttributes"].get(name) is not FLAGS[name], "a participant has its own")


for _name in FLAGS:
    register(f"attribute-{_name}", f"a boolean, by default {FLAGS[_name]}", (1134, 1140, 1167), flag, _name)


def choice(world: World, name: str) -> None:
    ident = conference(world)
    for value in ENUMS[name]:
        keep(world, name, value)
    for bad in ("other", ENUMS[name][0].upper() + "x", ""):
        refuse(world, ident, (INVALID,), name, bad)
    refuse(world, ident, (103,), name, 3)


for _name in ENUMS:
    register(f"attribute-{_name}", "one of a list", (828, 829, 1134, 1167), choice, _name)


def number(world: World, name: str, low: int, high: int) -> None:
    ident = conference(world)
    for value in (low, high):
        keep(world, name, value)
    for bad in (low - 1, high + 1, 2147483647):
        refuse(world, ident, RANGE, name, bad)
    refuse(world, ident, (103,), name, str(low))


for _name, (_low, _high, _line) in NUMBERS.items():
    register(f"attribute-{_name}", f"{_low} to {_high}", (_line,), number, _name, _low, _high)


@probe("attribute-accessLevel", "chair by default, or guest; incoming calls are unknown until authorized", 861, 1170)
def level(world: World) -> None:
    for value in ("chair", "guest"):
        keep(world, "accessLevel", value)
    refuse(world, conference(world), (INVALID,), "accessLevel", "king")
    refuse(world, conference(world), (103,), "accessLevel", False)


@probe("attribute-audioReceiveGain", "-12000 to 12000, when the mode is fixed; else ignored", 1212)
def gain(world: World) -> None:
    fixed = {"audioReceiveGainMode": "gainModeFixed"}
    for value in (-12000, 12000, 1, 0):
        got = of(world, conference(world, callAttributes={**fixed, "audioReceiveGain": value}))
        need(got.get("audioReceiveGain") == value, f"{got.get('audioReceiveGain')!r}, not {value}")
    got = of(world, conference(world, callAttributes=fixed))
    need(got.get("audioReceiveGain") == 0, f"{got.get('audioReceiveGain')!r} by default")
    for bad in (-12001, 12001):
        attributes = {**fixed, "audioReceiveGain": bad}
        world.fault(CREATE, RANGE, participantMediaResources=RESOURCES, callAttributes=attributes)
    conference(world, callAttributes={"audioReceiveGainMode": "gainModeDisabled", "audioReceiveGain": 5})


@probe("attribute-defaults", "what is left out has the defaults of Table 32", 1134, 1856)
def defaults(world: World) -> None:
    for given in each({}, {"callAttributes": {}}):
        got = of(world, conference(world, **given))
        fit(got, ATTRIBUTES, "callAttributes")
        wrong = {key: got[key] for key, default in ATTRIBUTE_DEFAULTS.items() if got[key] != default}
        need(not wrong, f"not the default: {wrong}")


@probe("attribute-instantiated", "later changes of the conference do not change participants", 1142)
def instantiated(world: World) -> None:
    room = conference(world)
    ident = participant(world, room)
    world.done(MODIFY, conferenceID=room, callAttributes={"iXEnabled": False})
    need(asked(world, ident)["callAttributes"]["iXEnabled"] is True, "changed")
    need(asked(world, participant(world, room))["callAttributes"]["iXEnabled"] is False, "a new one inherits")


@probe("attribute-no-struct", "callAttributes is a struct", 1856, 3690)
def no_struct(world: World) -> None:
    for bad in each("text", 5, [{}]):
        world.garbled(CREATE, "callAttributes", participantMediaResources=RESOURCES, callAttributes=bad)


def without(world: World, *path: str) -> None:
    """The resources lack one member."""
    given: dict[str, Any] = {
        name: dict(inner) if isinstance(inner, dict) else inner for name, inner in RESOURCES.items()
    }
    place = given if len(path) == 1 else given[path[0]]
    del place[path[-1]]
    world.lacks(CREATE, path[-1], participantMediaResources=given)
    world.lacks(MODIFY, path[-1], conferenceID=conference(world), participantMediaResources=given)


for _path in [("numMediaCredits",), *(((name, "total")) for name in RESOURCES if name != "numMediaCredits")]:
    register(
        f"resources-without-{'.'.join(_path)}", "all totals and the credits are required", (1099, 1815), without, *_path
    )
for _name in RESOURCES:
    if _name != "numMediaCredits":
        register(f"resources-without-{_name}", "all structs are required", (1099,), without, _name)


@probe("resources-required", "a conference needs participantMediaResources", 1815, 1831)
def required(world: World) -> None:
    world.lacks(CREATE, "participantMediaResources")
    for bad in each("x", 4, []):
        world.garbled(CREATE, "participantMediaResources", participantMediaResources=bad)


def tokens(world: World, name: str) -> None:
    """One kind of tokens."""

    def given(**inner: Any) -> dict[str, Any]:
        return {**RESOURCES, name: inner}

    def back(ident: str) -> dict[str, Any]:
        return dict(query(world, ident)["participantMediaResources"][name])

    ident = conference(world)
    total = RESOURCES[name]["total"]
    need(back(ident) == {"total": total, "maxPerChannelUnlimited": True}, f"{name} by default: {back(ident)}")
    world.done(MODIFY, conferenceID=ident, participantMediaResources=given(total=90, maxPerChannel=30))
    need(back(ident) == {"total": 90, "maxPerChannel": 30}, f"{name} limited: {back(ident)}")
    world.done(MODIFY, conferenceID=ident, participantMediaResources=given(total=90, maxPerChannelUnlimited=True))
    need(back(ident) == {"total": 90, "maxPerChannelUnlimited": True}, f"{name} unlimited: {back(ident)}")
    world.done(MODIFY, conferenceID=ident, participantMediaResources=given(total=90, maxPerChannel=0))
    need(back(ident) == {"total": 90, "maxPerChannel": 0}, f"{name} 0: {back(ident)}")
    world.done(MODIFY, conferenceID=ident, participantMediaResources=given(total=60))
    need(back(ident) == {"total": 60, "maxPerChannelUnlimited": True}, f"{name} default again: {back(ident)}")
    for bad in ({"total": -1}, {"total": 90, "maxPerChannel": -1}, {"total": 90, "maxPerChannel": 91}):
        world.fault(CREATE, RANGE, participantMediaResources=given(**bad))
    for flag in (True, False):
        world.fault(CREATE, participantMediaResources=given(total=90, maxPerChannel=30, maxPerChannelUnlimited=flag))
    for member, wrong in (("total", "90"), ("maxPerChannel", "1"), ("maxPerChannelUnlimited", "true")):
        world.garbled(CREATE, member, participantMediaResources=given(**{"total": 90, member: wrong}))


for _name in RESOURCES:
    if _name != "numMediaCredits":
        register(
            f"tokens-{_name}", "total and the per-channel pair", (1067, 1068, 1069, 1075, 1082, 1083), tokens, _name
        )


@probe("credits", "credits must do for the sum of the tokens, rounded down to a level", 628, 630, 1097, 1112)
def credit(world: World) -> None:
    levels = world.call("flex.resource.query")["mediaCreditTokenRanges"]
    for few in (3780, 3935, levels[0] - 1, 0):
        world.fault(CREATE, participantMediaResources={**RESOURCES, "numMediaCredits": few})
    world.fault(CREATE, RANGE, participantMediaResources={**RESOURCES, "numMediaCredits": -1})
    world.garbled(CREATE, "numMediaCredits", participantMediaResources={**RESOURCES, "numMediaCredits": "5040"})
    got = query(world, conference(world, participantMediaResources={**SMALL, "numMediaCredits": 400}))
    need(got["participantMediaResources"]["numMediaCredits"] in (400, 315), f"{got['participantMediaResources']}")
