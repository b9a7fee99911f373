"""Plays scripts of documents and URLs on a target: sends the bytes, takes the results, and has all of it judged."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from harness.ending import Ending
from harness.errors import PermitError, TransportError
from harness.flow import CaseEnd, CaseSkipped
from harness.fuzzing.document_cleaner import DocumentCleaner
from harness.fuzzing.document_kit import SUCCESS, Asked, DocumentKit, DocumentTurn, devices_of
from harness.fuzzing.document_links import OPEN_WAIT_S, Links
from harness.fuzzing.receive import GONE, SLOWEST_BYTES_PER_S, LinkedPlayed, Played
from harness.fuzzing.script import Script, Slot, Step, pieces
from harness.judge import Judge
from harness.messages.documentreply import Result
from harness.messages.documents import DocumentBinding
from harness.permit import Permit
from harness.pool import Pool
from harness.spec.model import Effect
from harness.target import Target
from harness.verdict import Check

# A device may lag: so long it is asked again what it shows.
_PAUSES = (0.01, 0.03, 0.08, 0.2, 0.4, 0.6)
LOST_S = 0.3  # where requests sent together may be lost, so long each answer is waited for
_LASTING = ("",)


class DocumentPlayer(Links):
    """One target, a connection of each road that lasts, and those that scripts open besides.

    Args:
        most_leftovers: recordings that calls may leave on the device.
        guarded: somebody depends on the device.
    """

    def __init__(
        self,
        kit: DocumentKit,
        judge: Judge,
        target: Target,
        permit: Permit,
        pool: Pool,
        *,
        most_leftovers: int,
        guarded: bool = True,
    ) -> None:
        super().__init__(kit, judge, target, permit)
        self._pool = pool
        self._most = most_leftovers
        self._guarded = guarded
        self._reader = kit.reader(judge.system, target)
        self._devices = [one.encode() for one in devices_of(kit, target)]
        self._own = (kit.begins, kit.ends, kit.updates)
        self._together: bool | None = None  # whether requests that are sent together are all answered
        self.cleaner = DocumentCleaner(kit, devices_of(kit, target), self.ask)
        self.begin()

    def play(self, script: Script, *, careful: bool = False) -> LinkedPlayed:
        """Play one script; never raises for what a device does. A careful play asks whether the device is alive behind each."""
        played = self.begin()
        self.go_on(script.steps)
        if not played.broken and not played.skipped:
            self._settle()
        self.end()
        if careful or played.broken or self._strange:
            self._see_whether_alive()
        return played

    def begin(self) -> LinkedPlayed:
        """Begin a script of which the steps come one after the other, by `go_on`."""
        self.turns: list[DocumentTurn] = []
        self._strange = False  # something was sent that a device may fail of
        return self._clear()

    def go_on(self, steps: Sequence[Step]) -> LinkedPlayed:
        """Play more steps. What was made stays until `end`."""
        played = self.played
        try:
            for step in steps:
                if step.how == "send":
                    self._send(step)
                else:
                    self.note(step.how, step.link)
                    self.drop(step.link, step.how)
                    self._strange = True
                    if step.how == "half-close":
                        self._drain(step.link)
                if played.broken:
                    break
        except (CaseEnd, PermitError) as end:
            played.skipped = str(end) or "it is not permitted"
        except TransportError as error:
            played.broken.append(self._gone(str(error)))
        return played

    def end(self) -> None:
        """End the calls and the connections that the script opened."""
        try:
            self.close_all(but=() if self.played.broken else (*_LASTING, *self.webs, "\0own"))
            if self.cleaner.pending:
                self.cleaner.clean()
        except (TransportError, CaseEnd, PermitError):
            self.close_all()

    def play_all(self, scripts: Sequence[Script], meanwhile: Callable[[], object] = bool) -> list[Played]:
        """Play several scripts one after the other, and ask at the end whether the device is alive."""
        results: list[Played] = []
        for script in scripts:
            if results and results[-1].gone:
                results.append(LinkedPlayed(skipped="the device was gone", gone=True))
                continue
            results.append(self.play(script))
        meanwhile()
        return results

    def is_alive(self) -> bool:
        """Whether the device answers a valid request on a new connection."""
        try:
            return super().is_alive()
        except (TransportError, CaseEnd, PermitError):
            return False

    def forget(self) -> None:
        """The device began anew."""
        self.close_all()
        self._pool.forget()

    def close(self) -> None:
        """End all connections."""
        self.close_all()

    # one script

    def _settle(self) -> None:
        """What nobody asked for, and events that should have come."""
        try:
            for link in list(self._streams):
                if not link.startswith("\0"):
                    self.catch_up(link)
            for link in self.webs:
                self.catch_up(link)
            for pause_s in _PAUSES:
                if self.played.broken or not self.model.missing():
                    break
                time.sleep(pause_s)
                for link in [one for one, asked in self.told.items() if asked]:
                    self.catch_up(link)
            if not self.played.broken:
                self.played.broken += self.model.missing()
        except TransportError as error:
            self.played.broken.append(self._gone(str(error)))

    def settle(self) -> LinkedPlayed:
        """Wait for events that should have come; for those who go on step by step."""
        self._settle()
        return self.played

    def _see_whether_alive(self) -> None:
        if not (self.is_alive() or self.is_alive() or self.is_alive()):
            self.played.gone = True
            if not any(check.id == GONE for check in self.played.broken):
                self.played.broken.append(self._gone("no answer to a valid request on a new connection"))

    def _gone(self, problem: str) -> Check:
        return self.judge.rule(GONE, "one-result", "the device accepts connections and answers", problem)

    def _send(self, step: Step) -> None:
        link = step.link
        if link and not self.is_web(link) and not self.stream:
            raise CaseSkipped("the target offers no connections of documents")
        if any(isinstance(part, Slot) for part in step.parts):
            raise CaseSkipped("nothing fills a slot of this system")
        data = b"".join(part for part in step.parts if isinstance(part, bytes))
        if not data:
            return
        if link in self.loose:
            self.drop(link)
        web = self.is_web(link)
        before = b"" if web else self.channel(link).tail
        asked, rest, whole = self._reader.urls(data) if web else self._reader.stream(before + data)
        if objection := self._objection(asked, before + data, whole):
            raise CaseSkipped(objection)
        if not before:
            self.catch_up(link)
            if self.played.broken:
                return
        self._together_first(asked)
        self.cleaner.sends(asked)
        cut = pieces(data, step.cuts) if step.cuts else ()
        channel = self.web(link) if web else self.channel(link)
        ending = channel.send(data, pieces=cut, pause_s=step.pause_s)
        if not web:
            self.channel(link).tail = rest if whole else b""
        self.note("send", link, data, ending, step.cuts)
        if step.pause_s and rest:
            time.sleep(step.pause_s)
        if whole and all(one.comes for one in asked):
            if asked:
                self._collect(link, asked, step, len(data))
        else:
            self._strange = True
            self._collect_open(link, asked)

    def _objection(self, asked: Sequence[Asked], data: bytes, whole: bool) -> str:
        """Why these bytes are not sent; "" if they may be."""
        binding = self._bindings[self.stream or self.webs[0]]
        if self.cleaner.leftovers >= self._most and any(one.function == self._kit.begins for one in asked):
            return f"calls have left {self._most} recordings on the device"
        if not self._guarded or (whole and all(one.function in self.system.operations for one in asked)):
            return ""
        effect, operation = binding.effect(data)
        ours = operation in self._own and any(device in data for device in self._devices)
        return "" if effect is Effect.READ or ours else f"a device might do {operation} to what is not ours"

    def _together_first(self, asked: Sequence[Asked]) -> None:
        """Before the first requests that leave together: whether this device answers such at all, which it need not."""
        if len(asked) < 2 or self._together is not None:
            return
        binding = self._bindings[self.stream]
        assert isinstance(binding, DocumentBinding)
        data = b"".join(binding.request(self._kit.probe, number=str(1_100_000_000 + index)) for index in range(2))
        channel, got = self.channel("\0several"), 0
        channel.send(data)
        while got < 2 and channel.receive(self._target.timeout)[1] is Ending.ANSWERED:
            got += 1
        channel.close()
        self._together = got == 2

    def _collect(self, link: str, asked: Sequence[Asked], step: Step, size: int) -> None:
        """One result to each request; results need not keep the order, so the number tells which it answers."""
        waiting = list(asked)
        together = len(waiting) > 1
        wait_s = self._target.timeout + size / SLOWEST_BYTES_PER_S
        while waiting:
            lossy = together and not self._together
            result = self.receive(link, waiting[0], LOST_S if lossy else wait_s)
            if self.played.broken:
                return
            if lossy and not result.came:
                self.drop(link)
                return
            one = self._answered(waiting, result) if together else waiting[0]
            if one is not waiting[0]:
                result = replace(result, function=one.function, sent=one.fields if one.plain else (), number=one.number)
            waiting.remove(one)
            again = step if not together and not step.cuts and not self.channel_tail(link) else None
            self._add(one, result, link, again)
            if self.played.broken or not result.came:
                self.drop(link)
                return

    def channel_tail(self, link: str) -> bytes:
        """What was sent of a document that is not whole."""
        return b"" if self.is_web(link) else self.channel(link).tail

    def _answered(self, waiting: Sequence[Asked], result: Result) -> Asked:
        number = result.root.get(self.syntax.number)
        return next(
            (one for one in waiting if one.number == number),
            next((one for one in waiting if one.number is None), waiting[0]),
        )

    def _add(self, asked: Asked, result: Result, link: str, again: Step | None) -> None:
        self.played.requests += 1
        turn = self._turn(asked, result, link)
        if self.played.broken:
            return
        if asked.function == self.syntax.subscribe and turn.outcome == SUCCESS and not self.is_web(link):
            self.told.setdefault(link, set()).add(asked.value(self.syntax.event_class) or self.syntax.every_class)
        self.cleaner.answered(asked, turn.outcome)
        wrong = self.model.wrong(turn)
        for pause_s in _PAUSES if wrong and again is not None else ():
            time.sleep(pause_s)
            data = b"".join(part for part in again.parts if isinstance(part, bytes)) if again is not None else b""
            (self.web(link) if self.is_web(link) else self.channel(link)).send(data)
            self.note("again", link, data)
            turn = self._turn(asked, self.receive(link, asked, self._target.timeout), link)
            if self.played.broken or not (wrong := self.model.wrong(turn)):
                break
        self.turns.append(turn)
        if not self.played.broken:
            self.played.broken += wrong or self.model.see(turn)

    def _turn(self, asked: Asked, result: Result, link: str) -> DocumentTurn:
        self.played.broken += self.judge.answer(asked, result)
        return DocumentTurn(asked=asked, result=result, link=link, outcome=self.judge.outcome(result))

    def _collect_open(self, link: str, asked: Sequence[Asked]) -> None:
        """Whatever answers what need not be answered. The connection is of no more use behind it."""
        self.played.requests += 1
        wait_s = OPEN_WAIT_S
        nothing = Asked(raw=b"", method=asked[-1].method if asked else "GET")
        for _ in range(100):
            result = self.receive(link, nothing, wait_s)
            if self.played.broken or not result.came:
                break
            self.played.broken += self.judge.anything(result)
            wait_s = 0.0
            if self.is_web(link):
                break
        self.loose.add(link)
        self.drop(link)

    def _drain(self, link: str) -> None:
        """Whatever answers a connection that we have half closed."""
        self._collect_open(link, ())
