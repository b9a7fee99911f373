"""Plays scripts of packets on a target: sends the bytes, takes the answers, keeps indications apart, and has all of it judged."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from harness.ending import Ending
from harness.errors import InternalError, PermitError, TransportError
from harness.flow import CaseEnd, CaseSkipped
from harness.fuzzing.packet_cleaner import PacketCleaner
from harness.fuzzing.packet_coming import MOST_PACKETS, OPEN_WAIT_S, Coming
from harness.fuzzing.packet_guard import PacketGuard
from harness.fuzzing.packet_judge import outcome_of
from harness.fuzzing.packet_kit import CLOSED, FAILURE, SUCCESS, Asked, PacketKit, PacketTurn
from harness.fuzzing.packet_sessions import WATCH, NotLetInError
from harness.fuzzing.packet_slots import PacketSlots
from harness.fuzzing.receive import GONE, SLOWEST_BYTES_PER_S, LinkedPlayed, Played
from harness.fuzzing.script import Script, Step
from harness.fuzzing.slots import NoValue
from harness.judge import Judge
from harness.messages.packetreply import Packet
from harness.messages.packets import PacketBinding
from harness.permit import Permit
from harness.pool import Pool
from harness.target import Target
from harness.verdict import Check


class PacketPlayer(Coming):
    """One target, two sessions that last, and the connections that scripts open besides.

    Args:
        guarded: somebody depends on the device.
    """

    def __init__(
        self, kit: PacketKit, judge: Judge, target: Target, permit: Permit, pool: Pool, *, guarded: bool = True
    ) -> None:
        interface = next(iter(target.ports))
        binding = judge.bindings[interface]
        if not isinstance(binding, PacketBinding):
            raise InternalError(f"{interface}: expected a binding of packets, got {type(binding).__name__}")
        super().__init__(kit, judge, target, permit, pool, binding, interface)
        self._syntax = binding.syntax
        self._reader = kit.reader(judge.system, target)
        syntax = binding.syntax
        around = (f'<{syntax.session} {syntax.value}="'.encode(), b'"/>')
        self._slots = PacketSlots(
            target, self.facts.password, self.sessions.named, self.sessions.spelled, binding.reveal, around
        )
        self.guard = PacketGuard(binding, list(kit.kinds.values()), guarded=guarded)
        self.cleaner = PacketCleaner(judge.system, kit, self.sessions)
        self._begin()

    def play(self, script: Script, *, careful: bool = False) -> LinkedPlayed:
        """Play one script; never raises for what a device does. A careful play asks whether the device is alive behind each."""
        played = self._begin()
        try:
            self._play(script.steps)
        except NoValue:
            pass
        except (CaseEnd, PermitError) as end:
            played.skipped = str(end) or "it is not permitted"
        except NotLetInError as error:
            played.broken.append(self._gone(str(error)))
        except TransportError as error:
            played.broken.append(self._gone(str(error)))
        self._tidy()
        if (careful or played.broken or self._strange) and not self.is_alive():
            played.gone = not (self.is_alive() or self.is_alive())
            if played.gone and not any(check.id == GONE for check in played.broken):
                played.broken.append(self._gone("no answer to a login and a valid command on a new connection"))
        return played

    def begin(self) -> LinkedPlayed:
        """Begin a script of which the steps come one after the other, by `go_on`."""
        return self._begin()

    def go_on(self, steps: Sequence[Step]) -> LinkedPlayed:
        """Play more steps. What was made stays until `end`; what the answers say together is for the caller to judge."""
        try:
            self._play(steps, rules=False)
        except NoValue:
            self._played.skipped = "an answer had no value for a later step"
        except (CaseEnd, PermitError) as end:
            self._played.skipped = str(end) or "it is not permitted"
        except (NotLetInError, TransportError) as error:
            self._played.broken.append(self._gone(str(error)))
        return self._played

    def end(self) -> None:
        """Remove what was made and close what was opened."""
        self._tidy()

    def play_all(self, scripts: Sequence[Script], meanwhile: Callable[[], object] = bool) -> list[Played]:
        """Play several scripts one after the other, and ask at the end whether the device is alive."""
        results: list[Played] = []
        for script in scripts:
            if results and results[-1].gone:
                results.append(LinkedPlayed(skipped="the device was gone", gone=True))
                continue
            results.append(self.play(script))
        meanwhile()
        if results and not results[-1].gone and not self.is_alive() and not self.is_alive():
            results[-1].gone = True
            results[-1].broken.append(self._gone("no answer to a login and a valid command on a new connection"))
        return results

    def is_alive(self) -> bool:
        """Whether the device answers a login and a valid command on a new connection."""
        return self.sessions.lets_in()

    def forget(self) -> None:
        """The device began anew: its sessions are gone."""
        self.sessions.drop()

    def close(self) -> None:
        """Log out and close the connections."""
        self.sessions.close()

    @property
    def turns(self) -> Sequence[PacketTurn]:
        """The exchanges of the last script, in order."""
        return self._turns

    # one script

    def _begin(self) -> LinkedPlayed:
        self._values: list[str] = []
        self.facts.known.clear()
        self.facts.odd.clear()
        self._strange = False  # something was sent that a device may fail of
        return self._clear()

    def _play(self, steps: Sequence[Step], *, rules: bool = True) -> None:
        self.sessions.ready()
        if self.sessions.watches:
            self._watch()
        for step in steps:
            if step.link == WATCH:
                self._watch()
            if step.how == "send":
                self._send(step)
            else:
                self._end(step)
            if self._played.broken:
                return
        self._look_around()
        if not self._played.broken:
            self._see_indications()
        if rules and not self._played.broken:
            self._played.broken += self._kit.rules(self._system, self._turns)

    def _watch(self) -> None:
        """Have the watching client there; what was changed before it logged in it need not be told of."""
        since = self.sessions.watching_since
        self.sessions.ready(WATCH)
        if self.sessions.watching_since != since:
            self._watched_from = len(self._turns)

    def _end(self, step: Step) -> None:
        channel = self.sessions.channel(step.link)
        self._note(step.how, step.link)
        channel.close(step.how)
        self.facts.logins.discard(step.link)
        self.sessions.doubt(step.link)
        self._loose.discard(step.link)
        self._strange = True
        if step.how == "half-close":
            self._loose.add(step.link)
            self._drain(step.link)

    def _send(self, step: Step) -> None:
        link = step.link
        if not link:
            self.sessions.ready()  # the step before may have ended it
        shown, sent = self._slots.bytes_of(step.parts, self._values)
        if not shown:
            return
        self.facts.ended |= self._slots.changed
        channel = self.sessions.channel(link)
        asked: list[Asked] = []
        before = channel.tail
        if link not in self._loose:
            packets, rest, whole = self._reader.packets(before + shown)
            asked = self._read(packets, link)
            if not whole:
                self._loose.add(link)
        if objection := self.guard.objection(asked, before + shown, self.facts.known - {""}):
            raise CaseSkipped(objection)
        self._catch_up(link)
        if self._played.broken:
            return
        self.sessions.sends(link, shown)
        self.cleaner.sends(shown, asked)
        ending = channel.send(shown, sent, cuts=step.cuts, pause_s=step.pause_s)
        channel.tail = b"" if link in self._loose else rest
        self._note("send", link, shown, ending, step.cuts)
        if step.pause_s and (channel.tail or not step.cuts):
            time.sleep(step.pause_s)
        if link in self._loose or any(not one.certain for one in asked):
            self._collect_open(link, asked)
        else:
            self._collect(link, asked, len(shown))

    def _read(self, packets: Sequence[bytes], link: str) -> list[Asked]:
        """What was sent, one packet after the other; what a logout may have ended is not certain behind it."""
        asked = []
        for packet in packets:
            one = self._reader.read(packet, self.facts, link)
            asked.append(one)
            self.sessions.reads(one, link)
        return asked

    def _collect(self, link: str, asked: Sequence[Asked], size: int) -> None:
        """One answer to each command; a device need not keep their order, so what is named tells which it answers."""
        waiting = list(asked)
        wait_s = self._target.timeout + size / SLOWEST_BYTES_PER_S
        while waiting:
            raw, ending, step = self._receive(link, wait_s)
            if self._played.broken:
                return
            one = self._answered(waiting, raw, ending)
            waiting.remove(one)
            packet = self._packet(one, raw, ending, step)
            if self.sessions.may_be_over(link) and outcome_of(packet) in (FAILURE, CLOSED):
                raise CaseSkipped("it took so long that the session may have been over")
            broken = self._judge.answer(one, packet, self.facts.odd)
            self._add(one, packet, link, broken)
            if broken or not packet.came:
                if not packet.came:
                    self._lost(link)
                for other in waiting:
                    self._add(other, replace(packet, raw=b""), link, [])
                return

    def _collect_open(self, link: str, asked: Sequence[Asked]) -> None:
        """Whatever answers what need not be answered: all that comes before the answer to a harmless command sent behind it."""
        self._strange = True
        channel = self.sessions.channel(link)
        if channel.tail and link not in self._loose:
            wanted = ""
        else:
            wanted = self._mark(link, asked)
        found: list[Packet] = []
        alive = False
        while len(found) < MOST_PACKETS:
            raw, ending, step = self._receive(link, OPEN_WAIT_S if self._target.timeout > OPEN_WAIT_S else 0.0)
            if raw and ending is Ending.SILENT:  # slow, or cut: it has the time that any answer has
                raw, ending, step = self._receive(link, self._target.timeout)
            if self._played.broken:
                return
            packet = self._binding.packet(raw, ending, step)
            named = {(part.name or "").strip().lower() for part in packet.parts}
            self._played.broken += self._judge.anything(packet)
            if self._played.broken or not packet.came:
                if not packet.came and ending is not Ending.SILENT:
                    self._lost(link)
                elif not packet.came:
                    self._loose.add(link)
                break
            if wanted and wanted in named:
                alive = packet.ok is True
                break
            found.append(packet)
        self._played.requests += 1
        if not alive:
            self.sessions.doubt(link)
        matches = len(found) == len(asked)
        nothing = self._binding.packet(b"", Ending.SILENT, -1)
        done = next((one for one in found if one.ok), None)
        for index, one in enumerate(asked):
            packet = found[index] if matches else nothing
            broken = self._judge.not_done(one, packet)
            if done is not None and not matches and all(SUCCESS not in each.outcomes for each in asked):
                broken = self._judge.not_done(one, done)
            self._add(one, packet, link, broken, sure=False)

    def _mark(self, link: str, asked: Sequence[Asked]) -> str:
        """Send the harmless command behind it; gives the name of its answer, "" if there is none that can be told from others."""
        raw = b"".join(one.raw for one in asked).lower()
        operation = next((name for name in self._kit.markers if name.lower().encode() not in raw), "")
        if not operation or not self.sessions.channel(link).is_open:
            return ""
        data = self.sessions.command(operation)
        ending = self.sessions.channel(link).send(data)
        self._note("send", link, data, ending)
        return operation.lower()

    def _add(self, asked: Asked, packet: Packet, link: str, broken: list[Check], *, sure: bool = True) -> None:
        self._played.requests += 1
        self._played.broken += broken
        self._turns.append(PacketTurn(asked=asked, packet=packet, link=link, broken=bool(broken)))
        self._values.append(self._carried(asked, packet))
        self.facts.known.add(self._values[-1])
        self.sessions.answered(asked, packet, link, sure=sure)
        if sure:
            self.cleaner.answered(asked, packet)

    def _carried(self, asked: Asked, packet: Packet) -> str:
        """What an answer gives to a later command: the id of a session or of an object."""
        known = self._system.operations.get(asked.operation)
        if not packet.ok or known is None:
            return ""
        for kind in self._kit.kinds.values():
            if asked.operation == kind.list and kind.key != kind.name:
                return self.cleaner.last_key(kind, packet)
        name = (
            self._syntax.session if asked.operation == self._syntax.login else known.result.name if known.result else ""
        )
        return (packet.first.get(name) or "") if name else ""

    def _answered(self, waiting: Sequence[Asked], raw: bytes, ending: Ending) -> Asked:
        if len(waiting) == 1 or ending is not Ending.ANSWERED:
            return waiting[0]
        for one in waiting:
            packet = self._binding.packet(raw, ending, -1, operation=one.operation)
            if self._judge.names(packet, one.operation):
                return one
        return waiting[0]

    def _packet(self, one: Asked, raw: bytes, ending: Ending, step: int) -> Packet:
        """With what was sent as far as it must come back."""
        return self._binding.packet(raw, ending, step, operation=one.operation, sent=one.echoed)

    # behind a script

    def _tidy(self) -> None:
        watched = self.sessions.watches
        try:
            for link in self.sessions.links():
                if link in self._loose or self.sessions.channel(link).tail or self._played.broken:
                    self.sessions.channel(link).close()
                    self.sessions.doubt(link)
            self.sessions.tidy()
            if self.cleaner.pending:
                self.cleaner.clean()
            if watched:
                self.sessions.settle()
        except (TransportError, NotLetInError, CaseEnd, PermitError):
            self.sessions.drop()
