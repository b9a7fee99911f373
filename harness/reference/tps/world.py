"""The state of the device: clock, users, receivers, settings, records; conferences have a place of their own in it."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from harness.reference.tps.asking import User, Values

EPOCH = datetime(2016, 4, 18, 9, 0, 0)  # noqa: DTZ001  the document's dates have no zone
MAC = "000D7C0A66C1"
_MOST_RECORDS = 2000
_KINDS = {"conference": 0, "participant": 1, "call": 2, "reservation": 3}


class Meetings(Protocol):
    """Conferences, participants and calls, as the rest of the device sees them."""

    def settle(self, now: float) -> None:
        """Do what is due at a time of the device's clock. It is called before each call, and by a timer."""

    def knows(self, kind: str, name: str) -> bool:
        """Whether a conference, participant or call of this id exists."""

    def figures(self) -> dict[str, int]:
        """What flex.resource.status tells, by its members."""

    def restart(self) -> None:
        """The device restarts: calls end, and what else a restart ends."""


@dataclass(slots=True, eq=False)
class Receiver:
    """A feedback receiver.

    Attributes:
        uri: where it is told.
        source: None where it was given none.
        events: None where it subscribes to all by default.
        first_events: what it subscribed to first.
        first: what it was configured with.
        lane: what waits for it; None as long as nothing does.
        alive: device time of its next flexAlive.
        beats: how many there were.
    """

    uri: str
    source: str | None = None
    events: list[str] | None = None
    first_events: list[str] | None = None
    first: Receiver | None = None
    lane: Any = None
    alive: float = float("inf")
    beats: int = 0


@dataclass(slots=True)
class Key:
    """A feature key or licence key. `addable`: it is one that the device knows."""

    key: str
    feature: str
    licence: bool = False
    ports: int = 0


@dataclass(slots=True, kw_only=True)
class Resources:
    """What flex.resource.query tells."""

    figures: dict[str, int]
    levels: dict[str, list[Values]]
    credit_ranges: list[int]

    def rounded(self, given: int) -> int:
        """Credits taken down to the next entry of the table; below the first entry there are none."""
        return max((level for level in self.credit_ranges if level <= given), default=0)


@dataclass(slots=True, kw_only=True)
class World:
    """All that the device knows.

    Attributes:
        clock: seconds since the server was started, at the device's speed; never set back.
        seed: of its ids.
        resources: limits and tables.
        users: by id.
        receivers: by slot.
        keys: those that are added, in their order.
        known_keys: those that may be.
        settings: of services by name of the subject ("callHome", "sip", ...), members by name.
        records: call detail records; `first_index` is that of the first ever.
        meetings: conferences, participants and calls.
        happened: told of each feedback event that occurs.
        used: told when resources may be used otherwise than before.
        shut_down: device.restart with shutdownOnly was called.
    """

    clock: Callable[[], float]
    seed: int = 0
    resources: Resources
    users: dict[str, User] = field(default_factory=dict)
    receivers: dict[int, Receiver] = field(default_factory=dict)
    keys: list[Key] = field(default_factory=list)
    known_keys: dict[str, Key] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    records: deque[Values] = field(default_factory=lambda: deque(maxlen=_MOST_RECORDS))
    first_index: int = 0
    next_index: int = 0
    restarts: list[tuple[datetime, str]] = field(default_factory=list)
    meetings: Meetings
    happened: Callable[[str], None] = lambda _event: None
    used: Callable[[], None] = lambda: None
    users_changed: int = 0
    shut_down: bool = False
    license_mode: str = "flexible"
    began: float = 0.0  # clock at the last start of the device
    offset: timedelta = field(default_factory=timedelta)  # what setting the clock has moved it by
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311  ids need not be secret

    def now(self) -> datetime:
        """The device's time in UTC, to the second."""
        return (EPOCH + timedelta(seconds=int(self.clock())) + self.offset).replace(microsecond=0)

    def uptime(self) -> int:
        """Whole seconds since the device started."""
        return int(self.clock()) - int(self.began)

    def new_id(self, kind: str) -> str:
        """An id that no object has had: 36 characters, the first of which tells the kind apart."""
        number = self._random.getrandbits(128)
        text = f"{number:032x}"
        return f"{_KINDS[kind]}{text[1:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def record(self, kind: str, **members: Any) -> None:
        """Add a call detail record, of a type of `cdr-event`."""
        self.records.append({"index": self.next_index, "time": self.now(), "type": kind, **members})
        self.next_index += 1
        self.happened("cdrAdded")

    def utc(self, seconds: float) -> datetime:
        """A date from seconds of UNIX time."""
        return datetime.fromtimestamp(int(seconds), UTC).replace(tzinfo=None)
