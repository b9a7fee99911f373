"""Media tokens and credits: which of them a participant or conference takes, how they add up, and what the device says is in use."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from harness.calldut import CallDut
from harness.checks.callfaults import expected_use
from harness.flow import CaseSkipped
from suites.tps import SUITE
from suites.tps.live import (
    AFTER,
    CHANGE,
    JOIN,
    MODIFY,
    QUIET_S,
    addresses,
    asked,
    begun,
    inside,
    joined,
    leaves,
    listed,
    query,
    slack,
    state,
    status,
    waiting,
)
from suites.tps.talk import destroy
from suites.tps.world import FAR_S, Members, conference, credit_levels, outgoing

CHAPTER = "media resources"
_CREATE, _USED, _HAS = "flex.conference.create", "flex.resource.status", "flex.resource.query"
KINDS = ("mediaTokensMainVideo", "mediaTokensExtendedVideo", "mediaTokensAudio")
_NAMES = dict(zip(KINDS, ("MainVideo", "ExtendedVideo", "Audio"), strict=True))
INFOS = dict(zip(KINDS, ("mainVideoTokenInfo", "extendedVideoTokenInfo", "audioTokenInfo"), strict=True))
_TRIES = 4  # where others use the device, its figures change beside ours


def media(main: int, extended: int, audio: int, credits_given: int, **limits: Any) -> Members:
    """Media resources."""
    totals = dict(zip(KINDS, (main, extended, audio), strict=True))
    return {**{kind: {"total": total, **limits} for kind, total in totals.items()}, "numMediaCredits": credits_given}


def number(value: object) -> int:
    """A number of a reply; -1 where it is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else -1


# credits of conferences and participants


@SUITE.scenario(
    "credits.levels",
    "TPS-MED-001",
    "TPS-RES-002",
    "TPS-MED-002",
    "TPS-MED-003",
    "TPS-MED-004",
    chapter=CHAPTER,
    after=("transport.post",),
)
async def levels(dut: CallDut) -> None:
    """The levels rise; credits count as the next lower one, below the first as none, and cover tokens up to themselves."""
    told = dut.ok(await dut.call(_HAS), check="asked")
    value = told.value("mediaCreditTokenRanges")
    found = [one for one in value if isinstance(one, int)] if isinstance(value, list) else []
    passed = bool(found) and all(one < two for one, two in pairwise(found)) and found[0] > 0
    dut.check("rise", passed, "TPS-MED-001", "TPS-RES-002", expected="rising levels", got=repr(value), step=told.step)
    known = sorted(set(found))
    few = expected_use(dut.model, _CREATE, "too-few-credits")
    first = known[0]
    for number, level in enumerate(known[:4]):
        upper = known[number + 1] if number + 1 < len(known) else level + 10
        for check, sent, tokens, covered in (
            ("exact", level, level, True), ("one-less", level - 1, level, False), ("above", upper - 1, level, True),
            ("next", upper - 1, level + 1, False), ("beyond", level, level + 1, False),
            *((("few", first - 1, first - 1, False), ("least", 1, 1, False)) if not number else ()),
        ):  # fmt: skip
            for place in range(3):
                totals = [tokens - 2 * (tokens // 3)] + [tokens // 3] * 2
                main, extended, audio = totals[place:] + totals[:place]
                given = media(main, extended, audio, sent)
                reply = await dut.call(_CREATE, {"participantMediaResources": given, "startTime": FAR_S})
                clauses = ("TPS-MED-002", "TPS-MED-003" if sent < first else "TPS-MED-004")
                if covered:
                    dut.ok(reply, *clauses, check=f"{check}.{number}")
                    where = str(reply.value("conferenceID"))
                    got = (await query(dut, where)).value("participantMediaResources.numMediaCredits")
                    passed = got in (level, sent)
                    dut.check(f"{check}.told", passed, "TPS-MED-002", expected=str(level), got=repr(got))
                    await destroy(dut, where)
                else:
                    dut.fault(reply, few, *clauses, "TPS-MED-004", check=f"{check}.{number}")
    for sent in (0, 1, first - 1):
        reply = await dut.call(_CREATE, {"participantMediaResources": media(0, 0, 0, sent), "startTime": FAR_S})
        dut.ok(reply, "TPS-MED-003", check="none")
        got = (await query(dut, str(reply.value("conferenceID")))).value("participantMediaResources.numMediaCredits")
        dut.check("as-none", got in (0, sent), "TPS-MED-003", expected="0", got=repr(got))


@SUITE.scenario(
    "credits.whole", "TPS-MED-007", "TPS-MED-008", "TPS-MED-010", "TPS-MED-011", chapter=CHAPTER, after=AFTER
)
async def whole(dut: CallDut) -> None:
    """Resources are changed as a whole; a limit for a channel is no more than the total, and goes if it is left out."""
    known = await credit_levels(dut)
    credits_given = next((one for one in known if one >= 90), known[-1])
    full = media(30, 20, 10, credits_given)
    where = await conference(dut, participantMediaResources=full)
    who = await waiting(dut, where)
    for method, names in ((MODIFY, {"conferenceID": where}), (CHANGE, {"participantID": who})):
        for member in full:
            part = {name: value for name, value in full.items() if name != member}
            reply = await dut.call(method, {**names, "participantMediaResources": part})
            dut.refused(reply, "TPS-MED-011", faults=("missing-parameter",), check=f"{member}.missing")
        limited = media(30, 20, 10, credits_given, maxPerChannel=9)
        dut.ok(await dut.call(method, {**names, "participantMediaResources": limited}), check="limited")
        dut.ok(await dut.call(method, {**names, "participantMediaResources": full}), check="unlimited")
        reply = await query(dut, where) if method == MODIFY else await asked(dut, who)
        for kind in KINDS:
            got = reply.value(f"participantMediaResources.{kind}.maxPerChannel")
            clauses = ("TPS-MED-008", "TPS-MED-010")
            dut.check(f"{kind}.limit", got is None, *clauses, expected="no limit", got=repr(got), step=reply.step)
        for kind in KINDS:
            wrong = {**full, kind: {"total": 5, "maxPerChannel": 6}}
            reply = await dut.call(method, {**names, "participantMediaResources": wrong})
            dut.refused(reply, "TPS-MED-007", faults=("invalid-parameter", "out-of-range"), check=f"{kind}.above")


@SUITE.scenario("credits.limited", "TPS-CON-069", chapter=CHAPTER, after=AFTER, device_s=12.0)
async def limited(dut: CallDut) -> None:
    """Nobody is connected to a conference beyond its limits of tokens and credits, until they are raised."""
    known = await credit_levels(dut)
    if len(known) < 2:
        raise CaseSkipped("the device has one level of credits")
    first, second = addresses(dut, 2)
    size = media(known[0] // 3, known[0] // 3, known[0] // 3, known[0])
    tokens = 3 * (known[0] // 3)
    for name, most in (("conferenceMediaCredits", known[0]), ("conferenceMediaTokens", tokens)):
        where = await begun(dut, participantMediaResources=size, **{name: most})
        await joined(dut, where, first)
        reply = await dut.call(JOIN, {"conferenceID": where, "calls": [await outgoing(dut, second)]})
        if not reply.ok:
            dut.refused(reply, check=f"{name}.refused")
            continue
        who = str(reply.value("participantID"))
        await dut.wait(QUIET_S + slack(dut))
        reply = await dut.call("flex.participant.status", {"participantID": who})
        _, item = await listed(dut, where)
        kinds = [f"callTokensAllocated{one}" for one in _NAMES.values()]
        used = sum(number(item.get(one)) for one in (["creditsAllocated"] if "Credits" in name else kinds))
        passed = not reply.ok or not inside(reply) or used <= most
        got = f"its call in it, and {used} in use"
        dut.check(name, passed, "TPS-CON-069", expected=f"no call beyond {most}", got=got, step=reply.step)


# what adds up in a conference


@SUITE.scenario(
    "credits.summed", "TPS-CON-038", "TPS-CON-039", "TPS-CON-040", "TPS-CON-041", "TPS-CON-070", "TPS-CON-071", "TPS-PRT-053",
    chapter=CHAPTER, after=AFTER,
)  # fmt: skip
async def summed(dut: CallDut) -> None:
    """The list adds up what the participants of a conference are configured with, kind by kind, and the status all of it."""
    known = await credit_levels(dut)
    large = next((one for one in known if one >= 120), known[-1])
    where = await begun(dut, participantMediaResources=media(10, 6, 3, known[0]))
    await _sums(dut, where, [], check="none")
    people: list[str] = []
    for number, address in enumerate(addresses(dut, 3)):
        given = media(20 + 7 * number, 12 + 5 * number, 4 + 3 * number, large) if number else None
        people.append(await joined(dut, where, address, **({"participantMediaResources": given} if given else {})))
        await _sums(dut, where, people, check=f"{number}")
    change: Members = {"participantID": people[0], "participantMediaResources": media(40, 30, 20, large)}
    dut.ok(await dut.call(CHANGE, change), check="taken")
    await _sums(dut, where, people, check="changed")
    await leaves(dut, people.pop())
    await _sums(dut, where, people, check="left")


async def _sums(dut: CallDut, where: str, people: list[str], *, check: str) -> None:
    """What list and status tell are the sums over these participants, all of whom are connected."""
    page, item = await listed(dut, where)
    told = [(await state(dut, who)).value("participantMediaInfo") for who in people]
    infos = [one if isinstance(one, dict) else {} for one in told]
    totals, clause = {}, "TPS-CON-038" if people else "TPS-CON-070"
    for kind, name in _NAMES.items():
        tokens: list[Any] = [one.get(INFOS[kind]) or {} for one in infos]
        totals[kind] = sum(number(one.get("maxTokensConfigured")) for one in tokens)
        got = item.get(f"callTokensConfigured{name}")
        expected = str(totals[kind])
        dut.check(f"{check}.{name}", got == totals[kind], clause, expected=expected, got=repr(got), step=page.step)
        allocated = number(item.get(f"callTokensAllocated{name}"))
        passed = 0 <= allocated <= totals[kind]
        dut.check(f"{check}.{name}.allocated", passed, "TPS-CON-041", expected=f"up to {expected}", got=repr(allocated))
        better = any(number(one.get("maxTokensFarEnd", 0)) > number(one.get("maxTokensConfigured")) for one in tokens)
        flag = item.get(f"callQualityCanImprove{name}")
        dut.check(f"{check}.{name}.better", flag is better, "TPS-CON-040", expected=repr(better), got=repr(flag))
    total_credits = sum(number(one.get("creditsConfigured")) for one in infos)
    got_credits = item.get("creditsConfigured")
    dut.check(
        f"{check}.credits", got_credits == total_credits, clause, expected=str(total_credits), got=repr(got_credits)
    )
    passed = 0 <= number(item.get("creditsAllocated")) <= total_credits
    got_used = repr(item.get("creditsAllocated"))
    dut.check(f"{check}.credits.allocated", passed, "TPS-CON-041", expected=f"up to {total_credits}", got=got_used)
    reply = await status(dut, where)
    got_both = (reply.value("configuredMediaTokens"), reply.value("configuredMediaCredits"))
    both = (sum(totals.values()), total_credits)
    dut.check(
        f"{check}.status", got_both == both, "TPS-CON-039", expected=repr(both), got=repr(got_both), step=reply.step
    )
