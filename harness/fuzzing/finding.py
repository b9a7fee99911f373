"""A finding as a file: all that is needed to send it again, and what came when it was found. It holds bytes, not generator state."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.fuzzing.receive import GONE, Played
from harness.fuzzing.script import Script, script_from_json, script_to_json
from harness.transcript import Redactor, Step, Transcript, transcript_from_json, transcript_to_json
from harness.verdict import Check

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One broken check and the smallest script that breaks it.

    Attributes:
        id: `system-check-number`, a file name.
        system, document: id of the system, SHA-256 of the document that the spec was made from.
        seed, number: of the run, and of the case in it that found it.
        check, clauses, expected, got: of the broken check.
        strains: clauses that the script puts to use; where the answer is wrong, the cause may be there.
        script: what to send.
        transcript: what happened when the script was last played.
        reproduced: whether it broke the same check when it was played again, alone.
        original_bytes: size of the script that found it.
        careful: whether the transcript is that of a careful play.
        history: for a device that is gone: how many cases before it belong to the script.
        target: name of the target that it was found on.
    """

    id: str
    system: str
    document: str
    seed: int
    number: int
    check: str
    clauses: tuple[str, ...]
    expected: str
    got: str
    script: Script
    transcript: tuple[Step, ...]
    reproduced: bool
    original_bytes: int
    careful: bool = False
    strains: tuple[str, ...] = ()
    history: int = 1
    target: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """What makes two findings the same one for a person: check, clauses and kind of case."""
        return key_of(self.check, self.clauses, self.script)


def key_of(check: str, clauses: Sequence[str], script: Script) -> tuple[str, ...]:
    """See `Finding.key`. Of devices that are gone, each kind of case counts by its whole name: one cause may hide another."""
    return (check, *sorted(clauses), script.name if check == GONE else script.name.partition(".")[0])


def same_break(check: str, clauses: Sequence[str], played: Played) -> Check | None:
    """The broken check of a play that is the same observation: same check, and a clause in common."""
    for broken in played.broken:
        if broken.id == check and (set(broken.clauses) & set(clauses) or not clauses):
            return broken
    return None


def without_secrets(finding: Finding, redactor: Redactor) -> Finding:
    """The finding with placeholders for secrets, wherever they stand: a device may repeat them, and a value may be one by chance."""
    if not redactor.knows_any:
        return finding
    steps = tuple(
        replace(step, parts=tuple(redactor.clean(part) if isinstance(part, bytes) else part for part in step.parts))
        for step in finding.script.steps
    )
    happened = tuple(replace(step, data=redactor.clean(step.data)) for step in finding.transcript)
    return replace(
        finding,
        expected=redactor.clean_text(finding.expected),
        got=redactor.clean_text(finding.got),
        script=replace(finding.script, steps=steps),
        transcript=happened,
    )


def finding_to_json(finding: Finding) -> dict[str, Any]:
    """The finding as plain data."""
    transcript = transcript_to_json(Transcript(case=finding.id, steps=list(finding.transcript)))
    return {
        "format": FORMAT,
        "id": finding.id,
        "system": finding.system,
        "document": finding.document,
        "target": finding.target,
        "seed": finding.seed,
        "number": finding.number,
        "check": finding.check,
        "clauses": list(finding.clauses),
        "strains": list(finding.strains),
        "expected": finding.expected,
        "got": finding.got,
        "reproduced": finding.reproduced,
        "original_bytes": finding.original_bytes,
        "careful": finding.careful,
        "history": finding.history,
        "script": script_to_json(finding.script),
        "transcript": transcript["steps"],
        "replay": f"clausewise replay {finding.id}.json",
    }


def finding_from_json(row: Mapping[str, Any], where: str = "finding") -> Finding:
    """The reverse of `finding_to_json`.

    Raises:
        UsageError: the data is not a finding of this format.
    """
    try:
        if row["format"] != FORMAT:
            raise UsageError(
                f"{where}: format: expected {FORMAT}, got {row['format']!r}; was it written by another version?"
            )
        transcript = transcript_from_json({"case": row["id"], "steps": row["transcript"]})
        return Finding(
            id=str(row["id"]),
            system=str(row["system"]),
            document=str(row["document"]),
            target=str(row.get("target", "")),
            seed=int(row["seed"]),
            number=int(row["number"]),
            check=str(row["check"]),
            clauses=tuple(map(str, row["clauses"])),
            strains=tuple(map(str, row.get("strains", ()))),
            expected=str(row["expected"]),
            got=str(row["got"]),
            script=script_from_json(row["script"]),
            transcript=tuple(transcript.steps),
            reproduced=bool(row["reproduced"]),
            original_bytes=int(row["original_bytes"]),
            careful=bool(row.get("careful", False)),
            history=int(row.get("history", 1)),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise UsageError(f"{where}: expected a finding as `clausewise fuzz` writes it, got {error!r}") from None


def read_finding(path: Path) -> Finding:
    """A finding from its file.

    Raises:
        UsageError: there is no such file, or it holds no finding.
    """
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; name a file of a findings folder") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: expected JSON, got {error}") from None
    if not isinstance(row, dict):
        raise UsageError(f"{path}: expected a finding, got {type(row).__name__}")
    return finding_from_json(row, str(path))


def write_finding(folder: Path, finding: Finding) -> Path:
    """Write it as `<id>.json`; gives the path."""
    path = folder / f"{finding.id}.json"
    text = json.dumps(finding_to_json(finding), indent=1, ensure_ascii=False)
    # A lone surrogate is written as its JSON escape: a backslash, u and four digits.
    path.write_text(text + "\n", encoding="utf-8", errors="backslashreplace")
    return path


def new_finding(
    script: Script,
    played: Played,
    broken: Check,
    *,
    name: str,
    system: str,
    document: str,
    target: str,
    seed: int = 0,
    number: int = 0,
    careful: bool = False,
) -> Finding:
    """A finding as it is first seen: not played again yet, not made small. A check that cites no clause is told with those of the script.

    Args:
        name: `Finding.id`.
        careful: whether `played` is a careful play.
    """
    return Finding(
        id=name,
        system=system,
        document=document,
        seed=seed,
        number=number,
        check=broken.id,
        clauses=broken.clauses or script.clauses,
        expected=broken.expected,
        got=broken.got,
        script=script,
        transcript=tuple(played.transcript),
        reproduced=False,
        careful=careful,
        original_bytes=script.size,
        target=target,
    )


def from_play(finding: Finding, script: Script, played: Played, broken: Check, *, careful: bool) -> Finding:
    """The finding with what was seen when this script was played."""
    return replace(
        finding,
        script=script,
        transcript=tuple(played.transcript),
        expected=broken.expected,
        got=broken.got,
        reproduced=True,
        careful=careful,
    )
