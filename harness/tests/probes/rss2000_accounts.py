"""Probes of endpoints and users: round trips, blanks, uniqueness, deletion, and what an account means at LOGIN."""

from __future__ import annotations

from collections.abc import Callable, Generator

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

Make = Callable[..., list[Field]]


def endpoint(name: str, **more: str) -> list[Field]:
    """Parameters of an endpoint."""
    return list(({"SOURCENAME": name, "SOURCEIP": "172.21.9.9", "E164": "", "H323": "", "FLAG": "0"} | more).items())


def user(name: str, **more: str) -> list[Field]:
    """Parameters of a user."""
    return list(({"USERNAME": name, "PASSWORD": "pw", "FULLNAME": "", "EMAIL": "", "PRIVILEGE": "1"} | more).items())


def found(client: Client, kind: str, name: str) -> Generator[Step, Heard, Block]:
    """The one row of a list that has this name."""
    command, key = ("getendpoint", "SOURCENAME") if kind == "endpoint" else ("getdevuser", "USERNAME")
    rows = [one for one in (yield from client.rows(command, key)) if one.get(key) == name]
    need(len(rows) == 1, f"{name!r} is {len(rows)} times in {command}")
    return rows[0]


ENDPOINTS = {
    "plain": {},
    "options": {"FLAG": "1", "E164": "4711", "H323": "alias"},
    "markup": {"H323": MARKUP},
    "foreign": {"H323": FOREIGN},
    "long-alias": {"H323": "abcdefghij" * 12},
}
USERS = {
    "blank": {},
    "administrator": {"PRIVILEGE": "0", "FULLNAME": "Some One", "EMAIL": "a@example.com"},
    "blank-password": {"PASSWORD": ""},
    "markup": {"FULLNAME": MARKUP, "EMAIL": "x@example.com"},
    "foreign": {"FULLNAME": FOREIGN},
    "trailing-blank": {"FULLNAME": "new1 "},
}


def make_round_trips() -> None:
    for case, more in ENDPOINTS.items():

        @probe(
            f"endpoint-add-{case}", "what is added is confirmed and listed", 1095, 1096, 1097, 1098, 1099, 1121, 1046
        )
        def add(world: Fixtures, more: dict[str, str] = more) -> Talk:
            client, name = (yield from start(world)), fresh("ep")
            wanted = dict(endpoint(name, **more))
            confirm = yield from client.one("addendpoint", *wanted.items())
            same(confirm, wanted, "confirm")
            row = yield from found(client, "endpoint", name)
            same(row, wanted | {"SOURCEID": confirm.must("SOURCEID")}, "GETENDPOINT")
            yield from client.ok("delendpoint", ("SOURCENAME", name))

    for case, more in USERS.items():

        @probe(f"user-add-{case}", "what is added is confirmed and listed", 1445, 1446, 1447, 1448, 1449, 1478, 1396)
        def add_user(world: Fixtures, more: dict[str, str] = more) -> Talk:
            client, name = (yield from start(world)), fresh("user")
            given = dict(user(name, **more))
            wanted = {tag: value for tag, value in given.items() if tag != "PASSWORD"}  # it may come back blank
            confirm = yield from client.one("adddevuser", *given.items())
            same(confirm, wanted, "confirm")
            row = yield from found(client, "user", name)
            same(row, wanted | {"USERID": confirm.must("USERID")}, "GETDEVUSER")
            yield from client.ok("deldevuser", ("USERNAME", name))

    for kind, make, lines in (("endpoint", endpoint, (1305,)), ("user", user, (1658,))):
        key = "SOURCENAME" if kind == "endpoint" else "USERNAME"
        word = "endpoint" if kind == "endpoint" else "devuser"

        @probe(f"{kind}-delete", "what is deleted is gone, and nothing else", *lines)
        def delete(world: Fixtures, kind: str = kind, key: str = key, word: str = word, make: Make = make) -> Talk:
            client, name = (yield from start(world)), fresh(kind)
            yield from client.ok(f"add{word}", *make(name))
            yield from client.ok(f"add{word}", *make(name + "0"))
            before = [one.get(key) for one in (yield from client.rows(f"get{word}", key))]
            confirm = yield from client.one(f"del{word}", (key, name))
            same(confirm, {key: name}, "confirm")
            after = [one.get(key) for one in (yield from client.rows(f"get{word}", key))]
            need(sorted(map(str, before)) == sorted([*map(str, after), name]), f"{before} became {after}")
            yield from client.refused(f"del{word}", (key, name))
            yield from client.ok(f"del{word}", (key, name + "0"))

        @probe(f"{kind}-unique", "names should be unique", 1095 if kind == "endpoint" else 1445, level="should")
        def unique(world: Fixtures, kind: str = kind, key: str = key, word: str = word, make: Make = make) -> Talk:
            client, name = (yield from start(world)), fresh(kind)
            yield from client.ok(f"add{word}", *make(name))
            before = yield from found(client, kind, name)
            more = {"SOURCEIP": "172.21.8.8"} if kind == "endpoint" else {"FULLNAME": "Another"}
            yield from client.refused(f"add{word}", *make(name, **more))
            need((yield from found(client, kind, name)).fields == before.fields, "what was refused changed the old one")
            yield from client.ok(f"del{word}", (key, name))
            yield from client.ok(f"add{word}", *make(name))
            yield from client.ok(f"del{word}", (key, name))

        @probe(f"{kind}-ids-distinct", "an unique GUID for each", 1046 if kind == "endpoint" else 1396)
        def ids(world: Fixtures, word: str = word, make: Make = make, key: str = key) -> Talk:
            client, names = (yield from start(world)), [fresh("id") for _ in range(3)]
            for name in names:
                yield from client.ok(f"add{word}", *make(name))
            every = [one.must("SOURCEID") for one in (yield from client.rows("getendpoint", "SOURCENAME"))]
            every += [one.must("USERID") for one in (yield from client.rows("getdevuser", "USERNAME"))]
            need(all(every) and len(set(every)) == len(every), "GUIDs are blank or given twice")
            for name in names:
                yield from client.ok(f"del{word}", (key, name))


make_round_trips()


@probe("endpoint-flags-listed", "FLAG is 0 or 1 for every endpoint", 1049)
def flags(world: Fixtures) -> Talk:
    client = yield from start(world)
    for row in (yield from client.rows("getendpoint", "SOURCENAME")):
        need(row.must("FLAG") in ("0", "1"), f"FLAG {row.get('FLAG')!r}")
        need(row.must("SOURCEIP").strip(), "a blank SOURCEIP")
        row.must("E164"), row.must("H323")


@probe("endpoint-blank-ip", "SOURCEIP can not be blank", 1096)
def blank_ip(world: Fixtures) -> Talk:
    client, name = (yield from start(world)), fresh("ep")
    yield from client.refused("addendpoint", *endpoint(name, SOURCEIP=""))
    need(
        name not in [one.get("SOURCENAME") for one in (yield from client.rows("getendpoint", "SOURCENAME"))],
        "is listed",
    )
    yield from client.ok("addendpoint", *endpoint(name))
    yield from client.ok("delendpoint", ("SOURCENAME", name))


@probe("endpoint-blank-ip-modify", "SOURCEIP cannot be blank; what is refused changes nothing", 1194, 1217)
def blank_ip_modify(world: Fixtures) -> Talk:
    client, name = (yield from start(world)), fresh("ep")
    wanted = dict(endpoint(name, H323="old", FLAG="1"))
    yield from client.ok("addendpoint", *wanted.items())
    yield from client.refused("modendpoint", *endpoint(name, SOURCEIP="", H323="new"))
    same((yield from found(client, "endpoint", name)), wanted, "after the refusal")
    yield from client.ok("delendpoint", ("SOURCENAME", name))


@probe("endpoint-modify", "each value is stored each time, and SOURCEID stays", 1194, 1195, 1196, 1197, 1253)
def modify(world: Fixtures) -> Talk:
    client, name = (yield from start(world)), fresh("ep")
    key = (yield from client.one("addendpoint", *endpoint(name))).must("SOURCEID")
    others = [one for one in (yield from client.rows("getendpoint", "SOURCENAME")) if one.get("SOURCENAME") != name]
    changes: list[dict[str, str]] = [
        {"FLAG": "1", "E164": "12", "H323": FOREIGN},
        {"SOURCEIP": "172.21.7.7"},
        {"FLAG": "1", "H323": MARKUP},
        {"FLAG": "0", "E164": "99"},
    ]
    for more in changes:
        wanted = dict(endpoint(name, **more)) | {"SOURCEID": key}
        confirm = yield from client.one("modendpoint", *endpoint(name, **more))
        same(confirm, wanted, "confirm")
        same((yield from found(client, "endpoint", name)), wanted, "GETENDPOINT")
    rest = [one for one in (yield from client.rows("getendpoint", "SOURCENAME")) if one.get("SOURCENAME") != name]
    need([one.fields for one in rest] == [one.fields for one in others], "another endpoint changed")
    yield from client.ok("delendpoint", ("SOURCENAME", name))


@probe("endpoint-number-name", "a name keeps its zeros", 1047, 1095)
def number_name(world: Fixtures) -> Talk:
    client, name = (yield from start(world)), "00" + fresh("7")
    yield from client.ok("addendpoint", *endpoint(name))
    yield from found(client, "endpoint", name)
    yield from client.ok("delendpoint", ("SOURCENAME", name))


@probe("user-modify", "each value is stored each time, others stay", 1545, 1546, 1547, 1549, 1538)
def modify_user(world: Fixtures) -> Talk:
    client, name = (yield from start(world)), fresh("user")
    key = (yield from client.one("adddevuser", *user(name))).must("USERID")
    others = [one for one in (yield from client.rows("getdevuser", "USERNAME")) if one.get("USERNAME") != name]
    changes: list[dict[str, str]] = [
        {"PRIVILEGE": "0", "FULLNAME": "Full", "EMAIL": "mail@example.com"},
        {"PRIVILEGE": "1", "FULLNAME": MARKUP},
        {"PRIVILEGE": "0", "FULLNAME": FOREIGN, "EMAIL": ""},
        {"FULLNAME": "", "EMAIL": "x@example.com"},
    ]
    for more in changes:
        wanted = {tag: value for tag, value in user(name, **more) if tag != "PASSWORD"} | {"USERID": key}
        same((yield from client.one("moddevuser", *user(name, **more))), wanted, "confirm")
        same((yield from found(client, "user", name)), wanted, "GETDEVUSER")
    rest = [one for one in (yield from client.rows("getdevuser", "USERNAME")) if one.get("USERNAME") != name]
    need([one.fields for one in rest] == [one.fields for one in others], "another user changed")
    yield from client.ok("deldevuser", ("USERNAME", name))


def enters(world: Fixtures, root: str, name: str, word: str) -> Generator[Step, Heard, Block]:
    """A LOGIN of this user on a connection of its own."""
    other = Client(world, fresh("other"), root=root)
    return (yield from other.login(name, word))


def make_passwords() -> None:
    cases = {"plain": ("S3cret", "S3cret"), "blank": ("", ""), "foreign": ("pä組", "pä組")}
    for case, (word, typed) in cases.items():

        @probe(f"password-{case}", "a user that was added can log in", 172, 194, 1448)
        def right(world: Fixtures, word: str = word, typed: str = typed) -> Talk:
            client, name = (yield from start(world)), fresh("user")
            yield from client.ok("adddevuser", *user(name, PASSWORD=word))
            confirm = yield from enters(world, client.root, name, typed)
            same(confirm, {"RESULT": "0", "PRIVILEGE": "1"}, "LOGIN")
            yield from client.ok("deldevuser", ("USERNAME", name))

    for case, typed in {"longer": "S3cretX", "case": "s3CRET", "blank": "", "other": "zzz", "shorter": "S3cre"}.items():

        @probe(f"password-wrong-{case}", "the password for the user ID", 172, 194)
        def wrong(world: Fixtures, typed: str = typed) -> Talk:
            client, name = (yield from start(world)), fresh("user")
            yield from client.ok("adddevuser", *user(name, PASSWORD="S3cret"))
            confirm = yield from enters(world, client.root, name, typed)
            need(confirm.get("RESULT") == "1", f"{typed!r} is taken for another password")
            need(not (confirm.get("SESSIONID") or "").strip("0-{} "), "a session with a refused LOGIN")
            yield from client.ok("deldevuser", ("USERNAME", name))


make_passwords()


@probe("password-changed", "MODDEVUSER's password and privilege hold from the next LOGIN", 1548, 1549, 195)
def changed(world: Fixtures) -> Talk:
    client, name = (yield from start(world)), fresh("user")
    yield from client.ok("adddevuser", *user(name, PASSWORD="one"))
    yield from client.ok("moddevuser", *user(name, PASSWORD="two", PRIVILEGE="0"))
    need((yield from enters(world, client.root, name, "one")).get("RESULT") == "1", "the old password is taken")
    same((yield from enters(world, client.root, name, "two")), {"RESULT": "0", "PRIVILEGE": "0"}, "LOGIN")
    yield from client.ok("deldevuser", ("USERNAME", name))


@probe("deleted-user", "a deleted user cannot log in", 1633, 194)
def deleted(world: Fixtures) -> Talk:
    client, name = (yield from start(world)), fresh("user")
    yield from client.ok("adddevuser", *user(name))
    yield from client.ok("deldevuser", ("USERNAME", name))
    need((yield from enters(world, client.root, name, "pw")).get("RESULT") == "1", "he can")
