"""Blackouts of both kinds: by each name, with offsets, of one call or of all calls of an agent."""

from __future__ import annotations

from harness.documentdut import DocumentDut
from harness.flow import CaseSkipped
from suites.uptivity import SUITE
from suites.uptivity.naming import names_of
from suites.uptivity.pauses import KINDS, PAUSED, expects, is_paused, kinds, of_agents, recorded_call, sight, word_of
from suites.uptivity.seen import Call, shows, stands, until, values, watch
from suites.uptivity.world import Fields, device, fresh

CHAPTER = "Recording Control Functions"
_AFTER = ("DEVICERECORDINGSTATUS.success", "EVENTS.success", "CALLSTART.success")
_NAMES = ("DEVICEID", "DEVICEALIAS", "SYS_USER", "CRM_USER")


@SUITE.scenario(
    "blackouts.names", "UPT-BLK-002", "UPT-BLK-001", "UPT-BLK-010",
    *(f"UPT-{kind}{step}.{name}" for kind in KINDS for step in ("START", "STOP") for name in ("DEVICEID", "DEVICEALIAS", "SYS_USER", "CRM_USER")),
    chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def names(dut: DocumentDut) -> None:
    """A blackout of either kind is started and stopped by each of the four names; what shows its start shows its end."""
    on, by = await names_of(dut, 0)
    by = {"DEVICEID": on, **by}
    for kind, seen in await kinds(dut):
        await watch(dut, "RECORD")
        for road in dut.roads:
            for name, value in by.items():
                call = await recorded_call(dut, on)
                check = f"{kind}.{name}.{road}"
                for step, paused in (("START", True), ("STOP", False)):
                    result = await dut.call(f"{kind}{step}", {name: value}, road=road)
                    clauses = ("UPT-BLK-002", "UPT-BLK-001", f"UPT-{kind}{step}.{name}")
                    dut.ok(result, *clauses, check=f"{step}.{check}")
                    if seen.any:
                        rules = ("UPT-BLK-002",) if paused else ("UPT-BLK-010", "UPT-BLK-002")
                        await expects(dut, seen, call, paused, *rules, check=f"shown.{step}.{check}")
                await dut.setup("CALLSTOP", call.named)


@SUITE.scenario(
    "blackouts.offset", "UPT-BLK-003", "UPT-BLK-004", *(f"UPT-{kind}{step}.TIMEOFFSET" for kind in KINDS for step in ("START", "STOP")),
    chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def offset(dut: DocumentDut) -> None:
    """TIMEOFFSET may be negative or positive, at the start and at the stop; a stop before the start leaves no pause."""
    for kind, seen in await kinds(dut):
        await watch(dut, "RECORD")
        for road in dut.roads:
            for start, stop in (("-5", "-60"), ("-5", ""), ("", "-60"), ("2", ""), ("0", "1")):
                call = await recorded_call(dut, device(dut, 0))
                check = f"{kind}.{start or 'none'}.{stop or 'none'}.{road}"
                for step, seconds in (("START", start), ("STOP", stop)):
                    more = {"TIMEOFFSET": seconds} if seconds else {}
                    result = await dut.call(f"{kind}{step}", {"DEVICEID": call.device, **more}, road=road)
                    rules = ["UPT-BLK-003", f"UPT-{kind}{step}.TIMEOFFSET"]
                    dut.ok(result, *rules, *(["UPT-BLK-004"] if seconds == "-60" else []), check=f"{step}.{check}")
                if "2" in (start, stop) or "1" in (start, stop):  # else it is over at once
                    await dut.wait(4.0)
                if seen.any and start != "2":
                    await expects(dut, seen, call, False, "UPT-BLK-010", "UPT-BLK-004", check=f"over.{check}")
                await dut.call(f"{kind}STOP", {"DEVICEID": call.device}, judged=False)
                await dut.setup("CALLSTOP", call.named)


@SUITE.scenario(
    "blackouts.instance", "UPT-BLK-005", "UPT-BLK-006", "UPT-BLACKOUTSTART.CALLINSTANCE",
    "UPT-BLACKOUTSTOP.CALLINSTANCE", chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def instance(dut: DocumentDut) -> None:
    """BLACKOUTSTART and BLACKOUTSTOP pause the instance that they name, or the last call; others go on."""
    seen = await sight(dut)
    if not seen.any:
        dut.observe("shown", "UPT-AMB-135", "never")
        raise CaseSkipped("no blackout is seen: UPT-AMB-135")
    readings = ("at-once", "at-offset") if seen.word and seen.events else ("events",) if seen.events else ("status",)
    dut.observe("shown", "UPT-AMB-135", *readings)
    await watch(dut, "RECORD")
    on = device(dut, 0)
    for road in dut.roads:
        calls = [await recorded_call(dut, on) for _ in range(3)]
        for chosen, named in ((1, True), (0, True), (2, False)):
            call = calls[chosen]
            fields = call.named if named else {"DEVICEID": on}
            rule = "UPT-BLK-005" if named else "UPT-BLK-006"
            check = f"{chosen}.{road}"
            named_by = ["UPT-BLACKOUTSTART.CALLINSTANCE"] if named else []
            dut.ok(await dut.call("BLACKOUTSTART", fields, road=road), rule, *named_by, check=f"starts.{check}")
            await expects(dut, seen, call, True, rule, check=f"paused.{check}")
            wrong = [one for one in calls if one is not call and await is_paused(dut, seen, one)]
            if len(wrong) == 2 and await of_agents(dut, seen):
                dut.observe("kinds", "UPT-AMB-137", "as-agent")
            else:
                got = ", ".join(one.instance for one in wrong)
                dut.check(f"others.{check}", not wrong, rule, expected=f"only {call.instance} paused", got=got)
            named_by = ["UPT-BLACKOUTSTOP.CALLINSTANCE"] if named else []
            dut.ok(await dut.call("BLACKOUTSTOP", fields, road=road), rule, *named_by, check=f"stops.{check}")
            await expects(dut, seen, call, False, "UPT-BLK-010", rule, check=f"resumed.{check}")
        for call in calls:
            await dut.setup("CALLSTOP", call.named)


@SUITE.scenario("blackouts.agent", "UPT-BLK-007", "UPT-BLK-010", "UPT-BLK-011", chapter=CHAPTER, after=_AFTER)
async def agent(dut: DocumentDut) -> None:
    """AGENTBLACKOUTSTART and AGENTBLACKOUTSTOP concern all calls of the agent, and nobody else's."""
    seen = await sight(dut, "AGENTBLACKOUT")
    if not seen.any:
        raise CaseSkipped("no blackout is seen: UPT-AMB-135")
    await watch(dut, "RECORD")
    on, other = dut.fixtures("agent_device_ids", count=2)[:2]
    for road in dut.roads:
        calls = [await recorded_call(dut, on) for _ in range(2)]
        quiet = await recorded_call(dut, other)
        for count in (1, 2):
            dut.ok(await dut.call("AGENTBLACKOUTSTART", {"DEVICEID": on}, road=road), "UPT-BLK-007")
            for call in calls:
                rule = ("UPT-BLK-007",)
                await expects(dut, seen, call, True, *rule, check=f"paused.{road}", count=count)
            wrong = await is_paused(dut, seen, quiet)
            dut.check(f"others.{road}", not wrong, "UPT-BLK-011", expected=f"{other} not paused", got="it is paused")
            dut.ok(await dut.call("AGENTBLACKOUTSTOP", {"DEVICEID": on}, road=road), "UPT-BLK-007")
            for call in calls:
                rules = ("UPT-BLK-010", "UPT-BLK-002", "UPT-BLK-007")
                await expects(dut, seen, call, False, *rules, check=f"resumed.{road}", count=count)
        for call in (*calls, quiet):
            await dut.setup("CALLSTOP", call.named)


@SUITE.scenario("blackouts.apart", "UPT-BLK-011", "UPT-BLK-009", chapter=CHAPTER, after=_AFTER)
async def apart(dut: DocumentDut) -> None:
    """A blackout ends no call and no recording, changes no value, and pauses no other agent's recording."""
    for kind, seen in await kinds(dut):
        await dut.subscribe(link="watcher")
        on, other = dut.fixtures("agent_device_ids", count=2)[:2]
        for road in dut.roads:
            call, quiet = await recorded_call(dut, on, **values(dut)), await recorded_call(dut, other, **values(dut))
            for step in ("START", "STOP"):
                dut.ok(await dut.call(f"{kind}{step}", {"DEVICEID": on}, road=road), "UPT-BLK-002")
                if step == "START" and seen.any:
                    wrong = await is_paused(dut, seen, quiet)
                    dut.check(
                        f"others.{kind}.{road}", not wrong, "UPT-BLK-011", expected=f"{other} not paused", got="it is"
                    )
                for one, rule in ((call, "UPT-BLK-009"), (quiet, "UPT-BLK-011")):
                    await stands(dut, one, one.given, rule, check=f"up.{kind}.{step}.{road}")
                    await shows(dut, one, one.given, rule, check=f"same.{kind}.{step}.{road}")
                await dut.settle("watcher")
                over = [
                    *dut.told("watcher", "CALLSTOP", call.mine),
                    *dut.told("watcher", "RECORDINGSTOPPED", call.mine),
                ]
                dut.check(
                    f"untold.{kind}.{step}.{road}", not over, "UPT-BLK-009", expected="no end", got=f"{len(over)} told"
                )
            for one in (call, quiet):
                await dut.setup("CALLSTOP", one.named)


@SUITE.scenario("blackouts.refused", "UPT-BLK-008", "UPT-BLK-001", chapter=CHAPTER, after=_AFTER)
async def refused(dut: DocumentDut) -> None:
    """A blackout for a device, an alias or a user that there is none of is refused with one of two errors."""
    for kind, _ in await kinds(dut):
        for road in dut.roads:
            for step in ("START", "STOP"):
                for name in ("DEVICEID", "DEVICEALIAS", "SYS_USER", "CRM_USER"):
                    result = await dut.call(f"{kind}{step}", {name: f"no{fresh(dut)}"}, road=road)
                    errors = ["agent-not-found", "device-invalid"]
                    dut.refused(result, "UPT-BLK-008", errors=errors, check=f"{kind}{step}.{name}.{road}")
                result = await dut.call(f"{kind}{step}", {"TIMEOFFSET": "-5"}, road=road)
                dut.refused(result, "UPT-BLK-001", check=f"{kind}{step}.none.{road}")


@SUITE.scenario("blackouts.word", "UPT-DEV-013", chapter=CHAPTER, after=_AFTER)
async def word(dut: DocumentDut) -> None:
    """Where a pause is told, STATUS has another word for the recording than before."""
    kind, seen = (await kinds(dut))[0]
    if not seen.any:
        raise CaseSkipped("no blackout is seen: UPT-AMB-135")
    await watch(dut, "RECORD")
    call = await recorded_call(dut, device(dut, 0))
    before = await word_of(dut, call)
    if not before:
        raise CaseSkipped("STATUS says nothing: UPT-AMB-117")
    dut.ok(await dut.call(f"{kind}START", {"DEVICEID": call.device}), "UPT-BLK-002")

    async def look() -> str:
        now = await word_of(dut, call)
        return "" if now != before else now

    wrong = await until(dut, look)
    dut.check("paused", not wrong, "UPT-DEV-013", expected=f"another word than {before}", got=wrong)
    dut.ok(await dut.call(f"{kind}STOP", {"DEVICEID": call.device}), "UPT-BLK-002")
    await dut.setup("CALLSTOP", call.named)


@SUITE.scenario("blackouts.twice", "UPT-BLK-012", "UPT-BLK-015", chapter=CHAPTER, after=_AFTER)
async def twice(dut: DocumentDut) -> None:
    """A second start pauses nothing again; starts and stops that find nothing to do do no harm."""
    for kind, _ in await kinds(dut):
        await watch(dut, "RECORD")
        on = device(dut, 0)
        for step in ("START", "STOP"):
            dut.either(
                await dut.call(f"{kind}{step}", {"DEVICEID": on}, judged=False), "UPT-AMB-133", check=f"idle.{kind}"
            )
        call: Call = await recorded_call(dut, on)
        sent: Fields = {"DEVICEID": on}
        dut.either(await dut.call(f"{kind}STOP", sent, judged=False), "UPT-AMB-133", check=f"early.{kind}")
        dut.ok(await dut.call(f"{kind}START", sent), "UPT-BLK-002")
        dut.either(await dut.call(f"{kind}START", sent, judged=False), "UPT-AMB-133", check=f"again.{kind}")
        await dut.settle("watcher")
        told = dut.told("watcher", PAUSED, call.mine)
        dut.check(f"once.{kind}", len(told) < 2, "UPT-BLK-015", expected="one pause at most", got=f"{len(told)} told")
        dut.ok(await dut.call(f"{kind}STOP", sent), "UPT-BLK-002")
        await stands(dut, call, call.given, "UPT-BLK-012", "UPT-BLK-009", check=f"up.{kind}")
        await dut.setup("CALLSTOP", call.named)
