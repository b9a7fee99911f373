"""What the device tells of itself: its health, its identity and its mode, in each of its methods and in system.xml."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.flow import CaseInconclusive, CaseSkipped
from harness.verdict import Severity
from harness.wire.xmltree import read_document
from suites.tps import SUITE
from suites.tps.admin import told

CHAPTER = "device"
_RANKS = {"ok": 0, "outOfSpec": 1, "critical": 2}
_SUBJECTS = {"fanStatus": ("TPS-DEV-012",), "temperatureStatus": (), "rtcBatteryStatus": (), "voltagesStatus": ()}
_ZEROS = (
    "portsVideoTotal", "portsVideoFree", "portsAudioTotal", "portsAudioFree", "portsContentTotal", "portsContentFree",
    "maxConferenceSizeVideo", "maxConferenceSizeAudio", "maxConferenceSizeContent",
)  # fmt: skip


@SUITE.scenario(
    "health",
    "TPS-DEV-010",
    "TPS-DEV-011",
    "TPS-DEV-012",
    chapter=CHAPTER,
    after=("device.health.query.success",),
    device_s=2.0,
)
async def health(dut: CallDut) -> None:
    """The worst status is no better than the present one, and does not get better; of each subject both are told, or neither."""
    worst: dict[str, int] = {}
    for turn in range(3):
        if turn:
            await dut.wait(1.0)
        reply = dut.ok(await dut.call("device.health.query"), check="query")
        members = reply.members
        for name in _SUBJECTS:
            there = [one in members for one in (name, f"{name}Worst")]
            if name == "fanStatus":
                dut.check(
                    "fans",
                    len(set(there)) == 1,
                    "TPS-DEV-012",
                    expected="both or neither",
                    got=str(there),
                    step=reply.step,
                )
            if not all(there):
                continue
            now, known = (_RANKS.get(str(members[one]), 0) for one in (name, f"{name}Worst"))
            dut.check(
                name,
                known >= now,
                "TPS-DEV-010",
                expected=f"no better than {members[name]}",
                got=str(members[f"{name}Worst"]),
                step=reply.step,
            )
            dut.check(
                f"{name}.stays",
                known >= worst.get(name, 0),
                "TPS-DEV-011",
                expected="no better than before",
                got=str(members[f"{name}Worst"]),
                step=reply.step,
            )
            worst[name] = max(known, now, worst.get(name, 0))


@SUITE.scenario(
    "health.operational", "TPS-DEV-013", chapter=CHAPTER, after=("device.health.query.success", "device.query.success")
)
async def operational(dut: CallDut) -> None:
    """A device that works and was not told to shut down is active."""
    got = (
        (await told(dut, "device.health.query")).get("operationalStatus"),
        (await told(dut, "device.query")).get("shutdownStatus"),
    )
    wanted = ("active", "notShutdown")
    dut.check("active", got == wanted, "TPS-DEV-013", expected=str(wanted), got=str(got), severity=Severity.SHOULD)


@SUITE.scenario(
    "device.steady",
    "TPS-DEV-024",
    "TPS-DEV-025",
    "TPS-DEV-037",
    chapter=CHAPTER,
    after=("device.query.success", "device.restartlog.query.success"),
)
async def steady(dut: CallDut) -> None:
    """Serial number, restart log and the count of restarts of media resources stay; system.info tells the same serial number."""
    first, second = await told(dut, "device.query"), await told(dut, "device.query")
    serial = (await told(dut, "system.info")).get("tpdSerial")
    dut.check(
        "serial",
        first.get("serial") == serial,
        "TPS-DEV-024",
        expected=str(serial),
        got=str(first.get("serial")),
        severity=Severity.SHOULD,
    )
    counts = [one.get("mediaResourceRestarts", 0) for one in (first, second)]
    if all(isinstance(one, int) for one in counts):
        dut.check(
            "restarts",
            counts == sorted(counts),
            "TPS-DEV-025",
            expected="no fewer",
            got=str(counts),
            severity=Severity.SHOULD,
        )
    logs = [(await told(dut, "device.restartlog.query")).get("log") for _ in range(2)]
    dut.check(
        "log", logs[0] == logs[1], "TPS-DEV-037", expected="the same log", got="another one", severity=Severity.SHOULD
    )


@SUITE.scenario(
    "system.mode", "TPS-SYS-001", "TPS-SYS-002", "TPS-SYS-003", "TPS-SYS-004", "TPS-SYS-005", "TPS-SYS-009", "TPS-SYS-011", "TPS-SYS-012",
    chapter=CHAPTER, after=("system.info.success",),
)  # fmt: skip
async def mode(dut: CallDut) -> None:
    """The modes that system.info tells fit one another, and what means nothing in remotely managed mode is false or 0."""
    info = await told(dut, "system.info")
    how, licence, cluster = info.get("operationMode"), info.get("licenseMode"), info.get("clusterType")
    versions = dut.syntax.versions
    if dut.version is None or dut.version == versions[-1]:
        dut.check("mode", how in ("flexible", "slave"), "TPS-SYS-001", expected="flexible or slave", got=repr(how))
    if dut.version is None or versions.index(dut.version) >= versions.index("4.2"):
        wanted = {"flexible": ("flexible", "trust"), "slave": (None,)}.get(str(how), (licence,))
        dut.check("licence", licence in wanted, "TPS-SYS-002", "TPS-SYS-012", expected=str(wanted), got=repr(licence))
    if how == "flexible":
        odd = {name: info.get(name) for name in (*_ZEROS, "makeCallsOK") if info.get(name)}
        known = {name: value for name, value in odd.items() if not isinstance(value, int)}
        dut.check("zeros", not known, "TPS-SYS-003", expected="numbers, and a boolean", got=str(known))
        dut.observe("nothing", "TPS-AMB-271", "any" if odd else "fixed", clauses=("TPS-SYS-003",), got=str(odd))
    servers, active = info.get("numControlledServers"), info.get("tpsNumberOK")
    if isinstance(servers, int):
        dut.check("itself", servers >= 1, "TPS-SYS-004", expected="1 at least", got=str(servers))
        if cluster == "unclustered":
            dut.check("alone", servers == 1, "TPS-SYS-005", expected="1", got=str(servers), severity=Severity.SHOULD)
        if isinstance(active, int):
            dut.check(
                "active",
                active <= servers,
                "TPS-SYS-011",
                expected=f"{servers} at most",
                got=str(active),
                severity=Severity.SHOULD,
            )
    slave = (how == "slave") == (cluster == "slave")
    dut.check(
        "slave",
        slave,
        "TPS-SYS-009",
        expected="operationMode slave with clusterType slave",
        got=f"{how}, {cluster}",
        severity=Severity.SHOULD,
    )


@SUITE.scenario(
    "system.same",
    "TPS-SYS-006",
    "TPS-SYS-007",
    "TPS-SYS-008",
    "TPS-SYS-010",
    chapter=CHAPTER,
    after=("system.info.success", "system-xml.served"),
)
async def same(dut: CallDut) -> None:
    """Platform, CPU and cluster are those of system.xml, and a virtual machine is in no cluster; the uptimes agree."""
    info = await told(dut, "system.info")
    began = await dut.clock()
    up, other = (await told(dut, "system.info")).get("tpdUptime"), (await told(dut, "device.query")).get("uptime")
    took = await dut.clock() - began
    if isinstance(up, int) and isinstance(other, int):
        near = abs(up - other) <= 5.0 + took
        dut.check("uptime", near, "TPS-SYS-006", expected=f"about {other}", got=str(up), severity=Severity.SHOULD)
    virtual = "virtual machine" in str(info.get("platform", "")).casefold()
    if virtual:
        dut.check(
            "virtual",
            info.get("clusterType") == "unclustered",
            "TPS-SYS-010",
            expected="unclustered",
            got=str(info.get("clusterType")),
        )
    reply = await dut.get(dut.model.files["system.xml"].path)
    if reply.status in (401, 403):
        raise CaseSkipped("system.xml is given to users alone")
    root = read_document(reply.body).root if reply.came and reply.status == 200 else None
    if root is None:
        raise CaseInconclusive(f"no system.xml: {reply.describe()}")
    for name, clause in (("platform", "TPS-SYS-007"), ("cpuModel", "TPS-SYS-007"), ("clusterType", "TPS-SYS-008")):
        text, wanted = root.get(name), info.get(name)
        if text is not None and wanted is not None:
            dut.check(name, text == str(wanted), clause, expected=str(text), got=str(wanted), step=reply.step)
