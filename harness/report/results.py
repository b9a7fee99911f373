"""`results.json`, the whole run for tools, and `dialect.toml`; a contract (DESIGN.md, reports/schemas)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.events import case_to_json
from harness.report.dialect import dialect_toml
from harness.report.summary import ClauseSummary, Summary
from harness.verdict import Outcome


def write_results(folder: Path, summary: Summary) -> Path:
    """Write `results.json`; a clause and a case a line, so that two runs can be compared by eye."""
    clauses = ",\n".join(f"{_json(name)}:{_json(_clause(clause))}" for name, clause in summary.clauses.items())
    cases = ",\n".join(_json(case_to_json(result)) for result in summary.results)
    text = f'{{"run":{_json(_run(summary))},\n"clauses":{{\n{clauses}\n}},\n"cases":[\n{cases}\n]}}\n'
    path = folder / "results.json"
    path.write_bytes(text.encode("utf-8", "backslashreplace"))  # a lone surrogate becomes JSON's own escape
    return path


def write_dialect(folder: Path, summary: Summary) -> Path:
    """Write `dialect.toml`."""
    path = folder / "dialect.toml"
    path.write_text(dialect_toml(summary.dialect, summary.started.systems), encoding="utf-8", newline="\n")
    return path


def _run(summary: Summary) -> dict[str, Any]:
    started, finished = summary.started, summary.finished
    dialect: dict[str, dict[str, list[str]]] = {}
    for row in summary.dialect:
        if row.left is not None:
            dialect.setdefault(row.system, {})[row.ambiguity] = list(row.left)
    return {
        **{name: getattr(started, name) for name in started.__slots__},
        "finished": finished.finished if finished is not None else None,
        "totals": {outcome.value: summary.totals[outcome] for outcome in Outcome},
        "exit_code": summary.exit_code,
        "verdict": summary.verdict,
        "dialect": dialect,
        "notes": list(summary.notes),
        "complete": summary.complete,
        "interrupted": summary.interrupted,
    }


def _clause(clause: ClauseSummary) -> dict[str, Any]:
    entry = clause.entry
    return {
        "level": entry.level.value,
        "section": entry.section,
        "lines": list(entry.lines),
        "text": entry.text,
        "chapter": entry.chapter,
        "untested": entry.untested,
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
