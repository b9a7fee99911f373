"""`allure-results/`: one result file a case for Allure, and what tells about the run as a whole.

All is derived from the run record, which holds no times of the cases: one starts when those before it have ended.

allure-python-commons' own writer copies each result member by member and costs a multiple; here the same objects (harness.report.allure_case) are
encoded with msgspec and written with one system call.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from allure_commons.model2 import ATTACHMENT_PATTERN, TEST_CASE_PATTERN
from allure_commons.types import AttachmentType

from harness.report.allure_case import (
    ATTACHED,
    STATUS,
    Origin,
    allure_result,
    digest,
    encode_result,
    transcript_attachment,
)
from harness.report.readable import visible
from harness.report.summary import Summary
from harness.verdict import Outcome

FOLDER = "allure-results"
_CATEGORIES: Mapping[Outcome, str] = {
    Outcome.FAILED: "Nonconforming: a must clause is contradicted",
    Outcome.ERROR: "Error of the harness: says nothing about the target",
    Outcome.INCONCLUSIVE: "Inconclusive: nothing was learned",
    Outcome.WAIVED: "Waived: failed, and a waiver accepts it",
    Outcome.SKIPPED: "Skipped: not permitted or not applicable",
    Outcome.WARNED: "Warned: a should clause is contradicted, or an unusual reading is followed",
}
_OURS = (TEST_CASE_PATTERN.format(prefix=""), ATTACHMENT_PATTERN.format(prefix="", ext=AttachmentType.JSON.extension))


def write_allure(folder: Path, summary: Summary) -> Path:
    """Write `allure-results/` into a run's folder, in place of an earlier one; its path.

    A trend (`history/`) that someone has put there stays.
    """
    out = folder / FOLDER
    out.mkdir(exist_ok=True)
    stale = {path.name for path in out.iterdir() if path.name.endswith(_OURS)}
    origin = Origin(
        target=str(summary.started.target.get("name", "")),
        titles={name: spec.get("title") or name for name, spec in summary.started.specs.items()},
        clauses=summary.entries(),
    )
    run = _run_id(summary)
    at_ms = _epoch_ms(summary.started.started)
    base = os.fspath(out)
    for number, result in enumerate(summary.results):
        made = allure_result(result, origin)
        made.uuid = _uuid(f"{run}{number}")
        if at_ms is not None:
            made.start = round(at_ms)
            at_ms += max(result.duration_s, 0.0) * 1000
            made.stop = round(at_ms)
            for step in made.steps:
                step.start = step.stop = made.stop
        if result.outcome in ATTACHED:
            attachment = transcript_attachment(made.uuid)
            if _attach(folder, result.transcript, f"{base}/{attachment.source}"):
                made.attachments.append(attachment)
                stale.discard(attachment.source)
        name = TEST_CASE_PATTERN.format(prefix=made.uuid)
        _put(f"{base}/{name}", encode_result(made))
        stale.discard(name)
    _put(f"{base}/environment.properties", environment(summary).encode("ascii"))
    _put(f"{base}/categories.json", json.dumps(categories(), indent=2).encode("ascii"))
    for name in stale:
        (out / name).unlink()
    return out


def environment(summary: Summary) -> str:
    """`environment.properties`: what the report's overview shows of the run."""
    started = summary.started
    rows = {
        "target": started.target.get("name", ""),
        "tool": started.tool,
        "profile": started.profile,
        "seed": started.seed,
        "verdict": summary.verdict,
        "complete": str(summary.complete).lower(),
        "started": started.started,
    }
    for system in started.systems:
        for name, value in started.specs.get(system, {}).items():
            rows[f"spec.{system}.{name}"] = value
    return "".join(
        f"{_property(name, ' :=#!')}={_property(str(value))}\n" for name, value in rows.items() if value != ""
    )


def _property(text: str, special: str = "") -> str:
    """A value of a Java properties file, in ASCII; a key with what would end it as `special`."""
    escaped = "".join(f"\\{char}" if char == "\\" or char in special else char for char in visible(text).strip())
    return "".join(char if char.isascii() else _code_units(char) for char in escaped)


def _code_units(char: str) -> str:
    raw = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{raw[at]:02x}{raw[at + 1]:02x}" for at in range(0, len(raw), 2))


def categories() -> list[dict[str, Any]]:
    """`categories.json`: outcomes that Allure has no status for are told apart by how their message begins."""
    rows: list[dict[str, Any]] = []
    for outcome, name in _CATEGORIES.items():
        row: dict[str, Any] = {"name": name, "matchedStatuses": [STATUS[outcome]]}
        if outcome is not Outcome.FAILED:
            row["messageRegex"] = rf"{outcome.value}: [\s\S]*"
        rows.append(row)
    return rows


def _run_id(summary: Summary) -> str:
    """The same for the same record, another for another: writing the report again gives the same files."""
    finished = summary.finished.finished if summary.finished is not None else ""
    header = {name: getattr(summary.started, name) for name in summary.started.__slots__}
    return digest(json.dumps([header, finished], sort_keys=True, default=str))


def _uuid(text: str) -> str:
    """A uuid of the kind that is made of a digest (RFC 9562, version 8); uuid5 takes four times as long."""
    digits = digest(text)
    return f"{digits[:8]}-{digits[8:12]}-8{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _epoch_ms(started: str) -> float | None:
    try:
        return datetime.fromisoformat(started).timestamp() * 1000
    except ValueError:  # a record of another tool; Allure does without times
        return None


def _attach(folder: Path, name: str, goal: str) -> bool:
    """Put a transcript into the results: as a second name of the file where the file system can, else as a copy."""
    if not name or name.startswith("/") or ".." in name.split("/"):
        return False
    source = f"{os.fspath(folder)}/{name}"
    try:
        if not stat.S_ISREG(os.lstat(source).st_mode):
            return False
        try:
            os.link(source, goal)
        except FileExistsError:  # of an earlier report, of this transcript or of one that was put back since
            Path(goal).unlink()
            return _attach(folder, name, goal)
        except OSError:
            shutil.copyfile(source, goal)
    except OSError:  # removed since: the result does without
        return False
    return True


def _put(path: str, data: bytes) -> None:
    """Write a file; a thousand of them cost less than through file objects."""
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o666)
    try:
        while data:
            data = data[os.write(number, data) :]
    finally:
        os.close(number)
