"""`clausewise rejudge`: judge the transcripts of a run again, without the device.

A verdict is a function of spec, case and transcript, so after a check or a spec has changed an old run need not be
repeated. What the engine saw itself is taken from the record: that the device was gone after a case, and which cases
were not run for it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, TextIO

from harness import __version__
from harness.case import Case
from harness.errors import UsageError
from harness.events import CaseFinished, RecordWriter, RunFinished, RunRecord, RunStarted, read_record
from harness.judge import Dialect, Judge, with_failure, without_control
from harness.playback import Playback
from harness.report import write_reports
from harness.report.progress import print_summary
from harness.report.summary import summarise
from harness.spec.load import load_system
from harness.spec.model import System
from harness.suite import load_suite
from harness.target import Allow, Target
from harness.transcript import Redactor, Transcript, transcript_from_json
from harness.verdict import CaseResult, Outcome, exit_code

ALIVE = "device.alive"
FOLDER = "rejudged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A case whose outcome is another one than in the run."""

    case: str
    before: Outcome
    after: Outcome


def rejudge(run: Path, stream: TextIO, *, terminal: bool) -> int:
    """Judge a run again into RUN/rejudged/; gives the exit code that the run would have now.

    Raises:
        UsageError: there is no record, or it is of a system that is not known any more.
    """
    record = read_record(run)
    if len(record.started.systems) != 1:
        raise UsageError(f"{run}: the record is of {len(record.started.systems)} systems; one is wanted")
    system = load_system(record.started.systems[0])
    results = _Again(record, system, run).results()
    folder = _folder(run)
    footer = _footer(record, system, results)
    _write(folder, _header(record.started, system), results, footer)
    again, systems = read_record(folder), {system.system: system}
    write_reports(folder, again, systems)
    print_summary(summarise(again, systems), stream, folder=folder, terminal=terminal)
    _tell(changes(record, again), stream)
    return footer.exit_code


def changes(before: RunRecord, after: RunRecord) -> list[Changed]:
    """The cases whose outcome has changed, in the order of the run."""
    old = {result.id: result.outcome for result in before.results}
    return [
        Changed(case=result.id, before=old[result.id], after=result.outcome)
        for result in after.results
        if result.id in old and old[result.id] is not result.outcome
    ]


def target_of(started: RunStarted, system: System) -> Target:
    """The target as the header of a record tells it, with stand-ins for its secrets, which transcripts hold, too."""
    known: Mapping[str, Any] = started.target
    return Target(
        system=system.system,
        name=known.get("name", ""),
        host=known.get("host", ""),
        ports=known.get("ports") or {name: interface.port for name, interface in system.interfaces.items()},
        clock_scale=known.get("clock_scale", 1.0),
        timeout=known.get("timeout", 5.0),
        rate=known.get("rate", 0.0),
        credentials=known.get("credentials", {}),
        fixtures=known.get("fixtures", {}),
        allow=Allow(**{name: started.permit.get(name, False) for name in Allow.__slots__}),
        claims=started.claims,
        dialect=known.get("dialect", {}),
    )


class _Again:
    """Judges every case of a record again, in its order, as the engine does (`harness.engine.Run`)."""

    def __init__(self, record: RunRecord, system: System, run: Path) -> None:
        self._record = record
        self._run = run
        self._judge = Judge(system, target_of(record.started, system), record.started.seed)
        suite = load_suite(system)
        self._cases = {case.id: case for case in suite.around(system, list(suite.cases.values()))}
        self._dialect = Dialect(system)
        self._outcomes: dict[str, Outcome] = {}
        self._summed_up = f"{system.system}.dialect."

    def results(self) -> list[CaseResult]:
        """The new results; those about the whole dialect come last, and only if the run came to its end."""
        found, before = [], {}
        for old in self._record.results:
            if old.id.startswith(self._summed_up):
                before[old.id] = old
                continue
            result = _waived(self._one(old), old)
            self._outcomes[result.id] = result.outcome
            found.append(result)
        finished = self._record.finished
        if finished is not None and not finished.interrupted:
            found += [_waived(result, before.get(result.id)) for result in self._dialect.results()]
        return found

    def _one(self, old: CaseResult) -> CaseResult:
        if not old.transcript:  # it never ran, or sent nothing
            return old
        case = self._cases.get(old.id)
        if case is None:
            return _unjudged(old, "the suite has no such case any more")
        transcript = _read_transcript(self._run, old.transcript)
        if transcript is None:
            return _unjudged(old, f"its transcript {old.transcript} cannot be read")
        result = self._play(case, transcript, old)
        self._dialect.see(result)
        return replace(result, duration_s=old.duration_s, transcript=old.transcript, replay=old.replay)

    def _play(self, case: Case, transcript: Transcript, old: CaseResult) -> CaseResult:
        playback = Playback(transcript)
        result = self._judge.run(case, playback, playback.to_rest)
        for check in old.checks:
            if check.id == ALIVE and not check.passed:
                result = with_failure(result, check)
        return without_control(result, case, self._outcomes)


def _unjudged(old: CaseResult, why: str) -> CaseResult:
    return replace(old, outcome=Outcome.INCONCLUSIVE, broken=(), checks=(), message=why, expected="", got="")


def _waived(result: CaseResult, old: CaseResult | None) -> CaseResult:
    """A failure that was waived in the run stays waived, unless it now breaks more."""
    if (
        old is None
        or old.outcome is not Outcome.WAIVED
        or result.outcome is not Outcome.FAILED
        or not set(result.broken) <= set(old.broken)
    ):
        return result
    same = old.message.endswith(result.message)
    return replace(
        result, outcome=Outcome.WAIVED, message=old.message if same else f"waived in the run: {result.message}"
    )


def _read_transcript(run: Path, name: str) -> Transcript | None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        return None
    try:
        return transcript_from_json(json.loads((run / path).read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _header(started: RunStarted, system: System) -> RunStarted:
    document = system.document
    specs = {system.system: {"title": system.title, "document": document.file, "sha256": document.sha256}}
    return replace(started, tool=f"clausewise {__version__}", specs=specs)


def _footer(record: RunRecord, system: System, results: list[CaseResult]) -> RunFinished:
    outcomes = [result.outcome for result in results]
    finished = record.finished
    dialect = Dialect(system)
    for result in results:
        if result.transcript:
            dialect.see(result)
    interrupted = finished is not None and finished.interrupted
    code = exit_code(outcomes, interrupted=interrupted, unreachable=not results, incomplete=finished is None)
    if code == 0 and Outcome.WARNED in outcomes and _was_strict(record):
        code = 1
    return RunFinished(
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
        totals={outcome.value: outcomes.count(outcome) for outcome in Outcome},
        exit_code=code,
        dialect={system.system: dialect.readings()},
        notes=(
            *(finished.notes if finished is not None else ()),
            f"judged again from the transcripts of the run of {record.started.started}",
        ),
        interrupted=interrupted,
    )


def _was_strict(record: RunRecord) -> bool:
    """Whether warnings alone made the run nonconforming."""
    finished = record.finished
    return finished is not None and finished.exit_code == 1 and not finished.totals.get(Outcome.FAILED.value)


def _folder(run: Path) -> Path:
    """RUN/rejudged, new; the record of the run itself is never touched, what was judged again earlier is replaced."""
    folder = run / FOLDER
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir()
        try:
            (folder / "transcripts").symlink_to(Path("..") / "transcripts", target_is_directory=True)
        except OSError:  # a file system without links
            shutil.copytree(run / "transcripts", folder / "transcripts")
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror}; the folder of the run must be writable") from None
    return folder


def _write(folder: Path, header: RunStarted, results: list[CaseResult], footer: RunFinished) -> None:
    writer = RecordWriter(folder / "run.jsonl", Redactor())
    try:
        writer.write(header)
        for result in results:
            writer.write(CaseFinished(result=result))
        writer.write(footer)
    finally:
        writer.close()


def _tell(changed: list[Changed], stream: TextIO) -> None:
    stream.write(f"{len(changed)} verdicts changed\n" if len(changed) != 1 else "1 verdict changed\n")
    for change in changed:
        stream.write(f"  {change.case}: {change.before.value} -> {change.after.value}\n")
