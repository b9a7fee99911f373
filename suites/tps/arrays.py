"""Several of a kind in one call, or in one text: each comes back with all that belongs to it."""

from __future__ import annotations

from harness.calldut import CallDut
from suites.tps import SUITE
from suites.tps.world import conference, digits, figure, incoming, participant

CHAPTER = "values that come back"
_CONFERENCE, _PARTICIPANT = "flex.conference", "flex.participant"
_SIGNS = "*#01,,29ABCD,"


@SUITE.scenario(
    "arrays.uris",
    f"TPS-{_CONFERENCE}.create.URIs:shown",
    f"TPS-{_CONFERENCE}.query.returned.URIs",
    "TPS-struct.conferenceURI.PIN",
    chapter=CHAPTER,
    after=(f"{_CONFERENCE}.create.success", f"{_CONFERENCE}.query.success"),
)
async def uris(dut: CallDut) -> None:
    """Both URIs of a conference come back, each with its own PIN and bandwidth."""
    bandwidths = [await figure(dut, name) for name in ("minCallBandwidth", "maxCallBandwidth")]
    sent = [{"URI": digits(dut), "PIN": digits(dut, 6), "callBandwidth": one} for one in bandwidths]
    where = await conference(dut, URIs=sent)
    reply = dut.ok(await dut.call(f"{_CONFERENCE}.query", {"conferenceID": where}), check="asked")
    told = reply.value("URIs", [])
    found = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    for number, one in enumerate(sent):
        got = next((mine for mine in found if mine.get("URI") == one["URI"]), {})
        dut.check(
            f"uri.{number}",
            got.get("callBandwidth") == one["callBandwidth"],
            f"TPS-{_CONFERENCE}.create.URIs:shown",
            f"TPS-{_CONFERENCE}.query.returned.URIs",
            expected=f"{one['URI']} with its bandwidth",
            got=repr(got)[:300],
            step=reply.step,
        )
        dut.check(
            f"pin.{number}",
            got.get("PIN") == one["PIN"],
            "TPS-struct.conferenceURI.PIN",
            expected=f"the PIN of {one['URI']}",
            got=repr(got)[:300],
            step=reply.step,
        )


@SUITE.scenario(
    "arrays.pins",
    f"TPS-{_PARTICIPANT}.create.PINs",
    f"TPS-{_PARTICIPANT}.query.returned.PINs",
    chapter=CHAPTER,
    after=(f"{_PARTICIPANT}.create.success", f"{_PARTICIPANT}.query.success"),
)
async def pins(dut: CallDut) -> None:
    """Both PINs of a participant come back."""
    sent = [digits(dut, 6), digits(dut, 8)]
    name = await participant(dut, PINs=[{"PIN": one} for one in sent])
    reply = dut.ok(await dut.call(f"{_PARTICIPANT}.query", {"participantID": name}), check="asked")
    told = reply.value("PINs", [])
    found = {one.get("PIN") for one in told if isinstance(one, dict)} if isinstance(told, list) else set()
    dut.check(
        "pins",
        not reply.has("PINs") or found == set(sent),
        f"TPS-{_PARTICIPANT}.create.PINs",
        f"TPS-{_PARTICIPANT}.query.returned.PINs",
        expected="both PINs",
        got=repr(sorted(map(str, found))),
        step=reply.step,
    )


@SUITE.scenario(
    "arrays.calls",
    f"TPS-{_PARTICIPANT}.create.calls:shown",
    f"TPS-{_PARTICIPANT}.query.returned.calls",
    chapter=CHAPTER,
    after=(f"{_PARTICIPANT}.create.success", f"{_PARTICIPANT}.query.success"),
)
async def calls(dut: CallDut) -> None:
    """The places of the audio and the content call lead to the same calls as when they were set."""
    sent = [await incoming(dut) for _ in range(3)]
    name = await participant(dut, calls=sent, audioIndex=0, contentIndex=1)
    reply = dut.ok(await dut.call(f"{_PARTICIPANT}.query", {"participantID": name}), check="asked")
    told = reply.value("calls", [])
    there = [one.get("URI") for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    for member, wanted in (("audioIndex", sent[0]), ("contentIndex", sent[1])):
        place = reply.value(member)
        got = there[place] if isinstance(place, int) and 0 <= place < len(there) else None
        dut.check(
            member,
            got == wanted["URI"],
            f"TPS-{_PARTICIPANT}.create.calls:shown",
            f"TPS-{_PARTICIPANT}.query.returned.calls",
            expected=f"the call of {wanted['URI']}",
            got=f"{member} {place!r} of {there}"[:300],
            step=reply.step,
        )


@SUITE.scenario(
    "arrays.dtmf",
    f"TPS-{_PARTICIPANT}.create.dtmf",
    f"TPS-{_PARTICIPANT}.query.returned.dtmf",
    chapter=CHAPTER,
    after=(f"{_PARTICIPANT}.create.success", f"{_PARTICIPANT}.query.success"),
)
async def dtmf(dut: CallDut) -> None:
    """Signs that are all valid come back as they are, pauses as well."""
    name = await participant(dut, dtmf=_SIGNS)
    reply = dut.ok(await dut.call(f"{_PARTICIPANT}.query", {"participantID": name}), check="asked")
    got = reply.value("dtmf")
    clauses = (f"TPS-{_PARTICIPANT}.create.dtmf", f"TPS-{_PARTICIPANT}.query.returned.dtmf")
    dut.check("signs", got == _SIGNS, *clauses, expected=_SIGNS, got=repr(got), step=reply.step)
