"""What the document at /system.xml tells as methods tell it too, and what it has in a certain way."""

from __future__ import annotations

import re

from harness.calldut import CallDut
from harness.flow import CaseSkipped
from harness.messages.callreply import CallReply
from harness.verdict import Severity
from suites.tps import SUITE
from suites.tps.systemxml import CHAPTER, best_form, document, texts_of
from suites.tps.talk import PROBE

_YES, _NO = ("Yes", "yes"), ("No", "no")
_NEAR_S = 5.0
_REGISTRAR = ("sipRegistrarUsage", "sipRegistrarAddress", "sipRegistrarDomain")


@SUITE.scenario(
    "system-xml.same",
    "TPS-XML-002",
    "TPS-SYS-008",
    "TPS-XML-005",
    "TPS-XML-006",
    "TPS-XML-007",
    chapter=CHAPTER,
    after=("system-xml.served",),
)
async def same(dut: CallDut) -> None:
    """What system.xml and methods tell alike is the same: serial, platform, cluster, uptime, the address of port A."""
    reply, root = await document(dut)
    _, form = best_form(dut, root)
    texts = texts_of(root)
    told: dict[str, CallReply] = {}
    for element, one in form.elements.items():
        if one.same is None or element not in texts:
            continue
        method, _, member = one.same.partition(":")
        if method not in told:
            told[method] = dut.ok(await dut.call(method), check=method)
        other = told[method].value(member)
        if other is not None:
            dut.check(
                element,
                texts[element] == str(other),
                "TPS-XML-002",
                *(["TPS-SYS-008"] if element == "clusterType" else []),
                expected=f"{other!s}, as {one.same}",
                got=texts[element],
                step=reply.step,
            )
    await _uptime(dut, texts)
    cluster, master = texts.get("clusterType"), texts.get("isMaster")
    if cluster is not None and master is not None:
        wanted = _NO if cluster == "slave" else _YES
        dut.check("master", master in wanted, "TPS-XML-006", expected=wanted[0], got=master, step=reply.step)
    for element in ("gatekeeperUsage", "sipTrunkUsage", "isMaster"):
        if texts.get(element) in (*_YES, *_NO):
            dut.observe(element, "TPS-AMB-030", "capital" if texts[element][0] in "YN" else "small", step=reply.step)
    network = await dut.call("device.network.query")
    mac, shown = network.value("portA.macAddress"), texts.get("macAddress")
    if network.ok and isinstance(mac, str) and shown:
        alike = re.sub("[^0-9a-f]", "", mac.lower()) == re.sub("[^0-9a-f]", "", shown.lower())
        dut.check(
            "mac",
            alike,
            "TPS-XML-007",
            "TPS-NET-015",
            expected=mac,
            got=shown,
            severity=Severity.SHOULD,
            step=reply.step,
        )


async def _uptime(dut: CallDut, texts: dict[str, str]) -> None:
    """The uptime of the document and that of device.query, asked for one after the other."""
    if not re.fullmatch(r"\d{1,10}", texts.get("uptimeSeconds", "")):
        return
    began = await dut.clock()
    reply, root = await document(dut)
    other = dut.ok(await dut.call(PROBE), check=PROBE).value("uptime")
    took = await dut.clock() - began
    shown = root.get("uptimeSeconds") or ""
    if isinstance(other, int) and re.fullmatch(r"\d{1,10}", shown):
        near = abs(int(shown) - other) <= _NEAR_S + took
        dut.check(
            "uptime",
            near,
            "TPS-XML-005",
            expected=f"about {other}",
            got=shown,
            severity=Severity.SHOULD,
            step=reply.step,
        )


@SUITE.scenario(
    "system-xml.fixed", "TPS-XML-003", "TPS-XML-004", "TPS-XML-008", chapter=CHAPTER, after=("system-xml.served",)
)
async def fixed(dut: CallDut) -> None:
    """Totals of ports are 0, no SIP registrar is used, and a device that is no master has no gatekeeper ids; examples have others."""
    reply, root = await document(dut)
    texts = texts_of(root)
    totals = [texts[one] for one in texts if one.startswith("total") and one.endswith("Ports")]
    registrar = [texts[one] for one in _REGISTRAR if one in texts]
    if not totals and not registrar:
        raise CaseSkipped("the form of this platform has no totals of ports and no registrar")
    as_table = set(totals) <= {"0"} and all(one in ("", *_NO) for one in registrar)
    dut.observe(
        "fixed",
        "TPS-AMB-288",
        "fixed" if as_table else "any",
        clauses=("TPS-XML-003", "TPS-XML-004"),
        got=str(totals + registrar),
        step=reply.step,
    )
    for one in totals:
        dut.check("totals", one.isdecimal(), "TPS-XML-004", expected="a number", got=one, step=reply.step)
    if texts.get("isMaster") in _NO:
        dut.check(
            "ids",
            not texts.get("gatekeeperIds"),
            "TPS-XML-008",
            expected="no gatekeeper ids",
            got=texts.get("gatekeeperIds", ""),
            step=reply.step,
        )


@SUITE.scenario("system-xml.trunk", "TPS-XML-009", chapter=CHAPTER, after=("system-xml.served",))
async def trunk(dut: CallDut) -> None:
    """Whether a SIP trunk is used, and where it is, is told as sip.query tells it."""
    reply, root = await document(dut)
    texts = texts_of(root)
    if "sipTrunkUsage" not in texts:
        raise CaseSkipped("the form of this platform tells of no trunk")
    told = dut.ok(await dut.call("sip.query"), check="query")
    used = told.value("callConfiguration") == "useTrunk"
    wanted = _YES if used else _NO
    dut.check(
        "used",
        texts["sipTrunkUsage"] in wanted,
        "TPS-XML-009",
        expected=wanted[0],
        got=texts["sipTrunkUsage"],
        severity=Severity.SHOULD,
        step=reply.step,
    )
    for element, member in (("sipTrunkAddress", "outboundAddress"), ("sipTrunkDomain", "outboundDomain")):
        other = told.value(member)
        if used and isinstance(other, str) and element in texts:
            dut.check(
                element,
                texts[element] == other,
                "TPS-XML-009",
                expected=other,
                got=texts[element],
                severity=Severity.SHOULD,
                step=reply.step,
            )
