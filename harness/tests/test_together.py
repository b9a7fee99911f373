"""Flows side by side: their waits pass together, their turns do not, and whatever ends one early closes all."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from harness.together import play_together


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def waits(name: str, seen: list[str], clock: Clock, *seconds: float) -> Generator[float, None, str]:
    try:
        for one in seconds:
            yield one
            seen.append(f"{name} {clock.now:g}")
    finally:
        seen.append(f"{name} over")
    return name.upper()


def test_waits_pass_together_and_who_is_due_first_goes_on_first() -> None:
    clock, seen, ended = Clock(), [], []  # type: ignore[var-annotated]
    flows = [waits("a", seen, clock, 3, 3), waits("b", seen, clock, 1, 1, 2), waits("c", seen, clock)]
    play_together(flows, clock=clock, sleep=clock.sleep, ended=lambda number, result: ended.append((number, result)))
    assert seen == ["c over", "b 1", "b 2", "a 3", "b 4", "b over", "a 6", "a over"]
    assert ended == [(2, "C"), (1, "B"), (0, "A")]
    assert clock.now == sum(clock.slept) == 6


def test_a_wait_begins_when_it_is_asked_for_however_late_that_is() -> None:
    clock, seen = Clock(), []

    def slow() -> Generator[float, None, None]:
        yield 1
        clock.now += 10  # it is busy for so long
        yield 1
        seen.append(f"slow {clock.now:g}")

    play_together([slow(), waits("a", seen, clock, 2, 2)], clock=clock, sleep=clock.sleep, ended=lambda *_: None)
    assert seen == ["a 11", "slow 12", "a 13", "a over"]
    assert min(clock.slept) >= 0


def test_what_ends_a_wait_closes_every_flow() -> None:
    clock, seen = Clock(), []  # type: ignore[var-annotated]

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        if clock.now >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        play_together(
            [waits("a", seen, clock, 5), waits("b", seen, clock, 1, 1)], clock=clock, sleep=sleep, ended=lambda *_: None
        )
    assert sorted(seen) == ["a over", "b 1", "b over"]
