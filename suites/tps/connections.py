"""Connections: kept and closed, idle, several calls in one go, several connections at a time, and what is left half-way."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.ending import Ending
from harness.flow import CaseSkipped
from harness.wire.http1 import encode
from suites.tps import SUITE
from suites.tps.talk import (
    ENDED,
    LEAST_IDLE_S,
    PATIENCE_S,
    PROBE,
    READERS,
    TRANSPORT,
    alive,
    own,
    plain,
    preferred,
    reused,
    says_close,
)

_AFTER = ("transport.post",)
_KEEP = ("Connection", "Keep-Alive")
_IDLE_S = 75.0  # a minute, and what a device may take to notice


def call_bytes(dut: CallDut, method: str = PROBE, *fields: tuple[str, str]) -> bytes:
    """A request with a call that has no members."""
    return encode(dut.request(dut.document(method), headers=fields))


async def turns(dut: CallDut, count: int, *fields: tuple[str, str], interface: str | None = None) -> None:
    """Call on one connection as long as the device keeps it, and look at how it ends."""
    unsaid = said = kept = 0
    goes_on, before = False, 0.0
    for turn in range(count):
        method = READERS[turn % len(READERS)]
        reply = dut.ok(
            await dut.call(method, headers=fields, link="kept", interface=interface),
            "TPS-TRN-003",
            "TPS-TRN-001",
            check="answered",
        )
        own(dut, reply, "TPS-TRN-003", "TPS-ENC-002")
        now = await dut.clock()
        if turn and now - before < LEAST_IDLE_S:
            kept += reused(reply)
            unsaid += goes_on and not reused(reply)
        said += says_close(reply)
        goes_on, before = not says_close(reply), now
    if unsaid or said:
        dut.observe(
            "said",
            "TPS-AMB-056",
            "unsaid" if unsaid else "said",
            clauses=("TPS-TRN-004",),
            got=f"{unsaid} ends that no reply told of",
        )
    dut.observe(
        "kept",
        "TPS-AMB-055",
        "minute" if kept == count - 1 else "shorter",
        got=f"{kept} of {count - 1} calls on a kept connection",
    )


@SUITE.scenario("connection.kept", "TPS-TRN-003", "TPS-TRN-004", "TPS-ENC-002", chapter=TRANSPORT, after=_AFTER)
async def kept(dut: CallDut) -> None:
    """Calls of several kinds follow each other on a connection that is kept, and each gets its own reply."""
    await turns(dut, 12)


@SUITE.scenario("connection.kept.asked", "TPS-TRN-003", "TPS-TRN-004", "TPS-ENC-002", chapter=TRANSPORT, after=_AFTER)
async def kept_asked(dut: CallDut) -> None:
    """The same for a client that asks for it with Connection: Keep-Alive, in any letters."""
    await turns(dut, 7, _KEEP)
    await dut.close(f"{dut.interface} kept")
    await turns(dut, 4, ("connection", "keep-alive"))


@SUITE.scenario("connection.kept.long", "TPS-TRN-003", "TPS-ENC-002", "TPS-TRN-006", chapter=TRANSPORT, after=_AFTER)
async def kept_long(dut: CallDut) -> None:
    """Dozens of calls on a connection get each its own reply, refused ones between them too."""
    await turns(dut, 40)
    for _ in range(3):
        refused = await dut.call("flex.conference.query", {"conferenceID": dut.unknown_id()}, link="kept")
        dut.refused(refused, "TPS-FLT-011")
        own(dut, dut.ok(await dut.call(PROBE, link="kept"), "TPS-TRN-003", "TPS-TRN-006"), "TPS-TRN-003")


@SUITE.scenario(
    "connection.next", "TPS-TRN-003", "TPS-TRN-004", "TPS-TRN-006", chapter=TRANSPORT, after=_AFTER, loose=True
)
async def following(dut: CallDut) -> None:
    """After a reply the connection ends as the reply says, or the next call on it is answered."""
    for turn in range(2):
        link, told = f"next-{turn}", False
        for number, method in enumerate(READERS * 3):
            if not told:
                data = call_bytes(dut, method, *([_KEEP] if turn else []))
                await dut.send(data, link=link)
                reply = await dut.answer(method, link=link, judged=False)
                if reply.ending in ENDED and number:
                    break  # between the calls, without a word
                dut.ok(reply, "TPS-TRN-003", check="answered")
                own(dut, reply, "TPS-TRN-003")
                told = says_close(reply)
        if told:
            got = await dut.answer(PROBE, link=link, judged=False, deadline_s=0.5)
            if got.ending is Ending.SILENT:  # still open; then it must take no call
                await dut.send(call_bytes(dut), link=link)
                more = await dut.answer(PROBE, link=link, judged=False, deadline_s=PATIENCE_S)
                dut.check(
                    "ended", more.ok is None, "TPS-TRN-003", "TPS-TRN-004", expected="no reply on a connection that was said to end",
                    got=more.describe(), step=more.step,
                )  # fmt: skip
            preferred(
                dut,
                "closed",
                got.ending in ENDED,
                "TPS-TRN-004",
                expected="the end that the reply announced",
                reply=got,
            )
        await dut.close(link)
    await alive(dut)


@SUITE.scenario(
    "connection.idle", "TPS-TRN-005", chapter=TRANSPORT, after=_AFTER, device_s=_IDLE_S, patient=True, loose=True
)
async def idle(dut: CallDut) -> None:
    """A connection on which no further call comes is closed within a minute."""
    for link, fields in (("plain", ()), ("asked", (_KEEP,))):
        dut.ok(
            await plain(dut, call_bytes(dut, PROBE, *fields), link=link, judged=False), "TPS-TRN-001", check="answered"
        )
    ends = {link: await dut.answer(PROBE, link=link, judged=False, deadline_s=0.02) for link in ("plain", "asked")}
    if all(one.ending in ENDED for one in ends.values()):
        raise CaseSkipped("the device closes a connection after each reply")
    await dut.wait(_IDLE_S)
    for link, end in ends.items():
        got = end if end.ending in ENDED else await dut.answer(PROBE, link=link, judged=False, deadline_s=1.0)
        dut.check(
            link, got.ending in ENDED, "TPS-TRN-005", expected=f"the end of the connection {_IDLE_S:g} s after its last call",
            got="it is still open" if got.ending is Ending.SILENT else got.describe(), step=got.step,
        )  # fmt: skip
        if got.raw:
            preferred(dut, "quiet", False, "TPS-TRN-005", expected="an end without another word", reply=got)


@SUITE.scenario(
    "connection.idle.used", "TPS-TRN-003", chapter=TRANSPORT, after=_AFTER, device_s=100.0, patient=True, loose=True
)
async def idle_used(dut: CallDut) -> None:
    """A connection with a pause between its calls is served on, or has been closed in order by then."""
    data = call_bytes(dut, PROBE, _KEEP)
    dut.ok(await plain(dut, data, link="paused", judged=False), "TPS-TRN-003", check="answered")
    for _ in range(4):
        await dut.wait(25.0)
        await dut.send(data, link="paused")
        reply = await dut.answer(PROBE, link="paused", judged=False)
        if reply.ending in ENDED:
            dut.check(
                "nothing",
                not reply.raw,
                "TPS-TRN-003",
                expected="a whole reply, or none",
                got=reply.describe(),
                step=reply.step,
            )
            break
        dut.ok(reply, "TPS-TRN-003", check="answered")
        own(dut, reply, "TPS-TRN-003")
    await alive(dut)
