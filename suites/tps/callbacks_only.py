"""Feedback events: none comes while nothing of its kind happens, none that nobody asked for, and flexAlive at its times."""

from __future__ import annotations

from typing import Any

from harness.calldut import CallDut
from suites.tps import SUITE
from suites.tps.callbacks_events import DEVICE, MEDIA, PARTICIPANT, PARTICIPANT_GONE, caught_up, news
from suites.tps.feature_keys import told_keys
from suites.tps.listening import (
    AFTER,
    CHAPTER,
    CONFERENCE,
    CONFERENCE_GONE,
    FORM,
    OWN,
    all_events,
    ended,
    ready,
    subscribed,
)
from suites.tps.world import conference, participant, user

ALIVE, RESTART, CONFIGURATION = "flexAlive", "restart", "flexResourceConfiguration"
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
    "event.only-then", "TPS-EVT-014", "TPS-EVT-015", "TPS-EVT-016", "TPS-EVT-018", "TPS-EVT-019", *FORM, chapter=CHAPTER, after=AFTER
)  # fmt: skip
async def only(dut: CallDut) -> None:
    """What is only looked at, or is of another kind, brings about no event whose list has nothing new."""
    where = await conference(dut)
    who = await participant(dut, where)
    events = (CONFERENCE, CONFERENCE_GONE, PARTICIPANT, MEDIA, PARTICIPANT_GONE)
    one = await ready(dut, *events)

    async def looks() -> None:
        await _looks(dut, where, who)

    async def makes() -> None:
        await conference(dut)

    for name, change in (("looked", looks), ("made", makes)):
        cookies = {event: await caught_up(dut, event) for event in events}
        await dut.settle(one.ear)
        await change()
        await dut.quiet(one.ear)
        for event in dict.fromkeys(dut.events(one.ear)):
            rows = (await news(dut, event, cookies[event]))[0] if event in cookies else []
            notice = dut.model.notices.get(event)
            clauses = (notice.clause,) if notice is not None else ("TPS-EVT-004",)
            dut.check(
                f"{name}.{event}", bool(rows), *clauses, expected=f"no {event}, as {notice.then if notice else ''} tells nothing new", got=event
            )  # fmt: skip
    await ended(dut, one)


@SUITE.scenario("event.never-alone", "TPS-EVT-027", *FORM, chapter=CHAPTER, after=AFTER)
async def never(dut: CallDut) -> None:
    """Nothing is told of feature keys, media blades and restarts while nothing becomes of them."""
    one = await ready(dut, DEVICE, RESTART, CONFIGURATION)
    before = await _state(dut)
    where = await conference(dut)
    await _looks(dut, where, await participant(dut, where))
    await ended(dut, one)
    same = await _state(dut) == before
    found = [name for name in dut.events(one.ear) if name not in OWN]
    dut.check("nothing", not found or not same, "TPS-EVT-027", expected="none of these events", got=", ".join(found))


async def _state(dut: CallDut) -> Any:
    told = await dut.setup("flex.resource.query")
    return told.members, await told_keys(dut)


@SUITE.scenario("event.unasked", "TPS-EVT-004", *FORM, chapter=CHAPTER, after=AFTER)
async def unasked(dut: CallDut) -> None:
    """A receiver that subscribed to one event hears nothing of others."""
    few = await subscribed(dut, CONFERENCE_GONE, name="few", source="few")
    rest = await subscribed(dut, CONFERENCE, name="rest", source="rest")
    await dut.settle(few.ear, rest.ear)
    where = await conference(dut)
    await participant(dut, where)
    await dut.wait_event(rest.ear, CONFERENCE)
    await dut.setup("flex.conference.destroy", {"conferenceID": where})
    await dut.wait_event(few.ear, CONFERENCE_GONE)
    await ended(dut, few, rest, device_s=_BEAT_S + 2.0)


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
    await dut.settle(one.ear)
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
        heard = await dut.wait_event(one.ear, event)
        notice = dut.model.notices[event]
        dut.check(
            f"all.{event}", heard is not None, "TPS-RCV-012", "TPS-EVT-001", notice.clause, expected=event,
            got="" if heard is not None else ", ".join(dut.events(one.ear)) or "nothing",
        )  # fmt: skip
    await ended(dut, one)
