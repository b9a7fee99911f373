"""Probes of what every message looks like: elements, attributes, types, fixed values."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from harness.tests.probes.cds_wire import (
    ROOTS,
    STATES,
    Fixtures,
    NotHere,
    Talk,
    ask,
    attributes,
    document,
    history,
    need,
    newest,
    number,
    probe,
    rows,
    some,
    url,
)


def check_stream(one: ET.Element) -> None:
    attributes(
        one,
        "startTime endTime dbTime serviceGroup",
        "macAddress serverIpAddress sessionID streamType",
        "startTime endTime dbTime sessionID",
    )
    need("tsidOutput" in one.attrib or "tsidOutputs" in one.attrib, "no tsidOutput, no tsidOutputs")
    need(one.get("streamType") in ("user", "sys"), f"streamType {one.get('streamType')!r}")


@probe("streams-shape", "table and example of StreamHistory", *range(165, 184), 198)
def streams_shape(world: Fixtures) -> Talk:
    found = yield from rows(history(world, "StreamHistory"), *ROOTS["StreamHistory"])
    need(found, "no stream in the busy hour")
    for one in found:
        check_stream(one)
        attributes(one, "bitrate", "contentName assetIOR assetName", "contentName")
        need(not list(one), "a Stream of StreamHistory has elements inside")


@probe("stream-list-shape", "table and example of StreamListHistory, segmentIndex from 0", *range(272, 293), 304)
def list_shape(world: Fixtures) -> Talk:
    found = yield from rows(history(world, "StreamListHistory"), *ROOTS["StreamListHistory"])
    need(found, "no stream in the busy hour")
    for one in found:
        check_stream(one)
        need(
            [part.tag for part in one] == ["Content"] * len(one) != [],
            "a stream without Content, or with something else",
        )
        for part in one:
            attributes(part, "bitrate contentLength segmentIndex", "contentName assetName", "contentName segmentIndex")
        places = sorted(number(part, "segmentIndex") for part in one)
        need(places == list(range(len(one))), f"segmentIndex {places}")


@probe("tricks-shape", "table and example of TrickModeHistory; response is always 0", *range(383, 394), 478)
def tricks_shape(world: Fixtures) -> Talk:
    found = yield from rows(history(world, "TrickModeHistory"), *ROOTS["TrickModeHistory"])
    need(found, "no trick mode in the busy hour")
    for one in found:
        attributes(one, "NPT eventTime", "errorText scale sessionID", "NPT eventTime scale sessionID")
        if "response" in one.attrib:
            check_long(one)


def check_long(one: ET.Element) -> None:
    attributes(one, "segmentIndex type mode response", filled="segmentIndex type mode response")
    need(number(one, "response") == 0, "response is not zero")
    need(number(one, "segmentIndex") >= 0, "segmentIndex below 0")


@probe(
    "trick-list-shape",
    "table and example of TrickModeListHistory, which need not have a type of its own",
    *range(440, 479),
)
def trick_list_shape(world: Fixtures) -> Talk:
    reply = yield from ask(history(world, "TrickModeListHistory"), (200, 404))
    target = history(world, "TrickModeListHistory" if reply.status == 200 else "TrickModeHistory")
    for one in (yield from rows(target, *ROOTS["TrickModeHistory"])):
        attributes(one, "NPT eventTime", "errorText scale sessionID", "NPT eventTime scale sessionID")
        check_long(one)


@probe("trick-list-single-segment", "segmentIndex of a single content is 0", 475)
def single_segment(world: Fixtures) -> Talk:
    single = set(some(world, "single_session_ids"))
    reply = yield from ask(history(world, "TrickModeListHistory"), (200, 404))
    if reply.status == 404:
        raise NotHere
    for one in document(reply, "TrickModesResponse"):
        if one.get("sessionID") in single:
            need(
                number(one, "segmentIndex") == 0,
                f"session {one.get('sessionID')} has segmentIndex {one.get('segmentIndex')}",
            )


@probe("play-servers-shape", "table and example of PlayServerHistory", *range(593, 605))
def play_servers_shape(world: Fixtures) -> Talk:
    found = yield from rows(history(world, "PlayServerHistory"), *ROOTS["PlayServerHistory"])
    need(found, "no play server in the busy hour")
    for one in found:
        attributes(one, "NPT eventTime playServerID", "errorText scale sessionID", "NPT eventTime sessionID")


@probe("errors-shape", "table of Errors", *range(687, 698))
def errors_shape(world: Fixtures) -> Talk:
    for one in (yield from rows(history(world, "Errors"), *ROOTS["Errors"])):
        attributes(one, "errorCode errorTime", "errorText macAddress serverIpAddress", "errorCode errorTime")


@probe("devices-shape", "table of Devices, three types", *range(753, 763))
def devices_shape(world: Fixtures) -> Talk:
    for one in (yield from rows(url(messageType="Devices"), *ROOTS["Devices"])):
        attributes(one, texts="description hostname ipAddress type")
        need(one.get("type") in ("Streamer", "Vault", "ISV"), f"device type {one.get('type')!r}")


@probe("service-groups-shape", "table of ServiceGroups", *range(813, 820))
def groups_shape(world: Fixtures) -> Talk:
    for one in (yield from rows(url(messageType="ServiceGroups"), *ROOTS["ServiceGroups"])):
        attributes(one, "serviceGroup", filled="serviceGroup")
        for name in ("TSIDOutput", "bandwidth"):
            if name in one.attrib:
                attributes(one, name)


def check_states(one: ET.Element) -> None:
    for name, states in STATES.items():
        need(one.get(name, "").replace(" ", "").lower() in states, f"{name} {one.get(name)!r}")


@probe("content-state-shape", "table of ContentState, its states", *range(869, 884))
def states_shape(world: Fixtures) -> Talk:
    for one in (yield from rows(url(messageType="ContentState"), *ROOTS["ContentState"])):
        attributes(
            one, "dateIngested filesize bitrate", "assetIOR contentName digestIpAddress assetName", "contentName"
        )
        check_states(one)


@probe("content-range-shape", "table of ContentRange, its states", *range(989, 998))
def range_shape(world: Fixtures) -> Talk:
    for one in (yield from rows(url(messageType="ContentRange", maxRows=100000), *ROOTS["ContentRange"])):
        attributes(one, texts="Name", filled="Name")
        check_states(one)


@probe("version-shape", "two integers on the root", *range(940, 949))
def version_shape(world: Fixtures) -> Talk:
    root = document((yield from ask(url(messageType="Version"))), "APIVersionResponse")
    need(number(root, "major") >= 0, "major below 0")
    need(number(root, "minor") >= 0, "minor below 0")


def make_newest() -> None:
    for message, lines in (("MaxErrorModifiedTime", range(61, 71)), ("MaxStreamModifiedTime", range(107, 117))):

        @probe(f"{message}-shape", "one element with two times; the newest is not in the future", *lines)
        def talk(world: Fixtures, message: str = message) -> Talk:
            top, now = yield from newest(message)
            need(top is None or top <= now, f"maxTime {top} is after curTime {now}")
            _top, later = yield from newest(message)
            need(later >= now, f"curTime went back from {now} to {later}")


make_newest()


@probe("newest-stream", "no stream is recorded after MaxStreamModifiedTime", 115, 173)
def newest_stream(world: Fixtures) -> Talk:
    found = yield from rows(history(world, "StreamHistory"), *ROOTS["StreamHistory"])
    top, _now = yield from newest("MaxStreamModifiedTime")
    last = max(number(one, "dbTime") for one in found)
    need(top is not None and top >= last, f"maxTime {top}, a stream has dbTime {last}")


@probe("newest-error", "no error is later than MaxErrorModifiedTime", 69, 695)
def newest_error(world: Fixtures) -> Talk:
    found = yield from rows(history(world, "Errors"), *ROOTS["Errors"])
    top, _now = yield from newest("MaxErrorModifiedTime")
    last = max((number(one, "errorTime") for one in found), default=None)
    need(last is None or (top is not None and top >= last), f"maxTime {top}, an error has {last}")
