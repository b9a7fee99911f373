"""Calls: what is told of one that is answered, one that nobody answers, and one of several that fails; what is said to people in them."""

from __future__ import annotations

from typing import Any

from harness.calldut import CallDut
from harness.checks.callfaults import expected_use
from harness.flow import CaseInconclusive
from harness.messages.callreply import CallReply
from suites.tps import SUITE
from suites.tps.live import (
    AFTER,
    COMPLETE,
    CONNECTED,
    addresses,
    begun,
    calls_of,
    dialled,
    entry,
    inside,
    joined,
    joins,
    leaves,
    state,
    until,
    up,
    waiting,
)
from suites.tps.told import LISTS

CHAPTER = "calls"
_CALL = "flex.call.status"
_FAILS_S = 90.0  # device seconds for all retries of an address that does not answer
_FAILED = ("audioReceiverFailed", "partiallyFailed", "disconnected")
_SAME = ("callID", "conferenceID", "conferenceState", "callState", "incoming", "protocol", "address", "remoteName")


async def _call(dut: CallDut, reply: CallReply, place: int = 0) -> tuple[str, CallReply]:
    """The status of a call of a participant.

    Raises:
        CaseInconclusive: it has no id.
    """
    name = reply.value(f"calls[{place}].callID")
    if not isinstance(name, str):
        raise CaseInconclusive(f"the participant has no call: {reply.describe()}")
    return name, dut.ok(await dut.call(_CALL, {"callID": name}), check="call")


@SUITE.scenario(
    "call.connected", "TPS-CAL-001", "TPS-CAL-002", "TPS-CAL-003", "TPS-CAL-004", "TPS-CAL-005", "TPS-CAL-006", "TPS-CAL-007",
    "TPS-PRT-004", chapter=CHAPTER, after=AFTER, device_s=8.0,
)  # fmt: skip
async def connected(dut: CallDut) -> None:
    """A call that was dialled and answered is told as it was defined, where it belongs, and how long it has lasted."""
    first, second = addresses(dut, 2)
    where, other = await begun(dut), await begun(dut)
    low = await dut.told("flex.resource.query:minCallBandwidth")
    for place, address, protocol in ((where, first, "sip"), (other, second, "h323")):
        definition: Any = {"remoteAddress": address, "protocol": protocol, "callBandwidth": low}
        began = await dut.clock()
        made = await dut.setup("flex.participant.create", {"conferenceID": place, "calls": [definition]})
        who = str(made.value("participantID"))
        reply = await until(dut, lambda who=who: state(dut, who), up)  # type: ignore[misc]
        if not up(reply) and protocol == "h323":
            return
        seen = await dut.clock()
        reply = await joins(dut, who, "TPS-CAL-006")
        name, told = await _call(dut, reply)
        for check, clause, member, expected in (
            ("participant", "TPS-CAL-001", "participantID", who), ("conference", "TPS-CAL-001", "conferenceID", place),
            ("outgoing", "TPS-CAL-002", "incoming", False), ("address", "TPS-CAL-003", "address", address),
            ("protocol", "TPS-CAL-004", "protocol", protocol), ("state", "TPS-CAL-006", "callState", CONNECTED),
            ("place", "TPS-CAL-006", "conferenceState", COMPLETE), ("id", "TPS-CAL-001", "callID", name),
        ):  # fmt: skip
            got = told.value(member)
            dut.check(check, got == expected, clause, expected=repr(expected), got=repr(got), step=told.step)
        mine = calls_of(await state(dut, who))[0]
        wrong = {one: (mine.get(one), told.value(one)) for one in _SAME if mine.get(one) != told.value(one)}
        dut.check("agrees", not wrong, "TPS-CAL-005", expected="the same", got=repr(wrong), step=told.step)
        for method in LISTS[:2]:
            calls = (await entry(dut, place, who, method)).get("calls") or [{}]
            wrong = {one: value for one, value in calls[0].items() if one in _SAME and value != told.value(one)}
            dut.check(
                f"{method}.agrees", not wrong, "TPS-CAL-005", expected="the same", got=repr(wrong), step=told.step
            )
        await _lasts(dut, name, (began, seen))
        await leaves(dut, who)
        reply = await dut.call(_CALL, {"callID": name})
        dut.refused(reply, "TPS-PRT-004", check="gone")


async def _lasts(dut: CallDut, name: str, since: tuple[float, float]) -> None:
    """The duration of a call is the number of seconds since it was established."""
    for _ in range(2):
        before = await dut.clock()
        reply = dut.ok(await dut.call(_CALL, {"callID": name}), check="asked")
        after = await dut.clock()
        got = reply.value("duration")
        passed = isinstance(got, int) and before - since[1] - 1.5 <= got <= after - since[0] + 1.5
        expected = f"{before - since[1]:.1f} s or so"
        dut.check("lasts", passed, "TPS-CAL-007", expected=expected, got=repr(got), step=reply.step)
        await dut.wait(4.0)


@SUITE.scenario(
    "call.unanswered", "TPS-CAL-008", "TPS-CAL-009", "TPS-PRT-047", "TPS-PRT-072", chapter=CHAPTER, after=AFTER, device_s=60.0, patient=True
)  # fmt: skip
async def unanswered(dut: CallDut) -> None:
    """A call that nobody answers is never connected, and has failed or is gone when all retries have."""
    where = await begun(dut)
    who = await dialled(dut, where, dut.fixture("unanswered_addresses"))
    most = await dut.clock() + _FAILS_S
    failed = False
    while not failed and await dut.clock() < most:
        reply = await dut.call("flex.participant.status", {"participantID": who})
        if not reply.ok:  # gone, which is one reading
            dut.observe("failed", "TPS-AMB-143", "gone", step=reply.step)
            return
        calls = calls_of(reply)
        words = [one.get("callState") for one in calls]
        passed = CONNECTED not in words and not any(one.get("conferenceState") == COMPLETE for one in calls)
        failed = all(word in (None, "callStateFailed") for word in words)
        if not passed or failed:
            dut.check("state", passed, "TPS-CAL-008", expected="no call", got=repr(words), step=reply.step)
        item = (await entry(dut, where, who)) if failed else {}
        if failed:
            word = item.get("connectionState")
            passed = word in _FAILED
            dut.check("told", passed, "TPS-CAL-009", "TPS-PRT-047", expected="failed", got=repr(word))
            got = reply.value("layout")
            dut.check("layout", got is None, "TPS-PRT-072", expected="no layout", got=repr(got), step=reply.step)
            dut.observe("failed", "TPS-AMB-143", "stays", step=reply.step)
        await dut.wait(2.0)
    if not failed:
        raise CaseInconclusive("the retries took too long")


@SUITE.scenario(
    "call.partly-failed",
    "TPS-CAL-010",
    "TPS-PRT-082",
    "TPS-CAL-009",
    chapter=CHAPTER,
    after=AFTER,
    device_s=60.0,
    patient=True,
)
async def partly_failed(dut: CallDut) -> None:
    """Where the call for audio fails all calls end; where another one does the participant is partly failed and the rest goes on."""
    answering, silent = dut.fixture("answering_addresses"), dut.fixture("unanswered_addresses")
    where = await begun(dut)
    people = {index: await dialled(dut, where, answering, silent, audioIndex=index) for index in (0, 1)}
    words = dict.fromkeys(people, "")
    most = await dut.clock() + _FAILS_S
    while await dut.clock() < most and not all(words.values()):
        for index, who in people.items():
            reply = await dut.call("flex.participant.status", {"participantID": who})
            if not reply.ok:
                words[index] = "gone"
                continue
            word = str((await entry(dut, where, who)).get("connectionState"))
            if word in ("partiallyFailed", "audioReceiverFailed", "disconnected"):
                words[index] = word
        await dut.wait(2.0)
    if words[1]:
        reply = await dut.call("flex.participant.status", {"participantID": people[1]})
        passed = not reply.ok or not up(reply)
        dut.check(
            "audio", passed, "TPS-CAL-010", "TPS-CAL-009", expected="no call", got=reply.describe(), step=reply.step
        )
    if words[0] and words[0] != "gone":
        reply = await state(dut, people[0])
        if up(reply):
            passed = words[0] == "partiallyFailed"
            dut.check("partly", passed, "TPS-PRT-082", expected="partiallyFailed", got=words[0], step=reply.step)
    if not words[1]:
        raise CaseInconclusive("the retries took too long")


# what is said to people


@SUITE.scenario("call.tones", "TPS-PRT-037", "TPS-PRT-038", chapter=CHAPTER, after=AFTER)
async def tones(dut: CallDut) -> None:
    """Tones with whatever other characters are taken for a call, and, by the text of the method, not where there is none."""
    where = await begun(dut)
    who = await joined(dut, where)
    for number, text in enumerate(("0123456789*#ABCD,", "12,34", "call me: 5!", "abcdxyz", " ", "~" * 127)):
        reply = await dut.call("flex.participant.sendDTMF", {"participantID": who, "dtmf": text})
        passed = reply.ok is True
        dut.check(f"taken.{number}", passed, "TPS-PRT-038", expected="a success", got=reply.describe(), step=reply.step)
    reply = await dut.call("flex.participant.sendDTMF", {"participantID": await waiting(dut, where), "dtmf": "1"})
    dut.fault(
        reply, expected_use(dut.model, "flex.participant.sendDTMF", "no-active-call"), "TPS-PRT-037", check="idle"
    )
    for text in ("5*#", "a1b2"):
        created = await waiting(dut, where, dtmf=text)
        reply = dut.ok(await dut.call("flex.participant.query", {"participantID": created}), check="asked")
        got = reply.value("dtmf")
        valid = "".join(sign for sign in text if sign in "*#0123456789ABCD,")
        dut.check("kept", got in (text, valid), "TPS-PRT-038", expected=text, got=repr(got), step=reply.step)


@SUITE.scenario(
    "call.disconnect",
    "TPS-CAL-012",
    "TPS-CAL-013",
    "TPS-CAL-016",
    "TPS-PRT-021",
    chapter=CHAPTER,
    after=AFTER,
    device_s=2.0,
)
async def disconnect(dut: CallDut) -> None:
    """An outgoing call cannot be disconnected and goes on; a place without a call, or none at all, is refused, and nobody goes."""
    where = await begun(dut)
    who, idle = await joined(dut, where), await waiting(dut, where)
    method = "flex.participant.call.disconnect"
    not_incoming = expected_use(dut.model, method, "not-incoming")
    for check, one, position in (("outgoing", who, 0), ("none", who, 1), ("far", idle, 3)):
        expected = not_incoming if check == "outgoing" else expected_use(dut.model, method, "no-such-position")
        clause = "TPS-CAL-012" if check == "outgoing" else "TPS-CAL-013"
        dut.fault(await dut.call(method, {"participantID": one, "position": position}), expected, clause, check=check)
    reply = await dut.call(method, {"participantID": idle, "position": 0})
    faults = ("no-active-call", "invalid-parameter", "operation-failed", "unsupported-participant-type")
    dut.fault(reply, faults, "TPS-CAL-016", check="idle")
    await dut.wait(1.0)
    reply = await dut.call("flex.participant.status", {"participantID": who})
    passed = reply.ok is True and inside(reply)
    dut.check("goes-on", passed, "TPS-CAL-012", expected="the call as it was", got=reply.describe(), step=reply.step)
    reply = await dut.call("flex.participant.query", {"participantID": idle})
    dut.check("stays", reply.ok is True, "TPS-PRT-021", expected="to be there", got=reply.describe(), step=reply.step)
