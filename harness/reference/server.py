"""Run a reference server: start a system's world, open its interfaces, serve until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import UsageError
from harness.reference.faults import Fault, FaultSet, require_known
from harness.reference.readings import Readings
from harness.reference.registry import implementation
from harness.reference.system import Listener, ReferenceSystem, Setup
from harness.reference.target import target_text, write_authority, write_target
from harness.secure import secured
from harness.spec.load import load_system
from harness.spec.model import System


def _ignore(_ready: Mapping[str, object]) -> None:
    """Nobody waits for the server to be ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """What to serve.

    Args:
        system: id of the system.
        host: address to listen on.
        ports: interface -> port; 0 picks a free one, an interface not named listens on its documented port.
        faults: names of the seeded faults to switch on.
        readings: ambiguity id -> reading; the first one listed in the spec where not given.
        clock_scale: device seconds over wall seconds, more than 0.
        rows: size of the default world in the system's own terms, 0 or more; None is its default.
        write_target: where to write a target file once all sockets listen, and beside it who has signed its certificate.
        seed: of everything random in the system's world.
        version: of the API that the device has, for systems that have several; the newest where not given.
    """

    system: str
    host: str = "127.0.0.1"
    ports: Mapping[str, int] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    readings: Mapping[str, str] = field(default_factory=dict)
    clock_scale: float = 1.0
    rows: int | None = None
    write_target: Path | None = None
    seed: int = 0
    version: str | None = None


def faults_of(system: str) -> Sequence[Fault]:
    """The seeded faults of a system.

    Raises:
        UsageError: the system has no reference server.
    """
    return implementation(system).faults


def start_system(options: ServeOptions) -> ReferenceSystem:
    """The world of a system, with no socket open.

    Raises:
        UsageError: a name or number in the options is wrong; the message names the nearest known one.
    """
    made = implementation(options.system)
    model = load_system(options.system)
    _check(options, model)
    scale, begin = options.clock_scale, time.monotonic()
    setup = Setup(
        model=model,
        faults=FaultSet(made.faults, options.faults),
        readings=Readings(model, options.readings),
        clock=lambda: (time.monotonic() - begin) * scale,
        rows=options.rows,
        seed=options.seed,
        clock_scale=scale,
        version=options.version,
    )
    return made.start(setup)


def _check(options: ServeOptions, model: System) -> None:
    for name, port in options.ports.items():
        require_known("port", name, model.interfaces)
        if not 0 <= port <= 65535:
            raise UsageError(f"port {name}: expected 0 to 65535, got {port}")
    if not 0 < options.clock_scale < float("inf"):
        raise UsageError(f"clock scale: expected a number above 0, got {options.clock_scale}")
    if options.version is not None:
        require_known("API version", options.version, model.calls.versions if model.calls is not None else ())
    if options.rows is not None and options.rows < 0:
        raise UsageError(f"rows: expected 0 or more, got {options.rows}")


async def serve(options: ServeOptions, ready: Callable[[dict[str, object]], None] = _ignore) -> None:
    """Serve until SIGTERM or SIGINT, or until the task is cancelled; every socket is closed on return.

    Args:
        options: what to serve.
        ready: called once when all sockets listen, with `host` and `ports` (interface -> port).

    Raises:
        UsageError: a name in the options is not known, or an address cannot be listened on.
    """
    system = start_system(options)
    _allow_many_files()
    async with _listening(system, options) as ports:
        if options.write_target is not None:
            secure = any(system.model.interfaces[name].transport == "https" for name in ports)
            text = target_text(
                system=options.system,
                host=options.host,
                clock_scale=options.clock_scale,
                ports=ports,
                authority=write_authority(options.write_target, secured(options.host).authority) if secure else "",
                credentials=system.credentials(),
                fixtures=system.fixtures(),
                claims={"api_version": options.version} if options.version is not None else None,
            )
            write_target(options.write_target, text)
        with _stop_signal() as stop:
            ready({"host": options.host, "ports": ports})
            await stop.wait()


@contextlib.asynccontextmanager
async def _listening(system: ReferenceSystem, options: ServeOptions) -> AsyncIterator[dict[str, int]]:
    listeners: dict[str, Listener] = {}
    try:
        for name, interface in system.model.interfaces.items():
            port = options.ports.get(name, interface.port)
            try:
                listener = await system.listen(name, options.host, port)
            except (OSError, ValueError) as error:  # ValueError: no certificate can name the host
                reason = getattr(error, "strerror", None) or error
                raise UsageError(f"cannot listen on {options.host}:{port}: {reason}") from error
            if listener is not None:
                listeners[name] = listener
        yield {name: listener.port for name, listener in listeners.items()}
    finally:
        for listener in listeners.values():
            await listener.close()


@contextlib.contextmanager
def _stop_signal() -> Iterator[asyncio.Event]:
    """An event that SIGTERM and SIGINT set, where signals can be had: not in a thread."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    caught = []
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, stop.set)
            caught.append(number)
    try:
        yield stop
    finally:
        for number in caught:
            loop.remove_signal_handler(number)


def _allow_many_files() -> None:
    """As many open connections as the system's hard limit allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
