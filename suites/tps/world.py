"""What cases need on a device: conferences, participants, users and receivers, figures of the device, and names that nobody else uses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from harness.calldut import CallDut, find_told
from harness.flow import CaseInconclusive, CaseSkipped
from suites.tps import SUITE

Members = dict[str, Any]
# Device seconds until conferences begin in which nothing is to happen by itself.
FAR_S = 5_000_000
TOTAL = 48  # tokens of each kind: three of them need 144
PASSWORD = "Clausewise-Pass1"  # noqa: S105 - of users that live as long as a case
SUITE.provides("told")(find_told)


# figures


async def figure(dut: CallDut, name: str) -> int:
    """A figure of flex.resource.query.

    Raises:
        CaseInconclusive: the device does not tell it.
    """
    told = await dut.told(f"flex.resource.query:{name}")
    if not isinstance(told, int):
        raise CaseInconclusive(f"flex.resource.query does not tell {name}")
    return told


async def credit_levels(dut: CallDut) -> list[int]:
    """The levels of media credits, the lowest first.

    Raises:
        CaseInconclusive: the device does not tell them.
    """
    told = await dut.told("flex.resource.query:mediaCreditTokenRanges")
    found = sorted(one for one in told if isinstance(one, int)) if isinstance(told, list) else []
    if not found:
        raise CaseInconclusive("flex.resource.query does not tell mediaCreditTokenRanges")
    return found


async def credits_for(dut: CallDut, tokens: int) -> int:
    """The lowest level of credits that covers so many tokens."""
    found = await credit_levels(dut)
    return next((one for one in found if one >= tokens), found[-1])


async def resources(dut: CallDut, total: int = TOTAL) -> Members:
    """Media resources that are right, with a little for each kind."""
    tokens = {"total": total}
    return {
        "mediaTokensMainVideo": dict(tokens),
        "mediaTokensExtendedVideo": dict(tokens),
        "mediaTokensAudio": dict(tokens),
        "numMediaCredits": await credits_for(dut, 3 * total),
    }


# names


def digits(dut: CallDut, length: int = 12) -> str:
    """Digits that nobody else uses."""
    return str(dut.rng.randrange(10 ** (length - 1), 10**length))


def receiver_uri(dut: CallDut) -> str:
    """Where nobody listens, so that what the device sends there is refused at once; each time another place there (TPS-AMB-346)."""
    host = next(iter(dut.target.fixture_texts("listener_host")), "192.0.2.1")
    return f"http://{f'[{host}]' if ':' in host else host}:9/RPC2/{dut.rng.getrandbits(40):010x}"


async def _made(dut: CallDut, method: str, members: Callable[[], Members], told: str) -> Any:
    """Call until it succeeds, a few times: those who test beside us may have taken the same name."""
    for _ in range(3):
        reply = await dut.call(method, members())
        if reply.ok:
            return reply.value(told)
    return (await dut.setup(method, members())).value(told)


# conferences


async def conference(dut: CallDut, **members: Any) -> str:
    """A conference that begins in the far future, unless the members say otherwise; gives its id.

    Raises:
        CaseInconclusive: it was not made.
    """
    wanted = {"participantMediaResources": await resources(dut), "startTime": FAR_S, **members}
    return str(await _made(dut, "flex.conference.create", lambda: wanted, "conferenceID"))


async def uri(dut: CallDut) -> Members:
    """How a conference can be called, with what it needs alone."""
    return {"URI": digits(dut), "callBandwidth": await figure(dut, "minCallBandwidth")}


@SUITE.provides("conference")
async def conferences(dut: CallDut, state: str) -> str:
    """Conferences that cases share: `any` to change and to read, `hall` for participants, `busy` with one that is connected."""
    if state == "busy":
        participant = await dut.shared("participant", "connected")
        return str((await dut.setup("flex.participant.query", {"participantID": participant})).value("conferenceID"))
    return await conference(dut, conferenceName=f"Clausewise {state}")


# participants


async def incoming(dut: CallDut) -> Members:
    """A call that is waited for."""
    return {"URI": digits(dut), "callBandwidth": await figure(dut, "minCallBandwidth")}


async def outgoing(dut: CallDut, address: str = "") -> Members:
    """A call to an address, by default one that answers if the target file names any."""
    known = dut.target.fixture_texts("answering_addresses")
    return {
        "remoteAddress": address or next(iter(known), "192.0.2.77"),
        "protocol": "sip",
        "callBandwidth": await figure(dut, "minCallBandwidth"),
    }


async def participant(dut: CallDut, in_conference: str = "", **members: Any) -> str:
    """A participant that waits for a call to come in, unless the members say otherwise; gives its id.

    Raises:
        CaseInconclusive: it was not made.
    """
    where = in_conference or await dut.shared("conference", "hall")
    calls = [await incoming(dut)]

    def wanted() -> Members:
        calls[0]["URI"] = digits(dut)
        return {"conferenceID": where, "calls": calls, **members}

    return str(await _made(dut, "flex.participant.create", wanted, "participantID"))


async def connected(dut: CallDut, in_conference: str = "", **members: Any) -> str:
    """A participant whose call has been answered; gives its id.

    Raises:
        CaseSkipped: the target file names no address that answers.
        CaseInconclusive: none answered in time.
    """
    address = dut.fixture("answering_addresses")
    where = in_conference or await conference(dut, startTime=0)
    made = await participant(dut, where, calls=[await outgoing(dut, address)], **members)
    for _ in range(40):
        reply = await dut.setup("flex.participant.status", {"participantID": made})
        if reply.value("calls[0].callState") == "callStateConnected":
            return made
        await dut.wait(0.05 * max(dut.target.clock_scale, 1.0))
    raise CaseInconclusive(f"{address} did not answer in time")


@SUITE.provides("participant")
async def participants(dut: CallDut, state: str) -> str:
    """Participants that cases share: `any` that waits for a call, `connected`."""
    return await (connected(dut) if state == "connected" else participant(dut, displayName="Clausewise"))


@SUITE.provides("call")
async def calls(dut: CallDut, _state: str) -> str:
    """A call that is connected."""
    where = await dut.shared("participant", "connected")
    found = (await dut.setup("flex.participant.status", {"participantID": where})).value("calls[0].callID")
    if not isinstance(found, str):
        raise CaseInconclusive("the status of a connected participant has no callID")
    return found


# users, receivers, services


async def user(dut: CallDut, **members: Any) -> str:
    """A user of our own; gives its id.

    Raises:
        CaseInconclusive: it was not made.
    """
    names: list[str] = []

    def wanted() -> Members:
        names.append(f"cw{dut.rng.getrandbits(48):012x}")
        return {"newUserId": names[-1], "password": PASSWORD, "accessRights": "apiOnly", **members}

    await _made(dut, "user.create", wanted, "status")
    return names[-1]


@SUITE.provides("user")
async def users(dut: CallDut, _state: str) -> str:
    """A user that cases share."""
    return await user(dut, name="Clausewise")


async def receiver(dut: CallDut, **members: Any) -> int:
    """A feedback receiver in any free slot, where nobody listens; gives the slot.

    Raises:
        CaseInconclusive: there is none.
    """
    # Of an event that hardly ever comes, so that the device is not kept busy with messages that nobody takes.
    seldom = {"subscribedEvents": ["flexResourceConfiguration"]}
    wanted = {"receiverURI": receiver_uri(dut), "receiverIndex": -1, **seldom, **members}
    found = (await dut.setup("feedbackReceiver.configure", wanted)).value("receiverIndex")
    if not isinstance(found, int):
        raise CaseInconclusive("feedbackReceiver.configure gave no receiverIndex")
    return found


async def high_receiver(dut: CallDut) -> int:
    """A receiver in the highest free slot, since cases without an index take the first."""
    free = await free_slots(dut)
    return await receiver(dut, **({"receiverIndex": free[0]} if free else {}))


@SUITE.provides("receiver")
async def receivers(dut: CallDut, _state: str) -> str:
    """The slot of a receiver that cases share."""
    return str(await high_receiver(dut))


async def free_slots(dut: CallDut) -> list[int]:
    """The slots without a receiver, the highest first."""
    told = (await dut.setup("feedbackReceiver.query")).value("receivers")
    taken = {one.get("index") for one in told if isinstance(one, dict)} if isinstance(told, list) else set()
    return [slot for slot in range(20, 0, -1) if slot not in taken]


@SUITE.provides("service")
async def services(dut: CallDut, _state: str) -> str:
    """A service of the device as it is, in JSON as services.modify takes it."""
    told: Any = (await dut.setup("services.query")).value("ports")
    for port in told if isinstance(told, list) else ():
        for one in port.get("services", ()) if isinstance(port, dict) else ():
            kept = {name: one.get(name) for name in ("serviceName", "connectionType", "setting", "portNumber")}
            here = {name: port.get(name) for name in ("ethernetPort", "protocolVersion")}
            if None not in (*kept.values(), *here.values()):
                return json.dumps({**here, "services": [kept]})
    raise CaseSkipped("services.query tells no service")


@SUITE.provides("encryption")
async def encryption(dut: CallDut, _state: str) -> str:
    """Whether the feature key for encryption is there, yes or no: only then sip.query tells negotiateSRTPUsingSDES."""
    return "yes" if (await dut.setup("sip.query")).has("negotiateSRTPUsingSDES") else "no"


@SUITE.provides("reservation")
async def reservations(dut: CallDut, _state: str) -> str:
    """A reservation that cases share, on devices that have such."""
    return await dut.made("reservation")
