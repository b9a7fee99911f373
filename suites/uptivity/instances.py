"""Several calls on one device: each with its instance and its values, and which of them a function is about."""

from __future__ import annotations

from harness.documentdut import DocumentDut
from suites.uptivity import SUITE
from suites.uptivity.changing import changing
from suites.uptivity.seen import (
    Call,
    begin,
    instance_of,
    instances,
    is_over,
    is_up,
    listed,
    stands,
    status,
    unlike,
    until,
    value_of,
    values,
)
from suites.uptivity.world import device, fresh

CHAPTER = "Call Handling Functions"
_BEGUN, _ENDED, _CHANGED = "CALLSTART.success", "CALLSTOP.success", "CALLUPDATE.success"
_STATUS = "DEVICERECORDINGSTATUS.success"
_LAST = "UPT-AMB-067"


async def three(dut: DocumentDut, on: str = "", *, road: str | None = None) -> tuple[Call, Call, Call]:
    """Three calls on one device, begun in this order; one instance is the end of another."""
    on, number = on or device(dut), fresh(dut, 5)
    one = await begin(dut, on, road=road, instance=number, **values(dut))
    two = await begin(dut, on, road=road, instance=f"1{number}", USER1="Silver Level")
    return one, two, await begin(dut, on, road=road, instance=number[1:], **values(dut, "O"))


async def end(dut: DocumentDut, *calls: Call) -> None:
    """End calls; whether there still was one is of no account."""
    for call in calls:
        await dut.call("CALLSTOP", call.named, judged=False)


@SUITE.scenario(
    "instances.apart", "UPT-CAL-004", "UPT-DEV-010", "UPT-DEV-002", chapter=CHAPTER, after=(_BEGUN, _STATUS)
)
async def apart(dut: DocumentDut) -> None:
    """Three calls stand side by side, each with its own values and none with another's; the device is listed once."""
    for road in dut.roads:
        calls = await three(dut, road=road)
        for look in dut.roads:
            for call in calls:
                blank = {} if "USER4" in call.given else {"USER4": "", "USER3": "", "ANI": ""}
                await stands(
                    dut, call, {**call.given, **blank}, "UPT-CAL-004", "UPT-DEV-010", check=f"{road}.{look}", road=look
                )
            found = [one for one in await listed(dut, road=look) if value_of(one, "DEVICEID") == calls[0].device]
            dut.check(
                f"once.{road}.{look}",
                len(found) == 1,
                "UPT-DEV-002",
                "UPT-DEV-001",
                expected=f"{calls[0].device} once",
                got=f"{len(found)} times",
            )
        await end(dut, *calls)


@SUITE.scenario(
    "instances.stop-one", "UPT-CAL-014", "UPT-CALLSTOP.CALLINSTANCE", chapter=CHAPTER, after=(_ENDED, _STATUS)
)
async def stop_one(dut: DocumentDut) -> None:
    """CALLSTOP with an instance ends that call, whichever of three it is; the others go on with their values."""
    clauses = ("UPT-CAL-014", "UPT-CALLSTOP.CALLINSTANCE")
    for road in dut.roads:
        for chosen in (1, 0, 2):
            calls = list(await three(dut, road=road))
            over = calls.pop(chosen)
            dut.ok(await dut.call("CALLSTOP", over.named, road=road), *clauses)
            await is_over(dut, over, *clauses, check=f"over.{road}.{chosen}")
            for call in calls:
                await stands(dut, call, call.given, *clauses, check=f"on.{road}.{chosen}")
            await end(dut, *calls)


@SUITE.scenario("instances.stop-last", "UPT-CAL-015", chapter=CHAPTER, after=(_ENDED, _STATUS))
async def stop_last(dut: DocumentDut) -> None:
    """CALLSTOP without an instance ends the call that began last; once more, it ends none or the last one that is up."""
    for road in dut.roads:
        one, two, last = await three(dut, road=road)
        named = {"DEVICEID": one.device}
        dut.ok(await dut.call("CALLSTOP", named, road=road), "UPT-CAL-015")
        await is_over(dut, last, "UPT-CAL-015", check=f"over.{road}")
        for call in (one, two):
            await stands(dut, call, call.given, "UPT-CAL-015", "UPT-CAL-014", check=f"on.{road}")
        again = await dut.call("CALLSTOP", named, road=road)
        await stands(dut, one, one.given, "UPT-CAL-015", check=f"first.{road}")
        if dut.succeeded(again):
            gone = await instance_of(dut, two) is None
            dut.observe(f"again.{road}", _LAST, *(("up", "active") if gone else ("started",)))
        await end(dut, two, one)


@SUITE.scenario(
    "instances.update-one", "UPT-CAL-021", "UPT-CALLUPDATE.CALLINSTANCE", chapter=CHAPTER, after=(_CHANGED, _STATUS)
)
async def update_one(dut: DocumentDut) -> None:
    """CALLUPDATE with an instance changes that call alone, whichever of three it is."""
    clauses = ("UPT-CAL-021", "UPT-CALLUPDATE.CALLINSTANCE")
    for road in dut.roads:
        calls = await three(dut, await changing(dut), road=road)
        now = {call.instance: call.given for call in calls}
        for chosen in (0, 1, 2):
            new = {"USER3": f"T{fresh(dut)}", "GATE": "prize", "USER12": f"m{fresh(dut)}"}
            dut.ok(await dut.call("CALLUPDATE", {**calls[chosen].named, **new}, road=road), *clauses)
            now[calls[chosen].instance] = {**now[calls[chosen].instance], **new}
            for call in calls:
                await stands(dut, call, now[call.instance], *clauses, check=f"{road}.{chosen}")
        await end(dut, *calls)


@SUITE.scenario("instances.update-last", "UPT-CAL-022", chapter=CHAPTER, after=(_CHANGED, _STATUS))
async def update_last(dut: DocumentDut) -> None:
    """CALLUPDATE without an instance changes the call that began last."""
    for road in dut.roads:
        one, two, last = await three(dut, await changing(dut), road=road)
        new = {"USER3": f"T{fresh(dut)}", "USER15": "12345"}
        dut.ok(await dut.call("CALLUPDATE", {"DEVICEID": one.device, **new}, road=road), "UPT-CAL-022")
        await stands(dut, last, {**last.given, **new}, "UPT-CAL-022", check=f"changed.{road}")
        for call in (one, two):
            await stands(dut, call, call.given, "UPT-CAL-022", check=f"unchanged.{road}")
        await end(dut, last, two, one)


@SUITE.scenario(
    "instances.status",
    "UPT-DEV-006",
    "UPT-DEV-007",
    "UPT-DEV-008",
    chapter=CHAPTER,
    after=(_BEGUN, _ENDED, "DEVICESTATUS.success"),
)
async def latest(dut: DocumentDut) -> None:
    """DEVICESTATUS shows the call that was active last, one that is up rather than one that has ended."""
    for road in dut.roads:
        on = device(dut)
        old = await begin(dut, on, **values(dut))
        new = await begin(dut, on, **values(dut, "O"))
        await _shown_is(dut, new, "UPT-DEV-007", "UPT-DEV-006", check=f"began-last.{road}", road=road)
        await end(dut, new)
        await is_over(dut, new, "UPT-CAL-018", check=f"over.{road}")
        await _shown_is(dut, old, "UPT-DEV-006", check=f"is-up.{road}", road=road)
        await end(dut, old)
        await is_over(dut, old, "UPT-CAL-018", check=f"over.{road}")
        one = await status(dut, on, road=road)
        wrong = [unlike(one, {**call.named, **call.given}) for call in (old, new)]
        dut.check(f"ended.{road}", not all(wrong), "UPT-DEV-008", expected="the last call that was up", got=wrong[0])


async def _shown_is(dut: DocumentDut, call: Call, *clauses: str, check: str, road: str) -> None:
    async def look() -> str:
        found = [one for one in [await status(dut, call.device, road=road)] if one is not None]
        return unlike(found[0] if found else None, {**call.named, **call.given})

    wrong = await until(dut, look)
    dut.check(check, not wrong, *clauses, expected=f"instance {call.instance} of {call.device}", got=wrong)


@SUITE.scenario("instances.active", "UPT-DEV-007", chapter=CHAPTER, after=(_CHANGED, "DEVICESTATUS.success"))
async def active(dut: DocumentDut) -> None:
    """Which of two calls is the one that was active last, after something was done to the first one."""
    on = await changing(dut)
    old = await begin(dut, on, **values(dut))
    new = await begin(dut, on, **values(dut))
    dut.ok(await dut.call("CALLUPDATE", {**old.named, "USER3": "done to it"}))
    await stands(dut, old, {"USER3": "done to it"}, "UPT-CAL-021")
    one = await status(dut, on)
    shown = value_of(one, "CALLINSTANCE") if one is not None else ""
    readings = {new.instance: ("started", "up"), old.instance: ("active",)}.get(shown, ())
    dut.observe("shown", _LAST, *readings)
    dut.check("one", bool(readings), "UPT-DEV-007", "UPT-DEV-006", expected="one of the calls that are up", got=shown)
    await end(dut, new, old)


@SUITE.scenario("instances.many", "UPT-DEV-010", "UPT-CAL-004", chapter=CHAPTER, after=(_STATUS,))
async def many(dut: DocumentDut) -> None:
    """Six calls on one device are all told, and as many are over when each has been ended."""
    on = device(dut)
    calls = [await begin(dut, on, USER5=f"call {number}") for number in range(6)]
    for call in calls:
        await stands(dut, call, call.given, "UPT-DEV-010", "UPT-CAL-004", check="told")
    own = {call.instance for call in calls}
    found = [value_of(one, "CALLINSTANCE") for one in await instances(dut, on)]
    twice = [one for one in own if found.count(one) > 1]
    dut.check("once", not twice, "UPT-DEV-010", expected="each instance once", got=", ".join(twice))
    for call in calls:
        dut.ok(await dut.call("CALLSTOP", call.named))
    up = [one for one in await instances(dut, on) if is_up(one) and value_of(one, "CALLINSTANCE") in own]
    if up:
        for call in calls:
            await is_over(dut, call, "UPT-CAL-018", "UPT-CAL-014", check="over")


@SUITE.scenario("instances.again", chapter=CHAPTER, after=(_BEGUN, _STATUS))
async def again(dut: DocumentDut) -> None:
    """A second CALLSTART of an instance that is up replaces the call, changes it, adds one or is refused, and all know it."""
    call = await begin(dut, **values(dut))
    second = {"USER3": f"T{fresh(dut)}", "USER2": f"T{fresh(dut)}"}
    result = await dut.call("CALLSTART", {**call.named, **second})
    if dut.either(result, "UPT-AMB-065"):
        found = [one for one in await instances(dut, call.device) if value_of(one, "CALLINSTANCE") == call.instance]
        up = [one for one in found if is_up(one)]
        new = [one for one in up if value_of(one, "USER3") == second["USER3"]]
        reading = "second" if len(up) > 1 else "ignored" if up and not new else ""
        if not reading and new:
            reading = "updated" if value_of(new[0], "USER5") == call.given["USER5"] else "replaced"
        dut.observe("kind", "UPT-AMB-065", reading)
        for _ in up:
            await end(dut, call)
    else:
        await stands(dut, call, call.given, "UPT-CAL-043", check="unchanged")


@SUITE.scenario("instances.none", "UPT-CAL-014", chapter=CHAPTER, after=(_ENDED, _STATUS))
async def none(dut: DocumentDut) -> None:
    """CALLSTOP for an instance that there is none of, and on a device in no call, ends no other call."""
    call = await begin(dut, **values(dut))
    for road in dut.roads:
        wrong = {"DEVICEID": call.device, "CALLINSTANCE": fresh(dut, 7)}
        dut.either(await dut.call("CALLSTOP", wrong, road=road, judged=False), "UPT-AMB-066")
        await stands(dut, call, call.given, "UPT-CAL-014", check=f"on.{road}")
    await end(dut, call)
    for road in dut.roads:
        dut.either(await dut.call("CALLSTOP", call.named, road=road, judged=False), "UPT-AMB-066")
