"""Flows that mostly wait, played side by side: while one waits, the others go on.

One at a time has its turn, so nothing they share is ever touched by two; only their waits pass together.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, closing
from typing import TypeVar

R = TypeVar("R")


def play_together(
    flows: Sequence[Generator[float, None, R]],
    *,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    ended: Callable[[int, R], None],
) -> None:
    """Play flows to their ends; each gives the seconds after which it is to go on (`harness.flow.turns`).

    The one whose time has come first is next, so none waits longer than it asked but for what another one is just doing. If `clock`,
    `sleep` or a flow raises, all flows are closed.

    Args:
        clock: seconds on a clock that never goes back.
        sleep: waits; may raise to end it all, and is called for every wait, be it over already, with 0 s then.
        ended: is told the number of each flow as it ends, and its result.
    """
    with ExitStack() as stack:
        for flow in flows:
            stack.enter_context(closing(flow))
        due = [(clock(), number) for number in range(len(flows))]
        while due:
            at, number = heapq.heappop(due)
            sleep(max(0.0, at - clock()))
            try:
                seconds = next(flows[number])
            except StopIteration as end:
                ended(number, end.value)
            else:
                heapq.heappush(due, (clock() + seconds, number))
