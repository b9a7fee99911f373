"""The device under test as a flow sees it: calls and replies, checks, objects, and nothing of sockets or files."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence

from harness.checks.answer import Answer, answer_checks
from harness.checks.message import merge, message_checks
from harness.datatypes import is_value
from harness.ending import Ending
from harness.flow import (
    CaseInconclusive,
    CaseSkipped,
    CaseStopped,
    Clock,
    Close,
    Connect,
    Provide,
    Receive,
    Received,
    Send,
    Wait,
)
from harness.messages.binding import Binding
from harness.messages.book import ErrorBook
from harness.messages.reply import Call, Reply
from harness.permit import notes
from harness.spec.model import System
from harness.target import Target
from harness.verdict import Check, Severity

MAIN = "main"


class Dut:
    """One case's view of the device.

    Every `call` is checked for what any reply must be; `ok`, `error` and `answers` check what was asked for.
    """

    def __init__(
        self,
        *,
        book: ErrorBook,
        binding: Binding,
        target: Target,
        rng: random.Random,
        interface: str,
        lasting: bool = False,
    ) -> None:
        self.book = book
        self.binding = binding
        self.target = target
        self.rng = rng
        # What a lasting flow makes is kept for the whole run, so it should hold nothing that cases need.
        self.lasting = lasting
        self.checks: list[Check] = []
        self.links: dict[str, Ending] = {}
        self._interface = interface
        self._counts: dict[str, int] = {}

    @property
    def model(self) -> System:
        """The system's spec."""
        return self.book.system

    # connections

    async def connect(self, link: str = MAIN, *, source: str | None = None) -> Ending:
        """Open a connection; ANSWERED if it is open."""
        ending = await Connect(link, self._interface, source)
        self.links[link] = ending
        return ending

    async def send(
        self, data: bytes, *, link: str = MAIN, pieces: Sequence[int] = (), pause_s: float = 0.0
    ) -> Ending | None:
        """Send raw bytes on a connection, which is opened if it is not yet.

        Raises:
            CaseInconclusive: the connection could not be opened.
            CaseSkipped: the permit does not cover what the bytes may do.
        """
        if link not in self.links and await self.connect(link) is not Ending.ANSWERED:
            raise CaseInconclusive(f"no connection to {self.target.host}")
        return await Send(link, data, tuple(pieces), pause_s)

    async def close(self, link: str = MAIN, how: str = "close") -> None:
        """Close a connection (`close`, `half-close`, `reset`)."""
        await Close(link, how)
        if how != "half-close":
            self.links.pop(link, None)

    async def receive(
        self, call: Call, *, link: str = MAIN, judged: bool = True, deadline_s: float | None = None
    ) -> Reply:
        """Wait for the reply to a call that was sent; unless `judged` is False, check what any reply must be."""
        got = await Receive(link, deadline_s)
        reply = self.binding.reply(call, got.raw, got.ending, got.step)
        if judged:
            merge(self.checks, message_checks(self.book, reply))
        for note in notes(self.model, reply):
            await note
        return reply

    async def rest(self, *, link: str = MAIN) -> Received:
        """What is there on a connection now, without waiting."""
        return await Receive(link, rest=True)

    # calls

    async def call(
        self, operation: str, *values: str, link: str = MAIN, quoted: bool = False, deadline_s: float | None = None
    ) -> Reply:
        """Send one command and wait for its reply."""
        call, data = self.binding.call(operation, values, quoted=quoted)
        await self.send(data, link=link)
        return await self.receive(call, link=link, deadline_s=deadline_s)

    async def line(self, text: str | bytes, call: Call, *, link: str = MAIN, judged: bool = True) -> Reply:
        """Send one line exactly as given (without its terminator) and wait for its reply; `call` says what it means."""
        raw = text.encode() if isinstance(text, str) else text
        await self.send(raw + b"\n", link=link)
        return await self.receive(call, link=link, judged=judged)

    async def pipeline(self, *calls: tuple[str, ...], clauses: Sequence[str] = (), link: str = MAIN) -> list[Reply]:
        """Send several commands in one go, each (operation, values ...), then collect the replies in order.

        Raises:
            CaseStopped: a reply does not come, which a check that cites `clauses` has recorded.
        """
        built = [self.binding.call(name, values) for name, *values in calls]
        await self.send(b"".join(data for _, data in built), link=link)
        replies = []
        for number, (call, _) in enumerate(built, 1):
            reply = await self.receive(call, link=link)
            if reply.ending is not Ending.ANSWERED:
                expected, got = (
                    f"{len(built)} replies to {len(built)} commands",
                    f"{number - 1}, then {reply.describe()}",
                )
                self.check("reply-to-each", False, *clauses, expected=expected, got=got, step=reply.step)
                raise CaseStopped(got)
            replies.append(reply)
        return replies

    async def setup(self, operation: str, *values: str, link: str = MAIN) -> str:
        """A call that must succeed before the case can begin; gives what it returned.

        Raises:
            CaseInconclusive: it did not succeed, or returned what nothing can be done with.
        """
        reply = await self.call(operation, *values, link=link)
        if not reply.ok:
            raise CaseInconclusive(f"{operation} did not succeed: {reply.describe()}")
        value, result = reply.value or "", self.model.operations[operation].result
        if result is not None and not is_value(self.model.types[result.type], value):
            raise CaseInconclusive(f"{operation} did not give a {result.name}: {reply.describe()}")
        return value

    async def wait(self, device_s: float) -> None:
        """Let the device's clock move on by `device_s` seconds."""
        await Wait(device_s)

    async def clock(self) -> float:
        """Device seconds since the case began."""
        return await Clock() * self.target.clock_scale

    # checks

    def check(
        self,
        name: str,
        passed: bool,
        *clauses: str,
        expected: str,
        got: str,
        severity: Severity = Severity.MUST,
        step: int = -1,
    ) -> bool:
        """Record one observation; gives `passed`."""
        self.checks.append(
            Check(
                id=self._name(name),
                clauses=clauses,
                passed=passed,
                severity=severity,
                expected=expected,
                got=got,
                step=step,
            )
        )
        return passed

    def ok(self, reply: Reply, *clauses: str, value: str | None = None, check: str = "") -> str:
        """The call must have succeeded; gives its value.

        Raises:
            CaseStopped: it did not, and what follows would need it.
        """
        own = f"{self.model.prefix}-{reply.call.operation}"
        self.answers(reply, [Answer(value=value)], *(clauses or (own,)), check=check)
        if not reply.ok:
            raise CaseStopped(f"{reply.call.operation} did not succeed")
        return reply.value or ""

    def error(self, reply: Reply, error: str, *clauses: str, about: int | None = None, check: str = "") -> None:
        """The call must have failed with this error, whose message repeats value number `about`."""
        self.answers(reply, [Answer(error=error, about=about)], *clauses, check=check)

    def answers(
        self, reply: Reply, answers: Sequence[Answer], *clauses: str, ambiguity: str | None = None, check: str = ""
    ) -> bool:
        """The reply must be one of these answers; gives whether it is.

        Raises:
            CaseStopped: no reply came; what would follow on a device that does not answer says nothing more.
        """
        name = self._name(check or reply.call.operation or "line")
        found = answer_checks(self.book, reply, answers, check=name, clauses=clauses, ambiguity=ambiguity)
        self.checks.extend(found)
        if reply.ending is not Ending.ANSWERED:
            raise CaseStopped(reply.describe())
        return found[0].passed

    def _name(self, name: str) -> str:
        """A check's id is stable: its name, and from the second on which one of that name it is in the flow."""
        count = self._counts[name] = self._counts.get(name, 0) + 1
        return name if count == 1 else f"{name}.{count}"

    # objects

    def fixtures(self, *keys: str, count: int = 1) -> tuple[str, ...]:
        """At least `count` texts of fixtures, those of the first key first.

        Raises:
            CaseSkipped: the target file has fewer; the message names the key.
        """
        found = tuple(dict.fromkeys(text for key in keys for text in self.target.fixture_texts(key)))
        if len(found) < count:
            raise CaseSkipped(f"needs the fixture {keys[0]}" + (f" with {count} entries" if count > 1 else ""))
        return found

    def fixture(self, *keys: str) -> str:
        """One text of a fixture; see `fixtures`."""
        return self.fixtures(*keys)[0]

    async def shared(self, kind: str, state: str) -> str:
        """The id of an object that several cases may read but none changes."""
        return await Provide(kind, state)

    def unknown_id(self) -> str:
        """A well-formed random id that names nothing."""
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def unique(self, words: str) -> str:
        """A text that no other case uses."""
        return f"{words} {self.rng.getrandbits(40):010x}"
