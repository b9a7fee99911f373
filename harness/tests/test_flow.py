"""How a flow is driven: each action is performed once and in order, an end reaches the flow, nothing is left open."""

from __future__ import annotations

from typing import Any

import pytest

from harness.ending import Ending
from harness.flow import (
    Action,
    CaseInconclusive,
    CaseSkipped,
    CaseStopped,
    Clock,
    Close,
    Connect,
    Note,
    Provide,
    Receive,
    Received,
    Send,
    Wait,
    play,
)


class Memory:
    """A driver that answers from a list; an exception in it is raised."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.seen: list[Action[Any]] = []

    def perform(self, action: Action[Any]) -> Any:
        self.seen.append(action)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_each_action_gets_its_own_result_and_they_come_in_order() -> None:
    got: list[object] = []

    async def flow() -> None:
        got.append(await Connect("main", "cli"))
        got.append(await Send("main", b"x\n"))
        got.append(await Receive("main"))
        got.append(await Provide("session", "any"))
        got.append(await Clock())
        await Wait(1.0)
        await Note("add", "undo", ("1",))
        await Close("main")

    answers = (Ending.ANSWERED, None, Received(b"y\n", Ending.ANSWERED, 2), "id", 1.5, None, None, None)
    driver = Memory(*answers)
    play(flow(), driver)
    assert tuple(got) == answers[:5]
    assert [type(action) for action in driver.seen] == [Connect, Send, Receive, Provide, Clock, Wait, Note, Close]


def test_a_flow_without_actions_ends_at_once() -> None:
    async def flow() -> None:
        return

    driver = Memory()
    play(flow(), driver)
    assert driver.seen == []


@pytest.mark.parametrize("kind", [CaseSkipped, CaseInconclusive, CaseStopped])
def test_an_end_that_the_driver_raises_comes_out_of_the_flow(kind: type[Exception]) -> None:
    cleaned: list[str] = []

    async def flow() -> None:
        try:
            await Provide("session", "any")
        finally:
            cleaned.append("cleaned")
        raise AssertionError("not reached")

    with pytest.raises(kind, match="why"):
        play(flow(), Memory(kind("why")))
    assert cleaned == ["cleaned"]


def test_a_flow_may_catch_an_end_and_go_on() -> None:
    async def flow() -> None:
        try:
            await Provide("session", "any")
        except CaseSkipped:
            await Clock()

    driver = Memory(CaseSkipped("none"), 1.0)
    play(flow(), driver)
    assert [type(action) for action in driver.seen] == [Provide, Clock]


def test_an_end_that_the_flow_raises_itself_is_passed_on() -> None:
    async def flow() -> None:
        await Clock()
        raise CaseStopped("enough")

    with pytest.raises(CaseStopped, match="enough"):
        play(flow(), Memory(0.0))


def test_a_mistake_of_the_driver_is_not_hidden_and_the_flow_is_closed() -> None:
    closed: list[str] = []

    async def flow() -> None:
        try:
            await Clock()
        except GeneratorExit:
            closed.append("closed")
            raise

    with pytest.raises(RuntimeError, match="broken driver"):
        play(flow(), Memory(RuntimeError("broken driver")))
    assert closed == ["closed"]


def test_an_interrupt_passes_through_and_the_flow_is_closed() -> None:
    class Interrupted:
        def perform(self, _action: Action[Any]) -> Any:
            raise KeyboardInterrupt

    cleaned: list[str] = []

    async def flow() -> None:
        try:
            await Clock()
        finally:
            cleaned.append("cleaned")

    with pytest.raises(KeyboardInterrupt):
        play(flow(), Interrupted())
    assert cleaned == ["cleaned"]
