"""Feedback receivers: their twenty slots, how one is taken, changed and left, and what those concerned hear of it."""

from __future__ import annotations

from typing import Any

from harness.calldut import CallDut
from harness.flow import CaseSkipped
from harness.verdict import Severity
from suites.tps import SUITE
from suites.tps.listening import (
    ACK,
    AFTER,
    CHAPTER,
    CONFERENCE,
    CONFERENCE_GONE,
    CONFIGURE,
    DELETED,
    FORM,
    MODIFIED,
    OWN,
    QUERY,
    RECONFIGURE,
    REMOVE,
    STATUS,
    Receiver,
    all_events,
    ended,
    looked,
    subscribed,
    told,
)
from suites.tps.world import Members, conference, free_slots, receiver_uri

_SLOTS = 20
Rows = dict[int, Members]


async def _rows(dut: CallDut) -> Rows:
    found = dut.ok(await dut.call(QUERY), "TPS-RCV-002", check="query").value("receivers")
    rows = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    numbers = [one.get("index") for one in rows]
    dut.check(
        "once", len(numbers) == len(set(map(str, numbers))), "TPS-RCV-002", expected="each slot once", got=str(numbers)
    )
    return {number: one for one, number in zip(rows, numbers, strict=True) if isinstance(number, int)}


def _same(dut: CallDut, before: Rows, after: Rows, *clauses: str, but: tuple[int, ...] = (), check: str) -> None:
    """No receiver but these has changed, come or gone."""
    slots = {*before, *after} - set(but)
    odd = {slot: after.get(slot) for slot in sorted(slots) if before.get(slot) != after.get(slot)}
    dut.check(check, not odd, *clauses, expected="the other receivers as they were", got=str(odd) if odd else "")


def _of_others(dut: CallDut, one: Receiver) -> list[str]:
    """What a place is told that is not about its own receiver: that may come late, where a device gathers what it tells."""
    return [name for name in dut.events(one.ear) if name not in OWN]


@SUITE.scenario("receiver.none", "TPS-RCV-013", chapter=CHAPTER, after=AFTER)
async def none(dut: CallDut) -> None:
    """The list of receivers is there although there are none."""
    reply = dut.ok(await dut.call(QUERY), check="query")
    if reply.value("receivers"):
        raise CaseSkipped("there are receivers")
    dut.check(
        "empty", reply.value("receivers") == [], "TPS-RCV-013", expected="an empty array", got=reply.describe(), step=reply.step
    )  # fmt: skip


@SUITE.scenario(
    "receiver.slots", "TPS-RCV-002", "TPS-RCV-005", "TPS-RCV-006", "TPS-RCV-007", "TPS-RCV-008",
    "TPS-feedbackReceiver.configure:fault.no-free-slot", chapter=CHAPTER, after=AFTER,
)  # fmt: skip
async def slots(dut: CallDut) -> None:
    """Every free slot is taken by a receiver that asks for any, and then no more."""
    before = await _rows(dut)
    free = set(await free_slots(dut))
    for turn in range(len(free)):
        reply = await dut.call(
            CONFIGURE,
            {"receiverURI": receiver_uri(dut), "receiverIndex": -1 - turn, "sourceIdentifier": f"{turn}"},
        )
        clauses = ("TPS-RCV-005", "TPS-RCV-008", "TPS-feedbackReceiver.configure.receiverIndex")
        dut.ok(reply, *clauses, check=f"taken.{turn}")
        slot = reply.value("receiverIndex")
        good = slot in free
        dut.check(
            f"free.{turn}", good, "TPS-RCV-005", "TPS-RCV-007", expected=f"one of {sorted(free)}", got="" if good else str(slot), step=reply.step
        )  # fmt: skip
        free.discard(slot if isinstance(slot, int) else 0)
    full = await _rows(dut)
    dut.check(
        "all", set(full) == set(range(1, _SLOTS + 1)), "TPS-RCV-002", "TPS-RCV-008", expected=f"{_SLOTS} receivers", got=str(sorted(full))
    )  # fmt: skip
    _same(dut, before, full, "TPS-RCV-005", but=tuple(set(full) - set(before)), check="others")
    over = await dut.call(CONFIGURE, {"receiverURI": receiver_uri(dut), "receiverIndex": -1})
    dut.fault(over, "no-free-slot", "TPS-RCV-006", check="full")
    _same(dut, full, await _rows(dut), "TPS-RCV-006", check="untouched")


@SUITE.scenario("receiver.nobody", "TPS-RCV-010", "TPS-RCV-014", chapter=CHAPTER, after=AFTER)
async def nobody(dut: CallDut) -> None:
    """A slot without a receiver cannot be changed, nor one that there is not, and nobody is configured by that."""
    free = await free_slots(dut)
    if not free:
        raise CaseSkipped("every slot has a receiver")
    before = await _rows(dut)
    sent: Members = {"receiverIndex": free[0], "receiverURI": receiver_uri(dut), "subscribedEvents": [CONFERENCE]}
    reply = await dut.call(RECONFIGURE, sent, undo=False)
    dut.check("refused", reply.failed, "TPS-RCV-010", expected="a fault", got=reply.describe(), step=reply.step)
    _same(dut, before, await _rows(dut), "TPS-RCV-010", check="nobody")
    for slot in (0, _SLOTS + 1, -1):
        for method in (RECONFIGURE, REMOVE, STATUS):
            reply = await dut.call(method, {"receiverIndex": slot}, undo=False)
            dut.check(
                f"slot.{slot}", reply.failed, "TPS-RCV-014", expected="a fault", got=reply.describe(), step=reply.step
            )
    _same(dut, before, await _rows(dut), "TPS-RCV-014", check="none")


@SUITE.scenario(
    "receiver.chosen",
    "TPS-RCV-002",
    "TPS-struct.receiver.returned.index",
    "TPS-RCV-004",
    "TPS-RCV-007",
    "TPS-RCV-015",
    *FORM,
    chapter=CHAPTER,
    after=AFTER,
)
async def chosen(dut: CallDut) -> None:
    """A receiver takes the slot that it names, the highest and another one, and two with one URI are both told where there can be two."""
    free = await free_slots(dut)
    if len(free) < 2:
        raise CaseSkipped("fewer than two slots are free")
    before = await _rows(dut)
    first = await subscribed(dut, CONFERENCE, name="first", source="first", index=free[0])
    reply = await dut.call(
        CONFIGURE,
        {
            "receiverURI": first.ear.uri,
            "receiverIndex": free[1],
            "sourceIdentifier": "second",
            "subscribedEvents": [CONFERENCE],
        },
    )
    if not dut.either(reply, "TPS-AMB-346", "TPS-RCV-004", "TPS-RCV-015", check="same-uri"):
        reply = await dut.call(
            CONFIGURE, {"receiverURI": receiver_uri(dut), "receiverIndex": free[1], "sourceIdentifier": "second"}
        )
        dut.ok(reply, "TPS-RCV-004", check="other-uri")
    twice = reply.sent.get("receiverURI") == first.ear.uri
    for check, wanted, got in (("high", free[0], first.slot), ("other", free[1], reply.value("receiverIndex"))):
        good = ("TPS-RCV-004", "TPS-RCV-007")
        dut.check(check, wanted == got, *good, expected=f"slot {wanted}", got="" if wanted == got else repr(got))
    after = await _rows(dut)
    _same(dut, before, after, "TPS-RCV-004", but=(free[0], free[1]), check="others")
    for slot, name in ((free[0], "first"), (free[1], "second")):
        row = after.get(slot, {})
        mine = row.get("sourceIdentifier") == name and (
            row.get("receiverURI") == first.ear.uri or (slot != first.slot and not twice)
        )
        dut.check(
            f"listed.{name}", mine, "TPS-RCV-002", "TPS-struct.receiver.returned.index", expected=f"{name} in slot {slot}", got=str(after)
        )  # fmt: skip
    first.ear.sent = {}
    await dut.settle(first.ear)
    await conference(dut)
    await told(dut, first, CONFERENCE)
    while twice and len(_senders(first)) < 2 and await dut.hear(first.ear) is not None:
        pass
    names = _senders(first)
    both = names == {"first", "second"} if twice else names == {"first"}
    dut.check(
        "both", both, "TPS-EVT-001", "TPS-EVT-003", "TPS-RCV-015", expected="a message to each that is configured", got=str(names)
    )  # fmt: skip


def _senders(one: Receiver) -> set[Any]:
    """The names under which a place was told of a conference."""
    return {heard.value("sourceIdentifier") for heard in one.ear.news if CONFERENCE in heard.texts("events")}


@SUITE.scenario(
    "receiver.default-slot", "TPS-RCV-003", "TPS-RCV-004", "TPS-RCV-012", *FORM, chapter=CHAPTER, after=AFTER
)
async def default(dut: CallDut) -> None:
    """A receiver that names no slot takes the first one, and whoever was there is gone."""
    if 1 not in await free_slots(dut):
        raise CaseSkipped("slot 1 has a receiver of somebody else")
    before = await _rows(dut)
    old = await subscribed(
        dut, CONFERENCE_GONE, DELETED, MODIFIED, name="old", source="old", index=None, must=("TPS-RCV-003",)
    )
    await dut.settle(old.ear)
    new = await subscribed(dut, name="new", source="new", index=None, must=("TPS-RCV-004", "TPS-RCV-003"))
    for check, one in (("first", old), ("second", new)):
        dut.check(check, one.slot == 1, "TPS-RCV-003", "TPS-RCV-007", expected="slot 1", got=f"slot {one.slot}")
    status = dut.ok(await dut.call(STATUS, {"receiverIndex": new.slot}), "TPS-RCV-004", check="status")
    events = status.value("subscribedEvents")
    heard = set(map(str, events)) if isinstance(events, list) else set()
    dut.check(
        "all-events", heard == all_events(dut), "TPS-RCV-012", "TPS-RCV-001", "TPS-feedbackReceiver.configure.subscribedEvents:default",
        expected="all events", got="" if heard == all_events(dut) else str(events), step=status.step,
    )  # fmt: skip
    _same(dut, before, await _rows(dut), "TPS-RCV-003", but=(1,), check="others")
    await dut.quiet(old.ear)
    own = {name for name in dut.events(old.ear) if name in (DELETED, MODIFIED)}
    readings = {frozenset(): "nothing", frozenset((DELETED,)): "deleted", frozenset((DELETED, MODIFIED)): "modified"}
    dut.observe("overwritten", "TPS-AMB-238", readings.get(frozenset(own), "modified"))
    await dut.settle(old.ear, new.ear)
    await dut.setup("flex.conference.destroy", {"conferenceID": await conference(dut)})
    await told(dut, new, CONFERENCE_GONE, "TPS-RCV-012")
    await ended(dut, old, new)
    third = await subscribed(dut, CONFERENCE, name="third", source="third", index=None, must=("TPS-RCV-004",))
    events = (await dut.setup(STATUS, {"receiverIndex": third.slot})).value("subscribedEvents")
    good = events == [CONFERENCE]
    dut.check("own-events", good, "TPS-RCV-004", "TPS-RCV-001", expected=f"{CONFERENCE} alone", got=str(events))
    late = _of_others(dut, old)
    dut.check("gone", not late, "TPS-RCV-004", expected="nothing to who was there before", got=", ".join(late))


@SUITE.scenario(
    "receiver.changed",
    "TPS-EVT-008",
    "TPS-EVT-010",
    "TPS-EVT-011",
    "TPS-EVT-012",
    "TPS-RCV-009",
    *FORM,
    chapter=CHAPTER,
    after=AFTER,
)
async def changed(dut: CallDut) -> None:
    """A receiver whose subscriptions are changed hears of that, and then only the events of the new ones."""
    one = await subscribed(dut, CONFERENCE, ACK, MODIFIED, DELETED, source="changed")
    await told(dut, one, ACK, check="added")
    await dut.rested(one.ear)
    _not_told(dut, one, MODIFIED, "TPS-EVT-011", "new", Severity.SHOULD)  # where nothing else had been before
    await dut.settle(one.ear)
    new = [CONFERENCE_GONE, ACK, MODIFIED, DELETED]
    dut.ok(await dut.call(RECONFIGURE, {"receiverIndex": one.slot, "subscribedEvents": new}), check="events")
    await told(dut, one, MODIFIED)
    await told(dut, one, ACK, check="reconfigured")
    one.before, one.events = set(one.events), frozenset(new)
    await dut.settle(one.ear)
    one.before = set()
    mark = len(one.ear.heard)
    await dut.setup("flex.conference.destroy", {"conferenceID": await conference(dut)})
    await told(dut, one, CONFERENCE_GONE, "TPS-EVT-008")
    await dut.quiet(one.ear)
    old = [name for heard in one.ear.heard[mark:] for name in heard.texts("events") if name == CONFERENCE]
    dut.check(
        "no-more", not old, "TPS-EVT-008", "TPS-EVT-004", expected=f"no {CONFERENCE} any more", got=", ".join(old)
    )
    one.before = {CONFERENCE}
    one.ear.mark = 0
    _not_told(dut, one, DELETED, "TPS-EVT-012", "stays")
    await looked(dut, one)


def _not_told(
    dut: CallDut, one: Receiver, event: str, clause: str, check: str, severity: Severity = Severity.MUST
) -> None:
    """A receiver was not told of something that has not been done to it."""
    odd = [heard for heard in one.ear.news if event in heard.texts("events")]
    dut.check(
        check, not odd, clause, expected=f"no {event} to {one.ear.name}", got=odd[0].describe() if odd else "", severity=severity,
        step=odd[0].step if odd else -1,
    )  # fmt: skip


@SUITE.scenario(
    "receiver.moved", "TPS-EVT-008", "TPS-EVT-011", "TPS-EVT-012", "TPS-EVT-013", "TPS-RCV-009", *FORM, chapter=CHAPTER, after=AFTER
)  # fmt: skip
async def moved(dut: CallDut) -> None:
    """A receiver that moves to another URI: the old one hears that it does, and then nothing more."""
    one = await subscribed(dut, CONFERENCE, ACK, MODIFIED, DELETED, name="old", source="moving")
    other = await dut.listen("new", clauses=one.ear.clauses)
    other.sent = one.ear.sent
    await dut.settle(one.ear)
    dut.ok(await dut.call(RECONFIGURE, {"receiverIndex": one.slot, "receiverURI": other.uri}), check="moved")
    await told(dut, one, MODIFIED, "TPS-EVT-013", check="modified")
    await told(dut, one, DELETED, "TPS-EVT-013", check="deleted")
    two = Receiver(ear=other, slot=one.slot, source=one.source, events=one.events)
    await dut.settle(other, one.ear)
    await conference(dut)
    await told(dut, two, CONFERENCE, "TPS-EVT-008", "TPS-RCV-009")
    await ended(dut, one, two)
    own = {name for heard in other.heard for name in heard.texts("events")}
    dut.observe(
        "new-uri", "TPS-AMB-239", "modified" if MODIFIED in own else "acknowledged" if ACK in own else "nothing", clauses=("TPS-EVT-010",)
    )  # fmt: skip
    two.ear.mark = 0
    _not_told(dut, two, DELETED, "TPS-EVT-012", "new-not-deleted")
    late = _of_others(dut, one)
    dut.check(
        "old-no-more",
        not late,
        "TPS-EVT-013",
        "TPS-RCV-009",
        expected="nothing to the previous URI any more",
        got=", ".join(late),
    )


@SUITE.scenario("receiver.removed", "TPS-EVT-012", "TPS-RCV-011", *FORM, chapter=CHAPTER, after=AFTER)
async def removed(dut: CallDut) -> None:
    """A receiver that is removed hears of it, and then nothing more; the others stay."""
    one = await subscribed(dut, CONFERENCE, DELETED, name="one", source="one")
    two = await subscribed(dut, CONFERENCE, DELETED, name="two", source="two")
    await dut.settle(one.ear, two.ear)
    before = await _rows(dut)
    dut.ok(await dut.call(REMOVE, {"receiverIndex": one.slot}), "TPS-RCV-011", check="removed")
    await told(dut, one, DELETED)
    after = await _rows(dut)
    dut.check("unlisted", one.slot not in after, "TPS-RCV-011", expected="not listed", got=str(after.get(one.slot, "")))
    _same(dut, before, after, "TPS-RCV-011", but=(one.slot,), check="others")
    await dut.settle(one.ear, two.ear)
    await conference(dut)
    await told(dut, two, CONFERENCE)
    await ended(dut, one, two)
    late = _of_others(dut, one)
    dut.check("no-more", not late, "TPS-RCV-011", expected="nothing to who was removed", got=", ".join(late))
    two.ear.mark = 0
    _not_told(dut, two, DELETED, "TPS-EVT-012", "other-stays")
