"""Feedback events: none comes while nothing of its kind happens, none that nobody asked for, and flexAlive at its times."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from harness.calldut import CallDut
from harness.callears import QUIET_S
from harness.flow import CaseInconclusive
from suites.tps import SUITE
from suites.tps.callbacks_events import DEVICE, MEDIA, PARTICIPANT, PARTICIPANT_GONE, caught_up, news
from suites.tps.feature_keys import told_keys
from suites.tps.listening import (
    AFTER,
    CHAPTER,
    CONFERENCE,
    CONFERENCE_GONE,
    FORM,
    LATE_EVENT_S,
    Receiver,
    all_events,
    ended,
    looked,
    ready,
    subscribed,
    told,
)
from suites.tps.world import conference, participant, user

ALIVE, RESTART, CONFIGURATION = "flexAlive", "restart", "flexResourceConfiguration"
_LISTED = (CONFERENCE, CONFERENCE_GONE, PARTICIPANT, MEDIA, PARTICIPANT_GONE)
_HOME = "callHome"
_BEAT_S, _MOST_S, _WINDOW_S = 10.0, 20.0, 80.0
_LATE_S = 3.0  # of the wall clock: what a busy machine may take longer
_READS = (
    "device.query",
    "flex.resource.query",
    "flex.resource.status",
    "feedbackReceiver.query",
    "device.health.query",
)


async def _looks(dut: CallDut, where: str, who: str) -> None:
    """Calls that change nothing."""
    for method in _READS:
        await dut.setup(method)
    for method in ("flex.conference.query", "flex.conference.status"):
        await dut.setup(method, {"conferenceID": where})
    for method in ("flex.participant.query", "flex.participant.status"):
        await dut.setup(method, {"participantID": who})
    await user(dut)


@SUITE.scenario(
    "event.only-then", "TPS-EVT-014", "TPS-EVT-015", "TPS-EVT-016", "TPS-EVT-018", "TPS-EVT-019", *FORM, chapter=CHAPTER,
    after=(*AFTER, "flex.conference.modify.success", "flex.participant.modify.success"),
)  # fmt: skip
async def only(dut: CallDut) -> None:
    """What is only looked at, is of another kind, or changes what no list tells brings about no event whose list has nothing new."""
    one = await ready(dut, *_LISTED)
    where, who = await _scene(dut, one)

    async def looks(_turn: int) -> None:
        await _looks(dut, where, who)

    async def makes(_turn: int) -> None:
        await conference(dut)

    async def bills(turn: int) -> None:
        await dut.setup("flex.conference.modify", {"conferenceID": where, "billingCode": f"Clausewise {turn}"})

    async def frames(turn: int) -> None:
        borders = {"displayShowBorders": not turn}
        await dut.setup("flex.participant.modify", {"participantID": who, "callAttributes": borders})

    async def renames(turn: int) -> None:
        await dut.setup("flex.participant.modify", {"participantID": who, "displayName": f"Clausewise {turn}"})

    for name, change in {"looked": looks, "made": makes, "billed": bills, "framed": frames, "renamed": renames}.items():
        odd: list[str] = []
        for turn, rest_s in enumerate((QUIET_S, LATE_EVENT_S)):  # what was due from before comes once, not again
            odd = await _for_nothing(dut, one, partial(change, turn), rest_s)
            if not odd:
                break
        for event in _LISTED:
            notice = dut.model.notices[event]
            dut.check(
                f"{name}.{event}", event not in odd, notice.clause, expected=f"no {event}, as {notice.then} tells nothing new",
                got=event if event in odd else "",
            )  # fmt: skip
    await ended(dut, one)


async def _scene(dut: CallDut, one: Receiver) -> tuple[str, str]:
    """A conference with a participant, and others that come and go, of all of which the receiver is told; gives the ids of those that stay.

    Raises:
        CaseInconclusive: it is not told, which other cases see.
    """
    where, other = await conference(dut), await conference(dut)
    who, _ = await participant(dut, where), await participant(dut, other)
    await dut.setup("flex.conference.destroy", {"conferenceID": other})
    for event in _LISTED:
        if await dut.wait_event(one.ear, event) is None:
            raise CaseInconclusive(f"no {event} came, so that none could be missed")
    return where, who


async def _for_nothing(dut: CallDut, one: Receiver, change: Callable[[], Awaitable[None]], rest_s: float) -> list[str]:
    """The events that come of a change and whose list tells nothing new."""
    cookies = {event: await caught_up(dut, event) for event in _LISTED}
    await dut.settle(one.ear, device_s=rest_s)
    await change()
    await dut.quiet(one.ear)
    found = [event for event in _LISTED if event in dut.events(one.ear)]
    return [event for event in found if not (await news(dut, event, cookies[event]))[0]]


@SUITE.scenario("event.never-alone", "TPS-EVT-027", *FORM, chapter=CHAPTER, after=AFTER)
async def never(dut: CallDut) -> None:
    """Nothing is told of feature keys, media blades and restarts while nothing becomes of them."""
    one = await ready(dut, DEVICE, RESTART, CONFIGURATION, CONFERENCE)
    before = await _state(dut)
    where = await conference(dut)
    await _looks(dut, where, await participant(dut, where))
    if await dut.wait_event(one.ear, CONFERENCE) is None:
        raise CaseInconclusive(f"no {CONFERENCE} came, so that nothing could be missed")
    await ended(dut, one)
    same = await _state(dut) == before
    found = [name for name in dut.events(one.ear) if name in (DEVICE, RESTART, CONFIGURATION)]
    dut.check("nothing", not found or not same, "TPS-EVT-027", expected="none of these events", got=", ".join(found))


@SUITE.scenario(
    "event.of-settings", "TPS-EVT-027", *FORM, chapter=CHAPTER, after=(*AFTER, f"{_HOME}.configure.success")
)
async def settings(dut: CallDut) -> None:
    """Nothing is told of feature keys, media blades and restarts when a setting of another kind is changed."""
    one = await ready(dut, DEVICE, RESTART, CONFIGURATION, CONFERENCE)
    before = await _state(dut)
    found: list[str] = []
    for rest_s in (QUIET_S, LATE_EVENT_S):
        await dut.settle(one.ear, device_s=rest_s)
        automatic = (await dut.setup(f"{_HOME}.query")).value("automatic")
        await dut.setup(f"{_HOME}.configure", {"automatic": automatic is not True})
        await conference(dut)
        if await dut.wait_event(one.ear, CONFERENCE) is None:
            raise CaseInconclusive(f"no {CONFERENCE} came, so that nothing could be missed")
        await dut.rested(one.ear)
        found = [name for name in dut.events(one.ear) if name in (DEVICE, RESTART, CONFIGURATION)]
        if not found:
            break
    same = await _state(dut) == before
    dut.check("nothing", not found or not same, "TPS-EVT-027", expected="none of these events", got=", ".join(found))
    await ended(dut, one)


async def _state(dut: CallDut) -> Any:
    told = await dut.setup("flex.resource.query")
    return told.members, await told_keys(dut)


@SUITE.scenario("event.unasked", "TPS-EVT-004", *FORM, chapter=CHAPTER, after=AFTER)
async def unasked(dut: CallDut) -> None:
    """A receiver that subscribed to one event hears nothing of others, which those who subscribed to them are told meanwhile."""
    few = await subscribed(dut, CONFERENCE_GONE, name="few", source="few")
    rest = await subscribed(dut, CONFERENCE, name="rest", source="rest")
    beats = await subscribed(
        dut, ALIVE, name="beats", source="beats"
    )  # the last, so that its first comes after theirs would
    await dut.rested(few.ear, rest.ear)
    where = await conference(dut)
    await participant(dut, where)
    await told(dut, rest, CONFERENCE)
    await dut.setup("flex.conference.destroy", {"conferenceID": where})
    await told(dut, few, CONFERENCE_GONE)
    await told(dut, beats, ALIVE, within_s=_MOST_S)
    await ended(dut, few, rest, beats)


@SUITE.scenario("event.alive", "TPS-EVT-009", "TPS-RCV-012", *FORM, chapter=CHAPTER, after=AFTER, device_s=_WINDOW_S)
async def alive(dut: CallDut) -> None:
    """An event that says that the device is alive comes every ten seconds, and never more than twenty pass without it."""
    one = await subscribed(dut, ALIVE, source="alive")
    began = await dut.clock() / dut.target.clock_scale
    scale = dut.target.clock_scale
    beats: list[float] = []
    least = int((_WINDOW_S - _MOST_S) / _MOST_S) + 1
    while True:
        heard = await dut.hear(one.ear, _MOST_S, least_s=_LATE_S + _MOST_S / scale)
        if heard is None:
            break
        if ALIVE in heard.texts("events"):
            beats.append(heard.at_s)
        if heard.at_s - began >= _WINDOW_S / scale:
            break
    inside = [at for at in beats if at - began <= _WINDOW_S / scale]
    dut.check(
        "often", len(inside) >= least, "TPS-EVT-009", expected=f"at least {least} in {_WINDOW_S:g} s", got=f"{len(inside)}"
    )  # fmt: skip
    gaps = [later - at for at, later in zip((began, *beats), beats, strict=False)]
    late = [gap for gap in gaps if gap > _MOST_S / scale + _LATE_S]
    dut.check(
        "gaps", bool(beats) and not late, "TPS-EVT-009", expected=f"at most {_MOST_S:g} s between two", got=str(late)
    )
    most = 2 * int(_WINDOW_S / _BEAT_S) + 2
    dut.check("seldom", len(inside) <= most, "TPS-EVT-009", expected=f"at most {most}", got=f"{len(inside)}")
    await ended(dut, one, device_s=0.0)


@SUITE.scenario("event.all", "TPS-EVT-001", "TPS-EVT-003", "TPS-RCV-012", *FORM, chapter=CHAPTER, after=AFTER)
async def everything(dut: CallDut) -> None:
    """A receiver that names no events and has no name hears of whatever happens, from the address of the device."""
    one = await subscribed(dut)
    where = await conference(dut)
    await participant(dut, where)
    await dut.setup("flex.conference.destroy", {"conferenceID": where})
    wanted = {
        CONFERENCE,
        CONFERENCE_GONE,
        PARTICIPANT,
        MEDIA,
        PARTICIPANT_GONE,
        "flexParticipantAdvancedEnum",
        ALIVE,
    } & all_events(dut)
    for event in sorted(wanted):
        heard = await dut.wait_event(one.ear, event, _MOST_S)
        notice = dut.model.notices[event]
        dut.check(
            f"all.{event}", heard is not None, "TPS-RCV-012", "TPS-EVT-001", notice.clause, expected=event,
            got="" if heard is not None else ", ".join(dut.events(one.ear)) or "nothing",
        )  # fmt: skip
    await looked(dut, one)  # it need not come to rest: TPS-AMB-247
