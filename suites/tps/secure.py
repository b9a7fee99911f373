"""HTTPS: the same calls with TLS, on connections that are kept, and none that fails for want of it."""

from __future__ import annotations

from typing import Any

from harness.calldut import CallDut
from harness.flow import CaseSkipped
from harness.messages.callreply import CallReply
from harness.spec.callvalues import exists
from harness.spec.model import Effect
from suites.tps import SUITE
from suites.tps.connections import turns
from suites.tps.talk import LISTING, MOST, PROBE, READERS, TRANSPORT, judge, me, own, reused, says_close

_FIRST, _AFTER = ("transport.post",), ("secure.post",)
_IDLE_S = 75.0  # a minute, and what a device may take to notice
_LARGE = (1_000, 16_000, 17_000, 31_000)  # around what TLS sends in one piece
_NAME = "Grüße & <Küsse> \U0001f3a5"
_CREATE, _QUERY = "flex.conference.create", "flex.conference.query"


async def _call(dut: CallDut, method: str, members: Any = None, **options: Any) -> CallReply:
    """A call with TLS."""
    return await dut.call(method, members or {}, interface=dut.secure_interface, **options)


def _not_for_want(dut: CallDut, reply: CallReply, check: str = "https") -> None:
    """A call that came over HTTPS does not fail for want of it."""
    code = dut.model.errors["https-required"].code
    dut.check(
        check, reply.code != code, "TPS-LIC-002", expected=f"no fault {code}", got=reply.describe(), step=reply.step
    )


@SUITE.scenario(
    "secure.post", "TPS-TRN-001", "TPS-TRN-002", "TPS-ENC-002", "TPS-ENC-003", chapter=TRANSPORT, after=_FIRST
)
async def post(dut: CallDut) -> None:
    """Calls that are posted over HTTPS are answered, in HTTP/1.1, each by its own reply."""
    for method in READERS:
        reply = dut.ok(await _call(dut, method, must=True), "TPS-TRN-002", "TPS-TRN-001", "TPS-ENC-003", check=method)
        head = reply.exchanged.head if reply.exchanged is not None else None
        version = head.version if head is not None else ""
        dut.check("version", version == "HTTP/1.1", "TPS-TRN-002", expected="HTTP/1.1", got=version, step=reply.step)
        own(dut, reply, "TPS-ENC-002", check=f"{method}.own")


@SUITE.scenario("secure.kept", "TPS-TRN-003", "TPS-TRN-004", "TPS-ENC-002", chapter=TRANSPORT, after=_AFTER)
async def kept(dut: CallDut) -> None:
    """Calls follow each other on a connection with TLS that is kept, and each gets its own reply."""
    await turns(dut, 20, interface=dut.secure_interface)


@SUITE.scenario("secure.kept.asked", "TPS-TRN-003", "TPS-TRN-004", "TPS-ENC-002", chapter=TRANSPORT, after=_AFTER)
async def kept_asked(dut: CallDut) -> None:
    """The same for a client that asks for it with Connection: Keep-Alive."""
    await turns(dut, 7, ("Connection", "Keep-Alive"), interface=dut.secure_interface)


@SUITE.scenario("secure.closed.asked", "TPS-TRN-003", chapter=TRANSPORT, after=_AFTER)
async def closed_asked(dut: CallDut) -> None:
    """A client that asks for the end of the connection is answered before it ends, and goes on on another one."""
    for _ in range(3):
        reply = dut.ok(await _call(dut, PROBE, headers=[("Connection", "close")], link="once"), "TPS-TRN-003")
        own(dut, reply, "TPS-TRN-003")


@SUITE.scenario(
    "secure.idle", "TPS-TRN-005", chapter=TRANSPORT, after=_AFTER, device_s=_IDLE_S, patient=True, loose=True
)
async def idle(dut: CallDut) -> None:
    """A connection with TLS on which no further call comes is closed within a minute."""
    first = dut.ok(await _call(dut, PROBE, link="idle"), "TPS-TRN-001", check="answered")
    if says_close(first):
        raise CaseSkipped("the device closes a connection after each reply")
    await dut.wait(_IDLE_S)
    reply = await _call(dut, PROBE, link="idle")
    expected = f"the end of the connection {_IDLE_S:g} s after its last call"
    dut.check("closed", not reused(reply), "TPS-TRN-005", expected=expected, got="it is still open", step=reply.step)
    own(dut, dut.ok(reply, "TPS-TRN-006", check="again"), "TPS-TRN-006")


@SUITE.scenario("secure.sizes", "TPS-SIZ-003", "TPS-TRN-002", chapter=TRANSPORT, after=_AFTER)
async def sizes(dut: CallDut) -> None:
    """Long calls are taken over HTTPS, of a length or in chunks, in one piece of TLS or in several."""
    road = dut.secure_interface
    body = dut.document(LISTING, MOST)
    at = body.index(b"<params>")
    for size in _LARGE:
        long = body[:at] + b" " * (size - len(body)) + body[at:]
        for name, chunks in (("length", None), ("chunks", (len(long) - 7, 7))):
            request = dut.request(long, host=dut.host(road), chunks=chunks)
            reply = judge(dut, await dut.ask(request, LISTING, MOST, interface=road, link="long", judged=False))
            if chunks is None:
                dut.ok(reply, "TPS-SIZ-003", "TPS-TRN-002", check=f"{size}.{name}")
            else:
                dut.either(reply, "http-chunked", "TPS-TRN-002", check=f"{size}.{name}")


@SUITE.scenario("secure.same", "TPS-TRN-002", "TPS-ENC-001", chapter=TRANSPORT, after=_AFTER)
async def same(dut: CallDut) -> None:
    """What is made over HTTPS is seen over HTTP, what is changed over HTTP is seen over HTTPS, and so is its end."""
    plain = dut.plain_interface
    made = await _call(dut, _CREATE, {**await dut.sample(_CREATE), "conferenceName": _NAME})
    _not_for_want(dut, made)
    conference = {"conferenceID": str(dut.ok(made, "TPS-TRN-002", check="made").value("conferenceID"))}
    told = dut.ok(await dut.call(_QUERY, conference, interface=plain), "TPS-TRN-002", check="seen")
    _named(dut, told, _NAME, "made.name")
    changed = {**conference, "conferenceName": f"{_NAME} 2"}
    dut.ok(await dut.call("flex.conference.modify", changed, interface=plain), check="changed")
    _named(dut, dut.ok(await _call(dut, _QUERY, conference), check="seen-again"), f"{_NAME} 2", "changed.name")
    dut.ok(await _call(dut, "flex.conference.destroy", conference), "TPS-TRN-002", check="destroyed")
    for check, road in (("gone", plain), ("gone.https", dut.secure_interface)):
        dut.refused(await dut.call(_QUERY, conference, interface=road), "TPS-TRN-002", check=check)


def _named(dut: CallDut, reply: CallReply, expected: str, check: str) -> None:
    got = reply.value("conferenceName")
    dut.check(check, got == expected, "TPS-TRN-002", "TPS-ENC-001", expected=expected, got=str(got), step=reply.step)


@SUITE.scenario(
    "secure.refused", "TPS-FLT-001", "TPS-FLT-002", "TPS-AUT-002", "TPS-AUT-004", chapter=TRANSPORT, after=_AFTER
)
async def refused(dut: CallDut) -> None:
    """Calls that fail over HTTP fail over HTTPS, and who was let in once on a connection is asked again."""
    dut.ok(await _call(dut, PROBE, link="refused"), "TPS-TRN-002", check="let-in")
    wrong = await _call(dut, PROBE, user=(me(dut)[0], dut.unique("wrong")), link="refused")
    dut.fault(wrong, dut.syntax.unauthorized, "TPS-AUT-002", "TPS-AUT-004", check="password")
    nothing = await dut.ask(
        dut.request(dut.document("clausewise.nothing"), host=dut.host(dut.secure_interface)),
        interface=dut.secure_interface,
        link="refused",
    )
    dut.fault(nothing, dut.syntax.unknown_method, "TPS-FLT-002", "TPS-FLT-001", check="method")
    unknown = await _call(dut, _QUERY, {"conferenceID": dut.unknown_id()}, link="refused")
    dut.refused(unknown, "TPS-FLT-011", check="conference")
    dut.ok(await _call(dut, PROBE, link="refused"), "TPS-TRN-006", check="let-in-again")


def _readers(dut: CallDut) -> list[str]:
    """The methods that only read and need nothing."""
    return [
        name
        for name, one in dut.model.operations.items()
        if one.call is not None
        and one.effect is Effect.READ
        and not (one.call.experimental or one.call.optional)
        and exists(dut.syntax.versions, dut.version, one.call)
        and not any(member.required for member in one.call.takes.values())
    ]


@SUITE.scenario("secure.enough", "TPS-LIC-002", chapter=TRANSPORT, after=_AFTER)
async def enough(dut: CallDut) -> None:
    """No call over HTTPS fails for want of HTTPS."""
    for method in _readers(dut):
        _not_for_want(dut, await _call(dut, method, judged=False), method)
