"""A kept transcript gives a flow the same answers as the device did; another flow is not fooled."""

from __future__ import annotations

from typing import Any

import pytest

from harness.ending import Ending
from harness.flow import (
    Action,
    CaseInconclusive,
    CaseSkipped,
    Clock,
    Close,
    Connect,
    Note,
    Provide,
    Receive,
    Received,
    Send,
    Wait,
)
from harness.playback import Playback
from harness.transcript import Step, Transcript

STEPS = [
    Step(action="connect", link="main", ending=Ending.ANSWERED),
    Step(action="send", link="main", data=b"x\n"),
    Step(action="receive", link="main", data=b"y\n", ending=Ending.ANSWERED),
    Step(action="provide", values={"id": "abc"}),
    Step(action="clock", at_s=1.5),
    Step(action="wait"),
    Step(action="half-close", link="main"),
    Step(action="receive", link="main", data=b"hal", ending=Ending.CLOSED),
    Step(action="close", link="main"),
]
ACTIONS: list[Action[Any]] = [
    Connect("main", "cli"),
    Send("main", b"x\n"),
    Receive("main"),
    Provide("session", "any"),
    Clock(),
    Wait(1.0),
    Close("main", "half-close"),
    Receive("main"),
    Close("main"),
]
ANSWERS = [
    Ending.ANSWERED,
    None,
    Received(b"y\n", Ending.ANSWERED, 2),
    "abc",
    1.5,
    None,
    None,
    Received(b"hal", Ending.CLOSED, 7),
    None,
]


def test_every_action_is_answered_as_it_was() -> None:
    driver = Playback(Transcript("c", STEPS))
    assert [driver.perform(action) for action in ACTIONS] == ANSWERS


def test_notes_for_the_journal_take_no_step() -> None:
    driver = Playback(Transcript("c", STEPS))
    assert driver.perform(Note("add", "undo")) is None
    assert driver.perform(ACTIONS[0]) is Ending.ANSWERED


@pytest.mark.parametrize(("end", "kind"), [("skipped", CaseSkipped), ("inconclusive", CaseInconclusive)])
def test_an_end_comes_back_as_the_same_end(end: str, kind: type[Exception]) -> None:
    driver = Playback(Transcript("c", [Step(action="provide", values={"end": end, "why": "no such fixture"})]))
    with pytest.raises(kind, match=r"^no such fixture$"):
        driver.perform(Provide("session", "any"))


@pytest.mark.parametrize(
    ("step", "action", "why"),
    [
        (STEPS[0], Clock(), "has connect where the flow now has clock"),
        (STEPS[1], Send("main", b"other\n"), "sends other bytes"),
        (STEPS[1], Send("other", b"x\n"), "has send where the flow now has send"),
        (STEPS[2], Receive("other"), "has receive where"),
        (STEPS[8], Close("main", "reset"), "has close where the flow now has reset"),
        (STEPS[8], Close("other"), "has close where"),
    ],
)
def test_a_flow_that_asks_for_something_else_is_inconclusive(step: Step, action: Action[Any], why: str) -> None:
    with pytest.raises(CaseInconclusive, match="taken by another version of this case: step 1 " + why):
        Playback(Transcript("c", [step])).perform(action)


def test_a_flow_that_goes_on_after_the_end_is_inconclusive() -> None:
    driver = Playback(Transcript("c", []))
    with pytest.raises(CaseInconclusive, match="goes on after its end"):
        driver.perform(Clock())


def test_a_send_that_was_cut_short_may_have_had_more_to_send() -> None:
    """The transcript holds what left, not what was meant to."""
    driver = Playback(Transcript("c", [Step(action="send", link="main", data=b"x", ending=Ending.RESET)]))
    assert driver.perform(Send("main", b"xyz\n")) is Ending.RESET
