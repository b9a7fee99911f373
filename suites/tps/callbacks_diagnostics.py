"""Diagnostics of participants, which are sent later: who asks, what they tell of each stream, and how many may be due."""

from __future__ import annotations

from typing import Any

from harness.calldut import CallDut
from harness.flow import CaseInconclusive
from harness.messages.callheard import Heard
from harness.verdict import Severity
from harness.wire.xmlrpc_writing import Writable
from suites.tps import SUITE
from suites.tps.listening import CONFERENCE, ended, ready, told
from suites.tps.live import STEP_S, joined
from suites.tps.replied_later import DIAGNOSTICS, PREVIEWS, answered, many, only_one, place
from suites.tps.world import conference

CHAPTER = "diagnostics"
AFTER = (f"{DIAGNOSTICS.method}.success",)
ADVANCED, MUTE = "flex.participant.advanced.enumerate", "flex.participant.setMute"
KINDS = (
    "audioRx", "audioTx", "auxiliaryAudioRx", "auxiliaryAudioTx", "videoRx", "videoTx", "contentVideoRx", "contentVideoTx"
)  # fmt: skip
_VIDEO = tuple(name for name in KINDS if "ideo" in name)
_MUTES = ("audioRx", "audioTx", "videoRx", "videoTx")
_FLOWING = "inUse"  # the state of a stream that there is
_THERE = (_FLOWING, "muted")
_TURNS = 3  # a stream may be muted a moment after the call that asks for it
_COUNTS = ("packetsReceived", "packetsSent")
_PLACE = f"TPS-callback.{DIAGNOSTICS.callback}"


def streams(heard: Heard | None, kind: str) -> list[dict[str, Any]]:
    """What diagnostics tell of the streams of a kind."""
    found = heard.value(kind) if heard is not None else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


@SUITE.scenario(
    "diagnostics.sent",
    *DIAGNOSTICS.clauses,
    "TPS-CBK-005",
    "TPS-CBK-006",
    "TPS-DIA-003",
    *DIAGNOSTICS.members,
    chapter=CHAPTER,
    after=AFTER,
)
async def sent(dut: CallDut) -> None:
    """Diagnostics of a connected participant tell of its streams, under the name that was given or the address of the device."""
    who = await dut.shared("participant", "connected")
    ear = await place(dut, DIAGNOSTICS)
    before = await _media(dut, who)
    first = await answered(dut, DIAGNOSTICS, ear, {"participantID": who}, source="Clausewise 1", check="named")
    await only_one(dut, DIAGNOSTICS, ear)
    ear = await place(dut, DIAGNOSTICS, "unnamed")
    await answered(dut, DIAGNOSTICS, ear, {"participantID": who}, check="unnamed")
    await only_one(dut, DIAGNOSTICS, ear)
    if first is None:
        return
    after = await _media(dut, who)
    audio = streams(first, "audioRx") + streams(first, "audioTx")
    if not before or any(before.get(name) == after.get(name) in _THERE for name in ("audioRx", "audioTx")):
        dut.check(
            "audio", bool(audio), "TPS-CBK-005", expected="a stream of audio", got="none", step=first.step,
            severity=Severity.MUST if before else Severity.SHOULD,  # nothing says of such a device that there is one
        )  # fmt: skip
    for name in _MUTES:
        if before.get(name) == after.get(name) == _FLOWING:
            found = streams(first, name)
            dut.check(
                f"stream.{name}", bool(found), "TPS-DIA-003", f"{_PLACE}.{name}", f"TPS-callback.{DIAGNOSTICS.callback}",
                expected=f"a struct in {name}, as the list tells that it is {_FLOWING}", got="none", step=first.step,
            )  # fmt: skip
    for name in KINDS:
        lacks, other = ("packetsReceived", "packetsSent") if name.endswith("Rx") else ("packetsSent", "packetsReceived")
        odd = [one for one in streams(first, name) if other in one and lacks not in one]
        dut.check(
            f"kind.{name}", not odd, f"{_PLACE}.{name}", "TPS-DIA-003", expected=f"structs of {name}", got=str(odd)[:300] if odd else "",
            step=first.step,
        )  # fmt: skip
    _transcoded(dut, first)


def _transcoded(dut: CallDut, first: Heard | None) -> None:
    for name in ("contentVideoRx", "contentVideoTx") if first is not None else ():
        assert first is not None
        odd = [
            one.get("streamType") for one in streams(first, name) if one.get("streamType") not in ("transcoded", None)
        ]
        dut.check(f"content.{name}", not odd, "TPS-CBK-006", expected="transcoded", got=str(odd), step=first.step)


async def _media(dut: CallDut, who: str) -> dict[str, Any]:
    """What the list of participants tells of the streams of one; nothing where it does not."""
    members: dict[str, Any] = {}
    for _ in range(200):
        reply = await dut.call(ADVANCED, members, judged=False)
        rows = reply.value("participants")
        for one in rows if isinstance(rows, list) else ():
            if isinstance(one, dict) and one.get("participantID") == who:
                found = one.get("mediaStatus")
                return found if isinstance(found, dict) else {}
        if reply.value("moreAvailable") is not True:
            break
        members = {"cookie": reply.value("cookie")}
    return {}


@SUITE.scenario(
    "diagnostics.muted",
    "TPS-CBK-007",
    "TPS-CBK-008",
    *DIAGNOSTICS.clauses,
    chapter=CHAPTER,
    after=(*AFTER, f"{MUTE}.success"),
)
async def muted(dut: CallDut) -> None:
    """Diagnostics tell which streams are muted, and counts that do not fall."""
    who = await joined(dut, await conference(dut, startTime=0))
    before: Heard | None = None
    for turn, wanted in enumerate(({"audioRx", "videoTx"}, {"audioTx", "videoRx"}, set[str]())):
        mutes = {f"{name}Mute": name in wanted for name in _MUTES}
        await dut.setup(MUTE, {"participantID": who, **mutes})
        heard = await _told(dut, who, wanted, f"{turn}")
        if heard is None:
            return
        _counted(dut, before, heard)
        before = heard


async def _told(dut: CallDut, who: str, wanted: set[str], turn: str) -> Heard | None:
    """Diagnostics of which the streams are muted that should be: at once, or a moment after the call that has asked for it."""
    for again in range(_TURNS):
        name = f"turn.{turn}.{again}"
        # A place of its own: an answer that comes twice is no answer to the next request.
        ear = await place(dut, DIAGNOSTICS, name)
        heard = await answered(dut, DIAGNOSTICS, ear, {"participantID": who}, source=name, check=name)
        if heard is None:
            return None
        odd = {kind: _otherwise(heard, kind, kind in wanted) for kind in _MUTES}
        for kind, found in odd.items():
            dut.check(
                f"muted.{turn}.{again}.{kind}", not found, "TPS-CBK-007", f"TPS-struct.{kind}Stream.returned.muted",
                expected=f"{kind in wanted} in {kind}", got=str(found) if found else "", step=heard.step,
                severity=Severity.MUST if again == _TURNS - 1 else Severity.SHOULD,
            )  # fmt: skip
        if not any(odd.values()):
            return heard
        await dut.wait(STEP_S)
    return heard


def _otherwise(heard: Heard, kind: str, muted: bool) -> list[Any]:
    """What streams of a kind tell of whether they are muted, of those of which that is not so."""
    return [one.get("muted") for one in streams(heard, kind) if one.get("muted") is not muted]


def _counted(dut: CallDut, before: Heard | None, heard: Heard) -> None:
    for kind in KINDS if before is not None else ():
        old, new = streams(before, kind), streams(heard, kind)
        for one, two in zip(old, new, strict=False) if len(old) == len(new) else ():
            fallen = [name for name in _COUNTS if _int(two, name) < _int(one, name)]
            if fallen:
                dut.check(
                    f"counts.{kind}", False, "TPS-CBK-008", expected="no less than before", got=f"{fallen}: {one}, then {two}",
                    severity=Severity.SHOULD, step=heard.step,
                )  # fmt: skip


def _int(row: dict[str, Any], name: str) -> int:
    found = row.get(name)
    return found if isinstance(found, int) else 0


@SUITE.scenario("diagnostics.audio-only", "TPS-CBK-005", *DIAGNOSTICS.clauses, chapter=CHAPTER, after=AFTER)
async def audio_only(dut: CallDut) -> None:
    """Diagnostics of an endpoint that has audio alone tell of no video."""
    address = dut.fixture("audio_only_addresses")
    who = await joined(dut, await conference(dut, startTime=0), address)
    ear = await place(dut, DIAGNOSTICS)
    heard = await answered(dut, DIAGNOSTICS, ear, {"participantID": who}, source="audio")
    if heard is None:
        return
    video = [name for name in _VIDEO if streams(heard, name)]
    dut.check(
        "no-video", not video, "TPS-CBK-005", expected="no stream of video", got=", ".join(video), step=heard.step
    )
    audio = streams(heard, "audioRx") + streams(heard, "audioTx")
    dut.check("audio", bool(audio), "TPS-CBK-005", expected="a stream of audio", got="none", step=heard.step)


@SUITE.scenario(
    "diagnostics.content", "TPS-CBK-006", *DIAGNOSTICS.members, *DIAGNOSTICS.clauses, chapter=CHAPTER, after=AFTER
)
async def content(dut: CallDut) -> None:
    """Diagnostics while somebody presents tell of the streams of content, which are transcoded."""
    where = await conference(dut, startTime=0)
    for number, key in enumerate(("presenting_addresses", "answering_addresses")):
        who = await joined(dut, where, dut.fixture(key))
        ear = await place(dut, DIAGNOSTICS, f"ear-{number}")
        heard = await answered(dut, DIAGNOSTICS, ear, {"participantID": who}, source="content", check=f"one.{number}")
        _transcoded(dut, heard)


@SUITE.scenario(
    "diagnostics.many", "TPS-DIA-002", "TPS-DIA-004", "TPS-DIA-005", "TPS-DIA-006", *DIAGNOSTICS.clauses,
    f"TPS-{DIAGNOSTICS.method}:fault.too-many-requests", chapter=CHAPTER, after=AFTER,
)  # fmt: skip
async def ten(dut: CallDut) -> None:
    """Ten requests for diagnostics may be due, each is answered, and then there is room for others."""
    await many(dut, DIAGNOSTICS, {"participantID": await dut.shared("participant", "connected")})


@SUITE.scenario(
    "diagnostics.beside-a-receiver", *DIAGNOSTICS.clauses, *PREVIEWS.clauses, chapter=CHAPTER, after=(*AFTER, f"{PREVIEWS.method}.success")
)  # fmt: skip
async def beside(dut: CallDut) -> None:
    """Diagnostics and previews go where their request says, and to no feedback receiver."""
    who = await dut.shared("participant", "connected")
    one = await ready(dut, CONFERENCE, source="receiver")
    streams: list[Writable] = [{"streamIdentifier": "rxMainVideo", "position": 0}]
    for kind, more in ((DIAGNOSTICS, {}), (PREVIEWS, {"streams": streams})):
        ear = await place(dut, kind, kind.callback)
        members = {"participantID": who, **more}
        await answered(dut, kind, ear, members, source="beside", check=kind.callback)
        await dut.rested(one.ear)
        strange = [heard for heard in one.ear.heard if heard.method == kind.callback]
        dut.check(
            f"elsewhere.{kind.callback}", not strange, kind.form, expected="no answer to a feedback receiver",
            got=strange[0].describe() if strange else "", step=strange[0].step if strange else -1,
        )  # fmt: skip
    await conference(dut)
    await told(dut, one, CONFERENCE)
    await ended(dut, one)


@SUITE.scenario("diagnostics.no-call", "TPS-DIA-001", "TPS-DIA-006", chapter=CHAPTER, after=AFTER)
async def without(dut: CallDut) -> None:
    """Diagnostics of a participant without a call are refused, and nothing is sent."""
    who = await dut.shared("participant", "any")
    ear = await place(dut, DIAGNOSTICS)
    told = await dut.setup("flex.participant.status", {"participantID": who})
    if told.value("calls[0].callState") == "callStateConnected":
        raise CaseInconclusive("the participant has a call")
    reply = await dut.call(DIAGNOSTICS.method, {"participantID": who, "receiverURI": ear.uri})
    dut.fault(reply, "no-active-call", "TPS-DIA-001")
    found = await dut.quiet(ear)
    dut.check(
        "nothing", not found, "TPS-DIA-006", expected="nothing", got=found[0].describe() if found else "", severity=Severity.SHOULD
    )  # fmt: skip
