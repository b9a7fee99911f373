"""The RSS 2000 reference server under every reading of the spec: it serves, and each reading shows where it can."""

from __future__ import annotations

import pytest

from harness.reference.rss2000.device import INERT
from harness.reference.rss2000.world import ORDINARY, ORDINARY_PASSWORD
from harness.tests.rss2000_scene import MODEL, ROOT, Client, Scene
from harness.tests.rss2000_tour import Tour
from harness.wire.tpkt import encode, header

READINGS = [
    (name, reading) for name, ambiguity in MODEL.ambiguities.items() for reading in list(ambiguity.readings)[1:]
]
_EN = ("LANG", "en")


class Oddities(Tour):
    """What the document leaves open, each on a connection of its own where it may end one."""

    def __init__(self, readings: dict[str, str]) -> None:
        super().__init__([])
        self.scene, self.heard, self.clients = Scene(readings=readings), [], []

    def again(self, *more: tuple[str, str]) -> Client:
        return self.enter("Administrator", "rss-2000 admin", *more)

    def odd(self, client: Client, data: bytes) -> None:
        self.send(data, by=client)
        self.heard.append(b"closing" if client.conversation.closing else b"open")

    def seen(self) -> list[bytes]:
        self.admin = self.again(("INDICATION", "1"))
        self.watcher = self.again(("INDICATION", "1"))
        self.bytes_and_sessions()
        for one in (self.packets, self.accounts, self.groups_of, self.rooms, self.media, self.links, self.settings):
            one()
        for one in (self.odd_values, self.odd_media, self.odd_groups, self.names):
            one()
        self.idle()
        return self.heard

    def bytes_and_sessions(self) -> None:
        for data in (encode(b"<a/>"), header(4), b"\x04\x00\x00\x08abcd", header(3), encode(f"<{ROOT}/>".encode())):
            self.odd(self.again(), data)
        fourth = self.again()
        self.odd(fourth, b"\x04" + fourth.bytes_of("getdevinfo")[1:])
        fifth = self.again()
        self.odd(fifth, fifth.bytes_of("getdevinfo").replace(b"1.0.0.0", b"2.0.0.0"))
        for name in ("nothing", "GETDEVINFO", "getuilogo", "getivr", "setivr"):
            client = self.again()
            self.odd(client, client.bytes_of(name))
        other = self.again()
        stranger = Client(self.scene)
        stranger.session = other.session
        self.odd(stranger, stranger.bytes_of("getdevinfo"))
        upper = self.again()
        upper.session = upper.session.upper()
        self.odd(upper, upper.bytes_of("getdevinfo"))
        other.conversation.closed()
        self.odd(self.admin, self.admin.bytes_of("getdevinfo"))
        late = Client(self.scene)
        late.session = other.session
        self.odd(late, late.bytes_of("getdevinfo"))
        twice = self.again()
        login = [("USERNAME", "liling"), ("PASSWORD", "river"), ("LANG", "en")]
        self.odd(twice, twice.bytes_of("login", login))
        self.odd(twice, twice.bytes_of("getdevinfo"))
        wrong = Client(self.scene)
        self.odd(wrong, wrong.bytes_of("login", [*login[:2], ("LANG", "fr"), ("DOMAIN", "d")]))
        self.odd(self.again(), Client(self.scene).bytes_of("getmulticast", [_EN]))
        self.heard += [self.enter(ORDINARY, ORDINARY_PASSWORD).session.encode()]

    def odd_values(self) -> None:
        for field in ("x" * 300, "a b ", "R&D", "r&D"):
            self.ask("adddevuser", *self.user_of(field))
        self.ask("adddevuser", *self.user_of("twice"), ("EMAIL", "other"), ("NEW", "1"))
        self.ask("adddevuser", ("USERNAME", "few"), ("PASSWORD", "x"))
        self.ask("adddevuser", *self.user_of("wrong", "7"))
        self.ask("adddevuser", *self.user_of(""))
        self.ask("adddevuser", *self.user_of(self.scene.texts("endpoint_names")[0]))
        self.ask("moddevuser", *self.user_of("liling", PASSWORD="river"))
        session = self.enter("test", "")
        self.ask("moddevuser", *self.user_of("test", "0"))
        self.ask("getdevinfo", by=session)
        for name in ("Administrator", "nobody"):
            self.ask("deldevuser", ("USERNAME", name))
        self.ask("getdevuser")
        for step in ("start", "pause", "start"):
            self.ask(f"{step}roomrecord", _EN, ("INDEX", "1028"))
        self.ask("geteplink", _EN)
        self.ask("geteplink", ("LANG", "cn"))
        self.ask("hangup", _EN, ("INDEX", "2000"))
        for index in ("0", "1"):
            self.ask(
                "setip", ("INDEX", index), ("DEVIP", "10.0.0.1"), ("DEVMASK", "255.0.0.0"), ("GATEWAY", "10.0.0.2")
            )
            self.ask("getip", ("INDEX", index))
        self.ask("setldap", _EN, ("USE_LDAP", "1"), ("LDAP_SERVER", ""), ("LDAP_USER", ""), ("LDAP_PASSWORD", ""))
        self.ask("setivr", ("TYPE", "1"), ("FILENAME", "none"))
        self.ask("setivr", ("INDEX", "1"), ("FILENAME", self.scene.texts("ivr_files")[0]))
        for field in ("TYPE", "INDEX"):
            self.ask("getivr", (field, "1"))
        for key in (*self.scene.texts("cfs_keys"), "wrong"):
            self.ask("setcfskey", _EN, ("CFSKEY", key))
        self.ask("getcfsinfo", _EN)
        storage = {
            "FTP": "10.1.1.1", "PATH": "\\a", "USER": "u", "PASSWORD": "p", "AUTO_SAVE": "2", "SAVE_INTERVAL": "2", "START_TIME": "3",
            "END_TIME": "9", "AUTO_DEL": "0", "DEL_INTERVAL": "1",
        }  # fmt: skip
        self.ask("setstorage", *storage.items())

    def odd_media(self) -> None:
        archive, live = self.archives[12], self.scene.texts("live_ids")[0]
        ordinary = self.enter(ORDINARY, ORDINARY_PASSWORD)
        for word in ("ekly", "Weekly", "Board meeting 0"):
            self.ask("getlistinfo", _EN, ("SEARCH", word), ("LIBMEDIA", "1"), by=ordinary)
        self.ask("getmediainfo", ("CATALOG", "0"), ("CONF_ID", archive), by=ordinary)
        for start, end in (("5", "3"), ("90", "99")):
            self.ask("getmediainfo", ("CATALOG", "0"), ("START", start), ("END", end), ("SORT", "0"))
        self.ask("getmediainfo", ("CATALOG", "0"), ("CONF_ID", live))
        call = [("RATE", "768"), ("DUALVIDEO", "1"), ("IFRAMEINTERVAL", "1"), ("BROADCAST", "0"), ("VIEWRIGHT", "1")]
        for number, identity in enumerate((archive, live, self.user[0])):
            self.ask("CallAndPlay", ("ADDR", f"10.2.2.{number}"), ("RATE", "1"), ("FILE_ID", identity))
            self.ask("CallAndPlay", ("ADDR", ""), ("RATE", "1"), ("FILE_ID", identity))
            self.ask("StartFileMulticast", ("CONF_ID", identity), ("TIMES", "1"))
        self.ask("StartFileMulticast", ("CONF_ID", archive), ("TIMES", "1"))
        self.ask("geteplink", _EN)
        for reference in ("", "r" * 31):
            self.ask(
                "startquickrecord", ("IP_NUM", "77"), *call, ("VIEWID", self.groups[0]), ("REFERENCEID", reference)
            )
        off = {
            "ENABLE_MULTICAST": "0",
            "SAP_ADDRESS": "224.1.1.1",
            "SAP_PORT": "1",
            "MEDIA_ADDRESS": "224.1.1.2",
            "MEDIA_PORT": "2",
        }
        self.ask("setmulticast", _EN, *off.items())
        self.ask("StartFileMulticast", ("CONF_ID", self.archives[13]), ("TIMES", "1"))
        for identity in (live, *self.scene.texts("live_ids")[1:]):
            self.ask("delmediainfo", ("CONF_ID", identity), ("TYPE", "1"))
        self.ask("getmediainfo", ("CATALOG", "1"), ("START", "0"), ("END", "9"), ("SORT", "0"))

    def odd_groups(self) -> None:
        member = ("MEMBER", self.user[0])
        self.ask("addgroup", ("GROUPNAME", "o"), ("DESCRIPTION", ""), member, member)
        self.ask("addgroup", ("GROUPNAME", "o"), ("DESCRIPTION", ""), member)
        self.ask("addgroup", ("GROUPNAME", ""), ("DESCRIPTION", "x"), ("MEMBER", self.archives[0]))
        self.ask("addgroup", ("GROUPNAME", "p"), ("DESCRIPTION", "x"), ("MEMBER", self.archives[0]))
        self.ask("modgroup", ("GROUPNAME", "Group1"))
        self.ask("getgroup", ("GROUPNAME", "Group1"), ("GROUPID", self.groups[1]))
        self.ask("getgroup", ("GROUPID", self.archives[1]))
        self.ask("getgroup")
        room = [
            ("RATE", "9999"), ("VIDEO_FORMAT", "1"), ("ROOM_NUM", "7"), ("DUALVIDEO", "1"), ("IFRAMEINTERVAL", "1"), ("BROADCAST", "0"),
            ("VIEWRIGHT", "1"), ("RECORDRIGHT", "0"), ("RECORDID", self.groups[0]), ("VIEWID", self.groups[1]),
        ]  # fmt: skip
        for name in ("q", "q"):
            self.ask("addrroom", ("ROOM_ID", name), ("INDEX", ""), *room)
        for index in ("0", "1", "2", "3"):
            self.ask("modroom", ("ROOM_ID", "other"), ("INDEX", index), *room)
        self.ask("getroom")
        self.ask("getroom", ("INDEX", "77"))
        self.ask("delgroup", ("GROUPNAME", "Group 2"))
        self.ask("getroom", ("INDEX", "2"))

    def names(self) -> None:
        for name in (
            "getcfsinfo",
            "getldap",
            "setcfskey",
            "get_cfs",
            "CallAndPlay",
            "getbanner",
            "getuilogo",
            "getmember",
        ):
            self.ask(name, _EN)
        self.ask("setbanner", ("BANNER_MSG", "x"))
        self.ask("getlistinfo", _EN, ("SEARCH", "nothing has this"), ("LIBMEDIA", "1"))
        for name in self.scene.texts("endpoint_names"):
            self.ask("delendpoint", ("SOURCENAME", name))
        self.ask("delendpoint", ("SOURCENAME", "young"))
        self.ask("getendpoint")
        bye = self.again()
        self.odd(bye, bye.bytes_of("logout", [_EN]))
        none = Client(self.scene)
        self.odd(none, none.bytes_of("getdevinfo"))
        watcher = self.again(("INDICATION", "1"))
        self.ask("setlang", ("LANG", "1"))
        self.heard.append(watcher.told)
        end = self.again()
        self.odd(end, end.bytes_of("shutdown", [("POWEROFF", "0")]))


PLAIN = Oddities({}).seen()


@pytest.mark.slow
@pytest.mark.parametrize(("ambiguity", "reading"), READINGS)
def test_every_reading_serves_and_shows(ambiguity: str, reading: str) -> None:
    seen = Oddities({ambiguity: reading}).seen()
    assert (seen == PLAIN) == (ambiguity in INERT or reading in UNSEEN.get(ambiguity, ()))


# Readings under which this server does the same as under the first one: it takes every documented spelling of names and values under
# all of them, takes the first of two values, a blank reference and every call.
UNSEEN = {
    "RSS-AMB-003": ("word", "any"),
    "RSS-AMB-017": ("catalog",),
    "RSS-AMB-021": ("copied",),
    "RSS-AMB-023": ("copied",),
    "RSS-AMB-046": ("first",),
    "RSS-AMB-085": ("empty",),
    "RSS-AMB-093": ("copied",),
    "RSS-AMB-094": ("example",),
    "RSS-AMB-109": ("accepted",),
    "RSS-AMB-111": ("example",),
}


def test_inert_ambiguities_are_in_the_spec() -> None:
    assert set(INERT) | set(UNSEEN) <= set(MODEL.ambiguities)
