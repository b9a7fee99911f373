"""The load report: what stands in bench.json stands on the page and in the terminal, and nothing of a device steers either."""

from __future__ import annotations

import copy
import html
import io
import json
import re
import xml.etree.ElementTree as ET
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from harness.load.run import LoadRun
from harness.report.load import MAX_POINTS, chart, load_section, write_load_report
from harness.report.loadtext import LoadProgress, load_summary, microseconds
from harness.tests.devices import device
from harness.tests.load_device import Toy, load_target, plan_for
from harness.tests.report_run import EVIL

SVG = "{http://www.w3.org/2000/svg}"


@lru_cache(maxsize=1)
def made() -> dict[str, Any]:
    with device(Toy(lambda _words, reply: reply.replace(b"OK|PAUSED", b"OK|RECORDING")).handle) as one:
        figures: dict[str, Any] = LoadRun(plan_for(load_target(one.port), duration_s=0.1)).figures()
    assert figures["validation"]["violations"]
    return figures


def figures() -> dict[str, Any]:
    return copy.deepcopy(made())


def page(tmp_path: Path, data: dict[str, Any]) -> str:
    return write_load_report(tmp_path, data).read_text(encoding="utf-8")


def test_the_page_has_every_operation_with_its_percentiles(tmp_path: Path) -> None:
    data = figures()
    text = html.unescape(page(tmp_path, data))
    assert f"{data['measured']['replies_per_s']:,.0f} replies/s" in text
    for name, row in data["measured"]["operations"].items():
        line = next(line for line in text.splitlines() if f'<th scope="row">{name}</th>' in line)
        for value in (*row["latency_us"]["percentiles"].values(), row["latency_us"]["max"]):
            assert f'<td class="number">{microseconds(value)}</td>' in line
    assert "closed loop" in text
    assert f"Exit code {data['run']['exit_code']}" in text


def test_the_page_loads_nothing_and_runs_nothing(tmp_path: Path) -> None:
    text = page(tmp_path, figures())
    assert "<script" not in text
    assert "default-src 'none'" in text
    assert [] == re.findall(r"""(?:src|href)\s*=\s*(?!["']?(?:#|data:))""", text)
    assert "http://" not in text
    assert "https://" not in text


def test_text_of_a_device_is_shown_and_never_obeyed(tmp_path: Path) -> None:
    data = figures()
    first = data["validation"]["kept"][0]
    for key in ("got", "expected", "sent", "operation"):
        first[key] = EVIL
    data["run"]["notes"] = [EVIL]
    data["run"]["target"]["name"] = EVIL
    data["validation"]["unusual"] = {"check": EVIL}
    text = page(tmp_path, data)
    assert "<script>alert" not in text
    assert "\u202e" not in text
    assert "\x1b" not in text
    summary = load_summary(data, tmp_path)
    assert "\x1b" not in summary
    assert "\u202e" not in summary


def test_violations_are_told_with_clause_expected_and_got(tmp_path: Path) -> None:
    data = figures()
    first = data["validation"]["kept"][0]
    for text in (html.unescape(page(tmp_path, data)), load_summary(data, tmp_path)):
        assert first["clauses"][0] in text
        assert "OK with PAUSED" in text
        assert "OK|RECORDING" in text
    assert "Nonconforming" in load_summary(data, tmp_path)


def test_the_chart_has_words_for_those_who_do_not_see_it() -> None:
    series = [{"at_s": float(second), "length_s": 1.0, "replies": 1000 + second * 500} for second in range(4)]
    drawn = ET.fromstring(chart(series).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))
    assert "img" == drawn.get("role")
    assert {drawn[0].get("id"), drawn[1].get("id")} == set(str(drawn.get("aria-labelledby")).split())
    assert "Between 1,000 and 2,500 replies a second over 4.0 seconds" in str(drawn[1].text)
    line = drawn.find(f"{SVG}polyline")
    assert line is not None
    points = [tuple(map(float, point.split(","))) for point in str(line.get("points")).split()]
    assert 8 == len(points)
    assert points == sorted(points, key=lambda point: point[0])
    heights = [y for _, y in points]
    assert heights == sorted(heights, reverse=True)  # more replies stand higher
    assert all(0 <= x <= 900 and 0 <= y <= 240 for x, y in points)


@pytest.mark.parametrize("count", [0, 1, 5 * MAX_POINTS])
def test_a_chart_of_any_length_is_drawn(count: int) -> None:
    series = [{"at_s": float(second), "length_s": 1.0, "replies": second % 3} for second in range(count)]
    drawn = chart(series)
    assert ("polyline" in drawn) == (count > 0)
    assert len(drawn) < 60_000


def test_the_table_beside_the_chart_has_its_figures(tmp_path: Path) -> None:
    data = figures()
    body = load_section(data).body
    for second in data["series"]:
        assert f'<td class="number">{second["replies"]:,}</td>' in body


def test_a_run_that_loaded_nothing_has_a_page_too(tmp_path: Path) -> None:
    data = figures()
    data["series"], data["generator"], data["measured"]["operations"] = [], {}, {}
    data["run"]["exit_code"] = 3
    assert "Nothing was measured" in page(tmp_path, data)
    assert "exit 3" in load_summary(data, tmp_path)


@pytest.mark.parametrize(("value", "text"), [(0, "0 us"), (999, "999 us"), (1430, "1.43 ms"), (2_500_000, "2.50 s")])
def test_latencies_have_units_for_people(value: int, text: str) -> None:
    assert text == microseconds(value)


def test_progress_draws_over_its_line_on_a_terminal_only() -> None:
    for terminal, lines in ((True, 2), (False, 1)):
        stream = io.StringIO()
        progress = LoadProgress(stream, terminal=terminal)
        progress.begin("mixed", "both", "lab", 4, 30.0)
        for second in range(3):
            progress.second("load", float(second), 1234.0, 0, {})
        progress.close()
        progress.close()
        assert lines == stream.getvalue().count("\n")
        assert ("\r" in stream.getvalue()) == terminal
        assert ("1,234 replies/s" in stream.getvalue()) == terminal  # elsewhere a line every five seconds


def test_the_section_fits_into_any_report() -> None:
    section = load_section(figures())
    assert ("load", "Load") == (section.anchor, section.title)
    assert json.dumps(section.body)
