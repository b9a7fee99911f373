"""The streams of the world, each computed from its number, so that a million cost no memory and no time to build."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from harness.reference.cds.contents import NETWORK, SERVER_IDS, SERVICE_GROUPS, Content

HOUR = 3600

# When the data begins: 2026-01-05T06:00:00Z. A fixed time, so that one seed gives one world.
DATA_BEGIN = 1_767_592_800
QUIET = DATA_BEGIN + HOUR
BUSY = DATA_BEGIN + 2 * HOUR
LATER = DATA_BEGIN + 3 * HOUR
# The device's time when the server starts.
NOW = DATA_BEGIN + 4 * HOUR + 1200

DEFAULT_ROWS = 12_000
_SIDE_ROWS = 400
_ACTIVE_ROWS = 24

# Seconds: no stream is longer; no row is recorded later than this after the end of its stream.
LONGEST = 2400
LAG = 30

_PLAYLIST_EVERY, _PLAYLIST_AT = 13, 5
_SYSTEM_EVERY, _SYSTEM_AT = 9, 4
_FORM_EVERY = 3


@dataclass(frozen=True, slots=True)
class Part:
    """Streams whose starts are spread evenly over a period: numbers `first` to `first + count - 1`."""

    first: int
    count: int
    begin: int
    seconds: int

    def start(self, number: int) -> int:
        """Start time of one of them."""
        return self.begin + (number - self.first) * self.seconds // self.count

    def first_from(self, when: int) -> int:
        """The first of them that starts at a time or later; one past the last if there is none."""
        return self.first + min(self.count, max(0, -((self.begin - when) * self.count // self.seconds)))


class Streams:
    """All streams by number, in the order of their starts.

    Args:
        rows: streams in the busy hour.
        seed: of whatever is random.
        contents: those that are in service are streamed.
    """

    def __init__(self, rows: int, seed: int, contents: tuple[Content, ...]) -> None:
        side, active = min(rows, _SIDE_ROWS), min(rows, _ACTIVE_ROWS)
        sizes = (
            (side, DATA_BEGIN, LONGEST // 2 - 120),
            (rows, BUSY, HOUR),
            (side, LATER, HOUR // 2),
            (active, NOW - 900, 840),
        )
        self.parts = []
        first = 0
        for count, begin, seconds in sizes:
            self.parts.append(Part(first, count, begin, seconds))
            first += count
        self.count = first
        self.first_active = first - active
        self.busy = self.parts[1]
        self._bounds = [part.first for part in self.parts[1:]]
        self._salt = (seed * 0x9E3779B1 + 0x7F4A7C15) & 0xFFFFFFFF
        self.streamed = tuple(content for content in contents if content.state == 1)

    def part(self, number: int) -> Part:
        """The part that a stream belongs to."""
        return self.parts[bisect_right(self._bounds, number)]

    def mix(self, number: int) -> int:
        """32 bits that look random, the same each time."""
        bits = (number * 0x9E3779B1 + self._salt) & 0xFFFFFFFF
        bits = ((bits ^ bits >> 15) * 0x85EBCA6B) & 0xFFFFFFFF
        return bits ^ bits >> 13

    def start(self, number: int) -> int:
        """When a stream started, UNIX seconds."""
        return self.part(number).start(number)

    def length(self, number: int) -> int:
        """Its duration in seconds."""
        if number >= self.first_active:
            # Half of them end within minutes, in another order than they began, the others hours later.
            place = (number - self.first_active) * 7 % _ACTIVE_ROWS
            more = 5 + 15 * place if place < _ACTIVE_ROWS // 2 else HOUR * (place - _ACTIVE_ROWS // 2 + 1)
            return NOW - self.start(number) + more
        return 60 + self.mix(number) % (LONGEST - 60)

    def end(self, number: int) -> int:
        """When it ended, or will."""
        return self.start(number) + self.length(number)

    def recorded(self, number: int) -> int:
        """When it came, or will come, into the database."""
        return self.end(number) + 1 + (self.mix(number) >> 20) % (LAG - 1)

    def between(self, begin: int, end: int) -> range:
        """Numbers of the streams that started in a period, both ends included."""
        first, last = self.count, 0
        for part in self.parts:
            one, other = part.first_from(begin), part.first_from(end + 1)
            if one < other:
                first, last = min(first, one), max(last, other)
        return range(first, max(first, last))

    def playlist(self, number: int) -> bool:
        """Whether it plays several contents."""
        return number % _PLAYLIST_EVERY == _PLAYLIST_AT

    def items(self, number: int) -> tuple[Content, ...]:
        """The contents that it plays, in order."""
        bits = self.mix(number)
        streamed = self.streamed
        first = streamed[bits % len(streamed)]
        if not self.playlist(number):
            return (first,)
        more = 1 + bits % 3
        return (first, *(streamed[(bits >> 3 + step) % len(streamed)] for step in range(more)))

    def group(self, number: int) -> int:
        """Its service group."""
        return SERVICE_GROUPS[(self.mix(number) >> 5) % len(SERVICE_GROUPS)]

    def server(self, number: int) -> int:
        """Id of the play server that streams it."""
        return SERVER_IDS[(self.mix(number) >> 9) % len(SERVER_IDS)]

    def session(self, number: int) -> str:
        """Its session id, in one of three spellings."""
        return _session(number, self.start(number), self.mix(number))

    def stream_id(self, number: int) -> str:
        """Its id for the reconciliation, the number last."""
        when = time.strftime("%-m/%-d/%Y|%H:%M:%S", time.gmtime(self.start(number)))
        return f"{self.items(number)[0].name}::{when}.{self.mix(number) % 1_000_000:06}::{number + 1}"

    def by_stream_id(self, text: str) -> int | None:
        """The stream of that id."""
        last = text.rpartition("::")[2]
        if not (last.isascii() and last.isdecimal() and len(last) < 12):
            return None
        number = int(last) - 1
        return number if 0 <= number < self.count and self.stream_id(number) == text else None

    def values(self, number: int) -> tuple[object, ...]:
        """What a row says of it, in the order of `VALUES`; texts hold no character that XML would escape."""
        part = self.parts[bisect_right(self._bounds, number)]
        start = part.start(number)
        bits = (number * 0x9E3779B1 + self._salt) & 0xFFFFFFFF
        bits = ((bits ^ bits >> 15) * 0x85EBCA6B) & 0xFFFFFFFF
        bits ^= bits >> 13
        end = start + (60 + bits % (LONGEST - 60) if number < self.first_active else self.length(number))
        server = (bits >> 9) % len(SERVER_IDS)
        return (
            start,
            end,
            end + 1 + (bits >> 20) % (LAG - 1),
            0,
            f"C0A8{bits:08X}",
            f"{NETWORK}.{50 + server}",
            SERVICE_GROUPS[(bits >> 5) % len(SERVICE_GROUPS)],
            _session(number, start, bits),
            "sys" if number % _SYSTEM_EVERY == _SYSTEM_AT else "user",
        )

    def completed(self, now: int) -> Iterator[int]:
        """Numbers of the streams that have ended and are recorded."""
        yield from range(self.first_active)
        yield from (number for number in range(self.first_active, self.count) if self.recorded(number) <= now)

    def latest(self, now: int) -> int:
        """The greatest time at which a stream was recorded so far, 0 if none was."""
        latest = 0
        for number in reversed(range(self.count)):
            if number < self.first_active and self.start(number) + LONGEST + LAG <= latest:
                break
            when = self.recorded(number)
            latest = max(latest, when if when <= now else 0)
        return latest


def _session(number: int, start: int, bits: int) -> str:
    form = number % _FORM_EVERY
    if form == 0:
        return f"{start}:{number + 117_644_001}"
    if form == 1:
        return f"C0A800F0DB2A::{start}:{bits % 1_000_000}::{number + 1}"
    return f"EmulatedSession:{NETWORK}.15:{14_996 + number}:{start}{bits % 1000:03}"


VALUES = (
    "startTime",
    "endTime",
    "dbTime",
    "tsidOutputs",
    "macAddress",
    "serverIpAddress",
    "serviceGroup",
    "sessionID",
    "streamType",
)
