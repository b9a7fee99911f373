"""HTTP: bodies in chunks, of a length that is wrong, and in pieces."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.ending import Ending
from harness.wire.http1 import encode
from suites.tps import SUITE
from suites.tps.talk import (
    LISTING,
    MOST,
    PATIENCE_S,
    PROBE,
    TRANSPORT,
    XML,
    alive,
    answered,
    around_password,
    as_written,
    judge,
    odd,
    outcome,
    plain,
    preferred,
    waited_out,
)

_AFTER = ("transport.post",)


def _register_chunks(name: str, size: int) -> None:
    @SUITE.scenario(f"transport.chunks.{name}", "TPS-TRN-002", "TPS-TRN-006", chapter=TRANSPORT, after=_AFTER)
    async def chunks(dut: CallDut) -> None:
        """A call in chunks is read as if it had a length, or refused."""
        whole = dut.document(LISTING, MOST)
        cut = around_password(dut, whole, size or len(whole))
        reply = await odd(dut, dut.request(whole, chunks=cut), LISTING, MOST)
        if dut.either(reply, "http-chunked", "TPS-TRN-002"):
            dut.check(
                "own",
                reply.has("conferences") or reply.has("cookie"),
                "TPS-TRN-002",
                expected="a list",
                got=reply.describe(),
                step=reply.step,
            )
        await alive(dut, "TPS-TRN-002")


_register_chunks("one", 0)
_register_chunks("small", 7)
_register_chunks("bytes", 1)
_register_chunks("middle", 200)


@SUITE.scenario("transport.chunks.rare", "TPS-TRN-002", "TPS-TRN-006", chapter=TRANSPORT, after=_AFTER, loose=True)
async def rare_chunks(dut: CallDut) -> None:
    """Chunks with extensions, sizes in other letters and with zeros, and fields behind the last one."""
    body = dut.document(PROBE)
    middle = body.index(b"</methodName>")  # before the password, which stays in one piece
    first, second = body[:middle], body[middle:]
    coding = "Transfer-Encoding: chunked"
    for name, parts in {
        "extension": (b"%x;a=b\r\n" % len(first), first, b"\r\n%x\r\n" % len(second), second, b"\r\n0\r\n\r\n"),
        "letters": (b"%X\r\n" % len(first), first, b"\r\n000%X\r\n" % len(second), second, b"\r\n000\r\n\r\n"),
        "trailer": (b"%x\r\n" % len(body), body, b"\r\n0\r\nX-Clausewise: 1\r\n\r\n"),
    }.items():
        reply = await plain(dut, as_written(dut, XML, coding, body=b"".join(parts), length=""), link=name, judged=False)
        dut.either(reply, "http-chunked", "TPS-TRN-002", check=name)
        await dut.close(name)
        await alive(dut, "TPS-TRN-002")


_LENGTHS = {
    "negative": "Content-Length: -1",
    "letters": "Content-Length: many",
    "hexadecimal": "Content-Length: 0x100",
    "two": "Content-Length: 10\r\nContent-Length: 2000",
    "empty": "Content-Length: ",
    "none": "X-Clausewise: 1",
    "huge": "Content-Length: 99999999999999999999",
    "large": "Content-Length: 2147483647",
    "coding": "Transfer-Encoding: clausewise",
    "chunk-size": "Transfer-Encoding: chunked",
}


def _register_length(name: str, field: str) -> None:
    @SUITE.scenario(f"transport.length.{name}", "TPS-TRN-006", chapter=TRANSPORT, after=_AFTER, loose=True)
    async def length(dut: CallDut) -> None:
        """A call whose length nobody can tell keeps no other from being answered, neither before nor after it is left."""
        await dut.send(as_written(dut, XML, length=field), link="bad")
        await alive(dut, check="beside", link="beside")
        reply = await dut.answer(PROBE, link="bad", judged=False, deadline_s=0.02)
        passed = reply.ending is Ending.SILENT or outcome(reply) != "other"
        expected = "a reply, an HTTP status of an error, the end, or nothing"
        dut.check("noise", passed, "TPS-TRN-002", expected=expected, got=reply.describe(), step=reply.step)
        await dut.close("bad")
        await alive(dut)


for _name, _field in _LENGTHS.items():
    _register_length(_name, _field)


@SUITE.scenario("transport.length.short", "TPS-TRN-006", "TPS-TRN-002", chapter=TRANSPORT, after=_AFTER, loose=True)
async def short(dut: CallDut) -> None:
    """A call whose length is too short by half is none; what is behind it is no call either."""
    body = dut.document(LISTING, MOST)
    for cut in (len(body) // 2, 20, 1):
        await dut.send(
            as_written(dut, XML, body=body, length=f"Content-Length: {len(body) - cut}"), link=f"short-{cut}"
        )
        reply = await dut.answer(LISTING, MOST, link=f"short-{cut}", judged=False)
        preferred(
            dut, "refused", not reply.ok, "TPS-TRN-002", expected="a call that is cut off to be refused", reply=reply
        )
        answered(dut, reply, "TPS-ENC-002")
        await dut.close(f"short-{cut}")
        await alive(dut)


@SUITE.scenario("transport.length.long", "TPS-TRN-006", "TPS-TRN-002", chapter=TRANSPORT, after=_AFTER, loose=True)
async def long(dut: CallDut) -> None:
    """A call whose rest never comes is not carried out, and keeps no other waiting."""
    body = dut.document(LISTING, MOST)
    await dut.send(as_written(dut, XML, body=body, length=f"Content-Length: {len(body) + 10}"), link="long")
    await alive(dut, check="beside", link="beside")
    await dut.close("long", "half-close")
    reply = await dut.answer(LISTING, MOST, link="long", judged=False, deadline_s=PATIENCE_S)
    preferred(
        dut, "refused", not reply.ok, "TPS-TRN-002", expected="a call that is not whole to be refused", reply=reply
    )
    await dut.close("long")
    await alive(dut)


@SUITE.scenario("transport.pieces", "TPS-TRN-002", "TPS-TRN-001", chapter=TRANSPORT, after=_AFTER)
async def pieces(dut: CallDut) -> None:
    """A call that comes in pieces with pauses is one call, wherever it is cut."""
    data = encode(dut.request(dut.document(LISTING, MOST)))
    head = data.index(b"\r\n\r\n")
    cuts = [
        [1],
        [3, 1],
        [data.index(b"\r\n") + 1],
        [head + 1],
        [head + 2],
        [head + 3],
        [head + 4],
        [head + 5],
        [head + 30, 1],
        [len(data) - 1],
        [len(data) - 15],
    ]
    for number, lengths in enumerate(cuts):
        began = await dut.clock()
        reply = await plain(
            dut, data, LISTING, MOST, link=f"pieces-{number}", pieces=lengths, pause_s=0.004, judged=False
        )
        if waited_out(reply, await dut.clock() - began):
            continue
        judge(dut, reply)
        dut.ok(reply, "TPS-TRN-002", "TPS-TRN-001", check="taken")


@SUITE.scenario("transport.pieces.many", "TPS-TRN-002", "TPS-TRN-001", chapter=TRANSPORT, after=_AFTER)
async def many_pieces(dut: CallDut) -> None:
    """A call byte by byte, or in small pieces, is taken, and so is the next one."""
    data = encode(dut.request(dut.document(LISTING, MOST)))
    for number, (size, pause_s) in enumerate(((1, 0.0), (13, 0.0005), (97, 0.002))):
        cut = (size,) * (len(data) // size)
        began = await dut.clock()
        reply = await plain(
            dut, data, LISTING, MOST, link=f"pieces-{number}", pieces=cut, pause_s=pause_s, judged=False
        )
        if waited_out(reply, await dut.clock() - began):
            continue
        judge(dut, reply)
        dut.ok(reply, "TPS-TRN-002", "TPS-TRN-001", check="taken")
