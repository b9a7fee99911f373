"""Plays the actions of a flow on real connections, under a permit, and keeps the transcript. It never judges."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from harness.earlive import LiveEars
from harness.ending import Ending
from harness.errors import InternalError, PermitError, TransportError
from harness.flow import (
    Action,
    CaseEnd,
    CaseInconclusive,
    CaseSkipped,
    Clock,
    Close,
    Connect,
    Later,
    Note,
    Provide,
    Receive,
    Received,
    Send,
    Undo,
    Wait,
    play,
)
from harness.hearing import Behave, Hear, Listen
from harness.httpflow import Exchange
from harness.httplive import HttpExchanges
from harness.line import Line
from harness.messages.binding import Binding
from harness.net import Deadline, DeviceClock, connect, wait_any
from harness.permit import SLOW_WALL_S, Journal, Permit, ended_by, undone
from harness.target import Target
from harness.transcript import Step, Transcript
from harness.wire.http1_framing import read_requests

# A patient flow looks for a message at most so long before others have their turns: more than a quick device takes.
GLANCE_S = 0.02
_UNDO_LINK = "undo"


class Live:
    """Performs the actions of one flow after the other on a target.

    `provide` gives the id of a shared object; it may raise a CaseEnd. `patient`: leave deliberate waits to who plays the flow.
    """

    def __init__(
        self,
        target: Target,
        permit: Permit,
        bindings: Mapping[str, Binding],
        journal: Journal,
        provide: Callable[[str, str], str] | None = None,
        limit: Deadline | None = None,
        *,
        patient: bool = False,
    ) -> None:
        self.transcript = Transcript(case="")
        self.journal = journal
        self._target = target
        self._permit = permit
        self._bindings = bindings
        self._main = next(iter(target.ports))
        self._binding = bindings[self._main]
        self._provide = provide
        self._limit = limit
        self._patient = patient
        self._lines: dict[str, Line] = {}
        self._began = time.monotonic()
        self._next_send = 0.0
        self._clock = DeviceClock(target.clock_scale)
        self._http = HttpExchanges(target, permit, bindings, self._step, self._keep_rate)
        self._ears = LiveEars(self._step, self._binding.hide, patient=patient)
        self.waiting = False  # while only the clock moves on; no reply is on its way then that must not be missed

    def begin(self, case: str) -> None:
        """Start the transcript of another case."""
        self.transcript = Transcript(case=case)
        self._began = time.monotonic()

    def perform(self, action: Action[Any]) -> Any:
        """See `harness.flow.Driver`."""
        at_s = time.monotonic() - self._began
        try:
            return self._perform(action, at_s)
        except CaseEnd as end:
            kind = "skipped" if isinstance(end, CaseSkipped) else "inconclusive"
            self._step(Step(action=type(action).__name__.lower(), at_s=at_s, values={"end": kind, "why": str(end)}))
            raise

    def _perform(self, action: Action[Any], at_s: float) -> Any:
        match action:
            case Connect():
                return self._connect(action, at_s)
            case Send():
                return self._send(action, at_s)
            case Receive():
                return self._receive(action, at_s)
            case Exchange():
                return self._http.perform(action, at_s, self._deadline(action.deadline_s))
            case Listen():
                return self._ears.listen(action, at_s)
            case Behave():
                return self._ears.behave(action, at_s)
            case Hear():
                return self._hear(action, at_s)
            case Close():
                return self._close(action, at_s)
            case Wait():
                return self._wait(action, at_s)
            case Clock():
                return self._clocked(at_s)
            case Provide():
                return self._provided(action, at_s)
            case Note():
                return self.journal.note(action, self.transcript.case)
        raise InternalError(f"{type(action).__name__} is no action that the exchange knows")

    def finish(self) -> None:
        """Close every connection of the case."""
        for name in [name for name in self._lines if name != _UNDO_LINK]:
            self._lines.pop(name).link.close()
        self._http.finish()
        self._ears.finish()

    def close(self) -> None:
        """Close everything."""
        self.finish()
        if _UNDO_LINK in self._lines:
            self._lines.pop(_UNDO_LINK).link.close()

    def undo(self) -> list[Undo]:
        """Take back what the journal holds; gives what could not be."""
        patient, self._patient = self._patient, False  # nobody else has a turn meanwhile
        try:
            return self._undo()
        finally:
            self._patient = patient

    def _undo(self) -> list[Undo]:
        left = self.journal.undo(self._undo_one, lambda entry: ended_by(self._binding.system, entry))
        if _UNDO_LINK in self._lines:
            try:
                over = play(self._binding.farewell(_UNDO_LINK), self)
            except CaseEnd:
                over = True
            if over:
                self._lines.pop(_UNDO_LINK).link.close()
        return left

    def _undo_one(self, entry: Undo) -> bool:
        if self._binding.system.interfaces[self._main].transport == "https":
            return self._undo_secure(entry)
        for _ in range(2):  # the second time on a new connection: the old one may have been closed in between
            try:
                if _UNDO_LINK not in self._lines:
                    if self.perform(Connect(_UNDO_LINK, self._main)) is not Ending.ANSWERED:
                        return False
                    play(self._binding.prepare(_UNDO_LINK), self)
                call, data = self._binding.call(entry.operation, entry.arguments)
                # A device may answer and close while we still look whether all has left.
                if self.perform(Send(_UNDO_LINK, data)) in (None, Ending.CLOSED):
                    got: Received = self.perform(Receive(_UNDO_LINK))
                    if got.ending is Ending.ANSWERED:
                        return undone(self._binding.system, self._binding.reply(call, got.raw, got.ending, got.step))
            except CaseEnd:
                return False
            self._lines.pop(_UNDO_LINK).link.close()
        return False

    def _undo_secure(self, entry: Undo) -> bool:
        """The same where all bytes go through TLS, which lines have not."""
        call, data = self._binding.call(entry.operation, entry.arguments)
        request = read_requests(data)[0][0].request
        for _ in range(2):
            try:
                answered = self.perform(Exchange(link=_UNDO_LINK, interface=self._main, request=request, plain=True))
            except CaseEnd:
                return False
            got = answered.exchanged
            if got.ending is Ending.ANSWERED:
                return undone(self._binding.system, self._binding.reply(call, got.raw, got.ending, answered.step))
        return False

    def _step(self, step: Step) -> int:
        self.transcript.steps.append(step)
        return len(self.transcript.steps) - 1

    def _deadline(self, seconds: float | None) -> Deadline:
        wanted = self._target.timeout if seconds is None else seconds
        left = wanted if self._limit is None else min(wanted, max(self._limit.remaining(), 0.0) + 1.0)
        return Deadline.after(left)

    def _connect(self, action: Connect, at_s: float) -> Ending:
        step = Step(
            action="connect",
            link=action.link,
            at_s=at_s,
            detail=f"{action.interface}" + (f" from {action.source}" if action.source else ""),
        )
        port = self._target.ports.get(action.interface)
        if port is None:
            raise CaseSkipped(f"the target does not offer the interface {action.interface}")
        try:
            link = connect(self._target.host, port, timeout_s=self._target.timeout, source_host=action.source)
        except TransportError as error:
            if error.why == "address":
                raise CaseSkipped(f"cannot use the source address {action.source}: {error}") from None
            ending = Ending.SILENT if error.why == "timeout" else Ending.CLOSED
            self._step(replace(step, took_s=self._since(at_s), ending=ending, detail=f"{step.detail}: {error}"))
            return ending
        if action.link in self._lines:  # the device has closed that connection; our end of it goes, too
            self._lines[action.link].link.close()
        self._lines[action.link] = Line(link, self._bindings[action.interface])
        self._step(replace(step, took_s=self._since(at_s), ending=Ending.ANSWERED))
        return Ending.ANSWERED

    def _send(self, action: Send, at_s: float) -> Ending | Later | None:
        line = self._line(action.link)
        try:
            self._permit.check(line.binding, line.unfinished + action.data)
        except PermitError as error:
            raise CaseSkipped(str(error)) from None
        line.unfinished = line.binding.unfinished(line.unfinished + action.data)
        self._keep_rate(line.binding.requests(action.data))
        data = line.binding.reveal(action.data)
        pieces = _cut(data, action.pieces)
        if self._patient and action.pause_s and len(pieces) > 1:
            return self._piece(line, pieces, action, at_s, 0)
        pauses = action.pause_s * len(pieces)
        sent = line.link.send(pieces, pause_s=action.pause_s, deadline=self._deadline(self._target.timeout + pauses))
        ending = sent.ending
        if ending is None and sent.count < len(data):
            ending = Ending.SILENT
        return self._sent(action, at_s, sent.count, ending)

    def _piece(self, line: Line, pieces: list[bytes], action: Send, at_s: float, before: int) -> Ending | Later | None:
        """Send the first of some pieces; the next ones are for later. `before` bytes have left."""
        sent = line.link.send(pieces[:1], deadline=self._deadline(None))
        count = before + sent.count
        if sent.count == len(pieces[0]) and len(pieces) > 1:
            return Later(action.pause_s, partial(self._piece, line, pieces[1:], action, at_s, count))
        return self._sent(action, at_s, count, sent.ending)

    def _sent(self, action: Send, at_s: float, count: int, ending: Ending | None) -> Ending | None:
        self._step(
            Step(
                action="send",
                link=action.link,
                at_s=at_s,
                took_s=self._since(at_s),
                data=action.data[:count],
                pieces=action.pieces,
                ending=ending,
            )
        )
        return ending

    def _receive(self, action: Receive, at_s: float) -> Received | Later:
        line, deadline = self._line(action.link), self._deadline(action.deadline_s)
        return (
            self._watched(line, action, at_s, deadline)
            if self._patient
            else self._received(line, action, at_s, deadline)
        )

    def _watched(self, line: Line, action: Receive, at_s: float, deadline: Deadline) -> Received | Later:
        """Look for a message, but let others have their turns while there is nothing at all."""
        glance = Deadline.after(min(GLANCE_S, deadline.remaining()))
        quiet = not (action.rest or line.flooded or line.framer.leftover or wait_any([line.link], glance))
        if quiet and deadline.remaining():
            return Later(min(GLANCE_S / 4, deadline.remaining()), partial(self._watched, line, action, at_s, deadline))
        return self._received(line, action, at_s, deadline)

    def _received(self, line: Line, action: Receive, at_s: float, deadline: Deadline) -> Received:
        raw, ending = line.rest() if action.rest else line.message(deadline)
        raw = line.binding.hide(raw)
        step = self._step(
            Step(
                action="receive",
                link=action.link,
                at_s=at_s,
                took_s=self._since(at_s),
                data=raw,
                ending=ending,
                detail="rest" if action.rest else "",
            )
        )
        return Received(raw, ending, step)

    def _close(self, action: Close, at_s: float) -> None:
        self._step(Step(action=action.how, link=action.link, at_s=at_s))
        if action.how == "half-close":
            self._line(action.link).link.half_close()
            return
        self._http.close(action.link)
        line = self._lines.pop(action.link, None)
        if line is not None:
            if action.how == "reset":
                line.link.reset()
            line.link.close()

    def _wait(self, action: Wait, at_s: float) -> Later | None:
        if not self._permit.covers_wait(action.device_s):
            raise CaseSkipped("waits more than 15 s, which [target.allow] slow does not permit")
        if self._limit is not None and self._limit.remaining() <= self._clock.wall(action.device_s):
            raise CaseInconclusive("the run's time was up")
        if self._patient:
            return Later(self._clock.wall(action.device_s), partial(self._waited, at_s))
        self.waiting = True
        try:
            self._clock.sleep(device_s=action.device_s)
        finally:
            self.waiting = False
        self._waited(at_s)
        return None

    def _hear(self, action: Hear, at_s: float) -> Any:
        wall_s = max(self._clock.wall(action.within_s), action.least_s)
        short: CaseEnd | None = None  # for silence that is shorter than what was asked for says nothing
        if not self._permit.covers_wait(action.within_s):
            wall_s = max(SLOW_WALL_S, action.least_s)
            short = CaseSkipped("listens for more than 15 s, which [target.allow] slow does not permit")
        if self._limit is not None and self._limit.remaining() < wall_s:
            wall_s = self._limit.remaining()
            short = CaseInconclusive("the run's time was up")
        self.waiting = True
        try:
            return self._ears.hear(action, self._began, at_s, wall_s, short)
        finally:
            self.waiting = False

    def _waited(self, at_s: float) -> None:
        self._step(Step(action="wait", at_s=at_s, took_s=self._since(at_s)))

    def _clocked(self, at_s: float) -> float:
        self._step(Step(action="clock", at_s=at_s))
        return at_s

    def _provided(self, action: Provide, at_s: float) -> str:
        if self._provide is None:
            raise InternalError("a provider asked for a shared object")
        name = self._provide(action.kind, action.state)
        self._step(Step(action="provide", at_s=at_s, detail=f"{action.kind} {action.state}", values={"id": name}))
        return name

    def _line(self, name: str) -> Line:
        line = self._lines.get(name)
        if line is None:
            raise CaseInconclusive(f"the connection {name!r} is not open")
        return line

    def _since(self, at_s: float) -> float:
        return time.monotonic() - self._began - at_s

    def _keep_rate(self, commands: int) -> None:
        if self._target.rate <= 0:
            return
        now = time.monotonic()
        if now < self._next_send:
            time.sleep(self._next_send - now)
        self._next_send = max(now, self._next_send) + max(commands, 1) / self._target.rate


def _cut(data: bytes, lengths: tuple[int, ...]) -> list[bytes]:
    """`data` in pieces of these lengths; what they leave over is the last piece."""
    pieces, start = [], 0
    for length in lengths:
        pieces.append(data[start : start + length])
        start += length
    if start < len(data) or not pieces:
        pieces.append(data[start:])
    return [piece for piece in pieces if piece]
