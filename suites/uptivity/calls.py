"""Calls on devices: how they begin, by which names, what the status then shows, and how they end."""

from __future__ import annotations

import re

from harness.documentdut import DocumentDut
from suites.uptivity import SUITE
from suites.uptivity.changing import changing
from suites.uptivity.seen import (
    DATA,
    ROOM,
    YES,
    Call,
    begin,
    instance_of,
    is_over,
    is_up,
    needs_recording,
    numbers_in,
    shows,
    status,
    unlike,
    until,
    value_of,
    values,
)  # fmt: skip
from suites.uptivity.world import device, fresh

CHAPTER = "Call Handling Functions"
_BEGUN, _ENDED = "CALLSTART.success", "CALLSTOP.success"
_FUNCTIONS = ("CALLSTART", "CALLSTOP", "CALLUPDATE", "RECORDSTART", "RECORDSTOP")
_SHOWN = ("UPT-CAL-003", *(f"UPT-CALLSTART.{name}" for name in DATA))


@SUITE.scenario("calls.shown", *_SHOWN, "UPT-WEB-005", chapter=CHAPTER, after=(_BEGUN,))
async def shown(dut: DocumentDut) -> None:
    """The status shows what a call was given, on whichever road it began and is looked at."""
    for index, road in enumerate(dut.roads):
        for direction in ("I", "O"):
            call = await begin(dut, device(dut, index), road=road, **values(dut, direction))
            for look in dut.roads:
                await shows(dut, call, call.given, *_SHOWN, check=f"{road}.{direction}.{look}", road=look)
            dut.ok(await dut.call("CALLSTOP", call.named, road=road))


@SUITE.scenario("calls.longest", "UPT-CAL-035", "UPT-CAL-003", chapter=CHAPTER, after=(_BEGUN,))
async def longest(dut: DocumentDut) -> None:
    """Values that fill the room which the tables have for them are shown whole."""
    for road in dut.roads:
        call = await begin(dut, road=road, **values(dut, full=True))
        for name, room in ROOM.items():
            assert len(call.given[name]) == room
        await shows(dut, call, call.given, "UPT-CAL-035", "UPT-CAL-003", check=road)


@SUITE.scenario(
    "calls.blank-instance",
    "UPT-CAL-005",
    "UPT-CAL-015",
    chapter=CHAPTER,
    after=(_BEGUN, _ENDED),
)
async def blank_instance(dut: DocumentDut) -> None:
    """A call without CALLINSTANCE has a blank one, and ends without one."""
    for road in dut.roads:
        named = {"DEVICEID": device(dut)}
        given = {"USER2": f"T{fresh(dut)}"}
        await dut.setup("CALLSTART", {**named, **given}, road=road)
        call = Call(named=named, given=given)
        await shows(dut, call, {**given, "CALLINSTANCE": ""}, "UPT-CAL-005", check=f"blank.{road}")
        dut.ok(await dut.call("CALLSTOP", named, road=road), "UPT-CAL-015")
        await is_over(dut, call, "UPT-CAL-015", check=f"over.{road}")


@SUITE.scenario("calls.ended", "UPT-CAL-018", "UPT-CAL-016", "UPT-CALLSTOP", chapter=CHAPTER, after=(_BEGUN, _ENDED))
async def ended(dut: DocumentDut) -> None:
    """After CALLSTOP the call is no active one and is not recorded; it began on one road and ends on the other."""
    roads = dut.roads
    for index, road in enumerate(roads):
        call = await begin(dut, road=road)
        last = roads[index - 1]
        dut.ok(await dut.call("CALLSTOP", call.named, road=last), "UPT-CALLSTOP")
        for look in roads:
            await is_over(dut, call, "UPT-CAL-018", check=f"over.{road}.{last}.{look}", road=look)

        async def still(on: str = call.device) -> str:
            one = await status(dut, on)
            return "ISRECORDING" if one is not None and value_of(one, "ISRECORDING").lower() in YES else ""

        wrong = await until(dut, still)
        dut.check(f"unrecorded.{road}", not wrong, "UPT-CAL-016", expected="no call that is recorded", got=wrong)


# what does nothing, and what goes on beside


@SUITE.scenario(
    "calls.nameless",
    "UPT-CAL-001",
    "UPT-CAL-013",
    "UPT-CAL-023",
    "UPT-REC-001",
    "UPT-REC-002",
    "UPT-CAL-043",
    chapter=CHAPTER,
    after=tuple(f"{name}.success" for name in _FUNCTIONS),
)
async def nameless(dut: DocumentDut) -> None:
    """Without a device, or with blank names only, no function about calls does anything to a call that is up."""
    call = await begin(dut, **values(dut))
    rules = dict(
        zip(_FUNCTIONS, ("UPT-CAL-001", "UPT-CAL-013", "UPT-CAL-023", "UPT-REC-001", "UPT-REC-002"), strict=True)
    )
    blank = {"DEVICEID": "", "DEVICEALIAS": "", "SYS_USER": "", "CRM_USER": "", "STATIONNAME": ""}
    for road in dut.roads:
        for function, rule in rules.items():
            for part, names in (("none", {}), ("blank", blank)):
                more = {} if function == "CALLSTOP" else {"USER3": "of nobody"}
                sent = {**names, "CALLINSTANCE": call.instance, **more}
                result = await dut.call(function, sent, road=road)
                if function == "CALLUPDATE" and part == "none":
                    dut.refused(result, rule, errors=["device-invalid"], check=f"{function}.{part}.{road}")
                else:
                    dut.refused(result, rule, check=f"{function}.{part}.{road}")
        await shows(dut, call, call.given, "UPT-CAL-043", check=f"unchanged.{road}")


@SUITE.scenario(
    "calls.refused",
    "UPT-CAL-002",
    "UPT-REC-003",
    "UPT-CAL-043",
    chapter=CHAPTER,
    after=tuple(f"{name}.success" for name in _FUNCTIONS),
)
async def refused(dut: DocumentDut) -> None:
    """An alias or a user that nobody has finds no device, and no call of another device is changed."""
    call = await begin(dut, **values(dut))
    for road in dut.roads:
        for function in ("CALLSTART", "RECORDSTART"):
            rule = "UPT-CAL-002" if function == "CALLSTART" else "UPT-REC-003"
            for name in ("DEVICEALIAS", "SYS_USER", "CRM_USER"):
                nobody = f"no{fresh(dut)}"
                sent = {name: nobody, "CALLINSTANCE": call.instance, "USER3": "of nobody"}
                result = await dut.call(function, sent, road=road)
                dut.refused(result, rule, errors=["device-invalid"], check=f"{function}.{name}.{road}")
    await shows(dut, call, call.given, "UPT-CAL-043", check="unchanged")


@SUITE.scenario("calls.apart", "UPT-CAL-036", chapter=CHAPTER, after=(_BEGUN, _ENDED, "CALLUPDATE.success"))
async def apart(dut: DocumentDut) -> None:
    """What is done to a call changes nothing on other devices."""
    first = await changing(dut)
    second = next(one for one in dut.fixtures("agent_device_ids", count=2) if one != first)
    quiet = await begin(dut, second, **values(dut))
    busy = await begin(dut, first, instance=quiet.instance, **values(dut, "O"))
    await shows(dut, quiet, quiet.given, "UPT-CAL-036", check="started")
    dut.ok(await dut.call("CALLUPDATE", {**busy.named, **values(dut)}))
    await shows(dut, quiet, quiet.given, "UPT-CAL-036", check="updated")
    dut.ok(await dut.call("CALLSTOP", busy.named))
    await is_over(dut, busy, "UPT-CAL-018")
    one = await instance_of(dut, quiet)
    wrong = unlike(one, quiet.given) or ("" if one is not None and is_up(one) else "it is over")
    dut.check("stopped", not wrong, "UPT-CAL-036", expected="the call on the other device as it was", got=wrong)


@SUITE.scenario("calls.followed", "UPT-CAL-045", "UPT-CAL-003", chapter=CHAPTER, after=(_BEGUN, _ENDED))
async def followed(dut: DocumentDut) -> None:
    """Calls follow each other under one instance, and none has values of the one before."""
    on, instance = device(dut), fresh(dut, 6)
    for index in range(3):
        given = values(dut) if index % 2 == 0 else {"USER1": "Gold Level"}
        call = await begin(dut, on, instance=instance, **given)
        blank = {name: "" for name in DATA if name.startswith("USER") and name not in call.given}
        await shows(dut, call, {**call.given, **blank}, "UPT-CAL-045", check=f"own.{index}")
        dut.ok(await dut.call("CALLSTOP", call.named), "UPT-CALLSTOP")
        await is_over(dut, call, "UPT-CAL-018", check=f"over.{index}")


# texts


_TEXT = re.compile(r"\s*(\w+) (sent to all of|could not be sent to) the following cores:\s*\d+(\s*,\s*\d+)*\s*\.?\s*")
_COPIED = {"CALLUPDATE": "CALLSTART", "RECORDSTART": "CALLSTART", "RECORDSTOP": "CALLSTOP"}


@SUITE.scenario("calls.text", "UPT-CAL-010", chapter=CHAPTER, after=tuple(f"{name}.success" for name in _FUNCTIONS))
async def text(dut: DocumentDut) -> None:
    """The text of a success names the function and the cores."""
    await needs_recording(dut, device(dut, 0))
    for road in dut.roads:
        named = {"DEVICEID": device(dut, 0), "CALLINSTANCE": fresh(dut, 6)}
        cores: set[str] = set()
        for function in ("CALLSTART", "CALLUPDATE", "RECORDSTART", "RECORDSTOP", "CALLSTOP"):
            more = {"USER3": "Follow up on order"} if function == "CALLUPDATE" else {}
            result = await dut.call(function, {**named, **more}, road=road)
            if not dut.succeeded(result):
                continue
            told = _TEXT.fullmatch(result.text)
            if told is None:
                dut.observe(f"text.{function}", "UPT-AMB-061", "plain", clauses=("UPT-CAL-010",), got=result.text)
                continue
            own, copied = told[1] == function, told[1] == _COPIED.get(function)
            readings = [name for name, fits in (("own", own), ("copied", copied)) if fits]
            dut.observe(f"text.{function}", "UPT-AMB-061", *readings)
            dut.check(
                f"names.{function}",
                own or copied,
                "UPT-CAL-010",
                expected=f"{function} sent to all of the following cores",
                got=result.text,
            )
            cores |= set(numbers_in(result.text))
