"""Clients of one device for very many single exchanges, each judged at once by the model of the device."""

from __future__ import annotations

from collections.abc import Sequence

from fuzz.hmp.state import GONE, UNFINISHED, Recording
from fuzz.hmp.world import HmpWorld
from harness.checks.answer import answer_checks
from harness.checks.message import message_checks
from harness.ending import Ending
from harness.errors import HarnessError
from harness.fuzzing.channel import Channel
from harness.fuzzing.expect import Expectation
from harness.messages.binding import Binding
from harness.messages.book import ErrorBook
from harness.messages.reply import Call, Reply, readable
from harness.permit import Permit
from harness.spec.clauses import ClauseEntry, catalogue
from harness.target import Target
from harness.verdict import Check, Severity

CLIENTS = 2
_KEPT = 4096
Command = tuple[str, ...]  # name and values


class NonconformingError(AssertionError):
    """A device's answer is none that conforms."""


class Clients:
    """Two connections to one device, and the model that follows what both do.

    Args:
        most_left: recordings that may be made in all; no command removes them again.
    """

    def __init__(
        self,
        target: Target,
        book: ErrorBook,
        binding: Binding,
        permit: Permit,
        world: HmpWorld,
        *,
        most_left: int = 20_000,
    ) -> None:
        interface = next(iter(target.ports))
        self.world = world
        self.target = target
        self._book = book
        self._binding = binding
        self._channels = [Channel(target, binding, permit, interface) for _ in range(CLIENTS)]
        operations = book.system.operations.items()
        self._makers = {name for name, one in operations if one.result is not None and one.result.object is not None}
        # Answers that were found to conform, with the expectation so that its identity stays its own.
        self._conforming: dict[tuple[int, bytes, int], tuple[Reply, Expectation]] = {}
        self._clauses: dict[str, ClauseEntry] = {}
        self.exchanges = self.steps = 0
        self.may_still_leave = most_left
        self.told = ""  # the first finding, for people: what is found after it may follow from it

    def call(self, who: int, operation: str, *values: str, quoted: bool = False) -> Reply:
        """One command of one client, and its reply.

        Raises:
            NonconformingError: the reply is none of those that conform.
        """
        return self.burst(who, (operation, *values), quoted=quoted)

    def burst(self, who: int, *commands: Command, quoted: bool = False) -> Reply:
        """Several commands of one client, sent in one go; gives the last reply.

        Raises:
            NonconformingError: a reply is none of those that conform.
        """
        built = [self._binding.call(operation, values, quoted=quoted) for operation, *values in commands]
        channel = self._channels[who]
        self.exchanges += len(built)
        self.steps += 1
        self.world.sending()
        ended = channel.send(b"".join([data for _, data in built]))
        for number, (call, data) in enumerate(built):
            raw, ending = channel.receive() if ended is None else (b"", ended)
            reply, broken = self._judge(call, raw, ending)
            if ending is not Ending.ANSWERED:
                channel.close()
            if broken:
                for other, _ in built[number + 1 :]:
                    self.world.blur(other)
                channel.close()  # what is still on its way belongs to no command of ours
                told = self._told(data, reply, broken)
                self.told = self.told or told
                raise NonconformingError(told)
        return reply

    def made(self, who: int, operation: str, *values: str) -> str | None:
        """The id of the object that a command made, None if it made none."""
        reply = self.call(who, operation, *values)
        if reply.ok and operation == "startRecording":
            self.may_still_leave -= 1
        return reply.value if reply.ok else None

    def judge_again(self, operation: str, *values: str) -> None:
        """Judge a plain OK to a command that is not sent, for measuring what that takes."""
        call, _ = self._binding.call(operation, values)
        self._judge(call, b"OK\n", Ending.ANSWERED)

    def _judge(self, call: Call, raw: bytes, ending: Ending) -> tuple[Reply, list[Check]]:
        """The reply and what is broken in it; the model takes note."""
        world = self.world
        expectation = world.expect(call)
        key = (id(expectation), raw, len(call.values))
        known = self._conforming.get(key)
        if known is not None:
            reply = known[0]
            broken = world.further(call, reply) if reply.ok else []
        else:
            reply = self._binding.reply(call, raw, ending, -1)
            broken = [
                check
                for check in self._problems(reply, expectation)
                if not check.passed and check.severity is Severity.MUST
            ]
            # Without an apostrophe no value is repeated, and without a new id the next such answer is the same.
            if not broken and b"'" not in raw and call.operation not in self._makers:
                if len(self._conforming) >= _KEPT:
                    self._conforming.clear()
                self._conforming[key] = (reply, expectation)
        world.note(call, reply)
        return reply, broken

    def end(self, who: int, how: str) -> None:
        """End one client's connection; its next command opens another."""
        self._channels[who].close(how)

    def close(self) -> None:
        """End all connections."""
        for channel in self._channels:
            channel.close()

    def clean(self, sessions: Sequence[str], recordings: Sequence[str], streams: Sequence[str]) -> None:
        """Remove what was made. What a device does meanwhile is not judged, but the model takes note."""
        memory = self.world.memory
        wanted = [("stopRestreamRecording", stream) for stream in streams if memory.find(stream) is not None]
        wanted += [("stopRecording", name) for name in recordings if _may_run(memory.find(name))]
        wanted += [("deleteSession", session) for session in sessions if memory.find(session) is not None]
        built = [self._binding.call(operation, (name,)) for operation, name in wanted]
        if not built:
            return
        channel = self._channels[0]
        try:
            self.world.sending()
            if channel.send(b"".join(data for _, data in built)) is not None:
                channel.close()
            for call, _ in built:
                raw, ending = channel.receive()
                self.world.note(call, self._binding.reply(call, raw, ending, -1))
                if ending is not Ending.ANSWERED:
                    channel.close()
        except HarnessError:
            channel.close()

    def _problems(self, reply: Reply, expectation: Expectation) -> list[Check]:
        problems = list(message_checks(self._book, reply))
        if reply.ending is not Ending.ANSWERED:
            return problems
        problems += answer_checks(
            self._book,
            reply,
            expectation.answers,
            check="answer",
            clauses=expectation.clauses,
            ambiguity=expectation.ambiguity,
        )
        return problems + self.world.further(reply.call, reply)

    def _told(self, data: bytes, reply: Reply, broken: Sequence[Check]) -> str:
        """A failure for people: what was sent, what came, what the document asks for and where."""
        self._clauses = self._clauses or catalogue(self._book.system)
        lines = [f"sent      {readable(data)}", f"came      {reply.describe()}"]
        lines += [f"expected  {check.expected}" for check in broken]
        for name in dict.fromkeys(clause for check in broken for clause in check.clauses):
            entry = self._clauses.get(name)
            where = f' section "{entry.section}", line {entry.lines[0]}: {entry.text}' if entry is not None else ""
            lines.append(f"document  {name}{where}")
        return "\n".join(lines)


def _may_run(thing: object) -> bool:
    """Whether a recording may have to be stopped."""
    return isinstance(thing, Recording) and bool(thing.states & UNFINISHED) and thing.states != {GONE}
