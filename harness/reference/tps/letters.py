"""What the device sends by itself, as long as it waits: lanes of messages and events, and the form in which they leave, by the readings.

`notify` and `actions` put it here, `courier` sends it; nothing here knows a socket.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.reference.tps.asking import Values
from harness.reference.tps.choices import Choices
from harness.reference.tps.common import Common
from harness.reference.tps.world import MAC
from harness.wire.xmlrpc_write import encode_call, encode_response

NOTIFICATION = "eventNotification"
_WAITING = 64  # messages that wait for one address; the oldest goes first


def _nothing() -> None:
    """Nobody waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message.

    Attributes:
        uri: where it goes.
        body: the XML.
        done: called once, when it has been delivered or given up.
    """

    uri: str
    body: bytes = field(repr=False)
    done: Callable[[], None] = _nothing


@dataclass(slots=True, eq=False)
class Lane:
    """What waits for one address, in the order in which it goes. Events that follow one another go together: each waits once at most.

    Attributes:
        uri: where it goes.
        source: what the device calls itself there.
        events: those that wait.
        letters: messages that wait, before the events.
        busy: a message of it is on its way, or has just been sent.
        deaf: by a fault, nothing is sent any more.
    """

    uri: str
    source: str = ""
    events: dict[str, None] = field(default_factory=dict)
    letters: deque[Letter] = field(default_factory=lambda: deque(maxlen=_WAITING))
    busy: bool = False
    deaf: bool = False


def mac_of(choices: Choices) -> str:
    """The MAC address of port A, as a source identifier has it."""
    match choices.of("TPS-AMB-235"):
        case "small":
            return MAC.lower()
        case "colons":
            return ":".join(MAC[place : place + 2] for place in range(0, 12, 2))
    return MAC


class Post:
    """What waits to be sent.

    Attributes:
        on: which fault is on.
        woken: called with a lane when something waits in it.
        lanes: those in which something waits, for who has no courier.

    Args:
        common: world, readings, faults.
    """

    def __init__(self, common: Common) -> None:
        self._common, self.on = common, common.on
        self.woken: Callable[[Lane], None] = lambda _lane: None
        self.lanes: deque[Lane] = deque(maxlen=4 * _WAITING)
        self._call = common.choices.of("TPS-AMB-240") != "response"

    def wake(self, lane: Lane) -> None:
        """Something waits in a lane."""
        if lane not in self.lanes:
            self.lanes.append(lane)
        self.woken(lane)

    def take(self, lane: Lane) -> Letter | None:
        """The next message of a lane; None where nothing waits."""
        if lane.letters:
            return lane.letters.popleft()
        if not lane.events:
            return None
        events: Any = list(lane.events)
        lane.events.clear()
        if self.on("first-of-several"):
            events = events[:1]
        if self.on("events-misspelled"):
            events = [one.replace("Deletions", "Deletion") for one in events]
        if self.on("one-event-as-text") and len(events) == 1:
            events = events[0]
        return Letter(
            uri=self._address(lane.uri), body=self._written(NOTIFICATION, {"sourceIdentifier": lane.source, "events": events})
        )  # fmt: skip

    def _address(self, uri: str) -> str:
        """Where the messages to a receiver go."""
        if self.on("path-lost"):
            scheme, _, rest = uri.partition("://")
            uri = f"{scheme}://{rest.partition('/')[0]}/"
        return self._scheme(uri.partition("?")[0] if self.on("query-lost") else uri)

    def _scheme(self, uri: str) -> str:
        return uri.replace("https:", "http:", 1) if self.on("sent-without-tls") else uri

    def _written(self, name: str, told: Values) -> bytes:
        if self.on("two-parameters") and name == NOTIFICATION:
            return encode_call(name, *told.values(), writing=self._common.writing)
        shaped = self._common.teller.callback(name, told)
        if not self._call and name == NOTIFICATION:
            return encode_response(shaped, writing=self._common.writing)
        return encode_call(name, shaped, writing=self._common.writing)

    def reply(self, name: str, uri: str, told: Mapping[str, Any], done: Callable[[], None] = _nothing) -> None:
        """Answer a request that named where to: one message, in a lane of its own."""
        lane = Lane(uri)
        lane.letters.append(Letter(uri=self._scheme(uri), body=self._written(name, dict(told)), done=done))
        self.wake(lane)

    def letters(self) -> list[Letter]:
        """All messages that wait, which counts as their delivery: for who has no courier."""
        taken: list[Letter] = []
        while self.lanes:
            lane = self.lanes.popleft()
            while (letter := self.take(lane)) is not None:
                taken.append(letter)
                letter.done()
        return taken
