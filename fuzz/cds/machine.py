"""A rule-based state machine over periods, pages and names: whatever the order in which they are asked for, the replies go together.

The model is what was seen: every exchange of the run, judged by `fuzz.cds.rules`, which say only what stays true while the world of the device
goes on. Hypothesis chooses the steps and makes a failing run of them small.
"""

from __future__ import annotations

from typing import ClassVar
from urllib.parse import quote

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, rule

from fuzz.cds.rules import rules
from fuzz.cds.verdict import HISTORIES, RANGE
from harness.fuzzing.build import rng_of
from harness.fuzzing.http_kit import Turn
from harness.fuzzing.http_periods import ALL_ROWS
from harness.fuzzing.http_player import HttpPlayer
from harness.fuzzing.http_query import SPAN_S, Plan, Requests
from harness.fuzzing.script import Script, Step
from harness.fuzzing.session import Session
from harness.fuzzing.testing import FindingError, must_conform

Period = tuple[str, int, int]  # message, first second after the beginning of the busy period, length
_RNG = rng_of(0, 0)  # of what does not matter
_SIZES = (1, 2, 3, 5, 8, 13, 40)
_FACTS = ("MaxStreamModifiedTime", "MaxErrorModifiedTime", "Version", "Devices", "ServiceGroups")


class CdsMachine(RuleBasedStateMachine):
    """Set `session` before it is run."""

    session: ClassVar[Session]

    periods: Bundle[Period] = Bundle("periods")
    names: Bundle[str] = Bundle("names")

    def __init__(self) -> None:
        super().__init__()
        assert isinstance(self.session.player, HttpPlayer)
        self._player = self.session.player
        self._requests = Requests(self.session.system, self.session.target)
        self._steps: list[Step] = []
        self._turns: list[Turn] = []

    def _ask(self, plan: Plan) -> Turn | None:
        """One request; a reply that is wrong, alone or with those before it, fails the run. Gives what came."""
        return self._do(Step(parts=plan.parts()))

    def _do(self, step: Step) -> Turn | None:
        self._steps.append(step)
        played = self._player.play(Script(name="machine.step", steps=(step,)))
        if played.skipped:
            return None
        self._turns += self._player.turns
        broken = played.broken or rules(self._turns)
        if broken:
            # Played again as one script it is a finding that can be replayed.
            must_conform(
                self.session, Script(name="machine.steps", clauses=broken[0].clauses, steps=tuple(self._steps))
            )
            first = broken[0]
            raise FindingError(
                f"not each time, but once: {first.id}: expected {first.expected}, got {first.got} ({', '.join(first.clauses)})"
            )
        return self._turns[-1] if self._turns else None

    def _whole(self, name: str, start: int, length: int) -> Plan:
        return self._requests.pages(name, _RNG, start, length, ALL_ROWS, b"0")

    # rules

    @initialize(target=periods, name=st.sampled_from(HISTORIES), start=st.integers(0, SPAN_S))
    def begin(self, name: str, start: int) -> Period:
        """A first period, so that there is something to page through."""
        return self._period(name, start, 9)

    @rule(target=periods, name=st.sampled_from(HISTORIES), start=st.integers(0, SPAN_S), length=st.integers(0, 9))
    def period(self, name: str, start: int, length: int) -> Period:
        """A whole period."""
        return self._period(name, start, length)

    def _period(self, name: str, start: int, length: int) -> Period:
        lengths = self._requests.lengths(name)
        known = name, start, lengths[length % len(lengths)]
        self._ask(self._whole(*known))
        return known

    @rule(period=periods)
    def again(self, period: Period) -> None:
        """The same period."""
        self._ask(self._whole(*period))

    @rule(period=periods, cut=st.integers(0, 600), first=st.booleans())
    def part(self, period: Period, cut: int, first: bool) -> None:
        """A part of it, then all of it."""
        name, start, length = period
        at = cut % (length + 1)
        self._ask(self._whole(name, start, at) if first else self._whole(name, start + at, length - at))
        self._ask(self._whole(*period))

    @rule(period=periods, before=st.integers(0, 30), behind=st.integers(0, 30))
    def wider(self, period: Period, before: int, behind: int) -> None:
        """More than it, then it again."""
        name, start, length = period
        wide = (name, max(start - before, 0), length + min(before, start) + behind)
        for one in (wide, period, wide):
            self._ask(self._whole(*one))

    @rule(period=periods, size=st.sampled_from(_SIZES), count=st.integers(1, 4))
    def pages(self, period: Period, size: int, count: int) -> None:
        """Some pages of it, the rest, and all of it."""
        for number in range(count):
            self._ask(self._page(period, size, number * size))
        self._ask(self._page(period, ALL_ROWS, count * size))
        self._ask(self._whole(*period))

    def _page(self, period: Period, size: int, offset: int) -> Plan:
        name, start, length = period
        return self._requests.pages(name, _RNG, start, length, size, b"%d" % offset)

    @rule(target=names, size=st.sampled_from(_SIZES))
    def first_contents(self, size: int) -> str:
        """The list of contents, and its first part."""
        self._ask(self._requests.pages(RANGE, _RNG, 0, 0, ALL_ROWS, None))
        return self._last(self._ask(self._requests.pages(RANGE, _RNG, 0, 0, size, None)))

    @rule(target=names, name=names, size=st.sampled_from(_SIZES))
    def next_contents(self, name: str, size: int) -> str:
        """A part of it behind a name that the device has told, and the list."""
        if not name:
            return name
        last = self._last(self._ask(self._requests.pages(RANGE, _RNG, 0, 0, size, escaped(name))))
        self._ask(self._requests.pages(RANGE, _RNG, 0, 0, ALL_ROWS, None))
        return last

    def _last(self, turn: Turn | None) -> str:
        kept = turn.result.kept if turn is not None and turn.result is not None else ()
        return str(kept[-1][0]) if kept else ""

    @rule(name=st.sampled_from(_FACTS))
    def fact(self, name: str) -> None:
        """Something that has no period."""
        self._ask(self._requests.plan(name, _RNG))

    @rule(number=st.integers(0, 1000))
    def defect(self, number: int) -> None:
        """A request that must be refused changes nothing."""
        for plan in self._requests.defective(rng_of(1, number)):
            self._ask(plan)

    @rule(how=st.sampled_from(("close", "reset")))
    def reconnect(self, how: str) -> None:
        """A new connection."""
        self._do(Step(how=how))


def escaped(name: str) -> bytes:
    """A name as the value of a query's field."""
    return quote(name, safe="").encode()
