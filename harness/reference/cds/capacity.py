"""Capacity: how many streams ran at once in a period, and how much they took, computed from the streams themselves."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from operator import add

from harness.reference.cds.streams import DATA_BEGIN, HOUR, LATER, LONGEST, Streams

_SPAN = LATER + HOUR - DATA_BEGIN + 2 * LONGEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Peaks:
    """The greatest numbers at one time in a period; the bandwidth is megabits a second."""

    hd: int
    sd: int
    bandwidth: int
    counter: int


class Capacity:
    """Peaks by period, for all streams or for those of one service group or play server.

    What was streamed before the server started is added up once for each of these, a second of work for a million streams.
    """

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._added: dict[tuple[int | None, int | None], tuple[list[int], list[int], list[int]]] = {}

    def peaks(self, begin: int, end: int, now: int, group: int | None = None, server: int | None = None) -> Peaks:
        """The peaks of a period, both ends included, so far."""
        begin, end = max(begin, DATA_BEGIN), min(end, now)
        if begin > end:
            return Peaks(hd=0, sd=0, bandwidth=0, counter=0)
        high, low, rate = (self._part(curve, begin, end) for curve in self._curves(group, server))
        self._add_active(begin, end, group, server, (high, low, rate))
        return Peaks(
            hd=max(high),
            sd=max(low),
            bandwidth=-(-max(rate) // 1_000_000),
            counter=max(map(add, high, low)),
        )

    def _part(self, curve: list[int], begin: int, end: int) -> list[int]:
        part = curve[begin - DATA_BEGIN : end + 1 - DATA_BEGIN]
        return part + [0] * (end + 1 - begin - len(part))

    def _add_active(
        self, begin: int, end: int, group: int | None, server: int | None, curves: tuple[list[int], ...]
    ) -> None:
        """Put in the streams that ran when the server started."""
        streams = self._streams
        for number in range(streams.first_active, streams.count):
            one, other = max(begin, streams.start(number)), min(end, streams.end(number))
            if one > other or group not in (None, streams.group(number)):
                continue
            if server not in (None, streams.server(number)):
                continue
            first = streams.items(number)[0]
            for curve, more in ((curves[0 if first.high else 1], 1), (curves[2], first.bitrate)):
                for when in range(one - begin, other - begin + 1):
                    curve[when] += more

    def _curves(self, group: int | None, server: int | None) -> tuple[list[int], list[int], list[int]]:
        """Streams of high and of standard definition, and bits, in each second since the data begins."""
        if (group, server) not in self._added:
            streams = self._streams
            high, low, rate = ([0] * (_SPAN + 1) for _ in range(3))
            for number in range(streams.first_active):
                if group not in (None, streams.group(number)) or server not in (None, streams.server(number)):
                    continue
                first = streams.items(number)[0]
                begin = streams.start(number) - DATA_BEGIN
                end = begin + streams.length(number) + 1
                curve = high if first.high else low
                curve[begin] += 1
                curve[end] -= 1
                rate[begin] += first.bitrate
                rate[end] -= first.bitrate
            self._added[group, server] = tuple(list(accumulate(curve)) for curve in (high, low, rate))  # type: ignore[assignment]
        return self._added[group, server]
