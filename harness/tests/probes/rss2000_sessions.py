"""Probes of settings and sessions."""

from __future__ import annotations

from collections.abc import Generator

from harness.tests.probes.rss2000_accounts import endpoint
from harness.tests.probes.rss2000_wire import (
    FOREIGN,
    MARKUP,
    Client,
    Ended,
    Field,
    Fixtures,
    Heard,
    NotHere,
    Step,
    Talk,
    fresh,
    need,
    probe,
    same,
    start,
)

STORAGE = ["FTP", "PATH", "USER", "AUTO_DEL", "DEL_INTERVAL", "START_TIME", "END_TIME", "AUTO_SAVE", "SAVE_INTERVAL"]
# command, its fields with two values each that must come back, lines
TRIPS: list[tuple[str, dict[str, tuple[str, str]], tuple[int, ...]]] = [
    (
        "gk",
        {
            "GKIP": ("172.21.9.1", "172.21.9.2"),
            "GKPORT": ("1720", "1719"),
            "E164": ("77", "4455"),
            "H323": (MARKUP, FOREIGN),
        },
        (542, 545, 546, 547, 579, 581, 582, 583),
    ),
    ("lang", {"LANG": ("1", "0")}, (659, 682)),
    (
        "multicast",
        {
            "ENABLE_MULTICAST": ("1", "0"),
            "SAP_ADDRESS": ("224.2.127.253", "224.2.127.254"),
            "SAP_PORT": ("9876", "9875"),
            "MEDIA_ADDRESS": ("239.1.1.2", "239.1.1.1"),
            "MEDIA_PORT": ("5004", "5000"),
        },
        (4019, 4020, 4021, 4022, 4023),
    ),
    (
        "stacking",
        {
            "STACKING": ("1", "0"),
            "GROUPNAME": ("stack one", "stack"),
            "AUTODISCOVER": ("1", "0"),
            "MASTER": ("172.21.9.3", "172.21.9.4"),
        },
        (4212, 4213, 4214, 4215, 4227, 4230),
    ),
]


def make_trips() -> None:
    for name, values, lines in TRIPS:

        @probe(f"settings-{name}", "what is set is read back, in another session too", *lines)
        def trip(world: Fixtures, name: str = name, values: dict[str, tuple[str, str]] = values) -> Talk:
            client, other = (yield from start(world)), (yield from start(world, "b"))
            result, found = yield from client.ask(f"get{name}")
            if result == "1" or not all(found[0].get(tag) is not None for tag in values):
                raise NotHere  # the document shows no confirm of some of these
            extra: list[Field] = [("USEGK", "0")] if name == "gk" else []
            for turn in (0, 1):
                wanted = {tag: pair[turn] for tag, pair in values.items()}
                yield from client.ok(f"set{name}", *extra, *wanted.items())
                same((yield from client.one(f"get{name}")), wanted, f"GET{name.upper()}")
                same((yield from other.one(f"get{name}")), wanted, f"GET{name.upper()} of another session")
            yield from client.ok("logout", ("LANG", "en"))
            same((yield from other.one(f"get{name}")), wanted, f"GET{name.upper()} after LOGOUT")
            back: list[Field] = [(tag, found[0].must(tag)) for tag in values]
            yield from other.ok(f"set{name}", *extra, *back)

    changes = (
        {"AUTO_SAVE": "2"},
        {"AUTO_SAVE": "1", "SAVE_INTERVAL": "3"},
        {"START_TIME": "3", "END_TIME": "22"},
        {"PATH": "\\a\\b c"},
    )
    for number, more in enumerate(changes):

        @probe(
            f"settings-storage-{number}", "what is set is confirmed and read back", 837, 839, 840, 877, 880, 882, 883
        )
        def storage(world: Fixtures, more: dict[str, str] = more) -> Talk:
            client = yield from start(world)
            old = yield from client.one("getstorage")
            kept = {tag: old.must(tag) for tag in STORAGE}
            word: list[Field] = [("PASSWORD", "test")]
            same((yield from client.one("setstorage", *(kept | more).items(), *word)), kept | more, "confirm")
            same((yield from client.one("getstorage")), kept | more, "GETSTORAGE")
            yield from client.ok("setstorage", *kept.items(), *word)


make_trips()


@probe("settings-banner", "each language has its banner", 4241, 4284, 4285)
def banner(world: Fixtures) -> Talk:
    client = yield from start(world)
    wanted = {"0": f"Hello {MARKUP}", "1": f"你好 {FOREIGN}", "2": "こんにちは"}
    old = {}
    for language in wanted:
        result, found = yield from client.ask("getbanner", ("LANGUAGE", language))
        if result == "1" or found[0].get("BANNER_MSG") is None:
            raise NotHere
        old[language] = found[0].must("BANNER_MSG")
    for language, text in wanted.items():
        yield from client.ok("setbanner", ("LANGUAGE", language), ("BANNER_MSG", text))
    for language, text in wanted.items():
        same((yield from client.one("getbanner", ("LANGUAGE", language))), {"BANNER_MSG": text}, "GETBANNER")
    for language, text in old.items():
        yield from client.ok("setbanner", ("LANGUAGE", language), ("BANNER_MSG", text))


@probe("settings-ldap", "what is set is read back", 3928, 3929, 3959, 3960)
def ldap(world: Fixtures) -> Talk:
    client = yield from start(world)
    tags = ("USE_LDAP", "LDAP_SERVER", "LDAP_USER")
    old = yield from client.one("getldap")
    for server, name in (("172.21.9.5", "admin one"), ("ldap.example.com", FOREIGN)):
        wanted = {"USE_LDAP": "0", "LDAP_SERVER": server, "LDAP_USER": name}
        yield from client.ok("setldap", *wanted.items(), ("LDAP_PASSWORD", "x"))
        same((yield from client.one("getldap")), wanted, "GETLDAP")
    yield from client.ok("setldap", *((tag, old.must(tag)) for tag in tags), ("LDAP_PASSWORD", ""))


@probe("system-information", "the fields of the tables, in their ranges", 291, 294, 295, 296, 297, 345, 349, 396)
def information(world: Fixtures) -> Talk:
    client = yield from start(world)
    device = yield from client.one("getdevinfo")
    for tag in ("PRODUCTNAME", "VERSION", "TYPE"):
        need(device.must(tag), f"{tag} is blank")
    for tag in ("H323COUNT", "VODCOUNT", "RECABILITY"):
        need(device.must(tag).isdigit(), f"{tag} {device.get(tag)!r}")
    need(device.must("ACTIVATED") in ("0", "1"), f"ACTIVATED {device.get('ACTIVATED')!r}")
    status = yield from client.one("refreshstatus")
    for tag in ("DISK", "CPU"):
        need(status.must(tag).isdigit() and int(status.must(tag)) <= 100, f"{tag} {status.get(tag)!r} is no percentage")
    need(-12 <= float(status.must("TIMEZONE")) <= 12, f"TIMEZONE {status.get('TIMEZONE')}")
    need(status.must("TIMEVALUE").isdigit() and status.must("TIME"), "no time")
    for one in (yield from client.rows("getip", "DEVIP")):
        need(one.must("INDEX") in ("0", "1"), f"INDEX {one.get('INDEX')!r}")
        one.must("DEVMASK"), one.must("GATEWAY")


# Sessions


def denied(client: Client, key: str | None, name: str, *fields: Field) -> Generator[Step, Heard, None]:
    """A command with this SESSIONID fails: by its confirm, or by the end of the connection."""
    given: list[Field] = [] if key is None else [("SESSIONID", key)]
    try:
        found = yield from client.packets(name, [*given, *fields], client.root)
    except Ended:
        client.link += "'"
        return
    results = [one.must("RESULT") for one in found]
    need("1" in results, f"{name} with SESSIONID {key!r} succeeds")


KEYS = {"none": None, "blank": "", "random": "7e76c583-2215-4c89-9a1af7a6c4ed8f11"}


def make_sessions() -> None:
    for case, key in KEYS.items():

        @probe(f"session-{case}", "the wrong SESSIONID: the command fails, and nothing changes", 157, 159, 197)
        def wrong(world: Fixtures, key: str | None = key) -> Talk:
            client, other, name = (yield from start(world)), (yield from start(world, "b")), fresh("s")
            old = (yield from client.one("getlang")).must("LANG")
            yield from denied(other, key, "getendpoint")
            yield from denied(other, key, "getgroup")
            yield from denied(other, key, "setlang", ("LANG", "1" if old == "0" else "0"))
            yield from denied(other, key, "addgroup", ("GROUPNAME", name), ("DESCRIPTION", ""))
            yield from denied(other, key, "addendpoint", *endpoint(name))
            need((yield from client.one("getlang")).get("LANG") == old, "LANG changed")
            names = [one.get("GROUPNAME") for one in (yield from client.rows("getgroup", "GROUPNAME"))]
            names += [one.get("SOURCENAME") for one in (yield from client.rows("getendpoint", "SOURCENAME"))]
            need(name not in names, "something was added")


make_sessions()


@probe("session-logout", "a session ends with LOGOUT, another one of the user does not", 159, 220, 245)
def logout(world: Fixtures) -> Talk:
    client, other = (yield from start(world)), (yield from start(world, "b"))
    need(client.session != other.session, "two sessions have the same SESSIONID")
    key = other.session
    yield from other.ok("logout", ("LANG", "en"))
    yield from denied(other, key, "getlang")
    yield from denied(other, key, "getgroup")
    yield from denied(other, key, "logout", ("LANG", "en"))
    yield from client.ok("getlang")


@probe("session-altered", "a SESSIONID is compared as a whole", 159, 197)
def altered(world: Fixtures) -> Talk:
    client, other = (yield from start(world)), (yield from start(world, "b"))
    for at in (-1, len(other.session) // 2):
        key = list(client.session)
        key[at] = "0" if key[at] != "0" else "1"
        yield from denied(other, "".join(key), "getlang")
    yield from denied(other, client.session[:-1], "getlang")
    yield from client.ok("getlang")


def pause(client: Client, world: Fixtures, minutes: float) -> Generator[Step, Heard, None]:
    """Wait for so many minutes of the device."""
    found = yield Step(link=client.link, packets=1000, wait_s=minutes * 60 / world["clock_scale"])
    need(not found.packets, "a packet that nobody asked for")


@probe("session-expires", "30 minutes without activities end a session, less do not, and nothing revives it", 159)
def expires(world: Fixtures) -> Talk:
    if world.get("clock_scale", 1.0) < 500:
        raise NotHere  # it would take minutes
    client = yield from start(world)
    for _ in range(4):
        yield from pause(client, world, 20)
        yield from client.ok("getlang")
    key = client.session
    yield from pause(client, world, 40)
    for _ in range(3):
        yield from denied(client, key, "getlang")
