"""Live progress of a run and the text that ends it; both read the event stream and nothing else."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TextIO

from harness.events import CaseFinished, Event, RunFinished, RunStarted
from harness.report.failure import describe_failure, summarise_failure
from harness.report.gaps import Gap, Want
from harness.report.readable import one_line, visible
from harness.report.summary import WORST_FIRST, ClauseStatus, Summary
from harness.report.transcripts import load_transcript
from harness.verdict import Outcome

# A line at least this often, and at each of these shares of the run, where there is no terminal to draw on.
EVERY_S = 5.0
EVERY_SHARE = 0.1
# Failures told in full at the end; the reports hold the rest.
MAX_FAILURES = 20
MAX_GAPS = 12
REPORTS = ("report.html", "junit.xml", "results.json", "dialect.toml", "run.jsonl", "allure-results")
COLUMNS = (Outcome.PASSED, Outcome.FAILED, Outcome.WARNED, Outcome.SKIPPED, Outcome.INCONCLUSIVE, Outcome.ERROR)
TOLD = frozenset({Outcome.FAILED, Outcome.ERROR})  # outcomes that are told as they happen
_WANTS = {
    Want.FIXTURE: "for want of fixtures ([target.fixtures])",
    Want.PERMIT: "for want of permission ([target.allow])",
    Want.OTHER: "for other reasons",
}


class Progress(Protocol):
    """A sink of events that shows how far the run is."""

    def write(self, event: Event) -> None:
        """Take one event."""

    def close(self) -> None:
        """Leave the display in order; called at every ending, more than once without harm."""


class PlainProgress:
    """A line every few seconds or every tenth of the run, and each failure as it happens."""

    def __init__(self, stream: TextIO, *, total: int) -> None:
        self._stream = stream
        self._total = total
        self._counts: Counter[Outcome] = Counter()
        self._begun = self._said_at = time.monotonic()
        self._said = 0

    def write(self, event: Event) -> None:
        """Take one event."""
        if isinstance(event, RunStarted):
            self._total = self._total or event.planned
        elif isinstance(event, CaseFinished):
            self._counts[event.result.outcome] += 1
            if event.result.outcome in TOLD:
                self._print(*summarise_failure(event.result))
            done, now = self._counts.total(), time.monotonic()
            if now - self._said_at >= EVERY_S or done - self._said >= max(1.0, self._total * EVERY_SHARE):
                self._say(now)
        elif isinstance(event, RunFinished) and self._counts.total() != self._said:
            self._say(time.monotonic())

    def close(self) -> None:
        """Leave nothing in a buffer."""
        self._stream.flush()

    def _say(self, now: float) -> None:
        self._said, self._said_at = self._counts.total(), now
        share = f" ({100 * self._said // self._total} %)" if self._total else ""
        left = remaining_s(self._said, self._total, now - self._begun)
        rest = f", {left:.0f} s left" if left >= 1 else ""
        self._print(f"{self._said}/{self._total or '?'}{share}  {counts_text(self._counts)}{rest}")

    def _print(self, *lines: str) -> None:
        self._stream.write("".join(f"{encodable(line, self._stream)}\n" for line in lines))
        self._stream.flush()


def make_progress(stream: TextIO, *, total: int, terminal: bool) -> Progress:
    """The display that suits `stream`.

    Args:
        stream: where it is drawn.
        total: cases planned, 0 if the header of the run tells.
        terminal: whether `stream` can redraw lines.
    """
    if not terminal:
        return PlainProgress(stream, total=total)
    from harness.report.terminal import RichProgress  # rich is heavy, and only terminals need it

    return RichProgress(stream, total=total)


def print_summary(
    summary: Summary, stream: TextIO, *, folder: Path | None = None, terminal: bool = False, width: int = 100
) -> None:
    """Write the text that ends a run, in colours on a terminal; see `format_summary`."""
    if not terminal:
        stream.write(encodable(format_summary(summary, width, folder=folder), stream))
        stream.flush()
        return
    from harness.report.terminal import print_coloured  # as in make_progress

    print_coloured(summary, stream, folder=folder)


def format_summary(summary: Summary, width: int = 100, *, folder: Path | None = None) -> str:
    """The text that ends a run: chapters, failures, what was not tested, verdict.

    Args:
        summary: the run.
        width: columns to wrap at.
        folder: the run's folder, for transcripts and the paths of its reports.
    """
    blocks = (
        chapter_table(summary, width),
        *failure_blocks(summary, width, folder),
        gap_text(summary, width),
        verdict_text(summary, folder),
    )
    return "\n\n".join(block for block in blocks if block) + "\n"


def chapter_rows(summary: Summary) -> list[tuple[str, list[int]]]:
    """Name and counts of each chapter that has cases, in the order of the table's columns."""
    columns = table_columns(summary)
    several = len(summary.started.systems) > 1
    rows = []
    for chapter in summary.chapters:
        if any(chapter.outcomes.values()):
            name = f"{chapter.system}: {chapter.name}" if several else chapter.name
            rows.append((name, [chapter.outcomes[column] for column in columns]))
    return rows


def table_columns(summary: Summary) -> tuple[Outcome, ...]:
    """Outcomes that the table of chapters has columns for."""
    return (*COLUMNS, Outcome.WAIVED) if summary.totals[Outcome.WAIVED] else COLUMNS


def chapter_table(summary: Summary, width: int) -> str:
    """The table of chapters as plain text."""
    columns, rows = table_columns(summary), chapter_rows(summary)
    total = ("total", [summary.totals[column] for column in columns])
    room = max(
        12, min(max(len(name) for name, _ in (*rows, total)), width - sum(len(column) + 2 for column in columns))
    )
    lines = [" " * room + "".join(f"  {column}" for column in columns)]
    for name, counts in (*rows, total):
        shown = visible(name) if len(name) <= room else visible(name[: room - 3]) + "..."
        cells = (f"  {count or '.':>{len(column)}}" for column, count in zip(columns, counts, strict=True))
        lines.append(f"{shown:<{room}}" + "".join(cells))
    lines.insert(len(lines) - 1, "-" * len(lines[0]))
    return "\n".join(lines)


def failure_blocks(summary: Summary, width: int, folder: Path | None) -> Iterator[str]:
    """Failures and errors of the harness in full, as many as a person reads."""
    told = (*summary.failures, *summary.of(Outcome.ERROR))
    entries = summary.entries()
    for result in told[:MAX_FAILURES]:
        transcript = load_transcript(folder, result.transcript) if folder is not None and result.transcript else None
        yield describe_failure(result, transcript, entries, width=width)
    if len(told) > MAX_FAILURES:
        yield f"and {len(told) - MAX_FAILURES} more failures; the reports hold them all"


def gap_text(summary: Summary, width: int) -> str:
    """What was not tested and why, and how many clauses no case came to."""
    lines: list[str] = []
    for want in Want:
        lines += _gap_lines(want, summary.wanting(want), width)
    statuses = Counter(clause.status for clause in summary.clauses.values())
    untested = statuses[ClauseStatus.NOT_TESTED]
    if untested:
        lines.append(f"  {untested} of {len(summary.clauses)} clauses; report.html says why for each")
    return "\n".join(["Not tested", *lines]) if lines else ""


def _gap_lines(want: Want, gaps: Sequence[Gap], width: int) -> Iterator[str]:
    if not gaps:
        return
    yield f"  {_WANTS[want]}"
    for gap in gaps[:MAX_GAPS]:
        about = f" ({gap.about})" if gap.about else ""
        kind = f", {gap.outcome.value}" if want is Want.OTHER else ""
        count = f"{len(gap.cases)} case{'s' if len(gap.cases) > 1 else ''}{kind}"
        yield f"    {one_line(gap.key + about, max(40, width - len(count) - 26))}: {count}"
    if len(gaps) > MAX_GAPS:
        yield f"    and {len(gaps) - MAX_GAPS} more"


def verdict_text(summary: Summary, folder: Path | None) -> str:
    """Notes, the verdict and where the reports are; the last lines of a run."""
    lines = [f"Note: {one_line(note, 1000)}" for note in summary.notes]
    lines.append(f"{summary.verdict} (exit {summary.exit_code}): {summary.meaning}")
    started, target = summary.started, one_line(str(summary.started.target.get("name", "target")))
    lines.append(f"{target}, profile {started.profile}, seed {started.seed}: {counts_text(summary.totals)}")
    if folder is not None:
        written = [name for name in REPORTS if (folder / name).exists()]
        lines += [f"Reports in {folder}: {', '.join(written)}"] if written else []
    return "\n".join(lines)


def counts_text(counts: Mapping[Outcome, int]) -> str:
    """`3 failed, 120 passed`, worst first, without what did not occur."""
    return ", ".join(f"{counts[outcome]} {outcome.value}" for outcome in WORST_FIRST if counts[outcome]) or "no cases"


def remaining_s(done: int, total: int, elapsed_s: float) -> float:
    """Seconds that the rest will take if it goes on as so far; 0 if that cannot be told."""
    return elapsed_s / done * (total - done) if 0 < done < total else 0.0


def encodable(text: str, stream: TextIO) -> str:
    """`text` as `stream` can take it: what its encoding lacks is escaped."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)
