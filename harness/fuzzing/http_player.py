"""Plays scripts on an HTTP target: sends the bytes, takes one response to each well-formed request, and has them judged."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import quote

from harness.ending import Ending
from harness.errors import PermitError, TransportError
from harness.flow import CaseEnd, CaseSkipped, Undo
from harness.fuzzing.http_channel import HttpChannel
from harness.fuzzing.http_guard import HttpGuard
from harness.fuzzing.http_judge import HttpJudge
from harness.fuzzing.http_kit import Asked, HttpKit, Turn
from harness.fuzzing.receive import GONE, SLOWEST_BYTES_PER_S, Played
from harness.fuzzing.script import Script, Slot, Step, pieces
from harness.fuzzing.slots import NoValue
from harness.judge import Judge
from harness.messages.reply import readable
from harness.permit import Permit
from harness.pool import Pool
from harness.target import Target
from harness.verdict import Check

# So long an answer to what is no HTTP is waited for: it teaches nothing, but a device that is busy with it is not asked the next thing.
OPEN_WAIT_S = 0.02
KEPT_BYTES = 65_536  # of a reply, in a transcript


class NothingMade:
    """The journal of a system whose requests make nothing."""

    leftovers = 0
    left: Sequence[Undo] = ()

    def clean(self, *, last: bool = False) -> None:
        """There is nothing to undo."""


class HttpPlayer:
    """One target, one connection that is opened again when it has ended.

    Args:
        guarded: somebody depends on the device.
    """

    def __init__(
        self, kit: HttpKit, judge: Judge, target: Target, permit: Permit, pool: Pool, *, guarded: bool = True
    ) -> None:
        interface = next(iter(target.ports))
        self._kit = kit
        self._binding = judge.bindings[interface]
        self._rules = judge.system.http.rules if judge.system.http is not None else {}
        self._target = target
        self._pool = pool
        self._guard = HttpGuard(target, guarded=guarded)
        self._channel = HttpChannel(target, self._binding, permit, interface)
        self._judge = HttpJudge(judge.system, kit)
        self._reader = kit.reader(target)
        self._call, data = self._binding.call(kit.probe, ())
        self._probe = self._reader.read(data)[0][0]
        self.cleaner = NothingMade()
        self._begin()

    def play(self, script: Script, *, careful: bool = False) -> Played:
        """Play one script; never raises for what a device does. A careful play asks whether the device is alive behind each."""
        played = self._begin()
        try:
            self._play(script.steps)
            if careful or self._spoiled or played.broken:
                self._ask_whether_alive()
            elif not self._tail:
                self._look_for_stray()
        except NoValue:
            pass
        except (CaseEnd, PermitError) as end:
            played.skipped = str(end) or "it is not permitted"
        except TransportError as error:
            played.broken.append(self._gone(str(error)))
        if played.skipped or played.broken or self._tail:
            self._channel.close()
        if played.broken and self._lost:
            played.gone = not (self.is_alive() or self.is_alive())
            if played.gone and not any(check.id == GONE for check in played.broken):
                played.broken.append(self._gone("no reply to a valid request on a new connection"))
        return played

    def play_all(self, scripts: Sequence[Script], meanwhile: Callable[[], object] = bool) -> list[Played]:
        """Play several scripts one after the other, and ask at the end whether the device is alive."""
        results: list[Played] = []
        for script in scripts:
            if results and results[-1].gone:
                results.append(Played(skipped="the device was gone", gone=True))
                continue
            results.append(self.play(script))
        meanwhile()
        if results and not results[-1].gone and not results[-1].broken and not results[-1].skipped:
            last, self._played = results[-1], results[-1]
            try:
                self._ask_whether_alive()
            except TransportError as error:
                last.broken.append(self._gone(str(error)))
                last.gone = not self.is_alive()
            if any(check.id == GONE for check in last.broken):
                last.gone = True
        return results

    def is_alive(self) -> bool:
        """Whether the device answers a valid request on a new connection."""
        self._channel.close()
        try:
            if self._channel.send(self._probe.raw) is None:
                got = self._channel.receive(self._probe.method, self._target.timeout)
                if got.ending is Ending.ANSWERED:
                    return True
        except (TransportError, PermitError):
            pass
        self._channel.close()
        return False

    def forget(self) -> None:
        """The device began anew; nothing was expected of what was there."""
        self._pool.forget()

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()

    @property
    def turns(self) -> Sequence[Turn]:
        """The exchanges of the last script, in order."""
        return self._turns

    # one script

    def _begin(self) -> Played:
        self._played = Played()
        self._turns: list[Turn] = []
        self._values: list[str] = []
        self._tail = b""
        self._spoiled = False  # on this connection nothing is certain any more
        self._lost = False
        self._began = time.monotonic()
        return self._played

    def _play(self, steps: Sequence[Step]) -> None:
        for step in steps:
            if step.how == "send":
                self._send(step)
            else:
                self._note(step.how)
                self._channel.close(step.how)
                self._tail, self._spoiled = b"", step.how == "half-close" or self._spoiled
                if step.how == "half-close":
                    self._drain()
            if self._played.broken:
                return
        self._played.broken += self._kit.rules(self._turns)

    def _send(self, step: Step) -> None:
        data = b"".join(part if isinstance(part, bytes) else self._slot(part) for part in step.parts)
        if not data:
            return
        asked: list[Asked] = []
        if not self._spoiled:
            asked, self._tail = self._reader.read(self._tail + data)
        if objection := self._guard.objection(data):
            raise CaseSkipped(objection)
        cut = pieces(data, step.cuts) if step.cuts else ()
        self._unasked()
        ending = self._channel.send(data, pieces=cut, pause_s=step.pause_s)
        self._note("send", data, ending, step.cuts)
        self._collect(deque(_forgiving(asked)), len(data))
        if self._tail and step.pause_s:
            time.sleep(step.pause_s)
        if self._spoiled:
            self._drain()

    def _unasked(self) -> None:
        """Before anything is sent: bytes that nobody asked for are told, and an ended connection is replaced."""
        if self._channel.is_open and not self._tail and not self._spoiled and (more := self._channel.stray()):
            self._stray(more)

    def _collect(self, asked: deque[Asked], sent: int) -> None:
        """One response to each well-formed request, up to the first that is none."""
        wait_s = self._target.timeout + sent / SLOWEST_BYTES_PER_S
        alone, again = len(asked) == 1, False
        while asked:
            one = asked.popleft()
            if not one.whole:
                self._spoiled = True
                return
            if again:  # what was sent behind it has gone with the old connection
                self._channel.send(one.raw)
            fresh = self._channel.is_open and not self._channel.served
            got = self._channel.receive(one.method, wait_s)
            if not got.raw and got.ending in (Ending.CLOSED, Ending.RESET) and not (alone and fresh):
                # A connection may end between two exchanges; the request is as good on a new one (RFC 9112, 9.3.1).
                again = True
                self._channel.close()
                self._note("again", one.raw)
                self._channel.send(one.raw)
                got = self._channel.receive(one.method, wait_s)
            self._note("receive", got.raw[:KEPT_BYTES], got.ending)
            broken, turn = self._judge.judge(one, got, len(self._played.happened) - 1)
            self._played.requests += 1
            self._turns.append(turn)
            self._values.append(self._carried(turn))
            self._reader.learn(turn)
            if broken:
                self._played.broken += broken
                self._lost = self._lost or got.ending is not Ending.ANSWERED
                self._channel.close()
                return
            if one.may_close and not self._channel.is_open:
                self._spoiled = bool(asked)
                return

    def _drain(self) -> None:
        """Whatever answers what is no HTTP; then the connection is of no more use."""
        got = self._channel.receive("GET", OPEN_WAIT_S)
        if got.raw:
            self._note("receive", got.raw[:KEPT_BYTES], got.ending)
        if got.ending is Ending.SILENT or not self._channel.is_open:
            self._channel.close()
            self._tail = b""

    def _look_for_stray(self) -> None:
        if self._channel.is_open and (more := self._channel.stray()):
            self._stray(more)

    def _stray(self, more: bytes) -> None:
        self._note("receive", more[:KEPT_BYTES], Ending.ANSWERED)
        clauses = (self._rules["framing"], self._rules["one-reply"])
        step = len(self._played.happened) - 1
        self._played.broken.append(
            Check(
                id="reply.unasked", clauses=clauses, passed=False, expected="nothing more after the last response",
                got=readable(more), step=step,
            )
        )  # fmt: skip
        self._channel.close()

    def _ask_whether_alive(self) -> None:
        """The liveness probe, on the connection as it is or, if that is spoiled, on a new one."""
        if self._spoiled or self._tail or self._played.broken:
            self._channel.close()
        self._tail, self._spoiled = b"", False
        self._unasked()
        broken = len(self._played.broken)
        self._channel.send(self._probe.raw)
        self._note("send", self._probe.raw)
        self._collect(deque((self._probe,)), 0)
        if len(self._played.broken) > broken and self._lost:
            self._played.gone = not (self.is_alive() or self.is_alive())
            if self._played.gone:
                self._played.broken.append(self._gone("no reply to a valid request"))

    def _note(self, action: str, data: bytes = b"", ending: Ending | None = None, cuts: tuple[int, ...] = ()) -> None:
        self._played.happened.append((action, time.monotonic() - self._began, data, ending, cuts))

    def _gone(self, problem: str) -> Check:
        """The broken check of a device that is gone."""
        self._lost = True
        clauses = (self._rules["one-reply"],)
        return Check(
            id=GONE, clauses=clauses, passed=False, expected="the device accepts connections and answers", got=problem
        )

    # slots

    def _slot(self, slot: Slot) -> bytes:
        """What stands in a slot now, escaped for a query.

        Raises:
            CaseEnd: the target has no such thing.
            NoValue: no reply of this script carried it.
        """
        kind, _, rest = slot.name.partition(":")
        name, _, state = rest.partition(":")
        if kind == "time":
            first, _, _ = self._pool.get("window", name).partition(" ")
            return str(int(first) + int(state)).encode()
        if kind == "fixture":
            texts = self._target.fixture_texts(name)
            if len(texts) <= int(state):
                raise CaseSkipped(f"needs the fixture {name}")
            return quote(texts[int(state)], safe="").encode()
        if kind == "object":
            return quote(self._pool.get(name, state), safe="").encode()
        if int(name) >= len(self._values) or not self._values[int(name)]:
            raise NoValue
        return quote(self._values[int(name)], safe="").encode()

    def _carried(self, turn: Turn) -> str:
        """What a reply gives to a later request: the key of its last row, where pages go by it."""
        result = turn.result
        if result is None or not result.kept or not self._kit.keeps.get(turn.document):
            return ""
        return str(result.kept[-1][0] or "")


def _forgiving(asked: Sequence[Asked]) -> list[Asked]:
    """The requests of one send; those before one for which a device may end the connection may never be answered."""
    last = max((index for index, one in enumerate(asked) if not one.whole or one.may_close), default=0)
    return [
        replace(one, anything=True, may_close=True) if index < last and one.whole else one
        for index, one in enumerate(asked)
    ]
