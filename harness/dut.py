"""The device under test as the flows of a line protocol see it: calls and replies, and checks of what was asked for."""

from __future__ import annotations

import random
from collections.abc import Sequence

from harness.checks.answer import Answer, answer_checks
from harness.checks.message import merge, message_checks
from harness.datatypes import is_value
from harness.ending import Ending
from harness.flow import CaseInconclusive, CaseStopped, Receive
from harness.messages.binding import Binding
from harness.messages.book import ErrorBook
from harness.messages.reply import Call, Reply
from harness.permit import notes
from harness.target import Target
from harness.view import MAIN, View

__all__ = ["MAIN", "Dut"]


class Dut(View):
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
        super().__init__(system=book.system, target=target, rng=rng, interface=interface, lasting=lasting)
        self.book = book
        self.binding = binding

    @property
    def one_reply(self) -> str:
        """See `harness.view.View`."""
        return self.book.syntax.rules["one-reply"]

    # calls

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

    async def state_of(self, operation: str, name: str) -> str:
        """See `harness.view.View`."""
        reply = await self.call(operation, name)
        return reply.text or reply.describe()

    # checks

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
