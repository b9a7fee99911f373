"""Figures of a load: counting first and recording afterwards gives the same histogram as recording each latency; parts add up."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hdrh.histogram import HdrHistogram  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from harness.load.figures import latency, operation_figures
from harness.load.record import (
    DIGITS,
    EXACT_US,
    HIGHEST_US,
    LOWEST_US,
    PERCENTILES,
    Recorder,
    bucket,
    histogram_of,
    merged,
)

LATENCIES = st.lists(st.one_of(st.integers(1, 5000), st.integers(1, HIGHEST_US)), min_size=1, max_size=60)


def one_by_one(latencies: list[int]) -> HdrHistogram:
    histogram = HdrHistogram(LOWEST_US, HIGHEST_US, DIGITS)
    for latency_us in latencies:
        assert histogram.record_value(latency_us)
    return histogram


def counted(latencies: list[int]) -> HdrHistogram:
    counts: defaultdict[int, int] = defaultdict(int)
    for latency_us in latencies:
        counts[bucket(latency_us)] += 1
    return histogram_of(counts)


def figures(histogram: HdrHistogram) -> tuple[object, ...]:
    values = histogram.get_percentile_to_value_dict(list(PERCENTILES))
    return histogram.encode(), values, histogram.get_min_value(), histogram.get_max_value(), histogram.get_total_count()


@given(LATENCIES)
def test_counting_first_gives_the_histogram_of_recording_each(latencies: list[int]) -> None:
    assert figures(one_by_one(latencies)) == figures(counted(latencies))


@given(LATENCIES, LATENCIES)
def test_merging_is_exact(one: list[int], other: list[int]) -> None:
    """Also of histograms that come back from their encoding, as those of other machines do."""
    back = [HdrHistogram.decode(counted(part).encode()) for part in (one, other)]
    assert figures(one_by_one(one + other)) == figures(merged(back))


@pytest.mark.parametrize(
    ("latency_us", "expected"),
    [
        (0, 1),
        (1, 1),
        (EXACT_US - 1, EXACT_US - 1),
        (2049, 2048),
        (4095, 4094),
        (4099, 4096),
        (10**9, bucket(HIGHEST_US)),
    ],
)
def test_a_latency_is_rounded_down_to_what_the_histogram_tells_apart(latency_us: int, expected: int) -> None:
    assert expected == bucket(latency_us)


@given(st.integers(1, HIGHEST_US))
def test_rounding_keeps_three_digits(latency_us: int) -> None:
    assert bucket(latency_us) <= latency_us < bucket(latency_us) * 1.001 + 1


def test_percentiles_are_those_of_the_sorted_latencies() -> None:
    row = latency(counted(list(range(1, 1001))))
    assert {"50": 500, "90": 900, "99": 990, "99.9": 999, "99.99": 1000} == row["percentiles"]
    assert (1000, 1, 1000) == (row["count"], row["min"], row["max"])


def test_nothing_recorded_is_no_latency() -> None:
    row = latency(histogram_of({}))
    assert (0, 0, 0) == (row["count"], row["max"], row["percentiles"]["99"])


def test_seconds_add_up_to_the_part() -> None:
    recorder = Recorder(("a",), 5_000_000_000)
    for replies, violations, at_s in ((10, 0, 6), (0, 0, 7), (7, 2, 7.5)):
        recorder.replies += replies
        recorder.violations += violations
        if violations:
            recorder.error("closed")
        recorder.tick(int(at_s * 1e9))
    assert [10, 0, 7] == [second.replies for second in recorder.seconds]
    assert [0, 0, 2] == [second.violations for second in recorder.seconds]
    assert [0, 0, 1] == [second.errors for second in recorder.seconds]
    assert [0.0, 1.0, 2.0] == [second.at_s for second in recorder.seconds]
    assert [1.0, 1.0, 0.5] == [second.length_s for second in recorder.seconds]
    assert 2.5 == recorder.length_s


def test_operations_add_up_to_all_and_stand_in_the_order_asked_for() -> None:
    recorder = Recorder(("b", "a", "never"), 0)
    recorder.counts["b"][100] += 3
    recorder.counts["a"][200] += 1
    recorder.tick(2_000_000_000)
    found = operation_figures(recorder, ("a", "b", "never"))
    assert ["a", "b"] == list(found["operations"])
    assert [1, 3] == [row["replies"] for row in found["operations"].values()]
    assert [0.5, 1.5] == [row["replies_per_s"] for row in found["operations"].values()]
    assert (4, 200) == (found["latency_us"]["count"], found["latency_us"]["max"])
