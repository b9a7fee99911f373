"""What a load run measured: latencies in HDR histograms, replies second by second, errors by kind.

Recording is split in two, since the histogram's own `record_value` is pure Python and would cost as much as a whole request. While the
load runs, a latency is one entry in a dictionary `latency -> count`, rounded down to the histogram's own resolution by `bucket`, so that
there are at most some 20,000 entries whatever comes; afterwards each entry is recorded once with its count. The histogram is the same as
if every latency had been recorded singly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hdrh.histogram import HdrHistogram  # type: ignore[import-untyped]

LOWEST_US = 1
HIGHEST_US = 60_000_000
DIGITS = 3  # significant ones
PERCENTILES = (50.0, 90.0, 99.0, 99.9, 99.99)
# Up to here the histogram tells single microseconds apart: the power of two from 2 * 10 ** DIGITS on.
EXACT_US = 2048
SHIFT = EXACT_US.bit_length() - 1


def bucket(latency_us: int) -> int:
    """The smallest latency that the histogram does not tell apart from this one; 60 s at most, 1 us at least.

    The loop has the same three lines inline, since a call costs more than they do.
    """
    if latency_us >= EXACT_US:
        latency_us = min(latency_us, HIGHEST_US)
        shift = latency_us.bit_length() - SHIFT
        return latency_us >> shift << shift
    return max(latency_us, LOWEST_US)


def histogram_of(counts: Mapping[int, int]) -> HdrHistogram:
    """A histogram of latencies in microseconds."""
    histogram = HdrHistogram(LOWEST_US, HIGHEST_US, DIGITS)
    for latency_us, count in counts.items():
        histogram.record_value(bucket(latency_us), count)
    return histogram


def merged(histograms: Iterable[HdrHistogram]) -> HdrHistogram:
    """All in one; exact, since every histogram here has the same limits."""
    whole = HdrHistogram(LOWEST_US, HIGHEST_US, DIGITS)
    for histogram in histograms:
        whole.add(histogram)
    return whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """What happened in one second of the measured part; the last one may be shorter.

    Attributes:
        at_s: seconds from the start of the measured part to its begin.
        length_s: its length in seconds.
        replies: replies that came, right or wrong.
        violations: wrong replies, and replies that did not come.
        errors: connections that ended or stalled, and connections that could not be made.
    """

    at_s: float
    length_s: float
    replies: int
    violations: int
    errors: int


class Recorder:
    """Collects one part of a run.

    Args:
        kinds: names of the kinds of requests.
        began_ns: its beginning on the loop's clock.
    """

    def __init__(self, kinds: Iterable[str], began_ns: int) -> None:
        self.counts: dict[str, defaultdict[int, int]] = {kind: defaultdict(int) for kind in kinds}
        self.replies = 0
        self.violations = 0
        self.bytes_sent = 0
        self.bytes_received = 0
        self.errors: dict[str, int] = {}
        self.seconds: list[Second] = []
        self.began_ns = began_ns
        self.ended_ns = began_ns
        self._told = (0, 0, 0)  # replies, violations, errors of the seconds before

    @property
    def length_s(self) -> float:
        """Seconds from its beginning to its last tick."""
        return (self.ended_ns - self.began_ns) / 1e9

    def error(self, kind: str) -> None:
        """Count a connection that ended or could not be made."""
        self.errors[kind] = self.errors.get(kind, 0) + 1

    def tick(self, now_ns: int) -> Second:
        """A second is over, or the part."""
        totals = (self.replies, self.violations, sum(self.errors.values()))
        replies, violations, errors = (now - before for now, before in zip(totals, self._told, strict=True))
        second = Second(
            at_s=self.length_s,
            length_s=(now_ns - self.ended_ns) / 1e9,
            replies=replies,
            violations=violations,
            errors=errors,
        )
        self.seconds.append(second)
        self.ended_ns, self._told = now_ns, totals
        return second
