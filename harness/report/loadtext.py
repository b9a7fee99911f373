"""A load run as text: a line a second on a terminal, one every few seconds elsewhere, and the summary that ends it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from harness.report.progress import encodable
from harness.report.readable import one_line

# How often a line is written where lines cannot be drawn over.
EVERY_S = 5.0
MAX_VIOLATIONS = 5
WRITTEN = ("report.html", "bench.json")
VERDICTS = {
    0: "Every reply conformed",
    1: "Nonconforming: replies were wrong or missing",
    3: "Incomplete: what was asked for could not be loaded as a whole",
    130: "Interrupted: these are the figures so far",
}
BOUND = {
    "generator": "by the generator: it had next to no time left; the device may answer more, and the latencies contain the generator's own queue",
    "device": "by the device (or the network): the generator waited for replies",
    "rate": "by `rate` in the target file",
}


class LoadProgress:
    """How far a load is."""

    def __init__(self, stream: TextIO, *, terminal: bool) -> None:
        self._stream = stream
        self._terminal = terminal
        self._said_at = 0.0
        self._drawn = False
        self._duration_s = 0.0

    def begin(self, scenario: str, about: str, target: str, connections: int, duration_s: float) -> None:
        """Say what will be done."""
        self._duration_s = duration_s
        self._said_at = time.monotonic()
        plural = "s" if connections > 1 else ""
        self._write(
            f"{scenario} on {one_line(target)}: {connections} connection{plural} for {duration_s:g} s ({about})\n"
        )

    def second(self, part: str, at_s: float, per_s: float, violations: int, errors: Mapping[str, int]) -> None:
        """A second has passed.

        Args:
            part: `warm-up` or `load`.
            at_s: seconds of the part so far.
            per_s: replies a second in the last one.
            violations: in the part so far.
            errors: kind -> count, in the part so far.
        """
        now = time.monotonic()
        if not self._terminal and now - self._said_at < EVERY_S:
            return
        self._said_at = now
        asked = f"/{self._duration_s:g}" if part == "load" else ""
        line = f"{part} {at_s:5.1f}{asked} s  {per_s:10,.0f} replies/s  {violations} violations"
        line += f"  {sum(errors.values())} connection errors" if errors else ""
        self._write(f"\r{line:<78}" if self._terminal else f"{line}\n")
        self._drawn = self._terminal

    def close(self) -> None:
        """Leave the cursor on a line of its own."""
        if self._drawn:
            self._write("\n")
        self._drawn = False

    def _write(self, text: str) -> None:
        self._stream.write(encodable(text, self._stream))
        self._stream.flush()


def load_summary(figures: Mapping[str, Any], folder: Path) -> str:
    """The text that ends a load run.

    Args:
        figures: the content of bench.json.
        folder: where the files are.
    """
    return "\n".join(_lines(figures, folder)) + "\n"


def microseconds(value: float) -> str:
    """A latency for people: `87 us`, `1.43 ms`, `2.50 s`."""
    for size, unit in ((1_000_000, "s"), (1_000, "ms")):
        if value >= size:
            return f"{value / size:.2f} {unit}"
    return f"{value:.0f} us"


def _lines(figures: Mapping[str, Any], folder: Path) -> Iterator[str]:
    run, measured = figures["run"], figures["measured"]
    validation, generator = figures["validation"], figures["generator"]
    yield ""
    yield from _table(measured)
    yield ""
    yield (
        f"throughput  {measured['replies_per_s']:,.0f} replies/s over {measured['length_s']:.1f} s, {measured['replies']:,} replies; "
        f"{run['connections']} connections, closed loop"
    )
    if generator:
        yield f"bound       {BOUND[generator['bound_by']]}"
        yield (
            f"generator   {100 * generator['cpu_share']:.0f} % of a CPU, waited {100 * generator['waited_share']:.0f} % of the time; "
            f"longest turn {microseconds(generator['lag_max_us'])}"
        )
    yield (
        f"validated   {validation['replies']:,} replies ({validation['level']}; {validation['parsed_in_full']:,} of them read in full), "
        f"{validation['violations']:,} violations"
    )
    for kind, count in validation["errors"].items():
        yield f"errors      {count:,} x {kind}"
    for one in validation["kept"][:MAX_VIOLATIONS]:
        yield f"VIOLATION   {one_line(one['operation'])} at {one['at_s']:.3f} s, connection {one['connection']}: {', '.join(one['clauses'])}"
        for key in ("sent", "expected", "got"):
            yield f"  {key:9} {one_line(one[key], 300)}"
    if validation["violations"] > MAX_VIOLATIONS:
        yield f"            and {validation['violations'] - MAX_VIOLATIONS:,} more; report.html shows the first {len(validation['kept'])}"
    for left in run["scenario"]["left_out"]:
        yield f"left out    {left['name']}: {one_line(left['why'], 300)}"
    for check, got in validation["unusual"].items():
        yield f"unusual     {check}: {one_line(got, 300)}"
    for note in run["notes"]:
        yield f"Note: {one_line(note, 600)}"
    yield "A closed loop hides queueing: a device that stalls is asked less meanwhile (docs/load-a-device.md)."
    yield f"{VERDICTS[run['exit_code']]} (exit {run['exit_code']}), seed {run['seed']}"
    yield f"Reports in {folder}: {', '.join(name for name in WRITTEN if (folder / name).is_file())}"


def _table(measured: Mapping[str, Any]) -> Iterator[str]:
    names = list(measured["latency_us"]["percentiles"])
    room = max([12, *(len(name) for name in measured["operations"])])
    yield f"{'latency':<{room}}  {'replies':>11}" + "".join(f"  {'p' + name:>9}" for name in names) + f"  {'max':>9}"
    whole = {"replies": measured["replies"], "latency_us": measured["latency_us"]}
    for name, row in (*measured["operations"].items(), ("all", whole)):
        values = [*row["latency_us"]["percentiles"].values(), row["latency_us"]["max"]]
        yield f"{name:<{room}}  {row['replies']:>11,}" + "".join(f"  {microseconds(value):>9}" for value in values)
