"""A restart, as feedback receivers hear of it. The name of this module puts it right before the restarts that the device is asked about."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.errors import TransportError
from harness.flow import CaseInconclusive
from suites.tps import SUITE
from suites.tps.admin import destructive
from suites.tps.listening import AFTER, FORM, QUERY, ended, ready, told
from suites.tps.world import Members

_METHOD, _EVENT = "device.restart", "restart"
_PATIENCE_S, _LOOK_S = 900.0, 5.0
_SOON_S = 60.0  # after it answers calls again, which may be before it tells anybody


@SUITE.scenario(
    "restart.heard", "TPS-EVT-024", "TPS-EVT-021", *FORM, chapter="restarts", after=(*AFTER, "device.query.success"), device_s=_PATIENCE_S
)  # fmt: skip
async def heard(dut: CallDut) -> None:
    """A device that has started again tells those receivers that are still configured."""
    destructive(dut, "a restart ends all conferences")
    one = await ready(dut, _EVENT, "deviceStatusChanged", source="restarted")
    before = (await dut.setup("device.query")).value("uptime", 0)
    await dut.call(_METHOD, judged=False)
    rows = await _back(dut, before if isinstance(before, int) else 0)
    kept = any(row.get("index") == one.slot and row.get("receiverURI") == one.ear.uri for row in rows)
    dut.observe("receivers", "TPS-AMB-243", "kept" if kept else "lost", clauses=("TPS-EVT-024",))
    if kept:
        await told(dut, one, _EVENT, within_s=_SOON_S)
    await ended(dut, one)


async def _back(dut: CallDut, uptime: int) -> list[Members]:
    """The receivers of the device once it has started again.

    Raises:
        CaseInconclusive: it does not come back.
    """
    began = await dut.clock()
    turn = 0
    while await dut.clock() - began < _PATIENCE_S:
        await dut.wait(_LOOK_S)
        turn += 1
        try:
            reply = await dut.call("device.query", link=f"look {turn}", judged=False)
        except (CaseInconclusive, TransportError):
            continue
        got = reply.value("uptime") if reply.ok else None
        if isinstance(got, int) and got < uptime + (await dut.clock() - began) / 2:
            found = (await dut.setup(QUERY, link=f"look {turn}")).value("receivers")
            return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    raise CaseInconclusive("the device did not start again")
