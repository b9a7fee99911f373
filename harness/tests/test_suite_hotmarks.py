"""The case of HotMarks within a second, on simulated devices of any pace: a correct one never fails it, a faulty one never passes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import chain, cycle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.case import Case
from harness.ending import Ending
from harness.flow import Action, Clock, Connect, Receive, Received, Send, Wait
from harness.judge import Judge
from harness.suite import load_suite
from harness.tests.devices import hmp, target_of
from harness.verdict import CaseResult, Outcome

CASE = "hmp.hotmark.same-second"
SOURCE = "11111111-1111-4111-8111-111111111111"
MADE = "22222222-2222-4222-8222-222222222222"
EXISTS = b"ERROR|060004|Hotmark already exists at this time\n"
# From the HotMarks so far (second, title, taken) and the next one's second and title: whether it is taken.
Marks = list[tuple[int, str, bool]]
Rule = Callable[[Marks, int, str], bool]


def correct(marks: Marks, second: int, _title: str) -> bool:
    return second not in {at for at, _, taken in marks if taken}


FAULTS: dict[str, Rule] = {
    "any number": lambda _marks, _second, _title: True,
    "by title": lambda marks, _second, title: title not in {name for _, name, taken in marks if taken},
    "by title within the second": lambda marks, second, title: (second, title) not in {mark[:2] for mark in marks if mark[2]},
    "refused once, then taken": lambda marks, second, title: correct(marks, second, title) or (title, False) in {mark[1:] for mark in marks},
    "every other": lambda marks, _second, _title: len(marks) % 2 == 0,
    "after one refusal": lambda marks, second, title: correct(marks, second, title) or not marks[-1][2],
    "first only": lambda marks, _second, _title: not marks,
    "blocks the next second too": lambda marks, second, _title: not any(second - at in (0, 1) for at, _, taken in marks if taken),
}  # fmt: skip


class Simulated:
    """Performs a flow's actions on a device, in simulated seconds.

    Args:
        delays: seconds that each command takes, from its sending to its reply.
        share: when in this time it is executed, from 0 to 1.
        phase: what the device's clock says when the case begins.
    """

    def __init__(self, rule: Rule, delays: list[float], *, share: float, phase: float) -> None:
        self._rule, self._share = rule, share
        self._delays = chain(delays, cycle(delays[-1:]))
        self._now, self._phase = 0.0, phase
        self._delay = 0.0
        self._reply = b""
        self.marks: Marks = []

    def perform(self, action: Action[Any]) -> Any:
        match action:
            case Connect():
                return Ending.ANSWERED
            case Send():
                self._delay = next(self._delays)
                self._reply = self._answer(
                    action.data.decode().split(maxsplit=2), self._now + self._delay * self._share
                )
            case Receive(rest=True):
                return Received(b"", Ending.SILENT, 0)
            case Receive():
                self._now += self._delay
                return Received(self._reply, Ending.ANSWERED, 0)
            case Wait():
                self._now += action.device_s
            case Clock():
                return self._now
        return None

    def _answer(self, words: list[str], at: float) -> bytes:
        if words[0] in ("createSession", "startRecording"):
            return f"OK|{MADE}\n".encode()
        if words[0] == "getRecordingStatus":
            return b"OK|RECORDING\n"
        if words[0] != "addHotmark":
            return b"OK\n"
        second, title = int(self._phase + at), words[2]
        taken = self._rule(self.marks, second, title)
        self.marks.append((second, title, taken))
        return b"OK\n" if taken else EXISTS


@cache
def judge() -> Judge:
    return Judge(hmp(), target_of(1, fixtures={"source_ids": [SOURCE]}), 1)


@cache
def case() -> Case:
    return load_suite(hmp()).cases[CASE]


def judged(device: Simulated) -> CaseResult:
    return judge().run(case(), device)


PACES = [0.001, 0.1, 0.19, 0.21, 0.25, 0.3, 0.32, 0.33, 0.34, 0.4, 0.49, 0.6, 1.3]


@pytest.mark.slow
@settings(deadline=None, max_examples=200)
@given(
    delays=st.lists(st.floats(0.001, 0.6) | st.sampled_from(PACES), min_size=1, max_size=24),
    share=st.floats(0, 1),
    phase=st.floats(0, 1),
)
def test_a_correct_device_never_fails(delays: list[float], share: float, phase: float) -> None:
    result = judged(Simulated(correct, delays, share=share, phase=phase))
    assert result.outcome in (Outcome.PASSED, Outcome.INCONCLUSIVE), result.message


@pytest.mark.parametrize("pace", PACES)
def test_a_correct_device_passes_where_three_fall_within_a_second(pace: float) -> None:
    device = Simulated(correct, [pace], share=0.5, phase=0.3)
    assert judged(device).outcome is (Outcome.PASSED if 3 * pace < 1.0 else Outcome.INCONCLUSIVE)
    fast = 5 * pace < 1.0
    assert len(device.marks) - 6 == (5 if fast else 17) or 3 * pace >= 1.0  # six follow in the seconds after


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_device_never_passes(fault: str) -> None:
    """At no pace and in no phase of its second; it fails wherever three HotMarks fall within a second."""
    for pace in PACES:
        for phase in (0.0, 0.37, 0.77, 0.99):
            for share in (0.0, 0.5, 1.0):
                result = judged(Simulated(FAULTS[fault], [pace], share=share, phase=phase))
                if 3 * pace < 1.0:
                    assert (result.outcome, "HMP-HOT-002" in result.broken) == (Outcome.FAILED, True), (
                        pace,
                        phase,
                        share,
                    )
                else:
                    assert result.outcome in (Outcome.FAILED, Outcome.INCONCLUSIVE), (pace, phase, share)


def test_a_single_slow_reply_does_not_make_it_inconclusive() -> None:
    for slow in range(5):
        delays = [0.01] * 3 + [1.4 if number == slow else 0.01 for number in range(5)] + [0.01]
        assert judged(Simulated(correct, delays, share=0.5, phase=0.3)).outcome is Outcome.PASSED
        assert judged(Simulated(FAULTS["any number"], delays, share=0.5, phase=0.3)).outcome is Outcome.FAILED


def test_a_slow_device_that_takes_all_fails_even_where_three_never_fall_within_a_second() -> None:
    assert judged(Simulated(FAULTS["any number"], [0.35], share=0.5, phase=0.3)).outcome is Outcome.FAILED
