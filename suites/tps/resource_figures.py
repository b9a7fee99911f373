"""What the device says that it can do, and what of it is in use as conferences, participants and calls come and go."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.flow import CaseInconclusive
from suites.tps import SUITE
from suites.tps.credits import INFOS, media, number
from suites.tps.live import (
    AFTER,
    addresses,
    begun,
    entry,
    joined,
    leaves,
    state,
    waiting,
)
from suites.tps.metadata import all_conferences
from suites.tps.talk import destroy
from suites.tps.told import LISTS
from suites.tps.world import conference, credit_levels

CHAPTER = "resources"
_USED, _HAS = "flex.resource.status", "flex.resource.query"
KINDS = ("mediaTokensMainVideo", "mediaTokensExtendedVideo", "mediaTokensAudio")
_NAMES = dict(zip(KINDS, ("MainVideo", "ExtendedVideo", "Audio"), strict=True))
_INFOS = dict(zip(KINDS, ("mainVideoTokenInfo", "extendedVideoTokenInfo", "audioTokenInfo"), strict=True))
_TRIES = 4  # where others use the device, its figures change beside ours


async def _figures(dut: CallDut) -> dict[str, int]:
    reply = dut.ok(await dut.call(_USED), check="used")
    return {name: value for name, value in reply.members.items() if isinstance(value, int)}


@SUITE.scenario(
    "resources.limits",
    "TPS-RES-001",
    "TPS-RES-003",
    "TPS-RES-004",
    "TPS-RES-005",
    "TPS-RES-006",
    "TPS-RES-013",
    chapter=CHAPTER,
    after=("transport.post",),
)
async def limits(dut: CallDut) -> None:
    """What the device can do fits together, stays as it is, and is no less than what is in use."""
    await dut.shared("participant", "any")
    told = dut.ok(await dut.call(_HAS), check="asked")
    at = {name: number(value) for name, value in told.members.items() if isinstance(value, int)}
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
            if one.get("maxMBps") == two.get("maxMBps") and number(one.get("maxVideoArea")) < number(two.get("maxVideoArea"))
            and number(one.get("numMediaTokens")) > number(two.get("numMediaTokens"))
        ]  # fmt: skip
        passed = bool(found) and not wrong
        dut.check(f"levels.{name}", passed, "TPS-RES-005", expected="levels that fit", got=repr(rows)[:200])
    used = await _figures(dut)
    for low, high in (
        ("numCalls", "maxCalls"),
        ("numParticipants", "maxParticipants"),
        ("numConferences", "maxConferences"),
    ):
        got = (used.get(low, 0), at.get(high, 0))
        passed = low not in used or high not in at or got[0] <= got[1]
        dut.check(low, passed, "TPS-RES-006", expected=f"{low} <= {high}", got=repr(got))
    await waiting(dut, await begun(dut))
    again = dut.ok(await dut.call(_HAS), check="again").members
    wrong_now = {
        one: again.get(one)
        for one, value in told.members.items()
        if again.get(one) != value and one != "mediaTokensAvailable"
    }
    dut.check("steady", not wrong_now, "TPS-RES-013", expected="the same", got=repr(wrong_now))


@SUITE.scenario(
    "resources.used", "TPS-RES-007", "TPS-RES-008", "TPS-RES-009", "TPS-RES-010", "TPS-RES-011", "TPS-RES-012", "TPS-RES-014",
    chapter=CHAPTER, after=AFTER,
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
        tokens = [told.get(info) or {} for info in INFOS.values()]
        seen[name] = {
            "configuredMediaTokens": sum(number(item.get("maxTokensConfigured")) for item in tokens),
            "configuredMediaCredits": number(told.get("creditsConfigured")),
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
    rises: dict[str, tuple[str, dict[str, int], str]] = {
        "conference": ("start", {"numConferences": 1}, ""),
        "first": ("conference", {"numParticipants": 1, "numCalls": 1}, "one"),
    }
    rises["second"] = ("first", {"numParticipants": 1, "numCalls": 2}, "two")
    falls: dict[str, tuple[str, dict[str, int], str]] = {
        "one-left": ("first", {}, ""),
        "none-left": ("conference", {}, ""),
        "end": ("start", {}, ""),
    }
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


@SUITE.scenario("resources.conferences", "TPS-RES-015", chapter=CHAPTER, after=AFTER[:1])
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


@SUITE.scenario(
    "resources.waiting", "TPS-RES-010", "TPS-RES-011", "TPS-RES-014", "TPS-RES-012", chapter=CHAPTER, after=AFTER
)
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
        credits_of = [number((await entry(dut, where, one, LISTS[2])).get("creditsConfigured")) for one in (who, other)]
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
