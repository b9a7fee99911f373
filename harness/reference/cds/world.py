"""Everything that the device knows: streams, trick modes, errors, contents, machines, capacity, and what time it is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from harness.reference.cds.capacity import Capacity
from harness.reference.cds.choices import Choices
from harness.reference.cds.contents import (
    SERVER_IDS,
    SERVICE_GROUPS,
    UNKNOWN_SERVER_ID,
    UNKNOWN_SERVICE_GROUP,
    contents,
    devices,
)
from harness.reference.cds.errors import stream_errors
from harness.reference.cds.streams import BUSY, DATA_BEGIN, DEFAULT_ROWS, HOUR, NOW, QUIET, Streams
from harness.reference.cds.tricks import Tricks
from harness.reference.system import Setup

# Objects of each kind that a target file lists.
_LISTED = 8


class World:
    """The default world; one seed and size give one world, whatever the time of day.

    Args:
        setup: size, seed and clock; the model has the types of devices.
        choices: the readings.
    """

    def __init__(self, setup: Setup, choices: Choices) -> None:
        rows = DEFAULT_ROWS if setup.rows is None else setup.rows
        self._clock = setup.clock
        self.contents = contents(setup.seed, DATA_BEGIN)
        self.devices = devices(_device_types(setup))
        self.streams = Streams(rows, setup.seed, self.contents)
        self.tricks = Tricks(self.streams, setup.seed, choices)
        self.errors = stream_errors(self.streams, setup.seed)
        self.groups = SERVICE_GROUPS
        self.servers = SERVER_IDS

    def now(self) -> int:
        """The device's time in UNIX seconds."""
        return NOW + int(self._clock())

    @cached_property
    def capacity(self) -> Capacity:
        """Peaks of any period."""
        return Capacity(self.streams)

    def fixtures(self, counts: Mapping[str, int]) -> dict[str, object]:
        """The objects of this world by fixture key; `counts`: rows by message."""
        streams = self.streams
        last = max(0, streams.count - 1)
        # Some with trick modes, playlists among them, some without.
        tricky = [
            number for number in self.tricks.by_stream if number in range(streams.busy.first, streams.first_active)
        ]
        single = [number for number in tricky if not streams.playlist(number)][: _LISTED // 2]
        several = [number for number in tricky if streams.playlist(number)][: _LISTED // 2]
        plain = [number for number in streams.between(BUSY, BUSY + HOUR - 1)[:64] if number not in single + several]
        chosen = [
            *single,
            *several,
            *plain[: _LISTED // 2],
            *[n for n in plain[_LISTED // 2 :] if streams.playlist(n)][:2],
        ]
        active = sorted(range(streams.first_active, streams.count), key=streams.end, reverse=True)[:_LISTED]
        ends = [streams.recorded(number) for number in range(streams.first_active, streams.count)]
        return {
            "data_from": streams.start(0) if streams.count else DATA_BEGIN,
            "data_to": streams.start(last) if streams.count else DATA_BEGIN,
            "data_end": max([streams.latest(NOW), *ends, *(error.at for error in self.errors)], default=DATA_BEGIN),
            "busy_hour_from": BUSY,
            "busy_hour_to": BUSY + HOUR - 1,
            "quiet_from": QUIET,
            "quiet_to": QUIET + HOUR - 1,
            "row_counts": dict(counts),
            "streams": streams.count,
            "session_ids": [streams.session(number) for number in chosen],
            "single_session_ids": [streams.session(number) for number in chosen if not streams.playlist(number)],
            "playlist_session_ids": [streams.session(number) for number in chosen if streams.playlist(number)],
            "completed_stream_ids": [streams.stream_id(number) for number in chosen],
            "completed_stream_sessions": [streams.session(number) for number in chosen],
            "completed_stream_starts": [streams.start(number) for number in chosen],
            "completed_stream_ends": [streams.end(number) for number in chosen],
            "active_stream_ids": [streams.stream_id(number) for number in active],
            "active_stream_sessions": [streams.session(number) for number in active],
            "active_stream_ends": [streams.end(number) for number in active],
            "clock_speed": 1.0,
            "unknown_stream_ids": ["looney.mpg::6/20/2011|22:59:47.996098::1", "no stream at all"],
            "unknown_service_group": UNKNOWN_SERVICE_GROUP,
            "unknown_server_id": UNKNOWN_SERVER_ID,
            "server_ids": list(self.servers),
            "service_groups": list(self.groups),
            "content_names": [content.name for content in self.contents],
        }


def _device_types(setup: Setup) -> list[str]:
    """The documented types of devices in their order."""
    document = setup.model.replies["devices"]
    kind = next(
        element.attributes["type"].type for element in document.elements.values() if "type" in element.attributes
    )
    return setup.model.types[kind].choices
