"""Conferences that are on, and people who come to them and go: what the cases of behaviour share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from harness.calldut import CallDut
from harness.checks.callfaults import expected_of
from harness.flow import CaseInconclusive
from harness.messages.callreply import CallReply
from harness.spec.callmodel import Slip
from harness.wire.xmlrpc_values import Plain, Value
from suites.tps.talk import destroy
from suites.tps.told import LISTS, element
from suites.tps.world import Members, conference, digits, outgoing, participant

T = TypeVar("T")
AFTER = ("flex.conference.create.success", "flex.participant.create.success")
# Device seconds: to let something happen that must not; between two looks; for an endpoint to answer and be let in.
QUIET_S, STEP_S, PATIENCE_S = 2.0, 0.5, 30.0
QUERY, STATUS, LIST = "flex.conference.query", "flex.conference.status", "flex.conference.enumerate"
WHO, STATE, JOIN = "flex.participant.query", "flex.participant.status", "flex.participant.create"
MODIFY, CHANGE = "flex.conference.modify", "flex.participant.modify"
COMPLETE, CONNECTED = "complete", "callStateConnected"


def slack(dut: CallDut) -> float:
    """Device seconds by which a device may be late: on one whose clock is quick, what a short pause of its own comes to."""
    return 3.0 + 0.1 * dut.target.clock_scale


async def until(
    dut: CallDut, ask: Callable[[], Awaitable[T]], fits: Callable[[T], bool], device_s: float = PATIENCE_S
) -> T:
    """Ask again and again until what comes fits, or so many device seconds (a wall second at least) are over; gives what came last."""
    most = await dut.clock() + max(device_s, dut.target.clock_scale)
    while True:
        found = await ask()
        if fits(found) or await dut.clock() > most:
            return found
        await dut.wait(STEP_S)


# conferences


async def begun(dut: CallDut, **members: Any) -> str:
    """A conference that is active, in which nobody is kept waiting by a welcome; gives its id."""
    return await conference(dut, **{"startTime": 0, "welcomeScreen": False, **members})


async def status(dut: CallDut, where: str) -> CallReply:
    """The status of a conference."""
    return dut.ok(await dut.call(STATUS, {"conferenceID": where}), check="status")


async def query(dut: CallDut, where: str) -> CallReply:
    """What a conference was given."""
    return dut.ok(await dut.call(QUERY, {"conferenceID": where}), check="query")


async def change(dut: CallDut, where: str, *clauses: str, **members: Any) -> CallReply:
    """Change a conference."""
    return dut.ok(await dut.call(MODIFY, {"conferenceID": where, **members}), *clauses, check="changed")


async def listed(dut: CallDut, where: str) -> tuple[CallReply, dict[str, Any]]:
    """A conference in the list, and the page that it stands on."""
    reply, item = await element(dut, LIST, "conferences", "conferenceID", where, {})
    return reply, _members(item)


async def there(dut: CallDut, where: str) -> bool:
    """Whether a conference exists."""
    return (await dut.call(STATUS, {"conferenceID": where}, undo=False)).ok is True


def _members(item: Value) -> dict[str, Any]:
    return struct(item.plain())


def struct(value: object) -> dict[str, Any]:
    """The members of a struct of a reply; none where it is no struct."""
    return dict(value) if isinstance(value, dict) else {}


def structs(value: object) -> list[dict[str, Any]]:
    """The structs of an array of a reply."""
    return [dict(one) for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def texts(value: object) -> list[str]:
    """The texts of an array of a reply."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


# participants


def addresses(dut: CallDut, count: int, key: str = "answering_addresses") -> list[str]:
    """So many addresses of endpoints that answer; where the target file has fewer, some come twice."""
    known = dut.fixtures(key)
    return [known[number % len(known)] for number in range(count)]


async def dialled(dut: CallDut, where: str, address: str = "", *more: str, **members: Any) -> str:
    """A participant whose endpoints are dialled, one call for each address; gives its id."""
    every = (address or dut.fixture("answering_addresses"), *more)
    return await participant(dut, where, calls=[await outgoing(dut, one) for one in every], **members)


async def waiting(dut: CallDut, where: str, calls: int = 1, **members: Any) -> str:
    """A participant that waits for so many calls to come in; gives its id."""
    definitions: list[Members] = []
    for _ in range(calls):
        out = await outgoing(dut)
        definitions.append({"URI": digits(dut), "callBandwidth": out["callBandwidth"]})
    return await participant(dut, where, calls=definitions, **members)


async def state(dut: CallDut, who: str) -> CallReply:
    """The status of a participant."""
    return dut.ok(await dut.call(STATE, {"participantID": who}), check="state")


async def asked(dut: CallDut, who: str) -> CallReply:
    """What a participant was given."""
    return dut.ok(await dut.call(WHO, {"participantID": who}), check="asked")


async def present(dut: CallDut, who: str) -> bool:
    """Whether a participant exists."""
    return (await dut.call(STATE, {"participantID": who}, undo=False)).ok is True


async def entry(dut: CallDut, where: str, who: str, method: str = LISTS[0]) -> dict[str, Any]:
    """A participant in a list."""
    array = "participantMediaInfo" if method == LISTS[2] else "participants"
    return _members((await element(dut, method, array, "participantID", who, {"conferenceID": where}))[1])


def calls_of(reply: CallReply) -> list[Mapping[str, Plain]]:
    """The calls of a participant's status; an empty struct for what there is not."""
    told = reply.value("calls")
    return [one if isinstance(one, dict) else {} for one in told] if isinstance(told, list) else []


def inside(reply: CallReply) -> bool:
    """Whether all calls of a participant are in the conference."""
    calls = calls_of(reply)
    return bool(calls) and all(one.get("conferenceState") == COMPLETE for one in calls)


def up(reply: CallReply) -> bool:
    """Whether any call of a participant is established."""
    return any(one.get("callState") == CONNECTED for one in calls_of(reply))


async def joins(dut: CallDut, who: str, *clauses: str, device_s: float = PATIENCE_S) -> CallReply:
    """A participant comes into the conference; with clauses that is checked.

    Raises:
        CaseInconclusive: it does not, and no clause was given.
    """
    reply = await until(dut, lambda: state(dut, who), inside, device_s)
    if clauses:
        dut.check(
            "joins", inside(reply), *clauses, expected="its calls to be complete", got=reply.describe(), step=reply.step
        )
    elif not inside(reply):
        raise CaseInconclusive(f"the endpoint did not come into the conference in time: {reply.describe()}")
    return reply


async def joined(dut: CallDut, where: str, address: str = "", *more: str, **members: Any) -> str:
    """A participant that has been dialled and is in the conference; gives its id.

    Raises:
        CaseSkipped: the target file names no address that answers.
        CaseInconclusive: it did not answer in time.
    """
    who = await dialled(dut, where, address, *more, **members)
    await joins(dut, who)
    return who


async def leaves(dut: CallDut, who: str, check: str = "leaves") -> None:
    """A participant is destroyed."""
    dut.ok(await dut.call("flex.participant.destroy", {"participantID": who}), check=check)


async def out(dut: CallDut, who: str, device_s: float = PATIENCE_S) -> bool:
    """Whether a participant goes, or stays without a call, within so many device seconds."""

    async def look() -> bool:
        reply = await dut.call(STATE, {"participantID": who}, undo=False)
        return not reply.ok or not up(reply)

    return await until(dut, look, bool, device_s)


# ids that are gone


_OF_CONFERENCE: dict[str, Members] = {
    QUERY: {}, STATUS: {}, "flex.conference.getMetadata": {}, MODIFY: {"conferenceName": "Clausewise"},
    "flex.conference.sendUserMessage": {"message": "Clausewise"}, "flex.conference.sendWarning": {"secondsRemaining": 60},
    **{method: {} for method in LISTS}, "flex.conference.destroy": {},
}  # fmt: skip
_OF_PARTICIPANT: dict[str, Members] = {
    WHO: {}, STATE: {}, CHANGE: {"displayName": "Clausewise"}, "flex.participant.setMute": {"audioRxMute": True},
    "flex.participant.setImportant": {}, "flex.participant.clearImportant": {}, "flex.participant.sendDTMF": {"dtmf": "1"},
    "flex.participant.sendUserMessage": {"message": "Clausewise"}, "flex.participant.call.disconnect": {"position": 0},
    "flex.participant.destroy": {},
}  # fmt: skip


async def unknown_conference(dut: CallDut, where: str, *clauses: str) -> None:
    """Every method that is given the id of a conference says that there is none."""
    for method, members in _OF_CONFERENCE.items():
        reply = await dut.call(method, {"conferenceID": where, **members}, undo=False)
        dut.fault(reply, expected_of(dut.model, method, "conferenceID", Slip.UNKNOWN), *clauses, check=f"gone.{method}")
    joining: Members = {"conferenceID": where, "calls": [await outgoing(dut, "192.0.2.77")]}
    reply = await dut.call(JOIN, joining)
    dut.fault(reply, expected_of(dut.model, JOIN, "conferenceID", Slip.UNKNOWN), *clauses, check=f"gone.{JOIN}")


async def unknown_participant(dut: CallDut, who: str, *clauses: str, check: str = "gone") -> None:
    """Every method that is given the id of a participant says that there is none."""
    for method, members in _OF_PARTICIPANT.items():
        reply = await dut.call(method, {"participantID": who, **members}, undo=False)
        expected = expected_of(dut.model, method, "participantID", Slip.UNKNOWN)
        dut.fault(reply, expected, *clauses, check=f"{check}.{method}")


async def closed(dut: CallDut, where: str) -> None:
    """End a conference of the case."""
    await destroy(dut, where, check="closed")
