"""What the device says of itself: counts, time, ports, activation; archives that are played or sent."""

from __future__ import annotations

from datetime import UTC, datetime

from harness.flow import CaseInconclusive, CaseSkipped
from harness.packetdut import MAIN, PacketDut
from harness.packetsample import as_it_is, read_setting
from suites.rss2000 import SUITE
from suites.rss2000.access import ENDED, LATEST_S
from suites.rss2000.cited import asked, cited
from suites.rss2000.listing import moment, row_of
from suites.rss2000.media import archive_of, other_guid
from suites.rss2000.quick import addresses
from suites.rss2000.rights import number, one_told, told

_NEW = "New in version 2.0"
_STEADY = ("PRODUCTNAME", "VERSION", "TYPE", "H323COUNT", "VODCOUNT", "RECABILITY")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_APART_S = 120
_SENT_TO = ("SAP_ADDRESS", "SAP_PORT", "MEDIA_ADDRESS", "MEDIA_PORT")


async def _value(dut: PacketDut, operation: str, name: str) -> str:
    fields = {"LANG": "en"} if "LANG" in dut.model.operations[operation].parameters else {}
    packet = dut.ok(await dut.command(operation, fields), f"RSS-{operation}", check=operation)
    return one_told(dut, operation, packet.first, name) or ""


@SUITE.scenario("device.product", "RSS-SYS-002", "RSS-CFS-002", chapter="System Information", after=("GETDEVINFO.success",))  # fmt: skip
async def product(dut: PacketDut) -> None:
    """What the device says of itself stays the same for all sessions."""
    await dut.login(link="other")
    first = dut.ok(await dut.command("GETDEVINFO"), "RSS-GETDEVINFO", check="first").first
    second = dut.ok(await dut.command("GETDEVINFO", link="other"), "RSS-GETDEVINFO", check="second").first
    for name in _STEADY:
        one, two = told(dut, "GETDEVINFO", first, name), told(dut, "GETDEVINFO", second, name)
        dut.check(name, one == two, "RSS-SYS-002", expected=str(one), got=str(two))
    activated = one_told(dut, "GETDEVINFO", first, "ACTIVATED")
    status = await _value(dut, "GETCFSINFO", "STATUS")
    dut.check("activated", activated == status, "RSS-CFS-002", expected=f"STATUS {activated}", got=status)


@SUITE.scenario("device.clock", "RSS-SYS-001", "RSS-SYS-003", chapter="System Usage", after=("REFRESHSTATUS.success",))
async def clock(dut: PacketDut) -> None:
    """The time goes on, and is the same in both forms."""
    seen = []
    for turn in range(3):
        packet = dut.ok(await dut.command("REFRESHSTATUS"), "RSS-REFRESHSTATUS", check="status")
        values = {name: one_told(dut, "REFRESHSTATUS", packet.first, name) or "" for name in ("TIME", "TIMEVALUE")}
        seconds = number(values["TIMEVALUE"])
        seen.append(-1 if seconds is None else seconds)
        said = moment(values["TIME"])
        apart = abs((said - _EPOCH).total_seconds() - seen[-1]) if said is not None and seen[-1] >= 0 else 0
        dut.check(
            "same",
            apart <= _APART_S,
            "RSS-SYS-003",
            expected="the same moment",
            got=f"{values}, {apart:.0f} s apart",
            step=packet.step,
        )
        if turn < 2:
            await dut.wait(3)
    dut.check("goes-on", seen == sorted(seen) and seen[0] < seen[-1], "RSS-SYS-001", expected="more seconds each time", got=str(seen))  # fmt: skip


@SUITE.scenario("device.ports", "RSS-SET-004", "RSS-SET-005", "RSS-GETIP.INDEX", chapter="IP Settings", after=("GETIP.success",))  # fmt: skip
async def ports(dut: PacketDut) -> None:
    """Without an index every port is told once, the first among them; with its index that one alone."""
    packet = dut.ok(await dut.command("GETIP"), "RSS-GETIP", check="all")
    known = [one_told(dut, "GETIP", part, "INDEX") for part in packet.listed()]
    right = "0" in known and len(set(known)) == len(known)
    dut.check(
        "once",
        right,
        "RSS-SET-004",
        "RSS-GETIP.confirm.INDEX",
        expected="each port once, 0 among them",
        got=str(known),
        step=packet.step,
    )
    for _ in range(2):
        one = dut.ok(await dut.command("GETIP", {"INDEX": "0"}), "RSS-GETIP", "RSS-GETIP.INDEX", check="first")
        alone = [one_told(dut, "GETIP", part, "INDEX") for part in one.listed()]
        dut.check("alone", alone == ["0"], "RSS-SET-005", "RSS-GETIP.INDEX", expected="port 0", got=str(alone), step=one.step)  # fmt: skip
        first = next((part for part in packet.listed() if one_told(dut, "GETIP", part, "INDEX") == "0"), None)
        for name in ("DEVIP", "DEVMASK", "GATEWAY") if first is not None and alone == ["0"] else ():
            was, now = told(dut, "GETIP", first, name) if first else [], told(dut, "GETIP", one.first, name)
            dut.check(name, was == now, "RSS-SET-005", f"RSS-GETIP.confirm.{name}", expected=str(was), got=str(now), step=one.step)  # fmt: skip
    dut.either(await dut.command("GETIP", {"INDEX": "1"}, judged=False), "RSS-AMB-058", "RSS-SET-005")


@SUITE.scenario("device.activation", "RSS-CFS-001", chapter=_NEW, after=("GETCFSINFO.success",))
async def activation(dut: PacketDut) -> None:
    """Serial number and running version are there, and the number stays."""
    serials = [await _value(dut, "GETCFSINFO", "SERIAL") for _ in range(2)]
    version = await _value(dut, "GETCFSINFO", "VERSION_RUNNING")
    right = bool(serials[0] and version) and serials[0] == serials[1]
    dut.check("there", right, "RSS-CFS-001", expected="a serial number that stays, and a version", got=f"{serials}, {version!r}")  # fmt: skip


@SUITE.scenario("device.key", "RSS-CFS-003", *cited("SETCFSKEY"), chapter=_NEW, after=("GETCFSINFO.success",))  # fmt: skip
async def key(dut: PacketDut) -> None:
    """The key of the device is taken; one that cannot be right may be refused."""
    known = dut.fixture("cfs_keys")
    for language in ("cn", "en"):
        packet = await dut.command("SETCFSKEY", {"LANG": language, "CFSKEY": known})
        dut.ok(packet, *asked(packet), check=f"set.{language}")
    keys = [await _value(dut, "GETCFSINFO", name) for name in ("ACTIVE_KEY", "PENDING_KEY")]
    shown = [one for one in keys if one.strip("*")]
    dut.check("kept", known in keys or not shown, "RSS-CFS-003", expected="the key, active or pending", got="others")
    if dut.target.allow.destructive:
        dut.either(await dut.command("SETCFSKEY", {"LANG": "en", "CFSKEY": "no key"}, judged=False), "RSS-AMB-118", "RSS-SETCFSKEY")  # fmt: skip
        await dut.command("SETCFSKEY", {"LANG": "en", "CFSKEY": known}, judged=False)


async def _multicast_on(dut: PacketDut) -> bool:
    """Turn multicast on until the case has ended; gives whether it is on now, with addresses and ports to send to."""
    setting = dut.model.settings["multicast"]
    try:
        now = await as_it_is(dut, setting)
    except (CaseInconclusive, CaseSkipped):
        if await dut.clock() > LATEST_S:  # the wait for what did not answer was longer than a session lasts
            dut.sessions.pop(MAIN, None)
            await dut.close(MAIN)
        return False
    await dut.command(setting.set, [(name, "1" if name == "ENABLE_MULTICAST" else value) for name, value in now])
    there = dict(await read_setting(dut, setting))
    return there.get("ENABLE_MULTICAST") == "1" and all(there.get(name) for name in _SENT_TO)


@SUITE.scenario(
    "multicast.file",
    *cited("STARTFILEMULTICAST"),
    *cited("STOPFILEMULTICAST"),
    "RSS-PLY-002",
    "RSS-PLY-003",
    "RSS-PLY-004",
    "RSS-STARTFILEMULTICAST",
    "RSS-STARTFILEMULTICAST.CONF_ID",
    "RSS-STARTFILEMULTICAST.TIMES",
    "RSS-STOPFILEMULTICAST",
    "RSS-STOPFILEMULTICAST.CONF_ID",
    chapter=_NEW,
    after=("GETMEDIAINFO.success",),
)
async def multicast(dut: PacketDut) -> None:
    """An archive is sent and stopped and sent again; a second start or stop may be refused; the archive stays as it is."""
    guid = dut.fixtures("archive_ids")[0]
    ready = await _multicast_on(dut)
    before = row_of(dut, await archive_of(dut, guid))
    fields = {"CONF_ID": guid, "TIMES": "50"}
    began = (await dut.command("STARTFILEMULTICAST", fields, judged=False)).ok  # it may go on already (RSS-AMB-115)
    await dut.spelling("STOPFILEMULTICAST")  # to find out how it is spelled is to do it
    await dut.command("STOPFILEMULTICAST", {"CONF_ID": guid}, judged=False)
    for turn in ("first", "second"):
        packet = await dut.command("STARTFILEMULTICAST", fields)
        if turn == "first" and not packet.ok and not began and not ready:
            raise CaseInconclusive(f"nothing is sent, maybe since multicast is off (RSS-AMB-114): {packet.describe()}")
        clauses = ("RSS-PLY-003", *(asked(packet) if ready else ()))
        dut.check(f"start.{turn}", packet.ok is True, *clauses, expected="a success", got=packet.describe(), step=packet.step)  # fmt: skip
        if not packet.ok:
            return
        if turn == "second":
            dut.either(
                await dut.command("STARTFILEMULTICAST", fields, judged=False),
                "RSS-AMB-115",
                "RSS-STARTFILEMULTICAST",
                check="again",
            )
        stop = await dut.command("STOPFILEMULTICAST", {"CONF_ID": guid})
        dut.ok(stop, "RSS-PLY-002", "RSS-STOPFILEMULTICAST", "RSS-STOPFILEMULTICAST.CONF_ID", check="stop")
    dut.either(
        await dut.command("STOPFILEMULTICAST", {"CONF_ID": guid}, judged=False),
        "RSS-AMB-115",
        "RSS-STOPFILEMULTICAST",
        check="stop-again",
    )
    stranger = other_guid(dut, guid, near=False)
    packet = await dut.command("STARTFILEMULTICAST", {**fields, "CONF_ID": stranger}, judged=False)
    if dut.either(packet, "RSS-AMB-107", "RSS-STARTFILEMULTICAST", check="unknown"):
        await dut.command("STOPFILEMULTICAST", {"CONF_ID": stranger}, judged=False)
    after = row_of(dut, await archive_of(dut, guid))
    wrong = [name for name in before if before[name] != after.get(name)]
    dut.check("stays", not wrong, "RSS-PLY-004", expected="the archive as it was", got=", ".join(wrong))


@SUITE.scenario("play.unknown", *cited("CALLANDPLAY"), chapter=_NEW, after=("GETMEDIAINFO.success",))
async def play(dut: PacketDut) -> None:
    """An archive is played to an endpoint, which may not answer; one that is not there may be refused."""
    guid = dut.fixture("archive_ids")
    (address, *_) = await addresses(dut) or [""]
    if not address:
        raise CaseInconclusive("no endpoint of the fixture endpoint_names has an address")
    before = row_of(dut, await archive_of(dut, guid))
    fields = {"ADDR": address, "RATE": "768", "FILE_ID": other_guid(dut, guid, near=False)}
    dut.either(await dut.command("CALLANDPLAY", fields), "RSS-AMB-107", "RSS-CALLANDPLAY", check="unknown")
    packet = await dut.command("CALLANDPLAY", {**fields, "FILE_ID": guid})
    dut.either(packet, "RSS-AMB-109", "RSS-CALLANDPLAY", check="known")
    answered = packet.ending not in ENDED
    dut.check("answered", answered, "RSS-CALLANDPLAY", expected="an answer", got=packet.describe(), step=packet.step)
    if not answered:
        return
    after = row_of(dut, await archive_of(dut, guid))
    wrong = [name for name in before if before[name] != after.get(name)]
    dut.check("stays", not wrong, "RSS-PLY-004", expected="the archive as it was", got=", ".join(wrong))
