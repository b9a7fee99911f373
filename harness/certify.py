"""`clausewise certify`: target or reference server, run, record and reports, in one folder."""

from __future__ import annotations

import re
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import msgspec

from harness.callroad import API_VERSION
from harness.collecting import seldom_collected
from harness.engine import Plan, Run
from harness.errors import InternalError, UsageError
from harness.events import Event, RecordWriter, RunFinished, read_record, redacted
from harness.report import write_reports
from harness.report.progress import make_progress, print_summary
from harness.report.summary import summarise
from harness.spec.load import load_system, system_names
from harness.spec.model import System
from harness.suite import load_suite
from harness.target import Target, load_target
from harness.transcript import Redactor, Transcript, transcript_to_json
from harness.waivers import Waivers, baseline_waivers, read_waivers, waivers_text

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
# A session that must be waited out takes so many wall seconds on the reference server.
IDLE_WALL_S = 1.2
# Shorter ones stand in texts by chance; protocols that carry credentials keep them out of everything by themselves.
SHORTEST_SECRET = 6
PROFILES = ("certification", "regression", "acceptance")
# The reference server needs a fraction of this to start; a machine that needs more is overloaded.
START_S = 20.0
# The reference server's clock runs faster, so that cases that wait for device seconds wait less; slow enough to hit tenths of a second.
CALLS_CLOCK = 60.0  # where calls and their pauses take seconds
REFERENCE_CLOCK = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of one run of one system."""

    system: str
    target: Path | None = None
    profile: str = "certification"
    strict: bool = False
    select: tuple[str, ...] = ()
    seed: int | None = None
    max_time_s: float | None = None
    out: Path | None = None
    waivers: Path | None = None
    baseline: Path | None = None
    api_version: str | None = None  # of an API that has several; members and methods of later ones are not asked for
    write_waivers: bool = False
    serve_options: tuple[str, ...] = ()  # for the reference server: faults and readings, for our own tests


def certify(options: Options, stream: TextIO, *, terminal: bool) -> int:
    """Run one system and write its reports; gives the exit code.

    Raises:
        UsageError: target file, selection or folder are wrong.
        TransportError: the target could never be connected.
    """
    system = load_system(options.system)
    suite = load_suite(system)
    check_version(system, options.api_version, "--api-version")
    folder = make_folder(options.out, options.system)
    with target_for(options) as target:
        target = versioned(system, target, options.api_version)
        plan = Plan(
            system=system,
            suite=suite,
            target=target,
            seed=secrets.randbits(32) if options.seed is None else options.seed,
            select=options.select,
            profile=options.profile,
            strict=options.strict,
            max_time_s=options.max_time_s,
            waivers=_waivers(options),
            rerun=" ".join(
                [
                    "clausewise certify",
                    options.system,
                    *(["--target", str(options.target)] if options.target else options.serve_options),
                ]
            ),
        )
        version = f" --api-version '{options.api_version}'" if options.api_version is not None else ""
        plan = replace(plan, rerun=f"{plan.rerun}{version} --seed {plan.seed}")
        code = run_plan(plan, folder, stream, terminal=terminal)
    systems = {options.system: system}
    if options.write_waivers:
        (folder / "waivers.toml").write_text(waivers_text(read_record(folder).results), encoding="utf-8")
    record = read_record(folder)
    write_reports(folder, record, systems)
    print_summary(summarise(record, systems), stream, folder=folder, terminal=terminal)
    return code


def versioned(system: System, target: Target, version: str | None) -> Target:
    """The target with the version of the API that is tested, if one is named here or by the target file's claims.

    Raises:
        UsageError: the API has no such version, or the system no versions at all.
    """
    claimed = target.claims.get(API_VERSION) if system.calls is not None else None
    wanted = version if version is not None else str(claimed) if claimed is not None else None
    if wanted is None:
        return target
    check_version(
        system, wanted, "--api-version" if version is not None else f"claims.{API_VERSION} of the target file"
    )
    return replace(target, claims={**target.claims, API_VERSION: wanted})


def check_version(system: System, version: str | None, where: str) -> None:
    """A version of the API that is asked for must be one that the system has.

    Raises:
        UsageError: it has no such version, or no versions at all.
    """
    known = system.calls.versions if system.calls is not None else []
    if version is not None and version not in known:
        told = f"expected one of {', '.join(known)}" if known else f"{system.system} has no versions to choose from"
        raise UsageError(f"{where} {version}: {told}")


def _waivers(options: Options) -> Waivers:
    given = read_waivers(options.waivers, datetime.now(UTC).date()).entries if options.waivers is not None else ()
    known = baseline_waivers(options.baseline).entries if options.baseline is not None else ()
    return Waivers((*given, *known))


def run_plan(plan: Plan, folder: Path, stream: TextIO, *, terminal: bool) -> int:
    """Run a plan with progress on `stream` and the record in `folder`; gives the exit code."""
    seldom_collected()
    redactor = redactor_for(plan.target)
    writer = RecordWriter(folder / "run.jsonl", redactor)
    progress = make_progress(stream, total=0, terminal=terminal)
    code = 5
    try:
        run = Run(plan, TranscriptFolder(folder, redactor).keep)
        with interrupting(run.interrupt):
            for event in run.events():
                writer.write(event)
                progress.write(redacted(event, redactor))
                code = _code(event, code)
    finally:
        progress.close()
        writer.close()
    return code


def redactor_for(target: Target) -> Redactor:
    """What hides the target's credentials, but for the name of the user."""
    redactor = Redactor()
    for name, secret in target.credentials.items():
        if name != "user" and len(secret) >= SHORTEST_SECRET and secret != target.credentials.get("user"):
            redactor.add(secret, name)
    return redactor


@contextmanager
def interrupting(interrupt: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C and SIGTERM end a run in order instead of in the middle of a line of its record."""
    wanted = (signal.SIGINT, signal.SIGTERM)
    try:
        before = {number: signal.signal(number, lambda *_: interrupt()) for number in wanted}
    except ValueError:  # not the main thread: signals go elsewhere
        yield
        return
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _code(event: Event, code: int) -> int:
    return event.exit_code if isinstance(event, RunFinished) else code


class TranscriptFolder:
    """Writes each case's transcript to a file of its own."""

    def __init__(self, folder: Path, redactor: Redactor) -> None:
        self._folder = folder
        self._redactor = redactor
        (folder / "transcripts").mkdir(exist_ok=True)

    def keep(self, transcript: Transcript) -> str:
        """Write it; gives its path below the run's folder."""
        name = f"transcripts/{safe_name(transcript.case)}.json"
        (self._folder / name).write_bytes(msgspec.json.encode(transcript_to_json(transcript, self._redactor)))
        return name


def safe_name(case: str) -> str:
    """A case id as a file name: other characters than letters, digits, dot and hyphen are written as their code."""
    return _UNSAFE.sub(lambda found: f"%{ord(found[0]):x}", case)


def make_folder(out: Path | None, system: str) -> Path:
    """The folder of a run, new and empty.

    Raises:
        UsageError: it holds something already, or cannot be made.
    """
    folder = out or Path("reports") / "runs" / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{system}-{secrets.token_hex(2)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UsageError(
                f"--out {folder}: the folder is not empty; name a new one, a run record is never overwritten"
            )
    except OSError as error:
        raise UsageError(f"--out {folder}: {error.strerror}; name a folder that can be written") from None
    return folder


@contextmanager
def target_for(options: Options) -> Iterator[Target]:
    """The target of the options; without one, a reference server that lives as long as the block."""
    if options.target is not None:
        target = load_target(options.target, {name: load_system(name) for name in system_names()})
        if target.system != options.system:
            raise UsageError(f"{options.target}: system is {target.system!r}, but {options.system!r} was asked for")
        yield target
        return
    system = load_system(options.system)
    version = ("--api-version", options.api_version) if options.api_version is not None else ()
    with tempfile.TemporaryDirectory(prefix="clausewise-") as folder:
        path = Path(folder) / "target.toml"
        clock = ("--clock-scale", str(reference_clock(system)))
        with reference_server(options.system, ("--write-target", str(path), *clock, *version, *options.serve_options)):
            yield load_target(path, {options.system: system})


def reference_clock(system: System) -> float:
    """How fast the clock of a system's reference server runs."""
    if system.messages is not None:
        return system.messages.idle_s / IDLE_WALL_S
    if system.calls is not None:
        return system.calls.idle_s / IDLE_WALL_S
    return CALLS_CLOCK if system.documents is not None else REFERENCE_CLOCK


@contextmanager
def reference_server(system: str, arguments: Sequence[str]) -> Iterator[None]:
    """A reference server in a process of its own, ready when the block begins and gone when it ends.

    Raises:
        InternalError: it does not start.
    """
    command = [sys.executable, "-m", "harness", "serve", system, "--host", "127.0.0.1", "--with-parent", *arguments]
    with tempfile.TemporaryFile() as said:  # no pipe, which would fill while nobody reads it
        # In a session of its own, since Ctrl-C is for us and the server is needed to undo. If we are killed, the end of its standard input tells it.
        process = subprocess.Popen(  # noqa: S603 - our own program
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            start_new_session=True,
        )
        try:
            if process.stdout is None or not process.stdout.readline().startswith("READY"):
                process.communicate(timeout=START_S)
                said.seek(0)
                problem = said.read().decode(errors="replace").strip()
                if process.returncode == 2:  # it was asked for a fault or a reading that there is not
                    raise UsageError(problem.removeprefix("clausewise: "))
                raise InternalError(f"the reference server for {system} did not start: {problem[-500:]}")
            yield
        finally:
            process.terminate()
            try:
                process.communicate(timeout=START_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
