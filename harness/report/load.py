"""The load report: a section of HTML for any report, and `report.html` of a run that only loads. Made from bench.json and nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.report.html import Section, asset, template
from harness.report.loadtext import BOUND, VERDICTS, microseconds

ANCHOR = "load"
# Written out on the page; bench.json holds all seconds and the first violations.
MAX_SECONDS, MAX_SHOWN = 600, 20
# Points of the chart; longer runs are drawn as means of several seconds.
MAX_POINTS = 400
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 900, 240, 80, 30, 12


def load_section(figures: Mapping[str, Any]) -> Section:
    """The figures of a load run as a section; text of the device in it is escaped."""
    run, validation = figures["run"], figures["validation"]
    body = template("load.html.j2").render(
        us=microseconds,
        run=run,
        measured=figures["measured"],
        validation=validation,
        generator=figures["generator"],
        series=figures["series"],
        shown_series=figures["series"][:MAX_SECONDS],
        shown_violations=MAX_SHOWN,
        left_out={one["name"]: one["why"] for one in run["scenario"]["left_out"]},
        bound="Bound " + BOUND.get(figures["generator"].get("bound_by", ""), ""),
        chart=chart(figures["series"]),
    )
    return Section(anchor=ANCHOR, title="Load", body=body)


def write_load_report(folder: Path, figures: Mapping[str, Any]) -> Path:
    """Write `report.html` of a load run."""
    run, measured = figures["run"], figures["measured"]
    page = template("bench.html.j2").render(
        run=run,
        headline=f"{measured['replies_per_s']:,.0f} replies/s",
        verdict=VERDICTS[run["exit_code"]],
        level={0: "passed", 1: "failed"}.get(run["exit_code"], "inconclusive"),
        section=load_section(figures),
        style=asset("report.css"),
    )
    path = folder / "report.html"
    path.write_bytes(page.encode("utf-8", "replace"))
    return path


def chart(series: Sequence[Mapping[str, float]]) -> str:
    """Replies a second over time as SVG, with a title and a description for those who do not see it."""
    points = _points(series)
    if not points:
        return '<p class="soft">Nothing was measured.</p>'
    end = max(to for _, to, _ in points)
    top = _round_up(max(rate for *_, rate in points))
    lowest, highest = min(rate for *_, rate in points), max(rate for *_, rate in points)
    steps = " ".join(f"{_x(at, end)},{_y(rate, top)} {_x(to, end)},{_y(rate, top)}" for at, to, rate in points)
    area = f"{_x(points[0][0], end)},{_y(0, top)} {steps} {_x(end, end)},{_y(0, top)}"
    about = f"Between {lowest:,.0f} and {highest:,.0f} replies a second over {end:.1f} seconds; the table below has the figures."
    labels = "".join(
        f'<text x="{_LEFT - 8}" y="{_y(top * part, top) + 4}" text-anchor="end">{top * part:,.0f}</text>'
        f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{_y(top * part, top)}" y2="{_y(top * part, top)}" stroke="currentColor" opacity=".2"/>'
        for part in (0, 0.5, 1)
    )
    times = "".join(
        f'<text x="{_x(end * part, end)}" y="{_HEIGHT - 8}" text-anchor="{anchor}">{end * part:.1f} s</text>'
        for part, anchor in ((0, "start"), (0.5, "middle"), (1, "end"))
    )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-labelledby="load-chart-title load-chart-about" '
        'style="width:100%;height:auto" font-size="13" fill="currentColor">'
        f'<title id="load-chart-title">Replies a second over time</title><desc id="load-chart-about">{about}</desc>{labels}{times}'
        f'<polygon points="{area}" fill="var(--link)" opacity=".15"/>'
        f'<polyline points="{steps}" fill="none" stroke="var(--link)" stroke-width="2"/></svg>'
    )


def _points(series: Sequence[Mapping[str, float]]) -> list[tuple[float, float, float]]:
    """Begin, end and mean rate; several seconds together where there are many."""
    size = max(1, math.ceil(len(series) / MAX_POINTS))
    points = []
    for start in range(0, len(series), size):
        part = series[start : start + size]
        length = sum(second["length_s"] for second in part)
        if length > 0:
            at = part[0]["at_s"]
            points.append((at, at + length, sum(second["replies"] for second in part) / length))
    return points


def _round_up(value: float) -> float:
    """1, 2 or 5 times a power of ten, at least `value`."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value * (1 - 1e-12))


def _x(at: float, end: float) -> float:
    return round(_LEFT + (_WIDTH - _LEFT) * (at / end if end else 0), 1)


def _y(rate: float, top: float) -> float:
    return round(_HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * rate / top, 1)
