"""The greatest number of users."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.flow import CaseInconclusive
from suites.tps import SUITE
from suites.tps.admin import pages, people, rows_of, user_id
from suites.tps.user_levels import CHAPTER
from suites.tps.world import PASSWORD, Members

MOST = 200


@SUITE.scenario(
    "users.limit", "TPS-USR-010", "TPS-user.create:fault.too-many-users", "TPS-USR-030",
    chapter=CHAPTER, after=("user.enumerate.success", "user.create.success", "user.destroy.success"),
)  # fmt: skip
async def limit(dut: CallDut) -> None:
    """Users can be made up to two hundred, with the immortal one or besides it, and no more; when one is gone there is room again."""
    there = len(await people(dut))
    if there >= MOST:
        raise CaseInconclusive(f"{there} users are there")
    word = f"{dut.rng.getrandbits(32):08x}"
    made: list[str] = []

    def members() -> Members:
        return {"newUserId": f"cw{word}{len(made)}", "password": PASSWORD, "accessRights": "none"}

    while there + len(made) < MOST:
        one = members()
        dut.ok(await dut.call("user.create", one, judged=len(made) < 2), "TPS-USR-010", check="below")
        made.append(one["newUserId"])
    one = members()
    reply = await dut.call("user.create", one)
    if reply.ok:  # the immortal one does not count
        made.append(one["newUserId"])
        dut.observe("counted", "TPS-AMB-277", "besides", step=reply.step)
        reply = await dut.call("user.create", members())
    dut.fault(reply, "too-many-users", "TPS-USR-010", check="above")
    found = await pages(dut)
    names = [user_id(row) for row in rows_of(found)]
    missing = [name for name in made if name not in names]
    dut.check("all", not missing, "TPS-USR-030", expected=f"all {len(made)} of them", got=f"without {len(missing)}")
    twice = len(names) - len(set(names))
    dut.check("once", not twice, "TPS-USR-030", expected="each user once", got=f"{twice} told twice")
    dut.ok(await dut.call("user.destroy", {"currentUserId": made.pop()}), check="destroy")
    dut.ok(await dut.call("user.create", {**members(), "newUserId": f"cw{word}x"}), "TPS-USR-010", check="again")
    above = await dut.call("user.create", {**members(), "newUserId": f"cw{word}y"})
    dut.fault(above, "too-many-users", "TPS-USR-010", check="above.again")
