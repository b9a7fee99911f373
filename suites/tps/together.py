"""Several calls in one go, several connections at a time, and what is left half-way."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.ending import Ending
from harness.verdict import Severity
from harness.wire.http1 import encode
from suites.tps import SUITE
from suites.tps.connections import call_bytes
from suites.tps.talk import (
    ENDED,
    LISTING,
    MOST,
    PROBE,
    READERS,
    TRANSPORT,
    alive,
    judge,
    own,
    plain,
    room,
    says_close,
    waited_out,
)

_AFTER = ("transport.post",)
_MANY, _SOME = 30, 8


def _register_pipelined(name: str, methods: tuple[str, ...], piece: int) -> None:
    @SUITE.scenario(
        f"connection.pipelined.{name}",
        "TPS-ENC-002",
        "TPS-TRN-002",
        "TPS-TRN-006",
        chapter=TRANSPORT,
        after=_AFTER,
        loose=True,
    )
    async def pipelined(dut: CallDut) -> None:
        """Calls that are sent in one go are answered in their order, or the connection ends after the first reply."""
        data = b"".join(call_bytes(dut, method) for method in methods)
        await dut.send(data, pieces=(piece,) * (len(data) // piece) if piece else (), link="line")
        served = 0
        for method in methods:
            reply = await dut.answer(method, link="line", judged=False)
            if reply.ending in ENDED and served and not reply.raw:
                break
            dut.ok(reply, "TPS-ENC-002", "TPS-TRN-002", check="answered")
            own(dut, reply, "TPS-ENC-002", "TPS-TRN-002")
            served += 1
            if says_close(reply):
                break
        dut.observe(
            "pipelined",
            "TPS-AMB-058",
            "order" if served == len(methods) else "closed",
            got=f"{served} of {len(methods)}",
        )
        await dut.close("line")
        await alive(dut)


_register_pipelined("two", READERS[:2], 0)
_register_pipelined("seven", (*READERS, *READERS, READERS[0]), 0)
_register_pipelined("cut", (*READERS, *READERS), 700)


@SUITE.scenario("connection.two", "TPS-ENC-002", "TPS-TRN-002", chapter=TRANSPORT, after=_AFTER)
async def two(dut: CallDut) -> None:
    """Part of a call on one connection keeps nobody else waiting, and is completed later."""
    data = call_bytes(dut)
    body = data.index(b"\r\n\r\n") + 4
    for number, size in enumerate((5, 40, body - 2, body)):
        began = await dut.clock()
        await dut.send(data[:size], link=f"slow-{number}")
        for method in READERS:
            own(dut, dut.ok(await dut.call(method, link="quick"), "TPS-TRN-002", check="quick"), "TPS-ENC-002")
        await dut.send(data[size:], link=f"slow-{number}")
        reply = await dut.answer(PROBE, link=f"slow-{number}", judged=False)
        if waited_out(reply, await dut.clock() - began):
            continue
        judge(dut, reply)
        own(dut, dut.ok(reply, "TPS-TRN-002", "TPS-ENC-002", check="slow"), "TPS-ENC-002")


@SUITE.scenario("connection.interleaved", "TPS-ENC-002", "TPS-TRN-002", chapter=TRANSPORT, after=_AFTER)
async def interleaved(dut: CallDut) -> None:
    """Calls on several connections at a time get each its own reply, whichever is read first."""
    rooms = {name: await room(dut, conferenceName=name) for name in ("Alpha", "Beta & Co", "Gamma", "Delta")}
    calls = {
        name: encode(dut.request(dut.document("flex.conference.query", {"conferenceID": one})))
        for name, one in rooms.items()
    }
    for turn in range(2):
        began = await dut.clock()
        for name, data in calls.items():
            await dut.send(data[:60], link=f"{name}-{turn}")
        for name, data in reversed(calls.items()):
            await dut.send(data[60:], link=f"{name}-{turn}")
        for name in list(calls) if turn else reversed(list(calls)):
            sent = {"conferenceID": rooms[name]}
            reply = await dut.answer("flex.conference.query", sent, link=f"{name}-{turn}", judged=False)
            if waited_out(reply, await dut.clock() - began):
                continue
            judge(dut, reply)
            dut.ok(reply, "TPS-TRN-002", check="answered")
            got = reply.value("conferenceName")
            dut.check(
                "own", got == name, "TPS-ENC-002", expected=f"the conference {name}", got=repr(got), step=reply.step
            )


@SUITE.scenario("connection.mixed", "TPS-ENC-002", "TPS-TRN-003", chapter=TRANSPORT, after=_AFTER)
async def mixed(dut: CallDut) -> None:
    """One connection on which now this and now that is asked tells each time what was asked for."""
    rooms = [(name, await room(dut, conferenceName=name)) for name in ("First", "Second", "Third")]
    for turn in range(27):
        name, one = rooms[turn * 2 % 3]
        reply = dut.ok(
            await dut.call("flex.conference.query", {"conferenceID": one}, link="mixed"),
            "TPS-TRN-003",
            check="answered",
        )
        got = (reply.value("conferenceID", one), reply.value("conferenceName"))
        dut.check(
            "own",
            got == (one, name),
            "TPS-ENC-002",
            expected=f"the conference {name}",
            got=repr(got[1]),
            step=reply.step,
        )


@SUITE.scenario("connection.eight", "TPS-TRN-002", "TPS-ENC-002", chapter=TRANSPORT, after=_AFTER)
async def eight(dut: CallDut) -> None:
    """Eight connections are served in any order."""
    links = [f"link-{number}" for number in range(_SOME)]
    for number, link in enumerate((*links, *reversed(links))):
        method = READERS[number % len(READERS)]
        own(dut, dut.ok(await dut.call(method, link=link), "TPS-TRN-002", check="answered"), "TPS-ENC-002")


@SUITE.scenario("connection.thirty", "TPS-TRN-002", "TPS-TRN-006", chapter=TRANSPORT, after=_AFTER, loose=True)
async def thirty(dut: CallDut) -> None:
    """Thirty connections at a time: who is served gets a whole reply; that some are not is unusual but no fault."""
    data, served = call_bytes(dut), 0
    for number in range(_MANY):
        if await dut.connect(f"link-{number}") is not Ending.ANSWERED:
            break
        reply = await plain(dut, data, link=f"link-{number}", judged=False)
        if not reply.ok:
            break
        own(dut, reply, "TPS-TRN-002")
        served += 1
    dut.check(
        "all",
        served == _MANY,
        "TPS-TRN-002",
        expected=f"{_MANY} connections served",
        got=str(served),
        severity=Severity.READING,
    )
    for number in range(_MANY):
        await dut.close(f"link-{number}")
    await alive(dut)


@SUITE.scenario("connection.left", "TPS-TRN-006", "TPS-TRN-002", chapter=TRANSPORT, after=_AFTER, loose=True)
async def left(dut: CallDut) -> None:
    """What one connection left half-way does not reach another."""
    data = call_bytes(dut)
    body = data.index(b"\r\n\r\n") + 4
    for turn, (size, how) in enumerate(
        ((9, "close"), (len(data) - 2, "close"), (body, "reset"), (body + 30, "reset"), (body - 2, "half-close"))
    ):
        await dut.send(data[:size], link=f"left-{turn}")
        await dut.close(f"left-{turn}", how)
        await alive(dut, "TPS-TRN-002", link=f"after-{turn}")


@SUITE.scenario("connection.half-closed", "TPS-TRN-002", "TPS-TRN-006", chapter=TRANSPORT, after=_AFTER, loose=True)
async def half_closed(dut: CallDut) -> None:
    """A client that closes its sending side behind a call: the reply comes, or the connection ends."""
    await dut.send(call_bytes(dut), link="half")
    await dut.close("half", "half-close")
    reply = await dut.answer(PROBE, link="half", judged=False)
    dut.check(
        "either", bool(reply.ok) or reply.ending in ENDED, "TPS-TRN-002", expected="the reply, or the end of the connection",
        got=reply.describe(), step=reply.step,
    )  # fmt: skip
    await alive(dut)


@SUITE.scenario("connection.unread", "TPS-TRN-006", chapter=TRANSPORT, after=_AFTER, loose=True)
async def unread(dut: CallDut) -> None:
    """Clients that do not wait for their replies do not keep others from theirs."""
    data = encode(dut.request(dut.document(LISTING, MOST)))
    for turn in range(6):
        await dut.send(data * 3, link=f"gone-{turn}")
        await dut.close(f"gone-{turn}", "reset" if turn % 2 else "close")
        await alive(dut, link=f"after-{turn % 2}")


@SUITE.scenario("connection.silent", "TPS-TRN-006", chapter=TRANSPORT, after=_AFTER, loose=True)
async def silent(dut: CallDut) -> None:
    """Connections on which nothing is sent keep nobody from being answered."""
    for number in range(12):
        if await dut.connect(f"silent-{number}") is not Ending.ANSWERED:
            break
    for turn in range(3):
        await alive(dut, link=f"after-{turn}")


_GARBAGE = {
    "line": b"hello device\r\n\r\n",
    "zeros": bytes(64) + b"\r\n\r\n",
    "tls": bytes.fromhex("160301002d0100002903035b8f") + bytes(range(200, 240)),
    "xml": b"<?xml version='1.0'?><methodCall><methodName>device.query</methodName></methodCall>",
    "empty-lines": b"\r\n" * 20,
    "no-colon": b"POST /RPC2 HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
    "two-hosts": b"POST /RPC2 HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 0\r\n\r\n",
    "long-line": b"POST /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
    "many-fields": b"POST /RPC2 HTTP/1.1\r\n" + b"X-Clausewise: a\r\n" * 5000 + b"\r\n",
}


def _register_garbage(name: str, data: bytes) -> None:
    @SUITE.scenario(f"connection.garbage.{name}", "TPS-TRN-006", chapter=TRANSPORT, after=_AFTER, loose=True)
    async def garbage(dut: CallDut) -> None:
        """What is no request does not keep the device from answering one."""
        for turn in range(2):
            await dut.send(data, link=f"bad-{turn}")
            await alive(dut, link=f"beside-{turn}")
            await dut.close(f"bad-{turn}", "reset" if turn else "close")
        await alive(dut)


for _name, _bytes in _GARBAGE.items():
    _register_garbage(_name, _bytes)


@SUITE.scenario("connection.after-refusals", "TPS-TRN-006", "TPS-TRN-003", chapter=TRANSPORT, after=_AFTER)
async def after_refusals(dut: CallDut) -> None:
    """After a call that was refused, a correct one on the same connection is answered."""
    for body, sent in (
        (dut.document("flex.conference.query"), {}),
        (dut.document("clausewise.nothing"), {}),
        (dut.document(PROBE, user=("clausewise", "wrong")), {}),
        (b"no call", {}),
        (dut.document(LISTING, {"max": "five"}), {"max": "five"}),
    ):
        reply = await dut.ask(dut.request(body), "", sent, link="same", judged=False)
        dut.check("refused", not reply.ok, "TPS-FLT-001", expected="a refusal", got=reply.describe(), step=reply.step)
        own(dut, dut.ok(await dut.call(PROBE, link="same"), "TPS-TRN-006", "TPS-TRN-003", check="next"), "TPS-TRN-003")
