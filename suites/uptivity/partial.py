"""RECORDSTART and RECORDSTOP: a further recording of a call that is being recorded, and what becomes of it."""

from __future__ import annotations

from harness.documentdut import DocumentDut
from harness.flow import CaseSkipped
from suites.uptivity import SUITE
from suites.uptivity.calllist import ids
from suites.uptivity.naming import names_of
from suites.uptivity.seen import (
    YES,
    Call,
    begin,
    instance_of,
    needs_recording,
    only,
    pause,
    records,
    stands,
    under_way,
    unlike,
    until,
    value_of,
    values,
    watch,
)
from suites.uptivity.world import Fields, device, fresh

CHAPTER = "Call Handling Functions"
_BEGUN, _ENDED = "RECORDSTART.success", "RECORDSTOP.success"
_AFTER = (_BEGUN, _ENDED, "EVENTS.success")
_STARTED, _STOPPED = "RECORDINGSTARTED", "RECORDINGSTOPPED"


async def recorded_call(dut: DocumentDut, on: str, **given: str) -> tuple[Call, Fields]:
    """A call that is recorded; gives it, and what a further recording of it is begun with, so that its events are known."""
    call = await begin(dut, on, **given)
    await under_way(dut, call)
    return call, {**call.named, "USER2": call.given["USER2"]}


async def stopped(dut: DocumentDut, call: Call) -> None:
    """End a call, which RECORDSTOP may have ended."""
    await dut.call("CALLSTOP", call.named, judged=False)


@SUITE.provides("partial")
async def partial(dut: DocumentDut, on: str) -> str:
    """Whether a further recording has events of its own, `apart`, or is `within` that of the call."""
    await watch(dut, "RECORD")
    call, sent = await recorded_call(dut, on)
    await dut.setup("RECORDSTART", sent)
    told = await dut.wait_for("watcher", _STARTED, call.mine, count=2, deadline_s=0.8)
    await dut.setup("RECORDSTOP", sent)
    await stopped(dut, call)
    return "apart" if len(told) > 1 else "within"


@SUITE.scenario(
    "partial.beside", "UPT-REC-004", "UPT-REC-005", "UPT-REC-010", chapter=CHAPTER,
    after=("DEVICERECORDINGSTATUS.success", *_AFTER),
)  # fmt: skip
async def beside(dut: DocumentDut) -> None:
    """RECORDSTART succeeds for a call that is recorded and leaves its recording as it is; RECORDSTOP succeeds, too."""
    on = device(dut, 0)
    await needs_recording(dut, on)
    await watch(dut, "RECORD")
    for road in dut.roads:
        call, sent = await recorded_call(dut, on, **values(dut))
        result = await dut.call("RECORDSTART", sent, road=road)
        dut.ok(result, "UPT-REC-004", "UPT-RECORDSTART", check=f"begins.{road}")
        await stands(dut, call, call.given, "UPT-REC-005", check=f"goes-on.{road}")

        async def look(call: Call = call) -> str:
            one = await instance_of(dut, call)
            return "" if one is not None and value_of(one, "ISRECORDING").lower() in YES else "it is not recorded"

        wrong = await until(dut, look)
        dut.check(f"recorded.{road}", not wrong, "UPT-REC-005", expected="the call's recording to go on", got=wrong)
        await dut.settle("watcher")
        over = dut.told("watcher", _STOPPED, call.mine)
        got = over[0].describe() if over else ""
        dut.check(f"untold.{road}", not over, "UPT-REC-005", expected="no recording to end", got=got)
        dut.ok(await dut.call("RECORDSTOP", sent, road=road), "UPT-REC-010", "UPT-RECORDSTOP", check=f"ends.{road}")
        await _what_ended(dut, call, road)
        await stopped(dut, call)


async def _what_ended(dut: DocumentDut, call: Call, road: str) -> None:
    """Which of the readings of RECORDSTOP the device follows."""
    await pause(dut, 0.02)
    await dut.settle("watcher")
    one = await instance_of(dut, call)
    recording = one is not None and value_of(one, "ISRECORDING").lower() in YES
    dut.observe(f"ended.{road}", "UPT-AMB-071", "partial" if recording else "recordings" if one is not None else "call")


@SUITE.scenario(
    "partial.told", "UPT-REC-006", "UPT-REC-007", "UPT-EVT-013", "UPT-EVT-014", chapter=CHAPTER, after=_AFTER
)
async def told(dut: DocumentDut) -> None:
    """Where a further recording is told as begun, its end is told when RECORDSTOP has succeeded."""
    on = device(dut, 0)
    await needs_recording(dut, on)
    kind = await dut.shared("partial", on)
    dut.observe("kind", "UPT-AMB-070", kind)
    if kind != "apart":
        raise CaseSkipped("a further recording is a part of the call's recording: UPT-AMB-070")
    await watch(dut, "RECORD")
    for road in dut.roads:
        call, sent = await recorded_call(dut, on)
        dut.ok(await dut.call("RECORDSTART", sent, road=road), "UPT-REC-004")
        begun = await dut.wait_for("watcher", _STARTED, call.mine, count=2)
        clauses = ("UPT-REC-006", "UPT-EVT-013")
        dut.check(
            f"begun.{road}", len(begun) == 2, *clauses, expected="RECORDINGSTARTED once more", got=f"{len(begun)} told"
        )
        dut.ok(await dut.call("RECORDSTOP", sent, road=road), "UPT-REC-010")
        ended = await dut.wait_for("watcher", _STOPPED, call.mine)
        rules = ("UPT-REC-007", "UPT-EVT-014", "UPT-REC-010")
        dut.check(
            f"ended.{road}", bool(ended), *rules, expected="RECORDINGSTOPPED of the further recording", got="no event"
        )
        await stopped(dut, call)


@SUITE.scenario(
    "partial.ends-with-call", "UPT-REC-011", "UPT-CAL-016", chapter=CHAPTER, after=(*_AFTER, "CALLSTOP.success")
)
async def ends_with_call(dut: DocumentDut) -> None:
    """When a call ends, each further recording that was told as begun is told as ended."""
    on = device(dut, 0)
    await needs_recording(dut, on)
    if await dut.shared("partial", on) != "apart":
        raise CaseSkipped("a further recording is a part of the call's recording: UPT-AMB-070")
    await watch(dut, "RECORD")
    call, sent = await recorded_call(dut, on)
    dut.ok(await dut.call("RECORDSTART", sent), "UPT-REC-004")
    begun = await dut.wait_for("watcher", _STARTED, call.mine, count=2)
    dut.ok(await dut.call("CALLSTOP", call.named), "UPT-CALLSTOP")
    ended = await dut.wait_for("watcher", _STOPPED, call.mine, count=len(begun))
    passed = len(ended) >= len(begun)
    clauses = ("UPT-REC-011", "UPT-CAL-016")
    dut.check("ended", passed, *clauses, expected=f"{len(begun)} recordings to end", got=f"{len(ended)} told")


@SUITE.scenario("partial.values", "UPT-REC-008", chapter=CHAPTER, after=(*_AFTER, "CALLLIST.success"))
async def own_values(dut: DocumentDut) -> None:
    """The record of a further recording has what RECORDSTART and RECORDSTOP gave it, where it has a record of its own."""
    on = device(dut, 0)
    await needs_recording(dut, on)
    if await dut.shared("partial", on) != "apart":
        raise CaseSkipped("a further recording is a part of the call's recording: UPT-AMB-070")
    await watch(dut, "RECORD")
    for road in dut.roads:
        call, sent = await recorded_call(dut, on, USER3="of the call", USER5="of the call")
        mark = call.given["USER2"]
        # A run with the same seed may have left records of the same mark.
        old = ids(await records(dut, DEVICEID=on, USER2=mark))
        dut.ok(await dut.call("RECORDSTART", {**sent, "USER3": "of the part"}, road=road), "UPT-REC-004")
        dut.ok(await dut.call("RECORDSTOP", {**call.named, "USER4": "of its end"}, road=road), "UPT-REC-010")
        await dut.wait_for("watcher", _STOPPED, call.mine)
        await stopped(dut, call)
        await dut.wait_for("watcher", _STOPPED, call.mine, count=2)
        wanted = {"USER3": "of the part", "USER4": "of its end"}

        async def look(mark: str = mark, wanted: Fields = wanted, old: list[str] = old) -> str:
            found = [one for one in await records(dut, DEVICEID=on, USER2=mark) if one.get("RECORDID") not in old]
            if len(found) < 2:
                return f"{len(found)} records"
            return (
                "" if any(not unlike(one, wanted) for one in found) else "; ".join(unlike(one, wanted) for one in found)
            )

        wrong = await until(dut, look)
        found = [one for one in await records(dut, DEVICEID=on, USER2=mark) if one.get("RECORDID") not in old]
        if len(found) < 2:  # it has none of its own
            dut.observe(f"kept.{road}", "UPT-AMB-070", "within")
            continue
        dut.observe(f"kept.{road}", "UPT-AMB-070", "apart")
        both = all(not unlike(one, wanted) for one in found)
        dut.observe(f"where.{road}", "UPT-AMB-073", "" if wrong else "call" if both else "partial")
        dut.check(f"values.{road}", not wrong, "UPT-REC-008", expected="a record with these values", got=wrong)


@SUITE.scenario(
    "partial.by-name",
    "UPT-REC-009",
    *(f"UPT-{name}.{key}" for name in ("RECORDSTART", "RECORDSTOP") for key in ("DEVICEALIAS", "SYS_USER", "CRM_USER", "STATIONNAME")),
    chapter=CHAPTER,
    after=_AFTER,
)  # fmt: skip
async def by_name(dut: DocumentDut) -> None:
    """RECORDSTART and RECORDSTOP find the device by an alias, a user or a station as by DEVICEID."""
    on, names = await names_of(dut, 0)
    await needs_recording(dut, on)
    apart = await dut.shared("partial", on) == "apart"
    await watch(dut, "RECORD")
    stations = dict(
        zip(dut.target.fixture_texts("station_device_ids"), dut.target.fixture_texts("station_names"), strict=False)
    )
    if on in stations:
        names["STATIONNAME"] = stations[on]
    for road in dut.roads:
        for name, value in names.items():
            call, sent = await recorded_call(dut, on)
            by = {name: value, **only(sent, ("CALLINSTANCE", "USER2"))}
            check = f"{name}.{road}"
            dut.ok(
                await dut.call("RECORDSTART", by, road=road),
                "UPT-REC-009",
                f"UPT-RECORDSTART.{name}",
                check=f"begins.{check}",
            )
            if apart:
                begun = await dut.wait_for("watcher", _STARTED, call.mine, count=2)
                got = {event.data.get("DEVICEID") for event in begun}
                passed = len(begun) == 2 and got == {on}
                dut.check(
                    f"there.{check}", passed, "UPT-REC-009", expected=f"a recording on {on}", got=f"{len(begun)} told"
                )
            dut.ok(
                await dut.call("RECORDSTOP", by, road=road),
                "UPT-REC-009",
                f"UPT-RECORDSTOP.{name}",
                check=f"ends.{check}",
            )
            await stopped(dut, call)


@SUITE.scenario("partial.apart", "UPT-REC-009", "UPT-CAL-036", chapter=CHAPTER, after=_AFTER)
async def devices_apart(dut: DocumentDut) -> None:
    """RECORDSTOP on one device ends nothing on another, whichever began its further recording last."""
    first, second = dut.fixtures("agent_device_ids", count=2)[:2]
    await needs_recording(dut, first, second)
    if await dut.shared("partial", first) != "apart":
        raise CaseSkipped("a further recording is a part of the call's recording: UPT-AMB-070")
    await watch(dut, "RECORD")
    one, sent = await recorded_call(dut, first)
    two, other = await recorded_call(dut, second)
    for fields in (sent, other):
        dut.ok(await dut.call("RECORDSTART", fields), "UPT-REC-004")
    for call in (one, two):
        await dut.wait_for("watcher", _STARTED, call.mine, count=2)
    dut.ok(await dut.call("RECORDSTOP", one.named), "UPT-REC-010")  # without values that would mark what it ends
    ended = await dut.wait_for("watcher", _STOPPED, one.mine)
    dut.check(
        "ended", bool(ended), "UPT-REC-009", "UPT-REC-007", expected=f"a recording on {first} to end", got="no event"
    )
    await dut.settle("watcher")
    wrong = dut.told("watcher", _STOPPED, two.mine)
    dut.check("others", not wrong, "UPT-REC-009", "UPT-CAL-036", expected=f"none on {second}", got=f"{len(wrong)} told")
    for call in (two, one):
        await stopped(dut, call)


@SUITE.scenario("partial.open.none", chapter=CHAPTER, after=_AFTER)
async def none(dut: DocumentDut) -> None:
    """RECORDSTART without a call, RECORDSTOP where RECORDSTART began nothing: both may succeed, and no call begins or changes."""
    on = device(dut, 0)
    for road in dut.roads:
        nothing = {"DEVICEID": on, "CALLINSTANCE": fresh(dut, 7)}
        dut.either(await dut.call("RECORDSTART", nothing, road=road, judged=False), "UPT-AMB-069")
        await dut.call("RECORDSTOP", nothing, road=road, judged=False)
        call = await begin(dut, on, **values(dut))
        dut.either(await dut.call("RECORDSTOP", call.named, road=road, judged=False), "UPT-AMB-072")
        await stopped(dut, call)
