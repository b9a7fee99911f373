"""The events of a run and their JSON lines: a header, a line a case, a footer.

Only header and footer carry wall-clock time; events are numbered. The footer holds the digest of every byte before it, so a record
that was cut off or changed shows it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from harness.errors import UsageError
from harness.transcript import Redactor
from harness.verdict import CaseResult, Check, Outcome, Severity

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """The header: everything that decides what the run does.

    `specs` maps a system to title, document and digest of its spec; `planned` is the number of cases selected.
    """

    tool: str
    started: str
    systems: tuple[str, ...]
    specs: Mapping[str, Mapping[str, str]]
    target: Mapping[str, Any]
    claims: Mapping[str, Any]
    permit: Mapping[str, bool]
    profile: str
    seed: int
    planned: int
    select: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStarted:
    """A case begins; for progress only, never written."""

    id: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFinished:
    """A case has ended."""

    result: CaseResult


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished:
    """The footer.

    `totals` counts outcomes; `dialect` maps system -> ambiguity -> readings that fit everything seen; `notes` are sentences for
    people: what was not tested for want of fixtures, what could not be undone.
    """

    finished: str
    totals: Mapping[str, int]
    exit_code: int
    dialect: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    interrupted: bool = False


Event = RunStarted | CaseStarted | CaseFinished | RunFinished


def case_to_json(result: CaseResult, redactor: Redactor | None = None) -> dict[str, Any]:
    """A case as the contract of results.json has it, checks included."""
    clean = redactor.clean_text if redactor is not None else str
    return {
        "id": result.id,
        "system": result.system,
        "title": result.title,
        "chapter": result.chapter,
        "outcome": result.outcome.value,
        "clauses": list(result.clauses),
        "broken": list(result.broken),
        "checks": [_check_to_json(check, redactor) for check in result.checks],
        "message": clean(result.message),
        "expected": clean(result.expected),
        "got": clean(result.got),
        "duration_s": round(result.duration_s, 6),
        "transcript": result.transcript,
        "replay": result.replay,
    }


def _check_to_json(check: Check, redactor: Redactor | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": check.id,
        "clauses": list(check.clauses),
        "passed": check.passed,
        "severity": check.severity.value,
    }
    if check.step >= 0:
        row["step"] = check.step
    if not check.passed:
        clean = redactor.clean_text if redactor is not None else str
        row["expected"], row["got"] = clean(check.expected), clean(check.got)
    if check.readings:
        row["readings"] = {name: sorted(fits) for name, fits in check.readings.items()}
    return row


def case_from_json(row: Mapping[str, Any]) -> CaseResult:
    """The reverse of `case_to_json`."""
    return CaseResult(
        id=row["id"],
        system=row["system"],
        title=row["title"],
        chapter=row["chapter"],
        outcome=Outcome(row["outcome"]),
        clauses=tuple(row["clauses"]),
        broken=tuple(row["broken"]),
        checks=tuple(
            Check(
                id=check["id"],
                clauses=tuple(check["clauses"]),
                passed=check["passed"],
                severity=Severity(check["severity"]),
                expected=check.get("expected", ""),
                got=check.get("got", ""),
                step=check.get("step", -1),
                readings={name: frozenset(fits) for name, fits in check.get("readings", {}).items()},
            )
            for check in row["checks"]
        ),
        message=row["message"],
        expected=row["expected"],
        got=row["got"],
        duration_s=row["duration_s"],
        transcript=row["transcript"],
        replay=row["replay"],
    )


def redacted(event: Event, redactor: Redactor) -> Event:
    """The event without secrets, for people to see."""
    if not isinstance(event, CaseFinished) or not redactor.knows_any:
        return event
    result, clean = event.result, redactor.clean_text
    checks = tuple(_redacted(check, redactor) for check in result.checks)
    message, expected, got = map(clean, (result.message, result.expected, result.got))
    return CaseFinished(result=replace(result, checks=checks, message=message, expected=expected, got=got))


def _redacted(check: Check, redactor: Redactor) -> Check:
    """What one that passed has expected and got is not told."""
    if not check.expected and not check.got:
        return check
    told = ("", "") if check.passed else (redactor.clean_text(check.expected), redactor.clean_text(check.got))
    return replace(check, expected=told[0], got=told[1])


def _encode(row: dict[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(row)
    except UnicodeEncodeError:  # half a surrogate pair, from bytes that are no UTF-8
        return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


class RecordWriter:
    """Writes run.jsonl as things happen: append-only, flushed after each line."""

    def __init__(self, path: Path, redactor: Redactor) -> None:
        self._file: BinaryIO = path.open("wb")
        self._digest = hashlib.sha256()
        self._redactor = redactor
        self._number = 0

    def write(self, event: Event) -> None:
        """Write one event; a `CaseStarted` is not kept."""
        if isinstance(event, RunStarted):
            self._line({"type": "run_started", "format": FORMAT, **_plain(event)})
        elif isinstance(event, CaseFinished):
            self._line({"type": "case_finished", **case_to_json(event.result, self._redactor)})
        elif isinstance(event, RunFinished):
            notes = [self._redactor.clean_text(note) for note in event.notes]
            self._line({"type": "run_finished", **_plain(event), "notes": notes, "sha256": self._digest.hexdigest()})
            self._file.close()

    def close(self) -> None:
        """Close without a footer: the record then says itself that it is incomplete."""
        self._file.close()

    def _line(self, row: dict[str, Any]) -> None:
        line = _encode({"seq": self._number, **row}) + b"\n"
        self._number += 1
        self._digest.update(line)
        self._file.write(line)
        self._file.flush()


def _plain(event: RunStarted | RunFinished) -> dict[str, Any]:
    return {name: getattr(event, name) for name in event.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """A record read back. `finished` is None if the run was cut off."""

    started: RunStarted
    results: tuple[CaseResult, ...]
    finished: RunFinished | None
    intact: bool


def read_record(folder: Path) -> RunRecord:
    """Read `run.jsonl` of a run's folder.

    Raises:
        UsageError: there is no record, or it is not one; the message names file and line.
    """
    path = folder / "run.jsonl"
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; give the folder of a run, the one that --out named") from None
    digest = hashlib.sha256()
    started, finished, intact = None, None, False
    results: list[CaseResult] = []
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            kind = row.pop("type")
            row.pop("seq")
            if kind == "run_started":
                row.pop("format")
                started = RunStarted(**{**row, "systems": tuple(row["systems"])})
            elif kind == "case_finished":
                results.append(case_from_json(row))
            elif kind == "run_finished":
                intact = row.pop("sha256") == digest.hexdigest()
                finished = RunFinished(**{**row, "notes": tuple(row["notes"])})
        except (ValueError, KeyError, TypeError) as error:
            if number == len(lines) and not line.endswith(b"\n"):
                break  # the run was cut off in the middle of its last line
            raise UsageError(f"{path}:{number}: not a line of a run record ({error!r})") from None
        digest.update(line)
    if started is None:
        raise UsageError(f"{path}:1: the record has no header; it is not the record of a run")
    return RunRecord(started=started, results=tuple(results), finished=finished, intact=intact)
