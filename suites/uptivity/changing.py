"""On which devices CALLUPDATE changes calls that are up: it may refuse those that are not recorded (UPT-AMB-076)."""

from __future__ import annotations

from harness.documentdut import DocumentDut
from harness.flow import CaseSkipped
from suites.uptivity import SUITE
from suites.uptivity.seen import begin
from suites.uptivity.world import device


@SUITE.provides("changed")
async def changed(dut: DocumentDut, on: str) -> str:
    """Whether CALLUPDATE changes calls on a device that are up, "yes" or "no"; those that are recorded it must change."""
    if await dut.shared("recorded", on) == "yes":
        return "yes"
    call = await begin(dut, on)
    result = await dut.call("CALLUPDATE", {**call.named, "USER3": "Follow up on order"}, judged=False)
    await dut.setup("CALLSTOP", call.named)
    return "no" if dut.has_failed(result) else "yes"


async def changing(dut: DocumentDut) -> str:
    """A device that an agent has and on which CALLUPDATE changes calls.

    Raises:
        CaseSkipped: there is none.
    """
    for one in dict.fromkeys((device(dut), *dut.target.fixture_texts("agent_device_ids"))):
        if await dut.shared("changed", one) == "yes":
            return one
    raise CaseSkipped("no call is recorded, and CALLUPDATE refuses such: UPT-AMB-076")
