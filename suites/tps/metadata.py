"""Metadata, and what refused calls and changes of others leave alone."""

from __future__ import annotations

from typing import Any

from harness.calldut import CallDut
from harness.checks.callfaults import expected_of
from harness.spec.callmodel import Slip
from suites.tps import SUITE
from suites.tps.live import AFTER, LIST, MODIFY, asked, begun, change, leaves, listed, query, state, structs, waiting
from suites.tps.told import LISTS
from suites.tps.world import Members, conference, digits, figure, resources

CHAPTER = "conferences"
_PAGES = 200


async def _data(dut: CallDut, where: str, wanted: bytes, *clauses: str, check: str) -> None:
    """The metadata of a conference, and whether its query says that it has any."""
    reply = dut.ok(await dut.call("flex.conference.getMetadata", {"conferenceID": where}), check=f"{check}.asked")
    got = reply.value("metadata")
    dut.check(check, got == wanted, *clauses, expected=repr(wanted[:40]), got=repr(got)[:200], step=reply.step)
    told = await query(dut, where)
    flag = told.value("hasMetadata")
    dut.check(
        f"{check}.flag",
        flag is bool(wanted),
        "TPS-CON-005",
        expected=repr(bool(wanted)),
        got=repr(flag),
        step=told.step,
    )


@SUITE.scenario(
    "metadata.kept", "TPS-CON-002", "TPS-CON-004", "TPS-CON-005", "TPS-CON-061", chapter=CHAPTER, after=AFTER[:1]
)
async def kept(dut: CallDut) -> None:
    """Metadata come back byte by byte, those that were set last, and are of one conference; without any there are none."""
    where, other = await conference(dut, metadata=b"\x00first\xff"), await conference(dut)
    await _data(dut, where, b"\x00first\xff", "TPS-CON-002", check="made")
    await _data(dut, other, b"", "TPS-CON-004", check="none")
    for number, data in enumerate((bytes(range(256)) * 2, b"\x00", b"a\r\n\t <&>]]>", b"", b"again", b"x" * 511)):
        await change(dut, where, metadata=data)
        await _data(dut, where, data, "TPS-CON-002" if data else "TPS-CON-004", check=f"{number}")
        await _data(dut, other, b"", "TPS-CON-061", "TPS-CON-004", check=f"{number}.other")
    await change(dut, where, conferenceName="Renamed")
    await _data(dut, where, b"x" * 511, "TPS-CON-002", check="renamed")
    await change(dut, other, metadata=b"other")
    await _data(dut, where, b"x" * 511, "TPS-CON-061", check="stays")
    await _data(dut, await conference(dut, metadata=b""), b"", "TPS-CON-004", check="empty")


def _steady(members: dict[str, Any]) -> dict[str, Any]:
    """What time alone does not change."""
    return {name: value for name, value in members.items() if name not in ("startTime", "endTime")}


@SUITE.scenario("conference.others", "TPS-CON-061", "TPS-PRT-069", chapter=CHAPTER, after=AFTER)
async def others(dut: CallDut) -> None:
    """What is done to one conference or participant changes no other of them."""
    where, other = (
        await begun(dut),
        await begun(dut, conferenceName="Other", conferenceReference="other", metadata=b"o"),
    )
    mine, beside, far = (
        await waiting(dut, where),
        await waiting(dut, where, displayName="Beside"),
        await waiting(dut, other),
    )

    async def now() -> dict[str, Any]:
        told = {f"{name}": _steady((await asked(dut, who)).members) for name, who in (("beside", beside), ("far", far))}
        told |= {
            f"{name}.state": _steady((await state(dut, who)).members)
            for name, who in (("beside", beside), ("far", far))
        }
        return told | {"query": _steady((await query(dut, other)).members), "list": (await listed(dut, other))[1]}

    before = await now()
    changes: Members = {
        "conferenceName": "Changed", "conferenceReference": "changed", "locked": True, "billingCode": "c", "maxParticipants": 9,
        "voiceSwitchingSensitivity": 12, "metadata": b"changed", "callAttributes": {"accessLevel": "guest", "displaySelfView": True},
        "participantMediaResources": await resources(dut, 10), "welcomeScreenMessage": "Changed",
    }  # fmt: skip
    await change(dut, where, **changes)
    attributes = {"displaySelfView": True, "audioTransmitGain": 300, "accessLevel": "guest"}
    change_one: Members = {"participantID": mine, "displayName": "Mine", "callAttributes": attributes}
    await dut.setup("flex.participant.modify", {**change_one, "participantMediaResources": await resources(dut, 10)})
    reply = await dut.call(
        "flex.participant.setMute", {"participantID": mine, "audioRxMute": True, "videoTxMute": True}
    )
    for check, wanted in (("modified", before), ("destroyed", before)):
        if check == "destroyed":
            await leaves(dut, mine)
            last = await waiting(dut, where)
            await leaves(dut, last)
        found = await now()
        for name, value in wanted.items():
            clause = "TPS-CON-061" if name in ("query", "list") else "TPS-PRT-069"
            got = {one: found[name].get(one) for one in value if found[name].get(one) != value[one]}
            expected = repr({one: value[one] for one in got})
            dut.check(f"{check}.{name}", not got, clause, expected=expected, got=repr(got), step=reply.step)


@SUITE.scenario("conference.refused", "TPS-CON-053", "TPS-CON-054", "TPS-PRT-058", chapter=CHAPTER, after=AFTER)
async def refused(dut: CallDut) -> None:
    """A change that is refused changes nothing, and a conference or participant that is refused is not made."""
    where = await begun(dut, conferenceName="Before", billingCode="before")
    before = _steady((await query(dut, where)).members)
    few = {**await resources(dut), "numMediaCredits": 0}
    used = {"URI": digits(dut), "callBandwidth": await figure(dut, "minCallBandwidth")}
    await begun(dut, URIs=[used])
    bad: tuple[Members, ...] = (
        {"voiceSwitchingSensitivity": 101}, {"duration": 60, "durationUnlimited": True}, {"optimizationProfile": "clausewise"},
        {"URIs": [{"URI": "one two", "callBandwidth": await figure(dut, "minCallBandwidth")}]},
        {"metadata": b"m" * 513}, {"participantMediaResources": few}, {"URIs": [used], "startTime": 0},
    )  # fmt: skip
    for number, wrong in enumerate(bad):
        wanted = {name: value for name, value in wrong.items() if name != "startTime"}  # which cannot be changed
        reply = await dut.call(
            MODIFY, {"conferenceID": where, "conferenceName": "After", "billingCode": "after", **wanted}
        )
        if reply.ok:  # a duration beside its flag may be taken
            await change(dut, where, **{name: before[name] for name in ("conferenceName", "billingCode")})
            continue
        found = _steady((await query(dut, where)).members)
        got = {name: found.get(name) for name in before if found.get(name) != before[name]}
        dut.check(f"changed.{number}", not got, "TPS-CON-053", expected="no change", got=repr(got), step=reply.step)
    name = dut.unique("Refused")
    good: Members = {"participantMediaResources": await resources(dut), "conferenceName": name}
    for wrong in (bad[0], *bad[-3:]):
        reply = await dut.call("flex.conference.create", {**good, **wrong})
        dut.refused(reply, check="made")
    made = [one for one in await names_of(dut) if one == name]
    dut.check("not-made", not made, "TPS-CON-054", expected="no such conference", got=repr(made))
    people = len(await people_of(dut, where))
    low = await figure(dut, "minCallBandwidth")
    for wrong in ({"cascadeRole": "cascadeMaster"}, {"audioIndex": 5}, {"participantReference": "r" * 51}):
        calls: Any = [{"URI": f"7{dut.rng.getrandbits(40)}", "callBandwidth": low} for _ in range(2)]
        reply = await dut.call("flex.participant.create", {"conferenceID": where, "calls": calls, **wrong})
        dut.refused(reply, check="joined")
    got_people = len(await people_of(dut, where))
    dut.check("not-joined", got_people == people, "TPS-PRT-058", expected=f"{people} participants", got=f"{got_people}")


async def names_of(dut: CallDut) -> list[object]:
    """The names of all conferences."""
    return [one.get("conferenceName") for one in await all_conferences(dut)]


async def all_conferences(dut: CallDut) -> list[dict[str, Any]]:
    """All conferences, as the list tells them."""
    found: list[dict[str, Any]] = []
    more: Members = {}
    for _ in range(_PAGES):
        reply = await dut.setup(LIST, more)
        found += structs(reply.value("conferences"))
        if reply.value("moreAvailable") is not True:
            break
        more = {"cookie": reply.value("cookie")}
    return found


async def people_of(dut: CallDut, where: str = "", method: str = LISTS[0]) -> list[str]:
    """The ids of all participants of a conference, or of all."""
    found: list[str] = []
    more: Members = {"conferenceID": where} if where else {}
    for _ in range(_PAGES):
        reply = await dut.setup(method, more)
        told = structs(reply.value("participantMediaInfo" if method == LISTS[2] else "participants"))
        found += [str(one.get("participantID")) for one in told]
        if reply.value("moreAvailable") is not True:
            break
        more = {"cookie": reply.value("cookie")}
    return found


@SUITE.scenario("conference.negative", "TPS-CON-081", "TPS-CON-053", chapter=CHAPTER, after=AFTER[:1])
async def negative(dut: CallDut) -> None:
    """No limit, no duration and no start is a negative number, on making and on changing."""
    where = await conference(dut)
    before = _steady((await query(dut, where)).members)
    good: Members = {"participantMediaResources": await resources(dut)}
    names = ("duration", "maxParticipants", "conferenceMediaTokens", "conferenceMediaCredits", "startTime")
    for name in names:
        for value in (-1, -2147483648):
            expected = expected_of(dut.model, "flex.conference.create", name, Slip.RANGE, opened=False)
            reply = await dut.call("flex.conference.create", {**good, name: value})
            dut.fault(reply, expected, "TPS-CON-081", check=f"{name}.made")
            if name == "startTime":
                continue
            expected = expected_of(dut.model, MODIFY, name, Slip.RANGE, opened=False)
            reply = await dut.call(MODIFY, {"conferenceID": where, name: value})
            dut.fault(reply, expected, "TPS-CON-081", check=f"{name}.changed")
    found = _steady((await query(dut, where)).members)
    got = {name: found.get(name) for name in before if found.get(name) != before[name]}
    dut.check("unchanged", not got, "TPS-CON-053", expected="no change", got=repr(got))
