"""The systematic cases of a period in a request: the longest, one second inside and outside of it, none, reversed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from harness.case import Case
from harness.checks.http import HttpAnswer
from harness.derive_base import OperationCases, either, window_of
from harness.httpdut import HttpDut, sample
from harness.messages.httpreply import Pairs
from harness.spec.xmlmodel import Window

_DAY = 86400


class WindowCases(OperationCases):
    """The cases of an operation's window."""

    def cases(self) -> Iterator[Case]:
        """None where the operation asks for no period."""
        if self.operation.window is not None:
            yield from self._windows(self.operation.window)

    def _windows(self, window: Window) -> Iterator[Case]:
        longest = window.longest_s
        for part, length in (
            ("longest", longest),
            ("one-second-inside", longest - 1),
            ("one-second", 1),
            ("half", longest // 2),
        ):
            clauses = [f"{self.clause}.window"]
            title = f"a period of {length} s"
            yield self.case(f"window.{part}", title, [*clauses, self.clause], partial(self._inside, window, length))
        yield self.case("window.no-second", "a period of 0 s", [], partial(self._open_period, window))
        # The control has the same beginning: a device that refuses old periods would refuse these for another reason.
        wrong = partial(self.case, after=("window.longest",))
        clauses = [f"{self.clause}.window", *self.errors([window.error], window.longer)]
        for part, length in (
            ("one-second-outside", longest + 1), ("two-hours", 2 * longest), ("day", 86400), ("ten-years", 315360000)
        ):  # fmt: skip
            yield wrong(f"window.{part}", f"a period of {length} s", clauses, partial(self._outside, window, length))
        if self.options():
            flow = partial(self._with_options, window, longest + 1)
            yield wrong(
                "window.one-second-outside.with-options", f"a period of {longest + 1} s, in pages", clauses, flow
            )
        yield wrong("window.calendar-day", "a day of the calendar", clauses, partial(self._calendar_day, window))
        clauses = [f"{self.clause}.window.reversed", *self.errors([window.error], window.reversed)]
        for part, length in (("reversed", -60), ("reversed-by-one", -1), ("reversed-hour", -longest)):
            title = "a period that ends before it begins"
            yield wrong(f"window.{part}", title, clauses, partial(self._reversed, window, length))

    async def _timed(self, dut: HttpDut, window: Window, length: int) -> list[tuple[str, str]]:
        query = dict(await sample(dut, self.name))
        quiet = await dut.shared("window", "quiet")
        start = int(quiet.partition(" ")[0])
        query[window.start], query[window.end] = str(start), str(start + length)
        return list(query.items())

    async def _inside(self, window: Window, length: int, dut: HttpDut) -> None:
        query = await self._timed(dut, window, length)
        reply = await dut.get(self.name, query, window=window_of(self.operation, query))
        dut.ok(reply, f"{self.clause}.window", self.clause, check="accepted")

    async def _outside(self, window: Window, length: int, dut: HttpDut) -> None:
        """What is refused is refused when it is asked for once more."""
        query = await self._timed(dut, window, length)
        for _ in range(2):
            await self._too_long(dut, window, query)

    async def _calendar_day(self, window: Window, dut: HttpDut) -> None:
        query = dict(await self._timed(dut, window, 0))
        midnight = int(query[window.start]) // _DAY * _DAY
        query |= {window.start: str(midnight), window.end: str(midnight + _DAY - 1)}
        await self._too_long(dut, window, list(query.items()))

    async def _too_long(self, dut: HttpDut, window: Window, query: Pairs) -> None:
        reply = await dut.get(self.name, query)
        if window.longer is not None:
            answers = either(self.system, window.longer, [window.error])
            dut.answers(reply, answers, ambiguity=window.longer, check="either")
        else:
            dut.refused(reply, window.error, f"{self.clause}.window")

    async def _with_options(self, window: Window, length: int, dut: HttpDut) -> None:
        await self._too_long(dut, window, [*await self._timed(dut, window, length), *self.options()])

    async def _open_period(self, window: Window, dut: HttpDut) -> None:
        reply = await dut.get(self.name, await self._timed(dut, window, 0))
        dut.answers(reply, [HttpAnswer(), HttpAnswer(error=window.error)], self.clause, check="either")

    async def _reversed(self, window: Window, length: int, dut: HttpDut) -> None:
        reply = await dut.get(self.name, await self._timed(dut, window, length))
        if window.reversed is not None:
            dut.answers(
                reply, either(self.system, window.reversed, [window.error]), ambiguity=window.reversed, check="either"
            )
            return
        dut.refused(reply, window.error, f"{self.clause}.window.reversed")
