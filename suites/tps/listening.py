"""A feedback receiver that listens: subscribed in a slot of its own, and what must hold of all that it hears."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.calldut import CallDut
from harness.callears import HOST, PORT, QUIET_S, WAY, WITHIN_S, Ear
from harness.flow import CaseInconclusive, CaseSkipped
from harness.hearing import Manner
from harness.messages.callheard import Heard
from harness.verdict import Severity
from suites.tps import SUITE
from suites.tps.world import Members

CHAPTER = "feedback"
CONFIGURE, RECONFIGURE, REMOVE = "feedbackReceiver.configure", "feedbackReceiver.reconfigure", "feedbackReceiver.remove"
STATUS, QUERY = "feedbackReceiver.status", "feedbackReceiver.query"
AFTER = (f"{CONFIGURE}.success",)
ACK, MODIFIED, DELETED = "configureAck", "receiverModified", "receiverDeleted"
OWN = frozenset((ACK, MODIFIED, DELETED))  # of a receiver itself
CONFERENCE, CONFERENCE_GONE = "flexConferenceEnum", "flexConferenceDeletionsEnum"
LATE_EVENT_S = 12.0  # device seconds after which nothing more comes of what was before, even if events are held back
ROAD = ("TPS-EVT-001", "TPS-EVT-002", "TPS-EVT-005")  # what each message shows
_LATEST_S = 60.0  # device seconds after which an event that is due is taken for lost
_CALL = "TPS-callback.eventNotification"
_MEMBERS = (
    "sourceIdentifier",
    "sourceIdentifier:echo",
    "sourceIdentifier:type",
    "sourceIdentifier:length",
    "events",
    "events:type",
    "events:choice",
    "events:count",
)
FORM = (
    "TPS-feedbackReceiver.configure",
    *ROAD,
    "TPS-EVT-003",
    "TPS-EVT-004",
    _CALL,
    *(f"{_CALL}.{one}" for one in _MEMBERS),
)


@dataclass(slots=True, kw_only=True)
class Receiver:
    """A receiver with its slot and what it is to be told."""

    ear: Ear
    slot: int
    source: str  # "" for none
    events: frozenset[str]
    before: set[str] = field(default_factory=set)  # what it was subscribed to earlier in the case


@SUITE.provides("mac")
async def address(dut: CallDut, _state: str) -> str:
    """The MAC address of port A."""
    found = (await dut.setup("device.network.query")).value("portA.macAddress")
    if not isinstance(found, str) or not found:
        raise CaseInconclusive("device.network.query tells no MAC address of port A")
    return found


@SUITE.provides(WAY)
async def way(dut: CallDut, _state: str) -> str:
    """Whether what the device sends arrives: a receiver of all events hears something every ten seconds, if anything lets it through.

    Raises:
        CaseInconclusive: nothing arrives, whatever the reason.
    """
    ear = await dut.listen(WAY, clauses=ROAD, trying=True)
    taken = await dut.call(CONFIGURE, {"receiverURI": ear.uri, "receiverIndex": -1})
    if not taken.ok:
        return "unknown"
    heard = await dut.hear(ear) or await dut.stray()
    slot = taken.value("receiverIndex")
    if isinstance(slot, int):
        await dut.call(REMOVE, {"receiverIndex": slot})
    if heard is None:
        raise CaseInconclusive(f"nothing arrives of what the device sends; look at {HOST}, {PORT} and firewalls")
    return "open"


def all_events(dut: CallDut) -> frozenset[str]:
    """Every event that the version has."""
    versions, version = dut.syntax.versions, dut.version
    known = len(versions) if version is None else versions.index(version)
    return frozenset(
        name for name, one in dut.model.notices.items() if one.since is None or versions.index(one.since) <= known
    )


async def subscribed(
    dut: CallDut,
    *events: str,
    name: str = "main",
    source: str = "",
    manner: Manner = Manner.ANSWER,
    index: int | None = -1,
    must: tuple[str, ...] = (),
    ear: Ear | None = None,
    query: str = "",
) -> Receiver:
    """A new receiver with a place of its own; without events it hears all. What its configuration brings about is left in `ear.news`.

    Args:
        ear: its place; None: a new one.
        query: stands behind its URI.
        must: clauses that are broken if it is not taken; none: the case cannot go on then.
    """
    ear = ear or await dut.listen(name, manner=manner, clauses=ROAD)
    wanted: Members = {"receiverURI": ear.uri + query}
    wanted |= {"receiverIndex": index} if index is not None else {}
    wanted |= {"sourceIdentifier": source} if source else {}
    wanted |= {"subscribedEvents": list(events)} if events else {}
    ear.sent = {"sourceIdentifier": source} if source else {}
    taken = dut.ok(await dut.call(CONFIGURE, wanted), *must, check=name) if must else await dut.setup(CONFIGURE, wanted)
    slot = taken.value("receiverIndex")
    if not isinstance(slot, int):
        raise CaseInconclusive(f"{CONFIGURE} gave no receiverIndex")
    return Receiver(ear=ear, slot=slot, source=source, events=frozenset(events) or all_events(dut))


async def ready(
    dut: CallDut, *events: str, name: str = "main", source: str = "", device_s: float = QUIET_S
) -> Receiver:
    """A new receiver, after what its configuration has brought about."""
    found = await subscribed(dut, *events, name=name, source=source)
    await dut.settle(found.ear, device_s=device_s)
    return found


async def told(
    dut: CallDut,
    one: Receiver,
    event: str,
    *clauses: str,
    check: str = "",
    within_s: float = WITHIN_S,
    after_s: float = 0.0,
) -> Heard | None:
    """A receiver must be told of an event in time; gives the message."""
    heard = await dut.wait_event(one.ear, event, within_s, after_s=after_s)
    if heard is None:
        heard = await _late(dut, one, event, max(_LATEST_S - within_s, 0.0), after_s)
    got = "" if heard is not None else (f"only {', '.join(dut.events(one.ear))}" if one.ear.news else "nothing")
    if heard is None and not one.ear.heard:
        await _astray(dut, one)
    dut.check(
        check or f"told.{event}", heard is not None, *clauses, *_names(dut, event), expected=f"{event} at {one.ear.name}", got=got,
        step=heard.step if heard is not None else -1,
    )  # fmt: skip
    return heard


async def _late(dut: CallDut, one: Receiver, event: str, within_s: float, after_s: float) -> Heard | None:
    """How soon an event is told is not said: one that comes late is told of, but wrong is only one that does not come."""
    try:
        heard = await dut.wait_event(one.ear, event, within_s, after_s=after_s)
    except CaseSkipped:  # there is no leave to wait so long
        return None
    if heard is not None:
        dut.check(
            f"late.{event}", False, *_names(dut, event), expected=f"{event} within {WITHIN_S:g} s", got="later",
            severity=Severity.SHOULD, step=heard.step,
        )  # fmt: skip
    return heard


def _names(dut: CallDut, event: str) -> tuple[str, ...]:
    """The clause that says when there is an event."""
    notice = dut.model.notices.get(event)
    due = ("TPS-EVT-001", "TPS-feedbackReceiver.configure")
    return (notice.clause, *due) if notice is not None else due


async def _astray(dut: CallDut, one: Receiver) -> None:
    """What was sent to us, but elsewhere than to where it should go."""
    heard = await dut.stray(one.ear)
    dut.check(
        "astray", heard is None, "TPS-EVT-005", expected=f"messages to {one.ear.uri}", got=heard.describe() if heard is not None else "",
        step=heard.step if heard is not None else -1,
    )  # fmt: skip


async def ended(dut: CallDut, *receivers: Receiver, device_s: float = QUIET_S) -> None:
    """What a case does last: hear the rest, and look at who sent it and whether it was asked for."""
    await dut.rested(*(one.ear for one in receivers), device_s=device_s)
    for one in receivers:
        await looked(dut, one)


async def looked(dut: CallDut, one: Receiver) -> None:
    """The names and the sender of all messages to a receiver are right."""
    for number, heard in enumerate(one.ear.heard):
        others = set(heard.texts("events")) - one.events - one.before
        about = others & OWN
        if about:
            dut.observe(
                "own-events", "TPS-AMB-236", "always", clauses=("TPS-EVT-004",), got=", ".join(sorted(about)), step=heard.step
            )  # fmt: skip
        strange = others - OWN
        if strange or not number:
            dut.check(
                "subscribed", not strange, "TPS-EVT-004", expected=f"only {', '.join(sorted(one.events))}", got=", ".join(sorted(strange)),
                step=heard.step,
            )  # fmt: skip
    if not one.source and one.ear.heard:
        await by_address(dut, one.ear.heard, "TPS-EVT-003")


async def by_address(dut: CallDut, messages: list[Heard], *clauses: str) -> None:
    """Messages whose sender was given no name have the MAC address."""
    wanted = await dut.shared("mac", "any")
    for number, heard in enumerate(messages):
        found = heard.value("sourceIdentifier")
        if not isinstance(found, str):
            continue  # which the check of members tells
        same = bare(found) == bare(wanted)
        if not same or not number:
            dut.check(
                "address", same, *clauses, expected=f"the MAC address {wanted}", got="" if same else repr(found), step=heard.step
            )  # fmt: skip
            if same:
                reading = "colons" if len(found) > 12 else "plain" if found == found.upper() else "small"
                dut.observe("address", "TPS-AMB-235", reading, got=found, step=heard.step)


def bare(address: str) -> str:
    """A MAC address without what stands between its digits, in capitals."""
    return address.replace(":", "").replace("-", "").replace(".", "").upper()


async def now(dut: CallDut) -> float:
    """Seconds of the wall clock since the case began, as messages have them."""
    return await dut.clock() / dut.target.clock_scale
