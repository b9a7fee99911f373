"""Members whose values depend on the device, or on others in the call: what the generated cases try of them, and beside them."""

from __future__ import annotations

from typing import Any

from harness.calldut import CallDut
from harness.derive_call_places import Place, Tree, put
from harness.derive_call_world import BETWEEN, Beside, Values
from harness.flow import CaseSkipped
from harness.spec.load import load_system
from suites.tps.world import TOTAL, credit_levels, figure, free_slots, resources, uri

# The methods whose lists go on from a cookie.
COOKIES = tuple(
    name for name, one in load_system("tps").operations.items() if one.call is not None and "cookie" in one.call.takes
)
Tried = list[tuple[str, Any]]


def _these(*values: tuple[str, Any]) -> Values:
    async def found(_dut: CallDut, _place: Place, _tree: Tree) -> Tried:
        return list(values)

    return found


def _up_to(member: str, *values: tuple[str, Any]) -> Values:
    """These, and the limit that the device tells."""

    async def found(dut: CallDut, _place: Place, _tree: Tree) -> Tried:
        return [*values, ("limit", await figure(dut, member))]

    return found


async def _bandwidths(dut: CallDut, _place: Place, _tree: Tree) -> Tried:
    return [("lowest", await figure(dut, "minCallBandwidth")), ("highest", await figure(dut, "maxCallBandwidth"))]


async def _pins(dut: CallDut, _place: Place, _tree: Tree) -> Tried:
    return [
        ("ordinary", str(dut.rng.randrange(10**7, 10**8))),
        ("longest", "".join(dut.rng.choices("0123456789", k=40))),
    ]


async def _credits(dut: CallDut, _place: Place, _tree: Tree) -> Tried:
    """A level that covers the tokens, and a little more, which is taken down to it."""
    levels = [one for one in await credit_levels(dut) if one >= 3 * TOTAL]
    found: Tried = [("level", levels[0]), ("highest", levels[-1])] if levels else []
    return [*found, *([(BETWEEN, levels[0] + 1)] if len(levels) > 1 and levels[1] > levels[0] + 1 else [])]


async def _limited_credits(dut: CallDut, _place: Place, _tree: Tree) -> Tried:
    levels = await credit_levels(dut)
    return [("level", levels[-1]), ("limit", await figure(dut, "maxMediaCredits"))]


async def _uris(dut: CallDut, _place: Place, _tree: Tree) -> Tried:
    """One, and then none, which takes it away."""
    return [("one", [await uri(dut)]), ("none", [])]


def _cookie(member: str) -> Values:
    """One that the method gave before."""

    async def found(dut: CallDut, place: Place, _tree: Tree) -> Tried:
        told = (await dut.setup(place.method, {"max": 1} if member != "cookie" else {})).value(member)
        if told is None:
            raise CaseSkipped(f"{place.method} gave no {member}: everything was on one page")
        return [("given", told)]

    return found


async def _slots(dut: CallDut, _place: Place, _tree: Tree) -> Tried:
    free = await free_slots(dut)
    if not free:
        raise CaseSkipped("every slot has a receiver")
    return [("free", free[0]), ("negative", -5), ("minimum", -(2**31))]


async def _transports(dut: CallDut, _place: Place, _tree: Tree) -> Tried:
    """Tls needs the feature key for encryption."""
    tls: Tried = [("tls", "tls")] if await dut.shared("encryption", "") == "yes" else []
    return [("udp", "udp"), ("tcp", "tcp"), *tls]


async def _srtp(dut: CallDut, _place: Place, _tree: Tree) -> Tried:
    if await dut.shared("encryption", "") != "yes":
        raise CaseSkipped("negotiateSRTPUsingSDES needs the feature key for encryption: TPS-AMB-269")
    return [("TLS only", "TLS only"), ("always", "always")]


async def _modes(dut: CallDut, _place: Place, _tree: Tree) -> Tried:
    """Anonymous needs the feature key for encryption."""
    more: Tried = [("anonymous", "anonymous")] if await dut.shared("encryption", "") == "yes" else []
    return [("disabled", "disabled"), *more]


async def _automatic(dut: CallDut, _place: Place, _tree: Tree) -> Tried:
    """While Call Home is disabled it is open what becomes of it: TPS-AMB-203."""
    more: Tried = [("true", True)] if await dut.shared("encryption", "") == "yes" else []
    return [*more, ("false", False)]


async def _no_values(_dut: CallDut, place: Place, _tree: Tree) -> Tried:
    raise CaseSkipped(f"{place.label} depends on how the device keeps its time")


_INDEXES = _these(("first", 0), ("second", 1))
_SECONDS = _these(("one", 1), ("hour", 3600), ("year", 31_536_000))
VALUES: dict[str, Values] = {
    "conferenceURI.callBandwidth": _bandwidths,
    "incomingCall.callBandwidth": _bandwidths,
    "outgoingCall.callBandwidth": _bandwidths,
    "conferenceURI.PIN": _pins,
    "participantPIN.PIN": _pins,
    "mediaTokens.total": _these(("none", 0), ("some", TOTAL)),
    "mediaTokens.maxPerChannel": _these(("none", 0), ("some", TOTAL // 2)),
    "participantMediaResources.numMediaCredits": _credits,
    **{
        f"flex.conference.{method}.{name}": values
        for method in ("create", "modify")
        for name, values in {
            "conferenceMediaTokens": _up_to("mediaTokensLimit"),
            "conferenceMediaCredits": _limited_credits,
            "maxParticipants": _up_to("maxParticipantsPerConference", ("minimum", 0), ("one", 1)),
            "duration": _SECONDS,
        }.items()
    },
    "flex.conference.modify.URIs": _uris,
    "flex.conference.create.metadata": _these(
        ("zeros", b"\0clause\0\0wise\xff\0"), ("longest", bytes(range(256)) * 2), ("empty", b"")
    ),
    "flex.participant.create.dtmf": _these(
        ("signs", "12,,#*AD,"), ("longest", "0123456789,#*A" * 9 + "1"), ("empty", "")
    ),
    **{
        f"flex.reservation.{method}.{name}": _these(("one", 1), ("more", 2 * TOTAL))
        for method in ("create", "modify")
        for name in ("numParticipants", "maxQuality")
    },
    "flex.conference.create.startTime": _these(("now", 0), ("hour", 3600), ("year", 31_536_000)),
    "flex.participant.create.audioIndex": _INDEXES,
    "flex.participant.create.contentIndex": _INDEXES,
    "flex.participant.create.PIN": _pins,
    "previewRequest.position": _these(("first", 0)),
    **{f"{method}.cookie": _cookie("cookie") for method in COOKIES},
    "user.enumerate.enumerateID": _cookie("enumerateID"),
    "feedbackReceiver.configure.receiverIndex": _slots,
    "sip.modify.outboundTransport": _transports,
    "sip.modify.negotiateSRTPUsingSDES": _srtp,
    "callHome.configure.mode": _modes,
    "callHome.configure.automatic": _automatic,
    "device.time.modify.currentTime": _no_values,
}


def _with(**members: Any) -> Beside:
    """Members of the call itself that stand beside it."""

    async def beside(_dut: CallDut, _place: Place, tree: Tree) -> Tree:
        return {**members, **tree}

    return beside


async def _fixed_gain(_dut: CallDut, place: Place, tree: Tree) -> Tree:
    mode = Place(
        method=place.method,
        path=(*place.path[:-1], "audioReceiveGainMode"),
        steps=(*place.steps[:-1], "audioReceiveGainMode"),
        member=place.beside["audioReceiveGainMode"],
        clause="",
        beside=place.beside,
    )
    return put(tree, mode, "gainModeFixed")


async def _anonymous(dut: CallDut, _place: Place, tree: Tree) -> Tree:
    key = await dut.shared("encryption", "") == "yes"
    return {**tree, "mode": "anonymous" if key else "disabled"}


async def _covered(dut: CallDut, _place: Place, tree: Tree) -> Tree:
    """Without tokens, so that any credits cover them."""
    return {**tree, "participantMediaResources": await resources(dut)}


async def _no_ntp_zero(_dut: CallDut, _place: Place, tree: Tree) -> Tree:
    return {**tree, "utcOffsetMinutes": 0}


async def _hours_zero(_dut: CallDut, _place: Place, tree: Tree) -> Tree:
    return {**tree, "utcOffsetHours": 0}


_TRUNK = _with(callConfiguration="useTrunk", outboundAddress="192.0.2.20")
BESIDE: dict[str, Beside] = {
    "callAttributes.audioReceiveGain": _fixed_gain,
    "device.time.modify.ntpEnabled": _with(ntpHost="192.0.2.123"),
    "device.time.modify.utcOffsetHours": _no_ntp_zero,
    "device.time.modify.utcOffsetMinutes": _hours_zero,
    "sip.modify.callConfiguration": _with(outboundAddress="192.0.2.20"),
    "sip.modify.outboundAddress": _with(callConfiguration="useTrunk"),
    "sip.modify.outboundDomain": _TRUNK,
    "callHome.configure.automatic": _anonymous,
}
