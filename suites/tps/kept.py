"""What a change leaves alone: settings, receivers and users of which all else has been set before, and calls that are refused."""

from __future__ import annotations

from collections.abc import Mapping

from harness.calldut import CallDut
from harness.flow import CaseSkipped
from harness.messages.callreply import CallReply
from harness.wire.xmlrpc_writing import Writable
from suites.tps import SUITE
from suites.tps.talk import destroy, room
from suites.tps.world import FAR_S, digits, figure, participant, receiver, receiver_uri, user

CHAPTER = "changes"
_AFTER = ("transport.post",)
_SYSLOG, _TIME, _HOME, _SIP = "logs.syslog.modify", "device.time.modify", "callHome.configure", "sip.modify"
_SERVERS = ("192.0.2.31", "192.0.2.32")


def _same(dut: CallDut, check: str, told: CallReply, wanted: Mapping[str, object], *clauses: str) -> None:
    """A query tells these values."""
    for name, value in wanted.items():
        got = told.value(name)
        dut.check(f"{check}.{name}", got == value, *clauses, expected=repr(value), got=repr(got), step=told.step)


async def _syslog(dut: CallDut, check: str, facility: int, servers: tuple[str, ...], *clauses: str) -> None:
    told = dut.ok(await dut.call("logs.syslog.query"), check=f"{check}.query")
    _same(dut, check, told, {"facilityValue": facility}, *clauses)
    listed = told.value("servers")
    got = [one.get("address") for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    passed = sorted(map(str, got)) == sorted(servers)
    dut.check(f"{check}.servers", passed, *clauses, expected=repr([*servers]), got=repr(got), step=told.step)


@SUITE.scenario("kept.syslog", "TPS-LOG-001", "TPS-LOG-002", "TPS-LOG-003", chapter=CHAPTER, after=_AFTER)
async def syslog(dut: CallDut) -> None:
    """Facility and servers are set one without the other; servers that are set take the place of those before, none of all."""
    both: list[Writable] = [{"address": one} for one in _SERVERS]
    dut.ok(await dut.call(_SYSLOG, {"facilityValue": 3, "servers": both}), "TPS-LOG-001", check="both")
    await _syslog(dut, "both", 3, _SERVERS, "TPS-LOG-001")
    dut.ok(await dut.call(_SYSLOG, {"facilityValue": 5}), "TPS-LOG-001", check="facility")
    await _syslog(dut, "facility", 5, _SERVERS, "TPS-LOG-001")
    dut.ok(await dut.call(_SYSLOG, {"servers": [{"address": "192.0.2.33"}]}), "TPS-LOG-001", check="other")
    await _syslog(dut, "other", 5, ("192.0.2.33",), "TPS-LOG-001", "TPS-LOG-002")
    dut.ok(await dut.call(_SYSLOG, {"servers": []}), "TPS-LOG-003", check="none")
    await _syslog(dut, "none", 5, (), "TPS-LOG-003", "TPS-LOG-001")


@SUITE.scenario(
    "kept.receiver",
    "TPS-RCV-001",
    "TPS-RCV-009",
    "TPS-struct.receiver.returned.receiverURI",
    chapter=CHAPTER,
    after=_AFTER,
)
async def receivers(dut: CallDut) -> None:
    """A receiver is told as it was set, and reconfiguring one thing of it changes neither the rest nor another receiver."""
    events = ["cdrAdded", "deviceStatusChanged", "restart", "flexAlive"]
    uri, changed = receiver_uri(dut), receiver_uri(dut)
    first = await receiver(dut, receiverURI=uri, sourceIdentifier="first", subscribedEvents=[*events])
    other = await receiver(dut, sourceIdentifier="other", subscribedEvents=events[:3])
    back = ""
    for check, given, wanted in (
        ("set", {}, {"sourceIdentifier": "first", "receiverURI": uri}),
        ("uri", {"receiverURI": changed}, {"sourceIdentifier": "first", "receiverURI": changed}),
        ("source", {"sourceIdentifier": "second"}, {"sourceIdentifier": "second", "receiverURI": changed}),
    ):
        members: dict[str, Writable] = {"receiverIndex": first, **given}
        clause = "TPS-RCV-009" if given else "TPS-RCV-001"
        if given:
            dut.ok(await dut.call("feedbackReceiver.reconfigure", members), clause, check=check)
        told = dut.ok(await dut.call("feedbackReceiver.status", {"receiverIndex": first}), check=f"{check}.status")
        if check == "source":  # the second change of one receiver
            back = "original" if told.value("receiverURI") == uri else "current"
            dut.observe("again", "TPS-AMB-345", back, clauses=(clause,), got=told.describe(), step=told.step)
        _same(dut, check, told, {**wanted, **({"receiverURI": uri} if back == "original" else {})}, clause)
        _subscribed(dut, check, told, events, clause)
        told = dut.ok(await dut.call("feedbackReceiver.status", {"receiverIndex": other}), check=f"{check}.other")
        _same(dut, f"{check}.other", told, {"sourceIdentifier": "other"}, clause)
        _subscribed(dut, f"{check}.other", told, events[:3], clause)
    dut.ok(await dut.call("feedbackReceiver.query"), check="all")


def _subscribed(dut: CallDut, check: str, told: CallReply, events: list[str], clause: str) -> None:
    got = told.value("subscribedEvents")
    passed = isinstance(got, list) and sorted(map(str, got)) == sorted(events)
    dut.check(f"{check}.events", passed, clause, expected=repr(events), got=repr(got), step=told.step)


@SUITE.scenario("kept.call-home", "TPS-HOM-001", chapter=CHAPTER, after=_AFTER)
async def call_home(dut: CallDut) -> None:
    """Mode and automatic of Call Home are set one without the other, in the mode in which both count."""
    steps: tuple[tuple[str, dict[str, Writable], bool], ...] = (
        ("both", {"mode": "anonymous", "automatic": True}, True),
        ("mode", {"mode": "anonymous"}, True),
        ("automatic", {"automatic": False}, False),
        ("mode-again", {"mode": "anonymous"}, False),
    )
    for check, given, automatic in steps:
        reply = await dut.call(_HOME, given)
        if not reply.ok and check == "both":
            raise CaseSkipped(f"Call Home cannot be anonymous: {reply.describe()}")
        dut.ok(reply, "TPS-HOM-001", check=check)
        told = dut.ok(await dut.call("callHome.query"), check=f"{check}.query")
        _same(dut, check, told, {"mode": "anonymous", "automatic": automatic}, "TPS-HOM-001")


@SUITE.scenario("kept.user", "TPS-USR-002", chapter=CHAPTER, after=_AFTER)
async def users(dut: CallDut) -> None:
    """A user's name and rights are changed one without the other; a user who is beside it stays as it was."""
    one, beside = await user(dut, name="One"), await user(dut, name="Beside")
    for check, given, name, rights in (
        ("rights", {"accessRights": "none"}, "One", "none"),
        ("name", {"name": "Two"}, "Two", "none"),
        ("password", {"password": "Clausewise-Pass3"}, "Two", "none"),
    ):
        members: dict[str, Writable] = {"currentUserId": one, **given}
        reply = dut.ok(await dut.call("user.modify", members), "TPS-USR-002", check=check)
        for who, wanted in ((one, (name, rights)), (beside, ("Beside", "apiOnly"))):
            seen = (await dut.shows(reply, {"currentUserId": who}))[0]
            got = tuple(value.plain() if (value := seen.get(key)) else None for key in ("name", "accessRights"))
            of = "self" if who == one else "beside"
            dut.check(
                f"{check}.{of}",
                got == wanted,
                "TPS-USR-002",
                expected=repr(wanted),
                got=repr(got),
                step=seen.reply.step,
            )


@SUITE.scenario("kept.offset", "TPS-TIM-005", chapter=CHAPTER, after=_AFTER)
async def offset(dut: CallDut) -> None:
    """An offset in hours and minutes is told as it was set, to the east and to the west."""
    for check, hours, minutes in (("east", 5, 45), ("west", -3, 30), ("none", 0, 0)):
        given: dict[str, Writable] = {"utcOffsetHours": hours, "utcOffsetMinutes": minutes}
        dut.ok(await dut.call(_TIME, given), "TPS-TIM-005", check=check)
        told = dut.ok(await dut.call("device.time.query"), check=f"{check}.query")
        _same(dut, check, told, {**given}, "TPS-TIM-005")


@SUITE.scenario("kept.sip", "TPS-SIP-001", "TPS-SIP-002", "TPS-ENC-001", "TPS-ENC-005", chapter=CHAPTER, after=_AFTER)
async def sip(dut: CallDut) -> None:
    """The user name of SIP comes back with its characters, and what it is set beside stays; a trunk needs an address."""
    before = dut.ok(await dut.call("sip.query"), check="before")
    for check, name in (("plain", "clausewise"), ("signs", "R&D <a> \"b\" 'c'")):
        dut.ok(await dut.call(_SIP, {"username": name}), "TPS-SIP-001", check=check)
        told = dut.ok(await dut.call("sip.query"), "TPS-ENC-005", check=f"{check}.query")
        _same(dut, check, told, {"username": name}, "TPS-SIP-001", "TPS-ENC-001")
        rest = {one: before.value(one) for one in ("callConfiguration", "outboundAddress", "outboundDomain")}
        _same(dut, check, told, rest, "TPS-SIP-001")
    reply = await dut.call(_SIP, {"callConfiguration": "useTrunk", "outboundAddress": ""})
    dut.fault(reply, ("invalid-parameter", "missing-parameter"), "TPS-SIP-002", check="blank")


@SUITE.scenario("kept.refused", "TPS-CON-003", "TPS-CON-053", chapter=CHAPTER, after=_AFTER)
async def refused(dut: CallDut) -> None:
    """A change that is refused for one of its members leaves the others as they were, too."""
    taken: list[Writable] = [{"URI": digits(dut), "callBandwidth": await figure(dut, "minCallBandwidth")}]
    await room(dut, URIs=taken)
    one = await room(dut, conferenceName="before", startTime=FAR_S)
    for check, wrong in (("uri", {"URIs": taken}), ("range", {"voiceSwitchingSensitivity": 101})):
        members: dict[str, Writable] = {"conferenceID": one, "conferenceName": "after", **wrong}
        dut.refused(await dut.call("flex.conference.modify", members), check=f"{check}.refused")
        told = dut.ok(await dut.call("flex.conference.query", {"conferenceID": one}), check=f"{check}.query")
        _same(dut, check, told, {"conferenceName": "before"}, "TPS-CON-053")
    await destroy(dut, one)


@SUITE.scenario("kept.participant", "TPS-PRT-002", chapter=CHAPTER, after=_AFTER)
async def participants(dut: CallDut) -> None:
    """A participant that gets another name keeps the call attributes that it was given."""
    one = {"participantID": await participant(dut)}
    attributes: dict[str, Writable] = {"displayShowBorders": False, "audioTransmitGain": 300, "displaySelfView": True}
    for check, given in (("attributes", {"callAttributes": attributes}), ("name", {"displayName": "Other"})):
        dut.ok(await dut.call("flex.participant.modify", {**one, **given}), "TPS-PRT-002", check=check)
        told = dut.ok(await dut.call("flex.participant.query", one), check=f"{check}.query")
        _same(dut, check, told, {f"callAttributes.{name}": value for name, value in attributes.items()}, "TPS-PRT-002")
