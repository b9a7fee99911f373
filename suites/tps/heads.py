"""HTTP: heads in other spellings, other versions, and what becomes of the connection behind a call."""

from __future__ import annotations

from collections.abc import Sequence

from harness.calldut import CallDut
from harness.wire.http1 import Request
from suites.tps import SUITE
from suites.tps.talk import (
    ENDED,
    PROBE,
    TRANSPORT,
    XML,
    alive,
    answered,
    as_written,
    closed,
    odd,
    outcome,
    own,
    plain,
    preferred,
    says_close,
    waited_out,
)

_AFTER = ("transport.post",)


@SUITE.scenario("transport.head.letters", "TPS-TRN-002", "TPS-TRN-001", chapter=TRANSPORT, after=_AFTER)
async def letters(dut: CallDut) -> None:
    """Names of header fields are the same in any letters, and white space around values means nothing."""
    size = len(dut.document(PROBE))
    heads: dict[str, tuple[Sequence[str], str]] = {
        "small": ((XML.lower(), "user-agent: a"), f"content-length: {size}"),
        "capitals": (("CONTENT-TYPE: text/xml", "USER-AGENT: a"), f"CONTENT-LENGTH: {size}"),
        "blanks": (("Content-Type:   text/xml  ", "User-Agent: a"), f"Content-Length:  {size} "),
        "no-blanks": (("Content-Type:text/xml", "User-Agent:a"), f"Content-Length:{size}"),
        "tabs": (("Content-Type:\ttext/xml\t",), f"Content-Length:\t{size}"),
        "zeros": ((XML,), f"Content-Length: 000{size}"),
        "keep-alive": ((XML, "connection: KEEP-ALIVE", "Keep-Alive: timeout=60, max=100"), f"Content-Length: {size}"),
    }
    for name, (fields, length) in heads.items():
        reply = dut.ok(
            await plain(dut, as_written(dut, *fields, length=length), link=name),
            "TPS-TRN-002",
            "TPS-TRN-001",
            check=name,
        )
        own(dut, reply, "TPS-TRN-002", check=f"{name}.own")


@SUITE.scenario("transport.head.order", "TPS-TRN-002", chapter=TRANSPORT, after=_AFTER)
async def order(dut: CallDut) -> None:
    """Header fields may stand in any order, among others that the device need not know."""
    size = len(dut.document(PROBE))
    for name, data in {
        "last": as_written(dut, "Accept: */*", XML, 'X-Clausewise: 1; b="c"', "Accept-Language: en, de;q=0.5"),
        "first": as_written(
            dut,
            f"Content-Length: {size}",
            "Accept-Encoding: identity",
            XML,
            f"Host: {dut.target.host}",
            host=False,
            length="",
        ),
        "thirty": as_written(dut, *(f"X-Clausewise-{number}: value {number}" for number in range(30)), XML),
    }.items():
        own(dut, dut.ok(await plain(dut, data, link=name), "TPS-TRN-002", check=name), "TPS-TRN-002")


@SUITE.scenario("transport.head.rare", "TPS-TRN-002", "TPS-TRN-006", chapter=TRANSPORT, after=_AFTER, loose=True)
async def rare(dut: CallDut) -> None:
    """What RFC 2616 has and few clients send: fields on two lines, the whole URI in the first line, empty lines before it."""
    host = next(value for name, value in dut.request(b"").headers if name.lower() == "host")
    for name, data in {
        "folded": as_written(dut, "X-Clausewise: a,\r\n b", XML),
        "whole-uri": as_written(dut, XML, first=f"POST http://{host}/RPC2 HTTP/1.1"),
        "empty-line": b"\r\n" + as_written(dut, XML),
        "long": as_written(dut, f"X-Clausewise: {'a' * 4000}", XML),
    }.items():
        reply = await plain(dut, data, link=name, judged=False)
        if name != "folded":  # which later documents of HTTP let a server refuse
            expected = "a call that RFC 2616 allows to be taken"
            preferred(dut, name, bool(reply.ok), "TPS-TRN-002", expected=expected, reply=reply)
        answered(dut, reply, "TPS-TRN-002", check=f"{name}.answered")
        await dut.close(name)
        await alive(dut, "TPS-TRN-002")


def _register_old(name: str, *fields: tuple[str, str]) -> None:
    @SUITE.scenario(f"transport.http-1.0.{name}", "TPS-TRN-002", "TPS-TRN-006", chapter=TRANSPORT, after=_AFTER)
    async def old(dut: CallDut) -> None:
        """A call in HTTP/1.0 is answered without what HTTP/1.0 does not know, or refused."""
        reply = await odd(dut, dut.request(dut.document(PROBE), version="HTTP/1.0", headers=fields))
        if dut.either(reply, "http-version", "TPS-TRN-002"):
            coding = reply.header("transfer-encoding")
            preferred(
                dut,
                "plain",
                not coding,
                "TPS-TRN-002",
                expected="no transfer coding in a reply to HTTP/1.0",
                reply=reply,
            )
        await alive(dut)


_register_old("plain")
_register_old("keep-alive", ("Connection", "Keep-Alive"))


@SUITE.scenario("transport.no-host", "TPS-TRN-002", "TPS-TRN-006", chapter=TRANSPORT, after=_AFTER, loose=True)
async def no_host(dut: CallDut) -> None:
    """A call without Host is answered, or refused."""
    reply = await plain(dut, as_written(dut, XML, host=False), judged=False)
    dut.either(reply, "http-version", "TPS-TRN-002")
    await alive(dut)


@SUITE.scenario("transport.version", "TPS-TRN-006", chapter=TRANSPORT, after=_AFTER, loose=True)
async def versions(dut: CallDut) -> None:
    """Requests in versions that there are none of keep the device from nothing."""
    for first in (
        "POST /RPC2 HTTP/9.9",
        "POST /RPC2 HTTP/2.0",
        "POST /RPC2 XMLRPC/1.1",
        "POST /RPC2",
        "POST",
        "hello device",
        "",
    ):
        await dut.send(as_written(dut, XML, first=first), link="bad")
        await alive(dut, check="beside", link="beside")
        reply = await dut.answer(PROBE, link="bad", judged=False, deadline_s=0.02)
        await dut.close("bad")
        dut.observe(
            "version",
            "TPS-AMB-057",
            {"taken": "served", "http": "refused"}.get(outcome(reply), "") if "9.9" in first else "",
        )
    await alive(dut)


@SUITE.scenario("transport.expect", "TPS-TRN-002", "TPS-TRN-006", chapter=TRANSPORT, after=_AFTER, loose=True)
async def expect(dut: CallDut) -> None:
    """A client that announces its call gets leave to send it, or sends it all the same, and the call is answered."""
    body = dut.document(PROBE)
    for pieces in ((), (-len(body),)):
        data = as_written(dut, XML, "Expect: 100-continue", body=body)
        cut = [len(data) + one for one in pieces]
        began = await dut.clock()
        reply = await plain(dut, data, link=f"expect-{len(cut)}", pieces=cut, pause_s=0.05, judged=False)
        if waited_out(reply, await dut.clock() - began):
            continue
        refused = reply.status in (400, 417) or reply.ending in ENDED
        dut.check(
            "answered", bool(reply.ok) or refused, "TPS-TRN-002", expected="the reply, or a status that says that it cannot be",
            got=reply.describe(), step=reply.step,
        )  # fmt: skip
        preferred(
            dut, "taken", bool(reply.ok), "TPS-TRN-002", expected="100 Continue or nothing, and the reply", reply=reply
        )
    await alive(dut)


@SUITE.scenario("transport.close", "TPS-TRN-004", "TPS-TRN-002", chapter=TRANSPORT, after=_AFTER)
async def close(dut: CallDut) -> None:
    """A call that is to be the last of its connection is answered, and the connection ends, as the reply says."""
    for value in ("close", "Close"):
        request: Request = dut.request(dut.document(PROBE), headers=[("Connection", value)])
        reply = await dut.ask(request, PROBE, {}, link="last")
        dut.ok(reply, "TPS-TRN-002", check="answered")
        preferred(
            dut,
            "closed",
            closed(reply),
            "TPS-TRN-002",
            expected="the end of the connection that was asked for",
            reply=reply,
        )
        if closed(reply):
            dut.observe(
                "said",
                "TPS-AMB-056",
                "said" if says_close(reply) else "unsaid",
                clauses=("TPS-TRN-004",),
                step=reply.step,
            )
    await alive(dut)
