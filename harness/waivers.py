"""Failures that somebody has looked at and accepts for now: a waivers file, or the failures of an earlier run.

A waiver names a case (a glob) and, if it shall be narrow, the clauses; it has a reason and may have a last day. A failure is waived only if every
clause that it breaks is covered.

    [[waiver]]
    case = "hmp.addHotmark.*"
    clauses = ["HMP-HOT-002"]
    reason = "fixed in 3.3, ticket 4711"
    until = 2027-01-31
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from harness.errors import UsageError
from harness.events import read_record
from harness.verdict import CaseResult, Outcome

_KEYS = {"case": str, "clauses": list, "reason": str, "until": date}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """One accepted failure. No clauses: all clauses of the case."""

    case: str
    reason: str
    clauses: tuple[str, ...] = ()
    until: date | None = None

    def covers(self, result: CaseResult) -> bool:
        """Whether this failure is accepted."""
        return fnmatchcase(result.id, self.case) and (not self.clauses or set(result.broken) <= set(self.clauses))


@dataclass(frozen=True, slots=True)
class Waivers:
    """Every waiver of a run."""

    entries: tuple[Waiver, ...] = ()

    def apply(self, result: CaseResult) -> CaseResult:
        """The result, waived if a waiver covers it."""
        if result.outcome is not Outcome.FAILED:
            return result
        for waiver in self.entries:
            if waiver.covers(result):
                return replace(result, outcome=Outcome.WAIVED, message=f"waived ({waiver.reason}): {result.message}")
        return result


def read_waivers(path: Path, today: date) -> Waivers:
    """Read a waivers file; entries whose last day has passed do not count.

    Raises:
        UsageError: it cannot be read or is wrong; the message says which entry and what to write.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"--waivers {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"--waivers {path}: not valid TOML: {error}") from None
    rows = data.get("waiver", [])
    if set(data) - {"waiver"} or not isinstance(rows, list):
        raise UsageError(f"--waivers {path}: write entries that begin with [[waiver]] and nothing else")
    waivers = [_waiver(path, number, row) for number, row in enumerate(rows, 1)]
    return Waivers(tuple(waiver for waiver in waivers if waiver.until is None or waiver.until >= today))


def _waiver(path: Path, number: int, row: dict[str, object]) -> Waiver:
    for key, value in row.items():
        if key not in _KEYS:
            raise UsageError(
                f"--waivers {path}: entry {number}: {key!r} is no key; the nearest is {difflib.get_close_matches(key, _KEYS, 1, 0)[0]!r}"
            )
        if not isinstance(value, _KEYS[key]):
            raise UsageError(f"--waivers {path}: entry {number}: {key} is a {_KEYS[key].__name__}, got {value!r}")
    for key in ("case", "reason"):
        if not row.get(key):
            raise UsageError(f"--waivers {path}: entry {number}: needs a {key}")
    clauses = row.get("clauses", [])
    until = row.get("until")
    return Waiver(
        case=str(row["case"]),
        reason=str(row["reason"]),
        clauses=tuple(str(clause) for clause in clauses) if isinstance(clauses, list) else (),
        until=until if isinstance(until, date) else None,
    )


def baseline_waivers(folder: Path) -> Waivers:
    """What failed in an earlier run is known: only what is broken beyond it counts.

    Raises:
        UsageError: the folder holds no record.
    """
    failed = [result for result in read_record(folder).results if result.outcome in (Outcome.FAILED, Outcome.WAIVED)]
    return Waivers(
        tuple(
            Waiver(case=_literal(result.id), clauses=result.broken, reason=f"known from {folder}") for result in failed
        )
    )


def waivers_text(results: Iterable[CaseResult]) -> str:
    """A waivers file for every failure of a run, for somebody to look through and to give reasons."""
    rows = ["# Look at each failure, write why it is accepted and until when, and remove what is not.\n"]
    rows += [
        f'\n[[waiver]]\ncase = "{result.id}"\nclauses = [{", ".join(chr(34) + clause + chr(34) for clause in result.broken)}]\nreason = ""\n'
        for result in results
        if result.outcome is Outcome.FAILED
    ]
    return "".join(rows)


def _literal(name: str) -> str:
    return "".join(f"[{char}]" if char in "*?[" else char for char in name)
