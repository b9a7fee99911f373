"""Allure's results of one real run: microseconds of CPU that a case costs, its file included.

The run is `certify` against the reference server. CPU and not wall time, but with the system's share, which is most of it: a file a case. Apart: what
making and encoding alone takes, what writing files of that size alone takes, and what allure-python-commons' own writer takes.

Each round writes into a folder of its own, and all are removed at the end: ext4 takes ten times as long to create a file in the minutes after many
were removed, whoever removed them. So everything is measured twice: on disk, and in memory (/dev/shm), which does not depend on what ran before.
"""

from __future__ import annotations

import io
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from allure_commons.logger import AllureFileLogger

from harness.certify import Options, certify
from harness.events import RunRecord, read_record
from harness.report.allure import write_allure
from harness.report.allure_case import Origin, allure_result, encode_result
from harness.report.summary import Summary, summarise
from harness.spec.load import load_system

ROUNDS = 5
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - its purpose


def main() -> None:
    """Print one JSON object: `disk` and `memory`, each with the cases and microseconds of CPU a case (median) for each part."""
    with tempfile.TemporaryDirectory() as disk, tempfile.TemporaryDirectory(dir=MEMORY) as memory:
        run = Path(disk) / "run"
        certify(Options(system="hmp", seed=0, out=run), io.StringIO(), terminal=False)
        record = read_record(run)
        found = {"disk": measure(run, record, Path(disk)), "memory": measure(run, record, Path(memory))}
    json.dump(found, sys.stdout)
    sys.stdout.write("\n")


def measure(run: Path, record: RunRecord, folder: Path) -> dict[str, float]:
    """Microseconds of CPU a case below `folder`, each the median of several rounds, taken in turn."""
    summary = summarise(record, {"hmp": load_system("hmp")})
    origin = Origin(target="t", titles={}, clauses=summary.entries())
    parts: dict[str, Callable[[Path], object]] = {
        "written_us": lambda fresh: write_allure(fresh, summary),
        "made_us": lambda _: [encode_result(allure_result(one, origin)) for one in summary.results],
        "files_us": lambda fresh: bare_files(fresh, len(summary.results)),
        "commons_us": lambda fresh: through_commons(fresh, summary, origin),
    }
    found: dict[str, list[float]] = {name: [] for name in parts}
    for number in range(ROUNDS):
        for name, work in parts.items():
            fresh = folder / f"{name}-{number}"
            fresh.mkdir()
            (fresh / "transcripts").symlink_to(run / "transcripts")
            began = time.process_time()
            work(fresh)
            found[name].append((time.process_time() - began) / len(summary.results) * 1e6)
    return {"cases": len(summary.results), **{name: statistics.median(times) for name, times in found.items()}}


def bare_files(folder: Path, count: int) -> None:
    """As many files of the usual size, opened, written and closed: the share of the system."""
    data = b"x" * 1200
    (folder / "allure-results").mkdir()
    for number in range(count):
        path = f"{folder}/allure-results/{number:036}-result.json"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        os.write(handle, data)
        os.close(handle)


def through_commons(folder: Path, summary: Summary, origin: Origin) -> None:
    """The same results through allure-python-commons' own writer."""
    logger = AllureFileLogger(folder / "allure-results")
    for one in summary.results:
        logger.report_result(allure_result(one, origin))


if __name__ == "__main__":
    main()
