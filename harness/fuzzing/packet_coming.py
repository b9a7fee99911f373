"""What comes while a script of packets is played: answers, and indications apart from them, which are kept and judged."""

from __future__ import annotations

import time

from harness.ending import Ending
from harness.flow import CaseSkipped
from harness.fuzzing.packet_channel import KEPT_BYTES
from harness.fuzzing.packet_judge import PacketJudge, outcome_of
from harness.fuzzing.packet_kit import SUCCESS, PacketKit, PacketTurn
from harness.fuzzing.packet_sessions import WATCH, Sessions
from harness.fuzzing.receive import GONE, LinkedPlayed
from harness.judge import Judge
from harness.messages.packetreply import Packet
from harness.messages.packets import PacketBinding
from harness.permit import Permit
from harness.pool import Pool
from harness.target import Target
from harness.verdict import Check

# So long an answer is waited for where none need come.
OPEN_WAIT_S = 0.15
# Answers to one packet, or indications before one, beyond which a device floods.
MOST_PACKETS = 2000


class Coming:
    """What came of the script that is being played."""

    def __init__(
        self,
        kit: PacketKit,
        judge: Judge,
        target: Target,
        permit: Permit,
        pool: Pool,
        binding: PacketBinding,
        interface: str,
    ) -> None:
        self._kit = kit
        self._target = target
        self._binding = binding
        self._system = judge.system
        self._judge = PacketJudge(judge.system)
        self.sessions = Sessions(kit, target, binding, permit, pool, interface)
        self.facts = self.sessions.facts
        self._clear()

    def _clear(self) -> LinkedPlayed:
        self._played = LinkedPlayed()
        self._turns: list[PacketTurn] = []
        self._news: dict[str, list[Packet]] = {}
        self._watched_from = 0  # turns before the watching client was there
        self._seen = 0  # turns whose indications were looked for
        self._loose: set[str] = set()  # on these connections nothing is certain any more
        self._began = time.monotonic()
        return self._played

    def _receive(self, link: str, wait_s: float) -> tuple[bytes, Ending, int]:
        """What comes next on a connection but for indications, which are kept and looked at."""
        deadline = time.monotonic() + wait_s
        for _ in range(MOST_PACKETS):
            raw, ending = self.sessions.channel(link).receive(max(deadline - time.monotonic(), 0.0))
            self._note("receive", link, raw[:KEPT_BYTES], ending)
            step = len(self._played.happened) - 1
            if ending is not Ending.ANSWERED or not self._indicates(raw, link, step):
                return raw, ending, step
            if self._played.broken:
                return b"", Ending.SILENT, step
        self._played.broken.append(
            self._judge.rule(
                "reply.comes", "one-reply", expected="an answer", got=f"{MOST_PACKETS} indications without one", step=-1
            )
        )
        return b"", Ending.SILENT, -1

    def _indicates(self, raw: bytes, link: str, step: int) -> bool:
        packet = self._binding.packet(raw, Ending.ANSWERED, step)
        if not packet.indicates:
            return False
        self._news.setdefault(link, []).append(packet)
        self._played.broken += self._judge.anything(packet)
        if not self.sessions.may_tell(link):
            self._played.broken.append(
                self._judge.rule(
                    "indication.not-asked",
                    "not-asked",
                    expected="no indication to a client that did not ask",
                    got=packet.describe(),
                    step=step,
                )
            )
        return True

    def _catch_up(self, link: str) -> None:
        """Before anything is sent: what nobody asked for is told."""
        channel = self.sessions.channel(link)
        if not channel.is_open or channel.tail or link in self._loose:
            return
        for _ in range(MOST_PACKETS):
            raw, ending = channel.receive(0.0)
            if ending is Ending.SILENT and not raw:
                return
            self._note("receive", link, raw[:KEPT_BYTES], ending)
            step = len(self._played.happened) - 1
            if ending is Ending.ANSWERED and self._indicates(raw, link, step):
                continue
            packet = self._binding.packet(raw, ending, step)
            if ending is Ending.ANSWERED:
                self._unasked(packet)
            elif ending is Ending.FLOODED:
                self._played.broken += self._judge.anything(packet)
            return

    def _unasked(self, packet: Packet) -> None:
        self._played.broken.append(
            self._judge.rule(
                "reply.unasked", "one-reply", expected="nothing more after the last answer", got=packet.describe(),
                step=packet.step,
            )
        )  # fmt: skip

    def _look_around(self) -> None:
        for link in self.sessions.links():
            self._catch_up(link)

    def _drain(self, link: str) -> None:
        """Whatever answers a connection that we have half closed."""
        for _ in range(MOST_PACKETS):
            raw, ending, step = self._receive(link, OPEN_WAIT_S)
            packet = self._binding.packet(raw, ending, step)
            if packet.came or ending is Ending.FLOODED:
                self._played.broken += self._judge.anything(packet)
            if not packet.came or self._played.broken:
                break
        self.sessions.channel(link).close()

    def _lost(self, link: str) -> None:
        """The connection is of no more use."""
        self.sessions.channel(link).close()
        self.sessions.doubt(link)

    # indications

    def _see_indications(self) -> None:
        """What the watching client must have been told of, once each."""
        first, self._seen = self._seen, len(self._turns)
        # Of changes before the watching client logged in it need not have been told.
        first = max(first, self._watched_from)
        if self.sessions.watches and WATCH not in self._loose:
            changes = [turn for turn in self._turns[first:] if self._is_told(turn)]
            deadline = time.monotonic() + self._target.timeout
            for turn in changes:
                mates = [one for one in changes if self._judge.are_alike(one, turn)]
                self._hear(turn, len(mates), deadline)
                if self._played.broken:
                    return
                told = self._heard(turn)
                if len(told) < len(mates) and self.sessions.may_be_over(WATCH):
                    raise CaseSkipped("it took so long that the session may have been over")
                more = self.sessions.asides(turn.asked)
                quiet = [one for one in mates if self._kit.may_be_quiet(self._turns[: self._turns.index(one)], one)]
                self._played.broken += self._judge.told(
                    turn, told, range(len(mates) - len(quiet), len(mates) + more + 1), mates.index(turn), self.facts.odd
                )
                if self._played.broken:
                    return
        self._news.clear()

    def _is_told(self, turn: PacketTurn) -> bool:
        """Whether the watching client must be told of it."""
        known = self._system.operations.get(turn.asked.operation)
        return (
            turn.asked.certain
            and turn.link != WATCH
            and known is not None
            and known.indication is not None
            and outcome_of(turn.packet) == SUCCESS
            and not self.sessions.tells_watcher(turn.asked)
        )

    def _hear(self, turn: PacketTurn, count: int, deadline: float) -> None:
        """Wait for so many indications, and take what is there besides; one that need not come has little time."""
        if self._kit.may_be_quiet(self._turns, turn):
            deadline = min(deadline, time.monotonic() + OPEN_WAIT_S)
        while len(self._heard(turn)) < count and time.monotonic() < deadline and not self._played.broken:
            raw, ending = self.sessions.channel(WATCH).receive(max(deadline - time.monotonic(), 0.0))
            self._note("receive", WATCH, raw[:KEPT_BYTES], ending)
            step = len(self._played.happened) - 1
            if ending is not Ending.ANSWERED:
                break
            if not self._indicates(raw, WATCH, step):
                self._unasked(self._binding.packet(raw, ending, step))
        self._catch_up(WATCH)

    def _heard(self, turn: PacketTurn) -> list[Packet]:
        news = [one for one in self._news.get(WATCH, ()) if self._judge.named(one, turn.asked.operation)]
        return [one for one in news if self._judge.tells_of(one, turn)]

    def _note(
        self, action: str, link: str, data: bytes = b"", ending: Ending | None = None, cuts: tuple[int, ...] = ()
    ) -> None:
        self._played.happened.append((action, time.monotonic() - self._began, data, ending, cuts))
        self._played.links.append(link)

    def _gone(self, problem: str) -> Check:
        return self._judge.rule(
            GONE, "one-reply", expected="the device accepts connections and answers", got=problem, step=-1
        )
