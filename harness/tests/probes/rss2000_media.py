"""Probes of archives: counts, pages, every order, single media, changes and deletion; and of H.323 connections."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator
from itertools import pairwise
from typing import Any

from harness.tests.probes.rss2000_wire import (
    FOREIGN,
    MARKUP,
    Block,
    Client,
    Fixtures,
    Heard,
    NotHere,
    Step,
    Talk,
    fresh,
    need,
    probe,
    same,
    some,
    start,
)

WHEN = "%b %d,%Y %H:%M:%S"


def shelf(
    client: Client, catalog: str = "0", sort: str = "0", first: int = 0, last: int = 4000
) -> Generator[Step, Heard, list[Block]]:
    """A page of media."""
    fields = [("CATALOG", catalog), ("START", str(first)), ("END", str(last)), ("SORT", sort)]
    return (yield from client.rows("getmediainfo", "CONF_ID", *fields))


def counted(client: Client) -> Generator[Step, Heard, tuple[int, int]]:
    """How many archives and live streams there are."""
    block = yield from client.one("getlistinfo", ("LANG", "en"), ("SEARCH", ""), ("LIBMEDIA", "1"))
    return int(block.must("LIBLIST")), int(block.must("BROADLIST", "BROADLIST_ID"))


def media(client: Client, key: str, catalog: str = "0") -> Generator[Step, Heard, Block]:
    """One media in detail."""
    return (yield from client.one("getmediainfo", ("CATALOG", catalog), ("CONF_ID", key)))


def seconds(text: str) -> int:
    """A duration."""
    parts = [int(one) for one in text.split(":")]
    return parts[0] * 3600 + parts[1] * 60 + parts[2]


def whole(text: str) -> int:
    """A number."""
    return int(text)


def address(text: str) -> tuple[int, ...]:
    """An IP address as numbers."""
    return tuple(int(one) for one in text.split("."))


# SORT, its field, and the ways to compare: any that holds will do
ORDERS: list[tuple[str, str, list[Callable[[str], Any]]]] = [
    ("date", "REC_TIME", [lambda text: time.strptime(text, WHEN)]),
    ("duration", "DURATION", [seconds]),
    ("name", "NAME", [str, str.lower, lambda text: re.sub(r"\W", "", text).lower()]),
    ("server", "SERVER", [str, address]),
    ("video", "VIDEO_FORMAT", [str]),
    ("size", "SIZE", [whole]),
    ("rate", "RATE", [whole]),
    ("h239", "H239", [whole]),
]


def make_orders() -> None:
    for sort, (case, tag, ways) in enumerate(ORDERS):

        @probe(
            f"sort-{case}",
            "in one direction or the other, and the same media as in any order",
            3130 if sort < 3 else 3132,
        )
        def order(world: Fixtures, sort: int = sort, tag: str = tag, ways: list[Callable[[str], Any]] = ways) -> Talk:
            some(world, "archive_ids", 3)
            client = yield from start(world)
            rows = yield from shelf(client, sort=str(sort))
            every = yield from shelf(client)
            need(
                sorted(one.must("CONF_ID") for one in rows) == sorted(one.must("CONF_ID") for one in every),
                "other media",
            )
            texts = [one.get(tag) for one in rows]
            if None in texts:
                raise NotHere  # SERVER is in some examples only
            keys = [[way(str(text)) for text in texts] for way in ways]
            need(
                any(all(a <= b for a, b in pairwise(one)) or all(a >= b for a, b in pairwise(one)) for one in keys),
                f"{tag}: {texts}",
            )


make_orders()


@probe("media-counts", "GETLISTINFO counts what GETMEDIAINFO lists", 3102, 3103, 3127)
def counts(world: Fixtures) -> Talk:
    client = yield from start(world)
    archives, lives = yield from counted(client)
    for number, catalog in ((archives, "0"), (lives, "1")):
        rows = yield from shelf(client, catalog)
        need(len(rows) == number, f"CATALOG {catalog}: {len(rows)} listed, {number} counted")
        need(all(one.must("CATALOG") == catalog for one in rows), "a CATALOG that was not asked for")
    keys = [one.must("CONF_ID") for one in (yield from shelf(client))]
    need(len(set(keys)) == len(keys), "a media is listed twice")


@probe("media-pages", "pages joined are the whole list, in its order", 3128, 3129, 3135)
def pages(world: Fixtures) -> Talk:
    some(world, "archive_ids", 4)
    client = yield from start(world)
    for sort in ("0", "2", "5"):
        every = [one.must("CONF_ID") for one in (yield from shelf(client, sort=sort))]
        joined: list[str] = []
        for first in range(0, len(every), 3):
            joined += [one.must("CONF_ID") for one in (yield from shelf(client, "0", sort, first, first + 2))]
        need(
            sorted(joined) == sorted(every),
            f"SORT {sort}: pages of three have {len(joined)} media, the list {len(every)}",
        )
        if sort != "5":
            need(joined == every, f"SORT {sort}: pages have another order")


FIELDS = [
    "NAME",
    "DESCRIPTION",
    "REC_TIME",
    "DURATION",
    "SIZE",
    "RATE",
    "H239",
    "URL",
    "VIDEO_FORMAT",
    "CATALOG",
    "UPLOAD",
]


@probe("media-specific", "one media says what the list says of it, and has its own fields", 3133, 3169, 3185, 3192)
def one_media(world: Fixtures) -> Talk:
    some(world, "archive_ids")
    client = yield from start(world)
    for row in (yield from shelf(client))[:8]:
        detail = yield from media(client, row.must("CONF_ID"))
        same(detail, {tag: row.must(tag) for tag in ["CONF_ID", *FIELDS]}, "GETMEDIAINFO of one")
        need(detail.must("ACCESSTYPE") in ("0", "1", "2"), f"ACCESSTYPE {detail.get('ACCESSTYPE')}")
        need(detail.must("DENY_AUTO_DELETE") in ("0", "1"), f"DENY_AUTO_DELETE {detail.get('DENY_AUTO_DELETE')}")
        need(
            re.fullmatch("[0-9]{6}", detail.must("QUICKCODE")),
            f"QUICKCODE {detail.get('QUICKCODE')!r} has not six digits",
        )
        need(row.must("H239") in ("0", "1") and row.must("UPLOAD") in ("0", "1"), "H239 or UPLOAD out of range")
        need(len(row.get("REFERENCEID") or "") <= 30, "REFERENCEID of more than 30 characters")
        need(re.fullmatch(r"\d+:[0-5]\d:[0-5]\d", row.must("DURATION")), f"DURATION {row.get('DURATION')!r}")


@probe("media-unknown", "no media for a GUID that none has", 3133, 3135)
def unknown(world: Fixtures) -> Talk:
    client = yield from start(world)
    key = "0badc0de-0bad-4bad-8bad0badc0de0bad"
    result, found = yield from client.ask("getmediainfo", ("CATALOG", "0"), ("CONF_ID", key))
    need(result == "1" or not [one for one in found if one.get("NAME")], "another media is answered")
    yield from client.refused("delmediainfo", ("CONF_ID", key), ("TYPE", "0"))


def set_media(client: Client, key: str, values: dict[str, str], groups: list[str]) -> Generator[Step, Heard, None]:
    """SETMEDIAINFO under the spelling of ACCESSTYPE that takes effect; what is stored must be what was sent."""
    kept: list[str] = []
    for tag in ("ACCESSTYPE", "ACESSTYPE"):
        fields = [(tag if name == "ACCESSTYPE" else name, value) for name, value in values.items()]
        result, found = yield from client.ask(
            "setmediainfo", ("CONF_ID", key), *fields, ("CATALOG", "0"), *(("ACCESSID", one) for one in groups)
        )
        if result == "0":
            kept = [tag]
            detail = yield from media(client, key)
            if detail.get("ACCESSTYPE") == values["ACCESSTYPE"]:
                break
    need(kept, "SETMEDIAINFO fails")
    same(detail, values, "GETMEDIAINFO")
    said = {tag: value for tag, value in values.items() if tag not in ("ACCESSTYPE", "DESCRIPTION")}
    same(found[0], said | {"CONF_ID": key}, "confirm")
    if values["ACCESSTYPE"] == "2":
        need(sorted(detail.all("ACCESSID")) == sorted(groups), f"ACCESSID {detail.all('ACCESSID')}, not {groups}")
        names = (yield from client.one("getallgroup")).named("GROUP")
        if detail.all("NOTIN"):
            rest = {one: name for one, name in names.items() if one not in groups}
            need(detail.named("NOTIN") == rest, f"NOTIN {detail.named('NOTIN')}, not {rest}")


@probe("media-modify", "each value is stored each time, other media stay", 3357, 3358, 3359, 3360, 3361, 3365)
def modify(world: Fixtures) -> Talk:
    keys = some(world, "archive_ids", 2)
    client = yield from start(world)
    rows = yield from shelf(client)
    if keys[0] not in [one.get("CONF_ID") for one in rows]:
        raise NotHere
    old = yield from media(client, keys[0])
    others = {one.must("CONF_ID"): one.fields for one in rows if one.get("CONF_ID") != keys[0]}
    mine = [fresh("Viewers "), fresh("Viewers ")]
    ids = []
    for name in mine:
        ids.append((yield from client.one("addgroup", ("GROUPNAME", name), ("DESCRIPTION", ""))).must("GROUPID"))
    base = {"NAME": "probe", "DESCRIPTION": "about", "ACCESSTYPE": "1", "PIN": "", "DENY_AUTO_DELETE": "0"}
    changes: list[tuple[dict[str, str], list[str]]] = [
        ({"NAME": MARKUP, "DENY_AUTO_DELETE": "1"}, []),
        ({"DESCRIPTION": FOREIGN, "PIN": "1234", "ACCESSTYPE": "2"}, ids),
        ({"NAME": FOREIGN, "ACCESSTYPE": "2", "PIN": "99", "DESCRIPTION": MARKUP}, ids[1:]),
        ({"ACCESSTYPE": "0"}, []),
    ]
    for more, groups in changes:
        yield from set_media(client, keys[0], base | more, groups)
    after = {one.must("CONF_ID"): one.fields for one in (yield from shelf(client)) if one.get("CONF_ID") != keys[0]}
    need(after == others, "another media changed")
    groups = [one for one in old.all("ACCESSID") if one]
    yield from set_media(client, keys[0], {tag: old.must(tag) for tag in base}, groups)
    for name in mine:
        yield from client.ok("delgroup", ("GROUPNAME", name))


@probe("media-delete", "what is deleted is gone, and nothing else", 3285, 3292, 3314, 3102)
def delete(world: Fixtures) -> Talk:
    some(world, "archive_ids", 6)
    client = yield from start(world)
    before = {one.must("CONF_ID"): one.fields for one in (yield from shelf(client))}
    archives, lives = yield from counted(client)
    for n in (1, 2):
        key = list(before)[-1]
        confirm = yield from client.one("delmediainfo", ("CONF_ID", key), ("TYPE", "0"))
        same(confirm, {"CONF_ID": key, "CATALOG": "0"}, "confirm")
        del before[key]
        need(
            {one.must("CONF_ID"): one.fields for one in (yield from shelf(client))} == before,
            "other media changed or it stays",
        )
        need((yield from counted(client)) == (archives - n, lives), "the counts do not follow")
        result, found = yield from client.ask("getmediainfo", ("CATALOG", "0"), ("CONF_ID", key))
        need(result == "1" or not [one for one in found if one.get("NAME")], "it is found by its GUID")
        yield from client.refused("delmediainfo", ("CONF_ID", key), ("TYPE", "0"))


# H.323

WORDS = {"0": "menu", "1": "running", "2": "paused"}


def links(client: Client, world: Fixtures) -> Generator[Step, Heard, dict[str, Block]]:
    """The connections that we may use, by INDEX."""
    rows = yield from client.rows("geteplink", "INDEX", ("LANG", "en"))
    need(all(int(one.must("INDEX")) >= 1024 for one in rows), "an INDEX below 1024")
    need(all(one.must("STATUS_INDEX") in ("0", "1", "2", "3") for one in rows), "STATUS_INDEX out of range")
    for one in rows:
        word = WORDS.get(one.must("STATUS_INDEX"))
        need(
            word is None or one.must("STATUS").strip().lower() == word,
            f"{one.get('STATUS')} at {one.get('STATUS_INDEX')}",
        )
    mine = {str(one) for one in world["h323_links"]}
    return {one.must("INDEX"): one for one in rows if one.get("INDEX") in mine}


def stands(client: Client, world: Fixtures, wanted: dict[str, str]) -> Generator[Step, Heard, None]:
    """The states of all connections that we may use."""
    now = {index: one.must("STATUS_INDEX") for index, one in (yield from links(client, world)).items()}
    need(now == wanted, f"states {now}, not {wanted}")


def idle(world: Fixtures, client: Client, least: int = 1) -> Generator[Step, Heard, dict[str, str]]:
    """States, with at least so many idle connections."""
    some(world, "h323_links")
    now = {index: one.must("STATUS_INDEX") for index, one in (yield from links(client, world)).items()}
    if list(now.values()).count("0") < least:
        raise NotHere
    return now


def do(client: Client, name: str, index: str) -> Generator[Step, Heard, None]:
    """A step that must succeed, for this connection."""
    confirm = yield from client.one(name, ("LANG", "en"), ("INDEX", index))
    same(confirm, {"INDEX": index}, f"{name}'s confirm")


@probe(
    "recording",
    "start, pause, continue, pause again, stop: each shows, in one connection only",
    3496,
    3497,
    3499,
    3535,
    3703,
)
def recording(world: Fixtures) -> Talk:
    client = yield from start(world)
    states = yield from idle(world, client)
    for index in [one for one, state in states.items() if state == "0"][:2]:
        for name, state in (
            ("startroomrecord", "1"),
            ("pauseroomrecord", "2"),
            ("continueroomrecord", "1"),
            ("pauseroomrecord", "2"),
            ("continueroomrecord", "1"),
            ("pauseroomrecord", "2"),
            ("stoproomrecord", "0"),
        ):
            yield from do(client, name, index)
            states[index] = state
            yield from stands(client, world, states)


@probe("recording-steps", "no step makes an idle connection paused or recording but START", 3496, 3497, 3595, 3651)
def steps(world: Fixtures) -> Talk:
    client = yield from start(world)
    states = yield from idle(world, client)
    index = next(one for one, state in states.items() if state == "0")
    for name in ("pauseroomrecord", "continueroomrecord", "stoproomrecord"):
        yield from client.ask(name, ("LANG", "en"), ("INDEX", index))
        yield from stands(client, world, states)


@probe("recording-unknown", "no step succeeds for a connection that is not there", 3544, 3562, 3622)
def no_link(world: Fixtures) -> Talk:
    client = yield from start(world)
    for name in ("startroomrecord", "pauseroomrecord", "stoproomrecord", "hangup"):
        yield from client.refused(name, ("LANG", "en"), ("INDEX", "64000"))


@probe("hangup", "what is hung up is no connection any more, the others stay", 3469, 3752, 3760)
def hangup(world: Fixtures) -> Talk:
    client = yield from start(world)
    states = yield from idle(world, client, 3)
    one, other = [index for index, state in states.items() if state == "0"][-2:]
    yield from do(client, "startroomrecord", one)
    states[one] = "1"
    yield from stands(client, world, states)
    yield from do(client, "hangup", other)
    del states[other]
    yield from stands(client, world, states)
    yield from do(client, "stoproomrecord", one)
    states[one] = "0"
    yield from stands(client, world, states)
    yield from client.refused("startroomrecord", ("LANG", "en"), ("INDEX", other))


@probe(
    "quick-record", "what was asked for is confirmed; at most 30 characters of reference", 2917, 2918, 2924, 2957, 2977
)
def quick(world: Fixtures) -> Talk:
    some(world, "h323_links")
    client = yield from start(world)
    wanted = {"RATE": "384", "DUALVIDEO": "1", "IFRAMEINTERVAL": "2", "BROADCAST": "0", "VIEWRIGHT": "1"}
    for reference in ("", "abcdefghij0123456789ABCDEFGHIJ"):
        before = {one.must("INDEX") for one in (yield from client.rows("geteplink", "INDEX", ("LANG", "en")))}
        fields = [("IP_NUM", "172.21.120.153"), *wanted.items(), ("REFERENCEID", reference)]
        confirm = yield from client.one("startquickrecord", *fields)
        same(confirm, wanted | {"ROOM_ID": "172.21.120.153"}, "confirm")
        need((confirm.get("REFERENCEID") or "") == reference, f"REFERENCEID {confirm.get('REFERENCEID')!r}")
        need(confirm.must("STATUS_INDEX") in ("0", "1", "2", "8"), "STATUS_INDEX out of range")
        for one in (yield from client.rows("geteplink", "INDEX", ("LANG", "en"))):
            if one.must("INDEX") not in before and one.get("IP") == "172.21.120.153":
                yield from client.ok("hangup", ("LANG", "en"), ("INDEX", one.must("INDEX")))
    long = [("IP_NUM", "172.21.120.154"), *wanted.items(), ("REFERENCEID", "x" * 31)]
    result, found = yield from client.ask("startquickrecord", *long)
    need(result == "1" or len(found[0].get("REFERENCEID") or "") <= 30, "REFERENCEID of 31 characters")
    for one in (yield from client.rows("geteplink", "INDEX", ("LANG", "en"))):
        if one.get("IP") == "172.21.120.154":
            yield from client.ok("hangup", ("LANG", "en"), ("INDEX", one.must("INDEX")))
