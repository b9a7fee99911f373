"""The default world of the RSS 2000 reference server, and its objects by fixture key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from harness.reference.rss2000.state import (
    FIRST_LINK,
    STARTED,
    Account,
    Group,
    Link,
    Media,
    Room,
    Silent,
    World,
    date_text,
)

ADMINISTRATOR, PASSWORD = "Administrator", "rss-2000 admin"
ORDINARY, ORDINARY_PASSWORD = "viewer", "look & see"

# name, full name, e-mail, password, privilege.
_USERS = (
    (ADMINISTRATOR, "Administrator", "", PASSWORD, "0"),
    (ORDINARY, "Vera Viewer", "viewer@example.com", ORDINARY_PASSWORD, "1"),
    ("liling", "Li Ling", "liling@example.com", "river", "0"),
    ("test", "dst", "", "", "1"),
    ("jürgen", "Jürgen Groß", "jg@example.com", "geheim", "1"),
    ("r&d", 'Research "&" Development', "", "rd", "1"),
)
# name, address, options, E.164, alias. The addresses are of documentation networks (RFC 5737).
_ENDPOINTS = (
    ("6000", "192.0.2.60", "0", "", ""),
    ("8000", "192.0.2.80", "1", "8000", "VSX 8000"),
    ("Boardroom", "192.0.2.81", "1", "0815", "Board <room>"),
    ("Hörsaal", "192.0.2.82", "0", "4711", "会議室"),
    ("Lab 3", "192.0.2.83", "0", "", "lab3"),
)
# name, description, users, endpoints.
_GROUPS = (
    ("Group1", "aaaa", (ADMINISTRATOR, "liling", "test"), ("6000",)),
    ("Group 2", "", ("jürgen",), ()),
    ("R&D", 'the "lab" <3>', ("r&d", "liling"), ("Lab 3", "8000")),
)
# name, number, content, live, rate, video, record right, view right, groups that may join, groups that may view.
_ROOMS = (
    ("H239", "1002", "1", "1", "768", "3", "1", "2", ("Group1",), ("Group1",)),
    ("Room1", "1001", "0", "0", "768", "3", "0", "1", (), ()),
    ("Saal Süd", "0042", "1", "0", "1920", "2", "0", "2", (), ("Group 2", "R&D")),
)
_NAMES = (
    "Weekly review",
    "All hands",
    "R&D status",
    "Übergabe",
    "Training 会議",
    "Sales call",
    "Board meeting",
    "Weekly review",
)
_RATES, _VIDEO = (384, 768, 512, 1920, 128, 768), ("H.264", "H.263", "H.261", "H.263+", "H.264")
_SERVERS = ("192.0.2.20", "192.0.2.21", "192.0.2.20")
# Lengths and sizes whose order as numbers is another one than as texts.
_LENGTHS = (453, 114, 3725, 59, 7200, 10, 1830, 114, 36_001)

ARCHIVES, LINKS, LIVES = 48, 6, 3
_FILES = ("\\rss7D.tmp", "\\rss80.tmp", "\\welcome 2.wav")
_KEYS = ("KFE0-4E53-AB20-0000-07FF", "K3A1-90C2-77D0-0001-07FF", "K771-0B1D-5E20-0002-03FF")

SETTINGS = {
    "gatekeeper": {"USEGK": "0", "GKIP": "192.0.2.49", "GKPORT": "1719", "E164": "1897", "H323": "RSS 2000"},
    "language": {"LANG": "0"},
    "storage": {
        "FTP": "192.0.2.10", "PATH": "\\rssbackup", "USER": "upload", "PASSWORD": "test", "AUTO_SAVE": "1", "SAVE_INTERVAL": "1",
        "START_TIME": "1", "END_TIME": "2", "AUTO_DEL": "1", "DEL_INTERVAL": "7",
    },
    "ip": {
        "INDEX": "0", "DEVIP": "192.0.2.20", "DEVMASK": "255.255.255.0", "GATEWAY": "192.0.2.254",
        "DCHP": "0", "DNS1": "192.0.2.53", "DNS2": "192.0.2.54", "DCHPDNS": "0",
    },
    "single-point": {"DUALVIDEO": "0", "IFRAMEINTERVAL": "1", "BROADCAST": "1", "RECORDRIGHT": "1", "VIEWRIGHT": "1"},
    "ldap": {"USE_LDAP": "0", "LDAP_SERVER": "", "LDAP_USER": "", "LDAP_PASSWORD": ""},
    "multicast": {
        "ENABLE_MULTICAST": "1", "SAP_ADDRESS": "224.2.127.254", "SAP_PORT": "9875", "MEDIA_ADDRESS": "239.10.0.1", "MEDIA_PORT": "5004",
    },
    "logging": {
        "SYSTEM_LEVEL": "1", "RAS_LEVEL": "0", "Q931_LEVEL": "0", "H245_LEVEL": "0", "NEWFILE_PERIOD": "1", "MAX_FILESIZE": "10",
    },
    "os": {
        "FILEWALL": "1", "NTP": "0", "NTP_SERVER": "192.0.2.123", "TIMEZONE": "8", "AUTO_UPDATE": "1", "UPDATE_PERIOD": "0", "UPDATE_HOUR": "3",
    },
    "stacking": {"STACKING": "0", "GROUPNAME": "", "AUTODISCOVER": "0", "MASTER": "192.0.2.20"},
}  # fmt: skip

_SYSTEM = {
    "PRODUCTNAME": "Polycom Recording Streaming Server",
    "VERSION": "3.0.0.017, Build: Oct 24 2007 15:03:01",
    "TYPE": "RSS 2000",
    "H323COUNT": "40",
    "VODCOUNT": "100",
    "RECABILITY": "20",
    "ACTIVATED": "1",
    "SERVER": "192.0.2.20",
}


class DefaultWorld:
    """Fills a world; the same seed gives the same ids.

    Args:
        world: an empty one.
        rows: archives; None is the default.
    """

    def __init__(self, world: World, rows: int | None) -> None:
        self._world = world
        world.system = dict(_SYSTEM)
        world.settings = {name: dict(values) for name, values in SETTINGS.items()}
        world.files, world.keys = _FILES, _KEYS
        world.licence = {
            "SERIAL": "000F1F214C08", "VERSION_RUNNING": "3.0.0.017", "ACTIVE_KEY": _KEYS[0], "STATUS": "1",
            "VERSION_PENDING": "3.0.0.018", "VERSION_REQUIRED": "2.1.1.002", "PENDING_KEY": "",
        }  # fmt: skip
        world.banners = {"0": "Welcome", "1": "欢迎", "2": "ようこそ"}
        self._accounts()
        self._recordings(ARCHIVES if rows is None else rows)

    def _accounts(self) -> None:
        world = self._world
        for name, full, mail, password, privilege in _USERS:
            user = {
                "FULLNAME": full,
                "EMAIL": mail,
                "PASSWORD": password,
                "PRIVILEGE": privilege,
                "OPTIONS": Silent("0"),
            }
            world.users[name] = Account(id=world.new_id(), name=name, values=user)
        for name, address, flag, number, alias in _ENDPOINTS:
            values = {"SOURCEIP": address, "FLAG": flag, "E164": number, "H323": alias, "TITLE": Silent("")}
            world.endpoints[name] = Account(id=world.new_id(), name=name, values=values)
        for name, description, users, endpoints in _GROUPS:
            members = [world.users[one].id for one in users] + [world.endpoints[one].id for one in endpoints]
            identity = world.new_id()
            world.groups[identity] = Group(
                id=identity, name=name, description=description, members=members, first_description=description
            )
        named = {group.name: group.id for group in world.groups.values()}
        world.single_point.append(named["Group1"])
        for index, (name, number, content, live, rate, video, record, view, joiners, viewers) in enumerate(_ROOMS):
            values = {
                "ROOM_ID": name, "ROOM_NUM": number, "DUALVIDEO": content, "BROADCAST": live, "RATE": rate, "VIDEO_FORMAT": video,
                "RECORDRIGHT": record, "VIEWRIGHT": view, "IFRAMEINTERVAL": "1", "PARTINOW": "0", "PARTIMAX": "2",
            }  # fmt: skip
            world.rooms[index] = Room(
                index=index,
                values=values,
                joiners=[named[one] for one in joiners],
                viewers=[named[one] for one in viewers],
            )

    def _recordings(self, count: int) -> None:
        world, draw = self._world, self._world.random
        groups = list(world.groups)
        begin = (STARTED - timedelta(days=90)).timestamp()
        for number in range(count):
            # Some names twice, some times too: equal keys of a sort are part of every list.
            name = f"{_NAMES[number % len(_NAMES)]} {number // 8 * 3 % 4}"
            begin += 0 if number % 11 == 10 else draw.randrange(600, 90_000)
            limited = number % 5 == 2
            world.add_archive(
                name,
                begin,
                _LENGTHS[number % len(_LENGTHS)],
                {
                    "DESCRIPTION": name if number % 3 else f'About <{name}> & "more"',
                    "SIZE": str(11_202 if number % 7 == 6 else draw.randrange(900, 350_050)),
                    "RATE": str(_RATES[number % len(_RATES)]),
                    "H239": str(number % 2),
                    "VIDEO_FORMAT": _VIDEO[number % len(_VIDEO)],
                    "SERVER": _SERVERS[number % len(_SERVERS)],
                    "UPLOAD": str(number // 3 % 2),
                    "REFERENCEID": f"ref-{number:04}" if number % 4 == 0 else Silent(),
                    "ACCESSTYPE": "2" if limited else str(number % 2),
                    "DENY_AUTO_DELETE": str(number // 2 % 2),
                    "PIN": "1234" if number % 6 == 5 else "",
                },
                groups[number % 2 : number % 2 + 2] if limited else [],
            )
        for number in range(LIVES):
            values = {"SIZE": Silent("0"), "RATE": "384", "H239": "0", "VIDEO_FORMAT": "H.264", "CATALOG": "1"}
            values |= {"URL": str(5100 + 2 * number), "UPLOAD": Silent("0"), "QUICKCODE": ""}
            live = world.add_archive(f"Live {number + 1}", world.now() - 60 * number, 60 * number, values, [])
            del world.archives[live.id]
            world.lives[live.id] = live
        for number in range(LINKS):
            values = {
                "IP": f"192.0.2.{151 + number}", "E164": str(120151 + number), "H323": f"VSX {number} & more", "MEETINGROOM": "N/A",
                "STARTTIME": date_text(STARTED - timedelta(minutes=7 * number)), "NETWORK": "0%", "VIDEO": "H.264", "AUDIO": "G.722",
                "H239": str(number % 2),
            }  # fmt: skip
            world.links[FIRST_LINK + number] = Link(index=FIRST_LINK + number, values=values)

    def fixtures(self) -> Mapping[str, object]:
        """Every fixture key but the spelling of the root, which a tester is to find out."""
        world = self._world
        users = [user for user in world.users.values() if user.name not in (ADMINISTRATOR, ORDINARY)]
        archives: list[Media] = list(world.archives.values())
        return {
            "ordinary_user": ORDINARY,
            "ordinary_password": ORDINARY_PASSWORD,
            "user_names": [user.name for user in users],
            "user_ids": [user.id for user in users],
            "endpoint_names": [endpoint.name for endpoint in world.endpoints.values()],
            "endpoint_ids": [endpoint.id for endpoint in world.endpoints.values()],
            "group_names": [group.name for group in world.groups.values()],
            "group_ids": list(world.groups),
            "room_indexes": list(world.rooms),
            "room_names": [room.values["ROOM_ID"] for room in world.rooms.values()],
            "archive_ids": [media.id for media in archives],
            "live_ids": list(world.lives),
            "h323_links": list(world.links),
            "ivr_files": list(world.files),
            "cfs_keys": list(world.keys),
        }

    def credentials(self) -> Mapping[str, str]:
        """An administrator."""
        return {"user": ADMINISTRATOR, "password": PASSWORD}
