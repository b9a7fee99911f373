"""The licence mode: whether the methods of it are there, when they fail, and what that leaves alone."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.checks.callfaults import expected_named, expected_use
from harness.flow import CaseInconclusive, CaseSkipped
from harness.messages.callreply import CallReply
from suites.tps import SUITE
from suites.tps.live import begun
from suites.tps.world import Members

CHAPTER = "licence mode"
_CHANGE, _VERIFY, _INFO = "flex.licenseMode.modify", "flex.licenseMode.verify", "system.info"
_BUSY = "TPS-flex.licenseMode.modify:fault.active-conferences"
_WORDS = {"trust": "trust", "key": "flexible"}


async def _mode(dut: CallDut) -> str:
    """The licence mode that the device tells.

    Raises:
        CaseSkipped: it tells none, as one that is part of another.
    """
    told = (await dut.setup(_INFO)).value("licenseMode")
    if not isinstance(told, str):
        raise CaseSkipped("system.info tells no licenseMode")
    return told


async def _road(dut: CallDut) -> str:
    """HTTPS where the device can be reached so, for some calls may need it; else the interface of the case."""
    if not any(name in dut.target.ports for name, one in dut.model.interfaces.items() if one.transport == "https"):
        return dut.interface
    road = dut.secure_interface
    reply = await dut.call("device.query", judged=False, interface=road)
    return road if reply.came else dut.interface  # it may not trust the certificate


def _secure(dut: CallDut, road: str) -> bool:
    return dut.model.interfaces[road].transport == "https"


async def _kept(dut: CallDut, reply: CallReply, before: str, *clauses: str) -> None:
    """The mode is the one before."""
    now = await _mode(dut)
    dut.check("mode", now == before, *clauses, expected=before, got=now, step=reply.step)


@SUITE.scenario("licence.unsupported", "TPS-LIC-004", "TPS-LIC-002", chapter=CHAPTER, after=("transport.post",))
async def unsupported(dut: CallDut) -> None:
    """Under screen licences, where a mode cannot be verified, the call fails and the mode stays."""
    before = await _mode(dut)
    road = await _road(dut)
    reply = await dut.call(_VERIFY, judged=False, interface=road)
    if reply.ok:
        dut.ok(reply, check="verified")
        dut.observe("verified", "TPS-AMB-253", "accepted", step=reply.step)
    else:
        unsupported_here = expected_use(dut.model, _VERIFY, "not-multiparty").outcomes if before != "trust" else ()
        names = (*unsupported_here, "invalid-trust-secret", "invalid-key", "https-required")
        dut.fault(reply, expected_named(dut.model, *names), "TPS-LIC-004", check="verify")
    if _secure(dut, road):
        got = reply.describe()
        dut.check("over-https", reply.code != "206", "TPS-LIC-002", expected="no fault 206", got=got, step=reply.step)
    await _kept(dut, reply, before, "TPS-LIC-004")


@SUITE.scenario(
    "licence.conferences",
    "TPS-LIC-003",
    "TPS-LIC-004",
    "TPS-LIC-002",
    _BUSY,
    chapter=CHAPTER,
    after=("transport.post",),
)
async def with_conferences(dut: CallDut) -> None:
    """While there is a conference the licence mode is not changed, whatever mode is asked for."""
    before = await _mode(dut)
    await begun(dut)
    road = await _road(dut)
    use = expected_use(dut.model, _CHANGE, "not-multiparty")
    names = ("active-conferences", *use.outcomes, "invalid-trust-secret", "invalid-key", "https-required")
    for mode in ("trust", "key"):
        reply = await dut.call(_CHANGE, {"newLicenseMode": mode, "version": 1}, judged=False, interface=road)
        dut.fault(reply, expected_named(dut.model, *dict.fromkeys(names)), "TPS-LIC-003", _BUSY, check=mode)
        if _secure(dut, road):
            got = reply.describe()
            passed = reply.code != "206"
            dut.check(f"{mode}.over-https", passed, "TPS-LIC-002", expected="no fault 206", got=got, step=reply.step)
        await _kept(dut, reply, before, "TPS-LIC-003", "TPS-LIC-004")


_CHANGED = (
    "TPS-LIC-001",
    "TPS-flex.licenseMode.modify",
    "TPS-flex.licenseMode.modify.newLicenseMode",
    "TPS-flex.licenseMode.modify.version",
    "TPS-flex.licenseMode.modify.returned.trustSecret",
    "TPS-flex.licenseMode.modify.returned.trustSecret:type",
)


@SUITE.scenario("licence.changed", *_CHANGED, chapter=CHAPTER, after=("transport.post",))
async def changed(dut: CallDut) -> None:
    """Where a change of the mode succeeds, system.info tells the mode that was set, and the one before once that is set again."""
    before = await _mode(dut)
    if (await dut.setup("flex.conference.enumerate", {"max": 1})).value("conferences"):
        raise CaseSkipped("there are conferences, so that the licence mode cannot be changed")
    road = await _road(dut)
    back = next((name for name, word in _WORDS.items() if word == before), "")
    if not back:
        raise CaseInconclusive(f"system.info tells the licenseMode {before}")
    for mode in ("key" if back == "trust" else "trust", back):
        members: Members = {"newLicenseMode": mode, "version": 1}
        reply = await dut.call(_CHANGE, members, interface=road)
        if not reply.ok:
            raise CaseSkipped(f"the device does not change its licence mode: {reply.describe()}")
        now = await _mode(dut)
        dut.ok(reply, check=f"{mode}.called")
        dut.check(mode, now == _WORDS[mode], *_CHANGED[:4], expected=_WORDS[mode], got=now, step=reply.step)


@SUITE.scenario("licence.over-https", "TPS-LIC-002", chapter=CHAPTER, after=("transport.post",))
async def over_https(dut: CallDut) -> None:
    """No call over HTTPS fails for want of HTTPS."""
    road = await _road(dut)
    if not _secure(dut, road):
        raise CaseSkipped("the device cannot be reached over HTTPS; see [target.ports] and [target.tls]")
    where = await begun(dut)
    calls: tuple[tuple[str, Members], ...] = (
        ("device.query", {}), (_INFO, {}), ("flex.resource.query", {}), ("flex.resource.status", {}),
        ("flex.conference.query", {"conferenceID": where}), ("flex.conference.modify", {"conferenceID": where, "conferenceName": "a"}),
        ("user.enumerate", {}),
    )  # fmt: skip
    for method, members in calls:
        reply = await dut.call(method, members, interface=road)
        got = reply.describe()
        dut.check(method, reply.code != "206", "TPS-LIC-002", expected="no fault 206", got=got, step=reply.step)
