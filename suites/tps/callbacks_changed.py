"""A feedback receiver that is given another name: its messages have the new one, and nobody but itself is told of the change."""

from __future__ import annotations

from harness.calldut import CallDut
from suites.tps import SUITE
from suites.tps.listening import (
    AFTER,
    CHAPTER,
    CONFERENCE,
    FORM,
    MODIFIED,
    RECONFIGURE,
    Receiver,
    ended,
    now,
    subscribed,
    told,
)
from suites.tps.world import conference

_NAMES = ("first name", "second name")
_ECHO = "TPS-callback.eventNotification.sourceIdentifier:echo"


@SUITE.scenario("receiver.renamed", "TPS-EVT-003", "TPS-RCV-009", *FORM, chapter=CHAPTER, after=AFTER)
async def renamed(dut: CallDut) -> None:
    """The messages to a receiver whose source identifier is changed have the new one, and those to another receiver keep theirs."""
    one = await subscribed(dut, CONFERENCE, name="one", source=_NAMES[0])
    beside = await subscribed(dut, CONFERENCE, name="beside", source="beside")
    await dut.settle(one.ear, beside.ear)
    await conference(dut)
    for who in (one, beside):
        await told(dut, who, CONFERENCE, check=f"before.{who.ear.name}")
    await dut.settle(one.ear, beside.ear)
    one.ear.sent = {}  # which of the two names tells of the change itself is not said
    dut.ok(await dut.call(RECONFIGURE, {"receiverIndex": one.slot, "sourceIdentifier": _NAMES[1]}), check="renamed")
    await dut.settle(one.ear, beside.ear)
    one.ear.sent = {"sourceIdentifier": _NAMES[1]}
    began = await now(dut)
    await conference(dut)
    for who, name in ((one, _NAMES[1]), (beside, "beside")):
        heard = await told(dut, who, CONFERENCE, check=f"after.{who.ear.name}", after_s=began)
        if heard is not None:
            got = heard.value("sourceIdentifier")
            dut.check(
                f"name.{who.ear.name}", got == name, "TPS-EVT-003", _ECHO, expected=name, got="" if got == name else repr(got),
                step=heard.step,
            )  # fmt: skip
    await ended(dut, one, beside)


@SUITE.scenario("receiver.change-of-another", "TPS-EVT-011", "TPS-RCV-009", *FORM, chapter=CHAPTER, after=AFTER)
async def another(dut: CallDut) -> None:
    """A receiver is told of its own change, and not of that of another one."""
    people = [await subscribed(dut, CONFERENCE, MODIFIED, name=name, source=name) for name in ("one", "two")]
    for turn, changed in enumerate(people):
        beside = people[1 - turn]
        await dut.settle(*(who.ear for who in people))
        await _renamed(dut, changed, f"{changed.source} anew")
        await told(dut, changed, MODIFIED, check=f"modified.{changed.ear.name}")
        await dut.rested(*(who.ear for who in people))
        odd = [heard for heard in beside.ear.news if MODIFIED in heard.texts("events")]
        dut.check(
            f"beside.{turn}", not odd, "TPS-EVT-011", expected=f"no {MODIFIED} to who was not changed", got=odd[0].describe() if odd else "",
            step=odd[0].step if odd else -1,
        )  # fmt: skip
    await ended(dut, *people)


async def _renamed(dut: CallDut, one: Receiver, name: str) -> None:
    one.ear.sent = {}
    await dut.setup(RECONFIGURE, {"receiverIndex": one.slot, "sourceIdentifier": name})
