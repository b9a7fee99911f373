"""CALLUPDATE: of calls that are up, of the last recording of a device, and of recordings by their numbers."""

from __future__ import annotations

from harness.documentdut import DocumentDut
from harness.flow import CaseSkipped
from suites.uptivity import SUITE
from suites.uptivity.changing import changing
from suites.uptivity.naming import names_of
from suites.uptivity.seen import (
    DATA,
    Call,
    begin,
    kept,
    needs_recording,
    only,
    recording_of,
    records,
    shows,
    under_way,
    values,
    watch,
)
from suites.uptivity.world import Fields, device, fresh

CHAPTER = "Call Handling Functions"
_BEGUN, _CHANGED = "CALLSTART.success", "CALLUPDATE.success"
_AFTER = (_CHANGED, "CALLLIST.success", "EVENTS.success")
_VALUES = tuple(f"UPT-CALLUPDATE.{name}" for name in DATA)
_LAST = {"UPDATE_IF_NOT_RECORDING": "Y"}


def others(dut: DocumentDut, direction: str = "O") -> Fields:
    """New values of everything but USER2, by which the recording is found."""
    return {name: value for name, value in values(dut, direction).items() if name != "USER2"}


@SUITE.scenario("updates.live", "UPT-CAL-019", "UPT-CALLUPDATE", *_VALUES, chapter=CHAPTER, after=(_CHANGED,))
async def live(dut: DocumentDut) -> None:
    """Every field of a call that is up can be changed, and again; the status shows it at once on every road."""
    for road in dut.roads:
        call = await begin(dut, await changing(dut), **values(dut))
        for direction in ("O", "I"):
            new = values(dut, direction)
            dut.ok(await dut.call("CALLUPDATE", {**call.named, **new}, road=road), "UPT-CAL-019", "UPT-CALLUPDATE")
            for look in dut.roads:
                await shows(dut, call, new, "UPT-CAL-019", *_VALUES, check=f"{road}.{direction}.{look}", road=look)
        await dut.setup("CALLSTOP", call.named)


@SUITE.scenario("updates.some", "UPT-CAL-020", "UPT-CAL-019", chapter=CHAPTER, after=(_CHANGED,))
async def some(dut: DocumentDut) -> None:
    """What CALLUPDATE does not carry stays, when one field after the other is changed."""
    for road in dut.roads:
        call = await begin(dut, await changing(dut), road=road, **values(dut))
        now = dict(call.given)
        for names in (("USER3",), ("USER14", "GATE"), ("ANI",), ("USER3", "USER1"), ("CALLDIRECTION",)):
            new = only(values(dut, "O"), names)
            dut.ok(await dut.call("CALLUPDATE", {**call.named, **new}, road=road), "UPT-CAL-020")
            now |= new
            await shows(dut, call, now, "UPT-CAL-020", "UPT-CAL-019", check=f"{road}.{names[0]}")
        await dut.setup("CALLSTOP", call.named)


@SUITE.scenario("updates.longest", "UPT-CAL-035", "UPT-CAL-019", chapter=CHAPTER, after=(_CHANGED,))
async def longest(dut: DocumentDut) -> None:
    """Values that fill the room which the tables have for them come back whole."""
    for road in dut.roads:
        call = await begin(dut, await changing(dut), road=road)
        new = values(dut, full=True)
        dut.ok(await dut.call("CALLUPDATE", {**call.named, **new}, road=road), "UPT-CAL-019")
        await shows(dut, call, new, "UPT-CAL-035", "UPT-CAL-019", check=road)
        await dut.setup("CALLSTOP", call.named)


@SUITE.scenario(
    "updates.by-name",
    "UPT-CAL-028",
    "UPT-CAL-044",
    *(f"UPT-CALLUPDATE.{name}" for name in ("SYS_USER", "CRM_USER", "DEVICEALIAS")),
    chapter=CHAPTER,
    after=(_CHANGED, "DEVICESTATUS.success"),
)
async def by_name(dut: DocumentDut) -> None:
    """Without DEVICEID, or with a blank one if that is taken, a call is found by a user; by an alias, if the device looks it up at all."""
    known = dut.fixtures("agent_device_ids")
    on, names = await names_of(dut, known.index(await changing(dut)))
    for road in dut.roads:
        call = await begin(dut, on)
        for name, value in names.items():
            for part, before in (("none", {}), ("blank", {"DEVICEID": ""})):
                new = {"USER3": f"T{fresh(dut)}"}
                sent = {**before, name: value, "CALLINSTANCE": call.instance, **new}
                check = f"{name}.{part}.{road}"
                result = await dut.call("CALLUPDATE", sent, road=road)
                if part == "blank" and dut.has_failed(result):
                    dut.observe(f"blank.{check}", "UPT-AMB-035", "refused", "empty")
                    continue
                if name == "DEVICEALIAS":
                    if not dut.either(result, "UPT-AMB-077", check=f"found.{check}"):
                        continue
                else:
                    dut.ok(result, "UPT-CAL-028", f"UPT-CALLUPDATE.{name}", check=f"found.{check}")
                rule = "UPT-CAL-044" if name == "DEVICEALIAS" else "UPT-CAL-028"
                await shows(dut, call, new, rule, f"UPT-CALLUPDATE.{name}", check=f"changed.{check}")
        await dut.setup("CALLSTOP", call.named)


# recordings


@SUITE.scenario("updates.last-recording", "UPT-CAL-024", "UPT-CALLUPDATE.UPDATE_IF_NOT_RECORDING", chapter=CHAPTER, after=_AFTER)  # fmt: skip
async def last_recording(dut: DocumentDut) -> None:
    """With UPDATE_IF_NOT_RECORDING, on a device in no call, the last recording takes the values, and no earlier one does."""
    rules = ("UPT-CAL-024", "UPT-CALLUPDATE.UPDATE_IF_NOT_RECORDING")
    on, other = dut.fixtures("agent_device_ids", count=2)[:2]
    await needs_recording(dut, on, other)
    await watch(dut, "RECORD")
    for road in dut.roads:
        first, _ = await recording_of(dut, on, **values(dut))
        await dut.wait(1.2)  # so that no two began in one second
        last, _ = await recording_of(dut, on, **values(dut))
        await dut.wait(1.2)
        elsewhere, _ = await recording_of(dut, other, **values(dut))
        new = only(others(dut), ("USER3", "USER7", "USER12", "GATE"))
        dut.ok(await dut.call("CALLUPDATE", {"DEVICEID": on, **_LAST, **new}, road=road), *rules)
        await kept(dut, last, {**last.given, **new}, *rules, check=f"last.{road}")
        await kept(dut, first, first.given, *rules, check=f"earlier.{road}")
        await kept(dut, elsewhere, elsewhere.given, *rules, "UPT-CAL-036", check=f"elsewhere.{road}")


@SUITE.scenario("updates.unasked", "UPT-CAL-026", chapter=CHAPTER, after=_AFTER)
async def unasked(dut: DocumentDut) -> None:
    """Without UPDATE_IF_NOT_RECORDING, or with N, no recording is changed on a device that is in no call."""
    on = device(dut, 0)
    await needs_recording(dut, on)
    await watch(dut, "RECORD")
    call, _ = await recording_of(dut, on, **values(dut))
    await kept(dut, call, call.given, "UPT-CAL-029", check="before")
    for road in dut.roads:
        for part in ({}, {"UPDATE_IF_NOT_RECORDING": "N"}):
            result = await dut.call("CALLUPDATE", {"DEVICEID": on, **part, "USER3": "not asked for"}, road=road)
            dut.either(result, "UPT-AMB-074")
            await kept(dut, call, call.given, "UPT-CAL-026", check=f"unchanged.{road}")


@SUITE.scenario("updates.while-up", "UPT-CAL-027", chapter=CHAPTER, after=_AFTER)
async def while_up(dut: DocumentDut) -> None:
    """While a call is recorded, CALLUPDATE with UPDATE_IF_NOT_RECORDING changes that call and no finished recording."""
    on = device(dut, 0)
    await needs_recording(dut, on)
    await watch(dut, "RECORD")
    before, _ = await recording_of(dut, on, **values(dut))
    for road in dut.roads:
        call = await begin(dut, on, **values(dut))
        await under_way(dut, call)
        new = only(others(dut), ("USER3", "USER10"))
        dut.ok(await dut.call("CALLUPDATE", {**call.named, **_LAST, **new}, road=road), "UPT-CAL-027")
        await shows(dut, call, {**call.given, **new}, "UPT-CAL-027", check=f"call.{road}")
        await kept(dut, before, before.given, "UPT-CAL-027", check=f"before.{road}")
        await dut.setup("CALLSTOP", call.named)


@SUITE.scenario("updates.never-recorded", "UPT-CAL-025", chapter=CHAPTER, after=(_CHANGED,))
async def never_recorded(dut: DocumentDut) -> None:
    """With UPDATE_IF_NOT_RECORDING, a device that was never recorded has nothing that could be changed."""
    for on in dut.fixtures("device_ids_never_recorded")[:2]:
        for road in dut.roads:
            result = await dut.call("CALLUPDATE", {"DEVICEID": on, **_LAST, "USER3": "nothing"}, road=road)
            dut.refused(result, "UPT-CAL-025", errors=["recordid-invalid"], check=road)


@SUITE.scenario(
    "updates.by-number",
    "UPT-CAL-031",
    "UPT-CAL-032",
    "UPT-LST-009",
    "UPT-CALLUPDATE.RECORDID",
    *_VALUES,
    chapter=CHAPTER,
    after=_AFTER,
)
async def by_number(dut: DocumentDut) -> None:
    """A recording takes the values that its number comes with, all or some; others before and after it stay as they are."""
    on = device(dut, 0)
    await needs_recording(dut, on)
    await watch(dut, "RECORD")
    for road in dut.roads:
        made = [await recording_of(dut, on, **values(dut)) for _ in range(3)]
        call, number = made[1]
        new = others(dut)
        sent = {"RECORDID": number, **new}
        dut.ok(await dut.call("CALLUPDATE", sent, road=road), "UPT-CAL-031", "UPT-CALLUPDATE.RECORDID")
        now = {**call.given, **new}
        await kept(dut, call, now, "UPT-CAL-031", "UPT-CALLUPDATE.RECORDID", *_VALUES, check=f"all.{road}")
        for names in (("USER3",), ("USER11", "GROUP"), ("USER2",)):
            some_of = only(values(dut), names)
            dut.ok(await dut.call("CALLUPDATE", {"RECORDID": number, **some_of}, road=road), "UPT-CAL-031")
            now |= some_of
            await kept(dut, call, now, "UPT-CAL-032", "UPT-CAL-031", check=f"{names[0]}.{road}", user2=now["USER2"])
        for other, _ in (made[0], made[2]):
            await kept(dut, other, other.given, "UPT-CAL-032", check=f"others.{road}")
        listed_as = [one.get("RECORDID") for one in await records(dut, DEVICEID=on)]
        many = listed_as.count(number)
        dut.check(f"once.{road}", many <= 1, "UPT-LST-009", expected=f"{number} once in the list", got=f"{many} times")


@SUITE.scenario(
    "updates.number-beside-call", "UPT-CAL-034", "UPT-CAL-033", "UPT-CAL-043", chapter=CHAPTER, after=_AFTER
)
async def number_beside_call(dut: DocumentDut) -> None:
    """CALLUPDATE with the number of a recording, or with one that none has, changes no call that is up."""
    on = device(dut, 0)
    await needs_recording(dut, on)
    await watch(dut, "RECORD")
    before, number = await recording_of(dut, on, **values(dut))
    call = await begin(dut, on, **values(dut))
    for road in dut.roads:
        new = only(others(dut), ("USER3", "USER9"))
        dut.ok(await dut.call("CALLUPDATE", {"RECORDID": number, **new}, road=road), "UPT-CAL-031")
        await shows(dut, call, call.given, "UPT-CAL-034", check=f"call.{road}")
        await kept(dut, before, {**before.given, **new}, "UPT-CAL-031", "UPT-CAL-034", check=f"recording.{road}")
        nobody = str(2_000_000_000 + dut.rng.randrange(100_000_000))
        result = await dut.call("CALLUPDATE", {"RECORDID": nobody, "USER3": "of nothing"}, road=road)
        errors = ["database-query", "recordid-invalid"]
        dut.refused(result, "UPT-CAL-033", errors=errors, check=f"unknown.{road}")
        await shows(dut, call, call.given, "UPT-CAL-043", "UPT-CAL-034", check=f"unchanged.{road}")
    await dut.setup("CALLSTOP", call.named)


@SUITE.scenario("updates.keep-days", "UPT-CAL-041", "UPT-CALLUPDATE.KEEP_DAYS", chapter=CHAPTER, after=_AFTER)
async def keep_days(dut: DocumentDut) -> None:
    """The number of days for which CALLUPDATE has a recording kept is carried by its later events, in one spelling or the other."""
    on = device(dut, 0)
    await needs_recording(dut, on)
    await watch(dut, "RECORD")
    told: dict[str, str] = {}
    for reading, name in (("underscore", "KEEP_DAYS"), ("joined", "KEEPDAYS")):
        call = await begin(dut, on)
        await under_way(dut, call)
        days = str(1000 + dut.rng.randrange(2000))
        result = await dut.call(
            "CALLUPDATE", {**call.named, "KEEP_DAYS": days}, names={"KEEP_DAYS": name}, judged=False
        )
        await dut.setup("CALLSTOP", call.named)
        for event in await dut.wait_for("watcher", "RECORDINGSTOPPED", call.mine):
            got = event.data.get("KEEPDAYS") or ""
            told[reading] = got
            if got == days and dut.succeeded(result):
                dut.observe("spelling", "UPT-AMB-081", reading)
                return
    if not told:
        raise CaseSkipped("no event of the end of a recording came")
    dut.check("days", False, "UPT-CAL-041", expected="KEEPDAYS as CALLUPDATE had it", got=", ".join(told.values()))


# what the document leaves open


@SUITE.scenario("updates.open.beside-number", chapter=CHAPTER, after=_AFTER)
async def beside_number(dut: DocumentDut) -> None:
    """DEVICEID and DEVICEALIAS beside RECORDID: the recording keeps its number and takes the other values, or it fails."""
    on, other = dut.fixtures("agent_device_ids", count=2)[:2]
    await needs_recording(dut, on)
    await watch(dut, "RECORD")
    call, number = await recording_of(dut, on, **values(dut))
    sent = {"RECORDID": number, "DEVICEID": other, "DEVICEALIAS": "A1", "USER3": "moved"}
    result = await dut.call("CALLUPDATE", sent, judged=False)
    if dut.either(result, "UPT-AMB-079"):
        mark = call.given["USER2"]
        for reading, where in (("data", other), ("ignored", on)):
            found = await dut.call("CALLLIST", {"DEVICEID": where, "USER2": mark})
            if found.everywhere("SEARCHRESULT"):
                dut.observe("kind", "UPT-AMB-079", reading)
    else:
        await kept(dut, call, call.given, "UPT-CAL-043", check="unchanged")


@SUITE.scenario("updates.open.unrecorded", chapter=CHAPTER, after=(_CHANGED,))
async def unrecorded(dut: DocumentDut) -> None:
    """A call that is up and not recorded takes values or not; with UPDATE_IF_NOT_RECORDING, too."""
    known = [
        one[0] for key in ("device_ids_without_agent", "agent_device_ids") if (one := dut.target.fixture_texts(key))
    ]
    silent = [one for one in known if await dut.shared("recorded", one) == "no"]
    if not silent:
        raise CaseSkipped("calls are recorded: UPT-AMB-068")
    on = silent[0]
    call: Call = await begin(dut, on, **values(dut))
    new = {"USER3": f"T{fresh(dut)}"}
    if dut.either(await dut.call("CALLUPDATE", {**call.named, **new}), "UPT-AMB-076"):
        await shows(dut, call, new, "UPT-CAL-019")
