"""Probes of lists: windows, pages, order, and what two messages say of the same thing."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Generator
from itertools import pairwise
from typing import Any

from harness.tests.probes.cds_wire import (
    HISTORY,
    LINES,
    ROOTS,
    STATES,
    Fixtures,
    NotHere,
    Talk,
    busy,
    history,
    need,
    npt_rules,
    number,
    probe,
    rows,
    said,
    some,
    url,
)


def inside(one: ET.Element, start: int, end: int) -> bool:
    """Whether a row belongs to a window under some reading."""
    if one.tag == "Stream":
        times = [number(one, name) for name in ("startTime", "endTime", "dbTime")]
        return any(start <= at <= end for at in times) or times[0] <= start <= times[1]
    return start <= number(one, "errorTime" if one.tag == "Error" else "eventTime") <= end


Rows = list[tuple[Any, ...]]


def paged(world: Fixtures, message: str) -> Generator[bytes, bytes, tuple[Rows, Rows]]:
    """The rows of the busy hour at once, and in pages."""
    whole: Rows = [said(one) for one in (yield from rows(history(world, message), *ROOTS[message]))]
    joined: Rows = []
    size = max(3, len(whole) // 5)
    for offset in range(0, len(whole) + size, size):
        asked = history(world, message, maxRows=size, fromOffset=offset, dateFormat="sec")
        part = yield from rows(asked, *ROOTS[message])
        need(len(part) <= size, f"maxRows={size} gave {len(part)} rows")
        joined += map(said, part)
    return whole, joined


def make_histories() -> None:
    about = {
        "StreamHistory": 133,
        "StreamListHistory": 235,
        "TrickModeHistory": 351,
        "PlayServerHistory": 564,
        "Errors": 659,
    }
    for message in HISTORY:

        @probe(f"{message}-window", "rows of the period only", about[message])
        def window(world: Fixtures, message: str = message) -> Talk:
            start, end = busy(world)
            for one_start, one_end in ((start, end), (start + 600, start + 1199), (end - 299, end)):
                found = yield from rows(url(messageType=message, fromDate=one_start, toDate=one_end), *ROOTS[message])
                out = [ET.tostring(one, "unicode")[:300] for one in found if not inside(one, one_start, one_end)]
                need(not out, f"{len(out)} rows outside {one_start}..{one_end}: {out[:1]}")

        @probe(f"{message}-quiet", "an hour in which nothing happened has no rows", about[message])
        def quiet(world: Fixtures, message: str = message) -> Talk:
            if "quiet_from" not in world:
                raise NotHere
            found = yield from rows(
                url(messageType=message, fromDate=world["quiet_from"], toDate=world["quiet_to"]), *ROOTS[message]
            )
            need(not found, f"{len(found)} rows")

        @probe(f"{message}-halves", "what two halves of a period show, the whole shows", about[message])
        def halves(world: Fixtures, message: str = message) -> Talk:
            start, end = busy(world)
            whole = yield from rows(history(world, message), *ROOTS[message])
            kept = set(map(said, whole))
            for first, last in ((start, start + 1799), (start + 1800, end)):
                part = yield from rows(url(messageType=message, fromDate=first, toDate=last), *ROOTS[message])
                lost = [ET.tostring(one, "unicode")[:300] for one in part if said(one) not in kept]
                need(not lost, f"{len(lost)} rows of {first}..{last} are not in the hour: {lost[:1]}")

        @probe(f"{message}-pages", "pages joined are the whole list", LINES[message][3], about[message])
        def pages(world: Fixtures, message: str = message) -> Talk:
            whole, joined = yield from paged(world, message)
            need(len(joined) == len(whole), f"{len(joined)} rows in pages, {len(whole)} in one")
            need(sorted(joined) == sorted(whole), "pages have other rows than the whole list")

        order = "pages joined have the order of the whole list"

        @probe(f"{message}-pages-order", order, LINES[message][3], about[message], level="should")
        def pages_order(world: Fixtures, message: str = message) -> Talk:
            whole, joined = yield from paged(world, message)
            need(joined == whole, "pages have another order than the whole list")


make_histories()


@probe(
    "stream-list-has-single",
    "StreamListHistory lists every session of StreamHistory, and says the same of it",
    233,
    235,
    171,
    172,
    177,
    180,
)
def list_has_single(world: Fixtures) -> Talk:
    listed = {
        one.get("sessionID"): one
        for one in (yield from rows(history(world, "StreamListHistory"), *ROOTS["StreamListHistory"]))
    }
    for one in (yield from rows(history(world, "StreamHistory"), *ROOTS["StreamHistory"])):
        other = listed.get(one.get("sessionID"))
        need(other is not None, f"session {one.get('sessionID')} is not in StreamListHistory")
        assert other is not None
        for name in ("startTime", "endTime"):
            need(number(one, name) == number(other, name), f"{name} of session {one.get('sessionID')} differs")
        for name in ("serviceGroup", "streamType"):
            need(one.get(name) == other.get(name), f"{name} of session {one.get('sessionID')} differs")
        names = [part.get("contentName") for part in other]
        need(
            one.get("contentName") in names,
            f"session {one.get('sessionID')}: {one.get('contentName')!r} is not among {names}",
        )


@probe("play-servers-have-tricks", "a play server for each trick-mode action", 351, 564)
def play_servers_have(world: Fixtures) -> Talk:
    acted = {
        one.get("sessionID")
        for one in (yield from rows(history(world, "TrickModeHistory"), *ROOTS["TrickModeHistory"]))
    }
    served = {
        one.get("sessionID")
        for one in (yield from rows(history(world, "PlayServerHistory"), *ROOTS["PlayServerHistory"]))
    }
    need(
        acted <= served,
        f"{len(acted - served)} sessions with trick modes have no play server: {sorted(map(str, acted - served))[:2]}",
    )


@probe("tricks-npt", "NPT: from 0, real time in normal play, back in reverse, fixed when paused", 389)
def tricks_npt(world: Fixtures) -> Talk:
    single = set(some(world, "single_session_ids"))
    sessions: dict[str, list[tuple[int, int, float]]] = {}
    for one in (yield from rows(history(world, "TrickModeHistory"), *ROOTS["TrickModeHistory"])):
        if one.get("sessionID") in single:
            act = (number(one, "eventTime"), number(one, "NPT"), float(one.get("scale", "0")))
            sessions.setdefault(str(one.get("sessionID")), []).append(act)
    starts = dict(zip(world["completed_stream_sessions"], world["completed_stream_starts"], strict=True))
    for session, acts in sessions.items():
        acts.sort(key=lambda act: act[0])
        if starts.get(session, 0) >= busy(world)[0]:
            need(acts[0][1] == 0, f"session {session} begins with NPT {acts[0][1]}")
        # The stop at a content's end may keep its scale; what follows a scale in reverse at 0 is no rule either.
        npt_rules([act for act in acts if act[1] > 0 or act[2] > 0], 1000, session)


@probe(
    "content-range-walk", "pages by name joined are the whole list, in order, none named twice", 971, 999, 1027, 1034
)
def range_walk(world: Fixtures) -> Talk:
    whole = [
        one.get("Name", "")
        for one in (yield from rows(url(messageType="ContentRange", maxRows=1000000), *ROOTS["ContentRange"]))
    ]
    joined: list[str] = []
    size = max(2, len(whole) // 9)
    while True:
        more = {"fromOffset": joined[-1]} if joined else {}
        part = [
            one.get("Name", "")
            for one in (yield from rows(url(messageType="ContentRange", maxRows=size, **more), *ROOTS["ContentRange"]))
        ]
        need(len(part) <= size, f"maxRows={size} gave {len(part)}")
        need(not joined or joined[-1] not in part, f"the named content {joined[-1:]} is repeated")
        if not part or len(joined) > len(whole):
            break
        joined += part
    need(joined == whole, f"{len(joined)} contents in pages, {len(whole)} in one, or another order")
    need(len(set(whole)) == len(whole), "a content is listed twice")


@probe("content-range-order", "alphabetical: among names of one shape every collation agrees", 999)
def range_order(world: Fixtures) -> Talk:
    shapes: dict[str, list[str]] = {}
    for one in (yield from rows(url(messageType="ContentRange", maxRows=1000000), *ROOTS["ContentRange"])):
        name = one.get("Name", "")
        if not name.isdigit():
            shapes.setdefault(re.sub(r"[0-9]", "0", name), []).append(name)
    for names in shapes.values():
        need(names == sorted(names), next((f"{a!r} before {b!r}" for a, b in pairwise(names) if a > b), ""))


@probe("content-range-odd-names", "the next content after any name, whatever its characters", 1027, 1034)
def range_odd(world: Fixtures) -> Talk:
    whole = [
        one.get("Name", "")
        for one in (yield from rows(url(messageType="ContentRange", maxRows=1000000), *ROOTS["ContentRange"]))
    ]
    for name in some(world, "content_names")[:45]:
        need(name in whole, f"{name!r} is not listed")
        part = [
            one.get("Name", "")
            for one in (
                yield from rows(url(messageType="ContentRange", maxRows=3, fromOffset=name), *ROOTS["ContentRange"])
            )
        ]
        place = whole.index(name) + 1
        need(part == whole[place : place + 3], f"after {name!r} comes {part}, not {whole[place : place + 3]}")


@probe("content-range-end", "after the last content comes none", 1034)
def range_end(world: Fixtures) -> Talk:
    some(world, "content_names")
    whole = yield from rows(url(messageType="ContentRange", maxRows=1000000), *ROOTS["ContentRange"])
    target = url(messageType="ContentRange", maxRows=5, fromOffset=whole[-1].get("Name"))
    need(not (yield from rows(target, *ROOTS["ContentRange"])), "rows after the last content")


@probe("content-range-as-state", "both list the contents of the CDS, in the same states", 847, 963, 880, 996)
def range_as_state(world: Fixtures) -> Talk:
    here = {
        one.get("contentName"): one
        for one in (yield from rows(url(messageType="ContentState"), *ROOTS["ContentState"]))
    }
    there = {
        one.get("Name"): one
        for one in (yield from rows(url(messageType="ContentRange", maxRows=1000000), *ROOTS["ContentRange"]))
    }
    need(set(here) == set(there), f"in one list only: {sorted(map(str, set(here) ^ set(there)))[:3]}")
    for name, one in here.items():
        need(all(one.get(state) == there[name].get(state) for state in STATES), f"states of {name!r} differ")
