"""What a run of mutants is written down as: `mutate.json`, `mutate.html` and the text that ends it. No device is needed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from harness import __version__
from harness.mutation.matrix import SURVIVING, WANTED_RATE, Fate, MutationResult, Standing, Trial, matrix
from harness.mutation.mutant import Operator
from harness.report.html import asset, template
from harness.report.readable import one_line

# Survivors and alarms written out on the terminal; the reports hold them all.
MAX_TOLD = 20
MAX_GOT = 400
_CELL = 6  # columns of the matrix on a terminal; their names are cut to fit
_MEANING = {
    0: "Of the clauses that a mutant can break, enough have all their mutants killed.",
    1: "Too many mutants survive: the suite would pass a device that breaks these clauses.",
    3: "Not every mutant was run.",
    5: "Without any mutant a case failed, or a harmless mutant was killed: the figures prove nothing.",
    130: "Interrupted; what was created on the device is removed.",
}


def write_reports(folder: Path, result: MutationResult, system: str) -> None:
    """Write `mutate.json` and `mutate.html`."""
    data = to_json(result, system)
    (folder / "mutate.json").write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    page = template("mutate.html.j2").render(
        run=data["run"],
        meaning=_MEANING[result.exit_code],
        level={0: "passed", 1: "failed", 5: "error"}.get(result.exit_code, "inconclusive"),
        operators=_operators(result),
        matrix=matrix(result.trials, result.clauses),
        survivors=[trial for trial in result.trials if trial.fate in SURVIVING],
        alarms=[trial for trial in result.trials if trial.fate is Fate.ALARM],
        unbroken=[row for row in result.clauses.values() if row.standing is Standing.UNBROKEN],
        trials=result.trials,
        style=asset("report.css"),
    )
    (folder / "mutate.html").write_bytes(page.encode("utf-8", "replace"))


def to_json(result: MutationResult, system: str) -> dict[str, Any]:
    """The whole result for tools; the same for the same seed but for times and what a device made up."""
    killed, total = result.counted
    mutants_killed, mutants_total = result.mutants
    return {
        "run": {
            "tool": f"clausewise {__version__}",
            "system": system,
            "target": result.target,
            "seed": result.seed,
            "exit_code": result.exit_code,
            "clauses": {"killed": killed, "total": total, "rate": round(result.rate, 4), "wanted": WANTED_RATE},
            "mutants": {"killed": mutants_killed, "total": mutants_total},
            "fates": {fate.value: result.counts[fate] for fate in Fate},
            "control": dict(result.control),
            "broken_controls": list(result.broken_controls),
            "notes": list(result.notes),
            "duration_s": round(result.duration_s, 1),
        },
        "clauses": {
            name: {
                "standing": row.standing.value,
                "level": row.entry.level.value,
                "chapter": row.entry.chapter,
                "killed": row.killed,
                "total": row.total,
                "reason": row.reason,
            }
            for name, row in result.clauses.items()
        },
        "mutants": [_trial(trial) for trial in result.trials],
    }


def _trial(trial: Trial) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": trial.mutant.id,
        "clause": trial.mutant.clause,
        "operator": trial.mutant.operator.value,
        "about": trial.mutant.about,
        "harmless": trial.mutant.harmless,
        "fate": trial.fate.value,
        "cases_run": trial.ran,
        "changes": trial.changes,
        "duration_s": round(trial.duration_s, 3),
    }
    if trial.case:
        row |= {
            "case": trial.case,
            "check": trial.check,
            "expected": trial.expected[:MAX_GOT],
            "got": trial.got[:MAX_GOT],
        }
    if trial.elsewhere:
        row["failed_elsewhere"] = list(trial.elsewhere)
    return row


def _operators(result: MutationResult) -> list[Operator]:
    seen = {trial.mutant.operator for trial in result.trials if trial.fate in (Fate.KILLED, *SURVIVING)}
    return [operator for operator in Operator if operator in seen]


def format_summary(result: MutationResult, folder: Path) -> str:
    """The text that ends a run: kill matrix, survivors, what counts for nothing, rates."""
    blocks = [
        "\n".join(_matrix_lines(result)),
        "\n".join(_told("Survived", result, *SURVIVING)),
        "\n".join(_told("Harmless and yet killed", result, Fate.ALARM)),
        "\n".join(_controls(result.broken_controls)),
        "\n".join(_gaps(result)),
        "\n".join(_verdict(result, folder)),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _matrix_lines(result: MutationResult) -> Iterator[str]:
    """Chapters down, operators across: mutants killed, of how many where some survived."""
    rows, operators = matrix(result.trials, result.clauses), _operators(result)
    if not operators:
        return
    room = max(len(name) for name in rows)
    yield " " * room + "".join(f"{operator.value[: _CELL - 1]:>{_CELL}}" for operator in operators)
    for name, cells in rows.items():
        if name == "total":
            yield "-" * (room + _CELL * len(operators))
        yield f"{name:<{room}}" + "".join(f"{cell(cells.get(operator)):>{_CELL}}" for operator in operators)


def cell(counts: tuple[int, int] | None) -> str:
    """`12` if all of 12 were killed, `11/12` if one survived, `.` for none."""
    if counts is None:
        return "."
    killed, total = counts
    return str(total) if killed == total else f"{killed}/{total}"


def _told(title: str, result: MutationResult, *fates: Fate) -> Iterator[str]:
    trials = [trial for trial in result.trials if trial.fate in fates]
    if not trials:
        return
    yield f"{title} ({len(trials)})"
    for trial in trials[:MAX_TOLD]:
        yield f"  {trial.mutant.id}: {one_line(trial.mutant.about, 110)}"
        if trial.case:
            yield f"    failed {trial.case}: expected {one_line(trial.expected, 60)}, got {one_line(trial.got, 60)}"
        elif trial.fate is Fate.IDLE:
            yield "    it never came to change anything: no case asks for it, or the device follows another reading"
        elif trial.elsewhere:
            yield f"    other clauses were blamed: {', '.join(trial.elsewhere[:3])}"
    if len(trials) > MAX_TOLD:
        yield f"  and {len(trials) - MAX_TOLD} more; the reports hold them all"


def _controls(broken: Sequence[str]) -> Iterator[str]:
    if broken:
        yield "Failed without any mutant; run `clausewise certify` first and mend what it finds"
        yield from (f"  {one_line(line, 120)}" for line in broken[:MAX_TOLD])


def _gaps(result: MutationResult) -> Iterator[str]:
    rows = [row for row in result.clauses.values() if row.standing is Standing.UNBROKEN]
    if not rows:
        return
    by_reason: dict[str, list[str]] = {}
    for row in rows:
        by_reason.setdefault(row.reason, []).append(row.entry.id)
    yield f"Not counted ({len(rows)} clauses)"
    for reason, names in by_reason.items():
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        yield f"  {one_line(reason, 90)}: {shown}"


def _verdict(result: MutationResult, folder: Path) -> Iterator[str]:
    killed, total = result.counted
    mutants_killed, mutants_total = result.mutants
    yield from (f"Note: {one_line(note, 200)}" for note in result.notes)
    yield (
        f"Kill rate {100 * result.rate:.1f} %: of {total} clauses {killed} have all their mutants killed "
        f"(mutants: {mutants_killed} of {mutants_total}; harmless ones left alone: {result.counts[Fate.UNHARMED]})"
    )
    yield f"{_MEANING[result.exit_code]} (exit {result.exit_code})"
    yield f"{one_line(result.target)}, seed {result.seed}, {result.duration_s:.0f} s"
    yield f"Reports in {folder}: mutate.html, mutate.json"
