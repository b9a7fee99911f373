"""How a device lets the pause of a recording be seen, and which calls a blackout is about."""

from __future__ import annotations

from dataclasses import dataclass

from harness.documentdut import DocumentDut
from harness.flow import CaseInconclusive, CaseSkipped
from suites.uptivity import SUITE
from suites.uptivity.seen import Call, begin, instance_of, needs_recording, pause, under_way, value_of, watch
from suites.uptivity.world import new_agent, new_phone

KINDS = ("BLACKOUT", "AGENTBLACKOUT")
PAUSED, RESUMED = "RECORDINGPAUSED", "RECORDINGRESUMED"


@dataclass(frozen=True, kw_only=True)
class Sight:
    """How a device lets a pause be seen: in events, in the word STATUS, or not at all."""

    events: bool
    word: str  # STATUS of a recording that goes on, "" where the word says nothing

    @property
    def any(self) -> bool:
        """Whether a pause is seen at all."""
        return self.events or bool(self.word)


async def word_of(dut: DocumentDut, call: Call) -> str:
    """STATUS of a call."""
    one = await instance_of(dut, call)
    return value_of(one, "STATUS") if one is not None else ""


async def recorded_call(dut: DocumentDut, on: str, *, link: str = "watcher", **given: str) -> Call:
    """A call that is recorded, as a connection that watches is told."""
    call = await begin(dut, on, **given)
    await under_way(dut, call, link=link)
    return call


@SUITE.provides("pause")
async def how_it_shows(dut: DocumentDut, what: str) -> str:
    """How a blackout of a kind shows on a device: `events|word`, or `refused` where the kind is switched off.

    Raises:
        CaseInconclusive: it fails otherwise.
    """
    kind, on, other = what.split(" ")
    await watch(dut, "RECORD")
    first, second = await recorded_call(dut, on), await recorded_call(dut, on)
    elsewhere = await recorded_call(dut, other)
    calls = (first, second, elsewhere)
    before = [await word_of(dut, call) for call in calls]
    result = await dut.call(f"{kind}START", {"DEVICEID": on}, judged=False)
    off = {dut.model.errors[name].code for name in ("command-not-allowed", "command-not-supported", "unlicensed")}
    if not dut.succeeded(result) and result.code in off:
        return "refused"
    if not dut.succeeded(result):
        raise CaseInconclusive(f"{kind}START did not succeed: {result.describe()}")
    told = await dut.wait_for("watcher", PAUSED, lambda event: first.mine(event) or second.mine(event), deadline_s=0.5)
    told = told or dut.told("watcher", PAUSED, elsewhere.mine)
    await pause(dut, 0.02)
    during = [await word_of(dut, call) for call in calls]
    await dut.call(f"{kind}STOP", {"DEVICEID": on}, judged=False)
    patience = 0.5 if told else 0.1
    back = await dut.wait_for(
        "watcher", RESUMED, lambda event: first.mine(event) or second.mine(event), deadline_s=patience
    )
    for call in calls:
        await dut.setup("CALLSTOP", call.named)
    changed = next((one for one, now in zip(before, during, strict=True) if one and now and one != now), "")
    return f"{'yes' if told or back else ''}|{changed}"


async def sight(dut: DocumentDut, kind: str = "BLACKOUT") -> Sight:
    """How pauses show on the device of the first agent.

    Raises:
        CaseSkipped: the kind is switched off.
    """
    on, other = dut.fixtures("agent_device_ids", count=2)[:2]
    await needs_recording(dut, on, other)
    found = await dut.shared("pause", f"{kind} {on} {other}")
    if found == "refused":
        dut.observe("kinds", "UPT-AMB-137", "refused")
        raise CaseSkipped(f"{kind}START is switched off: UPT-AMB-137")
    events, _, word = found.partition("|")
    return Sight(events=bool(events), word=word)


async def kinds(dut: DocumentDut) -> list[tuple[str, Sight]]:
    """The kinds of blackouts that the device has, and how they show.

    Raises:
        CaseSkipped: it has none.
    """
    found, why = [], ""
    for kind in KINDS:
        try:
            found.append((kind, await sight(dut, kind)))
        except CaseSkipped as end:
            why = str(end)
    if not found:
        raise CaseSkipped(why)
    return found


async def is_paused(dut: DocumentDut, seen: Sight, call: Call) -> bool:
    """Whether a call is paused now, so far as that can be seen."""
    if seen.word:
        return await word_of(dut, call) not in ("", seen.word)
    await dut.settle("watcher")
    return len(dut.told("watcher", PAUSED, call.mine)) > len(dut.told("watcher", RESUMED, call.mine))


async def expects(
    dut: DocumentDut, seen: Sight, call: Call, paused: bool, *clauses: str, check: str, count: int = 1
) -> bool:
    """A call must be paused or not, where that is seen; `count` events of pauses or their ends are waited for."""
    if seen.events:
        await dut.wait_for("watcher", PAUSED if paused else RESUMED, call.mine, count=count, deadline_s=1.0)
    for pause_s in (0.02, 0.1, 0.3):
        if await is_paused(dut, seen, call) is paused:
            break
        await pause(dut, pause_s)
    now = await is_paused(dut, seen, call)
    wanted = "paused" if paused else "not paused"
    return dut.check(
        check, now is paused, *clauses, expected=f"{call.instance} of {call.device} {wanted}", got=f"paused: {now}"
    )


async def of_agents(dut: DocumentDut, seen: Sight) -> bool:
    """Whether BLACKOUTSTART on one phone of an agent pauses the call on another one, so far as can be found out; see `two_phones`."""
    if not seen.any:
        return True
    found = await two_phones(dut)
    if found is None:
        return True
    one, two = found
    await dut.call("BLACKOUTSTART", one.named, judged=False)
    await pause(dut, 0.05)
    paused = await is_paused(dut, seen, two)
    await dut.call("BLACKOUTSTOP", one.named, judged=False)
    for call in found:
        await dut.call("CALLSTOP", call.named, judged=False)
    return paused


async def two_phones(dut: DocumentDut) -> tuple[Call, Call] | None:
    """Calls on two phones of an agent of our own, both recorded; None where the device knows no such phones."""
    try:
        agent = await new_agent(dut)
        phones = [await new_phone(dut, agent) for _ in range(2)]
        one, two = [await recorded_call(dut, phone) for phone in phones]
    except CaseInconclusive:
        return None
    return one, two
