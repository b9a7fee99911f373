"""Probes of capacity planning and of trick-mode reconciliation."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Generator, Iterator, Sequence

from harness.tests.probes.cds_wire import (
    EVENT_TYPES,
    EVENTS,
    SPACE,
    Disagreement,
    Fixtures,
    NotHere,
    Reply,
    Talk,
    ask,
    attributes,
    busy,
    document,
    need,
    npt_rules,
    number,
    probe,
    replies,
    request,
    rows,
    some,
    url,
)


def capacity(world: Fixtures, **more: object) -> Generator[bytes, bytes, list[dict[str, int]]]:
    """The intervals of the busy hour, checked and read."""
    start, end = busy(world)
    target = url(messageType="CapacityPlanning", fromDate=start, toDate=end, **more)
    found = []
    for one in (yield from rows(target, "CapacityPlanning", ("Interval", "interval"))):
        row = {
            "start": number(one, "starttime"),
            "end": number(one, "endtime"),
            "high": number(one, "hdstremas", "hdstreams"),
            "low": number(one, "sdstreams"),
            "bandwidth": number(one, "bandwdith", "bandwidth"),
            "counter": number(one, "counter"),
        }
        need(
            start <= min(row["start"], row["end"]) <= max(row["start"], row["end"]) <= end,
            f"interval {row} is not in {start}..{end}",
        )
        need(min(row.values()) >= 0, f"a peak below 0: {row}")
        need(max(row["high"], row["low"]) <= row["counter"] <= row["high"] + row["low"], f"counter of {row}")
        found.append(row)
    return found


@probe("capacity-overall", "table of CapacityPlanning; counter between the larger and the sum", *range(1100, 1114))
def capacity_overall(world: Fixtures) -> Talk:
    bare = yield from capacity(world)
    named = yield from capacity(world, action="OVERALL", timeType="DAY")
    need(bare or named, "no interval for the busy hour")


@probe("capacity-group", "one service group has no more streams than all", 1072, 1082, 1113)
def capacity_group(world: Fixtures) -> Talk:
    top = max(row["counter"] for row in (yield from capacity(world, action="OVERALL", timeType="DAY")))
    for group in some(world, "service_groups")[:4]:
        part = yield from capacity(world, action="SERVICEGROUP", timeType="DAY", serviceGroup=group)
        need(all(row["counter"] <= top for row in part), f"group {group}: {part}, all together {top}")


@probe("capacity-server", "one server has no more streams than all, by one of two spellings", 1072, 1088, 1090, 1113)
def capacity_server(world: Fixtures) -> Talk:
    top = max(row["counter"] for row in (yield from capacity(world, action="OVERALL", timeType="DAY")))
    start, end = busy(world)
    served = 0
    for action in ("SERVER", "SERVERID"):
        server = some(world, "server_ids")[0]
        reply = yield from ask(
            url(messageType="CapacityPlanning", fromDate=start, toDate=end, action=action, serverID=server), (200, 400)
        )
        if reply.status == 200:
            served += 1
            need(
                all(number(row, "counter") <= top for row in document(reply, "CapacityPlanning")),
                f"server {server}: more than {top}",
            )
    need(served, "neither SERVER nor SERVERID is accepted")


@probe("capacity-quiet", "an hour without streams has no peak, and none below it", 1110, 1111, 1112, 1113)
def capacity_quiet(world: Fixtures) -> Talk:
    if "quiet_from" not in world:
        raise NotHere
    hour = {"busy_hour_from": world["quiet_from"], "busy_hour_to": world["quiet_to"]}
    for row in (yield from capacity(hour)):
        need(row["counter"] == 0, f"streams in the quiet hour: {row}")


# Reconciliation


def trouble(reply: Reply) -> tuple[str | None, str | None]:
    """The code and the message of an Error element, in a namespace or in none."""
    try:
        element = ET.fromstring(reply.body)
    except ET.ParseError as error:
        raise Disagreement(f"no Error element in {reply.body[:200]!r}: {error}") from None
    need(element.tag in ("Error", SPACE + "Error"), f"element {element.tag!r}, not Error")
    return element.get("code"), element.get("message")


MISSING = ("101", "Missing Stream ID in request")
INVALID = ("102", "Invalid messageType in request")


@probe("events-no-stream", "400, code 101 and its message, under one of two spellings of the type", 1193, 1207, 1210)
def events_no_stream(world: Fixtures) -> Talk:
    told = []
    for name in EVENT_TYPES:
        told.append(trouble((yield from ask(url(EVENTS, messageType=name), 400))))
    need(set(told) <= {MISSING, INVALID}, f"errors {told}")
    need(MISSING in told, f"no {MISSING} but {told}")


@probe("events-no-type", "400, code 102 and its message", 1191, 1213, 1216)
def events_no_type(world: Fixtures) -> Talk:
    told = trouble((yield from ask(url(EVENTS, StreamID="looney.mpg::6/20/2011|22:59:47.996098::1"), 400)))
    need(told == INVALID, f"error {told}")


@probe("events-nothing", "400 and one of the two errors when both are missing", 1207, 1213)
def events_nothing(world: Fixtures) -> Talk:
    told = trouble((yield from ask(EVENTS, 400)))
    need(told in (MISSING, INVALID), f"error {told}")


def event_list(stream: str, status: Sequence[int] = (200,)) -> Generator[bytes, bytes, ET.Element | None]:
    """The list of a stream, by whichever spelling of the type is accepted."""
    for name in EVENT_TYPES:
        reply = yield from ask(url(EVENTS, messageType=name, StreamID=stream), (200, 400, 404))
        if reply.status == 200:
            root = document(reply, SPACE + "TrickmodeEventResponse")
            need(
                [one.tag for one in root] in ([], [SPACE + "TrickmodeEventList"]),
                f"inside the root: {[one.tag for one in root]}",
            )
            return root[0] if len(root) else None
        need(reply.status in status or trouble(reply) == INVALID, f"status {reply.status} for {stream!r}")
    need(400 in status or 404 in status, f"neither {EVENT_TYPES[0]} nor {EVENT_TYPES[1]} serves {stream!r}")
    return None


def check_events(listed: ET.Element, stream: str) -> Iterator[tuple[int, int, int, str]]:
    """(time, NPT, scale, segment) of every event."""
    need(listed.get("StreamID") == stream, f"StreamID {listed.get('StreamID')!r}, asked for {stream!r}")
    need(number(listed, "Size") >= 0, "Size below 0")
    for one in listed:
        need(one.tag == SPACE + "TrickmodeEvent", f"inside the list: {one.tag}")
        need(
            one.get("EventMode") in ("TV_Play", "TM_PLAY", "TM_PAUSE", "TM_STOP"), f"EventMode {one.get('EventMode')!r}"
        )
        need(one.get("ModeScaleDenom") == "1", f"ModeScaleDenom {one.get('ModeScaleDenom')!r}")
        need(number(one, "SegmentId") >= 1, f"SegmentId {one.get('SegmentId')!r}")
        attributes(one, texts="ModeScaleNum CurrentNPT EventTime")
        yield (
            number(one, "EventTime"),
            number(one, "CurrentNPT"),
            int(one.get("ModeScaleNum", "")),
            one.get("SegmentId", "").strip(),
        )


@probe("events-completed", "the list of completed streams: schema, values, NPT", *range(1221, 1243), *range(1274, 1311))
def events_completed(world: Fixtures) -> Talk:
    for stream in some(world, "completed_stream_ids")[:30]:
        listed = yield from event_list(stream)
        need(listed is not None, f"no list for the completed stream {stream!r}")
        assert listed is not None
        acts = list(check_events(listed, stream))
        need(acts, f"no events for the completed stream {stream!r}")
        acts.sort(key=lambda act: act[0])
        need(acts[0][1] == 0, f"{stream!r} begins with NPT {acts[0][1]}")
        unit = 1 if acts[0][0] > 10**11 else 1000
        for segment in {act[3] for act in acts}:
            npt_rules([(at, npt, scale) for at, npt, scale, place in acts if place == segment], unit, stream)


@probe("events-active", "a stream that still runs has no list of events", 1187)
def events_active(world: Fixtures) -> Talk:
    for stream in some(world, "active_stream_ids")[-5:]:
        listed = yield from event_list(stream, (400, 404))
        need(listed is None or not len(listed), f"events of the running stream {stream!r}")


@probe("events-unknown", "a stream that does not exist has no events", 1181)
def events_unknown(world: Fixtures) -> Talk:
    for stream in some(world, "unknown_stream_ids"):
        listed = yield from event_list(stream, (400, 404))
        need(listed is None or not len(listed), f"events of {stream!r}")


@probe("events-bare-url", "the example's URL: colons, slashes and bars as they are", 1200)
def events_bare(world: Fixtures) -> Talk:
    stream = next(
        (one for one in some(world, "completed_stream_ids") if re.fullmatch(r"[\w.:/|]+", one, re.ASCII)), None
    )
    if stream is None:
        raise NotHere
    accepted = 0
    for name in EVENT_TYPES:
        (reply,) = replies((yield request(f"{EVENTS}?messageType={name}&StreamID={stream}")), "GET")
        if reply.status == 200:
            accepted += 1
            need(document(reply, SPACE + "TrickmodeEventResponse")[0].get("StreamID") == stream, "another StreamID")
    need(accepted, f"{stream!r} is refused when its characters are not encoded")
