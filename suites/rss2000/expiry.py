"""Thirty minutes without activity end a session: not before, soon after, and each command begins them anew.

What counts is the device's clock, so a case measures how long its waits have really been and judges nothing near the border.
"""

from __future__ import annotations

from harness.flow import CaseInconclusive
from harness.packetdut import PacketDut
from suites.rss2000 import SUITE
from suites.rss2000.access import LATEST_S, QUIET, READS, ask, fails, serves, works

CHAPTER = "Sessions"
_AFTER = ("LOGIN.success", "GETDEVINFO.success")
_MINUTE = 60.0


async def _still(dut: PacketDut, link: str, since: float, *clauses: str, operation: str = QUIET) -> float:
    """A session that was last used at `since` is there; gives when this was asked."""
    asked = await dut.clock()
    packet = await dut.command(operation, link=link)
    if await dut.clock() - since > LATEST_S:
        raise CaseInconclusive("this machine was too slow for the device's clock")
    dut.ok(packet, *clauses, check=f"{link}.there")
    return asked


@SUITE.scenario(
    "expiry.idle",
    "RSS-SES-005",
    "RSS-SES-007",
    "RSS-SES-012",
    chapter=CHAPTER,
    after=_AFTER,
    device_s=40 * _MINUTE,
    patient=True,
)
async def idle(dut: PacketDut) -> None:
    """A session that is idle for forty minutes is over and stays over, while another one of its user is used and goes on."""
    for link in ("idle", "second"):
        await dut.login(link=link)
    await works(dut, "second", check="second.begins")
    used = await dut.clock()
    await dut.login(link="busy")
    await dut.wait(20 * _MINUTE)
    used = await _still(dut, "busy", used, "RSS-SES-007", "RSS-SES-006")
    await dut.wait(20 * _MINUTE)
    used = await _still(dut, "busy", used, "RSS-SES-007")
    for link in ("idle", "second"):
        await fails(dut, link, dut.sessions[link], "RSS-SES-005", check=f"{link}.over", reads=4)
        packet = await ask(dut, "LOGOUT", {"LANG": "0"}, link=f"{link}-logout", session=dut.sessions[link])
        dut.refused(packet, "RSS-SES-005", check=f"{link}.no-logout")
    await _still(dut, "busy", used, "RSS-SES-012")
    await serves(dut)


@SUITE.scenario(
    "expiry.activity", "RSS-SES-005", "RSS-SES-006", "RSS-SES-007", chapter=CHAPTER, after=_AFTER, device_s=100 * _MINUTE, patient=True
)  # fmt: skip
async def activity(dut: PacketDut) -> None:
    """A session idle for 24 minutes is there; one that reads every 20 minutes is there after 64, and over once it is idle for 36."""
    used: dict[str, float] = {}
    for link in ("early", "reader"):
        used[link] = await dut.clock()
        await dut.login(link=link)
    await dut.wait(24 * _MINUTE)
    for link in used:
        used[link] = await _still(dut, link, used[link], "RSS-SES-006")
    for operation in READS[1:3]:
        await dut.wait(20 * _MINUTE)
        used["reader"] = await _still(dut, "reader", used["reader"], "RSS-SES-007", operation=operation)
    await fails(dut, "early", dut.sessions["early"], "RSS-SES-005", check="early.over", reads=2)
    await dut.wait(36 * _MINUTE)
    await fails(dut, "reader", dut.sessions["reader"], "RSS-SES-005", check="reader.over", reads=3)


@SUITE.scenario(
    "expiry.indications",
    "RSS-IND-009",
    chapter=CHAPTER,
    after=(*_AFTER, "ADDENDPOINT.indication"),
    device_s=36 * _MINUTE,
    patient=True,
)
async def indications(dut: PacketDut) -> None:
    """A client whose session has timed out is told of changes no more."""
    await dut.login(link="watcher", indications=True)
    await dut.wait(36 * _MINUTE)
    await dut.login(link="changer")
    name = dut.unique("clausewise")
    fields = {"SOURCENAME": name, "SOURCEIP": "10.9.8.7", "E164": "", "H323": "", "FLAG": "0"}
    dut.ok(await dut.command("ADDENDPOINT", fields, link="changer"), check="changes")
    told = await dut.wait_for("watcher", "ADDENDPOINT", deadline_s=0.3)
    told = [one for one in told if any(part.get("SOURCENAME") == name for part in one.parts)]
    dut.check(
        "not-told",
        not told,
        "RSS-IND-009",
        expected="no indication after the end of the session",
        got=told[0].describe() if told else "",
        step=told[0].step if told else -1,
    )
