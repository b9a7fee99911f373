"""`clausewise mutate` from options to exit code: a folder, live progress, Ctrl-C, reports."""

from __future__ import annotations

import time
from typing import TextIO

from harness.certify import interrupting, make_folder
from harness.mutation.matrix import SURVIVING, Fate
from harness.mutation.report import format_summary, write_reports
from harness.mutation.run import MutateOptions, Mutation, Progress
from harness.report.progress import EVERY_S, encodable, remaining_s
from harness.report.readable import one_line

_DRAW_EVERY_S = 0.1
_LINE = 110


def mutate(options: MutateOptions, stream: TextIO, *, terminal: bool) -> int:
    """Run every mutant and write the reports; gives the exit code.

    Raises:
        UsageError: target file, selection or folder are wrong.
        TransportError: the target could never be connected.
    """
    progress = ProgressLine(stream, terminal=terminal)
    mutation = Mutation(options, progress.tell)
    folder = make_folder(options.out, options.system)
    with interrupting(mutation.stop):
        try:
            result = mutation.run()
        finally:
            progress.close()
    write_reports(folder, result, options.system)
    stream.write(encodable(format_summary(result, folder), stream))
    stream.flush()
    return result.exit_code


class ProgressLine:
    """One line that is drawn again on a terminal, else a line every few seconds; survivors are told as they happen."""

    def __init__(self, stream: TextIO, *, terminal: bool) -> None:
        self._stream, self._terminal = stream, terminal
        self._said_at = self._mutants_from = 0.0
        self._width = 0

    def tell(self, progress: Progress) -> None:
        """Show how far the run is."""
        trial, now = progress.trial, time.monotonic()
        if progress.total and not self._mutants_from:
            self._mutants_from = now
        if trial is not None and trial.fate in (*SURVIVING, Fate.ALARM):
            self._say(f"{trial.fate.value}: {trial.mutant.id}: {one_line(trial.mutant.about, _LINE)}\n")
        if now - self._said_at >= (_DRAW_EVERY_S if self._terminal else EVERY_S):
            self._said_at = now
            self._say(self._text(progress, now) + ("" if self._terminal else "\n"))

    def _text(self, progress: Progress, now: float) -> str:
        if not progress.total:
            return f"control run: {progress.done} cases  {one_line(progress.what, 60)}"
        left = remaining_s(progress.done, progress.total, now - self._mutants_from)
        counts = f"{progress.killed} killed, {progress.survived} survived"
        rest = f", {left:.0f} s left" if left >= 1 else ""
        return f"{progress.done}/{progress.total} mutants  {counts}{rest}  {one_line(progress.what, 50)}"

    def _say(self, text: str) -> None:
        text = encodable(text, self._stream)
        clear = "\r" + " " * self._width + "\r" if self._width else ""
        self._width = len(text) if self._terminal and not text.endswith("\n") else 0
        self._stream.write(clear + text)
        self._stream.flush()

    def close(self) -> None:
        """Leave an empty line to write on."""
        if self._width:
            self._say("\n")
