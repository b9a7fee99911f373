"""Plays scripts of calls on a target: sends the bytes, takes one response to each whole request, and has all of it judged."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from harness.ending import Ending
from harness.errors import InternalError, PermitError, TransportError, UsageError
from harness.flow import CaseEnd, CaseSkipped
from harness.fuzzing.call_cleaner import CallCleaner
from harness.fuzzing.call_judge import CallJudge
from harness.fuzzing.call_kit import Asked, CallKit, CallTurn
from harness.fuzzing.call_slots import CallSlots
from harness.fuzzing.http_channel import HttpChannel
from harness.fuzzing.receive import GONE, SLOWEST_BYTES_PER_S, LinkedPlayed, Played
from harness.fuzzing.script import Script, Step, pieces
from harness.fuzzing.slots import NoValue
from harness.judge import Judge
from harness.messages.callreply import CallReply
from harness.messages.calls import CallBinding
from harness.permit import Permit
from harness.pool import Pool
from harness.spec.model import Effect
from harness.target import Target
from harness.verdict import Check
from harness.wire.http1 import encode

OPEN_WAIT_S = 0.02  # so long an answer is waited for where none need come
KEPT_BYTES = 65_536  # of a reply, in a transcript
_OWN, _ALIVE = "\0own", "\0alive"


class CallPlayer:
    """One target, a connection that lasts, and those that scripts open besides.

    Args:
        version: of the API that the device has; None: the newest.
        guarded: somebody depends on the device.
    """

    def __init__(
        self,
        kit: CallKit,
        judge: Judge,
        target: Target,
        permit: Permit,
        pool: Pool,
        *,
        version: str | None = None,
        guarded: bool = True,
    ) -> None:
        interfaces = judge.system.interfaces
        interface = next(
            (name for name in target.ports if name in interfaces and interfaces[name].transport == "http"), ""
        )
        if not interface:
            raise UsageError(f"{target.name}: the fuzzer speaks HTTP without TLS, which [target.ports] does not offer")
        binding = judge.bindings[interface]
        if not isinstance(binding, CallBinding):
            raise InternalError(f"{interface}: expected a binding of calls, got {type(binding).__name__}")
        self._kit, self._target, self._permit, self._pool, self._guarded = kit, target, permit, pool, guarded
        self._interface, self._binding, self._system, self._syntax = interface, binding, judge.system, binding.syntax
        self.judge = CallJudge(judge.system, version, binding.known)
        self.reader = kit.reader(judge.system, target, binding.user)
        self._model = kit.model(judge.system)
        self._slots = CallSlots(target, binding.user)
        self._channels: dict[str, HttpChannel] = {}
        self._together: set[str] = set()
        self._told = False
        self.cleaner = CallCleaner(judge.system, self.ask)
        self.begin()

    def play(self, script: Script, *, careful: bool = False) -> LinkedPlayed:
        """Play one script; never raises for what a device does. A careful play asks whether the device is alive behind each."""
        played = self.begin()
        self.go_on(script.steps)
        self.end()
        if careful or played.broken or self._strange:
            self._see_whether_alive()
        return played

    def begin(self) -> LinkedPlayed:
        """Begin a script of which the steps come one after the other, by `go_on`."""
        self.played = LinkedPlayed()
        self.turns: list[CallTurn] = []
        self._values: list[str] = []
        self._tails: dict[str, bytes] = {}
        self._loose: set[str] = set()  # on these connections nothing is certain any more
        self._strange = False  # something was sent that a device may fail of
        self._began = time.monotonic()
        self.reader.begin()
        self._model.begin()
        return self.played

    def go_on(self, steps: Sequence[Step]) -> LinkedPlayed:
        """Play more steps. What was made stays until `end`."""
        played = self.played
        try:
            self._learn_limits()
            for step in steps:
                if step.how == "send":
                    self._send(step)
                else:
                    self._end(step)
                if played.broken:
                    break
        except NoValue:
            pass  # what follows depends on what did not come about
        except (CaseEnd, PermitError) as end:
            played.skipped = str(end) or "it is not permitted"
        except TransportError as error:
            played.broken.append(self._gone(str(error)))
        return played

    def end(self) -> None:
        """Remove what was made, and end the connections that the script opened."""
        broken = bool(self.played.broken or self.played.skipped)
        for link in [
            one
            for one in self._channels
            if one not in ("", _OWN) or one in self._loose or self._tails.get(one) or broken
        ]:
            self._drop(link)
        if self.cleaner.pending:
            try:
                self.cleaner.clean()
            except (TransportError, CaseEnd, PermitError):
                self._drop(_OWN)

    def play_all(self, scripts: Sequence[Script], meanwhile: Callable[[], object] = bool) -> list[Played]:
        """Play several scripts one after the other."""
        results: list[Played] = []
        for script in scripts:
            if results and results[-1].gone:
                results.append(LinkedPlayed(skipped="the device was gone", gone=True))
                continue
            results.append(self.play(script))
        meanwhile()
        return results

    def is_alive(self) -> bool:
        """Whether the device answers a valid call on a new connection."""
        self._drop(_ALIVE)
        try:
            return self.ask(self._kit.probe, {}, link=_ALIVE).ok is True
        except (TransportError, CaseEnd, PermitError):
            return False
        finally:
            self._drop(_ALIVE)

    def forget(self) -> None:
        """The device began anew."""
        self.close()
        self._pool.forget()

    def close(self) -> None:
        """End all connections."""
        for link in list(self._channels):
            self._drop(link)

    # calls of our own

    def ask(self, method: str, members: Mapping[str, Any], *, link: str = _OWN) -> CallReply:
        """Call a method in the usual way, as no part of a script.

        Raises:
            TransportError, PermitError: it could not be sent.
        """
        data = encode(self._binding.request(self._binding.document(method, members)))
        channel = self._channel(link)
        for _ in range(2):  # the second time on a new connection: an old one may have ended in between
            fresh = not channel.is_open
            channel.send(self._binding.reveal(data))
            reply = self._received(channel, self._target.timeout, method, members)
            if reply.came or fresh or reply.raw or reply.ending is Ending.SILENT:
                break
            channel.close()
        if not reply.came:
            self._drop(link)
        return reply

    def _learn_limits(self) -> None:
        """Once: the limits that the device tells.

        Raises:
            UsageError: it does not let in the user of the target file.
        """
        if self._told:
            return
        self._told = True
        nobody = self._syntax.unauthorized
        codes = {self._system.errors[name].code for name in (*nobody.faults.values(), nobody.fault) if name}
        for method in self._kit.told:
            reply = self.ask(method, {})
            if reply.code in codes:
                user = self._binding.user[0]
                raise UsageError(f"{self._target.name}: user {user!r} of [target.credentials]: {reply.describe()}")
            self.reader.learn(CallTurn(asked=Asked(raw=b"", method=method, members={}, success=True), reply=reply))

    # one script

    def _channel(self, link: str) -> HttpChannel:
        if link not in self._channels:
            self._channels[link] = HttpChannel(self._target, self._binding, self._permit, self._interface)
        return self._channels[link]

    def _drop(self, link: str, how: str = "close") -> None:
        if link in self._channels:
            self._channels[link].close(how)
            if how != "half-close" and link != "":
                del self._channels[link]
        if how != "half-close":
            self._loose.discard(link)
            self._tails.pop(link, None)

    def _end(self, step: Step) -> None:
        self._note(step.how, step.link)
        self._strange = True
        if step.how == "half-close":
            self._channel(step.link).close(step.how)
            self._collect_open(step.link)
        self._drop(step.link, step.how if step.how == "reset" else "close")

    def _send(self, step: Step) -> None:
        link = step.link
        data = self._slots.bytes_of(step.parts, self._values)
        if not data:
            return
        if link in self._loose:
            self._drop(link)
        before = self._tails.get(link, b"")
        asked, rest, whole = self.reader.read(before + data)
        if objection := self._objection(asked, before + data):
            raise CaseSkipped(objection)
        channel = self._channel(link)
        if not before:
            self._unasked(channel, link)
        sent = self._binding.reveal(data)
        ending = channel.send(sent, pieces=pieces(sent, step.cuts) if step.cuts else (), pause_s=step.pause_s)
        self._note("send", link, data, ending, step.cuts)
        self._tails[link] = rest if whole else b""
        if not whole or any(not one.plain for one in asked) or rest:
            self._strange = self._strange or not whole or any(one.http for one in asked) or bool(rest)
        if step.pause_s and rest:
            time.sleep(step.pause_s)
        self._collect(link, asked, len(data))

    def _objection(self, asked: Sequence[Asked], data: bytes) -> str:
        """Why these bytes are not sent; "" if they may be."""
        for one in asked:
            operation = self._system.operations.get(one.method)
            if not one.success and one.comes:
                continue
            if operation is None or one.members is None:
                effect, name = self._binding.effect(data)
                if effect is not Effect.READ and (name in self._kit.never or (self._guarded and self._of_others(name))):
                    return f"a device might do {name}"
            elif one.method in self._kit.never or (
                self._guarded and operation.effect is not Effect.READ and not one.plain and self._of_others(one.method)
            ):
                return f"a device might do {one.method}"
        return ""

    def _of_others(self, method: str) -> bool:
        """Whether it does something to an object that is there already."""
        operation = self._system.operations.get(method)
        call = operation.call if operation is not None else None
        return call is None or any(member.object for member in call.takes.values())

    def _unasked(self, channel: HttpChannel, link: str) -> None:
        """Before anything is sent: bytes that nobody asked for are told, and an ended connection is replaced."""
        if channel.is_open and (more := channel.stray()):
            step = self._note("receive", link, more, Ending.ANSWERED)
            self.played.broken.append(
                self.judge.rule(
                    "reply.unasked", "reply", "nothing more after the last response", repr(more[:200]), step
                )
            )

    def _collect(self, link: str, asked: Sequence[Asked], size: int) -> None:
        """One response to each whole request, up to the first that is none."""
        channel = self._channel(link)
        wait_s = self._target.timeout + size / SLOWEST_BYTES_PER_S
        for number, one in enumerate(asked):
            if not one.comes:
                self._collect_open(link)
                return
            served = bool(channel.served)
            reply = self._received(channel, wait_s, one.method, one.members if one.plain else None)
            if reply.ended and not reply.raw and served and not number and not self._tails.get(link):
                # A connection may end between two calls; the call is as good on a new one.
                channel.close()
                self._note("again", link, one.raw)
                channel.send(self._binding.reveal(one.raw))
                reply = self._received(channel, wait_s, one.method, one.members if one.plain else None)
            self._add(one, reply, link)
            if self.played.broken or not reply.came or not channel.is_open:
                channel.close()
                self._tails.pop(link, None)
                return
            if one.closes:
                channel.close()
                return

    def _received(self, channel: HttpChannel, wait_s: float, method: str, sent: Mapping[str, Any] | None) -> CallReply:
        got = channel.receive("POST", wait_s)
        hide = self._binding.hide
        return CallReply(
            syntax=self._syntax, method=method if sent is not None else "", ending=got.ending, sent=sent or {}, raw=hide(got.raw),
            body=hide(got.body), exchanged=got, step=len(self.played.happened),
        )  # fmt: skip

    def _add(self, asked: Asked, reply: CallReply, link: str) -> None:
        self._note("receive", link, reply.raw[:KEPT_BYTES], reply.ending)
        self.played.requests += 1
        turn = CallTurn(asked=asked, reply=reply, link=link)
        self.turns.append(turn)
        self._values.append(self._carried(asked, reply))
        self.cleaner.answered(asked, reply)
        broken = self.judge.answer(asked, reply)
        self.reader.learn(turn)
        self.played.broken += broken or self._model.see(turn)

    def _carried(self, asked: Asked, reply: CallReply) -> str:
        """What a reply gives to a later call: the id of what was made, or where a list goes on."""
        operation = self._system.operations.get(asked.method)
        if operation is None or operation.call is None or reply.ok is not True:
            return ""
        call = operation.call
        name = call.makes or (call.listing.cookie if call.listing is not None else "")
        found = reply.value(name) if name else None
        return str(found) if isinstance(found, (str, int)) else ""

    def _collect_open(self, link: str) -> None:
        """Whatever answers what need not be answered. The connection is of no more use behind it."""
        self._strange = True
        self.played.requests += 1
        channel = self._channel(link)
        for _ in range(20):
            reply = self._received(channel, OPEN_WAIT_S, "", None)
            if not reply.raw:
                break
            step = self._note("receive", link, reply.raw[:KEPT_BYTES], reply.ending)
            if reply.ok is True and self.turns is not None:
                data = next((data for action, _, data, _, _ in reversed(self.played.happened) if action == "send"), b"")
                self.cleaner.answered(Asked(raw=data), reply)
            self.played.broken += self.judge.anything(replace(reply, step=step))
            if self.played.broken or not reply.came or not channel.is_open:
                break
        self._loose.add(link)
        self._drop(link)

    # the state of the device

    def _see_whether_alive(self) -> None:
        if not (self.is_alive() or self.is_alive() or self.is_alive()):
            self.played.gone = True
            if not any(check.id == GONE for check in self.played.broken):
                self.played.broken.append(self._gone("no success of a valid call on a new connection"))

    def _gone(self, problem: str) -> Check:
        return self.judge.rule(GONE, "alive", "the device accepts connections and answers", problem)

    def _note(
        self, action: str, link: str, data: bytes = b"", ending: Ending | None = None, cuts: tuple[int, ...] = ()
    ) -> int:
        """Add a step to the transcript; gives its place."""
        self.played.happened.append((action, time.monotonic() - self._began, data[:KEPT_BYTES], ending, cuts))
        self.played.links.append(link)
        return len(self.played.happened) - 1
