"""Reservations, on devices that have such: what their makers set is told, and what they did not is not."""

from __future__ import annotations

from harness.calldut import CallDut
from suites.tps import SUITE
from suites.tps.told import CHAPTER, TELLS, absent, text_or_limit, there

_CREATE, _QUERY = "flex.reservation.create", "flex.reservation.query"


@SUITE.scenario(
    "told.reservation",
    *TELLS.clauses(_CREATE, text_or_limit),
    *TELLS.absent(_CREATE, text_or_limit),
    f"TPS-{_CREATE}.participantRole:shown",
    chapter=CHAPTER,
    after=(f"{_CREATE}.success", f"{_QUERY}.success"),
)
async def reservation(dut: CallDut) -> None:
    """A reservation repeats its reference if it was given one, and the query tells for which role it is."""
    wanted = await dut.sample(_CREATE, own=True)
    plain = dut.ok(await dut.call(_CREATE, wanted), check="made.plain")
    absent(dut, plain, plain.struct, _CREATE, text_or_limit)
    full = dut.ok(await dut.call(_CREATE, {**wanted, "reservationReference": "clausewise"}), check="made.full")
    there(dut, full, full.struct, _CREATE, text_or_limit)
    key = next((one for one in ("reservationId", "reservationID") if full.has(one)), "reservationId")
    reply = dut.ok(await dut.call(_QUERY, {key: str(full.value(key))}), check="asked")
    role = wanted.get("participantRole")
    dut.check(
        "role",
        reply.value("participantRole") == role,
        f"TPS-{_CREATE}.participantRole:shown",
        expected=f"participantRole {role!r}",
        got=repr(reply.value("participantRole")),
        step=reply.step,
    )
