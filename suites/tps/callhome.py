"""Call Home: its mode and whether it is automatic, each set alone, and the key that it needs."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.checks.callfaults import expected_use
from harness.flow import CaseSkipped
from harness.spec.load import load_system
from suites.tps import SUITE
from suites.tps.feature_keys import encrypted, with_encryption, without_encryption
from suites.tps.world import Members

CHAPTER = "Call Home"
_METHOD, _QUERY = "callHome.configure", "callHome.query"
_AFTER = (f"{_METHOD}.success", f"{_QUERY}.success")
_KEYLESS = expected_use(load_system("tps"), _METHOD, "encryption-missing")


async def _shown(dut: CallDut, mode: str, automatic: bool, *clauses: str, check: str) -> None:
    """Both settings are these; of a mode that is disabled automatic may have been dropped."""
    reply = dut.ok(await dut.call(_QUERY), check=f"{check}.query")
    got = (reply.value("mode"), reply.value("automatic"))
    dropped = mode == "disabled" and automatic and got == (mode, False)
    dut.check(
        check,
        got == (mode, automatic) or dropped,
        *clauses,
        expected=f"mode {mode}, automatic {automatic}",
        got=str(got),
        step=reply.step,
    )
    if mode == "disabled" and automatic and got[0] == mode:
        dut.observe(f"{check}.kept", "TPS-AMB-203", "dropped" if dropped else "stored", step=reply.step)


@SUITE.scenario("call-home.parts", "TPS-HOM-001", chapter=CHAPTER, after=_AFTER)
async def parts(dut: CallDut) -> None:
    """Each of the two settings is set alone, and the other stays, where Call Home is on."""
    if await dut.shared("encryption", "") != "yes":
        raise CaseSkipped("the feature key for encryption is not there")
    steps: tuple[tuple[Members, str, bool], ...] = (
        ({"mode": "anonymous", "automatic": True}, "anonymous", True), ({"mode": "anonymous"}, "anonymous", True),
        ({"automatic": False}, "anonymous", False), ({"mode": "anonymous"}, "anonymous", False), ({"automatic": True}, "anonymous", True),
        ({"automatic": True}, "anonymous", True), ({"mode": "disabled"}, "disabled", True),
    )  # fmt: skip
    for members, mode, automatic in steps:
        dut.ok(await dut.call(_METHOD, members), "TPS-HOM-001", check="set")
        await _shown(dut, mode, automatic, "TPS-HOM-001", check=".".join(members))
    dut.ok(await dut.call(_METHOD, {"automatic": False}), "TPS-HOM-001", check="set")
    await _shown(dut, "disabled", False, "TPS-HOM-001", check="off")


@SUITE.scenario("call-home.key", "TPS-HOM-002", "TPS-HOM-001", chapter=CHAPTER, after=_AFTER)
async def key(dut: CallDut) -> None:
    """Without the feature key for encryption Call Home stays disabled whatever is asked for; with it, it can be had."""
    before = await encrypted(dut)
    await dut.setup(_METHOD, {"mode": "disabled"})
    await without_encryption(dut)
    alone: Members = {"mode": "anonymous"}
    for members in (alone, {**alone, "automatic": True}, {**alone, "automatic": False}):
        reply = await dut.call(_METHOD, members)
        dut.fault(reply, _KEYLESS, "TPS-HOM-002", check="keyless")
        mode = dut.ok(await dut.call(_QUERY), check="query").value("mode")
        dut.check("stays", mode == "disabled", "TPS-HOM-002", expected="disabled", got=repr(mode), step=reply.step)
    dut.ok(await dut.call(_METHOD, {"mode": "disabled"}), "TPS-HOM-001", check="disabled")
    if before:
        await with_encryption(dut)
        dut.ok(await dut.call(_METHOD, {"mode": "anonymous"}), "TPS-HOM-001", check="with-key")
        mode = dut.ok(await dut.call(_QUERY), check="query").value("mode")
        dut.check("anonymous", mode == "anonymous", "TPS-HOM-001", expected="anonymous", got=repr(mode))
