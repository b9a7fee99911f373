"""Receivers that do not take what they are sent: neither the device nor other receivers suffer, and they hear of what comes later."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.callears import WITHIN_S
from harness.hearing import Manner
from harness.verdict import Severity
from suites.tps import SUITE
from suites.tps.listening import AFTER, CHAPTER, CONFERENCE, FORM, ended, now, subscribed, told
from suites.tps.world import conference

_PATIENCE_S = 60.0  # device seconds in which others are told, if one is waited for
_TURNS = 3
_LATER = (Manner.ERROR, Manner.SLOW)  # after which the next message should come soon
_ABOUT = {
    Manner.ERROR: "answers with an error",
    Manner.SLOW: "answers slowly",
    Manner.HANG: "never answers",
    Manner.REFUSE: "is not there",
}


def _failing(manner: Manner) -> None:
    async def flow(dut: CallDut) -> None:
        bad = await subscribed(dut, CONFERENCE, name="bad", source="bad", manner=manner)
        good = await subscribed(dut, CONFERENCE, name="good", source="good")
        await dut.settle(good.ear)
        # Where a firewall keeps quiet, nobody being there takes as long to notice as nobody answering.
        within = WITHIN_S if manner is Manner.ERROR else _PATIENCE_S
        for turn in range(_TURNS):
            good.ear.mark = len(good.ear.heard)
            began = await now(dut)
            await conference(dut)
            clauses = ("TPS-EVT-006",)
            await told(dut, good, CONFERENCE, *clauses, check=f"other.{turn}", within_s=within, after_s=began)
            dut.ok(await dut.call("device.query"), "TPS-EVT-006", check=f"answers.{turn}")
        if manner in _LATER:
            await dut.behave(bad.ear, Manner.ANSWER)
            heard = None
            for _ in range(_TURNS):
                await dut.settle(bad.ear)
                await conference(dut)
                heard = heard or await dut.wait_event(bad.ear, CONFERENCE)
            dut.check(
                "later", heard is not None, "TPS-EVT-007", expected=f"{CONFERENCE} to who failed before", got="" if heard else "nothing",
                severity=Severity.SHOULD,
            )  # fmt: skip
        await ended(dut, good, device_s=0.5)

    flow.__doc__ = f"A receiver that {_ABOUT[manner]} stops neither the device nor what others are told."
    patience = _PATIENCE_S if manner in (Manner.SLOW, Manner.HANG) else 0.0
    clauses = ("TPS-EVT-006", *(("TPS-EVT-007",) if manner in _LATER else ()), *FORM)
    SUITE.scenario(f"receiver.{manner}", *clauses, chapter=CHAPTER, after=AFTER, device_s=patience)(flow)


for _one in (Manner.REFUSE, Manner.ERROR, Manner.SLOW, Manner.HANG):
    _failing(_one)
