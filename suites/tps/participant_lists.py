"""What query, status and lists tell of participants: one and the same, in one order, and at once what has changed."""

from __future__ import annotations

from typing import Any

from harness.calldut import CallDut
from suites.tps import SUITE
from suites.tps.listed_again import GONE, begin_deletions  # isort
from suites.tps.live import (
    AFTER,
    CHANGE,
    asked,
    begun,
    entry,
    joined,
    leaves,
    state,
    struct,
    structs,
    texts,
    waiting,
)
from suites.tps.metadata import people_of
from suites.tps.told import LISTS
from suites.tps.world import Members, digits, figure, incoming, outgoing, participant, resources

CHAPTER = "participants"
_ID = "participantID"


@SUITE.scenario(
    "participant.lists", "TPS-PRT-001", "TPS-PRT-005", "TPS-PRT-039", "TPS-PRT-040", "TPS-PRT-041", "TPS-PRT-042", "TPS-PRT-043",
    "TPS-PRT-044", "TPS-PRT-045", "TPS-PRT-048", "TPS-PRT-068", chapter=CHAPTER, after=AFTER,
)  # fmt: skip
async def lists(dut: CallDut) -> None:
    """Lists, query and status agree in what a participant is, and tell its calls in the order in which they were defined."""
    where, other = await begun(dut), await begun(dut)
    low = await figure(dut, "minCallBandwidth")
    stranger = await waiting(dut, other, participantReference="stranger")
    for number, kinds in enumerate(("i", "iii", "oi", "iioo", "ooi")):
        calls: list[Any] = [
            {"URI": digits(dut), "callBandwidth": low + place}
            if kind == "i"
            else {**await outgoing(dut, f"192.0.2.{77 + place}"), "callBandwidth": low + place}
            for place, kind in enumerate(kinds)
        ]
        name, reference = f"Wise {number}", f"reference-{number}"
        indices = {"audioIndex": 1, "contentIndex": len(calls) - 1, "camerasCrossed": True} if len(calls) > 1 else {}
        who = await participant(dut, where, calls=calls, displayName=name, participantReference=reference, **indices)
        told = {"query": (await asked(dut, who)).members, "state": (await state(dut, who)).members}
        told |= {method: await entry(dut, where, who, method) for method in LISTS}
        for check, members in told.items():
            got = (members.get("conferenceID"), members.get("participantReference"))
            expected = (where, reference)
            dut.check(
                check,
                got == expected,
                "TPS-PRT-005",
                "TPS-PRT-040",
                "TPS-PRT-041",
                expected=repr(expected),
                got=repr(got),
            )
            if check != LISTS[2]:
                shown = members.get("displayName")
                clauses = ("TPS-PRT-039", "TPS-PRT-041")
                dut.check(f"{check}.name", shown == name, *clauses, expected=name, got=repr(shown))
        shown_indices = {one: told["query"].get(one) for one in indices}
        passed = shown_indices == indices
        dut.check("indices", passed, "TPS-PRT-001", expected=repr(indices), got=repr(shown_indices))
        _in_order(dut, told, calls)
        people = await people_of(dut, where)
        passed = who in people and stranger not in people
        dut.check("of-one", passed, "TPS-PRT-048", expected="its participants alone", got=repr(people))
        for method in LISTS[1:]:
            found = await people_of(dut, where, method)
            dut.check(f"{method}.of-one", stranger not in found, "TPS-PRT-048", expected="its own", got=repr(found))


def _in_order(dut: CallDut, told: dict[str, Any], calls: list[Any]) -> None:
    """Calls and addresses stand in the order of the definitions, an empty struct for what there is not."""
    named = [{name: one[name] for name in ("URI", "remoteAddress") if name in one} for one in calls]
    defined = told["query"].get("calls")
    found = [{name: one.get(name) for name in wanted} for one, wanted in zip(defined or (), calls, strict=False)]
    passed = len(defined or ()) == len(calls) and found == [dict(one) for one in calls]
    dut.check("calls.query", passed, "TPS-PRT-043", expected=repr(calls), got=repr(defined))
    for check in ("state", *LISTS[:2]):
        listed_calls = told[check].get("calls") or []
        passed = len(listed_calls) == len(calls)
        clause = "TPS-PRT-044" if check == "state" else "TPS-PRT-042"
        dut.check(f"{check}.calls", passed, clause, expected=f"{len(calls)} calls", got=repr(listed_calls))
        if check != "state":
            got = told[check].get("addresses")
            clauses = ("TPS-PRT-042", "TPS-PRT-045", "TPS-PRT-068")
            dut.check(f"{check}.addresses", got == named, *clauses, expected=repr(named), got=repr(got))
    plain, more = told[LISTS[0]], told[LISTS[1]]
    both = [name for name in plain if name in more and name != "calls"]
    got = {name: (plain[name], more[name]) for name in both if plain[name] != more[name]}
    dut.check("both", not got, "TPS-PRT-068", "TPS-PRT-041", expected="the same in both lists", got=repr(got))


@SUITE.scenario(
    "participant.renamed",
    "TPS-flex.participant.create.displayName",
    "TPS-PRT-039",
    "TPS-PRT-002",
    "TPS-PRT-069",
    "TPS-PRT-041",
    chapter=CHAPTER,
    after=AFTER,
)
async def renamed(dut: CallDut) -> None:
    """A display name that is changed is told by everything from then on, of that participant alone, and stays."""
    where = await begun(dut)
    named: Members = {"conferenceID": where, "calls": [await incoming(dut)], "displayName": "\u540d\u524d"}
    reply = await dut.call("flex.participant.create", named)
    dut.ok(reply, "TPS-flex.participant.create.displayName", "TPS-PRT-039", check="named")
    who, beside = (
        await waiting(dut, where, displayName="First"),
        await waiting(dut, where, displayName="Nebenan \u00fc"),
    )
    people = {who: "First", beside: "Nebenan \u00fc"}
    if dut.target.fixture_texts("answering_addresses"):
        people[await joined(dut, where, displayName="Far")] = "Far"
    plain = await waiting(dut, where)
    for members in (
        {"displayName": "Second"},
        {"callAttributes": {"audioTransmitGain": 5}},
        {"displayName": "Gr\u00f6\u00dfe & \u6f22"},
    ):
        dut.ok(await dut.call(CHANGE, {_ID: who, **members}), check="taken")
        people[who] = str(members.get("displayName", people[who]))
        for one, name in people.items():
            clauses = ("TPS-PRT-002", "TPS-PRT-039") if one == who else ("TPS-PRT-069", "TPS-PRT-039")
            told = [(await asked(dut, one)).value("displayName"), (await state(dut, one)).value("displayName")]
            told += [(await entry(dut, where, one, method)).get("displayName") for method in LISTS[:2]]
            dut.check("name", told == [name] * 4, *clauses, "TPS-PRT-041", expected=name, got=repr(told))
        got = (await asked(dut, plain)).value("displayName")
        dut.check("unnamed", got is None, "TPS-PRT-069", expected="no displayName", got=repr(got))


@SUITE.scenario("participant.pins", "TPS-PRT-085", chapter=CHAPTER, after=AFTER)
async def pins(dut: CallDut) -> None:
    """One PIN or two come back, each with what is its own, whatever the number of calls that come in."""
    where = await begun(dut)
    for count in (1, 2):
        for calls in (1, 3):
            given: list[Any] = [
                {"PIN": digits(dut, 6 + place), "callAttributes": {"accessLevel": ("guest", "chair")[place]}}
                for place in range(count)
            ]
            who = await waiting(dut, where, calls, PINs=given)
            reply = await asked(dut, who)
            found = {one.get("PIN"): struct(one.get("callAttributes")) for one in structs(reply.value("PINs"))}
            levels = {pin: one.get("accessLevel") for pin, one in found.items()}
            expected = {one["PIN"]: one["callAttributes"]["accessLevel"] for one in given}
            dut.check(
                "told", levels == expected, "TPS-PRT-085", expected=repr(expected), got=repr(levels), step=reply.step
            )


@SUITE.scenario("participant.gone-at-length", "TPS-PRT-051", "TPS-PRT-052", chapter=CHAPTER, after=AFTER)
async def gone_at_length(dut: CallDut) -> None:
    """The deletions name each participant that has gone, with its conference, also those that went with it."""
    cookies = {extended: await begin_deletions(dut, extended=extended) for extended in (False, True)}
    where, other = await begun(dut), await begun(dut)
    homes = {await waiting(dut, where): where, await waiting(dut, where): where, await waiting(dut, other): other}
    await leaves(dut, next(iter(homes)))
    for one in (where, other):
        dut.ok(await dut.call("flex.conference.destroy", {"conferenceID": one}), check="destroyed")
    for extended, cookie in cookies.items():
        found: dict[str, object] = {}
        asked_for: Members = {"extended": extended, "cookie": cookie}
        for _ in range(50):
            reply = dut.ok(await dut.call(GONE, asked_for), check="deletions")
            found |= dict.fromkeys(texts(reply.value("participantIDs")))
            found |= {str(item.get(_ID)): item.get("conferenceID") for item in structs(reply.value("IDs"))}
            if reply.value("moreAvailable") is not True:
                break
            asked_for["cookie"] = reply.value("cookie")
        missing = [who for who in homes if who not in found]
        dut.check(f"all.{extended}", not missing, "TPS-PRT-052", expected=repr(list(homes)), got=repr(list(found)))
        if extended:
            wrong = {who: found[who] for who, home in homes.items() if who in found and found[who] != home}
            dut.check("home", not wrong, "TPS-PRT-051", expected="its conference", got=repr(wrong), step=reply.step)


@SUITE.scenario("participant.resources", "TPS-PRT-053", "TPS-PRT-041", "TPS-PRT-002", chapter=CHAPTER, after=AFTER)
async def tokens(dut: CallDut) -> None:
    """Status and list of media tell as configured what the resources of a participant are, also once they have changed."""
    where = await begun(dut)
    kinds = {
        "mediaTokensMainVideo": "mainVideoTokenInfo",
        "mediaTokensExtendedVideo": "extendedVideoTokenInfo",
        "mediaTokensAudio": "audioTokenInfo",
    }
    who = await waiting(dut, where, participantMediaResources=await resources(dut, 20))
    for number in range(3):
        if number:
            given: Members = await resources(dut, 20 + 100 * number)  # for the credits
            for place, kind in enumerate(kinds):
                given[kind] = {"total": 10 * number + place, "maxPerChannel": 5 + place}
            dut.ok(await dut.call(CHANGE, {_ID: who, "participantMediaResources": given}), check="taken")
        told = struct((await asked(dut, who)).value("participantMediaResources"))
        wanted = {info: struct(told.get(kind)) for kind, info in kinds.items()}
        state_info = struct((await state(dut, who)).value("participantMediaInfo"))
        for check, found in (("state", state_info), ("list", await entry(dut, where, who, LISTS[2]))):
            for name, one in wanted.items():
                item = struct(found.get(name))
                got = (item.get("maxTokensConfigured"), item.get("maxTokensPerChannelConfigured"))
                expected = (one.get("total"), one.get("maxPerChannel"))
                dut.check(f"{check}.{name}", got == expected, "TPS-PRT-053", expected=repr(expected), got=repr(got))
            got_credits = found.get("creditsConfigured")
            passed = got_credits == told.get("numMediaCredits")
            dut.check(
                f"{check}.credits",
                passed,
                "TPS-PRT-053",
                expected=repr(told.get("numMediaCredits")),
                got=repr(got_credits),
            )
