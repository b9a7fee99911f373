"""Plays a kept transcript back to a flow, so that a run can be judged again without the device."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

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
from harness.hearing import Behave, Caught, Hear, Listen
from harness.http.exchanged import read_again
from harness.httpflow import Answered, Exchange, same_request
from harness.transcript import CUT, STRAY, Step, Transcript
from harness.wire.http1 import Oddity

_RECORDED = {
    Connect: "connect",
    Send: "send",
    Receive: "receive",
    Close: "close",
    Wait: "wait",
    Clock: "clock",
    Provide: "provide",
    Listen: "listen",
    Behave: "behave",
    Hear: "hear",
}


class Playback:
    """Answers a flow's actions from a transcript, in order."""

    def __init__(self, transcript: Transcript) -> None:
        self._steps = transcript.steps
        self._next = 0

    def perform(self, action: Action[Any]) -> Any:
        """See `harness.flow.Driver`.

        Raises:
            CaseInconclusive: the flow now asks for something else than it did when the transcript was taken.
        """
        if isinstance(action, Note):
            return None
        if isinstance(action, Exchange):
            return self._exchanged(action)
        step = self._take(action)
        if "end" in step.values:
            raise (CaseSkipped if step.values["end"] == "skipped" else CaseInconclusive)(step.values["why"])
        if isinstance(action, Send) and step.ending is None and step.data != action.data:
            raise self._other("sends other bytes")
        if isinstance(action, Receive):
            return Received(step.data, step.ending or Ending.SILENT, self._next - 1)
        if isinstance(action, Hear):
            return Caught(step.data, step.ending or Ending.SILENT, float(step.values["came"]), self._next - 1)
        if isinstance(action, Listen):
            return step.detail
        if isinstance(action, Clock):
            return step.at_s
        if isinstance(action, Provide):
            return step.values["id"]
        return step.ending

    def to_rest(self) -> None:
        """Pass over what the run itself sent after the flow, to undo what the case created, up to the look at what is left."""
        while self._next < len(self._steps) and self._steps[self._next].detail != "rest":
            self._next += 1

    def _exchanged(self, action: Exchange) -> Answered:
        """The response that was kept, read again; its body goes to a new sink."""
        sent = self._step(action)
        if "end" in sent.values:
            raise (CaseSkipped if sent.values["end"] == "skipped" else CaseInconclusive)(sent.values["why"])
        if sent.action != "send" or sent.link != action.link:
            raise self._other(f"has {sent.action} where the flow now has a request")
        if not same_request(sent.data, action.request):
            raise self._other("sends another request")
        got = self._step(action)
        if got.detail == CUT:
            raise CaseInconclusive(
                f"the reply of {got.values['received']} bytes was too large to be kept; run it again"
            )
        again = read_again(sent.data, got.data, sent.detail, got.ending or Ending.SILENT)
        again = replace(again, reused="reused" in got.values, closed="closed" in got.values)
        if STRAY in got.values:
            before = Oddity(STRAY, "nothing before the request", got.values[STRAY])
            again = replace(again, oddities=(before, *again.oddities))
        sink = action.sink() if action.sink is not None else None
        if sink is not None:
            if again.head is not None:
                sink.start(again.head)
                sink.feed(again.body)
            sink.end(again.ending, again.body_complete)
        return Answered(again, sink, self._next - 1)

    def _step(self, action: Action[Any]) -> Step:
        if self._next >= len(self._steps):
            raise self._other(f"goes on after its end with {type(action).__name__.lower()}")
        step = self._steps[self._next]
        self._next += 1
        return step

    def _take(self, action: Action[Any]) -> Step:
        step = self._step(action)
        wanted = action.how if isinstance(action, Close) else _RECORDED[type(action)]
        if step.action != wanted or (
            isinstance(action, (Connect, Send, Receive, Close, Listen, Behave, Hear))
            and "end" not in step.values
            and step.link != action.link
        ):
            raise self._other(f"has {step.action} where the flow now has {wanted}")
        return step

    def _other(self, why: str) -> CaseInconclusive:
        return CaseInconclusive(
            f"the transcript was taken by another version of this case: step {self._next} {why}; run it again"
        )
