"""Feedback receivers that were given less than others: an empty list of events, or no name."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.messages.callreply import CallReply
from suites.tps import SUITE
from suites.tps.listening import (
    AFTER,
    CHAPTER,
    CONFERENCE,
    CONFIGURE,
    FORM,
    OWN,
    QUERY,
    STATUS,
    Receiver,
    all_events,
    bare,
    ended,
    subscribed,
    told,
)
from suites.tps.world import conference, receiver

_EVENTS, _NAMES = "TPS-AMB-233", "TPS-AMB-234"


@SUITE.scenario("receiver.no-events", "TPS-EVT-004", "TPS-RCV-001", *FORM, chapter=CHAPTER, after=AFTER)
async def nothing(dut: CallDut) -> None:
    """A receiver that subscribes to an empty list of events hears of what its status tells: of nothing, or of everything."""
    beside = await subscribed(dut, CONFERENCE, name="beside", source="beside")
    ear = await dut.listen("none", clauses=beside.ear.clauses)
    ear.sent = {"sourceIdentifier": "none"}
    reply = await dut.call(CONFIGURE, {"receiverURI": ear.uri, "receiverIndex": -1, **ear.sent, "subscribedEvents": []})
    slot = reply.value("receiverIndex")
    if not reply.ok or not isinstance(slot, int):
        dut.observe("refused", _EVENTS, "refused", got=reply.describe(), step=reply.step)
        return
    status = dut.ok(await dut.call(STATUS, {"receiverIndex": slot}), check="status")
    found = status.value("subscribedEvents")
    events = frozenset(map(str, found)) if isinstance(found, list) else frozenset[str]()
    dut.check(
        "all-or-none", events in (frozenset(), all_events(dut)), "TPS-RCV-001", expected="no event, or all of them", got=str(found),
        step=status.step,
    )  # fmt: skip
    dut.observe("status", _EVENTS, "all" if events else "none", got=status.describe(), step=status.step)
    none = Receiver(ear=ear, slot=slot, source="none", events=events)
    await dut.settle(beside.ear, ear)
    await conference(dut)
    await told(dut, beside, CONFERENCE, check="beside")
    if events:
        await told(dut, none, CONFERENCE, check="everything")
    await ended(dut, beside, none)
    late = [name for name in dut.events(ear) if name not in OWN] if not events else []
    dut.check("nothing", not late, "TPS-EVT-004", expected="no event", got=", ".join(late))


@SUITE.scenario("receiver.nameless", "TPS-RCV-001", "TPS-RCV-002", chapter=CHAPTER, after=AFTER)
async def nameless(dut: CallDut) -> None:
    """A receiver that was given no name is told without one, or with the address of the device."""
    slot = await receiver(dut)
    status = dut.ok(await dut.call(STATUS, {"receiverIndex": slot}), check="status")
    await _address_or_nothing(dut, status, status.value("sourceIdentifier"), "status.name", "TPS-RCV-001")
    listed = dut.ok(await dut.call(QUERY), check="query")
    rows = listed.value("receivers")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and row.get("index") == slot:
            await _address_or_nothing(dut, listed, row.get("sourceIdentifier"), "query.name", "TPS-RCV-002")


async def _address_or_nothing(dut: CallDut, reply: CallReply, name: object, check: str, clause: str) -> None:
    """What stands for a name that was not given."""
    right = name in (None, "") or (isinstance(name, str) and bare(name) == bare(await dut.shared("mac", "any")))
    dut.check(
        check, right, clause, expected="no name, or the MAC address of port A", got="" if right else repr(name), step=reply.step
    )  # fmt: skip
    if right:
        reading = "absent" if name is None else "mac" if name else "empty"
        dut.observe(check, _NAMES, reading, got=repr(name), step=reply.step)
