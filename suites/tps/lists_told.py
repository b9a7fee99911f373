"""What a client that goes on believes of an object is what one that begins is told of it, whatever has changed about it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from harness.calldut import CallDut
from harness.checks.listings import Breach, clauses_of
from harness.flow import CaseInconclusive, CaseSkipped
from suites.tps import SUITE
from suites.tps.listed_again import Following
from suites.tps.lists import CHAPTER, ENDED, GOES_ON, short
from suites.tps.live import CHANGE, LIST, PATIENCE_S, begun, change, entry, joined, leaves, listed, until, waiting
from suites.tps.told import LISTS
from suites.tps.world import Members, resources

# What a call in use changes by itself all the time.
_RESTLESS = frozenset(("rxBandwidth", "txBandwidth", "duration"))
_MUTE = "flex.participant.setMute"
_Element = dict[str, Any]


class _Pair:
    """A client that goes on, and what one that begins is told."""

    def __init__(self, dut: CallDut, method: str, where: str, who: str = "") -> None:
        self._dut, self._method, self._where, self._who = dut, method, where, who
        self._follow = Following(dut, method, {"conferenceID": where} if who else {})
        self._believed: _Element = {}

    async def _look(self) -> tuple[_Element, _Element]:
        found = (await self._follow.more()).get(self._who or self._where)
        self._believed = found or self._believed
        if self._who:
            fresh = await entry(self._dut, self._where, self._who, self._method)
        else:
            fresh = (await listed(self._dut, self._where))[1]
        return _steady(self._believed), _steady(fresh)

    async def agree(self, check: str) -> None:
        """Both are told the same, if not at once then soon."""
        believed, fresh = await until(self._dut, self._look, lambda both: both[0] == both[1], PATIENCE_S / 3)
        wrong = sorted(one for one in believed.keys() | fresh.keys() if believed.get(one) != fresh.get(one))
        breach = Breach(name="stale", rule="cookie-later", expected="", got="", members=tuple(wrong[:3]))
        clauses = clauses_of(self._dut.model, self._method, breach)
        expected = repr({one: fresh.get(one) for one in wrong})
        got = repr({one: believed.get(one) for one in wrong})
        self._dut.check(f"{short(self._method)}.{check}", not wrong, *clauses, expected=expected, got=got)


def _steady(members: Mapping[str, Any]) -> _Element:
    return {name: value for name, value in members.items() if name not in _RESTLESS}


@SUITE.scenario("lists.conferences.told", GOES_ON, chapter=CHAPTER, after=ENDED)
async def conferences(dut: CallDut) -> None:
    """Name, reference, lock, numbers, tokens and the important participant of a conference are told again once they have changed."""
    where = await begun(dut, conferenceName="First")
    pair = _Pair(dut, LIST, where)
    await pair.agree("begins")
    changes: tuple[dict[str, Any], ...] = (
        {"conferenceName": "Second"}, {"conferenceReference": "again"}, {"locked": True}, {"locked": False}, {"conferenceName": ""},
    )  # fmt: skip
    for number, members in enumerate(changes):
        await change(dut, where, **members)
        await pair.agree(f"change-{number}")
    who = await waiting(dut, where)
    await pair.agree("more")
    given: Members = {"participantID": who, "participantMediaResources": await resources(dut, 7)}
    dut.ok(await dut.call(CHANGE, given), check="resources")
    await pair.agree("tokens")
    await leaves(dut, who)
    await pair.agree("fewer")


@SUITE.scenario("lists.conferences.important", GOES_ON, "TPS-CON-043", chapter=CHAPTER, after=ENDED)
async def important(dut: CallDut) -> None:
    """A conference is told again when another participant of it is the important one, or none."""
    where = await begun(dut)
    pair = _Pair(dut, LIST, where)
    one, two = await joined(dut, where), await joined(dut, where)
    await pair.agree("joined")
    for number, (method, who) in enumerate((("set", one), ("set", two), ("clear", two), ("set", one))):
        await dut.setup(f"flex.participant.{method}Important", {"participantID": who})
        await pair.agree(f"{method}-{number}")
    await leaves(dut, one)
    await pair.agree("gone")


def _of_participants(method: str) -> None:
    @SUITE.scenario(f"lists.{short(method)}.told", GOES_ON, chapter=CHAPTER, after=(*ENDED, f"{method}.success"))
    async def told(dut: CallDut) -> None:
        """Name, state, calls, media and tokens of a participant are told again once they have changed."""
        where = await begun(dut, waitForChair=False)
        people = [await waiting(dut, where, displayName="First")]
        with suppress(CaseInconclusive, CaseSkipped):  # where nobody answers, what is told of calls is not asked
            people.append(await joined(dut, where))
        for who in people:
            pair = _Pair(dut, method, where, who)
            await pair.agree("begins")
            # Resources that a call uses may not be taken from it.
            given: Members = {} if who != people[0] else {"participantMediaResources": await resources(dut, 7)}
            changes: list[Members] = [{"displayName": "Second"}, {"displayName": "Third", **given}]
            for number, members in enumerate(changes):
                dut.ok(await dut.call(CHANGE, {"participantID": who, **members}), check="changed")
                await pair.agree(f"change-{number}")
            if who == people[0]:
                continue
            for name in ("audioRxMute", "videoRxMute", "audioTxMute", "videoTxMute"):
                for value in (True, False):
                    dut.ok(await dut.call(_MUTE, {"participantID": who, name: value}), check="muted")
                    await pair.agree(f"{name}.{value}")


for _method in LISTS:
    _of_participants(_method)
