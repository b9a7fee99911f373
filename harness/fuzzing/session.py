"""A target made ready for scripts: spec, kit, permit, shared objects and player, and all of it undone at the end."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from harness.errors import InternalError, UsageError
from harness.flow import Undo
from harness.fuzzing.build import Builder
from harness.fuzzing.call_build import CallBuilder
from harness.fuzzing.call_kit import CallKit, version_of
from harness.fuzzing.call_player import CallPlayer
from harness.fuzzing.document_build import DocumentBuilder
from harness.fuzzing.document_kit import DocumentKit
from harness.fuzzing.document_player import DocumentPlayer
from harness.fuzzing.http_build import HttpBuilder
from harness.fuzzing.http_kit import HttpKit
from harness.fuzzing.http_player import HttpPlayer
from harness.fuzzing.kit import AnyKit, Kit, load_any_kit
from harness.fuzzing.packet_build import PacketBuilder
from harness.fuzzing.packet_kit import PacketKit
from harness.fuzzing.packet_player import PacketPlayer
from harness.fuzzing.player import Player
from harness.fuzzing.plays import Builds, Plays
from harness.judge import Judge
from harness.net import Deadline, connect
from harness.permit import Permit
from harness.pool import Pool
from harness.spec.load import load_system
from harness.spec.model import System
from harness.suite import load_suite
from harness.target import Target

# Objects that nothing removes again, such as finished recordings: how many a run may leave on a device, and on our own server.
LEFT_ON_DEVICE = 100
LEFT_ON_REFERENCE = 20_000


@dataclass(frozen=True, slots=True, repr=False)
class Session:
    """What scripts are played with."""

    system: System
    kit: AnyKit
    target: Target
    permit: Permit
    judge: Judge
    pool: Pool
    player: Plays

    def __repr__(self) -> str:
        return f"<session on {self.target.name}>"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        """How Hypothesis shows an argument. Else it spells out all fields, 100 kB and more, and warns instead of telling a failure."""
        printer.text(repr(self))

    def builder(self, only: Sequence[str] = ()) -> Builds:
        """What builds scripts for this target; of these categories where there are any.

        Raises:
            UsageError: the fuzzer of this system has no such category.
        """
        if isinstance(self.kit, HttpKit):
            return HttpBuilder(self.system, self.target, self.kit, only)
        if isinstance(self.kit, PacketKit):
            return PacketBuilder(self.system, self.target, self.kit, only)
        if isinstance(self.kit, CallKit):
            return CallBuilder(self.system, self.target, self.kit, only, version=version_of(self.system, self.target))
        if isinstance(self.kit, DocumentKit):
            return DocumentBuilder(self.system, self.target, self.kit, only)
        return Builder(self.system, self.target, only)

    def revived(self, patience_s: float) -> bool:
        """Wait until the device answers again, and expect nothing of what was there; False if it does not within this time."""
        deadline = Deadline.after(patience_s)
        while not self.player.is_alive():
            if not deadline.remaining():
                return False
            time.sleep(0.05)
        self.player.forget()
        return True

    def undo(self) -> list[Undo]:
        """Remove what was made; gives what could not be."""
        self.player.cleaner.clean(last=True)
        return [*self.player.cleaner.left, *self.pool.undo()]


@contextmanager
def session_on(target: Target, *, seed: int, ours: bool = False) -> Iterator[Session]:
    """A session that lives as long as the block.

    Args:
        target: the target.
        seed: of the run.
        ours: it is a server of our own, to which nothing can happen and which sends nothing to anybody.

    Raises:
        UsageError: the target offers no interface that the fuzzer speaks.
        TransportError: it cannot be connected.
    """
    system = load_system(target.system)
    if not target.ports:
        raise UsageError(f"{target.name}: no interface is offered; [target.ports] must name one")
    for port in target.ports.values():
        connect(target.host, port, timeout_s=target.timeout).close()
    kit = load_any_kit(system.system)
    permit = Permit.of(target)
    judge = Judge(system, target, seed)
    pool = Pool(suite=load_suite(system), target=target, judge=judge, permit=permit)
    most = LEFT_ON_REFERENCE if ours else LEFT_ON_DEVICE
    player: Plays
    if isinstance(kit, HttpKit):
        player = HttpPlayer(kit, judge, target, permit, pool, guarded=not ours)
    elif isinstance(kit, PacketKit):
        player = PacketPlayer(kit, judge, target, permit, pool, guarded=not ours)
    elif isinstance(kit, CallKit):
        version = version_of(system, target)
        player = CallPlayer(kit, judge, target, permit, pool, version=version, guarded=not ours)
    elif isinstance(kit, DocumentKit):
        player = DocumentPlayer(kit, judge, target, permit, pool, most_leftovers=most, guarded=not ours)
    elif isinstance(kit, Kit):
        player = Player(kit, judge, target, permit, pool, most_leftovers=most, guarded=not ours, seed=seed)
    else:
        raise InternalError(f"{system.system}: nothing plays scripts for a {type(kit).__name__}")
    session = Session(system, kit, target, permit, judge, pool, player)
    try:
        yield session
    finally:
        session.undo()
        player.close()
        pool.close()
