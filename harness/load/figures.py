"""From what was recorded to figures: percentiles, and the histograms themselves, so that runs can be merged exactly."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hdrh.histogram import HdrHistogram  # type: ignore[import-untyped]

from harness.load.record import PERCENTILES, Recorder, histogram_of, merged


def latency(histogram: HdrHistogram) -> dict[str, Any]:
    """Percentiles in microseconds, and the histogram in HdrHistogram's own encoding (V2, deflated, base64)."""
    count = histogram.get_total_count()
    values = histogram.get_percentile_to_value_dict(list(PERCENTILES)) if count else {}
    return {
        "count": count,
        "mean": round(histogram.get_mean_value(), 1) if count else 0,
        "min": histogram.get_min_value() if count else 0,
        "percentiles": {f"{percentile:g}": values.get(percentile, 0) for percentile in PERCENTILES},
        "max": histogram.get_max_value() if count else 0,
        "histogram": histogram.encode().decode(),
    }


def operation_figures(recorder: Recorder, order: Iterable[str]) -> dict[str, Any]:
    """Latency of all replies, and replies and latency by operation, in this order; none that had no reply."""
    histograms = {kind: histogram_of(counts) for kind in order if (counts := recorder.counts.get(kind))}
    return {
        "latency_us": latency(merged(histograms.values())),
        "operations": {
            kind: {
                "replies": histogram.get_total_count(),
                "replies_per_s": round(histogram.get_total_count() / recorder.length_s, 3)
                if recorder.length_s
                else 0.0,
                "latency_us": latency(histogram),
            }
            for kind, histogram in histograms.items()
        },
    }
