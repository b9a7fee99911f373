"""Plays scripts on a target: sends, has the replies taken and judged, and cleans up.

A quick play sends the liveness probe along with the last bytes; a careful one sends it when everything before was answered, so that its
transcript can be read. Both look at the same things.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from itertools import count
from typing import NamedTuple

from harness.case import rng_for
from harness.ending import Ending
from harness.errors import PermitError, TransportError
from harness.flow import CaseEnd, CaseSkipped
from harness.fuzzing.channel import Channel
from harness.fuzzing.cleaner import Cleaner
from harness.fuzzing.expect import World
from harness.fuzzing.guard import Guard
from harness.fuzzing.kit import Kit
from harness.fuzzing.receive import GONE, NO_CALL, Behind, Played, Receiver, Stop
from harness.fuzzing.requests import Request, Requests
from harness.fuzzing.script import Script, Step, pieces
from harness.fuzzing.slots import NoValue, Slots
from harness.judge import Judge
from harness.messages.reply import Call
from harness.permit import Permit
from harness.pool import Pool
from harness.target import Target
from harness.verdict import Check

# Larger scripts are sent on their own, so that a batch stays a batch.
TOGETHER_BYTES = 4096


class _Ready(NamedTuple):
    """A script whose bytes can leave along with those of others."""

    script: Script
    data: bytes
    pending: list[Request]
    behind: Behind


class Player:
    """One target, one model of it, one connection that is opened again when it has ended.

    Args:
        most_leftovers: objects that nothing can remove again, of which no more than this are made.
        guarded: somebody depends on the device, or on what it may send to.
        seed: of the ids that name nothing.
    """

    def __init__(
        self,
        kit: Kit,
        judge: Judge,
        target: Target,
        permit: Permit,
        pool: Pool,
        *,
        most_leftovers: int,
        guarded: bool = True,
        seed: int = 0,
    ) -> None:
        interface = next(iter(target.ports))
        self._kit = kit
        self._binding = judge.bindings[interface]
        self._most_leftovers = most_leftovers
        # Derived like a case's, so that a device which seeds its own ids with a small number does not give the same ones.
        self._names = rng_for(seed, f"{judge.system.system}.fuzz.probe")
        self._words = count(1)
        self._guard = Guard(judge.system, target, guarded=guarded)
        self._channel = Channel(target, self._binding, permit, interface)
        self._new_world: Callable[[], World] = partial(kit.world, judge.book, target)
        self._requests = Requests(kit, judge.book, self._new_world())
        self._slots = Slots(judge.system, target, pool, self._requests.world)
        self.cleaner = Cleaner(judge.system, self._channel, self._requests.world)
        self._receiver = Receiver(self._channel, self._requests, self.cleaner, self._slots)
        self._tail = b""  # sent, not yet a whole request

    def play(self, script: Script, *, careful: bool = False) -> Played:
        """Play one script; never raises for what a device does."""
        self._begin()
        played = self._receiver.played
        try:
            self._play(script.steps, careful=careful)
            self._receiver.look_for_more()
        except Stop:
            if not played.broken:  # the device may end a connection, but must still be there
                self._abandon()
                played.gone = not self.is_alive()
        except NoValue:
            pass
        except (CaseEnd, PermitError) as end:
            played.skipped = str(end) or "it is not permitted"
        except TransportError as error:
            played.gone = True
            played.broken.append(self._gone_check(str(error)))
        if self._receiver.pending or self._tail or played.broken:
            self._abandon()
        self._see_to(played)
        return played

    def _see_to(self, played: Played) -> None:
        """Whether the device is still there; if so, what was made is undone."""
        if played.broken and not played.gone and self._receiver.lost:
            played.gone = not (self.is_alive() or self.is_alive())  # twice: one that is slow is not gone
        if not played.gone:
            self.cleaner.clean()
        elif not any(check.id == GONE for check in played.broken):
            played.broken.append(self._gone_check("no reply to a valid command on a new connection"))

    def play_all(self, scripts: Sequence[Script], meanwhile: Callable[[], object] = bool) -> list[Played]:
        """Play several scripts quickly: those of one send leave together, each with its probe behind it; then the others.

        Where something breaks, what follows is played on its own.

        Args:
            scripts: what to play.
            meanwhile: called once while the device is at work.
        """
        results: dict[int, Played] = {}
        ready: dict[int, _Ready] = {}
        for index, script in enumerate(scripts):
            self._begin()
            try:
                together = self._together(script)
            except CaseEnd as end:
                results[index] = self._receiver.played
                results[index].skipped = str(end)
                continue
            if together is not None:
                ready[index] = together
        self._begin()
        results.update(zip(ready, self._flush(list(ready.values()), meanwhile), strict=True))
        gone = next((one for one in results.values() if one.gone), Played())
        others = [index for index in range(len(scripts)) if index not in results]
        results.update(zip(others, self._alone(gone, [scripts[index] for index in others]), strict=True))
        return [results[index] for index in range(len(scripts))]

    def is_alive(self) -> bool:
        """Whether the device answers a valid command on a new connection."""
        self._channel.close()
        try:
            if self._channel.send(self._probe()[1]) is None and self._channel.receive()[1] is Ending.ANSWERED:
                return True
        except TransportError:
            pass
        self._channel.close()
        return False

    def forget(self) -> None:
        """The device began anew: expect nothing of what was there."""
        self._requests.world = self._new_world()
        self.cleaner.forget(self._requests.world)
        self._slots.forget(self._requests.world)

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()

    def _begin(self) -> None:
        self._receiver.begin([])
        self._tail = b""

    def _gone_check(self, problem: str) -> Check:
        """The broken check of a device that accepts no connection."""
        clauses = (self._requests.rules["one-reply"],)
        return Check(
            id=GONE, clauses=clauses, passed=False, expected="the device accepts connections and answers", got=problem
        )

    # several scripts

    def _together(self, script: Script) -> _Ready | None:
        """What to send for a script that can be sent along with others; None if it cannot."""
        if len(script.steps) != 1:
            return None
        step = script.steps[0]
        if step.how != "send" or step.cuts or step.pause_s:
            return None
        data, tail = self._read(step)
        pending = self._receiver.pending
        if tail or len(data) > TOGETHER_BYTES or any(request.may_close for request in pending):
            return None
        behind = self._behind(probe=True)
        return _Ready(script, data + behind.mark + behind.probe, pending, behind)

    def _flush(self, ready: Sequence[_Ready], meanwhile: Callable[[], object]) -> list[Played]:
        results: list[Played] = []
        try:
            total = sum(len(one.data) for one in ready)
            self._requests.world.sending()
            self._channel.send(b"".join(one.data for one in ready))
        except (PermitError, TransportError):
            return [self.play(one.script) for one in ready]
        meanwhile()
        for index, one in enumerate(ready):
            self._receiver.begin(one.pending, sent=total)
            self._receiver.note("send", one.data)
            with suppress(Stop):
                self._receiver.collect(one.behind)
            played = self._receiver.played
            results.append(played)
            if index == len(ready) - 1 and not played.broken:
                self._receiver.look_for_more()
            if played.broken:
                rest = ready[index + 1 :]
                self._receiver.pending += [request for later in rest for request in later.pending]
                self._abandon()
                self._see_to(played)
                return self._one_by_one(results, [later.script for later in ready])
        self.cleaner.clean()
        return results

    def _one_by_one(self, results: list[Played], scripts: Sequence[Script]) -> list[Played]:
        """After the first broken result: again without company, from the script before it on.

        A reply too many is taken for one to the next script, and with a connection replies to earlier scripts are lost: alone it shows whose fault
        it was. If nothing breaks alone, the result of the batch stands.
        """
        played, begin = results[-1], max(len(results) - 2, 0)
        if played.gone or len(scripts) == 1:
            return results + self._alone(played, scripts[len(results) :])
        alone = self._alone(Played(), scripts[begin:])
        if any(one.broken for one in alone):
            return results[:begin] + alone
        return results + alone[len(results) - begin :]

    def _alone(self, before: Played, scripts: Sequence[Script]) -> list[Played]:
        """Play each script on its own, unless the device is gone since an earlier one."""
        results: list[Played] = []
        for script in scripts:
            if not before.gone:
                before = self.play(script)
                results.append(before)
            else:
                results.append(Played(skipped="the device was gone", gone=True))
        return results

    # one script

    def _play(self, steps: Sequence[Step], *, careful: bool) -> None:
        """Every step, then the probe."""
        probed = False
        for index, step in enumerate(steps):
            if step.how == "send":
                probed = self._send(step, probe=index == len(steps) - 1 and not careful)
            else:
                self._end(step.how)
                probed = False
            if self._receiver.played.broken:
                return
        if self._tail:  # a request that the script leaves unfinished is finished here
            self._send(Step(parts=(b"\n",)), probe=False)
        if not probed and not self._receiver.played.broken:
            self._send(Step(), probe=True)

    def _send(self, step: Step, *, probe: bool) -> bool:
        """Send and collect; gives whether the probe went along."""
        data, self._tail = self._read(step)
        if self._tail:
            self._put(data, step)
            if not self._unclear():
                self._receiver.collect_clear()
                if step.pause_s:
                    self._receiver.look_for_early(step.pause_s)
            return False
        behind = self._behind(probe=probe)
        self._put(data + behind.mark + behind.probe, step)
        self._receiver.collect(behind)
        return probe

    def _read(self, step: Step) -> tuple[bytes, bytes]:
        """The step's bytes, whose requests are pending from now on, and what they leave unfinished."""
        values = self._receiver.values
        data = b"".join(part if isinstance(part, bytes) else self._slots.text(part, values) for part in step.parts)
        whole, tail = self._kit.cut(self._tail + data)
        leftovers = self.cleaner.leftovers < self._most_leftovers
        for raw in (*whole, tail) if tail else whole:
            if objection := self._guard.objection(raw, leftovers=leftovers):
                raise CaseSkipped(objection)
        self._receiver.pending += map(self._requests.read, whole)
        return data, tail

    def _unclear(self) -> bool:
        return any(request.unclear for request in self._receiver.pending)

    def _behind(self, *, probe: bool) -> Behind:
        """What follows the pending requests: a marker where their replies cannot be counted, and the probe."""
        mark = self._marker() if self._unclear() else (NO_CALL, b"")
        behind = self._probe() if probe else (NO_CALL, b"")
        return Behind(mark[1], mark[0], behind[1], behind[0])

    def _put(self, data: bytes, step: Step) -> None:
        if not data:
            return
        cut = pieces(data, step.cuts) if step.cuts else ()
        self._requests.world.sending()
        ending = self._channel.send(data, pieces=cut, pause_s=step.pause_s)
        self._receiver.sent = len(data)
        self._receiver.note("send", data, ending, step.cuts)

    def _probe(self) -> tuple[Call, bytes]:
        """A call that any device answers, about an object that does not exist."""
        bits = f"{self._names.getrandbits(128):032x}"
        name = f"{bits[:8]}-{bits[8:12]}-4{bits[13:16]}-8{bits[17:20]}-{bits[20:]}"
        operation, *values = self._kit.probe(name)
        return self._binding.call(operation, values)

    def _marker(self) -> tuple[Call, bytes]:
        """A call whose answer repeats a word that nothing else has."""
        operation, *values = self._kit.marker(f"marker{next(self._words)}x")
        return self._binding.call(operation, values)

    def _end(self, how: str) -> None:
        """End the connection; what was not answered may or may not be executed."""
        self._receiver.note(how)
        self._channel.close(how)
        self._abandon()

    def _abandon(self) -> None:
        """Whatever is still on its way belongs to no request from now on."""
        if self._tail:
            self._receiver.pending.append(self._requests.read(self._tail))
            self._tail = b""
        self._receiver.abandon()
        self._channel.close()
