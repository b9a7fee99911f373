"""The list of recordings: calls that were recorded just now are in it."""

from __future__ import annotations

from harness.documentdut import DocumentDut
from harness.flow import CaseSkipped
from harness.wire.xmltree import Element
from suites.uptivity import SUITE
from suites.uptivity.calllist import CHAPTER, known, new_mark, time_of
from suites.uptivity.seen import begin, kept, needs_recording, pause, records, saved, until, values, watch
from suites.uptivity.world import agent_of, device


@SUITE.scenario("calllist.new", "UPT-LST-014", "UPT-LST-007", "UPT-LST-011", "UPT-LST-012", "UPT-CAL-029", "UPT-CAL-030", "UPT-WEB-005",
                "UPT-CALLLIST.answer.SEARCHRESULT.AGENTFIRSTNAME", "UPT-CALLLIST.answer.SEARCHRESULT.AGENTLASTNAME",
                chapter=CHAPTER, after=("CALLSTOP.success", "EVENTS.success"))  # fmt: skip
async def new(dut: DocumentDut) -> None:
    """A call that was recorded on any road is listed under its device, with its values, the agent's name and its length."""
    await watch(dut)
    for index, road in enumerate(dut.roads):
        on = device(dut, index)
        await needs_recording(dut, on)
        given = {**values(dut), "USER2": await new_mark(dut)}
        before = await dut.clock()
        call = await begin(dut, on, road=road, **given)
        during = await records(dut, USER2=call.given["USER2"])
        dut.observe(f"{road}.during", "UPT-AMB-112", "started" if during else "saved", clauses=("UPT-LST-014",))
        await pause(dut, 0.1)
        dut.ok(await dut.call("CALLSTOP", call.named, road=road))
        took = await dut.clock() - before
        if not await saved(dut, call):
            raise CaseSkipped("nobody was told that the recording is over")
        users = {name: value for name, value in call.given.items() if name.startswith("USER")}
        record = await kept(
            dut, call, {"DEVICEID": on, **users}, "UPT-LST-014", "UPT-LST-007", "UPT-CAL-029", check=road
        )
        if record is None:
            continue
        await kept(dut, call, call.given, "UPT-CAL-030", check=f"{road}.call")
        names = {value: name for name, value in call.given.items() if name != "CALLDIRECTION"}
        mixed = [
            f"{one.name} is {names[one.value]}" for one in record.children if names.get(one.value, one.name) != one.name
        ]
        dut.check(
            f"{road}.own-values", not mixed, "UPT-LST-007", expected="each value in its place", got="; ".join(mixed[:3])
        )
        _judge(dut, record, on, took, road)


def _judge(dut: DocumentDut, record: Element, on: str, took: float, road: str) -> None:
    """What a record of a call that lasted so long must have of its own."""
    lasted, began = record.get("DURATION") or "", time_of(record)
    if lasted:
        fits = lasted.isdecimal() and int(lasted) <= took + 3
        dut.check(f"{road}.duration", fits, "UPT-LST-011", expected=f"{took:.0f} seconds at most", got=lasted)
    fits = began < 10**11 and (
        not dut.target.fixture_texts("recording_times") or began >= max(one.time for one in known(dut)) - 86_400
    )
    dut.check(f"{road}.began", fits, "UPT-LST-012", expected="a time after those of older recordings", got=str(began))
    places = dut.target.fixture_texts("agent_device_ids")
    if on in places:
        agent = agent_of(dut, places.index(on))
        for name, key in (("AGENTFIRSTNAME", "first"), ("AGENTLASTNAME", "last")):
            got = record.get(name) or ""
            dut.check(
                f"{road}.{name}", agent.get(key, "").startswith(got), f"UPT-CALLLIST.answer.SEARCHRESULT.{name}", "UPT-LST-007",
                expected=agent.get(key, ""), got=got,
            )  # fmt: skip


@SUITE.scenario("calllist.new.several", "UPT-LST-014", "UPT-LST-009", "UPT-CAL-045", chapter=CHAPTER,
                after=("CALLSTOP.success", "EVENTS.success"))  # fmt: skip
async def several(dut: DocumentDut) -> None:
    """Of calls that follow each other on a device each is listed, once, with its own values."""
    on = device(dut, 1)
    await needs_recording(dut, on)
    await watch(dut)
    mark, calls = await new_mark(dut), []
    for _ in range(4):
        call = await begin(dut, on, USER2=await new_mark(dut), USER4=mark)
        dut.ok(await dut.call("CALLSTOP", call.named))
        if not await saved(dut, call):
            raise CaseSkipped("nobody was told that the recording is over")
        calls.append(call.given["USER2"])

    async def look() -> str:
        found = [one.get("USER2") or "" for one in await records(dut, DEVICEID=on, USER4=mark)]
        found = [one for one in found if one in calls]
        return "" if sorted(found) == sorted(calls) else str(found)

    wrong = await until(dut, look)
    dut.check("each", not wrong, "UPT-LST-014", "UPT-LST-009", "UPT-CAL-045", expected=str(calls), got=wrong)
