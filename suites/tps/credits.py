"""Media tokens and credits: which of them a participant or conference takes, how they add up, and what the device says is in use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from harness.calldut import CallDut
from harness.checks.callfaults import expected_use
from harness.flow import CaseInconclusive, CaseSkipped
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
    dialled,
    entry,
    inside,
    joined,
    joins,
    leaves,
    listed,
    query,
    slack,
    state,
    status,
    waiting,
)
from suites.tps.metadata import all_conferences
from suites.tps.talk import destroy
from suites.tps.told import LISTS
from suites.tps.world import FAR_S, Members, conference, credit_levels, outgoing

CHAPTER = "media resources"
_CREATE, _USED, _HAS = "flex.conference.create", "flex.resource.status", "flex.resource.query"
KINDS = ("mediaTokensMainVideo", "mediaTokensExtendedVideo", "mediaTokensAudio")
_NAMES = dict(zip(KINDS, ("MainVideo", "ExtendedVideo", "Audio"), strict=True))
_INFOS = dict(zip(KINDS, ("mainVideoTokenInfo", "extendedVideoTokenInfo", "audioTokenInfo"), strict=True))
_TRIES = 4  # where others use the device, its figures change beside ours


def media(main: int, extended: int, audio: int, credits_given: int, **limits: Any) -> Members:
    """Media resources."""
    totals = dict(zip(KINDS, (main, extended, audio), strict=True))
    return {**{kind: {"total": total, **limits} for kind, total in totals.items()}, "numMediaCredits": credits_given}


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else -1


# credits of conferences and participants


@SUITE.scenario("credits.levels", "TPS-MED-001", "TPS-RES-002", "TPS-MED-002", "TPS-MED-003", "TPS-MED-004", chapter=CHAPTER, after=("transport.post",))
async def levels(dut: CallDut) -> None:
    """The levels rise; credits count as the next lower one, below the first as none, and cover tokens up to themselves."""
    told = dut.ok(await dut.call(_HAS), check="asked")
    value = told.value("mediaCreditTokenRanges")
    found = [one for one in value if isinstance(one, int)] if isinstance(value, list) else []
    passed = bool(found) and all(one < two for one, two in zip(found, found[1:], strict=False)) and found[0] > 0
    dut.check("rise", passed, "TPS-MED-001", "TPS-RES-002", expected="rising levels", got=repr(value), step=told.step)
    known = sorted(set(found))
    few = expected_use(dut.model, _CREATE, "too-few-credits")
    first = known[0]
    for number, level in enumerate(known[:4]):
        upper = known[number + 1] if number + 1 < len(known) else level + 10
        for check, sent, tokens, covered in (
            ("exact", level, level, True), ("one-less", level - 1, level, False), ("above", upper - 1, level, True),
            ("next", upper - 1, level + 1, False), ("beyond", level, level + 1, False),
        ):  # fmt: skip
            for place in range(3):
                totals = [tokens - 2 * (tokens // 3)] + [tokens // 3] * 2
                given = media(*(totals[place:] + totals[:place]), sent)
                reply = await dut.call(_CREATE, {"participantMediaResources": given, "startTime": FAR_S})
                clauses = ("TPS-MED-002", "TPS-MED-003" if sent < first else "TPS-MED-004")
                if covered:
                    dut.ok(reply, *clauses, check=f"{check}.{number}")
                    await destroy(dut, str(reply.value("conferenceID")))
                else:
                    dut.fault(reply, few, *clauses, "TPS-MED-004", check=f"{check}.{number}")
    for sent in (0, 1, first - 1):
        reply = await dut.call(_CREATE, {"participantMediaResources": media(0, 0, 0, sent), "startTime": FAR_S})
        dut.ok(reply, "TPS-MED-003", check="none")
        got = (await query(dut, str(reply.value("conferenceID")))).value("participantMediaResources.numMediaCredits")
        dut.check("as-none", got in (0, sent), "TPS-MED-003", expected="0", got=repr(got))


@SUITE.scenario("credits.whole", "TPS-MED-007", "TPS-MED-008", "TPS-MED-011", chapter=CHAPTER, after=AFTER)
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


@SUITE.scenario(
    "credits.limited", "TPS-CON-069", chapter=CHAPTER, after=AFTER, device_s=12.0
)
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
        used = sum(_number(item.get(one)) for one in (["creditsAllocated"] if "Credits" in name else kinds))
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
    change = {"participantID": people[0], "participantMediaResources": media(40, 30, 20, large)}
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
        tokens: list[Any] = [one.get(_INFOS[kind]) or {} for one in infos]
        totals[kind] = sum(_number(one.get("maxTokensConfigured")) for one in tokens)
        got = item.get(f"callTokensConfigured{name}")
        expected = str(totals[kind])
        dut.check(f"{check}.{name}", got == totals[kind], clause, expected=expected, got=repr(got), step=page.step)
        allocated = _number(item.get(f"callTokensAllocated{name}"))
        passed = 0 <= allocated <= totals[kind]
        dut.check(f"{check}.{name}.allocated", passed, "TPS-CON-041", expected=f"up to {expected}", got=repr(allocated))
        better = any(_number(one.get("maxTokensFarEnd", 0)) > _number(one.get("maxTokensConfigured")) for one in tokens)
        flag = item.get(f"callQualityCanImprove{name}")
        dut.check(f"{check}.{name}.better", flag is better, "TPS-CON-040", expected=repr(better), got=repr(flag))
    total_credits = sum(_number(one.get("creditsConfigured")) for one in infos)
    got_credits = item.get("creditsConfigured")
    dut.check(f"{check}.credits", got_credits == total_credits, clause, expected=str(total_credits), got=repr(got_credits))
    passed = 0 <= _number(item.get("creditsAllocated")) <= total_credits
    got_used = repr(item.get("creditsAllocated"))
    dut.check(f"{check}.credits.allocated", passed, "TPS-CON-041", expected=f"up to {total_credits}", got=got_used)
    reply = await status(dut, where)
    got_both = (reply.value("configuredMediaTokens"), reply.value("configuredMediaCredits"))
    both = (sum(totals.values()), total_credits)
    dut.check(f"{check}.status", got_both == both, "TPS-CON-039", expected=repr(both), got=repr(got_both), step=reply.step)


# what of the device is in use


async def _figures(dut: CallDut) -> dict[str, int]:
    reply = dut.ok(await dut.call(_USED), check="used")
    return {name: value for name, value in reply.members.items() if isinstance(value, int)}


Step = Callable[[], Awaitable[object]]


@SUITE.scenario("resources.limits", "TPS-RES-001", "TPS-RES-003", "TPS-RES-004", "TPS-RES-005", "TPS-RES-006", "TPS-RES-013", chapter="resources", after=("transport.post",))
async def limits(dut: CallDut) -> None:
    """What the device can do fits together, stays as it is, and is no less than what is in use."""
    await dut.shared("participant", "any")
    told = dut.ok(await dut.call(_HAS), check="asked")
    at = {name: _number(value) for name, value in told.members.items() if isinstance(value, int)}
    for check, clause, low, high in (
        ("tokens", "TPS-RES-001", "mediaTokensAvailable", "mediaTokensLimit"),
        ("bandwidth", "TPS-RES-003", "minCallBandwidth", "maxCallBandwidth"),
        ("calls", "TPS-RES-004", "maxCallsPerParticipant", "maxCalls"),
        ("participants", "TPS-RES-004", "maxParticipantsPerConference", "maxParticipants"),
    ):  # fmt: skip
        got = (at.get(low, 0), at.get(high, 0))
        passed = low not in at or high not in at or got[0] <= got[1]
        dut.check(check, passed, clause, expected=f"{low} <= {high}", got=repr(got), step=told.step)
    for name in ("MainVideo", "ExtendedVideo", "Audio"):
        rows = told.value(f"mediaTokenLevels{name}")
        found = [one for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []
        wrong = [
            (one, two)
            for one in found
            for two in found
            if one.get("maxMBps") == two.get("maxMBps") and _number(one.get("maxVideoArea")) < _number(two.get("maxVideoArea"))
            and _number(one.get("numMediaTokens")) > _number(two.get("numMediaTokens"))
        ]  # fmt: skip
        passed = bool(found) and not wrong
        dut.check(f"levels.{name}", passed, "TPS-RES-005", expected="levels that fit", got=repr(rows)[:200])
    used = await _figures(dut)
    for low, high in (("numCalls", "maxCalls"), ("numParticipants", "maxParticipants"), ("numConferences", "maxConferences")):
        got = (used.get(low, 0), at.get(high, 0))
        passed = low not in used or high not in at or got[0] <= got[1]
        dut.check(low, passed, "TPS-RES-006", expected=f"{low} <= {high}", got=repr(got))
    await waiting(dut, await begun(dut))
    again = dut.ok(await dut.call(_HAS), check="again").members
    wrong_now = {one: again.get(one) for one, value in told.members.items() if again.get(one) != value and one != "mediaTokensAvailable"}
    dut.check("steady", not wrong_now, "TPS-RES-013", expected="the same", got=repr(wrong_now))


@SUITE.scenario(
    "resources.used", "TPS-RES-007", "TPS-RES-008", "TPS-RES-009", "TPS-RES-010", "TPS-RES-011", "TPS-RES-012", "TPS-RES-014",
    chapter="resources", after=AFTER,
)  # fmt: skip
async def used(dut: CallDut) -> None:
    """Each conference, participant and call that begins adds to what is in use, with all that it was given, and takes it away again."""
    for turn in range(_TRIES):
        seen = await _measured(dut)
        names = ("numConferences", "numParticipants", "numCalls", "configuredMediaTokens", "configuredMediaCredits")
        back = all(seen["end"].get(name) == seen["start"].get(name) for name in names)
        if not back and turn + 1 < _TRIES and dut.target.clock_scale == 1:
            continue  # others may have come or gone beside us
        _told(dut, seen)
        return


async def _measured(dut: CallDut) -> dict[str, dict[str, int]]:
    """The figures of the device as a conference, two participants and their calls come and go."""
    known = await credit_levels(dut)
    first, second, third = addresses(dut, 3)
    one, two = media(20, 11, 7, known[0]), media(31, 8, 5, known[0])
    seen = {"start": await _figures(dut)}
    where = await begun(dut, participantMediaResources=one)
    seen["conference"] = await _figures(dut)
    people = [await joined(dut, where, first)]
    seen["first"] = await _figures(dut)
    people.append(await joined(dut, where, second, third, participantMediaResources=two))
    seen["second"] = await _figures(dut)
    for name, who in zip(("one", "two"), people, strict=True):
        told = await entry(dut, where, who, LISTS[2])
        tokens = [told.get(info) or {} for info in _INFOS.values()]
        seen[name] = {
            "configuredMediaTokens": sum(_number(item.get("maxTokensConfigured")) for item in tokens),
            "configuredMediaCredits": _number(told.get("creditsConfigured")),
            "calls": len((await state(dut, who)).value("calls") or ()),  # type: ignore[arg-type]
        }
    await leaves(dut, people[1])
    seen["one-left"] = await _figures(dut)
    await leaves(dut, people[0])
    seen["none-left"] = await _figures(dut)
    await destroy(dut, where)
    seen["end"] = await _figures(dut)
    return seen


def _told(dut: CallDut, seen: dict[str, dict[str, int]]) -> None:
    rises = {"conference": ("start", {"numConferences": 1}, ""), "first": ("conference", {"numParticipants": 1, "numCalls": 1}, "one")}
    rises["second"] = ("first", {"numParticipants": 1, "numCalls": 2}, "two")
    falls = {"one-left": ("first", {}, ""), "none-left": ("conference", {}, ""), "end": ("start", {}, "")}
    clauses = {
        "numConferences": "TPS-RES-007", "numParticipants": "TPS-RES-008", "numCalls": "TPS-RES-009",
        "configuredMediaTokens": "TPS-RES-010", "configuredMediaCredits": "TPS-RES-011",
    }  # fmt: skip
    for now, (before, more, who) in {**rises, **falls}.items():
        for name, clause in clauses.items():
            if name not in seen[now] or name not in seen[before]:
                continue
            added = more.get(name, seen[who].get(name, 0) if who else 0)
            expected, got = seen[before][name] + added, seen[now][name]
            cited = (clause,) if now in rises else (clause, "TPS-RES-014")
            dut.check(f"{now}.{name}", got == expected, *cited, expected=str(expected), got=str(got))


@SUITE.scenario("resources.conferences", "TPS-RES-015", chapter="resources", after=AFTER[:1])
async def conferences(dut: CallDut) -> None:
    """The number of conferences that are in use is that of those which the list tells."""
    for check in ("before", "after"):
        for turn in range(_TRIES):
            found = await all_conferences(dut)
            reply = dut.ok(await dut.call(_USED), check="used")
            got = reply.value("numConferences")
            known = (sum(one.get("active") is True for one in found), len(found))
            if got in known or turn + 1 == _TRIES:
                dut.check(check, got in known, "TPS-RES-015", expected=f"{known[0]} or {known[1]}", got=repr(got))
                break
        await begun(dut)
        await conference(dut)


@SUITE.scenario("resources.waiting", "TPS-RES-010", "TPS-RES-011", "TPS-RES-014", "TPS-RES-012", chapter="resources", after=AFTER)
async def of_waiting(dut: CallDut) -> None:
    """Tokens and credits of participants that wait for calls, also of a conference that has yet to begin, are among those configured."""
    known = await credit_levels(dut)
    clauses = {"configuredMediaTokens": "TPS-RES-010", "configuredMediaCredits": "TPS-RES-011"}
    where = await conference(dut, participantMediaResources=media(20, 11, 7, known[0]))
    for turn in range(_TRIES):
        before = await _figures(dut)
        who = await waiting(dut, where)
        with_one = await _figures(dut)
        other = await waiting(dut, where, participantMediaResources=media(1, 2, 3, known[0]))
        with_two = await _figures(dut)
        credits_of = [_number((await entry(dut, where, one, LISTS[2])).get("creditsConfigured")) for one in (who, other)]
        await leaves(dut, other)
        await leaves(dut, who)
        after = await _figures(dut)
        if after != before and turn + 1 < _TRIES and dut.target.clock_scale == 1:
            continue
        for name, clause in clauses.items():
            added = (38, 6) if name == "configuredMediaTokens" else tuple(credits_of)
            got = (with_one[name] - before[name], with_two[name] - with_one[name])
            dut.check(name, got == added, clause, expected=repr(added), got=repr(got))
            passed = after[name] == before[name]
            dut.check(f"{name}.after", passed, clause, "TPS-RES-014", expected=str(before[name]), got=str(after[name]))
        for name, most in (("allocatedMediaTokens", 44), ("allocatedMediaCredits", sum(credits_of))):
            got_used = with_two[name] - before[name]
            passed = 0 <= got_used <= most
            dut.check(name, passed, "TPS-RES-012", expected=f"0 to {most} more", got=str(got_used))
        return
    raise CaseInconclusive("others use the device, so that its figures never stand still")
