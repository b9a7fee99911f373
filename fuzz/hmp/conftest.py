"""What the fuzz tests of hmp run against: the device of `--target FILE`, else a reference server of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fuzz.hmp.client import Clients
from fuzz.hmp.world import HmpWorld
from harness.certify import Options, target_for
from harness.errors import HarnessError, TransportError
from harness.fuzzing.session import LEFT_ON_DEVICE, LEFT_ON_REFERENCE
from harness.messages.binding import Binding
from harness.messages.book import ErrorBook
from harness.messages.registry import binding_for
from harness.net import connect
from harness.permit import Permit
from harness.spec.load import load_system
from harness.target import Target

SYSTEM = "hmp"
# The reference server's clock is so quick that a device second passes within some dozen exchanges: HotMarks fall into one second and into several.
CLOCK = ("--clock-scale", "50")


@pytest.fixture(scope="session")
def target(pytestconfig: pytest.Config) -> Iterator[Target]:
    """The device under test."""
    path = pytestconfig.getoption("--target")
    options = Options(system=SYSTEM, target=Path(path) if path else None, serve_options=CLOCK)
    try:
        context = target_for(options)
        found = context.__enter__()
    except HarnessError as error:
        pytest.exit(f"clausewise: {error}", returncode=2)
    try:
        yield found
    finally:
        context.__exit__(None, None, None)


@pytest.fixture(scope="session")
def book() -> ErrorBook:
    """The errors of every command."""
    system = load_system(SYSTEM)
    assert system.lines is not None
    return ErrorBook(system, system.lines)


@pytest.fixture(scope="session")
def interface(target: Target) -> str:
    """The interface that commands go to."""
    if not target.ports:
        pytest.skip("[target.ports] names no interface")
    name = next(iter(target.ports))
    try:
        connect(target.host, target.ports[name], timeout_s=target.timeout).close()
    except TransportError as error:
        pytest.exit(f"clausewise: {error}", returncode=3)
    return name


@pytest.fixture(scope="session")
def binding(book: ErrorBook, interface: str) -> Binding:
    """The protocol of that interface."""
    return binding_for(book.system, interface)


@pytest.fixture(scope="session")
def permit(target: Target) -> Permit:
    """What may be sent."""
    return Permit.of(target)


@pytest.fixture(scope="session")
def world(book: ErrorBook, target: Target) -> HmpWorld:
    """The model of the device; it lasts as long as the device does."""
    return HmpWorld(book, target)


@pytest.fixture(scope="session")
def clients(
    pytestconfig: pytest.Config, target: Target, book: ErrorBook, binding: Binding, permit: Permit, world: HmpWorld
) -> Iterator[Clients]:
    """Two clients that may write."""
    if not permit.allow.write:
        pytest.skip("[target.allow] write is false: everything here makes sessions")
    left = LEFT_ON_DEVICE if pytestconfig.getoption("--target") else LEFT_ON_REFERENCE
    made = Clients(target, book, binding, permit, world, most_left=left)
    yield made
    made.close()
