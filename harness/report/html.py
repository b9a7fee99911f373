"""`report.html`: the whole run on one page that loads nothing; cases are drawn from an embedded JSON block as needed.

Text of a device reaches the page in two ways only: escaped by jinja2 with its control characters shown, or inside the
JSON block, where no character can end the element, and from there as text nodes.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.events import RunRecord
from harness.report.failure import place
from harness.report.gaps import Want
from harness.report.readable import pieces, shorten, visible
from harness.report.summary import WORST_FIRST, Summary, summarise
from harness.report.transcripts import load_rows
from harness.resources import data_folder
from harness.spec.model import System
from harness.transcript import inflated
from harness.verdict import CaseResult, Check, Severity

if TYPE_CHECKING:
    from jinja2 import Template

# A longer transcript is cut in the page, with a note that names its file.
MAX_TRANSCRIPT_BYTES = 64 * 1024
# All transcripts together, worst outcomes first: with 2,000 cases the page stays below 6 MB and opens at once.
MAX_TRANSCRIPTS_BYTES = 4 * 1024 * 1024
MAX_STEPS = 500
# Failures written out at the top of the page, which is what is printed; the list of cases holds them all.
MAX_FINDINGS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A further section of the page, such as a load report.

    Attributes:
        anchor: its id in the page.
        body: HTML that the caller vouches for; it loads nothing.
    """

    anchor: str
    title: str
    body: str


def write_html(
    folder: Path, record: RunRecord, systems: Mapping[str, System], *, sections: Sequence[Section] = ()
) -> Path:
    """Write `report.html` from a record and the transcripts below `folder`."""
    return render(folder, summarise(record, systems), sections=sections)


def render(folder: Path, summary: Summary, *, sections: Sequence[Section] = ()) -> Path:
    """As `write_html`, from a summary that is already at hand."""
    style, script = asset("report.css"), asset("report.js")
    page = template("report.html.j2").render(
        summary=summary,
        started=summary.started,
        findings=[_finding(result, summary) for result in summary.failures[:MAX_FINDINGS]],
        more_findings=max(0, len(summary.failures) - MAX_FINDINGS),
        totals={outcome.value: summary.totals[outcome] for outcome in WORST_FIRST},
        wants={want.value: summary.wanting(want) for want in Want},
        dialect_systems=list(dict.fromkeys(row.system for row in summary.dialect)),
        level=_tone(summary.exit_code),
        sections=sections,
        place=place,
        style=style,
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        data=_embedded(_data(folder, summary)),
    )
    path = folder / "report.html"
    path.write_bytes(page.encode("utf-8", "replace"))
    return path


@lru_cache(maxsize=4)
def template(name: str) -> Template:
    """A template; the filters `line` and `visible` show what would not be seen, everything else is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # heavy, and only a run's end needs it
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(data_folder("reports/templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def line(value: object, limit: int = 600) -> Markup:
        return Markup("").join(
            Markup('<i class="ctl">{}</i>').format(piece) if hidden else piece
            for piece, hidden in pieces(shorten(str(value), limit))
        )

    environment.filters["visible"] = lambda value: visible(str(value))
    environment.filters["line"] = line
    return environment.get_template(name)


@lru_cache(maxsize=2)
def asset(name: str) -> str:
    """The text of a file beside the templates."""
    return (data_folder("reports/templates") / name).read_text(encoding="utf-8")


def _tone(exit_code: int) -> str:
    return {0: "passed", 1: "failed", 5: "error", 4: "failed"}.get(exit_code, "inconclusive")


def _finding(result: CaseResult, summary: Summary) -> dict[str, Any]:
    broken = [check for check in result.checks if not check.passed and check.severity is Severity.MUST]
    first = broken[0] if broken else None
    return {
        "result": result,
        "expected": first.expected if first is not None else result.expected,
        "got": first.got if first is not None else result.got,
        "clauses": [(name, summary.clauses.get(name)) for name in result.broken[:4]],
        "more": max(0, len(result.broken) - 4),
    }


def _embedded(data: object) -> str:
    """JSON that stands safely inside a script element: no `<`, `>` or `&`, and lone surrogates as JSON escapes."""
    raw = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
    for character, escaped in ((b"<", b"\\u003c"), (b">", b"\\u003e"), (b"&", b"\\u0026")):
        raw = raw.replace(character, escaped)
    return raw.decode()


def _data(folder: Path, summary: Summary) -> dict[str, Any]:
    """What the page's script draws from; short keys, since there are thousands of cases."""
    names = {name: index for index, name in enumerate(summary.clauses)}
    for result in summary.results:
        for name in (*result.clauses, *result.broken, *(name for check in result.checks for name in check.clauses)):
            names.setdefault(name, len(names))
    rows = {id(result): _case(result, names) for result in summary.results}
    left = MAX_TRANSCRIPTS_BYTES
    for result in sorted(summary.results, key=lambda result: WORST_FIRST.index(result.outcome)):
        if result.transcript:
            left = _attach(folder, result.transcript, rows[id(result)], left)
    return {
        "clauses": list(names),
        "outcomes": [outcome.value for outcome in WORST_FIRST],
        "cases": list(rows.values()),
    }


def _case(result: CaseResult, names: Mapping[str, int]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "i": result.id,
        "s": result.system,
        "t": result.title,
        "h": result.chapter,
        "o": WORST_FIRST.index(result.outcome),
        "d": round(result.duration_s, 4),
        "c": [names[name] for name in result.clauses],
        "b": [names[name] for name in result.broken],
        "k": [_check(check, names) for check in result.checks],
        "m": result.message,
        "e": result.expected if not result.checks else "",
        "g": result.got if not result.checks else "",
        "f": result.transcript,
        "r": result.replay,
    }
    return {key: value for key, value in row.items() if value or key == "o"}


def _check(check: Check, names: Mapping[str, int]) -> list[Any]:
    row: list[Any] = [check.id, [names[name] for name in check.clauses], int(check.passed)]
    readings = {name: sorted(fits) for name, fits in check.readings.items()}
    if not check.passed or readings:
        row += [check.severity.value, check.expected, check.got, check.step]
    if readings:
        row.append(readings)
    return row


def _attach(folder: Path, name: str, row: dict[str, Any], left: int) -> int:
    """Put a transcript into a case's row if `left` bytes of the page hold it; how many are then left."""
    data, size, why = load_rows(folder, name) if left > 0 else (None, 0, _left_out(name))
    if data is None:
        row["n"] = why
        return left
    steps = [inflated(step, MAX_TRANSCRIPT_BYTES) for step in data["steps"]]
    size = max(size, sum(len(step.get("text", "")) for step in steps))
    if any("cut" in step for step in steps) or size > MAX_TRANSCRIPT_BYTES or len(steps) > MAX_STEPS:
        steps, size = _cut(steps), MAX_TRANSCRIPT_BYTES
        row["n"] = f"Shortened here; the whole transcript stands in {name}."
    # Each of these characters takes six bytes in the page.
    size += 5 * sum(str(step.get("text", "")).count(character) for step in steps for character in "<>&")
    if size > left:
        row["n"] = _left_out(name)
        return 0  # the page is as good as full: the rest need not even be read
    row["x"] = [_step(step) for step in steps]
    return left - size


def _left_out(name: str) -> str:
    return f"Left out to keep the page small; it stands in {name}."


def _cut(steps: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []
    left = MAX_TRANSCRIPT_BYTES
    for step in steps[:MAX_STEPS]:
        step = {**step, "pieces": list(step.get("pieces", ()))[:20], "detail": str(step.get("detail", ""))[:2000]}
        for key in ("text", "base64"):
            content = str(step.get(key, ""))
            room = max(0, left) // 4 * 4  # whole groups, so that what is kept of base64 can be decoded
            if len(content) > room:
                step[key], step["cut"] = content[:room], step.get("cut", 0) + len(content) - room
            left -= len(content)
        kept.append(step)
    return kept


def _step(step: Mapping[str, Any]) -> list[Any]:
    """Action, link, at, took, content, whether it is base64, ending, detail, cut, values; the empty end left off."""
    row: list[Any] = [
        step.get("action", ""),
        step.get("link", ""),
        step.get("at_s", 0),
        step.get("took_s", 0),
        step.get("text", step.get("base64", "")),
        int("base64" in step),
        step.get("ending", ""),
        step.get("detail", ""),
        step.get("cut", 0),
        step.get("values", {}),
    ]
    while row and not row[-1]:
        row.pop()
    return row
