"""The device's world: its objects, and the small rules that hold between them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime


class Silent(str):
    """A value that says nothing for now: a reading may leave it out, or blank."""

    __slots__ = ()


# The device's time of day when it starts, GMT: some time after the document was written.
STARTED = datetime(2007, 11, 5, 8, 0, tzinfo=UTC)

# H.323 connections: states by index; the texts that the document gives with them.
MENU, RUNNING, PAUSED = 0, 1, 2
STATUS = ("Menu", "Running", "Paused")
FIRST_LINK = 1024


@dataclass(slots=True, kw_only=True)
class Account:
    """An endpoint or a user: field -> value."""

    id: str
    name: str
    values: dict[str, str]
    touched: bool = False  # modified once; only faults ask
    born: dict[str, str] = field(default_factory=dict)  # its values when it was added; only faults ask


@dataclass(slots=True, kw_only=True)
class Group:
    """A group and the ids of its members, users and endpoints mixed."""

    id: str
    name: str
    description: str
    members: list[str]
    first_description: str = ""  # only faults ask
    lost: int = 0  # members whose account was deleted; only faults ask
    outside: list[str] = field(default_factory=list)  # who was not in it when it was made; only faults ask


@dataclass(slots=True, kw_only=True)
class Room:
    """A point-to-point meeting room; `joiners` and `viewers` are ids of groups."""

    index: int
    values: dict[str, str]
    joiners: list[str]
    viewers: list[str]


@dataclass(slots=True, kw_only=True)
class Media:
    """An archive or a live stream; `began` in seconds since 1970, `length` in seconds."""

    id: str
    values: dict[str, str]
    began: float
    length: int
    viewers: list[str]


@dataclass(slots=True, kw_only=True)
class Link:
    """An H.323 connection; `began` is when what it records now began, in device seconds."""

    index: int
    values: dict[str, str]
    state: int = MENU
    began: float = 0.0
    told: str = ""  # a text that stays behind; only faults ask
    quick: dict[str, str] = field(default_factory=dict)  # what a quick record was asked for
    viewers: list[str] = field(default_factory=list)


class World:
    """All objects of the device.

    Args:
        clock: device seconds.
        seed: of the ids and of whatever else is random.
    """

    def __init__(self, clock: Callable[[], float], seed: int = 0) -> None:
        self.clock = clock
        self.random = random.Random(f"rss {seed}")  # noqa: S311  ids of a test device, repeatable on purpose
        self.endpoints: dict[str, Account] = {}  # by name
        self.users: dict[str, Account] = {}
        self.groups: dict[str, Group] = {}  # by id
        self.rooms: dict[int, Room] = {}
        self.archives: dict[str, Media] = {}
        self.lives: dict[str, Media] = {}
        self.links: dict[int, Link] = {}
        self.settings: dict[str, dict[str, str]] = {}  # by name of the setting in the model
        self.single_point: list[str] = []  # ids of groups
        self.prompts: dict[tuple[str, str], str] = {}  # index and language -> file
        self.banners: dict[str, str] = {}  # by language
        self.files: tuple[str, ...] = ()  # local files for prompts and logos
        self.keys: tuple[str, ...] = ()
        self.licence: dict[str, str] = {}
        self.multicasts: dict[str, None] = {}  # in the order in which they were started
        self.system: dict[str, str] = {}
        self.added_users: set[str] = set()  # only faults ask
        self.gone: dict[str, Media] = {}  # deleted archives; only faults ask
        self.past: dict[str, tuple[str, str]] = {}  # deleted users by name: password, privilege; only faults ask
        self.lost_endpoints: list[Account] = []  # only faults ask

    def new_id(self) -> str:
        """A GUID in the spelling of the document's examples: the last two groups run together."""
        digits = f"{self.random.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{digits[16:]}"

    def now(self) -> float:
        """The device's time, in seconds since 1970."""
        return STARTED.timestamp() + self.clock()

    def members(self) -> dict[str, str]:
        """Everybody who can be a member of a group: id -> name, users first."""
        return {one.id: one.name for one in (*self.users.values(), *self.endpoints.values())}

    def group_named(self, name: str) -> Group | None:
        """The group of a name."""
        return next((group for group in self.groups.values() if group.name == name), None)

    def forget_member(self, member: str) -> None:
        """An account is gone: no group has it any more."""
        for group in self.groups.values():
            if member in group.members:
                group.members.remove(member)

    def _rights(self) -> list[list[str]]:
        """Every list of groups."""
        lists = [self.single_point]
        lists += [one for room in self.rooms.values() for one in (room.joiners, room.viewers)]
        lists += [media.viewers for media in (*self.archives.values(), *self.lives.values())]
        lists += [link.viewers for link in self.links.values()]
        return lists

    def holds_group(self, group: str) -> bool:
        """Whether a right names a group."""
        return any(group in ids for ids in self._rights())

    def forget_group(self, group: str) -> None:
        """A group is gone: no right names it any more."""
        for ids in self._rights():
            if group in ids:
                ids.remove(group)

    def add_link(self, address: str, values: Mapping[str, str]) -> Link:
        """A call from here is up, under the first index that is free."""
        index = next(one for one in range(FIRST_LINK, FIRST_LINK + len(self.links) + 1) if one not in self.links)
        dotted = address.count(".") == 3 and all(part.isdecimal() for part in address.split("."))
        fixed = {
            "IP": address if dotted else "192.0.2.200",
            "E164": address if address.isdecimal() else "",
            "H323": "" if dotted or address.isdecimal() else address,
            "STARTTIME": date_text(moment(self.now())),
            "MEETINGROOM": "N/A",
            "NETWORK": "0%",
            "VIDEO": "H.264",
            "AUDIO": "G.722",
        }
        self.links[index] = link = Link(index=index, values={**fixed, **values})
        return link

    def add_archive(self, name: str, began: float, length: int, values: dict[str, str], viewers: list[str]) -> Media:
        """A recording is finished. `values` are those that do not follow from the rest."""
        at = moment(began)
        identity = self.new_id()
        stem = "".join(char if char.isascii() and char.isalnum() else "_" for char in name)
        file = f"{stem}_{identity[:8]}_WMV.asf"
        fixed = {
            "CONF_ID": identity,
            "NAME": name,
            "DESCRIPTION": name,
            "REC_TIME": date_text(at),
            "DURATION": f"{length // 3600:02}:{length // 60 % 60:02}:{length % 60:02}",
            "URL": file,
            "EMAIL_LINK": file,
            "CATALOG": "0",
            "UPLOAD": "0",
            "SERVER": self.system["SERVER"],
            "REFERENCEID": Silent(),
            "ACCESSTYPE": "1",
            "DENY_AUTO_DELETE": "0",
            "PIN": "",
            "QUICKCODE": f"{len(self.archives) + len(self.gone) + 1:06}",
            "DOWNLOAD": "0",
        }
        media = Media(id=identity, values=fixed | values, began=began, length=length, viewers=viewers)
        self.archives[identity] = media
        return media


def date_text(at: datetime) -> str:
    """A date as the document writes it: Jun 15,2006 22:15:35."""
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{months[at.month - 1]} {at.day},{at.year} {at:%H:%M:%S}"


def moment(seconds: float) -> datetime:
    """A time in seconds since 1970 as a date, GMT."""
    return datetime.fromtimestamp(seconds, UTC)
