"""Progress and summary on a terminal. It imports rich, so only `make_progress` and `print_summary` import it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TextIO

import rich.progress
from rich import box
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from harness.events import CaseFinished, CaseStarted, Event, RunFinished, RunStarted
from harness.report.failure import summarise_failure
from harness.report.progress import TOLD, chapter_rows, failure_blocks, gap_text, table_columns, verdict_text
from harness.report.readable import one_line
from harness.report.summary import WORST_FIRST, Summary
from harness.verdict import Outcome

COLOURS = {
    Outcome.PASSED: "green",
    Outcome.FAILED: "bold red",
    Outcome.WARNED: "yellow",
    Outcome.SKIPPED: "bright_black",
    Outcome.INCONCLUSIVE: "magenta",
    Outcome.ERROR: "bold bright_magenta",
    Outcome.WAIVED: "blue",
}
_LABELS = {"expected", "got", "sent", "came", "document", "again", "why", "check", "details"}
_TONES = {0: "bold green", 1: "bold red", 4: "bold red", 5: "bold bright_magenta"}


class RichProgress:
    """A bar with counts, time left and the current case; failures are printed above it as they happen.

    Device text is made visible and passed as `Text`, never as markup, so it cannot steer the terminal.
    """

    def __init__(self, stream: TextIO, *, total: int, force: bool | None = None) -> None:
        self._console = Console(file=stream, force_terminal=force, highlight=False)
        self._counts: Counter[Outcome] = Counter()
        self._current = ""
        self._progress = _Bar(
            rich.progress.BarColumn(bar_width=30, complete_style="cyan", finished_style="cyan"),
            rich.progress.MofNCompleteColumn(),
            rich.progress.TimeRemainingColumn(compact=True),
            console=self._console,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._progress.below = self._below
        self._task = self._progress.add_task("", total=total or None)
        self._progress.start()

    def write(self, event: Event) -> None:
        """Take one event."""
        if isinstance(event, RunStarted):
            if event.planned:
                self._progress.update(self._task, total=event.planned)
        elif isinstance(event, CaseStarted):
            self._current = event.id
        elif isinstance(event, CaseFinished):
            self._counts[event.result.outcome] += 1
            if event.result.outcome in TOLD:
                head, *rest = summarise_failure(event.result)
                self._console.print(Text(head, COLOURS[event.result.outcome]), *(Text(line) for line in rest), sep="\n")
            self._progress.advance(self._task)
        elif isinstance(event, RunFinished):
            self.close()

    def close(self) -> None:
        """Leave the last state of the bar standing."""
        self._current = ""
        self._progress.stop()

    def _below(self) -> Group:
        counts = Text(no_wrap=True, overflow="ellipsis")
        for outcome in WORST_FIRST:
            if self._counts[outcome]:
                counts.append(f"{self._counts[outcome]} {outcome.value}  ", COLOURS[outcome])
        current = Text(one_line(self._current), "dim", no_wrap=True, overflow="ellipsis")
        return Group(*(line for line in (counts, current) if line.plain))


class _Bar(rich.progress.Progress):
    """rich's display with further lines below the bar."""

    below = staticmethod(lambda: Group())

    def get_renderable(self) -> Group:
        """The bar and what stands below it."""
        return Group(*self.get_renderables(), self.below())


def print_coloured(summary: Summary, stream: TextIO, *, folder: Path | None = None, force: bool | None = None) -> None:
    """The text that ends a run, in colours and in the width of the terminal."""
    console = Console(file=stream, highlight=False, force_terminal=force)
    console.print(_table(summary))
    for block in failure_blocks(summary, console.width, folder):
        console.print()
        console.print(_failure(block), soft_wrap=True)
    gaps = gap_text(summary, console.width)
    if gaps:
        head, _, rest = gaps.partition("\n")
        console.print(Text(f"\n{head}", "bold"), Text(rest), sep="\n", soft_wrap=True)
    console.print()
    for line in verdict_text(summary, folder).splitlines():
        style = _TONES.get(summary.exit_code, "bold yellow") if line.startswith(f"{summary.verdict} (exit") else ""
        console.print(Text(line, style), soft_wrap=True)


def _table(summary: Summary) -> Table:
    columns = table_columns(summary)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_footer=True)
    table.add_column("chapter", footer="total")
    for column in columns:
        total = summary.totals[column]
        table.add_column(column.value, footer=Text(str(total), COLOURS[column] if total else "dim"), justify="right")
    for name, counts in chapter_rows(summary):
        cells = (
            Text(str(count) if count else ".", COLOURS[column] if count else "dim")
            for column, count in zip(columns, counts, strict=True)
        )
        table.add_row(Text(one_line(name)), *cells)
    return table


def _failure(block: str) -> Text:
    text = Text()
    for number, line in enumerate(block.split("\n")):
        label = line[2:12].strip()
        if number == 0:
            text.append(line, COLOURS[Outcome.FAILED])
        elif label in _LABELS:
            text.append(line[:12], "dim").append(
                line[12:], "green" if label == "expected" else "red" if label == "got" else ""
            )
        else:
            text.append(line)
        text.append("\n")
    text.rstrip()
    return text
