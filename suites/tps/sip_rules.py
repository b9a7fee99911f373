"""SIP settings: each alone, the trunk and its address, and what depends on the key for encryption and on the platform."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.flow import CaseSkipped
from harness.verdict import Severity
from harness.wire.xmltree import read_document
from suites.tps import SUITE
from suites.tps.admin import Row, alike, destructive, told
from suites.tps.feature_keys import encrypted, without_encryption

CHAPTER = "SIP"
_METHOD, _QUERY = "sip.modify", "sip.query"
_AFTER = (f"{_QUERY}.success", f"{_METHOD}.success")
_TRUNK, _DIRECT = {"callConfiguration": "useTrunk"}, {"callConfiguration": "callDirect"}
_KEPT = f"TPS-{_METHOD}.password:shown"
_KEY_MEMBER, _LOCAL = "negotiateSRTPUsingSDES", "useLocalCertificate"


def _without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}


@SUITE.scenario(
    "sip.parts",
    "TPS-SIP-001",
    f"TPS-{_QUERY}.returned.outboundDomain",
    f"TPS-{_QUERY}.returned.username",
    chapter=CHAPTER,
    after=_AFTER,
)
async def parts(dut: CallDut) -> None:
    """Each setting is set alone, and all others stay."""
    if await dut.shared("encryption", "") == "yes":
        await dut.setup(_METHOD, {_KEY_MEMBER: "always"})
    word = f"{dut.rng.getrandbits(24):06x}"
    trunk = {**_TRUNK, "outboundAddress": f"trunk.{word}.example", "outboundDomain": f"domain.{word}.example"}
    steps: tuple[Row, ...] = (
        trunk, {"username": f"user {word}"}, {"outboundDomain": "other.example"}, {"outboundAddress": "192.0.2.60"},
        {"advertiseDualIPVersions": "useANAT"}, {"outboundTransport": "udp"}, {"username": "a&b <c>"},
        {"advertiseDualIPVersions": "disabled", "outboundTransport": "tcp"}, {"username": ""},
    )  # fmt: skip
    wanted = await told(dut, _QUERY)
    for change in steps:
        dut.ok(await dut.call(_METHOD, change), "TPS-SIP-001", check="set")
        wanted = {**wanted, **change}
        reply = dut.ok(await dut.call(_QUERY), check="query")
        clauses = ("TPS-SIP-001", *(f"TPS-{_QUERY}.returned.{name}" for name in change))
        alike(dut, _without(wanted, "password"), reply.members, *clauses, check=next(iter(change)), step=reply.step)


@SUITE.scenario("sip.password", "TPS-SIP-001", _KEPT, chapter=CHAPTER, after=("sip.parts",))
async def password(dut: CallDut) -> None:
    """The password stays when the user name and other settings are set, as far as it is told."""
    destructive(dut, "it changes the password for SIP for a moment")
    first = (await told(dut, _QUERY)).get("password")
    if not isinstance(first, str) or set(first) == {"*"}:
        raise CaseSkipped("sip.query does not tell the password, so it could not be set back")
    word = f"pw-{dut.rng.getrandbits(32):08x}"
    try:
        await dut.setup(_METHOD, {"password": word}, undo=False)
        if (await told(dut, _QUERY)).get("password") != word:
            raise CaseSkipped("sip.query tells other characters than those of the password")
        for change in ({"username": "somebody"}, {"outboundTransport": "udp"}, {"username": ""}, {**_DIRECT}):
            dut.ok(await dut.call(_METHOD, change), "TPS-SIP-001", check="set")
            got = (await told(dut, _QUERY)).get("password")
            dut.check(
                next(iter(change)),
                got == word,
                "TPS-SIP-001",
                _KEPT,
                expected="the password as it was set",
                got="another one",
            )
    finally:
        await dut.call(_METHOD, {"password": first}, undo=False, judged=False)


@SUITE.scenario("sip.trunk", "TPS-SIP-002", "TPS-SIP-008", "TPS-SIP-001", chapter=CHAPTER, after=_AFTER)
async def trunk(dut: CallDut) -> None:
    """A trunk is had with an address and not without one, whether it is left out or blank; what is refused changes nothing."""
    await dut.setup(_METHOD, {"outboundAddress": "", **_DIRECT})
    before = await told(dut, _QUERY)
    blank = not before.get("outboundAddress")
    for change in (
        {**_TRUNK, "outboundAddress": ""},
        *([dict(_TRUNK), {**_TRUNK, "outboundDomain": "d.example"}] if blank else []),
    ):
        reply = await dut.call(_METHOD, change)
        if "outboundAddress" in change:
            dut.refused(reply, "TPS-SIP-002", check="blank")
        else:
            dut.refused(reply, "TPS-SIP-002", ambiguity="TPS-AMB-267", check="left-out")
        got = await told(dut, _QUERY)
        dut.check(
            "stays",
            got.get("callConfiguration") == "callDirect",
            "TPS-SIP-002",
            "TPS-SIP-008",
            expected="callDirect",
            got=str(got),
        )
    dut.ok(await dut.call(_METHOD, {**_TRUNK, "outboundAddress": "trunk.example"}), "TPS-SIP-001", check="trunk")
    alike(dut, {**_TRUNK, "outboundAddress": "trunk.example"}, await told(dut, _QUERY), "TPS-SIP-001", check="told")
    reply = await dut.call(_METHOD, {"outboundAddress": ""})
    got = await told(dut, _QUERY)
    told_blank = got.get("callConfiguration") == "useTrunk" and not str(got.get("outboundAddress", "")).strip()
    dut.check(
        "never-blank", not told_blank, "TPS-SIP-008", expected="a trunk with an address", got=str(got), step=reply.step
    )
    dut.refused(reply, "TPS-SIP-002", check="blanked")


@SUITE.scenario("sip.trunk.file", "TPS-XML-009", chapter=CHAPTER, after=("sip.trunk", "system-xml.served"))
async def trunk_file(dut: CallDut) -> None:
    """system.xml says at once that a trunk is used, and which."""
    path = dut.model.files["system.xml"].path
    root = read_document((await dut.get(path)).body).root
    if root is None or root.get("sipTrunkUsage") is None:
        raise CaseSkipped("system.xml tells of no trunk")
    address = f"trunk.{dut.rng.getrandbits(24):06x}.example"
    for change, used in (
        ({**_TRUNK, "outboundAddress": address, "outboundDomain": "d.example"}, True),
        (_DIRECT, False),
    ):
        await dut.setup(_METHOD, change)
        reply = await dut.get(path)
        root = read_document(reply.body).root
        got = {name: root.get(name) for name in ("sipTrunkUsage", "sipTrunkAddress")} if root is not None else {}
        passed = str(got.get("sipTrunkUsage")).lower() == ("yes" if used else "no")
        passed = passed and (not used or got.get("sipTrunkAddress") in (None, address))
        dut.check(
            "used",
            passed,
            "TPS-XML-009",
            expected=f"{'a' if used else 'no'} trunk",
            got=str(got),
            severity=Severity.SHOULD,
            step=reply.step,
        )


@SUITE.scenario("sip.key", "TPS-SIP-004", "TPS-SIP-006", chapter=CHAPTER, after=_AFTER)
async def key(dut: CallDut) -> None:
    """Without the feature key for encryption TLS is refused, and negotiateSRTPUsingSDES is not told; with it, it is told."""
    if await encrypted(dut):
        before = await told(dut, _QUERY)
        dut.check(
            "with",
            _KEY_MEMBER in before,
            "TPS-SIP-006",
            expected=f"{_KEY_MEMBER} while the key is there",
            got="it is not told",
        )
        if before.get("outboundTransport") == "tls":
            raise CaseSkipped("TLS is in use, so the key is not taken away")
    await without_encryption(dut)
    before = await told(dut, _QUERY)
    dut.check(
        "without",
        _KEY_MEMBER not in before,
        "TPS-SIP-006",
        expected=f"no {_KEY_MEMBER} without the key",
        got="it is told",
    )
    for change in ({"outboundTransport": "tls"}, {"username": "tls", "outboundTransport": "tls"}):
        reply = await dut.call(_METHOD, change)
        dut.fault(reply, "encryption-missing", "TPS-SIP-004", check="tls")
        got = await told(dut, _QUERY)
        alike(dut, before, got, "TPS-SIP-004", check="stays")


@SUITE.scenario(
    "sip.platform",
    "TPS-SIP-005",
    "TPS-SIP-007",
    f"TPS-{_METHOD}.{_LOCAL}:ignored",
    chapter=CHAPTER,
    after=(*_AFTER, "system.info.success"),
)
async def platform(dut: CallDut) -> None:
    """UseLocalCertificate is told on an 8710 and a 7010, and can be set there; other devices take it, and nothing comes of it."""
    name = (await told(dut, "system.info")).get("platform")
    kinds = {state: dut.model.circumstances[state].platforms for state in ("own-hardware", "other-hardware")}
    own = [state for state, ones in kinds.items() if any(one.casefold() in str(name).casefold() for one in ones)]
    if len(own) != 1:
        raise CaseSkipped(f"platform {name!r} is none that the document names")
    before = await told(dut, _QUERY)
    there = own == ["own-hardware"]
    dut.check(
        "told",
        (_LOCAL in before) is there,
        "TPS-SIP-007",
        expected=f"{_LOCAL} {'there' if there else 'absent'}",
        got=str(before.get(_LOCAL)),
    )
    for value in (True, False):
        dut.ok(
            await dut.call(_METHOD, {_LOCAL: value}), "TPS-SIP-005", f"TPS-{_METHOD}.{_LOCAL}:ignored", check="taken"
        )
        got = await told(dut, _QUERY)
        wanted = {**before, _LOCAL: value} if there else before
        alike(dut, _without(wanted, "password"), got, "TPS-SIP-001" if there else "TPS-SIP-005", check="stays")
        dut.check(
            "still",
            (_LOCAL in got) is there,
            "TPS-SIP-007",
            "TPS-SIP-005",
            expected="as before",
            got=str(got.get(_LOCAL)),
        )
