"""A tour of the RSS 2000 reference server: it tries everything once and looks at nothing, so that two devices can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterable

from harness.reference.rss2000.world import ADMINISTRATOR, PASSWORD
from harness.tests.rss2000_scene import Client, Given, Scene

_SESSION = re.compile(rb'SESSIONID value="([^"]*)"')
_EN = ("LANG", "en")


class Tour:
    """What a device says to whoever tries everything, with no look at it: `heard` is all of it, in order."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.scene = Scene(faults)
        self.heard: list[bytes] = []
        self.clients: list[Client] = []
        self.admin = self.enter(ADMINISTRATOR, PASSWORD)
        self.watcher = self.enter(ADMINISTRATOR, PASSWORD, ("INDICATION", "1"))
        self.second = self.enter(ADMINISTRATOR, PASSWORD, ("INDICATION", "1"))
        self.user, self.endpoint = self.scene.texts("user_ids"), self.scene.texts("endpoint_ids")
        self.groups, self.archives = self.scene.texts("group_ids"), self.scene.texts("archive_ids")

    def enter(self, user: str, password: str, *more: tuple[str, str]) -> Client:
        client = Client(self.scene)
        self.clients.append(client)
        answer = client.send(
            client.bytes_of("login", [("USERNAME", user), ("PASSWORD", password), ("LANG", "0"), *more])
        )
        self.heard.append(answer)
        found = _SESSION.search(answer)
        client.session = found[1].decode() if found else "none"
        return client

    def ask(self, name: str, *given: tuple[str, str], by: Client | None = None) -> bytes:
        client = by or self.admin
        return self.send(client.bytes_of(name, given), by=client)

    def send(self, data: bytes, by: Client | None = None) -> bytes:
        answer = (by or self.admin).send(data)
        self.heard.append(answer)
        for client in self.clients:
            self.heard.append(client.told)
            client.told = b""
        return answer

    def seen(self) -> list[bytes]:
        for one in (
            self.packets,
            self.sessions,
            self.accounts,
            self.groups_of,
            self.rooms,
            self.media,
            self.links,
            self.settings,
            self.idle,
        ):
            one()
        return self.heard

    def packets(self) -> None:
        status = self.admin.bytes_of("refreshstatus")
        self.send(status * 4 + self.admin.bytes_of("getdevinfo"))
        self.send(status[:2])
        self.send(status[2:])
        long = Client(self.scene)
        long.session = self.admin.session
        self.ask("getdevinfo", ("LANG", "x" * 5000), by=long)
        short = Client(self.scene)
        short.session = self.admin.session
        for _ in range(60):
            self.ask("getdevinfo", by=short)
        for name in ("getmember", "geteplink", "getgroup", "getdevuser", "getendpoint"):
            self.ask(name, *([_EN] if name == "geteplink" else []))
        self.ask("delendpoint", ("SOURCENAME", "nobody"))

    def sessions(self) -> None:
        first, second = self.enter("test", ""), self.enter("test", "", ("INDICATION", "1"))
        self.enter("test", "wrong")
        self.ask("getdevinfo", by=first)
        for password in ("RSS-2000 ADMIN", "rss-2000 other"):
            self.enter(ADMINISTRATOR, password)
        self.ask("logout", ("LANG", "0"), by=second)
        for client in (first, second):
            self.ask("getlistinfo", _EN, ("SEARCH", ""), ("LIBMEDIA", "1"), by=client)
        stranger = Client(self.scene)
        stranger.session = "b09c5d22-52c5-41a9-9b8e6cecf7d07ae4"
        self.ask("getdevinfo", by=stranger)
        self.send(Client(self.scene).bytes_of("getdevinfo"), by=self.admin)
        third = self.enter(ADMINISTRATOR, PASSWORD, ("INDICATION", "1"))
        self.ask("logout", ("LANG", "0"), by=third)
        self.ask("setlang", ("LANG", "0"))

    def endpoint_of(self, name: str, number: str = "", flag: str = "0", alias: str = "") -> Given:
        return [("SOURCENAME", name), ("SOURCEIP", "10.1.1.1"), ("E164", number), ("H323", alias), ("FLAG", flag)]

    def user_of(self, name: str, privilege: str = "1", **values: str) -> Given:
        given = {"PASSWORD": "pw", "FULLNAME": "A  b", "EMAIL": "a@b", **values}
        return [("USERNAME", name), *given.items(), ("PRIVILEGE", privilege)]

    def accounts(self) -> None:
        self.ask("addendpoint", *self.endpoint_of("e1", "12", "1", "alias"))
        self.ask("addendpoint", *self.endpoint_of("e12"))
        self.ask("addendpoint", ("SOURCENAME", "e1"), ("SOURCEIP", "10.1.1.9"), *list(self.endpoint_of("e1"))[2:])
        self.ask("getendpoint")
        self.ask("modendpoint", *self.endpoint_of("e1", "13", "1", "other"))
        self.ask("getendpoint")
        for name in ("e1", "e1", "e12"):
            self.ask("delendpoint", ("SOURCENAME", name))
            self.ask("getendpoint")
            self.ask("getmember")
        for name in ("u1", "u12", "u2", "u3"):
            self.ask("adddevuser", *self.user_of(name))
        self.ask("adddevuser", *self.user_of("u1", FULLNAME="changed"))
        self.ask("getdevuser")
        self.enter("u1", "pw")
        self.ask("moddevuser", *self.user_of("u1", "0", PASSWORD="new"))
        self.ask("adddevuser", *self.user_of("u1"))
        for password in ("pw", "new"):
            self.enter("u1", password)
        self.ask("moddevuser", *self.user_of("u1", PASSWORD="", EMAIL=""))
        self.ask("moddevuser", *self.user_of("u1", PASSWORD="", EMAIL=""))
        for password in ("new", "", "any"):
            self.enter("u1", password)
        self.ask("getdevuser")
        self.ask("deldevuser", ("USERNAME", "u1"))
        self.enter("u1", "")
        self.ask("getdevuser")

    def groups_of(self) -> None:
        def given(*members: str, text: str = "a & 😀") -> Given:
            return [("GROUPNAME", "g"), ("DESCRIPTION", text), *(("MEMBER", one) for one in members)]

        self.ask("addgroup", *given(*self.user[:3], *self.endpoint[:3]))
        self.ask("addgroup", *given(self.user[0]))
        self.ask("addgroup", ("GROUPNAME", "g2"), ("DESCRIPTION", ""))
        self.ask("addgroup", ("GROUPNAME", "g3"), ("DESCRIPTION", ""), ("MEMBER", self.archives[0]))
        self.ask("addendpoint", *self.endpoint_of("young"))
        self.ask("modgroup", *given(self.user[3], self.endpoint[1], self.endpoint[2], text="b & 😀"))
        self.ask("delendpoint", ("SOURCENAME", self.scene.texts("endpoint_names")[1]))
        for name in ("getgroup", "getallgroup", "getmember"):
            self.ask(name)
        self.ask("getgroup", ("GROUPNAME", "g"))
        self.ask("delgroup", ("GROUPNAME", "g"))

    def rooms(self) -> None:
        def given(name: str, index: str = "", content: str = "1") -> Given:
            return [
                ("ROOM_ID", name), ("INDEX", index), ("RATE", "512"), ("VIDEO_FORMAT", "1"), ("ROOM_NUM", "7"), ("DUALVIDEO", content),
                ("IFRAMEINTERVAL", "1"), ("BROADCAST", "0"), ("VIEWRIGHT", "2"), ("RECORDRIGHT", "1"), ("RECORDID", self.groups[0]),
                ("VIEWID", self.groups[1]), ("VIEWID", self.groups[2]),
            ]  # fmt: skip

        self.ask("delroom", ("INDEX", "0"))
        self.ask("addrroom", *given("Größe <1>"))
        self.ask("modroom", *given("Zimmer", "1", "0"))
        self.ask("modroom", *given("Zimmer", "1"))
        for index in ("0", "1", "2"):
            self.ask("getroom", ("INDEX", index))
        self.ask("getroom")
        for index in ("0", "1"):
            self.ask("delroom", ("INDEX", index))
        self.ask("getroom")
        single = [
            ("DUALVIDEO", "1"),
            ("IFRAMEINTERVAL", "2"),
            ("BROADCAST", "1"),
            ("RECORDRIGHT", "1"),
            ("VIEWRIGHT", "2"),
        ]
        self.ask("setsp", *single, ("RECORDID", self.groups[0]), ("RECORDID", self.groups[1]))
        self.ask("getsp")

    def media(self) -> None:
        def page(start: int, end: int, sort: int = 0, kind: str = "0") -> None:
            self.ask("getmediainfo", ("CATALOG", kind), ("START", str(start)), ("END", str(end)), ("SORT", str(sort)))

        def count() -> None:
            self.ask("getlistinfo", _EN, ("SEARCH", ""), ("LIBMEDIA", "1"))

        for sort in range(8):
            page(0, 59, sort)
            page(0, 9, sort)
            page(0, 29, sort)
        for start in range(0, 50, 10):
            page(start, start + 9)
        page(0, 9, 0, "1")
        count()
        for archive in self.archives[1:4]:
            given = [("NAME", "ü"), ("DESCRIPTION", "d"), ("ACCESSTYPE", "2"), ("PIN", "99"), ("DENY_AUTO_DELETE", "0")]
            self.ask("setmediainfo", ("CONF_ID", archive), *given, ("CATALOG", "0"), ("ACCESSID", self.groups[0]))
            self.ask("getmediainfo", ("CATALOG", "0"), ("CONF_ID", archive))
        for archive in (self.archives[7], self.archives[7], self.archives[20]):
            self.ask("delmediainfo", ("CONF_ID", archive), ("TYPE", "0"))
            self.ask("getmediainfo", ("CATALOG", "0"), ("CONF_ID", archive))
        count()
        page(0, 59)
        for archive in self.archives[8:10]:
            self.ask("StartFileMulticast", ("CONF_ID", archive), ("TIMES", "1"))
        self.ask("StopFileMulticast", ("CONF_ID", self.archives[8]))

    def links(self) -> None:
        first, second, third, last = 1024, 1025, 1027, 1029

        def step(name: str, link: int) -> None:
            self.ask(name if name == "hangup" else f"{name}roomrecord", _EN, ("INDEX", str(link)))
            self.ask("geteplink", _EN)

        for name, link in [
            ("pause", last), ("start", second), ("start", first), ("start", third), ("pause", second), ("continue", second), ("stop", third),
            ("pause", second), ("stop", second), ("hangup", first),
        ]:  # fmt: skip
            step(name, link)
        for address in ("10.1.1.1", "10.1.1.2"):
            given = [
                ("RATE", "768"),
                ("DUALVIDEO", "1"),
                ("IFRAMEINTERVAL", "1"),
                ("BROADCAST", "0"),
                ("VIEWRIGHT", "1"),
            ]
            self.ask("startquickrecord", ("IP_NUM", address), *given, ("REFERENCEID", "r" * 30))

    def settings(self) -> None:
        storage = {
            "FTP": "10.1.1.1", "PATH": "\\a", "USER": "u", "PASSWORD": "p", "AUTO_SAVE": "1", "SAVE_INTERVAL": "2", "START_TIME": "3",
            "END_TIME": "9", "AUTO_DEL": "1", "DEL_INTERVAL": "1",
        }  # fmt: skip
        self.ask("setstorage", *storage.items())
        for alias in ("one", "two"):
            keeper = {"USEGK": "1", "GKIP": "10.1.1.1", "GKPORT": "1720", "E164": "5", "H323": alias}
            self.ask("setgk", *keeper.items())
            levels = {"SYSTEM": alias, "RAS": "1", "Q931": "1", "H245": "1"}
            given = [(f"{key}_LEVEL", text) for key, text in levels.items()]
            self.ask("setlogging", _EN, *given, ("NEWFILE_PERIOD", "1"), ("MAX_FILESIZE", "1"))
            self.ask("getgk")
            self.ask("getlogging", _EN)
        system = {
            "FILEWALL": "1", "NTP": "1", "NTP_SERVER": "n", "TIMEZONE": "-3", "AUTO_UPDATE": "1", "UPDATE_PERIOD": "1", "UPDATE_HOUR": "23",
        }  # fmt: skip
        self.ask("setos", _EN, *system.items())
        ldap = {"USE_LDAP": "1", "LDAP_SERVER": "ldap", "LDAP_USER": "u", "LDAP_PASSWORD": "p"}
        self.ask("setldap", _EN, *ldap.items())
        cast = {
            "ENABLE_MULTICAST": "1",
            "SAP_ADDRESS": "224.1.1.1",
            "SAP_PORT": "1",
            "MEDIA_ADDRESS": "224.1.1.2",
            "MEDIA_PORT": "2",
        }
        self.ask("setmulticast", _EN, *cast.items())
        stack = {"STACKING": "0", "GROUPNAME": "g", "AUTODISCOVER": "1", "MASTER": "10.1.1.1"}
        self.ask("setstacking", _EN, *stack.items())
        self.ask("setbanner", ("LANGUAGE", "1"), ("BANNER_MSG", "x"))
        for name in ("getos", "getmulticast", "getstacking", "getldap"):
            self.ask(name, _EN)
        for name in ("getstorage", "getbanner"):
            self.ask(name)
        self.ask("setstorage", *storage.items())
        self.ask("getgk")

    def idle(self) -> None:
        quiet = self.enter(ADMINISTRATOR, PASSWORD)
        for _ in range(3):
            self.scene.now += 1000
            self.ask("getdevinfo")
        self.ask("getdevinfo", by=quiet)
        self.ask("logout", ("LANG", "0"))
