"""What a Discover system knows: devices and their calls, recordings, agents, groups, roles, stations."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

# Device time at which the clock of a world begins, in seconds since 1970.
EPOCH = 1_700_000_000
USERS = tuple(f"USER{number}" for number in range(1, 16))
# Values of a call that requests give and answers show.
CARRIED = ("GROUP", "GATE", "ANI", "DNIS", *USERS, "CALLDIRECTION", "CALLID", "ARCHIVEACTION", "KEEP_DAYS")
NAMING = ("DEVICEALIAS", "SYS_USER", "CRM_USER")


@dataclass(slots=True, eq=False, kw_only=True)
class Agent:
    """Somebody whose calls are recorded, and who may use the portal."""

    id: int
    first: str = ""
    last: str = ""
    employee: str = ""
    status: str = "A"
    sys_user: str = ""
    crm_user: str = ""
    domain: str = ""
    email: str = ""
    username: str = ""
    site: str = ""
    added: str = ""
    changed: str = ""
    phones: list[str] = field(default_factory=list)
    deleted: bool = False


@dataclass(slots=True, eq=False, kw_only=True)
class Recording:
    """What is recorded of a call, or was."""

    id: int
    device: str
    alias: str
    sys_user: str
    crm_user: str
    agent: Agent | None
    values: dict[str, str]
    began: float
    ended: float | None = None
    filename: str = ""
    channel: int = 1
    instance: str = ""
    global_id: str = ""
    partial: bool = False
    paused: bool = False
    changed: bool = False  # after it was saved
    screen: bool = False  # of a chat: no sound


@dataclass(slots=True, eq=False, kw_only=True)
class Call:
    """One call on a device."""

    device: Device
    instance: str
    values: dict[str, str]
    began: float
    order: int  # in which calls began
    active: int  # in which something was last done to calls
    ended: float | None = None
    station: str = ""
    main: Recording | None = None
    partials: list[Recording] = field(default_factory=list)
    global_id: str = ""
    session: str = ""
    first: dict[str, str] = field(default_factory=dict)  # the values of its beginning, for a fault
    pauses: set[tuple[str, str]] = field(default_factory=set)  # keys of the blackouts that pause it

    @property
    def recordings(self) -> list[Recording]:
        """Those under way."""
        known = [self.main, *self.partials] if self.main is not None else self.partials
        return [one for one in known if one is not None and one.ended is None]

    @property
    def recorded(self) -> bool:
        """Whether the call is being recorded."""
        return self.main is not None and self.main.ended is None

    @property
    def paused(self) -> bool:
        """Whether the recording of the call is paused."""
        return self.recorded and self.main is not None and self.main.paused


@dataclass(slots=True, eq=False, kw_only=True)
class Device:
    """One phone."""

    id: str
    alias: str = ""
    trunk: bool = False
    core: int = 1
    calls: list[Call] = field(default_factory=list)  # that are up, in the order in which they began
    last: Call | None = None  # that began last, up or not
    ended: Call | None = None  # that ended last
    recorded: Recording | None = None  # the last finished one


@dataclass(slots=True, kw_only=True)
class Blackout:
    """A blackout that is on, or is to begin."""

    key: tuple[str, str]  # device and instance, or agent
    began: float


@dataclass(slots=True, eq=False, kw_only=True)
class Role:
    """A role of the portal."""

    id: int
    name: str
    description: str = ""
    groups: set[int] = field(default_factory=set)
    users: set[int] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class World:
    """Everything there is.

    Args:
        clock: device seconds from some start.
        seed: of what is random.
    """

    clock: Callable[[], float]
    seed: int = 0
    devices: dict[str, Device] = field(default_factory=dict)
    aliases: dict[str, Device] = field(default_factory=dict)
    holders: dict[str, Agent] = field(default_factory=dict)  # by phone
    agents: dict[int, Agent] = field(default_factory=dict)
    recordings: dict[int, Recording] = field(default_factory=dict)  # finished
    running: dict[int, Recording] = field(default_factory=dict)
    groups: dict[int, str] = field(default_factory=dict)
    members: dict[int, set[tuple[int, str]]] = field(default_factory=dict)
    viewers: dict[int, set[int]] = field(default_factory=dict)
    roles: dict[int, Role] = field(default_factory=dict)
    stations: list[tuple[str, str]] = field(default_factory=list)  # name and device
    screens: dict[str, dict[str, str]] = field(default_factory=dict)  # by computer
    chats: dict[str, dict[str, str]] = field(default_factory=dict)
    blackouts: dict[tuple[str, str], Blackout] = field(default_factory=dict)
    locations: tuple[int, ...] = (1, 2, 3)
    sites: tuple[int, ...] = (1, 2)
    terms: dict[str, str] = field(default_factory=dict)
    cores: tuple[int, ...] = (1, 2)
    channels: int = 4
    moves: Iterator[int] = field(default_factory=lambda: count(1))
    ids: dict[str, Iterator[int]] = field(default_factory=dict)
    due: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)

    def now(self) -> float:
        """Seconds since 1970 on the device."""
        return EPOCH + self.clock()

    def next_id(self, kind: str) -> int:
        """A number that nothing of this kind had before."""
        return next(self.ids[kind])

    def at(self, moment: float, act: Callable[[], None]) -> None:
        """Do something at a moment."""
        heapq.heappush(self.due, (moment, next(self.moves), act))

    def tick(self) -> None:
        """Do what is due."""
        while self.due and self.due[0][0] <= self.now():
            heapq.heappop(self.due)[2]()

    def agent_of(self, device: str) -> Agent | None:
        """Who has a phone."""
        return self.holders.get(device)

    def by_alias(self, alias: str) -> Device | None:
        """The device of an alias."""
        return self.aliases.get(alias)

    def add(self, device: Device) -> Device:
        """A device becomes known."""
        self.devices[device.id] = device
        if device.alias:
            self.aliases[device.alias] = device
        return device

    def station_of(self, device: str) -> str:
        """The station that is mapped to a device."""
        return next((name for name, one in self.stations if one == device), "")

    def known(self, **wanted: str) -> Iterator[Agent]:
        """Agents that are there and have these values."""
        for one in self.agents.values():
            if not one.deleted and all(getattr(one, name) == value for name, value in wanted.items()):
                yield one


def us_time(moment: float) -> str:
    """A moment as most answers write it."""
    when = datetime.fromtimestamp(moment, UTC)
    hour = when.hour % 12 or 12
    return f"{when.month}/{when.day}/{when.year} {hour}:{when:%M:%S} {'PM' if when.hour >= 12 else 'AM'}"
