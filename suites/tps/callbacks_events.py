"""Feedback events: each comes of what brings it about, and to everybody who has subscribed to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from harness.calldut import CallDut
from harness.callears import QUIET_S
from harness.flow import CaseInconclusive, CaseSkipped
from suites.tps import SUITE
from suites.tps.feature_keys import addable
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
    now,
    ready,
    subscribed,
    told,
)
from suites.tps.live import begun
from suites.tps.world import TOTAL, conference, free_slots, participant
from suites.tps.world import resources as tokens

PARTICIPANT, ADVANCED = "flexParticipantEnum", "flexParticipantAdvancedEnum"
MEDIA, PARTICIPANT_GONE = "flexParticipantMediaEnum", "flexParticipantDeletionsEnum"
RESOURCES, RECORDS, DEVICE = "flexResourceStatus", "cdrAdded", "deviceStatusChanged"
_MOST_PAGES = 300
_ROUNDS, _CHANGES = 12, 20
Cookie = dict[str, Any]


async def caught_up(dut: CallDut, event: str) -> Cookie:
    """How the list that an event points to is asked for what is new from now on."""
    return (await news(dut, event, {}))[1]


async def news(dut: CallDut, event: str, cookie: Cookie) -> tuple[list[Any], Cookie]:
    """What the list that an event points to tells after a cookie, and the next cookie.

    Raises:
        CaseInconclusive: the list has no end.
    """
    method = dut.model.notices[event].then or ""
    call = dut.model.operations[method].call
    listing = call.listing if call is not None else None
    assert listing is not None
    rows: list[Any] = []
    for _ in range(_MOST_PAGES):
        reply = await dut.setup(method, cookie)
        for name in listing.items:
            found = reply.value(name)
            rows += found if isinstance(found, list) else []
        cookie = {listing.cookie: reply.value(listing.cookie)}
        if reply.value(listing.more) is not True:
            return rows, cookie
    raise CaseInconclusive(f"{method} does not come to an end")


def ids(rows: list[Any], key: str) -> set[str]:
    """The ids of what a list tells."""
    return {str(one.get(key)) if isinstance(one, dict) else str(one) for one in rows}


async def _brought(
    dut: CallDut, one: Receiver, event: str, key: str, who: str, change: Callable[[], Awaitable[Any]], check: str
) -> None:
    """After a change of what its list tells of an object, an event comes, and comes then."""
    before, cookie = await news(dut, event, {})
    await dut.settle(one.ear)
    began = await now(dut)
    await change()
    after, _ = await news(dut, event, cookie)
    # Some lists tell of an object again of which they have nothing new to tell.
    if (found := _rows_of(after, key, who)) and found[-1:] != _rows_of(before, key, who)[-1:]:
        await told(dut, one, event, "TPS-EVT-025", check=check, after_s=began)


def _rows_of(rows: list[Any], key: str, who: str) -> list[Any]:
    return [one for one in rows if isinstance(one, dict) and one.get(key) == who]


@SUITE.scenario(
    "event.conference", "TPS-EVT-014", "TPS-EVT-015", "TPS-EVT-025", *FORM, chapter=CHAPTER, after=(*AFTER, "flex.conference.modify.success")
)  # fmt: skip
async def conferences(dut: CallDut) -> None:
    """A conference that is made, changed or destroyed is told of, and then listed."""
    one = await ready(dut, CONFERENCE, CONFERENCE_GONE)
    cookie = await caught_up(dut, CONFERENCE)
    where = await conference(dut)
    await told(dut, one, CONFERENCE, check="made")
    rows, _ = await news(dut, CONFERENCE, cookie)
    dut.check(
        "listed", where in ids(rows, "conferenceID"), "TPS-EVT-025", expected=f"{where} in the list", got=f"{len(rows)} others"
    )  # fmt: skip
    changes: dict[str, dict[str, Any]] = {"renamed": {"conferenceName": "Clausewise heard"}, "locked": {"locked": True}}
    for name, members in changes.items():

        async def change(members: dict[str, Any] = members) -> None:
            await dut.setup("flex.conference.modify", {"conferenceID": where, **members})

        await _brought(dut, one, CONFERENCE, "conferenceID", where, change, name)
    for name, which in (("destroyed", where), ("destroyed-next", await conference(dut))):
        gone = await caught_up(dut, CONFERENCE_GONE)
        await dut.settle(one.ear)
        began = await now(dut)
        await dut.setup("flex.conference.destroy", {"conferenceID": which})
        await told(dut, one, CONFERENCE_GONE, check=name, after_s=began)
        rows, _ = await news(dut, CONFERENCE_GONE, gone)
        listed = which in ids(rows, "conferenceID")
        dut.check(f"{name}.listed", listed, "TPS-EVT-025", expected=f"{which} to be told as gone", got=str(rows[:5]))
    await ended(dut, one)


@SUITE.scenario(
    "event.participant", "TPS-EVT-016", "TPS-EVT-017", "TPS-EVT-018", "TPS-EVT-019", "TPS-EVT-025", *FORM, chapter=CHAPTER,
    after=(*AFTER, "flex.participant.modify.success"),
)  # fmt: skip
async def participants(dut: CallDut) -> None:
    """A participant that is made, changed or destroyed is told of, for each of the lists."""
    where = await begun(dut)
    events = [PARTICIPANT, MEDIA] + ([ADVANCED] if ADVANCED in all_events(dut) else [])
    one = await ready(dut, *events, PARTICIPANT_GONE)
    who = await participant(dut, where)
    for event in events:
        await told(dut, one, event, check=f"made.{event}")
    changes: dict[str, tuple[str, dict[str, Any]]] = {
        "renamed": ("flex.participant.modify", {"displayName": "Clausewise heard"}),
        "muted": ("flex.participant.setMute", {"audioRxMute": True, "videoTxMute": True}),
        "tokens": ("flex.participant.modify", {"participantMediaResources": {}}),
    }
    for name, (method, members) in changes.items():
        for number, event in enumerate(events, 2):
            if name == "tokens":
                members = {"participantMediaResources": await tokens(dut, number * TOTAL)}

            async def change(method: str = method, members: dict[str, Any] = members) -> None:
                await dut.call(method, {"participantID": who, **members})

            await _brought(dut, one, event, "participantID", who, change, f"{name}.{event}")
            members = {key: not value if isinstance(value, bool) else value for key, value in members.items()}
            members |= {"displayName": f"Clausewise {event}"} if "displayName" in members else {}
    await dut.settle(one.ear)
    await dut.setup("flex.participant.destroy", {"participantID": who})
    await told(dut, one, PARTICIPANT_GONE, check="destroyed")
    await participant(dut, where)
    await dut.settle(one.ear)
    await dut.setup("flex.conference.destroy", {"conferenceID": where})
    await told(dut, one, PARTICIPANT_GONE, check="destroyed-with")
    await ended(dut, one)


@SUITE.scenario("event.resources", "TPS-EVT-022", *FORM, chapter=CHAPTER, after=AFTER)
async def resources(dut: CallDut) -> None:
    """A figure of the resources that has changed is told of."""
    where = await begun(dut)
    one = await ready(dut, RESOURCES)
    for name in ("made", "destroyed"):
        await dut.settle(one.ear)
        before = (await dut.setup("flex.resource.status")).members
        began = await now(dut)
        if name == "made":
            who = await participant(dut, where)
        else:
            await dut.setup("flex.participant.destroy", {"participantID": who})
        after = (await dut.setup("flex.resource.status")).members
        if before != after:
            await told(dut, one, RESOURCES, check=name, after_s=began)
    await ended(dut, one)


@SUITE.scenario("event.records", "TPS-EVT-020", *FORM, chapter=CHAPTER, after=AFTER)
async def records(dut: CallDut) -> None:
    """A call detail record that is new is told of, and nothing is told while the log does not grow."""
    one = await ready(dut, RECORDS)
    for name in ("first", "second"):
        before = await _records(dut)
        await dut.settle(one.ear)
        await dut.setup("flex.conference.destroy", {"conferenceID": await begun(dut)})
        if await _records(dut) != before:
            await told(dut, one, RECORDS, check=name)
    told_of: list[str] = []
    for rest_s in (QUIET_S, LATE_EVENT_S):  # what was due from before comes once, not again
        await dut.settle(one.ear, device_s=rest_s)
        before = await _records(dut)
        for method in ("device.query", "cdrlog.query", "feedbackReceiver.query"):
            await dut.setup(method)
        await dut.rested(one.ear)
        told_of = dut.events(one.ear) if await _records(dut) == before else []
        if not told_of:
            break
    dut.check(
        "nothing", not told_of, "TPS-EVT-020", expected="nothing, as the log has not grown", got=", ".join(told_of)
    )  # fmt: skip
    await ended(dut, one)


async def _records(dut: CallDut) -> dict[str, Any]:
    return dict((await dut.setup("cdrlog.query")).members)


@SUITE.scenario(
    "event.feature-key", "TPS-EVT-021", *FORM, chapter=CHAPTER, after=(*AFTER, "device.feature.add.success")
)
async def keys(dut: CallDut) -> None:
    """A feature key that is added or removed is told of."""
    key = (await addable(dut))[0]
    one = await ready(dut, DEVICE)
    for name in ("add", "remove"):
        await dut.settle(one.ear)
        await dut.setup(f"device.feature.{name}", {"key": key})
        await told(dut, one, DEVICE, check=name)
    await ended(dut, one)


@SUITE.scenario("event.everybody", "TPS-EVT-001", "TPS-EVT-003", "TPS-RCV-008", *FORM, chapter=CHAPTER, after=AFTER)
async def everybody(dut: CallDut) -> None:
    """Receivers in all free slots hear of a conference, each under its own name, and those who asked for other events do not."""
    free = await free_slots(dut)
    if len(free) < 2:
        raise CaseSkipped("fewer than two slots are free")
    people = []
    for number, slot in enumerate(free):
        event = CONFERENCE_GONE if number % 4 == 3 else CONFERENCE
        people.append(await subscribed(dut, event, name=f"slot-{slot}", source=f"in {slot}", index=slot))
    await dut.settle(*(one.ear for one in people), device_s=0.5)
    where = await conference(dut)
    for one in people:
        if CONFERENCE in one.events:
            await told(dut, one, CONFERENCE, check=f"made.{one.slot}")
    await dut.setup("flex.conference.destroy", {"conferenceID": where})
    for one in people:
        if CONFERENCE_GONE in one.events:
            await told(dut, one, CONFERENCE_GONE, check=f"destroyed.{one.slot}")
    await ended(dut, *people, device_s=0.5)


@SUITE.scenario(
    "event.on-and-on",
    "TPS-EVT-001",
    "TPS-EVT-026",
    *FORM,
    chapter=CHAPTER,
    after=(*AFTER, "flex.conference.modify.success"),
)
async def on(dut: CallDut) -> None:
    """Each of many changes that follow one another slowly is told of, and of many quick ones the last."""
    where = await conference(dut)
    one = await ready(dut, CONFERENCE)
    for turn in range(_ROUNDS):
        one.ear.mark = len(one.ear.heard)
        began = await now(dut)
        await dut.setup("flex.conference.modify", {"conferenceID": where, "conferenceName": f"Clausewise {turn}"})
        if await told(dut, one, CONFERENCE, check=f"turn.{turn}", after_s=began) is None:
            break
    await dut.settle(one.ear)
    for turn in range(_CHANGES):
        began = await now(dut)
        await dut.setup("flex.conference.modify", {"conferenceID": where, "conferenceName": f"Clausewise quick {turn}"})
    await told(dut, one, CONFERENCE, "TPS-EVT-026", check="last", after_s=began)
    await ended(dut, one)
