"""Probes of indications and framing."""

from __future__ import annotations

from collections.abc import Generator, Iterable

from harness.tests.probes.rss2000_accounts import endpoint, user
from harness.tests.probes.rss2000_sessions import STORAGE
from harness.tests.probes.rss2000_wire import (
    FOREIGN,
    MARKUP,
    QUIET_S,
    Block,
    Client,
    Field,
    Fixtures,
    Heard,
    NotHere,
    Step,
    Talk,
    blocks,
    command,
    fresh,
    need,
    packet,
    probe,
    same,
    start,
)

# Indications


def heard(link: str, wait_s: float = QUIET_S) -> Generator[Step, Heard, list[Block]]:
    """All blocks that come within the time."""
    found = yield Step(link=link, packets=1000, wait_s=wait_s)
    need(not found.rest, f"an unfinished packet: {found.rest[:60]!r}")
    made = [one for raw in found.packets for one in blocks(raw)]
    need(all(one.kind == "INDICATION" for one in made), "a CONFIRM that nobody asked for")
    return made


def told(link: str, names: Iterable[str], wanted: dict[str, str], what: str) -> Generator[Step, Heard, None]:
    """Exactly one indication of this name for this object."""
    key = next(iter(wanted))
    found = [one for one in (yield from heard(link)) if one.xmlid in names and one.get(key) == wanted[key]]
    need(len(found) == 1, f"{what}: {len(found)} indications on {link!r}")
    same(found[0], wanted, f"{what}'s indication")
    need(found[0].get("RESULT") is None, "an indication with RESULT")


def watched(world: Fixtures) -> Generator[Step, Heard, Client]:
    """An actor, two that asked for indications (w, v) and two that did not (n, z)."""
    client = yield from start(world)
    for link, asked in (("w", "1"), ("v", "1"), ("n", None), ("z", "0")):
        other = Client(world, link, root=client.root)
        need((yield from other.login(indication=asked)).get("RESULT") == "0", "LOGIN fails")
        need(other.link == link, "LOGIN is not answered")
    return client


def both(names: Iterable[str], wanted: dict[str, str], what: str) -> Generator[Step, Heard, None]:
    """Both that asked are told."""
    for link in ("w", "v"):
        yield from told(link, names, wanted, what)


def silent() -> Generator[Step, Heard, None]:
    """Those that did not ask are not told."""
    for link in ("n", "z"):
        need(not (yield from heard(link, 0.1)), f"indications for INDICATION {'0' if link == 'z' else 'absent'}")


@probe("indications-endpoints", "one to each that asked, none to others", 122, 175, 1155, 1253, 1336)
def tell_endpoints(world: Fixtures) -> Talk:
    client, name = (yield from watched(world)), fresh("ep")
    wanted = dict(endpoint(name, H323=FOREIGN))
    yield from client.ok("addendpoint", *wanted.items())
    yield from both(["addendpoint"], wanted, "ADDENDPOINT")
    wanted |= {"FLAG": "1", "H323": MARKUP}
    yield from client.ok("modendpoint", *wanted.items())
    yield from both(["modendpoint"], wanted, "MODENDPOINT")
    yield from client.ok("delendpoint", ("SOURCENAME", name))
    yield from both(["delendpoint"], wanted, "DELENDPOINT")
    yield from silent()


@probe("indications-users", "one to each that asked, none to others", 122, 175, 1509, 1601, 1684)
def tell_users(world: Fixtures) -> Talk:
    client, name = (yield from watched(world)), fresh("user")
    wanted = {tag: value for tag, value in user(name, FULLNAME=FOREIGN) if tag != "PASSWORD"}
    confirm = yield from client.one("adddevuser", *user(name, FULLNAME=FOREIGN))
    key = {"USERID": confirm.must("USERID")}
    yield from both(["adddevuser"], wanted | key, "ADDDEVUSER")
    wanted |= {"FULLNAME": "two", "PRIVILEGE": "0"}
    yield from client.ok("moddevuser", *wanted.items(), ("PASSWORD", ""))
    yield from both(["moddevuser"], wanted | key, "MODDEVUSER")
    yield from client.ok("deldevuser", ("USERNAME", name))
    yield from both(["deldevuser"], {"USERNAME": name} | key, "DELDEVUSER")
    yield from silent()


@probe(
    "indications-groups",
    "one to each that asked, none to others, with the count after the change",
    122,
    175,
    1936,
    2044,
    2047,
    2129,
)
def tell_groups(world: Fixtures) -> Talk:
    client, name = (yield from watched(world)), fresh("Unique ")
    keys = [one.must("USERID") for one in (yield from client.rows("getdevuser", "USERNAME"))][:2]
    members: list[Field] = [("MEMBER", one) for one in keys]
    base: list[Field] = [("GROUPNAME", name), ("DESCRIPTION", "x")]
    key = {"GROUPID": (yield from client.one("addgroup", *base)).must("GROUPID")}
    yield from both(["addgroup"], key | {"GROUPNAME": name, "MEMBER_COUNT": "0"}, "ADDGROUP")
    for n in (1, len(members), 1):
        yield from client.ok("modgroup", *base, *members[:n])
        count = (yield from client.one("getgroup", ("GROUPNAME", name), *key.items())).must("MEMBER_COUNT")
        need(count == str(n), f"MEMBER_COUNT {count}")
        yield from both(["modgroup"], key | {"MEMBER_COUNT": count}, "MODGROUP")
    yield from client.ok("delgroup", ("GROUPNAME", name))
    yield from both(["delgroup"], key | {"GROUPNAME": name}, "DELGROUP")
    yield from silent()


@probe("indications-rooms", "one to each that asked, none to others", 122, 175, 2579, 2743, 2849)
def tell_rooms(world: Fixtures) -> Talk:
    client, name = (yield from watched(world)), fresh("Room ")
    values = {"ROOM_ID": name, "RATE": "768", "VIDEO_FORMAT": "3", "ROOM_NUM": fresh("33"), "DUALVIDEO": "0"}
    values |= {"IFRAMEINTERVAL": "1", "BROADCAST": "0", "VIEWRIGHT": "1", "RECORDRIGHT": "0"}
    index = {"INDEX": (yield from client.one("addroom", ("INDEX", ""), *values.items())).must("INDEX")}
    yield from both(["addrroom", "addroom"], index | values, "ADDROOM")
    values |= {"RATE": "512", "DUALVIDEO": "1"}
    yield from client.ok("modroom", *index.items(), *values.items())
    yield from both(["modroom"], index | values, "MODROOM")
    yield from client.ok("delroom", *index.items())
    yield from both(["delroom"], index, "DELROOM")
    yield from silent()


@probe("indications-recording", "one to each that asked, none to others", 122, 175, 3581, 3641, 3698, 3747)
def tell_recording(world: Fixtures) -> Talk:
    client = yield from watched(world)
    rows = yield from client.rows("geteplink", "INDEX", ("LANG", "en"))
    mine = {str(one) for one in world.get("h323_links", ())}
    free = [one.must("INDEX") for one in rows if one.get("STATUS_INDEX") == "0" and one.get("INDEX") in mine]
    if not free:
        raise NotHere
    for name in ("startroomrecord", "pauseroomrecord", "continueroomrecord", "stoproomrecord"):
        yield from client.ok(name, ("LANG", "en"), ("INDEX", free[0]))
        yield from both([name], {"INDEX": free[0]}, name.upper())
    yield from silent()


@probe("indications-storage", "each time", 122, 945, 947)
def tell_storage(world: Fixtures) -> Talk:
    client = yield from watched(world)
    old = yield from client.one("getstorage")
    kept = {tag: old.must(tag) for tag in STORAGE}
    for start_time in ("5", "6", kept["START_TIME"]):
        yield from client.ok("setstorage", *(kept | {"START_TIME": start_time}).items(), ("PASSWORD", "test"))
        yield from both(["setstorage"], {"FTP": kept["FTP"], "START_TIME": start_time}, "SETSTORAGE")


@probe("indications-media", "what is changed now", 122, 3427, 3431, 3332)
def tell_media(world: Fixtures) -> Talk:
    client = yield from watched(world)
    fields = [("CATALOG", "0"), ("START", "0"), ("END", "0"), ("SORT", "0")]
    rows = yield from client.rows("getmediainfo", "CONF_ID", *fields)
    if not rows:
        raise NotHere
    key, name = rows[0].must("CONF_ID"), rows[0].must("NAME")
    yield from heard("w")
    yield from heard("v")
    for text in (fresh("Name "), name):
        detail = yield from client.one("getmediainfo", ("CATALOG", "0"), ("CONF_ID", key))
        more = [(tag, detail.must(tag)) for tag in ("DESCRIPTION", "ACCESSTYPE", "PIN", "DENY_AUTO_DELETE", "CATALOG")]
        groups: list[Field] = [("ACCESSID", one) for one in detail.all("ACCESSID") if one]
        result, _found = yield from client.ask("setmediainfo", ("CONF_ID", key), ("NAME", text), *more, *groups)
        if result == "1":
            more = [("ACESSTYPE" if tag == "ACCESSTYPE" else tag, value) for tag, value in more]
            yield from client.ok("setmediainfo", ("CONF_ID", key), ("NAME", text), *more, *groups)
        yield from both(["setmediainfo"], {"CONF_ID": key, "NAME": text}, "SETMEDIAINFO")


@probe("indications-not-of-failures", "nothing changed, and nobody is told", 122, 1899)
def no_failures(world: Fixtures) -> Talk:
    client, name = (yield from watched(world)), fresh("ep")
    yield from client.refused("delendpoint", ("SOURCENAME", name))
    yield from client.refused("addendpoint", *endpoint(name, SOURCEIP=""))
    yield from client.refused("delgroup", ("GROUPNAME", name))
    yield from client.ok("addgroup", ("GROUPNAME", name), ("DESCRIPTION", ""))
    yield from both(["addgroup"], {"GROUPNAME": name}, "ADDGROUP")
    result, _found = yield from client.ask("addgroup", ("GROUPNAME", name), ("DESCRIPTION", ""))
    for link in ("w", "v"):
        stray = [one for one in (yield from heard(link)) if name in one.all("SOURCENAME", "GROUPNAME")]
        need(not stray or result == "0", f"{stray[:1]} of a refused command")
    yield from client.ok("delgroup", ("GROUPNAME", name))


@probe("indications-after-logout", "none for a session that is over", 122, 159, 175)
def after_logout(world: Fixtures) -> Talk:
    client, name = (yield from start(world)), fresh("ep")
    other = yield from start(world, "w", "1")
    heard_before = yield Step(
        link="w", data=command(other.root, "logout", [("LANG", "en"), ("SESSIONID", other.session)]), packets=1
    )
    need(heard_before.packets, "LOGOUT is not answered")
    yield from client.ok("addendpoint", *endpoint(name))
    yield from client.ok("delendpoint", ("SOURCENAME", name))
    found = yield Step(link=other.link, packets=1000, wait_s=QUIET_S)
    stray = [one for raw in found.packets for one in blocks(raw) if one.get("SOURCENAME") == name]
    need(not stray, "indications after LOGOUT")


# Framing


@probe("packet-in-parts", "a packet may come in segments", 124, 126)
def parts(world: Fixtures) -> Talk:
    client = yield from start(world)
    data = command(client.root, "getlang", [("SESSIONID", client.session)])
    found = yield Step(link=client.link, data=data, pause_s=0.5)
    need(len(found.packets) == 1, f"{len(found.packets)} replies")
    same(blocks(found.packets[0])[0], {"RESULT": "0"}, "GETLANG")


@probe("packets-together", "each COMMAND has its CONFIRM", 120, 124, 126)
def together(world: Fixtures) -> Talk:
    client = yield from start(world)
    names = ["getlang", "getdevinfo", "getgk", "refreshstatus", "getsp"]
    data = b"".join(command(client.root, name, [("SESSIONID", client.session)]) for name in names)
    found = yield Step(link=client.link, data=data, packets=len(names))
    need(len(found.packets) == len(names) and not found.rest, f"{len(found.packets)} replies to {len(names)} commands")
    tags = ("LANG", "PRODUCTNAME", "GKIP", "DISK", "DUALVIDEO")
    for raw, tag in zip(found.packets, tags, strict=True):
        (one,) = blocks(raw)
        same(one, {"RESULT": "0"}, "reply")
        need(one.get(tag) is not None, f"no {tag} in the reply in its place")


@probe("long-command", "a COMMAND of 8,000 bytes", 126)
def long_command(world: Fixtures) -> Talk:
    client = yield from start(world)
    inside = f'<SESSIONID value="{client.session}" />' + " " * 8000
    text = f'<?xml version="1.0" encoding="utf-8" ?><{client.root} version="1.0.0.0"><COMMAND xmlid="getlang">{inside}</COMMAND></{client.root}>'
    found = yield Step(link=client.link, data=packet(text))
    need(len(found.packets) == 1, "no answer")
    same(blocks(found.packets[0])[0], {"RESULT": "0"}, "GETLANG")


@probe("long-reply", "a reply of many bytes is whole", 126, 128)
def long_reply(world: Fixtures) -> Talk:
    client, names = (yield from start(world)), [fresh("long") for _ in range(12)]
    for name in names:
        yield from client.ok("addendpoint", *endpoint(name, H323="é" * 300))
    listed = [one.get("SOURCENAME") for one in (yield from client.rows("getendpoint", "SOURCENAME"))]
    need(set(names) <= set(listed), "endpoints are missing")
    for name in names:
        yield from client.ok("delendpoint", ("SOURCENAME", name))
