"""The seven events: each is caused over either road, told once, in its class and with the values of its call."""

from __future__ import annotations

from collections.abc import Mapping

from harness.documentdut import DocumentDut
from harness.flow import CaseSkipped
from harness.messages.documentreply import Result
from suites.uptivity import SUITE
from suites.uptivity.cited import event_clauses
from suites.uptivity.pauses import PAUSED, RESUMED, kinds
from suites.uptivity.seen import (
    DATA,
    UPDATED,
    Call,
    begin,
    needs_recording,
    only,
    pause,
    record,
    under_way,
    until,
    values,
    watch,
)
from suites.uptivity.world import Fields, device, fresh

CHAPTER = "Event Interface"
_SUBSCRIBED = "EVENTS.success"
_AFTER = (_SUBSCRIBED, "CALLSTART.success", "CALLSTOP.success")
STARTED, STOPPED = "RECORDINGSTARTED", "RECORDINGSTOPPED"


async def ended(dut: DocumentDut, call: Call, *, road: str | None = None) -> None:
    """End a call that is up."""
    dut.ok(await dut.call("CALLSTOP", call.named, road=road), "UPT-CALLSTOP", check="CALLSTOP")


async def fence(dut: DocumentDut, *links: str) -> None:
    """Cause an event that must come after all that were caused before, and wait for it where it is told."""
    call = await begin(dut, device(dut, 1))
    await dut.setup("CALLSTOP", call.named)
    for link in links:
        if dut.subscribed.get(link, set()) & {dut.syntax.every_class, "CALL"}:
            await dut.wait_for(link, "CALLSTOP", call.mine, deadline_s=1.0)
    await pause(dut, 0.1)
    for link in links:
        await dut.settle(link)


def carries(
    dut: DocumentDut, event: Result, kind: str, wanted: Mapping[str, set[str]], *clauses: str, check: str
) -> None:
    """Each of these values of an event must be one of those that it may be, if the event has such a value."""
    known = dut.model.events[kind].values
    for name, allowed in wanted.items():
        if name in known:
            got = event.data.get(name) or ""
            shown = " or ".join(sorted(repr(one) for one in allowed))
            rules = (f"UPT-event.{kind}.{name}", *clauses)
            dut.check(
                f"{check}.{name}", got in allowed, *rules, expected=f"{name} {shown}", got=repr(got), step=event.step
            )


def of_call(dut: DocumentDut, call: Call, *now: Fields) -> dict[str, set[str]]:
    """What an event may have of a call: each value that it was given, or none; its device and its agent."""
    found = {name: {"", *(given[name] for given in (call.given, *now) if name in given)} for name in DATA}
    found = {name: known for name, known in found.items() if len(known) > 1}
    agents = dict(
        zip(dut.target.fixture_texts("agent_device_ids"), dut.target.fixture_texts("agent_ids"), strict=False)
    )
    if call.device in agents:
        found["AGENTID"] = {agents[call.device], "", "0", "-1"}
    return {**found, "DEVICEID": {call.device}, "CALLINSTANCE": {call.instance, ""}}


async def told(
    dut: DocumentDut, kind: str, call: Call, *clauses: str, check: str, link: str = "watcher"
) -> Result | None:
    """The event of a type that tells of a call; it must come."""
    broken = any(not one.passed for one in dut.checks)  # then it has failed, and others are not worth a long wait
    found = await dut.wait_for(link, kind, call.mine, deadline_s=0.3 if broken else None)
    rules = (*clauses, dut.model.events[kind].clause or "UPT-EVT-001")
    dut.check(check, bool(found), *rules, expected=f"{kind} of {call.instance}", got="" if found else "no such event")
    return found[0] if found else None


@SUITE.scenario(
    "events.calls",
    "UPT-EVT-001",
    "UPT-EVT-002",
    "UPT-EVT-003",
    "UPT-EVT-004",
    "UPT-EVT-009",
    "UPT-EVT-011",
    "UPT-EVT-012",
    "UPT-EVT-019",
    *event_clauses("CALLSTART", "CALLSTOP"),
    chapter=CHAPTER,
    after=_AFTER,
)
async def calls(dut: DocumentDut) -> None:
    """CALLSTART is told with what the request said, CALLSTOP with what the call has, on whichever road they were caused."""
    await watch(dut)
    for road in dut.roads:
        for direction in ("I", "O"):
            call = await begin(dut, road=road, **values(dut, direction))
            check = f"{road}.{direction}"
            event = await told(dut, "CALLSTART", call, "UPT-EVT-001", check=f"started.{check}")
            if event is not None:
                exact = {name: {value} for name, value in {**call.given, **call.named}.items()}
                wanted = {**of_call(dut, call), **exact}
                carries(dut, event, "CALLSTART", wanted, "UPT-EVT-019", check=f"start.{check}")
                where = {"DEVICEID": {call.device}}
                carries(dut, event, "CALLSTART", where, "UPT-EVT-009", check=f"device.{check}")
            new = only(values(dut, direction), ("USER3", "GATE"))
            if await dut.shared("changed", call.device) == "yes":
                dut.ok(await dut.call("CALLUPDATE", {**call.named, **new}, road=road))
            await ended(dut, call, road=road)
            event = await told(dut, "CALLSTOP", call, "UPT-EVT-001", check=f"stopped.{check}")
            if event is not None:
                carries(dut, event, "CALLSTOP", of_call(dut, call, new), "UPT-EVT-009", check=f"stop.{check}")


@SUITE.scenario(
    "events.recordings",
    "UPT-EVT-001",
    "UPT-EVT-013",
    "UPT-EVT-014",
    "UPT-EVT-015",
    "UPT-EVT-020",
    "UPT-EVT-021",
    "UPT-EVT-009",
    *event_clauses("RECORDINGSTARTED", "RECORDINGSTOPPED", "RECORDINGUPDATE"),
    chapter=CHAPTER,
    after=(*_AFTER, "CALLLIST.success"),
)
async def recordings(dut: DocumentDut) -> None:
    """The begin and the end of a recording are told with the values of its call, and that it is saved, with its number."""
    on = device(dut, 0)
    await needs_recording(dut, on)
    await watch(dut)
    for road in dut.roads:
        call = await begin(dut, on, road=road, **values(dut))
        await under_way(dut, call)
        event = await told(dut, STARTED, call, "UPT-EVT-001", check=f"started.{road}")
        if event is not None:
            carries(dut, event, STARTED, of_call(dut, call), "UPT-EVT-009", check=f"start.{road}")
        other = await begin(dut, device(dut, 1))  # whose device must not be told in place of this one
        await ended(dut, call, road=road)
        event = await told(dut, STOPPED, call, "UPT-EVT-001", check=f"stopped.{road}")
        number = ""
        if event is not None:
            number = event.data.get("RECORDID") or ""
            carries(dut, event, STOPPED, of_call(dut, call), "UPT-EVT-009", check=f"stop.{road}")
        await _saved(dut, call, number, road)
        await dut.setup("CALLSTOP", other.named)


@SUITE.scenario("events.saved-kept", "UPT-EVT-015", chapter=CHAPTER, after=(*_AFTER, "CALLUPDATE.KEEP_DAYS.given"))
async def saved_kept(dut: DocumentDut) -> None:
    """That a recording is saved is told, too, where a call was given the days for which it is kept."""
    on = device(dut, 0)
    await needs_recording(dut, on)
    await watch(dut)
    for road in dut.roads:
        call = await begin(dut, on, road=road, **values(dut))
        await under_way(dut, call)
        dut.ok(await dut.call("CALLUPDATE", {**call.named, "KEEP_DAYS": "40"}, road=road), "UPT-CALLUPDATE.KEEP_DAYS")
        await ended(dut, call, road=road)
        event = await told(dut, STOPPED, call, "UPT-EVT-001", check=f"stopped.{road}")
        await _saved(dut, call, (event.data.get("RECORDID") or "") if event is not None else "", road)


async def _saved(dut: DocumentDut, call: Call, number: str, road: str) -> None:
    """RECORDINGUPDATE must come with the number under which the recording is listed, or with that of RECORDINGSTOPPED."""
    numbers = {number}

    async def look() -> str:
        one = await record(dut, call.device, call.given["USER2"])
        if one is not None:
            numbers.add(one.get("RECORDID") or "")
        return "" if one is not None else "not listed"

    # The number in the list is that of the record; the event has at least one of the two.
    found = await dut.wait_for(
        "watcher", UPDATED, lambda event: event.data.get("RECORDID") in numbers - {""}, deadline_s=1.5
    )
    listed = not await until(dut, look)
    found = found or dut.told("watcher", UPDATED, lambda event: event.data.get("RECORDID") in numbers - {""})
    wanted = " or ".join(sorted(numbers - {""}))
    got = ", ".join(event.data.get("RECORDID") or "none" for event in dut.told("watcher", UPDATED)) or "no event"
    dut.check(f"saved.{road}", bool(found), "UPT-EVT-015", "UPT-EVT-001", expected=f"{UPDATED} of {wanted}", got=got)
    for event in found[:1]:
        carries(dut, event, UPDATED, {"DEVICEID": {call.device}}, "UPT-EVT-009", check=f"update.{road}")
        same = event.data.get("RECORDID") or ""
        if number:
            dut.check(f"same.{road}", same == number, "UPT-EVT-020", expected=number, got=same)
        if listed:
            dut.check(
                f"listed.{road}", {same} == numbers - {""}, "UPT-EVT-021", "UPT-EVT-020", expected=wanted, got=same
            )


@SUITE.scenario(
    "events.pauses",
    "UPT-EVT-016",
    "UPT-EVT-017",
    "UPT-EVT-009",
    *event_clauses("RECORDINGPAUSED", "RECORDINGRESUMED"),
    chapter=CHAPTER,
    after=(*_AFTER, "CALLUPDATE.success"),
)
async def pauses(dut: DocumentDut) -> None:
    """Where blackouts are told, each pause and each end of one is, with the values of its call."""
    on = device(dut, 0)
    shown = [kind for kind, seen in await kinds(dut) if seen.events]
    if not shown:
        raise CaseSkipped("no pause is told: UPT-AMB-135")
    await watch(dut)
    for kind in shown:
        for road in dut.roads:
            call = await begin(dut, on, road=road, **values(dut))
            await under_way(dut, call)
            for step, name in (("START", PAUSED), ("STOP", RESUMED)):
                dut.ok(await dut.call(f"{kind}{step}", {"DEVICEID": on}, road=road), "UPT-BLK-002")
                event = await told(dut, name, call, check=f"{name}.{kind}.{road}")
                if event is not None:
                    carries(dut, event, name, of_call(dut, call), "UPT-EVT-009", check=f"{name}.{kind}.{road}")
            await ended(dut, call)


@SUITE.scenario(
    "events.once", "UPT-EVT-005", "UPT-EVT-001", "UPT-EVT-011", "UPT-EVT-012", chapter=CHAPTER, after=_AFTER
)
async def once(dut: DocumentDut) -> None:
    """Of fourteen calls that follow each other over all roads, each begin and each end is told once."""
    await watch(dut)
    await watch(dut, link="other")
    made: list[tuple[Call, list[str]]] = []
    for index in range(14):
        road = dut.roads[index % len(dut.roads)]
        call = await begin(dut, device(dut, index), road=road)
        await ended(dut, call, road=road)
        made.append((call, ["CALLSTART", "CALLSTOP"]))
    for link in ("watcher", "other"):
        for call, names in made:
            for name in names:
                await told(dut, name, call, "UPT-EVT-001", "UPT-EVT-005", check=f"told.{link}", link=link)
    await fence(dut, "watcher", "other")
    for link in ("watcher", "other"):
        for call, names in made:
            for name in (*names, STARTED, STOPPED):
                found = len(dut.told(link, name, call.mine))
                passed = found < 2
                dut.check(f"once.{link}", passed, "UPT-EVT-005", expected=f"{name} once", got=f"{found} times")


@SUITE.scenario("events.recorded-each", "UPT-EVT-013", "UPT-EVT-014", "UPT-EVT-001", chapter=CHAPTER, after=_AFTER)
async def recorded_each(dut: DocumentDut) -> None:
    """Of seven calls that are recorded, the begin and the end of each recording is told."""
    on = device(dut, 0)
    await needs_recording(dut, on)
    await watch(dut, "RECORD")
    for _ in range(7):
        call = await begin(dut, on)
        await under_way(dut, call)
        event = await told(dut, STARTED, call, "UPT-EVT-001", check="started")
        await ended(dut, call)
        if event is not None:
            await told(dut, STOPPED, call, "UPT-EVT-001", check="stopped")


@SUITE.scenario("events.refused", "UPT-EVT-018", chapter=CHAPTER, after=_AFTER)
async def refused(dut: DocumentDut) -> None:
    """A CALLSTART that was refused is not told, and neither is any event of a call that did not begin."""
    await watch(dut)
    made: list[Call] = []
    for road in dut.roads:
        for name in ("DEVICEALIAS", "SYS_USER", "CRM_USER"):
            call = Call(named={"DEVICEID": "", "CALLINSTANCE": fresh(dut, 6)}, given={"USER2": f"T{fresh(dut)}"})
            sent = {name: f"no{fresh(dut)}", "CALLINSTANCE": call.instance, **call.given}
            if not dut.succeeded(await dut.call("CALLSTART", sent, road=road, judged=False)):
                made.append(call)
    await fence(dut, "watcher")
    wrong = [event for call in made for event in dut.told("watcher", "", call.mine)]
    got = wrong[0].describe() if wrong else ""
    dut.check("untold", not wrong, "UPT-EVT-018", expected="no event of what was refused", got=got)


@SUITE.scenario(
    "events.mixed", "UPT-EVT-007", "UPT-EVT-010", "UPT-EVT-001", "UPT-MSG-005", chapter=CHAPTER, after=_AFTER
)
async def mixed(dut: DocumentDut) -> None:
    """A connection that has subscribed causes events and asks for long answers: results and events stay apart, and each comes."""
    link = "watcher"
    await watch(dut, link=link)
    made: list[Call] = []
    for index in range(6):
        call = Call(
            named={"DEVICEID": device(dut, index), "CALLINSTANCE": fresh(dut, 6)}, given={"USER2": f"T{fresh(dut)}"}
        )
        await _apart(dut, "CALLSTART", {**call.named, **call.given}, link)
        for function in ("DEVICELIST", "STATIONS", "TEST"):
            await _apart(dut, function, {}, link)
        await _apart(dut, "CALLSTOP", call.named, link)
        await _apart(dut, "DEVICELIST", {}, link)
        made.append(call)
    for call in made:
        for name in ("CALLSTART", "CALLSTOP"):
            await told(dut, name, call, "UPT-EVT-001", "UPT-EVT-010", check="told", link=link)


async def _apart(dut: DocumentDut, function: str, fields: Fields, link: str) -> None:
    result = dut.ok(await dut.call(function, fields, road=dut.stream, link=link), "UPT-EVT-010", check=function)
    within = result.everywhere(dut.syntax.event)
    dut.check("apart", not within, "UPT-EVT-007", expected="a result without events in it", got=result.describe())
