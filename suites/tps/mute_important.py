"""What is done to participants while they are there: muted, made important, presenting; and who does not share in it."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.checks.callfaults import expected_use
from harness.flow import CaseInconclusive
from harness.messages.callreply import CallReply
from suites.tps import SUITE
from suites.tps.live import (
    AFTER,
    QUIET_S,
    addresses,
    begun,
    dialled,
    entry,
    joined,
    joins,
    leaves,
    listed,
    state,
    status,
    until,
    up,
    waiting,
)
from suites.tps.told import LISTS

CHAPTER = "participants"
MUTES = ("audioRxMute", "videoRxMute", "audioTxMute", "videoTxMute")
_SET, _CLEAR, _MUTE = "flex.participant.setImportant", "flex.participant.clearImportant", "flex.participant.setMute"


async def _muted(dut: CallDut, who: str, wanted: dict[str, bool], *clauses: str, check: str) -> CallReply:
    """The status tells these streams as muted and the others as not."""
    reply = await state(dut, who)
    got = {name: reply.value(name) for name in MUTES}
    dut.check(check, got == wanted, *clauses, expected=repr(wanted), got=repr(got), step=reply.step)
    return reply


@SUITE.scenario(
    "participant.mute", "TPS-PRT-030", "TPS-PRT-031", "TPS-PRT-069", "TPS-PRT-073", "TPS-PRT-084", chapter=CHAPTER, after=AFTER
)  # fmt: skip
async def mute(dut: CallDut) -> None:
    """Each stream is muted and heard again by itself, of one participant alone, and all that tells of it agrees."""
    first, second = addresses(dut, 2)
    where = await begun(dut)
    who, beside = await joined(dut, where, first), await joined(dut, where, second)
    wanted, none = dict.fromkeys(MUTES, False), dict.fromkeys(MUTES, False)
    steps: list[dict[str, bool]] = [{name: True} for name in MUTES]
    steps += [
        {MUTES[1]: False, MUTES[2]: False},
        {MUTES[0]: False},
        {MUTES[1]: True},
        {MUTES[3]: False, MUTES[1]: False},
    ]
    for members in steps:
        dut.ok(await dut.call(_MUTE, {"participantID": who, **members}), check="taken")
        wanted |= members
        reply = await _muted(dut, who, wanted, "TPS-PRT-030", "TPS-PRT-031", check="own")
        if wanted["videoTxMute"]:
            got = reply.value("layout")
            dut.check("layout", got is None, "TPS-PRT-073", expected="no layout", got=repr(got), step=reply.step)
        await _muted(dut, beside, none, "TPS-PRT-069", "TPS-PRT-031", check="beside")
        told = (await entry(dut, where, who, LISTS[1])).get("mediaStatus")
        for stream, way in (("audio", "Rx"), ("video", "Rx"), ("audio", "Tx"), ("video", "Tx")):
            word = told.get(f"{stream}{way}") if isinstance(told, dict) else None
            if word is not None and wanted[f"{stream}{way}Mute"]:
                passed = word != "inUse"
                dut.check(f"media.{stream}{way}", passed, "TPS-PRT-084", expected="muted", got=repr(word))


@SUITE.scenario("participant.start-muted", "TPS-PRT-059", "TPS-PRT-077", chapter=CHAPTER, after=AFTER)
async def start_muted(dut: CallDut) -> None:
    """Streams that are to start muted are, each by itself, and a recording device sends no video unless it is only indicated."""
    (address,) = addresses(dut, 1)
    starts = {name: f"{name.removesuffix('Mute')}StartMuted" for name in MUTES}
    where = await begun(dut, callAttributes={starts[MUTES[2]]: True})
    for name in MUTES:
        given = {starts[MUTES[2]]: False, starts[name]: True}
        who = await joined(dut, where, address, callAttributes=given)
        wanted = {one: one == name for one in MUTES}
        await _muted(dut, who, wanted, "TPS-PRT-059", check=name)
        await leaves(dut, who)
    who = await joined(dut, where, address)
    await _muted(dut, who, {one: one == MUTES[2] for one in MUTES}, "TPS-PRT-059", check="of-conference")
    await leaves(dut, who)
    who = await joined(dut, where, address, callAttributes={"recordingDevice": True, starts[MUTES[2]]: False})
    reply = await state(dut, who)
    media = (await entry(dut, where, who, LISTS[1])).get("mediaStatus")
    word = media.get("videoRx") if isinstance(media, dict) else None
    passed = reply.value("videoRxMute") is True or word == "muted"
    got = f"videoRxMute {reply.value('videoRxMute')!r}, videoRx {word!r}"
    dut.check("recording", passed, "TPS-PRT-077", expected="its video to be muted", got=got, step=reply.step)


async def _important(
    dut: CallDut, where: str, who: str | None, *others: str, check: str, clauses: tuple[str, ...]
) -> None:
    """The list tells who is important, and the status of that one and of no other says so."""
    page, item = await listed(dut, where)
    got = item.get("importantID")
    listing = ("TPS-CON-043", *clauses)
    dut.check(f"{check}.list", got == who, *listing, expected=repr(who), got=repr(got), step=page.step)
    for one in (*((who,) if who is not None else ()), *others):
        reply = await state(dut, one)
        flag = reply.value("important")
        expected = repr(one == who)
        dut.check(f"{check}.state", flag is (one == who), *clauses, expected=expected, got=repr(flag), step=reply.step)


@SUITE.scenario(
    "participant.important", "TPS-PRT-032", "TPS-PRT-033", "TPS-PRT-034", "TPS-PRT-035", "TPS-CON-043", "TPS-CON-061", "TPS-PRT-069",
    chapter=CHAPTER, after=AFTER,
)  # fmt: skip
async def important(dut: CallDut) -> None:
    """One participant of a conference is important, whom the next takes it from; others of other conferences keep it."""
    first, second, third = addresses(dut, 3)
    where, other = await begun(dut), await begun(dut)
    one, two = await joined(dut, where, first), await joined(dut, where, second)
    far = await joined(dut, other, third)
    designate = ("TPS-PRT-032",)
    await _important(dut, where, None, one, two, check="nobody", clauses=designate)
    dut.ok(await dut.call(_SET, {"participantID": far}), *designate, check="far")
    dut.ok(await dut.call(_SET, {"participantID": one}), *designate, check="first")
    await _important(dut, where, one, two, check="one", clauses=designate)
    await _important(dut, other, far, check="other", clauses=("TPS-CON-061", *designate))
    dut.ok(await dut.call(_SET, {"participantID": two}), *designate, check="second")
    await _important(dut, where, two, one, check="two", clauses=("TPS-PRT-033", *designate))
    reply = await dut.call(_CLEAR, {"participantID": one})
    if dut.fault(reply, expected_use(dut.model, _CLEAR, "not-important"), "TPS-PRT-035", check="not-it"):
        await _important(dut, where, two, one, check="kept", clauses=("TPS-PRT-035",))
    dut.ok(await dut.call(_SET, {"participantID": two}), *designate, check="again")
    await _important(dut, where, two, one, check="stays", clauses=designate)
    dut.ok(await dut.call(_CLEAR, {"participantID": two}), "TPS-PRT-034", check="cleared")
    await _important(dut, where, None, one, two, check="none", clauses=("TPS-PRT-034",))
    await _important(dut, other, far, check="other-still", clauses=("TPS-CON-061", *designate))
    dut.ok(await dut.call(_SET, {"participantID": one}), *designate, check="third")
    await leaves(dut, one)
    await _important(dut, where, None, two, check="gone", clauses=("TPS-CON-043",))


@SUITE.scenario("participant.important.idle", "TPS-PRT-032", "TPS-PRT-033", chapter=CHAPTER, after=AFTER)
async def idle(dut: CallDut) -> None:
    """One who has no call can be made important, and loses it to the next like any other."""
    where = await begun(dut)
    one, two = await waiting(dut, where), await waiting(dut, where)
    reply = await dut.call(_SET, {"participantID": one})
    if not dut.either(reply, "TPS-AMB-147", "TPS-PRT-032", check="idle"):
        return
    await _important(dut, where, one, two, check="one", clauses=("TPS-PRT-032",))
    dut.ok(await dut.call(_SET, {"participantID": two}), "TPS-PRT-032", check="second")
    await _important(dut, where, two, one, check="two", clauses=("TPS-PRT-033",))


async def _presenter(dut: CallDut, where: str, wanted: str | None) -> CallReply:
    return await until(dut, lambda: status(dut, where), lambda one: one.value("presenterID") == wanted)


@SUITE.scenario(
    "participant.presents", "TPS-CON-042", "TPS-PRT-078", "TPS-PRT-079", chapter=CHAPTER, after=AFTER, device_s=12.0
)
async def presents(dut: CallDut) -> None:
    """Status and list tell who presents, who must be allowed to, and to take over if another one does; nobody once they have left."""
    first, second = addresses(dut, 2, "presenting_addresses")
    where, other = await begun(dut), await begun(dut)
    one = await joined(dut, where, first)
    reply = await _presenter(dut, where, one)
    if reply.value("presenterID") is None:
        told = (await entry(dut, where, one, LISTS[1])).get("mediaStatus")
        if not isinstance(told, dict) or told.get("extendedRx") != "inUse":
            raise CaseInconclusive("nobody presents")
    for check, who in (("alone", one), ("not-over", one)):
        if check == "not-over":
            two = await joined(dut, where, second, callAttributes={"presentationTakeoverAllowed": False})
            await dut.wait(QUIET_S)
            reply = await status(dut, where)
            got = reply.value("presenterID")
            dut.check("not-over", got != two, "TPS-PRT-079", expected=repr(one), got=repr(got), step=reply.step)
        reply = await status(dut, where)
        page, item = await listed(dut, where)
        both = (reply.value("presenterID"), item.get("presenterID"))
        dut.check(
            f"{check}.told", both == (who, who), "TPS-CON-042", expected=repr(who), got=repr(both), step=page.step
        )
    never = await joined(dut, other, second, callAttributes={"presentationContributionAllowed": False})
    await dut.wait(QUIET_S)
    reply = await status(dut, other)
    got_other = reply.value("presenterID")
    dut.check("never", got_other != never, "TPS-PRT-078", expected="nobody", got=repr(got_other), step=reply.step)
    await leaves(dut, one)
    reply = await until(dut, lambda: status(dut, where), lambda told: told.value("presenterID") != one, QUIET_S)
    _, item = await listed(dut, where)
    both = (reply.value("presenterID"), item.get("presenterID"))
    dut.check(
        "left", one not in both, "TPS-CON-042", expected="another one, or nobody", got=repr(both), step=reply.step
    )


@SUITE.scenario("participant.layout", "TPS-PRT-060", "TPS-PRT-072", "TPS-PRT-073", chapter=CHAPTER, after=AFTER)
async def layout(dut: CallDut) -> None:
    """Where the default layout is forced it is shown; without a call none is."""
    (address,) = addresses(dut, 1)
    where = await begun(dut)
    for word in ("layoutSingle", "layoutEqual"):
        given = {
            "displayForceDefaultLayout": True,
            "displayDefaultLayoutSingleScreen": word,
            "multistreamMode": "multistreamOff",
        }
        who = await joined(dut, where, address, callAttributes=given)
        reply = await until(dut, lambda who=who: state(dut, who), lambda one: one.has("layout"), QUIET_S)  # type: ignore[misc]
        got = [reply.value("layout"), (await entry(dut, where, who, LISTS[1])).get("layout")]
        told = [one for one in got if one is not None]
        if reply.value("participantType") == "Standard" and told:
            passed = all(one == word for one in told)
            dut.check("forced", passed, "TPS-PRT-060", expected=word, got=repr(got), step=reply.step)
        await leaves(dut, who)
    idle_one = await waiting(dut, where)
    reply = await state(dut, idle_one)
    got = [reply.value("layout"), (await entry(dut, where, idle_one, LISTS[1])).get("layout")]
    passed = got == [None, None]
    dut.check("idle", passed, "TPS-PRT-072", "TPS-PRT-073", expected="no layout", got=repr(got), step=reply.step)


@SUITE.scenario("participant.encryption", "TPS-PRT-076", chapter=CHAPTER, after=AFTER)
async def encryption(dut: CallDut) -> None:
    """No channel is encrypted where that is forbidden, and none unencrypted where it is required."""
    (address,) = addresses(dut, 1)
    where = await begun(dut)
    for word, wrong in (("forbidden", ("encrypted", "mixed")), ("required", ("unencrypted", "mixed"))):
        who = await dialled(dut, where, address, callAttributes={"encryption": word})
        reply = await until(dut, lambda who=who: state(dut, who), up)  # type: ignore[misc]
        if not up(reply):  # it may not be able to
            continue
        await joins(dut, who)
        told = (await entry(dut, where, who, LISTS[1])).get("encryptionStatus")
        channels = (
            {name: value for name, value in told.items() if name in ("audio", "mainVideo", "extendedVideo")}
            if isinstance(told, dict)
            else {}
        )
        bad = {name: value for name, value in channels.items() if value in wrong}
        dut.check(word, not bad, "TPS-PRT-076", expected=f"none {wrong[0]}", got=repr(bad), step=reply.step)
        await leaves(dut, who)
