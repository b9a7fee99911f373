"""Probes of groups, rooms and single-point settings: members and their complements, rights, round trips."""

from __future__ import annotations

from collections.abc import Generator, Iterable

from harness.tests.probes.rss2000_wire import (
    FOREIGN,
    MARKUP,
    Block,
    Client,
    Field,
    Fixtures,
    Heard,
    Step,
    Talk,
    fresh,
    need,
    probe,
    same,
    start,
)

Names = dict[str, str]


def everyone(client: Client) -> Generator[Step, Heard, tuple[Names, Names]]:
    """All users and endpoints, names by GUID; at least two of each, added where they are not."""
    for command, key, more in (
        ("devuser", "USERNAME", [("PASSWORD", ""), ("FULLNAME", ""), ("EMAIL", ""), ("PRIVILEGE", "1")]),
        ("endpoint", "SOURCENAME", [("SOURCEIP", "172.21.9.8"), ("E164", ""), ("H323", ""), ("FLAG", "0")]),
    ):
        there = yield from client.rows(f"get{command}", key)
        for _ in range(3 - len(there)):
            yield from client.ok(f"add{command}", (key, fresh("member")), *more)
    users = {one.must("USERID"): one.must("USERNAME") for one in (yield from client.rows("getdevuser", "USERNAME"))}
    ends = {
        one.must("SOURCEID"): one.must("SOURCENAME") for one in (yield from client.rows("getendpoint", "SOURCENAME"))
    }
    return users, ends


def is_group(block: Block, members: Iterable[str], users: Names, ends: Names, what: str) -> None:
    """Count, members by type with their names, and who is not in."""
    wanted = set(members)
    need(
        block.must("MEMBER_COUNT") == str(len(wanted)),
        f"{what}: MEMBER_COUNT {block.get('MEMBER_COUNT')}, not {len(wanted)}",
    )
    need(sorted(block.all("MEMBER")) == sorted(wanted), f"{what}: MEMBER {block.all('MEMBER')}, not {wanted}")
    for tag, out, known in (("MEMBER_USER", "NOTIN_USER", users), ("MEMBER_EP", "NOTIN_EP", ends)):
        inside = {key: name for key, name in known.items() if key in wanted}
        need(block.named(tag) == inside, f"{what}: {tag} {block.named(tag)}, not {inside}")
        outside = {key: name for key, name in known.items() if key not in wanted}
        if block.all("NOTIN_USER", "NOTIN_EP"):
            need(block.named(out) == outside, f"{what}: {out} {block.named(out)}, not {outside}")


def group(name: str, text: str, members: Iterable[str]) -> list[Field]:
    """Parameters of a group."""
    return [("GROUPNAME", name), ("DESCRIPTION", text), *(("MEMBER", one) for one in members)]


def specific(client: Client, name: str, key: str) -> Generator[Step, Heard, Block]:
    """One group in detail."""
    return (yield from client.one("getgroup", ("GROUPNAME", name), ("GROUPID", key)))


def listed(client: Client, name: str) -> Generator[Step, Heard, Block]:
    """One group of the general list."""
    rows = [one for one in (yield from client.rows("getgroup", "GROUPNAME")) if one.get("GROUPNAME") == name]
    need(len(rows) == 1, f"{name!r} is {len(rows)} times in GETGROUP")
    return rows[0]


def make_groups() -> None:
    cases = {"nobody": (0, 0), "user": (1, 0), "endpoint": (0, 1), "both": (1, 1), "two-each": (2, 2), "all": (99, 99)}
    for case, (some_users, some_ends) in cases.items():

        @probe(f"group-add-{case}", "count, members and their complement", 1752, 1754, 1755, 1756, 1757, 1758, 1903)
        def add(world: Fixtures, some_users: int = some_users, some_ends: int = some_ends) -> Talk:
            client, name = (yield from start(world)), fresh("Unique ")
            users, ends = yield from everyone(client)
            members = [*list(users)[:some_users], *list(ends)[:some_ends]]
            confirm = yield from client.one("addgroup", *group(name, "text", members))
            key = confirm.must("GROUPID")
            is_group(confirm, members, users, ends, "confirm")
            detail = yield from specific(client, name, key)
            same(detail, {"GROUPID": key, "GROUPNAME": name, "DESCRIPTION": "text"}, "GETGROUP")
            is_group(detail, members, users, ends, "GETGROUP")
            row = yield from listed(client, name)
            same(row, {"GROUPID": key, "DESCRIPTION": "text", "MEMBER_COUNT": str(len(members))}, "general GETGROUP")
            gone = yield from client.one("delgroup", ("GROUPNAME", name))
            same(gone, {"GROUPID": key, "GROUPNAME": name, "MEMBER_COUNT": str(len(members))}, "DELGROUP")

    for case, text in {"blank": "", "markup": MARKUP, "foreign": FOREIGN}.items():

        @probe(f"group-text-{case}", "names and descriptions come back as they are", 1901, 1902, 1983)
        def texts(world: Fixtures, text: str = text) -> Talk:
            client, name = (yield from start(world)), fresh("Gruppe Ü & ")
            yield from client.ok("addgroup", *group(name, "first", []))
            confirm = yield from client.one("modgroup", *group(name, text, []))
            same(confirm, {"GROUPNAME": name}, "confirm")
            need(text in confirm.all("DESCRIPTION"), f"DESCRIPTION {confirm.all('DESCRIPTION')}")
            same((yield from listed(client, name)), {"DESCRIPTION": text}, "GETGROUP")
            yield from client.ok("delgroup", ("GROUPNAME", name))


make_groups()


@probe("group-modify-members", "MODGROUP's members are those of the group", 1975, 1984, 2012, 2013)
def modify(world: Fixtures) -> Talk:
    client, name = (yield from start(world)), fresh("Unique ")
    users, ends = yield from everyone(client)
    key = (yield from client.one("addgroup", *group(name, "x", [next(iter(users))]))).must("GROUPID")
    people, devices = list(users), list(ends)
    for members in ([people[1], devices[0]], [devices[0], devices[1], people[0]], [devices[1]], [*people, *devices]):
        is_group((yield from client.one("modgroup", *group(name, "x", members))), members, users, ends, "confirm")
        is_group((yield from specific(client, name, key)), members, users, ends, "GETGROUP")
    yield from client.ok("delgroup", ("GROUPNAME", name))


@probe("group-lists-agree", "GETALLGROUP has all groups, by GUID and name", 2865, 2889)
def lists(world: Fixtures) -> Talk:
    client, names = (yield from start(world)), [fresh("Unique ") for _ in range(3)]
    for name in names:
        yield from client.ok("addgroup", *group(name, "", []))
    wanted = {one.must("GROUPID"): one.must("GROUPNAME") for one in (yield from client.rows("getgroup", "GROUPNAME"))}
    got = (yield from client.one("getallgroup")).named("GROUP")
    need(got == wanted, f"{got}, not {wanted}")
    for name in names:
        yield from client.ok("delgroup", ("GROUPNAME", name))


@probe("members-are-everyone", "GETMEMBER has all users (perhaps but the built-in one) and endpoints", 1817, 1842, 1843)
def members_all(world: Fixtures) -> Talk:
    client, names = (yield from start(world)), [fresh("gm") for _ in range(4)]
    for name in names:
        yield from client.ok(
            "addendpoint", ("SOURCENAME", name), ("SOURCEIP", "1.2.3.4"), ("E164", ""), ("H323", ""), ("FLAG", "0")
        )
        yield from client.ok(
            "adddevuser", ("USERNAME", name), ("PASSWORD", ""), ("FULLNAME", ""), ("EMAIL", ""), ("PRIVILEGE", "1")
        )
    yield from client.ok("deldevuser", ("USERNAME", names[0]))
    users, ends = yield from everyone(client)
    block = yield from client.one("getmember")
    need(block.named("MEMBER_EP") == ends, "other endpoints than GETENDPOINT")
    got = block.named("MEMBER_USER")
    need(all(users.get(key) == name for key, name in got.items()), "users that GETDEVUSER has not")
    need({name for key, name in users.items() if key not in got} <= {str(world["user"])}, "users are missing")
    for name in names:
        yield from client.ok("delendpoint", ("SOURCENAME", name))
    for name in names[1:]:
        yield from client.ok("deldevuser", ("USERNAME", name))


@probe("group-unknown", "a group that is not there is not answered with another", 1712, 1714)
def unknown(world: Fixtures) -> Talk:
    client, name = (yield from start(world)), fresh("Unique ")
    key = (yield from client.one("addgroup", *group(name, "", []))).must("GROUPID")
    yield from client.ok("delgroup", ("GROUPNAME", name))
    result, found = yield from client.ask("getgroup", ("GROUPNAME", name), ("GROUPID", key))
    shown = [value for one in found for value in one.all("MEMBER_COUNT") if value]
    need(result == "1" or not shown, "a deleted group is answered")
    yield from client.refused("delgroup", ("GROUPNAME", name))


@probe("group-unique", "names should be unique", 1901, level="should")
def unique(world: Fixtures) -> Talk:
    client, name = (yield from start(world)), fresh("Unique ")
    yield from client.ok("addgroup", *group(name, "a", []))
    yield from client.refused("addgroup", *group(name, "b", []))
    same((yield from listed(client, name)), {"DESCRIPTION": "a"}, "GETGROUP")
    yield from client.ok("delgroup", ("GROUPNAME", name))


# Rooms and single-point settings

ROOM = {
    "RATE": "768",
    "VIDEO_FORMAT": "3",
    "DUALVIDEO": "0",
    "IFRAMEINTERVAL": "1",
    "BROADCAST": "0",
    "VIEWRIGHT": "1",
    "RECORDRIGHT": "0",
}


def two_groups(client: Client) -> Generator[Step, Heard, tuple[list[str], Names]]:
    """Two groups of our own by name, and the names of all by GUID."""
    names = [fresh("Right "), fresh("Right ")]
    for name in names:
        yield from client.ok("addgroup", *group(name, "", []))
    return names, (yield from client.one("getallgroup")).named("GROUP")


def drop_groups(client: Client, names: list[str]) -> Generator[Step, Heard, None]:
    """Undo `two_groups`."""
    for name in names:
        yield from client.ok("delgroup", ("GROUPNAME", name))


def is_right(block: Block, wanted: list[str], names: Names, key: str, ext: str, out: str) -> None:
    """A list of groups with its complement."""
    need(sorted(block.all(key)) == sorted(wanted), f"{key} {block.all(key)}, not {wanted}")
    inside = {one: names[one] for one in wanted}
    if block.all(ext, out):
        need(block.named(ext) == inside, f"{ext} {block.named(ext)}, not {inside}")
        rest = {one: name for one, name in names.items() if one not in wanted}
        need(block.named(out) == rest, f"{out} {block.named(out)}, not {rest}")


def is_room(block: Block, wanted: Names, what: str) -> None:
    """A room's values; H239 is the same as DUALVIDEO; the status is one of those that there are."""
    same(block, wanted, what)
    need(
        all(one == block.get("DUALVIDEO") for one in block.all("H239", "H.239")), f"{what}: H239 differs from DUALVIDEO"
    )
    need(block.all("H239", "H.239"), f"{what}: no H239")
    need(block.must("STATUS_INDEX") in ("0", "1", "2", "8"), f"{what}: STATUS_INDEX {block.get('STATUS_INDEX')}")


def make_rooms() -> None:
    cases: dict[str, Names] = {
        "plain": {},
        "h261": {"VIDEO_FORMAT": "0", "RATE": "384"},
        "h263": {"VIDEO_FORMAT": "1", "DUALVIDEO": "1"},
        "h263-plus": {"VIDEO_FORMAT": "2", "BROADCAST": "1", "VIEWRIGHT": "0"},
    }
    for case, more in cases.items():

        @probe(f"room-add-{case}", "what is added is confirmed and listed", 2642, 2645, 2647, 2649, 2650, 2691)
        def add(world: Fixtures, more: Names = more) -> Talk:
            client, number = (yield from start(world)), fresh("77")
            wanted = ROOM | more | {"ROOM_ID": fresh("Room & Ü "), "ROOM_NUM": number}
            before = {one.must("INDEX") for one in (yield from client.rows("getroom", "ROOM_ID"))}
            confirm = yield from client.one("addroom", ("INDEX", ""), *wanted.items())
            index = confirm.must("INDEX")
            is_room(confirm, wanted, "confirm")
            rows = yield from client.rows("getroom", "ROOM_ID")
            need(
                {one.must("INDEX") for one in rows} == before | {index} and index not in before,
                "INDEX is not a new one",
            )
            is_room(next(one for one in rows if one.get("INDEX") == index), wanted, "GETROOM")
            is_room((yield from client.one("getroom", ("INDEX", index))), wanted | {"INDEX": index}, "GETROOM of one")
            same((yield from client.one("delroom", ("INDEX", index))), {"INDEX": index}, "DELROOM")
            after = {one.must("INDEX") for one in (yield from client.rows("getroom", "ROOM_ID"))}
            need(after == before, f"rooms {before} became {after}")

    for case, more in {"view": {"VIEWRIGHT": "2"}, "record": {"RECORDRIGHT": "1"}}.items():

        @probe(
            f"room-rights-{case}",
            "groups that have the right, and those that have not",
            2371,
            2372,
            2373,
            2374,
            2375,
            2376,
        )
        def rights(world: Fixtures, more: Names = more) -> Talk:
            client = yield from start(world)
            mine, names = yield from two_groups(client)
            ids = [next(key for key, name in names.items() if name == one) for one in mine]
            first: list[Field] = [*(ROOM | more | {"ROOM_ID": fresh("Room "), "ROOM_NUM": fresh("88")}).items()]
            index = (yield from client.one("addroom", ("INDEX", ""), *first)).must("INDEX")
            view = "VIEWRIGHT" in more
            key, other = ("VIEWID", "RECORDID") if view else ("RECORDID", "VIEWID")
            for wanted in (ids, ids[:1], ids[1:]):
                yield from client.ok("modroom", ("INDEX", index), *first, *((key, one) for one in wanted))
                block = yield from client.one("getroom", ("INDEX", index))
                tags = ("VIEWID", "VIEWIDEXT", "NOTIN_VIEW") if view else ("RECORDID", "RECORDIDEXT", "NOTIN_REC")
                is_right(block, wanted, names, *tags)
                need(not [one for one in block.all(other) if one], f"{other} has what was given as {key}")
            yield from client.ok("delroom", ("INDEX", index))
            yield from drop_groups(client, mine)


make_rooms()


@probe("room-modify", "each value is stored each time, other rooms stay", 2471, 2472, 2475, 2478, 2520)
def modify_room(world: Fixtures) -> Talk:
    client = yield from start(world)
    indexes = []
    for _ in range(2):
        values = ROOM | {"ROOM_ID": fresh("Room "), "ROOM_NUM": fresh("66")}
        indexes.append((yield from client.one("addroom", ("INDEX", ""), *values.items())).must("INDEX"))
    index = indexes[0]
    others = [one.fields for one in (yield from client.rows("getroom", "ROOM_ID")) if one.get("INDEX") != index]
    for more in (
        {"DUALVIDEO": "1", "RATE": "512"},
        {"BROADCAST": "1", "VIDEO_FORMAT": "0"},
        {"IFRAMEINTERVAL": "5", "VIEWRIGHT": "0"},
    ):
        wanted = ROOM | more | {"ROOM_ID": fresh("New "), "ROOM_NUM": fresh("55")}
        is_room(
            (yield from client.one("modroom", ("INDEX", index), *wanted.items())), wanted | {"INDEX": index}, "confirm"
        )
        is_room((yield from client.one("getroom", ("INDEX", index))), wanted | {"INDEX": index}, "GETROOM")
        rest = [one.fields for one in (yield from client.rows("getroom", "ROOM_ID")) if one.get("INDEX") != index]
        need(rest == others, "another room changed")
    for one in indexes:
        yield from client.ok("delroom", ("INDEX", one))
    result, found = yield from client.ask("getroom", ("INDEX", index))
    need(result == "1" or not [one for one in found if one.get("ROOM_ID")], "a deleted room is answered")
    yield from client.refused("delroom", ("INDEX", index))


SP = {"DUALVIDEO": "0", "IFRAMEINTERVAL": "1", "BROADCAST": "0", "RECORDRIGHT": "0", "VIEWRIGHT": "1"}


def make_sp() -> None:
    cases: dict[str, list[Names]] = {
        "view-rights": [{"VIEWRIGHT": "0"}, {"VIEWRIGHT": "1"}, {"VIEWRIGHT": "2"}],
        "intervals": [{"IFRAMEINTERVAL": "3"}, {"IFRAMEINTERVAL": "5"}, {"IFRAMEINTERVAL": "2"}],
        "video": [{"DUALVIDEO": "1"}, {"DUALVIDEO": "0"}, {"BROADCAST": "1"}],
    }
    for case, changes in cases.items():

        @probe(
            f"sp-{case}",
            "each value is stored each time; rooms have settings of their own",
            2220,
            2221,
            2222,
            2224,
            2358,
        )
        def trip(world: Fixtures, changes: list[Names] = changes) -> Talk:
            client = yield from start(world)
            old = yield from client.one("getsp")
            rooms = [one.fields for one in (yield from client.rows("getroom", "ROOM_ID"))]
            for more in changes:
                same((yield from client.one("setsp", *(SP | more).items())), SP | more, "confirm")
                same((yield from client.one("getsp")), SP | more, "GETSP")
            need([one.fields for one in (yield from client.rows("getroom", "ROOM_ID"))] == rooms, "a room changed")
            back: list[Field] = [(tag, old.must(tag)) for tag in SP]
            yield from client.ok("setsp", *back, *(("RECORDID", one) for one in old.all("RECORDID") if one))


make_sp()


@probe("sp-groups", "groups that have the right, and those that have not", 2183, 2184, 2185, 2225)
def sp_groups(world: Fixtures) -> Talk:
    client = yield from start(world)
    old = yield from client.one("getsp")
    mine, names = yield from two_groups(client)
    ids = [next(key for key, name in names.items() if name == one) for one in mine]
    for wanted in (ids, ids[1:], ids[:1]):
        yield from client.ok("setsp", *(SP | {"RECORDRIGHT": "1"}).items(), *(("RECORDID", one) for one in wanted))
        is_right((yield from client.one("getsp")), wanted, names, "RECORDID", "RECORDIDEXT", "NOTIN")
    yield from client.ok(
        "setsp", *((tag, old.must(tag)) for tag in SP), *(("RECORDID", one) for one in old.all("RECORDID") if one)
    )
    result, found = yield from client.ask("getsp")
    need(result == "0" and found, "GETSP fails")
    if not set(ids) & set(found[0].all("RECORDID")):
        yield from drop_groups(client, mine)
