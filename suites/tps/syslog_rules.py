"""Syslog servers: set as a whole, at most four; the facility beside them."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.checks.callfaults import expected_of
from harness.spec.callmodel import Slip
from harness.verdict import Severity
from suites.tps import SUITE

CHAPTER = "syslog"
_METHOD, _QUERY = "logs.syslog.modify", "logs.syslog.query"
_AFTER = (f"{_METHOD}.success", f"{_QUERY}.success")
_ORDER, _TOLD = "TPS-AMB-259", "TPS-logs.syslog.query.returned.servers"


def _servers(*names: str) -> list[dict[str, str]]:
    return [{"address": name} for name in names]


async def _shown(dut: CallDut, names: list[str], facility: int, *clauses: str, check: str) -> None:
    """These servers are told, in this order or in another, and this facility."""
    reply = dut.ok(await dut.call(_QUERY), check=f"{check}.query")
    told = reply.value("servers")
    got = [str(one.get("address")) for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    dut.check(
        f"{check}.servers",
        sorted(got) == sorted(names),
        *clauses,
        _TOLD,
        expected=str(names),
        got=str(got),
        step=reply.step,
    )
    if len(names) > 1 and sorted(got) == sorted(names):
        fits = ("kept", "any") if got == names else ("any",)
        dut.observe(f"{check}.order", _ORDER, *fits, step=reply.step)
    value = reply.value("facilityValue")
    dut.check(
        f"{check}.facility", value == facility, "TPS-LOG-001", expected=str(facility), got=repr(value), step=reply.step
    )


@SUITE.scenario("syslog.replaced", "TPS-LOG-001", "TPS-LOG-002", "TPS-LOG-003", _TOLD, chapter=CHAPTER, after=_AFTER)
async def replaced(dut: CallDut) -> None:
    """Servers take the place of those of before, none at all too; the facility stays, and they stay where the facility is set."""
    word = f"{dut.rng.getrandbits(24):06x}"
    names = [f"{place}.{word}.example" for place in ("d", "b", "c", "a")]
    dut.ok(await dut.call(_METHOD, {"servers": _servers(*names), "facilityValue": 5}), "TPS-LOG-001", check="four")
    await _shown(dut, names, 5, "TPS-LOG-001", "TPS-logs.syslog.modify.servers:shown", check="four")
    dut.ok(await dut.call(_METHOD, {"facilityValue": 23}), "TPS-LOG-001", check="facility")
    await _shown(dut, names, 23, "TPS-LOG-001", check="facility")
    for count, check in ((1, "one"), (2, "two"), (0, "none"), (3, "three"), (0, "none.again")):
        some = [f"{number}.{check}.{word}.example" for number in range(count)]
        clause = "TPS-LOG-002" if count else "TPS-LOG-003"
        dut.ok(await dut.call(_METHOD, {"servers": _servers(*some)}), clause, check=check)
        await _shown(dut, some, 23, clause, check=check)
    dut.ok(await dut.call(_METHOD, {"facilityValue": 0}), "TPS-LOG-001", check="zero")
    await _shown(dut, [], 0, "TPS-LOG-003", check="zero")


@SUITE.scenario("syslog.five", "TPS-LOG-004", "TPS-LOG-001", chapter=CHAPTER, after=_AFTER)
async def five(dut: CallDut) -> None:
    """More than four servers are refused, together with the facility that came with them; those that were there stay."""
    word = f"{dut.rng.getrandbits(24):06x}"
    names = [f"{number}.{word}.example" for number in range(3)]
    dut.ok(await dut.call(_METHOD, {"servers": _servers(*names), "facilityValue": 3}), check="three")
    for count in (5, 6, 20):
        more = _servers(*(f"{number}.more.{word}.example" for number in range(count)))
        reply = await dut.call(_METHOD, {"servers": more, "facilityValue": 4})
        dut.fault(reply, expected_of(dut.model, _METHOD, "servers", Slip.MANY), "TPS-LOG-004", check=f"{count}")
        await _shown(dut, names, 3, "TPS-LOG-004", check=f"{count}.kept")


@SUITE.scenario("syslog.sent", "TPS-LOG-005", chapter=CHAPTER, after=_AFTER)
async def sent(dut: CallDut) -> None:
    """The number of packets that were sent to a server does not fall."""
    await dut.setup(_METHOD, {"servers": _servers("192.0.2.9")})
    seen = []
    for _ in range(3):
        told = (await dut.setup(_QUERY)).value("servers[0].packetsSent")
        seen.append(told if isinstance(told, int) else 0)
    dut.check(
        "rises",
        seen == sorted(seen),
        "TPS-LOG-005",
        expected="numbers that do not fall",
        got=str(seen),
        severity=Severity.SHOULD,
    )
