"""`clausewise bench`: target or reference server, load, bench.json and report, in one folder."""

from __future__ import annotations

import difflib
import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from harness.certify import Options, interrupting, make_folder, redactor_for, target_for
from harness.errors import UsageError
from harness.load.record import Recorder, Second
from harness.load.run import LoadPlan, LoadRun
from harness.load.scenario import LoadScenario
from harness.load.verdicts import Level
from harness.report.load import write_load_report
from harness.report.loadtext import LoadProgress, load_summary
from harness.spec.load import load_system
from harness.suite import Suite, load_suite
from harness.transcript import Redactor

# For a reference server whose sessions end without activity: with a fast clock they would while many connections are opened.
WALL_CLOCK = ("--clock-scale", "1")


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchOptions:
    """The options of one load run; `scenario` "" is the system's default."""

    system: str
    target: Path | None = None
    scenario: str = ""
    connections: int = 32
    duration_s: float = 30.0
    level: Level = Level.FULL
    seed: int | None = None
    out: Path | None = None
    serve_options: tuple[str, ...] = ()  # for the reference server: faults and readings, for our own tests


def bench(options: BenchOptions, stream: TextIO, *, terminal: bool) -> int:
    """Load one system and write figures and report; gives the exit code.

    Raises:
        UsageError: target file, scenario or folder are wrong, or the target file does not permit the load.
        TransportError: the target could never be connected.
    """
    system = load_system(options.system)
    suite = load_suite(system)
    scenario = scenario_of(suite, options.scenario)
    folder = make_folder(options.out, f"bench-{options.system}")
    clock = WALL_CLOCK if system.messages is not None else ()
    served = Options(system=options.system, target=options.target, serve_options=(*clock, *options.serve_options))
    with target_for(served) as target:
        plan = LoadPlan(
            system=system,
            suite=suite,
            target=target,
            scenario=scenario,
            seed=secrets.randbits(32) if options.seed is None else options.seed,
            connections=options.connections,
            duration_s=options.duration_s,
            level=options.level,
        )
        progress = LoadProgress(stream, terminal=terminal)
        progress.begin(scenario.name, scenario.about, target.name, plan.connections, plan.duration_s)

        def on_second(part: str, second: Second, recorder: Recorder) -> None:
            progress.second(
                part,
                recorder.length_s,
                second.replies / max(second.length_s, 1e-9),
                recorder.violations,
                recorder.errors,
            )

        run = LoadRun(plan, on_second)
        try:
            with interrupting(run.interrupt):
                figures = run.figures()
        finally:
            progress.close()
    return _write(_clean(figures, redactor_for(target)), folder, stream)


def scenario_of(suite: Suite, name: str) -> LoadScenario:
    """The scenario of this name, or the default one.

    Raises:
        UsageError: the system has no such scenario.
    """
    name = name or suite.default_load
    if name not in suite.loads:
        close = difflib.get_close_matches(name, suite.loads, n=1)
        known = ", ".join(f"{one.name} ({one.about})" for one in suite.loads.values()) or "none"
        raise UsageError(
            f"--scenario {name or 'NAME'}: {suite.system} has no such scenario"
            + (f", the nearest is {close[0]!r}" if close else "")
            + f"; it has {known}"
        )
    return suite.loads[name]


def _write(figures: dict[str, Any], folder: Path, stream: TextIO) -> int:
    (folder / "bench.json").write_bytes(
        json.dumps(figures, indent=1, ensure_ascii=False).encode("utf-8", "backslashreplace")
    )
    write_load_report(folder, figures)
    stream.write(load_summary(figures, folder))
    stream.flush()
    return int(figures["run"]["exit_code"])


def _clean(data: Any, redactor: Redactor) -> Any:
    """The figures without secrets, wherever a device may have repeated one."""
    if isinstance(data, str):
        return redactor.clean_text(data)
    if isinstance(data, dict):
        return {key: _clean(value, redactor) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_clean(value, redactor) for value in data]
    return data
