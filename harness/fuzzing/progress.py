"""Live progress of a fuzz run and the text that ends it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TextIO

from harness.fuzzing.campaign import Tally
from harness.fuzzing.finding import Finding
from harness.fuzzing.run import Options, Result
from harness.report.readable import one_line

# A line at least this often where there is no terminal to draw on.
EVERY_S = 5.0
# Findings told in full at the end; the folder holds the rest.
MOST_TOLD = 20


class FuzzProgress:
    """A line that is written over on a terminal, else a line every few seconds; and each finding as it is found."""

    def __init__(self, stream: TextIO, *, terminal: bool) -> None:
        self._stream = stream
        self._terminal = terminal
        self._said_at = time.monotonic()
        self._drawn = 0
        self._findings = 0

    def began(self, options: Options, seed: int, target: str, folder: Path) -> None:
        """The first script is about to be sent."""
        span = f"{options.cases} cases" if options.cases is not None else f"{options.time_s:g} s"
        only = f", only {', '.join(options.only)}" if options.only else ""
        self._line(f"Fuzzing {target} for {span}{only}, seed {seed}; findings go to {folder / 'findings'}")

    def tick(self, tally: Tally) -> None:
        """Time for a sign of life."""
        now = time.monotonic()
        if not self._terminal and now - self._said_at < EVERY_S:
            return
        self._said_at = now
        rate = tally.cases / max(tally.elapsed_s, 1e-3)
        text = f"{tally.elapsed_s:6.0f} s  {tally.cases} cases ({rate:.0f}/s), {tally.requests} requests, {self._findings} findings"
        if self._terminal:
            self._stream.write(f"\r{text.ljust(self._drawn)}")
            self._stream.flush()
            self._drawn = len(text)
        else:
            self._line(text)

    def found(self, finding: Finding, path: Path) -> None:
        """A finding was written."""
        self._findings += 1
        self._clear()
        self._line(f"FINDING {path.name}: {_told(finding)}")

    def close(self) -> None:
        """Leave the display in order."""
        self._clear()
        self._stream.flush()

    def _clear(self) -> None:
        if self._drawn:
            self._stream.write(f"\r{' ' * self._drawn}\r")
            self._drawn = 0

    def _line(self, text: str) -> None:
        self._stream.write(text + "\n")
        self._stream.flush()


def print_fuzz_summary(result: Result, stream: TextIO) -> None:
    """What was done, what was found, and how to see it again."""
    tally = result.tally
    rate = tally.cases / max(tally.elapsed_s, 1e-3)
    lines = [f"{tally.cases} cases with {tally.requests} requests in {tally.elapsed_s:.1f} s ({rate:.0f} cases/s)"]
    for finding in result.findings[:MOST_TOLD]:
        again = "" if finding.reproduced else "; seen once, not reproduced alone"
        lines.append(f"  {finding.id}: {_told(finding)}{again}")
        lines.append(f"    clausewise replay {result.folder / 'findings' / finding.id}.json")
    if len(result.findings) > MOST_TOLD:
        lines.append(f"  and {len(result.findings) - MOST_TOLD} more in {result.folder / 'findings'}")
    lines += [f"Note: {note}" for note in result.notes]
    verdict = {0: "Nothing found.", 1: "Findings.", 130: "Interrupted."}.get(result.exit_code, "Nothing was learned.")
    lines.append(f"{verdict} (exit {result.exit_code}) Results in {result.folder}: results.json, run.jsonl, findings/")
    stream.write("\n".join(lines) + "\n")
    stream.flush()


def _told(finding: Finding) -> str:
    clauses = ", ".join(finding.clauses) + (f" (strains {', '.join(finding.strains)})" if finding.strains else "")
    return f"{clauses}: expected {one_line(finding.expected)}, got {one_line(finding.got)}"
