"""Values that the generated cases do not reach: in further elements, of another enumeration, with characters of their own kind."""

from __future__ import annotations

from itertools import pairwise

from harness.calldut import CallDut
from harness.checks.callfaults import expected_of
from harness.spec.callmodel import Slip
from harness.wire.xmlrpc_writing import Writable
from suites.tps import SUITE
from suites.tps.talk import room
from suites.tps.world import (
    TOTAL,
    conference,
    credit_levels,
    digits,
    figure,
    incoming,
    outgoing,
    participant,
    resources,
)

CHAPTER = "values"
_AFTER = ("transport.post",)
_CREATE, _QUERY, _JOIN = "flex.conference.create", "flex.conference.query", "flex.participant.create"
_RESOURCES = "participantMediaResources"


@SUITE.scenario(
    "elements.bandwidth", "TPS-struct.outgoingCall.callBandwidth:range", "TPS-FLT-007", chapter=CHAPTER, after=_AFTER
)
async def bandwidth(dut: CallDut) -> None:
    """The bandwidth of each of several calls is checked, not of the first alone."""
    where = await conference(dut)
    expected = expected_of(dut.model, _JOIN, "calls[0].callBandwidth", Slip.RANGE)
    sample = await dut.sample(_JOIN)
    beyond = await figure(dut, "maxCallBandwidth") + 1
    for place in (1, 2):
        calls: list[Writable] = [await outgoing(dut) for _ in range(3)]
        calls[place] = {**await outgoing(dut), "callBandwidth": beyond}
        reply = await dut.call(_JOIN, {**sample, "conferenceID": where, "calls": calls})
        dut.fault(reply, expected, "TPS-struct.outgoingCall.callBandwidth:range", "TPS-FLT-007", check=f"{place}")


_LAYOUT = "displayDefaultLayoutMultiScreen"


@SUITE.scenario(
    "elements.layout", f"TPS-struct.callAttributes.{_LAYOUT}:choice", "TPS-STR-010", chapter=CHAPTER, after=_AFTER
)
async def layout(dut: CallDut) -> None:
    """Layouts of endpoints with one screen are none of those with several."""
    expected = expected_of(dut.model, _CREATE, f"callAttributes.{_LAYOUT}", Slip.CHOICE)
    sample = await dut.sample(_CREATE)
    for word in ("layoutProminent", "layoutEqual"):
        reply = await dut.call(_CREATE, {**sample, "callAttributes": {_LAYOUT: word}})
        dut.fault(reply, expected, f"TPS-struct.callAttributes.{_LAYOUT}:choice", "TPS-STR-010", check=word)


@SUITE.scenario("elements.mode", "TPS-callHome.configure.mode:choice", "TPS-STR-010", chapter=CHAPTER, after=_AFTER)
async def mode(dut: CallDut) -> None:
    """Words of an enumeration in other letters are none of it."""
    expected = expected_of(dut.model, "callHome.configure", "mode", Slip.CHOICE)
    for word in ("DISABLED", "Anonymous"):
        reply = await dut.call("callHome.configure", {"mode": word})
        dut.fault(reply, expected, "TPS-callHome.configure.mode:choice", "TPS-STR-010", check=word)


@SUITE.scenario("elements.duration", f"TPS-{_CREATE}.duration:range", "TPS-FLT-007", chapter=CHAPTER, after=_AFTER)
async def duration(dut: CallDut) -> None:
    """A duration is never below 0, whatever 0 means."""
    expected = expected_of(dut.model, _CREATE, "duration", Slip.RANGE, opened=False)
    for value in (-1, -3600):
        reply = await dut.call(_CREATE, {**await dut.sample(_CREATE), "duration": value})
        dut.fault(reply, expected, f"TPS-{_CREATE}.duration:range", "TPS-FLT-007", check=f"{value}")


@SUITE.scenario("elements.time-goes-on", "TPS-CON-001", f"TPS-{_CREATE}.duration:shown", chapter=CHAPTER, after=_AFTER)
async def time_goes_on(dut: CallDut) -> None:
    """The duration of a conference that has begun is told as it was set, not what is left of it."""
    one = await room(dut, startTime=0, duration=3600)
    await dut.wait(3)
    told = dut.ok(await dut.call(_QUERY, {"conferenceID": one}), check="query")
    got = told.value("duration")
    dut.check(
        "same",
        got == 3600,
        "TPS-CON-001",
        f"TPS-{_CREATE}.duration:shown",
        expected="3600",
        got=repr(got),
        step=told.step,
    )


@SUITE.scenario(
    "elements.digits", f"TPS-{_QUERY}.returned.conferenceName:type", "TPS-ENC-004", chapter=CHAPTER, after=_AFTER
)
async def of_digits(dut: CallDut) -> None:
    """A text of digits, or of a word that could be another type, comes back as a text."""
    for text in ("12345678", "007", "true", "1.5"):
        one = await room(dut, conferenceName=text)
        told = dut.ok(await dut.call(_QUERY, {"conferenceID": one}), check="query")
        clause = f"TPS-{_QUERY}.returned.conferenceName:type"
        got = told.value("conferenceName")
        dut.check(text, got == text, clause, "TPS-ENC-004", expected=repr(text), got=repr(got), step=told.step)


@SUITE.scenario("elements.metadata", "TPS-CON-002", "TPS-CON-005", chapter=CHAPTER, after=_AFTER)
async def metadata(dut: CallDut) -> None:
    """Metadata of any bytes come back as they were, and hasMetadata says whether there are any."""
    one = await room(dut, metadata=b"\0a\0\xff\r\n<&>")
    for check, data in (("zeros", None), ("all", bytes(range(256))), ("none", b""), ("again", b"\0")):
        if data is not None:
            dut.ok(await dut.call("flex.conference.modify", {"conferenceID": one, "metadata": data}), check=check)
        wanted = b"\0a\0\xff\r\n<&>" if data is None else data
        told = dut.ok(await dut.call("flex.conference.getMetadata", {"conferenceID": one}), check=f"{check}.get")
        got = told.value("metadata", b"")
        dut.check(
            check, got in (wanted, wanted or ""), "TPS-CON-002", expected=repr(wanted), got=repr(got), step=told.step
        )
        asked = dut.ok(await dut.call(_QUERY, {"conferenceID": one}), check=f"{check}.query")
        has = asked.value("hasMetadata")
        dut.check(
            f"{check}.has",
            has is bool(wanted),
            "TPS-CON-005",
            expected=repr(bool(wanted)),
            got=repr(has),
            step=asked.step,
        )


_URIS = ("TPS-struct.conferenceURI.URI", "TPS-struct.incomingCall.URI")


@SUITE.scenario("elements.names", *_URIS, f"TPS-{_JOIN}.displayName", chapter=CHAPTER, after=_AFTER)
async def names(dut: CallDut) -> None:
    """All the characters that the document lists for URIs are taken in them, and letters beyond ASCII in names of participants."""
    low, sample = await figure(dut, "minCallBandwidth"), await dut.sample(_CREATE)
    for check, text in (("signs", "a_b.c-D"), ("domain", "A_1-b.c@tower_1.example-2.com")):
        given: list[Writable] = [{"URI": digits(dut) + text, "callBandwidth": low}]
        dut.ok(await dut.call(_CREATE, {**sample, "URIs": given}), _URIS[0], check=f"{check}.conference")
        called: Writable = {**await incoming(dut), "URI": digits(dut) + text}
        dut.ok(await dut.call(_JOIN, {**await dut.sample(_JOIN), "calls": [called]}), _URIS[1], check=f"{check}.call")
    for check, text in (("latin", "Gr\u00f6\u00dfe"), ("other", "\u6f22\u5b57 \u0411")):
        reply = await dut.call(_JOIN, {**await dut.sample(_JOIN), "displayName": text})
        dut.ok(reply, f"TPS-{_JOIN}.displayName", check=check)


@SUITE.scenario("elements.credits", f"TPS-struct.{_RESOURCES}.numMediaCredits:rounded", chapter=CHAPTER, after=_AFTER)
async def between_levels(dut: CallDut) -> None:
    """Credits between two levels are never told as more than they were."""
    levels = await credit_levels(dut)
    tokens = await resources(dut)
    there = [one for one in levels if one >= int(str(tokens["numMediaCredits"]))]
    clause = f"TPS-struct.{_RESOURCES}.numMediaCredits:rounded"
    for low, high in [pair for pair in pairwise(there) if pair[1] - pair[0] > 1][:2]:
        given = {**tokens, "numMediaCredits": low + 1}
        made = dut.ok(await dut.call(_CREATE, {**await dut.sample(_CREATE), _RESOURCES: given}), check=f"{low}")
        told = dut.ok(await dut.call(_QUERY, {"conferenceID": str(made.value("conferenceID"))}), check=f"{low}.query")
        got = told.value(f"{_RESOURCES}.numMediaCredits")
        dut.check(
            f"{low}.level",
            got in (low, low + 1),
            clause,
            expected=f"{low}, below {high}",
            got=repr(got),
            step=told.step,
        )


_LIMIT, _FREE = "maxTokensPerChannelConfigured", "maxTokensPerChannelConfiguredUnlimited"


@SUITE.scenario(
    "elements.one-limit", f"TPS-struct.tokenInfo.returned.{_FREE}:always", "TPS-UNL-002", chapter=CHAPTER, after=_AFTER
)
async def one_limit(dut: CallDut) -> None:
    """Of a number and of the boolean that stands for no limit, the list of media tells the one that holds."""
    where, tokens = await conference(dut), await resources(dut)
    total = {"total": TOTAL}
    for limit in ({**total, "maxPerChannel": 12}, {**total, "maxPerChannelUnlimited": True}):
        await participant(dut, where, **{_RESOURCES: {**tokens, "mediaTokensAudio": limit}})
    told = dut.ok(await dut.call("flex.participant.media.enumerate", {"conferenceID": where}), check="list")
    infos = told.value("participantMediaInfo", [])
    found = [one.get("audioTokenInfo") for one in infos if isinstance(one, dict)] if isinstance(infos, list) else []
    both = [one for one in found if isinstance(one, dict) and _LIMIT in one and _FREE in one]
    dut.check("one", not both, "TPS-UNL-002", expected=f"{_LIMIT} or {_FREE}", got=repr(both)[:300], step=told.step)
