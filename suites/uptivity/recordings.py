"""Recordings of calls: that the status shows them, what is kept of the call, and that they end with it or after their time."""

from __future__ import annotations

from harness.documentdut import DocumentDut
from suites.uptivity import SUITE
from suites.uptivity.seen import (
    USERS,
    YES,
    Call,
    begin,
    instance_of,
    kept,
    needs_recording,
    only,
    recording_of,
    saved,
    under_way,
    unlike,
    until,
    value_of,
    values,
    watch,
)
from suites.uptivity.world import device

CHAPTER = "Call Handling Functions"
_AFTER = ("CALLSTOP.success", "CALLLIST.success", "EVENTS.success")
_CALL = ("GROUP", "GATE", "ANI", "DNIS", "CALLDIRECTION")


async def _is_kept(dut: DocumentDut, call: Call, wanted: dict[str, str], check: str, *more: str) -> None:
    """The record has the user values, and should have the others."""
    one = await kept(dut, call, only(wanted, USERS), "UPT-CAL-029", *more, check=check)
    if one is not None:
        wrong = unlike(one, only(wanted, _CALL))
        dut.check(f"{check}.call", not wrong, "UPT-CAL-030", expected="the values of the call", got=wrong)


@SUITE.scenario("recordings.kept", "UPT-CAL-029", "UPT-CAL-030", chapter=CHAPTER, after=_AFTER)
async def what_is_kept(dut: DocumentDut) -> None:
    """The record of a call has what CALLSTART gave it, on whichever road it began and ended."""
    on = device(dut, 0)
    await needs_recording(dut, on)
    await watch(dut, "RECORD")
    for index, road in enumerate(dut.roads):
        for direction in ("O", "I"):
            call = await begin(dut, on, road=road, **values(dut, direction))
            await under_way(dut, call)
            dut.ok(await dut.call("CALLSTOP", call.named, road=dut.roads[index - 1]))
            await saved(dut, call)
            await _is_kept(dut, call, call.given, f"{road}.{direction}")


@SUITE.scenario("recordings.updated", "UPT-CAL-029", "UPT-CAL-030", "UPT-CAL-019", chapter=CHAPTER, after=_AFTER)
async def updated(dut: DocumentDut) -> None:
    """The record of a call has what CALLUPDATE gave it last, and what CALLSTART gave it where nothing was updated."""
    on = device(dut, 0)
    await needs_recording(dut, on)
    await watch(dut, "RECORD")
    for road in dut.roads:
        call = await begin(dut, on, **values(dut))
        await under_way(dut, call)
        now = dict(call.given)
        for names in (("USER3", "USER4", "USER14"), ("USER3", "USER15", "GATE", "CALLDIRECTION")):
            new = only(values(dut, "O"), names)
            dut.ok(await dut.call("CALLUPDATE", {**call.named, **new}, road=road), "UPT-CAL-019")
            now |= new
        dut.ok(await dut.call("CALLSTOP", call.named))
        await saved(dut, call)
        await _is_kept(dut, call, now, road)


@SUITE.scenario("recordings.longest", "UPT-CAL-035", "UPT-CAL-029", chapter=CHAPTER, after=_AFTER)
async def longest(dut: DocumentDut) -> None:
    """Values that fill the room which the tables have for them are kept whole."""
    on = device(dut, 0)
    await needs_recording(dut, on)
    await watch(dut, "RECORD")
    call, _ = await recording_of(dut, on, **values(dut, full=True))
    await kept(dut, call, call.given, "UPT-CAL-035", "UPT-CAL-029")


@SUITE.scenario("recordings.instances", "UPT-CAL-029", "UPT-CAL-004", "UPT-CAL-014", chapter=CHAPTER, after=_AFTER)
async def of_instances(dut: DocumentDut) -> None:
    """Two calls on one device at a time are recorded each with its own values, and end each in its own time."""
    on = device(dut, 0)
    await needs_recording(dut, on)
    await watch(dut, "RECORD")
    first, second = await begin(dut, on, **values(dut)), await begin(dut, on, **values(dut, "O"))
    for call in (first, second):
        await under_way(dut, call)
    dut.ok(await dut.call("CALLSTOP", first.named))
    await saved(dut, first)
    await _is_kept(dut, first, first.given, "first", "UPT-CAL-004")
    over = dut.told("watcher", "RECORDINGSTOPPED", second.mine)
    dut.check(
        "goes-on", not over, "UPT-CAL-014", expected="the other call's recording to go on", got=f"{len(over)} told"
    )
    dut.ok(await dut.call("CALLSTOP", second.named))
    await saved(dut, second)
    await _is_kept(dut, second, second.given, "second", "UPT-CAL-004")


@SUITE.scenario("recordings.each", "UPT-CAL-029", "UPT-CAL-045", "UPT-LST-014", chapter=CHAPTER, after=_AFTER)
async def each(dut: DocumentDut) -> None:
    """Of six calls that follow each other, each leaves a record with its own values."""
    on = device(dut, 0)
    await needs_recording(dut, on)
    await watch(dut, "RECORD")
    made = [await recording_of(dut, on, **only(values(dut), ("USER2", "USER3", "USER6"))) for _ in range(6)]
    for index, (call, number) in enumerate(made):
        one = await kept(dut, call, call.given, "UPT-CAL-029", "UPT-CAL-045", "UPT-LST-014", check=f"kept.{index}")
        if one is not None:
            got = one.get("RECORDID")
            dut.check(
                f"number.{index}", got == number, "UPT-EVT-021", "UPT-EVT-020", expected=number, got=str(got)
            )  # fmt: skip


@SUITE.scenario(
    "recordings.shown", "UPT-DEV-012", "UPT-CAL-016", chapter=CHAPTER, after=("DEVICERECORDINGSTATUS.success", *_AFTER)
)
async def shown(dut: DocumentDut) -> None:
    """ISRECORDING says yes from when the recording is told as begun to when it is told as ended."""
    on = device(dut, 0)
    await needs_recording(dut, on)
    await watch(dut, "RECORD")
    for road in dut.roads:
        call = await begin(dut, on, road=road)
        await under_way(dut, call)
        if not dut.told("watcher", "RECORDINGSTARTED", call.mine):
            continue

        async def look(call: Call = call, road: str = road) -> str:
            one = await instance_of(dut, call, road=road)
            return "" if one is not None and value_of(one, "ISRECORDING").lower() in YES else "it does not say yes"

        wrong = await until(dut, look)
        dut.check(f"yes.{road}", not wrong, "UPT-DEV-012", expected="a call that is being recorded", got=wrong)
        dut.ok(await dut.call("CALLSTOP", call.named, road=road))

        async def still(call: Call = call, road: str = road) -> str:
            return "it says yes" if not await look(call, road) else ""

        wrong = await until(dut, still)
        dut.check(f"no.{road}", not wrong, "UPT-CAL-016", "UPT-DEV-012", expected="no call that is recorded", got=wrong)


@SUITE.scenario("recordings.stop-ends", "UPT-CAL-016", "UPT-EVT-014", chapter=CHAPTER, after=_AFTER)
async def stop_ends(dut: DocumentDut) -> None:
    """CALLSTOP ends the recording of its call, every time."""
    on = device(dut, 0)
    await needs_recording(dut, on)
    await watch(dut, "RECORD")
    for index in range(6):
        call = await begin(dut, on)
        await under_way(dut, call)
        dut.ok(await dut.call("CALLSTOP", call.named, road=dut.roads[index % len(dut.roads)]))
        told = await dut.wait_for("watcher", "RECORDINGSTOPPED", call.mine)
        dut.check(
            f"ended.{index}", bool(told), "UPT-CAL-016", "UPT-EVT-014", expected="its recording ends", got="no event"
        )
        one = await instance_of(dut, call)
        yes = one is not None and value_of(one, "ISRECORDING").lower() in YES
        dut.check(f"status.{index}", not yes, "UPT-CAL-016", expected="no call that is recorded", got="ISRECORDING")


@SUITE.scenario(
    "recordings.time-limit", "UPT-CAL-037", "UPT-CALLSTART.MAXRECORDTIME", chapter=CHAPTER, after=_AFTER, device_s=3.0
)
async def time_limit(dut: DocumentDut) -> None:
    """A recording ends by itself after MAXRECORDTIME seconds, the call goes on, and CALLSTOP ends it."""
    on = device(dut, 0)
    await needs_recording(dut, on)
    await watch(dut, "RECORD")
    # A core may lag some tenths of a second, whatever the clock.
    seconds = max(2, round(0.25 * dut.target.clock_scale))
    call = await begin(dut, on, MAXRECORDTIME=str(seconds))
    await under_way(dut, call)
    await dut.wait(seconds + 0.5)
    told = await dut.wait_for("watcher", "RECORDINGSTOPPED", call.mine)
    clauses = ("UPT-CAL-037", "UPT-CALLSTART.MAXRECORDTIME")
    dut.check("ended", bool(told), *clauses, expected="the recording to end", got="" if told else "no event of its end")
    dut.ok(await dut.call("CALLSTOP", call.named), "UPT-CALLSTOP")


@SUITE.scenario("recordings.which", chapter=CHAPTER, after=("CALLSTART.success", "EVENTS.success"))
async def which(dut: DocumentDut) -> None:
    """Which calls are recorded: those of all devices, of some, or of none."""
    keys = ("agent_device_ids", "device_ids_without_agent")
    known = [one for key in keys for one in dut.target.fixture_texts(key)[:2]]
    found = sorted({await dut.shared("recorded", one) for one in known})
    reading = {"yes": "recorded", "no": "unrecorded"}.get(" ".join(found), "schedule" if found else "")
    dut.observe("which", "UPT-AMB-068", reading)
