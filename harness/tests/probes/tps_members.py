"""Probes of each member of flex.conference.create and flex.conference.modify, which flex.conference.query returns."""

from __future__ import annotations

import xmlrpc.client
from typing import Any

from harness.tests.probes.tps_objects import RESOURCES, conference, query
from harness.tests.probes.tps_shapes import ATTRIBUTES, CONTROL, PROFILE, URI, fit
from harness.tests.probes.tps_shapes import RESOURCES as SHAPE
from harness.tests.probes.tps_wire import INVALID, LONG, RANGE, World, each, fresh, need, probe, register

CREATE = "flex.conference.create"
MODIFY = "flex.conference.modify"
STRINGS = {  # length, and whether a string that is not set is returned
    "conferenceReference": (50, 1832),
    "conferenceName": (80, 1833),
    "conferenceDescription": (500, 1834),
    "billingCode": (80, 1855),
    "welcomeScreenMessage": (500, 1865),
    "customPINEntryMessage": (200, 1867),
    "customOptionalPINEntryMessage": (200, 1869),
    "customPINIncorrectMessage": (100, 1871),
    "customPINEntryFailedMessage": (200, 1873),
    "customDisconnectPlatitudeMessage": (200, 1879),
    "customWaitingForChairMessage": (500, 1881),
    "customOnlyVideoParticipantMessage": (500, 1883),
    "customConferenceEndingMessage": (100, 1885),
    "customMutedCanUnmuteMessage": (500, 1896),
    "customMutedCannotUnmuteMessage": (500, 1898),
    "customConferenceEndedExitMessage": (200, 1901),
    "customParticipantDisconnectedExitMessage": (200, 1903),
}
URLS = {
    "customWelcomeScreenAudio": 1904,
    "customPINEntryAudio": 1910,
    "customOptionalPINEntryAudio": 1912,
    "customPINIncorrectAudio": 1914,
    "customConferenceEndedExitAudio": 1916,
    "customParticipantDisconnectedExitAudio": 1918,
    "customPINFailedExitAudio": 1920,
    "customWaitingForChairAudio": 1922,
    "customOnlyParticipantAudio": 1924,
    "customBackgroundImageURL": 1927,
}
DEFAULTS = {
    "waitForChair": (True, 1844),
    "disconnectOnChairExit": (False, 1849),
    "terminateWithLastCall": (False, 1850),
    "locked": (False, 1851),
    "welcomeScreen": (True, 1864),
    "useCustomPINEntryMessage": (False, 1866),
    "useCustomOptionalPINEntryMessage": (False, 1868),
    "useCustomPINIncorrectMessage": (False, 1870),
    "useCustomWaitingForChairMessage": (False, 1872),
    "useCustomOnlyVideoParticipantMessage": (False, 1882),
    "useCustomConferenceEndingMessage": (False, 1884),
    "unlockWithLastCall": (True, 1887),
    "useCustomMutedCanUnmuteMessage": (True, 1895),
    "useCustomMutedCannotUnmuteMessage": (True, 1897),
    "exitScreen": (True, 1899),
    "useCustomConferenceEndedExitMessage": (False, 1900),
    "useCustomParticipantDisconnectedExitMessage": (False, 1902),
}
OPEN = {  # without a default
    "useCustomPINEntryFailedMessage": 1878,
    "useCustomDisconnectPlatitudeMessage": 1880,
    "useCustomWelcomeScreenAudio": 1909,
    "useCustomPINEntryAudio": 1911,
    "useCustomOptionalPINEntryAudio": 1913,
    "useCustomPINIncorrectAudio": 1915,
    "useCustomConferenceEndedExitAudio": 1917,
    "useCustomParticipantDisconnectedExitAudio": 1919,
    "useCustomPINFailedExitAudio": 1921,
    "useCustomWaitingForChairAudio": 1923,
    "useCustomOnlyParticipantAudio": 1925,
}
ONLY_CREATE = {*URLS, *(name for name in OPEN if name.endswith("Audio")), "startTime", "resourceOptimizationMode"}
PAIRS = ("conferenceMediaTokens", "conferenceMediaCredits", "duration", "maxParticipants")
ENUMS = {
    "guestControlLevel": (CONTROL, "controlLocal", 1888),
    "chairControlLevel": (CONTROL, "controlConference", 1889),
    "optimizationProfile": (PROFILE, "favorExperience", 1890),
}
ABSENT_WHEN_EMPTY = ("conferenceReference", "conferenceName", "conferenceDescription", "billingCode")
QUERY: dict[str, Any] = {
    "conferenceID": "string:50",
    "URIs": [URI],
    **{f"{name}?" if name in ABSENT_WHEN_EMPTY else name: f"string:{size}" for name, (size, _line) in STRINGS.items()},
    "customPINEntryFailedMessage?": "string:200",
    "customDisconnectPlatitudeMessage?": "string:200",
    **{f"{name}?": "string:80" for name in URLS},
    **dict.fromkeys(DEFAULTS, "bool"),
    **{f"{name}?": "bool" for name in OPEN},
    **{f"{name}?": "int:0" for name in PAIRS},
    **{f"{name}Unlimited?": "bool" for name in PAIRS},
    "startTime": "int:0",
    "callAttributes": ATTRIBUTES,
    "voiceSwitchingSensitivity": "int:0:100",
    "participantMediaResources": SHAPE,
    "hasMetadata": "bool",
    **{name: values for name, (values, _default, _line) in ENUMS.items()},
    "resourceOptimizationMode?": ("byParticipant", "byConference"),
}
for _name in ("customPINEntryFailedMessage", "customDisconnectPlatitudeMessage"):
    QUERY.pop(_name, None)
SHIFTING = ("startTime",)  # which may run on


def changed(world: World, ident: str, name: str, value: Any) -> None:
    """Modify one member, which must come back, and nothing else may change."""
    before = query(world, ident)
    world.done(MODIFY, conferenceID=ident, **{name: value})
    after = query(world, ident)
    need(
        after.get(name) == value and type(after.get(name)) is type(value), f"{name}: {after.get(name)!r}, not {value!r}"
    )
    other = [key for key in {*before, *after} if before.get(key) != after.get(key) and key not in (name, *SHIFTING)]
    need(not other, f"{name} also changed {other}")


def written(world: World, name: str, size: int) -> None:
    """A string of the greatest length is kept; a longer one is refused."""
    value = ("x é" * size)[: size - 1] + "z"
    ident = conference(world, **{name: value})
    got = query(world, ident)
    need(got.get(name) == value, f"{name}: {got.get(name)!r}")
    fit(got, QUERY, "query")
    world.fault(CREATE, LONG, participantMediaResources=RESOURCES, **{name: "x" * (size + 1)})
    world.garbled(CREATE, name, participantMediaResources=RESOURCES, **{name: 5})
    changed(world, ident, name, fresh("other "))
    world.fault(MODIFY, LONG, conferenceID=ident, **{name: "x" * (size + 1)})
    world.garbled(MODIFY, name, conferenceID=ident, **{name: False})


for _name, (_size, _line) in STRINGS.items():
    register(f"conference-{_name}", "a string with its length", (_line, 3668, 3690), written, _name, _size)


def linked(world: World, name: str) -> None:
    """The URL of a file."""
    value = "http://files.example.com/".ljust(79, "a") + "z"
    got = query(world, conference(world, **{name: value}))
    need(got.get(name) == value, f"{name}: {got.get(name)!r}")
    if name != "customWaitingForChairAudio":  # which has no length in create
        longer = {name: value + "z"}
        world.fault(CREATE, LONG, participantMediaResources=RESOURCES, **longer)
    world.garbled(CREATE, name, participantMediaResources=RESOURCES, **{name: True})


for _name, _line in URLS.items():
    register(f"conference-{_name}", "the URL of a file, up to 80 characters", (_line,), linked, _name)


def switched(world: World, name: str, default: bool | None) -> None:
    """A boolean with its default."""
    ident = conference(world)
    got = query(world, ident).get(name)
    need(got is default or (default is None and got in (None, False, True)), f"{name}: {got!r} by default")
    for value in (True, False):
        got = query(world, conference(world, **{name: value})).get(name)
        need(got is value, f"{name}: {got!r}, not {value!r}")
    for bad in each("true", {}):
        world.garbled(CREATE, name, participantMediaResources=RESOURCES, **{name: bad})
    if name not in ONLY_CREATE:
        for value in (True, False, True):
            if query(world, ident).get(name) is not value:
                changed(world, ident, name, value)
        world.garbled(MODIFY, name, conferenceID=ident, **{name: "yes"})


for _name, (_default, _line) in DEFAULTS.items():
    register(f"conference-{_name}", f"a boolean, by default {_default}", (_line,), switched, _name, _default)
for _name, _line in OPEN.items():
    register(f"conference-{_name}", "a boolean without a default", (_line,), switched, _name, None)


def chosen(world: World, name: str, values: tuple[str, ...], default: str) -> None:
    """One of a list."""
    ident = conference(world)
    need(query(world, ident)[name] == default, f"{name}: {query(world, ident)[name]!r} by default")
    for value in values:
        need(query(world, conference(world, **{name: value}))[name] == value, f"{name}: {value}")
        changed(world, ident, name, value)
    for bad in ("other", values[0].upper(), "", f"{values[0]} "):
        world.fault(CREATE, INVALID, participantMediaResources=RESOURCES, **{name: bad})
        world.fault(MODIFY, INVALID, conferenceID=ident, **{name: bad})
    world.garbled(CREATE, name, participantMediaResources=RESOURCES, **{name: 1})


for _name, (_values, _enum, _line) in ENUMS.items():
    register(f"conference-{_name}", "one of a list", (_line, 828, 829, 3689), chosen, _name, _values, _enum)


def pair(world: World, name: str, method: str) -> None:
    """An integer that may be unlimited."""
    unlimited = f"{name}Unlimited"
    ident = conference(world)
    got = query(world, ident)
    need(name not in got and got.get(unlimited) is True, f"{name} by default: {got.get(name)}, {got.get(unlimited)}")
    value = {"maxParticipants": 7, "conferenceMediaCredits": 5040}.get(name, 7000)  # a level, line 628
    given = {"conferenceID": ident} if method == MODIFY else {"participantMediaResources": RESOURCES}
    for flag in (True, False):
        world.fault(method, **given, **{name: value, unlimited: flag})
    world.fault(method, RANGE, **given, **{name: -1})
    world.garbled(method, name, **given, **{name: "7"})
    world.garbled(method, unlimited, **given, **{unlimited: "true"})
    if method == MODIFY:
        world.done(MODIFY, conferenceID=ident, **{name: value})
    else:
        ident = conference(world, **{name: value})
    got = query(world, ident)
    need(got.get(name) == value, f"{name}: {got.get(name)!r}")
    need(unlimited not in got, f"both halves: {unlimited} {got.get(unlimited)!r}")
    if method == MODIFY:
        world.done(MODIFY, conferenceID=ident, **{unlimited: True})
        got = query(world, ident)
        need(name not in got and got.get(unlimited) is True, f"unlimited again: {got.get(name)}, {got.get(unlimited)}")


for _name in PAIRS:
    for _method in (CREATE, MODIFY):
        _lines = (581, 594, 596, 598, 2042)
        register(f"{_method}-{_name}", "an integer that may be unlimited", _lines, pair, _name, _method)


@probe("conference-metadata", "up to 512 bytes, base64", 1886, 2036, 2194, 3671)
def metadata(world: World) -> None:
    ident = conference(world)
    need(query(world, ident)["hasMetadata"] is False, "metadata by default")
    got = world.call("flex.conference.getMetadata", conferenceID=ident)
    fit(got, {"metadata": "bytes:0"}, "of none")
    for data in (bytes(range(256)) * 2, b"", b"\x00"):
        world.done(MODIFY, conferenceID=ident, metadata=xmlrpc.client.Binary(data))
        got = world.call("flex.conference.getMetadata", conferenceID=ident)
        fit(got, {"metadata": "bytes:512"}, "of modify")
        need(got["metadata"].data == data, f"{got['metadata'].data!r:.100}")
        need(query(world, ident)["hasMetadata"] is bool(data), f"hasMetadata with {len(data)} bytes")
    other = conference(world, metadata=xmlrpc.client.Binary(b"x" * 512))
    got = world.call("flex.conference.getMetadata", conferenceID=other)
    need(got["metadata"].data == b"x" * 512, "of create")
    much = xmlrpc.client.Binary(b"x" * 513)
    world.fault(CREATE, (50, 35, *RANGE), participantMediaResources=RESOURCES, metadata=much)
    world.fault(MODIFY, (50, 35, *RANGE), conferenceID=ident, metadata=much)
    world.garbled(MODIFY, "metadata", conferenceID=ident, metadata="text")


@probe("conference-voiceSwitchingSensitivity", "0 to 100, by default 60", 1863, 2174)
def sensitivity(world: World) -> None:
    ident, name = conference(world), "voiceSwitchingSensitivity"
    need(query(world, ident)[name] == 60, f"{query(world, ident)[name]} by default")
    for value in (0, 100, 1):
        changed(world, ident, name, value)
        need(query(world, conference(world, **{name: value}))[name] == value, f"{value} at creation")
    for bad in (-1, 101):
        world.fault(CREATE, RANGE, participantMediaResources=RESOURCES, **{name: bad})
        world.fault(MODIFY, RANGE, conferenceID=ident, **{name: bad})
    world.garbled(MODIFY, name, conferenceID=ident, **{name: "60"})


@probe("conference-resourceOptimizationMode", "byParticipant or byConference", 1044, 1926)
def optimization(world: World) -> None:
    conference(world, resourceOptimizationMode="byParticipant")
    world.fault(CREATE, LONG, participantMediaResources=RESOURCES, resourceOptimizationMode="byMoon")


@probe("conference-query-shape", "every member of Table 84 with its type and condition", 2141, 2155, 2194)
def shape(world: World) -> None:
    bare = query(world, conference(world))
    fit(bare, QUERY, "query")
    for name in ABSENT_WHEN_EMPTY:
        need(not bare.get(name), f"{name}: {bare.get(name)!r} not set")
    need("conferenceReference" not in bare and "conferenceName" not in bare, "returned with length 0")
    need("conferenceDescription" not in bare and "billingCode" not in bare, "returned though not set")
    need(bare["URIs"] == [], f"URIs by default: {bare['URIs']}")
    empty = [name for name in STRINGS if name not in ABSENT_WHEN_EMPTY and bare.get(name)]
    need(not empty, f"not empty by default: {empty}")
    need(bare["startTime"] == 0, f"startTime {bare['startTime']} by default")
